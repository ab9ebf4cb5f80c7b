"""Where a run stops: a frozen value that is shown each moment. The machine knows nothing of it."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Judging,
    Moment,
    Pausing,
    Ready,
    Sending,
    StepRecord,
)
from arazzo_tui.engine.plan import RunWorkflow
from arazzo_tui.engine.scope import scope
from arazzo_tui.language.condition import Condition

Doubt: TypeAlias = Callable[[StepRecord], str]
"""A second opinion on an attempt: why it is not to be trusted, or nothing."""


class Stride(Enum):
    """How far one key goes.

    A moment of a step that a person tells apart, a whole step with what it calls, out of the called
    workflow, to a step that was pointed at, or on to a failure or the end.
    """

    PHASE = "phase"
    STEP = "step"
    OUT = "out"
    TO = "to"
    ON = "on"


class Place(Enum):
    """Where in a step a breakpoint stands."""

    SENDS = "before it sends"
    ANSWERED = "after its answer"
    DECIDES = "on its decision"


class Breakpoint(Struct, frozen=True):
    """A place where a run is to stop; empty `workflow` and `step` mean every step.

    `when` is a condition over the names of that moment, `after` how often it is passed before it stops.
    """

    workflow: str
    step: str
    place: Place = Place.SENDS
    when: Condition | None = None
    after: int = 0
    enabled: bool = True

    def stands_at(self, moment: Moment) -> bool:
        """Whether a moment is at its place, whatever its condition says."""
        here = (moment.top.workflow.key, moment.step.step_id)
        if (self.workflow, self.step) != here and (self.workflow or self.step):
            return False
        match self.place, moment.stage:
            case Place.SENDS, Ready():
                return isinstance(moment.step.target, RunWorkflow)
            case (Place.SENDS, Sending()) | (Place.ANSWERED, Judging()):
                return True
            case Place.DECIDES, Deciding():
                return True
            case _:
                return False

    @property
    def key(self) -> tuple[str, str, Place]:
        """What there can be one of."""
        return self.workflow, self.step, self.place

    def __str__(self) -> str:
        when = f" if {self.when.text}" if self.when else ""
        after = f" after {self.after} times" if self.after else ""
        return f"{self.step or 'every step'} {self.place.value}{when}{after}"


class Debugger(Struct, frozen=True):
    """What a run is watched for: a stride with where it set out from, and breakpoints with their hits.

    `on_failure` stops at every failed attempt, not only at one that nothing takes care of; `doubt`, where
    there is one, stops at attempts that it does not trust. `why` says why it stopped last.
    """

    stride: Stride = Stride.ON
    finished: int = 0
    depth: int = 0
    goal: tuple[str, str] = ("", "")
    breakpoints: tuple[Breakpoint, ...] = ()
    hits: Mapping[tuple[str, str, Place], int] = {}
    on_failure: bool = False
    doubt: Doubt | None = None
    why: str = ""

    def toggled(self, point: Breakpoint) -> "Debugger":
        """With a breakpoint where there was none at its place, or without the one that was there."""
        others = tuple(each for each in self.breakpoints if each.key != point.key)
        there = len(others) < len(self.breakpoints)
        return replace(self, breakpoints=others if there else (*others, point))

    def with_breakpoint(self, point: Breakpoint) -> "Debugger":
        """With a breakpoint, in the place of the one that was there."""
        others = tuple(each for each in self.breakpoints if each.key != point.key)
        return replace(self, breakpoints=(*others, point))

    def set_out(self, stride: Stride, here: Moment, goal: tuple[str, str] = ("", "")) -> "Debugger":
        """The debugger that watches a stride from this moment on.

        An attempt whose decision is not carried out yet is what a step's press still finishes.
        """
        finishing = isinstance(here.stage, Acting | Pausing)
        finished = len(here.trail) - finishing
        return replace(self, stride=stride, finished=finished, depth=here.depth, goal=goal, why="")

    def seen(self, moment: Moment) -> "Debugger":
        """The debugger after a moment the run has just come to; its `why` is empty when it may go on."""
        hits = dict(self.hits)
        why = ""
        for each in self.breakpoints:
            if each.enabled and each.stands_at(moment):
                held, said = _holds(each, moment)
                hits[each.key] = hits.get(each.key, 0) + held
                if held and hits[each.key] > each.after:
                    why = why or f"breakpoint: {each}{said}"
        return replace(self, hits=hits, why=why or self._stops(moment))

    def _stops(self, moment: Moment) -> str:
        """Why a moment is one to stop at, breakpoints aside."""
        if moment.ended is not None:
            return "the end"
        if self._distrusts(moment):
            return self._distrusts(moment)
        match self.stride:
            case Stride.PHASE:
                return "phase" if _is_phase(moment) else ""
            case Stride.STEP:
                done = len(moment.trail) > self.finished
                there = done and moment.depth <= self.depth and isinstance(moment.stage, Ready)
                return "step" if there else ""
            case Stride.OUT:
                back = moment.depth < self.depth and not isinstance(moment.stage, Calling)
                return "came out of the called workflow" if back else ""
            case Stride.TO:
                here = (moment.top.workflow.key, moment.step.step_id)
                if here == self.goal and isinstance(moment.stage, Ready | Sending):
                    return "came to where the cursor was"
                return _failed(moment)
            case Stride.ON:
                return _failed(moment)

    def _distrusts(self, moment: Moment) -> str:
        """Why an attempt that was just judged is looked at: it failed, or is not to be trusted."""
        match moment.stage:
            case Deciding(record) if self.on_failure and not record.passed:
                return f"{record.step} failed"
            case Deciding(record) if self.doubt is not None:
                return self.doubt(record)
            case _:
                return ""


def _holds(breakpoint_: Breakpoint, moment: Moment) -> tuple[bool, str]:
    """Whether the condition of a breakpoint holds; one that names nothing stops, and says so."""
    if breakpoint_.when is None:
        return True, ""
    check = breakpoint_.when.judge(scope(moment))
    lost = [each for each in check.operands if each.missing]
    if lost:
        return True, f": {lost[0].text}: {lost[0].missing}"
    return check.passed, ""


def _is_phase(moment: Moment) -> bool:
    """Resolved, answered, judged, next: the stops of a step that a person tells apart."""
    match moment.stage:
        case Ready() | Sending() | Judging() | Deciding() | Pausing():
            return True
        case Calling() | Acting():
            return False


def _failed(moment: Moment) -> str:
    """A failed attempt that is not tried again and does not end the run by itself."""
    match moment.stage:
        case Acting(record):
            ends = moment.depth == 0 and record.decision.type in ("fail", "end")
            stops = not record.passed and record.decision.type != "retry" and not ends
            return f"{record.step} failed" if stops else ""
        case Ready() | Sending() | Calling() | Judging() | Deciding() | Pausing():
            return ""
