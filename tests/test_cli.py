"""The contract of the command line: what scripts and CI depend on."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from arazzo_tui import __version__
from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS

COMMAND = (sys.executable, "-m", "arazzo_tui")
SEED = (
    Path(__file__).parent.parent.parent
    / "shared/seed/highlight-io-session-track-event-workflow.yml"
)
SOURCE = "sessionIngestionApi"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a sandbox in a process of its own."""
    with subprocess.Popen([*COMMAND, "sandbox"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    assert process.returncode == 0


@pytest.fixture
def call(tmp_path: Path):
    """Run the program in an empty folder with an empty home."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        "HOME": str(tmp_path / "home"),
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env={**environment, **more},
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


def demo(server: str, *more: str) -> list[str]:
    return [
        "run",
        str(DEMO_DOCUMENT),
        "--inputs",
        str(DEMO_INPUTS),
        "--server",
        f"{SOURCE}={server}",
        *more,
    ]


def report(done: subprocess.CompletedProcess[str]) -> Mapping[str, object]:
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_a_run_prints_its_outputs_on_stdout_and_talks_on_stderr(call, server: str) -> None:
    done = call(*demo(server))
    assert done.returncode == 0, done.stderr
    outputs = json.loads(done.stdout)
    assert list(outputs) == ["sessionSecureId", "trackResult", "payloadResult"]
    assert len(outputs["sessionSecureId"]) == 28
    assert "initializeSession" in done.stderr
    assert "✓ succeeded" in done.stderr


def test_json_prints_one_object_with_the_members_of_the_contract(call, server: str) -> None:
    found = report(call(*demo(server, "--json")))
    assert list(found) == [
        "arazzo_tui", "document", "workflow", "status", "inputs", "outputs", "steps", "problems",
    ]  # fmt: skip
    assert (found["arazzo_tui"], found["status"]) == (__version__, "succeeded")
    steps = found["steps"]
    assert isinstance(steps, list)
    assert [(each["step"], each["attempt"], each["verdict"], each["action"]) for each in steps] == [
        (
            "initializeSession", 1, {"arazzo": "passed", "graphql": "ok"},
            {"type": "next", "name": None, "target": "addTrackProperties"},
        ),
        (
            "addTrackProperties", 1, {"arazzo": "passed", "graphql": "ok"},
            {"type": "next", "name": None, "target": "flushPayload"},
        ),
        (
            "flushPayload", 1, {"arazzo": "passed", "graphql": "ok"},
            {"type": "next", "name": None, "target": None},
        ),
    ]  # fmt: skip
    first = steps[0]
    assert list(first) == [
        "workflow", "step", "attempt", "request", "response", "failure", "criteria", "outputs",
        "verdict", "action",
    ]  # fmt: skip
    assert first["request"]["method"] == "POST"
    assert first["request"]["body"]["variables"]["organization_verbose_id"] == "1jdkoe52"
    assert set(first["response"]) == {
        "status", "headers", "body", "elapsed_ms", "size", "notes",
    }  # fmt: skip
    assert first["failure"] is None
    assert [set(each) for each in first["criteria"]] == [
        {"condition", "type", "passed", "reason"}
    ] * 2


def test_required_objects_keep_their_type_on_the_way_into_the_variables(call, server: str) -> None:
    done = call(
        *demo(server, "--json", "-i", 'trackProperties={"n":1.10,"big":12345678901234567890}')
    )
    body = report(done)["steps"][1]["request"]["body"]  # type: ignore[index]
    assert body["variables"]["properties_object"] == {"n": 1.10, "big": 12345678901234567890}
    assert '"n": 1.10' in done.stdout


def test_a_string_input_takes_the_text_as_it_is(call, server: str) -> None:
    done = call(*demo(server, "--json", "-i", "organizationVerboseId=1", "-i", "messages=[1]"))
    found = report(done)["inputs"]
    assert isinstance(found, dict)
    assert (found["organizationVerboseId"], found["messages"]) == ("1", "[1]")


@pytest.mark.skipif(
    not SEED.exists(), reason="the first document is not beside the project (../shared)"
)
def test_the_first_document_runs_as_it_stands_from_a_folder_without_its_description(
    call, server: str, tmp_path: Path
) -> None:
    (tmp_path / "doc.yml").write_bytes(SEED.read_bytes())
    inputs = ["-i", "organizationVerboseId=1jdkoe52", "-i", 'trackProperties={"event":"x"}']
    unknown = call("run", "doc.yml", *inputs)
    assert unknown.returncode == 2
    assert f"--server {SOURCE}=URL" in unknown.stderr
    done = call("run", "doc.yml", *inputs, "--server", f"{SOURCE}={server}")
    assert done.returncode == 0, done.stderr


def test_a_failed_workflow_exits_with_1_and_says_why(call, server: str) -> None:
    done = call(*demo(server, "--json", "-i", "organizationVerboseId=not-a-project"))
    assert done.returncode == 1
    found = report(done)
    assert found["status"] == "failed"
    assert found["steps"][0]["verdict"] == {"arazzo": "failed", "graphql": "field-error"}  # type: ignore[index]
    assert len(found["steps"]) == 1  # type: ignore[arg-type]
    assert "failed to decode not-a-project" in done.stderr


def test_graphql_errors_in_a_passing_run_fail_it_only_when_asked(
    call, tmp_path: Path, server: str
) -> None:
    text = DEMO_DOCUMENT.read_text("utf-8").replace("$statusCode == 200", "$statusCode != 599")
    text = text.replace(
        "$.data.initializeSession.secure_id != null", "$.data.initializeSession.secure_id == null"
    )
    (tmp_path / "doc.yml").write_text(text)
    arguments = [
        "run", "doc.yml", "--inputs", str(DEMO_INPUTS), "--server", f"{SOURCE}={server}",
        "-i", "organizationVerboseId=not-a-project",
    ]  # fmt: skip
    loud = call(*arguments, "--fail-on-graphql-errors")
    assert loud.returncode == 1
    assert "GraphQL" in loud.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "nowhere.yml"), "there is no such file"),
        (("run", "."), "folder"),
        (("run", str(DEMO_DOCUMENT), "no-such-workflow"), "there is `session-track-event`"),
        (("run", str(DEMO_DOCUMENT)), "`organizationVerboseId`: is required"),
        (("run", str(DEMO_DOCUMENT), "-i", "organizationVerboseId"), "NAME=VALUE"),
        (("run", str(DEMO_DOCUMENT), "-i", "trackProperties=x"), "an object is expected"),
        (("run", str(DEMO_DOCUMENT), "--inputs", "nowhere.json"), "there is no such file"),
        (("run", str(DEMO_DOCUMENT), "--server", "x=http://a"), "no source `x`"),
        (("run", str(DEMO_DOCUMENT), "--server", f"{SOURCE}=localhost"), "absolute http(s) URL"),
        (("run", str(DEMO_DOCUMENT), "--operation", "x"), "POST /path"),
        (("run", str(DEMO_DOCUMENT), "--timeout", "-1"), "seconds"),
        (("run",), "DOC"),
        (("run", "--no-such-flag", "x"), "--no-such-flag"),
    ],
)
def test_wrong_usage_exits_with_2_and_nothing_was_sent(
    call, arguments: tuple[str, ...], said: str
) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_invalid_run_still_prints_its_object_with_json(call) -> None:
    done = call("run", str(DEMO_DOCUMENT), "--json")
    found = report(done)
    assert (done.returncode, found["status"], found["steps"]) == (2, "invalid", [])
    assert "is required" in str(found["problems"])


def test_a_document_that_is_no_arazzo_says_what_it_is(call, tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"
    )
    done = call("check", "api.yaml")
    assert done.returncode == 2
    assert "this is an OpenAPI description (3.1.0), no Arazzo document" in done.stdout


def test_check_points_at_the_place_and_the_cure(call, tmp_path: Path) -> None:
    text = DEMO_DOCUMENT.read_text("utf-8").replace("successCriteria:", "sucessCriteria:", 1)
    (tmp_path / "doc.yml").write_text(text)
    done = call("check", "doc.yml", "--json")
    assert done.returncode == 1
    found = next(each for each in json.loads(done.stdout) if each["code"] == "unknown-field")
    assert list(found) == ["code", "severity", "message", "file", "line", "column", "hint"]
    assert "did you mean `successCriteria`?" in found["hint"]
    lines = (tmp_path / "doc.yml").read_text().splitlines()
    assert lines[found["line"] - 1][found["column"] - 1 :].startswith("sucessCriteria")


def test_a_server_that_is_not_there_fails_the_step_and_names_it(call) -> None:
    done = call(*demo("http://127.0.0.1:9/", "--json"))
    step = report(done)["steps"][0]  # type: ignore[index]
    assert done.returncode == 1
    assert step["response"] is None
    assert step["failure"]["phase"] == "connect"
    assert "127.0.0.1:9" in step["failure"]["message"]


def test_an_interrupted_run_exits_with_130_and_says_cancelled(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(
            [*COMMAND, *demo(url, "--json", "--no-keep")], cwd=tmp_path, **pipes
        ) as run:
            connection, _ = silent.accept()
            assert connection.recv(4) == b"POST"
            run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=30)
            connection.close()
    found = json.loads(out)
    assert (run.returncode, found["status"]) == (130, "cancelled")
    assert found["steps"][0]["failure"]["phase"] == "cancelled"
    assert "Traceback" not in err


def test_nothing_that_a_terminal_obeys_gets_out(call, tmp_path: Path) -> None:
    evil = "\x1b]52;c;aGk=\x07\x9b31m\u202e"
    text = DEMO_DOCUMENT.read_text("utf-8").replace(
        "workflowId: session-track-event", f"workflowId: {json.dumps(evil)}"
    )
    (tmp_path / "doc.yml").write_text(text)
    for arguments in (("check", "doc.yml"), ("run", "doc.yml", "--json"), ("run", "doc.yml", evil)):
        done = call(*arguments)
        assert not set(done.stdout + done.stderr) & set("\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("arguments", [(), ("demo",)])
def test_without_a_terminal_the_screens_say_so(call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


def test_the_version_is_told(call) -> None:
    assert call("--version").stdout.strip() == f"arazzo-tui {__version__}"


def test_a_port_that_is_taken_is_said(call, server: str) -> None:
    port = server.rsplit(":", 1)[1].strip("/")
    done = call("sandbox", "--port", port)
    assert done.returncode == 2
    assert port in done.stderr


def test_data_is_utf8_in_the_c_locale(call, server: str) -> None:
    done = call(*demo(server, "-i", "environment=größe", "--json"), LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert report(done)["inputs"]["environment"] == "größe"  # type: ignore[index]
