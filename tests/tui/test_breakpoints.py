"""Where a run stops: at breakpoints of every kind, where the cursor is, out of a call, at a pause."""

import pytest

OK = [{"condition": "$statusCode == 200"}]


def three(folder, **more):
    return folder.flow(*(folder.look(name, name) for name in ("first", "second", "third")), **more)


def targets(server):
    return [each.target.removeprefix("/things/") for each in server.asked]


async def to_step(terminal, number):
    """Put the browser's cursor on a step, the first being 1."""
    await terminal.press("1", *["up"] * 9, *["down"] * (number + 1))


async def add(terminal, place, text=""):
    """Add a breakpoint at the step that is pointed at: `place` counts from 1, as they are listed."""
    await terminal.press("B", "end", *["up"] * (3 - place), "enter")
    if text:
        await terminal.paste(text)
    await terminal.press("enter")


async def test_b_stops_before_the_step_sends_and_the_browser_shows_where(opened, folder, server):
    async with opened(three(folder)) as terminal:
        await terminal.press("n")
        await to_step(terminal, 2)
        await terminal.press("b")
        assert terminal.said == ["stops at second before it sends"]
        assert terminal.tree[-2].startswith("● ○ second")

        await terminal.press("c")
        assert "breakpoint: second before it sends" in terminal.summary
        assert "NOT SENT" in terminal.pane("request")
        assert "/things/second" in terminal.pane("request")
        assert targets(server) == ["first"]

        await terminal.press("c")
        assert terminal.summary.startswith("DONE 3 steps run")
        await terminal.press("b")
        assert terminal.said[-1] == "no longer stops at second before it sends"
        assert terminal.tree[-2].startswith("✓ second")


async def test_breakpoints_are_set_before_a_run_and_last_over_restarts(opened, folder, server):
    async with opened(three(folder)) as terminal:
        await to_step(terminal, 3)
        await terminal.press("b", "c")
        assert "breakpoint: third before it sends" in terminal.summary
        await terminal.press("ctrl+r", "c")
        assert "breakpoint: third before it sends" in terminal.summary
        assert targets(server) == ["first", "second"] * 2


async def test_breakpoints_stand_again_when_the_document_is_opened_the_next_time(opened, folder):
    document = three(folder)
    async with opened(document) as terminal:
        await to_step(terminal, 2)
        await terminal.press("b")
    async with opened(document) as terminal:
        await terminal.press("c")
        assert "breakpoint: second before it sends" in terminal.summary


async def test_a_breakpoint_stands_after_an_answer_or_on_a_decision(opened, folder, server):
    async with opened(three(folder)) as terminal:
        await to_step(terminal, 1)
        await add(terminal, 2)
        await to_step(terminal, 2)
        await add(terminal, 3)
        await terminal.press("c")
        assert "breakpoint: first after its answer" in terminal.summary
        assert terminal.phases.endswith("▶ criteria  ○ outputs  ○ next")
        await terminal.press("c")
        assert "breakpoint: second on its decision" in terminal.summary
        assert terminal.phases.endswith("✓ criteria 1/1  ▶ next third")
        assert targets(server) == ["first", "second"]


async def test_the_list_of_breakpoints_turns_them_off_and_on_and_removes_them(opened, folder):
    async with opened(three(folder)) as terminal:
        await to_step(terminal, 2)
        await terminal.press("b", "B")
        assert "❯ ● second before it sends" in terminal.text
        await terminal.press("enter")
        assert terminal.tree[-2].startswith("○ second")
        await terminal.press("B")
        assert "❯ ○ second before it sends" in terminal.text
        await terminal.press("escape", "c")
        assert terminal.summary.startswith("DONE 3 steps run")

        await to_step(terminal, 2)
        await terminal.press("B", "enter", "ctrl+r", "c")
        assert "breakpoint: second before it sends" in terminal.summary
        await terminal.press("B")
        assert "second before it sends  1 hit" in terminal.text
        await terminal.press("x", "c")
        assert terminal.summary.startswith("DONE 3 steps run")


async def test_a_condition_decides_whether_a_breakpoint_stops(opened, folder, server):
    again = {"name": "again", "type": "retry", "retryAfter": 0, "retryLimit": 5}
    server.answers(*(server.answer(b"", status) for status in (500, 502, 503, 200)))
    document = folder.flow(folder.look("first", onFailure=[again]))
    async with opened(document) as terminal:
        await to_step(terminal, 1)
        await add(terminal, 2, "$statusCode == 503")
        await terminal.press("c")
        assert "breakpoint: first after its answer if $statusCode == 503" in terminal.summary
        assert "503" in terminal.pane("response")
        assert len(server.asked) == 3


async def test_hits_are_let_pass_before_a_breakpoint_stops(opened, folder, server):
    again = {"name": "again", "type": "retry", "retryAfter": 0, "retryLimit": 9}
    server.answers(*(server.answer(b"", status) for status in (500, 501, 502, 200)))
    document = folder.flow(folder.look("first", onFailure=[again]))
    async with opened(document) as terminal:
        await to_step(terminal, 1)
        await add(terminal, 2, "2: $statusCode >= 500")
        await terminal.press("c")
        assert "if $statusCode >= 500 after 2 times" in terminal.summary
        assert "502" in terminal.pane("response")

        await terminal.press("B", "end", "up", "enter")
        assert terminal.app.screen.focused.value == "2: $statusCode >= 500"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$statusCode ==", "✗ the condition ends where a value is expected (character 15)"),
        ("3: $statusCode ==", "✗ the condition ends where a value is expected (character 18)"),
        ("²: true", "✗ "),
    ],
)
async def test_a_condition_is_judged_as_it_is_typed_and_a_bad_one_is_not_taken(
    opened, folder, text, said
):
    async with opened(three(folder)) as terminal:
        await to_step(terminal, 1)
        await add(terminal, 2, text)
        assert said in terminal.text
        assert "Stop at first after its answer, if" in terminal.text
        await terminal.press("escape", "c")
        assert terminal.summary.startswith("DONE 3 steps run")


async def test_a_condition_that_names_what_is_not_there_stops_and_says_so(opened, folder, server):
    async with opened(three(folder)) as terminal:
        await to_step(terminal, 2)
        await add(terminal, 1, "$response.body#/id == 1")
        await terminal.press("c")
        assert "breakpoint: second before it sends if $response.body#/id == 1" in terminal.summary
        assert targets(server) == ["first"]
        assert "stopped here: breakpoint: second" in terminal.told("checks")
        assert "there is no `$response`" in terminal.told("checks")


async def test_every_failed_attempt_is_stopped_at_when_that_is_asked_for(opened, folder, server):
    again = {"name": "again", "type": "retry", "retryAfter": 0, "retryLimit": 5}
    server.answers(server.answer(b"", 500), server.answer(b"", 502), server.answer(b""))
    async with opened(folder.flow(folder.look("first", onFailure=[again]))) as terminal:
        await terminal.press("n", "B")
        assert "at every failed attempt: off" in terminal.text
        await terminal.press("home", "enter", "c")
        assert terminal.summary.startswith("PAUSED in first 1/1  first failed")
        assert len(server.asked) == 1
        await terminal.press("c")
        assert "502" in terminal.pane("response")
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 3 steps run")


async def test_an_answer_that_graphql_distrusts_is_stopped_at_when_that_is_asked_for(
    opened, folder, server
):
    server.answers({"errors": [{"message": "no hero"}], "data": None}, {"data": {"hero": None}})
    document = folder.flow(
        folder.ask("first", successCriteria=OK), folder.ask("second", successCriteria=OK)
    )
    async with opened(document) as terminal:
        await terminal.press("n", "B", "home", "down", "enter", "c")
        assert terminal.summary.startswith("PAUSED in first 1/2  GraphQL: ")
        assert "no hero" in terminal.pane("checks")
        assert len(server.asked) == 1
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 2 steps run")


async def test_t_runs_to_the_step_at_the_cursor_of_the_browser(opened, folder, server):
    async with opened(three(folder)) as terminal:
        await terminal.press("n")
        await to_step(terminal, 3)
        await terminal.press("t")
        assert terminal.summary.startswith("PAUSED before third 3/3  came to where the cursor was")
        assert targets(server) == ["first", "second"]


async def test_f_goes_out_of_a_called_workflow_to_its_caller(opened, folder, server):
    document = folder.flows(
        {
            "workflowId": "outer",
            "steps": [{"stepId": "call", "workflowId": "inner"}, folder.look("after", "after")],
        },
        {"workflowId": "inner", "steps": [folder.look("one", "one"), folder.look("two", "two")]},
    )
    async with opened(document) as terminal:
        await terminal.press("n", "s", "s", "s")
        assert targets(server) == ["one"]
        await terminal.press("f")
        assert "came out of the called workflow" in terminal.summary
        assert targets(server) == ["one", "two"]
        assert terminal.summary.startswith("PAUSED in call 1/2")
        await terminal.press("n", "n")
        assert terminal.summary.startswith("DONE")
        assert targets(server) == ["one", "two", "after"]


async def test_f6_stops_after_what_is_under_way_and_cancels_nothing(opened, folder, server):
    async with opened(three(folder)) as terminal:
        server.hold()
        await terminal.press("n")
        await terminal.start("c")
        await terminal.until(lambda: server.asked)
        await terminal.start("f6")
        assert terminal.said == ["stops after what is under way"]
        server.release()
        await terminal.settled()
        assert "✓ send 200" in terminal.phases
        assert targets(server) == ["first"]
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 3 steps run")
