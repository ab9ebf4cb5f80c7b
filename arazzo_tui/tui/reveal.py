"""One masked value, shown for ten seconds: then, or with any key, it is gone again.

It stands in a window of its own, so that no pane, no copy and nothing that is kept ever holds it.
"""

import time
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.tui.dialog import Dialog

SECONDS = 10
"""For how long a value is shown."""

_TICK = 0.2
_LONGEST = 4_000
"""Characters of a value that are shown; no screen has room for more."""


class RevealDialog(Dialog[None]):
    """Shows a value and counts down. `clock` tells seconds."""

    DEFAULT_CSS = """
    RevealDialog {
        align: center middle;
        & > Vertical { width: 90; max-width: 95%; height: auto; max-height: 95%;
            background: $surface; border: round $warning; padding: 0 1; }
        & .value { height: auto; max-height: 16; }
        & .left { height: 1; color: $text-warning; text-style: bold; margin: 1 0 0 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Mask", tooltip="Mask it again", id="reveal.mask"),
    ]

    def __init__(self, name: str, value: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._about = name
        self._value = value
        self._clock = clock
        self._until = clock() + SECONDS

    def compose(self) -> ComposeResult:
        """The value, and how long it can still be seen."""
        cut = len(self._value) > _LONGEST
        shown = printable(self._value[:_LONGEST], lines=True) + ("…" if cut else "")
        with Vertical() as box:
            box.border_title = Content(one_line(self._about, 80))
            yield Static(Content(shown), classes="value", markup=False)
            yield Static("", classes="left", markup=False)

    def on_mount(self) -> None:
        """Count."""
        self.tick()
        self.set_interval(_TICK, self.tick)

    def tick(self) -> None:
        """Say how long it can still be seen; when that is over, it cannot."""
        left = self._until - self._clock()
        if left <= 0:
            self.dismiss(None)
            return
        said = f"revealed: masked again in {left:.0f} s, or with any key"
        self.query_one(".left", Static).update(Content(said))

    def on_key(self, event: events.Key) -> None:
        """Any key masks it again."""
        event.stop()
        event.prevent_default()
        self.dismiss(None)

    def on_click(self) -> None:
        """So does a click."""
        self.dismiss(None)

    def on_screen_suspend(self) -> None:
        """Something came in front of it: it is not there when that has gone."""
        self._value = ""
        self._until = self._clock()
        for each in self.query(Static):
            each.update(Content(""))
