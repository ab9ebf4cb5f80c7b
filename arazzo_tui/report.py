"""What a headless run says: a narration for people on stderr, values for programs on stdout.

stdout is data, stderr is talk, exit codes are promises. Everything passes the redactor, and nothing that
a terminal would obey gets out, inside JSON neither.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from arazzo_tui import __version__
from arazzo_tui.document.source import Problem
from arazzo_tui.engine.content import BinaryContent, Content, JsonContent, NoContent, TextContent
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response
from arazzo_tui.engine.moment import Decision, Moment, Returned, StepRecord
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.graphql.verdict import Standing, Verdict
from arazzo_tui.language.check import Check
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import BAD_CHARACTERS, one_line, printable
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json, brief

Status: TypeAlias = Literal["succeeded", "failed", "cancelled", "invalid"]


def as_json(value: Json, *, indent: int | None = 2) -> str:
    """JSON text in which no character is left that a terminal obeys or hides."""
    text = write_json(value, indent=indent)
    # Outside of strings JSON holds only line feeds and spaces of these, and strings hold none raw.
    return BAD_CHARACTERS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    if character == "\n":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def run_object(
    *,
    document: str,
    workflow: str,
    status: Status,
    inputs: Mapping[str, Json],
    moment: Moment | None,
    problems: Iterable[Problem],
    redactor: Redactor,
    by_hand: Mapping[int, tuple[str, ...]] | None = None,
) -> Json:
    """The one object that `run --json` prints; its members are a contract with scripts.

    `by_hand` are the words for what a person did to an attempt, by its number in the trail.
    """
    steps: list[Json] = []
    outputs: Mapping[str, Json] = {}
    if moment is not None:
        done = by_hand or {}
        steps = [
            _with_hands(step_object(record), done.get(number, ()))
            for number, record in enumerate(moment.trail)
        ]
        steps += _unfinished(moment)
        outputs = moment.ended.outputs if moment.ended else {}
    report: dict[str, Json] = {
        "arazzo_tui": __version__,
        "document": document,
        "workflow": workflow,
        "status": status,
        "inputs": inputs,
        "outputs": outputs,
        "steps": steps,
        "problems": [problem_object(each) for each in problems],
    }
    return redactor.value(report)


def _with_hands(step: Mapping[str, Json], words: tuple[str, ...]) -> Json:
    """An attempt with what was done to it by hand, where there was something."""
    return {**step, "by_hand": list(words)} if words else step


def step_object(record: StepRecord) -> Mapping[str, Json]:
    """One attempt of a step, as `run --json` lists it."""
    verdict = second_opinion(record.request, record.answer)
    return {
        "workflow": record.workflow,
        "step": record.step,
        "attempt": record.attempt,
        "request": _request_object(record.request),
        **_answer_object(record),
        "criteria": [_check_object(check) for check in record.checks],
        "outputs": record.outputs,
        "verdict": {
            "arazzo": "passed" if record.passed else "failed",
            "graphql": verdict.standing.value if verdict else None,
        },
        "action": _action_object(record.decision),
    }


def _unfinished(moment: Moment) -> list[Json]:
    """The request that was under way when a run was cancelled."""
    request = getattr(moment.stage, "request", None)
    if moment.ended is not None or not isinstance(request, Request):
        return []
    return [
        {
            "workflow": moment.top.workflow.key,
            "step": moment.step.step_id,
            "attempt": moment.top.attempt,
            "request": _request_object(request),
            "response": None,
            "failure": {"phase": "cancelled", "message": "interrupted before an answer came"},
            "criteria": [],
            "outputs": {},
            "verdict": {"arazzo": "failed", "graphql": None},
            "action": {"type": "end", "name": None, "target": None},
        }
    ]


def _request_object(request: Request | None) -> Json:
    if request is None:
        return None
    return {
        "method": request.method,
        "url": request.url,
        "headers": _headers_object(request.headers),
        "body": _body_value(request.content, request.body or b""),
    }


def _headers_object(headers: Headers) -> Json:
    """Header fields by name as they came; a repeated one becomes a list."""
    named: dict[str, Json] = {}
    for name, value in headers:
        known = named.get(name)
        if known is None:
            named[name] = value
        elif isinstance(known, list):
            named[name] = [*known, value]
        else:
            named[name] = [known, value]
    return named


def _body_value(content: Content, data: bytes) -> Json:
    """JSON as its value, text as text, anything else as base64."""
    match content:
        case JsonContent(value):
            return value
        case TextContent(text):
            return text
        case NoContent():
            return None
        case BinaryContent():
            return {"base64": base64.b64encode(data).decode("ascii")}


def _answer_object(record: StepRecord) -> dict[str, Json]:
    match record.answer:
        case Response() as response:
            return {"response": _response_object(response), "failure": None}
        case Failure(phase, message, _, partial):
            broken = _response_object(partial) if partial else None
            return {"response": broken, "failure": {"phase": phase, "message": message}}
        case Returned(passed=passed, reason=reason, workflow=workflow):
            failure = {"phase": "call", "message": f"workflow `{workflow}` failed: {reason}"}
            return {"response": None, "failure": None if passed else failure}


def _response_object(response: Response) -> Json:
    return {
        "status": response.status,
        "headers": _headers_object(response.headers),
        "body": _body_value(response.content, response.body),
        "elapsed_ms": round(response.elapsed * 1000, 1),
        "size": response.size,
        "notes": list(_notes(response)),
    }


def _notes(response: Response) -> tuple[str, ...]:
    """What the way of an answer had of its own, then what is odd about its body."""
    match response.content:
        case JsonContent(notes=odd) | TextContent(notes=odd) | BinaryContent(notes=odd):
            return (*response.notes, *odd)
        case NoContent():
            return response.notes


def _check_object(check: Check) -> Json:
    return {
        "condition": check.condition,
        "type": check.type,
        "passed": check.passed,
        "reason": check.reason,
    }


def _action_object(decision: Decision) -> Json:
    return {
        "type": "end" if decision.type == "fail" else decision.type,
        "name": decision.name or None,
        "target": decision.target or None,
    }


def problem_object(problem: Problem) -> Json:
    """One problem, as `check --json` and `run --json` list it."""
    mark = problem.mark
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "file": mark.source.name if mark else None,
        "line": mark.line if mark else None,
        "column": mark.column if mark else None,
        "hint": problem.hint or None,
    }


def narrate(record: StepRecord, number: int, redactor: Redactor) -> Iterator[str]:
    """One attempt for a person: what was sent, what came, what was judged, what comes next."""
    indent = "  " * record.depth
    for line in _story(record, number):
        yield printable(redactor.text(indent + line))


def _story(record: StepRecord, number: int) -> Iterator[str]:
    again = f" (attempt {record.attempt})" if record.attempt > 1 else ""
    sign = "✓" if record.passed else "✗"
    yield f"{sign} {number} {one_line(record.step)}{again}  {_call(record)}"
    yield from _noted(record)
    for check in record.checks:
        yield f"    {'✓' if check.passed else '✗'} {one_line(check.condition)}   {check.reason}"
    verdict = second_opinion(record.request, record.answer)
    if verdict is not None:
        yield from _graphql(verdict, record)
    for name, value in record.outputs.items():
        missing = record.missing.get(name)
        said = f"not there: {missing}" if missing else brief(value, 100)
        yield f"    {one_line(name)} = {said}"
    if not record.passed or record.decision.type != "next":
        yield f"    → {_next(record.decision)}"


def _call(record: StepRecord) -> str:
    sent = f"{record.request.method} {one_line(record.request.url)}  " if record.request else ""
    match record.answer:
        case Response() as response:
            reason = f" {one_line(response.reason, 40)}" if response.reason else ""
            took = f"{response.elapsed * 1000:.0f} ms, {response.size:,} bytes"
            return f"{sent}→ {response.status}{reason} ({took})"
        case Failure(phase, message):
            unsent = "nothing was sent: " if phase == "resolve" else f"{phase}: "
            return f"{sent}→ {unsent}{message}"
        case Returned() as back:
            return one_line(back.words, 400)


def _noted(record: StepRecord) -> Iterator[str]:
    """What there is to say of an answer: a proxy that saw it, a redirect, an unknown coding, odd bytes."""
    match record.answer:
        case (Response() as response) | Failure(partial=Response() as response):
            yield from (f"    ! {note}" for note in _notes(response))
        case _:
            return


def _graphql(verdict: Verdict, record: StepRecord) -> Iterator[str]:
    if verdict.standing is Standing.OK:
        yield "    GraphQL: ok"
        return
    loud = "! " if record.passed and not verdict.succeeded else ""
    passed = sum(check.passed for check in record.checks)
    beside = f"criteria {passed}/{len(record.checks)} passed, but " if loud else ""
    yield f"    {loud}GraphQL: {beside}{verdict.standing.value}: {verdict.explanation}"
    for error in verdict.errors:
        code = f" [{error.code}]" if error.code else ""
        yield f"      · {one_line(error.message)}{code}"


def _next(decision: Decision) -> str:
    words = {"next": "next", "fail": "ends", "end": "end", "goto": "go to", "retry": "retry"}
    target = f" {one_line(decision.target)}" if decision.target else ""
    name = f" ({one_line(decision.name)})" if decision.name else ""
    return f"{words[decision.type]}{target}{name}: {decision.why}"


def ending(moment: Moment, status: Status) -> str:
    """The last line of a narration."""
    attempts = len(moment.trail)
    spent = sum(getattr(each.answer, "elapsed", 0.0) for each in moment.trail)
    said = (
        f"{attempts} step{'' if attempts == 1 else 's'} run, {spent * 1000:.0f} ms on the network"
    )
    reason = f": {moment.ended.reason}" if moment.ended and status == "failed" else ""
    return printable(f"{'✓' if status == 'succeeded' else '✗'} {status}{reason} ({said})")


def tell_problems(problems: Sequence[Problem], say: Callable[[str], None]) -> None:
    """Every problem with its place and caret, errors last, so that they are what is seen."""
    for problem in sorted(problems, key=lambda each: each.severity.value == "error"):
        for line in problem.lines():
            say(line)
