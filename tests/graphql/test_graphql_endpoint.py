"""Hints about a wrong endpoint, and the request that finds out."""

import pytest

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.graphql.endpoint import endpoint_hints, probe
from arazzo_tui.graphql.status import status_meaning
from arazzo_tui.graphql.verdict import Standing, judge
from arazzo_tui.language.values import Json

PAYLOAD: Json = {"query": "mutation { go }", "variables": {}}
ACCEPT = ("Accept", "application/json")


def request(url: str = "http://localhost:8082/", method: str = "POST") -> Request:
    fields = (ACCEPT, ("Authorization", "Bearer x"), ("Content-Type", "text/plain"))
    return Request(method, url, fields, b"{}", PAYLOAD)


def response(status: int, body: bytes = b"", media: str = "text/plain", **fields: str) -> Response:
    headers = (("Content-Type", media), *fields.items())
    return Response(status, "", headers, body, 0.1, len(body), read_content(media, body))


@pytest.mark.parametrize(
    ("url", "answer", "words"),
    [
        ("http://localhost:8082/", response(404, b"404 page not found"), "try /graphql, /public"),
        ("http://localhost:8082/public", response(404, b"no"), "try /graphql, /query"),
        ("http://localhost:4318/", response(404, b"no"), "an OpenTelemetry collector listens"),
        ("https://otel.highlight.io/", response(404, b"no"), "an OpenTelemetry collector listens"),
        ("http://h/", response(200, b"<!DOCTYPE html>", "text/html"), "a web page came"),
        ("http://h/", response(301, location="/graphql/"), "to http://h/graphql/; a POST is not"),
        ("http://h/", response(405, b"no", allow="GET"), "this was POST; this path takes GET"),
        ("http://h/", response(406, b"no"), "`Accept` is `application/json`"),
        ("http://h/", response(415, b"no"), "`Content-Type` is `text/plain`"),
        (
            "http://h/",
            response(400, b"Client sent an HTTP request to an HTTPS server."),
            "https://",
        ),
        ("http://h/", response(400, b"bad"), "is this a GraphQL endpoint at all?"),
        ("http://h/", response(403, b"<html>", "text/html"), "credentials, an allow-list"),
        ("http://h/", response(502, b"<html>", "text/html"), "is the server up?"),
    ],
)
def test_an_answer_that_is_no_graphql_gives_a_hint(url: str, answer: Response, words: str) -> None:
    assert any(words in hint for hint in endpoint_hints(request(url), answer))


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"go":1}}',
        b'{"errors":[{"message":"no"}]}',
        b'{"data":null,"errors":[{"message":"no"}]}',
    ],
)
@pytest.mark.parametrize("status", [200, 400, 404, 405, 422])
def test_a_graphql_answer_gives_no_hint(status: int, body: bytes) -> None:
    assert endpoint_hints(request(), response(status, body, "application/json")) == ()


def test_what_was_no_graphql_request_gives_no_hint() -> None:
    assert endpoint_hints(Request("GET", "http://h/"), response(404)) == ()


def test_the_probe_goes_to_the_same_place_with_the_same_credentials() -> None:
    asked = request("http://h/x?y=1", method="GET")
    found = probe(asked)
    assert (found.method, found.url, found.payload) == (
        "POST",
        asked.url,
        {"query": "{ __typename }"},
    )
    assert found.body == b'{"query":"{ __typename }"}'
    assert found.headers == (
        ACCEPT,
        ("Authorization", "Bearer x"),
        ("Content-Type", "application/json"),
    )


@pytest.mark.parametrize("status", [200, 294, 400, 405, 406, 415, 422])
def test_each_status_of_graphql_over_http_has_a_meaning_that_is_one_line(status: int) -> None:
    meaning = status_meaning(status, "application/graphql-response+json")
    assert meaning.startswith(f"{status} ")
    assert "\n" not in meaning
    assert len(meaning) < 140
    assert judge(status, "", {"data": {"a": 1}}).standing is Standing.OK
