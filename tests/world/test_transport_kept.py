"""Kept connections against servers on loopback: what is used again, what is not, what is sent again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.world.hosts import NotAgreed, judged_by
from arazzo_tui.world.transport import Http, TransportLimits


def answer(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    lines = "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}"])
    return lines.encode("latin-1") + b"\r\n\r\n" + body


OK = answer(b"ok")
EVIL = answer(b"evil", status="203 Evil")
CLOSE, RESET = "close", "reset"


@dataclass(slots=True)
class Server:
    """Answers the requests of all its connections in order, the last answer for ever."""

    answers: tuple[bytes | str, ...]
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    open: list[asyncio.StreamWriter] = field(default_factory=list)
    on: list[int] = field(default_factory=list)
    """The number of the connection each request came on."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.append(writer)
        number = len(self.open)
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head.lower())
                body = await reader.readexactly(int(length[1])) if length else b""
                self.requests.append(head + body)
                self.on.append(number)
                self._answer(self.answers[min(len(self.requests), len(self.answers)) - 1], writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, given: bytes | str, writer: asyncio.StreamWriter) -> None:
        if given == RESET:
            writer.transport.abort()
        elif isinstance(given, str):
            writer.write(given.removeprefix(CLOSE).encode())
            writer.close()
        else:
            writer.write(given)

    def request(self, method: str = "GET", body: bytes | None = None) -> Request:
        fields = (("Host", f"127.0.0.1:{self.port}"),)
        if body is not None:
            fields = (*fields, ("Content-Length", str(len(body))))
        return Request(method, f"http://127.0.0.1:{self.port}/", fields, body)


@asynccontextmanager
async def serving(*answers: bytes | str) -> AsyncIterator[Server]:
    server = Server(answers)
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(server.serve(reader, writer)))

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def turns() -> None:
    """Let the loop see all that has come."""
    for _ in range(10):
        await asyncio.sleep(0)


def bodies(answers: list[Response | Failure]) -> list[bytes | str]:
    return [each.body if isinstance(each, Response) else each.message for each in answers]


# ------------------------------------------------------------------------------- used again


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", b"x"), ("HEAD", None)])
async def test_exchanges_that_end_cleanly_share_a_connection(
    method: str, body: bytes | None
) -> None:
    given = OK if method != "HEAD" else answer(b"")
    async with serving(given) as server, Http() as http:
        for _ in range(3):
            assert isinstance(await http.send(server.request(method, body), 5.0), Response)
        assert server.on == [1, 1, 1]


async def test_exchanges_at_the_same_time_have_connections_of_their_own() -> None:
    async with serving(OK) as server, Http() as http:
        for _ in range(2):
            sent = [http.send(server.request(), 5.0) for _ in range(3)]
            assert bodies(list(await asyncio.gather(*sent))) == [b"ok"] * 3
        assert len(server.open) == 3
        assert sorted(server.on) == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    "last",
    [
        answer(b"ok", "Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        answer(b"ok", "Keep-Alive: timeout=1"),
        OK + EVIL,
        OK + EVIL[:20],
        OK + b"\r\n",
        answer(b"ok", "Content-Encoding: gzip"),
    ],
)
async def test_a_connection_with_anything_odd_is_not_used_again(last: bytes) -> None:
    async with serving(last, OK) as server, Http() as http:
        await http.send(server.request("POST", b"x"), 5.0)
        again = await http.send(server.request("POST", b"x"), 5.0)
        assert bodies([again]) == [b"ok"]
        assert server.on == [1, 2]


async def test_an_answer_that_passed_a_limit_leaves_no_rest_for_the_next() -> None:
    async with serving(answer(b"x" * 100_000), OK) as server:
        async with Http(TransportLimits(wire=1000)) as http:
            both = [await http.send(server.request(), 5.0) for _ in range(2)]
        assert isinstance(both[0], Failure)
        assert bodies(both[1:]) == [b"ok"]


async def test_an_answer_that_nobody_waited_for_is_not_that_of_the_next() -> None:
    async with serving(b"", OK) as server, Http() as http:
        assert isinstance(await http.send(server.request(), 0.05), Failure)
        server.open[0].write(EVIL)
        assert bodies([await http.send(server.request(), 5.0)]) == [b"ok"]
        assert server.on == [1, 2]


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("more", [EVIL, b"HTTP/1.1 203 Evil\r\nX: ", b"\0", b"\r\n"])
async def test_what_comes_unasked_is_no_answer(more: bytes, *, seen: bool) -> None:
    async with serving(OK) as server, Http() as http:
        first = await http.send(server.request(), 5.0)
        server.open[0].write(more)
        if seen:
            await turns()
        rest = [await http.send(server.request("POST", b"x"), 5.0) for _ in range(2)]
        assert bodies([first, *rest]) == [b"ok"] * 3
        assert server.on == [1, 2, 3], "and the server is not trusted with a kept one again"


async def test_none_of_the_kept_connections_to_a_server_is_used_once_one_was_odd() -> None:
    async with serving(OK) as server, Http() as http:
        await asyncio.gather(*(http.send(server.request(), 5.0) for _ in range(3)))
        server.open[0].write(EVIL)
        await turns()
        again = [await http.send(server.request("POST", b"x"), 5.0) for _ in range(2)]
        assert bodies(again) == [b"ok", b"ok"]
        assert server.on[3:] == [4, 5]


@pytest.mark.parametrize("seen", [True, False])
async def test_a_kept_connection_that_was_closed_is_not_used(*, seen: bool) -> None:
    async with serving(OK) as server, Http() as http:
        await http.send(server.request(), 5.0)
        server.open[0].close()
        await asyncio.sleep(0)
        if seen:
            await turns()
        again = await http.send(server.request("POST", b"x"), 5.0)
        assert isinstance(again, Response)
        assert again.notes == ()
        assert server.on == [1, 2]


async def test_a_large_answer_ends_before_the_unasked_one() -> None:
    whole = answer(b"a" * 300_000)
    async with serving(whole + EVIL, OK) as server, Http() as http:
        both = [await http.send(server.request(), 5.0) for _ in range(2)]
        assert bodies(both) == [b"a" * 300_000, b"ok"]


async def test_a_server_on_another_port_has_a_connection_of_its_own() -> None:
    async with serving(OK) as one, serving(answer(b"two")) as two, Http() as http:
        got = [await http.send(each.request(), 5.0) for each in (one, two, one, two)]
        assert bodies(got) == [b"ok", b"two", b"ok", b"two"]
        assert (one.on, two.on) == ([1, 1], [1, 1])


async def test_a_closed_transport_leaves_no_connection_open() -> None:
    async with serving(OK) as server:
        async with Http() as http:
            await http.send(server.request(), 5.0)
        await turns()
        assert server.open[0].is_closing()


async def test_the_address_is_judged_before_each_request_leaves() -> None:
    asked: list[str] = []
    async with serving(OK) as server, Http() as http:
        with judged_by(lambda address: asked.append(address) or ""):
            for _ in range(2):
                assert isinstance(await http.send(server.request(), 5.0), Response)
        assert asked == ["127.0.0.1", "127.0.0.1"]
        with judged_by(lambda address: f"{address} is not agreed to"):
            for _ in range(2):
                with pytest.raises(NotAgreed, match=r"127\.0\.0\.1 is not agreed to"):
                    await http.send(server.request(), 5.0)
        assert server.on == [1, 1], "neither on the kept connection nor on a fresh one"


# ------------------------------------------------------------------------------- dropped

KEPT = "closed the connection that was kept from the request before, and did not answer"


@pytest.mark.parametrize("how", [CLOSE, RESET])
@pytest.mark.parametrize(
    ("method", "body"),
    [("POST", b"x"), ("POST", None), ("PUT", b""), ("DELETE", None), ("GET", b"x"), ("get", None)],
)
async def test_an_unsafe_request_on_a_dropped_connection_is_never_sent_again(
    how: str, method: str, body: bytes | None
) -> None:
    async with serving(OK, how, OK) as server, Http() as http:
        await http.send(server.request(), 5.0)
        failed = await http.send(server.request(method, body), 5.0)
        assert isinstance(failed, Failure)
        assert failed.phase == "read"
        assert KEPT in failed.message
        assert "not known" in failed.message
        assert len(server.requests) == 2


@pytest.mark.parametrize("how", [CLOSE, RESET])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
async def test_a_safe_request_on_a_dropped_connection_is_sent_again_once(
    how: str, method: str
) -> None:
    async with serving(answer(b""), how, answer(b""), answer(b"")) as server, Http() as http:
        await http.send(server.request(), 5.0)
        again = await http.send(server.request(method), 5.0)
        assert isinstance(again, Response)
        assert again.notes == ("sent again: the server had closed the connection it kept open",)
        assert server.requests[1] == server.requests[2]
        assert server.on == [1, 1, 2]
        await http.send(server.request(), 5.0)
        assert server.on == [1, 1, 2, 3], "a server that dropped one gets no kept one again"


@pytest.mark.parametrize("how", [CLOSE, RESET])
async def test_a_safe_request_that_is_dropped_twice_is_a_failure(how: str) -> None:
    async with serving(OK, how) as server, Http() as http:
        await http.send(server.request(), 5.0)
        failed = await http.send(server.request(), 5.0)
        assert isinstance(failed, Failure)
        assert KEPT not in failed.message
        assert len(server.requests) == 3


async def test_a_safe_request_that_was_begun_to_be_answered_is_not_sent_again() -> None:
    half = f"{CLOSE}HTTP/1.0 200 OK\r\nContent-Le"
    async with serving(OK, half) as server, Http() as http:
        await http.send(server.request(), 5.0)
        failed = await http.send(server.request(), 5.0)
        assert isinstance(failed, Failure)
        assert KEPT not in failed.message
        assert len(server.requests) == 2


@pytest.mark.parametrize("how", [CLOSE, RESET])
async def test_a_dropped_fresh_connection_is_told_without_a_kept_one(how: str) -> None:
    async with serving(how) as server, Http() as http:
        failed = await http.send(server.request(), 5.0)
        assert isinstance(failed, Failure)
        assert KEPT not in failed.message
        assert len(server.requests) == 1
