"""All keys on one screen, made from the same tables that the keys are bound by."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from arazzo_tui.tui.dialog import Dialog
from arazzo_tui.tui.json_view import JsonView
from arazzo_tui.tui.keys import WORKBENCH_KEYS, key_words
from arazzo_tui.tui.lines_view import Line, LinesView, line
from arazzo_tui.tui.row_view import RowView
from arazzo_tui.tui.text_view import TextView


class HelpScreen(Dialog[None]):
    """The keys, by where they work."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > Vertical { width: 92; max-width: 96%; height: 90%; border: round $primary;
            background: $surface; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Back", id="help.back", tooltip="Back"),
    ]

    def compose(self) -> ComposeResult:
        """The lines."""
        with Vertical() as box:
            box.border_title = "Keys · esc goes back"
            yield LinesView()

    def on_mount(self) -> None:
        """Write them."""
        view = self.query_one(LinesView)
        view.show(list(help_lines()))
        view.focus()


def help_lines() -> Iterator[Line]:
    """Every key of the screen and of the views, with what it does."""
    yield line(
        ("Letters work where no text field has the focus; F-keys and ctrl keys everywhere.", "dim")
    )
    yield from _section("Everywhere", WORKBENCH_KEYS)
    yield from _section("In every view", _bindings(RowView))
    yield from _section("In JSON", _bindings(JsonView))
    yield from _section("In text", _bindings(TextView))


def _bindings(widget: type[RowView]) -> Iterator[Binding]:
    return (each for each in widget.__dict__.get("BINDINGS", ()) if isinstance(each, Binding))


def _section(title: str, bindings: Iterable[Binding]) -> Iterator[Line]:
    yield Line()
    yield line((title, "title"))
    for binding in bindings:
        keys = key_words(binding)
        yield line((f"  {keys:<18}", "name"), binding.tooltip or binding.description, hang=20)
