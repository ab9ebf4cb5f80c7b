"""Workflows nobody would write: whatever they call, jump to, retry and depend on, a run comes to its end."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.load import load
from arazzo_tui.document.openapi import Api, read_api
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Source
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.machine import advance, begin, pending
from arazzo_tui.engine.moment import Limits, Moment, Reply, Send, Settings, Wait, Waited
from arazzo_tui.engine.plan import Documents, Plan
from arazzo_tui.engine.planner import plan
from arazzo_tui.engine.scope import scope
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json

FLOWS, STEPS = ("a", "b", "c"), ("s", "t", "a")
"""Names of workflows and steps; one is both, as they may be."""

PATHS = {f"/{name}": {"get": {"operationId": name}} for name in ("one", "two")}
API_TEXT = write_json({"openapi": "3.1.0", "servers": [{"url": "https://x.test"}], "paths": PATHS})

EXPRESSIONS = st.sampled_from(
    ["$response.body#/x", "$outputs.x", "$workflows.a.outputs.x", "$workflows.b.inputs.x",
     "$steps.s.outputs.x", "$steps.t.outputs.x", "$inputs.x", "$statusCode", "$request.body"]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    ["$statusCode == 200", "$statusCode == 500", "$outputs.x == 1", "$steps.s.outputs.x == null"]
)
CRITERIA = st.just([]) | CONDITIONS.map(lambda text: [{"condition": text}])
TARGETS = st.one_of(
    st.builds(lambda step: {"stepId": step}, st.sampled_from(STEPS)),
    st.builds(lambda flow: {"workflowId": flow}, st.sampled_from(FLOWS)),
)
ENDS = st.builds(lambda criteria: {"type": "end", "criteria": criteria}, CRITERIA)
JUMPS = st.builds(
    lambda target, criteria: {"type": "goto", "criteria": criteria, **target}, TARGETS, CRITERIA
)
RETRIES = st.builds(
    lambda target, criteria, limit, after: {
        "type": "retry", "criteria": criteria, "retryLimit": limit, "retryAfter": after, **target,
    },
    TARGETS | st.just({}),
    CRITERIA,
    st.integers(0, 2),
    st.integers(0, 1),
)  # fmt: skip


def actions(each: st.SearchStrategy[dict[str, Json]]) -> st.SearchStrategy[list[dict[str, Json]]]:
    return st.lists(each, max_size=2).map(
        lambda listed: [{**action, "name": f"n{at}"} for at, action in enumerate(listed)]
    )


PARTS = {
    "parameters": st.lists(
        (EXPRESSIONS | st.sampled_from([1, None])).map(
            lambda value: {"name": "x", "in": "query", "value": value}
        ),
        max_size=1,
    ),
    "onSuccess": actions(ENDS | JUMPS),
    "onFailure": actions(ENDS | JUMPS | RETRIES),
    "successCriteria": CONDITIONS.map(lambda text: [{"condition": text}]),
    "outputs": st.fixed_dictionaries({"x": EXPRESSIONS}),
}
OPERATIONS = st.builds(
    lambda called, parts: {"operationId": called, **parts},
    st.sampled_from(["one", "two"]),
    st.fixed_dictionaries({}, optional=PARTS),
)
CALLS = st.builds(
    lambda called, parts: {"workflowId": called, **parts},
    st.sampled_from(FLOWS),
    st.fixed_dictionaries({}, optional=PARTS),
)


@st.composite
def workflows(draw: st.DrawFn) -> str:
    """The text of a document of three workflows, whose names are all there."""
    listed = [
        {
            "workflowId": flow,
            "dependsOn": draw(st.lists(st.sampled_from(("b", "c")), max_size=1))
            if flow == "a"
            else [],
            "steps": [{"stepId": step, **draw(OPERATIONS | CALLS)} for step in STEPS],
            "outputs": {"x": draw(EXPRESSIONS)},
        }
        for flow in FLOWS
    ]
    return write_json(
        {
            "arazzo": "1.1.0",
            "info": {"title": "T", "version": "1"},
            "sourceDescriptions": [{"name": "api", "url": "api.yaml", "type": "openapi"}],
            "workflows": listed,
        }
    )


def api() -> Api:
    node, _ = load(Source("api.json", API_TEXT))
    assert node is not None
    found, problems = read_api("api", node, "api.json", lambda _: None)
    assert found is not None, problems
    return found


API = api()


def planned(text: str) -> Plan:
    node, _ = load(Source("case.json", text))
    assert node is not None
    description, _ = read_description(node)
    assert description is not None
    made, problems = plan(Documents(description, {"api": API}), "a")
    assert made is not None, problems
    return made


def answered(status: int) -> Response:
    body = write_json({"x": status % 7}).encode()
    fields = (("content-type", "application/json"),)
    content = read_content("application/json", body)
    return Response(status, "", fields, body, 0.0, len(body), content)


ANSWERS = st.lists(
    st.sampled_from([200, 200, 500, 404]).map(answered) | st.just(Failure("read", "no")),
    max_size=12,
)
LIMITS = Limits(steps=25, depth=5)


def driven(first: Moment, replies: Sequence[Response | Failure]) -> list[Moment]:
    """Every moment of a run; when the answers are used up, all is well."""
    moments, waiting = [first], iter(replies)
    while moments[-1].ended is None:
        reply: Reply | None = None
        match pending(moments[-1]):
            case Send():
                reply = next(waiting, answered(200))
            case Wait():
                reply = Waited()
            case None:
                pass
        moments.append(advance(moments[-1], reply))
    return moments


@given(workflows(), ANSWERS)
def test_every_run_ends_within_its_limits_and_all_that_can_be_named_is_json(
    text: str, replies: Sequence[Response | Failure]
) -> None:
    """FLW-8, SUB-5, FAC-7, FAC-8, DEP-1: no combination of moves is beyond the machine."""
    made = planned(text)
    moments = driven(begin(made, {"x": 1}, Settings(limits=LIMITS)), replies)
    ended = moments[-1].ended
    assert ended is not None
    assert ended.reason
    assert set(ended.outputs) == {"x"}
    # Beside the steps that may begin, those end that were waiting for them.
    assert len(moments[-1].trail) < LIMITS.steps + LIMITS.depth
    assert max(moment.depth for moment in moments) < LIMITS.depth
    assert all(write_json(scope(moment)) for moment in moments)
    assert driven(moments[0], replies)[-1] == moments[-1]
