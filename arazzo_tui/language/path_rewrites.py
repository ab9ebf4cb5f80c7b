"""A path condition in standard words: as a simple condition, as a JSONPath of RFC 9535 (A-1).

Only what says exactly the same, whatever the answer of a server, is offered; often that is nothing.
"""

import re
from collections.abc import Callable

from arazzo_tui.language.logic import All, Negation, Some
from arazzo_tui.language.path_condition import (
    Comparison,
    Exists,
    Leaf,
    Literal,
    Node,
    PathValue,
)
from arazzo_tui.language.values import Json, write_pointer


def rewrites(root: Node, context: str) -> tuple[str, ...]:
    """The standard forms of a condition on the value of the expression `context`.

    Neither form can hold where the path has nothing to start from: a simple condition knows no
    criterion context that is null (CRI-7), and a filter looks at no value without members.
    """
    if _holds_on_nothing(root):
        return ()
    simple = _said(root, lambda leaf: _simple(leaf, context))
    filtered = _said(root, _filtered)
    said = (simple, f"$[?{filtered}]" if filtered else "")
    return tuple(text for text in said if text)


def _holds_on_nothing(node: Node) -> bool:
    match node:
        case Comparison() | Exists():
            return False
        case Negation() | All() | Some():
            return node.holds([_holds_on_nothing(part) for part in node.parts])


def _said(node: Node, leaf_said: Callable[[Leaf], str]) -> str:
    """The whole in the words for its leaves; empty when one of them has none."""
    match node:
        case Comparison() | Exists():
            return leaf_said(node)
        case Negation(inner):
            said = _said(inner, leaf_said)
            return f"!({said})" if said else ""
        case All(parts):
            return _joined([_grouped(part, _said(part, leaf_said)) for part in parts], " && ")
        case Some(parts):
            return _joined([_said(part, leaf_said) for part in parts], " || ")


def _grouped(part: Node, said: str) -> str:
    """`&&` binds tighter than `||`."""
    return f"({said})" if said and isinstance(part, Some) else said


def _joined(parts: list[str], operator: str) -> str:
    return operator.join(parts) if all(parts) else ""


def _simple(leaf: Leaf, context: str) -> str:
    """As a simple condition; empty when there is none."""
    match leaf:
        case Comparison(op, PathValue() as side, Literal(_, value)):
            return _simple_comparison(op, side, value, context)
        case Comparison(op, Literal(_, value), PathValue() as side):
            return _simple_comparison(_MIRRORED[op], side, value, context)
        case Comparison() | Exists():
            return ""


_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _simple_comparison(op: str, side: PathValue, value: Json, context: str) -> str:
    """A pointer that names nothing is null to a simple condition (SIM-18), and null is not 'x'."""
    if op == "==" and value is None:
        return ""
    if op == "!=" and value is not None:
        return ""
    reference = _reference(side, context)
    literal = _simple_literal(value)
    return f"{reference} {op} {literal}" if reference and literal else ""


_CONTEXT = re.compile(
    r"\$(?:(?:request|response)\.body|message\.payload|steps\.[^\s#]+|workflows\.[^\s#]+"
    r"|(?:inputs|outputs)\.[\w.-]+)(?P<pointer>#(?:/\S*)?)?"
)
_PLAIN_NAME = re.compile(r"[^\W\d][\w-]*")


def _reference(side: PathValue, context: str) -> str:
    """The expression for the node of a path; empty when none names exactly it.

    A token of digits is left out: to a JSON Pointer it is an index and a name, to a JSONPath one.
    """
    found = _CONTEXT.fullmatch(context)
    steps = side.path.steps
    if found is None or steps is None or side.length:
        return ""
    names = [step for step in steps if isinstance(step, str) and _PLAIN_NAME.fullmatch(step)]
    if len(names) != len(steps):
        return ""
    if not names:
        return context
    start = context if found["pointer"] else f"{context}#"
    return start + write_pointer(names)


def _simple_literal(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str() if value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        case _:
            return ""


def _filtered(leaf: Leaf) -> str:
    """As the inside of a filter on the root; empty when there is none.

    RFC 9535 compares text to the letter and never text with numbers, so that only null, true and
    false are the same to both.
    """
    match leaf:
        case Comparison(("==" | "!=") as op, PathValue() as side, Literal(_, value)):
            return _filter_comparison(op, side, value)
        case Comparison(("==" | "!=") as op, Literal(_, value), PathValue() as side):
            return _filter_comparison(op, side, value)
        case Comparison():
            return ""
        case Exists(side):
            return "" if side.path.steps == () else side.path.text


def _filter_comparison(op: str, side: PathValue, value: Json) -> str:
    if side.length or not side.path.steps or not isinstance(value, bool | None):
        return ""
    literal = "null" if value is None else str(value).lower()
    compared = f"{side.path.text} {op} {literal}"
    # Nothing is not equal to null there, so a path that selects nothing has to be asked for.
    return f"{side.path.text} && {compared}" if op == "!=" else compared
