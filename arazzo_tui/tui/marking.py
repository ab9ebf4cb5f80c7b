"""What comes of marking a value as secret: the redactor anew, what is remembered, what is said of it.

No widget is known here; the screen imports this with the first mark, not at its start.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from arazzo_tui.engine.marked import marked_in, read_places, texts_in
from arazzo_tui.engine.seen import secrets_seen
from arazzo_tui.language.secrets import Redactor, is_weak
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.pointed import Pointed
from arazzo_tui.tui.runner import Runner
from arazzo_tui.tui.subject import Subject
from arazzo_tui.world.answers import Recalled, kept
from arazzo_tui.world.marks import all_marks, keep_marks
from arazzo_tui.world.prepare import secrets_of
from arazzo_tui.world.settings import FILE_NAME
from arazzo_tui.world.state import State

IN_FILE = f"is marked in {FILE_NAME}: take it out there"
"""What is said of a place that somebody wrote into the settings file."""


def marked(subject: Subject, state: State, address: str, own: tuple[str, ...]) -> Subject:
    """A subject with these marks of the user's, which are kept: its places, and never a value."""
    keep_marks(state, address, own)
    secrets = all_marks(subject.known.settings, own)
    known, _ = kept(state, address, _without_marked(subject.known, secrets))
    return replace(subject, secrets=secrets, known=known)


def _without_marked(known: Recalled, secrets: tuple[str, ...]) -> Recalled:
    """What is remembered without the inputs that are marked: they may have been kept before they were."""
    names = {each.name for each in read_places(secrets) if each.part == "inputs"}
    inputs = {
        workflow: {name: value for name, value in values.items() if name not in names}
        for workflow, values in known.memory.inputs.items()
    }
    return replace(known, memory=replace(known.memory, inputs=inputs))


def relearned(subject: Subject, runner: Runner) -> Redactor:
    """The redactor of a run with the marks there are now: what is no longer marked is seen again."""
    now = runner.run.now
    known = secrets_of(
        now.plan, now.frames[0].inputs, subject.credentials, now.settings.credentials,
        places=subject.secrets,
    )  # fmt: skip
    seen = {secret for each in now.trail for secret in secrets_seen(each.request, each.answer)}
    moments = (marked_in(each, subject.secrets) for each in (runner.run.moments[0], now))
    return known.knowing(seen.union(*moments))


def told(place: str, found: Pointed) -> str:
    """What is said when a value was marked: also when that masks less than a person may think."""
    texts = list(texts_in(found.value))
    said = f"{place} is secret in this document from now on; M there again takes it back"
    if not texts:
        return f"{said}. Nothing can be told from others there yet"
    if any(map(is_weak, texts)):
        return f"{said}. It is short or a common word: masked only where it is a value by itself"
    return said


def mark_lines(subject: Subject, own: tuple[str, ...]) -> Iterator[Line]:
    """The places, and whose they are."""
    for place in subject.secrets:
        where = "" if place in own else f"  in {FILE_NAME}"
        yield line((f"${place}", "name"), (where, "dim"))
