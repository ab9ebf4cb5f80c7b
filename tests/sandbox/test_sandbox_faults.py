"""Faults to order: how they are written, when they happen, and what they look like from outside."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.sandbox.faults import (
    BadFault,
    BadJson,
    ContentType,
    Drop,
    Errors,
    Fault,
    Huge,
    Injection,
    Injections,
    Partial,
    Quota,
    Redirect,
    Slow,
    Status,
    read_injection,
)
from arazzo_tui.sandbox.schemas import SchemaName
from arazzo_tui.sandbox.server import Sandbox, serve

TRACK = {
    "query": 'mutation signup { addSessionProperties(session_secure_id: "s1") }',
    "operationName": "signup",
}
INIT = {
    "query": """mutation { initializeSession(session_secure_id: "s1", organization_verbose_id: "1",
      enable_strict_privacy: false, enable_recording_network_contents: false, clientVersion: "9",
      firstloadVersion: "9", clientConfig: "{}", environment: "test", fingerprint: "",
      client_id: "") { secure_id project_id } }"""
}
RIGHT = {"data": {"addSessionProperties": "s1"}}
INJECTED = "the sandbox was told to fail here"


@pytest.mark.parametrize(
    ("text", "operation", "fault", "count"),
    [
        ("pushPayload=429:1*2", "pushPayload", Status(429, 1), 2),
        ("pushPayload=429", "pushPayload", Status(429), None),
        ("*=503:date+2", "*", Status(503, 2, as_date=True), None),
        ("*=599*1", "*", Status(599), 1),
        ("a=errors", "a", Errors(), None),
        ("a=partial", "a", Partial(200), None),
        ("a=294*3", "a", Partial(294), 3),
        ("a=quota*1", "a", Quota(), 1),
        ("a=slow:1.5", "a", Slow(1.5), None),
        ("a=drop", "a", Drop(), None),
        ("a=huge:20*1", "a", Huge(20), 1),
        ("a=bad-json", "a", BadJson(), None),
        ("a=content-type:text/html; charset=utf-8", "a", ContentType("text/html; charset=utf-8"), None),
        ("a=redirect:https://b.example/c?d=e:f*2", "a", Redirect("https://b.example/c?d=e:f"), 2),
    ],
)  # fmt: skip
def test_a_fault_is_read(text: str, operation: str, fault: Fault, count: int | None) -> None:
    assert read_injection(text) == Injection(text, operation, fault, count)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a fault is written OPERATION=FAULT[:ARGUMENT][*COUNT]"),
        ("429", "a fault is written OPERATION="),
        ("=429", "with `*` for any operation"),
        ("push payload=429", "a fault is written OPERATION="),
        ("a=", "there is no fault ``; there is a status from 400 to 599, errors, partial"),
        ("a=fire", "there is no fault `fire`"),
        ("a=200", "there is no fault `200`"),
        ("a=600", "there is no fault `600`"),
        ("a=429*0", "happens no times"),
        ("a=429:soon", "after `429:` stand seconds or `date+SECONDS`, and not `soon`"),
        ("a=429:", "and not ``"),
        ("a=294:1", "`294` takes no argument, and `1` was given"),
        ("a=drop:now", "`drop` takes no argument"),
        ("a=slow", "`slow` needs a number of seconds after a colon"),
        ("a=slow:-1", "`slow` takes seconds up to 86,400, and not `-1`"),
        ("a=slow:99999", "`slow` takes seconds up to 86,400"),
        ("a=huge:0", "`huge` takes megabytes from 1 to 1,000, and not `0`"),
        ("a=huge:1.5", "`huge` takes megabytes"),
        ("a=content-type:", "`content-type` needs a media type after a colon"),
        ("a=content-type:a\r\nb: c", "printable ASCII only"),
        ("a=redirect:http://ü", "printable ASCII only"),
    ],
)
def test_what_is_no_fault_is_told_with_what_would_be_one(text: str, said: str) -> None:
    with pytest.raises(BadFault) as told:
        read_injection(text)
    assert said in str(told.value)


@given(st.text() | st.from_regex(r"(\*|a)=[a-z0-9-]*(:.*)?(\*[0-9]+)?"))
def test_any_text_is_a_fault_or_refused(text: str) -> None:
    try:
        read = read_injection(text).text
    except BadFault:
        read = text
    assert read == text


def test_the_first_fault_that_is_left_is_taken_and_counted() -> None:
    texts = ("b=drop*1", "a=429*2", "*=errors*1", "a=503")
    injections = Injections([read_injection(each) for each in texts])
    taken = [injections.take(names) for names in (["a"], ["a", "c"], ["a"], ["a"], ["b"], ["b"])]
    assert [each.text if each else None for each in taken] == [
        "a=429*2", "a=429*2", "*=errors*1", "a=503", "b=drop*1", None,
    ]  # fmt: skip


@asynccontextmanager
async def _faulty(
    *faults: str, schema: SchemaName = "highlight"
) -> AsyncIterator[tuple[Sandbox, httpx.AsyncClient]]:
    injections = [read_injection(each) for each in faults]
    async with (
        serve(schema=schema, faults=injections) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.url,
            verify=False,
            trust_env=False,
            headers={"accept": "application/json"},
        ) as client,
    ):
        yield sandbox, client


Faulty = Callable[..., AbstractAsyncContextManager[tuple[Sandbox, httpx.AsyncClient]]]


@pytest.fixture
def faulty() -> Faulty:
    """A sandbox with faults, and a client for it."""
    return _faulty


@pytest.mark.parametrize("name", ["signup", "addSessionProperties", "*"])
@pytest.mark.parametrize("schema", ["documented", "highlight"])
async def test_a_fault_is_for_an_operation_its_field_or_any(
    faulty: Faulty, name: str, schema: SchemaName
) -> None:
    async with faulty("other=drop", f"{name}=503*2", schema=schema) as (_, client):
        statuses = [(await client.post("/public", json=TRACK)).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


async def test_a_query_in_the_url_has_its_faults_and_what_is_not_the_graph_has_none(
    faulty: Faulty,
) -> None:
    async with faulty("ignore=500*1", "*=502*1") as (sandbox, client):
        asked = [
            "/health",
            "/__log",
            "/elsewhere",
            "/?query={ignore(id:1)}",
            "/?query={",
            "/?query={",
        ]
        statuses = [(await client.get(each)).status_code for each in asked]
        preflight = await client.options("/")
    assert statuses == [200, 200, 404, 500, 502, 422]
    assert preflight.status_code == 204
    assert [each.injected for each in sandbox.arrivals.latest] == [
        "", "", "ignore=500*1", "*=502*1", "", "",
    ]  # fmt: skip


async def test_a_status_has_the_page_of_a_proxy_and_nothing_has_run(faulty: Faulty) -> None:
    async with faulty("*=429:7") as (sandbox, client):
        response = await client.post("/", json=TRACK)
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert response.headers["content-type"] == "text/html"
    assert "<h1>429 Too Many Requests</h1>" in response.text
    assert (sandbox.state.kept, sandbox.state.dropped) == ((), ())


async def test_retry_after_can_be_a_date(faulty: Faulty) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    async with faulty("*=503:date+60") as (_, client):
        response = await client.post("/", json=TRACK)
    told = parsedate_to_datetime(response.headers["retry-after"])
    assert before + timedelta(seconds=60) <= told <= datetime.now(UTC) + timedelta(seconds=60)
    assert response.headers["retry-after"].endswith(" GMT")


async def test_errors_come_in_a_200_and_nothing_has_run(faulty: Faulty) -> None:
    async with faulty("*=errors") as (sandbox, client):
        response = await client.post("/", json=TRACK)
    error = {"message": INJECTED, "path": ["addSessionProperties"]}
    assert (response.status_code, response.json()) == (200, {"errors": [error], "data": None})
    assert sandbox.state.dropped == ()


@pytest.mark.parametrize(("fault", "status"), [("partial", 200), ("294", 294)])
async def test_a_partial_answer_has_data_and_an_error(
    faulty: Faulty, fault: str, status: int
) -> None:
    async with faulty(f"*={fault}") as (sandbox, client):
        nested = await client.post("/", json=INIT)
        flat = await client.post("/", json=TRACK)
    assert (nested.status_code, nested.json()) == (
        status,
        {
            "errors": [{"message": INJECTED, "path": ["initializeSession", "project_id"]}],
            "data": {"initializeSession": {"secure_id": "s1", "project_id": None}},
        },
    )
    assert (flat.status_code, flat.json()["data"]) == (status, {"addSessionProperties": None})
    assert list(sandbox.state.sessions) == ["s1"]


async def test_a_used_up_quota_is_told_after_the_session_was_taken(faulty: Faulty) -> None:
    async with faulty("initializeSession=quota*1") as (sandbox, client):
        response = await client.post("/", json=INIT)
        again = await client.post("/", json=INIT)
    error = {"message": "BillingQuotaExceeded", "path": ["initializeSession"]}
    assert (response.status_code, response.json()) == (200, {"errors": [error], "data": None})
    assert list(sandbox.state.sessions) == ["s1"]
    assert "errors" not in again.json()


@pytest.mark.parametrize("fault", ["partial", "294", "quota"])
async def test_what_is_refused_anyway_stays_as_it_is(faulty: Faulty, fault: str) -> None:
    async with faulty(f"*={fault}") as (_, client):
        response = await client.post("/", json={"query": "{ no }"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["message"] == 'Cannot query field "no" on type "Query".'


async def test_a_slow_answer_is_the_right_one(faulty: Faulty) -> None:
    async with faulty("*=slow:0.05*1") as (_, client):
        assert (await client.post("/", json=TRACK)).json() == RIGHT


async def test_a_slow_answer_keeps_nobody_else_waiting(faulty: Faulty) -> None:
    async with faulty("signup=slow:86400") as (_, client):
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/", json=TRACK, timeout=0.1)
        assert (await client.get("/health")).text == "ok\n"


async def test_a_dropped_answer_is_none_though_the_operation_has_run(faulty: Faulty) -> None:
    async with faulty("*=drop*1") as (sandbox, client):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            await client.post("/", json=INIT)
        after = await client.post("/", json=TRACK)
    assert list(sandbox.state.sessions) == ["s1"]
    assert after.json() == RIGHT


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_huge_answer_is_right_and_huge(faulty: Faulty, accept: str) -> None:
    async with faulty("*=huge:3") as (sandbox, client):
        response = await client.post("/", json=TRACK, headers={"accept": accept})
    assert int(response.headers["content-length"]) > 3_000_000
    answer = response.json()
    assert ({"data": answer["data"]}, len(answer["extensions"]["padding"])) == (RIGHT, 3_000_000)
    assert len(sandbox.arrivals.latest[0].answer) < 20_000


async def test_bad_json_ends_in_the_middle(faulty: Faulty) -> None:
    async with faulty("*=bad-json") as (_, client):
        response = await client.post("/", json=TRACK)
    assert response.status_code == 200
    assert json.dumps(RIGHT, separators=(",", ":")).startswith(response.text)
    with pytest.raises(json.JSONDecodeError):
        response.json()


async def test_a_content_type_can_be_anything(faulty: Faulty) -> None:
    async with faulty("*=content-type:text/html; charset=latin-1") as (_, client):
        response = await client.post("/", json=TRACK)
    assert response.headers["content-type"] == "text/html; charset=latin-1"
    assert response.json() == RIGHT


async def test_a_redirect_says_where_to_and_nothing_has_run(faulty: Faulty) -> None:
    async with faulty("*=redirect:https://elsewhere.example/public") as (sandbox, client):
        response = await client.post("/", json=TRACK)
    assert (response.status_code, response.headers["location"]) == (
        302,
        "https://elsewhere.example/public",
    )
    assert sandbox.state.dropped == ()


async def test_any_site_may_read_a_fault_and_the_log_tells_that_it_was_ordered(
    faulty: Faulty,
) -> None:
    async with faulty("signup=503") as (_, client):
        response = await client.post("/", json=TRACK)
        log = (await client.get("/__log")).json()
    assert response.headers["access-control-allow-origin"] == "*"
    assert [(each["status"], each["injected"]) for each in log["requests"]] == [(503, "signup=503")]
