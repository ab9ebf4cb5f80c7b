"""The runs that were kept for one user: a file each, listed, read, and thrown away when they grow too many.

A line is written by `journal`, here they are found again. When nothing can be written nothing is kept, and
nothing fails.
"""

import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.run import Run
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.world.journal import Journal
from arazzo_tui.world.lines import is_held, read_lines, remove_rests
from arazzo_tui.world.reading import CannotRead, read_file
from arazzo_tui.world.record import Closed, Header, Move, Sent, Went
from arazzo_tui.world.record_text import BadRecord, OtherVersion, read_header, read_move
from arazzo_tui.world.state import replace_file

MOST_RUNS = 2_000
MOST_BYTES = 1024 * 1024 * 1024
"""How many runs are kept, and how many bytes of them; older ones are removed."""

Status: TypeAlias = Literal["succeeded", "failed", "cancelled", "interrupted", "running"]
"""How a run stands: `interrupted` is one whose program was ended from outside."""


class CannotOpen(Exception):
    """Why a kept run cannot be read: another version, a damaged line with its number, no file."""


class Kept(Struct, frozen=True):
    """A kept run as it was read: how it began and what was done, in order.

    `status` and `code`, the exit code, are those it was closed with; of one that was not closed the
    status is `interrupted`, or how it had ended. `unanswered` says that its last request had left and
    nobody knows what became of it; `torn` that the last line was not whole and is left out.
    """

    header: Header
    moves: tuple[Move, ...]
    status: Status
    code: int | None = None
    unanswered: bool = False
    torn: bool = False


class KeptSummary(Struct, frozen=True):
    """A kept run in a list: where it is, of which document and workflow, when it began, how it stands."""

    path: Path
    document: str
    workflow: str
    started: float
    status: Status
    code: int | None = None


class Store:
    """The kept runs in the state folder of a user. `folder` None keeps nothing.

    `most_runs` and `most_bytes` are what is kept of them; older ones are removed.
    """

    def __init__(
        self, folder: Path | None, most_runs: int = MOST_RUNS, most_bytes: int = MOST_BYTES
    ) -> None:
        self._most_runs, self._most_bytes = most_runs, most_bytes
        self.folder = folder / "runs" if folder is not None else None

    def keep(
        self, header: Header, first: Run, redactor: Redactor, *, make_room: bool = True
    ) -> Journal:
        """Begin to keep a run that stands at its first moment; older runs make room for it.

        Who keeps many makes room with every few of them: all that are kept are looked at for it.
        """
        if self.folder is None:
            return Journal(None, header, first, redactor, "this run is not kept: there is no home")
        at = time.time()
        moment = time.strftime("%Y%m%dT%H%M%S", time.gmtime(at))
        name = f"{moment}.{int(at * 1000) % 1000:03d}Z-{secrets.token_hex(4)}.jsonl"
        path = self.folder / name
        if not make_room:
            return Journal(path, header, first, redactor)
        return Journal(path, header, first, redactor, before=self._make_room)

    def runs(self) -> Iterator[KeptSummary]:
        """The kept runs, newest first, by their names; what is no kept run of ours is passed over.

        Only of those that are taken is more looked at than the name.
        """
        if self.folder is None:
            return
        names = sorted(_names(self.folder), reverse=True)
        rows = self._index()
        fresh: dict[str, Json] = {}
        try:
            for name in names:
                path = self.folder / name
                about = _about(path)
                found = _listed(path, rows.get(name), about) if about is not None else None
                if found is None and about is not None:
                    found = _summary(path)
                    if found is not None:
                        fresh[name] = _row(found, about)
                if found is not None:
                    yield _alive(found)
        finally:
            if len(fresh) > _STALE or len(rows.keys() - set(names)) > _STALE:
                whole = {**rows, **fresh}
                self._write_index({name: whole[name] for name in names if name in whole})

    def open(self, path: Path) -> Kept:
        """A kept run; raises `CannotOpen` with a sentence."""
        shown = one_line(str(path))
        header: Header | None = None
        moves: list[Move] = []
        number = 0
        torn = False
        try:
            for number, line in enumerate(read_lines(path), 1):
                value = read_json(line)
                if header is None:
                    header = read_header(value)
                else:
                    moves.append(read_move(value, number - 1))
            torn = _is_torn(path)
        except OtherVersion as wrong:
            raise CannotOpen(f"{shown}: {wrong}") from None
        except (BadRecord, BadJson, UnicodeDecodeError) as wrong:
            said = one_line(wrong.message if isinstance(wrong, BadJson) else str(wrong))
            raise CannotOpen(f"{shown}: line {number} is damaged: {said}") from None
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or str(wrong)
            raise CannotOpen(f"{shown}: {one_line(reason).lower()}") from None
        if header is None:
            raise CannotOpen(f"{shown}: there is not one whole line in it")
        return _alive_kept(path, _kept(header, tuple(moves), torn=torn))

    def _make_room(self) -> None:
        """Remove the oldest runs until one more fits; those that somebody still writes stay."""
        if self.folder is None or self.folder.is_symlink():
            return
        remove_rests(self.folder)
        names = sorted(_names(self.folder))
        sizes = {name: about[1] for name in names if (about := _about(self.folder / name))}
        count, size = len(sizes), sum(sizes.values())
        for name, bytes_of_it in sizes.items():
            if count < self._most_runs and size <= self._most_bytes:
                return
            path = self.folder / name
            if is_held(path):
                continue
            with suppress(OSError):
                path.unlink()
                count, size = count - 1, size - bytes_of_it

    def _index(self) -> Mapping[str, Json]:
        """What was found in the files when they were listed before, by name."""
        if self.folder is None:
            return {}
        try:
            value = json.loads(read_file(self.folder / _INDEX))
        except (CannotRead, ValueError, RecursionError):
            return {}
        rows = value.get("runs") if isinstance(value, dict) and value.get("version") == 1 else None
        return rows if isinstance(rows, dict) else {}

    def _write_index(self, rows: Mapping[str, Json]) -> None:
        assert self.folder is not None  # there were entries
        with suppress(OSError):
            replace_file(self.folder / _INDEX, write_json({"version": 1, "runs": rows}))


# ------------------------------------------------------------------------------- what a file says

_NAME = re.compile(r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}\.jsonl")
_INDEX = "index-1.json"
_STALE = 32
"""So many files are read anew each time before the index is written again."""

_HEAD = 64 * 1024 * 1024
_TAIL = 4096


def _names(folder: Path) -> list[str]:
    """The names in a folder that kept runs may have."""
    with suppress(OSError):
        return [name for name in os.listdir(folder) if _NAME.fullmatch(name)]  # noqa: PTH208  # no paths are wanted of ten thousand
    return []


def _about(path: Path) -> tuple[int, int] | None:
    """Time of change and size of a file; None for one that is gone."""
    try:
        about = path.lstat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


def _summary(path: Path) -> KeptSummary | None:
    """What the first and the last line of a file say; None for what is no kept run of this version."""
    try:
        with path.open("rb") as file:
            head = file.readline(_HEAD)
            if not head.endswith(b"\n"):
                return None
            size = file.seek(0, os.SEEK_END)
            file.seek(max(len(head), size - _TAIL))
            tail = file.read(_TAIL)
        header = read_header(read_json(head))
    except (OSError, ValueError):
        return None
    status, code = _last_word(tail)
    return KeptSummary(path, header.document, header.workflow, header.started, status, code)


def _last_word(tail: bytes) -> tuple[Status, int | None]:
    """How a run stands, by the last whole line of its file."""
    for line in reversed(tail[: tail.rfind(b"\n") + 1].splitlines()):
        try:
            value = read_json(line)
            number = value.get("n") if isinstance(value, Mapping) else None
            move = read_move(value, number if isinstance(number, int) else 0)
        except (ValueError, UnicodeDecodeError):
            break  # a long line, of which this is the end
        return _stands(move)
    return "interrupted", None


def _stands(move: Move) -> tuple[Status, int | None]:
    match move:
        case Closed("succeeded" | "failed" | "cancelled" as status, code):
            return status, code
        case Went(passed=bool(passed)):
            return ("succeeded" if passed else "failed"), None
        case _:
            return "interrupted", None


def _kept(header: Header, moves: tuple[Move, ...], *, torn: bool) -> Kept:
    status, code = _stands(moves[-1]) if moves else ("interrupted", None)
    done = moves[:-1] if moves and isinstance(moves[-1], Closed) else moves
    unanswered = bool(done) and isinstance(done[-1], Sent)
    return Kept(header, moves, status, code, unanswered, torn)


def _alive_kept(path: Path, kept: Kept) -> Kept:
    alive = kept.status == "interrupted" and is_held(path)
    return replace(kept, status="running") if alive else kept


def _alive(summary: KeptSummary) -> KeptSummary:
    """The same, running if it is: nobody has to look at the file of a run that is over."""
    alive = summary.status == "interrupted" and is_held(summary.path)
    return replace(summary, status="running") if alive else summary


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _row(found: KeptSummary, about: tuple[int, int]) -> Json:
    """A row of the index: what a file said when it had this time and size."""
    return [
        *about, found.document, found.workflow, found.started, found.status, found.code,
    ]  # fmt: skip


def _listed(path: Path, row: Json, about: tuple[int, int]) -> KeptSummary | None:
    """What the index says of a file; None where that is another one now."""
    match row:
        case [
            int(then), int(long), str(document), str(workflow), float() | int() as started,
            "succeeded" | "failed" | "cancelled" | "interrupted" as status, None | int() as code,
        ] if (then, long) == about:  # fmt: skip
            return KeptSummary(path, document, workflow, started, status, code)
        case _:
            return None
