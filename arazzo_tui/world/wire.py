"""One connection to a server: secured, asked, read to the end of the answer, kept or closed.

What a server sends has its limits here: interim answers, the size of a head, bytes in all, and the time of
each phase. Where a connection leads, and whether it is used again, is decided in `connections`.
"""

import asyncio
import re
import select
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Literal, TypeAlias

import h11
import httpx
from msgspec import Struct

from arazzo_tui.world.hosts import arrived
from arazzo_tui.world.network import Timeouts, Way

_IDLE = 2.0
"""Seconds a connection is kept: less than the 5 s after which the commonest servers close it."""

_AHEAD = 1024 * 1024
"""Bytes that may wait to be read before the server has to."""

_LONGEST_HEAD = 100 * 1024
_MOST_FIELDS = 2_000
_MOST_INTERIM = 100

At: TypeAlias = Literal["connect", "proxy", "tls", "write", "first byte", "head", "body"]
"""The phases of an exchange, each with a time of its own."""


class Progress:
    """How far an exchange has come: told while it goes on, and read when it broke off.

    `head` is what had come, at most 100 KiB, of an answer whose head was not complete, too long or wrong.
    """

    def __init__(self) -> None:
        self.at: At = "connect"
        self.head = b""


class Terms(Struct, frozen=True):
    """What an exchange is held to: the time of its phases, and the most bytes of an answer in all."""

    timeouts: Timeouts
    most: int
    progress: Progress


class Dropped(httpx.RemoteProtocolError):
    """A kept connection ended before a byte of the answer: nobody knows whether the request was read."""


class TooSlow(httpx.TimeoutException):
    """A phase took longer than its time."""

    def __init__(self, at: At, seconds: float) -> None:
        self.at = at
        self.seconds = seconds
        super().__init__(f"{at}: {seconds:g} s")


class TooMuch(httpx.RemoteProtocolError):
    """A server sends more than anybody reads; the words say more of what."""


class TlsFailed(httpx.ConnectError):
    """TLS was not agreed."""


class Connection(asyncio.Protocol):
    """One connection. `done` is asked whether it is kept, `left` told that it is no more."""

    def __init__(
        self,
        way: Way,
        done: "Callable[[Connection, float], bool]",
        left: "Callable[..., None]",
    ) -> None:
        self.way = way
        self._done = done
        self._left = left
        self._http = _new_http()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._come = bytearray()
        self._head: bytearray | None = None
        self._ended = False
        self._lost: Exception | None = None
        self._unsent = False
        self._heard = False
        self._received = 0
        self._used = False
        self._paused = False

    # ------------------------------------------------------------------------- told by the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop has connected."""
        assert isinstance(transport, asyncio.Transport)  # it is a stream
        if self.way.trust is not None or self.way.proxy:
            transport.pause_reading()  # whoever reads first may be TLS
            self._paused = True
        self._take(transport)

    def _take(self, transport: asyncio.Transport) -> None:
        # With 0 the transport of TLS calls an empty buffer full.
        transport.set_write_buffer_limits(high=1)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of the answer, or bytes nobody asked for."""
        if self._timer is not None:
            self._disturbed()
            return
        self._come += data
        if len(self._come) > _AHEAD and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def eof_received(self) -> None:
        """The server sends nothing more; the loop closes."""
        self._over(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        self._over(exc)

    def pause_writing(self) -> None:
        """Not all that was written has left."""
        self._unsent = True

    def resume_writing(self) -> None:
        """All that was written has left."""
        self._unsent = False
        self._wake()

    def _over(self, wrong: Exception | None) -> None:
        self._ended = True
        self._lost = self._lost or wrong
        if self._timer is not None:
            self._disturbed()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # ------------------------------------------------------------------------- before the exchange

    async def secured(self, context: ssl.SSLContext, host: str, terms: Terms) -> None:
        """Agree on TLS with the other end, whose name is checked.

        Raises `TlsFailed`, `TooSlow`, and `NotAgreed` for an address nothing may be sent to.
        """
        assert self._transport is not None  # it was connected
        self._judge()
        terms.progress.at = "tls"
        seconds = terms.timeouts.tls
        try:
            async with asyncio.timeout(seconds):
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport,
                    self,
                    context,
                    server_hostname=host,
                    ssl_handshake_timeout=seconds + 1,
                )
        except TimeoutError:
            raise TooSlow("tls", seconds) from None
        except OSError as wrong:  # what TLS complains of is one too
            raise TlsFailed(str(wrong)) from wrong
        if transport is None:  # it was lost just then
            raise TlsFailed("the connection ended") from self._lost
        self._paused = False
        self._take(transport)

    async def tunnelled(self, head: h11.Request, terms: Terms) -> h11.Response:
        """What a proxy answers to `CONNECT`; after a 2xx it leads to the server. Raises as `asked` does."""
        assert self._transport is not None  # it was connected
        self._send(head, b"")
        event = await self._final(terms)
        assert isinstance(event, h11.Response)  # a CONNECT offers no other protocol
        if 200 <= event.status_code < 300:
            self._transport.pause_reading()
            self._paused = True
            if self._http.trailing_data[0] or self._come:
                raise httpx.RemoteProtocolError("it speaks before it was asked")
            self._http = _new_http()
        return event

    def _send(self, head: h11.Request, body: bytes) -> None:
        assert self._transport is not None  # it was connected
        self._heard, self._received, self._head = False, 0, bytearray()
        try:
            data = self._http.send(head) or b""
            data += self._http.send(h11.Data(body)) or b"" if body else b""
            data += self._http.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as wrong:
            raise httpx.LocalProtocolError(str(wrong)) from wrong
        self._resume()
        self._transport.write(data)

    def _judge(self) -> None:
        """Ask whether anything may be sent to where this has arrived; what a proxy reaches is not known."""
        assert self._transport is not None  # it was connected
        peer = self._transport.get_extra_info("peername")
        if peer and not self.way.proxy:  # what was reset at once leads nowhere
            arrived(str(peer[0]))

    # ------------------------------------------------------------------------- one exchange

    async def asked(self, head: h11.Request, body: bytes, terms: Terms) -> httpx.Response:
        """Send a request; the head of its answer.

        Raises `Dropped`, `TooSlow`, `TooMuch`, `NotAgreed` and httpx's errors; `terms.progress` holds then
        what had come of the head.
        """
        self._judge()
        self._send(head, body)
        event = await self._final(terms)
        headers = event.headers.raw_items()
        return httpx.Response(
            event.status_code,
            headers=headers,
            stream=_Body(self, terms, _seconds_kept(headers)),
            extensions={
                "http_version": b"HTTP/" + event.http_version,
                "reason_phrase": event.reason,
            },
        )

    async def _final(self, terms: Terms) -> h11.Response | h11.InformationalResponse:
        """The head of the answer that counts, after so many interim ones at most."""
        terms.progress.at = "first byte"
        event = await self._next_head(terms)
        for _ in range(_MOST_INTERIM):
            if isinstance(event, h11.Response) or event.status_code == 101:
                return event
            event = await self._next_head(terms)
        terms.progress.head = _written(event)
        raise TooMuch(f"{_MOST_INTERIM} interim answers (1xx) and no final one")

    async def _next_head(self, terms: Terms) -> h11.Response | h11.InformationalResponse:
        try:
            event = await self._event(terms)
        except BaseException:
            terms.progress.head = bytes(((self._head or b"") + self._come)[:_LONGEST_HEAD])
            raise
        assert isinstance(event, h11.Response | h11.InformationalResponse)  # h11's grammar
        interim = isinstance(event, h11.InformationalResponse)
        self._head = bytearray(self._http.trailing_data[0]) if interim else None
        _refuse_long(event, terms.progress)
        return event

    async def pieces(self, terms: Terms) -> AsyncIterator[bytes]:
        """The body of the answer as it comes."""
        terms.progress.at = "body"
        while True:
            event = await self._event(terms)
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def _event(self, terms: Terms) -> "h11.Event | type[h11.PAUSED]":
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as wrong:
                if str(wrong).startswith("Receive buffer too long"):
                    what = "a line of its framing" if terms.progress.at == "body" else "its head"
                    raise TooMuch(f"{what} is longer than {_LONGEST_HEAD // 1024} KiB") from wrong
                raise httpx.RemoteProtocolError(str(wrong)) from wrong
            if not isinstance(event, type) or not issubclass(event, h11.NEED_DATA):
                return event
            await self._more(terms)

    async def _more(self, terms: Terms) -> None:
        """Give h11 what has come; wait until there is something."""
        while not self._come and not self._ended:
            await self._wait(terms)
        if self._come:
            self._heard = True
            self._received += len(self._come)
            if self._received > terms.most:
                raise TooMuch(f"{self._received:,} bytes came, most of them framing")
            if self._head is not None:
                self._head += self._come[:_LONGEST_HEAD]
            self._http.receive_data(bytes(self._come))
            self._come.clear()
            self._resume()
        elif self._used and not self._heard:
            raise Dropped("the server closed a kept connection") from self._lost
        elif self._lost is not None and self._unsent:
            raise httpx.WriteError(str(self._lost)) from self._lost
        elif self._lost is not None:
            raise httpx.ReadError(str(self._lost)) from self._lost
        elif self._http.their_state is h11.SEND_RESPONSE:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        else:
            self._http.receive_data(b"")

    async def _wait(self, terms: Terms) -> None:
        """Until something came, all has left, or it ended; at most for the time of the phase."""
        at, seconds = self._phase(terms)
        terms.progress.at = at
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            if seconds is None:
                await self._waiter
                return
            async with asyncio.timeout(seconds):
                await self._waiter
        except TimeoutError:
            assert seconds is not None  # nothing else waits here
            raise TooSlow(at, seconds) from None
        finally:
            self._waiter = None

    def _phase(self, terms: Terms) -> tuple[At, float | None]:
        times = terms.timeouts
        if self._heard:
            return "body" if terms.progress.at == "body" else "head", times.between_bytes
        return ("write", times.write) if self._unsent else ("first byte", times.first_byte)

    def _resume(self) -> None:
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()

    # ------------------------------------------------------------------------- between exchanges

    def rest(self, seconds: float) -> None:
        """The exchange is over: lie idle for so long, or close where anything is odd."""
        if self._timer is not None or self._transport is None:
            return
        whole = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        odd = self._come or self._ended or self._unsent or self._transport.is_closing()
        if not whole or odd or self._http.trailing_data[0] or not self._done(self, seconds):
            self.close()
            return
        self._http.start_next_cycle()
        self._used = True
        self._timer = asyncio.get_running_loop().call_later(seconds, self._expired)

    def wakes(self) -> bool:
        """Take it for another exchange; False when the server did something meanwhile."""
        assert self._transport is not None  # it was used before
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._ended or self._transport.is_closing():
            return False
        return not _is_readable(self._transport.get_extra_info("socket").fileno())

    def close(self) -> None:
        """Close at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    def _expired(self) -> None:
        self._left(self, by_server=False)
        self.close()

    def _disturbed(self) -> None:
        self._left(self, by_server=True)
        self.close()


class _Body(httpx.AsyncByteStream):
    """The body of an answer; to close it ends the exchange."""

    def __init__(self, connection: Connection, terms: Terms, seconds: float) -> None:
        self._connection: Connection | None = connection
        self._terms = terms
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._connection is not None:
            async for piece in self._connection.pieces(self._terms):
                yield piece

    async def aclose(self) -> None:
        """Be done with the exchange."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.rest(self._seconds)


def _new_http() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)


def _refuse_long(event: h11.Response | h11.InformationalResponse, progress: Progress) -> None:
    """Raise `TooMuch` for a head that came at once and is too long all the same."""
    fields = event.headers.raw_items()
    if len(fields) > _MOST_FIELDS:
        progress.head = _written(event)
        raise TooMuch(f"its head has {len(fields):,} fields, more than {_MOST_FIELDS:,}")
    if sum(len(name) + len(value) + 4 for name, value in fields) > _LONGEST_HEAD:
        progress.head = _written(event)
        raise TooMuch(f"its head is longer than {_LONGEST_HEAD // 1024} KiB")


def _written(event: h11.Response | h11.InformationalResponse) -> bytes:
    """The head of an answer as it came, as far as anybody reads it."""
    lines = [b"HTTP/%b %d %b" % (event.http_version, event.status_code, event.reason)]
    lines += [name + b": " + value for name, value in event.headers.raw_items()[:_MOST_FIELDS]]
    return b"\r\n".join(lines)[:_LONGEST_HEAD]


_TIMEOUT = re.compile(rb"\btimeout\s*=\s*(\d{1,6})\b", re.IGNORECASE)


def _seconds_kept(headers: Iterable[tuple[bytes, bytes]]) -> float:
    """How long a connection may lie idle: shorter than the server says it keeps it (`Keep-Alive`)."""
    for name, value in headers:
        if name.lower() == b"keep-alive" and (told := _TIMEOUT.search(value)):
            return min(_IDLE, float(told[1]) - 1)
    return _IDLE


def _is_readable(file: int) -> bool:
    """Whether there is something to read, an end included, that the loop has not yet seen."""
    if not hasattr(select, "poll"):
        return bool(select.select([file], [], [], 0)[0])
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))
