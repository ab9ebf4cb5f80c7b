"""From the form to the run and back: what is asked, where values come from, what is remembered."""

import json
from datetime import date

from textual.widgets import Input

from arazzo_tui.tui.input_row import InputRow

TEXT = {"type": "string"}


def asking(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def rows(terminal):
    return {row.entry.label: row for row in terminal.bench.query(InputRow)}


async def test_f10_with_a_required_input_missing_goes_to_its_field_and_sends_nothing(
    opened, folder, server
):
    inputs = asking("fruit", shelf=TEXT, fruit=TEXT)
    document = folder.flow(folder.look("first", "$inputs.fruit"), inputs=inputs)
    async with opened(document) as terminal:
        assert terminal.summary.startswith("INPUTS NEEDED")
        assert rows(terminal)["fruit"].editor.has_focus
        assert "0 of 2 filled · not ready" in terminal.pane("form")
        assert "✗ is required" not in terminal.pane("form")

        await terminal.press("f10")
        assert "✗ is required" in terminal.pane("form")
        assert rows(terminal)["fruit"].editor.has_focus
        assert terminal.bench.in_form

        await terminal.press("n", "q", "1", "f5")
        assert [each.target for each in server.asked] == ["/things/nq1"]
        assert terminal.summary.startswith("DONE 1 step run")


async def test_values_from_the_command_line_say_so_and_keep_their_type(opened, folder, server):
    inputs = asking("tags", tags={"type": "object"}, count={"type": "integer", "default": 3})
    variables = {"tags": "$inputs.tags", "count": "$inputs.count"}
    document = folder.flow(folder.ask("first", variables=variables), inputs=inputs)
    given = {"inputs": {"tags": {"a": [1, None]}}, "inputs_origin": "mine.json"}
    async with opened(document, **given) as terminal:
        assert "✓ mine.json" in terminal.pane("form")
        assert "✓ default" in terminal.pane("form")
        assert "2 of 2 filled · F10 starts" in terminal.pane("form")
        await terminal.press("c")
        assert server.asked[0].json["variables"] == {"tags": {"a": [1, None]}, "count": 3}


async def test_the_last_run_is_remembered_but_not_its_secrets(opened, folder, server, state):
    secret = {"type": "string", "format": "password"}
    inputs = asking("fruit", fruit=TEXT, token=secret)
    document = folder.flow(folder.look("first", "$inputs.fruit"), inputs=inputs)
    given = {"fruit": "apple", "token": "s3cr3t-t0ken"}
    async with opened(document, inputs=given) as terminal:
        await terminal.press("c")
    kept = [file.read_text() for file in state.folder.rglob("*.json")]
    assert any("apple" in text for text in kept)
    assert not any("s3cr3t" in text for text in kept)

    async with opened(document) as terminal:
        assert "apple" in terminal.pane("form")
        assert "✓ last run" in terminal.pane("form")
        await terminal.press("c")
        assert [each.target for each in server.asked] == ["/things/apple"] * 2


async def test_the_form_comes_back_with_the_values_of_the_run(opened, folder, server):
    inputs = asking("fruit", fruit=TEXT)
    document = folder.flow(folder.look("first", "$inputs.fruit"), inputs=inputs)
    async with opened(document, inputs={"fruit": "apple"}) as terminal:
        await terminal.press("c", "i")
        assert terminal.bench.in_form
        assert rows(terminal)["fruit"].editor.has_focus
        await terminal.press("escape")
        assert not terminal.bench.in_form
        assert terminal.summary.startswith("DONE 1 step run")

        await terminal.press("i", "end", "s", "f10", "f10")
        assert [each.target for each in server.asked] == ["/things/apple", "/things/apples"]


async def test_inputs_are_saved_to_a_file_and_loaded_from_one(opened, folder):
    inputs = asking("fruit", fruit=TEXT, token={"type": "string", "format": "password"})
    document = folder.flow(folder.look("first", "$inputs.fruit"), inputs=inputs)
    saved = folder.path / "saved.json"
    loaded = folder.write("loaded.yml", {"fruit": "pear", "more": [1]})
    broken = folder.write("broken.yml", "[1, 2]")
    async with opened(document, inputs={"fruit": "apple", "token": "s3cr3t"}) as terminal:
        await terminal.start("ctrl+s")
        terminal.app.screen.query_one(Input).value = str(saved)
        await terminal.press("enter")
        await terminal.until(lambda: terminal.said)
        assert terminal.said[0].startswith("saved to ")
        assert json.loads(saved.read_text()) == {"fruit": "apple"}

        await terminal.start("ctrl+o")
        terminal.app.screen.query_one(Input).value = loaded
        await terminal.press("enter")
        await terminal.until(lambda: "pear" in terminal.pane("form"))
        await terminal.press("2")
        assert "from loaded.yml" in terminal.pane("form")
        assert terminal.bench.form.read()[0] == {"fruit": "pear", "token": "s3cr3t", "more": [1]}

        await terminal.start("ctrl+o")
        terminal.app.screen.query_one(Input).value = broken
        await terminal.press("enter")
        await terminal.until(lambda: len(terminal.said) == 2)
        assert "inputs are an object" in terminal.said[1]
        assert "pear" in terminal.pane("form")


async def test_the_given_document_asks_for_the_base_url_its_missing_description_would_have(
    opened, folder, sandbox
):
    document = folder.seed()
    given = {"organizationVerboseId": "1jdkoe52", "trackProperties": {"event": "seen"}}
    async with opened(document, inputs=given) as terminal:
        assert terminal.summary.startswith("INPUTS NEEDED")
        assert "sessionIngestionApi base URL" in terminal.pane("form")
        assert "Give the full URL, path included: its descr" in terminal.pane("form")

        await terminal.paste("nowhere")
        await terminal.press("f10")
        assert "an absolute http or https URL is expected" in terminal.sentences("form")
        assert sandbox.arrivals.latest == ()

        terminal.app.focused.value = sandbox.url
        await terminal.press("f10", "f5")
        assert terminal.summary.startswith("DONE 3 steps run")
        said = f"URL from your answer of {date.today().isoformat()}"  # noqa: DTZ011
        assert said in terminal.pane("request")
        asked = [json.loads(each.body)["variables"] for each in sandbox.arrivals.latest]
        assert asked[1]["properties_object"] == {"event": "seen"}

    async with opened(document) as terminal:
        assert terminal.summary.startswith("READY")
        assert rows(terminal)["sessionIngestionApi base URL"].text == sandbox.url
        await terminal.press("f5")
        assert said in terminal.pane("request")
        assert len(sandbox.arrivals.latest) == 6


async def test_a_server_from_the_command_line_answers_the_question(opened, folder, sandbox):
    document = folder.seed()
    given = {"organizationVerboseId": "1jdkoe52", "trackProperties": {}}
    servers = (f"sessionIngestionApi={sandbox.url}",)
    async with opened(document, inputs=given, servers=servers) as terminal:
        assert "base URL" not in terminal.pane("form")
        await terminal.press("n")
        assert "URL from --server sessionIngestionApi" in terminal.pane("request")


async def test_a_server_that_the_document_does_not_name_is_complained_of(opened, folder):
    document = folder.flow(folder.look("first"))
    async with opened(document, servers=("thing=http://localhost/",)) as terminal:
        assert "there is no source `thing`" in terminal.said[0]
        assert "things" in terminal.said[0]


async def test_inputs_that_the_document_uses_and_does_not_declare_are_asked_for(
    opened, folder, server
):
    document = folder.flow(folder.look("first", "$inputs.fruit"))
    async with opened(document) as terminal:
        assert "Inputs that the document does not declare" in terminal.pane("form")
        await terminal.press("2")
        await terminal.paste("fig")
        await terminal.press("f5")
        assert [each.target for each in server.asked] == ["/things/fig"]


async def test_a_workflow_without_inputs_starts_at_once(opened, folder, server):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        assert "no inputs: F10 starts" in terminal.pane("form")
        assert "This workflow asks for no inputs." in terminal.pane("form")
        await terminal.press("f10", "f10")
        assert len(server.asked) == 1


async def test_letters_in_a_field_are_text_and_esc_gives_them_back_to_the_screen(opened, folder):
    inputs = asking("fruit", fruit=TEXT)
    document = folder.flow(folder.look("first", "$inputs.fruit"), inputs=inputs)
    async with opened(document) as terminal:
        await terminal.press(*"nscvzyq?/1")
        assert rows(terminal)["fruit"].text == "nscvzyq?/1"
        assert terminal.bench.in_form
        await terminal.press("f1")
        assert "All keys" in terminal.text


async def test_inputs_of_another_type_are_not_taken_from_a_file_unseen(opened, folder):
    document = folder.flow(
        folder.look("first", "$inputs.count"), inputs=asking("count", count={"type": "integer"})
    )
    async with opened(document, inputs={"count": "many"}) as terminal:
        assert terminal.summary.startswith("INPUTS NEEDED")
        await terminal.press("f10")
        assert terminal.bench.in_form
        assert "✗" in terminal.pane("form")
