"""The screen's half that knows documents: opening them, choosing a workflow, filling its form.

It stands below `run_screen`, which knows how a chosen workflow is run; what it needs to know of a run it
asks by the few methods at the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work
from textual.app import ComposeResult
from textual.containers import Container

from arazzo_tui.document.marked import Node
from arazzo_tui.document.source import Problem, Source
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json
from arazzo_tui.tui import draw
from arazzo_tui.tui.browser import BrowserPane
from arazzo_tui.tui.exchange import StepKey
from arazzo_tui.tui.find_bar import FindBar
from arazzo_tui.tui.flow_view import FlowPane
from arazzo_tui.tui.form_pane import FormPane
from arazzo_tui.tui.inputs_form import InputsForm
from arazzo_tui.tui.key_line import KeyLine
from arazzo_tui.tui.lines_view import line
from arazzo_tui.tui.pane import HeadLine, Pane
from arazzo_tui.tui.pane_screen import PaneScreen
from arazzo_tui.tui.request_pane import RequestPane
from arazzo_tui.tui.response_pane import ResponsePane
from arazzo_tui.tui.side_panes import ChecksPane, LogPane
from arazzo_tui.tui.source_pane import SourcePane
from arazzo_tui.tui.start import Start
from arazzo_tui.world.fetch import fetcher, named_by
from arazzo_tui.world.given import BadUsage, inputs_from_file, save_values
from arazzo_tui.world.watch import Stamps, stamps
from arazzo_tui.world.workspace import Opened, Workspace, address_of

if TYPE_CHECKING:
    from arazzo_tui.tui.subject import Subject


_LOOK_EVERY = 1.0
"""How often it is looked whether a document has changed, in seconds."""

_PAINTED_WITHIN = 0.1
"""Seconds that a document which was just read is left to be painted before it is checked."""

_FEW = 20
"""So many documents are read at the start; of a folder with more each is read when it is unfolded."""

_SECRETS_STAY = "as JSON; secret values are left out"


class DocumentScreen(PaneScreen):
    """The panes, the documents in the browser, and the form of the workflow that was chosen."""

    def __init__(
        self, start: Start, start_server: Callable[[], Awaitable[str]] | None = None
    ) -> None:
        super().__init__()
        self.add_class("-form", update=False)  # a document's form comes first, so its room is kept
        self.start = start
        self.subject: Subject | None = None
        self.chosen: StepKey | None = None
        self.first_opened = asyncio.Event()
        self._workspace = _workspace(start)
        self._stamps = Stamps()
        self._opened: dict[str, Opened] = {}
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._checking: set[str] = set()
        self._start_server = start_server
        self._unpainted = ExitStack()
        self._demo_url = ""

    def compose(self) -> ComposeResult:
        """Two lines, the panes, the keys; nothing is painted until the documents are listed."""
        self._unpainted.enter_context(self.app.batch_update())
        self._fit_to(self.app.size.width)
        yield HeadLine(id="summary")
        yield HeadLine(id="phases")
        with Container(id="panes"):
            yield BrowserPane(id="browser")
            yield FlowPane(id="flow")
            yield FormPane(id="form")
            yield RequestPane(id="request").add_class("-front", update=False)
            yield ChecksPane(id="checks")
            yield ResponsePane(id="response")
            yield LogPane(id="log")
            yield SourcePane(id="source")
        yield FindBar()
        yield KeyLine()

    def _fit_to(self, width: int) -> None:
        """The class of the terminal's width, before there is anything to be styled anew for it."""
        fitting = [name for least, name in self.HORIZONTAL_BREAKPOINTS or () if least <= width]
        self.add_class(*fitting[-1:], update=False)

    def main_pane(self) -> Pane:
        """The response."""
        return self.query_one(ResponsePane)

    def can_focus_pane(self, pane: Pane) -> bool:
        """The form stands in the place of request and response."""
        return pane.id not in ("request", "response") if self.in_form else pane.id != "form"

    @property
    def opening(self) -> bool:
        """Whether the first document is still being read."""
        return not self.first_opened.is_set()

    def list_documents(self) -> None:
        """List the documents, and read the first once the screen is painted."""
        self.browser.list_documents(self.start.documents)
        self.browser.focus_target().focus()
        self.call_later(self._unpainted.close)
        self.call_after_refresh(lambda: self.run_worker(self._open_first(), group="open"))
        self.set_interval(_LOOK_EVERY, self._look_beside_the_keys)

    async def _open_first(self) -> None:
        if self._start_server is not None:
            self._demo_url = await self._start_server()
        if self.start.documents:
            # Documents that are handed over together may name each other by their `$self` (DOC-8).
            together = self.start.documents if len(self.start.documents) <= _FEW else ()
            await asyncio.to_thread(self._workspace.know, together)
            await self._open(self.start.documents[0], choose=self.start.workflow or None)
        self.first_opened.set()
        self.draw()
        self.documents_opened()

    # Documents and workflows

    @property
    def browser(self) -> BrowserPane:
        """The pane with documents, workflows and steps."""
        return self.query_one(BrowserPane)

    def on_browser_pane_document_opened(self, message: BrowserPane.DocumentOpened) -> None:
        """A document was unfolded: read it, beside the keys."""
        self.run_worker(self._open(message.name), group="open")

    async def _open(self, name: str, choose: str | None = None) -> None:
        """Read a document and show what is in it; the first one also has a workflow chosen."""
        if name not in self._opened:
            opened = await asyncio.to_thread(self._workspace.open, name)
            self._opened[name], self._problems[name] = opened, opened.problems
            self._stamps = await asyncio.to_thread(stamps, self._workspace.files())
            await asyncio.to_thread(self.start.state.opened, address_of(name))
            self._checking.add(name)
            self.call_after_refresh(self.set_timer, _PAINTED_WITHIN, partial(self._check, opened))
        with self.app.batch_update():
            self.browser.fill(self._opened[name], self._problems[name])
            description = self._opened[name].description
            if description is None or not description.workflows:
                if self.subject is None:
                    self.form_mode(shown=False)
                self._show_problems(name)
            elif self.subject is None:
                ids = [each.workflow_id for each in description.workflows]
                if choose is not None and choose not in ids:
                    said = f"there is no workflow {one_line(choose)}; there is {', '.join(ids)}"
                    self.notify(said, severity="error", markup=False)
                await self.choose_workflow(name, choose if choose in ids else ids[0])

    def _check(self, opened: Opened) -> None:
        self.run_worker(self._find_problems(opened), group="check")

    async def _find_problems(self, opened: Opened) -> None:
        """Find all that is wrong with a document that is shown already; its form does not wait for it."""
        from arazzo_tui.world.checks import all_problems

        name = opened.name
        found = await asyncio.to_thread(all_problems, opened, parse=_parse)
        self._checking.discard(name)
        if self._opened.get(name) is not opened:
            return  # it was read anew meanwhile, and checked with that
        shown, self._problems[name] = self._problems[name], found
        more = [each for each in found if each not in shown]
        if more:
            self.browser.add_problems(opened, more)

    def add_opened(self, opened: Opened) -> str:
        """Show a document that was read elsewhere, unless it is here already; the name it has here."""
        address = address_of(opened.name)
        listed = (*self._opened, *self.start.documents)
        name = next((each for each in listed if address_of(each) == address), None)
        if name is None:
            name = opened.name
            self.browser.add_document(name)
        if name not in self._opened:
            self._opened[name] = replace(opened, name=name)
            self._problems[name] = opened.problems
            self.browser.fill(self._opened[name], opened.problems)
        return name

    def _show_problems(self, name: str) -> None:
        self.draw()
        lines = [*draw.problem_lines(self._problems[name])]
        self.query_one(ChecksPane).show(lines or [line("the document has no workflows")])
        self.front("checks")

    async def on_browser_pane_workflow_chosen(self, message: BrowserPane.WorkflowChosen) -> None:
        """A workflow was chosen: unless it is the one that runs, its form is shown."""
        subject = self.subject
        same = subject is not None and subject.place == (message.document, message.workflow_id)
        if self.is_driving:
            self.notify("a run is under way: esc stops it first", markup=False)
        elif not same:
            await self.choose_workflow(message.document, message.workflow_id)
        else:
            self.action_inputs()

    async def on_browser_pane_step_chosen(self, message: BrowserPane.StepChosen) -> None:
        """A step was chosen: show what there is of it."""
        subject = self.subject
        if subject is None or subject.place != (message.document, message.workflow_id):
            if not self.is_driving:
                await self.choose_workflow(message.document, message.workflow_id)
            return
        self.chosen = message.key
        self.draw()

    def on_flow_pane_step_chosen(self, message: FlowPane.StepChosen) -> None:
        """A step was chosen in the picture of the flow."""
        self.chosen = message.key
        self.draw()

    def on_browser_pane_problem_chosen(self, message: BrowserPane.ProblemChosen) -> None:
        """A problem was chosen: show it whole."""
        self.query_one(ChecksPane).show([*draw.problem_lines([message.problem])])
        self.front("checks")

    async def choose_workflow(self, document: str, workflow_id: str) -> None:
        """Look at another workflow: plan it and show its form, filled with what is known."""
        from arazzo_tui.tui.subject import subject_beside
        from arazzo_tui.world.answers import recalled

        opened = self._opened[document]
        known = await asyncio.to_thread(recalled, self.start.state, address_of(document))
        self.subject = await subject_beside(opened, workflow_id, self.start, known, self._demo_url)
        self.chosen = None
        self.forget_run()
        if self.subject.complaint:
            self.notify(self.subject.complaint, severity="error", timeout=15, markup=False)
        self.browser.show_workflow(document, workflow_id)
        if self.subject.plan is None:
            self.form_mode(shown=False)
            self.front("checks")
        else:
            await self.show_form(self.subject.values, self.subject.origins)
        self.draw()

    # Documents that change while they are open

    def _look_beside_the_keys(self) -> None:
        """Look for changes in the background, unless that is still being done: keys do not wait for it."""
        if not any(each.group == "look" and not each.is_finished for each in self.workers):
            self.run_worker(self._look_for_changes(), group="look")

    async def _look_for_changes(self) -> None:
        """Read the documents anew when a file of theirs has changed; a run may go on with the new plan."""
        from arazzo_tui.tui.subject import subject_beside
        from arazzo_tui.world.answers import recalled
        from arazzo_tui.world.checks import all_problems

        if self.opening or not await asyncio.to_thread(self._stamps.changed):
            return
        workspace = _workspace(self.start)
        names = tuple(self._opened)
        opened = {name: await asyncio.to_thread(workspace.open, name) for name in names}
        self._stamps = await asyncio.to_thread(stamps, self._workspace.files())
        for name, each in opened.items():
            self._problems[name] = await asyncio.to_thread(all_problems, each, parse=_parse)
            self.browser.fill(each, self._problems[name])
        subject = self.subject
        if subject is None:
            self._opened = opened
            return
        new = opened[subject.opened.name]
        if new.description is None or new.description.workflow(subject.workflow_id) is None:
            why = str(new.problems[0]) if new.problems else "its workflow is gone"
            self.notify(f"the changed document is not used: {why}", severity="error", markup=False)
            return
        self._workspace, self._opened = workspace, opened
        self._stamps = await asyncio.to_thread(stamps, workspace.files())
        known = await asyncio.to_thread(recalled, self.start.state, address_of(new.name))
        self.subject = await subject_beside(
            new, subject.workflow_id, self.start, known, self._demo_url
        )
        self.browser.show_workflow(*self.subject.place)
        if self.in_form:
            values, _ = self.form.read()
            await self.show_form({**self.subject.values, **values}, self.subject.origins)
        self.document_changed()
        self.draw()

    # The form

    @property
    def form(self) -> InputsForm:
        """The form of the inputs."""
        return self.query_one(InputsForm)

    @property
    def in_form(self) -> bool:
        """Whether the form is in front."""
        return self.has_class("-form")

    async def show_form(self, values: Mapping[str, Json], origins: Mapping[str, str]) -> None:
        """Show the form of the chosen workflow, filled with values."""
        subject = self.subject
        if subject is None or subject.plan is None:
            return
        workflow = subject.plan.first.workflow
        about = workflow.summary or workflow.description
        self.form_mode(shown=True)
        await self.query_one(FormPane).show(subject, about, values, origins)
        if not self.form.ready:
            self.form.focus_first()

    def form_mode(self, *, shown: bool) -> None:
        """Bring the form to the front, or the panes of the run."""
        self.set_class(shown, "-form")
        if not shown and self.query_one(FormPane).has_focus_within:
            self.browser.focus_target().focus()

    async def on_inputs_form_submitted(self, message: InputsForm.Submitted) -> None:
        """The form is complete: begin a run with it."""
        if self.subject is not None:
            self.subject = self.subject.with_answers(message.answers)
            await self.begin(message.values)

    def on_inputs_form_changed(self, message: InputsForm.Changed) -> None:
        """The form says how many of its fields are filled."""
        self.query_one(FormPane).count(message.given, message.total, ready=message.ready)
        self.draw()

    def action_inputs(self) -> None:
        """Show the form with the values of the run, or go back from it."""
        if self.in_form:
            self.form.focus_first()
            return
        if self.subject is None or self.subject.plan is None:
            return
        self.form_mode(shown=True)
        self.form.focus_first()
        self.draw()

    @work
    async def action_save_inputs(self) -> None:
        """Ask for a file and write the inputs to it."""
        from arazzo_tui.tui.line_dialog import LineDialog

        if self.subject is None or self.subject.plan is None:
            return
        values, _ = self.form.read()
        name = await self.app.push_screen_wait(
            LineDialog("Save inputs to", _SECRETS_STAY, f"{self.subject.workflow_id}.inputs.json")
        )
        if name:
            said = await asyncio.to_thread(save_values, name, values, self.form.secret_names)
            self.notify(said, markup=False)

    @work
    async def action_load_inputs(self) -> None:
        """Ask for a file and fill the form from it."""
        from arazzo_tui.tui.line_dialog import LineDialog

        if self.subject is None or self.subject.plan is None:
            return
        name = await self.app.push_screen_wait(
            LineDialog("Load inputs from", "a JSON or YAML file with an object")
        )
        if not name:
            return
        try:
            loaded = await asyncio.to_thread(inputs_from_file, name)
        except BadUsage as wrong:
            self.notify(str(wrong), severity="error", timeout=10, markup=False)
            return
        values = {**self.form.read()[0], **loaded}
        await self.show_form(values, dict.fromkeys(loaded, PurePath(name).name))

    # What the half that runs workflows answers

    @property
    def is_driving(self) -> bool:
        """Whether a run is being driven at this instant."""
        raise NotImplementedError

    def documents_opened(self) -> None:
        """The first document was read."""
        raise NotImplementedError

    def document_changed(self) -> None:
        """The chosen workflow's document was read anew, and `subject` planned from it."""
        raise NotImplementedError

    def forget_run(self) -> None:
        """Another workflow is looked at: the run of the one before is over."""
        raise NotImplementedError

    async def begin(self, values: Mapping[str, Json]) -> None:
        """Begin a run of the chosen workflow with these inputs."""
        raise NotImplementedError

    def draw(self) -> None:
        """Hand every pane what it is to show."""
        raise NotImplementedError


def _workspace(start: Start) -> Workspace:
    fetch = fetcher(named_by(start.documents))
    return Workspace(fetch, graphql_steps=start.graphql_steps, parse=_parse, also=start.also)


def _parse(source: Source) -> tuple[Node | None, tuple[Problem, ...]]:
    """A document's text as it is parsed; big ones that were read before come from the cache."""
    from arazzo_tui.world.parsed import Parsed, cache_folder

    return Parsed(cache_folder()).load(source)
