"""Editors of several lines: for plain text, and for JSON: coloured, indenting, judged at every key.

What the text is for is the caller's business, and so is showing the sentence that `Judged` brings.
"""

import re
from typing import ClassVar

from rich.style import Style
from rich.text import Span, Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.printable import printable

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*+"(?=\s*:))'
    r'|(?P<string>"(?:[^"\\]|\\.)*+"?)'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<literal>\b(?:true|false|null)\b)"
    r"|(?P<punctuation>[{}\[\],:])"
)

_LONGEST_COLOURED = 20_000
"""Characters of one line: longer ones are shown plain, because every row of them is made anew."""

_INDENT = 2


class LinesEditor(TextArea, inherit_bindings=False):
    """A text area that grows with its text, and leaves tab and the function keys to the screen."""

    DEFAULT_CSS = """
    LinesEditor {
        height: auto;
        min-height: 3;
        max-height: 12;
        scrollbar-size-vertical: 1;
        border: none;
        border-left: outer $foreground 30%;
        padding: 0 0 0 1;
        &:focus { border: none; border-left: outer $border; background-tint: $foreground 5%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        each
        for each in TextArea.BINDINGS
        if not (isinstance(each, Binding) and each.key in ("f6", "f7"))
    ]

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(
            text,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=Content(printable(placeholder)),
            id=id,
            classes=classes,
        )
        self.indent_width = _INDENT

    def on_resize(self) -> None:
        """There may be less room now: keep the cursor in sight."""
        self.scroll_cursor_visible()


class JsonEditor(LinesEditor):
    """A text area for one JSON value. Blank text is no value and no mistake.

    With `strings`, neither is a text that does not start like an object, an array or a quoted string.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-editor--key",
        "json-editor--string",
        "json-editor--number",
        "json-editor--literal",
        "json-editor--punctuation",
        "json-editor--wrong",
    }

    DEFAULT_CSS = """
    JsonEditor {
        & > .json-editor--key { color: $text-primary; }
        & > .json-editor--string { color: $text-success; }
        & > .json-editor--number { color: $text-warning; }
        & > .json-editor--literal { color: $text-accent; text-style: italic; }
        & > .json-editor--punctuation { color: $foreground-muted; }
        & > .json-editor--wrong { background: $error; color: $text; text-style: bold underline; }
        &:nocolor > .json-editor--wrong { text-style: bold underline reverse; }
    }
    """

    class Judged(Message):
        """The text was judged after a change: `problem` is what is wrong with it, or None."""

        def __init__(self, editor: "JsonEditor", problem: BadJson | None) -> None:
            super().__init__()
            self.editor = editor
            self.problem = problem

        @property
        def control(self) -> "JsonEditor":
            """The editor whose text was judged."""
            return self.editor

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        strings: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        self._looks: dict[str, Style] = {}
        self._problem: BadJson | None = None
        self._strings = strings
        super().__init__(text, placeholder=placeholder, id=id, classes=classes)
        self._problem = self._judged()

    @property
    def problem(self) -> BadJson | None:
        """What keeps the text from being JSON; None for blank text."""
        return self._problem

    def _judged(self) -> BadJson | None:
        text = self.text
        start = text.lstrip()[:1]
        if not start or (self._strings and start not in ("{", "[", '"')):
            return None
        try:
            read_json(text)
        except BadJson as wrong:
            return wrong
        return None

    def on_text_area_changed(self) -> None:
        """Judge the text."""
        self._problem = self._judged()
        self._line_cache.clear()
        self.refresh()
        self.post_message(self.Judged(self, self._problem))

    def notify_style_update(self) -> None:
        """Textual's word that colours may have changed."""
        self._looks.clear()
        super().notify_style_update()

    def get_line(self, line_index: int) -> Text:
        """A line with its colours, and with a mark where the text stops being JSON."""
        line = super().get_line(line_index)
        if len(line) <= _LONGEST_COLOURED:
            for token in _TOKEN.finditer(line.plain):
                line.stylize(self._look(token.lastgroup or "key"), *token.span())
        wrong = self._problem
        if wrong is not None and wrong.line - 1 == line_index:
            # The place may be behind the last character: there the cursor's space is marked.
            line.spans.append(Span(wrong.column - 1, wrong.column, self._look("wrong")))
        return line

    def _look(self, what: str) -> Style:
        style = self._looks.get(what)
        if style is None:
            style = self.get_component_rich_style(f"json-editor--{what}", partial=True)
            self._looks[what] = style
        return style

    async def on_key(self, event: events.Key) -> None:
        """Indent a new line; let a closing bracket go back to the level it closes."""
        if event.key == "enter":
            self._break_line()
        elif event.character in ("}", "]"):
            if not self._close(event.character):
                return
        else:
            return
        event.stop()
        event.prevent_default()

    def _break_line(self) -> None:
        start, end = sorted(self.selection)
        before = self.document.get_line(start[0])[: start[1]]
        after = self.document.get_line(end[0])[end[1] :]
        indent = before[: len(before) - len(before.lstrip(" \t"))]
        opens = before.rstrip()[-1:] in ("{", "[")
        inner = indent + " " * _INDENT if opens else indent
        if opens and after.lstrip()[:1] in ("}", "]"):
            self.replace(f"\n{inner}\n{indent}", start, end, maintain_selection_offset=False)
            self.move_cursor((start[0] + 1, len(inner)))
        else:
            self.replace(f"\n{inner}", start, end, maintain_selection_offset=False)

    def _close(self, bracket: str) -> bool:
        """Puts a bracket that is first in its line one level back; says whether it did."""
        start, end = sorted(self.selection)
        before = self.document.get_line(start[0])[: start[1]]
        if not before or before.strip(" "):
            return False
        self.replace(
            bracket, (start[0], max(0, len(before) - _INDENT)), end, maintain_selection_offset=False
        )
        return True
