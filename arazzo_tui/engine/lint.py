"""Mistakes that keep nothing from running, of a whole description: one question for all of this room's.

`planner` and `references` say what cannot work; `lint` says what is probably not meant. It never reports
an error, so that nothing which runs is called one.
"""

from arazzo_tui.document.places import Places
from arazzo_tui.document.shape import Report
from arazzo_tui.engine.lint_calls import check_calls
from arazzo_tui.engine.lint_flow import check_flow
from arazzo_tui.engine.lint_values import check_values
from arazzo_tui.engine.plan import Documents


def lint(documents: Documents, report: Report, places: Places) -> None:
    """Report doubtful things of a whole description, as hints and warnings."""
    check_values(documents.description, report, places)
    for workflow in documents.description.workflows:
        check_flow(workflow, report)
    check_calls(documents, report)
