"""The windows that ask: small terminals, hostile text, large bodies, and an editor of one's own."""

import json

import pytest

from arazzo_tui.language.printable import is_printable

EVIL = "\x1b]52;c;aGk=\x07\x1b[31m\x9b2J\u202e\u200b[bold]x[/nope][@click=app.quit]y[/]"
OK = [{"condition": "$statusCode == 200"}]


def hostile(folder):
    """A document whose every name and text is hostile, against a server whose every text is."""
    query = "mutation m($a: String) { a(a: $a) }"
    step = {
        "stepId": EVIL,
        "description": EVIL,
        "operationId": "ask",
        "requestBody": {
            "contentType": "application/json",
            "payload": {"query": query, "variables": {"a": "$inputs." + EVIL, EVIL: EVIL}},
        },
        "successCriteria": [{"condition": f"$response.body != '{EVIL}'"}],
        "outputs": {EVIL: "$response.body"},
    }
    inputs = {"properties": {EVIL: {"type": "string", "default": EVIL}}}
    return folder.flow(step, workflowId=EVIL, inputs=inputs)


EVERY_DIALOG = ("e", "R", "S", "J", "A", "L", "T", "B", "K")


async def test_no_dialog_draws_what_is_hostile_or_obeys_markup(opened, folder, server):
    answer = {"errors": [{"message": EVIL, "path": [EVIL]}], "data": {EVIL: EVIL}}
    server.answers(server.answer(answer))
    async with opened(hostile(folder)) as terminal:
        await terminal.press("n", "n")
        for key in EVERY_DIALOG:
            await terminal.press(key)
            assert len(terminal.app.screen_stack) > 1, key
            texts = [each.text for each in terminal.drawn()]
            assert [each for each in texts if not is_printable(each)] == [], key
            await terminal.press("escape")
        await terminal.press("T", "n")
        await terminal.paste(EVIL.replace("\x1b", ""))
        await terminal.press("enter", "T")
        assert [each.text for each in terminal.drawn() if not is_printable(each.text)] == []
        assert terminal.app.is_running


async def test_what_is_said_of_hostile_names_is_harmless(opened, folder, server):
    server.answers({"data": {EVIL: EVIL}})
    async with opened(hostile(folder), toasts=True) as terminal:
        await terminal.press("n", "b", "D", "e", "ctrl+s", "S", "enter", "enter")
        assert terminal.said
        assert [each for each in terminal.said if not is_printable(each)] == []
        assert [each.text for each in terminal.drawn() if not is_printable(each.text)] == []


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_every_dialog_fits_the_terminal_and_says_how_to_leave_it(
    opened, folder, server, size
):
    outputs = {f"value{number}": "$response.body#/data" for number in range(40)}
    server.answers({"data": {"a": "b"}})
    steps = [
        folder.ask(name, "mutation m { a }", successCriteria=OK, outputs=outputs)
        for name in ("first", "second")
    ]
    async with opened(folder.flow(*steps), size=size) as terminal:
        await terminal.press("n", "s")
        for key in ("e", "a", "S", "J", "T", "B", "K", "f3"):
            await terminal.press(key)
            box = terminal.app.screen.children[0].region
            assert 0 <= box.x < box.right <= size[0], key
            assert 0 <= box.y < box.bottom <= size[1], key
            assert box.height > 3, key
            assert "esc" in terminal.text or "ctrl+s" in terminal.text, key
            await terminal.press("escape")
            assert terminal.summary.startswith("PAUSED in first"), key


async def test_a_long_list_in_a_small_terminal_keeps_its_cursor_in_sight(opened, folder):
    outputs = {f"value{number}": "$response.body#/data" for number in range(40)}
    document = folder.flow(folder.ask("first", outputs=outputs))
    async with opened(document, size=(40, 10)) as terminal:
        await terminal.press("n", "S")
        assert "❯ $steps.first.outputs.value0" in terminal.text
        await terminal.press(*["down"] * 12)
        assert "❯ $steps.first.outputs.value12" in terminal.text
        await terminal.press("end")
        assert "$steps.first.outputs.value39" in terminal.text
        await terminal.resize(80, 24)
        await terminal.press("enter")
        assert "New value" in terminal.text


async def test_a_click_brings_the_cursor_and_another_one_chooses(opened, folder):
    document = folder.flow(*(folder.look(name) for name in ("first", "second", "third")))
    async with opened(document) as terminal:
        await terminal.press("n", "J")
        view = terminal.app.screen.query_one("ChoiceView")
        await terminal.pilot.click(view, offset=(5, 1))
        await terminal.settled()
        assert "❯ second" in terminal.text
        await terminal.pilot.click(view, offset=(5, 1))
        await terminal.settled()
        assert terminal.summary.startswith("PAUSED before second 2/3")


async def test_a_large_last_answer_is_not_cut_into_another_one(opened, folder, server):
    server.answers({"data": "x" * 300_000})
    async with opened(folder.flow(folder.ask("first", "query q { a }"))) as terminal:
        await terminal.press("n", "n", "R", "a")
        assert "the last answer has 300.0 KB: too long to be edited here" in terminal.text
        assert terminal.app.screen.focused.text == ""


async def test_the_field_in_focus_is_edited_in_the_editor_of_the_environment(
    opened, folder, monkeypatch
):
    monkeypatch.setenv("EDITOR", "no-such-editor --wait")
    async with opened(folder.flow(folder.ask("first", variables={"a": 1}))) as terminal:
        await terminal.press("s", "s", "e", "ctrl+e")
        assert "$EDITOR is not there: no-such-editor" in terminal.text
        assert json.loads(terminal.app.screen.focused.text) == {"a": 1}
        await terminal.press("escape", "a", "ctrl+e")
        assert "$EDITOR is not there: no-such-editor" in terminal.text
