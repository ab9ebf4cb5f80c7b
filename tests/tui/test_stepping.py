"""A run, key by key: what each press does, what it leaves on the screen, what it sends."""

from textual.widgets import Button

from arazzo_tui.tui.start import demo_start

OK = [{"condition": "$statusCode == 200"}]


async def test_four_presses_of_f10_show_a_whole_run_of_the_demo(opened):
    async with opened(start=demo_start()) as terminal:
        assert terminal.summary.startswith("READY: F10 starts   session-track-event")

        await terminal.press("f10")
        assert terminal.summary.startswith("PAUSED before initializeSession 1/3")
        assert "NOT SENT  POST http://127.0.0.1:" in terminal.pane("request")
        assert "not run yet" in terminal.pane("response")
        assert terminal.tree[2].startswith("▶ initializeSession")

        await terminal.press("f10")
        assert terminal.summary.startswith("PAUSED before addTrackProperties 2/3")
        assert terminal.phases.startswith("initializeSession  ✓ resolve  ✓ send 200")
        assert terminal.phases.endswith("▶ next addTrackProperties")
        assert '"secure_id": ' in terminal.pane("response")
        assert terminal.tree[2].startswith("✓ initializeSession")
        assert terminal.tree[3].startswith("▶ addTrackProperties")

        await terminal.press("f10")
        assert terminal.summary.startswith("PAUSED before flushPayload 3/3")
        assert terminal.phases.startswith("addTrackProperties  ✓ resolve  ✓ send 200")

        await terminal.press("f10")
        assert terminal.summary.startswith("DONE 3 steps run")
        assert "Workflow  ✓ succeeded" in terminal.told("checks")
        assert "✓ payloadResult  integer  2" in terminal.told("checks")


async def test_n_sends_one_step_a_press_and_says_when_the_run_is_over(opened, folder, server):
    document = folder.flow(folder.look("first", "a"), folder.look("second", "b"))
    async with opened(document) as terminal:
        sent = []
        for _ in range(4):
            await terminal.press("n")
            sent.append([each.target for each in server.asked])
        assert sent == [[], ["/things/a"], ["/things/a", "/things/b"], ["/things/a", "/things/b"]]
        assert terminal.summary.startswith("DONE 2 steps run")
        assert terminal.said == ["the run is over: ctrl+r runs it again, R resends, [ goes back"]


async def test_f11_goes_phase_by_phase(opened, folder, server):
    document = folder.flow(
        folder.ask("first", successCriteria=OK, outputs={"name": "$response.body#/data/name"}),
        folder.ask("second"),
    )
    server.answers({"data": {"name": "Ada"}})
    async with opened(document) as terminal:
        await terminal.press("f11")
        assert terminal.phases == "first  ○ resolve  ○ send  ○ criteria  ○ outputs  ○ next"

        await terminal.press("f11")
        assert terminal.phases == "first  ✓ resolve  ▶ send  ○ criteria  ○ outputs  ○ next"
        assert "NOT SENT" in terminal.pane("request")
        assert "not sent yet" in terminal.pane("response")
        assert "Built, not sent" in terminal.pane("checks")
        assert server.asked == []

        await terminal.press("s")
        assert "✓ send 200" in terminal.phases
        assert terminal.phases.endswith("▶ criteria  ○ outputs  ○ next")
        assert "SENT" in terminal.pane("request")
        assert '"name": "Ada"' in terminal.pane("response")
        assert "Answered, not judged yet" in terminal.pane("checks")
        assert len(server.asked) == 1

        await terminal.press("s")
        assert terminal.phases.endswith(
            "✓ criteria 1/1  ✓ GraphQL ok  ✓ outputs 1/1  ▶ next second"
        )
        assert terminal.summary.startswith("PAUSED in first 1/2")

        await terminal.press("s")
        assert terminal.summary.startswith("PAUSED before second 2/2")
        assert terminal.phases.startswith("first  ✓ resolve")

        await terminal.press("s")
        assert terminal.phases.startswith("second  ✓ resolve  ▶ send")
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 2 steps run")
        assert len(server.asked) == 2


async def test_f5_runs_a_ready_form_to_the_end(opened, folder, server):
    document = folder.flow(folder.look("first"), folder.look("second"), folder.look("third"))
    async with opened(document) as terminal:
        await terminal.press("f5")
        assert terminal.summary.startswith("DONE 3 steps run")
        assert len(server.asked) == 3


async def test_f5_runs_to_the_step_that_fails(opened, folder, server):
    document = folder.flow(
        folder.look("first"), folder.look("second"), folder.look("third"), outputs={"x": "$url"}
    )
    server.answers(server.answer(b""), server.answer(b"", 500))
    async with opened(document) as terminal:
        await terminal.press("n", "c")
        assert terminal.summary.startswith("FAILED at second")
        assert terminal.tree[-3:] == [
            terminal.tree[-3],
            terminal.tree[-2],
            "– third  GET /things/{thing}",
        ]
        assert terminal.tree[-3].startswith("✓ first")
        assert terminal.tree[-2].startswith("✗ second")
        assert len(server.asked) == 2


async def test_f5_stops_at_a_failure_that_an_action_takes_care_of_and_goes_on_when_pressed_again(
    opened, folder, server
):
    clean_up = {"name": "tidy", "type": "goto", "stepId": "third"}
    document = folder.flow(
        folder.look("first", onFailure=[clean_up]), folder.look("second"), folder.look("third")
    )
    server.answers(server.answer(b"", 404), server.answer(b""))
    async with opened(document) as terminal:
        await terminal.press("c")
        assert terminal.summary.startswith("PAUSED in first 1/3")
        assert terminal.phases.endswith("▶ go to third")
        assert len(server.asked) == 1
        await terminal.press("c")
        assert terminal.summary.startswith("DONE 2 steps run")


async def test_keys_typed_ahead_run_one_after_another(opened, folder, server):
    document = folder.flow(*(folder.look(name) for name in ("first", "second", "third")))
    async with opened(document) as terminal:
        terminal.press_at_once("n", "n", "n")
        await terminal.until(lambda: len(server.asked) == 2)
        await terminal.settled()
        assert terminal.summary.startswith("PAUSED before third 3/3")

        server.hold()
        await terminal.press("ctrl+r")
        await terminal.start("n")
        await terminal.until(lambda: len(server.asked) == 3)
        await terminal.start("n")
        assert len(server.asked) == 3
        server.release()
        await terminal.settled()
        assert len(server.asked) == 4
        assert terminal.summary.startswith("PAUSED before third 3/3")


async def test_keys_typed_ahead_are_forgotten_when_a_step_fails(opened, folder, server):
    tidy = {"name": "tidy", "type": "goto", "stepId": "second"}
    document = folder.flow(folder.look("first", onFailure=[tidy]), folder.look("second"))
    server.answers(server.answer(b"", 500), server.answer(b""))
    async with opened(document) as terminal:
        await terminal.press("n")
        server.hold()
        await terminal.start("n", "n", "n")
        server.release()
        await terminal.settled()
        assert terminal.summary.startswith("PAUSED before second 2/2")
        assert len(server.asked) == 1


async def test_esc_cancels_what_is_in_flight_and_f10_sends_it_again(opened, folder, server):
    document = folder.flow(folder.look("first"), folder.look("second"))
    async with opened(document) as terminal:
        server.hold()
        await terminal.press("n")
        await terminal.start("f10")
        await terminal.until(lambda: server.asked)
        await terminal.until(lambda: terminal.summary.startswith("RUNNING first 1/2"))
        assert "SENDING  GET" in terminal.pane("request")
        assert "waiting for the answer · esc cancels" in terminal.pane("response")

        await terminal.press("escape")
        assert terminal.said == ["cancelled; what had left may have arrived"]
        assert terminal.summary.startswith("PAUSED in first 1/2")
        assert "NOT SENT  GET" in terminal.pane("request")

        server.release()
        await terminal.press("f10")
        assert len(server.asked) == 2
        assert terminal.summary.startswith("PAUSED before second 2/2")
        assert terminal.tree[-2].startswith("✓ first")


async def test_a_retry_waits_until_n_says_now(opened, folder, server):
    again = {"name": "again", "type": "retry", "retryAfter": 200, "retryLimit": 3}
    document = folder.flow(folder.look("first", onFailure=[again]))
    server.answers(server.answer(b"", 503), server.answer(b"", 503), server.answer(b""))
    async with opened(document) as terminal:
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(
            lambda: terminal.summary.startswith("WAITING first 1/1: retry 1 of 3 in")
        )
        assert "n goes on now" in terminal.summary
        assert terminal.phases.endswith("✗ criteria 0/1  ▶ retry")

        await terminal.press("escape")
        said = "stopped waiting: n tries again now, A chooses what follows"
        assert terminal.said == [said]
        assert terminal.summary.startswith("PAUSED in first 1/1 ")

        await terminal.start("f5")
        await terminal.until(
            lambda: terminal.summary.startswith("WAITING first 1/1: retry 1 of 3 in")
        )
        await terminal.start("n")
        await terminal.until(lambda: terminal.summary.startswith("WAITING first 1/1 attempt 2"))
        assert len(server.asked) == 2
        await terminal.press("n")
        assert terminal.summary.startswith("DONE 3 steps run")
        assert terminal.tree[-1].endswith("×3")


async def test_ctrl_r_begins_again_with_the_same_inputs(opened, folder, server):
    inputs = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    document = folder.flow(folder.look("first", "$inputs.id"), folder.look("second"), inputs=inputs)
    async with opened(document, inputs={"id": "apple"}) as terminal:
        await terminal.press("c", "ctrl+r")
        assert terminal.summary.startswith("PAUSED before first 1/2")
        assert terminal.told("log") == ""
        assert len(server.asked) == 2
        await terminal.press("n")
        assert server.asked[-1].target == "/things/apple"


async def test_ctrl_r_leaves_what_is_in_flight(opened, folder, server):
    document = folder.flow(folder.look("first"), folder.look("second"))
    async with opened(document) as terminal:
        server.hold()
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(lambda: server.asked)
        await terminal.press("ctrl+r")
        assert terminal.summary.startswith("PAUSED before first 1/2")
        server.release()
        await terminal.press("n")
        assert terminal.summary.startswith("PAUSED before second 2/2")
        assert len(server.asked) == 2


async def test_q_leaves_at_once_but_asks_while_a_request_is_in_flight(opened, folder, server):
    document = folder.flow(folder.look("first"))
    async with opened(document) as terminal:
        server.hold()
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(lambda: server.asked)
        await terminal.start("q")
        assert "A request is in flight" in terminal.text
        assert terminal.app.screen.query_one("#no", Button).has_focus

        await terminal.start("n")
        assert "A request is in flight" not in terminal.text
        assert terminal.app.is_running

        server.release()
        await terminal.settled()
        assert terminal.summary.startswith("DONE 1 step run")
        await terminal.start("q")
        assert not terminal.app.is_running


async def test_leaving_with_a_request_in_flight_is_possible(opened, folder, server):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        server.hold()
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(lambda: server.asked)
        await terminal.start("ctrl+q", "y")
        assert not terminal.app.is_running
