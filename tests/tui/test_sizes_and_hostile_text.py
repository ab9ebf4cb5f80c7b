"""Screens of every size, and screens full of text that wants to be more than text."""

import json
from pathlib import Path

import pytest

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.app import ArazzoApp
from arazzo_tui.tui.start import Start, demo_start
from arazzo_tui.tui.workbench import Workbench
from arazzo_tui.world.given import GivenInputs

EVIL = "\x1b]52;c;aGk=\x07\x1b[31m\x9b2J\u202e\u200b[bold]x[/nope][@click=app.quit]y[/]"


class Evil:
    """A server whose every text is hostile."""

    async def send(self, request: Request, within: float) -> Response:
        assert within > 0
        assert request.url
        body = json.dumps(
            {"errors": [{"message": EVIL, "path": [EVIL]}], "data": {EVIL: EVIL}}
        ).encode()
        headers = (("content-type", "application/json"), ("x-evil", EVIL))
        return Response(
            200, EVIL, headers, body, 0.01, len(body), read_content("application/json", body)
        )


def hostile(folder: Path) -> Start:
    """A document whose every name and text is hostile."""
    document = {
        "arazzo": "1.0.1",
        "info": {"title": EVIL, "version": EVIL},
        "sourceDescriptions": [{"name": "api", "url": f"./{EVIL}.yaml"}],
        "workflows": [
            {
                "workflowId": EVIL,
                "summary": EVIL,
                "inputs": {
                    "properties": {EVIL: {"type": "string", "description": EVIL, "default": EVIL}}
                },
                "steps": [
                    {
                        "stepId": EVIL,
                        "description": EVIL,
                        "operationId": "graph",
                        "requestBody": {"payload": {"query": "{ a }", "variables": {EVIL: EVIL}}},
                        "successCriteria": [{"condition": f"$response.body != '{EVIL}'"}],
                        "outputs": {EVIL: "$response.body"},
                    }
                ],
                EVIL: EVIL,
            }
        ],
    }
    path = folder / "evil.json"
    path.write_text(json.dumps(document))
    return Start((str(path),), inputs=GivenInputs({}, ()), servers=("api=http://127.0.0.1:1/",))


async def settled(pilot) -> None:
    quiet = 0
    while quiet < 4:
        await pilot.pause()
        screen = pilot.app.screen
        quiet = quiet + 1 if not isinstance(screen, Workbench) or screen.is_at_rest else 0


def drawn(app: ArazzoApp) -> list[str]:
    """Every segment of the screen, after the filters, as the terminal would get it."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    assert len(lines) == height
    return [
        segment.text for line in lines for segment in line.crop(0, width) if not segment.control
    ]


async def test_nothing_hostile_is_drawn_and_no_markup_is_obeyed(tmp_path: Path) -> None:
    app = ArazzoApp(hostile(tmp_path), Evil())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for key in (
            "f10",
            "f10",
            "3",
            "v",
            "v",
            "2",
            "v",
            "v",
            "v",
            "4",
            "5",
            "z",
            "z",
            "i",
            "question_mark",
        ):
            await pilot.press(key)
            await settled(pilot)
            assert [text for text in drawn(app) if not is_printable(text)] == [], key
        assert app.is_running


@pytest.mark.parametrize(
    "size", [(80, 24), (60, 15), (110, 30), (169, 40), (170, 50), (200, 50), (30, 6)]
)
async def test_a_screen_of_any_size_shows_the_state_and_steps_on(size: tuple[int, int]) -> None:
    sample = demo_start()
    servers = ("sessionIngestionApi=http://127.0.0.1:1/",)
    start = Start(sample.documents, inputs=GivenInputs(sample.inputs.values, ()), servers=servers)
    app = ArazzoApp(start, Evil())
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("f10")
        await settled(pilot)
        assert "PAUSED before" in "".join(drawn(app))
        await pilot.press("f10")
        await settled(pilot)
        assert "FAILED" in "".join(drawn(app))


async def test_shrinking_to_one_cell_and_back_loses_nothing() -> None:
    sample = demo_start()
    start = Start(sample.documents, inputs=GivenInputs(sample.inputs.values, ()))
    app = ArazzoApp(start, Evil())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for size in ((1, 1), (5, 3), (200, 60), (120, 40)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
        assert "READY: F10 starts" in "".join(drawn(app))
