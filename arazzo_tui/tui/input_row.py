"""One row of the inputs form: label, field, state, and beneath the field what is wrong with it.

The row draws all of it itself, around its only child, the field: that makes a long form fast to open.
What is wrong is found by the form, which sees all rows.
"""

from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Paste
from textual.geometry import Spacing
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from arazzo_tui.tui.choice import Choice
from arazzo_tui.tui.input_entry import (
    Control,
    Entry,
    Given,
    answer,
    is_taken_as_text,
    option_labels,
)

if TYPE_CHECKING:
    from arazzo_tui.tui.json_editor import LinesEditor


SIGN_WIDTH = 11
"""Cells for a sign and a word about the state."""

_LEAD = 2
"""Cells for the sign of the row that has the keys."""

_FEWEST_LINES, _MOST_LINES = 3, 12
"""How small and how big an editor of several lines is."""


class State(Struct, frozen=True):
    """How a row stands: a word for it, and sentences about it that stand beneath the field."""

    word: str
    wrong: bool = False
    fine: bool = False
    sentences: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """The sign before the word: colour alone would not be enough."""
        return "✗" if self.wrong else "✓" if self.fine else "·"


class LineInput(Input):
    """A field of one line. It loses nothing of a pasted text that has several."""

    class Outgrown(Message):
        """Several lines were pasted: `text` is what the field would hold with them."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            entry.text,
            entry.placeholder,
            password=entry.field.secret,
            select_on_focus=False,
            compact=True,
        )

    def on_paste(self, event: Paste) -> None:
        """Textual's own field would take the first line only."""
        if len(event.text.splitlines()) < 2:
            return
        event.stop()
        event.prevent_default()
        start, end = sorted(self.selection)
        text = self.value[:start] + event.text + self.value[end:]
        if self.password:
            self.value = text  # drawn as dots, whatever it holds
        else:
            self.post_message(self.Outgrown(text))


_LOOKS = {
    "label": "$foreground",
    "here": "bold $foreground",
    "required": "bold $text-warning",
    "fine": "$text-success",
    "wrong": "$text-error",
    "open": "$foreground-muted",
}
"""How the parts of a row look, as Textual writes styles."""


class InputRow(Widget):
    """A row for one entry of the form."""

    DEFAULT_CSS = """
    InputRow {
        height: auto;
        & Input { width: 1fr; }
        & Choice { width: 1fr; }
        & LinesEditor { width: 1fr; }
    }
    """

    def __init__(self, entry: Entry, number: int) -> None:
        super().__init__(id=f"input-{number}")
        self.entry = entry
        self.state = State("")
        self.editor = _editor(entry)
        self._label_width = 0
        self._room = _MOST_LINES

    def compose(self) -> ComposeResult:
        """The field; all else is drawn."""
        yield self.editor

    # What was answered

    @property
    def text(self) -> str:
        """What stands in the field; for a choice, nothing."""
        match self.editor:
            case Input():
                return self.editor.value
            case Choice():
                return ""
            case lines:
                return lines.text

    def read(self) -> Given | None:
        """The value in the field, None for none; raises `BadValue` where it is no value."""
        if isinstance(self.editor, Choice):
            return self.entry.options[self.editor.chosen]
        return answer(self.entry, self.text)

    @property
    def is_touched(self) -> bool:
        """Whether it says something else than at the opening."""
        if isinstance(self.editor, Choice):
            return self.editor.chosen != self.entry.chosen
        return self.text != self.entry.text

    @property
    def is_taken_as_text(self) -> bool:
        """Whether what looks like JSON is a string because it is no JSON."""
        return is_taken_as_text(self.entry, self.text)

    async def on_line_input_outgrown(self, event: LineInput.Outgrown) -> None:
        """Go on in a field of several lines."""
        from arazzo_tui.tui.json_editor import LinesEditor

        event.stop()
        line = self.editor
        self.editor = LinesEditor(event.text, placeholder=self.entry.placeholder)
        self._make_room()
        with self.app.batch_update():
            await self.mount(self.editor)
            self.editor.move_cursor(self.editor.document.end)
            self.editor.focus()
            await line.remove()
        self.post_message(LinesEditor.Changed(self.editor))

    # How it looks

    @property
    def is_tall(self) -> bool:
        """Whether the field stands beneath the label, rather than beside it."""
        return not isinstance(self.editor, Input | Choice)

    @property
    def wanted_label_width(self) -> int:
        """Cells for the label, with the star of a required one."""
        return cell_len(self.entry.label) + 2 * self.entry.field.required

    def lay_out(self, label_width: int, room: int) -> None:
        """Give the label so many cells, for all rows the same; `room` is the most lines of a row."""
        if (label_width, room) != (self._label_width, self._room):
            self._label_width = label_width
            self._room = room
            self._make_room()
            self.refresh()

    def show_state(self, state: State) -> None:
        """Show how it stands."""
        if state != self.state:
            self.state = state
            self._make_room()
            self.refresh()

    def on_resize(self) -> None:
        """Other sentences may fit in a line now."""
        self._make_room()

    def _make_room(self) -> None:
        below = len(self._sentences(self.size.width))
        if self.is_tall:
            margin = Spacing(1, 0, below, _LEAD)
            height = max(_FEWEST_LINES, min(_MOST_LINES, self._room - 1 - below))
            self.editor.styles.max_height = height
        else:
            margin = Spacing(0, SIGN_WIDTH + 1, below, _LEAD + self._label_width + 1)
        if self.editor.styles.margin != margin:
            self.editor.styles.margin = margin

    def _sentences(self, width: int) -> list[str]:
        sign = "✗" if self.state.wrong else "→"
        return [
            ("  " if number else f"{sign} ") + line
            for sentence in self.state.sentences
            for number, line in enumerate(wrapped(sentence, width - _LEAD - 2))
        ]

    def render(self) -> Content:
        """The label and the state in the first line, the sentences in the last ones."""
        width = self.size.width
        room = width - _LEAD - SIGN_WIDTH - 1 if self.is_tall else self._label_width
        lines = [self._first_line(room, width)]
        below = self._sentences(width)
        lines += [Content("")] * (self.size.height - 1 - len(below))
        kind = "wrong" if self.state.wrong else "open"
        lines += [Content.styled(" " * _LEAD + line, _LOOKS[kind]) for line in below]
        return Content("\n").join(lines)

    def _first_line(self, room: int, width: int) -> Content:
        has_keys = self.editor.has_focus
        focus = "❯ " if has_keys else "  "
        star = " *" if self.entry.field.required else ""
        label = self.entry.label
        if cell_len(label) > room - len(star):
            label = set_cell_size(label, max(0, room - len(star) - 1)) + "…"
        sign = set_cell_size(f"{self.state.sign} {self.state.word}", SIGN_WIDTH)
        gap = " " * max(1, width - len(focus) - cell_len(label) - len(star) - SIGN_WIDTH)
        kind = "wrong" if self.state.wrong else "fine" if self.state.fine else "open"
        return Content.assemble(
            (focus, _LOOKS["required"]),
            (label, _LOOKS["here" if has_keys else "label"]),
            (star, _LOOKS["required"]),
            gap,
            (sign, _LOOKS[kind]),
        )

    def on_descendant_focus(self) -> None:
        """It has the keys now."""
        self.refresh()

    def on_descendant_blur(self) -> None:
        """Another row has them."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """A click beside the field means the field."""
        if event.widget is self:
            self.editor.focus()


def _editor(entry: Entry) -> "Input | LinesEditor | Choice":
    match entry.control:
        case Control.CHOICE:
            return Choice(entry.label, option_labels(entry), entry.chosen)
        case Control.JSON:
            from arazzo_tui.tui.json_editor import JsonEditor

            strings = entry.takes_strings
            return JsonEditor(entry.text, placeholder=entry.placeholder, strings=strings)
        case Control.LINES:
            from arazzo_tui.tui.json_editor import LinesEditor

            return LinesEditor(entry.text, placeholder=entry.placeholder)
        case Control.LINE:
            return LineInput(entry)


def wrapped(text: str, width: int) -> list[str]:
    """A printable text in lines of so many cells, or of twenty where there is less room."""
    return [line.plain.rstrip() for line in Content(text).wrap(max(20, width))] if text else []
