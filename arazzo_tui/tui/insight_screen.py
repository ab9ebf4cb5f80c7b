"""The screen's half that explains: where a value came from and goes to, the console, watches, truth tables.

What is so is `engine`'s (`provenance`, `onward`, `console`, `rewrites`); here it is asked for the value the
cursor is at, drawn, and jumped to.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import work

from arazzo_tui.engine.exchange import Failure
from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.run import Run
from arazzo_tui.engine.scope import scope
from arazzo_tui.language.values import Pointer
from arazzo_tui.tui.exchange import Exchange
from arazzo_tui.tui.graphql_screen import GraphQLScreen
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.masked import masked_line
from arazzo_tui.tui.request_pane import RequestPane
from arazzo_tui.tui.response_pane import ResponsePane
from arazzo_tui.tui.side_panes import ChecksPane
from arazzo_tui.world.workspace import address_of

if TYPE_CHECKING:
    from arazzo_tui.insight.console import Answer
    from arazzo_tui.insight.links import Chain, Link
    from arazzo_tui.insight.onward import Use


class InsightScreen(GraphQLScreen):
    """Provenance, console, watches."""

    _history: tuple[str, ...] = ()

    # The console and watches

    @property
    def watches(self) -> tuple[str, ...]:
        """What is watched, kept for each document."""
        kept = self.start.state.preference(self._watches_name())
        listed = kept if isinstance(kept, list) else self._watches_now
        return tuple(each for each in listed if isinstance(each, str))

    _watches_now: tuple[str, ...] = ()

    def _watches_name(self) -> str:
        name = self.subject.opened.name if self.subject else ""
        return f"watches {address_of(name)}"

    def _watch_these(self, watches: tuple[str, ...]) -> None:
        self._watches_now = watches
        self.start.state.prefer(self._watches_name(), list(watches))
        self.draw()

    @work
    async def action_console(self) -> None:
        """Open the console at the moment that is looked at."""
        from arazzo_tui.tui.console_screen import ConsoleScreen

        moment = self._moment_for_names()
        if moment is None:
            self.notify("the console needs a run: F10 starts one", markup=False)
            return
        console = ConsoleScreen(scope(moment), self.redactor, self._history, self._light)
        watched = await self.app.push_screen_wait(console)
        self._history = console.kept
        self.draw()
        if watched is not None and watched not in self.watches:
            self._watch_these((*self.watches, self.redactor.text(watched)))

    def _light(self, answer: "Answer") -> None:
        """Light what a path or a pointer matches in the body of the response."""
        from arazzo_tui.insight.console import Matches

        pointers = answer.pointers if isinstance(answer, Matches) else ()
        self.query_one(ResponsePane).light(pointers)

    @work
    async def action_watches(self) -> None:
        """The list of watches; x removes one."""
        from arazzo_tui.tui.list_dialog import ListDialog

        watches = self.watches
        if not watches:
            self.notify(
                "nothing is watched: p opens the console, ctrl+w there watches", markup=False
            )
            return
        lines = [line((each, "name")) for each in watches]
        answer = await self.app.push_screen_wait(
            ListDialog("Watches", lines, keys={"x": "removes"})
        )
        if answer is not None and answer[1] == "x":
            self._watch_these(tuple(each for at, each in enumerate(watches) if at != answer[0]))

    def _moment_for_names(self) -> Moment | None:
        """The moment whose names are meant: that of the attempt that is shown, else the one looked at."""
        runner, exchange = self.runner, self.exchange()
        if runner is None:
            return None
        number = _number(runner.run, exchange)
        at = runner.run.answered(number) if number is not None else None
        if at is not None:
            return runner.run.moments[at]
        shown = runner.run.shown
        return runner.run.moments[max(0, runner.run.at - 1)] if shown.ended else shown

    def check_lines(self, exchange: Exchange | None) -> list[Line]:
        """The checks, with what would hold instead of what failed, and the watches."""
        lines = super().check_lines(exchange)
        moment = self._moment_for_names()
        if moment is None or exchange is None:
            return lines
        from arazzo_tui.tui import insight_lines

        names = scope(moment)
        record = exchange.record
        lines += insight_lines.missing_lines(self._broken(exchange), self.redactor)
        if record is not None and not record.passed:
            criteria = exchange.step.step.success_criteria
            mended = [*insight_lines.rewrite_lines(record.checks, criteria, names)]
            lines += [Line(), *mended] if mended else []
        return [*lines, *insight_lines.watch_lines(self.watches, names, self.redactor)]

    def _broken(self, exchange: Exchange) -> "Iterator[Chain]":
        """The ways of what a request that could not be built asks for."""
        from arazzo_tui.insight.provenance import came_from

        runner = self.runner
        match exchange.answer:
            case Failure(phase="resolve") if runner is not None:
                number = _number(runner.run, exchange)
                step = exchange.step
                yield from came_from(runner.run, ("body",), number)
                for each in step.parameters:
                    yield from came_from(runner.run, (each.location or "", each.name), number)
                    yield from came_from(runner.run, ("parameters", each.name), number)
            case _:
                return

    # Where values come from and go to

    @work
    async def action_provenance(self) -> None:
        """Where the value at the cursor came from, and what used it or will; enter jumps there."""
        from arazzo_tui.tui.list_dialog import ListDialog

        runner, exchange = self.runner, self.exchange()
        if runner is None or exchange is None:
            self.notify("values have no way yet: F10 starts a run", markup=False)
            return
        entries = self._ways(runner.run, exchange)
        if not entries:
            self.notify(
                "put the cursor on a value of the request, the response or an output", markup=False
            )
            return
        answer = await self.app.push_screen_wait(
            ListDialog("Where it comes from and goes to", [told for told, _ in entries])
        )
        if answer is not None:
            self._jump(runner.run, entries[answer[0]][1])

    def _ways(self, run: Run, exchange: Exchange) -> "list[tuple[Line, Link | Use | None]]":
        from arazzo_tui.insight.onward import uses
        from arazzo_tui.insight.provenance import came_from
        from arazzo_tui.tui import insight_lines

        number = _number(run, exchange)
        back, onward = self._place()
        entries: list[tuple[Line, Link | Use | None]] = []
        for chain in came_from(run, back, number) if back else ():
            entries += insight_lines.chain_lines(chain, self.redactor)
            entries.append((Line(), None))
        if onward and (number is not None or onward[0] == "inputs"):
            for use in uses(run, onward, None if onward[0] == "inputs" else number):
                entries.append((masked_line(insight_lines.use_line(use), self.redactor), use))
        while entries and entries[-1][1] is None:
            entries.pop()
        return entries

    def _place(self) -> tuple[Pointer, Pointer]:
        """The place the cursor is at, for its way back and its way onward; empty where it has none."""
        pane = self.focused_pane()
        match pane:
            case RequestPane():
                return pane.place(), ()
            case ResponsePane():
                return (), pane.place()
            case ChecksPane():
                here = pane.lines.current
                kind, _, name = here.about.partition(":") if here else ("", "", "")
                if kind == "output":
                    return ("outputs", name), ("outputs", name)
                return (("result", name), ()) if kind == "result" else ((), ())
            case _:
                return (), ()

    def _jump(self, run: Run, target: "Link | Use | None") -> None:
        """Go to the pane and place that a link or a use speaks of."""
        from arazzo_tui.insight.links import Link
        from arazzo_tui.insight.onward import Use

        match target:
            case None:
                return
            case Use(record=record, workflow=workflow, step=step, place=place):
                self._show_attempt(run, record, (workflow, step))
                self._reveal("request", place)
            case Link(kind="given" | "default" | "input"):
                self.action_inputs()
            case Link(record=None):
                return
            case Link(record=record, side=side, place=place):
                self._show_attempt(run, record, None)
                self._reveal(side, place)

    def _show_attempt(self, run: Run, record: int | None, key: tuple[str, str] | None) -> None:
        trail = run.now.trail
        if record is not None and record < len(trail):
            found = trail[record]
            key = (found.workflow, found.step)
            later = any((each.workflow, each.step) == key for each in trail[record + 1 :])
            at = run.answered(record)
            if later and at is not None and self.runner is not None:
                self.runner.look(at)
        if key is not None:
            self.chosen = key
        self.draw()

    def _reveal(self, side: str, place: Pointer) -> None:
        if side == "response":
            self.query_one(ResponsePane).go_to_place(place)
            self.action_pane(ResponsePane.NUMBER)
        else:
            self.query_one(RequestPane).go_to_place(place)
            self.action_pane(RequestPane.NUMBER)


def _number(run: Run, exchange: Exchange | None) -> int | None:
    """The number in the trail of the attempt that is shown."""
    if exchange is None or exchange.record is None:
        return None
    trail = run.now.trail
    return next((at for at in range(len(trail) - 1, -1, -1) if trail[at] is exchange.record), None)
