"""A screen of panes: which is in front, what has the focus, zooming, views, copying, finding.

Knows nothing of runs and documents; `workbench` is made on it.
"""

from textual.screen import Screen

from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.clipboard import copy_text
from arazzo_tui.tui.find_bar import FindBar
from arazzo_tui.tui.pane import Pane


class PaneScreen(Screen[None]):
    """The keys that work on panes. A subclass composes them and a `FindBar`."""

    def __init__(self) -> None:
        super().__init__()
        self._finding: Pane | None = None

    def main_pane(self) -> Pane:
        """The pane that keys mean when none has the focus, or one without views."""
        raise NotImplementedError

    def can_focus_pane(self, pane: Pane) -> bool:  # noqa: ARG002
        """Whether a pane can be gone to at the moment."""
        return True

    def front(self, name: str) -> None:
        """Which pane is shown where only one has room; the log makes room where it can."""
        for pane in self.query(Pane):
            pane.set_class(pane.id == name, "-front")
        self.set_class(name == "log", "-log")
        self.set_class(name == "source", "-source")

    def beside(self, name: str) -> None:
        """Which of the panes that share a place with the browser is shown there."""
        self.set_class(name == "flow", "-flow")

    def action_pane(self, number: int) -> None:
        """Focus a pane by its number."""
        for pane in self.query(Pane):
            if number == pane.NUMBER and self.can_focus_pane(pane):
                if self.has_class("-zoomed"):
                    self.action_zoom()
                if pane.id in ("browser", "flow"):
                    self.beside(pane.id)
                    if self.has_class("-tiny"):
                        self.front(pane.id)
                else:
                    self.front(pane.id or "")
                self.call_after_refresh(pane.focus_target().focus)
                return

    def focused_pane(self) -> Pane | None:
        """The pane that has the focus."""
        return next((pane for pane in self.query(Pane) if pane.has_focus_within), None)

    async def action_copy(self) -> None:
        """Copy what the cursor is at."""
        pane = self.focused_pane()
        await self._copy(pane.copied() if pane else None)

    async def action_copy_expression(self) -> None:
        """Copy the expression that names what the cursor is at."""
        pane = self.focused_pane() or self.main_pane()
        expression = pane.expression()
        await self._copy((expression, "the expression") if expression else None)

    async def _copy(self, copied: tuple[str, str] | None) -> None:
        if copied is None:
            self.notify("there is nothing to copy here", markup=False)
        else:
            await copy_text(self.app, *copied)

    def action_find(self) -> None:
        """Ask for a text and go to it as it is typed."""
        self._finding = self.focused_pane() or self.main_pane()
        self.query_one(FindBar).ask(self._finding.NAME)

    def action_find_next(self, backwards: bool = False) -> None:
        """The next place that has the text that was looked for."""
        self._find(self.query_one(FindBar).value, backwards=backwards)

    def on_find_bar_sought(self, message: FindBar.Sought) -> None:
        """A text is being typed, or was accepted."""
        self._find(message.text)
        if message.done and self._finding is not None:
            self._finding.focus_target().focus()

    def _find(self, text: str, *, backwards: bool = False) -> None:
        pane = self._finding or self.focused_pane()
        if pane is not None and text and not pane.find(text, backwards=backwards):
            self.notify(f"not found: {one_line(text, 60)}", timeout=2, markup=False)

    def action_help(self) -> None:
        """All keys."""
        from arazzo_tui.tui.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_zoom(self) -> None:
        """One pane over the whole screen, and back."""
        pane = self.focused_pane()
        zoomed = not self.has_class("-zoomed") and pane is not None
        for each in self.query(Pane):
            each.set_class(zoomed and each is pane, "-zoom")
        self.set_class(zoomed, "-zoomed")

    def action_view(self) -> None:
        """The next view of the pane in focus; of the response when no pane with views is."""
        pane = self.focused_pane()
        (pane if pane and pane.views() else self.main_pane()).next_view()

    def action_raw(self) -> None:
        """The raw bytes of the pane in focus, and back."""
        pane = self.focused_pane()
        (pane if pane and pane.views() else self.main_pane()).toggle_raw()
