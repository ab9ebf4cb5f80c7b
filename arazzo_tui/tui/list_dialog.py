"""A window with a list of lines, one of which is chosen: a moment, a branch, an edit, a step to go to.

A list that is only to be read is shown the same way. Long lines are wrapped, never cut.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.geometry import Size
from textual.message import Message

from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.dialog import Dialog
from arazzo_tui.tui.lines_view import Line, LinesView, MadeLines


class ChoiceView(LinesView):
    """Lines of which one is chosen: the cursor goes from line to line, however they are wrapped."""

    DEFAULT_CSS = """
    ChoiceView { background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", show=False, id="list.choose", tooltip="This line"),
    ]

    class Chosen(Message):
        """The line at the cursor is the one."""

    @property
    def number(self) -> int:
        """The number of the line the cursor is in, from 0."""
        return self.line_at(self.cursor_row) if self.line_count else 0

    def go_to_line(self, number: int) -> None:
        """Bring the cursor to a line, and all its rows into sight where they have room."""
        if 0 <= number < self.line_count:
            rows = self.rows_of(number)
            self.go_to(rows[-1])
            self.go_to(rows[0])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many rows as the lines take in this width, and no more than the terminal has."""
        return min(self.height_at(width), max(1, viewport.height))

    def action_move(self, rows: int) -> None:
        """Some lines down, or up."""
        self.go_to_line(max(0, min(self.number + rows, self.line_count - 1)))

    def action_choose(self) -> None:
        """Choose the line at the cursor."""
        self.post_message(self.Chosen())

    def row_clicked(self, row: int, column: int, *, twice: bool) -> None:
        """A click brings the cursor; one in the line where it is chooses that."""
        before = self.number
        super().row_clicked(row, column, twice=twice)
        if self.number == before:
            self.action_choose()


class ListDialog(Dialog[tuple[int, str] | None]):
    """Asks for one of several lines; gives back its number from 0 and the key it was chosen with.

    Enter chooses with the key `enter`; `keys` are others, each with its word for the bottom. Where
    nothing is to be chosen (`chooses` is false), the lines are only shown.
    """

    DEFAULT_CSS = """
    ListDialog {
        align: center middle;
        & > Vertical {
            width: 100; max-width: 96%; height: auto;
            background: $surface; border: round $primary; padding: 0;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back", id="list.back", tooltip="Choose nothing"),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[Line] | MadeLines,
        *,
        at: int = 0,
        keys: Mapping[str, str] | None = None,
        chooses: bool = True,
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines if isinstance(lines, MadeLines) else tuple(lines)
        self._at = at
        self._keys = dict(keys or {})
        self._chooses = chooses

    def compose(self) -> ComposeResult:
        """The list in its box."""
        with Vertical() as box:
            box.border_title = Content(one_line(self._title, 200))
            words = [f"{key} {word}" for key, word in self._keys.items()]
            said = (
                ("enter chooses", "esc goes back", *words) if self._chooses else ("esc goes back",)
            )
            box.border_subtitle = Content(" · ".join(said))
            view = ChoiceView()
            view.styles.height = "auto"
            yield view

    def on_mount(self) -> None:
        """The list has the keys, at the line that is meant."""
        self.app.clear_notifications()
        view = self.query_one(ChoiceView)
        view.show(self._lines)
        view.focus()
        self.call_after_refresh(view.go_to_line, min(self._at, len(self._lines) - 1))

    def on_resize(self) -> None:
        """The box stays within the screen, and the list within the box."""
        self.query_one(ChoiceView).styles.max_height = max(1, min(30, self.size.height - 2))

    def on_choice_view_chosen(self, event: ChoiceView.Chosen) -> None:
        """That one; of a list that is only shown there is none."""
        event.stop()
        chosen = (self.query_one(ChoiceView).number, "enter")
        self.dismiss(chosen if self._chooses and len(self._lines) else None)

    def on_key(self, event: Key) -> None:
        """One of the other keys."""
        key = event.character or event.key
        if key in self._keys and len(self._lines):
            event.stop()
            self.dismiss((self.query_one(ChoiceView).number, key))
