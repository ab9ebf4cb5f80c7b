"""`run --each`, `--times`, `--jobs`: many runs of one workflow, and what a script can count on."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event, Thread
from typing import ClassVar

import pytest

COMMAND = (sys.executable, "-m", "arazzo_tui")

DOCUMENT = """\
arazzo: 1.0.1
info: {title: many, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: greet
    inputs:
      type: object
      required: [name]
      properties:
        name: {type: string, maxLength: 12}
        count: {type: integer, default: 7}
        secret: {type: string, format: password}
    steps:
      - stepId: ask
        operationId: make
        requestBody: {payload: {name: $inputs.name, count: $inputs.count}}
        successCriteria: [{condition: $statusCode == 200}]
        onFailure:
          - {name: again, type: retry, retryAfter: 30, retryLimit: 1,
             criteria: [{condition: $statusCode == 503}]}
        outputs: {said: $response.body#/said, count: $response.body#/count}
    outputs: {said: $steps.ask.outputs.said, count: $steps.ask.outputs.count}
"""

API = """\
openapi: 3.0.3
info: {title: api, version: "1"}
servers: [{url: "URL"}]
paths:
  /items: {post: {operationId: make, requestBody: {content: {application/json: {}}}, responses: {}}}
"""


class Answers(BaseHTTPRequestHandler):
    """Says hello; names beginning with `bad`, `wait`, `meet` and `hold` have their own way."""

    protocol_version = "HTTP/1.1"
    names: ClassVar[list[str]]
    meeting: Barrier
    arrived: Event
    released: Event

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked["name"]
        self.names.append(name)
        status = {"bad": 500, "wait": 503}.get(name[:4].rstrip("0123456789"), 200)
        if name.startswith("meet"):
            try:
                self.meeting.wait(20)
            except BrokenBarrierError:
                status = 500
        if name.startswith("hold"):
            self.arrived.set()
            self.released.wait(30)
        body = json.dumps({"said": f"hello {name}", "count": asked["count"]}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[type[Answers]]:
    class Here(Answers):
        names: ClassVar[list[str]] = []
        meeting = Barrier(3)
        arrived = Event()
        released = Event()

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Here)
    listening.daemon_threads = True
    Here.port = listening.server_port
    thread = Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    yield Here
    Here.released.set()
    Here.meeting.abort()
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture
def started(tmp_path: Path, server: type[Answers]):
    """Starts the program in a folder with the document, an empty home and the files that are given."""
    (tmp_path / "doc.yaml").write_text(DOCUMENT)
    (tmp_path / "api.yaml").write_text(API.replace("URL", f"http://127.0.0.1:{server.port}"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}

    def start(*arguments: str, **files: str) -> "subprocess.Popen[str]":
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        return subprocess.Popen(
            [*COMMAND, "run", "doc.yaml", *arguments], cwd=tmp_path, text=True,
            env={**kept, "HOME": str(tmp_path / "home")}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return start


@pytest.fixture
def call(started):
    def run(*arguments: str, **files: str) -> tuple[int, list[dict[str, object]], str]:
        with started(*arguments, **files) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, [json.loads(line) for line in out.splitlines()], err

    return run


def kept_runs(tmp_path: Path) -> list[str]:
    found = sorted((tmp_path / "home").rglob("runs/*.jsonl"))
    return [each.read_text() for each in found]


RECORDS = [
    ("all_json", '[{"name": "a", "count": 1}, {"name": "b"}]'),
    ("all_yaml", "- {name: a, count: 1}\n- name: b\n"),
    ("all_jsonl", '{"name": "a", "count": 1}\n\n{"name": "b"}\n'),
    ("all_ndjson", '{"name": "a", "count": 1}\r\n{"name": "b"}'),
    ("all_csv", "name,count\na,1\nb,\n"),
    ("all_csv", '\ufeff"name","count"\r\n"a","1"\r\n\r\n"b",""\r\n'),
]


@pytest.mark.parametrize(("name", "text"), RECORDS)
def test_each_set_of_inputs_in_a_file_makes_a_run(call, server, name: str, text: str) -> None:
    code, lines, err = call("--each", name.replace("_", "."), **{name: text})
    assert code == 0, err
    assert lines == [{"said": "hello a", "count": 1}, {"said": "hello b", "count": 7}]
    assert server.names == ["a", "b"]
    assert "✓ 1 of 2 succeeded" in err
    assert "✓ 2 runs: 2 succeeded; 2 requests in " in err


def test_what_is_given_for_all_runs_stands_behind_their_own(call) -> None:
    code, lines, err = call(
        "--each", "all.jsonl", "-i", "name=all", "-i", "count=3",
        all_jsonl='{"count": 1}\n{"name": "own"}\n',
    )  # fmt: skip
    assert code == 0, err
    assert lines == [{"said": "hello all", "count": 1}, {"said": "hello own", "count": 3}]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("all_json", '[{"name": "a"}, 5]', "all.json: record 2 is no object"),
        ("all_json", '{"name": "a"}', "--each takes a list of objects"),
        ("all_json", "[]", "all.json has no record"),
        ("all_json", '[{"name": "a"', "all.json:1:"),
        ("all_jsonl", '{"name": "a"}\n\n{"name"', "all.jsonl: record 2 (line 3) is no JSON"),
        ("all_jsonl", '{"name": "a"}\n[]', "all.jsonl: record 2 (line 2) is no object"),
        ("all_jsonl", "", "all.jsonl has no record"),
        ("all_csv", "name,count\na,1\nb\n", "record 2 (line 3) has 1 cells, the header names 2"),
        ("all_csv", "name,name\na,1\n", "the header names `name` twice"),
        ("all_csv", "name,\na,1\n", "the header has no name for column 2"),
        ("all_csv", 'name\na\n"b', "record 2 (line 3) is no CSV"),
        ("all_csv", "name,count\na,1\nb,many\n", "all.csv: record 2: -i count: "),
        ("all_yaml", "- name: a\n- {}\n", "all.yaml: record 2: "),
        ("all_yaml", "- name: a\n- name: far too long a name\n", "all.yaml: record 2: "),
    ],
)  # fmt: skip
def test_a_wrong_record_is_named_and_nothing_is_sent(
    call, server, name: str, text: str, said: str
) -> None:
    code, lines, err = call("--each", name.replace("_", "."), **{name: text})
    assert (code, lines, server.names) == (2, [], [])
    assert said in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_is_named(call) -> None:
    code, _, err = call("--each", "none.csv")
    assert code == 2
    assert "none.csv: there is no such file" in err


def test_times_makes_runs_alike_and_repeats_each_set_of_inputs(call, server) -> None:
    assert call("-i", "name=a", "--times", "3")[0] == 0
    code, lines, _ = call(
        "--each", "all.json", "--times", "2", all_json='[{"name":"b"},{"name":"c"}]'
    )
    assert code == 0
    assert server.names == ["a", "a", "a", "b", "c", "b", "c"]
    assert len(lines) == 4


def test_jobs_go_on_at_the_same_time(call) -> None:
    code, lines, err = call("-i", "name=meet", "--times", "3", "--jobs", "3")
    assert code == 0, err
    assert len(lines) == 3


def test_without_jobs_one_run_follows_the_other(call, server) -> None:
    names = [f"n{number}" for number in range(5)]
    text = json.dumps([{"name": each} for each in names])
    assert call("--each", "all.json", all_json=text)[0] == 0
    assert server.names == names


def test_a_failed_run_is_told_and_the_others_go_on(call) -> None:
    text = '[{"name":"a"},{"name":"bad"},{"name":"c"}]'
    code, lines, err = call("--each", "all.json", all_json=text)
    assert code == 1
    assert [line["said"] for line in lines] == ["hello a", "hello bad", "hello c"]
    assert "✗ 2 of 3 failed: step `ask` failed: 500  (1 step, " in err
    assert "✗ 3 runs: 2 succeeded, 1 failed; 3 requests in " in err


def test_with_json_each_run_is_an_object_on_a_line(call) -> None:
    text = '[{"name":"a","secret":"hush-hush"},{"name":"bad"}]'
    _, lines, _ = call("--each", "all.json", "--json", all_json=text)
    assert [(each["run"], each["status"]) for each in lines] == [(1, "succeeded"), (2, "failed")]
    first = lines[0]
    assert first["workflow"] == "greet"
    assert first["outputs"] == {"said": "hello a", "count": 7}
    assert "hush" not in json.dumps(lines)


def test_a_wait_before_a_retry_keeps_no_other_run_back(started, tmp_path: Path) -> None:
    text = '[{"name":"wait"},{"name":"b"},{"name":"c"}]'
    with started("--each", "all.json", "--jobs", "2", all_json=text) as process:
        others = [process.stdout.readline(), process.stdout.readline()]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert [json.loads(each)["said"] for each in others] == ["hello b", "hello c"]
    assert process.returncode == 130
    assert "✗ 1 of 3 cancelled" in err
    assert "2 succeeded, 1 cancelled" in err
    assert len(kept_runs(tmp_path)) == 3


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_runs_and_keeps_what_was(
    started, server, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with started("-i", "name=hold", "--times", "9", "--jobs", "2") as process:
        assert server.arrived.wait(30)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert out == ""
    assert "not begun" in err
    kept = kept_runs(tmp_path)
    assert kept
    assert all(json.loads(each.splitlines()[-1])["closed"] == "cancelled" for each in kept)


def test_each_run_is_kept_by_itself_without_secrets(call, tmp_path: Path) -> None:
    text = '[{"name":"a","secret":"hush-hush"},{"name":"b"}]'
    assert call("--each", "all.json", "--jobs", "2", all_json=text)[0] == 0
    kept = kept_runs(tmp_path)
    assert len(kept) == 2
    assert all(json.loads(each.splitlines()[-1])["code"] == 0 for each in kept)
    assert not any("hush" in each for each in kept)
    assert sum('"a"' in each.splitlines()[0] for each in kept) == 1


def test_nothing_is_kept_when_that_is_asked_for(call, tmp_path: Path) -> None:
    assert call("-i", "name=a", "--times", "2", "--no-keep")[0] == 0
    assert kept_runs(tmp_path) == []


def test_a_reader_that_leaves_ends_the_batch(started) -> None:
    with started("-i", "name=a", "--times", "100000", "--no-keep") as process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(30) == 74
    assert "not begun" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "option",
    [("--times", "0"), ("--times", "x"), ("--jobs", "0"), ("--jobs", "-1"), ("--jobs", "100000")],
)
def test_a_number_that_is_none_is_refused(call, option: tuple[str, str]) -> None:
    code, _, err = call(*option)
    assert code == 2
    assert re.search(rf"argument {option[0]}: a whole number from 1 to [\d,]+", err)
