"""What a server sends without end, and how long each phase may take: told by name, cut, what came is kept."""

import gzip
import socket
import zlib

import pytest

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.world.network import Network, Timeouts, over
from arazzo_tui.world.transport import Http, TransportLimits

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def got(
    url: str,
    within: float = 5.0,
    timeouts: Timeouts | None = None,
    limits: TransportLimits | None = None,
    body: bytes | None = None,
) -> Response | Failure:
    fields = [("Host", "127.0.0.1")]
    if body is not None:
        fields.append(("Content-Length", str(len(body))))
    asked = Request("GET" if body is None else "POST", url, tuple(fields), body)
    async with Http(limits) as http:
        with over(Network(timeouts or Timeouts())):
            return await http.send(asked, within)


def failure(answer: Response | Failure) -> Failure:
    assert isinstance(answer, Failure)
    return answer


# ------------------------------------------------------------------------------- too much


@pytest.mark.parametrize(
    ("raw", "again", "words", "shown"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\nX: ", b"a" * 8000, "its head is longer than 100 KiB", ("A", "b")),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", b"Header: value\r\n" * 100, "its head is longer than 100 KiB",
         ("A", "b")),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n" + b"C:d\r\n" * 10_000 + b"\r\n", b"",
         "its head has 10,001 fields, more than 2,000", ("A", "b")),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n" + b"Long: %b\r\n" % (b"x" * 50_000) * 3 + b"\r\n", b"",
         "its head is longer than 100 KiB", ("A", "b")),
        (b"", b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n", "100 interim answers (1xx) and no final one",
         ("A", "b")),
    ],
)  # fmt: skip
async def test_a_head_without_end_is_cut_and_what_came_is_shown(
    serve, play, raw: bytes, again: bytes, words: str, shown: tuple[str, str]
) -> None:
    server = await serve(play(raw, "hold", again=again))
    failed = failure(await got(server.url, 20.0))
    assert failed.phase == "limit"
    assert failed.message == f"{server.url} sends too much: {words}"
    assert failed.partial is not None
    assert shown in [(name.title(), value) for name, value in failed.partial.headers]
    assert len(failed.partial.headers) <= 2_000 * 4
    assert (
        "the head of the answer is not as it should be; this is what came" in failed.partial.notes
    )


async def test_some_interim_answers_are_no_matter(serve, play) -> None:
    server = await serve(play(b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n" * 50 + OK))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert (answered.status, answered.body) == (200, b"ok")


@pytest.mark.parametrize(
    ("raw", "again", "words"),
    [
        (CHUNKED + b"1;x=", b"a" * 8000, "a line of its framing is longer than 100 KiB"),
        (CHUNKED + b"1\r\nx\r\n0\r\n", b"Trailer: x\r\n" * 500,
         "a line of its framing is longer than 100 KiB"),
        (CHUNKED, b"1;" + b"x" * 90_000 + b"\r\na\r\n", "bytes came, most of them framing"),
    ],
)  # fmt: skip
async def test_framing_without_end_is_cut(
    serve, play, raw: bytes, again: bytes, words: str
) -> None:
    server = await serve(play(raw, again=again))
    failed = failure(await got(server.url, 20.0, limits=TransportLimits(wire=1 << 20)))
    assert (failed.phase, words in failed.message) == ("limit", True), failed.message
    assert failed.partial is not None
    assert failed.partial.status == 200


async def test_honest_chunks_with_extensions_and_trailers_are_read(serve, play) -> None:
    whole = CHUNKED + b'5;name="v;al"\r\nhello\r\n0;last\r\nTrailer: x\r\nSet-Cookie: a=b\r\n\r\n'
    server = await serve(play(whole))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.body == b"hello"
    assert "set-cookie" not in [name.lower() for name, _ in answered.headers]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(bytes(1 << 26), mtime=0)),
        ("deflate", zlib.compress(bytes(1 << 26))),
        ("gzip", gzip.compress(b"\0", mtime=0) * 50_000 + gzip.compress(bytes(1 << 22), mtime=0)),
    ],
)
async def test_a_bomb_costs_its_limit(serve, play, coding: str, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    server = await serve(play(head.encode() + body))
    failed = failure(await got(server.url, 20.0, limits=TransportLimits(decoded=1 << 20)))
    assert failed.phase == "limit"
    assert failed.partial is not None
    assert failed.partial.body == bytes(1 << 20)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "gzip" + ", gzip" * 1000])
async def test_what_is_not_undone_is_as_big_as_it_came(serve, play, coding: str) -> None:
    twice = gzip.compress(gzip.compress(bytes(1 << 24), mtime=0), mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(twice)}\r\n\r\n"
    server = await serve(play(head.encode() + twice))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.body == twice
    assert any(note.startswith("the body is shown as it came") for note in answered.notes)


# ------------------------------------------------------------------------------- too slow


async def test_a_server_that_does_not_begin_to_answer_is_told_so(serve, play) -> None:
    server = await serve(play(b"", "hold"))
    failed = failure(await got(server.url, timeouts=Timeouts(first_byte=0.05)))
    assert failed.phase == "timeout"
    assert failed.message == f"{server.url} did not begin to answer within 0.05 s"
    assert failed.partial is None


async def test_a_server_that_stops_in_its_head_is_told_so_and_what_came_is_shown(
    serve, play
) -> None:
    server = await serve(play(b"HTTP/1.1 200 Fine\r\nA: b\r\nHalf", "hold"))
    failed = failure(await got(server.url, timeouts=Timeouts(between_bytes=0.05)))
    assert failed.phase == "timeout"
    assert failed.message == f"{server.url} sent nothing more for 0.05 s"
    assert failed.partial is not None
    assert (failed.partial.status, failed.partial.reason) == (200, "Fine")
    assert failed.partial.headers == (("A", "b"),)


async def test_a_server_that_stops_in_its_body_is_told_so_and_what_came_is_shown(
    serve, play
) -> None:
    server = await serve(play(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "hold"))
    failed = failure(await got(server.url, timeouts=Timeouts(between_bytes=0.05)))
    assert failed.phase == "timeout"
    assert failed.message == f"{server.url} sent nothing more for 0.05 s; 4 bytes had come"
    assert failed.partial is not None
    assert failed.partial.body == b"half"


async def test_a_server_that_takes_no_request_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        failed = failure(await got(url, timeouts=Timeouts(write=0.1), body=bytes(1 << 25)))
        assert failed.phase == "timeout"
        assert failed.message == f"{url} did not take the whole request within 0.1 s"
        whole = failure(await got(url, 0.2, body=bytes(1 << 25)))
        assert whole.message == "no answer within 0.2 s: the request had not left whole"


async def test_a_server_that_accepts_nobody_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        address = listening.getsockname()
        with socket.socket() as one, socket.socket() as two:
            for full in (one, two):
                full.setblocking(False)
                full.connect_ex(address)
            url = f"http://127.0.0.1:{address[1]}"
            failed = failure(await got(url, timeouts=Timeouts(connect=0.1)))
            assert (failed.phase, failed.message) == (
                "connect", f"no connection to {url} within 0.1 s",
            )  # fmt: skip
            whole = failure(await got(url, 0.1))
            assert whole.message == "no answer within 0.1 s: it was still connecting"


@pytest.mark.parametrize(
    ("raw", "words", "body"),
    [
        (
            b"HTTP/1.1 200 OK\r\nA: b\r\n",
            "no answer within 0.4 s: its head had not come whole",
            b"",
        ),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "no complete answer within 0.4 s; ", b"xxx"),
    ],
)
async def test_a_byte_at_a_time_ends_with_the_whole_time_and_what_came_is_shown(
    serve, play, raw: bytes, words: str, body: bytes
) -> None:
    server = await serve(play(raw, again=b"x", drip=0.005))
    failed = failure(await got(server.url, 0.4, Timeouts(between_bytes=5.0)))
    assert failed.phase == "timeout"
    assert failed.message.startswith(words)
    assert failed.partial is not None
    assert (failed.partial.status, failed.partial.headers) == (200, (("A", "b"),))
    assert failed.partial.body.startswith(body)


async def test_a_slow_answer_within_its_times_is_an_answer(serve, play) -> None:
    every = Timeouts(connect=5, tls=5, write=5, first_byte=5, between_bytes=5)
    server = await serve(play(OK))
    answered = await got(server.url, timeouts=every, body=bytes(1 << 20))
    assert isinstance(answered, Response)
    assert answered.body == b"ok"
