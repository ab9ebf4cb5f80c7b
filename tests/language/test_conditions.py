"""Simple conditions: what they hold for, in which order they are read, what is tolerated, what is wrong."""

import copy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arazzo_tui.language.condition import Condition, parse_condition
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.values import Json


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


SCOPE: dict[str, Json] = {
    "statusCode": 204,
    "url": "https://api.test/x",
    "response": {
        "header": {"content-type": "application/json", "x-left": "7"},
        "body": {
            "status": "Active",
            "count": 0,
            "price": Float("19.90"),
            "ok": True,
            "off": False,
            "none": None,
            "text": "it's",
            "zero": "0",
            "empty": "",
            "items": [{"id": 5, "x-tag": "a"}, {"id": 6}],
            "tags": ["Red", 3, None],
            "object": {"key": 1},
            "a b": 1,
        },
    },
    "inputs": {"a.b": "dotted", "a": {"b": "inner"}, "dryRun": False},
    "steps": {"one": {"outputs": {"list": [{"id": 9}]}}},
}


def judged(text: str) -> bool:
    return parse_condition(text)[0].judge(SCOPE).passed


@pytest.mark.parametrize(
    ("text", "holds"),
    rows(
        ("SIM-1 true", "true", True),
        ("SIM-1 false", "false", False),
        ("SIM-2 null fails", "null", False),
        ("SIM-2", "$response.body.none == null", True),
        ("SIM-3 fraction", "42 == 42.0", True),
        ("SIM-3 exponent", "42 == 4.2e1", True),
        ("SIM-3 negative", "-1 < 0", True),
        ("SIM-3 digits", "$response.body.price == 19.9", True),
        ("SIM-4", "$response.body.status == 'Active'", True),
        ("SIM-4 a quote is doubled", "$response.body.text == 'it''s'", True),
        ("SIM-4 a backslash is itself", r"'a\n' == 'a\n'", True),
        ("SIM-4 empty", "$response.body.empty == ''", True),
        ("SIM-5 less", "$statusCode < 300", True),
        ("SIM-5 at most", "$statusCode <= 204", True),
        ("SIM-5 greater", "$statusCode > 204", False),
        ("SIM-5 at least", "$statusCode >= 204", True),
        ("SIM-6 equal", "$statusCode == 204", True),
        ("SIM-6 unequal", "$statusCode != 204", False),
        ("SIM-6 without spaces", "$statusCode==204", True),
        ("SIM-7", "!$inputs.dryRun", True),
        ("SIM-7 twice", "!!$response.body.ok", True),
        ("SIM-7 many", "!" * 4001 + "$response.body.ok", False),
        ("SIM-7 of parentheses", "!($statusCode == 204)", False),
        ("SIM-7 what is not true is false", "!$response.body.status", True),
        ("SIM-8 and", "true && false", False),
        ("SIM-8 or", "false || true", True),
        ("SIM-8 operators in a string", "'a && b || c' == 'a && b || c'", True),
        ("SIM-8 and binds tighter", "true || true && false", True),
        ("SIM-8 and binds tighter on the left", "false && true || true", True),
        ("SIM-9", "(true || true) && false", False),
        ("SIM-9 nested", "((($statusCode)) == ((204)))", True),
        ("SIM-9 a side may be grouped", "(false || $response.body.ok) == true", True),
        ("SIM-10", "$response.body.items[1].id == 6", True),
        ("SIM-10 of an output", "$steps.one.outputs.list[0].id == 9", True),
        ("SIM-10 outside", "$response.body.items[2] == null", True),
        ("SIM-11", "$response.body.status == 'active'", True),
        ("SIM-11 the exact name first", "$inputs.a.b == 'dotted'", True),
        ("SIM-12 equality", "$response.body.status == 'ACTIVE'", True),
        ("SIM-12 inequality", "$response.body.status != 'ACTIVE'", False),
        ("SIM-12 order", "'B' > 'a'", True),
        ("SIM-13 equality", "$response.header.x-left == 7", True),
        ("SIM-13 order", "$response.header.x-left < 10", True),
        ("SIM-13 zero", "$response.body.zero == 0", True),
        ("SIM-13 text is no number", "$response.body.status == 0", False),
        ("SIM-13 two texts are texts", "'10' < '9'", True),
        ("SIM-14 null is null", "null == null", True),
        ("SIM-14 null is not zero", "$response.body.count == null", False),
        ("SIM-14 null is not empty", "$response.body.empty == null", False),
        ("SIM-14 not null", "$response.body.count != null", True),
        ("SIM-14 null is not not null", "$response.body.none != null", False),
        ("SIM-14 null has no order", "$response.body.none <= null", False),
        ("SIM-14 nor with a number", "$response.body.none < 1", False),
        ("SIM-15 only true passes", "$response.body.count", False),
        ("SIM-15 text does not", "$response.body.status", False),
        ("SIM-15 true does", "$response.body.ok", True),
        ("SIM-16 a boolean is no text", "$response.body.ok == 'true'", False),
        ("SIM-16 nor a number", "$response.body.ok == 1", False),
        ("SIM-18 a pointer ends at white space", "$response.body#/status == 'active'", True),
        ("SIM-18 naming nothing is null", "$response.body#/0 == null", True),
        ("SIM-18 and not unequal to null", "$response.body#/0 != null", False),
        ("SIM-18 a pointer ends at an operator", "$response.body#/count==0&&true", True),
        ("SIM-18 a pointer ends at a parenthesis", "($response.body#/count)==0", True),
        ("SIM-18 a header ends at white space", "$response.header.X-Left == 7", True),
        ("CRI-10 any form", "$url == 'https://API.test/x'", True),
        ("white space of all kinds", "\t$statusCode\n==\r\n204 ", True),
    ),
)
def test_a_condition_holds(text: str, holds: bool) -> None:
    condition, notes = parse_condition(text)
    check = condition.judge(SCOPE)
    assert check.passed is holds
    assert notes == ()
    assert (check.type, check.condition, check.reading) == ("simple", text, "")


@pytest.mark.parametrize(
    ("text", "holds", "notes"),
    rows(
        ("row 15 double quotes", '$response.body.status == "active"', True,
         [("double-quotes", 25, "'active'")]),
        ("row 15 a quote in double quotes", '$response.body.text == "it\'s"', True,
         [("double-quotes", 23, "'it''s'")]),
        ("row 15 unquoted", "$response.body.status == active", True,
         [("unquoted-text", 25, "'active'")]),
        ("row 15 a media type", "$response.header.Content-Type == application/json", True,
         [("unquoted-text", 33, "'application/json'")]),
        ("row 15 a date", "2024-01-01 == '2024-01-01'", True, [("unquoted-text", 0, "'2024-01-01'")]),
        ("row 15 a version", "1.2.3 == '1.2.3'", True, [("unquoted-text", 0, "'1.2.3'")]),
        ("row 19 braces", "{$statusCode} == 204", True, [("braces-in-condition", 0, "$statusCode")]),
        ("row 19 braces in quotes", "$inputs.dryRun == '{$response.body.off}'", True,
         [("braces-in-condition", 18, "$response.body.off")]),
        ("row 22 an expression in quotes", "'$response.body.status' == 'active'", True,
         [("quoted-expression", 0, "$response.body.status")]),
        ("row 22 in double quotes", '204 == "$statusCode"', True,
         [("quoted-expression", 7, "$statusCode")]),
        ("row 22 a lone root in quotes is a text", "'$url' == '$URL'", True, []),
        ("row 22 a price in quotes is a text", "'$5.00' == '$5.00'", True, []),
        ("row 19 a class of statuses", "$statusCode == 2XX", True,
         [("status-class", 12, "$statusCode >= 200 && $statusCode < 300")]),
        ("row 19 another class", "$statusCode == 4xx", False,
         [("status-class", 12, "$statusCode >= 400 && $statusCode < 500")]),
        ("row 19 not of a class", "5xx != $statusCode", True,
         [("status-class", 4, "$statusCode >= 500 && $statusCode < 600")]),
        ("row 19 a quoted class is a text", "$statusCode == '2XX'", False, []),
        ("row 19 a class of something else", "$response.body.count == 2XX", False,
         [("unquoted-text", 24, "'2XX'")]),
        ("row 19 contains", "$response.body.status contains 'TIV'", True, [("contains", 22, "")]),
        ("row 19 contains not", "$response.body.status contains 'x'", False, [("contains", 22, "")]),
        ("row 19 contains an item", "$response.body.tags contains 'red'", True, [("contains", 20, "")]),
        ("row 19 contains a number", "$response.body.tags contains '3'", True, [("contains", 20, "")]),
        ("row 19 contains a name", "$response.body.object contains 'key'", True, [("contains", 22, "")]),
        ("row 19 nothing contains nothing", "$response.body.none contains null", False,
         [("contains", 20, "")]),
        ("row 19 length", "$response.body.items.length > 1", True, []),
        ("row 19 length of a text", "$response.body.status.length == 6", True, []),
        ("row 12 wildcard", "$response.body.items[*].id == null", False, []),
        ("row 12 filter", "$response.body.items[?(@.id == 5)].x-tag == 'a'", True, []),
        ("row 16 body alone", "$body.ok == true", True, [("unknown-root", 0, "$response.body.ok")]),
        ("row 16 headers", "$response.headers.x-left == 7", True,
         [("headers-for-header", 10, "$response.header.x-left")]),
        ("three equals", "$statusCode === 204", True, [("three-equals", 12, "==")]),
        ("three equals with a bang", "$statusCode !== 204", False, [("three-equals", 12, "!=")]),
        ("notes in the order of the text", '{$statusCode} === "204"', True,
         [("braces-in-condition", 0, "$statusCode"), ("three-equals", 14, "=="),
          ("double-quotes", 18, "'204'")]),
    ),
)  # fmt: skip
def test_a_dialect_is_read_as_meant_and_the_right_text_is_named(
    text: str, holds: bool, notes: list[tuple[str, int, str]]
) -> None:
    condition, found = parse_condition(text)
    assert condition.judge(SCOPE).passed is holds
    assert [(note.code, note.offset, note.rewrite) for note in found] == notes


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    rows(
        ("nothing", "", 0, "the condition is empty", ""),
        ("white space", " \n ", 0, "the condition is empty", ""),
        ("one equals sign", "$statusCode = 200", 12, "`=` is not expected here",
         "equality is written `==`"),
        ("a word for an operator", "true and true", 5, "`and` is not expected here", "write `&&`"),
        ("or", "true or true", 5, "`or` is not expected here", "write `||`"),
        ("in", "$statusCode in [200]", 12, "`in` is not expected here",
         "compare with `==` and join with `||`"),
        ("one ampersand", "true & true", 5, "`&` is not expected here", ""),
        ("A-37 chained", "1 < 2 < 3", 6, "comparisons cannot be chained",
         "join two of them with `&&`"),
        ("a bang before a comparison", "!$statusCode == 204", 13, "`==` is not expected here",
         "write `!( … )` round the comparison"),
        ("nothing on the left", "== 200", 0, "`==` stands where a value is expected", ""),
        ("nothing on the right", "$statusCode ==", 14, "the condition ends where a value is", ""),
        ("two values", "a b", 2, "`b` is not expected here", ""),
        ("SIM-4 an open quote", "$statusCode == 'a", 15, "this quote is never closed", "close it with '"),
        ("an open parenthesis", "(true", 0, "this `(` is never closed", ""),
        ("a closing parenthesis", "true)", 4, "`)` is not expected here", ""),
        ("an open brace", "{$statusCode == 204", 0, "this `{` is never closed",
         "write the expression without it"),
        ("no root", "$nope.x == 1", 0, "`$nope.x` starts with no known name", ""),
        ("A-10 another case", "1 == $STATUSCODE", 5, "`$STATUSCODE` starts with no known name",
         "did you mean `$statusCode`?"),
        ("a slip", "$input.x == 1", 0, "`$input.x` starts with no known name",
         "did you mean `$inputs`?"),
        ("EXP-15", "1 == $steps.one.list", 16, "only `outputs` of a step can be read",
         "write `$steps.one.outputs.list`"),
        ("inside braces", "1 == {$steps.one.list}", 17, "only `outputs` of a step can be read",
         "write `$steps.one.outputs.list`"),
        ("too deep", "(" * 51 + "true" + ")" * 51, 50, "nested deeper than 50", ""),
    ),
)  # fmt: skip
def test_a_condition_that_cannot_be_read_says_where_and_what_would_be_right(
    text: str, offset: int, message: str, hint: str
) -> None:
    """SIM-17, CRI-6"""
    with pytest.raises(BadText) as wrong:
        parse_condition(text)
    assert message in wrong.value.message
    assert (wrong.value.offset, wrong.value.hint) == (offset, hint)


@pytest.mark.parametrize(
    ("text", "reason"),
    rows(
        ("values in the place of names", "$statusCode == 200", "204 == 200"),
        ("text", "$response.body.status == 'x'", '"Active" == "x"'),
        ("each part", "$statusCode == 204 && !$response.body.ok", "(204 == 204) && (!(true))"),
        ("a part that did not matter", "$response.body.ok || $statusCode == 1", "(true) || (204 == 1)"),
        ("a grouped side", "(true || false) == false", "((true) || (false)) == false"),
        ("A-37 a lone operand", "$response.body.status",
         '"Active"; a lone operand passes only when it is true'),
        ("A-37 a lone null", "$response.body.none", "null; a lone operand passes only when it is true"),
        ("A-8 what is missing", "$inputs.c == 1",
         "nothing == 1; `$inputs.c`: there is no `c` in `$inputs`; there is `a.b`, `a`, `dryRun`"),
        ("SIM-18 where a pointer ended", "$response.body#/zero/x == null",
         "nothing == null; `$response.body#/zero/x`: there is no `x` in `$response.body#/zero`, a string"),
    ),
)  # fmt: skip
def test_a_check_says_why(text: str, reason: str) -> None:
    """CRI-6, A-8, A-37"""
    assert parse_condition(text)[0].judge(SCOPE).reason == reason


def test_a_check_has_every_operand_once_with_its_value() -> None:
    condition, _ = parse_condition(
        "$statusCode == 204 && ($statusCode < $inputs.most || $response.body.ok)"
    )
    check = condition.judge(SCOPE)
    assert [(each.text, each.value, bool(each.missing)) for each in check.operands] == [
        ("$statusCode", 204, False),
        ("204", 204, False),
        ("$inputs.most", None, True),
        ("$response.body.ok", True, False),
    ]
    names = [each.text for each in condition.expressions]
    assert names == ["$statusCode", "$statusCode", "$inputs.most", "$response.body.ok"]


def test_a_number_of_many_digits_is_compared_by_all_of_them() -> None:
    scope = {"inputs": {"big": 10**400}}
    assert parse_condition(f"$inputs.big == {10**400}")[0].judge(scope).passed
    assert not parse_condition(f"$inputs.big == {10**400 + 1}")[0].judge(scope).passed


# Laws

LAWS = settings(deadline=None)
PIECES = st.sampled_from(
    ["$statusCode", "$response.body", ".status", ".items[0]", "#/count", "$inputs.a.b", "$x", "$", "{", "}",
     "{$", "==", "!=", "===", "<=", ">=", "<", ">", "=", "&&", "||", "&", "|", "!", "(", ")", "'", '"', "''",
     " ", "\n", "\t", "1", "-1", "1e5", "1.", ".5", "2XX", "true", "null", "contains", "and", "a", "é", "\\",
     "[", "]", ",", "@", "/", "\0", "\u202e", "\ud800", "9" * 30]
)  # fmt: skip
NASTY = st.lists(PIECES, max_size=16).map("".join)
VALUES = st.sampled_from(
    ["true", "false", "null", "1", "0", "'a'", "'TRUE'", "$response.body.ok", "$response.body.none",
     "$inputs.missing", "$response.body.count", "$statusCode"]
)  # fmt: skip
CONDITIONS = st.recursive(
    VALUES | st.tuples(VALUES, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), VALUES).map(" ".join),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})")
        | inner.map(lambda text: f"!({text})")
    ),
    max_leaves=8,
)  # fmt: skip


def parsed_or_wrong(text: str) -> tuple[Condition, tuple[Note, ...]] | BadText:
    try:
        return parse_condition(text)
    except BadText as wrong:
        return wrong


@LAWS
@given(text=NASTY)
def test_whatever_the_text_reading_raises_nothing_but_bad_text_and_judging_nothing(
    text: str,
) -> None:
    before = copy.deepcopy(SCOPE)
    match parsed_or_wrong(text):
        case BadText() as wrong:
            assert wrong.message
            assert 0 <= wrong.offset <= len(text)
        case condition, notes:
            check = condition.judge(SCOPE)
            assert isinstance(check.passed, bool)
            assert check.reason
            assert condition.judge({}).passed in (True, False)
            assert all(0 <= note.offset < len(text) for note in notes)
    assert before == SCOPE


@LAWS
@given(text=CONDITIONS)
def test_not_turns_the_answer(text: str) -> None:
    """SIM-7: of anything, because what is not true fails."""
    assert judged(f"!({text})") is not judged(text)


@LAWS
@given(one=CONDITIONS, other=CONDITIONS)
def test_and_and_or_are_those_of_logic(one: str, other: str) -> None:
    """SIM-8, SIM-9"""
    assert judged(f"({one}) && ({other})") is (judged(one) and judged(other))
    assert judged(f"({one}) || ({other})") is (judged(one) or judged(other))


@LAWS
@given(text=st.text())
def test_any_text_can_be_written_in_single_quotes(text: str) -> None:
    """SIM-4: a doubled quote is one, and nothing else is special."""
    assume(not text.startswith("{$"))
    written = "'" + text.replace("'", "''") + "'"
    condition, notes = parse_condition(f"$inputs.x == {written}")
    assert condition.judge({"inputs": {"x": text}}).passed
    assert notes == ()
