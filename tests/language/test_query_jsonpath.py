"""JSONPath: RFC 9535 and the draft before it, each by its own rules."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import JsonPathVersion, QueryFailed, parse_jsonpath
from arazzo_tui.language.values import Json, follow, places, write_pointer

FLEET: Json = {
    "ships": [
        {"name": "Ada", "crew": 3, "tags": ["fast", "red"], "home": {"port": "Kiel"}},
        {"name": "Bob", "crew": 12, "tags": [], "scrapped": None},
        {"name": "Čapek", "crew": 7.5, "tags": ["red"], "home": {"port": "Split"}},
    ],
    "first-name": "Zoë",
    "it's": {"a/b": 1, "~": 2, "": 3, '"': 4, "\\": 5, "☺": 6},
    "big": 9007199254740993,
    "flags": [True, False, None, 0, "", [], {}],
    "limit": 7,
    "length": "long",
}

RFC = JsonPathVersion.RFC9535
DRAFT = JsonPathVersion.GOESSNER


def selected(text: str, value: Json = FLEET, version: JsonPathVersion = RFC) -> list[str]:
    """The pointers of what a path selects; each is checked to lead to the value found with it."""
    found = parse_jsonpath(text, version).select(value)
    pointers = []
    for node in found:
        assert node.pointer is not None
        assert follow(value, node.pointer) is node.value
        pointers.append(write_pointer(node.pointer))
    return pointers


SELECTIONS: list[tuple[str, list[str]]] = [
    # the root, names, indices
    ("$", [""]),
    ("$.limit", ["/limit"]),
    ("$['limit']", ["/limit"]),
    ('$["limit"]', ["/limit"]),
    ("$.nothing", []),
    ("$.limit.deeper", []),
    ("$.ships.name", []),
    ("$.ships[0].name", ["/ships/0/name"]),
    ("$.ships[-1].name", ["/ships/2/name"]),
    ("$.ships[3]", []),
    ("$.ships[-4]", []),
    ("$.limit[0]", []),
    ("$['first-name']", ["/first-name"]),
    ("$.length", ["/length"]),
    ("$ .ships [ 0 ] .name", ["/ships/0/name"]),
    ("$.ships\n[0]", ["/ships/0"]),
    # escapes in names
    ("$[\"it's\"]['a/b']", ["/it's/a~1b"]),
    ("$['it\\'s']['~']", ["/it's/~0"]),
    ("$['it\\u0027s']['']", ["/it's/"]),
    ("$['it\\'s'][\"\\\"\"]", ["/it's/\""]),
    ("$['it\\'s']['\\\\']", ["/it's/\\"]),
    ("$['it\\'s'].☺", ["/it's/☺"]),
    ("$['it\\'s']['\\u263a']", ["/it's/☺"]),
    # wildcards, unions, slices
    ("$.ships[*].crew", ["/ships/0/crew", "/ships/1/crew", "/ships/2/crew"]),
    ("$.ships.*.home.port", ["/ships/0/home/port", "/ships/2/home/port"]),
    ("$.limit.*", []),
    ("$.ships[0]['name','crew','none']", ["/ships/0/name", "/ships/0/crew"]),
    ("$.ships[2,0,0]['name']", ["/ships/2/name", "/ships/0/name", "/ships/0/name"]),
    ("$.flags[1:3]", ["/flags/1", "/flags/2"]),
    ("$.flags[:2]", ["/flags/0", "/flags/1"]),
    ("$.flags[-2:]", ["/flags/5", "/flags/6"]),
    ("$.flags[::3]", ["/flags/0", "/flags/3", "/flags/6"]),
    ("$.flags[5:0:-2]", ["/flags/5", "/flags/3", "/flags/1"]),
    ("$.flags[::0]", []),
    ("$.flags[9:]", []),
    ("$.ships[0][0:1]", []),
    # descendants
    ("$..port", ["/ships/0/home/port", "/ships/2/home/port"]),
    ("$..['port']", ["/ships/0/home/port", "/ships/2/home/port"]),
    ("$.ships..tags[0]", ["/ships/0/tags/0", "/ships/2/tags/0"]),
    ("$..nothing", []),
    # filters
    ("$.ships[?@.home]", ["/ships/0", "/ships/2"]),
    ("$.ships[?!@.home]", ["/ships/1"]),
    ("$.ships[?@.scrapped]", ["/ships/1"]),
    ("$.ships[?@.scrapped == null]", ["/ships/1"]),
    ("$.ships[?@.scrapped != null]", ["/ships/0", "/ships/2"]),
    ("$.ships[?@.none == @.nothing]", ["/ships/0", "/ships/1", "/ships/2"]),
    ("$.ships[?@.crew > 7]", ["/ships/1", "/ships/2"]),
    ("$.ships[?@.crew >= 7.5].name", ["/ships/1/name", "/ships/2/name"]),
    ("$.ships[?@.crew < $.limit]", ["/ships/0"]),
    ("$.ships[?@.name == 'Ada']", ["/ships/0"]),
    ("$.ships[?'Ada' == @.name]", ["/ships/0"]),
    ("$.ships[?@.name == 'ADA']", []),
    ("$.ships[?@.name < 'B']", ["/ships/0"]),
    ("$.ships[?@.name == 1]", []),
    ("$.ships[?@.name == '\\u010capek']", ["/ships/2"]),
    ("$.ships[?(@.crew > 5 && @.home) || @.name == 'Ada']", ["/ships/0", "/ships/2"]),
    ("$.ships[?@.crew > 5 && @.home || @.name == 'Ada']", ["/ships/0", "/ships/2"]),
    ("$.ships[?!(@.crew > 5 || @.home)]", []),
    ("$.ships[?@.tags[?@ == 'red']]", ["/ships/0", "/ships/2"]),
    ("$.ships[?@.tags == $.ships[1].tags]", ["/ships/1"]),
    ("$.ships[0][?@ == 3]", ["/ships/0/crew"]),
    ("$.flags[?@ == true]", ["/flags/0"]),
    ("$.flags[?@ == 0]", ["/flags/3"]),
    ("$.flags[?@ == '']", ["/flags/4"]),
    ("$.flags[?@]", [f"/flags/{index}" for index in range(7)]),
    ("$.flags[?!@]", []),
    ("$.flags[?count(@) == 1 && value(@) == 0]", ["/flags/3"]),
    ("$[?@ == 9007199254740993]", ["/big"]),
    ("$[?@ == 9007199254740992]", []),
    ("$[?@ == 7e0]", ["/limit"]),
    ("$[?@ == 70e-1]", ["/limit"]),
    # functions
    ("$.ships[?length(@.name) == 3].name", ["/ships/0/name", "/ships/1/name"]),
    ("$.ships[?length(@.name) == 5].name", ["/ships/2/name"]),
    ("$.ships[?length(@.tags) > 1]", ["/ships/0"]),
    ("$.ships[?length(@.home) == 1]", ["/ships/0", "/ships/2"]),
    ("$.ships[?length(@.crew) == 1]", []),
    ("$.ships[?count(@.tags[*]) == 0]", ["/ships/1"]),
    ("$.ships[?count(@..*) > 6]", ["/ships/0"]),
    ("$.ships[?value(@..port) == 'Kiel']", ["/ships/0"]),
    ("$.ships[?match(@.name, 'A.a')]", ["/ships/0"]),
    ("$.ships[?match(@.name, 'a')]", []),
    ("$.ships[?search(@.name, '[ab]')]", ["/ships/0", "/ships/1", "/ships/2"]),
    ("$.ships[?!search(@.home.port, 'K')]", ["/ships/1", "/ships/2"]),
    ("$.ships[?match(@.crew, '3')]", []),
    ("$.ships[?match(@.name, '\\\\p{Lu}.*')]", ["/ships/0", "/ships/1", "/ships/2"]),
    ("$.ships[?search(@.name, '[')]", []),
    ("$.ships[?search(@.name, 'A(?=d)')]", []),
]


@pytest.mark.parametrize(("text", "pointers"), SELECTIONS)
def test_a_path_selects_these_nodes_in_this_order(text: str, pointers: list[str]) -> None:
    assert selected(text) == pointers


def test_a_filter_on_an_object_looks_at_its_members() -> None:
    body: Json = {"pets": [1, 2]}
    assert selected("$[?count(@.pets) > 0]", body) == []
    assert selected("$[?$.pets[0]]", body) == ["/pets"]


def test_a_dot_in_a_pattern_is_no_line_end() -> None:
    lines: Json = ["a\nb", "a\rb", "a\u2028b", "a.b"]
    assert selected("$[?match(@, 'a.b')]", lines) == ["/2", "/3"]
    assert selected("$[?match(@, 'a[.]b')]", lines) == ["/3"]
    assert selected("$[?match(@, 'a\\\\.b')]", lines) == ["/3"]


def test_exact_numbers_are_numbers() -> None:
    prices: Json = [Float("1.10"), 1.1, Float("1e400"), 2]
    assert selected("$[?@ == 1.1]", prices) == ["/0", "/1"]
    assert selected("$[?@ > 1.5]", prices) == ["/2", "/3"]


def test_subclasses_of_dict_and_list_are_objects_and_arrays() -> None:
    class Object(dict[str, Json]): ...

    class Array(list[Json]): ...

    value = Object(a=Array([Object(b=1), Object(b=2)]))
    assert selected("$.a[1].b", value) == ["/a/1/b"]
    assert selected("$..b", value) == ["/a/0/b", "/a/1/b"]
    assert selected("$.a[?@.b > 1]", value) == ["/a/1"]
    assert selected("$..b", value, DRAFT) == ["/a/0/b", "/a/1/b"]


# Each: the text, the offset of what is wrong, a word of the hint.
REFUSED: list[tuple[str, int, str]] = [
    ("", 0, ""),
    ("limit", 0, "starts with `$`"),
    (" $.a", 0, "`$.a`"),
    ("$.a\n", 3, "`$.a`"),
    ("$.", 2, ""),
    ("$..", 3, ""),
    ("$.a.", 4, ""),
    ("$. a", 2, ""),
    ("$a", 1, ""),
    ("$.1a", 2, "in brackets"),
    ("$.items.0", 8, "in brackets"),
    ("$.first-name", 7, "quoted"),
    ("$[]", 1, ""),
    ("$[a]", 2, ""),
    ("$[01]", 2, ""),
    ("$[-0]", 2, ""),
    ("$[1.5]", 3, ""),
    ("$[9007199254740992]", 2, ""),
    ("$[" + "9" * 5_000 + "]", 0, ""),
    ("$[0,]", 4, ""),
    ("$['a]", 3, ""),
    ("$['\\x41']", 3, ""),
    ("$['\\ud800']", 3, ""),
    ("$['a\tb']", 3, ""),
    ("$[(@.length-1)]", 2, "[-1]"),
    ("$[?]", 3, ""),
    ("$[?true]", 3, ""),
    ("$[?@.a ==]", 9, ""),
    ("$[?@.a = 1]", 7, "`==`"),
    ("$[?@.a == 01]", 10, ""),
    ("$[?@.a == active]", 10, "quoted"),
    ("$[?@.a == True]", 10, "`true`"),
    ("$[?@.a =~ 'x']", 7, "match("),
    ("$[?@.a and @.b]", 7, "`&&`"),
    ("$[?@.* == 1]", 7, "single node"),
    ("$[?@.a == 1", 11, ""),
    ("$[?(@.a == 1]", 12, ""),
    ("$[?@.a == 1e400]", 0, ""),
    ("$[?count(@.a)]", 2, ""),
    ("$[?count(1) > 0]", 3, ""),
    ("$[?length(@.*) > 0]", 3, ""),
    ("$[?match(@.a)]", 3, ""),
    ("$[?match(@.a, 'a') == true]", 0, ""),
    ("$[?size(@.a) > 0]", 3, ""),
    ("$[?count (@.a) > 0]", 3, ""),
    ("$.data.x.secure_id != null", 19, "in a filter"),
    ("$.status == 'x'", 9, "in a filter"),
    ("$.a || $.b", 4, "in a filter"),
    ("$[?" + "(" * 3_000 + "@.a" + ")" * 3_000 + "]", 0, ""),
]


@pytest.mark.parametrize(("text", "offset", "hint"), REFUSED)
def test_what_the_standard_does_not_know_is_refused_with_its_place(
    text: str, offset: int, hint: str
) -> None:
    with pytest.raises(BadText) as refused:
        parse_jsonpath(text)
    assert refused.value.offset == offset
    assert hint in refused.value.hint
    assert refused.value.message


SHOP: Json = {
    "shelf": {
        "books": [
            {"title": "Emma", "price": 8, "tags": ["old", "love"]},
            {"title": "Ulysses", "price": 15, "isbn": None},
            {"title": "Momo", "price": 9, "isbn": "x"},
        ],
        "lamp": {"price": 40},
    },
    "length": 2,
}

DRAFT_SELECTIONS: list[tuple[str, list[str]]] = [
    ("$", [""]),
    ("$.shelf.books[*].title", [f"/shelf/books/{index}/title" for index in range(3)]),
    ("$['shelf']['lamp']", ["/shelf/lamp"]),
    ("$.shelf['lamp','books']", ["/shelf/lamp", "/shelf/books"]),
    ("$.shelf.*", ["/shelf/books", "/shelf/lamp"]),
    ("$..isbn", ["/shelf/books/1/isbn", "/shelf/books/2/isbn"]),
    ("$..books[2]", ["/shelf/books/2"]),
    ("$..books[-1]", ["/shelf/books/2"]),
    ("$..books[-1:]", ["/shelf/books/2"]),
    ("$..books[0,1]", ["/shelf/books/0", "/shelf/books/1"]),
    ("$..books[:2].price", ["/shelf/books/0/price", "/shelf/books/1/price"]),
    ("$..books[0:3:2]", ["/shelf/books/0", "/shelf/books/2"]),
    ("$..books[(@.length-1)]", ["/shelf/books/2"]),
    ("$..books[( @.length - 3 )].title", ["/shelf/books/0/title"]),
    ("$..books[(@.length-9)]", []),
    ("$['[(@.length-1)]']", []),
    ("$..books[?(@.isbn)]", ["/shelf/books/1", "/shelf/books/2"]),
    ("$..books[?(!@.isbn)]", ["/shelf/books/0"]),
    ("$..books[?(@.price < 10)].title", ["/shelf/books/0/title", "/shelf/books/2/title"]),
    ("$..books[?(@.price < 10 && @.isbn)]", ["/shelf/books/2"]),
    ("$..books[?(@.title == 'Emma' || @.price > 10)]", ["/shelf/books/0", "/shelf/books/1"]),
    ("$..books[?(@.price == $.shelf.books[0].price)]", ["/shelf/books/0"]),
    ("$..books[?(@.tags.length > 1)]", ["/shelf/books/0"]),
    ("$..books[?(@.title.length == 4)]", ["/shelf/books/0", "/shelf/books/2"]),
    ("$..books[?@.tags[(@.length-1)] == 'love']", ["/shelf/books/0"]),
    ("$.length", ["/length"]),
    ("$.shelf.lamp.length", []),
    ("$.nothing", []),
]


@pytest.mark.parametrize(("text", "pointers"), DRAFT_SELECTIONS)
def test_the_draft_selects_these_nodes(text: str, pointers: list[str]) -> None:
    assert selected(text, SHOP, DRAFT) == pointers


def test_a_length_of_the_draft_is_a_value_without_a_place() -> None:
    (found,) = parse_jsonpath("$.shelf.books.length", DRAFT).select(SHOP)
    assert found.value == 3
    assert found.pointer is None


DRAFT_REFUSED: list[tuple[str, int, str]] = [
    ("", 0, ""),
    ("shelf.books", 0, "`$.shelf.books`"),
    ("$.name * 2000000000", 0, ""),
    ("$.name + $.name", 0, ""),
    ("$[?(@.price + 1 > 2)]", 0, ""),
    ("$[?(@.title =~ '(a+)+b')]", 12, "`==`"),
    ("$[?(@.title = 'x')]", 12, "`==`"),
    ("$[?(@.title == Emma)]", 15, "'Emma'"),
    ("$[?(@.a) & (@.b)]", 9, "`&&`"),
    ("$.a | $.b", 4, "`||`"),
    ("$.a where b", 4, "filter"),
    ("$.`len`", 6, "`.length`"),
    ("$.a[/b]", 4, ""),
    ("$.$.a", 0, ""),
    ("$.é", 2, "quoted"),
    ("$.a == 1", 4, "in a filter"),
    ("$.a[", 4, ""),
    ("$['a", 4, ""),
    ("$[" + "9" * 5_000 + "]", 0, ""),
    ("$" + ".a" * 3_000, 0, ""),
    ("$.books[(@.length)]", 8, ""),
]


@pytest.mark.parametrize(("text", "offset", "hint"), DRAFT_REFUSED)
def test_what_only_the_library_knows_is_refused_in_the_draft(
    text: str, offset: int, hint: str
) -> None:
    with pytest.raises(BadText) as refused:
        parse_jsonpath(text, DRAFT)
    assert refused.value.offset == offset
    assert hint in refused.value.hint


def nested(depth: int) -> Json:
    value: Json = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("text", ["$" + "..a" * 100_000, "$[?@" + "[*]" * 1_000 + "]"])
def test_a_path_without_end_is_refused_and_ends_nothing_else(text: str) -> None:
    with pytest.raises(BadText, match="at most 200 segments"):
        parse_jsonpath(text)


def test_half_a_character_is_no_pattern_and_matches_nothing() -> None:
    assert parse_jsonpath("$[?match('x', @)]").select(["\ud800"]) == ()


@pytest.mark.parametrize("version", JsonPathVersion)
@pytest.mark.parametrize(
    ("text", "value", "limit"),
    [
        ("$[*]", [0] * 100_001, "more than 100,000 nodes"),
        ("$..*..*..x", nested(1_500), r"more than [\d,]+ steps"),
    ],
)
def test_a_query_that_explodes_ends_and_names_the_limit(
    version: JsonPathVersion, text: str, value: Json, limit: str
) -> None:
    path = parse_jsonpath(text, version)
    with pytest.raises(QueryFailed, match=limit):
        path.select(value)
    assert path.select([]) == ()


@pytest.mark.parametrize(
    ("text", "value", "limit"),
    [
        ("$[?count($..*) > 9999999]", [0] * 1_001, "more than 1,000,000 steps"),
        ("$[?search(@, '(a|aa)+$')]", ["a" * 60 + "b"], "regular expression took longer"),
        ("$[?@ == $]", nested(3_000), "nested too deeply"),
        ("$[?match('x', @)]", ["(" * 100_000 + ")" * 100_000], "at most 10,000 characters"),
        ("$[?match('x', @)]", ["(" * 4_000 + ")" * 4_000], "at most 500 groups"),
    ],
)
def test_a_filter_that_explodes_ends_too(text: str, value: Json, limit: str) -> None:
    with pytest.raises(QueryFailed, match=limit):
        parse_jsonpath(text).select(value)


@pytest.mark.parametrize("version", JsonPathVersion)
def test_depth_alone_is_no_obstacle(version: JsonPathVersion) -> None:
    (found,) = parse_jsonpath("$..[?(@ == 0)]", version).select(nested(2_000))
    assert found.pointer == ("0",) * 2_000


values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values, st.sampled_from(JsonPathVersion))
def test_descendants_are_all_places_but_the_root_with_their_pointers(
    value: Json, version: JsonPathVersion
) -> None:
    found = parse_jsonpath("$..*", version).select(value)
    expected = {pointer: here for pointer, here in places(value) if pointer}
    assert {node.pointer: node.value for node in found} == expected
    assert len(found) == len(expected)


@given(values, st.lists(st.integers(-3, 3) | st.text("ab'\\", max_size=2), max_size=3))
def test_the_short_way_of_a_singular_path_is_the_engine_s(
    value: Json, steps: list[int | str]
) -> None:
    def written(step: int | str) -> str:
        if isinstance(step, int):
            return str(step)
        return "'" + step.replace("\\", "\\\\").replace("'", "\\'") + "'"

    singular = parse_jsonpath("$" + "".join(f"[{written(step)}]" for step in steps))
    assert singular.steps == tuple(steps)
    doubled = parse_jsonpath("$" + "".join(f"[{written(step)},{written(step)}]" for step in steps))
    assert set(map(str, doubled.select(value))) == set(map(str, singular.select(value)))


@given(st.text("$.[]*?@()'\"ab01-:,=!<>&| \\\n\ud800"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for version in JsonPathVersion:
        try:
            path = parse_jsonpath(text, version)
        except BadText as refused:
            offset = refused.offset
        else:
            offset = 0 if path.text == text else -1
        assert 0 <= offset <= len(text)


def test_importing_the_queries_imports_no_engine() -> None:
    program = (
        "import sys, arazzo_tui.language.query, arazzo_tui.language.path_condition;"
        "print([name for name in ('regex', 'elementpath', 'jsonpath_ng', 'jsonpath_rfc9535')"
        " if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
