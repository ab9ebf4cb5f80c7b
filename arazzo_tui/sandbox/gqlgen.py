"""Where gqlgen, which Highlight is built with, differs from graphql-core: words, places, strictness.

graphql-core still parses, validates and executes; here its errors get the sentences and the single
place that gqlgen gives them, variables are fitted by gqlgen's laxer rules, and introspection becomes a
field that fails. Nothing here knows HTTP or what the fields do.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import TypeAlias

from graphql import (
    SKIP,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLSyntaxError,
    NameNode,
    Node,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    build_ast_schema,
    get_location,
    get_named_type,
    is_input_type,
    is_non_null_type,
    is_required_input_field,
    parse,
    type_from_ast,
    visit,
)

from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.go import atoi, reflect_kind

Path: TypeAlias = tuple[str | int, ...]


class Misfit(Exception):
    """A variable that does not fit its type: gqlgen's words, and the path into the variables."""

    def __init__(self, message: str, path: Path) -> None:
        self.path = path
        super().__init__(message)


def syntax_error(error: GraphQLSyntaxError) -> Mapping[str, Json]:
    """A document that does not parse, as gqlparser says it."""
    message = error.message.removeprefix("Syntax Error: ").removesuffix(".")
    message = _TOKEN_WITH_TEXT.sub(r'\1 "\2"', message)
    return {"message": _BARE_TOKEN.sub(r"\1", message), "locations": _places(error)[:1]}


_TOKEN_WITH_TEXT = re.compile(r"\b(Name|Int|Float|String|BlockString) '([^']*)'")
_BARE_TOKEN = re.compile(r"'([^'\s\w]{1,3})'")


def mistakes(document: DocumentNode, errors: Iterable[GraphQLError]) -> list[Mapping[str, Json]]:
    """Validation errors with gqlparser's sentences, each at the one place it gives."""
    return [
        {"message": _reworded(error.message), "locations": [_place(document, error)]}
        for error in errors
    ]


def _reworded(message: str) -> str:
    missing = _MISSING_ARGUMENT.fullmatch(message)
    if missing:
        field, argument, wanted = missing.groups()
        said = f'Field "{field}" argument "{argument}" of type "{wanted}"'
        return f"{said} is required, but it was not provided."
    return _QUOTED.sub(r'"\1"', message)


_MISSING_ARGUMENT = re.compile(
    r"Argument '\w+\.(\w+)\((\w+):\)' of type '([^']+)' is required, but it was not provided\."
)
_QUOTED = re.compile(r"'([^']*)'")


def _place(document: DocumentNode, error: GraphQLError) -> Json:
    """Where gqlparser puts an error: one about an argument at its field, the others at one node."""
    nodes = error.nodes or []
    last = error.message.startswith("There can be only one") or "used in position" in error.message
    node = nodes[-1 if last else 0] if nodes else None
    if isinstance(node, ArgumentNode):
        node = _owner(document, node) or node
    if node is None or node.loc is None:
        return next(iter(_places(error)), {"line": 1, "column": 1})
    at = get_location(node.loc.source, node.loc.start)
    return {"line": at.line, "column": at.column}


def _places(error: GraphQLError) -> list[Json]:
    return [{"line": at.line, "column": at.column} for at in error.locations or ()]


def _owner(document: DocumentNode, argument: ArgumentNode) -> Node | None:
    """The field or directive that an argument is given to."""
    found: list[Node] = []

    class Look(Visitor):
        def enter(self, node: Node, *_: object) -> None:
            if isinstance(node, FieldNode | DirectiveNode) and any(
                each is argument for each in node.arguments or ()
            ):
                found.append(node)

    visit(document, Look())
    return found[0] if found else None


def without_introspection(document: DocumentNode) -> DocumentNode:
    """The same document, valid before, with `__schema` as a field that can be null.

    gqlgen gives `{"__schema": null}` beside the error; graphql-core's `__schema` is never null and would
    take all of `data` with it. `__type` can be null, and stands in for it under its name.
    """

    class Replace(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> FieldNode | None:
            return _never_a_schema(node) if node.name.value == "__schema" else None

    changed: DocumentNode = visit(document, Replace())
    return changed


def _never_a_schema(node: FieldNode) -> FieldNode:
    nothing = ArgumentNode(name=NameNode(value="name"), value=StringValueNode(value=""))
    return FieldNode(
        alias=node.alias or NameNode(value="__schema"),
        name=NameNode(value="__type"),
        arguments=(nothing,),
        directives=node.directives,
        selection_set=SelectionSetNode(selections=(FieldNode(name=NameNode(value="name")),)),
    )


def with_nullable_roots(sdl: str) -> GraphQLSchema:
    """A schema in which every root field can be null.

    When a field of a mutation fails that is never null, gqlgen goes on with the next one and takes the
    data away at the end (`takes_all_data`); graphql-core would stop there.
    """

    class Loosen(Visitor):
        def enter_object_type_definition(
            self, node: ObjectTypeDefinitionNode, *_: object
        ) -> object:
            return None if node.name.value in ("Query", "Mutation") else SKIP

        def enter_field_definition(
            self, node: FieldDefinitionNode, *_: object
        ) -> FieldDefinitionNode | None:
            if not isinstance(node.type, NonNullTypeNode):
                return None
            return FieldDefinitionNode(
                description=node.description,
                name=node.name,
                arguments=node.arguments,
                type=node.type.type,
                directives=node.directives,
            )

    loose: DocumentNode = visit(parse(sdl), Loosen())
    return build_ast_schema(loose)


def takes_all_data(schema: GraphQLSchema, failed: Iterable[str]) -> bool:
    """Whether one of the root fields that failed is never null in a schema."""
    fields = {
        **(schema.query_type.fields if schema.query_type else {}),
        **(schema.mutation_type.fields if schema.mutation_type else {}),
    }
    return any(is_non_null_type(fields[name].type) for name in failed if name in fields)


def fitted(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Json]
) -> dict[str, Json]:
    """The declared variables as gqlgen takes them; raises `Misfit` at the first that it does not take.

    It keeps numbers as their text: so a number is fine where a string is wanted, and the text of a
    number where a number is. What a custom scalar holds is not looked at before the field runs.
    """
    fits: dict[str, Json] = {}
    for declared in operation.variable_definitions or ():
        name = declared.variable.name.value
        wanted = type_from_ast(schema, declared.type)
        if wanted is None or not is_input_type(wanted):
            continue  # validation has refused it before
        path: Path = ("variable", name)
        if name in variables:
            fits[name] = _fit(wanted, variables[name], path)
        elif is_non_null_type(wanted) and declared.default_value is None:
            raise Misfit("must be defined", path)
    return fits


def _fit(wanted: GraphQLInputType, value: Json, path: Path) -> Json:
    if value is None:
        if is_non_null_type(wanted):
            raise Misfit("cannot be null", path)
        return None
    inner = wanted.of_type if isinstance(wanted, GraphQLNonNull) else wanted
    if isinstance(inner, GraphQLList):
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return [_fit(inner.of_type, item, (*path, at)) for at, item in enumerate(items)]
    if isinstance(inner, GraphQLInputObjectType):
        return _fit_object(inner, value, path)
    return _fit_scalar(get_named_type(inner).name, value, path)


def _fit_object(wanted: GraphQLInputObjectType, value: Json, path: Path) -> Json:
    if not isinstance(value, Mapping):
        raise Misfit(f"must be a {wanted.name}, not a {reflect_kind(value)}", path)
    for name in value:
        if name not in wanted.fields:
            raise Misfit("unknown field", (*path, name))
    fits: dict[str, Json] = {}
    for name, field in wanted.fields.items():
        if name in value:
            fits[name] = _fit(field.type, value[name], (*path, name))
        elif is_required_input_field(field):
            raise Misfit("must be defined", (*path, name))
    return fits


def _fit_scalar(wanted: str, value: Json, path: Path) -> Json:
    fit = _FITS.get(wanted)
    try:
        return fit(value) if fit else value
    except ValueError:
        raise Misfit(f"cannot use {reflect_kind(value)} as {wanted}", path) from None


def _boolean(value: Json) -> Json:
    if isinstance(value, bool):
        return value
    raise ValueError(value)


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return write_json(value)
    raise ValueError(value)


def _integer(value: Json) -> int:
    """An integer; gqlgen takes 64 bits here, but a field of graphql-core has no more than 32."""
    number = atoi(_text(value))
    if abs(number) >= 2**31:
        raise ValueError(value)
    return number


def _number(value: Json) -> float:
    text = _text(value)
    if _NUMBER.fullmatch(text) and isfinite(float(text)):
        return float(text)
    raise ValueError(value)


_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")

_FITS: Mapping[str, Callable[[Json], Json]] = {
    "Boolean": _boolean,
    "String": _text,
    "ID": _text,
    "Int": _integer,
    "Float": _number,
}
