"""Inputs of a workflow: what a form asks for, what typed text means, defaults, and what does not fit."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.engine.inputs import (
    BadValue,
    Field,
    InputError,
    fields,
    parse_value,
    secret_values,
    validate,
    with_defaults,
    write_value,
)
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json

LOOP: Json = {"$ref": "#"}


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def field(**schema: Json) -> Field:
    (only,) = fields({"properties": {"x": schema}})
    return only


# What a form asks for


@pytest.mark.parametrize(
    ("schema", "kind", "types"),
    rows(
        ("a string", {"type": "string"}, "string", ("string",)),
        ("a number", {"type": "number"}, "number", ("number",)),
        ("an integer", {"type": "integer"}, "integer", ("integer",)),
        ("a boolean", {"type": "boolean"}, "boolean", ("boolean",)),
        ("an object", {"type": "object"}, "json", ("object",)),
        ("an array", {"type": "array"}, "json", ("array",)),
        ("several types", {"type": ["string", "null"]}, "json", ("string", "null")),
        ("any type", {}, "json", ()),
        ("an object by its properties", {"properties": {}}, "json", ("object",)),
        ("an array by its items", {"items": {}}, "json", ("array",)),
        ("choices", {"type": "string", "enum": ["a", "b"]}, "enum", ("string",)),
        ("one choice", {"const": 5}, "enum", ()),
        ("an empty list of choices", {"enum": []}, "json", ()),
        ("true", True, "json", ()),
        ("a type that is none", {"type": 5}, "json", ()),
        (
            "through allOf",
            {"allOf": [{"description": "x"}, {"type": "integer"}]},
            "integer",
            ("integer",),
        ),
    ),
)
def test_a_field_has_the_kind_of_its_schema(
    schema: Json, kind: str, types: tuple[str, ...]
) -> None:
    (found,) = fields({"properties": {"x": schema}})
    assert (found.name, found.kind, found.types) == ("x", kind, types)


def test_a_field_tells_what_the_schema_tells() -> None:
    found = field(
        type="string", description="A token", format="password", default=None, examples=["a", "b"]
    )
    assert found == Field(
        name="x", kind="string", required=False, description="A token", types=("string",), format="password",
        has_default=True, default=None, examples=("a", "b"),
    )  # fmt: skip
    assert found.secret
    assert field(example=5).examples == (5,)
    assert not field(type="string").has_default
    assert not field(format="date").secret


def test_fields_come_in_the_order_of_the_document_and_required_ones_are_marked() -> None:
    """WFL-3"""
    found = fields({
        "properties": {"b": {}, "a": {}},
        "required": ["a", "z", "y", 5],
        "allOf": [{"properties": {"c": {}, "b": {"type": "string"}}, "required": ["c"]}],
    })  # fmt: skip
    assert [(each.name, each.required, each.declared) for each in found] == [
        ("b", False, True),
        ("a", True, True),
        ("c", True, True),
        ("y", True, False),
        ("z", True, False),
    ]
    assert found[0].kind == "json"


def test_references_are_followed_and_circles_end() -> None:
    """WFL-4"""
    schema: Json = {
        "$ref": "#/$defs/a%20b",
        "$defs": {
            "a b": {
                "properties": {
                    "x": {"$ref": "#/$defs/a%20b/properties/y"},
                    "y": {"type": "integer"},
                    "z": LOOP,
                }
            },
            "é": LOOP,
        },
    }
    assert [(each.name, each.kind) for each in fields(schema)] == [
        ("x", "integer"),
        ("y", "integer"),
        ("z", "json"),
    ]
    assert fields(LOOP) == fields({"allOf": [LOOP]}) == ()
    assert (
        fields({"$ref": "#/nope"})
        == fields({"$ref": "https://x.test/s"})
        == fields({"$ref": 5})
        == ()
    )


@pytest.mark.parametrize(
    "schema", [None, True, False, [], 5, "x", {}, {"properties": []}, {"required": "x"}]
)
def test_what_names_no_inputs_has_no_fields(schema: Json) -> None:
    assert fields(schema) == ()


def test_an_alternative_names_inputs_too() -> None:
    """in-the-wild: oneOf"""
    found = fields({
        "oneOf": [
            {"properties": {"kind": {"const": "card"}, "card": {"type": "string"}, "id": {"type": "integer"}},
             "required": ["kind", "card"]},
            {"properties": {"kind": {"const": "bank"}, "id": {"type": "string"}}},
        ],
        "properties": {"own": {"type": "boolean"}},
        "required": ["own"],
    })  # fmt: skip
    assert [(each.name, each.kind, each.types, each.choices, each.required) for each in found] == [
        ("own", "boolean", ("boolean",), (), True),
        ("kind", "enum", (), ("card", "bank"), False),
        ("card", "string", ("string",), (), False),
        ("id", "json", ("integer", "string"), (), False),
    ]


# What typed text means


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    rows(
        ("a string is the text as it is", {"type": "string"}, "abc", "abc"),
        ("a string of digits", {"type": "string"}, "5", "5"),
        ("a string that looks like JSON", {"type": "string"}, '{"a": 1}', '{"a": 1}'),
        ("a string in quotes keeps them", {"type": "string"}, '"a"', '"a"'),
        ("an empty string", {"type": "string"}, "", ""),
        ("an integer", {"type": "integer"}, " -5 ", -5),
        ("an integer of 400 digits", {"type": "integer"}, "9" * 400, int("9" * 400)),
        ("an integer with a point", {"type": "integer"}, "5.0", 5.0),
        ("a number", {"type": "number"}, "1.5", 1.5),
        ("an integer is a number", {"type": "number"}, "5", 5),
        ("a boolean", {"type": "boolean"}, "true", True),
        ("null", {"type": "null"}, "null", None),
        ("an object", {"type": "object"}, '{"a": [1]}', {"a": [1]}),
        ("an array", {"type": "array"}, "[1, null]", [1, None]),
        ("a string or null: null", {"type": ["string", "null"]}, "null", None),
        ("a string or null: a string", {"type": ["string", "null"]}, "abc", "abc"),
        ("a string or null: digits", {"type": ["string", "null"]}, "5", "5"),
        ("a string or an integer: digits", {"type": ["string", "integer"]}, "5", 5),
        ("anything: JSON", {}, "5", 5),
        ("anything: text", {}, "hello", "hello"),
        ("a choice", {"enum": ["a", "b"]}, "b", "b"),
        ("a choice that is no text", {"enum": [1, 2]}, "2", 2),
        ("a text before a number", {"enum": [1, "1"]}, "1", "1"),
        ("one is not true", {"enum": [True, 1]}, "1", 1),
        ("true is not one", {"enum": [1, True]}, "true", True),
        ("a choice of null", {"enum": [None, "a"]}, "null", None),
        ("no choice is the text", {"enum": [None, "a"]}, "zzz", "zzz"),
        ("a choice that is an object", {"enum": [{"a": 1}]}, '{"a":1.0}', {"a": 1}),
    ),
)
def test_text_is_parsed_by_the_declared_type(
    schema: dict[str, Json], text: str, value: Json
) -> None:
    """A-5"""
    found = parse_value(field(**schema), text)
    assert (found, type(found)) == (value, type(value))


def test_a_number_keeps_its_digits() -> None:
    found = parse_value(field(type="number"), "1.10")
    assert isinstance(found, Float)
    assert write_value(found) == "1.10"


@pytest.mark.parametrize(
    ("schema", "text", "sentence"),
    rows(
        ("no integer", {"type": "integer"}, "abc", 'an integer is expected; "abc" is none ('),
        ("a fraction", {"type": "integer"}, "5.5", "an integer is expected, this is a number"),
        ("no number", {"type": "number"}, '"5"', "a number is expected, this is a string"),
        ("no boolean", {"type": "boolean"}, "True", 'a boolean is expected; "True" is none ('),
        ("no object", {"type": "object"}, "[1]", "an object is expected, this is an array"),
        ("no JSON", {"type": "object"}, "{a: 1}", "an object is expected; write it as JSON ("),
        ("none of several", {"type": ["integer", "null"]}, "x", "an integer or null is expected; "),
        ("nothing", {"type": "integer"}, "", 'an integer is expected; "" is none ('),
    ),
)
def test_text_that_is_no_value_of_the_type_is_refused(
    schema: dict[str, Json], text: str, sentence: str
) -> None:
    with pytest.raises(BadValue) as wrong:
        parse_value(field(**schema), text)
    assert str(wrong.value).startswith(sentence)


# Defaults

INNER: Json = {"properties": {"o": {"properties": {"a": {"default": 1}}}}}
INNER2: Json = {"properties": {"o": {"properties": {"c": {"default": 3}}}}}


@pytest.mark.parametrize(
    ("schema", "values", "filled"),
    rows(
        ("nothing given", {"properties": {"a": {"default": 1}}}, {}, {"a": 1}),
        ("something given", {"properties": {"a": {"default": 1}}}, {"a": 2}, {"a": 2}),
        ("null given", {"properties": {"a": {"default": 1}}}, {"a": None}, {"a": None}),
        ("falsy defaults", {"properties": {"a": {"default": 0}, "b": {"default": None}}}, {},
         {"a": 0, "b": None}),
        ("no default", {"properties": {"a": {}}}, {}, {}),
        ("undeclared ones stay", {"properties": {}}, {"z": 1}, {"z": 1}),
        ("inside", INNER, {"o": {"b": 2}}, {"o": {"b": 2, "a": 1}}),
        ("inside, of two descriptions", {"allOf": [INNER, INNER2]}, {"o": {}}, {"o": {"a": 1, "c": 3}}),
        ("not where nothing is", INNER, {}, {}),
        ("inside a default", {"properties": {"o": {"default": {}, "properties": {"a": {"default": 1}}}}}, {},
         {"o": {"a": 1}}),
        ("not in what is no object", INNER, {"o": [{}]}, {"o": [{}]}),
        ("through references", {"$ref": "#/$defs/x", "$defs": {"x": {"properties": {"a": {"default": 1}}}}},
         {}, {"a": 1}),
        ("through allOf", {"allOf": [{"properties": {"a": {"default": 1}}}]}, {}, {"a": 1}),
        ("not through an alternative", {"oneOf": [{"properties": {"a": {"default": 1}}}]}, {}, {}),
        ("no schema", None, {"a": 1}, {"a": 1}),
        ("a boolean schema", False, {"a": 1}, {"a": 1}),
    ),
)  # fmt: skip
def test_defaults_fill_what_was_not_given(
    schema: Json, values: dict[str, Json], filled: Json
) -> None:
    """A-5"""
    before = copy.deepcopy((schema, values))
    assert with_defaults(schema, values) == filled
    assert (schema, values) == before


def test_defaults_that_refer_to_themselves_come_to_an_end() -> None:
    twice: Json = {"properties": {"a": {"default": {}, **LOOP}, "b": {"default": {}, **LOOP}}}
    filled = with_defaults(twice, {})
    assert set(filled) == {"a", "b"}
    assert set(filled["a"]) == {"a", "b"}


# What does not fit


@pytest.mark.parametrize(
    ("schema", "values", "errors"),
    rows(
        ("they fit", {"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": 1}, []),
        ("no schema", None, {"a": 1}, []),
        ("true", True, {"a": 1}, []),
        ("a type", {"properties": {"a": {"type": "integer"}}}, {"a": "x"},
         ['`a`: "x" is not of type "integer"']),
        ("a required one", {"required": ["a"]}, {}, ["`a`: is required"]),
        ("all of them", {"required": ["a", "b"], "properties": {"c": {"type": "null"}}}, {"c": 1},
         ["`a`: is required", "`b`: is required", '`c`: 1 is not of type "null"']),
        ("inside", {"properties": {"o": {"required": ["a"]}}}, {"o": {}}, ["`o` at /a: is required"]),
        ("an item", {"properties": {"l": {"items": {"type": "string"}}}}, {"l": ["a", 5]},
         ['`l` at /1: 5 is not of type "string"']),
        ("one that nobody knows", {"additionalProperties": False}, {"z": 1, "y": 2},
         ["`y`: is not an input of this workflow", "`z`: is not an input of this workflow"]),
        ("one that is forbidden", {"properties": {"a": False}}, {"a": 1}, ["`a`: is not allowed"]),
        ("one beside the known", {"properties": {"a": {}}, "unevaluatedProperties": False}, {"z": 1},
         ["`z`: is not an input of this workflow"]),
        ("a format", {"properties": {"a": {"format": "date"}}}, {"a": "today"},
         ['`a`: "today" is not a "date"']),
        ("a format nobody knows", {"properties": {"a": {"format": "int32"}}}, {"a": "x"}, []),
        ("1.0 is an integer", {"properties": {"a": {"type": "integer"}}}, {"a": 1.0}, []),
        ("true is no integer", {"properties": {"a": {"type": "integer"}}}, {"a": True},
         ['`a`: true is not of type "integer"']),
        ("a reference",
         {"properties": {"a": {"$ref": "#/$defs/%C3%A9%20x"}}, "$defs": {"é x": {"type": "string"}}},
         {"a": 1}, ['`a`: 1 is not of type "string"']),
        ("an anchor", {"properties": {"a": {"$ref": "#n"}}, "$defs": {"x": {"$anchor": "n", "type": "null"}}},
         {"a": 1}, ['`a`: 1 is not of type "null"']),
        ("oneOf", {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1}, []),
        ("oneOf: none", {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {},
         ["{} is not valid under any of the schemas listed in the 'oneOf' keyword"]),
        ("an older dialect is read as 2020-12", {"$schema": "http://json-schema.org/draft-07/schema#",
         "properties": {"a": {"type": "string"}}}, {"a": 1}, ['`a`: 1 is not of type "string"']),
        ("false", False, {"a": 1}, ['False schema does not allow {"a":1}']),
        ("a circle", LOOP, {"a": 1}, []),
        ("a pattern that explodes", {"properties": {"a": {"pattern": "^(a+)+$"}}}, {"a": "a" * 50 + "b"},
         None),
    ),
)  # fmt: skip
def test_everything_that_does_not_fit_is_said_at_its_place(
    schema: Json, values: dict[str, Json], errors: list[str] | None
) -> None:
    """A-4"""
    found = sorted(str(each) for each in validate(schema, values))
    if errors is None:
        assert len(found) == 1
    else:
        assert found == sorted(errors)


@pytest.mark.parametrize(
    ("schema", "sentence"),
    rows(
        ("a type that is none", {"type": "objct"}, '"objct" is not valid'),
        ("a pattern that is none", {"properties": {"a": {"pattern": "("}}}, '"(" is not a "regex"'),
        ("a reference to nothing", {"$ref": "#/$defs/x"}, "/$defs/x"),
        ("an anchor that is none", {"$ref": "#x"}, "'x' does not exist"),
        ("a reference that is no URI", {"$ref": "http://[bad"}, "http://[bad"),
        ("a list", [], "neither an object nor a boolean"),
        ("a text", "x", "neither an object nor a boolean"),
    ),
)
def test_a_schema_that_is_wrong_is_one_error_about_the_whole(schema: Json, sentence: str) -> None:
    (error,) = validate(schema, {"a": 1})
    assert (error.at, error.name) == ((), "")
    assert "inputs' schema" in error.message
    assert sentence in error.message


@pytest.mark.parametrize(
    "uri",
    [
        "https://x.test/schema.json",
        "http://127.0.0.1:9/s",
        "file:///etc/passwd",
        "other.json",
        "urn:x",
    ],
)
def test_a_schema_outside_the_document_is_never_fetched(uri: str) -> None:
    """DOC-17"""
    (error,) = validate({"properties": {"a": {"$ref": uri}}}, {"a": 1})
    assert error.at == ()
    assert "cannot be used" in error.message


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    rows(
        ("an integer", {"type": "integer"}, 10**400, True),
        ("a number", {"type": "number"}, 10**400, True),
        ("beyond a minimum", {"minimum": 5}, 10**400, True),
        ("beyond a maximum", {"maximum": 10**399}, 10**400, False),
        ("exactly", {"const": 10**400}, 10**400, True),
        ("one more", {"const": 10**400}, 10**400 + 1, False),
        ("digits of a float", {"type": "number", "maximum": 1.2}, Float("1.10"), True),
        ("beyond all floats", {"type": "number"}, Float("1e999"), True),
        ("more digits than Python converts", {"type": "number"}, Float("9" * 5000), True),
        ("a bound of many digits", {"minimum": Float("1.50")}, Float("1.10"), False),
    ),
)
def test_numbers_of_any_length_are_validated(
    schema: dict[str, Json], value: Json, fits: bool
) -> None:
    errors = validate({"properties": {"a": schema}}, {"a": value})
    assert (errors == ()) is fits
    assert all(len(error.message) <= 200 for error in errors)


@pytest.mark.parametrize(
    "schema",
    [
        {"minLength": 20},
        {"type": "integer"},
        {"pattern": "^x"},
        {"enum": ["a", "b"]},
        {"not": {}},
        {"format": "date"},
    ],
)
def test_the_value_of_a_password_is_in_no_error(schema: dict[str, Json]) -> None:
    """DOC-13"""
    whole: Json = {"properties": {"p": {"allOf": [{"format": "password"}, schema]}}}
    errors = validate(whole, {"p": "hunter2"})
    assert errors
    assert "hunter2" not in " ".join(map(str, errors))
    assert "hunter2" not in str(validate({**whole, "maxProperties": 0}, {"p": "hunter2"}))


def test_a_long_value_is_not_repeated_in_its_error() -> None:
    (error,) = validate({"properties": {"a": {"type": "integer"}}}, {"a": "x" * 500})
    assert str(error) == '`a`: this value is not of type "integer"'


def test_an_error_names_its_input() -> None:
    assert InputError(("a", "b", "c/d"), "is required").name == "a"
    assert str(InputError(("a", "b", "c/d"), "is required")) == "`a` at /b/c~1d: is required"
    assert str(InputError((), "no")) == "no"


# Laws

LAWS = settings(deadline=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYWORDS = st.sampled_from(
    ["type", "properties", "required", "enum", "const", "default", "allOf", "oneOf", "anyOf", "$ref", "$defs",
     "items", "format", "description", "examples", "pattern", "additionalProperties"]
)  # fmt: skip
SCHEMAS = st.recursive(
    st.booleans()
    | st.sampled_from(["string", "integer", "#", "#/$defs/a", "#x", "(", 5, None, [], {}])
    | st.sampled_from(
        [{"type": "string"}, {"type": ["integer", "null"]}, {"$ref": "#"}, {"default": {}}]
    ),
    lambda inner: (
        st.dictionaries(KEYWORDS, inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "$ref"]), inner, max_size=3)
        | st.lists(inner, max_size=2)
    ),
    max_leaves=10,
)


@LAWS
@given(schema=SCHEMAS, values=st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON, max_size=3))
def test_whatever_the_schema_nothing_raises_and_nothing_changes(
    schema: Json, values: dict[str, Json]
) -> None:
    before = copy.deepcopy((schema, values))
    for found in fields(schema):
        assert isinstance(found.name, str)
    filled = with_defaults(schema, values)
    assert values.items() <= filled.items() or any(
        isinstance(each, dict) for each in values.values()
    )
    assert all(str(error) for error in validate(schema, filled))
    assert (schema, values) == before


@LAWS
@given(value=JSON)
def test_what_is_written_for_a_value_is_read_as_it_again(value: Json) -> None:
    kinds = {
        str: "string",
        bool: "boolean",
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
    }
    declared = field(type=kinds.get(type(value), "null"))
    assert parse_value(declared, write_value(value)) == value


@LAWS
@given(
    text=st.text(),
    schema=st.sampled_from(
        [{}, {"type": "string"}, {"type": ["string", "null"]}, {"enum": ["a", 1]}]
    ),
)
def test_where_a_string_is_allowed_no_text_is_refused(text: str, schema: dict[str, Json]) -> None:
    value = parse_value(field(**schema), text)
    assert value == text or json.loads(text) == value


def doubling(keyword: str, times: int = 40) -> Json:
    """Definitions that each name the next one twice."""
    twice = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(times)}
    return {"$ref": "#/$defs/d0", "$defs": {**twice, f"d{times}": {"type": "object"}}}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_schema_that_explodes_is_refused_by_its_limit(keyword: str) -> None:
    assert validate(doubling(keyword, 3), {}) == () or keyword == "oneOf"
    (wrong,) = validate(doubling(keyword), {})
    assert wrong.message.endswith("it takes more than 1,000,000 steps")


def test_a_schema_that_explodes_along_a_value_is_refused_too() -> None:
    here = {"properties": {"x": {"$ref": "#"}}}
    value: dict[str, Json] = {}
    for _ in range(60):
        value = {"x": value}
    schema = {"allOf": [here, here]}
    assert "1,000,000 steps" in validate(schema, value)[0].message
    assert with_defaults(schema, value) == value
    assert list(secret_values(schema, value)) == []


def test_a_schema_that_names_itself_and_a_long_chain_are_no_obstacle() -> None:
    chain = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(2_000)}
    whole = {
        "$defs": {**chain, "d2000": {"type": "string"}},
        "properties": {"x": {"$ref": "#/$defs/d0"}},
    }
    assert validate(whole, {"x": "a"}) == ()
    assert validate(whole, {"x": 1}) != ()
    assert (
        validate({"properties": {"x": {"$ref": "#"}, "y": {"$ref": "#"}}}, {"x": {"y": {}}}) == ()
    )
