"""The two lines over the panes: where the run is, and how far the step that is shown has come. Pure."""

import re
from collections.abc import Iterable, Iterator

from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.moment import Moment, Pausing, Ready, Returned, StepRecord
from arazzo_tui.engine.run import Run
from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.draw import seconds
from arazzo_tui.tui.exchange import Exchange, Phase, doubted
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.world.network import Place

Piece = tuple[str, str]


def summary(
    document: str,
    workflow: str,
    run: Run | None,
    *,
    busy: bool,
    waited: float,
    note: str,
    why: str,
    presenting: bool = False,
    unverified: Iterable[Place] = (),
) -> Line:
    """The state of the run in one word and one place, then of what: the state is never cut off.

    `unverified` are the hosts whose certificates are not verified, which is said before all else.
    """
    moment = run.shown if run is not None else None
    pieces: list[Piece] = [(" ", "")]
    if presenting:
        pieces.append(("PRESENTING  ", "good"))
    hosts = ", ".join(sorted({one_line(host, 40) for host, _ in unverified}))
    if hosts:
        pieces.append((f"INSECURE {hosts}  ", "bad"))
    if run is not None and run.is_past:
        pieces += [("PAST", "warn"), (f" moment {run.at + 1} of {len(run.moments)}  ", "strong")]
    pieces += _state(moment, busy=busy, waited=waited, note=note)
    if why:
        pieces.append((f"  {why}", "warn"))
    if run is not None and run.aside:
        pieces.append((f"  ⑂ {run.name}", "next"))
    pieces += [("   ", ""), (workflow, "strong")]
    if moment is not None and moment.trail:
        spent = sum(getattr(each.answer, "elapsed", 0.0) for each in moment.trail)
        calls = sum(each.request is not None for each in moment.trail)
        pieces.append((f" · {calls} call{'' if calls == 1 else 's'} {seconds(spent)}", "dim"))
    pieces.append((f" · {document}", "dim"))
    return line(*pieces)


def _state(moment: Moment | None, *, busy: bool, waited: float, note: str) -> list[Piece]:
    if moment is None:
        return [(note, "warn")]
    if moment.ended is not None:
        if moment.ended.passed:
            count, doubts = len(moment.trail), doubted(moment)
            said = f" {count} step{'' if count == 1 else 's'} run"
            if doubts:
                return [("DONE", "warn"), (f"{said}, GraphQL failed in {doubts}", "warn")]
            return [("DONE", "good"), (said, "dim")]
        last = moment.trail[-1].step if moment.trail else ""
        return [("FAILED", "bad"), (f" at {last}" if last else f" {moment.ended.reason}", "strong")]
    frame = moment.top
    place = f" {moment.step.step_id} {frame.at + 1}/{len(frame.workflow.steps)}"
    if frame.attempt > 1:
        place += f" attempt {frame.attempt}"
    if busy and isinstance(moment.stage, Pausing):
        left = max(0.0, moment.stage.seconds - waited)
        many = _of_how_many(moment.stage.record)
        said = f"{place}: retry{many} in {left:.1f} s, n goes on now, esc stops"
        return [("WAITING", "warn"), (said, "strong")]
    if busy:
        return [("RUNNING", "warn"), (f"{place}  {seconds(waited)}", "strong")]
    word = "PAUSED before" if isinstance(moment.stage, Ready) else "PAUSED in"
    return [(word, "warn"), (place, "strong")]


def _of_how_many(record: StepRecord) -> str:
    """Which retry of how many a decision is, as its reason says."""
    found = re.search(r"retry (\d+ of \d+)", record.decision.why)
    return f" {found[1]}" if found else ""


def phases(exchange: Exchange | None, *, waited: float = 0.0) -> Line:
    """Resolve, send, criteria, outputs, next: what is done, what is under way, what is to come."""
    if exchange is None:
        return line()
    return line((f" {exchange.key[1]}  ", "strong"), *_phases(exchange, waited))


def _phases(exchange: Exchange, waited: float) -> Iterator[Piece]:
    match exchange.phase:
        case Phase.NOT_RUN:
            yield from _to_come("resolve", "send", "criteria", "outputs", "next")
        case Phase.UNSENT:
            yield ("✓ resolve  ", "good")
            yield ("▶ send  ", "next")
            yield from _to_come("criteria", "outputs", "next")
        case Phase.SENDING:
            yield ("✓ resolve  ", "good")
            yield (f"▶ send {seconds(waited)}  ", "next")
            yield from _to_come("criteria", "outputs", "next")
        case Phase.ANSWERED:
            yield from _sent(exchange)
            yield ("▶ criteria  ", "next")
            yield from _to_come("outputs", "next")
        case Phase.JUDGED:
            yield from _sent(exchange)
            if exchange.record is not None:
                yield from _judged(exchange.record, exchange)


def _to_come(*words: str) -> Iterator[Piece]:
    for word in words:
        yield (f"○ {word}  ", "dim")


def _sent(exchange: Exchange) -> Iterator[Piece]:
    match exchange.answer:
        case Response() as response:
            yield ("✓ resolve  ", "good")
            look = "good" if response.status < 400 else "bad"
            yield (f"✓ send {response.status} {seconds(response.elapsed)}  ", look)
        case Failure(phase="resolve"):
            yield ("✗ resolve  – send  ", "bad")
        case Failure(phase=phase):
            yield ("✓ resolve  ", "good")
            yield (f"✗ send {phase}  ", "bad")
        case Returned(workflow="", reason=reason):
            yield (f"– {reason}  ", "warn")
        case Returned(passed=passed):
            yield ("✓ workflow  " if passed else "✗ workflow  ", "good" if passed else "bad")
        case None:
            yield from _to_come("resolve", "send")


def _judged(record: StepRecord, exchange: Exchange) -> Iterator[Piece]:
    passed = sum(check.passed for check in record.checks)
    if record.checks:
        every = passed == len(record.checks)
        sign, look = ("✓", "good") if every else ("✗", "bad")
        yield (f"{sign} criteria {passed}/{len(record.checks)}  ", look)
    else:
        yield ("– criteria  ", "dim")
    verdict = exchange.verdict
    if verdict is not None:
        ok = verdict.succeeded
        yield (f"{'✓' if ok else '✗'} GraphQL {verdict.standing.value}  ", "good" if ok else "bad")
    if record.outputs:
        there = len(record.outputs) - len(record.missing)
        look = "good" if there == len(record.outputs) else "warn"
        yield (f"{'✓' if look == 'good' else '!'} outputs {there}/{len(record.outputs)}  ", look)
    decision = record.decision
    words = {"next": "next", "fail": "ends here", "end": "end", "goto": "go to", "retry": "retry"}
    yield (f"▶ {words[decision.type]} {decision.target}".rstrip(), "next")
