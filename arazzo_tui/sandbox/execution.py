"""A graph made to run: graphql-core parses, validates, coerces and executes; errors get their codes.

With `gqlgen` the only module of the sandbox that knows graphql-core, and it imports it when it is
imported itself: whoever needs it imports it late. Of gqlgen, which Highlight is built with, every graph
has the codes of what was refused and the path into the variables where one does not fit; a graph with
gqlgen's manners has its sentences, places and laxness as well.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.resources import files

from graphql import (
    DocumentNode,
    FieldNode,
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
from msgspec import Struct

from arazzo_tui.language.values import Json, kind
from arazzo_tui.sandbox import gqlgen
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.graph import Graph, Manners, Outcome, Refused, Resolver, Run

MOST_TOKENS = 5_000
"""A document with more is refused, so that no document takes a second to validate."""

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"


def load(graph: Graph, state: State) -> Run:
    """Read a graph's schema and join it with its resolvers; takes a tenth of a second."""
    text = files("arazzo_tui.sandbox").joinpath("schema", graph.schema).read_text("utf-8")
    schema = build_schema(text)
    if graph.manners is Manners.DRAFT:  # gqlgen looks into its scalars when the field runs
        for name, read in _SCALARS.items():
            scalar = schema.get_type(name)
            if isinstance(scalar, GraphQLScalarType):
                _teach(scalar, read)
    executed = schema if graph.manners is Manners.DRAFT else gqlgen.with_nullable_roots(text)
    loaded = _Loaded(schema, executed, _field_resolver(graph.resolvers(state)), graph.manners)
    loaded.run("{ __typename }", None, {})  # what graphql-core prepares once, it prepares here
    return loaded.run


class _Loaded(Struct, frozen=True):
    """A schema, the form of it that is executed, what its fields do, and the manners of its server."""

    schema: GraphQLSchema
    executed: GraphQLSchema
    resolver: GraphQLFieldResolver
    manners: Manners

    def run(self, query: str, operation_name: str | None, variables: Mapping[str, Json]) -> Outcome:
        """What an operation comes to."""
        if not query.strip():
            return _refused(_NO_OPERATION)
        try:
            document = parse(query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            return _refused(_coded(self._syntax_error(error), PARSE_FAILED))
        operation = get_operation_ast(document, operation_name or None)
        if operation is None and self.manners is Manners.DRAFT:
            return _refused(_nothing_to_run(document, operation_name))
        mistakes = self._mistakes(document)
        if mistakes:
            return _refused(*(_coded(each, VALIDATION_FAILED) for each in mistakes))
        if operation is None:
            return _refused(_not_found(document, operation_name))
        try:
            fitted = self._fitted(operation, variables)
        except _Misfits as misfits:
            return _refused(*(_coded(each, VALIDATION_FAILED) for each in misfits.errors))
        return self._executed(document, operation_name, fitted)

    def _syntax_error(self, error: GraphQLSyntaxError) -> Mapping[str, Json]:
        return _said(error) if self.manners is Manners.DRAFT else gqlgen.syntax_error(error)

    def _mistakes(self, document: DocumentNode) -> list[Mapping[str, Json]]:
        errors = validate(self.schema, document)
        if self.manners is Manners.DRAFT:
            return [_said(error) for error in errors]
        return gqlgen.mistakes(document, errors)

    def _fitted(
        self, operation: OperationDefinitionNode, variables: Mapping[str, Json]
    ) -> dict[str, Json]:
        """The variables as they go into execution; raises `_Misfits`."""
        if self.manners is Manners.DRAFT:
            misfits = tuple(_misfits(self.schema, operation, variables))
            if misfits:
                raise _Misfits(misfits)
            return dict(variables)
        try:
            return gqlgen.fitted(self.schema, operation, variables)
        except gqlgen.Misfit as misfit:
            raise _Misfits(({"message": str(misfit), "path": misfit.path},)) from misfit

    def _executed(
        self, document: DocumentNode, operation_name: str | None, variables: dict[str, Json]
    ) -> Outcome:
        draft = self.manners is Manners.DRAFT
        failed: set[str] = set()
        result = execute_sync(
            self.executed,
            document if draft else gqlgen.without_introspection(document),
            variable_values=variables,
            operation_name=operation_name or None,
            field_resolver=self.resolver,
            context_value=failed,
            middleware=(_hide_the_schema,),
        )
        lost = not draft and gqlgen.takes_all_data(self.schema, failed)
        errors = (_said(error, located=draft) for error in result.errors or ())
        return Outcome(True, None if lost else result.data, tuple(errors))


def called(query: str, operation_name: str | None) -> tuple[str, ...]:
    """The names an operation goes by: those of the fields it begins with, and its own.

    Fields inside fragments are not among them; nothing is, when there is no such operation.
    """
    try:
        document = parse(query, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError:
        return ()
    operation = get_operation_ast(document, operation_name or None)
    if operation is None:
        return ()
    fields = operation.selection_set.selections
    names = [each.name.value for each in fields if isinstance(each, FieldNode)]
    return (*names, operation.name.value) if operation.name else tuple(names)


class _Misfits(Exception):
    def __init__(self, errors: tuple[Mapping[str, Json], ...]) -> None:
        self.errors = errors
        super().__init__(f"{len(errors)} variables do not fit")


def _refused(*errors: Mapping[str, Json]) -> Outcome:
    return Outcome(False, None, errors)


def _said(error: GraphQLError, *, located: bool = True) -> Mapping[str, Json]:
    said: dict[str, Json] = {"message": error.message}
    if error.path:
        said["path"] = error.path
    if error.locations and located:
        said["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return said


def _coded(error: Mapping[str, Json], code: str) -> Mapping[str, Json]:
    return {**error, "extensions": {"code": code}}


_NO_OPERATION: Mapping[str, Json] = {
    "message": "no operation provided",
    "extensions": {"code": VALIDATION_FAILED},
}


def _not_found(document: DocumentNode, name: str | None) -> Mapping[str, Json]:
    """What gqlgen says when no operation is meant; an operation without a name stays unnamed."""
    if not _has_operations(document):
        return _NO_OPERATION
    return _coded({"message": f"operation {name or ''} not found"}, VALIDATION_FAILED)


def _nothing_to_run(document: DocumentNode, name: str | None) -> Mapping[str, Json]:
    if name:
        message = f"operation {name} not found"
    elif _has_operations(document):
        message = "operationName must choose one of the operations"
    else:
        return _NO_OPERATION
    return _coded({"message": message}, VALIDATION_FAILED)


def _has_operations(document: DocumentNode) -> bool:
    return any(isinstance(node, OperationDefinitionNode) for node in document.definitions)


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
    return {"message": message, "path": ["variable", variable, *path]}


def _field_resolver(resolvers: Mapping[str, Resolver]) -> GraphQLFieldResolver:
    """Root fields have a resolver each; below them, values are members of what it returned."""

    def resolve(source: Json, info: GraphQLResolveInfo[object], **arguments: Json) -> Json:
        if isinstance(source, Mapping):
            return source.get(info.field_name)
        try:
            return resolvers[info.field_name](arguments)
        except Refused as refused:
            if isinstance(info.context, set):
                info.context.add(info.field_name)
            path = [*info.path.as_list(), *refused.below]
            raise GraphQLError(str(refused), info.field_nodes, path=path) from refused

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
