"""`arazzo-tui check`: what is wrong with documents, for people and for programs."""

import atexit
import gc
import sys
from collections.abc import Iterable

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import Output, say
from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.report import as_json, problem_object, tell_problems
from arazzo_tui.world.answers import answered_problems
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.folders import documents_named
from arazzo_tui.world.given import BadUsage, read_folder
from arazzo_tui.world.parsed import Parsed, cache_folder
from arazzo_tui.world.reading import LARGEST
from arazzo_tui.world.settings import settings_of
from arazzo_tui.world.workspace import FetchBytes, Workspace, address_of

_STDIN = "-"


def check(given: Given) -> int:
    """Check every document; 0 clean, 1 problems, 2 when one cannot be read."""
    atexit.register(gc.freeze)  # what was read is not visited once more at the end
    try:
        names = tuple(dict.fromkeys(documents_named(given.documents)))
        also = read_folder(given.workspace)
    except BadUsage as wrong:
        say(str(wrong))
        return 2
    fetch = _fetching(given.documents)
    workspace = Workspace(
        fetch,
        given.strict,
        graphql_steps=given.graphql_steps,
        also=also,
        parse=Parsed(cache_folder()).load,
    )
    if _STDIN in names:
        workspace.give(_STDIN, sys.stdin.buffer.read(LARGEST + 1))
    found, unreadable = _problems(names, workspace, strict=given.strict)
    with Output() as output:
        if given.json:
            output.write(as_json([problem_object(each) for each in found]))
        else:
            tell_problems(found, output.write)
            say(_summary(found, len(names)))
    if output.failed:
        return 74
    if unreadable:
        return 2
    return 1 if any(each.severity is not Severity.HINT for each in found) else 0


def _fetching(named: tuple[str, ...]) -> FetchBytes:
    """What reads a document at a URL: a transport that most documents never need, loaded by the first."""

    def fetch(url: str) -> bytes:
        from arazzo_tui.world.fetch import fetcher, named_by

        return fetcher(named_by(named))(url)

    return fetch


def _problems(
    names: Iterable[str], workspace: Workspace, *, strict: bool
) -> tuple[list[Problem], bool]:
    """The problems of all documents, each once, and whether one of them could not be read."""
    workspace.know(names)  # they may name each other by their `$self`
    found: dict[Problem, None] = {}
    unreadable = False
    for name in names:
        opened = workspace.open(name)
        unreadable = unreadable or opened.documents is None
        settings = settings_of(address_of(name))
        told = answered_problems(
            all_problems(opened, strict=strict, parse=workspace.parse), opened, settings
        )
        found |= dict.fromkeys((*settings.problems, *told))
    return list(found), unreadable


def _summary(problems: list[Problem], documents: int) -> str:
    errors = sum(each.severity is Severity.ERROR for each in problems)
    hints = sum(each.severity is Severity.HINT for each in problems)
    checked = f"{documents} document{'' if documents == 1 else 's'} checked"
    if not problems:
        return f"{checked}: no problems"
    counts = {"error": errors, "warning": len(problems) - errors - hints, "hint": hints}
    said = [f"{many} {what}{'' if many == 1 else 's'}" for what, many in counts.items() if many]
    return f"{checked}: {', '.join(said)}"
