"""Keys that come faster than screens, and letters that no key sent."""

import pytest
from textual.app import App
from textual.screen import Screen

from arazzo_tui.tui.app import ArazzoApp
from arazzo_tui.tui.lazy_http import LazyHttp
from arazzo_tui.tui.question_dialog import QuestionDialog
from arazzo_tui.tui.start import Start
from arazzo_tui.tui.terminal import Answers


class Below(App[None]):
    async def on_mount(self) -> None:
        await self.push_screen(Screen(name="below"))


async def test_a_dialog_closed_twice_closes_nothing_below_it() -> None:
    app = Below()
    answers: list[bool | None] = []
    async with app.run_test() as pilot:
        dialog = QuestionDialog("Really?", ("yes or no",), yes="Yes")
        await app.push_screen(dialog, answers.append)
        dialog.dismiss(True)
        dialog.dismiss(False)
        await pilot.pause()
        assert app.screen.name == "below"
    assert answers == [True]


async def test_a_palette_opened_and_closed_at_once_ends_nothing() -> None:
    async with LazyHttp() as transport:
        app = ArazzoApp(Start(), transport)
        async with app.run_test() as pilot:
            for _ in range(3):
                await pilot.press("ctrl+p", "x", "escape", "escape")
            await pilot.pause()
            assert app.bug is None


@pytest.mark.parametrize(
    ("pieces", "typed"),
    [
        (["abc"], "abc"),
        (["a\x1bP1$r0m\x1b\\b"], "ab"),
        (["a\x1b]11;rgb:ff/ff/ff\x07b"], "ab"),
        (["\x1b_Gi=1;OK\x1b\\", "q"], "q"),
        (["\x1bP1+r54", "4e=nn\x1b\\q"], "q"),
        (["\x1bP1+r54\x1b", "\\q"], "q"),
        (["\x1b[200~text\x1b[201~"], "\x1b[200~text\x1b[201~"),
        (["\x1b"], "\x1b"),
    ],
)
def test_what_a_terminal_answers_is_not_typed(pieces: list[str], typed: str) -> None:
    answers = Answers()
    assert "".join(map(answers.taken_from, pieces)) == typed
    assert answers.late() == ""


def test_a_letter_with_alt_is_a_key_though_answers_begin_like_it() -> None:
    answers = Answers()
    assert answers.taken_from("\x1bP") == ""
    assert answers.late() == "\x1bP"


def test_an_answer_without_its_end_is_forgotten() -> None:
    answers = Answers()
    assert answers.taken_from("\x1bPnnnqqq") == ""
    assert answers.late() == ""
    assert answers.taken_from("q") == "q"
