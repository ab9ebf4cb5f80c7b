"""Credentials come from the environment or a person, are bound to an origin, and become tokens."""

import base64
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from arazzo_tui.engine.credentials import Credential, Credentials
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.engine.plan import Plan
from arazzo_tui.world.credentials import (
    Variable,
    bound,
    from_environment,
    missing,
    told_missing,
    variable_name,
    wanted,
)
from arazzo_tui.world.prepare import planned, secrets_of
from arazzo_tui.world.tokens import Tokens
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import Gate, read_allowed_hosts
from arazzo_tui.world.workspace import Workspace

OPENAPI = """
openapi: 3.1.0
info: {title: t, version: "1"}
servers: [{url: "http://api.test/v1"}]
security: [{oauth: [read]}]
paths:
  /read: {get: {operationId: read, responses: {}}}
  /write: {post: {operationId: write, security: [{oauth: [read, write]}], responses: {}}}
  /key: {get: {operationId: key, security: [{key: []}, {basic: [], other: []}], responses: {}}}
  /free: {get: {operationId: free, security: [{}, {key: []}], responses: {}}}
  /none: {get: {operationId: none, security: [], responses: {}}}
  /digest: {get: {operationId: digest, security: [{digest: []}], responses: {}}}
  /far:
    servers: [{url: "http://elsewhere.test"}]
    get: {operationId: far, security: [{key: []}], responses: {}}
  /twins: {get: {operationId: twins, security: [{"a b": []}, {"a-b": []}], responses: {}}}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: TOKEN_URL, scopes: {}}}
    key: {type: apiKey, in: header, name: X-Key}
    basic: {type: http, scheme: basic}
    other: {type: http, scheme: bearer}
    digest: {type: http, scheme: digest}
    "a b": {type: http, scheme: bearer}
    "a-b": {type: apiKey, in: header, name: X-B}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: my-api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: w
    steps:
"""

Make = Callable[..., Plan]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A plan that calls operations in order: `make("read", "write", token_url="/token")`."""

    def made(*operations: str, token_url: str = "/oauth/token") -> Plan:
        (tmp_path / "api.yaml").write_text(OPENAPI.replace("TOKEN_URL", f'"{token_url}"'))
        steps = "".join(
            f"      - {{stepId: s{at}, operationId: {each}}}\n"
            for at, each in enumerate(operations)
        )
        (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO + steps)
        plan = planned(Workspace().open(str(tmp_path / "flow.arazzo.yaml")), "w").plan
        assert plan is not None
        return plan

    return made


def held(**secrets: str) -> Credentials:
    return {("my-api", name): Credential(secret, "me") for name, secret in secrets.items()}


# ------------------------------------------------------------------------------- the environment


@pytest.mark.parametrize(
    ("source", "scheme", "name"),
    [
        ("api", "key", "ARAZZO_TUI_API_KEY"),
        ("my-api", "api.key v2", "ARAZZO_TUI_MY_API_API_KEY_V2"),
        ("Ünïcode", "x", "ARAZZO_TUI__N_CODE_X"),
    ],
)
def test_a_variable_is_named_by_source_and_scheme(source: str, scheme: str, name: str) -> None:
    assert variable_name((source, scheme)) == name


def test_the_environment_gives_what_is_asked_for_and_nothing_else(make: Make) -> None:
    there = {"ARAZZO_TUI_MY_API_KEY": " k-1\n", "ARAZZO_TUI_MY_API_BASIC": " ", "KEY": "x",
             "ARAZZO_TUI_MY_API_DIGEST": "u:p"}  # fmt: skip
    found = from_environment(wanted(make("key", "digest")), environment=there)
    name = "environment ARAZZO_TUI_MY_API_KEY"
    assert found == {("my-api", "key"): Credential("k-1", name)}


def test_a_settings_file_may_name_another_variable(make: Make) -> None:
    variables = {("my-api", "key"): Variable("ARAZZO_TUI_MINE", ("http://x.test",))}
    there = {"ARAZZO_TUI_MINE": "mine", "ARAZZO_TUI_MY_API_KEY": "usual"}
    found = from_environment(wanted(make("key")), variables, there)
    credential = Credential("mine", "environment ARAZZO_TUI_MINE", ("http://x.test",))
    assert found == {("my-api", "key"): credential}


def test_a_variable_that_could_mean_two_schemes_is_given_to_neither(make: Make) -> None:
    plan = make("twins")
    assert from_environment(wanted(plan), environment={"ARAZZO_TUI_MY_API_A_B": "x"}) == {}
    assert all("would be that of two schemes" in each for each in told_missing(plan, {}))


# ------------------------------------------------------------------------------- what is wanted


def test_a_scheme_is_wanted_once_with_all_scopes_of_the_plan(make: Make) -> None:
    (found,) = wanted(make("read", "write", "read"))
    assert (found.key, found.scopes) == (("my-api", "oauth"), ("read", "write"))
    assert found.base == "http://api.test/v1"


def test_a_chosen_server_is_what_a_relative_token_url_counts_from(make: Make) -> None:
    (found,) = wanted(make("read"), {"my-api": ServerChoice("http://localhost:1/x", "me")})
    assert found.base == "http://localhost:1/x"


@pytest.mark.parametrize(
    ("operation", "known", "names"),
    [
        ("key", held(), ["key", "basic", "other"]),
        ("key", held(key="k"), []),
        ("key", held(basic="u:p"), ["key", "other"]),
        ("key", held(basic="u:p", other="t"), []),
        ("free", held(), []),
        ("none", held(), []),
        ("digest", held(), []),
    ],
)
def test_what_keeps_an_operation_from_being_called_is_missing(
    make: Make, operation: str, known: Credentials, names: list[str]
) -> None:
    assert [each.scheme.name for each in missing(make(operation), known)] == names


def test_a_person_is_told_what_to_set_and_what_cannot_be_done(make: Make) -> None:
    told = told_missing(make("read", "digest"), {})
    assert told == (
        "no credential for oauth (a token, or client_id:client_secret): set ARAZZO_TUI_MY_API_OAUTH",
        "digest is HTTP digest, which is not built in",
    )


# ------------------------------------------------------------------------------- where it may go


@pytest.mark.parametrize(
    ("operations", "server", "own", "origins"),
    [
        (("key", "far"), "", (), ("http://api.test",)),
        (("key", "key", "far"), "", (), ("http://api.test",)),
        (("key",), "https://stage.test/v2", (), ("https://stage.test",)),
        (("key",), "https://stage.test/v2", ("http://a.test",), ("http://a.test",)),
    ],
)
def test_a_credential_is_bound_to_the_origin_of_its_source(
    make: Make, operations: tuple[str, ...], server: str, own: tuple[str, ...],
    origins: tuple[str, ...],
) -> None:  # fmt: skip
    servers = {"my-api": ServerChoice(server, "me")} if server else {}
    known = {("my-api", "key"): Credential("k", "me", own)}
    found = bound(make(*operations), servers, known)
    assert found["my-api", "key"].origins == origins


def test_a_source_that_is_nowhere_binds_nothing(make: Make) -> None:
    known = {("gone", "key"): Credential("k", "me")}
    assert bound(make("none"), {}, known) == known


# ------------------------------------------------------------------------------- tokens


def answer(body: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


TOKEN = answer('{"access_token": "tok-1", "token_type": "Bearer", "expires_in": 60}')
TOKEN_2 = answer('{"access_token": "tok-2", "token_type": "bearer"}')
REFUSED = answer('{"error": "invalid_client", "error_description": "no such\\u001b[31m client"}',
                 "401 Unauthorized")  # fmt: skip


def form(request: bytes) -> dict[str, list[str]]:
    return parse_qs(request.partition(b"\r\n\r\n")[2].decode())


def authorization(request: bytes) -> str:
    for line in request.decode().split("\r\n"):
        if line.lower().startswith("authorization: basic "):
            return base64.b64decode(line.rpartition(" ")[2]).decode()
    return ""


async def test_client_credentials_become_a_token_at_the_token_url(make: Make, serve, play) -> None:
    server = await serve(play(TOKEN))
    schemes = wanted(make("write", token_url=f"{server.url}/oauth/token"))
    async with Http() as http:
        found = await Tokens().exchanged(schemes, held(oauth="my id:s3cr:t/+"), http)
    assert found.wrong == ()
    assert found.credentials["my-api", "oauth"].secret == "tok-1"
    (request,) = server.requests
    assert request.startswith(b"POST /oauth/token HTTP/1.1\r\n")
    assert form(request) == {"grant_type": ["client_credentials"], "scope": ["read write"]}
    assert authorization(request) == "my+id:s3cr%3At%2F%2B"


async def test_a_relative_token_url_counts_from_the_server(make: Make, serve, play) -> None:
    server = await serve(play(TOKEN))
    chosen = {"my-api": ServerChoice(f"{server.url}/v1", "me")}
    async with Http() as http:
        found = await Tokens().exchanged(
            wanted(make("read", token_url="/oauth/token"), chosen), held(oauth="a:b"), http
        )
    assert found.credentials["my-api", "oauth"].secret == "tok-1"
    assert server.requests[0].startswith(b"POST /oauth/token ")


async def test_a_token_is_fetched_once_and_again_when_it_expires(make: Make, serve, play) -> None:
    server = await serve(play(TOKEN), play(TOKEN_2))
    schemes = wanted(make("read", token_url=f"{server.url}/t"))
    clock = [0.0]
    tokens = Tokens(lambda: clock[0])
    seen = []
    async with Http() as http:
        for clock[0] in (0.0, 49.0, 51.0, 1e9):
            found = await tokens.exchanged(schemes, held(oauth="a:b"), http)
            seen.append(found.credentials["my-api", "oauth"].secret)
    assert seen == ["tok-1", "tok-1", "tok-2", "tok-2"]
    assert len(server.requests) == 2


async def test_another_client_gets_a_token_of_its_own(make: Make, serve, play) -> None:
    server = await serve(play(TOKEN), play(TOKEN_2))
    schemes = wanted(make("read", token_url=f"{server.url}/t"))
    tokens = Tokens()
    async with Http() as http:
        first = await tokens.exchanged(schemes, held(oauth="a:b"), http)
        second = await tokens.exchanged(schemes, held(oauth="a:c"), http)
    assert first.credentials != second.credentials
    assert len(server.requests) == 2


async def test_a_server_that_wants_the_client_in_the_body_gets_it_there(
    make: Make, serve, play
) -> None:
    server = await serve(play(REFUSED), play(TOKEN))
    schemes = wanted(make("read", token_url=f"{server.url}/t"))
    async with Http() as http:
        found = await Tokens().exchanged(schemes, held(oauth="my id:s&t"), http)
    assert found.credentials["my-api", "oauth"].secret == "tok-1"
    sent = form(server.requests[1])
    assert (sent["client_id"], sent["client_secret"]) == (["my id"], ["s&t"])
    assert authorization(server.requests[1]) == ""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (REFUSED, "answers 401: invalid_client (no such␛[31m client)"),
        (answer('{"error": "invalid_scope"}', "400 Bad Request"), "answers 400: invalid_scope"),
        (answer("nope", "403 Forbidden", "text/plain"), "answers 403 and no reason"),
        (answer("<p>", "500 Oops", "text/html"), "answers 500"),
        (answer("{}"), "answers 200 without an access_token"),
        (answer('{"access_token": 5}'), "answers 200 without an access_token"),
        (answer("[1]"), "answers 200 without an access_token"),
        (answer('{"access_token": "tok-1", "token_type": "mac"}'), "of the type `mac`"),
        (b"HTTP/1.1 302 F\r\nLocation: http://x.test\r\nContent-Length: 0\r\n\r\n", "answers 302"),
        (b"", "closed"),
    ],
)
async def test_a_token_endpoint_that_refuses_is_quoted(
    make: Make, serve, play, given: bytes, why: str
) -> None:
    server = await serve(play(given))
    schemes = wanted(make("read", token_url=f"{server.url}/t"))
    known = held(oauth="my-id:my-s3cret")
    async with Http() as http:
        found = await Tokens().exchanged(schemes, known, http)
    (sentence,) = found.wrong
    assert sentence.startswith(f"no token for `oauth` with the me: {server.url}/t")
    assert why in sentence
    assert "s3cret" not in sentence
    assert found.credentials == known


async def test_nobody_is_asked_where_nothing_is_to_be_exchanged(make: Make) -> None:
    schemes = wanted(make("read", "key"))
    known = held(oauth="a-token", key="a:b")
    gate = Gate(Http(), read_allowed_hosts(["none.test"]))
    assert (await Tokens().exchanged(schemes, known, gate)).credentials == known


async def test_a_token_url_that_counts_from_nowhere_is_said(make: Make) -> None:
    schemes = wanted(make("read"), {"my-api": ServerChoice("", "me")})
    async with Http() as http:
        found = await Tokens().exchanged(schemes, held(oauth="a:b"), http)
    assert (
        "is relative, and no server of `my-api` is known: give --server my-api=URL"
        in (found.wrong[0])
    )


async def test_a_token_endpoint_that_was_not_allowed_is_not_asked(make: Make, serve, play) -> None:
    server = await serve(play(TOKEN))
    schemes = wanted(make("read", token_url=f"{server.url}/t"))
    async with Http() as http:
        gate = Gate(http, read_allowed_hosts(["api.test"]))
        found = await Tokens().exchanged(schemes, held(oauth="a:b"), gate)
    assert "was not allowed (--allow-host)" in found.wrong[0]
    assert server.requests == []


def test_every_form_of_a_credential_is_masked(make: Make) -> None:
    plan = make("none")
    hide = secrets_of(plan, {}, held(basic="user:pa ss+w0rd"), held(oauth="tok-12345")).text
    for shown in (
        "pa ss+w0rd", "pa%20ss%2Bw0rd", "pa+ss%2Bw0rd", "tok-12345", "x?token=tok-12345&y",
        base64.b64encode(b"user:pa ss+w0rd").decode(), base64.b64encode(b"tok-12345").decode(),
    ):  # fmt: skip
        assert "••••••" in hide(f"<{shown}>")
        assert shown not in hide(f"<{shown}>")
