"""What the panes show of a step: its request and answer at a moment, or what its request would be.

Pure: a run and a choice go in, a value to draw comes out. No pane works this out for itself.
"""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.moment import (
    Acting,
    Answer,
    Calling,
    Deciding,
    Judging,
    Moment,
    Pausing,
    Ready,
    Sending,
    StepRecord,
)
from arazzo_tui.engine.past import Past
from arazzo_tui.engine.plan import CallOperation, PlannedStep, RunWorkflow
from arazzo_tui.engine.request import CannotBuild, build
from arazzo_tui.engine.scope import scope_with
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.graphql.verdict import Verdict

if TYPE_CHECKING:
    from arazzo_tui.graphql.places import ErrorPlaces


StepKey: TypeAlias = tuple[str, str]
"""A step of a run: the key of its workflow, and its id."""


class Phase(Enum):
    """How far the attempt that is shown has come."""

    NOT_RUN = "not run"
    UNSENT = "not sent"
    SENDING = "sending"
    ANSWERED = "answered"
    JUDGED = "judged"


class Exchange(Struct, frozen=True):
    """One attempt of a step as far as it has come.

    `faults` say why its request could not be built; `verdict` is GraphQL's. In a preview the request
    is what would be sent if the step came now.
    """

    key: StepKey
    step: PlannedStep
    phase: Phase
    request: Request | None = None
    answer: Answer | None = None
    record: StepRecord | None = None
    verdict: Verdict | None = None
    faults: tuple[str, ...] = ()
    attempt: int = 1

    @property
    def response(self) -> Response | None:
        """The response, or what had come of one that broke off."""
        match self.answer:
            case Response():
                return self.answer
            case Failure(partial=partial):
                return partial
            case _:
                return None


def current_key(moment: Moment) -> StepKey:
    """The step a moment is at."""
    return moment.top.workflow.key, moment.step.step_id


def shown_key(moment: Moment) -> StepKey:
    """The step whose exchange is looked at when nobody chose: the one under way, else the last that ran.

    After a step the run stands before the next one, but it is the answer one wants to see.
    """
    if isinstance(moment.stage, Ready) and moment.trail and moment.top.attempt == 1:
        last = moment.trail[-1]
        return last.workflow, last.step
    if moment.ended is not None and moment.trail:
        last = moment.trail[-1]
        return last.workflow, last.step
    return current_key(moment)


def exchange_of(moment: Moment, key: StepKey, *, sending: bool = False) -> Exchange | None:
    """What there is to see of a step at a moment; None for a step that is not in the plan."""
    workflow = moment.plan.workflows.get(key[0])
    at = workflow.positions.get(key[1]) if workflow else None
    if workflow is None or at is None:
        return None
    step = workflow.steps[at]
    if key == current_key(moment) and moment.ended is None:
        under_way = _under_way(moment, key, step, sending=sending)
        if under_way is not None:
            return under_way
    last = next(
        (each for each in reversed(moment.trail) if (each.workflow, each.step) == key), None
    )
    return _recorded(key, step, last) if last else preview(moment, key, step)


def _under_way(
    moment: Moment, key: StepKey, step: PlannedStep, *, sending: bool
) -> Exchange | None:
    """The attempt that the stage of a moment is about; None where it has not begun."""
    attempt = moment.top.attempt
    match moment.stage:
        case Sending(request):
            phase = Phase.SENDING if sending else Phase.UNSENT
            return Exchange(key, step, phase, request, attempt=attempt)
        case Judging(request, answer):
            verdict = second_opinion(request, answer)
            return Exchange(
                key, step, Phase.ANSWERED, request, answer, verdict=verdict, attempt=attempt
            )
        case Deciding(record) | Acting(record) | Pausing(record, _):
            return _recorded(key, step, record)
        case Calling():
            return Exchange(key, step, Phase.SENDING, attempt=attempt)
        case Ready():
            return None


def _recorded(key: StepKey, step: PlannedStep, record: StepRecord) -> Exchange:
    return Exchange(
        key=key,
        step=step,
        phase=Phase.JUDGED,
        request=record.request,
        answer=record.answer,
        record=record,
        verdict=second_opinion(record.request, record.answer),
        attempt=record.attempt,
    )


def preview(moment: Moment, key: StepKey, step: PlannedStep) -> Exchange:
    """The request a step would send with what is known now, or what it still waits for."""
    match step.target:
        case RunWorkflow():
            return Exchange(key, step, Phase.NOT_RUN)
        case CallOperation(operation):
            try:
                request = build(step, operation, scope_with(moment), moment.settings)
            except CannotBuild as wrong:
                return Exchange(key, step, Phase.NOT_RUN, faults=wrong.faults)
            return Exchange(key, step, Phase.NOT_RUN, request)


def error_places(exchange: Exchange) -> "tuple[ErrorPlaces, ...]":
    """Where each GraphQL error of an answer points in its request, in the order of the errors."""
    from arazzo_tui.graphql.places import places

    verdict, request, response = exchange.verdict, exchange.request, exchange.response
    if verdict is None or request is None or response is None:
        return ()
    body = getattr(response.content, "value", None)
    data = body.get("data") if isinstance(body, Mapping) else None
    return places(verdict.errors, request.payload, data)


class State(Enum):
    """Where a step stands in a run, with the sign it is drawn with."""

    NOT_RUN = "○"
    HERE = "▶"
    PASSED = "✓"
    FAILED = "✗"
    SKIPPED = "–"


class StepState(Struct, frozen=True):
    """A step's state in a run: attempts so far, seconds on the network, and what GraphQL said."""

    state: State
    attempts: int = 0
    seconds: float = 0.0
    graphql_failed: bool = False


def standings(moment: Moment | None) -> Mapping[StepKey, StepState]:
    """The state of every step that has one; the others have not run, or were skipped."""
    if moment is None:
        return {}
    found = _TOLD.states(moment.trail)
    if moment.ended is None:
        _mark_here(found, moment)
    else:
        for workflow in moment.plan.workflows.values():
            for step in workflow.steps:
                found.setdefault((workflow.key, step.step_id), StepState(State.SKIPPED))
    return found


class _Told:
    """The states that a trail gave when it was asked for last: a longer one goes on from there.

    Every frame asks, several panes each time, and a trail may be ten thousand attempts long.
    """

    def __init__(self) -> None:
        self._states: dict[StepKey, StepState] = {}
        self._length = 0
        self._last: StepRecord | None = None

    def states(self, trail: Past[StepRecord]) -> dict[StepKey, StepState]:
        """The states of all steps in a trail; the caller may change what it is given."""
        length = len(trail)
        goes_on = 0 < self._length <= length and trail[self._length - 1] is self._last
        if not goes_on:
            self._states, self._length = {}, 0
        for at in range(self._length, length):
            record = trail[at]
            key: StepKey = (record.workflow, record.step)
            self._states[key] = _after(self._states.get(key), record)
        self._length, self._last = length, trail[-1] if length else None
        return dict(self._states)


_TOLD = _Told()


def _after(before: StepState | None, record: StepRecord) -> StepState:
    """The state of a step after one more attempt."""
    opinion = second_opinion(record.request, record.answer)
    return StepState(
        State.PASSED if record.passed else State.FAILED,
        (before.attempts if before else 0) + 1,
        (before.seconds if before else 0.0) + getattr(record.answer, "elapsed", 0.0),
        graphql_failed=opinion is not None and not opinion.succeeded,
    )


def doubted(moment: Moment) -> int:
    """How many steps passed by their criteria although GraphQL says that they failed."""
    states = standings(moment).values()
    return sum(each.state is State.PASSED and each.graphql_failed for each in states)


def _mark_here(found: dict[StepKey, StepState], moment: Moment) -> None:
    for frame in moment.frames:
        key = (frame.workflow.key, frame.step.step_id)
        before = found.get(key, StepState(State.NOT_RUN))
        # A step that has just been judged shows how it went until the run moves on.
        if not isinstance(frame.stage, Acting | Pausing):
            found[key] = StepState(State.HERE, before.attempts, before.seconds)
