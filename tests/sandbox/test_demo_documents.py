"""The documents of the demo: equal to the published ones, at home in the sandbox."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest
import yaml

from arazzo_tui.language.jsontext import read_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
NAME = "highlight-io-session-track-event-workflow.yml"
PUBLISHED = ROOT.parent / "shared" / "seed" / NAME


def read(path: Path) -> dict[str, Json]:
    value = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(value, dict)
    return value


def without_prose(value: Json) -> Json:
    """A document without the summaries and descriptions that are strings."""
    if isinstance(value, Mapping):
        prose = ("summary", "description")
        return {
            name: without_prose(value[name])
            for name in value
            if not (name in prose and isinstance(value[name], str))
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_prose(item) for item in value]
    return value


@pytest.fixture
def workflow() -> dict[str, Json]:
    workflows = read(ROOT / "workflows" / "arazzo" / NAME)["workflows"]
    assert isinstance(workflows, list)
    return workflows[0]


@pytest.fixture
def api() -> dict[str, Json]:
    sources = read(ROOT / "workflows" / "arazzo" / NAME)["sourceDescriptions"]
    assert isinstance(sources, list)
    return read(ROOT / "workflows" / "arazzo" / sources[0]["url"])


@pytest.fixture
def inputs() -> dict[str, Json]:
    value = read_json((ROOT / "workflows/inputs/session-track-event.json").read_text("utf-8"))
    assert isinstance(value, dict)
    return value


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published document is not beside this one")
def test_but_for_its_prose_the_workflow_is_the_published_one() -> None:
    ours = read(ROOT / "workflows" / "arazzo" / NAME)
    assert without_prose(ours) == without_prose(read(PUBLISHED))


def test_every_step_asks_for_an_operation_that_the_description_has(
    workflow: dict[str, Json], api: dict[str, Json]
) -> None:
    operations = {
        operation["operationId"] for item in api["paths"].values() for operation in item.values()
    }
    assert {step["operationId"] for step in workflow["steps"]} == operations


def test_every_reference_of_the_description_leads_somewhere(api: dict[str, Json]) -> None:
    assert set(_references(api)) == {
        f"#/components/{kind}/{name}" for kind, parts in api["components"].items() for name in parts
    }


def _references(value: Json) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [each for item in value.values() for each in _references(item)]
    if isinstance(value, list):
        return [each for item in value for each in _references(item)]
    return []


def test_without_settings_the_description_means_a_backend_on_this_machine(
    api: dict[str, Json],
) -> None:
    server = api["servers"][0]
    defaults = {name: variable["default"] for name, variable in server["variables"].items()}
    assert server["url"].format(**defaults) == "http://localhost:8082/public"
    assert all(
        variable["default"] in variable["enum"]
        for variable in server["variables"].values()
        if "enum" in variable
    )


def test_the_sample_inputs_are_inputs_and_enough(
    workflow: dict[str, Json], inputs: dict[str, Json]
) -> None:
    schema = workflow["inputs"]
    assert set(schema["required"]) <= set(inputs) <= set(schema["properties"])
    python = {"string": str, "object": dict}
    for name, value in inputs.items():
        assert isinstance(value, python[schema["properties"][name]["type"]])


async def test_in_the_sandbox_all_three_steps_succeed(
    workflow: dict[str, Json], inputs: dict[str, Json], client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    defaults = {
        name: schema["default"]
        for name, schema in workflow["inputs"]["properties"].items()
        if "default" in schema
    }
    known = {f"$inputs.{name}": value for name, value in {**defaults, **inputs}.items()}
    answers = []
    for step in workflow["steps"]:
        payload = step["requestBody"]["payload"]
        filled = {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in payload["variables"].items()
        }
        response = await client.post(
            "/",
            json={**payload, "variables": filled},
            headers={"accept": "application/graphql-response+json, application/json;q=0.9"},
        )
        answers.append((response.status_code, response.json()))
        known["$steps.initializeSession.outputs.sessionSecureId"] = "session-1"
    assert answers == [
        (200, {"data": {"initializeSession": {"secure_id": "session-1", "project_id": "1"}}}),
        (200, {"data": {"addTrackProperties": "session-1"}}),
        (200, {"data": {"pushPayload": 2}}),
    ]
    assert [record.secure_id for record in sandbox.state.kept] == ["session-1", "session-1"]
    assert sandbox.state.dropped == ()
