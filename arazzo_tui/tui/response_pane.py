"""The pane of the response: its body, its headers, or the bytes as they came."""

import contextlib
from collections.abc import Sequence
from typing import ClassVar

from arazzo_tui.engine.content import BinaryContent, JsonContent
from arazzo_tui.engine.exchange import Response
from arazzo_tui.language.values import Missing, Pointer
from arazzo_tui.tui import draw
from arazzo_tui.tui.exchange import Exchange, Phase
from arazzo_tui.tui.exchange_pane import ExchangePane
from arazzo_tui.tui.lines_view import line
from arazzo_tui.tui.pane import HeadLine
from arazzo_tui.tui.pointed import Pointed, in_body, in_fields


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

    def place(self) -> Pointer:
        """The place of the answer the cursor is at: in the body, a header, or the status."""
        if self.view == "headers":
            number = self.text_view.cursor_line
            row = self._text.split("\n")[number - 1]
            return ("status",) if number == 1 else ("header", row.partition(":")[0].lower())
        json = self.json_view
        return ("response", *json.cursor_pointer) if not json.has_class("-behind") else ()

    def pointed(self) -> Pointed | None:
        """The value of the body or of the header field the cursor is at."""
        exchange = self.exchange
        response = exchange.response if exchange else None
        if exchange is None or response is None:
            return None
        if self.view == "headers":
            number = self.text_view.cursor_line - 2  # the status stands over the fields
            return in_fields(exchange, "response.header", response.headers, number)
        if self.json_view.has_class("-behind") or not isinstance(response.content, JsonContent):
            return None
        return in_body(exchange, "response.body", response.content.value, self.pointed_inside())

    def go_to_place(self, place: Pointer) -> None:
        """Bring a place of the body into sight."""
        self.view = "body"
        with contextlib.suppress(Missing):
            self.json_view.reveal(place)

    def light(self, places: Sequence[Pointer]) -> None:
        """Mark these places of the body beside what is marked anyway, and go to the first."""
        if self.exchange is None or self.view != "body":
            return
        self.marked({**_marks(self.exchange), **dict.fromkeys(places, "matches")})
        if places:
            self.point_out(places[0])

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
            self.text_view.show_bytes(self.redactor.octets(response.body))
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
        head.show(line((self.redactor.text(said), look)))


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
