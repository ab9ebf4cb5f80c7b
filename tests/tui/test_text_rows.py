from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.row_view import cells, occurrences
from arazzo_tui.tui.text_rows import HexRows, TextRows, drawn, find

TEXTS = st.text(st.sampled_from("aB語\t\r\n\x1b\u202e İ"), max_size=60)
WIDTHS = st.integers(1, 30)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n\r\n", ["a", "b", ""]),
        ("\n\n", ["", ""]),
        ("a\rb\u2028c\x0cd\x85", ["a\rb\u2028c\x0cd\x85"]),
    ],
)
def test_lines_end_with_a_line_feed_and_nothing_else(text: str, lines: list[str]) -> None:
    rows = TextRows(text)
    spans = [rows.line(number) for number in range(rows.line_count)]
    assert [text[start:end] for start, end in spans] == lines
    assert [rows.row(number).line for number in range(len(rows))] == list(range(len(lines)))


LONG_LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "a\t", "語"]), st.integers(0, 40_000), st.sampled_from(["", "\r"])
    ),
    min_size=1,
    max_size=8,
).map(lambda lines: "\n".join(each * length + ending for each, length, ending in lines))
"""Texts of many pieces, with lines that begin in one and end in another."""


@settings(max_examples=30)
@given(LONG_LINES, st.integers(100, 30_000))
def test_lines_are_found_across_the_pieces_of_a_big_text(text: str, width: int) -> None:
    *ended, last = text.removesuffix("\n").split("\n")
    lines = [*(line.removesuffix("\r") for line in ended), last]
    if text.endswith("\n"):
        lines[-1] = last.removesuffix("\r")
    rows = TextRows(text)
    spans = [rows.line(number) for number in range(rows.line_count)]
    assert [text[start:end] for start, end in spans] == lines
    assert [rows.line_of(start) for start, _ in spans] == list(range(len(lines)))
    assert [rows.line_of(end) for _, end in spans] == list(range(len(lines)))
    rows.wrap(width)
    wrapped = [rows.row(number) for number in range(len(rows))]
    for number, (start, end) in enumerate(spans):
        of_line = [row for row in wrapped if row.line == number]
        assert (of_line[0].start, of_line[-1].end) == (start, end)
        assert all(one.end == other.start for one, other in pairwise(of_line))
        assert all(cells(drawn(text[row.start : row.end])) <= width for row in of_line)


def test_a_big_text_is_wrapped_in_slices_and_a_short_one_at_once() -> None:
    big = TextRows("ab\n" * 100_000)
    slices = sum(1 for _ in big.wrapping(1))
    assert (slices > 2, len(big)) == (True, 200_000)
    assert list(TextRows("ab\n" * 1_000).wrapping(1)) == []


@given(TEXTS, WIDTHS)
def test_the_rows_of_a_wrapped_line_are_the_line_and_fit_the_width(text: str, width: int) -> None:
    rows = TextRows(text)
    lines = [text[start:end] for start, end in map(rows.line, range(rows.line_count))]
    rows.wrap(width)
    wrapped = [""] * rows.line_count
    for number in range(len(rows)):
        row = rows.row(number)
        piece = text[row.start : row.end]
        assert row.is_first == (wrapped[row.line] == "" and row.start == rows.line(row.line)[0])
        assert cells(drawn(piece)) <= width or len(piece) == 1
        wrapped[row.line] += piece
    assert wrapped == lines


@given(TEXTS, WIDTHS, st.integers(0, 60))
def test_the_row_of_a_character_has_it(text: str, width: int, offset: int) -> None:
    rows = TextRows(text)
    offset = min(offset, max(0, len(text) - 1))
    for each in (width, None):
        rows.wrap(each)
        row = rows.row(rows.row_of(offset))
        assert row.start <= offset
        assert offset < row.end or offset >= rows.line(row.line)[1] == row.end or not text


@given(TEXTS, WIDTHS)
def test_what_was_wrapped_can_be_unwrapped(text: str, width: int) -> None:
    rows = TextRows(text)
    before = [rows.row(number) for number in range(len(rows))]
    rows.wrap(width)
    rows.wrap(None)
    assert [rows.row(number) for number in range(len(rows))] == before


@given(st.text())
def test_what_is_drawn_is_printable(text: str) -> None:
    assert is_printable(drawn(text))


@pytest.mark.parametrize(
    ("text", "column", "shown"),
    [
        ("a\tb", 0, "a   b"),
        ("\t\tb", 0, "        b"),
        ("abcd\tb", 0, "abcd    b"),
        ("a\tb", 2, "a b"),
        ("\x1b[0m\r", 0, "␛[0m␍"),
    ],
)
def test_tabs_are_spaces_and_controls_are_seen(text: str, column: int, shown: str) -> None:
    assert drawn(text, column) == shown


@given(st.text("abAB語İ", max_size=80), st.text("abAB語İ", min_size=1, max_size=3))
def test_text_is_found_wherever_it_is_from_both_ends(text: str, sought: str) -> None:
    exact = sought != sought.lower()
    found = [
        at
        for at in range(len(text))
        if (piece := text[at : at + len(sought)]) == sought
        or (not exact and piece.lower() == sought)
    ]
    forwards, at = [], find(text, sought, 0)
    while at is not None:
        forwards.append(at)
        at = find(text, sought, at + 1)
    backwards, at = [], find(text, sought, len(text), backwards=True)
    while at is not None:
        backwards.append(at)
        at = find(text, sought, at, backwards=True)
    assert set(found) <= set(forwards)
    assert forwards == backwards[::-1]


@pytest.mark.parametrize("place", [0, 65_530, 65_534, 65_536, 131_070, 199_994])
def test_text_across_the_pieces_of_a_big_one_is_found(place: int) -> None:
    text = "x" * place + "needle" + "x" * (200_000 - place - 6)
    assert find(text, "needle", 0) == place
    assert find(text, "needle", len(text), backwards=True) == place
    assert find(text, "needle", place + 1) is None
    assert find(text, "needle", place, backwards=True) is None


@pytest.mark.parametrize(
    ("sought", "text", "found"),
    [
        ("ab", "abAB ab", [(0, 2), (2, 4), (5, 7)]),
        ("AB", "abAB ab", [(2, 4)]),
        ("", "abc", []),
        ("aa", "aaaaa", [(0, 2), (2, 4)]),
    ],
)
def test_capitals_matter_only_when_they_are_looked_for(
    sought: str, text: str, found: list[tuple[int, int]]
) -> None:
    assert occurrences(sought, text) == found


def test_bytes_are_dumped_in_hexadecimal_and_ascii() -> None:
    rows = HexRows(b"GET / \x00\xff~\n0123456789", 16)
    assert [rows.row(number) for number in range(len(rows))] == [
        ("47 45 54 20 2f 20 00 ff 7e 0a 30 31 32 33 34 35", "GET / ··~·012345"),
        ("36 37 38 39".ljust(47), "6789"),
    ]
    assert len(HexRows(b"")) == 1


def test_text_is_found_in_bytes() -> None:
    rows = HexRows("xÄéx Xé".encode(), 8)
    assert rows.find("xé", 0) == 7
    assert rows.find("éx", 0) == 3
    assert rows.find("X", 0) == 7
    assert rows.find("x", 7, backwards=True) == 5
    assert rows.find("x", 5, backwards=True) == 0
    assert rows.find("", 0) is None
    assert rows.find("x", 0, backwards=True) is None
