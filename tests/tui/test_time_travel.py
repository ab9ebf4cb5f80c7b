"""Going back and forward over the moments of a run, and on from any of them, into another branch."""

import pytest

ADD = "mutation add($name: String!) { add(name: $name) { id } }"
DROP = "mutation drop($id: Int!) { drop(id: $id) }"


def two_mutations(folder):
    """A document whose second step needs what the first one gave."""
    return folder.flow(
        folder.ask("add", ADD, {"name": "Ada"}, outputs={"id": "$response.body#/data/add/id"}),
        folder.ask("drop", DROP, {"id": "$steps.add.outputs.id"}),
    )


def added(number):
    return {"data": {"add": {"id": number}}}


def operations(server):
    """What was asked of the server: `add Ada`, `drop 1` and so on."""
    asked = (each.json for each in server.asked)
    return [
        f"{each['query'].split('(')[0].split()[1]} {next(iter(each['variables'].values()))}"
        for each in asked
    ]


async def test_every_moment_is_looked_at_as_it_was_and_esc_comes_back_to_now(
    opened, folder, server
):
    server.answers(added(1), {"data": {"drop": True}})
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "n")
        assert terminal.summary.startswith("DONE 2 steps run")
        await terminal.press("[")
        assert terminal.summary.startswith("PAST moment 10 of 11  PAUSED in drop 2/2")
        await terminal.press("[", "[", "[")
        assert terminal.summary.startswith("PAST moment 7 of 11")
        assert "NOT SENT" in terminal.pane("request")
        assert '"id": 1' in terminal.pane("request")
        assert "not sent yet" in terminal.pane("response")
        assert terminal.tree[-1].startswith("▶ drop")
        await terminal.press("[", "[", "[", "[")
        assert '"id": 1' in terminal.pane("response")
        assert terminal.phases.startswith("add  ✓ resolve  ✓ send 200")
        assert terminal.tree[-1].startswith("○ drop")

        await terminal.press("]")
        assert terminal.summary.startswith("PAST moment 4 of 11")
        await terminal.press("escape")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert '"drop": true' in terminal.pane("response")
        assert operations(server) == ["add Ada", "drop 1"]


async def test_going_back_ends_at_the_first_moment_and_going_forward_at_the_newest(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("[", "T", "{")
        assert terminal.summary.startswith("READY")
        assert terminal.said == ["there is no run yet: F10 starts one"] * 3
        await terminal.press("n", "n", *["["] * 9)
        assert terminal.summary.startswith("PAST moment 1 of 6  PAUSED before first 1/1")
        await terminal.press(*["]"] * 9)
        assert terminal.summary.startswith("DONE 1 step run")


async def test_attempts_are_gone_through_whole(opened, folder, server):
    again = {"name": "again", "type": "retry", "retryAfter": 0, "retryLimit": 3}
    document = folder.flow(folder.look("first", onFailure=[again]), folder.look("second"))
    server.answers(server.answer(b"", 500), server.answer(b"", 503), server.answer(b""))
    async with opened(document) as terminal:
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 4 steps run")
        seen = []
        for _ in range(4):
            await terminal.press("{")
            seen.append(terminal.phases.split("  ")[2].rsplit(" ", 2)[0])
        assert seen == ["✓ send 200", "✓ send 200", "✓ send 503", "✓ send 500"]
        await terminal.press("}")
        assert "503" in terminal.pane("response")
        assert len(server.asked) == 4


async def test_the_timeline_lists_every_moment_and_goes_to_the_one_that_is_chosen(
    opened, folder, server
):
    server.answers(added(1), server.answer({"errors": [{"message": "no"}]}, 400))
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("n", "n", "n", "T")
        assert f"built: POST {server.url}/graphql  mutation add" in terminal.text
        for said in ("answered 200 Fine", "passed", "goes on with drop", "comes next"):
            assert said in terminal.text
        assert "answered 400 Fine" in terminal.text
        assert "▶ 11  drop  the end: failed" in terminal.text
        await terminal.press("home", "down", "enter")
        assert terminal.summary.startswith("PAST moment 2 of 11  PAUSED in add 1/2")
        await terminal.press("T")
        assert "❯ ▶  2  add  built: POST" in terminal.text
        await terminal.press("escape")
        assert terminal.summary.startswith("PAST moment 2 of 11")


async def test_going_on_from_the_past_asks_once_for_a_branch_and_says_what_is_repeated(
    opened, folder, server
):
    server.answers(added(1), {"data": {"drop": True}}, added(2), {"data": {"drop": True}})
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("c", *["["] * 9, "n")
        assert "Go on from here? This may be sent again:" in terminal.text
        assert f"POST {server.url}/graphql  mutation add" in terminal.text
        assert f"POST {server.url}/graphql  mutation drop" in terminal.text
        assert "Going back does not undo what a server has done." in terminal.text

        await terminal.press("escape")
        assert terminal.summary.startswith("PAST moment 2 of 11")
        assert operations(server) == ["add Ada", "drop 1"]

        await terminal.press("n", "y")
        assert terminal.summary.startswith("PAUSED before drop 2/2  ⑂ branch 2")
        assert operations(server)[2:] == ["add Ada"]
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert operations(server)[2:] == ["add Ada", "drop 2"]


async def test_going_on_from_the_past_is_not_asked_about_where_nothing_unsafe_comes_after(
    opened, folder, server
):
    server.answers(added(1), server.answer(b""))
    document = folder.flow(folder.ask("add", ADD, {"name": "Ada"}), folder.look("see"))
    async with opened(document) as terminal:
        await terminal.press("c", *["["] * 4, "n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert [each.method for each in server.asked] == ["POST", "GET", "GET"]


@pytest.mark.parametrize("keys", [("K", "enter"), ("S", "enter", "enter"), ("J", "enter")])
async def test_a_change_by_hand_in_the_past_asks_too_and_no_changes_nothing(
    opened, folder, server, keys
):
    server.answers(added(1), {"data": {"drop": True}})
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("c", *["["] * 9, *keys)
        assert "Go on from here? This may be sent again:" in terminal.text
        await terminal.press("n")
        assert terminal.summary.startswith("PAST moment 2 of 11")
        await terminal.press("escape")
        assert "⑂" not in terminal.summary
        assert "✎" not in terminal.told("log")


async def test_branches_are_listed_named_and_gone_on_with(opened, folder, server):
    server.answers(added(1), {"data": {"drop": True}}, added(2))
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("c", *["["] * 9, "n", "y", "T")
        assert "⑂ first  11 moments, left at moment 2, succeeded" in terminal.text

        await terminal.press("n")
        assert "Name of this branch" in terminal.text
        await terminal.press(*["backspace"] * 8)
        await terminal.paste("second try")
        await terminal.press("enter")
        assert "⑂ second try" in terminal.summary

        await terminal.press("T", "end", "enter")
        assert terminal.summary.startswith("DONE 2 steps run  ⑂ first")
        assert '"drop": true' in terminal.pane("response")
        assert [each[:7] for each in terminal.told("log").splitlines() if each[0] != " "] == [
            "✓ 1 add",
            "✓ 2 dro",
        ]
        await terminal.press("T")
        assert "⑂ second try  6 moments, left at moment 2, not ended" in terminal.text
        await terminal.press("end", "enter", "n")
        assert terminal.summary.startswith("DONE 2 steps run  ⑂ second try")
        assert operations(server) == ["add Ada", "drop 1", "add Ada", "drop 2"]


async def test_an_edit_in_the_past_begins_a_branch_and_the_log_is_the_branchs(
    opened, folder, server
):
    server.answers(added(1), {"data": {"drop": True}}, {"data": {"drop": False}})
    async with opened(two_mutations(folder)) as terminal:
        await terminal.press("c", *["["] * 4, "e")
        assert "drop: edit the request" in terminal.text
        await terminal.press("down", "end", "backspace")
        await terminal.paste("99")
        await terminal.press("ctrl+s")
        assert "Send again? It may be done twice:" in terminal.text
        assert "mutation drop" in terminal.text
        assert "mutation add" not in terminal.app.screen.query("Static").last().content.plain
        await terminal.press("y", "n")
        assert terminal.summary.startswith("DONE 2 steps run  ⑂ branch 2")
        assert operations(server) == ["add Ada", "drop 1", "drop 99"]
        log = terminal.told("log").splitlines()
        assert sum(each.startswith("✓ ") for each in log) == 2
        assert log[-1] == "  ✎ request edited by hand"

        await terminal.press("T")
        assert "✎ request edited by hand" in terminal.text


async def test_a_run_that_is_begun_anew_has_no_past(opened, folder):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("c", "[", "[", "ctrl+r", "T")
        assert "▶ 1  first  comes next" in terminal.text
        assert " 2  " not in terminal.text
