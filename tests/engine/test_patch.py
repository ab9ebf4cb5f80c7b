"""A request edited by hand becomes a patch to its document: what was edited, and nothing besides."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.document.arazzo import Step
from arazzo_tui.document.load import load
from arazzo_tui.document.operation import Operation, Server
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Source
from arazzo_tui.engine.credentials import Credential
from arazzo_tui.engine.exchange import Request
from arazzo_tui.engine.moment import Settings
from arazzo_tui.engine.patch import Patch, patched
from arazzo_tui.engine.plan import CallOperation, PlannedStep
from arazzo_tui.engine.request import build
from arazzo_tui.graphql.edits import KeyInVariables, Rename, apply
from arazzo_tui.language.jsontext import read_json, write_json
from arazzo_tui.language.values import Json

HEAD = """\
arazzo: 1.0.1
info: {title: t, version: '1'}  # who
sourceDescriptions:
  - {name: api, url: ./api.yaml, type: openapi}
components:
  parameters:
    shared: {name: X-Shared, in: header, value: one}
workflows:
  - workflowId: w
    inputs: {type: object, properties: {id: {type: string}, all: {type: object}}}
    parameters:
      - {name: X-All, in: header, value: everywhere}
    steps:
      - stepId: s
        operationId: op
"""
INPUTS: Json = {"id": "XYZ", "all": {"a": 1}}
OPERATION = Operation("api", "op", "POST", "/x", servers=(Server("http://api.test/v1?k=1"),))


def read(text: str, name: str = "flow.yaml") -> tuple[Source, Step]:
    source = Source(name, text)
    root, _ = load(source)
    assert root is not None
    description, _ = read_description(root)
    assert description is not None
    return source, description.workflows[0].steps[-1]


def built(step: Step) -> Request:
    planned = PlannedStep(step, CallOperation(OPERATION), step.parameters)
    return build(planned, OPERATION, {"inputs": INPUTS}, Settings())


def with_payload(request: Request, payload: Json) -> Request:
    """The request with another JSON body, as a hand or a suggestion makes it."""
    body = write_json(payload).encode()
    length = ("Content-Length", str(len(body)))
    fields = tuple(each for each in request.headers if each[0] != "Content-Length")
    return replace(request, payload=payload, body=body, headers=(*fields, length))


def payload_edited(text: str, name: str = "flow.yaml", **members: Json) -> tuple[Patch, Step]:
    """The patch when members of the body are others; the step that it makes builds them."""
    source, step = read(text, name)
    before = built(step)
    payload = before.payload if isinstance(before.payload, Mapping) else {}
    after = with_payload(before, {**payload, **members})
    patch = patched(source, step, before, after)
    return patch, read(patch.text, name)[1]


GRAPHQL = (
    HEAD
    + """\
        requestBody:
          contentType: application/json
          payload:
            # what is asked
            query: |
              query q($id: ID!) {
                thing(clientId: $id) { name }
              }
            variables:
              id: $inputs.id   # from outside
              n: 5             # five
              more: {on: true, "list": [1, 2, 3]}
              label: 'it''s'
        successCriteria:
          - condition: $statusCode == 200
"""
)
QUERY = "query q($id: ID!) {\n  thing(clientId: $id) { name }\n}\n"
VARIABLES: Mapping[str, Json] = {
    "id": "XYZ", "n": 5, "more": {"on": True, "list": [1, 2, 3]}, "label": "it's"
}  # fmt: skip


def lines(diff: str) -> list[str]:
    """The lines of a diff that are gone or new."""
    return [each for each in diff.split("\n")[2:] if each[:1] in ("-", "+")]


# ------------------------------------------------------------------------------- the query


@pytest.mark.parametrize(
    ("written", "value", "gone", "new"),
    [
        ("|\n    { a }\n    # b", "{ c }\n# b\n", "    { a }", "    { c }"),
        (">-\n    { a\n    b }", "{ a c }", "    b }", "    c }"),
        ("'{ a(x: \"it''s\") }'", '{ b(x: "it\'s") }', None, "'{ b(x: \"it''s\") }'"),
        ('"{ a(x: \\"y\\") }"', '{ a(x: "z") }', None, '"{ a(x: \\"z\\") }"'),
        ("query { a\n    b }", "query { a c }", "    b }", "    c }"),
    ],
    ids=["literal", "folded", "single quotes", "double quotes", "plain"],
)
def test_a_query_keeps_the_style_it_is_written_in(
    written: str, value: str, gone: str | None, new: str
) -> None:
    indented = written.replace("\n", "\n          ")
    text = HEAD + f"        requestBody:\n          payload:\n            query: {indented}\n"
    patch, _ = payload_edited(text, query=value)
    removed, added = lines(patch.diff)
    assert removed.lstrip("- ") == (gone or f"query: {written}").lstrip()
    assert added.endswith(new)
    assert not patch.left


def test_a_patch_is_a_unified_diff_of_the_edited_place() -> None:
    patch, _ = payload_edited(GRAPHQL, query=QUERY.replace("clientId", "client_id"))
    at = GRAPHQL.split("\n").index("                thing(clientId: $id) { name }") + 1
    assert patch.diff == (
        f"--- a/flow.yaml\n+++ b/flow.yaml\n@@ -{at - 3},7 +{at - 3},7 @@\n"
        "             # what is asked\n"
        "             query: |\n"
        "               query q($id: ID!) {\n"
        "-                thing(clientId: $id) { name }\n"
        "+                thing(client_id: $id) { name }\n"
        "               }\n"
        "             variables:\n"
        "               id: $inputs.id   # from outside\n"
    )
    assert patch.text == GRAPHQL.replace("thing(clientId", "thing(client_id")


# ------------------------------------------------------------------------------- variables

NOTHING: list[str] = []
EDITS: list[tuple[Json, list[str], list[str]]] = [
    ({**VARIABLES, "n": 6},
     ["-              n: 5             # five", "+              n: 6             # five"], NOTHING),
    ({**VARIABLES, "label": "it isn't"}, ["-              label: 'it''s'",
     "+              label: 'it isn''t'"], NOTHING),
    ({**VARIABLES, "more": {"on": False, "list": [1, 3, 4, 5]}},
     ['-              more: {on: true, "list": [1, 2, 3]}',
      '+              more: {on: false, "list": [1, 3, 4, 5]}'], NOTHING),
    ({"id": "XYZ", "n": 5, "new": {"a": ["b"]}, "more": VARIABLES["more"], "label": "it's"},
     ["+              new:", "+                a:", "+                  - b"], NOTHING),
    ({"id": "XYZ", "more": VARIABLES["more"], "label": "it's"},
     ["-              n: 5             # five"], NOTHING),
    ({"ident": "XYZ", "n": 5, "more": VARIABLES["more"], "label": "it's"},
     ["-              id: $inputs.id   # from outside",
      "+              ident: $inputs.id   # from outside"], NOTHING),
    ({**VARIABLES, "id": "other"}, NOTHING,
     ["`variables.id` comes from `$inputs.id`: not changed in the document"]),
    ({name: VARIABLES[name] for name in ("n", "more", "label")}, NOTHING,
     ["`variables.id` comes from `$inputs.id`: not removed from the document"]),
    ({**VARIABLES, "id": "other", "n": None},
     ["-              n: 5             # five", "+              n: null             # five"],
     ["`variables.id` comes from `$inputs.id`: not changed in the document"]),
    (VARIABLES, NOTHING, NOTHING),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "changes", "left"), EDITS)
def test_constants_are_changed_and_what_came_from_an_expression_is_left(
    variables: Json, changes: list[str], left: list[str]
) -> None:
    patch, step = payload_edited(GRAPHQL, variables=variables)
    assert lines(patch.diff) == changes
    assert list(patch.left) == left
    assert patch.text.count("$inputs.id") == 1
    if not left:
        assert built(step).payload == {"query": QUERY, "variables": variables}


def test_a_key_that_was_renamed_keeps_the_expression_of_its_value() -> None:
    source, step = read(GRAPHQL)
    before = built(step)
    edit = Rename("input field", "on", "enabled", KeyInVariables(("more", "on")))
    patch = patched(source, step, before, with_payload(before, apply(edit, before.payload)))
    assert patch.text == GRAPHQL.replace("{on: true", "{enabled: true")
    edit = Rename("variable", "id", "client_id", KeyInVariables(("id",)))
    patch = patched(source, step, before, with_payload(before, apply(edit, before.payload)))
    assert patch.text == GRAPHQL.replace(" id: $inputs.id", " client_id: $inputs.id")


def test_what_an_expression_gives_as_a_whole_is_left_as_a_whole() -> None:
    text = (
        HEAD + "        requestBody: {payload: {variables: $inputs.all, t: 'x {$inputs.id} y'}}\n"
    )
    patch, _ = payload_edited(text, variables={"a": 2}, t="z XYZ y")
    assert not patch.diff
    assert patch.text == text
    assert patch.left == (
        "`variables` comes from `$inputs.all`: not changed in the document",
        "`t` comes from `x {$inputs.id} y`: not changed in the document",
    )


def test_a_text_that_would_be_an_expression_makes_no_patch() -> None:
    patch, _ = payload_edited(GRAPHQL, variables={**VARIABLES, "label": "$inputs.id"})
    assert not patch.diff
    assert patch.text == GRAPHQL
    assert patch.left[-1].endswith("there is no patch")


def test_what_an_anchor_shares_is_left_with_the_reason() -> None:
    text = GRAPHQL.replace("n: 5 ", "n: &five 5 ").replace("'it''s'", "*five")
    patch, _ = payload_edited(text, variables={**VARIABLES, "label": 5, "n": 6})
    assert not patch.diff
    assert "`variables.n`" in patch.left[0]
    patch, step = payload_edited(text, variables={**VARIABLES, "label": 7})
    assert lines(patch.diff) == ["-              label: *five", "+              label: 7"]
    assert built(step).payload == {"query": QUERY, "variables": {**VARIABLES, "label": 7}}


TEXT = st.text(st.sampled_from("ab $.{}\n'\":#-?&*é") | st.characters(codec="utf-8"), max_size=9)
SCALAR = st.none() | st.booleans() | st.integers(0, 9) | TEXT
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["n", "more", "label", "x", "id"]) | TEXT, VALUE, max_size=5),
    st.sets(st.sampled_from(["n", "more", "label"])),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_patched_document_builds_what_was_edited(
    new: dict[str, Json], same: set[str], end: str
) -> None:
    variables = {**{name: VARIABLES[name] for name in ("id", *sorted(same))}, **new}
    text = GRAPHQL.replace("\n", end)
    patch, step = payload_edited(text, variables=variables)
    wanted = {"query": QUERY, "variables": {**variables, "id": "XYZ"}}
    assert patch.text.count("$inputs.id") == 1
    assert bool(patch.diff) == (patch.text != text)
    assert all("`variables.id`" in each for each in patch.left)
    sent = built(step).payload
    assert write_json(sent, sort=True) == write_json(wanted, sort=True)


# ------------------------------------------------------------------------------- other payloads


def test_a_document_in_json_stays_json() -> None:
    root, _ = load(Source("flow.yaml", GRAPHQL))
    assert root is not None
    text = write_json(root.value, indent=2).replace("[\n", "[ \n")
    variables = {"id": "XYZ", "n": 6.5, "more": {"on": True, "list": [1]}, "x": {"y": None}}
    patch, step = payload_edited(text, "flow.json", variables=variables, query="{ é \t}")
    assert read_json(patch.text)
    assert built(step).payload == {"query": "{ é \t}", "variables": variables}
    assert patch.text.count("[ \n") == text.count("[ \n")


@pytest.mark.parametrize("written", ["'%s'", "|\n            %s"], ids=["quoted", "literal"])
def test_json_in_a_text_is_edited_inside_the_text(written: str) -> None:
    inner = '{"query" : "{ a }", "variables":{"id": "$inputs.id","n":1 , "l": [1]}}'
    text = HEAD + "        requestBody:\n          contentType: application/json\n"
    text += f"          payload: {written % inner}\n"
    source, step = read(text)
    before = built(step)
    variables = {"id": "ABC", "n": 2, "l": [1, "x"], "m": "it's"}
    after = with_payload(before, {"query": "{ b }", "variables": variables})
    patch = patched(source, step, before, after)
    expected = inner.replace("{ a }", "{ b }").replace(":1 ", ":2 ").replace("[1]", '[1, "x"]')
    expected = expected.replace('"x"]', '"x"] , "m": "it\'s"')
    assert inner in text
    shown = expected.replace("'", "''") if written == "'%s'" else expected
    assert patch.text == text.replace(inner, shown)
    assert patch.left == ("`variables.id` comes from `$inputs.id`: not changed in the document",)


def test_a_text_is_edited_as_a_text() -> None:
    text = HEAD + "        requestBody:\n          contentType: text/plain\n          payload: |\n"
    text += "            one\n            two\n"
    source, step = read(text)
    before = built(step)
    after = replace(before, payload="one\n2\n", body=b"one\n2\n")
    assert patched(source, step, before, after).text == text.replace("two", "2")


def test_what_a_replacement_puts_in_is_changed_there() -> None:
    text = GRAPHQL.replace(
        "        successCriteria:\n",
        "          replacements:\n"
        "            - {target: /variables/n, value: 7}\n"
        "            - {target: /variables/label, value: $inputs.id}\n"
        "        successCriteria:\n",
    )
    patch, step = payload_edited(text, variables={**VARIABLES, "n": 8, "label": "other"})
    assert patch.text == text.replace("value: 7", "value: 8")
    assert patch.left == ("`variables.label` comes from `$inputs.id`: not changed in the document",)
    assert built(step).payload == {
        "query": QUERY, "variables": {**VARIABLES, "n": 8, "label": "XYZ"}
    }  # fmt: skip


def test_a_step_without_a_body_gets_none() -> None:
    source, step = read(HEAD)
    before = built(step)
    patch = patched(source, step, before, with_payload(before, {"a": 1}))
    assert patch.diff == ""
    assert "the body is not written as a payload of the step: not changed" in patch.left[0]


# ------------------------------------------------------------------------------- headers, query

FIELDS = (
    HEAD
    + """\
        parameters:
          - {name: X-Trace, in: header, value: on}   # traced
          - name: x-count
            in: header
            value: 5
          - {name: X-Id, in: header, value: $inputs.id}
          - reference: $components.parameters.shared
          - name: page
            in: query
            value: 1  # the first
          - {name: tag, in: query, value: [a, b]}
          - {name: who, in: query, value: $inputs.id}
"""
)


def with_headers(request: Request, *new: tuple[str, str], without: str = "") -> Request:
    changed = {name.lower() for name, _ in new} | {without}
    kept = tuple(each for each in request.headers if each[0].lower() not in changed)
    return replace(request, headers=(*kept, *new))


@pytest.mark.parametrize(
    ("new", "without", "changes"),
    [
        ([("X-Trace", "off: 1")], "", [
            "-          - {name: X-Trace, in: header, value: on}   # traced",
            '+          - {name: X-Trace, in: header, value: "off: 1"}   # traced']),
        ([("X-Count", "6")], "", ["-            value: 5", "+            value: 6"]),
        ([("X-Count", "six")], "", ["-            value: 5", "+            value: six"]),
        ([], "x-count", ["-          - name: x-count", "-            in: header",
                         "-            value: 5"]),
        ([("X-New", "it's")], "", ["+          - name: X-New", "+            in: header",
                                   '+            value: "it\'s"']),
        ([("X-All", "here")], "", ["+          - name: X-All", "+            in: header",
                                   "+            value: here"]),
        ([("Accept", "text/plain")], "", ["+          - name: Accept", "+            in: header",
                                          "+            value: text/plain"]),
    ],
)  # fmt: skip
def test_headers_are_parameters_of_the_step(
    new: list[tuple[str, str]], without: str, changes: list[str]
) -> None:
    source, step = read(FIELDS)
    before = built(step)
    after = with_headers(before, *new, without=without)
    patch = patched(source, step, before, after)
    assert lines(patch.diff) == changes
    assert not patch.left
    again = {name.lower(): value for name, value in built(read(patch.text)[1]).headers}
    assert again == {name.lower(): value for name, value in after.headers}


def test_the_first_header_brings_the_list_of_parameters() -> None:
    source, step = read(GRAPHQL)
    before = built(step)
    patch = patched(source, step, before, with_headers(before, ("X-A", "1"), ("X-B", "b")))
    assert lines(patch.diff) == [
        "+        parameters:",
        "+          - name: X-A",
        "+            in: header",
        '+            value: "1"',
        "+          - name: X-B",
        "+            in: header",
        "+            value: b",
    ]


def test_the_content_type_is_that_of_the_body() -> None:
    source, step = read(GRAPHQL)
    before = built(step)
    patch = patched(
        source, step, before, with_headers(before, ("Content-Type", "application/graphql+json"))
    )
    assert patch.text == GRAPHQL.replace(": application/json", ": application/graphql+json")


@pytest.mark.parametrize(
    ("query", "old", "new", "left"),
    [
        ("page=2&tag=a&tag=b&who=XYZ", "value: 1 ", "value: 2 ", 0),
        ("page=1&tag=a&tag=c%20d&tag=b&who=XYZ", "[a, b]", "[a, c d, b]", 0),
        ("page=1&tag=a&tag=b&who=other", "", "", 1),
        ("page=1&tag=a&tag=b", "", "", 1),
        ("page=1&who=XYZ", "          - {name: tag, in: query, value: [a, b]}\n", "", 0),
        ("page=1&tag=a&tag=b&who=XYZ&z=%24", "value: $inputs.id}\n",
         "value: $inputs.id}\n          - name: z\n            in: query\n            value: $\n", 0),
    ],
)  # fmt: skip
def test_the_query_is_parameters_of_the_step(query: str, old: str, new: str, left: int) -> None:
    source, step = read(FIELDS)
    before = built(step)
    after = replace(before, url=f"http://api.test/v1/x?k=1&{query}")
    patch = patched(source, step, before, after)
    head, _, tail = FIELDS.rpartition(old) if old else (FIELDS, "", "")
    assert patch.text.replace('"$"', "$").replace('"c d"', "c d") == head + new + tail
    assert len(patch.left) == left
    if not left:
        assert built(read(patch.text)[1]).url == after.url


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"url": "https://other.test/v1/x?k=1"}, "the server `https://other.test`"),
        ({"url": "http://api.test/v1/y?k=1"}, "the path `/v1/y`"),
        ({"url": "http://api.test/v1/x?k=2"}, "the query parameter `k` stands in the URL"),
        ({"method": "PUT"}, "the method `PUT` instead of `POST`"),
    ],
)
def test_what_no_step_says_is_told(edit: dict[str, str], said: str) -> None:
    source, step = read(HEAD)
    before = built(step)
    patch = patched(source, step, before, replace(before, **edit))  # type: ignore[arg-type]  # fields by name
    assert patch.diff == ""
    assert patch.left[0].startswith(said)
    assert "not changed in the document" in patch.left[0]


@pytest.mark.parametrize(
    ("new", "without", "said"),
    [
        ([("X-Id", "ABC")], "", "the header `x-id` comes from `$inputs.id`"),
        ([("X-Shared", "two")], "", "the header `x-shared` comes from the components"),
        ([], "x-all", "the header `x-all` is not the step's own"),
        ([], "accept", "the header `accept` is not the step's own"),
        ([("Authorization", "Bearer t")], "", "the header `authorization` may be a secret"),
        ([("Host", "other.test")], "", "the header `host`: not changed"),
    ],
)
def test_a_header_of_others_is_left(new: list[tuple[str, str]], without: str, said: str) -> None:
    source, step = read(FIELDS)
    before = with_headers(built(step), ("X-All", "everywhere"))
    patch = patched(source, step, before, with_headers(before, *new, without=without))
    assert patch.diff == ""
    assert len(patch.left) == 1
    assert patch.left[0].startswith(said)


# ------------------------------------------------------------------------------- the document


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(end: str, mark: str) -> None:
    text = mark + GRAPHQL.replace("\n", end)
    patch, _ = payload_edited(
        text, query=QUERY.replace("name", "name\n    id"), variables=VARIABLES
    )
    assert patch.text == text.replace("{ name }", f"{{ name{end}                  id }}")


def test_a_document_that_is_another_by_now_gets_no_patch() -> None:
    source, step = read(GRAPHQL)
    before = built(step)
    moved = Source(source.name, "# new line\n" + source.text)
    patch = patched(moved, step, before, with_payload(before, {"query": "{ a }"}))
    assert (patch.diff, patch.text) == ("", moved.text)
    assert patch.left == (
        "the step `s` is no longer where it was in flow.yaml: read the document again",
    )


def test_a_credential_is_never_written_into_a_document() -> None:
    assert Credential("s", "me").secret == "s"
    source, step = read(GRAPHQL)
    before = with_headers(built(step), ("Authorization", "Bearer one"))
    patch = patched(source, step, before, with_headers(before, ("Authorization", "Bearer two")))
    assert "two" not in patch.text
    assert patch.left


# ------------------------------------------------------------------------------- graphqlOperation

STEP = (
    HEAD.replace("        operationId: op\n", "")
    + """\
        graphqlOperation:
          schema: $sourceDescriptions.api
          operation: |
            query q($id: ID!) { thing(id: $id) }
        parameters:
          - {name: id, in: variable, value: $inputs.id}  # who
          - name: n
            in: variable
            value: {a: [1]}
"""
)
ASKED = "query q($id: ID!) { thing(id: $id) }\n"
SENT: Mapping[str, Json] = {"id": "XYZ", "n": {"a": [1]}}


@pytest.mark.parametrize(
    ("query", "variables", "changes", "left"),
    [
        (ASKED.replace("thing", "things"), SENT,
         ["-            query q($id: ID!) { thing(id: $id) }",
          "+            query q($id: ID!) { things(id: $id) }"], 0),
        (ASKED, {**SENT, "n": {"a": [1, 2]}},
         ["-            value: {a: [1]}", "+            value: {a: [1, 2]}"], 0),
        (ASKED, {"ident": "XYZ", "n": {"a": [1]}},
         ["-          - {name: id, in: variable, value: $inputs.id}  # who",
          "+          - {name: ident, in: variable, value: $inputs.id}  # who"], 0),
        (ASKED, {**SENT, "id": "other"}, [], 1),
        (ASKED, {"n": {"a": [1]}}, [], 1),
        (ASKED, {"id": "XYZ"}, ["-          - name: n", "-            in: variable",
                                "-            value: {a: [1]}"], 0),
        (ASKED, {**SENT, "m": True}, ["+          - name: m", "+            in: variable",
                                      "+            value: true"], 0),
    ],
)  # fmt: skip
def test_a_graphql_operation_has_its_variables_as_parameters(
    query: str, variables: Json, changes: list[str], left: int
) -> None:
    source, step = read(STEP)
    payload = {"query": ASKED, "variables": SENT}
    before = with_payload(Request("POST", "http://api.test/"), payload)
    after = with_payload(before, {"query": query, "variables": variables})
    patch = patched(source, step, before, after)
    assert lines(patch.diff) == changes
    assert len(patch.left) == left


def test_a_query_of_another_file_is_left_there() -> None:
    named = "operation: $sourceDescriptions.api.q"
    text = STEP.replace("operation: |\n            " + ASKED, named + "\n")
    source, step = read(text)
    payload = {"query": ASKED, "variables": SENT}
    before = with_payload(Request("POST", "http://api.test/"), payload)
    patch = patched(source, step, before, with_payload(before, {**payload, "query": "{ a }"}))
    assert patch.diff == ""
    assert patch.left == ("`query` stands in the source `api`: not changed in the document",)
