"""Outputs of steps and workflows, as they are written and as they are found in real documents.

Each is one runtime expression or a Selector Object (WFL-9, STP-9); what else is there is read as it was
meant, and said. What an expression names is not known here.
"""

import re
from collections.abc import Callable, Iterator

from arazzo_tui.document.arazzo import Outputs
from arazzo_tui.document.marked import Node
from arazzo_tui.document.read_values import Context, template
from arazzo_tui.document.shape import Report, objects
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.query import parse_jsonpath
from arazzo_tui.language.selector import read_selector
from arazzo_tui.language.template import Constant, Items, Members, Selected, Template, Text
from arazzo_tui.language.values import write_pointer


def outputs(
    node: Node | None, what: str, context: Context, valid: Callable[[str], bool]
) -> Outputs:
    """A map from names to expressions or Selector Objects (WFL-9, STP-9)."""
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict | list):
        message = f"{what} maps names to expressions; this is no map, and is left out"
        context.report.error("wrong-type", message, node.mark)
        return {}
    read: dict[str, Template] = {}
    for name, member in _named_outputs(node, what, context.report):
        if not valid(name):
            message = (
                f"output {quoted_name(name)}: a name is made of letters, digits, `.`, `-`, `_`"
            )
            context.report.dialect("odd-name", message, node.key_mark(name))
        read[name] = _output(member, context)
    return read


def _named_outputs(node: Node, what: str, report: Report) -> Iterator[tuple[str, Node]]:
    """The members of a map; a list of maps is read as one (in-the-wild row 13)."""
    if not isinstance(node.value, list):
        yield from node.members()
        return
    message = f"{what} maps names to expressions; the objects of this list are read as one map"
    report.dialect("outputs-list", message, node.mark, "write `<name>: <expression>` without `-`")
    for item in objects(node, what, report):
        yield from item.members()


def _output(node: Node, context: Context) -> Template:
    value, report = node.value, context.report
    if isinstance(value, str) and _JSON_PATH.match(value):
        selected = _output_path(node, value, report)
        if selected is not None:
            return selected
    if isinstance(value, str) and (told := _output_read_as(node, value, report)) is not None:
        return told
    before = len(report.problems)
    read = template(node, context)
    if isinstance(read, Expression):
        return read
    if len(report.problems) > before:
        return read  # that is said already
    match read:
        case Constant():
            message = "this output is no runtime expression, and always has this value"
            report.dialect("constant-output", message, node.mark)
        case Text():
            message = "an output is one runtime expression; this one is a text with some in it"
            report.dialect("text-output", message, node.mark, "an expression alone has no braces")
        case Members() | Items():
            message = "an output is one runtime expression; this one is a value with some in it"
            report.dialect("text-output", message, node.mark)
        case Selected():
            pass
    return read


_JSON_PATH = re.compile(r"\$(?:\.(?!response\b)|\[)")


def _output_read_as(node: Node, value: str, report: Report) -> Template | None:
    """Two outputs that are no expressions and run all the same; None for all others.

    `$steps.a.b`, which Arazzo 1.0.0 shows in a table, leaves out `outputs`. A condition has no value.
    """
    if not value.startswith("$"):
        return None
    short = _WITHOUT_OUTPUTS.fullmatch(value)
    if short is not None:
        right = f"$steps.{short[1]}.outputs.{short[2]}"
        message = f"{quoted_name(value)} is read as {quoted_name(right)} (EXP-15)"
        report.dialect("outputs-left-out", message, node.mark, f"write {right}")
        try:
            parsed = parse_expression(right)
        except BadText:
            return None
        return parsed[0] if parsed is not None else None
    if _OPERATOR.search(_IN_BRACKETS.sub("", value)):
        message = (
            "an output is one runtime expression; a condition is not evaluated here, and is null"
        )
        report.dialect("output-condition", message, node.mark, "output its operands instead")
        return Constant(None)
    return None


_WITHOUT_OUTPUTS = re.compile(
    r"\$steps\.([^.#{}\s]+)\.(?!(?i:outputs?|ouputs|outputes)\b)([\w.\-]+(?:#\S*)?)"
)
_OPERATOR = re.compile(r"\s(?:==|!=|<=|>=|<|>|&&|\|\|)\s")
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")


def _output_path(node: Node, value: str, report: Report) -> Template | None:
    """`$.id` as an output: a JSONPath on the response body (in-the-wild row 20); None for no path."""
    try:
        path = parse_jsonpath(value)
        select = read_selector(value, "jsonpath")
    except BadText:
        return None
    message = "an output is a runtime expression; the JSONPath is applied to the response body"
    right = f"write $response.body#{write_pointer([str(each) for each in path.steps or ()])}"
    report.dialect("output-is-jsonpath", message, node.mark, right if path.steps else "")
    return Selected(Expression("$response.body", ("response", "body")), value, select)
