"""The track-event story in the spelling of today, run by the real engine over real HTTP."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from arazzo_tui.engine.moment import Moment, ServerChoice, Settings
from arazzo_tui.engine.run import begun
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.faults import read_injection
from arazzo_tui.sandbox.schemas import SchemaName
from arazzo_tui.sandbox.server import Sandbox, serve
from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS
from arazzo_tui.world.given import inputs_from_file
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.session import Session
from arazzo_tui.world.transport import Http
from arazzo_tui.world.workspace import Workspace

CURRENT = DEMO_DOCUMENT.with_name("highlight-session-track-event-current.arazzo.yaml")
SAMPLE = DEMO_INPUTS.with_name("session-track-event-current.json")


async def run(
    sandbox: Sandbox, document: Path, inputs: Mapping[str, Json], mount: str = ""
) -> Moment:
    """The last moment of a whole run of a document's one workflow."""
    opened = Workspace(strict=document == CURRENT).open(str(document))
    assert opened.description is not None
    plan = planned(opened, opened.description.workflows[0].workflow_id).plan
    assert plan is not None
    choice = ServerChoice(sandbox.url + mount, "the test")
    moment, errors = begun_with(plan, inputs, Settings({"sessionIngestionApi": choice}, {}, 20.0))
    assert errors == ()
    assert moment is not None
    async with Http() as transport:
        return await Session(begun(moment), transport, lambda _: None).go()


def standings(moment: Moment) -> list[str]:
    """GraphQL's verdict on each attempt."""
    opinions = [second_opinion(each.request, each.answer) for each in moment.trail]
    return [each.standing.value if each else "" for each in opinions]


def sample(**changes: Json) -> dict[str, Json]:
    return {**inputs_from_file(str(SAMPLE)), **changes}


def test_the_document_is_right_to_the_letter() -> None:
    opened = Workspace(strict=True).open(str(CURRENT))
    assert opened.problems == ()
    assert opened.description is not None
    assert planned(opened, "session-track-event-current", strict=True).problems == ()


@pytest.mark.parametrize("mount", ["", "public"])
async def test_it_passes_against_the_graph_of_today(highlight: Sandbox, mount: str) -> None:
    moment = await run(highlight, CURRENT, sample(), mount)
    assert moment.ended is not None
    assert moment.ended.passed
    assert standings(moment) == ["ok", "ok", "ok"]
    outputs = moment.ended.outputs
    assert list(outputs) == ["sessionSecureId", "projectId", "trackResult", "payloadResult"]
    assert (outputs["sessionSecureId"], outputs["projectId"]) == (sample()["sessionSecureId"], "1")


async def test_the_event_arrives_as_a_track_event_of_the_session(highlight: Sandbox) -> None:
    await run(highlight, CURRENT, sample())
    assert [each.mutation for each in highlight.state.kept] == [
        "pushPayload",
        "Track",
        "pushPayload",
    ]
    assert highlight.state.kept[1].content == sample()["trackProperties"]
    assert highlight.state.dropped == ()


async def test_quotes_in_the_properties_stay_inside_their_string(highlight: Sandbox) -> None:
    properties: Json = {"event": 'say "hi" {$inputs.clientId} \\ \n ü', "n": 1.0}
    await run(highlight, CURRENT, sample(trackProperties=properties))
    assert highlight.state.kept[1].content == properties


async def test_only_what_a_client_makes_up_must_be_given(highlight: Sandbox) -> None:
    needed = ("organizationVerboseId", "sessionSecureId", "trackedAt", "trackProperties")
    given = {name: value for name, value in sample().items() if name in needed}
    moment = await run(highlight, CURRENT, given)
    assert moment.ended is not None
    assert moment.ended.passed
    assert moment.ended.outputs["payloadResult"] == 24


@pytest.mark.parametrize(
    ("project", "fault", "met"),
    [
        ("not-a-project", None, ["field-error"]),
        ("1jdkoe52", "pushPayload=errors*1", ["ok", "field-error"]),
        ("1jdkoe52", "pushPayload=partial*1", ["ok", "partial"]),
        ("1jdkoe52", "initializeSession=quota", ["field-error"]),
    ],
)
async def test_a_step_fails_when_graphql_does(
    project: str, fault: str | None, met: list[str]
) -> None:
    faults = [read_injection(fault)] if fault else []
    async with serve(schema="highlight", faults=faults) as sandbox:
        moment = await run(sandbox, CURRENT, sample(organizationVerboseId=project))
    assert moment.ended is not None
    assert not moment.ended.passed
    assert standings(moment) == met


@pytest.mark.parametrize(
    ("schema", "document", "inputs", "met"),
    [
        ("highlight", DEMO_DOCUMENT, DEMO_INPUTS, ["request-error"]),
        ("documented", CURRENT, SAMPLE, ["request-error"]),
        ("documented", DEMO_DOCUMENT, DEMO_INPUTS, ["ok", "ok", "ok"]),
    ],
)
async def test_each_document_fits_its_own_graph_alone(
    schema: SchemaName, document: Path, inputs: Path, met: list[str]
) -> None:
    async with serve(schema=schema) as sandbox:
        moment = await run(sandbox, document, inputs_from_file(str(inputs)))
    assert standings(moment) == met
