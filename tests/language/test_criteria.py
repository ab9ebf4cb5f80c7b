"""Criteria of all four types: read once, judged on their context, failing with a reason, never raising."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.criterion import (
    TYPES,
    Broken,
    Criterion,
    CriterionType,
    Embedded,
    Equals,
    known_version,
    read_criterion,
)
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.note import Note
from arazzo_tui.language.path_condition import PathCondition
from arazzo_tui.language.query import JsonPath
from arazzo_tui.language.selector import versions_of
from arazzo_tui.language.values import Json

GOESSNER = "draft-goessner-dispatch-jsonpath-00"


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def expression(text: str) -> Expression:
    parsed = parse_expression(text)
    assert parsed is not None
    return parsed[0]


SCOPE: dict[str, Json] = {
    "statusCode": 204,
    "response": {
        "header": {"content-type": "application/json; charset=utf-8"},
        "body": {
            "id": 'it\'s "7" \\',
            "n": 5,
            "ok": True,
            "null": None,
            "false": False,
            "items": [{"id": 'it\'s "7" \\'}, {"id": "x"}, {"id": 5}],
            "empty": [],
        },
    },
    "inputs": {
        "id": 'it\'s "7" \\',
        "n": 5,
        "name": "ok",
        "null": None,
        "list": [1],
        "object": {"ok": 1},
        "evil": "x' || '1'=='1",
        "evil2": 'x" || @.id != "',
        "path": "items[*]",
        "webhook": "x",
    },
    "steps": {"soap": {"outputs": {"xml": "<r><i>it's</i><n>5</n></r>", "no": "<r>"}}},
}
BODY, STATUS = "$response.body", "$statusCode"
XML = "$steps.soap.outputs.xml"


def criterion(
    condition: str,
    type_: CriterionType,
    context: str | None,
    version: str = "",
    *,
    strict: bool = False,
) -> tuple[Criterion, tuple[Note, ...]]:
    subject = expression(context) if context is not None else None
    return read_criterion(condition, type_, version, subject, strict=strict)


@pytest.mark.parametrize(
    ("type_", "condition", "context", "version", "holds"),
    rows(
        ("CRI-2 simple", "simple", "$statusCode == 204", None, "", True),
        ("CRI-2 simple fails", "simple", "$statusCode == 200", None, "", False),
        ("A-30 context of a simple one is ignored", "simple", "$statusCode == 204", BODY, "", True),
        (
            "RGX-1 a pattern",
            "regex",
            "^application/(json|xml);.*=utf-[0-9]$",
            "$response.header.Content-Type",
            "",
            True,
        ),
        (
            "RGX-1 the case of letters counts",
            "regex",
            "JSON",
            "$response.header.Content-Type",
            "",
            False,
        ),
        ("RGX-2", "regex", "json", "$response.header.Content-Type", "", True),
        ("RGX-2 not", "regex", "^xml", "$response.header.Content-Type", "", False),
        ("RGX-5 braces of a quantifier", "regex", r"^\d{3}$", STATUS, "", True),
        ("RGX-6 a number is its text", "regex", "^204$", STATUS, "", True),
        ("RGX-6 true is JSON's", "regex", "^true$", "$response.body#/ok", "", True),
        ("RGX-6 an object is its JSON", "regex", '^\\{"id":', BODY, "", True),
        ("JPA-1 RFC 9535", "jsonpath", "$.items[?length(@.id) == 1]", BODY, "", True),
        ("JPA-2", "jsonpath", "$.items[?@.id == 'x']", BODY, "", True),
        ("JPA-2 nothing", "jsonpath", "$.items[?@.id == 'y']", BODY, "", False),
        ("JPA-3 null is a node", "jsonpath", "$.null", BODY, "", True),
        ("JPA-3 false is a node", "jsonpath", "$.false", BODY, "", True),
        ("JPA-3 an empty array is a node", "jsonpath", "$.empty", BODY, "", True),
        ("JPA-3 no member is none", "jsonpath", "$.empty[0]", BODY, "", False),
        ("JPA-5 rfc9535", "jsonpath", "$.items[?@.id == 'x']", BODY, "rfc9535", True),
        ("JPA-5 draft", "jsonpath", "$.items[?(@.id=='x')]", BODY, GOESSNER, True),
        ("XPA-1", "xpath", "//n = 5", XML, "", True),
        ("XPA-2 a node-set", "xpath", "//n", XML, "", True),
        ("XPA-2 an empty node-set", "xpath", "//m", XML, "", False),
        ("XPA-2 a number", "xpath", "count(//m)", XML, "", False),
        ("XPA-2 a string", "xpath", "string(//i)", XML, "", True),
        ("XPA-4 1.0", "xpath", "//n = 5", XML, "xpath-10", True),
        ("XPA-4 2.0", "xpath", "//n = 5", XML, "xpath-20", True),
        ("XPA-4 3.0", "xpath", "//n = 5", XML, "xpath-30", True),
        ("XPA-4 3.1", "xpath", "//n = 5", XML, "xpath-31", True),
    ),
)
def test_a_criterion_holds(
    type_: CriterionType, condition: str, context: str | None, version: str, holds: bool
) -> None:
    read, notes = criterion(condition, type_, context, version)
    check = read.judge(SCOPE)
    assert check.passed is holds
    assert notes == ()
    assert (check.condition, check.type, check.reading) == (condition, type_, "")
    assert check.reason


@pytest.mark.parametrize(
    ("type_", "condition", "read_by"),
    [
        ("jsonpath", "$.items[?(@.id=='x')]", {"", "rfc9535", GOESSNER}),
        ("jsonpath", "$.items[?match(@.id, 'x')]", {"", "rfc9535"}),
        ("jsonpath", "$.items[(@.length-1)]", {GOESSNER}),
        ("xpath", "//n = 5", {"", "xpath-10", "xpath-20", "xpath-30", "xpath-31"}),
        ("xpath", "some $x in //n satisfies $x = 5", {"", "xpath-20", "xpath-30", "xpath-31"}),
        ("xpath", "//n ! (. = 5)", {"", "xpath-30", "xpath-31"}),
        ("xpath", "map{'a': //n}?a = 5", {"", "xpath-31"}),
    ],
)
def test_each_version_has_its_own_rules(
    type_: CriterionType, condition: str, read_by: set[str]
) -> None:
    """A-40, JPA-1, JPA-5, XPA-1, XPA-4: without a version it is RFC 9535 and XPath 3.1."""
    versions = ["", *versions_of(type_)]
    context = XML if type_ == "xpath" else BODY
    judged = {each: criterion(condition, type_, context, each)[0].judge(SCOPE) for each in versions}
    assert {version for version, check in judged.items() if check.passed} == read_by
    assert all(check.passed or check.reason.startswith("not a") for check in judged.values())


@pytest.mark.parametrize("type_", ["regex", "jsonpath", "xpath"])
@pytest.mark.parametrize(
    ("context", "reason"),
    rows(
        ("CRI-7 null", "$response.body#/null", "`$response.body#/null` is null"),
        ("CRI-7 missing", "$response.body#/nope", "there is no `nope` in `$response.body`"),
        ("CRI-3 none", None, "a context is needed"),
    ),
)
def test_without_a_value_to_look_at_every_query_fails(
    type_: CriterionType, context: str | None, reason: str
) -> None:
    """CRI-7, RGX-3"""
    condition = {"regex": "", "jsonpath": "$", "xpath": "true()"}[type_]
    check = criterion(condition, type_, context)[0].judge(SCOPE)
    assert not check.passed
    assert reason in check.reason


@pytest.mark.parametrize(
    ("type_", "condition", "context", "version", "reason"),
    rows(
        ("RGX-4", "regex", "(", STATUS, "", "not a regular expression: "),
        ("JPA-4", "jsonpath", "$.items[", BODY, "", "not a JSONPath: "),
        ("XPA-3", "xpath", "//[", XML, "", ""),
        ("SIM-17", "simple", "$statusCode = 204", None, "",
         "`=` is not expected here; equality is written `==`"),
        ("A-39 JSONPath", "jsonpath", "$.ok", BODY, "rfc9999",
         "version `rfc9999` of jsonpath is not known here"),
        ("A-39 XPath", "xpath", "//n", XML, "xpath-99",
         "version `xpath-99` of xpath is not known here"),
        ("A-39 a regex has no versions", "regex", "2", STATUS, "ecma",
         "version `ecma` of regex is not known here"),
    ),
)  # fmt: skip
def test_what_cannot_be_read_fails_with_its_reason(
    type_: CriterionType, condition: str, context: str | None, version: str, reason: str
) -> None:
    """CRI-6: it fails, and never aborts the run."""
    read, _ = criterion(condition, type_, context, version)
    assert isinstance(read.test, Broken)
    check = read.judge(SCOPE)
    assert not check.passed
    assert check.reason.startswith(reason)
    assert (check.condition, check.type) == (condition, type_)


@pytest.mark.parametrize(
    ("type_", "condition", "context", "reason"),
    rows(
        ("XPA-3 no XML", "xpath", "//n", "$steps.soap.outputs.no", "not XML"),
        ("XPath on JSON", "xpath", "//n", BODY, "XPath needs XML text, this is JSON"),
        ("A-32", "jsonpath", "$[?@.n == 5]", BODY, "selects nothing; `$[?…]` looks at the members"),
        ("regex", "regex", "^5", STATUS, '"204" does not match'),
        ("JSONPath selects one", "jsonpath", "$.n", BODY, "selects 5"),
        ("JSONPath selects many", "jsonpath", "$.items[1:].id", BODY, 'selects "x" and 1 more'),
    ),
)  # fmt: skip
def test_a_check_says_why(type_: CriterionType, condition: str, context: str, reason: str) -> None:
    assert reason in criterion(condition, type_, context)[0].judge(SCOPE).reason


def test_a_check_shows_the_value_it_looked_at() -> None:
    (operand,) = criterion("^2", "regex", STATUS)[0].judge(SCOPE).operands
    assert (operand.text, operand.value, operand.missing) == (STATUS, 204, "")


@pytest.mark.parametrize(
    ("type_", "version", "known"),
    [("jsonpath", "rfc9535", True), ("jsonpath", GOESSNER, True), ("xpath", "xpath-31", True),
     ("jsonpath", "xpath-31", False), ("regex", "rfc9535", False), ("simple", "", False)],
)  # fmt: skip
def test_the_versions_that_are_evaluated(type_: CriterionType, version: str, known: bool) -> None:
    assert known_version(type_, version) is known


# Tolerated forms


@pytest.mark.parametrize(
    ("condition", "holds", "offset", "rewrite"),
    rows(
        ("A-1", "$.n == 5", True, 4, "$response.body#/n == 5 (simple)"),
        ("A-1 not null", "$.ok != null", True, 5,
         "$response.body#/ok != null (simple) or $[?$.ok && $.ok != null]"),
        ("A-1 null is not unequal to null", "$.null != null", False, 7,
         "$response.body#/null != null (simple) or $[?$.null && $.null != null]"),
        ("A-1 nothing is not unequal to null", "$.nope != null", False, 7,
         "$response.body#/nope != null (simple) or $[?$.nope && $.nope != null]"),
        ("row 4 or", "$.n == 4 || $.ok == true", True, 4,
         "$response.body#/n == 4 || $response.body#/ok == true (simple)"),
        ("row 4 length", "$.items.length > 2", True, 15, ""),
        ("row 22 bare", "$.n == $inputs.n", True, 4, ""),
        ("row 22 bare and unequal", "$.items[1].id == $inputs.n", False, 14, ""),
        ("row 22 missing", "$.n == $inputs.none", False, 4, ""),
        ("row 22 bare, text", "$.items[1].id == $inputs.webhook", True, 14, ""),
        ("row 22 braces", "$.n == {$inputs.n}", True, 0, ""),
        ("row 22 braces in quotes", "$.id == '{$inputs.id}'", True, 0, ""),
        ("row 22 a text around it", "$.items[1].id == '{$inputs.webhook}!'", False, 0, ""),
        ("row 22 in a path and beside it", "$.items[?@.id=='{$inputs.webhook}'].id == 'x'", True, None, ""),
    ),
)  # fmt: skip
def test_a_comparison_of_what_a_jsonpath_selects_is_read_as_meant(
    condition: str, holds: bool, offset: int | None, rewrite: str
) -> None:
    read, notes = criterion(condition, "jsonpath", BODY)
    check = read.judge(SCOPE)
    assert check.passed is holds
    assert (check.condition, check.reading) == (condition, "read as PATH op LITERAL (A-1)")
    if offset is None:
        assert (notes, type(read.test)) == ((), Embedded)
    else:
        assert [(note.code, note.offset, note.rewrite) for note in notes] == [
            ("jsonpath-comparison", offset, rewrite)
        ]
        assert isinstance(read.test, PathCondition)


def test_the_letter_of_the_law_refuses_a_comparison() -> None:
    """A-1, JPA-4"""
    read, notes = criterion("$.n == 5", "jsonpath", BODY, strict=True)
    assert isinstance(read.test, Broken)
    assert (read.test.offset, notes) == (4, ())
    assert not criterion("$.n == {$inputs.n}", "jsonpath", BODY, strict=True)[0].judge(SCOPE).passed


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    rows(
        ("an object", '{"ok": 1}', "$inputs.object", True),
        ("members in any order", '{"b": [1], "a": null}', "$inputs.doc", True),
        ("another object", '{"ok": 2}', "$inputs.object", False),
        ("one member more", '{"ok": 1, "x": 1}', "$inputs.object", False),
        ("an array", "[1]\n", "$inputs.list", True),
        ("a number", "204", STATUS, True),
        ("a quoted number", "'204'", STATUS, True),
        ("an unquoted text", "x", "$inputs.webhook", True),
        ("a quoted text", "'x'", "$inputs.webhook", True),
        ("a text of several words", "hello big world", "$inputs.words", True),
        ("true", "true", "$response.body#/ok", True),
        ("null", "null", "$inputs.null", True),
        ("missing is not null", "null", "$inputs.nope", False),
        ("JSON that holds a dollar", '{"a": "$url"}', "$inputs.dollar", True),
    ),
)
def test_a_condition_without_an_expression_is_the_value_its_context_must_have(
    condition: str, context: str, holds: bool
) -> None:
    """in-the-wild row 18"""
    more: Json = {"doc": {"a": None, "b": [1]}, "words": "hello big world", "dollar": {"a": "$url"}}
    scope = {**SCOPE, "inputs": {**SCOPE["inputs"], **more}}
    read, (note,) = criterion(condition, "simple", context)
    assert isinstance(read.test, Equals)
    assert note.code == "condition-is-value"
    check = read.judge(scope)
    assert check.passed is holds
    assert check.reading or "there is no" in check.reason


@pytest.mark.parametrize(
    "condition", ["$statusCode = 200", "==", "!= 5", "$statusCode == 200 and true"]
)
def test_a_broken_condition_with_a_context_is_no_value(condition: str) -> None:
    read, notes = criterion(condition, "simple", STATUS)
    assert isinstance(read.test, Broken)
    assert notes == ()


def test_without_a_context_or_by_the_letter_a_value_is_no_condition_on_anything() -> None:
    assert not criterion("'a'", "simple", None)[0].judge(SCOPE).passed
    strictly, notes = criterion("204", "simple", STATUS, strict=True)
    assert not strictly.judge(SCOPE).passed
    assert notes == ()
    assert isinstance(criterion('{"a": 1}', "simple", BODY, strict=True)[0].test, Broken)


@pytest.mark.parametrize(
    ("condition", "holds"), [("$.ok", True), ("$.n == 6", False), ("$[?@ == 5]", True)]
)
def test_a_jsonpath_whose_type_was_forgotten_is_a_jsonpath(condition: str, holds: bool) -> None:
    read, notes = criterion(condition, "simple", BODY)
    assert read.type == "jsonpath"
    assert notes[0].code == "missing-type"
    assert read.judge(SCOPE).passed is holds
    assert isinstance(criterion(condition, "simple", BODY, strict=True)[0].test, Broken)


def test_slashes_round_a_regex_are_read_as_javascripts() -> None:
    """A-31"""
    read, (note,) = criterion("/^APPLICATION/i", "regex", "$response.header.Content-Type")
    assert read.judge(SCOPE).passed
    assert (note.code, note.rewrite) == ("regex-slashes", "(?i)^APPLICATION")


# Embedded expressions


@pytest.mark.parametrize(
    ("type_", "condition", "context", "holds", "becomes"),
    rows(
        ("CRI-8 regex", "regex", "^{$statusCode}$", STATUS, True, "^204$"),
        ("CRI-9 regex", "regex", "^{$inputs.n}{2}$", "$inputs.n", False, "^5{2}$"),
        ("CRI-8 JSONPath, single quotes", "jsonpath", "$.items[?@.id == '{$inputs.id}']", BODY, True,
         "$.items[?@.id == 'it\\'s \"7\" \\\\']"),
        ("CRI-8 JSONPath, double quotes", "jsonpath", '$.items[?@.id == "{$inputs.id}"]', BODY, True,
         '$.items[?@.id == "it\'s \\"7\\" \\\\"]'),
        ("CRI-8 JSONPath, no quotes", "jsonpath", "$.items[?@.id == {$inputs.id}]", BODY, True,
         '$.items[?@.id == "it\'s \\"7\\" \\\\"]'),
        ("CRI-8 a number", "jsonpath", "$.items[?@.id == {$inputs.n}]", BODY, True, "$.items[?@.id == 5]"),
        ("CRI-8 a quoted number is a text", "jsonpath", "$.items[?@.id == '{$inputs.n}']", BODY, False,
         "$.items[?@.id == '5']"),
        ("CRI-8 null", "jsonpath", "$[?@ == {$inputs.null}]", BODY, True, "$[?@ == null]"),
        ("CRI-8 a name after a dot", "jsonpath", "$.{$inputs.name}", BODY, True, "$.ok"),
        ("CRI-8 a name in brackets", "jsonpath", "$[{$inputs.name}]", BODY, True, '$["ok"]'),
        ("CRI-8 an index", "jsonpath", "$.items[{$inputs.n}]", BODY, False, "$.items[5]"),
        ("XPA-5", "xpath", "//n[. = {$inputs.n}]", XML, True, "//n[. = 5]"),
        ("XPA-5 a name", "xpath", "//{$inputs.tag}", XML, True, "//n"),
        ("XPA-5 a quote is doubled", "xpath", "//i[. = '{$inputs.its}']", XML, True, "//i[. = 'it''s']"),
    ),
)  # fmt: skip
def test_values_are_put_in_before_a_query_is_read(
    type_: CriterionType, condition: str, context: str, holds: bool, becomes: str
) -> None:
    scope = {**SCOPE, "inputs": {**SCOPE["inputs"], "tag": "n", "its": "it's"}}
    read, notes = criterion(condition, type_, context)
    assert isinstance(read.test, Embedded)
    check = read.judge(scope)
    assert check.passed is holds
    assert (check.condition, notes) == (condition, ())
    shown = becomes.replace("\\", "\\\\").replace('"', '\\"')
    assert check.reason.endswith(f'; with its values it is "{shown}"')


@pytest.mark.parametrize(
    ("condition", "reason"),
    rows(
        ("single quotes", "$.items[?@.id == '{$inputs.evil}']", "selects nothing"),
        ("double quotes", '$.items[?@.id == "{$inputs.evil2}"]', "selects nothing"),
        ("no quotes", "$.items[?@.id == {$inputs.evil}]", "selects nothing"),
        ("no quotes, the other", "$.items[?@.id == {$inputs.evil2}]", "selects nothing"),
        ("after a dot", "$.{$inputs.path}", "cannot stand after a dot"),
        ("in brackets", "$[{$inputs.path}]", "selects nothing"),
        ("an array is no brackets", "$.items{$inputs.list}", "[1] cannot stand inside a JSONPath"),
        ("nor an object", "$.items[?@ == {$inputs.object}]", "cannot stand inside a JSONPath"),
        ("a comparison", "$.webhook == '{$inputs.evil}'", "nothing == "),
    ),
)
def test_a_value_never_changes_what_a_jsonpath_means(condition: str, reason: str) -> None:
    """It comes from a server: an answer must not decide whether it passes."""
    check = criterion(condition, "jsonpath", BODY)[0].judge(SCOPE)
    assert not check.passed
    assert reason in check.reason


def test_a_value_never_ends_the_quotes_of_an_xpath() -> None:
    evil = "//i[. = '{$inputs.evil}']"
    assert not criterion(evil, "xpath", XML)[0].judge(SCOPE).passed
    old = criterion(evil, "xpath", XML, "xpath-10")[0].judge(SCOPE)
    assert not old.passed
    assert "XPath 1.0 cannot write" in old.reason


@pytest.mark.parametrize("type_", ["regex", "jsonpath", "xpath"])
def test_an_embedded_expression_that_names_nothing_fails_the_criterion(
    type_: CriterionType,
) -> None:
    """A-8, CRI-6"""
    context = XML if type_ == "xpath" else BODY
    check = criterion("x{$inputs.nope}", type_, context)[0].judge(SCOPE)
    assert not check.passed
    assert "`$inputs.nope`: there is no `nope` in `$inputs`" in check.reason


def test_what_becomes_no_query_fails_with_its_reason() -> None:
    """CRI-6"""
    scope = {**SCOPE, "inputs": {"open": "("}}
    check = criterion("^{$inputs.open}$", "regex", STATUS)[0].judge(scope)
    assert not check.passed
    assert "not a regular expression" in check.reason


def test_a_broken_expression_in_braces_is_said() -> None:
    read, (note,) = criterion("$.a[?@ == '{$steps.soap.xml}']", "jsonpath", BODY)
    assert isinstance(read.test, JsonPath)
    assert (note.code, note.offset) == ("bad-expression", 24)


# Laws

LAWS = settings(deadline=None)
PIECES = st.sampled_from(
    ["$", "$.", "$[", "$.items", "[?@.id == ", "]", "[*]", "$statusCode", "$response.body#/n",
     "{$inputs.evil}", "{$inputs.list}", "{$inputs.none}", "{$", "}", "'", '"', "\\", "==", "!=", "<", "&&",
     "||", "!", "(", ")", "^", ".*", "+", "{2}", "{", "//", "n", "i", "@", ".length", " ", "\n", "5", "null",
     "true", "é", "/", "x", "\ud800", "\0", "\u202e", "count(", "$x"]
)  # fmt: skip
NASTY = st.lists(PIECES, max_size=12).map("".join)
CONTEXTS = st.sampled_from(
    [None, BODY, STATUS, XML, "$response.body#/null", "$inputs.nope", "$steps.soap.outputs.no"]
)


@LAWS
@given(
    condition=NASTY,
    type_=st.sampled_from(TYPES),
    context=CONTEXTS,
    version=st.sampled_from(["", "rfc9535", GOESSNER, "xpath-10", "xpath-31", "nope"]),
    strict=st.booleans(),
)
def test_reading_and_judging_never_raise(
    condition: str, type_: CriterionType, context: str | None, version: str, strict: bool
) -> None:
    """CRI-6"""
    read, notes = criterion(condition, type_, context, version, strict=strict)
    before = copy.deepcopy(SCOPE)
    check = read.judge(SCOPE)
    assert isinstance(check.passed, bool)
    assert check.reason
    assert check.condition == condition
    assert all(0 <= note.offset <= len(condition) for note in notes)
    assert not read.judge({}).passed or (type_ == "simple" and read.type == "simple")
    assert before == SCOPE


@LAWS
@given(value=st.text(), quote=st.sampled_from(["'", '"', ""]))
def test_whatever_the_text_a_filter_finds_it_and_nothing_else(value: str, quote: str) -> None:
    body: Json = {"items": [{"id": value}, {"id": value + "x"}, {"id": "x" + value}]}
    scope = {"response": {"body": body}, "inputs": {"v": value}}
    text = f"$.items[?@.id == {quote}{{$inputs.v}}{quote}]"
    check = criterion(text, "jsonpath", BODY)[0].judge(scope)
    assert check.passed
    assert " more; with" not in check.reason
    del body["items"][0]
    assert not criterion(text, "jsonpath", BODY)[0].judge(scope).passed
