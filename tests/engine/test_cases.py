"""Every folder of `tests/cases` is a run that tells the story in its `expected.txt`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CASES = sorted(each.parent for each in (Path(__file__).parents[1] / "cases").glob("*/answers.yaml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_run_goes_as_expected(
    folder: Path,
    scenario: Callable[[Path], Any],
    play: Callable[[Any], list[Any]],
    tell: Callable[[list[Any]], Iterator[str]],
) -> None:
    read = scenario(folder)
    if read.first is None:
        told = [f"refused: {each}" for each in read.refused]
    else:
        told = list(tell(play(read)))
    expected = (folder / "expected.txt").read_text("utf-8").splitlines()
    assert told == expected


def test_there_are_scenarios() -> None:
    assert len(CASES) > 30
