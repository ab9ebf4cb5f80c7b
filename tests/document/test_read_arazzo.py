"""An Arazzo document, read: every mistake of its shape is said at its place, with what would be right."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.document.arazzo import (
    CallWorkflow,
    Channel,
    Description,
    OperationById,
    OperationByPath,
    Workflow,
)
from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Node
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Problem, Severity, Source
from arazzo_tui.language.criterion import Broken
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.template import Constant, Selected, fill
from arazzo_tui.language.values import Json, places


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def read(text: str, *, strict: bool = False) -> tuple[Description | None, tuple[Problem, ...]]:
    node, problems = load(Source("d.yaml", text))
    assert node is not None, problems
    return read_description(node, strict=strict)


def description(text: str) -> Description:
    found, problems = read(text)
    assert found is not None, problems
    return found


def document(step: str = "", workflow: str = "", root: str = "", version: str = "1.1.0") -> str:
    """A sound document with something more in its second step, its workflow and its root."""
    return f"""\
arazzo: {version}
info: {{title: T, version: "1"}}
sourceDescriptions:
  - {{name: api, url: api.yaml, type: openapi}}
workflows:
  - workflowId: flow
    inputs: {{type: object, properties: {{token: {{type: string}}, n: {{type: integer}}}}}}
    steps:
      - stepId: one
        operationId: getOne
        outputs: {{id: $response.body#/id}}
      - stepId: two
        {step or "operationId: getTwo"}
    {workflow}
components:
  parameters:
    page: {{name: page, in: query, value: 1}}
  successActions:
    done: {{name: done, type: end}}
  failureActions:
    again: {{name: again, type: retry, retryLimit: 3}}
{root}
"""


def step(text: str) -> str:
    """A document whose second step is `operationId: getTwo` and `text`."""
    lines = text.strip("\n").split("\n")
    return document("operationId: getTwo\n        " + "\n        ".join(lines))


def workflow(text: str) -> str:
    return document(workflow="\n    ".join(text.strip("\n").split("\n")))


def said(text: str, *, strict: bool = False) -> list[tuple[str, str, str]]:
    """Code, place and hint of every problem."""
    _, problems = read(text, strict=strict)
    return [
        (each.code, f"{each.mark.line}:{each.mark.column}" if each.mark else "", each.hint)
        for each in problems
    ]


def marked(text: str) -> tuple[str, str]:
    """A text without its ▲, and the place where that stood."""
    before, _, after = text.partition("▲")
    line = before.count("\n") + 1
    return before + after, f"{line}:{len(before) - before.rfind(chr(10))}"


def second(text: str):
    found = description(text).workflows[0].step("two")
    assert found is not None
    return found


def test_a_sound_document_has_no_problems() -> None:
    assert said(document()) == []
    assert said(document(), strict=True) == []


# What it is


@pytest.mark.parametrize(
    ("text", "code", "message"),
    rows(
        ("DOC-1", "[1]", "not-arazzo", "an Arazzo document is an object; this is none"),
        ("OpenAPI", "openapi: 3.0.3", "not-arazzo",
         "this is an OpenAPI description (3.0.3), no Arazzo document"),
        ("Swagger", "swagger: '2.0'", "not-arazzo", "this is a Swagger 2.0 description, no Arazzo document"),
        ("AsyncAPI", "asyncapi: 3.0.0", "not-arazzo",
         "this is an AsyncAPI description (3.0.0), no Arazzo document"),
        ("a schema", "$schema: x", "not-arazzo", "this is a JSON Schema, no Arazzo document"),
        ("something else", "a: 1\nb: 2", "not-arazzo",
         "this is no Arazzo document: it has no `arazzo` field, but `a`, `b`"),
        ("nothing", "{}", "not-arazzo",
         "this is no Arazzo document: it has no `arazzo` field, but nothing"),
        ("A-52 older", "arazzo: 0.9.0", "unknown-version", "Arazzo version `0.9.0` is not known here"),
        ("A-52 newer", "arazzo: 2.0.0", "unknown-version", "Arazzo version `2.0.0` is not known here"),
        ("A-52 newer minor", "arazzo: 1.10.0", "unknown-version",
         "Arazzo version `1.10.0` is not known here"),
        ("A-52 a number", "arazzo: 1", "unknown-version", "Arazzo version `1` is not known here"),
        ("A-52 null", "arazzo:", "unknown-version", "Arazzo version `null` is not known here"),
        ("A-52 many digits", "arazzo: 1." + "9" * 5000, "unknown-version", "is not known here"),
    ),
)  # fmt: skip
def test_what_is_no_arazzo_document_is_named(text: str, code: str, message: str) -> None:
    found, (problem,) = read(text)
    assert found is None
    assert problem.code == code
    assert message in problem.message


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1", "1.1.0", "1.1.7", "1.0.2-rc1", '"1.1"'])
def test_the_patch_of_a_version_changes_nothing(version: str) -> None:
    """DOC-4"""
    assert said(document(version=version), strict=True) == []


def test_a_draft_is_read_as_the_last_known_version() -> None:
    """A-52"""
    (problem,) = read(document(version="1.2.0"))[1]
    assert (problem.code, problem.severity) == ("draft-version", Severity.WARNING)


def test_a_version_that_is_a_number_is_read_as_its_text() -> None:
    assert description(document(version="1.0")).version == "1.0"
    assert said(document(version="1.0")) == [("wrong-type", "1:9", 'write "1.0"')]


# The parts of a document that is sound


def test_a_whole_document_is_read() -> None:
    found = description("""\
arazzo: 1.1.0
$self: https://example.com/flow.yaml
info: {title: Buy, version: 2, summary: s, description: d}
sourceDescriptions:
  - {name: pets, url: ./pets.yaml, type: openapi}
  - {name: other, url: other.arazzo.yaml, type: arazzo}
  - {name: any, url: any.yaml}
workflows:
  - workflowId: buy
    summary: Buys
    description: A pet
    dependsOn: [login]
    inputs: {type: object}
    parameters: [{name: X-Trace, in: header, value: 7}]
    steps:
      - stepId: find
        description: Finds
        operationPath: '{$sourceDescriptions.pets.url}#/paths/~1pets/get'
        timeout: 2500
        dependsOn: [other]
        successCriteria:
          - condition: $statusCode == 200
          - {context: $response.body, type: {type: jsonpath, version: rfc9535}, condition: $.id}
        onSuccess: [{name: on, type: goto, stepId: pay}]
        onFailure: [{name: off, type: retry, retryAfter: 1.5, retryLimit: 0, workflowId: login}]
        outputs: {id: $response.body#/id}
      - stepId: pay
        workflowId: $sourceDescriptions.other.pay
        parameters: [{name: id, value: $steps.find.outputs.id}]
      - stepId: tell
        operationId: tell
        requestBody:
          contentType: application/json
          payload: {id: $steps.find.outputs.id, n: 1}
          replacements: [{target: /n, value: 2, targetSelectorType: jsonpointer}]
      - {stepId: hear, channelPath: '{$sourceDescriptions.any.url}#/channels/c', action: receive}
      - {stepId: send, operationId: publish, action: send}
    outputs: {id: $steps.find.outputs.id}
  - {workflowId: login, steps: [{stepId: in, operationId: login}]}
""")
    assert (found.self_uri, found.info.title, found.info.version) == (
        "https://example.com/flow.yaml",
        "Buy",
        "2",
    )
    assert [(each.name, each.type) for each in found.source_descriptions] == [
        ("pets", "openapi"), ("other", "arazzo"), ("any", ""),
    ]  # fmt: skip
    buy = found.workflow("buy")
    assert buy is not None
    assert (buy.summary, buy.description, buy.depends_on) == ("Buys", "A pet", ("login",))
    assert [each.target for each in buy.steps] == [
        OperationByPath("{$sourceDescriptions.pets.url}#/paths/~1pets/get"),
        CallWorkflow("$sourceDescriptions.other.pay"),
        OperationById("tell"),
        Channel("{$sourceDescriptions.any.url}#/channels/c", "receive"),
        OperationById("publish"),
    ]
    find, pay, tell, hear, send = buy.steps
    assert (hear.action, send.action, send.correlation_id) == ("receive", "send", None)
    assert (find.timeout, find.depends_on, find.description) == (2.5, ("other",), "Finds")
    assert [each.type for each in find.success_criteria] == ["simple", "jsonpath"]
    assert (find.on_success[0].type, find.on_success[0].step_id) == ("goto", "pay")
    off = find.on_failure[0]
    assert (off.type, off.retry_after, off.retry_limit, off.workflow_id) == (
        "retry",
        1.5,
        0,
        "login",
    )
    assert isinstance(pay.parameters[0].value, Expression)
    assert tell.body is not None
    assert tell.body.content_type == "application/json"
    assert (tell.body.replacements[0].target, tell.body.replacements[0].value) == (
        "/n",
        Constant(2),
    )
    assert found.workflow("nope") is None
    assert buy.step("nope") is None
    assert str(find.output_marks[("id",)]) == "d.yaml:26:23"
    assert str(tell.body.marks[("id",)]) == "d.yaml:34:25"


def test_names_and_keys_have_their_case() -> None:
    """DOC-2: two that differ in it alone are two."""
    found = description(
        document(workflow="outputs: {a: 1, A: 2}").replace("stepId: two", "stepId: ONE")
    )
    assert [each.step_id for each in found.workflows[0].steps] == ["one", "ONE"]
    assert list(found.workflows[0].outputs) == ["a", "A"]
    assert found.workflow("FLOW") is None


def test_steps_over_message_brokers_are_read() -> None:
    """ASY-1..5, ASY-7, STP-12"""
    found = description(
        document("""channelPath: '{$sourceDescriptions.api.url}#/channels/orders'
        action: receive
        correlationId: $steps.one.outputs.id
        timeout: 1500
        successCriteria:
          - condition: $message.payload.state == 'done' && $message.header.kind == 'order'
        outputs: {id: $message.payload#/id, from: $message.header.Reply-To}
      - stepId: three
        operationId: publish
        action: send
        parameters: [{name: Trace, in: header, value: $inputs.token}]
        requestBody: {payload: {id: $steps.two.outputs.id}}""")
    )
    _, hear, tell = found.workflows[0].steps
    assert hear.target == Channel("{$sourceDescriptions.api.url}#/channels/orders", "receive")
    assert (hear.action, hear.timeout) == ("receive", 1.5)
    assert str(hear.correlation_id) == "$steps.one.outputs.id"
    message: Json = {
        "payload": {"id": 7, "state": "DONE"},
        "header": {"kind": "order", "reply-to": "a"},
    }
    assert [fill(each, {"message": message}) for each in hear.outputs.values()] == [7, "a"]
    assert hear.success_criteria[0].judge({"message": message}).passed
    assert (tell.target, tell.action) == (OperationById("publish"), "send")
    assert [each.location for each in tell.parameters] == ["header"]
    assert tell.body is not None


def test_two_readings_of_a_text_are_equal_wherever_it_stands() -> None:
    text = document()
    assert description(text).workflows == description("# moved\n" + text).workflows


def test_a_plain_retry_needs_nothing_more() -> None:
    """in-the-wild row 1, FAC-5, A-20"""
    text = step("onFailure: [{name: again, type: retry}]")
    assert said(text, strict=True) == []
    (action,) = second(text).on_failure
    assert (action.retry_after, action.retry_limit) == (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        document(root="x-note: {a: 1}"),
        step("x-note: 1"),
        workflow("x-note: []"),
        document(root="$schema: s"),
    ],
)
def test_extensions_and_a_schema_at_the_root_are_nobodys_concern(text: str) -> None:
    """DOC-15, in-the-wild row 6"""
    assert said(text, strict=True) == []


# What is wrong, and where

HEAD = "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
SOURCES = "sourceDescriptions: [{name: a, url: b}]\n"
FLOWS = "workflows: [{workflowId: w, steps: [{stepId: s, operationId: o}]}]\n"


def criterion(text: str) -> str:
    return step(f"successCriteria:\n- {{{text}}}")


def condition(text: str) -> str:
    return step(f"successCriteria:\n- condition: {text}")


def parameter(text: str) -> str:
    return step(f"parameters: [{text}]")


def success(text: str) -> str:
    return step(f"onSuccess: [{text}]")


def failure(text: str) -> str:
    return step(f"onFailure: [{text}]")


def replacement(text: str) -> str:
    return step(f"requestBody: {{payload: {{}}, replacements: [{text}]}}")


def output(text: str) -> str:
    return step(f"outputs: {{a: {text}}}")


DOCUMENT = rows(
    ("DOC-2 a key in another case", document(root="▲Workflows: []"), "unknown-field",
     "did you mean `workflows`?"),
    ("DOC-6 a fragment", document(root="$self: ▲'https://x.test/d#part'"), "self-fragment",
     "write https://x.test/d"),
    ("DOC-6 nothing but a fragment", document(root="$self: ▲'#part'"), "self-fragment", "remove it"),
    ("ASY-2", step("action: ▲recieve"), "bad-action", "did you mean `receive`?"),
    ("ASY-2 a channel without", document("channelPath: x").replace("- stepId: two", "- ▲stepId: two"),
     "missing-field", "add `action:`"),
    ("ASY-5 in a sending step", step("action: send\n▲correlationId: a"), "misplaced-field",
     "remove `correlationId`"),
    ("ASY-5 without an action", step("▲correlationId: a"), "misplaced-field", "remove `correlationId`"),
    ("STP-12 where a workflow is called", document("workflowId: flow\n        ▲action: send"),
     "misplaced-field", "remove `action`"),
    ("INF-1 no info", "▲arazzo: 1.0.1\n" + SOURCES + FLOWS, "missing-field", ""),
    ("INF-1 no title", "arazzo: 1.0.1\ninfo: ▲{version: '1'}\n" + SOURCES + FLOWS, "missing-field", ""),
    ("INF-1 info is a text", "arazzo: 1.0.1\ninfo: ▲hello\n" + SOURCES + FLOWS, "wrong-type", ""),
    ("DOC-5 no sources", "▲" + HEAD + FLOWS, "missing-field", ""),
    ("DOC-5 sources are a map", HEAD + "sourceDescriptions: ▲{name: a, url: b}\n" + FLOWS, "wrong-type", ""),
    ("DOC-5 no workflows", "▲" + HEAD + SOURCES, "missing-field", ""),
    ("DOC-5 an empty list of workflows", "▲" + HEAD + SOURCES + "workflows: []", "missing-field", ""),
    ("a field of the root", document(root="▲workflow: []"), "unknown-field", "did you mean `workflows`?"),
    ("components are a list", document().replace("components:\n", "components: ▲[]\nx-was:\n"),
     "wrong-type", ""),
    ("SRC-1 no name", document().replace("{name: api,", "▲{"), "missing-field", "add `name:`"),
    ("SRC-1 an odd name", document().replace("name: api", "name: ▲./a.yml"), "odd-name", ""),
    ("SRC-1 twice", document().replace("type: openapi}", "type: openapi}\n  - ▲{name: api, url: c}"),
     "duplicate-id", ""),
    ("SRC-2 no url", document().replace("{name: api, url: api.yaml,", "▲{name: api,"), "missing-field",
     "add `url:`"),
    ("SRC-3 a type", document().replace("type: openapi}", "type: ▲openAPI}"), "bad-type",
     "did you mean `openapi`?"),
    ("a field of a source", document().replace("type: openapi}", "▲kind: x}"), "unknown-field",
     "there is `name`, `type`, `url`"),
    ("WFL-1 no id", document().replace("- workflowId: flow\n    inputs", "- ▲inputs"), "missing-field",
     "add `workflowId:`"),
    ("WFL-1 an odd id", document().replace("workflowId: flow", "workflowId: ▲a/b"), "odd-name", ""),
    ("WFL-1 an id that is a number", document().replace("workflowId: flow", "workflowId: ▲7"), "wrong-type",
     'write "7"'),
    ("WFL-3 inputs are a list", document().replace("inputs: {", "inputs: ▲[]\n    x-i: {"), "wrong-type", ""),
    ("WFL-5 one id", workflow("dependsOn: ▲flow"), "wrong-type", "write [flow]"),
    ("WFL-5 no id", workflow("dependsOn: [▲{a: 1}]"), "wrong-type", ""),
    ("a field of a workflow", workflow("▲output: {}"), "unknown-field", "did you mean `outputs`?"),
)  # fmt: skip

STEPS = rows(
    ("WFL-6 no steps", document(workflow="▲").replace("    steps:", "    x-steps:").replace("▲", "")
     .replace("- workflowId", "- ▲workflowId"), "missing-field", ""),
    ("WFL-6 a step is a text", document().replace("steps:\n", "steps:\n      - ▲hello\n"), "wrong-type", ""),
    ("STP-1 no id", document().replace("- stepId: two\n        operationId", "- ▲operationId"),
     "missing-field", "add `stepId:` (STP-1)"),
    ("STP-1 twice", document().replace("- stepId: two", "- ▲stepId: one"), "duplicate-id", ""),
    ("STP-1 an odd id", document().replace("stepId: two", "stepId: ▲two.b"), "odd-name", ""),
    ("STP-3 nothing to call", document().replace("- stepId: two\n        operationId: getTwo",
     "- ▲stepId: two"), "missing-field", ""),
    ("STP-3 two things to call", document().replace("- stepId: two", "- ▲stepId: two\n        workflowId: w"),
     "two-targets", ""),
    ("OPN-1 a target that is null", document("operationId: ▲").replace("operationId: ▲", "operationId:")
     .replace("- stepId: two", "- ▲stepId: two"), "missing-field", "add `operationId:`"),
    ("STP-6 an empty list", step("successCriteria: ▲[]"), "empty-criteria", ""),
    ("STP-10 a text", step("timeout: ▲5s"), "wrong-type", ""),
    ("STP-10 zero", step("timeout: ▲0"), "wrong-type", ""),
    ("STP-10 more digits than a float has", step("timeout: ▲" + "9" * 400), "wrong-type", ""),
    ("a field of a step", step("▲onSucess: []"), "unknown-field", "did you mean `onSuccess`?"),
    ("row 23", document("operationId: x\n        ▲timeout: 5", version="1.0.1"), "newer-field",
     "write `arazzo: 1.1.0`"),
    ("STP-4 parameters are a map", step("parameters: ▲{a: 1}"), "wrong-type", ""),
    ("PAR-1 no name", parameter("▲{in: query, value: 1}"), "missing-field", "add `name:`"),
    ("PAR-2 no such place", parameter("{name: a, in: ▲querry, value: 1}"), "bad-location",
     "did you mean `query`?"),
    ("PAR-3 a place for an input", parameter("▲{name: a, in: query, value: 1}")
     .replace("operationId: getTwo", "workflowId: w"), "location-for-workflow", "remove `in` (PAR-3)"),
    ("PAR-2 1.0.0 had one more place", parameter("▲{name: a, in: body, value: 1}"), "body-parameter",
     "write it in a `requestBody`; `in: body` is no place since Arazzo 1.0.1"),
    ("PAR-2 and there is a body",
     step("parameters: [▲{name: a, in: body, value: 1}]\nrequestBody: {payload: 1}"), "body-parameter",
     "write it in the `requestBody`"),
    ("PAR-3 an input wherever it was meant", parameter("▲{name: a, in: body, value: 1}")
     .replace("operationId: getTwo", "workflowId: w"), "location-for-workflow", "remove `in` (PAR-3)"),
    ("PAR-4 no value", parameter("▲{name: a, in: query}"), "missing-field", ""),
    ("PAR-5 twice", step("parameters:\n- {name: a, in: query, value: 1}\n- ▲{name: a, in: query, value: 2}"),
     "duplicate-parameter", "the first is at line 15"),
    ("PAR-7 a header twice", parameter("{name: A, in: header, value: 1}, ▲{name: a, in: header, value: 2}"),
     "duplicate-parameter", "the first is at line 14"),
    ("RUS-1 another map", parameter("{reference: ▲$components.inputs.page}"), "unknown-component",
     "a reference here is written `$components.parameters.<name>`"),
    ("RUS-1 no such component", parameter("{reference: ▲$components.parameters.pag}"),
     "unknown-component", "did you mean `page`?"),
    ("RUS-1 an action", failure("{reference: ▲$components.failureActions.x}"), "unknown-component",
     "there is `again`"),
    ("BOD-1 a body that is none", step("requestBody: ▲text"), "wrong-type", ""),
    ("BOD-1 a field", step("requestBody: {▲content: x, payload: 1}"), "unknown-field",
     "did you mean `contentType`?"),
    ("REP-1 no value", replacement("▲{target: /a}"), "missing-field", ""),
    ("REP-1 no target", replacement("▲{value: 1}"), "missing-field", "add `target:`"),
    ("REP-3 a type", replacement("{target: /a, value: 1, targetSelectorType: ▲json}"), "bad-type",
     "did you mean `jsonpath`?"),
    ("SEL-2 a version", replacement("{target: /a, value: 1, targetSelectorType: "
      "▲{type: jsonpath, version: '9'}}"), "unknown-version", ""),
)  # fmt: skip

RULES = rows(
    ("CRI-1 no condition", step("successCriteria: [▲{type: simple}]"), "missing-field", ""),
    ("CRI-1 a number", criterion("condition: ▲200"), "missing-field", ""),
    ("row 13 a text", step("successCriteria: [▲$statusCode == 200]"), "criterion-is-text",
     "write `condition:` before it"),
    ("CRI-2 a type", criterion("context: $response.body, type: ▲jsonPath, condition: $.a"),
     "bad-type", "did you mean `jsonpath`?"),
    ("CRI-2 a type that is a number", criterion("type: ▲5, condition: $statusCode == 1"),
     "bad-type", "there is `simple`, `regex`, `jsonpath`, `xpath`"),
    ("SEL-1 no type", criterion("context: $url, type: ▲{version: rfc9535}, condition: $.a"),
     "missing-field", ""),
    ("SEL-1 no version", criterion("context: $response.body, type: ▲{type: jsonpath}, condition: $.a"),
     "missing-field", "add `version:`"),
    ("A-39", step("successCriteria: [{context: $response.body, type: {type: jsonpath, version: ▲rfc9536}, "
     "condition: $.a}]"), "unknown-version", "did you mean `rfc9535`?"),
    ("CRI-3", step("successCriteria: [▲{type: regex, condition: a}]"), "missing-context",
     "add `context: $response.body`; without it the criterion always fails"),
    ("CRI-4 no expression", criterion("context: ▲$respons.body, type: regex, condition: a"),
     "bad-expression", "did you mean `$response`?"),
    ("CRI-4 a broken one", criterion("context: $response.▲bdy, type: regex, condition: a"),
     "bad-expression", ""),
    ("CRI-4 no text", criterion("context: ▲[1], type: regex, condition: a"), "wrong-type", ""),
    ("A-30", step("successCriteria: [▲{context: $response.body, condition: $statusCode == 200}]"),
     "context-unused", "remove `context`"),
    ("a field of a criterion", criterion("condition: $statusCode == 200, ▲contxt: a"),
     "unknown-field", "did you mean `context`?"),
    ("the operator apart", criterion("context: $statusCode, condition: ▲==, value: 200"),
     "criterion-value", "write condition: $statusCode == 200"),
    ("SIM-17", condition("$statusCode ▲= 200"), "bad-condition",
     "equality is written `==`"),
    ("SIM-17 in a folded text", condition(">-\n    $statusCode == 200\n    ▲and true"),
     "bad-condition", "write `&&`"),
    ("RGX-4", criterion("context: $response.body, type: regex, condition: 'a(▲'"), "bad-regex", ""),
    ("JPA-4", criterion("context: $response.body, type: jsonpath, condition: '$.a[▲x'"),
     "bad-jsonpath", None),
    ("XPA-3", criterion("context: $response.body, type: xpath, condition: '//▲['"),
     "bad-xpath", None),
    ("A-1", criterion("context: $response.body, type: jsonpath, condition: $.a ▲== 1"),
     "jsonpath-comparison", "write $response.body#/a == 1 (simple)"),
    ("row 15", condition('$response.body#/a == ▲"b"'), "double-quotes", "write 'b'"),
    ("row 19", condition("$statusCode ▲== 2XX"), "status-class",
     "write $statusCode >= 200 && $statusCode < 300"),
    ("ACT-1 no type", success("▲{name: a}"), "missing-field", "add `type:`"),
    ("SAC-1 no retry", success("{name: a, type: ▲retry}"), "bad-type", "there is `end`, `goto`"),
    ("FAC-1", failure("{name: a, type: ▲rety}"), "bad-type", "did you mean `retry`?"),
    ("ACT-1 no name", success("▲{type: end}"), "nameless-action", ""),
    ("ACT-4 two", success("▲{name: a, type: goto, stepId: one, workflowId: w}"), "two-targets", ""),
    ("ACT-4 none", success("▲{name: a, type: goto}"), "missing-field", ""),
    ("VAL-1", failure("{name: a, type: end}, ▲{name: a, type: retry}"), "duplicate-action", ""),
    ("row 13 a condition", failure("{name: a, type: end, condition: ▲$statusCode == 404}"),
     "action-condition", "write `criteria:`"),
    ("a condition that is none", failure("{name: a, type: end, condition: ▲[1]}"), "wrong-type", ""),
    ("FAC-3 negative", failure("{name: a, type: retry, retryAfter: ▲-1}"), "out-of-range", ""),
    ("FAC-3 a text", failure("{name: a, type: retry, retryAfter: ▲5s}"), "wrong-type", ""),
    ("FAC-3 beyond all floats", failure("{name: a, type: retry, retryAfter: ▲1e999}"), "out-of-range", ""),
    ("FAC-5 beyond all floats", failure("{name: a, type: retry, retryLimit: ▲" + "9" * 400 + "}"),
     "out-of-range", ""),
    ("FAC-5 a fraction", failure("{name: a, type: retry, retryLimit: ▲1.5}"), "wrong-type", ""),
    ("FAC-3 only with retry", failure("{name: a, type: end, ▲retryAfter: 1}"), "misplaced-field",
     "remove `retryAfter`"),
    ("ACT-7 a place", step("onSuccess: [{name: a, type: goto, workflowId: w, parameters: "
     "[▲{name: a, in: query, value: 1}]}]"), "location-for-workflow", "remove `in` (PAR-3)"),
)  # fmt: skip

VALUES = rows(
    ("row 13 outputs as a list", step("outputs: ▲[{a: $url}]"), "outputs-list",
     "write `<name>: <expression>` without `-`"),
    ("STP-9 no map", step("outputs: ▲a"), "wrong-type", ""),
    ("STP-9 a name", step("outputs: {▲'a b': $response.body}"), "odd-name", ""),
    ("row 20 a constant", output("▲true"), "constant-output", ""),
    ("row 20 a text", output("▲'{$response.body#/id}'"), "text-output",
     "an expression alone has no braces"),
    ("row 20 an object", output("▲{b: $response.body}"), "text-output", ""),
    ("row 20 a JSONPath", output("▲'$.a[0].b'"), "output-is-jsonpath",
     "write $response.body#/a/0/b"),
    ("row 20 a JSONPath of several nodes", output("▲'$.a[*]'"), "output-is-jsonpath", ""),
    ("row 20 a broken JSONPath", output("▲'$.a['"), "constant-output", ""),
    ("A-9 a broken expression", parameter("{name: a, in: query, value: $steps.one.▲id}"), "bad-expression",
     "write `$steps.one.outputs.id`"),
    ("EXP-15 an output of 1.0.0", step("outputs:\n  a: ▲$steps.one.id"), "outputs-left-out",
     "write $steps.one.outputs.id"),
    ("A-7", step("outputs:\n  a: $response.body▲.id"), "dotted-body", "write $response.body#/id"),
    ("row 16", step("outputs:\n  a: $response.▲headers.ETag"), "headers-for-header",
     "write $response.header.ETag"),
    ("A-51", parameter("{name: a, in: query, value: ▲$faker.name}"), "foreign-root", ""),
    ("A-9 a slip", parameter("{name: a, in: query, value: ▲$input.n}"), "unknown-root",
     "did you mean `$inputs`?"),
    ("A-10", parameter("{name: a, in: query, value: ▲$URL}"), "unknown-root", "did you mean `$url`?"),
    ("A-9 a broken root", step("requestBody: {payload: {deep: [1, $steps.one.▲id]}}"), "bad-expression",
     "write `$steps.one.outputs.id`"),
    ("row 5", step("requestBody:\n  payload:\n    auth: Bearer ▲$inputs.token"), "bare-in-text",
     "write Bearer {$inputs.token}"),
    ("row 5 in a block", step("requestBody:\n  payload: |\n    first\n      a ▲$inputs.token!\n    last"),
     "bare-in-text", "write first\n  a {$inputs.token}!\nlast\n"),
    ("row 5 in double quotes", step('requestBody: {payload: "\\u00e9 \\"▲$inputs.token\\""}'), "bare-in-text",
     'write é "{$inputs.token}"'),
    ("a broken one in a text", step("requestBody: {payload: 'a {$steps.one.▲id}'}"), "bad-expression", ""),
    ("SEL-3 a context", output("{context: ▲$nope, selector: /a, type: jsonpointer}"),
     "bad-expression", ""),
    ("SEL-4", output("{context: $response.body, selector: ▲a, type: jsonpointer}"),
     "bad-selector", ""),
    ("SEL-2", output("{context: $response.body, selector: ▲$.a, type: {type: jsonpath, version: x}}"),
     "bad-selector", ""),
    ("WFL-4 names nothing", workflow("x: 1").replace("x: 1", "").replace(
        "{type: string}", "{$ref: ▲'#/components/inputs/nope'}"), "unknown-reference", ""),
    ("WFL-4 outside", document().replace("{type: string}", "{$ref: ▲'https://x.test/s.json'}"),
     "schema-outside", ""),
)  # fmt: skip


@pytest.mark.parametrize(("text", "code", "hint"), [*DOCUMENT, *STEPS, *RULES, *VALUES])
def test_a_mistake_is_said_once_at_its_place_with_what_would_be_right(
    text: str, code: str, hint: str | None
) -> None:
    """DOC-5 … VAL-6, and the structural rows of in-the-wild"""
    clean, place = marked(text)
    found = said(clean)
    first = next((each for each in found if each[0] == code), None)
    assert first is not None, found
    assert first[:2] == (code, place)
    assert hint is None or first[2] == hint
    assert [each[0] for each in found if each[0] != code] == []
    assert description(clean).workflows is not None


def test_one_mistake_in_a_component_is_said_where_it_is_written() -> None:
    """CMP-2: and not at all when nobody refers to it."""
    broken = document().replace("value: 1}", "value: $steps.one.id}")
    assert said(broken) == []
    used = broken.replace(
        "getTwo", "getTwo\n        parameters: [{reference: $components.parameters.page}]"
    )
    assert said(used) == [("bad-expression", "18:53", "write `$steps.one.outputs.id`")]


# Reusable Objects


@pytest.mark.parametrize("value", ["0", "false", '""', "null", "[]", "{}"])
def test_a_reusable_parameter_is_overridden_by_any_value_that_is_there(value: str) -> None:
    """RUS-2: presence decides, not truth."""
    text = step(f"parameters: [{{reference: $components.parameters.page, value: {value}}}]")
    (parameter,) = second(text).parameters
    assert (parameter.name, parameter.location) == ("page", "query")
    assert parameter.value == Constant(json.loads(value))


def test_a_reusable_object_takes_the_component_and_ignores_what_else_it_says() -> None:
    """RUS-1, RUS-3"""
    text = step("""
parameters: [{reference: $components.parameters.page, name: other, x-a: 1}]
onSuccess: [{reference: $components.successActions.done, value: 5}]
onFailure: [{reference: $components.failureActions.again}]""")
    assert said(text, strict=True) == []
    two = second(text)
    assert two.parameters[0].name == "page"
    assert two.parameters[0].value == Constant(1)
    assert two.on_success[0].type == "end"
    assert two.on_failure[0].retry_limit == 3


def test_a_component_may_have_a_name_with_dots() -> None:
    """CMP-1"""
    text = step("parameters: [{reference: $components.parameters.page.size}]")
    text = text.replace("    page: {", "    page.size: {")
    assert said(text) == []
    assert second(text).parameters[0].name == "page"


# What was meant


def test_a_bare_expression_in_a_text_is_one_when_its_name_is_declared() -> None:
    """in-the-wild row 5: inputs, outputs of steps, workflows; through references too."""
    text = step("""
requestBody:
  payload:
    - a $inputs.token
    - a $inputs.token.part
    - a $inputs.nope
    - a $steps.one.outputs.id
    - a $steps.one.outputs.nope
    - a $workflows.flow.outputs.x
    - a $workflows.nope.outputs.x
    - 'query($inputs: I, $url: U) { f(u: $url) }'""")
    assert [(code, place) for code, place, _ in said(text)] == [
        ("bare-in-text", f"{line}:17") for line in (16, 17, 19, 21)
    ]


def test_nameless_parts_get_names_of_their_own() -> None:
    """in-the-wild row 13"""
    text = (
        document()
        .replace("stepId: one", "description: x")
        .replace("workflowId: flow", "summary: x")
    )
    flow = description(text).workflows[0]
    assert (flow.workflow_id, [each.step_id for each in flow.steps]) == (
        "workflow-1",
        ["step-1", "two"],
    )
    (action,) = second(step("onFailure: [{type: end}]")).on_failure
    assert action.name == "end 1"


def test_an_id_that_yaml_reads_as_a_number_or_a_boolean_is_its_text() -> None:
    text = document().replace("stepId: two", "stepId: 2.0").replace("stepId: one", "stepId: true")
    flow = description(text).workflows[0]
    assert [each.step_id for each in flow.steps] == ["true", "2.0"]


def test_of_two_with_one_name_the_first_is_kept() -> None:
    flow = description(document().replace("stepId: two", "stepId: one")).workflows[0]
    assert [each.target for each in flow.steps] == [OperationById("getOne")]


def test_parameters_in_the_body_are_members_of_it() -> None:
    """PAR-2"""
    two = second(
        parameter("{name: a, in: body, value: $inputs.n}, {name: b, in: body, value: [1]}")
    )
    assert two.parameters == ()
    assert two.body is not None
    assert two.body.payload is not None
    assert fill(two.body.payload, {"inputs": {"n": 5}}) == {"a": 5, "b": [1]}


def test_an_output_that_is_a_jsonpath_is_taken_from_the_body() -> None:
    """in-the-wild row 20"""
    output = second(step("outputs: {a: '$.pets[0].id'}")).outputs["a"]
    assert isinstance(output, Selected)
    assert fill(output, {"response": {"body": {"pets": [{"id": 5}]}}}) == 5


@pytest.mark.parametrize(
    "criterion",
    [
        "{context: $response.body, type: jsonPath, condition: '$statusCode == 200'}",
        "{context: $response.body, type: {type: jsonpath, version: nope}, condition: $}",
        "{type: simple}",
        "{condition: $statusCode = 200}",
    ],
)
def test_a_criterion_that_is_not_understood_fails_and_never_passes_by_another_rule(
    criterion: str,
) -> None:
    """A-39, CRI-6"""
    (read_,) = second(step(f"successCriteria: [{criterion}]")).success_criteria
    assert isinstance(read_.test, Broken)
    assert not read_.judge({"statusCode": 200, "response": {"body": {"a": 1}}}).passed


def test_a_condition_of_an_action_and_an_operator_apart_are_judged_as_meant() -> None:
    text = step("""
successCriteria: [{context: $statusCode, condition: '!=', value: "it's"}]
onFailure: [{name: a, type: end, condition: $statusCode == 404}]""")
    two = second(text)
    assert two.success_criteria[0].judge({"statusCode": 1}).passed
    assert two.success_criteria[0].condition == "$statusCode != 'it''s'"
    assert two.on_failure[0].criteria[0].judge({"statusCode": 404}).passed


# Strictly

DIALECTS = step("""
outputs: {a: $response.body.id, b: 5}
successCriteria: [{condition: '$statusCode === 200'}]
onFailure: [{type: retry}]""")


def test_the_letter_of_the_law_makes_errors_of_dialects_and_of_nothing_else() -> None:
    tolerant, strict = read(DIALECTS)[1], read(DIALECTS, strict=True)[1]
    codes = ["constant-output", "dotted-body", "nameless-action", "three-equals"]
    assert sorted(each.code for each in tolerant) == codes
    assert {each.severity for each in tolerant} == {Severity.WARNING}
    assert {each.severity for each in strict} == {Severity.ERROR}
    assert [each.code for each in strict] == [each.code for each in tolerant]
    assert all(each.dialect for each in strict)


def test_a_warning_that_is_no_dialect_stays_one() -> None:
    text = document().replace("{type: string}", "{$ref: 'https://x.test/s.json'}")
    (problem,) = read(text, strict=True)[1]
    assert (problem.severity, problem.dialect) == (Severity.WARNING, False)


def test_a_problem_is_printed_with_its_line_a_caret_and_the_cure() -> None:
    (problem,) = read(step("successCriteria:\n- condition: $statusCode = 200"))[1]
    assert (
        str(problem)
        == """\
d.yaml:15:34: error[bad-condition]: `=` is not expected here
  15 |         - condition: $statusCode = 200
                                        ^
  = equality is written `==`"""
    )


# Laws

SOUND: Json = {
    "arazzo": "1.1.0",
    "info": {"title": "t", "version": "1"},
    "sourceDescriptions": [{"name": "a", "url": "b", "type": "openapi"}],
    "workflows": [
        {
            "workflowId": "w",
            "inputs": {"type": "object", "properties": {"n": {"$ref": "#/components/inputs/n"}}},
            "dependsOn": ["w"],
            "parameters": [{"reference": "$components.parameters.p", "value": 1}],
            "failureActions": [{"name": "f", "type": "retry", "retryAfter": 1, "retryLimit": 2}],
            "steps": [
                {
                    "stepId": "s",
                    "operationId": "o",
                    "timeout": 5,
                    "dependsOn": ["s"],
                    "parameters": [{"name": "p", "in": "query", "value": "$inputs.n"}],
                    "requestBody": {
                        "contentType": "application/json",
                        "payload": {"a": ["{$inputs.n}", 1]},
                        "replacements": [{"target": "$.a", "value": 1, "targetSelectorType": "jsonpath"}],
                    },
                    "successCriteria": [
                        {"context": "$response.body", "type": {"type": "jsonpath", "version": "rfc9535"},
                         "condition": "$.a"},
                        {"condition": "$statusCode == 200"},
                    ],
                    "onSuccess": [{"name": "g", "type": "goto", "stepId": "s", "criteria": []}],
                    "outputs": {
                        "a": "$response.body#/a",
                        "b": {"context": "$response.body", "selector": "/a", "type": "jsonpointer"},
                    },
                }
            ],
            "outputs": {"a": "$steps.s.outputs.a"},
        }
    ],
    "components": {"parameters": {"p": {"name": "q", "in": "query", "value": 2}}, "inputs": {"n": {}}},
}  # fmt: skip
PLACES = [pointer for pointer, _ in places(SOUND) if pointer]
STRANGE = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**400, "", "$", "$.", "$.a[", "{$", "$steps.x", "$inputs", "$url",
     "x\x1b\u202e", "$components.parameters.p", "#/components/inputs/n", "goto", "simple", [], [None], [[]],
     [{}], {}, {"": None}, {"$ref": "#/"}, {"context": "$url", "selector": None, "type": None},
     {"reference": None}, {"type": {}}, {"type": "regex", "version": 5}]
)  # fmt: skip
WORDS = st.sampled_from(["x", "type", "$ref", "reference", "in", "condition", "version", "stepId"])


def changed(value: Json, pointer: tuple[str, ...], new: Json) -> Json:
    if not pointer:
        return new
    name, *rest = pointer
    if isinstance(value, dict):
        return {**value, name: changed(value.get(name), tuple(rest), new)}
    assert isinstance(value, list)
    at = int(name)
    return [*value[:at], changed(value[at], tuple(rest), new), *value[at + 1 :]]


@settings(deadline=None, max_examples=200)
@given(
    pointer=st.sampled_from(PLACES),
    new=STRANGE | st.dictionaries(WORDS, STRANGE, max_size=3),
    strict=st.booleans(),
)
def test_whatever_stands_in_a_place_reading_never_raises(
    pointer: tuple[str, ...], new: Json, strict: bool
) -> None:
    text = json.dumps(changed(SOUND, pointer, new))
    node, _ = load(Source("d.json", text))
    assert isinstance(node, Node)
    found, problems = read_description(node, strict=strict)
    assert found is not None or problems
    for problem in problems:
        assert problem.mark is None or 1 <= problem.mark.column <= len(text) + 1
        assert "\x1b" not in str(problem)
        assert str(problem)
    if found is not None:
        assert all(isinstance(each, Workflow) for each in found.workflows)


def test_the_document_of_the_law_is_sound() -> None:
    assert said(json.dumps(SOUND), strict=True) == []
