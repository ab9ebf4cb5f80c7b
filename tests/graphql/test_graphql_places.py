"""Errors at their place: in the query, in the variables, in the data; and what they suggest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.graphql.edits import DoesNotFit, InQuery, KeyInVariables, Rename, apply, fits
from arazzo_tui.graphql.errors import read_errors
from arazzo_tui.graphql.places import ErrorPlaces, QueryPlace, null_left_by, places
from arazzo_tui.graphql.request import Span
from arazzo_tui.graphql.syntax import tokens
from arazzo_tui.language.values import Json


def located(column: int, line: int = 1) -> list[Json]:
    return [{"line": line, "column": column}]


def found(
    query: str, error: dict[str, Json], variables: Json = None, data: Json = None
) -> ErrorPlaces:
    body: dict[str, Json] = {"query": query, "variables": {} if variables is None else variables}
    [place] = places(read_errors([error]), body, data)
    return place


def marked(query: str, places: tuple[QueryPlace, ...]) -> list[tuple[int, str]]:
    """Column and text of each mark in a query of one line."""
    return [
        (at.sent.column, query[at.sent.column - 1 : at.sent.column - 1 + at.sent.length])
        for at in places
    ]


# What gqlgen says: every error about an argument has the location of its field.
HIGHLIGHT = (
    "mutation Start($project: String!, $client_version: String!, $client_config: String!) "
    "{ initializeSession(organization_verbose_id: $project, client_version: $client_version, "
    "client_config: $client_config) { secure_id } }"
)
AT_FIELD = HIGHLIGHT.index("initializeSession") + 1


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (
            (
                'Unknown argument "client_version" on field "Mutation.initializeSession". '
                'Did you mean "clientVersion" or "client_id"?'
            ),
            "client_version",
        ),
        (
            (
                'Unknown argument "client_config" on field "Mutation.initializeSession". '
                'Did you mean "clientConfig" or "client_id"?'
            ),
            "client_config",
        ),
        (
            (
                'Field "initializeSession" argument "session_secure_id" of type "String!" is required, '
                "but it was not provided."
            ),
            "initializeSession",
        ),
        (
            (
                "Argument 'Mutation.initializeSession(fingerprint:)' of type 'String!' is required, "
                "but it was not provided."
            ),
            "initializeSession",
        ),
    ],
)
def test_errors_at_one_location_are_told_apart_by_the_names_they_quote(
    message: str, place: str
) -> None:
    error = found(HIGHLIGHT, {"message": message, "locations": located(AT_FIELD)})
    begin = HIGHLIGHT.index(f" {place}: $" if place.startswith("client") else f" {place}(") + 2
    assert marked(HIGHLIGHT, error.in_query) == [(begin, place)]
    assert marked(HIGHLIGHT, error.said_at) == [(AT_FIELD, "initializeSession")]


QUERY = (
    'query Q($i: ID!, $c: [Colour!]) { a: t(idd: $i, color: REDD, in: {itms: ["x"]}) @skipp(if: $no) '
    "{ naem ...F ... on Tt { name } } b: t(idd: 1) { name } }"
)


@pytest.mark.parametrize(
    ("message", "column", "mark"),
    [
        ('Cannot query field "naem" on type "T".', QUERY.index("naem"), "naem"),
        ("Cannot query field 'naem' on type 'T'.", QUERY.index("naem"), "naem"),
        ('Unknown type "Colour". Did you mean "Color"?', QUERY.index("Colour"), "Colour"),
        ('Unknown type "Tt".', QUERY.index("Tt"), "Tt"),
        ('Unknown fragment "F".', QUERY.index("F "), "F"),
        ('Unknown directive "@skipp".', QUERY.index("@skipp"), "@skipp"),
        ('Value "REDD" does not exist in "Color" enum.', QUERY.index("REDD"), "REDD"),
        ('Field "itms" is not defined by type "In".', QUERY.index("itms"), "itms"),
        ('Variable "$no" is not defined by operation "Q".', QUERY.index("$no"), "$no"),
        ('Variable "$c" is never used in operation "Q".', QUERY.index("$c"), "$c"),
        (
            'Variable "$i" of type "ID!" used in position expecting type "Int".',
            QUERY.index("$i, color"),
            "$i",
        ),
        ('Variable "$i" of required type "ID!" was not provided.', QUERY.index("$i"), "$i"),
        ('String cannot represent a non string value: "x"', QUERY.index('"x"'), '"x"'),
    ],
)
@pytest.mark.parametrize("says_where", [True, False])
def test_an_error_is_at_the_name_it_is_about(
    message: str, column: int, mark: str, says_where: bool
) -> None:
    error: dict[str, Json] = {"message": message}
    if says_where or "represent" in message:
        error["locations"] = located(column + 1)
    assert marked(QUERY, found(QUERY, error).in_query) == [(column + 1, mark)]


def test_of_two_fields_of_a_name_the_location_tells_which() -> None:
    message = 'Unknown argument "idd" on field "Query.t". Did you mean "id"?'
    second = QUERY.index("b: t")
    for column in (second, second + 3, QUERY.rindex("idd")):
        error = found(QUERY, {"message": message, "locations": located(column + 1)})
        assert marked(QUERY, error.in_query) == [(QUERY.rindex("idd") + 1, "idd")]
        assert len(error.edits) == 1
    without = found(QUERY, {"message": message})
    assert [column for column, _ in marked(QUERY, without.in_query)] == [
        QUERY.index("idd") + 1,
        QUERY.rindex("idd") + 1,
    ]


FIELDS = "{ t { kids: children { ...F } } } fragment F on T { ... on U { n: name } }"


@pytest.mark.parametrize(
    ("path", "mark"),
    [
        (["t"], "t"),
        (["t", "kids", 3], "children"),
        (["t", "kids", 0, "n"], "name"),
        (["t", "kids", 0, "elsewhere"], "children"),
    ],
)
def test_a_path_leads_to_the_field_through_aliases_lists_and_fragments(
    path: list[Json], mark: str
) -> None:
    error = found(FIELDS, {"message": "it broke", "path": path})
    assert [text for _, text in marked(FIELDS, error.in_query)] == [mark]


def test_a_place_is_given_in_both_layouts() -> None:
    [at] = found("{a{naem}}", {"message": 'Cannot query field "naem" on type "A".'}).in_query
    assert at == QueryPlace(Span(1, 4, 4), Span(3, 5, 4))


def test_a_syntax_error_is_at_the_character_that_no_token_begins_with() -> None:
    query = "{ a ? b }"
    error = found(query, {"message": "Syntax Error: Unexpected '?'", "locations": located(5)})
    assert error.in_query == (QueryPlace(Span(1, 5, 1), Span(1, 5, 1)),)


ITEMS: list[Json] = [{"name": "a", "nam": "b"}, {"name": None, "color": "REDD"}]


@pytest.mark.parametrize("column", [13, 15])
def test_columns_may_count_code_points_or_as_javascript_does(column: int) -> None:
    query = '{ a(b:"🦊🦊") naem }'
    error = found(query, {"message": "no", "locations": located(column)})
    assert marked(query, error.in_query) == [(13, "naem")]


VARIABLES: dict[str, Json] = {
    "input": {"items": ITEMS, "lst": [1]},
    "n": "5",
}
TAKES = "mutation($input: In!, $n: Int, $gone: ID!) { make(input: $input, n: $n, g: $gone) }"


@pytest.mark.parametrize(
    ("message", "pointer"),
    [
        ('Variable "$n" got invalid value "5"; Int cannot represent non-integer value: "5"', "n"),
        ('Variable "$gone" of required type "ID!" was not provided.', "gone"),
        (
            'Variable "$input" got invalid value null at "input.items[1].name"; no',
            "input items 1 name",
        ),
        (
            (
                'Variable "$input" got invalid value { name: "a" } at "input.items[0]"; Field "nam" is not '
                'defined by type "Inner". Did you mean "n"?'
            ),
            "input items 0 nam",
        ),
        (
            (
                'Variable "$input" got invalid value {}; Field "color" of required type "C!" was not '
                "provided."
            ),
            "input color",
        ),
        ('Variable "$input.items[1].color" got invalid value "REDD".', "input items 1 color"),
        (
            (
                "Variable '$input' has invalid value at .items[1].name: Expected value of non-null type "
                "'String!' not to be None."
            ),
            "input items 1 name",
        ),
        (
            (
                "Variable '$input' has invalid value: Expected value of type 'In' to include required field "
                "'list', found: {}."
            ),
            "input list",
        ),
        (
            (
                'Argument "g" of required type "ID!" was provided the variable "$gone" which was not '
                "provided a runtime value."
            ),
            "gone",
        ),
    ],
)
def test_a_message_about_a_variable_points_into_the_variables(message: str, pointer: str) -> None:
    error = found(TAKES, {"message": message}, VARIABLES)
    assert error.in_variables == (tuple(pointer.split()),)
    assert [text for _, text in marked(TAKES, error.in_query)] == [
        f"${pointer.split(maxsplit=1)[0]}"
    ]


def test_a_path_into_the_variables_is_taken_as_it_is() -> None:
    path: list[Json] = ["variable", "input", "items", 0, "type"]
    error = found(TAKES, {"message": "must be defined", "path": path}, VARIABLES)
    assert error.in_variables == (("input", "items", "0", "type"),)
    assert marked(TAKES, error.in_query) == [(10, "$input")]
    assert error.null_at is None


def test_the_place_of_a_variable_nobody_has_is_not_invented() -> None:
    error = found(TAKES, {"message": 'Variable "$other" got invalid value 1; no'}, VARIABLES)
    assert (error.in_variables, error.in_query) == ((), ())


@pytest.mark.parametrize(
    ("path", "data", "null_at"),
    [
        (["push"], {"push": None}, ("data", "push")),
        (["push"], None, ("data",)),
        (["t", "list", 0, "boom"], {"t": {"list": None}}, ("data", "t", "list")),
        (
            ["t", "list", 1, "boom"],
            {"t": {"list": [{}, {"boom": None}]}},
            ("data", "t", "list", "1", "boom"),
        ),
        (["t", "list", 1], {"t": {"list": [1, 2]}}, None),
        (["t", "gone"], {"t": {}}, None),
        ([], None, None),
        (["variable", "n"], None, None),
    ],
)
def test_an_error_points_at_the_null_that_it_left(
    path: list[Json], data: Json, null_at: tuple[str, ...] | None
) -> None:
    [error] = read_errors([{"message": "no", "path": path}])
    assert null_left_by(error, data) == null_at


@pytest.mark.parametrize(
    ("message", "wrong", "right", "what"),
    [
        ('Cannot query field "naem" on type "T". Did you mean "name"?', "naem", "name", "field"),
        (
            'Unknown argument "idd" on field "Query.t". Did you mean "id"?',
            "idd:",
            "id:",
            "argument",
        ),
        ('Unknown type "Colour". Did you mean "Color"?', "Colour", "Color", "type"),
        ('Unknown directive "@skipp". Did you mean "@skip"?', "skipp", "skip", "directive"),
        ('Variable "$no" is not defined. Did you mean "$c"?', "$no", "$c", "variable"),
        (
            'Value "REDD" does not exist in "Color" enum. Did you mean the enum value "RED"?',
            "REDD",
            "RED",
            "enum value",
        ),
        (
            (
                "Expected value of type 'In' not to include unknown field 'itms'. Did you mean 'items'? "
                "Found: {}."
            ),
            "itms",
            "items",
            "input field",
        ),
    ],
)
def test_a_suggestion_becomes_an_edit_of_one_name(
    message: str, wrong: str, right: str, what: str
) -> None:
    body: dict[str, Json] = {"query": QUERY, "variables": {}, "operationName": "Q"}
    error: dict[str, Json] = {"message": message, "locations": located(QUERY.index(wrong) + 1)}
    [place] = places(read_errors([error]), body)
    [edit] = place.edits
    assert edit.what == what
    assert apply(edit, body) == {**body, "query": QUERY.replace(wrong, right, 1)}


def test_an_enum_value_written_as_a_string_loses_its_quotes() -> None:
    query = '{ t(color: "RED") }'
    message = (
        'Enum "Color" cannot represent non-enum value: "RED". Did you mean the enum value "RED"?'
    )
    [edit] = found(query, {"message": message, "locations": located(12)}).edits
    assert apply(edit, {"query": query}) == {"query": "{ t(color: RED) }"}


def test_each_suggestion_is_an_edit_in_the_order_of_the_server() -> None:
    message = 'Cannot query field "naem" on type "T". Did you mean "name", "names", or "nam"?'
    edits = found(QUERY, {"message": message}).edits
    assert [edit.new for edit in edits] == ["name", "names", "nam"]
    assert edits[0].sentence == "field `naem` → `name`"


@pytest.mark.parametrize(
    "message",
    [
        'Field "t" of type "T" must have a selection of subfields. Did you mean "t { ... }"?',
        'Cannot query field "naem" on type "T". Did you mean to use an inline fragment on "U"?',
        'Unknown argument "in" on field "Query.t". Did you mean "color"?',
        'Cannot query field "nothere" on type "T". Did you mean "name"?',
        "Did you mean nothing at all?",
    ],
)
def test_what_no_single_rename_would_do_is_no_edit(message: str) -> None:
    assert found(QUERY, {"message": message}).edits == ()


@pytest.mark.parametrize(
    ("message", "changed"),
    [
        (
            (
                'Variable "$input" got invalid value {}; Field "lst" is not defined by type "In". '
                'Did you mean "list"?'
            ),
            {**VARIABLES, "input": {"items": ITEMS, "list": [1]}},
        ),
        (
            (
                'Variable "$input" got invalid value "REDD" at "input.items[1].color"; Value "REDD" does '
                'not exist in "Color" enum. Did you mean the enum value "RED"?'
            ),
            {
                "input": {
                    "items": [{"name": "a", "nam": "b"}, {"name": None, "color": "RED"}],
                    "lst": [1],
                },
                "n": "5",
            },
        ),
    ],
)
def test_a_suggestion_about_a_variable_changes_the_variables(message: str, changed: Json) -> None:
    [edit] = found(TAKES, {"message": message}, VARIABLES).edits
    assert apply(edit, {"query": TAKES, "variables": VARIABLES}) == {
        "query": TAKES,
        "variables": changed,
    }
    assert edit.sentence.endswith("in the variables")


def test_a_key_that_is_there_already_is_not_suggested() -> None:
    message = (
        'Variable "$input" got invalid value {} at "input.items[0]"; Field "nam" is not defined by type '
        '"Inner". Did you mean "name" or "n"?'
    )
    assert [edit.new for edit in found(TAKES, {"message": message}, VARIABLES).edits] == ["n"]


def test_edits_of_one_answer_can_be_applied_one_after_the_other() -> None:
    body: Json = {"query": QUERY, "variables": {}}
    messages = [
        'Unknown type "Colour". Did you mean "Color"?',
        'Cannot query field "naem" on type "T". Did you mean "name"?',
        'Value "REDD" does not exist in "Color" enum. Did you mean the enum value "GREEN"?',
    ]
    for place in places(read_errors([{"message": each} for each in messages]), body):
        body = apply(place.edits[0], body)
    assert body == {
        "query": QUERY.replace("Colour", "Color").replace("naem", "name").replace("REDD", "GREEN"),
        "variables": {},
    }


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"query": "{ a { other } }"}, "the query has `other` there, and not `naem`"),
        ({"query": "{ a b c }"}, "the query has `c` there, and not `naem`"),
        ({"query": "{"}, "the query no longer has `naem` there"),
        ({}, "the query no longer has `naem` there"),
        ([], "the body is no longer a GraphQL request"),
    ],
)
def test_an_edit_of_what_has_changed_since_is_refused(body: Json, sentence: str) -> None:
    edit = Rename("field", "naem", "name", InQuery(3))
    with pytest.raises(DoesNotFit) as refused:
        apply(edit, body)
    assert str(refused.value).startswith(sentence)
    assert not fits(edit, body)


@pytest.mark.parametrize("variables", [None, [], "x", {"a": 1}, {"a": {"new": 1, "old": 2}}])
def test_a_key_that_cannot_be_renamed_is_refused(variables: Json) -> None:
    edit = Rename("input field", "old", "new", KeyInVariables(("a", "old")))
    assert not fits(edit, {"query": "{ a }", "variables": variables})


NAMES = st.sampled_from(["naem", "t", "client", "a", "$v", "x"])
QUERIES = st.lists(
    st.sampled_from(
        ["naem", "t", "(client: $v)", "{", "}", "a:", "\n", "# no\n", "...", '"s"', "€", ","]
    ),
    max_size=12,
).map(lambda parts: "query($v: naem = 1) { t { naem " + " ".join(parts) + " } }")


@given(
    QUERIES,
    st.lists(
        st.builds(
            lambda form, one, other, line, column, path: {
                "message": form.format(one, other),
                "locations": [{"line": line, "column": column}],
                "path": path,
            },
            st.sampled_from(
                [
                    'Cannot query field "{}" on type "{}". Did you mean "y"?',
                    'Unknown argument "{}" on field "{}". Did you mean "y"?',
                    'Unknown type "{}". Did you mean "y", "z"?',
                    'Variable "{}" got invalid value 1 at "{}.a[0]"; Field "a" is not defined by type "B"',
                    "{} {}",
                ]
            ),
            NAMES,
            NAMES,
            st.integers(1, 3),
            st.integers(1, 40),
            st.lists(st.sampled_from(["t", "naem", 0, "variable", "a"]), max_size=3),
        ),
        max_size=3,
    ),
    st.recursive(st.none() | st.integers(), lambda each: st.dictionaries(NAMES, each)),
)
def test_whatever_a_server_says_every_edit_changes_exactly_one_token(
    query: str, errors: list[Json], data: Json
) -> None:
    body: dict[str, Json] = {"query": query, "variables": {"v": {"a": [1]}}}
    for place in places(read_errors(errors), body, data):
        for edit in place.edits:
            changed = apply(edit, body)
            assert isinstance(changed, dict)
            if isinstance(edit.spot, InQuery):
                before, after = tokens(query), tokens(changed["query"])
                differing = [
                    (one.value, other.value)
                    for one, other in zip(before, after, strict=True)
                    if one.value != other.value
                ]
                assert differing == [(edit.old, edit.new)]
