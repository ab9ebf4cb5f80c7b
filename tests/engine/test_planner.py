"""Planning: every name is looked up once, and one that names nothing is told at its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.inputs import fields, joined
from arazzo_tui.engine.plan import CallOperation, Plan, RunWorkflow
from arazzo_tui.engine.planner import check, plan
from arazzo_tui.world.workspace import Workspace

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
paths:
  /one:
    parameters: [{name: q, in: query, required: true, schema: {}}]
    get: {operationId: one, responses: {}}
  /two: {get: {operationId: two, parameters: [{name: t, in: header, schema: {}}], responses: {}}}
"""
Planned = tuple[Plan | None, tuple[Problem, ...]]


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Planned]:
    """Plans the workflow `flow` of a document made of workflows (and other top-level texts)."""
    (tmp_path / "api.yaml").write_text(OPENAPI)

    def planned(
        workflows: str, more: str = "", *, sources: str = "", strict: bool = False
    ) -> Planned:
        text = (
            'arazzo: 1.0.1\ninfo: {title: t, version: "1"}\n'
            f"sourceDescriptions:\n  - {{name: api, url: api.yaml, type: openapi}}\n{sources}"
            f"{more}workflows:\n{workflows}"
        )
        (tmp_path / "flow.arazzo.yaml").write_text(text)
        documents = Workspace().open(str(tmp_path / "flow.arazzo.yaml")).documents
        assert documents is not None
        return plan(documents, "flow", strict=strict)

    return planned


def flow(*steps: str, more: str = "") -> str:
    listed = "".join(f"      - {each}\n" for each in steps)
    return f"  - workflowId: flow\n{more}    steps:\n{listed}"


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(each.severity.value, each.code) for each in problems]


# ------------------------------------------------------------------------------- what is wrong

TWO = "{stepId: a, operationId: two, outputs: {x: $response.body#/x}}"
READS = "{{stepId: b, operationId: two, parameters: [{{name: t, in: header, value: $steps.{}}}]}}"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["{stepId: a, operationId: two}"], []),
        (["{stepId: a, operationId: nope}"], [("error", "unknown-operation")]),
        (["{stepId: a, operationId: $sourceDescriptions.nope.one}"], [("error", "unknown-operation")]),
        (["{stepId: a, operationId: $sourceDescriptions.api.two}"], []),
        (["{stepId: a, operationId: api.two}"], [("warning", "operation-id-form")]),
        (["{stepId: a, operationId: TWO}"], [("warning", "operation-id-form")]),
        (["{stepId: a, operationPath: 'GET /two'}"], [("warning", "operation-path-form")]),
        (["{stepId: a, operationPath: '{$sourceDescriptions.api.url}#/paths/~1two/get'}"], []),
        (["{stepId: a, operationPath: '{$sourceDescriptions.api.url}#/paths/~1two/put'}"],
         [("error", "unknown-operation")]),
        (["{stepId: a, workflowId: nope}"], [("error", "unknown-workflow")]),
        (["{stepId: a, workflowId: $sourceDescriptions.api.two}"], [("error", "unknown-workflow")]),
        (["{stepId: a, operationId: one}"], [("warning", "missing-parameter")]),
        (["{stepId: a, operationId: one, parameters: [{name: q, in: query, value: 1}]}"], []),
        (["{stepId: a, operationId: two, parameters: [{name: T, in: header, value: 1}]}"], []),
        (["{stepId: a, operationId: two, parameters: [{name: t, value: 1}]}"],
         [("warning", "missing-location")]),
        (["{stepId: a, operationId: two, parameters: [{name: zz, value: 1}]}"],
         [("error", "missing-location")]),
        ([TWO, READS.format("a.outputs.x")], []),
        ([TWO, READS.format("a.outputs.y")],
         [("warning", "unknown-output")]),
        ([TWO, READS.format("c.outputs.x")],
         [("warning", "unknown-step")]),
        (["{stepId: b, operationId: two, outputs: {y: $steps.a.outputs.x}}", TWO],
         [("warning", "forward-reference")]),
        ([TWO.replace("}}", "}, onSuccess: [{name: n, type: goto, stepId: c}]}")],
         [("error", "unknown-step")]),
        ([TWO.replace("}}", "}, onFailure: [{name: n, type: goto, workflowId: c}]}")],
         [("error", "unknown-workflow")]),
    ],
)  # fmt: skip
def test_a_name_that_names_nothing_is_told(
    made: Callable[..., Planned], steps: list[str], expected: list[tuple[str, str]]
) -> None:
    found, problems = made(flow(*steps))
    assert told(problems) == expected
    assert (found is None) == ("error" in dict(expected))
    assert all(each.mark is not None for each in problems)


def test_what_is_read_with_tolerance_is_refused_when_strict(made: Callable[..., Planned]) -> None:
    steps = [TWO, READS.format("a.outputs.y").replace("two", "TWO")]
    found, problems = made(flow(*steps), strict=True)
    assert found is None
    assert {each.severity for each in problems} == {Severity.ERROR}


def test_a_channel_is_shown_and_not_executed(made: Callable[..., Planned]) -> None:
    found, problems = made(flow("{stepId: a, channelPath: 'x#/channels/y', action: send}"))
    assert found is None
    assert told(problems) == [("error", "asyncapi-step")]


def test_a_workflow_that_is_not_there_is_told(made: Callable[..., Planned]) -> None:
    found, problems = made("  - workflowId: flo\n    steps: [{stepId: a, operationId: two}]\n")
    assert found is None
    assert told(problems) == [("error", "unknown-workflow")]
    assert problems[0].hint == "did you mean `flo`?"


def test_what_is_wrong_elsewhere_does_not_keep_a_workflow_from_running(
    made: Callable[..., Planned],
) -> None:
    other = "  - workflowId: other\n    steps: [{stepId: a, operationId: nope}]\n"
    found, problems = made(flow("{stepId: a, operationId: two}") + other)
    assert found is not None
    assert problems == ()
    documents = found.first.documents
    assert told(check(documents)) == [("error", "unknown-operation")]


# ------------------------------------------------------------------------------- what is planned


def test_a_plan_holds_what_a_run_can_come_to_and_nothing_else(made: Callable[..., Planned]) -> None:
    workflows = flow(
        "{stepId: a, workflowId: called}",
        "{stepId: b, operationId: two, onSuccess: [{name: n, type: goto, workflowId: next}]}",
        "{stepId: c, operationId: two, onFailure: [{name: n, type: retry, workflowId: helper}]}",
    ) + "".join(
        f"  - workflowId: {name}\n    steps: [{{stepId: a, operationId: two}}]\n"
        for name in ("called", "next", "helper", "unrelated")
    )
    found, problems = made(workflows)
    assert problems == ()
    assert found is not None
    assert sorted(found.workflows) == ["called", "flow", "helper", "next"]
    assert [type(step.target) for step in found.first.steps] == [
        RunWorkflow,
        CallOperation,
        CallOperation,
    ]


def test_workflows_that_call_each_other_are_planned_once(made: Callable[..., Planned]) -> None:
    other = "  - workflowId: other\n    steps: [{stepId: a, workflowId: flow}]\n"
    found, _ = made(
        flow("{stepId: a, workflowId: other}", "{stepId: b, workflowId: other}") + other
    )
    assert found is not None
    assert sorted(found.workflows) == ["flow", "other"]


def test_a_source_that_is_not_there_is_asked_for_by_name(made: Callable[..., Planned]) -> None:
    sources = "  - {name: gone, url: gone.yaml, type: openapi}\n  - {name: spare, url: no.yaml}\n"
    found, _ = made(
        flow(
            "{stepId: a, operationId: $sourceDescriptions.gone.op}", "{stepId: b, operationId: two}"
        ),
        sources=sources,
    )
    assert found is not None
    assert [name for name, _ in found.unavailable()] == ["gone"]


def test_an_operation_that_no_source_has_may_be_in_the_one_that_is_missing(
    made: Callable[..., Planned],
) -> None:
    sources = "  - {name: gone, url: gone.yaml, type: openapi}\n"
    found, _ = made(flow("{stepId: a, operationId: op}"), sources=sources)
    assert found is not None
    (step,) = found.first.steps
    assert isinstance(step.target, CallOperation)
    assert (step.target.operation.source, step.target.assumed) == ("gone", True)


def test_a_source_of_workflows_that_is_missing_has_no_operations(
    made: Callable[..., Planned],
) -> None:
    sources = "  - {name: flows, url: gone.yaml, type: arazzo}\n"
    found, problems = made(flow("{stepId: a, operationId: op}"), sources=sources)
    assert found is None
    assert told(problems) == [("error", "unknown-operation")]


# ------------------------------------------------------------------------------- joined inputs


@pytest.mark.parametrize(
    ("own", "others", "names"),
    [
        (None, [], []),
        (None, [None, True, 3], []),
        (
            {"properties": {"a": {}}},
            [{"properties": {"b": {}, "a": {"type": "string"}}}],
            ["a", "b"],
        ),
        (None, [{"$ref": "#/$defs/x", "$defs": {"x": {"properties": {"c": {}}}}}], ["c"]),
        ({"allOf": [{"properties": {"a": {}}}]}, [{"properties": {"b": {}}}], ["a", "b"]),
        ({"additionalProperties": False, "properties": {}}, [{"properties": {"b": {}}}], ["b"]),
    ],
)
def test_a_schema_asks_for_the_inputs_of_others_too(
    own: object, others: list[object], names: list[str]
) -> None:
    assert [each.name for each in fields(joined(own, others))] == names  # type: ignore[arg-type]


def test_of_the_same_name_the_own_input_counts() -> None:
    own = {"properties": {"a": {"type": "integer"}}, "required": ["a"]}
    other = {"properties": {"a": {"type": "string"}, "b": {}}, "required": ["b"]}
    found = {each.name: (each.types, each.required) for each in fields(joined(own, [other]))}
    assert found == {"a": (("integer",), True), "b": ((), True)}
