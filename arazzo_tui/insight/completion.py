"""Names that could come next where somebody types an expression, a pointer or a path.

Read off the scope of a moment: only what can be named now is offered.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from arazzo_tui.insight.console import BODY
from arazzo_tui.insight.named import opened, plain, walk
from arazzo_tui.language.expression import parse_expression
from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import QueryFailed, parse_jsonpath
from arazzo_tui.language.values import (
    Json,
    Missing,
    Scope,
    array_index,
    brief,
    read_pointer,
    write_pointer,
)

MOST = 100


class Completion(Struct, frozen=True):
    """A text to put in place of the characters from `start` to `end`, and what it would name."""

    text: str
    start: int
    end: int
    value: str


_EXPRESSION = re.compile(r"\$[A-Za-z0-9_.\-\[\]]*(?:#[^\s]*)?$")
_JSONPATH = re.compile(r"(\$(?:\.[A-Za-z_][\w]*|\[\d+\]|\['[^']*'\])*)(?:\.([^.\[\]\s]*)|(\[))$")
_POINTER = re.compile(r"(?:^|->\s*|→\s*)(#?/[^\s]*)$")
_WORD = re.compile(r"[A-Za-z]+$")
_MAPS_BELOW = {"request": 3, "response": 3, "steps": 3, "workflows": 3, "components": 3}
"""How deep the names of a root are maps of names; below them are values."""


def complete(text: str, cursor: int, scope: Scope) -> tuple[Completion, ...]:
    """What could stand at the cursor, at most a hundred; best first, in the order they are known.

    Names of `scope` for an expression, its members after `#/`; members of the answer's body in a JSON
    Pointer or a JSONPath. Beginnings count before other parts of a name, case does not.
    """
    before = text[:cursor]
    pointer = _POINTER.search(before)
    if pointer is not None:
        start = pointer.start(1)
        return _chosen(_members(BODY, pointer[1], start, scope), _token(pointer[1]), cursor)
    path = _JSONPATH.search(before)
    if path is not None:
        return _chosen(_in_path(path, scope), path[2] or "", cursor)
    found = _EXPRESSION.search(before)
    if found is None:
        word = _WORD.search(before)
        if word is None or before[: word.start()].count("'") % 2:
            return ()
        return _chosen(_names("$", scope, word.start()), word[0], cursor)
    typed = found[0]
    if "#" in typed:
        base, _, way = typed.partition("#")
        return _chosen(
            _members(base, "#" + way, found.start() + len(base), scope), _token(way), cursor
        )
    last = typed[1:].rpartition(".")[2]
    return _chosen(_names(typed, scope, found.start()), last, cursor)


class _Offer(Struct, frozen=True):
    """A completion before it is chosen: `name` is what is compared with what was typed."""

    name: str
    text: str
    start: int
    value: Json


def _token(pointer: str) -> str:
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _chosen(offers: Iterator[_Offer], typed: str, cursor: int) -> tuple[Completion, ...]:
    last = typed.lower()
    known = [each for each in offers if each.name.isprintable()]
    begin = [each for each in known if each.name.lower().startswith(last)]
    chosen = begin or [each for each in known if last in each.name.lower()]
    return tuple(
        Completion(each.text, each.start, cursor, brief(each.value)) for each in chosen[:MOST]
    )


def _names(typed: str, scope: Scope, start: int) -> Iterator[_Offer]:
    """The names after the last dot of what was typed; of a whole name that holds more, its members."""
    *head, _ = typed[1:].split(".")
    here: Json = scope
    try:
        here = walk(scope, tuple(head))
    except Missing:
        return
    prefix = "$" + "".join(f"{each}." for each in head)
    for name, value in _children(here):
        goes_on = _holds_names((*head, name), value)
        yield _Offer(name, f"{prefix}{name}" + ("." if goes_on else ""), start, value)
        if prefix + name == typed and not goes_on:
            for token, member in _children(value):
                yield _Offer(name, f"{typed}#{write_pointer((token,))}", start, member)


def _holds_names(path: tuple[str, ...], value: Json) -> bool:
    """Whether a dot and a name come next: it is one of the scope's own maps, and not a value."""
    if not isinstance(value, Mapping):
        return False
    if path[0] in ("inputs", "outputs"):
        return len(path) == 1
    if path[0] in ("request", "response"):
        return len(path) == 1 or (len(path) == 2 and path[1] != "body")
    return len(path) <= _MAPS_BELOW.get(path[0], 2) - (path[0] == "components")


def _members(base: str, typed: str, start: int, scope: Scope) -> Iterator[_Offer]:
    """The next tokens of a pointer into the value of an expression."""
    sharp = "#" if typed.startswith("#") else ""
    way = typed.removeprefix("#")
    head = way.rpartition("/")[0]
    try:
        parsed = parse_expression(base)
        pointer = read_pointer(head)
        value = walk(parsed[0].evaluate(scope), pointer) if parsed else None
    except (BadText, ValueError, Missing):
        return
    for token, member in _children(value):
        text = f"{sharp}{write_pointer((*pointer, token))}"
        yield _Offer(token, text, start, member)


def _in_path(path: re.Match[str], scope: Scope) -> Iterator[_Offer]:
    """The members of the node that the path so far leads to."""
    try:
        body = parse_expression(BODY)
        value = plain(opened(body[0].evaluate(scope))) if body else None
        nodes = parse_jsonpath(path[1]).select(value)
    except (BadText, QueryFailed, Missing):
        return
    for node in nodes:
        for name, member in _children(node.value):
            index = array_index(name) is not None and not isinstance(node.value, Mapping)
            short = re.fullmatch(r"[A-Za-z_]\w*", name) is not None
            escaped = name.replace("\\", "\\\\").replace("'", "\\'")
            said = (
                f"[{name}]" if index else f".{name}" if short and not path[3] else f"['{escaped}']"
            )
            yield _Offer(name, path[1] + said, path.start(), member)


def _children(value: Json) -> Iterator[tuple[str, Json]]:
    match opened(value):
        case Mapping() as members:
            yield from members.items()
        case str():
            return
        case Sequence() as items:
            yield from ((str(at), item) for at, item in enumerate(items[:MOST]))
        case _:
            return
