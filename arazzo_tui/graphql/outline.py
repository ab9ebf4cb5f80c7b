"""The named parts of a query and how they nest: fields, arguments, variables, types, values.

An outline says where each name stands in the query as sent, and what it belongs to. It knows nothing of
a schema, of an answer, or of how the query is laid out on a screen.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from arazzo_tui.graphql.syntax import MOST_TOKENS
from arazzo_tui.language.alike import Alike

if TYPE_CHECKING:
    from graphql.language import Node


class PartKind(Enum):
    """What a part of a query is, in the words of GraphQL §2."""

    OPERATION = "operation"
    FRAGMENT = "fragment"
    FIELD = "field"
    ARGUMENT = "argument"
    DIRECTIVE = "directive"
    DECLARATION = "variable definition"
    VARIABLE = "variable"
    TYPE = "type"
    SPREAD = "fragment spread"
    INLINE = "inline fragment"
    INPUT_FIELD = "input field"
    ENUM_VALUE = "enum value"
    VALUE = "value"


class Part(Alike, frozen=True):
    """One part: its name, the offsets of its name's token and of all of it, and what it stands in.

    A part without a name has `name` "" and its own begin as `start`: an inline fragment, and a value
    other than a string, whose `name` is its text.
    `response_name` is a field's alias, or its name (GraphQL §2.7). Offsets count code points.
    """

    ASIDE = frozenset({"parent"})

    kind: PartKind
    name: str
    start: int
    end: int
    first: int
    last: int
    parent: "Part | None"
    response_name: str = ""

    @property
    def ancestors(self) -> Iterator["Part"]:
        """What it stands in, the nearest first."""
        part = self.parent
        while part is not None:
            yield part
            part = part.parent


def outline(query: str) -> tuple[Part, ...]:
    """The parts of a query in the order of their begin; none when it does not parse."""
    from graphql.error import GraphQLSyntaxError
    from graphql.language import parse

    try:
        document = parse(query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError:
        return ()
    found: list[Part] = []
    waiting: list[tuple[Node, Part | None]] = [(document, None)]
    while waiting:
        node, parent = waiting.pop()
        part = _part(node, parent)
        if part is not None:
            found.append(part)
        waiting += [(child, part or parent) for child in _children(node)]
    return tuple(sorted(found, key=lambda part: (part.first, -part.last)))


def _children(node: "Node") -> Iterator["Node"]:
    from graphql.language import Node, VariableDefinitionNode

    for key in node.keys:
        if key == "variable" and isinstance(node, VariableDefinitionNode):
            continue  # the definition itself stands for it
        child = getattr(node, key, None)
        for each in child if isinstance(child, list | tuple) else (child,):
            if isinstance(each, Node):
                yield each


_KINDS: Mapping[str, PartKind] = {
    "operation_definition": PartKind.OPERATION,
    "fragment_definition": PartKind.FRAGMENT,
    "field": PartKind.FIELD,
    "argument": PartKind.ARGUMENT,
    "directive": PartKind.DIRECTIVE,
    "variable_definition": PartKind.DECLARATION,
    "variable": PartKind.VARIABLE,
    "named_type": PartKind.TYPE,
    "fragment_spread": PartKind.SPREAD,
    "inline_fragment": PartKind.INLINE,
    "object_field": PartKind.INPUT_FIELD,
    "enum_value": PartKind.ENUM_VALUE,
    "int_value": PartKind.VALUE,
    "float_value": PartKind.VALUE,
    "string_value": PartKind.VALUE,
    "boolean_value": PartKind.VALUE,
    "null_value": PartKind.VALUE,
    "list_value": PartKind.VALUE,
    "object_value": PartKind.VALUE,
}


def _part(node: "Node", parent: Part | None) -> Part | None:
    """A node as a part; None for what has no place of its own, such as a selection set."""
    from graphql.language import (
        EnumValueNode,
        FieldNode,
        NameNode,
        StringValueNode,
        VariableDefinitionNode,
    )

    kind = _KINDS.get(node.kind)
    if kind is None or node.loc is None:
        return None
    first, last = node.loc.start, node.loc.end
    if isinstance(node, EnumValueNode | StringValueNode):
        return Part(kind, node.value, first, last, first, last, parent)
    named = node.variable if isinstance(node, VariableDefinitionNode) else node
    name = getattr(named, "name", None)
    if not isinstance(name, NameNode) or name.loc is None:
        return Part(kind, "", first, last, first, last, parent)
    alias = node.alias if isinstance(node, FieldNode) else None
    response_name = (alias or name).value if isinstance(node, FieldNode) else ""
    return Part(kind, name.value, name.loc.start, name.loc.end, first, last, parent, response_name)


def field_at(
    parts: Sequence[Part], path: Sequence[str | int], operation: str | None
) -> Part | None:
    """The field of a query that an answer's path leads to (GraphQL §7.1.2), or the last on the way.

    `operation` is the request's `operationName`; without one the first operation is meant. Fragments
    are gone through. None when not even the first step is a field of the operation.
    """
    here = _operation(parts, operation)
    reached: Part | None = None
    inside = _by_parent(parts)
    for name in path:
        if here is None or isinstance(name, int):
            continue
        here = next(
            (each for each in _fields(here, inside, parts) if each.response_name == name), None
        )
        reached = here or reached
    return reached


def _operation(parts: Sequence[Part], name: str | None) -> Part | None:
    all_of_them = (part for part in parts if part.kind is PartKind.OPERATION)
    return next((part for part in all_of_them if not name or part.name == name), None)


def _by_parent(parts: Sequence[Part]) -> Mapping[int, Sequence[Part]]:
    inside: dict[int, list[Part]] = {}
    for part in parts:
        if part.parent is not None:
            inside.setdefault(id(part.parent), []).append(part)
    return inside


def _fields(
    owner: Part, inside: Mapping[int, Sequence[Part]], parts: Sequence[Part]
) -> Iterator[Part]:
    """The fields selected right in a part, those of its fragments too, each fragment once."""
    fragments = {part.name: part for part in parts if part.kind is PartKind.FRAGMENT}
    waiting, seen = [owner], {id(owner)}
    while waiting:
        for part in inside.get(id(waiting.pop()), ()):
            match part.kind:
                case PartKind.FIELD:
                    yield part
                case PartKind.INLINE:
                    waiting.append(part)
                case PartKind.SPREAD:
                    fragment = fragments.get(part.name)
                    if fragment is not None and id(fragment) not in seen:
                        seen.add(id(fragment))
                        waiting.append(fragment)
                case _:
                    pass
