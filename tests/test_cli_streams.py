"""The program whose stdin, stdout and stderr are closed, full or gone, and whose signals are ignored."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = f"{sys.executable} -m arazzo_tui"
DOCUMENT = """
arazzo: 1.0.1
info: {title: t, version: '1'}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows: [{workflowId: w, steps: [{stepId: s, operationId: op}]}]
"""
API = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/: {get: {operationId: op, responses: {}}}}\n"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "doc.yaml").write_text(DOCUMENT)
    (tmp_path / "api.yaml").write_text(API)
    return tmp_path


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "HOME": str(folder / "home"),
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60, env=environment
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("check doc.yaml >&-", 74),
        ("check --json doc.yaml >&-", 74),
        ("check --json doc.yaml >/dev/full", 74),
        ("check doc.yaml 2>&-", 0),
        ("check doc.yaml <&-", 0),
        ("check doc.yaml >&- 2>&- <&-", 74),
        ("runs >&-", 74),
        ("runs 2>&-", 0),
        ("run doc.yaml --server api=http://127.0.0.1:1/ 2>&-", 1),
        ("run doc.yaml --server api=http://127.0.0.1:1/ >&-", 1),
        ("run nothing.yaml 2>&-", 2),
        ("demo >&-", 2),
        ("demo <&-", 2),
        ("demo 2>&-", 2),
    ],
)  # fmt: skip
def test_a_closed_stream_ends_the_program_with_its_code_and_is_no_bug(
    folder: Path, arguments: str, code: int
) -> None:
    done = shell(folder, f"{COMMAND} {arguments}")
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


def test_what_is_written_to_no_stdout_is_not_written_into_a_kept_run(folder: Path) -> None:
    done = shell(folder, f"{COMMAND} run doc.yaml --server api=http://127.0.0.1:1/ >&- 2>&- <&-")
    assert done.returncode == 1
    (kept,) = (folder / "home/.local/state/arazzo-tui/runs").glob("*.jsonl")
    assert all(
        line.startswith("{") and line.endswith("}") for line in kept.read_text().splitlines()
    )


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ignored", [True, False])
def test_a_signal_ends_a_run_unless_whoever_started_it_has_it_ignored(
    folder: Path, number: signal.Signals, *, ignored: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        running = subprocess.Popen(
            [sys.executable, "-m", "arazzo_tui", "run", "doc.yaml", "--no-keep", "--server", f"api={url}"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "HOME": str(folder / "home"), "PYTHONPATH": str(Path(__file__).parent.parent)},
            preexec_fn=lambda: signal.signal(  # noqa: PLW1509
                number, signal.SIG_IGN if ignored else signal.SIG_DFL
            ),
        )  # fmt: skip
        with running:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(3) == b"GET"
                running.send_signal(number)
                if ignored:
                    connection.sendall(ANSWER)
                out, err = running.communicate(timeout=30)
    assert running.returncode == (0 if ignored else 128 + number)
    assert ("succeeded" if ignored else "cancelled") in err
    assert "Traceback" not in out + err
