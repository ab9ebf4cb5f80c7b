"""What `check` says of documents that other people wrote: their dialects by code, and nothing of the rest."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.prepare import planned
from arazzo_tui.world.reading import CannotRead
from arazzo_tui.world.workspace import Opened, Workspace

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
MANIFEST = CORPUS / "manifest.json"
pytestmark = pytest.mark.skipif(not MANIFEST.is_file(), reason="no corpus of documents beside us")

ENTRIES: list[dict[str, object]] = (
    json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.is_file() else []
)
DIALECTS: dict[str, list[str]] = {str(each["document"]): each["dialects"] for each in ENTRIES}  # type: ignore[misc]  # the manifest says so

CODES: Mapping[str, str] = {
    "$inputs.x not declared in inputs": "undeclared-input",
    "$response.headers.X (plural)": "headers-for-header",
    "$steps.x refers to a step that does not exist": "unknown-step",
    "$steps.x.outputs.y where y is not an output of x": "unknown-output",
    "action stepId target does not exist": "empty-field",
    "action workflowId target does not exist": "empty-field",
    "action type 'step' unknown": "bad-type",
    "action type None unknown": "missing-field",
    "action without name": "nameless-action",
    "bare object expression": "whole-map",
    "context given but type absent/simple": "context-unused condition-is-value criterion-value empty-field",
    "criterion is not an object": "criterion-is-text",
    'criterion unknown key "value"': "criterion-value",
    "does not parse as YAML/JSON": "several-documents",
    "dotted/bracket body access": "dotted-body",
    "duplicate stepId": "duplicate-id",
    "duplicate workflowId": "duplicate-id",
    "goto without target": "missing-field",
    "info missing": "missing-field",
    "info.version missing": "missing-field",
    'inputs property has boolean "required"': "schema-required",
    "jsonpath condition is not an RFC 9535 query": "jsonpath-comparison",
    'operation parameter without "in"': "missing-location",
    "operationId does not resolve: qualified: case-insensitive only": "operation-id-form",
    "operationId does not resolve: qualified: operationId absent": "unknown-operation",
    "operationId does not resolve: qualified: unknown source name": "unknown-operation asyncapi-step",
    "operationPath form": "operation-path-form",
    "output is a literal": "constant-output",
    "output name outside": "odd-name",
    "output wrapped in braces": "text-output",
    "output: text with bare $expr": "text-output output-condition odd-name dotted-body",
    "parameter in: body": "body-parameter",
    "parameter is not an object": "wrong-type",
    "path suffix on an output/input without #": "dotted-name undeclared-input odd-name",
    "placeholder source URL": "source-unavailable",
    "regex criterion without context": "missing-context",
    "relative source URL does not resolve": "source-unavailable",
    "relative source URL is relative to repo root": "source-elsewhere",
    "remote GitHub source URL whose file has moved": "source-unavailable",
    "replacement target is not a plain JSON pointer": "replacement-target",
    "runtime expression inside a jsonpath condition": "jsonpath-comparison",
    "simple condition: .length property": "length-property",
    "simple condition: 2xx pattern": "status-class",
    "simple condition: [?..]/[*]": "descent-wildcard",
    "simple condition: braced {$expr}": "braces-in-condition",
    "simple condition: contains": "contains",
    "simple condition: double quotes": "double-quotes braces-in-condition",
    "simple condition: unquoted string operand": "unquoted-text",
    "simple condition: whole condition is JSON/text": "condition-is-value",
    "source name outside": "odd-name",
    "step output is a literal": "constant-output",
    "step without operationId/operationPath/workflowId": "missing-field",
    "step.dependsOn (1.1 field)": "newer-field",
    "stepId missing": "missing-field",
    "unknown expression root $body": "unknown-root",
    "unknown expression root": "foreign-root",
    "unknown key action.condition": "action-condition",
    "unknown key": "unknown-field",
    "unqualified operationId": "operation-id-bare operation-id-form",
    "value template dialect: text with bare $expr": "bare-in-text",
    "value template dialect: whole unknown": "foreign-root",
    "wildcard/negative index inside JSON pointer": "pointer-brackets dotted-body",
    "workflow output is an object": "text-output",
    "workflow outputs is a list": "outputs-list",
    "workflowId outside": "odd-name",
}  # fmt: skip
"""By the beginning of what the manifest says, the longest first: the codes, of which one is reported."""


LEGAL = {
    # There it is only in simple conditions, where it is the letter (SIM-11).
    (
        "sandraschi__speech-mcp/arazzo.yaml",
        "dotted/bracket body access ($response.body.foo instead of #/foo)",
    ),
}
WILL_FAIL = {
    # An object as an XML body, which no letter says how to write: the step fails before it is sent.
    "api-evangelist__amazon-s3/arazzo/amazon-s3-set-bucket-tagging-workflow.yml": {
        "payload-misfit"
    },
}


def codes_of(dialect: str) -> frozenset[str]:
    begun = [each for each in CODES if dialect.startswith(each)]
    return frozenset(CODES[max(begun, key=len)].split())


def mirrored(url: str) -> bytes:
    """A source that was on the web when the corpus was made, from its copy."""
    for entry in ENTRIES:
        for source in entry["sources"]:  # type: ignore[attr-defined]  # the manifest says so
            if source["url"] == url and source["how"] == "remote-github-mirrored":
                return Path(CORPUS, str(source["corpus_path"])).read_bytes()
    raise CannotRead("is not fetched here")


@cache
def opened(document: str) -> Opened:
    return Workspace(mirrored).open(str(CORPUS / document))


@cache
def problems(document: str) -> tuple[Problem, ...]:
    return all_problems(opened(document))


def right() -> list[str]:
    """The documents in which the manifest finds nothing that is not by the letter."""
    return [
        str(each["document"])
        for each in ENTRIES
        if not each["dialects"] and each["all_targets_resolve"]["by_the_letter"]  # type: ignore[index]
    ]


@pytest.mark.parametrize(
    ("document", "dialect"),
    [
        (document, dialect)
        for document, dialects in DIALECTS.items()
        for dialect in dialects
        if (document, dialect) not in LEGAL
    ],
)
def test_each_dialect_is_reported_at_a_line_with_its_code(document: str, dialect: str) -> None:
    wanted = codes_of(dialect)
    found = [each for each in problems(document) if each.code in wanted]
    assert found, (wanted, sorted({each.code for each in problems(document)}))
    assert all(each.mark is not None for each in found)


@pytest.mark.parametrize("document", right())
def test_of_a_document_that_is_right_nothing_is_said(document: str) -> None:
    known = WILL_FAIL.get(document, set())
    assert [str(each) for each in problems(document) if each.code not in known] == []


@pytest.mark.parametrize("document", list(DIALECTS))
def test_what_can_be_run_has_no_error(document: str) -> None:
    """Every workflow that plans is free of errors; where there are some, one of them does not plan."""
    errors = {
        (each.code, each.message) for each in problems(document) if each.severity is Severity.ERROR
    }
    description = opened(document).description
    assert description is not None
    stuck = {
        (each.code, each.message)
        for workflow in description.workflows
        if (result := planned(opened(document), workflow.workflow_id)).plan is None
        for each in result.problems
        if each.severity is Severity.ERROR
    }
    assert errors - stuck == set()


@pytest.mark.parametrize(
    "document",
    [str(each["document"]) for each in ENTRIES if each["all_targets_resolve"]["with_tolerance"]],  # type: ignore[index]
)
def test_a_document_whose_targets_resolve_has_no_error_at_all(document: str) -> None:
    assert [str(each) for each in problems(document) if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize("document", list(DIALECTS))
def test_every_problem_has_its_place_and_no_two_are_the_same(document: str) -> None:
    said = [(each.code, each.message, each.mark, each.hint) for each in problems(document)]
    assert len(said) == len(set(said))
    for each in problems(document):
        assert each.mark is not None, each
        assert each.mark.line >= 1
        assert each.mark.column >= 1
        assert each.mark.column <= len(each.mark.source.line(each.mark.line)) + 1, each
