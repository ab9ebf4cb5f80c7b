"""`run` without a terminal: what is marked is masked wherever it is told, printed or kept; who is asked."""

import base64
import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

COMMAND = (sys.executable, "-m", "arazzo_tui", "run", "flow.arazzo.yaml")
PIN = "pin/é-77 of mine"
TOKEN = "tok-9 of theirs"
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: shop, url: api.yaml, type: openapi}]
workflows:
  - workflowId: w
    inputs: {type: object, properties: {pin: {type: string}, session_secure_id: {type: string}}}
    steps:
      - stepId: login
        operationId: order
        parameters: [{name: pin, in: query, value: $inputs.pin}]
        successCriteria: [{condition: $response.body#/echo != 'x'}]
        outputs: {token: $response.body#/deep/token_of, pin: $response.body#/echo}
      - stepId: after
        operationId: order
        parameters: [{name: pin, in: query, value: $steps.login.outputs.token}]
        successCriteria: [{condition: $statusCode == 500}]
    outputs: {all: $steps.login.outputs.token}
"""
OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "SERVER"}]
paths:
  /orders:
    get:
      operationId: order
      security: SECURITY
      parameters: [{name: pin, in: query, schema: {type: string}}]
      responses: {}
components:
  securitySchemes: {login: {type: http, scheme: bearer}}
"""
MARKS = "secrets: [inputs.pin, $steps.login.outputs.token]\n"
CORES = [
    "pin/é-77",
    "pin/\\u00e9-77",
    quote("pin/é-77", safe=""),
    "tok-9",
    base64.b64encode(b"pin/").decode()[:5],
]


class Shop(BaseHTTPRequestHandler):
    """Echoes the pin in several forms, and hands out a token under a name nobody knows."""

    asked: list[str]

    def do_GET(self) -> None:  # the library's name
        self.asked.append(self.headers.get("Authorization", ""))
        body = {
            "echo": PIN, "b": base64.b64encode(PIN.encode()).decode(), "u": quote(PIN, safe=""),
            "deep": {"token_of": TOKEN}, "session_secure_id": "sid-0123456789",
        }  # fmt: skip
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", quote(PIN))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing on stderr."""


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[list[str]]:
    """The `Authorization` of each request that came; the document and its description are there."""
    heard: list[str] = []
    handler = type("OfThisTest", (Shop,), {"asked": heard})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO)
        (tmp_path / "api.yaml").write_text(OPENAPI.replace("SERVER", url).replace("SECURITY", "[]"))
        yield heard
        server.shutdown()


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return {**kept, "HOME": str(home), "NO_PROXY": "*"}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("more", [["--json"], [], ["--times", "2"]])
def test_what_is_marked_in_the_settings_is_told_printed_and_kept_nowhere(
    tmp_path: Path, more: list[str]
) -> None:
    (tmp_path / "arazzo-tui.yaml").write_text(MARKS)
    (tmp_path / "inputs.json").write_text(
        json.dumps({"pin": PIN, "session_secure_id": "sid-0123456789"})
    )
    done = subprocess.run(
        [*COMMAND, "--inputs", "inputs.json", *more], cwd=tmp_path, env=environment(tmp_path / "home"),
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    kept = [each.read_text() for each in (tmp_path / "home").rglob("*") if each.is_file()]
    assert any("sid-0123456789" in each for each in kept)
    for text in (done.stdout, done.stderr, *kept):
        assert [core for core in CORES if core in text] == []
    assert "••••••" in done.stdout + done.stderr


def on_a_terminal(folder: Path, typed: str, *more: str) -> tuple[int, str, str]:
    """Run at a terminal at which something is typed: the exit code, what it showed, and stdout."""
    terminal, its_end = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "-i", "pin=left", *more], cwd=folder, env=environment(folder / "home"),
        stdin=its_end, stderr=its_end, stdout=subprocess.PIPE, text=True, start_new_session=True,
    ) as running:  # fmt: skip
        os.close(its_end)
        shown = ""
        while True:
            try:
                data = os.read(terminal, 4096)
            except OSError:
                break  # it has gone
            shown += data.decode()
            if typed and "leaves it out: " in shown:
                os.write(terminal, typed.encode())
                typed = ""
        os.close(terminal)
        out = running.stdout.read() if running.stdout else ""
    return running.returncode, shown, out


@pytest.fixture
def secured(asked: list[str], tmp_path: Path) -> list[str]:
    """The same with an operation that asks for a token."""
    text = (tmp_path / "api.yaml").read_text()
    (tmp_path / "api.yaml").write_text(text.replace("security: []", "security: [{login: []}]"))
    return asked


def test_a_person_at_a_terminal_is_asked_for_a_credential_without_an_echo(
    secured: list[str], tmp_path: Path
) -> None:
    code, shown, _ = on_a_terminal(tmp_path, "s3cret-token-1\n")
    assert code == 1
    assert "? login of shop (" in shown
    assert secured[0] == "Bearer s3cret-token-1"
    assert "s3cret-token" not in shown


def test_an_empty_line_leaves_it_out(secured: list[str], tmp_path: Path) -> None:
    _, shown, _ = on_a_terminal(tmp_path, "\n")
    assert "no credential for login" in shown
    assert secured[0] == ""


def test_with_json_nobody_is_asked(secured: list[str], tmp_path: Path) -> None:
    _, shown, out = on_a_terminal(tmp_path, "", "--json")
    assert "leaves it out" not in shown
    assert json.loads(out)["status"] == "failed"
    assert secured[0] == ""
