"""A text as rows, one a line or one a piece of a wrapped line; bytes as rows of a dump; finding in both.

The text is never copied or cut into lines: a row is a stretch of it. Nothing here draws or knows a
terminal.
"""

import re
from array import array
from bisect import bisect_right
from operator import sub

from msgspec import Struct

from arazzo_tui.language.printable import is_printable, printable

TAB = 4
"""A tab reaches to the next column that is a multiple of this."""

_PIECE = 65_536
"""A text is searched in pieces of so many characters."""

_WIDEST = 9
"""The width of the widest thing `printable` makes of one character: ⟨U+E0001⟩."""


class TextRow(Struct, frozen=True):
    """A stretch of the text, without its line ending, and its line, from 0."""

    line: int
    start: int
    end: int
    is_first: bool


class TextRows:
    """The rows of a text. Lines end with a line feed, with or without a carriage return before it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = array("q", [0])
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)
        if len(self._starts) > 1 and self._starts[-1] == len(text):
            self._starts.pop()
        self._each: bytes | None = None
        self._long: list[int] = []
        self._long_at: list[int] = []
        self._long_steps: list[int] = []
        self._long_rows: list[int] = []
        self._count = self.line_count

    @property
    def line_count(self) -> int:
        """How many lines there are; an end of line at the end of the text begins no other."""
        return len(self._starts)

    def __len__(self) -> int:
        return self._count

    def line(self, number: int) -> tuple[int, int]:
        """Where a line, from 0, starts and ends."""
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < self.line_count else len(self.text)
        if end > start and self.text[end - 1] == "\n":
            end -= 1
            if end > start and self.text[end - 1] == "\r":
                end -= 1
        return start, end

    def line_of(self, offset: int) -> int:
        """The line a character is in."""
        return bisect_right(self._starts, offset) - 1

    def wrap(self, width: int | None) -> None:
        """Let no row be wider than so many cells; without a width a row is a line."""
        self._long, self._long_at, self._long_steps, self._long_rows = [], [], [], []
        more = 0
        for line in [] if width is None else self._wider_than(width):
            start, end = self.line(line)
            each = self._widths()[line]
            if each < TAB and self.text.find("\t", start, end) >= 0:
                each = TAB
            step = max(1, (width or 1) // each)
            rows = -(-(end - start) // step)
            if rows > 1:
                self._long.append(line)
                self._long_at.append(line + more)
                self._long_steps.append(step)
                self._long_rows.append(rows)
                more += rows - 1
        self._count = self.line_count + more

    def _wider_than(self, width: int) -> list[int]:
        """The lines that may be: most are not, so they are told apart by their lengths alone."""
        least = TAB if "\t" in self.text else 1
        lengths = map(sub, [*self._starts[1:], len(self.text)], self._starts)
        return [
            line
            for line, (length, each) in enumerate(zip(lengths, self._widths(), strict=True))
            if length * max(each, least) > width
        ]

    def _widths(self) -> bytes:
        """For each line how wide the widest thing in it may be drawn, but for tabs, in cells."""
        if self._each is None:
            if self.text.isascii():
                self._each = bytes([1]) * self.line_count
            else:
                ends = [*self._starts[1:], len(self.text)]
                lines = (self.text[a:b] for a, b in zip(self._starts, ends, strict=True))
                self._each = bytes(1 if line.isascii() else _cells_each(line) for line in lines)
        return self._each

    def row(self, number: int) -> TextRow:
        """The row with this number, from 0; raises `IndexError`."""
        if not 0 <= number < self._count:
            raise IndexError(number)
        at = bisect_right(self._long_at, number) - 1
        if at < 0:
            return TextRow(number, *self.line(number), is_first=True)
        line, inside = self._long[at], number - self._long_at[at]
        if inside >= self._long_rows[at]:
            line += 1 + inside - self._long_rows[at]
            return TextRow(line, *self.line(line), is_first=True)
        start, end = self.line(line)
        step = self._long_steps[at]
        first = start + inside * step
        return TextRow(line, first, min(end, first + step), is_first=inside == 0)

    def row_of(self, offset: int) -> int:
        """The row a character is in."""
        line = self.line_of(offset)
        at = bisect_right(self._long, line) - 1
        if at < 0:
            return line
        row = self._long_at[at]
        if self._long[at] < line:
            return row + self._long_rows[at] + line - self._long[at] - 1
        inside = (offset - self._starts[line]) // self._long_steps[at]
        return row + min(inside, self._long_rows[at] - 1)


def _cells_each(line: str) -> int:
    return 2 if is_printable(line.rstrip("\r\n").replace("\t", " ")) else _WIDEST


def drawn(text: str, column: int = 0) -> str:
    """A stretch of a line as it is drawn from some column on: printable, its tabs as spaces."""
    if "\t" not in text:
        return printable(text)
    pieces: list[str] = []
    for piece in text.split("\t"):
        if pieces:
            pieces.append(" " * (TAB - column % TAB))
            column += len(pieces[-1])
        pieces.append(printable(piece))
        column += len(pieces[-1])
    return "".join(pieces)


def find(text: str, sought: str, start: int, *, backwards: bool = False) -> int | None:
    """Where `sought` is next, from `start` on, or before it; capitals matter only if it has one.

    A big text is looked at piece by piece, so that what is near is found at once.
    """
    if not sought:
        return None
    exact = sought != sought.lower()
    more = len(sought) - 1
    if backwards:
        end = start
        while end > 0:
            begin = max(0, end - _PIECE)
            at = _last(text[begin : end + more], sought, exact)
            if at is not None:
                return begin + at
            end = begin
        return None
    for begin in range(start, len(text), _PIECE):
        at = _first(text[begin : begin + _PIECE + more], sought, exact)
        if at is not None:
            return begin + at
    return None


def _first(piece: str, sought: str, exact: bool) -> int | None:
    if not exact:
        lowered = piece.lower()
        if len(lowered) != len(piece):  # a few letters have a longer small one
            found = re.search(re.escape(sought), piece, re.IGNORECASE)
            return None if found is None else found.start()
        piece = lowered
    at = piece.find(sought)
    return None if at < 0 else at


def _last(piece: str, sought: str, exact: bool) -> int | None:
    if not exact:
        lowered = piece.lower()
        if len(lowered) != len(piece):
            at = -1
            for found in re.finditer(f"(?={re.escape(sought)})", piece, re.IGNORECASE):
                at = found.start()
            return None if at < 0 else at
        piece = lowered
    at = piece.rfind(sought)
    return None if at < 0 else at


class HexRows:
    """The rows of a dump of bytes."""

    def __init__(self, data: bytes, width: int = 16) -> None:
        self.data = data
        self.width = width

    def __len__(self) -> int:
        return max(1, -(-len(self.data) // self.width))

    def row(self, number: int) -> tuple[str, str]:
        """The bytes of a row as hexadecimal digits, to the width of a full row, and as ASCII."""
        piece = self.data[number * self.width : (number + 1) * self.width]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in piece)
        return piece.hex(" ").ljust(self.width * 3 - 1), shown

    def find(self, sought: str, start: int, *, backwards: bool = False) -> int | None:
        """Where the UTF-8 bytes of a text are next, from `start` on, or before it."""
        wanted, data = sought.encode(errors="replace"), self.data
        if not wanted:
            return None
        if sought == sought.lower():
            wanted, data = wanted.lower(), data.lower()
        end = max(0, start - 1 + len(wanted))
        at = data.rfind(wanted, 0, end) if backwards else data.find(wanted, start)
        return None if at < 0 else at
