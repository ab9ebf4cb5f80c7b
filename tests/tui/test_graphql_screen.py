"""GraphQL on the screen: variables, errors at their places, edits they suggest, advice, docs, a probe."""

import base64
import gzip
import json

import pytest
from graphql import build_schema, introspection_from_schema

from arazzo_tui.tui.start import demo_start

OK = [{"condition": "$statusCode == 200"}]
ADD = "mutation add($name: String!, $note: String) { add(nmae: $name, note: $note) { id } }"
GOOD = ADD.replace("nmae", "name")
SDL = """
type Query { hero(name: String): Hero }
type Mutation {
  "Adds a hero."
  add("What the hero is called." name: String!, note: String): Hero
}
"Somebody brave."
type Hero { id: ID!, name: String }
"""


def error(message, sought, **more):
    """An error of a server at the place in `ADD` where this is written."""
    column = ADD.index(sought) + 1
    return {"message": message, "locations": [{"line": 1, "column": column}], **more}


MISSPELT = error('Unknown argument "nmae" on field "Mutation.add". Did you mean "name"?', "nmae:")
NO_NAME = error('Variable "$name" got invalid value null.', "$name: String!")


def adding(folder, query=ADD, variables=None, **more):
    variables = {"name": "Ada"} if variables is None else variables
    return folder.flow(folder.ask("add", query, variables, successCriteria=OK, **more))


async def give_schema(terminal, where):
    """Give a schema, in the place of what stands in the field."""
    await terminal.press("f3", "end", "ctrl+u")
    await terminal.paste(where)
    await terminal.start("enter")
    await terminal.until(lambda: terminal.said)
    await terminal.settled()


async def to_line(terminal, name, text):
    """Put the cursor of a pane on the line that has a text."""
    await terminal.press(name)
    for _ in range(40):
        pane = terminal.part(terminal.bench.focused_pane())
        if any("❯" in each and text in each for each in pane.splitlines()):
            return
        await terminal.press("down")
    raise AssertionError(pane)


# Variables and JSON in strings


async def test_the_variables_are_a_table_of_types_values_and_origins(opened, folder):
    query = "query q($id: ID!, $a: String, $b: String!, $c: String) { x(id: $id, a: $a, b: $b) }"
    step = folder.ask("first", query, {"id": "$inputs.id", "a": None, "c": "", "d": 1})
    inputs = {"type": "object", "properties": {"id": {"type": "string"}}}
    async with opened(folder.flow(step, inputs=inputs), inputs={"id": "7"}) as terminal:
        await terminal.press("n", "2", "v")
        rows = terminal.sentences("request")
        for said in (
            'id ID! "7" ← $inputs.id',
            "a String null",
            "✗ b String! not sent `String!` is required, has no default, and nothing is sent",
            'c String "" empty text `$c` is declared, but the operation does not use it',
            "! d not declared 1 `d` is sent, but the operation does not declare it",
        ):
            assert said in rows


async def test_u_unfolds_json_in_strings_through_base64_and_gzip_and_folds_it_again(
    opened, folder, server
):
    packed = base64.b64encode(gzip.compress(b'{"deep": [1]}')).decode()
    step = folder.ask("find", "query q($a: String) { a(a: $a) }", {"a": '{"b":"{}"}'})
    server.answers({"data": {"packed": packed}})
    async with opened(folder.flow(step)) as terminal:
        await terminal.press("n", "n", "2")
        assert '"{\\"b\\":\\"{}\\"}"' in terminal.pane("request")
        await terminal.press("u")
        assert '"b": {}' in terminal.pane("request")
        assert terminal.said == ["JSON in strings is unfolded; it is sent and named as it was"]
        await terminal.press("u", "3", "u")
        assert '"{\\"b\\":\\"{}\\"}"' in terminal.pane("request")
        assert '"deep"' in terminal.pane("response")
        assert server.asked[0].json["variables"] == {"a": '{"b":"{}"}'}


# Errors at their places


async def test_an_error_that_is_selected_shows_its_place_in_the_query_and_the_variables(
    opened, folder, server
):
    server.answers(server.answer({"errors": [MISSPELT, NO_NAME]}, 400))
    async with opened(adding(folder)) as terminal:
        await terminal.press("n", "n")
        await to_line(terminal, "4", "Unknown argument")
        assert "›  2   add(nmae: $name" in terminal.pane("request")
        await to_line(terminal, "4", "got invalid value")
        assert "›  1 mutation add(" in terminal.pane("request")
        assert '✗    "name": "Ada"' in terminal.pane("request").replace("●", "✗")

        await terminal.press("2", "v", "down", "4")
        await to_line(terminal, "4", "got invalid value")
        assert terminal.bench.query_one("#request").table.current.plain.startswith(
            "  name  String!"
        )


async def test_criteria_and_graphql_are_two_verdicts_and_their_disagreement_is_loud(
    opened, folder, server
):
    server.answers({"errors": [{"message": "no", "path": ["add"]}], "data": {"add": None}})
    async with opened(adding(folder, GOOD)) as terminal:
        await terminal.press("n", "n")
        assert terminal.summary.startswith("DONE 1 step run, GraphQL failed in 1")
        assert "✓ criteria 1/1  ✗ GraphQL " in terminal.phases
        assert "! criteria 1/1 passed · GraphQL has 1 error" in terminal.told("checks")
        assert terminal.tree[-1].startswith("! add")
        assert "200 Fine but 1 GraphQL error" in terminal.pane("response")
        await to_line(terminal, "4", "no")


@pytest.mark.parametrize(
    ("status", "kind", "body", "said"),
    [
        (400, "application/json", {"errors": [{"message": "no"}]}, "400"),
        (200, "text/html", b"<!doctype html>", "a web page came"),
        (405, "application/json", {}, "GraphQL is sent with POST"),
        (415, "text/plain", b"no", "GraphQL is sent as `application/json`"),
        (502, "text/plain", b"no", "is the server up?"),
    ],
)
async def test_a_status_is_explained_and_a_wrong_endpoint_hinted_at(
    opened, folder, server, status, kind, body, said
):
    server.answers(server.answer(body, status, content_type=kind))
    async with opened(adding(folder, GOOD)) as terminal:
        await terminal.press("n", "n")
        assert said in terminal.told("checks")
        assert f"{status} " in terminal.told("checks")


# Did you mean


async def test_d_applies_what_the_server_suggests_and_the_resent_request_goes_green(
    opened, folder, server
):
    server.answers(server.answer({"errors": [MISSPELT]}, 400), {"data": {"add": {"id": "1"}}})
    async with opened(adding(folder)) as terminal:
        await terminal.press("n", "n")
        assert terminal.summary.startswith("FAILED at add")
        await terminal.press("D")
        assert terminal.said == ["1 edit: argument `nmae` → `name`. s sends it, n runs the step"]
        assert "add(name: $name" in terminal.pane("request")
        assert "NOT SENT" in terminal.pane("request")
        assert len(server.asked) == 1
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert [each.json["query"] for each in server.asked] == [ADD, GOOD]
        assert terminal.tree[-1].startswith("✓ add")


async def test_d_says_when_nothing_was_suggested_and_changes_nothing(opened, folder, server):
    server.answers(server.answer({"errors": [NO_NAME]}, 400))
    async with opened(adding(folder)) as terminal:
        await terminal.press("n", "n", "D")
        assert terminal.said == ["no error here says what could be done about it"]
        assert terminal.summary.startswith("FAILED at add")


async def test_the_demo_with_todays_schema_is_mended_as_the_server_suggests(opened):
    async with opened(start=demo_start(schema="highlight")) as terminal:
        await terminal.press("n", "n", "D")
        assert terminal.said[0].startswith("6 edits: argument `client_version` → `clientVersion`; ")
        await terminal.press("n")
        assert "GraphQL  ✓ ok" in terminal.told("checks")
        assert "the session id is empty" in terminal.told("checks")
        assert "What is known of Highlight" in terminal.told("checks")
        assert "`1jdkoe52` is project 1" in terminal.told("checks")


# A schema: advice before sending, docs


@pytest.mark.parametrize("by", ["file", "introspection", "url"])
async def test_a_schema_advises_before_a_request_is_sent_and_d_makes_it_so(
    opened, folder, server, by
):
    told = {"data": introspection_from_schema(build_schema(SDL))}
    where = {
        "file": folder.write("heroes.graphql", SDL),
        "introspection": folder.write("heroes.json", json.dumps(told)),
        "url": f"{server.url}/schema",
    }[by]
    server.answers(told)
    async with opened(adding(folder)) as terminal:
        await terminal.press("n")
        assert "Advice" not in terminal.told("checks")
        await give_schema(terminal, where)
        assert "from now on" in terminal.said[0]
        advice = terminal.told("checks")
        assert "it can be sent all the same" in advice
        assert "! Unknown argument 'nmae' on field 'Mutation.add'. Did you mean 'name' or" in advice
        assert "D makes it so: argument `nmae` → `name`" in advice
        await to_line(terminal, "4", "Unknown argument")
        assert "›  2   add(nmae: $name" in terminal.pane("request")

        await terminal.press("D")
        assert "add(name: $name" in terminal.pane("request")
        assert "Advice" not in terminal.told("checks")
        assert [each.target for each in server.asked] == ["/schema"] * (by == "url")


async def test_advice_keeps_no_request_from_being_sent_and_is_gone_afterwards(
    opened, folder, server
):
    server.answers({"data": {"add": {"id": "1"}}})
    async with opened(adding(folder)) as terminal:
        await terminal.press("n")
        await give_schema(terminal, folder.write("heroes.graphql", SDL))
        assert "Advice" in terminal.told("checks")
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 1 step run")
        assert "Advice" not in terminal.told("checks")


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "nowhere.graphql"), ("type Query {", "nowhere.graphql:1:13: Expected Name")],
)
async def test_what_is_no_schema_is_said(opened, folder, text, said):
    where = str(folder.path / "nowhere.graphql")
    if text is not None:
        folder.write("nowhere.graphql", text)
    async with opened(adding(folder)) as terminal:
        await terminal.press("n")
        await give_schema(terminal, where)
        assert said in terminal.said[0]
        assert "Advice" not in terminal.told("checks")


async def test_the_schema_of_a_source_is_remembered(opened, folder):
    document, where = adding(folder), folder.write("heroes.graphql", SDL)
    async with opened(document) as terminal:
        await terminal.press("n")
        await give_schema(terminal, where)
    async with opened(document) as terminal:
        await terminal.press("n")
        assert "Unknown argument 'nmae'" in terminal.told("checks")
        await terminal.press("f3")
        assert terminal.app.screen.focused.value == where


async def test_f2_shows_what_the_schema_says_of_the_line_of_the_query(opened, folder):
    async with opened(adding(folder, GOOD)) as terminal:
        await terminal.press("n", "f2")
        assert terminal.said == ["docs need a schema: F3 gives one"]
        await give_schema(terminal, folder.write("heroes.graphql", SDL))
        await terminal.press("2", "down", "f2")
        assert "╭─ Docs " in terminal.text
        assert "Mutation.add" in terminal.text
        assert "Adds a hero." in terminal.text
        assert "name  String!  required  What the hero is called." in terminal.text
        await terminal.press("enter", "down", "f2")
        assert "Hero.id" in terminal.text
        await terminal.press("escape")
        assert "╭─ Docs " not in terminal.text


# A probe


async def test_x_asks_the_endpoint_for_its_type_name_and_changes_nothing_in_the_run(
    opened, folder, server
):
    server.answers({"data": {"__typename": "Query"}})
    async with opened(adding(folder, GOOD)) as terminal:
        await terminal.press("n")
        await terminal.start("X")
        await terminal.until(lambda: "Probe" in terminal.text)
        await terminal.settled()
        assert f"POST {server.url}/graphql" in terminal.text
        assert "GraphQL ok" in terminal.text
        assert "__typename" in server.asked[0].json["query"]
        await terminal.press("escape")
        assert terminal.summary.startswith("PAUSED before add 1/1")
        assert terminal.told("log") == ""


async def test_a_probe_of_what_is_no_graphql_says_what_came(opened, folder, server):
    server.answers(server.answer(b"<!doctype html><p>hi", 200, content_type="text/html"))
    async with opened(adding(folder, GOOD)) as terminal:
        await terminal.press("n")
        await terminal.start("X")
        await terminal.until(lambda: "Probe" in terminal.text)
        assert "a web page came" in terminal.text


async def test_a_query_that_is_too_long_gets_no_advice_and_that_is_said(opened, folder):
    query = "query hero { " + " ".join(f"h{at}: hero {{ name }}" for at in range(1_200)) + " }"
    async with opened(folder.flow(folder.ask("find", query))) as terminal:
        await terminal.press("n")
        said = f"none: a query of {len(query):,} characters is too long for it"
        assert said in terminal.told("checks")
