"""Operations nobody described (A-53): the source is not there, and the step must run all the same.

What a step sends tells most of it: a GraphQL body is posted to the endpoint itself. For anything else the
method is guessed from the body and the path asked for.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.arazzo import OperationById, OperationByPath, Step, Workflow
from arazzo_tui.document.operation import Answer, AnswerContent, MediaType, Operation
from arazzo_tui.engine.plan import CallOperation, Plan, PlannedStep, RunWorkflow
from arazzo_tui.language.template import Constant, Members
from arazzo_tui.language.values import read_pointer

_GRAPHQL_ANSWERS = ("application/graphql-response+json", "application/json")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_PATH = re.compile(r"(?:([A-Za-z]+)\s+)?(/\S*)")
_METHOD_AND_PATH = re.compile(r"\s*([A-Za-z]+)\s+(/\S*|)\s*")


class MethodAndPath(Struct, frozen=True):
    """What a user answered for an operation: `POST /graphql`."""

    method: str
    path: str


def read_method_and_path(text: str) -> MethodAndPath:
    """`POST /path`, or a method alone for the base URL itself; raises `ValueError` with a sentence."""
    found = _METHOD_AND_PATH.fullmatch(text + " " if " " not in text.strip() else text)
    if found is None or found.group(1).upper() not in _METHODS:
        raise ValueError(f"write a method and a path, such as `POST /path`; this is `{text}`")
    return MethodAndPath(found.group(1).upper(), found.group(2))


def assumed_operations(source: str, workflows: Iterable[Workflow]) -> Mapping[str, Operation]:
    """For a source that is not there: an operation for every reference a step may mean by it."""
    found: dict[str, Operation] = {}
    for workflow in workflows:
        for step in workflow.steps:
            match step.target:
                case OperationById(text) | OperationByPath(text):
                    if text not in found:
                        found[text] = _assumed(source, text, step)
                case _:
                    pass
    return found


def unanswered(plan: Plan) -> tuple[Operation, ...]:
    """The assumed operations whose method and path nobody can guess: those that are no GraphQL."""
    found = {each.id or "": each for each in plan.assumed() if not each.path and not each.responses}
    return tuple(found.values())


def answered(plan: Plan, answers: Mapping[str, MethodAndPath]) -> Plan:
    """The plan with methods and paths that a user gave, by operationId."""
    if not answers:
        return plan
    workflows = {
        key: replace(workflow, steps=tuple(_with_answer(step, answers) for step in workflow.steps))
        for key, workflow in plan.workflows.items()
    }
    return replace(plan, workflows=workflows)


def _with_answer(step: PlannedStep, answers: Mapping[str, MethodAndPath]) -> PlannedStep:
    match step.target:
        case CallOperation(operation, True) if operation.id is not None and operation.id in answers:
            answer = answers[operation.id]
            told = replace(operation, method=answer.method, path=answer.path)
            return replace(step, target=CallOperation(told, assumed=True))
        case CallOperation() | RunWorkflow():
            return step


def _assumed(source: str, text: str, step: Step) -> Operation:
    method, path = _guess(text, step)
    graphql = _is_graphql(step)
    content = tuple(AnswerContent(name) for name in _GRAPHQL_ANSWERS) if graphql else ()
    sent = step.body.content_type if step.body and step.body.content_type else "application/json"
    return Operation(
        source=source,
        id=text if isinstance(step.target, OperationById) else None,
        method=method,
        path=path,
        servers=(),
        body=(MediaType(sent),) if step.body else (),
        responses={"200": Answer("", content)} if content else {},
    )


def _guess(text: str, step: Step) -> tuple[str, str]:
    """Method and path: as an `operationPath` writes them, else from the body."""
    _, sharp, pointer = text.partition("#")
    if sharp:
        try:
            tokens = read_pointer(pointer)
        except ValueError:
            tokens = ()
        if len(tokens) == 3 and tokens[0] == "paths":
            return tokens[2].upper(), tokens[1]
    method = "POST" if step.body else "GET"
    written = _PATH.fullmatch(text.strip())
    if written and (written[1] or method).upper() in _METHODS:
        return (written[1] or method).upper(), written[2]
    return method, ""


def _is_graphql(step: Step) -> bool:
    """Whether the payload has the shape of GraphQL over HTTP: an object with a `query` in it."""
    payload = step.body.payload if step.body else None
    match payload:
        case Members(members):
            return "query" in members
        case Constant(dict() as value):
            return isinstance(value.get("query"), str)
        case _:
            return False
