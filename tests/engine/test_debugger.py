"""Where a run stands still: after a phase, a step, or at a failure that goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from arazzo_tui.engine.debugger import Debugger, Stride
from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.run import begun

CASES = Path(__file__).parents[1] / "cases"


def shown(moment: Moment) -> str:
    """A moment in a word: where it stands and at which stage."""
    if moment.ended is not None:
        return "the end"
    attempt = f"#{moment.top.attempt}" if moment.top.attempt > 1 else ""
    return f"{'>' * moment.depth}{moment.step.step_id}{attempt} {type(moment.stage).__name__}"


def stops(moments: list[Moment], *strides: Stride) -> Iterator[str]:
    """Where presses of keys come to, the last one again and again until the end."""
    presses, debugger = list(strides), Debugger().set_out(strides[0], moments[0])
    for moment in moments[1:]:
        debugger = debugger.seen(moment)
        if debugger.why:
            yield shown(moment)
            presses = presses[1:] or presses
            debugger = debugger.set_out(presses[0], moment)


@pytest.fixture
def moments(scenario, play):
    return lambda name: play(scenario(CASES / name))


def test_a_phase_stops_where_a_person_can_look(moments) -> None:
    assert list(stops(moments("goto-jumps-forward"), Stride.PHASE)) == [
        "first Sending", "first Judging", "first Deciding",
        "third Ready", "third Sending", "third Judging", "third Deciding",
        "the end",
    ]  # fmt: skip


def test_a_phase_goes_into_a_called_workflow_and_out_of_it(moments) -> None:
    assert list(stops(moments("a-failed-sub-workflow-fails-its-step"), Stride.PHASE)) == [
        ">greet Ready", ">greet Sending", ">greet Judging", ">greet Deciding",
        "call Judging", "call Deciding", "the end",
    ]  # fmt: skip


def test_a_phase_stops_before_a_wait_and_before_each_attempt(moments) -> None:
    assert list(stops(moments("a-transport-failure-goes-to-on-failure"), Stride.PHASE))[:9] == [
        "first Sending", "first Judging", "first Deciding", "first Pausing",
        "first#2 Ready", "first#2 Sending", "first#2 Judging", "first#2 Deciding",
        "third Ready",
    ]  # fmt: skip


def test_what_cannot_be_sent_is_judged_without_being_sent(moments) -> None:
    name = "an-input-of-a-call-that-names-nothing-fails-the-step"
    assert list(stops(moments(name), Stride.PHASE))[3:6] == [
        "call Ready", "call Judging", "call Deciding",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("steps-run-in-order", ["second Ready", "third Ready", "the end"]),
        ("goto-jumps-forward", ["third Ready", "the end"]),
        ("a-step-calls-a-workflow", ["after Ready", "the end"]),
        ("retry-waits-and-stops-at-its-limit", ["first#2 Ready", "first#3 Ready", "the end"]),
        ("goto-a-workflow-does-not-come-back", ["last Ready", "the end"]),
        (
            "retry-through-a-step-shares-its-names",
            ["use Ready", "use#2 Ready", "last Ready", "the end"],
        ),
        (
            "workflows-that-a-workflow-depends-on-run-first-and-once",
            ["left Ready", "right Ready", "flow Ready", "the end"],
        ),
    ],
)
def test_a_step_is_one_press(moments, name: str, expected: list[str]) -> None:
    assert list(stops(moments(name), Stride.STEP)) == expected


def test_a_step_out_of_a_called_workflow_comes_back_to_its_caller(moments) -> None:
    presses = (Stride.PHASE, Stride.STEP, Stride.STEP)
    assert list(stops(moments("a-step-calls-a-workflow"), *presses)) == [
        ">greet Ready", "after Ready", "the end",
    ]  # fmt: skip


@pytest.mark.parametrize("phases", range(1, 4))
def test_a_step_begun_by_phases_is_finished_by_one_press(moments, phases: int) -> None:
    presses = (*[Stride.PHASE] * phases, Stride.STEP)
    assert list(stops(moments("steps-run-in-order"), *presses))[phases] == "second Ready"


def test_a_press_at_a_failure_only_makes_its_move(moments) -> None:
    presses = (Stride.ON, Stride.STEP)
    assert list(stops(moments("a-transport-failure-goes-to-on-failure"), *presses)) == [
        "first#2 Acting", "third Ready", "the end",
    ]  # fmt: skip


def test_a_press_at_a_wait_only_ends_it(moments) -> None:
    presses = (*[Stride.PHASE] * 4, Stride.STEP)
    assert list(stops(moments("retry-waits-and-stops-at-its-limit"), *presses))[3:5] == [
        "first Pausing", "first#2 Ready",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("steps-run-in-order", ["the end"]),
        ("a-failed-criterion-ends-the-workflow", ["the end"]),
        ("end-on-failure-is-a-failed-workflow-with-outputs", ["the end"]),
        ("retry-waits-and-stops-at-its-limit", ["the end"]),
        ("retry-through-a-workflow", ["the end"]),
        ("a-loop-ends-at-the-ceiling-of-steps", ["the end"]),
        ("used-up-retries-give-way-to-the-next-action", ["first#4 Acting", "the end"]),
        ("a-step-has-its-own-time", ["first Acting", "the end"]),
        ("a-failed-sub-workflow-fails-its-step", [">greet Acting", "the end"]),
    ],
)
def test_going_on_stops_at_a_failure_that_goes_on(moments, name: str, expected: list[str]) -> None:
    assert list(stops(moments(name), Stride.ON)) == expected


def test_a_run_that_begins_stands_at_its_first_step(moments) -> None:
    first = moments("steps-run-in-order")[0]
    assert shown(begun(first).now) == "first Ready"
    assert not Debugger().seen(first).why
