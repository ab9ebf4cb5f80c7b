"""What a self-hosted Highlight answers, request by request, and the sandbox with its schema as well."""

import gzip
import hashlib
import json
from pathlib import Path

import httpx
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.sandbox.application import Application
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.exchange import Asked
from arazzo_tui.sandbox.highlight import HIGHLIGHT

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
DOCUMENT = (
    Path(__file__).parents[2] / "workflows/arazzo/highlight-io-session-track-event-workflow.yml"
)

INIT = """mutation init($id: String! = "s1", $project: String!, $strict: Boolean! = false) {
  initializeSession(session_secure_id: $id, organization_verbose_id: $project,
    enable_strict_privacy: $strict, enable_recording_network_contents: false, clientVersion: "9",
    firstloadVersion: "9", clientConfig: "{}", environment: "test", fingerprint: "",
    client_id: "") { secure_id project_id sampling { spans { samplingRatio } } } }"""
PUSH = """mutation push($id: String! = "s1", $events: ReplayEventsInput!, $n: ID,
  $messages: String! = "{\\"messages\\":[]}", $resources: String! = "{\\"resources\\":[]}",
  $sockets: String, $errors: [ErrorObjectInput]! = []) {
  pushPayload(session_secure_id: $id, payload_id: $n, events: $events, messages: $messages,
    resources: $resources, web_socket_events: $sockets, errors: $errors) }"""
EMPTY = {"events": []}
UNFIT, FIELD, ITEM = "json: cannot unmarshal", "Go struct field", "hlog.Message"
FEEDBACK = 'mutation { addSessionFeedback(session_secure_id: "a", verbatim: "b", timestamp: "%s") }'
METRIC = '{session_secure_id: "a", name: "m", value: 1, timestamp: "2026-01-31T09:30:00Z"}'
EVENT = {"type": 3, "timestamp": 1, "_sid": 1, "data": {}}


def published(step: int) -> dict[str, object]:
    """The request of a step of the published document; its folded query is one line."""
    workflow = yaml.safe_load(DOCUMENT.read_text("utf-8"))["workflows"][0]
    return workflow["steps"][step]["requestBody"]["payload"]


def coded(message: str, column: int) -> dict[str, object]:
    return {
        "message": message,
        "locations": [{"line": 1, "column": column}],
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
    }


async def test_the_first_step_of_the_published_document_has_nine_errors_at_one_place(
    highlight_client: httpx.AsyncClient,
) -> None:
    response = await highlight_client.post("/", json=published(0))
    unknown = 'Unknown argument "{}" on field "Mutation.initializeSession". Did you mean {}?'
    missing = (
        'Field "initializeSession" argument "{}" of type "{}" is required, but it was not provided.'
    )
    messages = [
        unknown.format("client_version", '"clientVersion" or "client_id"'),
        unknown.format("firstload_version", '"firstloadVersion"'),
        unknown.format("client_config", '"clientConfig" or "client_id"'),
        missing.format("session_secure_id", "String!"),
        missing.format("enable_recording_network_contents", "Boolean!"),
        missing.format("clientVersion", "String!"),
        missing.format("firstloadVersion", "String!"),
        missing.format("clientConfig", "String!"),
        missing.format("fingerprint", "String!"),
    ]
    assert response.status_code == 422
    assert response.json() == {
        "errors": [coded(message, 223) for message in messages],
        "data": None,
    }


async def test_its_second_step_names_a_mutation_that_is_gone(
    highlight_client: httpx.AsyncClient,
) -> None:
    response = await highlight_client.post("/public", json=published(1))
    said = 'Cannot query field "addTrackProperties" on type "Mutation". Did you mean "addSessionProperties"?'
    assert (response.status_code, response.json()) == (
        422,
        {"errors": [coded(said, 85)], "data": None},
    )


async def test_its_third_step_fails_in_four_ways_one_behind_the_other(
    highlight_client: httpx.AsyncClient,
) -> None:
    body = published(2)
    variables = {"session_secure_id": "s1", "messages": "[]", "errors": [], "payload_id": 1}
    body["variables"] = {**variables, "events": {}}
    first = await highlight_client.post("/", json=body)
    assert [each["message"] for each in first.json()["errors"]] == [
        'Field "pushPayload" argument "resources" of type "String!" is required, but it was not provided.'
    ]
    body["query"] = str(body["query"]).replace(
        "errors: $errors,", 'errors: $errors, resources: "{}",'
    )
    second = await highlight_client.post("/", json=body)
    assert (second.status_code, second.json()["errors"]) == (
        422,
        [
            {
                "message": "must be defined",
                "path": ["variable", "events", "events"],
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }
        ],
    )
    body["variables"] = {**variables, "events": EMPTY}
    third = await highlight_client.post("/", json=body)
    assert (third.status_code, third.text) == (
        200,
        (
            '{"errors":[{"message":"error decoding message data: json: cannot unmarshal array into Go '
            'value of type hlog.Messages","path":["pushPayload"]}],"data":null}'
        ),
    )
    body["variables"] = {**variables, "events": EMPTY, "messages": '{"messages":[]}'}
    fourth = await highlight_client.post("/", json=body)
    assert (fourth.status_code, fourth.text) == (200, '{"data":{"pushPayload":24}}')


@pytest.mark.parametrize(
    ("query", "variables", "message", "path", "data"),
    [
        (
            INIT,
            {"project": "not-a-project"},
            "failed to decode not-a-project",
            ["initializeSession"],
            None,
        ),
        (INIT, {"project": ""}, "An unsupported verboseID was used: ", ["initializeSession"], None),
        (
            PUSH,
            {"events": EMPTY, "n": "abc"},
            'strconv.Atoi: parsing "abc": invalid syntax',
            ["pushPayload", "payload_id"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "n": ""},
            'strconv.Atoi: parsing "": invalid syntax',
            ["pushPayload", "payload_id"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "n": 1.5},
            'strconv.Atoi: parsing "1.5": invalid syntax',
            ["pushPayload", "payload_id"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "n": 1.0},
            'strconv.Atoi: parsing "1.0": invalid syntax',
            ["pushPayload", "payload_id"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "messages": ""},
            "error decoding message data: unexpected end of JSON input",
            ["pushPayload"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "messages": '{"messages":[5]}'},
            f"error decoding message data: {UNFIT} number into {FIELD} Messages.messages of type {ITEM}",
            ["pushPayload"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "resources": "[]"},
            "json: cannot unmarshal array into Go value of type graph.PushPayloadResources",
            ["pushPayload"],
            None,
        ),
        (
            PUSH,
            {"events": EMPTY, "sockets": "x"},
            "invalid character 'x' looking for beginning of value",
            ["pushPayload"],
            None,
        ),
        (
            PUSH,
            {
                "events": EMPTY,
                "errors": [
                    {
                        "event": "",
                        "type": "",
                        "url": "",
                        "source": "",
                        "lineNumber": 1,
                        "columnNumber": "2",
                        "stackTrace": [],
                        "timestamp": 5,
                    }
                ],
            },
            "time should be RFC3339Nano formatted string",
            ["pushPayload", "errors", 0, "timestamp"],
            None,
        ),
        (
            'mutation { x: pushSessionEvents(session_secure_id: "a", payload_id: 1.5, data: "") }',
            {},
            'strconv.ParseInt: parsing "1.5": invalid syntax',
            ["x", "payload_id"],
            {"x": None},
        ),
        (
            'mutation { pushSessionEvents(session_secure_id: "a", payload_id: true, data: "") }',
            {},
            "bool is not an int",
            ["pushSessionEvents", "payload_id"],
            {"pushSessionEvents": None},
        ),
        (
            FEEDBACK % "2026-02-30T00:00:00Z",
            {},
            'parsing time "2026-02-30T00:00:00Z": day out of range',
            ["addSessionFeedback", "timestamp"],
            None,
        ),
        ("mutation { pushMetrics(metrics: []) }", {}, "no metrics provided", ["pushMetrics"], None),
        (
            "mutation { pushBackendPayload(errors: [null]) }",
            {},
            "runtime error: invalid memory address or nil pointer dereference",
            ["pushBackendPayload"],
            {"pushBackendPayload": None},
        ),
        (
            '{ ignore(id: "x") }',
            {},
            'strconv.Atoi: parsing "x": invalid syntax',
            ["ignore", "id"],
            {"ignore": None},
        ),
        (
            '{ sampling(organization_verbose_id: "?") { logs { samplingRatio } } }',
            {},
            "failed to decode ?",
            ["sampling"],
            None,
        ),
        (
            "{ __schema { types { name } } }",
            {},
            "introspection disabled",
            ["__schema"],
            {"__schema": None},
        ),
        (
            "query { a: __schema { ...F } } fragment F on __Schema { types { name } }",
            {},
            "introspection disabled",
            ["a"],
            {"a": None},
        ),
        (
            '{ __type(name: "Query") { name } b: __typename }',
            {},
            "introspection disabled",
            ["__type"],
            {"__type": None, "b": "Query"},
        ),
    ],
)
async def test_an_error_while_a_field_runs_is_200_without_a_location(
    highlight_client: httpx.AsyncClient,
    query: str,
    variables: dict[str, object],
    message: str,
    path: list[object],
    data: object,
) -> None:
    response = await highlight_client.post("/", json={"query": query, "variables": variables})
    assert response.status_code == 200
    assert response.json() == {"errors": [{"message": message, "path": path}], "data": data}


@pytest.mark.parametrize(
    ("query", "variables", "data"),
    [
        (
            INIT,
            {"project": "1jdkoe52"},
            {"initializeSession": {"secure_id": "s1", "project_id": "1", "sampling": None}},
        ),
        (
            INIT,
            {"project": 1},
            {"initializeSession": {"secure_id": "s1", "project_id": "1", "sampling": None}},
        ),
        (
            INIT,
            {"project": "999"},
            {"initializeSession": {"secure_id": "s1", "project_id": "999", "sampling": None}},
        ),
        (
            INIT,
            {"project": "1", "undeclared": 5},
            {"initializeSession": {"secure_id": "s1", "project_id": "1", "sampling": None}},
        ),
        (PUSH, {"events": EMPTY}, {"pushPayload": 24}),
        (PUSH, {"events": EMPTY, "n": 1}, {"pushPayload": 24}),
        (PUSH, {"events": EMPTY, "n": "1"}, {"pushPayload": 24}),
        (PUSH, {"events": EMPTY, "n": None}, {"pushPayload": 24}),
        (PUSH, {"events": {"events": [None]}}, {"pushPayload": 32}),
        (PUSH, {"events": {"events": [{**EVENT, "data": "str"}]}}, {"pushPayload": 77}),
        (
            PUSH,
            {"events": {"events": [{**EVENT, "type": "5", "timestamp": "1e3"}]}},
            {"pushPayload": 74},
        ),
        (
            PUSH,
            {
                "events": EMPTY,
                "messages": "null",
                "resources": "{}",
                "sockets": '{"webSocketEvents":[1]}',
            },
            {"pushPayload": 24},
        ),
        (
            'mutation { addSessionProperties(session_secure_id: "$steps.a.outputs.id") }',
            {},
            {"addSessionProperties": "$steps.a.outputs.id"},
        ),
        (
            'mutation { identifySession(session_secure_id: "a", user_identifier: "b", user_object: 5) }',
            {},
            {"identifySession": "a"},
        ),
        (
            'mutation { pushPayloadCompressed(session_secure_id: "a", payload_id: 1, data: "rubbish") }',
            {},
            {"pushPayloadCompressed": None},
        ),
        (
            'mutation { pushSessionEvents(session_secure_id: "a", payload_id: "7", data: "") }',
            {},
            {"pushSessionEvents": None},
        ),
        ("mutation { markBackendSetup }", {}, {"markBackendSetup": None}),
        (
            FEEDBACK % "2026-01-31T09:30:00.5+01:00",
            {},
            {"addSessionFeedback": "a"},
        ),
        (
            f"mutation {{ pushMetrics(metrics: {METRIC}) }}",
            {},
            {"pushMetrics": 1},
        ),
        ("{ ignore(id: 1) __typename }", {}, {"ignore": None, "__typename": "Query"}),
        (
            '{ sampling(organization_verbose_id: "1") { spans { name { matchValue } } } }',
            {},
            {"sampling": {"spans": None}},
        ),
    ],
)
async def test_what_is_taken_is_answered_with_data_alone(
    highlight_client: httpx.AsyncClient, query: str, variables: dict[str, object], data: object
) -> None:
    response = await highlight_client.post("/", json={"query": query, "variables": variables})
    assert (response.status_code, response.json()) == (200, {"data": data})


@pytest.mark.parametrize(
    ("query", "variables", "message", "path"),
    [
        (INIT, {}, "must be defined", ["project"]),
        (INIT, {"project": None}, "cannot be null", ["project"]),
        (INIT, {"project": {}}, "cannot use map as String", ["project"]),
        (INIT, {"project": ["1"]}, "cannot use slice as String", ["project"]),
        (INIT, {"project": True}, "cannot use bool as String", ["project"]),
        (INIT, {"project": "1", "strict": "false"}, "cannot use string as Boolean", ["strict"]),
        (INIT, {"project": "1", "strict": 0}, "cannot use string as Boolean", ["strict"]),
        (PUSH, {"events": []}, "must be a ReplayEventsInput, not a slice", ["events"]),
        (PUSH, {"events": "x"}, "must be a ReplayEventsInput, not a string", ["events"]),
        (PUSH, {"events": 5}, "must be a ReplayEventsInput, not a string", ["events"]),
        (PUSH, {"events": {"events": [], "extra": 1}}, "unknown field", ["events", "extra"]),
        (PUSH, {"events": {}}, "must be defined", ["events", "events"]),
        (PUSH, {"events": {"events": None}}, "cannot be null", ["events", "events"]),
        (
            PUSH,
            {"events": {"events": [EVENT, {**EVENT, "data": None}]}},
            "cannot be null",
            ["events", "events", 1, "data"],
        ),
        (
            PUSH,
            {"events": {"events": [{**EVENT, "type": "x"}]}},
            "cannot use string as Int",
            ["events", "events", 0, "type"],
        ),
        (
            PUSH,
            {"events": {"events": [{**EVENT, "type": 1.5}]}},
            "cannot use string as Int",
            ["events", "events", 0, "type"],
        ),
        (
            PUSH,
            {"events": {"events": [{**EVENT, "timestamp": "nan"}]}},
            "cannot use string as Float",
            ["events", "events", 0, "timestamp"],
        ),
        (PUSH, {"events": EMPTY, "n": False}, "cannot use bool as ID", ["n"]),
        (PUSH, {"events": [], "n": False}, "must be a ReplayEventsInput, not a slice", ["events"]),
    ],
)
async def test_only_the_first_variable_that_does_not_fit_is_told(
    highlight_client: httpx.AsyncClient,
    query: str,
    variables: dict[str, object],
    message: str,
    path: list[object],
) -> None:
    response = await highlight_client.post("/", json={"query": query, "variables": variables})
    assert response.status_code == 422
    error = {
        "message": message,
        "path": ["variable", *path],
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
    }
    assert response.json() == {"errors": [error], "data": None}


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"query": "{"}, "Expected Name, found <EOF>", "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ a b: }"}, "Expected Name, found }", "GRAPHQL_PARSE_FAILED"),
        ({"query": "nonsense"}, 'Unexpected Name "nonsense"', "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "no operation provided", "GRAPHQL_VALIDATION_FAILED"),
        ({}, "no operation provided", "GRAPHQL_VALIDATION_FAILED"),
        (
            {"query": "{__typename}", "operationName": "C"},
            "operation C not found",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            {"query": "query A{__typename} query B{__typename}"},
            "operation  not found",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            {"query": "query A($x: Int){__typename}"},
            'Variable "$x" is never used in operation "A".',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            {"query": "query($x: Int){ignore(id: $x)}"},
            'Variable "$x" of type "Int" used in position expecting type "ID!".',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            {"query": "{ignore(id: 1) @skip(if: true, no: 1)}"},
            'Unknown argument "no" on directive "@skip".',
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_a_document_is_refused_in_gqlparsers_words(
    highlight_client: httpx.AsyncClient, body: dict[str, object], message: str, code: str
) -> None:
    response = await highlight_client.post("/", json=body)
    errors = response.json()["errors"]
    assert response.status_code == 422
    assert [(each["message"], each["extensions"]["code"]) for each in errors] == [(message, code)]
    assert all(len(each.get("locations", [1])) == 1 for each in errors)


DECODED = "json request body could not be decoded: "
UNKNOWN = b"mutation{no}"


@pytest.mark.parametrize(
    ("method", "target", "headers", "content", "status", "media", "message"),
    [
        (
            "POST",
            "/",
            {},
            b'{"a": secret}',
            400,
            JSON,
            DECODED + "invalid character 's' looking for beginning of value body:{\"a\": secret}",
        ),
        ("POST", "/", {}, b"", 400, JSON, DECODED + "EOF body:"),
        ("POST", "/", {}, b'{"a"', 400, JSON, DECODED + 'unexpected EOF body:{"a"'),
        (
            "POST",
            "/",
            {},
            b"[]",
            400,
            JSON,
            DECODED
            + "json: cannot unmarshal array into Go value of type graphql.RawParams body:[]",
        ),
        (
            "POST",
            "/",
            {},
            b'{"variables":"{}"}',
            400,
            JSON,
            DECODED
            + "json: cannot unmarshal string into Go struct field RawParams.variables of type "
            'map[string]interface {} body:{"variables":"{}"}',
        ),
        (
            "POST",
            "/",
            {"content-encoding": "gzip"},
            b"\x1f\x8b\x08",
            400,
            JSON,
            DECODED
            + "invalid character '\\x1f' looking for beginning of value body:\x1f\ufffd\x08",
        ),
        (
            "POST",
            "/",
            {},
            b"null",
            422,
            JSON,
            "runtime error: invalid memory address or nil pointer dereference",
        ),
        (
            "POST",
            "/",
            {"accept": "text/html"},
            b"[]",
            400,
            GRAPHQL,
            DECODED
            + "json: cannot unmarshal array into Go value of type graphql.RawParams body:[]",
        ),
        (
            "POST",
            "/",
            {"content-type": "text/plain"},
            b"{}",
            400,
            "text/plain; charset=utf-8",
            "transport not supported",
        ),
        (
            "POST",
            "/",
            {"content-type": ""},
            b"{}",
            400,
            "text/plain; charset=utf-8",
            "transport not supported",
        ),
        ("PUT", "/", {}, b"{}", 400, "text/plain; charset=utf-8", "transport not supported"),
        ("DELETE", "/", {}, b"", 400, "text/plain; charset=utf-8", "transport not supported"),
        (
            "GET",
            "/?query=mutation{markBackendSetup}",
            {},
            b"",
            406,
            JSON,
            "GET requests only allow query operations",
        ),
        (
            "GET",
            "/?query={ignore}&variables={",
            {},
            b"",
            400,
            JSON,
            "variables could not be decoded",
        ),
        (
            "GET",
            "/?query={ignore}&variables=[]",
            {},
            b"",
            400,
            JSON,
            "variables could not be decoded",
        ),
        ("GET", "/", {}, b"", 422, JSON, "no operation provided"),
    ],
)
async def test_a_request_that_is_none_is_told_so_as_gqlgen_does(
    highlight_client: httpx.AsyncClient,
    method: str,
    target: str,
    headers: dict[str, str],
    content: bytes,
    status: int,
    media: str,
    message: str,
) -> None:
    sent = {"content-type": JSON, **headers}
    response = await highlight_client.request(method, target, headers=sent, content=content)
    assert (response.status_code, response.headers["content-type"]) == (status, media)
    assert [each["message"] for each in response.json()["errors"]] == [message]
    assert response.json()["data"] is None


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        (None, 422, JSON),
        ("*/*", 400, GRAPHQL),
        (JSON, 422, JSON),
        (GRAPHQL, 400, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", 400, GRAPHQL),
        (f"{GRAPHQL};q=0.1, {JSON};q=0.9", 400, GRAPHQL),
        (f"{JSON};q=0, {GRAPHQL}", 422, JSON),
        ("text/html", 400, GRAPHQL),
    ],
)
async def test_the_first_media_type_it_knows_decides_the_status(
    highlight_client: httpx.AsyncClient, accept: str | None, status: int, media: str
) -> None:
    del highlight_client.headers["accept"]
    headers = {"accept": accept} if accept else {}
    response = await highlight_client.post("/", json={"query": "{ no }"}, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, media)


async def test_a_query_is_asked_for_by_its_hash_once_it_has_come(
    highlight_client: httpx.AsyncClient,
) -> None:
    query = "{ __typename }"
    told = {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}
    only = {"extensions": {"persistedQuery": told}}
    unknown = await highlight_client.post("/", json=only)
    both = await highlight_client.post("/", json={**only, "query": query})
    known = await highlight_client.post("/", json=only)
    other = await highlight_client.post("/", json={**only, "query": "{ ignore(id: 1) }"})
    assert (unknown.status_code, unknown.json()) == (
        200,
        {
            "errors": [
                {
                    "message": "PersistedQueryNotFound",
                    "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
                }
            ],
            "data": None,
        },
    )
    assert both.json() == known.json() == {"data": {"__typename": "Query"}}
    assert other.json()["errors"][0]["message"] == "provided APQ hash does not match query"


@pytest.mark.parametrize(
    ("accept", "coding", "packed"),
    [
        (JSON, "gzip, deflate", "gzip"),
        (JSON, "identity", None),
        (GRAPHQL, "gzip", None),
    ],
)
async def test_json_is_packed_and_the_media_type_of_graphql_is_not(
    highlight_client: httpx.AsyncClient, accept: str, coding: str, packed: str | None
) -> None:
    headers = {"accept": accept, "accept-encoding": coding}
    async with highlight_client.stream(
        "POST", "/", json={"query": "{ __typename }"}, headers=headers
    ) as response:
        raw = b"".join([piece async for piece in response.aiter_raw()])
    assert response.headers.get("content-encoding") == packed
    assert (gzip.decompress(raw) if packed else raw) == b'{"data":{"__typename":"Query"}}'


async def test_elsewhere_there_is_nothing_and_any_site_may_ask(
    highlight_client: httpx.AsyncClient,
) -> None:
    elsewhere = await highlight_client.post("/graphql", json={})
    assert (elsewhere.status_code, elsewhere.text) == (404, "404 page not found\n")
    for path in ("/", "/public", "/public/"):
        preflight = await highlight_client.options(path)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (
            204,
            "*",
        )


_JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_EVENTS = st.fixed_dictionaries(
    {"events": st.lists(st.none() | st.fixed_dictionaries(dict.fromkeys(EVENT, _JSON)))}
)
_VARIABLES = st.fixed_dictionaries(
    {},
    optional={
        "project": _JSON,
        "id": _JSON,
        "events": _JSON | _EVENTS,
        "messages": _JSON | st.just("{}"),
        "errors": _JSON,
        "n": _JSON,
    },
)
_BODIES = st.fixed_dictionaries(
    {"query": st.sampled_from([INIT, PUSH, "{__typename}"]) | st.text()},
    optional={"operationName": _JSON, "variables": _VARIABLES | _JSON, "extensions": _JSON},
)
_FUZZED = Application(HIGHLIGHT, State())


@settings(deadline=None)
@given(_BODIES.map(json.dumps).map(str.encode) | st.binary(), st.sampled_from([GRAPHQL, JSON]))
def test_every_body_has_an_answer_in_json_with_data(body: bytes, accept: str) -> None:
    headers = (("content-type", JSON), ("accept", accept))
    answer = _FUZZED.answer(Asked("POST", "/", headers, body))
    assert answer.status in (200, 400, 422)
    assert "data" in json.loads(answer.body)
