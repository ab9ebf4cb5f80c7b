"""Whatever a text is, its reader ends with a value or a documented error. `fuzz.py` tries for longer."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

HERE = Path(__file__).parent
FUZZ = runpy.run_path(str(HERE / "fuzz.py"))
READERS = FUZZ["READERS"]

TEXTS = st.lists(st.sampled_from(FUZZ["PIECES"]) | st.text(max_size=5), max_size=40).map("".join)
"""Pieces of all the languages, and characters of no language."""


@pytest.mark.parametrize("name", READERS)
@given(text=TEXTS | st.text())
def test_any_text_is_read_or_refused_as_is_documented(name: str, text: str) -> None:
    READERS[name].read(text)


@pytest.mark.parametrize("name", READERS)
def test_what_the_search_begins_with_is_read_to_its_end(name: str) -> None:
    assert READERS[name].seeds
    for text in READERS[name].seeds:
        READERS[name].read(text)


def test_the_search_runs_for_a_second_and_finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "fuzz.py", "--seconds", "1", "--plain"],
        capture_output=True, text=True, env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(HERE.parent.parent)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "no error but the documented ones" in done.stdout


def test_what_breaks_a_reader_is_kept_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    broken = FUZZ["Reader"](lambda _: 1 // 0, ("a",))
    with pytest.raises(ZeroDivisionError):
        FUZZ["attempt"](broken, "the text \ud800")
    (kept,) = tmp_path.iterdir()
    assert str(kept) in capsys.readouterr().out
    assert kept.read_bytes().decode("utf-8", "surrogatepass") == "the text \ud800"
