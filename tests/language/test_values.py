"""JSON values: pointers there and back, children, places, and values on one short line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import (
    Json,
    Missing,
    array_index,
    brief,
    child,
    follow,
    kind,
    places,
    read_pointer,
    write_pointer,
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("/", ("",)),
        ("//", ("", "")),
        ("/a/b", ("a", "b")),
        ("/a~1b/m~0n", ("a/b", "m~n")),
        ("/~01", ("~1",)),
        ("/ /é/\0", (" ", "é", "\0")),
    ],
)
def test_a_pointer_is_its_tokens(text: str, tokens: tuple[str, ...]) -> None:
    """EXP-21, RFC 6901 §3"""
    assert read_pointer(text) == tokens
    assert write_pointer(tokens) == text


@pytest.mark.parametrize("text", ["a", "a/b", "#/a", " /a", "/~", "/~2", "/a~/b"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="JSON Pointer"):
        read_pointer(text)


@pytest.mark.parametrize(
    ("token", "index"),
    [("0", 0), ("10", 10), ("01", None), ("-1", None), ("-", None), ("+1", None), ("", None), ("1.0", None),
     ("٣", None), ("²", None), ("9" * 18, 10**18 - 1), ("9" * 5000, None)],
)  # fmt: skip
def test_an_index_is_written_without_leading_zeros(token: str, index: int | None) -> None:
    """RFC 6901 §4"""
    assert array_index(token) == index


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "null"), (True, "boolean"), (0, "integer"), (10**400, "integer"), (0.0, "number"),
     (Float("1.10"), "number"), ("", "string"), ([], "array"), ((), "array"), ({}, "object")],
)  # fmt: skip
def test_every_value_has_a_kind(value: Json, name: str) -> None:
    assert kind(value) == name


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"a": 1}, "there is no `x` in here; there is `a`"),
        ({}, "there is no `x` in here"),
        ([1], "there is no `x` in here, an array of 1"),
        ("text", "there is no `x` in here, a string"),
        (None, "there is no `x` in here, which is null"),
        (1, "there is no `x` in here, which is an integer"),
        (1.5, "there is no `x` in here, which is a number"),
        (True, "there is no `x` in here, which is a boolean"),
    ],
)
def test_a_missing_child_says_what_it_was_looked_for_in(value: Json, sentence: str) -> None:
    with pytest.raises(Missing) as missing:
        child(value, "x", "here")
    assert str(missing.value) == sentence


def test_places_come_in_order_and_parents_first() -> None:
    value: Json = {"a": [1, {"b": "xy"}], "c": {}}
    assert [pointer for pointer, _ in places(value)] == [
        (), ("a",), ("a", "0"), ("a", "1"), ("a", "1", "b"), ("c",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (Float("1.10"), "1.10"),
        (1e300, "1e+300"),
        ("a\n\"b\"", '"a\\n\\"b\\""'),
        ("é" * 100, '"' + "é" * 57 + '…"'),
        ("\\" * 100, '"…"'),
        (10**400, "1" + "0" * 58 + "…"),
        (10**4000, "a very long integer"),
        (Float("1" * 5000), "1" * 59 + "…"),
        ([], "[]"),
        ({}, "{}"),
        ([1, "a", None], '[1, "a", null]'),
        ({"a": 1, "b": []}, '{"a": 1, "b": []}'),
        ([[1]], "[… 1 item]"),
        (list(range(9)), "[… 9 items]"),
        ({"a": {"b": 1}}, "{… 1 key}"),
        ({str(at): at for at in range(2000)}, "{… 2,000 keys}"),
        (["x" * 70], "[… 1 item]"),
    ],
)  # fmt: skip
def test_a_value_is_shown_on_one_short_line(value: Json, line: str) -> None:
    assert brief(value) == line


# Laws

LAWS = settings(deadline=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@LAWS
@given(tokens=st.lists(st.text()))
def test_writing_a_pointer_is_the_inverse_of_reading_it(tokens: list[str]) -> None:
    assert read_pointer(write_pointer(tokens)) == tuple(tokens)


@LAWS
@given(value=JSON)
def test_a_pointer_leads_to_each_place(value: Json) -> None:
    for pointer, here in places(value):
        assert follow(value, pointer) is here


@LAWS
@given(value=JSON, width=st.integers(10, 80))
def test_a_line_is_never_longer_than_its_width(value: Json, width: int) -> None:
    line = brief(value, width)
    assert len(line) <= max(width, len("[… 1,000 items]"))
    assert "\n" not in line


@LAWS
@given(value=st.none() | st.booleans() | st.integers(-(10**50), 10**50) | st.text(max_size=20))
def test_a_short_value_is_shown_as_its_json(value: Json) -> None:
    line = brief(value)
    if "…" not in line:
        assert json.loads(line) == value
