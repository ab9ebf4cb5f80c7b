"""The comparison form of `type: jsonpath` that no standard has and many documents use (A-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.language.condition import parse_condition
from arazzo_tui.language.note import BadText
from arazzo_tui.language.path_condition import parse_path_condition
from arazzo_tui.language.query import parse_jsonpath
from arazzo_tui.language.values import Json, Missing

SESSION = "$.data.initializeSession.secure_id != null"


@pytest.mark.parametrize(
    ("body", "passed", "said"),
    [
        ({"data": {"initializeSession": {"secure_id": "x7"}}}, True, '"x7" != null'),
        ({"data": {"initializeSession": {"secure_id": ""}}}, True, '"" != null'),
        ({"data": {"initializeSession": {"secure_id": None}}}, False, "null != null"),
        ({"data": {"initializeSession": {"id": 1}}}, False, "no `secure_id`"),
        ({"data": {"initializeSession": None}}, False, "`$.data.initializeSession` is null"),
        ({"data": None, "errors": [{"message": "no"}]}, False, "`$.data` is null, not an object"),
        ({"errors": [{"message": "no"}]}, False, "no `data` in `$`; there is `errors`"),
        ([], False, "`$` is [], not an object"),
        ("text", False, '`$` is "text", not an object'),
    ],
)
def test_the_session_has_an_id_or_the_check_says_where_it_ends(
    body: Json, passed: bool, said: str
) -> None:
    check = parse_path_condition(SESSION).judge(body)
    assert check.passed is passed
    assert said in check.reason
    assert (check.condition, check.type) == (SESSION, "jsonpath")
    assert check.reading == "read as PATH op LITERAL (A-1)"


BODY: Json = {
    "status": "active",
    "ok": True,
    "count": 3,
    "price": 19.99,
    "gone": None,
    "number": "42",
    "name": "it's",
    "user-agent": "x",
    "items": [{"id": 1, "tags": []}, {"id": 2, "tags": ["a"]}],
    "box": {"length": 9, "width": 2},
    "empty": [],
    "length": 0,
}

JUDGED: list[tuple[str, bool]] = [
    ("$.status == 'active'", True),
    ('$.status == "active"', True),
    ("$.status == active", True),
    ("$.status == ACTIVE", True),
    ("$.status=='active'", True),
    ("$.status === 'active'", True),
    ("$.status !== 'active'", False),
    ("$.status != 'idle'", True),
    ("'active' == $.status", True),
    ("$.ok == true", True),
    ("$.ok == 'true'", False),
    ("$.ok != false", True),
    ("$.ok == 1", False),
    ("$.count == 3", True),
    ("$.count == 3.0", True),
    ("$.count == '3'", True),
    ("$.count >= 3", True),
    ("$.count < 3", False),
    ("5 > $.count", True),
    ("$.count > -1e0", True),
    ("$.price == 19.99", True),
    ("$.number == 42", True),
    ("$.number < 100", True),
    ("$.gone == null", True),
    ("$.gone != null", False),
    ("$.gone != 'x'", True),
    ("$.gone < 1", False),
    ("$.nothing == null", False),
    ("$.nothing != null", False),
    ("$.nothing != 'x'", False),
    ("$.name == 'it\\'s'", True),
    ("$.name == 'it''s'", True),
    ('$.name == "it\'s"', True),
    ("$.status == '\\u0061ctive'", True),
    ("$.status == ''", False),
    ("$['user-agent'] == x", True),
    ("$.items[0].id == 1", True),
    ("$.items[-1].id == 2", True),
    ("$.items[2].id == 2", False),
    ("$.items[*].id == 1", False),
    ("$.items[?@.id == 2].id == 2", True),
    ("$.items[?(@.tags[0] == 'a')].id == 2", True),
    ("$..width == 2", True),
    ("$..id == 1", False),
    ("$.items.length > 0", True),
    ("$.items.length == 2", True),
    ("$.items.length() == 2", True),
    ("$.items[1].tags.length == 1", True),
    ("$.items[*].tags.length == 1", False),
    ("$.empty.length == 0", True),
    ("$.status.length == 6", True),
    ("$.box.length == 9", True),
    ("$.length == 0", True),
    ("$.count.length > 0", False),
    ("$.gone.length == 0", False),
    ("$.nothing.length == 0", False),
    ("$.empty == []", True),
    ('$.items[1].tags == ["a"]', True),
    ('$.items[1].tags == ["A"]', False),
    ('$.box == {"width": 2, "length": 9}', True),
    ("$.items[0].id == $.items[1].id", False),
    ("$.count != $.items.length", True),
    ("$.nothing == $.nothing", False),
    ("$.ok == true && $.count == 3", True),
    ("$.ok == true && $.count == 4", False),
    ("$.status == 'idle' || $.status == 'active'", True),
    ("$.status == 'idle' || $.ok == true && $.count == 4", False),
    ("($.status == 'idle' || $.ok == true) && $.count == 3", True),
    ("!($.count == 4)", True),
    ("!!($.count == 4)", False),
    ("$.gone && $.count == 3", True),
    ("!$.nothing && $.count == 3", True),
    ("$.items[*] && $.count == 3", True),
    ("!$.items[*] || $.nothing == 1", False),
    ("  $.count  ==  3  ", True),
    ("!$.nothing", True),
    ("!!$.status || !$.ok", True),
    ("$ == 3", False),
]


@pytest.mark.parametrize(("text", "passed"), JUDGED)
def test_a_condition_holds_or_not(text: str, passed: bool) -> None:
    assert parse_path_condition(text).judge(BODY).passed is passed


def test_every_operand_is_in_the_check_with_its_value() -> None:
    check = parse_path_condition("$.count == 4 || $.items.length > 1 && $.gone.x == 'y'").judge(
        BODY
    )
    assert [(each.text, each.value, each.missing) for each in check.operands] == [
        ("$.count", 3, ""),
        ("4", 4, ""),
        ("$.items.length", 2, ""),
        ("1", 1, ""),
        ("$.gone.x", None, "`$.gone` is null, not an object"),
        ("'y'", "y", ""),
    ]
    assert not check.passed
    assert check.reason == (
        '(3 == 4) || ((2 > 1) && (nothing == "y")); `$.gone.x`: `$.gone` is null, not an object'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$.items[*].id == 1", "selects 2 nodes, one can be compared"),
        ("$.items[5].id == 1", "`$.items` has 2 items"),
        ("$.items.id == 1", "`$.items` is [… 2 items], not an object"),
        ("$.box[0] == 1", '`$.box` is {"length": 9, "width": 2}, not an array'),
        ("$.count.length == 1", "3 has no length"),
        ("$.items[?@.id == 9].id == 9", "selects nothing"),
        ("$.a == $inputs.a", "runtime expressions have no value here"),
        ("!$.status || $.ok == false", '!(`$.status` is "active")'),
    ],
)
def test_a_check_says_why_there_is_no_value(text: str, said: str) -> None:
    assert said in parse_path_condition(text).judge(BODY).reason


def test_a_query_beyond_its_limits_is_a_failed_check() -> None:
    check = parse_path_condition("$[*] == 1").judge([0] * 100_001)
    assert not check.passed
    assert "more than 100,000 nodes" in check.reason


def value_of(text: str) -> Json:
    known: dict[str, Json] = {
        "$inputs.id": 42,
        "$steps.a.outputs.b#/c": "active",
        "$inputs.list": [1],
    }
    if text not in known:
        raise Missing(text, "the scope", tuple(known))
    return known[text]


@pytest.mark.parametrize(
    ("text", "passed", "expressions"),
    [
        ("$.number == $inputs.id", True, ("$inputs.id",)),
        ("$.number == {$inputs.id}", True, ("$inputs.id",)),
        ("$.number == '{$inputs.id}'", True, ("$inputs.id",)),
        ("$.status == {$steps.a.outputs.b#/c}", True, ("$steps.a.outputs.b#/c",)),
        ("$.status == $steps.a.outputs.b#/c && $.ok == true", True, ("$steps.a.outputs.b#/c",)),
        ("$.status == 'in{$steps.a.outputs.b#/c}'", False, ("$steps.a.outputs.b#/c",)),
        ("'x{$inputs.id}y{$inputs.list}' == x42y[1]", True, ("$inputs.id", "$inputs.list")),
        ("$.items[0] != {$inputs.list}", True, ("$inputs.list",)),
        ("$.number != $inputs.none", False, ("$inputs.none",)),
        ("$.status == '{status}'", False, ()),
    ],
)
def test_runtime_expressions_are_operands(
    text: str, passed: bool, expressions: tuple[str, ...]
) -> None:
    condition = parse_path_condition(text, value_of)
    assert condition.expressions == expressions
    assert condition.judge(BODY).passed is passed


def test_a_value_that_looks_like_an_expression_or_an_operator_stays_a_value() -> None:
    condition = parse_path_condition("$.status == '{$inputs.x}' || $.ok == false")
    for hostile in ("{$inputs.secret}", "' || 'a' == 'a", "active' || '"):
        assert not replace(condition, value_of=lambda _, said=hostile: said).judge(BODY).passed


def test_a_condition_read_once_is_bound_to_each_moment() -> None:
    condition = parse_path_condition("$.count == $inputs.n")
    answers = [replace(condition, value_of=lambda _, n=n: n).judge(BODY).passed for n in (2, 3, 4)]
    assert answers == [False, True, False]
    assert not condition.judge(BODY).passed


REFUSED: list[tuple[str, int, str]] = [
    ("", 0, ""),
    ("   ", 0, ""),
    ("$.a", 0, ""),
    ("$.a ==", 6, ""),
    ("== 1", 0, ""),
    ("$.a = 1", 4, "`==`"),
    ("$.a == 1 and $.b == 2", 9, "`&&`"),
    ("$.a == 1 or $.b == 2", 9, "`||`"),
    ("$.a == 1 & $.b == 2", 9, "`&&`"),
    ("$.a == 1 == 2", 9, "`&&`"),
    ("$.a == in progress", 10, "quoted"),
    ("$.a == 'x", 7, "'"),
    ('$.a == "x', 7, '"'),
    ("($.a == 1", 0, ""),
    ("$.a == 1)", 8, ""),
    ("!$.a == 1", 0, "!( … )"),
    ("@.a == 1", 0, "`$.a`"),
    ("$.first-name == 1", 7, "quoted"),
    ("$.a[0 == 1", 3, "`]`"),
    ("$.a['x] == 1", 4, "'"),
    ("$.a.1 == 1", 4, "brackets"),
    ("$[?@.a =~ 'x'].b == 1", 7, "match("),
    ("$.a == 1 && true", 12, ""),
    ("{$inputs.a} && $.b == 1", 0, ""),
    ("$.a.length", 0, ""),
    ("length($.a) > 0", 0, "`$.items.length`"),
    ("$.a contains 'x'", 4, "filter"),
    ("$.a == {x}", 7, ""),
    ("$.a == [1,", 7, ""),
    ("$. == 1", 1, ""),
    ("$5 == 1", 0, ""),
    ("(" * 200 + "$.a == 1" + ")" * 200, 50, ""),
    ("$.a == " + "[" * 100_000, 7, ""),
]


@pytest.mark.parametrize(("text", "offset", "hint"), REFUSED)
def test_what_is_no_comparison_is_refused_with_its_place(text: str, offset: int, hint: str) -> None:
    with pytest.raises(BadText) as refused:
        parse_path_condition(text)
    assert refused.value.offset == offset
    assert hint in refused.value.hint


REWRITES: list[tuple[str, tuple[str, ...]]] = [
    (
        SESSION,
        (
            "$response.body#/data/initializeSession/secure_id != null",
            "$[?$.data.initializeSession.secure_id && $.data.initializeSession.secure_id != null]",
        ),
    ),
    ("$.a == null", ("$[?$.a == null]",)),
    ("$.a == true", ("$response.body#/a == true", "$[?$.a == true]")),
    ("$.a != true", ("$[?$.a && $.a != true]",)),
    ("true == $.a", ("$response.body#/a == true", "$[?$.a == true]")),
    ("$.a == x", ("$response.body#/a == 'x'",)),
    ("$.a == \"it's\"", ("$response.body#/a == 'it''s'",)),
    ("$.a != x", ()),
    ("3 <= $.a", ("$response.body#/a >= 3",)),
    ("$.a == 1.50", ("$response.body#/a == 1.50",)),
    ("$['a-b'].c == 1", ("$response.body#/a-b/c == 1",)),
    ("$['a b'] == 1", ()),
    ("$['0'] == 1", ()),
    ("$.a[0] == 1", ()),
    ("$.a[0] == null", ("$[?$.a[0] == null]",)),
    ("$.a.length > 0", ()),
    ("$.a == $.b", ()),
    ("$.a == {$inputs.b}", ()),
    ("$ == 1", ("$response.body == 1",)),
    ("$ != null", ("$response.body != null",)),
    (
        "$.a == 1 && ($.b == 2 || $.c == 3)",
        ("$response.body#/a == 1 && ($response.body#/b == 2 || $response.body#/c == 3)",),
    ),
    ("$.a && $.b == true", ("$[?$.a && $.b == true]",)),
    ("!($.a == true)", ()),
    ("!($.a == true) && $.b == true", (
        "!($response.body#/a == true) && $response.body#/b == true",
        "$[?!($.a == true) && $.b == true]",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rewrites"), REWRITES)
def test_a_condition_is_said_in_standard_words_where_there_are_any(
    text: str, rewrites: tuple[str, ...]
) -> None:
    assert parse_path_condition(text).rewrites("$response.body") == rewrites


@pytest.mark.parametrize(
    ("context", "rewrite"),
    [
        ("$response.body", "$response.body#/a == 1"),
        ("$response.body#/data", "$response.body#/data/a == 1"),
        ("$steps.get.outputs.page", "$steps.get.outputs.page#/a == 1"),
        ("$inputs.order", "$inputs.order#/a == 1"),
    ],
)
def test_a_rewrite_starts_from_the_context(context: str, rewrite: str) -> None:
    assert parse_path_condition("$.a == 1").rewrites(context) == (rewrite,)


@pytest.mark.parametrize("context", ["$response.header.X", "$statusCode", "$inputs", "$url"])
def test_a_context_without_pointers_has_no_simple_rewrite(context: str) -> None:
    assert parse_path_condition("$.a == 1").rewrites(context) == ()


BODIES: list[Json] = [
    None, True, 0, 1, "", "x", [], [None], {}, {"a": None}, {"a": True}, {"a": False}, {"a": 1},
    {"a": "1"}, {"a": 1.5}, {"a": "X"}, {"a": []}, {"a": [None]}, {"a": [1]}, {"a": {"0": 1}},
    {"a": {"b": 1}}, {"a": {"b": None}}, {"a": {"b": True}}, {"b": True}, {"b": 2, "a": 1},
    {"a": True, "b": True}, {"a": False, "b": True}, {"a": None, "b": True}, {"b": None, "c": 3},
    {"a": 1, "c": 3}, {"a-b": {"c": 1}}, {"data": None}, {"data": {"initializeSession": None}},
    {"data": {"initializeSession": {"secure_id": None}, "other": {"secure_id": "x"}}},
    {"data": {"initializeSession": {"secure_id": "x"}}}, {"0": 1}, {"a": "it's"}, {"a": {"b": []}},
]  # fmt: skip

REWRITTEN = [text for text, rewrites in REWRITES if rewrites]


def rewritten(rewrite: str, body: Json) -> bool:
    """What a rewrite says of a body, by its own reading."""
    if rewrite.startswith("$[?"):
        return bool(parse_jsonpath(rewrite).select(body))
    condition, notes = parse_condition(rewrite)
    assert notes == ()
    return condition.judge({"response": {"body": body}}).passed


@pytest.mark.parametrize("text", REWRITTEN)
def test_a_rewrite_says_the_same_of_every_body(text: str) -> None:
    condition = parse_path_condition(text)
    for rewrite in condition.rewrites("$response.body"):
        expected = [condition.judge(body).passed for body in BODIES]
        assert [rewritten(rewrite, body) for body in BODIES] == expected


paths = st.sampled_from(["$.a", "$.b", "$.a.b", "$.a[0]", "$.c", "$", "$.*", "$..b"])
words = paths | st.just("$.a.length")
literals = st.sampled_from(["null", "true", "false", "0", "1", "'x'", "X", "'1'", "1.5", "''"])
operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
comparisons = st.builds("{} {} {}".format, words, operators, literals) | st.builds(
    "{} {} {}".format, literals, operators, words
)
conditions = st.recursive(
    comparisons,
    lambda inner: (
        st.builds("({} && {})".format, inner, inner | paths)
        | st.builds("({} || {})".format, inner, inner)
        | st.builds("!({})".format, inner)
    ),
    max_leaves=4,
)


bodies: st.SearchStrategy[Json] = st.sampled_from(BODIES) | st.dictionaries(
    st.sampled_from("abc"), st.sampled_from(BODIES), max_size=3
)


@given(conditions, bodies)
def test_no_rewrite_ever_says_something_else(text: str, body: Json) -> None:
    condition = parse_path_condition(text)
    passed = condition.judge(body).passed
    said = {rewritten(rewrite, body) for rewrite in condition.rewrites("$response.body")}
    assert said <= {passed}


@given(st.text("$.ab[0]'\"=!<>&|() {}*?@length-\\\n\ud800"), bodies)
def test_any_text_is_judged_or_refused(text: str, body: Json) -> None:
    try:
        condition = parse_path_condition(text)
    except BadText as refused:
        offset = refused.offset
    else:
        offset = 0 if condition.judge(body).passed in (True, False) else -1
    assert 0 <= offset <= len(text)
