"""A YAML document is JSON in another spelling: YAML 1.2, string names, no surprises, no bombs."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.budget import Findings, Limits, Refused
from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.marked import Node, plain
from arazzo_tui.document.source import Problem, Severity, Source
from arazzo_tui.document.yaml_text import PARSER, Parser, read_yaml
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json


def told(problems: tuple[Problem, ...] | list[Problem]) -> list[str]:
    return [f"{p.mark.line}:{p.mark.column} {p.code}" for p in problems if p.mark]


def read(text: str) -> Json:
    node, problems = load(Source("t.yaml", text))
    assert problems == ()
    assert node is not None
    return node.value


def with_parser(text: str, parser: Parser) -> tuple[Node | None, list[Problem]]:
    findings = Findings(Source("t.yaml", text))
    try:
        return read_yaml(findings, Limits(), parser), findings.problems
    except Refused:
        return None, findings.problems


WORDS = [
    ("null", "null"),
    ("~", "null"),
    ("", "null"),
    ("True", "true"),
    ("FALSE", "false"),
    ("7", "7"),
    ("+7", "7"),
    ("-7", "-7"),
    ("0o14", "12"),
    ("0x1F", "31"),
    ("1.10", "1.10"),
    ("1e3", "1e3"),
    ("1E-3", "1E-3"),
    ("+1.5", "1.5"),
    (".5", "0.5"),
    ("-.5", "-0.5"),
    ("5.", "5.0"),
    ("01.50", "1.50"),
    ("1e400", "1e400"),
    ("12345678901234567890", "12345678901234567890"),
    ("9" * 5000, "9" * 5000),
]


@pytest.mark.parametrize(("word", "number"), WORDS)
def test_an_unquoted_word_has_the_type_of_the_core_schema(word: str, number: str) -> None:
    assert write_json(read(f"- {word}")) == f"[{number}]"


@pytest.mark.parametrize(
    "word",
    [
        "yes", "no", "on", "off", "y", "NO", "tRue", "nULL", "=", "<<", "2024-01-01",
        "2020-13-45", "2001-12-14t21:59:43.10-05:00", "12:30:45", "22:22", "1_000", "0b101",
        "1.0.1", "1e", "0x", "0o9", "-", "+", ".", "e3", "$inputs.id", "0x" + "f" * 5000, "١٢",
    ],
)  # fmt: skip
def test_any_other_word_is_a_string(word: str) -> None:
    assert read(f"a: {word}" if word != "-" else 'a: "-"') == {"a": word}


@pytest.mark.parametrize(("word", "_"), WORDS)
def test_a_quoted_word_is_a_string(word: str, _: str) -> None:
    assert read(f"- '{word}'\n- \"{word}\"") == [word, word]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("200", "200"),
        ("1.0", "1.0"),
        ("0x1F", "0x1F"),
        ("true", "true"),
        ("on", "on"),
        ("null", "null"),
        ("~", "null"),
        ("?", "null"),
        ("2024-01-01", "2024-01-01"),
        ("=", "="),
        ("&a 200", "200"),
        ("!!str 200", "200"),
        ("'<<'", "<<"),
        ("'~'", "~"),
        ("? 200\n", "200"),
    ],
)
def test_every_name_is_a_string_as_it_is_written(key: str, name: str) -> None:
    text = "? \n: x" if key == "?" else f"{key}: x"
    assert read(text) == {name: "x"}


def test_an_alias_of_a_word_can_be_a_name() -> None:
    assert read("a: &n 200\nb: &s x\nc: {*n : 1, *s : 2}")["c"] == {"200": 1, "x": 2}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}),
        ("\ufeffa: 1", {"a": 1}),
        ("a:\t1", {"a": 1}),
        ("a: 1\rb: 2", {"a": 1, "b": 2}),
        ('a: "x\u2028y\x85z"\nb: x\u2029y', {"a": "x\u2028y\x85z", "b": "x\u2029y"}),
        ("a: \ue000\n", {"a": "\ue000"}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("# why\na: # why\n  b", {"a": "b"}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("? a\n: b", {"a": "b"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("--- a\n---\n", "a"),
        ("!!map {a: !!seq [!!str 1, !!int '2', !!float 3, !!bool 'true', !!null '', ! 4]}",
         {"a": ["1", 2, 3, True, None, "4"]}),
    ],
)  # fmt: skip
def test_yaml_is_read(text: str, value: Json) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<: *b\nx: 1", {"x": 1, "y": 2}),
        ("x: 1\n<<: *b", {"x": 1, "y": 2}),
        ("<<: [*b, *c]", {"x": 0, "y": 2, "z": 4}),
        ("<<: [*c, *b]", {"x": 3, "z": 4, "y": 2}),
        ("<<: {x: 9}\ny: 8", {"x": 9, "y": 8}),
        ("<<: *b\n<<: *c", {"x": 0, "y": 2, "z": 4}),
        ("!!merge <<: *b", {"x": 0, "y": 2}),
        ("<<: []", {}),
        ("<<:", {}),
    ],
)
def test_a_merge_key_brings_what_is_not_there(text: str, value: Json) -> None:
    indented = text.replace("\n", "\n  ")
    document = read(f"b: &b {{x: 0, y: 2}}\nc: &c {{x: 3, z: 4}}\na:\n  {indented}")
    assert document["a"] == value


def test_a_name_that_was_merged_may_be_given_once_more_but_not_twice() -> None:
    node, problems = load(Source("t.yaml", "b: &b {x: 0}\na:\n  <<: *b\n  x: 1\n  x: 2"))
    assert node is not None
    assert node.value == {"b": {"x": 0}, "a": {"x": 1}}
    assert told(problems) == ["5:3 duplicate-key"]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: 1\na: 2", {"a": 1}, ["2:1 duplicate-key"]),
        ("a: 1\n'a': 2\nb: {c: 1, c: 2}", {"a": 1, "b": {"c": 1}},
         ["2:1 duplicate-key", "3:11 duplicate-key"]),
        ("200: a\n'200': b", {"200": "a"}, ["2:1 duplicate-key"]),
        ("a: .inf", {"a": ".inf"}, ["1:4 not-json-value"]),
        ("a: [-.INF, .NaN]", {"a": ["-.INF", ".NaN"]},
         ["1:5 not-json-value", "1:12 not-json-value"]),
        ("a: !!python/object/apply:os.system [x]", {"a": ["x"]}, ["1:4 unknown-tag"]),
        ("a: !!timestamp 2020-01-01", {"a": "2020-01-01"}, ["1:4 unknown-tag"]),
        ("a: !ref x", {"a": "x"}, ["1:4 unknown-tag"]),
        ("a: !!set {x}", {"a": {"x": None}}, ["1:4 unknown-tag"]),
        ("a: !!seq {x: 1}", {"a": {"x": 1}}, ["1:4 unknown-tag"]),
        ("a: !!map x", {"a": "x"}, ["1:4 unknown-tag"]),
        ("a: !!bool maybe", {"a": "maybe"}, ["1:4 wrong-tag"]),
        ('a: !!float ""', {"a": ""}, ["1:4 wrong-tag"]),
        ("a: !!int 1.5", {"a": "1.5"}, ["1:4 wrong-tag"]),
        ("a: &a [*a]", {"a": [None]}, ["1:8 alias-cycle"]),
        ("a: &a {<<: *a}", {"a": {}}, ["1:12 alias-cycle"]),
        ("a: *b", {"a": None}, ["1:4 unknown-anchor"]),
        ("? [x]\n: 1\nb: 2", {"b": 2}, ["1:3 key-not-a-string"]),
        ("a: &x [1]\n*x : 2", {"a": [1]}, ["2:1 key-not-a-string"]),
        ("a: {{x}}", {"a": {}}, ["1:5 key-not-a-string"]),
        ("a: {<<: 1}", {"a": {}}, ["1:9 bad-merge"]),
        ("a: {<<: [{b: 1}, 2]}", {"a": {"b": 1}}, ["1:9 bad-merge"]),
    ],
)  # fmt: skip
def test_what_json_cannot_say_is_an_error_and_the_rest_is_read(
    text: str, value: Json, expected: list[str]
) -> None:
    node, problems = load(Source("t.yaml", text))
    assert node is not None
    assert node.value == value
    assert told(problems) == expected
    assert all(problem.severity is Severity.ERROR for problem in problems)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("zip: 01234", {"zip": 1234}, ["1:6 leading-zero"]),
        ("a: {$inputs.id}", {"a": {"$inputs.id": None}}, ["1:4 unquoted-expression"]),
        ("a: {$inputs.id: null}", {"a": {"$inputs.id": None}}, []),
        ("a: 1\n---\nb: 2\n---\nc: 3", {"a": 1}, ["2:1 several-documents"]),
    ],
)
def test_what_may_be_meant_otherwise_is_a_warning(
    text: str, value: Json, expected: list[str]
) -> None:
    node, problems = load(Source("t.yaml", text))
    assert node is not None
    assert node.value == value
    assert told(problems) == expected
    assert all(problem.severity is Severity.WARNING for problem in problems)


def test_a_name_given_twice_is_shown_with_both_lines() -> None:
    _, problems = load(Source("t.yaml", "servers: [A]\nx: 1\nservers: [B]\n"))
    assert "\n".join(str(problem) for problem in problems) == (
        "t.yaml:3:1: error[duplicate-key]: `servers` is given twice in one object:"
        " on line 1 and here, on line 3\n"
        "  3 | servers: [B]\n"
        "      ^\n"
        "  = the first one is used; take one of them out"
    )


SLIPS = [
    ("a:\n\t- 1", "2:1", "a tab", "spaces"),
    ("a: 1\n\tb: 2", "2:1", "a tab", "spaces"),
    ('a: "x\nb: 1\n', "1:4", "never closed", "close it"),
    ("a: 'it's'", "1:8", "follows the quote", "one pair of quotes"),
    ('a: "foo\nb: "bar"', "2:5", "began on an earlier line", "close the quotes"),
    ("url: http: //x", "1:10", "cannot hold `: `", 'write url: "http: //x"'),
    ("a: b\n c: d", "2:3", "continues the value", "indent it"),
    ("a:b\nc: 1", "2:2", "continues the value", "put a space behind"),
    ("a: {$inputs.x}/y", "1:15", "follows the `}`", '"{$inputs.x}/y"'),
    ("a: [x] y", "1:8", "follows the `]`", '"[x] y"'),
    ("a: @x", "1:4", "cannot begin with `@`", 'write "@x"'),
    ("a: `x`", "1:4", "cannot begin with", 'write "`x`"'),
    ("a: %x", "1:4", "cannot begin with `%`", 'write "%x"'),
    ("a: *.json", "1:5", "begins with `*`", 'write "*.json"'),
    ("a: >x\n y", "1:5", "`|` or `>`", '">x"'),
    ("a: !e!x", "1:4", "begins with `!`", 'write "!e!x"'),
    ("a:\n  b: 1\n c: 2", "3:2", "indentation", "the object begins on line 1"),
    ("s:\n  - a: 1\n   b: 2", "3:4", "indentation", "the list begins on line 2"),
    ("a: 1\n- b", "2:1", "a list item", "indent it"),
    ("a: - b", "1:4", "a list cannot begin", "a line of its own"),
    ("a: [1, 2", "1:4", "this `[` is never closed", "add `]`"),
    ("a: {b: 1\nc: 2", "2:2", "`,` or `}`", "missing"),
    ("a: }", "1:4", "a value is expected before `}`", "quotes"),
    ("a: 1\nbc\nd: 2", "2:1", "no `:`", "add `: `"),
    (": x", "1:1", "no name before", "write one"),
    ("%YAML 2.0\n---\na", "1:1", "version of YAML", "%YAML 1.2"),
    ("a: 1\n...\nb", "3:1", "the document has ended", "`---`"),
    ("a: \x1b[31m", "1:4", "the character U+001B", '"\\x1B"'),
    ("a: x\ud800", "1:5", "the character U+D800", "take it out"),
]


@pytest.mark.parametrize("parser", [PARSER, yaml.SafeLoader])
@pytest.mark.parametrize(("text", "place", "message", "cure"), SLIPS)
def test_a_slip_is_shown_at_its_place_with_a_cure(
    parser: Parser, text: str, place: str, message: str, cure: str
) -> None:
    node, problems = with_parser(text, parser)
    assert node is None
    assert told(problems)[-1] == f"{place} yaml-syntax"
    assert message in problems[-1].message
    assert cure in problems[-1].hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (r'a: "\d+"', r"write it as `\\d`"),
        (r'a: "\ud83d\ude00"', r'write "\U0001F600"'),
    ],
)
def test_an_escape_that_yaml_does_not_know_has_a_cure(text: str, hint: str) -> None:
    node, problems = load(Source("t.yaml", text))
    assert node is None
    assert told(problems)[0].endswith("yaml-syntax")
    assert hint in problems[0].hint


def test_a_syntax_error_prints_like_a_compiler_does() -> None:
    _, problems = load(Source("t.yaml", "steps:\n  - url: {$inputs.base}/pets\n"))
    assert str(problems[-1]) == (
        "t.yaml:2:24: error[yaml-syntax]: text follows the `}` that ends the value\n"
        "  2 |   - url: {$inputs.base}/pets\n"
        "                             ^\n"
        '  = a text that begins so needs quotes: "{$inputs.base}/pets"'
    )


@pytest.mark.parametrize("text", ["", " \n", "# nothing\n", "---\n", "---\n...\n"])
def test_an_empty_document_is_an_error(text: str) -> None:
    node, problems = load(Source("t.yaml", text))
    assert node is None
    assert told(problems) == ["1:1 empty-document"]


def bomb(line: str, levels: int) -> str:
    lines = [line.format(n=n, aliases=", ".join([f"*a{n - 1}"] * 9)) for n in range(1, levels)]
    return "\n".join(["a0: &a0 {x: 1}", *lines])


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("[" * 1_000_000, "1:101 too-deep", "100 levels"),
        ("- " * 1_000_000, "1:201 too-deep", "100 levels"),
        ("? " * 1_000_000, "1:201 too-deep", "100 levels"),
        ("{a: " * 1_000_000, "1:401 too-deep", "100 levels"),
        ("[{? " * 100_000, "1:201 too-deep", "100 levels"),
        (bomb("a{n}: &a{n} [{aliases}]", 10), "8:10 too-many-nodes", "2,000,000 values"),
        (bomb("a{n}: &a{n} {{<<: [{aliases}]}}", 90), "8:15 too-many-nodes", "2,000,000 values"),
        ("".join(f"%TAG !a{n}! x:\n" for n in range(50_000)), "1:1 yaml-syntax", "`%TAG`"),
    ],
)
def test_a_hostile_document_is_refused_where_it_meets_a_limit(
    text: str, expected: str, said: str
) -> None:
    node, problems = load(Source("t.yaml", text))
    assert node is None
    assert told(problems) == [expected]
    assert said in problems[0].message


@pytest.mark.parametrize(
    ("text", "limits", "expected"),
    [
        ("[a, b, c]", Limits(nodes=3), ["1:8 too-many-nodes"]),
        ("{a: 1, b: 2}", Limits(nodes=2), ["1:11 too-many-nodes"]),
        ("x: &x [1, 2]\ny: [*x, *x]", Limits(expanded=11), []),
        ("x: &x [1, 2]\ny: [*x, *x]", Limits(expanded=10), ["2:9 too-many-nodes"]),
        ("- &x [1, 2]\n- *x\n- 1\n- 2", Limits(expanded=8), ["4:3 too-many-nodes"]),
        ("a: [[1]]", Limits(depth=3), []),
        ("a: [[1]]", Limits(depth=2), ["1:5 too-deep"]),
        ("a: 12", Limits(size=4), ["1:1 document-too-large"]),
    ],
)
def test_the_limits_count_exactly(text: str, limits: Limits, expected: list[str]) -> None:
    node, problems = load(Source("t.yaml", text), limits)
    assert told(problems) == expected
    assert (node is None) is bool(expected)


def test_honest_aliases_cost_nothing() -> None:
    lines = ["base: &base {a: 1, b: {c: [1, 2, 3]}}"]
    lines += [f"k{n}: {{<<: *base, own: *base}}" for n in range(2000)]
    node, problems = load(Source("t.yaml", "\n".join(lines)))
    assert problems == ()
    assert node is not None


def test_of_countless_problems_the_first_hundred_are_listed() -> None:
    node, problems = load(Source("t.yaml", "a: 1\n" * 5000))
    assert node is not None
    assert [problem.code for problem in problems] == ["duplicate-key"] * 100 + ["more-problems"]
    assert "4,899 more" in problems[-1].message


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a: \xc3\xa9\n", "a: é\n"),
        (b"\xef\xbb\xbfa: 1\n", "a: 1\n"),
        ("a: é\n".encode("utf-16"), "a: é\n"),
        (b"\xfe\xff" + "a: 😀".encode("utf-16-be"), "a: 😀"),
        (b"a: 1\r\nb: 2\r", "a: 1\r\nb: 2\n"),
        (b"", ""),
    ],
)
def test_bytes_are_text_in_utf8_or_in_utf16_with_its_mark(data: bytes, text: str) -> None:
    source, problems = read_text("t.yaml", data)
    assert problems == ()
    assert source == Source("t.yaml", text)


@pytest.mark.parametrize(
    ("data", "expected", "said"),
    [
        (b"a: 1\nb: caf\xe9\n", "2:7 not-utf8", "0xE9 at offset 11"),
        ("a: 1 # long enough".encode("utf-16") + b"\x00\xd8b\x00", "1:19 not-utf8", "offset 38"),
        (b"a: 1\x00", "1:1 binary", "binary"),
        ("a: 1".encode("utf-16-le"), "1:1 binary", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xee", "1:1 binary", "binary"),
        (bytes(range(128, 256)) * 20, "1:1 binary", "binary"),
        (b"x" * (32 * 1024 * 1024 + 1), "1:1 document-too-large", "32 MiB is the limit"),
    ],
)
def test_bytes_that_are_no_text_are_told(data: bytes, expected: str, said: str) -> None:
    source, problems = read_text("t.yaml", data)
    assert source is None
    assert told(problems) == [expected]
    assert said in problems[0].message
    assert "t.yaml" in str(problems[0])


def test_a_byte_from_windows_is_shown_as_what_it_meant() -> None:
    _, problems = read_text("t.yaml", b"a: caf\xe9 au lait\n")
    assert "`é`" in problems[0].hint
    assert "a: caf" in str(problems[0])


PIECES = st.lists(
    st.sampled_from(
        ["a", "b: ", "- ", "\n", "\n  ", "? ", ": ", "{", "}", "[", "]", ", ", "'", '"', "|\n ",
         ">\n ", "&x ", "*x", "<<: ", "!!str ", "!t ", "%TAG ! x\n", "---\n", "...\n", "#", "\t",
         "\\", "\\u12", "\\ud83d", "\\U00110000", "\\UFFFFFFFF", "!%ED%A0%80 ", "\x85", "\u2028",
         "\ufeff", "\r", "\0", "\ud800", "0x", "1.", ".inf", "$x", "@", "é"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(PIECES | st.text(), st.sampled_from([PARSER, yaml.SafeLoader]))
def test_no_text_raises_with_either_parser(text: str, parser: Parser) -> None:
    node, problems = with_parser(text, parser)
    assert node is not None or problems
    assert all(str(problem) for problem in problems)


@given(PIECES)
def test_both_parsers_give_the_same_data(text: str) -> None:
    first, _ = with_parser(text, PARSER)
    second, _ = with_parser(text, yaml.SafeLoader)
    if first is not None and second is not None:
        assert plain(first.value) == plain(second.value)


# That program writes YAML 1.1, which breaks lines at three more characters and has other numbers.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x85\u2028\u20290123456789"), max_size=10
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


@given(DATA, st.sampled_from([True, False, None]), st.booleans())
def test_what_another_program_writes_is_read_as_it_was_meant(
    value: Json, flow: bool | None, unicode: bool
) -> None:
    text = yaml.safe_dump({"a": value}, default_flow_style=flow, allow_unicode=unicode)
    node, _ = load(Source("t.yaml", text))
    assert node is not None
    assert plain(node.value) == {"a": value}
