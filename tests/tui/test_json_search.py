import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json, Missing, Pointer, follow, places
from arazzo_tui.tui.json_search import find, find_around, says

BODY: Json = {
    "data": {"session": {"secure_id": "Abc-1", "project_id": 12}},
    "list": [None, True, 1.5, "abc", ["ABC"], {"abc": "x"}],
    "price": Float("1.10"),
}
TEXTS = st.text("ab1", max_size=2)
ODD_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(0, 120)
    | st.floats(0, 9, width=16)
    | st.just(Float("1.10"))
    | st.text('aAkK1.\u212a\u0130é\n"', max_size=3)
)
LONG = st.recursive(
    st.lists(ODD_LEAVES, min_size=16, max_size=40)
    | st.dictionaries(st.text("aAkK\u212aé", max_size=4), ODD_LEAVES, min_size=16, max_size=20),
    lambda inner: st.lists(ODD_LEAVES | inner, min_size=16, max_size=20),
    max_leaves=3,
)
"""Containers with so many members that they are searched piece by piece."""
LEAVES = st.none() | st.booleans() | st.integers(0, 120) | TEXTS
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("session", None, ("data", "session")),
        ("secure", None, ("data", "session", "secure_id")),
        ("abc", None, ("data", "session", "secure_id")),
        ("abc", ("data", "session", "secure_id"), ("list", "3")),
        ("abc", ("list", "3"), ("list", "4", "0")),
        ("abc", ("list", "4", "0"), ("list", "5", "abc")),
        ("abc", ("list", "5", "abc"), None),
        ("ABC", None, ("list", "4", "0")),
        ("12", None, ("data", "session", "project_id")),
        ("null", None, ("list", "0")),
        ("tru", None, ("list", "1")),
        ("1.5", None, ("list", "2")),
        ("1.10", None, ("price",)),
        ("nowhere", None, None),
        ("", None, None),
    ],
)
def test_the_first_place_after_another_is_found(
    text: str, start: Pointer | None, found: Pointer | None
) -> None:
    assert find(BODY, text, start) == found


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (None, ("list", "5", "abc")),
        (("list", "5", "abc"), ("list", "4", "0")),
        (("list", "4", "0"), ("list", "3")),
        (("list", "3"), ("data", "session", "secure_id")),
        (("data", "session", "secure_id"), None),
    ],
)
def test_the_first_place_before_another_is_found(
    start: Pointer | None, found: Pointer | None
) -> None:
    assert find(BODY, "abc", start, backwards=True) == found


@pytest.mark.parametrize(
    ("backwards", "past", "found"),
    [
        (False, False, ("data", "session", "secure_id")),
        (False, True, ("list", "2")),
        (True, False, None),
        (True, True, ("data", "session", "project_id")),
    ],
)
def test_a_container_is_entered_from_the_side_one_stands_on(
    backwards: bool, past: bool, found: Pointer | None
) -> None:
    assert find(BODY, "1", ("data", "session"), backwards=backwards, past=past) == found


@given(DOCUMENTS, st.text("ab1", min_size=1, max_size=2))
def test_every_place_that_says_it_is_found_in_order_and_no_other(document: Json, text: str) -> None:
    every_place_is_found(document, text)


@given(LONG, st.text('aAkK1.\u212aéu"\n', min_size=1, max_size=2))
def test_no_place_of_a_long_container_is_passed_over(document: Json, text: str) -> None:
    every_place_is_found(document, text)


def test_only_two_letters_outside_ascii_have_a_small_one_in_it() -> None:
    letters = map(chr, range(0x80, sys.maxunicode + 1))
    in_ascii = [each for each in letters if any(small < "\x80" for small in each.lower())]
    assert in_ascii == ["\u0130", "\u212a"]


def every_place_is_found(document: Json, text: str) -> None:
    """From the beginning and from the end, each place once, in its order."""
    expected = [pointer for pointer, _ in places(document) if says(document, pointer, text)]
    for backwards in (False, True):
        found: list[Pointer] = []
        here = find(document, text, None, backwards=backwards)
        while here is not None:
            found.append(here)
            here = find(document, text, here, backwards=backwards)
        assert found == (expected[::-1] if backwards else expected)


@given(DOCUMENTS, st.text("ab1", min_size=1, max_size=2), st.data())
def test_from_the_end_of_a_container_what_is_in_it_lies_behind(
    document: Json, text: str, data: st.DataObject
) -> None:
    everywhere = [pointer for pointer, _ in places(document)]
    here = data.draw(st.sampled_from(everywhere))
    at = everywhere.index(here)
    inside = sum(pointer[: len(here)] == here for pointer in everywhere)
    saying = [pointer for pointer in everywhere if says(document, pointer, text)]
    after = [pointer for pointer in saying if everywhere.index(pointer) >= at + inside]
    before = [pointer for pointer in saying if everywhere.index(pointer) < at + inside]
    assert find(document, text, here, past=True) == next(iter(after), None)
    if follow(document, here) and isinstance(follow(document, here), (dict, list)):
        found = find(document, text, here, backwards=True, past=True)
        assert found == next(iter(before[::-1]), None)


@given(DOCUMENTS, st.text("ab1", min_size=1, max_size=2), st.booleans(), st.data())
def test_around_the_end_every_place_up_to_the_start_is_searched(
    document: Json, text: str, backwards: bool, data: st.DataObject
) -> None:
    everywhere = [pointer for pointer, _ in places(document)]
    start = data.draw(st.sampled_from(everywhere))
    past = isinstance(follow(document, start), (dict, list)) and data.draw(st.booleans())
    at = everywhere.index(start)
    inside = sum(pointer[: len(start)] == start for pointer in everywhere)
    cut = at + inside if past else at + (not backwards)
    before, after = everywhere[:cut], everywhere[cut:]
    circle = before[::-1] + after[::-1] if backwards else after + before
    saying = [pointer for pointer in circle if says(document, pointer, text)]
    found = find_around(document, text, start, backwards=backwards, past=past)
    assert found == next(iter(saying), None)


def test_a_start_that_is_no_place_is_said_to_be_missing() -> None:
    with pytest.raises(Missing):
        find(BODY, "x", ("data", "nothing"))


def test_ten_thousand_levels_are_searched_from_both_ends() -> None:
    document: Json = "bottom"
    for _ in range(10_000):
        document = [document]
    bottom = ("0",) * 10_000
    assert find(document, "bottom", None) == bottom
    assert find(document, "bottom", None, backwards=True) == bottom


def test_an_integer_of_any_length_can_be_searched() -> None:
    assert find([10**5_000 + 77], "00077", None) == ("0",)
