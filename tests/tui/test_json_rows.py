import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.jsontext import Float, read_json, write_json
from arazzo_tui.language.printable import is_printable, printable
from arazzo_tui.language.values import Json, Missing, Pointer, follow, places
from arazzo_tui.tui.json_row_text import Part, literal, parts, row_text, size
from arazzo_tui.tui.json_rows import JsonRows, Row, Shape

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)
BODY: Json = {
    "data": {"session": {"secure_id": "abc", "tags": ["x", {"y": 1}]}},
    "errors": [],
    "ok": True,
}


def all_rows(rows: JsonRows) -> list[Row]:
    return rows.window(0, len(rows))


def texts(rows: JsonRows) -> list[str]:
    return [row_text(row) for row in all_rows(rows)]


def unfolded(document: Json) -> JsonRows:
    rows = JsonRows(document)
    rows.unfold_all()
    return rows


@given(DOCUMENTS)
def test_the_rows_of_an_unfolded_document_are_its_indented_text(document: Json) -> None:
    text = printable(write_json(document, indent=2), lines=True)
    assert "\n".join(texts(unfolded(document))) == text


@given(DOCUMENTS)
def test_a_small_document_is_unfolded_from_the_start(document: Json) -> None:
    assert texts(JsonRows(document)) == texts(unfolded(document))


@given(DOCUMENTS)
def test_each_row_leads_to_its_place_and_back(document: Json) -> None:
    rows = JsonRows(document)
    for number, row in enumerate(all_rows(rows)):
        assert follow(document, row.pointer) is row.value
        if row.shape is not Shape.CLOSE:
            assert rows.row_of(row.pointer) == number
        else:
            assert rows.end_of(rows.row_of(row.pointer)) == number


@given(DOCUMENTS, st.data())
def test_what_was_folded_unfolds_to_what_it_was(document: Json, data: st.DataObject) -> None:
    rows = JsonRows(document)
    before = texts(rows)
    number = data.draw(st.integers(0, len(before) - 1))
    shape, at = rows.row(number).shape, rows.row_near(rows.pointer_of(number))
    assert rows.fold(number) == (shape in (Shape.OPEN, Shape.CLOSE))
    if shape in (Shape.OPEN, Shape.CLOSE):
        assert rows.row(at).shape is Shape.FOLDED
        assert rows.unfold(at)
    assert texts(rows) == before


@given(DOCUMENTS, st.lists(st.integers(0, 200), max_size=12))
def test_any_folding_leaves_rows_that_lead_to_their_places(
    document: Json, steps: list[int]
) -> None:
    rows = JsonRows(document)
    for step in steps:
        number = step % len(rows)
        if not rows.fold(number):
            rows.unfold(number)
    seen = all_rows(rows)
    assert len(seen) == len(rows)
    assert [rows.row(number) for number in range(len(rows))] == seen
    for number, row in enumerate(seen):
        if row.shape is not Shape.CLOSE:
            assert rows.row_of(row.pointer) == number
    assert len(rows) == len(seen)


@given(DOCUMENTS)
def test_every_place_of_a_folded_document_can_be_unfolded_to(document: Json) -> None:
    for pointer, value in places(document):
        rows = JsonRows(document, budget=0)
        rows.fold(0)
        row = rows.row(rows.row_of(pointer))
        assert (row.pointer, row.value is value) == (pointer, True)


@given(DOCUMENTS, st.lists(st.integers(0, 200), max_size=12))
def test_folds_that_were_told_are_restored(document: Json, steps: list[int]) -> None:
    rows = JsonRows(document)
    for step in steps:
        rows.fold(step % len(rows))
    other = JsonRows(document, budget=0)
    other.restore(rows.folds())
    assert texts(other) == texts(rows)


@given(DOCUMENTS, DOCUMENTS)
def test_folds_of_another_document_are_restored_as_far_as_they_fit(
    document: Json, other: Json
) -> None:
    rows = JsonRows(other)
    rows.restore(JsonRows(document).folds())
    for number, row in enumerate(all_rows(rows)):
        if row.shape is not Shape.CLOSE:
            assert rows.row_of(row.pointer) == number


@given(DOCUMENTS)
def test_nothing_in_a_row_is_obeyed_or_hidden_by_a_terminal(document: Json) -> None:
    assert all(is_printable(text) for text in texts(JsonRows(document)))


@pytest.mark.parametrize(
    ("pointer", "shape", "text"),
    [
        ((), Shape.OPEN, "{"),
        (("data", "session", "secure_id"), Shape.LEAF, '      "secure_id": "abc",'),
        (("data", "session", "tags"), Shape.OPEN, '      "tags": ['),
        (("data", "session", "tags", "1", "y"), Shape.LEAF, '          "y": 1'),
        (("errors",), Shape.LEAF, '  "errors": [],'),
        (("ok",), Shape.LEAF, '  "ok": true'),
    ],
)
def test_a_row_says_its_name_value_and_comma(pointer: Pointer, shape: Shape, text: str) -> None:
    rows = JsonRows(BODY)
    row = rows.row(rows.row_of(pointer))
    assert (row.shape, row_text(row)) == (shape, text)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ([1, 2], "[ … 2 items ]"),
        ([1], "[ … 1 item ]"),
        ({"a": 1}, "{ … 1 key }"),
        (list(range(26_881)), "[ … 26,881 items ]"),
    ],
)
def test_a_folded_container_says_how_much_is_in_it(document: Json, text: str) -> None:
    rows = JsonRows(document)
    rows.fold(0)
    assert texts(rows) == [text]


def test_a_big_document_opens_at_the_depth_that_fits_the_budget() -> None:
    edges: list[Json] = [{"node": {"id": number}} for number in range(26_881)]
    rows = JsonRows({"data": {"edges": edges, "total": 2}, "errors": []}, budget=5_000)
    assert texts(rows) == [
        "{",
        '  "data": {',
        '    "edges": [ … 26,881 items ],',
        '    "total": 2',
        "  },",
        '  "errors": []',
        "}",
    ]


def test_a_container_that_is_opened_brings_what_fits_a_screen_with_it() -> None:
    rows = JsonRows([{"a": {"b": [1]}}, {"a": {"b": [2]}}], budget=0)
    assert texts(rows) == ["[", "  { … 1 key },", "  { … 1 key }", "]"]
    assert rows.unfold(1)
    assert texts(rows)[1:8] == [
        "  {",
        '    "a": {',
        '      "b": [',
        "        1",
        "      ]",
        "    }",
        "  },",
    ]


def test_a_place_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(Missing, match="secret"):
        JsonRows(BODY).row_of(("data", "secret"))


def test_the_nearest_row_of_a_hidden_place_is_that_of_what_is_folded_around_it() -> None:
    rows = JsonRows(BODY)
    rows.fold(rows.row_of(("data", "session")))
    near = rows.row_near(("data", "session", "tags", "1", "y"))
    assert rows.pointer_of(near) == ("data", "session")


def test_fold_all_leaves_the_document_itself_open() -> None:
    rows = JsonRows(BODY)
    rows.fold_all()
    assert texts(rows) == ["{", '  "data": { … 1 key },', '  "errors": [],', '  "ok": true', "}"]


def test_unfolding_in_turns_changes_the_rows_only_at_its_end() -> None:
    document: Json = [[number] for number in range(20_000)]
    rows = JsonRows(document, budget=0)
    lengths = [len(rows) for _ in rows.unfolding()]
    assert (len(lengths) > 5, set(lengths), len(rows)) == (True, {20_002}, 60_002)


def nested(levels: int) -> Json:
    document: Json = "bottom"
    for _ in range(levels):
        document = {"in": document}
    return document


def test_ten_thousand_levels_are_unfolded_folded_and_found() -> None:
    levels = 10_000
    rows = unfolded(nested(levels))
    assert len(rows) == 2 * levels + 1
    assert row_text(rows.row(levels)).strip() == '"in": "bottom"'
    assert len(rows.pointer_of(levels)) == levels
    assert rows.row_of(("in",) * levels) == levels
    assert rows.fold(levels - 1)
    assert rows.unfold(levels - 1)
    fresh = JsonRows(nested(levels))
    fresh.restore(rows.folds())
    assert len(fresh) == len(rows)


def test_deep_rows_are_indented_no_further_than_a_screen_bears() -> None:
    rows = unfolded(nested(200))
    assert row_text(rows.row(200)) == " " * 100 + '"in": "bottom"'


HUGE = 7 * 10**9_999 + 12_345


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Float("1.10"), "1.10"),
        (Float("1E400"), "1E400"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (float("inf"), "Infinity"),
        (-5, "-5"),
        (12345678901234567890, "12345678901234567890"),
        (True, "true"),
        (None, "null"),
        ({}, "{}"),
        ([], "[]"),
        ('a"b\\c\n\t\x1b\x00', '"a\\"b\\\\c\\n\\t\\u001b\\u0000"'),
        ("\x7f\x9b31m", '"␡⟨U+009B⟩31m"'),
        ("\u202eexe", '"⟨U+202E⟩exe"'),
        ("\ud800", '"\\ud800"'),
        ("日本語 👍", '"日本語 👍"'),
    ],
)
def test_a_leaf_is_written_as_json_writes_it_and_printable(value: Json, text: str) -> None:
    assert literal(value) == text


@pytest.mark.parametrize("value", [HUGE, -HUGE], ids=["above", "below zero"])
def test_an_integer_of_ten_thousand_digits_is_written_digit_for_digit(value: int) -> None:
    text = literal(value).lstrip("-")
    assert (len(text), text[0], text[-5:], text.strip("7012345")) == (10_000, "7", "12345", "")
    assert literal(value).startswith("-") == (value < 0)


@pytest.mark.parametrize("digits", [1, 3_999, 4_000, 4_001, 4_300, 4_301, 9_999])
def test_the_digits_of_an_integer_are_counted_without_writing_them(digits: int) -> None:
    assert (size(10 ** (digits - 1)), size(10**digits - 1)) == (digits, digits)


def test_a_long_string_is_cut_and_its_length_is_told() -> None:
    row = JsonRows(["x" * 10_000, 1]).row(1)
    assert parts(row, 20) == [
        (Part.SPACE, "  "),
        (Part.STRING, '"' + "x" * 20 + "…"),
        (Part.PUNCTUATION, ","),
        (Part.NOTE, "  10,000 characters"),
    ]


def test_a_long_number_is_cut_and_its_length_is_told() -> None:
    row = JsonRows(HUGE).row(0)
    assert row_text(row, 20) == "7" + "0" * 19 + "…  10,000 digits"


def test_a_body_as_it_was_read_keeps_the_digits_of_its_numbers() -> None:
    text = '{\n  "a": 1.50,\n  "b": 1e3,\n  "c": 100000000000000000001\n}'
    assert "\n".join(texts(JsonRows(read_json(text)))) == text


def test_rows_are_had_one_by_one_or_by_the_window() -> None:
    rows = JsonRows(json.loads(json.dumps(BODY)))
    assert rows.window(3, 4) == [rows.row(number) for number in range(3, 7)]
    assert rows.window(len(rows) - 2, 99) == [rows.row(len(rows) - 2), rows.row(len(rows) - 1)]
    for number in (-1, len(rows)):
        with pytest.raises(IndexError):
            rows.row(number)
