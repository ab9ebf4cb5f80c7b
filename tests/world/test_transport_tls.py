"""TLS against servers on loopback: who is trusted, what is shown of oneself, and what is not verified."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.world.network import (
    ClientCertificate,
    HostTrust,
    Network,
    Place,
    over,
    read_insecure,
)
from arazzo_tui.world.transport import Http

HERE = Path(__file__).parent / "certificates"
AUTHORITY = HERE / "authority.pem"
CLIENT = ClientCertificate(HERE / "client.pem")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def network(
    hosts: Mapping[Place, HostTrust] | None = None, *authorities: Path, insecure: str = ""
) -> Network:
    return Network(
        authorities=authorities,
        hosts=hosts or {},
        insecure=read_insecure([insecure] if insecure else []),
    )


async def got(url: str, reached: Network | None = None) -> Response | Failure:
    async with Http() as http:
        with over(reached or Network()):
            host = url.partition("//")[2].partition("/")[0]
            return await http.send(Request("GET", url, (("Host", host),)), 5.0)


def body(answer: Response | Failure) -> bytes | str:
    return answer.body if isinstance(answer, Response) else answer.message


# ------------------------------------------------------------------------------- who is trusted


async def test_an_unknown_authority_is_not_trusted(serve, play) -> None:
    server = await serve(play(OK), certificate="served")
    failed = await got(server.url)
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert "the certificate is not trusted: unable to get local issuer" in failed.message
    assert server.requests == []


@pytest.mark.parametrize(
    "reached",
    [
        network(None, AUTHORITY),
        network({("127.0.0.1", None): HostTrust((AUTHORITY,))}),
        network({("localhost", None): HostTrust()}, HERE / "other.pem", AUTHORITY),
    ],
)
async def test_an_authority_of_the_settings_is_trusted(serve, play, reached: Network) -> None:
    server = await serve(play(OK), certificate="served")
    answered = await got(server.url, reached)
    assert body(answered) == b"ok"
    assert isinstance(answered, Response)
    assert answered.notes == ()


async def test_an_authority_for_one_host_or_port_is_not_one_for_others(serve, play) -> None:
    server = await serve(play(OK), certificate="served")
    for place in (("localhost", None), ("127.0.0.1", server.port + 1)):
        failed = await got(server.url, network({place: HostTrust((AUTHORITY,))}))
        assert isinstance(failed, Failure)
        assert failed.phase == "tls"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", str(AUTHORITY)),
        ("REQUESTS_CA_BUNDLE", str(AUTHORITY)),
    ],
)
async def test_an_authority_of_the_environment_is_trusted(
    serve, play, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    server = await serve(play(OK), certificate="served")
    assert body(await got(server.url)) == b"ok"


async def test_a_folder_of_authorities_of_the_environment_is_trusted(
    serve, play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # OpenSSL finds them by the hash of their subject: this is that of `authority.pem`.
    (tmp_path / SUBJECT_HASH).symlink_to(AUTHORITY)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(HERE / "other.pem"))
    server = await serve(play(OK), certificate="served")
    assert body(await got(server.url)) == b"ok"


SUBJECT_HASH = "8d171254.0"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
async def test_authorities_of_the_environment_that_are_not_there_are_named(
    serve, play, monkeypatch: pytest.MonkeyPatch, name: str, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "gone"))
    server = await serve(play(OK), certificate="served")
    failed = await got(server.url, network(None, AUTHORITY))
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert name in failed.message
    assert "gone" in failed.message
    assert server.requests == []


@pytest.mark.parametrize(
    ("certificate", "words"),
    [("other", "IP address mismatch"), ("expired", "certificate has expired")],
)
async def test_a_trusted_certificate_is_still_held_to_its_name_and_its_time(
    serve, play, certificate: str, words: str
) -> None:
    server = await serve(play(OK), certificate=certificate)
    failed = await got(server.url, network(None, HERE / f"{certificate}.pem"))
    assert isinstance(failed, Failure)
    assert (failed.phase, words in failed.message) == ("tls", True), failed.message


# ------------------------------------------------------------------------------- what is shown of oneself


async def test_a_server_that_wants_a_client_certificate_gets_that_of_its_host(serve, play) -> None:
    server = await serve(play(OK), certificate="served", clients=True)
    given = network({("127.0.0.1", None): HostTrust((), CLIENT)}, AUTHORITY)
    assert body(await got(server.url, given)) == b"ok"


async def test_a_client_certificate_is_never_shown_to_another_host(serve, play) -> None:
    server = await serve(play(OK), certificate="served", clients=True)
    for place in (("localhost", None), ("127.0.0.1", server.port + 1)):
        failed = await got(server.url, network({place: HostTrust((), CLIENT)}, AUTHORITY))
        assert isinstance(failed, Failure)
    assert server.requests == []


async def test_a_server_that_says_it_wants_a_certificate_is_understood() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "served.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(AUTHORITY)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def refuse() -> None:  # a blocking server, because asyncio's sends no alert
            raw, _ = listening.accept()
            with context.wrap_socket(
                raw, server_side=True, do_handshake_on_connect=False
            ) as secured:
                with pytest.raises(ssl.SSLError):
                    secured.do_handshake()
                # To close with the request unread would take the alert back.
                with suppress(OSError):
                    socket.socket.shutdown(secured, socket.SHUT_WR)
                    while socket.socket.recv(secured, 65536):
                        pass

        refused = asyncio.ensure_future(asyncio.to_thread(refuse))
        failed = await got(f"https://127.0.0.1:{port}", network(None, AUTHORITY))
        await refused
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert "may want a certificate of yours (`tls` in arazzo-tui.yaml)" in failed.message


async def test_an_encrypted_key_is_opened_with_its_passphrase(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARAZZO_TUI_PASSPHRASE", "passphrase")
    client = ClientCertificate(
        HERE / "client-alone.pem", HERE / "client-key.pem", "ARAZZO_TUI_PASSPHRASE"
    )
    server = await serve(play(OK), certificate="served", clients=True)
    given = network({("127.0.0.1", None): HostTrust((AUTHORITY,), client)})
    assert body(await got(server.url, given)) == b"ok"


async def test_files_that_went_away_meanwhile_are_a_failure(serve, play, tmp_path: Path) -> None:
    server = await serve(play(OK), certificate="served")
    failed = await got(server.url, network(None, tmp_path / "gone.pem"))
    assert isinstance(failed, Failure)
    assert failed.phase == "tls"
    assert failed.message.endswith("gone.pem: there is no such file")


# ------------------------------------------------------------------------------- not verified


@pytest.mark.parametrize("certificate", ["served", "localhost", "other", "expired"])
async def test_an_insecure_host_is_not_verified_and_every_answer_says_so(
    serve, play, certificate: str
) -> None:
    server = await serve(play(OK, "keep"), certificate=certificate)
    reached = network(insecure=f"127.0.0.1:{server.port}")
    for _ in range(2):
        answered = await got(server.url, reached)
        assert isinstance(answered, Response)
        said = f"the certificate of 127.0.0.1:{server.port} was not verified (--insecure)"
        assert answered.notes == (said,)


async def test_one_insecure_host_leaves_all_others_verified(serve, play) -> None:
    one = await serve(play(OK), certificate="localhost")
    two = await serve(play(OK), certificate="localhost")
    reached = network(insecure=f"127.0.0.1:{one.port}")
    assert body(await got(one.url, reached)) == b"ok"
    refused = await got(two.url, reached)
    assert isinstance(refused, Failure)
    assert refused.phase == "tls"
    assert two.requests == []


async def test_a_connection_that_was_not_verified_is_not_used_where_it_has_to_be(
    serve, play
) -> None:
    server = await serve(play(OK, "keep"), certificate="localhost")
    fields = (("Host", f"127.0.0.1:{server.port}"),)
    async with Http() as http:
        with over(network(insecure="127.0.0.1")):
            assert isinstance(await http.send(Request("GET", server.url, fields), 5.0), Response)
        verified = await http.send(Request("GET", server.url, fields), 5.0)
    assert isinstance(verified, Failure)
    assert verified.phase == "tls"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.test", "https://a.test", "a.test/x", "user@a.test", "a:b:c", "a.test:x", "a b"],
)
def test_what_is_no_host_cannot_be_insecure(text: str) -> None:
    with pytest.raises(ValueError, match="a host is written HOST or HOST:PORT"):
        read_insecure([text])


def test_a_host_is_insecure_whatever_its_case_and_with_all_its_ports() -> None:
    reached = network(insecure="Api.Test")
    assert not reached.trust("api.test", 443).verified
    assert not reached.trust("API.test", 8443).verified
    assert reached.trust("other.test", 443).verified
    assert network(insecure="[::1]:443").trust("::1", 443).verified is False
