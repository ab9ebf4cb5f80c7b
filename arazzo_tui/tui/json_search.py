"""Where a JSON document says a text: in the name of a member, or in a leaf.

The search walks the document itself, in its order and without recursion, and stops at the first
place; what is unfolded on a screen plays no part. What cannot say the text is passed over in pieces.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from json import dumps
from typing import TypeAlias

from msgspec import Struct
from msgspec.msgpack import Encoder

from arazzo_tui.language.values import Json, Pointer, child
from arazzo_tui.tui.json_row_text import literal

_Items: TypeAlias = Iterator[tuple[str | int, Json]]
_Trail: TypeAlias = list[str | int]

_LEAVES = (str, int, float)
_PARSED = (dict, list)  # what a parser gives; asking for these first is much faster

_SHORT = 10**18
"""Integers below this are most of them, and are written fastest by Python itself."""

_CLEAN_NAMES = 10_000
"""How many names that do not match are known at a time; most documents have far fewer."""

_FEW = 16
"""Containers with fewer members are walked through; of others a piece is looked at first."""

_PIECE = 100_000
"""How many bytes a piece has, about: what is near is found at once, and little is looked at twice."""


class Sought(Struct, frozen=True):
    """What is looked for. Without a capital letter in it, capitals do not matter."""

    text: str

    @property
    def loose(self) -> bool:
        """Whether capitals do not matter."""
        return self.text == self.text.lower()

    @property
    def mute(self) -> frozenset[type]:
        """The types no value of which could say it, so that those need no look."""
        number = not self.text.strip("0123456789+-.eE")
        word = any(self.is_in(literal(value)) for value in (None, True, False))
        return frozenset() if number or word else frozenset({type(None), bool, int, float})

    @property
    def trace(self) -> bytes:
        """The longest part of it that is in ASCII."""
        return max(_ASCII.findall(self.text), key=len, default="").encode()

    def is_in(self, text: str) -> bool:
        """Whether a text says it."""
        return self.text in text or (self.loose and self.text in text.lower())

    def is_said_by(self, value: Json) -> bool:
        """Whether a leaf says it; a container says nothing itself."""
        if type(value) is int and -_SHORT < value < _SHORT:
            return self.text in str(value)
        match value:
            case str():
                return self.is_in(value)
            case None | bool() | int() | float():
                return self.is_in(literal(value))
            case _:
                return False


_ASCII = re.compile(r"[\x00-\x7f]+")


def says(document: Json, pointer: Pointer, text: str) -> bool:
    """Whether the name or the leaf at this very place says `text`; raises `Missing`."""
    sought = Sought(text)
    outer: Json = None
    value = document
    for token in pointer:
        outer, value = value, child(value, token, "the document")
    return sought.is_said_by(value) or (isinstance(outer, Mapping) and sought.is_in(pointer[-1]))


def find(
    document: Json,
    text: str,
    start: Pointer | None,
    *,
    backwards: bool = False,
    past: bool = False,
) -> Pointer | None:
    """The first place after `start`, or before it with `backwards`, whose name or leaf says `text`.

    Without a start the whole document is searched, from its beginning or its end. With `past` the
    search starts behind everything inside `start`. Raises `Missing` where `start` is no place.
    """
    if not text:
        return None
    sought = Sought(text)
    if start is None:
        if _container(document) is None:
            return () if sought.is_said_by(document) else None
        trail: _Trail = []
        levels = [_likely(document, sought, backwards)]
    else:
        inside = past if backwards else not past
        trail, levels = _begin(document, start, sought, backwards, inside=inside)
    return _pointer((_backwards if backwards else _forwards)(trail, levels, sought))


def find_around(
    document: Json, text: str, start: Pointer, *, backwards: bool = False, past: bool = False
) -> Pointer | None:
    """As `find`, and when it finds nothing, from the other end up to `start` itself."""
    found = find(document, text, start, backwards=backwards, past=past)
    if found is not None or not text:
        return found
    sought = Sought(text)
    walk = _backwards if backwards else _forwards
    trail: _Trail = []
    value = document
    for token in start:
        around, value = value, child(value, token, "the document")
        hit = walk([*trail], [_until(around, token, sought, backwards)], sought)
        trail.append(_key(around, token))
        if hit is None and not backwards and isinstance(around, Mapping) and sought.is_in(token):
            hit = trail
        if hit is not None:
            return _pointer(hit)
    if past != backwards and _container(value) is not None:
        found = _pointer(walk(trail, [_likely(value, sought, backwards)], sought))
    return start if found is None and says(document, start, text) else found


def _pointer(trail: _Trail | None) -> Pointer | None:
    return None if trail is None else tuple(str(key) for key in trail)


def _key(around: Json, token: str) -> str | int:
    return token if isinstance(around, Mapping) else int(token)


def _begin(
    document: Json, start: Pointer, sought: Sought, backwards: bool, inside: bool
) -> tuple[_Trail, list[_Items]]:
    """A walk that stands at a place: what is left of each container around it."""
    trail: _Trail = []
    levels: list[_Items] = []
    value = document
    for token in start:
        inner = child(value, token, "the document")
        levels.append(_rest(value, token, sought, backwards))
        trail.append(_key(value, token))
        value = inner
    if inside and _container(value) is not None:
        levels.append(_likely(value, sought, backwards))
    elif trail:
        trail.pop()
    return trail, levels


def _rest(value: Json, token: str, sought: Sought, backwards: bool) -> _Items:
    items = _items(value, backwards)
    if isinstance(value, Mapping):
        for key, _ in items:
            if key == token:
                break
    else:
        length, index = len(_container(value) or ()), int(token)
        items = islice(items, length - index if backwards else index + 1, None)
    return _thinned(items, value, sought)


def _until(value: Json, token: str, sought: Sought, backwards: bool) -> _Items:
    items = _items(value, backwards)
    if isinstance(value, Mapping):
        items = takewhile(lambda item: item[0] != token, items)
    else:
        length, index = len(_container(value) or ()), int(token)
        items = islice(items, length - 1 - index if backwards else index)
    return _thinned(items, value, sought)


def _forwards(trail: _Trail, levels: list[_Items], sought: Sought) -> _Trail | None:
    """The walk itself. It is written out for speed: a big document has a million values."""
    text, loose, mute = sought.text, sought.loose, sought.mute
    clean: set[str] = set()
    while levels:
        for key, value in levels[-1]:
            if type(key) is str and key not in clean and _says(key, sought, clean):
                return [*trail, key]
            if isinstance(value, str):
                if text in (value.lower() if loose else value):
                    return [*trail, key]
            elif type(value) in mute:
                pass
            elif isinstance(value, _PARSED) or _container(value) is not None:
                trail.append(key)
                levels.append(_likely(value, sought))
                break
            elif sought.is_said_by(value):
                return [*trail, key]
        else:
            levels.pop()
            if trail:
                trail.pop()
    return None


def _backwards(trail: _Trail, levels: list[_Items], sought: Sought) -> _Trail | None:
    """The same walk from the end: what is inside a container comes before its name."""
    text, loose, mute = sought.text, sought.loose, sought.mute
    clean: set[str] = set()
    while levels:
        for key, value in levels[-1]:
            if isinstance(value, str):
                if text in (value.lower() if loose else value):
                    return [*trail, key]
            elif type(value) in mute:
                pass
            elif isinstance(value, _PARSED) or _container(value) is not None:
                trail.append(key)
                levels.append(_likely(value, sought, backwards=True))
                break
            elif sought.is_said_by(value):
                return [*trail, key]
            if type(key) is str and key not in clean and _says(key, sought, clean):
                return [*trail, key]
        else:
            levels.pop()
            if trail:
                key = trail.pop()
                if type(key) is str and key not in clean and _says(key, sought, clean):
                    return [*trail, key]
    return None


def _likely(value: Json, sought: Sought, backwards: bool = False) -> _Items:
    """The members of a container, without most of those that cannot say what is looked for."""
    return _thinned(_items(value, backwards), value, sought)


def _thinned(items: _Items, of: Json, sought: Sought) -> _Items:
    container = _container(of)
    if container is None or len(container) < _FEW or (sought.mute and not sought.trace):
        return items
    return _worth_a_look(items, sought)


def _worth_a_look(items: _Items, sought: Sought) -> _Items:
    """Looks at members piece by piece, and passes over the pieces that do not say it anywhere."""
    count = 1
    while piece := list(islice(items, count)):
        try:
            size, may_say = _may_say(piece, sought)
        except (TypeError, ValueError, OverflowError, RecursionError):
            # numbers with digits of their own, halves of characters, or very deep
            yield from piece
            yield from items
            return
        count = 2 * count if size < _PIECE else max(1, count // 2)
        if may_say:
            yield from piece


_packed = Encoder().encode


def _may_say(piece: list[tuple[str | int, Json]], sought: Sought) -> tuple[int, bool]:
    """The size of a piece in bytes, and whether it may say the text.

    MessagePack writes out every text as it is, many times faster than a walk could look at it; numbers
    are written by the C encoder. Raises `TypeError`, `ValueError` or `OverflowError` for what has no
    place in it, such as a `Float`, which the encoder would write in other digits.
    """
    told = _packed(piece)
    if not sought.mute:
        return len(told), sought.is_in(dumps(piece, ensure_ascii=False))
    if not sought.loose:
        return len(told), sought.trace in told
    seen = sought.trace in told.lower() or any(letter in told for letter in _BECOME_ASCII)
    return len(told), seen


_BECOME_ASCII = ("\u0130".encode(), "\u212a".encode())
"""The two letters outside ASCII whose small ones are in it."""


def _says(name: str, sought: Sought, clean: set[str]) -> bool:
    """Whether a name says it; one that does not is kept with the others that do not."""
    if sought.is_in(name):
        return True
    if len(clean) >= _CLEAN_NAMES:
        clean.clear()
    clean.add(name)
    return False


def _container(value: Json) -> Mapping[str, Json] | Sequence[Json] | None:
    return None if value is None or isinstance(value, _LEAVES) else value


def _items(value: Json, backwards: bool = False) -> _Items:
    if isinstance(value, dict):
        return reversed(value.items()) if backwards else iter(value.items())
    container = value if isinstance(value, list) else _container(value)
    if container is None:
        return iter(())
    if isinstance(container, Mapping):
        return reversed(list(container.items())) if backwards else iter(container.items())
    if backwards:
        return zip(range(len(container) - 1, -1, -1), reversed(container), strict=False)
    return enumerate(container)
