"""XPath 1.0, 2.0, 3.0 and 3.1 on XML text: answers, limits, and nothing fetched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import QueryFailed, XPathVersion, parse_xpath
from arazzo_tui.language.values import Json

V10, V20, V30, V31 = XPathVersion

ORDER = """<?xml version="1.0" encoding="UTF-16"?>
<order xmlns:p="urn:pay" id="o1">
  <!-- two lines -->
  <line n="1"><sku>tea</sku><price>4.50</price></line>
  <line n="2"><sku>Month planner</sku><price>12</price></line>
  <note/>
  <p:paid>yes</p:paid>
</order>"""

EVERYWHERE: list[tuple[str, bool, Json]] = [
    ("//line", True, ["tea4.50", "Month planner12"]),
    ("/order/line[1]/sku", True, "tea"),
    ("/order/line[last()]/@n", True, "2"),
    ("//@n", True, ["1", "2"]),
    ("/order/@id", True, "o1"),
    ("//nothing", False, None),
    ("//note", True, ""),
    ("//sku/text()", True, ["tea", "Month planner"]),
    ("normalize-space(//comment())", True, "two lines"),
    ("count(//line)", True, 2),
    ("count(//line) > 1", True, True),
    ("count(//nothing)", False, 0),
    ("not(//line)", False, False),
    ("''", False, ""),
    ("'false'", True, "false"),
    ("0", False, 0),
    ("1.5", True, 1.5),
    ("true()", True, True),
    ("sum(//price)", True, 16.5),
    ("//line[@n = '2']/sku", True, "Month planner"),
    ("//line[@n = 2]/sku", True, "Month planner"),
    ("//line[price > 5]/sku", True, "Month planner"),
    ("//price = 12", True, True),
    ("//price = 13", False, False),
    ("//price != 12", True, True),
    ("contains(//line[2]/sku, 'Month')", True, True),
    ("starts-with(//line[2]/sku, 'month')", False, False),
    ("//p:paid", True, "yes"),
    ("//p:paid = 'yes' and //line[1]", True, True),
    ("name(/*)", True, "order"),
    ("//line[1]/following-sibling::line/sku", True, "Month planner"),
    ("//sku | //price", True, ["tea", "4.50", "Month planner", "12"]),
    ("//line[not(@n = '1')]/@n", True, "2"),
]


@pytest.mark.parametrize("version", XPathVersion)
@pytest.mark.parametrize(("text", "truth", "value"), EVERYWHERE)
def test_every_version_agrees_on_these(
    version: XPathVersion, text: str, truth: bool, value: Json
) -> None:
    query = parse_xpath(text, version)
    assert query.truth(ORDER) is truth
    assert query.select(ORDER) == value


LATER: list[tuple[XPathVersion, str, Json]] = [
    (V10, "1 = '1'", True),
    (V10, "//price[1] = true()", True),
    (V10, "//nothing = false()", True),
    (V10, "//nothing = 5", False),
    (V10, "//sku > 1", False),
    (V10, "5 < '6'", True),
    (V10, "//price = //price", True),
    (V10, "1 div 0", "INF"),
    (V20, "if (//line) then 'some' else 'none'", "some"),
    (V20, "for $n in //@n return number($n) + 1", [2, 3]),
    (V20, "some $p in //price satisfies $p > 10", True),
    (V20, "matches(//line[2]/sku, '^month', 'i')", True),
    (V20, "matches('abc', 'B')", False),
    (V20, "replace('a-b-c', '-', '+')", "a+b+c"),
    (V20, "replace('abcabc', '(b)(c)', '$2$1\\$$0')", "acb$bcacb$bc"),
    (V20, "replace('ab', '(a)(x)?', '[$12]')", "[a2]b"),
    (V20, "tokenize('a, b,c', ',\\s*')", ["a", "b", "c"]),
    (V20, "tokenize(',a,', ',')", ["", "a", ""]),
    (V20, "tokenize('', ',')", None),
    (V20, "(3, 1, 2)[. > 1]", [3, 2]),
    (V20, "reverse(1 to 3)", [3, 2, 1]),
    (V20, "1 to 0", None),
    (V20, "distinct-values((1, 2, 1))", [1, 2]),
    (V20, "xs:date('2024-01-31')", "2024-01-31"),
    (V20, "xs:decimal('1.10') + 1", 2.1),
    (V20, "compare('a', 'B')", 1),
    (V30, "//price ! number(.)", [4.5, 12]),
    (V30, "let $n := count(//line) return $n * 2", 4),
    (V30, "'a' || 'b'", "ab"),
    (V30, "math:pow(2, 10)", 1024),
    (V30, "round(12345678901234567890)", 12345678901234567890),
    (V31, "round(2.345, 2)", 2.35),
    (V20, "round(2.5)", 3),
    (V30, "replace('a.b', '.', '-', 'q')", "a-b"),
    (V30, "for-each(1 to 2, function($n) { $n * 10 })", [10, 20]),
    (V31, "//sku => count()", 2),
    (V31, "tokenize('  a  b ')", ["a", "b"]),
    (V31, "map { 'a': 1 }?a", 1),
    (V31, "array { 1 to 3 }?*", [1, 2, 3]),
    (V31, "sort((3, 1, 2))", [1, 2, 3]),
    (V31, "contains-token('a b', 'b')", True),
    (V31, "xs:double('NaN')", "NaN"),
]


@pytest.mark.parametrize(("version", "text", "value"), LATER)
def test_each_version_has_its_own_rules(version: XPathVersion, text: str, value: Json) -> None:
    selected = parse_xpath(text, version).select(ORDER)
    assert selected == pytest.approx(value) if isinstance(value, float) else selected == value


REFUSED: list[tuple[XPathVersion, str, int]] = [
    (V31, "", 0),
    (V31, "//line[", 7),
    (V31, "1 +", 3),
    (V31, "//line]", 6),
    (V31, "'open", 0),
    (V31, "shout('x')", 0),
    (V10, "matches('a', 'a')", 0),
    (V10, "if (1) then 2 else 3", 0),
    (V20, "let $n := 1 return $n", 4),
    (V31, "replace('a', 'x*', '-')", 0),
    (V31, "matches('a', '[')", 0),
    (V31, "replace('a', 'a', '$x')", 0),
    (V31, "matches('a', 'a', 'z')", 0),
    (V31, "9" * 5_000, 5_000),
    (V31, "(" * 2_000 + "1" + ")" * 2_000, 4_001),
]


@pytest.mark.parametrize(("version", "text", "offset"), REFUSED)
def test_what_the_version_does_not_know_is_refused(
    version: XPathVersion, text: str, offset: int
) -> None:
    with pytest.raises(BadText) as refused:
        parse_xpath(text, version)
    assert refused.value.offset == offset
    assert len(refused.value.message) < 400


@pytest.mark.parametrize("text", ["analyze-string('a', '(a+)+b')", "collation-key('a')"])
def test_functions_that_are_left_out_are_named(text: str) -> None:
    with pytest.raises(BadText) as refused:
        parse_xpath(text)
    assert refused.value.hint == f"`{text.partition('(')[0]}()` is not evaluated here"


@pytest.mark.parametrize(
    "text",
    [
        "count(1 to 1000000000)",
        "count(1 to count(//line) * 500000000)",
        "count((1 to 100000) ! (1 to 100000))",
        "(1 to 90000) = (100001 to 190000)",
        "distinct-values(1 to 90000)",
        "for $a in 1 to 90000, $b in 1 to 90000 return $a",
        "fold-left(1 to 60, 'x', function($a, $b) { concat($a, $a) })",
        "fold-left(1 to 60, 2, function($a, $b) { $a * $a })",
        "let $f := function($f) { $f($f) } return $f($f)",
        "string-join((1 to 90000) ! string-join((1 to 900) ! 'x', ''), '')",
        "replace(string-join((1 to 9000) ! 'a', ''), 'a', string-join((1 to 9000) ! 'b', ''))",
        "format-integer(1000000000, 'I')",
        "math:pow(99999999999999999999, 99999999999999999999)",
        "math:exp10(99999999999999999999)",
        "round(-1, 99999999999999999999)",
        "round-half-to-even(1.5, 99999999999999999999)",
        f"matches('{'a' * 60}b', '^(a|aa)+$')",
        f"replace('{'a' * 60}b', '(a|aa)+$', '')",
        f"tokenize('{'a' * 60}b', '(a|aa)+$')",
        f"let $m := matches#2 return $m('{'a' * 60}b', '^(a|aa)+$')",
        f"function-lookup(xs:QName('fn:matches'), 2)('{'a' * 60}b', '^(a|aa)+$')",
        "matches('x', '(a{1000}){1000}')",
        "compare('a', 'b', 'http://www.w3.org/2013/collation/UCA')",
        "compare('a', 'b', concat('http://www.w3.org/2013/', 'collation/UCA'))",
        "sort(('b', 'a'), 'en_US.UTF-8')",
        "max(('b', 'a'), //sku[1])",
    ],
)
def test_what_would_never_end_is_refused_or_fails(text: str) -> None:
    with pytest.raises((BadText, QueryFailed)) as ended:
        parse_xpath(text).truth(ORDER)
    assert str(ended.value)


MANY = "<r>" + "".join(f"<i n='{n}'>{n}</i>" for n in range(2_500)) + "</r>"


@pytest.mark.parametrize(
    "text",
    [
        "//*[count(//*[count(//*) > 0]) > 0]",
        "//*[/r/nothing]",
        "//*[. = /]",
        "//*[number(/) = 1]",
        "//*[contains(string(/), 'x')]",
        "//*[deep-equal(/, /)]",
        "//i[preceding-sibling::nothing]",
    ],
)
def test_a_document_looked_at_again_and_again_is_too_much(text: str) -> None:
    with pytest.raises(QueryFailed, match="more than 1,000,000 steps"):
        parse_xpath(text).select(MANY)


def test_an_ordinary_query_of_a_long_document_is_not_too_much() -> None:
    assert parse_xpath("//i[. > 2497]").select(MANY) == ["2498", "2499"]
    assert parse_xpath("count(//i[@n = '7'])", V10).select(MANY) == 1


@pytest.mark.parametrize(
    "text",
    [
        "doc('file:///etc/hostname')",
        "unparsed-text('file:///etc/hostname')",
        "json-doc('file:///etc/hostname')",
        "collection()",
        "parse-xml('<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>')",
        "transform(map { })",
    ],
)
def test_nothing_outside_is_read(text: str) -> None:
    with pytest.raises((BadText, QueryFailed)) as ended:
        parse_xpath(text).select(ORDER)
    assert str(ended.value)


def test_the_environment_is_empty() -> None:
    assert parse_xpath("environment-variable('PATH')").select(ORDER) is None


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("", "not XML: no element found, line 1, column 1"),
        ("plain text", "not XML: syntax error, line 1, column 1"),
        ('{"json": true}', "not XML"),
        ("<a>\n  <b></a>", "mismatched tag, line 2, column 8"),
        ("<a>&undefined;</a>", "undefined entity"),
        ("<a/><a/>", "junk after document element"),
        ("<a>\x00</a>", "not XML"),
        ("<a>\ud800</a>", "characters that XML cannot have"),
        ("<p:a/>", "unbound prefix"),
        (BOMB, "defines entities"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "defines entities"),
        ("<a>" * 201 + "</a>" * 201, "deeper than 200"),
        ("<r>" + "<a/>" * 100_000 + "</r>", "more than 100,000 elements"),
        ("<r>" + "<!---->" * 100_001 + "</r>", "more than 100,000 comments"),
        ("<a>" + "x" * (4 * 1024 * 1024) + "</a>", "more than 4,194,304 characters"),
    ],
    ids=range(15),
)
def test_xml_that_is_wrong_or_dangerous_fails_with_its_reason(xml: str, reason: str) -> None:
    query = parse_xpath("//a")
    with pytest.raises(QueryFailed, match=reason):
        query.truth(xml)
    with pytest.raises(QueryFailed, match=reason):
        query.select(xml)


def test_a_document_type_without_entities_is_harmless() -> None:
    assert parse_xpath("//a").select("<!DOCTYPE a SYSTEM 'a.dtd'><a>x</a>") == "x"
    assert parse_xpath("//a").select("<a><![CDATA[<!ENTITY b>]]></a>") == "<!ENTITY b>"


def test_prefixes_are_bound_by_the_xml() -> None:
    query = parse_xpath("//s:Body/s:*", V10)
    envelope = '<{0}:E xmlns:{0}="urn:{1}"><{0}:Body><{0}:ok>{1}</{0}:ok></{0}:Body></{0}:E>'
    assert query.select(envelope.format("s", "one")) == "one"
    assert query.select(envelope.format("s", "two")) == "two"
    with pytest.raises(QueryFailed, match="no namespace for the prefix `s`"):
        query.select(envelope.format("t", "one"))


def test_a_sequence_of_values_is_neither_true_nor_false() -> None:
    with pytest.raises(QueryFailed, match="effective boolean value"):
        parse_xpath("(1, 2)").truth(ORDER)


@pytest.mark.parametrize("text", ["map { 'a': 1 }", "[1, 2]", "function($x) { $x }", "concat#2"])
def test_maps_arrays_and_functions_are_no_value(text: str) -> None:
    with pytest.raises(QueryFailed, match="select a value in it"):
        parse_xpath(text).select(ORDER)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("$x", "unknown variable"), ("//sku + 1", "has no value"), ("//sku cast as xs:date", "value")],
)
def test_errors_of_evaluation_are_failures(text: str, reason: str) -> None:
    with pytest.raises(QueryFailed, match=reason):
        parse_xpath(text).truth(ORDER)


def test_queries_are_equal_by_text_and_version() -> None:
    assert parse_xpath("//a", V10) == parse_xpath("//a", V10)
    assert parse_xpath("//a", V10) != parse_xpath("//a", V20)


PIECES = (
    "//line",
    "/",
    "//",
    "@n",
    "[",
    "]",
    "(",
    ")",
    "1",
    "'x'",
    " and ",
    " = ",
    "count(",
    ",",
    "::",
)
PIECES += (
    "*",
    "..",
    ".",
    "p:paid",
    " to ",
    "|",
    "$v",
    "text()",
    "-",
    "concat#2",
    "matches(",
    "?",
    " ",
)


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(XPathVersion))
def test_any_text_is_an_xpath_or_refused(pieces: list[str], version: XPathVersion) -> None:
    text = "".join(pieces)
    ended = "answered"
    try:
        parse_xpath(text, version).truth(ORDER)
    except BadText as refused:
        ended = "refused" if 0 <= refused.offset <= len(text) else "refused nowhere"
    except QueryFailed as failed:
        ended = failed.reason
    assert ended != "refused nowhere"
