"""The screen for an empty folder: the demo, and the documents that were opened last."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.key_line import KeyLine
from arazzo_tui.tui.lines_view import line
from arazzo_tui.tui.pane import HeadLine
from arazzo_tui.tui.start import Start, demo_start
from arazzo_tui.world.state import State


class Welcome(Screen[Start | None]):
    """Offers what can be opened; gives what was chosen, or None."""

    DEFAULT_CSS = """
    Welcome {
        align: center middle;
        & > Vertical { width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 1 2;
            border: round $primary; background: $surface; }
        & OptionList { height: auto; max-height: 16; border: none; background: $surface; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "demo", id="welcome.demo", tooltip="Open the demo"),
        Binding("q,ctrl+q,escape", "leave", "quit", id="welcome.quit", tooltip="Leave"),
    ]

    def __init__(self, state: State) -> None:
        super().__init__()
        self._recent = state.recent()
        self._state = state

    def compose(self) -> ComposeResult:
        """What it is, and the list."""
        with Vertical():
            yield HeadLine(id="title")
            yield HeadLine(id="about")
            yield HeadLine(id="hint")
            yield OptionList(
                Option(Text("▶ the demo: a GraphQL workflow against a server of its own")),
                *(Option(Text(one_line(name))) for name in self._recent),
            )
        yield KeyLine()

    def on_mount(self) -> None:
        """Say why there is nothing else."""
        self.query_one("#title", HeadLine).show(line(("arazzo-tui", "title")))
        about = "There is no Arazzo document in this folder."
        self.query_one("#about", HeadLine).show(line((about, "dim")))
        hint = "Open one with: arazzo-tui DOC" + ("   Opened last:" if self._recent else "")
        self.query_one("#hint", HeadLine).show(line((hint, "dim")))
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what was chosen."""
        if event.option_index == 0:
            self.action_demo()
        else:
            name = self._recent[event.option_index - 1]
            self.dismiss(Start(documents=(name,), state=self._state))

    def action_demo(self) -> None:
        """Open the demo."""
        self.dismiss(demo_start())

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(None)
