"""One run being kept: every move of it goes to its file as it is made.

Whoever drives the run only puts moves into a queue; a thread of the journal's own masks and writes them in
their order. When that fails the run goes on and is not kept any further, and `trouble` says why.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.inputs import secret_values
from arazzo_tui.engine.marked import marked_at
from arazzo_tui.engine.moment import Judging, Moment, Sending, Waited
from arazzo_tui.engine.run import Run
from arazzo_tui.engine.seen import secrets_seen
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import BAD_CHARACTERS, one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.world.lines import Lines
from arazzo_tui.world.masking import masked, mentions
from arazzo_tui.world.moves import AnotherRun, moves
from arazzo_tui.world.record import (
    Closed,
    Header,
    Move,
    Renamed,
    Sent,
    SwitchedTo,
    TookUp,
    Went,
    header_value,
    move_value,
)
from arazzo_tui.world.session import Transport

MOST_BYTES = 256 * 1024 * 1024
"""The most bytes that are kept of one run."""

_PATIENCE = 3.0
"""Seconds that a request or the end of the program waits for a disk that does not answer."""

_Item: TypeAlias = "tuple[Move, Moment] | Future[None] | Redactor | None"


class Journal:
    """A run on its way into a file. `path` None keeps nothing; `trouble` is empty or says why not.

    `before` is called in the thread before the first line is written.
    """

    def __init__(
        self,
        path: Path | None,
        header: Header,
        first: Run,
        redactor: Redactor,
        trouble: str = "",
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self.path = path
        self.trouble = trouble
        self._run = first
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._before = before
        self._left = threading.Event()
        self._thread: threading.Thread | None = None
        if path is not None and not trouble:
            self._writer = _Writer(path, header, redactor, self._queue)
            self._writer.hide(_passwords(first.now))
            self._thread = threading.Thread(target=self._write, daemon=True)
            self._thread.start()

    def moved(self, run: Run) -> None:
        """Keep what was done since the last time; only looking at another moment is not kept."""
        if self._thread is None or self.trouble:
            return
        try:
            for each in list(moves(self._run, run)):
                self._queue.put(each)
        except AnotherRun:
            self.trouble = "this run is not kept any further: it went on in a way that cannot be"
            self._queue.put(None)
        self._run = run

    def sending(self) -> None:
        """Keep that the request which waits is about to leave."""
        if self._thread is not None and not self.trouble:
            self._queue.put((Sent(), self._run.now))

    def hide(self, redactor: Redactor) -> None:
        """Mask by another redactor from now on, and in all that is in the file."""
        if self._thread is not None:
            self._queue.put(redactor)

    def written(self) -> "Future[None]":
        """What is done when all that was given so far is in the file, or nothing more is kept."""
        done: Future[None] = Future()
        self._queue.put(done)
        if self._thread is None or self._left.is_set():
            _finish(done)
        return done

    def close(self, code: int | None = None) -> None:
        """Be done with the run, with the exit code where there is one; waits until it is written."""
        if self._thread is None:
            return
        ended = self._run.now.ended
        status = "cancelled" if ended is None else "succeeded" if ended.passed else "failed"
        self._queue.put((Closed(status, code), self._run.now))
        self._queue.put(None)
        before = -1
        while self._thread.is_alive() and self._writer.written != before:
            before = self._writer.written
            self._thread.join(_PATIENCE)
        self._thread = None

    def _write(self) -> None:
        """What the thread does."""
        try:
            self._before()
            self._writer.write()
        except (OSError, ValueError) as wrong:
            self.trouble = _told(wrong, self._writer.written)
        finally:
            self._left.set()
            # Nobody waits for what is not written any more.
            while not self._queue.empty():
                item = self._queue.get()
                if isinstance(item, Future):
                    _finish(item)


class WriteAhead:
    """A transport that sends nothing before it is kept that it will be sent."""

    def __init__(self, transport: Transport, journal: Journal) -> None:
        self._transport = transport
        self._journal = journal

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer of the transport behind it."""
        self._journal.sending()
        with suppress(TimeoutError):  # a disk that hangs keeps no request back for ever
            # Not `wait_for`, which loses a cancellation that comes together with the result (3.11).
            async with asyncio.timeout(_PATIENCE):
                await asyncio.wrap_future(self._journal.written())
        return await self._transport.send(request, within)


def _passwords(moment: Moment) -> Iterator[str]:
    """The inputs that a workflow calls passwords, as they are at a moment (DOC-13)."""
    return secret_values(moment.top.workflow.workflow.inputs, moment.top.inputs)


class _Writer:
    """Takes moves from the queue, learns secrets, masks, and writes lines."""

    def __init__(
        self, path: Path, header: Header, redactor: Redactor, queue: "SimpleQueue[_Item]"
    ) -> None:
        self._path = path
        self._header = header
        self._redactor = redactor
        self._queue = queue
        self._by_hand = ""
        self._number = 0
        self._inputs = header.inputs
        self.written = 0
        """The bytes that are in the file."""

    def write(self) -> None:
        """Until the journal is closed. Raises `OSError` and `ValueError`: nothing more can be kept."""
        lines = Lines(self._path)
        try:
            self._line(lines, header_value(self._header), by_hand=True)
            for item in self._items():
                if isinstance(item, Redactor):
                    self._redactor = item.knowing(self._redactor.secrets)
                    self._rewrite(lines)
                else:
                    self._move(lines, *item)
        except (OSError, ValueError):
            if not self.written:
                lines.remove()
            raise
        finally:
            lines.close()

    def _items(self) -> Iterator[tuple[Move, Moment] | Redactor]:
        while (item := self._queue.get()) is not None:
            match item:
                case Future():
                    _finish(item)
                case _:
                    yield item

    def _move(self, lines: Lines, move: Move, moment: Moment) -> None:
        if isinstance(move, Went):
            self._learn(lines, moment)
        self._number += 1
        self._line(lines, move_value(move, self._number), by_hand=_is_by_hand(move))

    def _line(self, lines: Lines, value: Mapping[str, Json], *, by_hand: bool) -> None:
        text = _escaped(write_json(masked(value, self._redactor)))
        data = text.encode("utf-8")
        if lines.size + len(data) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES >> 20} MiB")
        lines.add(data)
        self.written = lines.size
        if by_hand:
            self._by_hand += text + "\n"

    def hide(self, secrets: Iterable[str]) -> bool:
        """Mask these from now on; whether there are new ones among them."""
        known = self._redactor.knowing(secrets)
        new, self._redactor = known is not self._redactor, known
        return new

    def _learn(self, lines: Lines, moment: Moment) -> None:
        """Secrets that the run itself brings are masked from now on, and in the lines there are.

        What is first seen in a request may stand in any line before it; what a server hands out,
        only where a person has written it.
        """
        found: frozenset[str] = frozenset()
        sent: frozenset[str] = frozenset()
        match moment.stage:
            case Sending(request):
                sent = secrets_seen(request, None)
            case Judging(request, answer):
                found = secrets_seen(request, answer)
            case _:
                pass
        if moment.top.inputs is not self._inputs:
            self._inputs = moment.top.inputs
            sent = sent.union(_passwords(moment))
        # What a person called secret may have stood in earlier lines, before it came to its place.
        sent = sent.union(marked_at(moment, self._redactor.places))
        everywhere = self.hide(sent)
        if self.hide(found) and mentions(self._by_hand, Redactor(found)):
            everywhere = True
        if everywhere:
            self._rewrite(lines)

    def _rewrite(self, lines: Lines) -> None:
        """Mask every line there is once more. Rather nothing is kept than a secret."""
        try:
            lines.rewrite(self._masked_line)
        except (OSError, ValueError):
            self.written = 0
            raise

    def _masked_line(self, line: bytes) -> bytes:
        value = read_json(line)
        assert isinstance(value, Mapping)  # we wrote it
        return _escaped(write_json(masked(value, self._redactor))).encode("utf-8")


def _is_by_hand(move: Move) -> bool:
    """Whether there are words of the user's in a move."""
    match move:
        case Went(None | Response() | Failure() | Waited()) | SwitchedTo() | Sent() | Closed():
            return False
        case Went() | TookUp() | Renamed():
            return True


def _finish(done: "Future[None]") -> None:
    with suppress(InvalidStateError):  # nobody waits any more
        done.set_result(None)


def _told(wrong: OSError | ValueError, written: int) -> str:
    match wrong:
        case OSError():
            reason = (wrong.strerror or str(wrong)).lower()
        case BadJson():
            reason = "its file was changed by somebody else"
        case _:
            reason = str(wrong)
    further = " any further" if written else ""
    return f"this run is not kept{further}: {one_line(reason)}"


def _escaped(text: str) -> str:
    """JSON in which no character is left that a terminal obeys or hides."""
    if text.isascii():
        return text
    return BAD_CHARACTERS.sub(lambda found: _escape(found.group()), text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
