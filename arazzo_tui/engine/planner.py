"""Planning: every name of a description looked up once, and a problem where one names nothing.

A plan is made for one workflow and what it can come to; `check` plans them all. What is wrong elsewhere
in a document does not keep a workflow from running.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.arazzo import (
    Action,
    CallWorkflow,
    Channel,
    GraphQLOperation,
    OperationById,
    OperationByPath,
    Parameter,
    Step,
    Workflow,
)
from arazzo_tui.document.lookup import OperationField, find_operation
from arazzo_tui.document.openapi import Api
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, Problem, Severity, did_you_mean
from arazzo_tui.engine.call_checks import Misfits, check_call
from arazzo_tui.engine.graphql_steps import graphql_call, with_graphql_body
from arazzo_tui.engine.inputs import joined
from arazzo_tui.engine.message_steps import refused
from arazzo_tui.engine.plan import (
    CallOperation,
    Documents,
    Plan,
    PlannedAction,
    PlannedStep,
    PlannedTarget,
    PlannedWorkflow,
    RunWorkflow,
    Unavailable,
)
from arazzo_tui.engine.references import check_references
from arazzo_tui.engine.sources import assumed_operation
from arazzo_tui.engine.step_order import in_order
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.note import Note
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Template
from arazzo_tui.language.values import Json, Scope


def plan(
    documents: Documents, workflow_id: str, *, strict: bool = False
) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan of one workflow, and what is wrong with it; None when an error keeps it from running."""
    planner = _planner(documents, strict=strict)
    workflow = documents.description.workflow(workflow_id)
    if workflow is None:
        known = [each.workflow_id for each in documents.description.workflows]
        message = f"there is no workflow {quoted_name(workflow_id)} in this document"
        problem = Problem("unknown-workflow", message, None, did_you_mean(workflow_id, known))
        return None, (problem,)
    start = planner.with_dependencies(documents, workflow, "")
    planner.plan_all()
    problems = tuple(dict.fromkeys(planner.report.problems))
    if any(problem.severity is Severity.ERROR for problem in problems):
        return None, problems
    return Plan(start, planner.planned), problems


def check(documents: Documents, *, strict: bool = False) -> tuple[Problem, ...]:
    """What is wrong with the names of a whole description: every workflow is planned."""
    planner = _planner(documents, strict=strict)
    for workflow in documents.description.workflows:
        planner.with_dependencies(documents, workflow, "")
    planner.plan_all()
    return tuple(dict.fromkeys(planner.report.problems))


_Called: TypeAlias = tuple[CallOperation | None, tuple[Note, ...], str]
"""The call of an operation, what was read with tolerance, and a sentence when there is no such call."""

_MOST_FOLLOWED = 100_000  # of all workflows together, with what theirs depend on

_Home: TypeAlias = tuple[Documents, Workflow, str]
"""A workflow, the documents it stands in, and the prefix of its key."""


class _Needing(Struct):
    """A workflow whose dependencies are being followed, and those that were met so far, in order."""

    home: _Home
    rest: Iterator[str]
    met: dict[str, _Home] = {}

    def again(self, text: str) -> None:
        """Look at a dependency once more, when its own are known."""
        self.rest = itertools.chain((text,), self.rest)


def _needing(home: _Home) -> _Needing:
    """A workflow none of whose dependencies was followed yet."""
    return _Needing(home, iter(home[1].depends_on))


def _planner(documents: Documents, *, strict: bool) -> "_Planner":
    return _Planner(Report(strict), prefixes={id(documents): ""})


class _Planner(Struct):
    """Collects planned workflows by key while names are looked up.

    What is found waits in a list and is planned later, so that no chain of calls, however long, is a
    chain of Python's. Documents that name each other keep the prefix they were first found under.
    """

    report: Report
    prefixes: dict[int, str]
    planned: dict[str, PlannedWorkflow] = {}
    orders: dict[str, dict[str, _Home]] = {}
    waiting: list[_Home] = []
    begun: set[str] = set()
    called: dict[tuple[int, OperationField, str, str], _Called] = {}
    misfits: Misfits = {}
    constants: dict[int, Scope] = {}
    followed: int = 0
    gave_up: bool = False

    def plan_all(self) -> None:
        """Plan what was found, and what is found on the way."""
        while self.waiting:
            self._plan(*self.waiting.pop(0))

    def with_dependencies(self, documents: Documents, workflow: Workflow, prefix: str) -> str:
        """The key under which a workflow runs after those it depends on (WFL-5, DEP-1).

        With dependencies that is a wrapper whose steps call them in order, each once a run, and then
        the workflow itself: one mechanism for all calls (A-42).
        """
        key = self._needed(documents, workflow, prefix)
        order = self._dependencies(documents, workflow, prefix)
        if not order:
            return key
        wrapper = key + " after its dependencies"
        if wrapper not in self.planned:
            needed = {self._needed(*home): home[1] for home in order.values()}
            constants = self._constants(documents)
            made = _wrapper(wrapper, needed, key, documents, workflow, constants)
            self.planned[wrapper] = made
        return wrapper

    def _needed(self, documents: Documents, workflow: Workflow, prefix: str) -> str:
        """The key of a workflow that has to be planned."""
        key = prefix + workflow.workflow_id
        if key not in self.begun:
            self.begun.add(key)
            self.waiting.append((documents, workflow, prefix))
        return key

    def _dependencies(
        self, documents: Documents, workflow: Workflow, prefix: str
    ) -> Mapping[str, _Home]:
        """All workflows that must have run before this one by key, those without dependencies first."""
        if self.gave_up:
            return {}
        start = prefix + workflow.workflow_id
        chain = {} if start in self.orders else {start: _needing((documents, workflow, prefix))}
        while chain:
            here, needing = next(reversed(chain.items()))
            text = next(needing.rest, None)
            if text is None:
                self.orders[here] = needing.met
                self.followed += len(needing.met)
                del chain[here]
                continue
            home, asking, at = needing.home
            found = self._find_workflow(home, text, at, asking.mark)
            if found is None:
                continue
            key = found[2] + found[1].workflow_id
            if key in chain:
                self._circle((*chain, key), asking)
            elif self.followed > _MOST_FOLLOWED:
                self._too_many_dependencies(asking)
                return {}
            elif key in self.orders:
                needing.met.update(self.orders[key])
                needing.met[key] = found
            else:
                needing.again(text)
                chain[key] = _needing(found)
        return self.orders[start]

    def _too_many_dependencies(self, workflow: Workflow) -> None:
        """Said once: what follows from it would be as long as the document."""
        if not self.gave_up:
            message = f"the workflows depend on each other in more than {_MOST_FOLLOWED:,} ways"
            hint = "that is the limit for a document: each runs after all that those before it need"
            self.report.error("too-many-dependencies", message, workflow.mark, hint)
        self.gave_up = True

    def _circle(self, chain: tuple[str, ...], workflow: Workflow) -> None:
        message = f"`dependsOn` goes in a circle: {' → '.join(chain)}"
        self.report.error("dependency-cycle", message, workflow.mark)

    def _plan(self, documents: Documents, workflow: Workflow, prefix: str) -> None:
        """Plan one workflow; what it calls is noted, and planned in its turn."""
        key = prefix + workflow.workflow_id
        workflow = in_order(workflow, self.report)
        reading = check_references(workflow, documents.description, self.report)
        steps = [
            planned
            for at, step in enumerate(workflow.steps)
            if (planned := self._step(documents, workflow, step, prefix, reads=at in reading))
            is not None
        ]
        self.planned[key] = PlannedWorkflow(
            key=key,
            workflow=workflow,
            documents=documents,
            steps=tuple(steps),
            positions={step.step_id: at for at, step in enumerate(steps)},
            constants=self._constants(documents),
        )

    def _constants(self, documents: Documents) -> Scope:
        """What no run changes, once for all workflows of a document."""
        if id(documents) not in self.constants:
            self.constants[id(documents)] = _constants(documents)
        return self.constants[id(documents)]

    def _step(
        self, documents: Documents, workflow: Workflow, step: Step, prefix: str, *, reads: bool
    ) -> PlannedStep | None:
        """The step with what it calls; `reads` is whether an expression reads what it sent."""
        target = self._target(documents, step, prefix)
        if target is None:
            return None
        parameters = _merged(workflow.parameters, step.parameters, target)
        step, parameters = with_graphql_body(step, parameters, documents)
        check_call(step, target, parameters, self.report, self.misfits, reads=reads)
        success = self._actions(
            documents, workflow, step.on_success, workflow.success_actions, prefix
        )
        failure = self._actions(
            documents, workflow, step.on_failure, workflow.failure_actions, prefix
        )
        return PlannedStep(step, target, parameters, success, failure)

    def _target(self, documents: Documents, step: Step, prefix: str) -> PlannedTarget | None:
        match step.target:
            case None:
                return None  # said when the document was read
            case Channel():
                refused(step, documents, self.report)
                return None
            case CallWorkflow(text):
                found = self._find_workflow(documents, text, prefix, step.mark)
                return RunWorkflow(self.with_dependencies(*found)) if found else None
            case OperationById(text):
                return self._operation("operationId", text, documents, step, prefix)
            case OperationByPath(text):
                return self._operation("operationPath", text, documents, step, prefix)
            case GraphQLOperation() as called:
                return graphql_call(called, step, documents, prefix, self.report)

    def _operation(
        self, kind: OperationField, text: str, documents: Documents, step: Step, prefix: str
    ) -> PlannedTarget | None:
        """The operation a step calls: described, or assumed when its source cannot be read (A-53).

        Its source has the name that a person can give a base URL by, in whatever document it stands.
        """
        key = (id(documents), kind, text, prefix)
        if (step.action or key not in self.called) and refused(step, documents, self.report):
            return None
        if key not in self.called:
            self.called[key] = _called(kind, text, documents, prefix)
        call, notes, problem = self.called[key]
        for note in notes:
            hint = f"write {note.rewrite}" if note.rewrite else ""
            self.report.dialect(note.code, note.message, step.mark, hint)
        if call is None:
            message, hint = _message_and_hint(problem)
            self.report.error("unknown-operation", message, step.mark, hint)
        return call

    def _find_workflow(
        self, documents: Documents, text: str, prefix: str, mark: Mark
    ) -> _Home | None:
        """The workflow a reference names, its document, and the prefix of its key (OPN-8)."""
        local = documents.description.workflow(text)
        if local is not None:
            return documents, local, prefix
        foreign = [
            (name, each) for name, each in documents.sources.items() if isinstance(each, Documents)
        ]
        for name, home in foreign:
            head = f"$sourceDescriptions.{name}."
            for start in (head, f"{head}workflows.", f"{name}."):
                found = home.description.workflow(text.removeprefix(start))
                if text.startswith(start) and found is not None:
                    if start != head:
                        message = f"a workflow of another document is named by its source: {text}"
                        self.report.dialect(
                            "bare-source", message, mark, f"write {head}{found.workflow_id}"
                        )
                    return home, found, self.prefixes.setdefault(id(home), f"{prefix}{name}.")
        self._unknown_workflow(documents, text, mark)
        return None

    def _unknown_workflow(self, documents: Documents, text: str, mark: Mark) -> None:
        for name, each in documents.sources.items():
            if isinstance(each, Unavailable) and text.startswith(f"$sourceDescriptions.{name}."):
                message = f"{quoted_name(text)}: the source {quoted_name(name)} {each.reason}"
                self.report.error("source-unavailable", message, mark, _where(each))
                return
        known = (each.workflow_id for each in documents.description.workflows)
        homes = [
            f"`$sourceDescriptions.{name}.{text}`"
            for name, each in documents.sources.items()
            if isinstance(each, Documents) and each.description.workflow(text) is not None
        ]
        message = f"there is no workflow {quoted_name(text)} in this document"
        hint = f"write {' or '.join(homes)} (DOC-12)" if homes else did_you_mean(text, known)
        self.report.error("unknown-workflow", message, mark, hint)

    def _actions(
        self,
        documents: Documents,
        workflow: Workflow,
        own: tuple[Action, ...],
        inherited: tuple[Action, ...],
        prefix: str,
    ) -> tuple[PlannedAction, ...]:
        """The step's actions, then the workflow's whose name the step does not use (A-17)."""
        if not own and not inherited:
            return ()
        names = {action.name for action in own}
        merged = (*own, *(action for action in inherited if action.name not in names))
        planned: list[PlannedAction] = []
        for action in merged:
            if action.step_id and workflow.step(action.step_id) is None:
                known = (step.step_id for step in workflow.steps)
                message = f"action {quoted_name(action.name)} goes to {quoted_name(action.step_id)}"
                hint = did_you_mean(action.step_id, known)
                self.report.error(
                    "unknown-step", f"{message}, which is no step here", action.mark, hint
                )
            if action.workflow_id:
                found = self._find_workflow(documents, action.workflow_id, prefix, action.mark)
                if found is None:
                    continue
                planned.append(PlannedAction(action, self.with_dependencies(*found)))
            else:
                planned.append(PlannedAction(action))
        return tuple(planned)


def _called(kind: OperationField, text: str, documents: Documents, prefix: str) -> _Called:
    """The call of an operation, described or assumed (A-53); the same for all steps that name it so."""
    apis = {name: each for name, each in documents.sources.items() if isinstance(each, Api)}
    urls = {each.name: each.url for each in documents.description.source_descriptions}
    operation, notes, problem = find_operation(kind, text, apis, urls)
    if operation is not None:
        return (
            CallOperation(replace(operation, source=prefix + operation.source)),
            notes,
            "",
        )
    assumed = assumed_operation(text, documents)
    if assumed is not None:
        call = CallOperation(replace(assumed, source=prefix + assumed.source), assumed=True)
        return call, (), ""
    return None, (), problem


def _merged(
    inherited: tuple[Parameter, ...], own: tuple[Parameter, ...], target: PlannedTarget
) -> tuple[Parameter, ...]:
    """The workflow's parameters and the step's; the step's word counts (WFL-8, STP-4)."""
    if not inherited and len(own) < 2:
        return own

    def identity(parameter: Parameter) -> tuple[str, str]:
        match target:
            case RunWorkflow():
                return parameter.name, ""
            case CallOperation():
                header = parameter.location == "header"
                return parameter.name.lower() if header else parameter.name, parameter.location

    merged = {identity(each): each for each in inherited}
    merged.update({identity(each): each for each in own})
    return tuple(merged.values())


def _message_and_hint(sentence: str) -> tuple[str, str]:
    """A sentence and the cure at its end, which a problem has apart."""
    found = re.search(r"; (?=(?:did you mean|write|there is|one is) )", sentence)
    return (sentence[: found.start()], sentence[found.end() :]) if found else (sentence, "")


def _where(source: Unavailable) -> str:
    return "looked at " + ", ".join(source.looked) if source.looked else ""


def _constants(documents: Documents) -> Scope:
    """`$sourceDescriptions`, `$components` and `$self`: what no run changes (A-15, EXP-17..20)."""
    description = documents.description
    sources: dict[str, Json] = {
        each.name: {**each.extensions, "name": each.name, "url": each.url, "type": each.type}
        for each in description.source_descriptions
    }
    names: dict[str, Json] = {
        "sourceDescriptions": sources,
        "components": description.components or {},
    }
    if description.self_uri:
        names["self"] = description.self_uri
    return names


def _wrapper(
    key: str,
    needed: Mapping[str, Workflow],
    last: str,
    documents: Documents,
    workflow: Workflow,
    constants: Scope,
) -> PlannedWorkflow:
    """A workflow whose steps call others in order; its inputs and outputs are the last one's.

    Inputs that only the others have are asked for as well (A-42).
    """
    outputs: dict[str, Template] = {
        name: Expression(
            f"$workflows.{workflow.workflow_id}.outputs.{name}",
            ("workflows", last, "outputs", name),
        )
        for name in workflow.outputs
    }
    steps = tuple(
        PlannedStep(
            Step(step_id=called, target=CallWorkflow(called), mark=workflow.mark),
            RunWorkflow(called, once=called != last, shared=True),
        )
        for called in (*needed, last)
    )
    inputs = joined(workflow.inputs, [each.inputs for each in needed.values()])
    return PlannedWorkflow(
        key=key,
        workflow=replace(workflow, inputs=inputs, outputs=outputs),
        documents=documents,
        steps=steps,
        positions={step.step_id: at for at, step in enumerate(steps)},
        constants=constants,
    )
