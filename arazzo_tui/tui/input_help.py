"""What the inputs form says about the field that has the keys: its meaning, its limits, its origin.

It always has the same height, so that nothing jumps when another field gets the keys.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widget import Widget

from arazzo_tui.engine.inputs import Field
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.language.values import brief
from arazzo_tui.tui.input_entry import Control, Entry
from arazzo_tui.tui.input_row import wrapped

_MOST_NAMED = 12
"""So many values are listed; the list that opens has all of them."""


class InputHelp(Widget):
    """The help of one entry, or one sentence where there is none, beneath what is wrong as a whole."""

    DEFAULT_CSS = """
    InputHelp {
        height: 6;
        color: $foreground;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entry: Entry | None = None
        self._origin = ""
        self._whole: tuple[str, ...] = ()
        self._sentence = ""

    def show(self, entry: Entry, origin: str) -> None:
        """Explain an entry; `origin` says where what stands in it comes from, if that is news."""
        if (entry, origin) != (self._entry, self._origin):
            self._entry = entry
            self._origin = origin
            self.refresh()

    def say(self, sentence: str) -> None:
        """Explain no entry, but say something of ours."""
        self._entry = None
        self._sentence = sentence
        self.refresh()

    def show_whole(self, sentences: Sequence[str]) -> None:
        """Say what is wrong with the inputs as a whole."""
        if tuple(sentences) != self._whole:
            self._whole = tuple(sentences)
            self.refresh()

    def render(self) -> Content:
        """As many lines as there is room: what is wrong, the name, the description, the facts."""
        width, height = self.size
        wrong = [line for each in self._whole for line in wrapped(f"✗ {each}", width - 2)]
        wrong = _cut(wrong, max(1, height - 1))
        entry = self._entry
        if entry is None:
            named, described, facts = "", wrapped(self._sentence, width), list[str]()
        else:
            named = entry.label
            facts = _cut(wrapped(" · ".join(_facts(entry, self._origin)), width - 3), 3)
            described = wrapped(one_line(entry.field.description, 2_000), width - 3)
        described = _cut(described, height - len(wrong) - 1 - len(facts))
        lines = [Content.styled(line, "$text-error") for line in wrong]
        lines.append(Content.styled(_rule(named, width), "$foreground-muted"))
        lines += [Content(f" {line}") for line in described]
        lines += [Content.styled(f" {line}", "$foreground-muted") for line in facts]
        return Content("\n").join(lines)


def _cut(lines: list[str], most: int) -> list[str]:
    """The first lines, with a sign where there are more."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{lines[most - 1]} …"] if most > 0 else []


def _rule(name: str, width: int) -> str:
    if not name:
        return "─" * width
    if cell_len(name) > width - 5:
        name = set_cell_size(name, max(1, width - 6)) + "…"
    return f"── {name} ".ljust(width - (cell_len(name) - len(name)), "─")


def _facts(entry: Entry, origin: str) -> Iterator[str]:
    """Type, format, choices, default, examples and origin, each in few words, printable."""
    field = entry.field
    kinds = {"url": "URL", "operation": "method and path", "secret": "credential"}
    kind = kinds[entry.question] if entry.question else " or ".join(map(printable, field.types))
    if not kind and not field.choices:
        kind = "any type"
    need = "required" if field.required else "optional"
    yield one_line(f"{kind}, {need}" if kind else need)
    if not field.declared:
        yield "not declared by the document"
    if field.format and not entry.is_question:
        yield one_line(f"format {field.format}")
    if field.secret:
        yield "hidden wherever it is shown"
    if field.choices:
        yield f"one of {_listed(field)}"
    if field.has_default and not field.secret:
        yield one_line(f"default {brief(field.default)}")
    if field.examples and not field.secret:
        yield one_line(f"such as {brief(field.examples[0])}")
    if origin:
        yield one_line(f"from {origin}")
    match entry.control:
        case Control.CHOICE:
            yield "space chooses"
        case Control.JSON | Control.LINES:
            yield "tab goes on"
        case Control.LINE:
            return


def _listed(field: Field) -> str:
    named = ", ".join(one_line(brief(each, 30)) for each in field.choices[:_MOST_NAMED])
    more = len(field.choices) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
