"""What `==` and `<` mean in a simple condition, and when two JSON values are the same.

Values in, a boolean out: nothing here knows where an operand came from, and nothing raises for what
the values are.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import TypeAlias

from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json

OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
"""The six operators of conditions (SIM-5, SIM-6)."""

_NUMERIC = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PLAIN = frozenset((str, int, float, bool, type(None)))
_QUICK = frozenset((int, float))
_SAFE = 2**53  # below it, doubles are to integers and to each other as their decimal texts are
_Exact: TypeAlias = int | float | Decimal


def compare(op: str, left: Json, right: Json) -> bool:
    """Whether `left op right` holds, read loosely (SIM-3, SIM-12..14, A-38).

    Strings are compared without regard to case, for equality and for order. Numbers are compared by
    the value they are written with, and a string that is a JSON number counts as one beside a number;
    booleans never do. Null equals only null. Objects and arrays are equal when they are the `same`.
    Only two strings or two numbers have an order: every other `<`, `<=`, `>`, `>=` is false.
    Raises `ValueError` for an operator that is not one of `OPERATORS`.
    """
    if op == "==":
        return _equal(left, right)
    if op == "!=":
        return not _equal(left, right)
    if op not in OPERATORS:
        raise ValueError(f"`{op}` is none of {', '.join(OPERATORS)}")
    if isinstance(left, str) and isinstance(right, str):
        one, other = left.casefold(), right.casefold()
        return _ordered(op, less=one < other, equal=one == other)
    pair = _numbers(left, right)
    return pair is not None and _ordered(op, less=pair[0] < pair[1], equal=pair[0] == pair[1])


def same(left: Json, right: Json) -> bool:
    """JSON equality: strings to the letter, numbers by value, members in any order; any depth.

    The looseness of conditions is for their operands; what lies inside an object or an array is data.
    """
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, str) or isinstance(other, str):
            if one != other:
                return False
        elif isinstance(one, Mapping):
            if not isinstance(other, Mapping) or one.keys() != other.keys():
                return False
            waiting.extend((value, other[name]) for name, value in one.items())
        elif isinstance(one, Sequence):
            if not isinstance(other, Sequence) or len(one) != len(other):
                return False
            waiting.extend(zip(one, other, strict=True))
        elif not _scalars_equal(one, other):
            return False
    return True


def _equal(left: Json, right: Json) -> bool:
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:  # nearly always, so nothing slow before it
        return left == right or (kind is str and str(left).casefold() == str(right).casefold())
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    pair = _numbers(left, right)
    return same(left, right) if pair is None else pair[0] == pair[1]


def _ordered(op: str, *, less: bool, equal: bool) -> bool:
    """The answer of an ordering between two things of which one is less than the other, or equal."""
    match op:
        case "<":
            return less
        case "<=":
            return less or equal
        case ">":
            return not less and not equal
        case _:
            return not less


def _scalars_equal(one: Json, other: Json) -> bool:
    """Of two values the first of which is null, a boolean or a number."""
    if isinstance(other, Mapping | Sequence):
        return False
    pair = _numbers(one, other)
    return one is other if pair is None else pair[0] == pair[1]


def _numbers(left: Json, right: Json) -> tuple[_Exact, _Exact] | None:
    """Both as numbers that Python compares exactly; None unless one is a number and both can be."""
    if (
        isinstance(left, int | float)
        and isinstance(right, int | float)
        and type(left) in _QUICK
        and type(right) in _QUICK
        and -_SAFE < left < _SAFE
        and -_SAFE < right < _SAFE
    ):
        return left, right
    if not (_is_number(left) or _is_number(right)):
        return None
    one, other = _exact(left), _exact(right)
    if one is None or other is None:
        return None
    return one, other


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exact(value: Json) -> _Exact | None:
    """The number that a value stands for, by its digits; None when it stands for none."""
    match value:
        case bool() | None:
            return None
        case int():
            return value
        case Float():
            number = _decimal(value.text)
            return float(value) if number is None else number
        case float():
            # What was written is meant, not the nearest double: 1e23 is ten to the 23rd.
            return None if isnan(value) else Decimal(repr(value))
        case str():
            return _decimal(value) if _NUMERIC.fullmatch(value) else None
        case _:
            return None


def _decimal(text: str) -> Decimal | None:
    """The value of a JSON number; None when its exponent is beyond anything computable."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
