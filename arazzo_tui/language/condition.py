"""Simple conditions: `$statusCode == 200 && !$inputs.dryRun`, read once, judged with their reasons.

Arazzo has no grammar for them; the one followed is at `_Reader`. Nothing is short-circuited: every
operand is looked up, so that an answer can show them all. `compare` says what `==` and `<` mean, `logic`
what joins comparisons.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.language.check import Check, Operand
from arazzo_tui.language.compare import compare
from arazzo_tui.language.condition_tokens import Token, tokens
from arazzo_tui.language.expression import Expression, is_expression, parse_expression
from arazzo_tui.language.logic import All, Formula, Negation, Reader, Some
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.values import Json, Missing, Scope, brief

_OPERATORS = ("==", "!=", "<=", ">=", "<", ">")
_MISTAKES = {
    "=": "equality is written `==`",
    "and": "write `&&`",
    "or": "write `||`",
    "not": "write `!`",
    "in": "compare with `==` and join with `||`",
}
_STATUS_CLASS = re.compile(r"[1-5][xX]{2}")


class Literal(Struct, frozen=True):
    """A constant operand; `text` as it was written."""

    text: str
    value: Json


class Comparison(Struct, frozen=True):
    """`left operator right`, never chained; `contains` is an operator that is tolerated."""

    operator: str
    left: "Node"
    right: "Node"


Value: TypeAlias = Literal | Expression
Leaf: TypeAlias = Value | Comparison
Node: TypeAlias = Formula[Leaf]


class Condition(Struct, frozen=True):
    """A simple condition: its text as written and its parts."""

    text: str
    root: Node
    expressions: tuple[Expression, ...]
    """The runtime expressions in it, in the order they are written."""

    def judge(self, scope: Scope) -> Check:
        """Whether it holds, with every operand's value. Total: a missing name is null (A-8)."""
        operands = {each.text: _look_up(each, scope) for each in operands_of(self.root)}
        answer = _value(self.root, operands)
        return Check(
            condition=self.text,
            type="simple",
            passed=answer is True,
            reason=_reason(self.root, operands, answer),
            operands=tuple(operands.values()),
        )


def parse_condition(text: str) -> tuple[Condition, tuple[Note, ...]]:
    """Read a simple condition; raises `BadText` with the offset where reading stopped."""
    return _kept(text) if len(text) <= _MOST_KEPT else _read(text)


def _read(text: str) -> tuple[Condition, tuple[Note, ...]]:
    reader = _Reader(text)
    root = reader.whole()
    expressions = tuple(each for each in operands_of(root) if isinstance(each, Expression))
    notes = tuple(sorted(reader.notes, key=lambda note: note.offset))
    return Condition(text, root, expressions), notes


_kept = lru_cache(1024)(_read)
_MOST_KEPT = 500
"""The longest condition that is remembered with what it was read as."""


def operands_of(node: Node) -> Iterator[Value]:
    """The operands of a condition that are looked up or written, left to right."""
    match node:
        case Literal() | Expression():
            yield node
        case Comparison(_, left, right):
            yield from operands_of(left)
            yield from operands_of(right)
        case Negation() | All() | Some():
            for part in node.parts:
                yield from operands_of(part)


def _look_up(operand: Value, scope: Scope) -> Operand:
    match operand:
        case Literal(text, value):
            return Operand(text, value)
        case Expression():
            try:
                return Operand(operand.text, operand.evaluate(scope))
            except Missing as missing:
                return Operand(operand.text, None, str(missing))


def _value(node: Node, operands: Mapping[str, Operand]) -> Json:
    match node:
        case Literal() | Expression():
            return operands[node.text].value
        case Comparison(operator, left, right):
            one, other = _value(left, operands), _value(right, operands)
            if operator == "contains":
                return _contains(one, other)
            return compare(operator, one, other)
        case Negation() | All() | Some():
            return node.holds([_value(part, operands) is True for part in node.parts])


def _contains(whole: Json, part: Json) -> bool:
    """A text in a text, without regard to case (SIM-12); an item in an array, a name in an object."""
    match whole:
        case str():
            return isinstance(part, str) and part.casefold() in whole.casefold()
        case Mapping():
            return isinstance(part, str) and part in whole
        case Sequence():
            return any(compare("==", item, part) for item in whole)
        case _:
            return False


def _reason(root: Node, operands: Mapping[str, Operand], answer: Json) -> str:
    """The sentence of a check: the values in place of the names, and what was not there."""
    said = _with_values(root, operands)
    if isinstance(root, Literal | Expression) and not isinstance(answer, bool):
        said += "; a lone operand passes only when it is true"
    missing = [f"`{each.text}`: {each.missing}" for each in operands.values() if each.missing]
    return "; ".join([said, *missing])


def _with_values(node: Node, operands: Mapping[str, Operand]) -> str:
    match node:
        case Literal() | Expression():
            operand = operands[node.text]
            return "nothing" if operand.missing else brief(operand.value)
        case Comparison(operator, left, right):
            return f"{_side(left, operands)} {operator} {_side(right, operands)}"
        case Negation() | All() | Some():
            return node.spelled([_with_values(part, operands) for part in node.parts])


def _side(node: Node, operands: Mapping[str, Operand]) -> str:
    said = _with_values(node, operands)
    return said if isinstance(node, Literal | Expression) else f"({said})"


def _is_comparison(token: Token) -> bool:
    if token.kind == "word":
        return token.text == "contains"
    return token.kind == "operator" and token.text in _OPERATORS


def _is_quoted_expression(text: str) -> bool:
    """Whether a quoted text can only be meant as the expression it holds (in-the-wild row 22).

    A lone root, such as `'$url'`, may be a text; one that goes on to a name is none that anybody answers.
    """
    if not is_expression(text):
        return False
    parsed = parse_expression(text)
    return parsed is not None and (len(parsed[0].path) > 1 or parsed[0].root == "statusCode")


class _Reader(Reader[Token, Leaf]):
    """plain = primary [operator primary]; primary = "(" or ")" / literal / operand (§1.8, A-37).

    Tolerated beside it: `contains`, `===`, a class such as `2XX` beside `$statusCode`, an expression in
    quotes or braces.
    """

    def __init__(self, text: str) -> None:
        super().__init__(tokens(text))
        self.text = text
        self.notes: list[Note] = []

    def instead(self, word: Token) -> str:
        return _MISTAKES.get(word.text, "")

    def left_over(self, word: Token) -> str:
        after_bang = "write `!( … )` round the comparison" if _is_comparison(word) else ""
        return after_bang or self.instead(word)

    def plain(self) -> Node:
        left = self.primary()
        operator = self.word
        if not _is_comparison(operator):
            return left
        self.at += 1
        right = self.primary()
        if _is_comparison(self.word):
            hint = "join two of them with `&&`"
            raise BadText("comparisons cannot be chained", self.word.at, hint)
        self._tolerate(operator)
        ranged = self._class_of_status(operator, left, right)
        return ranged or Comparison(operator.text, left, right)

    def _tolerate(self, operator: Token) -> None:
        if operator.text == "contains":
            message = "`contains` is no operator of the standard; it is read as it is meant"
            self.notes.append(Note("contains", message, operator.at))
        elif self.text.startswith(("===", "!=="), operator.at):
            right = operator.text
            written = f"`{right}=` is read as `{right}`"
            self.notes.append(Note("three-equals", written, operator.at, right))

    def _class_of_status(self, operator: Token, left: Node, right: Node) -> Node | None:
        """`$statusCode == 2XX` as the range it means (in-the-wild row 19); None for anything else."""
        status, class_ = (left, right) if isinstance(left, Expression) else (right, left)
        if not isinstance(status, Expression) or not isinstance(class_, Literal):
            return None
        class_is_meant = _STATUS_CLASS.fullmatch(class_.text) and status.root == "statusCode"
        if not class_is_meant or operator.text not in ("==", "!="):
            return None
        self.notes = [each for each in self.notes if each.rewrite != f"'{class_.text}'"]
        start = int(class_.text[0]) * 100
        meant = f"{status} >= {start} && {status} < {start + 100}"
        message = f"`{class_.text}` is read as the statuses from {start} to {start + 99}"
        self.notes.append(Note("status-class", message, operator.at, meant))
        above = Comparison(">=", status, Literal(str(start), start))
        below = Comparison("<", status, Literal(str(start + 100), start + 100))
        range_: All[Leaf] = All((above, below))
        return range_ if operator.text == "==" else Negation(range_)

    def primary(self) -> Node:
        token = self.next()
        match token.kind:
            case "operator" if token.text == "(":
                return self.group(token)
            case "text":
                return self._text(token)
            case "number" | "word":
                return self._word(token)
            case "expression":
                return self._expression(token)
            case "operator" | "end":
                raise self.no_value(token)

    def _text(self, token: Token) -> Node:
        value = token.value
        assert isinstance(value, str)
        if value.startswith("{$") and value.endswith("}") and is_expression(value[1:-1]):
            return self._braced(value, token)
        if _is_quoted_expression(value):
            message = "an expression stands without quotes; by the letter this is a text (SIM-4)"
            self.notes.append(Note("quoted-expression", message, token.at, value))
            return self._parsed(value, token.at + 1)
        if token.text[:1] == '"':
            value = value.replace("'", "''")
            message = "strings are written in single quotes (SIM-4)"
            self.notes.append(Note("double-quotes", message, token.at, f"'{value}'"))
        return Literal(token.text, token.value)

    def _word(self, token: Token) -> Node:
        if token.kind == "number" or token.text in ("true", "false", "null"):
            return Literal(token.text, token.value)
        message = f"`{token.text}` is read as the string '{token.text}'"
        self.notes.append(Note("unquoted-text", message, token.at, f"'{token.text}'"))
        return Literal(token.text, token.text)

    def _expression(self, token: Token) -> Node:
        if token.text.startswith("{"):
            return self._braced(token.text, token)
        return self._parsed(token.text, token.at)

    def _braced(self, text: str, token: Token) -> Node:
        """`{$statusCode}` and `'{$inputs.a}'`, as other languages would write an expression."""
        if not text.endswith("}"):
            raise BadText("this `{` is never closed", token.at, "write the expression without it")
        message = "in a simple condition an expression stands alone, without braces (CRI-10)"
        self.notes.append(Note("braces-in-condition", message, token.at, text[1:-1]))
        return self._parsed(text[1:-1], token.at + token.text.index("$"))

    def _parsed(self, text: str, at: int) -> Node:
        try:
            parsed = parse_expression(text)
        except BadText as wrong:
            raise BadText(wrong.message, at + wrong.offset, wrong.hint) from None
        if parsed is None:
            from arazzo_tui.language.template import near_root

            near = near_root(text)
            hint = f"did you mean `${near}`?" if near else ""
            raise BadText(f"`{text}` starts with no known name", at, hint)
        # A dotted path into a value is the letter of the law here (SIM-11).
        self.notes.extend(
            Note(note.code, note.message, at + note.offset, note.rewrite)
            for note in parsed[1]
            if note.code != "dotted-body"
        )
        return parsed[0]
