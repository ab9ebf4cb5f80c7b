"""The table of variables: what is declared, what is sent, and what a server will not take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.graphql.variables import Concern, Row, Sent, variables_table
from arazzo_tui.language.jsontext import read_json
from arazzo_tui.language.values import Json


def row(type_: str, variables: Json) -> Row:
    query = f"query Q($v: {type_}) {{ a(v: $v) }}"
    return variables_table({"query": query, "variables": variables})[0]


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({}, Sent.MISSING),
        ({"v": None}, Sent.NULL),
        ({"v": ""}, Sent.EMPTY),
        ({"v": "x"}, Sent.VALUE),
    ],
)
def test_missing_null_and_empty_are_three_things(variables: Json, sent: Sent) -> None:
    assert row("String", variables).sent is sent
    assert row("String", variables).remarks == ()


@pytest.mark.parametrize(
    ("type_", "variables", "concern"),
    [
        ("ID!", {}, Concern.REQUIRED_MISSING),
        ("ID!", {"v": None}, Concern.NULL_FOR_NON_NULL),
        ('ID! = "1"', {"v": None}, Concern.NULL_FOR_NON_NULL),
        ("[ID!]", {"v": ["a", None]}, Concern.NULL_FOR_NON_NULL),
        ("[Any]!", {}, Concern.REQUIRED_MISSING),
    ],
)
def test_what_every_server_refuses_is_said(type_: str, variables: Json, concern: Concern) -> None:
    found = row(type_, variables)
    assert [(remark.concern, remark.refused) for remark in found.remarks] == [(concern, True)]
    assert found.refused


@pytest.mark.parametrize(("type_", "default"), [('ID! = "1"', '"1"'), ("[Int] = [1]", "[1]")])
def test_a_default_makes_a_missing_variable_fine(type_: str, default: str) -> None:
    found = row(type_, {})
    assert (found.default, found.has_default, found.remarks) == (default, True, ())


@pytest.mark.parametrize(
    ("type_", "text", "refused"),
    [
        ("Int", "1", None),
        ("Int", "1.0", False),
        ("Int", "1e3", False),
        ("Int", "1.5", True),
        ("Int", '"1"', True),
        ("Int", "true", True),
        ("Int", "2147483648", True),
        ("Int", "-2147483648", None),
        ("Int", "[1]", True),
        ("Float", "1", None),
        ("Float", "1.5", None),
        ("Float", '"1.5"', True),
        ("Float", "false", True),
        ("String", '""', None),
        ("String", "1", True),
        ("String", "{}", True),
        ("Boolean", "false", None),
        ("Boolean", '"false"', True),
        ("Boolean", "0", True),
        ("ID", '"a"', None),
        ("ID", "1", False),
        ("ID", "1.0", True),
        ("ID", "true", True),
        ("[Int!]!", "[1, 2]", None),
        ("[Int!]!", "1", False),
        ("[[Int]]", "[[1], 2]", False),
        ("[Int]", '[1, "2"]', True),
        ("Timestamp", "1", None),
        ("ReplayEventsInput", '"x"', None),
    ],
)
def test_a_value_is_taken_for_a_built_in_scalar_as_the_specification_says(
    type_: str, text: str, refused: bool | None
) -> None:
    remarks = row(type_, {"v": read_json(text)}).remarks
    assert [remark.refused for remark in remarks] == ([] if refused is None else [refused])
    assert all(remark.concern is Concern.COERCION for remark in remarks)


def test_a_remark_about_an_item_says_which() -> None:
    [remark] = row("[[Int]]", {"v": [[1], [2, "3"]]}).remarks
    assert remark.at == ("v", "1", "1")
    assert remark.sentence.startswith('`/1/1`: "3" is of type string')


def test_what_is_unused_or_undeclared_is_said() -> None:
    query = "query A($a: ID, $b: ID, $c: ID) { x(a: $a) { ...F } } fragment F on T { y(b: $b) } "
    table = variables_table({"query": query, "variables": {"a": "1", "other": None}})
    assert [
        (each.name, each.type, [remark.concern for remark in each.remarks]) for each in table
    ] == [
        ("a", "ID", []),
        ("b", "ID", []),
        ("c", "ID", [Concern.UNUSED]),
        ("other", None, [Concern.UNDECLARED]),
    ]
    assert not table[3].refused


def test_a_variable_that_only_another_operation_uses_is_unused() -> None:
    body = {"query": "query A($v: ID) { a } query B($v: ID) { b(v: $v) }", "operationName": "A"}
    assert [each.concern for each in variables_table(body)[0].remarks] == [Concern.UNUSED]


@pytest.mark.parametrize("query", ["query {", "query A { a } query B { b }"])
def test_without_an_operation_there_are_only_the_values(query: str) -> None:
    [found] = variables_table({"query": query, "variables": {"v": 1}})
    assert (found.name, found.type, found.value, found.remarks) == ("v", None, 1, ())


def test_what_is_no_graphql_has_no_variables() -> None:
    assert variables_table({"search": "x"}) == ()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(st.sampled_from(["Int", "ID!", "[Float!]", "[[String]!]!", "Boolean", "Any"]), VALUES)
def test_every_remark_is_at_a_place_in_the_variable_and_a_sentence(type_: str, value: Json) -> None:
    for remark in row(type_, {"v": value}).remarks:
        assert remark.at[0] == "v"
        assert remark.sentence
