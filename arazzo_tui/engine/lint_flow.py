"""The ways through a workflow: steps no run comes to, circles it cannot leave, criteria that never hold."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from arazzo_tui.document.arazzo import Action, CallWorkflow, Step, Workflow
from arazzo_tui.document.shape import Report
from arazzo_tui.language.compare import compare
from arazzo_tui.language.condition import Comparison, Condition, Literal, Node
from arazzo_tui.language.criterion import Criterion
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.logic import All, Negation, Some
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json

_Statuses: TypeAlias = frozenset[int | None]
"""Statuses that an answer may have; None is that of no answer at all."""

_STATUSES: _Statuses = frozenset((None, *range(100, 600)))
_SUCCESSES: _Statuses = frozenset(range(200, 300))


def check_flow(workflow: Workflow, report: Report) -> None:
    """Report what is wrong with the ways through a workflow, as warnings (FLW-1, ACT-*)."""
    _unreachable(workflow, report)
    _endless(workflow, report)
    for step in workflow.steps:
        _never_true(step, report)


# ------------------------------------------------------------------------------- ways


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
            hint = "each step before it ends the workflow or goes elsewhere"
            report.warning("unreachable-step", message, step.mark, hint)


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
    if not inherited:
        return own
    names = {action.name for action in own}
    return (*own, *(action for action in inherited if action.name not in names))


def _endless(workflow: Workflow, report: Report) -> None:
    """A circle of steps that only a failure leaves: each goes on to the next without a criterion."""
    positions = {step.step_id: at for at, step in enumerate(workflow.steps)}
    walked: set[int] = set()
    for start in range(len(workflow.steps)):
        way: dict[int, None] = {}
        here: int | None = start
        while here is not None and here not in walked and here not in way:
            way[here] = None
            here = _certainly_next(here, workflow, positions)
        if here is not None and here in way:
            listed = list(way)
            _say_endless(listed[listed.index(here) :], workflow, report)
        walked.update(way)  # `|=` with the keys of a dict would copy the set


def _certainly_next(at: int, workflow: Workflow, positions: dict[str, int]) -> int | None:
    """The step that follows a success whatever the answer; None when that is the end, or not known."""
    success = _merged(workflow.steps[at].on_success, workflow.success_actions)
    if not success:
        return at + 1 if at + 1 < len(workflow.steps) else None
    first = success[0]
    if first.criteria or first.type != "goto":
        return None
    return positions.get(first.step_id)


_MOST_SHOWN = 8


def _say_endless(circle: list[int], workflow: Workflow, report: Report) -> None:
    """At the action that goes back."""
    shown = [*circle[:_MOST_SHOWN], *circle[_MOST_SHOWN:][-1:], circle[0]]
    names = [workflow.steps[at].step_id for at in shown]
    if len(shown) < len(circle) + 1:
        names.insert(_MOST_SHOWN, "…")
    last = workflow.steps[circle[-1]]
    goto = next(iter(_merged(last.on_success, workflow.success_actions)), None)
    message = f"while all goes well this never ends: {' → '.join(names)}"
    hint = "give an action that leaves the circle, with `criteria`, before this one"
    report.warning("endless-loop", message, goto.mark if goto else last.mark, hint)


# ------------------------------------------------------------------------------- criteria


def _never_true(step: Step, report: Report) -> None:
    """Criteria that no status can meet, each alone and all together (CRI-1, STP-6)."""
    marks = step.criteria_marks or (step.mark,) * len(step.success_criteria)
    possible = _STATUSES
    for criterion, mark in zip(step.success_criteria, marks, strict=False):
        here = _statuses(criterion)
        if here is _STATUSES:
            continue
        if not here:
            message = f"no status meets {quoted_name(criterion.condition)}; the step always fails"
            report.warning("never-true", message, mark, "a status is a number from 100 to 599")
        elif possible and not possible & here:
            message = f"no status meets {quoted_name(criterion.condition)} and those before it"
            hint = "all criteria must hold; join them with `||` in one condition"
            report.warning("never-true", message, mark, hint)
        possible &= here
    if not step.success_criteria and not isinstance(step.target, CallWorkflow):
        possible = _SUCCESSES
    if possible:
        _actions(step.on_success, possible, "the step's success", report)
    _actions(step.on_failure, _STATUSES, "a failure", report)


def _actions(actions: Iterable[Action], possible: _Statuses, when: str, report: Report) -> None:
    for action in actions:
        if not action.criteria:
            continue
        left = possible
        for criterion in action.criteria:
            left &= _statuses(criterion)
        if not left:
            message = f"action {quoted_name(action.name)} is never taken"
            hint = f"no status of {when} meets its criteria"
            report.warning("never-true", message, action.mark, hint)


def _statuses(criterion: Criterion) -> _Statuses:
    """The statuses with which a criterion can hold; all where it asks for other things."""
    if not isinstance(criterion.test, Condition):
        return _STATUSES
    return _can_be(criterion.test.root, holds=True)


def _can_be(node: Node, *, holds: bool) -> _Statuses:
    match node:
        case Comparison("contains"):
            return _STATUSES
        case Comparison(operator, Expression(path=("statusCode",)), Literal(value=value)):
            return _meeting(operator, value, holds=holds)
        case Comparison(operator, Literal(value=value), Expression(path=("statusCode",))):
            return _met_by(value, operator, holds=holds)
        case Negation(inner):
            return _can_be(inner, holds=not holds)
        case All(parts) | Some(parts):
            found = [_can_be(part, holds=holds) for part in parts]
            if isinstance(node, All) is holds:
                return frozenset.intersection(*found)
            return frozenset.union(*found)
        case Literal() | Expression() | Comparison():
            return _STATUSES


@lru_cache(1024, typed=True)
def _meeting(operator: str, value: Json, *, holds: bool) -> _Statuses:
    """The statuses that stand in a comparison's left place when it holds, or does not."""
    return frozenset(s for s in _STATUSES if compare(operator, s, value) is holds)


@lru_cache(1024, typed=True)
def _met_by(value: Json, operator: str, *, holds: bool) -> _Statuses:
    """The statuses that stand in a comparison's right place when it holds, or does not."""
    return frozenset(s for s in _STATUSES if compare(operator, value, s) is holds)
