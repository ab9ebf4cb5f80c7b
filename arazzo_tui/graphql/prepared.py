"""A GraphQL request whose answer has errors, prepared to look up where its names and places stand.

Nothing here reads an error's words; that is `wording`, and both together are `places` and `proposals`.
"""

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from arazzo_tui.graphql.errors import Location
from arazzo_tui.graphql.outline import Part, outline
from arazzo_tui.graphql.request import Operation, Span, offset_of, pretty
from arazzo_tui.graphql.syntax import Token
from arazzo_tui.language.values import Json, Missing, Pointer, follow


class QueryPlace(Struct, frozen=True):
    """A stretch of the query: in the text as sent, and in the text laid out for reading.

    `printed` is None where the layouts cannot be compared.
    """

    sent: Span
    printed: Span | None


class Prepared:
    """A request's query and variables, prepared to look things up in."""

    def __init__(self, operation: Operation) -> None:
        printed = pretty(operation.query)
        self.parts = outline(operation.query)
        self.operation = operation.operation_name
        self.variables = operation.sent
        self.declared = {each.name: each.type for each in operation.variables}
        self.query = operation.query
        self._tokens = [sent for sent, _ in printed.pairs]
        self._printed = [there for _, there in printed.pairs]
        self._by_start = {token.start: at for at, token in enumerate(self._tokens)}
        self._is_alike = max(self.query, default="") <= "\uffff"  # the same in both counts
        self._ends = [token.end for token in self._tokens]
        self._called: dict[str, list[Part]] = {}
        for part in self.parts:
            for name in {part.name, part.response_name or part.name}:
                self._called.setdefault(name, []).append(part)

    def offset(self, at: Location) -> int | None:
        """Where a location is in the query; columns are code points, or UTF-16 units as in JavaScript.

        Where both readings are possible, the one at which a token begins is meant.
        """
        plain = offset_of(self.query, at.line, at.column)
        if plain in self._by_start or self._is_alike:
            return plain
        start = offset_of(self.query, at.line, 1) or 0
        units = self.query[start:].encode("utf-16-le", "surrogatepass")[: 2 * (at.column - 1)]
        other = start + len(units.decode("utf-16-le", "replace"))
        return other if other in self._by_start else plain

    def token_at(self, start: int) -> int | None:
        """Which token begins at an offset."""
        return self._by_start.get(start)

    def token_from(self, offset: int) -> int | None:
        """Which token an offset is in; between two the next one, past what is GraphQL none."""
        found = bisect_right(self._ends, offset)
        last = len(self._tokens) - 1
        if found <= last:
            return found
        return last if self._tokens and self._tokens[last].kind == _END else None

    def called(self, name: str) -> Sequence[Part]:
        """The parts of a name, and the fields that are answered under it."""
        return self._called.get(name, ())

    def place(self, at: int) -> QueryPlace:
        """A token as a place; a variable or directive with its `$` or `@`."""
        first = at - 1 if at and self._tokens[at - 1].kind in ("$", "@") else at
        return QueryPlace(
            _span(self._tokens[first], self._tokens[at]),
            _span(self._printed[first], self._printed[at]),
        )

    def spelled(self, at: int) -> str:
        """A token as it is written in the query as sent."""
        token = self._tokens[at]
        return self.query[token.start : token.end]


_END = "<EOF>"


def _span(first: Token, last: Token) -> Span:
    """From one token to another of the same line; of a token over several lines the first mark."""
    if first.line != last.line:
        first = last
    length = 3 if last.kind == "BlockString" else last.end - first.start
    return Span(first.line, first.column, max(1, length))


def has(value: Json, pointer: Pointer) -> bool:
    """Whether there is anything at a place, null included."""
    try:
        follow(value, pointer)
    except Missing:
        return False
    return True
