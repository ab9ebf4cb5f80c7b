"""Which hosts may be called: what the user allowed, looked at just before a request leaves.

Once a list is given nothing else is called, whatever a document or a server names.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.session import Transport

_PORTS = {"http": 80, "https": 443}


class AllowedHosts(Struct, frozen=True):
    """Hosts, each with a port or with all of them. Without any entry everything is allowed."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    def allow(self, url: str) -> bool:
        """Whether the host and port of a URL are on the list."""
        if not self.entries:
            return True
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme.lower(), 0)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        return (host, None) in self.entries or (host, port) in self.entries


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

    def __init__(self, transport: Transport, hosts: AllowedHosts) -> None:
        self._transport = transport
        self._hosts = hosts

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer, or a refusal that names the host."""
        if self._hosts.allow(request.url):
            return await self._transport.send(request, within)
        host = one_line(urlsplit(request.url).netloc, 80)
        return Failure("trust", f"{host} was not allowed (--allow-host); nothing was sent")
