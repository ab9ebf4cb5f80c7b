"""The screen's half that keeps secrets: values a person marks, one revealed for a moment, presenting.

What is masked is the redactor's; where marks are kept is `world.marks`'.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work

from arazzo_tui.engine.inputs import write_value
from arazzo_tui.engine.marked import marked_in, texts_in
from arazzo_tui.engine.seen import secrets_seen
from arazzo_tui.language.secrets import Redactor, is_weak
from arazzo_tui.tui.form_pane import FormPane
from arazzo_tui.tui.insight_screen import InsightScreen
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.pointed import Pointed, in_checks
from arazzo_tui.tui.request_pane import RequestPane
from arazzo_tui.tui.response_pane import ResponsePane
from arazzo_tui.tui.reveal import RevealDialog
from arazzo_tui.tui.runner import Runner
from arazzo_tui.tui.side_panes import ChecksPane
from arazzo_tui.tui.start import Start
from arazzo_tui.tui.subject import Subject
from arazzo_tui.world.marks import all_marks, keep_marks, own_marks
from arazzo_tui.world.prepare import secrets_of
from arazzo_tui.world.session import Transport
from arazzo_tui.world.settings import FILE_NAME
from arazzo_tui.world.workspace import address_of

if TYPE_CHECKING:
    from arazzo_tui.tui.kept import Again


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

    def _pointed(self) -> Pointed | None:
        """The value at the cursor, as it is."""
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
        await super().show_again(found)
        if self.subject is not None and self.subject.secrets and self.runner is not None:
            self.redactor = self.redactor.watching(self.subject.secrets)
            self.redactor = self.redactor.knowing(marked_in(found.run.now, self.subject.secrets))
            self.draw()

    # Revealing and presenting

    @work
    async def action_reveal(self) -> None:
        """Show the masked value at the cursor for ten seconds."""
        if self.presenting:
            self.notify("PRESENTING: nothing is revealed; f4 leaves it", markup=False)
            return
        found = self._pointed()
        if found is None:
            self.notify(_NOWHERE, markup=False)
        elif self._is_masked(found):
            dialog = RevealDialog(self.redactor.text(found.name), write_value(found.value))
            await self.app.push_screen_wait(dialog)
        else:
            self.notify("nothing is masked here", markup=False)

    def _is_masked(self, found: Pointed) -> bool:
        in_form = isinstance(self.focused_pane(), FormPane)
        return in_form or self.redactor.value(found.value) != found.value

    def run_changed(self) -> None:
        """The run moved: what was revealed is masked again."""
        if isinstance(self.app.screen, RevealDialog):
            self.app.screen.dismiss(None)
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
        if self.subject is None:
            return ()
        address = address_of(self.subject.opened.name)
        return self._own.get(address) or own_marks(self.start.state, address)

    @work
    async def action_mark_secret(self) -> None:
        """Mark the value at the cursor as secret, or no longer; elsewhere list what is marked."""
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
            self.notify(f"{place} is marked in {FILE_NAME}: take it out there", markup=False)
        else:
            await self._mark(subject, (*own, place))
            self.notify(_told(place, found), timeout=8, markup=False)

    async def _list_marks(self, subject: Subject) -> None:
        from arazzo_tui.tui.list_dialog import ListDialog

        own = self.own_marks
        if not subject.secrets:
            self.notify(f"nothing is marked as secret; {_NOWHERE}", markup=False)
            return
        answer = await self.app.push_screen_wait(
            ListDialog("Marked as secret", [*_mark_lines(subject, own)], keys={"x": "unmarks"})
        )
        if answer is None or answer[1] != "x":
            return
        place = subject.secrets[answer[0]]
        if place in own:
            await self._mark(subject, tuple(each for each in own if each != place))
        else:
            self.notify(f"{place} is marked in {FILE_NAME}: take it out there", markup=False)

    async def _mark(self, subject: Subject, own: tuple[str, ...]) -> None:
        """Keep the places, and mask what stands there, in what is kept of the run too."""
        address = address_of(subject.opened.name)
        self._own[address] = own
        keep_marks(self.start.state, address, own)
        self.subject = replace(subject, secrets=all_marks(subject.known.settings, own))
        runner = self.runner
        if runner is not None:
            self.redactor = _relearned(self.subject, runner)
            self._logged_to = (0, None)
            if runner.journal is not None:
                runner.journal.hide(self.redactor)
        if self.in_form:
            values, _ = self.form.read()
            await self.show_form(values, self.subject.origins)
        self.draw()


def _relearned(subject: Subject, runner: Runner) -> Redactor:
    """The redactor of a run with the marks there are now: what is no longer marked is seen again."""
    now = runner.run.now
    known = secrets_of(
        now.plan, now.frames[0].inputs, subject.credentials, now.settings.credentials,
        places=subject.secrets,
    )  # fmt: skip
    seen = {secret for each in now.trail for secret in secrets_seen(each.request, each.answer)}
    moments = (marked_in(each, subject.secrets) for each in (runner.run.moments[0], now))
    return known.knowing(seen.union(*moments))


def _told(place: str, found: Pointed) -> str:
    texts = list(texts_in(found.value))
    said = f"{place} is secret in this document from now on; M there again takes it back"
    if not texts:
        return f"{said}. Nothing can be told from others there yet"
    if any(map(is_weak, texts)):
        return f"{said}. It is short or a common word: masked only where it is a value by itself"
    return said


def _mark_lines(subject: Subject, own: tuple[str, ...]) -> Iterator[Line]:
    """The places, and whose they are."""
    for place in subject.secrets:
        where = "" if place in own else f"  in {FILE_NAME}"
        yield line((f"${place}", "name"), (where, "dim"))
