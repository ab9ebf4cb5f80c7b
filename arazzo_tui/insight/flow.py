"""The picture of a workflow: its steps in order, and every way that leads from one to the next.

Made of a plan alone, so that it is there before anything runs; which way a run went is `traffic`'s. How
the picture looks on a screen is not decided here.
"""

from collections.abc import Generator, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.plan import (
    Plan,
    PlannedAction,
    PlannedStep,
    PlannedWorkflow,
    RunWorkflow,
)
from arazzo_tui.engine.references import uses
from arazzo_tui.language.criterion import Criterion

EdgeKind: TypeAlias = Literal["next", "fail", "end", "goto", "retry", "hand"]
"""`next` and `fail` are what follows without an action (FLW-3, FLW-4); `hand` is somebody's jump."""

Outcome: TypeAlias = Literal["success", "failure", ""]


class Edge(Struct, frozen=True):
    """A way out of a step. `workflow` is the key of the workflow it stands in, `at` the step's position.

    `to` is the position of the step it leads to, or that a retry goes through; `target` the key of a
    workflow it names. None and empty: it ends the workflow, or retries the step alone. `wait` is in
    seconds. `own` is False for an action that the step has from its workflow (WFL-7). One that is not
    `reachable` stands behind an action that always fires.
    """

    workflow: str
    at: int
    kind: EdgeKind
    outcome: Outcome = ""
    name: str = ""
    to: int | None = None
    target: str = ""
    criteria: tuple[str, ...] = ()
    limit: int = 0
    wait: float = 0.0
    own: bool = True
    reachable: bool = True


class Reading(Struct, frozen=True):
    """A data edge: an output that is read, and whose it is.

    `at` is the position of a step of the same workflow; `expression` names the output as the reader does.
    """

    kind: Literal["step", "workflow"]
    source: str
    output: str
    expression: str
    at: int | None = None


class Node(Struct, frozen=True):
    """A step: the ways out of it in the order they are tried, what it waits for, what it reads.

    `after` are the positions of the steps it depends on.
    """

    step: PlannedStep
    edges: tuple[Edge, ...]
    after: tuple[int, ...] = ()
    reads: tuple[Reading, ...] = ()


class Flow(Struct, frozen=True):
    """The picture of a planned workflow.

    `after` are the workflows it depends on, as written. `reads` is what its outputs are made of,
    `reads_everywhere` what its own parameters and actions read, which belong to every step.
    """

    key: str
    workflow_id: str
    nodes: tuple[Node, ...]
    positions: Mapping[str, int]
    after: tuple[str, ...] = ()
    reads: tuple[Reading, ...] = ()
    reads_everywhere: tuple[Reading, ...] = ()

    @property
    def inherited(self) -> tuple[Edge, ...]:
        """The actions that steps have from the workflow, each once, as the first step has it."""
        found: dict[tuple[Outcome, str], Edge] = {}
        for node in self.nodes:
            for edge in node.edges:
                if not edge.own:
                    found.setdefault((edge.outcome, edge.name), edge)
        return tuple(found.values())


def flows(plan: Plan) -> Mapping[str, Flow]:
    """The pictures of all workflows of a plan by key: first the one that was asked for."""
    keys = dict.fromkeys((plan.start, *plan.workflows))
    return {key: picture(plan.workflows[key]) for key in keys}


def picture(workflow: PlannedWorkflow) -> Flow:
    """The picture of one workflow. Total."""
    reads = _readings(workflow)
    nodes = tuple(
        Node(step, tuple(_edges(workflow, at)), _after(workflow, at), reads.get(at, ()))
        for at, step in enumerate(workflow.steps)
    )
    return Flow(
        key=workflow.key,
        workflow_id=workflow.workflow_id,
        nodes=nodes,
        positions=workflow.positions,
        after=() if _is_wrapper(workflow) else workflow.workflow.depends_on,
        reads=reads.get(len(nodes), ()),
        reads_everywhere=reads.get(-1, ()),
    )


def criterion_text(criterion: Criterion) -> str:
    """A criterion in one line: its condition, and for a query what it is applied to."""
    if criterion.context is None:
        return criterion.condition
    return f"{criterion.context} {criterion.type} {criterion.condition}"


def _edges(workflow: PlannedWorkflow, at: int) -> Iterator[Edge]:
    """The actions of a step in the order they are tried, then what follows when none fires."""
    step = workflow.steps[at]
    last = at + 1 == len(workflow.steps)
    own_success = {action.name for action in step.step.on_success}
    own_failure = {action.name for action in step.step.on_failure}
    success = yield from _actions(workflow, at, step.on_success, "success", own_success)
    following = None if last else at + 1
    yield Edge(workflow.key, at, "next", "success", to=following, reachable=success)
    failure = yield from _actions(workflow, at, step.on_failure, "failure", own_failure)
    yield Edge(workflow.key, at, "fail", "failure", reachable=failure)


def _actions(
    workflow: PlannedWorkflow,
    at: int,
    actions: tuple[PlannedAction, ...],
    outcome: Outcome,
    own: set[str],
) -> Generator[Edge, None, bool]:
    """The edges of one list of actions; returned is whether anything can come after them (ACT-2)."""
    reachable = True
    for planned in actions:
        action = planned.action
        fires = action.type != "retry" or action.retry_limit > 0
        yield Edge(
            workflow=workflow.key,
            at=at,
            kind=action.type,
            outcome=outcome,
            name=action.name,
            to=workflow.positions.get(action.step_id) if action.step_id else None,
            target=planned.workflow_key,
            criteria=tuple(criterion_text(each) for each in action.criteria),
            limit=action.retry_limit if action.type == "retry" else 0,
            wait=action.retry_after if action.type == "retry" else 0.0,
            own=action.name in own,
            reachable=reachable and fires,
        )
        # A retry gives way to what follows when it is used up.
        if not action.criteria and action.type != "retry":
            reachable = False
    return reachable


def _after(workflow: PlannedWorkflow, at: int) -> tuple[int, ...]:
    """The positions of the steps that a step names in `dependsOn` (DEP-2)."""
    found: dict[int, None] = {}
    for text in workflow.steps[at].step.depends_on:
        step_id = text.removeprefix(f"$workflows.{workflow.workflow_id}.steps.")
        position = workflow.positions.get(step_id.removeprefix("$steps."))
        if position is not None:
            found[position] = None
    return tuple(found)


def _readings(workflow: PlannedWorkflow) -> Mapping[int, tuple[Reading, ...]]:
    """The data edges by the position of their reader: -1 for every step, one past the last for outputs.

    An output that a step's own criteria and actions read again is no edge; one that its request reads is
    that of the visit before.
    """
    found: dict[int, dict[tuple[str, str, str], Reading]] = {}
    steps = tuple(step.step for step in workflow.steps)
    whole = replace(workflow.workflow, steps=steps)
    for use in uses(whole):
        if use.at < 0 and _is_wrapper(workflow):
            continue  # its parameters and actions belong to the workflow it wraps
        match use.expression.path:
            case ("steps", name, "outputs", output, *_):
                at = workflow.positions.get(name)
                reading = Reading("step", name, output, str(use.expression), at)
                if at == use.at and not use.needed:
                    continue
            case ("workflows", name, "outputs", output, *_):
                reading = Reading("workflow", name, output, str(use.expression))
            case _:
                continue
        found.setdefault(use.at, {}).setdefault((reading.kind, name, output), reading)
    return {at: tuple(readings.values()) for at, readings in found.items()}


def _is_wrapper(workflow: PlannedWorkflow) -> bool:
    """Whether the planner made this workflow, to run another after those it depends on (A-42)."""
    return any(
        isinstance(each.target, RunWorkflow) and each.target.shared for each in workflow.steps
    )
