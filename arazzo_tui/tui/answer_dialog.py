"""The editor of an answer that a person gives by hand, so that a step can be tried without its server."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Response, header
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui.dialog import Dialog
from arazzo_tui.tui.draw import size
from arazzo_tui.tui.external_editor import NoEditor, edited_outside
from arazzo_tui.tui.json_editor import LinesEditor
from arazzo_tui.tui.masked import HiddenText

_HINT = "ctrl+s answers with it; nothing is sent · ctrl+e opens the body in $EDITOR · esc leaves"
_MOST_SHOWN = 200_000
"""Bytes of a body that can be edited in a field; cut it is not, for half an answer is another one."""


class AnswerDialog(Dialog[Response | None]):
    """Asks for status, content type and body; begins with a likely answer."""

    DEFAULT_CSS = """
    AnswerDialog {
        align: center middle;
        & > Vertical { width: 110; max-width: 98%; height: 96%; background: $surface;
            border: round $primary; padding: 0 1; }
        & .label { height: 1; color: $text-primary; text-style: bold; margin: 1 0 0 0; }
        & Input { border: none; height: 1; padding: 0; background: $panel; }
        & LinesEditor { height: 1fr; min-height: 1; max-height: 100%; }
        & .hint { height: auto; max-height: 3; color: $foreground-muted; }
        & .hint.wrong { color: $text-error; text-style: bold; }
    }
    AnswerDialog.-short {
        & .label { margin: 0; }
        & .hint { max-height: 1; }
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012  # so Textual declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name, priority=True)
        for name, keys, action, words, tooltip in (
            ("answer.take", "ctrl+s,f10", "take", "Answer", "Answer with it"),
            ("answer.outside", "ctrl+e", "outside", "Editor", "Edit the body in $EDITOR"),
            ("answer.leave", "escape", "leave", "Leave", "Do not answer by hand"),
        )
    ]

    def __init__(self, likely: Response, redactor: Redactor | None = None) -> None:
        super().__init__()
        self._hidden = HiddenText(redactor)
        self._likely = likely
        self._too_long = len(likely.body) > _MOST_SHOWN
        self._before: tuple[str, str, str] | None = None
        self._leaving = False

    def compose(self) -> ComposeResult:
        """Three fields."""
        likely = self._likely
        text = "" if self._too_long else likely.body.decode("utf-8", "replace")
        kind = header(likely.headers, "content-type") or "application/json"
        with Vertical() as box:
            box.border_title = "Answer by hand: nothing is sent"
            yield Static("Status", classes="label")
            yield Input(str(likely.status), id="status", compact=True, select_on_focus=False)
            yield Static("Content-Type", classes="label")
            yield Input(one_line(kind), id="type", compact=True, select_on_focus=False)
            yield Static("Body", classes="label")
            yield LinesEditor(self._hidden.hide(text), id="body")
            yield Static(Content(_HINT), classes="hint", markup=False)

    def on_mount(self) -> None:
        """The body has the keys."""
        self.app.clear_notifications()
        self.query_one(TextArea).focus()
        self._before = self._fields()
        if self._too_long:
            there = size(len(self._likely.body))
            self._say(f"the last answer has {there}: too long to be edited here", wrong=False)

    def _fields(self) -> tuple[str, str, str]:
        status, kind = (self.query_one(name, Input).value.strip() for name in ("#status", "#type"))
        return status, kind, self.query_one(TextArea).text

    def on_text_area_changed(self) -> None:
        """Whoever types does not leave."""
        self._typed()

    def on_input_changed(self) -> None:
        """Whoever types does not leave."""
        self._typed()

    def _typed(self) -> None:
        self._leaving = False
        if self._before is not None and self._fields() != self._before:
            self._say(_HINT, wrong=False)

    def _say(self, sentence: str, *, wrong: bool) -> None:
        hint = self.query_one(".hint", Static)
        hint.set_class(wrong, "wrong")
        hint.update(Content(one_line(sentence, 300)))

    def action_take(self) -> None:
        """Answer, unless the status is none."""
        status, kind, text = self._fields()
        if not (status.isascii() and status.isdigit() and 100 <= int(status) <= 599):
            self._say("✗ a status is a number from 100 to 599", wrong=True)
            self.query_one("#status").focus()
            return
        body = self._hidden.back(text).encode("utf-8", "surrogatepass")
        headers = (("Content-Type", kind),) if kind else ()
        content = read_content(kind or None, body)
        notes = ("answered by hand; nothing was sent",)
        self.dismiss(Response(int(status), "", headers, body, 0.0, len(body), content, notes=notes))

    async def action_outside(self) -> None:
        """Edit the body in the editor of the environment."""
        area = self.query_one(TextArea)
        suffix = ".json" if "json" in self.query_one("#type", Input).value else ".txt"
        changed = await edited_outside(self.app, area.text, suffix)
        match changed:
            case str():
                area.text = changed
            case NoEditor(sentence):
                self._say(sentence, wrong=True)

    def action_leave(self) -> None:
        """Leave; an answer that was written is thrown away only when that is meant."""
        if self._fields() != self._before and not self._leaving:
            self._leaving = True
            self._say("! esc once more throws the answer away; ctrl+s answers with it", wrong=True)
        else:
            self.dismiss(None)
