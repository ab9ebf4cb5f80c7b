"""JSON text in and out: every digit is kept, every mistake has a place, no depth is fatal."""

import copy
import gc
import json
import pickle
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.jsontext import (
    DEPTH,
    BadJson,
    Float,
    collector_paused,
    duplicate_keys,
    read_json,
    write_json,
)
from arazzo_tui.language.values import Json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        (" true\n", True),
        ("-0", 0),
        ("12345678901234567890123", 12345678901234567890123),
        ("1.5", 1.5),
        ("1e2", 100.0),
        ('"a\\u00e9\\ud83d\\ude00\\n"', "aé😀\n"),
        ('"\\ud800"', "\ud800"),
        ("[]", []),
        ('{"a": [1, {"b": null}], "a": 2}', {"a": 2}),
        ("\ufeff1", 1),
        (b'\xef\xbb\xbf"\xc3\xa9"', "é"),
    ],
)
def test_json_has_one_value(text: str | bytes, value: Json) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize(
    "digits",
    [
        "1.10",
        "1.0",
        "0.1",
        "-0.0",
        "1e3",
        "1E+3",
        "1.5e-7",
        "1e400",
        "-1e400",
        "100000000000000000000.0",
        "0.30000000000000000004",
        "12345678901234567890",
        "9" * 5000,
        "-" + "8" * 5000,
    ],
)
def test_a_number_is_written_with_the_digits_it_was_read_with(digits: str) -> None:
    text = f'{{"n":[{digits}]}}'
    assert write_json(read_json(text)) == text
    assert write_json(read_json(text), indent=1) == f'{{\n "n": [\n  {digits}\n ]\n}}'


def test_a_number_with_a_text_computes_like_any_other() -> None:
    price = read_json("1.10")
    assert isinstance(price, Float)
    assert price == 1.1
    assert price < 2
    assert f"{price}" == "1.10"
    assert isinstance(read_json("1.5"), float)
    assert not isinstance(read_json("1.5"), Float)


@pytest.mark.parametrize("digits", ["1.10", "1e400"])
def test_a_number_with_a_text_survives_copies(digits: str) -> None:
    number = Float(digits)
    for other in (copy.copy(number), copy.deepcopy(number), pickle.loads(pickle.dumps(number))):
        assert isinstance(other, Float)
        assert other.text == digits


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "a value is expected here, but the text ends"),
        ("  \n ", 2, 2, "the text ends"),
        ("[1,]", 1, 4, "take out the comma"),
        ('{"a":1,}', 1, 8, "take out the comma"),
        ("{a: 1}", 1, 2, 'write `"a"`'),
        ("{'a': 1}", 1, 2, "double quotes"),
        ("['a']", 1, 2, "double quotes"),
        ("[abc]", 1, 2, "a string is in double quotes"),
        ("[1 2]", 1, 4, "comma missing"),
        ('{"a": 1\n "b": 2}', 2, 2, "comma missing"),
        ('{"a" 1}', 1, 6, "`:` is expected"),
        ('{"a":}', 1, 6, "a value is expected"),
        ("[01]", 1, 3, "no leading zeros"),
        ("[+1]", 1, 2, "a number starts with"),
        ("[.5]", 1, 2, "a number starts with"),
        ("[NaN]", 1, 2, "no NaN"),
        ("[Infinity]", 1, 2, "no Infinity"),
        ("[-Infinity]", 1, 2, "no Infinity"),
        ("[True]", 1, 2, "write `true`"),
        ('"ab', 1, 1, "never closed"),
        ('{"a": "b\n"}', 1, 9, "U+000A"),
        ('"\t"', 1, 2, "write `\\t`"),
        ('"\x01"', 1, 2, "write `\\u0001`"),
        ('"\\x"', 1, 2, "escape"),
        ('"\\u12"', 1, 2, "escape"),
        ("1 2", 1, 3, "one value"),
        ("[1] // no", 1, 5, "no comments"),
        ("[\n# no\n1]", 2, 1, "no comments"),
        ('{"a": [1,\n2', 2, 2, "the `[` of line 1 is still open"),
    ],
)
def test_what_is_no_json_is_explained_at_its_place(
    text: str, line: int, column: int, said: str
) -> None:
    with pytest.raises(BadJson) as caught:
        read_json(text)
    wrong = caught.value
    assert (wrong.line, wrong.column) == (line, column)
    assert said in str(wrong)
    assert str(wrong).startswith(f"line {line}, column {column}: ")
    assert text.count("\n", 0, wrong.offset) == line - 1


def test_bytes_that_are_not_utf8_are_told_by_their_offset() -> None:
    with pytest.raises(BadJson) as caught:
        read_json(b'{"a":\n "\xe9"}')
    assert (caught.value.line, caught.value.column, caught.value.offset) == (2, 3, 8)
    assert "0xE9 at offset 8" in caught.value.message


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth_is_limited_and_never_fatal(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    deepest = opening * DEPTH + ("1" if opening != "[" else "") + closing * DEPTH
    assert write_json(read_json(deepest)) == deepest
    assert write_json(read_json(deepest), indent=1).count("\n") >= DEPTH
    for text in (opening + deepest + closing, opening * 200_000):
        with pytest.raises(BadJson, match="deeper than 5,000 levels"):
            read_json(text)


def test_brackets_inside_strings_are_no_depth() -> None:
    text = json.dumps(["[" * 9000])
    assert read_json(text) == ["[" * 9000]


@pytest.mark.parametrize(
    "item", [{"a": [1, -2.5e3, True, None, "[{"]}, [[1, 23], [0.5]], "text", -12, 1.25, [], {}]
)
def test_a_big_text_has_the_value_that_a_small_one_has(item: Json) -> None:
    text = json.dumps([item])
    many = 1_200_000 // len(text)
    big = "[" + ",".join([text] * many) + "]"
    assert read_json(big) == [read_json(text)] * many
    with pytest.raises(BadJson):
        read_json(big[:-1])


@pytest.mark.parametrize(("other", "number"), [("1", "1.10"), ("1", "9" * 5_000), ("{}", "1e400")])
def test_numbers_of_a_big_text_keep_their_digits(other: str, number: str) -> None:
    values = read_json("[" + f"{other}," * 510_000 + f"{number}]")
    assert isinstance(values, list)
    assert write_json(values[-1]) == number


def test_what_a_frozen_program_reads_is_not_visited_by_the_collector() -> None:
    was_frozen = gc.get_freeze_count()
    big = json.dumps([[]] * 30_000)
    if not was_frozen:
        gc.freeze()
    try:
        before = gc.get_freeze_count()
        value = read_json(big)
        assert gc.get_freeze_count() >= before + 30_000
        assert value == [[]] * 30_000
    finally:
        if not was_frozen:
            gc.unfreeze()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"a": 1, "b": 2}', ()),
        ('{"a": 1, "a": 2}', ("a",)),
        ('[{"b": {"c": 1, "c": 1.5}, "d": 0}, {"d": 0, "d": 1, "d": 2}]', ("c", "d")),
        ('{"a": 1, "a": 2', ()),
    ],
)
def test_names_given_twice_are_listed_once(text: str, names: tuple[str, ...]) -> None:
    assert duplicate_keys(text) == names


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (-7, "-7"),
        (1.5, "1.5"),
        ('é\n"\\\x01', '"é\\n\\"\\\\\\u0001"'),
        ("\ud83d\ud800", '"\\ud83d\\ud800"'),
        ({}, "{}"),
        ([[], {}], "[[],{}]"),
        ({"b": 1, "a": [True, None]}, '{"b":1,"a":[true,null]}'),
        (MappingProxyType({"a": (1, "x", Float("2.0"))}), '{"a":[1,"x",2.0]}'),
    ],
)
def test_values_are_written_on_one_line(value: Json, text: str) -> None:
    assert write_json(value) == text


def test_values_are_written_with_indentation_and_sorted_names() -> None:
    value: Json = {"b": [1, Float("1.10"), {}], "a": {"é": None}, "c": []}
    assert write_json(value, sort=True) == '{"a":{"é":null},"b":[1,1.10,{}],"c":[]}'
    assert write_json(value, indent=2, sort=True) == (
        '{\n  "a": {\n    "é": null\n  },\n  "b": [\n    1,\n    1.10,\n    {}\n  ],\n  "c": []\n}'
    )


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_float_that_json_does_not_have_is_refused(value: float, indent: int | None) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json([value], indent=indent)


def test_the_collector_runs_again_afterwards() -> None:
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(BadJson):
        read_json("[")
    assert gc.isenabled()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_what_is_written_is_read_again(value: Json, indent: int | None, sort: bool) -> None:
    text = write_json(value, indent=indent, sort=sort)
    text.encode()
    assert read_json(text) == value
    assert json.loads(text) == value


NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,30})([.][0-9]{1,20})?([eE][-+]?[0-9]{1,4})?", fullmatch=True
)


@given(st.lists(NUMBERS, max_size=5))
def test_numbers_stay_as_they_were_written(numbers: list[str]) -> None:
    text = "[" + ",".join(numbers) + "]"
    assert write_json(read_json(text)) == text


@given(st.text(st.sampled_from("[]{}\",:\\ \n\t0129.eE+-truefalsnd'/#aN\x01é")))
def test_reading_agrees_with_the_standard_library_or_raises_its_own_error(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        with pytest.raises(BadJson) as caught:
            read_json(text)
        assert 0 <= caught.value.offset <= len(text)
        return
    assert read_json(text) == expected
