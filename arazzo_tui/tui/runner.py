"""A run on behalf of a screen: one stride at a time, told to the screen as it goes.

Owns the session and nothing that is drawn. What is in flight can be cancelled; the run then stands where
it stood before the request.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arazzo_tui.engine.amend import Amendment, Replan
from arazzo_tui.engine.debugger import Debugger, Stride
from arazzo_tui.engine.moment import Moment, Pausing, Sending
from arazzo_tui.engine.plan import Plan
from arazzo_tui.engine.run import Run
from arazzo_tui.world.session import Session, Transport

if TYPE_CHECKING:
    from arazzo_tui.world.journal import Journal


class Runner:
    """Drives one run. `on_change` is called after every moment and when driving begins and ends.

    With a `journal` the run is kept, a moment as it comes; requests are the transport's to write down.
    """

    def __init__(
        self,
        first: Run,
        transport: Transport,
        on_change: Callable[[], None],
        journal: "Journal | None" = None,
    ) -> None:
        self._on_change = on_change
        self.journal = journal
        self._session = Session(first, transport, self._moved)
        self._task: asyncio.Task[Moment] | None = None
        self._since = monotonic()
        self._ahead: deque[tuple[Stride, tuple[str, str]]] = deque()

    @property
    def run(self) -> Run:
        """The run as it is now."""
        return self._session.run

    @property
    def now(self) -> Moment:
        """Its newest moment."""
        return self.run.now

    @property
    def debugger(self) -> Debugger:
        """What it is watched for."""
        return self._session.debugger

    @debugger.setter
    def debugger(self, debugger: Debugger) -> None:
        self._session.debugger = debugger

    @property
    def why(self) -> str:
        """Why it stands where it stands, where there is more to say than that a stride was gone."""
        why = self.debugger.why
        return "" if why in ("phase", "step", "the end") or self.run.is_past else why

    @property
    def busy(self) -> bool:
        """Whether it is being driven at this instant."""
        return self._task is not None and not self._task.done()

    @property
    def in_flight(self) -> bool:
        """Whether a request has left and its answer has not come."""
        return self.busy and isinstance(self.now.stage, Sending)

    @property
    def waited(self) -> float:
        """Seconds since the moment that is shown began."""
        return monotonic() - self._since

    async def go(self, stride: Stride, goal: tuple[str, str] = ("", "")) -> None:
        """Go a stride. Keys typed ahead are gone one after the other, until a step fails.

        While a retry waits, a key means "now" and nothing is typed ahead.
        """
        if self.busy:
            if isinstance(self.now.stage, Pausing):
                self._session.skip_wait()
            else:
                self._ahead.append((stride, goal))
            return
        self._ahead.append((stride, goal))
        while self._ahead and self.run.shown.ended is None:
            gone = await self._gone(*self._ahead.popleft())
            if not gone or _failed(self.now) or self.why:
                break
        self._ahead.clear()

    async def _gone(self, stride: Stride, goal: tuple[str, str]) -> bool:
        """Go one stride; False when it was cancelled."""
        self._since = monotonic()
        self._task = asyncio.ensure_future(self._session.go(stride, goal))
        self._on_change()
        try:
            await self._task
        except asyncio.CancelledError:
            return False
        finally:
            self._on_change()
        return True

    def cancel(self) -> bool:
        """Stop what is under way, and what was typed ahead; whether there was anything."""
        self._ahead.clear()
        if not self.busy or self._task is None:
            return False
        self._task.cancel()
        return True

    def pause(self) -> bool:
        """Stop after what is under way, which is not cancelled; whether there is anything."""
        self._ahead.clear()
        if self.busy:
            self._session.pause()
        return self.busy

    def look(self, at: int) -> None:
        """Look at another moment, by its number."""
        self._stand_at(self.run.look(at))

    def amend(self, amendment: Amendment) -> None:
        """Change the moment that is looked at by hand; raises `CannotAmend`."""
        self._stand_at(self.run.amend(amendment))

    def replan(self, plan: Plan) -> None:
        """Go on with another plan from the newest moment, whichever is looked at; raises `CannotAmend`."""
        looked = self.run.at if self.run.is_past else None
        newest = self.run.look(len(self.run.moments)).amend(Replan(plan))
        self._stand_at(newest if looked is None else newest.look(looked))

    def switch(self, branch: int) -> None:
        """Go on with a branch that was set aside, by its number."""
        self._stand_at(self.run.switched(branch))

    def rename(self, name: str) -> None:
        """Give the branch that goes on a name."""
        self._stand_at(self.run.renamed(name))

    def _stand_at(self, run: Run) -> None:
        self._session.debugger = replace(self.debugger, why="")
        self._session.show(run)

    def _moved(self, run: Run) -> None:
        self._since = monotonic()
        if self.journal is not None:
            self.journal.moved(run)
        self._on_change()

    def close(self) -> None:
        """Stop, and write down what is not written yet. Blocks for as long as the disk takes."""
        self.cancel()
        if self.journal is not None:
            self.journal.close()


def _failed(moment: Moment) -> bool:
    """Whether the attempt that ended last failed: nobody typed ahead for that."""
    return bool(moment.trail) and not moment.trail[-1].passed
