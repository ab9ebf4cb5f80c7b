"""What happened to a run between two states of it: the moves that are written down, and played again.

Moments are never made twice, so that two states share a past exactly where their moments are the same
objects. No file is known here.
"""

from collections.abc import Iterator

from arazzo_tui.engine.amend import Replan
from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.past import Past
from arazzo_tui.engine.run import Cause, Run
from arazzo_tui.world.record import (
    Move,
    Renamed,
    Replanned,
    SwitchedTo,
    TookUp,
    Went,
    digests_of,
    stand_of,
)


class AnotherRun(ValueError):
    """Two states that no known moves lead from the one to the other."""


def moves(before: Run, after: Run) -> Iterator[tuple[Move, Moment]]:
    """The moves from one state of a run to another, each with the moment it led to.

    Looking at another moment is none. Raises `AnotherRun` where it is not the same run, or where more
    was done at once than to switch, to take up the past and to go on.
    """
    for number, (mine, theirs) in enumerate(zip(before.aside, after.aside, strict=False)):
        if mine is not theirs:
            before = before.switched(number)
            yield SwitchedTo(number), before.now
            break
    shared = _shared(before.moments, after.moments)
    if shared == 0:
        raise AnotherRun
    if shared < len(before.moments):
        before = before.look(shared - 1).taken_up(after.name)
        yield TookUp(shared - 1, after.name), before.now
    elif before.name != after.name:
        yield Renamed(after.name), after.now
    if not _is_beside(before, after):
        raise AnotherRun
    for at in range(shared, len(after.moments)):
        moment = after.moments[at]
        yield Went(kept_cause(after.causes[at]), stand_of(moment), _passed(moment)), moment


def kept_cause(cause: Cause) -> Cause | Replanned:
    """A cause as it is kept: of a plan only what it was made from."""
    return Replanned(digests_of(cause.plan.first.documents)) if isinstance(cause, Replan) else cause


def _passed(moment: Moment) -> bool | None:
    return moment.ended.passed if moment.ended is not None else None


def _shared(mine: Past[Moment], theirs: Past[Moment]) -> int:
    """How many moments two lines have in common, from the first."""
    low, high = 0, min(len(mine), len(theirs))
    if high and mine[high - 1] is theirs[high - 1]:
        return high
    while low < high:
        middle = (low + high) // 2
        if mine[middle] is theirs[middle]:
            low = middle + 1
        else:
            high = middle
    return low


def _is_beside(mine: Run, theirs: Run) -> bool:
    """Whether two states have the same branches set aside."""
    return len(mine.aside) == len(theirs.aside) and all(
        one is other or (one.fork == other.fork and one.name == other.name and one.end is other.end)
        for one, other in zip(mine.aside, theirs.aside, strict=True)
    )
