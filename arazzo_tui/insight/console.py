"""What a watch or a line of the console says at a moment: a value, a truth table, matches, or what is wrong.

One line of text and the names in scope in, one answer out; nothing is sent and nothing changes. Names that
could come next are `completion`'s, conditions that would hold `rewrites`'.
"""

import re
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.source import did_you_mean
from arazzo_tui.insight.named import opened, plain, walk
from arazzo_tui.language.check import Check
from arazzo_tui.language.condition import Literal, parse_condition
from arazzo_tui.language.criterion import Broken, read_criterion
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.query import Found, QueryFailed, parse_jsonpath
from arazzo_tui.language.template import Constant, Unfilled, compile_braced, fill
from arazzo_tui.language.values import Json, Missing, Pointer, Scope, read_pointer

BODY = "$response.body"
"""What paths and pointers are tried against where nothing else is said."""


class Value(Struct, frozen=True):
    """A runtime expression, or a text with some in it, and its value; `notes` say how it was read."""

    text: str
    value: Json
    notes: tuple[Note, ...] = ()


class Judged(Struct, frozen=True):
    """A condition and whether it holds, with every operand."""

    check: Check
    notes: tuple[Note, ...] = ()


class Matches(Struct, frozen=True):
    """A JSONPath or JSON Pointer and the places it leads to in the value of the expression `context`."""

    text: str
    context: str
    found: tuple[Found, ...]

    @property
    def pointers(self) -> tuple[Pointer, ...]:
        """The places that match, in order, for whoever lights them."""
        return tuple(each.pointer for each in self.found if each.pointer is not None)


class Wrong(Struct, frozen=True):
    """Why there is no answer: a sentence, where in the text reading stopped if it is about the text, what
    would be right, and the names that are there.
    """

    message: str
    offset: int | None = None
    hint: str = ""
    known: tuple[str, ...] = ()


Answer: TypeAlias = Value | Judged | Matches | Wrong

_ARROW = re.compile(r"\s*(?:->|→)\s*(?=[$/#])")
_PATH = re.compile(r"\$(?:$|[.\[])")


def evaluate(text: str, scope: Scope, context: str = BODY) -> Answer:
    """What a line says with these names. Total: whatever is wrong with it is a `Wrong`.

    A line is a runtime expression; a simple condition (§ Criterion Object); a JSONPath (RFC 9535) or a
    comparison of one; a JSON Pointer, with or without `#`; or a text with `{expressions}`. Paths and pointers
    are tried against the value of `context`, or of the expression before an arrow:
    `$steps.a.outputs.list -> $[*].id`.
    """
    line = text.strip()
    if not line:
        return Wrong("type an expression, a condition, a JSONPath or a JSON Pointer", 0)
    start = text.index(line)
    arrow = _ARROW.search(line)
    if arrow is not None and line.startswith("$") and arrow.start():
        context, line, start = line[: arrow.start()], line[arrow.end() :], start + arrow.end()
    answer = _answer(line, scope, context)
    if isinstance(answer, Wrong) and answer.offset is not None:
        return replace(answer, offset=start + answer.offset)
    return answer


def _answer(line: str, scope: Scope, context: str) -> Answer:
    if line.startswith(("/", "#")):
        return _pointer(line, scope, context)
    if _PATH.match(line):
        return _path(line, scope, context)
    return _named(line, scope)


def syntax_error(text: str) -> BadText | None:
    """What is wrong with a condition as it is typed, or None; a breakpoint's condition has no context."""
    try:
        parse_condition(text)
    except BadText as wrong:
        return wrong
    return None


def _named(line: str, scope: Scope) -> Answer:
    """An expression, a condition, or a text with expressions in it."""
    try:
        condition, notes = parse_condition(line)
    except BadText as wrong:
        known = tuple(f"${name}" for name in scope) if line.startswith("$") else ()
        unknown = replace(_bad(wrong), known=() if wrong.offset else known)
        return _whole(line, scope) or _text(line, scope) or unknown
    match condition.root:
        case Expression() as expression:
            return _value(line, expression, notes, scope)
        case Literal(written) if any(note.code == "unquoted-text" for note in notes):
            hint = did_you_mean(f"${written}", [f"${name}" for name in scope])
            message = f"{quoted_name(written)} is no expression; one starts with `$`"
            return Wrong(message, 0, hint, tuple(f"${name}" for name in scope))
        case Literal(_, value):
            return Value(line, value, notes)
        case _:
            return Judged(condition.judge(scope), notes)


def _whole(line: str, scope: Scope) -> Value | None:
    """A name that no condition could hold, such as one with a blank in it, when there is such a name."""
    try:
        parsed = parse_expression(line)
        return Value(line, parsed[0].evaluate(scope), parsed[1]) if parsed else None
    except (BadText, Missing):
        return None


def _text(line: str, scope: Scope) -> Value | Wrong | None:
    template, notes = compile_braced(line)
    if isinstance(template, Constant):
        return None
    try:
        return Value(line, fill(template, scope), notes)
    except Unfilled as unfilled:
        return _missing(unfilled.faults[0].missing)


def _value(line: str, expression: Expression, notes: tuple[Note, ...], scope: Scope) -> Answer:
    try:
        return Value(line, expression.evaluate(scope), notes)
    except Missing as missing:
        return _missing(missing)


def _missing(missing: Missing) -> Wrong:
    near = did_you_mean(missing.wanted, missing.known)
    return Wrong(str(missing), None, near if near.startswith("did") else "", missing.known)


def _bad(wrong: BadText) -> Wrong:
    return Wrong(wrong.message, wrong.offset, wrong.hint)


# ------------------------------------------------------------------------------- paths


def _context(context: str, scope: Scope) -> "Json | Wrong":
    """The value that a path is tried against; a text that is JSON as what it means."""
    try:
        parsed = parse_expression(context)
    except BadText as wrong:
        return Wrong(f"{quoted_name(context)}: {wrong.message}", None, wrong.hint)
    if parsed is None:
        return Wrong(f"{quoted_name(context)} is no expression")
    try:
        return plain(opened(parsed[0].evaluate(scope)))
    except Missing as missing:
        return _missing(missing)


def _pointer(line: str, scope: Scope, context: str) -> Answer:
    value = _context(context, scope)
    if isinstance(value, Wrong):
        return value
    try:
        pointer = read_pointer(line.removeprefix("#"))
    except ValueError as wrong:
        return Wrong(str(wrong), 0)
    try:
        return Matches(line, context, (Found(walk(value, pointer), pointer),))
    except Missing as missing:
        return _missing(missing)


def _path(line: str, scope: Scope, context: str) -> Answer:
    value = _context(context, scope)
    if isinstance(value, Wrong):
        return value
    try:
        return Matches(line, context, parse_jsonpath(line).select(value))
    except QueryFailed as failed:
        return Wrong(str(failed))
    except BadText as wrong:
        return _compared(line, scope, context) or _bad(wrong)


def _compared(line: str, scope: Scope, context: str) -> Judged | None:
    """`$.data.id != null`, which criteria of type jsonpath are tolerated to say (A-1)."""
    parsed = parse_expression(context)
    if parsed is None:
        return None
    criterion, notes = read_criterion(line, "jsonpath", context=parsed[0])
    return None if isinstance(criterion.test, Broken) else Judged(criterion.judge(scope), notes)
