"""The demo for a team: a document that fails step by step as it would today, mended by hand to the end."""

import json
from contextlib import asynccontextmanager

from textual.widgets import TextArea

from arazzo_tui.tui.start import demo_start

SESSION = "Xk3fQ0aVw7ZtB1cLr9Ys5UdMh2Np"


@asynccontextmanager
async def demo(opened):
    async with opened(start=demo_start(schema="highlight"), size=(150, 60)) as terminal:
        await terminal.press("f10", "f10")
        yield terminal


async def filled(terminal, **values):
    """Open the editor of the request and give some of its variables other values, as JSON is typed."""
    await terminal.press("e")
    field = terminal.app.screen.focused
    assert isinstance(field, TextArea)
    variables = json.loads(field.text)
    assert variables.keys() >= values.keys()
    rows = field.document.line_count
    terminal.press_at_once(*["up"] * rows, "home", *["shift+down"] * rows, "shift+end")
    await terminal.settled()
    await terminal.paste(json.dumps({**variables, **values}))
    await terminal.press("ctrl+s")


async def to_the_error(terminal, words):
    """Move the cursor of the checks to the line of an error."""
    await terminal.press("4")
    view = terminal.app.screen.focused
    while words not in view.current.plain:
        await terminal.press("down")


async def test_the_errors_of_the_first_step_are_at_their_names_although_they_have_one_location(
    opened,
):
    async with demo(opened) as terminal:
        assert terminal.summary.startswith("FAILED at initializeSession")
        assert '"column": 223' in terminal.pane("response")
        await to_the_error(terminal, 'Unknown argument "firstload_version"')
        assert "›  6     firstload_version: $firstload_version" in terminal.pane("request")
        await to_the_error(terminal, 'argument "fingerprint"')
        assert "›  2   initializeSession(" in terminal.pane("request")


async def test_d_renames_what_is_misspelt_adds_what_is_missing_and_tells_what_to_fill(opened):
    async with demo(opened) as terminal:
        await terminal.press("D")
        edits, _, fill = terminal.said[-1].partition(". ")
        assert edits.split("; ") == [
            "6 edits: argument `client_version` → `clientVersion`",
            "argument `firstload_version` → `firstloadVersion`",
            "argument `client_config` → `clientConfig`",
            "add argument `session_secure_id` as a variable `String!`",
            "add argument `enable_recording_network_contents` as a variable `Boolean!`",
            "add argument `fingerprint` as a variable `String!`",
        ]
        assert fill == (
            "fill `session_secure_id`, `fingerprint`: they are empty; "
            "`enable_recording_network_contents` is false: e edits it, s sends it"
        )
        asked = terminal.pane("request")
        assert "NOT SENT" in asked
        assert "clientVersion: $client_version" in asked
        assert "fingerprint: $fingerprint" in asked
        assert '"fingerprint": ""  ◂ edited by hand' in asked

        await terminal.press("2", "v")
        rows = [" ".join(line.split()) for line in terminal.pane("request").splitlines()]
        assert any(
            'session_secure_id String! "" empty text ← edited by hand' in row for row in rows
        )
        assert any("client_id String!" in row and "← $inputs.clientId" in row for row in rows)


async def test_the_whole_document_goes_green_by_hand(opened):
    async with demo(opened) as terminal:
        await terminal.press("D")
        await filled(terminal, session_secure_id=SESSION, fingerprint="b7f1c2de")
        await terminal.press("f10")
        assert terminal.summary.startswith("PAUSED before addTrackProperties 2/3")
        assert f'✓ sessionSecureId  string  "{SESSION}"' in terminal.told("checks")

        await terminal.press("f10")
        assert terminal.summary.startswith("FAILED at addTrackProperties")
        assert "since August 2022 a Track event is an event of type 5" in terminal.told("checks")
        await terminal.press("D", "f10")
        assert terminal.said[-1] == (
            "1 edit: field `addTrackProperties` → `addSessionProperties`. s sends it, n runs the step"
        )
        assert terminal.summary.startswith("PAUSED before flushPayload 3/3")
        assert "there is `addSessionProperties`" in terminal.told("checks")

        await terminal.press("f10")
        assert terminal.summary.startswith("FAILED at flushPayload")
        assert 'argument "resources" of type "String!" is required' in terminal.told("checks")
        await terminal.press("D", "f10")
        assert "must be defined" in terminal.told("checks")
        await terminal.press("D")
        assert terminal.said[-1] == (
            "1 edit: add `events.events` to the variables. fill `events.events`: it is empty: "
            "e edits it, s sends it"
        )
        await filled(terminal, events={"events": []}, resources='{"resources":[]}')
        await terminal.press("f10")
        # The criteria have nothing against what GraphQL refuses: a run that only looks passed.
        assert "✓ criteria 1/1  ✗ GraphQL" in terminal.phases
        assert "error decoding message data" in terminal.told("checks")

        await filled(terminal, messages={"messages": []})
        await terminal.press("f10")
        assert terminal.summary.startswith("DONE")
        assert "✓ criteria 1/1  ✓ GraphQL ok  ✓ outputs 1/1" in terminal.phases
        assert "Workflow  ✓ succeeded" in terminal.told("checks")
        assert "✓ payloadResult  integer  24" in terminal.told("checks")
        assert [line.split()[0] for line in terminal.tree[2:]] == ["✓", "✓", "✓"]


async def test_what_would_lose_something_is_done_only_after_it_was_asked(opened, folder, server):
    query = (
        "query find($name: String, $colour: Int) { hero(name: $name, colour: $colour) { name } }"
    )
    unknown = 'Unknown argument "colour" on field "Query.hero".'
    server.answers({"errors": [{"message": unknown}]}, {"data": {"hero": {"name": "Ada"}}})
    document = folder.flow(folder.ask("find", query, {"name": "Ada", "colour": 3}))
    async with opened(document) as terminal:
        await terminal.press("f5", "D")
        assert "remove argument `colour` and its value" in terminal.text
        await terminal.press("n")
        assert len(server.asked) == 1
        await terminal.press("D", "y")
        await terminal.press("f10")
        assert server.asked[-1].json == {
            "query": "query find($name: String) { hero(name: $name) { name } }",
            "variables": {"name": "Ada"},
        }
