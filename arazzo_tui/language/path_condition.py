"""The tolerated comparison form of `type: jsonpath`: `$.data.id != null && $.items.length > 0` (A-1).

RFC 9535 has no such thing and many documents do. Here it is read, judged with its reasons, and said in
standard words (`rewrites`). Whether it is allowed at all is decided by who calls; what `==` means is
`compare`'s, and what joins comparisons `logic`'s.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.language.alike import Alike
from arazzo_tui.language.check import Check, Operand
from arazzo_tui.language.compare import compare
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.logic import All, Formula, Negation, Reader, Some
from arazzo_tui.language.note import BadText
from arazzo_tui.language.path_condition_text import Word, words
from arazzo_tui.language.query import JsonPath, QueryFailed
from arazzo_tui.language.values import Json, Missing, brief, child

READING = "read as PATH op LITERAL (A-1)"

ValueOf: TypeAlias = Callable[[str], Json]
"""The value of a runtime expression, given its text; raises `Missing`."""


class Literal(Struct, frozen=True):
    """A constant."""

    text: str
    value: Json


class PathValue(Struct, frozen=True):
    """The value of the one node that a path selects, or its length."""

    text: str
    path: JsonPath
    length: bool = False


class Embedded(Struct, frozen=True):
    """Runtime expressions: one standing alone, with its type, or several in a quoted text."""

    text: str
    parts: tuple[str, ...]
    """Literal pieces and the texts of expressions, in turn; a literal piece comes first and last."""
    quoted: bool


class Comparison(Struct, frozen=True):
    """`left op right`."""

    op: str
    left: "Side"
    right: "Side"


class Exists(Struct, frozen=True):
    """A path standing alone: it selects something (JPA-2)."""

    side: PathValue


Side: TypeAlias = Literal | PathValue | Embedded
Leaf: TypeAlias = Comparison | Exists
Node: TypeAlias = Formula[Leaf]


class PathCondition(Alike, frozen=True):
    """A comparison of what JSONPaths select.

    `value_of` gives its runtime expressions their values and is asked anew at each judgement; without
    it they have none. A condition read once is bound to a moment by `replace`.
    """

    ASIDE = frozenset({"value_of"})

    text: str
    root: Node
    value_of: ValueOf | None = None

    def judge(self, value: Json) -> Check:
        """Whether it holds for a value, with what every operand was. Total (CRI-6).

        A comparison holds when each path in it selects exactly one node and the values compare so:
        with no node, or several, it is false, `!= null` and `== null` too.
        """
        seen: _Seen = {}
        for side in sides(self.root):
            if side.text not in seen:
                seen[side.text] = self._look_up(side, value)
        passed = _holds(self.root, seen)
        operands = tuple(operand for operand, _ in seen.values())
        missing = [f"`{each.text}`: {each.missing}" for each in operands if each.missing]
        return Check(
            condition=self.text,
            type="jsonpath",
            passed=passed,
            reason="; ".join([_with_values(self.root, seen), *missing]),
            operands=operands,
            reading=READING,
        )

    def rewrites(self, context: str) -> tuple[str, ...]:
        """The same in standard words, where there are any that say exactly the same.

        `context` is the criterion's context expression. A text that starts with `$[?` is a JSONPath
        (RFC 9535) for the same criterion; any other is a simple condition, which needs no context.
        """
        from arazzo_tui.language.path_rewrites import rewrites

        return rewrites(self.root, context)

    @property
    def expressions(self) -> tuple[str, ...]:
        """The texts of the runtime expressions in it, in order."""
        embedded = (side for side in sides(self.root) if isinstance(side, Embedded))
        return tuple(text for side in embedded for text in side.parts[1::2])

    def _look_up(self, side: Side, value: Json) -> tuple[Operand, int]:
        match side:
            case Literal(text, constant):
                return Operand(text, constant), 1
            case PathValue():
                return _selected(side, value)
            case Embedded():
                return _filled(side, self.value_of), 1


def parse_path_condition(text: str, value_of: ValueOf | None = None) -> PathCondition:
    """Read the comparison form; raises `BadText` with the offset where reading stopped.

    or = and *("||" and); and = unary *("&&" unary); unary = *"!" ( "(" or ")" / path ) / comparison;
    comparison = side op side. A side is a path, a path with `.length`, a JSON value, a 'quoted' or
    "quoted" text, a single unquoted word, or a runtime expression, alone or in braces.
    """
    reader = _Reader(words(text))
    return PathCondition(text, reader.whole(), value_of)


def sides(node: Node) -> Iterator[Side]:
    """The operands of a condition, left to right."""
    match node:
        case Comparison(_, left, right):
            yield left
            yield right
        case Exists(side):
            yield side
        case Negation() | All() | Some():
            for part in node.parts:
                yield from sides(part)


_Seen: TypeAlias = dict[str, tuple[Operand, int]]
"""What each operand was, by its text, and how many nodes were selected for it."""


def _selected(side: PathValue, value: Json) -> tuple[Operand, int]:
    try:
        found = side.path.select(value)
    except QueryFailed as failed:
        return Operand(side.text, None, failed.reason), 0
    if not found:
        return Operand(side.text, None, _where_it_ends(side.path, value)), 0
    if len(found) > 1:
        many = f"selects {len(found):,} nodes, one can be compared"
        return Operand(side.text, None, many), len(found)
    node = found[0].value
    if not side.length:
        return Operand(side.text, node), 1
    if isinstance(node, Mapping) and "length" in node:
        return Operand(side.text, node["length"]), 1
    if isinstance(node, Sequence):
        return Operand(side.text, len(node)), 1
    return Operand(side.text, None, f"{brief(node)} has no length"), 1


def _where_it_ends(path: JsonPath, value: Json) -> str:
    """Why a path selects nothing: the first of its steps that is not there."""
    at = "$"
    for step in path.steps or ():
        if isinstance(step, int):
            if not isinstance(value, Sequence) or isinstance(value, str):
                return f"`{at}` is {brief(value)}, not an array"
            index = step + len(value) if step < 0 else step
            if not 0 <= index < len(value):
                return f"`{at}` has {len(value):,} items"
            value, at = value[index], f"{at}[{step}]"
        else:
            if not isinstance(value, Mapping):
                return f"`{at}` is {brief(value)}, not an object"
            try:
                value, at = child(value, step, f"`{at}`"), f"{at}.{step}"
            except Missing as missing:
                return missing.sentence()
    return "selects nothing"


def _filled(side: Embedded, value_of: ValueOf | None) -> Operand:
    if value_of is None:
        return Operand(side.text, None, "runtime expressions have no value here")
    try:
        values = [value_of(text) for text in side.parts[1::2]]
    except Missing as missing:
        return Operand(side.text, None, missing.sentence())
    if not side.quoted:
        return Operand(side.text, values[0])
    texts = [each if isinstance(each, str) else write_json(each) for each in values]
    pieces = [piece for pair in zip(side.parts[::2], [*texts, ""], strict=True) for piece in pair]
    return Operand(side.text, "".join(pieces))


def _holds(node: Node, seen: _Seen) -> bool:
    match node:
        case Comparison(op, left, right):
            one, other = seen[left.text][0], seen[right.text][0]
            return not one.missing and not other.missing and compare(op, one.value, other.value)
        case Exists(side):
            return seen[side.text][1] > 0
        case Negation() | All() | Some():
            return node.holds([_holds(part, seen) for part in node.parts])


def _with_values(node: Node, seen: _Seen) -> str:
    """The condition with the values in place of the names."""
    match node:
        case Comparison(op, left, right):
            return f"{_shown(*seen[left.text])} {op} {_shown(*seen[right.text])}"
        case Exists(side):
            return f"`{side.text}` is {_shown(*seen[side.text])}"
        case Negation() | All() | Some():
            return node.spelled([_with_values(part, seen) for part in node.parts])


def _shown(operand: Operand, count: int) -> str:
    if not operand.missing:
        return brief(operand.value)
    return f"{count:,} nodes" if count > 1 else "nothing"


class _Reader(Reader[Word, Leaf]):
    """plain = primary / side operator side; primary = "(" or ")" / path."""

    def whole(self) -> Node:
        node = super().whole()
        if isinstance(node, Exists):
            raise BadText("this is a path and compares nothing", self.words[0].at)
        return node

    def instead(self, word: Word) -> str:
        return word.hint()

    def left_over(self, word: Word) -> str:
        spaced = "text with spaces is quoted" if word.kind == "literal" else ""
        return word.hint() or spaced

    def primary(self) -> Node:
        bang, first = self.words[self.at - 1 : self.at + 1]
        node = self.plain()
        if isinstance(node, Comparison) and first.text != "(":
            hint = "write `!( … )` round the comparison"
            raise BadText("`!` negates a path or parentheses", bang.at, hint)
        return node

    def plain(self) -> Node:
        first = self.word
        if self.take("("):
            return self.group(first)
        left = self._side()
        operator = self.word
        if operator.kind != "comparison":
            if isinstance(left, PathValue) and not left.length:
                return Exists(left)
            hint = first.hint() or operator.hint()
            raise BadText(f"`{left.text}` stands alone and decides nothing", first.at, hint)
        self.at += 1
        right = self._side()
        if self.word.kind == "comparison":
            hint = "join two of them with `&&`"
            raise BadText("comparisons cannot be chained", self.word.at, hint)
        return Comparison(operator.text, left, right)

    def _side(self) -> Side:
        word = self.next()
        match word.kind:
            case "path" | "length":
                assert word.path is not None
                return PathValue(word.text, word.path, word.kind == "length")
            case "expression":
                return Embedded(word.text, word.parts, quoted=False)
            case "template":
                return Embedded(word.text, word.parts, quoted=True)
            case "literal":
                return Literal(word.text, word.value)
            case "comparison" | "operator" | "end":
                raise self.no_value(word)
