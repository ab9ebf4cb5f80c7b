"""Mistakes that keep nothing from running: steps no run comes to, outputs nobody reads, odd defaults.

`planner` and `references` say what cannot work; this room's `lint` says what is probably not meant.
"""

from collections.abc import Iterator

from arazzo_tui.document.arazzo import Action, Description, Step, Workflow
from arazzo_tui.document.shape import Report
from arazzo_tui.engine.inputs import fields, validate
from arazzo_tui.engine.references import uses
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json


def lint(description: Description, report: Report) -> None:
    """Report doubtful things of a whole description, as hints and warnings."""
    read_elsewhere = {
        use.expression.path[1]
        for workflow in description.workflows
        for use in uses(workflow)
        if use.expression.root == "workflows" and len(use.expression.path) > 1
    }
    for workflow in description.workflows:
        _defaults(workflow, report)
        _unreachable(workflow, report)
        _unused_outputs(workflow, report, whole=workflow.workflow_id in read_elsewhere)


def _defaults(workflow: Workflow, report: Report) -> None:
    """A default that its own schema refuses: nobody could start with it (A-5)."""
    schema: Json = workflow.inputs
    for field in fields(schema):
        if not field.has_default or not isinstance(schema, dict):
            continue
        wrong = [
            error
            for error in validate({**schema, "required": []}, {field.name: field.default})
            if error.name == field.name
        ]
        if wrong:
            message = f"the default of input {quoted_name(field.name)} does not fit its schema"
            report.warning(
                "default-misfit",
                f"{message}: {wrong[0].message}",
                workflow.inputs_mark or workflow.mark,
            )


def _unreachable(workflow: Workflow, report: Report) -> None:
    """Steps that no order of events comes to: every way before them jumps past or ends (FLW-1)."""
    positions = {step.step_id: at for at, step in enumerate(workflow.steps)}
    reached: set[int] = set()
    waiting = [0] if workflow.steps else []
    while waiting:
        at = waiting.pop()
        if at in reached or at >= len(workflow.steps):
            continue
        reached.add(at)
        waiting += _after(workflow.steps[at], at, workflow, positions)
    for at, step in enumerate(workflow.steps):
        if at not in reached:
            message = f"no run comes to step {quoted_name(step.step_id)}"
            report.warning("unreachable-step", message, step.mark)


def _after(step: Step, at: int, workflow: Workflow, positions: dict[str, int]) -> Iterator[int]:
    """The steps that may follow one."""
    success = _merged(step.on_success, workflow.success_actions)
    failure = _merged(step.on_failure, workflow.failure_actions)
    for action in (*success, *failure):
        if action.step_id in positions:
            yield positions[action.step_id]
    always = any(not action.criteria and action.type != "retry" for action in success)
    if not always:
        yield at + 1


def _merged(own: tuple[Action, ...], inherited: tuple[Action, ...]) -> tuple[Action, ...]:
    names = {action.name for action in own}
    return (*own, *(action for action in inherited if action.name not in names))


def _unused_outputs(workflow: Workflow, report: Report, *, whole: bool) -> None:
    """Outputs of steps that nothing reads. Those of a workflow are for its callers and stay unsaid."""
    if whole:
        return
    read: set[tuple[str, str]] = set()
    for use in uses(workflow):
        match use.expression.path:
            case ("steps", step_id, "outputs", name):
                read.add((step_id, name))
            case ("steps", step_id, "outputs"):
                read.add((step_id, ""))
            case _:
                pass
    for step in workflow.steps:
        if (step.step_id, "") in read:
            continue
        for name in step.outputs:
            if not any(other == step.step_id and _reads(text, name) for other, text in read):
                message = (
                    f"nothing reads output {quoted_name(name)} of step {quoted_name(step.step_id)}"
                )
                report.hint("unused-output", message, step.mark)


def _reads(text: str, name: str) -> bool:
    return text == name or (text.startswith(name) and text[len(name)] in ".[")
