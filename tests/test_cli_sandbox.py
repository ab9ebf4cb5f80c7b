"""The command line of the sandbox and of the demo: which graph, which faults."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from arazzo_tui.cli.arguments import Given, parse
from arazzo_tui.sandbox.faults import Drop, Injection, Status, read_injection
from arazzo_tui.tui.start import demo_start
from arazzo_tui.world.bundled import DEMO_DOCUMENT

COMMAND = (sys.executable, "-m", "arazzo_tui")
QUERY = {"query": 'mutation { addTrackProperties(session_secure_id: "a") }'}


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """The URL of a sandbox in a process of its own."""
    command = [*COMMAND, "sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
    assert process.returncode == 0


def test_without_options_it_has_the_graph_of_the_bundled_document_and_no_faults() -> None:
    assert parse(["sandbox"]) == Given("sandbox", schema="documented", faults=())
    assert parse(["demo"]) == Given("demo", schema="documented")


def test_faults_are_given_one_by_one_and_keep_their_order() -> None:
    given = parse(["sandbox", "--schema", "highlight", "--inject", "a=429:1*2", "--inject=*=drop"])
    assert given.schema == "highlight"
    assert [read_injection(each) for each in given.faults] == [
        Injection("a=429:1*2", "a", Status(429, 1), 2),
        Injection("*=drop", "*", Drop(), None),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sandbox", "--inject", "a=fire"], "argument --inject: there is no fault `fire`; there is "),
        (["sandbox", "--inject", "429"], "argument --inject: a fault is written OPERATION=FAULT"),
        (["sandbox", "--inject", "a=\x1b[2Jfire"], "there is no fault `␛[2Jfire`"),
        (["sandbox", "--inject"], "argument --inject: expected one argument"),
        (["sandbox", "--schema", "other"], "argument --schema: invalid choice: 'other'"),
        (["demo", "--schema", "other"], "argument --schema: invalid choice: 'other'"),
        (["demo", "--inject", "a=drop"], "unrecognized arguments: --inject a=drop"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_told_and_ends_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(arguments)
    assert left.value.code == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert "\x1b" not in complaint


def test_the_help_lists_every_fault_with_its_grammar(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["sandbox", "--help"])
    shown = capsys.readouterr().out
    for each in (
        "OPERATION=FAULT[:ARGUMENT][*COUNT]", "400 … 599", "date+", "errors", "partial", "294", "quota",
        "slow:SECONDS", "drop", "huge:MB", "bad-json", "content-type:TEXT", "redirect:URL",
    ):  # fmt: skip
        assert each in shown


def test_the_program_serves_the_graph_and_the_faults_it_was_told_to() -> None:
    with served("--schema", "highlight", "--inject", "addTrackProperties=503:2*1") as url:
        first = httpx.post(f"{url}public", json=QUERY, trust_env=False)
        second = httpx.post(f"{url}public", json=QUERY, trust_env=False)
    assert (first.status_code, first.headers["retry-after"]) == (503, "2")
    assert second.status_code == 400
    assert 'Did you mean \\"addSessionProperties\\"?' in second.text


def test_the_demo_starts_with_the_bundled_document_and_the_schema_it_was_told() -> None:
    start = demo_start(5.0, "highlight")
    assert (start.documents, start.schema, start.demo) == ((str(DEMO_DOCUMENT),), "highlight", True)
    assert demo_start().schema == "documented"
