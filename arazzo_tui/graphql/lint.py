"""GraphQL written into a document: syntax errors, and variables that do not match their declarations.

Known before a run, from the step's payload as it is written; a schema is not needed.
"""

from collections.abc import Iterator

from arazzo_tui.document.arazzo import Description, Step
from arazzo_tui.document.shape import Report
from arazzo_tui.graphql.request import Operation, read_operation
from arazzo_tui.graphql.syntax import used_variables
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.template import Constant, Members, Template
from arazzo_tui.language.values import Json


def lint(description: Description, report: Report) -> None:
    """Report what is wrong with the GraphQL of every step of a description."""
    for workflow in description.workflows:
        for step in workflow.steps:
            payload = step.body.payload if step.body else None
            if payload is not None:
                _payload(payload, step, report)


def _payload(payload: Template, step: Step, report: Report) -> None:
    written = _written(payload)
    if not isinstance(written, dict) or not isinstance(written.get("query"), str):
        return
    operation = read_operation(written)
    if operation is None or step.body is None:
        return
    mark = step.body.mark
    for code, message in _mistakes(operation):
        report.warning(code, f"step {quoted_name(step.step_id)}: {message}", mark)


def _mistakes(operation: Operation) -> Iterator[tuple[str, str]]:
    if operation.syntax_error is not None:
        wrong = operation.syntax_error
        place = f"{wrong.line}:{wrong.column}" if wrong.line else "the start"
        yield "graphql-syntax", f"the GraphQL query is wrong at {place}: {one_line(wrong.message)}"
        return
    for problem in operation.problems:
        yield "graphql-operation", problem
    for name in operation.undeclared:
        yield (
            "graphql-undeclared",
            f"variable `{one_line(name)}` is sent but the query does not declare it",
        )
    for variable in operation.variables:
        if variable.lacking:
            yield (
                "graphql-missing",
                f"variable `${variable.name}` of type `{variable.type}` is declared but not sent",
            )
    declared = {variable.name for variable in operation.variables}
    for name in sorted(used_variables(operation.query) - declared):
        yield "graphql-unknown", f"variable `${name}` is used in the query but not declared"


def _written(template: Template) -> Json:
    """The payload with a stand-in wherever an expression stands: its names, not its values."""
    match template:
        case Constant(value):
            return value
        case Members(members):
            return {name: _written(member) for name, member in members.items()}
        case _:
            return "…"
