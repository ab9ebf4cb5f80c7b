"""Big documents are read once: what is kept gives the same data, and nothing wrong with it matters."""

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Array, Node, Object
from arazzo_tui.document.source import Source
from arazzo_tui.language.values import Json
from arazzo_tui.world import parsed
from arazzo_tui.world.parsed import _SUM, Parsed, _sum

_TEXT = """\
arazzo: 1.0.1
info: {title: "a \\u00e4 ☃", version: '1'}
numbers: [1, -2, 1.5, 1.10, 1e400, 0x1F, null, true, 12345678901234567890123]
nested:
  - {}
  - []
  - - [a, b]
    - "c": |
        text
        of lines
"""


def _same(one: Json, other: Json) -> bool:
    """Whether two values are the same data at the same places, to the digit."""
    if isinstance(one, Object) and isinstance(other, Object):
        here = (one.line, one.column, one.places) == (other.line, other.column, other.places)
        return here and list(one) == list(other) and all(_same(one[n], other[n]) for n in one)
    if isinstance(one, Array) and isinstance(other, Array):
        here = (one.line, one.column, one.places) == (other.line, other.column, other.places)
        pairs = zip(one, other, strict=False)
        return here and len(one) == len(other) and all(_same(a, b) for a, b in pairs)
    return type(one) is type(other) and str(one) == str(other)


def _is_same(one: Node | None, other: Node | None) -> bool:
    if one is None or other is None:
        return one is other
    place = (one.source, one.line, one.column) == (other.source, other.line, other.column)
    return place and _same(one.value, other.value)


@pytest.mark.parametrize(
    "text",
    [
        _TEXT,
        '{"a": [1.10, {"b": null}], "c": ""}',
        "just a word",
        "[]",
        "a: {b: {c: 1.0}}\r\nd: 1\r\n",
    ],
)
def test_a_document_that_was_kept_is_the_same_to_the_digit_and_the_column(
    tmp_path: Path, text: str
) -> None:
    source = Source("d.yaml", text)
    Parsed(tmp_path / "cache", least=0).load(source)
    assert len(list((tmp_path / "cache").iterdir())) == 1
    again, problems = Parsed(tmp_path / "cache", least=0).load(source)
    assert problems == ()
    assert _is_same(again, load(source)[0])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_json_is_kept_comes_back(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    source = Source("d.json", json.dumps(value))
    reader = Parsed(tmp_path_factory.getbasetemp() / "parsed", least=0)
    first, again = reader.load(source), reader.load(source)
    assert first[1] == again[1] == load(source)[1]
    assert _is_same(first[0], again[0])


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: 1}\nc: *x\n",
        "a: 1\na: 2\n",
        "a: [\n",
        "",
        '"\\ud800"',
    ],
)
def test_what_cannot_be_kept_whole_or_has_problems_is_read_as_ever(
    tmp_path: Path, text: str
) -> None:
    source = Source("d.yaml", text)
    reader = Parsed(tmp_path / "cache", least=0)
    for _ in range(2):
        node, problems = reader.load(source)
        assert problems == load(source)[1]
        assert _is_same(node, load(source)[0])
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())


def test_a_short_document_is_not_kept(tmp_path: Path) -> None:
    Parsed(tmp_path / "cache").load(Source("d.yaml", _TEXT))
    assert not (tmp_path / "cache").exists()


def _damages(data: bytes) -> list[bytes]:
    whole = json.loads(data[_SUM:])
    line, column, value, objects, arrays, digits = whole
    wrong: list[object] = [
        [],
        {},
        None,
        [line, column, value, objects[:-1], arrays, digits],
        [line, column, value, [*objects, objects[0]], arrays, digits],
        [line, column, value, objects, arrays[:-1], digits],
        [line, column, value, objects, [[1, 1, []] for _ in arrays], digits],
        [line, column, value, [[1, 1, [[1, 1]]] for _ in objects], arrays, digits],
        [line, column, value, objects, arrays, [[0, 0, "1; no number"]]],
        [line, column, value, objects, arrays, [[99, 0, "1"]]],
        [line, column, value, objects, arrays, [[0, 99, "1"]]],
        [line, column, value, objects, arrays, [[0, -1, "1"]]],
        ["1", column, value, objects, arrays, digits],
    ]
    texts = [json.dumps(each).encode() for each in wrong]
    deep = b"[" * 100_000
    return [
        *(_sum(each) + each for each in (*texts, deep)),
        b"",
        b"\0",
        data[:-9],
        deep,
        data + b"x",
    ]


@pytest.mark.parametrize("number", range(19))
def test_a_damaged_file_is_passed_over_and_written_anew(tmp_path: Path, number: int) -> None:
    source = Source("d.yaml", "a: {b: [1, 2.50]}\nc: [d]\n")
    reader = Parsed(tmp_path / "cache", least=0)
    reader.load(source)
    (path,) = (tmp_path / "cache").iterdir()
    whole = path.read_bytes()
    path.write_bytes(_damages(whole)[number])
    node, problems = reader.load(source)
    assert problems == ()
    assert _is_same(node, load(source)[0])
    assert path.read_bytes() == whole


def test_no_bit_of_a_file_can_turn_into_another_value(tmp_path: Path) -> None:
    source = Source("d.yaml", "a: {b: [1, 2.50]}\nc: [d]\n")
    reader = Parsed(tmp_path / "cache", least=0)
    reader.load(source)
    (path,) = (tmp_path / "cache").iterdir()
    whole = path.read_bytes()
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            node, problems = reader.load(source)
            assert problems == ()
            assert _is_same(node, load(source)[0])


def test_another_text_and_another_kind_of_name_have_files_of_their_own(tmp_path: Path) -> None:
    reader = Parsed(tmp_path / "cache", least=0)
    for name, text in (("d.yaml", "[1]"), ("e.yaml", "[1]"), ("d.yaml", "[2]"), ("d.json", "[1]")):
        reader.load(Source(name, text))
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_a_document_is_known_by_its_own_name_and_not_by_that_it_was_kept_under(
    tmp_path: Path,
) -> None:
    reader = Parsed(tmp_path / "cache", least=0)
    reader.load(Source("one.yaml", "a: 1"))
    again, _ = reader.load(Source("two.yaml", "a: 1"))
    assert again is not None
    assert str(again.mark) == "two.yaml:1:1"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    Parsed(tmp_path / "cache", least=0).load(Source("d.yaml", "a: 1"))
    (path,) = (tmp_path / "cache").iterdir()
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_a_folder_that_others_can_write_in_is_neither_read_nor_written(tmp_path: Path) -> None:
    folder, source = tmp_path / "cache", Source("d.yaml", "a: 1")
    reader = Parsed(folder, least=0)
    reader.load(source)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"b"'))
    folder.chmod(0o777)
    node, _ = reader.load(source)
    assert node is not None
    assert node.value == {"a": 1}
    assert b'"b"' in path.read_bytes()


@pytest.mark.parametrize("what", ["no home", "a file", "a link"])
def test_without_a_folder_everything_is_read_as_ever(tmp_path: Path, what: str) -> None:
    folder: Path | None = tmp_path / "cache"
    match what:
        case "no home":
            folder = None
        case "a file":
            (tmp_path / "cache").write_text("in the way")
        case _:
            (tmp_path / "elsewhere").mkdir()
            (tmp_path / "cache").symlink_to(tmp_path / "elsewhere")
    node, problems = Parsed(folder, least=0).load(Source("d.yaml", "a: 1"))
    assert node is not None
    assert (node.value, problems) == ({"a": 1}, ())
    assert not list((tmp_path / "elsewhere").glob("*"))


def test_of_too_many_files_those_used_longest_ago_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    reader = Parsed(folder, least=0)
    for number in range(parsed.MOST_FILES):
        reader.load(Source("d.yaml", f"[{number}]"))
    for at, path in enumerate(sorted(folder.iterdir())):
        os.utime(path, (1000 + at, 1000 + at))
    oldest, second = sorted(folder.iterdir())[:2]
    (folder / "a note of mine").write_text("stays")
    for number in range(parsed.MOST_FILES):  # the oldest is used again, by whichever text it is of
        if _used(reader, number, oldest):
            break
    reader.load(Source("d.yaml", "[one, more]"))
    assert oldest.exists()
    assert not second.exists()
    assert len(list(folder.glob("*.parsed"))) == parsed.MOST_FILES
    assert (folder / "a note of mine").exists()


def _used(reader: Parsed, number: int, path: Path) -> bool:
    before = path.stat().st_mtime_ns
    if path.read_bytes()[_SUM:].startswith(f"[1,1,[{number}],".encode()):
        reader.load(Source("d.yaml", f"[{number}]"))
    return path.stat().st_mtime_ns != before
