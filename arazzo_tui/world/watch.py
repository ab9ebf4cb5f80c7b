"""Whether files have changed since they were looked at: by their size and time, asked for now and then.

Asking costs a few microseconds a file and works on every file system, in containers and over networks,
where events of the kernel do not.
"""

import os
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

Stamp: TypeAlias = tuple[int, int, int] | None
"""Size, time of the last change in nanoseconds, and number of a file; None for one that is not there."""


class Stamps(Struct, frozen=True):
    """Files as they were when they were looked at."""

    files: tuple[tuple[str, Stamp], ...] = ()

    def changed(self) -> bool:
        """Whether any of them is another now. Blocks for as long as the file system takes."""
        return any(stamp != _stamp(name) for name, stamp in self.files)


def stamps(names: Iterable[str]) -> Stamps:
    """Look at files."""
    return Stamps(tuple((name, _stamp(name)) for name in names))


def _stamp(name: str) -> Stamp:
    try:
        found = os.stat(name)  # noqa: PTH116  # names may be no paths at all
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
