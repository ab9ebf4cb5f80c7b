"""A numbered pane with a border, and views that one key goes through.

A pane is given what it draws and keeps nothing but where the reader was in it.
"""

from typing import ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.lines_view import Line, LinesView


class Pane(Vertical):
    """One of the screen's panes. `NUMBER` is the key that focuses it."""

    NUMBER: ClassVar[int] = 0
    NAME: ClassVar[str] = ""

    view: reactive[str] = reactive("", init=False)
    """The view that is in front; empty in a pane with only one."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="pane")

    _subtitle = ""

    def on_mount(self) -> None:
        """Draw the title."""
        self.retitle()

    def views(self) -> tuple[str, ...]:
        """The views there are at the moment, in the order the key goes through them."""
        return ()

    def focus_target(self) -> Widget:
        """What has the focus when the pane is chosen."""
        return self

    def copied(self) -> tuple[str, str] | None:
        """What is copied here, and in a word what it is; None where there is nothing."""
        return None

    def expression(self) -> str:
        """The runtime expression of what the cursor is at; empty where nothing has one."""
        return ""

    def find(self, text: str, *, backwards: bool = False) -> bool:  # noqa: ARG002
        """Go to the next place that has a text; False where none has, or nothing can be found here."""
        return False

    def next_view(self) -> None:
        """Go to the next view, the first after the last."""
        views = self.views()
        if views:
            at = views.index(self.view) if self.view in views else -1
            self.view = views[(at + 1) % len(views)]

    def toggle_raw(self) -> None:
        """To the raw bytes, and back to the first view."""
        views = self.views()
        if "raw" in views:
            self.view = "raw" if self.view != "raw" else views[0]

    def watch_view(self) -> None:
        """Another view is in front."""
        self.retitle()

    def retitle(self) -> None:
        """The number, the name, and the views with the one in front marked."""
        title = Text(f"{self.NUMBER} {self.NAME}")
        for view in self.views():
            here = view == self.view
            title.append("  ")
            title.append(f"[{view}]" if here else view, "bold" if here else "dim")
        self.border_title = title

    def subtitle(self, text: str) -> None:
        """A line in the lower border; foreign text may be in it."""
        if text != self._subtitle:
            self._subtitle = text
            self.border_subtitle = Text(one_line(text, 300))


class HeadLine(Static):
    """The first line of a pane: pieces of text in looks, cut at the edge."""

    DEFAULT_CSS = """
    HeadLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__("", markup=False, id=id, classes=classes)
        self._told: Line | None = None

    def show(self, told: Line) -> None:
        """Show a line that was made printable when it was written; it never changes where others stand."""
        if told == self._told:
            return
        self._told = told
        pieces = ((text, LinesView.LOOKS.get(look, "")) for text, look in told.pieces)
        self.update(Content.assemble(*pieces), layout=False)
