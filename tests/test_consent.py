"""`run` calls the hosts that local documents name, and tells beforehand which others it would need.

Servers on loopback with ports of their own stand for hosts: agreement is to a host and a port.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeAlias

import pytest

COMMAND = (sys.executable, "-m", "arazzo_tui")
SECRET = "sesame-4711-sesame"
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: "SOURCE", type: openapi}]
workflows:
  - workflowId: w
    steps:
      - {stepId: s, operationId: one, successCriteria: [{condition: $statusCode == 200}]}
"""
OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "SERVER"}]
paths:
  /one: {MORE get: {operationId: one, security: [{key: []}], responses: {}}}
  /two: {get: {operationId: two, security: [{key: []}], responses: {}}}
  /three: {get: {operationId: three, security: [{key: []}], responses: {}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Api-Key}}}
"""


def arazzo(source: str) -> str:
    return ARAZZO.replace("SOURCE", source)


def openapi(server: str, more: str = "") -> str:
    return OPENAPI.replace("SERVER", server).replace("MORE", more)


class Host:
    """A server: what it has by path, and what it was asked, with the key that came with it."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    @property
    def flag(self) -> tuple[str, str]:
        return "--allow-host", self.url.removeprefix("http://")


def serving(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            host.asked.append((self.path, self.headers.get("X-Api-Key", "")))
            body = host.pages.get(self.path, "{}").encode()
            there = host.moved.get(self.path)
            self.send_response(307 if there else 200)
            if there:
                self.send_header("Location", there)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            """Nothing on stderr."""

    return Handler


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    """Two servers."""
    made = Host(), Host()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), serving(host)) for host in made]
    for host, server in zip(made, servers, strict=True):
        host.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


Call: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run the program in an empty folder with an empty home and the key in the environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        more = {"HOME": str(tmp_path / "home"), "NO_PROXY": "*", "ARAZZO_TUI_API_KEY": SECRET}
        done = subprocess.run(
            [*COMMAND, "run", *arguments], cwd=tmp_path, env={**kept, **more},
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert SECRET not in done.stdout + done.stderr
        return done

    return run


Two: TypeAlias = tuple[Host, Host]


def test_a_local_description_may_name_any_host(call: Call, hosts: Two, tmp_path: Path) -> None:
    first, _ = hosts
    (tmp_path / "a.yaml").write_text(arazzo("api.yaml"))
    (tmp_path / "api.yaml").write_text(openapi(first.url))
    done = call("a.yaml")
    assert done.returncode == 0, done.stderr
    assert first.asked == [("/one", SECRET)]


def test_a_fetched_description_may_name_its_own_host_alone(
    call: Call, hosts: Two, tmp_path: Path
) -> None:
    first, second = hosts
    (tmp_path / "a.yaml").write_text(arazzo(f"{first.url}/api.yaml"))
    first.pages["/api.yaml"] = openapi("/")
    assert call("a.yaml").returncode == 0
    first.pages["/api.yaml"] = openapi(second.url)
    refused = call("a.yaml")
    assert refused.returncode == 2
    host = second.url.removeprefix("http://")
    why = f"{host} is named by no document on this machine: allow it with --allow-host {host};"
    assert f"the source api: {why} nothing was sent" in refused.stderr
    assert second.asked == []
    both = call("a.yaml", *first.flag, *second.flag)
    assert both.returncode == 0, both.stderr
    assert [path for path, _ in second.asked] == ["/one"]


def test_a_document_at_a_url_calls_its_own_host_alone(call: Call, hosts: Two) -> None:
    first, second = hosts
    first.pages |= {"/a.yaml": arazzo("api.yaml"), "/api.yaml": openapi(second.url)}
    assert call(f"{first.url}/a.yaml").returncode == 2
    assert second.asked == []
    assert call(f"{first.url}/a.yaml", "--server", f"api={second.url}").returncode == 0
    first.pages["/api.yaml"] = openapi("/")
    assert call(f"{first.url}/a.yaml").returncode == 0


@pytest.mark.parametrize("how", ["a source", "a reference", "a redirect"])
def test_a_fetched_document_makes_nothing_else_be_fetched(
    call: Call, hosts: Two, tmp_path: Path, how: str
) -> None:
    first, second = hosts
    second.pages |= {"/api.yaml": openapi(first.url), "/part.yaml": "{get: {operationId: one}}"}
    main = f"{first.url}/a.yaml"
    match how:
        case "a source":
            first.pages["/a.yaml"] = arazzo(f"{second.url}/api.yaml")
        case "a reference":
            written = "{ get: {operationId: one, security: [{key: []}], responses: {}}}"
            text = openapi("/").replace(written, f"{{$ref: '{second.url}/part.yaml'}}")
            assert "$ref" in text
            first.pages |= {"/a.yaml": arazzo("api.yaml"), "/api.yaml": text}
        case _:
            main = "a.yaml"
            (tmp_path / "a.yaml").write_text(arazzo(f"{first.url}/api.yaml"))
            first.moved["/api.yaml"] = f"{second.url}/api.yaml"
    done = call(main)
    assert second.asked == []
    assert [path for path, _ in first.asked if path == "/one"] == []
    assert done.returncode == 2, done.stderr
    assert "named by no document on this machine: allow it with --allow-host" in done.stderr


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ("http://10.255.255.1/v1", "is an address of a private network"),
        ("http://169.254.169.254", "is the metadata service of a cloud"),
        ("http://[fe80::1]:80", "is an address of the link this machine is on"),
        ("http://2852039166", "is the metadata service of a cloud"),
    ],
)
def test_a_private_address_is_the_users_to_allow(
    call: Call, tmp_path: Path, server: str, why: str
) -> None:
    (tmp_path / "a.yaml").write_text(arazzo("api.yaml"))
    (tmp_path / "api.yaml").write_text(openapi(server))
    done = call("a.yaml")
    assert done.returncode == 2
    assert why in done.stderr
    assert (
        f"allow it with --allow-host {server.partition('/v1')[0].removeprefix('http://')}"
        in done.stderr
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/etc/hosts", "is an absolute address"),
        ("file:///etc/hosts", "is an absolute address"),
        ("../../../../../../../etc/hosts", "outside the workspace"),
        ("link.yaml", "outside the workspace"),
    ],
)
def test_a_file_outside_of_the_workspace_is_refused_with_a_sentence(
    call: Call, tmp_path: Path, source: str, words: str
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "link.yaml").symlink_to("/etc/hosts")
    (tmp_path / "a.yaml").write_text(arazzo(source))
    done = call("a.yaml")
    assert done.returncode == 2
    assert words in done.stderr
    assert "localhost" not in done.stderr


@pytest.mark.parametrize(
    "source", ["../apis/api.yaml", "FOLDER/apis/api.yaml", "file://FOLDER/apis/api.yaml"]
)
def test_a_folder_that_the_user_opens_is_read_too(
    call: Call, hosts: Two, tmp_path: Path, source: str
) -> None:
    first, _ = hosts
    (tmp_path / "flows" / ".git").mkdir(parents=True)
    (tmp_path / "apis").mkdir()
    (tmp_path / "flows" / "a.yaml").write_text(arazzo(source.replace("FOLDER", str(tmp_path))))
    reference = "$ref: '../parts.yaml#/one'"
    text = openapi(first.url).replace("{ get: {operationId: one", f"{{{reference}, x: {{x: x")
    (tmp_path / "apis" / "api.yaml").write_text(text)
    (tmp_path / "parts.yaml").write_text("{one: {get: {operationId: one, responses: {}}}}")
    closed = call("flows/a.yaml")
    assert closed.returncode == 2
    assert first.asked == []
    narrow = call("flows/a.yaml", "--workspace", "apis")
    assert narrow.returncode == 0
    opened = call("flows/a.yaml", "--workspace", str(tmp_path))
    assert opened.returncode == 0, opened.stderr
    assert first.asked == [("/one", "")] * 2
    missing = call("flows/a.yaml", "--workspace", "gone")
    assert missing.returncode == 2
    assert "--workspace: `gone` is no folder" in missing.stderr


# ------------------------------------------------------------------------------- a credential


def test_a_credential_goes_to_the_server_the_user_gives(
    call: Call, hosts: Two, tmp_path: Path
) -> None:
    first, second = hosts
    (tmp_path / "a.yaml").write_text(arazzo("api.yaml"))
    (tmp_path / "api.yaml").write_text(openapi(first.url))
    assert call("a.yaml", "--server", f"api={second.url}").returncode == 0
    assert (first.asked, second.asked) == ([], [("/one", SECRET)])


def test_a_credential_with_origins_goes_to_no_other_server(
    call: Call, hosts: Two, tmp_path: Path
) -> None:
    first, second = hosts
    (tmp_path / "a.yaml").write_text(arazzo("api.yaml"))
    (tmp_path / "api.yaml").write_text(openapi(first.url))
    name = "ARAZZO_TUI_API_KEY"
    (tmp_path / "arazzo-tui.yaml").write_text(
        f"credentials: {{api: {{key: {{variable: {name}, origins: ['{first.url}']}}}}}}\n"
    )
    done = call("a.yaml", "--server", f"api={second.url}")
    assert done.returncode == 1, done.stderr
    assert f"was given for {first.url}" in done.stderr
    assert (first.asked, second.asked) == ([], [])


def test_a_server_of_one_operation_gets_no_credential_of_the_others(
    call: Call, hosts: Two, tmp_path: Path
) -> None:
    first, second = hosts
    more = f"servers: [{{url: '{second.url}'}}],"
    head, step = arazzo("api.yaml").split("    steps:\n")
    names = ("two", "three", "one")
    steps = "".join(
        step.replace("{stepId: s, ", f"{{stepId: {each}, ").replace("one", each) for each in names
    )
    (tmp_path / "a.yaml").write_text(f"{head}    steps:\n{steps}")
    (tmp_path / "api.yaml").write_text(openapi(first.url, more))
    done = call("a.yaml")
    assert done.returncode == 1, done.stderr
    assert f"this request goes to {second.url}" in done.stderr
    assert first.asked == [("/two", SECRET), ("/three", SECRET)]
    assert second.asked == []


def test_a_description_that_moves_takes_no_credential_along(
    call: Call, hosts: Two, tmp_path: Path
) -> None:
    first, second = hosts
    (tmp_path / "a.yaml").write_text(arazzo(f"{first.url}/api.yaml"))
    for server in ("/", second.url, "/"):
        first.pages["/api.yaml"] = openapi(server)
        assert call("a.yaml").returncode == (0 if server == "/" else 2)
    assert [key for path, key in first.asked if path == "/one"] == [SECRET, SECRET]
    assert {key for path, key in first.asked if path == "/api.yaml"} == {""}
    assert second.asked == []


def test_a_redirect_takes_no_credential_along(call: Call, hosts: Two, tmp_path: Path) -> None:
    first, second = hosts
    first.moved["/one"] = f"{second.url}/one"
    (tmp_path / "a.yaml").write_text(arazzo("api.yaml"))
    (tmp_path / "api.yaml").write_text(openapi(first.url))
    done = call("a.yaml", *first.flag, *second.flag)
    assert done.returncode == 1
    assert "which is not followed" in done.stderr
    assert (first.asked, second.asked) == ([("/one", SECRET)], [])
