"""Any other text on the screen: queries, pages, headers, YAML, and bytes as a dump.

However long a text or a line of it is, only what is in sight is drawn. Which rows a text has is
`text_rows`' business, and which of it are keywords or strings `colours`'.
"""

from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter
from typing import ClassVar, TypeAlias

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.strip import Strip

from arazzo_tui.language.printable import is_printable, one_line, printable
from arazzo_tui.tui.colours import MOST_COLOURED, Colours
from arazzo_tui.tui.row_view import RowView, Span, cells, occurrences, overlaid, restyled
from arazzo_tui.tui.text_rows import HexRows, TextRow, TextRows, drawn, find

LONG = 4_000
"""Of a row with more characters only the window that is seen is drawn, and it scrolls by characters."""

_FIRST_TURN = 0.03
_TURN = 0.006

Mark: TypeAlias = tuple[int, int, int, str]
"""The number of a line, from 1; from and to, in characters of the line, from 0; a style's name."""


class TextView(RowView):
    """A view of one text, or of bytes."""

    STYLES: ClassVar[frozenset[str]] = frozenset(
        {"comment", "keyword", "name", "string", "number", "punctuation", "mark", "error", "match"}
    )
    """The styles a stretch can be marked with."""

    LOOKS: ClassVar[Mapping[str, str]] = {
        **RowView.LOOKS,
        "comment": "italic $foreground-muted",
        "keyword": "$text-primary",
        "name": "$text-accent",
        "string": "$text-success",
        "number": "$text-warning",
        "punctuation": "$foreground-muted",
        "error": "bold underline $text-error",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w",
            "wrap",
            "Wrap",
            show=False,
            tooltip="Wrap long lines, or let them run on",
            id="text.wrap",
        ),
    ]

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._rows: TextRows | HexRows = TextRows("")
        self._colours: Colours | None = None
        self._wrapping: Iterator[None] | None = None
        self._sought = ""
        self._found: int | None = None
        self._marked_lines: set[int] = set()
        self._marks: dict[int, list[tuple[int, int, str]]] = {}
        self._laid_out = 0
        self.wraps = False
        self.note = ""
        """What the reader should know of how the text is shown; empty if nothing."""

    # What is shown

    def show(self, text: str, *, language: str | None = None) -> None:
        """Show a text. `language` is one of pygments' names for a lexer, or `graphql`."""
        self._forget()
        self._rows = TextRows(text)
        if language is not None and len(text) > MOST_COLOURED:
            self.note = f"without colours: {len(text):,} characters are more than {MOST_COLOURED:,}"
        elif language is not None and text:
            try:
                self._colours = Colours(text, language)
            except LookupError:
                self.note = f"without colours: `{one_line(language, 40)}` has none here"
        self._laid_out = self._room()
        if self._colours is not None:
            self._colours.work(_FIRST_TURN)
            self._colour_later(self._colours)
        self.begin()
        if self.wraps:
            self._wrap(self._laid_out)

    def show_bytes(self, data: bytes) -> None:
        """Show bytes as a dump: where, which in hexadecimal, which in ASCII."""
        self._forget()
        self._rows = HexRows(data)
        self._laid_out = self._room()
        self._rows.width = self._dump_width()
        self.begin()

    def clear(self, message: str = "") -> None:
        """Show no text, but say why."""
        self._forget()
        self._rows = TextRows("")
        self.say(message)

    def _forget(self) -> None:
        self._colours = None
        self._wrapping = None
        self._sought = ""
        self._found = None
        self._marked_lines = set()
        self._marks = {}
        self.note = ""

    def _colour_later(self, colours: Colours) -> None:
        if colours is self._colours and not colours.done:
            self.set_timer(0.001, lambda: self._colour_more(colours))

    def _colour_more(self, colours: Colours) -> None:
        if colours is not self._colours:
            return
        before = colours.reached
        colours.work(_TURN)
        if self.is_showing and isinstance(self._rows, TextRows):
            first = min(self.scroll_offset.y, len(self._rows) - 1)
            last = min(first + self.size.height, len(self._rows)) - 1
            if before < self._rows.row(last).end and self._rows.row(first).start < colours.reached:
                self.forget_rows()
        self._colour_later(colours)

    # Where the cursor is

    @property
    def cursor_line(self) -> int:
        """The number of the cursor's line, from 1; of bytes, the number of its row."""
        return self._row(self.cursor_row).line + 1

    def go_to_line(self, number: int, column: int = 0) -> None:
        """Bring the cursor to a line, from 1, and a character in it, from 0, into sight."""
        if isinstance(self._rows, TextRows) and self.is_showing:
            line = max(0, min(number, self._rows.line_count) - 1)
            start, end = self._rows.line(line)
            self._go_to_stretch(min(start + column, end), 0)

    def _go_to_stretch(self, offset: int, length: int) -> None:
        rows = self._rows
        if isinstance(rows, HexRows):
            self.go_to(offset // rows.width, centred=True)
            return
        number = rows.row_of(offset)
        self.go_to(number, centred=True)
        row = rows.row(number)
        start, end = offset - row.start, offset - row.start + length
        if row.end - row.start <= LONG:
            text = rows.text[row.start : row.end]
            start, end = cells(drawn(text[:start])), cells(drawn(text[:end]))
        self.show_cells(start, end)

    # Looking for text

    def find(self, text: str, backwards: bool = False) -> bool:
        """Go to the next place that says `text`, around the end if need be; False where none does.

        A new text is looked for from the cursor's row on. An empty one ends the looking.
        """
        row = self._row(self.cursor_row)
        known = self._found is not None and row.start <= self._found < row.end
        fresh = text != self._sought or not known
        if text != self._sought:
            self._sought, self._found = text, None
        self.forget_rows()
        if not text or not self.is_showing:
            return False
        start = row.start if fresh or self._found is None else self._found + (not backwards)
        found = self._find(text, start, backwards)
        if found is None:
            found = self._find(text, self._length if backwards else 0, backwards)
        self._found = found
        if found is not None:
            self._go_to_stretch(found, len(text))
        return found is not None

    def _find(self, text: str, start: int, backwards: bool) -> int | None:
        if isinstance(self._rows, HexRows):
            return self._rows.find(text, start, backwards=backwards)
        return find(self._rows.text, text, start, backwards=backwards)

    @property
    def _length(self) -> int:
        return len(self._rows.data if isinstance(self._rows, HexRows) else self._rows.text)

    # Marks

    def mark_line(self, number: int) -> None:
        """Mark a line, from 1, with a sign before it."""
        self._marked_lines.add(number - 1)
        self.forget_rows()

    def mark_spans(self, spans: Iterable[Mark]) -> None:
        """Mark these stretches, and no others, each with one of `STYLES`.

        Raises `ValueError` for another style.
        """
        marks: dict[int, list[tuple[int, int, str]]] = {}
        for number, start, end, style in spans:
            if style not in self.STYLES:
                known = ", ".join(sorted(self.STYLES))
                raise ValueError(f"a stretch is marked with one of {known}, not with {style!r}")
            marks.setdefault(number - 1, []).append((start, end, style))
        self._marks = marks
        self.forget_rows()

    def clear_marks(self) -> None:
        """Mark nothing any more."""
        self._marked_lines = set()
        self.mark_spans(())

    # Rows

    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def _row(self, number: int) -> TextRow:
        if isinstance(self._rows, HexRows):
            start = number * self._rows.width
            return TextRow(number, start, start + self._rows.width, is_first=True)
        return self._rows.row(number)

    def draw_row(self, row: int) -> Strip:
        """A row's text, coloured and marked."""
        if isinstance(self._rows, HexRows):
            return self._draw_bytes(self._rows, row)
        known = self._rows.row(row)
        return self._draw_text(self._rows, known, known.start, known.end)

    def _draw_text(self, rows: TextRows, row: TextRow, start: int, end: int) -> Strip:
        text = rows.text[start:end]
        segments: list[Segment] = []
        at = start
        for first, last, part in self._colours.between(start, end) if self._colours else ():
            if first > at:
                segments.append(Segment(text[at - start : first - start]))
            segments.append(Segment(text[first - start : last - start], self.look(part)))
            at = last
        if at < end:
            segments.append(Segment(text[at - start :]))
        return _drawn(restyled(segments, self._spans(rows, row, start, end)))

    def _spans(self, rows: TextRows, row: TextRow, start: int, end: int) -> list[Span]:
        spans = []
        begin = rows.line(row.line)[0]
        for first, last, style in self._marks.get(row.line, ()):
            spans.append((begin + first, begin + max(last, first + 1), style))
        if self._sought:
            # What is looked for may begin before the stretch, or end after it.
            more = len(self._sought) - 1
            around = max(begin, start - more)
            seen = rows.text[around : min(rows.line(row.line)[1], end + more)]
            for first, last in occurrences(self._sought, seen):
                spans.append((around + first, around + last, "match"))
        return [
            Span(max(0, first - start), min(end, last) - start, self.look(style))
            for first, last, style in spans
        ]

    def _draw_bytes(self, rows: HexRows, row: int) -> Strip:
        digits, shown = rows.row(row)
        segments = [Segment(digits), Segment("  "), Segment(shown, self.look("string"))]
        strip = Strip(segments)
        if self._found is None:
            return strip
        first = max(0, self._found - row * rows.width)
        last = min(
            rows.width, self._found + len(self._sought.encode(errors="replace")) - row * rows.width
        )
        look, after = self.look("match"), len(digits) + 2
        found = [Span(first * 3, last * 3 - 1, look), Span(after + first, after + last, look)]
        return overlaid(strip, found) if first < last else strip

    def row_window(self, row: int, left: int, width: int) -> tuple[Strip, int]:
        """Of a very long row only the characters of the window are looked at."""
        known = self._row(row)
        if isinstance(self._rows, HexRows) or known.end - known.start <= LONG:
            return super().row_window(row, left, width)
        start = min(known.end, known.start + left)
        strip = self._draw_text(self._rows, known, start, min(known.end, start + width))
        return strip.crop(0, width), left

    def row_extent(self, row: int) -> int:
        """The width of a row; of a very long one, its characters."""
        known = self._row(row)
        length = known.end - known.start
        if isinstance(self._rows, TextRows) and length > LONG:
            return length
        return super().row_extent(row)

    def row_plain(self, row: int) -> str:
        """A row's text as it is copied."""
        known = self._row(row)
        if isinstance(self._rows, TextRows) and known.end - known.start > LONG:
            return printable(self._rows.text[known.start : known.end])
        return super().row_plain(row)

    def begins_line(self, row: int) -> bool:
        """A wrapped line goes on."""
        return self._row(row).is_first

    @property
    def lead_width(self) -> int:
        """A cell each for the cursor and a mark, the number, and one between it and the text."""
        return self._number_width() + 3

    def _number_width(self) -> int:
        if isinstance(self._rows, HexRows):
            return max(4, len(f"{len(self._rows.data):x}"))
        return max(2, len(str(self._rows.line_count)))

    def lead(self, row: int) -> list[Segment]:
        """Where the cursor is, what is marked, and the line's number or the bytes' place."""
        known = self._row(row)
        cursor = " "
        if row == self.cursor_row:
            cursor = "❯" if self.has_focus else "›"
        mark = "●" if known.line in self._marked_lines and known.is_first else " "
        width = self._number_width()
        if isinstance(self._rows, HexRows):
            number = f"{known.start:0{width}x}"
        else:
            number = str(known.line + 1) if known.is_first else ""
        sign = self.look("sign")
        return [
            Segment(cursor, self.look("pointer")),
            Segment(mark, self.look("mark")),
            Segment(number.rjust(width) + " ", sign),
        ]

    # Wrapping

    def action_wrap(self) -> None:
        """Wrap long lines at the width of the view, or let them run on."""
        self.wraps = not self.wraps
        self._lay_out()

    def on_resize(self) -> None:
        """Another width wraps elsewhere, and has room for more or fewer bytes in a row."""
        if self._room() != self._laid_out and (self.wraps or isinstance(self._rows, HexRows)):
            self._lay_out()

    def _lay_out(self) -> None:
        if not self.is_showing:
            return
        start = self._row(self.cursor_row).start
        self._laid_out = self._room()
        if isinstance(self._rows, HexRows):
            self._rows.width = self._dump_width()
            self.rows_changed(start // self._rows.width)
            return
        self._wrap(self._laid_out if self.wraps else None)

    def _wrap(self, width: int | None) -> None:
        """Wrap the text, in turns, so that a big one does not stop the screen."""
        if isinstance(self._rows, TextRows):
            self._wrapping = self._rows.wrapping(width)
            self._wrap_more(self._wrapping, self._rows)

    def _wrap_more(self, wrapping: Iterator[None], rows: TextRows) -> None:
        if wrapping is not self._wrapping:
            return
        start = self._row(self.cursor_row).start
        until = perf_counter() + _TURN
        for _ in wrapping:
            if perf_counter() > until:
                self.set_timer(0.001, lambda: self._wrap_more(wrapping, rows))
                return
        self._wrapping = None
        self.scroll_to(x=0, animate=False)
        self.rows_changed(rows.row_of(start))

    def _room(self) -> int:
        return max(1, (self.size.width or 80) - self.lead_width)

    def _dump_width(self) -> int:
        return 16 if self._room() >= 16 * 4 + 1 else 8


def _drawn(segments: list[Segment]) -> Strip:
    """A strip that can be drawn of segments that say what is in the document."""
    shown: list[Segment] = []
    column = 0
    for text, style, _ in segments:
        shown.append(Segment(drawn(text, column), style))
        column += len(shown[-1].text)
    whole = "".join(text for text, _, _ in shown)
    if not is_printable(whole):
        # Marks that pile up across two differently styled stretches.
        return Strip([Segment(printable(whole))])
    return Strip(shown)
