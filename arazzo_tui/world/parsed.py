"""Big documents that were read before: their values and places, kept by content in the user's cache folder.

Reading YAML with places takes three times as long as reading them here. A file is data and nothing else: it
counts only when it was written by this very version for this very text and fits its own shape. Whatever is
wrong with one, or with the folder, the text is read as ever. The folder may be removed at any time.
"""

import hashlib
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec
import yaml
from msgspec import Struct

from arazzo_tui import __version__
from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Array, Node, Object
from arazzo_tui.document.source import Problem, Source
from arazzo_tui.language.jsontext import Float, collector_paused
from arazzo_tui.language.values import Json
from arazzo_tui.world.reading import CannotRead, read_file

LEAST = 256 * 1024
"""Shorter texts, in characters, are read from their own file as fast."""

MOST_FILES, MOST_BYTES = 64, 256 * 1024 * 1024
"""How many documents are kept, and how many bytes of them; those used longest ago are removed."""

_FORMAT = 2
_LARGEST = 128 * 1024 * 1024
_ENDING, _BEGUN = ".parsed", ".begun-"

_OfObject: TypeAlias = tuple[int, int, list[tuple[int, int, int, int]]]
_OfArray: TypeAlias = tuple[int, int, list[tuple[int, int]]]
_Digits: TypeAlias = tuple[int, int, str]


class _Written(Struct, frozen=True, array_like=True):
    """A document in its file: the place of the root, its value, and where containers and parts stand.

    Containers come in the order they begin. `digits` are those of numbers that have more to them than a
    value: the container, the position in it, and the text.
    """

    line: int
    column: int
    value: object
    objects: list[_OfObject]
    arrays: list[_OfArray]
    digits: list[_Digits]


class Parsed:
    """Reads documents, big ones once; `folder` None keeps nothing."""

    def __init__(self, folder: Path | None, least: int = LEAST) -> None:
        self._folder = folder
        self._least = least

    def load(self, source: Source) -> tuple[Node | None, tuple[Problem, ...]]:
        """What `document.load.load` gives; a document without problems is kept. Raises nothing."""
        if self._folder is None or len(source.text) < self._least:
            return load(source)
        path = self._folder / (_key(source) + _ENDING)
        with collector_paused():
            node = _read(path, source) if _is_ours(self._folder) else None
            if node is not None:
                return node, ()
            node, problems = load(source)
            if node is not None and node.source is source and not problems:
                self._keep(path, node)
            return node, problems

    def _keep(self, path: Path, node: Node) -> None:
        """Write what was read, whole or not at all; what cannot be written is not kept."""
        try:
            data = _encoded(node)
        except (TypeError, ValueError, OverflowError):  # a value that only our own reader makes
            return
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(data) < _LARGEST - _SUM and _is_ours(path.parent):
                _replace(path, _sum(data) + data)
                _make_room(path.parent)


def cache_folder() -> Path | None:
    """The folder for it in the user's cache; None where there is no home to put it in."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("arazzo-tui", appauthor=False) / "parsed"
    except (OSError, RuntimeError):
        return None


# ------------------------------------------------------------------------------- what is written


def _key(source: Source) -> str:
    """A name for a text, read by this version of the program and of all that takes part in it."""
    named_json = re.split(r"[?#]", source.name)[0].lower().endswith(".json")
    versions = (_FORMAT, __version__, sys.version, msgspec.__version__, yaml.__version__)
    digest = hashlib.sha256(repr((versions, yaml.__with_libyaml__, named_json)).encode())
    digest.update(source.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


_SUM = 16


def _sum(data: bytes | memoryview) -> bytes:
    """What a file begins with: a bit that a disk has turned would else be another value in a request."""
    return hashlib.blake2b(data, digest_size=_SUM).digest()


def _encoded(node: Node) -> bytes:
    """A document as it stands in its file; raises `ValueError` for one with parts that are shared."""
    written = _Written(node.line, node.column, node.value, [], [], [])
    _add(node.value, written, set())
    return msgspec.json.encode(written, enc_hook=_without_digits)


def _add(value: Json, written: _Written, seen: set[int]) -> None:
    """The places of a container and of those in it."""
    if id(value) in seen:
        raise ValueError("an alias: what stands for little here may be endless in a file")
    seen.add(id(value))
    if isinstance(value, Object):
        written.objects.append((value.line, value.column, list(value.places.values())))
        parts: Iterator[Json] = iter(value.values())
    elif isinstance(value, Array):
        written.arrays.append((value.line, value.column, value.places))
        parts = iter(value)
    else:
        return
    number = len(seen) - 1
    for at, part in enumerate(parts):
        if isinstance(part, _CONTAINERS):
            _add(part, written, seen)
        elif isinstance(part, Float):
            written.digits.append((number, at, part.text))


_CONTAINERS = (Object, Array)


def _without_digits(value: object) -> int:
    """What stands where a number with digits of its own goes."""
    if isinstance(value, Float):
        return 0
    raise TypeError(type(value).__name__)


# ------------------------------------------------------------------------------- what is read


def _read(path: Path, source: Source) -> Node | None:
    """The document of a file; None where there is none, or one that was damaged."""
    try:
        data = read_file(path, _LARGEST)
        if _sum(memoryview(data)[_SUM:]) != data[:_SUM]:
            return None
        written = msgspec.json.decode(memoryview(data)[_SUM:], type=_Written)
        value = _Builder(written).whole()
    except (CannotRead, ValueError, LookupError, RecursionError):
        return None
    with suppress(OSError):
        os.utime(path)  # it was used now
    return Node(source, value, written.line, written.column)


class _Builder:
    """Puts values and places together again; raises `ValueError` or `LookupError` where they do not fit."""

    def __init__(self, written: _Written) -> None:
        self.written = written
        self.objects = iter(written.objects)
        self.arrays = iter(written.arrays)
        self.made: list[Object | Array] = []

    def whole(self) -> Json:
        """The value of the root."""
        value = self._value(self.written.value)
        if next(self.objects, None) is not None or next(self.arrays, None) is not None:
            raise ValueError("there are more places than containers")
        for number, at, text in self.written.digits:
            if not _NUMBER.fullmatch(text) or at < 0:
                raise ValueError("these are no digits")
            home = self.made[number]
            if isinstance(home, Object):
                home[list(home)[at]] = Float(text)
            else:
                home[at] = Float(text)
        return value

    def _value(self, value: object) -> Json:
        if isinstance(value, dict):
            return self._object(Object(value))
        if isinstance(value, list):
            return self._array(Array(value))
        if value is None or isinstance(value, str | int | float):
            return value
        raise ValueError("this is no JSON")

    def _object(self, made: Object) -> Object:
        found = next(self.objects, None)
        if found is None:
            raise ValueError("an object without a place")
        made.line, made.column, places = found
        made.places = dict(zip(made, places, strict=True))
        self.made.append(made)
        for name, part in made.items():
            if isinstance(part, _PARTS):
                made[name] = self._value(part)
        return made

    def _array(self, made: Array) -> Array:
        found = next(self.arrays, None)
        if found is None:
            raise ValueError("an array without a place")
        made.line, made.column, made.places = found
        if len(made) != len(made.places):
            raise ValueError("an array with other places")
        self.made.append(made)
        for at, part in enumerate(made):
            if isinstance(part, _PARTS):
                made[at] = self._value(part)
        return made


_PARTS = (dict, list)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


# ------------------------------------------------------------------------------- the folder


def _is_ours(folder: Path) -> bool:
    """Whether only this user can write in a folder: what others may have put there is not read."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(about.st_mode):
        return False
    if sys.platform == "win32":
        return True
    return about.st_uid == os.getuid() and not about.st_mode & 0o022


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for its owner only; raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_BEGUN)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _make_room(folder: Path) -> None:
    """Remove what was used longest ago until the rest is within the limits; raises `OSError`."""
    kept: list[tuple[int, int, str]] = []
    for each in os.scandir(folder):
        if each.name.endswith(_ENDING) or each.name.startswith(_BEGUN):
            about = each.stat(follow_symlinks=False)
            kept.append((about.st_mtime_ns, about.st_size, each.path))
    size = sum(bytes_of_it for _, bytes_of_it, _ in kept)
    for count, (_, bytes_of_it, name) in enumerate(sorted(kept)):
        if len(kept) - count <= MOST_FILES and size <= MOST_BYTES:
            return
        Path(name).unlink()
        size -= bytes_of_it
