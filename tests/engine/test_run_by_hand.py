"""A run in a person's hands: looking back, going on from the past, changing what was going to happen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from arazzo_tui.engine.amend import (
    AnswerWith,
    CannotAmend,
    Choose,
    JumpTo,
    Loosen,
    Replan,
    SendInstead,
    SetInput,
    SetOutput,
    SkipStep,
    choices,
)
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import Deciding, Decision, Judging, Ready, Send, Sending, Wait, Waited
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json

CASES = Path(__file__).parents[1] / "cases"
Until = Callable[[Run], bool]


def answer(status: int, body: Json = None) -> Response:
    data = write_json(body).encode()
    headers = (("Content-Type", "application/json"),)
    return Response(
        status, "", headers, data, 0.0, len(data), read_content("application/json", data)
    )


@pytest.fixture
def first(scenario):
    def begin(name: str) -> Run:
        found = scenario(CASES / name)
        assert found.first is not None
        return begun(found.first)

    return begin


def gone(run: Run, until: Until, *answers: Response | Failure) -> Run:
    """The run driven until it is somewhere, with these answers in turn and then plain successes."""
    waiting = list(answers)
    while not until(run) and run.now.ended is None:
        match pending(run.now):
            case Send():
                run = run.advance(waiting.pop(0) if waiting else answer(200, {"id": 1}))
            case Wait():
                run = run.advance(Waited())
            case None:
                run = run.advance()
    return run


def at(stage: type, step: str = "") -> Until:
    return lambda run: isinstance(run.now.stage, stage) and step in ("", run.now.step.step_id)


def to_the_end(run: Run) -> bool:
    return run.now.ended is not None


def test_every_moment_can_be_looked_at_as_it_was(first) -> None:
    run = gone(first("steps-run-in-order"), to_the_end)
    for number, moment in enumerate(run.moments):
        assert run.look(number).shown is moment
    assert run.look(-5).at == 0
    assert run.look(10**6).shown is run.now
    assert not run.look(10**6).is_past


def test_going_on_from_the_past_sets_the_old_future_aside_whole(first) -> None:
    run = gone(first("steps-run-in-order"), to_the_end)
    back = run.look(2).taken_up()
    assert back.now is run.moments[2]
    (branch,) = back.aside
    assert branch.end is run.now
    assert branch.fork == 3
    again = gone(back, to_the_end, answer(500))
    assert again.now.ended != run.now.ended
    assert again.aside == back.aside


def test_a_future_in_which_nothing_happened_is_no_branch(first) -> None:
    run = gone(first("steps-run-in-order"), at(Sending))
    assert run.look(0).taken_up().aside == ()


def test_a_branch_can_be_gone_on_with_and_the_other_is_set_aside(first) -> None:
    run = gone(first("steps-run-in-order"), to_the_end)
    other = gone(run.look(2).taken_up("second try"), to_the_end, answer(500))
    back = other.switched(0)
    assert back.now is run.now
    assert back.name == "first"
    assert back.aside[0].name == "second try"
    assert back.aside[0].end is other.now


def test_what_going_on_from_the_past_may_repeat_is_known(first) -> None:
    run = gone(first("steps-run-in-order"), to_the_end)
    assert run.repeated() == ()
    sent = [record.request for record in run.now.trail]
    assert list(run.look(0).repeated()) == sent
    past_first = next(i for i, m in enumerate(run.moments) if len(m.trail) == 1)
    assert list(run.look(past_first).repeated()) == sent[1:]


def test_an_edited_request_is_sent_in_the_place_of_the_one_that_was_built(first) -> None:
    run = gone(first("steps-run-in-order"), at(Sending))
    assert isinstance(run.now.stage, Sending)
    edited = replace(run.now.stage.request, url="https://elsewhere.test/")
    changed = run.amend(SendInstead(edited))
    owed = pending(changed.now)
    assert isinstance(owed, Send)
    assert owed.request is edited
    assert run.now.stage.request is not edited
    done = gone(changed, to_the_end)
    assert done.now.trail[0].request is edited
    assert done.by_hand()[0] == ("request edited by hand",)


@pytest.mark.parametrize("stage", [Judging, Deciding])
def test_a_resent_request_is_another_attempt_and_the_first_is_kept(first, stage: type) -> None:
    run = gone(first("steps-run-in-order"), at(stage), answer(500))
    request = run.moments[1].stage.request
    again = run.amend(SendInstead(request))
    assert isinstance(again.now.stage, Sending)
    assert again.now.top.attempt == 2
    assert [record.passed for record in again.now.trail] == [False]
    done = gone(again, to_the_end)
    assert done.by_hand() == {1: ("sent again by hand",)}
    assert [(r.step, r.attempt, r.passed) for r in done.now.trail][:2] == [
        ("first", 1, False), ("first", 2, True),
    ]  # fmt: skip
    assert done.now.ended is not None
    assert done.now.ended.passed


def test_after_the_end_a_change_goes_on_from_the_last_moment_before_it(first) -> None:
    run = gone(first("steps-run-in-order"), to_the_end, answer(500))
    request = run.now.trail[-1].request
    assert request is not None
    again = run.amend(SendInstead(request))
    assert again.now.ended is None
    assert again.aside == ()
    assert gone(again, to_the_end).now.ended.passed  # type: ignore[union-attr]


def test_an_answer_by_hand_is_judged_as_any_other(first) -> None:
    run = gone(first("steps-run-in-order"), at(Sending)).amend(AnswerWith(answer(418)))
    assert isinstance(run.now.stage, Judging)
    assert gone(run, to_the_end).now.trail[0].passed is False


def test_a_skipped_step_sends_nothing_and_has_the_outputs_it_was_given(first) -> None:
    run = gone(first("steps-run-in-order"), at(Sending)).amend(SkipStep({"id": 7}))
    run = gone(run, at(Ready, "second"))
    (record,) = run.now.trail
    assert record.request is None
    assert record.passed
    assert record.outputs["id"] == 7
    assert run.now.top.steps["first"]["outputs"]["id"] == 7


def test_a_set_input_builds_the_waiting_request_anew(first) -> None:
    run = gone(first("parameters-go-to-path-query-header-and-cookie"), at(Sending))
    inputs = run.now.top.inputs
    name = next(each for each, value in inputs.items() if isinstance(value, str))
    changed = run.amend(SetInput(name, "quite-another"))
    assert isinstance(changed.now.stage, Sending)
    assert changed.now.top.inputs[name] == "quite-another"
    assert run.now.top.inputs == inputs
    assert "quite-another" in repr(changed.now.stage.request)


def test_a_set_output_is_what_later_steps_read(first) -> None:
    run = gone(first("steps-run-in-order"), at(Deciding, "first"))
    run = gone(run.amend(SetOutput("first", "id", "by hand")), at(Ready, "second"))
    assert run.now.top.steps["first"]["outputs"]["id"] == "by hand"


def test_a_jump_runs_nothing_in_between_and_keeps_what_was_answered(first) -> None:
    run = gone(first("steps-run-in-order"), at(Judging, "first")).amend(JumpTo("third"))
    assert run.now.step.step_id == "third"
    assert [record.step for record in run.now.trail] == ["first"]
    with pytest.raises(CannotAmend, match="no step `nowhere`"):
        run.amend(JumpTo("nowhere"))


def test_what_follows_can_be_chosen_after_the_judging_and_after_the_end(first) -> None:
    run = gone(first("steps-run-in-order"), to_the_end, answer(500))
    before = run.look(len(run.moments) - 2).shown
    assert {each.type for each in choices(before)} >= {"next", "fail"}
    run = run.amend(Choose(Decision("next", why="by hand")))
    assert run.now.trail[-1].decision.why == "by hand"
    assert gone(run, at(Ready)).now.step.step_id == "second"
    assert choices(first("steps-run-in-order").now) == ()


def test_a_loosened_criterion_passes_for_the_rest_of_the_run(first) -> None:
    run = gone(first("a-failed-criterion-ends-the-workflow"), at(Deciding), answer(404))
    record = run.now.stage.record  # type: ignore[union-attr]
    failed = next(number for number, check in enumerate(record.checks) if not check.passed)
    eased = run.amend(Loosen(failed))
    check = eased.now.stage.record.checks[failed]  # type: ignore[union-attr]
    assert check.passed
    assert "loosened by hand" in check.reading
    with pytest.raises(CannotAmend):
        run.amend(Loosen(99))


def test_a_changed_plan_is_gone_on_with_where_the_steps_behind_it_are_the_same(first) -> None:
    run = gone(first("steps-run-in-order"), at(Ready, "second"))
    same = run.amend(Replan(run.now.plan))
    assert same.now.step.step_id == "second"
    workflow = run.now.plan.first
    other = replace(workflow.steps[0], step=replace(workflow.steps[0].step, timeout=9.0))
    changed = replace(workflow, steps=(other, *workflow.steps[1:]))
    plan = replace(run.now.plan, workflows={workflow.key: changed})
    with pytest.raises(CannotAmend, match="was run already"):
        run.amend(Replan(plan))


def test_nothing_is_amended_that_does_not_fit(first) -> None:
    run = first("steps-run-in-order")
    request = Request("GET", "https://x.test/")
    for amendment in (AnswerWith(answer(200)), Choose(Decision("next"))):
        with pytest.raises(CannotAmend):
            run.amend(amendment)
    with pytest.raises(CannotAmend):
        gone(run, at(Judging)).amend(SkipStep({}))
    assert isinstance(run.amend(SendInstead(request)).now.stage, Sending)
