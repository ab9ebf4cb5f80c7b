"""The query laid out for reading, and the way there from the query as sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.graphql.request import Printed, pretty
from arazzo_tui.graphql.syntax import tokens

FOLDED = (
    "mutation init($organization_verbose_id: String!, $client_version: String!) "
    "{ init(organization_verbose_id: $organization_verbose_id, client_version: $client_version) "
    "{ secure_id project_id } }"
)


def _after(printed: Printed, line: int, column: int) -> str | None:
    """What stands in the printed text where a place of the sent one has gone."""
    at = printed.place(line, column)
    return at and printed.text.split("\n")[at[0] - 1][at[1] - 1 :]


def test_a_folded_query_is_printed_a_field_a_line() -> None:
    assert pretty(FOLDED).text == (
        "mutation init($organization_verbose_id: String!, $client_version: String!) {\n"
        "  init(\n"
        "    organization_verbose_id: $organization_verbose_id\n"
        "    client_version: $client_version\n"
        "  ) {\n"
        "    secure_id\n"
        "    project_id\n"
        "  }\n"
        "}"
    )


@pytest.mark.parametrize(
    ("word", "after"),
    [
        ("mutation", "mutation init("),
        ("init(organization", "init("),
        ("client_version: $", "client_version: $client_version"),
        ("secure_id", "secure_id"),
        ("project_id", "project_id"),
    ],
)
def test_a_location_goes_to_the_same_token_of_the_printed_text(word: str, after: str) -> None:
    found = _after(pretty(FOLDED), 1, FOLDED.index(word) + 1)
    assert found is not None
    assert found.startswith(after)


def test_a_location_within_a_token_stays_within_it() -> None:
    assert _after(pretty(FOLDED), 1, FOLDED.index("secure_id") + 4) == "ure_id"


@pytest.mark.parametrize(
    ("query", "line", "column", "after"),
    [
        ("query { a, b }", 1, 1, "{"),  # the word goes, its place is the brace's
        ("query { a, b }", 1, 12, "b"),
        ("{ a # no\n  , b }", 2, 5, "b"),
        ("{ a # no\n  , b }", 1, 6, "b"),  # a place in a comment is that of what follows
        ("{\r\n  a\r  b\n c }", 3, 3, "b"),
        ("{\r\n  a\r  b\n c }", 4, 2, "c"),
        ('{ a(b: """\n  long\n    text\n""", c: 1) }', 4, 6, "c: 1)"),
        ('{ a(b: "\\u0041", c: 1) }', 1, 18, "c: 1)"),
        ("query A { a } query { b } query C { c }", 1, 37, "c"),
        ("{ a }  ", 1, 7, ""),
    ],
)
def test_places_survive_what_printing_changes(
    query: str, line: int, column: int, after: str
) -> None:
    assert _after(pretty(query), line, column) == after


@pytest.mark.parametrize(
    ("line", "column"), [(0, 1), (1, 0), (1, 9), (2, 1), (-1, 1), (1, -4), (99, 99)]
)
def test_a_place_outside_the_query_is_nowhere(line: int, column: int) -> None:
    assert pretty("{ a(b) }" if column == 99 else "{ a b }").place(line, column) is None


def test_a_query_that_does_not_parse_is_shown_as_it_is() -> None:
    printed = pretty("{ a(client: )\n b }")
    assert printed.text == "{ a(client: )\n b }"
    assert printed.place(1, 13) == (1, 13)
    assert printed.place(3, 1) is None
    assert [(at.line, at.column, at.length) for at in printed.spans_of("client")] == [(1, 5, 6)]


@pytest.mark.parametrize(
    ("name", "spans"),
    [
        ("client_version", [(4, 5)]),  # the argument, not the variable of that name
        ("$client_version", [(1, 51), (4, 22)]),
        ("Mutation.init", [(1, 10), (2, 3)]),
        ("Mutation.init(client_version:)", [(4, 5)]),
        ("Mutation.init(fingerprint:)", [(1, 10), (2, 3)]),  # what is missing stands nowhere
        ("String!", [(1, 41), (1, 67)]),
        ("nowhere", []),
        ("", []),
        ("!!", []),
    ],
)
def test_a_quoted_name_is_found_where_it_means_something(
    name: str, spans: list[tuple[int, int]]
) -> None:
    found = pretty(FOLDED).spans_of(name)
    assert [(at.line, at.column) for at in found] == spans


_NAMES = st.sampled_from(["a", "bb", "query", "on", "fragment", "mutation", "x1"])
_VALUES = st.sampled_from(
    [
        "1",
        "1.50",
        '"s"',
        '"""b\n  c"""',
        '"\\n"',
        "true",
        "null",
        "E",
        "[]",
        "[1, 2]",
        "{}",
        "{a: [1]}",
    ]
)


@st.composite
def _selections(draw: st.DrawFn, depth: int = 0) -> str:
    fields = []
    for _ in range(draw(st.integers(1, 3))):
        field = draw(_NAMES)
        if draw(st.booleans()):
            field += f"({draw(_NAMES)}: {draw(_VALUES)},)"
        if depth < 2 and draw(st.booleans()):
            field += draw(_selections(depth + 1))
        fields.append(field)
    return "{" + draw(st.sampled_from([" ", ", ", "\n", " # c\n"])).join(fields) + "\n}"


@settings(deadline=None)
@given(_selections(), st.sampled_from(["", "query ", "mutation ", "query Q($a: [Int!] = [1]) "]))
def test_every_token_sent_has_its_place(selections: str, start: str) -> None:
    printed = pretty(start + selections)
    text = printed.text.split("\n")
    for token in tokens(printed.sent):
        at = printed.place(token.line, token.column)
        assert at is not None
        if token.kind == "Name" and (token.start or start != "query "):
            assert text[at[0] - 1][at[1] - 1 :].startswith(token.value)


@settings(deadline=None)
@given(st.text(), st.integers(-2, 5), st.integers(-2, 50))
def test_any_text_is_printed_and_asked_for_any_place(text: str, line: int, column: int) -> None:
    at = pretty(text).place(line, column)
    assert at is None or (at[0] >= 1 and at[1] >= 1)
