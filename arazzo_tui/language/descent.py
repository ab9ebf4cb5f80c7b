"""The dotted way into a value: `.items[0].id`, legal in simple conditions (SIM-10, SIM-11) and
tolerated elsewhere (A-6, A-7). What is more than names and indices is handed to JSONPath.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import JsonPath, QueryFailed, parse_jsonpath
from arazzo_tui.language.values import Json, Missing, Pointer, child

_PART = re.compile(
    r"""\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]{1,18})\]"""
    r"""|\[(?P<quote>['"])(?P<quoted>(?:(?!(?P=quote))[^\\])*)(?P=quote)\]"""
)
_STRING_OR_NAME = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|\.([\w-]*-[\w-]*)""")


class Descent(Struct, frozen=True):
    """A way into a value: `names` when names and indices are enough, else `query`, a JSONPath."""

    text: str
    names: Pointer = ()
    query: str = ""


def read_descent(text: str, at: int = 0) -> Descent:
    """Read `.a[0]['b']`; raises `BadText` with an offset counted from `at`."""
    names: list[str] = []
    end = 0
    while end < len(text):
        part = _PART.match(text, end)
        if part is None:
            return _as_query(text, at, end)
        name, index, quoted = part.group("name", "index", "quoted")
        names.append(str(int(index)) if index is not None else quoted if name is None else name)
        end = part.end()
    if "*" in names:
        return _as_query(text, at, 0)
    return Descent(text, tuple(names))


def _as_query(text: str, at: int, end: int) -> Descent:
    # After a dot JSONPath knows no names with hyphens, which are common in JSON.
    query = "$" + _STRING_OR_NAME.sub(lambda part: part[1] or f"['{part[2]}']", text)
    try:
        parse_jsonpath(query)
    except BadText as wrong:
        raise BadText(f"`{text[end:]}` is neither `.name` nor `[index]`", at + end) from wrong
    return Descent(text, (), query)


def descend(value: Json, descent: Descent, inside: str) -> Json:
    """The value at the end of the way; raises `Missing`. Several nodes become a list (A-33)."""
    if descent.query:
        return _queried(value, descent, inside)
    names = descent.names
    for depth, name in enumerate(names):
        if name == "length" and depth == len(names) - 1 and _has_length(value):
            return len(value)  # type: ignore[arg-type]  # _has_length says it is a string or an array
        value = child(value, name, inside)
        inside = f"{inside.rstrip('`')}.{name}`"
    return value


def _has_length(value: Json) -> bool:
    return isinstance(value, Sequence)


def _queried(value: Json, descent: Descent, inside: str) -> Json:
    try:
        found = _parsed(descent.query).select(value)
    except QueryFailed as wrong:
        raise Missing(descent.text, f"{inside} ({wrong})") from wrong
    if not found:
        raise Missing(descent.text, inside)
    return found[0].value if len(found) == 1 else [each.value for each in found]


@lru_cache(256)
def _parsed(query: str) -> JsonPath:
    return parse_jsonpath(query)
