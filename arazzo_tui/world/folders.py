"""The documents a person means by a folder: the files in it that begin as Arazzo documents do."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from arazzo_tui.language.printable import one_line
from arazzo_tui.world.given import BadUsage
from arazzo_tui.world.workspace import is_url

_ENDINGS = (".yaml", ".yml", ".json")
_MOST_LISTED = 20_000
_LOOKED_AT = 4096


def documents_named(names: Iterable[str]) -> Iterator[str]:
    """The documents that were named; a folder stands for the Arazzo documents in it.

    Without names those of the current folder. Raises `BadUsage` for a named folder without any.
    """
    given = tuple(names)
    for name in given or (".",):
        path = Path(name).expanduser()
        if is_url(name) or not path.is_dir():
            yield name
        else:
            found = list(_in_folder(path))
            if not found and given:
                raise BadUsage(f"there is no Arazzo document in {one_line(name)}")
            yield from found


def _in_folder(folder: Path) -> Iterator[str]:
    """The files of a folder that look like Arazzo documents, by their first few thousand bytes.

    Two thousand of them are looked at before the first screen, so no path is made of any.
    """
    listed = 0
    waiting = [str(folder)]
    while waiting:
        home = waiting.pop()
        files, folders = _entries(home)
        before = "" if home == "." else home
        for name in sorted(files):
            listed += 1
            if listed > _MOST_LISTED:
                return
            path = os.path.join(before, name)  # noqa: PTH118
            if name.lower().endswith(_ENDINGS) and _says_arazzo(path):
                yield path
        waiting += [os.path.join(before, name) for name in sorted(folders, reverse=True)]  # noqa: PTH118


def _entries(home: str) -> tuple[list[str], list[str]]:
    """The names of the regular files in a folder, and of the folders that are looked into."""
    files: list[str] = []
    folders: list[str] = []
    with suppress(OSError), os.scandir(home) as entries:
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                if not each.name.startswith((".", "node_modules")):
                    folders.append(each.name)
            elif _is_regular(each):
                files.append(each.name)
    return files, folders


def _is_regular(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads round in a circle
        return False


def _says_arazzo(path: str) -> bool:
    """Whether a file begins like an Arazzo document: it has the field `arazzo` near its start."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except OSError:
        return False
    try:
        start = os.read(handle, _LOOKED_AT)
    except OSError:
        return False
    finally:
        os.close(handle)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return _FIELD.search(start) is not None


_BINARY = getattr(os, "O_BINARY", 0)
_FIELD = re.compile(rb"""(?:\A|[\n\r,])[ \t{\xef\xbb\xbf]*(?:arazzo:|"arazzo"|'arazzo')""")
