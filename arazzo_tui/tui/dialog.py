"""What all screens in front of the main one have in common: each is closed once.

Keys come faster than screens go. The second of two quick ones finds its screen gone, and must not close
the one below it.
"""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A screen in front."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close it with a result; nothing when it is not in front any more."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
