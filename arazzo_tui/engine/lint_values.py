"""Values that are probably not meant: defaults no run could start with, outputs that nobody reads."""

from arazzo_tui.document.arazzo import Description, Step, Workflow
from arazzo_tui.document.names import input_names
from arazzo_tui.document.places import Places
from arazzo_tui.document.shape import Report
from arazzo_tui.engine.inputs import fields, validate
from arazzo_tui.engine.references import uses
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Template
from arazzo_tui.language.values import Json


def check_values(description: Description, report: Report, places: Places) -> None:
    """Report defaults that do not fit and outputs that nothing reads."""
    read_elsewhere = {
        use.expression.path[1]
        for workflow in description.workflows
        for use in uses(workflow)
        if use.expression.root == "workflows" and len(use.expression.path) > 1
    }
    for workflow in description.workflows:
        _defaults(workflow, report, places)
        if workflow.workflow_id not in read_elsewhere:
            _unused_outputs(workflow, report, places)


def _defaults(workflow: Workflow, report: Report, places: Places) -> None:
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
            home = workflow.inputs_mark or workflow.mark
            message = f"the default of input {quoted_name(field.name)} does not fit its schema"
            report.warning(
                "default-misfit",
                f"{message}: {wrong[0].message}",
                places.value(home, "properties", field.name, "default"),
                "write a default that fits, or another `type`",
            )


def _unused_outputs(workflow: Workflow, report: Report, places: Places) -> None:
    """Outputs of steps that nothing reads; those of a workflow are for its callers and stay unsaid.

    Nor are those a person may only want to see: a whole answer, and a value which has its name from an
    input or another output.
    """
    read = _read_outputs(workflow)
    for step in workflow.steps:
        if (step.step_id, "") in read:
            continue
        others = _names_beside(workflow, step)
        for name, value in step.outputs.items():
            if any(other == step.step_id and _reads(text, name) for other, text in read):
                continue
            if name.casefold() in others or _is_whole(value):
                continue
            message = (
                f"nothing reads output {quoted_name(name)} of step {quoted_name(step.step_id)}"
            )
            hint = f"read it as `$steps.{step.step_id}.outputs.{name}`, or remove it"
            report.hint("unused-output", message, places.name(step.mark, "outputs", name), hint)


def _read_outputs(workflow: Workflow) -> set[tuple[str, str]]:
    """Step and name of every output that is read; an empty name for all of a step's."""
    read: set[tuple[str, str]] = set()
    for use in uses(workflow):
        match use.expression.path:
            case ("steps", step_id, "outputs", name):
                read.add((step_id, name))
            case ("steps", step_id, "outputs"):
                read.add((step_id, ""))
            case _:
                pass
    return read


def _names_beside(workflow: Workflow, step: Step) -> frozenset[str]:
    names = [*input_names(workflow.inputs), *workflow.outputs]
    names += [name for each in workflow.steps if each is not step for name in each.outputs]
    return frozenset(name.casefold() for name in names)


def _is_whole(value: Template) -> bool:
    """Whether an output is a whole answer or its status: kept to be looked at."""
    return (
        isinstance(value, Expression)
        and not value.pointer
        and value.descent is None
        and (value.path in (("response", "body"), ("statusCode",)))
    )


def _reads(text: str, name: str) -> bool:
    return text == name or (text.startswith(name) and text[len(name)] in ".[")
