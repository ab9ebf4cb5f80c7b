"""Servers that nobody here wrote execute the project's own schemas: verdicts, places and edits hold there.

GraphQL Yoga and Apollo Server are installed once into the user's cache folder, in the versions that
`foreign/package.json` names. Without Node.js, or without a registry, these tests are skipped.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs
import pytest

import arazzo_tui
from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.engine.moment import Moment, ServerChoice, Settings
from arazzo_tui.engine.run import begun
from arazzo_tui.graphql.advice import advise
from arazzo_tui.graphql.edits import AddArgument, Rename, added, apply, apply_all
from arazzo_tui.graphql.endpoint import probe
from arazzo_tui.graphql.places import ErrorPlaces, places
from arazzo_tui.graphql.schema import Schema
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.graphql.verdict import Standing, Verdict
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS
from arazzo_tui.world.given import inputs_from_file
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.schemas import load_schema
from arazzo_tui.world.session import Session
from arazzo_tui.world.transport import Http
from arazzo_tui.world.workspace import Workspace

FOREIGN = Path(__file__).parent / "foreign"
SCHEMAS = Path(arazzo_tui.__file__).parent / "sandbox" / "schema"
CURRENT = DEMO_DOCUMENT.with_name("highlight-session-track-event-current.arazzo.yaml")
CURRENT_INPUTS = DEMO_INPUTS.with_name("session-track-event-current.json")
ACCEPT = "application/graphql-response+json, application/json;q=0.9"


def installed() -> Path:
    """The folder with the servers; they are installed beside it and moved there when complete."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs Node.js with npm")
    files = [FOREIGN / "package.json", FOREIGN / "serve.mjs"]
    mark = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    home = platformdirs.user_cache_path("arazzo-tui-tests", appauthor=False)
    there = home / mark
    if there.exists():
        return there
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=home))
    for file in files:
        shutil.copy(file, fresh)
    command = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        str(fresh),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        shutil.rmtree(fresh)
        pytest.skip(f"npm could not install the servers: {done.stderr.strip()[-200:]}")
    if there.exists():  # another process was faster
        shutil.rmtree(fresh)
    else:
        fresh.rename(there)
    return there


@pytest.fixture(scope="module")
def urls() -> Iterator[Mapping[str, str]]:
    """The URL of each server by its name and its schema's."""
    files = [str(SCHEMAS / f"{name}.graphql") for name in ("documented", "highlight")]
    command = ["node", str(installed() / "serve.mjs"), *files]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        line = node.stdout.readline()
        yield json.loads(line)
        node.stdin.close()
        node.wait(10)


@pytest.fixture(params=["yoga", "apollo"])
def server(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def run(url: str, document: Path, inputs: Path) -> Moment:
    opened = Workspace(strict=False).open(str(document))
    assert opened.description is not None
    plan = planned(opened, opened.description.workflows[0].workflow_id).plan
    assert plan is not None
    choice = ServerChoice(url, "the test")
    given = inputs_from_file(str(inputs))
    moment, errors = begun_with(plan, given, Settings({"sessionIngestionApi": choice}, {}, 20.0))
    assert errors == ()
    assert moment is not None
    async with Http() as transport:
        return await Session(begun(moment), transport, lambda _: None).go()


def last(moment: Moment) -> tuple[Request, Verdict]:
    record = moment.trail[-1]
    verdict = second_opinion(record.request, record.answer)
    assert record.request is not None
    assert verdict is not None
    return record.request, verdict


async def asked(url: str, payload: Json) -> Verdict:
    request = posted(url, payload)
    async with Http() as transport:
        answer = await transport.send(request, 20.0)
    assert isinstance(answer, Response)
    assert isinstance(answer.content, JsonContent)
    verdict = second_opinion(request, answer)
    assert verdict is not None
    return verdict


def posted(url: str, payload: Json) -> Request:
    fields = (
        ("Host", url.split("/")[2]),
        ("Content-Type", "application/json"),
        ("Accept", ACCEPT),
    )
    return Request("POST", url, fields, write_json(payload).encode(), payload)


def placed(verdict: Verdict, payload: Json) -> tuple[ErrorPlaces, ...]:
    return places(verdict.errors, payload, verdict.data)


def words(place: ErrorPlaces, payload: Json) -> list[str]:
    """What is marked in a query of one line."""
    assert isinstance(payload, Mapping)
    query = str(payload["query"])
    return [
        query[at.sent.column - 1 : at.sent.column - 1 + at.sent.length] for at in place.in_query
    ]


@pytest.mark.parametrize(
    ("schema", "document", "inputs"),
    [("documented", DEMO_DOCUMENT, DEMO_INPUTS), ("highlight", CURRENT, CURRENT_INPUTS)],
)
async def test_each_document_passes_on_its_own_schema(
    urls: Mapping[str, str], server: str, schema: str, document: Path, inputs: Path
) -> None:
    moment = await run(urls[f"{server} {schema}"], document, inputs)
    assert moment.ended is not None
    assert moment.ended.passed
    opinions = [second_opinion(each.request, each.answer) for each in moment.trail]
    assert [each and each.standing for each in opinions] == [Standing.OK] * 3


async def test_the_first_document_fails_on_the_schema_of_today_and_every_error_has_its_place(
    urls: Mapping[str, str], server: str
) -> None:
    moment = await run(urls[f"{server} highlight"], DEMO_DOCUMENT, DEMO_INPUTS)
    request, verdict = last(moment)
    assert len(moment.trail) == 1
    assert moment.ended is not None
    assert not moment.ended.passed
    assert (verdict.standing, len(verdict.errors)) == (Standing.REQUEST_ERROR, 9)
    found = placed(verdict, request.payload)
    marks = [words(place, request.payload) for place in found]
    assert sorted(marks) == sorted(
        [["client_version"], ["firstload_version"], ["client_config"], *[["initializeSession"]] * 6]
    )


async def test_the_edits_that_a_server_suggests_are_accepted_by_it(
    urls: Mapping[str, str], server: str
) -> None:
    url = urls[f"{server} highlight"]
    request, verdict = last(await run(url, DEMO_DOCUMENT, DEMO_INPUTS))
    before = request.payload
    likeliest = [place.edits[0] for place in placed(verdict, before) if place.edits]
    body, done = apply_all(likeliest, before)
    assert [type(edit) for edit in done] == [Rename] * 3 + [AddArgument] * 3
    assert sorted(added(before, body)) == [
        (("enable_recording_network_contents",), False),
        (("fingerprint",), ""),
        (("session_secure_id",), ""),
    ]
    assert (await asked(url, body)).standing is Standing.OK


PUSH = (
    "mutation P($events: ReplayEventsInput!, $m: String!, $e: [ErrorObjectInput]!) { pushPayload("
    'session_secure_id: "s", resources: "{}", events: $events, messages: $m, errors: $e) }'
)
GOOD: dict[str, Json] = {"events": {"events": []}, "m": "{}", "e": []}
EVENT: dict[str, Json] = {"type": 5, "timestamp": 1, "_sid": 1, "data": {}}


@pytest.mark.parametrize(
    ("variables", "pointer"),
    [
        ({"events": {}}, "events events"),
        ({"events": []}, "events"),
        ({"events": None}, "events"),
        ({"m": 1}, "m"),
        ({"events": {"events": [EVENT, {**EVENT, "type": "5"}]}}, "events events 1 type"),
        ({"events": {"events": [{**EVENT, "tpye": 5}]}}, "events events 0 tpye"),
        ({"e": [{}]}, "e 0 event"),
    ],
)
async def test_a_variable_that_does_not_fit_is_found_in_the_variables(
    urls: Mapping[str, str], server: str, variables: dict[str, Json], pointer: str
) -> None:
    payload: Json = {"query": PUSH, "variables": {**GOOD, **variables}}
    verdict = await asked(urls[f"{server} highlight"], payload)
    assert verdict.standing is Standing.REQUEST_ERROR
    first = placed(verdict, payload)[0]
    assert first.in_variables == (tuple(pointer.split()),)
    assert words(first, payload) == [f"${pointer.split(maxsplit=1)[0]}"]


async def test_a_misspelt_input_field_is_renamed_in_the_variables(
    urls: Mapping[str, str], server: str
) -> None:
    url = urls[f"{server} highlight"]
    wrong = {("tpye" if name == "type" else name): value for name, value in EVENT.items()}
    payload: Json = {"query": PUSH, "variables": {**GOOD, "events": {"events": [wrong]}}}
    [edit, *_] = [
        edit
        for place in placed(await asked(url, payload), payload)
        for edit in place.edits
        if isinstance(edit, Rename) and edit.new == "type"
    ]
    assert (await asked(url, apply(edit, payload))).standing is Standing.OK


@pytest.mark.parametrize(
    ("query", "standing", "null_at", "mark"),
    [
        ('{ ignore(id: "1") }', Standing.NULL, None, ""),
        (
            'mutation { who: identifySession(session_secure_id: "s", user_identifier: "u") }',
            Standing.FIELD_ERROR,
            ("data",),
            "identifySession",
        ),
        (
            (
                'mutation { a: markBackendSetup pushSessionEvents(session_secure_id: "s", payload_id: 1, '
                'data: "") }'
            ),
            Standing.PARTIAL,
            ("data", "a"),
            "markBackendSetup",
        ),
        ("{ ignore(id: 1) { a } }", Standing.REQUEST_ERROR, None, "ignore"),
        ("{ ignore(id: $id) }", Standing.REQUEST_ERROR, None, "$id"),
        ("{ ignore(", Standing.REQUEST_ERROR, None, ""),
    ],
)
async def test_the_verdict_is_by_the_body_and_a_null_knows_its_error(
    urls: Mapping[str, str],
    server: str,
    query: str,
    standing: Standing,
    null_at: tuple[str, ...] | None,
    mark: str,
) -> None:
    payload: Json = {"query": query}
    verdict = await asked(urls[f"{server} highlight"], payload)
    assert verdict.standing is standing
    for place in placed(verdict, payload):
        assert place.null_at == null_at
        assert words(place, payload) == [mark]


async def test_a_probe_is_answered(urls: Mapping[str, str], server: str) -> None:
    url = urls[f"{server} documented"]
    request = probe(posted(url, {"query": "mutation { gone }"}))
    assert (await asked(url, request.payload)).data == {"__typename": "Query"}


async def test_the_servers_own_schema_foretells_its_errors(
    urls: Mapping[str, str], server: str
) -> None:
    url = urls[f"{server} highlight"]
    async with Http() as transport:
        schema = await load_schema(url, transport)
    assert isinstance(schema, Schema)
    request, verdict = last(await run(url, DEMO_DOCUMENT, DEMO_INPUTS))
    advised = [words(each.places, request.payload) for each in advise(request.payload, schema)]
    told = [words(each, request.payload) for each in placed(verdict, request.payload)]
    assert sorted(advised) == sorted(told)
