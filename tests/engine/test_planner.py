"""Planning: every name is looked up once, and what names nothing is said at its place."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.document.asyncapi import AsyncApi, read_async_api
from arazzo_tui.document.load import load
from arazzo_tui.document.openapi import Api, read_api
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Problem, Severity, Source
from arazzo_tui.engine.plan import (
    CallOperation,
    Documents,
    Plan,
    PlannedWorkflow,
    RunWorkflow,
    SourceContent,
    Unavailable,
)
from arazzo_tui.engine.planner import check, plan
from arazzo_tui.engine.references import undeclared_inputs, uses
from arazzo_tui.language.template import Constant


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


PETS = """
openapi: 3.0.0
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{name: page, in: query}, {name: X-Trace, in: header, required: true}]
    post: {operationId: addPet}
  /pets/{petId}:
    get: {operationId: getPet, parameters: [{name: petId, in: path, required: true}]}
  /things/{thingId}/{part}:
    get: {operationId: getPart}
    delete: {operationId: drop}
    head: {operationId: peek, requestBody: {content: {application/json: {}}}}
    put: {operationId: put, requestBody: {content: {text/plain: {}}}}
  /both/{x}:
    get: {operationId: both, parameters: [{name: x, in: path, required: true}, {name: x, in: query}]}
"""
SHOP = """
openapi: 3.0.0
paths: {/orders: {get: {operationId: listOrders}}, /pets: {get: {operationId: listPets}}}
"""


def api(name: str, text: str) -> Api:
    node, _ = load(Source(f"{name}.yaml", text))
    assert node is not None
    found, problems = read_api(name, node, f"{name}.yaml", lambda _: None)
    assert found is not None, problems
    return found


PET_API, SHOP_API = api("pets", PETS), api("shop", SHOP)


def documents(text: str, sources: Mapping[str, SourceContent] | None = None) -> Documents:
    node, problems = load(Source("d.yaml", text))
    assert node is not None, problems
    found, _ = read_description(node)
    assert found is not None
    return Documents(found, {"pets": PET_API} if sources is None else sources)


def document(*workflows: str, sources: str = "{name: pets, url: pets.yaml, type: openapi}") -> str:
    listed = "".join("\n  - " + each.strip("\n").replace("\n", "\n    ") for each in workflows)
    return f"""\
arazzo: 1.1.0
info: {{title: T, version: "1"}}
sourceDescriptions: [{sources}]
workflows:{listed}
"""


def flow(steps: str, more: str = "", name: str = "flow") -> str:
    inputs = "inputs: {properties: {n: {}, a.b: {}, list: {}}}"
    return f"workflowId: {name}\n{inputs}\n{more}\nsteps:\n" + steps.strip("\n")


def marked(text: str) -> tuple[str, str]:
    """A text without its ▲, and the place where that stood."""
    before, _, after = text.partition("▲")
    return before + after, f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def said(problems: tuple[Problem, ...]) -> list[tuple[str, str, str, str]]:
    """Severity, code, place and hint of each."""
    places = [f"{each.mark.line}:{each.mark.column}" if each.mark else "" for each in problems]
    return [
        (each.severity.value, each.code, place, each.hint)
        for each, place in zip(problems, places, strict=True)
    ]


def parameter(value: object) -> str:
    return f"parameters:\n    - name: x\n      in: query\n      value: {value}"


def planned(
    text: str, name: str = "flow", sources: Mapping[str, SourceContent] | None = None
) -> Plan:
    made, problems = plan(documents(text, sources), name)
    assert made is not None, problems
    return made


ONE = (
    "- {stepId: one, operationId: listPets, outputs: {id: $response.body#/id, a.b: $response.body}}"
)


# Operations


@pytest.mark.parametrize(
    ("target", "operation"),
    rows(
        ("OPN-2", "operationId: getPet", "pets GET /pets/{petId}"),
        ("OPN-3", "operationId: $sourceDescriptions.pets.getPet", "pets GET /pets/{petId}"),
        (
            "OPN-4",
            "operationPath: '{$sourceDescriptions.pets.url}#/paths/~1pets/post'",
            "pets POST /pets",
        ),
    ),
)
def test_a_step_calls_the_operation_it_names(target: str, operation: str) -> None:
    (step,) = planned(document(flow(f"- stepId: one\n  {target}"))).first.steps
    assert isinstance(step.target, CallOperation)
    assert f"{step.target.operation.source} {step.target.operation}" == operation
    assert not step.target.assumed


@pytest.mark.parametrize(
    ("target", "code", "hint"),
    rows(
        ("row 7 the source without url", "operationPath: $sourceDescriptions.pets#/paths/~1pets/get",
         "operation-path-form", "write {$sourceDescriptions.pets.url}#/paths/~1pets/get"),
        ("row 7 method and path", "operationPath: GET /pets", "operation-path-form",
         "write {$sourceDescriptions.pets.url}#/paths/~1pets/get"),
        ("row 17 source and id", "operationId: pets.listPets", "operation-id-form",
         "write $sourceDescriptions.pets.listPets"),
        ("row 17 another case", "operationId: LISTPETS", "operation-id-form", "write listPets"),
    ),
)  # fmt: skip
def test_a_dialect_of_naming_operations_is_read_as_meant(target: str, code: str, hint: str) -> None:
    text, place = marked(
        document(
            flow(
                f"- ▲stepId: one\n  {target}\n  parameters: [{{name: X-Trace, in: header, value: 1}}]"
            )
        )
    )
    made, problems = plan(documents(text), "flow")
    assert made is not None
    assert said(problems) == [("warning", code, place, hint)]
    assert plan(documents(text), "flow", strict=True)[0] is None


def test_among_several_sources_a_bare_id_is_unique_or_an_error() -> None:
    """OPN-3, A-12, VAL-3"""
    both: dict[str, SourceContent] = {"pets": PET_API, "shop": SHOP_API}
    unique = documents(document(flow("- {stepId: one, operationId: listOrders}")), both)
    made, (note,) = plan(unique, "flow")
    assert made is not None
    assert (note.code, note.hint) == (
        "operation-id-bare",
        "write $sourceDescriptions.shop.listOrders",
    )
    made, (error,) = plan(
        documents(document(flow("- {stepId: one, operationId: listPets}")), both), "flow"
    )
    assert made is None
    assert error.code == "unknown-operation"
    assert "listPets" in error.message


def test_an_operation_that_is_not_there_is_an_error_with_the_nearest_name() -> None:
    text, place = marked(
        document(flow("- {▲stepId: one, operationId: listPet}").replace("{▲", "▲{"))
    )
    (problem,) = check(documents(text))
    hint = "did you mean `listPets` or `getPet`?"
    assert said((problem,)) == [("error", "unknown-operation", place, hint)]
    assert "no operation `listPet`" in problem.message


def test_an_operation_of_a_source_that_is_not_there_is_assumed() -> None:
    """A-53"""
    operation = PET_API.operation(PET_API.with_id("addPet")[0])
    gone = Unavailable("is not there", ("a", "b"), {"login": operation})
    made = planned(document(flow("- {stepId: one, operationId: login}")), sources={"pets": gone})
    (step,) = made.first.steps
    assert step.target == CallOperation(operation, assumed=True)
    assert made.unavailable() == (("pets", gone),)


EVENTS = """
asyncapi: 3.0.0
channels: {orders: {address: shop/orders}, a/b: {}}
operations:
  tellOrder: {action: send, channel: {$ref: '#/channels/orders'}}
  hear.order: {action: receive, channel: {$ref: '#/channels/a~1b'}}
  listPets: {action: send}
"""
OLDER_EVENTS = """
asyncapi: 2.6.0
channels:
  orders: {publish: {operationId: tellOrder}, subscribe: {operationId: hear.order}}
  pets: {publish: {operationId: listPets}}
"""


def events(text: str, name: str = "events") -> AsyncApi:
    node, _ = load(Source(f"{name}.yaml", text))
    assert node is not None
    return read_async_api(name, node)


ALL_SOURCES = (
    "{name: pets, url: pets.yaml, type: openapi}, {name: events, url: events.yaml, type: asyncapi}"
)
CHANNEL = "channelPath: '{$sourceDescriptions.events.url}#/channels/"
WITH_HEADER = "\n  parameters: [{name: x, in: header, value: 1}]"
NO_CHANNELS = "channelPath: '{$sourceDescriptions.pets.url}#/channels/x'\n  action: send"
NOT_EXECUTED = "; steps over message brokers are shown, not executed"
NEEDS_ACTION = "such a step says `action: send` or `action: receive` (ASY-2)"


def with_events(step: str, **sources: SourceContent) -> tuple[Plan | None, tuple[Problem, ...]]:
    text = document(flow(f"- stepId: one\n  {step}"), sources=ALL_SOURCES)
    known: dict[str, SourceContent] = {"pets": PET_API, "events": events(EVENTS), **sources}
    return plan(documents(text, known), "flow")


@pytest.mark.parametrize(
    ("step", "message", "hint"),
    rows(
        ("OPN-7", CHANNEL + "orders'\n  action: receive",
         "receives from the channel `orders` at `shop/orders` of `events` (AsyncAPI 3.0.0)", ""),
        ("OPN-7 a name with a slash", CHANNEL + "a~1b'\n  action: send",
         "sends to the channel `a/b` of `events` (AsyncAPI 3.0.0)", ""),
        ("OPN-7 percent-encoded", CHANNEL + "a%7E1b'\n  action: send",
         "sends to the channel `a/b` of `events` (AsyncAPI 3.0.0)", ""),
        ("ASY-1 an operationId", "operationId: $sourceDescriptions.events.tellOrder\n  action: send",
         "sends to `tellOrder` of `events` (AsyncAPI 3.0.0): `send` on the channel `orders`", ""),
        ("ASY-1 with a dot", "operationId: $sourceDescriptions.events.hear.order\n  action: receive",
         "receives from `hear.order` of `events` (AsyncAPI 3.0.0): `receive` on the channel `a/b`", ""),
        ("ASY-2 without an action", "operationId: $sourceDescriptions.events.tellOrder",
         "speaks to `tellOrder` of `events` (AsyncAPI 3.0.0): `send` on the channel `orders`", NEEDS_ACTION),
        ("ASY-1 bare", "operationId: tellOrder",
         "speaks to `tellOrder` of `events` (AsyncAPI 3.0.0): `send` on the channel `orders`", NEEDS_ACTION),
        ("ASY-3 with what it sends",
         "operationId: tellOrder\n  action: send\n  requestBody: {payload: {a: 1}}" + WITH_HEADER,
         "sends to `tellOrder` of `events` (AsyncAPI 3.0.0): `send` on the channel `orders`", ""),
        ("ASY-4 with what it waits for", CHANNEL + "orders'\n  action: receive\n  timeout: 9"
         "\n  correlationId: $inputs.n\n  onFailure: [{name: a, type: end}]",
         "receives from the channel `orders` at `shop/orders` of `events` (AsyncAPI 3.0.0)", ""),
        ("ASY-9 nobody knows it, but it has an action", "operationId: nobodys\n  action: send",
         "sends to `nobodys`", ""),
    ),
)  # fmt: skip
def test_a_step_over_a_message_broker_is_refused_with_one_sentence(
    step: str, message: str, hint: str
) -> None:
    """ASY-1..5, ASY-7, ASY-9: nothing is planned, so nothing is sent."""
    made, (problem,) = with_events(step)
    assert made is None
    assert said((problem,))[0][:2] == ("error", "asyncapi-step")
    assert problem.message == f"step `one` {message}{NOT_EXECUTED}"
    assert problem.hint == hint


def test_an_older_description_of_messages_has_its_ids_in_its_channels() -> None:
    """ASY-1"""
    made, (problem,) = with_events("operationId: tellOrder", events=events(OLDER_EVENTS))
    assert made is None
    assert (
        "`tellOrder` of `events` (AsyncAPI 2.6.0): `publish` on the channel `orders`"
        in problem.message
    )


@pytest.mark.parametrize(
    ("step", "code", "hint"),
    rows(
        ("OPN-7 no such channel", CHANNEL + "order'\n  action: send", "unknown-channel",
         "did you mean `orders`?"),
        ("OPN-7 no pointer", "channelPath: '{$sourceDescriptions.events.url}'\n  action: send",
         "unknown-channel", "there is `orders`, `a/b`"),
        ("OPN-7 no such source", "channelPath: '{$sourceDescriptions.event.url}#/channels/x'\n  action: send",
         "unknown-channel", "did you mean `events`?"),
        ("OPN-7 a source of HTTP", NO_CHANNELS, "unknown-channel",
         "write `{$sourceDescriptions.<name>.url}#/channels/<channel>` (OPN-7)"),
        ("ASY-1 no such operation", "operationId: $sourceDescriptions.events.telOrder\n  action: send",
         "unknown-operation", "did you mean `tellOrder`?"),
        ("ASY-1 no such source", "operationId: $sourceDescriptions.event.tellOrder\n  action: send",
         "unknown-source", "did you mean `events`?"),
        ("A-12 of HTTP and of messages", "operationId: listPets", "unknown-operation",
         "write `$sourceDescriptions.pets.listPets` or `$sourceDescriptions.events.listPets`"),
    ),
)  # fmt: skip
def test_what_does_not_resolve_of_a_message_step_is_said_too(
    step: str, code: str, hint: str
) -> None:
    made, problems = with_events(step)
    assert made is None
    first, refusal = problems
    assert (first.code, first.hint) == (code, hint)
    assert refusal.code == "asyncapi-step"


@pytest.mark.parametrize(
    "operation", ["$sourceDescriptions.events.tellOrder", "tellOrder\n  action: send"]
)
def test_an_operation_of_messages_is_never_assumed_to_be_one_of_http(operation: str) -> None:
    """ASY-9, A-53: whether its source can be read or not, and whatever source of HTTP is not there."""
    assumed = {operation.partition("\n")[0]: PET_API.operation(PET_API.with_id("addPet")[0])}
    gone = Unavailable("is gone", (), assumed)
    for source in (events(EVENTS), Unavailable("is gone")):
        made, problems = with_events(f"operationId: {operation}", pets=gone, events=source)
        assert made is None
        assert [each.code for each in problems] == ["asyncapi-step"]
    made, problems = with_events("operationId: tellOrder", pets=gone)
    assert made is None


def test_what_belongs_to_messages_means_nothing_to_an_operation_of_http() -> None:
    """STP-12"""
    made, problems = with_events("operationId: addPet\n  action: receive\n  correlationId: a")
    assert made is not None
    assert [(each.code, each.hint) for each in problems] == [
        ("misplaced-field", "remove `action`"),
        ("misplaced-field", "remove `correlationId`"),
    ]


def test_a_correlation_id_may_be_any_expression_that_names_something() -> None:
    """ASY-5"""
    step = CHANNEL + "orders'\n  action: receive\n  correlationId: $inputs.n"
    assert [each.code for each in with_events(step)[1]] == ["asyncapi-step"]
    text, place = marked(
        document(flow("- stepId: one\n  " + step.replace("$inputs.n", "▲$inputs.m")))
    )
    found = said(check(documents(text, {"pets": PET_API, "events": events(EVENTS)})))
    assert found[0][:3] == ("warning", "undeclared-input", place)


@pytest.mark.parametrize(
    ("step", "severity", "code", "hint"),
    rows(
        ("PAR-3 the description knows where", "operationId: getPet\n  parameters: [▲{name: petId, value: 1}]",
         "warning", "missing-location", "write `in: path`, as the description has it"),
        ("PAR-3 nobody knows where", "operationId: addPet\n  parameters: [▲{name: x, value: 1}]",
         "error", "missing-location", ""),
        ("PAR-3 two places",
         "operationId: both\n  parameters: [▲{name: x, value: 1}, {name: x, in: path, value: 1}]",
         "error", "missing-location", ""),
    ),
)  # fmt: skip
def test_a_parameter_of_an_operation_needs_a_place(
    step: str, severity: str, code: str, hint: str
) -> None:
    text, place = marked(document(flow(f"- stepId: one\n  {step}")))
    assert (severity, code, place, hint) in said(check(documents(text)))


def test_a_required_parameter_that_is_not_given_is_said() -> None:
    """STP-4"""
    text, place = marked(document(flow("- ▲stepId: one\n  operationId: listPets")))
    assert said(check(documents(text))) == [("warning", "missing-parameter", place, "")]
    given_ = text.replace(
        "steps:", "parameters: [{name: x-trace, in: header, value: 1}]\n    steps:"
    )
    assert check(documents(given_)) == ()


THING, PART = "{name: thingId, in: path, value: 1}", "{name: part, in: path, value: 1}"
WHOLE = "{name: q, in: querystring, value: a}"
ALONE = "write all of the query in it, or each pair as `in: query`"


def given_(*parameters: str) -> str:
    return f"\n  parameters: [{', '.join(parameters)}]"


PARTS = given_(THING, PART)


def in_step(step: str) -> list[tuple[str, str, str, str]]:
    """What is said of a step; places are those of ▲."""
    text, place = marked(document(flow("- stepId: one\n  " + step)))
    made, problems = plan(documents(text), "flow")
    assert (made is None) == any(each.severity is Severity.ERROR for each in problems)
    return [each for each in said(problems) if each[2] == place or not place]


@pytest.mark.parametrize(
    ("step", "found"),
    rows(
        ("PAR-6 no such variable", "operationId: addPet" + given_("▲{name: id, in: path, value: 1}"),
         ("warning", "unknown-parameter", "")),
        ("PAR-6 a misspelt one", "operationId: getPart" + given_("▲{name: thingid, in: path, value: 1}"),
         ("warning", "unknown-parameter", "did you mean `thingId`?")),
        ("PAR-8", "operationId: addPet" + given_("▲{name: q, in: querystring, value: 'a=1'}"), None),
        ("PAR-8 no string", "operationId: addPet" + given_("▲{name: q, in: querystring, value: {a: 1}}"),
         ("warning", "querystring-value", "it is written as a form, or as its `content` says")),
        ("PAR-8 beside a query", "operationId: addPet" + given_(WHOLE, "▲{name: b, in: query, value: 1}"),
         ("warning", "querystring-mixed", ALONE)),
        ("PAR-8 two of them", "operationId: addPet" + given_(WHOLE, "▲{name: r, in: querystring, value: b}"),
         ("warning", "querystring-mixed", ALONE)),
        ("STP-5", "operationId: drop\n  requestBody: ▲{payload: {a: 1}}" + PARTS,
         ("warning", "body-discouraged", "it is sent all the same")),
        ("STP-5 the description has it", "operationId: peek\n  requestBody: ▲{payload: {a: 1}}" + PARTS,
         ("hint", "body-discouraged", "it is sent all the same")),
        ("STP-5 where it is well defined", "operationId: addPet\n  requestBody: ▲{payload: {a: 1}}", None),
        ("STP-5 where a workflow is called", "workflowId: flow\n  requestBody: ▲{payload: {a: 1}}",
         ("warning", "misplaced-field", "its inputs are given by `parameters`")),
    ),
)  # fmt: skip
def test_what_a_call_has_too_much_or_wrong_is_said_at_its_place(
    step: str, found: tuple[str, str, str] | None
) -> None:
    here = [(severity, code, hint) for severity, code, _, hint in in_step(step)]
    assert here == ([found] if found else [])


def test_a_path_without_all_its_values_is_said() -> None:
    """PAR-6, also where nothing describes its parameters."""
    text, place = marked(document(flow("- ▲stepId: one\n  operationId: getPart" + given_(PART))))
    (problem,) = check(documents(text))
    assert said((problem,)) == [("warning", "missing-parameter", place, "")]
    assert problem.message == (
        "step `one` gives no value for `thingId` in the path of GET /things/{thingId}/{part} (PAR-6)"
    )


def body_of(payload: str, content_type: str = "", header: str = "") -> str:
    said_type = f"contentType: {content_type}, " if content_type else ""
    listed = [f"{{name: Content-Type, in: header, value: {header}}}"] if header else []
    put = f"operationId: put\n  requestBody: ▲{{{said_type}payload: {payload}}}"
    return put + given_(THING, PART, *listed)


NO_JSON = (
    "the payload is sent as `application/json` but is no JSON: line 1, column 2: a name in double quotes "
    "is expected here, but the text ends; that line is `{`"
)


@pytest.mark.parametrize(
    ("step", "wrong"),
    rows(
        ("an object as the only type there is", body_of("{a: $inputs.n}"),
         "the payload is an object, which cannot be written as `text/plain`; a string can"),
        ("an object as bytes", body_of("{a: 1}", "application/octet-stream"),
         "the payload is an object, which cannot be written as `application/octet-stream`; a string can"),
        ("an array as XML", body_of("[$inputs.n]", "application/xml"),
         "the payload is an array, which cannot be written as `application/xml`; a string can"),
        ("an array as a form", body_of("[1]", "application/x-www-form-urlencoded"),
         "a form is an object or a string, but the payload is an array"),
        ("by a header", body_of("{a: 1}", header="text/csv"),
         "the payload is an object, which cannot be written as `text/csv`; a string can"),
        ("A-13 a constant that is no JSON", body_of("'{'", "application/json"), NO_JSON),
        ("an object as JSON", body_of("{a: 1}", "application/json"), ""),
        ("an object as a vendor's type", body_of("{a: 1}", "application/vnd.x"), ""),
        ("a text as XML", body_of("'<a>{$inputs.n}</a>'", "application/xml"), ""),
        ("what it will be is not known", body_of("$inputs.n", "text/plain"), ""),
        ("nor by which type", body_of("{a: 1}", header="$inputs.n"), ""),
    ),
)  # fmt: skip
def test_a_payload_that_its_type_can_never_hold_is_known_beforehand(step: str, wrong: str) -> None:
    """BOD-6, A-13: a warning, because whatever comes before such a step still runs."""
    text, place = marked(document(flow("- stepId: one\n  " + step)))
    made, problems = plan(documents(text), "flow")
    assert made is not None
    assert said(problems) == ([("warning", "payload-misfit", place, "")] if wrong else [])
    assert [each.message for each in problems] == (
        [f"step `one` will fail before anything is sent: {wrong}"] if wrong else []
    )


# What is merged


def test_the_steps_parameters_replace_the_workflows() -> None:
    """WFL-8, STP-4, PAR-5"""
    text = document(
        flow(
            """
- stepId: one
  operationId: listPets
  parameters: [{name: X-TRACE, in: header, value: mine}, {name: page, in: query, value: 1}]
- {stepId: two, workflowId: flow, parameters: [{name: page, value: mine}]}""",
            """
parameters:
  - {name: x-trace, in: header, value: all}
  - {name: Page, in: query, value: all}
  - {name: page, in: cookie, value: all}""",
        )
    )
    one, two = planned(text).first.steps
    assert [(each.name, each.location, each.value) for each in one.parameters] == [
        ("X-TRACE", "header", Constant("mine")),
        ("Page", "query", Constant("all")),
        ("page", "cookie", Constant("all")),
        ("page", "query", Constant(1)),
    ]
    assert [(each.name, each.value) for each in two.parameters] == [
        ("x-trace", Constant("all")),
        ("Page", Constant("all")),
        ("page", Constant("mine")),
    ]


def test_the_steps_actions_stand_before_the_workflows_and_replace_those_of_their_name() -> None:
    """A-17, ACT-8, WFL-7"""
    text = document(
        flow(
            """
- stepId: one
  operationId: addPet
  onFailure: [{name: b, type: retry}, {name: c, type: end}]
- {stepId: two, operationId: addPet}""",
            "failureActions: [{name: a, type: end}, {name: b, type: end}]\n"
            "successActions: [{name: s, type: end}]",
        )
    )
    one, two = planned(text).first.steps
    assert [(each.action.name, each.action.type) for each in one.on_failure] == [
        ("b", "retry"), ("c", "end"), ("a", "end"),
    ]  # fmt: skip
    assert [each.action.name for each in two.on_failure] == ["a", "b"]
    assert [each.action.name for each in two.on_success] == ["s"]


# Workflows


def runs(made: Plan) -> dict[str, list[str]]:
    """The workflows of a plan and what their steps call."""
    return {
        key: [
            each.target.key if isinstance(each.target, RunWorkflow) else str(each.target.operation)
            for each in workflow.steps
        ]
        for key, workflow in made.workflows.items()
    }


def test_a_step_and_an_action_name_workflows() -> None:
    """OPN-8, ACT-6"""
    text = document(
        flow(
            "- {stepId: one, workflowId: two, onSuccess: [{name: a, type: goto, workflowId: three}]}"
        ),
        flow("- {stepId: one, operationId: addPet}", name="two"),
        flow("- {stepId: one, operationId: addPet}", name="three"),
        flow("- {stepId: one, operationId: addPet}", name="never"),
    )
    made = planned(text)
    assert runs(made) == {"flow": ["two"], "two": ["POST /pets"], "three": ["POST /pets"]}
    assert made.first.steps[0].on_success[0].workflow_key == "three"
    assert made.start == "flow"


def test_a_workflow_of_another_document_is_planned_with_its_own_names() -> None:
    """OPN-8, SUB-4, CMP-3"""
    other = documents(
        document(flow("- {stepId: one, operationId: listOrders}", name="buy")), {"pets": SHOP_API}
    )
    text = document(
        flow("- {stepId: one, workflowId: $sourceDescriptions.other.buy}"),
        sources="{name: other, url: other.yaml, type: arazzo}",
    )
    made = planned(text, sources={"other": other})
    assert runs(made) == {"flow": ["other.buy"], "other.buy": ["GET /orders"]}
    foreign = made.workflows["other.buy"]
    assert (foreign.workflow_id, foreign.documents) == ("buy", other)
    for written in ("other.buy", "$sourceDescriptions.other.workflows.buy"):
        loose = documents(text.replace("$sourceDescriptions.other.buy", written), {"other": other})
        made, (note,) = plan(loose, "flow")
        assert made is not None
        assert (note.code, note.hint) == ("bare-source", "write $sourceDescriptions.other.buy")


@pytest.mark.parametrize(
    ("step", "code", "hint"),
    rows(
        ("OPN-8", "workflowId: flw", "unknown-workflow", "did you mean `flow`?"),
        ("OPN-8 of another document", "workflowId: $sourceDescriptions.gone.x", "source-unavailable",
         "looked at here"),
        ("ACT-6", "operationId: addPet\n  onSuccess: [▲{name: a, type: goto, workflowId: flw}]",
         "unknown-workflow", "did you mean `flow`?"),
        ("ACT-5", "operationId: addPet\n  onFailure: [▲{name: a, type: goto, stepId: on}]", "unknown-step",
         "did you mean `one`?"),
        ("DEP-2", "operationId: addPet\n  dependsOn: [on]", "unknown-step", "did you mean `one`?"),
    ),
)  # fmt: skip
def test_a_name_of_a_workflow_or_a_step_that_is_none_is_an_error(
    step: str, code: str, hint: str
) -> None:
    """VAL-2"""
    place = "" if "▲" in step else "▲"
    text, where = marked(document(flow(f"- {place}stepId: one\n  {step}")))
    sources: dict[str, SourceContent] = {"pets": PET_API, "gone": Unavailable("is gone", ("here",))}
    made, problems = plan(documents(text, sources), "flow")
    assert made is None
    assert said(problems) == [("error", code, where, hint)]


def test_one_mistake_of_a_workflow_is_said_once_however_many_steps_inherit_it() -> None:
    more = "failureActions: [▲{name: a, type: goto, stepId: nope}]"
    text, place = marked(
        document(
            flow("- {stepId: x, operationId: addPet}\n- {stepId: y, operationId: addPet}", more)
        )
    )
    assert said(check(documents(text))) == [("error", "unknown-step", place, "there is `x`, `y`")]


def test_a_workflow_of_another_document_is_named_by_its_source_only() -> None:
    """DOC-12, OPN-8"""
    other = documents(document(flow("- {stepId: one, operationId: addPet}", name="buy")))
    text, place = marked(
        document(
            flow("- ▲stepId: one\n  workflowId: buy"),
            sources="{name: other, url: other.yaml, type: arazzo}",
        )
    )
    made, problems = plan(documents(text, {"other": other}), "flow")
    assert made is None
    assert said(problems) == [
        ("error", "unknown-workflow", place, "write `$sourceDescriptions.other.buy` (DOC-12)")
    ]


def test_a_workflow_that_is_none_cannot_be_planned() -> None:
    made, (problem,) = plan(documents(document(flow(ONE))), "flaw")
    assert made is None
    assert (problem.code, problem.hint) == ("unknown-workflow", "did you mean `flow`?")


def test_what_is_wrong_elsewhere_keeps_no_workflow_from_running() -> None:
    text = document(
        flow("- {stepId: one, operationId: addPet}"),
        flow("- {stepId: one, operationId: no}", name="bad"),
    )
    assert plan(documents(text), "flow")[0] is not None
    assert plan(documents(text), "bad")[0] is None
    assert [each.code for each in check(documents(text))] == ["unknown-operation"]


# Dependencies


def chain(*needs: tuple[str, str]) -> str:
    return document(*(
        flow("- {stepId: one, operationId: addPet}", f"dependsOn: [{needed}]", name) for name, needed in needs
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("needs", "order"),
    rows(
        ("one", [("flow", "a"), ("a", "")], ["a", "flow"]),
        ("a chain", [("flow", "a"), ("a", "b"), ("b", "")], ["b", "a", "flow"]),
        ("in their order", [("flow", "b, a"), ("a", ""), ("b", "")], ["b", "a", "flow"]),
        (
            "each once",
            [("flow", "a, b"), ("a", "c"), ("b", "c"), ("c", "")],
            ["c", "a", "b", "flow"],
        ),
        ("named twice", [("flow", "a, a"), ("a", "")], ["a", "flow"]),
    ),
)
def test_what_a_workflow_depends_on_runs_before_it(
    needs: list[tuple[str, str]], order: list[str]
) -> None:
    """WFL-5, DEP-1, A-42"""
    made = planned(chain(*needs))
    assert made.first.workflow_id == "flow"
    targets = [each.target for each in made.first.steps]
    assert [each.key for each in targets if isinstance(each, RunWorkflow)] == order
    assert [each.once for each in targets if isinstance(each, RunWorkflow)] == [True] * (
        len(order) - 1
    ) + [False]
    assert set(order) < set(made.workflows)


@pytest.mark.parametrize(
    ("needs", "names"),
    rows(
        ("itself", [("flow", "flow")], "flow → flow"),
        ("each other", [("flow", "a"), ("a", "flow")], "flow → a → flow"),
        ("further on", [("flow", "a"), ("a", "b"), ("b", "a")], "a → b → a"),
    ),
)
def test_a_circle_of_dependencies_is_an_error(needs: list[tuple[str, str]], names: str) -> None:
    made, problems = plan(documents(chain(*needs)), "flow")
    assert made is None
    assert {each.code for each in problems} == {"dependency-cycle"}
    assert problems[0].message.endswith(names)


def test_many_ways_to_one_dependency_are_walked_once() -> None:
    layers = 60
    needs = [(f"a{at}", f"a{at + 1}, b{at + 1}") for at in range(layers)]
    needs += [(f"b{at}", f"a{at + 1}, b{at + 1}") for at in range(layers)]
    made = planned(chain(("flow", "a0, b0"), *needs, (f"a{layers}", ""), (f"b{layers}", "")))
    assert len(made.first.steps) == 2 * (layers + 1) + 1


def test_dependencies_beyond_their_limit_are_told_once() -> None:
    """Each runs after all that those before it need, so that they grow with the square of a chain."""
    needs = [(f"w{at}", f"w{at + 1}") for at in range(1_000)]
    made, problems = plan(documents(chain(*needs, ("w1000", ""))), "w0")
    assert made is None
    assert [each.code for each in problems] == ["too-many-dependencies"]
    assert "100,000" in problems[0].message


def test_a_chain_of_calls_may_be_as_long_as_it_likes() -> None:
    calls = [flow(f"- {{stepId: s, workflowId: w{at + 1}}}", name=f"w{at}") for at in range(600)]
    text = document(*calls, flow("- {stepId: s, operationId: addPet}", name="w600"))
    assert len(planned(text, "w0").workflows) == 601


def test_workflows_that_call_each_other_are_planned_once() -> None:
    """SUB-5: whether they end is a question of the run."""
    text = document(
        flow("- {stepId: one, workflowId: two}"),
        flow("- {stepId: one, workflowId: flow}", name="two"),
    )
    assert runs(planned(text)) == {"flow": ["two"], "two": ["flow"]}


def order_of(steps: str) -> tuple[list[str], list[tuple[str, str]]]:
    made, problems = plan(documents(document(flow(steps))), "flow")
    shown = [] if made is None else [each.step_id for each in made.first.steps]
    return shown, [(each.code, each.message) for each in problems]


@pytest.mark.parametrize(
    ("needs", "order"),
    rows(
        ("as written", {"a": "", "b": "a", "c": ""}, ["a", "b", "c"]),
        ("a later one first", {"a": "c", "b": "", "c": ""}, ["b", "c", "a"]),
        ("a chain backwards", {"a": "b", "b": "c", "c": ""}, ["c", "b", "a"]),
        (
            "by an expression",
            {"a": "$workflows.flow.steps.b", "b": "", "c": "$steps.b"},
            ["b", "a", "c"],
        ),
    ),
)
def test_a_step_runs_after_the_steps_it_depends_on(needs: dict[str, str], order: list[str]) -> None:
    """DEP-2, DEP-4"""
    steps = "\n".join(
        f"- {{stepId: {name}, operationId: addPet, dependsOn: [{needed}]}}"
        for name, needed in needs.items()
    )
    assert order_of(steps) == (order, [])


def test_steps_that_depend_on_each_other_are_an_error() -> None:
    """DEP-6"""
    circle = "".join(
        f"\n- {{stepId: {name}, operationId: addPet, dependsOn: [{needed}]}}"
        for name, needed in ("ab", "bc", "ca")
    )
    shown, problems = order_of("- {stepId: x, operationId: addPet}" + circle)
    assert shown == []
    assert problems == [
        ("dependency-cycle", "`dependsOn` of steps goes in a circle: a → b → c → a")
    ]


def test_a_step_of_another_workflow_is_not_waited_for() -> None:
    """DEP-2"""
    shown, ((code, message),) = order_of(
        "- {stepId: a, operationId: addPet, dependsOn: [$workflows.other.steps.x]}"
    )
    assert (shown, code) == (["a"], "foreign-step")
    assert "not waited for" in message


# References

RESULT = "outputs: {result: $steps.one.outputs.id}"


@pytest.mark.parametrize(
    ("expression", "code", "hint"),
    rows(
        ("row 10 an input", "$inputs.m", "undeclared-input", "there is `n`, `a.b`, `list`"),
        ("row 3 a path into an input", "$inputs.n.x[0].y", "dotted-name", "write $inputs.n#/x/0/y"),
        ("row 3 the longest name", "$inputs.a.b.c", "dotted-name", "write $inputs.a.b#/c"),
        ("row 3 a path into an output", "$steps.one.outputs.id.x", "dotted-name",
         "write $steps.one.outputs.id#/x"),
        ("row 10 a step", "$steps.on.outputs.id", "unknown-step", "did you mean `one`?"),
        ("row 10 an output", "$steps.one.outputs.idd", "unknown-output", "did you mean `id`?"),
        ("a workflow", "$workflows.flw.outputs.x", "unknown-workflow", "did you mean `flow`?"),
        ("an output of a workflow", "$workflows.flow.outputs.rseult", "unknown-output",
         "did you mean `result`?"),
        ("an input of a workflow", "$workflows.flow.inputs.m", "unknown-input",
         "there is `n`, `a.b`, `list`"),
        ("a component", "$components.parameters.x", "unknown-component", ""),
        ("a source", "$sourceDescriptions.pet.url", "unknown-source", "did you mean `pets`?"),
    ),
)  # fmt: skip
def test_a_reference_to_nothing_is_said_where_it_stands(
    expression: str, code: str, hint: str
) -> None:
    """VAL-4, A-8: a request that needs it will fail, an output or a criterion will be null."""
    second = f"{ONE}\n- stepId: two\n  operationId: addPet\n  "
    needed = parameter("▲" + expression)
    body = f"requestBody:\n    payload:\n      - a: ▲{expression}"
    output = f"outputs:\n    x: ▲{expression}"
    for place_of_use in (needed, body, output):
        text, place = marked(document(flow(second + place_of_use, RESULT)))
        made, problems = plan(documents(text), "flow")
        assert made is not None
        assert ("warning", code, place, hint) in said(problems)
    text, _ = marked(document(flow(second + needed, RESULT)))
    assert plan(documents(text), "flow", strict=True)[0] is None


@pytest.mark.parametrize(
    "expression",
    ["$inputs.n", "$inputs.a.b", "$inputs.n#/x", "$inputs", "$steps.one.outputs.id", "$steps.one.outputs.a.b",
     "$steps.one.outputs", "$workflows.flow.inputs.n", "$sourceDescriptions.pets.url", "$self",
     "$components"],
)  # fmt: skip
def test_a_reference_to_something_needs_no_word(expression: str) -> None:
    steps = f"{ONE}\n- stepId: two\n  operationId: addPet\n  {parameter(expression)}"
    problems = plan(documents(document(flow(steps))), "flow")[1]
    assert [each.code for each in problems] == ["missing-parameter"]


def test_another_document_may_have_the_workflow_that_is_read() -> None:
    text = document(
        flow("- {stepId: two, operationId: addPet, outputs: {x: $workflows.far.outputs.y}}"),
        sources="{name: pets, url: p, type: openapi}, {name: other, url: o, type: arazzo}",
    )
    assert check(documents(text)) == ()


AFTERWARDS = """\
onSuccess:
    - {name: a, type: goto, workflowId: flow, parameters: [{name: x, value: $response.body}]}"""


@pytest.mark.parametrize(
    ("step", "codes"),
    rows(
        ("DEP-5 a later step", parameter("$steps.two.outputs.y"), ["forward-reference"]),
        ("its own step", parameter("$steps.one.outputs.z"), ["forward-reference"]),
        ("its own outputs may", "outputs: {z: $steps.one.outputs.z}", []),
        ("EXP-29 in a parameter", parameter("$response.body#/a"), ["too-early"]),
        ("EXP-29 in a body", "requestBody: {payload: {a: $statusCode}}", ["too-early"]),
        ("EXP-29 in an action it is not", AFTERWARDS, []),
    ),
)  # fmt: skip
def test_what_has_no_value_yet_is_said(step: str, codes: list[str]) -> None:
    first = f"- stepId: one\n  operationId: addPet\n  {step}"
    first += "" if "outputs: {z" in step else "\n  outputs: {z: $url}"
    text = document(flow(first + "\n- {stepId: two, operationId: addPet, outputs: {y: $url}}"))
    made, problems = plan(documents(text), "flow")
    assert made is not None
    assert [each.code for each in problems] == codes


def test_the_outputs_of_a_workflow_have_no_response() -> None:
    """EXP-29, WFL-9"""
    text, place = marked(
        document(flow("- {stepId: one, operationId: addPet}", "outputs: {x: ▲$response.body}"))
    )
    (problem,) = check(documents(text))
    assert said((problem,)) == [
        ("warning", "too-early", place, "write `$steps.<stepId>.outputs.<name>`")
    ]


@pytest.mark.parametrize(
    ("criterion", "codes"),
    rows(
        ("simple", "{condition: $steps.nope.outputs.x == $inputs.nope}",
         ["unknown-step", "undeclared-input"]),
        ("SIM-10 an index is the letter", "{condition: '$inputs.list[0] == 1'}", []),
        ("A-6 a dot is not", "{condition: $inputs.n.x == 1}", ["dotted-name"]),
        ("a context", "{context: $inputs.nope, type: regex, condition: a}", ["undeclared-input"]),
        ("CRI-8 embedded", "{context: $response.body, type: regex, condition: 'a{$inputs.nope}'}",
         ["undeclared-input"]),
        ("row 22 compared", "{context: $response.body, type: jsonpath, condition: $.a == $inputs.nope}",
         ["undeclared-input"]),
        ("a JSONPath", "{context: $response.body, type: jsonpath, condition: $.a}", []),
        ("a broken one", "{condition: $inputs.nope = 1}", []),
    ),
)  # fmt: skip
def test_criteria_are_looked_through(criterion: str, codes: list[str]) -> None:
    text, place = marked(
        document(flow(f"- stepId: one\n  operationId: addPet\n  successCriteria: [▲{criterion}]"))
    )
    found = said(plan(documents(text), "flow")[1])
    assert [code for _, code, _, _ in found] == codes
    assert {at for _, _, at, _ in found} <= {place}


def test_inputs_that_are_used_and_not_declared_are_known() -> None:
    """in-the-wild row 10"""
    text = document(
        flow("""
- stepId: one
  operationId: addPet
  parameters: [{name: x, in: query, value: $inputs.first.deep}, {name: y, in: query, value: $inputs.n.deep}]
  requestBody: {payload: ['{$inputs.second}', '$inputs.list[0]', '{$inputs.first}']}
  outputs: {a: '$inputs.third[0]'}""")
    )
    (workflow,) = documents(text).description.workflows
    assert undeclared_inputs(workflow) == ("first", "second", "third")
    assert {use.needed for use in uses(workflow) if "third" in use.expression.text} == {False}


def test_a_plan_knows_what_no_run_changes() -> None:
    """EXP-17..20, A-15"""
    text = document(flow("- {stepId: one, operationId: addPet}"))
    assert dict(planned(text).first.constants) == {
        "sourceDescriptions": {"pets": {"name": "pets", "url": "pets.yaml", "type": "openapi"}},
        "components": {},
    }
    named = text.replace(
        "info:", "$self: https://x.test/d\ncomponents: {parameters: {p: {name: q}}}\ninfo:"
    )
    constants = planned(named).first.constants
    assert constants["self"] == "https://x.test/d"
    assert constants["components"] == {"parameters": {"p": {"name": "q"}}}


# Laws

NAMES = st.sampled_from(
    ["flow", "two", "three", "nope", "$sourceDescriptions.pets.x", "$steps.a", ""]
)
EXPRESSIONS = st.sampled_from(
    ["$steps.a.outputs.o", "$inputs.x.y[0]", "$url", "{$steps.c.outputs.z}", "$response.body#/a"]
)
TARGETS: list[dict[str, st.SearchStrategy[str]]] = [
    {"operationId": st.sampled_from(["addPet", "listPets", "nope"])},
    {"workflowId": NAMES},
]
STEP = st.one_of(*(st.fixed_dictionaries(
    {"stepId": st.sampled_from(["a", "b", "c"]), **target},
    optional={
        "dependsOn": st.lists(st.sampled_from(["a", "b", "c", "$steps.b", "x"]), max_size=2),
        "parameters": st.lists(
            st.fixed_dictionaries({
                "name": st.sampled_from(["p", "q"]),
                "value": EXPRESSIONS | st.just(1),
            }),
            max_size=2,
        ),
        "onSuccess": st.lists(
            st.fixed_dictionaries({"name": st.just("g"), "type": st.just("goto")}, optional={
                "stepId": st.sampled_from(["a", "x"]), "workflowId": NAMES,
            }),
            max_size=1,
        ),
        "outputs": st.dictionaries(st.sampled_from(["o", "a b"]), EXPRESSIONS),
    },
) for target in TARGETS))  # fmt: skip
FLOWS = st.fixed_dictionaries({
    name: st.fixed_dictionaries(
        {"steps": st.lists(STEP, min_size=1, max_size=3)}, optional={"dependsOn": st.lists(NAMES, max_size=2)}
    )
    for name in ("flow", "two", "three")
})  # fmt: skip


@settings(deadline=None)
@given(flows=FLOWS)
def test_whatever_refers_to_whatever_planning_ends_and_a_plan_is_whole(
    flows: dict[str, dict[str, object]],
) -> None:
    whole = {
        "arazzo": "1.1.0",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "pets", "url": "pets.yaml"}],
        "workflows": [{"workflowId": name, **rest} for name, rest in flows.items()],
    }
    read = documents(json.dumps(whole))
    problems = check(read)
    assert len(set(problems)) == len(problems)
    made, found = plan(read, "flow")
    assert (made is None) == any(each.severity is Severity.ERROR for each in found)
    for workflow in made.workflows.values() if made else ():
        assert_whole(workflow, made)


def assert_whole(workflow: PlannedWorkflow, made: Plan | None) -> None:
    """Every target and every jump leads somewhere."""
    assert made is not None
    for at, step in enumerate(workflow.steps):
        assert workflow.positions[step.step_id] == at
        if isinstance(step.target, RunWorkflow):
            assert step.target.key in made.workflows
        for planned_ in (*step.on_success, *step.on_failure):
            assert not planned_.workflow_key or planned_.workflow_key in made.workflows
            assert not planned_.action.step_id or planned_.action.step_id in workflow.positions
