"""Which stretches of a text are keywords, names, strings: found bit by bit, so that nothing waits.

A lexer can be slow on a text made to slow it down, so it works in turns and is given up after a while;
what it has not reached stays plain. pygments is imported only when a text is to be coloured.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from time import perf_counter
from typing import TypeAlias

MOST_COLOURED = 200_000
"""A text of more characters stays plain."""

_PATIENCE = 2.0
"""A lexer is given up after so many seconds."""

Stretch: TypeAlias = tuple[int, int, str]
"""From, to (in characters of the text), and which part of the language it is."""

_PARTS = {
    "Comment": "comment",
    "Keyword": "keyword",
    "Keyword.Constant": "number",
    "Name.Tag": "keyword",
    "Name.Decorator": "keyword",
    "Name.Attribute": "name",
    "Name.Variable": "name",
    "Literal.String": "string",
    "Literal.String.Doc": "comment",
    "Literal.Number": "number",
    "Literal.Scalar": "string",
    "Punctuation": "punctuation",
    "Operator": "punctuation",
}
"""The parts by the names of pygments' token types; a type not here is what its parent is."""


class Colours:
    """The stretches of one text, as far as they are known."""

    def __init__(self, text: str, language: str) -> None:
        """Raises `LookupError` where there are no colours for the language."""
        self._tokens = _tokens(text, language)
        self._starts = array("q")
        self._ends = array("q")
        self._parts: list[str] = []
        self._spent = 0.0
        self.reached = 0
        self.done = False

    def work(self, seconds: float) -> None:
        """Find more, for about so long."""
        begun = perf_counter()
        while not self.done and perf_counter() - begun < seconds:
            self._step(50)
        self._spent += perf_counter() - begun
        self.done = self.done or self._spent > _PATIENCE

    def _step(self, count: int) -> None:
        for _ in range(count):
            token = next(self._tokens, None)
            if token is None:
                self.done = True
                return
            start, end, part = token
            self.reached = end
            if not part:
                continue
            if self._ends and self._ends[-1] == start and self._parts[-1] == part:
                self._ends[-1] = end
            else:
                self._starts.append(start)
                self._ends.append(end)
                self._parts.append(part)

    def between(self, start: int, end: int) -> Iterator[Stretch]:
        """What is known of a part of the text, in order."""
        at = max(0, bisect_right(self._starts, start) - 1)
        while at < len(self._parts) and self._starts[at] < end:
            if self._ends[at] > start:
                yield max(start, self._starts[at]), min(end, self._ends[at]), self._parts[at]
            at += 1


def _tokens(text: str, language: str) -> Iterator[Stretch]:
    from pygments.lexer import Lexer
    from pygments.lexers import get_lexer_by_name
    from pygments.token import _TokenType
    from pygments.util import ClassNotFound

    from arazzo_tui.tui.graphql_lexer import GraphQLLexer

    if language == "graphql":
        lexer: Lexer = GraphQLLexer()
    else:
        try:
            lexer = get_lexer_by_name(language)
        except ClassNotFound:
            raise LookupError(language) from None
    known: dict[_TokenType, str] = {}

    def stretches() -> Iterator[Stretch]:
        for start, kind, said in lexer.get_tokens_unprocessed(text):
            part = known.get(kind)
            if part is None:
                part = known[kind] = _part(str(kind))
            yield start, start + len(said), part

    return stretches()


def _part(kind: str) -> str:
    name = kind.removeprefix("Token.")
    while name and name not in _PARTS:
        name = name.rpartition(".")[0]
    return _PARTS.get(name, "")
