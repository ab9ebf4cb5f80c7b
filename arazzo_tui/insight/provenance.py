"""Where the values of a request came from, and the way of a missing one, link by link (`links`).

A place of a request is found in the step's parameters, body and replacements as they were when it was built;
what is written there is followed by `reading`. What is said here was not sent by the document alone: servers,
credentials, this tool's own fields, and hands.
"""

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.arazzo import Body, Parameter
from arazzo_tui.engine.amend import SendInstead, told
from arazzo_tui.engine.exchange import Request, header
from arazzo_tui.engine.moment import Acting, Moment, Pausing, Ready, Sending
from arazzo_tui.engine.plan import PlannedStep
from arazzo_tui.engine.run import Run, attempt_at
from arazzo_tui.insight.json_in_text import written_places
from arazzo_tui.insight.links import Chain, Link, LinkKind, Side, sentence
from arazzo_tui.insight.named import found_at, opened, targets
from arazzo_tui.insight.reading import MOST_CHAINS, Reader
from arazzo_tui.insight.timeline import Timeline, exchange_at, judged_at, timeline
from arazzo_tui.language.compare import same
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Template
from arazzo_tui.language.values import Json, Pointer, write_pointer

__all__ = ["Chain", "Link", "LinkKind", "Side", "came_from", "sentence"]


def came_from(run: Run, place: Pointer, record: int | None = None) -> tuple[Chain, ...]:
    """The chains of a place, each from the value back to where it came from; empty for no such place.

    `record` is the number of an attempt in the trail of the newest moment, None the one that the moment
    looked at is about. `place` is one of its request as `Origin.place` has it, `("url",)` or
    `("server",)`; `("parameters", name, …)` of a call; `("outputs", name, …)` of an attempt;
    `("inputs", name, …)` of its workflow; `("result", name, …)` of the workflow the run ended with. A place
    that holds others has the chains of them all, at most a hundred.
    """
    line = timeline(run)
    return tuple(islice(_chains(line, place, record, run.at), MOST_CHAINS))


def _chains(line: Timeline, place: Pointer, record: int | None, at: int) -> Iterator[Chain]:
    attempt = _attempt(line, at) if record is None else _recorded(line, record)
    match place:
        case ("outputs", name, *rest):
            found = _output(attempt, record, name, tuple(rest))
        case ("inputs", name, *rest):
            found = _input(attempt, name, tuple(rest))
        case ("result", name, *rest):
            found = _result(line, name, tuple(rest))
        case _:
            found = _of_request(attempt, place)
    for chain in found:
        yield from _through_requests(line, chain)


def _through_requests(line: Timeline, chain: Chain) -> Iterator[Chain]:
    """A chain that ends at a place of an earlier request goes on with what was written there."""
    last = chain[-1]
    if len(chain) < 2 or last.kind != "request" or last.missing or last.record is None:
        yield chain
        return
    recorded = last.record < len(line.recorded)
    attempt = _recorded(line, last.record) if recorded else _attempt(line, line.run.at)
    tails = tuple(islice(_of_request(attempt, last.place), MOST_CHAINS))
    for tail in tails:
        # An output that hands a request's own place on cannot lead back to itself: it is later.
        yield from _through_requests(line, (*chain[:-1], *tail)) if len(tail) > 1 else (chain,)
    if not tails:
        yield chain


# ------------------------------------------------------------------------------- attempts


class _Attempt(Struct, frozen=True):
    """An attempt of a step: who reads its templates, what was sent, and what was before a hand changed it."""

    number: int
    reader: Reader
    step: PlannedStep
    request: Request | None
    built: Request | None = None
    edited: str = ""


def _recorded(line: Timeline, record: int) -> _Attempt:
    moment, visit = line.recorded[record]
    request = line.run.moments[moment].trail[record].request
    return _found(line, record, judged_at(line, record)[0], visit, request)


def _attempt(line: Timeline, at: int) -> _Attempt:
    moment = line.run.moments[at]
    match moment.stage:
        case Acting() | Pausing() if moment.trail:
            return _recorded(line, attempt_at(moment))
        case _:
            return _found(
                line, len(moment.trail), at, line.at[at][-1], _request_of(moment, line, at)
            )


def _request_of(moment: Moment, line: Timeline, at: int) -> Request | None:
    match moment.stage:
        case Sending(request):
            return request
        case _:
            known = exchange_at(line, at)
            return known.request if known else None


def _found(line: Timeline, number: int, at: int, visit: int, request: Request | None) -> _Attempt:
    """The attempt as it was when its request was built, not later when something was set by hand."""
    step = line.frame(at, visit).step
    built: Request | None = None
    for moment in range(at, -1, -1):
        if visit not in line.at[moment]:
            break
        stage = line.frame(moment, visit).stage
        if isinstance(stage, Ready | Acting | Pausing):
            break
        if isinstance(stage, Sending) and stage.request is request:
            at = moment
    edited = next(
        (
            told(each)
            for _, each in reversed(line.by_hand.get(number, []))
            if isinstance(each, SendInstead)
        ),
        "",
    )
    if edited:
        before = line.run.moments[at - 1]
        known = _request_of(before, line, at - 1)
        built = known
    return _Attempt(number, Reader(line, at, visit), step, request, built, edited)


# ------------------------------------------------------------------------------- requests


def _of_request(attempt: _Attempt, place: Pointer) -> Iterator[Chain]:
    places = tuple(_below(attempt, place)) or (place,)
    for each in places:
        yield from _at_place(attempt, each)


def _below(attempt: _Attempt, place: Pointer) -> Iterator[Pointer]:
    """The places inside a place that something was written for."""
    if place[:1] != ("body",) or attempt.step.step.body is None:
        return
    body = attempt.step.step.body
    listed = (
        [("body", *at) for at in written_places(body.payload)] if body.payload is not None else []
    )
    replaced = [target for each in _replacements(body, attempt) for target in each[0]]
    listed = [
        each
        for each in listed
        if not any(each[1 : 1 + len(target)] == target for target in replaced)
    ]
    listed += [
        ("body", *target, *at)
        for ways, template in _replacements(body, attempt)
        for target in ways
        for at in written_places(template)
    ]
    yield from (each for each in listed if len(each) > len(place) and each[: len(place)] == place)


def _at_place(attempt: _Attempt, place: Pointer) -> Iterator[Chain]:
    value, why = _value(attempt.request, place)
    head = Link("request", _said(place), value, attempt.number, "request", place, missing=why)
    if attempt.edited and not _unchanged(attempt, place, value):
        yield (head, Link("hand", attempt.edited, value, attempt.number))
        return
    tails = tuple(islice(_written(attempt, place), MOST_CHAINS))
    for tail in tails:
        yield (head, *tail)
    if not tails:
        other = _not_written(attempt, place)
        if other is not None:
            yield (head, other)


def _unchanged(attempt: _Attempt, place: Pointer, value: Json) -> bool:
    if attempt.built is None:
        return False
    before, why = _value(attempt.built, place)
    return not why and same(before, value)


def _said(place: Pointer) -> str:
    """A place as people read it: `variables.id` in a body, `header accept` beside it."""
    match place:
        case ("body",):
            return "body"
        case ("body", *way):
            return ".".join(way)
        case _:
            return " ".join((place[0], ".".join(place[1:]))).strip()


def _value(request: Request | None, place: Pointer) -> tuple[Json, str]:
    """The value at a place of a request, or null and why there is none; no word where nothing was built."""
    if request is None:
        return None, ""
    match place:
        case ("url",):
            return request.url, ""
        case ("method",):
            return request.method, ""
        case ("server",):
            return request.server, ""
        case ("body", *way):
            return found_at(opened(request.payload) if way else request.payload, tuple(way))
        case ("header", name, *_):
            sent = header(request.headers, name)
            return sent, f"there is no header {quoted_name(name)}" if sent is None else ""
        case ("cookie", name, *_):
            pairs = (header(request.headers, "cookie") or "").split(";")
            known = dict(each.strip().partition("=")[::2] for each in pairs)
            return known.get(name), ""
        case ("path", name, *_):
            return request.path.get(name), ""
        case ("query", name, *_):
            return request.query.get(name), ""
        case _:
            return None, ""


def _written(attempt: _Attempt, place: Pointer) -> Iterator[Chain]:
    """The chains of what the document writes for a place."""
    step = attempt.step
    match place:
        case ("body", *way):
            body = step.step.body
            for template, rest in _in_body(body, attempt, tuple(way)) if body is not None else ():
                yield from attempt.reader.chains(template, rest)
        case ("parameters", name, *rest):
            given = [each for each in step.parameters if each.name == name]
            for parameter in given[-1:]:
                yield from attempt.reader.chains(parameter.value, tuple(rest))
        case ("url",):
            for each in step.parameters:
                if each.location in ("path", "query", "querystring"):
                    yield from attempt.reader.chains(each.value)
            if attempt.request is not None:
                yield (Link("server", attempt.request.server, attempt.request.url),)
        case (location, name, *rest):
            for template, inner in _parameter(attempt, location, name, tuple(rest)):
                yield from attempt.reader.chains(template, inner)
        case _:
            return


def _parameter(
    attempt: _Attempt, location: str, name: str, rest: Pointer
) -> Iterator[tuple[Template, Pointer]]:
    listed = [each for each in attempt.step.parameters if each.location in (location, "")]
    of_name = [each for each in listed if _is_named(each, location, name)]
    if of_name:
        yield of_name[-1].value, rest
    elif (location, name) == ("header", "cookie"):
        cookies = [each for each in attempt.step.parameters if each.location == "cookie"]
        yield from ((each.value, ()) for each in cookies)
    elif location == "query":
        yield from _member_of_parameter(attempt, listed, name, rest)


def _is_named(parameter: Parameter, location: str, name: str) -> bool:
    if location == "header":
        return parameter.name.lower() == name.lower()
    return parameter.name == name


def _member_of_parameter(
    attempt: _Attempt, listed: list[Parameter], name: str, rest: Pointer
) -> Iterator[tuple[Template, Pointer]]:
    """`filter[color]` and, of an object taken apart, `color` (HTT-1)."""
    start, bracket, inner = name.partition("[")
    for each in listed:
        if bracket and each.name == start:
            yield each.value, (*inner.rstrip("]").split("]["), *rest)
            return
    for each in listed:
        chains = attempt.reader.chains(each.value, (name, *rest))
        if any(not any(link.missing for link in chain) for chain in chains):
            yield each.value, (name, *rest)
            return


def _in_body(body: Body, attempt: _Attempt, way: Pointer) -> Iterator[tuple[Template, Pointer]]:
    """The templates a place in a body is made with: the last replacement there, else the payload."""
    for places, template in reversed(_replacements(body, attempt)):
        for target in places:
            if way[: len(target)] == target:
                yield template, way[len(target) :]
                return
    if body.payload is not None:
        yield body.payload, way
    if isinstance(attempt.request.payload if attempt.request else None, str):
        yield from ((each.value, ()) for each in body.replacements)  # XML: no place can be told


def _replacements(body: Body, attempt: _Attempt) -> list[tuple[tuple[Pointer, ...], Template]]:
    payload = opened(attempt.request.payload) if attempt.request is not None else None
    return [
        (tuple(targets(each.target, each.selector_type, payload)), each.value)
        for each in body.replacements
    ]


_OURS = {
    "accept": "what the description says the operation answers with",
    "accept-encoding": "the codings this tool reads",
    "content-length": "the size of the body",
    "content-type": "the type the body was written as",
    "host": "the host of the URL",
    "user-agent": "the name of this tool",
}


def _not_written(attempt: _Attempt, place: Pointer) -> Link | None:
    """Where a place came from that the document says nothing for."""
    request = attempt.request
    if request is None:
        return None
    origin = next((each for each in request.origins if each.place == place), None)
    value = _value(request, place)[0]
    match place:
        case _ if origin is not None and origin.by == "tool":
            return Link("credential", origin.text, None)  # its value is nobody's to see
        case _ if origin is not None and origin.by == "user":
            return Link("hand", origin.text or "edited by hand", value)
        case _ if origin is not None and origin.by == "description":
            return Link("description", origin.text, value)
        case ("server",):
            return Link("server", request.server, value)
        case ("method",):
            return Link("description", "the method of the operation", value)
        case ("header", "content-type"):
            body = attempt.step.step.body
            if body is not None and body.content_type:
                return Link("constant", "`contentType` of the step", value)
            return Link("tool", _OURS["content-type"], value)
        case ("header", name) if name.lower() in _OURS:
            return Link("tool", _OURS[name.lower()], value)
        case _:
            return None


# ------------------------------------------------------------------------------- outputs


def _output(attempt: _Attempt, record: int | None, name: str, rest: Pointer) -> Iterator[Chain]:
    """The chains of an output of an attempt; of one under way, once there is an answer."""
    reader = attempt.reader
    if record is None:
        known = exchange_at(reader.line, reader.line.run.at)
        template = attempt.step.step.outputs.get(name)
        if template is None or known is None:
            return
        here = replace(reader, moment=reader.line.run.at, exchange=known)
        tails = iter(here.chains(template, rest))
        value: Json = None
    else:
        taken = reader.line.run.now.trail[record]
        value = found_at(taken.outputs.get(name), rest)[0]
        tails = reader.output(record, name, rest)
    head = Link("output", f"output {name}", value, attempt.number, "outputs", (name, *rest))
    yield from ((head, *tail) for tail in tails)


def _input(attempt: _Attempt, name: str, rest: Pointer) -> Iterator[Chain]:
    """The chains of an input of the workflow that an attempt belongs to."""
    inputs = attempt.reader.frame.inputs
    value, why = found_at(inputs.get(name), rest)
    if name not in inputs:
        why = f"no input {quoted_name(name)} was given"
    head = Link("input", f"$inputs.{name}", value, None, "inputs", (name, *rest), missing=why)
    yield from ((head, *tail) for tail in attempt.reader.input(name, rest))


def _result(line: Timeline, name: str, rest: Pointer) -> Iterator[Chain]:
    """The chains of an output of the workflow that a run ended with."""
    end = line.run.now
    template = end.frames[0].workflow.workflow.outputs.get(name)
    if end.ended is None or template is None:
        return
    value, why = found_at(end.ended.outputs.get(name), rest)
    text = f"output {name}{write_pointer(rest)}"
    head = Link("workflow output", text, value, None, "outputs", (name, *rest), missing=why)
    last = len(line.run.moments) - 1
    for chain in Reader(line, last, line.at[last][0]).chains(template, rest):
        yield (head, *chain)
