# ruff: noqa: E501  # a row of a table is one line
"""Every mistake that can be known before a run, one a row: its code, how bad it is, its place, its cure.

A row changes a document in which nothing is wrong. `§` marks the character that the caret is under; a `§`
where nothing was changed stands in front of the text that is given as the place.
"""

from pathlib import Path

import pytest

from arazzo_tui.document.source import Problem
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.workspace import Workspace

API = """\
openapi: 3.1.0
info: {title: Users, version: '1'}
servers: [{url: https://api.test}]
paths:
  /users/{id}:
    get:
      operationId: getUser
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer}}
        - {name: X-Trace, in: header, required: true, schema: {type: string}}
      responses:
        '200':
          description: fine
          content:
            application/json:
              schema:
                type: object
                additionalProperties: false
                properties:
                  name: {type: string}
                  tags: {type: array, items: {type: object, additionalProperties: false, properties: {key: {type: string}}}}
  /users:
    post:
      operationId: createUser
      requestBody:
        required: true
        content: {application/json: {schema: {type: object}}}
      responses: {'201': {description: made}}
  /graphql:
    post:
      operationId: graphql
      requestBody: {content: {application/json: {}}}
      responses: {'200': {description: fine}}
"""

RIGHT = """\
arazzo: 1.0.1
info: {title: Right, version: '1'}
sourceDescriptions:
  - name: users
    url: api.yaml
    type: openapi
workflows:
  - workflowId: main
    inputs:
      type: object
      properties:
        userName: {type: string}
        count: {type: integer, default: 3}
    steps:
      - stepId: create
        operationId: createUser
        requestBody:
          contentType: application/json
          payload:
            name: $inputs.userName
            count: $inputs.count
        successCriteria:
          - condition: $statusCode == 201
        outputs:
          userId: $response.body#/id
      - stepId: read
        operationId: getUser
        parameters:
          - name: id
            in: path
            value: $steps.create.outputs.userId
          - name: X-Trace
            in: header
            value: abc
        successCriteria:
          - condition: $statusCode == 200
          - context: $response.body
            type: jsonpath
            condition: $.name
        onFailure:
          - name: again
            type: retry
            retryAfter: 1
            retryLimit: 2
        outputs:
          found: $response.body#/name
      - stepId: ask
        operationId: graphql
        requestBody:
          contentType: application/json
          payload:
            query: 'query Q($id: ID!, $n: Int) { user(id: $id, n: $n) { name } }'
            variables:
              id: $steps.create.outputs.userId
              n: 1
      - stepId: again
        workflowId: other
        parameters:
          - name: given
            value: $steps.read.outputs.found
    outputs:
      name: $steps.read.outputs.found
  - workflowId: other
    inputs:
      type: object
      required: [given]
      properties: {given: {type: string}}
    steps:
      - stepId: only
        operationId: createUser
        requestBody:
          payload: {name: $inputs.given}
components:
  parameters:
    trace: {name: X-Trace, in: header, value: abc}
"""


def found_in(folder: Path, text: str, *, strict: bool = False) -> tuple[Problem, ...]:
    (folder / "api.yaml").write_text(API)
    (folder / "doc.yaml").write_text(text)
    return all_problems(Workspace(strict=strict).open(str(folder / "doc.yaml")), strict=strict)


def place_of(text: str) -> tuple[int, int]:
    at = text.index("§")
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


@pytest.mark.parametrize("strict", [False, True])
def test_the_document_that_the_mistakes_are_put_into_is_right(tmp_path: Path, strict: bool) -> None:
    assert [str(each) for each in found_in(tmp_path, RIGHT, strict=strict)] == []


MISTAKES = [
    # keys and structure
    ("successCriteria:\n          - condition: $statusCode == 201", "§sucessCriteria:\n          - condition: $statusCode == 201", "unknown-field", "warning", "did you mean `successCriteria`?"),
    ("    type: openapi\n", "    type: openapi\n    §urll: x\n", "unknown-field", "warning", "did you mean `url`?"),
    ("      - stepId: create\n        operationId", "      - §stepid: create\n        operationId", "unknown-field missing-field unknown-step unused-output", "warning", "did you mean `stepId`?"),
    ("info: {title: Right, version: '1'}", "info: §{title: Right}", "missing-field", "warning", "version"),
    ("        operationId: createUser\n        requestBody:\n          contentType", "        requestBody:\n          contentType", "missing-field", "error", "operationId", "      - §stepId: create\n"),
    ("        operationId: getUser\n", "        operationId: getUser\n        operationPath: x\n", "two-targets", "error", "", "      - §stepId: read\n"),
    ("    type: openapi\n", "    type: §openapii\n", "bad-type", "warning", "did you mean `openapi`?"),
    ("            type: retry\n", "            type: §retri\n", "bad-type", "error", "did you mean `retry`?"),
    ("            type: jsonpath\n", "            type: §jsonpth\n", "bad-type", "error", "did you mean `jsonpath`?"),
    ("            in: path\n", "            in: §pth\n", "bad-location missing-parameter", "error", "did you mean `path`?"),
    ("            retryAfter: 1\n", "            retryAfter: §soon\n", "wrong-type", "error", ""),
    ("            retryAfter: 1\n", "            retryAfter: §-1\n", "out-of-range", "error", ""),
    ("arazzo: 1.0.1", "arazzo: §2.0.0", "unknown-version", "error", "1.0.x and 1.1.x are known"),
    ("    steps:\n      - stepId: only\n        operationId: createUser\n        requestBody:\n          payload: {name: $inputs.given}\n", "    steps: []\n", "missing-field", "error", "", "  - §workflowId: other\n"),
    # ids given twice
    ("      - stepId: read\n", "      - stepId: §create\n", "duplicate-id unknown-step", "error", ""),
    ("  - workflowId: other\n", "  - workflowId: §main\n", "duplicate-id unknown-workflow", "error", ""),
    ("workflows:\n  - workflowId: main", "  - name: §users\n    url: api.yaml\n    type: openapi\nworkflows:\n  - workflowId: main", "duplicate-id", "error", "line 4"),
    ("          - name: X-Trace\n            in: header\n", "          - name: X-Trace\n            in: header\n            value: a\n          - name: §x-trace\n            in: header\n", "duplicate-parameter", "error", "the first is at line"),
    ("            retryLimit: 2\n", "            retryLimit: 2\n          - name: §again\n            type: end\n", "duplicate-action", "error", ""),
    # references that name nothing
    ("name: $inputs.userName", "name: §$inputs.usrName", "undeclared-input", "warning", "did you mean `userName`?"),
    ("value: $steps.create.outputs.userId", "value: §$steps.creat.outputs.userId", "unknown-step", "warning", "did you mean `create`"),
    ("value: $steps.create.outputs.userId", "value: §$steps.create.outputs.userid", "unknown-output", "warning", "did you mean `userId`?"),
    ("name: $steps.read.outputs.found", "name: §$steps.read.outputs.fond", "unknown-output", "warning", "did you mean `found`?"),
    ("operationId: getUser", "operationId: §getUsr", "unknown-operation", "error", "did you mean `getUser`"),
    ("operationId: getUser", "operationId: §getuser", "operation-id-form", "warning", "write getUser"),
    ("operationId: getUser", "operationId: §$sourceDescriptions.user.getUser", "unknown-operation", "error", "did you mean `users`?"),
    ("operationId: getUser", "operationPath: §'{$sourceDescriptions.users.url}#/paths/~1user~1{id}/get'", "unknown-operation", "error", "/users/{id}"),
    ("operationId: getUser", "operationPath: §GET /users/{id}", "operation-path-form", "warning", "write {$sourceDescriptions.users.url}#/paths/~1users~1{id}/get"),
    ("workflowId: other\n        parameters", "workflowId: §othr\n        parameters", "unknown-workflow", "error", "did you mean `other`?"),
    ("            type: retry\n", "            type: goto\n            stepId: §reed\n", "unknown-step misplaced-field", "error", "did you mean `read`"),
    ("            type: retry\n", "            type: goto\n            workflowId: §othr\n", "unknown-workflow misplaced-field", "error", "did you mean `other`?"),
    ("            type: retry\n", "            type: goto\n", "missing-field misplaced-field", "error", "", "          - §name: again\n"),
    ("          - name: X-Trace\n            in: header\n            value: abc\n", "          - reference: §$components.parameters.trac\n", "unknown-component missing-parameter", "error", "did you mean `trace`?"),
    ("value: $steps.create.outputs.userId", "value: §$components.parameters.trac", "unknown-component", "warning", "did you mean `trace`?"),
    ("            value: abc\n", "            value: §$sourceDescriptions.usrs.url\n", "unknown-source", "warning", "did you mean `users`?"),
    ("            value: abc\n", "            value: §$workflows.othr.outputs.x\n", "unknown-workflow", "warning", "did you mean `other`?"),
    ("            value: abc\n", "            value: §$workflows.other.outputs.x\n", "unknown-output", "warning", ""),
    ("    url: api.yaml\n", "    url: §aip.yaml\n", "source-unavailable", "warning", "looked at"),
    ("  - workflowId: other\n", "  - workflowId: other\n    dependsOn: §[mian]\n", "unknown-workflow", "error", "did you mean `main`?"),
    ("      - stepId: ask\n", "      - stepId: ask\n        dependsOn: §[rad]\n", "unknown-step newer-field", "error", "did you mean `read`?"),
    ("condition: $statusCode == 201", "condition: $statusCode == 201 && §$inputs.usrName != null", "undeclared-input", "warning", "did you mean `userName`?"),
    ("          - context: $response.body\n", "          - context: §$steps.nowhere.outputs.x\n", "unknown-step", "warning", ""),
    ("            retryLimit: 2\n", "            retryLimit: 2\n            criteria: [{condition: §$steps.create.outputs.usrId == 1}]\n", "unknown-output", "warning", "did you mean `userId`?"),
    ("            type: jsonpath\n            condition: $.name", "            type: regex\n            condition: '§{$inputs.usrName}'", "undeclared-input", "warning", "did you mean `userName`?", "            condition: '{§$inputs.usrName}'"),
    ("          - name: X-Trace\n            in: header\n            value: abc\n", "          - reference: §$components.successActions.trace\n", "unknown-component missing-parameter", "error", "$components.parameters.<name>"),
    # too early, too late
    ("name: $inputs.userName", "name: §$steps.read.outputs.found", "forward-reference", "warning", ""),
    ("name: $inputs.userName", "name: §$response.body#/x", "too-early", "warning", ""),
    ("name: $steps.read.outputs.found\n  -", "name: §$response.body#/name\n  -", "too-early", "warning", "$steps.<stepId>.outputs.<name>"),
    # expressions, conditions, queries
    ("userId: $response.body#/id", "userId: $response.§bdy#/id", "bad-expression", "error", "`body`"),
    ("userId: $response.body#/id", "userId: §$respose.body#/id", "unknown-root", "warning", "did you mean `$response`?"),
    ("userId: $response.body#/id", "userId: $response.body§.id", "dotted-body", "warning", "write $response.body#/id"),
    ("condition: $statusCode == 201", "condition: $statusCode §= 201", "bad-condition", "error", "equality is written `==`"),
    ("condition: $statusCode == 201", "condition: $statusCode == 201 §and 1 == 1", "bad-condition", "error", "write `&&`"),
    ("condition: $statusCode == 201", "condition: §($statusCode == 201", "bad-condition", "error", "never closed"),
    ("condition: $statusCode == 201", 'condition: $inputs.userName == §"x"', "double-quotes", "warning", "write 'x'"),
    ("condition: $statusCode == 201", "condition: $statusCode §== 2XX", "status-class", "warning", "$statusCode >= 200 && $statusCode < 300"),
    ("condition: $.name", "condition: $.§", "bad-jsonpath", "error", ""),
    ("condition: $.name", "condition: $.name §== 'x'", "jsonpath-comparison", "warning", "write "),
    ("            type: jsonpath\n            condition: $.name", "            type: regex\n            condition: '(a§'", "bad-regex", "error", ""),
    ("            type: jsonpath\n            condition: $.name", "            type: xpath\n            condition: //§[", "bad-xpath", "error", ""),
    ("          - context: $response.body\n            type: jsonpath\n", "          - §type: jsonpath\n", "missing-context", "warning", "add `context: $response.body`"),
    ("          - context: $response.body\n", "          - context: $response.§bod\n", "bad-expression", "error", ""),
    ("value: $steps.create.outputs.userId", "value: $steps.create.§output.userId", "bad-expression", "error", "write `$steps.create.outputs.userId`"),
    ("              n: 1\n", "              n: 1\n          replacements: [{target: §/a~2, value: 1}]\n", "bad-target", "error", ""),
    ("              n: 1\n", "              n: 1\n          replacements: [{target: '$.a[§', targetSelectorType: jsonpath, value: 1}]\n", "bad-target", "error", ""),
    # values that do not fit
    ("default: 3", "default: §three", "default-misfit", "warning", "integer"),
    ("count: {type: integer, default: 3}", "count: {type: §int, default: 3}", "schema-type", "warning", "did you mean `integer`"),
    ("userName: {type: string}", "userName: {type: string, §required: true}", "schema-required", "warning", "write `required: [userName]`"),
    ("      required: [given]\n", "      required: [§givn]\n", "required-unknown missing-input", "warning", "did you mean `given`?"),
    # the ways through
    ("        outputs:\n          found", "        onSuccess:\n          - {name: out, type: end}\n        outputs:\n          found", "unreachable-step", "warning", "ends", "      - §stepId: ask\n"),
    ("        outputs:\n          found", "        onSuccess:\n          - §{name: back, type: goto, stepId: create}\n        outputs:\n          found", "endless-loop unreachable-step", "warning", "criteria"),
    ("condition: $statusCode == 201", "condition: $statusCode == '200x'", "never-true", "warning", "from 100 to 599", "          - §condition: $statusCode == '200x'"),
    ("          - condition: $statusCode == 201", "          - §condition: $statusCode == 200 && $statusCode == 201", "never-true", "warning", ""),
    ("          - condition: $statusCode == 201", "          - condition: $statusCode == 200\n          - §condition: $statusCode == 201", "never-true", "warning", "`||`"),
    ("        outputs:\n          found", "        onSuccess:\n          - §{name: out, type: end, criteria: [{condition: $statusCode == 404}]}\n        outputs:\n          found", "never-true", "warning", ""),
    # outputs
    ("userId: $response.body#/id\n", "userId: $response.body#/id\n          §forgotten: $response.body#/x\n", "unused-output", "hint", "$steps.create.outputs.forgotten"),
    ("found: $response.body#/name", "found: §$response.body#/nme", "not-in-answer", "hint", "did you mean `name`?"),
    ("found: $response.body#/name", "found: §$response.body#/name/first", "not-in-answer", "hint", ""),
    ("found: $response.body#/name", "found: §$response.body#/tags/key", "not-in-answer", "hint", "/tags/0/key"),
    ("found: $response.body#/name", "found: §constant", "constant-output", "warning", ""),
    ("name: $steps.read.outputs.found\n  -", "§na me: $steps.read.outputs.found\n  -", "odd-name", "warning", ""),
    # calls
    ("          - name: id\n            in: path", "          - name: §idd\n            in: path", "unknown-parameter missing-parameter", "warning", "did you mean `id`?"),
    ("          - name: X-Trace\n", "          - name: limit\n            in: §header\n            value: 1\n          - name: X-Trace\n", "unknown-parameter", "warning", "write `in: query`", "          - name: §limit\n"),
    ("          - name: X-Trace\n", "          - name: §limt\n            in: query\n            value: 1\n          - name: X-Trace\n", "unknown-parameter", "warning", "did you mean `limit`?"),
    ("          - name: X-Trace\n            in: header\n            value: abc\n", "", "missing-parameter", "warning", "X-Trace", "      - §stepId: read\n"),
    ("            in: header\n            value: abc", "            value: abc", "missing-location missing-parameter", "warning", "write `in: header`", "          - §name: X-Trace\n"),
    ("        requestBody:\n          contentType: application/json\n          payload:\n            name: $inputs.userName\n            count: $inputs.count\n", "", "missing-body", "warning", "application/json", "      - §stepId: create\n"),
    ("          contentType: application/json\n          payload:\n            name", "          contentType: §application/jsn\n          payload:\n            name", "unknown-media-type", "warning", "did you mean `application/json`?"),
    ("          - name: given\n            value: $steps.read.outputs.found\n", "          - name: §gven\n            value: $steps.read.outputs.found\n", "unknown-input missing-input", "warning", "did you mean `given`?"),
    ("        workflowId: other\n        parameters:\n          - name: given\n            value: $steps.read.outputs.found\n", "        workflowId: §other\n", "missing-input", "warning", "add a parameter `given`"),
    ("            type: retry\n            retryAfter: 1\n            retryLimit: 2\n", "            type: goto\n            workflowId: §other\n", "missing-input", "warning", "add a parameter `given`"),
    # GraphQL
    ("{ name } }'", "{ name } §'", "graphql-syntax", "warning", "EOF"),
    ("n: $n) { name", "n: §$nn) { name", "graphql-unknown graphql-unused", "warning", "did you mean `n`?"),
    ("query Q($id: ID!, $n: Int)", "query Q($id: ID!, $n: Int, §$x: Int)", "graphql-unused", "warning", "use it, or remove it"),
    ("query Q($id: ID!, $n: Int)", "query Q(§$id: ID!, $n: Int)", "graphql-missing", "warning", "add `id:`"),
    ("              n: 1\n", "              n: 1\n              §m: 1\n", "graphql-undeclared", "warning", "`id`, `n`"),
    # YAML
    ("            retryLimit: 2\n", "            retryLimit: 2\n            §retryLimit: 3\n", "duplicate-key", "error", "first one is used"),
    ("            value: abc\n", "            value: §yes\n", "yaml-word", "hint", 'write "yes" or true'),
    ("            value: abc\n", "            value: §2024-01-02\n", "yaml-word", "hint", 'write "2024-01-02"'),
    ("            value: abc\n", "            value: §1:30\n", "yaml-word", "hint", 'write "1:30"'),
    ("            value: abc\n", "            value: §=\n", "yaml-word", "hint", 'write "="'),
    ("            value: abc\n", "            value: §0123\n", "leading-zero", "warning", 'write "0123"'),
    ("            value: abc\n", "            §\tvalue: abc\n", "yaml-syntax", "error", ""),
    ("            value: abc\n", "            value: §*nobody\n", "unknown-anchor", "error", ""),
    ("            value: abc\n", "            value: [a\n", "yaml-syntax", "error", "begins on line 34", "        successCriteria§:\n          - condition: $statusCode == 200"),
]  # fmt: skip


@pytest.mark.parametrize(
    "row", MISTAKES, ids=[f"{row[2].split()[0]}-{at}" for at, row in enumerate(MISTAKES)]
)
def test_a_mistake_is_told_with_code_place_and_cure(row: tuple[str, ...], tmp_path: Path) -> None:
    old, new, codes, severity, cure, *elsewhere = row
    assert RIGHT.count(old.replace("§", "")) == 1 or "Q($id" in old, RIGHT.count(old)
    text = RIGHT.replace(old, new.replace("§", "") if elsewhere else new, 1)
    if codes == "graphql-missing":
        text = text.replace("              id: $steps.create.outputs.userId\n", "")
    for where in elsewhere:
        assert text.count(where.replace("§", "")) == 1
        text = text.replace(where.replace("§", ""), where)
    line, column = place_of(text)
    problems = found_in(tmp_path, text.replace("§", ""))
    code = codes.split()[0]
    said = "\n".join(map(str, problems))
    assert {each.code for each in problems} == set(codes.split()), said
    here = [each for each in problems if each.code == code and each.mark is not None]
    places = [(each.mark.line, each.mark.column) for each in here if each.mark is not None]
    assert (line, column) in places, said
    found = here[places.index((line, column))]
    assert found.severity.value == severity, said
    assert cure in f"{found.message}; {found.hint}", said
    assert "^" in str(found)


TOGETHER = frozenset(
    {
        "unknown-field", "bad-type", "undeclared-input", "default-misfit", "schema-type", "odd-name",
        "graphql-undeclared", "graphql-unused", "bad-jsonpath", "unused-output", "yaml-word",
        "source-unavailable", "duplicate-key",
    }
)  # fmt: skip


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """One document with a mistake of each kind that leaves the others to be seen."""
    text = RIGHT
    put_in: set[str] = set()
    for old, new, code, *_ in MISTAKES:
        if code in TOGETHER - put_in and text.count(old) == 1:
            text = text.replace(old, new.replace("§", ""))
            put_in.add(code)
    assert len(put_in) >= 10
    assert put_in <= {each.code for each in found_in(tmp_path, text)}
