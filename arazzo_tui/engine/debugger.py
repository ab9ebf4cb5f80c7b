"""Where a run stops: a frozen value that is shown each moment. The machine knows nothing of it."""

from dataclasses import dataclass
from enum import Enum

from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Judging,
    Moment,
    Pausing,
    Ready,
    Sending,
)


class Stride(Enum):
    """How far one key goes: a phase of a step, a whole step, or on to a failure or the end."""

    PHASE = "phase"
    STEP = "step"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Debugger:
    """A stride and where it set out from: how many attempts were finished, and how deep it was."""

    stride: Stride = Stride.ON
    finished: int = 0
    depth: int = 0

    def set_out(self, stride: Stride, here: Moment) -> "Debugger":
        """The debugger that watches a stride from this moment on.

        An attempt whose decision is not carried out yet is what a step's press still finishes.
        """
        finishing = isinstance(here.stage, Acting | Pausing)
        return Debugger(stride, len(here.trail) - finishing, here.depth)

    def stops_at(self, moment: Moment) -> bool:
        """Whether the run is to stand still at a moment it has just come to."""
        if moment.ended is not None:
            return True
        match self.stride:
            case Stride.PHASE:
                return _is_phase(moment)
            case Stride.STEP:
                done = len(moment.trail) > self.finished
                return done and moment.depth <= self.depth and isinstance(moment.stage, Ready)
            case Stride.ON:
                return _failed(moment)


def _is_phase(moment: Moment) -> bool:
    """Resolved, answered, judged, next: the stops of a step that a person tells apart."""
    match moment.stage:
        case Ready() | Sending() | Judging() | Deciding() | Pausing():
            return True
        case Calling() | Acting():
            return False


def _failed(moment: Moment) -> bool:
    """A failed attempt that is not tried again and does not end the run by itself."""
    match moment.stage:
        case Acting(record):
            ends = moment.depth == 0 and record.decision.type in ("fail", "end")
            return not record.passed and record.decision.type != "retry" and not ends
        case Ready() | Sending() | Calling() | Judging() | Deciding() | Pausing():
            return False
