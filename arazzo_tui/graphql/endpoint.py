"""Was it the right endpoint? Hints from an answer that is no GraphQL, and the smallest request to find out.

A hint is a guess and says so by naming what it saw. Nothing is sent here.
"""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit, urlunsplit

from msgspec.structs import replace

from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Request, Response, header
from arazzo_tui.graphql.request import is_graphql
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.graphql.verdict import Standing
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json

PROBE = "{ __typename }"
"""The query every GraphQL server answers, also one that gives no introspection (GraphQL §4.1)."""

USUAL_PATHS = ("/graphql", "/public", "/query", "/api/graphql")
"""Where GraphQL is usually found; `/public` is Highlight's."""

_COLLECTOR_PORTS = frozenset({4317, 4318})


def endpoint_hints(request: Request, response: Response) -> tuple[str, ...]:
    """Sentences about a wrong endpoint or method, the likeliest first; empty for a GraphQL answer."""
    verdict = second_opinion(request, response)
    if verdict is None or verdict.standing is not Standing.NOT_GRAPHQL:
        return ()
    return tuple(dict.fromkeys((*_by_address(request, response), *_by_answer(request, response))))


def probe(request: Request) -> Request:
    """A request for `{ __typename }` to the same URL with the same headers, credentials among them.

    It changes nothing on a server. The body is JSON, whatever the original's was.
    """
    payload: Json = {"query": PROBE}
    fields = [
        (name, value)
        for name, value in request.headers
        if name.lower() not in ("content-type", "content-length", "content-encoding")
    ]
    return replace(
        request,
        method="POST",
        headers=(*fields, ("Content-Type", "application/json")),
        body=write_json(payload).encode(),
        payload=payload,
        origins=(),
    )


def _by_address(request: Request, response: Response) -> Iterator[str]:
    try:
        parts = urlsplit(request.url)
        port = parts.port
    except ValueError:
        return
    if port in _COLLECTOR_PORTS or parts.hostname == "otel.highlight.io":
        yield (
            f"{one_line(parts.netloc, 80)} is where an OpenTelemetry collector listens, which takes no "
            "GraphQL; Highlight's GraphQL is on port 8082"
        )
    if response.status in (404, 405) or _is_html(response):
        paths = [path for path in USUAL_PATHS if path != parts.path.rstrip("/")]
        bare = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        listed = ", ".join(paths)
        yield f"the path is `{one_line(parts.path or '/', 80)}`; on {one_line(bare, 80)} try {listed}"


def _by_answer(request: Request, response: Response) -> Iterator[str]:
    location = header(response.headers, "location")
    if 300 <= response.status < 400 and location:
        there = one_line(urljoin(request.url, location), 120)
        yield f"the server sends the request to {there}; a POST is not followed there: use that URL"
    if _is_html(response):
        yield "a web page came: this is a frontend, or a proxy's error page, and not the API"
    start = response.body[:200].decode("latin-1")
    if "HTTP request to an HTTPS server" in start or "plain HTTP request was sent" in start:
        yield "the server wants https:// at this port"
    yield from _by_status(request, response)


def _by_status(request: Request, response: Response) -> Iterator[str]:
    match response.status:
        case 405:
            allowed = header(response.headers, "allow")
            there = f"; this path takes {one_line(allowed, 60)}" if allowed else ""
            yield f"GraphQL is sent with POST, and this was {one_line(request.method, 20)}{there}"
        case 406:
            sent = header(request.headers, "accept")
            shown = f"is `{one_line(sent, 80)}`" if sent else "is not sent"
            yield f"`Accept` {shown}; try `application/graphql-response+json, application/json;q=0.9`"
        case 415:
            sent = header(request.headers, "content-type")
            shown = f"is `{one_line(sent, 80)}`" if sent else "is not sent"
            yield f"`Content-Type` {shown}; GraphQL is sent as `application/json`"
        case 400 if not isinstance(response.content, JsonContent) or not is_graphql(
            request.payload
        ):
            yield "the server could not read the request; is this a GraphQL endpoint at all?"
        case 401 | 403:
            yield "a gate before GraphQL says no: credentials, an allow-list or a firewall"
        case 502 | 503 | 504:
            yield "a proxy answers for a server that does not: is the server up?"
        case _:
            pass


def _is_html(response: Response) -> bool:
    media = (header(response.headers, "content-type") or "").partition(";")[0].strip().lower()
    start = response.body.lstrip()[:9].lower()
    return media == "text/html" or start.startswith((b"<!doctype", b"<html"))
