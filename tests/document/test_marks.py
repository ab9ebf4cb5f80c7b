"""Every value of a document knows where it is written, down to the characters of a string."""

import json

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Array, Node, Object, plain
from arazzo_tui.document.source import Source
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json

YAML = """\
arazzo: 1.0.1
info: {title: "Pets", tags: [a, 'b']}
steps:
  - stepId: one
    body: &body
      id: 7
  - stepId: two
    body: *body
    other:
      <<: *body
      more: yes
"""


def root(text: str, name: str = "t.yaml") -> Node:
    node, problems = load(Source(name, text))
    assert node is not None, problems
    return node


def at(node: Node | None, *way: str | int) -> Node:
    for step in way:
        assert node is not None
        node = node.item(step) if isinstance(step, int) else node.get(step)
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("way", "place", "pointer"),
    [
        ((), (1, 1), ()),
        (("arazzo",), (1, 9), ("arazzo",)),
        (("info",), (2, 7), ("info",)),
        (("info", "title"), (2, 15), ("info", "title")),
        (("info", "tags", 1), (2, 33), ("info", "tags", "1")),
        (("steps",), (4, 3), ("steps",)),
        (("steps", 1), (7, 5), ("steps", "1")),
        (("steps", 1, "body"), (8, 11), ("steps", "1", "body")),
        (("steps", 1, "body", "id"), (6, 11), ("steps", "1", "body", "id")),
        (("steps", 1, "other", "id"), (6, 11), ("steps", "1", "other", "id")),
        (("steps", 1, "other", "more"), (11, 13), ("steps", "1", "other", "more")),
    ],
)
def test_a_value_stands_where_it_is_written(
    way: tuple[str | int, ...], place: tuple[int, int], pointer: tuple[str, ...]
) -> None:
    node = at(root(YAML), *way)
    assert (node.mark.line, node.mark.column) == place
    assert node.path == pointer


def test_a_name_has_a_place_of_its_own() -> None:
    steps = root(YAML).get("steps")
    assert steps is not None
    assert str(root(YAML).key_mark("steps")) == "t.yaml:3:1"
    assert str(steps.item(0).key_mark("body")) == "t.yaml:5:5"
    assert str(steps.item(0).key_mark("absent")) == "t.yaml:4:5"
    assert str(steps.key_mark("absent")) == "t.yaml:4:3"


def test_what_is_not_there_is_none_or_nothing() -> None:
    node = root(YAML)
    assert node.get("absent") is None
    assert at(node, "steps").get("0") is None
    assert list(node.items()) == []
    assert list(at(node, "steps").members()) == []
    with pytest.raises(IndexError):
        at(node, "steps").item(2)
    with pytest.raises(IndexError):
        node.item(0)


def test_members_and_items_come_in_the_order_of_writing() -> None:
    node = root("b: 1\na: [x, y]\n")
    assert [name for name, _ in node.members()] == ["b", "a"]
    assert [item.value for item in at(node, "a").items()] == ["x", "y"]


def test_aliases_share_one_object() -> None:
    node = root(YAML)
    assert at(node, "steps", 0, "body").value is at(node, "steps", 1, "body").value


def test_a_document_is_plain_json_for_those_who_do_not_ask() -> None:
    node = root(YAML)
    assert isinstance(node.value, Object)
    assert isinstance(at(node, "steps").value, Array)
    assert json.loads(json.dumps(node.value)) == node.value


def exact_types(value: Json) -> bool:
    if isinstance(value, dict):
        return type(value) is dict and all(exact_types(child) for child in value.values())
    if isinstance(value, list):
        return type(value) is list and all(exact_types(child) for child in value)
    return True


def test_plain_gives_builtin_types_and_keeps_what_is_shared() -> None:
    node = root(YAML)
    copy = plain(node.value)
    assert copy == node.value
    assert exact_types(copy)
    assert isinstance(copy, dict)
    assert copy["steps"][0]["body"] is copy["steps"][1]["body"]


def test_plain_of_a_document_full_of_aliases_is_as_small_as_the_document() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 18)]
    copy = plain(root("\n".join(lines)).value)
    assert isinstance(copy, dict)
    assert copy["a17"][0] is copy["a17"][1]


def test_plain_numbers_keep_their_digits_unless_exact_types_are_wanted() -> None:
    value = root("[1.10, 1e400, -1e400, 2]").value
    kept = plain(value)
    assert isinstance(kept, list)
    assert [str(number) for number in kept] == ["1.10", "1e400", "-1e400", "2"]
    largest = 1.7976931348623157e308
    floats = plain(value, digits=False)
    assert isinstance(floats, list)
    assert floats == [1.1, largest, -largest, 2]
    assert not any(isinstance(number, Float) for number in floats)


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("a: $inputs.id", 1, (1, 5)),
        ("a: '$inputs.id'", 1, (1, 6)),
        ('a: "$inputs.id"', 1, (1, 6)),
        ('a: "$inputs.id"', 10, (1, 15)),
        ('a: "$inputs.id"', 99, (1, 15)),
        ('a: "$inputs.id"', -5, (1, 5)),
        ("a: &x '$inputs.id'", 1, (1, 9)),
        ("a: !!str $inputs.id", 1, (1, 11)),
        ("a: 'it''s $x'", 5, (1, 11)),
        ('a: "\\"$x\\" \\u0041$y"', 1, (1, 7)),
        ('a: "\\"$x\\" \\u0041$y"', 6, (1, 18)),
        ('{"a": "\\ud83d\\ude00$x"}', 1, (1, 20)),
        ('{"a": "\\ud83d$x"}', 1, (1, 14)),
        ("a: |\n  one\n  two $x\nb: 1", 8, (3, 7)),
        ("a: |2-\n    one\n   two\n", 2, (2, 5)),
        ("a: |\n  one\n  two\n", 8, (3, 6)),
        ("a: |\n\n  one\n", 1, (3, 3)),
        ("a: |\r\n  one\r\n  two\r\n", 4, (3, 3)),
        ("a: >\n  one\n  two $x\n", 8, (3, 7)),
        ("a: >-\n  one\n\n  two\n", 4, (4, 3)),
        ("a: one\n  two $x # no\nb: 1", 8, (2, 7)),
        ("a: 'one\n\n  two $x'", 8, (3, 7)),
        ('a: "one \\\n  two $x"', 8, (2, 7)),
        ('a: "one\\\n\n  two"', 4, (3, 3)),
        ("x: &x $inputs.id\na: *x", 3, (2, 4)),
        ("a: 12", 1, (1, 4)),
        ("a: 😀$x", 1, (1, 5)),
    ],
)
def test_a_character_of_a_string_has_a_place(
    text: str, offset: int, place: tuple[int, int]
) -> None:
    node = at(root(text), "a")
    mark = node.inside(offset)
    assert (mark.line, mark.column) == place


WORDS = st.text(st.sampled_from("ab $#{}:'\"\\-|>,é😀\n\t"), min_size=1, max_size=60)


@given(
    value=WORDS,
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.integers(5, 40),
    nested=st.booleans(),
)
def test_each_character_of_a_yaml_string_is_found_where_it_stands(
    value: str, style: str | None, width: int, *, nested: bool
) -> None:
    written = {"a": [value]} if nested else {"a": value}
    text = yaml.dump(written, default_style=style, width=width, allow_unicode=True)
    assume(
        yaml.safe_load(text) == written
    )  # PyYAML folds some strings so that it reads others back
    node = at(root(text), "a", *([0] if nested else []))
    assert node.value == value
    lines = text.split("\n")
    for offset, character in enumerate(value):
        mark = node.inside(offset)
        here = lines[mark.line - 1][mark.column - 1 : mark.column]
        assert character.isspace() or here in (character, "\\")


@given(st.text(max_size=40), st.sampled_from([True, False]))
def test_each_character_of_a_json_string_is_found_where_it_stands(
    value: str, ascii_only: bool
) -> None:
    text = json.dumps({"a": value}, ensure_ascii=ascii_only)
    node = at(root(text), "a")
    for offset, character in enumerate(value):
        mark = node.inside(offset)
        assert mark.line == 1
        assert text[mark.column - 1] in (character, "\\")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def nodes(node: Node) -> list[Node]:
    """A node and everything in it."""
    inner = [child for _, child in node.members()] + list(node.items())
    return [node, *(found for child in inner for found in nodes(child))]


@given(JSON, st.sampled_from([None, 0, 3]), st.booleans())
def test_the_text_of_every_json_value_begins_at_its_mark(
    value: Json, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    source = Source("t.json", text)
    node, problems = load(source)
    assert problems == ()
    assert node is not None
    for each in nodes(node):
        begins = source.line(each.line)[each.column - 1 :]
        expected = json.dumps(each.value, indent=indent, ensure_ascii=ascii_only).split("\n")[0]
        assert begins.startswith(expected)


# PyYAML writes some words of YAML 1.1 without quotes that are numbers in YAML 1.2: no digits here.
WRITTEN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab -:#'\"{é\n", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("ab :?é", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(WRITTEN, st.sampled_from([True, False, None]))
def test_the_text_of_every_yaml_value_begins_at_its_mark(value: Json, flow: bool | None) -> None:
    text = yaml.safe_dump({"top": value}, default_flow_style=flow, allow_unicode=True)
    node, problems = load(Source("t.yaml", text))
    assert problems == ()
    assert node is not None
    for each in nodes(node):
        line = node.source.line(each.line)
        alone = line[each.column - 1 :]
        if isinstance(each.value, str):
            assert alone[:1] in ("'", '"', "|", ">", each.value[:1])
        elif isinstance(each.value, int) and not isinstance(each.value, bool):
            assert alone.startswith(str(each.value))
