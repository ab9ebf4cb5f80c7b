"""The operations of a GraphQL text, each with what it needs, and what a schema says of steps."""

from pathlib import Path

import pytest
from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.source import Problem
from arazzo_tui.graphql.steps import read_definitions
from arazzo_tui.language.note import BadText
from arazzo_tui.world.checks import all_problems
from arazzo_tui.world.workspace import Workspace

SCHEMA = """\
type Query { book(id: ID!): Book, books: [Book!] }
type Book { id: ID!, title: String, author: Author }
type Author { name: String, books: [Book!] }
"""

OPERATIONS = """\
# The books.
query One($id: ID!) { book(id: $id) { ...Whole } }
fragment Whole on Book { ...Short author { ...Person } }
query All { books { ...Short } }
fragment Short on Book { id title }
fragment Person on Author { name }
{ books { id } }
"""


def test_an_operation_comes_with_the_fragments_it_reaches_and_no_others() -> None:
    one, every, nameless = read_definitions(OPERATIONS)
    assert (one.kind, one.name, one.variables) == ("query", "One", frozenset({"id"}))
    assert one.text == (
        "query One($id: ID!) { book(id: $id) { ...Whole } }\n\n"
        "fragment Whole on Book { ...Short author { ...Person } }\n\n"
        "fragment Short on Book { id title }\n\n"
        "fragment Person on Author { name }"
    )
    assert every.text == "query All { books { ...Short } }\n\nfragment Short on Book { id title }"
    assert (nameless.name, nameless.text) == ("", "{ books { id } }")


def test_fragments_in_a_circle_end() -> None:
    (found,) = read_definitions(
        "{ a { ...A } } fragment A on X { b { ...B } } fragment B on X { ...A }"
    )
    assert found.text.count("fragment") == 2


@pytest.mark.parametrize(
    ("text", "offset"), [("query {", 7), ("{ a(b: ) }", 7), ("", 0), ("# nothing", 9), ("{a}}", 3)]
)
def test_what_is_no_graphql_is_told_at_its_character(text: str, offset: int) -> None:
    with pytest.raises(BadText) as wrong:
        read_definitions(text)
    assert wrong.value.offset == offset


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.lists(st.integers(0, 5), max_size=3)),
        min_size=1,
        max_size=6,
    )
)
def test_every_operation_stands_alone(wanted: list[tuple[int, list[int]]]) -> None:
    """Whatever fragments there are and whatever order they have, each text is a document by itself."""
    from graphql import build_schema
    from graphql.validation import KnownFragmentNamesRule, NoUnusedFragmentsRule

    fragments = [
        f"fragment F{number} on A {{ a {' '.join(f'...F{other}' for other in range(number))} }}"
        for number in range(6)
    ]
    operations = [
        f"query Q{at} {{ a ...F{first} {' '.join(f'...F{each}' for each in rest)} }}"
        for at, (first, rest) in enumerate(wanted)
    ]
    whole = "\n".join(fragments[:3] + operations + fragments[3:])
    schema = build_schema("type Query { a: Int }")
    found = read_definitions(whole)
    assert [each.name for each in found] == [f"Q{at}" for at in range(len(wanted))]
    for each in found:
        alone = parse(each.text)
        assert validate(schema, alone, [KnownFragmentNamesRule, NoUnusedFragmentsRule]) == []
        assert each.text == "\n\n".join(whole[start:end] for start, end in each.pieces)


# What a schema says of steps


def problems(folder: Path, step: str, operations: str = OPERATIONS, schema: str = SCHEMA):
    (folder / "schema.graphql").write_text(schema)
    (folder / "operations.graphql").write_text(operations)
    (folder / "doc.yaml").write_text(f"""\
arazzo: 1.2.0
info: {{title: T, version: "1"}}
sourceDescriptions:
  - {{name: graph, type: graphql, url: schema.graphql}}
  - {{name: operations, type: graphql, url: operations.graphql}}
workflows:
  - workflowId: flow
    parameters: [{{name: title, in: variable, value: x}}]
    steps:
      - stepId: ask
        {step}
""")
    opened = Workspace(graphql_steps=True).open(str(folder / "doc.yaml"))
    return [each for each in all_problems(opened) if each.code != "draft-version"]


def told(problem: Problem) -> tuple[str, str, str]:
    """Code, the name of the file, and what stands where the caret is."""
    mark = problem.mark
    assert mark is not None
    line = mark.source.text.splitlines()[mark.line - 1]
    return problem.code, Path(mark.source.name).name, line[mark.column - 1 :][:8]


def inline(operation: str, *parameters: str) -> str:
    lines = "\n".join(f"            {line}" for line in operation.splitlines())
    return (
        "graphqlOperation:\n          schema: $sourceDescriptions.graph\n"
        f"          operation: |\n{lines}\n        parameters: [{', '.join(parameters)}]"
    )


ONE = "$sourceDescriptions.operations.One"
NAMED = f"graphqlOperation: {{schema: $sourceDescriptions.graph, operation: {ONE}}}"
ID = "{name: id, in: variable, value: 1}"


def test_a_sound_step_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, f"{NAMED}\n        parameters: [{ID}]") == []
    assert problems(tmp_path, inline("query Q($id: ID!) {\n  book(id: $id) { id }\n}", ID)) == []


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (inline("{\n  book(id: 1) { titel }\n}"), ("graphql-invalid", "doc.yaml", "titel }")),
        (inline("{\n  books { id }"), ("graphql-syntax", "doc.yaml", "")),
        (inline("query Q($id: ID!) { book(id: $id) { id } }"),
         ("graphql-missing", "doc.yaml", "$id: ID!")),
        (inline("{ books { id } }", "{name: odd, in: variable, value: 1}"),
         ("graphql-undeclared", "doc.yaml", "{name: o")),
        (inline("query Q($id: ID) { books { id } }", ID), ("graphql-invalid", "doc.yaml", "$id: ID)")),
        (inline("subscription { a }"), ("graphql-subscription", "doc.yaml", "schema: ")),
        (inline("{ books { id } } query Q { books { id } }"),
         ("graphql-operation", "doc.yaml", "schema: ")),
        (inline("fragment A on Book { id }"), ("graphql-operation", "doc.yaml", "schema: ")),
        ("graphqlOperation: {schema: $sourceDescriptions.graf, operation: '{a}'}",
         ("unknown-source", "doc.yaml", "{schema:")),
        (("graphqlOperation: {schema: $sourceDescriptions.graph, operation: "
         "$sourceDescriptions.operations.Two}"), ("unknown-operation", "doc.yaml", "{schema:")),
        ("graphqlOperation: {schema: $sourceDescriptions.operations, operation: '{a}'}",
         ("graphql-schema", "operations.graphql", "query On")),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, step: str, expected: tuple[str, str, str]
) -> None:
    (problem,) = problems(tmp_path, step)
    code, name, text = told(problem)
    assert (code, name) == expected[:2]
    assert text.startswith(expected[2])


def test_a_mistake_in_a_file_of_operations_is_told_in_that_file(tmp_path: Path) -> None:
    operations = OPERATIONS.replace("on Author { name }", "on Author { nam }")
    (problem,) = problems(tmp_path, f"{NAMED}\n        parameters: [{ID}]", operations)
    assert told(problem) == ("graphql-invalid", "operations.graphql", "nam }")
    assert "did you mean" in problem.message.lower()


def test_a_file_of_operations_that_does_not_parse_is_told_in_that_file(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, NAMED, "query One {\n  a(b: )\n}")
    assert told(problem) == ("graphql-syntax", "operations.graphql", ")")
