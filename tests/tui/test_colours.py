import pytest

from arazzo_tui.tui.colours import Colours

GRAPHQL = '''"""A "doc" \\""" of it"""
query Find($id: ID!, $type: [Kind!] = [A], $s: String = "x\\"y") @live(if: true) {
  alias: session(id: $id, note: """b
  lock""", ratio: -1.5e3) { type input on ...Parts ... on Session { id } }
}
# a comment
extend type Session implements Node & Other @key(fields: "id") { "what" field(a: Int = 1): ID! }
'''


def coloured(text: str, language: str) -> dict[str, list[str]]:
    colours = Colours(text, language)
    while not colours.done:
        colours.work(1)
    found: dict[str, list[str]] = {}
    for start, end, part in colours.between(0, len(text)):
        found.setdefault(part, []).append(text[start:end])
    return found


def test_graphql_is_told_apart_with_block_strings_directives_and_schemas() -> None:
    found = coloured(GRAPHQL, "graphql")
    assert found["keyword"] == [
        "query", "@live", "... on", "extend", "type", "implements", "@key",
    ]  # fmt: skip
    assert found["comment"] == [
        '"""A "doc" \\""" of it"""', '"""b\n  lock"""', "# a comment",
    ]  # fmt: skip
    assert found["string"] == ['"x\\"y"', '"id"', '"what"']
    assert found["number"] == ["true", "-1.5e3", "1"]
    assert {"$id", "$type", "$s", "alias", "note", "if", "fields", "a"} <= set(found["name"])


@pytest.mark.parametrize(
    "text",
    ['query { a(s: "open', '"""open', '"""open\\', "}}{{", "$ @ ... ! \\ ☃", "query" * 2_000, ""],
)
def test_any_graphql_text_is_coloured_without_losing_a_character(text: str) -> None:
    colours = Colours(text, "graphql")
    while not colours.done:
        colours.work(1)
    assert colours.reached == len(text)


@pytest.mark.parametrize(
    ("language", "text", "part", "said"),
    [
        ("json", '{"a": [1.5, "x", null]}', "number", ["1.5", "null"]),
        ("json", '{"a": [1.5, "x", null]}', "keyword", ['"a"']),
        ("html", '<p class="x">text</p><!-- c -->', "comment", ["<!-- c -->"]),
        ("html", '<p class="x">text</p>', "string", ['"x"']),
        ("yaml", "a: 'x' # c\n", "comment", ["# c"]),
    ],
)
def test_other_languages_are_coloured_as_well(
    language: str, text: str, part: str, said: list[str]
) -> None:
    assert coloured(text, language)[part] == said


def test_a_language_nobody_knows_has_no_colours() -> None:
    with pytest.raises(LookupError):
        Colours("text", "klingon")


def test_only_what_lies_between_is_given_and_cut_to_it() -> None:
    colours = Colours('{"abc": "defg"}', "json")
    colours.work(1)
    assert list(colours.between(3, 11)) == [
        (3, 6, "keyword"),
        (6, 7, "punctuation"),
        (8, 11, "string"),
    ]
