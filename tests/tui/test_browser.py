"""The browser: documents, workflows, steps, how they stand, and what is wrong with them."""


def two_workflows(folder, name="flow.yml"):
    """A document with the workflows `fetch`, of two steps, and `outer`, whose second step calls it."""
    return folder.flows(
        {"workflowId": "fetch", "steps": [folder.look("first", "a"), folder.look("second", "b")]},
        {
            "workflowId": "outer",
            "steps": [
                folder.ask("greet", description="Says hello to the server."),
                {"stepId": "call", "workflowId": "fetch"},
            ],
        },
        name=name,
    )


async def test_steps_stand_under_their_workflow_with_what_they_call(opened, folder):
    async with opened(two_workflows(folder), workflow="outer") as terminal:
        assert terminal.tree == [
            "▾ flow.yml",
            "▸ fetch",
            "▾ outer",
            "○ greet  POST /graphql",
            "○ call  → fetch",
        ]
        await terminal.press("n")
        assert "Says hello to the server." in terminal.pane("checks")
        assert "calls  POST /graphql (ask)" in terminal.pane("checks")


async def test_a_run_leaves_states_times_and_attempts_in_the_tree(opened, folder, server):
    again = {"name": "again", "type": "retry", "retryLimit": 1}
    document = folder.flow(
        folder.look("first"),
        folder.look("second", onFailure=[again]),
        folder.look("third"),
    )
    server.answers(server.answer(b""), server.answer(b"", 500))
    async with opened(document) as terminal:
        await terminal.press("f5")
        first, second, third = (line.split() for line in terminal.tree[-3:])
        assert (first[0], first[-1]) == ("✓", "ms")
        assert (second[0], second[-2], second[-1]) == ("✗", "ms", "×2")
        assert third == ["–", "third", "GET", "/things/{thing}"]
        assert "3 run ·" not in terminal.pane("browser")  # two steps, however often
        assert "2 run ·" in terminal.pane("browser")


async def test_a_called_workflow_runs_as_one_step_or_is_entered(opened, folder, server):
    async with opened(two_workflows(folder), workflow="outer") as terminal:
        await terminal.press("n", "n", "n")
        assert terminal.summary.startswith("DONE")
        assert [each.target for each in server.asked] == ["/graphql", "/things/a", "/things/b"]
        assert "workflow fetch succeeded" in terminal.told("checks")

        await terminal.press("ctrl+r", "n", "s")
        assert terminal.summary.startswith("PAUSED before first 1/2")
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 4 steps run")


async def test_another_workflow_is_chosen_with_enter_and_run(opened, folder, server):
    server.answers({"data": {"hero": {"name": "Leia"}}})
    async with opened(two_workflows(folder)) as terminal:
        await terminal.press("end", "enter")
        await terminal.until(lambda: "○ greet  POST /graphql" in terminal.tree)
        assert terminal.summary.startswith("READY: F10 starts   outer")
        await terminal.press("n", "n")
        assert [each.target for each in server.asked] == ["/graphql"]
        assert terminal.tree[-2].startswith("✓ greet")


async def test_another_workflow_is_not_chosen_while_one_runs(opened, folder, server):
    async with opened(two_workflows(folder)) as terminal:
        await terminal.press("n")
        server.hold()
        await terminal.start("n")
        await terminal.until(lambda: server.asked)
        await terminal.start("end", "enter")
        assert terminal.said == ["a run is under way: esc stops it first"]
        server.release()
        await terminal.settled()
        assert terminal.summary.startswith("PAUSED before second 2/2   fetch")


async def test_the_cursor_at_a_step_that_ran_shows_what_it_sent_and_got(opened, folder, server):
    server.answers({"who": "first"}, {"who": "second"})
    async with opened(two_workflows(folder)) as terminal:
        await terminal.press("c")
        assert '"who": "second"' in terminal.pane("response")
        await terminal.press("1", "down")
        assert '"who": "first"' in terminal.pane("response")
        assert "/things/a" in terminal.pane("request")
        assert terminal.phases.startswith("first  ✓ resolve")
        await terminal.press("escape")
        assert '"who": "second"' in terminal.pane("response")


async def test_a_click_on_a_step_shows_it(opened, folder, server):
    server.answers({"who": "first"}, {"who": "second"})
    async with opened(two_workflows(folder)) as terminal:
        await terminal.press("c")
        await terminal.pilot.click(terminal.bench.browser.tree_view, offset=(12, 2))
        await terminal.settled()
        assert '"who": "first"' in terminal.pane("response")


async def test_problems_stand_at_the_step_they_are_about(opened, folder):
    document = folder.flows(
        {"workflowId": "fine", "steps": [folder.look("first")]},
        {"workflowId": "wrong", "steps": [{"stepId": "lost", "operationId": "lok"}]},
    )
    async with opened(document, workflow="wrong") as terminal:
        assert terminal.summary.startswith("CANNOT RUN: see its problems   wrong")
        assert terminal.tree == ["▾ flow.yml ✗", "▸ fine", "▾ wrong ✗", "○ lost  lok ✗"]
        await terminal.press("n")
        assert terminal.said == ["this workflow cannot run; its problems stand beside it"]

        await terminal.press("end", "l", "l")
        assert terminal.tree[-1].startswith("✗ ")
        assert "there is no operation `lok`" in terminal.tree[-1]
        assert "did you mean `look`?" in terminal.sentences("checks")
        assert "operationId: lok" in terminal.sentences("checks")
        assert "^" in terminal.pane("checks")


async def test_the_other_workflows_of_a_document_with_problems_run(opened, folder):
    document = folder.flows(
        {"workflowId": "wrong", "steps": [{"stepId": "lost", "operationId": "lok"}]},
        {"workflowId": "fine", "steps": [folder.look("first")]},
    )
    async with opened(document) as terminal:
        assert terminal.summary.startswith("CANNOT RUN")
        await terminal.press("end", "enter")
        await terminal.until(lambda: terminal.summary.startswith("READY"))
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 1 step run")


NO_DOCUMENTS = {
    "broken.yml": (
        "arazzo: 1.0.1\ninfo:\n  title: [x\nworkflows: []\n",
        "`,` or `]` is expected here",
    ),
    "torn.json": ('{"arazzo": "1.0.1", "info": {', "the text ends"),
    "pets.yml": ("openapi: 3.1.0\ninfo: {title: Pets}\n", "this is an OpenAPI description (3.1.0)"),
    "list.yml": ("- 1\n- 2\n", "an Arazzo document is an object"),
    "empty.yml": ("", "there is nothing in this document"),
    "picture.yml": ("\x89PNG\r\n\x1a\n\x00\x00", "this is a binary file"),
    "bare.yml": ("arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n", "needs at least one workflow"),
}


async def test_what_is_no_document_opens_and_says_what_it_is(opened, folder):
    names = [folder.write(name, content) for name, (content, _) in NO_DOCUMENTS.items()]
    missing = str(folder.path / "missing.yml")
    async with opened(*names, missing, str(folder.path)) as terminal:
        assert terminal.summary.startswith("choose a document")
        assert NO_DOCUMENTS["broken.yml"][1] in terminal.told("checks")
        await terminal.press("end", "enter")
        assert "is a folder, not a document" in terminal.told("checks")
        await terminal.press("up", "enter")
        assert "there is no such file" in terminal.told("checks")
        for name in reversed([*NO_DOCUMENTS][1:]):
            await terminal.press("up", "enter")
            assert NO_DOCUMENTS[name][1] in terminal.told("checks")
            assert f"▾ {name} ✗" in terminal.tree
        await terminal.press("n")
        assert terminal.said == ["no workflow is chosen"]


async def test_several_documents_are_read_when_they_are_unfolded(opened, folder, server):
    names = (
        folder.flow(folder.look("one"), name="a.yml"),
        str(folder.path / "gone.yml"),
        folder.flow(folder.look("two", "2"), name="c.yml"),
    )
    async with opened(*names) as terminal:
        assert terminal.tree[-2:] == ["▸ gone.yml", "▸ c.yml"]
        await terminal.press("end", "enter", "end")
        assert terminal.tree[-1] == "▸ flow"
        assert terminal.summary.startswith("READY: F10 starts   flow · a.yml")

        await terminal.press("enter")
        await terminal.until(lambda: terminal.summary.startswith("READY: F10 starts   flow · c"))
        await terminal.press("c")
        assert [each.target for each in server.asked] == ["/things/2"]

        await terminal.press("1", *["up"] * 2, "enter")
        assert "there is no such file" in terminal.told("checks")


async def test_a_workflow_that_is_not_there_is_said_and_the_first_one_shown(opened, folder):
    async with opened(two_workflows(folder), workflow="inner") as terminal:
        assert terminal.said == ["there is no workflow inner; there is fetch, outer"]
        assert terminal.summary.startswith("READY: F10 starts   fetch")
