"""`run` over TLS: authorities and certificates by settings, `--insecure` for one host in one run."""

import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "arazzo_tui")
CERTIFICATES = Path(__file__).parent / "world" / "certificates"
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: w
    steps: [{stepId: s, operationId: look, successCriteria: [{condition: $statusCode == 200}]}]
"""
OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "SERVER"}]
paths: {/x: {get: {operationId: look, responses: {}}}}
"""


class Answers(BaseHTTPRequestHandler):
    """Says yes, at once or never."""

    asked: list[str]
    never = threading.Event()

    def do_GET(self) -> None:  # the library's name
        self.asked.append(self.path)
        if "slow" in self.path:
            self.never.wait(20)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing on stderr."""


class Quiet(ThreadingHTTPServer):
    """A server that does not mind clients which do not trust it."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """The URL of a server over TLS that asks for client certificates, and what it was asked."""
    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "served.pem")
    context.load_verify_locations(CERTIFICATES / "authority.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    handler = type("OfThisTest", (Answers,), {"asked": asked, "never": threading.Event()})
    with Quiet(("127.0.0.1", 0), handler) as served:
        served.socket = context.wrap_socket(
            served.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{served.server_port}", asked
        handler.never.set()
        served.shutdown()


Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(tmp_path: Path, server: tuple[str, list[str]]) -> Call:
    """Run the document beside certificates and settings, with an empty home."""
    (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO)
    (tmp_path / "api.yaml").write_text(OPENAPI.replace("SERVER", f"https://{server[0]}"))
    shutil.copytree(CERTIFICATES, tmp_path / "tls")
    mine = ("XDG_", "SSL_CERT_", "REQUESTS_CA_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}

    def run(*arguments: str, settings: str, **more: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "arazzo-tui.yaml").write_text(settings)
        environment = {**kept, "HOME": str(tmp_path / "home"), **more}
        return subprocess.run(
            [*COMMAND, "run", "flow.arazzo.yaml", *arguments], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


CLIENT = "tls: {hosts: {127.0.0.1: {certificate: tls/client.pem}}}"
BOTH = "tls: {authorities: tls/authority.pem, hosts: {127.0.0.1: {certificate: tls/client.pem}}}"


def test_settings_give_an_authority_and_a_client_certificate(
    call: Call, server: tuple[str, list[str]]
) -> None:
    done = call(settings=BOTH)
    assert done.returncode == 0, done.stderr
    assert server[1] == ["/x"]


def test_without_the_authority_nothing_is_sent(call: Call, server: tuple[str, list[str]]) -> None:
    done = call(settings=CLIENT)
    assert done.returncode == 1
    assert "the certificate is not trusted" in done.stderr
    assert server[1] == []


def test_insecure_is_for_one_host_and_is_said(call: Call, server: tuple[str, list[str]]) -> None:
    done = call("--insecure", server[0], "--json", settings=CLIENT)
    assert done.returncode == 0, done.stderr
    assert f"! the certificate of {server[0]} is not verified in this run" in done.stderr
    said = f"the certificate of {server[0]} was not verified (--insecure)"
    (step,) = json.loads(done.stdout)["steps"]
    assert said in json.dumps(step)


def test_another_host_being_insecure_changes_nothing(
    call: Call, server: tuple[str, list[str]]
) -> None:
    done = call("--insecure", "localhost", settings=CLIENT)
    assert done.returncode == 1
    assert server[1] == []


@pytest.mark.parametrize(
    ("flags", "settings", "environment", "words"),
    [
        (("--insecure", "*"), "", {}, "--insecure: a host is written HOST or HOST:PORT"),
        ((), "tls: {authorities: tls/gone.pem}", {},
         "arazzo-tui.yaml:1:20: error[settings-network]: "),
        ((), "tls: {hosts: {a: {certificate: tls/client-alone.pem}}}", {},
         "holds no key in PEM"),
        ((), "", {"SSL_CERT_FILE": "/nowhere/x.pem"}, "SSL_CERT_FILE: /nowhere/x.pem: there is no"),
        ((), "", {"SSL_CERT_DIR": "/nowhere"}, "SSL_CERT_DIR names /nowhere"),
        ((), "timeouts: {whole: -1}", {}, "arazzo-tui.yaml:1:19: error[settings-network]: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_before_anything_is_sent(
    call: Call, server: tuple[str, list[str]],
    flags: tuple[str, ...], settings: str, environment: dict[str, str], words: str,
) -> None:  # fmt: skip
    done = call(*flags, settings=settings, **environment)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "nothing was sent" in done.stderr or flags
    assert server[1] == []


def test_the_settings_say_how_long_a_request_may_take_and_the_flag_has_the_last_word(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "api.yaml").write_text((tmp_path / "api.yaml").read_text().replace("/x:", "/slow:"))
    done = call(settings=f"{BOTH}\ntimeouts: {{whole: 0.4}}")
    assert (done.returncode, "no answer within 0.4 s: not a byte" in done.stderr) == (1, True)
    done = call("--timeout", "0.3", settings=f"{BOTH}\ntimeouts: {{whole: 60}}")
    assert (done.returncode, "no answer within 0.3 s: not a byte" in done.stderr) == (1, True)
    done = call(settings=f"{BOTH}\ntimeouts: {{first-byte: 0.4}}")
    assert (done.returncode, "did not begin to answer within 0.4 s" in done.stderr) == (1, True)
