"""Laws of the whole language: what is written by a grammar is read back as it was meant, whatever the
text nothing is raised but what is documented, and no evaluation changes what it looks at.
"""

import copy
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.condition import (
    Comparison,
    Leaf,
    Literal,
    Node,
    operands_of,
    parse_condition,
)
from arazzo_tui.language.criterion import read_criterion
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.logic import All, Formula, Negation, Some
from arazzo_tui.language.note import BadText
from arazzo_tui.language.path_condition import (
    Comparison as PathComparison,
)
from arazzo_tui.language.path_condition import (
    Embedded,
    Exists,
    PathValue,
    parse_path_condition,
)
from arazzo_tui.language.path_condition import (
    Leaf as PathLeaf,
)
from arazzo_tui.language.path_condition import (
    Literal as PathLiteral,
)
from arazzo_tui.language.query import (
    JsonPathVersion,
    QueryFailed,
    XPathVersion,
    parse_jsonpath,
    parse_pattern,
    parse_xpath,
)
from arazzo_tui.language.selector import SELECTOR_TYPES, read_selector, versions_of
from arazzo_tui.language.template import (
    Constant,
    Items,
    Members,
    Selected,
    Template,
    Text,
    Unfilled,
    compile_text,
    fill,
    nothing_declared,
    references,
    to_text,
)
from arazzo_tui.language.values import Json, Pointer, places, write_pointer

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4)
JSON: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab0 ~/", max_size=2), inner)
    ),
    max_leaves=8,
)

# Expressions, by the grammar of Arazzo 1.1. A `[` or a lone `*` in a pointer is read as a path (in-the-wild
# row 21), so that by the letter only the other names can be promised.

IDS = st.text("abXYZ019_-", min_size=1, max_size=6)
NAMES = st.text("abXYZ019_.-", min_size=1, max_size=6)
HEADERS = st.text("abXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=6)
FREE_NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"\\{}'))
TOKENS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}[*"), max_size=4)
POINTERS = st.none() | st.lists(TOKENS, max_size=3).map(tuple)


def written(path: tuple[str, ...], pointer: Pointer | None = None) -> Expression:
    said = "" if pointer is None else "#" + write_pointer(pointer)
    return Expression("$" + ".".join(path) + said, path, pointer)


def header(root: str, name: str) -> Expression:
    """The name of a header has no case (EXP-24)."""
    return Expression(f"${root}.header.{name}", (root, "header", name.lower()))


MESSAGES = st.sampled_from(["request", "response", "message"])
EXPRESSIONS = st.one_of(
    st.sampled_from(["url", "method", "statusCode", "self"]).map(lambda root: written((root,))),
    st.builds(header, MESSAGES, HEADERS),
    st.builds(
        lambda place, name: written(("request", place, name)),
        st.sampled_from(["query", "path"]),
        FREE_NAMES,
    ),
    st.builds(
        lambda root, body, pointer: written((root, body), pointer),
        MESSAGES,
        st.sampled_from(["body", "payload"]),
        POINTERS,
    ),
    st.builds(
        lambda root, name, pointer: written((root, name), pointer),
        st.sampled_from(["inputs", "outputs"]),
        NAMES,
        POINTERS,
    ),
    st.builds(
        lambda step, name, pointer: written(("steps", step, "outputs", name), pointer),
        IDS,
        NAMES,
        POINTERS,
    ),
    st.builds(
        lambda flow, side, name, pointer: written(("workflows", flow, side, name), pointer),
        IDS,
        st.sampled_from(["inputs", "outputs"]),
        NAMES,
        POINTERS,
    ),
    st.builds(lambda source, name: written(("sourceDescriptions", source, name)), IDS, NAMES),
    st.builds(
        lambda group, name: written(("components", group, name)),
        st.sampled_from(["parameters", "successActions", "failureActions"]),
        NAMES,
    ),
)


def scope_with(expression: Expression, value: Json) -> dict[str, Json]:
    """Names among which an expression names this value, and nothing else has one."""
    whole: Json = value
    for name in reversed((*expression.path, *(expression.pointer or ()))):
        whole = {name: whole, f"{name}~": "beside it"}
    assert isinstance(whole, dict)
    return whole


@given(EXPRESSIONS)
def test_an_expression_by_the_grammar_is_read_back(expression: Expression) -> None:
    """EXP-1..25: the same names, the same pointer, and nothing to say about it."""
    assert parse_expression(str(expression)) == (expression, ())


@given(EXPRESSIONS, JSON)
def test_an_expression_names_its_own_place_and_changes_nothing(
    expression: Expression, value: Json
) -> None:
    """EXP-26"""
    scope = scope_with(expression, value)
    before = copy.deepcopy(scope)
    assert expression.evaluate(scope) is value
    assert scope == before


# Templates

PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$"), min_size=1)
PARTS = st.lists(PLAIN | EXPRESSIONS, min_size=1, max_size=6).map(tuple)


def merged(parts: tuple[str | Expression, ...]) -> tuple[str | Expression, ...]:
    """The parts with literal pieces that stand side by side as one."""
    whole: list[str | Expression] = []
    for part in parts:
        if whole and isinstance(part, str) and isinstance(whole[-1], str):
            whole[-1] += part
        else:
            whole.append(part)
    return tuple(whole)


@given(PARTS)
def test_a_template_is_read_back_as_its_parts(parts: tuple[str | Expression, ...]) -> None:
    """EMB-1, EMB-5, EMB-6, A-14"""
    text = "".join(part if isinstance(part, str) else f"{{{part}}}" for part in parts)
    template, notes = compile_text(text, nothing_declared)
    expected: Template = Text(text, merged(parts))
    assert template == (
        expected if any(isinstance(p, Expression) for p in parts) else Constant(text)
    )
    assert notes == ()


@given(PARTS, st.data())
def test_a_template_is_filled_part_by_part(
    parts: tuple[str | Expression, ...], data: st.DataObject
) -> None:
    """EMB-2..4, EMB-7"""
    scope: dict[str, Json] = {}
    values: list[str] = []
    for part in merged(parts):
        if isinstance(part, str):
            values.append(part)
        else:
            value = data.draw(JSON)
            scope = {**scope, **scope_with(part, value)}
            values.append(to_text(value))
    named = [part for part in parts if isinstance(part, Expression)]
    if len({part.root for part in named}) == len(named):
        assert fill(Text("", merged(parts)), scope) == "".join(values)


LEAVES: st.SearchStrategy[Template] = st.one_of(
    JSON.map(Constant),
    EXPRESSIONS,
    PARTS.map(lambda parts: Text("", merged(parts))),
    EXPRESSIONS.map(lambda context: Selected(context, "$", lambda value: value)),
)
TEMPLATES: st.SearchStrategy[Template] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: Items(tuple(items)))
        | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3).map(Members)
    ),
    max_leaves=8,
)


@given(TEMPLATES)
def test_everything_that_names_nothing_is_told_with_its_place(template: Template) -> None:
    """A-8"""
    expected = [(at, each) for at, each in references(template)]
    told: list[tuple[Pointer, Expression]] = []
    try:
        fill(template, {})
    except Unfilled as unfilled:
        told = [(fault.at, fault.expression) for fault in unfilled.faults]
    assert told == expected


@given(JSON, TEMPLATES, st.sampled_from(["$inputs.a", "$inputs.a#/0", "$inputs.a#/a"]))
def test_filling_changes_neither_the_template_nor_the_names(
    value: Json, template: Template, text: str
) -> None:
    """BOD-3, REP-5"""
    parsed = parse_expression(text)
    assert parsed is not None
    scope: dict[str, Json] = {"inputs": {"a": value}}
    before, whole = copy.deepcopy(scope), Items((template, parsed[0]))
    picture = repr(whole)
    with_faults = 0
    try:
        fill(whole, scope)
    except Unfilled as unfilled:
        with_faults = len(unfilled.faults)
    assert with_faults <= sum(1 for _ in references(whole))
    assert (scope, repr(whole)) == (before, picture)


# Conditions

OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$"), max_size=6)
NUMBERS = st.sampled_from(["0", "-1", "42", "4.20", "1e3", "-0.5E-7", "9007199254740993"])
BARE = st.sampled_from(
    ["$statusCode", "$url", "$response.body", "$response.body#/a~1b/0", "$inputs.a.b", "$method",
     "$response.header.X-Id", "$steps.log-in.outputs.list[0].id", "$response.body.items.length"]
)  # fmt: skip


def constant(text: str) -> Literal:
    (literal,) = operands_of(parse_condition(text)[0].root)
    assert isinstance(literal, Literal)
    return literal


def parsed(text: str) -> Expression:
    found = parse_expression(text)
    assert found is not None
    return found[0]


VALUES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(["true", "false", "null"]).map(constant),
    NUMBERS.map(constant),
    TEXTS.map(lambda text: Literal("'" + text.replace("'", "''") + "'", text)),
    BARE.map(parsed),
)


def joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Comparison, OPERATORS, inner, inner),
        inner.map(Negation),
        several.map(All),
        several.map(Some),
    )


CONDITIONS: st.SearchStrategy[Node] = st.recursive(VALUES, joined, max_leaves=8)


def spelled(formula: Formula[Leaf], leaf: Callable[[Leaf], str]) -> str:
    match formula:
        case Negation(inner):
            return f"!({spelled(inner, leaf)})"
        case All(parts):
            return " && ".join(f"({spelled(part, leaf)})" for part in parts)
        case Some(parts):
            return " || ".join(f"({spelled(part, leaf)})" for part in parts)
        case other:
            return leaf(other)


def as_condition(leaf: Leaf) -> str:
    match leaf:
        case Literal(text) | Expression(text):
            return text
        case Comparison(operator, left, right):
            one, other = spelled(left, as_condition), spelled(right, as_condition)
            return f"({one}) {operator} ({other})"


@given(CONDITIONS)
def test_a_condition_by_the_grammar_is_read_back(root: Node) -> None:
    """SIM-1..9"""
    condition, notes = parse_condition(spelled(root, as_condition))
    assert condition.root == root
    assert notes == ()


@given(CONDITIONS)
def test_parentheses_that_change_nothing_change_nothing(root: Node) -> None:
    """SIM-9, CRI-6: nor do spaces, and the answer is that of the whole."""
    text = spelled(root, as_condition)
    whole = parse_condition(f" ( (\t{text}) )\n")[0]
    assert whole.root == root
    scope: dict[str, Json] = {"statusCode": 200, "response": {"body": {"items": [1]}}}
    before = copy.deepcopy(scope)
    passed = parse_condition(text)[0].judge(scope).passed
    assert whole.judge(scope).passed is passed
    assert parse_condition(f"true && ({text})")[0].judge(scope).passed is passed
    assert scope == before


@pytest.mark.parametrize("parse", [parse_condition, parse_path_condition])
def test_the_deepest_condition_that_is_read_is_judged_too(parse) -> None:
    """Within half of what Python's stack holds, so that a deep screen does not matter."""
    text = "1 == 2"
    for _ in range(50):
        text = f"1 == 2 || 1 == 1 && !!({text})"
    read = parse(text)
    condition = read[0] if isinstance(read, tuple) else read
    assert not condition.judge({}).passed
    with pytest.raises(BadText, match="nested deeper than 50"):
        parse(f"({text})")


# Path conditions

PATHS = st.sampled_from(
    ["$", "$.a", "$.a.b", "$['a b'][0]", "$..b", "$.a[?@.b == 'x || y']", "$.*"]
)


def as_path_condition(leaf: PathLeaf) -> str:
    match leaf:
        case PathComparison(operator, left, right):
            return f"{left.text} {operator} {right.text}"
        case Exists(side):
            return side.text


def path_value(text: str) -> PathValue:
    return PathValue(text, parse_jsonpath(text))


SIDES = st.one_of(
    PATHS.map(path_value),
    PATHS.map(lambda text: PathValue(f"{text}.length", parse_jsonpath(text), length=True)),
    st.sampled_from([None, True, False, 0, -12]).map(lambda v: PathLiteral(write_json(v), v)),
    TEXTS.map(lambda text: PathLiteral(write_json(text), text)),
    BARE.filter(lambda text: "[" not in text).map(
        lambda text: Embedded(f"{{{text}}}", ("", text, ""), quoted=False)
    ),
)
COMPARISONS = st.builds(PathComparison, OPERATORS, SIDES, SIDES)
PATH_CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        (inner | PATHS.map(lambda text: Exists(path_value(text)))).map(Negation),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Some(tuple(parts))),
    ),
    max_leaves=6,
)


@given(PATH_CONDITIONS, JSON)
def test_a_path_condition_by_the_grammar_is_read_back_and_changes_nothing(root, body: Json) -> None:
    """A-1"""
    text = spelled(root, as_path_condition)
    condition = parse_path_condition(text, lambda _: body)
    assert condition.root == root
    before = copy.deepcopy(body)
    assert condition.judge(body).passed in (True, False)
    assert body == before


# Queries and selectors

PATH_TEXTS = st.text("$.[]*?@()'\"ab01-:,=!<>&| \\\n\ud800", max_size=12) | st.sampled_from(
    ["$..*", "$[?@.a]", "$.a[0,1]", "$..[?@ == 'a']", "$[::2]", "$.a[?count(@.*) > 0]"]
)


@given(PATH_TEXTS, JSON, st.sampled_from(JsonPathVersion))
def test_what_a_jsonpath_selects_stands_where_it_says_and_stays_as_it_is(
    text: str, value: Json, version: JsonPathVersion
) -> None:
    """JPA-2, JPA-4, JPA-5: whatever the text, it is refused with its place or it selects."""
    before = copy.deepcopy(value)
    there, offset = dict(places(value)), 0
    try:
        for node in parse_jsonpath(text, version).select(value):
            assert node.pointer is None or there[node.pointer] is node.value
    except BadText as refused:
        offset = refused.offset
    except QueryFailed as failed:
        offset = 0 if failed.reason else -1
    assert 0 <= offset <= len(text)
    assert value == before


@given(JSON)
def test_every_place_has_a_path_that_selects_it(value: Json) -> None:
    """RFC 9535 §2.7: normalized paths, read back."""
    for pointer, here in places(value):
        inside = follow_types(value, pointer)
        path = "$" + "".join(
            f"[{at}]" if isinstance(at, int) else f"[{quoted(at)}]" for at in inside
        )
        (node,) = parse_jsonpath(path).select(value)
        assert node.pointer == pointer
        assert node.value is here


def follow_types(value: Json, pointer: Pointer) -> list[str | int]:
    """The names and indices of a way into a value."""
    way: list[str | int] = []
    for token in pointer:
        if isinstance(value, dict):
            way.append(token)
            value = value[token]
        else:
            assert isinstance(value, list)
            way.append(int(token))
            value = value[int(token)]
    return way


def quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_an_escaped_text_is_found_wherever_it_stands(before: str, text: str, after: str) -> None:
    """RGX-1, RGX-2, A-31: anywhere in the text, to the letter."""
    pattern, notes = parse_pattern(re.escape(text))
    assert pattern.search(before + text + after)
    assert pattern.search(before + after) is (text in before + after)
    assert notes == () or text.startswith("/")


@given(st.text("ab.*+?|()[]^$\\d1 ", max_size=8), st.text("ab1 .", max_size=8))
def test_a_pattern_means_what_it_means_to_python(text: str, subject: str) -> None:
    """A-31"""
    try:
        expected = re.compile(text).search(subject) is not None
    except re.error:
        return
    except FutureWarning:  # sets in sets, which Python means to read otherwise some day
        return
    assert parse_pattern(text)[0].search(subject) is expected


XML = "<r><i>1</i><i>b</i></r>"
TEXTS_OF: dict[str, st.SearchStrategy[str]] = {
    "jsonpath": PATH_TEXTS,
    "jsonpointer": st.text("/~01ab-", max_size=8),
    "xpath": st.lists(
        st.sampled_from(
            ["//i", "/r", "[1]", "[", "]", " = ", "'b'", "count(", ")", "@", "text()", "|"]
        ),
        max_size=5,
    ).map("".join),
}


@given(st.data(), st.sampled_from(SELECTOR_TYPES), JSON | st.just(XML))
def test_a_selector_is_refused_or_answers_any_value_and_leaves_it_alone(
    data: st.DataObject, type_: str, value: Json
) -> None:
    """SEL-4, A-33"""
    text = data.draw(TEXTS_OF[type_])
    version = data.draw(st.sampled_from(["", *versions_of(type_)]))
    before = copy.deepcopy(value)
    answer, offset = None, 0
    try:
        answer = read_selector(text, type_, version)(value)
    except BadText as refused:
        offset = refused.offset
    assert 0 <= offset <= len(text)
    assert write_json(answer)
    assert value == before


@given(st.text(max_size=6), st.sampled_from(XPathVersion))
def test_any_text_an_xpath_may_hold_is_compared_to_the_letter(
    text: str, version: XPathVersion
) -> None:
    """XPA-5, CRI-8: a value put between quotes stays a value."""
    context = parse_expression("$inputs.xml")
    assert context is not None
    condition = "//i[. = '{$inputs.v}']"
    criterion, _ = read_criterion(condition, "xpath", version.value, context[0])
    plain = "".join(character for character in text if character.isalnum()) + "'x"
    scope: dict[str, Json] = {"inputs": {"xml": f"<r><i>{plain}</i></r>", "v": plain}}
    check = criterion.judge(scope)
    assert check.passed is (version is not XPathVersion.XPATH_10)
    assert "XPath 1.0 cannot write" in check.reason or check.passed
    assert not parse_xpath("//i[. = 'other']", version).truth(f"<r><i>{plain}</i></r>")
