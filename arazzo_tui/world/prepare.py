"""From an opened document to a run that can begin: plan, settings, inputs, or everything in the way.

The terminal and the headless command prepare a run with the same functions, so that neither can start
what the other refuses.
"""

from collections.abc import Iterable, Mapping, Sequence
from mimetypes import guess_type
from pathlib import Path

from msgspec import Struct

from arazzo_tui.document.source import Mark, Problem, Severity
from arazzo_tui.engine.credentials import Credentials
from arazzo_tui.engine.files import File
from arazzo_tui.engine.inputs import InputError, fields, secret_values, validate, with_defaults
from arazzo_tui.engine.machine import begin
from arazzo_tui.engine.marked import marked_inputs, read_places
from arazzo_tui.engine.moment import Moment, ServerChoice, Settings, Values
from arazzo_tui.engine.plan import Documents, Plan
from arazzo_tui.engine.planner import plan
from arazzo_tui.engine.references import undeclared_inputs
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.world.reading import CannotRead, expanded, read_file
from arazzo_tui.world.workspace import Opened


class Planned(Struct, frozen=True):
    """A workflow of an opened document, planned; `plan` is None when an error keeps it from running.

    `problems` are those of the document that concern it.
    """

    plan: Plan | None
    problems: tuple[Problem, ...]


def planned(opened: Opened, workflow_id: str, *, strict: bool = False) -> Planned:
    """Plan a workflow; what is wrong in other workflows of the document is left aside."""
    documents = opened.documents
    if documents is None:
        return Planned(None, opened.problems)
    made, problems = plan(documents, workflow_id, strict=strict)
    here = tuple(each for each in opened.problems if _concerns(each, documents, workflow_id, made))
    concerned = tuple(dict.fromkeys((*here, *problems)))
    if any(each.severity is Severity.ERROR for each in concerned):
        return Planned(None, concerned)
    return Planned(made, concerned)


def _concerns(problem: Problem, documents: Documents, workflow_id: str, made: Plan | None) -> bool:
    """Whether a problem stands in this workflow, in one it comes to, or in no workflow at all."""
    mark = problem.mark
    description = documents.description
    if mark is None or mark.source.name != description.source.name:
        return True
    home = home_of(mark, ((each.workflow_id, each.mark) for each in description.workflows))
    if not home or home == workflow_id or made is None:
        return not home or home == workflow_id
    return any(
        each.workflow_id == home and each.documents is documents for each in made.workflows.values()
    )


def home_of(mark: Mark, places: Iterable[tuple[str, Mark]]) -> str:
    """The name of the last place that begins at or before a mark; empty when it is before them all."""
    home = ""
    for name, start in places:
        if (start.line, start.column) <= (mark.line, mark.column):
            home = name
    return home


def missing_servers(made: Plan, servers: Mapping[str, ServerChoice]) -> tuple[str, ...]:
    """The sources whose description is not there and for which no base URL is known (A-53)."""
    return tuple(name for name, _ in made.unavailable() if name not in servers)


def schema_of(made: Plan) -> Json:
    """The schema of a plan's inputs."""
    return made.first.workflow.inputs


def extra_inputs(made: Plan) -> tuple[str, ...]:
    """Inputs that the workflow uses and does not declare."""
    return undeclared_inputs(made.first.workflow)


def begun_with(
    made: Plan, inputs: Values, settings: Settings
) -> tuple[Moment | None, tuple[InputError, ...]]:
    """The first moment of a run, or what is wrong with its inputs (A-4, A-5).

    Inputs of an earlier run may hold files, which are not read again.
    """
    named = {name: str(each) if isinstance(each, File) else each for name, each in inputs.items()}
    whole = with_defaults(schema_of(made), named)
    errors = validate(schema_of(made), whole)
    if errors:
        return None, errors
    attached, errors = _with_files(schema_of(made), whole, inputs)
    return (None, errors) if errors else (begin(made, attached, settings), ())


def _with_files(
    schema: Json, whole: Values, typed: Values
) -> tuple[Values, tuple[InputError, ...]]:
    """Inputs of `format: binary` with the bytes of the files whose paths were given.

    Only a path that somebody typed is read, never one that is the document's default.
    """
    values = dict(whole)
    errors: list[InputError] = []
    for field in fields(schema):
        path = typed.get(field.name)
        if isinstance(path, File):
            values[field.name] = path
            continue
        if field.format != "binary" or not isinstance(path, str) or not path:
            continue
        try:
            data = read_file(expanded(path))
        except CannotRead as wrong:
            errors.append(InputError((field.name,), f"a path of a file is expected: {wrong}"))
            continue
        kind = guess_type(path)[0] or "application/octet-stream"
        values[field.name] = File.of(Path(path).name, data, kind)
    return values, tuple(errors)


def secrets_of(
    made: Plan, inputs: Values, *known: Credentials, places: Sequence[str] = ()
) -> Redactor:
    """The redactor for a run: its `format: password` inputs and its credentials (DOC-13, SEC-2).

    What stands at `places` is secret too, now and later in the run.
    """
    hidden = list(secret_values(schema_of(made), inputs))
    hidden += marked_inputs(inputs, read_places(places))
    for credentials in known:
        for credential in credentials.values():
            user, colon, password = credential.secret.partition(":")
            hidden += [credential.secret, password if colon else user]
    return Redactor(hidden, places)
