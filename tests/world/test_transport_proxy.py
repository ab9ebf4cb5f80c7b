"""Proxies of the environment: what they are told, what they see, how they fail, and what is never shown."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.world.hosts import judged_by
from arazzo_tui.world.network import Network, Timeouts, over, read_insecure
from arazzo_tui.world.transport import Http, proxy_for

HERE = Path(__file__).parent / "certificates"
AUTHORITY = HERE / "authority.pem"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
SECRET = "p%40ss%3Aword"
BASIC = b64encode(b"user:p@ss:word").decode()


@dataclass(slots=True)
class Proxy:
    """A proxy that says `answer` to each CONNECT, and leads to one port whatever it was asked for."""

    answer: bytes
    to: int = 0
    scheme: str = "http"
    port: int = 0
    heads: list[str] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)

    def url(self, user: str = "") -> str:
        return f"{self.scheme}://{user}127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened = [writer]
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
            writer.write(self.answer)
            await writer.drain()
            if not self.to:
                writer.close()
                await writer.wait_closed()
            else:
                there, away = await asyncio.open_connection("127.0.0.1", self.to)
                opened.append(away)
                await asyncio.gather(self._pass(reader, away), self._pass(there, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for each in opened:
                each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                self.seen += data
                writer.write(data)
                await writer.drain()
            writer.close()


@asynccontextmanager
async def proxied(
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
    to: int = 0,
    *,
    user: str = "",
    certificate: str = "",
) -> AsyncIterator[Proxy]:
    """A proxy, named by the environment for all there is."""
    proxy = Proxy(answer, to, "https" if certificate else "http")
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(proxy.serve(reader, writer)))

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(HERE / f"{certificate}.pem")
    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    proxy.port = listening.sockets[0].getsockname()[1]
    monkeypatch.setenv("ALL_PROXY", proxy.url(user))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    try:
        yield proxy
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


TRUSTING = Network(Timeouts(), (AUTHORITY,))


async def got(
    url: str, within: float = 5.0, network: Network = TRUSTING, body: bytes | None = None
) -> Response | Failure:
    fields = [("Host", url.partition("//")[2].partition("/")[0])]
    if body is not None:
        fields.append(("Content-Length", str(len(body))))
    asked = Request("GET" if body is None else "POST", url, tuple(fields), body)
    async with Http() as http:
        with over(network):
            return await http.send(asked, within)


def told(answer: Response | Failure) -> str:
    """All that is said of the way an answer came, or of why there is none."""
    return "; ".join(answer.notes) if isinstance(answer, Response) else answer.message


# ------------------------------------------------------------------------------- what they are told


async def test_a_plain_request_is_told_to_the_proxy_with_its_whole_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with proxied(monkeypatch, OK, user=f"user:{SECRET}@") as proxy:
        answered = await got("http://api.test/x?y=1")
    assert told(answered) == f"came through the proxy 127.0.0.1:{proxy.port}, which could see it"
    assert proxy.heads[0].startswith("GET http://api.test/x?y=1 HTTP/1.1\r\nHost: api.test\r\n")
    assert f"Proxy-Authorization: Basic {BASIC}\r\n" in proxy.heads[0]


async def test_a_request_over_tls_goes_through_a_tunnel_that_sees_nothing(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(play(OK), certificate="served")
    async with proxied(monkeypatch, OPEN, server.port, user=f"user:{SECRET}@") as proxy:
        answered = await got("https://api.test/x", body=b"hidden from all")
    assert isinstance(answered, Response)
    assert told(answered) == f"came through a tunnel of the proxy 127.0.0.1:{proxy.port}"
    assert proxy.heads == [
        f"CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\nProxy-Authorization: Basic {BASIC}\r\n\r\n"
    ]
    assert server.requests[0].startswith(b"POST /x HTTP/1.1\r\nHost: api.test\r\n")
    assert b"proxy" not in server.requests[0].lower()
    assert b"hidden from all" in server.requests[0]
    assert b"hidden from all" not in proxy.seen


async def test_the_server_behind_a_tunnel_is_verified(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(play(OK), certificate="served")
    async with proxied(monkeypatch, OPEN, server.port) as proxy:
        failed = await got("https://other.test/x")
        insecure = Network(insecure=read_insecure(["other.test"]))
        answered = await got("https://other.test/x", network=insecure)
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert "the certificate is not trusted: Hostname mismatch" in failed.message
    assert failed.message.endswith(f"(through the proxy 127.0.0.1:{proxy.port})")
    assert told(answered).endswith("of other.test:443 was not verified (--insecure)")
    assert len(server.requests) == 1


async def test_a_proxy_may_speak_tls_itself(serve, play, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await serve(play(OK), certificate="served")
    async with proxied(monkeypatch, OPEN, server.port, certificate="served"):
        secured = await got("https://api.test/x")
    async with proxied(monkeypatch, OK, certificate="served") as proxy:
        plain = await got("http://api.test/x")
    assert isinstance(secured, Response)
    assert isinstance(plain, Response)
    assert (secured.body, plain.body) == (b"ok", b"ok")
    assert proxy.heads[0].startswith("GET http://api.test/x HTTP/1.1\r\n")


async def test_a_proxy_that_is_not_trusted_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(monkeypatch, OK, user=f"user:{SECRET}@", certificate="localhost") as proxy:
        failed = await got("http://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase == "connect"
    assert "was not reached: the proxy cannot be connected to: the certificate" in failed.message
    assert proxy.heads == []


async def test_each_exchange_through_a_proxy_has_a_connection_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with proxied(monkeypatch, OK) as proxy, Http() as http:
        asked = Request("GET", "http://api.test/", (("Host", "api.test"),))
        for _ in range(2):
            assert isinstance(await http.send(asked, 5.0), Response)
    assert len(proxy.heads) == 2


async def test_what_a_proxy_reaches_is_judged_by_its_name_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with proxied(monkeypatch, OK):
        with judged_by(lambda _: "no address is good"):
            assert isinstance(await got("http://api.test/x"), Response)


# ------------------------------------------------------------------------------- how they fail


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 403 No \x1b[31mway\r\nContent-Length: 3\r\n\r\nxxx",
         "the proxy does not open a tunnel to api.test:443: 403 No ␛[31mway"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
         "407 Proxy Authentication Required; see the proxy's user and password"),
        (b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n", "301 Moved"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "the proxy does not answer as a proxy does"),
        (bytes(range(1, 255)) * 9, "the proxy does not answer as a proxy does"),
        (b"", "the proxy does not answer as a proxy does"),
        (b"HTTP/1.1 200", "the proxy does not answer as a proxy does"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
         "the proxy does not answer as a proxy does"),
        (b"HTTP/1.1 103 Early\r\n\r\n" * 200, "the proxy does not answer as a proxy does"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 30_000, "the proxy does not answer as a proxy does"),
    ],
)  # fmt: skip
async def test_a_proxy_that_opens_no_tunnel_is_told(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, words: str
) -> None:
    async with proxied(monkeypatch, answer, user=f"user:{SECRET}@") as proxy:
        failed = await got("https://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase == "connect"
    assert words in failed.message
    assert failed.message.endswith(f"(through the proxy 127.0.0.1:{proxy.port})")
    assert failed.partial is None
    for secret in (SECRET, "p@ss", BASIC, "user:"):
        assert secret not in failed.message


@pytest.mark.parametrize("after", [b"HTTP/1.1 400 Bad\r\n\r\n", bytes(range(1, 255))])
async def test_a_tunnel_that_leads_to_rubbish_is_no_tls(
    monkeypatch: pytest.MonkeyPatch, after: bytes
) -> None:
    async with proxied(monkeypatch, OPEN + after):
        failed = await got("https://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase in ("tls", "connect")


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n\r\n", b"", bytes(range(1, 255)) * 9])
async def test_a_proxy_that_answers_rubbish_to_a_plain_request_is_named(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    async with proxied(monkeypatch, answer, user=f"user:{SECRET}@") as proxy:
        failed = await got("http://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase in ("protocol", "read")
    assert failed.message.endswith(f"(through the proxy 127.0.0.1:{proxy.port})")
    assert SECRET not in failed.message


async def test_a_proxy_that_says_nothing_ends_with_its_time(
    serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(at_once="hold")
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    phase = await got("https://api.test/", network=Network(Timeouts(first_byte=0.05)))
    whole = await got("https://api.test/", 0.05)
    assert told(phase).startswith("no way to https://api.test/ was opened within 0.05 s")
    assert told(whole).startswith("no answer within 0.05 s: not a byte of it had come")


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:port", "http://user:hidden@", "ftp://user:hidden@x", "http://[::1"]
)
async def test_a_proxy_that_is_no_url_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    failed = await got("http://api.test/x")
    assert isinstance(failed, Failure)
    assert failed.phase == "connect"
    assert "hidden" not in failed.message


# ------------------------------------------------------------------------------- when they are used


@pytest.mark.parametrize(
    ("environment", "url", "expected"),
    [
        ({"http_proxy": "http://p:1"}, "http://api.test/", "http://p:1"),
        ({"HTTP_PROXY": "p:1"}, "http://api.test/", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "http://api.test/", ""),
        ({"https_proxy": "http://p:1"}, "https://api.test/", "http://p:1"),
        ({"all_proxy": "http://p:1", "http_proxy": "http://q:1"}, "http://api.test/", "http://q:1"),
        ({"all_proxy": "http://p:1"}, "https://api.test/", "http://p:1"),
        ({"all_proxy": "http://p:1", "no_proxy": "other.test,api.test"}, "http://api.test/", ""),
        ({"all_proxy": "http://p:1", "no_proxy": ".test"}, "http://api.test:80/", ""),
        ({"all_proxy": "http://p:1", "no_proxy": "*"}, "http://api.test/", ""),
        ({"all_proxy": "http://p:1", "no_proxy": "pi.test"}, "http://api.test/", "http://p:1"),
        ({"all_proxy": "http://p:1"}, "http://127.0.0.1:8080/", ""),
        ({"all_proxy": "http://p:1"}, "http://localhost/", ""),
        ({"all_proxy": "http://p:1"}, "http://[::1]:1/", ""),
        ({}, "http://api.test/", ""),
    ],
)  # fmt: skip
def test_the_environment_says_which_proxy(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, expected: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == expected
