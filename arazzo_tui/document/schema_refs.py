"""Making an inputs schema stand alone: what its `$ref`s name in the document comes along as `$defs`.

A JSON Schema validator then needs nothing but the schema, and never fetches anything (WFL-4, DOC-10).
"""

from collections.abc import Iterator
from urllib.parse import quote, unquote

from arazzo_tui.document.marked import Node, plain
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import (
    Json,
    Missing,
    Pointer,
    follow,
    places,
    read_pointer,
    write_pointer,
)

_DATA = frozenset({"const", "default", "enum", "example", "examples"})
"""Members of a schema that hold values, in which `$ref` is a name like any other."""
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
"""Members of a schema whose members are named by the author, so that none of them is a keyword."""


def self_contained(schema: Node, root: Node, report: Report) -> Json:
    """The schema as plain JSON; references into the document point into its own `$defs`."""
    value = plain(schema.value)
    if not isinstance(value, dict):
        return value
    return _Mover(schema, root, report).whole(value)


class _Mover:
    """Copies a schema, and everything of the document that it comes to, one definition at a time."""

    def __init__(self, schema: Node, root: Node, report: Report) -> None:
        self.schema = schema
        self.root = root
        self.report = report
        self.moved: dict[str, Json] = {}
        self.waiting: list[tuple[str, Json]] = []

    def whole(self, value: Json) -> Json:
        """The schema with all that had to be moved; references may chain as long as they like."""
        result = self._copied(value)
        assert isinstance(result, dict)
        while self.waiting:
            name, target = self.waiting.pop()
            self.moved[name] = self._copied(target)
        if not self.moved:
            return result
        own = result.get("$defs")
        return {**result, "$defs": {**(own if isinstance(own, dict) else {}), **self.moved}}

    def _copied(self, value: Json, *, named: bool = False) -> Json:
        """A copy in which every reference into the document names its place among `moved`."""
        match value:
            case dict():
                copy = {
                    name: member
                    if name in _DATA and not named
                    else self._copied(member, named=name in _NAMED and not named)
                    for name, member in value.items()
                }
                reference = value.get("$ref")
                if isinstance(reference, str) and not named:
                    copy["$ref"] = self._reference(reference)
                return copy
            case list():
                return [self._copied(item) for item in value]
            case _:
                return value

    def _reference(self, reference: str) -> str:
        if not reference.startswith("#"):
            message = f"a schema outside the document is not fetched: {quoted_name(reference)}"
            self.report.warning("schema-outside", message, _place(self.schema, reference))
            return reference
        pointer = self._pointer(reference[1:])
        if pointer is None:
            return reference  # an anchor of the schema itself, which the validator knows
        if _names(self.schema.value, pointer):
            return _fragment(pointer)  # a pointer into the schema, as JSON Schema reads it
        name = write_pointer(pointer)[1:]
        if name not in self.moved:
            try:
                target = follow(self.root.value, pointer, "the document")
            except Missing as missing:
                message = f"`$ref` {quoted_name(reference)} names nothing: {missing}"
                self.report.error("unknown-reference", message, _place(self.schema, reference))
                self.moved.setdefault("missing", True)
                return "#/$defs/missing"
            self.moved[name] = True  # so that a cycle ends here
            self.waiting.append((name, plain(target)))
        return _fragment(("$defs", name))

    def _pointer(self, fragment: str) -> Pointer | None:
        """Where a fragment points to; None for an anchor of the schema itself (DOC-10)."""
        if fragment[:1] in ("", "/"):
            return _tokens(unquote(fragment))
        if _anchored(self.schema.value, fragment) is None:
            shared = self.root.get("components")
            found = _anchored(shared.value, fragment) if shared is not None else None
            return ("components", *found) if found is not None else None
        return None


def _fragment(pointer: Pointer) -> str:
    """A reference to a pointer's place; a URI holds few characters as they are (RFC 6901 §6)."""
    return "#" + quote(write_pointer(pointer), safe="/~!$&'()*+,;=:@")


def _anchored(value: Json, name: str) -> Pointer | None:
    """The place of the schema that calls itself by a plain name."""
    for pointer, each in places(value):
        if isinstance(each, dict) and name in (each.get("$anchor"), each.get("$dynamicAnchor")):
            return pointer
    return None


def _tokens(text: str) -> Pointer:
    """The tokens of a pointer; a malformed one is a name that nothing has."""
    try:
        return read_pointer(text)
    except ValueError:
        return (text,)


def _names(value: Json, pointer: Pointer) -> bool:
    try:
        follow(value, pointer)
    except Missing:
        return False
    return True


def _place(schema: Node, reference: str) -> Mark:
    return next((node.mark for node in _nodes(schema) if node.value == reference), schema.mark)


def _nodes(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        if isinstance(here.value, dict):
            waiting.extend(member for _, member in here.members())
        elif isinstance(here.value, list):
            waiting.extend(here.items())
