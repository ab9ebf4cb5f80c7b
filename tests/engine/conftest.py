"""Plays a folder of `tests/cases`: a document, answers in the order requests come, the story of the run.

`answers.yaml` says `answers` (a `status` with `headers`, `body` or `text`, or a `failure` phase), and where
they matter `workflow`, `inputs`, `servers` and `limits`. With `remarks` the story begins with what is said of
the document, with `strict` the letter of the standard holds, with `graphql_steps` such steps may be run.
Nothing is sent and nobody waits.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from arazzo_tui.document.source import Severity
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response
from arazzo_tui.engine.machine import advance, pending
from arazzo_tui.engine.moment import (
    Decision,
    Limits,
    Moment,
    Pausing,
    Reply,
    Returned,
    Send,
    Sending,
    ServerChoice,
    Settings,
    StepRecord,
    Wait,
    Waited,
)
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.world.given import inputs_from_file
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.workspace import Workspace

_ALWAYS = {"host", "accept", "accept-encoding", "user-agent", "content-length"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A run that can begin and the answers it will meet; without `first`, `refused` says why not."""

    first: Moment | None
    refused: tuple[str, ...]
    replies: tuple[Response | Failure, ...]
    remarks: tuple[str, ...] = ()


def read_scenario(folder: Path) -> Scenario:
    told = inputs_from_file(str(folder / "answers.yaml"))
    replies = tuple(reply(each) for each in told.get("answers", ()))
    strict = told.get("strict", False)
    workspace = Workspace(strict=strict, graphql_steps=told.get("graphql_steps", False))
    opened = workspace.open(str(next(folder.glob("case.arazzo.*"))))
    assert opened.description is not None, opened.problems
    workflow = told.get("workflow", opened.description.workflows[0].workflow_id)
    result = planned(opened, workflow, strict=strict)
    told_of = result.problems if told.get("remarks") else ()
    remarks = tuple(f"{each.severity.value} {each.code}: {each.message}" for each in told_of)
    if result.plan is None:
        wrong = (each for each in result.problems if each.severity is Severity.ERROR)
        refused = tuple(f"{each.code}: {each.message}" for each in wrong)
        return Scenario(None, refused, replies, remarks)
    servers = {name: ServerChoice(url, "test") for name, url in told.get("servers", {}).items()}
    settings = Settings(servers, limits=Limits(**told.get("limits", {})))
    first, errors = begun_with(result.plan, told.get("inputs", {}), settings)
    return Scenario(first, tuple(f"input {each}" for each in errors), replies, remarks)


def reply(told: Mapping[str, Json]) -> Response | Failure:
    if "failure" in told:
        return Failure(told["failure"], told.get("message", "it broke"))
    body = told.get("text", "").encode()
    headers: Headers = tuple((name, str(value)) for name, value in told.get("headers", {}).items())
    if "body" in told:
        body = write_json(told["body"]).encode()
        headers = (("Content-Type", "application/json"), *headers)
    kind = next((value for name, value in headers if name.lower() == "content-type"), None)
    return Response(
        status=told["status"], reason="", headers=headers, body=body, elapsed=0.0,
        size=len(body), content=read_content(kind, body), received=told.get("received", 0.0),
    )  # fmt: skip


def played(scenario: Scenario) -> list[Moment]:
    """Every moment of the run, driven with the answers in order; all of them must be asked for."""
    assert scenario.first is not None, scenario.refused
    moments = [scenario.first]
    replies: list[Reply] = list(scenario.replies)
    while moments[-1].ended is None:
        match pending(moments[-1]):
            case Send(request):
                assert replies, f"nobody answers {request.method} {request.url}"
                moments.append(advance(moments[-1], replies.pop(0)))
            case Wait():
                moments.append(advance(moments[-1], Waited()))
            case None:
                moments.append(advance(moments[-1]))
    assert not replies, f"nobody asked for {replies}"
    return moments


def story(moments: list[Moment]) -> Iterator[str]:
    """The run as a person would tell it: a line an attempt, what stands out below, then the end."""
    told = 0
    for moment in moments:
        while told < len(moment.trail):
            yield from _attempt(moment.trail[told])
            told += 1
        match moment.stage:
            case Pausing(_, seconds):
                yield f"{'  ' * moment.depth}  waits {seconds:g} s"
            case Sending() if moment.step.step.timeout is not None:
                owed = pending(moment)
                assert isinstance(owed, Send)
                yield f"{'  ' * moment.depth}  (within {owed.timeout:g} s)"
            case _:
                pass
    ended = moments[-1].ended
    assert ended is not None
    for name, value in ended.outputs.items():
        yield f"output {name} = {write_json(value)}{_missing(ended.missing, name)}"
    if len(ended.chain) > 1:
        yield f"through {' → '.join(ended.chain)}"
    yield f"{'passed' if ended.passed else 'failed'}: {ended.reason}"


def _attempt(record: StepRecord) -> Iterator[str]:
    indent = "  " * record.depth
    verdict = "passed" if record.passed else "failed"
    left = f"{_sent(record.request)}-> {_came(record)} {verdict} {_next(record.decision)}"
    yield f"{indent}{record.step}#{record.attempt} {left}"
    yield from (f"{indent}  {line}" for line in _details(record))


def _details(record: StepRecord) -> Iterator[str]:
    for name, value in record.request.headers if record.request else ():
        if name.lower() not in _ALWAYS and value != "application/json":
            yield f"sends {name}: {value}"
    if isinstance(record.answer, Failure):
        yield f"why: {record.answer.message}"
    for check in record.checks:
        if not check.passed:
            yield f"fails: {check.condition}"
    for name, value in record.outputs.items():
        yield f"{name} = {write_json(value)}{_missing(record.missing, name)}"
    for name, reason in record.decision.passed_over:
        yield f"passes over {name}: {reason.partition(' does not hold')[0]}"
    for name, value in record.decision.inputs.items():
        yield f"hands on {name} = {write_json(value)}"


def _sent(request: Request | None) -> str:
    if request is None:
        return ""
    body = f"{request.body.decode()} " if request.body is not None else ""
    return f"{request.method} {request.url} {body}"


def _came(record: StepRecord) -> str:
    match record.answer:
        case Response(status=status):
            return str(status)
        case Failure(phase=phase):
            return phase
        case Returned(workflow=workflow):
            return f"back from {workflow},"


def _next(decision: Decision) -> str:
    name = f" by {decision.name}" if decision.name else ""
    target = f":{decision.target}" if decision.target else ""
    return f"{decision.type}{target}{name}"


def _missing(missing: Mapping[str, str], name: str) -> str:
    return f" ({missing[name]})" if name in missing else ""


@pytest.fixture(scope="session")
def scenario() -> Callable[[Path], Scenario]:
    """Reads a scenario folder."""
    return read_scenario


@pytest.fixture
def play() -> Callable[[Scenario], list[Moment]]:
    """Plays a scenario; all its moments."""
    return played


@pytest.fixture
def tell() -> Callable[[Scenario], list[str]]:
    """Plays a scenario and tells its story, or why it cannot begin."""

    def told(read: Scenario) -> list[str]:
        if read.first is None:
            return [*read.remarks, *(f"refused: {each}" for each in read.refused)]
        return [*read.remarks, *story(played(read))]

    return told
