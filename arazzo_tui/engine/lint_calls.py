"""What a step gives and reads beside what the description of its operation, or its workflow, knows.

Without it the call still begins; `call_checks` says what keeps one from being sent. Of a source that
could not be read only the form of the reference can be judged.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from arazzo_tui.document.arazzo import (
    Action,
    CallWorkflow,
    OperationById,
    OperationByPath,
    Parameter,
    Step,
    Workflow,
)
from arazzo_tui.document.lookup import OperationField, find_operation
from arazzo_tui.document.names import input_names
from arazzo_tui.document.openapi import Api
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, did_you_mean
from arazzo_tui.engine.inputs import fields
from arazzo_tui.engine.lint_schema import nothing_there
from arazzo_tui.engine.plan import Documents, Unavailable
from arazzo_tui.engine.references import of_step
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json

_USUAL_HEADERS = ("accept", "authorization", "content-type")


def check_calls(documents: Documents, report: Report) -> None:
    """Report doubtful calls of every step of a description (PAR-*, BOD-1, OPN-2..8)."""
    apis = {name: each for name, each in documents.sources.items() if isinstance(each, Api)}
    urls = {each.name: each.url for each in documents.description.source_descriptions}
    found: dict[tuple[OperationField, str], Operation | None] = {}

    def operation(kind: OperationField, text: str) -> Operation | None:
        if (kind, text) not in found:
            found[kind, text] = find_operation(kind, text, apis, urls)[0]
        return found[kind, text]

    for workflow in documents.description.workflows:
        for action in (*workflow.success_actions, *workflow.failure_actions):
            _goes_to(action, workflow, documents, report)
        for at, step in enumerate(workflow.steps):
            for action in (*step.on_success, *step.on_failure):
                _goes_to(action, workflow, documents, report)
            match step.target:
                case CallWorkflow(text):
                    called = _workflow(text, documents)
                    if called is not None:
                        given = (*workflow.parameters, *step.parameters)
                        _inputs(called, given, (), step.mark, report)
                case OperationById(text):
                    called_one = operation("operationId", text)
                    _of_operation(called_one, text, workflow, at, documents, report)
                case OperationByPath(text):
                    called_one = operation("operationPath", text)
                    _of_operation(called_one, text, workflow, at, documents, report)
                case _:
                    pass


def _of_operation(
    operation: Operation | None,
    text: str,
    workflow: Workflow,
    at: int,
    documents: Documents,
    report: Report,
) -> None:
    step = workflow.steps[at]
    if operation is None:
        _form(text, step, documents, report)
        return
    _parameters(operation, (*workflow.parameters, *step.parameters), report)
    _body(operation, step, report)
    _answers(operation, step, at, report)


# ------------------------------------------------------------------------------- operations


def _form(text: str, step: Step, documents: Documents, report: Report) -> None:
    """How a reference to an operation of a source that cannot be read should be written (OPN-2..4)."""
    sources = [each for each in documents.description.source_descriptions if each.type != "arazzo"]
    unread = [
        name for name, each in documents.sources.items() if isinstance(each, Unavailable)
    ]  # without one, `planner` said what is wrong
    if not unread or not sources:
        return
    name = next((each for each in unread if text.startswith(each + ".")), unread[0])
    if isinstance(step.target, OperationByPath):
        if not re.match(r"\{\$sourceDescriptions\.[^{}]+\.url\}#/", text):
            message = "an operationPath is the source's url as an expression and a JSON Pointer"
            written = re.fullmatch(r"(?:([A-Za-z]+)\s+)?(?:\{[^{}$]+\}\.?)?(/\S*)", text.strip())
            path = written[2].replace("~", "~0").replace("/", "~1") if written else "~1<path>"
            method = (written[1] or "").lower() if written else ""
            right = f"{{$sourceDescriptions.{name}.url}}#/paths/{path}/{method or '<method>'}"
            report.dialect("operation-path-form", message, step.mark, f"write {right}")
    elif not text.lstrip("{").startswith("$sourceDescriptions."):
        qualified = text.startswith(name + ".")
        if len(sources) > 1 or qualified:
            code = "operation-id-form" if qualified else "operation-id-bare"
            message = "among several sources an operationId is written after the name of its own"
            right = text if qualified else f"<name>.{text}"
            report.dialect(code, message, step.mark, f"write $sourceDescriptions.{right}")


def _parameters(operation: Operation, parameters: tuple[Parameter, ...], report: Report) -> None:
    """Parameters that no description knows, where it knows one of nearly that name (PAR-1)."""
    secrets = {(each.location, each.parameter) for each in operation.schemes.values()}
    given = {each.name for each in parameters}
    for parameter in parameters:
        place, name = parameter.location, parameter.name
        if place not in ("query", "header", "cookie") or (place, name) in secrets:
            continue
        if operation.parameter(name, place) is not None or name.lower() in _USUAL_HEADERS:
            continue
        elsewhere = [each for each in operation.parameters if each.name == name]
        free = [
            each.name
            for each in operation.parameters
            if each.location == place and each.name not in given
        ]
        message = f"{operation} has no {place} parameter {quoted_name(name)} (PAR-1)"
        if elsewhere:
            hint = f"write `in: {elsewhere[0].location}`"
            report.warning("unknown-parameter", message, parameter.mark, hint)
        elif get_close_matches(name, free, n=1, cutoff=0.75) or name.lower() in map(
            str.lower, free
        ):
            hint = did_you_mean(name, free)
            report.warning("unknown-parameter", message, parameter.mark, hint)


def _body(operation: Operation, step: Step, report: Report) -> None:
    """A body that is required and not there, and a media type that the description does not know."""
    if step.body is None:
        if operation.body_required:
            kinds = ", ".join(quoted_name(each.name) for each in operation.body[:3])
            message = f"step {quoted_name(step.step_id)} gives no body, which {operation} requires"
            report.warning("missing-body", message, step.mark, f"add `requestBody:` of {kinds}")
        return
    written = step.body.content_type
    if written and "$" not in written and operation.body and operation.media_type(written) is None:
        message = f"{operation} takes no {quoted_name(written)}"
        hint = did_you_mean(written, [each.name for each in operation.body])
        report.warning("unknown-media-type", message, step.body.mark, hint)


def _answers(operation: Operation, step: Step, at: int, report: Report) -> None:
    """Places in the answer that every described success says do not exist."""
    schemas = list(_success_schemas(operation))
    if not schemas:
        return
    said: set[str] = set()
    for use in of_step(step, at):
        expression = use.expression
        way = expression.pointer or (expression.descent.names if expression.descent else ())
        if expression.path != ("response", "body") or not way or expression.text in said:
            continue
        reasons = [nothing_there(schema, way) for schema in schemas]
        first = reasons[0]
        if first is not None and all(reasons) and "length" not in way:
            said.add(expression.text)
            message = f"`{expression}`: {first[0]} by the answers of {operation}"
            report.hint("not-in-answer", message, use.mark, first[1])


def _success_schemas(operation: Operation) -> Iterator[Json]:
    """The schema of every described success; an empty one for an answer that is no JSON."""
    for status, answer in operation.responses.items():
        if status == "default" or not status.startswith("2"):
            continue
        for content in answer.content:
            yield content.schema if "json" in content.name else {}
    if "default" in operation.responses:
        yield {}


# ------------------------------------------------------------------------------- workflows


def _workflow(text: str, documents: Documents) -> Workflow | None:
    """The workflow that a reference names, here or in a source (OPN-8)."""
    local = documents.description.workflow(text)
    if local is not None:
        return local
    for name, each in documents.sources.items():
        head = f"$sourceDescriptions.{name}."
        if isinstance(each, Documents) and text.startswith(head):
            return each.description.workflow(text.removeprefix(head).removeprefix("workflows."))
    return None


def _goes_to(action: Action, workflow: Workflow, documents: Documents, report: Report) -> None:
    """An action hands on the inputs of the same name (A-28)."""
    called = _workflow(action.workflow_id, documents) if action.workflow_id else None
    if called is not None:
        handed_on = input_names(workflow.inputs)
        _inputs(called, action.parameters, handed_on, action.mark, report)


def _inputs(
    called: Workflow,
    given: tuple[Parameter, ...],
    handed_on: tuple[str, ...],
    mark: Mark,
    report: Report,
) -> None:
    """Inputs that a called workflow requires and does not get, and ones it does not know (PAR-3, STP-4)."""
    known = input_names(called.inputs)
    names = {each.name for each in given}
    for field in fields(called.inputs):
        if field.required and not field.has_default and field.name not in {*names, *handed_on}:
            message = (
                f"workflow {quoted_name(called.workflow_id)} requires the input "
                f"{quoted_name(field.name)}, which is not given"
            )
            report.warning("missing-input", message, mark, f"add a parameter `{field.name}`")
    free = [each for each in known if each not in names]
    for parameter in given:
        if parameter.name not in known and get_close_matches(parameter.name, free, cutoff=0.75):
            message = f"workflow {quoted_name(called.workflow_id)} has no input {quoted_name(parameter.name)}"
            hint = did_you_mean(parameter.name, free)
            report.warning("unknown-input", message, parameter.mark, hint)
