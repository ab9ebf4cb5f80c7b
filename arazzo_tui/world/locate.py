"""Finding the file that a source's relative URL means, within what a document may make us read.

By the letter it stands beside the document. Real documents also count from the root of their repository,
or their files were moved (in-the-wild rows 2 and 8), so the parents and then the workspace are searched.
What is found is always inside the folders searched, by its real path.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from arazzo_tui.language.printable import quoted_name
from arazzo_tui.world.reading import expanded

_CLIMB = 4
"""How many parents are searched where no repository tells the root."""

_MOST_ENTRIES = 5000
"""How many folder entries a search by file name looks at before it gives up."""

_NEVER_ENTERED = frozenset({"node_modules", "__pycache__", "venv", "target", "dist"})


CURE = "; `run` and `check` read it with --workspace FOLDER"
"""What a person can do about a file that is not read."""


class Located(Struct, frozen=True):
    """Where a file was found, and in words how when that was not beside the document."""

    path: Path
    tolerance: str = ""


class NotLocated(Struct, frozen=True):
    """Why there is no file, and the places that were looked at."""

    reason: str
    looked: tuple[str, ...] = ()


def locate(
    url: str, document: Path, base: Path | None = None, also: str = ""
) -> Located | NotLocated:
    """The file a relative URL of a document means; moved files are looked for too.

    `also` is a folder that the user opened to all documents, whatever they call its files.

    `base` is the path that the document says it has (`$self`, DOC-7), for one that says so. It counts
    first, and never widens what may be read: that are the folders round the document itself.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return NotLocated(f"{quoted_name(url)} is no URL")
    name = unquote(parts.path)
    if parts.scheme or parts.netloc or name.startswith(("/", "\\")) or Path(name).is_absolute():
        opened = _opened(parts.scheme, parts.netloc, name, also)
        if opened is not None:
            return Located(opened)
        return NotLocated(
            f"{quoted_name(url)} is an absolute address; documents name files beside them"
        )
    if not name or "\0" in name:
        return NotLocated(f"{quoted_name(url)} names no file")
    folder = document.absolute().parent
    root = workspace_root(folder)
    looked: list[str] = []
    first = folder if base is None else base.parent
    for start, inside in dict.fromkeys([(first, root), *_bases(folder, root)]):
        candidate = Path(os.path.normpath(start / name))
        if not is_inside(candidate, inside) and not (also and is_inside(candidate, Path(also))):
            looked.append(f"{candidate} (outside the workspace {inside}: not read{CURE})")
            continue
        looked.append(str(candidate))
        if _is_there(candidate):
            beside = "beside the document" if base is None else "where its `$self` says"
            how = "" if start == first else f"found from {start}, not {beside}"
            return Located(candidate, how)
    found = _by_name(Path(name).name, root)
    if len(found) == 1:
        return Located(found[0], f"the file was moved: found by its name at {found[0]}")
    if found:
        return NotLocated(
            "was not found, and several files have its name", (*looked, *map(str, found))
        )
    return NotLocated("was not found", tuple(dict.fromkeys(looked)))


def _opened(scheme: str, host: str, name: str, also: str) -> Path | None:
    """The file that an absolute path or `file:` URL means in the folder that the user opened."""
    if not also or host or scheme.lower() not in ("", "file") or "\0" in name:
        return None
    path = Path(os.path.normpath(name))
    inside = path.is_absolute() and is_inside(path, Path(also))
    return path if inside and _is_there(path) else None


def _is_there(path: Path) -> bool:
    """Whether a file stands there, or what is none and no folder; reading then says what it is."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:  # a name that is too long is the name of nothing
        return False


def workspace_root(folder: Path) -> Path:
    """The folder that a document's sources may come from: its repository's root.

    Where there is none, the current folder when the document is in it, and at least the folder above
    the document's own, where `arazzo/` and `openapi/` stand side by side. Never one that holds all of a
    person's files, even where that is a repository: what is private is there too.
    """
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists() and not _is_common(parent):
            return parent
    alone = _is_common(folder) or _is_common(folder.parent)
    above = folder if alone else folder.parent
    here = Path.cwd()
    return here if here in above.parents and not _is_common(here) else above


def _is_common(folder: Path) -> bool:
    """Folders that hold everything of a machine or a person, and are no workspace."""
    common = {Path(folder.anchor), Path(tempfile.gettempdir()), expanded("~")}
    return folder in common


def _bases(folder: Path, root: Path) -> Iterator[tuple[Path, Path]]:
    """Folders a relative URL may count from, each with the folder its file must be inside of."""
    yield folder, root
    told = (root / ".git").exists()
    for climbed, parent in enumerate(folder.parents, start=1):
        within = parent == root or root in parent.parents
        if not within and (told or climbed > _CLIMB or _is_common(parent)):
            return
        yield parent, root if within else parent


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path, links followed, is inside a folder."""
    try:
        real, home = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    except ValueError:  # no name that a file can have
        return False
    return home in real.parents


def _by_name(name: str, root: Path) -> list[Path]:
    """Files of that name in the workspace, hidden and generated folders left out."""
    found: list[Path] = []
    seen = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(each for each in folders if not _is_left_out(each))
        seen += len(folders) + len(files)
        path = Path(folder) / name
        if name in files and is_inside(path, root):
            found.append(path)
        if seen > _MOST_ENTRIES:
            break
    return found


def _is_left_out(folder: str) -> bool:
    return folder.startswith(".") or folder in _NEVER_ENTERED
