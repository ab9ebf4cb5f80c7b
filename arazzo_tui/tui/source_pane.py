"""The document's own text, read-only, at the step that the run is at."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from arazzo_tui.document.source import Mark
from arazzo_tui.tui.pane import Pane
from arazzo_tui.tui.text_view import TextView


class SourcePane(Pane):
    """Follows the step that is shown; the cursor stays where the reader put it until that is another."""

    NUMBER: ClassVar[int] = 7
    NAME: ClassVar[str] = "Source"

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._wanted: Mark | None = None
        self._shown: Mark | None = None

    def compose(self) -> ComposeResult:
        """One view of text."""
        yield TextView()

    @property
    def text(self) -> TextView:
        """The view."""
        return self.query_one(TextView)

    def focus_target(self) -> Widget:
        """The view."""
        return self.text

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Go to the next line that has a text."""
        return self.text.find(text, backwards)

    def show(self, mark: Mark | None) -> None:
        """Show the text around a place; while the pane is hidden, once it is shown."""
        self._wanted = mark
        if self.display:
            self._draw()

    def on_show(self) -> None:
        """The pane was brought to the front."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        mark = self._wanted
        if mark is self._shown:
            return
        before, self._shown = self._shown, mark
        if mark is None:
            self.text.clear("no document is open")
            return
        if before is None or before.source.text is not mark.source.text:
            language = "json" if mark.source.text.lstrip()[:1] == "{" else "yaml"
            self.text.show(mark.source.text, language=language)
        self.text.clear_marks()
        self.text.mark_line(mark.line)
        self.text.go_to_line(mark.line)
        self.subtitle(f"{mark.source.name}:{mark.line}")
