"""The pane of the input form: what the workflow is, its fields, and how many are filled."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.widget import Widget

from arazzo_tui.language.values import Json
from arazzo_tui.tui.inputs_form import InputsForm
from arazzo_tui.tui.lines_view import line
from arazzo_tui.tui.pane import HeadLine, Pane
from arazzo_tui.tui.pointed import Pointed
from arazzo_tui.tui.subject import Subject


class FormPane(Pane):
    """Stands where request and response stand once a run has begun."""

    NUMBER: ClassVar[int] = 2
    NAME: ClassVar[str] = "Inputs"

    def compose(self) -> ComposeResult:
        """What the workflow is for, over the form."""
        yield HeadLine(classes="head")
        yield InputsForm()

    def focus_target(self) -> Widget:
        """The form."""
        return self.query_one(InputsForm)

    def pointed(self) -> Pointed | None:
        """What stands in the field in focus."""
        return self.query_one(InputsForm).pointed()

    async def show(
        self, subject: Subject, about: str, values: Mapping[str, Json], origins: Mapping[str, str]
    ) -> None:
        """Show the form of a workflow, filled with what is known."""
        self.query_one(HeadLine).show(line((about.partition("\n")[0], "dim")))
        await self.query_one(InputsForm).show(
            schema=subject.schema,
            values=values,
            origins=origins,
            undeclared=subject.undeclared,
            questions=subject.questions,
        )
        stands = self.query_one(InputsForm).stands
        if stands is not None:  # at once, so that the border is not drawn twice
            self.count(stands.given, stands.total, ready=stands.ready)

    def count(self, given: int, total: int, *, ready: bool) -> None:
        """How many fields are filled, in the border."""
        if total == 0:
            self.subtitle("no inputs: F10 starts")
        else:
            self.subtitle(f"{given} of {total} filled · {'F10 starts' if ready else 'not ready'}")
