"""Everything that can be known of a document before a run, in one list: for `check` and for the screen."""

from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Problem
from arazzo_tui.engine import lint as names
from arazzo_tui.engine.planner import check
from arazzo_tui.graphql import lint as graphql
from arazzo_tui.world.workspace import Opened


def all_problems(opened: Opened, *, strict: bool = False) -> tuple[Problem, ...]:
    """The problems of a document: its text, its shape, its names, and what is probably not meant."""
    if opened.documents is None:
        return opened.problems
    report = Report(strict)
    names.lint(opened.documents.description, report)
    graphql.lint(opened.documents.description, report)
    found = (*opened.problems, *check(opened.documents, strict=strict), *report.problems)
    return tuple(dict.fromkeys(found))
