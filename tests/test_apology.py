"""A bug of ours: an apology on stderr, a report with secrets masked, exit code 70."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arazzo_tui.cli.apology import Broken, apologise, report, told_with
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS

SECRET = "correct horse battery staple"


def failing(local: str) -> None:
    raise KeyError(f"{SECRET}\x1b]0;title\x07" + local[:0])


def bug() -> Exception:
    try:
        failing("VALUE-OF-A-LOCAL")
    except KeyError as wrong:
        return wrong
    raise AssertionError


def test_a_report_names_the_way_and_no_values_of_variables() -> None:
    told = report(bug(), Redactor())
    assert "KeyError" in told
    assert "in failing" in told
    assert "VALUE-OF-A-LOCAL'" not in told.replace('failing("VALUE-OF-A-LOCAL")', "")
    assert "\x1b" not in told


def test_a_report_masks_what_the_run_holds_secret() -> None:
    told = report(bug(), Redactor([SECRET]))
    assert SECRET not in told
    assert "••••••" in told


def test_a_report_has_no_path_of_the_machine_to_the_code() -> None:
    assert str(Path(__file__).parent.parent) not in report(bug(), Redactor())


@pytest.mark.parametrize("typed", [["run", "-i", f"token={SECRET}"], [f"--input=token={SECRET}"]])
def test_values_of_the_command_line_are_masked(
    typed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    wrong = Broken(Redactor())
    wrong.__cause__ = bug()
    assert apologise(wrong, typed) == 70
    (kept,) = tmp_path.rglob("*.txt")
    assert f"{SECRET}\x1b" not in kept.read_text() + capsys.readouterr().err
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_only_the_newest_reports_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    reports = tmp_path / "arazzo-tui/reports"
    reports.mkdir(parents=True)
    for number in range(30):
        (reports / f"20200101T0000{number:02}Z-1.txt").write_text("old")
    apologise(bug(), ())
    assert len([*reports.iterdir()]) == 20
    assert "20200101T000029Z-1.txt" in {each.name for each in reports.iterdir()}
    assert "is in" in capsys.readouterr().err


def test_a_bug_with_what_must_not_be_told_keeps_both() -> None:
    hidden = Redactor([SECRET])
    with pytest.raises(Broken) as broken, told_with(lambda: hidden):
        failing("")
    assert broken.value.redactor is hidden
    assert isinstance(broken.value.__cause__, KeyError)


@pytest.mark.parametrize("home", ["home", "/dev/null"])
def test_the_program_itself_shows_no_trace_of_a_bug(tmp_path: Path, home: str) -> None:
    (tmp_path / "h11.py").write_text("1 / 0\n")  # a library that is broken is a bug to us
    environment = {
        **{name: each for name, each in os.environ.items() if not name.startswith("XDG_")},
        "HOME": str(tmp_path / home), "PYTHONPATH": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "arazzo_tui", "run", str(DEMO_DOCUMENT), "--inputs", str(DEMO_INPUTS)],
        env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 70
    assert "has a bug and had to stop: ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr
    assert "report" in done.stderr.splitlines()[-1]
    assert done.stdout == ""
