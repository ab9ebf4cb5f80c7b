"""Thousands of runs against a server that fails in every way: memory, descriptors and records are counted.

No test of the suite: `uv run python tests/soak.py [RUNS]`. It ends with 1 when memory grows, a descriptor
stays open, or what was kept of a run is not the run.
"""

import asyncio
import ctypes
import gc
import gzip
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.run import begun
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.world.journal import WriteAhead
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.record import header_of
from arazzo_tui.world.replay import first_moment, opened, replayed
from arazzo_tui.world.session import Session
from arazzo_tui.world.store import Store
from arazzo_tui.world.transport import Http
from arazzo_tui.world.workspace import Workspace

DOCUMENT = """
arazzo: 1.0.1
info: {title: soak, version: '1'}
sourceDescriptions: [{name: api, url: ./api.yaml, type: openapi}]
workflows:
  - workflowId: soak
    steps:
      - stepId: first
        operationId: get
        successCriteria: [{condition: $statusCode == 200}, {condition: $response.body#/data/n > 0}]
        onFailure: [{name: again, type: retry, retryAfter: 0, retryLimit: 2}]
        outputs: {n: $response.body#/data/n}
      - stepId: second
        operationId: post
        parameters: [{name: n, in: query, value: $steps.first.outputs.n}]
        successCriteria:
          - {context: $response.body, condition: '$[?@.n > 0]', type: jsonpath}
        outputs: {all: $response.body}
    outputs: {n: $steps.first.outputs.n}
"""

API = """
openapi: 3.1.0
info: {title: soak, version: '1'}
paths: {/: {get: {operationId: get}, post: {operationId: post}}}
"""

GOOD = b'{"data": {"n": 7, "text": "' + b"x" * 2000 + b'"}}'


def answer(kind: random.Random) -> bytes:
    """An answer of one of the ways in which a server can answer, most of them bad."""

    def whole(body: bytes, head: bytes = b"", status: bytes = b"200 OK") -> bytes:
        length = b"content-length: %d\r\n" % len(body)
        kind = b"content-type: application/json\r\n"
        return b"HTTP/1.1 " + status + b"\r\n" + kind + length + head + b"\r\n" + body

    return kind.choice(
        (
            whole(GOOD), whole(GOOD), whole(GOOD), whole(GOOD),
            whole(b'{"errors": [{"message": "no"}], "data": null}'),
            whole(b"nothing", status=b"503 Busy", head=b"retry-after: 0\r\n"),
            whole(b"{bad json"), whole(b"[" * 5000), whole(b"\xff\xfe\x00"), whole(b""),
            whole(gzip.compress(GOOD), b"content-encoding: gzip\r\n"),
            whole(gzip.compress(GOOD)[:-9], b"content-encoding: gzip\r\n"),
            whole(GOOD * 500),
            whole(GOOD)[:-100],  # it breaks off
            whole(GOOD)[:30],
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"not http at all\r\n\r\n",
            b"",
        )
    )  # fmt: skip


async def serve() -> None:
    """Answer for ever; the port is the first line on stdout."""
    chance = random.Random(1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(chance))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def held() -> tuple[float, int]:
    """Mebibytes of memory and descriptors that this process has, without what it only has not given back."""
    gc.collect()
    with suppress(AttributeError, OSError):  # the C library of Linux
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    files = len([*Path("/proc/self/fd").iterdir()])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024, files


async def soak(runs: int, port: int, folder: Path) -> int:
    """Run so many times; 0 when nothing grew and nothing was lost."""
    (folder / "soak.arazzo.yaml").write_text(DOCUMENT)
    (folder / "api.yaml").write_text(API)
    document = str(folder / "soak.arazzo.yaml")
    plan = planned(Workspace().open(document), "soak").plan
    assert plan is not None
    settings = Settings({"api": ServerChoice(f"http://127.0.0.1:{port}/", "soak")}, timeout=5.0)
    store, lost, measured = Store(folder / "state"), 0, []
    every = max(runs // 20, 1)
    begin = time.monotonic()
    async with Http() as http:
        for number in range(runs):
            moment, errors = begun_with(plan, {}, settings)
            assert moment is not None, errors
            first = begun(moment)
            header = header_of(moment, document, "soak", time.time(), strict=False)
            journal = store.keep(header, first, Redactor())
            session = Session(first, WriteAhead(http, journal), journal.moved)
            await session.go()
            run = session.run
            journal.close(0 if run.now.ended and run.now.ended.passed else 1)
            lost += journal.trouble != ""
            if number % 50 == 0:
                kept = store.open(next(store.runs()).path)
                again = replayed(kept, first_moment(kept.header, opened(kept.header)))
                lost += kept.header.started != header.started
                lost += (again.now.trail, again.now.ended) != (run.now.trail, run.now.ended)
            if number % every == every - 1:
                measured.append(held())
                memory, files = measured[-1]
                rate = (number + 1) / (time.monotonic() - begin)
                sys.stdout.write(
                    f"{number + 1:6} runs  {memory:7.1f} MiB  {files} descriptors"
                    f"  {rate:.0f} runs/s  {lost} lost\n"
                )
                sys.stdout.flush()
    warm = measured[len(measured) // 4 :]
    grown = warm[-1][0] - warm[0][0]
    more = warm[-1][1] - warm[0][1]
    sys.stdout.write(f"memory grew by {grown:.1f} MiB, descriptors by {more}, {lost} lost\n")
    return int(grown > 8 or more > 2 or lost > 0)


def main() -> int:
    """Serve, or start the server and soak."""
    if sys.argv[1:] == ["--serve"]:
        asyncio.run(serve())
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        assert server.stdout is not None
        try:
            return asyncio.run(soak(runs, int(server.stdout.readline()), Path(folder)))
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
