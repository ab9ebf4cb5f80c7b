"""The bytes that reach a terminal, with a document, a server and an environment that want to drive it."""

import base64
import json
import os
import re
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.keys import WORKBENCH_KEYS

if TYPE_CHECKING:
    from conftest import TerminalProgram

    InTerminal = Callable[..., TerminalProgram]

EVIL_PIECES = (
    "\x1b]52;c;SEFDS0VE\x07",  # the clipboard
    "\x1b]0;HACKED\x07",  # the title
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[7;9;53m",  # colours nobody else uses
    "\x1b[66;6H",  # the cursor
    "\x1b[2J",  # the screen
    "\x1b[?47h",
    "\x1bP1$r0m\x1b\\",
    "\x1b_Gf=100;AAAA\x1b\\",
    "\x1bc",  # a reset
    "\x9b31m",  # C1
    "\x08\x7f\x0e",
    "\u202e\u2066\u200b\u200f\ufeff\U000e0041",
    "[bold]b[/nope] [@click=app.bell]c[/] [/]",
)
EVIL = "".join(EVIL_PIECES)


def hostile_document(folder: Path, *, runs: bool = True) -> Path:
    """A document whose every name and text is hostile, its file name included."""
    wrong = {"x": f"$response.body#/{EVIL}", f"y{EVIL}": f"$steps.0{EVIL}.{EVIL}"}
    step = {
        "description": EVIL,
        "operationId": "graph",
        "requestBody": {"payload": {"query": "{ a }", "variables": {EVIL: EVIL}}},
        "parameters": [{"name": "q" + EVIL, "in": "query", "value": EVIL}],
        "successCriteria": [{"condition": f"$response.body != '{EVIL}'"}],
        "outputs": {EVIL: "$response.body", **({} if runs else wrong)},
        "onFailure": [{"name": EVIL, "type": "end", EVIL: EVIL}],
    }
    document = {
        "arazzo": "1.0.1",
        "info": {"title": EVIL, "version": EVIL, "description": EVIL},
        "sourceDescriptions": [{"name": "api", "url": f"./{EVIL}.yaml"}],
        "workflows": [
            {
                "workflowId": "w" + EVIL,
                "summary": EVIL,
                "description": EVIL,
                "inputs": {
                    "properties": {
                        EVIL: {"type": "string", "description": EVIL, "default": EVIL},
                        "choice": {"enum": [EVIL, "b"], "default": EVIL, "title": EVIL},
                    }
                },
                "steps": [{**step, "stepId": f"{number}{EVIL}"} for number in range(3)],
                "outputs": {EVIL: "$inputs.choice"},
                EVIL: EVIL,
            }
        ],
    }
    path = folder / "evil\x1b]0;HACKED\x07\u202e[bold].json"
    path.write_text(json.dumps(document))
    return path


ANSWER = json.dumps(
    {"errors": [{"message": EVIL, "path": [EVIL], "extensions": {"code": EVIL}}],
     "data": {EVIL: [EVIL, "\ud800", 1], "text": EVIL * 40}}
)  # fmt: skip

ANSWERS = (
    (
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
        f"x-evil: caf\xe9 [bold][/]\r\n\r\n{ANSWER}"
    ),
    f"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n{EVIL}\n\r{EVIL}",
    f"HTTP/1.1 500 {EVIL}\r\nx-evil: {EVIL}\r\ncontent-length: 0\r\n\r\n",
)


@pytest.fixture
def hostile_server() -> Iterator[str]:
    """The URL of a server whose answers, one after the other, are hostile each in its way."""
    count = iter(range(1_000_000))

    class Answering(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            self.wfile.write(ANSWERS[next(count) % len(ANSWERS)].encode("utf-8", "replace"))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


OURS = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[\d+;\d+H|\x1b\[\?\d+[hl]|\x1b\[\?\d+\$p|\x1b\[[<>]\d*u|\x1b\]22;[a-z-]*\x07"
)
COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def not_ours(output: bytes) -> list[str]:
    """What of the bytes is neither plain text nor a sequence that the program uses itself."""
    text = output.decode("utf-8")
    found = [repr(piece) for piece in EVIL_PIECES[:-1] if piece in text]
    copies = map(base64.b64decode, COPIED.findall(text))
    found += ["the clipboard" for copied in copies if copied == b"HACKED"]
    rest = OURS.sub("", COPIED.sub("", text))
    found += [repr(line[:80]) for line in re.split(r"\r?\n", rest) if not is_printable(line)]
    return found


ESCAPE = "\x1b[27u"
"""As terminals of today send the key: nobody waits for what may follow."""

NAMED = {
    "question_mark": "?", "escape": "\x1b", "slash": "/", "full_stop": ".", "comma": ",",
    "equals_sign": "=", "left_square_bracket": "[", "right_square_bracket": "]",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "colon": ":", "exclamation_mark": "!",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
    "f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~",
    "f11": "\x1b[23~", "f12": "\x1b[24~", "asterisk": "*", "plus": "+", "minus": "-",
    "number_sign": "#", "at": "@", "tab": "\t", "enter": "\r", "space": " ",
}  # fmt: skip


def typed(key: str) -> str | None:
    """What a terminal sends for a key; None for those it has no short form for."""
    if len(key) == 1:
        return key
    if re.fullmatch("ctrl\\+[a-z]", key):
        return chr(ord(key[-1]) - 96)
    return NAMED.get(key)


KEYS = [
    sent
    for binding in WORKBENCH_KEYS
    if binding.id not in ("quit", "stop")
    for sent in [next(filter(None, map(typed, binding.key.split(","))), None)]
    if sent is not None
]


@pytest.mark.parametrize("piece", [*EVIL_PIECES[:-2], *EVIL_PIECES[-2]], ids=ascii)
def test_what_is_looked_for_is_found(piece: str) -> None:
    assert not_ours(f"\x1b[1;1Htext{piece}\x1b[0m".encode())


def test_most_keys_can_be_typed_here() -> None:
    assert len(KEYS) > 0.9 * len(WORKBENCH_KEYS)


@pytest.mark.parametrize("steps", [0, 2], ids=["the form", "a failed step"])
def test_no_screen_and_no_dialog_lets_a_sequence_out(
    in_terminal: "InTerminal", hostile_server: str, tmp_path: Path, steps: int
) -> None:
    program = in_terminal(
        str(hostile_document(tmp_path)), "--server", f"api={hostile_server}",
        environment={"EDITOR": f"{EVIL_PIECES[1]}edit", "NO_COLOR": None, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    program.until("READY")
    for _ in range(2 * steps):
        program.press("n")
        program.until_quiet(0.2)
    for key in KEYS:
        program.press(key)
        program.until_quiet(0.03)
        assert program.process.poll() is None, key
        for again in ("\t", "y", "\x1b[B", "\r"):
            program.press(again)
        program.until_quiet(0.03)
        program.press(ESCAPE + ESCAPE)
        program.until_quiet(0.05)
    program.process.terminate()
    assert program.code() == 143
    assert program.left_wrong() == []
    assert not_ours(program.output) == []


@pytest.mark.parametrize(
    "command",
    [["run"], ["run", "--json"], ["check"], ["check", "--json"], ["check", "--strict"],
     ["replay"], ["runs"], ["run", EVIL_PIECES[1]], ["run", "-i", f"{EVIL_PIECES[1]}=x"],
     ["run", "--inputs", EVIL_PIECES[1]], ["run", "--allow-host", EVIL_PIECES[1]],
     ["run", "--server", f"api={EVIL_PIECES[1]}"]],
    ids=lambda command: " ".join(command).encode("unicode_escape").decode(),
)  # fmt: skip
def test_no_command_lets_a_sequence_out(
    hostile_server: str, tmp_path: Path, command: list[str]
) -> None:
    document = str(hostile_document(tmp_path))
    environment = {
        **{name: each for name, each in os.environ.items() if not name.startswith("XDG_")},
        "HOME": str(tmp_path / "home"),
    }

    def call(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "arazzo_tui", *arguments],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=60,
        )  # fmt: skip

    run = ["run", document, "--server", f"api={hostile_server}"]
    match command:
        case ["replay"]:
            call(*run)
            done = call("replay", "last")
        case ["runs"]:
            call(*run)
            done = call("runs")
        case ["run", *rest]:
            done = call(*run, *rest)
        case _:
            done = call(*command, str(hostile_document(tmp_path, runs=False)))
    assert done.stdout
    assert b"\x1b" not in done.stdout
    assert b"Traceback" not in done.stdout
    assert not_ours(done.stdout) == []
