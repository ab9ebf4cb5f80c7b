"""A graph made to run: graphql-core parses, validates, coerces and executes; errors get their codes.

The only module of the sandbox that knows graphql-core, and it imports it when it is imported itself:
whoever needs it imports it late. Errors follow gqlgen, which Highlight is built with: a code for
what was refused, and a path into the variables where one does not fit its type.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib.resources import files

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLFieldResolver,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_operation_ast,
    is_input_type,
    is_non_null_type,
    parse,
    type_from_ast,
    validate,
    value_from_ast_untyped,
)
from graphql.language import ConstValueNode
from graphql.utilities import validate_input_value

from arazzo_tui.language.values import Json, kind
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.graph import Graph, Outcome, Resolver, Run

MOST_TOKENS = 5_000
"""A document with more is refused, so that no document takes a second to validate."""

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"


def load(graph: Graph, state: State) -> Run:
    """Read a graph's schema and join it with its resolvers; takes a tenth of a second."""
    text = files("arazzo_tui.sandbox").joinpath("schema", graph.schema).read_text("utf-8")
    schema = build_schema(text)
    for name, read in _SCALARS.items():
        scalar = schema.get_type(name)
        if isinstance(scalar, GraphQLScalarType):
            _teach(scalar, read)
    run = partial(_run, schema, _field_resolver(graph.resolvers(state)))
    run("{ __typename }", None, {})  # what graphql-core prepares once per schema, it prepares here
    return run


def _run(
    schema: GraphQLSchema,
    resolver: GraphQLFieldResolver,
    query: str,
    operation_name: str | None,
    variables: Mapping[str, Json],
) -> Outcome:
    if not query.strip():
        return _refused({"message": "no operation provided"})
    try:
        document = parse(query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        return _refused(_said(error, PARSE_FAILED))
    operation = get_operation_ast(document, operation_name or None)
    if operation is None:
        return _refused(_nothing_to_run(document, operation_name))
    mistakes = validate(schema, document)
    if mistakes:
        return _refused(*(_said(mistake, VALIDATION_FAILED) for mistake in mistakes))
    misfits = tuple(_misfits(schema, operation, variables))
    if misfits:
        return _refused(*misfits)
    result = execute_sync(
        schema,
        document,
        variable_values=dict(variables),
        operation_name=operation_name or None,
        field_resolver=resolver,
        middleware=(_hide_the_schema,),
    )
    return Outcome(True, result.data, tuple(_said(error) for error in result.errors or ()))


def _refused(*errors: Mapping[str, Json]) -> Outcome:
    return Outcome(False, None, errors)


def _said(error: GraphQLError, code: str | None = None) -> Mapping[str, Json]:
    said: dict[str, Json] = {"message": error.message}
    if error.path:
        said["path"] = error.path
    if error.locations:
        said["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if code:
        said["extensions"] = {"code": code}
    return said


def _nothing_to_run(document: DocumentNode, name: str | None) -> Mapping[str, Json]:
    there = any(isinstance(node, OperationDefinitionNode) for node in document.definitions)
    if name:
        message = f"operation {name} not found"
    elif there:
        message = "operationName must choose one of the operations"
    else:
        message = "no operation provided"
    return {"message": message, "extensions": {"code": VALIDATION_FAILED}}


def _misfits(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Json]
) -> Iterator[Mapping[str, Json]]:
    """Every place where the variables do not fit their declared types (GraphQL §6.1.2)."""
    for declared in operation.variable_definitions or ():
        name = declared.variable.name.value
        wanted = type_from_ast(schema, declared.type)
        if wanted is None or not is_input_type(wanted):
            continue  # validation has refused it before
        if name not in variables:
            if is_non_null_type(wanted) and declared.default_value is None:
                yield _misfit("must be defined", name, [])
            continue
        found: list[Mapping[str, Json]] = []

        def note(
            error: GraphQLError,
            path: list[str | int],
            name: str = name,
            found: list[Mapping[str, Json]] = found,
        ) -> None:
            found.append(_misfit(error.message, name, path))

        validate_input_value(variables[name], wanted, note)
        yield from found


def _misfit(message: str, variable: str, path: list[str | int]) -> Mapping[str, Json]:
    return {
        "message": message,
        "path": ["variable", variable, *path],
        "extensions": {"code": VALIDATION_FAILED},
    }


def _field_resolver(resolvers: Mapping[str, Resolver]) -> GraphQLFieldResolver:
    """Root fields have a resolver each; below them, values are members of what it returned."""

    def resolve(source: Json, info: GraphQLResolveInfo[object], **arguments: Json) -> Json:
        if isinstance(source, Mapping):
            return source.get(info.field_name)
        return resolvers[info.field_name](arguments)

    return resolve


def _hide_the_schema(
    resolve: GraphQLFieldResolver, source: Json, info: GraphQLResolveInfo[object], **arguments: Json
) -> object:
    """Highlight's public graph does not introspect; `__typename` is no introspection."""
    if info.field_name in ("__schema", "__type"):
        raise GraphQLError("introspection disabled")
    return resolve(source, info, **arguments)


def _teach(scalar: GraphQLScalarType, read: Callable[[Json], Json]) -> None:
    """Let a scalar of the schema refuse what does not belong to it, in variables and literals."""

    def read_literal(literal: ConstValueNode) -> Json:
        return read(value_from_ast_untyped(literal))

    scalar.coerce_input_value = read
    scalar.coerce_input_literal = read_literal


def _timestamp(value: Json) -> Json:
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError as bad:
            raise GraphQLError(f"Timestamp cannot represent {value!r}: {bad}") from bad
        return value
    raise GraphQLError(f"Timestamp is written as RFC 3339 has it, and this is a {kind(value)}")


_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _int64(value: Json) -> Json:
    number: Json = value
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", value):
        number = int(value)
    if isinstance(number, int) and not isinstance(number, bool) and -(2**63) <= number < 2**63:
        return number
    raise GraphQLError(f"an integer of 64 bits is wanted, and this is a {kind(value)}")


_SCALARS: Mapping[str, Callable[[Json], Json]] = {
    "Timestamp": _timestamp,
    "Int64": _int64,
    "Int64ID": _int64,
}
