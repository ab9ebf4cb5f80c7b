"""What a request body is to GraphQL over HTTP."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.graphql.request import Given, is_graphql, read_operation
from arazzo_tui.graphql.syntax import Kind
from arazzo_tui.language.values import Json

PUSH = "mutation Push($id: String!, $events: [Event!]! = [], $n: ID) { push(id: $id) }"


@pytest.mark.parametrize(
    "body",
    [
        None,
        True,
        5,
        "{ a }",
        [{"query": "{ a }"}],
        {},
        {"query": None},
        {"query": {"match_all": {}}},
        {"query": "shoes, red"},
        {"query": "rate(requests[5m])"},
        {"operationName": "a", "variables": {}},
    ],
)
def test_a_body_without_a_graphql_query_is_no_operation(body: Json) -> None:
    assert (is_graphql(body), read_operation(body)) == (False, None)


@pytest.mark.parametrize(
    ("query", "kind", "name"),
    [
        ("{ a }", Kind.QUERY, None),
        ("query { a }", Kind.QUERY, None),
        ("query Read { a }", Kind.QUERY, "Read"),
        ("mutation Write { a }", Kind.MUTATION, "Write"),
        ("subscription { a }", Kind.SUBSCRIPTION, None),
        ('"what it does" query Told { a }', Kind.QUERY, "Told"),
        ('"""\nwhat it\n"does"\n""" query Told { a }', Kind.QUERY, "Told"),
        ("# a comment\n, mutation\n{ a ...F } fragment F on M { b }", Kind.MUTATION, None),
    ],
)
def test_the_only_operation_is_the_one_that_runs(query: str, kind: Kind, name: str | None) -> None:
    operation = read_operation({"query": query})
    assert is_graphql({"query": query})
    assert operation is not None
    assert (operation.kind, operation.name, operation.problems) == (kind, name, ())


@pytest.mark.parametrize(
    ("operation_name", "name", "problem"),
    [
        ("A", "A", ""),
        ("B", "B", ""),
        ("C", None, "`operationName` is `C`, which the document does not have; there is `A`, `B`"),
        ("", None, "the document has 2 operations: `A`, `B`; `operationName` must choose one"),
        (None, None, "the document has 2 operations: `A`, `B`; `operationName` must choose one"),
    ],
)
def test_of_several_operations_the_name_chooses(
    operation_name: str | None, name: str | None, problem: str
) -> None:
    body: Json = {"query": "query A { a } mutation B { b }", "operationName": operation_name}
    operation = read_operation(body)
    assert operation is not None
    assert (operation.name, operation.problems) == (name, (problem,) if problem else ())


def test_a_document_of_fragments_has_nothing_to_run() -> None:
    operation = read_operation({"query": "fragment F on M { b }"})
    assert operation is not None
    assert operation.problems == ("the document has no operation, so there is nothing to run",)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"variables": "{}"}, "`variables` must be an object, and is of type string"),
        ({"variables": []}, "`variables` must be an object, and is of type array"),
        ({"extensions": 1}, "`extensions` must be an object, and is of type integer"),
        ({"operationName": 1}, "`operationName` must be a string, and is of type integer"),
    ],
)
def test_a_parameter_of_the_wrong_type_is_a_problem_and_no_obstacle(
    body: dict[str, Json], problem: str
) -> None:
    operation = read_operation({"query": "{ a }", **body})
    assert operation is not None
    assert (operation.kind, operation.problems) == (Kind.QUERY, (problem,))


def test_each_declared_variable_has_its_type_and_its_default() -> None:
    operation = read_operation({"query": PUSH})
    assert operation is not None
    assert [(v.name, v.type, v.nullable, v.default) for v in operation.variables] == [
        ("id", "String!", False, None),
        ("events", "[Event!]!", False, "[]"),
        ("n", "ID", True, None),
    ]


@pytest.mark.parametrize(
    ("variables", "states", "lacking"),
    [
        ({}, "missing missing missing", ["id"]),
        ({"id": None, "events": None, "n": None}, "null null null", ["id", "events"]),
        ({"id": "", "n": 0}, "given missing given", []),
        ({"id": False, "events": []}, "given given missing", []),
    ],
)
def test_missing_null_and_empty_are_three_things(
    variables: Json, states: str, lacking: list[str]
) -> None:
    operation = read_operation({"query": PUSH, "variables": variables})
    assert operation is not None
    assert " ".join(v.state.value for v in operation.variables) == states
    assert [v.name for v in operation.variables if v.lacking] == lacking


def test_a_given_variable_has_the_value_that_was_sent() -> None:
    value: Json = [{"type": 5}]
    operation = read_operation({"query": PUSH, "variables": {"events": value}})
    assert operation is not None
    events = operation.variables[1]
    assert (events.state, events.value) == (Given.GIVEN, value)


def test_variables_that_nobody_declares_are_named() -> None:
    sent: Json = {"id": "x", "client_version": 1, "extra": None}
    operation = read_operation({"query": PUSH, "variables": sent})
    assert operation is not None
    assert operation.undeclared == ("client_version", "extra")
    assert operation.sent == sent


@pytest.mark.parametrize(
    ("query", "line", "column", "message"),
    [
        ("mutation { a(", 1, 14, "Expected Name, found <EOF>."),
        ("{\n  a(b: )\n}", 2, 8, "Unexpected ')'."),
        ("{ }", 1, 3, "Expected Name, found '}'."),
        ("{ a } }", 1, 7, "Unexpected '}'."),
        ('{ a(b: "x) }', 1, 13, "Unterminated string."),
    ],
)
def test_a_syntax_error_has_a_place(query: str, line: int, column: int, message: str) -> None:
    operation = read_operation({"query": query, "variables": {"a": 1}})
    assert operation is not None
    error = operation.syntax_error
    assert error is not None
    assert (error.line, error.column, error.message) == (line, column, message)
    assert (operation.kind, operation.variables, operation.undeclared) == (None, (), ())


def test_a_misspelt_query_with_variables_beside_it_is_still_meant_as_graphql() -> None:
    operation = read_operation({"query": "mutaton a { b }", "operationName": "a"})
    assert operation is not None
    assert operation.syntax_error is not None


@pytest.mark.parametrize("query", ["{a " * 3000, "[" * 50_000, "{a(b:" + "[" * 9000, "{\ud800}"])
def test_a_hostile_query_is_a_syntax_error(query: str) -> None:
    operation = read_operation({"query": query, "variables": None})
    assert operation is not None
    assert operation.syntax_error is not None


def test_extensions_are_kept() -> None:
    operation = read_operation({"query": "{ a }", "extensions": {"persistedQuery": {"version": 1}}})
    assert operation is not None
    assert operation.extensions == {"persistedQuery": {"version": 1}}


@settings(deadline=None)
@given(st.text())
def test_any_text_as_a_query_is_read_without_complaint(text: str) -> None:
    operation = read_operation({"query": text, "operationName": None})
    assert operation is not None
    assert operation.query == text
    assert (operation.syntax_error is None) == (
        operation.kind is not None or bool(operation.problems)
    )
