"""Data that remembers where it was written: plain JSON objects and arrays with places, and `Node`.

An `Object` is a dict and an `Array` is a list, so that a document can be used as the JSON it is. A
`Node` is a cursor over them, made on demand. How text becomes such data is not known here.
"""

from collections.abc import Iterable, Iterator
from sys import float_info
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.document.scalar_places import place_inside
from arazzo_tui.document.source import Mark, Source
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json, Pointer

Place: TypeAlias = tuple[int, int]
"""Line and column, counted from 1, columns in code points."""

_LARGEST = float_info.max


class Object(dict[str, Json]):
    """A JSON object and where it was written.

    `places` gives for each name: line and column of the name, then of the value.
    """

    __slots__ = ("column", "line", "places")
    line: int
    column: int
    places: dict[str, tuple[int, int, int, int]]


class Array(list[Json]):
    """A JSON array and where it was written; `places` are those of its items."""

    __slots__ = ("column", "line", "places")
    line: int
    column: int
    places: list[Place]


class Node(Struct, frozen=True, eq=False):
    """A value, the place it was written at, and the way to it from the root of its document.

    For a value that came through an alias the place is that of the alias; its members stand where
    the anchor is. Members that a merge key brought stand where they are written.
    """

    source: Source
    value: Json
    line: int
    column: int
    path: Pointer = ()

    @property
    def mark(self) -> Mark:
        """Where the value begins."""
        return Mark(self.source, self.line, self.column)

    def key_mark(self, name: str) -> Mark:
        """Where the name of a member is written; the value's own place when there is no such name."""
        if isinstance(self.value, Object) and name in self.value.places:
            line, column, _, _ = self.value.places[name]
            return Mark(self.source, line, column)
        return self.mark

    def get(self, name: str) -> "Node | None":
        """The member of that name; None when there is none, or when this is no object."""
        here = self.value
        if not isinstance(here, Object) or name not in here:
            return None
        _, _, line, column = here.places[name]
        return Node(self.source, here[name], line, column, (*self.path, name))

    def member(self, name: str) -> "Node":
        """The member of that name; raises `KeyError`, also when this is no object."""
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def item(self, index: int) -> "Node":
        """The item at a position; raises `IndexError`, also when this is no array."""
        here = self.value
        if not isinstance(here, Array):
            raise IndexError(index)
        line, column = here.places[index]
        return Node(self.source, here[index], line, column, (*self.path, str(index)))

    def members(self) -> "Iterator[tuple[str, Node]]":
        """Names and values of an object in the order of writing; nothing for anything else."""
        if isinstance(self.value, Object):
            places = self.value.places
            for name, value in self.value.items():
                _, _, line, column = places[name]
                yield name, Node(self.source, value, line, column, (*self.path, name))

    def items(self) -> "Iterator[Node]":
        """The items of an array; nothing for anything else."""
        if isinstance(self.value, Array):
            for index in range(len(self.value)):
                yield self.item(index)

    def item_marks(self) -> tuple[Mark, ...]:
        """Where the items of an array stand; nothing for anything else."""
        if not isinstance(self.value, Array):
            return ()
        return tuple(Mark(self.source, line, column) for line, column in self.value.places)

    def inside(self, offset: int) -> Mark:
        """Where the character `offset` of this string is written (see `scalar_places`)."""
        if not isinstance(self.value, str):
            return self.mark
        line, column = place_inside(self.source.text, self.line, self.column, self.value, offset)
        return Mark(self.source, line, column)


def plain(value: Json, *, digits: bool = True) -> Json:
    """The same value in builtin dicts and lists; what is shared stays shared, so aliases stay small.

    Numbers keep their digits (`Float`). Without `digits` each is a builtin float, the largest there
    is where its value is beyond, for libraries that look at exact types. Iterative: any depth.
    """
    if digits and isinstance(value, dict) and not _has_parts(value.values()):
        return dict(value)
    if digits and isinstance(value, list) and not _has_parts(value):
        return list(value)
    made: dict[int, dict[str, Json] | list[Json]] = {}
    waiting: list[Json] = []

    def copy(original: Json) -> Json:
        if isinstance(original, Float) and not digits:
            return max(-_LARGEST, min(float(original), _LARGEST))
        if not isinstance(original, (dict, list)):
            return original
        if id(original) not in made:
            made[id(original)] = {} if isinstance(original, dict) else []
            waiting.append(original)
        return made[id(original)]

    result = copy(value)
    while waiting:
        original = waiting.pop()
        target = made[id(original)]
        if isinstance(original, dict) and isinstance(target, dict):
            target.update((name, copy(child)) for name, child in original.items())
        elif isinstance(original, list) and isinstance(target, list):
            target.extend(copy(child) for child in original)
    return result


def _has_parts(members: Iterable[Json]) -> bool:
    """Whether one of these values is an object or an array; most of what is copied has none."""
    return any(isinstance(each, _WITH_PARTS) for each in members)


_WITH_PARTS = (dict, list)  # as a tuple: `dict | list` is made anew each time, and that shows here
