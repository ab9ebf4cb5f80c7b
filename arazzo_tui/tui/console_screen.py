"""The console: a line that is answered as it is typed, at the moment that is looked at.

It knows a scope and asks `engine.console`; what matches in the body is told to whoever opened it.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from arazzo_tui.insight.completion import complete
from arazzo_tui.insight.console import Answer, evaluate
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Scope
from arazzo_tui.tui.dialog import Dialog
from arazzo_tui.tui.insight_lines import answer_lines
from arazzo_tui.tui.lines_view import Line, LinesView, line

_MOST_NAMES = 8


class ConsoleScreen(Dialog[str | None]):
    """Asks and answers; gives back a line that is to be watched, or None."""

    DEFAULT_CSS = """
    ConsoleScreen {
        background: $background 0%;
        align: center top;
        & > Vertical { height: 40%; min-height: 9; border: round $primary; background: $surface; }
        & Input { border: none; height: 1; padding: 0 1; background: $panel; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name, priority=True)
        for name, keys, action, words, tooltip in (
            ("console.leave", "escape", "dismiss(None)", "Leave", "Leave the console"),
            ("console.complete", "tab", "complete", "Complete", "Take the first name offered"),
            ("console.watch", "ctrl+w", "watch", "Watch", "Watch this from now on"),
            ("console.before", "up", "earlier(-1)", "Before", "The line before"),
            ("console.after", "down", "earlier(1)", "After", "The line after"),
        )
    ]

    def __init__(
        self,
        scope: Scope,
        redactor: Redactor,
        history: Sequence[str],
        on_answer: Callable[[Answer], None],
    ) -> None:
        super().__init__()
        self._scope = scope
        self._redactor = redactor
        self._history = list(history)
        self._at = len(self._history)
        self._on_answer = on_answer

    def compose(self) -> ComposeResult:
        """The line and what it is answered."""
        with Vertical() as box:
            box.border_title = "Console: $expression, condition, $.path, #/pointer"
            box.border_subtitle = Content(
                "tab completes · enter keeps the line · up goes back to it · ctrl+w watches it · esc"
            )
            yield Input(placeholder="$response.body#/data", compact=True, select_on_focus=False)
            yield LinesView()

    def on_mount(self) -> None:
        """The line has the keys."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Answer as it is typed."""
        event.stop()
        self.run_worker(self._answer(event.value), exclusive=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the line; the next one begins."""
        event.stop()
        text = event.value.strip()
        if text:
            self._history.append(self._redactor.text(text))
            self._at = len(self._history)

    async def _answer(self, text: str) -> None:
        """Answer a line; a query over a large body takes its time beside the keys."""
        answer = await asyncio.to_thread(evaluate, text, self._scope)
        lines = answer_lines(answer, self._redactor) if text.strip() else []
        self._on_answer(answer)
        self.query_one(LinesView).show([*lines, *self._offers(text)])

    def _offers(self, text: str) -> list[Line]:
        found = complete(text, self.query_one(Input).cursor_position, self._scope)
        if not found:
            return []
        shown = [
            line(("  ", ""), (self._redactor.text(each.text), "name"),
                 (f"  {self._redactor.text(each.value)}", "dim"))
            for each in found[:_MOST_NAMES]
        ]  # fmt: skip
        more = f", {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
        return [line((f"names{more}", "title")), *shown]

    def action_complete(self) -> None:
        """Put in the first name that is offered."""
        field = self.query_one(Input)
        found = complete(field.value, field.cursor_position, self._scope)
        if found:
            first = found[0]
            field.value = field.value[: first.start] + first.text + field.value[first.end :]
            field.cursor_position = first.start + len(first.text)

    def action_earlier(self, by: int) -> None:
        """Another line of those that were kept."""
        self._at = max(0, min(len(self._history), self._at + by))
        field = self.query_one(Input)
        field.value = self._history[self._at] if self._at < len(self._history) else ""
        field.cursor_position = len(field.value)

    def action_watch(self) -> None:
        """Watch the line, and leave."""
        text = self.query_one(Input).value.strip()
        if text:
            self.dismiss(text)

    @property
    def kept(self) -> tuple[str, ...]:
        """The lines that were kept."""
        return tuple(self._history)
