"""A text as rows, one a line or one a piece of a wrapped line; bytes as rows of a dump; finding in both.

The text is never copied or cut into lines: a row is a stretch of it. Nothing here draws or knows a
terminal.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from arazzo_tui.language.printable import is_printable, printable

TAB = 4
"""A tab reaches to the next column that is a multiple of this."""

_PIECE = 65_536
"""A text is searched, and cut into lines, in pieces of so many characters."""

_MOST_KNOWN = 256
"""Of so many pieces at most it is remembered where their lines start."""

_SLICE = (-1, 0, 0)
"""Between the lines of two pieces."""

_WIDEST = 9
"""The width of the widest thing `printable` makes of one character: ⟨U+E0001⟩."""


class TextRow(Struct, frozen=True):
    """A stretch of the text, without its line ending, and its line, from 0."""

    line: int
    start: int
    end: int
    is_first: bool


class TextRows:
    """The rows of a text. Lines end with a line feed, with or without a carriage return before it.

    Of each piece of the text only the number of its lines is known until somebody looks there.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._before = array("q", [0])
        for begin in range(0, len(text), _PIECE):
            ends = text.count("\n", begin, begin + _PIECE)
            self._before.append(self._before[-1] + ends)
        self._longest = array("q", bytes(8 * (len(self._before) - 1)))
        self._known: dict[int, array[int]] = {}
        self._long = array("q")
        self._long_at = array("q")
        self._long_steps = array("q")
        self._long_rows = array("q")
        self._count = self.line_count

    @property
    def line_count(self) -> int:
        """How many lines there are; an end of line at the end of the text begins no other."""
        return self._before[-1] + (not self.text.endswith("\n"))

    def __len__(self) -> int:
        return self._count

    def line(self, number: int) -> tuple[int, int]:
        """Where a line, from 0, starts and ends."""
        start = self._start(number)
        return start, self._without_ending(start, self._start(number + 1))

    def _start(self, number: int) -> int:
        if number >= self.line_count:
            return len(self.text)
        if number == 0:
            return 0
        piece = bisect_right(self._before, number - 1) - 1
        return self._starts(piece)[number - 1 - self._before[piece]]

    def _starts(self, piece: int) -> "array[int]":
        """Where the lines start that come after the line ends of a piece."""
        known = self._known.get(piece)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            at = begin = piece * _PIECE
            ended = self.text[begin : begin + _PIECE].split("\n")[:-1]
            known = array("q", [at := at + len(line) + 1 for line in ended])
            self._known[piece] = known
        return known

    def _without_ending(self, start: int, end: int) -> int:
        if end > start and self.text[end - 1] == "\n":
            end -= 1
            if end > start and self.text[end - 1] == "\r":
                end -= 1
        return end

    def line_of(self, offset: int) -> int:
        """The line a character is in."""
        if not self.text:
            return 0
        piece = min(offset, len(self.text) - 1) // _PIECE
        before = self._before[piece] + bisect_right(self._starts(piece), offset)
        return min(before, self.line_count - 1)

    def wrap(self, width: int | None) -> None:
        """Let no row be wider than so many cells; without a width a row is a line."""
        for _ in self.wrapping(width):
            pass

    def wrapping(self, width: int | None) -> Iterator[None]:
        """Wrap in small slices; the rows change at the end, all at once. A short text is one slice."""
        numbers, places, steps, counts = (array("q") for _ in range(4))
        more = 0
        for number, start, end in () if width is None else self._long_lines(width):
            if number < 0:
                yield
                continue
            each = self._widest_in(start, end)
            if each == _WIDEST:
                each = 1
                for begin in range(start, end, _PIECE):
                    if begin > start:
                        yield
                    piece = self.text[begin : min(end, begin + _PIECE)]
                    each = max(each, _cells_each(piece))
            step = max(1, (width or 1) // each)
            rows = -(-(end - start) // step)
            if rows > 1:
                numbers.append(number)
                places.append(number + more)
                steps.append(step)
                counts.append(rows)
                more += rows - 1
        self._long, self._long_at, self._long_steps, self._long_rows = (
            numbers,
            places,
            steps,
            counts,
        )
        self._count = self.line_count + more

    def _long_lines(self, width: int) -> Iterator[tuple[int, int, int]]:
        """The number, start and end of each line that may be wider; a negative number between pieces."""
        start = 0
        for piece in range(len(self._before) - 1):
            if self._before[piece] == self._before[piece + 1]:
                continue  # a stretch of a line that goes on
            if start:
                yield _SLICE
            begin, end = piece * _PIECE, piece * _PIECE + _PIECE
            longest = max(self.text.find("\n", begin, end) - start, self._longest_in(piece))
            if longest * self._widest_in(start, end) > width:
                yield from self._ending_in(piece, start, width)
            start = self.text.rfind("\n", begin, end) + 1
        if start < len(self.text) and (len(self.text) - start) * _WIDEST > width:
            yield self.line_count - 1, start, len(self.text)

    def _ending_in(self, piece: int, start: int, width: int) -> Iterator[tuple[int, int, int]]:
        """The lines that end in a piece, the first of which begins at `start`, if they may be wider."""
        for number, after in enumerate(self._starts(piece), self._before[piece]):
            if (after - start) * _WIDEST > width:
                yield number, start, self._without_ending(start, after)
            start = after

    def _longest_in(self, piece: int) -> int:
        """The length of the longest stretch without a line end in a piece."""
        if not self._longest[piece]:
            begin = piece * _PIECE
            lines = self.text[begin : begin + _PIECE].split("\n")
            self._longest[piece] = max(map(len, lines)) + 1
        return self._longest[piece] - 1

    def _widest_in(self, start: int, end: int) -> int:
        """How wide the widest thing in a stretch can be, without looking at each."""
        if not self.text.isascii() and not self.text[start:end].isascii():
            return _WIDEST
        return TAB if self.text.find("\t", start, end) >= 0 else 1

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
        inside = (offset - self._start(line)) // self._long_steps[at]
        return row + min(inside, self._long_rows[at] - 1)


def _cells_each(line: str) -> int:
    """How wide the widest thing in a line may be drawn, in cells."""
    each = 1
    if not line.isascii():
        each = 2 if is_printable(line.replace("\t", " ")) else _WIDEST
    return max(each, TAB) if "\t" in line else each


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
