"""Connections to servers: each carries one exchange at a time and is kept for a moment after it.

What a server sends unasked never becomes the answer to the next request: a connection on which anything came
beyond an answer, or came while it lay idle, is closed. Nothing is sent twice here, and nothing is known of
what is sent. Through a proxy a connection carries one exchange.
"""

import asyncio
import errno
import os
import re
import ssl
from base64 import b64encode
from urllib.parse import unquote_to_bytes, urlsplit

import h11
import httpx

from arazzo_tui.language.printable import one_line
from arazzo_tui.world.network import Trust, Way, holding
from arazzo_tui.world.tls import context_for
from arazzo_tui.world.wire import Connection, Dropped, Terms, TooSlow

_MOST_IDLE = 64
_PORTS = {"http": 80, "https": 443}


class ProxyFailed(httpx.ProxyError):
    """A proxy does not open the way; the sentence begins with what it did."""


class Connections:
    """The ways to servers.

    A server that closed a kept connection, or spoke on it unasked, gets one for each request from then on.
    """

    def __init__(self) -> None:
        self._idle: dict[Way, list[Connection]] = {}
        self._kept = 0
        self._once: set[Way] = set()
        self._contexts: dict[Trust, ssl.SSLContext] = {}

    async def asked(
        self, request: httpx.Request, way: Way, terms: Terms, *, fresh: bool = False
    ) -> httpx.Response:
        """The head of the answer, its body still to be read; `fresh` asks for a connection of its own.

        Raises as `Connection.asked` does, `ProxyFailed`, and `BadTls` for files TLS cannot be spoken with.
        """
        head = _head(request, way)
        connection = None if fresh else self._fit(way)
        if connection is None:
            connection = await self._opened(way, terms)
        try:
            answer = await connection.asked(head, request.content, terms)
        except BaseException as wrong:
            connection.close()
            if isinstance(wrong, Dropped):
                self._once.add(way)
            raise
        return answer

    async def aclose(self) -> None:
        """Close what is kept."""
        idle, self._idle, self._kept = self._idle, {}, 0
        for each in idle.values():
            for connection in each:
                connection.close()
        if idle:
            await asyncio.sleep(0)  # the loop closes a socket on its next turn

    # ------------------------------------------------------------------------- what is kept

    def _fit(self, way: Way) -> Connection | None:
        """A kept connection on which nothing has happened since, the newest first."""
        idle = self._idle.get(way, [])
        while idle:
            connection = idle.pop()
            self._kept -= 1
            if connection.wakes() and way not in self._once:
                return connection
            self._once.add(way)
            connection.close()
        return None

    def _done(self, connection: Connection, seconds: float) -> bool:
        """Keep a connection for so long after a clean exchange; whether it is kept."""
        way = connection.way
        if seconds <= 0 or way.proxy or way in self._once or self._kept >= _MOST_IDLE:
            return False
        self._idle.setdefault(way, []).append(connection)
        self._kept += 1
        return True

    def _left(self, connection: Connection, *, by_server: bool) -> None:
        """A connection that was kept is closed, by its time or by what the server did."""
        way = connection.way
        idle = self._idle.get(way, [])
        if connection in idle:
            idle.remove(connection)
            self._kept -= 1
        if by_server:
            self._once.add(way)

    # ------------------------------------------------------------------------- new ones

    async def _opened(self, way: Way, terms: Terms) -> Connection:
        """A new connection to a server, secured where its URL says so."""
        if way.proxy:
            return await self._through(way, terms)
        connection = await self._connected(way, way.host, way.port, terms)
        if way.trust is not None:
            await self._secured(connection, way.trust, way.host, terms)
        return connection

    async def _through(self, way: Way, terms: Terms) -> Connection:
        """A new connection to a proxy, and for https a tunnel through it (RFC 9110 §9.3.6)."""
        proxy, authorization = _proxy(way.proxy)
        try:
            connection = await self._connected(way, proxy.host, proxy.port, terms)
            if proxy.trust is not None:
                await self._secured(connection, proxy.trust, proxy.host, terms)
        except httpx.ConnectError as wrong:
            raise ProxyFailed("the proxy cannot be connected to") from wrong
        if way.trust is not None:
            await self._tunnelled(connection, way, authorization, terms)
            await self._secured(connection, way.trust, way.host, terms)
        return connection

    async def _connected(self, way: Way, host: str, port: int, terms: Terms) -> Connection:
        terms.progress.at = "connect"
        seconds = terms.timeouts.connect
        try:
            async with asyncio.timeout(seconds):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(way, self._done, self._left),
                    host,
                    port,
                    happy_eyeballs_delay=0.25,
                )
        except TimeoutError:
            raise TooSlow("connect", seconds) from None
        except OSError as wrong:
            raise httpx.ConnectError(str(wrong)) from _one_error(wrong)
        return connection

    async def _secured(self, connection: Connection, trust: Trust, host: str, terms: Terms) -> None:
        try:
            await connection.secured(self._context(trust), host, terms)
        except BaseException:
            connection.close()
            raise

    def _context(self, trust: Trust) -> ssl.SSLContext:
        """Made for the first request that needs it: the certificates cost 30 ms to read."""
        if trust not in self._contexts:
            self._contexts[trust] = context_for(trust)
        return self._contexts[trust]

    async def _tunnelled(
        self, connection: Connection, way: Way, authorization: str, terms: Terms
    ) -> None:
        terms.progress.at = "proxy"
        target = f"[{way.host}]:{way.port}" if ":" in way.host else f"{way.host}:{way.port}"
        fields = [("Host", target)]
        if authorization:
            fields.append(("Proxy-Authorization", authorization))
        try:
            answer = await connection.tunnelled(
                h11.Request(method="CONNECT", target=target, headers=fields), terms
            )
            if not 200 <= answer.status_code < 300:
                reason = one_line(answer.reason.decode("latin-1"), 60)
                raise ProxyFailed(
                    f"the proxy does not open a tunnel to {target}: {answer.status_code} {reason}"
                )
        except BaseException as wrong:
            connection.close()
            terms.progress.head = b""  # it is not the server's
            match wrong:
                case ProxyFailed():
                    raise
                case TooSlow(seconds=seconds):
                    raise TooSlow("proxy", seconds) from None
                case httpx.RemoteProtocolError() | httpx.ReadError() | httpx.WriteError():
                    raise ProxyFailed("the proxy does not answer as a proxy does") from wrong
                case _:
                    raise


def _proxy(url: str) -> tuple[Way, str]:
    """The way to a proxy itself, and what it is shown of credentials; raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("the proxy is no HTTP proxy")
    port = parts.port or _PORTS[parts.scheme]
    trust = holding().trust(parts.hostname, port) if parts.scheme == "https" else None
    pair = [unquote_to_bytes(each or "") for each in (parts.username, parts.password)]
    authorization = f"Basic {b64encode(b':'.join(pair)).decode()}" if any(pair) else ""
    return Way(parts.scheme, parts.hostname, port, trust), authorization


def way_to(url: httpx.URL, proxy: str) -> Way:
    """The way to the server of a URL, as this task reaches servers. Raises `UnsupportedProtocol`."""
    scheme = url.scheme
    if scheme not in _PORTS:
        raise httpx.UnsupportedProtocol(f"{scheme or 'no scheme'} is not http or https")
    host, port = url.raw_host.decode("ascii"), url.port or _PORTS[scheme]
    trust = holding().trust(host, port) if scheme == "https" else None
    return Way(scheme, host, port, trust, proxy)


def _head(request: httpx.Request, way: Way) -> h11.Request:
    """The head of a request; a proxy is told the whole URL where there is no tunnel (RFC 9112 §3.2.2)."""
    target, fields = request.url.raw_path, request.headers.raw
    if way.proxy and way.trust is None:
        target = f"{request.url.scheme}://".encode() + request.url.netloc + target
        if authorization := _proxy(way.proxy)[1]:
            fields = [*fields, (b"Proxy-Authorization", authorization.encode())]
    try:
        return h11.Request(method=request.method.encode("ascii"), target=target, headers=fields)
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
