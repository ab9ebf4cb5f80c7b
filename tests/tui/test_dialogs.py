"""The two small windows: one asks for a path, the other for a yes or no."""

from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import Binding
from textual.widgets import Input

from arazzo_tui.tui.line_dialog import LineDialog
from arazzo_tui.tui.question_dialog import QuestionDialog
from arazzo_tui.tui.safe import SafeFilter

HOSTILE = "[bold]x[/nope] \x1b]52;c;x\x07\u202e"
SHOWN = "[bold]x[/nope] ␛]52;c;x␇⟨U+202E⟩"


class DialogApp(App[None]):
    BINDINGS: ClassVar = [Binding("q", "note('q')")]

    def __init__(self, dialog):
        super().__init__()
        self.dialog = dialog
        self.answers = []
        self.noted = []

    def get_line_filters(self):
        return [*super().get_line_filters(), SafeFilter()]

    def on_mount(self):
        self.push_screen(self.dialog, self.answers.append)

    def action_note(self, key):
        self.noted.append(key)


def seen(app):
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.mark.parametrize(
    ("value", "keys", "answer"),
    [
        ("", ["a", "q", "enter"], "aq"),
        ("/tmp/x", ["y", "enter"], "/tmp/xy"),
        ("~/x.json", ["enter"], "~/x.json"),
        (" x ", ["enter"], "x"),
        ("/tmp/x", ["escape"], None),
    ],
)
async def test_a_path_is_given_back_as_it_was_typed(value, keys, answer):
    app = DialogApp(LineDialog("Save values", "All but the secrets.", value))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.answers == [answer]
        assert app.noted == []


async def test_without_a_path_the_dialog_stays_and_says_so():
    app = DialogApp(LineDialog("Save values"))
    async with app.run_test() as pilot:
        await pilot.press("space", "enter")
        assert app.answers == []
        assert "✗ type a path" in seen(app)
        await pilot.press("x")
        assert "✗" not in seen(app)
        await pilot.press("enter")
        assert app.answers == ["x"]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["enter"], False),
        (["escape"], False),
        (["n"], False),
        (["y"], True),
        (["left", "enter"], True),
        (["tab", "enter"], True),
        (["left", "right", "enter"], False),
        (["shift+tab", "enter"], True),
    ],
)
async def test_a_question_is_answered_with_no_unless_somebody_says_yes(keys, answer):
    app = DialogApp(QuestionDialog("Quit?", ["A run is active."], yes="Quit", no="Stay"))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.answers == [answer]


async def test_a_click_answers_a_question():
    app = DialogApp(QuestionDialog("Quit?"))
    async with app.run_test() as pilot:
        await pilot.click("#yes")
        assert app.answers == [True]


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("dialog", "expected"),
    [
        (lambda: LineDialog(HOSTILE, HOSTILE, HOSTILE), ["enter take"]),
        (lambda: QuestionDialog(HOSTILE, [HOSTILE], yes=HOSTILE, no="No"), ["No"]),
        (lambda: QuestionDialog("Many", [HOSTILE] * 40, yes="Go on"), ["Go on (y)", "No"]),
    ],
)
async def test_hostile_text_is_shown_as_it_is_at_every_size(size, dialog, expected):
    app = DialogApp(dialog())
    async with app.run_test(size=size):
        text = seen(app)
        assert SHOWN in text
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert all(words in text for words in expected)


async def test_a_hostile_path_comes_back_unchanged():
    app = DialogApp(LineDialog("Load values", value=HOSTILE))
    async with app.run_test() as pilot:
        assert app.screen.query_one(Input).value == HOSTILE
        await pilot.press("enter")
        assert app.answers == [HOSTILE]
