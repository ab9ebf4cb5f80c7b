"""HTTP: a `Request` goes out, a `Response` or a `Failure` comes back.

Nothing is added to a request that was not shown, nothing follows a redirect, no cookie is kept. Every
attempt ends: after its time, or at the limit of what an answer may be, and what had come is kept. Nothing is
sent twice but a safe request without a body whose kept connection the server had closed, and that is said.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from arazzo_tui.engine.content import Content, read_content
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response, header
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.codings import BadCoding, Decoder, TooLarge
from arazzo_tui.world.connections import Connections, way_to
from arazzo_tui.world.hosts import Reach, reach_of
from arazzo_tui.world.mishaps import Broken, explained, out_of_time
from arazzo_tui.world.network import Way, holding
from arazzo_tui.world.tls import BadTls
from arazzo_tui.world.wire import Dropped, Progress, Terms

_IN_A_THREAD = 256 * 1024
"""Bodies from this size on are parsed beside the loop, which has keys to answer."""


class TransportLimits(Struct, frozen=True):
    """The most bytes that the body of an answer may have, on the wire and decoded."""

    wire: int = 64 * 1024 * 1024
    decoded: int = 64 * 1024 * 1024


class Http:
    """A transport over HTTP/1.1. An asynchronous context manager.

    Servers are reached as `network.holding` says in the task that sends.
    """

    def __init__(self, limits: TransportLimits | None = None) -> None:
        self.limits = limits or TransportLimits()
        self._connections = Connections()
        self._proxies: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connections.aclose()

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer `within` so many seconds; every mishap of the world is a `Failure` (A-45)."""
        proxy = self._proxy(request.url)
        progress = Progress()
        broken: Broken
        # Twice what a body may have: the framing of no honest server is longer than what it frames.
        most = 2 * self.limits.wire + 1024 * 1024
        terms = Terms(holding().timeouts, most, progress)
        begun = time.perf_counter()
        try:
            deadline = asyncio.get_running_loop().time() + within
            async with self._opened(request, proxy, terms, deadline) as (answer, notes):
                return await self._read(answer, deadline, within, begun, notes)
        except TimeoutError:
            broken = "timeout", f"no answer within {within:g} s: {out_of_time(progress.at)}"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, BadTls) as wrong:
            broken = explained(wrong, request.url)
        phase, message = broken
        if proxy:
            message += f" (through the proxy {_shown(proxy)})"
        elapsed = time.perf_counter() - begun
        return Failure(phase, message, elapsed, _head_of(progress.head, elapsed))

    def _proxy(self, url: str) -> str:
        """The proxy before a URL; the environment is asked once for each server."""
        server = url[: url.find("/", url.find("//") + 2) + 1] or url
        if server not in self._proxies:
            self._proxies[server] = proxy_for(server)
        return self._proxies[server]

    @asynccontextmanager
    async def _opened(
        self, request: Request, proxy: str, terms: Terms, deadline: float
    ) -> AsyncIterator[tuple[httpx.Response, tuple[str, ...]]]:
        """The answer with its body still to come, and what there is to say of how it came."""
        outgoing = httpx.Request(
            request.method,
            request.url,
            headers=[
                (name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers
            ],
            content=request.body,
        )
        way = way_to(outgoing.url, proxy)
        notes = tuple(_about(way))
        async with asyncio.timeout_at(deadline):
            try:
                answer = await self._connections.asked(outgoing, way, terms)
            except Dropped:
                if not _may_be_sent_again(request):
                    raise
                answer = await self._connections.asked(outgoing, way, terms, fresh=True)
                notes = (*notes, "sent again: the server had closed the connection it kept open")
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


def _about(way: Way) -> Iterator[str]:
    """Notes about how an answer came: through a proxy, or from a server that nobody verified."""
    if way.proxy and way.trust is None:
        yield f"came through the proxy {_shown(way.proxy)}, which could see it"
    elif way.proxy:
        yield f"came through a tunnel of the proxy {_shown(way.proxy)}"
    if way.trust is not None and not way.trust.verified:
        yield f"the certificate of {one_line(way.host)}:{way.port} was not verified (--insecure)"


def proxy_for(url: str) -> str:
    """The URL of the proxy that the environment puts before a URL; empty for none (N46).

    Loopback is never looked for behind a proxy: it would be another machine's.
    """
    from urllib.request import getproxies, proxy_bypass

    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    if not proxy or reach_of(url) is Reach.LOOPBACK or proxy_bypass(parts.netloc):
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
            return "timeout", f"no complete answer within {within:g} s; {self._come()}"
        except (httpx.HTTPError, OSError) as wrong:
            phase, message = explained(wrong, str(self._answer.request.url))
            return phase, f"{message}; {self._come()}" if phase == "timeout" else message
        return None

    def _come(self) -> str:
        return f"{self.size:,} byte{'' if self.size == 1 else 's'} had come"

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


_STATUS = re.compile(rb"HTTP/(\d\.\d) ([1-9]\d\d)(?: ([^\r\n]*))?\r?\n?")
_FIELD = re.compile(rb"([!-9;-~]+):[ \t]*([^\r\n]*)")


def _head_of(came: bytes, elapsed: float) -> Response | None:
    """What came of an answer whose head broke off or is wrong, where its first line is that of one."""
    status = _STATUS.match(came)
    if status is None:
        return None
    head, _, body = came[status.end() :].partition(b"\r\n\r\n")
    fields = (_FIELD.match(line) for line in head.split(b"\n"))
    headers: Headers = tuple(
        (each[1].decode("latin-1"), each[2].decode("latin-1").rstrip()) for each in fields if each
    )
    return Response(
        status=int(status[2]),
        reason=(status[3] or b"").decode("latin-1"),
        headers=headers,
        body=body,
        elapsed=elapsed,
        size=len(body),
        content=read_content(header(headers, "content-type"), body),
        received=time.time(),
        http_version=f"HTTP/{status[1].decode()}",
        notes=("the head of the answer is not as it should be; this is what came",),
    )
