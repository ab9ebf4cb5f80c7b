"""The terminal itself: what is read from it, what is written to it, and how it is left.

Textual's driver, made to last: a terminal that is closed, a byte that is no text and a screen that
cannot be written end nothing but the program, and that in order. `run_in_terminal` puts it
back when an orderly end does not come.
"""

import asyncio
import codecs
import io
import os
import re
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from types import FrameType

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

HUNG_UP = 128 + signal.SIGHUP
"""The exit code of a program whose terminal is gone."""

PATIENCE = 3.0
"""Seconds that an orderly end may take after a signal, before it becomes a hard one."""

_LEAVE = (
    "\x1b[?2026l\x1b[?2048l\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"
    "\x1b[?1016l\x1b[?1004l\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Pastes, mouse, focus and keys as they were; colours off, wrapping on, the usual screen, a cursor."""


class Terminal(LinuxDriver):
    """The driver of the program: it draws on stdout, and outlives a terminal that does not."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # UTF-8 whatever the locale says: it is a terminal, and boxes are drawn on it.
        self._file = _Screen(sys.__stdout__.fileno() if sys.__stdout__ else 1, self.hung_up)

    def hung_up(self) -> None:
        """The terminal is gone: end the program. Called from the threads that read and write."""
        app = self._app
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(lambda: app.exit(return_code=HUNG_UP))

    def run_input_thread(self) -> None:
        """Read what is typed until the program ends; bytes that are no UTF-8 are typed as `�`."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        parser = XTermParser(self._debug)
        answers = Answers()
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], 0.1)[0]:
                data = self._typed()
                if not data:
                    self.hung_up()
                    return
                text = answers.taken_from(decoder.decode(data))
            else:
                text = answers.late()
            if text:
                for message in parser.feed(text):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _disable_mouse_support(self) -> None:
        """The mouse, and its places in pixels too, where they were asked for."""
        if self._mouse_pixels:
            self.write("\x1b[?1016l")
        super()._disable_mouse_support()

    def _sigcont_application(self, *_: object) -> None:
        """Come back: also from a stop that gave no time to leave the terminal in order."""
        if self._auto_restart and not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def _typed(self) -> bytes:
        """What was typed; nothing when the terminal is gone."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""


class _Screen(io.TextIOWrapper):
    """The terminal as a file that takes every character; once it is gone, it takes them to nowhere."""

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        raw = open(os.dup(descriptor), "wb")  # noqa: SIM115, PTH123  # closed with the wrapper
        super().__init__(raw, encoding="utf-8", errors="replace", newline="")
        self._gone = gone
        self._lost = False

    def write(self, text: str, /) -> int:
        """Take a text; how much of it was taken is always all."""
        with self._surviving():
            return len(text) if self._lost else super().write(text)
        return len(text)

    def flush(self) -> None:
        """Put on the terminal what was taken."""
        with self._surviving():
            if not self._lost:
                super().flush()

    def close(self) -> None:
        """Give the descriptor back."""
        with suppress(OSError):
            super().close()

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self._lost = True
            self._gone()


class Answers:
    """Takes out of what is typed the answers of a terminal that nobody asked for.

    A device control, an operating system command and their like are a start, a text and an end. Their
    text is not typed by anybody, and its letters must not press keys.
    """

    def __init__(self) -> None:
        self._held = ""

    def taken_from(self, text: str) -> str:
        """The text without whole answers; a begun one is held until its end comes."""
        text, self._held = self._held + text, ""
        kept = _ANSWER.sub("", text)
        begun = _BEGUN.search(kept)
        if begun is not None:
            self._held = kept[begun.start() :]
            kept = kept[: begun.start()]
        return kept

    def late(self) -> str:
        """What was held and no end came: two characters are a key with alt, more are an answer cut."""
        held, self._held = self._held, ""
        return held if len(held) == 2 else ""


_ANSWER = re.compile(r"\x1b[PX^_\]][^\x1b\x07]*(?:\x1b\\|\x07)")
_BEGUN = re.compile(r"\x1b[PX^_\]][^\x1b\x07]*\x1b?\Z")


async def run_in_terminal(app: App[None]) -> None:
    """Run an app in the terminal, and leave it usable whatever happens.

    SIGINT, SIGTERM and SIGHUP end it; its return code is then 128 and their number.
    """
    ending = _Ending()
    with ending.by_signals(app):
        try:
            await app.run_async()
            ending.left = True
        finally:
            ending.over(app.return_code or 0)


class _Ending:
    """The end of the program: in order, and `PATIENCE` seconds later the hard one.

    A loop that is stuck in a computation and a thread that waits for a file can keep a program from
    ending, never the terminal from its user.
    """

    def __init__(self) -> None:
        self.left = False
        """Whether the terminal has been left in order."""
        self._kept = _Kept()
        self._asked: SimpleQueue[int] = SimpleQueue()  # its `put` may be called in a signal handler
        threading.Thread(target=self._watch, name="ending", daemon=True).start()

    def over(self, code: int) -> None:
        """The app is over: put the terminal back if it was not, and give the rest its time."""
        if not self.left:
            self._kept.put_back()
            self.left = True
        self._asked.put(code)

    def _watch(self) -> None:
        code = self._asked.get()
        time.sleep(PATIENCE)
        if not self.left:
            self._kept.put_back()
        os._exit(code)

    @contextmanager
    def by_signals(self, app: App[None]) -> Iterator[None]:
        """Let signals end the app, unless who started the program has them ignored."""
        loop = asyncio.get_running_loop()

        def stop(number: int, _: FrameType | None) -> None:
            self._asked.put(128 + number)
            loop.call_soon_threadsafe(lambda: app.exit(return_code=128 + number))

        heard = [each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
        before = {each: signal.signal(each, stop) for each in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Kept:
    """How the terminal was when the program came, to be put back when it goes without order."""

    def __init__(self) -> None:
        self._descriptor = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._attributes = None
        with suppress(termios.error):
            self._attributes = termios.tcgetattr(self._descriptor)

    def put_back(self) -> None:
        """Leave the terminal usable, whatever state it is in."""
        with suppress(OSError):
            os.write(sys.__stdout__.fileno() if sys.__stdout__ else 1, _LEAVE.encode())
        if self._attributes is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._attributes)
