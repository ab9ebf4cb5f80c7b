"""From an answer to a decision: criteria judged, outputs taken, the next move chosen.

Pure functions of a moment, a request and an answer; `machine` carries out what is decided here.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from arazzo_tui.document.arazzo import Action, Outputs
from arazzo_tui.engine.content import is_replaced
from arazzo_tui.engine.exchange import Failure, Request, Response, header
from arazzo_tui.engine.moment import (
    Answer,
    Decision,
    Frame,
    Moment,
    Returned,
    StepRecord,
    Values,
)
from arazzo_tui.engine.plan import PlannedAction
from arazzo_tui.engine.scope import scope_with
from arazzo_tui.language.check import Check, Operand
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Unfilled, fill
from arazzo_tui.language.values import Json, Scope


def judged(moment: Moment, request: Request | None, answer: Answer) -> StepRecord:
    """The record of the attempt that ends with this answer (FLW-2)."""
    frame = moment.top
    names = scope_with(moment, request, answer)
    checks = _checks(frame, answer, names)
    passed = _passed(answer, checks)
    outputs, missing = _outputs_after(frame, answer, names)
    return StepRecord(
        workflow=frame.workflow.key,
        step=frame.step.step_id,
        attempt=frame.attempt,
        request=request,
        answer=answer,
        checks=checks,
        outputs=outputs,
        missing=missing,
        passed=passed,
        decision=decided(moment, passed, answer, names),
        depth=moment.depth,
    )


def _checks(frame: Frame, answer: Answer, names: Scope) -> tuple[Check, ...]:
    """Every criterion judged, none skipped; without an answer there is nothing to judge."""
    criteria = frame.step.step.success_criteria
    match answer:
        case Failure():
            return ()
        case Response(status=status) if not criteria:
            return (_default_rule(status),)
        case Returned() | Response():
            return tuple(each.judge(names) for each in criteria)


def _default_rule(status: int) -> Check:
    """A-16: without criteria a step passes with any 2xx status."""
    passed = 200 <= status <= 299
    reason = f"{status} is {'' if passed else 'not '}a success (2xx)"
    operand = Operand("$statusCode", status)
    return Check("2xx", "default", passed, reason, (operand,), "default rule: no successCriteria")


def _passed(answer: Answer, checks: Sequence[Check]) -> bool:
    match answer:
        case Failure():
            return False
        case Returned(passed=passed):
            return passed and all(check.passed for check in checks)
        case Response():
            return all(check.passed for check in checks)


def _outputs_after(frame: Frame, answer: Answer, names: Scope) -> tuple[Values, Mapping[str, str]]:
    """A step's outputs, taken after every answer, also of a failed step (A-3)."""
    outputs = frame.step.step.outputs
    match answer:
        case Failure():
            return {}, {}
        case Response(content=content) if is_replaced(content):
            return _without_replaced(*taken(outputs, names))
        case Response() | Returned():
            return taken(outputs, names)


def _without_replaced(
    values: Values, missing: Mapping[str, str]
) -> tuple[Values, Mapping[str, str]]:
    """The same without values that a � makes others than the server sent: they would go on so."""
    said = "it holds bytes that are no text; � would go on in their place"
    changed = {name: said for name, value in values.items() if "\ufffd" in write_json(value)}
    return {**values, **dict.fromkeys(changed)}, {**missing, **changed}


def taken(outputs: Outputs, names: Scope) -> tuple[Values, Mapping[str, str]]:
    """Each output on its own: null and a reason where it names nothing (A-3, A-8)."""
    values: dict[str, Json] = {}
    missing: dict[str, str] = {}
    for name, template in outputs.items():
        try:
            values[name] = fill(template, names)
        except Unfilled as unfilled:
            values[name] = None
            missing[name] = "; ".join(str(fault.missing) for fault in unfilled.faults)
    return values, missing


def decided(moment: Moment, passed: bool, answer: Answer, names: Scope) -> Decision:
    """The first action whose criteria hold, else the default (ACT-2, ACT-3, STP-7, STP-8)."""
    frame = moment.top
    step = frame.step
    passed_over: list[tuple[str, str]] = []
    for planned in step.on_success if passed else step.on_failure:
        reason = _why_not(planned.action, frame, names)
        if not reason:
            return _chosen(planned, moment, answer, names, tuple(passed_over))
        passed_over.append((planned.action.name, reason))
    return replace(_default(frame, passed=passed), passed_over=tuple(passed_over))


def options(moment: Moment, record: StepRecord) -> tuple[Decision, ...]:
    """Every action of the step of a judged attempt, as if its criteria held: those of its outcome first."""
    frame = moment.top
    names = scope_with(moment, record.request, record.answer)
    step = frame.step
    listed = (step.on_success, step.on_failure)
    first, second = listed if record.passed else reversed(listed)
    return tuple(
        _chosen(planned, moment, record.answer, names, ()) for planned in (*first, *second)
    )


def _default(frame: Frame, *, passed: bool) -> Decision:
    """What follows where no action applies (FLW-3, FLW-4); a helper of a retry goes back to it (FAC-7)."""
    after = frame.at + 1
    match passed, frame.only:
        case True, True:
            return Decision("next", why="passed: back to the step that is tried again")
        case False, True:
            return Decision("fail", why="failed: back to the step that is tried again")
        case True, False if after < len(frame.workflow.steps):
            target = frame.workflow.steps[after].step_id
            return Decision("next", "", target, "step", "passed: the next step in order")
        case True, _:
            return Decision("next", why="the last step passed: the workflow is complete")
        case _:
            why = "failed, and no failure action applies: the workflow ends here"
            return Decision("fail", why=why)


def _why_not(action: Action, frame: Frame, names: Scope) -> str:
    """Why an action does not fire; empty when it does."""
    if action.type == "retry" and frame.used.get(action.name, 0) >= action.retry_limit:
        many = f"{action.retry_limit} retries are" if action.retry_limit != 1 else "one retry is"
        return f"its {many} used up"
    for criterion in action.criteria:
        check = criterion.judge(names)
        if not check.passed:
            return f"`{check.condition}` does not hold: {check.reason}"
    return ""


def _chosen(
    planned: PlannedAction,
    moment: Moment,
    answer: Answer,
    names: Scope,
    passed_over: tuple[tuple[str, str], ...],
) -> Decision:
    action = planned.action
    why = "its criteria hold" if action.criteria else "it has no criteria"
    seconds = 0.0
    if action.type == "retry":
        used = moment.top.used.get(action.name, 0)
        seconds, because = _wait(action, answer, moment.settings.limits.wait)
        why = f"{why}; retry {used + 1} of {action.retry_limit}{because}"
    inputs, left_out = _inputs_for(planned, moment, names)
    return Decision(
        type=action.type,
        name=action.name,
        target=planned.workflow_key or action.step_id,
        target_kind="workflow" if planned.workflow_key else "step" if action.step_id else "",
        why="; ".join((why, *left_out)),
        seconds=seconds,
        inputs=inputs,
        passed_over=passed_over,
    )


def _inputs_for(
    planned: PlannedAction, moment: Moment, names: Scope
) -> tuple[Values, tuple[str, ...]]:
    """Inputs of a workflow that an action names: its parameters, else the caller's of the same name
    (ACT-7, A-28). What cannot be filled is left out, with a sentence, and the defaults apply.
    """
    if not planned.workflow_key:
        return {}, ()
    inputs = dict(moment.top.inputs)
    left_out: list[str] = []
    for parameter in planned.action.parameters:
        try:
            inputs[parameter.name] = fill(parameter.value, names)
        except Unfilled as unfilled:
            inputs.pop(parameter.name, None)
            left_out.append(f"the input {quoted_name(parameter.name)} is left out: {unfilled}")
    return inputs, tuple(left_out)


def _wait(action: Action, answer: Answer, longest: float) -> tuple[float, str]:
    """The seconds before a retry, and words about it (FAC-3, FAC-4, A-22)."""
    seconds, by = action.retry_after, "retryAfter"
    if isinstance(answer, Response):
        told = _retry_after(answer)
        if told is not None:
            seconds, by = told, "Retry-After"
    if seconds > longest:
        return longest, f", after {longest:g} s ({by} asked for {seconds:g} s; that is the most)"
    return seconds, f", after {seconds:g} s ({by})" if seconds else ""


def _retry_after(response: Response) -> float | None:
    """`Retry-After` in seconds: a number, or a date counted from the answer's own (RFC 9110 §10.2.3)."""
    told = (header(response.headers, "retry-after") or "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    until = _date(told)
    if until is None:
        return None
    sent = _date(header(response.headers, "date") or "")
    now = sent.timestamp() if sent else response.received
    return max(0.0, until.timestamp() - now)


def _date(text: str) -> datetime | None:
    """An HTTP-date in any of its three forms; all of them mean UTC (RFC 9110 §5.6.7)."""
    from email.utils import parsedate_to_datetime  # 30 ms, for a header that few answers have

    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
