"""How figures are taken: CPU time and memory of processes, and what a program paints into a terminal.

CPU time is read from the kernel's own account of a process, in nanoseconds where it keeps one, because
the wall clock of a shared machine says little. Nothing here knows what is measured.
"""

import atexit
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import Self

COLUMNS, ROWS = 120, 40
_QUIET = 0.4
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result: what was measured, its value, the reference's, and the budget for it."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    reference_name: str = ""
    most: float | None = None
    """The budget: of the ratio where there is a reference, else of the value."""
    least: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value against the reference of the same run."""
        return self.value / self.reference if self.reference else None

    @property
    def is_met(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        judged = self.value if self.ratio is None else self.ratio
        if self.most is not None:
            return judged <= self.most
        return judged >= self.least if self.least is not None else None


ROOT = Path(__file__).parent.parent.parent


def python(*arguments: str) -> list[str]:
    """A command of the Python that runs this."""
    return [sys.executable, *arguments]


def prepare() -> None:
    """Make all that is started find its byte code, and no state of the user's: also what runs here."""
    folder = tempfile.mkdtemp(prefix="bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
    os.environ["PYTHONPATH"] = str(ROOT)
    for name in ("STATE", "CACHE", "CONFIG", "DATA"):
        os.environ[f"XDG_{name}_HOME"] = f"{folder}/{name.lower()}"
    subprocess.run(python("-m", "compileall", "-q", str(ROOT / "arazzo_tui")), check=True)
    code = "import arazzo_tui.tui.workbench, arazzo_tui.cli.run, arazzo_tui.sandbox.server, httpx"
    subprocess.run(python("-c", code), check=True)


def cpu_of_child(code: str, *arguments: str) -> float:
    """The number that a piece of Python prints last, run in a process of its own."""
    done = subprocess.run(
        python("-c", code, *arguments), check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def cpu_of(pid: int) -> float:
    """CPU seconds of a living process, all its threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            total += int((task / "schedstat").read_text("ascii").split()[0])
    return total / 1e9


def memory_of(pid: int) -> float:
    """Resident megabytes of a living process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def median_of(times: int, measure: Callable[[], float]) -> float:
    """The median of a measurement taken several times."""
    return statistics.median(measure() for _ in range(times))


def cpu_to_end(command: Sequence[str], environment: dict[str, str] | None = None) -> float:
    """CPU seconds of a whole process that ends by itself, its output thrown away."""
    pid = os.fork()
    if pid == 0:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.execvpe(command[0], list(command), {**os.environ, **(environment or {})})
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


@dataclass(slots=True)
class Terminal:
    """A program in a pseudo terminal of 120 x 40, from its start to its end. A context manager."""

    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    pid: int = 0
    _master: int = -1
    painted: bytearray = field(default_factory=bytearray)
    begun: float = 0.0

    def __enter__(self) -> Self:
        self.begun = time.perf_counter()
        pid, master = pty.fork()
        if pid == 0:
            told = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **self.environment}
            os.execvpe(self.command[0], list(self.command), {**os.environ, **told})
        ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.pid, self._master = pid, master
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self._master)
        os.waitpid(self.pid, 0)

    def read(self, within: float) -> bool:
        """Take what was painted in the next `within` seconds; False for silence."""
        if not select.select([self._master], [], [], within)[0]:
            return False
        try:
            self.painted += os.read(self._master, 1 << 20)
        except OSError:
            raise RuntimeError(bytes(self.painted[-2000:]).decode("utf-8", "replace")) from None
        return True

    def paint(self, text: str) -> tuple[float, float]:
        """Wait until a text is painted: wall and CPU seconds since the start."""
        sought, until = text.encode(), time.perf_counter() + _PATIENCE
        while sought not in self.painted:
            if time.perf_counter() > until:
                raise RuntimeError(f"{text!r} was never painted")
            self.read(1.0)
        return time.perf_counter() - self.begun, cpu_of(self.pid)

    def settle(self) -> tuple[float, float]:
        """Wait for silence: wall and CPU seconds from the start to the last byte before it."""
        at = time.perf_counter() - self.begun, cpu_of(self.pid)
        while self.read(_QUIET):
            at = time.perf_counter() - self.begun, cpu_of(self.pid)
        return at

    def type(self, keys: str) -> None:
        """Press keys."""
        self.painted.clear()
        os.write(self._master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        self.painted.clear()
        ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
