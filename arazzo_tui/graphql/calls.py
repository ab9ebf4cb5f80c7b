"""The root fields that a request calls, with the values their arguments have.

Values are those written in the query and those of the variables, side by side; no schema is asked, so
defaults of a schema are not known here.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from arazzo_tui.graphql.request import read_operation
from arazzo_tui.graphql.syntax import MOST_TOKENS
from arazzo_tui.language.values import Json, Pointer

if TYPE_CHECKING:
    import graphql


class Argument(Struct, frozen=True):
    """An argument that is given; `at` is its place in the variables, None when the query has it."""

    value: Json
    at: Pointer | None


class Call(Struct, frozen=True):
    """A field of the operation's root, by its own name and by the one it is answered under."""

    name: str
    response_name: str
    arguments: Mapping[str, Argument]


def root_calls(body: Json) -> tuple[Call, ...]:
    """The root fields of the operation that runs, in their order; fragments are not looked into.

    Empty for what is no GraphQL request, and where no operation can be chosen. An argument whose
    variable is not sent and has no default is left out (GraphQL §6.4.1).
    """
    from graphql import FieldNode, GraphQLSyntaxError, get_operation_ast, parse

    operation = read_operation(body)
    if operation is None or operation.kind is None:
        return ()
    try:
        document = parse(operation.query, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError:
        return ()
    node = get_operation_ast(document, operation.operation_name or None)
    if node is None:
        return ()
    variables = {**_defaults(node), **operation.sent}
    return tuple(
        Call(
            field.name.value,
            (field.alias or field.name).value,
            dict(_arguments(field, variables, operation.sent)),
        )
        for field in node.selection_set.selections
        if isinstance(field, FieldNode)
    )


def _defaults(node: "graphql.OperationDefinitionNode") -> Mapping[str, Json]:
    from graphql import value_from_ast_untyped

    return {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in node.variable_definitions or ()
        if each.default_value is not None
    }


def _arguments(
    field: "graphql.FieldNode", variables: Mapping[str, Json], sent: Mapping[str, Json]
) -> Iterator[tuple[str, Argument]]:
    from graphql import VariableNode, value_from_ast_untyped

    for argument in field.arguments or ():
        node, name = argument.value, argument.name.value
        if not isinstance(node, VariableNode):
            yield name, Argument(value_from_ast_untyped(node, dict(variables)), None)
            continue
        variable = node.name.value
        if variable in variables:
            yield name, Argument(variables[variable], (variable,) if variable in sent else None)
