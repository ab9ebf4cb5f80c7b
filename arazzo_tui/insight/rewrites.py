"""What a failed criterion would have to say to hold: the nearest conditions, tried before they are told.

A name that was missed by little comes first, then a length that was meant, then the value that was really
there. Every proposal was judged with the same names; whether it is what somebody wants, only they know.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.language.check import Check
from arazzo_tui.language.condition import Comparison, Literal, Node, Value, parse_condition
from arazzo_tui.language.criterion import Criterion, CriterionType, read_criterion
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.logic import All, Negation, Some
from arazzo_tui.language.note import BadText
from arazzo_tui.language.path_condition import Comparison as PathComparison
from arazzo_tui.language.path_condition import Literal as PathLiteral
from arazzo_tui.language.path_condition import PathCondition, PathValue, sides
from arazzo_tui.language.query import JsonPath, Pattern, QueryFailed
from arazzo_tui.language.values import (
    Json,
    Missing,
    Pointer,
    Scope,
    brief,
    places,
    write_pointer,
)

_MOST, _TRIED, _SEARCHED = 3, 200, 20_000


class Rewrite(Struct, frozen=True):
    """A condition that holds where another failed, of a criterion type, and what was changed in it."""

    condition: str
    type: CriterionType
    why: str


def rewrites(check: Check, scope: Scope, criterion: Criterion | None = None) -> tuple[Rewrite, ...]:
    """The nearest conditions that hold with these names, at most three; empty for a check that passed.

    `criterion` is what was judged; without it the check's condition is read as a simple one. One of the
    default rule (A-16) proposes a criterion for the status there is.
    """
    if check.passed:
        return ()
    if check.type == "default" and check.operands:
        status = brief(check.operands[0].value)
        proposed: Iterator[Rewrite] = iter(
            (Rewrite(f"$statusCode == {status}", "simple", "a criterion that expects this status"),)
        )
        criterion = None
    elif criterion is None or criterion.type == "simple":
        proposed = _simple(check.condition, scope)
    else:
        proposed = _of_query(criterion, scope)
    tried = (each for each in islice(proposed, _TRIED) if _holds(each, scope, criterion))
    return tuple(islice({each.condition: each for each in tried}.values(), _MOST))


def _holds(rewrite: Rewrite, scope: Scope, criterion: Criterion | None) -> bool:
    context = criterion.context if criterion is not None and rewrite.type != "simple" else None
    version = criterion.version if criterion is not None else ""
    return read_criterion(rewrite.condition, rewrite.type, version, context)[0].judge(scope).passed


# ------------------------------------------------------------------------------- simple conditions


def _simple(text: str, scope: Scope) -> Iterator[Rewrite]:
    try:
        condition, _ = parse_condition(text)
    except BadText:
        return
    for node, why in _better(condition.root, scope):
        yield Rewrite(_text(node), "simple", why)


def _better(node: Node, scope: Scope) -> Iterator[tuple[Node, str]]:
    """A node with one thing changed, or of `&&` one in each part that fails, which is what was wrong."""
    match node:
        case All(parts):
            failing = [at for at, part in enumerate(parts) if not _passes(part, scope)]
            chosen = {at: next(_passing(parts[at], scope), None) for at in failing}
            found = {at: each for at, each in chosen.items() if each is not None}
            if len(found) == len(failing):
                whole = tuple(
                    found[at][0] if at in found else part for at, part in enumerate(parts)
                )
                yield All(whole), "; ".join(why for _, why in found.values())
        case Some(parts):
            for at, part in enumerate(parts):
                for better, why in _better(part, scope):
                    yield Some((*parts[:at], better, *parts[at + 1 :])), why
        case Comparison():
            yield from _compared(node, scope)
        case Expression():
            yield from ((each, _renamed(each)) for each in _near(node, scope))
            yield Comparison("!=", node, Literal("null", None)), "asks whether there is a value"
        case Negation() | Literal():
            return  # to say the opposite is no rewrite


def _passing(node: Node, scope: Scope) -> Iterator[tuple[Node, str]]:
    return (each for each in _better(node, scope) if _passes(each[0], scope))


def _passes(node: Node, scope: Scope) -> bool:
    try:
        return parse_condition(_text(node))[0].judge(scope).passed
    except BadText:
        return False


def _compared(node: Comparison, scope: Scope) -> Iterator[tuple[Node, str]]:
    left, right = node.left, node.right
    for side, other in ((left, right), (right, left)):
        if not isinstance(side, Expression):
            continue
        for near in _near(side, scope):
            yield _with(node, side, near), _renamed(near)
        counted = _counted(side)
        if counted is not None and isinstance(_value(other, scope), int | float):
            yield _with(node, side, counted), "compares the length"
    if node.operator in ("<", ">"):
        yield replace(node, operator=node.operator + "="), "or equal"
    for side, other in ((right, left), (left, right)):
        if isinstance(side, Literal) and isinstance(other, Expression):
            literal = _literal(_value(other, scope)) if _is_there(other, scope) else None
            if literal is not None and node.operator in ("==", "<=", ">=", "<", ">"):
                operator = node.operator if node.operator == "==" else f"{node.operator[0]}="
                changed = replace(node, operator=operator)
                yield _with(changed, side, literal), f"the value was {literal.text}"


def _with(node: Comparison, old: Node, new: Node) -> Comparison:
    if node.left is old:
        return replace(node, left=new)
    return replace(node, right=new)


def _renamed(expression: Expression) -> str:
    return f"there is `{expression.text}`"


def _value(node: Node, scope: Scope) -> Json:
    match node:
        case Literal(_, value):
            return value
        case Expression():
            try:
                return node.evaluate(scope)
            except Missing:
                return None
        case _:
            return None


def _is_there(expression: Expression, scope: Scope) -> bool:
    try:
        expression.evaluate(scope)
    except Missing:
        return False
    return True


def _near(expression: Expression, scope: Scope) -> Iterator[Expression]:
    """Expressions that name something, a slip away from one that names nothing."""
    try:
        expression.evaluate(scope)
    except Missing as missing:
        for known in get_close_matches(missing.wanted, missing.known, n=3, cutoff=0.6):
            yield from _read(_swapped(expression.text, missing.wanted, known))
        yield from _elsewhere(expression, scope)


def _swapped(text: str, wanted: str, known: str) -> str:
    """The text with the name that is missing put right, where it stands last."""
    old, new = wanted, known
    if "#" in text:
        old, new = write_pointer((wanted,))[1:], write_pointer((known,))[1:]
    start, found, end = text.rpartition(old)
    return f"{start}{new}{end}" if found else text


def _elsewhere(expression: Expression, scope: Scope) -> Iterator[Expression]:
    """The same last name elsewhere in the value: `#/id` for `#/data/id`, nearest to its root first."""
    if not expression.pointer:
        return
    base = replace(expression, pointer=None)
    for found in _places_of(expression.pointer, _value(base, scope)):
        yield from _read("$" + ".".join(expression.path) + "#" + write_pointer(found))


def _places_of(wanted: Pointer, value: Json) -> list[Pointer]:
    known = islice(places(value), _SEARCHED)
    found = [at for at, _ in known if at[-1:] == wanted[-1:] and at != wanted]
    return sorted(found, key=len)[:3]


def _read(text: str) -> Iterator[Expression]:
    try:
        parsed = parse_expression(text)
    except BadText:
        return
    if parsed is not None:
        yield parsed[0]


def _counted(expression: Expression) -> Expression | None:
    """The length of what an expression names (SIM-11), where dots can say it."""
    if expression.descent is not None:
        return next(_read(expression.text + ".length"), None)
    names = "".join(
        f"[{name}]" if name.isdigit() else f".{name}" for name in expression.pointer or ()
    )
    plain = re.fullmatch(r"(?:\[\d+\]|\.[A-Za-z_][\w-]*)*", names)
    text = "$" + ".".join(expression.path) + names + ".length"
    return next(_read(text), None) if plain else None


def _literal(value: Json) -> Literal | None:
    """A value as a condition writes it (SIM-4); None for what it cannot write."""
    match value:
        case None:
            return Literal("null", None)
        case bool():
            return Literal("true" if value else "false", value)
        case int() | float():
            return Literal(brief(value), value)
        case str() if value.isprintable() and len(value) <= 200:
            return Literal("'" + value.replace("'", "''") + "'", value)
        case _:
            return None


def _text(node: Node) -> str:
    match node:
        case Literal(text) | Expression(text):
            return text
        case Comparison(operator, left, right):
            return f"{_side(left)} {operator} {_side(right)}"
        case Negation(inner):
            return f"!({_text(inner)})" if not isinstance(inner, Value) else f"!{_text(inner)}"
        case All(parts):
            return " && ".join(
                f"({_text(part)})" if isinstance(part, Some) else _text(part) for part in parts
            )
        case Some(parts):
            return " || ".join(_text(part) for part in parts)


def _side(node: Node) -> str:
    return _text(node) if isinstance(node, Value) else f"({_text(node)})"


# ------------------------------------------------------------------------------- queries


def _of_query(criterion: Criterion, scope: Scope) -> Iterator[Rewrite]:
    value = _value(criterion.context, scope) if criterion.context is not None else None
    match criterion.test:
        case JsonPath() as path:
            for better in _paths(path, value):
                yield Rewrite(better, "jsonpath", f"there is `{better}`")
        case PathCondition() as condition:
            yield from _path_condition(criterion, condition, value)
        case Pattern():
            loose = criterion.condition.removeprefix("^").removesuffix("$")
            yield Rewrite(loose, "regex", "anywhere in the text")
        case _:
            return


def _paths(path: JsonPath, value: Json) -> Iterator[str]:
    """Plain paths that select something, a slip away from one that selects nothing."""
    if not path.steps:
        return
    here = value
    for at, step in enumerate(path.steps):
        if isinstance(here, Mapping) and isinstance(step, str):
            if step in here:
                here = here[step]
                continue
            for known in get_close_matches(step, list(here), n=3, cutoff=0.6):
                yield _path((*path.steps[:at], known, *path.steps[at + 1 :]))
            break
        if isinstance(step, int) and _is_inside(here, step):
            here = here[step]
            continue
        break
    else:
        return
    for found in _places_of((str(path.steps[-1]),), value):
        yield _path(found)


def _is_inside(value: Json, index: int) -> TypeGuard[Sequence[Json]]:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and -len(value) <= index < len(value)
    )


def _path(steps: Sequence[str | int]) -> str:
    said = "$"
    for step in steps:
        if isinstance(step, int) or step.isdigit():
            said += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z_]\w*", step):
            said += f".{step}"
        else:
            escaped = step.replace("\\", "\\\\").replace("'", "\\'")
            said += f"['{escaped}']"
    return said


def _path_condition(
    criterion: Criterion, condition: PathCondition, value: Json
) -> Iterator[Rewrite]:
    text = criterion.condition
    for side in sides(condition.root):
        if isinstance(side, PathValue):
            for better in _paths(side.path, value):
                changed = text.replace(side.path.text, better, 1)
                yield Rewrite(changed, "jsonpath", f"there is `{better}`")
    match condition.root:
        case PathComparison("==", PathValue(_, path, length), PathLiteral(written)):
            start, found, end = text.rpartition(written)
            literal = _literal(_selected(path, value, length=length))
            if found and literal is not None:
                why = f"the value was {literal.text}"
                yield Rewrite(f"{start}{literal.text}{end}", "jsonpath", why)
        case _:
            return


def _selected(path: JsonPath, value: Json, *, length: bool) -> Json:
    try:
        found = path.select(value)
    except QueryFailed:
        return None
    first = found[0].value if len(found) == 1 else None
    if length and isinstance(first, Sequence):
        return len(first)
    return first
