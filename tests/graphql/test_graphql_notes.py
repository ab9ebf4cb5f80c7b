"""Notes on known operations: what a success does not prove, each with its reason."""

import base64
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.graphql.calls import root_calls
from arazzo_tui.graphql.notes import GraphNote, notes
from arazzo_tui.language.jsontext import Float, write_json
from arazzo_tui.language.values import Json

TYPES = {"organization_verbose_id": "String!", "payload_id": "ID"}


def request(name: str, **arguments: Json) -> Request:
    declared = ", ".join(f"${each}: {TYPES.get(each, 'Any')}" for each in arguments)
    given = ", ".join(f"{each}: ${each}" for each in arguments)
    called = f"{name}({given})" if arguments else name
    head = f"mutation M({declared})" if arguments else "mutation"
    payload: Json = {"query": f"{head} {{ {called} }}", "variables": arguments}
    return Request("POST", "http://localhost:8082/public", payload=payload)


def response(body: Json, status: int = 200) -> Response:
    data = write_json(body).encode()
    media = "application/json"
    content = read_content(media, data)
    return Response(status, "OK", (("Content-Type", media),), data, 0.1, len(data), content)


def said(found: tuple[GraphNote, ...], weight: str = "mistake") -> list[str]:
    return [note.sentence for note in found if note.weight == weight]


@pytest.mark.parametrize("project", ["1jdkoe52", "1"])
def test_the_project_is_decoded_here(project: str) -> None:
    [note] = notes(request("initializeSession", organization_verbose_id=project))
    assert note.sentence.startswith(f"`{project}` is project 1")
    assert (note.product, note.weight, note.at) == (
        "Highlight",
        "good",
        ("organization_verbose_id",),
    )
    assert "does not look whether that project exists" in note.why


@pytest.mark.parametrize("project", ["", "not-a-project"])
def test_a_project_id_that_stands_for_nothing_is_a_mistake(project: str) -> None:
    [note] = notes(request("initializeSession", organization_verbose_id=project))
    assert note.weight == "mistake"
    assert "with status 200" in note.why


@pytest.mark.parametrize(
    "session", ["", " ", "$steps.initializeSession.outputs.id", "{$inputs.id}"]
)
def test_a_session_id_that_names_nothing_is_a_mistake(session: str) -> None:
    [note] = notes(request("identifySession", session_secure_id=session))
    assert (note.weight, note.at) == ("mistake", ("session_secure_id",))


def test_a_success_is_taken_and_not_recorded() -> None:
    found = notes(request("identifySession"), response({"data": {"identifySession": "x"}}))
    assert said(found, "good") == ["accepted for processing; that is not yet recorded"]
    compressed = request("pushPayloadCompressed")
    assert said(notes(compressed, response({"data": {"pushPayloadCompressed": None}})), "good")


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("BillingQuotaExceeded", "the project is over its quota"),
        (
            "error decoding message data: json: cannot unmarshal array",
            "`messages` is not what the server reads",
        ),
        ("failed to decode x", "the project id stands for no number"),
    ],
)
def test_errors_with_a_meaning_of_their_own_are_explained(message: str, sentence: str) -> None:
    answer = response({"data": None, "errors": [{"message": message, "path": ["pushPayload"]}]})
    assert said(notes(request("pushPayload"), answer)) == [sentence]


def test_of_several_fields_the_others_may_have_run() -> None:
    payload: Json = {"query": "mutation { a: identifySession b: addSessionProperties }"}
    answer = response({"data": None, "errors": [{"message": "no", "path": ["a"]}]})
    found = notes(Request("POST", "http://h/", payload=payload), answer)
    assert said(found) == ["the other fields may have been executed all the same"]


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"messages": '{"messages":[]}', "resources": '{"resources":[]}'}, []),
        ({"messages": "null"}, []),
        ({"messages": "[]"}, ["`messages` holds JSON of type array, and an object is meant"]),
        ({"resources": ""}, ["`resources` is empty, and that is no JSON"]),
        ({"resources": '{"resources":{}}'}, ["`resources` has no list in its `resources`"]),
        ({"payload_id": 1}, []),
        ({"payload_id": "17"}, []),
        ({"payload_id": "abc"}, ['`payload_id` is "abc", and no integer']),
        ({"payload_id": Float("1.0")}, ["`payload_id` is 1.0, and no integer"]),
    ],
)
def test_arguments_are_looked_at_as_the_server_reads_them(
    given: dict[str, Json], sentences: list[str]
) -> None:
    assert said(notes(request("pushPayload", **given))) == sentences


def track(payload: Json) -> Json:
    return {"type": 5, "timestamp": 1, "_sid": 1, "data": {"tag": "Track", "payload": payload}}


MOVE: Json = {"type": 3, "timestamp": 1, "_sid": 1, "data": {"source": 1}}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (MOVE, ""),
        (track('{"event":"signup"}'), ""),
        (None, "event 0 is of type null"),
        ({"type": 5, "data": "text"}, "event 0 has `data` of type string"),
        ({"type": "5", "data": {}}, "event 0 has a `type` of type string"),
        (track({"event": "signup"}), "event 0 has a Track `payload` of type object"),
        (track("{"), "event 0 has a Track `payload` that is not JSON"),
        (track('{"name":1}'), "event 0 has a Track `payload` without `event`"),
    ],
)
def test_events_of_a_wrong_shape_are_told(event: Json, words: str) -> None:
    found = notes(request("pushPayload", events={"events": [event]}))
    assert [each[: len(words)] for each in said(found)] == ([words] if words else [])
    assert all(note.at == ("events", "events", "0") for note in found if note.weight == "mistake")


@pytest.mark.parametrize(
    ("events", "hidden"),
    [([MOVE], False), ([track('{"event":"a"}')], True), ([], True)],
)
def test_a_session_without_a_person_stays_hidden(events: list[Json], hidden: bool) -> None:
    found = notes(request("pushPayload", events={"events": events}))
    assert any("stays hidden" in each for each in said(found, "good")) is hidden


@pytest.mark.parametrize("mutation", ["pushPayloadCompressed", "pushSessionEvents"])
def test_a_compressed_payload_is_unpacked_here(mutation: str) -> None:
    text = json.dumps({"events": {"events": [None]}}).encode()
    data = base64.b64encode(gzip.compress(text, mtime=0)).decode()
    found = notes(request(mutation, data=data))
    assert said(found) == ["event 0 is of type null, and an object is meant"]
    assert said(found, "good")[0].startswith("`data` unpacks from")
    for wrong, words in (
        ("rubbish!", "`data` is neither JSON nor base64"),
        (text.decode(), "`data` is JSON in a string, and base64 of gzip is meant"),
        (
            base64.b64encode(gzip.compress(b"[]", mtime=0)).decode(),
            "`data` holds JSON of type array",
        ),
    ):
        assert said(notes(request(mutation, data=wrong)))[0].startswith(words)


def test_a_mutation_that_is_gone_is_told() -> None:
    assert (
        said(notes(request("addTrackProperties")))[0]
        == "`addTrackProperties` is gone from Highlight"
    )


def test_the_number_that_push_payload_answers_is_no_count() -> None:
    found = notes(request("pushPayload"), response({"data": {"pushPayload": 24}}))
    assert "the 24 in the answer is no count of events" in said(found, "good")


@pytest.mark.parametrize(
    "wanted", [None, Request("GET", "http://h/"), request("login"), request("pushMetrics")]
)
def test_what_is_of_no_known_product_has_no_notes(wanted: Request | None) -> None:
    assert notes(wanted, response({"data": {"x": 1}})) == ()


def test_calls_have_the_values_of_literals_variables_and_defaults() -> None:
    query = (
        "query Q($a: Int, $b: Int = 2, $c: Int) { x: f(a: $a, b: $b, c: $c, d: {e: [$a]}) ...F } "
    )
    [call] = root_calls({"query": query + "fragment F on Q { g }", "variables": {"a": 1}})
    assert (call.name, call.response_name) == ("f", "x")
    assert {name: (each.value, each.at) for name, each in call.arguments.items()} == {
        "a": (1, ("a",)),
        "b": (2, None),
        "d": ({"e": [1]}, None),
    }
    assert (
        root_calls({"query": "{"}) == root_calls({"q": 1}) == root_calls({"query": "{a}{b}"}) == ()
    )


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(MOVE),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["events", "data", "type", "messages"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["initializeSession", "pushPayload", "pushSessionEvents", "pushBackendPayload"]
    ),
    st.dictionaries(
        st.sampled_from(
            ["session_secure_id", "project_id", "events", "data", "messages", "payload_id"]
        ),
        ANY,
    ),
    ANY,
)
def test_whatever_is_sent_and_answered_notes_are_sentences(
    name: str, arguments: dict[str, Json], body: Json
) -> None:
    for note in notes(request(name, **arguments), response({"data": {name: body}})):
        assert note.sentence
        assert note.why
