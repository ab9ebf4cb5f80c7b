"""The loop that drives a run: it fetches what is owed, tells every moment, and loses nothing."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.debugger import Stride
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.machine import advance, pending
from arazzo_tui.engine.moment import (
    Judging,
    Moment,
    Pausing,
    Ready,
    Sending,
    ServerChoice,
    Settings,
    Waited,
)
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.session import Session
from arazzo_tui.world.transport import Http
from arazzo_tui.world.workspace import Workspace

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
paths:
  /one: {post: {operationId: one, requestBody: {content: {application/json: {}}}, responses: {}}}
  /two: {get: {operationId: two, responses: {}}}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: flow
    steps:
      - stepId: first
        operationId: one
        requestBody: {payload: {n: 1}}
        outputs: {id: $response.body#/id}
        onFailure: [{name: again, type: retry, retryAfter: 7, retryLimit: 2}]
      - {stepId: second, operationId: two}
    outputs: {id: $steps.first.outputs.id}
"""


@pytest.fixture
def first(tmp_path: Path) -> Callable[[str], Moment]:
    """The first moment of the workflow, its API at a given base URL."""
    (tmp_path / "api.yaml").write_text(OPENAPI)
    (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO)

    def begin(url: str) -> Moment:
        made = planned(Workspace().open(str(tmp_path / "flow.arazzo.yaml")), "flow").plan
        assert made is not None
        moment, errors = begun_with(
            made, {}, Settings({"api": ServerChoice(url, "test")}, timeout=5.0)
        )
        assert moment is not None, errors
        return moment

    return begin


def answered(status: int, body: bytes = b"{}") -> Response:
    content = read_content("application/json", body)
    return Response(status, "", (("Content-Type", "application/json"),), body, 0.0, 2, content)


class Scripted:
    """A transport that gives the next answer of a list, and waits for ever where there is None."""

    def __init__(self, *answers: Response | Failure | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Request, float]] = []
        self.silent = asyncio.Event()

    async def send(self, request: Request, within: float) -> Response | Failure:
        self.asked.append((request, within))
        answer = self.answers.pop(0)
        if answer is None:
            self.silent.set()
            await asyncio.Event().wait()
        assert answer is not None
        return answer


class Recording:
    """A transport that keeps what another one answered."""

    def __init__(self, inner: Http) -> None:
        self.inner = inner
        self.answers: list[Response | Failure] = []

    async def send(self, request: Request, within: float) -> Response | Failure:
        self.answers.append(await self.inner.send(request, within))
        return self.answers[-1]


async def no_wait(_: float) -> None:
    """A sleep that does not sleep."""


def ignore(_: Run) -> None:
    """An `on_change` that nobody hears."""


def synchronous(first: Moment, answers: Iterable[Response | Failure]) -> list[Moment]:
    moments, waiting = [first], iter(answers)
    while moments[-1].ended is None:
        moment = moments[-1]
        match moment.stage:
            case Sending():
                moments.append(advance(moment, next(waiting)))
            case Pausing():
                moments.append(advance(moment, Waited()))
            case _:
                moments.append(advance(moment))
    return moments


async def test_over_http_the_moments_are_those_of_the_machine_alone(first, serve, play) -> None:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    server = await serve(
        play(head % (b"503 Busy", 2, b"{}")),
        play(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "reset"),
        play(head % (b"200 OK", 9, b'{"id": 7}')),
        play(head % (b"200 OK", 2, b"{}")),
    )
    async with Http() as http:
        transport = Recording(http)
        session = Session(begun(first(server.url)), transport, ignore, no_wait)
        await session.go()
    assert [type(each) for each in transport.answers] == [Response, Failure, Response, Response]
    assert list(session.run.moments) == synchronous(session.run.moments[0], transport.answers)
    assert session.run.now.ended is not None
    assert session.run.now.ended.outputs == {"id": 7}
    assert server.requests[2].endswith(b'\r\n\r\n{"n":1}')


async def test_every_moment_is_told_once_and_in_order(first) -> None:
    told: list[Run] = []
    transport = Scripted(answered(503), answered(200), answered(200))
    session = Session(begun(first("http://x.test")), transport, told.append, no_wait)
    await session.go()
    assert [each.now for each in told] == list(session.run.moments)[1:]
    assert told[-1] is session.run


async def test_the_time_of_a_run_reaches_the_transport(first) -> None:
    transport = Scripted(answered(200), answered(200))
    await Session(begun(first("http://x.test")), transport, ignore).go()
    assert [within for _, within in transport.asked] == [5.0, 5.0]


async def test_a_request_that_is_cancelled_is_still_to_be_sent(first) -> None:
    told: list[Run] = []
    transport = Scripted(None, answered(200, b'{"id": 1}'), answered(200))
    session = Session(begun(first("http://x.test")), transport, told.append)
    task = asyncio.ensure_future(session.go())
    await transport.silent.wait()
    before = len(told)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(session.run.now.stage, Sending)
    assert len(told) == before
    await session.go()
    assert session.run.now.ended is not None
    assert session.run.now.ended.passed
    assert [request.url for request, _ in transport.asked] == [
        "http://x.test/one", "http://x.test/one", "http://x.test/two",
    ]  # fmt: skip


async def test_a_wait_lasts_as_long_as_the_machine_says(first) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    transport = Scripted(answered(503), answered(503), answered(200), answered(200))
    await Session(begun(first("http://x.test")), transport, ignore, sleep).go()
    assert slept == [7, 7]


async def for_ever(_: float) -> None:
    await asyncio.Event().wait()


def when_pausing(act: Callable[[], object]) -> Callable[[Run], None]:
    """An `on_change` that acts once the run has come to a wait."""

    def hear(run: Run) -> None:
        if isinstance(run.now.stage, Pausing):
            asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, act)

    return hear


async def test_a_wait_can_be_skipped(first) -> None:
    transport = Scripted(answered(503), answered(200), answered(200))

    def skip() -> None:
        session.skip_wait()

    session = Session(begun(first("http://x.test")), transport, when_pausing(skip), for_ever)
    session.skip_wait()  # nobody waits yet, so this one counts for nothing
    await asyncio.wait_for(session.go(), 10)
    assert session.run.now.ended is not None
    assert [each for each in session.run.causes if each == Waited()] == [Waited()]


async def test_a_wait_that_is_cancelled_is_still_to_be_waited_for(first) -> None:
    transport = Scripted(answered(503), answered(200), answered(200))

    def cancel() -> None:
        task.cancel()

    session = Session(begun(first("http://x.test")), transport, when_pausing(cancel), for_ever)
    task = asyncio.ensure_future(session.go())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(session.run.now.stage, Pausing)
    assert len(asyncio.all_tasks()) == 1, "nothing of the wait is left behind"


async def test_a_stride_ends_where_the_debugger_says(first) -> None:
    transport = Scripted(answered(200), answered(200))
    session = Session(begun(first("http://x.test")), transport, ignore)
    stages = [type((await session.go(Stride.PHASE)).stage) for _ in range(2)]
    assert stages == [Sending, Judging]
    moment = await session.go(Stride.STEP)
    assert (moment.step.step_id, type(moment.stage)) == ("second", Ready)
    assert (await session.go(Stride.ON)).ended is not None


async def test_a_run_that_has_ended_stays_where_it_is(first) -> None:
    transport = Scripted(answered(200), answered(200))
    session = Session(begun(first("http://x.test")), transport, ignore)
    moment = await session.go()
    assert await session.go() is moment
    assert await session.go(Stride.PHASE) is moment
    assert pending(moment) is None
