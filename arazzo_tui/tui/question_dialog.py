"""A small window that asks something to be answered with yes or no. What follows is the caller's."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.tui.dialog import Dialog


class QuestionDialog(Dialog[bool]):
    """Asks before something is done: True for yes. No has the keys at first, and esc is no too.

    The words on the buttons are cut at twenty characters.
    """

    DEFAULT_CSS = """
    QuestionDialog {
        align: center middle;
        & > Vertical {
            width: 64;
            max-width: 95%;
            height: auto;
            max-height: 95%;
            background: $surface;
            border: round $warning;
            padding: 0 1;
        }
        & .title { text-style: bold; height: auto; max-height: 2; margin: 0 0 1 0; }
        & VerticalScroll { height: auto; max-height: 6; scrollbar-size-vertical: 1; }
        & VerticalScroll Static { height: auto; }
        & Horizontal { height: 1; align-horizontal: right; margin: 1 0 0 0; }
        & Button { margin: 0 0 0 2; min-width: 8; }
        &:nocolor Button:focus { text-style: reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name)
        for name, keys, action, words, tooltip in (
            ("question.yes", "y", "dismiss(True)", "Yes", "Do it"),
            ("question.no", "n,escape", "dismiss(False)", "No", "Do not do it"),
            ("question.other", "left,right", "other", "Other", "The other button"),
        )
    ]

    def __init__(
        self, title: str, lines: Sequence[str] = (), *, yes: str = "Yes", no: str = "No"
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Title, lines, the two answers."""
        with Vertical():
            yield Static(Content(one_line(self._title)), classes="title", markup=False)
            if self._lines:
                text = "\n".join(printable(line) for line in self._lines)
                yield VerticalScroll(Static(Content(text), markup=False), can_focus=False)
            with Horizontal():
                yield Button(_label(self._yes, "y"), id="yes", compact=True)
                yield Button(_label(self._no, "n"), id="no", compact=True)

    def on_mount(self) -> None:
        """Nothing is done by accident."""
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the two."""
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_other(self) -> None:
        """The button that has not the keys."""
        self.focus_next(Button)


def _label(words: str, key: str) -> Content:
    said = one_line(words, 20)
    return Content(said if said.lower().startswith(key) else f"{said} ({key})")
