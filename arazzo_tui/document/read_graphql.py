"""The GraphQL Operation Object of a step, as it is proposed for Arazzo 1.2 (OAI pull request 567), read.

Only its shape is looked at here. GraphQL text is never parsed in this room, and `$name` in it is GraphQL's
own, no runtime expression.
"""

import re

from arazzo_tui.document.arazzo import GraphQLOperation
from arazzo_tui.document.marked import Node
from arazzo_tui.document.read_values import Context, marks_in, selector_object, template
from arazzo_tui.document.shape import Report, is_object, text
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Template

_FIELDS = ("schema", "operation", "extensions", "extensionsSelector")
_OF_A_SOURCE = re.compile(r"\$sourceDescriptions\.([A-Za-z0-9_\-]+)")
_OF_AN_OPERATION = re.compile(_OF_A_SOURCE.pattern + r"\.([A-Za-z_][A-Za-z0-9_]*)")


def graphql_operation(node: Node, context: Context) -> GraphQLOperation | None:
    """What `graphqlOperation` calls; None when that cannot be told, and then the report says why."""
    report = context.report
    what = "`graphqlOperation`"
    if not is_object(node, what, report):
        return None
    for name, _ in node.members():
        if name not in _FIELDS and not name.startswith("x-"):
            message = f"{what} has no field {quoted_name(name)}"
            report.error("unknown-field", message, node.key_mark(name), did_you_mean(name, _FIELDS))
    schema = _schema(node, report)
    operation = text(node, "operation", what, report, required=True)
    source = ""
    if operation.lstrip().startswith("$"):
        named = _OF_AN_OPERATION.fullmatch(operation.strip())
        if named is None:
            _bad_reference(node, "operation", "$sourceDescriptions.<name>.<operation>", report)
            return None
        source, operation = named.groups()
    extensions, place = _extensions(node, context)
    if not schema or not operation:
        return None
    marks = marks_in(place, extensions) if place is not None and extensions is not None else {}
    written = node.get("operation") or node
    return GraphQLOperation(schema, operation, node.mark, written.mark, source, extensions, marks)


def _schema(node: Node, report: Report) -> str:
    """The name of the source that the whole of is the schema: a reference without a fragment."""
    written = text(node, "schema", "`graphqlOperation`", report, required=True)
    named = _OF_A_SOURCE.fullmatch(written.strip())
    if named is None and written:
        _bad_reference(node, "schema", "$sourceDescriptions.<name>", report)
    return named[1] if named is not None else ""


def _bad_reference(node: Node, name: str, right: str, report: Report) -> None:
    place = node.get(name) or node
    written = quoted_name(str(place.value))
    message = f"`{name}` of `graphqlOperation` is {written}, which names no such part of a source"
    report.error("bad-reference", message, place.mark, f"write {right}")


def _extensions(node: Node, context: Context) -> tuple[Template | None, Node | None]:
    """The extensions of the request, in one form or the other, and where they are written."""
    literal, selected = node.get("extensions"), node.get("extensionsSelector")
    if literal is not None and selected is not None:
        message = "`extensions` and `extensionsSelector` are two ways to say one thing"
        hint = "keep one of them"
        context.report.error("two-extensions", message, node.key_mark("extensionsSelector"), hint)
    if literal is not None and is_object(literal, "`extensions`", context.report):
        return template(literal, context, selectors=False), literal
    if selected is not None:
        return selector_object(selected, "`extensionsSelector`", context), selected
    return None, None
