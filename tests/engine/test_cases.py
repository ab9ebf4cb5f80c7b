"""Every folder of `tests/cases` is a run that tells the story in its `expected.txt`."""

from pathlib import Path

import pytest

CASES = sorted(each.parent for each in (Path(__file__).parents[1] / "cases").glob("*/answers.yaml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_run_goes_as_expected(folder: Path, scenario, tell) -> None:
    expected = (folder / "expected.txt").read_text("utf-8").splitlines()
    assert tell(scenario(folder)) == expected


def test_there_are_scenarios() -> None:
    assert len(CASES) > 30
