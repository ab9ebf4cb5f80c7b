"""The sandbox as a server on loopback, inside the caller's event loop or as a program of its own.

The event loop only moves bytes; requests are answered in one thread beside it, so that a screen in
the same process stays quick, and the state needs no locks. Nothing here knows what is answered.
"""

import asyncio
import errno
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from socket import socket

from msgspec import Struct

from arazzo_tui.sandbox.application import Application
from arazzo_tui.sandbox.arrivals import Arrivals
from arazzo_tui.sandbox.connection import USUAL, Limits, converse
from arazzo_tui.sandbox.data import State, new_secure_id
from arazzo_tui.sandbox.exchange import Answer, Asked
from arazzo_tui.sandbox.faults import Injection
from arazzo_tui.sandbox.graphs import graph_named
from arazzo_tui.sandbox.schemas import SchemaName

HOST = "127.0.0.1"
"""Loopback only: the sandbox believes everybody, and nobody else should reach it."""


class PortTaken(Exception):
    """The port cannot be listened on; the message says why and what to do, for a person."""

    def __init__(self, port: int, why: str) -> None:
        self.port = port
        super().__init__(
            f"cannot listen on {HOST}:{port}: {why}; choose another port, or 0 for any free one"
        )


class Sandbox(Struct, frozen=True):
    """A running sandbox: where it is, what it remembers, what arrived.

    `url` ends in a slash. `state` and `arrivals` are written by another thread; what an answer
    has been received for is in them.
    """

    url: str
    port: int
    state: State
    arrivals: Arrivals


@asynccontextmanager
async def serve(
    port: int = 0,
    *,
    schema: SchemaName = "documented",
    faults: Sequence[Injection] = (),
    limits: Limits = USUAL,
    mint: Callable[[], str] = new_secure_id,
    listening: socket | None = None,
) -> AsyncIterator[Sandbox]:
    """A sandbox on loopback for as long as the block lasts; port 0 is any free one.

    It takes requests at once, and prepares its schema in the background meanwhile. `faults` happen to
    the requests they are for. `mint` makes the secure ids of sessions whose clients make none. Where
    somebody listens for it already, `listening` is the socket. At the end open connections are cut.
    Raises `PortTaken`.
    """
    application = Application(graph_named(schema), State(mint), faults)
    thread = ThreadPoolExecutor(1, thread_name_prefix="sandbox")
    loop = asyncio.get_running_loop()
    conversations: set[asyncio.Task[None]] = set()

    async def handle(asked: Asked) -> Answer:
        return await loop.run_in_executor(thread, application.answer, asked)

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(conversations) >= limits.connections or not listener.is_serving():
            writer.write(_TOO_MANY)
            writer.close()
            return
        task = loop.create_task(converse(reader, writer, handle, limits))
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    listener = await (
        _listen(welcome, port)
        if listening is None
        else asyncio.start_server(welcome, sock=listening)
    )
    bound = listener.sockets[0].getsockname()[1]
    thread.submit(lambda: application.run)
    try:
        yield Sandbox(f"http://{HOST}:{bound}/", bound, application.state, application.arrivals)
    finally:
        listener.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await listener.wait_closed()
        thread.shutdown(wait=False, cancel_futures=True)


_TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


async def _listen(
    welcome: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None], port: int
) -> asyncio.Server:
    try:
        return await asyncio.start_server(welcome, HOST, port)
    except OverflowError as error:
        raise PortTaken(port, "ports are the numbers up to 65535") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, "another program is using it") from error
        raise PortTaken(port, (error.strerror or str(error)).lower()) from error


def run_forever(
    port: int = 0, schema: SchemaName = "documented", faults: Sequence[Injection] = ()
) -> None:
    """Serve until SIGINT or SIGTERM; prints the URL on a line of its own once it listens.

    Raises `PortTaken` before anything is printed.
    """
    with suppress(KeyboardInterrupt):  # where the loop takes no signals, as on Windows
        asyncio.run(_until_told(port, schema, faults))


async def _until_told(port: int, schema: SchemaName, faults: Sequence[Injection]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with serve(port, schema=schema, faults=faults) as sandbox:
        with suppress(NotImplementedError):
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(each, told.set)
        if sys.stdout is not None:
            sys.stdout.write(f"{sandbox.url}\n")
            sys.stdout.flush()
        await told.wait()
