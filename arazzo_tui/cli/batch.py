"""`arazzo-tui run --each`, `--times`: many runs of one workflow, some at the same time.

One plan, one transport and one loop; every run is a run of its own, with its moments and its kept record.
A run that waits before a retry keeps no other one back.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.batch_inputs import Record, each_fit, read_records
from arazzo_tui.cli.outcome import Outcome, graphql_failed
from arazzo_tui.cli.run import (
    Prepared,
    cancelled_by_signals,
    collect_again,
    first_moment,
    header_for,
    prepared,
    refused,
    with_credentials,
)
from arazzo_tui.cli.streams import Output, say
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.marked import marked_in
from arazzo_tui.engine.moment import Moment, Values
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.engine.seen import secrets_seen, seen_at
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.report import Status, as_json, run_object
from arazzo_tui.world.given import BadUsage, GivenInputs, read_inputs
from arazzo_tui.world.journal import Journal, WriteAhead
from arazzo_tui.world.record import Header
from arazzo_tui.world.session import Session, Transport
from arazzo_tui.world.state import state_folder
from arazzo_tui.world.store import Store
from arazzo_tui.world.transport import Http

_ROOM_FOR = 64
"""So many runs are kept before older ones make room again."""


def run_all(given: Given, outcome: Outcome) -> int:
    """All runs to their ends; the worst of their exit codes. `outcome` is of what they share."""
    with Output() as output:
        try:
            batch = prepared_batch(given, outcome, output)
        except BadUsage as wrong:
            return refused(given, outcome, wrong)
        say(batch.heading())
        collect_again()
        code = asyncio.run(batch.driven())
    say(batch.summary())
    return 74 if output.failed and code == 0 else code


def prepared_batch(given: Given, outcome: Outcome, output: Output) -> "Batch":
    """All runs, each at its first moment; raises `BadUsage` for what is in the way of any of them."""
    common = read_inputs(given.inputs, given.inputs_file)
    records = read_records(given.each, common) if given.each else [Record("", common)]
    ready = prepared(given, outcome)
    return Batch(given, outcome, ready, _first_moments(ready, records, outcome), output)


def _first_moments(
    ready: Prepared, records: list[Record], outcome: Outcome
) -> list[tuple[Moment, Redactor]]:
    """Where each run begins, and what is masked in it; raises `BadUsage` before anything is sent."""

    def first(inputs: GivenInputs) -> tuple[Moment, Redactor]:
        moment = first_moment(ready, inputs, outcome)
        return moment, outcome.redactor

    firsts = each_fit(records, first)
    one = with_credentials(firsts[0][0], ready, outcome)
    settings, tokens = one.settings, one.settings.credentials.values()
    secrets = [each.secret for each in tokens]
    return [
        (replace(moment, settings=settings), redactor.knowing(secrets))
        for moment, redactor in firsts
    ]


class Batch:
    """The runs under way and what has come of the others."""

    def __init__(
        self,
        given: Given,
        outcome: Outcome,
        ready: Prepared,
        firsts: list[tuple[Moment, Redactor]],
        output: Output,
    ) -> None:
        self._given = given
        self._outcome = outcome
        self._ready = ready
        self._firsts = firsts
        self._output = output
        header = header_for(given, outcome, firsts[0][0]) if given.keep else None
        self._keeping = _Keeping(header) if header is not None else None
        self._total = len(firsts) * given.times
        self._done: dict[Status, int] = {}
        self._requests = 0
        self._seconds = 0.0
        self._troubles: set[str] = set()

    async def driven(self) -> int:
        """Drive all runs, so many at a time; a signal cancels those under way and begins no other."""
        numbers = iter(range(1, self._total + 1))
        begun_at = time.perf_counter()
        async with Http() as http:
            counted = _Counted(http)
            jobs = min(self._given.jobs, self._total)
            tasks = [asyncio.ensure_future(self._job(numbers, counted)) for _ in range(jobs)]
            caught = cancelled_by_signals(lambda: [task.cancel() for task in tasks])
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        self._seconds, self._requests = time.perf_counter() - begun_at, counted.count
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end
        if caught:
            return 128 + caught[0]
        return 1 if self._done.get("failed") else 0

    async def _job(self, numbers: Iterator[int], transport: Transport) -> None:
        """One run after another, until there is none left or nobody reads."""
        for number in numbers:
            if self._output.failed:
                return
            await self._one(number, transport)

    async def _one(self, number: int, transport: Transport) -> None:
        moment, redactor = self._firsts[(number - 1) % len(self._firsts)]
        first = begun(moment)
        journal = self._keeping.begun(first, redactor) if self._keeping else None
        session = Session(
            first,
            self._ready.reached(transport if journal is None else WriteAhead(transport, journal)),
            (lambda _: None) if journal is None else journal.moved,
        )
        begun_at = time.perf_counter()
        try:
            await session.go()
        finally:
            seconds = time.perf_counter() - begun_at
            # What happened is told and kept also when a signal ends it.
            ended = _ended(session.run, redactor, self._given)
            self._tell(number, ended, moment.top.inputs, seconds)
            await self._kept(journal, ended)

    async def _kept(self, journal: Journal | None, ended: "_Ended") -> None:
        if journal is None:
            return
        code = {"succeeded": 0, "failed": 1}.get(ended.status, 130)
        await asyncio.shield(asyncio.to_thread(journal.close, code))
        if journal.trouble and journal.trouble not in self._troubles:
            self._troubles.add(journal.trouble)
            say(f"! {journal.trouble}")

    def _tell(self, number: int, ended: "_Ended", inputs: Values, seconds: float) -> None:
        """One line of talk, one line of data."""
        self._done[ended.status] = self._done.get(ended.status, 0) + 1
        sign = "✓" if ended.status == "succeeded" else "✗"
        steps = len(ended.moment.trail)
        said = f"{steps} step{'' if steps == 1 else 's'}, {seconds * 1000:.0f} ms"
        why = f": {ended.why}" if ended.why else ""
        line = f"{sign} {number:,} of {self._total:,} {ended.status}{why}  ({said})"
        say(printable(ended.redactor.text(line)))
        value = ended.moment.ended.outputs if ended.moment.ended is not None else None
        if self._given.json:
            report = run_object(
                document=self._outcome.document,
                workflow=self._outcome.workflow,
                status=ended.status,
                inputs=inputs,
                moment=ended.moment,
                problems=self._outcome.problems,
                redactor=ended.redactor,
            )
            assert isinstance(report, Mapping)
            self._output.write(as_json({"run": number, **report}, indent=None))
        elif value is not None:
            self._output.write(as_json(ended.redactor.value(value), indent=None))

    def heading(self) -> str:
        """The first line: what is run, how often."""
        name, document = one_line(self._outcome.workflow), one_line(self._outcome.document)
        runs = f"{self._total:,} run{'' if self._total == 1 else 's'}"
        return printable(f"▶ {name}  ({document})  {runs}, {self._given.jobs} at a time")

    def summary(self) -> str:
        """The last line: how many of which, and how fast."""
        counts = [f"{count:,} {status}" for status, count in self._done.items()]
        left = self._total - sum(self._done.values())
        counts += [f"{left:,} not begun"] if left else []
        good = self._done.get("succeeded", 0) == self._total
        speed = self._requests / self._seconds if self._seconds else 0.0
        return (
            f"{'✓' if good else '✗'} {self._total:,} run{'' if self._total == 1 else 's'}: "
            f"{', '.join(counts)}; {self._requests:,} request{'' if self._requests == 1 else 's'} "
            f"in {self._seconds:.2f} s, {speed:,.0f} per second"
        )


class _Keeping:
    """Where the runs are kept, each in a file of its own that begins nearly like the others."""

    def __init__(self, header: Header) -> None:
        self._store = Store(state_folder())
        self._header = header
        self._count = 0

    def begun(self, first: Run, redactor: Redactor) -> Journal:
        """Begin to keep a run."""
        header = replace(self._header, started=time.time(), inputs=first.now.top.inputs)
        make_room = self._count % _ROOM_FOR == 0
        self._count += 1
        return self._store.keep(header, first, redactor, make_room=make_room)


class _Ended(Struct, frozen=True):
    """A run that goes on no more: how it stands, why it failed, what is masked in it."""

    moment: Moment
    status: Status
    why: str
    redactor: Redactor


def _ended(run: Run, redactor: Redactor, given: Given) -> _Ended:
    moment = run.now
    seen = [secret for each in moment.trail for secret in secrets_seen(each.request, each.answer)]
    known = redactor.knowing([*seen, *marked_in(moment, redactor.places), *seen_at(moment)])
    if moment.ended is None:
        return _Ended(moment, "cancelled", f"at step `{moment.step.step_id}`", known)
    if not moment.ended.passed:
        return _Ended(moment, "failed", _why(moment), known)
    if given.fail_on_graphql and graphql_failed(moment):
        return _Ended(moment, "failed", "GraphQL reported errors", known)
    return _Ended(moment, "succeeded", "", known)


def _why(moment: Moment) -> str:
    """How the run ended, and what the last attempt says for it."""
    reason = moment.ended.reason if moment.ended is not None else ""
    last = moment.trail[-1] if moment.trail else None
    match last.answer if last is not None else None:
        case Failure(message=message):
            return f"{reason}: {message}"
        case Response(status=status):
            return f"{reason}: {status}"
        case _:
            return reason


class _Counted:
    """A transport that counts what is sent through it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.count = 0

    async def send(self, request: Request, within: float) -> Response | Failure:
        """The answer of the transport behind it."""
        self.count += 1
        return await self._transport.send(request, within)
