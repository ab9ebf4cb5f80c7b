"""Where the characters of a scalar stand in the text it was read from.

Exact for plain and quoted scalars, JSON strings and literal blocks, whatever their escapes and line
breaks; for folded blocks the place of the line at least. It reads the text again, since a document is
read far more often than something inside one of its strings is wrong.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache


def place_inside(text: str, line: int, column: int, value: str, offset: int) -> tuple[int, int]:
    """Line and column of `value[offset]`, for the scalar that begins at `line`, `column`.

    An offset outside the value means its nearest end. Where text and value do not fit each other
    (an alias), the beginning of the scalar is the answer.
    """
    starts = line_starts(text)
    begin = starts[line - 1] + column - 1
    at = _scalar_start(text, begin)
    offset = max(0, min(offset, len(value)))
    found = _offset_inside(text, at, value, offset)
    if found is None:
        return line, column
    number = bisect_right(starts, found)
    return number, found - starts[number - 1] + 1


@lru_cache(maxsize=4)
def line_starts(text: str) -> "array[int]":
    """The offset of each line of a text; the texts asked for last are remembered."""
    starts = array("I", (0,))  # four bytes a line: a text may be nothing but ends of lines
    starts.extend(found.end() for found in _LINE_END.finditer(text))
    return starts


_LINE_END = re.compile("\n")


_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t\r\n]+)*")


def _scalar_start(text: str, begin: int) -> int:
    """Behind the anchor and the tag, which belong to the node but not to its text."""
    properties = _PROPERTIES.match(text, begin)
    return properties.end() if properties else begin


def _offset_inside(text: str, at: int, value: str, offset: int) -> int | None:
    match text[at : at + 1]:
        case '"':
            return _walk(_pieces(_DOUBLE, text, at + 1), offset)
        case "'":
            return _walk(_pieces(_SINGLE, text, at + 1), offset)
        case "|":
            return _in_literal(text, text.find("\n", at) + 1, value, offset)
        case ">":
            return _by_lines(text, text.find("\n", at) + 1, value, offset)
        case "*":
            return None
        case _:
            whole = text.startswith(value, at)
            return at + offset if whole else _by_lines(text, at, value, offset)


# A piece of a quoted scalar: where it is written, how many characters it stands for, and whether
# these are the ones that are written there.
_Piece = tuple[int, int, bool]


def _walk(pieces: Iterator[_Piece], offset: int) -> int | None:
    done = 0
    at = None
    for at, length, as_written in pieces:
        if offset < done + length:
            return at + (offset - done if as_written else 0)
        done += length
    return at  # the closing quote: the place behind the last character


_FOLD = r"|(?P<fold>[ \t]*\r?\n)(?P<breaks>(?:[ \t]*\r?\n)*)[ \t]*"
_DOUBLE = re.compile(
    r'(?P<run>[^"\\\r\n \t]+|[ \t]+(?![ \t\r\n]))'
    + _FOLD
    + r"|(?P<escape>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\(?!\r?\n).)"
    r"|\\\r?\n(?P<joint>(?:[ \t]*\r?\n)*)[ \t]*"
)
_SINGLE = re.compile(r"(?P<run>[^'\r\n \t]+|[ \t]+(?![ \t\r\n]))" + _FOLD + "|(?P<escape>'')")


def _pieces(grammar: re.Pattern[str], text: str, at: int) -> Iterator[_Piece]:
    """The pieces up to the closing quote, which comes last and stands for nothing."""
    while piece := grammar.match(text, at):
        if piece["run"]:
            yield at, piece.end() - at, True
        elif piece["fold"]:  # one line break is a space; more of them are themselves but for one
            yield at, piece["breaks"].count("\n") or 1, False
        elif piece["escape"]:
            yield at, 1, False
        else:
            yield at, piece["joint"].count("\n"), False
        at = piece.end()
    yield at, 0, False


def _in_literal(text: str, at: int, value: str, offset: int) -> int | None:
    """In a block after `|` each line of the value is the end of a line of the text."""
    offset = min(offset, len(value.rstrip("\n")))
    index = value.count("\n", 0, offset)
    for _ in range(index):
        at = text.find("\n", at) + 1
    end = text.find("\n", at)
    written = text[at : end if end >= 0 else len(text)].rstrip("\r")
    line = value.split("\n", index + 1)[index]
    if not value or not written.endswith(line):
        return None
    return at + len(written) - len(line) + offset - (value.rfind("\n", 0, offset) + 1)


_INK = re.compile(r"[^ \t\n]")


def _by_lines(text: str, at: int, value: str, offset: int) -> int | None:
    """Plain text over several lines, and folded blocks: line by line, as long as they fit."""
    done = 0
    place = None
    while done <= offset and (ink := _INK.search(value, done)):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        words = line.strip()[: len(value) - ink.start()]
        if not value.startswith(words, ink.start()):
            return None
        if words:
            if offset < ink.start():
                return place
            place = at + line.find(words) + min(offset - ink.start(), len(words))
            done = ink.start() + len(words)
        if end < 0:
            break
        at = end + 1
    return place
