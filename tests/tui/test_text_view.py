import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.text_view import TextView

HOSTILE = "\x1b]52;c;cm0gLXJm\x1b\\ \x9b31m \u202eexe.gpj\u200b\x00\x7f\u2066 e" + "\u0301" * 9
QUERY = """query Find($id: ID!) {
  session(id: $id) {
\tid # it
  }
}
"""


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield TextView()

    @property
    def view(self) -> TextView:
        return self.query_one(TextView)

    def lines(self) -> list[str]:
        view = self.view
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]

    def drawn(self) -> list[str]:
        strips = self.screen._compositor.render_strips(self.size)
        return [segment.text for strip in strips for segment in strip]

    def styled(self, row: int) -> dict[str, str]:
        """The texts of a row by the colours and attributes they have."""
        line = self.view.render_line(row)
        return {part.text: str(part.style) for part in line if part.text.strip()}


async def show(
    app: Shown, pilot: Pilot[None], text: str | bytes, language: str | None = None
) -> None:
    if isinstance(text, bytes):
        app.view.show_bytes(text)
    else:
        app.view.show(text, language=language)
    app.view.focus()
    await pilot.pause()


async def test_a_text_is_drawn_with_its_line_numbers() -> None:
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        await show(app, pilot, QUERY, "graphql")
        await pilot.press("j", "j")
        assert app.lines() == [
            "   1 query Find($id: ID!) {",
            "   2   session(id: $id) {",
            "❯  3     id # it",
            "   4   }",
            "   5 }",
            "",
            "",
            "",
        ]
        assert app.view.note == ""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("down", 2),
        ("j j k", 2),
        ("pagedown", 6),
        ("pagedown pageup", 1),
        ("ctrl+d", 4),
        ("ctrl+d ctrl+u", 1),
        ("end", 100),
        ("G", 100),
        ("G g", 1),
        ("end home", 1),
        ("k", 1),
        ("G j", 100),
    ],
)
async def test_keys_move_the_cursor(keys: str, line: int) -> None:
    app = Shown()
    async with app.run_test(size=(40, 6)) as pilot:
        await show(app, pilot, "\n".join(map(str, range(1, 101))))
        await pilot.press(*keys.split())
        assert app.view.cursor_line == line
        assert [text for text in app.lines() if text.startswith("❯")] == [f"❯ {line:>3} {line}"]


async def test_a_known_language_has_colours_and_an_unknown_one_says_so() -> None:
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        await show(app, pilot, QUERY, "graphql")
        look = app.styled(0)
        assert len({look["query"], look["$id"], look["("]}) == 3
        await show(app, pilot, QUERY)
        assert "query Find($id: ID!) {" in app.styled(0)
        await show(app, pilot, QUERY, "kling\x1bon")
        assert app.view.note == "without colours: `kling␛on` has none here"


async def test_a_big_text_has_no_colours_and_says_so() -> None:
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        await show(app, pilot, "a: 'b'\n" * 30_000, "yaml")
        assert app.view.note == "without colours: 210,000 characters are more than 200,000"
        assert "a: 'b'" in app.styled(0)
        await show(app, pilot, "a: 'b'\n", "yaml")
        assert app.view.note == ""
        assert "'b'" in app.styled(0)


async def test_colours_reach_the_end_of_a_text_in_turns() -> None:
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        await show(app, pilot, "{ a }\n" * 30_000 + "# end", "graphql")
        await pilot.press("end")
        while "# end" not in app.styled(7):
            await pilot.pause(0.01)
        plain, comment = app.styled(6), app.styled(7)
        assert plain["{"] != comment["# end"]


async def test_no_foreign_text_reaches_the_terminal_as_it_is() -> None:
    app = Shown()
    long = (HOSTILE + "語\t") * 500
    async with app.run_test(size=(50, 9)) as pilot:
        for text, language in (
            (HOSTILE, None),
            (f'query {{ a(b: "{HOSTILE}") }} # {HOSTILE}\r\n{HOSTILE}', "graphql"),
            (f"<p {HOSTILE}>{HOSTILE}", "html"),
            (long, None),
            (long.encode(), None),
        ):
            await show(app, pilot, text, language)
            app.view.find("gpj")
            for key in ("w", "end", "w", "right", "right"):
                await pilot.press(key)
                assert all(is_printable(part) for part in app.drawn())
        app.view.clear(HOSTILE)
        await pilot.pause()
        assert any("␛]52" in text for text in app.drawn())
        assert all(is_printable(text) for text in app.drawn())


async def test_no_line_is_wider_than_the_view() -> None:
    app = Shown()
    text = "語" * 90 + "\n" + "👨‍👩‍👧é\t" * 30 + "\n" + "x語" * 4_000 + "\n" + HOSTILE * 9
    async with app.run_test(size=(60, 12)) as pilot:
        await show(app, pilot, text)
        for width in range(10, 36):
            app.view.styles.width = width
            app.view.wraps = width % 2 == 0
            await pilot.pause()
            app.view.scroll_to(width % 5, animate=False)
            lines = [app.view.render_line(y) for y in range(12)]
            assert [sum(cell_len(part.text) for part in line) for line in lines] == [width] * 12


async def test_a_megabyte_on_one_line_is_seen_through_a_window() -> None:
    app = Shown()
    async with app.run_test(size=(29, 4)) as pilot:
        await show(app, pilot, "".join(f"{number:08}," for number in range(120_000)))
        assert app.lines()[0] == "❯  1 00000000,00000001,000000"
        await pilot.press("right", "right")
        assert app.lines()[0] == "❯  1 1,00000002,00000003,0000"
        assert app.view.find("00100000,")
        await pilot.pause()
        assert "00100000," in app.lines()[0]
        assert not app.view.find("nowhere")


async def test_a_long_line_is_wrapped_on_demand_and_keeps_the_cursor_in_sight() -> None:
    app = Shown()
    async with app.run_test(size=(25, 6)) as pilot:
        await show(app, pilot, "first\n" + "0123456789" * 200_000 + "\nlast")
        await pilot.press("down", "w")
        assert app.lines()[:3] == [
            "   1 first",
            "❯  2 01234567890123456789",
            "     01234567890123456789",
        ]
        assert app.view.row_count() == 100_002
        await pilot.press("end", "k")
        assert app.view.cursor_line == 2
        await pilot.resize_terminal(45, 6)
        await pilot.pause()
        assert app.view.row_count() == 50_002
        assert any(line.startswith("❯") for line in app.lines())
        await pilot.press("w")
        assert (app.view.row_count(), app.view.cursor_line) == (3, 2)


async def test_a_search_goes_from_match_to_match_around_the_end() -> None:
    app = Shown()
    async with app.run_test(size=(40, 6)) as pilot:
        await show(app, pilot, "ab ab\n\nAB\n")
        await pilot.press("j")
        seen = []
        for backwards in (False, False, False, False, True, True):
            assert app.view.find("ab", backwards)
            seen.append((app.view.cursor_line, app.view._found))
        assert seen == [(3, 7), (1, 0), (1, 3), (3, 7), (1, 3), (1, 0)]
        assert app.styled(0)["ab"] != app.styled(1).get("ab")
        assert not app.view.find("nowhere")
        assert not app.view.find("")


async def test_a_match_far_to_the_right_is_scrolled_into_sight() -> None:
    app = Shown()
    async with app.run_test(size=(40, 4)) as pilot:
        await show(app, pilot, "語" * 700 + "needle")
        assert app.view.find("needle")
        await pilot.pause()
        assert app.lines()[0].endswith("needle")


async def test_lines_and_stretches_are_marked() -> None:
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        await show(app, pilot, QUERY, "graphql")
        app.view.mark_line(2)
        app.view.mark_spans([(2, 2, 9, "error"), (3, 1, 1, "mark")])
        await pilot.pause()
        assert [line[1] for line in app.lines()[:4]] == [" ", "●", " ", " "]
        assert "underline" in app.styled(1)["session"]
        assert "bold" in app.styled(2)["i"]
        app.view.clear_marks()
        await pilot.pause()
        assert [line[1] for line in app.lines()[:4]] == [" "] * 4
        assert "session" not in app.styled(1)
        with pytest.raises(ValueError, match="punctuation, string"):
            app.view.mark_spans([(1, 0, 1, "purple")])


async def test_a_place_in_the_text_is_gone_to() -> None:
    app = Shown()
    async with app.run_test(size=(40, 6)) as pilot:
        await show(app, pilot, "\n".join(["short", "x" * 300 + "here", *"abcdefgh"]))
        app.view.go_to_line(2, 300)
        await pilot.pause()
        assert app.view.cursor_line == 2
        assert "here" in app.lines()[1]
        app.view.go_to_line(99)
        assert app.view.cursor_line == 10


async def test_bytes_are_dumped_row_by_row_and_searched() -> None:
    app = Shown()
    async with app.run_test(size=(80, 4)) as pilot:
        await show(app, pilot, bytes(range(256)) * 4_096 + b"needle")
        assert app.lines()[0] == (
            "❯ 000000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ················"
        )
        assert app.view.find("needle")
        await pilot.pause()
        assert "❯ 100000 6e 65 65 64 6c 65" in app.lines()[-1]
        assert "reverse" in app.styled(3)["6e 65 65 64 6c 65"]
        assert "reverse" in app.styled(3)["needle"]
        await pilot.resize_terminal(50, 4)
        await pilot.pause()
        assert app.lines()[-1].split() == [
            "❯", "100000", "6e", "65", "65", "64", "6c", "65", "needle",
        ]  # fmt: skip


async def test_wrapped_text_is_copied_as_the_line_it_is() -> None:
    app = Shown()
    async with app.run_test(size=(15, 8)) as pilot:
        await show(app, pilot, "0123456789" * 2 + "\nlast")
        await pilot.press("w")
        await pilot.mouse_down(TextView, offset=(6, 0))
        await pilot.hover(TextView, offset=(6, 2))
        await pilot.mouse_up(TextView, offset=(6, 2))
        assert app.screen.get_selected_text() == "1234567890123456789\nla"


async def test_everything_can_be_selected_and_a_huge_copy_says_what_it_left_out() -> None:
    app = Shown()
    async with app.run_test(size=(40, 6)) as pilot:
        await show(app, pilot, "x\n" * 30_000)
        app.view.text_select_all()
        await pilot.pause()
        text = app.screen.get_selected_text()
        assert text is not None
        assert text.count("x\n") == 20_000
        assert text.endswith("… 10,000 more rows")


async def test_a_message_stands_where_there_is_no_text() -> None:
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await show(app, pilot, QUERY)
        app.view.clear("No query here.")
        await pilot.press("down", "w", "end")
        assert not app.view.find("query")
        assert app.lines()[:2] == [" No query here.", ""]
        await show(app, pilot, "")
        assert app.lines()[:2] == ["❯  1", ""]
