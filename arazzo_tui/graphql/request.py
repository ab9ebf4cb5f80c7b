"""A request read as GraphQL over HTTP: its operation, its variables, its query laid out for reading.

This is an opinion about a request body that somebody else built; nothing here changes the body,
sends it, or refuses it. Where a body is not well formed, `problems` says so in plain sentences.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from arazzo_tui.graphql.syntax import (
    Declaration,
    Definition,
    Kind,
    Token,
    Unparsed,
    definitions,
    reprinted,
    tokens,
)
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, kind


class Given(Enum):
    """Whether a declared variable is in the request; null and missing differ (GraphQL §6.1.2)."""

    GIVEN = "given"
    MISSING = "missing"
    NULL = "null"


class Variable(Struct, frozen=True):
    """A variable the operation declares, and what the request sends for it.

    `type` is the declared type as text (`[ErrorObjectInput]!`), `default` the text of the default
    value. `value` means something only while `state` is `GIVEN`.
    """

    name: str
    type: str
    nullable: bool
    default: str | None
    state: Given
    value: Json = None

    @property
    def has_default(self) -> bool:
        """Whether the operation itself provides a value."""
        return self.default is not None

    @property
    def lacking(self) -> bool:
        """Whether every server must refuse this: a `!` type with null or nothing (GraphQL §6.1.2)."""
        match self.state:
            case Given.GIVEN:
                return False
            case Given.NULL:
                return not self.nullable
            case Given.MISSING:
                return not self.nullable and not self.has_default


class Operation(Struct, frozen=True):
    """A request body as GraphQL over HTTP reads it (GraphQL over HTTP, "Request Parameters").

    `kind`, `name` and `variables` belong to the operation a server would run; `kind` is None when
    that cannot be told, and then `syntax_error` or `problems` says why. `sent` are the variables of
    the body as they are, `undeclared` the names among them that the operation does not declare.
    """

    query: str
    operation_name: str | None
    kind: Kind | None
    name: str | None
    variables: tuple[Variable, ...]
    sent: Mapping[str, Json]
    undeclared: tuple[str, ...]
    extensions: Mapping[str, Json]
    syntax_error: Unparsed | None
    problems: tuple[str, ...]


def is_graphql(body: Json) -> bool:
    """Whether a JSON body is meant as a request of GraphQL over HTTP; nothing is parsed to say so.

    It is an object with a string `query`. A search API has that too, so the query must start as
    GraphQL starts, or have `variables` or `operationName` beside it.
    """
    if not isinstance(body, Mapping):
        return False
    query = body.get("query")
    return isinstance(query, str) and (
        "variables" in body or "operationName" in body or _START.match(query) is not None
    )


_START = re.compile(
    r"""[\s,\ufeff]*(?:\{|\#|(?:"[^"\n]*"\s*|"{3}.*?"{3}\s*)?(?:query|mutation|subscription|fragment)\b)""",
    re.DOTALL,
)


def read_operation(body: Json) -> Operation | None:
    """The GraphQL request in a JSON body, or None where `is_graphql` says that it is none."""
    query = body.get("query") if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(query, str) or not is_graphql(body):
        return None
    found = definitions(query)
    written = () if isinstance(found, Unparsed) else found
    name = body.get("operationName")
    operation_name = name if isinstance(name, str) else None
    chosen = _chosen(written, operation_name)
    sent = _object(body, "variables")
    declared = chosen.variables if chosen else ()
    names = {each.name for each in declared}
    problems = list(_malformed(body))
    if chosen is None and not isinstance(found, Unparsed):
        problems.append(_unchosen(written, operation_name))
    return Operation(
        query=query,
        operation_name=operation_name,
        kind=chosen.kind if chosen else None,
        name=chosen.name if chosen else None,
        variables=tuple(_variable(each, sent) for each in declared),
        sent=sent,
        undeclared=tuple(each for each in sent if each not in names) if chosen else (),
        extensions=_object(body, "extensions"),
        syntax_error=found if isinstance(found, Unparsed) else None,
        problems=tuple(problems),
    )


def _chosen(written: Sequence[Definition], name: str | None) -> Definition | None:
    """The operation that runs (GraphQL §6.1, GetOperation); an empty name is as good as none."""
    if name:
        return next((each for each in written if each.name == name), None)
    return written[0] if len(written) == 1 else None


def _unchosen(written: Sequence[Definition], name: str | None) -> str:
    if not written:
        return "the document has no operation, so there is nothing to run"
    names = ", ".join(quoted_name(each.name) for each in written if each.name)
    if name:
        there = f"; there is {names}" if names else "; its operation has no name"
        return f"`operationName` is {quoted_name(name)}, which the document does not have{there}"
    listed = f": {names}" if names else ""
    return f"the document has {len(written)} operations{listed}; `operationName` must choose one"


def _object(body: Mapping[str, Json], member: str) -> Mapping[str, Json]:
    value = body.get(member)
    return value if isinstance(value, Mapping) else {}


def _malformed(body: Mapping[str, Json]) -> Iterator[str]:
    """What makes a request not well formed whatever its query says."""
    for member in ("variables", "extensions"):
        value = body.get(member)
        if value is not None and not isinstance(value, Mapping):
            yield f"`{member}` must be an object, and is of type {kind(value)}"
    name = body.get("operationName")
    if name is not None and not isinstance(name, str):
        yield f"`operationName` must be a string, and is of type {kind(name)}"


def _variable(declared: Declaration, sent: Mapping[str, Json]) -> Variable:
    value = sent.get(declared.name)
    state = Given.GIVEN if value is not None else Given.NULL
    return Variable(
        declared.name,
        declared.type,
        declared.nullable,
        declared.default,
        state if declared.name in sent else Given.MISSING,
        value,
    )


class Span(Struct, frozen=True):
    """A stretch of one line: line and column counted from 1, length in code points."""

    line: int
    column: int
    length: int


class Printed(Struct, frozen=True):
    """A query laid out for reading, and the way from the query as sent to this text.

    `pairs` are the tokens of both texts that are the same token: sent first, printed second.
    """

    text: str
    sent: str
    pairs: tuple[tuple[Token, Token], ...]

    def place(self, line: int, column: int) -> tuple[int, int] | None:
        """Where a server's error location (line, column in the query as sent) stands in `text`.

        A place between two tokens is that of the next one. None when the text has no such place.
        """
        at = offset_of(self.sent, line, column)
        if at is None:
            return None
        if self.text == self.sent:
            return line, column
        for sent, printed in self.pairs:
            if at < sent.end or sent.kind == _END:
                inside = max(0, at - sent.start)
                as_long = sent.end - sent.start == printed.end - printed.start
                one_line = printed.kind != "BlockString"
                return printed.line, printed.column + (inside if as_long and one_line else 0)
        return None

    def spans_of(self, name: str) -> tuple[Span, ...]:
        """Where `text` has the name a message quotes: `$x`, `Mutation.field`, `[Type]!` or `field`.

        A bare name means fields, arguments and types; only if there are none, variables so called.
        Of a dotted name or a schema coordinate the last part that is in the text counts.
        """
        for wanted in reversed(_NAMES.findall(name)):
            found = tuple(self._named(wanted.lstrip("$")))
            bare = [token for token, is_variable in found if not is_variable]
            variables = [token for token, is_variable in found if is_variable]
            chosen = variables if wanted.startswith("$") else bare or variables
            if chosen:
                return tuple(Span(at.line, at.column, at.end - at.start) for at in chosen)
        return ()

    def _named(self, name: str) -> Iterator[tuple[Token, bool]]:
        """The names in `text` that are `name`, and whether each is a variable's."""
        last: Token | None = None
        for _, token in self.pairs:
            if token is last:
                continue
            if token.kind == "Name" and token.value == name:
                yield token, last is not None and last.kind == "$"
            last = token


_END = "<EOF>"
_NAMES = re.compile(r"\$?[A-Za-z_][A-Za-z0-9_]*")


def pretty(query: str) -> Printed:
    """The query one field a line, or as it is when it does not parse."""
    text = reprinted(query)
    if text is None:
        read = tokens(query)
        return Printed(query, query, tuple((token, token) for token in read))
    return Printed(text, query, tuple(_paired(tokens(query), tokens(text))))


_LEFT_OUT = frozenset({"query", "&", "|"})


def _paired(sent: Sequence[Token], printed: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """The tokens of two layouts side by side.

    Printing keeps the order of tokens and leaves out only the word `query` before a lone `{` and a
    leading `&` or `|`; such a token goes with the one after it. Should the texts part in any other
    way, the pairs end there: no place is better than a wrong one.
    """
    rest = iter(printed)
    there = next(rest, None)
    for token in sent:
        if there is None:
            return
        same = (token.kind, token.value) == (there.kind, there.value)
        if not same and (token.value or token.kind) not in _LEFT_OUT:
            return
        yield token, there
        if same:
            there = next(rest, None)


_LINE_END = re.compile(r"\r\n|\n|\r")


def offset_of(text: str, line: int, column: int) -> int | None:
    """The offset of a line and column counted from 1 (line ends as in GraphQL §2.1.2), or None."""
    start = 0
    for _ in range(line - 1):
        end = _LINE_END.search(text, start)
        if end is None:
            return None
        start = end.end()
    stop = _LINE_END.search(text, start)
    last = stop.start() if stop else len(text)
    at = start + column - 1
    return at if line >= 1 and start <= at <= last else None
