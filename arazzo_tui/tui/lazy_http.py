"""A transport that is made when the first request leaves: the first screen does not wait for it."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.world.session import Transport


class LazyHttp:
    """HTTP, loaded when it is used. An asynchronous context manager."""

    def __init__(self) -> None:
        self._alive = AsyncExitStack()
        self._transport: Transport | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._alive.aclose()

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer, as `world.transport` gives it."""
        if self._transport is None:
            from arazzo_tui.world.transport import Http

            self._transport = await self._alive.enter_async_context(Http())
        return await self._transport.send(request, within)
