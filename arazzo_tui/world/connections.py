"""Connections to servers: each carries one exchange at a time and is kept for a moment after it.

What a server sends unasked never becomes the answer to the next request: a connection on which anything came
beyond an answer, or came while it lay idle, is closed. Nothing is sent twice here, and nothing is known of
what is sent.
"""

import asyncio
import errno
import os
import re
import select
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeAlias

import h11
import httpx

from arazzo_tui.world.hosts import arrived

_IDLE = 2.0
"""Seconds a connection is kept: less than the 5 s after which the commonest servers close it."""

_MOST_IDLE = 64
_LONGEST_HEAD = 100 * 1024
_AHEAD = 1024 * 1024
"""Bytes that may wait to be read before the server has to."""

_Server: TypeAlias = tuple[str, str, int]
"""Scheme, host and port."""


class Dropped(httpx.RemoteProtocolError):
    """A kept connection ended before a byte of the answer: nobody knows whether the request was read."""


class Connections(httpx.AsyncBaseTransport):
    """The way to servers without a proxy between.

    A request with the extension `fresh` gets a connection of its own. A server that closed a kept
    connection, or spoke on it unasked, gets one for each request from then on.
    """

    def __init__(self) -> None:
        self._idle: dict[_Server, list[_Connection]] = {}
        self._kept = 0
        self._once: set[_Server] = set()
        self._context: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer, its body still to be read. Raises as `_Connection.asked` does."""
        head = _head(request)
        server = _server(request.url)
        connection = None if request.extensions.get("fresh") else self._fit(server)
        if connection is None:
            seconds = request.extensions.get("timeout", {}).get("connect")
            connection = await self._connected(server, seconds)
        try:
            return await connection.asked(head, request.content)
        except BaseException as wrong:
            connection.close()
            if isinstance(wrong, Dropped):
                self._once.add(server)
            raise

    async def aclose(self) -> None:
        """Close what is kept."""
        idle, self._idle, self._kept = self._idle, {}, 0
        for each in idle.values():
            for connection in each:
                connection.close()
        if idle:
            await asyncio.sleep(0)  # the loop closes a socket on its next turn

    def _fit(self, server: _Server) -> "_Connection | None":
        """A kept connection on which nothing has happened since, the newest first."""
        idle = self._idle.get(server, [])
        while idle:
            connection = idle.pop()
            self._kept -= 1
            if connection.wakes() and server not in self._once:
                return connection
            self._once.add(server)
            connection.close()
        return None

    def _done(self, connection: "_Connection", seconds: float) -> bool:
        """Keep a connection for so long after a clean exchange; whether it is kept."""
        server = connection.server
        if seconds <= 0 or server in self._once or self._kept >= _MOST_IDLE:
            return False
        self._idle.setdefault(server, []).append(connection)
        self._kept += 1
        return True

    def _left(self, connection: "_Connection", *, by_server: bool) -> None:
        """A connection that was kept is closed, by its time or by what the server did."""
        idle = self._idle.get(connection.server, [])
        if connection in idle:
            idle.remove(connection)
            self._kept -= 1
        if by_server:
            self._once.add(connection.server)

    async def _connected(self, server: _Server, seconds: float | None) -> "_Connection":
        scheme, host, port = server
        loop = asyncio.get_running_loop()
        context = self._tls() if scheme == "https" else None
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(
                    lambda: _Connection(server, self._done, self._left),
                    host,
                    port,
                    ssl=context,
                    server_hostname=host if context else None,
                    happy_eyeballs_delay=0.25,
                )
        except TimeoutError as wrong:
            raise httpx.ConnectTimeout("no connection in time") from wrong
        except OSError as wrong:
            raise httpx.ConnectError(str(wrong)) from _one_error(wrong)
        return connection

    def _tls(self) -> ssl.SSLContext:
        """Made for the first request that needs it: the certificates cost 30 ms to read."""
        if self._context is None:
            self._context = httpx.create_ssl_context()
        return self._context


def _server(url: httpx.URL) -> _Server:
    scheme = url.scheme
    if scheme not in ("http", "https"):
        raise httpx.UnsupportedProtocol(f"{scheme or 'no scheme'} is not http or https")
    return scheme, url.raw_host.decode("ascii"), url.port or (443 if scheme == "https" else 80)


def _head(request: httpx.Request) -> h11.Request:
    try:
        return h11.Request(
            method=request.method.encode("ascii"),
            target=request.url.raw_path,
            headers=request.headers.raw,
        )
    except h11.LocalProtocolError as wrong:
        raise httpx.LocalProtocolError(str(wrong)) from wrong


_ERRNO = re.compile(r"\[Errno (\d+)\]")


def _one_error(wrong: OSError) -> OSError:
    """The one error that all addresses of a host met; asyncio joins theirs into a text."""
    numbers = set(_ERRNO.findall(str(wrong))) if wrong.errno is None else set()
    if len(numbers) != 1:
        return wrong
    number = int(numbers.pop())
    return OSError(number, os.strerror(number)) if number in errno.errorcode else wrong


class _Connection(asyncio.Protocol):
    """One connection: asked, read to the end of the answer, kept or closed."""

    def __init__(
        self,
        server: _Server,
        done: "Callable[[_Connection, float], bool]",
        left: "Callable[..., None]",
    ) -> None:
        self.server = server
        self._done = done
        self._left = left
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._come = bytearray()
        self._ended = False
        self._lost: Exception | None = None
        self._unsent = False
        self._heard = False
        self._used = False
        self._paused = False

    # ------------------------------------------------------------------------- told by the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop has connected."""
        assert isinstance(transport, asyncio.Transport)  # it is a stream
        transport.set_write_buffer_limits(high=0)
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

    def _over(self, wrong: Exception | None) -> None:
        self._ended = True
        self._lost = self._lost or wrong
        if self._timer is not None:
            self._disturbed()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # ------------------------------------------------------------------------- one exchange

    async def asked(self, head: h11.Request, body: bytes) -> httpx.Response:
        """Send a request; the head of its answer. Raises `Dropped`, `NotAgreed` and httpx's errors."""
        assert self._transport is not None  # it was connected
        peer = self._transport.get_extra_info("peername")
        if peer:  # what was reset at once leads nowhere
            arrived(str(peer[0]))
        self._heard = False
        try:
            data = self._http.send(head) or b""
            data += self._http.send(h11.Data(body)) or b"" if body else b""
            data += self._http.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as wrong:
            raise httpx.LocalProtocolError(str(wrong)) from wrong
        self._transport.write(data)
        event = await self._event()
        while isinstance(event, h11.InformationalResponse) and event.status_code != 101:
            event = await self._event()
        assert isinstance(event, h11.Response | h11.InformationalResponse)  # h11's grammar
        headers = event.headers.raw_items()
        return httpx.Response(
            event.status_code,
            headers=headers,
            stream=_Body(self, _seconds_kept(headers)),
            extensions={
                "http_version": b"HTTP/" + event.http_version,
                "reason_phrase": event.reason,
            },
        )

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of the answer as it comes."""
        while True:
            event = await self._event()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def _event(self) -> "h11.Event | type[h11.PAUSED]":
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as wrong:
                raise httpx.RemoteProtocolError(str(wrong)) from wrong
            if not isinstance(event, type) or not issubclass(event, h11.NEED_DATA):
                return event
            await self._more()

    async def _more(self) -> None:
        """Give h11 what has come; wait until there is something."""
        if not self._come and not self._ended:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._come:
            self._heard = True
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

    def __init__(self, connection: _Connection, seconds: float) -> None:
        self._connection: _Connection | None = connection
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._connection is not None:
            async for piece in self._connection.pieces():
                yield piece

    async def aclose(self) -> None:
        """Be done with the exchange."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.rest(self._seconds)


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
