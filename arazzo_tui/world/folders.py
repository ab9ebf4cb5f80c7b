"""The documents a person means by a folder: the files in it that begin as Arazzo documents do."""

import os
from collections.abc import Iterable, Iterator
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
    """The files of a folder that look like Arazzo documents, by their first few thousand bytes."""
    listed = 0
    for home, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "node_modules")))
        for name in sorted(files):
            listed += 1
            if listed > _MOST_LISTED:
                return
            path = Path(home) / name
            if name.lower().endswith(_ENDINGS) and _says_arazzo(path):
                yield str(path)


def _says_arazzo(path: Path) -> bool:
    """Whether a file begins like an Arazzo document: it has the field `arazzo` near its start."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
    except OSError:
        return False
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return any(
        line.lstrip(b" \t{\xef\xbb\xbf").startswith((b"arazzo:", b'"arazzo"', b"'arazzo'"))
        for line in start.replace(b",", b"\n").splitlines()
    )
