"""Asks before the first request of a folder's documents goes to a host beyond this machine.

Opening a document is always harmless; this is where it would stop being so. The answer holds for the folder
and the host, and is kept outside of the document. A name that leads into a private network, to the link or to
a cloud's metadata is asked for once more, by the address it leads to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import PurePath

from msgspec.structs import replace

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui.repeats import named
from arazzo_tui.world.hosts import (
    NotAgreed,
    Reach,
    judged_by,
    origin_of,
    place_of,
    reach_of,
    url_of,
)
from arazzo_tui.world.session import Transport
from arazzo_tui.world.state import State
from arazzo_tui.world.workspace import address_of, is_url

_MEANT = frozenset({Reach.PUBLIC, Reach.LOOPBACK})
"""Where a name may lead without another question."""

_WHY = {
    Reach.PRIVATE: "Servers in there trust whoever reaches them.",
    Reach.LINK_LOCAL: "Nothing that a document from elsewhere knows of is there.",
    Reach.METADATA: "Whoever can ask there can act as this machine.",
}
_CARRIES = ("authorization", "cookie", "x-api-key", "proxy-authorization")


class Asking:
    """A transport that sends only where somebody agreed to; one question at a time."""

    def __init__(self, transport: Transport, agrees: Callable[[Request], Awaitable[bool]]) -> None:
        self._transport = transport
        self._agrees = agrees
        self._one = asyncio.Lock()

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer, or a refusal that names the host; what waits for the person costs none of the time."""
        asked, agreed = request, set[str]()
        while await self._agreed(asked):
            try:
                with judged_by(lambda address: _refusal(request, address, agreed)):
                    return await self._transport.send(request, within)
            except NotAgreed as refused:
                agreed.add(str(refused))
                asked = _at(request, str(refused))
        host = one_line(origin_of(asked.url), 80)
        return Failure("trust", f"you did not agree to call {host}; nothing was sent")

    async def _agreed(self, request: Request) -> bool:
        async with self._one:
            return await self._agrees(request)


def _refusal(request: Request, address: str, agreed: Collection[str]) -> str:
    """The address itself, where it is not what the URL of a request tells and was not agreed to."""
    there = reach_of(url_of(address, 0))
    return "" if there in _MEANT | {reach_of(request.url)} or address in agreed else address


def _at(request: Request, address: str) -> Request:
    """A request as it would go to the address that its host turned out to be at, to ask about it."""
    place = place_of(request.url)
    host, port = place or ("", 0)
    path = request.url.partition("//")[2].partition("/")[2]
    said = f"{one_line(host, 80)}, now at {address}"
    return replace(request, url=f"{url_of(address, port)}/{path}", server=said)


class Trust:
    """The hosts that documents of a folder may call, as they were agreed to."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._now: dict[str, set[str]] = {}

    def is_given(self, document: str, request: Request) -> bool:
        """Whether a request may leave without a question."""
        if reach_of(request.url) is Reach.LOOPBACK:
            return True
        origin, folder = origin_of(request.url), _folder(document)
        kept = self._state.preference(f"trust {folder}")
        return origin in self._now.get(folder, ()) or (isinstance(kept, list) and origin in kept)

    def give(self, document: str, request: Request) -> None:
        """Trust the host of a request from now on, in every document of the folder."""
        origin, folder = origin_of(request.url), _folder(document)
        known = self._now.setdefault(folder, set())
        known.add(origin)
        kept = self._state.preference(f"trust {folder}")
        before = [each for each in kept if isinstance(each, str)] if isinstance(kept, list) else []
        self._state.prefer(f"trust {folder}", [*dict.fromkeys((*before, *sorted(known)))])


def _folder(document: str) -> str:
    address = address_of(document)
    return address.rpartition("/")[0] if is_url(address) else str(PurePath(address).parent)


def question_lines(document: str, request: Request, redactor: Redactor) -> list[str]:
    """Where a request goes, what it carries, and for whom the answer holds."""
    lines = [redactor.text(named(request)), f"That is {reach_of(request.url).value}."]
    if reach_of(request.url) in _WHY:
        lines.append(_WHY[reach_of(request.url)])
    if request.server:
        lines.append(f"The URL is from {one_line(request.server, 200)}.")
    carried = [name for name, _ in request.headers if name.lower() in _CARRIES]
    if carried:
        lines.append(f"It carries {', '.join(one_line(each, 40) for each in carried)}.")
    if request.body:
        lines.append(f"Its body has {len(request.body):,} bytes.")
    return [*lines, "", f"Kept for this host and {one_line(_folder(document), 200)}"]
