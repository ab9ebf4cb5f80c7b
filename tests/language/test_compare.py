"""What `==`, `!=`, `<`, `<=`, `>`, `>=` mean between the operands of a condition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.compare import OPERATORS, compare, same
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json

BIG = 9007199254740993  # no double is this integer

EQUAL: list[tuple[Json, Json]] = [
    (None, None),
    (True, True),
    ("active", "ACTIVE"),
    ("Straße", "STRASSE"),
    ("", ""),
    (42, 42),
    (42, 42.0),
    (42, Float("4.2e1")),
    (0, -0.0),
    (0.1, Float("0.10")),
    (10**23, 1e23),
    (BIG, Float("9007199254740993.0")),
    (Float("1e400"), Float("10e399")),
    ("42", 42),
    ("4.2e1", 42),
    ("0.1", 0.1),
    ("9007199254740993", BIG),
    ("-0", 0),
    ([1, "a"], [1.0, "a"]),
    ((1, 2), [1, 2]),
    ({"a": 1, "b": None}, {"b": None, "a": 1}),
]

UNEQUAL: list[tuple[Json, Json]] = [
    (None, False),
    (None, 0),
    (None, ""),
    (None, "null"),
    (True, 1),
    (False, 0),
    (True, "true"),
    ("1", True),
    ("10", "1e1"),
    (" 42", 42),
    ("042", 42),
    ("+42", 42),
    ("0x2A", 42),
    ("42abc", 42),
    ("１", 1),
    ("NaN", 1),
    (BIG, 9007199254740992.0),
    ("9007199254740993", 9007199254740992),
    (Float("1e400"), Float("1e401")),
    ("1e99999999999999999999", 1),
    (["a"], ["A"]),
    (["1"], [1]),
    ([1], [True]),
    ([None], [0]),
    ([], {}),
    ([], ""),
    ([1], 1),
    ({"a": 1}, {"A": 1}),
    ({"a": 1}, {"a": 1, "b": None}),
    ({}, None),
]

LESS: list[tuple[Json, Json]] = [
    (1, 2),
    (1, 1.5),
    (-1, 0),
    ("9", 10),
    (9, "10"),
    (BIG - 1, BIG),
    (9007199254740992.0, BIG),
    (Float("1e399"), Float("1e400")),
    (5, Float("1e400")),
    ("apple", "Banana"),
    ("A", "b"),
    ("10", "9"),
    ("", "a"),
]

UNORDERED: list[tuple[Json, Json]] = [
    (None, None),
    (None, 1),
    (1, None),
    (None, "a"),
    (True, True),
    (False, True),
    (True, 0),
    ("a", 1),
    ("abc", 10),
    ([1], [2]),
    ([1], 2),
    ({"a": 1}, {"a": 2}),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_these_are_equal(left: Json, right: Json) -> None:
    """A-38, SIM-3, SIM-6, SIM-12, SIM-13"""
    assert compare("==", left, right)
    assert compare("==", right, left)
    assert not compare("!=", left, right)


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_these_are_not_equal(left: Json, right: Json) -> None:
    """A-38, SIM-14, SIM-16"""
    assert not compare("==", left, right)
    assert not compare("==", right, left)
    assert compare("!=", left, right)


@pytest.mark.parametrize(("left", "right"), LESS)
def test_the_first_is_less_than_the_second(left: Json, right: Json) -> None:
    assert compare("<", left, right)
    assert compare("<=", left, right)
    assert compare(">", right, left)
    assert compare(">=", right, left)
    assert not compare("<", right, left)
    assert not compare(">=", left, right)


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
@pytest.mark.parametrize(("left", "right"), UNORDERED)
def test_other_kinds_have_no_order(op: str, left: Json, right: Json) -> None:
    """SIM-14"""
    assert not compare(op, left, right)


@pytest.mark.parametrize(("left", "right"), [(7, 7.0), ("7", 7), ("seven", "SEVEN")])
def test_equals_are_at_most_and_at_least_each_other(left: Json, right: Json) -> None:
    assert compare("<=", left, right)
    assert compare(">=", left, right)
    assert not compare("<", left, right)
    assert not compare(">", left, right)


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(ValueError, match="`=~` is none of"):
        compare("=~", "a", "a")


def test_same_keeps_case_and_kinds_apart() -> None:
    assert same({"a": [1, {"b": "x"}]}, {"a": [1.0, {"b": "x"}]})
    assert not same("x", "X")
    assert not same("1", 1)
    assert not same(1, True)


def test_depth_does_not_matter() -> None:
    left: Json = []
    right: Json = []
    for _ in range(20_000):
        left, right = [left], [right]
    assert compare("==", left, right)
    assert compare("!=", [left], right)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**53 - 2, max_value=2**53 + 2)
    | st.floats()
    | st.text(max_size=5)
    | st.integers().map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(str)
    | st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: Float(str(number)))
)
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(values, values, st.sampled_from(OPERATORS))
def test_every_comparison_has_an_answer(left: Json, right: Json, op: str) -> None:
    assert compare(op, left, right) in (True, False)


@given(values, values)
def test_equality_is_symmetric_and_inequality_is_its_negation(left: Json, right: Json) -> None:
    assert compare("==", left, right) == compare("==", right, left)
    assert compare("!=", left, right) != compare("==", left, right)


@given(values, values)
def test_less_is_greater_the_other_way_round(left: Json, right: Json) -> None:
    assert compare("<", left, right) == compare(">", right, left)
    assert compare("<=", left, right) == compare(">=", right, left)


@given(values, values)
def test_nothing_is_both_less_and_equal(left: Json, right: Json) -> None:
    less, equal = compare("<", left, right), compare("==", left, right)
    assert not (less and equal)
    assert not (less and compare(">", left, right))
    if less or compare(">", left, right):
        assert compare("<=", left, right) == less


@given(values)
def test_only_null_is_null(value: Json) -> None:
    """A-38, SIM-14"""
    assert compare("!=", value, None) == (value is not None)


@given(values.filter(lambda value: not _has_nan(value)))
def test_a_value_equals_itself(value: Json) -> None:
    assert compare("==", value, value)
    assert same(value, value)


def _has_nan(value: Json) -> bool:
    match value:
        case float():
            return math.isnan(value)
        case dict():
            return any(map(_has_nan, value.values()))
        case list():
            return any(map(_has_nan, value))
        case _:
            return False
