"""`arazzo-tui check`: what is wrong with documents, for people and for programs."""

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import Output, say
from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.report import as_json, problem_object, tell_problems
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.fetch import fetcher, named_by
from arazzo_tui.world.workspace import Workspace


def check(given: Given) -> int:
    """Check every document; 0 clean, 1 problems, 2 when one cannot be read."""
    workspace = Workspace(fetch=fetcher(named_by(given.documents)), strict=given.strict)
    found: list[Problem] = []
    unreadable = False
    for name in given.documents:
        opened = workspace.open(name)
        unreadable = unreadable or opened.documents is None
        found += all_problems(opened, strict=given.strict)
    with Output() as output:
        if given.json:
            output.write(as_json([problem_object(each) for each in found]))
        else:
            tell_problems(found, output.write)
            say(_summary(found, len(given.documents)))
    if output.failed:
        return 74
    if unreadable:
        return 2
    return 1 if any(each.severity is not Severity.HINT for each in found) else 0


def _summary(problems: list[Problem], documents: int) -> str:
    errors = sum(each.severity is Severity.ERROR for each in problems)
    warnings = len(problems) - errors
    checked = f"{documents} document{'' if documents == 1 else 's'} checked"
    if not problems:
        return f"{checked}: no problems"
    return f"{checked}: {errors} error{'' if errors == 1 else 's'}, {warnings} more"
