"""The program as a process in a real terminal: it leaves the terminal usable, whatever ends it."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS

if TYPE_CHECKING:
    from conftest import TerminalProgram

    InTerminal = Callable[..., TerminalProgram]

READY = "READY: F10 starts"


@contextmanager
def silent_server() -> Iterator[str]:
    """The URL of a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def at_a_request_in_flight(in_terminal: "InTerminal", url: str) -> "TerminalProgram":
    program = in_terminal(
        str(DEMO_DOCUMENT), "--inputs", str(DEMO_INPUTS), "--server", f"sessionIngestionApi={url}"
    )
    program.until(READY)
    program.press("n")
    program.until("PAUSED before")
    program.press("n")
    program.until("RUNNING")
    return program


def test_leaving_by_its_key_leaves_the_terminal_as_it_was(in_terminal: "InTerminal") -> None:
    program = in_terminal("demo")
    program.until(READY)
    program.press("q")
    assert program.code() == 0
    assert b"\x1b[?1049h" in program.output
    assert program.left_wrong() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_in_order_while_a_request_is_in_flight(
    in_terminal: "InTerminal", number: signal.Signals
) -> None:
    with silent_server() as url:
        program = at_a_request_in_flight(in_terminal, url)
        program.process.send_signal(number)
        assert program.code() == 128 + number
    assert program.left_wrong() == []
    assert b"Traceback" not in program.output


def test_the_terminal_is_put_back_when_the_program_is_stuck(in_terminal: "InTerminal") -> None:
    script = (
        "import asyncio, sys\n"
        "from textual.app import App\n"
        "from arazzo_tui.tui.terminal import Terminal, run_in_terminal\n"
        "class Stuck(App[None]):\n"
        "    def get_driver_class(self): return Terminal\n"
        "    def on_key(self):\n"
        "        self._driver.write('STUCK')\n"
        "        while True: pass\n"
        "asyncio.run(run_in_terminal(Stuck()))\n"
    )
    program = in_terminal(command=(sys.executable, "-c", script))
    program.until_anything()
    program.until_quiet()
    program.press("x")
    program.until("STUCK")
    program.process.send_signal(signal.SIGTERM)
    assert program.code() == 128 + signal.SIGTERM
    assert program.left_wrong() == []


def test_a_closed_terminal_ends_the_program(in_terminal: "InTerminal") -> None:
    program = in_terminal("demo")
    program.until(READY)
    assert program.hang_up() == 128 + signal.SIGHUP


def test_a_closed_terminal_ends_the_program_also_where_the_signal_is_ignored(
    in_terminal: "InTerminal",
) -> None:
    program = in_terminal("demo", prepare=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    program.until(READY)
    assert program.hang_up() == 128 + signal.SIGHUP


@pytest.mark.parametrize("stop", ["the signal", "the key", "a stop that cannot be caught"])
def test_what_was_stopped_goes_on_with_all_of_its_screen(
    in_terminal: "InTerminal", stop: str
) -> None:
    program = in_terminal("demo")
    program.until(READY)
    match stop:
        case "the signal":
            program.process.send_signal(signal.SIGTSTP)
        case "the key":
            program.press("\x1a")
        case _:
            program.process.send_signal(signal.SIGSTOP)
    program.stopped()
    program.until_quiet()
    if stop != "a stop that cannot be caught":
        assert program.left_wrong() == []
    program.mark()
    program.process.send_signal(signal.SIGCONT)
    program.until(READY)
    program.press("q")
    assert program.code() == 0
    assert program.left_wrong() == []


def test_a_terminal_of_one_cell_and_back(in_terminal: "InTerminal") -> None:
    program = in_terminal("demo")
    program.until(READY)
    program.resize(1, 1)
    program.until_anything()
    program.resize(40, 120)
    program.until(READY)
    program.press("q")
    assert program.code() == 0
    assert program.left_wrong() == []


def test_what_a_terminal_offers_is_off_again_at_the_end(in_terminal: "InTerminal") -> None:
    program = in_terminal("demo")
    program.until(READY)
    program.press("\x1b[?2048;2$y\x1b[?2026;2$y")
    program.until_quiet()
    assert b"\x1b[?2048h" in program.output
    assert b"\x1b[?1016h" in program.output
    program.press("\x1b[113u")
    assert program.code() == 0
    assert program.left_wrong() == []


def test_bytes_that_nobody_typed_as_keys_press_none_and_end_nothing(
    in_terminal: "InTerminal",
) -> None:
    program = in_terminal("demo")
    program.until(READY)
    for typed in (
        b"\xff\xfe\x80\xe9",
        b"\x1bP1+r544e=nnnqqq\x1b\\",
        b"\x1b]11;rgb:qqqq/qq/qq\x07",
        b"\x1bP1+r54",  # its end never comes
    ):
        program.press(typed)
        program.until_quiet()
        assert program.process.poll() is None
    program.press("n")
    program.until("PAUSED before")
    program.press("q")
    assert program.code() == 0


@pytest.mark.parametrize("terminal", ["dumb", None])
def test_a_terminal_that_cannot_be_drawn_on_is_told_so(
    in_terminal: "InTerminal", terminal: str | None
) -> None:
    program = in_terminal("demo", environment={"TERM": terminal})
    assert program.code() == 2
    assert b"needs a terminal" in program.output
    assert b"\x1b" not in program.output


def test_the_screen_is_drawn_where_errors_go_elsewhere(
    in_terminal: "InTerminal", tmp_path: Path
) -> None:
    with (tmp_path / "errors").open("wb") as errors:
        program = in_terminal("demo", errors=errors.fileno())
        program.until(READY)
        program.press("q")
        assert program.code() == 0
    assert (tmp_path / "errors").read_bytes() == b""


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "LANG": "C", "HOME": None, "XDG_STATE_HOME": "/dev/null/none"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": "/none/x"},
        {"PYTHONIOENCODING": "ascii:strict", "HOME": "/proc/1", "COLUMNS": "x", "LINES": "-1"},
    ],
    ids=str,
)
def test_any_environment_shows_the_screen(
    in_terminal: "InTerminal", environment: dict[str, str | None]
) -> None:
    program = in_terminal("demo", environment=environment)
    program.until(READY)
    program.press("q")
    assert program.code() == 0
    assert "─".encode() in program.output
    assert program.left_wrong() == []


SECRET = "correct horse battery staple"

BROKEN = """
import asyncio, sys
from arazzo_tui.cli.apology import apologise
from arazzo_tui.cli.open import shown
from arazzo_tui.tui.start import Start
from arazzo_tui.world.given import GivenInputs
from arazzo_tui.world.state import State, state_folder

class Broken:
    async def send(self, request, within):
        local = "VALUE-OF-A-LOCAL"
        secret = dict(request.headers)["x-token"]
        raise ZeroDivisionError(f"a bug about {secret} \\x1b]0;title\\x07")

start = Start(
    documents=(sys.argv[1],), servers=("api=http://127.0.0.1:9/",),
    inputs=GivenInputs({"token": sys.argv[2]}, ()), state=State(state_folder()),
)
try:
    sys.exit(asyncio.run(shown(start, Broken())))
except Exception as bug:
    sys.exit(apologise(bug, ()))
"""

WITH_A_SECRET = """
arazzo: 1.0.1
info: {title: t, version: '1'}
sourceDescriptions: [{name: api, url: ./api.yaml, type: openapi}]
workflows:
  - workflowId: w
    inputs: {type: object, properties: {token: {type: string, format: password}}}
    steps:
      - stepId: s
        operationId: op
        parameters: [{name: x-token, in: header, value: $inputs.token}]
"""


def test_a_bug_of_ours_ends_in_an_apology_and_a_report_without_values(
    in_terminal: "InTerminal", tmp_path: Path
) -> None:
    (tmp_path / "doc.yaml").write_text(WITH_A_SECRET)
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/: {get: {operationId: op}}}\n"
    )
    program = in_terminal(
        str(tmp_path / "doc.yaml"), SECRET, command=(sys.executable, "-c", BROKEN)
    )
    program.until(READY)
    program.press("n")
    program.until("PAUSED before")
    program.press("n")
    assert program.code() == 70
    assert program.left_wrong() == []
    after = program.output.rpartition(b"\x1b[?1049l")[2].decode()
    assert "has a bug and had to stop: ZeroDivisionError at" in after
    (report,) = (tmp_path / "home/.local/state/arazzo-tui/reports").iterdir()
    assert report.stat().st_mode & 0o777 == 0o600
    told = report.read_text()
    assert "a bug about •••••• ␛]0;title␇" in told
    assert 'raise ZeroDivisionError(f"a bug' in told or "in send" in told
    for text in (after, told):
        assert "VALUE-OF-A-LOCAL" not in text
        assert SECRET not in text
    assert "Traceback" not in after
