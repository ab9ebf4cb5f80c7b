"""What the templates and criteria of a step read: names with their ways, and the places they fill.

Read off the document, without any values; `onward` follows them through a run.
"""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.names import input_names
from arazzo_tui.engine.plan import PlannedStep, PlannedWorkflow
from arazzo_tui.insight.json_in_text import made_places
from arazzo_tui.insight.named import Named, asked, named, selected, targets
from arazzo_tui.language.condition import Condition
from arazzo_tui.language.criterion import Broken, Criterion, Embedded, Equals
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.path_condition import PathCondition, PathValue, sides
from arazzo_tui.language.query import JsonPath, Pattern, XPath
from arazzo_tui.language.template import (
    Constant,
    Items,
    Members,
    Selected,
    Template,
    Text,
    references,
)
from arazzo_tui.language.values import Json, Pointer

Carried: TypeAlias = set[Pointer]
"""Names with the ways into their values, from the root down: `("steps", "a", "outputs", "list", "0")`."""


class Reading(Struct, frozen=True):
    """A name that is read, how it is written, and the place it fills; `exact` when it fills all of it."""

    name: Named
    written: str
    place: Pointer = ()
    exact: bool = True


def met(name: Named, carried: Carried) -> list[Pointer]:
    """The places of a carried value inside of what a name gives; `()` when it is a part of the value."""
    whole = (*name.path, *name.way)
    found: list[Pointer] = []
    for each in carried:
        if whole[: len(each)] == each or (name.query and each[: len(whole)] == whole):
            found.append(())
        elif each[: len(whole)] == whole:
            found.append(each[len(whole) :])
        elif whole[-1] == "length" and each[: len(whole) - 1] == whole[:-1]:
            found.append(())
    return found


def of_template(
    template: Template, workflow: PlannedWorkflow, at: Pointer = ()
) -> Iterator[Reading]:
    """The names that a template reads, with the places they fill below `at`."""
    match template:
        case Constant():
            return
        case Expression():
            yield Reading(_named(template, workflow), template.text, at)
        case Text():
            yield from _of_text(template, workflow, at)
        case Selected(context, selector):
            name = selected(template, _named(context, workflow))
            yield Reading(name, f"{context} → {selector}", at)
        case Members(members):
            for name_, member in members.items():
                yield from of_template(member, workflow, (*at, name_))
        case Items(items):
            for index, item in enumerate(items):
                yield from of_template(item, workflow, (*at, str(index)))


def _of_text(template: Text, workflow: PlannedWorkflow, at: Pointer) -> Iterator[Reading]:
    """The names in a text: at its place, and where it is JSON at the places that they make."""
    made: dict[int, list[tuple[Pointer, bool]]] = {}
    for number, place, exact in made_places(template):
        made.setdefault(number, []).append((place, exact))
    for number, part in enumerate(template.parts):
        if isinstance(part, Expression):
            for place, exact in made.get(number, [((), False)]):
                yield Reading(_named(part, workflow), part.text, (*at, *place), exact)


def of_request(
    planned: PlannedStep, workflow: PlannedWorkflow, payload: Json, *, calls: bool
) -> Iterator[Reading]:
    """The names that a step reads before its call; `payload` tells where its replacements go."""
    for each in planned.parameters:
        name = each.name.lower() if each.location == "header" else each.name
        head = ("parameters", name) if calls or not each.location else (each.location, name)
        yield from of_template(each.value, workflow, head)
    body = planned.step.body
    if body is None or calls:
        return
    if body.payload is not None:
        yield from of_template(body.payload, workflow, ("body",))
    for replacement in body.replacements:
        places = tuple(targets(replacement.target, replacement.selector_type, payload))
        for place in places or ((),):
            yield from of_template(replacement.value, workflow, ("body", *place))


def of_criterion(criterion: Criterion, workflow: PlannedWorkflow) -> Iterator[Reading]:
    """The names that a criterion reads, its context with the way of a plain path into it."""
    for each in _operands(criterion):
        yield Reading(_named(each, workflow), each.text)
    context = criterion.context
    if context is None or isinstance(criterion.test, Condition):
        return
    name = _named(context, workflow)
    paths = _paths(criterion)
    for path in paths:
        there = name if name.query else asked(name, path.text)
        yield Reading(there, f"{context} → {path.text}")
    if not paths:
        yield Reading(name, context.text)


def _operands(criterion: Criterion) -> tuple[Expression, ...]:
    """The runtime expressions in a condition, its context aside."""
    match criterion.test:
        case Condition() as condition:
            return condition.expressions
        case PathCondition() as condition:
            parsed = (parse_expression(each) for each in condition.expressions)
            return tuple(each[0] for each in parsed if each is not None)
        case Embedded(template):
            return tuple(each for _, each in references(template))
        case Equals() | JsonPath() | Pattern() | XPath() | Broken():
            return ()


def _paths(criterion: Criterion) -> tuple[JsonPath, ...]:
    """The JSONPaths that a criterion applies to its context."""
    match criterion.test:
        case PathCondition() as condition:
            return tuple(each.path for each in sides(condition.root) if isinstance(each, PathValue))
        case JsonPath() as path:
            return (path,)
        case Condition() | Embedded() | Equals() | Pattern() | XPath() | Broken():
            return ()


def _named(expression: Expression, workflow: PlannedWorkflow) -> Named:
    """The name in an expression, by what the workflow declares (A-6)."""
    match expression.path:
        case ("inputs", _):
            return named(expression, input_names(workflow.workflow.inputs))
        case ("steps", step, "outputs", _):
            at = workflow.positions.get(step)
            return named(expression, workflow.steps[at].step.outputs if at is not None else ())
        case ("workflows", own, "inputs", _) if own == workflow.workflow_id:
            name = named(expression, input_names(workflow.workflow.inputs))
            return replace(name, path=name.path[2:])
        case _:
            return named(expression)
