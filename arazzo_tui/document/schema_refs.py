"""Making an inputs schema stand alone: what its `$ref`s name in the document comes along as `$defs`.

A JSON Schema validator then needs nothing but the schema, and never fetches anything (WFL-4, DOC-10).
"""

from collections.abc import Iterator

from arazzo_tui.document.marked import Node, plain
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, follow, read_pointer, write_pointer


def self_contained(schema: Node, root: Node, report: Report) -> Json:
    """The schema as plain JSON; references into the document point into its own `$defs`."""
    value = plain(schema.value)
    if not isinstance(value, dict):
        return value
    moved: dict[str, Json] = {}
    result = _rewritten(value, schema, root, moved, report)
    assert isinstance(result, dict)
    if not moved:
        return result
    own = result.get("$defs")
    return {**result, "$defs": {**(own if isinstance(own, dict) else {}), **moved}}


def _rewritten(
    value: Json, schema: Node, root: Node, moved: dict[str, Json], report: Report
) -> Json:
    """A copy in which every reference into the document names its place among `moved`."""
    match value:
        case dict():
            copy = {
                name: _rewritten(member, schema, root, moved, report)
                for name, member in value.items()
            }
            reference = value.get("$ref")
            if isinstance(reference, str):
                copy["$ref"] = _moved(reference, schema, root, moved, report)
            return copy
        case list():
            return [_rewritten(item, schema, root, moved, report) for item in value]
        case _:
            return value


def _moved(reference: str, schema: Node, root: Node, moved: dict[str, Json], report: Report) -> str:
    if not reference.startswith("#/"):
        if not reference.startswith("#"):
            message = f"a schema outside the document is not fetched: {quoted_name(reference)}"
            report.warning("schema-outside", message, schema.mark)
        return reference
    pointer = _tokens(reference[1:])
    if _names(schema.value, pointer):
        return reference  # a pointer into the schema itself, as JSON Schema reads it
    name = write_pointer(pointer)[1:]
    if name not in moved:
        try:
            target = follow(root.value, pointer, "the document")
        except Missing as missing:
            message = f"`$ref` {quoted_name(reference)} names nothing: {missing}"
            report.error("unknown-reference", message, _place(schema, reference))
            return "#/$defs/missing" if moved.setdefault("missing", True) else reference
        moved[name] = True  # so that a cycle ends here
        moved[name] = _rewritten(plain(target), schema, root, moved, report)
    return "#/$defs/" + name.replace("~", "~0").replace("/", "~1")


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
