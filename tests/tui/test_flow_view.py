"""The flow as it is drawn: lines at two widths, arcs that lead where they say, and the pane with its keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from arazzo_tui.engine.amend import JumpTo
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import Moment, Send, Settings, Wait, Waited
from arazzo_tui.engine.plan import Plan
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.insight.flow import flows
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import is_printable
from arazzo_tui.tui.exchange import StepKey
from arazzo_tui.tui.flow_entries import Shown, shown_at
from arazzo_tui.tui.flow_lanes import Arc, gutter
from arazzo_tui.tui.flow_lines import flow_lines
from arazzo_tui.tui.flow_view import FlowPane
from arazzo_tui.tui.row_view import cells
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.workspace import Workspace

CASES = Path(__file__).parents[1] / "cases"


# Runs


def first(path: Path, told: dict | None = None) -> Moment:
    """The first moment of a document's run; `told` may give the workflow and its inputs."""
    told = told or {}
    opened = Workspace().open(str(path))
    plan = planned(opened, told.get("workflow", "flow")).plan
    assert plan is not None
    moment, errors = begun_with(plan, told.get("inputs", {}), Settings())
    assert moment is not None, errors
    return moment


def answers(told: dict) -> Iterator[Response | Failure]:
    """The answers of a case."""
    for each in told["answers"]:
        if "failure" in each:
            yield Failure(each["failure"], "it broke")
        else:
            body = write_json(each["body"]).encode() if "body" in each else b""
            yield answer(each["status"], body)


def answer(status: int, body: bytes = b"") -> Response:
    content = read_content("application/json" if body else None, body)
    return Response(status, "", (), body, 0.012, len(body), content, 0.0)


def case(name: str, *, until: str = "") -> Run:
    """A case as it is run, to its end or to the first moment `until` says: step and stage."""
    told = yaml.safe_load((CASES / name / "answers.yaml").read_text("utf-8"))
    given_answers = answers(told)
    run = begun(first(CASES / name / "case.arazzo.yaml", told))
    while run.now.ended is None and until != here(run.now):
        match pending(run.now):
            case Send():
                run = run.advance(next(given_answers))
            case Wait():
                run = run.advance(Waited())
            case None:
                run = run.advance()
    return run


def here(moment: Moment) -> str:
    return f"{moment.step.step_id} {type(moment.stage).__name__}#{len(moment.trail)}"


def drawn(what: Moment | Plan | Run, width: int, *, data: bool = False) -> str:
    """The text of the lines, all of it in that many cells."""
    match what:
        case Plan():
            shown = Shown(flows(what))
        case Moment():
            shown = shown_at(flows(what.plan), what)
        case Run():
            shown = shown_at(flows(what.shown.plan), what.shown, what)
    lines = [line.plain for line in flow_lines(shown, width, data=data).lines]
    assert max(map(cells, lines)) <= width
    return "\n" + "\n".join(line.rstrip() for line in lines) + "\n"


# Lines

POLL = "goto-jumps-back-until-a-criterion-holds"


def test_before_a_run_every_way_is_there_and_none_was_taken() -> None:
    assert (
        drawn(first(CASES / POLL / "case.arazzo.yaml").plan, 40)
        == """
flow
 ╔▸○ poll   GET /one
╭╫── ✓ ↓ goto fetch
│║     if $response.body#/state ==
│║     'done'
│╚══ ✓ ↑ goto poll
│  ○ never  GET /two
╰─▸○ fetch  GET /three
   ■ end
"""
    )


def test_a_decision_is_seen_before_it_is_carried_out() -> None:
    assert (
        drawn(case(POLL, until="poll Acting#2"), 40)
        == """
flow
 ╔▸✓ poll ×2 ◂ here  GET /one
╭╫── ✓ ↓ goto fetch
│║     if $response.body#/state ==
│║     'done'
│╚══ ✓ ↑ goto poll ×1 ◂ next
│  ○ never           GET /two
╰─▸○ fetch           GET /three
   ■ end
"""
    )


def test_after_a_run_every_way_says_how_often_it_was_taken() -> None:
    assert (
        drawn(case(POLL), 40)
        == """
flow
 ╔▸✓ poll ×3  GET /one
╭╫── ✓ ↓ goto fetch ×1
│║     if $response.body#/state ==
│║     'done'
│╚══ ✓ ↑ goto poll ×2
│  – never    GET /two
╰─▸✓ fetch    GET /three
   ■ end: succeeded
"""
    )


def test_more_room_has_wider_lanes_times_and_the_names_of_actions() -> None:
    assert (
        drawn(case("used-up-retries-give-way-to-the-next-action"), 80)
        == """
flow
   ✗ first ×4  GET /one  48 ms
   │ ✗ ↻ retry max 2 ×2 if $statusCode == 429  (throttled)
   │ ✗ ↻ retry once ×1  (once-more)
╭──┤ ✗ ↓ goto third ×1  (rescue)
│  – second    GET /two
╰─▸✓ third     GET /three  12 ms
   ■ end: succeeded
"""
    )


def test_a_retry_through_a_step_is_a_way_there_and_back() -> None:
    run = case("retry-through-a-step-shares-its-names", until="login Sending#2")
    assert (
        drawn(run, 40)
        == """
flow
╔▸▶ login ◂ here  GET /two
║ ▶ use ◂ waits   GET /one
╚◂┤ ✗ ↻ retry once via login ×1
  │   after 2 s if $statusCode == 401
  ○ last          GET /three
  ■ end
"""
    )


def test_a_jump_by_hand_is_drawn_where_it_was_made() -> None:
    assert (
        drawn(case(POLL, until="poll Acting#1").amend(JumpTo("never")), 40)
        == """
flow
 ╔▸✓ poll          GET /one
╭╫── ✓ ↓ goto fetch
│║     if $response.body#/state ==
│║     'done'
│╚══ ✓ ↑ goto poll
│╭── ! ↓ by hand to never ×1
│╰▸▶ never ◂ here  GET /two
╰─▸○ fetch         GET /three
   ■ end
"""
    )


def test_jumps_that_cross_each_have_their_lane_and_data_stands_with_its_reader() -> None:
    run = case("a-jump-goes-on-in-list-order-and-keeps-what-is-known")
    assert (
        drawn(run, 40, data=True)
        == """
flow
   ✓ first      GET /one
 ╭── ✓ ↓ goto third ×1
╔╪▸✓ second     GET /two
║│ │ ← first.v
║│ │ ← third.v
║╰▸✓ third ×2   GET /three
║  ✓ fourth ×2  GET /one
║    ← third.v
║    ✓ ■ end ×1
║      if $response.body#/v == 'stop'
╚═══ ✓ ↑ goto second ×1
   ■ end: succeeded
     ← third.v
"""
    )


def test_what_a_step_depends_on_stands_under_it() -> None:
    run = case("a-step-that-is-read-comes-before-its-reader")
    assert (
        drawn(run, 40, data=True)
        == """
flow
✓ third   GET /three
✓ second  GET /two
│ ← third.v
✓ first   GET /one
│ after second
■ end: succeeded
"""
    )


def test_a_called_workflow_has_its_own_picture_and_its_caller_waits() -> None:
    run = case("a-step-calls-a-workflow", until="greet Sending#0")
    assert (
        drawn(run, 40, data=True)
        == """
flow
▶ call ◂ waits  → child
│ ← child.answer
○ after         GET /three
│ ← call.said
■ end
  ← call.said

child
▶ greet ◂ here  GET /one
■ end
  ← greet.answer
"""
    )


def test_everything_at_once_reads_at_two_widths() -> None:
    run = case("everything-at-once")
    assert (
        drawn(run, 40, data=True)
        == """
flow after its dependencies
✓ config  → config
✗ flow    → flow
│ ✗ ■ fail ×1
■ end: failed
  ← flow.n is missing
  ← flow.m is missing

flow
after config
every step:
✓ ■ end if $response.body#/do == 'end'
✗ ↻ retry max 2 ×1
  after 1 s if $statusCode == 503
 ╔═▸✓ login ×3  GET /one
 ║  │ ✗ → goto workflow other
 ║  │   if $statusCode == 403
 ║  │ ✗ ↻ retry max 2 ×1
 ║  │   after 1 s if $statusCode == 503
 ║╔▸✗ work ×3   GET /two
 ║║ │ ← login.token
 ║║ │ ← config.config
 ║╚═╡ ✓ ↑ goto work ×1
 ║  │   if $response.body#/do == 'again'
╭╫──┤ ✓ ↓ goto tidy
│║  │   if $response.body#/do == 'skip'
│║  │ ✓ ↓ next call
│╚═◂┤ ✗ ↻ retry once via login ×1
│   │   if $statusCode == 401
│   │ ✗ ↻ retry once via → config
│   │   if $statusCode == 409
│   │ ✗ ■ end if $statusCode == 500
│   │ ✗ ■ fail ×1
│   – call      → other
│   │ ← work.n
├───┤ ✗ ↓ goto tidy
╰──▸– tidy      GET /three
    ■ end
      ← work.n
      ← call.m

config
✓ read  GET /one
■ end
  ← read.config

other
– look  GET /three
■ end
  ← look.m
"""
    )
    assert (
        drawn(run, 80, data=True)
        == """
flow after its dependencies
✓ config  → config
✗ flow    → flow
│ ✗ ■ fail ×1
■ end: failed
  ← flow.n is missing
  ← flow.m is missing

flow
after config
every step:
✓ ■ end if $response.body#/do == 'end'  (leave)
✗ ↻ retry max 2 ×1 after 1 s if $statusCode == 503  (patience)
  ╔═══▸✓ login ×3  GET /one  36 ms
  ║    │ ✗ → goto workflow other if $statusCode == 403  (elsewhere)
  ║    │ ✗ ↻ retry max 2 ×1 after 1 s if $statusCode == 503  (patience)
  ║ ╔═▸✗ work ×3   GET /two  24 ms
  ║ ║  │ ← login.token
  ║ ║  │ ← config.config
  ║ ╚══╡ ✓ ↑ goto work ×1 if $response.body#/do == 'again'  (again)
╭─╫────┤ ✓ ↓ goto tidy if $response.body#/do == 'skip'  (skip)
│ ║    │ ✓ ↓ next call
│ ╚═══◂┤ ✗ ↻ retry once via login ×1 if $statusCode == 401  (refresh)
│      │ ✗ ↻ retry once via → config if $statusCode == 409  (reconfigure)
│      │ ✗ ■ end if $statusCode == 500  (give-up)
│      │ ✗ ■ fail ×1
│      – call      → other
│      │ ← work.n
├──────┤ ✗ ↓ goto tidy  (tidy)
╰─────▸– tidy      GET /three
       ■ end
         ← work.n
         ← call.m

config
✓ read  GET /one  12 ms
■ end
  ← read.config

other
– look  GET /three
■ end
  ← look.m
"""
    )


def test_the_name_of_an_output_is_not_cut_where_it_fits_below_that_of_its_step(folder) -> None:
    source = folder.look("initializeSession", outputs={"sessionSecureId": "$statusCode"})
    reader = folder.look("flushPayload", "$steps.initializeSession.outputs.sessionSecureId")
    assert (
        drawn(first(Path(folder.flow(source, reader))).plan, 35, data=True)
        == """
flow
○ initializeSession  GET /things/{…
○ flushPayload       GET /things/{…
│ ← initializeSession
│   .sessionSecureId
■ end
"""
    )


def looks(run: Run, text: str) -> set[str]:
    """The looks of all pieces with a text in them."""
    shown = shown_at(flows(run.shown.plan), run.shown, run)
    lines = flow_lines(shown, 40).lines
    return {look for line in lines for piece, look in line.pieces if text in piece}


def test_ways_that_were_taken_stand_out_and_the_others_do_not() -> None:
    run = case(POLL, until="poll Acting#2")
    assert looks(run, "goto fetch") == {"dim"}
    assert looks(run, "goto poll") == {"next"}
    assert looks(case(POLL), "goto poll") == {"strong"}


def test_a_step_that_passed_although_graphql_says_it_failed_is_marked(folder) -> None:
    run = begun(first(Path(folder.flow(folder.ask("greet"))))).advance()
    body = write_json({"data": None, "errors": [{"message": "no hero"}]}).encode()
    run = run.advance(answer(200, body)).advance().advance()
    assert "! greet" in drawn(run, 40)


@pytest.mark.parametrize("width", [20, 30, 40, 63, 80, 200])
@pytest.mark.parametrize("data", [False, True])
def test_no_line_is_wider_than_the_room_whatever_the_names_are(
    folder, width: int, data: bool
) -> None:
    long, hostile = "long" * 30, "\x1b[31m語\u202e[bold]"
    document = folder.flow(
        folder.look(long, outputs={hostile: "$statusCode"}),
        folder.look(
            "second",
            f"$steps.{long}.outputs.{long}",
            onSuccess=[
                {
                    "name": hostile,
                    "type": "goto",
                    "stepId": long,
                    "criteria": [{"condition": f"$statusCode == '{hostile * 20}'"}],
                }
            ],
        ),
    )
    moment = first(Path(document))
    shown = shown_at(flows(moment.plan), moment)
    lines = flow_lines(shown, width, data=data).lines
    assert max(cells(line.plain) for line in lines) <= width
    assert all(is_printable(line.plain) for line in lines)


# Lanes

LEFT = set("─═┼╪╫╬┴╧╨╩┬╤╥╦")
RIGHT = LEFT | set("├╞╟╠╰╘╙╚╭╒╓╔")
SINGLE = set("│┼╪├╞╭╒╰╘┬╤┴╧")
DOUBLE = set("║╫╬╟╠╓╔╙╚╥╦╨╩")

JUMPS = st.dictionaries(st.integers(0, 14), st.integers(0, 14), min_size=1).map(
    lambda jumps: [Arc(2 * start + 1, 2 * end) for start, end in jumps.items()]
)
"""Jumps from odd rows to even ones, at most one from a row."""


@given(JUMPS, st.integers(1, 6))
def test_who_follows_an_arc_from_its_start_comes_to_its_end(arcs: list[Arc], lanes: int) -> None:
    drawing = gutter(arcs, 30, lanes)
    rows = ["".join(text for text, _ in row) for row in drawing.rows]
    assert {len(row) for row in rows} == {drawing.width}
    assert drawing.width <= lanes + 1
    for arc in arcs:
        assert rows[arc.end][-1] == "▸"
        joint = rows[arc.start][-1]
        if joint == "…":
            continue
        assert joint == ("─" if arc.end > arc.start else "═")
        lane = drawing.width - 2
        while rows[arc.start][lane] in LEFT:
            lane -= 1
        way = 1 if arc.end > arc.start else -1
        for row in range(arc.start, arc.end + way, way):
            assert rows[row][lane] in (SINGLE if way > 0 else DOUBLE)
        assert set(rows[arc.end][lane:-1]) <= RIGHT


@given(JUMPS)
def test_with_lanes_for_all_no_arc_is_left_out_and_the_short_ones_stand_inside(
    arcs: list[Arc],
) -> None:
    drawing = gutter(arcs, 30, 30)
    assert "…" not in "".join(text for row in drawing.rows for text, _ in row)


def test_without_a_jump_there_is_no_gutter() -> None:
    assert gutter([], 3, 4).width == 0


def test_only_the_part_of_a_shared_lane_that_was_taken_stands_out() -> None:
    drawing = gutter([Arc(0, 3), Arc(1, 3, 1)], 4, 4)
    assert drawing.rows == (
        (("╭─", "dim"),),
        (("├─", "strong"),),
        (("│", "strong"), (" ", "")),
        (("╰▸", "strong"),),
    )


# The pane


class OnlyFlow(App[None]):
    """An app with nothing but the pane."""

    CSS = ".-gone { display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[StepKey] = []

    def compose(self) -> ComposeResult:
        yield FlowPane(id="flow")

    def on_flow_pane_step_chosen(self, message: FlowPane.StepChosen) -> None:
        self.chosen.append(message.key)

    @property
    def pane(self) -> FlowPane:
        return self.query_one(FlowPane)

    @property
    def seen(self) -> list[str]:
        """The rows of the screen between the borders."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).strip(" │┃▕▏") for strip in strips]

    @property
    def at_cursor(self) -> str:
        here = self.pane.lines.current
        return here.plain.strip() if here else ""


@pytest.fixture
async def app():
    """The app, the pane in focus, and the pilot."""
    flow = OnlyFlow()
    async with flow.run_test(size=(44, 16)) as pilot:
        flow.pane.focus_target().focus()
        await pilot.pause()
        yield flow, pilot


async def test_enter_chooses_the_step_that_the_line_at_the_cursor_belongs_to(app) -> None:
    flow, pilot = app
    flow.pane.show(first(CASES / POLL / "case.arazzo.yaml").plan)
    await pilot.press("enter", "j", "enter", "j", "enter", "G", "k", "enter")
    await pilot.pause()
    assert flow.chosen == [("flow", "poll"), ("flow", "poll"), ("flow", "fetch")]


async def test_the_cursor_goes_where_the_run_goes_and_else_stays(app) -> None:
    flow, pilot = app
    run = case(POLL)
    for moment in run.moments[:3]:
        flow.pane.show(moment, run)
        await pilot.pause()
        assert flow.at_cursor.startswith("╔▸▶ poll")
    await pilot.press("G")
    flow.pane.show(run.moments[3], run)
    await pilot.pause()
    assert flow.at_cursor == "■ end"
    for moment in run.moments[4:-1]:
        flow.pane.show(moment, run)
    await pilot.pause()
    assert "fetch ◂ here" in flow.at_cursor


async def test_d_brings_what_each_step_reads_and_takes_it_away(app) -> None:
    flow, pilot = app
    run = case("a-step-calls-a-workflow", until="greet Sending#0")
    flow.pane.show(run.now, run)
    await pilot.pause()
    assert "← call.said" not in "\n".join(flow.seen)
    await pilot.press("d")
    await pilot.pause()
    assert "← call.said" in "\n".join(flow.seen)
    assert "greet" in flow.at_cursor
    assert "[data]" in str(flow.pane.border_title)
    assert flow.pane.find("call.said")
    assert flow.pane.copied() == ("$steps.call.outputs.said", "the name")
    assert flow.pane.expression() == "$steps.call.outputs.said"
    await pilot.press("d")
    await pilot.pause()
    assert "← call.said" not in "\n".join(flow.seen)


async def test_a_step_with_a_breakpoint_is_marked(app) -> None:
    flow, pilot = app
    flow.pane.show(
        first(CASES / POLL / "case.arazzo.yaml").plan, stops=frozenset({("flow", "poll")})
    )
    await pilot.pause()
    assert [row for row in flow.seen if "●" in row] == [
        row for row in flow.seen if "poll  GET" in row
    ]
    assert any("▸○ ● poll" in row for row in flow.seen)


async def test_another_width_is_drawn_anew(app) -> None:
    flow, pilot = app
    flow.pane.show(case("used-up-retries-give-way-to-the-next-action").now)
    await pilot.pause()
    assert not any("(throttled)" in row for row in flow.seen)
    await pilot.resize_terminal(90, 16)
    await pilot.pause()
    assert any("(throttled)" in row for row in flow.seen)


async def test_a_pane_that_comes_back_shows_what_was_to_be_shown_meanwhile(app) -> None:
    flow, pilot = app
    run = case(POLL)
    flow.pane.show(run.moments[0], run)
    await pilot.pause()
    flow.pane.add_class("-gone")
    await pilot.pause()
    flow.pane.show(run.now, run)
    await pilot.pause()
    flow.pane.remove_class("-gone")
    await pilot.pause()
    assert any("end: succeeded" in row for row in flow.seen)


async def test_without_a_workflow_the_pane_says_so(app) -> None:
    flow, pilot = app
    flow.pane.show(case(POLL).now)
    await pilot.pause()
    flow.pane.show(None)
    await pilot.press("enter")
    await pilot.pause()
    assert any("there is no workflow to show" in row for row in flow.seen)
    assert flow.chosen == []


async def test_a_double_click_chooses_a_step_and_one_click_only_goes_there(app) -> None:
    flow, pilot = app
    flow.pane.show(first(CASES / POLL / "case.arazzo.yaml").plan)
    await pilot.pause()
    await pilot.click(FlowPane, offset=(10, 2))
    await pilot.pause()
    assert flow.chosen == []
    assert "goto fetch" in flow.at_cursor
    await pilot.click(FlowPane, offset=(10, 5), times=2)
    await pilot.pause()
    assert flow.chosen == [("flow", "never")]
