"""Makes the pictures of this folder: plays the demo against its own server and photographs the screens.

    uv run --group screenshots python screenshots/make.py

Each picture is the real screen at 120x40, as SVG and as PNG.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

from arazzo_tui.tui.app import ArazzoApp
from arazzo_tui.tui.lazy_http import LazyHttp
from arazzo_tui.tui.start import Start, demo_start
from arazzo_tui.tui.workbench import Workbench
from arazzo_tui.world.given import GivenInputs

HERE = Path(__file__).parent
SIZE = (120, 40)

Play = Callable[[Pilot[None]], Awaitable[None]]


async def main() -> None:
    """Take every picture."""
    for name, start, play in scenes():
        await photograph(name, start, play)


def scenes() -> list[tuple[str, Start, Play]]:
    """What is shown in each picture."""
    sample = demo_start()
    wrong = Start(
        documents=sample.documents,
        inputs=GivenInputs({**sample.inputs.values, "organizationVerboseId": "not-a-project"}, ()),
        inputs_origin="sample",
        demo=True,
    )
    today = demo_start(schema="highlight")
    failed = ("f10", "f10")
    origin = ("f10", "f10", "f10", "2", "tab", "j", "P")
    return [
        ("1-inputs", sample, keys()),
        ("2-before-sending", sample, keys("f10")),
        ("3-after-a-step", sample, keys("f10", "f10")),
        ("4-failed-step", wrong, keys("f10", "f10")),
        ("5-done", sample, keys("f10", "f5")),
        ("6-raw-request", sample, keys("f10", "f10", "2", "V", "z")),
        ("7-keys", sample, keys("f10", "question_mark")),
        ("8-errors-at-their-places", today, keys(*failed, "4", *["j"] * 15)),
        ("9-variables", today, keys(*failed, "2", "v")),
        ("10-did-you-mean", today, keys(*failed, "D")),
        ("11-edit", today, keys(*failed, "e")),
        ("12-two-attempts", today, keys(*failed, "D", "s", "s", "equals_sign")),
        ("13-origin", sample, keys(*origin)),
        ("14-console", sample, keys("f10", "f10", "p", *"$.data..secure_id")),
        ("15-timeline", sample, keys("f10", "f5", "T")),
        ("16-breakpoints", sample, keys("f10", "b", "B")),
        ("17-flow", sample, keys("f10", "f10", "6")),
        ("18-source", sample, keys("f10", "f10", "7")),
    ]


def keys(*pressed: str) -> Play:
    """Press keys, each when the run stands still again."""

    async def play(pilot: Pilot[None]) -> None:
        await at_rest(pilot)
        for key in pressed:
            await pilot.press(key)
            await at_rest(pilot)

    return play


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way and everything is drawn."""
    for _ in range(200):
        await pilot.pause(0.05)
        screen = pilot.app.screen
        if not isinstance(screen, Workbench) or screen.is_at_rest:
            break
    await pilot.pause(0.1)


async def photograph(name: str, start: Start, play: Play) -> None:
    """Play a scene and keep its screen."""
    async with LazyHttp() as transport:
        app = ArazzoApp(start, transport)
        async with app.run_test(size=SIZE) as pilot:
            await play(pilot)
            svg = app.export_screenshot(title="arazzo-tui")
    (HERE / f"{name}.svg").write_text(steady(svg), encoding="utf-8")
    png = resvg_py.svg_to_bytes(svg_string=with_local_font(svg), width=1464)
    (HERE / f"{name}.png").write_bytes(bytes(png))


def steady(svg: str) -> str:
    """The same picture whenever it is made: without the number its style names carry."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def with_local_font(svg: str) -> str:
    """A font that is on this machine: the one of the SVG is fetched by browsers only."""
    return svg.replace("Fira Code", "DejaVu Sans Mono").replace(
        "font-variant-east-asian: full-width;", ""
    )


if __name__ == "__main__":
    asyncio.run(main())
