"""Steps with `graphqlOperation` on the screen: asked for they are as any other, else they are told."""

import json

import pytest

DOCUMENT = """\
arazzo: 1.2.0
info: {title: Test, version: "1"}
sourceDescriptions:
  - {name: graph, type: graphql, url: schema.graphql}
workflows:
  - workflowId: flow
    inputs: {type: object, properties: {id: {type: string, default: seven}}}
    steps:
      - stepId: ask
        graphqlOperation:
          schema: $sourceDescriptions.graph
          operation: |
            query Hero($id: ID!) {
              hero(id: $id) { name age }
            }
        parameters: [{name: id, in: variable, value: $inputs.id}]
        outputs: {name: $response.body#/data/hero/name}
"""

SCHEMA = "type Query { hero(id: ID!): Hero }\ntype Hero { name: String }\n"


@pytest.fixture
def document(folder) -> str:
    folder.write("schema.graphql", SCHEMA)
    return folder.write("flow.yml", DOCUMENT)


async def test_the_endpoint_is_asked_for_and_the_request_made(opened, document, server):
    server.answers({"data": {"hero": {"name": "Ann"}}})
    async with opened(document, graphql_steps=True) as terminal:
        assert any("ask  GraphQL Hero" in each for each in terminal.tree)
        assert "graph base URL" in terminal.pane("form")
        assert "is GraphQL and names no server" in terminal.sentences("form")
        await terminal.paste(f"{server.url}/graphql")
        await terminal.press("f10", "n")
        assert terminal.summary.startswith("DONE 1 step run")
    (asked,) = server.asked
    assert (asked.method, asked.target) == ("POST", "/graphql")
    assert json.loads(asked.body)["variables"] == {"id": "seven"}
    assert json.loads(asked.body)["operationName"] == "Hero"


async def test_the_schema_of_the_document_advises_before_anything_is_sent(opened, document, server):
    given = {"graphql_steps": True, "servers": (f"graph={server.url}",)}
    async with opened(document, **given) as terminal:
        await terminal.press("f10")
        await terminal.until(lambda: "Cannot query field" in terminal.told("checks"))
        assert "age" in terminal.told("checks")
    assert server.asked == []


async def test_without_the_option_the_screen_says_which_it_is(opened, document, server):
    async with opened(document) as terminal:
        assert "--experimental-graphql-steps" in terminal.told("checks")
        await terminal.press("f10")
    assert server.asked == []
