"""The screen's half that knows runs: begin one, move it, look at any of its moments, and draw it.

It holds a `Runner` and hands its run down to the panes. What is drawn is worked out in `draw`, `status`
and `exchange`, what happens in the engine; the keys that change a run are `workbench`'s.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePath

from msgspec.structs import replace
from textual import work

from arazzo_tui.document.source import Mark
from arazzo_tui.engine.debugger import Debugger, Stride
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.moment import Moment, Pausing, Waited
from arazzo_tui.engine.run import Run
from arazzo_tui.engine.run import begun as started
from arazzo_tui.engine.seen import seen_at
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.tui import draw, status
from arazzo_tui.tui.asking import Asking, Trust, question_lines
from arazzo_tui.tui.document_screen import DocumentScreen
from arazzo_tui.tui.exchange import Exchange, Phase, exchange_of, shown_key, standings
from arazzo_tui.tui.flow_view import FlowPane
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.masked import masked_line, masked_lines
from arazzo_tui.tui.pane import HeadLine
from arazzo_tui.tui.repeats import repeat_lines, unsafe
from arazzo_tui.tui.request_pane import RequestPane
from arazzo_tui.tui.response_pane import ResponsePane
from arazzo_tui.tui.runner import Runner
from arazzo_tui.tui.side_panes import ChecksPane, LogPane
from arazzo_tui.tui.source_pane import SourcePane
from arazzo_tui.tui.start import Start
from arazzo_tui.world.hosts import origin_of
from arazzo_tui.world.network import Network, Over
from arazzo_tui.world.session import Transport
from arazzo_tui.world.tokens import Tokens

_TICK = 0.2
"""How often the clock of something under way is drawn, in seconds."""

_NOT_YET = "nothing has run yet"

_AT_ONCE = 500
"""So many attempts are told in the log at a time: a kept run of thousands holds up no key."""


class RunScreen(DocumentScreen):
    """The panes of a run and the strides that move it."""

    presenting = False
    """Whether somebody looks on who may see no secret."""

    def __init__(
        self,
        start: Start,
        transport: Transport,
        start_server: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        super().__init__(start, start_server)
        self.runner: Runner | None = None
        self.redactor = Redactor()
        self._watching = Debugger()
        self._sends = Over(transport, self._network)
        self.transport: Transport = Asking(self._sends, self._agrees)
        self._trust = Trust(start.state)
        self._tokens = Tokens()
        self._starting = False
        self._ahead: list[Stride] = []
        self._logged = 0
        self._logged_to: tuple[int, Moment | None] = (0, None)
        self._logs_on = False
        self._drawing = False

    async def on_mount(self) -> None:
        """List the documents and open the first."""
        self.front("request")
        self.set_interval(_TICK, self._tick)
        self.draw()
        self.list_documents()

    def documents_opened(self) -> None:
        """Keys that were typed while the document was read are meant now."""
        early, self._ahead = self._ahead, []
        for stride in early:
            self.action_stride(stride.value)

    @property
    def is_driving(self) -> bool:
        """Whether the run is being driven."""
        return self.runner is not None and self.runner.busy

    @property
    def debugger(self) -> Debugger:
        """What the run is watched for, or the next one will be."""
        return self.runner.debugger if self.runner else self._watching

    @debugger.setter
    def debugger(self, debugger: Debugger) -> None:
        self._watching = debugger
        if self.runner is not None:
            self.runner.debugger = debugger

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is being read, sent or prepared, and all of it is drawn."""
        waiting = self.opening or self._checking or self._starting or self._drawing
        return not (self.is_driving or waiting)

    @property
    def shown(self) -> Moment | None:
        """The moment that is looked at: the newest one unless somebody went back."""
        return self.runner.run.shown if self.runner else None

    # A run begins and moves

    def forget_run(self) -> None:
        """No run any more; what was done is kept."""
        if self.runner is not None:
            self.run_worker(asyncio.to_thread(self.runner.close), group="close")
        self.runner, self._logged_to = None, (0, None)
        self._watching = self.kept_breakpoints()
        self.query_one(LogPane).lines.clear(_NOT_YET)

    def kept_breakpoints(self) -> Debugger:
        """What a run of the chosen workflow was watched for the last time."""
        return Debugger()

    def _network(self) -> Network:
        """How servers are reached for the chosen workflow: as its settings and the command line say."""
        known = self.subject.known.settings.network if self.subject else Network()
        return replace(known, insecure=self.start.insecure)

    async def begin(self, values: Mapping[str, Json]) -> None:
        """Begin a run: it stands before its first step, and nothing was sent."""
        from arazzo_tui.tui.beginning import beginning
        from arazzo_tui.tui.kept import keep
        from arazzo_tui.world.journal import WriteAhead

        subject = self.subject
        if subject is None or subject.plan is None:
            return
        self._starting = True
        state = self.start.state
        timeout = self._network().timeouts.whole or self.start.timeout
        begun = await beginning(
            subject, subject.plan, values, state, self._tokens, self.transport, timeout
        )
        if begun.said:
            self.notify(
                begun.said, severity="information" if begun.moment else "error", markup=False
            )
        if begun.moment is None:
            self._starting = False
            return
        self.subject, self.redactor = begun.subject, begun.redactor
        watched = replace(self.debugger, hits={}, why="")
        first = started(begun.moment)
        await self._leave_run()
        place = (subject.opened.name, subject.workflow_id)
        journal = await asyncio.to_thread(keep, self.start.state, *place, first, self.redactor)
        sends = Asking(WriteAhead(self._sends, journal), self._agrees)
        self.runner = Runner(first, sends, self.run_changed, journal)
        self._starting = False
        self.debugger = watched
        self.chosen, self._logged_to = None, (0, None)
        self.query_one(LogPane).lines.clear(_NOT_YET)
        self.form_mode(shown=False)
        self.front("request")
        self.draw()
        ahead, self._ahead = self._ahead, []
        for stride in ahead:
            self.go(stride)

    async def _leave_run(self) -> None:
        """What was done so far is written down; a run that could not be kept is said."""
        runner = self.runner
        if runner is not None:
            await asyncio.to_thread(runner.close)
            if runner.journal is not None and runner.journal.trouble:
                self.notify(runner.journal.trouble, severity="warning", markup=False)

    async def on_unmount(self) -> None:
        """The run is kept as far as it came."""
        if self.runner is not None:
            await asyncio.to_thread(self.runner.close)

    def go(self, stride: Stride, goal: tuple[str, str] = ("", "")) -> None:
        """Go a stride in the background; the screen stays answerable.

        From a moment of the past it is asked first, when that can send again what is not safe to repeat.
        """
        runner = self.runner
        if runner is None:
            return
        if runner.run.shown.ended is not None:
            self.notify(
                "the run is over: ctrl+r runs it again, R resends, [ goes back", markup=False
            )
            return
        if runner.run.is_past and any(map(unsafe, runner.run.repeated())):
            self._go_asking(stride, goal)
            return
        self.chosen = None
        self.run_worker(runner.go(stride, goal), group="run")

    @work
    async def _go_asking(self, stride: Stride, goal: tuple[str, str]) -> None:
        runner = self.runner
        if runner is not None and await self.may_repeat(runner):
            self.chosen = None
            self.run_worker(runner.go(stride, goal), group="run")

    async def _agrees(self, request: Request) -> bool:
        """Whether a request may go where it goes: asked once for a folder and a host beyond this machine."""
        from arazzo_tui.tui.question_dialog import QuestionDialog

        document = self.subject.opened.name if self.subject else ""
        if await asyncio.to_thread(self._trust.is_given, document, request):
            return True
        host = one_line(origin_of(request.url), 60)
        lines = question_lines(document, request, self.redactor)
        said: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()

        def answered(answer: bool | None) -> None:
            if not said.done():
                said.set_result(answer)

        self.app.push_screen(QuestionDialog(f"Send to {host}?", lines, yes="Send"), answered)
        agreed = await said is True
        if agreed:
            await asyncio.to_thread(self._trust.give, document, request)
        elif self.runner is not None and self.runner.cancel():
            await asyncio.sleep(0)  # the run stands before its request, which was not sent
        return agreed

    async def may_repeat(self, runner: Runner) -> bool:
        """Ask whether what was sent after the moment looked at may be sent again."""
        from arazzo_tui.tui.question_dialog import QuestionDialog

        requests = [each for each in runner.run.repeated() if unsafe(each)]
        if not requests:
            return True
        lines = repeat_lines(requests, self.redactor)
        question = QuestionDialog("Go on from here? This may be sent again:", lines, yes="Go on")
        answer = await self.app.push_screen_wait(question)
        return answer is True

    def run_changed(self) -> None:
        """The run moved: draw it, once for all that happens before the next frame."""
        if self.runner is not None:
            self.redactor = self.redactor.knowing(seen_at(self.runner.now, self.redactor.places))
        if not self._drawing:
            self._drawing = True
            self.call_later(self._draw_moved)

    def _draw_moved(self) -> None:
        self.draw()
        self._front_for(self.exchange())

    def _tick(self) -> None:
        if self.is_driving:
            self._draw_status(self.exchange())

    # Drawing

    def exchange(self) -> Exchange | None:
        """What the panes show: the step that was chosen, or the one the moment is about."""
        runner = self.runner
        if runner is None:
            return None
        moment = runner.run.shown
        key = self.chosen or shown_key(moment)
        return exchange_of(moment, key, sending=runner.in_flight and not runner.run.is_past)

    def draw(self) -> None:
        """Hand every pane what it is to show."""
        self._drawing = False
        subject = self.subject
        exchange = self.exchange()
        self._draw_status(exchange)
        if subject is not None:
            states = standings(self.shown)
            planned = subject.plan.workflows if subject.plan else {}
            points = self.debugger.breakpoints
            stops = frozenset((each.workflow, each.step) for each in points if each.enabled)
            self.browser.show_states(subject.place, planned, states, stops)
            run = self.runner.run if self.runner else None
            self.query_one(FlowPane).show(self.shown or subject.plan, run, stops=stops)
        self.query_one(SourcePane).show(self.source_mark(exchange))
        self.query_one(RequestPane).show(exchange, self.redactor)
        self.query_one(ResponsePane).show(exchange, self.redactor)
        if subject is not None:
            lines = masked_lines(self.check_lines(exchange), self.redactor)
            self.query_one(ChecksPane).show(lines)
        self._draw_log()

    def source_mark(self, exchange: Exchange | None) -> Mark | None:
        """Where the document writes what is shown: the step, else the workflow."""
        if exchange is not None:
            return exchange.step.step.mark
        description = self.subject.opened.description if self.subject else None
        workflow = (
            description.workflow(self.subject.workflow_id) if description and self.subject else None
        )
        return workflow.mark if workflow else None

    def check_lines(self, exchange: Exchange | None) -> list[Line]:
        """What stands in the pane of checks."""
        subject, moment = self.subject, self.shown
        if subject is None or moment is None:
            if subject is not None and subject.problems:
                return [*draw.problem_lines(subject.problems)]
            return [line(("F10 starts the run; nothing is sent before you see it", "dim"))]
        if self.chosen is not None:
            return [*draw.step_lines(exchange, self.redactor), *self._hand_lines(exchange)]
        why = self.runner.why if self.runner else ""
        stopped = [line(("■ ", "warn"), f"stopped here: {why}", hang=2), Line()] if why else []
        lines = [*stopped, *draw.run_lines(moment, exchange, self.redactor)]
        return [*lines, *self._hand_lines(exchange), *draw.stack_lines(moment, self.redactor)]

    def _hand_lines(self, exchange: Exchange | None) -> list[Line]:
        """What a person did to the attempt that is shown."""
        if self.runner is None or exchange is None:
            return []
        run, record = self.runner.run, exchange.record
        number = len(run.shown.trail)
        if record is not None:
            trail = run.now.trail
            number = next((at for at, each in enumerate(trail) if each is record), number)
        return [line(("✎ ", "warn"), each, hang=2) for each in run.by_hand_to(number)]

    def _draw_status(self, exchange: Exchange | None) -> None:
        subject, runner = self.subject, self.runner
        told = status.summary(
            PurePath(subject.opened.name).name if subject else "no document",
            subject.workflow_id if subject else "",
            runner.run if runner and not self.in_form else None,
            busy=runner.busy if runner else False,
            waited=runner.waited if runner else 0.0,
            note=self._note(),
            why=runner.why if runner else "",
            presenting=self.presenting,
            unverified=self.start.insecure,
        )
        self.query_one("#summary", HeadLine).show(masked_line(told, self.redactor))
        waited = runner.waited if runner and runner.in_flight else 0.0
        shown = status.phases(exchange, waited=waited) if not self.in_form else _FORM_WORDS
        self.query_one("#phases", HeadLine).show(shown)

    def _note(self) -> str:
        if self.subject is None:
            return "reading …" if self.opening else "choose a document"
        if self.subject.plan is None:
            return "CANNOT RUN: see its problems"
        return "READY: F10 starts" if self.form.ready else "INPUTS NEEDED"

    def _draw_log(self) -> None:
        from arazzo_tui.report import narrate

        if self.runner is None:
            return
        run = self.runner.run
        trail = run.now.trail
        pane = self.query_one(LogPane)
        if self._is_log_another(run):
            self._logged = 0
            pane.lines.clear(_NOT_YET)
        told: list[Line] = []
        until = min(len(trail), self._logged + _AT_ONCE)
        while self._logged < until:
            self._logged += 1
            record = trail[self._logged - 1]
            told += [line(text) for text in narrate(record, self._logged, self.redactor)]
            told += [line((f"  ✎ {each}", "warn")) for each in run.by_hand_to(self._logged - 1)]
        if told:
            pane.lines.append(told)
        self._logged_to = len(run.moments), run.now
        if until < len(trail) and not self._logs_on:
            self._logs_on = True
            self.set_timer(0.001, self._log_on)

    def _log_on(self) -> None:
        self._logs_on = False
        self._draw_log()

    def _is_log_another(self, run: Run) -> bool:
        """Whether what was logged is no longer so: another past, or something done by hand since."""
        count, last = self._logged_to
        if count == 0 or count > len(run.moments) or run.moments[count - 1] is not last:
            return True
        since = (run.causes[at] for at in range(count, len(run.causes)))
        return any(each and not isinstance(each, Response | Failure | Waited) for each in since)

    def _front_for(self, exchange: Exchange | None) -> None:
        """Where only one pane has room: the request until it left, then what came of it."""
        if exchange is None or self.has_class("-log") or self.has_class("-source"):
            return
        match exchange.phase:
            case Phase.NOT_RUN | Phase.UNSENT | Phase.SENDING:
                self.front("request")
            case Phase.ANSWERED:
                self.front("response")
            case Phase.JUDGED:
                verdict, record = exchange.verdict, exchange.record
                bad = record is not None and not record.passed
                loud = bad or (verdict is not None and not verdict.succeeded)
                self.front("checks" if loud else "response")

    # Keys

    def action_stride(self, name: str) -> None:
        """Start a ready form, else go a step, a phase, out of a call, or on."""
        stride = Stride(name)
        if self.opening or self._starting:
            self._ahead.append(stride)  # typed ahead, while the run is being prepared
        elif self.in_form or self.runner is None:
            self._start_with(stride)
        else:
            self.go(stride)

    def _start_with(self, stride: Stride) -> None:
        """Begin a run with the form as it stands; F5 goes on at once, other keys show the first step."""
        if self.subject is None or self.subject.plan is None:
            cannot = "this workflow cannot run; its problems stand beside it"
            self.notify(cannot if self.subject else "no workflow is chosen", markup=False)
            return
        self.form_mode(shown=True)
        self._ahead = [stride] if stride is Stride.ON else []
        self._starting = self.form.submit()

    async def action_restart(self) -> None:
        """The same workflow with the same inputs from its first step."""
        runner = self.runner
        if runner is not None:
            runner.cancel()
            await self.begin(runner.run.moments[0].top.inputs)

    def action_stop(self) -> None:
        """Cancel what is in flight; else leave what is in front."""
        runner = self.runner
        if runner is not None and runner.in_flight:
            runner.cancel()
            self.notify("cancelled; what had left may have arrived", markup=False)
        elif runner is not None and runner.cancel():
            waits = isinstance(runner.now.stage, Pausing)
            said = (
                "stopped waiting: n tries again now, A chooses what follows" if waits else "paused"
            )
            self.notify(said, markup=False)
        elif self.has_class("-zoomed"):
            self.action_zoom()
        elif self.in_form and runner is not None:
            self.form_mode(shown=False)
            self.draw()
        elif self.chosen is not None:
            self.chosen = None
            self.draw()
        elif runner is not None and runner.run.is_past:
            runner.look(len(runner.run.moments))

    @work
    async def action_quit_asking(self) -> None:
        """Leave; with a request in flight only when that is meant."""
        from arazzo_tui.tui.question_dialog import QuestionDialog

        if self.runner is not None and self.runner.in_flight:
            question = QuestionDialog(
                "A request is in flight", ("Leave now? Its answer will not be seen.",), yes="Leave"
            )
            if not await self.app.push_screen_wait(question):
                return
        self.app.exit()


_FORM_WORDS = line(
    (" ctrl+s saves the values to a file, ctrl+o loads them · nothing is sent yet", "dim")
)
