"""A terminal for programs: a pseudo terminal whose other end the tests hold."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

SEQUENCE = re.compile(
    rb"\x1b\[[<=>?]?[0-9;:]*[ $]?[@-~]|\x1b\]8;[^\x1b\x07]*\x1b\\|\x1b\](?:22|52);[^\x1b\x07]*\x07"
)
"""What the program itself may tell a terminal: control sequences, links, the pointer, the clipboard."""


class TerminalProgram:
    """A program in a pseudo terminal of its own, of which it is the session's leader."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        size: tuple[int, int] = (40, 120),
        errors: int | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self.master, self._slave = pty.openpty()
        self._set_size(size)
        self.before = termios.tcgetattr(self._slave)
        self.output = b""
        self._mark = 0

        def own() -> None:
            for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP):
                signal.signal(each, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if prepare is not None:
                prepare()

        self.process = subprocess.Popen(
            command, stdin=self._slave, stdout=self._slave, env=environment,
            stderr=self._slave if errors is None else errors,
            start_new_session=True, preexec_fn=own,  # noqa: PLW1509
        )  # fmt: skip

    def _set_size(self, size: tuple[int, int]) -> None:
        rows, columns = size
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size; what is waited for next must come after this."""
        self.mark()
        self._set_size((rows, columns))
        self.process.send_signal(signal.SIGWINCH)

    def mark(self) -> None:
        """What is waited for next must come after this."""
        self._mark = len(self.output)

    def press(self, keys: str | bytes) -> None:
        """Type; what is waited for next must come after this."""
        self.mark()
        os.write(self.master, keys if isinstance(keys, bytes) else keys.encode())

    def until(self, text: str, within: float = 30) -> None:
        """Read until a text stands in what was written since the mark; fails when it does not come."""
        self._read(lambda: text.encode() in SEQUENCE.sub(b"", self.output[self._mark :]), within)

    def until_anything(self, within: float = 30) -> None:
        """Read until something was written since the mark."""
        self._read(lambda: len(self.output) > self._mark, within)

    def until_quiet(self, seconds: float = 0.4) -> None:
        """Read until nothing more comes for a while."""
        while select.select([self.master], [], [], seconds)[0]:
            if not self._take():
                return

    def code(self, within: float = 30) -> int:
        """Read until the program ends; the code it left with."""
        self._read(lambda: self.process.poll() is not None, within)
        while select.select([self.master], [], [], 0)[0] and self._take():
            pass
        return self.process.returncode

    def hang_up(self) -> int:
        """Close the terminal as its window would be; the code the program left with."""
        os.close(self.master)
        os.close(self._slave)
        self.master = self._slave = -1
        return self.process.wait(30)

    def stopped(self) -> None:
        """Wait until the program is stopped, as by ctrl+z."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        self._read(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", 30)

    def _read(self, enough: Callable[[], bool], within: float) -> None:
        end = time.monotonic() + within
        while not enough():
            assert time.monotonic() < end, SEQUENCE.sub(b" ", self.output)[-3000:].decode(
                "utf-8", "replace"
            )
            if select.select([self.master], [], [], 0.05)[0] and not self._take():
                self.process.wait(10)

    def _take(self) -> bool:
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.output += data
        return bool(data)

    def left_wrong(self) -> list[str]:
        """What is wrong with the terminal the program left; empty when it is as it was."""
        modes: dict[str, str] = {}
        for number, state in re.findall(rb"\x1b\[\?(\d+)([hl])", self.output):
            modes[number.decode()] = state.decode()
        usual = {"7": "h", "25": "h"}  # wrapping and a cursor
        wrong = [f"?{each}{now}" for each, now in modes.items() if now != usual.get(each, "l")]
        if self.output.count(b"\x1b[<u") < len(re.findall(rb"\x1b\[>\d+u", self.output)):
            wrong.append("keyboard protocol")
        if termios.tcgetattr(self._slave) != self.before:
            wrong.append("line discipline")
        return wrong

    def close(self) -> None:
        """End the program, if it has not ended, and its terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for each in (self.master, self._slave):
            if each >= 0:
                os.close(each)


@pytest.fixture
def in_terminal(tmp_path: Path) -> Iterator[Callable[..., TerminalProgram]]:
    """Start the program in a terminal: arguments, then settings of the environment; None unsets one."""
    begun: list[TerminalProgram] = []

    def start(
        *arguments: str,
        command: Sequence[str] = (sys.executable, "-m", "arazzo_tui"),
        environment: Mapping[str, str | None] | None = None,
        size: tuple[int, int] = (40, 120),
        errors: int | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> TerminalProgram:
        known = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        wanted: dict[str, str | None] = {
            **known, "HOME": str(tmp_path / "home"), "TERM": "xterm-256color", **(environment or {}),
        }  # fmt: skip
        given = {name: value for name, value in wanted.items() if value is not None}
        program = TerminalProgram(
            [*command, *arguments], given, size=size, errors=errors, prepare=prepare
        )
        begun.append(program)
        return program

    yield start
    for each in begun:
        each.close()
