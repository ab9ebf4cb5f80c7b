"""Text that was written by somebody, the places in it, and what is wrong at a place.

A `Problem` is a value: every reader collects them, nobody raises them. They are printed here, once,
for the terminal, the command line and the tests alike.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import Enum

from msgspec import Struct

from arazzo_tui.document.scalar_places import line_starts
from arazzo_tui.language.printable import printable, quoted_name
from arazzo_tui.language.query_limits import Budget


class Source(Struct, frozen=True):
    """A document's text and the name it is known by: a path as the user gave it, or a URL."""

    name: str
    text: str

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its end; empty when there is none."""
        start, end = self.bounds(number)
        return self.text[start:end].rstrip("\r")

    def bounds(self, number: int) -> tuple[int, int]:
        """Where line `number` begins, and where its end stands; twice the same when there is none."""
        starts = line_starts(self.text)
        if number > len(starts):
            return len(self.text), len(self.text)
        number = max(number, 1)
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return starts[number - 1], end


class Mark(Struct, frozen=True):
    """A place in a source: line and column counted from 1, columns in code points."""

    source: Source
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


def mark_at(source: Source, offset: int) -> Mark:
    """The place of the character `offset` of a source."""
    before = source.text[:offset]
    return Mark(source, before.count("\n") + 1, offset - before.rfind("\n"))


class Severity(Enum):
    """How bad a problem is. Only an `ERROR` stops a plan; a `WARNING` says what was read how."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Problem(Struct, frozen=True):
    """One thing that is wrong, or was read with tolerance, and what would be right.

    `code` is stable and meant for machines; `hint` is the cure, often the exact rewrite.
    `strict` marks a tolerated dialect, which `--strict` turns into an error.
    """

    code: str
    message: str
    mark: Mark | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR
    dialect: bool = False

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, width: int = 100) -> Iterable[str]:
        """The problem as a compiler would print it: place, message, the line with a caret, the cure.

        Of the line `width` characters around the caret are shown.
        """
        where = f"{self.mark}: " if self.mark else ""
        yield printable(f"{where}{self.severity.value}[{self.code}]: {_cut(self.message)}")
        if self.mark:
            yield from _caret(self.mark, width)
        if self.hint:
            yield printable(f"  = {_cut(self.hint)}")


def _cut(text: str) -> str:
    """A sentence that quotes a document; of a very long one its beginning."""
    return text if len(text) <= _LONGEST_SENTENCE else text[: _LONGEST_SENTENCE - 1] + "…"


_LONGEST_SENTENCE = 2_000


def _caret(mark: Mark, width: int) -> Iterable[str]:
    begin, end = mark.source.bounds(mark.line)
    start = max(0, mark.column - 1 - width // 2)
    text = mark.source.text[min(begin + start, end) : min(begin + start + width, end)]
    text = text.rstrip("\r").replace("\t", " ")
    if not text.strip():
        return
    shown = printable(text)
    indent = len(printable(text[: mark.column - 1 - start]))
    gutter = f"{mark.line} | "
    yield f"  {gutter}{shown}"
    yield f"  {' ' * len(gutter)}{' ' * indent}^"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence with the names nearest to `name`, or the names there are; empty when none.

    After `_MOST_ASKED` sentences for one document it is empty, too, until the next one is read.
    """
    if not _asked.left:
        return ""
    _asked.spend()
    names = list(dict.fromkeys(known))
    near = [] if len(name) > _LONGEST else get_close_matches(name, names[:_MANY], n=3, cutoff=0.6)
    near = near or [other for other in names if other.lower() == name.lower()]
    if near:
        return "did you mean " + " or ".join(quoted_name(other) for other in near) + "?"
    if names:
        more = f" and {len(names) - 8} more" if len(names) > 8 else ""
        return "there is " + ", ".join(quoted_name(other) for other in names[:8]) + more
    return ""


_LONGEST, _MANY = 200, 1000  # comparing is slow, and a name beyond them is no slip of the fingers
_MOST_ASKED = 1000  # a document of nothing but unknown names would be compared with itself
_asked = Budget(_MOST_ASKED)


def likeness_anew() -> None:
    """Another document is looked at: `did_you_mean` compares names again."""
    _asked.renew()
