"""Lines that were written for a pane: checks, outputs, the log. Each may have a value to copy.

The lines are drawn one by one as the body views are; long ones are wrapped to the width they have.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct
from rich.cells import set_cell_size
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from arazzo_tui.language.printable import printable
from arazzo_tui.tui.row_view import RowView, cells


class Line(Struct, frozen=True):
    """One line: pieces of text with the names of their looks, how far it is indented when wrapped.

    `copy` is what is copied for it, `expression` the runtime expression that names it; `about` names
    what it speaks of, for whoever hears that the cursor is at it.
    """

    pieces: tuple[tuple[str, str], ...] = ()
    hang: int = 0
    copy: str = ""
    expression: str = ""
    about: str = ""

    @property
    def plain(self) -> str:
        """Its text without looks."""
        return "".join(text for text, _ in self.pieces)


class _Row(Struct, frozen=True):
    """A part of a line that fits the width: from and to, in characters, and its indentation."""

    line: int
    start: int
    end: int
    indent: int


def line(
    *pieces: str | tuple[str, str],
    hang: int = 4,
    copy: str = "",
    expression: str = "",
    about: str = "",
) -> Line:
    """A line of foreign or own text, made printable; a piece is a text or (text, look)."""
    told = tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces)
    return Line(
        tuple((printable(text), look) for text, look in told), hang, copy, expression, about
    )


class MadeLines(Struct, frozen=True):
    """Lines that are so many that each is made when it is seen, by its number from 0. Each is one row."""

    count: int
    make: Callable[[int], Line]

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Line:
        return self.make(number)

    def __iter__(self) -> Iterator[Line]:
        return map(self.make, range(self.count))


class LinesView(RowView):
    """A view of lines, wrapped; the cursor goes from row to row."""

    LOOKS: ClassVar[Mapping[str, str]] = {
        **RowView.LOOKS,
        "title": "bold $text-primary",
        "strong": "bold",
        "good": "$text-success",
        "bad": "bold $text-error",
        "warn": "bold $text-warning",
        "dim": "$foreground-muted",
        "name": "$text-accent",
        "value": "$text-success",
        "next": "bold $text-primary",
    }

    DEFAULT_CSS = """
    LinesView {
        scrollbar-gutter: stable;
    }
    """

    class Pointed(Message):
        """The cursor is in another line."""

        def __init__(self, view: "LinesView", told: Line) -> None:
            super().__init__()
            self.view = view
            self.line = told

        @property
        def control(self) -> "LinesView":
            """The view whose cursor moved."""
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] | MadeLines = []
        self._told: Line | None = None
        self._forget_layout()

    def _forget_layout(self) -> None:
        self._room = 0
        self._widths = array("q")
        # The lines that take several rows: which, the first row of each, how many.
        self._long = array("q")
        self._long_at = array("q")
        self._long_rows = array("q")
        self._cut: dict[int, list[tuple[int, int, int]]] = {}

    def cursor_moved(self) -> None:
        """Tell the others, once for each line."""
        here = self.current
        if here is not None and here is not self._told:
            self._told = here
            self.post_message(self.Pointed(self, here))

    def show(self, lines: Sequence[Line] | MadeLines, *, keep: bool = False) -> None:
        """Show other lines; `keep` leaves the cursor where it is."""
        row = self.cursor_row if keep else 0
        self._lines = lines if isinstance(lines, MadeLines) else list(lines)
        self._forget_layout()
        self._wrap()
        if not len(self._lines):
            self.say("")
            return
        self.begin()
        if keep:
            self.go_to(min(row, self.row_count() - 1))

    def append(self, lines: Iterable[Line]) -> None:
        """Lines at the end, which is then in sight."""
        first = len(self._lines)
        self._lines = [*self._lines] if isinstance(self._lines, MadeLines) else self._lines
        self._lines.extend(lines)
        if not self._lines:
            return
        self._wrap()
        if first == 0:
            self.begin()
        self.rows_changed(self.row_count() - 1)

    def clear(self, message: str = "") -> None:
        """Show no line, but say why."""
        self._lines = []
        self._forget_layout()
        self.say(message)

    @property
    def current(self) -> Line | None:
        """The line the cursor is in."""
        if not len(self._lines) or not self.is_showing:
            return None
        return self._lines[self.line_at(self.cursor_row)]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are shown."""
        return tuple(self._lines)

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Go to the next row, around the end, whose line has a text; capitals do not matter."""
        count, sought = len(self._lines), text.lower()
        if not text or not count or not self.is_showing:
            return False
        here, step = self.line_at(self.cursor_row), -1 if backwards else 1
        for distance in range(count + 1):
            number = (here + step * distance) % count
            plain = self._lines[number].plain.lower()
            if sought not in plain:
                continue
            for row in self.rows_of(number)[::step]:
                # The cursor's line comes twice: first what is past the cursor, at the end the rest.
                past = (row - self.cursor_row) * step > 0
                if number == here and past != (distance == 0):
                    continue
                cut = self._row(row)
                if sought in self._lines[number].plain[cut.start : cut.end].lower():
                    self.go_to(row)
                    return True
        return False

    # Which rows a line has

    def line_at(self, row: int) -> int:
        """The number of the line, from 0, that a row belongs to."""
        return self._row(row).line

    def rows_of(self, number: int) -> range:
        """The rows of a line."""
        at = bisect_right(self._long, number) - 1
        if at < 0:
            return range(number, number + 1)
        first = self._long_at[at]
        if self._long[at] == number:
            return range(first, first + self._long_rows[at])
        first += self._long_rows[at] + number - self._long[at] - 1
        return range(first, first + 1)

    def _row(self, row: int) -> _Row:
        at = bisect_right(self._long_at, row) - 1
        number, inside = row, 0
        if at >= 0:
            number, inside = self._long[at], row - self._long_at[at]
            if inside >= self._long_rows[at]:
                number, inside = number + 1 + inside - self._long_rows[at], 0
        return _Row(number, *self._cuts_of(number)[inside])

    def _cuts_of(self, number: int) -> list[tuple[int, int, int]]:
        cuts = self._cut.get(number)
        if cuts is None:
            if len(self._cut) > _MOST_CUT:
                self._cut.clear()
            line = self._lines[number]
            fits = not self._widths or self._widths[number] <= self._room
            cuts = self._cut[number] = (
                [(0, len(line.plain), 0)] if fits else list(_cuts(line, self._room))
            )
        return cuts

    def _wrap(self) -> None:
        """Wrap the lines that are new to the width there is, or all of them where that is another."""
        if isinstance(self._lines, MadeLines):
            return
        room = self._room_in(self.scrollable_content_region.width or 80)
        first = len(self._widths) if room == self._room else 0
        known = len(self._widths)
        self._widths.extend(cells(each.plain) for each in self._lines[known:])
        if first == 0:
            widths, self._room = self._widths, room
            self._forget_layout()
            self._widths, self._room = widths, room
        more = sum(self._long_rows) - len(self._long) if first else 0
        for number in range(first, len(self._widths)):
            if self._widths[number] > room:
                rows = sum(1 for _ in _cuts(self._lines[number], room))
                if rows > 1:
                    self._long.append(number)
                    self._long_at.append(number + more)
                    self._long_rows.append(rows)
                    more += rows - 1

    def _room_in(self, width: int) -> int:
        return max(20, width - self.lead_width)

    def height_at(self, width: int) -> int:
        """How many rows the lines would take in another width."""
        if isinstance(self._lines, MadeLines):
            return len(self._lines)
        room = self._room_in(width - self.scrollbar_size_vertical)
        if room == self._room:
            return self.row_count()
        wider = (number for number, each in enumerate(self._widths) if each > room)
        more = (sum(1 for _ in _cuts(self._lines[number], room)) - 1 for number in wider)
        return len(self._lines) + sum(more)

    def on_resize(self) -> None:
        """Another width wraps otherwise; the cursor stays in its line."""
        super().on_resize()
        if len(self._lines) and self.is_showing:
            here = self.line_at(min(self.cursor_row, self.row_count() - 1))
            self._wrap()
            self.rows_changed(self.rows_of(here)[0])

    def row_count(self) -> int:
        """How many rows the lines take."""
        if not self._long:
            return len(self._lines)
        past = len(self._lines) - self._long[-1] - 1
        return self._long_at[-1] + self._long_rows[-1] + past

    def draw_row(self, row: int) -> Strip:
        """A row, its pieces in their looks."""
        here = self._row(row)
        segments = [Segment(" " * here.indent)] if here.indent else []
        at = 0
        for text, look in self._lines[here.line].pieces:
            start, end = max(here.start - at, 0), min(here.end - at, len(text))
            at += len(text)
            if start < end:
                segments.append(Segment(text[start:end], self.look(look) if look else None))
        return Strip(segments)

    def begins_line(self, row: int) -> bool:
        """Whether a row is the first of its line."""
        return self._row(row).start == 0

    @property
    def lead_width(self) -> int:
        """A cell for the cursor and one between it and the text."""
        return 2

    def lead(self, row: int) -> list[Segment]:
        """The sign of the cursor, which needs no colour."""
        here = row == self.cursor_row and self.has_focus
        return [Segment("❯ " if here else "  ", self.look("pointer"))]


_MOST_CUT = 1_000
"""Of so many lines at most it is remembered where they are cut."""


def _cuts(line: Line, room: int) -> Iterator[tuple[int, int, int]]:
    """Cut a line into rows at its spaces: start, end and indentation of each."""
    plain, hang = line.plain, min(line.hang, room // 2)
    start, indent = 0, 0
    while cells(plain[start:]) > room - indent:
        end = start + _edge(plain[start:], room - indent)
        yield start, end, indent
        start = end + len(plain[end:]) - len(plain[end:].lstrip(" "))
        indent = hang
    if start < len(plain) or not plain:
        yield start, len(plain), indent


def _edge(plain: str, width: int) -> int:
    """Where a text that is too wide is cut: after a space in its second half, else at the edge."""
    edge = max(1, len(set_cell_size(plain, width).rstrip("\0")))
    edge = min(edge, len(plain))
    space = plain.rfind(" ", edge // 2, edge + 1)
    return space if space > 0 else edge
