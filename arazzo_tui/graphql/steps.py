"""The operations of GraphQL texts, for steps with `graphqlOperation`, and what is wrong with those steps.

Reading is what planning such a step needs; checking holds it against the schema that the document names. A
schema advises and never keeps a step from being sent (see `advice`).
"""

from typing import TYPE_CHECKING

from arazzo_tui.document.arazzo import GraphQLOperation, Parameter, Step, Workflow
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, mark_at
from arazzo_tui.engine.graphql_steps import definition_of, graphql_body
from arazzo_tui.engine.plan import Documents, GraphQLDefinition, GraphQLText
from arazzo_tui.graphql.lint import mistakes, stand_in
from arazzo_tui.graphql.request import offset_of, read_operation
from arazzo_tui.graphql.schema import BadSchema, Schema, read_schema
from arazzo_tui.graphql.syntax import MOST_TOKENS
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import one_line, quoted_name

if TYPE_CHECKING:
    import graphql


def read_definitions(text: str) -> tuple[GraphQLDefinition, ...]:
    """The operations of a text in their order; a `ReadGraphQL`. Raises `BadText` (GraphQL §2.2).

    Of a text with several operations each comes with the fragments that it reaches and no others, because
    servers refuse fragments that are not used.
    """
    from graphql import (
        FragmentDefinitionNode,
        GraphQLSyntaxError,
        OperationDefinitionNode,
        parse,
    )

    try:
        document = parse(text, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        at = next(iter(error.positions or ()), 0)
        message = error.message.removeprefix("Syntax Error: ")
        raise BadText(f"this is no GraphQL: {one_line(message)}", at) from None
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    return tuple(
        _definition(each, fragments, text)
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    )


def _definition(
    node: "graphql.OperationDefinitionNode",
    fragments: "dict[str, graphql.FragmentDefinitionNode]",
    text: str,
) -> GraphQLDefinition:
    nodes: list[graphql.Node] = [node, *_reached(node, fragments)]
    pieces = sorted((each.loc.start, each.loc.end) for each in nodes if each.loc is not None)
    return GraphQLDefinition(
        kind=node.operation.value,
        name=node.name.value if node.name else "",
        text=_BETWEEN.join(text[start:end] for start, end in pieces),
        variables=frozenset(each.variable.name.value for each in node.variable_definitions or ()),
        pieces=tuple(pieces),
    )


_BETWEEN = "\n\n"


def _reached(
    node: "graphql.Node", fragments: "dict[str, graphql.FragmentDefinitionNode]"
) -> "list[graphql.FragmentDefinitionNode]":
    """The fragments that a definition spreads, and those that they spread in turn."""
    from graphql import FragmentSpreadNode, Node

    found: dict[str, graphql.FragmentDefinitionNode] = {}
    waiting: list[Node] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, FragmentSpreadNode):
            name = here.name.value
            if name in fragments and name not in found:
                found[name] = fragments[name]
                waiting.append(fragments[name])
            continue
        for key in here.keys:
            child = getattr(here, key, None)
            children = child if isinstance(child, list | tuple) else [child]
            waiting += [each for each in children if isinstance(each, Node)]
    return list(found.values())


# ------------------------------------------------------------------------------- checking


def check_steps(documents: Documents, report: Report) -> None:
    """Report what is wrong with the GraphQL operations of all steps, by their schemas where these are there.

    What keeps a step from being planned at all, a syntax error or a subscription, is said by the planner.
    """
    schemas: dict[str, Schema | None] = {}
    for workflow in documents.description.workflows:
        for step in workflow.steps:
            definition = definition_of(step, documents)
            if definition is None or definition.kind == "subscription":
                continue
            if isinstance(step.target, GraphQLOperation):
                name = step.target.schema
                if name not in schemas:
                    schemas[name] = _schema(documents.sources.get(name), report)
                _check(step, step.target, definition, workflow, documents, schemas[name], report)


def _schema(content: object, report: Report) -> Schema | None:
    """The schema of a source; one that is none is told at its place."""
    if not isinstance(content, GraphQLText):
        return None
    schema = read_schema(content.source.text, content.name)
    if isinstance(schema, BadSchema):
        mark = Mark(content.source, max(schema.line, 1), max(schema.column, 1))
        message = f"the source {quoted_name(content.name)} is no schema: {one_line(schema.message)}"
        report.warning("graphql-schema", message, mark)
        return None
    return schema


def _check(
    step: Step,
    called: GraphQLOperation,
    definition: GraphQLDefinition,
    workflow: Workflow,
    documents: Documents,
    schema: Schema | None,
    report: Report,
) -> None:
    variables = _variables(step, workflow, definition)
    payload = graphql_body(called, definition, list(variables.values())).payload
    operation = read_operation(stand_in(payload)) if payload is not None else None
    for each in mistakes(operation, open_ended=False) if operation is not None else ():
        if schema is not None and each.code in _SAID_BY_A_SCHEMA:
            continue
        of_variable = variables.get(each.way[-1]) if each.way[0] == "variables" else None
        mark = (
            of_variable.mark if of_variable else _place(each.offset, called, definition, documents)
        )
        message, hint = f"step {quoted_name(step.step_id)}: {each.message}", each.hint
        if each.code == "graphql-missing":
            hint = "add a parameter with `in: variable`"
        report.warning(each.code, message, mark, hint)
    if schema is None:
        return
    from arazzo_tui.graphql.advice import mistakes_by  # dear to load

    for error in mistakes_by(schema, definition.text):
        first = error.locations[0] if error.locations else None
        offset = offset_of(definition.text, first.line, first.column) if first else None
        mark = _place(offset or 0, called, definition, documents)
        message = f"step {quoted_name(step.step_id)}: {one_line(error.message)}"
        report.warning(
            "graphql-invalid", message, mark, f"by the schema {quoted_name(called.schema)}"
        )


_SAID_BY_A_SCHEMA = ("graphql-unknown", "graphql-unused")


def _variables(
    step: Step, workflow: Workflow, definition: GraphQLDefinition
) -> dict[str, Parameter]:
    """The variables that the step sends, its own and those its workflow gives it."""
    inherited = {
        each.name: each
        for each in workflow.parameters
        if each.location == "variable" and each.name in definition.variables
    }
    own = {each.name: each for each in step.parameters if each.location == "variable"}
    return {**inherited, **own}


def _place(
    offset: int, called: GraphQLOperation, definition: GraphQLDefinition, documents: Documents
) -> Mark:
    """Where a character of the text that is sent was written, in the document or in a file of operations."""
    content = documents.sources.get(called.source)
    if not isinstance(content, GraphQLText):
        return called.inside(offset)
    for start, end in definition.pieces:
        if offset <= end - start:
            return mark_at(content.source, start + offset)
        offset -= end - start + len(_BETWEEN)
    return called.mark
