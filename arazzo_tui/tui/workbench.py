"""The screen one works at: the browser, the form, the panes, and the keys that move a run.

It holds a `Subject` and a `Runner` and passes values down; panes send messages up. What is drawn is worked
out in `draw`, `status` and `exchange`, what happens in the engine.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePath
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Footer

from arazzo_tui.document.source import Problem
from arazzo_tui.engine.debugger import Stride
from arazzo_tui.engine.inputs import fields
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.report import narrate
from arazzo_tui.tui import draw, status
from arazzo_tui.tui.browser import BrowserPane
from arazzo_tui.tui.exchange import Exchange, Phase, StepKey, exchange_of, shown_key, standings
from arazzo_tui.tui.exchange_panes import RequestPane, ResponsePane
from arazzo_tui.tui.find_bar import FindBar
from arazzo_tui.tui.form_pane import FormPane
from arazzo_tui.tui.inputs_form import InputsForm
from arazzo_tui.tui.keys import WORKBENCH_KEYS
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.pane import HeadLine, Pane
from arazzo_tui.tui.pane_screen import PaneScreen
from arazzo_tui.tui.path_dialog import PathDialog
from arazzo_tui.tui.question_dialog import QuestionDialog
from arazzo_tui.tui.runner import Runner
from arazzo_tui.tui.side_panes import ChecksPane, LogPane
from arazzo_tui.tui.start import Start
from arazzo_tui.tui.subject import Subject, subject_of
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.fetch import fetcher, named_by
from arazzo_tui.world.given import BadUsage, inputs_from_file, save_values
from arazzo_tui.world.prepare import begun_with, secrets_of
from arazzo_tui.world.session import Transport
from arazzo_tui.world.workspace import Opened, Workspace, address_of

_TICK = 0.2
"""How often the clock of something under way is drawn, in seconds."""


_SECRETS_STAY = "as JSON; secret values are left out"


class Workbench(PaneScreen):
    """The main screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*WORKBENCH_KEYS]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # Textual declares it as a plain attribute
        (0, "-narrow"),
        (110, "-medium"),
        (170, "-wide"),
    ]

    def __init__(
        self,
        start: Start,
        transport: Transport,
        start_server: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        super().__init__()
        self._start = start
        self._transport = transport
        self._workspace = Workspace(fetch=fetcher(named_by(start.documents)))
        self._opened: dict[str, Opened] = {}
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._subject: Subject | None = None
        self._runner: Runner | None = None
        self._redactor = Redactor()
        self._chosen: StepKey | None = None
        self._opening = True
        self._starting = False
        self._ahead: list[Stride] = []
        self._logged = 0
        self._drawing = False
        self._start_server = start_server
        self._demo_url = ""

    def compose(self) -> ComposeResult:
        """Two lines, the panes, the keys."""
        yield HeadLine(id="summary")
        yield HeadLine(id="phases")
        with Container(id="panes"):
            yield BrowserPane(id="browser")
            yield FormPane(id="form")
            yield RequestPane(id="request")
            yield ChecksPane(id="checks")
            yield ResponsePane(id="response")
            yield LogPane(id="log")
        yield FindBar()
        yield Footer(compact=True, show_command_palette=False)

    def main_pane(self) -> Pane:
        """The response."""
        return self.query_one(ResponsePane)

    def can_focus_pane(self, pane: Pane) -> bool:
        """The form stands in the place of request and response."""
        return pane.id not in ("request", "response") if self.in_form else pane.id != "form"

    async def on_mount(self) -> None:
        """List the documents and open the first."""
        self.front("request")
        self.set_interval(_TICK, self._tick)
        self._browser.list_documents(self._start.documents)
        self._browser.focus_target().focus()
        self._draw()
        # The screen is painted before the first document is read.
        self.call_after_refresh(lambda: self.run_worker(self._open_first(), group="open"))

    async def _open_first(self) -> None:
        if self._start_server is not None:
            self._demo_url = await self._start_server()
        if self._start.documents:
            await self._open(self._start.documents[0], choose=self._start.workflow or None)
        self._opening = False
        self._draw()
        early, self._ahead = self._ahead, []
        for stride in early:
            self.action_stride(stride.value)

    # Documents and workflows

    @property
    def _browser(self) -> BrowserPane:
        return self.query_one(BrowserPane)

    def on_browser_pane_document_opened(self, message: BrowserPane.DocumentOpened) -> None:
        """A document was unfolded: read it, beside the keys."""
        self.run_worker(self._open(message.name), group="open")

    async def _open(self, name: str, choose: str | None = None) -> None:
        """Read a document and show what is in it; the first one also has a workflow chosen."""
        if name not in self._opened:
            opened = await asyncio.to_thread(self._workspace.open, name)
            self._problems[name] = await asyncio.to_thread(all_problems, opened)
            self._opened[name] = opened
            await asyncio.to_thread(self._start.state.opened, address_of(name))
        self._browser.fill(self._opened[name], self._problems[name])
        description = self._opened[name].description
        if description is None or not description.workflows:
            self._show_problems(name)
        elif self._subject is None:
            ids = [each.workflow_id for each in description.workflows]
            if choose is not None and choose not in ids:
                said = f"there is no workflow {one_line(choose)}; there is {', '.join(ids)}"
                self.notify(said, severity="error", markup=False)
            await self._choose(name, choose if choose in ids else ids[0])

    def _show_problems(self, name: str) -> None:
        self._draw()
        lines = [*draw.problem_lines(self._problems[name])]
        self.query_one(ChecksPane).show(lines or [line("the document has no workflows")])
        self.front("checks")

    async def on_browser_pane_workflow_chosen(self, message: BrowserPane.WorkflowChosen) -> None:
        """A workflow was chosen: unless it is the one that runs, its form is shown."""
        subject = self._subject
        same = subject is not None and subject.place == (message.document, message.workflow_id)
        if self._runner is not None and self._runner.busy:
            self.notify("a run is under way: esc stops it first", markup=False)
        elif not same:
            await self._choose(message.document, message.workflow_id)
        else:
            self.action_inputs()

    async def on_browser_pane_step_chosen(self, message: BrowserPane.StepChosen) -> None:
        """A step was chosen: show what there is of it."""
        subject = self._subject
        if subject is None or subject.place != (message.document, message.workflow_id):
            if self._runner is None or not self._runner.busy:
                await self._choose(message.document, message.workflow_id)
            return
        self._chosen = message.key
        self._draw()

    def on_browser_pane_problem_chosen(self, message: BrowserPane.ProblemChosen) -> None:
        """A problem was chosen: show it whole."""
        self.query_one(ChecksPane).show([*draw.problem_lines([message.problem])])
        self.front("checks")

    async def _choose(self, document: str, workflow_id: str) -> None:
        """Look at another workflow: plan it and show its form, filled with what is known."""
        opened = self._opened[document]
        memory = await asyncio.to_thread(self._start.state.recall, address_of(document))
        self._subject = subject_of(opened, workflow_id, self._start, memory, self._demo_url)
        self._runner, self._chosen, self._logged = None, None, 0
        self.query_one(LogPane).lines.clear("nothing has run yet")
        if self._subject.complaint:
            self.notify(self._subject.complaint, severity="error", timeout=15, markup=False)
        self._browser.show_workflow(document, workflow_id)
        if self._subject.plan is None:
            self._form_mode(shown=False)
            self.front("checks")
        else:
            await self._show_form(self._subject.values, self._subject.origins)
        self._draw()

    # The form

    @property
    def _form(self) -> InputsForm:
        return self.query_one(InputsForm)

    async def _show_form(self, values: Mapping[str, Json], origins: Mapping[str, str]) -> None:
        subject = self._subject
        if subject is None or subject.plan is None:
            return
        workflow = subject.plan.first.workflow
        about = workflow.summary or workflow.description
        await self.query_one(FormPane).show(subject, about, values, origins)
        self._form_mode(shown=True)
        if not self._form.ready:
            self._form.focus_first()

    def _form_mode(self, *, shown: bool) -> None:
        self.set_class(shown, "-form")
        if not shown and self.query_one(FormPane).has_focus_within:
            self._browser.focus_target().focus()

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is being read, sent or prepared, and all of it is drawn."""
        busy = self._runner is not None and self._runner.busy
        return not (busy or self._opening or self._starting or self._drawing)

    @property
    def in_form(self) -> bool:
        """Whether the form is in front."""
        return self.has_class("-form")

    async def on_inputs_form_submitted(self, message: InputsForm.Submitted) -> None:
        """The form is complete: begin a run with it."""
        if self._subject is not None:
            self._subject = self._subject.with_answers(message.answers)
            await self._begin(message.values)

    def on_inputs_form_changed(self, message: InputsForm.Changed) -> None:
        """The form says how many of its fields are filled."""
        self.query_one(FormPane).count(message.given, message.total, ready=message.ready)
        self._draw()

    # The run

    async def _begin(self, values: Mapping[str, Json]) -> None:
        """Begin a run: it stands before its first step, and nothing was sent."""
        subject = self._subject
        if subject is None or subject.plan is None:
            return
        moment, errors = begun_with(subject.plan, values, subject.settings(self._start.timeout))
        self._starting = moment is not None
        if moment is None:
            self.notify("; ".join(map(str, errors)), severity="error", markup=False)
            return
        await asyncio.to_thread(self._remember, subject, values)
        self._starting = False
        self._redactor = secrets_of(subject.plan, moment.top.inputs, subject.credentials)
        self._runner = Runner(moment, self._transport, self._changed)
        self._chosen, self._logged = None, 0
        self.query_one(LogPane).lines.clear("nothing has run yet")
        self._form_mode(shown=False)
        self.front("request")
        self._draw()
        ahead, self._ahead = self._ahead, []
        for stride in ahead:
            self._go(stride)

    def _remember(self, subject: Subject, values: Mapping[str, Json]) -> None:
        secret = {field.name for field in fields(subject.schema) if field.secret}
        kept = {name: value for name, value in values.items() if name not in secret}
        memory = subject.memory.with_inputs(subject.workflow_id, kept)
        self._start.state.remember(address_of(subject.opened.name), memory)

    def _go(self, stride: Stride) -> None:
        """Go a stride in the background; the screen stays answerable."""
        if self._runner is None:
            return
        if self._runner.now.ended is not None:
            self.notify("the run is over: ctrl+r runs it again, i changes its inputs", markup=False)
            return
        self._chosen = None
        self.run_worker(self._runner.go(stride), group="run")

    def _changed(self) -> None:
        """The run moved: draw it, once for all that happens before the next frame."""
        if not self._drawing:
            self._drawing = True
            self.call_later(self._draw_moved)

    def _draw_moved(self) -> None:
        self._draw()
        self._front_for(self._exchange())

    def _tick(self) -> None:
        if self._runner is not None and self._runner.busy:
            self._draw_status(self._exchange())

    # Drawing

    def _exchange(self) -> Exchange | None:
        runner = self._runner
        if runner is None:
            return None
        key = self._chosen or shown_key(runner.now)
        return exchange_of(runner.now, key, sending=runner.in_flight)

    def _draw(self) -> None:
        """Hand every pane what it is to show."""
        self._drawing = False
        runner, subject = self._runner, self._subject
        exchange = self._exchange()
        self._draw_status(exchange)
        if subject is not None:
            states = standings(runner.now if runner else None)
            planned = subject.plan.workflows if subject.plan else {}
            self._browser.show_states(subject.place, planned, states)
        self.query_one(RequestPane).show(exchange, self._redactor)
        self.query_one(ResponsePane).show(exchange, self._redactor)
        if subject is not None:
            self.query_one(ChecksPane).show(self._check_lines(exchange))
        self._draw_log()

    def _check_lines(self, exchange: Exchange | None) -> list[Line]:
        subject, runner = self._subject, self._runner
        if subject is None or runner is None:
            if subject is not None and subject.problems:
                return [*draw.problem_lines(subject.problems)]
            return [line(("F10 starts the run; nothing is sent before you see it", "dim"))]
        if self._chosen is None:
            return draw.run_lines(runner.now, exchange, self._redactor)
        return [*draw.step_lines(exchange, self._redactor)]

    def _draw_status(self, exchange: Exchange | None) -> None:
        subject, runner = self._subject, self._runner
        document = PurePath(subject.opened.name).name if subject else "no document"
        workflow = subject.workflow_id if subject else ""
        told = status.summary(
            document,
            workflow,
            runner.now if runner and not self.in_form else None,
            busy=runner.busy if runner else False,
            waited=runner.waited if runner else 0.0,
            note=self._note(),
        )
        self.query_one("#summary", HeadLine).show(told)
        waited = runner.waited if runner and runner.in_flight else 0.0
        shown = status.phases(exchange, waited=waited) if not self.in_form else self._form_words()
        self.query_one("#phases", HeadLine).show(shown)

    def _note(self) -> str:
        if self._subject is None:
            return "reading …" if self._opening else "choose a document"
        if self._subject.plan is None:
            return "CANNOT RUN: see its problems"
        return "READY: F10 starts" if self._form.ready else "INPUTS NEEDED"

    def _form_words(self) -> Line:
        return line(
            (" ctrl+s saves the values to a file, ctrl+o loads them · nothing is sent yet", "dim")
        )

    def _draw_log(self) -> None:
        if self._runner is None:
            return
        trail = self._runner.now.trail
        pane = self.query_one(LogPane)
        while self._logged < len(trail):
            self._logged += 1
            record = trail[self._logged - 1]
            pane.lines.append(line(text) for text in narrate(record, self._logged, self._redactor))

    # Panes

    def _front_for(self, exchange: Exchange | None) -> None:
        """Where only one pane has room: the request until it left, then what came of it."""
        if exchange is None or self.has_class("-log"):
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
        """Start a ready form, else go a step, a phase, or on."""
        stride = Stride(name)
        if self._opening or self._starting:
            self._ahead.append(stride)  # typed ahead, while the run is being prepared
        elif self.in_form or self._runner is None:
            self._start_with(stride)
        else:
            self._go(stride)

    def _start_with(self, stride: Stride) -> None:
        """Begin a run with the form as it stands; F5 goes on at once, other keys show the first step."""
        if self._subject is None or self._subject.plan is None:
            cannot = "this workflow cannot run; its problems stand beside it"
            self.notify(cannot if self._subject else "no workflow is chosen", markup=False)
            return
        self._form_mode(shown=True)
        self._ahead = [stride] if stride is Stride.ON else []
        self._starting = self._form.submit()

    async def action_restart(self) -> None:
        """The same workflow with the same inputs from its first step."""
        runner = self._runner
        if runner is None:
            return
        runner.cancel()
        await self._begin(runner.run.moments[0].top.inputs)

    def action_stop(self) -> None:
        """Cancel what is in flight; else leave what is in front."""
        if self._runner is not None and self._runner.in_flight:
            self._runner.cancel()
            self.notify("cancelled; what had left may have arrived", markup=False)
        elif self._runner is not None and self._runner.cancel():
            self.notify("paused", markup=False)
        elif self.has_class("-zoomed"):
            self.action_zoom()
        elif self.in_form and self._runner is not None:
            self._form_mode(shown=False)
            self._draw()
        elif self._chosen is not None:
            self._chosen = None
            self._draw()

    def action_inputs(self) -> None:
        """Show the form with the values of the run, or go back from it."""
        if self.in_form:
            self._form.focus_first()
            return
        if self._subject is None or self._subject.plan is None:
            return
        self._form_mode(shown=True)
        self._form.focus_first()
        self._draw()

    @work
    async def action_save_inputs(self) -> None:
        """Ask for a file and write the inputs to it."""
        if self._subject is None or self._subject.plan is None:
            return
        values, _ = self._form.read()
        name = await self.app.push_screen_wait(
            PathDialog("Save inputs to", _SECRETS_STAY, f"{self._subject.workflow_id}.inputs.json")
        )
        if name:
            said = await asyncio.to_thread(save_values, name, values, self._form.secret_names)
            self.notify(said, markup=False)

    @work
    async def action_load_inputs(self) -> None:
        """Ask for a file and fill the form from it."""
        if self._subject is None or self._subject.plan is None:
            return
        name = await self.app.push_screen_wait(
            PathDialog("Load inputs from", "a JSON or YAML file with an object")
        )
        if not name:
            return
        try:
            loaded = await asyncio.to_thread(inputs_from_file, name)
        except BadUsage as wrong:
            self.notify(str(wrong), severity="error", timeout=10, markup=False)
            return
        values = {**self._form.read()[0], **loaded}
        await self._show_form(values, dict.fromkeys(loaded, PurePath(name).name))

    @work
    async def action_quit_asking(self) -> None:
        """Leave; with a request in flight only when that is meant."""
        if self._runner is not None and self._runner.in_flight:
            question = QuestionDialog(
                "A request is in flight", ("Leave now? Its answer will not be seen.",), yes="Leave"
            )
            if not await self.app.push_screen_wait(question):
                return
        self.app.exit()
