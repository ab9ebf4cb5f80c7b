"""The schema of a workflow's inputs stands alone: what it refers to in the document comes along."""

import json

import pytest

from arazzo_tui.document.load import load
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Source
from arazzo_tui.language.values import Json


def schema_of(inputs: str, components: str) -> Json:
    text = f"""\
arazzo: 1.1.0
info: {{title: t, version: '1'}}
sourceDescriptions: [{{name: a, url: b}}]
workflows: [{{workflowId: w, inputs: {inputs}, steps: [{{stepId: s, operationId: o}}]}}]
components: {{inputs: {components}}}
"""
    node, problems = load(Source("d.yaml", text))
    assert node is not None, problems
    found, problems = read_description(node)
    assert found is not None
    assert problems == ()
    return found.workflows[0].inputs


def test_references_of_inputs_come_along() -> None:
    """WFL-4, DOC-10"""
    found = schema_of(
        "{$ref: '#/components/inputs/a b'}",
        "{a b: {properties: {x: {$ref: '#/components/inputs/c'}, y: {$ref: '#tag'}}}, "
        "c: {type: string}, d: {$anchor: tag, type: integer}}",
    )
    assert found == {
        "$ref": "#/$defs/components~1inputs~1a%20b",
        "$defs": {
            "components/inputs/a b": {
                "properties": {
                    "x": {"$ref": "#/$defs/components~1inputs~1c"},
                    "y": {"$ref": "#/$defs/components~1inputs~1d"},
                }
            },
            "components/inputs/c": {"type": "string"},
            "components/inputs/d": {"$anchor": "tag", "type": "integer"},
        },
    }


def test_a_reference_into_the_schema_itself_stays() -> None:
    schema = "{properties: {x: {$ref: '#/$defs/é'}, y: {$ref: '#own'}}, $defs: {é: {$anchor: own}}}"
    found = schema_of(schema, "{}")
    assert isinstance(found, dict)
    assert found["properties"] == {"x": {"$ref": "#/$defs/%C3%A9"}, "y": {"$ref": "#own"}}


def test_references_may_go_in_a_circle_and_chain_as_long_as_they_like() -> None:
    circle = schema_of(
        "{$ref: '#/components/inputs/a'}", "{a: {properties: {a: {$ref: '#/components/inputs/a'}}}}"
    )
    assert json.dumps(circle).count("properties") == 1
    links = ", ".join(f"c{at}: {{$ref: '#/components/inputs/c{at + 1}'}}" for at in range(2000))
    chain = schema_of("{$ref: '#/components/inputs/c0'}", "{" + links + ", c2000: {type: object}}")
    assert isinstance(chain, dict)
    assert len(chain["$defs"]) == 2001


def test_a_reference_that_is_data_is_left_alone() -> None:
    schema = (
        "{properties: {default: {$ref: '#/components/inputs/c'}, a: {default: {$ref: '#/nope'}}}}"
    )
    found = schema_of(schema, "{c: true}")
    assert isinstance(found, dict)
    assert found["properties"] == {
        "default": {"$ref": "#/$defs/components~1inputs~1c"},
        "a": {"default": {"$ref": "#/nope"}},
    }


@pytest.mark.parametrize(
    ("inputs", "schema"), [("true", True), ("false", False), ("null", None), ("{}", {})]
)
def test_a_boolean_is_a_schema_too(inputs: str, schema: Json) -> None:
    """WFL-3"""
    assert schema_of(inputs, "{}") == schema
