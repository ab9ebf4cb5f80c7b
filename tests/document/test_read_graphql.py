"""`graphqlOperation` and `in: variable`, proposed for Arazzo 1.2, read; mistakes are said at their place."""

import pytest

from arazzo_tui.document.arazzo import GraphQLOperation, Step
from arazzo_tui.document.load import load
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Problem, Source
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.template import Constant, Members, Selected, fill

INLINE = (
    "{schema: $sourceDescriptions.graph, operation: 'query Q($id: ID!) { book(id: $id) { id } }'}"
)
REQUEST = "{context: $inputs.request, selector: $.id, type: jsonpath}"


def document(step: str, *, components: str = "{}", workflow: str = "") -> str:
    return f"""\
arazzo: 1.2.0
info: {{title: T, version: "1"}}
sourceDescriptions:
  - {{name: graph, type: graphql, url: schema.graphql}}
  - {{name: operations, type: graphql, url: operations.graphql}}
components: {components}
workflows:
  - workflowId: flow
    inputs: {{type: object, properties: {{request: {{type: object}}, id: {{type: string}}}}}}
    {workflow}
    steps:
      - stepId: ask
        {step}
"""


def read(text: str) -> tuple[Step, list[Problem]]:
    node, problems = load(Source("d.yaml", text))
    assert node is not None, problems
    found, problems = read_description(node)
    assert found is not None, problems
    step = found.workflows[0].step("ask")
    assert step is not None
    return step, [each for each in problems if each.code != "draft-version"]


def sound(text: str) -> Step:
    step, problems = read(text)
    assert problems == []
    return step


def called(operation: str) -> GraphQLOperation:
    target = sound(document(f"graphqlOperation: {operation}")).target
    assert isinstance(target, GraphQLOperation)
    return target


def asking(parameter: str) -> str:
    return document(f"graphqlOperation: {INLINE}\n        parameters: [{parameter}]")


SCOPE = {"inputs": {"request": {"id": "7"}, "id": "i"}}


def test_graphql_text_in_a_step_is_kept_as_it_is() -> None:
    target = called(INLINE)
    assert (target.schema, target.source) == ("graph", "")
    assert target.operation == "query Q($id: ID!) { book(id: $id) { id } }"
    assert target.extensions is None


def test_an_operation_is_named_by_its_source() -> None:
    target = called(
        "{schema: $sourceDescriptions.graph, operation: $sourceDescriptions.operations.Update}"
    )
    assert (target.schema, target.source, target.operation) == ("graph", "operations", "Update")


@pytest.mark.parametrize(
    ("extensions", "value"),
    [
        ("extensions: {trace: {id: $inputs.id}, n: 1}", {"trace": {"id": "i"}, "n": 1}),
        ("extensions: {context: $inputs.id, selector: a, type: jsonpath}",
         {"context": "i", "selector": "a", "type": "jsonpath"}),
        ("extensions: {}", {}),
        ("extensionsSelector: {context: $inputs.request, selector: $.id, type: jsonpath}", "7"),
    ],
)  # fmt: skip
def test_extensions_are_a_literal_map_or_what_a_selector_finds(
    extensions: str, value: object
) -> None:
    target = called(f"{{schema: $sourceDescriptions.graph, operation: '{{a}}', {extensions}}}")
    assert target.extensions is not None
    assert fill(target.extensions, SCOPE) == value


@pytest.mark.parametrize(
    ("parameter", "value", "kind"),
    [
        ("{name: id, in: variable, value: 3}", 3, Constant),
        ("{name: id, in: variable, value: $inputs.id}", "i", Expression),
        ("{name: id, in: variable, value: [$inputs.id, 2]}", ["i", 2], None),
        (f"{{name: id, in: variable, value: {REQUEST}}}", "7", Selected),
        (f"{{name: id, in: variable, valueMode: selector, value: {REQUEST}}}", "7", Selected),
        ("{name: id, in: variable, valueMode: literal, value: {a: {b: $inputs.id}}}",
         {"a": {"b": "i"}}, Members),
        (f"{{name: id, in: variable, valueMode: literal, value: {REQUEST}}}",
         {"context": {"id": "7"}, "selector": "$.id", "type": "jsonpath"}, Members),
        ("{name: id, in: variable, valueMode: literal, value: {}}", {}, Constant),
    ],
)  # fmt: skip
def test_a_variable_is_a_value_a_literal_object_or_a_selector(
    parameter: str, value: object, kind: type | None
) -> None:
    (read_one,) = sound(asking(parameter)).parameters
    assert (read_one.name, read_one.location) == ("id", "variable")
    assert fill(read_one.value, SCOPE) == value
    assert kind is None or isinstance(read_one.value, kind)


def test_a_reusable_variable_keeps_its_mode_when_its_value_is_replaced() -> None:
    step = sound(
        document(
            f"graphqlOperation: {INLINE}\n        parameters: [{{reference: "
            "$components.parameters.id, value: {a: $inputs.id}}]",
            components="{parameters: {id: {name: id, in: variable, valueMode: literal, value: x}}}",
        )
    )
    assert fill(step.parameters[0].value, SCOPE) == {"a": "i"}


def test_a_workflow_may_give_variables_to_its_steps() -> None:
    given = "parameters: [{name: id, in: variable, value: 1}]"
    assert sound(document("operationId: plain", workflow=given)).parameters == ()


@pytest.mark.parametrize(
    ("operation", "code", "at"),
    [
        ("{operation: '{a}'}", "missing-field", "{"),
        ("{schema: $sourceDescriptions.graph}", "missing-field", "{"),
        ("{schema: $sourceDescriptions.graph, operation: ''}", "missing-field", "''"),
        ("{schema: $sourceDescriptions.graph#/x, operation: '{a}'}", "bad-reference", "$sourceD"),
        ("{schema: $sourceDescriptions.graph.url, operation: '{a}'}", "bad-reference", "$sourceD"),
        ("{schema: graph, operation: '{a}'}", "bad-reference", "graph,"),
        ("{schema: $sourceDescriptions.graph, operation: $sourceDescriptions.operations}",
         "bad-reference", "$sourceDescriptions.operations"),
        ("{schema: $sourceDescriptions.graph, operation: $inputs.id}", "bad-reference", "$inputs"),
        ("{schema: $sourceDescriptions.graph, operation: '{a}', variables: {}}", "unknown-field",
         "variables"),
        (("{schema: $sourceDescriptions.graph, operation: '{a}', extensions: {}, "
         f"extensionsSelector: {REQUEST}}}"), "two-extensions", "extensionsSelector"),
        ("{schema: $sourceDescriptions.graph, operation: '{a}', extensions: 1}", "wrong-type", "1}"),
        (("{schema: $sourceDescriptions.graph, operation: '{a}', "
         "extensionsSelector: {context: $inputs.id}}"), "bad-selector", "{context"),
        ("'{a}'", "wrong-type", "'{a}'"),
    ],
)  # fmt: skip
def test_a_wrong_operation_is_told_at_its_place(operation: str, code: str, at: str) -> None:
    text = document(f"graphqlOperation: {operation}")
    _, (problem,) = read(text)
    assert problem.mark is not None
    place = text.splitlines()[problem.mark.line - 1][problem.mark.column - 1 :]
    assert problem.code == code
    assert place.startswith(at)


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("{name: id, in: variable, value: {a: 1}}", "missing-value-mode"),
        ("{name: id, in: variable, value: {context: $inputs.id, selector: a}}", "missing-value-mode"),
        ("{name: id, in: variable, valueMode: selector, value: {a: 1}}", "bad-selector"),
        ("{name: id, in: variable, valueMode: selector, value: 1}", "bad-selector"),
        ("{name: id, in: variable, valueMode: both, value: 1}", "bad-value-mode"),
        ("{name: id, in: variable}", "missing-field"),
        ("{name: id, in: variables, value: 1}", "bad-location"),
        ("{name: id, in: query, valueMode: literal, value: 1}", "unknown-field"),
        ("{name: a, in: variable, value: 1}, {name: a, in: variable, value: 2}",
         "duplicate-parameter"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_told(parameter: str, code: str) -> None:
    _, problems = read(asking(parameter))
    assert [each.code for each in problems] == [code]


@pytest.mark.parametrize("other", ["operationId: a", "operationPath: a", "workflowId: a"])
def test_a_step_calls_one_thing(other: str) -> None:
    _, problems = read(document(f"{other}\n        graphqlOperation: {INLINE}"))
    assert "two-targets" in [each.code for each in problems]


def test_only_a_graphql_operation_has_variables() -> None:
    _, problems = read(
        document("operationId: a\n        parameters: [{name: id, in: variable, value: 1}]")
    )
    assert [each.code for each in problems] == ["bad-location"]


def test_a_body_beside_a_graphql_operation_is_left_out_and_told() -> None:
    step, problems = read(
        document(f"graphqlOperation: {INLINE}\n        requestBody: {{payload: 1}}")
    )
    assert step.body is None
    assert [each.code for each in problems] == ["misplaced-field"]
