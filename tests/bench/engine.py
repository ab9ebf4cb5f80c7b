"""What a step costs beside its request: the headless loop against a bare client at the same server."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.measured import Figure, cpu_of_child, cpu_to_end, median_of, memory_of, python

_COUNTS = (10, 100, 1_000, 10_000)
_LONG = 10_000
_MOMENTS_OF_A_STEP = 5
_EVALUATIONS = 200_000


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server in a process of its own, for as long as the block lasts."""
    command = python(str(Path(__file__).with_name("server.py")))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def figures() -> Iterator[Figure]:
    """CPU for each step more, its growth, memory of moments, a whole process, and evaluations."""
    with server() as url:
        costs: dict[int, float] = {}
        for count in _COUNTS:
            times = 3 if count < _LONG else 1
            bare, once, ours = (
                median_of(times, partial(_in_child, what, url, count)) / count * 1000
                for what in ("bare", "bare-once", "ours")
            )
            costs[count] = ours
            name = f"CPU of a step, {count:,} steps"
            yield Figure(name, ours, "ms", bare, "bare async httpx, one connection", 1.3)
            yield Figure(name, ours, "ms", once, "the same, a connection each", 1.3)
            yield Figure(f"CPU of our own of a step, {count:,} steps", ours - once, "ms", most=0.35)
        growth = costs[_COUNTS[-1]]
        yield Figure("cost of a step of 10,000", growth, "ms", costs[1_000], "of 1,000", 1.1)
        moments = 10_000
        memory = _in_child("memory", url, moments // _MOMENTS_OF_A_STEP)
        yield Figure("memory of 10,000 moments", memory, "MB", most=60.0)
        yield from _whole(url)
    each = 1 / median_of(3, lambda: _in_child("evaluate", "", _EVALUATIONS))
    yield Figure("evaluations of $steps.a.outputs.b", each * _EVALUATIONS, "/s", least=200_000)


def _whole(url: str) -> Iterator[Figure]:
    """A whole headless run of one request, from the start of the process."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), url, 2)
        command = python("-m", "arazzo_tui", "run", str(path), "once")
        ours = median_of(5, lambda: cpu_to_end(command))
        code = f"import httpx\nwith httpx.Client() as c:\n c.post('{url}/items')"
        bare = median_of(5, lambda: cpu_to_end(python("-c", code)))
        yield Figure(
            "run of one step, whole process", ours, "s CPU", bare, "bare httpx script", 2.0
        )
        yield Figure("memory of a headless run", _in_child("rss", url, 100), "MB", most=50.0)


def _in_child(what: str, url: str, count: int) -> float:
    code = "from tests.bench import engine; import sys; engine.child(*sys.argv[1:])"
    return cpu_of_child(code, what, url, str(count))


def child(what: str, url: str, count: str) -> None:
    """One measurement, in a process of its own; its number is printed."""
    number = int(count)
    match what:
        case "bare":
            value = asyncio.run(_bare(url, number, kept=20))
        case "bare-once":
            value = asyncio.run(_bare(url, number, kept=0))
        case "ours":
            value = asyncio.run(_ours(url, number))[0]
        case "memory":
            value = asyncio.run(_ours(url, number))[1]
        case "rss":
            value = asyncio.run(_ours(url, number))[2]
        case _:
            value = _evaluated(number)
    sys.stdout.write(f"{value}\n")


async def _bare(url: str, count: int, kept: int) -> float:
    """The same requests by the client alone; with none kept it opens a connection for each, as we do."""
    import httpx

    limits = httpx.Limits(max_keepalive_connections=kept)
    async with httpx.AsyncClient(limits=limits) as client:
        await client.post(f"{url}/items", json={"before": "x", "number": 1})
        begun = time.process_time()
        for number in range(count):
            answer = await client.post(f"{url}/items", json={"before": "x", "number": number})
            assert answer.json()["id"]
        return time.process_time() - begun


async def _ours(url: str, count: int) -> tuple[float, float, float]:
    """CPU seconds of a run, the megabytes its moments take, and those of the process."""
    from arazzo_tui.engine.moment import Limits, ServerChoice, Settings
    from arazzo_tui.engine.run import begun
    from arazzo_tui.world.prepare import begun_with, planned
    from arazzo_tui.world.session import Session
    from arazzo_tui.world.transport import Http
    from arazzo_tui.world.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), url, 2)
        plan = planned(Workspace().open(str(path)), "flow").plan
        once = planned(Workspace().open(str(path)), "once").plan
    assert plan is not None
    assert once is not None
    settings = Settings({"api": ServerChoice(url, "bench")}, limits=Limits(steps=count))
    moment, _ = begun_with(plan, {}, settings)
    first, _ = begun_with(once, {}, settings)
    assert moment is not None
    assert first is not None
    async with Http() as transport:
        # What is loaded with the first request is not a step's.
        await Session(begun(first), transport, lambda _: None).go()
        before, start = memory_of_self(), time.process_time()
        session = Session(begun(moment), transport, lambda _: None)
        end = await session.go()
        spent = time.process_time() - start
    assert len(end.trail) == count, end.ended
    assert end.trail[-1].passed
    return spent, memory_of_self() - before, memory_of_self()


def memory_of_self() -> float:
    """Resident megabytes of this process."""
    import os

    return memory_of(os.getpid())


def _evaluated(count: int) -> float:
    from arazzo_tui.language.expression import parse_expression

    parsed = parse_expression("$steps.a.outputs.b")
    assert parsed is not None
    expression = parsed[0]
    scope = {"steps": {"a": {"outputs": {"b": "value"}}}}
    begun = time.process_time()
    for _ in range(count):
        expression.evaluate(scope)
    return time.process_time() - begun


def write(folder: Path, url: str, steps: int) -> Path:
    """A workflow that never ends by itself, and one of a single step."""
    (folder / "api.yaml").write_text(
        'openapi: 3.0.3\ninfo: {title: bench, version: "1"}\n'
        f'servers: [{{url: "{url}"}}]\n'
        "paths: {/items: {post: {operationId: make, requestBody: {content: {application/json: {}}},"
        " responses: {}}}}\n",
        "utf-8",
    )
    again = "        onSuccess: [{name: again, type: goto, stepId: step0}]\n"
    text = (
        'arazzo: 1.0.1\ninfo: {title: bench, version: "1"}\n'
        "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\nworkflows:\n"
    )
    for name in ("once", "flow"):
        text += f"  - workflowId: {name}\n    steps:\n"
        count = steps if name == "flow" else 1
        for at in range(count):
            before = f"$steps.step{at - 1}.outputs.id" if at else "x"
            text += (
                f"      - stepId: step{at}\n        operationId: make\n"
                f"        requestBody: {{payload: {{before: {before}, number: {at}}}}}\n"
                "        successCriteria: [{condition: $statusCode == 200}]\n"
                "        outputs: {id: $response.body#/id}\n"
            )
        text += again if name == "flow" else ""
    path = folder / "flow.arazzo.yaml"
    path.write_text(text, "utf-8")
    return path
