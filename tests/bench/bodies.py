"""Bodies of 1, 10 and 50 MB in the views of the panes: shown, moved in, searched, resized."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from statistics import median

from tests.bench.measured import Figure, cpu_of_child, median_of, memory_of

_SHOWN = {1: 60.0, 10: 250.0}
"""Milliseconds of CPU from the last byte to the painted view, by megabytes."""


def figures() -> Iterator[Figure]:
    """CPU milliseconds of each, and what a body takes in memory against its size."""
    for size in (1, 10, 50):
        ask = partial(_in_child, size)
        shown = median_of(3, partial(ask, "json", "shown"))
        yield Figure(f"{size} MB of JSON shown", shown, "ms CPU", most=_SHOWN.get(size))
        for key, name in (("pagedown", "page down"), ("down", "line down"), ("end", "end")):
            cost = ask("json", key)
            yield Figure(f"{name} in {size} MB of JSON", cost, "ms CPU", most=15.0)
        yield Figure(f"find in {size} MB of JSON", ask("json", "find"), "ms CPU", most=15.0 * size)
        yield Figure(f"resize with {size} MB of JSON", ask("json", "resize"), "ms CPU", most=80.0)
        memory = ask("json", "memory")
        yield Figure(f"memory of {size} MB of JSON", memory, "MB", float(size), "its size", 6.0)
    for size in (10, 50):
        shown = _in_child(size, "text", "shown")
        yield Figure(f"one line of {size} MB as text shown", shown, "ms CPU")
        key = _in_child(size, "text", "pagedown")
        yield Figure(f"page down in one line of {size} MB", key, "ms CPU", most=15.0)


def _in_child(size: int, view: str, what: str) -> float:
    code = "from tests.bench import bodies; import sys; bodies.child(*sys.argv[1:])"
    return cpu_of_child(code, str(size), view, what)


def child(size: str, view: str, what: str) -> None:
    """One measurement, in a process of its own; its number is printed."""
    number = asyncio.run(_measured(body(int(size)), view, what))
    sys.stdout.write(f"{number}\n")


def body(size: int) -> bytes:
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
    one = len(json.dumps(node)) + 2
    whole = {"data": {"sessions": {"edges": [node] * (size * 1_000_000 // one)}}}
    return json.dumps(whole).encode()


async def _measured(data: bytes, view: str, what: str) -> float:
    from textual.app import App, ComposeResult

    from arazzo_tui.language.jsontext import read_json
    from arazzo_tui.tui.json_view import JsonView
    from arazzo_tui.tui.text_view import TextView

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield JsonView() if view == "json" else TextView()

    app = Shown()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        before, begun = memory_of(os.getpid()), time.process_time()
        if view == "json":
            app.query_one(JsonView).show(read_json(data.decode()))
        else:
            app.query_one(TextView).show(data.decode())
        await pilot.pause()
        if what == "shown":
            return (time.process_time() - begun) * 1000
        if what == "memory":
            return memory_of(os.getpid()) - before
        app.query_one("JsonView, TextView").focus()
        await pilot.pause()
        costs = []
        for turn in range(5):
            begun = time.process_time()
            if what == "find":
                app.query_one(JsonView).find("there is no such text in it")
            elif what == "resize":
                await pilot.resize_terminal(110 + turn, 38)
            else:
                await pilot.press(what)
            await pilot.pause()
            costs.append((time.process_time() - begun) * 1000)
        return median(costs)
