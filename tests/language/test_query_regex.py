"""Regular expressions of documents: Python's language, JavaScript's slashes, and an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import Pattern, QueryFailed, parse_pattern

FOUND: list[tuple[str, str, bool]] = [
    ("^200$", "200", True),
    ("^200$", "2000", False),
    ("00", "200", True),
    ("^application/json", "application/json; charset=utf-8", True),
    ("^(placed|approved)$", "approved", True),
    ("^(placed|approved)$", "APPROVED", False),
    ("(?i)logged in", "You are Logged In", True),
    (r"^[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+$", "ab-c.d_e", True),
    (r"^\d{4}-\d{2}-\d{2}$", "2024-01-31", True),
    (r"^\d{4}-\d{2}-\d{2}$", "2024-1-31", False),
    (r"^\p{Lu}", "Česko", True),
    (r"(?<year>\d{4})", "in 2024", True),
    (r"(a)\1", "aa", True),
    (r"a(?=b)", "ab", True),
    (r"(?<!a)b", "ab", False),
    ("a.b", "a\nb", False),
    ("^b", "a\nb", False),
    ("", "", True),
    # braces that count nothing are text, as in Python
    ("^/users/{id}$", "/users/{id}", True),
    ("^/users/{id}$", "/users/id", False),
    ("(?:foo){e<=1}", "fo", False),
    ("x{,2}y", "xxy", True),
    ("x{}", "x{}", True),
    (r"\{id\}", "{id}", True),
    ("[{]e[}]", "{e}", True),
    (r"\p{L}{2}", "ab", True),
    (r"(?#{e})a", "a", True),
]


@pytest.mark.parametrize(("text", "subject", "found"), FOUND)
def test_a_pattern_is_searched_as_python_would(text: str, subject: str, found: bool) -> None:
    pattern, notes = parse_pattern(text)
    assert pattern.search(subject) is found
    assert notes == ()


# Each: the text, the pattern that is right, a text it is found in, one it is not.
SLASHED: list[tuple[str, str, str, str]] = [
    ("/active/", "active", "inactive", "ACTIVE"),
    ("/active/i", "(?i)active", "ACTIVE", "passive"),
    ("/^b/gm", "(?m)^b", "a\nb", "ab"),
    ("/a.b/su", "(?s)a.b", "a\nb", "ab"),
    ("/^ a b $/xi", "(?ix)^ a b $", "AB", "a b"),
    (r"/^\/users\/\d+$/", r"^/users/\d+$", "/users/7", "users/7"),
    ("/[/]x/", "[/]x", "a/x", "ax"),
]


@pytest.mark.parametrize(("text", "rewrite", "found", "not_found"), SLASHED)
def test_the_slashes_of_javascript_are_read_with_a_note(
    text: str, rewrite: str, found: str, not_found: str
) -> None:
    pattern, (note,) = parse_pattern(text)
    assert pattern.search(found)
    assert not pattern.search(not_found)
    assert (note.code, note.rewrite) == ("regex-slashes", rewrite)
    right, notes = parse_pattern(note.rewrite)
    assert right.search(found)
    assert not right.search(not_found)
    assert notes == ()


@pytest.mark.parametrize("text", ["/users/1", "/a/b/", "/a/q", "/", "//", "a/b/i", "/a\n/"])
def test_other_slashes_are_part_of_the_pattern(text: str) -> None:
    pattern, notes = parse_pattern(text)
    assert notes == ()
    assert pattern.search(f"x{text}x")


REFUSED: list[tuple[str, int]] = [
    ("(", 1),
    ("a)", 1),
    ("[a", 2),
    ("a**", 2),
    ("*", 0),
    ("\\", 1),
    (r"(?<n>a)(?P=m)", 10),
    ("x{2,1}", 2),
    ("{id}(", 5),
    ("/(/i", 2),
    ("(?i)(?P<a>x", 11),
    ("a{99999999999}", 1),
    ("(a{1000}){1000}", 9),
    ("((((a{1000}){1000}){1000}){1000})", 12),
    ("(?:ab|c){100000}", 8),
    ("(" * 3_000 + ")" * 3_000, 0),
    ("a" * 60_000, 50_000),
    ("ab|" * 40_000, 100_000),
    ("(?a)(?u)x", 0),
    ("()" * 20_000, 0),
    ("[" * 100_000, 100_000),
    ("[[:" * 33_000, 99_000),
]


@pytest.mark.parametrize("count", [1, 40, 20_000])
def test_brackets_with_two_readings_are_read_in_one_way(count: int) -> None:
    assert parse_pattern("/" + "[]a]" * count)[1] == ()


@pytest.mark.parametrize(("text", "offset"), REFUSED)
def test_what_is_no_pattern_is_refused_with_its_place(text: str, offset: int) -> None:
    with pytest.raises(BadText) as refused:
        parse_pattern(text)
    assert refused.value.offset == offset


@pytest.mark.parametrize(
    ("text", "subject"),
    [("(a|aa)+$", "a" * 60 + "b"), ("(x+x+)+y", "x" * 5_000), ("(?R)|b", "a")],
)
def test_a_search_without_end_is_stopped_and_says_so(text: str, subject: str) -> None:
    pattern, _ = parse_pattern(text)
    with pytest.raises(
        QueryFailed, match=f"regular expression.* on a text of {len(subject):,} char"
    ):
        pattern.search(subject)


@pytest.mark.parametrize(
    "text", ["(a+)+b", "^(.*a){12}$", "(x+x+)+y", "(a|a)*b", "^([a-z0-9]+[-.]?)+@x$"]
)
def test_the_famous_slow_patterns_have_an_answer(text: str) -> None:
    pattern, _ = parse_pattern(text)
    assert not pattern.search("a" * 40 + "c")


def test_patterns_are_equal_by_their_text() -> None:
    one: Pattern = parse_pattern("a+")[0]
    assert one == parse_pattern("a+")[0]
    assert one != parse_pattern("a*")[0]


@given(st.text("ab.*+?()[]{}|^$\\/-id,0129 \n\ud800"), st.text("ab{}/id0\n", max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str, subject: str) -> None:
    try:
        pattern, _ = parse_pattern(text)
    except BadText as refused:
        answer: object = refused.offset
    else:
        try:
            answer = pattern.search(subject)
        except QueryFailed as failed:
            answer = failed.reason
    assert answer in (True, False) or isinstance(answer, str) or 0 <= int(str(answer)) <= len(text)
