"""Advice about a request before it is sent: what a schema that the user gave makes of it.

The schema is the user's word and not the server's, which can be stricter, laxer or newer: advice never
holds a request back, and is always told with the name of whose advice it is. Without a schema only the
rules that need none are asked.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from arazzo_tui.graphql.errors import GraphQLError, Location
from arazzo_tui.graphql.places import ErrorPlaces, places
from arazzo_tui.graphql.request import Operation, read_operation
from arazzo_tui.graphql.schema import Schema
from arazzo_tui.graphql.syntax import MOST_TOKENS
from arazzo_tui.language.values import Json

if TYPE_CHECKING:
    import graphql

MOST_MISTAKES = 100
"""Of more mistakes than this in one request nobody reads the rest."""


class Advice(Struct, frozen=True):
    """One thing that will probably not do, with its places in the request and perhaps edits.

    `by` says whose advice it is: `advice of schema.graphql`, or `the rules of GraphQL`.
    """

    by: str
    places: ErrorPlaces

    @property
    def message(self) -> str:
        """What is wrong, in the words of graphql-core."""
        return self.places.error.message


WITHOUT_SCHEMA = "the rules of GraphQL"


def advise(body: Json, schema: Schema | None = None) -> tuple[Advice, ...]:
    """What is wrong with a request, by a schema or by the rules that need none (GraphQL §5, §6.1.2).

    `body` is the request's JSON; what is no GraphQL request gets no advice. The query is validated,
    and with a schema the variables are fitted to their types. Never raises. It can take tens of
    milliseconds for a large query.
    """
    operation = read_operation(body)
    if operation is None:
        return ()
    by = WITHOUT_SCHEMA if schema is None else f"advice of {schema.name}"
    errors = tuple(_mistakes(operation, schema))
    return tuple(Advice(by, place) for place in places(errors, body))


def mistakes_by(schema: Schema, query: str) -> tuple[GraphQLError, ...]:
    """What is wrong with a query by a schema, whatever its variables are; nothing for what does not parse."""
    from graphql import GraphQLSyntaxError, parse, validate

    try:
        document = parse(query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError:
        return ()
    return tuple(map(_read, validate(schema.built, document, max_errors=MOST_MISTAKES)))


def _mistakes(operation: Operation, schema: Schema | None) -> Iterator[GraphQLError]:
    from graphql import GraphQLSyntaxError, parse, validate

    try:
        document = parse(operation.query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        yield _read(error)
        return
    if schema is None:
        found = validate(_anything(), document, _rules(), max_errors=MOST_MISTAKES)
        yield from map(_read, found)
        return
    found = validate(schema.built, document, max_errors=MOST_MISTAKES)
    yield from map(_read, found)
    yield from _misfits(operation, document, schema)


def _misfits(
    operation: Operation, document: "graphql.DocumentNode", schema: Schema
) -> Iterator[GraphQLError]:
    """The variables that do not fit the types they are declared with, of the operation that runs."""
    from graphql import get_operation_ast
    from graphql.execution.values import VariableValues, get_variable_values

    node = get_operation_ast(document, operation.operation_name or None)
    declared = [] if node is None else list(node.variable_definitions or ())
    try:
        fitted = get_variable_values(
            schema.built, declared, dict(operation.sent), max_errors=MOST_MISTAKES
        )
    except RecursionError:
        yield GraphQLError("The variables are nested too deeply to be looked at.")
        return
    if not isinstance(fitted, VariableValues):
        yield from map(_read, fitted)


def _read(error: "graphql.GraphQLError") -> GraphQLError:
    """An error of graphql-core as one of an answer."""
    message = _FLOAT.sub(r"\1", error.message)
    locations = tuple(Location(at.line, at.column) for at in error.locations or ())
    return GraphQLError(message, locations=locations)


_FLOAT = re.compile(r"\bFloat\('([0-9.eE+-]+)'\)")
"""How a number that keeps its digits looks inside graphql-core's sentences."""


@cache
def _anything() -> "graphql.GraphQLSchema":
    """A schema, because graphql-core wants one; the rules that are asked do not look at it."""
    from graphql import build_schema

    return build_schema("type Query { nothing: Int }")


@cache
def _rules() -> tuple[type["graphql.ASTValidationRule"], ...]:
    """The rules of GraphQL §5 that can be judged without a schema."""
    from graphql.validation import (
        ExecutableDefinitionsRule,
        KnownFragmentNamesRule,
        LoneAnonymousOperationRule,
        NoFragmentCyclesRule,
        NoUndefinedVariablesRule,
        NoUnusedFragmentsRule,
        NoUnusedVariablesRule,
        UniqueArgumentNamesRule,
        UniqueFragmentNamesRule,
        UniqueInputFieldNamesRule,
        UniqueOperationNamesRule,
        UniqueVariableNamesRule,
    )

    return (
        ExecutableDefinitionsRule,
        UniqueOperationNamesRule,
        LoneAnonymousOperationRule,
        UniqueFragmentNamesRule,
        KnownFragmentNamesRule,
        NoUnusedFragmentsRule,
        NoFragmentCyclesRule,
        UniqueVariableNamesRule,
        NoUndefinedVariablesRule,
        NoUnusedVariablesRule,
        UniqueArgumentNamesRule,
        UniqueInputFieldNamesRule,
    )
