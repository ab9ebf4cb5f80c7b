"""No value makes a request more than the document asked for: read back from the bytes that really arrived."""

import asyncio
import queue
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote, unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arazzo_tui.document.arazzo import Body, OperationById, Parameter, Step
from arazzo_tui.document.operation import Operation, ParameterSpec, Server, ServerVariable
from arazzo_tui.document.source import Mark, Source
from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.plan import CallOperation, PlannedStep
from arazzo_tui.engine.request import CannotBuild, build
from arazzo_tui.language.printable import printable
from arazzo_tui.language.template import Members, compile_text
from arazzo_tui.world.transport import Http

MARK = Mark(Source("flow.yaml", ""), 1, 1)
NASTY = (
    "..", ".", "", "%2e%2e", ".%2E", "%252e%252e", "a/b", "a%2fb", "..%2f..", "a\\b", "..\\", "%5c", "a?b=c",
    "a#b", "a;b=c", "a&b=c", "a=b", "a b", "a+b", "%", "%zz", "%00", "\0", "a\rb", "a\nb", "a\r\nb", "\r\n",
    "x\r\nEvil: 1", "x HTTP/1.1\r\nEvil: 1\r\n\r\n", "x\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n",
    "%0d%0aEvil:%201", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\u00a0", "\u3000", "\u2215",
    "\uff0f", "\uff0e\uff0e", "\u202e", "\ufeff", "\ud800", "\udc0a", "\u010a", "\u560a", "@evil.test",
    "//evil.test", "http://evil.test/", "{id}", "$inputs.a", "a,b", 'a"b', "a; Path=/", "\x7f", "\x80",
    "é", "例",
)  # fmt: skip
"""Among them letters whose low byte is a line break, and what looks like a slash or a dot."""

values = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=8),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)


class RawServer:
    """Keeps the bytes of each connection until a request is whole; answers them all alike."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[bytes] = queue.Queue()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                data = b""
                while not self._is_whole(data) and (more := connection.recv(65536)):
                    data += more
                # What comes after the request it was going to send would be an injected one.
                connection.sendall(b"HTTP/1.1 204 No\r\nConnection: close\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                with suppress(OSError):
                    while more := connection.recv(65536):
                        data += more
                self.arrived.put(data)

    def _is_whole(self, data: bytes) -> bool:
        head, end, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
        return bool(end) and len(body) >= int(length[1] if length else 0)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    raw = RawServer()
    yield raw
    raw.close()


def asked(
    server: RawServer, values: dict[str, str], *parameters: tuple[str, str, str], path: str = "/a"
) -> Request:
    """A request with parameters (name, location, input); raises `CannotBuild`."""
    operation = Operation(
        "api", "op", "POST", path, servers=(Server(f"http://127.0.0.1:{server.port}/v1"),)
    )
    listed = tuple(
        Parameter(name, location, compile_text(f"$inputs.{each}", lambda _: False)[0], MARK)
        for name, location, each in parameters
    )
    payload = Members({"value": compile_text("$inputs.body", lambda _: False)[0]})
    body = Body("application/json", payload, (), MARK)
    step = Step("s", OperationById("op"), MARK, body=body)
    planned = PlannedStep(step, CallOperation(operation), listed)
    names = {"inputs": {"body": "as it is", **values}, "steps": {}}
    return build(planned, operation, names, Settings({}))


def sent(server: RawServer, request: Request) -> tuple[str, dict[str, str], bytes]:
    """Target, header fields and body as they arrived; fails when anything else arrived with them."""

    async def send() -> object:
        async with Http() as http:
            return await http.send(request, 5.0)

    answered = asyncio.run(send())
    arrived = server.arrived.get(timeout=10)
    assert isinstance(answered, Response)
    assert server.arrived.empty()
    head, _, body = arrived.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    method, target, version = first.split(b" ")
    assert (method, version) == (b"POST", b"HTTP/1.1")
    assert not re.search(rb"[^\x21-\x7e]|[#\\]", target)
    assert not re.search(rb"[\r\n\0]", head.replace(b"\r\n", b""))
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(b": ")
        assert re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name)
        assert name.lower() not in (each.lower().encode() for each in fields)
        fields[name.decode().lower()] = value.decode("latin-1")
    assert fields["host"] == f"127.0.0.1:{server.port}"
    assert len(body) == int(fields["content-length"])
    assert body == b'{"value":"as it is"}'
    return target.decode("ascii"), fields, body


OWN = {"host", "accept", "accept-encoding", "user-agent", "content-type", "content-length"}
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused(wrong: CannotBuild) -> None:
    """It was refused in sentences that can be printed as they are."""
    assert wrong.faults
    assert all(each and printable(each) == each for each in wrong.faults)


@many
@given(value=values)
def test_a_path_value_stays_one_segment(server: RawServer, value: str) -> None:
    try:
        request = asked(server, {"v": value}, ("id", "path", "v"), path="/a/{id}/b")
    except CannotBuild as wrong:
        refused(wrong)
        return
    target, fields, _ = sent(server, request)
    assert "?" not in target
    empty, version, before, segment, after = target.split("/")
    assert (empty, version, before, after) == ("", "v1", "a", "b")
    assert unquote_to_bytes(segment) == value.encode("utf-8", "surrogatepass")
    assert unquote(segment) not in ("", ".", "..")
    assert set(fields) == OWN


@many
@given(name=values, value=values)
def test_a_query_parameter_stays_one_pair(server: RawServer, name: str, value: str) -> None:
    try:
        request = asked(server, {"v": value}, (name, "query", "v"))
    except CannotBuild as wrong:
        refused(wrong)
        return
    target, fields, _ = sent(server, request)
    path, _, query = target.partition("?")
    assert path == "/v1/a"
    (pair,) = query.split("&")
    sent_name, _, sent_value = pair.partition("=")
    assert unquote_to_bytes(sent_name) == name.encode("utf-8", "surrogatepass")
    assert unquote_to_bytes(sent_value) == value.encode("utf-8", "surrogatepass")
    assert set(fields) == OWN


@many
@given(name=values.map(lambda text: f"X{text}"), value=values)
def test_a_header_stays_one_field(server: RawServer, name: str, value: str) -> None:
    try:
        request = asked(server, {"v": value}, (name, "header", "v"))
    except CannotBuild as wrong:
        refused(wrong)
        return
    target, fields, _ = sent(server, request)
    assert target == "/v1/a"
    assert set(fields) == OWN | {name.lower()}
    assert fields[name.lower()] == value.strip(" \t")


@many
@given(name=values.map(lambda text: f"c{text}"), value=values)
def test_a_cookie_stays_one_pair(server: RawServer, name: str, value: str) -> None:
    try:
        request = asked(server, {"v": value}, (name, "cookie", "v"))
    except CannotBuild as wrong:
        refused(wrong)
        return
    target, fields, _ = sent(server, request)
    assert target == "/v1/a"
    assert set(fields) == OWN | {"cookie"}
    sent_name, _, sent_value = fields["cookie"].partition("=")
    assert sent_name == name
    assert re.fullmatch(r"[^;\x00-\x1f\x7f-\x9f]*", sent_value)
    assert sent_value == value.rstrip(" ") or unquote(sent_value) == value


@many
@given(value=values)
def test_a_whole_query_never_leaves_the_query(server: RawServer, value: str) -> None:
    try:
        request = asked(server, {"v": value}, ("q", "querystring", "v"))
    except CannotBuild as wrong:
        refused(wrong)
        return
    target, fields, _ = sent(server, request)
    assert target.partition("?")[0] == "/v1/a"
    assert set(fields) == OWN


@many
@given(value=values)
def test_the_host_that_is_shown_is_the_host_that_is_called(server: RawServer, value: str) -> None:
    """A variable of a server's URL is the description's own: it may choose a host, but never a hidden one."""
    url = f"http://127.0.0.1:{server.port}/{{part}}"
    operation = Operation(
        "api", "op", "POST", "/a",
        parameters=(ParameterSpec("q", "query"),),
        servers=(Server(url, variables={"part": ServerVariable(value)}),),
    )  # fmt: skip
    planned = PlannedStep(Step("s", OperationById("op"), MARK), CallOperation(operation), ())
    try:
        request = build(planned, operation, {"inputs": {}, "steps": {}}, Settings({}))
    except CannotBuild as wrong:
        refused(wrong)
        return
    assert request.url.startswith(f"http://127.0.0.1:{server.port}/")
    assert dict(request.headers)["Host"] == f"127.0.0.1:{server.port}"
    assert ".." not in [unquote(each) for each in request.url.partition("?")[0].split("/")]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1@evil.test/", "http://a.test\\@evil.test/", "http://a.test\r\nX: 1/", "http://a.test%0d/",
        "http://a.test%2fevil.test/", "http://a.test /", "http://a.test\u2028/", "http://a.test\uff0f.evil.test/",
        "http://a\u2024test/", "http://\u2488com/", "http://a.test:80:81/", "http://a.test:\u0661/",
        "file:///etc/passwd", "http:///x", "http://[::1", "http://a.test/../x", "http://a.test/%2e%2e/x", "http://a.test:0/",
        "//a.test/",
    ],
)  # fmt: skip
def test_a_server_whose_host_readers_may_see_differently_is_refused(url: str) -> None:
    operation = Operation("api", "op", "GET", "/a")
    planned = PlannedStep(Step("s", OperationById("op"), MARK), CallOperation(operation), ())
    with pytest.raises(CannotBuild) as caught:
        build(planned, operation, {}, Settings({"api": ServerChoice(url, "me")}))
    refused(caught.value)
