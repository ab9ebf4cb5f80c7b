"""Where values come from and go to, what the console says, truth tables, watches: as lines. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from arazzo_tui.engine.inputs import write_value
from arazzo_tui.insight.console import Answer, Judged, Matches, Value, Wrong, evaluate
from arazzo_tui.insight.links import Chain, Link, sentence
from arazzo_tui.insight.onward import Use
from arazzo_tui.insight.rewrites import rewrites
from arazzo_tui.language.check import Check
from arazzo_tui.language.criterion import Criterion
from arazzo_tui.language.note import Note
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Scope, brief, write_pointer
from arazzo_tui.tui.lines_view import Line, line

_MOST = 12
"""Matches that are listed one by one."""


def chain_lines(chain: Chain, redactor: Redactor) -> list[tuple[Line, Link]]:
    """A chain from the value back, a line a link, the last one why it is missing if it is."""
    lines: list[tuple[Line, Link]] = []
    for depth, link in enumerate(chain):
        arrow = "← " if depth else "  "
        value = "" if link.missing else "  = " + brief(redactor.value(link.value), 60)
        missing = (f"  {link.missing}", "bad") if link.missing else (value, "value")
        looks = {"hand": "warn", "request": "strong"}
        name = (redactor.text(link.text), looks.get(link.kind, "name"))
        kind = (f"  {link.kind}", "dim")
        lines.append((line((arrow, "dim"), name, missing, kind, copy=sentence(chain)), link))
    return lines


def missing_lines(chains: Iterable[Chain], redactor: Redactor) -> Iterator[Line]:
    """Why values are missing: each chain to its first missing link, in a sentence."""
    broken = [each for each in chains if any(link.missing for link in each)]
    if not broken:
        return
    yield Line()
    yield line(("Missing because", "title"))
    for chain in broken[:_MOST]:
        said = redactor.text(sentence(chain))
        yield line(("· ", "bad"), said, hang=2, copy=said)


def use_line(use: Use) -> Line:
    """One place that used a value, or will."""
    will = ("will  ", "dim") if use.will else ("used  ", "good")
    place = ".".join(use.place)
    step = f"{use.step or use.workflow}"
    return line(
        will, (step, "strong"), f"  {use.kind} ", (place, "name"), (f"  {use.written}", "note")
    )


def answer_lines(answer: Answer, redactor: Redactor) -> list[Line]:
    """What the console says to a line."""
    match answer:
        case Value(_, value, notes):
            shown = redactor.value(value)
            return [line((brief(shown, 2_000), "value"), copy=write_value(shown)), *_notes(notes)]
        case Judged(check, notes):
            return [*check_lines(check, redactor), *_notes(notes)]
        case Matches(_, context, found):
            count = "1 match" if len(found) == 1 else f"{len(found)} matches"
            lines = [line((count, "good" if found else "bad"), (f" in {context}", "dim"))]
            for each in found[:_MOST]:
                place = write_pointer(each.pointer) if each.pointer is not None else ""
                value = brief(redactor.value(each.value), 200)
                lines.append(line(("  #" + place + "  ", "name"), (value, "value")))
            if len(found) > _MOST:
                lines.append(line((f"  and {len(found) - _MOST} more", "dim")))
            return lines
        case Wrong(message, offset, hint, known):
            where = f" (character {offset + 1})" if offset is not None else ""
            lines = [line(("✗ ", "bad"), redactor.text(message) + where)]
            if hint:
                lines.append(line(("  ", ""), (hint, "note")))
            if known:
                lines.append(line(("  there is ", "dim"), ", ".join(known[:_MOST])))
            return lines


def _notes(notes: Sequence[Note]) -> list[Line]:
    return [line(("  ", ""), (note.message, "note")) for note in notes]


def check_lines(check: Check, redactor: Redactor) -> list[Line]:
    """A condition as a truth table: the answer, and every operand with the value it had."""
    sign = ("✓ holds", "good") if check.passed else ("✗ does not hold", "bad")
    lines = [line(sign, (f"  {redactor.text(check.reason)}", "dim"))]
    for operand in check.operands:
        value = (
            (operand.missing, "bad")
            if operand.missing
            else (brief(redactor.value(operand.value), 200), "value")
        )
        lines.append(line(("  ", ""), (operand.text, "name"), "  ", value))
    if check.reading:
        lines.append(line(("  ", ""), (check.reading, "note")))
    return lines


def rewrite_lines(
    checks: Sequence[Check], criteria: Sequence[Criterion], scope: Scope
) -> Iterator[Line]:
    """For each failed criterion the nearest conditions that would hold."""
    for number, check in enumerate(checks):
        criterion = criteria[number] if number < len(criteria) else None
        found = rewrites(check, scope, criterion)
        if not found:
            continue
        yield line(("would hold", "title"), (f"  instead of {check.condition}", "dim"))
        for each in found:
            yield line(
                ("  ", ""),
                (each.condition, "strong"),
                (f"  {each.why}", "note"),
                copy=each.condition,
            )


def watch_lines(watches: Sequence[str], scope: Scope, redactor: Redactor) -> Iterator[Line]:
    """Each watch with what it says at the moment that is looked at."""
    if not watches:
        return
    yield Line()
    yield line(("Watches", "title"))
    for text in watches:
        said = _watched(evaluate(text, scope), redactor)
        yield line((text, "name"), "  ", said, hang=2, copy=said[0])


def _watched(answer: Answer, redactor: Redactor) -> tuple[str, str]:
    match answer:
        case Value(_, value):
            return brief(redactor.value(value), 200), "value"
        case Judged(check):
            return ("true", "good") if check.passed else ("false", "bad")
        case Matches(found=found):
            return f"{len(found)} matches", "good" if found else "dim"
        case Wrong(message):
            return redactor.text(message), "dim"
