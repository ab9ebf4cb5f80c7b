"""Kept runs for the screens: begin to keep one, list them, open one as it was. All of it blocks."""

import time
from collections.abc import Sequence
from pathlib import Path, PurePath

from msgspec import Struct

from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.run import Run
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.world.journal import Journal
from arazzo_tui.world.record import Header, header_of
from arazzo_tui.world.replay import CannotReplay, changes, first_moment, opened, replayed
from arazzo_tui.world.state import State
from arazzo_tui.world.store import CannotOpen, KeptSummary, Store
from arazzo_tui.world.workspace import Opened, address_of


class Again(Struct, frozen=True):
    """A kept run as it was: its document as it is now, and what has changed since in sentences."""

    header: Header
    opened: Opened
    run: Run
    said: tuple[str, ...] = ()


def keep(state: State, document: str, workflow: str, first: Run, redactor: Redactor) -> Journal:
    """Begin to keep a run that stands at its first moment."""
    header = header_of(first.now, address_of(document), workflow, time.time())
    return Store(state.folder).keep(header, first, redactor)


def kept_runs(state: State, most: int = 500) -> Sequence[KeptSummary]:
    """The newest kept runs."""
    found: list[KeptSummary] = []
    for each in Store(state.folder).runs():
        found.append(each)
        if len(found) == most:
            break
    return found


def kept_line(kept: KeptSummary) -> Line:
    """A kept run in a line: when, how it stands, of what."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(kept.started))
    looks = {"succeeded": "good", "failed": "bad", "running": "next"}
    status = (f"{kept.status:<12}", looks.get(kept.status, "warn"))
    document = one_line(PurePath(kept.document).name, 60)
    return line(
        (f"{when}  ", "dim"), status, (one_line(kept.workflow, 60), "strong"), f"  {document}"
    )


def again(state: State, path: Path) -> Again | str:
    """Open a kept run, or the sentence why it cannot be."""
    try:
        kept = Store(state.folder).open(path)
        document = opened(kept.header)
        first: Moment = first_moment(kept.header, document)
        said = tuple(changes(kept.header, first))
        try:
            run = replayed(kept, first)
        except CannotReplay as wrong:
            if wrong.run is None:
                raise
            run, said = wrong.run, (*said, str(wrong))
    except (CannotOpen, CannotReplay) as wrong:
        return str(wrong)
    return Again(kept.header, document, run, said)
