"""Values that are probably not meant: defaults no run could start with, outputs that nobody reads."""

from collections import Counter
from collections.abc import Iterable, Mapping

from arazzo_tui.document.arazzo import Description, Workflow
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
    paths = [
        {use.expression.path: None for use in uses(workflow)} for workflow in description.workflows
    ]
    read_elsewhere = {
        path[1] for each in paths for path in each if path[0] == "workflows" and len(path) > 1
    }
    for workflow, read in zip(description.workflows, paths, strict=True):
        _defaults(workflow, report, places)
        if workflow.workflow_id not in read_elsewhere:
            _unused_outputs(workflow, read, report, places)


_MOST_LOOKS = 50_000  # each default is looked at with the whole schema, as a run will do


def _defaults(workflow: Workflow, report: Report, places: Places) -> None:
    """A default that its own schema refuses: nobody could start with it (A-5)."""
    schema: Json = workflow.inputs
    known = fields(schema)
    most = _MOST_LOOKS // max(1, len(known))
    for field in [each for each in known if each.has_default][:most]:
        if not isinstance(schema, dict):
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


def _unused_outputs(
    workflow: Workflow, paths: Iterable[tuple[str, ...]], report: Report, places: Places
) -> None:
    """Outputs of steps that nothing reads; those of a workflow are for its callers and stay unsaid.

    Nor are those a person may only want to see: a whole answer, and a value which has its name from an
    input or another output.
    """
    read = _read_outputs(paths)
    named = _named(workflow)
    for step in workflow.steps:
        of_step = read.get(step.step_id, set())
        if "" in of_step:
            continue
        own = Counter(name.casefold() for name in step.outputs)
        for name, value in step.outputs.items():
            if name in of_step or any(_reads(text, name) for text in of_step):
                continue
            if named[name.casefold()] > own[name.casefold()] or _is_whole(value):
                continue
            message = (
                f"nothing reads output {quoted_name(name)} of step {quoted_name(step.step_id)}"
            )
            hint = f"read it as `$steps.{step.step_id}.outputs.{name}`, or remove it"
            report.hint("unused-output", message, places.name(step.mark, "outputs", name), hint)


def _read_outputs(paths: Iterable[tuple[str, ...]]) -> Mapping[str, set[str]]:
    """By step the names of the outputs that are read; an empty one for all of them."""
    read: dict[str, set[str]] = {}
    for path in paths:
        match path:
            case ("steps", step_id, "outputs", name):
                read.setdefault(step_id, set()).add(name)
            case ("steps", step_id, "outputs"):
                read.setdefault(step_id, set()).add("")
            case _:
                pass
    return read


def _named(workflow: Workflow) -> Counter[str]:
    """How often each name is that of an input or an output, without regard to case."""
    names = [*input_names(workflow.inputs), *workflow.outputs]
    names += [name for step in workflow.steps for name in step.outputs]
    return Counter(name.casefold() for name in names)


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
