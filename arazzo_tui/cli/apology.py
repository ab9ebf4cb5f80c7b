"""What is said and kept when the fault is ours: an apology, and a report that gives nothing away.

A report has the way through our code and what went wrong, never the values of variables. What the run
holds secret is masked in it; it is a file in the state folder that only its owner can read.
"""

import os
import platform
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from arazzo_tui import __version__
from arazzo_tui.cli.streams import say
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.language.secrets import Redactor

BUG = 70
"""The exit code of a bug of ours."""

_MOST_REPORTS = 20
_LONGEST_LINE = 400
_LONGEST_REPORT = 64 * 1024
_PACKAGE = str(Path(__file__).parent.parent) + os.sep
_CODE = str(Path(__file__).parent.parent.parent) + os.sep


class Broken(Exception):
    """A bug, its cause, with what must not be told of the run it happened in."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        super().__init__("a bug")


@contextmanager
def told_with(redactor: Callable[[], Redactor]) -> Iterator[None]:
    """What goes wrong in here by our fault is told with these secrets masked."""
    try:
        yield
    except Exception as bug:
        raise Broken(redactor()) from bug


def apologise(bug: BaseException, typed: Sequence[str]) -> int:
    """Say on stderr that we are to blame, keep a report, and return the exit code, `BUG`.

    `typed` are the arguments of the command line: the values in them are not told.
    """
    redactor = Redactor(_values(typed))
    if isinstance(bug, Broken):
        redactor = bug.redactor.knowing(_values(typed))
        bug = bug.__cause__ or bug
    say(printable(redactor.text(f"✗ arazzo-tui has a bug and had to stop: {_in_short(bug)}")))
    kept = _kept(report(bug, redactor))
    if kept is None:
        say("  no report could be written; please tell the authors this line")
    else:
        say(printable(f"  a report for the authors, with secrets masked, is in {kept}"))
    return BUG


def report(bug: BaseException, redactor: Redactor) -> str:
    """The report of a bug: versions, the way through the code, the message with secrets masked."""
    system = f"Python {platform.python_version()}, {sys.platform}, {platform.machine()}"
    lines = [f"arazzo-tui {__version__}, {system}", _in_short(bug), ""]
    trace = traceback.TracebackException.from_exception(bug, capture_locals=False)
    for chunk in trace.format():
        lines += chunk.rstrip("\n").replace(_CODE, "").split("\n")
    text = redactor.text("\n".join(lines))[:_LONGEST_REPORT]
    shown = (each[:_LONGEST_LINE] for each in printable(text, lines=True).split("\n"))
    return "\n".join(shown) + "\n"


def _in_short(bug: BaseException) -> str:
    """The kind of an error and the last place of ours on its way."""
    places = traceback.extract_tb(bug.__traceback__)
    ours = [each for each in places if each.filename.startswith(_PACKAGE)] or list(places)
    if not ours:
        return type(bug).__name__
    place = ours[-1]
    return f"{type(bug).__name__} at {one_line(place.filename).replace(_CODE, '')}:{place.lineno}"


def _values(typed: Sequence[str]) -> Iterator[str]:
    """What a command line and the environment say that may be secret."""
    for each in typed:
        rest = each
        while rest:
            rest = rest.partition("=")[2]  # in `-i=token=value` there are two
            yield rest
    for name, value in os.environ.items():
        if name.startswith("ARAZZO_TUI_"):
            yield value


def _kept(text: str) -> Path | None:
    """Write the report where the user's state is; None when that cannot be done."""
    from arazzo_tui.world.state import replace_file, state_folder

    folder = state_folder()
    if folder is None:
        return None
    reports = folder / "reports"
    name = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()) + f"-{os.getpid()}.txt"
    try:
        reports.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(reports / name, text)
    except OSError:
        return None
    with suppress(OSError):
        for old in sorted(reports.glob("*.txt"))[:-_MOST_REPORTS]:
            old.unlink()
    return reports / name
