"""What is masked in a line: every secret, wherever it stands, and nothing else changes its kind."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.secrets import MASK, Redactor, is_weak
from arazzo_tui.world.masking import MASKED, masked

SECRET = st.text(
    st.characters(codec="utf-8", exclude_characters="•"), min_size=4, max_size=12
).filter(
    lambda text: text.strip() == text and not is_weak(text) and not set(text) <= set("0123456789")
)
TEXT = st.text(max_size=20)


def leaves(value: object) -> list[str]:
    match value:
        case dict():
            return [each for pair in value.items() for part in pair for each in leaves(part)]
        case list():
            return [each for part in value for each in leaves(part)]
        case _:
            return [str(value)]


@given(secret=SECRET, before=TEXT, after=TEXT, data=st.binary(max_size=8))
def test_no_secret_is_left_and_masking_twice_is_masking_once(
    secret: str, before: str, after: str, data: bytes
) -> None:
    text = f"{before}{secret}{after}"
    line = {
        "inputs": {"a": [text, {text: secret}], "b": 7},
        "reason": text,
        "headers": [["X", text]],
        "response": {"body": {"json": json.dumps({"a": text, "n": 1})}},
        "partial": {"body": {"base64": base64.b64encode(data + text.encode() + data).decode()}},
    }
    once = masked(line, Redactor([secret]))
    assert masked(once, Redactor([secret])) == once
    body = base64.b64decode(once["partial"]["body"]["base64"]).decode("utf-8", "replace")
    inner = leaves(json.loads(once["response"]["body"]["json"]))
    for found in (*leaves(once), body, *inner):
        assert secret not in found.replace(MASKED, "\x00")
    assert json.loads(once["response"]["body"]["json"])["n"] == 1


@given(text=TEXT, secret=SECRET)
def test_what_holds_no_secret_is_left_as_it_is(text: str, secret: str) -> None:
    line = {"reason": text, "n": 3, "response": {"body": {"json": f" {json.dumps(text)} "}}}
    changed = masked(line, Redactor([secret])) != line
    assert changed == (
        Redactor([secret]).value([text, json.dumps(text)]) != [text, json.dumps(text)]
    )
    assert masked(line, Redactor()) is line


@pytest.mark.parametrize("name", ["stage", "workflow", "step", "closed", "member", "phase"])
def test_names_of_the_document_are_no_secrets(name: str) -> None:
    assert masked({name: "test"}, Redactor(["test"])) == {name: "test"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"document": "/home/test/doc.yaml"}, {"document": "/home/test/doc.yaml"}),
        (
            {"document": "https://host/doc.yaml?key=test"},
            {"document": f"https://host/doc.yaml?key={MASKED}"},
        ),
        ({"status": 1234, "size": 1234}, {"status": 1234, "size": 1234}),
        ({"value": 1234}, {"value": MASKED}),
        ({"inputs": {"pin": 1234, "n": 1.10}}, {"inputs": {"pin": MASKED, "n": 1.10}}),
        ({"reason": MASK}, {"reason": MASK}),
    ],
)
def test_a_secret_is_masked_where_it_can_be_one(value: object, expected: object) -> None:
    assert masked(value, Redactor(["test", "1234"])) == expected
