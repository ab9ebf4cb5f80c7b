import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import LineFilter
from textual.widgets import Button, Input, Static

from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.safe import SafeFilter, shown

HOSTILE = (
    "\x1b]52;c;cm0gLXJm\x1b\\\x9d0;title\x07 \u202eexe.gpj\u200b\x00\x7f\u2066e" + "\u0301" * 9
)
BLACK = Color(0, 0, 0)


def filtered(*segments: Segment) -> list[Segment]:
    return SafeFilter().apply(list(segments), BLACK)


@given(st.text())
def test_whatever_is_filtered_is_printable_and_as_wide_as_before(text: str) -> None:
    kept = "".join(segment.text for segment in filtered(Segment(text)))
    assert is_printable(kept)
    assert cell_len(kept) == cell_len(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("日本語 👍🏽 é ╭─╮ ❯", "日本語 👍🏽 é ╭─╮ ❯"),
        ("a\x1b[31mb", "a[31mb"),
        ("a\u202eb", "ab"),
        ("👨\u200d👩!", "👨 "),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 3),
    ],
)
def test_only_what_a_terminal_obeys_or_hides_is_dropped(text: str, kept: str) -> None:
    assert filtered(Segment(text)) == [Segment(kept)]


def test_clean_segments_pass_as_they_are() -> None:
    segments = [Segment("a", Style(bold=True)), Segment("语")]
    assert SafeFilter().apply(segments, BLACK) is segments


def test_terminal_controls_and_hostile_links_are_dropped() -> None:
    home = Segment("\x1b[H", None, [(ControlType.HOME,)])
    link = Segment("a", Style(link="http://x/\x1b\\", bold=True))
    kept = filtered(home, link, Segment("b", Style(link="http://x/")))
    assert [segment.text for segment in kept] == ["a", "b"]
    assert [segment.style.link for segment in kept if segment.style] == [None, "http://x/"]


def test_a_foreign_string_for_a_widget_is_printable_and_no_markup() -> None:
    text = shown(HOSTILE + "[bold red]x[/nope]", "bold")
    assert is_printable(text.plain)
    assert text.plain.endswith("[bold red]x[/nope]")
    assert text.style == "bold"
    assert not text.spans
    assert shown("a\nb\x1b", lines=True).plain == "a\nb␛"


class Careless(App[None]):
    """Widgets that show foreign text as it is."""

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), SafeFilter()]

    def compose(self) -> ComposeResult:
        static = Static(HOSTILE, markup=False)
        static.border_title = shown(HOSTILE).plain
        static.styles.border = ("round", "red")
        yield static
        yield Input(HOSTILE, placeholder=HOSTILE)
        yield Button(shown(HOSTILE))


async def test_no_widget_of_an_app_with_the_filter_lets_anything_through() -> None:
    app = Careless()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips(app.size)
        drawn = [segment.text for strip in strips for segment in strip]
        assert any("exe.gpj" in text for text in drawn)
        assert all(is_printable(text) for text in drawn)
        assert {sum(cell_len(part.text) for part in strip) for strip in strips} == {60}
