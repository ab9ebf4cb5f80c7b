"""What a folder stands for: the documents in it that begin as Arazzo documents do, in one order."""

import os
import sys
from pathlib import Path

import pytest

from arazzo_tui.world.folders import documents_named

_DOCUMENT = "arazzo: 1.0.1\n"


def _write(folder: Path, *names: str, text: str = _DOCUMENT) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _found(folder: Path) -> list[str]:
    return [Path(each).relative_to(folder).as_posix() for each in documents_named([str(folder)])]


def test_a_folders_own_documents_come_first_and_all_by_name(tmp_path: Path) -> None:
    _write(tmp_path, "z.yaml", "b/y.yaml", "b/a/x.json", "a/w.yml", "c.YAML")
    assert _found(tmp_path) == ["c.YAML", "z.yaml", "a/w.yml", "b/y.yaml", "b/a/x.json"]


def test_hidden_and_generated_folders_and_other_endings_are_left_out(tmp_path: Path) -> None:
    _write(tmp_path, "a.yaml", ".git/b.yaml", "node_modules/c.yaml", "d.txt", "e")
    assert _found(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("arazzo: 1.0.1", True),
        ("# words before\n\n  arazzo: 1.0.1", True),
        ('{"info": {}, "arazzo": "1.0.1"}', True),
        ("{'arazzo': 1.0.1}", True),
        ("\ufeffarazzo: 1.0.1", True),
        ("info: 1\rarazzo: 1.0.1", True),
        ("openapi: 3.1.0\ninfo: {title: no arazzo: here}", False),
        ("arazzon: 1", False),
        ("#" * 5000 + "\narazzo: 1.0.1", False),
        ("", False),
    ],
)
def test_a_document_is_one_by_how_it_begins(tmp_path: Path, text: str, *, is_one: bool) -> None:
    _write(tmp_path, "always.yaml", "here.yaml")
    (tmp_path / "here.yaml").write_bytes(text.encode())
    assert ("here.yaml" in _found(tmp_path)) is is_one
    (tmp_path / "here.yaml").write_bytes(text.lstrip("\ufeff").encode("utf-16"))
    assert ("here.yaml" in _found(tmp_path)) is is_one


def test_documents_of_the_current_folder_are_named_as_a_person_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path, "a.yaml", "b/c.yaml")
    monkeypatch.chdir(tmp_path)
    assert list(documents_named([])) == ["a.yaml", os.path.join("b", "c.yaml")]  # noqa: PTH118
    assert list(documents_named(["b"])) == [os.path.join("b", "c.yaml")]  # noqa: PTH118


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_links_round_in_a_circle_and_pipes_stop_nothing(tmp_path: Path) -> None:
    _write(tmp_path, "a.yaml", "b/c.yaml", "z.yaml")
    (tmp_path / "circle.yaml").symlink_to(tmp_path / "circle.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "linked.yaml").symlink_to(tmp_path / "z.yaml")
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.yaml")
    assert _found(tmp_path) == ["a.yaml", "linked.yaml", "z.yaml", "b/c.yaml"]
