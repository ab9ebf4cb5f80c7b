"""What a line of the console says at a moment, what could be typed next, and what would have held."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.moment import Deciding
from arazzo_tui.engine.scope import scope
from arazzo_tui.insight.completion import complete
from arazzo_tui.insight.console import Judged, Matches, Value, Wrong, evaluate, syntax_error
from arazzo_tui.insight.rewrites import rewrites
from arazzo_tui.language.check import Check, Operand
from arazzo_tui.language.criterion import read_criterion
from arazzo_tui.language.expression import parse_expression

CASES = Path(__file__).parents[2] / "cases"

NAMES = {
    "inputs": {"order": {"lines": [{"id": 1}, {"id": 2}]}, "odd name": 3},
    "steps": {"login": {"outputs": {"token": "t", "user": {"id": 5}, "two.parts": 1}}},
    "statusCode": 201,
    "response": {
        "header": {"content-type": "application/json", "x-id": "7"},
        "body": {
            "data": {"session": {"secure_id": "a", "n": 0}},
            "items": [{"id": 1, "na/me": "x"}, {"id": 2}],
            "text": '{"in": {"side": 4}}',
            "ok": "true",
            "gone": None,
        },
    },
}


# ------------------------------------------------------------------------------- evaluate


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("$statusCode", 201),
        ("  $response.body#/data/session/n ", 0),
        ("$response.body.items[1].id", 2),
        ("$response.body.items.length", 2),
        ("$response.body#/gone", None),
        ("$response.header.X-Id", "7"),
        ("$inputs.odd name", 3),
        ("$steps.login.outputs.two.parts", 1),
        ("Bearer {$steps.login.outputs.token}", "Bearer t"),
        ("'a text'", "a text"),
    ],
)
def test_an_expression_or_a_text_with_some_has_a_value(line, value) -> None:
    answer = evaluate(line, NAMES)
    assert isinstance(answer, Value)
    assert answer.value == value


def test_a_condition_is_judged_with_all_its_operands() -> None:
    answer = evaluate("$statusCode == 200 || $response.body#/data/session/n < 1", NAMES)
    assert isinstance(answer, Judged)
    assert answer.check.passed
    assert [(each.text, each.value) for each in answer.check.operands] == [
        ("$statusCode", 201),
        ("200", 200),
        ("$response.body#/data/session/n", 0),
        ("1", 1),
    ]


def test_a_condition_on_what_is_missing_says_so_and_fails() -> None:
    answer = evaluate("$response.body#/nope == 1", NAMES)
    assert isinstance(answer, Judged)
    assert not answer.check.passed
    assert "there is no `nope`" in answer.check.operands[0].missing


@pytest.mark.parametrize(
    ("line", "context", "pointers"),
    [
        ("$.items[?@.id > 1]", "$response.body", [("items", "1")]),
        ("$.items[*].id", "$response.body", [("items", "0", "id"), ("items", "1", "id")]),
        ("$..id", "$response.body", [("items", "0", "id"), ("items", "1", "id")]),
        ("$", "$response.body", [()]),
        ("$.nothing", "$response.body", []),
        ("/data/session", "$response.body", [("data", "session")]),
        ("#/items/0/na~1me", "$response.body", [("items", "0", "na/me")]),
        ("#", "$response.body", [()]),
        ("/text/in/side", "$response.body", [("text", "in", "side")]),
        ("$inputs.order -> $.lines[1]", "$inputs.order", [("lines", "1")]),
        ("$inputs.order → $.lines[*]", "$inputs.order", [("lines", "0"), ("lines", "1")]),
        ("$steps.login.outputs.user->/id", "$steps.login.outputs.user", [("id",)]),
    ],
)
def test_a_path_or_pointer_matches_places(line, context, pointers) -> None:
    answer = evaluate(line, NAMES)
    assert isinstance(answer, Matches)
    assert answer.context == context
    assert list(answer.pointers) == pointers


def test_another_context_can_be_given() -> None:
    answer = evaluate("$.lines[0].id", NAMES, "$inputs.order")
    assert isinstance(answer, Matches)
    assert [each.value for each in answer.found] == [1]


def test_a_comparison_of_a_path_is_judged_as_criteria_are() -> None:
    answer = evaluate("$.data.session.n == 1", NAMES)
    assert isinstance(answer, Judged)
    assert answer.check.reason == "0 == 1"
    assert answer.notes


@pytest.mark.parametrize(
    ("line", "message", "hint", "known"),
    [
        (
            "$response.body#/data/sesion",
            "there is no `sesion` in `$response.body#/data`; there is `session`",
            "did you mean `session`?",
            ("session",),
        ),
        (
            "$steps.login.outputs.tokn",
            "there is no `tokn` in `$steps.login.outputs`; there is `token`, `user`, `two.parts`",
            "did you mean `token`?",
            ("token", "user", "two.parts"),
        ),
        ("/items/9", "there is no `9` in `#/items`, an array of 2", "", ()),
        (
            "{$inputs.ordr} x",
            "there is no `ordr` in `$inputs`; there is `order`, `odd name`",
            "did you mean `order`?",
            ("order", "odd name"),
        ),
    ],
)
def test_an_error_says_what_is_there(line, message, hint, known) -> None:
    assert evaluate(line, NAMES) == Wrong(message, None, hint, known)


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("", 0),
        ("$statusCode ==", 14),
        ("  $statusCode ==  ", 16),
        ("$inputs.order -> $.a[", 21),
        ("$statusCode.a -> $.a", None),
        ("$statusCode == 1 1", 17),
        ("$statusCod", 0),
        ("$foo.bar", 0),
        ("abc", 0),
        ("/a~2", 0),
    ],
)
def test_an_error_of_the_text_says_where(line, offset) -> None:
    answer = evaluate(line, NAMES)
    assert isinstance(answer, Wrong)
    assert answer.offset == offset
    assert answer.message


def test_an_unknown_root_is_told_the_roots_there_are() -> None:
    answer = evaluate("$foo.bar", NAMES)
    assert isinstance(answer, Wrong)
    assert answer.known == ("$inputs", "$steps", "$statusCode", "$response")


def test_before_there_is_an_answer_a_path_has_nothing_to_look_at() -> None:
    answer = evaluate("$.items", {"inputs": {}})
    assert isinstance(answer, Wrong)
    assert "`$response`" in answer.message


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("$statusCode == 200", None),
        ("$response.body.ok && !$inputs.dry", None),
        ("", 0),
        ("$statusCode = 200", 12),
        ("$statusCode == 'a", 15),
        ("($statusCode == 200", 0),
        ("$nothing == 1", 0),
    ],
)
def test_a_breakpoints_condition_is_checked_as_it_is_typed(text, offset) -> None:
    wrong = syntax_error(text)
    assert (wrong.offset if wrong else None) == offset


LINES = st.text(st.sampled_from("$.#/[]'\"&|!=<>() ?@*0aéx\n\x1b{}-→~"), max_size=20) | st.lists(
    st.sampled_from(
        ["$statusCode", "$response.body", "$inputs", "$steps.login.outputs", " == ", " && ", "!",
         "#/", "items", "data", ".", "[", "]", "0", "'a'", "200", "->", "$", "/", "(", ")", "length"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(LINES)
def test_every_line_has_an_answer(line: str) -> None:
    answer = evaluate(line, NAMES)
    assert isinstance(answer, Value | Judged | Matches | Wrong)
    if isinstance(answer, Wrong):
        assert answer.message
        assert answer.offset is None or 0 <= answer.offset <= len(line) + 20
    wrong = syntax_error(line)
    assert wrong is None or wrong.message


# ------------------------------------------------------------------------------- completion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", ["$inputs.", "$steps.", "$statusCode", "$response."]),
        ("$st", ["$steps.", "$statusCode"]),
        ("stat", ["$statusCode"]),
        ("CODE", ["$statusCode"]),
        ("$steps.", ["$steps.login."]),
        ("$steps.login.", ["$steps.login.outputs."]),
        ("$steps.login.outputs.u", ["$steps.login.outputs.user"]),
        ("$steps.login.outputs.user#/", ["#/id"]),
        ("$response.", ["$response.header.", "$response.body"]),
        ("$response.header.x", ["$response.header.x-id"]),
        ("$response.body#/it", ["#/items"]),
        ("$response.body#/items/0/", ["#/items/0/id", "#/items/0/na~1me"]),
        ("$response.body.da", ["$response.body.data"]),
        ("$inputs.order", ["$inputs.order", "$inputs.order#/lines"]),
        ("/data/ses", ["/data/session"]),
        ("$.it", ["$.items"]),
        ("$.items[0].", ["$.items[0].id", "$.items[0]['na/me']"]),
        ("$.items[", ["$.items[0]", "$.items[1]"]),
        ("$statusCode == 200 && $inp", ["$inputs."]),
        ("$statusCode == '$st", ["$steps.", "$statusCode"]),
        ("'a st", []),
        ("$nothing.", []),
        ("$inputs.zzz", []),
        ("200", []),
    ],
)
def test_names_in_scope_are_offered(text, expected) -> None:
    assert [each.text for each in complete(text, len(text), NAMES)] == expected


def test_a_completion_replaces_what_was_typed_and_shows_the_value() -> None:
    text = "$statusCode == 1 && $response.bo == 2"
    (found, *_) = complete(text, text.index(" == 2"), NAMES)
    assert text[: found.start] + found.text + text[found.end :] == (
        "$statusCode == 1 && $response.body == 2"
    )
    assert found.value == "{… 5 keys}"


def test_an_array_offers_no_more_than_can_be_read() -> None:
    names = {"response": {"body": {"all": list(range(5000))}}}
    assert len(complete("/all/", 5, names)) == 100


def test_a_name_that_cannot_be_typed_is_not_offered() -> None:
    assert not complete("$inputs.", 8, {"inputs": {"a\nb": 1, "\x1b[31m": 2}})


@given(LINES, st.integers(0, 30))
def test_an_offered_name_can_be_asked_for(line: str, at: int) -> None:
    cursor = min(at, len(line))
    for each in complete(line, cursor, NAMES):
        assert 0 <= each.start <= each.end == cursor
        if each.text[:1] == "$" and each.text[1:2] not in (".", "[") and each.text[-1] != ".":
            assert not isinstance(evaluate(each.text, NAMES), Wrong)


# ------------------------------------------------------------------------------- rewrites


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("$statusCode == 200", ["$statusCode == 201"]),
        ("200 == $statusCode", ["201 == $statusCode"]),
        ("$statusCode < 200", ["$statusCode <= 201"]),
        ("$statusCode > 201", ["$statusCode >= 201"]),
        ("$statusCode == 2XX && $statusCode == 202",
         ["$statusCode >= 200 && $statusCode < 300 && $statusCode == 201"]),
        ("$statusCode == 200 || $statusCode == 204",
         ["$statusCode == 201 || $statusCode == 204", "$statusCode == 200 || $statusCode == 201"]),
        ("$statusCode == 200 && $response.body#/dta != null",
         ["$statusCode == 201 && $response.body#/data != null"]),
        ("$response.body#/ok == true", ["$response.body#/ok == 'true'"]),
        ("$response.body#/ok", ["$response.body#/ok != null"]),
        ("$response.body#/items > 0", ["$response.body.items.length > 0"]),
        ("$response.body#/items == 2", ["$response.body.items.length == 2"]),
        ("$response.body#/session/secure_id == 'a'",
         ["$response.body#/data/session/secure_id == 'a'"]),
        ("$response.body#/data/session/secure_idd == 'a'",
         ["$response.body#/data/session/secure_id == 'a'"]),
        ("$steps.logn.outputs.token == 't'", ["$steps.login.outputs.token == 't'"]),
        ("$response.header.x-di == 7", ["$response.header.x-id == 7"]),
        ("$response.body#/gone == 'x'", ["$response.body#/gone == null"]),
        ("$response.body#/data == null", []),
        ("!($statusCode == 201)", []),
        ("$response.body#/zzz == 1", []),
        ("$statusCode ===", []),
    ],
)  # fmt: skip
def test_a_failed_condition_has_the_nearest_that_hold(condition, expected) -> None:
    criterion, _ = read_criterion(condition)
    check = criterion.judge(NAMES)
    assert not check.passed
    assert [each.condition for each in rewrites(check, NAMES, criterion)] == expected
    assert [each.condition for each in rewrites(check, NAMES)] == expected


@pytest.mark.parametrize(
    ("condition", "kind", "expected"),
    [
        ("$.session.secure_id", "jsonpath", ["$.data.session.secure_id"]),
        ("$.data.sesion", "jsonpath", ["$.data.session"]),
        ("$.data.session.n == 1", "jsonpath", ["$.data.session.n == 0"]),
        ("$.data.sesion.n == 0", "jsonpath", ["$.data.session.n == 0"]),
        ("$.itms.length > 0", "jsonpath", ["$.items.length > 0"]),
        ("$.zzz", "jsonpath", []),
        ("^secure_id$", "regex", ["secure_id"]),
        ("nothing", "regex", []),
    ],
)
def test_a_failed_query_has_the_nearest_that_hold(condition, kind, expected) -> None:
    parsed = parse_expression("$response.body")
    assert parsed is not None
    criterion, _ = read_criterion(condition, kind, context=parsed[0])
    check = criterion.judge(NAMES)
    assert not check.passed
    found = rewrites(check, NAMES, criterion)
    assert [(each.condition, each.type) for each in found] == [(each, kind) for each in expected]


def test_the_default_rule_proposes_a_criterion_for_the_status() -> None:
    check = Check("2xx", "default", False, "", (Operand("$statusCode", 201),))
    assert [each.condition for each in rewrites(check, NAMES)] == ["$statusCode == 201"]


def test_what_holds_needs_no_rewrite() -> None:
    criterion, _ = read_criterion("$statusCode == 201")
    assert not rewrites(criterion.judge(NAMES), NAMES, criterion)


@given(LINES)
def test_every_rewrite_holds(line: str) -> None:
    criterion, _ = read_criterion(line)
    for each in rewrites(criterion.judge(NAMES), NAMES, criterion):
        assert read_criterion(each.condition, each.type)[0].judge(NAMES).passed
        assert each.why


def test_at_a_moment_of_a_run_the_names_of_its_stage_are_known(scenario, play) -> None:
    moments = play(scenario(CASES / "a-failed-criterion-ends-the-workflow"))
    judged = next(each for each in moments if isinstance(each.stage, Deciding))
    assert isinstance(evaluate("$statusCode", scope(judged)), Value)
    assert isinstance(evaluate("$statusCode", scope(moments[0])), Wrong)
