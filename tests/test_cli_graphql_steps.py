"""Steps with `graphqlOperation` from the command line, against the sandbox: asked for, and not asked for."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import arazzo_tui

COMMAND = (sys.executable, "-m", "arazzo_tui")
SCHEMA = Path(arazzo_tui.__file__).parent / "sandbox" / "schema" / "documented.graphql"
SWITCH = "--experimental-graphql-steps"

OPERATIONS = """\
query Nothing { ignore(id: 1) }
mutation Start($project: String!, $version: String = "9") {
  initializeSession(
    organization_verbose_id: $project, enable_strict_privacy: false, client_version: $version,
    firstload_version: $version, client_config: "{}", environment: "test", client_id: ""
  ) { ...Ids }
}
fragment Ids on InitializeSessionResponse { secure_id project_id }
"""

DOCUMENT = """\
arazzo: 1.2.0
info: {title: GraphQL steps, version: "1"}
sourceDescriptions:
  - {name: graph, type: graphql, url: schema.graphql}
  - {name: operations, type: graphql, url: operations.graphql}
workflows:
  - workflowId: track
    inputs: {type: object, properties: {project: {type: string}, plan: {type: string, default: pro}}}
    steps:
      - stepId: start
        graphqlOperation:
          schema: $sourceDescriptions.graph
          operation: $sourceDescriptions.operations.Start
        parameters: [{name: project, in: variable, value: $inputs.project}]
        outputs: {id: $response.body#/data/initializeSession/secure_id}
      - stepId: track
        graphqlOperation:
          schema: $sourceDescriptions.graph
          operation: |
            mutation ($id: String!, $properties: Any) {
              addTrackProperties(session_secure_id: $id, properties_object: $properties)
            }
        parameters:
          - {name: id, in: variable, value: $steps.start.outputs.id}
          - {name: properties, in: variable, valueMode: literal, value: {plan: $inputs.plan, n: 3}}
    outputs: {session: $steps.start.outputs.id}
"""


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
    """Run the program beside the document, with an empty home."""
    (tmp_path / "schema.graphql").write_text(SCHEMA.read_text("utf-8"))
    (tmp_path / "operations.graphql").write_text(OPERATIONS)
    (tmp_path / "doc.arazzo.yaml").write_text(DOCUMENT)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        "HOME": str(tmp_path / "home"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run


RUN = ("run", "doc.arazzo.yaml", "-i", "project=1jdkoe52")


def test_a_run_that_asks_for_them_sends_them_and_can_be_replayed(call, server: str) -> None:
    before = len(httpx.get(f"{server}__log", trust_env=False).json()["requests"])
    done = call(*RUN, SWITCH, "--server", f"graph={server}")
    assert done.returncode == 0, done.stderr
    session = json.loads(done.stdout)["session"]
    arrived = httpx.get(f"{server}__log", trust_env=False).json()
    first, second = (json.loads(each["body"]) for each in arrived["requests"][before:])
    assert "fragment Ids" in first["query"]
    assert "Nothing" not in first["query"]
    assert (first["operationName"], first["variables"]) == ("Start", {"project": "1jdkoe52"})
    assert "operationName" not in second
    assert second["variables"] == {"id": session, "properties": {"plan": "pro", "n": 3}}
    assert "GraphQL: ok" in done.stderr
    again = call("replay", "last")
    assert (again.returncode, again.stdout) == (0, done.stdout), again.stderr


def test_without_the_option_one_problem_names_it_and_nothing_is_sent(call, server: str) -> None:
    before = len(httpx.get(f"{server}__log", trust_env=False).json()["requests"])
    done = call(*RUN, "--server", f"graph={server}")
    assert done.returncode == 2
    assert done.stderr.count("error[") == 1
    assert SWITCH in done.stderr
    assert len(httpx.get(f"{server}__log", trust_env=False).json()["requests"]) == before


def test_the_endpoint_has_to_be_given_for_a_schema_names_none(call) -> None:
    done = call(*RUN, SWITCH)
    assert done.returncode == 2
    assert "--server graph=URL" in done.stderr


def test_check_holds_operations_against_the_schema_of_the_document(call, tmp_path: Path) -> None:
    def codes(*more: str) -> list[str]:
        listed = json.loads(call("check", "--json", "doc.arazzo.yaml", *more).stdout)
        return [each["code"] for each in listed]

    assert codes() == ["draft-version", "graphql-step"]
    assert codes(SWITCH) == ["draft-version"]
    (tmp_path / "operations.graphql").write_text(OPERATIONS.replace("project_id }", "projectid }"))
    found = json.loads(call("check", "--json", "doc.arazzo.yaml", SWITCH).stdout)
    assert (found[1]["code"], found[1]["file"], found[1]["line"], found[1]["column"]) == (
        "graphql-invalid", "operations.graphql", 8, 55,
    )  # fmt: skip
