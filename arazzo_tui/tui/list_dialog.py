"""A window with a list of lines, one of which is chosen: a moment, a branch, an edit, a step to go to."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from arazzo_tui.tui.lines_view import Line
from arazzo_tui.tui.pane import LOOKS


class ListDialog(ModalScreen[tuple[int, str] | None]):
    """Asks for one of several lines; gives back its number from 0 and the key it was chosen with.

    Enter chooses with the key `enter`; `keys` are others, each with its word for the bottom.
    """

    DEFAULT_CSS = """
    ListDialog {
        align: center middle;
        & > Vertical {
            width: 100; max-width: 96%; height: auto; max-height: 90%;
            background: $surface; border: round $primary; padding: 0;
        }
        & OptionList { height: auto; max-height: 30; border: none; background: $surface; padding: 0; }
        & OptionList:focus { border: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back", id="list.back", tooltip="Choose nothing"),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[Line],
        *,
        at: int = 0,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)
        self._at = at
        self._keys = dict(keys or {})

    def compose(self) -> ComposeResult:
        """The list in its box."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            words = [f"{key} {word}" for key, word in self._keys.items()]
            box.border_subtitle = Content(" · ".join(("enter chooses", *words, "esc goes back")))
            yield OptionList(*(Option(_content(each)) for each in self._lines), markup=False)

    def on_mount(self) -> None:
        """The list has the keys, at the line that is meant."""
        options = self.query_one(OptionList)
        options.focus()
        if self._lines:
            options.highlighted = min(self._at, len(self._lines) - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """That one."""
        event.stop()
        self.dismiss((event.option_index, "enter"))

    def on_key(self, event: Key) -> None:
        """One of the other keys."""
        key = event.character or event.key
        at = self.query_one(OptionList).highlighted
        if key in self._keys and at is not None:
            event.stop()
            self.dismiss((at, key))


def _content(told: Line) -> Content:
    return Content.assemble(*((text, LOOKS.get(look, "")) for text, look in told.pieces))
