"""A request that was edited by hand, as a patch to the document it was built from.

Only what is edited changes in the text, and only what is constant there. The document is read again
before anything is given back: its step has to build the edited values, or there is no patch. Nothing is
written to a file.
"""

from collections.abc import Iterator

from msgspec import Struct

from arazzo_tui.document.arazzo import Description, GraphQLOperation, Replacement, Step, Workflow
from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Node
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Problem, Severity, Source
from arazzo_tui.document.unified import unified_diff
from arazzo_tui.engine.body_changes import (
    NOT_CHANGED,
    Changes,
    json_text,
    payload_changes,
    settled,
)
from arazzo_tui.engine.exchange import Request
from arazzo_tui.engine.graphql_step_changes import graphql_step_changes, graphql_step_settled
from arazzo_tui.engine.parameter_changes import ParameterChanges, fields_settled
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Template, references
from arazzo_tui.language.values import Pointer, read_pointer


class Patch(Struct, frozen=True):
    """A change of a document: its unified diff, its whole new text, and what it leaves as it is.

    `diff` is empty where nothing changes, `text` is then the text there was. `left` has a sentence
    for each edit of the request that is not in it; where there is no patch at all, the reason.
    """

    diff: str
    text: str
    left: tuple[str, ...]


def patched(source: Source, step: Step, before: Request, after: Request) -> Patch:
    """The document changed so that its step builds the edited request, as far as it can say that.

    `source` is the text that `step` was read from, `before` the request as built, `after` as edited
    by hand.
    """
    found = _found(source, step)
    if found is None:
        said = f"the step {quoted_name(step.step_id)} is no longer where it was in {source.name}"
        return Patch("", source.text, (f"{said}: read the document again",))
    mark = source.text[: len(source.text) - len(source.text.lstrip("\ufeff"))]
    if mark + found.node.source.text != source.text:
        said = f"{source.name} has lines that end with CR alone, which no patch has"
        return Patch("", source.text, (f"{said}: there is no patch",))
    changes = Changes()
    parameters = ParameterChanges(step, found.node, before, after, changes)
    parameters.collect()
    if before.payload != after.payload or before.body != after.body:
        match found.step.target:
            case GraphQLOperation() as operation:
                graphql_step_changes(operation, parameters, before.payload, after.payload)
            case _:
                _body_changes(found, step, before, after, changes)
    parameters.finish()
    new = changes.made(found.node.source)
    left = tuple(dict.fromkeys(changes.left))
    if new.text == found.node.source.text:
        return Patch("", source.text, left)
    wrong = _not_as_meant(found, new, parameters)
    if wrong:
        return Patch("", source.text, (*left, wrong))
    text = mark + new.text
    return Patch(unified_diff(source.name, source.text, text), text, left)


# ------------------------------------------------------------------------------- the step


class _Found(Struct, frozen=True):
    """A step in its document as it is read now."""

    node: Node
    step: Step
    workflow: Workflow
    problems: tuple[Problem, ...]


def _found(source: Source, step: Step) -> _Found | None:
    root, problems = load(source)
    description, said = read_description(root) if root is not None else (None, ())
    if root is None or description is None:
        return None
    for workflow, each in _steps(description):
        here = each.mark.line, each.mark.column
        if each.step_id == step.step_id and here == (step.mark.line, step.mark.column):
            node = next((node for node in _nodes(root) if (node.line, node.column) == here), None)
            if node is not None:
                return _Found(node, each, workflow, (*problems, *said))
    return None


def _steps(description: Description) -> Iterator[tuple[Workflow, Step]]:
    for workflow in description.workflows:
        for step in workflow.steps:
            yield workflow, step


def _nodes(root: Node) -> Iterator[Node]:
    workflows = root.get("workflows")
    for workflow in workflows.items() if workflows is not None else ():
        steps = workflow.get("steps")
        yield from steps.items() if steps is not None else ()


# ------------------------------------------------------------------------------- the body


def _body_changes(
    found: _Found, step: Step, before: Request, after: Request, changes: Changes
) -> None:
    body, node = step.body, found.node.get("requestBody")
    payload = node.get("payload") if node is not None else None
    if body is None or body.payload is None or payload is None or node is None:
        changes.keep((), f"the body is not written as a payload of the step: {NOT_CHANGED}")
        return
    if isinstance(after.payload, str) and not isinstance(before.payload, str):
        changes.keep((), f"the body was edited as a text, and is written as data: {NOT_CHANGED}")
        return
    replaced = dict(_replaced(body.replacements, node))
    if len(replaced) < len(body.replacements):
        said = "the body is made with replacements that are no JSON Pointers"
        changes.keep((), f"{said}: {NOT_CHANGED}")
        return
    payload_changes(body.payload, payload, before.payload, after.payload, replaced, changes)


def _replaced(
    replacements: tuple[Replacement, ...], body: Node
) -> Iterator[tuple[Pointer, tuple[Template, Node]]]:
    """What replacements put into the payload; the last one for a place counts (REP-5)."""
    written = body.get("replacements")
    nodes = list(written.items()) if written is not None else []
    for each in replacements:
        here = (each.mark.line, each.mark.column)
        node = next((node for node in nodes if (node.line, node.column) == here), None)
        value = node.get("value") if node is not None else None
        if value is None or each.selector_type not in ("", "jsonpointer"):
            continue
        try:
            pointer = read_pointer(each.target.removeprefix("#"))
        except ValueError:
            continue
        yield pointer, (each.value, value)


# ------------------------------------------------------------------------------- looking again


def _not_as_meant(found: _Found, new: Source, parameters: ParameterChanges) -> str:
    """Why the changed document would not build the edited request; empty when it does."""
    root, problems = load(new)
    description, said = read_description(root) if root is not None else (None, ())
    step = _same_step(description, found) if description is not None else None
    if root is None or step is None:
        return "the step cannot be read from the changed document: there is no patch"
    if _errors((*problems, *said)) > _errors(found.problems):
        first = next(each for each in said if each.severity is Severity.ERROR)
        return f"the changed document would be wrong ({first.message}): there is no patch"
    if sorted(_expressions(step)) != sorted(_expressions(found.step)):
        return (
            "a value that was typed is an expression when it stands in the document: "
            "there is no patch"
        )
    if not _body_settled(root, step, parameters) or not fields_settled(parameters, step):
        return "the changed document would not build the edited request: there is no patch"
    return ""


def _body_settled(root: Node, step: Step, parameters: ParameterChanges) -> bool:
    """Whether the step that was read again has the edited body."""
    changes, after = parameters.found, parameters.after.payload
    if parameters.before.payload == after or () in changes.kept:
        return True
    here = (step.mark.line, step.mark.column)
    if isinstance(step.target, GraphQLOperation):
        return graphql_step_settled(step.target, step, after, changes)
    node = next((each for each in _nodes(root) if (each.line, each.column) == here), None)
    body = node.get("requestBody") if node is not None else None
    if body is None or step.body is None or step.body.payload is None:
        return False
    replaced = dict(_replaced(step.body.replacements, body))
    inner = json_text(step.body.payload, after, after)
    if inner is not None:
        return settled(inner.template, inner.after, (), changes, replaced)
    return settled(step.body.payload, after, (), changes, replaced)


def _same_step(description: Description, found: _Found) -> Step | None:
    """The step by its ids, which no edit of a request changes."""
    for workflow, step in _steps(description):
        if (workflow.workflow_id, step.step_id) == (
            found.workflow.workflow_id,
            found.step.step_id,
        ):
            return step
    return None


def _errors(problems: tuple[Problem, ...]) -> int:
    return sum(each.severity is Severity.ERROR for each in problems)


def _expressions(step: Step) -> Iterator[str]:
    """All that is not constant in what a step sends."""
    body = step.body
    templates = [each.value for each in step.parameters]
    if body is not None:
        templates += [] if body.payload is None else [body.payload]
        templates += [each.value for each in body.replacements]
    for template in templates:
        for _, expression in references(template):
            yield str(expression)
