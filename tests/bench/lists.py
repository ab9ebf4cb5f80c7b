"""Long runs on the screen: a log of 100,000 lines and a list of 100,000 moments, opened and moved in."""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.engine import write
from tests.bench.measured import Figure, cpu_of_child

if TYPE_CHECKING:
    from arazzo_tui.engine.exchange import Request, Response
    from arazzo_tui.engine.run import Run

_STEPS = {"moments": 20_000, "log": 28_600}
"""An attempt is five moments, and three and a half lines of the log."""

_KEYS = (("pagedown", "page down"), ("up", "line up"), ("end", "end"), ("home", "home"))


def figures() -> Iterator[Figure]:
    """CPU milliseconds to open each, of a key in it, and of another width."""
    for what, name in (("log", "a log of 100,000 lines"), ("moments", "100,000 moments")):
        ask = partial(_in_child, what)
        yield Figure(f"{name} opened", ask("open"), "ms CPU", most=300.0)
        for key, word in _KEYS:
            yield Figure(f"{word} in {name}", ask(key), "ms CPU", most=15.0)
        yield Figure(f"resize with {name}", ask("resize"), "ms CPU", most=80.0)


def _in_child(what: str, key: str) -> float:
    code = "from tests.bench import lists; import sys; lists.child(*sys.argv[1:])"
    return cpu_of_child(code, what, key)


def child(what: str, key: str) -> None:
    """One measurement, in a process of its own; its number is printed."""
    sys.stdout.write(f"{asyncio.run(_measured(what, key))}\n")


class _Echo:
    """A server without a network."""

    async def send(self, request: "Request", within: float) -> "Response":
        from arazzo_tui.engine.content import read_content
        from arazzo_tui.engine.exchange import Response

        assert request.url
        assert within > 0
        body = b'{"id": "an id of some length"}'
        kind = "application/json"
        content = read_content(kind, body)
        return Response(200, "OK", (("content-type", kind),), body, 0.01, len(body), content)


async def _long_run(steps: int) -> "Run":
    from arazzo_tui.engine.moment import Limits, ServerChoice, Settings
    from arazzo_tui.engine.run import begun
    from arazzo_tui.world.prepare import begun_with, planned
    from arazzo_tui.world.session import Session
    from arazzo_tui.world.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder:
        plan = planned(
            Workspace().open(str(write(Path(folder), "http://localhost", 2))), "flow"
        ).plan
    assert plan is not None
    settings = Settings(
        {"api": ServerChoice("http://localhost", "bench")}, limits=Limits(steps=steps)
    )
    moment, _ = begun_with(plan, {}, settings)
    assert moment is not None
    session = Session(begun(moment), _Echo(), lambda _: None)
    await session.go()
    return session.run


async def _measured(what: str, key: str) -> float:
    from textual.app import App, ComposeResult

    from arazzo_tui.language.secrets import Redactor
    from arazzo_tui.report import narrate
    from arazzo_tui.tui.lines_view import LinesView, line
    from arazzo_tui.tui.list_dialog import ListDialog
    from arazzo_tui.tui.travel import timeline

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield LinesView()

    run, redactor = await _long_run(_STEPS[what]), Redactor()
    app = Shown()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        gc.collect()
        gc.freeze()
        begun = time.process_time()
        if what == "log":
            view = app.query_one(LinesView)
            records = enumerate(run.now.trail, 1)
            view.append(line(text) for at, each in records for text in narrate(each, at, redactor))
            view.focus()
        else:
            await app.push_screen(ListDialog("Moments", timeline(run), at=run.at))
        await pilot.pause()
        if key == "open":
            return (time.process_time() - begun) * 1000
        await pilot.press("home", "pagedown")
        costs = []
        for turn in range(7):
            begun = time.process_time()
            if key == "resize":
                await pilot.resize_terminal(110 + turn, 38)
            else:
                await pilot.press(key)
            await pilot.pause()
            costs.append((time.process_time() - begun) * 1000)
        return median(costs)
