"""What decides how a run goes on: criteria and actions, read from their objects (CRI-*, ACT-*)."""

import math

from msgspec.structs import replace

from arazzo_tui.document.arazzo import Action
from arazzo_tui.document.marked import Node
from arazzo_tui.document.read_values import (
    Context,
    expression,
    expression_type,
    parameters,
    reusable,
)
from arazzo_tui.document.shape import Report, filled, items, known_fields, objects, text
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.compare import OPERATORS
from arazzo_tui.language.condition import Condition
from arazzo_tui.language.criterion import (
    TYPES,
    Broken,
    Criterion,
    CriterionType,
    known_version,
    read_criterion,
)
from arazzo_tui.language.expression import Expression, is_expression
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.selector import versions_of

_CRITERION = frozenset({"context", "condition", "type"})
_ACTION = frozenset(
    {"name", "type", "workflowId", "stepId", "retryAfter", "retryLimit", "criteria", "parameters"}
)


def criteria(node: Node | None, what: str, context: Context) -> tuple[Criterion, ...]:
    """A list of Criterion Objects (CRI-*, SEL-1)."""
    return tuple(_criterion(item, what, context) for item in items(node, what, context.report))


def _criterion(node: Node, what: str, context: Context) -> Criterion:
    report = context.report
    if isinstance(node.value, str):
        message = "a criterion is an object; the string is read as its condition"
        report.dialect("criterion-is-text", message, node.mark, "write `condition:` before it")
        return _read(node, node, "simple", "", None, context)
    condition = node.get("condition")
    if condition is None or not isinstance(condition.value, str):
        message = f"each of {what} needs a `condition`, a string"
        report.error("missing-field", message, condition.mark if condition else node.mark)
        return read_criterion("")[0]
    if node.value == {"condition": condition.value}:
        return _read(node, condition, "simple", "", None, context)
    taken_apart = _operator_apart(node, condition, context)
    if taken_apart is not None:
        return taken_apart
    known_fields(node, _CRITERION, "a criterion", report)
    given = node.get("type")
    type_, version = expression_type(given, TYPES, report)
    subject = expression(filled(node, "context", report), "`context`", report)
    chosen = _criterion_type(type_)
    if given is not None and given.value is not None and not type_:
        return _broken(condition.value, "the type of this criterion is not known here")
    if version and not known_version(chosen, version):
        message = f"version {quoted_name(version)} of {chosen} is not known here"
        hint = did_you_mean(version, versions_of(chosen))
        place = given.get("version") if given is not None else None
        report.error("unknown-version", message, place.mark if place else node.mark, hint)
        return _broken(condition.value, message)
    if chosen != "simple" and node.get("context") is None:
        message = f"a {chosen} criterion needs `context`, the value it is applied to (CRI-3)"
        hint = "add `context: $response.body`; without it the criterion always fails"
        report.dialect("missing-context", message, node.mark, hint)
    return _read(node, condition, chosen, version, subject, context)


def _operator_apart(node: Node, condition: Node, context: Context) -> Criterion | None:
    """`context`, `condition: ==` and `value`, found in the wild, as the condition they mean."""
    subject, value = node.get("context"), node.get("value")
    operator = str(condition.value).strip()
    if operator not in OPERATORS or subject is None or value is None:
        return None
    literal = value.value
    if isinstance(literal, str) and is_expression(literal):
        pass  # it is looked up, as in every other place
    elif isinstance(literal, str):
        literal = "'" + literal.replace("'", "''") + "'"
    elif isinstance(literal, dict | list):
        return None
    else:
        literal = write_json(literal)
    written = f"{subject.value} {operator} {literal}"
    message = f"a criterion has no `value`; this one is read as `{written}`"
    context.report.dialect(
        "criterion-value", message, condition.mark, f"write condition: {written}"
    )
    return read_criterion(written, strict=context.report.strict)[0]


def _broken(condition: str, reason: str) -> Criterion:
    return replace(read_criterion("")[0], condition=condition, test=Broken(reason))


def _criterion_type(name: str) -> CriterionType:
    match name:
        case "regex" | "jsonpath" | "xpath":
            return name
        case _:
            return "simple"


def _read(
    node: Node, condition: Node, type_: CriterionType, version: str,
    subject: Expression | None, context: Context,
) -> Criterion:  # fmt: skip
    report = context.report
    written = str(condition.value)
    criterion, notes = read_criterion(written, type_, version, subject, strict=report.strict)
    if notes:
        report.notes(notes, condition)
    if isinstance(criterion.test, Broken):
        broken = criterion.test
        code = "bad-condition" if type_ == "simple" else f"bad-{type_}"
        report.error(code, broken.reason, condition.inside(broken.offset), broken.hint)
    elif isinstance(criterion.test, Condition) and subject is not None:
        message = "`context` has no meaning for a simple condition (A-30)"
        report.dialect("context-unused", message, node.mark, "remove `context`")
    if isinstance(criterion.test, Condition):
        _paths(criterion.test, condition, report)
    return criterion


def _paths(test: Condition, node: Node, report: Report) -> None:
    """Paths in a simple condition that are more than names and indices (SIM-10, SIM-11, row 19)."""
    for each in test.expressions:
        start = test.text.find(each.text)
        if each.descent is not None and not each.descent.names:
            message = f"`{each}` selects with `*` or a filter, which a simple condition cannot"
            hint = "write a criterion of `type: jsonpath`"
            report.dialect("descent-wildcard", message, node.inside(start), hint)
        elif each.path[-1].endswith(".length") or _counts(each):
            message = (
                f"`.length` in `{each}` is read as the number of items, or as a member of that name"
            )
            hint = (
                "the standard has no `.length`; `type: jsonpath` can ask for `$[0]` or `length(@)`"
            )
            report.dialect("length-property", message, node.inside(start), hint)


def _counts(expression: Expression) -> bool:
    return expression.descent is not None and expression.descent.names[-1:] == ("length",)


def actions(node: Node | None, group: str, what: str, context: Context) -> tuple[Action, ...]:
    """A list of Success or Failure Action or Reusable Objects (ACT-*)."""
    read: list[Action] = []
    names: set[str] = set()
    for item in objects(node, what, context.report):
        found = reusable(item, group, context)
        if found is None:
            continue
        action = _action(found, group, len(read), context)
        if action is None:
            continue
        if action.name in names:
            message = f"action {quoted_name(action.name)} is given twice"
            context.report.error("duplicate-action", message, item.mark)
        names.add(action.name)
        read.append(action)
    return tuple(read)


def _action(node: Node, group: str, index: int, context: Context) -> Action | None:
    report = context.report
    types = ("end", "goto") if group == "successActions" else ("end", "goto", "retry")
    known_fields(node, _ACTION | {"condition"}, "an action", report)
    type_ = text(node, "type", "an action", report, required=True)
    name = text(node, "name", "an action", report)
    if not name:
        report.dialect("nameless-action", "an action needs `name` (ACT-1)", node.mark)
        name = f"{type_} {index + 1}"
    if type_ not in types:
        if type_:
            place = node.get("type")
            message = f"{quoted_name(type_)} is no type of action here"
            report.error(
                "bad-type", message, place.mark if place else None, did_you_mean(type_, types)
            )
        return None
    for key in ("stepId", "workflowId"):
        filled(node, key, report)
    step, workflow = (text(node, key, "an action", report) for key in ("stepId", "workflowId"))
    if step and workflow:
        message = "an action names a `stepId` or a `workflowId`, not both (ACT-4)"
        report.error("two-targets", message, node.mark)
    if type_ == "goto" and not step and not workflow:
        message = f"`goto` of action {quoted_name(name)} names no `stepId` and no `workflowId`"
        report.error("missing-field", message, node.mark)
    if type_ != "retry":
        _only_with_retry(node, type_, report)
    return Action(
        name=name, type=type_, mark=node.mark, step_id=step, workflow_id=workflow,  # type: ignore[arg-type]  # it is one of `types`
        criteria=_action_criteria(node, context),
        retry_after=_number(node, "retryAfter", 0.0, report),
        retry_limit=_whole_number(node, "retryLimit", 1, report),
        parameters=parameters(
            node.get("parameters"), "an action's `parameters`", context, of_workflow=True
        ),
    )  # fmt: skip


def _action_criteria(node: Node, context: Context) -> tuple[Criterion, ...]:
    loose = node.get("condition")
    listed = criteria(node.get("criteria"), "`criteria`", context)
    if loose is None:
        return listed
    if not isinstance(loose.value, str):
        context.report.error("wrong-type", "a `condition` is a string", loose.mark)
        return listed
    message = "an action has `criteria`, a list; its `condition` is read as one of them"
    context.report.dialect("action-condition", message, loose.mark, "write `criteria:`")
    return (*listed, _read(loose, loose, "simple", "", None, context))


def _number(node: Node, name: str, default: float, report: Report) -> float:
    found = node.get(name)
    if found is None or found.value is None:
        return default
    value = found.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.error("wrong-type", f"`{name}` is a number", found.mark)
        return default
    try:
        finite = math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        finite = False
    if not finite or value < 0:
        message = f"`{name}` is a number, finite and not negative (FAC-3, FAC-5)"
        report.error("out-of-range", message, found.mark)
        return default
    return value


def _whole_number(node: Node, name: str, default: int, report: Report) -> int:
    value = _number(node, name, default, report)
    if value != int(value):
        found = node.get(name)
        message = f"`{name}` is a whole number; this is read as {int(value)} (FAC-5)"
        report.dialect("wrong-type", message, found.mark if found else node.mark)
    return int(value)


def _only_with_retry(node: Node, type_: str, report: Report) -> None:
    for name in ("retryAfter", "retryLimit"):
        found = node.get(name)
        if found is not None and found.value is not None:
            message = f"`{name}` has no meaning for `{type_}`, only for `retry`"
            report.dialect("misplaced-field", message, node.key_mark(name), f"remove `{name}`")
