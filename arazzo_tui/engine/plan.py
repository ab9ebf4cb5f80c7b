"""A plan: a description in which every name has been looked up once.

Made by `planner`; read by `machine` and the panes. A planned step has its parameters and actions merged
with its workflow's, and knows the operation or the workflow it calls.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from arazzo_tui.document.arazzo import Action, Description, Parameter, Step, Workflow
from arazzo_tui.document.asyncapi import AsyncApi
from arazzo_tui.document.openapi import Api
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.source import Source
from arazzo_tui.language.alike import Alike
from arazzo_tui.language.values import Scope


class Unavailable(Struct, frozen=True):
    """A source that could not be read (A-53): why, and where it was looked for.

    `operations` are assumed ones, by the text a step names them with, so that a run needs no more
    than a base URL.
    """

    reason: str
    looked: tuple[str, ...] = ()
    operations: Mapping[str, Operation] = {}


class GraphQLText(Struct, frozen=True):
    """A source of type `graphql`: the text of a schema or of operations, not parsed yet."""

    name: str
    source: Source


class GraphQLDefinition(Struct, frozen=True):
    """One operation of a GraphQL text. `text` is the operation with the fragments that it reaches.

    `kind` is `query`, `mutation` or `subscription`, `name` empty for none; `variables` are the names it
    declares. `pieces` are the stretches of the text it was read from that `text` is put together of.
    """

    kind: str
    name: str
    text: str
    variables: frozenset[str] = frozenset()
    pieces: tuple[tuple[int, int], ...] = ()


ReadGraphQL = Callable[[str], tuple[GraphQLDefinition, ...]]
"""The operations of a GraphQL text; raises `BadText` for what does not parse."""


class Documents(Alike, frozen=True):
    """A description and, by source name, what its source descriptions turned out to be.

    `read_graphql` reads the operations of `graphqlOperation`; None where these are not wanted, for they
    are only proposed for Arazzo 1.2.
    """

    ASIDE = frozenset({"read_graphql"})

    description: Description
    sources: Mapping[str, "SourceContent"] = field(default_factory=dict)
    read_graphql: ReadGraphQL | None = None


SourceContent: TypeAlias = Api | AsyncApi | Documents | GraphQLText | Unavailable


class CallOperation(Struct, frozen=True):
    """A step's target: an operation; `assumed` when no description told of it."""

    operation: Operation
    assumed: bool = False


class RunWorkflow(Struct, frozen=True):
    """A step's target: another planned workflow, by its key.

    With `once` it does not run again in one run; `shared` gives it all inputs of its caller.
    """

    key: str
    once: bool = False
    shared: bool = False


PlannedTarget: TypeAlias = CallOperation | RunWorkflow


class PlannedAction(Struct, frozen=True):
    """An action; `workflow_key` is the planned workflow it names, empty for none."""

    action: Action
    workflow_key: str = ""


class PlannedStep(Struct, frozen=True):
    """A step with all it inherits (WFL-7, WFL-8, A-17)."""

    step: Step
    target: PlannedTarget
    parameters: tuple[Parameter, ...] = ()
    on_success: tuple[PlannedAction, ...] = ()
    on_failure: tuple[PlannedAction, ...] = ()

    @property
    def step_id(self) -> str:
        """The id of the step."""
        return self.step.step_id


class PlannedWorkflow(Struct, frozen=True):
    """A workflow ready to run. `key` names it in its plan: its id, after `<source>.` when foreign."""

    key: str
    workflow: Workflow
    documents: Documents
    steps: tuple[PlannedStep, ...]
    positions: Mapping[str, int]
    """Where each step stands."""
    constants: Scope = {}
    """What expressions can name that no run changes: sources, components, `$self`."""

    @property
    def workflow_id(self) -> str:
        """The id of the workflow in its own document."""
        return self.workflow.workflow_id


class Plan(Struct, frozen=True):
    """All workflows that a run of `start` can come to, by key."""

    start: str
    workflows: Mapping[str, PlannedWorkflow]

    @property
    def first(self) -> PlannedWorkflow:
        """The workflow that was asked for."""
        return self.workflows[self.start]

    def calls(self) -> Iterator[CallOperation]:
        """The calls of operations, step by step."""
        for workflow in self.workflows.values():
            for step in workflow.steps:
                match step.target:
                    case CallOperation() as call:
                        yield call
                    case RunWorkflow():
                        pass

    def assumed(self) -> Iterator[Operation]:
        """The operations that no description tells of."""
        return (call.operation for call in self.calls() if call.assumed)

    def unavailable(self) -> tuple[tuple[str, Unavailable], ...]:
        """The sources that operations of this plan come from and that tell of no server.

        They could not be read, or are GraphQL. Each by the name that a base URL is given by: after the
        prefix of its document, when foreign.
        """
        found: dict[str, Unavailable] = {}
        for workflow in self.workflows.values():
            for step in workflow.steps:
                match step.target:
                    case CallOperation(operation):
                        prefix = workflow.key.removesuffix(workflow.workflow_id)
                        name = operation.source.removeprefix(prefix)
                        source = workflow.documents.sources.get(name)
                        if isinstance(source, GraphQLText):
                            found[operation.source] = Unavailable("is GraphQL and names no server")
                        elif isinstance(source, Unavailable):
                            found[operation.source] = source
                    case RunWorkflow():
                        pass
        return tuple(found.items())
