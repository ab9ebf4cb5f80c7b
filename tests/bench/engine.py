"""What a step costs beside its request: the headless loop against a bare client at the same server."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.measured import Figure, cpu_of_child, cpu_to_end, median_of, memory_of, python

_COUNTS = (10, 100, 1_000, 10_000)
_MOMENTS_OF_A_STEP = 5
_EVALUATIONS = 200_000
_JOBS = (8, 32)
_RUNS, _STEPS_OF_A_RUN = 1_000, 5
_STEPS_OF_A_LINE = 1_000


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
            times = {10: 9, 100: 9, 1_000: 3}.get(count, 1)
            bare, sent, ours = (
                median_of(times, partial(_in_child, what, url, count)) / count * 1000
                for what in ("bare", "sent", "ours")
            )
            costs[count] = ours
            name = f"CPU of a step, {count:,} steps"
            yield Figure(name, ours, "ms", bare, "bare async httpx", 1.3)
            yield Figure(f"… beside sending alone, {count:,} steps", ours - sent, "ms", most=0.35)
        growth = costs[_COUNTS[-1]]
        yield Figure("cost of a step of 10,000", growth, "ms", costs[1_000], "of 1,000", 1.1)
        moments = 10_000
        memory = _in_child("memory", url, moments // _MOMENTS_OF_A_STEP)
        yield Figure("memory of 10,000 moments", memory, "MB", most=60.0)
        yield from _batches(url)
        yield from _whole(url)
        yield from _beside_a_peer(url)
    each = 1 / median_of(3, lambda: _in_child("evaluate", "", _EVALUATIONS))
    yield Figure("evaluations of $steps.a.outputs.b", each * _EVALUATIONS, "/s", least=200_000)


def _whole(url: str) -> Iterator[Figure]:
    """A whole headless run of one request, from the start of the process."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), url)
        command = python("-m", "arazzo_tui", "run", str(path), "once")
        ours = median_of(5, lambda: cpu_to_end(command))
        code = f"import httpx\nwith httpx.Client() as c:\n c.post('{url}/items')"
        bare = median_of(5, lambda: cpu_to_end(python("-c", code)))
        yield Figure(
            "run of one step, whole process", ours, "s CPU", bare, "bare httpx script", 2.0
        )
        yield Figure("memory of a headless run", _in_child("rss", url, 100), "MB", most=50.0)


def _batches(url: str) -> Iterator[Figure]:
    """Requests per second of many runs at the same time, by the clock, and their CPU."""
    requests = _RUNS * _STEPS_OF_A_RUN
    for jobs in _JOBS:
        taken = defaultdict[str, list[float]](list)
        for _ in range(3):  # by turns: the clock of a shared machine goes fast and slow
            for who in ("bare", "ours", "kept"):
                spent, cpu = _numbers_of_child(f"{who}-batch", url, jobs)
                taken[who].append(requests / spent)
                taken[f"{who}-cpu"].append(cpu / requests * 1000)
        value = {name: median(each) for name, each in taken.items()}
        name = f"requests of runs, {jobs} at a time"
        yield Figure(name, value["ours"], "/s", value["bare"], "bare async httpx", least=0.85)
        yield Figure(f"… each run kept in a file, {jobs} at a time", value["kept"], "/s",
                     value["bare"], "bare async httpx")  # fmt: skip
        yield Figure(f"CPU of each, {jobs} at a time", value["ours-cpu"], "ms", value["bare-cpu"],
                     "bare async httpx")  # fmt: skip


def _beside_a_peer(url: str) -> Iterator[Figure]:
    """What a step more costs a whole process, beside arazzo-runner where that is installed."""
    peer = os.environ.get("ARAZZO_RUNNER") or shutil.which("arazzo-runner")
    with tempfile.TemporaryDirectory() as folder:
        path = str(write(Path(folder), url, _STEPS_OF_A_LINE))
        run = python("-m", "arazzo_tui", "run", path)
        ours = _cost_of_a_step([[*run, "once"], [*run, "line"]])
        if peer is None:
            yield Figure("CPU of a step more, whole process", ours, "ms")
            return
        execute = [peer, "execute-workflow", path, "--workflow-id"]
        theirs = _cost_of_a_step([[*execute, "once"], [*execute, "line"]])
        yield Figure("CPU of a step more, whole process", ours, "ms", theirs, "arazzo-runner")


def _cost_of_a_step(commands: list[list[str]]) -> float:
    """Milliseconds of CPU that each step adds, by a run of one and a run of many."""
    once, line = (median_of(3, partial(cpu_to_end, each)) for each in commands)
    return (line - once) / (_STEPS_OF_A_LINE - 1) * 1000


_CHILD = "from tests.bench import engine; import sys; engine.child(*sys.argv[1:])"


def _in_child(what: str, url: str, count: int) -> float:
    return cpu_of_child(_CHILD, what, url, str(count))


def _numbers_of_child(what: str, url: str, count: int) -> tuple[float, float]:
    """The two numbers that a measurement prints last: seconds by the clock, seconds of CPU."""
    done = subprocess.run(
        python("-c", _CHILD, what, url, str(count)), check=True, capture_output=True, text=True
    )
    spent, cpu = done.stdout.split()[-2:]
    return float(spent), float(cpu)


def child(what: str, url: str, count: str) -> None:
    """One measurement, in a process of its own; its number is printed."""
    number = int(count)
    if what.endswith("-batch"):
        match what:
            case "bare-batch":
                both = asyncio.run(_bare_batch(url, number))
            case _:
                both = _our_batch(url, number, keep=what == "kept-batch")
        sys.stdout.write(f"{both[0]} {both[1]}\n")
        return
    match what:
        case "bare":
            value = asyncio.run(_bare(url, number))
        case "sent":
            value = asyncio.run(_sent(url, number))
        case "ours":
            value = asyncio.run(_ours(url, number))[0]
        case "memory":
            value = asyncio.run(_ours(url, number))[1]
        case "rss":
            value = asyncio.run(_ours(url, number))[2]
        case _:
            value = _evaluated(number)
    sys.stdout.write(f"{value}\n")


async def _bare(url: str, count: int) -> float:
    """The same requests by the client alone, over one connection that it keeps."""
    import httpx

    async with httpx.AsyncClient() as client:
        await client.post(f"{url}/items", json={"before": "x", "number": 1})
        begun = time.process_time()
        for number in range(count):
            answer = await client.post(f"{url}/items", json={"before": "x", "number": number})
            assert answer.json()["id"]
        return time.process_time() - begun


async def _sent(url: str, count: int) -> float:
    """The same requests by our transport alone, which reads the answers too."""
    from arazzo_tui.engine.exchange import Request, Response
    from arazzo_tui.world.transport import Http

    body = b'{"before":"x","number":1}'
    fields = (("Host", url.removeprefix("http://")), ("Content-Type", "application/json"),
              ("Content-Length", str(len(body))), ("Accept", "*/*"))  # fmt: skip
    request = Request("POST", f"{url}/items", fields, body)
    async with Http() as transport:
        await transport.send(request, 30.0)
        begun = time.process_time()
        for _ in range(count):
            assert isinstance(await transport.send(request, 30.0), Response)
        return time.process_time() - begun


async def _bare_batch(url: str, jobs: int) -> tuple[float, float]:
    """The same requests as those of the runs, by one client in so many tasks."""
    import httpx

    numbers = iter(range(_RUNS * _STEPS_OF_A_RUN))

    async def job() -> None:
        for number in numbers:
            answer = await client.post(f"{url}/items", json={"before": "x", "number": number})
            assert answer.json()["id"]

    async with httpx.AsyncClient() as client:
        await client.post(f"{url}/items", json={"before": "x", "number": 1})
        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(job() for _ in range(jobs)))
        return time.perf_counter() - begun, time.process_time() - cpu


def _our_batch(url: str, jobs: int, *, keep: bool) -> tuple[float, float]:
    """Many runs at a time, as the command makes them, from the first request to the last."""
    from arazzo_tui.cli.arguments import parse
    from arazzo_tui.cli.batch import prepared_batch
    from arazzo_tui.cli.outcome import Outcome
    from arazzo_tui.cli.streams import Output

    with tempfile.TemporaryDirectory() as folder:
        path = str(write(Path(folder), url))
        more = ("--times", str(_RUNS), "--jobs", str(jobs), *(() if keep else ("--no-keep",)))
        given = parse(["run", path, "several", *more])
        batch = prepared_batch(given, Outcome(path, "several"), Output())
    begun, cpu = time.perf_counter(), time.process_time()
    code = asyncio.run(batch.driven())
    assert code == 0
    return time.perf_counter() - begun, time.process_time() - cpu


async def _ours(url: str, count: int) -> tuple[float, float, float]:
    """CPU seconds of a run, the megabytes its moments take, and those of the process."""
    from arazzo_tui.engine.moment import Limits, ServerChoice, Settings
    from arazzo_tui.engine.run import begun
    from arazzo_tui.world.prepare import begun_with, planned
    from arazzo_tui.world.session import Session
    from arazzo_tui.world.transport import Http
    from arazzo_tui.world.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), url)
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


def write(folder: Path, url: str, steps: int = 2) -> Path:
    """Workflows: of one step, of several, of `steps`, and one that never ends by itself."""
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
    counts = {"once": 1, "several": _STEPS_OF_A_RUN, "line": steps, "flow": 2}
    for name, count in counts.items():
        text += f"  - workflowId: {name}\n    steps:\n"
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
