"""Real documents, run to their end: answered from their own OpenAPI descriptions, nothing sent.

An answer is the description's example, else a value made from its schema; so are the inputs.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from arazzo_tui.document.names import local_definition
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.source import Severity
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.machine import advance, begin, pending
from arazzo_tui.engine.moment import Limits, Moment, Send, ServerChoice, Settings, Wait, Waited
from arazzo_tui.engine.plan import CallOperation, Plan
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.world.assume import MethodAndPath, answered, unanswered
from arazzo_tui.world.prepare import missing_servers, planned, schema_of
from arazzo_tui.world.workspace import Workspace

CORPUS = Path(__file__).parent.parent.parent / "shared/corpus"
MANIFEST = CORPUS / "manifest.json"
DOCUMENTS = (
    [each["document"] for each in json.loads(MANIFEST.read_text())] if MANIFEST.exists() else []
)

pytestmark = pytest.mark.skipif(
    not DOCUMENTS, reason="the corpus is not beside the project (../shared)"
)


def sample(schema: Json, depth: int = 0, whole: Json = None) -> Json:
    """A value that fits a schema well enough: its example, default or first choice, else by type."""
    whole = schema if whole is None else whole
    if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        schema = local_definition(whole, str(schema["$ref"]))
    if not isinstance(schema, Mapping) or depth > 8:
        return "text"
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        listed = schema.get(key)
        if isinstance(listed, list) and listed:
            return listed[0]
    for key in ("allOf", "oneOf", "anyOf"):
        parts = schema.get(key)
        if isinstance(parts, list) and parts:
            values = [
                sample(part, depth + 1, whole)
                for part in parts[: len(parts) if key == "allOf" else 1]
            ]
            objects = [value for value in values if isinstance(value, Mapping)]
            return {k: v for each in objects for k, v in each.items()} if objects else values[0]
    return by_type(schema, depth, whole)


def by_type(schema: Mapping[str, Json], depth: int, whole: Json) -> Json:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    properties = schema.get("properties")
    if kind == "object" or isinstance(properties, Mapping):
        members = properties if isinstance(properties, Mapping) else {}
        return {name: sample(inner, depth + 1, whole) for name, inner in members.items()}
    match kind:
        case "array":
            return [sample(schema.get("items"), depth + 1, whole)]
        case "integer":
            return 7
        case "number":
            return 1.5
        case "boolean":
            return True
        case "null":
            return None
        case _:
            formats = {"date": "2026-01-02", "date-time": "2026-01-02T03:04:05Z", "uri": "https://a.test/b",
                       "email": "a@b.test", "uuid": "00000000-0000-4000-8000-000000000000"}  # fmt: skip
            return formats.get(str(schema.get("format")), "text")


def answer(operation: Operation) -> Response | Failure:
    """What the description says the operation answers when all is well."""
    for status, described in sorted(operation.responses.items()):
        if not status.startswith("2"):
            continue
        code = int(status) if status.isdigit() else 200
        for content in described.content:
            value = next(iter(content.examples.values()), None)
            value = sample(content.schema) if value is None else value
            body = (
                value
                if isinstance(value, str) and "json" not in content.name
                else write_json(value)
            )
            return made(code, content.name, str(body).encode())
        return made(code, "", b"")
    return made(200, "application/json", b"{}")


def made(status: int, kind: str, body: bytes) -> Response:
    headers = (("content-type", kind),) if kind else ()
    return Response(status, "", headers, body, 0.01, len(body), read_content(kind or None, body))


def run(plan: Plan) -> Moment:
    """Drive a plan to its end, answered from its descriptions."""
    inputs = sample(schema_of(plan))
    given = inputs if isinstance(inputs, Mapping) else {}
    servers = {
        name: ServerChoice("https://api.test/v1", "the test") for name in missing_servers(plan, {})
    }
    for workflow in plan.workflows.values():
        for step in workflow.steps:
            if isinstance(step.target, CallOperation):
                servers.setdefault(
                    step.target.operation.source, ServerChoice("https://api.test", "the test")
                )
    moment = begin(plan, given, Settings(servers, limits=Limits(steps=60, depth=10)))
    while moment.ended is None:
        match pending(moment):
            case Send():
                target = moment.step.target
                assert isinstance(target, CallOperation)
                moment = advance(moment, answer(target.operation))
            case Wait():
                moment = advance(moment, Waited())
            case None:
                moment = advance(moment)
    return moment


def runs(document: str) -> Iterator[tuple[str, Moment]]:
    opened = Workspace().open(str(CORPUS / document))
    if opened.description is None:
        return
    for workflow in opened.description.workflows:
        plan = planned(opened, workflow.workflow_id).plan
        if plan is not None:
            guesses = {
                each.id or "": MethodAndPath("POST", "/guessed") for each in unanswered(plan)
            }
            yield workflow.workflow_id, run(answered(plan, guesses))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_workflow_that_can_be_planned_runs_to_an_end(document: str) -> None:
    ends = {name: moment.ended for name, moment in runs(document)}
    assert all(ended is not None for ended in ends.values())


def test_most_documents_with_their_sources_succeed() -> None:
    """Examples and made-up values cannot meet every criterion; most they do."""
    manifest = json.loads(MANIFEST.read_text())
    whole = [
        each["document"]
        for each in manifest
        if each["sources"] and all(source["how"].startswith("local") for source in each["sources"])
    ]
    ended = [moment.ended for document in whole for _, moment in runs(document)]
    passed = sum(each is not None and each.passed for each in ended)
    assert passed >= len(ended) * 0.6, (passed, len(ended))


def test_what_cannot_be_planned_says_why() -> None:
    for document in DOCUMENTS:
        opened = Workspace().open(str(CORPUS / document))
        for workflow in opened.description.workflows if opened.description else ():
            result = planned(opened, workflow.workflow_id)
            if result.plan is None:
                assert any(each.severity is Severity.ERROR for each in result.problems)
