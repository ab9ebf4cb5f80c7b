"""What is known of a document from earlier: from the project's settings file, else the user's own folder.

New answers go to the settings file; where there can be none, they go to the state folder, and that is said.
Inputs are always kept in the state folder, for they are nobody else's.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.world.settings import FILE_NAME, ProjectSettings, keep, settings_of
from arazzo_tui.world.state import Given, Memory, State
from arazzo_tui.world.workspace import Opened

_HERE = "your state folder"


class Recalled(Struct, frozen=True):
    """What is remembered of a document, and the settings it goes by."""

    memory: Memory = field(default_factory=Memory)
    settings: ProjectSettings = field(default_factory=ProjectSettings)


def recalled(state: State, address: str) -> Recalled:
    """What is known of the document at an address; the settings file has the last word."""
    memory, settings = state.recall(address), settings_of(address)
    servers = {name: replace(each, where=_HERE) for name, each in memory.servers.items()}
    operations = {name: replace(each, where=_HERE) for name, each in memory.operations.items()}
    both = replace(
        memory,
        servers={**servers, **settings.servers},
        operations={**operations, **settings.operations},
    )
    return Recalled(both, settings)


def kept(state: State, address: str, known: Recalled) -> tuple[Recalled, str]:
    """Keep all that is known; the same with the place of each answer, and what a person should hear.

    An answer without a place is new.
    """
    memory, settings = known.memory, known.settings
    servers = {name: each for name, each in memory.servers.items() if not each.where}
    operations = {name: each for name, each in memory.operations.items() if not each.where}
    said, place = "", FILE_NAME
    if servers or operations:
        wrong = keep(settings, servers, operations) if settings.path else "no file"
        place = _HERE if wrong else FILE_NAME
        said = f"your answers are kept in {place}"
        if wrong and settings.path:
            said += f": {wrong}"
    memory = replace(
        memory,
        servers={name: _placed(each, place) for name, each in memory.servers.items()},
        operations={name: _placed(each, place) for name, each in memory.operations.items()},
    )
    own = replace(memory, servers=_own(memory.servers), operations=_own(memory.operations))
    if not state.remember(address, own) and place == _HERE and said:
        said = "your answers could not be kept; they hold until you leave"
    return replace(known, memory=memory), said


def _placed(given: Given, place: str) -> Given:
    return given if given.where else replace(given, where=place)


def _own(answers: Mapping[str, Given]) -> Mapping[str, Given]:
    return {name: replace(each, where="") for name, each in answers.items() if each.where == _HERE}


def choice(given: Given) -> ServerChoice:
    """The base URL that an answer is, and in words whose it is and where it can be changed."""
    words = f"your answer of {given.when}" if given.when else ""
    return ServerChoice(given.value, " in ".join(part for part in (words, given.where) if part))


def answered_problems(
    problems: Iterable[Problem], opened: Opened, settings: ProjectSettings
) -> Iterator[Problem]:
    """The problems of a document; of a source whose base URL the settings give, only a hint (A-53)."""
    listed = opened.description.source_descriptions if opened.description else ()
    for problem in problems:
        if problem.code == "source-unavailable":
            for source in listed:
                answer = settings.servers.get(source.name)
                if answer and problem.message.startswith(f"the source {quoted_name(source.name)} "):
                    said = f"its base URL is {one_line(answer.value)}, from {choice(answer).by}"
                    problem = replace(problem, hint=said, severity=Severity.HINT)  # noqa: PLW2901
        yield problem
