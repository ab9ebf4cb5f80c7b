"""Which hosts may be called: looked at just before a request leaves, and when a connection has arrived.

Once the user gives a list, nothing else is called, whatever a document or a server names. What holds
without a list is told in `consent`.
"""

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.hosts import NotAgreed, Reach, judged_by, place_of, reach_of, url_of
from arazzo_tui.world.session import Transport

NEAR = frozenset({Reach.PUBLIC, Reach.LOOPBACK, Reach.PRIVATE})
"""Where a name that the user gave may lead: nobody means the metadata of a cloud by one."""


class Agreement(Protocol):
    """Whoever knows what may be called."""

    def refusal(self, url: str) -> str:
        """Why a URL may not be called; empty where it may be."""
        ...

    def refusal_at(self, url: str, address: str) -> str:
        """Why the host of a URL may not be called at an address; empty where it may be."""
        ...


class AllowedHosts(Struct, frozen=True):
    """Hosts, each with a port or with all of them. Without any entry everything is allowed."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    def allow(self, url: str) -> bool:
        """Whether the host and port of a URL are on the list."""
        if not self.entries:
            return True
        place = place_of(url)
        return place is not None and bool(self.entries & {(place[0], None), place})

    def refusal(self, url: str) -> str:
        """Why a URL may not be called."""
        if self.allow(url):
            return ""
        host = one_line(urlsplit(url).netloc if place_of(url) else url, 80)
        return f"{host} was not allowed (--allow-host); nothing was sent"

    def refusal_at(self, url: str, address: str) -> str:
        """Why the host of a URL may not be called at an address: only with a list is that judged."""
        if not self.entries:
            return ""
        return "" if self.allow_at(url, address) else refused_at(url, address)

    def allow_at(self, url: str, address: str) -> bool:
        """Whether a listed host may be at an address: nearly anywhere, or where the list says."""
        _, port = place_of(url) or ("", 0)
        here = url_of(address, port)
        return reach_of(here) in NEAR | {reach_of(url)} or self.allow(here)


def refused_at(url: str, address: str) -> str:
    """A sentence that a host turned out to be where nobody expected it, and how to allow that."""
    _, port = place_of(url) or ("", 0)
    here = url_of(address, port)
    strict = reach_of(here) not in NEAR
    flag = f"{flag_for(url)} {flag_for(here)}" if strict else flag_for(url)
    host, what = one_line(flag_for(url).partition(" ")[2], 80), reach_of(here).value
    return f"{host} is at {one_line(address, 60)}, {what}: allow it with {flag}; nothing was sent"


def flag_for(url: str) -> str:
    """What allows the host and port of a URL, as it is written on the command line."""
    host, port = place_of(url) or ("", 0)
    return one_line(f"--allow-host {url_of(host, port).removeprefix('http://')}", 300)


def read_allowed_hosts(texts: Iterable[str]) -> AllowedHosts:
    """`HOST` or `HOST:PORT`, as often as given; raises `ValueError` with a sentence."""
    entries: set[tuple[str, int | None]] = set()
    for text in texts:
        parts = urlsplit(f"//{text}")
        try:
            port = parts.port
        except ValueError:
            port = -1
        if not parts.hostname or parts.path or parts.username or port == -1:
            raise ValueError(f"a host is written HOST or HOST:PORT; this is `{one_line(text, 80)}`")
        entries.add((parts.hostname.lower(), port))
    return AllowedHosts(frozenset(entries))


class Gate:
    """A transport that lets only allowed hosts through; the rest is refused before it is sent."""

    def __init__(self, transport: Transport, hosts: Agreement) -> None:
        self._transport = transport
        self._hosts = hosts

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer, or a refusal that names the host."""
        if refusal := self._hosts.refusal(request.url):
            return Failure("trust", refusal)
        try:
            with judged_by(lambda address: self._hosts.refusal_at(request.url, address)):
                return await self._transport.send(request, within)
        except NotAgreed as refused:
            return Failure("trust", str(refused))
