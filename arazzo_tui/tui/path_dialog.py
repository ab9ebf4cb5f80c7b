"""A small window that asks for the path of a file. It opens no file and looks for none."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from arazzo_tui.language.printable import one_line


class PathDialog(ModalScreen[str | None]):
    """Asks for a path; gives back the text as it was typed, or None.

    `title` says what is asked, `purpose` what will happen with the path, `value` is what stands in
    the field at first.
    """

    DEFAULT_CSS = """
    PathDialog {
        align: center middle;
        & > Vertical {
            width: 70;
            max-width: 95%;
            height: auto;
            max-height: 95%;
            background: $surface;
            border: round $border;
            padding: 0 1;
        }
        & .title { text-style: bold; height: auto; max-height: 2; }
        & .purpose { height: auto; max-height: 4; color: $foreground-muted; margin: 0 0 1 0; }
        & .hint { height: 1; color: $foreground-muted; margin: 1 0 0 0; }
        & .hint.wrong { color: $text-error; }
        & Input { background: $panel; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", tooltip="Do nothing", id="path.cancel"),
    ]

    def __init__(self, title: str, purpose: str = "", value: str = "") -> None:
        super().__init__()
        self._title = title
        self._purpose = purpose
        self._value = value

    def compose(self) -> ComposeResult:
        """Title, purpose, field, keys."""
        with Vertical():
            yield Static(Content(one_line(self._title)), classes="title", markup=False)
            if self._purpose:
                purpose = Content(one_line(self._purpose, 300))
                yield Static(purpose, classes="purpose", markup=False)
            yield Input(self._value, "path of a file", select_on_focus=False, compact=True)
            yield Static(_KEYS, classes="hint", markup=False)

    def on_mount(self) -> None:
        """The field has the keys."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be so no longer."""
        event.stop()
        self._hint(_KEYS, wrong=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: that is the path, unless there is none."""
        event.stop()
        path = event.value.strip()
        if path:
            self.dismiss(path)
        else:
            self._hint("✗ type a path, or press esc", wrong=True)

    def _hint(self, sentence: str, *, wrong: bool) -> None:
        hint = self.query_one(".hint", Static)
        hint.set_class(wrong, "wrong")
        hint.update(sentence)


_KEYS = "enter take · esc cancel"
