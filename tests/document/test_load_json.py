"""A JSON document is read as JSON, with places; what is nearly JSON is read as YAML."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.budget import Limits
from arazzo_tui.document.load import load
from arazzo_tui.document.marked import plain
from arazzo_tui.document.source import Problem, Severity, Source
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{p.mark.line}:{p.mark.column} {p.code}" for p in problems if p.mark]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        ("[]", []),
        (" \n {} \n", {}),
        ('{"a b": {"": "\\u00e9\\ud83d\\ude00"}}', {"a b": {"": "é😀"}}),
        ('{"a\\nb": "c\\td"}', {"a\nb": "c\td"}),
        ('["\x7f\u2028"]', ["\x7f\u2028"]),
        ('{"no": "yes", "200": {}}', {"no": "yes", "200": {}}),
        ('["\\ud800"]', ["\ud800"]),
        ('{"%s": 1}' % ("k" * 3000), {"k" * 3000: 1}),
        ("\ufeff{}", {}),
        ('{\r\n"a": 1\r\n}', {"a": 1}),
    ],
)
def test_json_text_is_read_as_json_whatever_its_name(text: str, value: Json) -> None:
    for name in ("t.yaml", "t.json", "https://example.com/a.JSON?v=1#x"):
        node, problems = load(Source(name, text))
        assert problems == ()
        assert node is not None
        assert node.value == value


@pytest.mark.parametrize("value", ["null", "7", '"x"', "1.10"])
def test_a_json_file_may_hold_any_value(value: str) -> None:
    node, problems = load(Source("t.json", value))
    assert problems == ()
    assert node is not None
    assert write_json(node.value) == value


def test_digits_are_kept() -> None:
    text = '{"version":1.10,"big":12345678901234567890,"far":1e400,"many":' + "9" * 5000 + "}"
    node, problems = load(Source("t.json", text))
    assert problems == ()
    assert node is not None
    assert write_json(node.value) == text


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('{"a": 1\n "b": 2}', "2:2", "a comma"),
        ('{"a": "b', "1:7", "never closed"),
        ("", "1:1", "the text ends"),
        ('{"a": 1}\n]', "2:1", "the end is expected"),
        ('{"a": [1, 2\n}', "2:1", "`,` or `]`"),
    ],
)
def test_a_json_file_that_is_neither_json_nor_yaml_hears_what_json_misses(
    text: str, place: str, said: str
) -> None:
    node, problems = load(Source("t.json", text))
    assert node is None
    assert told(problems) == [f"{place} json-syntax"]
    assert said in str(problems[0])


@pytest.mark.parametrize(
    ("text", "value", "place"),
    [
        ('{"a": 1,}', {"a": 1}, "1:9"),
        ("{'a': 1}", {"a": 1}, "1:2"),
        ("{a: 1}", {"a": 1}, "1:2"),
        ("a: 1\n", {"a": 1}, "1:1"),
        ('{"a": 1} # end', {"a": 1}, "1:10"),
    ],
)
def test_yaml_in_a_json_file_is_read_with_a_warning(text: str, value: Json, place: str) -> None:
    node, problems = load(Source("t.json", text))
    assert node is not None
    assert node.value == value
    assert told(problems) == [f"{place} json-syntax"]
    assert problems[0].severity is Severity.WARNING
    assert problems[0].dialect


@pytest.mark.parametrize("text", ["{a: 1}", '{"a": 1,}', "[a, b]", "{'a': 1} # end"])
def test_yaml_in_braces_is_read_without_a_word_elsewhere(text: str) -> None:
    node, problems = load(Source("t.yaml", text))
    assert node is not None
    assert problems == ()


@pytest.mark.parametrize("name", ["t.json", "t.yaml"])
@pytest.mark.parametrize("comment", ["// why\n", "/* why */"])
def test_a_comment_in_json_is_told_and_never_read_as_a_name(name: str, comment: str) -> None:
    node, problems = load(Source(name, f'{{"a": 1, {comment} "b": 2}}'))
    assert node is None
    assert told(problems) == ["1:10 json-syntax"]
    assert "no comments" in str(problems[0])


def test_a_name_given_twice_is_an_error_and_the_first_value_stays() -> None:
    text = '{\n "servers": ["A"],\n "x": {"y": 1, "y": 2},\n "servers": ["B"]\n}'
    node, problems = load(Source("t.json", text))
    assert node is not None
    assert node.value == {"servers": ["A"], "x": {"y": 1}}
    assert told(problems) == ["3:16 duplicate-key", "4:2 duplicate-key"]
    assert str(problems[1]) == (
        "t.json:4:2: error[duplicate-key]: `servers` is given twice in one object:"
        " on line 2 and here, on line 4\n"
        '  4 |  "servers": ["B"]\n'
        "       ^\n"
        "  = the first one is used; take one of them out"
    )


@pytest.mark.parametrize(
    ("text", "limits", "code", "said"),
    [
        ("[" * 101 + "]" * 101, Limits(), "1:101 too-deep", "100 levels"),
        ('{"a":' * 300_000, Limits(), "1:501 too-deep", "100 levels"),
        ("[1,2,3]", Limits(nodes=3), "1:6 too-many-nodes", "more than 3 values"),
        ('{"a":1,"b":2}', Limits(nodes=2), "1:12 too-many-nodes", "more than 2 values"),
        ("[1,2,3]", Limits(size=6), "1:1 document-too-large", "6 bytes is the limit"),
    ],
)
def test_a_document_beyond_a_limit_is_refused_and_the_limit_named(
    text: str, limits: Limits, code: str, said: str
) -> None:
    node, problems = load(Source("t.json", text), limits)
    assert node is None
    assert told(problems) == [code]
    assert said in problems[0].message


def test_the_deepest_document_is_read() -> None:
    node, problems = load(Source("t.json", "[" * 100 + "]" * 100))
    assert problems == ()
    assert node is not None


OBJECTS = st.dictionaries(
    st.text(st.characters(codec=None), max_size=8),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(st.characters(codec=None), max_size=10)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: (
            st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6), inner, max_size=5)
        ),
        max_leaves=20,
    ),
    max_size=6,
)


@given(OBJECTS, st.sampled_from([None, 0, 2]), st.booleans(), st.sampled_from(["t.json", "t"]))
def test_every_json_object_is_what_the_standard_library_reads(
    value: Json, indent: int | None, ascii_only: bool, name: str
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node, problems = load(Source(name, text))
    assert problems == ()
    assert node is not None
    assert plain(node.value) == json.loads(text)


@given(st.text(st.sampled_from("[]{}\",:\\ \n\t019.eE+-truefalsn'/#&*!a\x01\x85é")), st.booleans())
def test_no_text_raises(text: str, named: bool) -> None:
    node, problems = load(Source("t.json" if named else "t.yaml", text))
    assert node is not None or problems
    assert all(str(problem) for problem in problems)
