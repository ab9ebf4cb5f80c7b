"""Places of values that a person called secret: how they are written, and what stands there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.inputs import fields
from arazzo_tui.engine.marked import (
    BadPlace,
    Part,
    SecretPlace,
    marked_inputs,
    read_place,
    read_places,
    texts_in,
    with_passwords,
)
from arazzo_tui.language.values import Json


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("inputs.apiKey", SecretPlace("inputs", "", "apiKey")),
        ("$inputs.apiKey", SecretPlace("inputs", "", "apiKey")),
        ("inputs.a.b#/c~1d", SecretPlace("inputs", "", "a.b", ("c/d",))),
        ("steps.login.outputs.token", SecretPlace("outputs", "login", "token")),
        ("$steps.a.b.outputs.x#/0", SecretPlace("outputs", "a.b", "x", ("0",))),
        ("outputs.token", SecretPlace("outputs", "", "token")),
        ("steps.s.response.body#/data/pin", SecretPlace("response.body", "s", "", ("data", "pin"))),
        ("steps.s.response.body", SecretPlace("response.body", "s")),
        ("steps.s.request.header.X-Key", SecretPlace("request.header", "s", "X-Key")),
    ],
)
def test_a_place_is_written_as_expressions_name_it(text: str, place: SecretPlace) -> None:
    assert read_place(text) == place
    assert read_place(str(place)) == place


@pytest.mark.parametrize(
    "text",
    ["", "apiKey", "inputs", "inputs.", "steps.login", "steps.login.outputs", "$response.body#/a",
     "steps.s.response.body.x", "steps.s.request.header", "inputs.a#b", "inputs.a#/~2", "hunter2"],
)  # fmt: skip
def test_what_names_no_place_is_refused_and_left_out(text: str) -> None:
    with pytest.raises(BadPlace, match=r"write `inputs\.apiKey`"):
        read_place(text)
    assert read_places([text, "inputs.a"]) == (SecretPlace("inputs", "", "a"),)


PARTS: list[Part] = [
    "inputs", "outputs", "request.header", "request.body", "response.header", "response.body",
]  # fmt: skip
NAMES = st.text(st.characters(codec="ascii", min_codepoint=33, exclude_characters="#"), min_size=1)


@given(part=st.sampled_from(PARTS), name=NAMES, inside=st.lists(st.text(), max_size=3).map(tuple))
def test_every_place_that_is_written_is_read_as_the_same(
    part: Part, name: str, inside: tuple[str, ...]
) -> None:
    step = "" if part == "inputs" else "a-step"
    place = SecretPlace(part, step, "" if part.endswith("body") else name, inside)
    assert read_place(str(place)) == place


def test_what_stands_at_a_place_is_every_text_and_number_in_it() -> None:
    value: Json = {"a": ["x", 12, None, True, ""], "b": {"c": 1.5}}
    assert sorted(texts_in(value)) == ["1.5", "12", "x"]
    places = read_places(["inputs.in#/a", "inputs.gone", "inputs.in#/no", "outputs.in"])
    assert sorted(marked_inputs({"in": value}, places)) == ["12", "x"]


def test_a_marked_input_is_a_password_of_the_form() -> None:
    schema: Json = {"properties": {"pin": {"type": "string"}, "id": {"type": "string"}}}
    secret = {each.name: each.secret for each in fields(with_passwords(schema, ["inputs.pin"]))}
    assert secret == {"pin": True, "id": False}
    assert with_passwords(schema, ["inputs.pin#/deep", "steps.a.outputs.pin"]) is schema
    assert with_passwords(None, ["inputs.pin"]) is None
