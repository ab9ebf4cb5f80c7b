"""Steps with `graphqlOperation`, as proposed for Arazzo 1.2: each becomes a call of GraphQL over HTTP.

When a plan is made, the operation is looked up and the step gets the POST request and the JSON body that it
stands for; from then on it is a step like any other. GraphQL text is parsed by whom `Documents` names.
"""

from msgspec.structs import replace

from arazzo_tui.document.arazzo import (
    Body,
    CallWorkflow,
    GraphQLOperation,
    Parameter,
    Step,
)
from arazzo_tui.document.operation import Answer, AnswerContent, MediaType, Operation
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, did_you_mean, mark_at
from arazzo_tui.engine.plan import (
    CallOperation,
    Documents,
    GraphQLDefinition,
    GraphQLText,
    ReadGraphQL,
    Unavailable,
)
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Constant, Members, Template
from arazzo_tui.language.values import Pointer

GRAPHQL_ANSWERS = ("application/graphql-response+json", "application/json")
"""What a server of GraphQL over HTTP may answer with, in the order of preference."""

SWITCH = "--experimental-graphql-steps"


def graphql_call(
    called: GraphQLOperation, step: Step, documents: Documents, prefix: str, report: Report
) -> CallOperation | None:
    """The call a step makes: POST to the endpoint of its schema's source, which somebody has to name.

    None when it cannot be made, and then the report says why: that such steps were not asked for is
    said once.
    """
    if documents.read_graphql is None:
        if all(each.code != "graphql-step" for each in report.problems):
            message = (
                f"step {quoted_name(step.step_id)} has `graphqlOperation`, which is only proposed "
                "for Arazzo 1.2 and an experiment here; nothing is sent"
            )
            report.error(
                "graphql-step", message, called.mark, f"the option {SWITCH} takes such steps"
            )
        return None
    sound = _is_graphql(called.schema, called, documents, report)
    definition = _definition(called, step, documents, documents.read_graphql, report)
    if not sound or definition is None:
        return None
    if definition.kind == "subscription":
        message = (
            f"step {quoted_name(step.step_id)} subscribes; subscriptions are shown, not executed"
        )
        report.error("graphql-subscription", message, called.mark)
        return None
    answers = tuple(AnswerContent(name) for name in GRAPHQL_ANSWERS)
    operation = Operation(
        source=prefix + called.schema,
        id=definition.name or None,
        method="POST",
        path="",
        servers=(),
        body=(MediaType("application/json"),),
        responses={"200": Answer("", answers)},
        mark=called.mark,
    )
    return CallOperation(operation)


def with_graphql_body(
    step: Step, parameters: tuple[Parameter, ...], documents: Documents
) -> tuple[Step, tuple[Parameter, ...]]:
    """The step with the body its GraphQL operation stands for, and the parameters beside that.

    Of the variables that a workflow gives to all its steps an operation takes those it declares; other
    steps take none. `parameters` are the merged ones.
    """
    variables = [each for each in parameters if each.location == "variable"]
    others = tuple(each for each in parameters if each.location != "variable")
    match step.target:
        case GraphQLOperation() as called:
            definition = definition_of(step, documents)
            assert definition is not None  # the call was made of it
            own = {each.name for each in step.parameters if each.location == "variable"}
            wanted = own | definition.variables
            taken = [each for each in variables if each.name in wanted]
            return replace(step, body=graphql_body(called, definition, taken)), others
        case _:
            return step, parameters if isinstance(step.target, CallWorkflow) else others


def graphql_body(
    called: GraphQLOperation, definition: GraphQLDefinition, variables: list[Parameter]
) -> Body:
    """The request's JSON (GraphQL over HTTP, "Request Parameters"). The query is never templated."""
    members: dict[str, Template] = {"query": Constant(definition.text)}
    marks: dict[Pointer, Mark] = {}
    if definition.name:
        members["operationName"] = Constant(definition.name)
    if variables:
        members["variables"] = Members({each.name: each.value for each in variables})
        for each in variables:
            marks |= {("variables", each.name, *at): mark for at, mark in each.marks.items()}
    if called.extensions is not None:
        members["extensions"] = called.extensions
        marks |= {("extensions", *at): mark for at, mark in called.marks.items()}
    return Body("application/json", Members(members), (), called.mark, marks)


def definition_of(step: Step, documents: Documents) -> GraphQLDefinition | None:
    """The operation that a step with `graphqlOperation` calls; None for all else."""
    called, read = step.target, documents.read_graphql
    if not isinstance(called, GraphQLOperation) or read is None:
        return None
    return _definition(called, step, documents, read, Report())


# ------------------------------------------------------------------------------- looking up


def _is_graphql(name: str, called: GraphQLOperation, documents: Documents, report: Report) -> bool:
    """Whether a source is there and may be a schema; an unreadable one has to do (A-53)."""
    content = documents.sources.get(name)
    match content:
        case GraphQLText() | Unavailable():
            return True
        case None:
            message = f"there is no source {quoted_name(name)}"
            known = [each.name for each in documents.description.source_descriptions]
            report.error("unknown-source", message, called.mark, did_you_mean(name, known))
        case _:
            message = f"the source {quoted_name(name)} is no GraphQL"
            report.error("unknown-source", message, called.mark, "write `type: graphql` if it is")
    return False


def _definition(
    called: GraphQLOperation, step: Step, documents: Documents, read: ReadGraphQL, report: Report
) -> GraphQLDefinition | None:
    if not called.source:
        return _inline(called, step, read, report)
    content = documents.sources.get(called.source)
    if isinstance(content, Unavailable):
        message = f"the source {quoted_name(called.source)} {content.reason}"
        report.error("source-unavailable", message, called.mark)
        return None
    if not isinstance(content, GraphQLText):
        _is_graphql(called.source, called, documents, report)
        return None
    try:
        found = {each.name: each for each in read(content.source.text)}
    except BadText as wrong:
        mark = mark_at(content.source, wrong.offset)
        report.error("graphql-syntax", wrong.message, mark, wrong.hint)
        return None
    if called.operation not in found:
        message = (
            f"the source {quoted_name(called.source)} has no operation "
            f"{quoted_name(called.operation)}"
        )
        hint = did_you_mean(called.operation, filter(None, found))
        report.error("unknown-operation", message, called.mark, hint)
    return found.get(called.operation)


def _inline(
    called: GraphQLOperation, step: Step, read: ReadGraphQL, report: Report
) -> GraphQLDefinition | None:
    """The one operation that stands in the document itself, sent with all that is written beside it."""
    try:
        found = read(called.operation)
    except BadText as wrong:
        message = f"step {quoted_name(step.step_id)}: {wrong.message}"
        report.error("graphql-syntax", message, called.inside(wrong.offset), wrong.hint)
        return None
    if len(found) != 1:
        has = f"has {len(found)} operations" if found else "has no operation"
        message = f"the GraphQL of step {quoted_name(step.step_id)} {has}; it is exactly one"
        hint = "several operations stand in a file: `$sourceDescriptions.<name>.<operation>`"
        report.error("graphql-operation", message, called.mark, hint if found else "")
        return None
    whole = ((0, len(called.operation)),)
    return replace(found[0], text=called.operation, pieces=whole)
