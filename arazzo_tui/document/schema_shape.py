"""Slips in the JSON Schema of inputs that no validator minds and that change what is asked for.

What a schema means is `engine.inputs`' question; here only its shape is looked at, where it is written.
"""

from arazzo_tui.document.marked import Node
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.printable import one_line, quoted_name

_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_DEEPEST = 30


def check_schema(schema: Node, report: Report, depth: int = 0) -> None:
    """Report what is odd in a schema and in those of its properties and items (WFL-3)."""
    if depth > _DEEPEST or not isinstance(schema.value, dict):
        return
    _types(schema, report)
    properties = schema.get("properties")
    _required(schema, properties, report)
    for _, inner in properties.members() if properties is not None else ():
        check_schema(inner, report, depth + 1)
    items = schema.get("items")
    if items is not None:
        check_schema(items, report, depth + 1)
    for key in ("allOf", "anyOf", "oneOf"):
        listed = schema.get(key)
        for part in listed.items() if listed is not None else ():
            check_schema(part, report, depth + 1)


def _types(schema: Node, report: Report) -> None:
    """A `type` that JSON Schema does not know: nothing would ever fit it."""
    found = schema.get("type")
    if found is None:
        return
    for each in found.items() if isinstance(found.value, list) else (found,):
        if isinstance(each.value, str) and each.value not in _TYPES:
            message = f"{quoted_name(each.value)} is no type of JSON Schema"
            report.warning("schema-type", message, each.mark, did_you_mean(each.value, _TYPES))


def _required(schema: Node, properties: Node | None, report: Report) -> None:
    found = schema.get("required")
    if found is None:
        return
    name = schema.path[-1] if schema.path else ""
    if isinstance(found.value, bool):
        message = "`required` of JSON Schema is a list of names in the object, not true or false"
        right = f"write `required: [{one_line(name, 60)}]` beside `properties`"
        hint = right if found.value else "remove it"
        report.dialect("schema-required", message, schema.key_mark("required"), hint)
        return
    known = [each for each, _ in properties.members()] if properties is not None else []
    for each in found.items():
        if isinstance(each.value, str) and known and each.value not in known:
            near = did_you_mean(each.value, known)
            if near.startswith("did you mean"):
                message = f"{quoted_name(each.value)} is required, and is no property"
                report.warning("required-unknown", message, each.mark, near)
