"""Big documents: what is measured is the reading with positions and every check, not the drawing."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench.engine import server
from tests.bench.engine import write as write_flow
from tests.bench.measured import Figure, cpu_of_child, cpu_to_end, median_of, python

WORKFLOWS, STEPS = 500, 10


def figures() -> Iterator[Figure]:
    """Reading and checking, against the peer that is installed, and an index of 5 MB of OpenAPI."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        api = write_api(there)
        document = write_document(there, WORKFLOWS)
        size = document.stat().st_size / 1e6
        lint = redocly()
        peer = median_of(3, lambda: cpu_to_end([lint, "lint", str(document)])) if lint else None
        name = f"check {WORKFLOWS} workflows x {STEPS} steps, {size:.1f} MB of YAML"
        for how, kept in (("", False), (", read before", True)):
            ours = median_of(3, partial(_checked, document, kept=kept))
            most = 1.0 if lint else None
            yield Figure(name + how, ours, "s CPU", peer, "redocly lint", most=most)
        wrong = write_wrong(document)
        ours = median_of(3, partial(_checked, wrong, kept=False))
        yield Figure(f"the same with {WORKFLOWS * (STEPS - 1)} mistakes told", ours, "s CPU")
        yield from _kept_runs(there)
        yield _long_run(there)
        for suffix, most in (("yaml", 0.6), ("json", 0.4)):
            big = write_big_api(there, suffix)
            name = f"index {big.stat().st_size / 1e6:.1f} MB of OpenAPI from {suffix.upper()}"
            yield Figure(name, median_of(3, partial(_indexed, big)), "s CPU", most=most)
        yield from _folder(there, api)


def _checked(document: Path, *, kept: bool) -> float:
    """A whole `check`; what is kept of documents that were read is there, or is not."""
    if not kept:
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)
    return cpu_to_end(python("-m", "arazzo_tui", "check", str(document)))


def write_wrong(document: Path) -> Path:
    """The same document, where no step names the output of the one before it rightly."""
    text = document.read_text("utf-8").replace(".outputs.id\n", ".outputs.idd\n")
    path = document.with_name("wrong.arazzo.yaml")
    path.write_text(text, "utf-8")
    return path


def _kept_runs(there: Path) -> Iterator[Figure]:
    """Listing kept runs: all of the most there are, and the first of many more, with and without an index."""
    for count in (10, 1_000, 2_000, 10_000):
        folder = there / f"kept{count}" / "runs"
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"20260101T000000.000Z-{number:08x}.jsonl").write_text(_RUN, "utf-8")
        for how in ("first", "again"):
            code = (
                "import sys, time\n"
                "from itertools import islice\n"
                "from pathlib import Path\n"
                "from arazzo_tui.world.store import Store\n"
                "begun = time.process_time()\n"
                "kept = list(islice(Store(Path(sys.argv[1])).runs(), 500))\n"
                "Store(Path(sys.argv[1])).open(kept[0].path)\n"
                "print((time.process_time() - begun) * 1000)\n"
            )
            cost = cpu_of_child(code, str(folder.parent))
            yield Figure(f"500 of {count:,} kept runs and one opened, {how}", cost, "ms", most=100)


def _long_run(there: Path) -> Figure:
    """Reading and playing again a kept run of as many steps as a run takes."""
    folder = there / "long"
    folder.mkdir()
    with server() as url:
        document = write_flow(folder, url, 1_000)
        cpu_to_end(python("-m", "arazzo_tui", "run", str(document), "flow"))
    code = (
        "import time\n"
        "from arazzo_tui.world.replay import first_moment, opened, replayed\n"
        "from arazzo_tui.world.state import state_folder\n"
        "from arazzo_tui.world.store import Store\n"
        "store = Store(state_folder())\n"
        "path = next(store.runs()).path\n"
        "begun = time.process_time()\n"
        "kept = store.open(path)\n"
        "read = time.process_time() - begun\n"
        "first = first_moment(kept.header, opened(kept.header))\n"
        "begun = time.process_time()\n"
        "assert len(replayed(kept, first).moments) > 5_000\n"
        "print((time.process_time() - begun + read) * 1000)\n"
    )
    cost = median_of(3, lambda: cpu_of_child(code))
    return Figure("a kept run of 1,000 steps, 5,002 moments, read and played", cost, "ms", most=500)


_RUN = (
    '{"arazzo_tui_run":1,"program":"0","started":1.0,"document":"/d.yaml","digests":{},"workflow":"w",'
    '"strict":false,"graphql_steps":false,"inputs":{},"files":{},"servers":{},"operations":{},'
    '"credentials":[],"texts":{},"timeout":30.0,"limits":{"steps":1000,"depth":20,"wait":300.0}}\n'
    '{"n":1,"closed":"failed","code":1}\n'
)


def redocly() -> str | None:
    """The peer's command, where it is installed."""
    return shutil.which("redocly")


def _indexed(path: Path) -> float:
    code = (
        "import sys, time\n"
        "from arazzo_tui.document.load import load, read_text\n"
        "from arazzo_tui.document.openapi import read_api\n"
        "from pathlib import Path\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "begun = time.process_time()\n"
        "source, _ = read_text(sys.argv[1], data)\n"
        "node, _ = load(source)\n"
        "api, _ = read_api('big', node, sys.argv[1], lambda _: None)\n"
        "assert len(api.operations()) > 800\n"
        "print(time.process_time() - begun)\n"
    )
    return cpu_of_child(code, str(path))


def _folder(there: Path, api: Path) -> Iterator[Figure]:
    """Two thousand documents against one: both are listed, and the first of them is read."""
    many, few = there / "many", there / "few"
    for folder, count in ((many, 2000), (few, 1)):
        folder.mkdir()
        shutil.copy(api, folder / api.name)
        text = write_document(folder, 1).read_text("utf-8")
        (folder / "big.arazzo.yaml").unlink()
        for number in range(count):
            (folder / f"d{number:04}.arazzo.yaml").write_text(text, "utf-8")
    from tests.bench.start import first_paint

    one = median_of(3, lambda: first_paint(python("-m", "arazzo_tui", str(few)), "reading"))
    all_ = median_of(3, lambda: first_paint(python("-m", "arazzo_tui", str(many)), "reading"))
    yield Figure("first paint with 2,000 documents", all_, "s CPU", one, "with 1 document", 1.2)


def write_api(folder: Path) -> Path:
    """An API of one operation, as the generated workflows call it."""
    path = folder / "api.yaml"
    path.write_text(
        'openapi: 3.0.3\ninfo: {title: bench, version: "1"}\n'
        "servers: [{url: http://127.0.0.1:1}]\n"
        "paths:\n  /items:\n    post:\n      operationId: make\n"
        "      responses: {'200': {description: made}}\n",
        "utf-8",
    )
    return path


def write_document(folder: Path, workflows: int) -> Path:
    """An Arazzo document with many workflows; each step reads what the one before it gave."""
    lines = [
        "arazzo: 1.0.1",
        'info: {title: bench, version: "1"}',
        "sourceDescriptions:",
        "  - {name: api, url: api.yaml, type: openapi}",
        "workflows:",
    ]
    for workflow in range(workflows):
        lines += [
            f"  - workflowId: workflow{workflow}",
            f"    summary: The workflow that comes as number {workflow} of all",
            "    inputs:",
            "      type: object",
            "      properties:",
            "        token: {type: string, description: What is handed on from step to step}",
            "    steps:",
        ]
        for step in range(STEPS):
            before = f"$steps.step{step - 1}.outputs.id" if step else "$inputs.token"
            lines += [
                f"      - stepId: step{step}",
                f"        description: Makes the item that is number {step} of this workflow",
                "        operationId: make",
                "        requestBody:",
                "          contentType: application/json",
                "          payload:",
                f"            before: {before}",
                f"            number: {step}",
                "            words: [some, words, that, are, always, the, same]",
                "        successCriteria:",
                "          - condition: $statusCode == 200",
                "          - condition: $response.body#/id != null",
                "        outputs:",
                "          id: $response.body#/id",
                "          all: $response.body",
            ]
        lines += ["    outputs:", f"      last: $steps.step{STEPS - 1}.outputs.id"]
    path = folder / "big.arazzo.yaml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def write_big_api(folder: Path, suffix: str) -> Path:
    """An OpenAPI description of 852 operations with schemas and references, about five megabytes."""
    paths = {
        f"/group{number // 12}/{{id}}/thing{number}": {
            method: _operation(number, method) for method in ("get", "post")
        }
        for number in range(426)
    }
    schemas = {f"Thing{number}": _schema(number) for number in range(1450)}
    whole = {
        "openapi": "3.0.3",
        "info": {"title": "big", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }
    path = folder / f"big-api.{suffix}"
    if suffix == "json":
        path.write_text(json.dumps(whole, indent=2), "utf-8")
    else:
        path.write_text("\n".join(_yaml(whole, 0)) + "\n", "utf-8")
    return path


def _operation(number: int, method: str) -> dict[str, object]:
    reference = {"$ref": f"#/components/schemas/Thing{number}"}
    content = {"application/json": {"schema": reference}}
    return {
        "operationId": f"{method}Thing{number}",
        "summary": f"{method} the thing that comes as number {number}",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "requestBody": {"content": content},
        "responses": {"200": {"description": "what was asked for", "content": content}},
    }


def _schema(number: int) -> dict[str, object]:
    words = "A property, told in one sentence of about the usual length of such sentences."
    members: dict[str, object] = {
        f"property{at}": {"type": "string", "description": words, "maxLength": at + 10}
        for at in range(16)
    }
    members["next"] = {"$ref": f"#/components/schemas/Thing{(number + 1) % 1450}"}
    return {"type": "object", "properties": members}


def _yaml(value: object, depth: int) -> Iterator[str]:
    """Block style, as people write it."""
    indent = "  " * depth
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, dict | list):
                yield f"{indent}{json.dumps(name)}:"
                yield from _yaml(member, depth + 1)
            else:
                yield f"{indent}{json.dumps(name)}: {json.dumps(member)}"
    elif isinstance(value, list):
        for member in value:
            yield f"{indent}-"
            yield from _yaml(member, depth + 1)
