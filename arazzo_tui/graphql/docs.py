"""What a schema says about the name under the cursor: description, type, arguments.

The query is looked at as it is written; nothing is judged here, that is `advice`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from arazzo_tui.graphql.schema import Schema
from arazzo_tui.graphql.syntax import MOST_TOKENS

if TYPE_CHECKING:
    import graphql


class Member(Struct, frozen=True):
    """An argument of a field, a field of a type, or a value of an enum (whose `type` is "").

    `default` is the text of a default value; `required` says that there is none and null will not do.
    """

    name: str
    type: str = ""
    default: str | None = None
    required: bool = False
    description: str = ""
    deprecated: str = ""


class Docs(Struct, frozen=True):
    """What a schema says about one name.

    `coordinate` is its place in the schema (`Mutation.pushPayload`, `Mutation.pushPayload(events:)`,
    `ReplayEventsInput`, `@skip`), `type` the type it has, "" for a type itself. `members` are the
    arguments of a field, and the fields or values of a type; of a field or argument with an object,
    input or enum type, `inner` are the members of that type. `by` is the schema's name.
    """

    by: str
    coordinate: str
    type: str
    description: str
    deprecated: str
    members: tuple[Member, ...]
    inner: tuple[Member, ...] = ()


def docs_at(schema: Schema, query: str, offset: int) -> Docs | None:
    """What a schema says about the name at an offset in a query (in code points from 0).

    Between names it is the field that encloses the place. None where the query does not parse, and
    for what the schema does not have.
    """
    from graphql import GraphQLSyntaxError, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

    try:
        document = parse(query, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError:
        return None
    info = TypeInfo(schema.built)
    at_name: list[Docs | None] = []
    around: list[Docs | None] = []

    class Look(Visitor):
        def enter(self, node: "graphql.Node", *_: object) -> None:
            if node.loc is None or not node.loc.start <= offset <= node.loc.end:
                return
            if _is_at_name(node, offset):
                at_name.append(_docs(node, info, schema))
            elif node.kind == "field":
                around.append(_docs(node, info, schema))

    visit(document, TypeInfoVisitor(info, Look()))
    found = at_name or around
    return found[-1] if found else None


def docs_of_type(schema: Schema, name: str) -> Docs | None:
    """What a schema says about one of its types by name, None if there is none."""
    found = schema.built.type_map.get(name)
    return None if found is None else _of_type(found, schema)


_NAMED = frozenset({"field", "argument", "object_field", "directive"})


def _is_at_name(node: "graphql.Node", offset: int) -> bool:
    from graphql import EnumValueNode, FieldNode, NamedTypeNode, NameNode, VariableNode

    if isinstance(node, NamedTypeNode | VariableNode | EnumValueNode):
        return True
    name = getattr(node, "name", None)
    if node.kind not in _NAMED or node.loc is None or not isinstance(name, NameNode):
        return False
    alias = node.alias if isinstance(node, FieldNode) else None
    first = (alias or name).loc
    last = name.loc
    return first is not None and last is not None and first.start <= offset <= last.end


def _docs(node: "graphql.Node", info: "graphql.TypeInfo", schema: Schema) -> Docs | None:
    from graphql import (
        ArgumentNode,
        DirectiveNode,
        EnumValueNode,
        FieldNode,
        NamedTypeNode,
        ObjectFieldNode,
        VariableNode,
    )

    match node:
        case FieldNode():
            return _of_field(info, schema)
        case ArgumentNode():
            return _of_argument(node.name.value, info, schema)
        case ObjectFieldNode():
            return _of_input_field(node.name.value, info, schema)
        case EnumValueNode() | VariableNode():
            wanted = info.get_input_type()
            return None if wanted is None else _of_type(_named(wanted), schema)
        case NamedTypeNode():
            return docs_of_type(schema, node.name.value)
        case DirectiveNode():
            return _of_directive(node.name.value, schema)
        case _:
            return None


def _of_field(info: "graphql.TypeInfo", schema: Schema) -> Docs | None:
    field, parent = info.get_field_def(), info.get_parent_type()
    if field is None:
        return None
    owner = f"{parent.name}." if parent is not None else ""
    name = _field_name(field, parent)
    return Docs(
        schema.name,
        f"{owner}{name}",
        str(field.type),
        field.description or "",
        field.deprecation_reason or "",
        _arguments(field.args),
        _members(_named(field.type)),
    )


def _field_name(
    field: "graphql.GraphQLField", parent: "graphql.GraphQLCompositeType | None"
) -> str:
    fields = getattr(parent, "fields", {})
    return next((name for name, each in fields.items() if each is field), "__typename")


def _of_argument(name: str, info: "graphql.TypeInfo", schema: Schema) -> Docs | None:
    argument, directive, field = info.get_argument(), info.get_directive(), info.get_field_def()
    if argument is None:
        return None
    if directive is not None:
        owner = f"@{directive.name}"
    else:
        parent = info.get_parent_type()
        shown = f"{parent.name}." if parent is not None else ""
        owner = shown + (_field_name(field, parent) if field else "")
    return Docs(
        schema.name,
        f"{owner}({name}:)",
        str(argument.type),
        argument.description or "",
        argument.deprecation_reason or "",
        (),
        _members(_named(argument.type)),
    )


def _of_input_field(name: str, info: "graphql.TypeInfo", schema: Schema) -> Docs | None:
    from graphql import GraphQLInputObjectType

    parent = info.get_parent_input_type()
    owner = None if parent is None else _named(parent)
    if not isinstance(owner, GraphQLInputObjectType) or name not in owner.fields:
        return None
    field = owner.fields[name]
    return Docs(
        schema.name,
        f"{owner.name}.{name}",
        str(field.type),
        field.description or "",
        field.deprecation_reason or "",
        (),
        _members(_named(field.type)),
    )


def _of_directive(name: str, schema: Schema) -> Docs | None:
    found = schema.built.get_directive(name)
    if found is None:
        return None
    return Docs(schema.name, f"@{name}", "", found.description or "", "", _arguments(found.args))


def _of_type(found: "graphql.GraphQLNamedType", schema: Schema) -> Docs:
    return Docs(schema.name, found.name, "", found.description or "", "", _members(found))


def _named(wanted: "graphql.GraphQLType") -> "graphql.GraphQLNamedType":
    from graphql import get_named_type

    named: graphql.GraphQLNamedType = get_named_type(wanted)
    return named


def _arguments(arguments: "Mapping[str, graphql.GraphQLArgument]") -> tuple[Member, ...]:
    return tuple(_argument(name, each) for name, each in arguments.items())


def _argument(name: str, found: "graphql.GraphQLArgument | graphql.GraphQLInputField") -> Member:
    from graphql import is_non_null_type

    default = _default(found)
    return Member(
        name,
        str(found.type),
        default,
        default is None and is_non_null_type(found.type),
        found.description or "",
        found.deprecation_reason or "",
    )


def _default(found: "graphql.GraphQLArgument | graphql.GraphQLInputField") -> str | None:
    """The text of a default value, as the schema's own text has it."""
    from graphql import print_ast
    from graphql.utilities import get_default_value_ast

    node = get_default_value_ast(found)
    return None if node is None else print_ast(node)


def _members(found: "graphql.GraphQLNamedType") -> tuple[Member, ...]:
    """The fields of an object, interface or input type; the values of an enum; the types of a union."""
    from graphql import (
        GraphQLEnumType,
        GraphQLInputObjectType,
        GraphQLInterfaceType,
        GraphQLObjectType,
        GraphQLUnionType,
    )

    match found:
        case GraphQLObjectType() | GraphQLInterfaceType():
            return tuple(
                Member(
                    name,
                    str(field.type),
                    description=field.description or "",
                    deprecated=field.deprecation_reason or "",
                )
                for name, field in found.fields.items()
            )
        case GraphQLInputObjectType():
            return tuple(_argument(name, field) for name, field in found.fields.items())
        case GraphQLEnumType():
            return tuple(
                Member(
                    name,
                    description=value.description or "",
                    deprecated=value.deprecation_reason or "",
                )
                for name, value in found.values.items()
            )
        case GraphQLUnionType():
            return tuple(Member(each.name) for each in found.types)
        case _:
            return ()
