"""What a planned call lacks or has too much: known before a run, and told at the step.

A call that lacks something still begins; the step fails before it is sent (STP-4, PAR-6). Where values come
from is `references`' concern, and how they are written into a request that of `request`.
"""

from typing import TypeAlias

from arazzo_tui.document.arazzo import Body, Parameter, Step
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.engine.address import path_variables
from arazzo_tui.engine.body import choose_media_type, encode
from arazzo_tui.engine.plan import CallOperation, PlannedTarget, RunWorkflow
from arazzo_tui.engine.references import check_sent
from arazzo_tui.engine.serialize import CannotSend
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Constant, Items, Members, Template
from arazzo_tui.language.values import Json

Misfits: TypeAlias = dict[tuple[int, str, str], tuple[Operation, str]]
"""Why an object, or an array, is no body of an operation as some media type, where that was asked before.

By the identity of the operation, which is kept with the answer; the answer is empty where it is one.
"""

_NO_BODY_IN = ("GET", "HEAD", "DELETE")


def check_call(
    step: Step,
    target: PlannedTarget,
    parameters: tuple[Parameter, ...],
    report: Report,
    misfits: Misfits,
    *,
    reads: bool,
) -> None:
    """Report what does not fit between a step and what it calls; `parameters` are the merged ones.

    `reads` is whether an expression of the step reads what it sent.
    """
    match target:
        case RunWorkflow():
            if step.body is not None:
                message = "`requestBody` means nothing where a workflow is called (STP-5)"
                hint = "its inputs are given by `parameters`"
                report.dialect("misplaced-field", message, step.body.mark, hint)
        case CallOperation(operation, assumed):
            for parameter in parameters:
                if not parameter.location:
                    _no_location(parameter, operation, report)
            _path(step, operation, parameters, report)
            if not assumed:
                _required(step, operation, parameters, report)
                if reads:
                    check_sent(step, operation, report)
            _query(parameters, report)
            _messaging(step, operation, report)
            if step.body is not None:
                _body(step, step.body, operation, parameters, report, misfits)


# ------------------------------------------------------------------------------- parameters


def _no_location(parameter: Parameter, operation: Operation, report: Report) -> None:
    """`in` is needed where an operation is called; a description may know it (PAR-3)."""
    declared = [each for each in operation.parameters if each.name == parameter.name]
    message = f"parameter {quoted_name(parameter.name)} of an operation needs `in` (PAR-3)"
    if len(declared) == 1:
        hint = f"write `in: {declared[0].location}`, as the description has it"
        report.dialect("missing-location", message, parameter.mark, hint)
    else:
        report.error("missing-location", message, parameter.mark)


def _path(
    step: Step, operation: Operation, parameters: tuple[Parameter, ...], report: Report
) -> None:
    """Every variable of the path needs its value, and each value its variable (PAR-6)."""
    variables = path_variables(operation.path)
    given = {each.name for each in parameters if each.location in ("path", "")}
    described = {
        each.name for each in operation.parameters if each.required and each.location == "path"
    }
    for name in variables:
        if name not in given and name not in described:
            message = (
                f"step {quoted_name(step.step_id)} gives no value for {quoted_name(name)} "
                f"in the path of {operation} (PAR-6)"
            )
            report.warning("missing-parameter", message, step.mark)
    for parameter in parameters:
        if operation.path and parameter.location == "path" and parameter.name not in variables:
            message = f"the path of {operation} has no {quoted_name(parameter.name)} (PAR-6)"
            hint = did_you_mean(parameter.name, variables)
            report.warning("unknown-parameter", message, parameter.mark, hint)


def _required(
    step: Step, operation: Operation, parameters: tuple[Parameter, ...], report: Report
) -> None:
    """What a description says is required and the step does not give (STP-4)."""
    given = {(each.name.lower(), each.location) for each in parameters}
    for spec in operation.parameters:
        if spec.required and (spec.name.lower(), spec.location) not in given:
            message = (
                f"step {quoted_name(step.step_id)} does not give the required "
                f"{spec.location} parameter {quoted_name(spec.name)} of {operation}"
            )
            report.warning("missing-parameter", message, step.mark)


def _query(parameters: tuple[Parameter, ...], report: Report) -> None:
    """`in: querystring` is a text and the whole query, so it stands alone (PAR-8)."""
    whole = [each for each in parameters if each.location == "querystring"]
    others = [each for each in parameters if each.location == "query"]
    for parameter in whole:
        if not isinstance(_stand_in(parameter.value), str | None):
            message = "the value of a querystring parameter is a string (PAR-8)"
            hint = "it is written as a form, or as its `content` says"
            report.dialect("querystring-value", message, parameter.mark, hint)
    if whole and (others or len(whole) > 1):
        message = f"{quoted_name(whole[0].name)} is the whole query, and stands alone (PAR-8)"
        mixed = (whole[1:] or others)[0]
        hint = "write all of the query in it, or each pair as `in: query`"
        report.dialect("querystring-mixed", message, mixed.mark, hint)


def _messaging(step: Step, operation: Operation, report: Report) -> None:
    """`action` and `correlationId` mean nothing where the operation is one of HTTP (STP-12)."""
    written = ["action"] if step.action else []
    written += ["correlationId"] if step.correlation_id is not None else []
    for name in written:
        message = f"`{name}` belongs to steps over message brokers (STP-12); this calls {operation}"
        report.dialect("misplaced-field", message, step.mark, f"remove `{name}`")


# ------------------------------------------------------------------------------- bodies


def _body(
    step: Step,
    body: Body,
    operation: Operation,
    parameters: tuple[Parameter, ...],
    report: Report,
    misfits: Misfits,
) -> None:
    if operation.method in _NO_BODY_IN:
        message = f"a {operation.method} request with a body has no defined meaning (STP-5)"
        said = "it is sent all the same"
        if operation.body:
            report.hint("body-discouraged", message, body.mark, said)
        else:
            report.warning("body-discouraged", message, body.mark, said)
    wrong = _unwritable(body, operation, parameters, misfits)
    if wrong:
        message = f"step {quoted_name(step.step_id)} will fail before anything is sent: {wrong}"
        report.warning("payload-misfit", message, body.mark)


def _unwritable(
    body: Body, operation: Operation, parameters: tuple[Parameter, ...], misfits: Misfits
) -> str:
    """Why a payload can never be written as its media type; empty where that is not known yet."""
    payload = body.payload
    if payload is None or body.replacements:
        return ""
    if not isinstance(payload, Members | Items | Constant):
        return ""
    content_type = body.content_type
    for parameter in parameters:
        if parameter.location == "header" and parameter.name.lower() == "content-type":
            if not isinstance(parameter.value, Constant):
                return ""
            content_type = content_type or str(parameter.value.value)
    if isinstance(payload, Constant):
        return _misfit(payload.value, operation, content_type)
    key = (id(operation), type(payload).__name__, content_type)
    if key not in misfits:
        misfits[key] = operation, _misfit(_stand_in(payload), operation, content_type)
    return misfits[key][1]


def _misfit(stand_in: Json, operation: Operation, content_type: str) -> str:
    """Why such a value is no body of an operation; empty where it is one."""
    try:
        chosen, _ = choose_media_type(operation, stand_in, content_type)
        encode(stand_in, chosen, operation.media_type(chosen))
    except CannotSend as wrong:
        return str(wrong)
    return ""


def _stand_in(value: Template) -> Json:
    """A value of the kind that a template will have; null where that is not known."""
    match value:
        case Constant(constant):
            return constant
        case Members():
            return {}
        case Items():
            return []
        case _:
            return None
