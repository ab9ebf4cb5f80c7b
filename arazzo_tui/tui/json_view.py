"""A JSON document on the screen: foldable, coloured by type, with the expression of what it points at.

The document is never drawn as a whole: a row is drawn when it is seen. What the rows are is
`json_rows`' business, what they say `json_row_text`'s.
"""

from collections.abc import Iterator, Mapping
from time import perf_counter
from typing import ClassVar

from msgspec import Struct
from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json, Pointer, write_pointer
from arazzo_tui.tui import json_search
from arazzo_tui.tui.json_row_text import Part, indentation, literal, parts
from arazzo_tui.tui.json_rows import JsonRows, Row, Shape
from arazzo_tui.tui.row_view import MOST_CELLS, RowView, Span, cells, occurrences, overlaid

_BLOCK = 64
"""Rows are asked for in blocks of so many: the next ones are likely to be drawn too."""

_TURN = 0.008
"""For how many seconds unfolding everything keeps the screen waiting at a time."""


class JsonViewState(Struct, frozen=True):
    """What a view shows of its document: what is open, where the cursor is, what is in sight."""

    folds: tuple[int, ...]
    cursor: Pointer
    closing: bool
    left: int
    top: int


class JsonView(RowView):
    """A foldable view of one JSON value."""

    LOOKS: ClassVar[Mapping[str, str]] = {
        **RowView.LOOKS,
        "key": "$text-primary",
        "string": "$text-success",
        "number": "$text-warning",
        "literal": "italic $text-accent",
        "punctuation": "$foreground-muted",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name)
        for name, keys, action, words, tooltip in (
            ("json.toggle", "space,enter", "toggle_fold", "Fold or unfold", "Fold or unfold"),
            ("json.fold", "h", "fold", "Fold", "Fold, or go to what is around"),
            ("json.unfold", "l", "unfold", "Unfold", "Unfold, or go inside"),
            ("json.unfold-all", "plus", "unfold_all", "Unfold all", "Unfold the whole document"),
            ("json.fold-all", "minus", "fold_all", "Fold all", "Fold all but the document itself"),
        )
    ]

    class CursorMoved(Message):
        """The cursor is at another place: the expression that names it, and its value."""

        def __init__(self, view: "JsonView", expression: str, value: Json) -> None:
            super().__init__()
            self.view = view
            self.expression = expression
            self.value = value

        @property
        def control(self) -> "JsonView":
            """The view whose cursor moved."""
            return self.view

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._rows = JsonRows(None)
        self._root = "$response.body"
        self._known: dict[int, Row] = {}
        self._sought = ""
        self._marks: dict[Pointer, str] = {}
        self._around_marks: set[Pointer] = set()
        self._unfolding: Iterator[None] | None = None
        self._told: tuple[str, Pointer] | None = None

    # What is shown

    def show(self, value: Json, *, root: str = "$response.body") -> None:
        """Show a value. `root` is the runtime expression that names it (Arazzo 1.0, 5.7)."""
        self._rows = JsonRows(value)
        self._root = root
        self._sought = ""
        self._marks = {}
        self._around_marks = set()
        self._unfolding = None
        self._told = None
        self.begin()

    def clear(self, message: str = "") -> None:
        """Show no value, but say why."""
        self._rows = JsonRows(None)
        self._unfolding = None
        self._told = None
        self.say(message)

    def state(self) -> JsonViewState:
        """What is open, where the cursor is and what is in sight, for `restore`."""
        left, top = self.scroll_offset
        row = self._row(self.cursor_row)
        closing = row.shape is Shape.CLOSE
        return JsonViewState(self._rows.folds(), row.pointer, closing, left, top)

    def restore(self, state: JsonViewState) -> None:
        """Show again what `state` told, as far as the value now shown has it."""
        if not self.is_showing:
            return
        self._unfolding = None
        self._rows.restore(state.folds)
        row = self._rows.row_near(state.cursor)
        self.rows_changed(self._rows.end_of(row) if state.closing else row)
        self.scroll_to(state.left, state.top, animate=False)

    # Where the cursor is

    @property
    def cursor_pointer(self) -> Pointer:
        """The place of the cursor in the document."""
        return self._row(self.cursor_row).pointer

    @property
    def cursor_expression(self) -> str:
        """The runtime expression that names what the cursor is at (Arazzo 1.0, 5.7)."""
        return self.expression_of(self.cursor_pointer)

    @property
    def cursor_value(self) -> Json:
        """The value the cursor is at."""
        return self._row(self.cursor_row).value

    def expression_of(self, pointer: Pointer) -> str:
        """The runtime expression that names a place of the document."""
        return f"{self._root}#{write_pointer(pointer)}" if pointer else self._root

    def cursor_moved(self) -> None:
        """Tell the others, once for each place."""
        pointer = self.cursor_pointer
        if self._told != (self._root, pointer):
            self._told = (self._root, pointer)
            self.post_message(
                self.CursorMoved(self, self.expression_of(pointer), self.cursor_value)
            )

    @property
    def cursor_note(self) -> str:
        """The note of the marked place the cursor is at; empty where there is none."""
        return self._marks.get(self.cursor_pointer, "")

    def reveal(self, pointer: Pointer) -> None:
        """Unfold what is around a place and go there; raises `Missing` where it is no place."""
        rows = len(self._rows)
        row = self._rows.row_of(pointer)
        if len(self._rows) != rows:
            self._unfolding = None
            self.rows_changed(self.cursor_row)
        self.go_to(row, centred=True)

    # Looking for text

    def find(self, text: str, backwards: bool = False) -> bool:
        """Go to the next place that says `text`, around the end if need be; False where none does.

        A new text is looked for from the cursor's own place on. An empty one ends the looking.
        """
        fresh = text != self._sought
        if fresh:
            self._sought = text
            self.forget_rows()
        if not text or not self.is_showing:
            return False
        document = self._rows.document
        row = self._row(self.cursor_row)
        here, past = row.pointer, row.shape is Shape.CLOSE
        if fresh and not past and json_search.says(document, here, text):
            found: Pointer | None = here
        else:
            found = json_search.find_around(document, text, here, backwards=backwards, past=past)
        if found is None:
            return False
        self.reveal(found)
        self._show_match()
        return True

    def _show_match(self) -> None:
        strip = self.row_strip(self.cursor_row)
        spans = self._matches(self._row(self.cursor_row))
        if spans:
            start, end = (cells(strip.text[:at]) for at in spans[0])
            self.show_cells(start, end)

    def _matches(self, row: Row) -> list[tuple[int, int]]:
        """Where the drawn text of a row says what is looked for, as JSON writes it."""
        sought = literal(self._sought)[1:-1]
        found: list[tuple[int, int]] = []
        at = 0
        for part, text in _pieces(row):
            if part in _SAID:
                found += [(at + start, at + end) for start, end in occurrences(sought, text)]
            at += len(text)
        return found

    # Marked places

    def mark(self, pointers: Mapping[Pointer, str]) -> None:
        """Mark some places, each with a short note (an empty one for none), and no others."""
        self._marks = {pointer: one_line(note, 40) for pointer, note in pointers.items()}
        self._around_marks = {
            pointer[:length] for pointer in pointers for length in range(len(pointer))
        }
        self.forget_rows()

    def _is_marked(self, row: Row) -> bool:
        return bool(self._marks) and row.shape is not Shape.CLOSE and row.pointer in self._marks

    def tail(self, row: int) -> Strip | None:
        """The note of a marked place."""
        known = self._row(row)
        note = self._marks[known.pointer] if self._is_marked(known) else ""
        return Strip([Segment(f"  ◂ {note} ", self.look("mark"))]) if note else None

    # Rows

    def row_count(self) -> int:
        """How many rows are unfolded."""
        return len(self._rows)

    def _row(self, number: int) -> Row:
        row = self._known.get(number)
        if row is None:
            if len(self._known) > 4_096:
                self._known.clear()
            first = number - number % _BLOCK
            for at, found in enumerate(self._rows.window(first, _BLOCK), first):
                self._known[at] = found
            row = self._known[number]
        return row

    def forget_rows(self) -> None:
        """The rows changed: ask for them again."""
        self._known.clear()
        super().forget_rows()

    def draw_row(self, row: int) -> Strip:
        """A row's text, coloured by what its pieces are."""
        known = self._row(row)
        segments: list[Segment] = []
        marked = self._is_marked(known)
        for part, text in _pieces(known):
            style = None if part is Part.SPACE else self.look(part.value)
            if marked and style is not None and part is not Part.NOTE:
                style, marked = style + self.look("mark"), False
            segments.append(Segment(text, style))
        strip = Strip(segments)
        if self._sought:
            look = self.look("match")
            strip = overlaid(strip, [Span(*span, look) for span in self._matches(known)])
        return strip

    def row_start(self, row: int) -> int:
        """The indentation."""
        return indentation(self._row(row))

    @property
    def lead_width(self) -> int:
        """A cell each for the cursor, a mark and a fold, and one between them and the text."""
        return 4

    def lead(self, row: int) -> list[Segment]:
        """The signs of a row: where the cursor is, what is marked, what can be folded."""
        known = self._row(row)
        sign = self.look("sign")
        cursor = " "
        if row == self.cursor_row:
            cursor = "❯" if self.has_focus else "›"
        mark = " "
        if self._is_marked(known):
            mark = "●"
        elif self._around_marks and known.shape is Shape.FOLDED:
            mark = "○" if known.pointer in self._around_marks else " "
        fold = {Shape.OPEN: "▾", Shape.FOLDED: "▸"}.get(known.shape, " ")
        return [
            Segment(cursor, self.look("pointer")),
            Segment(mark, self.look("mark")),
            Segment(fold + " ", sign),
        ]

    # Folding

    def row_clicked(self, row: int, column: int, *, twice: bool) -> None:
        """A click moves the cursor; at the fold sign, or a double one anywhere, it folds too."""
        super().row_clicked(row, column, twice=twice)
        if twice or column == _FOLD_SIGN:
            self.action_toggle_fold()

    def action_toggle_fold(self) -> None:
        """Fold what opens or closes here, or unfold what is folded here."""
        row = self.cursor_row
        if not self._change(self._rows.unfold(row)):
            pointer = self.cursor_pointer
            if self._rows.fold(row):
                self._unfolding = None
                self.rows_changed(self._rows.row_near(pointer))

    def action_fold(self) -> None:
        """Fold what opens or closes here; elsewhere go to the row that opens what is around."""
        pointer = self.cursor_pointer
        if self._rows.fold(self.cursor_row):
            self._change(changed=True)
            self.go_to(self._rows.row_near(pointer))
        else:
            self.go_to(self._rows.row_near(pointer[:-1]))

    def action_unfold(self) -> None:
        """Unfold what is folded here; where something is open, go inside."""
        if not self._change(self._rows.unfold(self.cursor_row)):
            row = self._row(self.cursor_row)
            self.go_to(self.cursor_row + (row.shape is Shape.OPEN))

    def _change(self, changed: bool) -> bool:
        if changed:
            self._unfolding = None
            self.rows_changed(min(self.cursor_row, len(self._rows) - 1))
        return changed

    def action_fold_all(self) -> None:
        """Fold everything but the document itself."""
        if self.is_showing:
            pointer = self.cursor_pointer
            self._unfolding = None
            self._rows.fold_all()
            self.rows_changed(self._rows.row_near(pointer))

    def action_unfold_all(self) -> None:
        """Unfold everything, in turns, so that a big document does not stop the screen."""
        if self.is_showing:
            self._unfolding = self._rows.unfolding()
            self._unfold_more(self._unfolding)

    def _unfold_more(self, unfolding: Iterator[None]) -> None:
        if unfolding is not self._unfolding:
            return
        pointer = self.cursor_pointer
        until = perf_counter() + _TURN
        for _ in unfolding:
            if perf_counter() > until:
                self.set_timer(0.001, lambda: self._unfold_more(unfolding))
                return
        self._unfolding = None
        self.rows_changed(self._rows.row_near(pointer))


def _pieces(row: Row) -> list[tuple[Part, str]]:
    """The text of a row as it is drawn: no piece is wider than `MOST_CELLS`."""
    return [
        (part, set_cell_size(text, MOST_CELLS - 1) + "…")
        if part in _SAID and cells(text) > MOST_CELLS
        else (part, text)
        for part, text in parts(row, MOST_CELLS)
    ]


_FOLD_SIGN = 2
_SAID = frozenset({Part.KEY, Part.STRING, Part.NUMBER, Part.LITERAL})
