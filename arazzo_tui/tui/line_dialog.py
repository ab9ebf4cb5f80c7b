"""A small window that asks for a line: a path, a name, a value, a condition.

What the line is for is the caller's; it may judge the line at every key.
"""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.dialog import Dialog


class LineDialog(Dialog[str | None]):
    """Asks for a line; gives back the text as it was typed, or None.

    `title` says what is asked, `purpose` what will happen with it, `value` is what stands in the field
    at first, `wrong` what is wrong with a text (nothing, where it will do).
    """

    DEFAULT_CSS = """
    LineDialog {
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
        & .hint { height: auto; max-height: 3; color: $foreground-muted; margin: 1 0 0 0; }
        & .hint.wrong { color: $text-error; }
        & Input { background: $panel; }
    }
    LineDialog.-short {
        & .title { max-height: 1; }
        & .purpose { max-height: 2; margin: 0; }
        & .hint { margin: 0; }
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]  # noqa: RUF012  # so Textual declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", tooltip="Do nothing", id="line.cancel"),
    ]

    def __init__(
        self,
        title: str,
        purpose: str = "",
        value: str = "",
        *,
        placeholder: str = "path of a file",
        wrong: "Callable[[str], str] | None" = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._purpose = purpose
        self._value = value
        self._placeholder = placeholder
        self._wrong = wrong or _some_text

    def compose(self) -> ComposeResult:
        """Title, purpose, field, keys."""
        with Vertical():
            yield Static(Content(one_line(self._title)), classes="title", markup=False)
            if self._purpose:
                purpose = Content(one_line(self._purpose, 300))
                yield Static(purpose, classes="purpose", markup=False)
            yield Input(self._value, self._placeholder, select_on_focus=False, compact=True)
            yield Static(_KEYS, classes="hint", markup=False)

    def on_mount(self) -> None:
        """The field has the keys."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be so no longer, and what is wrong is said as it is typed."""
        event.stop()
        wrong = self._wrong(event.value.strip()) if self._wrong is not _some_text else ""
        self._hint(f"✗ {wrong}" if wrong else _KEYS, wrong=bool(wrong))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: that is the line, unless something is wrong with it."""
        event.stop()
        text = event.value.strip()
        wrong = self._wrong(text)
        if wrong:
            self._hint(f"✗ {wrong}", wrong=True)
        else:
            self.dismiss(text)

    def _hint(self, sentence: str, *, wrong: bool) -> None:
        hint = self.query_one(".hint", Static)
        hint.set_class(wrong, "wrong")
        hint.update(Content(one_line(sentence, 200)))


def _some_text(text: str) -> str:
    return "" if text else "type a path, or press esc"


_KEYS = "enter take · esc cancel"
