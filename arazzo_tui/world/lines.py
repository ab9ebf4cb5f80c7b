"""A file that only grows, line by line: each line is there whole or not at all, and nobody else's to read.

What the lines say is not known here. Every mishap of the disk is an `OSError`.
"""

import contextlib
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

    def _hold(handle: int) -> None:
        """Hold a file as long as it is open, where its file system knows of that."""
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)

    def _is_free(handle: int) -> bool:
        """Whether no process holds a file."""
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
else:

    def _hold(handle: int) -> None:
        """Nothing: there a file that is open cannot be removed anyway."""

    def _is_free(handle: int) -> bool:
        """Not known there, but for a file that cannot even be looked at."""
        return os.fstat(handle).st_size >= 0


class Lines:
    """A new file of lines, held by this process until it is closed; raises `OSError`."""

    def __init__(self, path: Path) -> None:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if path.parent.is_symlink():
            raise OSError(errno.ELOOP, f"{path.parent.name} is a link to somewhere else")
        self.path = path
        self.size = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
        _hold(self._handle)

    def add(self, line: bytes) -> None:
        """Append a line. What was written of one that does not fit is taken back."""
        rest = memoryview(line + b"\n")
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self.size)
                os.lseek(self._handle, self.size, os.SEEK_SET)
            raise
        self.size += len(line) + 1

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Change every line, all at once: the file is replaced by another one."""
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=_REWRITING)
        try:
            _hold(handle)
            size = 0
            with open(handle, "wb", closefd=False) as file:
                for line in read_lines(self.path):
                    size += file.write(change(line) + b"\n")
            Path(name).replace(self.path)
        except OSError:
            os.close(handle)
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        os.close(self._handle)
        self._handle, self.size = handle, size

    def remove(self) -> None:
        """Leave no trace of it."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.size = 0

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(OSError):
            os.close(self._handle)


def read_lines(path: Path) -> Iterator[bytes]:
    """The whole lines of a regular file, without their ends; a torn last one is left out.

    Raises `OSError`.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123  # opened without waiting
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


_REWRITING = ".rewriting-"


def remove_rests(folder: Path) -> None:
    """Remove what programs that were killed left of files they were rewriting."""
    with contextlib.suppress(OSError):
        for each in folder.glob(f"{_REWRITING}*"):
            if not is_held(each):
                each.unlink()


def is_held(path: Path) -> bool:
    """Whether some process has the file open to write lines in it."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        return not _is_free(handle)
    finally:
        os.close(handle)
