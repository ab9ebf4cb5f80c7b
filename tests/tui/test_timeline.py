from pathlib import Path

import pytest

from arazzo_tui.engine.moment import Settings
from arazzo_tui.engine.past import Past
from arazzo_tui.engine.run import Branch, Run
from arazzo_tui.tui.travel import timeline, timeline_target
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.workspace import Workspace


@pytest.fixture
def run_of(folder):
    """A run of so many moments, after which nothing happened, with a branch beside it."""
    opened = Workspace().open(str(Path(folder.flow(folder.ask("greet")))))
    plan = planned(opened, "flow").plan
    assert plan is not None
    moment, errors = begun_with(plan, {}, Settings())
    assert moment is not None, errors

    def of(count: int) -> Run:
        moments, causes = Past([moment] * count), Past([None] * count)
        branch = Branch("first", 1, moments, causes)
        return Run(moments, causes, cursor=1, aside=(branch,))

    return of


@pytest.mark.parametrize("count", [1_500, 9_000])
def test_a_long_timeline_says_what_a_short_one_says(run_of, count: int) -> None:
    run = run_of(count)
    lines = timeline(run)
    assert isinstance(lines, tuple) is (count == 1_500)
    assert len(lines) == count + 1
    assert [each.plain.split()[:3] for each in list(lines)[:3]] == [
        ["1", "greet", "comes"],
        ["▶", "2", "greet"],
        ["3", "greet", "comes"],
    ]
    assert lines[count].plain.startswith("⑂ first")
    assert timeline_target(run, 1) == ("moment", 1)
    assert timeline_target(run, count - 1) == ("moment", count - 1)
    assert timeline_target(run, count) == ("branch", 0)
