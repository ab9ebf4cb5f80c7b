"""What an error's words make of a request: what is missing added, what is too much taken away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.graphql.edits import (
    AddArgument,
    AddValue,
    RemoveArgument,
    RemoveValue,
    RemoveVariable,
    Rename,
    added,
    apply,
    apply_all,
    empty_value,
    fits,
)
from arazzo_tui.graphql.errors import read_errors
from arazzo_tui.graphql.outline import PartKind, outline
from arazzo_tui.graphql.places import ErrorPlaces, places
from arazzo_tui.graphql.query_edits import DoesNotFit, Holder, is_type
from arazzo_tui.graphql.syntax import tokens
from arazzo_tui.language.values import Json

FIELD = Holder(PartKind.FIELD, 0, "t")


def found(message: str, query: str, variables: Json = None, **error: Json) -> ErrorPlaces:
    body: dict[str, Json] = {"query": query, "variables": {} if variables is None else variables}
    [place] = places(read_errors([{"message": message, **error}]), body)
    return place


def at(query: str, word: str) -> list[Json]:
    return [{"line": 1, "column": query.index(word) + 1}]


# Arguments that are missing


@pytest.mark.parametrize(
    "message",
    [
        'Field "t" argument "id" of type "ID!" is required, but it was not provided.',
        "Field 't' argument 'id' of type 'ID!' is required, but it was not provided.",
        'Field "t" argument "id" of type "ID!" is required but not provided.',
        'Argument "Query.t(id:)" of type "ID!" is required, but it was not provided.',
        "Argument 'Query.t(id:)' of type 'ID!' is required, but it was not provided.",
    ],
    ids=["gqlgen, graphql-js 16", "graphql-core 3.2", "older", "graphql-js 17", "graphql-core 3.3"],
)
def test_the_words_of_every_server_about_a_missing_argument_become_an_edit(message: str) -> None:
    query = "query Q { t { name } }"
    [edit] = found(message, query).edits
    assert edit == AddArgument(FIELD, "id", "ID!")
    assert edit.sentence == "add argument `id` as a variable `ID!`"
    assert apply(edit, {"query": query}) == {
        "query": "query Q($id: ID!) { t(id: $id) { name } }",
        "variables": {"id": ""},
    }


@pytest.mark.parametrize(
    "message",
    [
        "Validation error (MissingFieldArgument@[t]) : Missing field argument 'id'",
        'Field "t" argument "id" of type "Query" is required but not provided',
    ],
    ids=["graphql-java", "async-graphql"],
)
def test_an_argument_whose_type_nobody_tells_is_not_added_but_has_its_place(message: str) -> None:
    place = found(message, "query Q { t { name } }")
    assert place.edits == ()
    assert [each.sent.column for each in place.in_query] == [11]


@pytest.mark.parametrize(
    ("query", "changed"),
    [
        ("{ t }", "query ($new: In!) { t(new: $new) }"),
        ("{t}", "query ($new: In!) {t(new: $new)}"),
        ("query{t}", "query ($new: In!){t(new: $new)}"),
        ("query @a(b: 1) { t }", "query ($new: In!) @a(b: 1) { t(new: $new) }"),
        ("query Q @a { x: t @b }", "query Q($new: In!) @a { x: t(new: $new) @b }"),
        ("query($a:A=1 , $b: B @c,) { t(a:$a,b : $b ,) }",
         "query($a:A=1 , $b: B @c, $new: In!,) { t(a:$a,b : $b, new: $new ,) }"),
        ("query($new: X) { t(a: $new) }", "query($new: X, $new_2: In!) { t(a: $new, new: $new_2) }"),
        ("query Q { t # why\n (\n  a: 1 # b\n ) }",
         "query Q($new: In!) { t # why\n (\n  a: 1, new: $new # b\n ) }"),
        ("query A { ...F } query B { x } fragment F on Q { t }",
         "query A($new: In!) { ...F } query B { x } fragment F on Q { t(new: $new) }"),
        ("query A { ...G } query B($b: B) { u { ...F } } fragment G on Q { ...F } fragment F on Q { t }",
         ("query A($new: In!) { ...G } query B($b: B, $new: In!) { u { ...F } } "
          "fragment G on Q { ...F } fragment F on Q { t(new: $new) }")),
    ],
)  # fmt: skip
def test_an_argument_is_added_with_a_variable_of_its_own_and_nothing_else_is_touched(
    query: str, changed: str
) -> None:
    [holder] = [
        Holder(PartKind.FIELD, number, "t")
        for number, part in enumerate(
            each for each in outline(query) if each.kind is PartKind.FIELD
        )
        if part.name == "t"
    ]
    after = apply(AddArgument(holder, "new", "In!"), {"query": query, "extensions": {"x": 1}})
    assert after["query"] == changed
    assert list(after) == ["query", "extensions", "variables"]
    assert outline(changed)


def test_a_directive_lacks_arguments_as_well() -> None:
    query = "{ a @d t @d(x: 1) }"
    message = 'Directive "@d" argument "n" of type "Int!" is required, but it was not provided.'
    [edit] = found(message, query, locations=at(query, "@d")).edits
    assert apply(edit, {"query": query}) == {
        "query": "query ($n: Int!) { a @d(n: $n) t @d(x: 1) }",
        "variables": {"n": 0},
    }


def test_an_input_field_that_is_missing_in_the_query_is_added_where_the_object_is() -> None:
    query = "{ t(a: {b: {}}, c: {}) }"
    message = 'Field "In.when" of required type "[Int!]!" was not provided.'
    [edit] = found(message, query, locations=at(query, "{}}")).edits
    assert edit.sentence == "add input field `when` as a variable `[Int!]!`"
    assert apply(edit, {"query": query, "variables": None}) == {
        "query": "query ($when: [Int!]!) { t(a: {b: {when: $when}}, c: {}) }",
        "variables": {"when": []},
    }
    assert found(message, query).edits == ()


@pytest.mark.parametrize(
    ("type_", "empty"),
    [
        ("String!", ""), ("ID", ""), ("Boolean!", False), ("Int!", 0), ("Float!", 0), ("[Int!]!", []),
        ("[[ID]]", []), ("UserInput!", {}), ("Colour!", None), (None, None),
    ],
)  # fmt: skip
def test_what_is_added_says_nothing_yet(type_: str | None, empty: Json) -> None:
    assert empty_value(type_) == empty
    assert type(empty_value(type_)) is type(empty)


@pytest.mark.parametrize("type_", ["", "!", "[Int", "Int]", "Int!!", "In t", "Int) { x }", "é"])
def test_a_type_that_is_none_is_not_written_into_a_query(type_: str) -> None:
    assert not is_type(type_)
    message = f'Field "t" argument "a" of type "{type_}!" is required, but it was not provided.'
    assert found(message, "{ t }").edits == () or is_type(f"{type_}!")


def test_a_value_that_is_sent_already_without_a_declaration_is_kept() -> None:
    body: Json = {"query": "{ t }", "variables": {"id": "mine"}}
    after = apply(AddArgument(FIELD, "id", "ID!"), body)
    assert after["variables"] == {"id": "mine"}
    assert added(body, after) == ()


# Names and additions of one answer


def test_what_a_rename_beside_it_gives_is_not_added() -> None:
    query = "mutation($v: String!) { start(client_version: $v) }"
    messages = [
        'Unknown argument "client_version" on field "Mutation.start". Did you mean "clientVersion"?',
        'Field "start" argument "clientVersion" of type "String!" is required, but it was not provided.',
        'Field "start" argument "id" of type "ID!" is required, but it was not provided.',
    ]
    body: Json = {"query": query, "variables": {"v": "9"}}
    told = places(read_errors([{"message": each} for each in messages]), body)
    assert [[edit.sentence for edit in each.edits] for each in told] == [
        ["argument `client_version` → `clientVersion`"],
        [],
        ["add argument `id` as a variable `ID!`"],
    ]
    after, done = apply_all([each.edits[0] for each in told[::-1] if each.edits], body)
    assert [type(each) for each in done] == [Rename, AddArgument]
    assert after == {
        "query": "mutation($v: String!, $id: ID!) { start(clientVersion: $v, id: $id) }",
        "variables": {"v": "9", "id": ""},
    }
    assert added(body, after) == ((("id",), ""),)


def test_of_two_names_that_would_become_one_the_second_stays() -> None:
    query = "{ t(aa: 1, ab: 2) }"
    messages = [
        f'Unknown argument "{name}" on field "Query.t". Did you mean "a"?' for name in ("aa", "ab")
    ]
    body: Json = {"query": query}
    told = places(read_errors([{"message": each} for each in messages]), body)
    after, done = apply_all([each.edits[0] for each in told], body)
    assert after == {"query": "{ t(a: 1, ab: 2) }"}
    assert len(done) == 1


# Variables that are missing


TAKES = "mutation($in: In!, $n: Int!, $who: UserInput!) { make(in: $in, n: $n, who: $who) }"


@pytest.mark.parametrize(
    ("message", "error", "variables", "after"),
    [
        ('Variable "$n" of required type "Int!" was not provided.', {}, {}, {"n": 0}),
        ("must be defined", {"path": ["variable", "who"]}, {}, {"who": {}}),
        ("Variable '$n' has invalid value: Expected a value of non-null type 'Int!' to be provided.",
         {}, {}, {"n": 0}),
        ("Variable 'n' has an invalid value: Variable 'n' has coerced Null value for NonNull type 'Int!'",
         {}, {}, {"n": 0}),
        ("Variable 'n' has coerced Null value for NonNull type 'Int!'", {}, {}, {"n": 0}),
        ("must be defined", {"path": ["variable", "in", "a", 0, "id"]}, {"in": {"a": [{}]}},
         {"in": {"a": [{"id": None}]}}),
        (('Variable "$in" got invalid value {} at "in.a[0]"; '
          'Field "id" of required type "ID!" was not provided.'),
         {}, {"in": {"a": [{}]}}, {"in": {"a": [{"id": ""}]}}),
        ('Variable "$in" got invalid value {}; Field "id" of required type "ID!" was not provided.',
         {}, {"in": {}}, {"in": {"id": ""}}),
        (("Variable '$in' has invalid value: Expected value of type 'In' to include required field 'id', "
          "found: {}."),
         {}, {"in": {}}, {"in": {"id": None}}),
    ],
)  # fmt: skip
def test_what_is_missing_in_the_variables_is_added_empty(
    message: str, error: dict[str, Json], variables: Json, after: Json
) -> None:
    place = found(message, TAKES, variables, **error)
    [edit] = place.edits
    assert isinstance(edit, AddValue)
    assert edit.sentence == f"add `{'.'.join(edit.pointer)}` to the variables"
    assert apply(edit, {"query": TAKES, "variables": variables}) == {
        "query": TAKES,
        "variables": after,
    }


@pytest.mark.parametrize(
    ("message", "error", "variables"),
    [
        ('Variable "$n" of non-null type "Int!" must not be null.', {}, {"n": None}),
        ("cannot be null", {"path": ["variable", "n"]}, {"n": None}),
        ("must be defined", {"path": ["variable", "in", "a"]}, {"in": 5}),
        ("must be defined", {"path": ["variable", "in", "a"]}, {}),
        ("must be defined", {"path": ["variable", "other"]}, {}),
        ('Variable "$n" of type "Int!" used in position expecting type "ID!".', {}, {}),
    ],
)
def test_what_is_there_or_has_no_place_is_not_added(
    message: str, error: dict[str, Json], variables: Json
) -> None:
    assert found(message, TAKES, variables, **error).edits == ()


# What is too much


@pytest.mark.parametrize(
    ("query", "name", "changed", "left"),
    [
        ("query($a: A, $b: B) { t(a: $a, b: $b) }", "a", "query($b: B) { t(b: $b) }", ["b"]),
        ("query($a: A, $b: B) { t(a: $a, b: $b) }", "b", "query($a: A) { t(a: $a) }", ["a"]),
        ("query Q($a: A) { t(a: [$a]) { x } }", "a", "query Q { t { x } }", ["b"]),
        ("query Q($a: A) { t(a: $a) u(a: $a) }", "a", "query Q($a: A) { t u(a: $a) }", ["a", "b"]),
        ("{ t(a: 1, # one\n b: 2) }", "a", "{ t(b: 2) }", ["a", "b"]),
    ],
)
def test_an_argument_goes_with_the_variables_only_it_used(
    query: str, name: str, changed: str, left: list[str]
) -> None:
    message = f'Unknown argument "{name}" on field "Query.t".'
    place = found(message, query)
    assert place.edits == ()
    [edit] = place.removals
    assert edit.sentence == f"remove argument `{name}` and its value"
    after = apply(edit, {"query": query, "variables": {"a": 1, "b": 2}})
    assert (after["query"], list(after["variables"])) == (changed, left)


def test_with_a_suggestion_taking_away_is_still_the_second_choice() -> None:
    place = found('Unknown argument "aa" on field "Query.t". Did you mean "a"?', "{ t(aa: 1) }")
    assert [type(each) for each in (*place.edits, *place.removals)] == [Rename, RemoveArgument]


@pytest.mark.parametrize(
    ("message", "error", "edit"),
    [
        ("unknown field", {"path": ["variable", "in", "x"]}, RemoveValue(("in", "x"))),
        (
            'Variable "$in" got invalid value {}; Field "x" is not defined by type "In".',
            {},
            RemoveValue(("in", "x")),
        ),
        ("unexpected variables in variableValues: extra", {}, RemoveVariable("extra")),
        ('Variable "$idle" is never used in operation "Q".', {}, RemoveVariable("idle")),
    ],
)
def test_what_nobody_knows_in_the_variables_can_be_taken_away(
    message: str, error: dict[str, Json], edit: RemoveValue | RemoveVariable
) -> None:
    query = "query Q($in: In, $idle: Int) { t(in: $in) }"
    variables: dict[str, Json] = {"in": {"x": 1, "y": 2}, "extra": 1, "idle": 2}
    place = found(message, query, variables, **error)
    assert (place.edits, place.removals) == ((), (edit,))
    after = apply(edit, {"query": query, "variables": variables})
    assert str(after).count("'x'") + str(after).count("extra") + str(after).count("idle") == (
        3 if isinstance(edit, RemoveValue) else 3 if edit.name == "extra" else 2
    )


def test_several_are_taken_away_from_the_end_so_that_none_names_another() -> None:
    query = "{ t(a: {x: {y: 1}, z: {y: 2, w: {}}}) }"
    objects = [
        RemoveArgument(Holder(PartKind.VALUE, number, ""), name)
        for number, name in ((0, "x"), (1, "y"), (2, "y"))
    ]
    after, done = apply_all(objects, {"query": query})
    assert after == {"query": "{ t(a: {z: {w: {}}}) }"}
    assert len(done) == 3


@pytest.mark.parametrize(
    ("edit", "body"),
    [
        (AddArgument(FIELD, "a", "A!"), {"query": "{ u }"}),
        (AddArgument(FIELD, "a", "A!"), {"query": "{ t(a: 1) }"}),
        (AddArgument(FIELD, "a", "A!"), {"query": "fragment F on T { t }"}),
        (AddArgument(FIELD, "a", "A!"), {"query": "{"}),
        (AddArgument(FIELD, "a", "A!"), {"query": "{ t }", "variables": []}),
        (AddArgument(FIELD, "a", "A!"), {"query": 5}),
        (AddArgument(FIELD, "a", "A!"), None),
        (AddValue(("a",)), {"query": "{ t }", "variables": {"a": None}}),
        (AddValue(("a", "b")), {"query": "{ t }", "variables": {"a": 1}}),
        (AddValue(("a", "b")), {"query": "{ t }", "variables": {"a": {"b": 1}}}),
        (AddValue(()), {"query": "{ t }"}),
        (RemoveArgument(FIELD, "a"), {"query": "{ t }"}),
        (RemoveVariable("a"), {"query": "query($a: A) { t(a: $a) }", "variables": {"a": 1}}),
        (RemoveVariable("a"), {"query": "{ t }", "variables": {}}),
        (RemoveValue(("a", "0")), {"query": "{ t }", "variables": {"a": [1]}}),
        (RemoveValue(("a", "b")), {"query": "{ t }", "variables": {}}),
    ],
)
def test_an_edit_of_what_is_no_longer_so_is_refused(edit: AddArgument, body: Json) -> None:
    with pytest.raises(DoesNotFit, match=r"\w"):
        apply(edit, body)
    assert not fits(edit, body)
    assert apply_all([edit], body) == (body, ())


# Whatever the query is

PIECES = st.sampled_from(
    [
        "t",
        "t(b: 1)",
        "x: t @d(e: $v)",
        "t(b: {c: {}, d: [{}]})",
        "t { t }",
        "... on T { t(b: $v) }",
        "#c\n",
        ",",
        " ",
    ]
)
HEADS = st.sampled_from(["", "query", "query Q", "query($v: V = 1 @d)", "mutation M ( $v : V! , )"])
NAMES = st.sampled_from(["a", "b", "c", "e", "v"])


@given(
    HEADS,
    st.lists(PIECES, min_size=1, max_size=5),
    st.integers(0, 4),
    NAMES,
    st.sampled_from([PartKind.FIELD, PartKind.VALUE, PartKind.DIRECTIVE]),
)
def test_what_was_added_can_be_taken_away_again_and_all_is_as_it_was(
    head: str, pieces: list[str], number: int, name: str, kind: PartKind
) -> None:
    query = f"{head} {{ t {' '.join(pieces)} }}"
    names = {PartKind.FIELD: "t", PartKind.DIRECTIVE: "d", PartKind.VALUE: ""}
    holder = Holder(kind, number, names[kind])
    before: Json = {"query": query, "variables": {"v": 1}}
    try:
        after = apply(AddArgument(holder, name, "In!"), before)
    except DoesNotFit:
        return
    assert outline(after["query"])
    kept = iter(re.sub(r"\s", "", after["query"]))
    assert all(letter in kept for letter in re.sub(r"\s", "", query))
    [(place, _)] = added(before, after) or [(("v",), 1)]
    back = apply(RemoveArgument(holder, name), after)
    plain = [(each.kind, each.value) for each in tokens(query)]
    again = [(each.kind, each.value) for each in tokens(back["query"])]
    assert again[-len(plain) :] == plain
    assert again[: -len(plain)] in ([], [("Name", "query")])
    assert place == ("v",) or back["variables"] == {"v": 1}
