"""The application: its screens, its look, its commands, and what lives as long as it does.

Puts the rooms together for the terminal. Everything drawn passes the last net (`SafeFilter`).
"""

import asyncio
import contextlib
import gc
import importlib
import socket
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from textual import events
from textual._context import active_message_pump
from textual.app import App, ScreenStackError, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.filter import LineFilter
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import WorkerFailed, active_worker

from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui.keys import WORKBENCH_KEYS, key_words
from arazzo_tui.tui.safe import SafeFilter
from arazzo_tui.tui.start import Start
from arazzo_tui.tui.workbench import Workbench
from arazzo_tui.world.session import Transport

_PATIENCE = 5.0
"""Seconds a key waits for the screen it is for."""

_LOOPBACK = "127.0.0.1"


class ArazzoApp(App[None]):
    """The terminal debugger."""

    TITLE = "arazzo-tui"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "suspend", show=False)
    ]
    _themed = False
    """Whether the theme is the user's from now on, and no longer what the program starts with."""

    def __init__(self, start: Start, transport: Transport) -> None:
        super().__init__()
        self._start = start
        self._transport = transport
        self._alive = AsyncExitStack()
        self._listening: socket.socket | None = None
        self._is_used = False
        self._painted_for: Size | None = None
        self._net = SafeFilter()
        self.bug: Exception | None = None
        """The mistake of ours that ended the program."""
        self.redactor = Redactor()
        """What must not be told of it: the secrets there were when it happened."""
        kept = start.state.preference("theme")
        if isinstance(kept, str) and kept in self.available_themes:
            self.theme = kept
        self._themed = True

    def watch_theme(self, theme: str) -> None:
        """Keep the theme somebody chose for the next time."""
        if self._themed:
            self._start.state.prefer("theme", theme)

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's filters, and the last net after them: one filter, as long as they are the same."""
        before = super().get_line_filters()
        if before != self._net.before:
            self._net = SafeFilter(before)
        return [self._net]

    def get_driver_class(self) -> type[Driver]:
        """The terminal, as a driver that outlives it."""
        if sys.platform == "win32":
            return super().get_driver_class()
        from arazzo_tui.tui.terminal import Terminal

        return Terminal

    def _handle_exception(self, error: Exception) -> None:
        """A bug of ours ends the program; it is told when the terminal has been left (not here).

        What looks for a widget of a screen that was closed meanwhile is none, nor is what stumbles when
        all screens are being closed.
        """
        inner = error.error if isinstance(error, WorkerFailed) else error
        if self._exit or (isinstance(inner, NoMatches) and self._is_of_a_closed_screen()):
            return
        self._return_code = 70
        if self.bug is None:
            self.bug = inner if isinstance(inner, Exception) else error
            self.redactor = self._secrets()
            self._exception = self.bug  # so that tests hear of it too
            self._exception_event.set()
        self._close_messages_no_wait()

    def _is_of_a_closed_screen(self) -> bool:
        """Whether the work that is done here and now belongs to a screen that is not shown any more."""
        worker = active_worker.get(None)
        node = worker.node if worker is not None else active_message_pump.get(None)
        if not isinstance(node, Widget):
            return False
        return not any(each in self._screens() for each in node.ancestors_with_self)

    def _secrets(self) -> Redactor:
        """What may not be told now: the secrets of the run, and those in fields that hide them."""
        screens = self._screens()
        typed = [field.value for each in screens for field in each.query(Input) if field.password]
        known = [each.redactor for each in screens if isinstance(each, Workbench)]
        return (known[0] if known else Redactor()).knowing(typed)

    def _screens(self) -> list[Screen[object]]:
        """The screens there are; none before the first and after the last."""
        with contextlib.suppress(ScreenStackError):
            return self.screen_stack
        return []

    async def on_event(self, event: events.Event) -> None:
        """Hand a key to the screen it is for, once that stands: what opens it may just have been typed."""
        if (
            isinstance(event, events.Key | events.Paste | events.MouseDown)
            and not event.is_forwarded
        ):
            self._warm_up()
            if not await self._does_screen_stand():
                return
        await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        if not await self._does_screen_stand():
            return True
        return await super()._check_bindings(key, priority)

    async def _does_screen_stand(self) -> bool:
        """Wait for the screen a key is for; one that does not come in time gets no keys."""
        with contextlib.suppress(ScreenStackError):  # before the first and after the last
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self.screen._mounted_event.wait()  # noqa: SLF001  # nothing public says so
            except TimeoutError:
                return False
        return True

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in passing, its secrets masked: it may quote what a server said."""
        said = self._secrets().text(message)
        super().notify(said, title=title, severity=severity, timeout=timeout, markup=markup)

    def action_command_palette(self) -> None:
        """Show the palette of commands."""
        from arazzo_tui.tui.palette import Palette

        if not any(isinstance(each, Palette) for each in self.screen_stack):
            self.push_screen(Palette(id="--command-palette"))

    def copy_to_clipboard(self, text: str) -> None:
        """Hand a text to the terminal's clipboard; half a character becomes `?`."""
        super().copy_to_clipboard(text.encode("utf-8", "replace").decode())

    async def on_mount(self) -> None:
        """Show the first screen; the demo's server starts beside it."""
        if not gc.isenabled():  # what was loaded until here stays, and is not looked at again
            gc.freeze()
            gc.enable()
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        if not self._start.documents:
            from arazzo_tui.tui.welcome import Welcome

            await self.push_screen(Welcome(self._start.state), self._welcomed)

    def on_resize(self, event: events.Resize) -> None:
        """Paint everything when the size is what it was: a terminal small for a moment has lost it."""
        before, self._painted_for = self._painted_for, event.size
        if before == event.size:
            self.refresh()

    def get_default_screen(self) -> Screen[None]:
        """The first screen, where there is something to open: no other is made before it."""
        return self._workbench() if self._start.documents else super().get_default_screen()

    def _workbench(self) -> Workbench:
        server = self._start_demo if self._start.demo else None
        return Workbench(self._start, self._transport, server)

    async def _start_demo(self) -> str:
        """Listen for the demo's server; its URL. The server itself comes with the first key, or caller."""
        listening = self._listening = socket.create_server((_LOOPBACK, 0))
        self._alive.callback(listening.close)
        try:
            asyncio.get_running_loop().add_reader(listening, self._warm_up)
        except NotImplementedError:  # Windows' loop watches no sockets
            self._warm_up()
        if self._is_used:
            self._warm_up()
        return f"http://{_LOOPBACK}:{listening.getsockname()[1]}/"

    async def _serve_demo(self, listening: socket.socket) -> None:
        """Serve the demo for as long as the program lives; who called meanwhile is answered now."""
        await asyncio.to_thread(importlib.import_module, "arazzo_tui.sandbox.server")
        from arazzo_tui.sandbox.server import serve

        serving = serve(schema=self._start.schema, listening=listening)
        await self._alive.enter_async_context(serving)

    async def _welcomed(self, start: Start | None) -> None:
        """What somebody chose at the welcome screen is opened."""
        if start is None:
            self.exit()
            return
        asked = self._start
        self._start = replace(
            start,
            graphql_steps=asked.graphql_steps,
            present=asked.present,
            insecure=asked.insecure,
            also=asked.also,
        )
        await self.push_screen(self._workbench())

    def _warm_up(self) -> None:
        """Load what the next keys need, now that somebody presses keys, or calls the demo's server."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().remove_reader(listening)
        if listening is not None or not self._is_used:
            self._is_used = True
            self.run_worker(self._warm(listening), group="warm")

    async def _warm(self, listening: socket.socket | None) -> None:
        for screen in self._screens():
            if isinstance(screen, Workbench):
                await screen.first_opened.wait()  # what is to be seen comes first
        if listening is not None:
            await self._serve_demo(listening)
        await asyncio.to_thread(_load_what_comes)

    async def on_unmount(self) -> None:
        """End what lives as long as the program."""
        await self._alive.aclose()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The commands of the palette: every key of the screen, and the theme."""
        if isinstance(screen, Workbench):
            for binding in WORKBENCH_KEYS:
                words = binding.description.capitalize()
                told = f"{binding.tooltip} ({key_words(binding)})"
                yield SystemCommand(words, told, lambda action=binding.action: self._do(action))
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)

    def _do(self, action: str) -> None:
        self.run_worker(self.screen.run_action(action), exit_on_error=True)


def _load_what_comes() -> None:
    """Import what the first run needs; a library that is missing is noticed where it is used."""
    for name in ("graphql", "httpx", "pygments.lexers", "jsonpath_rfc9535", "jsonschema_rs"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
