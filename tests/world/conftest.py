"""Servers on loopback that answer with exactly the bytes a test gives, and remember the bytes they got."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

CERTIFICATES = Path(__file__).parent / "certificates"


@dataclass(frozen=True, slots=True)
class Play:
    """What a server does with one request: it sends `data`, perhaps `again` and again, and then."""

    data: bytes = b""
    then: Literal["close", "keep", "reset", "hold"] = "close"
    drip: float = 0.0
    again: bytes = b""


@dataclass(slots=True)
class RawServer:
    """What a server was given to play, and what came of it."""

    plays: tuple[Play, ...]
    scheme: str = "http"
    at_once: Literal["", "reset", "hold", "answer"] = ""
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if self.at_once == "answer":
                await self._played(self.plays[0], writer)
            elif self.at_once:
                await ended(writer, self.at_once)
            while not self.at_once and not writer.is_closing():
                self.requests.append(await read_request(reader))
                await self._played(self.plays[min(len(self.requests), len(self.plays)) - 1], writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _played(self, play: Play, writer: asyncio.StreamWriter) -> None:
        writer.write(play.data)
        await writer.drain()
        while play.again:
            writer.write(play.again)
            await writer.drain()
            await asyncio.sleep(play.drip)
        if play.then != "keep":
            await ended(writer, play.then)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.partition(b":")[2]))
    return head


async def ended(writer: asyncio.StreamWriter, how: str) -> None:
    if how == "hold":
        await asyncio.Event().wait()
    if how == "reset":
        linger = struct.pack("ii", 1, 0)
        found = writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    writer.close()


@pytest.fixture(autouse=True)
def no_network_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests behind a proxy, or with authorities of their own, means the world outside."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


Serve = Callable[..., Awaitable[RawServer]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers: `await serve(Play(...), ..., certificate="", at_once="", clients=False)`."""
    running: list[asyncio.Server] = []
    tasks: set[asyncio.Task[None]] = set()

    async def start(
        *plays: Play, certificate: str = "", at_once: str = "", clients: bool = False
    ) -> RawServer:
        raw = RawServer(plays, "https" if certificate else "http", at_once)

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(raw.serve(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
            if clients:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(CERTIFICATES / "authority.pem")
        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
        running.append(server)
        raw.port = server.sockets[0].getsockname()[1]
        return raw

    yield start
    for server in running:
        server.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def play() -> type[Play]:
    """What a server plays."""
    return Play


@pytest.fixture
def closed_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
