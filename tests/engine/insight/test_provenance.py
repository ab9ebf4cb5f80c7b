"""Where each value of a run came from and where it goes: told of scenarios, the same both ways."""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.engine.amend import (
    AnswerWith,
    CannotAmend,
    Choose,
    JumpTo,
    Loosen,
    SendInstead,
    SetInput,
    SetOutput,
    SkipStep,
)
from arazzo_tui.engine.credentials import Credential
from arazzo_tui.engine.exchange import Failure, Origin
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import (
    Acting,
    Deciding,
    Decision,
    Judging,
    Moment,
    Ready,
    Send,
    Sending,
    Wait,
    Waited,
)
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.insight.links import Link, sentence
from arazzo_tui.insight.onward import uses
from arazzo_tui.insight.provenance import came_from
from arazzo_tui.language.compare import same
from arazzo_tui.language.expression import is_expression, parse_expression

CASES = Path(__file__).parents[2] / "cases"
VALUES = "values-come-from-answers-inputs-and-text"
MISSING = "a-missing-value-is-null-where-it-is-read"
EVERY = "every-kind-of-name-can-be-sent"
CALL = "a-step-calls-a-workflow"
ALL = sorted(each.parent.name for each in CASES.glob("*/answers.yaml"))

Until = Callable[[Moment], bool]


def never(_: Moment) -> bool:
    return False


def driven(run: Run, replies, until: Until = never) -> Run:
    """The run gone on with the answers in order, up to a moment or its end."""
    waiting = list(replies)
    while run.now.ended is None and not until(run.now):
        match pending(run.now):
            case Send():
                run = run.advance(waiting.pop(0))
            case Wait():
                run = run.advance(Waited())
            case None:
                run = run.advance()
    return run


@pytest.fixture
def play(scenario):
    def played(name: str, until: Until = never) -> Run:
        read = scenario(CASES / name)
        return driven(begun(read.first), read.replies, until)

    return played


def at(step: str, stage: type) -> Until:
    return lambda moment: moment.step.step_id == step and isinstance(moment.stage, stage)


def sentences(run: Run, place: tuple[str, ...], record: int | None = None) -> list[str]:
    return [sentence(chain) for chain in came_from(run, place, record)]


# ------------------------------------------------------------------------------- back


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("body variables id", ["`$steps.start.outputs.id` ← `#/data/start/id`"]),
        (
            "body variables both",
            [
                "`$inputs.name` ← the input `name` as it was given",
                "`$steps.start.outputs.id` ← `#/data/start/id`",
            ],
        ),
        (
            "body variables all start id",
            ["`$steps.start.outputs.all` ← `#/data/start/id`"],
        ),
        ("body query", ['"q", written in the document']),
    ],
)
def test_a_place_in_json_text_comes_from_what_it_is_made_with(play, place, expected) -> None:
    way = tuple(place.split())
    said = ".".join(way[1:])
    assert sentences(play(VALUES), way, 1) == [f"`{said}` ← {each}" for each in expected]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("header x-tag", "`$steps.start.outputs.tag` ← `$response.header.ETag`"),
        ("header content-type", "`contentType` of the step"),
        ("header accept", "what the description says the operation answers with"),
        ("method", "the method of the operation"),
        ("body kind", '"fixed", written in the document'),
        ("body first", "`$steps.start.outputs.all → /list/0/id` ← `#/data/list/0/id`"),
        ("body found 1", "`$steps.start.outputs.list` ← `#/data/list/2/id`"),
        ("body deep start id", "`$steps.start.outputs.all` ← `#/data/start/id`"),
        ("body inner in side", "`$steps.start.outputs.note` ← `#/note/in/side`"),
        ("body map id", "`$steps.start.outputs` ← `#/data/start/id`"),
        ("body map code", "`$steps.start.outputs` ← `$statusCode`"),
        ("body both start", "`$steps.start.outputs.both` ← `#/data/start`"),
        ("body order lines 0 sku", "`$inputs.order#/sku` ← the input `order` as it was given"),
        (
            "body again variables id",
            (
                "`$steps.text.outputs.sent` ← `variables.id` ← `$steps.start.outputs.id`"
                " ← `#/data/start/id`"
            ),
        ),
    ],
)
def test_a_place_in_a_request_comes_from_what_is_written_for_it(play, place, expected) -> None:
    assert [
        each.partition(" ← ")[2] for each in sentences(play(VALUES), tuple(place.split()), 2)
    ] == [expected]


@pytest.mark.parametrize(
    ("place", "record", "expected"),
    [
        ("cookie sid", 0, ["`$inputs.who` ← the default of the input `who`"]),
        ("header cookie", 0, ["`$inputs.who` ← the default of the input `who`"]),
        ("header from", 0, ["`$workflows.flow.inputs.who` ← the default of the input `who`"]),
        ("header user-agent", 0, ["the name of this tool"]),
        ("query color", 0, ["`$inputs.user#/color` ← the input `user` as it was given"]),
        ("query size", 0, ["3, written in the document"]),
        ("query filter[color]", 0, ["`$inputs.user#/color` ← the input `user` as it was given"]),
        ("query nope", 0, []),
        ("body api", 0, ["$sourceDescriptions.api.url"]),
        ("body lines 1 n", 0, ["`$inputs.user#/color` ← the input `user` as it was given"]),
        ("body lines 0 n", 0, ["1, written in the document"]),
        ("body first", 1, ["`$steps.first.outputs.first` ← `#/list/0/n`"]),
        (
            "body found",
            1,
            [
                "`$steps.first.outputs.found` ← `#/list/1/n`",
                "`$steps.first.outputs.found` ← `#/list/2/n`",
            ],
        ),
        ("body found 1", 1, ["`$steps.first.outputs.found` ← `#/list/2/n`"]),
        (
            "body sent",
            1,
            [
                (
                    "`$steps.first.outputs.sent` ← `query color` ← `$inputs.user#/color`"
                    " ← the input `user` as it was given"
                )
            ],
        ),
        (
            "body from",
            1,
            [
                (
                    "`$steps.first.outputs.from` ← `header from` ← `$workflows.flow.inputs.who`"
                    " ← the default of the input `who`"
                )
            ],
        ),
        ("body all", 1, ["`$inputs`"]),
        ("body all who", 1, ["`$inputs` ← the default of the input `who`"]),
    ],
)
def test_every_kind_of_name_has_its_chain(play, place, record, expected) -> None:
    said = sentences(play(EVERY), tuple(place.split()), record)
    assert [each.partition(" ← ")[2] for each in said] == expected


def test_a_text_that_is_json_has_the_chains_of_its_places(play) -> None:
    assert [chain[0].text for chain in came_from(play(VALUES), ("body",), 1)] == [
        "variables.id", "variables.both", "variables.both", "variables.all"
    ]  # fmt: skip


def test_a_text_with_several_expressions_has_a_chain_for_each(play) -> None:
    assert sentences(play(VALUES), ("header", "X-Tenant"), 2) == [
        "`header X-Tenant` ← `$inputs.tenant` ← the default of the input `tenant`",
        "`header X-Tenant` ← `$inputs.name` ← the input `name` as it was given",
    ]


def test_a_place_that_holds_others_has_the_chains_of_all(play) -> None:
    assert [chain[0].place for chain in came_from(play(MISSING), ("body",), 1)] == [
        ("body", "variables", "session_secure_id"),
        ("body", "variables", "second"),
    ]


def test_a_place_that_is_not_there_has_no_chain(play) -> None:
    run = play(VALUES)
    assert not came_from(run, ("body", "nope"), 2)
    assert not came_from(run, ("cookie", "nope"), 2)


def test_links_tell_attempt_place_and_value(play) -> None:
    (chain,) = came_from(play(VALUES), ("body", "deep", "start", "id"), 2)
    assert chain == (
        Link("request", "deep.start.id", "i1", 2, "request", ("body", "deep", "start", "id")),
        Link(
            "output", "$steps.start.outputs.all", "i1", 0, "outputs", ("all", "start", "id"),
            written="$steps.start.outputs.all",
        ),
        Link(
            "response", "#/data/start/id", "i1", 0, "response", ("data", "start", "id"), "body",
            "$response.body#/data",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "record", "expected"),
    [
        (
            "body variables session_secure_id",
            1,
            (
                "`variables.session_secure_id` ← `$steps.initializeSession.outputs.sessionSecureId`"
                " ← `#/data/initializeSession/secure_id`: there is no `data`; there is `errors[9]`"
            ),
        ),
        (
            "body variables second",
            1,
            (
                "`variables.second` ← `$steps.initializeSession.outputs.second` ← `#/errors/1/path/0`:"
                " there is no `0` in `#/errors/1/path`, an array of 0"
            ),
        ),
        (
            "body variables id",
            2,
            (
                "`variables.id` ← `$steps.initializeSession.outputs.sessionSecurId`: step"
                " `initializeSession` gives no output `sessionSecurId`; did you mean `sessionSecureId`?"
            ),
        ),
    ],
)
def test_a_missing_value_is_followed_to_where_it_is_missing_first(play, place, record, expected):
    assert sentences(play(MISSING), tuple(place.split()), record) == [expected]


def test_a_null_on_the_way_is_said_with_what_is_beside_it(scenario) -> None:
    read = scenario(CASES / MISSING)
    run = driven(begun(read.first), reversed(read.replies), at("pushPayload", Ready))
    assert sentences(run, ("body", "variables", "session_secure_id"), 1)[0].endswith(
        "secure_id`: `#/data` is null; there is `errors[0]`"
    )


def test_an_expression_does_not_look_into_json_text(play) -> None:
    run = play(VALUES, at("object", Ready))
    step = run.now.step
    payload = replace(
        step.step.body.payload, members={"x": _expression("$steps.start.outputs.note#/in")}
    )
    body = replace(step.step.body, payload=payload, replacements=())
    planned = replace(step, step=replace(step.step, body=body))
    frame = run.now.top
    workflow = replace(frame.workflow, steps=(*frame.workflow.steps[:2], planned))
    frames = (replace(frame, workflow=workflow),)
    changed = Run(
        run.moments.upto(len(run.moments) - 1).plus(replace(run.now, frames=frames)), run.causes
    )
    assert sentences(changed, ("body", "x"))[0].endswith("there is no `in`: it is a string")


def _expression(text: str):
    parsed = parse_expression(text)
    assert parsed is not None
    return parsed[0]


@pytest.mark.parametrize(
    ("case", "place", "record", "expected"),
    [
        (
            CALL,
            "query who",
            0,
            (
                "`$inputs.who` ← parameter `who` of step `call` ← `$inputs.name`"
                " ← the input `name` as it was given"
            ),
        ),
        (
            CALL,
            "query often",
            0,
            "`$inputs.often` ← parameter `often` of step `call` ← 2, written in the document",
        ),
        (CALL, "query loud", 0, "`$inputs.loud` ← the default of the input `loud`"),
        (
            CALL,
            "query said",
            2,
            (
                "`$steps.call.outputs.said` ← `$outputs.answer` ← `$steps.greet.outputs.answer`"
                " ← `#/answer`"
            ),
        ),
        (CALL, "parameters who", 1, "`$inputs.name` ← the input `name` as it was given"),
        (
            "everything-at-once",
            "query config",
            7,
            "`$workflows.config.outputs.config` ← `$steps.read.outputs.config` ← `#/config`",
        ),
        (
            "goto-a-workflow-hands-on-parameters",
            "query id",
            1,
            "`$inputs.id` ← parameter `id` of action `over` of `first` ← `#/id`",
        ),
        (
            "goto-a-workflow-hands-on-parameters",
            "query m",
            1,
            "`$inputs.missing` ← the default of the input `missing`",
        ),
    ],
)
def test_inputs_and_outputs_lead_through_the_workflows_that_call(
    play, case, place, record, expected
):
    (said,) = sentences(play(case), tuple(place.split()), record)
    assert said.partition(" ← ")[2] == expected


@pytest.mark.parametrize(
    ("case", "place", "readers"),
    [
        ("retry-through-a-step-shares-its-names", "header x-token", {1: 0, 3: 2}),
        ("everything-at-once", "header x-token", {4: 3, 6: 5, 7: 5}),
    ],
)
def test_the_newest_attempt_before_the_reader_counts(play, case, place, readers) -> None:
    run = play(case)
    for reader, giver in readers.items():
        ((_, output, response),) = came_from(run, tuple(place.split()), reader)
        assert (output.record, response.record) == (giver, giver)


def test_a_chain_through_a_long_loop_ends_before_it_is_unreadable(play) -> None:
    run = play("an-output-may-carry-its-own-last-value")
    (first,) = came_from(run, ("outputs", "last"), 3)
    assert [each.record for each in first] == [3, 2, 1, 0, None]
    assert first[-1].missing == "step `loop` has given nothing yet"
    (long,) = came_from(run, ("outputs", "last"), 35)
    assert len(long) < 40
    assert long[-1].text == "… and further back"


def test_the_outputs_of_the_run_have_chains(play) -> None:
    assert sentences(play(VALUES), ("result", "id")) == [
        "`output id` ← `$steps.start.outputs.id` ← `#/data/start/id`"
    ]
    assert not came_from(play(VALUES, at("text", Ready)), ("result", "id"))


def test_a_request_under_way_and_one_not_built_yet_have_chains(play) -> None:
    for stage in (Ready, Sending):
        run = play(VALUES, at("object", stage))
        assert sentences(run, ("body", "deep", "start", "id")) == [
            "`deep.start.id` ← `$steps.start.outputs.all` ← `#/data/start/id`"
        ]


def test_an_earlier_moment_is_told_as_it_was(play) -> None:
    run = play("everything-at-once")
    first = next(n for n, each in enumerate(run.moments) if at("work", Sending)(each))
    ((_, output, _),) = came_from(run.look(first), ("header", "x-token"))
    assert output.record == 3


def test_the_server_and_a_credential_are_ends_of_chains(scenario) -> None:
    read = scenario(CASES / VALUES)
    assert sentences(begun(read.first).advance(), ("url",)) == [
        f"`url` ← `servers` of {_source(read.first)}, line 4"
    ]


def _source(moment: Moment) -> str:
    return moment.step.target.operation.servers[0].mark.source.name


def test_a_secret_is_never_in_a_chain(play) -> None:
    run = play(VALUES, at("start", Sending))
    request = run.now.stage.request
    origin = Origin(("header", "authorization"), "credential for bearer", by="tool")
    secret = replace(
        request, headers=(*request.headers, ("Authorization", "Bearer s3cret")), origins=(origin,)
    )
    frames = (replace(run.now.top, stage=Sending(secret)),)
    changed = Run(run.moments.upto(1).plus(replace(run.now, frames=frames)), run.causes)
    ((_, end),) = came_from(changed, ("header", "authorization"))
    assert (end.kind, end.text, end.value) == ("credential", "credential for bearer", None)
    assert "s3cret" not in repr(Credential("s3cret", "me"))


# ------------------------------------------------------------------------------- by hand


def test_an_input_set_by_hand_ends_the_chain(play) -> None:
    run = play(VALUES, at("object", Sending)).amend(SetInput("name", "lee"))
    said = sentences(run, ("header", "x-tenant"))
    assert said[1] == "`header x-tenant` ← `$inputs.name` ← input `name` set by hand"
    assert sentences(run, ("body", "variables", "both"), 1)[0].endswith("`name` as it was given")


def test_an_output_set_by_hand_ends_the_chain(play) -> None:
    run = play(VALUES, at("object", Sending)).amend(SetOutput("start", "tag", "mine"))
    (chain,) = came_from(run, ("header", "x-tag"))
    assert [each.kind for each in chain] == ["request", "output", "hand"]
    assert [each.value for each in chain] == ["mine", "mine", "mine"]
    assert sentences(run, ("body", "map", "id"))[0].endswith("`#/data/start/id`")


def test_an_output_set_as_its_step_was_judged_ends_the_chain(play) -> None:
    run = play(VALUES, at("start", Deciding)).amend(SetOutput("start", "id", "mine"))
    run = driven(run, (), at("text", Sending))
    assert sentences(run, ("body", "variables", "id")) == [
        "`variables.id` ← `$steps.start.outputs.id` ← output `id` of `start` set by hand"
    ]


def test_a_skipped_step_ends_the_chain(play) -> None:
    run = play(VALUES, at("start", Ready)).amend(SkipStep({"id": "mine"}))
    run = driven(run, (), at("text", Ready))
    assert sentences(run, ("body", "variables", "id")) == [
        "`variables.id` ← `$steps.start.outputs.id` ← skipped by hand, outputs set"
    ]


def test_an_answer_by_hand_ends_the_chain(scenario, play) -> None:
    reply = scenario(CASES / VALUES).replies[0]
    run = driven(play(VALUES, at("start", Sending)).amend(AnswerWith(reply)), (), at("text", Ready))
    assert sentences(run, ("body", "variables", "id")) == [
        (
            "`variables.id` ← `$steps.start.outputs.id` ← `#/data/start/id`"
            " ← answered by hand, nothing was sent"
        )
    ]


def test_only_what_was_edited_in_a_request_is_by_hand(play) -> None:
    run = play(VALUES, at("object", Sending))
    request = run.now.stage.request
    edited = replace(request, payload={**request.payload, "kind": "mine"})
    run = run.amend(SendInstead(edited))
    assert sentences(run, ("body", "kind")) == ["`kind` ← request edited by hand"]
    assert sentences(run, ("body", "inner")) == ["`inner` ← `$steps.start.outputs.note` ← `#/note`"]


def test_a_step_that_had_no_answer_says_so(play) -> None:
    run = play(VALUES, at("start", Sending))
    run = run.amend(AnswerWith(Failure("connect", "nobody there")))
    run = driven(run, ())
    (said,) = sentences(run, ("result", "id"))
    assert said.endswith("step `start` had no answer: nobody there")


# ------------------------------------------------------------------------------- forth


def told(run: Run, place: tuple[str, ...], record: int | None = None) -> list[str]:
    """Uses in short: `will` before those to come."""
    return [
        f"{'will ' * each.will}{each.kind} {each.step} {' '.join(each.place)}".replace("  ", " ")
        for each in uses(run, place, record)
    ]


def test_a_value_of_an_answer_is_used_through_outputs_and_requests(play) -> None:
    assert told(play(VALUES), ("response", "data", "start", "id"), 0) == [
        "output start outputs id",
        "output start outputs all",
        "output start outputs both start",
        "request text body variables id",
        "request text body variables both",
        "request text body variables all",
        "output text outputs sent",
        "request object body deep",
        "request object body map",
        "request object body again",
        "request object body both",
        "workflow output result id",
    ]


@pytest.mark.parametrize(
    ("place", "record", "expected"),
    [
        ("header etag", 0, ["output start outputs tag", "request object header x-tag",
                            "request object body map"]),
        ("status", 0, ["output start outputs code", "request object body map"]),
        ("response note in", 0, ["output start outputs note", "request object body inner",
                                 "request object body map"]),
        ("response done", 1, ["criterion text criterion 1"]),
        ("inputs tenant", None, ["request object header x-tenant"]),
        ("inputs order sku", None, ["request object body order lines 0 sku"]),
        ("inputs order other", None, []),
        ("outputs id", 0, ["request text body variables id", "request text body variables both",
                           "output text outputs sent",
                           "request object body map", "request object body again",
                           "workflow output result id"]),
    ],
)  # fmt: skip
def test_a_place_is_used_where_it_or_more_of_it_is_read(play, place, record, expected) -> None:
    assert told(play(VALUES), tuple(place.split()), record) == expected


@pytest.mark.parametrize(
    ("place", "record", "expected"),
    [
        (
            "inputs user color",
            None,
            ["request first query filter color", "request first body lines 1 n",
             "criterion first criterion 0", "output first outputs sent", "request second body sent",
             "request second body all"],
        ),
        (
            "inputs who",
            None,
            ["request first cookie sid", "request first header from", "criterion first criterion 1",
             "criterion first criterion 2", "output first outputs from", "request second cookie sid",
             "request second body from", "request second body all"],
        ),
        (
            "response list 1 n",
            0,
            ["criterion first criterion 0", "output first outputs found", "request second body found",
             "request second body count"],
        ),
    ],
)  # fmt: skip
def test_every_kind_of_name_is_followed_on(play, place, record, expected) -> None:
    assert told(play(EVERY), tuple(place.split()), record) == expected


def test_what_is_to_come_is_told_beside_what_was(play) -> None:
    run = play(VALUES, at("text", Sending))
    assert told(run, ("response", "data", "start", "id"), 0)[3:] == [
        "request text body variables id",
        "request text body variables both",
        "request text body variables all",
        "will output text outputs sent",
        "will request object body deep",
        "will request object body map",
        "will request object body again",
        "will request object body both",
        "will workflow output result id",
    ]
    first = play(CALL, at("call", Ready))
    assert told(first, ("inputs", "name")) == [
        "will parameter call parameters who",
        "will request greet query who",
        "will output call outputs asked",
    ]


def test_uses_lead_into_called_workflows_and_back(play) -> None:
    assert told(play(CALL), ("response", "answer"), 0) == [
        "output greet outputs answer",
        "workflow output result answer",
        "output call outputs said",
        "output call outputs also",
        "request after query said",
        "workflow output result said",
    ]


def test_a_step_that_ran_again_carries_its_newest_value_only(play) -> None:
    run = play("everything-at-once")
    used = {n: [u.record for u in uses(run, ("response", "token"), n)] for n in (3, 5)}
    assert used == {3: [3, 4], 5: [5, 6, 7]}


def test_an_output_set_by_hand_carries_nothing_on(play) -> None:
    run = play(VALUES, at("object", Sending)).amend(SetOutput("start", "tag", "mine"))
    assert told(run, ("header", "etag"), 0) == ["output start outputs tag"]


# ------------------------------------------------------------------------------- laws


def places(run: Run) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, record in enumerate(run.now.trail):
        if record.request is not None:
            yield from ((number, origin.place) for origin in record.request.origins)


@pytest.mark.parametrize("case", ALL)
def test_what_a_place_came_from_was_used_there(scenario, case) -> None:
    read = scenario(CASES / case)
    run = driven(begun(read.first), read.replies) if read.first else None
    for number, place in list(places(run))[:12] if run else ():
        for chain in came_from(run, place, number):
            for link in chain[1:]:
                if link.kind == "response" and link.part == "body" and not link.missing:
                    assert any(
                        use.record == number and use.place[: len(place)] == place[: len(use.place)]
                        for use in uses(run, ("response", *link.place), link.record)
                    ), sentence(chain)


@pytest.mark.parametrize("case", ALL)
def test_every_moment_of_every_scenario_can_be_asked(scenario, case) -> None:
    read = scenario(CASES / case)
    run = driven(begun(read.first), read.replies) if read.first else None
    for number in range(0, len(run.moments) if run else 0, 3):
        looked = run.look(number).taken_up()
        for place in (("body",), ("url",), ("header", "accept")):
            assert all(len(chain) > 1 for chain in came_from(looked, place))
        for name in looked.now.top.inputs:
            assert all(each.written for each in uses(looked, ("inputs", name)))


HAND_MADE = (
    SetInput("name", "hand"),
    SetInput("order", {"sku": "hand"}),
    SetOutput("start", "id", "hand"),
    SetOutput("login", "token", "hand"),
    SetOutput("text", "sent", "hand"),
    SkipStep({"id": "skipped", "token": "skipped"}),
    JumpTo("start"),
    JumpTo("login"),
    JumpTo("object"),
    Loosen(0),
    Choose(Decision("next")),
    AnswerWith(Failure("connect", "nobody")),
)


def meddled(run: Run, replies, picks: dict[int, int]) -> Run:
    """A run of at most sixty moments in which hands do what the picks say, where it can be done."""
    answers = cycle(replies)
    for number in range(60):
        if run.now.ended is not None:
            return run
        if number in picks:
            chosen = picks[number]
            try:
                if chosen < len(HAND_MADE):
                    run = run.amend(HAND_MADE[chosen])
                elif (request := requested(run.now)) is not None:
                    run = run.amend(SendInstead(request))
            except CannotAmend:
                pass
        match pending(run.now) if run.now.ended is None else None:
            case Send():
                run = run.advance(next(answers))
            case Wait():
                run = run.advance(Waited())
            case None if run.now.ended is None:
                run = run.advance()
            case None:
                pass
    return run


def requested(moment: Moment):
    match moment.stage:
        case Sending(request) | Judging(request, _):
            return request
        case Deciding(record) | Acting(record):
            return record.request
        case _:
            return None


MEDDLED = (VALUES, MISSING, CALL, "everything-at-once", "retry-through-a-step-shares-its-names",
           "retry-through-a-workflow", "goto-a-workflow-hands-on-parameters")  # fmt: skip


HANDS = st.dictionaries(st.integers(0, 40), st.integers(0, len(HAND_MADE)), max_size=6)


@given(st.sampled_from(MEDDLED), HANDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_done_by_hand_to_one_attempt_is_found_as_among_all(scenario, case, picks):
    read = scenario(CASES / case)
    run = meddled(begun(read.first), read.replies, picks)
    numbers = range(len(run.now.trail) + 2)
    found = {number: run.by_hand_to(number) for number in numbers}
    assert {number: said for number, said in found.items() if said} == run.by_hand()


@given(st.sampled_from(MEDDLED), HANDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_hands_did_every_link_of_a_body_has_the_value_of_the_next(scenario, case, picks):
    read = scenario(CASES / case)
    run = meddled(begun(read.first), read.replies, picks)
    for number, record in enumerate(run.now.trail):
        for origin in record.request.origins if record.request else ():
            chains = came_from(run, origin.place, number)
            if len(chains) == 1 and origin.place[0] == "body" and is_expression(origin.text):
                head, *rest = chains[0]
                made = [each.value for each in rest if each.kind != "parameter"]
                assert all(same(each, head.value) for each in made), sentence(chains[0])
        for name in record.outputs:
            assert came_from(run, ("outputs", name), number) is not None
            assert uses(run, ("outputs", name), number) is not None
        assert uses(run, ("response",), number) is not None
