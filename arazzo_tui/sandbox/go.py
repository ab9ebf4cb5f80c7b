"""What Go's standard library says of text it cannot read, in its words: numbers, times, JSON.

Highlight is written in Go and passes these sentences on to its callers, so they are a part of how it
answers. Nothing here knows GraphQL.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json, kind

LARGEST = 2**63 - 1


class Complaint(ValueError):
    """Text that Go does not take; the message is Go's."""


def atoi(text: str, function: str = "Atoi") -> int:
    """A decimal integer of 64 bits, as `strconv.Atoi` reads it; raises `Complaint`."""
    why = "invalid syntax"
    if re.fullmatch(r"[+-]?[0-9]{1,4000}", text):
        number = int(text)
        if -LARGEST - 1 <= number <= LARGEST:
            return number
        why = "value out of range"
    raise Complaint(f"strconv.{function}: parsing {write_json(text)}: {why}")


_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"
"""RFC 3339 as Go writes a layout: the parts of one certain moment."""

_PARTS = (
    ("2006", r"\d{4}"), ("-", "-"), ("01", r"\d\d"), ("-", "-"), ("02", r"\d\d"), ("T", "T"),
    ("15", r"\d\d"), (":", ":"), ("04", r"\d\d"), (":", ":"), ("05", r"\d\d(?:\.\d+)?"),
    ("Z07:00", r"Z|[+-]\d\d:\d\d"),
)  # fmt: skip


def check_time(text: str) -> None:
    """See whether a text is a moment as RFC 3339 has it; raises `Complaint` with `time.Parse`'s words."""
    rest = text
    for part, form in _PARTS:
        match = re.match(form, rest, re.ASCII)
        if match is None:
            where = f"cannot parse {write_json(rest)} as {write_json(part)}"
            raise Complaint(f'parsing time {write_json(text)} as "{_LAYOUT}": {where}')
        rest = rest[match.end() :]
    if rest:
        raise Complaint(f"parsing time {write_json(text)}: extra text: {write_json(rest)}")
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        raise Complaint(f"parsing time {write_json(text)}: {_out_of_range(text)}") from None


def _out_of_range(text: str) -> str:
    month, hour, minute, second = (int(text[at : at + 2]) for at in (5, 11, 14, 17))
    wrong = (
        ("month", not 1 <= month <= 12),
        ("hour", hour > 23),
        ("minute", minute > 59),
        ("second", second > 59),
    )
    return next(
        (f"{name} out of range" for name, is_wrong in wrong if is_wrong), "day out of range"
    )


def read(text: str | bytes) -> Json:
    """The value of a JSON text; raises `Complaint` in the words of `encoding/json`."""
    whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    try:
        return read_json(whole)
    except BadJson as bad:
        raise Complaint(_syntax(bad, whole)) from bad


def _syntax(bad: BadJson, text: str) -> str:
    if bad.offset >= len(text.rstrip()) or "never closed" in bad.message:
        return "unexpected end of JSON input"
    where = next((said for start, said in _STATES if bad.message.startswith(start)), _IN_A_STRING)
    if where == _AT_A_VALUE and text[bad.offset] in _LITERALS:
        return _in_literal(text[bad.offset :], _LITERALS[text[bad.offset]])
    return f"invalid character {_character(text[bad.offset])} {where}"


_LITERALS = {"t": "true", "f": "false", "n": "null"}


def _in_literal(text: str, literal: str) -> str:
    """A word that begins as true, false or null does, and goes on otherwise."""
    for found, wanted in zip(text, literal, strict=False):
        if found != wanted:
            return (
                f"invalid character {_character(found)} in literal {literal} (expecting '{wanted}')"
            )
    if len(text) > len(literal):
        return f"invalid character {_character(text[len(literal)])} after top-level value"
    return "unexpected end of JSON input"


_IN_A_STRING = "in string literal"
_AT_A_VALUE = "looking for beginning of value"
_STATES = (
    ("a value", _AT_A_VALUE),
    ("expecting value", _AT_A_VALUE),
    ("a name", "looking for beginning of object key string"),
    ("`:`", "after object key"),
    ("`,` or `}`", "after object key:value pair"),
    ("`,` or `]`", "after array element"),
    ("the end", "after top-level value"),
)
"""How our reader begins a complaint, and what Go says in the same state."""


def _character(character: str) -> str:
    """A character between single quotes, as Go's scanner quotes it."""
    if character == "'":
        return r"'\''"
    if character.isprintable():
        return f"'{character}'"
    return f"'\\x{ord(character):02x}'" if ord(character) < 128 else f"'\\u{ord(character):04x}'"


class GoStruct(Struct, frozen=True):
    """A Go struct with one list in it: the types' names, the list's member; whether it holds structs."""

    name: str
    member: str
    item: str
    of_structs: bool = False


def unmarshal(text: str, into: GoStruct) -> Sequence[Json]:
    """The list of a struct's JSON; none when it is absent or null. Raises `Complaint`."""
    value = read(text)
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise Complaint(
            f"json: cannot unmarshal {json_kind(value)} into Go value of type {into.name}"
        )
    items = value.get(into.member)
    if items is None:
        return ()
    if isinstance(items, str | int | float | Mapping):
        raise _unfit(items, into, f"[]{into.item}")
    for item in items:
        if into.of_structs and not isinstance(item, Mapping | None):
            raise _unfit(item, into, into.item)
    return items


def _unfit(value: Json, into: GoStruct, wanted: str) -> Complaint:
    field = f"{into.name.rpartition('.')[2]}.{into.member}"
    found = json_kind(value)
    return Complaint(
        f"json: cannot unmarshal {found} into Go struct field {field} of type {wanted}"
    )


def json_kind(value: Json) -> str:
    """What `encoding/json` calls the kind of a value."""
    found = kind(value)
    return {"boolean": "bool", "integer": "number"}.get(found, found)


def reflect_kind(value: Json) -> str:
    """What `reflect` calls the kind of a decoded value; a number is kept as its text."""
    found = kind(value)
    return {
        "boolean": "bool",
        "integer": "string",
        "number": "string",
        "array": "slice",
        "object": "map",
    }.get(found, found)
