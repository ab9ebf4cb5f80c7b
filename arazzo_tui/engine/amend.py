"""What a person changes in a run by hand, and the moment that comes of it.

An amendment is a value, kept among the causes of a run beside the replies of the world, so that what was
done by hand is seen for good. The machine knows none of this: an amended moment is one it could have come
to, and it goes on from it as from any other.
"""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.judge import decided, judged, options
from arazzo_tui.engine.machine import advance
from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Decision,
    Frame,
    Judging,
    Moment,
    Pausing,
    Ready,
    Returned,
    Sending,
    Stage,
    StepRecord,
    Values,
)
from arazzo_tui.engine.plan import Plan, PlannedStep, PlannedWorkflow
from arazzo_tui.engine.scope import scope_with
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json


class SendInstead(Struct, frozen=True):
    """Send this request in place of the one that was built, or once more after an answer."""

    request: Request


class AnswerWith(Struct, frozen=True):
    """Answer the request that waits by hand; nothing is sent."""

    answer: Response | Failure


class SkipStep(Struct, frozen=True):
    """Do not run the step; it counts as passed and has these outputs."""

    outputs: Values


class SetInput(Struct, frozen=True):
    """Give an input of the workflow that is under way another value."""

    name: str
    value: Json


class SetOutput(Struct, frozen=True):
    """Give an output of a step another value, or one that it has not."""

    step: str
    name: str
    value: Json


class JumpTo(Struct, frozen=True):
    """Go on at another step of the workflow that is under way."""

    step: str


class Choose(Struct, frozen=True):
    """Do this after the step, whatever its actions say."""

    decision: Decision


class Loosen(Struct, frozen=True):
    """Let a criterion of the step pass for the rest of this run, whatever it says (its number from 0)."""

    criterion: int


class Replan(Struct, frozen=True):
    """Go on with a plan made anew from a changed document."""

    plan: Plan


Amendment: TypeAlias = (
    SendInstead | AnswerWith | SkipStep | SetInput | SetOutput | JumpTo | Choose | Loosen | Replan
)


class CannotAmend(ValueError):
    """Why a moment cannot be changed so; nothing was changed."""


def amend(moment: Moment, amendment: Amendment) -> Moment:
    """The moment as the amendment makes it. Raises `CannotAmend` with a sentence where it does not fit."""
    if moment.ended is not None:
        raise CannotAmend("the run is over; go back to one of its moments first")
    match amendment:
        case SendInstead(request):
            return _sent_instead(moment, request)
        case AnswerWith(answer):
            if not isinstance(moment.stage, Sending):
                raise CannotAmend("no request waits for an answer here")
            return advance(moment, answer)
        case SkipStep(outputs):
            return _skipped(moment, outputs)
        case SetInput(name, value):
            frame = moment.top
            return _rebuilt(_with(moment, replace(frame, inputs={**frame.inputs, name: value})))
        case SetOutput(step, name, value):
            return _with_output(moment, step, name, value)
        case JumpTo(step):
            return _jumped(moment, step)
        case Choose(decision):
            return _decided(moment, decision)
        case Loosen(number):
            return _loosened(moment, number)
        case Replan(plan):
            return _replanned(moment, plan)


def told(amendment: Amendment, before: Moment | None = None) -> str:
    """An amendment in a few words, as the log and every report tell it; values are not in it.

    `before` is the moment it was made at: only there an edited request differs from one sent again.
    """
    match amendment:
        case SendInstead(request):
            again = before is not None and _answered(before.stage) == request
            return "sent again by hand" if again else "request edited by hand"
        case AnswerWith():
            return "answered by hand, nothing was sent"
        case SkipStep():
            return "skipped by hand, outputs set"
        case SetInput(name):
            return f"input {quoted_name(name)} set by hand"
        case SetOutput(step, name):
            return f"output {quoted_name(name)} of {quoted_name(step)} set by hand"
        case JumpTo(step):
            return f"jumped to {quoted_name(step)} by hand"
        case Choose(decision):
            return f"what follows was chosen by hand: {decision.type} {decision.target}".rstrip()
        case Loosen(number):
            return f"criterion {number + 1} was loosened by hand"
        case Replan():
            return "went on with the changed document"


def choices(moment: Moment) -> tuple[Decision, ...]:
    """What could follow the step that was just judged: its own actions, the next step, the end."""
    record = record_of(moment.stage)
    if record is None:
        return ()
    plain = [
        Decision("next", why="chosen by hand: the next step in order"),
        Decision("fail", why="chosen by hand: the workflow ends here as failed"),
    ]
    return (*options(moment, record), *plain)


def record_of(stage: Stage) -> StepRecord | None:
    """The record of the attempt that a stage has judged."""
    match stage:
        case Deciding(record) | Acting(record) | Pausing(record, _):
            return record
        case Ready() | Sending() | Calling() | Judging():
            return None


def _answered(stage: Stage) -> Request | None:
    """The request whose answer a stage is about."""
    match stage:
        case Judging(request, _):
            return request
        case _:
            record = record_of(stage)
            return record.request if record else None


def _with(moment: Moment, frame: Frame) -> Moment:
    return replace(moment, frames=(*moment.frames[:-1], frame))


def _at(moment: Moment, stage: Stage) -> Moment:
    return _with(moment, replace(moment.top, stage=stage))


def _rebuilt(moment: Moment) -> Moment:
    """A request that has not left is built anew from what is known now."""
    return advance(_at(moment, Ready())) if isinstance(moment.stage, Sending) else moment


def _kept(moment: Moment) -> Moment:
    """The moment at which an attempt that was answered stands in the trail: none is lost."""
    while isinstance(moment.stage, Judging | Deciding):
        moment = advance(moment)
    return moment


def _sent_instead(moment: Moment, request: Request) -> Moment:
    match moment.stage:
        case Ready() | Sending():
            return _at(moment, Sending(request))
        case Judging() | Deciding() | Acting() | Pausing():
            kept = _kept(moment)
            again = replace(kept.top, stage=Sending(request), attempt=kept.top.attempt + 1)
            return _with(kept, again)
        case Calling():
            raise CannotAmend("this step calls a workflow and sends nothing itself")


def _skipped(moment: Moment, outputs: Values) -> Moment:
    if not isinstance(moment.stage, Ready | Sending):
        raise CannotAmend("only a step that was not sent yet can be skipped")
    frame = moment.top
    answer = Returned("", passed=True, inputs={}, outputs=outputs, reason="skipped by hand")
    names = scope_with(moment, None, answer)
    record = StepRecord(
        workflow=frame.workflow.key,
        step=frame.step.step_id,
        attempt=frame.attempt,
        request=None,
        answer=answer,
        checks=(),
        outputs={**dict.fromkeys(frame.step.step.outputs), **outputs},
        missing={
            name: "the step was skipped by hand"
            for name in frame.step.step.outputs
            if name not in outputs
        },
        passed=True,
        decision=decided(moment, True, answer, names),
        depth=moment.depth,
    )
    return _at(moment, Deciding(record))


def _with_output(moment: Moment, step: str, name: str, value: Json) -> Moment:
    frame = moment.top
    if step not in frame.workflow.positions:
        raise CannotAmend(f"there is no step {quoted_name(step)} in this workflow")
    match moment.stage:
        case Deciding(record) if record.step == step:
            return _at(moment, Deciding(_given(record, name, value)))
        case _:
            before = frame.steps.get(step, {}).get("outputs", {})
            steps = frame.steps.insert(step, {"outputs": {**before, name: value}})
            return _rebuilt(_with(moment, replace(frame, steps=steps)))


def _given(record: StepRecord, name: str, value: Json) -> StepRecord:
    missing = {key: why for key, why in record.missing.items() if key != name}
    return replace(record, outputs={**record.outputs, name: value}, missing=missing)


def _jumped(moment: Moment, step: str) -> Moment:
    if isinstance(moment.stage, Calling):
        raise CannotAmend("a called workflow is under way; finish it first")
    position = moment.top.workflow.positions.get(step)
    if position is None:
        raise CannotAmend(f"there is no step {quoted_name(step)} in this workflow")
    kept = _kept(moment)
    return _with(kept, replace(kept.top, at=position, stage=Ready(), used={}, attempt=1))


def _decided(moment: Moment, decision: Decision) -> Moment:
    record = record_of(moment.stage)
    if record is None:
        raise CannotAmend("the step was not judged yet")
    changed = replace(record, decision=decision)
    if isinstance(moment.stage, Deciding):
        return _at(moment, Deciding(changed))
    trail = moment.trail.upto(len(moment.trail) - 1).plus(changed)
    return replace(_at(moment, Acting(changed)), trail=trail)


def _loosened(moment: Moment, number: int) -> Moment:
    """The step with one criterion that always passes; an attempt that was judged is judged anew."""
    frame = moment.top
    planned = frame.step
    if not 0 <= number < len(planned.step.success_criteria):
        raise CannotAmend("the step has no such criterion")
    criteria = tuple(
        replace(each, loosened=True) if at == number else each
        for at, each in enumerate(planned.step.success_criteria)
    )
    eased = replace(planned, step=replace(planned.step, success_criteria=criteria))
    workflow = _with_step(frame.workflow, frame.at, eased)
    plan = replace(moment.plan, workflows={**moment.plan.workflows, workflow.key: workflow})
    changed = _with(replace(moment, plan=plan), replace(frame, workflow=workflow))
    match moment.stage:
        case Deciding(record):
            return _at(changed, Deciding(judged(changed, record.request, record.answer)))
        case Acting(record) | Pausing(record, _):
            anew = judged(changed, record.request, record.answer)
            trail = moment.trail.upto(len(moment.trail) - 1).plus(anew)
            return replace(_at(changed, Acting(anew)), trail=trail)
        case Ready() | Sending() | Calling() | Judging():
            return changed


def _with_step(workflow: PlannedWorkflow, at: int, step: PlannedStep) -> PlannedWorkflow:
    return replace(workflow, steps=(*workflow.steps[:at], step, *workflow.steps[at + 1 :]))


def _replanned(moment: Moment, plan: Plan) -> Moment:
    """Each frame at its step in the new plan; what was run already must stand there as it was."""
    frames = tuple(_moved(frame, plan) for frame in moment.frames)
    moved = replace(moment, plan=plan, frames=frames)
    return _rebuilt(moved)


def _moved(frame: Frame, plan: Plan) -> Frame:
    there = plan.workflows.get(frame.workflow.key)
    name = quoted_name(frame.workflow.key)
    if there is None:
        raise CannotAmend(f"the changed document has no workflow {name}")
    at = there.positions.get(frame.step.step_id)
    if at is None:
        raise CannotAmend(f"the changed workflow {name} has no step {frame.step.step_id}")
    for changed in _changed(frame, there):
        raise CannotAmend(f"step {quoted_name(changed)}, which was run already, is another now")
    return replace(frame, workflow=there, at=at)


def _changed(frame: Frame, there: PlannedWorkflow) -> Iterator[str]:
    """The steps with outputs in this frame that are written otherwise in the new plan."""
    for step_id in frame.steps:
        before = frame.workflow.positions.get(step_id)
        after = there.positions.get(step_id)
        if before is None or step_id == frame.step.step_id:
            continue
        if after is None or frame.workflow.steps[before].step != there.steps[after].step:
            yield step_id
