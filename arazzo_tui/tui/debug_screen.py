"""The screen's half that stops and travels: breakpoints, moments, attempts, branches, flow and source.

Each key is a few lines: a question where one is needed, and the run is looked at or watched otherwise.
Where it stops is `engine.debugger`'s, what the past is `engine.run`'s.
"""

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work

from arazzo_tui.engine.amend import Amendment, CannotAmend
from arazzo_tui.engine.debugger import Breakpoint, Debugger, Place, Stride
from arazzo_tui.engine.moment import Deciding, StepRecord
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.language.condition import Condition, parse_condition
from arazzo_tui.language.note import BadText
from arazzo_tui.tui.exchange import StepKey, shown_key
from arazzo_tui.tui.run_screen import RunScreen
from arazzo_tui.tui.runner import Runner
from arazzo_tui.world.workspace import address_of, is_url

if TYPE_CHECKING:
    from arazzo_tui.tui.kept import Again


class DebugScreen(RunScreen):
    """Breakpoints and the past."""

    def kept_breakpoints(self) -> Debugger:
        """The breakpoints of this document as they were left the last time."""
        from arazzo_tui.tui import travel

        kept = self.start.state.preference(self._breakpoints_name())
        return travel.with_kept_breakpoints(Debugger(), kept, second_opinion_doubts)

    def _breakpoints_name(self) -> str:
        name = self.subject.opened.name if self.subject else ""
        return f"breakpoints {address_of(name)}"

    def _watch(self, debugger: Debugger) -> None:
        """Watch the run for this, keep it for the next time, and draw its signs."""
        from arazzo_tui.tui import travel

        self.debugger = debugger
        kept = self.redactor.value(travel.kept_breakpoints(debugger))
        self.start.state.prefer(self._breakpoints_name(), kept)
        self.draw()

    # Strides to a place

    def action_to_here(self) -> None:
        """Run to the step the cursor is at in the browser."""
        key = self.pointed_step()
        if key is None or self.runner is None:
            self.notify("put the cursor on a step in the browser first", markup=False)
        else:
            self.go(Stride.TO, key)

    def action_pause(self) -> None:
        """Stop after what is under way, without cancelling it."""
        if self.runner is not None and self.runner.pause():
            self.notify("stops after what is under way", timeout=2, markup=False)

    def pointed_step(self) -> StepKey | None:
        """The step the browser's cursor is at; else the one the panes show."""
        key = self.browser.step_at_cursor
        if key is not None:
            return key
        moment = self.shown
        return self.chosen or (shown_key(moment) if moment else None)

    # Breakpoints

    def action_break(self) -> None:
        """Set a breakpoint before the step sends, or take away the one that is there."""
        key = self.pointed_step()
        if key is None:
            self.notify("put the cursor on a step in the browser first", markup=False)
            return
        point = Breakpoint(*key)
        self._watch(self.debugger.toggled(point))
        there = any(each.key == point.key for each in self.debugger.breakpoints)
        self.notify(
            f"{'stops' if there else 'no longer stops'} at {point}", timeout=3, markup=False
        )

    @work
    async def action_breakpoints(self) -> None:
        """The list of breakpoints: toggle them, add one with a condition, stop at every failure."""
        from arazzo_tui.tui import travel
        from arazzo_tui.tui.list_dialog import ListDialog

        key = self.pointed_step()
        entries = travel.breakpoint_entries(self.debugger, key)
        answer = await self.app.push_screen_wait(
            ListDialog("Breakpoints", [told for told, _ in entries], keys={"x": "removes"})
        )
        if answer is None:
            return
        match entries[answer[0]][1], answer[1]:
            case Breakpoint() as point, "x":
                self._watch(self.debugger.toggled(point))
            case Breakpoint() as point, _:
                other = replace(point, enabled=not point.enabled)
                self._watch(self.debugger.with_breakpoint(other))
            case Place() as place, _:
                if key is not None:
                    await self._add_breakpoint(key, place)
            case "failure", _:
                self._watch(replace(self.debugger, on_failure=not self.debugger.on_failure))
            case "graphql", _:
                doubt = None if self.debugger.doubt else second_opinion_doubts
                self._watch(replace(self.debugger, doubt=doubt))

    async def _add_breakpoint(self, key: StepKey, place: Place) -> None:
        """Ask for the condition and the number of hits to let pass, and set the breakpoint."""
        from arazzo_tui.tui import travel
        from arazzo_tui.tui.line_dialog import LineDialog

        there = (each for each in self.debugger.breakpoints if each.key == (*key, place))
        text = await self.app.push_screen_wait(
            LineDialog(
                f"Stop at {key[1]} {place.value}, if",
                "a condition such as $statusCode != 200; empty: always; `3:` before it: after 3 hits",
                next(map(travel.condition_text, there), ""),
                placeholder="always",
                wrong=wrong_with_condition,
            )
        )
        if text is not None:
            after, when = read_condition(text)
            point = Breakpoint(*key, place=place, when=when, after=after)
            self._watch(self.debugger.with_breakpoint(point))

    # The past

    def action_moment(self, by: int) -> None:
        """Look at the moment before or after the one that is looked at."""
        runner = self.at_rest()
        if runner is not None:
            self.chosen = None
            runner.look(runner.run.at + by)

    def action_attempt(self, by: int) -> None:
        """Look at the attempt before or after: the moment at which it was judged."""
        runner = self.at_rest()
        if runner is None:
            return
        self.chosen = None
        at = runner.run.at + by
        while 0 <= at < len(runner.run.moments) - 1:
            if isinstance(runner.run.moments[at].stage, Deciding):
                break
            at += by
        runner.look(at)

    @work
    async def action_timeline(self) -> None:
        """Every moment in a list: look at one; and the branches that were set aside: go on with one."""
        from arazzo_tui.tui import travel
        from arazzo_tui.tui.line_dialog import LineDialog
        from arazzo_tui.tui.list_dialog import ListDialog
        from arazzo_tui.tui.masked import masked_made

        runner = self.at_rest()
        if runner is None:
            return
        run = runner.run
        answer = await self.app.push_screen_wait(
            ListDialog(
                "Moments and branches",
                masked_made(travel.timeline(run), self.redactor),
                at=run.at,
                keys={"n": "names the branch"},
            )
        )
        if answer is None:
            return
        match travel.timeline_target(run, answer[0]), answer[1]:
            case _, "n":
                name = await self.app.push_screen_wait(
                    LineDialog("Name of this branch", "", runner.run.name, placeholder="a name")
                )
                if name:
                    runner.rename(name)
            case ("moment", int() as at), _:
                self.chosen = None
                runner.look(at)
            case ("branch", int() as number), _:
                self.chosen = None
                runner.switch(number)

    # Kept runs

    @work
    async def action_kept(self) -> None:
        """The kept runs: open one as it was, to look at it and to go on from any of its moments."""
        from arazzo_tui.tui.kept import again, kept_line, kept_runs
        from arazzo_tui.tui.list_dialog import ListDialog

        if self.is_driving:
            self.notify("a run is under way: esc stops it first", markup=False)
            return
        runs = await asyncio.to_thread(kept_runs, self.start.state)
        if not runs:
            self.notify("no runs are kept", markup=False)
            return
        answer = await self.app.push_screen_wait(
            ListDialog("Kept runs", [kept_line(each) for each in runs])
        )
        if answer is not None:
            found = await asyncio.to_thread(again, self.start.state, runs[answer[0]].path)
            if isinstance(found, str):
                self.notify(found, severity="error", timeout=12, markup=False)
            else:
                await self.show_again(found)

    async def show_again(self, found: "Again") -> None:
        """Show a kept run; its secrets were never written down, so it goes on without them."""
        from arazzo_tui.world.replay import HIDDEN

        name = self.add_opened(found.opened)
        await self.choose_workflow(name, found.header.workflow)
        if self.subject is None or self.subject.plan is None:
            return
        self.runner = Runner(found.run, self.transport, self.run_changed)
        self.redactor = HIDDEN
        self.form_mode(shown=False)
        self.draw()
        said = "; ".join((*found.said, "secrets were not kept: i gives them again"))
        self.notify(f"as it was kept: {said}", timeout=8, markup=False)

    # The document

    def document_changed(self) -> None:
        """Go on with the changed document where what was run already is the same; else offer a restart."""
        runner, plan = self.runner, self.subject.plan if self.subject else None
        if runner is None or plan is None or runner.busy or runner.run.now.ended is not None:
            said = "the document changed and was read anew"
            if runner is not None:
                said += "; ctrl+r runs it with the same inputs"
            self.notify(said, markup=False)
            return
        try:
            runner.replan(plan)
        except CannotAmend as wrong:
            said = f"the document changed: {wrong}; the run keeps the old one, ctrl+r restarts it"
            self.notify(said, severity="warning", timeout=12, markup=False)
            return
        self.notify("the document changed: the run goes on with it", markup=False)

    @work
    async def action_open_source(self) -> None:
        """Open the step's source at its line in the editor of the environment."""
        from arazzo_tui.tui.external_editor import opened_outside

        mark = self.source_mark(self.exchange())
        if mark is None or is_url(mark.source.name):
            self.notify("there is no file to open here", markup=False)
            return
        failed = await opened_outside(self.app, address_of(mark.source.name), mark.line)
        if failed is not None:
            self.notify(failed.sentence, severity="error", markup=False)

    # Attempts beside each other

    @work
    async def action_compare(self) -> None:
        """Compare the attempt that is shown with another one of the same step, in any branch."""
        from arazzo_tui.tui import travel
        from arazzo_tui.tui.compare import CompareScreen
        from arazzo_tui.tui.list_dialog import ListDialog

        runner, exchange = self.runner, self.exchange()
        others = travel.attempts_like(runner.run, exchange) if runner and exchange else []
        if runner is None or exchange is None or exchange.record is None or not others:
            self.notify("there is no other attempt of this step to compare with", markup=False)
            return
        chosen = len(others) - 1
        if len(others) > 1:
            answer = await self.app.push_screen_wait(
                ListDialog("Compare with", [told for told, _, _ in others], at=chosen)
            )
            if answer is None:
                return
            chosen = answer[0]
        _, name, record = others[chosen]
        names = (name, f"attempt {exchange.record.attempt}, shown")
        await self.app.push_screen_wait(
            CompareScreen(record, exchange.record, names, self.redactor)
        )

    # What the keys share

    def at_rest(self) -> Runner | None:
        """The runner, when nothing is under way."""
        if self.runner is None:
            self.notify("there is no run yet: F10 starts one", markup=False)
            return None
        if self.runner.busy:
            self.notify("a run is under way: esc stops it first", markup=False)
            return None
        return self.runner

    def amend(self, runner: Runner, amendment: Amendment, said: str) -> None:
        """Change the moment that is looked at; what does not fit is said, and nothing changes."""
        try:
            runner.amend(amendment)
        except CannotAmend as wrong:
            self.notify(str(wrong), severity="error", markup=False)
            return
        self.chosen = None
        self.notify(said, timeout=3 + len(said) / 20, markup=False)


def second_opinion_doubts(record: StepRecord) -> str:
    """Why an attempt is not to be trusted although its criteria passed: GraphQL says it failed."""
    verdict = second_opinion(record.request, record.answer)
    if verdict is None or verdict.succeeded:
        return ""
    return f"GraphQL: {verdict.standing.value}"


def read_condition(text: str) -> tuple[int, Condition | None]:
    """How many hits to let pass, and the condition, of `3: $statusCode == 200`; raises `BadText`."""
    after, rest = _counted(text)
    return after, parse_condition(rest)[0] if rest else None


def _counted(text: str) -> tuple[int, str]:
    """The number of hits before the colon, if there is one, and the rest."""
    count, colon, rest = text.partition(":")
    if colon and count.strip().isdecimal() and len(count) < 9:
        return int(count), rest.strip()
    return 0, text


def wrong_with_condition(text: str) -> str:
    """What is wrong with the condition of a breakpoint; nothing, where it can be read."""
    try:
        read_condition(text)
    except BadText as wrong:
        before = len(text) - len(_counted(text)[1])
        return f"{wrong.message} (character {before + wrong.offset + 1})"
    return ""
