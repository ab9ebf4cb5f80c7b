"""A server gives an absolute URL, or says what is missing."""

import pytest

from arazzo_tui.document.load import load
from arazzo_tui.document.openapi import read_api
from arazzo_tui.document.operation import BadServer, Server, ServerVariable, server_url, undeclared
from arazzo_tui.document.source import Source


@pytest.mark.parametrize(
    ("url", "base", "values", "expected"),
    [
        ("https://a.test/v1", "x.yaml", {}, "https://a.test/v1"),
        ("/v1", "https://b.test/specs/openapi.yaml", {}, "https://b.test/v1"),
        ("v1", "https://b.test/specs/openapi.yaml", {}, "https://b.test/specs/v1"),
        ("/", "https://b.test/specs/openapi.yaml", {}, "https://b.test/"),
        ("//c.test/v1", "https://b.test/openapi.yaml", {}, "https://c.test/v1"),
        ("https://{region}.a.test", "x.yaml", {}, "https://eu.a.test"),
        ("https://{region}.a.test", "x.yaml", {"region": "us"}, "https://us.a.test"),
        ("https://{tenant}.a.test", "x.yaml", {"tenant": "me"}, "https://me.a.test"),
    ],
)
def test_a_server_url_is_filled_and_made_absolute(
    url: str, base: str, values: dict[str, str], expected: str
) -> None:
    server = Server(url, {"region": ServerVariable("eu", ("eu", "us"))})
    assert server_url(server, values, base) == expected


@pytest.mark.parametrize(
    ("url", "values", "said"),
    [
        ("/v1", {}, "is relative to the place of the description"),
        ("api.a.test/v1", {}, "has no scheme; `https://api.a.test/v1` may be meant"),
        ("localhost:3000/v1", {}, "has no scheme; `https://localhost:3000/v1` may be meant"),
        ("https://{region}.a.test", {"region": "mars"}, "must be one of `eu`, `us`"),
        ("https://{tenant}.a.test", {}, "has neither a value nor a default"),
    ],
)
def test_a_server_that_gives_no_url_says_what_is_missing(
    url: str, values: dict[str, str], said: str
) -> None:
    server = Server(url, {"region": ServerVariable("eu", ("eu", "us"))})
    with pytest.raises(BadServer, match="the ") as caught:
        server_url(server, values, "specs/openapi.yaml")
    assert said in str(caught.value)


def test_a_variables_default_written_as_a_number_is_text() -> None:
    text = (
        "openapi: 3.0.0\n"
        "servers: [{url: 'https://a.test:{port}', variables: {port: {default: 8443}}}]\n"
        "paths: {/a: {get: {operationId: it}}}"
    )
    root, _ = load(Source("a.yaml", text))
    assert root is not None
    api, _ = read_api("shop", root, "a.yaml", lambda _: None)
    found = api.by_id("it") if api else None
    assert found is not None
    assert server_url(found.servers[0], {}, "") == "https://a.test:8443"


def test_an_undeclared_parameter_has_the_default_style_of_its_place() -> None:
    styles = [(undeclared("a", each).style, undeclared("a", each).explode) for each in
              ("path", "query", "header", "cookie", "querystring")]  # fmt: skip
    assert styles == [
        ("simple", False), ("form", True), ("simple", False), ("cookie", True), ("form", True),
    ]  # fmt: skip
