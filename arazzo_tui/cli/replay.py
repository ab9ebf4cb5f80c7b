"""`arazzo-tui replay` and `arazzo-tui runs`: kept runs played again without the network, and their list."""

import time
from collections.abc import Iterator
from pathlib import Path

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.outcome import Narrator, Outcome, graphql_failed, printed
from arazzo_tui.cli.streams import Output, say
from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.run import Run
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.report import as_json, ending, tell_problems
from arazzo_tui.world.prepare import planned
from arazzo_tui.world.reading import expanded
from arazzo_tui.world.replay import HIDDEN, CannotReplay, changes, first_moment, opened, replayed
from arazzo_tui.world.state import state_folder
from arazzo_tui.world.store import CannotOpen, Kept, KeptSummary, Store


def replay(given: Given) -> int:
    """Play a kept run again; the exit code is that of the run, or 2 when it cannot be played."""
    outcome = Outcome(given.documents[0], redactor=HIDDEN)
    try:
        kept = _kept(given.documents[0])
        outcome.document, outcome.workflow = kept.header.document, kept.header.workflow
        document = opened(kept.header)
        first = first_moment(kept.header, document)
        made = planned(document, outcome.workflow, strict=kept.header.strict)
        outcome.problems = (*made.problems, *_changed(kept, first))
        _tell_beginning(kept, first, outcome)
        run = replayed(kept, first)
    except (CannotOpen, CannotReplay) as wrong:
        if isinstance(wrong, CannotReplay) and wrong.run is not None:
            _tell(wrong.run, outcome)
        say(printable(f"✗ {wrong}"))
        outcome.problems = (*outcome.problems, Problem("replay", str(wrong)))
        return printed(given, outcome)
    _tell(run, outcome)
    _tell_ending(kept, run.now, outcome)
    return printed(given, outcome)


def runs(given: Given) -> int:
    """List the kept runs on stdout; 74 when it could not be written, else 0."""
    with Output() as output:
        listed = Store(state_folder()).runs()
        if given.json:
            output.write(as_json([_object(each) for each in listed]))
        else:
            found = False
            for each in listed:
                found = True
                output.write(_line(each))
            if not found:
                say("no runs are kept")
    return 74 if output.failed else 0


def _kept(name: str) -> Kept:
    """The kept run of a file, or the last one; raises `CannotOpen`."""
    store = Store(state_folder())
    if name != "last":
        return store.open(expanded(name))
    newest = next(store.runs(), None)
    if newest is None:
        raise CannotOpen("no runs are kept")
    return store.open(newest.path)


def _tell_beginning(kept: Kept, first: Moment, outcome: Outcome) -> None:
    """What is played, and what is not as it was."""
    outcome.inputs = first.top.inputs
    workflow, document = one_line(outcome.workflow), one_line(outcome.document)
    when = _when(kept.header.started)
    tell_problems(outcome.problems, say)
    say(printable(f"▶ {workflow}  ({document})  as it was kept on {when}; nothing is sent"))


def _changed(kept: Kept, first: Moment) -> Iterator[Problem]:
    for sentence in changes(kept.header, first):
        yield Problem("document-changed", sentence, severity=Severity.WARNING)


def _tell(run: Run, outcome: Outcome) -> None:
    """The attempts of the line of moments that goes on."""
    narrator = Narrator(outcome.redactor)
    narrator.hear(run)
    outcome.redactor = narrator.redactor
    outcome.moment = run.now
    outcome.by_hand = run.by_hand()
    if run.aside:
        names = ", ".join(one_line(each.name) for each in run.aside)
        say(printable(f"· beside it are the branches {names}"))


def _tell_ending(kept: Kept, last: Moment, outcome: Outcome) -> None:
    """How the run came out, as it was told when it was run."""
    if last.ended is None:
        outcome.status = "cancelled"
        if kept.unanswered:
            say("! its last request had left, and no answer was kept")
    else:
        outcome.status = "succeeded" if last.ended.passed else "failed"
    say(ending(last, outcome.status))
    if outcome.status == "succeeded" and kept.code == 1 and graphql_failed(last):
        say("✗ failed: GraphQL reported errors (--fail-on-graphql-errors)")
        outcome.status = "failed"
    outcome.code = kept.code


def _object(kept: KeptSummary) -> dict[str, str | int | None]:
    return {
        "file": str(kept.path),
        "document": kept.document,
        "workflow": kept.workflow,
        "started": _when(kept.started),
        "status": kept.status,
        "exit_code": kept.code,
    }


_LONGEST = 4096
_SIGNS = {"succeeded": "✓", "failed": "✗", "cancelled": "·", "interrupted": "!", "running": "▶"}


def _line(kept: KeptSummary) -> str:
    words = (kept.workflow, kept.document, str(Path(kept.path)))
    shown = "  ".join(one_line(each, _LONGEST) for each in words)
    return f"{_SIGNS[kept.status]} {_when(kept.started)}  {kept.status:<11}  {shown}"


def _when(started: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
