"""Lines that were written for a pane: checks, outputs, the log. Each may have a value to copy.

The lines are drawn one by one as the body views are; long ones are wrapped to the width they have.
"""

from collections.abc import Iterable, Iterator, Sequence
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


class LinesView(RowView):
    """A view of lines, wrapped; the cursor goes from row to row."""

    FAMILY = "lines-view"

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines-view--title",
        "lines-view--strong",
        "lines-view--good",
        "lines-view--bad",
        "lines-view--warn",
        "lines-view--dim",
        "lines-view--name",
        "lines-view--value",
        "lines-view--next",
        "lines-view--pointer",
        "lines-view--cursor",
        "lines-view--note",
    }

    DEFAULT_CSS = """
    LinesView {
        scrollbar-gutter: stable;
        & > .lines-view--title { text-style: bold; color: $text-primary; }
        & > .lines-view--strong { text-style: bold; }
        & > .lines-view--good { color: $text-success; }
        & > .lines-view--bad { color: $text-error; text-style: bold; }
        & > .lines-view--warn { color: $text-warning; text-style: bold; }
        & > .lines-view--dim { color: $foreground-muted; }
        & > .lines-view--name { color: $text-accent; }
        & > .lines-view--value { color: $text-success; }
        & > .lines-view--next { color: $text-primary; text-style: bold; }
        & > .lines-view--note { color: $foreground-muted; text-style: italic; }
        & > .lines-view--pointer { color: $text-primary; text-style: bold; }
        & > .lines-view--cursor { background: $block-hover-background; }
        &:focus > .lines-view--cursor { background: $block-cursor-blurred-background; }
        &:nocolor:focus > .lines-view--cursor { text-style: reverse; }
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
        self._lines: list[Line] = []
        self._wrapped: list[_Row] = []
        self._told: Line | None = None

    def cursor_moved(self) -> None:
        """Tell the others, once for each line."""
        here = self.current
        if here is not None and here is not self._told:
            self._told = here
            self.post_message(self.Pointed(self, here))

    def show(self, lines: Sequence[Line], *, keep: bool = False) -> None:
        """Show other lines; `keep` leaves the cursor where it is."""
        row = self.cursor_row if keep else 0
        self._lines = list(lines)
        self._wrapped = []
        self._wrap(0)
        if not self._lines:
            self.say("")
            return
        self.begin()
        if keep:
            self.go_to(min(row, self.row_count() - 1))

    def append(self, lines: Iterable[Line]) -> None:
        """Lines at the end, which is then in sight."""
        first = len(self._lines)
        self._lines.extend(lines)
        if not self._lines:
            return
        self._wrap(first)
        if first == 0:
            self.begin()
        self.rows_changed(self.row_count() - 1)

    def clear(self, message: str = "") -> None:
        """Show no line, but say why."""
        self._lines, self._wrapped = [], []
        self.say(message)

    @property
    def current(self) -> Line | None:
        """The line the cursor is in."""
        if not self._wrapped or not self.is_showing:
            return None
        return self._lines[self._wrapped[self.cursor_row].line]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are shown."""
        return tuple(self._lines)

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Go to the next row, around the end, whose line has a text; capitals do not matter."""
        count = len(self._wrapped)
        if not text or not count:
            return False
        step = -1 if backwards else 1
        for distance in range(1, count + 1):
            row = (self.cursor_row + step * distance) % count
            here = self._wrapped[row]
            said = self._lines[here.line].plain[here.start : here.end]
            if text.lower() in said.lower():
                self.go_to(row)
                return True
        return False

    def _wrap(self, first: int) -> None:
        """Wrap the lines from `first` on to the width there is."""
        room = max(20, (self.scrollable_content_region.width or 80) - self.lead_width)
        for at in range(first, len(self._lines)):
            line = self._lines[at]
            for start, end, indent in _cuts(line.plain, room, min(line.hang, room // 2)):
                self._wrapped.append(_Row(at, start, end, indent))

    def height_at(self, width: int) -> int:
        """How many rows the lines would take in another width."""
        room = max(20, width - self.scrollbar_size_vertical - self.lead_width)
        cuts = (_cuts(each.plain, room, min(each.hang, room // 2)) for each in self._lines)
        return sum(1 for each in cuts for _ in each)

    def on_resize(self) -> None:
        """Another width wraps otherwise; the cursor stays in its line."""
        super().on_resize()
        if self._wrapped and self.is_showing:
            here = self._wrapped[min(self.cursor_row, len(self._wrapped) - 1)].line
            self._wrapped = []
            self._wrap(0)
            self.rows_changed(next(at for at, row in enumerate(self._wrapped) if row.line == here))

    def row_count(self) -> int:
        """How many rows the lines take."""
        return len(self._wrapped)

    def draw_row(self, row: int) -> Strip:
        """A row, its pieces in their looks."""
        here = self._wrapped[row]
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
        return self._wrapped[row].start == 0

    @property
    def lead_width(self) -> int:
        """A cell for the cursor and one between it and the text."""
        return 2

    def lead(self, row: int) -> list[Segment]:
        """The sign of the cursor, which needs no colour."""
        here = row == self.cursor_row and self.has_focus
        return [Segment("❯ " if here else "  ", self.look("pointer"))]


def _cuts(plain: str, room: int, hang: int) -> Iterator[tuple[int, int, int]]:
    """Cut a line into rows at its spaces: start, end and indentation of each."""
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
