"""A field of one row whose value is one of a few: a widget, and the list it opens.

Which values these are and what they mean is the caller's business; here they are numbers and printable
labels.
"""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import OptionList, Static

from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.dialog import Dialog

_FEW = 2
"""So many choices need no list: the other one is meant."""


class Choice(Widget, can_focus=True):
    """One of several labels. Left and right go through them, space opens a list, a letter looks one up."""

    DEFAULT_CSS = """
    Choice {
        height: 1;
        background: $surface;
        color: $foreground;
        pointer: pointer;
        &:hover { background-tint: $foreground 5%; }
        &:focus { background-tint: $foreground 10%; text-style: bold; }
        &:nocolor:focus { text-style: reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, words, show=False, tooltip=tooltip, id=name)
        for name, keys, action, words, tooltip in (
            (
                "choice.open",
                "space",
                "open",
                "Choose",
                "Open the list, or take the other one of two",
            ),
            ("choice.previous", "left", "step(-1)", "Previous", "Take the choice before"),
            ("choice.next", "right", "step(1)", "Next", "Take the next choice"),
        )
    ]

    chosen = var(0, init=False)
    """The number of the choice, from 0."""

    class Changed(Message):
        """Another one was chosen."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> "Choice":
            """The field that changed."""
            return self.choice

    def __init__(self, title: str, labels: Sequence[str], chosen: int = 0) -> None:
        super().__init__()
        self._title = title
        self._labels = tuple(labels)
        self.set_reactive(Choice.chosen, chosen)

    def render(self) -> Content:
        """The label, and a sign that there are others."""
        width = self.size.width
        label = self._labels[self.chosen]
        if cell_len(label) > width - 2:
            label = set_cell_size(label, max(0, width - 3)) + "…"
        return Content(set_cell_size(label, max(0, width - 1)) + "▾")

    def watch_chosen(self) -> None:
        """Show it, and tell."""
        self.refresh()
        self.post_message(self.Changed(self))

    def validate_chosen(self, chosen: int) -> int:
        """Always one of them: after the last comes the first."""
        return chosen % len(self._labels)

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Letters are ours: Textual leaves them out of the footer meanwhile."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next choice that starts with it, and never to the screen."""
        if not event.is_printable or event.character is None or event.key == "space":
            return
        event.stop()
        typed = event.character.lower()
        for step in range(1, len(self._labels) + 1):
            number = (self.chosen + step) % len(self._labels)
            if self._labels[number].lstrip('"').lower().startswith(typed):
                self.chosen = number
                return

    def on_click(self) -> None:
        """A click is as good as the space key."""
        self.action_open()

    def action_step(self, steps: int) -> None:
        """Take one of those beside it."""
        self.chosen += steps

    def action_open(self) -> None:
        """Open the list; of two, take the other one at once."""
        if len(self._labels) <= _FEW:
            self.chosen += 1
        else:
            self.app.push_screen(ChoiceList(self._title, self._labels, self.chosen), self._take)

    def _take(self, chosen: int | None) -> None:
        if chosen is not None:
            self.chosen = chosen


class ChoiceList(Dialog[int | None]):
    """The list of a `Choice`; it gives back a number, or None where none was taken."""

    DEFAULT_CSS = """
    ChoiceList {
        align: center middle;
        & > Vertical {
            width: 60;
            max-width: 90%;
            height: auto;
            max-height: 90%;
            background: $surface;
            border: round $border;
            padding: 0 1;
        }
        & .title { text-style: bold; height: auto; }
        & .hint { color: $foreground-muted; }
        & OptionList {
            height: auto;
            max-height: 12;
            background: $surface;
        }
        &:nocolor OptionList > .option-list--option-highlighted { text-style: reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "dismiss(None)", "Cancel", tooltip="Leave it as it is", id="choices.cancel"
        )
    ]

    def __init__(self, title: str, labels: Sequence[str], chosen: int) -> None:
        super().__init__()
        self._title = title
        self._labels = tuple(labels)
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """A title, the choices, the keys."""
        with Vertical():
            yield Static(Content(one_line(self._title)), classes="title", markup=False)
            yield OptionList(*map(Content, self._labels), markup=False, compact=True)
            yield Static("enter take · esc cancel", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Start at what is chosen now."""
        choices = self.query_one(OptionList)
        choices.highlighted = self._chosen
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One was taken."""
        event.stop()
        self.dismiss(event.option_index)
