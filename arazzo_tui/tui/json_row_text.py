"""What a row of a JSON document says: pieces of printable text, each with its kind.

Strings, numbers and names are written as JSON writes them (RFC 8259), then made printable. Which rows
there are is `json_rows`' business, and how a piece looks is the view's.
"""

import json
from collections.abc import Mapping
from enum import Enum
from math import log10

from arazzo_tui.language.jsontext import Float, write_json
from arazzo_tui.language.printable import printable
from arazzo_tui.language.values import Json
from arazzo_tui.tui.json_rows import Row, Shape

_INDENTED = 50
"""Levels that are indented, as `write_json` does it."""

_CHUNK = 10**4_000
"""Python itself writes integers of up to 4,300 digits, and refuses longer ones."""


class Part(Enum):
    """What a piece of a row's text is, for its colour."""

    SPACE = "space"
    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    PUNCTUATION = "punctuation"
    NOTE = "note"


def indentation(row: Row) -> int:
    """How many cells a row is indented; deep down all rows are, to the same column."""
    return 2 * min(row.depth, _INDENTED)


def parts(row: Row, most: int | None = None) -> list[tuple[Part, str]]:
    """The text of a row in pieces, printable.

    With `most`, a string or number of more characters is cut, and a note says how long it is.
    """
    pieces = [(Part.SPACE, " " * indentation(row))] if row.depth else []
    if isinstance(row.key, str) and row.shape is not Shape.CLOSE:
        pieces += [(Part.KEY, _cut(row.key, most)[0]), (Part.PUNCTUATION, ": ")]
    comma = "," if row.comma else ""
    is_object = isinstance(row.value, Mapping)
    opening, closing, unit = ("{", "}", "key") if is_object else ("[", "]", "item")
    match row.shape:
        case Shape.OPEN:
            pieces.append((Part.PUNCTUATION, opening))
        case Shape.CLOSE:
            pieces.append((Part.PUNCTUATION, closing + comma))
        case Shape.FOLDED:
            many = _counted(size(row.value), unit)
            pieces.append((Part.PUNCTUATION, f"{opening} … {many} {closing}{comma}"))
        case Shape.LEAF:
            text, note = _cut(row.value, most)
            pieces.append((_part(row.value), text))
            if comma:
                pieces.append((Part.PUNCTUATION, comma))
            if note:
                pieces.append((Part.NOTE, note))
    return pieces


def _cut(value: Json, most: int | None) -> tuple[str, str]:
    if most is None or not isinstance(value, str | int | float) or size(value) <= most:
        return literal(value), ""
    if isinstance(value, str):
        return literal(value, most)[:-1] + "…", f"  {_counted(len(value), 'character')}"
    return literal(value, most) + "…", f"  {_counted(size(value), 'digit')}"


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def row_text(row: Row, most: int | None = None) -> str:
    """The text of a row, printable, with its indentation."""
    return "".join(text for _, text in parts(row, most))


def _part(value: Json) -> Part:
    match value:
        case None | bool():
            return Part.LITERAL
        case int() | float():
            return Part.NUMBER
        case str():
            return Part.STRING
        case _:
            return Part.PUNCTUATION


def literal(value: Json, most: int | None = None) -> str:
    """How JSON writes a leaf or an empty container (RFC 8259), made printable.

    With `most`, only about so many characters from the start of a long string or number.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return printable(write_json(value[:most]))
        case int():
            return _digits(value, most)
        case Float():
            return printable(value.text[:most])
        case float():
            return json.dumps(value)  # what is no number of JSON is shown too: NaN, Infinity
        case Mapping():
            return "{}"
        case _:
            return "[]"


def size(value: Json) -> int:
    """The characters of a string, the digits of a number, the members or items of a container."""
    match value:
        case None | bool():
            return 1
        case int():
            return _length(value)
        case float():
            return len(literal(value))
        case _:
            return len(value)


def _digits(value: int, most: int | None) -> str:
    if -_CHUNK < value < _CHUNK:
        return str(value)[:most]
    sign, rest = ("-", -value) if value < 0 else ("", value)
    if most is not None:
        left_out = max(0, _length(value) - min(most, 4_000))
        return sign + str(rest // 10**left_out)
    chunks: list[str] = []
    while rest >= _CHUNK:
        rest, low = divmod(rest, _CHUNK)
        chunks.append(str(low).zfill(4_000))
    return sign + str(rest) + "".join(reversed(chunks))


def _length(value: int) -> int:
    """How many digits, without writing them all."""
    value = abs(value)
    if value < _CHUNK:
        return len(str(value))
    shift = value.bit_length() - 1_000
    guess = int(log10(value >> shift) + shift * log10(2))
    return guess + 1 if value >= 10**guess else guess
