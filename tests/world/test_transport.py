"""HTTP against servers that answer with given bytes: every mishap is a `Failure` with a sentence."""

import gzip
import os
import re
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.operation import ParameterSpec
from arazzo_tui.engine.address import expand_path, join_url
from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response, header
from arazzo_tui.engine.serialize import CannotSend, query_pairs, query_text
from arazzo_tui.world.network import Network, Timeouts, over
from arazzo_tui.world.transport import Http, TransportLimits

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CERTIFICATES = Path(__file__).parent / "certificates"


def request(
    url: str, method: str = "GET", body: bytes | None = None, *more: tuple[str, str]
) -> Request:
    host = re.sub(r"^https?://([^/?]*).*", r"\1", url)
    fields: Headers = (("Host", host), ("Accept-Encoding", "gzip, deflate"), *more)
    if body is not None:
        fields = (*fields, ("Content-Length", str(len(body))))
    return Request(method, url, fields, body)


async def got(
    asked: Request | str, within: float = 5.0, limits: TransportLimits | None = None
) -> Response | Failure:
    async with Http(limits) as http:
        return await http.send(request(asked) if isinstance(asked, str) else asked, within)


def answer(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}"])
    return head.encode("latin-1") + b"\r\n\r\n" + body


# ------------------------------------------------------------------------------- what goes out


async def test_the_bytes_sent_are_the_request_and_nothing_more(serve, play) -> None:
    server = await serve(play(OK))
    fields: Headers = (
        ("Host", "shown.test"), ("x-CASE-is-kept", "a  b"), ("Accept", "*/*"),
        ("X-Twice", "1"), ("X-Twice", "2"), ("X-Latin", "café"), ("Cookie", "a=b; c=d"),
        ("Content-Type", "application/json"), ("Content-Length", "7"),
    )  # fmt: skip
    sent = Request("POST", f"{server.url}/a%2Fb/%7Ec;x=1?q=%20&r=a+b&e=", fields, b'{"a":1}')
    assert isinstance(await got(sent), Response)
    assert server.requests == [
        (
            b"POST /a%2Fb/%7Ec;x=1?q=%20&r=a+b&e= HTTP/1.1\r\n"
            b"Host: shown.test\r\nx-CASE-is-kept: a  b\r\nAccept: */*\r\n"
            b"X-Twice: 1\r\nX-Twice: 2\r\nX-Latin: caf\xe9\r\nCookie: a=b; c=d\r\n"
            b"Content-Type: application/json\r\nContent-Length: 7\r\n\r\n"
            b'{"a":1}'
        )
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "QUERY"])
async def test_a_request_without_a_body_has_none(serve, play, method: str) -> None:
    server = await serve(play(OK))
    await got(request(server.url, method))
    host = server.url.removeprefix("http://")
    expected = f"{method} / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
    assert server.requests == [expected.encode()]


@pytest.mark.parametrize(
    "target",
    [
        "/", "/?", "/a//b/", "/a/%2e%2E/b", "/%E2%82%AC", "/a:b@c!$&'()*+,;=", "/p?a[]=1&b=%5B",
        "/p?a=b?c/d", "/p?%22%3C%3E=|".replace("|", "%7C"), "/x%00y", "/a%20b?c=%2B+",
    ],
)  # fmt: skip
async def test_the_url_that_is_shown_is_the_one_that_is_called(serve, play, target: str) -> None:
    server = await serve(play(OK))
    assert isinstance(await got(server.url + target), Response)
    line = server.requests[0].partition(b"\r\n")[0].decode()
    assert line in (f"GET {target} HTTP/1.1", f"GET {target.removesuffix('?')} HTTP/1.1")


async def test_user_and_password_of_a_url_become_no_header(serve, play) -> None:
    server = await serve(play(OK))
    await got(Request("GET", server.url.replace("//", "//kim:secret@"), (("Host", "x"),)))
    assert b"uthorization" not in server.requests[0]


async def test_a_large_body_arrives_whole(serve, play) -> None:
    server = await serve(play(OK))
    body = os.urandom(2_000_000)
    assert isinstance(await got(request(server.url, "POST", body)), Response)
    assert server.requests[0].endswith(body)


async def test_an_early_answer_to_a_large_body_is_an_answer(serve, play) -> None:
    server = await serve(play(answer(b"too large", status="413 Content Too Large")))
    answered = await got(request(server.url, "PUT", bytes(3_000_000)))
    assert isinstance(answered, Response)
    assert answered.status == 413


# ------------------------------------------------------------------------------- what comes back


async def test_a_response_is_told_whole(serve, play) -> None:
    body = b'{"id":12345678901234567890}'
    raw = answer(body, "Content-Type: application/json", "X-A: 1", "x-a: 2", status="201 Made")
    server = await serve(play(raw))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert (answered.status, answered.reason, answered.body, answered.size) == (
        201,
        "Made",
        body,
        27,
    )
    assert answered.headers[:3] == (
        ("Content-Type", "application/json"),
        ("X-A", "1"),
        ("x-a", "2"),
    )
    assert isinstance(answered.content, JsonContent)
    assert answered.content.value == {"id": 12345678901234567890}
    assert answered.elapsed > 0
    assert answered.received > 1_700_000_000
    assert answered.http_version == "HTTP/1.1"
    assert answered.notes == ()


@pytest.mark.parametrize(
    ("raw", "status", "body"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, 200, b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + OK, 200, b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", 200, b"to the end"),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", 200, b"to the end"),
        (answer(b"ok", status="999 Odd"), 999, b"ok"),
        (answer(b"ok", status="204 No Content"), 204, b""),
        (answer(b"", status="304 Not Modified"), 304, b""),
        (answer(b"ok", "X-Folded: a\r\n b"), 200, b"ok"),
        (
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2;x=y\r\nok\r\n0\r\nSet-Cookie: a=b\r\n\r\n"), 200, b"ok",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
    ],
)  # fmt: skip
async def test_odd_but_whole_answers_are_answers(
    serve, play, raw: bytes, status: int, body: bytes
) -> None:
    server = await serve(play(raw))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert (answered.status, answered.body) == (status, body)


async def test_bytes_of_a_head_come_as_they_are(serve, play) -> None:
    server = await serve(
        play(b"HTTP/1.1 200 O\x1bK\r\nX: a\x1b[31m\xff\r\nContent-Length: 0\r\n\r\n")
    )
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert header(answered.headers, "x") == "a\x1b[31m\xff"


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain; charset=no-such", "application/json; charset=hex", "text/html; charset=\x1b",
        "bogus", "; ;", "application/json; charset=utf-16", "image/png", "text/plain; charset=base64",
    ],
)  # fmt: skip
async def test_no_content_type_makes_an_answer_a_mishap(serve, play, kind: str) -> None:
    server = await serve(play(answer(b'{"\xff": \xf0\x9f', f"Content-Type: {kind}")))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.body == b'{"\xff": \xf0\x9f'


async def test_a_coded_body_is_undone(serve, play) -> None:
    squeezed = gzip.compress(b"hello " * 1000, mtime=0)
    server = await serve(play(answer(squeezed, "Content-Encoding: GZip")))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.body == b"hello " * 1000
    assert answered.size == len(squeezed)


@pytest.mark.parametrize(
    "coding", ["br", "zstd", "gzip, gzip", "rot13", ", ".join(["gzip"] * 1000)]
)
async def test_what_is_not_decoded_is_shown_as_it_came(serve, play, coding: str) -> None:
    server = await serve(play(answer(b"\x0b\x02\x80abc", f"Content-Encoding: {coding}")))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.body == b"\x0b\x02\x80abc"
    assert "as it came" in answered.notes[0]
    assert len(answered.notes[0]) < 120


@pytest.mark.parametrize("method", ["HEAD", "GET"])
async def test_a_coding_without_a_body_is_fine(serve, play, method: str) -> None:
    status = "200 OK" if method == "HEAD" else "204 No Content"
    server = await serve(play(answer(b"", "Content-Encoding: gzip", status=status)))
    answered = await got(request(server.url, method))
    assert isinstance(answered, Response)
    assert answered.body == b""


# ------------------------------------------------------------------------------- nothing follows


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
async def test_a_redirect_is_shown_and_not_followed(serve, play, status: str) -> None:
    other = await serve(play(OK))
    server = await serve(play(answer(b"", f"Location: {other.url}/secret", status=status)))
    more = (("Authorization", "Bearer t"), ("X-Api-Key", "k"), ("Cookie", "s=1"))
    answered = await got(request(server.url, "POST", b"secret", *more))
    assert isinstance(answered, Response)
    assert answered.notes == (f"redirects to {other.url}/secret, which is not followed",)
    assert other.connections == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "there",
    [
        "file:///etc/passwd",
        "/",
        "//169.254.169.254/",
        "gopher://x",
        "\x1b]0;x\x07",
        "http://[",
        "\xff",
    ],
)
async def test_no_redirect_leads_anywhere(serve, play, there: str) -> None:
    server = await serve(play(answer(b"", f"Location: {there}", status="302 Found")))
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.status == 302
    assert "not followed" in answered.notes[0]
    assert "\x1b" not in answered.notes[0]
    assert len(server.requests) == 1


async def test_cookies_are_not_kept_between_requests(serve, play) -> None:
    server = await serve(play(answer(b"ok", "Set-Cookie: sid=1; Path=/", "Set-Cookie: b=2")))
    other = await serve(play(OK))
    async with Http() as http:
        for url in (server.url, server.url, other.url):
            assert isinstance(await http.send(request(url), 5.0), Response)
    assert not any(b"ookie" in each for each in (*server.requests, *other.requests))


async def test_a_second_answer_never_answers_the_next_request(serve, play) -> None:
    server = await serve(play(OK + answer(b"evil", status="203 Evil"), "keep"), play(OK, "keep"))
    async with Http() as http:
        both = [await http.send(request(server.url), 5.0) for _ in range(2)]
    assert [each.body for each in both if isinstance(each, Response)] == [b"ok", b"ok"]


# ------------------------------------------------------------------------------- mishaps

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "then", "phase", "words", "partial"),
    [
        (b"", "close", "read", "closed the connection before it had answered", None),
        (b"", "reset", "read", "broke the connection off (reset)", None),
        (b"HTTP/1.1 200 OK\r\nA: b", "close", "read", "before it had answered", b""),
        (b"HTTP/1.1 200 OK\r\nA: b", "reset", "read", "(reset)", b""),
        (HALF, "close", "read", "before the end of the body: 4 of 10 bytes came", b"half"),
        (HALF, "reset", "read", "(reset)", b"half"),
        (CHUNKED + b"4\r\nhalf\r\n", "close", "read", "before the end of the body", b"half"),
        (CHUNKED + b"4\r\nhalf\r\n", "reset", "read", "(reset)", b"half"),
        (CHUNKED + b"zz\r\nhalf\r\n", "close", "protocol", "illegal chunk header", b""),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "close", "read", "before it had answered", None),
        (b"220 smtp.test ESMTP\r\n\r\n", "close", "protocol", "proper HTTP", None),
        (bytes(range(1, 255)) * 3, "close", "protocol", "proper HTTP", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nok", "close",
         "protocol", "conflicting Content-Length", b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", "close", "protocol", "Content-Length", b"ok"),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\nok", "close", "protocol", "illegal header line", b"ok"),
        (b"HTTP/1.1 000 Odd\r\n\r\nok", "close", "protocol", "status_code", None),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "close",
         "protocol", "another protocol", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "close",
         "protocol", "Transfer-Encoding", b"0\r\n\r\n"),
        (answer(b"plain", "Content-Encoding: gzip"), "close", "protocol", "is not gzip", b"plain"),
        (answer(gzip.compress(b"hello " * 9, mtime=0)[:-9], "Content-Encoding: gzip"), "close",
         "protocol", "the gzip body ends in the middle", b"hello " * 9),
        (answer(gzip.compress(b"abc", mtime=0)[:9], "Content-Encoding: gzip"), "close",
         "protocol", "the gzip body ends in the middle", b""),
        (answer(gzip.compress(b"abc", mtime=0) + b"more", "Content-Encoding: gzip"), "close",
         "protocol", "follows the end", gzip.compress(b"abc", mtime=0) + b"more"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_a_failure(
    serve, play, raw: bytes, then: str, phase: str, words: str, partial: bytes | None
) -> None:
    server = await serve(play(raw, then))
    failed = await got(request(server.url, "POST", b"{}"))
    assert isinstance(failed, Failure)
    assert (failed.phase, words in failed.message) == (phase, True), failed.message
    assert (failed.partial and failed.partial.body) == partial
    assert failed.elapsed > 0
    assert len(server.requests) == 1, "a request is never sent twice"


PYTHON_WORDS = re.compile(
    r"Error\b|Exception|bytearray|b'|\[Errno|<|>|Traceback|\n|[\x00-\x1f\x7f-\x9f]"
)


@pytest.mark.parametrize(
    "raw",
    [
        b"", HALF, CHUNKED + b"zz\r\n", CHUNKED + b'"\x1b[31m\r\n', b"\x1b]0;x\x07\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX\x1b: a\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: '\"\0\r\n\r\n",
        answer(b"plain", "Content-Encoding: deflate"),
    ],
)  # fmt: skip
async def test_a_mishap_is_told_in_a_plain_sentence(serve, play, raw: bytes) -> None:
    server = await serve(play(raw))
    failed = await got(server.url)
    assert isinstance(failed, Failure)
    assert not PYTHON_WORDS.search(failed.message), failed.message


@pytest.mark.parametrize("at_once", ["reset"])
async def test_a_connection_that_is_refused_or_reset_is_a_failure(
    serve, closed_port: int, at_once: str
) -> None:
    refused = await got(f"http://127.0.0.1:{closed_port}/x")
    assert isinstance(refused, Failure)
    assert refused.phase == "connect"
    assert refused.message == (
        f"cannot connect to http://127.0.0.1:{closed_port}/x: connection refused; nothing listens there"
    )
    server = await serve(at_once=at_once)
    broken = await got(server.url)
    assert isinstance(broken, Failure)
    assert broken.phase in ("read", "write")


async def test_a_name_that_does_not_resolve_is_a_failure() -> None:
    failed = await got("http://nowhere.invalid/")
    assert isinstance(failed, Failure)
    assert (failed.phase, failed.partial) == ("connect", None)
    assert failed.message.startswith("cannot connect to http://nowhere.invalid/: ")


@pytest.mark.parametrize(
    "asked",
    [
        Request("GET", "gopher://x/", (("Host", "x"),)),
        Request("GET", "no url at all", (("Host", "x"),)),
        Request("GET", "http://[::1", (("Host", "x"),)),
        Request("GET", "http://a..b/", (("Host", "x"),)),
        Request("GET", "http://x:99999/", (("Host", "x"),)),
        Request("GET", "http://127.0.0.1:9/", (("Host", "x"), ("X", "a\r\nEvil: 1"))),
        Request("GET", "http://127.0.0.1:9/", (("Host", "x"), ("X", "例"))),
        Request("GET", "http://127.0.0.1:9/", (("Host", "x"), ("Ü", "1"))),
        Request("G ET", "http://127.0.0.1:9/", (("Host", "x"),)),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_is_a_failure(asked: Request) -> None:
    failed = await got(asked)
    assert isinstance(failed, Failure)
    assert failed.phase in ("write", "connect")


# ------------------------------------------------------------------------------- limits


async def test_silence_ends_with_the_time(serve, play) -> None:
    server = await serve(play(b"", "hold"))
    failed = await got(server.url, 0.05)
    message = "no answer within 0.05 s: not a byte of it had come"
    assert failed == Failure("timeout", message, failed.elapsed)
    assert len(server.requests) <= 1


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 103 Early\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
async def test_a_head_without_end_ends_with_the_time(serve, play, raw: bytes) -> None:
    server = await serve(play(raw, drip=0.0, again=b"A: b\r\n" if b"200" in raw else raw))
    failed = await got(server.url, 0.5)
    assert isinstance(failed, Failure)
    assert failed.phase in ("timeout", "limit")


async def test_a_head_is_not_read_for_ever(serve, play) -> None:
    server = await serve(play(b"HTTP/1.1 200 OK\r\n", again=b"Header: value\r\n" * 500))
    failed = await got(server.url)
    assert isinstance(failed, Failure)
    assert failed.phase == "limit"
    assert failed.message == f"{server.url} sends too much: its head is longer than 100 KiB"


async def test_what_came_before_the_time_was_over_is_kept(serve, play) -> None:
    server = await serve(play(HALF, "hold"))
    failed = await got(server.url, 0.5)
    assert isinstance(failed, Failure)
    assert failed.message == "no complete answer within 0.5 s; 4 bytes had come"
    assert failed.phase == "timeout"
    assert failed.partial is not None
    assert (failed.partial.status, failed.partial.body) == (200, b"half")


async def test_a_body_that_drips_ends_with_the_time(serve, play) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    server = await serve(play(head, again=b"data: x\n\n", drip=0.01))
    failed = await got(server.url, 0.5)
    assert isinstance(failed, Failure)
    assert failed.phase == "timeout"
    assert failed.partial is not None
    assert failed.partial.body.startswith(b"data: x\n\n")


@pytest.mark.parametrize("length", ["", "Content-Length: 1099511627776\r\n"])
async def test_a_body_without_end_is_cut_at_the_limit(serve, play, length: str) -> None:
    head = f"HTTP/1.1 200 OK\r\n{length}\r\n".encode()
    server = await serve(play(head, again=b"0123456789" * 1000))
    failed = await got(server.url, limits=TransportLimits(wire=50_005, decoded=1 << 20))
    assert isinstance(failed, Failure)
    assert failed.phase == "limit"
    assert failed.message == "the body is larger than 50,005 bytes; what fits is kept"
    assert failed.partial is not None
    assert failed.partial.body == (b"0123456789" * 5001)[:50_005]


async def test_a_bomb_is_cut_at_the_limit(serve, play) -> None:
    squeezed = gzip.compress(bytes(30 << 20), mtime=0)
    server = await serve(play(answer(squeezed, "Content-Encoding: gzip")))
    failed = await got(server.url, limits=TransportLimits(decoded=1 << 20))
    assert isinstance(failed, Failure)
    assert failed.phase == "limit"
    assert failed.message == "the body is larger than 1 MiB; what fits is kept"
    assert failed.partial is not None
    assert failed.partial.body == bytes(1 << 20)


# ------------------------------------------------------------------------------- TLS


@pytest.mark.parametrize(
    ("certificate", "trusted", "words"),
    [
        ("localhost", "other", "the certificate is not trusted: self-signed certificate"),
        ("expired", "expired", "the certificate is not trusted: certificate has expired"),
        ("other", "other", "the certificate is not trusted: IP address mismatch"),
    ],
)
async def test_a_certificate_that_is_not_good_is_refused(
    serve, play, monkeypatch: pytest.MonkeyPatch, certificate: str, trusted: str, words: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / f"{trusted}.pem"))
    server = await serve(play(OK), certificate=certificate)
    failed = await got(server.url)
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert failed.message.startswith(f"TLS with {server.url}: {words}")
    assert server.requests == []


async def test_an_authority_of_the_environment_is_trusted(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "localhost.pem"))
    server = await serve(play(OK), certificate="localhost")
    answered = await got(server.url)
    assert isinstance(answered, Response)
    assert answered.body == b"ok"


async def test_a_connection_over_tls_is_used_again_too(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "localhost.pem"))
    server = await serve(play(OK, "keep"), play(OK, "keep"), play(OK), certificate="localhost")
    async with Http() as http:
        for _ in range(3):
            assert isinstance(await http.send(request(server.url, "POST", b"x"), 5.0), Response)
    assert (server.connections, len(server.requests)) == (1, 3)


async def test_https_to_a_port_without_tls_says_so(serve, play) -> None:
    server = await serve(play(answer(b"", status="400 Bad Request")), at_once="answer")
    failed = await got(server.url.replace("http:", "https:"))
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert failed.message.endswith("does not speak TLS on this port; http:// may be meant")


async def test_http_to_a_port_with_tls_is_a_failure(serve, play) -> None:
    server = await serve(play(OK), certificate="localhost")
    failed = await got(server.url.replace("https:", "http:"))
    assert isinstance(failed, Failure)
    assert failed.phase in ("read", "protocol")


async def test_a_handshake_nobody_answers_ends_with_the_time(serve) -> None:
    server = await serve(at_once="hold")
    url = server.url.replace("http:", "https:")
    with over(Network(Timeouts(tls=0.1))):
        failed = await got(url)
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert failed.message == f"TLS with {url} was not agreed within 0.1 s"


# ------------------------------------------------------------------------------- proxies


async def test_a_proxy_of_the_environment_is_named(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(play(OK))
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//user:secret@"))
    monkeypatch.setenv("NO_PROXY", "direct.test")
    answered = await got("http://api.test/x")
    assert isinstance(answered, Response)
    assert answered.notes == (f"came through the proxy 127.0.0.1:{proxy.port}, which could see it",)
    assert proxy.requests[0].startswith(b"GET http://api.test/x HTTP/1.1\r\n")


async def test_a_proxy_that_is_not_there_is_named(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    failed = await got("http://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase == "connect"
    assert failed.message.endswith(f"(through the proxy 127.0.0.1:{closed_port})")


# ------------------------------------------------------------------------------- its life


async def test_a_transport_that_sent_nothing_closes() -> None:
    async with Http() as http:
        pass
    async with http:
        pass


async def test_a_transport_works_again_after_it_was_closed(serve, play) -> None:
    server = await serve(play(OK))
    http = Http()
    for _ in range(2):
        async with http:
            assert isinstance(await http.send(request(server.url), 5.0), Response)
    assert len(server.requests) == 2


async def test_a_proxy_of_another_kind_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    failed = await got("http://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase == "connect"
    assert "the proxy is no HTTP proxy (through the proxy 127.0.0.1:1080)" in failed.message


# ------------------------------------------------------------------------------- one URL for all


@given(
    base=st.text(max_size=12).map(lambda text: f"http://api.test/{text}"),
    path=st.text(max_size=12).map(lambda text: f"/{text}"),
    value=st.text(max_size=12),
    name=st.text(min_size=1, max_size=6),
)
def test_a_url_that_was_built_is_sent_as_it_is_shown(
    base: str, path: str, value: str, name: str
) -> None:
    spec = ParameterSpec(name, "query", style="form", explode=True)
    try:
        url = join_url(base, expand_path(path, {}), query_text(query_pairs(spec, value)))
    except CannotSend:
        return
    sent = httpx.Request("GET", url).url.raw_path.decode("ascii")
    shown = url.removeprefix("http://api.test") or "/"
    assert sent == shown
