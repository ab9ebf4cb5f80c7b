"""A request as a `curl` command: it sends the same bytes, shows no secret and obeys nothing foreign."""

import asyncio
import shutil

import pytest

from arazzo_tui.engine.exchange import Headers, Request
from arazzo_tui.language.printable import is_printable
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.world.curl import curl

NONE = Redactor()
SECRET = "s3cr3t-t0ken"

OURS: Headers = (
    ("Host", "HERE"),
    ("Accept", "application/json, */*;q=0.8"),
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", "arazzo-tui/1"),
)


def post(body: bytes, *more: tuple[str, str], url: str = "http://HERE/x") -> Request:
    headers = (*OURS, *more, ("Content-Length", str(len(body))))
    return Request("POST", url, headers, body)


JSON = ("Content-Type", "application/json")
SENT = {
    "a plain GET": Request("GET", "http://HERE/a?b=c", OURS),
    "a GraphQL body with quotes": post(b'{"query":"{ a(b: \\"it\'s\\") }","variables":{}}', JSON),
    "a body that begins like a file's name": post(
        b"@/etc/hostname", ("Content-Type", "text/plain")
    ),
    "line ends of all kinds": post(b"a\r\nb\nc\r", ("Content-Type", "text/plain")),
    "a dollar, a backtick and an exclamation mark": post(b"$HOME `id` $(id) !! \\n", JSON),
    "an escape sequence": post(b"\x1b]0;title\x07 \x7f!'\\7", JSON),
    "text beyond ASCII": post("héllo ☃ 😀 \u202e".encode(), JSON),
    "bytes that are no text": post(b"\xff\xfe\x80 %s 'x' \\ %", ("Content-Type", "a/b")),
    "bytes with zeros": post(b"\0\x001%\0'\\\n", ("Content-Type", "application/octet-stream")),
    "a body of two megabytes": post(b"0123456789abcde\n" * 131_072, JSON),
    "an empty body": post(b"", JSON),
    "a body without a type": post(b"x"),
    "no body where one could be": Request(
        "POST", "http://HERE/x", (*OURS, ("Content-Length", "0"))
    ),
    "a PUT": Request("PUT", "http://HERE/x", (*OURS, ("Content-Length", "1")), b"1"),
    "a DELETE": Request("DELETE", "http://HERE/x", OURS),
    "a HEAD": Request("HEAD", "http://HERE/x", OURS),
    "a URL that a shell and curl would both expand": Request(
        "GET", "http://HERE/a/{1,2}/[1-3]/%2e%2e/*?q=$x&r=a;b#c".partition("#")[0], OURS
    ),
    "dots in a path": Request("GET", "http://HERE/a/../b/./c", OURS),
    "headers that are odd": Request(
        "GET",
        "http://HERE/",
        (*OURS, ("X-Empty", ""), ("X-Quote", 'it\'s "so" $x \\'), ("X-Latin", "caf\xe9 \xa0\tz")),
    ),
    "no headers of ours": Request("GET", "http://HERE/", (("Host", "HERE"),)),
    "another Host": Request("GET", "http://HERE/", (("Host", "other.test:80"), *OURS[1:])),
}


class Listener:
    """A server that keeps what arrives and answers each request with nothing."""

    def __init__(self) -> None:
        self.line = b""
        self.fields: list[tuple[str, str]] = []
        self.body = b""

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.line, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        for line in lines:
            name, _, value = line.decode("latin-1").partition(":")
            self.fields.append((name, value.strip(" \t")))
        length = next((int(v) for n, v in self.fields if n.lower() == "content-length"), 0)
        self.body = await reader.readexactly(length)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def arrived(command: str, at: str) -> tuple[Listener, int]:
    heard = Listener()
    server = await asyncio.start_server(heard.hear, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    script = command.replace(at, address)
    shell = await asyncio.create_subprocess_exec(
        "bash", "-s", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent",
             "ARAZZO_TUI_API_TOKEN": SECRET},
    )  # fmt: skip
    await shell.communicate(script.encode())
    server.close()
    await server.wait_closed()
    return heard, shell.returncode or 0


needs_curl = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="curl and bash are not installed"
)


@needs_curl
@pytest.mark.parametrize("request_", SENT.values(), ids=SENT.keys())
async def test_what_curl_sends_is_what_we_would_send(request_: Request) -> None:
    heard, code = await arrived(curl(request_, NONE), "HERE")
    assert code == 0
    target = request_.url.removeprefix("http://HERE")
    assert heard.line == f"{request_.method} {target} HTTP/1.1".encode()
    host = next(value for name, value in heard.fields if name == "Host")
    sent = [(name, host if value == "HERE" else value) for name, value in request_.headers]
    sent = [(name, value.strip()) for name, value in sent]
    if request_.body is not None and "Content-Length" not in dict(sent):
        sent.append(("Content-Length", str(len(request_.body))))
    assert sorted(heard.fields) == sorted(sent)
    assert heard.body == (request_.body or b"")


@needs_curl
async def test_a_variable_gives_back_the_secret() -> None:
    body = b'{"token":"' + SECRET.encode() + b'","n":1}'
    request = post(body, JSON, ("Authorization", f"Bearer {SECRET}"))
    command = curl(request, Redactor([SECRET]), {SECRET: "ARAZZO_TUI_API_TOKEN"})
    assert SECRET not in command
    heard, _ = await arrived(command, "HERE")
    assert ("Authorization", f"Bearer {SECRET}") in heard.fields
    assert heard.body == body


@pytest.mark.parametrize("request_", SENT.values(), ids=SENT.keys())
def test_nothing_in_a_command_is_obeyed_or_hidden_by_a_terminal(request_: Request) -> None:
    lines = curl(request_, NONE).split("\n")
    assert all(is_printable(line) for line in lines)
    assert all(line.endswith("\\") for line in lines[:-1])


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        (Request("GET", f"http://a.test/x?key={SECRET}"), "'http://a.test/x?key=***'"),
        (Request("GET", "http://a.test/x?key=p%26%3D1"), "'http://a.test/x?key=***'"),
        (Request("GET", "http://a.test/x/42"), "'http://a.test/x/***'"),
        (Request("GET", "http://a.test", (("A", f"Bearer {SECRET}"),)), "'A: Bearer ***'"),
        (Request("GET", "http://a.test", (("Pin", "42"),)), "'Pin: ***'"),
        (post(b'{"a":"' + SECRET.encode() + b'"}'), """'{"a":"***"}'"""),
        (post(b'{"a":"s\\u0033cr3t-t0ken","b":42}'), """'{"a":"***","b":"***"}'"""),
        (post(b"\0" + SECRET.encode()), r"printf '\000***' |"),
    ],
    ids=["query", "percent-encoded", "path", "header", "short header", "body", "escaped", "piped"],
)
def test_a_secret_is_masked_wherever_it_stands(request_: Request, shown: str) -> None:
    command = curl(request_, Redactor([SECRET, "p&=1", "42"]))
    assert shown in command
    assert SECRET not in command


def test_only_variables_of_ours_are_named() -> None:
    request = Request("GET", "http://a.test", (("A", SECRET),))
    command = curl(request, Redactor([SECRET]), {SECRET: "X$(id)"})
    assert "'A: ***'" in command
    assert "id" not in command


def test_a_command_reads_well() -> None:
    request = post(b'{"query":"{ a }"}', JSON, url="http://a.test/private")
    request = Request(request.method, request.url, request.headers[1:], request.body)
    assert curl(request, NONE).split(" \\\n  ") == [
        "curl --globoff --path-as-is http://a.test/private",
        "--header 'Accept: application/json, */*;q=0.8'",
        "--header 'Accept-Encoding: gzip, deflate'",
        "--header 'User-Agent: arazzo-tui/1'",
        "--header 'Content-Type: application/json'",
        "--compressed",
        """--data-raw '{"query":"{ a }"}'""",
    ]
