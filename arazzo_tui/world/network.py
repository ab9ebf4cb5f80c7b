"""How servers are reached, as values: whom TLS trusts, what this machine shows of itself, how long it waits.

A project's settings say it for each host, the command line for one run. The transport asks for what holds
in the task that sends; nothing is read from a file and nothing is sent here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.world.session import Transport

WHOLE = 30.0
"""Seconds of an exchange in all, where nobody says otherwise."""

Place: TypeAlias = tuple[str, int | None]
"""A host in lower case and a port; None for all its ports."""

_HOST = re.compile(r"[\w.:-]+")


class Timeouts(Struct, frozen=True):
    """Seconds that the phases of one exchange may take; None where only the whole is limited.

    `first_byte` counts from the last byte of the request, `between_bytes` from each time something came.
    `whole` is for an exchange whose step says nothing of its own.
    """

    connect: float = 10.0
    tls: float = 10.0
    write: float | None = None
    first_byte: float | None = None
    between_bytes: float | None = None
    whole: float | None = None


class ClientCertificate(NamedTuple):
    """Files in PEM; the key may stand in the same as the certificate.

    `passphrase` names the environment variable that holds it; empty for a key that needs none.
    """

    certificate: Path
    key: Path | None = None
    passphrase: str = ""


class HostTrust(NamedTuple):
    """What holds for one host over TLS: more authorities to trust, a certificate of one's own."""

    authorities: tuple[Path, ...] = ()
    client: ClientCertificate | None = None


class Trust(NamedTuple):
    """What a connection over TLS goes by; with `verified` False any certificate will do."""

    authorities: tuple[Path, ...] = ()
    client: ClientCertificate | None = None
    verified: bool = True


class Way(NamedTuple):
    """How a server is come to. `trust` is None without TLS, `proxy` the URL of one, or empty."""

    scheme: str
    host: str
    port: int
    trust: Trust | None = None
    proxy: str = ""


class Network(Struct, frozen=True):
    """How servers are reached. `insecure` are the hosts whose certificates are not verified in this run."""

    timeouts: Timeouts = Timeouts()
    authorities: tuple[Path, ...] = ()
    hosts: Mapping[Place, HostTrust] = {}
    insecure: frozenset[Place] = frozenset()

    def trust(self, host: str, port: int) -> Trust:
        """What TLS goes by with a host; what is said of its port stands over what is said of all."""
        told = [self.hosts.get((host.lower(), each), HostTrust()) for each in (None, port)]
        authorities = (*self.authorities, *told[0].authorities, *told[1].authorities)
        verified = not self.insecure & {(host.lower(), None), (host.lower(), port)}
        return Trust(authorities, told[1].client or told[0].client, verified)


def place_in(text: str) -> Place | None:
    """A host as it is written, `HOST` or `HOST:PORT`; None for what is none."""
    try:
        parts = urlsplit(f"//{text}")
        port = parts.port
    except ValueError:
        return None
    if (
        parts.netloc != text
        or "@" in text
        or not parts.hostname
        or not _HOST.fullmatch(parts.hostname)
    ):
        return None
    return parts.hostname, port


def read_insecure(texts: Iterable[str]) -> frozenset[Place]:
    """The hosts of `--insecure`; raises `ValueError` with a sentence. There is no word for all of them."""
    places: set[Place] = set()
    for text in texts:
        place = place_in(text)
        if place is None:
            raise ValueError(f"a host is written HOST or HOST:PORT; this is {quoted_name(text)}")
        places.add(place)
    return frozenset(places)


def told_insecure(places: Iterable[Place]) -> Iterator[str]:
    """A sentence for each host whose certificate is not verified."""
    for host, port in sorted(places, key=str):
        shown = one_line(host if port is None else f"{host}:{port}", 100)
        yield f"the certificate of {shown} is not verified in this run (--insecure)"


# ------------------------------------------------------------------------------- of one task

_holding: ContextVar[Network] = ContextVar("_holding")
_USUAL = Network()


def holding() -> Network:
    """How servers are reached in this task."""
    return _holding.get(_USUAL)


@contextmanager
def over(network: Network) -> Iterator[None]:
    """Have servers reached so meanwhile, in this task."""
    token = _holding.set(network)
    try:
        yield
    finally:
        _holding.reset(token)


class Over:
    """A transport that reaches servers as a network says, which is asked for each request."""

    def __init__(self, transport: Transport, network: Callable[[], Network]) -> None:
        self._transport = transport
        self._network = network

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer of the transport behind it."""
        with over(self._network()):
            return await self._transport.send(request, within)
