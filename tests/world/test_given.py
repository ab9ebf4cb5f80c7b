"""What a person gives on the command line and in files becomes values, or a sentence about it."""

import json
from pathlib import Path

import pytest

from arazzo_tui.language.jsontext import read_json
from arazzo_tui.world.assume import MethodAndPath, read_method_and_path
from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS
from arazzo_tui.world.given import (
    BadUsage,
    inputs_from_file,
    read_inputs,
    read_operations,
    read_servers,
    save_values,
    wrong_with_url,
)
from arazzo_tui.world.workspace import Workspace

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "flag": {"type": "boolean"},
        "items": {"type": "array"},
        "kind": {"enum": ["a", "b", 3]},
        "maybe": {"type": ["integer", "null"]},
    },
}


# ------------------------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text=1", {"text": "1"}),
        ("text=", {"text": ""}),
        ("text=a=b", {"text": "a=b"}),
        ("count=007", None),
        ("count=7", {"count": 7}),
        ("count=7.5", None),
        ("count=seven", None),
        ("ratio=7", {"ratio": 7}),
        ("flag=true", {"flag": True}),
        ("flag=yes", None),
        ("items=[1, {}]", {"items": [1, {}]}),
        ("items=1,2", None),
        ("kind=3", {"kind": 3}),
        ("kind=a", {"kind": "a"}),
        ("maybe=null", {"maybe": None}),
        ("undeclared=[1]", {"undeclared": [1]}),
        ("undeclared=word", {"undeclared": "word"}),
    ],
)
def test_a_text_is_read_by_the_type_of_its_input(text: str, expected: object) -> None:
    given = read_inputs([text], "")
    if expected is not None:
        assert given.for_schema(SCHEMA) == expected
    else:
        with pytest.raises(BadUsage, match=f"^-i {text.partition('=')[0]}: "):
            given.for_schema(SCHEMA)


def test_every_mistake_is_told_at_once() -> None:
    given = read_inputs(["count=x", "flag=maybe", "text=fine"], "")
    with pytest.raises(BadUsage) as caught:
        given.for_schema(SCHEMA)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "-i count",
        "-i flag",
    ]


def test_a_text_counts_more_than_the_file(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("text: from the file\ncount: 3\n")
    given = read_inputs(["text=typed", "text=last"], str(tmp_path / "in.yaml"))
    assert given.for_schema(SCHEMA) == {"text": "last", "count": 3}


@pytest.mark.parametrize("text", ["novalue", "=x", ""])
def test_a_text_needs_a_name_and_a_value(text: str) -> None:
    with pytest.raises(BadUsage, match="-i takes NAME=VALUE"):
        read_inputs([text], "")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a.json",
            '{"a": 12345678901234567890, "b": [null]}',
            {"a": 12345678901234567890, "b": [None]},
        ),
        (
            "a.yaml",
            "a: NO\nb: 12:30:45\nc: 2026-13-45",
            {"a": "NO", "b": "12:30:45", "c": "2026-13-45"},
        ),
        ("a.json", "{}", {}),
        ("a.txt", "a: 1", {"a": 1}),
    ],
)
def test_a_file_gives_an_object(tmp_path: Path, name: str, text: str, expected: object) -> None:
    (tmp_path / name).write_text(text)
    assert inputs_from_file(str(tmp_path / name)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "inputs are an object"),
        ("", "empty"),
        ("{", "line 1|:1:"),
        ("a: 1\na: 2", "twice"),
        ("- " * 5000, "."),
        ("\x00", "."),
    ],
)
def test_a_file_that_gives_none_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "in.yaml").write_text(text)
    with pytest.raises(BadUsage, match=words):
        inputs_from_file(str(tmp_path / "in.yaml"))


@pytest.mark.parametrize(
    "name", ["/no/such/file", "/", "a\0b", "~nobody-of-that-name/x", "x" * 5000]
)
def test_a_file_that_cannot_be_read_is_told(name: str) -> None:
    with pytest.raises(BadUsage):
        inputs_from_file(name)
    assert Workspace().open(name).unreadable


# ------------------------------------------------------------------------------- servers, operations


def test_a_base_url_is_given_by_the_name_of_its_source() -> None:
    found = read_servers(
        ["api=http://x.test/a?b=c", "other.api=https://y.test"], ["api", "other.api"]
    )
    assert {name: (each.url, each.by) for name, each in found.items()} == {
        "api": ("http://x.test/a?b=c", "--server api"),
        "other.api": ("https://y.test", "--server other.api"),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://x.test", "takes NAME=URL"),
        ("apo=http://x.test", "did you mean `api`"),
        ("api=", "no absolute"),
        ("api=localhost:8080", "no absolute"),
        ("api=ftp://x.test", "no absolute"),
        ("api=http://", "no absolute"),
        ("api=http://x.test:0", "no absolute"),
        ("api=http://x.test:99999", "is no URL"),
        ("api=http://[::1", "is no URL"),
        ("api=http://a\\@b.test", "backslash"),
        ("api=http://kim:secret@x.test", "credentials"),
        ("api=http://x.test/a b", "a space"),
    ],
)
def test_a_base_url_that_cannot_be_called_is_told(text: str, words: str) -> None:
    with pytest.raises(BadUsage, match=words):
        read_servers([text], ["api"])


@pytest.mark.parametrize(
    "url", ["http://localhost:8082/public", "HTTPS://[::1]:1/x", "http://bücher.test"]
)
def test_a_base_url_that_can_be_called_is_fine(url: str) -> None:
    assert wrong_with_url(url) == ""


def test_without_sources_no_name_is_known() -> None:
    with pytest.raises(BadUsage, match=r"no source `api` in the document; it has none$"):
        read_servers(["api=http://x.test"], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POST /graphql", ("POST", "/graphql")),
        (" post   /a/{b} ", ("POST", "/a/{b}")),
        ("GET", ("GET", "")),
        ("query /x?y=1", ("QUERY", "/x?y=1")),
        ("", None), ("/x", None), ("FETCH /x", None), ("GET x", None), ("GET /a b", None),
        ("POST/x", None), ("GET http://x.test/a", None),
    ],
)  # fmt: skip
def test_a_method_and_a_path_are_written_like_a_request(
    text: str, expected: tuple[str, str] | None
) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="such as `POST /path`"):
            read_method_and_path(text)
    else:
        assert read_method_and_path(text) == MethodAndPath(*expected)


def test_an_operation_is_given_by_its_id() -> None:
    assert read_operations(["a.b=POST /x", "c=GET"]) == {
        "a.b": MethodAndPath("POST", "/x"),
        "c": MethodAndPath("GET", ""),
    }
    for wrong in ("createThing", "a=POST x"):
        with pytest.raises(BadUsage, match=r"^--operation: write"):
            read_operations([wrong])


# ------------------------------------------------------------------------------- saving


def test_inputs_are_saved_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    said = save_values(str(path), {"id": "1", "token": "t0p", "n": 1.50}, ["token"])
    assert said == f"saved to {path}, without token"
    assert read_json(path.read_bytes()) == {"id": "1", "n": 1.5}
    assert inputs_from_file(str(path)) == {"id": "1", "n": 1.5}
    assert oct(path.stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("name", ["/no/such/folder/x.json", "/", "a\0b", "~nobody-of-that-name/x"])
def test_what_cannot_be_saved_is_told(name: str) -> None:
    assert save_values(name, {"a": 1}, []).startswith("not saved: ")


# ------------------------------------------------------------------------------- what travels along


def test_the_demo_opens_and_its_inputs_fit() -> None:
    found = Workspace().open(str(DEMO_DOCUMENT))
    assert found.description is not None
    assert found.problems == () or all(each.dialect for each in found.problems)
    assert inputs_from_file(str(DEMO_INPUTS))


# ------------------------------------------------------------------------------- files that inputs name

PHOTO = {"type": "object", "properties": {"photo": {"type": "string", "format": "binary"}}}


def test_an_inputs_file_names_files_of_its_own_workspace_alone(tmp_path: Path) -> None:
    home = tmp_path / "repository"
    (home / ".git").mkdir(parents=True)
    (home / "link.png").symlink_to(tmp_path / "key.png")
    file = home / "inputs.json"
    for inside in (home / "cat.png", home / "a" / "cat.png"):
        file.write_text(json.dumps({"photo": str(inside)}))
        assert read_inputs([], str(file)).for_schema(PHOTO) == {"photo": str(inside)}
    outsides = ("key.png", "repository/../key.png", "repository/link.png", "a\0b", "\ud800")
    for outside in (*(str(tmp_path / each) for each in outsides), "/etc/passwd"):
        file.write_text(json.dumps({"photo": outside}))
        with pytest.raises(BadUsage, match="where that is meant, give -i photo="):
            read_inputs([], str(file)).for_schema(PHOTO)
        typed = read_inputs([f"photo={outside}"], str(file)).for_schema(PHOTO)
        assert typed == {"photo": outside}
