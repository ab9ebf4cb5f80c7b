"""A run: every moment it went through and what led to each, as one value.

The moments share all they can with each other, so that keeping them costs little; whoever looks at an
earlier one sees the run exactly as it was. Who goes on from an earlier one sets the old future aside.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.amend import Amendment, CannotAmend, SendInstead, amend, told
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.machine import advance
from arazzo_tui.engine.moment import (
    Acting,
    Moment,
    Pausing,
    Reply,
    Sending,
    Waited,
)
from arazzo_tui.engine.past import Past

Cause: TypeAlias = Reply | Amendment | None
"""What led to a moment: the world's reply, somebody's hand, or nothing but the machine's own way."""


class Branch(Struct, frozen=True):
    """A line of moments that was left, whole; its first `fork` moments it shares with its successor."""

    name: str
    fork: int
    moments: Past[Moment]
    causes: Past[Cause]

    @property
    def end(self) -> Moment:
        """Its newest moment."""
        return self.moments[-1]


class Run(Struct, frozen=True):
    """Moments in order with their causes; the last one is now.

    `cursor` is the moment somebody looks at, None for the newest; `aside` are the futures that were left,
    oldest first.
    """

    moments: Past[Moment]
    causes: Past[Cause]
    cursor: int | None = None
    aside: tuple[Branch, ...] = ()
    name: str = "first"

    @property
    def now(self) -> Moment:
        """The newest moment."""
        return self.moments[-1]

    @property
    def at(self) -> int:
        """The number of the moment that is looked at."""
        return len(self.moments) - 1 if self.cursor is None else self.cursor

    @property
    def shown(self) -> Moment:
        """The moment that is looked at."""
        return self.moments[self.at]

    @property
    def is_past(self) -> bool:
        """Whether the moment that is looked at is not the newest."""
        return self.cursor is not None

    def advance(self, reply: Reply | None = None) -> "Run":
        """The run one moment later; raises `OutOfTurn` as the machine does."""
        return _longer(self, advance(self.now, reply), reply)

    def amend(self, amendment: Amendment) -> "Run":
        """The run with a change by hand at the moment looked at; raises `CannotAmend`.

        A change in the past is gone on from there; one after the end, from the last moment before it.
        """
        there = self.look(self.at - (self.shown.ended is not None)).taken_up()
        return _longer(there, amend(there.now, amendment), amendment)

    def look(self, at: int) -> "Run":
        """The run looked at another moment, by its number; outside it, at its first or newest."""
        last = len(self.moments) - 1
        return replace(self, cursor=None if at >= last else max(0, at))

    def taken_up(self, name: str = "") -> "Run":
        """The run as it goes on from the moment that is looked at.

        A future in which the world answered, or somebody changed something, is set aside under the
        name it had; `name` is that of what comes now.
        """
        if self.cursor is None:
            return self
        length = self.cursor + 1
        aside = self.aside
        if any(cause is not None for cause in self._future(length)):
            left = Branch(self.name, length, self.moments, self.causes)
            aside = (*aside, left)
            name = name or f"branch {len(aside) + 1}"
        return Run(
            self.moments.upto(length), self.causes.upto(length), None, aside, name or self.name
        )

    def switched(self, number: int) -> "Run":
        """The run with a branch that was set aside as the one that goes on, and this one set aside."""
        other = self.aside[number]
        mine = Branch(self.name, other.fork, self.moments, self.causes)
        aside = (*self.aside[:number], mine, *self.aside[number + 1 :])
        return Run(other.moments, other.causes, None, aside, other.name)

    def renamed(self, name: str) -> "Run":
        """The run under another name."""
        return replace(self, name=name)

    def _future(self, start: int) -> Iterator[Cause]:
        return (self.causes[at] for at in range(start, len(self.causes)))

    def repeated(self) -> tuple[Request, ...]:
        """The requests that were sent after the moment that is looked at: going on may send them again."""
        found: list[Request] = []
        for at in range(self.at, len(self.moments) - 1):
            match self.moments[at].stage, self.causes[at + 1]:
                case Sending(request), Response() | Failure():
                    found.append(request)
                case _:
                    pass
        return tuple(found)

    def by_hand(self) -> Mapping[int, tuple[str, ...]]:
        """What was done by hand to each attempt, by its number in the trail of the newest moment."""
        done: dict[int, tuple[str, ...]] = {}
        for at in range(1, len(self.causes)):
            for number, said in self._by_hand_before(at):
                done[number] = (*done.get(number, ()), said)
        return done

    def by_hand_to(self, number: int) -> tuple[str, ...]:
        """What was done by hand to one attempt, by its number; costs no walk through a long run."""
        first = bisect_left(self.moments, number, key=attempt_at)
        end = bisect_right(self.moments, number, key=attempt_at)
        places = range(max(1, first), min(end + 1, len(self.causes)))
        found = (each for at in places for each in self._by_hand_before(at))
        return tuple(said for here, said in found if here == number)

    def _by_hand_before(self, at: int) -> Iterator[tuple[int, str]]:
        """The attempt that was changed by hand on the way to a moment, and what was done; else nothing."""
        cause = self.causes[at]
        match cause:
            case None | Response() | Failure() | Waited():
                return
            case _:
                before = self.moments[at - 1]
                # What is sent after an answer belongs to the attempt that it begins.
                begins = isinstance(cause, SendInstead)
                yield attempt_at(self.moments[at] if begins else before), told(cause, before)

    def answered(self, record: int) -> int | None:
        """The number of the newest moment at which an attempt stands in the trail and is acted on."""
        for at in range(len(self.moments) - 1, -1, -1):
            moment = self.moments[at]
            if isinstance(moment.stage, Acting) and len(moment.trail) == record + 1:
                return at
        return None


def _longer(run: Run, moment: Moment, cause: Cause) -> Run:
    return replace(
        run, moments=run.moments.plus(moment), causes=run.causes.plus(cause), cursor=None
    )


def attempt_at(moment: Moment) -> int:
    """The number in the trail of the attempt that a moment is about, or will be."""
    after = isinstance(moment.stage, Acting | Pausing) and moment.trail
    return len(moment.trail) - 1 if after else len(moment.trail)


def begun(moment: Moment) -> Run:
    """A run that stands at its first moment."""
    return Run(Past((moment,)), Past((None,)))


__all__ = ["Branch", "CannotAmend", "Cause", "Run", "attempt_at", "begun"]
