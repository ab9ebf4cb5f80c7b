"""The picture of a workflow, and the way a run took through it: every edge as often as it was taken."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from arazzo_tui.engine.amend import Choose, JumpTo, SendInstead
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Response
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import Acting, Decision, Judging, Moment, Pausing, Send, Wait, Waited
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.insight.flow import Edge, Flow, flows
from arazzo_tui.insight.traffic import Traffic, traffic

CASES = Path(__file__).parents[2] / "cases"
PLAYED = sorted(
    each.parent.name
    for each in CASES.glob("*/expected.txt")
    if "refused:" not in each.read_text("utf-8")
)
"""The cases in which something runs."""

Moments = Callable[[str], list[Moment]]


@pytest.fixture
def moments(scenario, play) -> Moments:
    """Plays a case by the name of its folder."""
    return lambda name: play(scenario(CASES / name))


def told(flows: Mapping[str, Flow], edge: Edge) -> str:
    """An edge in a few words: `✓ poll goto fetch (done)`."""
    names = [node.step.step_id for node in flows[edge.workflow].nodes]
    to = "" if edge.to is None else f" {names[edge.to]}"
    name = f" ({edge.name})" if edge.name else ""
    sign = {"success": "✓", "failure": "✗", "": "!"}[edge.outcome]
    target = f" {edge.target}" if edge.target else ""
    return f"{sign} {names[edge.at]} {edge.kind}{to}{target}{name}"


def counts(flows: Mapping[str, Flow], way: Traffic) -> list[str]:
    """The edges that were taken, in the order they first were, with how often where that was not once."""
    return [
        f"{told(flows, edge)}{f' ×{times}' if times > 1 else ''}"
        for edge, times in way.taken.items()
    ]


def edges(flow: Flow) -> list[str]:
    """The edges of a picture; `never` behind those that nothing comes to."""
    return [
        f"{told({flow.key: flow}, edge)}{'' if edge.reachable else ' never'}"
        for node in flow.nodes
        for edge in node.edges
    ]


# The picture


def test_every_way_out_of_a_step_is_an_edge_in_the_order_it_is_tried(moments: Moments) -> None:
    plan = moments("goto-jumps-back-until-a-criterion-holds")[0].plan
    assert edges(flows(plan)["flow"]) == [
        "✓ poll goto fetch (done)",
        "✓ poll goto poll (again)",
        "✓ poll next never never",
        "✗ poll fail",
        "✓ never next fetch",
        "✗ never fail",
        "✓ fetch next",
        "✗ fetch fail",
    ]


def test_the_first_picture_is_that_of_the_workflow_that_was_asked_for(moments: Moments) -> None:
    pictures = flows(moments("everything-at-once")[0].plan)
    assert list(pictures) == ["flow after its dependencies", "flow", "config", "other"]
    assert pictures["flow"].after == ("config",)
    assert pictures["flow after its dependencies"].after == ()


def test_an_action_of_the_workflow_is_an_edge_of_every_step_and_no_step_s_own(
    moments: Moments,
) -> None:
    flow = flows(moments("everything-at-once")[0].plan)["flow"]
    inherited = [
        (node.step.step_id, edge.name) for node in flow.nodes for edge in node.edges if not edge.own
    ]
    steps = ("login", "work", "call", "tidy")
    assert inherited == [(step, name) for step in steps for name in ("leave", "patience")]
    leave, patience = flow.inherited
    assert (leave.kind, leave.criteria) == ("end", ("$response.body#/do == 'end'",))
    assert (patience.kind, patience.limit, patience.wait) == ("retry", 2, 1)


def test_an_action_that_names_a_workflow_has_its_key(moments: Moments) -> None:
    flow = flows(moments("everything-at-once")[0].plan)["flow"]
    named = {edge.name: edge.target for node in flow.nodes for edge in node.edges if edge.target}
    assert named == {"elsewhere": "other", "reconfigure": "config"}


def test_an_output_that_is_read_is_a_data_edge_to_its_reader(moments: Moments) -> None:
    flow = flows(moments("everything-at-once")[0].plan)["flow"]
    read = {
        node.step.step_id: [(each.kind, each.at, each.source, each.output) for each in node.reads]
        for node in flow.nodes
    }
    assert read == {
        "login": [],
        "work": [("step", 0, "login", "token"), ("workflow", None, "config", "config")],
        "call": [("step", 1, "work", "n")],
        "tidy": [],
    }
    assert [each.expression for each in flow.reads] == [
        "$steps.work.outputs.n",
        "$steps.call.outputs.m",
    ]


def test_what_a_step_depends_on_stands_by_its_position(moments: Moments) -> None:
    plan = moments("a-step-that-is-read-comes-before-its-reader")[0].plan
    flow = next(iter(flows(plan).values()))
    names = [node.step.step_id for node in flow.nodes]
    for node in flow.nodes:
        assert [names[at] for at in node.after] == list(node.step.step.depends_on)
        assert all(at < flow.positions[node.step.step_id] for at in node.after)
    assert any(node.after for node in flow.nodes)


# The way of a run

WAYS = {
    "goto-jumps-back-until-a-criterion-holds": [
        "✓ poll goto poll (again) ×2",
        "✓ poll goto fetch (done)",
        "✓ fetch next",
    ],
    "used-up-retries-give-way-to-the-next-action": [
        "✗ first retry (throttled) ×2",
        "✗ first retry (once-more)",
        "✗ first goto third (rescue)",
        "✓ third next",
    ],
    # The step before a retry goes back to it, and not to the step after itself.
    "retry-through-a-step-shares-its-names": [
        "✓ login next use",
        "✗ use retry login (login-again)",
        "✓ use next last",
        "✓ last next",
    ],
    "a-helper-of-a-retry-may-jump-and-retry-itself": [
        "✗ use retry helper (help)",
        "✗ helper retry (again)",
        "✓ helper goto more (over)",
        "✓ use end (done)",
    ],
    "a-retry-goes-on-when-its-helper-fails": [
        "✗ use retry helper (help)",
        "✗ use end (give-up)",
    ],
    "a-called-workflow-that-retries-through-a-workflow-comes-back": [
        "✗ use retry login (refresh)",
        "✓ ask next ×2",
        "✗ use fail",
        "✗ call retry login (again)",
        "✓ use next",
        "✓ call next",
    ],
    "goto-a-workflow-does-not-come-back": ["✓ first goto other (over)", "✓ last next"],
    "everything-at-once": [
        "✓ read next",
        "✓ config next flow",
        "✗ login retry (patience)",
        "✓ login next work",
        "✗ work retry login (refresh)",
        "✓ work goto work (again)",
        "✗ work fail",
        "✗ flow fail",
    ],
}


@pytest.mark.parametrize(("name", "expected"), WAYS.items(), ids=list(WAYS))
def test_each_edge_is_counted_as_often_as_it_was_taken(
    moments: Moments, name: str, expected: list[str]
) -> None:
    last = moments(name)[-1]
    pictures = flows(last.plan)
    assert counts(pictures, traffic(pictures, last)) == expected


@pytest.mark.parametrize("name", PLAYED)
def test_an_edge_that_was_decided_on_is_taken_at_the_next_move_and_no_other_is(
    moments: Moments, name: str
) -> None:
    played = moments(name)
    pictures = flows(played[0].plan)
    before = traffic(pictures, played[0])
    assert before.taken == {}
    for earlier, moment in pairwise(played):
        after = traffic(pictures, moment)
        moves = isinstance(earlier.stage, Acting | Pausing) and not (
            isinstance(moment.stage, Pausing) and moment.ended is None
        )
        expected = dict(before.taken)
        if moves and before.chosen is not None:
            expected[before.chosen] = expected.get(before.chosen, 0) + 1
        assert after.taken == expected
        before = after


def test_here_are_the_steps_of_the_call_stack_and_after_the_end_nothing(moments: Moments) -> None:
    played = moments("a-step-calls-a-workflow")
    pictures = flows(played[0].plan)
    stacks = dict.fromkeys(traffic(pictures, moment).here for moment in played)
    flow, called = list(pictures)[:2]
    assert list(stacks) == [
        ((flow, 0),),
        ((flow, 0), (called, 0)),
        ((flow, 1),),
        (),
    ]


# What somebody does by hand


def answer(status: int) -> Response:
    return Response(status, "", (), b"", 0.0, 0, read_content(None, b""), 0.0)


def on(run: Run, kind: type, status: int = 200) -> Run:
    """The run as it goes on to the next moment of a stage; whatever is sent is answered with a status."""
    while True:
        match pending(run.now):
            case Send():
                run = run.advance(answer(status))
            case Wait():
                run = run.advance(Waited())
            case None:
                run = run.advance()
        if isinstance(run.now.stage, kind):
            return run


def way(run: Run) -> list[str]:
    pictures = flows(run.shown.plan)
    return counts(pictures, traffic(pictures, run.shown, run))


def test_a_jump_by_hand_is_an_edge_and_takes_the_place_of_the_one_that_was_decided_on(
    moments: Moments,
) -> None:
    run = on(begun(moments("goto-jumps-back-until-a-criterion-holds")[0]), Acting)
    jumped = run.amend(JumpTo("never"))
    assert way(jumped) == ["! poll hand never"]
    assert way(on(jumped, Acting).advance()) == ["✓ never next fetch", "! poll hand never"]
    assert way(jumped.look(0)) == []


def test_a_jump_away_from_a_step_that_was_not_sent_leaves_the_edges_before_it(
    moments: Moments,
) -> None:
    run = on(begun(moments("goto-jumps-back-until-a-criterion-holds")[0]), Acting).advance()
    assert way(run.amend(JumpTo("fetch"))) == ["✓ poll goto poll (again)", "! poll hand fetch"]


def test_an_attempt_that_is_sent_again_by_hand_takes_no_edge_but_that(moments: Moments) -> None:
    run = on(begun(moments("goto-jumps-forward")[0]), Judging)
    request = run.now.stage.request
    again = run.amend(SendInstead(request))
    assert way(again) == ["! first hand first"]
    assert way(on(again, Acting).advance()) == ["✓ first goto third (skip)", "! first hand first"]


def test_a_decision_by_hand_is_the_edge_it_names_whatever_the_outcome(moments: Moments) -> None:
    run = on(begun(moments("used-up-retries-give-way-to-the-next-action")[0]), Acting)
    rescue = Decision("goto", "rescue", "third", "step")
    assert way(run.amend(Choose(rescue)).advance()) == ["✗ first goto third (rescue)"]
