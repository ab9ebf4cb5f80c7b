"""The workflow somebody looks at, ready to be filled in and run: document, plan, values, servers.

A value, made once when a workflow is chosen; the form is drawn from it and a run begins with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from arazzo_tui.document.source import Problem
from arazzo_tui.engine.credentials import Credential, Credentials
from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.values import Json
from arazzo_tui.tui.input_entry import Question
from arazzo_tui.tui.start import Start
from arazzo_tui.world.assume import (
    MethodAndPath,
    answered,
    read_method_and_path,
    unanswered,
)
from arazzo_tui.world.credentials import from_environment, variable_name, wanted
from arazzo_tui.world.given import BadUsage, read_servers
from arazzo_tui.world.prepare import extra_inputs, missing_servers, planned, schema_of
from arazzo_tui.world.state import Memory
from arazzo_tui.world.workspace import Opened

_OPERATION, _SECRET = "operation\n", "secret\n"
"""How the keys of questions begin that are no base URLs: no source's name holds a line break."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A workflow of an opened document. `plan` is None when its problems keep it from running.

    `origins` say in a word where each known value came from; `complaint` what was wrong with values
    from the command line.
    """

    opened: Opened
    workflow_id: str
    plan: Plan | None
    problems: tuple[Problem, ...]
    values: Mapping[str, Json] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, ServerChoice] = field(default_factory=dict)
    credentials: Credentials = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    complaint: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The name of its document and its id: where it stands in the browser."""
        return self.opened.name, self.workflow_id

    @property
    def schema(self) -> Json:
        """The schema of its inputs."""
        return schema_of(self.plan) if self.plan else None

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
        known = self.memory.operations
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
        for each in wanted(plan):
            given = self.credentials.get(each.key)
            source, scheme = each.key
            yield Question(
                key=f"{_SECRET}{source}\n{scheme}",
                label=f"{scheme} ({source})",
                why=f"{each.words}. May be left out; never kept. {variable_name(each.key)} gives it too.",
                placeholder=f"from {given.by}" if given else each.words,
                kind="secret",
            )

    def _answered(self, absent: Mapping[str, object]) -> tuple[str, ...]:
        """Base URLs that were answered earlier: they can be changed where they were asked for."""
        return tuple(
            name for name in absent if name in self.servers and name in self.memory.servers
        )

    def with_answers(self, answers: Mapping[str, str]) -> "Subject":
        """The same with base URLs, operations and credentials as they were answered now."""
        memory, servers, credentials = self.memory, dict(self.servers), dict(self.credentials)
        operations: dict[str, MethodAndPath] = {}
        for key, answer in answers.items():
            if key.startswith(_OPERATION):
                operation_id = key.removeprefix(_OPERATION)
                memory = memory.with_operation(operation_id, answer)
                operations[operation_id] = read_method_and_path(answer)
            elif key.startswith(_SECRET):
                source, _, scheme = key.removeprefix(_SECRET).partition("\n")
                credentials[source, scheme] = Credential(answer, "your answer")
            elif key not in servers or servers[key].url != answer:
                memory = memory.with_server(key, answer)
                servers[key] = ServerChoice(answer, f"your answer of {memory.servers[key].when}")
        plan = answered(self.plan, operations) if self.plan else None
        return replace(self, plan=plan, memory=memory, servers=servers, credentials=credentials)

    def settings(self, timeout: float) -> Settings:
        """The settings a run of it begins with."""
        return Settings(self.servers, self.credentials, timeout)


def _why(reason: str, looked: tuple[str, ...]) -> str:
    # What to do stands first: paths are long, and the room for this is not.
    places = "; looked at " + ", ".join(looked) if looked else ""
    return f"Give the full URL, path included: its description {reason}{places}"


def subject_of(
    opened: Opened, workflow_id: str, start: Start, memory: Memory, demo_url: str = ""
) -> Subject:
    """A workflow with everything that is known for it: the command line's word, then what was used last."""
    result = planned(opened, workflow_id)
    if result.plan is None or opened.description is None:
        return Subject(opened, workflow_id, None, result.problems, memory=memory)
    values: dict[str, Json] = dict(memory.inputs.get(workflow_id, {}))
    origins = dict.fromkeys(values, "last run")
    complaint = ""
    names = [each.name for each in opened.description.source_descriptions]
    servers = {
        name: ServerChoice(given.value, f"your answer of {given.when}")
        for name, given in memory.servers.items()
        if name in names
    }
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
    return Subject(
        opened=opened,
        workflow_id=workflow_id,
        plan=made,
        problems=result.problems,
        values=values,
        origins=origins,
        servers=servers,
        credentials=from_environment(wanted(made)),
        memory=memory,
        complaint=complaint,
    )
