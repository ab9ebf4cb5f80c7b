"""Runs are kept by `run`, listed by `runs`, and played again by `replay` as if they were run once more."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS

COMMAND = (sys.executable, "-m", "arazzo_tui")
DONE = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a sandbox in a process of its own."""
    command = [*COMMAND, "sandbox", "--inject", "pushPayload=partial"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """That of a user with an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return {**kept, "HOME": str(tmp_path / "home")}


@pytest.fixture
def call(tmp_path: Path, environment: Mapping[str, str]) -> DONE:
    """Run the program in an empty folder."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env={**environment, **more},
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


def demo(url: str, *more: str) -> list[str]:
    server = f"sessionIngestionApi={url}"
    return ["run", str(DEMO_DOCUMENT), "--inputs", str(DEMO_INPUTS), "--server", server, *more]


def listed(call: DONE) -> list[dict[str, object]]:
    found = json.loads(call("runs", "--json").stdout)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("url", "options", "code", "status"),
    [
        ("server", (), 0, "succeeded"),
        ("server", ("--fail-on-graphql-errors",), 1, "succeeded"),
        ("http://127.0.0.1:9/", (), 1, "failed"),
    ],
)
def test_a_run_is_played_again_as_it_was(
    call: DONE, server: str, url: str, options: tuple[str, ...], code: int, status: str
) -> None:
    ran = call(*demo(server if url == "server" else url, "--json", *options))
    (kept,) = listed(call)
    assert (ran.returncode, kept["exit_code"], kept["status"]) == (code, code, status)
    for name in ("last", str(kept["file"])):
        again = call("replay", name, "--json")
        assert again.returncode == code, again.stderr
        assert json.loads(again.stdout) == json.loads(ran.stdout)
    plain = call("replay", "last")
    assert "nothing is sent" in plain.stderr
    ending = [line for line in ran.stderr.splitlines() if line.startswith(("✓ succ", "✗ fail"))]
    assert [line for line in ending if line not in plain.stderr.splitlines()] == []


def test_a_run_that_is_not_to_be_kept_leaves_nothing(call: DONE, server: str) -> None:
    assert call(*demo(server, "--no-keep")).returncode == 0
    assert listed(call) == []
    assert "no runs are kept" in call("runs").stderr
    last = call("replay", "last")
    assert (last.returncode, last.stdout) == (2, "")
    assert "no runs are kept" in last.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_was_stopped_tells_that_its_request_had_left(
    call: DONE, environment: Mapping[str, str], tmp_path: Path, number: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with subprocess.Popen(
            [*COMMAND, *demo(url)], cwd=tmp_path, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as run:  # fmt: skip
            connection, _ = silent.accept()
            assert connection.recv(4) == b"POST"
            run.send_signal(number)
            run.wait(30)
            connection.close()
    (kept,) = listed(call)
    killed = number == signal.SIGKILL
    assert kept["status"] == ("interrupted" if killed else "cancelled")
    again = call("replay", "last", "--json")
    assert again.returncode == (130 if killed else run.returncode)
    assert "its last request had left" in again.stderr
    found = json.loads(again.stdout)
    assert found["status"] == "cancelled"
    assert found["steps"][0]["request"]["url"] == url


def test_a_document_that_changed_is_told_and_one_that_does_not_fit_exits_with_2(
    call: DONE, server: str, tmp_path: Path
) -> None:
    text = DEMO_DOCUMENT.read_text("utf-8")
    document = tmp_path / "doc.yml"
    document.write_text(text)
    source = f"sessionIngestionApi={server}"
    call("run", "doc.yml", "--inputs", str(DEMO_INPUTS), "--server", source)
    document.write_text(text + "\n# more\n")
    again = call("replay", "last")
    assert again.returncode == 0
    assert "has changed since the run was kept" in again.stderr
    document.write_text(text.replace("addTrackProperties", "addTrackThings"))
    again = call("replay", "last", "--json")
    assert again.returncode == 2
    assert "cannot be played" in again.stderr
    found = json.loads(again.stdout)
    assert (found["status"], len(found["steps"])) == ("invalid", 1)
    document.unlink()
    again = call("replay", "last", "--json")
    assert (again.returncode, json.loads(again.stdout)["steps"]) == (2, [])


def test_a_damaged_file_is_told(call: DONE, tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("{}\n\x1b[31m\n")
    done = call("replay", "run.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "run.jsonl: line 1 is damaged" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("home", ["a-file", "/proc/nowhere"])
def test_without_a_home_a_run_goes_on_and_says_once_that_it_is_not_kept(
    call: DONE, server: str, tmp_path: Path, home: str
) -> None:
    (tmp_path / "a-file").write_text("")
    done = call(*demo(server), HOME=str(tmp_path / home))
    assert done.returncode == 0
    assert done.stderr.count("this run is not kept: ") == 1
    assert call("runs", "--json", HOME=str(tmp_path / home)).stdout == "[]\n"


def test_what_was_secret_is_shown_as_such(call: DONE, server: str, tmp_path: Path) -> None:
    text = DEMO_DOCUMENT.read_text("utf-8")
    assert "clientId:\n        type: string" in text
    document = tmp_path / "doc.yml"
    document.write_text(
        text.replace("clientId:\n        type: string",
                     "clientId:\n        type: string\n        format: password")
    )  # fmt: skip
    source = f"sessionIngestionApi={server}"
    arguments = ("--inputs", str(DEMO_INPUTS), "--server", source, "--json", "-i")
    ran = call("run", "doc.yml", *arguments, "clientId=very-secret-indeed")
    assert ran.returncode == 0, ran.stderr
    (kept,) = listed(call)
    assert "very-secret-indeed" not in Path(str(kept["file"])).read_text("utf-8")
    again = call("replay", "last", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["inputs"]["clientId"] == "••••••"
    before, after = (json.loads(each.stdout)["steps"] for each in (ran, again))
    assert [each["response"] for each in after] == [each["response"] for each in before]
    assert after[0]["request"]["body"] == before[0]["request"]["body"]
