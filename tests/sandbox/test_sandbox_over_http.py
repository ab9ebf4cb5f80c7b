"""GraphQL over HTTP as the sandbox serves it: media types, statuses, errors, state."""

import json
from collections.abc import Mapping

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.application import Application
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.documented import DOCUMENTED
from arazzo_tui.sandbox.exchange import Asked
from arazzo_tui.sandbox.server import Sandbox

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
INIT = """mutation init($project: String!) {
  initializeSession(organization_verbose_id: $project, enable_strict_privacy: false,
    client_version: "9", firstload_version: "9", client_config: "{}", environment: "test",
    client_id: "") { secure_id project_id } }"""
TRACK = """mutation track($id: String!, $what: Any) {
  addTrackProperties(session_secure_id: $id, properties_object: $what) }"""
PUSH = """mutation push($id: String!, $events: ReplayEventsInput!, $messages: String! = "[]",
  $errors: [ErrorObjectInput]! = [], $n: ID) {
  pushPayload(session_secure_id: $id, events: $events, messages: $messages, errors: $errors,
    payload_id: $n) }"""


async def ask(
    client: httpx.AsyncClient, query: str, variables: Mapping[str, object] | None = None
) -> httpx.Response:
    return await client.post("/", json={"query": query, "variables": variables or {}})


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        (None, 422, JSON),
        ("*/*", 400, GRAPHQL),
        ("application/*", 400, GRAPHQL),
        (JSON, 422, JSON),
        (GRAPHQL, 400, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", 400, GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", 422, JSON),
        (f"{JSON}, text/plain, */*", 422, JSON),
        (f"{GRAPHQL};charset=utf-8;q=0.2", 400, GRAPHQL),
        (f"{GRAPHQL};q=0, {JSON.upper()}", 422, JSON),
        (f"text/html;q=1, {JSON};q=0.1", 422, JSON),
    ],
)
async def test_a_refused_operation_has_the_status_of_its_media_type(
    client: httpx.AsyncClient, accept: str | None, status: int, media: str
) -> None:
    headers = {"accept": accept} if accept else {}
    response = await client.post("/", json={"query": "mutation { trackEvent }"}, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        f"{media}; charset=utf-8",
    )
    assert response.json() == {
        "errors": [
            {
                "message": "Cannot query field 'trackEvent' on type 'Mutation'.",
                "locations": [{"line": 1, "column": 12}],
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }
        ],
        "data": None,
    }


@pytest.mark.parametrize(
    ("method", "target", "headers", "content", "status"),
    [
        ("GET", "/?query={__typename}", {}, "", 200),
        ("GET", "/?query=query($i:ID!){ignore(id:$i)}&variables={%22i%22:1}", {}, "", 200),
        ("GET", "/?query=query A{__typename} query B{ignore}&operationName=A", {}, "", 422),
        ("GET", "/?query=mutation{markBackendSetup}", {}, "", 405),
        ("GET", "/?query={__typename}&variables=[]", {}, "", 400),
        ("GET", "/?query={__typename}&variables={", {}, "", 400),
        ("GET", "/?query={", {}, "", 422),
        ("GET", "/", {}, "", 422),
        ("HEAD", "/?query={__typename}", {}, "", 200),
        ("PUT", "/", {"content-type": JSON}, "{}", 405),
        ("DELETE", "/", {}, "", 405),
        ("POST", "/", {"content-type": JSON, "accept": "text/html"}, "{}", 406),
        ("POST", "/", {"content-type": JSON, "accept": f"{JSON};q=0"}, "{}", 406),
        ("POST", "/", {"content-type": JSON, "accept": f"{JSON};q=high"}, "{}", 406),
        ("POST", "/", {"content-type": JSON, "accept": ""}, "{}", 406),
        ("POST", "/", {}, '{"query":"{__typename}"}', 415),
        ("POST", "/", {"content-type": "text/plain"}, "{}", 415),
        ("POST", "/", {"content-type": f"{JSON}; charset=latin-1"}, "{}", 415),
        ("POST", "/", {"content-type": f"{JSON}; charset=UTF-8"}, '{"query":"{__typename}"}', 200),
        ("POST", "/", {"content-type": "Application/JSON"}, '{"query":"{__typename}"}', 200),
        ("POST", "/public", {"content-type": JSON}, '{"query":"{__typename}"}', 200),
        ("POST", "/public/", {"content-type": JSON}, '{"query":"{__typename}"}', 200),
        ("POST", "/", {"content-type": JSON}, '{"query":"{__typename}"', 400),
        ("POST", "/", {"content-type": JSON}, '{"query":"{a(b: NaN)}", "variables": NaN}', 400),
        ("POST", "/", {"content-type": JSON}, "", 400),
        ("POST", "/", {"content-type": JSON}, '[{"query":"{__typename}"}]', 400),
        ("POST", "/", {"content-type": JSON}, '{"query":"{a}","variables":"{}"}', 400),
        ("POST", "/", {"content-type": JSON}, '{"query":5}', 400),
        ("POST", "/", {"content-type": JSON}, '{"query":"{a}","operationName":[]}', 400),
        ("POST", "/", {"content-type": JSON}, "null", 422),
        ("POST", "/", {"content-type": JSON}, "{}", 422),
        ("POST", "/", {"content-type": JSON}, '{"query":"{"}', 422),
        ("POST", "/", {"content-type": JSON}, '{"query":"{__typename}","operationName":"A"}', 422),
        ("POST", "/", {"content-type": JSON}, '{"query":"fragment F on Query{__typename}"}', 422),
        ("POST", "/graphql", {"content-type": JSON}, "{}", 404),
        ("GET", "/public/x", {}, "", 404),
        ("GET", "/health", {}, "", 200),
        ("HEAD", "/health", {}, "", 200),
        ("POST", "/health", {}, "", 405),
        ("GET", "/__log", {}, "", 200),
        ("DELETE", "/__log", {}, "", 405),
        ("GET", "/__log", {"host": "evil.example"}, "", 403),
        ("OPTIONS", "/", {}, "", 204),
        ("OPTIONS", "/public", {}, "", 204),
    ],
)
async def test_a_request_has_its_status(
    client: httpx.AsyncClient,
    method: str,
    target: str,
    headers: dict[str, str],
    content: str,
    status: int,
) -> None:
    response = await client.request(method, target, headers=headers, content=content)
    assert response.status_code == status


async def test_a_body_over_the_limit_is_413_and_the_client_gets_to_see_it(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/", content=b"x" * 3_000_000)
    assert response.status_code == 413
    assert response.text == "the body has 3,000,000 bytes; the limit is 1,048,576\n"


async def test_what_is_not_the_graph_is_a_plain_404(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/traces", json={})
    assert response.text == "404 page not found\n"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_get_may_only_run_a_query_and_says_what_would_be_right(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/", params={"query": "mutation { markBackendSetup }"})
    assert response.headers["allow"] == "POST, OPTIONS"
    assert response.json()["errors"][0]["message"] == "a GET can only run a query: send a POST"


async def test_any_site_may_use_the_graph_and_none_may_read_the_log(
    client: httpx.AsyncClient,
) -> None:
    preflight = await client.options("/public")
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "*, Authorization"
    for status, response in (
        (200, await ask(client, "{__typename}")),
        (422, await ask(client, "{")),
    ):
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await client.get("/__log")).headers


async def test_health_is_ok(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).text == "ok\n"


async def test_a_gzipped_request_is_not_read_as_json(client: httpx.AsyncClient) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    response = await client.post("/", content=b"\x1f\x8b\x08", headers=headers)
    assert response.status_code == 400


async def test_a_body_that_is_not_json_comes_back_in_the_message(client: httpx.AsyncClient) -> None:
    response = await client.post("/", content='{"token": secret}', headers={"content-type": JSON})
    message = response.json()["errors"][0]["message"]
    assert message.startswith("json request body could not be decoded: line 1, column 11: ")
    assert message.endswith('body:{"token": secret}')


@pytest.mark.parametrize(
    ("query", "variables", "messages", "paths"),
    [
        (INIT, {}, ["must be defined"], [["variable", "project"]]),
        (
            INIT,
            {"project": None},
            ["Expected value of non-null type 'String!' not to be None."],
            [["variable", "project"]],
        ),
        (
            INIT,
            {"project": 1},
            ["String cannot represent a non string value: 1"],
            [["variable", "project"]],
        ),
        (
            PUSH,
            {"id": "x", "events": []},
            ["Expected value of type 'ReplayEventsInput' to be an object, found: []."],
            [["variable", "events"]],
        ),
        (
            PUSH,
            {
                "id": "x",
                "events": {"events": [{"type": "5", "timestamp": 1, "_sid": 1, "data": {}}]},
            },
            ["Int cannot represent non-integer value: '5'"],
            [["variable", "events", "events", 0, "type"]],
        ),
    ],
)
async def test_a_variable_that_does_not_fit_is_refused_with_its_path(
    client: httpx.AsyncClient,
    query: str,
    variables: dict[str, object],
    messages: list[str],
    paths: list[list[object]],
) -> None:
    response = await ask(client, query, variables)
    errors = response.json()["errors"]
    assert response.status_code == 422
    assert [error["message"] for error in errors] == messages
    assert [error["path"] for error in errors] == paths
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize(
    ("query", "variables", "message", "data"),
    [
        (INIT, {"project": "not-a-project"}, "failed to decode not-a-project", None),
        (INIT, {"project": ""}, "An unsupported verboseID was used: ", None),
        (
            PUSH,
            {"id": "x", "events": {}, "n": "abc"},
            'strconv.Atoi: parsing "abc": invalid syntax',
            {"pushPayload": None},
        ),
        ("{ __schema { types { name } } }", {}, "introspection disabled", None),
        ('{ a: __type(name: "Query") { name } }', {}, "introspection disabled", {"a": None}),
    ],
)
async def test_an_error_while_executing_is_200(
    client: httpx.AsyncClient,
    query: str,
    variables: dict[str, object],
    message: str,
    data: object,
) -> None:
    response = await ask(client, query, variables)
    assert response.status_code == 200
    assert [error["message"] for error in response.json()["errors"]] == [message]
    assert response.json()["data"] == data


@pytest.mark.parametrize("project", ["1jdkoe52", "1"])
async def test_the_verbose_id_becomes_the_projects_number(
    client: httpx.AsyncClient, sandbox: Sandbox, project: str
) -> None:
    response = await ask(client, INIT, {"project": project})
    session = {"secure_id": "session-1", "project_id": "1"}
    assert response.json() == {"data": {"initializeSession": session}}
    assert [(s.project, s.environment) for s in sandbox.state.sessions.values()] == [(1, "test")]


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ __typename }", {"__typename": "Query"}),
        ("{ ignore(id: 1) }", {"ignore": None}),
        ('mutation { addTrackProperties(session_secure_id: "a") }', {"addTrackProperties": "a"}),
        (
            'mutation { addTrackProperties(session_secure_id: "a", properties_object: {b: [1]}) }',
            {"addTrackProperties": "a"},
        ),
        (
            'mutation { identifySession(session_secure_id: "a", user_identifier: "u") }',
            {"identifySession": "a"},
        ),
        (
            'mutation { addSessionProperties(session_secure_id: "$x") }',
            {"addSessionProperties": "$x"},
        ),
        (
            """mutation { addSessionFeedback(session_secure_id: "a", verbatim: "good",
            timestamp: "2026-01-31T09:30:00.5Z") }""",
            {"addSessionFeedback": "a"},
        ),
        (
            'mutation { pushPayloadCompressed(session_secure_id: "a", payload_id: 1, data: "?") }',
            {"pushPayloadCompressed": None},
        ),
        (
            'mutation { pushSessionEvents(session_secure_id: "a", payload_id: "7", data: "?") }',
            {"pushSessionEvents": None},
        ),
        ("mutation { pushBackendPayload(errors: [null]) }", {"pushBackendPayload": None}),
        ('mutation { markBackendSetup(type: "go") }', {"markBackendSetup": None}),
        (
            """mutation { pushMetrics(metrics: [{session_secure_id: "a", name: "m", value: 1,
            timestamp: "2026-01-31T09:30:00+01:00"}]) }""",
            {"pushMetrics": 1},
        ),
        (
            """mutation { pushPayload(session_secure_id: "a", events: {events: []}, messages: "[]",
            errors: []) }""",
            {"pushPayload": 13},
        ),
    ],
)
async def test_every_field_of_the_graph_answers(
    client: httpx.AsyncClient, query: str, data: object
) -> None:
    response = await ask(client, query)
    assert (response.status_code, response.json()) == (200, {"data": data})


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ('timestamp: "yesterday"', "Timestamp is written as RFC 3339 has it"),
        ('timestamp: "2026-02-30T00:00:00Z"', "Timestamp cannot represent"),
        ("timestamp: 5", "Timestamp is written as RFC 3339 has it"),
    ],
)
async def test_a_timestamp_that_is_none_is_refused(
    client: httpx.AsyncClient, argument: str, reason: str
) -> None:
    query = f'mutation {{ addSessionFeedback(session_secure_id: "a", verbatim: "b", {argument}) }}'
    response = await ask(client, query)
    assert response.status_code == 422
    assert reason in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("payload_id", [str(2**63), '"x"', "true", "1.5"])
async def test_a_payload_id_of_64_bits_is_an_integer(
    client: httpx.AsyncClient, payload_id: str
) -> None:
    arguments = f'session_secure_id: "a", payload_id: {payload_id}, data: ""'
    query = f"mutation {{ pushSessionEvents({arguments}) }}"
    assert (await ask(client, query)).status_code == 422


async def test_what_is_sent_for_a_session_is_in_its_state(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await ask(client, INIT, {"project": "1"})
    await ask(client, TRACK, {"id": "session-1", "what": {"event": "signup", "n": 1}})
    await ask(client, PUSH, {"id": "session-1", "events": {}, "n": 1})
    assert [(r.mutation, r.secure_id, r.content) for r in sandbox.state.kept] == [
        ("addTrackProperties", "session-1", {"properties_object": {"event": "signup", "n": 1}}),
        (
            "pushPayload",
            "session-1",
            {"events": {}, "messages": "[]", "errors": [], "payload_id": "1"},
        ),
    ]


async def test_an_unknown_session_is_a_success_to_the_caller_and_dropped_afterwards(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    response = await ask(client, TRACK, {"id": "$steps.init.outputs.id"})
    assert response.json() == {"data": {"addTrackProperties": "$steps.init.outputs.id"}}
    assert sandbox.state.kept == ()
    assert [lost.record.secure_id for lost in sandbox.state.dropped] == ["$steps.init.outputs.id"]


async def test_a_field_before_the_failing_one_has_had_its_effect_though_data_is_null(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    query = """mutation {
      a: addSessionProperties(session_secure_id: "a")
      b: initializeSession(organization_verbose_id: "?", enable_strict_privacy: true,
        client_version: "", firstload_version: "", client_config: "", environment: "",
        client_id: "") { secure_id } }"""
    response = await ask(client, query)
    assert response.json()["data"] is None
    assert [lost.record.secure_id for lost in sandbox.state.dropped] == ["a"]


async def test_the_log_has_what_arrived_without_its_credentials(client: httpx.AsyncClient) -> None:
    secret = {"authorization": "Bearer s3cret", "x-api-key": "s3cret", "cookie": "a=s3cret"}
    await client.post("/public?a=b", json={"query": "{__typename}"}, headers=secret)
    await client.get("/__log")
    log = (await client.get("/__log")).json()
    assert [
        (each["number"], each["method"], each["target"], each["status"], each["body"])
        for each in log["requests"]
    ] == [(1, "POST", "/public?a=b", 200, '{"query":"{__typename}"}')]
    assert log["requests"][0]["answer"] == '{"data":{"__typename":"Query"}}'
    assert ["authorization", "(not kept)"] in log["requests"][0]["headers"]
    assert "s3cret" not in json.dumps(log)
    assert (log["sessions"], log["kept"], log["dropped"]) == ([], [], [])


async def test_the_log_forgets_the_oldest(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    for _ in range(103):
        await client.get("/health")
    assert [arrival.number for arrival in sandbox.arrivals.latest] == list(range(4, 104))


_JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_BODIES = st.fixed_dictionaries(
    {"query": st.sampled_from([INIT, TRACK, PUSH, "{__typename}"]) | st.text()},
    optional={
        "operationName": st.none() | st.text(max_size=3),
        "variables": st.dictionaries(
            st.sampled_from(["project", "id", "what", "events", "messages", "errors", "n"]), _JSON
        ),
    },
)


@settings(deadline=None)
@given(_BODIES.map(json.dumps).map(str.encode) | st.binary(), st.sampled_from([GRAPHQL, JSON]))
def test_every_body_has_an_answer_in_json(body: bytes, accept: str) -> None:
    headers = (("content-type", JSON), ("accept", accept))
    answer = _FUZZED.answer(Asked("POST", "/", headers, body))
    assert answer.status in (200, 400, 422)
    said: Json = json.loads(answer.body)
    assert isinstance(said, dict)
    assert "data" in said


_FUZZED = Application(DOCUMENTED, State())


@settings(deadline=None)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126)), st.sampled_from(["GET", "HEAD"])
)
def test_every_target_has_an_answer(target: str, method: str) -> None:
    assert _FUZZED.answer(Asked(method, target)).status in (200, 400, 404, 405, 422)
