"""`run` and `check` go by the project's settings file, and the command line has the last word."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "arazzo_tui")
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: shop, url: source-of-these-settings.yaml, type: openapi}]
workflows:
  - workflowId: w
    summary: a workflow
    steps:
      - stepId: s
        description: a step
        operationId: order
        parameters: [{name: token, in: query, value: left}]
"""
OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "SERVER"}]
paths:
  /orders: {get: {operationId: order, security: [{login: [all]}], responses: {}}}
components:
  securitySchemes:
    login: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {}}}}
"""


class Shop(BaseHTTPRequestHandler):
    """Gives tokens, and says what it was asked."""

    asked: list[tuple[str, str]]

    def do_POST(self) -> None:  # the library's name
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def do_GET(self) -> None:  # the library's name
        self.asked.append((f"{self.command} {self.path}", self.headers.get("Authorization", "")))
        body = json.dumps({"access_token": "tok-12345678", "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing on stderr."""


@pytest.fixture
def shop() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The URL of a server, and what it was asked."""
    asked: list[tuple[str, str]] = []
    handler = type("OfThisTest", (Shop,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run the program beside the document, with an empty home."""
    (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**kept, "HOME": str(tmp_path / "home"), "NO_PROXY": "*", **more}
        return subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


def settings(url: str) -> str:
    return f"servers: {{shop: {url}}}\noperations: {{order: GET /orders}}\n"


def test_run_uses_what_the_settings_file_says_and_tells_so(
    call: Call, shop: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    url, asked = shop
    (tmp_path / "arazzo-tui.yaml").write_text(settings(url))
    done = call("run", "flow.arazzo.yaml")
    assert done.returncode == 0, done.stderr
    assert f"· shop is at {url}, from arazzo-tui.yaml, line 1" in done.stderr
    assert asked == [("GET /orders?token=left", "")]


def test_the_command_line_wins(
    call: Call, shop: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    url, asked = shop
    (tmp_path / "arazzo-tui.yaml").write_text(settings("http://127.0.0.1:9"))
    flags = ("--server", f"shop={url}/v2", "--operation", "order=POST /mine")
    done = call("run", "flow.arazzo.yaml", *flags)
    assert done.returncode == 0, done.stderr
    assert asked == [("POST /v2/mine?token=left", "")]


def test_check_counts_a_source_that_is_answered_for_as_no_problem(
    call: Call, tmp_path: Path
) -> None:
    before = call("check", "flow.arazzo.yaml")
    (tmp_path / "arazzo-tui.yaml").write_text(settings("http://shop.test"))
    after = call("check", "flow.arazzo.yaml", "--json")
    (found,) = [each for each in json.loads(after.stdout) if each["code"] == "source-unavailable"]
    assert "warning[source-unavailable]" in before.stdout
    assert (found["severity"], found["hint"]) == (
        "hint", "its base URL is http://shop.test, from arazzo-tui.yaml, line 1",
    )  # fmt: skip


@pytest.mark.parametrize(("command", "code"), [("run", 2), ("check", 1)])
def test_a_mistake_in_the_settings_file_is_told_with_its_line(
    call: Call, tmp_path: Path, command: str, code: int
) -> None:
    (tmp_path / "arazzo-tui.yaml").write_text("servers:\n  shop: nowhere\n")
    done = call(command, "flow.arazzo.yaml")
    assert done.returncode == code
    assert "arazzo-tui.yaml:2:9: error[settings]: `nowhere` is no absolute" in (
        done.stdout + done.stderr
    )


def test_a_client_secret_becomes_a_token_and_neither_is_printed_or_kept(
    call: Call, shop: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    url, asked = shop
    (tmp_path / "source-of-these-settings.yaml").write_text(OPENAPI.replace("SERVER", url))
    (tmp_path / "arazzo-tui.yaml").write_text(
        "credentials: {shop: {login: {env: ARAZZO_TUI_OURS}}}"
    )
    done = call("run", "flow.arazzo.yaml", "--json", ARAZZO_TUI_OURS="client:s3cret-of-it")
    assert done.returncode == 0, done.stderr
    assert asked[1] == ("GET /orders?token=left", "Bearer tok-12345678")
    written = [each.read_bytes() for each in (tmp_path / "home").rglob("*") if each.is_file()]
    for secret in ("tok-12345678", "s3cret-of-it"):
        assert secret not in done.stdout + done.stderr
        assert not any(secret.encode() in each for each in written)


def test_a_credential_stays_where_its_source_is(
    call: Call, shop: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    url, asked = shop
    astray = OPENAPI.replace("SERVER", "http://shop.test").replace(
        "operationId: order", f"operationId: order, servers: [{{url: '{url}'}}]"
    )
    other = "  /other: {get: {operationId: other, security: [{login: []}], responses: {}}}\n"
    (tmp_path / "source-of-these-settings.yaml").write_text(
        astray.replace("components:", other + "components:")
    )
    more = "      - {stepId: a, operationId: other}\n      - {stepId: b, operationId: other}\n"
    (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO + more)
    done = call("run", "flow.arazzo.yaml", ARAZZO_TUI_SHOP_LOGIN="a-given-token")
    assert done.returncode == 1
    assert f"was given for http://shop.test, and this request goes to {url}" in done.stderr
    assert asked == []
