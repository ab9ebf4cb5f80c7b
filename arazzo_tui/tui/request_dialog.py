"""The editor of a request: method and URL, headers, query, variables or body, each in a field of its own.

It gives back a request, or none; secrets stand in it by a name, and come back when it is taken. What text
makes which request is `graphql.edited`'s; where the request goes is the caller's.
"""

from collections.abc import Iterator
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from arazzo_tui.engine.exchange import Request
from arazzo_tui.graphql.edited import BadRequestText, Part, RequestText, as_text, from_text
from arazzo_tui.graphql.request import pretty
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui.dialog import Dialog
from arazzo_tui.tui.external_editor import edited_outside
from arazzo_tui.tui.json_editor import JsonEditor, LinesEditor
from arazzo_tui.tui.masked import HiddenText

_HINT = (
    "ctrl+s takes it · ctrl+e opens this field in $EDITOR · tab goes on · esc leaves it as it was"
)


class RequestDialog(Dialog[Request | None]):
    """Edits a request before it is sent, or once more after its answer."""

    DEFAULT_CSS = """
    RequestDialog {
        align: center middle;
        & > Vertical { width: 116; max-width: 98%; height: 96%; background: $surface;
            border: round $primary; padding: 0 1; }
        & .label { height: 1; color: $text-primary; text-style: bold; margin: 1 0 0 0; }
        & Input { border: none; height: 1; padding: 0; background: $panel; }
        & LinesEditor { max-height: 18; }
        & .hint { height: auto; max-height: 3; color: $foreground-muted; }
        & .hint.wrong { color: $text-error; text-style: bold; }
    }
    RequestDialog.-short {
        & .label { margin: 0; }
        & .hint { max-height: 2; }
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012  # so Textual declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name, priority=True)
        for name, keys, action, words, tooltip in (
            ("request.take", "ctrl+s,f10", "take", "Take", "Take the request as it is edited"),
            ("request.outside", "ctrl+e", "outside", "Editor", "Edit this field in $EDITOR"),
            ("request.leave", "escape", "leave", "Leave", "Leave the request as it was"),
        )
    ]

    def __init__(self, request: Request, title: str, redactor: Redactor | None = None) -> None:
        super().__init__()
        self._hidden = HiddenText(redactor)
        self._request = request
        self._title = title
        self._text = as_text(request)
        self._fields: dict[str, str] = {}
        self._leaving = False

    def compose(self) -> ComposeResult:
        """A field for each part that can be edited as text."""
        text, hide = self._text, self._hidden.hide
        with Vertical() as box:
            box.border_title = Content(one_line(self._title))
            with VerticalScroll(can_focus=False):
                yield Static("Method and URL", classes="label")
                yield Input(hide(text.line), id="line", compact=True, select_on_focus=False)
                if text.query is not None:
                    yield Static("Query", classes="label")
                    yield LinesEditor(hide(pretty(text.query).text), id="query")
                yield from self._body_field()
                yield Static("Headers", classes="label")
                yield LinesEditor(hide(text.headers), id="headers")
            yield Static(Content(_HINT), classes="hint", markup=False)

    def _body_field(self) -> Iterator[Widget]:
        text = self._text
        name = "Body" if text.query is None else "Variables"
        if text.body is None:
            yield Static(
                f"{name}: bytes that are no text; they are sent as they are", classes="label"
            )
            return
        yield Static(f"{name} (JSON)" if text.is_json else name, classes="label")
        body = self._hidden.hide(text.body)
        yield JsonEditor(body, id="body") if text.is_json else LinesEditor(body, id="body")

    def on_mount(self) -> None:
        """What is edited most has the keys."""
        self.app.clear_notifications()
        self._fields = {area.id or "": area.text for area in self.query(TextArea)}
        wanted = "body" if self._text.body is not None else "line"
        self.query_one(f"#{wanted}").focus()

    def edited(self) -> RequestText:
        """The text as it stands in the fields; what was not touched is as it was, to the byte."""
        back = self._hidden.back
        text = replace(self._text, line=back(self.query_one("#line", Input).value))
        for area in self.query(TextArea):
            if area.text == self._fields.get(area.id or ""):
                continue  # the query is laid out for reading, and is not sent so for that
            match area.id:
                case "query":
                    text = replace(text, query=back(area.text))
                case "body":
                    text = replace(text, body=back(area.text))
                case "headers":
                    text = replace(text, headers=back(area.text))
                case _:
                    pass
        return text

    def on_text_area_changed(self) -> None:
        """Say what is wrong as it is typed."""
        self._judge()

    def on_input_changed(self) -> None:
        """Say what is wrong as it is typed."""
        self._judge()

    def _judge(self) -> Request | BadRequestText:
        self._leaving = False
        try:
            request = from_text(self.edited(), self._request)
        except BadRequestText as wrong:
            self._say(f"✗ {_PARTS[wrong.part]}: {wrong}", wrong=True)
            return wrong
        self._say(_HINT, wrong=False)
        return request

    def _say(self, sentence: str, *, wrong: bool) -> None:
        hint = self.query_one(".hint", Static)
        hint.set_class(wrong, "wrong")
        hint.update(Content(one_line(sentence, 300)))

    def action_take(self) -> None:
        """Give the request back, unless something is wrong with it: then its field has the keys."""
        match self._judge():
            case Request() as request:
                self.dismiss(request)
            case BadRequestText(part=part):
                self.query_one(f"#{part}").focus()

    async def action_outside(self) -> None:
        """Edit the text of the field in focus in the editor of the environment."""
        field = self.focused
        match field:
            case TextArea():
                suffix = {"query": ".graphql", "body": ".json"}.get(field.id or "", ".txt")
                changed = await edited_outside(self.app, field.text, suffix)
            case Input():
                changed = await edited_outside(self.app, field.value, ".txt")
            case _:
                return
        if isinstance(changed, str):
            if isinstance(field, TextArea):
                field.text = changed
            else:
                field.value = changed.strip()
        else:
            self._say(changed.sentence, wrong=True)

    def action_leave(self) -> None:
        """Leave; edits are thrown away only when that is meant."""
        if self.edited() != self._text and not self._leaving:
            self._leaving = True
            self._say("! esc once more throws the edits away; ctrl+s takes them", wrong=True)
        else:
            self.dismiss(None)


_PARTS: dict[Part, str] = {
    "line": "method and URL",
    "headers": "headers",
    "query": "query",
    "body": "body",
}
