"""What the panes of request and response share: a head line, views, and how a body is shown in them.

Each draws one `Exchange` in the view that is in front. JSON goes to the JSON view, everything else to the
text view; nothing is laid out that is not on the screen.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from arazzo_tui.engine.content import BinaryContent, Content, JsonContent, NoContent, TextContent
from arazzo_tui.engine.exchange import Response
from arazzo_tui.engine.inputs import write_value
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json, Pointer
from arazzo_tui.tui.exchange import Exchange
from arazzo_tui.tui.json_view import JsonView
from arazzo_tui.tui.lines_view import LinesView
from arazzo_tui.tui.pane import HeadLine, Pane
from arazzo_tui.tui.pointed import Pointed
from arazzo_tui.tui.row_view import RowView
from arazzo_tui.tui.text_view import TextView

if TYPE_CHECKING:
    from arazzo_tui.graphql.nested import Unfolded


_OPENS_PLAIN = 50_000_000
"""Bodies of JSON with so many bytes open as text at once, and the border says so."""

Front: TypeAlias = Literal["json", "text", "both", "table"]


class ExchangePane(Pane):
    """What the two panes share: a head line, a JSON view and a text view, of which one is in front."""

    DEFAULT_CSS = """
    ExchangePane {
        Horizontal { height: 1fr; }
        TextView, JsonView, LinesView { width: 1fr; height: 1fr; }
        .-behind { display: none; }
        .variables { border-left: solid $foreground 25%; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.exchange: Exchange | None = None
        self.redactor = Redactor()
        self.unfolds = False
        self._unfolded: Unfolded | None = None
        self._drawn: tuple[object, ...] = ()
        self._text = ""
        self._masked: tuple[Json, Redactor | None, Json] = (None, None, None)

    def compose(self) -> ComposeResult:
        """The head line over the views."""
        yield HeadLine(classes="head")
        with Horizontal():
            yield TextView(classes="text")
            yield JsonView(classes="json -behind")
            yield LinesView(classes="table -behind")

    @property
    def text_view(self) -> TextView:
        """The view for text."""
        return self.query_one(TextView)

    @property
    def json_view(self) -> JsonView:
        """The view for JSON."""
        return self.query_one(JsonView)

    @property
    def table(self) -> LinesView:
        """The view for a table of lines."""
        return self.query_one(LinesView)

    def focus_target(self) -> Widget:
        """The view in front; the text when there are two."""
        views: tuple[RowView, ...] = (self.text_view, self.json_view, self.table)
        return next(view for view in views if not view.has_class("-behind"))

    def copied(self) -> tuple[str, str] | None:
        """The value at the cursor of the tree or of the table; of a text, all of it."""
        json, text = self.json_view, self.text_view
        if not self.table.has_class("-behind"):
            here = self.table.current
            return (here.copy, "the value") if here is not None else None
        if json.has_focus or text.has_class("-behind"):
            return (write_value(json.cursor_value), "the value") if json.is_showing else None
        return (self._text, "the text") if text.is_showing else None

    def expression(self) -> str:
        """The exact expression of what the cursor of the tree is at."""
        json = self.json_view
        if not json.is_showing or json.has_class("-behind"):
            return ""
        if self._unfolded is not None:
            for fold in self._unfolded.folds:  # what is inside a string has no name of its own
                depth = len(fold.at)
                if json.cursor_pointer[:depth] == fold.at and len(json.cursor_pointer) > depth:
                    return json.expression_of(fold.at)
        return json.cursor_expression

    def show_json(self, value: Json, root: str) -> None:
        """Show a value as a tree, what its strings hold unfolded where that is wanted."""
        from arazzo_tui.graphql.nested import unfold

        if self._masked[0] is not value or self._masked[1] is not self.redactor:
            self._masked = (value, self.redactor, self.redactor.value(value))
        shown = self._masked[2]
        self._unfolded = unfold(shown) if self.unfolds else None
        self.json_view.show(self._unfolded.value if self._unfolded else shown, root=root)

    def marked(self, marks: dict[Pointer, str]) -> None:
        """Mark places of the tree, and those at which a string was unfolded."""
        folds = self._unfolded.folds if self._unfolded else ()
        layers = {
            each.at: "from " + ", ".join(layer.value for layer in each.layers) for each in folds
        }
        notes = {at: self.redactor.text(note) for at, note in marks.items()}
        self.json_view.mark({**layers, **notes})

    def subtitle(self, text: str) -> None:
        """A line in the lower border, its secrets masked."""
        super().subtitle(self.redactor.text(text))

    def toggle_unfolded(self) -> bool:
        """Unfold the JSON in strings, or no longer; whether it is unfolded now."""
        self.unfolds = not self.unfolds
        self._drawn = ()
        self.redraw()
        return self.unfolds

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Look in the view with the focus."""
        if not self.table.has_class("-behind"):
            return self.table.find(text, backwards=backwards)
        if self.json_view.has_focus or self.text_view.has_class("-behind"):
            return self.json_view.find(text, backwards)
        return self.text_view.find(text, backwards)

    def show_text(self, text: str, language: str | None = None) -> None:
        """Show a text, its secrets masked."""
        self._text = self.redactor.text(text)
        self.text_view.show(self._text, language=language)

    def on_json_view_cursor_moved(self, message: JsonView.CursorMoved) -> None:
        """Tell the name of what the cursor is at, in the border."""
        message.stop()
        self.tell_pointed()

    def tell_pointed(self) -> None:
        """Where the border has room for it: the expression the cursor is at."""
        raise NotImplementedError

    def front(self, which: Front) -> None:
        """Bring one view to the front, or both side by side."""
        self.text_view.set_class(which not in ("text", "both"), "-behind")
        self.json_view.set_class(which not in ("json", "both"), "-behind")
        self.json_view.set_class(which == "both", "variables")
        self.table.set_class(which != "table", "-behind")
        views: tuple[RowView, ...] = (self.text_view, self.json_view, self.table)
        if any(view.has_focus and view.has_class("-behind") for view in views):
            self.focus_target().focus()

    def show(self, exchange: Exchange | None, redactor: Redactor) -> None:
        """Draw an exchange; what is on the screen already stays as the reader left it."""
        known, before = self.redactor, self.exchange
        self.exchange = exchange
        self.redactor = redactor
        views = self.views()
        if self.view not in views:
            self.set_reactive(Pane.view, views[0] if views else "")
        self.retitle()
        if known is redactor or exchange is None or before is None:
            self.redraw()
            return
        # More is masked now, or less: what is on the screen is drawn again where the reader was in it.
        self._drawn, where = (), self.json_view.state() if self.json_view.is_showing else None
        top = self.text_view.scroll_offset
        self.redraw()
        if exchange.key == before.key:
            if where is not None:
                self.json_view.restore(where)
            self.text_view.scroll_to(*top, animate=False)

    def pointed(self) -> Pointed | None:
        """The value the cursor is at, unmasked, with its place; None where it is at none."""
        raise NotImplementedError

    def pointed_inside(self) -> Pointer:
        """The place the cursor of the tree is at; that of a string in which JSON was unfolded."""
        at = self.json_view.cursor_pointer
        for fold in self._unfolded.folds if self._unfolded is not None else ():
            if at[: len(fold.at)] == fold.at:
                return fold.at
        return at

    def watch_view(self) -> None:
        """Another view of the same exchange."""
        super().watch_view()
        self.redraw()

    def redraw(self) -> None:
        """Draw the view in front."""
        raise NotImplementedError

    def is_drawn(self, *what: object) -> bool:
        """Whether exactly this is on the screen already; notes it as drawn."""
        before, self._drawn = self._drawn, what
        return len(before) == len(what) and all(map(_is_same, before, what))

    def show_content(self, content: Content, data: bytes, root: str) -> None:
        """A body as what it is: JSON as a tree, text as text, bytes as a dump."""
        match content:
            case JsonContent(value) if len(data) < _OPENS_PLAIN:
                self.show_json(value, root)
                self.front("json")
            case JsonContent():
                self.show_text(data.decode("utf-8", "replace"))
                self.front("text")
                self.subtitle(f"JSON of {len(data):,} bytes, shown as text and not as a tree")
            case TextContent(text, language=language):
                self.show_text(text, language or None)
                self.front("text")
            case BinaryContent():
                self.text_view.show_bytes(self.redactor.octets(data))
                self.front("text")
            case NoContent():
                self.text_view.clear("no body")
                self.front("text")


def _is_same(one: object, other: object) -> bool:
    """Whether two drawn things are the same; responses by identity, for they can be large."""
    return one is other or (not isinstance(one, Response) and one == other)
