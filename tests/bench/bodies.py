"""Bodies of 1, 10 and 50 MB in the views of the panes: fetched, shown, moved in, searched, resized."""

import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.bench import posting
from tests.bench.measured import Figure, cpu_of_child, median_of, memory_of, python

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from arazzo_tui.tui.json_view import JsonView
    from arazzo_tui.tui.text_view import TextView

_SHOWN = {1: 60.0, 10: 250.0}
"""Milliseconds of CPU from the last byte to the painted view, by megabytes."""

_JSON_KEYS = (("pagedown", "page down"), ("down", "line down"), ("end", "end"), ("space", "fold"))
_TEXT_KEYS = (("pagedown", "page down"), ("end", "end"), ("home", "home"), ("w", "wrap"))
_TIMES = 5


def figures() -> Iterator[Figure]:
    """CPU milliseconds of each, what a body takes in memory against its size, and how long keys wait."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (1, 10, 50):
            files = written(folder, size)
            yield from _json_figures(size, files["json"])
            yield from _text_figures(size, files)
            yield from _arrivals(size, files)
        with served(folder / "10.json") as url:
            yield from posting.figures(url, seen="cursor", megabytes=10)


def _json_figures(size: int, path: Path) -> Iterator[Figure]:
    ask = partial(_in_child, str(path), "json")
    shown = median_of(3, partial(ask, "shown"))
    yield Figure(f"{size} MB of JSON shown", shown, "ms CPU", most=_SHOWN.get(size))
    for key, name in _JSON_KEYS:
        yield Figure(f"{name} in {size} MB of JSON", ask(key), "ms CPU", most=15.0)
    yield Figure(f"find in {size} MB of JSON", ask("find"), "ms CPU", most=15.0 * size)
    yield Figure(f"resize with {size} MB of JSON", ask("resize"), "ms CPU", most=80.0)
    memory = ask("memory")
    yield Figure(f"memory of {size} MB of JSON", memory, "MB", float(size), "its size", 6.0)


def _text_figures(size: int, files: dict[str, Path]) -> Iterator[Figure]:
    for kind, what in (("json", f"one line of {size} MB"), ("txt", f"{size} MB in lines")):
        ask = partial(_in_child, str(files[kind]), "text")
        yield Figure(f"{what} as text shown", ask("shown"), "ms CPU", most=_SHOWN.get(size))
        for key, name in _TEXT_KEYS:
            yield Figure(f"{name} in {what}", ask(key), "ms CPU", most=15.0)
        yield Figure(f"find in {what}", ask("find"), "ms CPU", most=15.0 * size)
        yield Figure(f"resize with {what}", ask("resize"), "ms CPU", most=80.0)


def _arrivals(size: int, files: dict[str, Path]) -> Iterator[Figure]:
    for kind, what in (("json", "JSON on one line"), ("pretty", "pretty JSON"), ("txt", "text")):
        with served(files[kind]) as url:
            ask = partial(_in_child, url, "arrival")
            name = f"longest wait of a key while {size} MB of {what} arrive"
            yield Figure(name, median_of(3, partial(ask, "cpu")), "ms CPU", most=150.0)
            yield Figure(f"{name}, by the clock", median_of(3, partial(ask, "clock")), "ms")


def _in_child(source: str, view: str, what: str) -> float:
    code = "from tests.bench import bodies; import sys; bodies.child(*sys.argv[1:])"
    return cpu_of_child(code, source, view, what)


def child(source: str, view: str, what: str) -> None:
    """One measurement, in a process of its own; its number is printed."""
    if view == "arrival":
        number = asyncio.run(_longest_wait(source, what))
    else:
        number = asyncio.run(_measured(Path(source).read_bytes(), view, what))
    sys.stdout.write(f"{number}\n")


# Bodies


def body(size: int, indent: int | None = None) -> bytes:
    """A GraphQL connection of about so many megabytes, on one line as servers send it."""
    node = {
        "cursor": "Y3Vyc29yOnYyOpHOAAEC",
        "node": {
            "id": 123456,
            "name": "a session of some user",
            "tags": ["first", "second", None],
            "score": 0.25,
            "done": False,
        },
    }
    edges = [node]
    whole = {"data": {"sessions": {"edges": edges}}}
    first = len(json.dumps(whole, indent=indent))
    edges.append(node)
    each = len(json.dumps(whole, indent=indent)) - first
    edges += [node] * (size * 1_000_000 // each - 2)
    return json.dumps(whole, indent=indent).encode()


def written(folder: Path, size: int) -> dict[str, Path]:
    """Files of about so many megabytes by their kind: whoever reads one has only what it holds."""
    line = b"2026-11-20T10:15:00Z INFO session: an event of some session was taken\n"
    bodies = {
        "json": body(size),
        "pretty": body(size, 2),
        "txt": line * (size * 1_000_000 // len(line)),
    }
    files = {}
    for kind, data in bodies.items():
        files[kind] = folder / f"{size}.{'pretty.json' if kind == 'pretty' else kind}"
        files[kind].write_bytes(data)
    return files


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The URL of a file, from a server in a process of its own, for as long as the block lasts."""
    options = ("--bind", "127.0.0.1", "--directory", str(path.parent), "0")
    process = subprocess.Popen(
        python("-u", "-m", "http.server", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split("(")[1].split(")")[0]
        yield f"http://127.0.0.1:{urlsplit(address).port}/{path.name}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# A view by itself


async def _measured(data: bytes, kind: str, what: str) -> float:
    from textual.app import App, ComposeResult

    from arazzo_tui.tui.json_view import JsonView
    from arazzo_tui.tui.text_view import TextView

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield JsonView() if kind == "json" else TextView()

    app = Shown()
    async with app.run_test(size=(120, 40)) as pilot:
        view = app.query_one(JsonView) if kind == "json" else app.query_one(TextView)
        view.focus()
        _show(view, b"[1, 2]")  # what the first body of all costs is not this one's
        await pilot.pause()
        before, begun = memory_of(os.getpid()), time.process_time()
        _show(view, data)
        await pilot.pause()
        if what == "shown":
            return (time.process_time() - begun) * 1000
        if what == "memory":
            return memory_of(os.getpid()) - before
        return await _cost(pilot, view, what)


def _show(view: "JsonView | TextView", data: bytes) -> None:
    from arazzo_tui.language.jsontext import read_json
    from arazzo_tui.tui.json_view import JsonView

    if isinstance(view, JsonView):
        view.show(read_json(data.decode()))
    else:
        view.show(data.decode())


async def _cost(pilot: "Pilot[None]", view: "JsonView | TextView", what: str) -> float:
    """CPU milliseconds of a key, a search to the end or another width: the median of several."""
    costs = []
    for turn in range(_TIMES):
        begun = time.process_time()
        if what == "find":
            view.find("there is no such text in it")
        elif what == "resize":
            await pilot.resize_terminal(110 + turn, 38)
        else:
            await pilot.press(what)
        await pilot.pause()
        costs.append((time.process_time() - begun) * 1000)
    return median(costs)


# A pane that waits for its answer


async def _longest_wait(url: str, what: str) -> float:
    """The most milliseconds between two turns of the loop, from the request to the first key in the view.

    By the clock, or in CPU of the process: whoever holds the interpreter's lock, the loop does not turn.
    """
    from textual.app import App, ComposeResult

    from arazzo_tui.engine.exchange import Request, Response
    from arazzo_tui.tui.exchange_pane import ExchangePane
    from arazzo_tui.world.transport import Http

    class Answer(ExchangePane):
        NUMBER, NAME = 3, "Answer"

        def redraw(self) -> None:
            """There is no exchange."""

        def tell_pointed(self) -> None:
            """Nor a border that has room."""

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield Answer(id="answer")

    app = Shown()
    async with app.run_test(size=(120, 40)) as pilot, Http() as transport:
        gc.collect()
        gc.freeze()  # as the program does when it has loaded what it needs
        waits: list[float] = []
        ticking = asyncio.create_task(
            _tick(waits, time.process_time if what == "cpu" else time.perf_counter)
        )
        answer = await transport.send(Request("GET", url), 60)
        assert isinstance(answer, Response)
        pane = app.query_one(Answer)
        pane.show_content(answer.content, answer.body, "$response.body")
        pane.focus_target().focus()
        await pilot.press("pagedown")
        await pilot.pause()
        ticking.cancel()
        return max(waits) * 1000


async def _tick(waits: list[float], now: Callable[[], float]) -> None:
    while True:
        before = now()
        await asyncio.sleep(0.001)
        waits.append(now() - before)
