"""The least a Textual program can be: the reference for the first paint and for idle memory."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("hello from the smallest app")


if __name__ == "__main__":
    Minimal().run()
