"""An Arazzo description as frozen data: what the document says, with its expressions parsed.

Field names are the specification's. Every object keeps the mark of the place it was written at, which
takes no part in comparisons: two readings of the same text in different places are equal.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct, field

from arazzo_tui.document.scalar_places import place_inside
from arazzo_tui.document.source import Mark, Source
from arazzo_tui.language.alike import Alike
from arazzo_tui.language.criterion import Criterion
from arazzo_tui.language.template import Template
from arazzo_tui.language.values import Json, Pointer


class Info(Struct, frozen=True):
    """The metadata of a description (INF-1)."""

    title: str
    version: str
    summary: str = ""
    description: str = ""


SourceType: TypeAlias = Literal["openapi", "arazzo", "asyncapi", "graphql", ""]
"""What a source is said to be; empty when the document does not say (SRC-3).

`graphql` is proposed for Arazzo 1.2, as are `graphqlOperation` and `in: variable`.
"""


class SourceDescription(Alike, frozen=True):
    """A description that operations or workflows come from (§ Source Description Object).

    `extensions` are its fields that begin with `x-`, which expressions can name (OPN-9).
    """

    ASIDE = frozenset({"mark"})

    name: str
    url: str
    type: SourceType
    mark: Mark
    extensions: Mapping[str, Json] = field(default_factory=dict)


class OperationById(Struct, frozen=True):
    """`operationId`, as written."""

    text: str


class OperationByPath(Struct, frozen=True):
    """`operationPath`, as written."""

    text: str


class CallWorkflow(Struct, frozen=True):
    """`workflowId` of a step: another workflow is run as this step."""

    text: str


class Channel(Struct, frozen=True):
    """`channelPath`, as written, and the step's `action`: shown, not executed (OPN-7, ASY-9)."""

    text: str
    action: str


Marks: TypeAlias = Mapping[Pointer, Mark]
"""The places of the parts of a value that are not constant, for whoever has to say what is wrong there."""


class GraphQLOperation(Alike, frozen=True):
    """A GraphQL Operation Object, as proposed for Arazzo 1.2.

    `schema` is the name of a source. `operation` is GraphQL text, unless `source` names the one whose
    operation of the name `operation` is meant. `text_mark` is the place of `operation`, `marks` are those
    of the parts of `extensions`.
    """

    ASIDE = frozenset({"mark", "text_mark", "marks"})

    schema: str
    operation: str
    mark: Mark
    text_mark: Mark
    source: str = ""
    extensions: Template | None = None
    marks: Marks = field(default_factory=dict)

    def inside(self, offset: int) -> Mark:
        """Where the character `offset` of the GraphQL text is written in the document."""
        start = self.text_mark
        line, column = place_inside(
            start.source.text, start.line, start.column, self.operation, offset
        )
        return Mark(start.source, line, column)


Target: TypeAlias = OperationById | OperationByPath | CallWorkflow | Channel | GraphQLOperation


class Parameter(Alike, frozen=True):
    """A Parameter Object; `location` is its `in`, empty where there is none (PAR-3)."""

    ASIDE = frozenset({"mark", "marks"})

    name: str
    location: str
    value: Template
    mark: Mark
    marks: Marks = field(default_factory=dict)


class Replacement(Alike, frozen=True):
    """A Payload Replacement Object: `value` goes where `target` points (REP-1..5).

    `selector_type` and `version` say what language the target is in; empty for what is not said.
    """

    ASIDE = frozenset({"mark", "marks"})

    target: str
    selector_type: str
    value: Template
    mark: Mark
    marks: Marks = field(default_factory=dict)
    version: str = ""


class Body(Alike, frozen=True):
    """A Request Body Object. `payload` is None when the document gives only replacements."""

    ASIDE = frozenset({"mark", "marks"})

    content_type: str
    payload: Template | None
    replacements: tuple[Replacement, ...]
    mark: Mark
    marks: Marks = field(default_factory=dict)


class Action(Alike, frozen=True):
    """A Success or Failure Action Object, reusable ones already put in their place (ACT-*)."""

    ASIDE = frozenset({"mark"})

    name: str
    type: Literal["end", "goto", "retry"]
    mark: Mark
    step_id: str = ""
    workflow_id: str = ""
    criteria: tuple[Criterion, ...] = ()
    retry_after: float = 0.0
    retry_limit: int = 1
    parameters: tuple[Parameter, ...] = ()


Outputs: TypeAlias = Mapping[str, Template]


class Step(Alike, frozen=True):
    """A Step Object. `timeout` is in seconds (the document writes milliseconds, STP-10).

    `action` and `correlation_id` belong to steps over message brokers (STP-12); empty and None elsewhere.
    """

    ASIDE = frozenset({"mark", "criteria_marks", "output_marks", "correlation_marks"})

    step_id: str
    target: Target | None
    mark: Mark
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    success_criteria: tuple[Criterion, ...] = ()
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()
    outputs: Outputs = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    timeout: float | None = None
    action: str = ""
    correlation_id: Template | None = None
    criteria_marks: tuple[Mark, ...] = ()
    output_marks: Marks = field(default_factory=dict)
    correlation_marks: Marks = field(default_factory=dict)


class Workflow(Alike, frozen=True, dict=True):
    """A Workflow Object. `inputs` is its JSON Schema with `$ref`s into the document resolved."""

    ASIDE = frozenset({"mark", "inputs_mark", "output_marks"})

    workflow_id: str
    mark: Mark
    summary: str = ""
    description: str = ""
    inputs: Json = None
    inputs_mark: Mark | None = None
    steps: tuple[Step, ...] = ()
    success_actions: tuple[Action, ...] = ()
    failure_actions: tuple[Action, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    outputs: Outputs = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    output_marks: Marks = field(default_factory=dict)

    def step(self, step_id: str) -> Step | None:
        """The step with this id, or None."""
        return self._steps_by_id.get(step_id)

    @cached_property
    def _steps_by_id(self) -> Mapping[str, Step]:
        return {step.step_id: step for step in reversed(self.steps)}


class Description(Alike, frozen=True, dict=True):
    """A whole Arazzo document (§ Arazzo Specification Object)."""

    ASIDE = frozenset({"mark"})

    source: Source
    version: str
    info: Info
    mark: Mark
    self_uri: str = ""
    source_descriptions: tuple[SourceDescription, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    components: Json = None

    def workflow(self, workflow_id: str) -> Workflow | None:
        """The workflow with this id, or None."""
        return self._workflows_by_id.get(workflow_id)

    @cached_property
    def _workflows_by_id(self) -> Mapping[str, Workflow]:
        return {each.workflow_id: each for each in reversed(self.workflows)}
