"""One client's connection: h11 speaks HTTP/1.1, this module gives it bytes, time limits and an end.

Every wait has a deadline and every size a limit, so that no client can hold the sandbox up. What the
requests mean is not known here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http.client import responses
from typing import TypeAlias

import h11
from msgspec import Struct

from arazzo_tui.sandbox.exchange import Answer, Asked, text_answer

Handle: TypeAlias = Callable[[Asked], Awaitable[Answer]]
"""Answers a request in its own time."""


class Limits(Struct, frozen=True):
    """How much and how long: bytes and seconds."""

    body: int = 1_048_576
    """Of one request; nginx, which often stands before Highlight, has the same."""
    head: int = 32_768
    connections: int = 100
    idle: float = 75.0
    """How long a client may be silent between requests, and within a request's head."""
    receive: float = 20.0
    """How long a body may take to arrive."""
    send: float = 20.0
    linger: float = 2.0
    """How long an unwanted body is still read, so that the client gets to see why."""


USUAL = Limits()

_AT_ONCE = 16_384
"""Bytes read at once; a head can be over its limit by as much."""


class _Refused(Exception):
    """A request that is answered here, after which the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer = text_answer(status, message)


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handle, limits: Limits
) -> None:
    """Answer a client's requests one after the other until either side has enough."""
    conversation = _Conversation(reader, writer, limits)
    try:
        await conversation.run(handle)
        writer.close()
        async with asyncio.timeout(limits.linger):
            await writer.wait_closed()
    except (ConnectionError, TimeoutError):
        pass  # the client left, or has gone quiet; nobody is there to be told
    finally:
        writer.transport.abort()


class _Conversation:
    """The state of one connection: h11's, and the streams it is fed from."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head)
        self._to_head = False

    async def run(self, handle: Handle) -> None:
        """Request, answer, and again while HTTP allows it."""
        while await self._exchange(handle):
            self._http.start_next_cycle()
        await self._linger()

    async def _exchange(self, handle: Handle) -> bool:
        """One request and its answer; whether another may follow on this connection."""
        try:
            asked = await self._next_request()
            if asked is None:
                return False
            answer = await handle(asked)
            if answer.delay:
                await asyncio.sleep(answer.delay)
            if not answer.sent:
                return False
            await self._send(answer)
        except _Refused as refused:
            await self._send(refused.answer, last=True)
        except h11.RemoteProtocolError as error:
            said = text_answer(error.error_status_hint, f"this is not HTTP/1.1: {error}")
            await self._send(said, last=True)
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _next_request(self) -> Asked | None:
        """The next whole request; None when the client has closed its side."""
        self._to_head = False
        head = await self._event(self._limits.idle)
        if not isinstance(head, h11.Request):
            return None
        self._to_head = head.method == b"HEAD"
        if head.http_version not in (b"1.0", b"1.1"):
            raise _Refused(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        try:
            async with asyncio.timeout(self._limits.receive):
                body = await self._body(head)
        except TimeoutError:
            raise _Refused(408, "the rest of the request did not come in time") from None
        headers = tuple(
            (name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers
        )
        return Asked(head.method.decode("ascii"), head.target.decode("ascii"), headers, body)

    async def _body(self, head: h11.Request) -> bytes:
        limit = self._limits.body
        declared = next(
            (int(value) for name, value in head.headers if name == b"content-length"), 0
        )
        if declared > limit:
            raise _Refused(413, f"the body has {declared:,} bytes; the limit is {limit:,}")
        if self._http.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            await self._write(self._http.send(go_on))
        body = bytearray()
        while isinstance(event := await self._event(self._limits.receive), h11.Data):
            body += event.data
            if len(body) > limit:
                raise _Refused(413, f"the body is over the limit of {limit:,} bytes")
        return bytes(body)

    async def _event(self, seconds: float) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """h11's next event, read from the socket as far as needed; raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_AT_ONCE))
        return event

    async def _send(self, answer: Answer, *, last: bool = False) -> None:
        headers = [("server", "arazzo-tui-sandbox"), ("cache-control", "no-store")]
        if answer.status != 204:
            headers += [("content-type", answer.media), ("content-length", str(len(answer.body)))]
        headers += answer.headers
        if last:
            headers.append(("connection", "close"))
        reason = responses.get(answer.status, "").encode()
        response = h11.Response(status_code=answer.status, headers=headers, reason=reason)
        sent = self._http.send(response) or b""
        if answer.body and not self._to_head:
            sent += self._http.send(h11.Data(data=answer.body)) or b""
        sent += self._http.send(h11.EndOfMessage()) or b""
        await self._write(sent)

    async def _write(self, data: bytes | None) -> None:
        self._writer.write(data or b"")
        async with asyncio.timeout(self._limits.send):
            await self._writer.drain()

    async def _linger(self) -> None:
        """Close our side and read on for a while.

        A socket closed while data is still coming resets the connection, and the client would lose
        the answer that says why (RFC 9112 §9.6).
        """
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.linger):
                while await self._reader.read(_AT_ONCE):
                    pass
