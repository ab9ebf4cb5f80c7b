"""HTTP: a `Request` goes out, a `Response` or a `Failure` comes back.

Nothing is added to a request that was not shown, nothing follows a redirect, no cookie is kept. Every
attempt ends: after its time, or at the limit of what a body may be. Nothing is sent twice but a safe request
without a body whose kept connection the server had closed, and that is said.
"""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from arazzo_tui.engine.content import Content, read_content
from arazzo_tui.engine.exchange import Failure, Headers, Phase, Request, Response, header
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.codings import BadCoding, Decoder, TooLarge
from arazzo_tui.world.connections import Connections, Dropped

_IN_A_THREAD = 256 * 1024
"""Bodies from this size on are parsed beside the loop, which has keys to answer."""


class TransportLimits(Struct, frozen=True):
    """The most an answer may be: body bytes on the wire and decoded; seconds for a connection."""

    wire: int = 64 * 1024 * 1024
    decoded: int = 64 * 1024 * 1024
    connect: float = 10.0


Broken: TypeAlias = tuple[Phase, str]
"""Where an exchange broke off, and a sentence about it."""


class Http:
    """A transport over HTTP/1.1. An asynchronous context manager.

    It uses the client's transports and not the client, which would follow, remember and add.
    """

    def __init__(self, limits: TransportLimits | None = None) -> None:
        self.limits = limits or TransportLimits()
        self._ways: dict[str, httpx.AsyncBaseTransport] = {}
        self._proxies: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ways, self._ways = self._ways, {}
        for way in ways.values():
            await way.aclose()

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer `within` so many seconds; every mishap of the world is a `Failure` (A-45)."""
        proxy = self._proxy(request.url)
        begun = time.perf_counter()
        broken: Broken
        try:
            way = self._way(proxy)
            begun = time.perf_counter()  # it is not the server that was slow until here
            deadline = asyncio.get_running_loop().time() + within
            async with self._opened(way, request, deadline) as (answer, again):
                return await self._read(answer, deadline, within, begun, (*_via(proxy), *again))
        except TimeoutError:
            broken = "timeout", f"no answer within {within:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as wrong:
            broken = explained(wrong, request.url)
        phase, message = broken
        if proxy:
            message += f" (through the proxy {_shown(proxy)})"
        return Failure(phase, message, time.perf_counter() - begun)

    def _proxy(self, url: str) -> str:
        """The proxy before a URL; the environment is asked once for each server."""
        server = url[: url.find("/", url.find("//") + 2) + 1] or url
        if server not in self._proxies:
            self._proxies[server] = proxy_for(server)
        return self._proxies[server]

    def _way(self, proxy: str) -> httpx.AsyncBaseTransport:
        """The way to servers, without a proxy or through one, made for the first request.

        Through a proxy a connection carries one exchange. Raises `ValueError` for a proxy of a kind that
        is not spoken here.
        """
        if proxy not in self._ways:
            if proxy and not proxy.startswith(("http://", "https://")):
                raise ValueError(f"the proxy {_shown(proxy)} is no HTTP proxy")
            once = httpx.Limits(max_keepalive_connections=0)
            self._ways[proxy] = (
                httpx.AsyncHTTPTransport(proxy=proxy, limits=once) if proxy else Connections()
            )
        return self._ways[proxy]

    @asynccontextmanager
    async def _opened(
        self, way: httpx.AsyncBaseTransport, request: Request, deadline: float
    ) -> AsyncIterator[tuple[httpx.Response, tuple[str, ...]]]:
        """The answer with its body still to come, and a note when the request was sent again for it."""
        outgoing = httpx.Request(
            request.method,
            request.url,
            headers=[
                (name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers
            ],
            content=request.body,
            extensions={"timeout": {"connect": self.limits.connect}},
        )
        notes: tuple[str, ...] = ()
        async with asyncio.timeout_at(deadline):
            try:
                answer = await way.handle_async_request(outgoing)
            except Dropped:
                if not _may_be_sent_again(request):
                    raise
                outgoing.extensions = {**outgoing.extensions, "fresh": True}
                answer = await way.handle_async_request(outgoing)
                notes = ("sent again: the server had closed the connection it kept open",)
        try:
            answer.request = outgoing
            yield answer, notes
        finally:
            await answer.aclose()

    async def _read(
        self,
        answer: httpx.Response,
        deadline: float,
        within: float,
        begun: float,
        notes: tuple[str, ...],
    ) -> Response | Failure:
        body = _Body(answer, self.limits)
        broken = await body.read(deadline, within)
        elapsed = time.perf_counter() - begun
        body.notes.extend(notes)
        response = await _response(answer, body, elapsed)
        return Failure(*broken, elapsed, response) if broken else response


def _may_be_sent_again(request: Request) -> bool:
    """Whether a second time does no more than the first: a safe method, no body (RFC 9110 §9.2.1, §9.2.2)."""
    return request.method in ("GET", "HEAD", "OPTIONS", "TRACE") and not request.body


def _via(proxy: str) -> tuple[str, ...]:
    """A note about the proxy that an answer came through."""
    return (f"came through the proxy {_shown(proxy)}, which could see it",) if proxy else ()


def proxy_for(url: str) -> str:
    """The URL of the proxy that the environment puts before a URL; empty for none (N46)."""
    from urllib.request import getproxies, proxy_bypass

    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    if not proxy or proxy_bypass(parts.netloc):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _shown(proxy: str) -> str:
    """Host and port of a proxy, without the password that may stand before them."""
    return one_line(proxy.rpartition("//")[2].rpartition("@")[2])


class _Body:
    """A body as it arrives: kept within its limits, and kept when it breaks off."""

    def __init__(self, answer: httpx.Response, limits: TransportLimits) -> None:
        self.notes: list[str] = []
        self.size = 0
        self.pieces = bytearray()
        self._answer = answer
        self._limits = limits
        self._decoder = self._decoder_for(answer.headers.get("content-encoding", ""))

    def _decoder_for(self, told: str) -> Decoder:
        codings = [each.strip().lower() for each in told.split(",") if each.strip()]
        coding = codings[0] if len(codings) == 1 else ""
        decoder = Decoder(coding, self._limits.decoded)
        if codings and not decoder.decodes and codings != ["identity"]:
            self.notes.append(f"the body is shown as it came, coded as {one_line(told, 60)}")
        return decoder

    async def read(self, deadline: float, within: float) -> Broken | None:
        """Read to the end; a phase and a sentence when it broke off or passed a limit.

        `deadline` is by the loop's clock, and `within` the seconds that were given in all.
        """
        try:
            async with asyncio.timeout_at(deadline):
                async for piece in self._pieces():
                    self._take(piece)
            self._decoder.finish()
        except TooLarge as most:
            self.pieces += most.fits
            return "limit", f"the body is larger than {_bytes(most.limit)}; what fits is kept"
        except BadCoding as wrong:
            return "protocol", str(wrong)
        except TimeoutError:
            come = f"{self.size:,} byte{'' if self.size == 1 else 's'} had come"
            return "timeout", f"no complete answer within {within:g} s; {come}"
        except (httpx.HTTPError, OSError) as wrong:
            return explained(wrong, str(self._answer.request.url))
        return None

    def _pieces(self) -> AsyncIterator[bytes]:
        stream = self._answer.stream
        assert isinstance(stream, httpx.AsyncByteStream)  # no other way is used
        return stream.__aiter__()

    def _take(self, piece: bytes) -> None:
        room = self._limits.wire - self.size
        self.size += len(piece)
        try:
            self.pieces += self._decoder.feed(piece[:room])
        except BadCoding:
            if not self.pieces:
                self.pieces += piece[:room]
                self.notes.append("the body is shown as it came")
            raise
        if len(piece) > room:
            raise TooLarge(self._limits.wire)


def _bytes(count: int) -> str:
    whole, rest = divmod(count, 1024 * 1024)
    return f"{count:,} bytes" if rest else f"{whole:,} MiB"


async def _response(answer: httpx.Response, body: _Body, elapsed: float) -> Response:
    headers: Headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw
    )
    data = bytes(body.pieces)
    location = header(headers, "location")
    if 300 <= answer.status_code < 400 and location:
        body.notes.append(f"redirects to {one_line(location)}, which is not followed")
    return Response(
        status=answer.status_code,
        reason=answer.reason_phrase,
        headers=headers,
        body=data,
        elapsed=elapsed,
        size=body.size,
        content=await _content(header(headers, "content-type"), data),
        received=time.time(),
        http_version=answer.http_version,
        notes=tuple(body.notes),
    )


async def _content(content_type: str | None, data: bytes) -> Content:
    if len(data) < _IN_A_THREAD:
        return read_content(content_type, data)
    return await asyncio.to_thread(read_content, content_type, data)


def explained(wrong: Exception, url: str) -> Broken:
    """The phase an exception of the network belongs to, and a sentence for a person."""
    where = one_line(url, 120)
    said = one_line(_PYTHON_BYTES.sub(r"\1", str(wrong)) or type(wrong).__name__)
    certificate = _inner(wrong)
    match wrong:
        case httpx.ConnectTimeout():
            return "connect", f"no connection to {where} in time"
        case _ if certificate is not None:
            return "tls", f"TLS with {where}: {_about_tls(certificate)}"
        case httpx.ConnectError():
            return "connect", f"cannot connect to {where}: {_about_connecting(wrong, said)}"
        case httpx.ProxyError():
            return "connect", f"the proxy refused: {said}"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | httpx.LocalProtocolError():
            return "write", f"the request to {where} cannot be sent: {said}"
        case UnicodeError():
            return "write", f"the request to {where} cannot be sent: a header is no Latin-1 text"
        case ValueError():
            return "connect", f"{where} was not called: {said}"
        case _:
            return _broken_off(wrong, where, said)


def _broken_off(wrong: Exception, where: str, said: str) -> Broken:
    """The same for what happened to a connection that was there."""
    match wrong:
        case Dropped():
            return "read", (
                f"{where} closed the connection that was kept from the request before, and did not "
                "answer; whether it has processed this request is not known, and it was not sent again"
            )
        case httpx.ReadError():
            return "read", f"{where} broke the connection off{_reset(wrong)}"
        case httpx.WriteError():
            return "write", f"{where} broke the connection off while it was sent to{_reset(wrong)}"
        case httpx.RemoteProtocolError():
            return _about_protocol(where, said)
        case httpx.TimeoutException():
            return "timeout", f"{where} did not answer in time"
        case _:
            return "connect", f"{where}: {said}"


_PYTHON_BYTES = re.compile(r"""bytearray\(b(".*"|'.*')\)""", re.DOTALL)
"""How h11 quotes the bytes it complains of."""


def _about_protocol(where: str, said: str) -> Broken:
    """The commonest complaints of h11 and httpcore in our words; the others in theirs."""
    if said.startswith("Server disconnected"):
        return "read", f"{where} closed the connection before it had answered"
    if said.startswith("peer closed"):
        counts = re.search(r"received (\d+) bytes, expected (\d+)", said)
        much = f": {int(counts[1]):,} of {int(counts[2]):,} bytes came" if counts else ""
        return "read", f"{where} closed the connection before the end of the body{much}"
    if said.startswith("Receive buffer too long"):
        return "limit", f"the head of the answer of {where} is longer than 100 KiB"
    if "_SWITCH_" in said:
        said = "it switches to another protocol unasked"
    return "protocol", f"{where} does not answer in proper HTTP: {said}"


def _reset(wrong: BaseException | None) -> str:
    while wrong is not None:
        if isinstance(wrong, ConnectionResetError | BrokenPipeError):
            return " (reset)"
        wrong = wrong.__cause__ or wrong.__context__
    return ""


def _inner(wrong: BaseException | None) -> ssl.SSLError | None:
    """The TLS error behind an exception of the client, if there is one."""
    while wrong is not None:
        if isinstance(wrong, ssl.SSLError):
            return wrong
        wrong = wrong.__cause__ or wrong.__context__
    return None


def _about_tls(wrong: ssl.SSLError) -> str:
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {one_line(wrong.verify_message)}"
    reason = (wrong.reason or "").replace("_", " ").lower()
    if "wrong version number" in reason or "record layer failure" in reason:
        return "the server does not speak TLS on this port; http:// may be meant"
    return reason or one_line(str(wrong))


def _about_connecting(wrong: BaseException, said: str) -> str:
    """Name resolution and refusal in words; the rest as the system says it."""
    inner: BaseException | None = wrong
    while inner is not None:
        match inner:
            case socket.gaierror():
                return "the name does not resolve"
            case ConnectionRefusedError():
                return "connection refused; nothing listens there"
            case _:
                inner = inner.__cause__ or inner.__context__
    return said
