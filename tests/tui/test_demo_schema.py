"""The demo against the graph of a self-hosted Highlight: a first step that fails, and says why."""

from arazzo_tui.tui.start import demo_start


async def test_the_demo_with_todays_schema_fails_at_its_first_step_with_nine_errors(opened):
    async with opened(start=demo_start(schema="highlight")) as terminal:
        assert terminal.summary.startswith("READY: F10 starts   session-track-event")
        await terminal.press("f10", "f10")
        assert terminal.summary.startswith("FAILED")
        assert "initializeSession" in terminal.summary
        told = terminal.told("checks")
        assert "9 errors" in told
        assert 'Did you mean "clientVersion" or "client_id"?' in told


async def test_the_demo_that_is_chosen_at_the_welcome_screen_has_its_server(opened):
    async with opened() as terminal:
        assert "the demo: a GraphQL workflow against a server of its own" in terminal.text
        await terminal.press("enter", "n", "n")
        assert terminal.summary.startswith("PAUSED before addTrackProperties 2/3")
