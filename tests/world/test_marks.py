"""Places that are secret: listed in the settings file, or marked in the terminal; never with a value."""

from pathlib import Path

import pytest

from arazzo_tui.world.marks import all_marks, keep_marks, own_marks
from arazzo_tui.world.settings import FILE_NAME, ProjectSettings, settings_of
from arazzo_tui.world.state import State


def test_the_settings_list_them_for_all_documents_and_for_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(
        "secrets: [$inputs.apiKey]\n"
        "documents:\n"
        "  a.yaml:\n"
        "    secrets:\n"
        "      - steps.login.outputs.token\n"
        "      - inputs.apiKey\n"
        "      - '$steps.login.response.body#/data/pin'\n"
        "  b.yaml: {secrets: [inputs.other]}\n"
    )
    found = settings_of(str(tmp_path / "a.yaml"))
    assert found.problems == ()
    assert found.secrets == (
        "inputs.apiKey", "steps.login.outputs.token", "steps.login.response.body#/data/pin",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("secrets: inputs.a", 1, "`secrets` is a list of places"),
        ("secrets:\n  - inputs.a\n  - my-s3cret-value", 3, "`secrets` lists places of values"),
        ("secrets:\n  - {inputs.a: my-s3cret-value}", 2, "`secrets` lists places of values"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_without_what_may_be_a_secret(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    found = settings_of(str(tmp_path / "a.yaml"))
    problem = found.wrong[0]
    assert (problem.message, problem.mark.line if problem.mark else 0) == (message, line)
    assert "s3cret" not in str(problem)
    assert found.secrets == ()


def test_marks_are_kept_for_their_document_and_added_to_those_of_the_settings(
    tmp_path: Path,
) -> None:
    state = State(tmp_path)
    keep_marks(state, "/a.yaml", ["inputs.pin", "steps.s.outputs.x"])
    assert own_marks(state, "/a.yaml") == ("inputs.pin", "steps.s.outputs.x")
    assert own_marks(state, "/b.yaml") == ()
    settings = ProjectSettings(secrets=("inputs.key", "inputs.pin"))
    assert all_marks(settings, own_marks(state, "/a.yaml")) == (
        "inputs.key", "inputs.pin", "steps.s.outputs.x",
    )  # fmt: skip


@pytest.mark.parametrize("kept", ["text", 5, {"a": 1}, [5, "no place", "inputs.a"]])
def test_what_was_kept_and_is_no_list_of_places_is_left_out(tmp_path: Path, kept) -> None:
    state = State(tmp_path)
    state.prefer("secrets /a.yaml", kept)
    assert set(own_marks(state, "/a.yaml")) <= {"inputs.a"}
