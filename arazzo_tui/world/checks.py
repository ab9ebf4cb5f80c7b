"""Everything that can be known of a document before a run, in one list: for `check` and for the screen."""

from msgspec.structs import replace

from arazzo_tui.document.load import Load, load
from arazzo_tui.document.places import Places
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, Problem
from arazzo_tui.document.yaml_words import check_words
from arazzo_tui.engine import lint as names
from arazzo_tui.engine.planner import check
from arazzo_tui.graphql import lint as graphql
from arazzo_tui.graphql.steps import check_steps
from arazzo_tui.language.jsontext import collector_paused
from arazzo_tui.world.workspace import Opened

_STANDS_AT = {
    "unknown-operation": ("operationId", "operationPath"),
    "operation-id-bare": ("operationId",),
    "operation-id-form": ("operationId",),
    "operation-path-form": ("operationPath",),
    "asyncapi-step": ("channelPath", "operationId", "operationPath"),
    "unknown-workflow": ("workflowId",),
    "bare-source": ("workflowId",),
    "missing-input": ("workflowId",),
    "unknown-input": ("name",),
    "unknown-step": ("dependsOn", "stepId"),
    "foreign-step": ("dependsOn",),
    "dependency-cycle": ("dependsOn",),
    "duplicate-id": ("stepId", "workflowId", "name"),
    "duplicate-action": ("name",),
    "duplicate-parameter": ("name",),
    "unknown-parameter": ("name",),
    "source-unavailable": ("url",),
    "source-elsewhere": ("url",),
    "unknown-media-type": ("contentType",),
    "context-unused": ("context",),
}
"""By code: the fields, of which the first that is there is the one a problem of an object is about."""


def all_problems(
    opened: Opened, *, strict: bool = False, parse: Load = load
) -> tuple[Problem, ...]:
    """The problems of a document: its text, its shape, its names, and what is probably not meant.

    `parse` reads its text again, where there is something to find in it.
    """
    if opened.documents is None:
        return opened.problems
    with collector_paused():
        report, places = Report(strict), Places(parse)
        check_words(opened.documents.description.source, report, places)
        names.lint(opened.documents, report, places)
        graphql.lint(opened.documents.description, report, places)
        check_steps(opened.documents, report)
        found = (*opened.problems, *check(opened.documents, strict=strict), *report.problems)
        return tuple(dict.fromkeys(_at_its_field(each, places) for each in found))


def _at_its_field(problem: Problem, places: Places) -> Problem:
    """A problem of an object, at the field it is about."""
    if problem.mark is None:
        return problem
    fields = _STANDS_AT.get(problem.code, ())
    if problem.message.startswith("`$"):
        inside = _in_a_criterion(problem.message[1:].partition("`")[0], problem.mark, places)
        return replace(problem, mark=inside or problem.mark)
    if not fields:
        return problem
    if places.node(problem.mark, "steps") is not None:  # of a workflow, which calls nothing itself
        fields = ("dependsOn", "workflowId") if problem.code != "duplicate-id" else ("workflowId",)
    for field in fields:
        found = places.node(problem.mark, field)
        if found is not None:
            return replace(problem, mark=found.mark)
    return problem


def _in_a_criterion(expression: str, mark: Mark, places: Places) -> Mark | None:
    """Where an expression is written in the criterion at a mark, or in those of the action there."""
    home = places.node(mark)
    listed = home.get("criteria") if home is not None else None
    criteria = list(listed.items()) if listed is not None else [home] if home is not None else []
    for criterion in criteria:
        for field in ("context", "condition"):
            found = criterion.get(field)
            if found is not None and isinstance(found.value, str) and expression in found.value:
                return found.inside(found.value.index(expression))
    return None
