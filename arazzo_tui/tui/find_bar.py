"""The line at the bottom in which one types what to find."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FindBar(Input):
    """Asks for a text; the screen looks for it in the pane that had the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "leave", "Leave", show=False, id="find.leave", tooltip="Leave the search"
        ),
    ]

    class Sought(Message):
        """A text is looked for; `done` when it was accepted with enter, or the bar was left."""

        def __init__(self, text: str, *, done: bool) -> None:
            super().__init__()
            self.text = text
            self.done = done

    def __init__(self) -> None:
        super().__init__(id="find", compact=True, select_on_focus=True)

    def ask(self, where: str) -> None:
        """Show the bar and wait for a text."""
        self.placeholder = f"find in {where}: enter accepts, esc leaves, . and , go on"
        self.screen.add_class("-finding")
        self.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for it as it is typed."""
        event.stop()
        if self.has_focus:
            self.post_message(self.Sought(event.value, done=False))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: go back to the pane, which stands at what was found."""
        event.stop()
        self._leave()

    def action_leave(self) -> None:
        """Esc: go back without looking further."""
        self._leave()

    def _leave(self) -> None:
        self.screen.remove_class("-finding")
        self.post_message(self.Sought("", done=True))
