"""JSON in strings: unfolded for reading, folded back to the same strings."""

import base64
import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.graphql.nested import Layer, Limits, NotUnfolded, fold, opened, unfold
from arazzo_tui.language.jsontext import read_json, write_json
from arazzo_tui.language.values import Json, Missing

PAYLOAD = b'{"events":{"events":[]}, "n": 1.10}'


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def zipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        (PAYLOAD.decode(), [Layer.JSON_STRING]),
        (' \n[1, "2"]\n', [Layer.JSON_STRING]),
        ("{}", [Layer.JSON_STRING]),
        (b64(PAYLOAD), [Layer.BASE64]),
        (b64(PAYLOAD).rstrip("="), [Layer.BASE64]),
        (base64.encodebytes(PAYLOAD * 1 + b" " * 90).decode(), [Layer.BASE64]),
        (base64.urlsafe_b64encode('{"a":"ÿÿ>>??~~"}'.encode()).decode(), [Layer.BASE64]),
        (b64(zipped(PAYLOAD)), [Layer.BASE64, Layer.GZIP]),
        (b64(zlib.compress(PAYLOAD)), [Layer.BASE64, Layer.ZLIB]),
    ],
)
def test_a_string_that_holds_json_is_unfolded_through_its_layers(
    text: str, layers: list[Layer]
) -> None:
    value: Json = {"data": text, "more": [1]}
    view = unfold(value)
    [found] = view.folds
    assert (found.at, list(found.layers), found.text) == (("data",), layers, text)
    assert isinstance(view.value, dict)
    assert isinstance(view.value["data"], dict | list)
    assert fold(view) == value
    assert view.fold_at(("data",)) is found
    assert view.fold_at(("more",)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "true",
        '"{}"',
        "{",
        "[1,]",
        "abcd",
        "initializeSession",
        "1jdkoe52",
        b64(b"hello"),
        b64(b"1234"),
        b64(zipped(b"no json")),
        b64(zipped(PAYLOAD)[:-5]),
        b64(zipped(PAYLOAD) + b"more"),
        b64(b"\x1f\x8bnot gzip at all"),
        b64(zipped(PAYLOAD)) + "!",
        "€" + b64(PAYLOAD),
    ],
)
def test_what_holds_no_object_or_array_stays_as_it_is(text: str) -> None:
    view = unfold([text])
    assert (view.value, view.folds) == ([text], ())


def test_strings_inside_strings_are_unfolded_too() -> None:
    event = json.dumps({"event": "signup", "at": [1]})
    events = json.dumps({"events": [{"data": {"tag": "Track", "payload": event}}]})
    value: Json = {"variables": {"data": b64(zipped(events.encode()))}}
    view = unfold(value)
    at = ("variables", "data", "events", "0", "data", "payload")
    assert [each.at for each in view.folds] == [("variables", "data"), at]
    edited = view.with_value((*at, "event"), "login")
    assert fold(view) == value
    back = unfold(fold(edited))
    assert back.value == edited.value
    assert [each.layers for each in back.folds] == [each.layers for each in view.folds]


def test_only_the_edited_string_is_written_anew() -> None:
    value: Json = {"a": '{ "x": 1.0 }', "b": '{ "y": 1.0 }', "c": "[ ]"}
    view = unfold(value).with_value(("a", "x"), 2)
    assert fold(view) == {"a": '{"x":2}', "b": '{ "y": 1.0 }', "c": "[ ]"}


@pytest.mark.parametrize(
    ("before", "after"), [("1", "1.0"), ("1", "true"), ('{"a":1,"b":2}', '{"b":2,"a":1}')]
)
def test_a_change_that_python_calls_equal_is_a_change(before: str, after: str) -> None:
    view = unfold([f"[ {before} ]"]).with_value(("0", "0"), read_json(after))
    assert fold(view) == [f"[{after}]"]


@pytest.mark.parametrize(
    "wrap",
    [
        b64,
        lambda data: b64(data).rstrip("="),
        lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
        lambda data: base64.encodebytes(data).decode(),
        lambda data: base64.encodebytes(data).decode().replace("\n", "\r\n").rstrip("\r\n"),
    ],
)
def test_edited_base64_keeps_its_alphabet_padding_and_lines(wrap: object) -> None:
    assert callable(wrap)
    before = {"a": "ÿÿÿ>>>???~~~" * 12, "b": "x"}
    after = {"a": "ÿÿÿ>>>???~~~" * 12, "b": "yyy"}
    texts = [wrap(write_json(each).encode()) for each in (before, after)]
    view = unfold([texts[0]]).with_value(("0", "b"), "yyy")
    assert fold(view) == [texts[1]]


def test_edited_gzip_has_no_time_in_it() -> None:
    view = unfold([b64(zipped(PAYLOAD))]).with_value(("0", "n"), 2)
    texts = fold(view)
    assert isinstance(texts, list)
    data = base64.b64decode(str(texts[0]))
    assert data[4:8] == bytes(4)
    assert json.loads(gzip.decompress(data)) == {"events": {"events": []}, "n": 2}


def test_a_string_put_where_one_was_unfolded_is_taken_as_it_is() -> None:
    view = unfold({"a": "[1]", "b": "[2]"}).with_value(("a",), "new text")
    assert fold(view) == {"a": "new text", "b": "[2]"}


def test_what_was_removed_is_not_folded() -> None:
    view = unfold({"a": {"b": "[1]"}}).with_value(("a",), {})
    assert fold(view) == {"a": {}}
    with pytest.raises(Missing):
        view.with_value(("a", "b"), 1)


def test_the_value_that_was_given_is_never_changed() -> None:
    value: Json = {"a": ["[1]", {"b": "[2]"}]}
    text = write_json(value)
    view = unfold(value)
    fold(view.with_value(("a", "0", "0"), 5))
    fold(view)
    assert write_json(value) == text


def test_a_bomb_stays_a_string() -> None:
    bomb = b64(zipped(b"[" + b" " * 20_000_000 + b"]"))
    assert unfold([bomb]).folds == ()
    with pytest.raises(NotUnfolded, match="is gzip of more than 16,777,216 bytes"):
        opened(bomb)


def test_the_limits_count_for_the_whole_value() -> None:
    assert len(unfold(["[1]"] * 5, Limits(places=3)).folds) == 3
    assert len(unfold(["[1]"] * 5, Limits(size=7)).folds) == 2
    deep = "[1]"
    for _ in range(5):
        deep = json.dumps([deep])
    assert len(unfold([deep], Limits(depth=2)).folds) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rubbish!", "is neither JSON nor base64"),
        ("abcde", "is not base64: its length is that of no bytes"),
        (b64(b"rubbish"), "holds neither a JSON object nor an array"),
        ("[1", "is not JSON: line 1, column 3"),
        (b64(zipped(PAYLOAD)[:-5]), "is base64 of gzip that ends too early"),
        (b64(b"\x1f\x8bxxxxxxxxxx"), "is base64 of broken gzip"),
    ],
)
def test_it_is_said_which_layer_is_broken(text: str, why: str) -> None:
    with pytest.raises(NotUnfolded) as broken:
        opened(text)
    assert str(broken.value).startswith(why)


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
SMALL = st.recursive(
    SCALARS | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=5,
)
WRAPPED = SMALL.flatmap(
    lambda value: st.sampled_from(
        [
            write_json(value),
            write_json(value, indent=2),
            b64(write_json(value).encode()),
            b64(zipped(write_json(value).encode())),
            b64(zlib.compress(write_json([write_json(value)]).encode())),
            write_json([b64(write_json({"in": write_json(value)}).encode())]),
            base64.encodebytes(write_json([value] * 9).encode()).decode(),
        ]
    )
)
ANY = st.recursive(
    SCALARS | st.text(max_size=6) | WRAPPED,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(ANY)
def test_folding_what_was_unfolded_gives_the_value_back(value: Json) -> None:
    view = unfold(value)
    assert write_json(fold(view)) == write_json(value)
    assert unfold(fold(view)) == view
