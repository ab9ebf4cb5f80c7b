"""A schema from text, and what it says about the names of a query."""

import json

import pytest
from graphql import build_schema, introspection_from_schema

from arazzo_tui.graphql.docs import docs_at, docs_of_type
from arazzo_tui.graphql.schema import BadSchema, Schema, introspection_query, read_schema
from arazzo_tui.graphql.syntax import definitions

SDL = """
"What a thing can be."
enum Color { "As blood." RED GREEN @deprecated(reason: "Nobody saw it.") }
"How to make one."
input In { "At least one." items: [String!]! color: Color = RED }
interface Named { name: String! }
"A thing."
type T implements Named { "What it is called." name: String! child: T }
union Either = T
directive @loud(volume: Int = 11) on FIELD
type Query { t("Which one." id: ID!, color: Color = RED, old: Int @deprecated(reason: "Do not.")): T
  e: Either n: Named }
type Mutation { "Makes one." make(input: In!): T }
"""


def schema() -> Schema:
    found = read_schema(SDL, "schema.graphql")
    assert isinstance(found, Schema)
    return found


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_introspection_is_as_good_as_sdl(wrapped: bool) -> None:
    inner = introspection_from_schema(build_schema(SDL))
    text = json.dumps({"data": inner} if wrapped else inner)
    found = read_schema("\ufeff " + text, "saved.json")
    assert isinstance(found, Schema)
    assert sorted(found.built.type_map) == sorted(schema().built.type_map)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "s:1:1: Unexpected <EOF>."),
        ("type Query {", "s:1:13: Expected Name, found <EOF>."),
        ("type Query { a: Nothing }", "s:1:17: Unknown type 'Nothing'."),
        ("type A { a: Int }", "s: Query root type must be provided."),
        ("query { a }", "s:1:1: this is a query, and no part of a schema"),
        ("type Query { a: Int } type Query { b: Int }", "s:1:6: There can be only one type named"),
        (
            "type Query { a: [In] } input In { i: In! }",
            "s:1:17: The type of Query.a must be Output Type",
        ),
        ("{", "s:1:2: it begins like the JSON of an introspection, and is not JSON"),
        ("{}", "s: there is no `__schema` in it"),
        ('{"data": 3}', "s: there is no `__schema`"),
        ('{"data": {"__schema": null}}', "s: there is no `__schema` in it"),
        (
            '{"data": {"__schema": null}, "errors": [{"message": "introspection disabled"}]}',
            "s: the server gives no introspection: “introspection disabled”",
        ),
        ('{"__schema": {}}', "s: the introspection is not complete"),
        ('{"__schema": {"types": [{"kind": "X"}], "queryType": {"name": "Q"}}}', "s: the intro"),
        ('{"__schema": {"types": 3, "queryType": []}}', "s: the introspection is not complete"),
        ("type Query { a: " + "[" * 5_000 + "Int" + "]" * 5_000 + " }", "s:1:"),
    ],
)
def test_what_is_no_schema_is_a_sentence_with_a_place(text: str, sentence: str) -> None:
    found = read_schema(text, "s")
    assert isinstance(found, BadSchema)
    assert found.sentence.startswith(sentence)


def test_the_introspection_is_a_query() -> None:
    found = definitions(introspection_query())
    assert isinstance(found, tuple)
    assert [each.name for each in found] == ["IntrospectionQuery"]


QUERY = (
    "mutation M($in: In!, $c: Color) { made: make(input: $in) @loud(volume: 3) "
    "{ name child { ... on Named { name } } } other: make(input: {items: [], color: GREEN}) { __typename } }"
)


@pytest.mark.parametrize(
    ("at", "coordinate", "type_"),
    [
        ("made", "Mutation.make", "T"),
        ("make", "Mutation.make", "T"),
        ("input:", "Mutation.make(input:)", "In!"),
        ("$in)", "In", ""),
        ("In!", "In", ""),
        ("Color)", "Color", ""),
        ("@loud", "@loud", ""),
        ("volume", "@loud(volume:)", "Int"),
        ("name child", "T.name", "String!"),
        ("Named", "Named", ""),
        ("name }", "Named.name", "String!"),
        ("items", "In.items", "[String!]!"),
        ("GREEN", "Color", ""),
        ("__typename", "Mutation.make", ""),
    ],
)
def test_the_name_under_the_cursor_is_looked_up(at: str, coordinate: str, type_: str) -> None:
    offset = QUERY.index(at) + (1 if at.startswith("@") else 0)
    found = docs_at(schema(), QUERY, offset)
    assert found is not None
    if at == "__typename":
        assert found.coordinate.endswith("__typename")
        return
    assert (found.by, found.coordinate, found.type) == ("schema.graphql", coordinate, type_)


def test_docs_hold_descriptions_arguments_defaults_and_what_is_deprecated() -> None:
    found = docs_at(schema(), "{ t }", 2)
    assert found is not None
    assert [(each.name, each.type, each.default, each.required) for each in found.members] == [
        ("id", "ID!", None, True),
        ("color", "Color", "RED", False),
        ("old", "Int", None, False),
    ]
    assert found.members[0].description == "Which one."
    assert found.members[2].deprecated == "Do not."
    assert [(each.name, each.description) for each in found.inner] == [
        ("name", "What it is called."),
        ("child", ""),
    ]
    color = docs_of_type(schema(), "Color")
    assert color is not None
    assert color.description == "What a thing can be."
    assert [(each.name, each.deprecated) for each in color.members] == [
        ("RED", ""),
        ("GREEN", "Nobody saw it."),
    ]


@pytest.mark.parametrize("query", ["{ nothere }", "{ t(", ""])
def test_what_the_schema_does_not_have_has_no_docs(query: str) -> None:
    assert docs_at(schema(), query, 3) is None
    assert docs_of_type(schema(), "Nothere") is None


def test_between_names_it_is_the_field_around() -> None:
    found = docs_at(schema(), "{ t(id: 1) {  name } }", 12)
    assert found is not None
    assert found.coordinate == "Query.t"
