"""Where values come from and go to, the console, attempts beside each other, the source, kept runs."""

from pathlib import Path

from textual.widgets import TextArea

ADD = "mutation add($name: String!) { add(name: $name) { id } }"
DROP = "mutation drop($id: Int!) { drop(id: $id) }"


def two_mutations(folder, **more):
    return folder.flow(
        folder.ask(
            "add", ADD, {"name": "$inputs.who"}, outputs={"id": "$response.body#/data/add/id"}
        ),
        folder.ask("drop", DROP, {"id": "$steps.add.outputs.id"}, **more),
        inputs={"type": "object", "properties": {"who": {"type": "string", "default": "Ada"}}},
    )


def read(document):
    return Path(document).read_text("utf-8")


def change(document, old, new):
    Path(document).write_text(read(document).replace(old, new), "utf-8")


def answers(server):
    server.answers({"data": {"add": {"id": 7}}}, {"data": {"drop": True}})


async def test_a_value_of_a_request_is_followed_to_the_answer_it_came_from_and_one_jumps_there(
    opened, folder, server
):
    answers(server)
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "n", "2", "tab", "j", "P")
        for link in ("variables.id", "$steps.add.outputs.id", "#/data/add/id"):
            assert link in terminal.text
        await terminal.press("j", "j", "enter")
        assert terminal.title_of_focus.startswith("3 Response")
        assert "#/data/add/id" in terminal.pane("response")
        assert terminal.phases.startswith("add  ")


async def test_a_value_of_an_answer_tells_every_place_that_used_it(opened, folder, server):
    answers(server)
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "3", "j", "j", "j", "P")
        assert "will drop request body.variables.id" in " ".join(terminal.text.split())
        await terminal.press("escape", "n", "{", "{", "3", "j", "j", "j", "P")
        assert "used drop request body.variables.id" in " ".join(terminal.text.split())


async def test_why_a_value_is_missing_is_told_to_the_first_missing_link(opened, folder, server):
    server.answers({"data": None, "errors": [{"message": "no"}]})
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "n")
        told = terminal.told("checks")
        assert "Missing because" in told or terminal.summary.startswith("DONE")
        document = folder.flow(folder.ask("lone", DROP, {"id": "$steps.lone.outputs.never"}))
    async with opened(document) as terminal:
        await terminal.press("n", "n")
        assert "never" in terminal.told("checks")


async def test_the_console_answers_as_one_types_lights_matches_and_keeps_watches(
    opened, folder, server
):
    answers(server)
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "p", *"$.data..id")
        await terminal.until(lambda: "1 match in $response.body" in terminal.text)
        await terminal.until(lambda: "◂ matches" in terminal.pane("response"))
        await terminal.press(*["backspace"] * 10, *"$statusCode == 200")
        await terminal.until(lambda: "✓ holds" in terminal.text)
        await terminal.press(*["backspace"] * 18, *"$steps.add.outputs.i")
        await terminal.until(lambda: "$steps.add.outputs.id" in terminal.text)
        await terminal.press("tab", "ctrl+w")
        assert "$steps.add.outputs.id  7" in terminal.told("checks")
        await terminal.press("w", "x")
        assert "Watches" not in terminal.told("checks")


async def test_a_failed_criterion_has_a_truth_table_and_what_would_hold(opened, folder, server):
    server.answers({"data": {"add": {"id": 7}}}, server.answer(b"{}", 201))
    criteria = [{"condition": "$statusCode == 200 && $inputs.who == 'Ada'"}]
    async with opened(two_mutations(folder, successCriteria=criteria)) as terminal:
        await terminal.press("n", "n", "n")
        told = terminal.told("checks")
        assert "$statusCode  201" in told
        assert '$inputs.who  "Ada"' in told
        assert "$statusCode == 201 && $inputs.who == 'Ada'" in told


async def test_two_attempts_stand_beside_each_other(opened, folder, server):
    server.answers({"errors": [{"message": "first"}]}, {"data": {"add": {"id": 8}}})
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "R", "y", "s", "s", "equals_sign")
        assert "attempt 1  beside  attempt 2, shown" in terminal.text
        assert "attempt 1 of add" in terminal.text


async def test_the_source_follows_the_run(opened, folder, server):
    answers(server)
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "7")
        assert "stepId: add" in terminal.pane("source")
        await terminal.press("n", "n")
        assert "stepId: drop" in terminal.pane("source")


async def test_a_changed_document_is_gone_on_with_where_what_ran_is_the_same(
    opened, folder, server
):
    answers(server)
    document = two_mutations(folder)
    async with opened(document) as terminal:
        await terminal.press("n", "n")
        change(document, "drop(id: $id)", "remove: drop(id: $id)")
        await terminal.until(lambda: terminal.said)
        assert terminal.said == ["the document changed: the run goes on with it"]
        await terminal.press("n")
        assert "remove: drop" in server.asked[-1].json["query"]


async def test_a_document_that_changes_while_one_looks_back_sets_no_future_aside(
    opened, folder, server
):
    answers(server)
    document = two_mutations(folder)
    async with opened(document) as terminal:
        await terminal.press("n", "n", "[", "[", "[")
        assert terminal.summary.startswith("PAST moment 3 of 6")
        change(document, "drop(id: $id)", "remove: drop(id: $id)")
        await terminal.until(lambda: terminal.said)
        assert terminal.summary.startswith("PAST moment 3 of 7")
        assert "⑂" not in terminal.summary
        await terminal.press("escape", "n")
        assert "remove: drop" in server.asked[-1].json["query"]
        assert len(server.asked) == 2


async def test_a_change_behind_the_run_offers_a_restart(opened, folder, server):
    answers(server)
    document = two_mutations(folder)
    async with opened(document) as terminal:
        await terminal.press("n", "n")
        change(document, "add(name: $name)", "made: add(name: $name)")
        await terminal.until(lambda: terminal.said)
        assert "was run already" in terminal.said[0]
        assert "ctrl+r" in terminal.said[0]


async def test_a_kept_run_is_opened_again_as_it_was(opened, folder, server):
    answers(server)
    document = two_mutations(folder)
    async with opened(document) as terminal:
        await terminal.press("n", "n", "n", "[", "[")
        await terminal.press("escape", "q")
    async with opened(document) as terminal:
        await terminal.press("H")
        await terminal.until(lambda: "succeeded" in terminal.text)
        await terminal.press("enter")
        await terminal.until(lambda: terminal.summary.startswith("DONE 2 steps run"))
        assert len([each for each in terminal.tree if "flow.yml" in each]) == 1
        await terminal.press("{")
        assert terminal.summary.startswith("PAST")
        assert len(server.asked) == 2


async def test_an_edit_is_exported_as_a_patch_and_the_document_stays_as_it_is(
    opened, folder, server
):
    answers(server)
    document = two_mutations(folder)
    before = read(document)
    async with opened(document) as terminal:
        await terminal.press("n", "s", "e")
        query = terminal.app.screen.query_one("#query", TextArea)
        query.text = query.text.replace("{ id }", "{ id name }").replace("id\n", "id name\n")
        await terminal.press("ctrl+s")
        await terminal.start("W")
        await terminal.until(lambda: "This patch" in terminal.text)
        assert "+++ b/" in terminal.text
        await terminal.press("escape")
    assert read(document) == before
