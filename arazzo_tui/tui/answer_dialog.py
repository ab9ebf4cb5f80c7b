"""The editor of an answer that a person gives by hand, so that a step can be tried without its server."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Response, header
from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.json_editor import LinesEditor

_HINT = "ctrl+s answers with it; nothing is sent · tab goes on · esc leaves"
_MOST_SHOWN = 200_000


class AnswerDialog(ModalScreen[Response | None]):
    """Asks for status, content type and body; begins with a likely answer."""

    DEFAULT_CSS = """
    AnswerDialog {
        align: center middle;
        & > Vertical { width: 110; max-width: 98%; height: 90%; background: $surface;
            border: round $primary; padding: 0 1; }
        & .label { height: 1; color: $text-primary; text-style: bold; margin: 1 0 0 0; }
        & Input { border: none; height: 1; padding: 0; background: $panel; }
        & LinesEditor { height: 1fr; max-height: 100%; }
        & .hint { height: 1; color: $foreground-muted; }
        & .hint.wrong { color: $text-error; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f10", "take", "Answer", show=False, id="answer.take", priority=True,
                tooltip="Answer with it"),
        Binding("escape", "dismiss(None)", "Leave", show=False, id="answer.leave", priority=True,
                tooltip="Do not answer by hand"),
    ]  # fmt: skip

    def __init__(self, likely: Response) -> None:
        super().__init__()
        self._likely = likely

    def compose(self) -> ComposeResult:
        """Three fields."""
        likely = self._likely
        text = likely.body[:_MOST_SHOWN].decode("utf-8", "replace")
        kind = header(likely.headers, "content-type") or "application/json"
        with Vertical() as box:
            box.border_title = "Answer by hand: nothing is sent"
            yield Static("Status", classes="label")
            yield Input(str(likely.status), id="status", compact=True)
            yield Static("Content-Type", classes="label")
            yield Input(one_line(kind), id="type", compact=True)
            yield Static("Body", classes="label")
            yield LinesEditor(text, id="body")
            yield Static(_HINT, classes="hint")

    def on_mount(self) -> None:
        """The body has the keys."""
        self.query_one(TextArea).focus()

    def action_take(self) -> None:
        """Answer, unless the status is none."""
        status = self.query_one("#status", Input).value.strip()
        kind = self.query_one("#type", Input).value.strip()
        if not (status.isascii() and status.isdigit() and 100 <= int(status) <= 599):
            hint = self.query_one(".hint", Static)
            hint.add_class("wrong")
            hint.update(Content("✗ a status is a number from 100 to 599"))
            self.query_one("#status").focus()
            return
        body = self.query_one(TextArea).text.encode("utf-8", "surrogatepass")
        headers = (("Content-Type", kind),) if kind else ()
        content = read_content(kind or None, body)
        notes = ("answered by hand; nothing was sent",)
        self.dismiss(Response(int(status), "", headers, body, 0.0, len(body), content, notes=notes))
