"""The request before it leaves and the response after it came: two panes of the same build.

Each draws one `Exchange` in the view that is in front. JSON goes to the JSON view, everything else to the
text view; nothing is laid out that is not on the screen.
"""

import contextlib
from collections.abc import Sequence
from typing import ClassVar, Literal, TypeAlias

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from arazzo_tui.engine.content import BinaryContent, Content, JsonContent, NoContent, TextContent
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.inputs import write_value
from arazzo_tui.engine.plan import RunWorkflow
from arazzo_tui.graphql.nested import Unfolded, unfold
from arazzo_tui.graphql.places import ErrorPlaces
from arazzo_tui.graphql.request import is_graphql, pretty, read_operation
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json, Missing, Pointer
from arazzo_tui.tui import draw
from arazzo_tui.tui.exchange import Exchange, Phase, error_places
from arazzo_tui.tui.graphql_lines import variable_lines
from arazzo_tui.tui.json_view import JsonView
from arazzo_tui.tui.lines_view import LinesView, line
from arazzo_tui.tui.pane import HeadLine, Pane
from arazzo_tui.tui.row_view import RowView
from arazzo_tui.tui.text_view import TextView

_OPENS_PLAIN = 50 * 1024 * 1024
"""Bodies from this size on open as text at once; their tree is one key away."""

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

    def compose(self) -> ComposeResult:
        """The head line over the views."""
        yield HeadLine(classes="head")
        with Horizontal():
            yield TextView(classes="text")
            yield JsonView(classes="json")
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
        shown = self.redactor.value(value)
        self._unfolded = unfold(shown) if self.unfolds else None
        self.json_view.show(self._unfolded.value if self._unfolded else shown, root=root)

    def marked(self, marks: dict[Pointer, str]) -> None:
        """Mark places of the tree, and those at which a string was unfolded."""
        folds = self._unfolded.folds if self._unfolded else ()
        layers = {
            each.at: "from " + ", ".join(layer.value for layer in each.layers) for each in folds
        }
        self.json_view.mark({**layers, **marks})

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
        self.exchange = exchange
        self.redactor = redactor
        views = self.views()
        if self.view not in views:
            self.set_reactive(Pane.view, views[0] if views else "")
        self.retitle()
        self.redraw()

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
            case TextContent(text, language=language):
                self.show_text(text, language or None)
                self.front("text")
            case BinaryContent():
                self.text_view.show_bytes(data)
                self.front("text")
            case NoContent():
                self.text_view.clear("no body")
                self.front("text")


def _is_same(one: object, other: object) -> bool:
    """Whether two drawn things are the same; responses by identity, for they can be large."""
    return one is other or (not isinstance(one, Response) and one == other)


class RequestPane(ExchangePane):
    """The request, as it will be sent or was sent."""

    NUMBER: ClassVar[int] = 2
    NAME: ClassVar[str] = "Request"

    def views(self) -> tuple[str, ...]:
        """GraphQL first where it is GraphQL; raw is everything as it travels."""
        request = self.exchange.request if self.exchange else None
        if request is None:
            return ()
        graphql = ("graphql", "variables") if is_graphql(request.payload) else ()
        body = ("body",) if request.body is not None else ()
        return (*graphql, *body, "headers", "raw")

    def redraw(self) -> None:
        """Draw the request in the view in front."""
        exchange = self.exchange
        self._head()
        request = exchange.request if exchange else None
        if self.is_drawn(request, self.view, exchange.faults if exchange else ()):
            return
        if request is None:
            self.front("text")
            self.text_view.clear(self._why_nothing())
            return
        match self.view:
            case "graphql":
                self._graphql(request)
            case "body":
                self.show_content(request.content, request.body or b"", "$request.body")
                self.marked(_origins(request, ("body",)))
            case "variables":
                came = _origins(request, ("body", "variables"))
                names = [(at[0], text) for at, text in came.items() if len(at) == 1]
                self.table.show(variable_lines(request.payload, names, self.redactor), keep=True)
                self.front("table")
            case "headers":
                self.show_text(draw.header_text(request.headers, self.redactor))
                self.front("text")
            case _:
                self.show_text(draw.raw_request(request, self.redactor))
                self.front("text")

    def _at_cursor(self) -> str:
        """The variable the cursor is at and where its value came from."""
        json = self.json_view
        if not json.has_focus:
            return ""
        return f"← {json.cursor_note}" if json.cursor_note else json.cursor_expression

    def _why_nothing(self) -> str:
        exchange = self.exchange
        if exchange is None:
            return "choose a step"
        if isinstance(exchange.step.target, RunWorkflow):
            return "this step calls a workflow: s goes into it"
        if exchange.answer is not None:
            return "nothing was sent: see why beside this (4)"
        return "it cannot be built yet; see what it waits for beside this (4)"

    def _graphql(self, request: Request) -> None:
        """The operation pretty-printed, its variables beside it with where each came from."""
        operation = read_operation(request.payload)
        if operation is None:
            self.show_content(request.content, request.body or b"", "$request.body")
            return
        self.show_text(pretty(operation.query).text, "graphql")
        variables: Json = dict(operation.sent)
        self.show_json(variables, "$request.body#/variables")
        self.marked(_origins(request, ("body", "variables")))
        self.front("both")
        if self.exchange is not None:
            self._mark_errors(error_places(self.exchange))

    def point_out(self, found: ErrorPlaces) -> None:
        """Mark the places of one error only, and go to the first of them."""
        if self.view == "variables" and found.in_variables:
            self.table.find(found.in_variables[0][0])
        if self.view != "graphql":
            return
        self._mark_errors([found])
        printed = [each.printed for each in found.in_query if each.printed is not None]
        if printed:
            self.text_view.go_to_line(printed[0].line, printed[0].column - 1)
        for pointer in found.in_variables:
            with contextlib.suppress(Missing):
                self.json_view.reveal(pointer)
                break

    def _mark_errors(self, found: Sequence[ErrorPlaces]) -> None:
        """Mark where errors point in the query and in the variables."""
        request = self.exchange.request if self.exchange else None
        if request is None:
            return
        spans = [place.printed for each in found for place in each.in_query if place.printed]
        self.text_view.mark_spans(
            (span.line, span.column - 1, span.column - 1 + span.length, "error") for span in spans
        )
        marks = _origins(request, ("body", "variables"))
        for each in found:
            for pointer in each.in_variables:
                marks[pointer] = f"✗ {each.error.message}"
        self.marked(marks)

    def _head(self) -> None:
        head = self.query_one(HeadLine)
        exchange = self.exchange
        if exchange is None or exchange.request is None:
            failed = exchange is not None and isinstance(exchange.answer, Failure)
            head.show(line(("NOT SENT", "bad") if failed else ("nothing to send yet", "dim")))
            self.subtitle("")
            return
        state, look = _state_words(exchange)
        head.show(
            line((f"{state}  ", look), (self.redactor.text(draw.sent_line(exchange)), "strong"))
        )
        self.tell_pointed()

    def tell_pointed(self) -> None:
        """Where the URL came from, the size, and what the cursor is at."""
        request = self.exchange.request if self.exchange else None
        if request is None:
            return
        size = draw.size(len(request.body)) if request.body is not None else ""
        server = f"URL from {request.server}" if request.server else ""
        at = self._at_cursor()
        self.subtitle(" · ".join(part for part in (at, server, size) if part))


def _state_words(exchange: Exchange) -> tuple[str, str]:
    match exchange.phase:
        case Phase.NOT_RUN | Phase.UNSENT:
            return "NOT SENT", "warn"
        case Phase.SENDING:
            return "SENDING", "warn"
        case Phase.ANSWERED | Phase.JUDGED:
            match exchange.answer:
                case Failure(phase="resolve" | "connect" | "tls"):
                    return "NOT SENT", "bad"
                case Failure():
                    return "SENT, NO ANSWER", "bad"
                case _:
                    return "SENT", "good"


def _origins(request: Request, inside: Pointer) -> dict[Pointer, str]:
    """Where the values of a part of the body came from, as notes for the JSON view."""
    length = len(inside)
    return {
        origin.place[length:]: f"{origin.text}"
        for origin in request.origins
        if origin.place[:length] == inside and len(origin.place) > length
    }


class ResponsePane(ExchangePane):
    """The response: its body, its headers, or the bytes as they came."""

    NUMBER: ClassVar[int] = 3
    NAME: ClassVar[str] = "Response"

    def views(self) -> tuple[str, ...]:
        """The body first."""
        return ("body", "headers", "raw") if self.exchange and self.exchange.response else ()

    def redraw(self) -> None:
        """Draw the response in the view in front."""
        exchange = self.exchange
        self._head()
        response = exchange.response if exchange else None
        if response is None:
            if not self.is_drawn(None, exchange.phase if exchange else None, self._why_nothing()):
                self.front("text")
                self.text_view.clear(self._why_nothing())
                self.subtitle("")
            return
        if not self.is_drawn(response, self.view):
            self._draw(response)
        if exchange is not None and self.view == "body":
            self.marked(_marks(exchange))

    def point_out(self, place: Pointer) -> None:
        """Go to a place of the body."""
        if self.view == "body":
            with contextlib.suppress(Missing):
                self.json_view.reveal(place)

    def _draw(self, response: Response) -> None:
        match self.view:
            case "headers":
                status = f"{response.http_version} {response.status} {response.reason}".rstrip()
                fields = draw.header_text(response.headers, self.redactor)
                self.show_text(f"{status}\n{fields}")
                self.front("text")
            case "raw":
                self._raw(response)
                self.front("text")
            case _:
                self.show_content(response.content, response.body, "$response.body")

    def _raw(self, response: Response) -> None:
        """The bytes: as text where they are text, else as a dump."""
        if isinstance(response.content, BinaryContent):
            self.text_view.show_bytes(response.body)
        else:
            self.show_text(response.body.decode("utf-8", "replace"))

    def tell_pointed(self) -> None:
        """The expression the cursor is at."""
        self.subtitle(self.expression() if self.view == "body" else "")

    def _why_nothing(self) -> str:
        exchange = self.exchange
        if exchange is None:
            return ""
        match exchange.phase:
            case Phase.NOT_RUN:
                return "not run yet: n runs the next step, s goes phase by phase, c runs on"
            case Phase.UNSENT:
                return "not sent yet: n runs this step, s sends it"
            case Phase.SENDING:
                return "waiting for the answer · esc cancels"
            case Phase.ANSWERED | Phase.JUDGED:
                return "no response: see why beside this (4)"

    def _head(self) -> None:
        head = self.query_one(HeadLine)
        if self.exchange is None:
            head.show(line())
            return
        said, look = draw.answer_words(self.exchange)
        head.show(line((said, look)))


def _marks(exchange: Exchange) -> dict[Pointer, str]:
    """Places of the body that outputs were read from and GraphQL's errors speak of."""
    marks: dict[Pointer, str] = {}
    if exchange.verdict is not None:
        for error in exchange.verdict.errors:
            if error.path and error.path[0] != "variable":
                marks[("data", *map(str, error.path))] = f"error: {error.message}"
    for name, template in exchange.step.step.outputs.items():
        path = getattr(template, "path", None)
        pointer = getattr(template, "pointer", None)
        if path == ("response", "body") and pointer:
            marks[pointer] = f"output {name}"
    return marks
