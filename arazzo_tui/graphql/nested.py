"""JSON inside strings unfolded for reading, and folded back to exactly the strings it came from.

A string can hold JSON, or base64 of JSON, or base64 of compressed JSON; each is a layer. What was not
edited is folded back to the very text it was. Strings are recognised by what they hold and never by
their names, within limits of size, depth and number. Who shows or sends the values is not known here.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json, Missing, Pointer, array_index, follow, places


class Layer(Enum):
    """How a value is wrapped, the outermost first: `(BASE64, GZIP)` is JSON, gzipped, then base64."""

    JSON_STRING = "JSON in a string"
    BASE64 = "base64"
    GZIP = "gzip"
    ZLIB = "zlib"


MOST = 16 * 1024 * 1024
"""Bytes of JSON that are unfolded at most, if nobody says otherwise."""


class Limits(Struct, frozen=True):
    """What is unfolded at most: bytes of JSON in all, strings inside strings, strings in all."""

    size: int = MOST
    depth: int = 8
    places: int = 10_000


class Fold(Struct, frozen=True):
    """One string that was unfolded.

    `at` is its place in the unfolded value, `layers` what was taken off it, `text` the string as it
    was, `inner` the JSON in it before strings inside were unfolded, `size` the bytes of that JSON.
    """

    at: Pointer
    layers: tuple[Layer, ...]
    text: str
    inner: Json
    size: int


class Unfolded(Struct, frozen=True):
    """A value with its strings unfolded, and what is needed to fold it back.

    `folds` stand in the order of the value, an outer one before those inside it.
    """

    value: Json
    folds: tuple[Fold, ...]

    def fold_at(self, at: Pointer) -> Fold | None:
        """The string that was unfolded at a place, for a label beside it."""
        return next((fold for fold in self.folds if fold.at == at), None)

    def with_value(self, at: Pointer, value: Json) -> "Unfolded":
        """The same with another value at one place; raises `Missing` when there is no such place.

        Strings that were unfolded at that place stay wrapped in their layers, those below it as far
        as the new value still has their places.
        """
        follow(self.value, at)
        copy = Copy(self.value)
        copy.put(at, value)
        return replace(self, value=copy.value)


def unfold(value: Json, limits: Limits | None = None) -> Unfolded:
    """A value with each string that holds an object or array replaced by it, to any depth of layers.

    What is over a limit, broken, or a mere scalar (`"1"`, `"true"`) stays a string. Never raises.
    """
    return _unfold(value, _Room(limits or Limits()), 0)


def fold(view: Unfolded) -> Json:
    """The value that `unfold` was given, with what was edited since packed into the same layers.

    An edited string is written as compact JSON; base64 keeps its alphabet, padding and line length,
    gzip has no time in it. A string put where one was unfolded is taken as it is.
    """
    copy = Copy(view.value)
    for each in reversed(view.folds):
        try:
            inner = follow(copy.value, each.at)
        except Missing:
            continue
        if not isinstance(inner, str):
            copy.put(each.at, each.text if is_same(inner, each.inner) else packed(inner, each))
    return copy.value


def is_same(one: Json, other: Json) -> bool:
    """Whether two values are written alike: order, and `1` and `1.0`, and true and 1 make a difference."""
    return one is other or write_json(one) == write_json(other)


class _Room(Struct):
    """What is left of the limits."""

    limits: Limits
    size: int = 0
    places: int = 0

    def left(self) -> int:
        if self.places >= self.limits.places:
            return 0
        return self.limits.size - self.size

    def take(self, size: int) -> None:
        self.size += size
        self.places += 1


def _unfold(value: Json, room: _Room, depth: int) -> Unfolded:
    folds: list[Fold] = []
    copy = Copy(value)
    for at, here in places(value):
        opened = (
            _opened(here, room) if isinstance(here, str) and depth < room.limits.depth else None
        )
        if opened is None:
            continue
        fold = replace(opened, at=at)
        inside = _unfold(fold.inner, room, depth + 1)
        copy.put(at, inside.value)
        folds.append(fold)
        folds += [replace(each, at=(*at, *each.at)) for each in inside.folds]
    return Unfolded(copy.value, tuple(folds))


class NotUnfolded(ValueError):
    """Why a text holds no JSON object or array; the message is the end of a sentence about it."""


def opened(text: str, most: int = MOST) -> Fold:
    """One string with its layers taken off, at the place `()`; `most` bytes of JSON.

    Raises `NotUnfolded`, with which layer was broken: for saying what is wrong with a payload that is
    meant to be packed.
    """
    if text.lstrip(_SPACE)[:1] in ("{", "["):
        if len(text) > most:
            raise NotUnfolded("holds more than is unfolded")
        return Fold((), (Layer.JSON_STRING,), text, _container(text), len(text))
    data = _from_base64(text)
    layer, data = _inflated(data, most)
    layers = (Layer.BASE64, layer) if layer else (Layer.BASE64,)
    return Fold((), layers, text, _container(data), len(data))


def _opened(text: str, room: _Room) -> Fold | None:
    if not _MAY_HOLD.match(text):
        return None
    try:
        found = opened(text, room.left())
    except NotUnfolded:
        return None
    room.take(found.size)
    return found


_SPACE = " \t\r\n"
_MAY_HOLD = re.compile(r"[ \t\r\n]*[{\[]|[eWICDHSOKGa][A-Za-z0-9+/_-]{3}")
"""How JSON begins, or base64 of JSON, gzip (`H4s`) or zlib: most strings are told apart by a letter."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}(?:\r?\n={1,2})?(?:\r?\n)?")


def _container(text: str | bytes) -> Json:
    """The object or array a text holds."""
    starts = text.lstrip()[:1] in (b"{", b"[") if isinstance(text, bytes) else True
    if not starts:
        raise NotUnfolded("holds neither a JSON object nor an array")
    try:
        return read_json(text)
    except BadJson as wrong:
        raise NotUnfolded(f"is not JSON: {wrong}") from None


def _from_base64(text: str) -> bytes:
    if not _BASE64.fullmatch(text):
        raise NotUnfolded("is neither JSON nor base64")
    plain = text.replace("\r", "").replace("\n", "").rstrip("=")
    plain = plain.translate(_TO_STANDARD)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        raise NotUnfolded("is not base64: its length is that of no bytes") from None


_TO_STANDARD = str.maketrans("-_", "+/")
_TO_URL = str.maketrans("+/", "-_")


def _inflated(data: bytes, most: int) -> tuple[Layer | None, bytes]:
    """Data without its compression, if it has one; never more than `most` bytes of it are made."""
    if data[:2] == b"\x1f\x8b":
        return Layer.GZIP, _decompressed(data, _GZIP, "gzip", most)
    if len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0:
        return Layer.ZLIB, _decompressed(data, zlib.MAX_WBITS, "zlib", most)
    if len(data) > most:
        raise NotUnfolded("holds more than is unfolded")
    return None, data


_GZIP = zlib.MAX_WBITS | 16


def _decompressed(data: bytes, bits: int, name: str, most: int) -> bytes:
    worker = zlib.decompressobj(bits)
    if most <= 0:
        raise NotUnfolded("holds more than is unfolded")
    try:
        found = worker.decompress(data, most)
    except zlib.error:
        raise NotUnfolded(f"is base64 of broken {name}") from None
    if worker.unconsumed_tail:
        raise NotUnfolded(f"is {name} of more than {most:,} bytes")
    if not worker.eof:
        raise NotUnfolded(f"is base64 of {name} that ends too early")
    if worker.unused_data:
        raise NotUnfolded(f"is base64 of {name} with something after its end")
    return found


def packed(value: Json, like: Fold) -> str:
    """A value in the layers of another one."""
    text = write_json(value)
    data = text.encode("utf-8", "surrogatepass")
    for layer in reversed(like.layers):
        match layer:
            case Layer.JSON_STRING:
                return text
            case Layer.GZIP:
                data = _compressed(data, _GZIP)
            case Layer.ZLIB:
                data = _compressed(data, zlib.MAX_WBITS)
            case Layer.BASE64:
                return _to_base64(data, like.text)
    return text


def _compressed(data: bytes, bits: int) -> bytes:
    worker = zlib.compressobj(wbits=bits)  # a gzip head from here has no time in it
    return worker.compress(data) + worker.flush()


def _to_base64(data: bytes, like: str) -> str:
    """Base64 in the alphabet of another text, with padding and line ends as that one has them.

    Whether a text of 4n letters would have been padded cannot be seen: then it is.
    """
    text = base64.b64encode(data).decode("ascii")
    letters = like.rstrip("\r\n")
    if "-" in letters or "_" in letters:
        text = text.translate(_TO_URL)
    plain = re.sub(r"[\r\n]", "", letters)
    if len(plain) % 4:
        text = text.rstrip("=")
    end = "\r\n" if "\r\n" in like else "\n"
    first, broken, _ = letters.partition(end)
    if broken:
        width = len(first)
        text = end.join(text[at : at + width] for at in range(0, len(text), width))
    return text + end if like.endswith("\n") else text


class Copy:
    """A value of which places can be replaced; containers are copied on the way, each once.

    Below a place that was replaced nothing is replaced any more.
    """

    def __init__(self, value: Json) -> None:
        self.value = value
        self._own: dict[Pointer, dict[str, Json] | list[Json]] = {}

    def put(self, at: Pointer, value: Json) -> None:
        """Replace the value at a place that is there."""
        self._own.pop(at, None)
        if not at:
            self.value = value
            return
        box = self._box(at[:-1])
        if isinstance(box, dict):
            box[at[-1]] = value
        else:
            box[array_index(at[-1]) or 0] = value

    def _box(self, at: Pointer) -> dict[str, Json] | list[Json]:
        """The container at a place as one of our own."""
        if at in self._own:
            return self._own[at]
        here = follow(self.value, at)
        assert isinstance(here, Mapping | Sequence), "only a container has places inside"
        own: dict[str, Json] | list[Json] = dict(here) if isinstance(here, Mapping) else list(here)
        self.put(at, own)
        self._own[at] = own
        return own
