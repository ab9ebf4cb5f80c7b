"""The syntax of a query by graphql-core: query text in, plain data out.

graphql-core is imported inside the functions, because importing it costs a tenth of a second that a
run without GraphQL should not pay. Nothing here knows about HTTP, variables' values or answers.
"""

from enum import Enum

from msgspec import Struct

MOST_TOKENS = 20_000
"""Past this many tokens a query is not parsed: no person wrote it, and the screen must not wait."""


class Kind(Enum):
    """What an operation does, in the words of GraphQL §2.3."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


class Unparsed(Struct, frozen=True):
    """Why and where a query does not parse; line and column are counted from 1, in code points."""

    message: str
    line: int
    column: int


class Declaration(Struct, frozen=True):
    """One variable as an operation declares it; `default` is the text of its default value."""

    name: str
    type: str
    nullable: bool
    default: str | None


class Definition(Struct, frozen=True):
    """One operation definition of a document."""

    kind: Kind
    name: str | None
    variables: tuple[Declaration, ...]


class Token(Struct, frozen=True):
    """A lexical token (GraphQL §2.1.6): its kind, its value, where it stands in the text.

    `start` and `end` are offsets from 0, `line` and `column` are counted from 1; all of them count
    code points. `kind` is the punctuator itself, or `Name`, `Int`, `String`, `<EOF>` and so on.
    """

    kind: str
    value: str
    start: int
    end: int
    line: int
    column: int


def definitions(query: str) -> tuple[Definition, ...] | Unparsed:
    """The operations of a document in their order, or why it does not parse (GraphQL §2.2)."""
    from graphql.error import GraphQLSyntaxError
    from graphql.language import NonNullTypeNode, OperationDefinitionNode, parse, print_ast

    try:
        document = parse(query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        line, column = next(((at.line, at.column) for at in error.locations or ()), (1, 1))
        return Unparsed(error.message.removeprefix("Syntax Error: "), line, column)
    return tuple(
        Definition(
            Kind(node.operation.value),
            node.name.value if node.name else None,
            tuple(
                Declaration(
                    declared.variable.name.value,
                    print_ast(declared.type),
                    not isinstance(declared.type, NonNullTypeNode),
                    print_ast(declared.default_value) if declared.default_value else None,
                )
                for declared in node.variable_definitions or ()
            ),
        )
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    )


def used_variables(query: str) -> frozenset[str]:
    """The variables that a document's selections use, fragments included; none when it does not parse."""
    from graphql.error import GraphQLSyntaxError
    from graphql.language import Node, VariableDefinitionNode, VariableNode, parse

    try:
        waiting: list[Node] = [parse(query, max_tokens=MOST_TOKENS)]
    except GraphQLSyntaxError:
        return frozenset()
    used: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, VariableNode):
            used.add(node.name.value)
            continue
        for name in node.keys:
            child = getattr(node, name, None)
            if name == "variable" and isinstance(node, VariableDefinitionNode):
                continue  # its declaration, not a use
            children = child if isinstance(child, list | tuple) else [child]
            waiting += [each for each in children if isinstance(each, Node)]
    return frozenset(used)


def reprinted(query: str) -> str | None:
    """The query laid out one field a line, or None when it does not parse."""
    from graphql.error import GraphQLSyntaxError
    from graphql.language import parse, print_ast

    try:
        return print_ast(parse(query, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False))
    except GraphQLSyntaxError:
        return None


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text up to its end or to the first character that belongs to none.

    Commas, white space and comments are no tokens (GraphQL §2.1.7). The last one is `<EOF>`, unless
    the text stops being GraphQL before.
    """
    from graphql.error import GraphQLSyntaxError
    from graphql.language import Lexer, Source, TokenKind

    found: list[Token] = []
    lexer = Lexer(Source(text))
    while len(found) < MOST_TOKENS:
        try:
            token = lexer.advance()
        except GraphQLSyntaxError:
            break
        found.append(
            Token(
                token.kind.value,
                token.value or "",
                token.start,
                token.end,
                token.line,
                token.column,
            )
        )
        if token.kind is TokenKind.EOF:
            break
    return tuple(found)
