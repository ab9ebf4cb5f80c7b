"""The contract of `arazzo-tui check`: what it reads, what it prints, what it answers."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
API = """\
openapi: 3.1.0
info: {title: Users, version: '1'}
servers: [{url: https://api.test}]
paths: {/users: {get: {operationId: list, responses: {'200': {description: fine}}}}}
"""
RIGHT = """\
arazzo: 1.0.1
info: {title: Right, version: '1'}
sourceDescriptions: [{name: users, url: api.yaml, type: openapi}]
workflows:
  - workflowId: main
    steps:
      - stepId: list
        operationId: list
        successCriteria:
          - condition: $statusCode == 200
"""
DIALECT = RIGHT.replace("200", "2XX")
HINT = RIGHT + "        outputs: {lost: $response.body#/a}\n"
ERROR = RIGHT.replace("operationId: list", "operationId: lst")

Check = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run `check` in a folder that has all kinds of documents."""
    (tmp_path / "api.yaml").write_text(API)
    for name in ("right", "dialect", "hint", "error"):
        (tmp_path / f"{name}.yaml").write_text(globals()[name.upper()])
    (tmp_path / "broken.yaml").write_text("arazzo: 1.0.1\n\tx: 1\n")

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "arazzo_tui", "check", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, input=stdin.encode(), capture_output=True, timeout=60
        )

    return run


def problems(done: subprocess.CompletedProcess[bytes]) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["right.yaml"], 0),
        (["right.yaml", "--strict"], 0),
        (["hint.yaml"], 0),
        (["hint.yaml", "--strict"], 0),
        (["dialect.yaml"], 1),
        (["dialect.yaml", "--strict"], 1),
        (["error.yaml"], 1),
        (["right.yaml", "error.yaml"], 1),
        (["broken.yaml"], 2),
        (["api.yaml"], 2),
        (["nowhere.yaml"], 2),
        (["error.yaml", "nowhere.yaml"], 2),
    ],
)
def test_it_answers_clean_problems_or_cannot_be_read(
    check: Check, arguments: list[str], code: int
) -> None:
    assert check(*arguments).returncode == code
    assert check(*arguments, "--json").returncode == code


def test_strict_makes_errors_of_dialects_and_of_nothing_else(check: Check) -> None:
    def severities(*arguments: str) -> list[object]:
        return [each["severity"] for each in problems(check(*arguments, "--json"))]

    assert severities("dialect.yaml") == ["warning"]
    assert severities("dialect.yaml", "--strict") == ["error"]
    assert severities("hint.yaml", "--strict") == ["hint"]


def test_json_is_a_list_of_objects_with_the_members_that_the_readme_tells_of(check: Check) -> None:
    assert check("right.yaml", "--json").stdout == b"[]\n"
    (found,) = problems(check("error.yaml", "--json"))
    assert found == {
        "code": "unknown-operation",
        "severity": "error",
        "message": "there is no operation `lst` in the source `users`",
        "file": "error.yaml",
        "line": 8,
        "column": 22,
        "hint": "did you mean `list`?",
    }
    described = re.search(r"`check --json` .*?\n- ", README, re.DOTALL)
    assert described is not None
    assert all(f"`{name}`" in described.group() for name in found)


def test_a_document_on_stdin_is_read_as_if_it_stood_here(check: Check) -> None:
    assert check("-", stdin=RIGHT).returncode == 0
    done = check("-", "--json", stdin=ERROR)
    assert done.returncode == 1
    assert [(each["code"], each["file"], each["line"]) for each in problems(done)] == [
        ("unknown-operation", "-", 8)
    ]
    assert check("-", stdin="").returncode == 2


def test_a_folder_stands_for_the_arazzo_documents_in_it(check: Check, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").unlink()
    done = check(".", "--json")
    assert done.returncode == 1
    assert {each["file"] for each in problems(done)} == {"dialect.yaml", "hint.yaml", "error.yaml"}
    (tmp_path / "empty").mkdir()
    empty = check("empty")
    assert empty.returncode == 2
    assert b"there is no Arazzo document in empty" in empty.stderr


def test_a_document_named_twice_is_told_once(check: Check) -> None:
    assert len(problems(check("error.yaml", "error.yaml", "--json"))) == 1


def test_without_a_terminal_there_are_no_colours_and_the_sum_is_on_stderr(check: Check) -> None:
    done = check("dialect.yaml", "error.yaml", "hint.yaml")
    assert b"\x1b" not in done.stdout + done.stderr
    assert done.stderr.decode() == "3 documents checked: 1 error, 1 warning, 1 hint\n"
    assert done.stdout.decode().splitlines()[-4:] == [
        "error.yaml:8:22: error[unknown-operation]: there is no operation `lst` in the source `users`",
        "  8 |         operationId: lst",
        "                           ^",
        "  = did you mean `list`?",
    ]
    assert check("right.yaml").stdout == b""


@pytest.mark.parametrize("kept", [True, False])
def test_a_big_document_that_was_read_before_has_the_same_problems(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    if not kept:
        home.write_text("a file where the folder should be")
    text = (
        HINT.replace("api.yaml", "is-nowhere-at-all.yaml")
        + "# as long as big documents are\n" * 10_000
    )
    (tmp_path / "big.yaml").write_text(text)
    first, again = check("big.yaml"), check("big.yaml")
    assert (first.returncode, first.stdout) == (again.returncode, again.stdout)
    assert first.returncode == 1
    assert b"source-unavailable" in first.stdout
    assert [each.suffix for each in home.glob("**/*.*")] == [".parsed"] * kept
