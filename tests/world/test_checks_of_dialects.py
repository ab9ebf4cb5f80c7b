# ruff: noqa: E501  # a row of a table is one line
"""Documents as they are really written: opened, planned, and told at the line what was read how.

One row for each kind found in public; the ones that are right by some version of the letter say nothing.
"""

from pathlib import Path

import pytest

from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.prepare import planned
from arazzo_tui.world.workspace import Opened, Workspace

API = """\
openapi: 3.0.3
info: {title: Pets, version: '1'}
servers: [{url: https://api.test}]
paths:
  /pets/{id}:
    get: {operationId: getPet, parameters: [{name: id, in: path, required: true, schema: {}}], responses: {'200': {description: ok}}}
  /pets:
    post: {operationId: addPet, requestBody: {content: {application/json: {}}}, responses: {'201': {description: ok}}}
"""  # fmt: skip

BASE = """\
arazzo: 1.0.1
info: {title: Wild, version: '1'}
sourceDescriptions:
  - name: pets
    url: pets.yaml
    type: openapi
workflows:
  - workflowId: main
    inputs:
      type: object
      properties: {token: {type: string}, id: {type: string}, customer: {type: object}}
    steps:
      - stepId: one
        operationId: addPet
        requestBody:
          payload: {name: Rex}
        successCriteria:
          - condition: $statusCode == 201
        outputs:
          pet: $response.body
      - stepId: two
        operationId: getPet
        parameters:
          - name: id
            in: path
            value: $inputs.id
        onFailure:
          - name: again
            type: retry
            retryAfter: 1
    outputs:
      pet: $steps.one.outputs.pet
"""

TWO = "    type: openapi\n  - name: more\n    url: more.yaml\n    type: openapi\n"

DIALECTS = [
    ("row 1", "            retryAfter: 1\n", "", "", ""),
    ("row 2", "    url: pets.yaml", "    url: ./lib/pets.yaml", "source-elsewhere", ""),
    ("row 3", "value: $inputs.id", "value: §$inputs.customer.uri", "dotted-name", "write $inputs.customer#/uri"),
    ("row 3", "      pet: $steps.one.outputs.pet\n", "      pet: §$steps.one.outputs.pet.a[0].b\n", "dotted-name", "write $steps.one.outputs.pet#/a/0/b"),
    ("row 4", "          - condition: $statusCode == 201", "          - context: $response.body\n            type: jsonpath\n            condition: $.status == \"x\"", "jsonpath-comparison", "$response.body#/status == 'x' (simple)"),
    ("row 4", "          - condition: $statusCode == 201", "          - context: $response.body\n            type: jsonpath\n            condition: $.data.length > 0", "jsonpath-comparison", ""),
    ("row 4", "          - condition: $statusCode == 201", "          - context: $response.body\n            type: jsonpath\n            condition: $.a == 1 || $.b == 2", "jsonpath-comparison", "||"),
    ("row 4", "          - condition: $statusCode == 201", "          - context: $response.body\n            type: jsonpath\n            condition: $.a.b != null", "jsonpath-comparison", "!= null"),
    ("row 5", "value: $inputs.id", "value: refs/§$inputs.id", "bare-in-text", "write refs/{$inputs.id}"),
    ("row 6", "arazzo: 1.0.1", "arazzo: 1.0.1\n$schema: https://spec.test/schema", "", ""),
    ("row 7", "operationId: getPet", "operationPath: §pets#/paths/~1pets~1{id}/get", "operation-path-form", "write {$sourceDescriptions.pets.url}#/paths/~1pets~1{id}/get"),
    ("row 7", "operationId: getPet", "operationPath: §$sourceDescriptions.pets#/paths/~1pets~1{id}/get", "operation-path-form", "write {$sourceDescriptions.pets.url}#/"),
    ("row 7", "operationId: addPet", "operationPath: §/pets", "operation-path-form", "/post"),
    ("row 7", "operationId: getPet", "operationPath: §GET /pets/{id}", "operation-path-form", "~1pets~1{id}/get"),
    ("row 8", "    url: pets.yaml", "    url: §gone.yaml", "source-unavailable", "--server pets=URL"),
    ("row 9", "    type: openapi\n", TWO, "operation-id-bare", "write $sourceDescriptions.pets.addPet"),
    ("row 10", "value: $inputs.id", "value: §$inputs.idd", "undeclared-input", "did you mean `id`?"),
    ("row 10", "value: $inputs.id", "value: §$steps.one.outputs.pett", "unknown-output", "did you mean `pet`?"),
    ("row 11", "    url: pets.yaml", "    url: §https://TBD.com", "source-unavailable", "--server pets=URL"),
    ("row 12", "          pet: $response.body\n", "          pet: $response.body§.foo[0].bar\n", "dotted-body", "write $response.body#/foo/0/bar"),
    ("row 12", "          pet: $response.body\n", "          pet: $response.body§[*].id\n", "dotted-body", ""),
    ("row 13", "    outputs:\n      pet: $steps.one.outputs.pet\n", "    outputs:\n      §- pet: $steps.one.outputs.pet\n", "outputs-list", "without `-`"),
    ("row 13", "          - name: again\n            type", "          - §type", "nameless-action", ""),
    ("row 13", "            retryAfter: 1\n", "            condition: §$statusCode == 500\n", "action-condition", "write `criteria:`"),
    ("row 13", "      - stepId: two\n", "      - stepId: two\n        §colour: red\n", "unknown-field", ""),
    ("row 13", "          - condition: $statusCode == 201", "          - §$statusCode == 201", "criterion-is-text", "write `condition:` before it"),
    ("row 13", "          - name: id\n            in: path\n            value: $inputs.id\n", "          - name: id\n            §reference: ''\n            in: path\n            value: $inputs.id\n", "empty-field", "remove `reference`"),
    ("row 14", "workflowId: main", "workflowId: §main/first one", "odd-name", ""),
    ("row 14", "  - name: pets", "  - name: §./pets.yaml", "odd-name", ""),
    ("row 15", "$statusCode == 201", "$response.body#/a == §\"x\"", "double-quotes", "write 'x'"),
    ("row 15", "$statusCode == 201", "$response.body#/a == §ready", "unquoted-text", "write 'ready'"),
    ("row 16", "pet: $response.body\n", "pet: $response.§headers.Location\n", "headers-for-header", "write $response.header.Location"),
    ("row 16", "pet: $response.body\n", "pet: §$body.x\n", "unknown-root dotted-body", "write $response.body"),
    ("row 16", "name: Rex", "name: §$faker.name", "foreign-root", ""),
    ("row 16", "name: Rex", "name: §$datetime.now", "foreign-root", ""),
    ("row 17", "operationId: getPet", "operationId: §pets.getPet", "operation-id-form", "write $sourceDescriptions.pets.getPet"),
    ("row 17", "operationId: getPet", "operationId: §GETPET", "operation-id-form", "write getPet"),
    ("row 18", "          - condition: $statusCode == 201", "          - context: $response.body\n            condition: '§{\"a\": 1}'", "condition-is-value", ""),
    ("row 19", "$statusCode == 201", "$statusCode §== 2XX", "status-class", "$statusCode >= 200 && $statusCode < 300"),
    ("row 19", "$statusCode == 201", "$response.body#/a §contains 'x'", "contains", ""),
    ("row 19", "$statusCode == 201", "§$response.body.items.length > 0", "length-property", ""),
    ("row 19", "$statusCode == 201", "'§{$statusCode} == 201'", "braces-in-condition", "write $statusCode"),
    ("row 20", "pet: $response.body\n", "pet: §'{$response.body#/a}'\n", "text-output", "no braces"),
    ("row 20", "pet: $response.body\n", "pet: §true\n", "constant-output", ""),
    ("row 20", "pet: $response.body\n", "pet: §$.a\n", "output-is-jsonpath", "write $response.body#/a"),
    ("row 21", "pet: $response.body\n", "pet: $response.body#§foo\n", "pointer-slash", "write $response.body#/foo"),
    ("row 21", "pet: $response.body\n", "pet: $response.body#§/a/*/b\n", "pointer-brackets", ""),
    ("row 21", "name: Rex", "name: §$inputs", "whole-map", ""),
    ("row 22", "          - condition: $statusCode == 201", "          - context: $response.body\n            type: jsonpath\n            condition: $.id == $inputs.id", "jsonpath-comparison", ""),
    ("row 23", "      - stepId: two\n", "      - stepId: two\n        §dependsOn: [one]\n", "newer-field", "write `arazzo: 1.1.0`"),
    ("row 23", "      - stepId: two\n", "      - stepId: two\n        §timeout: 100\n", "newer-field", "write `arazzo: 1.1.0`"),
    ("1.0.0", "      pet: $steps.one.outputs.pet\n", "      pet: §$steps.one.pet\n", "outputs-left-out", "write $steps.one.outputs.pet"),
    ("1.0.0", "            in: path\n            value: $inputs.id\n", "            in: path\n            value: $inputs.id\n          - §name: extra\n            in: body\n            value: 1\n", "body-parameter body-discouraged", "write it in a `requestBody`"),
]  # fmt: skip


def opened(folder: Path, text: str, *, strict: bool = False) -> Opened:
    (folder / "docs").mkdir()
    (folder / ".git").mkdir()
    (folder / "lib").mkdir()
    for place in ("docs", "lib"):
        (folder / place / "pets.yaml").write_text(API)
    (folder / "docs/more.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: More, version: '1'}\npaths: {}\n"
    )
    (folder / "docs/doc.yaml").write_text(text)
    return Workspace(strict=strict).open(str(folder / "docs/doc.yaml"))


def places(problems: tuple[Problem, ...], code: str) -> list[tuple[int, int]]:
    marks = [each.mark for each in problems if each.code == code]
    return [(mark.line, mark.column) for mark in marks if mark is not None]


@pytest.mark.parametrize(
    "row", DIALECTS, ids=[f"{row[0]}-{row[3] or 'right'}-{at}" for at, row in enumerate(DIALECTS)]
)
def test_a_dialect_runs_and_is_told_with_the_rewrite(row: tuple[str, ...], tmp_path: Path) -> None:
    _, old, new, code, rewrite = row
    assert BASE.count(old) == 1, old
    text = BASE.replace(old, new)
    document = opened(tmp_path, text.replace("§", ""))
    problems = all_problems(document)
    said = "\n".join(map(str, problems))
    assert document.description is not None
    made = planned(document, document.description.workflows[0].workflow_id).plan
    assert made is not None, said
    assert len(made.first.steps) == 2
    assert {each.code for each in problems} == set(code.split()), said
    assert all(each.severity is not Severity.ERROR for each in problems), said
    assert not rewrite or any(rewrite in f"{each.message}; {each.hint}" for each in problems), said
    if "§" in text:
        at = text.index("§")
        place = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        assert place in places(problems, code.split()[0]), said


NOT_REFUSED = {"source-unavailable"}  # it is a matter of the world, not of the text


@pytest.mark.parametrize(
    "row",
    [row for row in DIALECTS if row[3] and row[3] not in NOT_REFUSED],
    ids=[
        f"{row[0]}-{row[3]}-{at}"
        for at, row in enumerate(DIALECTS)
        if row[3] and row[3] not in NOT_REFUSED
    ],
)
def test_strict_refuses_every_dialect(row: tuple[str, ...], tmp_path: Path) -> None:
    text = BASE.replace(row[1], row[2].replace("§", ""))
    problems = all_problems(opened(tmp_path, text, strict=True), strict=True)
    assert any(each.severity is Severity.ERROR for each in problems), list(map(str, problems))


ARAZZO_1_1 = BASE.replace("arazzo: 1.0.1", "arazzo: 1.1.0")
LEGAL = [
    ("extensions everywhere", BASE, "  - name: pets\n", "  - name: pets\n    x-a: 1\n"),
    ("extensions of a step", BASE, "      - stepId: two\n", "      - stepId: two\n        x-b: {c: $nothing.at.all}\n"),
    ("extensions of a parameter", BASE, "            in: path\n", "            in: path\n            x-b: yes\n"),
    ("extensions of an action", BASE, "            type: retry\n", "            type: retry\n            x-b: 1\n"),
    ("a name of the document", ARAZZO_1_1, "arazzo: 1.1.0\n", "arazzo: 1.1.0\n$self: https://docs.test/wild\n"),
    ("a step with a time and an order", ARAZZO_1_1, "      - stepId: two\n", "      - stepId: two\n        dependsOn: [one]\n        timeout: 1000\n"),
    ("a selector as an output", ARAZZO_1_1, "          pet: $response.body\n", "          pet: {context: $response.body, selector: $.a, type: jsonpath}\n"),
    ("a selector as a parameter", ARAZZO_1_1, "            value: $inputs.id\n", "            value: {context: $steps.one.outputs.pet, selector: /id, type: jsonpointer}\n"),
    ("a name with dots", BASE, "{token: {type: string}, id: {type: string}, customer: {type: object}}", "{a.b-c_d: {type: string}, id: {type: string}}"),
    ("an input that nobody reads", BASE, "{token: {type: string}, ", "{"),
    ("a pointer into an input", BASE, "value: $inputs.id", "value: $inputs.customer#/a/0/b~1c"),
    ("an index in a condition", BASE, "$statusCode == 201", "$response.body.pets[0].name == 'Rex'"),
    ("a number as a text", BASE, "$statusCode == 201", "$statusCode == '201'"),
    ("an open end", BASE, "$statusCode == 201", "$statusCode >= 200 && $statusCode < 300 || !($statusCode == 404)"),
    ("no answer at all", BASE, "            retryAfter: 1\n", "            criteria: [{condition: $statusCode == null}]\n"),
    ("a status kept to be looked at", BASE, "          pet: $response.body\n", "          pet: $response.body\n          status: $statusCode\n"),
    ("a retry through another step", BASE, "            retryAfter: 1\n", "            stepId: one\n"),
    ("a goto back with a criterion", BASE, "        onFailure:\n", "        onSuccess: [{name: poll, type: goto, stepId: one, criteria: [{condition: $statusCode == 202}]}]\n        successCriteria: [{condition: $statusCode < 300}]\n        onFailure:\n"),
    ("a dollar amount", BASE, "name: Rex", "price: $5.00"),
    ("a GraphQL query among other things", BASE, "{name: Rex}", "{query: 'query Q($id: ID) { pet(id: $id) { name } }', variables: {id: $inputs.id}}"),
    ("a GraphQL query from an input", BASE, "{name: Rex}", "{query: $inputs.token, variables: {id: 1}}"),
    ("GraphQL variables from an input", BASE, "{name: Rex}", "{query: 'query Q($id: ID!) { pet(id: $id) { name } }', variables: $inputs.customer}"),
    ("a search that is no GraphQL", BASE, "{name: Rex}", "{query: 'red shoes', page: 1}"),
    ("a whole body from an input", BASE, "{name: Rex}", "$inputs.customer"),
    ("a text with embedded values", BASE, "{name: Rex}", "'{\"name\": \"{$inputs.id}\"}'"),
    ("an empty pointer", BASE, "          pet: $response.body\n", "          pet: $response.body#\n"),
    ("a header", BASE, "          pet: $response.body\n", "          pet: $response.header.Location\n"),
    ("what was sent", BASE, "          pet: $response.body\n", "          pet: $request.body#/name\n"),
    ("a regular expression", BASE, "          - condition: $statusCode == 201", "          - {context: $statusCode, condition: '^2\\d\\d$', type: regex}"),
    ("a JSONPath with a filter", BASE, "          - condition: $statusCode == 201", "          - {context: $response.body, condition: '$.pets[?@.name == \"Rex\"]', type: jsonpath}"),
    ("the older JSONPath", BASE, "          - condition: $statusCode == 201", "          - {context: $response.body, condition: '$.pets[?(@.a>1)]', type: {type: jsonpath, version: draft-goessner-dispatch-jsonpath-00}}"),
    ("an XPath", BASE, "          - condition: $statusCode == 201", "          - {context: $response.body, condition: '//pet', type: {type: xpath, version: xpath-30}}"),
    ("a qualified operationId", BASE, "operationId: getPet", "operationId: $sourceDescriptions.pets.getPet"),
    ("an operationPath", BASE, "operationId: getPet", "operationPath: '{$sourceDescriptions.pets.url}#/paths/~1pets~1{id}/get'"),
    ("inputs put together", BASE, "      type: object\n      properties: {token", "      allOf: [{type: object, required: [id], properties: {more: {type: string, default: x}}}]\n      type: object\n      properties: {token"),
    ("inputs from the components", BASE + "components:\n  inputs:\n    all: {type: object, properties: {id: {type: string}, customer: {type: object}}}\n", "    inputs:\n      type: object\n      properties: {token: {type: string}, id: {type: string}, customer: {type: object}}\n", "    inputs: {$ref: '#/components/inputs/all'}\n"),
    ("components that nobody uses", BASE + "components:\n  parameters: {p: {name: p, in: query, value: 1}}\n  successActions: {s: {name: s, type: end}}\n  failureActions: {f: {name: f, type: end}}\n", "info:", "info:"),
    ("a reusable action", BASE + "components:\n  failureActions: {f: {name: f, type: end}}\n", "          - name: again\n            type: retry\n            retryAfter: 1\n", "          - reference: $components.failureActions.f\n"),
    ("a reusable parameter with a value", BASE + "components:\n  parameters: {id: {name: id, in: path, value: 1}}\n", "          - name: id\n            in: path\n            value: $inputs.id\n", "          - reference: $components.parameters.id\n            value: $inputs.id\n"),
    ("a workflow of another document", BASE, "workflows:\n", "  - {name: other, url: other.arazzo.yaml, type: arazzo}\nworkflows:\n  - workflowId: first\n    steps:\n      - {stepId: call, workflowId: $sourceDescriptions.other.sub, parameters: [{name: a, value: 1}], outputs: {got: $outputs.b}}\n    outputs: {got: $steps.call.outputs.got}\n"),
    ("workflow actions and parameters", BASE, "    outputs:\n      pet: $steps", "    successActions: [{name: done, type: end, criteria: [{condition: $statusCode == 204}]}]\n    failureActions: [{name: give-up, type: end}]\n    outputs:\n      pet: $steps"),
    ("a value that is null", BASE, "name: Rex", "name: null"),
    ("replacements", BASE, "          payload: {name: Rex}\n", "          payload: {name: Rex}\n          replacements: [{target: /name, value: $inputs.id}]\n"),
    ("words that are quoted", BASE, "name: Rex", "{a: 'yes', b: \"2024-01-01\", c: '1:30', d: 'no'}".strip("{}")),
    ("talk with words of older readers", BASE, "      - stepId: two\n", "      - stepId: two\n        description: yes\n"),
    ("a date of birth as an example", BASE, "title: Wild, version: '1'", "title: Wild, version: 2024-01-01"),
    ("anchors and merges", BASE, "          payload: {name: Rex}\n", "          payload: &p {name: Rex}\n"),
    ("an output for another step", BASE, "            value: $inputs.id\n", "            value: $steps.one.outputs.pet#/id\n"),
    ("an output in a condition", BASE, "        onFailure:\n", "        successCriteria: [{condition: $steps.one.outputs.pet#/id == $response.body#/id}]\n        onFailure:\n"),
]  # fmt: skip

OTHER = """\
arazzo: 1.0.1
info: {title: Other, version: '1'}
sourceDescriptions: [{name: pets, url: pets.yaml, type: openapi}]
workflows:
  - workflowId: sub
    inputs: {type: object, required: [a], properties: {a: {type: integer}}}
    steps:
      - {stepId: s, operationId: getPet, parameters: [{name: id, in: path, value: $inputs.a}], outputs: {b: $response.body}}
    outputs: {b: $steps.s.outputs.b}
"""  # fmt: skip


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("row", LEGAL, ids=[row[0] for row in LEGAL])
def test_of_what_is_right_nothing_is_said(
    row: tuple[str, str, str, str], strict: bool, tmp_path: Path
) -> None:
    _, base, old, new = row
    assert base.count(old) == 1, old
    (tmp_path / "other").mkdir()
    document = opened(tmp_path, base.replace(old, new), strict=strict)
    if "other.arazzo.yaml" in new:
        (tmp_path / "docs/other.arazzo.yaml").write_text(OTHER)
        document = Workspace(strict=strict).open(str(tmp_path / "docs/doc.yaml"))
    assert [str(each) for each in all_problems(document, strict=strict)] == []
