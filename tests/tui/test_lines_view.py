from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult

from arazzo_tui.tui.lines_view import Line, LinesView, MadeLines, line
from arazzo_tui.tui.row_view import cells

WORDS = (
    "short",
    "a line of several words that has no room in one row",
    "",
    "語語語語語語語語語語語語語語",
)


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield LinesView()

    @property
    def view(self) -> LinesView:
        return self.query_one(LinesView)

    def rows(self) -> list[str]:
        return [self.view.row_strip(row).text for row in range(self.view.row_count())]


def some(count: int, hang: int = 2) -> list[Line]:
    return [line(f"{at} {WORDS[at % len(WORDS)]}", hang=hang) for at in range(count)]


def check_rows(app: Shown, lines: Sequence[Line]) -> None:
    """Every row belongs to one line, the rows of a line say all it says and fit the width."""
    view, rows = app.view, app.rows()
    assert [row for number in range(len(lines)) for row in view.rows_of(number)] == [
        *range(len(rows))
    ]
    room = view.size.width - view.lead_width
    for number, each in enumerate(lines):
        mine = view.rows_of(number)
        assert {view.line_at(row) for row in mine} == {number}
        assert [view.begins_line(row) for row in mine] == [row == mine[0] for row in mine]
        assert "".join(rows[row] for row in mine).split() == each.plain.split() or len(mine) > 1
        assert "".join("".join(rows[row] for row in mine).split()) == "".join(each.plain.split())
        assert all(cells(rows[row]) <= room for row in mine)


@pytest.mark.parametrize("width", [24, 30, 41, 80])
async def test_lines_are_wrapped_to_any_width_and_say_all_they_said(width: int) -> None:
    app, lines = Shown(), some(23)
    async with app.run_test(size=(width, 10)) as pilot:
        app.view.show(lines)
        await pilot.pause()
        check_rows(app, lines)
        await pilot.resize_terminal(width + 7, 10)
        await pilot.pause()
        check_rows(app, lines)
        assert app.view.height_at(app.view.size.width) == app.view.row_count()


async def test_lines_that_come_later_stand_where_they_would_have_stood_at_once() -> None:
    app, lines = Shown(), some(40)
    async with app.run_test(size=(30, 10)) as pilot:
        for at in range(0, 40, 7):
            app.view.append(lines[at : at + 7])
            await pilot.pause()
        check_rows(app, lines)
        assert app.view.cursor_row == app.view.row_count() - 1


async def test_the_cursor_stays_in_its_line_in_another_width() -> None:
    app = Shown()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.show(some(30))
        app.view.go_to(app.view.rows_of(17)[-1])
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert app.view.line_at(app.view.cursor_row) == 17


async def test_a_search_goes_round_once_in_both_directions_and_comes_to_every_row() -> None:
    app = Shown()
    async with app.run_test(size=(30, 10)):
        app.view.show(some(9))
        saying = [row for row, text in enumerate(app.rows()) if "o" in text]
        for backwards in (False, True):
            app.view.go_to(0)
            found = []
            for _ in saying:
                assert app.view.find("O", backwards=backwards)
                found.append(app.view.cursor_row)
            assert sorted(found) == saying
        assert not app.view.find("nowhere")


async def test_of_a_hundred_thousand_lines_only_those_that_are_seen_are_made() -> None:
    made: list[int] = []

    def make(number: int) -> Line:
        made.append(number)
        return line(f"line {number} " + "x" * 100)

    app = Shown()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(MadeLines(100_000, make))
        app.view.focus()
        await pilot.press("pagedown", "end", "pageup")
        await pilot.pause()
        assert app.view.row_count() == 100_000
        assert app.view.row_strip(99_999).text.startswith("line 99999 ")
        assert len(set(made)) < 100
