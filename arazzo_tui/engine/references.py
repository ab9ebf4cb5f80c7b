"""References between the parts of a workflow: every expression names something, or is a problem.

A workflow with one that names nothing still runs, as far as it comes: an output or a criterion reads null
there, and a step whose request needs it fails before anything is sent (A-8, in-the-wild row 10). By the
letter what a request needs must be there, so `--strict` refuses it (VAL-4, DEP-5).
"""

from collections.abc import Iterable

from msgspec import Struct

from arazzo_tui.document.arazzo import (
    Action,
    Body,
    Description,
    GraphQLOperation,
    Marks,
    Outputs,
    Step,
    Workflow,
)
from arazzo_tui.document.names import begins, input_names
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, did_you_mean
from arazzo_tui.language.condition import Condition
from arazzo_tui.language.criterion import Broken, Criterion, Embedded, Equals
from arazzo_tui.language.expression import AFTER_THE_CALL, Expression, parse_expression
from arazzo_tui.language.path_condition import PathCondition
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.query import JsonPath, Pattern, XPath
from arazzo_tui.language.template import Constant, Template, references


class Use(Struct, frozen=True):
    """An expression where it stands: in which step, and whether a request needs it.

    `at` is -1 for what belongs to every step, and one more than the last step for the outputs of the
    workflow. `operand` says that it stands in a simple condition, where `[n]` may follow a name (SIM-10).
    """

    expression: Expression
    mark: Mark
    at: int
    needed: bool
    operand: bool = False


def check_references(
    workflow: Workflow, description: Description, report: Report
) -> frozenset[int]:
    """Report every expression of a workflow that names no input, step, output, workflow or source.

    The positions of the steps that read something of their own request, for `check_sent`.
    """
    checker = _Checker(workflow, description, report)
    reading: set[int] = set()
    for use in uses(workflow):
        checker.check(use)
        if use.expression.path[0] == "request":
            reading.add(use.at)
    return frozenset(reading)


def undeclared_inputs(workflow: Workflow) -> tuple[str, ...]:
    """Inputs that are used but not declared: a form asks for them all the same (in-the-wild row 10)."""
    known = input_names(workflow.inputs)
    found: dict[str, None] = {}
    for use in uses(workflow):
        match use.expression.path:
            case ("inputs", name) if not begins(name, known):
                found[name.partition(".")[0].partition("[")[0]] = None
            case _:
                pass
    return tuple(found)


def check_sent(step: Step, operation: Operation, report: Report) -> None:
    """Report each `$request.header|query|path` of a step that names no parameter of its operation.

    By the letter it has no value; here it has one when such a thing was sent (EXP-28). Headers that
    OpenAPI describes elsewhere are none of its parameters, and still no mistake.
    """
    sent = [use for use in of_step(step, 0) if use.expression.path[0] == "request"]
    described = _described(operation) if sent else set()
    said: set[Expression] = set()
    for use in sent:
        match use.expression.path:
            case ("request", "header" | "query" | "path" as place, name):
                if (place, name) not in described and use.expression not in said:
                    message = f"`{use.expression}` names no parameter that {operation} describes"
                    message += "; what was sent counts (EXP-28)"
                    report.dialect("undescribed-parameter", message, use.mark)
                    said.add(use.expression)
            case _:
                pass


def _described(operation: Operation) -> set[tuple[str, str]]:
    """Place and name of all that an operation may be sent, names of headers in small letters."""
    described = {("header", name) for name in ("accept", "authorization", "content-type")}
    places = [(each.location, each.name) for each in operation.parameters]
    schemes = [(each.location, each.parameter) for each in operation.schemes.values()]
    for place, name in (*places, *schemes):
        described.add((place, name.lower() if place == "header" else name))
    return described


def uses(workflow: Workflow) -> tuple[Use, ...]:
    """Every expression of a workflow, in the order of the document."""
    found: list[Use] = []
    for parameter in workflow.parameters:
        _add(found, parameter.value, parameter.marks, parameter.mark, -1, needed=True)
    for at, step in enumerate(workflow.steps):
        found += of_step(step, at)
    for action in (*workflow.success_actions, *workflow.failure_actions):
        _add_action(found, action, -1)
    after = len(workflow.steps)
    _add_outputs(found, workflow.outputs, workflow.output_marks, workflow.mark, after)
    return tuple(found)


def of_step(step: Step, at: int) -> list[Use]:
    """Every expression of a step, the one at this position of its workflow."""
    found: list[Use] = []
    for parameter in step.parameters:
        _add(found, parameter.value, parameter.marks, parameter.mark, at, needed=True)
    if step.body is not None:
        _add_body(found, step.body, at)
    if isinstance(step.target, GraphQLOperation) and step.target.extensions is not None:
        target = step.target
        _add(found, step.target.extensions, target.marks, target.mark, at, needed=True)
    if step.correlation_id is not None:
        _add(found, step.correlation_id, step.correlation_marks, step.mark, at, needed=True)
    marks = step.criteria_marks or (step.mark,) * len(step.success_criteria)
    for criterion, mark in zip(step.success_criteria, marks, strict=True):
        _add_criterion(found, criterion, mark, at)
    for action in step.on_success:
        _add_action(found, action, at)
    for action in step.on_failure:
        _add_action(found, action, at)
    _add_outputs(found, step.outputs, step.output_marks, step.mark, at)
    return found


def _add(
    found: list[Use], value: Template, marks: Marks, mark: Mark, at: int, *, needed: bool
) -> None:
    """The expressions of a value; most values are constant or one expression."""
    if isinstance(value, Expression):
        found.append(Use(value, marks.get((), mark), at, needed))
    elif not isinstance(value, Constant):
        for pointer, each in references(value):
            found.append(Use(each, marks.get(pointer, mark), at, needed))


def _add_body(found: list[Use], body: Body, at: int) -> None:
    if body.payload is not None:
        _add(found, body.payload, body.marks, body.mark, at, needed=True)
    for each in body.replacements:
        _add(found, each.value, each.marks, each.mark, at, needed=True)


def _add_outputs(found: list[Use], outputs: Outputs, marks: Marks, mark: Mark, at: int) -> None:
    for name, value in outputs.items():
        if isinstance(value, Expression):
            found.append(Use(value, marks.get((name,), mark), at, needed=False))
        else:
            for pointer, each in references(value, (name,)):
                found.append(Use(each, marks.get(pointer, mark), at, needed=False))


def _add_action(found: list[Use], action: Action, at: int) -> None:
    for criterion in action.criteria:
        _add_criterion(found, criterion, action.mark, at)
    for parameter in action.parameters:
        _add(found, parameter.value, parameter.marks, parameter.mark, at, needed=False)


def _add_criterion(found: list[Use], criterion: Criterion, mark: Mark, at: int) -> None:
    """The expressions of a criterion; those of a simple condition are its operands."""
    if criterion.context is not None:
        found.append(Use(criterion.context, mark, at, needed=False))
    match criterion.test:
        case Condition() as condition:
            found += [
                Use(each, mark, at, needed=False, operand=True) for each in condition.expressions
            ]
        case PathCondition() as condition:
            for text in condition.expressions:
                parsed = parse_expression(text)
                if parsed is not None:
                    found.append(Use(parsed[0], mark, at, needed=False))
        case Embedded(template):
            for _, each in references(template):
                found.append(Use(each, mark, at, needed=False))
        case Equals() | JsonPath() | Pattern() | XPath() | Broken():
            pass


class _Checker:
    """Looks up the names of one workflow and reports each one that is not there, once a place."""

    def __init__(self, workflow: Workflow, description: Description, report: Report) -> None:
        self.workflow = workflow
        self.description = description
        self.report = report
        self.inputs = input_names(workflow.inputs)
        self.steps = {step.step_id: at for at, step in enumerate(workflow.steps)}
        self.said: set[tuple[str, int]] = set()

    def check(self, use: Use) -> None:
        match use.expression.path:
            case ("inputs", name):
                self._input(name, use)
            case ("steps", step, *rest):
                self._step(step, rest, use)
            case ("workflows", name, *rest):
                self._workflow(name, rest, use)
            case ("sourceDescriptions", name, *_):
                known = [each.name for each in self.description.source_descriptions]
                if name not in known:
                    self._say("unknown-source", f"no source {quoted_name(name)}", name, known, use)
            case ("components", group, name):
                self._component(group, name, use)
            case (root, *_) if root in AFTER_THE_CALL and (use.needed or self._is_output(use)):
                self._too_early(use)
            case _:
                pass

    def _is_output(self, use: Use) -> bool:
        """Whether it stands in the outputs of the workflow, which are taken after all steps."""
        return use.at == len(self.workflow.steps)

    def _too_early(self, use: Use) -> None:
        """EXP-29: a request, a response and the like belong to a step, and to what follows its call."""
        if not self._once(use):
            return
        if use.needed:
            message = f"`{use.expression}` has no value before the request is sent (EXP-29)"
            message += "; the step will fail"
            self.report.dialect("too-early", message, use.mark)
        else:
            message = f"`{use.expression}` has no value in the outputs of a workflow (EXP-29)"
            hint = "write `$steps.<stepId>.outputs.<name>`"
            self.report.warning("too-early", message, use.mark, hint)

    def _input(self, name: str, use: Use) -> None:
        if begins(name, self.inputs):
            if name not in self.inputs:
                self._path_into_value("inputs", name, self.inputs, use)
            return
        message = f"`{use.expression}` names no declared input; it is asked for all the same"
        if self._once(use):
            self.report.dialect(
                "undeclared-input", message, use.mark, did_you_mean(name, self.inputs)
            )

    def _component(self, group: str, name: str, use: Use) -> None:
        """`$components.parameters.<name>` as a value (EXP-19)."""
        components = self.description.components
        home = components.get(group) if isinstance(components, dict) else None
        known = tuple(home) if isinstance(home, dict) else ()
        if not begins(name, known):
            what = f"no {quoted_name(name)} in the components' `{group}`"
            self._say("unknown-component", what, name, known, use)

    def _step(self, step_id: str, rest: list[str], use: Use) -> None:
        if step_id not in self.steps:
            self._say("unknown-step", f"no step {quoted_name(step_id)}", step_id, self.steps, use)
            return
        if len(rest) < 2:
            return
        outputs = tuple(self.workflow.steps[self.steps[step_id]].outputs)
        name = rest[1]
        if not begins(name, outputs):
            what = f"no output {quoted_name(name)} of step {quoted_name(step_id)}"
            self._say("unknown-output", what, name, outputs, use)
            return
        if name not in outputs:
            self._path_into_value(f"steps.{step_id}.outputs", name, outputs, use)
        position = self.steps[step_id]
        if use.at >= 0 and position > use.at and self._once(use):
            message = f"`{use.expression}` reads a step that comes later (DEP-5)"
            self.report.warning("forward-reference", message, use.mark)
        if use.needed and position == use.at and self._once(use):
            message = f"`{use.expression}` reads the step it stands in, which has no outputs yet"
            self.report.warning("forward-reference", message, use.mark)

    def _workflow(self, name: str, rest: list[str], use: Use) -> None:
        local = self.description.workflow(name)
        if local is None:
            foreign = any(
                each.type in ("arazzo", "") for each in self.description.source_descriptions
            )
            known = [each.workflow_id for each in self.description.workflows]
            if not foreign:
                self._say("unknown-workflow", f"no workflow {quoted_name(name)}", name, known, use)
            return
        match rest:
            case ["outputs", output] if not begins(output, local.outputs):
                what = f"no output {quoted_name(output)} of workflow {quoted_name(name)}"
                self._say("unknown-output", what, output, local.outputs, use)
            case ["inputs", given] if not begins(given, input_names(local.inputs)):
                what = f"no input {quoted_name(given)} of workflow {quoted_name(name)}"
                self._say("unknown-input", what, given, input_names(local.inputs), use)
            case _:
                pass

    def _path_into_value(self, head: str, name: str, known: tuple[str, ...], use: Use) -> None:
        """A-6: a dotted path after a name is read, and the pointer that would be right is named."""
        start = max((each for each in known if begins(name, (each,))), key=len)
        if use.operand and name[len(start)] == "[":
            return  # `$steps.a.outputs.list[0].id` is the letter of the law in a condition
        way = name[len(start) :].replace("[", ".").replace("]", "").strip(".").replace(".", "/")
        if self._once(use):
            message = f"`{name[len(start) :]}` after {quoted_name(start)} is read as a path into its value"
            self.report.dialect("dotted-name", message, use.mark, f"write ${head}.{start}#/{way}")

    def _say(self, code: str, what: str, name: str, known: Iterable[str], use: Use) -> None:
        if not self._once(use):
            return
        message = f"`{use.expression}`: there is {what}"
        hint = did_you_mean(name, known)
        if use.needed:
            message += "; the step will fail before anything is sent"
            self.report.dialect(code, message, use.mark, hint)
        else:
            self.report.warning(code, message, use.mark, hint)

    def _once(self, use: Use) -> bool:
        key = (use.expression.text, use.mark.line)
        if key in self.said:
            return False
        self.said.add(key)
        return True
