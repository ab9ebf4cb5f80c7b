"""Text from outside reaches a person only with everything in it visible."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.printable import is_printable, one_line, printable, quoted_name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain ASCII ~!", "plain ASCII ~!", id="plain"),
        pytest.param("été 日本 😀 العربية", "été 日本 😀 العربية", id="letters of all scripts"),
        pytest.param("\x1b[2J\x1b]52;c;eA==\x07", "␛[2J␛]52;c;eA==␇", id="escape sequences"),
        pytest.param("a\rb\nc\td\0e\x7f", "a␍b␊c␉d␀e␡", id="C0 and delete"),
        pytest.param("\x9b31m\x85", "⟨U+009B⟩31m⟨U+0085⟩", id="C1"),
        pytest.param("a\u202eb\u2066c\u200f", "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200F⟩", id="bidirectional"),
        pytest.param(
            "a\u200bb\ufeffc\u2060\xad", "a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+2060⟩⟨U+00AD⟩", id="no width"
        ),
        pytest.param("a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩", id="line separators"),
        pytest.param(
            "a\ufe0f\U000e0041\U000e0100", "a⟨U+FE0F⟩⟨U+E0041⟩⟨U+E0100⟩", id="hidden text"
        ),
        pytest.param("\ud800", "⟨U+D800⟩", id="half a character"),
        pytest.param("a\u0301\u0301\u0301\u0301\u0301b", "a\u0301\u0301\u0301b", id="many marks"),
        pytest.param("a\u0301\u0301\u0301b", "a\u0301\u0301\u0301b", id="three marks"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_made_visible(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert is_printable(text) is (text == shown)


def test_line_feeds_and_tabs_stay_where_lines_are_wanted() -> None:
    assert printable("a\n\tb\r\n\x1b", lines=True) == "a\n\tb␍\n␛"


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("a  b", 200, "a  b"),
        (" a\n\t b\r\n", 200, "a b"),
        ("a\x1bb", 200, "a␛b"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("", 6, ""),
    ],
)
def test_a_label_is_one_line(text: str, width: int, line: str) -> None:
    assert one_line(text, width) == line


def test_a_foreign_name_stands_in_backticks_and_is_cut() -> None:
    assert quoted_name("a\nb") == "`a b`"
    assert quoted_name("x" * 100) == "`" + "x" * 79 + "…`"


# Laws

LAWS = settings(deadline=None)
TEXT = st.text() | st.text(
    alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Lu"])
)
OBEYED = {"Cc", "Cs", "Zl", "Zp"}


@LAWS
@given(text=TEXT)
def test_printing_twice_is_printing_once_and_leaves_nothing_to_refuse(text: str) -> None:
    shown = printable(text)
    assert is_printable(shown)
    assert printable(shown) == shown
    assert is_printable(text) is (shown == text)


@LAWS
@given(text=TEXT)
def test_no_control_is_left(text: str) -> None:
    lines = printable(text, lines=True).replace("\n", "").replace("\t", "")
    assert not {unicodedata.category(each) for each in printable(text) + lines} & OBEYED


@LAWS
@given(text=TEXT, width=st.integers(1, 30))
def test_a_label_is_never_longer_than_its_width(text: str, width: int) -> None:
    line = one_line(text, width)
    assert len(line) <= width
    assert is_printable(line)
