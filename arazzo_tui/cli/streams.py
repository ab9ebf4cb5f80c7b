"""stdout and stderr as a command uses them: data and talk, whatever the locale, and a reader gone."""

import os
import sys
from types import TracebackType
from typing import Self


def hold_standard_streams() -> None:
    """Where a program is started with stdin, stdout or stderr closed, nothing else gets their number.

    A run that is kept, or a connection, would be taken for stdout by whatever writes to it natively. Of
    stdin and stderr nobody has to know that they are closed; data that has no stdout is a failure.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, and so this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # for good
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # for good


class Output:
    """stdout for data. A closed pipe, a full disk or no stdout at all sets `failed` instead of raising."""

    def __init__(self) -> None:
        self.failed = sys.stdout is None
        # Data is UTF-8 whatever the locale says; there are no lone surrogates left in it.
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")

    def write(self, text: str) -> None:
        """One line, or several, of data."""
        if self.failed:
            return
        try:
            sys.stdout.write(text + "\n")
        except OSError:
            self._give_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.failed:
            return
        try:
            sys.stdout.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        """Nobody reads any more: leave Python nothing to flush at its end."""
        self.failed = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(line: str) -> None:
    """One line of talk on stderr; lost when nobody listens."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    text = line.encode(encoding, "replace").decode(encoding, "replace")
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return
