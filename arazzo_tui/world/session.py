"""The loop: fetches what the world owes a run and appends the next moment.

The panes, the headless command and the tests all turn this one loop, each with its own transport.
Cancelling it loses nothing: the run stands at the moment whose answer had not come.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from arazzo_tui.engine.debugger import Debugger, Stride
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import Moment, Reply, Send, Wait, Waited
from arazzo_tui.engine.run import Run


class Transport(Protocol):
    """Whoever can answer a request: HTTP, or something that stands for it."""

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer, at the latest after `within` seconds."""
        ...


class Session:
    """A run being driven. `on_change` is told each new state of it."""

    def __init__(
        self,
        run: Run,
        transport: Transport,
        on_change: Callable[[Run], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.run = run
        self.debugger = Debugger()
        self._transport = transport
        self._on_change = on_change
        self._sleep = sleep
        self._skip = asyncio.Event()
        self._pausing = False

    async def go(self, stride: Stride = Stride.ON, goal: tuple[str, str] = ("", "")) -> Moment:
        """Go on until the debugger stops or the run ends; the moment it stands at.

        `goal` is the step, by its workflow's key and its id, that a stride `TO` goes to. From a moment
        of the past the run goes on from there, and its future is set aside.
        """
        self.run = self.run.taken_up()
        self._pausing = False
        self.debugger = self.debugger.set_out(stride, self.run.now, goal)
        while self.run.now.ended is None:
            self._move(await self._owed())
            self.debugger = self.debugger.seen(self.run.now)
            if self.debugger.why or self._pausing:
                break
        return self.run.now

    def show(self, run: Run) -> None:
        """Stand at another state of the run: another moment looked at, an amendment, a branch."""
        self.run = run
        self._on_change(run)

    def pause(self) -> None:
        """Stop after what is under way; nothing is cancelled."""
        self._pausing = True
        self._skip.set()

    def skip_wait(self) -> None:
        """End the pause before a retry now."""
        self._skip.set()

    async def _owed(self) -> Reply | None:
        match pending(self.run.now):
            case Send(request, timeout):
                return await self._transport.send(request, timeout)
            case Wait(seconds):
                await self._pause(seconds)
                return Waited()
            case None:
                return None

    async def _pause(self, seconds: float) -> None:
        """Wait, or until somebody skips it."""
        self._skip.clear()
        waits = [
            asyncio.ensure_future(self._sleep(seconds)),
            asyncio.ensure_future(self._skip.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _move(self, reply: Reply | None) -> None:
        self.run = self.run.advance(reply)
        self._on_change(self.run)
