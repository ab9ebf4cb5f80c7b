"""What a person changes in a run by hand: requests, answers, values, the way; every attempt is kept."""

import pytest
from textual.widgets import TextArea

OK = [{"condition": "$statusCode == 200"}]
ADD = "mutation add($name: String!) { add(name: $name) { id } }"
HERO = "query hero($name: String) { hero(name: $name) { name } }"


def asked_names(server):
    return [each.json["variables"]["name"] for each in server.asked]


async def written(terminal, text):
    """Put a text in the place of what the field in focus holds."""
    terminal.press_at_once(*["up"] * 9, "home", *["shift+down"] * 9, "shift+end")
    await terminal.settled()
    await terminal.paste(text)


def field(terminal):
    """The text of the field in focus."""
    focused = terminal.app.screen.focused
    return focused.text if isinstance(focused, TextArea) else focused.value


# Edit


async def test_e_edits_the_request_that_waits_and_what_was_edited_is_what_leaves(
    opened, folder, server
):
    async with opened(folder.flow(folder.ask("find", HERO, {"name": "Ada"}))) as terminal:
        await terminal.press("s", "s", "e")
        assert "find: edit the request; s or n sends it" in terminal.text
        assert field(terminal) == '{\n  "name": "Ada"\n}'

        await written(terminal, '{"name": "Grace"}')
        await terminal.press("ctrl+s")
        assert terminal.said[-1] == "ready to be sent: s sends it, n runs the step"
        assert "NOT SENT" in terminal.pane("request")
        assert '"name": "Grace"' in terminal.pane("request")
        assert server.asked == []

        await terminal.press("n")
        assert asked_names(server) == ["Grace"]
        assert server.asked[0].headers["content-length"] == str(len(server.asked[0].body))
        assert "✎ request edited by hand" in terminal.told("log")


async def test_e_after_an_answer_sends_an_edited_copy_and_keeps_both_attempts(
    opened, folder, server
):
    refused = {"errors": [{"message": "no such hero"}], "data": None}
    server.answers(refused, {"data": {"hero": {"name": "Ada"}}})
    needs = [{"condition": "$response.body#/data/hero/name != null"}]
    step = folder.ask("find", HERO, {"name": "ada"}, successCriteria=needs)
    async with opened(folder.flow(step)) as terminal:
        await terminal.press("n", "n")
        assert terminal.summary.startswith("FAILED at find")

        await terminal.press("e")
        await written(terminal, '{"name": "Ada"}')
        await terminal.press("ctrl+s")
        assert terminal.summary.startswith("PAUSED in find 1/1 attempt 2")
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert asked_names(server) == ["ada", "Ada"]
        assert terminal.tree[-1].endswith("×2")
        log = terminal.told("log")
        assert log.index("✗ 1 find") < log.index("✓ 2 find (attempt 2)") < log.index("✎")

        await terminal.press("left_curly_bracket", "left_curly_bracket")
        assert "no such hero" in terminal.pane("response")
        assert '"name": "ada"' in terminal.pane("request")


async def test_method_url_headers_and_query_are_edited_each_in_its_field(opened, folder, server):
    async with opened(folder.flow(folder.ask("find", HERO, {"name": "Ada"}))) as terminal:
        await terminal.press("s", "s", "e", "tab")
        await written(terminal, "Content-Type: application/json\nX-Team: ingest")
        await terminal.press("shift+tab", "shift+tab")
        await written(terminal, "query hero($name: String) { hero(name: $name) { id } }")
        await terminal.press("shift+tab", "end")
        await terminal.paste("?debug=1")
        await terminal.press("ctrl+s", "n")
        asked = server.asked[0]
        assert asked.target == "/graphql?debug=1"
        assert asked.headers["x-team"] == "ingest"
        assert asked.json["query"].endswith("{ id } }")


async def test_the_query_is_laid_out_to_be_read_and_sent_as_it_was_where_nobody_touched_it(
    opened, folder, server
):
    async with opened(folder.flow(folder.ask("find", HERO, {"name": "Ada"}))) as terminal:
        await terminal.press("s", "s", "e", "shift+tab")
        assert field(terminal).splitlines()[:2] == [
            "query hero($name: String) {",
            "  hero(name: $name) {",
        ]
        await terminal.press("tab")
        await written(terminal, '{"name": "Grace"}')
        await terminal.press("ctrl+s", "n")
        assert server.asked[0].json == {"query": HERO, "variables": {"name": "Grace"}}


async def test_json_in_a_string_is_edited_unfolded_and_sent_folded(opened, folder, server):
    step = folder.ask("find", HERO, {"name": '{"first":"Ada"}'})
    async with opened(folder.flow(step)) as terminal:
        await terminal.press("s", "s", "e")
        assert field(terminal) == '{\n  "name": {\n    "first": "Ada"\n  }\n}'
        await written(terminal, '{"name": {"first": "Grace"}}')
        await terminal.press("ctrl+s", "n")
        assert asked_names(server) == ['{"first":"Grace"}']


async def test_a_request_that_is_no_graphql_is_edited_as_it_is(opened, folder, server):
    async with opened(folder.flow(folder.look("first", "apple"))) as terminal:
        await terminal.press("n", "e", "shift+tab")
        assert field(terminal) == f"GET {server.url}/things/apple"
        await written(terminal, f"DELETE {server.url}/things/pear")
        await terminal.press("ctrl+s", "n")
        assert (server.asked[0].method, server.asked[0].target) == ("DELETE", "/things/pear")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"name": ', "✗ body: "),
        ("[1]", "✗ body: variables are an object: `{ … }`"),
    ],
)
async def test_what_is_no_request_is_said_as_it_is_typed_and_is_not_taken(
    opened, folder, server, text, said
):
    async with opened(folder.flow(folder.ask("find", HERO, {"name": "Ada"}))) as terminal:
        await terminal.press("s", "s", "e")
        await written(terminal, text)
        assert said in terminal.text
        await terminal.press("tab", "ctrl+s")
        assert said in terminal.text
        assert field(terminal) == text
        await terminal.press("escape", "escape", "n")
        assert asked_names(server) == ["Ada"]


async def test_esc_in_the_editor_throws_away_nothing_that_was_typed_unless_it_is_pressed_twice(
    opened, folder
):
    async with opened(folder.flow(folder.ask("find", HERO, {"name": "Ada"}))) as terminal:
        await terminal.press("s", "s", "e")
        await written(terminal, '{"name": "Grace"}')
        await terminal.press("escape")
        assert "esc once more throws the edits away; ctrl+s takes them" in terminal.text
        assert field(terminal) == '{"name": "Grace"}'

        await terminal.press("home", " ", "escape")
        assert "esc once more" in terminal.text
        await terminal.press("escape")
        assert "edit the request" not in terminal.text
        assert '"name": "Ada"' in terminal.pane("request")


async def test_esc_in_an_editor_where_nothing_was_typed_leaves_at_once_and_changes_nothing(
    opened, folder, server
):
    async with opened(folder.flow(folder.ask("find", HERO, {"name": "Ada"}))) as terminal:
        await terminal.press("s", "s", "e", "tab", "shift+tab", "escape")
        assert "edit the request" not in terminal.text
        await terminal.press("e", "ctrl+s")
        assert terminal.said == []
        await terminal.press("n")
        assert "✎" not in terminal.told("log")
        assert server.asked[0].json == {"query": HERO, "variables": {"name": "Ada"}}


# Resend


async def test_resend_asks_first_names_what_it_would_repeat_and_no_changes_nothing(
    opened, folder, server
):
    server.answers({"data": {"add": {"id": 1}}}, {"data": {"add": {"id": 2}}})
    async with opened(folder.flow(folder.ask("add", ADD, {"name": "Ada"}))) as terminal:
        await terminal.press("n", "n", "R")
        assert "Send again? It may be done twice:" in terminal.text
        assert f"POST {server.url}/graphql  mutation add" in terminal.text
        assert "Going back does not undo what a server has done." in terminal.text

        await terminal.press("escape")
        assert terminal.summary.startswith("DONE 1 step run")

        await terminal.press("R", "y")
        assert terminal.summary.startswith("PAUSED in add 1/1 attempt 2")
        assert len(server.asked) == 1
        await terminal.press("s")
        assert asked_names(server) == ["Ada", "Ada"]
        assert '"id": 2' in terminal.pane("response")


async def test_resending_what_changes_nothing_is_not_asked_about(opened, folder):
    document = folder.flow(folder.ask("find", HERO, {"name": "Ada"}), folder.look("see"))
    async with opened(document) as terminal:
        await terminal.press("c", "R")
        assert terminal.summary.startswith("PAUSED in see 2/2 attempt 2")
        await terminal.press("1", *["up"] * 9, *["down"] * 2, "R")
        assert "Send again?" not in terminal.text


async def test_resending_a_mutation_that_was_refused_unexecuted_is_not_asked_about(
    opened, folder, server
):
    server.answers(server.answer({"errors": [{"message": "Unknown argument"}]}, 400))
    step = folder.ask("add", ADD, {"name": "Ada"}, successCriteria=OK)
    async with opened(folder.flow(step)) as terminal:
        await terminal.press("n", "n", "R")
        assert terminal.summary.startswith("PAUSED in add 1/1 attempt 2")


# Answer by hand


async def test_a_answers_by_hand_and_nothing_is_sent(opened, folder, server):
    step = folder.ask(
        "find", HERO, {"name": "Ada"}, successCriteria=OK, outputs={"id": "$response.body#/data/id"}
    )
    async with opened(folder.flow(step, outputs={"id": "$steps.find.outputs.id"})) as terminal:
        await terminal.press("s", "s", "a")
        assert "Answer by hand: nothing is sent" in terminal.text
        assert field(terminal) == '{\n  "data": {}\n}'
        await written(terminal, '{"data": {"id": 7}}')
        await terminal.press("ctrl+s")
        assert '"id": 7' in terminal.pane("response")
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 1 step run")
        assert "✓ id  integer  7" in terminal.told("checks")
        assert "! answered by hand; nothing was sent" in terminal.told("checks")
        assert "✎ answered by hand, nothing was sent" in terminal.told("log")
        assert server.asked == []


async def test_an_answer_by_hand_begins_with_the_last_one_and_may_have_any_status(
    opened, folder, server
):
    server.answers({"data": {"add": {"id": 41}}})
    step = folder.ask("add", ADD, {"name": "Ada"}, successCriteria=OK)
    async with opened(folder.flow(step)) as terminal:
        await terminal.press("n", "n", "R", "y", "a")
        assert '"id": 41' in field(terminal)
        await terminal.press("shift+tab", "shift+tab")
        await written(terminal, "teapot")
        await terminal.press("ctrl+s")
        assert "✗ a status is a number from 100 to 599" in terminal.text
        await written(terminal, "503")
        await terminal.press("ctrl+s", "n")
        assert terminal.summary.startswith("FAILED at add")
        assert "503 == 200" in terminal.told("checks")
        assert len(server.asked) == 1


async def test_esc_loses_no_answer_that_was_written(opened, folder):
    async with opened(folder.flow(folder.ask("find"))) as terminal:
        await terminal.press("s", "s", "a")
        await written(terminal, '{"data": null}')
        await terminal.press("escape")
        assert "esc once more throws the answer away; ctrl+s answers with it" in terminal.text
        assert field(terminal) == '{"data": null}'
        await terminal.press("escape")
        assert "not sent yet" in terminal.pane("response")


async def test_a_says_when_no_request_waits(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("a", "n", "a")
        assert terminal.said == [
            "there is no run yet: F10 starts one",
            "no request waits for an answer here: s builds one",
        ]


# Skip


async def test_k_skips_a_step_and_its_outputs_are_given_by_hand(opened, folder, server):
    document = folder.flow(
        folder.ask("first", outputs={"id": "$response.body#/data/id"}),
        folder.look("second", "$steps.first.outputs.id"),
    )
    async with opened(document) as terminal:
        await terminal.press("n", "K")
        assert "Skip first: its outputs" in terminal.text
        await written(terminal, "[1]")
        assert "✗ an object is expected" in terminal.text
        await terminal.press("enter")
        assert "Skip first: its outputs" in terminal.text
        await written(terminal, '{"id": "apple"}')
        await terminal.press("enter", "n", "n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert [each.target for each in server.asked] == ["/things/apple"]
        assert "✎ skipped by hand, outputs set" in terminal.told("log")


async def test_a_step_that_was_answered_is_not_skipped_and_nothing_changes(opened, folder):
    async with opened(folder.flow(folder.look("first"), folder.look("second"))) as terminal:
        await terminal.press("s", "s", "s", "K", "enter")
        assert terminal.said[-1] == "only a step that was not sent yet can be skipped"
        assert "✓ send 200" in terminal.phases
        await terminal.press("n")
        assert terminal.summary.startswith("PAUSED before second 2/2")


# Set a value


async def test_s_sets_an_input_and_the_request_that_waits_is_built_anew(opened, folder, server):
    inputs = {"type": "object", "properties": {"thing": {"type": "string"}}}
    document = folder.flow(folder.look("first", "$inputs.thing"), inputs=inputs)
    async with opened(document, inputs={"thing": "apple"}) as terminal:
        await terminal.press("s", "s")
        assert "/things/apple" in terminal.pane("request")
        await terminal.press("S")
        assert '$inputs.thing  "apple"' in terminal.text
        await terminal.press("enter")
        assert field(terminal) == '"apple"'  # as JSON, so that enter changes nothing
        await written(terminal, "pear")
        await terminal.press("enter")
        assert "NOT SENT" in terminal.pane("request")
        assert "/things/pear" in terminal.pane("request")
        await terminal.press("n")
        assert server.asked[0].target == "/things/pear"
        assert "✎ input `thing` set by hand" in terminal.told("log")


async def test_s_sets_an_output_that_a_later_step_reads(opened, folder, server):
    document = folder.flow(
        folder.ask("first", outputs={"id": "$response.body#/data/id"}),
        folder.look("second", "$steps.first.outputs.id"),
    )
    server.answers({"data": {"id": "apple"}})
    async with opened(document) as terminal:
        await terminal.press("n", "n", "S")
        assert '$steps.first.outputs.id  "apple"' in terminal.text
        await terminal.press("enter")
        await written(terminal, '"pear"')
        await terminal.press("enter", "n")
        assert server.asked[-1].target == "/things/pear"
        assert "✎ output `id` of `first` set by hand" in terminal.told("log")


async def test_s_says_when_there_is_nothing_to_set(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("n", "S")
        assert terminal.said == ["this workflow has no inputs and no outputs to set"]


# Jump, choose, loosen


async def test_j_goes_on_at_another_step_and_runs_nothing_between(opened, folder, server):
    document = folder.flow(*(folder.look(name, name) for name in ("first", "second", "third")))
    async with opened(document) as terminal:
        await terminal.press("n", "J", "end", "enter")
        assert terminal.summary.startswith("PAUSED before third 3/3")
        assert server.asked == []
        await terminal.press("n")
        assert [each.target for each in server.asked] == ["/things/third"]
        assert "✎ jumped to `third` by hand" in terminal.told("log")


async def test_j_begins_at_the_step_the_browser_is_at(opened, folder):
    document = folder.flow(*(folder.look(name) for name in ("first", "second", "third")))
    async with opened(document) as terminal:
        await terminal.press("n", *["up"] * 9, *["down"] * 3, "J", "enter")
        assert terminal.summary.startswith("PAUSED before second 2/3")


async def test_a_failed_step_is_gone_on_from_with_another_decision(opened, folder, server):
    document = folder.flow(
        folder.look("first", onFailure=[{"name": "again", "type": "goto", "stepId": "first"}]),
        folder.look("second"),
    )
    server.answers(server.answer(b"", 500), server.answer(b""))
    async with opened(document) as terminal:
        await terminal.press("c", "A")
        assert "What follows" in terminal.text
        assert "go to first  (again)" in terminal.text
        await terminal.press("down", "enter", "n")
        assert terminal.summary.startswith("PAUSED before second 2/2")
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert "✎ what follows was chosen by hand: next" in terminal.told("log")


async def test_a_run_that_ended_as_failed_goes_on_when_the_next_step_is_chosen(
    opened, folder, server
):
    server.answers(server.answer(b"", 500), server.answer(b""))
    document = folder.flow(folder.look("first", successCriteria=OK), folder.look("second"))
    async with opened(document) as terminal:
        await terminal.press("c")
        assert terminal.summary.startswith("FAILED at first")
        await terminal.press("A", "enter", "c")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert len(server.asked) == 2


async def test_what_follows_cannot_be_chosen_before_a_step_was_judged(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("s", "s", "A")
        assert terminal.said == ["what follows is chosen when a step was judged: s goes there"]


async def test_l_lets_a_failed_criterion_pass_for_this_run_and_the_step_is_judged_anew(
    opened, folder, server
):
    needs = [*OK, {"condition": "$response.body#/data/name == 'Ada'"}]
    server.answers({"data": {"name": "Grace"}})
    document = folder.flow(folder.ask("first", successCriteria=needs), folder.look("second"))
    async with opened(document) as terminal:
        await terminal.press("c")
        assert terminal.summary.startswith("FAILED at first")
        await terminal.press("L")
        assert "Let this criterion pass in this run" in terminal.text
        await terminal.press("enter")
        assert "Criteria  2 of 2 passed" in terminal.told("checks")
        assert "loosened by hand" in terminal.told("checks")
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert "✎ criterion 2 was loosened by hand" in terminal.told("log")

        await terminal.press("ctrl+r", "c")
        assert terminal.summary.startswith("FAILED at first")


async def test_l_says_when_a_step_has_no_criteria(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("c", "L")
        assert terminal.said[-1] == "this step has no criteria"


# What all of them have in common


CHANGES = ("e", "R", "a", "K", "S", "J", "A", "L", "D")


async def test_no_key_changes_anything_where_there_is_no_run(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press(*CHANGES)
        assert terminal.summary.startswith("READY")
        assert terminal.said == ["there is no run yet: F10 starts one"] * len(CHANGES)


async def test_no_key_changes_what_is_in_flight(opened, folder, server):
    async with opened(folder.flow(folder.ask("add", ADD, {"name": "Ada"}))) as terminal:
        server.hold()
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(lambda: server.asked)
        await terminal.start(*CHANGES)
        assert terminal.said == ["a run is under way: esc stops it first"] * len(CHANGES)
        server.release()
        await terminal.settled()
        assert terminal.summary.startswith("DONE 1 step run")
        assert asked_names(server) == ["Ada"]


async def test_the_document_is_never_written(opened, folder):
    step = folder.ask("find", HERO, {"name": "Ada"}, successCriteria=OK)
    document = folder.flow(step)
    before = written_in(folder)
    async with opened(document) as terminal:
        await terminal.press("s", "s", "e")
        await written(terminal, '{"name": "Grace"}')
        await terminal.press("ctrl+s", "n", "L", "enter")
    assert written_in(folder) == before


def written_in(folder):
    """Every file of the folder with what is in it."""
    return {each.name: each.read_bytes() for each in folder.path.iterdir()}
