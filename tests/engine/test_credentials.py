"""A secret goes where the security of an operation wants it, to the origins it was given for (SEC-1)."""

import base64

import pytest

from arazzo_tui.document.arazzo import OperationById, Parameter, Step
from arazzo_tui.document.load import load
from arazzo_tui.document.openapi import read_api
from arazzo_tui.document.operation import Flow, Operation, Scheme, Security, Server
from arazzo_tui.document.source import Mark, Source
from arazzo_tui.engine.credentials import (
    Credential,
    is_placeable,
    origin_of,
    placed,
    wanted_by,
)
from arazzo_tui.engine.exchange import Origin, header
from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.plan import CallOperation, PlannedStep
from arazzo_tui.engine.request import CannotBuild, build
from arazzo_tui.language.template import Constant

SCHEMES = {
    "head": Scheme("head", "apiKey", "header", "X-Key"),
    "query": Scheme("query", "apiKey", "query", "key"),
    "cookie": Scheme("cookie", "apiKey", "cookie", "sid"),
    "basic": Scheme("basic", "http", http_scheme="basic"),
    "bearer": Scheme("bearer", "http", http_scheme="bearer"),
    "token": Scheme("token", "http", http_scheme="token"),
    "digest": Scheme("digest", "http", http_scheme="digest"),
    "oauth": Scheme("oauth", "oauth2", flows=(Flow("authorizationCode", "https://a.test/t"),)),
    "client": Scheme("client", "oauth2", flows=(Flow("clientCredentials", "/token"),)),
    "oidc": Scheme("oidc", "openIdConnect", openid_url="https://a.test/.well-known"),
    "cert": Scheme("cert", "mutualTLS"),
    "nameless": Scheme("nameless", "apiKey", "header", ""),
}
MARK = Mark(Source("flow.yaml", ""), 1, 1)


def operation(security: Security, url: str = "http://api.test/v1") -> Operation:
    return Operation(
        "api", "op", "GET", "/x", servers=(Server(url),), security=security, schemes=SCHEMES
    )


def asks(*alternatives: str) -> Security:
    """Alternatives, each written as the names it needs: `"a b"`, and `""` for none at all."""
    return tuple(dict.fromkeys(each.split(), ()) for each in alternatives)


def held(*names: str, origins: tuple[str, ...] = ()) -> dict[tuple[str, str], Credential]:
    return {("api", name): Credential(f"s-{name}:x", "me", origins) for name in names}


def sent(security: Security, credentials: dict[tuple[str, str], Credential], *own: Parameter):
    step = Step("s", OperationById("op"), MARK)
    found = operation(security)
    planned = PlannedStep(step, CallOperation(found), own)
    return build(planned, found, {}, Settings(credentials=credentials))


def own(name: str, location: str, value: str) -> Parameter:
    return Parameter(name, location, Constant(value), MARK)


# ------------------------------------------------------------------------------- which alternative


@pytest.mark.parametrize(
    ("security", "known", "used"),
    [
        (asks(), "head", ""),
        (asks("head"), "", ""),
        (asks("head"), "head query", "head"),
        (asks("head query"), "head query", "head query"),
        (asks("head", "query"), "query", "query"),
        (asks("head query", "cookie"), "head cookie", "cookie"),
        (asks("head", "query"), "head query", "head"),
        (asks("head query", "cookie query"), "cookie", "cookie"),
        (asks("", "head"), "head", "head"),
        (asks("", "head query"), "head", ""),
        (asks("cert head", "query"), "head query", "head"),
        (asks("cert"), "cert", ""),
        (asks("digest", "head"), "digest head", "head"),
        (asks("unknown"), "unknown", ""),
        (asks("nameless"), "nameless", ""),
    ],
)
def test_the_first_alternative_that_can_be_satisfied_is_used(
    security: Security, known: str, used: str
) -> None:
    found = placed(operation(security), held(*known.split()))
    assert [each.scheme for each in found] == used.split()


def test_a_credential_of_another_source_is_never_used() -> None:
    assert placed(operation(asks("head")), {("other", "head"): Credential("s", "me")}) == ()


DESCRIPTION = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
security: [{root: []}]
paths:
  /own: {get: {operationId: own, security: [{own: [a]}, {root: [], own: [b]}], responses: {}}}
  /root: {get: {operationId: root, responses: {}}}
  /none: {get: {operationId: none, security: [], responses: {}}}
  /free: {get: {operationId: free, security: [{}, {own: []}], responses: {}}}
components:
  securitySchemes:
    root: {type: http, scheme: bearer}
    own: {type: apiKey, in: query, name: k}
"""


@pytest.mark.parametrize(
    ("operation_id", "security"),
    [
        ("own", ({"own": ("a",)}, {"root": (), "own": ("b",)})),
        ("root", ({"root": ()},)),
        ("none", ()),
        ("free", ({}, {"own": ()})),
    ],
)
def test_an_operations_own_security_stands_for_that_of_the_root(
    operation_id: str, security: Security
) -> None:
    node, _ = load(Source("api.yaml", DESCRIPTION))
    assert node is not None
    api, _ = read_api("api", node, "api.yaml", lambda _: None)
    assert api is not None
    found = api.by_id(operation_id)
    assert found is not None
    assert found.security == security


# ------------------------------------------------------------------------------- which place


BASIC = base64.b64encode(b"s-basic:x").decode()


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [
        ("head", "X-Key", "s-head:x"),
        ("cookie", "Cookie", "sid=s-cookie:x"),
        ("basic", "Authorization", f"Basic {BASIC}"),
        ("bearer", "Authorization", "Bearer s-bearer:x"),
        ("token", "Authorization", "Token s-token:x"),
        ("oauth", "Authorization", "Bearer s-oauth:x"),
        ("oidc", "Authorization", "Bearer s-oidc:x"),
    ],
)
def test_a_secret_goes_where_its_scheme_says(scheme: str, name: str, value: str) -> None:
    request = sent(asks(scheme), held(scheme))
    assert header(request.headers, name) == value
    assert [each.text for each in request.origins] == [f"credential for {scheme}"]
    assert {each.by for each in request.origins} == {"tool"}


def test_a_key_in_the_query_is_encoded_there() -> None:
    assert sent(asks("query"), held("query")).url == "http://api.test/v1/x?key=s-query%3Ax"


@pytest.mark.parametrize(("given", "plain"), [("user", "user:"), ("ü:é", "ü:é"), (":p", ":p")])
def test_basic_is_user_and_password_in_utf8(given: str, plain: str) -> None:
    request = sent(asks("basic"), {("api", "basic"): Credential(given, "me")})
    coded = (header(request.headers, "authorization") or "").removeprefix("Basic ")
    assert base64.b64decode(coded).decode() == plain


@pytest.mark.parametrize("name", ["digest", "cert", "nameless"])
def test_what_a_secret_alone_does_not_satisfy_is_not_asked_for(name: str) -> None:
    assert not is_placeable(SCHEMES[name])
    assert list(wanted_by(operation(asks(name)))) == []


# ------------------------------------------------------------------------------- who wins


@pytest.mark.parametrize(
    ("scheme", "parameter", "kept"),
    [
        ("bearer", own("authorization", "header", "Mine 1"), ("Authorization", "Mine 1")),
        ("basic", own("Authorization", "header", "Mine 1"), ("Authorization", "Mine 1")),
        ("head", own("x-KEY", "header", "mine"), ("X-Key", "mine")),
        ("cookie", own("sid", "cookie", "mine"), ("Cookie", "sid=mine")),
        ("cookie", own("Cookie", "header", "a=1; sid=mine"), ("Cookie", "a=1; sid=mine")),
    ],
)
def test_what_the_document_sends_itself_wins(
    scheme: str, parameter: Parameter, kept: tuple[str, str]
) -> None:
    request = sent(asks(scheme), held(scheme), parameter)
    assert header(request.headers, kept[0]) == kept[1]
    assert "s-" not in str(request.headers)


def test_a_query_of_the_document_wins() -> None:
    request = sent(asks("query"), held("query"), own("key", "query", "mine"))
    assert request.url == "http://api.test/v1/x?key=mine"


def test_names_in_other_places_are_other_names() -> None:
    request = sent(asks("query"), held("query"), own("key", "header", "mine"))
    assert request.url.endswith("?key=s-query%3Ax")


# ------------------------------------------------------------------------------- how far it goes


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://API.test/v1?x#y", "https://api.test"),
        ("https://api.test:443", "https://api.test"),
        ("http://api.test:443", "http://api.test:443"),
        ("http://u:p@api.test:80/", "http://api.test"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("/path", ""), ("", ""), ("http://x:99999", ""), ("http://[", ""), ("file:///x", ""),
    ],
)  # fmt: skip
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "origins", [(), ("http://api.test",), ("http://other.test", "http://api.test")]
)
def test_a_credential_goes_to_the_origins_it_was_given_for(origins: tuple[str, ...]) -> None:
    request = sent(asks("head"), held("head", origins=origins))
    assert header(request.headers, "X-Key") == "s-head:x"


@pytest.mark.parametrize(
    "origin", ["https://api.test", "http://api.test:8080", "http://test", "http://a.api.test"]
)
def test_a_credential_never_leaves_for_another_origin(origin: str) -> None:
    with pytest.raises(CannotBuild) as wrong:
        sent(asks("head"), held("head", origins=(origin,)))
    (fault,) = wrong.value.faults
    assert f"was given for {origin}, and this request goes to http://api.test" in fault
    assert "s-head" not in fault


def test_a_server_that_was_chosen_counts_and_not_the_described_one() -> None:
    found = operation(asks("head"))
    planned = PlannedStep(Step("s", OperationById("op"), MARK), CallOperation(found))
    credentials = held("head", origins=("http://api.test",))
    settings = Settings({"api": ServerChoice("http://evil.test", "x")}, credentials)
    with pytest.raises(CannotBuild, match=r"goes to http://evil\.test"):
        build(planned, found, {}, settings)


def test_what_the_document_sends_itself_is_no_credential_that_could_go_astray() -> None:
    credentials = held("head", origins=("http://else.test",))
    request = sent(asks("head"), credentials, own("X-Key", "header", "mine"))
    assert header(request.headers, "X-Key") == "mine"


@pytest.mark.parametrize("secret", ["se\ncret", "se\x00cret", "secret€"])
@pytest.mark.parametrize("scheme", ["head", "bearer", "cookie"])
def test_a_secret_that_cannot_be_sent_is_refused_without_being_told(
    secret: str, scheme: str
) -> None:
    if scheme == "cookie" and "€" in secret:
        return  # a cookie carries it, encoded
    with pytest.raises(CannotBuild) as wrong:
        sent(asks(scheme), {("api", scheme): Credential(secret, "me")})
    assert f"credential for {scheme}" in str(wrong.value)
    assert "cret" not in str(wrong.value).replace("secret scheme", "")


def test_a_secret_is_in_no_repr() -> None:
    credentials = held("head")
    shown = repr((credentials, placed(operation(asks("head")), credentials)))
    assert "s-head" not in shown
    assert "X-Key" in shown


# ------------------------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("name", "words", "token_url"),
    [
        ("head", "API key for the header parameter X-Key", ""),
        ("basic", "user:password", ""),
        ("bearer", "a token", ""),
        ("oauth", "a token", ""),
        ("oidc", "a token", ""),
        ("client", "a token, or client_id:client_secret", "/token"),
    ],
)
def test_a_person_is_told_what_to_give(name: str, words: str, token_url: str) -> None:
    (wanted,) = wanted_by(operation(asks(name)))
    assert (wanted.words, wanted.token_url, wanted.key) == (words, token_url, ("api", name))
    assert wanted.base == "http://api.test/v1"


def test_origins_of_values_name_the_place() -> None:
    assert sent(asks("query"), held("query")).origins == (
        Origin(("query", "key"), "credential for query", by="tool"),
    )
