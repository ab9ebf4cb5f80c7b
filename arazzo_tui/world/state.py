"""What is remembered between sessions for one user: inputs, documents opened last, and answers that no
settings file can hold.

One small JSON file a document, in the user's state folder, readable by its owner only and replaced whole.
Secrets are never handed to this module. When it cannot write, nothing is remembered and nothing fails.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json
from arazzo_tui.world.reading import CannotRead, read_file

_MOST_RECENT = 20
_MOST_BYTES = 4 * 1024 * 1024
_VERSION = 1


class Given(Struct, frozen=True):
    """An answer a user gave, the day of it (ISO 8601), and in words where it is kept, if it is."""

    value: str
    when: str
    where: str = ""


class Memory(Struct, frozen=True):
    """What is remembered of one document: inputs by workflow, base URLs and operations by name."""

    inputs: Mapping[str, Mapping[str, Json]] = {}
    servers: Mapping[str, Given] = {}
    operations: Mapping[str, Given] = {}

    def with_inputs(self, workflow: str, values: Mapping[str, Json]) -> "Memory":
        """The same, with the inputs of a workflow as they were last used."""
        return replace(self, inputs={**self.inputs, workflow: dict(values)})

    def with_server(self, source: str, url: str) -> "Memory":
        """The same, with the base URL of a source; today's date tells whose word it is later."""
        given = Given(url, date.today().isoformat())  # noqa: DTZ011  # the day on the user's wall
        return replace(self, servers={**self.servers, source: given})

    def with_operation(self, operation_id: str, said: str) -> "Memory":
        """The same, with the method and path of an operation."""
        given = Given(said, date.today().isoformat())  # noqa: DTZ011  # the day on the user's wall
        return replace(self, operations={**self.operations, operation_id: given})


class State:
    """The folder of remembered things. `folder` None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def recall(self, document: str) -> Memory:
        """What is remembered of a document; nothing when there is nothing readable."""
        value = self._read(self._file(document))
        if not isinstance(value, dict) or value.get("version") != _VERSION:
            return Memory()
        inputs = value.get("inputs")
        return Memory(
            inputs={
                name: each
                for name, each in (inputs.items() if isinstance(inputs, dict) else ())
                if isinstance(each, dict)
            },
            servers=_givens(value.get("servers")),
            operations=_givens(value.get("operations")),
        )

    def remember(self, document: str, memory: Memory) -> bool:
        """Keep what is known of a document; False when it could not be written.

        What a newer version of this program has kept is left to it.
        """
        if _is_newer(self._read(self._file(document))):
            return False
        value: Json = {
            "version": _VERSION,
            "document": document,
            "inputs": memory.inputs,
            "servers": {name: _written(each) for name, each in memory.servers.items()},
            "operations": {name: _written(each) for name, each in memory.operations.items()},
        }
        return self._write(self._file(document), value)

    def recent(self) -> tuple[str, ...]:
        """The documents opened last that still exist, newest first."""
        value = self._read(self._recent_file())
        names = value if isinstance(value, list) else []
        return tuple(name for name in names if isinstance(name, str) and _exists(name))

    def opened(self, document: str) -> None:
        """Note that a document was opened now."""
        names = [document, *(each for each in self.recent() if each != document)]
        self._write(self._recent_file(), names[:_MOST_RECENT])

    def preference(self, name: str) -> Json:
        """A choice that was kept, such as the theme; None when there is none."""
        value = self._read(self._preferences_file())
        return value.get(name) if isinstance(value, dict) else None

    def prefer(self, name: str, choice: Json) -> None:
        """Keep a choice."""
        value = self._read(self._preferences_file())
        kept = value if isinstance(value, dict) else {}
        self._write(self._preferences_file(), {**kept, name: choice})

    def _preferences_file(self) -> Path | None:
        return self.folder / "preferences.json" if self.folder else None

    def _file(self, document: str) -> Path | None:
        name = hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        return self.folder / "documents" / f"{name}.json" if self.folder else None

    def _recent_file(self) -> Path | None:
        return self.folder / "recent.json" if self.folder else None

    def _read(self, path: Path | None) -> Json:
        if path is None:
            return None
        try:
            return read_json(read_file(path, _MOST_BYTES))
        except (CannotRead, BadJson, UnicodeDecodeError):
            return None

    def _write(self, path: Path | None, value: Json) -> bool:
        if path is None or self.folder is None:
            return False
        text = write_json(value, indent=1) + "\n"
        if len(text) > _MOST_BYTES // 4:  # a character may take four bytes
            return False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if path.parent != self.folder and path.parent.is_symlink():
                return False  # somebody else's folder
            replace_file(path, text)
        except OSError:
            return False
        return True


def _is_newer(value: Json) -> bool:
    version = value.get("version") if isinstance(value, dict) else None
    return isinstance(version, int) and version > _VERSION


def state_folder() -> Path | None:
    """The user's state folder for this program; None where there is no home to put it in."""
    from platformdirs import user_state_path

    try:
        return user_state_path("arazzo-tui", appauthor=False)
    except (OSError, RuntimeError):
        return None


def replace_file(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file whole or not at all, never through a link; raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".arazzo-tui-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except (OSError, ValueError) as wrong:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise OSError(getattr(wrong, "errno", None), str(wrong)) from wrong


def _givens(value: Json) -> Mapping[str, Given]:
    found: dict[str, Given] = {}
    for name, each in value.items() if isinstance(value, dict) else ():
        match each:
            case {"value": str(text), "when": str(when)}:
                found[name] = Given(text, when)
            case _:
                pass
    return found


def _written(given: Given) -> Json:
    return {"value": given.value, "when": given.when}


def _exists(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False
