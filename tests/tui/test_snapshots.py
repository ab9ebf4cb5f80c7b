"""The screens as pictures: what they looked like when somebody last said that they were right.

`ARAZZO_TUI_ACCEPT=1` accepts what is drawn now. The answers are fixed here, so that times and ids are.
"""

import os
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.tui.app import ArazzoApp
from arazzo_tui.tui.start import Start, demo_start
from arazzo_tui.tui.workbench import Workbench
from arazzo_tui.world.given import GivenInputs

SNAPSHOTS = Path(__file__).parent / "snapshots"
ACCEPT = "ARAZZO_TUI_ACCEPT"
SECURE_ID = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9b"

GOOD: dict[str, Json] = {
    "initializeSession": {
        "data": {"initializeSession": {"secure_id": SECURE_ID, "project_id": "1"}}
    },
    "addTrackProperties": {"data": {"addTrackProperties": SECURE_ID}},
    "pushPayload": {"data": {"pushPayload": 24}},
}
BAD: dict[str, Json] = {
    **GOOD,
    "addTrackProperties": {
        "errors": [
            {
                "message": 'Cannot query field "addTrackProperties" on type "Mutation".',
                "locations": [{"line": 1, "column": 85}],
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }
        ],
        "data": None,
    },
}


class Answers:
    """A transport with an answer for each operation, and the same time for all."""

    def __init__(self, answers: dict[str, Json]) -> None:
        self.answers = answers

    async def send(self, request: Request, within: float) -> Response:
        assert within > 0
        assert isinstance(request.payload, dict)
        body = write_json(self.answers[str(request.payload["operationName"])]).encode()
        kind = "application/json"
        headers = (("content-type", kind), ("content-length", str(len(body))))
        return Response(200, "OK", headers, body, 0.042, len(body), read_content(kind, body))


def start() -> Start:
    sample = demo_start()
    given = GivenInputs(sample.inputs.values, ())
    servers = ("sessionIngestionApi=http://127.0.0.1:8082/public",)
    return Start(documents=sample.documents, inputs=given, inputs_origin="sample", servers=servers)


async def at_rest(pilot: Pilot[None]) -> None:
    """Until the screen has nothing left to do; the last turns let the layout settle."""
    quiet = 0
    while quiet < 4:
        await pilot.pause()
        screen = pilot.app.screen
        quiet = quiet + 1 if not isinstance(screen, Workbench) or screen.is_at_rest else 0


def steady(svg: str) -> str:
    return re.sub(r"terminal-\d+", "terminal", svg)


@pytest.mark.parametrize(
    ("name", "size", "answers", "keys"),
    [
        ("form-ready", (120, 40), GOOD, ()),
        ("before-the-first-step", (120, 40), GOOD, ("f10",)),
        ("after-a-step", (120, 40), GOOD, ("f10", "f10")),
        ("built-and-not-sent", (120, 40), GOOD, ("f10", "f10", "f11")),
        ("criteria-pass-and-graphql-fails", (120, 40), BAD, ("f10", "f10", "f10")),
        ("done", (120, 40), GOOD, ("f10", "f5")),
        ("done-in-a-small-terminal", (80, 24), GOOD, ("f10", "f5")),
        ("graphql-fails-in-a-small-terminal", (80, 24), BAD, ("f10", "f10", "f10")),
        ("keys", (120, 40), GOOD, ("question_mark",)),
    ],
)
async def test_a_screen_looks_as_it_was_accepted(
    name: str, size: tuple[int, int], answers: dict[str, Json], keys: tuple[str, ...]
) -> None:
    app = ArazzoApp(start(), Answers(answers))
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot)
        for key in keys:
            await pilot.press(key)
            await at_rest(pilot)
        drawn = steady(app.export_screenshot(title=name))
    kept = SNAPSHOTS / f"{name}.svg"
    if os.environ.get(ACCEPT):
        SNAPSHOTS.mkdir(exist_ok=True)
        kept.write_text(drawn, "utf-8")
    new = kept.with_suffix(".new.svg")
    if not kept.exists() or kept.read_text("utf-8") != drawn:
        new.write_text(drawn, "utf-8")
        pytest.fail(
            f"the screen changed: compare {new.name} with {kept.name}; {ACCEPT}=1 accepts it"
        )
    new.unlink(missing_ok=True)
