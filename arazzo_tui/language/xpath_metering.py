"""The XPath library's parsers with a meter on every token, so that each evaluation ends.

Tokens pay for the items they yield, the nodes they look at and the text they make; ranges, regular
expressions and collations are bounded or replaced one by one. Imported only by `xpath`.
"""

import re
import types
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from decimal import Decimal
from functools import lru_cache
from itertools import product

from elementpath import (
    DocumentNode,
    ElementNode,
    ElementPathError,
    RegexError,
    XPath1Parser,
    XPath2Parser,
    XPathFunction,
    XPathNode,
    XPathToken,
    translate_pattern,
)
from elementpath.aliases import ContextType, ItemType, ValueType
from elementpath.collations import (
    HTML_ASCII_CASE_INSENSITIVE_COLLATION,
    UNICODE_CODEPOINT_COLLATION,
)
from elementpath.datatypes import Integer
from elementpath.sequences import xlist

from arazzo_tui.language.note import BadText
from arazzo_tui.language.pattern import Compiled, Match, compiled, find
from arazzo_tui.language.query_limits import Budget, QueryFailed

LONGEST_TEXT = 8_000_000
"""How many characters a text may have that an XPath makes."""

LONGEST_RANGE = 100_000
"""How many integers `1 to n` may have."""

_LARGEST_BITS = 4_096
_LARGEST_ROMAN = 100_000
_LARGEST_EXPONENT = 1_000


class Meter:
    """What one evaluation may still cost, and how large each part of its document is."""

    def __init__(self) -> None:
        self.budget = Budget()
        self.sizes: Mapping[object, int] = {}
        self.whole = 1

    def begin(self, sizes: Mapping[object, int]) -> None:
        """A new evaluation, on a document whose elements have these many nodes below them."""
        self.budget.renew()
        self.sizes = sizes
        self.whole = max(sizes.values(), default=1)

    def node(self, item: object) -> None:
        """Pay for looking at all of a node, when `item` is one."""
        if isinstance(item, ElementNode):
            self.budget.spend(self.sizes.get(item.value, 1))
        elif isinstance(item, DocumentNode):
            self.budget.spend(self.whole)

    def value(self, value: object) -> None:
        """Pay for a value that was made; raises `QueryFailed` for one that is too large."""
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                raise _too_long()
            self.budget.spend(1 + len(value) // 64)
        elif isinstance(value, int):
            if value.bit_length() > _LARGEST_BITS:
                raise QueryFailed(f"this XPath makes an integer of over {_LARGEST_BITS:,} bits")
        elif isinstance(value, list):
            self.budget.spend(len(value))


def _meter(token: XPathToken) -> Meter:
    meter: Meter = token.parser.meter  # type: ignore[attr-defined]  # parsers from `parser_class`
    return meter


_LOOKS_AT_CHILDREN = frozenset(
    ("(name)", "*", ":", "{", "Q{", "node", "text", "element", "comment", "processing-instruction")
)
_LOOKS_AT_ALL = frozenset(
    ("deep-equal", "serialize", "id", "idref", "element-with-id", "path", "<<", ">>", "innermost")
) | {"outermost", "generate-id"}
_COLLATION_ARGUMENT = {
    "max": 1,
    "min": 1,
    "sort": 1,
    "array:sort": 1,
    "distinct-values": 1,
    "compare": 2,
    "contains": 2,
    "contains-token": 2,
    "deep-equal": 2,
    "ends-with": 2,
    "index-of": 2,
    "starts-with": 2,
    "substring-after": 2,
    "substring-before": 2,
}
_COLLATIONS = (None, UNICODE_CODEPOINT_COLLATION, HTML_ASCII_CASE_INSENSITIVE_COLLATION)


class _Paid(XPathToken):
    """Every token: it pays for the nodes it turns into values."""

    __slots__ = ()

    def get_argument(self, context: ContextType, index: int = 0, **how: object) -> object:  # type: ignore[override]  # passed on as it is
        value: object = super().get_argument(context, index, **how)  # type: ignore[arg-type]  # as above
        _meter(self).value(value)
        if _COLLATION_ARGUMENT.get(self.symbol) == index and value not in _COLLATIONS:
            # The library sets the locale of the process for others, and can wait for itself for ever.
            raise QueryFailed("no collation but that of code points is supported")
        return value

    def atomize_item(self, item: ValueType) -> Iterator[object]:  # type: ignore[override]  # as above
        _meter(self).node(item)
        for value in super().atomize_item(item):
            _meter(self).value(value)
            yield value

    def string_value(self, obj: object) -> str:
        _meter(self).node(obj)
        text = super().string_value(obj)
        _meter(self).value(text)
        return text

    def number_value(self, obj: object) -> float:
        return super().number_value(self.string_value(obj) if isinstance(obj, XPathNode) else obj)

    def iter_comparison_data(self, context: ContextType) -> Iterator[object]:
        first = self.parser.version == "1.0"
        pairs = _pairs_of_1_0(self, context) if first else super().iter_comparison_data(context)
        for pair in pairs:
            _meter(self).budget.spend()
            yield pair


def _pairs_of_1_0(token: XPathToken, context: ContextType) -> Iterator[tuple[object, object]]:
    """What a comparison of XPath 1.0 compares (§3.4): the library forgets that `"5" = 5` there."""
    left, right = (list(operand.select(copy(context))) for operand in token)
    orders = token.symbol not in ("=", "!=")
    if any(isinstance(item, bool) for item in (*left, *right)):
        one, other = token.boolean_value(left), token.boolean_value(right)
        yield (float(one), float(other)) if orders else (one, other)
        return
    numeric = orders or any(isinstance(item, int | float | Decimal) for item in (*left, *right))
    convert: Callable[[object], object] = token.number_value if numeric else token.string_value
    yield from product(map(convert, left), map(convert, right))


class _PaidSelect(XPathToken):
    """A token with a `select` of its own."""

    __slots__ = ()

    def select(self, context: ContextType = None) -> Iterator[ItemType]:
        meter = _meter(self)
        symbol = self.symbol
        meter.budget.spend(_cost(symbol, context, meter))
        compares_with_all = symbol == "distinct-values"
        for count, item in enumerate(super().select(context)):
            meter.budget.spend(1 + count // 4 if compares_with_all else 1)
            yield item


def _cost(symbol: str, context: ContextType, meter: Meter) -> int:
    """What a token looks at before it yields anything."""
    if symbol in _LOOKS_AT_ALL:
        return meter.whole
    if symbol in _LOOKS_AT_CHILDREN and context is not None and context.axis is None:
        item = context.item
        return 1 + len(item) // 4 if isinstance(item, ElementNode | DocumentNode) else 1
    return 1


class _PaidEvaluate(XPathToken):
    """A token with an `evaluate` of its own."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> ValueType:
        meter = _meter(self)
        meter.budget.spend(_cost(self.symbol, context, meter))
        value = super().evaluate(context)
        meter.value(value)
        return value


class _Range(XPathToken):
    """`1 to n`, but not to a billion: the library makes the whole list."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> ValueType:
        start, stop = self.get_operands(context, cls=Integer)
        if not isinstance(start, int) or not isinstance(stop, int):
            return xlist([])
        if stop - start >= LONGEST_RANGE:
            raise QueryFailed(f"a range has at most {LONGEST_RANGE:,} integers")
        _meter(self).budget.spend(max(0, stop - start))
        numbers: xlist[ItemType] = xlist(range(start, stop + 1))
        return numbers


class _FormatInteger(XPathFunction):
    """`format-integer()`, but a billion is not written in a million M's."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> ValueType:
        number: object = self.get_argument(self.context or context)
        picture: object = self.get_argument(self.context or context, 1)
        roman = isinstance(picture, str) and picture[:1] in ("i", "I")
        if roman and isinstance(number, int) and abs(number) > _LARGEST_ROMAN:
            raise QueryFailed(f"Roman numerals go no further than {_LARGEST_ROMAN:,} here")
        return super().evaluate(context)


class _Power(XPathFunction):
    """Functions that take a power, of ten or of anything, with an integer for its exponent."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> ValueType:
        index = 0 if self.symbol == "exp10" else 1
        exponent: object = self.get_argument(self.context or context, index)
        if isinstance(exponent, int) and abs(exponent) > _LARGEST_EXPONENT:
            raise QueryFailed(f"an exponent or precision is at most {_LARGEST_EXPONENT:,} here")
        return super().evaluate(context)


class _Regex(XPathFunction):
    """What the three functions with regular expressions share."""

    __slots__ = ()

    def text_of(self, context: ContextType, index: int) -> str:
        """An argument that is a string; the first may be empty."""
        value: object = self.get_argument(context, index, required=index > 0, default="", cls=str)
        assert isinstance(value, str)
        return value

    def flags_of(self, context: ContextType, index: int) -> str:
        """The flags, when there is such an argument."""
        return self.text_of(context, index) if len(self) > index else ""

    def engine(self, context: ContextType, flags: str) -> Compiled:
        """The second argument, ready to search (XPath and XQuery Functions and Operators §5.6)."""
        known = "smix" if self.parser.version < "3" else "smixq"
        if set(flags) - set(known):
            raise self.error("FORX0001", f"a flag of `{flags}` is none of {', '.join(known)}")
        bits = sum(getattr(re, flag.upper()) for flag in set(flags) - {"q"})
        source = self.text_of(context, 1)
        try:
            if "q" in flags:
                return compiled(re.escape(source), bits)
            return compiled(translate_pattern(source, bits, self.parser.xsd_version), bits)
        except (RegexError, BadText) as wrong:
            raise self.error("FORX0002", f"invalid regular expression: {wrong}") from None

    def occurrences(self, engine: Compiled, text: str) -> Iterator[Match]:
        """The matches in a text, which are never empty."""
        budget = _meter(self).budget
        if find(engine, "", budget) is not None:
            raise self.error("FORX0003", "the regular expression matches the empty string")
        at = 0
        while match := find(engine, text, budget, at):
            yield match
            at = max(match.span()[1], at + 1)


class _Matches(_Regex):
    """`matches()`."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> bool:
        context = self.context or context
        engine = self.engine(context, self.flags_of(context, 2))
        return find(engine, self.text_of(context, 0), _meter(self).budget) is not None


class _Tokenize(_Regex):
    """`tokenize()`; with one argument, of 3.1, at white space."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> ValueType:
        context = self.context or context
        text = self.text_of(context, 0)
        pieces: xlist[ItemType] = xlist()
        if len(self) == 1 and self.parser.version >= "3.1":
            pieces.extend(re.findall(r"[^ \t\r\n]+", text))
            return pieces
        engine = self.engine(context, self.flags_of(context, 2))
        done = 0
        for match in self.occurrences(engine, text):
            start, end = match.span()
            pieces.append(text[done:start])
            done = end
        if text:
            pieces.append(text[done:])
        return pieces


class _Replace(_Regex):
    """`replace()`."""

    __slots__ = ()

    def evaluate(self, context: ContextType = None) -> str:
        context = self.context or context
        text = self.text_of(context, 0)
        flags = self.flags_of(context, 3)
        engine = self.engine(context, flags)
        plain = self.text_of(context, 2)
        parts = [plain] if "q" in flags else self._parts(plain, engine.groups)
        pieces: list[str] = []
        done = length = 0
        for match in self.occurrences(engine, text):
            start, end = match.span()
            new = "".join(
                part if isinstance(part, str) else match.group(part) or "" for part in parts
            )
            length += start - done + len(new)
            if length > LONGEST_TEXT:
                raise _too_long()
            pieces += (text[done:start], new)
            done = end
        return "".join([*pieces, text[done:]])

    def _parts(self, text: str, groups: int) -> list[str | int]:
        r"""A replacement as pieces of text and numbers of groups: `$1` is one, `\$` a dollar."""
        parts: list[str | int] = []
        for found in _REPLACEMENT.finditer(text):
            if found["wrong"]:
                raise self.error("FORX0004", f"invalid replacement `{text}`")
            if found["digits"] is None:
                parts.append(found["escaped"] or found["plain"])
                continue
            digits: str = found["digits"]
            used = len(digits)
            while used > 1 and int(digits[:used]) > groups:
                used -= 1
            number = int(digits[:used])
            parts += (number if number <= groups else "", digits[used:])
        return parts


_REPLACEMENT = re.compile(
    r"\\(?P<escaped>[\\$])|\$(?P<digits>[0-9]{1,9})|(?P<plain>[^\\$]+)|(?P<wrong>.)", re.DOTALL
)


def _too_long() -> QueryFailed:
    return QueryFailed(f"this XPath makes a text of over {LONGEST_TEXT:,} characters")


_REPLACED: dict[str, type[XPathToken]] = {
    "to": _Range,
    "matches": _Matches,
    "tokenize": _Tokenize,
    "replace": _Replace,
    "format-integer": _FormatInteger,
    "round": _Power,
    "round-half-to-even": _Power,
    "pow": _Power,
    "exp10": _Power,
}
NOT_EVALUATED = frozenset(("analyze-string", "collation-key"))
"""Functions that are left out: the one is a regular expression nobody can stop, the other a locale."""


@lru_cache(4)
def parser_class(version: str) -> type[XPath1Parser]:
    """The library's parser of an XPath version, `1.0` to `3.1`, with paying tokens."""
    base = _base(version)
    table = {
        name: _paying(name, token)
        for name, token in base.symbol_table.items()
        if name not in NOT_EVALUATED
    }
    tokenizer = base.create_tokenizer(base.symbol_table)
    made: type[XPath1Parser] = types.new_class(
        f"Metered{base.__name__}",
        (base,),
        {},
        lambda namespace: namespace.update(symbol_table=table, tokenizer=tokenizer),
    )
    return made


def new_parser(version: str, namespaces: dict[str, str]) -> tuple[XPath1Parser, Meter]:
    """A parser that knows these prefixes, and its meter."""
    made = parser_class(version)
    if issubclass(made, XPath2Parser):
        parser: XPath1Parser = made(namespaces, default_collation=UNICODE_CODEPOINT_COLLATION)
    else:
        parser = made(namespaces)
    meter = Meter()
    parser.meter = meter  # type: ignore[attr-defined]  # read back by `_meter`
    return parser, meter


def _base(version: str) -> type[XPath1Parser]:
    if version == "1.0":
        return XPath1Parser
    if version == "2.0":
        return XPath2Parser
    from elementpath.xpath3 import XPath30Parser, XPath31Parser

    return XPath30Parser if version == "3.0" else XPath31Parser


def _paying(name: str, token: type[XPathToken]) -> type[XPathToken]:
    bases: list[type[XPathToken]] = [_Paid]
    replaced = _REPLACED.get(
        name.rpartition("}")[2]
    )  # a function of another namespace has it first
    if replaced is not None and (name == "to" or issubclass(token, XPathFunction)):
        bases += (_PaidEvaluate, replaced)
    # A token that inherits one of the two builds it on the other: paying twice would change which
    # of them the library takes for its own.
    elif token.evaluate is not XPathToken.evaluate:
        bases.append(_PaidEvaluate)
    if token.select is not XPathToken.select:
        bases.insert(1, _PaidSelect)
    return types.new_class(token.__name__, (*bases, token))


__all__ = ["NOT_EVALUATED", "ElementPathError", "Meter", "new_parser"]
