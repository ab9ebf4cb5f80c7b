"""A kept run played again, without the network: the same moments, from what was kept and the document.

Nothing is sent and nothing is asked. What was a secret is not in a kept run; `masking.MASKED` stands for
it wherever it went.
"""

from collections.abc import Iterator

from arazzo_tui.document.source import Severity
from arazzo_tui.engine.amend import CannotAmend, Replan
from arazzo_tui.engine.credentials import Credential
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.machine import OutOfTurn, begin
from arazzo_tui.engine.moment import Moment, Settings, Waited
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.world.assume import answered, read_method_and_path
from arazzo_tui.world.given import wrong_with_url
from arazzo_tui.world.masking import MASKED
from arazzo_tui.world.prepare import planned
from arazzo_tui.world.reading import CannotRead
from arazzo_tui.world.record import (
    Closed,
    Header,
    Move,
    Renamed,
    Replanned,
    Sent,
    Stand,
    SwitchedTo,
    TookUp,
    Went,
    digests_of,
    stand_of,
)
from arazzo_tui.world.store import Kept
from arazzo_tui.world.workspace import Opened, Workspace

HIDDEN = Redactor([MASKED])
"""Shows what is masked in a kept run as every other secret."""


class CannotReplay(Exception):
    """Why a kept run cannot be played, or not any further; `run` is what of it could be."""

    def __init__(self, sentence: str, run: Run | None = None) -> None:
        super().__init__(sentence)
        self.run = run


def replayed(kept: Kept, first: Moment) -> Run:
    """The run as it was kept, moment for moment; raises `CannotReplay` where it goes another way."""
    run = begun(first)
    for move in kept.moves:
        try:
            run = _played(run, move, first)
        except (OutOfTurn, CannotAmend, IndexError) as wrong:
            at = len(run.moments)
            raise CannotReplay(f"moment {at + 1} cannot be played: {wrong}", run) from None
    return run


def opened(header: Header) -> Opened:
    """The document of a kept run as it is now; what was fetched then is taken from what was kept."""

    def fetch(url: str) -> bytes:
        if url not in header.texts:
            raise CannotRead(f"is at {one_line(url, 120)}, and was not kept")
        return header.texts[url].encode("utf-8", "surrogatepass")

    workspace = Workspace(fetch, header.strict, graphql_steps=header.graphql_steps)
    return workspace.open(header.document)


def first_moment(header: Header, document: Opened) -> Moment:
    """The moment a kept run began with, by its document as it is now; raises `CannotReplay`."""
    made = planned(document, header.workflow, strict=header.strict)
    if made.plan is None:
        wrong = next((each for each in made.problems if each.severity is Severity.ERROR), None)
        because = f": {wrong.message}" if wrong else ""
        raise CannotReplay(f"{one_line(header.document)} cannot be run any more{because}")
    try:
        operations = {name: read_method_and_path(said) for name, said in header.operations.items()}
    except ValueError as wrong:
        raise CannotReplay(f"an operation was not kept as it should be: {wrong}") from None
    for name, server in header.servers.items():
        if wrong_url := wrong_with_url(server.url):
            raise CannotReplay(f"the base URL of {quoted_name(name)} cannot be used: {wrong_url}")
    credentials = {
        key: Credential(MASKED, "kept without its secret", origins)
        for key, origins in header.credentials.items()
    }
    settings = Settings(header.servers, credentials, header.timeout, header.limits)
    return begin(answered(made.plan, operations), header.inputs, settings)


def changes(header: Header, first: Moment) -> Iterator[str]:
    """A sentence for each text that is another one now than it was when the run was kept."""
    now = digests_of(first.plan.first.documents)
    for name in dict.fromkeys((*header.digests, *now)):
        what = f"the source {quoted_name(name)}" if name else one_line(header.document)
        match header.digests.get(name), now.get(name):
            case str(before), str(after) if before != after:
                yield f"{what} has changed since the run was kept"
            case str(), None:
                yield f"{what} is not there any more"
            case None, str():
                yield f"{what} was not there when the run was kept"
            case _:
                pass


def _played(run: Run, move: Move, first: Moment) -> Run:
    match move:
        case Went(cause, stand, passed):
            match cause:
                case None | Response() | Failure() | Waited():
                    after = run.advance(cause)
                case Replanned():
                    after = run.amend(Replan(first.plan))
                case _:
                    after = run.amend(cause)
            _agree(after, stand, passed)
            return after
        case TookUp(at, name):
            if not 0 <= at < len(run.moments):
                raise IndexError(f"there is no moment {at + 1} to go on from")
            return run.look(at).taken_up(name)
        case SwitchedTo(number):
            if not 0 <= number < len(run.aside):
                raise IndexError(f"there is no branch {number + 1}")
            return run.switched(number)
        case Renamed(name):
            return run.renamed(name)
        case Sent() | Closed():
            return run


def _agree(run: Run, stand: Stand, passed: bool | None) -> None:  # as it was kept
    """Raise `OutOfTurn` where a moment is not the one that was kept."""
    found = stand_of(run.now)
    ended = run.now.ended
    if found != stand or (ended is not None and ended.passed != passed):
        raise OutOfTurn(f"it is {_told(found)}, and was {_told(stand)} when it was kept")


def _told(stand: Stand) -> str:
    return f"{stand.stage} at {quoted_name(stand.step)} of {quoted_name(stand.workflow)}"
