"""Advice before sending: by a schema of the user, or by the rules that need none."""

from pathlib import Path

import pytest

import arazzo_tui
from arazzo_tui.graphql.advice import Advice, advise
from arazzo_tui.graphql.edits import apply
from arazzo_tui.graphql.schema import Schema, read_schema
from arazzo_tui.language.jsontext import read_json
from arazzo_tui.language.values import Json

HIGHLIGHT = Path(arazzo_tui.__file__).parent / "sandbox" / "schema" / "highlight.graphql"
SDL = """
enum Color { RED GREEN }
input In { items: [Inner!]!, list: [Int] }
input Inner { name: String! }
scalar Any
type T { name: String! child: T }
type Query { t(id: ID!, color: Color, any: Any): T }
type Mutation { make(input: In!, n: Int): T }
"""


def schema() -> Schema:
    found = read_schema(SDL, "mine.graphql")
    assert isinstance(found, Schema)
    return found


def advised(query: str, variables: Json = None, by: Schema | None = None) -> tuple[Advice, ...]:
    return advise({"query": query, "variables": {} if variables is None else variables}, by)


def test_advice_says_whose_it_is() -> None:
    [found] = advised("{ t(id: 1) { naem } }", by=schema())
    assert found.by == "advice of mine.graphql"
    assert found.message == "Cannot query field 'naem' on type 'T'. Did you mean 'name'?"
    [general] = advised("query($a: ID) { t }")
    assert general.by == "the rules of GraphQL"


def test_advice_has_places_and_edits() -> None:
    query = "query Q($i: ID!) { t(id: $i, colour: RED) { name } }"
    body: Json = {"query": query, "variables": {"i": "1"}}
    [found] = advise(body, schema())
    [at] = found.places.in_query
    assert (at.sent.column, at.sent.length) == (query.index("colour") + 1, 6)
    [edit] = found.places.edits
    assert advise(apply(edit, body), schema()) == ()


@pytest.mark.parametrize(
    ("variables", "pointer"),
    [
        ({}, "input"),
        ({"input": None}, "input"),
        ({"input": "x"}, "input"),
        ({"input": {}}, "input items"),
        ({"input": {"items": [{"name": "a"}, {}]}}, "input items 1 name"),
        ({"input": {"items": [{"name": 1}]}}, "input items 0 name"),
        ({"input": {"items": [], "lst": [1]}}, "input lst"),
        ({"input": {"items": [], "list": [1, "2"]}}, "input list 1"),
        ({"input": {"items": []}, "n": 1.5}, "n"),
    ],
)
def test_variables_are_fitted_to_the_schema(variables: Json, pointer: str) -> None:
    query = "mutation($input: In!, $n: Int) { make(input: $input, n: $n) { name } }"
    [found] = advised(query, variables, schema())
    assert found.places.in_variables == (tuple(pointer.split()),)


def test_a_custom_scalar_takes_anything() -> None:
    query = "query($any: Any) { t(id: 1, any: $any) { name } }"
    assert advised(query, {"any": {"a": [1, None]}}, schema()) == ()


def test_a_number_is_told_with_its_own_digits() -> None:
    query = "query($id: ID!) { t(id: $id) { name } }"
    [found] = advised(query, read_json('{"id": 1.50}'), schema())
    assert found.message.endswith("ID cannot represent value: 1.50")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ t(", "Expected Name, found <EOF>"),
        ("{ ...F }", "Unknown fragment 'F'"),
        ("{ a } fragment F on T { a }", "Fragment 'F' is never used"),
        ("query($a: ID) { a }", "Variable '$a' is never used"),
        ("{ a(b: $b) }", "Variable '$b' is not defined"),
        ("query A { a } query A { b }", "There can be only one operation named 'A'"),
        ("{ a } query B { b }", "This anonymous operation must be the only defined operation"),
        ("{ a(b: 1, b: 2) }", "There can be only one argument named 'b'"),
        ("{ a(b: {c: 1, c: 2}) }", "There can be only one input field named 'c'"),
        ("query($a: ID, $a: ID) { a(b: $a) }", "There can be only one variable named '$a'"),
        ("{ ...F } fragment F on T { ...F }", "Cannot spread fragment 'F' within itself"),
        ("type T { a: Int } { a }", "The 'T' definition is not executable"),
    ],
)
def test_some_mistakes_need_no_schema(query: str, words: str) -> None:
    found = advised(query)
    assert words in found[0].message
    assert found[0].places.in_query


def test_without_a_schema_unknown_fields_are_fine() -> None:
    assert advised("query($a: Strnge!) { whatever(a: $a) @odd { more } }") == ()


def test_what_is_no_graphql_gets_no_advice() -> None:
    assert advise({"search": "x"}, schema()) == ()


def test_deep_variables_are_advice_and_no_accident() -> None:
    loops = read_schema("input I { i: I } type Query { a(i: I): Int }", "loops")
    assert isinstance(loops, Schema)
    deep: Json = None
    for _ in range(3_000):
        deep = {"i": deep}
    assert advised("query($i: I) { a(i: $i) }", {"i": deep}, loops)


def test_it_foretells_what_highlight_says_of_the_first_document() -> None:
    highlight = read_schema(HIGHLIGHT.read_text("utf-8"), HIGHLIGHT.name)
    assert isinstance(highlight, Schema)
    query = (
        "mutation($p: String!, $s: Boolean!, $v: String!) { initializeSession(organization_verbose_id: $p, "
        "enable_strict_privacy: $s, client_version: $v, firstload_version: $v, client_config: $v, "
        "environment: $v, client_id: $v) { secure_id project_id } }"
    )
    found = advised(query, {"p": "1", "s": False, "v": "x"}, highlight)
    assert len(found) == 9
    assert [each.places.edits[0].sentence for each in found if each.places.edits] == [
        "argument `client_version` → `clientVersion`",
        "argument `firstload_version` → `firstloadVersion`",
        "argument `client_config` → `clientConfig`",
        "add argument `session_secure_id` as a variable `String!`",
        "add argument `enable_recording_network_contents` as a variable `Boolean!`",
        "add argument `fingerprint` as a variable `String!`",
    ]
