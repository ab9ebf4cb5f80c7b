"""Documents that other people wrote open, and plan as far as their names allow."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.inputs import fields, validate, with_defaults
from arazzo_tui.engine.planner import check, plan
from arazzo_tui.world.prepare import missing_servers, planned, schema_of
from arazzo_tui.world.workspace import Opened, Workspace

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
MANIFEST = CORPUS / "manifest.json"
pytestmark = pytest.mark.skipif(
    not MANIFEST.is_file(), reason=f"no corpus of documents at {CORPUS}"
)

ENTRIES: list[Mapping[str, dict[str, bool | None]]] = (
    json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.is_file() else []
)


def those(resolve: str) -> list[str]:
    """The documents whose step targets all resolve, by the letter or with tolerance."""
    return [str(each["document"]) for each in ENTRIES if each["all_targets_resolve"][resolve]]


every_document = pytest.mark.parametrize("path", [str(each["document"]) for each in ENTRIES])


@cache
def opened(path: str) -> Opened:
    return Workspace().open(str(CORPUS / path))


def errors(problems: tuple[Problem, ...]) -> list[str]:
    return [str(each) for each in problems if each.severity is Severity.ERROR]


def workflows(path: str) -> list[str]:
    description = opened(path).description
    assert description is not None, opened(path).problems
    return [each.workflow_id for each in description.workflows]


def test_the_corpus_is_all_there() -> None:
    assert len(ENTRIES) == 61
    assert len(those("with_tolerance")) > 30


@every_document
def test_a_document_opens(path: str) -> None:
    entry = next(each for each in ENTRIES if each["document"] == path)
    documents = opened(path).documents
    assert documents is not None
    counted = entry["workflows"]
    assert counted in (None, len(workflows(path))) or errors(opened(path).problems)
    assert set(documents.sources) == {
        each.name for each in documents.description.source_descriptions
    }
    for problem in (*opened(path).problems, *check(documents)):
        assert str(problem)


@every_document
def test_a_workflow_is_planned_or_it_is_said_why_not(path: str) -> None:
    documents = opened(path).documents
    assert documents is not None
    for workflow in workflows(path):
        made, problems = plan(documents, workflow)
        assert (made is None) == bool(errors(problems))
        result = planned(opened(path), workflow)
        assert (result.plan is None) == bool(errors(result.problems))
        if made is not None:
            missing_servers(made, {})
            assert isinstance(fields(schema_of(made)), tuple)
            validate(schema_of(made), with_defaults(schema_of(made), {}))


@pytest.mark.parametrize("path", those("with_tolerance"))
def test_a_document_whose_targets_resolve_is_planned_whole(path: str) -> None:
    documents = opened(path).documents
    assert documents is not None
    for workflow in workflows(path):
        made, problems = plan(documents, workflow)
        assert errors(problems) == []
        assert made is not None
        source = documents.description.workflow(workflow)
        assert source is not None
        assert len(made.workflows[workflow].steps) == len(source.steps)


@pytest.mark.parametrize("path", those("by_the_letter"))
def test_a_document_written_by_the_letter_names_operations_that_exist(path: str) -> None:
    documents = opened(path).documents
    assert documents is not None
    wrong = {"unknown-operation", "operation-id-form", "operation-path-form", "operation-id-bare"}
    found = [str(each) for each in check(documents, strict=True) if each.code in wrong]
    assert found == []
