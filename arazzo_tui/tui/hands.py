"""What the keys that change a run need to know first: which moment is meant, what can be set, chosen, mended.

Pure: a run and what is shown go in, values for the dialogs and the engine come out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from arazzo_tui.engine.amend import SendInstead, SetInput, SetOutput
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.moment import Decision, Moment, Ready
from arazzo_tui.engine.run import Run
from arazzo_tui.graphql.edits import Edit, added
from arazzo_tui.graphql.places import ErrorPlaces
from arazzo_tui.graphql.request import is_graphql
from arazzo_tui.graphql.verdict import Standing
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Pointer, brief
from arazzo_tui.tui.exchange import Exchange, current_key, error_places, exchange_of
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.runner import Runner

Setting: TypeAlias = tuple[Line, Callable[[Json], SetInput | SetOutput], Json]
"""A value that can be set: its line, the amendment that sets it, and what it is now."""


def moment_to_resend(run: Run, exchange: Exchange) -> int | None:
    """The moment at which a request can stand in for the one that is shown; None for a step to come.

    Before it was sent, the moment looked at; afterwards the one at which its attempt was decided.
    """
    moment = run.shown
    here = current_key(moment) == exchange.key and moment.ended is None
    if here and (exchange.record is None or not isinstance(moment.stage, Ready)):
        return run.at
    if exchange.record is None:
        return None
    for number in range(len(moment.trail) - 1, -1, -1):
        if moment.trail[number] is exchange.record:
            return run.answered(number)
    return None


def built_before(run: Run, exchange: Exchange) -> Request | None:
    """The request as it was built before it was edited by hand; None where it was not edited."""
    edited = exchange.request
    for at in range(len(run.moments) - 1, 0, -1):
        before, cause = run.moments[at - 1], run.causes[at]
        if not isinstance(cause, SendInstead) or cause.request is not edited:
            continue
        there = exchange_of(before, exchange.key)
        edited = there.request if there else None
        if edited is not None and not _is_edited(run, edited):
            return edited
    return None


def _is_edited(run: Run, request: Request) -> bool:
    return any(isinstance(each, SendInstead) and each.request is request for each in run.causes)


def was_sent(exchange: Exchange) -> bool:
    """Whether a request has left and may have changed something: not when nothing was executed."""
    match exchange.answer:
        case None:
            return False
        case Failure(phase="resolve" | "trust" | "connect" | "tls"):
            return False
        case _:
            verdict = exchange.verdict
            return verdict is None or verdict.standing is not Standing.REQUEST_ERROR


def likely_answer(runner: Runner, exchange: Exchange) -> Response:
    """What an answer by hand begins with: the last one of this step, else an empty success."""
    for record in reversed(runner.run.shown.trail):
        if (record.workflow, record.step) == exchange.key and isinstance(record.answer, Response):
            return record.answer
    graphql = exchange.request is not None and is_graphql(exchange.request.payload)
    body = b'{\n  "data": {}\n}' if graphql else b"{}"
    kind = "application/json"
    return Response(
        200, "OK", (("Content-Type", kind),), body, 0.0, len(body), read_content(kind, body)
    )


def settable(moment: Moment) -> list[Setting]:
    """The inputs of the workflow under way, and the outputs of its steps, with what they are now."""
    frame = moment.top
    entries: list[Setting] = []
    for name, value in frame.inputs.items():
        entries.append((_told(f"$inputs.{name}", value), _input(name), value))
    for planned in frame.workflow.steps:
        known = frame.steps.get(planned.step_id, {}).get("outputs", {})
        for name in dict.fromkeys((*known, *planned.step.outputs)):
            value = known.get(name)
            told = _told(f"$steps.{planned.step_id}.outputs.{name}", value)
            entries.append((told, _output(planned.step_id, name), value))
    return entries


def _told(name: str, value: Json) -> Line:
    return line((f"{name}  ", "name"), (brief(value, 80), "value"))


def _input(name: str) -> Callable[[Json], SetInput]:
    return lambda value: SetInput(name, value)


def _output(step: str, name: str) -> Callable[[Json], SetOutput]:
    return lambda value: SetOutput(step, name, value)


def decision_line(decision: Decision) -> Line:
    """What could follow a step, in a line."""
    words = {
        "next": "the next step", "fail": "the workflow ends as failed", "end": "the workflow ends",
        "goto": "go to", "retry": "try again",
    }  # fmt: skip
    name = f"  ({decision.name})" if decision.name else ""
    return line((words[decision.type], "strong"), f" {decision.target}".rstrip(), (name, "dim"))


def read_object(text: str) -> Mapping[str, Json]:
    """The object that `wrong_object` has nothing against."""
    value = read_json(text)
    assert isinstance(value, Mapping)  # it was judged before
    return value


def wrong_object(text: str) -> str:
    """What keeps a text from being a JSON object; nothing, where it is one."""
    try:
        value = read_json(text)
    except BadJson as wrong:
        return str(wrong)
    return "" if isinstance(value, Mapping) else 'an object is expected: `{"name": …}`'


def complaints(exchange: Exchange) -> tuple[ErrorPlaces, ...]:
    """The errors of an answer that something could be done about."""
    return tuple(each for each in error_places(exchange) if each.edits or each.removals)


def likeliest(found: Iterable[ErrorPlaces]) -> tuple[Edit, ...]:
    """What errors make of the request without losing anything: the likeliest edit of each."""
    return tuple(dict.fromkeys(each.edits[0] for each in found if each.edits))


def removals(found: Iterable[ErrorPlaces]) -> tuple[Edit, ...]:
    """What could be taken away where an error suggests nothing better."""
    return tuple(dict.fromkeys(each.removals[0] for each in found if each.removals))


def edits_told(done: Sequence[Edit], before: Json, after: Json) -> str:
    """What was done to a request, and what a person has to fill in before it is sent."""
    names = "; ".join(each.sentence for each in done)
    fill = to_fill(added(before, after))
    how = f"{fill}: e edits it, s sends it" if fill else "s sends it, n runs the step"
    return f"{len(done)} edit{'' if len(done) == 1 else 's'}: {names}. {how}"


def to_fill(values: Iterable[tuple[Pointer, Json]]) -> str:
    """Which values were added and say nothing yet: “fill `fingerprint`: it is empty”."""
    empty: list[str] = []
    others: list[str] = []
    for pointer, value in values:
        name = quoted_name(".".join(pointer))
        if value in ("", None) or (isinstance(value, Mapping | Sequence) and not value):
            empty.append(name)
        else:
            others.append(f"{name} is {brief(value, 20)}")
    it_is = "it is empty" if len(empty) == 1 else "they are empty"
    filled = [f"fill {', '.join(empty)}: {it_is}"] if empty else []
    return "; ".join([*filled, *others])
