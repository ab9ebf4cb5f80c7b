"""Reading a document at a URL that the user agreed to: small, within a time, over http(s) only.

The same transport as for API calls, with the limits of documents. It is called beside the loop, as all
reading of documents is.
"""

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import urljoin, urlsplit

from arazzo_tui.engine.credentials import origin_of
from arazzo_tui.engine.exchange import Failure, Request, Response, header
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.reading import LARGEST, CannotRead

_WITHIN = 20.0
_MOST_HOPS = 5
_ACCEPT = "application/vnd.oai.workflows+yaml, application/yaml, application/json;q=0.9, */*;q=0.8"


def named_by(names: Iterable[str]) -> Callable[[str], bool]:
    """Agreement to the origins of the URLs that somebody named, and to no other."""
    origins = {origin_of(name) for name in names} - {""}
    return lambda origin: origin in origins


def fetcher(agreed: Callable[[str], bool]) -> Callable[[str], bytes]:
    """What reads the bytes at a URL; raises `CannotRead` where `agreed` says no to its origin."""

    def fetch(url: str) -> bytes:
        for _ in range(_MOST_HOPS + 1):
            if not origin_of(url) or "@" in urlsplit(url).netloc:
                raise CannotRead("is no URL of a host alone, without a user, that can be fetched")
            if not agreed(origin_of(url)):
                raise CannotRead(f"is at {one_line(url, 120)}, which is not fetched unasked")
            answer = asyncio.run(_get(url))
            match answer:
                case Failure(message=message):
                    raise CannotRead(f"could not be fetched: {message}")
                case Response(status=status) if 300 <= status < 400:
                    url = _next(url, answer)
                case Response(status=status) if status != 200:
                    raise CannotRead(f"could not be fetched: {one_line(url, 120)} answers {status}")
                case Response(body=body):
                    return body
        raise CannotRead(f"could not be fetched: more than {_MOST_HOPS} redirects")

    return fetch


async def _get(url: str) -> Response | Failure:
    from arazzo_tui.world.transport import Http, TransportLimits

    parts = urlsplit(url)
    fields = (("Host", parts.netloc), ("Accept", _ACCEPT), ("Accept-Encoding", "gzip, deflate"))
    async with Http(TransportLimits(wire=LARGEST, decoded=LARGEST)) as transport:
        return await transport.send(Request("GET", url, fields), _WITHIN)


def _next(url: str, answer: Response) -> str:
    """Where a redirect leads; only to http(s), whatever the server says."""
    there = urljoin(url, header(answer.headers, "location") or "")
    if urlsplit(there).scheme.lower() not in ("http", "https"):
        raise CannotRead(f"could not be fetched: it redirects to {one_line(there, 120)}")
    return there
