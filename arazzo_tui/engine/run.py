"""A run: every moment it went through and what led to each, as one value.

The moments share all they can with each other, so that keeping them costs little; whoever looks at an
earlier one sees the run exactly as it was.
"""

from dataclasses import dataclass
from typing import TypeAlias

from arazzo_tui.engine.machine import advance
from arazzo_tui.engine.moment import Moment, Reply
from arazzo_tui.engine.past import Past

Cause: TypeAlias = Reply | None
"""What led to a moment: the world's reply, or nothing but the machine's own way."""


@dataclass(frozen=True, slots=True)
class Run:
    """Moments in order with their causes; the last one is now."""

    moments: Past[Moment]
    causes: Past[Cause]

    @property
    def now(self) -> Moment:
        """The newest moment."""
        return self.moments[-1]

    def advance(self, reply: Reply | None = None) -> "Run":
        """The run one moment later; raises `OutOfTurn` as the machine does."""
        return Run(self.moments.plus(advance(self.now, reply)), self.causes.plus(reply))


def begun(moment: Moment) -> Run:
    """A run that stands at its first moment."""
    return Run(Past((moment,)), Past((None,)))
