"""The panes of lines: what was judged and what comes next, and the log of the run."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from arazzo_tui.tui.lines_view import Line, LinesView
from arazzo_tui.tui.pane import Pane


class LinesPane(Pane):
    """A pane that shows lines."""

    def compose(self) -> ComposeResult:
        """One view of lines."""
        yield LinesView()

    @property
    def lines(self) -> LinesView:
        """The view."""
        return self.query_one(LinesView)

    def focus_target(self) -> Widget:
        """The view."""
        return self.lines

    def copied(self) -> tuple[str, str] | None:
        """The value of the line, else its text."""
        here = self.lines.current
        if here is None:
            return None
        return (here.copy, "the value") if here.copy else (here.plain.strip(), "the line")

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Go to the next line that has a text."""
        return self.lines.find(text, backwards=backwards)

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; the same ones stay as the reader left them."""
        if tuple(lines) != self.lines.lines:
            self.lines.show(lines)


class ChecksPane(LinesPane):
    """Criteria, GraphQL's verdict, outputs, and what comes next."""

    NUMBER: ClassVar[int] = 4
    NAME: ClassVar[str] = "Checks · Outputs · Next"


class LogPane(LinesPane):
    """What happened, attempt by attempt."""

    NUMBER: ClassVar[int] = 5
    NAME: ClassVar[str] = "Log"
