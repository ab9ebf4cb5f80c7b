"""The two nets between foreign text and the terminal, in Textual's terms.

`shown` is the way a foreign string becomes something a widget takes. `SafeFilter` is the last net:
whatever a widget drew, nothing that a terminal obeys or hides leaves the program in it.
"""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.filter import LineFilter

from arazzo_tui.language.printable import is_printable, printable


def shown(text: str, style: str | Style = "", *, lines: bool = False) -> Text:
    """A foreign string as text for a widget: printable, and never read as markup.

    With `lines`, line feeds and tabs stay what they are.
    """
    return Text(printable(text, lines=lines), style=style, end="")


class SafeFilter(LineFilter):
    """Drops control, bidirectional and invisible characters from every drawn line.

    It stands in `App.get_line_filters()` for all filters that come before it, so that a line is filtered
    once and kept once. Text that came through `printable` passes as it is; what did not loses the
    characters, and keeps its width on the screen.
    """

    def __init__(self, before: Sequence[LineFilter] = ()) -> None:
        super().__init__()
        self.before = before

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without anything a terminal would obey or hide."""
        for each in self.before:
            segments = each.apply(segments, background)
        if all(_is_safe(segment) for segment in segments):
            return segments
        return [_cleaned(segment) for segment in segments if not segment.control]


def _is_safe(segment: Segment) -> bool:
    text, style, control = segment
    if control or not ((text.isascii() and text.isprintable()) or is_printable(text)):
        return False
    return style is None or style.link is None or is_printable(style.link)


def _cleaned(segment: Segment) -> Segment:
    text, style, _ = segment
    if not is_printable(text):
        kept = printable("".join(character for character in text if is_printable(character)))
        text = set_cell_size(kept, cell_len(text))
    if style is not None and style.link is not None and not is_printable(style.link):
        style = style.update_link(None)
    return Segment(text, style)
