"""The palette of commands, as the toolkit has it, closed without harm.

Its search runs beside it, and stumbles when the palette is closed before it has begun: that ends the
search, and not the program. It is closed once, as every `Dialog` is.
"""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.worker import Worker, WorkType

Result = TypeVar("Result")


class Palette(CommandPalette):
    """The palette; what goes wrong in its own search ends nothing else."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it; nothing when it is not in front any more."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def run_worker(
        self,
        work: WorkType[Result],
        name: str | None = "",
        group: str = "default",
        description: str = "",
        exit_on_error: bool = True,  # noqa: ARG002  # as the toolkit has it
        start: bool = True,
        exclusive: bool = False,
        thread: bool = False,
    ) -> Worker[Result]:
        """Run the search; its error is not one of the program's."""
        return super().run_worker(
            work,
            name,
            group,
            description,
            exit_on_error=False,
            start=start,
            exclusive=exclusive,
            thread=thread,
        )
