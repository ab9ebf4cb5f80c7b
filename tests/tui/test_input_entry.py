"""What a field of the inputs form opens with, and what a text typed into it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.inputs import BadValue, parse_value
from arazzo_tui.language.jsontext import read_json, write_json
from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.input_entry import (
    LONGEST_EDITED,
    LONGEST_LINE,
    Control,
    Entry,
    Given,
    Question,
    answer,
    asked,
    entries,
    escaped,
    is_taken_as_text,
    option_labels,
    without_secrets,
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def entry(schema, given=(), *, required=False):
    whole = {"type": "object", "properties": {"x": schema}}
    if required:
        whole["required"] = ["x"]
    (only,) = entries(whole, dict(given), {})
    return only


@pytest.mark.parametrize(
    ("schema", "control"),
    [
        ({"type": "string"}, Control.LINE),
        ({"type": "integer"}, Control.LINE),
        ({"type": "number"}, Control.LINE),
        ({"type": ["string", "null"]}, Control.LINE),
        ({"type": ["integer", "null"]}, Control.LINE),
        ({"type": "boolean"}, Control.CHOICE),
        ({"type": ["boolean", "null"]}, Control.CHOICE),
        ({"enum": ["a", 1]}, Control.CHOICE),
        ({"const": "a"}, Control.CHOICE),
        ({"type": "object"}, Control.JSON),
        ({"type": "array"}, Control.JSON),
        ({"type": ["string", "array"]}, Control.JSON),
        ({}, Control.JSON),
        ({"type": "string", "default": "a\nb"}, Control.LINES),
        ({"type": "string", "format": "password", "default": "a\nb"}, Control.LINE),
    ],
)
def test_a_schema_decides_how_its_value_is_entered(schema, control):
    assert entry(schema).control is control


@pytest.mark.parametrize(
    ("schema", "given_values", "required", "text", "meaning"),
    [
        ({"type": "string"}, {}, False, "", None),
        ({"type": "string"}, {}, True, "", None),
        ({"type": "string"}, {"x": ""}, True, "", Given("")),
        ({"type": "string"}, {"x": "a"}, False, "", None),
        ({"type": "string", "default": "a"}, {}, False, "", Given("")),
        ({"type": "string", "default": ""}, {}, False, "", Given("")),
        ({"type": "string"}, {}, False, " ", Given(" ")),
        ({"type": "string"}, {}, False, "5", Given("5")),
        ({"type": "integer"}, {}, False, " ", None),
        ({"type": "integer"}, {}, False, " 5 ", Given(5)),
        ({"type": "integer", "default": 5}, {}, False, "", None),
        ({"type": "number"}, {}, False, "5", Given(5)),
        ({"type": ["string", "null"]}, {}, False, "null", Given(None)),
        ({"type": ["string", "null"]}, {}, False, "5", Given("5")),
        ({"type": "object"}, {}, True, " \n", None),
        ({"type": "object"}, {}, True, '{"a": 1}', Given({"a": 1})),
        ({}, {}, False, "words", Given("words")),
        ({}, {}, False, '"5"', Given("5")),
        ({}, {}, False, "5", Given(5)),
    ],
)
def test_a_text_means_a_value_or_none(schema, given_values, required, text, meaning):
    assert answer(entry(schema, given_values, required=required), text) == meaning


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "integer"}, "five"),
        ({"type": "integer"}, "5.5"),
        ({"type": "number"}, "1,5"),
        ({"type": "object"}, "[]"),
        ({"type": "object"}, "{"),
        ({"type": ["integer", "null"]}, "none"),
    ],
)
def test_a_text_that_is_no_value_of_its_type_is_refused(schema, text):
    with pytest.raises(BadValue, match="is expected"):
        answer(entry(schema), text)


@given(values)
def test_a_text_that_nobody_touched_stands_for_the_value_it_was_made_from(value):
    opened = entry({}, {"x": value})
    assert answer(opened, opened.text) is opened.opening
    assert opened.opening == Given(value)


@given(values)
def test_the_text_of_a_value_is_read_as_that_value(value):
    opened = entry({}, {"x": value})
    if opened.text.strip():
        assert write_json(parse_value(opened.field, opened.text)) == write_json(value)


@given(values)
def test_an_escaped_text_is_the_same_json_with_nothing_hidden_in_it(value):
    text = escaped(write_json(value, indent=2))
    assert read_json(text) == read_json(write_json(value))
    assert all(is_printable(line) for line in text.split("\n"))


def test_names_only_used_and_names_only_given_follow_the_declared_ones():
    found = entries({"properties": {"a": {}}}, {"c": 1, "a": 2}, {"c": "last run"}, ["b", "a"])
    assert [(each.key, each.field.declared, each.origin) for each in found] == [
        ("a", True, "given"),
        ("b", False, ""),
        ("c", False, "last run"),
    ]


@pytest.mark.parametrize(
    ("schema", "given_values", "required", "labels", "chosen"),
    [
        ({"type": "boolean"}, {}, False, ["not given", "true", "false"], 0),
        ({"type": "boolean"}, {}, True, ["not given", "true", "false"], 0),
        ({"type": "boolean"}, {"x": False}, True, ["true", "false"], 1),
        ({"type": "boolean"}, {"x": False}, False, ["not given", "true", "false"], 2),
        ({"type": "boolean", "default": True}, {}, False, ["true", "false"], 0),
        ({"type": "boolean"}, {"x": "no"}, True, ["true", "false", '"no"'], 2),
        ({"type": ["boolean", "null"]}, {"x": None}, True, ["true", "false", "null"], 2),
        ({"enum": ["a", "b"]}, {"x": "b"}, True, ["a", "b"], 1),
        ({"enum": ["1", 1, True]}, {"x": True}, True, ['"1"', "1", "true"], 2),
        ({"enum": ["a", ""]}, {"x": ""}, True, ["a", '""'], 1),
        ({"enum": ["a"]}, {"x": "gone"}, True, ["a", "gone"], 1),
    ],
)
def test_a_choice_offers_what_is_allowed_and_what_it_opened_with(
    schema, given_values, required, labels, chosen
):
    found = entry(schema, given_values, required=required)
    assert (option_labels(found), found.chosen) == (labels, chosen)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "x" * (LONGEST_LINE + 1)),
        ({"type": "array"}, ["x" * LONGEST_EDITED]),
    ],
)
def test_a_value_too_long_to_edit_is_kept_or_left_out(schema, value):
    found = entry(schema, {"x": value})
    assert found.control is Control.CHOICE
    assert found.options == (Given(value), None)
    assert "too long to edit" in option_labels(found)[0]


def test_a_secret_too_long_to_edit_is_not_shown():
    schema = {"type": "string", "format": "password"}
    found = entry(schema, {"x": "hush" * LONGEST_LINE}, required=True)
    assert option_labels(found) == [f"••• ({4 * LONGEST_LINE:,} characters, too long to edit)"]


@pytest.mark.parametrize(
    "text", ["https://api.example.com", "http://localhost:8080/graphql", "https://[::1]/x?y=1"]
)
def test_an_absolute_url_answers_a_question(text):
    assert answer(asked(Question("api", "api", "", "")), f" {text} ") == Given(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is required"),
        ("api.example.com", "absolute http or https"),
        ("ftp://example.com", "absolute http or https"),
        ("https://", "absolute http or https"),
        ("https://[::1", "no URL"),
        ("https://example.com:port", "no URL"),
        ("https://exa mple.com", "no spaces"),
        ("https://example.com/\u202e", "invisible"),
    ],
)
def test_anything_else_does_not(text, sentence):
    with pytest.raises(BadValue, match=sentence):
        answer(asked(Question("api", "api", "", "")), text)


@pytest.mark.parametrize(
    ("schema", "text", "is_text"),
    [
        ({}, '{"a": ', True),
        ({}, '{"a": 1}', False),
        ({}, "words", False),
        ({"type": "string"}, "{", False),
        ({"type": "object"}, "{", False),
    ],
)
def test_broken_json_in_a_field_that_takes_strings_is_noticed(schema, text, is_text):
    assert is_taken_as_text(entry(schema), text) is is_text


def test_a_message_about_values_does_not_tell_a_secret():
    message = '"hu\\"sh" is shorter; {"a":"hu\\"sh"} is no object; hu"sh'
    assert without_secrets(message, ['hu"sh']) == '••• is shorter; {"a":•••} is no object; •••'


def test_an_entry_without_a_value_has_no_text():
    assert entry({"type": "string"}) == Entry(
        "x",
        "x",
        entry({"type": "string"}).field,
        Control.LINE,
        placeholder="not given",
    )
