"""What a run without questions may call: what the user and documents on this machine name, and no more."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from arazzo_tui.engine.credentials import Credential
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.world.consent import Consent, consent_of, planned_hosts
from arazzo_tui.world.credentials import wanted
from arazzo_tui.world.fetch import named_by
from arazzo_tui.world.hosts import NotAgreed, arrived, judged_by
from arazzo_tui.world.prepare import planned
from arazzo_tui.world.reading import NotFetched
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import AllowedHosts, Gate, read_allowed_hosts
from arazzo_tui.world.workspace import Workspace

LOCAL, REMOTE = "/home/kim/flow.yaml", "https://docs.test/flow.yaml"
UNNAMED = "is named by no document on this machine"
PRIVATE = "is an address of a private network"
METADATA = "is the metadata service of a cloud, which hands out credentials"


def declared(by: str) -> Callable[[str], Consent]:
    def consent(url: str) -> Consent:
        made = Consent()
        made.declared(url, by)
        return made

    return consent


def named(url: str) -> Consent:
    return consent_of(AllowedHosts(), LOCAL, [f"api={url}"])


def opened(url: str) -> Consent:
    return consent_of(AllowedHosts(), url, [])


@pytest.mark.parametrize(
    ("consent", "url", "refusal"),
    [
        (declared(LOCAL), "https://api.test/x", ""),
        (declared(LOCAL), "http://localhost:8080/x", ""),
        (declared(LOCAL), "http://[::1]/x", ""),
        (declared(LOCAL), "http://10.0.0.7/x", f"10.0.0.7:80 {PRIVATE}"),
        (declared(LOCAL), "https://[fd12::1]:8/x", f"[fd12::1]:8 {PRIVATE}"),
        (declared(LOCAL), "http://backend:8080/x", f"backend:8080 {PRIVATE}"),
        (declared(LOCAL), "http://100.64.0.1/x", f"100.64.0.1:80 {PRIVATE}"),
        (declared(LOCAL), "http://169.254.1.1/x", "169.254.1.1:80 is an address of the link"),
        (declared(LOCAL), "http://169.254.169.254/x", f"169.254.169.254:80 {METADATA}"),
        (declared(LOCAL), "http://2852039166/x", f"2852039166:80 {METADATA}"),
        (declared(LOCAL), "http://0xa9.254.43518/x", f"0xa9.254.43518:80 {METADATA}"),
        (declared(LOCAL), "http://１６９.254。169.254/x", METADATA),
        (declared(LOCAL), "http://[64:ff9b::a9fe:a9fe]/x", METADATA),
        (declared(LOCAL), "http://[2002:a00:1::]/x", PRIVATE),
        (declared(LOCAL), "http://metadata.google.internal/x", METADATA),
        (declared(REMOTE), "https://api.test/x", f"api.test:443 {UNNAMED}"),
        (declared(REMOTE), "https://docs.test/x", f"docs.test:443 {UNNAMED}"),
        (declared(REMOTE), "http://127.0.0.1:1/x", f"127.0.0.1:1 {UNNAMED}"),
        (declared(REMOTE), "http://10.0.0.7/x", f"10.0.0.7:80 {PRIVATE}"),
        (named, "https://api.test/x", ""),
        (named, "http://10.0.0.7/x", ""),
        (named, "http://169.254.169.254/x", ""),
        (opened, "https://docs.test/x", ""),
        (opened, "http://192.168.1.5:8000/x", ""),
    ],
)
def test_a_host_is_called_when_the_right_one_named_it(
    consent: Callable[[str], Consent], url: str, refusal: str
) -> None:
    said = consent(url).refusal(url)
    assert refusal in said
    assert bool(said) == bool(refusal)
    assert ("allow it with --allow-host" in said) == bool(refusal)


@pytest.mark.parametrize(
    "other", ["http://api.test/x", "https://api.test:8443/x", "https://b.test"]
)
def test_consent_is_to_a_host_and_a_port(other: str) -> None:
    assert UNNAMED in declared(LOCAL)("https://api.test/x").refusal(other)


NEITHER = "169.254.169.254", "fd00:ec2::254", "169.254.7.7"


@pytest.mark.parametrize(
    ("consent", "url", "there", "not_there"),
    [
        (declared(LOCAL), "https://api.test", ("8.8.8.8", "127.0.0.1", "::1"), ("10.0.0.1", "fd12::1")),
        (named, "https://api.test", ("8.8.8.8", "127.0.0.1", "10.0.0.1"), NEITHER),
        (opened, "https://docs.test", ("8.8.8.8",), ("127.0.0.1", "10.0.0.1", *NEITHER)),
        (opened, "http://localhost:1", ("127.0.0.1", "::1"), ("10.0.0.1", *NEITHER)),
        (opened, "http://wiki/x", ("10.0.0.1", "8.8.8.8"), ("127.0.0.1", *NEITHER)),
        (named, "http://metadata.google.internal", ("169.254.169.254",), ("169.254.7.7",)),
        (lambda _: Consent(), "https://api.test", (), ("8.8.8.8",)),
    ],
)  # fmt: skip
def test_a_name_may_lead_where_it_can_have_been_meant_to(
    consent: Callable[[str], Consent], url: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    agreed = consent(url)
    assert [agreed.refusal_at(url, each) for each in there] == [""] * len(there)
    for each in not_there:
        assert f"is at {each}, " in agreed.refusal_at(url, each)


@pytest.mark.parametrize(
    ("listed", "address", "refusal"),
    [
        (["api.test"], "10.0.0.1", ""),
        (["api.test"], "127.0.0.1", ""),
        (
            ["api.test"],
            "169.254.169.254",
            "--allow-host api.test:80 --allow-host 169.254.169.254:80",
        ),
        (["api.test", "169.254.169.254:80"], "169.254.169.254", ""),
        (["api.test", "169.254.169.254:81"], "169.254.169.254", "--allow-host 169.254.169.254:80"),
        (["api.test", "[fe80::1]:80"], "fe80::1", ""),
        ([], "169.254.169.254", "--allow-host"),
    ],
)
def test_a_listed_name_leads_to_no_link_and_no_metadata_unasked(
    listed: list[str], address: str, refusal: str
) -> None:
    said = Consent(read_allowed_hosts(listed)).refusal_at("http://api.test/x", address)
    assert refusal in said
    assert bool(said) == bool(refusal)


def test_once_a_list_is_given_it_is_all_there_is() -> None:
    consent = consent_of(read_allowed_hosts(["a.test"]), LOCAL, ["api=http://b.test"])
    consent.declared("http://c.test", LOCAL)
    assert consent.refusal("http://a.test/x") == ""
    for url in ("http://b.test/x", "http://c.test/x", "http://127.0.0.1/x"):
        assert "was not allowed (--allow-host)" in consent.refusal(url)


# ------------------------------------------------------------------------------- on arrival


class Arriving:
    """A transport whose connection arrives at one address, whatever was asked for."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.sent: list[str] = []

    async def send(self, request: Request, within: float) -> Response | Failure:
        arrived(self.address)
        self.sent.append(request.url)
        return Failure("read", f"nothing came back within {within} s")


@pytest.mark.parametrize(
    ("address", "phase"), [("8.8.8.8", "read"), ("10.0.0.1", "trust"), ("169.254.169.254", "trust")]
)
async def test_a_name_that_leads_elsewhere_by_now_is_not_sent_to(address: str, phase: str) -> None:
    transport = Arriving(address)
    consent = declared(LOCAL)("http://api.test")
    failure = await Gate(transport, consent).send(Request("GET", "http://api.test/x"), 5.0)
    assert isinstance(failure, Failure)
    assert failure.phase == phase
    assert transport.sent == ([] if phase == "trust" else ["http://api.test/x"])


async def test_the_address_of_the_very_connection_is_judged(serve, play) -> None:
    server = await serve(play(b"HTTP/1.1 204 No Content\r\n\r\n"))
    request = Request("GET", f"{server.url}/x", (("Host", f"127.0.0.1:{server.port}"),))
    async with Http() as http:
        refusing = judged_by(lambda address: f"not at {address}")
        with refusing, pytest.raises(NotAgreed, match=r"^not at 127\.0\.0\.1$"):
            await http.send(request, 5.0)
        assert server.requests == []
        assert server.connections == 1
        assert isinstance(await http.send(request, 5.0), Response)


async def test_a_connection_that_was_kept_is_judged_again(serve, play) -> None:
    server = await serve(play(b"HTTP/1.1 204 No Content\r\n\r\n", "keep"))
    request = Request("GET", f"{server.url}/x", (("Host", f"127.0.0.1:{server.port}"),))
    async with Http() as http:
        assert isinstance(await http.send(request, 5.0), Response)
        with judged_by(lambda address: f"not at {address}"), pytest.raises(NotAgreed):
            await http.send(request, 5.0)
    assert len(server.requests) == 1


class Nowhere:
    """Agreement to every URL and to no address."""

    def refusal(self, url: str) -> str:
        return "" if url else "no URL"

    def refusal_at(self, url: str, address: str) -> str:
        return f"{url} is not at {address}"


async def test_a_proxy_resolves_so_only_what_is_written_is_judged(
    serve, play, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await serve(play(b"HTTP/1.1 204 No Content\r\n\r\n"))
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    async with Http() as http:
        request = Request("GET", "http://api.test/x", (("Host", "api.test"),))
        answer = await Gate(http, Nowhere()).send(request, 5.0)
        assert isinstance(answer, Response)
        written = Request("GET", "http://10.0.0.1/x", (("Host", "10.0.0.1"),))
        refused = await Gate(http, declared(LOCAL)("http://10.0.0.1")).send(written, 5.0)
    assert isinstance(refused, Failure)
    assert refused.phase == "trust"
    assert len(proxy.requests) == 1


def test_a_document_is_not_fetched_from_where_its_host_has_moved_to() -> None:
    agreed = named_by(["https://docs.test/a.yaml"])
    assert agreed.refusal_at("https://docs.test/b.yaml", "8.8.8.8") == ""
    assert "127.0.0.1" in agreed.refusal_at("https://docs.test/b.yaml", "127.0.0.1")


# ------------------------------------------------------------------------------- known beforehand

ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: "URL", type: KIND}]
workflows:
  - workflowId: flow
    steps: [STEP]
"""
STEP = "{stepId: s, operationId: one}"
OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "SERVER"}]
paths: {/one: {get: {operationId: one, security: [{login: []}], responses: {}}}}
components:
  securitySchemes:
    login: {type: oauth2, flows: {clientCredentials: {tokenUrl: "TOKENS", scopes: {}}}}
"""
FAR = "https://docs.test/api.yaml"


def arazzo(url: str, kind: str = "openapi", step: str = STEP) -> str:
    return ARAZZO.replace("URL", url).replace("KIND", kind).replace("STEP", step)


def openapi(server: str, tokens: str = "/token") -> str:
    return OPENAPI.replace("SERVER", server).replace("TOKENS", tokens)


def refused(
    main: Path | str,
    files: Mapping[str, str],
    *,
    servers: Mapping[str, ServerChoice] | None = None,
    secret: str = "",
    listed: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """The hosts that a run would not call, of a document and what is served beside it."""
    consent = consent_of(read_allowed_hosts(listed), str(main), [])

    def fetch(url: str) -> bytes:
        if refusal := consent.refusal(url):
            raise NotFetched(refusal)
        return files[url].encode()

    found = Workspace(fetch, refers=consent.declared).open(str(main))
    made = planned(found, "flow").plan
    assert made is not None, found.problems
    schemes = wanted(made, servers)
    known = {each.key: Credential(secret, "the test") for each in schemes} if secret else {}
    return planned_hosts(consent, made, servers or {}, schemes, known)


@pytest.mark.parametrize(
    ("server", "refusal"),
    [
        ("https://api.test/v1", ""),
        ("http://localhost:8082", ""),
        ("http://10.1.2.3/v1", "allow it with --allow-host 10.1.2.3:80"),
        ("http://[fe80::1]:81", "allow it with --allow-host [fe80::1]:81"),
        ("http://169.254.169.254", "allow it with --allow-host 169.254.169.254:80"),
    ],
)
def test_a_local_source_declares_its_hosts(tmp_path: Path, server: str, refusal: str) -> None:
    (tmp_path / "api.yaml").write_text(openapi(server))
    (tmp_path / "flow.yaml").write_text(arazzo("api.yaml"))
    said = refused(tmp_path / "flow.yaml", {})
    assert len(said) == bool(refusal)
    assert refusal in "".join(said)
    assert "".join(said).startswith("the source api: " if refusal else "")


@pytest.mark.parametrize(
    ("server", "refusal"),
    [
        ("/v1", ""),
        ("https://docs.test/v1", ""),
        ("http://docs.test/v1", "docs.test:80 is named by no document on this machine"),
        ("https://api.test", "allow it with --allow-host api.test:443"),
        ("http://127.0.0.1:8080", "allow it with --allow-host 127.0.0.1:8080"),
    ],
)
def test_a_fetched_source_declares_no_host_but_its_own(
    tmp_path: Path, server: str, refusal: str
) -> None:
    (tmp_path / "flow.yaml").write_text(arazzo(FAR))
    said = refused(tmp_path / "flow.yaml", {FAR: openapi(server)})
    assert refusal in "".join(said)
    assert bool(said) == bool(refusal)


def test_all_that_is_called_is_listed_for_who_lists_one(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(arazzo(FAR))
    said = refused(tmp_path / "flow.yaml", {FAR: openapi("https://api.test")})
    assert said[-1].endswith("--allow-host docs.test:443 --allow-host api.test:443")
    listed = ("docs.test:443", "api.test:443")
    assert refused(tmp_path / "flow.yaml", {FAR: openapi("https://api.test")}, listed=listed) == ()


def test_what_a_list_leaves_out_is_told_beforehand(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(openapi("https://api.test"))
    (tmp_path / "flow.yaml").write_text(arazzo("api.yaml"))
    said = refused(tmp_path / "flow.yaml", {}, listed=("other.test",))
    assert "api.test was not allowed (--allow-host)" in said[0]


@pytest.mark.parametrize("server", ["/", "https://docs.test", "https://api.test"])
def test_a_document_at_a_url_calls_the_host_that_was_typed(server: str) -> None:
    served = {REMOTE: arazzo("api.yaml"), FAR: openapi(server)}
    assert bool(refused(REMOTE, served)) == (server == "https://api.test")


def test_a_part_that_was_fetched_declares_nothing_for_a_local_description(tmp_path: Path) -> None:
    part = "{x: {servers: [{url: 'https://api.test'}], get: {operationId: one, responses: {}}}}"
    whole = (
        "{openapi: 3.0.3, info: {title: t, version: '1'}, servers: [{url: 'https://own.test'}], "
    )
    local = whole + "paths: {/x: {$ref: 'https://docs.test/part.yaml#/x'}}}"
    (tmp_path / "api.yaml").write_text(local)
    (tmp_path / "flow.yaml").write_text(arazzo("api.yaml"))
    said = refused(tmp_path / "flow.yaml", {"https://docs.test/part.yaml": part})
    assert f"api.test:443 {UNNAMED}" in said[0]


def test_a_fetched_document_leads_to_no_other_host(tmp_path: Path) -> None:
    inner = arazzo("https://elsewhere.test/api.yaml")
    (tmp_path / "flow.yaml").write_text(
        arazzo(REMOTE, "arazzo", "{stepId: s, workflowId: $sourceDescriptions.api.flow}")
    )
    consent = Consent()
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        if refusal := consent.refusal(url):
            raise NotFetched(refusal)
        asked.append(url)
        return inner.encode()

    found = Workspace(fetch, refers=consent.declared).open(str(tmp_path / "flow.yaml"))
    assert asked == [REMOTE]
    assert any(f"elsewhere.test:443 {UNNAMED}" in each.message for each in found.problems)


@pytest.mark.parametrize("first", ["inner", "outer"])
def test_who_names_a_document_decides_whatever_the_order(tmp_path: Path, first: str) -> None:
    """What a fetched document may not lead to is fetched when a local one names it too."""
    target = "https://elsewhere.test/api.yaml"
    sources = {
        "inner": f"{{name: inner, url: '{REMOTE}', type: arazzo}}",
        "outer": f"{{name: api, url: '{target}', type: openapi}}",
    }
    order = [sources[first], *(each for name, each in sources.items() if name != first)]
    text = arazzo("URL").replace(
        '[{name: api, url: "URL", type: openapi}]', f"[{', '.join(order)}]"
    )
    text = text.replace("operationId: one", "operationId: $sourceDescriptions.api.one")
    (tmp_path / "flow.yaml").write_text(text)
    served = {REMOTE: arazzo(target), target: openapi("/")}
    assert refused(tmp_path / "flow.yaml", served) == ()


def test_the_settings_file_declares_and_the_command_line_names(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(arazzo("declared-by-settings.yaml"))
    (tmp_path / "declared-by-settings.yaml").write_text(openapi("https://api.test"))
    flow = tmp_path / "flow.yaml"
    public, private = (
        {"api": ServerChoice(url, "arazzo-tui.yaml")}
        for url in ("http://b.test", "http://10.0.0.1")
    )
    assert refused(flow, {}, servers=public) == ()
    assert PRIVATE in refused(flow, {}, servers=private)[0]


@pytest.mark.parametrize(
    ("tokens", "secret", "refusal"),
    [
        ("/token", "id:secret", ""),
        ("https://docs.test/token", "id:secret", ""),
        ("https://login.test/token", "id:secret", f"login.test:443 {UNNAMED}"),
        ("https://login.test/token", "a-token", ""),
        ("https://login.test/token", "", ""),
    ],
)
def test_a_fetched_description_sends_no_client_secret_elsewhere(
    tmp_path: Path, tokens: str, secret: str, refusal: str
) -> None:
    (tmp_path / "flow.yaml").write_text(arazzo(FAR))
    said = refused(tmp_path / "flow.yaml", {FAR: openapi("/", tokens)}, secret=secret)
    assert refusal in "".join(said)
    assert bool(said) == bool(refusal)
