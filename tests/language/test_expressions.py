"""Runtime expressions: what each form names, what is read with tolerance, what is refused and where."""

import copy
from contextlib import suppress
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.expression import (
    AFTER_THE_CALL,
    ROOTS,
    Expression,
    is_expression,
    looks_like_identifier,
    parse_expression,
)
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.values import Json, Missing


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


BODY: Json = {
    "id": 7,
    "a/b": {"~": [True, None]},
    "items": [{"id": 1, "x-tag": "one"}, {"id": 2, "x-tag": "two"}],
    "": "nameless",
    "text": "été",
    "length": "its own",
    "a.b": [10, 11],
    "it's": ["quoted"],
    "back\\slash": ["slashed"],
}
SCOPE: dict[str, Json] = {
    "url": "https://api.test/pets?q=1",
    "method": "POST",
    "statusCode": 201,
    "self": "https://arazzo.test/doc.yaml",
    "request": {
        "header": {"x-request-id": "r1"},
        "query": {"q": "1", "a b": "spaced", "": "empty", "Q": "upper"},
        "path": {"petId": "9"},
        "body": {"n": 1},
        "payload": {"n": 2},
    },
    "response": {
        "header": {"content-type": "application/json", "x#y": "sharp"},
        "body": BODY,
        "query": {"q": "r"},
    },
    "message": {"header": {"trace": "t"}, "payload": {"ticket": {"id": 5}}, "body": 3},
    "inputs": {
        "n": 0,
        "flag": False,
        "nothing": None,
        "text": "",
        "a.b": "dotted",
        "a": {"b": "inner", "c": [1, 2]},
        "deep": {"list": [{"id": 3}]},
        "price": Float("1.10"),
        "big": 10**400,
    },
    "outputs": {"token": "abc", "user.id": 4},
    "steps": {"log-in": {"outputs": {"token": "t", "v1.token": "dotted", "list": [{"id": 8}]}}},
    "workflows": {"buy": {"inputs": {"n": 1}, "outputs": {"receipt": {"no": 2}}}},
    "sourceDescriptions": {"pets": {"url": "./pets.yaml", "type": "openapi"}},
    "components": {
        "parameters": {"page.size": {"name": "size"}},
        "successActions": {"done": {"type": "end"}},
        "failureActions": {"again": {"type": "retry"}},
        "inputs": {"pet": {"type": "object"}},
    },
}


def read(text: str) -> tuple[Expression, tuple[Note, ...]]:
    parsed = parse_expression(text)
    assert parsed is not None
    return parsed


def value_of(text: str) -> Json:
    return read(text)[0].evaluate(SCOPE)


@pytest.mark.parametrize(
    ("text", "value"),
    rows(
        ("EXP-2", "$url", "https://api.test/pets?q=1"),
        ("EXP-3", "$method", "POST"),
        ("EXP-4 is a number", "$statusCode", 201),
        ("EXP-5", "$request.header.x-request-id", "r1"),
        ("EXP-6", "$request.query.q", "1"),
        ("EXP-6 with a space", "$request.query.a b", "spaced"),
        ("EXP-23 an empty name", "$request.query.", "empty"),
        ("EXP-7", "$request.path.petId", "9"),
        ("EXP-8 whole", "$request.body", {"n": 1}),
        ("EXP-8 pointer", "$request.body#/n", 1),
        ("EXP-9", "$response.header.content-type", "application/json"),
        ("EXP-9 a sharp is a token character", "$response.header.x#y", "sharp"),
        ("EXP-10 whole", "$response.body", BODY),
        ("EXP-10 pointer", "$response.body#/items/1/id", 2),
        ("EXP-10 query parses", "$response.query.q", "r"),
        ("EXP-11 header", "$message.header.trace", "t"),
        ("EXP-11 payload", "$message.payload#/ticket/id", 5),
        ("EXP-12 payload of a request", "$request.payload#/n", 2),
        ("EXP-12 body of a message", "$message.body", 3),
        ("EXP-13", "$inputs.n", 0),
        ("EXP-13 pointer", "$inputs.deep#/list/0/id", 3),
        ("EXP-14", "$outputs.token", "abc"),
        ("EXP-14 a dotted name", "$outputs.user.id", 4),
        ("EXP-15", "$steps.log-in.outputs.token", "t"),
        ("EXP-15 pointer", "$steps.log-in.outputs.list#/0/id", 8),
        ("EXP-16 inputs", "$workflows.buy.inputs.n", 1),
        ("EXP-16 outputs", "$workflows.buy.outputs.receipt#/no", 2),
        ("EXP-17", "$sourceDescriptions.pets.url", "./pets.yaml"),
        ("EXP-19 parameters", "$components.parameters.page.size", {"name": "size"}),
        ("EXP-19 success", "$components.successActions.done", {"type": "end"}),
        ("EXP-19 failure", "$components.failureActions.again", {"type": "retry"}),
        ("EXP-19 inputs of 1.0", "$components.inputs.pet", {"type": "object"}),
        ("EXP-20", "$self", "https://arazzo.test/doc.yaml"),
        ("EXP-21 escapes", "$response.body#/a~1b/~0/0", True),
        ("EXP-21 empty is whole", "$inputs.deep#", {"list": [{"id": 3}]}),
        ("EXP-21 slash is the member without a name", "$response.body#/", "nameless"),
        ("EXP-21 null is a value", "$response.body#/a~1b/~0/1", None),
        ("EXP-22 output names hold dots", "$steps.log-in.outputs.v1.token", "dotted"),
        ("EXP-24", "$response.header.Content-TYPE", "application/json"),
        ("EXP-25", "$request.query.Q", "upper"),
        ("EXP-26 false", "$inputs.flag", False),
        ("EXP-26 null", "$inputs.nothing", None),
        ("EXP-26 empty text", "$inputs.text", ""),
        ("A-6 the exact name first", "$inputs.a.b", "dotted"),
    ),
)
def test_an_expression_names_a_value(text: str, value: Json) -> None:
    expression, notes = read(text)
    found = expression.evaluate(SCOPE)
    assert (found, type(found), notes) == (value, type(value), ())
    assert str(expression) == expression.text == text
    assert expression.root in ROOTS
    assert is_expression(text)


def test_a_number_keeps_its_digits() -> None:
    """EXP-26"""
    assert str(value_of("$inputs.price")) == "1.10"
    assert value_of("$inputs.big") == 10**400


@pytest.mark.parametrize(
    ("text", "value", "code", "offset", "rewrite"),
    rows(
        ("A-7 body", "$response.body.items[1].id", 2, "dotted-body", 14,
         "$response.body#/items/1/id"),
        ("A-7 payload", "$message.payload.ticket.id", 5, "dotted-body", 16,
         "$message.payload#/ticket/id"),
        ("A-7 quoted name", "$response.body['a/b']['~'][0]", True, "dotted-body", 14,
         "$response.body#/a~1b/~0/0"),
        ("A-7 an escape in quotes", r"$response.body['it\'s'][0]", "quoted", "dotted-body", 14, ""),
        ("row 12 wildcard", "$response.body.items[*].id", [1, 2], "dotted-body", 14, ""),
        ("row 12 wildcard and a hyphen", "$response.body.items[*].x-tag", ["one", "two"],
         "dotted-body", 14, ""),
        ("row 12 filter", "$response.body.items[?@.id == 2].x-tag", "two", "dotted-body", 14, ""),
        ("row 12 from the end", "$response.body.items[-1].id", 2, "dotted-body", 14, ""),
        ("row 19 length of an array", "$response.body.items.length", 2, "dotted-body", 14, ""),
        ("row 19 length of a text", "$response.body.text.length", 3, "dotted-body", 14, ""),
        ("row 19 a member called length", "$response.body.length", "its own", "dotted-body", 14,
         ""),
        ("row 16 headers", "$response.headers.Content-Type", "application/json",
         "headers-for-header", 10, "$response.header.Content-Type"),
        ("row 16 body alone", "$body.id", 7, "unknown-root", 0, "$response.body.id"),
        ("row 16 body with a pointer", "$body#/id", 7, "unknown-root", 0, "$response.body#/id"),
        ("row 21 no slash", "$response.body#id", 7, "pointer-slash", 15, "$response.body#/id"),
        ("row 21 brackets", "$response.body#/items[0]/id", 1, "pointer-brackets", 15,
         "$response.body#/items/0/id"),
        ("row 21 brackets without a slash", "$response.body#items[0]", BODY["items"][0],
         "pointer-brackets", 15, "$response.body#/items/0"),
        ("row 21 wildcard", "$response.body#/items/*/x-tag", ["one", "two"], "pointer-brackets",
         15, ""),
        ("row 21 escapes are kept", "$response.body#/a~1b/~0[0]", True, "pointer-brackets", 15,
         "$response.body#/a~1b/~0/0"),
        ("row 21 a dot is no separator", "$response.body#/a.b[1]", 11, "pointer-brackets", 15,
         "$response.body#/a.b/1"),
        ("row 21 a backslash is itself", "$response.body#/back\\slash[0]", "slashed",
         "pointer-brackets", 15, ""),
        ("row 21 all inputs", "$inputs", SCOPE["inputs"], "whole-map", 0, ""),
        ("row 21 all outputs", "$outputs", SCOPE["outputs"], "whole-map", 0, ""),
        ("row 21 all outputs of a step", "$steps.log-in.outputs",
         SCOPE["steps"]["log-in"]["outputs"], "whole-map", 0, ""),
        ("row 21 all outputs of a workflow", "$workflows.buy.outputs",
         {"receipt": {"no": 2}}, "whole-map", 0, ""),
    ),
)  # fmt: skip
def test_a_dialect_is_read_as_meant_and_the_right_text_is_named(
    text: str, value: Json, code: str, offset: int, rewrite: str
) -> None:
    expression, (note, *_) = read(text)
    assert expression.evaluate(SCOPE) == value
    assert (note.code, note.offset, note.rewrite) == (code, offset, rewrite)
    assert expression.text == text
    if rewrite:
        assert value_of(rewrite) == value


@pytest.mark.parametrize(
    ("text", "value"),
    rows(
        ("row 3 dots", "$inputs.deep.list[0].id", 3),
        ("row 3 brackets at once", "$steps.log-in.outputs.list[0].id", 8),
        ("row 3 wildcard", "$steps.log-in.outputs.list[*].id", 8),
        ("row 3 length", "$inputs.a.c.length", 2),
    ),
)
def test_a_path_may_follow_a_name_without_a_sharp(text: str, value: Json) -> None:
    """A-6: only who knows the names can tell, so the text alone is no reason for a note."""
    expression, notes = read(text)
    assert notes == ()
    assert expression.evaluate(SCOPE) == value


def test_a_name_with_characters_of_no_name_is_noted() -> None:
    """EXP-22, row 14"""
    expression, (note,) = read("$inputs.first name")
    assert expression.evaluate({"inputs": {"first name": "Ada"}}) == "Ada"
    assert (note.code, note.offset) == ("odd-name", 8)


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    rows(
        ("EXP-2 alone", "$url/pets", 4, "`$url` stands alone", ""),
        ("EXP-4 alone", "$statusCode == 200", 11, "`$statusCode` stands alone", ""),
        ("EXP-20 alone", "$self#/x", 5, "`$self` stands alone", ""),
        ("EXP-5 a name is needed", "$request.header.", 15, "a `.` and a name", ""),
        ("EXP-5 a token", "$request.header.a b", 16, "RFC 9110", ""),
        ("EXP-6 a dot", "$request.query", 14, "a `.` and a name", ""),
        ("EXP-8 nothing else", "$request.body/x", 13, "`#` and a JSON Pointer", ""),
        ("EXP-10 a word", "$response.bdy", 10, "one of `header`, `query`", ""),
        ("EXP-10 a dot", "$response", 9, "a `.` and a name", ""),
        ("EXP-13 a name", "$inputs.", 8, "a name is expected", ""),
        ("EXP-13 a dot", "$inputs-x", 7, "a `.` and a name", ""),
        ("EXP-13 no pointer without a name", "$inputs#/x", 7, "a `.` and a name", ""),
        ("EXP-15 outputs are missing", "$steps.log-in.token", 14, "only `outputs`",
         "write `$steps.log-in.outputs.token`"),
        ("EXP-15 a name", "$steps.log-in.outputs.", 22, "a name is expected", ""),
        ("EXP-15 no pointer without a name", "$steps.log-in.outputs#/x", 21, "a name are expected",
         ""),
        ("EXP-15 alone", "$steps.log-in", 13, "$steps.<stepId>.outputs.<name>",
         "write `$steps.log-in.outputs.<name>`"),
        ("EXP-15 no id", "$steps.", 7, "a stepId is expected", ""),
        ("EXP-16", "$workflows.buy.steps.pay", 11, "$workflows.<workflowId>.inputs.<name>", ""),
        ("EXP-17", "$sourceDescriptions.pets", 20, "<field or id>", ""),
        ("EXP-19", "$components.schemas.pet", 12, "`parameters`, `successActions`", ""),
        ("EXP-21 tilde", "$response.body#/a~2", 15, "`~0`", ""),
        ("A-7 an open bracket", "$response.body.items[", 20, "neither `.name` nor `[index]`", ""),
        ("row 16 counts from the dollar", "$body.items[", 11, "neither `.name`", ""),
    ),
)  # fmt: skip
def test_a_known_root_with_a_broken_rest_says_where_it_breaks(
    text: str, offset: int, message: str, hint: str
) -> None:
    """A-9"""
    with pytest.raises(BadText) as wrong:
        parse_expression(text)
    assert message in wrong.value.message
    assert (wrong.value.offset, wrong.value.hint) == (offset, hint)
    assert not is_expression(text)


@pytest.mark.parametrize(
    "text",
    ["", "$", "x", "$5.00", "$input.x", "$INPUTS.x", "$Url", "$env.HOME", "$faker.name", "$.a", "$$url",
     "$body", " $url", "{$url}", "$urls", "$inputs_x.y"],
)  # fmt: skip
def test_what_starts_with_no_root_is_a_literal(text: str) -> None:
    """EXP-1, A-9, A-10, A-51"""
    assert parse_expression(text) is None
    assert not is_expression(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    rows(
        ("names that are there", "$steps.logout.outputs.x",
         "there is no `logout` in `$steps`; there is `log-in`"),
        ("outputs that are there", "$steps.log-in.outputs.tokn",
         "there is no `tokn` in `$steps.log-in.outputs`; there is `token`, `v1.token`, `list`"),
        ("a pointer says how far it went", "$response.body#/items/5/id",
         "there is no `5` in `$response.body#/items`, an array of 2"),
        ("EXP-21 no leading zeros", "$response.body#/items/00",
         "there is no `00` in `$response.body#/items`, an array of 2"),
        ("EXP-21 a hyphen names nothing", "$response.body#/items/-",
         "there is no `-` in `$response.body#/items`, an array of 2"),
        ("an index of many digits", "$response.body#/items/" + "9" * 5000,
         "there is no `" + "9" * 5000 + "` in `$response.body#/items`, an array of 2"),
        ("inside a text", "$response.body.text.x", "there is no `x` in `$response.body.text`, a string"),
        ("inside null", "$inputs.nothing#/x", "there is no `x` in `$inputs.nothing`, which is null"),
        ("inside a number", "$inputs.n#/x", "there is no `x` in `$inputs.n`, which is an integer"),
        ("inside a boolean", "$inputs.flag#/x",
         "there is no `x` in `$inputs.flag`, which is a boolean"),
        ("A-6 the longest beginning that is a name", "$outputs.user.id.x",
         "there is no `x` in `$outputs.user.id`, which is an integer"),
        ("EXP-25 the case of names counts", "$request.path.PETID",
         "there is no `PETID` in `$request.path`; there is `petId`"),
        ("a query that selects nothing", "$response.body.items[?@.id == 9]",
         "there is no `.items[?@.id == 9]` in `$response.body`"),
    ),
)  # fmt: skip
def test_what_names_nothing_says_what_is_there(text: str, sentence: str) -> None:
    """EXP-30"""
    expression, _ = read(text)
    with pytest.raises(Missing) as missing:
        expression.evaluate(SCOPE)
    assert str(missing.value) == sentence


@pytest.mark.parametrize("root", sorted(AFTER_THE_CALL))
def test_before_the_answer_it_is_said_that_it_is_too_early(root: str) -> None:
    """EXP-29"""
    text = f"${root}" if root in ("url", "method", "statusCode") else f"${root}.body"
    with pytest.raises(Missing) as missing:
        read(text)[0].evaluate({"inputs": {}, "steps": {}})
    wanted = f"there is no `${root}` in what is known before the answer"
    assert str(missing.value) == f"{wanted}; there is `$inputs`, `$steps`"


def test_without_a_self_uri_there_is_no_self() -> None:
    """EXP-20, A-8"""
    with pytest.raises(Missing, match="self` in what can be named here"):
        read("$self")[0].evaluate({"inputs": {}})


def test_many_names_are_cut_in_a_sentence() -> None:
    scope: Json = {"inputs": {f"n{at}": at for at in range(20)}}
    with pytest.raises(Missing) as missing:
        read("$inputs.x")[0].evaluate(scope)
    assert str(missing.value).endswith("`n4`, `n5` and 14 more")
    assert len(missing.value.known) == 20


def test_any_mapping_is_an_object() -> None:
    scope = MappingProxyType({"inputs": MappingProxyType({"a": MappingProxyType({"b": 1})})})
    assert read("$inputs.a#/b")[0].evaluate(scope) == 1
    assert read("$inputs.a.b")[0].evaluate(scope) == 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [("log-in_2", True), ("a.b", False), ("", False), ("a b", False), ("é", False)],
)
def test_an_identifier_is_letters_digits_hyphens_and_underscores(text: str, plain: bool) -> None:
    """SRC-1, WFL-1, STP-1"""
    assert looks_like_identifier(text) is plain


# Laws. The alphabet is made of what the grammars are made of, and of what breaks careless readers.

PIECES = st.sampled_from(
    [*(f"${root}" for root in ROOTS), "$", "$$", ".", "..", "#", "/", "#/", "~", "~0", "~1", "~2",
     "[", "]", "[0]", "[*]", "[-1]", "['a']", "['", "{", "}", "{$", "(", ")", "*", "?", "@", "'", '"',
     "\\", " ", "\t", "\n", "\0", "\x1b", "\u202e", "\ud800", "é", "💥", "outputs", "inputs", "header",
     "headers", "query", "path", "body", "payload", "parameters", "length", "a", "b", "n", "list",
     "log-in", "0", "00", "9" * 30, "==", "&&", "||", "!", "null", "$.", "$["]
)  # fmt: skip
LAWS = settings(deadline=None)
NASTY = st.lists(PIECES, max_size=14).map("".join)


def parsed_or_wrong(text: str) -> tuple[Expression, tuple[Note, ...]] | BadText | None:
    try:
        return parse_expression(text)
    except BadText as wrong:
        return wrong


@LAWS
@given(text=NASTY)
def test_whatever_the_text_reading_raises_nothing_but_bad_text(text: str) -> None:
    match parsed_or_wrong(text):
        case None:
            assert not is_expression(text)
        case BadText() as wrong:
            assert wrong.message
            assert 0 <= wrong.offset <= len(text)
        case expression, notes:
            assert expression.text == text
            assert all(0 <= note.offset <= len(text) for note in notes)


@LAWS
@given(
    tail=NASTY, head=st.sampled_from(["$response.body", "$inputs.a", "$steps.log-in.outputs.list"])
)
def test_evaluating_raises_nothing_but_missing_and_changes_nothing(head: str, tail: str) -> None:
    before = copy.deepcopy(SCOPE)
    match parsed_or_wrong(head + tail):
        case expression, _:
            with suppress(Missing):
                expression.evaluate(SCOPE)
        case _:
            pass
    assert before == SCOPE


@LAWS
@given(
    path=st.lists(st.text(max_size=5), min_size=1, max_size=4),
    value=st.none() | st.booleans() | st.integers() | st.text(),
)
def test_every_place_of_a_body_can_be_named_by_its_pointer(path: list[str], value: Json) -> None:
    """EXP-21"""
    whole: Json = value
    for name in reversed(path):
        whole = {name: whole}
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)
    expression = Expression("$response.body#" + pointer, ("response", "body"), tuple(path))
    assert expression.evaluate({"response": {"body": whole}}) == value
    if not any(mark in pointer for mark in ("[", "*")):
        parsed = parse_expression("$response.body#" + pointer)
        assert parsed == (expression, ())
