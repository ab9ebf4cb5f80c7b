"""Finding the file that a source's relative URL means, within what a document may make us read.

By the letter it stands beside the document. Real documents also count from the root of their repository,
or their files were moved (in-the-wild rows 2 and 8), so the parents and then the workspace are searched.
What is found is always inside the folders searched, by its real path.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from arazzo_tui.language.printable import quoted_name
from arazzo_tui.world.reading import expanded

_CLIMB = 4
"""How many parents are searched where no repository tells the root."""

_MOST_ENTRIES = 5000
"""How many folder entries a search by file name looks at before it gives up."""

_NEVER_ENTERED = frozenset({"node_modules", "__pycache__", "venv", "target", "dist"})


@dataclass(frozen=True, slots=True)
class Located:
    """Where a file was found, and in words how when that was not beside the document."""

    path: Path
    tolerance: str = ""


@dataclass(frozen=True, slots=True)
class NotLocated:
    """Why there is no file, and the places that were looked at."""

    reason: str
    looked: tuple[str, ...] = ()


def locate(url: str, document: Path, *, search: bool = True) -> Located | NotLocated:
    """The file a relative URL of a document means. With `search`, moved files are looked for too."""
    parts = urlsplit(url)
    name = unquote(parts.path)
    if parts.scheme or parts.netloc or name.startswith(("/", "\\")) or Path(name).is_absolute():
        return NotLocated(
            f"{quoted_name(url)} is an absolute address; documents name files beside them"
        )
    if not name or "\0" in name:
        return NotLocated(f"{quoted_name(url)} names no file")
    folder = document.absolute().parent
    root = workspace_root(folder)
    looked: list[str] = []
    for base, inside in _bases(folder, root):
        candidate = Path(os.path.normpath(base / name))
        if not _is_inside(candidate, inside):
            looked.append(f"{candidate} (outside the workspace {inside}: not read)")
            continue
        looked.append(str(candidate))
        if candidate.is_file() or (candidate.exists() and not candidate.is_dir()):
            how = "" if base == folder else f"found from {base}, not beside the document"
            return Located(candidate, how)
        if not search:
            break
    found = _by_name(Path(name).name, root) if search else []
    if len(found) == 1:
        return Located(found[0], f"the file was moved: found by its name at {found[0]}")
    if found:
        return NotLocated(
            "was not found, and several files have its name", (*looked, *map(str, found))
        )
    return NotLocated("was not found", tuple(dict.fromkeys(looked)))


def workspace_root(folder: Path) -> Path:
    """The folder that a document's sources may come from: its repository's root.

    Where there is none, the current folder when the document is in it, and at least the folder above
    the document's own, where `arazzo/` and `openapi/` stand side by side.
    """
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return parent
    above = folder if _is_common(folder.parent) else folder.parent
    here = Path.cwd()
    return here if here in above.parents else above


def _is_common(folder: Path) -> bool:
    """Folders that hold everything of a machine or a person, and are no workspace."""
    common = {Path(folder.anchor), Path(tempfile.gettempdir()), expanded("~")}
    return folder in common


def _bases(folder: Path, root: Path) -> Iterator[tuple[Path, Path]]:
    """Folders a relative URL may count from, each with the folder its file must be inside of."""
    yield folder, root
    for climbed, parent in enumerate(folder.parents, start=1):
        within = parent == root or root in parent.parents
        if not within and (climbed > _CLIMB or _is_common(parent)):
            return
        yield parent, root if within else parent


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a path, links followed, is inside a folder."""
    real, home = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    return home in real.parents


def _by_name(name: str, root: Path) -> list[Path]:
    """Files of that name in the workspace, hidden and generated folders left out."""
    found: list[Path] = []
    seen = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(each for each in folders if not _is_left_out(each))
        seen += len(folders) + len(files)
        path = Path(folder) / name
        if name in files and _is_inside(path, root):
            found.append(path)
        if seen > _MOST_ENTRIES:
            break
    return found


def _is_left_out(folder: str) -> bool:
    return folder.startswith(".") or folder in _NEVER_ENTERED
