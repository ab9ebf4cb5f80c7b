"""The workflow somebody looks at, ready to be filled in and run: document, plan, values, servers.

A value, made once when a workflow is chosen; the form is drawn from it and a run begins with it.
"""

import asyncio
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from arazzo_tui.document.source import Problem
from arazzo_tui.engine.credentials import Credential, Credentials
from arazzo_tui.engine.marked import with_passwords
from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.values import Json
from arazzo_tui.tui.input_entry import Question
from arazzo_tui.tui.start import Start
from arazzo_tui.world.answers import Recalled, answered_problems, choice
from arazzo_tui.world.assume import (
    MethodAndPath,
    answered,
    read_method_and_path,
    unanswered,
)
from arazzo_tui.world.credentials import Variable, bound, held, variable_name, wanted
from arazzo_tui.world.given import BadUsage, read_servers
from arazzo_tui.world.marks import all_marks, own_marks
from arazzo_tui.world.prepare import extra_inputs, missing_servers, planned, schema_of
from arazzo_tui.world.workspace import Opened, address_of

_OPERATION, _SECRET = "operation\n", "secret\n"
"""How the keys of questions begin that are no base URLs: no source's name holds a line break."""


class Subject(Struct, frozen=True):
    """A workflow of an opened document. `plan` is None when its problems keep it from running.

    `origins` say in a word where each known value came from; `complaint` what was wrong with values
    from the command line; `secrets` are the places that are marked.
    """

    opened: Opened
    workflow_id: str
    plan: Plan | None
    problems: tuple[Problem, ...]
    values: Mapping[str, Json] = {}
    origins: Mapping[str, str] = {}
    servers: Mapping[str, ServerChoice] = {}
    credentials: Credentials = {}
    known: Recalled = field(default_factory=Recalled)
    secrets: tuple[str, ...] = ()
    complaint: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The name of its document and its id: where it stands in the browser."""
        return self.opened.name, self.workflow_id

    @property
    def schema(self) -> Json:
        """The schema of its inputs; those that are marked as secret are passwords in it."""
        return with_passwords(schema_of(self.plan), self.secrets) if self.plan else None

    @property
    def undeclared(self) -> tuple[str, ...]:
        """Inputs it uses and does not declare."""
        return extra_inputs(self.plan) if self.plan else ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What has to be asked beside the inputs: base URLs nobody knows (A-53)."""
        if self.plan is None:
            return ()
        return (*self._servers(self.plan), *self._operations(self.plan), *self._secrets(self.plan))

    def _servers(self, plan: Plan) -> Iterator[Question]:
        """Base URLs nobody knows, and those that were answered earlier."""
        absent = dict(plan.unavailable())
        asked = dict.fromkeys((*missing_servers(plan, self.servers), *self._answered(absent)))
        for name in asked:
            yield Question(
                key=name,
                label=f"{name} base URL",
                why=_why(absent[name].reason, absent[name].looked),
                placeholder="http://localhost:8082/public",
                value=self.servers[name].url if name in self.servers else "",
            )

    def _operations(self, plan: Plan) -> Iterator[Question]:
        """Methods and paths of operations that no description tells of."""
        known = self.known.memory.operations
        open_now = {each.id for each in unanswered(plan)}
        names = dict.fromkeys(each.id for each in plan.assumed() if each.id is not None)
        for name in names:
            if name in open_now or name in known:
                yield Question(
                    key=f"{_OPERATION}{name}",
                    label=name,
                    why="No description tells of this operation: give its method and path.",
                    placeholder="POST /path",
                    value=known[name].value if name in known else "",
                    kind="operation",
                )

    def _secrets(self, plan: Plan) -> Iterator[Question]:
        """Credentials that operations ask for."""
        asked = wanted(plan, self.servers)
        known = {each.key: self.credentials.get(each.key, Credential("", "")) for each in asked}
        homes = bound(plan, self.servers, known)
        for each in asked:
            given = homes.get(each.key)
            source, scheme = each.key
            where = f" For {', '.join(given.origins)} alone." if given and given.origins else ""
            yield Question(
                key=f"{_SECRET}{source}\n{scheme}",
                label=f"{scheme} ({source})",
                why=f"{each.words}.{where} May be left out; never kept. "
                f"{variable_name(each.key)} gives it too.",
                placeholder=f"from {given.by}" if given and given.secret else each.words,
                kind="secret",
            )

    def _answered(self, absent: Mapping[str, object]) -> tuple[str, ...]:
        """Base URLs that were answered earlier: they can be changed where they were asked for."""
        return tuple(
            name for name in absent if name in self.servers and name in self.known.memory.servers
        )

    def with_answers(self, answers: Mapping[str, str]) -> "Subject":
        """The same with base URLs, operations and credentials as they were answered now."""
        memory, servers = self.known.memory, dict(self.servers)
        credentials = dict(self.credentials)
        operations: dict[str, MethodAndPath] = {}
        for key, answer in answers.items():
            if key.startswith(_OPERATION):
                operation_id = key.removeprefix(_OPERATION)
                if operation_id not in memory.operations or (
                    memory.operations[operation_id].value != answer
                ):
                    memory = memory.with_operation(operation_id, answer)
                operations[operation_id] = read_method_and_path(answer)
            elif key.startswith(_SECRET):
                source, _, scheme = key.removeprefix(_SECRET).partition("\n")
                origins = self.known.settings.variables.get((source, scheme), Variable()).origins
                credentials[source, scheme] = Credential(answer, "your answer", origins)
            elif key not in servers or servers[key].url != answer:
                memory = memory.with_server(key, answer)
                servers[key] = choice(memory.servers[key])
        plan = answered(self.plan, operations) if self.plan else None
        known = replace(self.known, memory=memory)
        return replace(self, plan=plan, known=known, servers=servers, credentials=credentials)

    def placed(self, known: Recalled) -> "Subject":
        """The same, its answers where they are kept now."""
        answers = known.memory.servers
        servers = {
            name: choice(answers[name])
            if name in answers and answers[name].value == each.url
            else each
            for name, each in self.servers.items()
        }
        return replace(self, known=known, servers=servers)

    def settings(self, timeout: float) -> Settings:
        """The settings a run of it begins with."""
        return Settings(self.servers, self.credentials, timeout)


def _why(reason: str, looked: tuple[str, ...]) -> str:
    # What to do stands first: paths are long, and the room for this is not.
    places = "; looked at " + ", ".join(looked) if looked else ""
    return f"Give the full URL, path included: its description {reason}{places}"


async def subject_beside(
    opened: Opened, workflow_id: str, start: Start, known: Recalled, demo_url: str = ""
) -> Subject:
    """The same as `subject_of`, and beside the keys where a keyring is asked: that may ask a person."""
    if any(each.keyring for each in known.settings.variables.values()):
        return await asyncio.to_thread(subject_of, opened, workflow_id, start, known, demo_url)
    return subject_of(opened, workflow_id, start, known, demo_url)


def subject_of(
    opened: Opened, workflow_id: str, start: Start, known: Recalled, demo_url: str = ""
) -> Subject:
    """A workflow with everything that is known for it: the command line's word, then what was used last."""
    result = planned(opened, workflow_id)
    if result.plan is None or opened.description is None:
        return Subject(opened, workflow_id, None, result.problems, known=known)
    memory = known.memory
    values: dict[str, Json] = dict(memory.inputs.get(workflow_id, {}))
    origins = dict.fromkeys(values, "last run")
    complaint = "\n".join(str(each) for each in known.settings.wrong)
    names = [each.name for each in opened.description.source_descriptions]
    servers = {name: choice(given) for name, given in memory.servers.items() if name in names}
    try:
        given = start.inputs.for_schema(schema_of(result.plan))
        values.update(given)
        origins.update(dict.fromkeys(given, start.inputs_origin))
        servers.update(read_servers(start.servers, names))
    except BadUsage as wrong:
        complaint = str(wrong)
    if demo_url:
        servers = {name: ServerChoice(demo_url, "the demo's own server") for name in names}
    operations = {
        name: read_method_and_path(given.value) for name, given in memory.operations.items()
    }
    made = answered(result.plan, operations)
    credentials, unread = held(wanted(made), known.settings.variables)
    return Subject(
        opened=opened,
        workflow_id=workflow_id,
        plan=made,
        problems=(
            *known.settings.problems,
            *answered_problems(result.problems, opened, known.settings),
        ),
        values=values,
        origins=origins,
        servers=servers,
        credentials=credentials,
        known=known,
        secrets=all_marks(known.settings, own_marks(start.state, address_of(opened.name))),
        complaint="\n".join(each for each in (complaint, *unread) if each),
    )
