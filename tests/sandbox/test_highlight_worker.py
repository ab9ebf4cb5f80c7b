"""What becomes of what the graph of a self-hosted Highlight has answered with a success."""

import base64
import gzip
import json
from collections.abc import Mapping

import httpx
import pytest

from arazzo_tui.sandbox.server import Sandbox
from arazzo_tui.sandbox.worker import MOST_UNPACKED

INIT = """mutation { initializeSession(session_secure_id: "%s", organization_verbose_id: "%s",
  enable_strict_privacy: false, enable_recording_network_contents: false, clientVersion: "9",
  firstloadVersion: "9", clientConfig: "{}", environment: "test", fingerprint: "",
  client_id: "") { secure_id } }"""
PUSH = """mutation push($id: String! = "s1", $events: ReplayEventsInput!) {
  pushPayload(session_secure_id: $id, events: $events, messages: "{}", resources: "{}",
    errors: []) }"""


async def ask(
    client: httpx.AsyncClient, query: str, variables: Mapping[str, object] | None = None
) -> None:
    """Ask for something that is answered as a success."""
    response = await client.post("/", json={"query": query, "variables": variables or {}})
    assert "errors" not in response.json()


@pytest.fixture
async def opened(highlight_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that has opened a session it calls s1."""
    await ask(highlight_client, INIT % ("s1", "1jdkoe52"))
    return highlight_client


def track(payload: object, **changes: object) -> dict[str, object]:
    return {
        "type": 5,
        "timestamp": 1,
        "_sid": 1,
        "data": {"tag": "Track", "payload": payload},
        **changes,
    }


def packed(value: object) -> str:
    return base64.b64encode(gzip.compress(json.dumps(value).encode(), mtime=0)).decode()


async def test_a_session_is_opened_under_the_id_of_its_client_and_only_once(
    opened: httpx.AsyncClient, highlight: Sandbox
) -> None:
    await ask(opened, INIT % ("s1", "1"))
    sessions = highlight.state.sessions
    assert [(each.secure_id, each.project) for each in sessions.values()] == [("s1", 1)]
    assert highlight.state.dropped == ()


async def test_a_project_that_is_not_there_is_no_error_and_no_session(
    highlight_client: httpx.AsyncClient, highlight: Sandbox
) -> None:
    await ask(highlight_client, INIT % ("s9", "999"))
    assert highlight.state.sessions == {}
    assert [(lost.record.secure_id, lost.why) for lost in highlight.state.dropped] == [
        ("s9", "there is no project 999; the only one here is 1, which is 1jdkoe52")
    ]


async def test_what_comes_for_an_unknown_session_is_lost(
    opened: httpx.AsyncClient, highlight: Sandbox
) -> None:
    await ask(opened, PUSH, {"id": "$steps.x.outputs.id", "events": {"events": [track("{}")]}})
    assert highlight.state.kept == ()
    assert [lost.record.mutation for lost in highlight.state.dropped] == ["pushPayload"]


async def test_a_track_event_is_kept_by_itself(
    opened: httpx.AsyncClient, highlight: Sandbox
) -> None:
    named, nameless = track('{"event":"signup","n":1}'), track('{"n":2}')
    events = [named, nameless, track("{}", type=3), track("{}", data={"tag": "Click"})]
    await ask(opened, PUSH, {"events": {"events": events}})
    assert [(each.mutation, each.content) for each in highlight.state.kept[1:]] == [
        ("Track", {"event": "signup", "n": 1}),
        ("Track", {"event": "unknown_event", "n": 2}),
    ]


@pytest.mark.parametrize("payload", [{"event": "signup"}, None, 5, "signup", "[]"])
async def test_a_track_event_whose_payload_is_no_string_of_json_is_lost_alone(
    opened: httpx.AsyncClient, highlight: Sandbox, payload: object
) -> None:
    await ask(opened, PUSH, {"events": {"events": [track(payload), track('{"event":"b"}')]}})
    assert [each.mutation for each in highlight.state.kept] == ["pushPayload", "Track"]
    assert [(lost.record.mutation, lost.record.content) for lost in highlight.state.dropped] == [
        ("Track", payload)
    ]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (None, "event 1 is of type null: all events of the payload are lost"),
        (
            track("{}", data="text"),
            "`data` of event 1 is of type string, and an object is meant: all events of the payload are lost",
        ),
    ],
)
async def test_an_event_the_worker_fails_on_takes_its_whole_payload_with_it(
    opened: httpx.AsyncClient, highlight: Sandbox, event: object, why: str
) -> None:
    await ask(opened, PUSH, {"events": {"events": [track('{"event":"a"}'), event]}})
    assert highlight.state.kept == ()
    assert [lost.why for lost in highlight.state.dropped] == [why]


@pytest.mark.parametrize("mutation", ["pushPayloadCompressed", "pushSessionEvents"])
async def test_a_compressed_payload_is_unpacked_and_then_like_any_other(
    opened: httpx.AsyncClient, highlight: Sandbox, mutation: str
) -> None:
    payload = {"events": {"events": [track('{"event":"a"}')]}, "messages": "{}"}
    data = packed(payload)
    await ask(
        opened, f'mutation {{ {mutation}(session_secure_id: "s1", payload_id: 1, data: "{data}") }}'
    )
    taken, tracked = highlight.state.kept
    assert isinstance(taken.content, Mapping)
    assert (taken.mutation, taken.content["data"]) == (mutation, payload)
    assert tracked.content == {"event": "a"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("rubbish!", "`data` is not base64"),
        ("cnViYmlzaA==", "`data` is base64, but not of gzip"),
        (packed({})[:24], "`data` is base64 of gzip, but it ends too early"),
        (packed([]), "`data` holds JSON of type array, and an object is meant"),
        (
            base64.b64encode(gzip.compress(b"{", mtime=0)).decode(),
            (
                "`data` is base64 of gzip, but not of JSON: line 1, column 2: a name in double quotes is "
                "expected here, but the text ends"
            ),
        ),
        (packed("x" * MOST_UNPACKED), "`data` unpacks to more than 4,194,304 bytes"),
    ],
)
async def test_compressed_rubbish_is_taken_and_lost(
    opened: httpx.AsyncClient, highlight: Sandbox, data: str, why: str
) -> None:
    arguments = f'session_secure_id: "s1", payload_id: 1, data: "{data}"'
    await ask(opened, f"mutation {{ pushPayloadCompressed({arguments}) }}")
    assert [lost.why for lost in highlight.state.dropped] == [why]


@pytest.mark.parametrize(
    ("mutation", "argument"),
    [
        ("identifySession", 'user_identifier: "u", user_object'),
        ("addSessionProperties", "properties_object"),
    ],
)
async def test_properties_that_are_no_object_are_taken_and_lost(
    opened: httpx.AsyncClient, highlight: Sandbox, mutation: str, argument: str
) -> None:
    for value in ("{a: 1}", "[1]"):
        await ask(
            opened, f'mutation {{ {mutation}(session_secure_id: "s1", {argument}: {value}) }}'
        )
    assert [each.mutation for each in highlight.state.kept] == [mutation]
    assert [lost.why for lost in highlight.state.dropped] == [
        f"`{argument.rpartition(' ')[2]}` must be an object, and this is of type array"
    ]


async def test_of_three_fields_the_last_still_runs_when_the_middle_one_fails(
    opened: httpx.AsyncClient, highlight: Sandbox
) -> None:
    query = """mutation {
      a: addSessionProperties(session_secure_id: "s1", properties_object: {n: 1})
      b: pushMetrics(metrics: [])
      c: addSessionProperties(session_secure_id: "s1", properties_object: {n: 3}) }"""
    response = await opened.post("/", json={"query": query})
    assert response.json() == {
        "errors": [{"message": "no metrics provided", "path": ["b"]}],
        "data": None,
    }
    assert [each.content for each in highlight.state.kept] == [
        {"properties_object": {"n": 1}},
        {"properties_object": {"n": 3}},
    ]


async def test_the_log_tells_what_became_of_everything(opened: httpx.AsyncClient) -> None:
    await ask(opened, PUSH, {"events": {"events": [track('{"event":"a"}'), track(5)]}})
    log = (await opened.get("/__log")).json()
    assert [each["secure_id"] for each in log["sessions"]] == ["s1"]
    assert [each["mutation"] for each in log["kept"]] == ["pushPayload", "Track"]
    assert [each["why"] for each in log["dropped"]] == [
        "the payload of a Track event must be a string that holds a JSON object"
    ]
    assert log["requests"][0]["answer"].startswith('{"data":{"initializeSession"')
