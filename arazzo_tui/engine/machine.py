"""The machine: what the world owes a moment, and the moment after it.

| stage    | what is known        | owed by the world | goes to                                            |
|----------|----------------------|-------------------|----------------------------------------------------|
| Ready    | which step           | –                 | Sending; a frame above and Calling; Judging        |
| Sending  | + the request        | Send              | Judging                                            |
| Calling  | who is called        | –                 | Judging or Ready, when the frame above returns     |
| Judging  | + the answer         | –                 | Deciding                                           |
| Deciding | + checks, outputs    | –                 | Acting                                             |
| Acting   | + the trail          | –                 | Ready of a step; Pausing; leaves; ends             |
| Pausing  | + seconds            | Wait              | Ready again, or a frame above and Calling          |

Two rules: `advance` is the only way a run moves by itself, and nothing here knows who is watching.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.inputs import with_defaults
from arazzo_tui.engine.judge import judged, taken
from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Effect,
    Ended,
    Frame,
    Judging,
    Moment,
    Pausing,
    Ready,
    Reply,
    Returned,
    Send,
    Sending,
    Settings,
    Stage,
    StepRecord,
    Values,
    Wait,
    Waited,
)
from arazzo_tui.engine.plan import CallOperation, Plan, RunWorkflow
from arazzo_tui.engine.request import CannotBuild, build, called_inputs
from arazzo_tui.engine.scope import scope_with
from arazzo_tui.language.values import Json


class OutOfTurn(RuntimeError):
    """A reply nobody asked for, or none where one is owed: a mistake of whoever drives the machine."""


def begin(plan: Plan, inputs: Values, settings: Settings) -> Moment:
    """The first moment of a run; `inputs` get the schema's defaults (A-5)."""
    workflow = plan.first
    frame = Frame(workflow, with_defaults(workflow.workflow.inputs, inputs))
    return Moment(plan, settings, (frame,), chain=(workflow.key,))


def pending(moment: Moment) -> Effect | None:
    """What the world owes this moment; None when it can go on, or has ended."""
    if moment.ended is not None:
        return None
    match moment.stage:
        case Sending(request):
            timeout = moment.step.step.timeout or moment.settings.timeout
            return Send(request, timeout)
        case Pausing(_, seconds):
            return Wait(seconds)
        case Ready() | Calling() | Judging() | Deciding() | Acting():
            return None


def advance(moment: Moment, reply: Reply | None = None) -> Moment:
    """The next moment. Raises `OutOfTurn` when the reply is not what `pending` said, or after the end."""
    if moment.ended is not None:
        raise OutOfTurn("the run has ended")
    match moment.stage, reply:
        case Sending(request), Response() | Failure():
            return _at(moment, Judging(request, reply))
        case Pausing(record, _), Waited():
            return _retried(moment, record)
        case Ready(), None:
            return _built(moment)
        case Judging(request, answer), None:
            return _at(moment, Deciding(judged(moment, request, answer)))
        case Deciding(record), None:
            return _recorded(moment, record)
        case Acting(record), None:
            return _acted(moment, record)
        case stage, _:
            raise OutOfTurn(f"{type(reply).__name__} is no reply to {type(stage).__name__}")


def _at(moment: Moment, stage: Stage) -> Moment:
    return _with_top(moment, replace(moment.top, stage=stage))


def _with_top(moment: Moment, frame: Frame) -> Moment:
    return replace(moment, frames=(*moment.frames[:-1], frame))


def _built(moment: Moment) -> Moment:
    """From `Ready`: the request is built, or the called workflow entered."""
    limits = moment.settings.limits
    if len(moment.trail) >= limits.steps:
        return _stopped(moment, f"{limits.steps} step executions are the most a run may take")
    names = scope_with(moment)
    target = moment.step.target
    try:
        match target:
            case CallOperation(operation):
                return _at(moment, Sending(build(moment.step, operation, names, moment.settings)))
            case RunWorkflow(key, once, shared):
                if once and key in moment.returned:
                    return _at(moment, Judging(None, moment.returned[key]))
                inputs = moment.top.inputs if shared else called_inputs(moment.step, names)
                return _entered(moment, key, inputs)
    except CannotBuild as wrong:
        return _at(moment, Judging(None, Failure("resolve", str(wrong))))


def _entered(moment: Moment, key: str, inputs: Values, *, retrying: bool = False) -> Moment:
    """A frame for the workflow on top of this one, which waits (SUB-1)."""
    workflow = moment.plan.workflows[key]
    called = Frame(workflow, with_defaults(workflow.workflow.inputs, inputs))
    return _with_frame(moment, Calling(key, retrying), called)


def _with_frame(moment: Moment, waiting: Calling, called: Frame) -> Moment:
    """A frame on top of this one; past the ceiling the run ends, and says which chain led there."""
    most = moment.settings.limits.depth
    if len(moment.frames) >= most:
        chain = [each.step.step_id if each.only else each.workflow.key for each in moment.frames]
        names = " → ".join((*chain, waiting.called))
        return _stopped(moment, f"calls go deeper than {most}, the most a run may: {names}")
    below = replace(moment.top, stage=waiting)
    return replace(moment, frames=(*moment.frames[:-1], below, called))


def _recorded(moment: Moment, record: StepRecord) -> Moment:
    """From `Deciding`: the attempt goes into the trail, its outputs become names (FLW-7, A-18)."""
    frame = moment.top
    outputs: Mapping[str, Json] = record.outputs
    steps = frame.steps.insert(record.step, {"outputs": outputs})
    moved = replace(frame, stage=Acting(record), steps=steps)
    return replace(_with_top(moment, moved), trail=moment.trail.plus(record))


def _acted(moment: Moment, record: StepRecord) -> Moment:
    """From `Acting`: the decision is carried out (STP-7, STP-8, SAC-*, FAC-*)."""
    decision = record.decision
    match decision.type:
        case "next":
            frame = moment.top
            if frame.only or frame.at + 1 >= len(frame.workflow.steps):
                return _left(moment, passed=True, reason="all steps are done")
            return _gone_to(moment, frame.at + 1)
        case "fail":
            return _left(moment, passed=False, reason=f"step `{record.step}` failed")
        case "end":
            said = f"action `{decision.name}` ended it"
            return _left(moment, passed=record.passed, reason=said)
        case "goto" if decision.target_kind == "workflow":
            return _handed_on(moment, decision.target, decision.inputs)
        case "goto":
            return _gone_to(moment, moment.top.workflow.positions[decision.target])
        case "retry" if decision.seconds > 0:
            return _at(moment, Pausing(record, decision.seconds))
        case "retry":
            return _retried(moment, record)


def _gone_to(moment: Moment, position: int) -> Moment:
    """A plain jump, and a new visit: retries count anew (A-26, A-27)."""
    frame = replace(moment.top, at=position, stage=Ready(), used={}, attempt=1)
    return _with_top(moment, frame)


def _handed_on(moment: Moment, key: str, inputs: Values) -> Moment:
    """A jump to another workflow, from which control does not come back (SAC-3, A-29)."""
    workflow = moment.plan.workflows[key]
    frame = Frame(workflow, with_defaults(workflow.workflow.inputs, inputs))
    # Only a run is handed on; a called workflow still comes back to its caller.
    chain = moment.chain if moment.depth else (*moment.chain, key)
    moment = _with_steps_given_back(moment) if moment.top.only else moment
    return replace(_with_top(moment, frame), chain=chain)


def _with_steps_given_back(moment: Moment) -> Moment:
    """What the helper of a retry found out is its caller's, wherever it goes from here (FAC-7)."""
    *below, caller, helper = moment.frames
    return replace(moment, frames=(*below, replace(caller, steps=helper.steps), helper))


def _retried(moment: Moment, record: StepRecord) -> Moment:
    """The step once more, after the step or workflow that the action names (FAC-2, FAC-7)."""
    decision = record.decision
    frame = moment.top
    used = {**frame.used, decision.name: frame.used.get(decision.name, 0) + 1}
    again = replace(frame, stage=Ready(), used=used, attempt=frame.attempt + 1)
    moment = _with_top(moment, again)
    match decision.target_kind:
        case "workflow":
            return _entered(moment, decision.target, decision.inputs, retrying=True)
        case "step":
            # A call of one step that shares its caller's names.
            position = frame.workflow.positions[decision.target]
            one = replace(again, at=position, used={}, attempt=1, only=True)
            waiting = Calling(decision.target, retrying=True, helper=True)
            return _with_frame(moment, waiting, one)
        case "":
            return moment


def _left(moment: Moment, *, passed: bool, reason: str) -> Moment:
    """The top workflow is over: its outputs go to its caller, or the run ends (FLW-6, SAC-2)."""
    frame = moment.top
    outputs, missing = taken(frame.workflow.workflow.outputs, scope_with(moment))
    if len(moment.frames) == 1:
        return replace(moment, ended=Ended(passed, outputs, missing, reason, moment.chain))
    below = moment.frames[:-1]
    caller = below[-1]
    waiting = caller.stage
    assert isinstance(waiting, Calling)  # only a calling frame has one above it
    if frame.only:
        below = _with_steps_given_back(moment).frames[:-1]
        return replace(moment, frames=(*below[:-1], replace(below[-1], stage=Ready())))
    last = moment.trail[-1].answer if moment.trail else None
    response = last if isinstance(last, Response) else None
    back = Returned(frame.workflow.key, passed, frame.inputs, outputs, reason, response)
    stage: Stage = Ready() if waiting.retrying else Judging(None, back)
    # The one that was called and the one it was handed on to have both run (A-29, DEP-1).
    called = {} if waiting.helper else {waiting.called: back}
    returned = {**moment.returned, **called, frame.workflow.key: back}
    frames = (*below[:-1], replace(caller, stage=stage))
    return replace(moment, frames=frames, returned=returned)


def _stopped(moment: Moment, reason: str) -> Moment:
    """A ceiling was reached: the run ends as failed, whatever the document says (FLW-8, SUB-5)."""
    base = moment.frames[0]
    bottom = replace(moment, frames=(base,))
    outputs, missing = taken(base.workflow.workflow.outputs, scope_with(bottom))
    return replace(moment, ended=Ended(False, outputs, missing, reason, moment.chain))
