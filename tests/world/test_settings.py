"""The settings file: found near a document, read with places, written line by line, without secrets."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import plain
from arazzo_tui.document.source import Severity, Source
from arazzo_tui.world.answers import choice, kept, recalled
from arazzo_tui.world.bundled import DEMO_DOCUMENT
from arazzo_tui.world.credentials import Variable
from arazzo_tui.world.settings import FILE_NAME, keep, settings_of
from arazzo_tui.world.settings_text import CannotEdit, with_entry
from arazzo_tui.world.state import Given, State

TODAY = "2026-11-23"
URL = "http://localhost:8082/public"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a document in a folder of it."""
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / "flows").mkdir()
    (root / "flows" / "a.yaml").touch()
    return root


def document(project: Path) -> str:
    return str(project / "flows" / "a.yaml")


def says(project: Path, text: str, folder: str = "flows") -> Path:
    path = project / folder / FILE_NAME
    path.write_text(text, "utf-8")
    return path


# ------------------------------------------------------------------------------- where it is


def test_without_a_file_it_would_stand_beside_the_document(project: Path) -> None:
    found = settings_of(document(project))
    assert (found.path, found.document) == (project / "flows" / FILE_NAME, "a.yaml")
    assert (found.servers, found.problems) == ({}, ())
    assert not (project / "flows" / FILE_NAME).exists()


def test_a_folder_above_is_looked_at_up_to_the_root_of_the_repository(project: Path) -> None:
    (project.parent / FILE_NAME).write_text("servers: {api: http://outside.test}")
    assert settings_of(document(project)).servers == {}
    says(project, "servers: {api: http://root.test}", ".")
    found = settings_of(document(project))
    assert found.servers["api"].value == "http://root.test"
    assert found.document == "flows/a.yaml"
    says(project, "servers: {api: http://near.test}")
    assert settings_of(document(project)).servers["api"].value == "http://near.test"


@pytest.mark.parametrize("address", ["https://api.test/a.yaml", str(DEMO_DOCUMENT)])
def test_a_url_and_the_demo_have_no_folder_of_their_own(address: str) -> None:
    found = settings_of(address)
    assert found.path is None
    assert keep(found, {"api": Given(URL, TODAY)}, {}) == "this document has no folder of its own"


def test_a_link_out_of_the_repository_is_not_read(project: Path) -> None:
    outside = project.parent / "outside.yaml"
    outside.write_text("servers: {api: http://outside.test}")
    (project / "flows" / FILE_NAME).symlink_to(outside)
    found = settings_of(document(project))
    assert found.servers == {}
    assert "leads out of" in found.wrong[0].message


def test_a_pipe_in_its_place_holds_nobody_up(project: Path) -> None:
    os.mkfifo(project / "flows" / FILE_NAME)
    assert "is no regular file" in settings_of(document(project)).wrong[0].message


# ------------------------------------------------------------------------------- what it says


WHOLE = """
# ours
servers:
  api: http://all.test
  other: {url: http://other.test, answered: 2026-01-02}
operations:
  make: POST /things
credentials:
  api:
    key: {env: ARAZZO_TUI_STAGE, origins: [https://API.test:443/x]}
documents:
  ./a.yaml:
    servers: {api: {url: "http://own.test", answered: 2026-11-23}}
    operations: {find: {call: GET /things, answered: 2026-11-23}}
    credentials:
  b.yaml:
    servers: {api: http://b.test}
"""


def test_what_it_says_of_a_document_stands_over_what_it_says_of_all(project: Path) -> None:
    says(project, WHOLE)
    found = settings_of(document(project))
    assert found.problems == ()
    assert found.servers == {
        "api": Given("http://own.test", TODAY, FILE_NAME),
        "other": Given("http://other.test", "2026-01-02", FILE_NAME),
    }
    assert {name: each.value for name, each in found.operations.items()} == {
        "make": "POST /things", "find": "GET /things",
    }  # fmt: skip
    assert found.variables == {("api", "key"): Variable("ARAZZO_TUI_STAGE", ("https://api.test",))}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Given(URL, TODAY, FILE_NAME), "your answer of 2026-11-23 in arazzo-tui.yaml"),
        (Given(URL, "", f"{FILE_NAME}, line 3"), "arazzo-tui.yaml, line 3"),
        (Given(URL, TODAY), "your answer of 2026-11-23"),
    ],
)
def test_the_origin_of_a_base_url_is_told(answer: Given, words: str) -> None:
    assert choice(answer).by == words


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "servers:\n", "documents:\n  a.yaml:\n"])
def test_a_file_may_say_nothing(project: Path, text: str) -> None:
    says(project, text)
    found = settings_of(document(project))
    assert (found.servers, found.problems) == ({}, ())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("servers: [a]", 1, "`servers` is an object"),
        ("- a", 1, "the settings file is an object"),
        ("servers:\n  api: ftp://x.test", 2, "is no absolute http(s) URL"),
        ("servers:\n  api: 5", 2, "has no url"),
        ("servers:\n  api:\n    answered: x", 3, "has no url"),
        ("operations:\n  op: things", 2, "write a method and a path"),
        ("documents:\n  a.yaml: 5", 2, "a document's entry is an object"),
        ("servers: {a: b", 1, ""),
        ("servers:\n  a: http://x\n  a: http://y", 3, ""),
        (
            "credentials:\n  api:\n    key: {env: AWS_SECRET_ACCESS_KEY}",
            3,
            "begins with ARAZZO_TUI_",
        ),
        ("credentials:\n  api:\n    key: {env: 'ARAZZO_TUI_a b'}", 3, "begins with ARAZZO_TUI_"),
        ("credentials:\n  api:\n    key: {origins: [x]}", 3, "an origin is written"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_nothing_is_used(
    project: Path, text: str, line: int, message: str
) -> None:
    says(project, text)
    found = settings_of(document(project))
    assert (found.servers, found.operations, found.variables) == ({}, {}, {})
    problem = found.wrong[0]
    assert message in problem.message
    assert problem.mark is not None
    assert problem.mark.source.name.endswith(FILE_NAME)
    assert problem.mark.line == line


def test_a_secret_that_stands_there_is_refused_and_not_repeated(project: Path) -> None:
    says(project, "credentials:\n  api:\n    key: my-s3cret-key\n")
    (problem,) = settings_of(document(project)).wrong
    assert (problem.code, problem.mark.line if problem.mark else 0) == ("settings-secret", 3)
    assert "s3cret" not in str(problem)
    assert "{env: ARAZZO_TUI_" in problem.hint


def test_an_unknown_name_is_a_warning_that_a_later_version_may_know(project: Path) -> None:
    says(project, "server:\n  a: 1\nservers:\n  api: http://x.test\n")
    found = settings_of(document(project))
    assert [each.severity for each in found.problems] == [Severity.WARNING]
    assert found.servers["api"].value == "http://x.test"


@pytest.mark.parametrize("data", [b"\xff\xfe\xff", b"a: \xe9", b"[" * 100_000, b"x" * 1_100_000])
def test_bytes_that_are_no_settings_are_a_mistake(project: Path, data: bytes) -> None:
    (project / "flows" / FILE_NAME).write_bytes(data)
    assert settings_of(document(project)).wrong


# ------------------------------------------------------------------------------- answers are kept


def test_the_first_answer_makes_the_file_and_comes_back(project: Path, tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    known = recalled(state, document(project))
    memory = known.memory.with_server("api", URL).with_operation("make it", "POST /x")
    now, said = kept(state, document(project), replace(known, memory=memory))
    assert said == "your answers are kept in arazzo-tui.yaml"
    assert now.memory.servers["api"].where == FILE_NAME
    text = (project / "flows" / FILE_NAME).read_text()
    assert text.startswith("# Settings of arazzo-tui")
    assert f"      api:\n        url: {URL}\n        answered: " in text
    again = recalled(State(tmp_path / "other"), document(project)).memory
    assert again.servers["api"] == now.memory.servers["api"]
    assert again.operations["make it"].value == "POST /x"
    assert kept(state, document(project), now) == (now, "")


def test_where_the_folder_cannot_be_written_the_state_folder_is_used_and_that_is_said(
    project: Path, tmp_path: Path
) -> None:
    says(project, "{servers: {}}")  # braces are somebody's own hand: they are left alone
    state = State(tmp_path / "state")
    known = recalled(state, document(project))
    new = replace(known, memory=known.memory.with_server("api", URL))
    now, said = kept(state, document(project), new)
    assert said.startswith(
        "your answers are kept in your state folder: arazzo-tui.yaml was left alone"
    )
    assert choice(now.memory.servers["api"]).by.endswith(" in your state folder")
    assert recalled(state, document(project)).memory.servers == now.memory.servers
    assert (project / "flows" / FILE_NAME).read_text() == "{servers: {}}"


def test_without_any_place_that_is_said() -> None:
    known = recalled(State(None), "https://api.test/a.yaml")
    new = replace(known, memory=known.memory.with_server("api", URL))
    _, said = kept(State(None), "https://api.test/a.yaml", new)
    assert said == "your answers could not be kept; they hold until you leave"


def test_the_file_has_the_last_word_over_the_state_folder(project: Path, tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    memory = recalled(State(None), "x:").memory.with_server("api", "http://old.test")
    assert state.remember(document(project), memory.with_server("more", "http://more.test"))
    says(project, "servers: {api: http://new.test}")
    servers = recalled(state, document(project)).memory.servers
    assert {name: each.value for name, each in servers.items()} == {
        "api": "http://new.test", "more": "http://more.test",
    }  # fmt: skip


def test_a_file_keeps_its_rights_and_nothing_is_left_beside_it(project: Path) -> None:
    assert keep(settings_of(document(project)), {"api": Given(URL, TODAY)}, {}) == ""
    path = project / "flows" / FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    assert keep(settings_of(document(project)), {"api": Given("http://b", TODAY)}, {}) == ""
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.yaml", FILE_NAME]


def test_what_somebody_wrote_since_it_was_read_stays(project: Path) -> None:
    before = settings_of(document(project))
    says(project, "servers:\n  mine: http://mine.test # by hand\n")
    assert keep(before, {"api": Given(URL, TODAY)}, {}) == ""
    found = settings_of(document(project))
    assert set(found.servers) == {"mine", "api"}
    assert "# by hand" in (project / "flows" / FILE_NAME).read_text()


# ------------------------------------------------------------------------------- line by line


PATH = ("documents", "a.yaml", "servers", "api", "url")


ONLY_LINES = {
    "an empty text": (
        "",
        """documents:
  a.yaml:
    servers:
      api:
        url: http://n
""",
    ),
    "comments alone": (
        "# hello\n",
        """# hello

documents:
  a.yaml:
    servers:
      api:
        url: http://n
""",
    ),
    "a value with a comment": (
        """documents:
  a.yaml:
    servers:
      api:
        url: http://o   # mine
        answered: x # day
servers: {b: http://b} # ours
""",
        """documents:
  a.yaml:
    servers:
      api:
        url: http://n   # mine
        answered: x # day
servers: {b: http://b} # ours
""",
    ),
    "a name without a value, indented by four": (
        """documents:
    a.yaml:
        servers: # none yet

# the rest
servers:
  b: http://b
""",
        """documents:
    a.yaml:
        servers: # none yet
          api:
            url: http://n

# the rest
servers:
  b: http://b
""",
    ),
    "a short form": (
        """documents:
  a.yaml:
    servers:
      api: http://o # old
""",
        """documents:
  a.yaml:
    servers:
      api: # old
        url: http://n
""",
    ),
    "a neighbour of several lines": (
        """documents:
  a.yaml:
    servers:
      b:
        url: |-
          http://b
""",
        """documents:
  a.yaml:
    servers:
      b:
        url: |-
          http://b
      api:
        url: http://n
""",
    ),
    "line ends of Windows": (
        "documents:\r\n  a.yaml: {}\r\n",
        "documents:\r\n  a.yaml:\r\n    servers:\r\n      api:\r\n        url: http://n\r\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), ONLY_LINES.values(), ids=ONLY_LINES)
def test_only_the_lines_of_the_entry_change(before: str, after: str) -> None:
    assert with_entry(before, PATH, "http://n") == after


@pytest.mark.parametrize(
    "text",
    ["{servers: {}}", "- a", "documents: {a.yaml: {servers: {b: http://b}}}", "a: [", "5",
     "documents:\n  a.yaml:\n    servers:\n    - x\n", "documents: &x\n  b: 1\nservers: *y\n"],
)  # fmt: skip
def test_what_is_written_otherwise_is_left_alone(text: str) -> None:
    with pytest.raises(CannotEdit):
        with_entry(text, PATH, "http://n")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(entries=st.lists(st.tuples(st.lists(NAMES, min_size=2, max_size=2), NAMES), max_size=6))
def test_any_names_and_texts_read_as_they_were_written(
    entries: list[tuple[list[str], str]],
) -> None:
    text, meant = "# kept\n", {}
    for path, value in entries:
        text = with_entry(text, path, value)
        meant.setdefault(path[0], {})[path[1]] = value
    if meant:
        root, problems = load(Source("settings.yaml", text))
        assert root is not None, problems
        assert plain(root.value) == meant
    assert text.startswith("# kept\n")
