"""Values to lines: what the panes say about an attempt, a run's end, a problem. Pure.

Every function gives `Line`s; whoever shows them decides where. The redactor has the last word on text
that may hold a secret.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.inputs import write_value
from arazzo_tui.engine.moment import Decision, Ended, Moment, Returned, StepRecord, Values
from arazzo_tui.engine.plan import CallOperation, PlannedStep, RunWorkflow
from arazzo_tui.graphql.verdict import Standing, Verdict
from arazzo_tui.language.check import Check
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json, brief, kind
from arazzo_tui.tui.exchange import Exchange, Phase, doubted
from arazzo_tui.tui.lines_view import Line, line

BLANK = Line()

_EXCERPT = 26
"""Characters of a document's line that stand beside a problem: what the narrowest pane has room for."""


def run_lines(moment: Moment, exchange: Exchange | None, redactor: Redactor) -> list[Line]:
    """A step as far as it has come; at the end of a run first what one came for.

    That is the workflow's outputs, or the step that failed.
    """
    step = [*step_lines(exchange, redactor)]
    if moment.ended is None:
        return step
    ending = [*ending_lines(moment.ended, doubted(moment), redactor)]
    parts = [ending, step] if moment.ended.passed else [step, ending]
    return [each for part in parts if part for each in (*part, BLANK)][:-1]


def step_lines(exchange: Exchange | None, redactor: Redactor) -> Iterator[Line]:
    """What is known about an attempt, under the name of its step."""
    if exchange is not None:
        yield line((exchange.key[1], "strong"))
        yield from checks_of(exchange, redactor)


def checks_of(exchange: Exchange, redactor: Redactor) -> Iterator[Line]:
    """What is known about an attempt beside its bytes: criteria, GraphQL, outputs, what comes next."""
    match exchange.phase:
        case Phase.NOT_RUN:
            yield from _before(exchange, redactor)
        case Phase.UNSENT:
            yield line(("Built, not sent", "title"))
            yield line("This is the request as it will leave: F10 runs the step, F11 sends it.")
            yield BLANK
            yield from _about_step(exchange.step)
        case Phase.SENDING:
            yield line(("Sending", "title"))
            yield line("esc cancels; what has left cannot be called back.")
        case Phase.ANSWERED:
            yield line(("Answered, not judged yet", "title"))
            yield from _answer(exchange)
            yield from verdict_lines(exchange.verdict, None)
        case Phase.JUDGED:
            if exchange.record is not None:
                yield from _judged(exchange.record, exchange, redactor)


def _before(exchange: Exchange, redactor: Redactor) -> Iterator[Line]:
    yield line(("Not run yet", "title"))
    yield from _about_step(exchange.step)
    if exchange.faults:
        yield BLANK
        yield line(("Waits for", "title"))
        for fault in exchange.faults:
            yield line(("· ", "warn"), redactor.text(fault), hang=2)


def _about_step(step: PlannedStep) -> Iterator[Line]:
    """The step itself: what it does, when it passes, what it gives."""
    if step.step.description:
        yield line((step.step.description, "dim"), hang=0)
    match step.target:
        case CallOperation(operation, assumed):
            name = f" ({operation.id})" if operation.id else ""
            yield line(("calls  ", "dim"), f"{operation}{name}")
            if assumed:
                yield line(("assumed: no description tells of this operation", "warn"))
        case RunWorkflow(key):
            yield line(("runs   ", "dim"), f"workflow {key}")
    for criterion in step.step.success_criteria:
        yield line(("needs  ", "dim"), criterion.condition, hang=7)
    if step.step.outputs:
        yield line(("gives  ", "dim"), ", ".join(step.step.outputs), hang=7)


def _judged(record: StepRecord, exchange: Exchange, redactor: Redactor) -> Iterator[Line]:
    if isinstance(record.answer, Failure):
        yield from _failure(record.answer, redactor)
    yield from _criteria(record, redactor)
    yield from _called(record)
    yield from verdict_lines(exchange.verdict, record, redactor)
    yield from _notes(record)
    yield from outputs_lines("Outputs", record.outputs, record.missing, redactor)
    yield BLANK
    yield from decision_lines(record.decision)


def _failure(failure: Failure, redactor: Redactor) -> Iterator[Line]:
    title = "Nothing was sent" if failure.phase == "resolve" else f"Failed to {_verb(failure)}"
    yield line((title, "bad"))
    resolving = failure.phase == "resolve"  # its message lists everything that is missing
    for sentence in failure.message.split("; ") if resolving else (failure.message,):
        yield line(("· ", "bad"), redactor.text(sentence), hang=2)
    yield BLANK


def _verb(failure: Failure) -> str:
    match failure.phase:
        case "connect" | "tls":
            return "connect" if failure.phase == "connect" else "agree on TLS"
        case "timeout":
            return "get an answer in time"
        case "write":
            return "send"
        case "limit":
            return "read it all"
        case _:
            return "get an answer"


def _answer(exchange: Exchange) -> Iterator[Line]:
    match exchange.answer:
        case Response() as response:
            yield line(f"{response.status} {response.reason}".strip())
        case Failure() as failure:
            yield line((failure.message, "bad"))
        case Returned() | None:
            pass


def _criteria(record: StepRecord, redactor: Redactor) -> Iterator[Line]:
    if not record.checks:
        return
    passed = sum(check.passed for check in record.checks)
    look = "good" if passed == len(record.checks) else "bad"
    yield line(("Criteria  ", "title"), (f"{passed} of {len(record.checks)} passed", look))
    for check in record.checks:
        sign = ("✓ ", "good") if check.passed else ("✗ ", "bad")
        kind_ = f"  ({check.type})" if check.type not in ("simple", "default") else ""
        yield line(sign, check.condition, (kind_, "dim"), hang=2, copy=check.condition)
        yield line("    ", (redactor.text(check.reason), "dim" if check.passed else "bad"))
        yield from _operands(check, redactor)
        if check.reading:
            yield line("    ", (check.reading, "note"))


def _operands(check: Check, redactor: Redactor) -> Iterator[Line]:
    """Each operand with the value it had, where the reason alone leaves one to guess which is which."""
    named = [each for each in check.operands if each.text.startswith("$")]
    if len(named) < 2 and (check.passed or len(check.operands) < 3):
        return
    for each in named:
        value = brief(redactor.value(each.value), 120)
        said = (each.missing, "bad") if each.missing else (value, "value")
        yield line("      ", (each.text + "  ", "name"), said, hang=8, copy=value)


def _called(record: StepRecord) -> Iterator[Line]:
    match record.answer:
        case Returned() as back:
            sign = ("✓ ", "good") if back.passed else ("✗ ", "bad")
            yield line(sign, back.words)
        case Response() | Failure():
            pass


def verdict_lines(
    verdict: Verdict | None, record: StepRecord | None, redactor: Redactor | None = None
) -> Iterator[Line]:
    """GraphQL's own verdict; loud where it disagrees with the criteria."""
    if verdict is None:
        return
    redact = redactor.text if redactor else str
    yield BLANK
    look = "good" if verdict.succeeded else "bad"
    sign = "✓" if verdict.succeeded else "✗"
    yield line(("GraphQL  ", "title"), (f"{sign} {verdict.standing.value}", look))
    if record is not None and record.passed and not verdict.succeeded:
        passed = sum(check.passed for check in record.checks)
        count = _errors(len(verdict.errors)) if verdict.errors else "does not agree"
        yield line((f"! criteria {passed}/{len(record.checks)} passed · GraphQL {count}", "warn"))
    if verdict.standing is not Standing.OK:
        yield line((redact(verdict.explanation), "dim"), hang=0)
    for number, error in enumerate(verdict.errors):
        yield line(
            ("· ", "bad"),
            redact(error.message),
            hang=2,
            copy=redact(error.message),
            about=f"error:{number}",
        )
        where = _where(error.path, error.code)
        if where:
            yield line("    ", (where, "dim"))


def _errors(count: int) -> str:
    return f"has {count} error{'' if count == 1 else 's'}"


def _where(path: Sequence[str | int], code: str | None) -> str:
    at = "at " + ".".join(str(each) for each in path) if path else ""
    return "  ".join(part for part in (code or "", at) if part)


def _notes(record: StepRecord) -> Iterator[Line]:
    if not isinstance(record.answer, Response):
        return
    for note in (*record.answer.notes, *getattr(record.answer.content, "notes", ())):
        yield line(("! ", "warn"), note, hang=2)


def outputs_lines(
    title: str, outputs: Values, missing: Mapping[str, str], redactor: Redactor
) -> Iterator[Line]:
    """Outputs with their types and values, or why there is none."""
    if not outputs:
        return
    there = len(outputs) - len(missing)
    yield BLANK
    yield line((f"{title}  ", "title"), f"{there} of {len(outputs)}")
    kind_ = "result" if title.startswith("Workflow") else "output"
    for name, value in outputs.items():
        about = f"{kind_}:{name}"
        if name in missing:
            yield line(("– ", "warn"), (name, "name"), "  not there", hang=2, about=about)
            yield line("    ", (redactor.text(missing[name]), "dim"), about=about)
        else:
            yield _output(name, redactor.value(value), about)


def _output(name: str, value: Json, about: str) -> Line:
    sign = ("! ", "warn") if value is None else ("✓ ", "good")  # a null is rarely what was meant
    return line(
        sign, (name, "name"), ("  " + kind(value) + "  ", "dim"),
        (brief(value, 200), "value"), copy=write_value(value), about=about,
    )  # fmt: skip


def decision_lines(decision: Decision) -> Iterator[Line]:
    """What comes next and why, and why other actions did not fire."""
    words = {
        "next": "next", "fail": "ends here", "end": "end", "goto": "go to", "retry": "retry",
    }  # fmt: skip
    target = f" {decision.target}" if decision.target else ""
    name = f"  ({decision.name})" if decision.name else ""
    yield line(("Next  ", "title"), ("▶ ", "next"), f"{words[decision.type]}{target}{name}")
    yield line("    ", (decision.why, "dim"))
    for action, reason in decision.passed_over:
        yield line(("  ○ ", "dim"), f"{action}: ", (reason, "dim"))


def ending_lines(ended: Ended, doubts: int, redactor: Redactor) -> Iterator[Line]:
    """The end of a run: how, why, and the workflow's outputs; `doubts` are steps GraphQL saw fail."""
    sign = ("✓ succeeded", "good") if ended.passed else ("✗ failed", "bad")
    if ended.passed and doubts:
        steps = f"{doubts} step{'' if doubts == 1 else 's'}"
        sign = (f"! its criteria passed, but GraphQL failed in {steps}", "warn")
    yield line(("Workflow  ", "title"), sign)
    yield line((redactor.text(ended.reason), "dim"), hang=0)
    if len(ended.chain) > 1:
        yield line(("through ", "dim"), " → ".join(ended.chain))
    yield from outputs_lines("Workflow outputs", ended.outputs, ended.missing, redactor)


def stack_lines(moment: Moment, redactor: Redactor) -> Iterator[Line]:
    """The call stack with each frame's inputs and what its steps gave; nothing in the first workflow."""
    if moment.depth == 0:
        return
    yield BLANK
    yield line(("Call stack", "title"), ("  the innermost first", "dim"))
    for depth in range(moment.depth, -1, -1):
        frame = moment.frames[depth]
        sign = ("▶ ", "next") if depth == moment.depth else ("  ", "")
        place = f"{frame.at + 1}/{len(frame.workflow.steps)}"
        yield line(sign, (frame.workflow.key, "strong"), f" › {frame.step.step_id} {place}", hang=2)
        for name, value in frame.inputs.items():
            yield _named(f"$inputs.{name}", redactor.value(value))
        for step, known in frame.steps.items():
            for name, value in known.get("outputs", {}).items():
                yield _named(f"$steps.{step}.outputs.{name}", redactor.value(value))


def _named(name: str, value: Json) -> Line:
    return line(
        ("    ", ""), (name + "  ", "name"), (brief(value, 80), "value"), hang=6,
        copy=write_value(value), expression=name,
    )  # fmt: skip


def problem_lines(problems: Iterable[Problem]) -> Iterator[Line]:
    """Problems with place, caret and cure."""
    for problem in problems:
        bad = problem.severity is Severity.ERROR
        sign = ("✗ ", "bad") if bad else ("! ", "warn")
        place = f"{problem.mark.line}:{problem.mark.column}  " if problem.mark else ""
        yield line(sign, (place, "dim"), problem.message, hang=2, copy=str(problem))
        for shown in list(problem.lines(_EXCERPT))[1:]:
            look = "note" if shown.lstrip().startswith("=") else "dim"
            yield line((shown, look), hang=6)


def sent_line(exchange: Exchange) -> str:
    """The first line of a request: method and URL."""
    request = exchange.request
    return f"{request.method} {one_line(request.url, 400)}" if request else ""


def answer_words(exchange: Exchange) -> tuple[str, str]:
    """An answer in a few words, and the look of them: status, time, size."""
    match exchange.answer:
        case Response() as response:
            but = _but(exchange.verdict)
            reason = f" {one_line(response.reason, 30)}" if response.reason else ""
            said = (
                f"{response.status}{reason}{but} · {size(response.size)} · {milliseconds(response)}"
            )
            good = response.status < 400 and not but
            return said, "good" if good else "warn" if response.status < 400 else "bad"
        case Failure(phase=phase):
            return ("nothing was sent" if phase == "resolve" else f"no answer ({phase})"), "bad"
        case Returned() as back:
            return one_line(back.words, 80), "good" if back.passed else "bad"
        case None:
            return "", ""


def _but(verdict: Verdict | None) -> str:
    """What GraphQL has against an answer, whatever its status says."""
    if verdict is None or verdict.succeeded:
        return ""
    errors = len(verdict.errors)
    if not errors:
        return f" but {verdict.standing.value}"
    return f" but {errors} GraphQL error{'' if errors == 1 else 's'}"


def size(count: int) -> str:
    """Bytes for people: 812 B, 1.1 KB, 10.3 MB."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.1f} KB"
    return f"{count / 1_000_000:.1f} MB"


def milliseconds(response: Response | Failure) -> str:
    """The time an answer took."""
    return seconds(response.elapsed)


def seconds(time: float) -> str:
    """Seconds for people: 4 ms, 412 ms, 3.2 s."""
    return f"{time * 1000:.0f} ms" if time < 1 else f"{time:.1f} s"


def header_text(headers: Iterable[tuple[str, str]], redactor: Redactor) -> str:
    """Header fields as they travel, one a line."""
    return "\n".join(f"{name}: {redactor.text(value)}" for name, value in headers)


def raw_request(request: Request, redactor: Redactor) -> str:
    """A request as text, from its first line to its body."""
    from urllib.parse import urlsplit

    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = f"{request.method} {redactor.text(target)} HTTP/1.1"
    body = (request.body or b"").decode("utf-8", "replace")
    return f"{head}\n{header_text(request.headers, redactor)}\n\n{redactor.text(body)}"
