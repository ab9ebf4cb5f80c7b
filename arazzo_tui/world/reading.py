"""Reading a file that somebody named, without trusting the name: regular files only, and only so big."""

import os
import stat
from pathlib import Path

from arazzo_tui.language.printable import one_line

LARGEST = 32 * 1024 * 1024
"""The most bytes a document may have."""


class CannotRead(Exception):
    """A file that cannot be read; the sentence says which and why."""


class NotFetched(CannotRead):
    """A document at a URL that nobody agreed to fetch; another who names it may have more to say."""


def read_file(path: Path, most: int = LARGEST) -> bytes:
    """The bytes of a regular file; raises `CannotRead` for all else, and never waits for a writer."""
    shown = one_line(str(path))
    try:
        handle = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except OSError as wrong:
        raise CannotRead(f"{shown}: {_why(wrong)}") from None
    except ValueError:
        raise CannotRead(f"{shown} is no name that a file can have") from None
    try:
        _refuse_odd(os.fstat(handle), shown, most)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most + 1)
    except OSError as wrong:
        raise CannotRead(f"{shown}: {_why(wrong)}") from None
    finally:
        os.close(handle)


def _refuse_odd(about: os.stat_result, shown: str, most: int) -> None:
    """Raise `CannotRead` for what is no regular file, or too big."""
    if stat.S_ISDIR(about.st_mode):
        raise CannotRead(f"{shown} is a folder, not a document")
    if not stat.S_ISREG(about.st_mode):
        raise CannotRead(f"{shown} is no regular file")
    if about.st_size > most:
        size, limit = about.st_size / 1048576, most // 1048576
        raise CannotRead(f"{shown} has {size:.0f} MiB; the limit for a document is {limit} MiB")


def expanded(name: str) -> Path:
    """The path a person means by a name; `~` is their home where that is known, else a name too."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def _why(wrong: OSError) -> str:
    match wrong:
        case FileNotFoundError() | NotADirectoryError():
            return "there is no such file"
        case IsADirectoryError():
            return "this is a folder, not a document"
        case PermissionError():
            return "it may not be read (permission denied)"
        case _:
            return (wrong.strerror or str(wrong)).lower()
