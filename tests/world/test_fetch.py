"""A document at a URL is fetched when its origin was agreed to, whole, in bounds, and over http(s) alone."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from arazzo_tui.world.consent import consent_of
from arazzo_tui.world.fetch import fetcher, named_by
from arazzo_tui.world.network import Network
from arazzo_tui.world.reading import CannotRead, NotFetched
from arazzo_tui.world.trust import Agreement, AllowedHosts

CERTIFICATES = Path(__file__).parent / "certificates"


def answer(body: bytes = b"", status: str = "200 OK", *fields: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(head).encode() + body


async def fetched(url: str, agreed: Iterable[str]) -> bytes:
    """As the workspace does it: beside the loop that serves."""
    return await asyncio.to_thread(fetcher(named_by(agreed)), url)


async def test_the_bytes_of_a_document_arrive(serve, play) -> None:
    server = await serve(play(answer(b"arazzo: 1.0.1\n")))
    url = f"{server.url}/docs/a.yaml?x=1"
    assert await fetched(url, [url]) == b"arazzo: 1.0.1\n"
    assert server.requests[0].startswith(b"GET /docs/a.yaml?x=1 HTTP/1.1\r\n")
    assert b"authorization" not in server.requests[0].lower()


async def test_agreeing_to_a_document_is_agreeing_to_its_origin_alone(serve, play) -> None:
    first, second = await serve(play(answer(b"one"))), await serve(play(answer(b"two")))
    assert await fetched(f"{first.url}/other.yaml", [f"{first.url}/a.yaml", "local.yaml"]) == b"one"
    with pytest.raises(CannotRead, match="not fetched unasked"):
        await fetched(f"{second.url}/a.yaml", [f"{first.url}/a.yaml", "local.yaml"])
    assert second.requests == []


@pytest.mark.parametrize("url", ["http:///x", "http://u:p@127.0.0.1/", "x.yaml", "http://a:b"])
async def test_what_is_no_url_of_a_host_alone_is_not_fetched(url: str) -> None:
    with pytest.raises(CannotRead, match="is no URL of a host alone"):
        await fetched(url, ["local.yaml", url])


async def test_redirects_are_followed_where_they_were_agreed_to(serve, play) -> None:
    server = await serve(
        play(answer(b"", "302 Found", "Location: ../b.yaml")),
        play(answer(b"moved")),
    )
    assert await fetched(f"{server.url}/d/a.yaml", [server.url]) == b"moved"
    assert server.requests[1].startswith(b"GET /b.yaml ")


async def test_a_redirect_to_another_origin_is_not_followed(serve, play) -> None:
    other = await serve(play(answer(b"secret")))
    server = await serve(play(answer(b"", "301 M", f"Location: {other.url}/x")))
    with pytest.raises(CannotRead, match="not fetched unasked"):
        await fetched(f"{server.url}/a", [server.url])
    assert other.requests == []


async def test_a_redirect_out_of_https_is_not_followed(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "localhost.pem"))
    plain = await serve(play(answer(b"seen by all")))
    server = await serve(
        play(answer(b"", "302 Found", f"Location: {plain.url}/a")), certificate="localhost"
    )
    with pytest.raises(CannotRead, match="it redirects to http:"):
        await fetched(f"{server.url}/a", [server.url, plain.url])
    assert plain.requests == []


class Moves:
    """Agreement to hosts, of which each question is kept."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.asked: list[str] = []

    def refusal(self, url: str) -> str:
        self.asked.append(url)
        return "" if url.startswith(self.hosts) else "no"

    def refusal_at(self, url: str, address: str) -> str:
        return "" if url.startswith(self.hosts) else f"not at {address}"


@pytest.mark.parametrize("times", [1, 3])
async def test_every_hop_is_judged(serve, play, times: int) -> None:
    server = await serve(
        *[play(answer(b"", "302 Found", f"Location: /{hop}")) for hop in range(times)],
        play(answer(b"", "302 Found", "Location: http://10.0.0.1/latest")),
    )
    agreed = Moves(server.url)
    with pytest.raises(NotFetched, match="not fetched unasked: no"):
        await asyncio.to_thread(fetcher(agreed), f"{server.url}/a")
    assert len(agreed.asked) == times + 2
    assert agreed.asked[-1] == "http://10.0.0.1/latest"


async def test_a_run_follows_a_redirect_to_what_a_local_document_names(serve, play) -> None:
    other = await serve(play(answer(b"moved")), play(answer(b"moved")))
    server = await serve(play(answer(b"", "301 M", f"Location: {other.url}/x")))
    consent = consent_of(AllowedHosts(), "local.yaml", [])
    consent.declared(server.url, "local.yaml")
    with pytest.raises(NotFetched, match=f"--allow-host 127.0.0.1:{other.port}"):
        await asyncio.to_thread(fetcher(consent), f"{server.url}/a")
    assert other.requests == []
    consent.declared(f"{other.url}/else", "local.yaml")
    assert await asyncio.to_thread(fetcher(consent), f"{server.url}/a") == b"moved"


async def test_a_host_that_is_somewhere_else_is_not_asked_for_a_document(serve, play) -> None:
    class Elsewhere(Moves):
        def refusal_at(self, url: str, address: str) -> str:
            return f"{url} is at {address}"

    server = await serve(play(answer(b"secret")))
    agreed: Agreement = Elsewhere(server.url)
    with pytest.raises(NotFetched, match=r"is at 127\.0\.0\.1"):
        await asyncio.to_thread(fetcher(agreed), f"{server.url}/a")
    assert server.requests == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
async def test_a_redirect_leads_to_http_or_nowhere(serve, play, target: str) -> None:
    server = await serve(play(answer(b"", "302 Found", f"Location: {target}")))
    with pytest.raises(CannotRead, match="it redirects to"):
        await fetched(f"{server.url}/a", [server.url])


async def test_redirects_in_a_circle_end(serve, play) -> None:
    server = await serve(play(answer(b"", "302 Found", "Location: /a")))
    with pytest.raises(CannotRead, match="more than 5 redirects"):
        await fetched(f"{server.url}/a", [server.url])
    assert len(server.requests) == 6


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "401 No", "204 No Content"])
async def test_anything_but_200_is_no_document(serve, play, status: str) -> None:
    server = await serve(play(answer(b"", status)))
    with pytest.raises(CannotRead, match=f"answers {status[:3]}"):
        await fetched(f"{server.url}/a", [server.url])


async def test_a_document_that_breaks_off_is_none(serve, play) -> None:
    server = await serve(play(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\narazzo: 1.0.1"))
    with pytest.raises(CannotRead, match="could not be fetched"):
        await fetched(f"{server.url}/a", [server.url])


async def test_nobody_there_is_said(closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}/a"
    with pytest.raises(CannotRead, match="could not be fetched"):
        await fetched(url, [url])


async def test_a_document_is_fetched_from_a_host_whose_authority_the_settings_name(
    serve, play
) -> None:
    server = await serve(play(answer(b"arazzo: 1.0.1\n")), certificate="served")
    url = f"{server.url}/a.yaml"
    with pytest.raises(CannotRead, match="the certificate is not trusted"):
        await fetched(url, [url])
    trusting = Network(authorities=(CERTIFICATES / "authority.pem",))
    fetch = fetcher(named_by([url]), trusting)
    assert await asyncio.to_thread(fetch, url) == b"arazzo: 1.0.1\n"
