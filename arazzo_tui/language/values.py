"""JSON values and JSON Pointers: what every room hands to the next.

A `Scope` is the plain JSON that runtime expressions read; its keys are their roots. Nothing here
knows where a value came from.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
Scope: TypeAlias = Mapping[str, Json]

Pointer: TypeAlias = tuple[str, ...]
"""The reference tokens of a JSON Pointer, unescaped; `()` is the whole document (RFC 6901 §4)."""


class Missing(LookupError):
    """A name or a pointer that names nothing.

    `wanted` is the part that is not there, `inside` the place it was looked for (as it would be
    written in an expression), `known` the names that are there.
    """

    def __init__(self, wanted: str, inside: str, known: Sequence[str] = ()) -> None:
        self.wanted = wanted
        self.inside = inside
        self.known = tuple(known)
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """What is missing, where, and what is there instead."""
        there = f"; there is {_listed(self.known)}" if self.known else ""
        return f"there is no `{self.wanted}` in {self.inside}{there}"


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def kind(value: Json) -> str:
    """The JSON Schema name of a value's type: null, boolean, integer, number, string, array, object."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "object"
        case _:
            return "array"


def read_pointer(text: str) -> Pointer:
    """The tokens of a JSON Pointer; raises `ValueError` where RFC 6901 §3 does not allow it."""
    if not text:
        return ()
    if not text.startswith("/"):
        raise ValueError("a JSON Pointer is empty or starts with `/`")
    return tuple(_unescape(token) for token in text[1:].split("/"))


def _unescape(token: str) -> str:
    at = token.find("~")
    while at >= 0:
        if token[at + 1 : at + 2] not in ("0", "1"):
            raise ValueError("`~` in a JSON Pointer is written `~0`, and `/` inside a name `~1`")
        at = token.find("~", at + 1)
    return token.replace("~1", "/").replace("~0", "~")


def write_pointer(pointer: Sequence[str]) -> str:
    """The text of a JSON Pointer, the inverse of `read_pointer`."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in pointer)


def follow(value: Json, pointer: Pointer, inside: str = "the value") -> Json:
    """The value that a pointer names; raises `Missing` (RFC 6901 §4, EXP-21)."""
    for depth, token in enumerate(pointer):
        try:
            value = child(value, token, inside)
        except Missing as missing:
            if depth == 0:
                raise
            # Only now is it worth saying how far the way went.
            way = "#" + write_pointer(pointer[:depth])
            here = f"{inside[:-1]}{way}`" if inside.endswith("`") else inside + way
            raise Missing(
                missing.wanted, missing.inside.replace(inside, here, 1), missing.known
            ) from None
    return value


def child(value: Json, token: str, inside: str) -> Json:
    """The member or item that one reference token names; raises `Missing`."""
    match value:
        case Mapping():
            if token in value:
                return value[token]
            raise Missing(token, inside, tuple(value))
        case str():
            raise Missing(token, f"{inside}, a string")
        case Sequence():
            index = array_index(token)
            if index is not None and index < len(value):
                return value[index]
            raise Missing(token, f"{inside}, an array of {len(value)}")
        case _:
            raise Missing(token, f"{inside}, which is {_said(value)}")


def _said(value: Json) -> str:
    name = kind(value)
    return name if value is None else f"an {name}" if name == "integer" else f"a {name}"


def array_index(token: str) -> int | None:
    """The index a token writes, without leading zeros or signs; else None (RFC 6901 §4).

    None also for more digits than any array has items, and than Python would convert.
    """
    plain = token.isascii() and token.isdigit() and len(token) <= _INDEX_DIGITS
    return int(token) if plain and (token == "0" or token[0] != "0") else None


_INDEX_DIGITS = 18


def places(value: Json, at: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    """Every place in a value, parents before children, in order. Iterative: any depth is safe."""
    waiting: list[tuple[Pointer, Json]] = [(at, value)]
    while waiting:
        pointer, here = waiting.pop()
        yield pointer, here
        match here:
            case Mapping():
                waiting.extend(((*pointer, name), here[name]) for name in reversed(list(here)))
            case str():
                pass
            case Sequence():
                waiting.extend(
                    ((*pointer, str(index)), here[index]) for index in reversed(range(len(here)))
                )
            case _:
                pass


def brief(value: Json, width: int = 60) -> str:
    """A value as one short line for sentences and labels: JSON, cut; big containers by their size."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            long = value.bit_length() > 4000  # Python may refuse to write it in decimal
            return "a very long integer" if long else _cut(str(value), width)
        case float():
            return _cut(str(getattr(value, "text", None) or repr(value)), width)
        case str():
            quoted = json.dumps(value[: width + 1], ensure_ascii=False)
            return quoted if len(quoted) <= width else f'{quoted[: width - 2].rstrip(chr(92))}…"'
        case Mapping():
            whole = _small(value) and "{" + ", ".join(_members(value, width)) + "}"
            return whole if whole and len(whole) <= width else f"{{… {_count(len(value), 'key')}}}"
        case _:
            whole = _small(value) and "[" + ", ".join(brief(item, width) for item in value) + "]"
            return whole if whole and len(whole) <= width else f"[… {_count(len(value), 'item')}]"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _small(value: Mapping[str, Json] | Sequence[Json]) -> bool:
    """Few members and no depth: `brief` never walks far."""
    inner = value.values() if isinstance(value, Mapping) else value
    return len(value) <= 8 and all(
        isinstance(each, str | int | float | None) or not each for each in inner
    )


def _members(value: Mapping[str, Json], width: int) -> Iterator[str]:
    return (
        f"{json.dumps(name, ensure_ascii=False)}: {brief(value[name], width)}" for name in value
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
