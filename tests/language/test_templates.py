"""Templates: values with expressions in them, filled once, never read again; and Selector Objects."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.language.expression import Expression
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.scan import bare_expressions
from arazzo_tui.language.selector import SELECTOR_TYPES, read_selector, versions_of
from arazzo_tui.language.template import (
    Constant,
    Items,
    Members,
    Selected,
    Template,
    Text,
    Unfilled,
    compile_braced,
    compile_text,
    fill,
    leaves,
    near_root,
    nothing_declared,
    references,
    to_text,
)
from arazzo_tui.language.values import Json


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


SCOPE: dict[str, Json] = {
    "inputs": {
        "n": 30,
        "half": 0.5,
        "price": Float("1.10"),
        "yes": True,
        "no": False,
        "nothing": None,
        "name": "Ada",
        "evil": "{$inputs.name} $inputs.n",
        "object": {"a": [1, "é"]},
        "list": [1, None],
        "xml": "<a>1</a>",
        "first": "A",
        "last": "B",
        "greeting.en": "hello",
    },
    "steps": {"one": {"outputs": {"token": "t0", "user-id": 5}}},
    "response": {"body": {"id": 1}},
}
INPUTS = SCOPE["inputs"]


def declared(expression: Expression) -> bool:
    """As a workflow would say it that declares all inputs, and one step with two outputs."""
    match expression.path:
        case ("inputs", name):
            return any(
                name == known or name.startswith((known + ".", known + "[")) for known in INPUTS
            )
        case ("steps", "one", "outputs", name):
            return name in ("token", "user-id")
        case _:
            return False


def filled(text: str) -> Json:
    return fill(compile_text(text, declared)[0], SCOPE)


def notes_of(text: str) -> list[tuple[str, int, str]]:
    return [(note.code, note.offset, note.rewrite) for note in compile_text(text, declared)[1]]


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_a_string_that_is_one_expression_takes_the_value_with_its_type(name: str) -> None:
    """BOD-4, EXP-26, A-2"""
    assert filled(f"$inputs.{name}") is INPUTS[name]


@pytest.mark.parametrize(
    ("text", "value"),
    rows(
        ("EMB-1", "id={$inputs.name}!", "id=Ada!"),
        ("EMB-1 alone it is a text", "{$inputs.n}", "30"),
        ("EMB-2 integer", "{$inputs.n}", "30"),
        ("EMB-2 number", "{$inputs.half}", "0.5"),
        ("EMB-2 digits", "{$inputs.price}", "1.10"),
        ("EMB-2 true", "{$inputs.yes}", "true"),
        ("EMB-2 false", "{$inputs.no}", "false"),
        ("A-11 null", "{$inputs.nothing}", "null"),
        ("EMB-3 object", "{$inputs.object}", '{"a":[1,"é"]}'),
        ("EMB-3 array", "{$inputs.list}", "[1,null]"),
        ("EMB-4", "{$inputs.xml}", "<a>1</a>"),
        ("EMB-5 text", "nothing here", "nothing here"),
        ("EMB-5 money", "$5.00", "$5.00"),
        ("EMB-5 braces", "{petId} {} {{}} {1}", "{petId} {} {{}} {1}"),
        ("EMB-5 JSON", '{"a":1}', '{"a":1}'),
        ("EMB-5 unclosed", "{$inputs.name", "{$inputs.name"),
        ("EMB-5 GraphQL", "query($id: ID!) { user(id: $id) { id } }",
         "query($id: ID!) { user(id: $id) { id } }"),
        ("EMB-5 GraphQL with a root for a name", "query($url: String, $inputs: In) { f(u: $url) }",
         "query($url: String, $inputs: In) { f(u: $url) }"),
        ("EMB-6", "{$inputs.first}{$inputs.last}{$inputs.n}", "AB30"),
        ("EMB-7", "<{$inputs.evil}>", "<{$inputs.name} $inputs.n>"),
        ("EMB-8 JSON text", '{"n": {$inputs.n}, "s": "{$inputs.name}", "o": {$inputs.object}}',
         '{"n": 30, "s": "Ada", "o": {"a":[1,"é"]}}'),
        ("EMB-8 XML text", "<p n='{$inputs.n}'>{$inputs.name}</p>", "<p n='30'>Ada</p>"),
        ("EMB-9", "{$inputs.name}}", "Ada}"),
        ("EMB-9 before a brace", "{{$inputs.name}}", "{Ada}"),
        ("a pointer", "{$response.body#/id}", "1"),
    ),
)  # fmt: skip
def test_a_text_is_filled(text: str, value: str) -> None:
    assert filled(text) == value
    assert [note for note in notes_of(text) if note[0] != "unknown-root"] == []


@pytest.mark.parametrize(
    ("text", "value", "notes"),
    rows(
        ("a bearer", "Bearer $steps.one.outputs.token", "Bearer t0",
         [("bare-in-text", 7, "Bearer {$steps.one.outputs.token}")]),
        ("a path", "refs/heads/$inputs.name", "refs/heads/Ada",
         [("bare-in-text", 11, "refs/heads/{$inputs.name}")]),
        ("a sentence", "Dear $inputs.name.", "Dear Ada.",
         [("bare-in-text", 5, "Dear {$inputs.name}.")]),
        ("in brackets", "[$inputs.name]", "[Ada]", [("bare-in-text", 1, "[{$inputs.name}]")]),
        ("an item", "no $inputs.list[0]!", "no 1!", [("bare-in-text", 3, "no {$inputs.list[0]}!")]),
        ("a hyphen in a name", "u-$steps.one.outputs.user-id", "u-5",
         [("bare-in-text", 2, "u-{$steps.one.outputs.user-id}")]),
        ("at its start", "$inputs.first/$inputs.last", "A/B",
         [("bare-in-text", 0, "{$inputs.first}/$inputs.last"),
          ("bare-in-text", 14, "$inputs.first/{$inputs.last}")]),
        ("two with a space", "$inputs.first $inputs.last", "A B",
         [("bare-in-text", 0, "{$inputs.first} $inputs.last"),
          ("bare-in-text", 14, "$inputs.first {$inputs.last}")]),
        ("two with a dot", "$inputs.first.$inputs.last", "A.B",
         [("bare-in-text", 0, "{$inputs.first}.$inputs.last"),
          ("bare-in-text", 14, "$inputs.first.{$inputs.last}")]),
        ("beside a braced one", "{$inputs.first}-$inputs.last", "A-B",
         [("bare-in-text", 16, "{$inputs.first}-{$inputs.last}")]),
    ),
)  # fmt: skip
def test_a_bare_expression_inside_a_text_is_filled_when_its_name_is_declared(
    text: str, value: str, notes: list[tuple[str, int, str]]
) -> None:
    """in-the-wild row 5, A-9"""
    assert filled(text) == value
    assert notes_of(text) == notes


@pytest.mark.parametrize(
    "text",
    ["Bearer $inputs.unknown", "to $steps.two.outputs.token", "was $response.body.id", "at $url, $self",
     "all $inputs", "{ $inputs.unknown }", "x$inputs_n"],
)  # fmt: skip
def test_a_bare_expression_that_nobody_declares_stays_text(text: str) -> None:
    assert compile_text(text, declared) == (Constant(text), ())


def test_nothing_bare_is_filled_where_nothing_is_declared() -> None:
    assert compile_text("Bearer $inputs.n", nothing_declared) == (Constant("Bearer $inputs.n"), ())


def test_bare_expressions_are_found_with_their_places() -> None:
    text = "a $inputs.n. {$inputs.x} ($url) $inputs.l[0]] $steps.a $response.body#/a/b/"
    found = [text[start:end] for start, end, _ in bare_expressions(text)]
    assert found == ["$inputs.n", "$url", "$inputs.l[0]", "$response.body#/a/b"]


def test_an_input_whose_name_holds_spaces_is_one_expression() -> None:
    """in-the-wild row 14"""
    template, (note,) = compile_text("$inputs.my name", declared)
    assert isinstance(template, Expression)
    assert note.code == "odd-name"
    assert fill(template, {"inputs": {"my name": 1}}) == 1


@pytest.mark.parametrize(
    ("text", "offset"), [("$steps.one.token", 11), ("$statusCode == 200", 11), ("$inputs.", 8)]
)
def test_a_whole_expression_that_is_broken_is_refused(text: str, offset: int) -> None:
    """A-9"""
    with pytest.raises(BadText) as wrong:
        compile_text(text, declared)
    assert wrong.value.offset == offset


@pytest.mark.parametrize(
    ("text", "note"),
    rows(
        ("broken", "x {$steps.one.token}", ("bad-expression", 14, "")),
        ("another case", "x {$Inputs.n}", ("unknown-root", 3, "{$inputs.n}")),
        ("a slip", "x {$input.n#/a}", ("unknown-root", 3, "{$inputs.n#/a}")),
        ("headers", "x {$response.headers.A}", ("headers-for-header", 13, "$response.header.A")),
    ),
)
def test_what_is_wrong_between_braces_is_said_at_its_place(
    text: str, note: tuple[str, int, str]
) -> None:
    assert note in notes_of(text)


@pytest.mark.parametrize("text", ["{$x}", "{$env.HOME}", "{$5}"])
def test_what_is_nobodys_expression_between_braces_stays_without_a_word(text: str) -> None:
    """EMB-5"""
    assert compile_text(text, declared) == (Constant(text), ())


@pytest.mark.parametrize(
    ("text", "root"),
    [("$INPUTS.x", "inputs"), ("$input.x", "inputs"), ("$statuscode", "statusCode"), ("$step.a", "steps"),
     ("$respnse.body", "response"), ("$workflow.x", "workflows"), ("$inputs.x", ""), ("$5.00", ""),
     ("$env.X", ""), ("$", ""), ("x", ""), ("inputs.x", "")],
)  # fmt: skip
def test_a_slip_of_the_fingers_is_near_a_root(text: str, root: str) -> None:
    """A-9, A-10"""
    assert near_root(text) == root


def test_only_braces_count_where_a_condition_is_not_simple() -> None:
    """CRI-8, RGX-5"""
    assert compile_braced("$inputs.n") == (Constant("$inputs.n"), ())
    assert compile_braced(r"^\d{2}$") == (Constant(r"^\d{2}$"), ())
    template, notes = compile_braced("^{$inputs.n}{2}$")
    assert isinstance(template, Text)
    assert (fill(template, SCOPE), notes) == ("^30{2}$", ())


RESPONSE = Expression("$response.body", ("response", "body"))
PAYLOAD = Members(
    {
        "n": compile_text("$inputs.n", declared)[0],
        "list": Items((Constant(1), compile_text("a {$inputs.name}", declared)[0])),
        "$inputs.name": Constant({"deep": None}),
        "part": Selected(RESPONSE, "/id", read_selector("/id", "jsonpointer")),
    }
)


def test_expressions_anywhere_in_a_payload_are_filled_and_names_are_not() -> None:
    """BOD-3, SEL-5"""
    wanted = {"n": 30, "list": [1, "a Ada"], "$inputs.name": {"deep": None}, "part": 1}
    assert fill(PAYLOAD, SCOPE) == wanted


def test_all_that_cannot_be_filled_is_said_at_once() -> None:
    """A-8"""
    with pytest.raises(Unfilled) as unfilled:
        fill(PAYLOAD, {"inputs": {"name": "x"}})
    assert [(fault.at, fault.expression.text) for fault in unfilled.value.faults] == [
        (("n",), "$inputs.n"),
        (("part",), "$response.body"),
    ]
    assert str(unfilled.value).startswith(
        "`$inputs.n`: there is no `n` in `$inputs`; there is `name`; "
    )


def test_every_expression_of_a_payload_has_its_place() -> None:
    assert [(at, each.text) for at, each in references(PAYLOAD)] == [
        (("n",), "$inputs.n"),
        (("list", "1"), "$inputs.name"),
        (("part",), "$response.body"),
    ]
    assert list(leaves(PAYLOAD)) == [
        (("n",), "$inputs.n"),
        (("list", "1"), "a {$inputs.name}"),
        (("part",), "$response.body → /id"),
    ]


# Selector Objects

XML = "<r><i>1</i><i>2</i></r>"


@pytest.mark.parametrize(
    ("type_", "text", "value", "selected"),
    rows(
        ("a pointer", "jsonpointer", "/a/0", {"a": [5]}, 5),
        ("a pointer to the whole", "jsonpointer", "", {"a": 1}, {"a": 1}),
        ("a pointer that names nothing", "jsonpointer", "/b", {"a": [5]}, None),
        ("one node", "jsonpath", "$.a[?@ > 4]", {"a": [5, 1]}, 5),
        ("several nodes", "jsonpath", "$.a[*]", {"a": [5, 1]}, [5, 1]),
        ("no node", "jsonpath", "$.b", {"a": 1}, None),
        ("an XML node is its text", "xpath", "//i[1]", XML, "1"),
        ("several XML nodes", "xpath", "//i", XML, ["1", "2"]),
        ("an XPath needs XML", "xpath", "//i", {"a": 1}, None),
        ("what is no XML", "xpath", "//i", "<r>", None),
    ),
)
def test_a_selector_takes_a_part_of_a_value(
    type_: str, text: str, value: Json, selected: Json
) -> None:
    """SEL-4, A-33"""
    assert read_selector(text, type_)(value) == selected


@pytest.mark.parametrize(
    ("type_", "version", "known"),
    rows(
        ("SEL-1", "jsonpointer", "rfc6901", True),
        ("JPA-5", "jsonpath", "rfc9535", True),
        ("JPA-5 older", "jsonpath", "draft-goessner-dispatch-jsonpath-00", True),
        ("XPA-4", "xpath", "xpath-10", True),
        ("XPA-4 default", "xpath", "xpath-31", True),
        ("SEL-2", "jsonpath", "rfc9999", False),
        ("SEL-2 of another type", "jsonpointer", "rfc9535", False),
        ("SEL-2 XPath", "xpath", "xpath-40", False),
    ),
)
def test_a_version_is_evaluated_or_refused_and_never_taken_for_another(
    type_: str, version: str, known: bool
) -> None:
    """SEL-2, A-39"""
    assert type_ in SELECTOR_TYPES
    assert (version in versions_of(type_)) is known
    text = {"jsonpointer": "/a", "jsonpath": "$.a", "xpath": "//a"}[type_]
    if known:
        assert read_selector(text, type_, version)
    else:
        with pytest.raises(BadText, match=f"version `{version}` of {type_} is not known here"):
            read_selector(text, type_, version)


@pytest.mark.parametrize(
    ("type_", "text"), [("jsonpointer", "a"), ("jsonpath", "$.["), ("xpath", "//[")]
)
def test_a_selector_that_cannot_be_read_is_refused(type_: str, text: str) -> None:
    with pytest.raises(BadText):
        read_selector(text, type_)


# Laws

LAWS = settings(deadline=None)
PIECES = st.sampled_from(
    ["$", "{", "}", "{$", "$inputs", "$inputs.", "$inputs.n", "$inputs.name", "$steps.one.outputs.token",
     "$response.body", "$url", "#/", ".", "[", "]", "[0]", " ", "\n", "é", "\\", '"', "'", "$5", "$x", "a",
     "\u202e", "{$inputs.n}", "{$inputs.evil}", "==", "/", "~2", "\ud800"]
)  # fmt: skip
NASTY = st.lists(PIECES, max_size=14).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def compiled(text: str) -> tuple[Template, tuple[Note, ...]] | BadText:
    try:
        return compile_text(text, declared)
    except BadText as wrong:
        return wrong


@LAWS
@given(text=NASTY)
def test_compiling_raises_nothing_but_bad_text_and_filling_nothing_but_unfilled(text: str) -> None:
    before = copy.deepcopy(SCOPE)
    match compiled(text):
        case BadText() as wrong:
            assert 0 <= wrong.offset <= len(text)
        case template, notes:
            assert all(0 <= note.offset <= len(text) for note in notes)
            try:
                value = fill(template, SCOPE)
            except Unfilled as unfilled:
                value = unfilled.faults
            assert value is not None or isinstance(template, Expression)
    assert before == SCOPE


@LAWS
@given(text=st.text())
def test_a_text_without_a_dollar_is_itself(text: str) -> None:
    text = text.replace("$", "")
    assert compile_text(text, declared) == (Constant(text), ())


@LAWS
@given(value=JSON)
def test_a_value_is_put_in_as_it_is_and_read_once(value: Json) -> None:
    """EMB-7, EXP-26"""
    scope = {"inputs": {"n": value}}
    assert fill(compile_text("$inputs.n", declared)[0], scope) is value
    text = fill(compile_text("<{$inputs.n}|{$inputs.n}>", declared)[0], scope)
    assert text == f"<{to_text(value)}|{to_text(value)}>"
