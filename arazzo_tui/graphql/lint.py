"""GraphQL written into a document: syntax errors, and variables that do not match their declarations.

Known before a run, from the step's payload as it is written; a schema is not needed. What an expression
will bring is not known, and nothing is said of it.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from arazzo_tui.document.arazzo import Body, Description, Step
from arazzo_tui.document.marked import Node
from arazzo_tui.document.places import Places
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, did_you_mean
from arazzo_tui.graphql.request import Operation, offset_of, read_operation
from arazzo_tui.graphql.syntax import used_variables
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.template import Constant, Members, Template
from arazzo_tui.language.values import Json


class Mistake(Struct, frozen=True):
    """What is wrong; `way` leads from the payload to the member it is in, `offset` into the query."""

    code: str
    message: str
    hint: str = ""
    way: tuple[str, ...] = ("query",)
    offset: int = 0


def lint(description: Description, report: Report, places: Places) -> None:
    """Report what is wrong with the GraphQL of every step of a description."""
    for workflow in description.workflows:
        for step in workflow.steps:
            if step.body is not None and step.body.payload is not None:
                _payload(step, step.body, step.body.payload, report, places)


def _payload(step: Step, body: Body, payload: Template, report: Report, places: Places) -> None:
    written = _written(payload)
    if written is None:
        return
    operation = read_operation(written)
    if operation is None:
        return
    replaced = any("variables" in each.target for each in body.replacements)
    open_ended = "variables" in written and not isinstance(written["variables"], dict)
    for mistake in mistakes(operation, open_ended=open_ended or replaced):
        mark = _place(places.node(body.mark, "payload"), mistake, body.mark)
        said = f"step {quoted_name(step.step_id)}: {mistake.message}"
        report.warning(mistake.code, said, mark, mistake.hint)


def _place(payload: Node | None, mistake: Mistake, otherwise: Mark) -> Mark:
    """The character that is wrong, the member it is in, or at least the body."""
    here = payload
    for name in mistake.way:
        inner = here.get(name) if here is not None else None
        if inner is None:
            return otherwise if here is None else here.mark
        last, here = here, inner
        if name == mistake.way[-1] and name != "query" and last is not None:
            return last.key_mark(name)
    return here.inside(mistake.offset) if here is not None else otherwise


def mistakes(operation: Operation, *, open_ended: bool) -> Iterator[Mistake]:
    """What is wrong with a request as it is written.

    With `open_ended` variables their names are known only when the request is made.
    """
    if operation.syntax_error is not None:
        wrong = operation.syntax_error
        place = f"{wrong.line}:{wrong.column}" if wrong.line else "the start"
        message = f"the GraphQL query is wrong at {place}: {one_line(wrong.message)}"
        offset = offset_of(operation.query, wrong.line, wrong.column) or 0
        yield Mistake("graphql-syntax", message, offset=offset)
        return
    for problem in operation.problems:
        if not (open_ended and problem.startswith("`variables`")):
            yield Mistake("graphql-operation", problem)
    declared = [each.name for each in operation.variables]
    if not open_ended:
        yield from _sent(operation, declared)
    if operation.kind is not None:
        yield from _used(operation, declared)


def _sent(operation: Operation, declared: list[str]) -> Iterator[Mistake]:
    missing = [each.name for each in operation.variables if each.name not in operation.sent]
    for name in operation.undeclared:
        message = f"variable {quoted_name(name)} is sent but the query does not declare it"
        hint = did_you_mean(name, missing or declared)
        yield Mistake("graphql-undeclared", message, hint, ("variables", name))
    for variable in operation.variables:
        if variable.lacking:
            message = (
                f"variable `${variable.name}` of type `{variable.type}` is declared but not sent"
            )
            hint = f"add `{variable.name}:` to `variables`"
            yield Mistake("graphql-missing", message, hint, offset=_at(operation, variable.name))


def _used(operation: Operation, declared: list[str]) -> Iterator[Mistake]:
    used = used_variables(operation.query)
    for name in sorted(used - set(declared)):
        message = f"variable `${name}` is used in the query but not declared"
        hint = did_you_mean(name, declared) or f"declare it: `(${name}: …)`"
        yield Mistake("graphql-unknown", message, hint, offset=_at(operation, name))
    for name in declared:
        if name not in used:
            message = f"variable `${name}` is declared but never used; servers refuse such a query"
            hint = did_you_mean(name, sorted(used - set(declared))) or "use it, or remove it"
            yield Mistake("graphql-unused", message, hint, offset=_at(operation, name))


def _at(operation: Operation, variable: str) -> int:
    found = re.search(rf"\${re.escape(variable)}(?![A-Za-z0-9_])", operation.query)
    return found.start() if found else 0


def _written(payload: Template) -> dict[str, Json] | None:
    """The payload with a stand-in wherever an expression stands; None where its query is not known."""
    match payload:
        case Constant(dict() as value):
            return value
        case Constant(str() as text):
            try:
                read = read_json(text)
            except BadJson:
                return None
            return read if isinstance(read, dict) else None
        case Members(members) if isinstance(members.get("query"), Constant):
            known = {name: stand_in(member) for name, member in members.items()}
            if not isinstance(known.get("operationName", ""), str | None):
                return None
            return known
        case _:
            return None


def stand_in(template: Template) -> Json:
    """A value with a stand-in wherever an expression stands."""
    match template:
        case Constant(value):
            return value
        case Members(members):
            return {name: stand_in(member) for name, member in members.items()}
        case _:
            return "…"
