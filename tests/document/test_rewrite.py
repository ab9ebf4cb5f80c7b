"""One change in a document's text changes nothing else: no comment, no quote, no line end."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.load import load
from arazzo_tui.document.rewrite import (
    CannotRewrite,
    Change,
    Insert,
    Remove,
    Rename,
    SetValue,
    changed,
    rewritten,
)
from arazzo_tui.document.source import Source
from arazzo_tui.document.unified import unified_diff
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json, places


def after(text: str, change: Change, name: str = "a.yaml") -> str:
    return rewritten(Source(name, text), change).text


VALUES: list[tuple[str, Json, str]] = [
    # a number, and what stands around it
    ("a: 5  # five\nb: 1\n", 6, "a: 6  # five\nb: 1\n"),
    ("a:   5\r\nb: 1\r\n", 6.5, "a:   6.5\r\nb: 1\r\n"),
    ("{a: 5, b: 1}", True, "{a: true, b: 1}"),
    ('{"a" : 5 ,"b":1}', None, '{"a" : null ,"b":1}'),
    # strings keep their quotes
    ("a: old # c\n", "new", "a: new # c\n"),
    ("a: old\n", "yes", 'a: "yes"\n'),
    ("a: old\n", "12", 'a: "12"\n'),
    ("a: old\n", "x: y", 'a: "x: y"\n'),
    ("a: 'it''s old'\n", "it's new", "a: 'it''s new'\n"),
    ("a: 'old'\n", "12", "a: '12'\n"),
    ("a: 'old'\n", "x\ny", 'a: "x\\ny"\n'),
    ('a: "\\u00e9 old"\n', 'é "new"', 'a: "\\u00e9 \\"new\\""\n'),
    ('{"a": "\\u00e9\\/ old"}', "é/ new\t", '{"a": "\\u00e9\\/ new\\t"}'),
    ("a: old\n", "x\ufffey", 'a: "x\\ufffey"\n'),
    ("a: old\n", "x\u202ey", 'a: "x\\u202ey"\n'),
    # scalars over several lines keep their lines
    ("a: one two\n  three four\n", "one two THREE four", "a: one two\n  THREE four\n"),
    ("a: 'one two\n  three'\n", "one TWO three", "a: 'one TWO\n  three'\n"),
    ('a: "one \\\n  two"\n', "ONE two", 'a: "ONE \\\n  two"\n'),
    # literal blocks
    ("a: |\n  q {\n    x\n\n    y\n  }\nb: 1\n", "q {\n  z\n\n  y\n}\n",
     "a: |\n  q {\n    z\n\n    y\n  }\nb: 1\n"),
    ("a: |\n  x\nb: 1\n", "x\ny\n", "a: |\n  x\n  y\nb: 1\n"),
    ("a: |\n  x\n\n  y\nb: 1\n", "x\n\n  z\n\ny\n", "a: |\n  x\n\n    z\n\n  y\nb: 1\n"),
    ("a: |\n  x\n  y\nb: 1\n", "y\n", "a: |\n  y\nb: 1\n"),
    ("a: |  # c\n  x\n\n# d\nb: 1\n", "y", "a: |-  # c\n  y\n\n# d\nb: 1\n"),
    ("a: |-\n  x\nb: 1\n", "x\n", "a: |\n  x\nb: 1\n"),
    ("a: |\r\n  x\r\n  y\r\nb: 1\r\n", "x\nz\ny\n", "a: |\r\n  x\r\n  z\r\n  y\r\nb: 1\r\n"),
    ("a: |2\n    x\n  y\n", "  x\nz\n", "a: |2\n    x\n  z\n"),
    ("a: |\n\n  x\n", "\ny\n", "a: |\n\n  y\n"),
    # folded blocks
    ("a: >-\n  one two\n  three\n\n  four\n", "one two 3\nfour", "a: >-\n  one two\n  3\n\n  four\n"),
    ("a: >\n  one\nb: 1\n", "one\ntwo\n", "a: >\n  one\n\n  two\nb: 1\n"),
    # nothing, and containers
    ("a:\nb: 1\n", "x", "a: x\nb: 1\n"),
    ("a:\nb: 1\n", {"x": 1}, 'a: {"x": 1}\nb: 1\n'),
    ("a: 5 # c\nb: 1\n", [], "a: [] # c\nb: 1\n"),
    ("a:\n  x: 1\n  y: 2\nb: 1\n", 7, "a: 7\nb: 1\n"),
    ("a: [1,\n  2] # c\nb: 1\n", "x", 'a: "x" # c\nb: 1\n'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "new"), VALUES)
def test_a_value_is_written_as_the_one_before(text: str, value: Json, new: str) -> None:
    assert after(text, SetValue(("a",), value)) == new


YAML = """\
# head
a:            # the first
  # about x
  - x: 1      # one

    y: 'two'
  - {x: 1, "y": two}
b: {}
c: [p, q]  # pair
d:
- k
- # odd
  l
"""

JSON = """{
  "a": [
    1,
    2
  ],
  "b": {"x": 1, "y": 2},
  "c": {}
}
"""

LONG = "a text of more than sixty characters, which one line is too short for"

SHAPES: list[tuple[str, Change, str, str]] = [
    (YAML, Rename(("a", "0", "x"), "z"), "  - x: 1      # one\n", "  - z: 1      # one\n"),
    (YAML, Rename(("a", "1", "y"), "z"), '{x: 1, "y": two}', '{x: 1, "z": two}'),
    (YAML, Rename(("a", "1", "x"), "on"), "{x: 1, ", '{"on": 1, '),
    (YAML, Remove(("a", "0", "x")), "x: 1      # one\n\n    y:", "y:"),
    (YAML, Remove(("a", "0", "y")), "    y: 'two'\n", ""),
    (YAML, Remove(("a", "0")), "  - x: 1      # one\n\n    y: 'two'\n", ""),
    (YAML, Remove(("a", "1")), '  - {x: 1, "y": two}\n', ""),
    (YAML, Remove(("a", "1", "x")), '{x: 1, "y"', '{"y"'),
    (YAML, Remove(("a", "1", "y")), ', "y": two', ""),
    (YAML, Remove(("c", "0")), "[p, q]", "[q]"),
    (YAML, Remove(("d", "1")), "- # odd\n  l\n", ""),
    (YAML, Remove(("b",)), "b: {}\n", ""),
    (YAML, Insert(("a", "0", "m"), 5, "x"), "# one\n", "# one\n    m: 5\n"),
    (YAML, Insert(("a", "0", "m"), 5, "y"), "y: 'two'\n", "y: 'two'\n    m: 5\n"),
    (YAML, Insert(("a", "0", "m"), 5), "  - x: 1", "  - m: 5\n    x: 1"),
    (YAML, Insert(("a", "1", "n"), "s", "y"), "two}", 'two, "n": s}'),
    (YAML, Insert(("a", "1"), {"x": 2, "z": "a: b"}), '  - {x',
     '  - x: 2\n    z: "a: b"\n  - {x'),
    (YAML, Insert(("a", "2"), 9), 'two}\n', 'two}\n  - 9\n'),
    (YAML, Insert(("b", "m"), "s"), "{}", "{m: s}"),
    (YAML, Insert(("c", "1"), "s"), "[p, q]", "[p, s, q]"),
    (YAML, Insert(("d", "0"), "s"), "- k\n", "- s\n- k\n"),
    (YAML, Insert(("bb",), {"l": [{"m": "n"}], "o": "p\nq\n"}, "b"), "b: {}\n",
     'b: {}\nbb:\n  l:\n    - m: "n"\n  o: |\n    p\n    q\n'),
    (JSON, Rename(("b", "x"), "z"), '"x"', '"z"'),
    (JSON, Remove(("a", "0")), "1,\n    ", ""),
    (JSON, Remove(("a", "1")), ",\n    2", ""),
    (JSON, Remove(("b", "y")), ', "y": 2', ""),
    (JSON, Remove(("c",)), ',\n  "c": {}', ""),
    (JSON, Insert(("a", "2"), 3), "2\n", "2,\n    3\n"),
    (JSON, Insert(("a", "0"), "s"), "    1,", '    "s",\n    1,'),
    (JSON, Insert(("b", "n"), [1], "x"), "1, ", '1, "n": [1], '),
    (JSON, Insert(("c", "n"), None), "{}", '{"n": null}'),
    (JSON, Insert(("d",), {"x": LONG, "y": []}, "c"), "{}\n",
     f'{{}},\n  "d": {{\n    "x": "{LONG}",\n    "y": []\n  }}\n'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "change", "old", "new"), SHAPES)
def test_only_its_own_characters_change(text: str, change: Change, old: str, new: str) -> None:
    assert text.count(old) == 1
    assert after(text, change) == text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("a: &x 1\nb: *x\n", SetValue(("a",), 2)),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", Remove(("b", "k"))),
        ("a: &x {k: 1}\nb: *x\n", SetValue(("b", "k"), 2)),
        ("a: 1\n", SetValue(("b",), 2)),
        ("a: 1\n", SetValue((), 2)),
        ("a: 1\nb: 2\n", SetValue(("a",), "\ud800")),
    ],
    ids=["anchor", "merged", "alias", "nothing there", "the whole", "half a character"],
)
def test_a_change_that_would_change_more_is_refused(text: str, change: Change) -> None:
    with pytest.raises(CannotRewrite):
        after(text, change)


def test_an_alias_gives_way_to_a_value_of_its_own() -> None:
    assert after("a: &x 1\nb: *x\nc: *x\n", SetValue(("b",), 2)) == "a: &x 1\nb: 2\nc: *x\n"


SLOTS = {
    "plain": "k: {}\nx:\n  - v: old text  # c\n    w: 1\n",
    "single": "x:\n  - v: 'old'' text'  # c\n    w: 1\n",
    "double": 'x:\n  - v: "old\\" text"  # c\n    w: 1\n',
    "literal": "x:\n  - v: |\n      old\n        text\n\n    # c\n    w: 1\n",
    "folded": "x:\n  - v: >\n      old\n      text\n\n    # c\n    w: 1\n",
    "flow": "x: [{v: old, w: 1}]  # c\n",
    "json": '{"x": [{"v": "old", "w": 1}]}',
}

TEXTS = st.text(
    st.sampled_from("ab \n\t'\"\\:#{}[],|>-&*!%@`$?~é☃😀\x07\x85\u2028\ufeff0.")
    | st.characters(codec="utf-8"),
    max_size=30,
)  # fmt: skip


@given(st.sampled_from(sorted(SLOTS)), TEXTS)
def test_any_text_can_take_the_place_of_any_other(slot: str, value: str) -> None:
    source = Source("a.yaml", SLOTS[slot])
    again = rewritten(source, SetValue(("x", "0", "v"), value)).text
    root, problems = load(Source("a.yaml", again))
    assert root is not None
    assert write_json(root.value) == write_json(
        changed(load(source)[0].value, SetValue(("x", "0", "v"), value))  # type: ignore[union-attr]  # it loads
    )
    assert again.endswith(("# c\n", "w: 1\n", "}]}"))
    assert not problems


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = [YAML, JSON, YAML.replace("\n", "\r\n"), *SLOTS.values()]


@given(st.sampled_from(DOCUMENTS), VALUE, TEXTS, st.data())
def test_any_change_is_made_or_refused(
    text: str, value: Json, name: str, data: st.DataObject
) -> None:
    source = Source("a.yaml", text)
    root, _ = load(source)
    assert root is not None
    ways = [(way, here) for way, here in places(root.value) if way]
    way, here = data.draw(st.sampled_from(ways))
    changes: list[Change] = [SetValue(way, value), Remove(way)]
    if isinstance(here, dict) and name not in here:
        changes.append(Insert((*way, name), value, data.draw(st.sampled_from([None, *here]))))
        changes += [Rename((*way, each), name) for each in here]
    if isinstance(here, list):
        changes.append(Insert((*way, str(data.draw(st.integers(0, len(here))))), value))
    change = data.draw(st.sampled_from(changes))
    new = rewritten(source, change)
    again, _ = load(new)
    assert again is not None
    assert write_json(again.value) == write_json(changed(root.value, change))
    if isinstance(change, Insert | Rename):
        comments = re.findall("# [a-z ]+", text)
        assert all(each in new.text for each in comments)


PATCHED = [
    ("a.yaml", "a\nb\nc\n", "a\nB\nc\n"),
    ("deep/er/a b.yaml", "a\nb\n", "b\nc"),
    ("/abs/olute.yaml", "a\nb", "a\nb\n"),
    ("crlf.yaml", "a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
    ("breaks.yaml", "a\x0c\u2028b\nc\x85\n", "a\x0c\u2028B\nc\x85\n"),
    ("long.yaml", "".join(f"{n}\n" for n in range(50)), "".join(f"{n % 40}\n" for n in range(50))),
    ("dash.yaml", "-- a\n++ b\nc\n", "c\n-- b\n"),
]


@pytest.mark.parametrize(("name", "old", "new"), PATCHED)
@pytest.mark.parametrize("tool", ["patch -p1 --quiet", "git apply"])
def test_a_diff_is_applied_by_the_usual_tools(
    tool: str, name: str, old: str, new: str, tmp_path: Path
) -> None:
    command = tool.split()
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    here = tmp_path / name.lstrip("/")
    here.parent.mkdir(parents=True, exist_ok=True)
    here.write_bytes(old.encode())
    subprocess.run(command, cwd=tmp_path, input=unified_diff(name, old, new).encode(), check=True)
    assert here.read_bytes().decode() == new


def test_texts_that_are_the_same_have_no_diff() -> None:
    assert unified_diff("a", "x\n", "x\n") == ""


def test_a_name_with_control_characters_is_quoted() -> None:
    assert unified_diff('a\n"b', "x\n", "y\n").startswith('--- "a/a\\012\\"b"\n+++ "b/a')
