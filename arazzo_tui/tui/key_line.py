"""The line at the bottom: the keys that do something here and now, each to be clicked too.

One widget draws all of them. Textual's own footer makes one for each key, and all anew whenever the focus
moves, which took longer than everything else that a key does.
"""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widget import Widget


class KeyLine(Widget, can_focus=False):
    """The keys of the screen and of what has the focus; those that do not fit are left out whole."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
    }
    """

    _ends: tuple[tuple[int, str, bool], ...] = ()
    """The cell at which each of the drawn keys ends, the key, and whether it does something."""

    def on_mount(self) -> None:
        """Hear of every change of what the keys do."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen.app.app_focus and screen is self.screen:
            self.refresh()

    def render(self) -> Text:
        """The keys and a word for each, as many as fit."""
        key_look, words_look = (
            self.app.stylesheet.parse_style(f"{look} on $footer-background").rich_style
            for look in ("bold $footer-key-foreground", "$footer-description-foreground")
        )
        text = Text(no_wrap=True, end="")
        ends = []
        width = 0
        for key, shown, words, enabled in self._keys():
            width += cell_len(shown) + 1 + cell_len(words) + 1
            if width - 1 > self.size.width:
                break
            text.append(shown, key_look)
            text.append(f" {words} ", words_look)
            if not enabled:
                text.stylize("dim", -len(shown) - len(words) - 2)
            ends.append((width, key, enabled))
        self._ends = tuple(ends)
        return text

    def _keys(self) -> Iterator[tuple[str, str, str, bool]]:
        """Each action that is to be shown, with the first of its keys."""
        seen = set()
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                shown = self.app.get_key_display(binding)
                yield binding.key, shown, binding.description, enabled

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that is clicked."""
        for end, key, enabled in self._ends:
            if event.x < end:
                if enabled:
                    self.app.simulate_key(key)
                else:
                    self.app.bell()
                return
