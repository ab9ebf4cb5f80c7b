"""Reading a document at a URL that the user agreed to: small, within a time, over http(s) only.

The same transport as for API calls, with the limits of documents. It is called beside the loop, as all
reading of documents is.
"""

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic
from urllib.parse import urljoin, urlsplit

from arazzo_tui.engine.credentials import origin_of
from arazzo_tui.engine.exchange import Failure, Request, Response, header
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.hosts import NotAgreed, Reach, judged_by, place_of, reach_of, url_of
from arazzo_tui.world.network import Network, over
from arazzo_tui.world.reading import LARGEST, CannotRead, NotFetched
from arazzo_tui.world.trust import Agreement

_WITHIN = 20.0
"""Seconds for a document in all, redirects included."""

_MOST_HOPS = 5
_ACCEPT = "application/vnd.oai.workflows+yaml, application/yaml, application/json;q=0.9, */*;q=0.8"


def named_by(names: Iterable[str]) -> Agreement:
    """Agreement to the hosts of the URLs that somebody named, and to no other."""
    return _Named(frozenset(names))


class _Named:
    """The hosts of some URLs; each may be where its URL says, or out on the network."""

    def __init__(self, names: frozenset[str]) -> None:
        self._origins = {origin_of(name) for name in names} - {""}

    def refusal(self, url: str) -> str:
        """Why a URL is not fetched."""
        return "" if origin_of(url) in self._origins else "nobody named its host"

    def refusal_at(self, url: str, address: str) -> str:
        """Why the host of a URL is not asked at an address."""
        here = reach_of(url_of(address, 0))
        if here in (Reach.PUBLIC, reach_of(url)):
            return ""
        return f"its host is at {one_line(address, 60)}, {here.value}"


def fetcher(agreed: Agreement, network: Network | None = None) -> Callable[[str], bytes]:
    """What reads the bytes at a URL; raises `CannotRead` where it may not be called, or redirects so."""
    reached = network or Network()

    def fetch(url: str) -> bytes:
        ends = monotonic() + _WITHIN
        judged = url
        for _ in range(_MOST_HOPS + 1):
            if not origin_of(url) or "@" in urlsplit(url).netloc:
                raise CannotRead("is no URL of a host alone, without a user, that can be fetched")
            with over(reached):
                answered = _answer(url, judged, agreed, ends - monotonic())
            match answered:
                case Failure(message=message):
                    raise CannotRead(f"could not be fetched: {message}")
                case Response(status=status) as answer if 300 <= status < 400:
                    there = _next(url, answer)
                    judged = judged if _is_same_host(url, there) else there
                    url = there
                case Response(status=status) if status != 200:
                    raise CannotRead(f"could not be fetched: {one_line(url, 120)} answers {status}")
                case Response(body=body):
                    return body
        raise CannotRead(f"could not be fetched: more than {_MOST_HOPS} redirects")

    return fetch


def _answer(url: str, judged: str, agreed: Agreement, within: float) -> Response | Failure:
    """The answer from a URL, if that of `judged`, which led to it, may be called."""
    where = f"is at {one_line(url, 120)}, which is not fetched unasked"
    if refusal := agreed.refusal(judged):
        raise NotFetched(f"{where}: {refusal}")
    try:
        with judged_by(lambda address: agreed.refusal_at(judged, address)):
            return asyncio.run(_get(url, within))
    except NotAgreed as refused:
        raise NotFetched(f"{where}: {refused}") from None


async def _get(url: str, within: float) -> Response | Failure:
    from arazzo_tui.world.transport import Http, TransportLimits

    parts = urlsplit(url)
    fields = (("Host", parts.netloc), ("Accept", _ACCEPT), ("Accept-Encoding", "gzip, deflate"))
    async with Http(TransportLimits(wire=LARGEST, decoded=LARGEST)) as transport:
        return await transport.send(Request("GET", url, fields), max(within, 0.0))


def _next(url: str, answer: Response) -> str:
    """Where a redirect leads; only to http(s), and never out of https, whatever the server says."""
    try:
        there = urljoin(url, header(answer.headers, "location") or "")
        scheme = urlsplit(there).scheme.lower()
    except ValueError:
        there, scheme = header(answer.headers, "location") or "", ""
    if scheme == "https" or scheme == urlsplit(url).scheme.lower() == "http":
        return there
    raise CannotRead(f"could not be fetched: it redirects to {one_line(there, 120)}")


def _is_same_host(url: str, there: str) -> bool:
    """Whether a redirect stays at a host and port, or goes from http to https there."""
    before, after = place_of(url), place_of(there)
    upgraded = before is not None and before[1] == 80 and after == (before[0], 443)
    return before == after or (upgraded and urlsplit(there).scheme.lower() == "https")
