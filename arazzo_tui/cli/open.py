"""`arazzo-tui` and `arazzo-tui demo`: the terminal, from what the command line says."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import say
from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.start import Start, demo_start
from arazzo_tui.world.given import BadUsage, read_inputs
from arazzo_tui.world.state import State, state_folder
from arazzo_tui.world.workspace import is_url

_ENDINGS = (".yaml", ".yml", ".json")
_MOST_LISTED = 20_000
_LOOKED_AT = 4096


def open_tui(given: Given) -> int:
    """Open the terminal; 2 when there is no terminal to open, or the arguments cannot be used."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "") in (
        "dumb",
        "",
    ):
        say("arazzo-tui needs a terminal; `arazzo-tui run DOC` runs a workflow without one")
        return 2
    try:
        demo = given.command == "demo"
        start = demo_start(given.timeout, given.schema) if demo else _start(given)
    except BadUsage as wrong:
        say(str(wrong))
        return 2
    return asyncio.run(_run(start))


async def _run(start: Start) -> int:
    from arazzo_tui.tui.app import ArazzoApp
    from arazzo_tui.tui.lazy_http import LazyHttp

    async with LazyHttp() as transport:
        app = ArazzoApp(start, transport)
        await app.run_async()
    return app.return_code or 0


def _start(given: Given) -> Start:
    return Start(
        documents=tuple(_documents(given.documents)),
        workflow=given.workflow,
        inputs=read_inputs(given.inputs, given.inputs_file),
        servers=given.servers,
        state=State(state_folder()),
        timeout=given.timeout,
    )


def _documents(names: Iterable[str]) -> Iterator[str]:
    """The documents that were named; folders stand for the Arazzo documents in them."""
    given = tuple(names)
    for name in given or (".",):
        path = Path(name).expanduser()
        if is_url(name) or not path.is_dir():
            yield name
        else:
            found = list(_in_folder(path))
            if not found and given:
                raise BadUsage(f"there is no Arazzo document in {one_line(name)}")
            yield from found


def _in_folder(folder: Path) -> Iterator[str]:
    """The files of a folder that look like Arazzo documents, by their first few thousand bytes."""
    listed = 0
    for home, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "node_modules")))
        for name in sorted(files):
            listed += 1
            if listed > _MOST_LISTED:
                return
            path = Path(home) / name
            if name.lower().endswith(_ENDINGS) and _says_arazzo(path):
                yield str(path)


def _says_arazzo(path: Path) -> bool:
    """Whether a file begins like an Arazzo document: it has the field `arazzo` near its start."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
    except OSError:
        return False
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return any(
        line.lstrip(b" \t{\xef\xbb\xbf").startswith((b"arazzo:", b'"arazzo"', b"'arazzo'"))
        for line in start.replace(b",", b"\n").splitlines()
    )
