"""What the two body views share: rows drawn one by one, a cursor row, and the keys that move it.

A view knows how many rows it has and how to draw one of them; nothing is drawn that is not on the
screen. What the rows say is the views' own business. Every drawn string has been made printable.
"""

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style as VisualStyle

from arazzo_tui.language.printable import printable

SIDEWAYS = 8
"""How many cells one key scrolls to the side."""

MOST_COPIED = 20_000
"""How many rows a selection copies at most; the copy says how many are left out."""

MOST_CELLS = 2_000
"""A piece of text is drawn up to this width."""


class Span(Struct, frozen=True):
    """A stretch of a row's text, in characters, that looks different."""

    start: int
    end: int
    style: Style


class RowView(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolling view of rows. Subclasses say which rows there are and draw them."""

    LOOKS: ClassVar[Mapping[str, str]] = {
        "note": "italic $foreground-muted",
        "sign": "$foreground-muted",
        "pointer": "bold $text-primary",
        "mark": "bold $text-accent",
        "match": "bold underline reverse",
        "cursor": "on $block-hover-background",
        "cursor with keys": "on $block-cursor-blurred-background",
        "cursor with keys, no colour": "reverse",
    }
    """How parts look, as Textual writes styles; a subclass adds its own.

    They are no component classes: a dozen of those for each view would be styled anew with every change
    of a class above it, which took half the time of the first screen.
    """

    DEFAULT_CSS = """
    RowView {
        background: $surface;
        color: $foreground;
        overflow-x: scroll;
        overflow-y: auto;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name)
        for name, keys, action, words, tooltip in (
            ("view.up", "up,k", "move(-1)", "Up", "One row up"),
            ("view.down", "down,j", "move(1)", "Down", "One row down"),
            ("view.page-up", "pageup", "page(-1)", "Page up", "One screen up"),
            ("view.page-down", "pagedown", "page(1)", "Page down", "One screen down"),
            ("view.half-up", "ctrl+u", "half_page(-1)", "Half up", "Half a screen up"),
            ("view.half-down", "ctrl+d", "half_page(1)", "Half down", "Half a screen down"),
            ("view.top", "home,g", "top", "Top", "The first row"),
            ("view.bottom", "end,G", "bottom", "Bottom", "The last row"),
            ("view.left", "left,shift+left", "sideways(-1)", "Left", "Scroll to the left"),
            ("view.right", "right,shift+right", "sideways(1)", "Right", "Scroll to the right"),
        )
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
        self._cursor = 0
        self._message: str | None = ""
        self._looks: dict[str, Style] = {}
        self._strips: LRUCache[int, Strip] = LRUCache(2_048)
        self._drawn: LRUCache[tuple[int, int, int, bool], Strip] = LRUCache(1_024)

    # What a subclass says

    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def draw_row(self, row: int) -> Strip:
        """The whole text of a row, without cursor or background."""
        raise NotImplementedError

    def lead(self, row: int) -> list[Segment]:
        """What stands before the text and does not scroll sideways: `lead_width` cells."""
        raise NotImplementedError

    @property
    def lead_width(self) -> int:
        """The width of `lead`, in cells."""
        raise NotImplementedError

    def tail(self, row: int) -> Strip | None:  # noqa: ARG002
        """What stands after the text, where there is room for both."""
        return None

    def row_start(self, row: int) -> int:  # noqa: ARG002
        """The cell at which a row's text starts."""
        return 0

    def row_extent(self, row: int) -> int:
        """The width of a row's text, in cells."""
        return self.row_strip(row).cell_length

    def row_window(self, row: int, left: int, width: int) -> tuple[Strip, int]:
        """What of a row is seen between two cells, and how many characters come before it."""
        strip = self.row_strip(row)
        before = len(strip.crop(0, left).text) if left else 0
        return strip.crop(left, left + width), before

    def row_plain(self, row: int) -> str:
        """A row's text as it is copied."""
        return self.row_strip(row).text

    def begins_line(self, row: int) -> bool:  # noqa: ARG002
        """Whether a row does not go on where the one above it ended."""
        return True

    def cursor_moved(self) -> None:
        """Called when the cursor may have gone to another row."""

    # The rows

    def row_strip(self, row: int) -> Strip:
        """A row as `draw_row` draws it, kept for the next time."""
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self.draw_row(row)
        return strip

    def look(self, part: str) -> Style:
        """The style of a part: its own colours only, so that the ground shows through."""
        style = self._looks.get(part)
        if style is None:
            said = self.app.stylesheet.parse_style(self.LOOKS[part])
            whole = (VisualStyle(self.background_colors[1]) + said).rich_style
            style = whole.without_color + Style.from_color(
                whole.color if said.foreground else None, whole.bgcolor if said.background else None
            )
            self._looks[part] = style
        return style

    @property
    def _cursor_look(self) -> Style:
        if not self.has_focus:
            return self.look("cursor")
        cursor = self.look("cursor with keys")
        return cursor + self.look("cursor with keys, no colour") if self.app.no_color else cursor

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        ground = self._ground()
        if self._message is not None:
            return self._message_line(self._message, y, width).apply_style(ground)
        row = y + self.scroll_offset.y
        if row >= self.row_count():
            return Strip.blank(width, ground)
        selection = self.text_selection
        span = None if selection is None else selection.get_span(row)
        if span is not None:
            return self._line(row, width, span)
        key = (row, self.scroll_offset.x, width, row == self._cursor)
        strip = self._drawn.get(key)
        if strip is None:
            strip = self._drawn[key] = self._line(row, width, None)
        return strip

    def _line(self, row: int, width: int, selected: tuple[int, int] | None) -> Strip:
        room = max(0, width - self.lead_width)
        body, before = self.row_window(row, self.scroll_offset.x, room)
        if selected is not None:
            start, end = selected
            end = before + len(body.text) if end < 0 else end
            style = self.screen.get_component_rich_style("screen--selection")
            body = overlaid(body, [Span(max(0, start - before), max(0, end - before), style)])
        tail = self.tail(row)
        if tail is not None and body.cell_length + tail.cell_length > room:
            tail = None  # a note never hides the text it stands beside
        return self._composed(row, width, body, before, tail)

    def _composed(
        self, row: int, width: int, body: Strip, before: int, tail: Strip | None
    ) -> Strip:
        # One strip made by hand: making strips from strips is what costs the most on a page.
        ground = self._ground()
        if row == self._cursor:
            ground += self._cursor_look
        segments = [Segment(text, ground + style) for text, style, _ in self.lead(row)]
        for text, style, _ in body:
            # Where a segment stands in the text, for Textual's selection with the mouse.
            place = Style.from_meta({"offset": (before, row)})
            segments.append(Segment(text, ground + style + place if style else ground + place))
            before += len(text)
        rest = width - self.lead_width - body.cell_length
        if tail is not None:
            segments += [Segment(text, ground + style) for text, style, _ in tail]
            rest -= tail.cell_length
        if rest > 0:
            segments.append(Segment(" " * rest, ground))
        return Strip(segments, width) if rest >= 0 else Strip(segments).crop(0, width)

    def _message_line(self, message: str, y: int, width: int) -> Strip:
        lines = wrap(message, max(1, width - 2)) if message else []
        text = " " + lines[y] if y < len(lines) else ""
        return Strip([Segment(text, self.look("note"))]).crop_extend(0, width, None)

    def _ground(self) -> Style:
        style = self._looks.get("")
        if style is None:
            style = self._looks[""] = self.rich_style
        return style

    def forget_rows(self) -> None:
        """The rows changed: draw everything again."""
        self._strips.clear()
        self.forget_lines()

    def forget_lines(self) -> None:
        """What stands around the rows changed: compose them again."""
        self._drawn.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Textual's word that a style may have changed."""
        super().notify_style_update()
        self._looks.clear()
        self._strips.clear()
        self._drawn.clear()

    def watch_has_focus(self, has_focus: bool) -> None:
        """A view that has the keys shows it at its cursor."""
        super().watch_has_focus(has_focus)
        self._looks.clear()
        self._strips.clear()
        self._drawn.clear()

    # A message instead of rows

    def say(self, message: str) -> None:
        """Show one foreign or own sentence instead of rows."""
        self._message = printable(message)
        self._cursor = 0
        self._resize_rows(1)
        self.scroll_to(0, 0, animate=False)
        self.forget_rows()

    def begin(self) -> None:
        """Show the rows from the top; the subclass has just got them."""
        self._message = None
        self._cursor = 0
        self.forget_rows()
        self.scroll_to(0, 0, animate=False)
        self.rows_changed(0)

    def rows_changed(self, cursor: int) -> None:
        """There are more or fewer rows now, and the cursor is at this one."""
        self._cursor = cursor
        self.forget_rows()
        self._resize_rows(max(1, self.row_count()))
        self.go_to(cursor)

    def _resize_rows(self, rows: int) -> None:
        # More rows in the same place change nobody's layout, and to lay out a screen takes as long
        # as to draw it: so only the scrollbar hears of it, and asks for a layout when it comes or goes.
        if self.size:
            self.set_reactive(RowView.virtual_size, Size(1, rows))
            self._scroll_update(self.virtual_size)
        else:
            self.virtual_size = Size(1, rows)

    @property
    def is_showing(self) -> bool:
        """Whether there are rows, rather than a message."""
        return self._message is None

    # The cursor

    @property
    def cursor_row(self) -> int:
        """The row the cursor is at, from 0."""
        return self._cursor

    def go_to(self, row: int, *, centred: bool = False) -> None:
        """Bring the cursor to a row, and the row into sight."""
        if not self.is_showing:
            return
        before, self._cursor = self._cursor, max(0, min(row, self.row_count() - 1))
        if before != self._cursor:
            self.refresh_line(before)
            self.refresh_line(self._cursor)
        self._show_cursor(centred)
        self.cursor_moved()

    def _show_cursor(self, centred: bool = False) -> None:
        height = self.size.height
        if not height or not self.is_showing:
            return
        x, y = self.scroll_offset
        if not y <= self._cursor < y + height:
            if centred:
                y = self._cursor - height // 3
            else:
                y = self._cursor if self._cursor < y else self._cursor - height + 1
        start = self.row_start(self._cursor)
        room = max(1, self.size.width - self.lead_width)
        if start >= x + room or (x and self.row_extent(self._cursor) <= x):
            x = 0 if start < room // 2 else start - room // 4
        self.scroll_to(x, y, animate=False)

    def show_cells(self, start: int, end: int) -> None:
        """Scroll sideways until these cells of the cursor's row are in sight."""
        x = self.scroll_offset.x
        room = self.size.width - self.lead_width
        if room > 0 and not x <= start <= end <= x + room:
            self.scroll_to(0 if end <= room else max(0, start - room // 4), animate=False)

    @property
    def max_scroll_x(self) -> int:
        """How far the rows that are in sight reach to the right."""
        if not self.is_showing or not self.size.width:
            return 0
        top = self.scroll_offset.y
        rows = range(top, min(top + self.size.height, self.row_count()))
        widest = max((self.row_extent(row) for row in rows), default=0)
        return max(0, widest + self.lead_width + 1 - self.size.width)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._show_cursor()

    def action_move(self, rows: int) -> None:
        """Some rows down, or up."""
        self.go_to(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """A screen down or up; one row stays in sight."""
        self._leap(pages * max(1, self.size.height - 1))

    def action_half_page(self, pages: int) -> None:
        """Half a screen down or up."""
        self._leap(pages * max(1, self.size.height // 2))

    def _leap(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self.go_to(self._cursor + rows)

    def action_top(self) -> None:
        """To the first row."""
        self.go_to(0)

    def action_bottom(self) -> None:
        """To the last row."""
        self.go_to(self.row_count() - 1)

    def action_sideways(self, steps: int) -> None:
        """Scroll to the right, or to the left."""
        self.scroll_to(self.scroll_offset.x + steps * SIDEWAYS, animate=False)

    def row_clicked(self, row: int, column: int, *, twice: bool) -> None:  # noqa: ARG002
        """The mouse was clicked in a row; `column` counts from the left of the view."""
        self.go_to(row)

    def on_click(self, event: events.Click) -> None:
        """The mouse brings the cursor. Textual's own double click would select everything."""
        event.prevent_default()
        at = event.get_content_offset(self)
        if at is None or not self.is_showing:
            return
        row = at.y + self.scroll_offset.y
        if row < self.row_count():
            self.row_clicked(row, at.x, twice=event.chain == 2)

    # Selected text

    @property
    def allow_select(self) -> bool:
        """The mouse can select text here."""
        return True

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text as it is seen, row by row."""
        if not self.is_showing:
            return None
        first = 0 if selection.start is None else max(0, selection.start.y)
        last = self.row_count() - 1
        if selection.end is not None:
            last = min(last, selection.end.y)
        left_out = last - first + 1 - MOST_COPIED
        if left_out > 0:
            last -= left_out
        pieces: list[str] = []
        for row in range(first, last + 1):
            if pieces and self.begins_line(row):
                pieces.append("\n")
            pieces.append(self._selected(row, selection))
        if left_out > 0:
            pieces.append(f"\n… {left_out:,} more rows")
        return "".join(pieces), "\n"

    def _selected(self, row: int, selection: Selection) -> str:
        start, end = selection.get_span(row) or (0, 0)
        return self.row_plain(row)[start : None if end < 0 else end]

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Draw what is selected."""
        self.forget_lines()


def overlaid(strip: Strip, spans: Iterable[Span]) -> Strip:
    """A strip with some of its characters restyled."""
    return Strip(restyled(list(strip), spans), strip.cell_length)


def restyled(segments: list[Segment], spans: Iterable[Span]) -> list[Segment]:
    """Segments with some of their characters restyled."""
    for span in spans:
        if span.start < span.end:
            segments = list(_restyled(segments, span))
    return segments


def _restyled(segments: list[Segment], span: Span) -> Iterable[Segment]:
    at = 0
    for segment in segments:
        text, style, _ = segment
        start, end = max(0, span.start - at), min(len(text), span.end - at)
        at += len(text)
        if start >= end:
            yield segment
            continue
        if start:
            yield Segment(text[:start], style)
        yield Segment(text[start:end], span.style if style is None else style + span.style)
        if end < len(text):
            yield Segment(text[end:], style)


def occurrences(sought: str, text: str) -> list[tuple[int, int]]:
    """Where a text says what is sought; without a capital in it, capitals do not matter."""
    if not sought:
        return []
    if sought == sought.lower() and len(lowered := text.lower()) == len(text):
        text = lowered
    found = []
    at = text.find(sought)
    while at >= 0:
        found.append((at, at + len(sought)))
        at = text.find(sought, at + len(sought))
    return found


def cells(text: str) -> int:
    """The width of a text on the screen; plain text is measured without looking at it."""
    return len(text) if text.isascii() else cell_len(text)
