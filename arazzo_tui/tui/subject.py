"""The workflow somebody looks at, ready to be filled in and run: document, plan, values, servers.

A value, made once when a workflow is chosen; the form is drawn from it and a run begins with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from arazzo_tui.document.source import Problem
from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.values import Json
from arazzo_tui.tui.input_entry import Question
from arazzo_tui.tui.start import Start
from arazzo_tui.world.given import BadUsage, read_servers
from arazzo_tui.world.prepare import extra_inputs, missing_servers, planned, schema_of
from arazzo_tui.world.state import Memory
from arazzo_tui.world.workspace import Opened


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
    memory: Memory = field(default_factory=Memory)
    complaint: str = ""

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
        absent = dict(self.plan.unavailable())
        asked = dict.fromkeys((*missing_servers(self.plan, self.servers), *self._answered(absent)))
        return tuple(
            Question(
                key=name,
                label=f"{name} base URL",
                why=_why(absent[name].reason, absent[name].looked),
                placeholder="http://localhost:8082/public",
                value=self.servers[name].url if name in self.servers else "",
            )
            for name in asked
        )

    def _answered(self, absent: Mapping[str, object]) -> tuple[str, ...]:
        """Base URLs that were answered earlier: they can be changed where they were asked for."""
        return tuple(
            name for name in absent if name in self.servers and name in self.memory.servers
        )

    def with_answers(self, answers: Mapping[str, str]) -> "Subject":
        """The same with base URLs as they were answered now."""
        memory, servers = self.memory, dict(self.servers)
        for name, url in answers.items():
            if name not in servers or servers[name].url != url:
                memory = memory.with_server(name, url)
                servers[name] = ServerChoice(url, f"your answer of {memory.servers[name].when}")
        return replace(self, memory=memory, servers=servers)

    def settings(self, timeout: float) -> Settings:
        """The settings a run of it begins with."""
        return Settings(self.servers, timeout)


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
    return Subject(
        opened,
        workflow_id,
        result.plan,
        result.problems,
        values,
        origins,
        servers,
        memory,
        complaint,
    )
