"""The pane of the request: as it will be sent, with where each value came from and where errors point."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Failure, Request
from arazzo_tui.engine.plan import RunWorkflow
from arazzo_tui.graphql.request import is_graphql, pretty, read_operation
from arazzo_tui.language.values import Json, Missing, Pointer
from arazzo_tui.tui import draw
from arazzo_tui.tui.exchange import Exchange, Phase, error_places
from arazzo_tui.tui.exchange_pane import ExchangePane
from arazzo_tui.tui.lines_view import line
from arazzo_tui.tui.pane import HeadLine
from arazzo_tui.tui.pointed import Pointed, in_body, in_fields

if TYPE_CHECKING:
    from arazzo_tui.graphql.places import ErrorPlaces


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
                from arazzo_tui.tui.graphql_lines import variable_lines

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

    def place(self) -> Pointer:
        """The place of the request the cursor is at, as `Origin.place` has it; empty where it has none."""
        match self.view:
            case "graphql" if self.json_view.has_focus:
                return ("body", "variables", *self.json_view.cursor_pointer)
            case "graphql" | "raw":
                return ("url",)
            case "variables":
                here = self.table.current
                name = here.about.removeprefix("variable:") if here else ""
                return ("body", "variables", name) if name else ()
            case "headers":
                row = self._text.split("\n")[self.text_view.cursor_line - 1]
                return ("header", row.partition(":")[0].lower())
            case _ if not self.json_view.has_class("-behind"):
                return ("body", *self.json_view.cursor_pointer)
            case _:
                return ("url",)

    def pointed(self) -> Pointed | None:
        """The value of the body, of a variable or of the header field the cursor is at."""
        exchange = self.exchange
        request = exchange.request if exchange else None
        if exchange is None or request is None:
            return None
        if self.view == "headers":
            number = self.text_view.cursor_line - 1
            return in_fields(exchange, "request.header", request.headers, number)
        place = self.place()
        if place[:1] != ("body",) or not isinstance(request.content, JsonContent):
            return None
        inside = place[1:]
        if self.view != "variables":
            base = ("variables",) if self.view == "graphql" else ()
            inside = (*base, *self.pointed_inside())
        return in_body(exchange, "request.body", request.content.value, inside)

    def go_to_place(self, place: Pointer) -> None:
        """Bring a place of the request into sight, in the view that shows it."""
        if place[:2] == ("body", "variables") and "graphql" in self.views():
            self.view = "graphql"
            inside = place[2:]
        else:
            self.view = "body" if place[:1] == ("body",) else "headers"
            inside = place[1:]
        if place[:1] == ("body",):
            with contextlib.suppress(Missing):
                self.json_view.reveal(inside)
                self.call_after_refresh(self.json_view.focus)

    def point_out(self, found: "ErrorPlaces") -> None:
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

    def _mark_errors(self, found: "Sequence[ErrorPlaces]") -> None:
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
