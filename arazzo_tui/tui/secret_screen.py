"""The screen's half that keeps secrets: values a person marks, one revealed for a moment, presenting.

What is masked is the redactor's; where marks are kept is `world.marks`'.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import work

from arazzo_tui.tui.form_pane import FormPane
from arazzo_tui.tui.insight_screen import InsightScreen
from arazzo_tui.tui.request_pane import RequestPane
from arazzo_tui.tui.response_pane import ResponsePane
from arazzo_tui.tui.side_panes import ChecksPane
from arazzo_tui.tui.start import Start
from arazzo_tui.world.session import Transport
from arazzo_tui.world.workspace import address_of

if TYPE_CHECKING:
    from arazzo_tui.tui.kept import Again
    from arazzo_tui.tui.pointed import Pointed
    from arazzo_tui.tui.reveal import RevealDialog
    from arazzo_tui.tui.subject import Subject


_NOWHERE = "put the cursor on a value of the request, the response, an output or an input"


class SecretScreen(InsightScreen):
    """Marks, reveals, presents."""

    def __init__(
        self,
        start: Start,
        transport: Transport,
        start_server: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        super().__init__(start, transport, start_server)
        self.presenting = start.present
        self._own: dict[str, tuple[str, ...]] = {}
        self._revealed: RevealDialog | None = None

    def _pointed(self) -> "Pointed | None":
        """The value at the cursor, as it is."""
        from arazzo_tui.tui.pointed import in_checks

        pane = self.focused_pane()
        match pane:
            case RequestPane() | ResponsePane():
                return pane.pointed()
            case ChecksPane():
                return in_checks(pane.lines.current, self.exchange(), self.shown)
            case FormPane():
                return pane.pointed()
            case _:
                return None

    async def show_again(self, found: "Again") -> None:
        """Show a kept run; what was marked since it was kept is masked too."""
        from arazzo_tui.engine.marked import marked_in

        await super().show_again(found)
        if self.subject is not None and self.subject.secrets and self.runner is not None:
            self.redactor = self.redactor.watching(self.subject.secrets)
            self.redactor = self.redactor.knowing(marked_in(found.run.now, self.subject.secrets))
            self.draw()

    # Revealing and presenting

    @work
    async def action_reveal(self) -> None:
        """Show the masked value at the cursor for ten seconds."""
        from arazzo_tui.engine.inputs import write_value
        from arazzo_tui.tui.reveal import RevealDialog

        if self.presenting:
            self.notify("PRESENTING: nothing is revealed; f4 leaves it", markup=False)
            return
        found = self._pointed()
        if found is None:
            self.notify(_NOWHERE, markup=False)
        elif self._is_masked(found):
            name, value = self.redactor.text(found.name), write_value(found.value)
            self._revealed = RevealDialog(name, value)
            await self.app.push_screen_wait(self._revealed)
            self._revealed = None
        else:
            self.notify("nothing is masked here", markup=False)

    def _is_masked(self, found: "Pointed") -> bool:
        in_form = isinstance(self.focused_pane(), FormPane)
        return in_form or self.redactor.value(found.value) != found.value

    def run_changed(self) -> None:
        """The run moved: what was revealed is masked again."""
        if self._revealed is not None:
            self._revealed.dismiss(None)
        super().run_changed()

    @work
    async def action_present(self) -> None:
        """Present from now on: nothing can be revealed. Leaving it is asked: keys are pressed by chance."""
        from arazzo_tui.tui.question_dialog import QuestionDialog

        if self.presenting:
            asked = ("Masked values can be revealed again then.",)
            question = QuestionDialog("Leave presentation mode?", asked, yes="Leave")
            if not await self.app.push_screen_wait(question):
                return
        self.presenting = not self.presenting
        self.draw()

    # Marking

    @property
    def own_marks(self) -> tuple[str, ...]:
        """The places that were marked here, for the document of the chosen workflow."""
        from arazzo_tui.world.marks import own_marks

        if self.subject is None:
            return ()
        address = address_of(self.subject.opened.name)
        return self._own.get(address) or own_marks(self.start.state, address)

    @work
    async def action_mark_secret(self) -> None:
        """Mark the value at the cursor as secret, or no longer; elsewhere list what is marked."""
        from arazzo_tui.tui.marking import IN_FILE, told

        subject, found = self.subject, self._pointed()
        if subject is None:
            self.notify("no workflow is chosen", markup=False)
            return
        if found is None or found.place is None:
            await self._list_marks(subject)
            return
        place, own = str(found.place), self.own_marks
        if place in own:
            await self._mark(subject, tuple(each for each in own if each != place))
            self.notify(f"{place} is no secret any more", markup=False)
        elif place in subject.known.settings.secrets:
            self.notify(f"{place} {IN_FILE}", markup=False)
        else:
            await self._mark(subject, (*own, place))
            self.notify(told(place, found), timeout=8, markup=False)

    async def _list_marks(self, subject: "Subject") -> None:
        from arazzo_tui.tui.list_dialog import ListDialog
        from arazzo_tui.tui.marking import IN_FILE, mark_lines

        own = self.own_marks
        if not subject.secrets:
            self.notify(f"nothing is marked as secret; {_NOWHERE}", markup=False)
            return
        answer = await self.app.push_screen_wait(
            ListDialog("Marked as secret", [*mark_lines(subject, own)], keys={"x": "unmarks"})
        )
        if answer is None or answer[1] != "x":
            return
        place = subject.secrets[answer[0]]
        if place in own:
            await self._mark(subject, tuple(each for each in own if each != place))
        else:
            self.notify(f"{place} {IN_FILE}", markup=False)

    async def _mark(self, subject: "Subject", own: tuple[str, ...]) -> None:
        """Keep the places, and mask what stands there, in what is kept of the run too."""
        from arazzo_tui.tui.marking import marked, relearned

        address = address_of(subject.opened.name)
        self._own[address] = own
        state = self.start.state
        self.subject = marked(subject, state, address, own)
        runner = self.runner
        if runner is not None:
            self.redactor = relearned(self.subject, runner)
            self._logged_to = (0, None)
            if runner.journal is not None:
                runner.journal.hide(self.redactor)
        if self.in_form:
            values, _ = self.form.read()
            await self.show_form(values, self.subject.origins)
        self.draw()
