"""The sandbox on the wire: framing, persistence, limits, clients that misbehave."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.sandbox.connection import Limits
from arazzo_tui.sandbox.server import Sandbox, serve

QUERY = b'{"query":"{__typename}"}'
ANSWER = b'{"data":{"__typename":"Query"}}'
POST = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
WHOLE = POST + b"content-length: 24\r\n\r\n" + QUERY
HEALTH = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"

Talk = Callable[[bytes], Awaitable[bytes]]


@pytest.fixture
def talk(sandbox: Sandbox) -> Talk:
    """Bytes to the sandbox, then the end; all bytes back until it closes the connection."""
    return lambda sent: bytes_back(sandbox.port, sent)


async def bytes_back(port: int, sent: bytes, *, hang_up: bool = True) -> bytes:
    """What a server says to some bytes before it closes; without `hang_up` it must do so first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        await writer.drain()
        if hang_up:
            writer.write_eof()
        return await reader.read()
    finally:
        writer.transport.abort()


async def test_one_connection_carries_several_requests(talk: Talk) -> None:
    said = await talk(WHOLE + HEALTH + WHOLE)
    assert said.count(b"HTTP/1.1 200 ") == 3
    assert (said.count(ANSWER), said.count(b"ok\n")) == (2, 1)


async def test_a_connection_ends_when_the_client_asks_for_it(sandbox: Sandbox) -> None:
    last = HEALTH.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    said = await bytes_back(sandbox.port, HEALTH + last, hang_up=False)
    assert said.count(b"HTTP/1.1 200 ") == 2


async def test_http_1_0_is_answered_and_closed(sandbox: Sandbox) -> None:
    said = await bytes_back(sandbox.port, b"GET /health HTTP/1.0\r\n\r\n", hang_up=False)
    assert said.endswith(b"\r\n\r\nok\n")


async def test_a_body_in_chunks_is_one_body(talk: Talk) -> None:
    chunks = b"a\r\n" + QUERY[:10] + b"\r\n" + b"e\r\n" + QUERY[10:] + b"\r\n0\r\n\r\n"
    said = await talk(POST + b"transfer-encoding: chunked\r\n\r\n" + chunks)
    assert said.endswith(ANSWER)


async def test_a_client_that_waits_for_100_continue_is_told_to_go_on(sandbox: Sandbox) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    writer.write(POST + b"content-length: 24\r\nexpect: 100-continue\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(QUERY)
    writer.write_eof()
    assert (await reader.read()).endswith(ANSWER)
    writer.close()
    await writer.wait_closed()


async def test_a_client_that_waits_with_too_large_a_body_is_told_not_to_send_it(
    sandbox: Sandbox,
) -> None:
    sent = POST + b"content-length: 9999999\r\nexpect: 100-continue\r\n\r\n"
    said = await bytes_back(sandbox.port, sent)
    assert said.startswith(b"HTTP/1.1 413 ")


async def test_a_body_in_chunks_has_the_same_limit(talk: Talk) -> None:
    chunk = b"80000\r\n" + b"x" * 0x80000 + b"\r\n"
    said = await talk(POST + b"transfer-encoding: chunked\r\n\r\n" + 3 * chunk + b"0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")
    assert said.endswith(b"the body is over the limit of 1,048,576 bytes\n")


async def test_head_is_get_without_the_body(talk: Talk) -> None:
    said = await talk(HEALTH.replace(b"GET", b"HEAD") + HEALTH)
    head, _, rest = said.partition(b"\r\n\r\n")
    assert b"content-length: 3" in head
    assert rest.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"hello\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),  # TLS to a plain port
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"505"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),  # no Host
        (b"GET /%s HTTP/1.1\r\nhost: a\r\n\r\n" % (b"x" * 70_000), b"431"),
        (b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 70_000, b"431"),
        (POST + b"content-length: -1\r\n\r\n", b"400"),
        (POST + b"content-length: 2\r\ncontent-length: 3\r\n\r\nabc", b"400"),
        (POST + b"transfer-encoding: gzip\r\n\r\n", b"501"),
        (POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (POST + b"content-length: 24\r\n\r\n{", b"400"),  # hangs up in the middle of the body
    ],
)
async def test_what_is_not_http_is_answered_once_and_closed(
    talk: Talk, sent: bytes, status: bytes
) -> None:
    said = await talk(sent)
    assert said.startswith(b"HTTP/1.1 " + status)
    assert said.count(b"connection: close") == said.count(b"content-length: ") == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", b""),
        (b"POST / HT", b""),
        (WHOLE[:-1], b"HTTP/1.1 408 "),
        (POST + b"transfer-encoding: chunked\r\n\r\n", b"HTTP/1.1 408 "),
        (HEALTH, b"HTTP/1.1 200 "),
    ],
)
async def test_a_client_that_falls_silent_is_let_go(sent: bytes, said: bytes) -> None:
    async with serve(limits=Limits(idle=0.05, receive=0.05, linger=0.05)) as sandbox:
        back = await bytes_back(sandbox.port, sent, hang_up=False)
    assert back[: len(said)] == said
    assert back.count(b"HTTP/1.1") == (1 if said else 0)


async def test_a_client_that_never_reads_is_let_go() -> None:
    echoed = POST + b"content-length: 1000000\r\n\r\n" + b"x" * 1_000_000
    async with serve(limits=Limits(send=0.05, linger=0.05)) as sandbox:
        _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port, limit=1)
        with pytest.raises(ConnectionError):
            await _write_for_ever(writer, echoed)
        writer.transport.abort()


async def _write_for_ever(writer: asyncio.StreamWriter, sent: bytes) -> None:
    """The answers fill every buffer on the way, then the server must give up."""
    while True:
        writer.write(sent)
        await writer.drain()


async def test_one_connection_too_many_is_turned_away() -> None:
    async with serve(limits=Limits(connections=1)) as sandbox:
        reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        writer.write(HEALTH)
        await reader.readuntil(b"ok\n")
        said = await bytes_back(sandbox.port, b"")
        writer.close()
        await writer.wait_closed()
    assert said.startswith(b"HTTP/1.1 503 ")


async def test_a_client_that_leaves_disturbs_nobody(sandbox: Sandbox, talk: Talk) -> None:
    for sent in (b"", WHOLE[:60], WHOLE, WHOLE + WHOLE[:-1]):
        _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        writer.write(sent)
        await writer.drain()
        writer.transport.abort()
    assert (await talk(WHOLE)).endswith(ANSWER)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([POST, WHOLE, HEALTH, b"\r\n"]), max_size=4)
)
def test_whatever_bytes_arrive_the_sandbox_goes_on(sent: list[bytes]) -> None:
    async def after() -> bytes:
        async with serve() as sandbox:
            await bytes_back(sandbox.port, b"".join(sent))
            return await bytes_back(sandbox.port, HEALTH)

    assert asyncio.run(after()).endswith(b"ok\n")
