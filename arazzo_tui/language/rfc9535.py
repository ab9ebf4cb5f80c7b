"""JSONPath as RFC 9535 has it: the library's parser and evaluation, with exact integers and an end.

Imported only by `query`, and only when a path is read: importing the library takes a while.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Self

from iregexp_check import check
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathNode, JSONPathNodeList
from jsonpath_rfc9535.exceptions import JSONPathError
from jsonpath_rfc9535.filter_expressions import (
    Expression,
    FilterContext,
    IntegerLiteral,
    RelativeFilterQuery,
    RootFilterQuery,
)
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.parse import Parser
from jsonpath_rfc9535.query import JSONPathQuery
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import IndexSelector, NameSelector
from jsonpath_rfc9535.tokens import TokenStream

from arazzo_tui.language.note import BadText
from arazzo_tui.language.pattern import Compiled, compiled, find
from arazzo_tui.language.query_limits import Budget, QueryFailed
from arazzo_tui.language.values import Json, Pointer

Steps = tuple[str | int, ...]


def read_path(text: str) -> tuple[Callable[[Json], Iterator[tuple[Json, Pointer]]], Steps | None]:
    """What a path selects, with pointers; and its steps, when it can select one node at most.

    Raises `BadText`; the function raises `QueryFailed`.
    """
    budget = Budget()
    environment = _Environment(budget)
    try:
        query = environment.compile(text)
    except JSONPathError as wrong:
        raise _bad_text(text, wrong) from None
    except RecursionError:
        raise BadText("this path is nested too deeply") from None
    except BadText:  # a `ValueError`, and ours
        raise
    except (ValueError, OverflowError):
        raise BadText("a number in this path is too long") from None

    def select(value: Json) -> Iterator[tuple[Json, Pointer]]:
        budget.renew()
        try:
            for node in _from(value, budget, query):
                found: Json = node.value  # type: ignore[assignment]  # the library says object
                pointer = _pointer(node)
                budget.spend(len(pointer) // 4)
                yield found, pointer
        except RecursionError:
            raise QueryFailed("the value is nested too deeply for this query") from None

    steps = _steps(query)
    if steps is None:
        _check_length(query)
    return select, steps


def _check_length(query: JSONPathQuery) -> None:
    """Each segment draws from the one before it, and so many of them end the whole program."""
    if len(query.segments) > _MOST_SEGMENTS:
        raise BadText(f"a path that selects many nodes has at most {_MOST_SEGMENTS} segments here")


_MOST_SEGMENTS = 200


def _steps(query: JSONPathQuery) -> Steps | None:
    """The names and indices of a singular query (RFC 9535 §2.3.5.1)."""
    steps: list[str | int] = []
    for segment in query.segments:
        if isinstance(segment, JSONPathRecursiveDescentSegment) or len(segment.selectors) != 1:
            return None
        match segment.selectors[0]:
            case NameSelector(name=name):
                steps.append(name)
            case IndexSelector(index=index):
                steps.append(index)
            case _:
                return None
    return tuple(steps)


class _Node(JSONPathNode):
    """A node whose children are paid for. Its place is known from its parents: a deep value would
    else be written out once for each of its levels.
    """

    __slots__ = ("budget", "key")

    def __init__(
        self,
        value: object,
        key: int | str,
        parent: JSONPathNode | None,
        root: object,
        budget: Budget,
    ) -> None:
        super().__init__(value=value, location=(), parent=parent, root=root)  # type: ignore[arg-type]  # JSON
        self.key = key
        self.budget = budget

    def new_child(self, value: object, key: int | str, parent: JSONPathNode | None) -> JSONPathNode:
        self.budget.spend()
        return _Node(value, key, parent, self.root, self.budget)


def _pointer(node: JSONPathNode) -> Pointer:
    tokens: list[str] = []
    here: JSONPathNode | None = node
    while isinstance(here, _Node) and here.parent is not None:
        tokens.append(str(here.key))
        here = here.parent
    return tuple(reversed(tokens))


def _from(value: object, budget: Budget, query: JSONPathQuery) -> Iterable[JSONPathNode]:
    """What a query selects from a value, as `JSONPathQuery.finditer`, but paid for."""
    nodes: Iterable[JSONPathNode] = [_Node(value, "", None, value, budget)]
    for segment in query.segments:
        nodes = segment.resolve(nodes)
    return nodes


class _Query(JSONPathQuery):
    """A query inside a filter; it spends from the budget of the whole path."""

    __slots__ = ()

    @classmethod
    def of(cls, query: JSONPathQuery) -> Self:
        _check_length(query)
        return cls(env=query.env, segments=query.segments)

    def finditer(self, value: object) -> Iterable[JSONPathNode]:
        assert isinstance(self.env, _Environment)
        self.env.budget.spend()
        return _from(value, self.env.budget, self)


class _Descent(JSONPathRecursiveDescentSegment):
    """`..`, without recursion: a body may be thousands of levels deep."""

    __slots__ = ()

    def resolve(self, nodes: Iterable[JSONPathNode]) -> Iterable[JSONPathNode]:
        for node in nodes:
            waiting = [node]
            while waiting:
                here = waiting.pop()
                for selector in self.selectors:
                    yield from selector.resolve(here)
                waiting.extend(reversed(list(_inner(here))))


def _inner(node: JSONPathNode) -> Iterator[JSONPathNode]:
    """The children of a node that have children themselves."""
    match node.value:
        case dict(members):
            for name, value in members.items():
                if isinstance(value, dict | list):
                    yield node.new_child(value, name, node)
        case list(items):
            for index, value in enumerate(items):
                if isinstance(value, dict | list):
                    yield node.new_child(value, index, node)
        case _:
            return


class _Parser(Parser):
    """The library's parser; what it makes is ours where that matters."""

    def parse_query(
        self, stream: TokenStream, *, in_filter: bool = False
    ) -> Iterable[JSONPathSegment]:
        for each in super().parse_query(stream, in_filter=in_filter):
            if isinstance(each, JSONPathRecursiveDescentSegment):
                yield _Descent(env=each.env, token=each.token, selectors=each.selectors)
            else:
                yield each

    def parse_root_query(self, stream: TokenStream) -> Expression:
        parsed = super().parse_root_query(stream)
        assert isinstance(parsed, RootFilterQuery)
        return RootFilterQuery(parsed.token, _Query.of(parsed.query))

    def parse_relative_query(self, stream: TokenStream) -> Expression:
        parsed = super().parse_relative_query(stream)
        assert isinstance(parsed, RelativeFilterQuery)
        return _FromHere(parsed.token, _Query.of(parsed.query))

    def parse_integer_literal(self, stream: TokenStream) -> Expression:
        token = stream.current
        literal = super().parse_integer_literal(stream)
        if token.value.lstrip("-").isdigit():  # the library goes through a float
            return IntegerLiteral(token, int(token.value))
        return literal


class _FromHere(RelativeFilterQuery):
    """`@…`. The library takes a lone `@` for its value, so that `[?@]` would not find false or 0."""

    __slots__ = ()

    def evaluate(self, context: FilterContext) -> object:
        return JSONPathNodeList(self.query.find(context.current))  # type: ignore[arg-type]  # JSON


class _Environment(JSONPathEnvironment):
    """The library's environment with its budget and its own `match` and `search`."""

    parser_class = _Parser

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        self.function_extensions["match"] = _Matching(budget, whole=True)
        self.function_extensions["search"] = _Matching(budget, whole=False)


class _Matching(FilterFunction):
    """`match()` and `search()` (RFC 9535 §2.4.6, §2.4.7) on an engine that stops."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012  # the library's word
    return_type = ExpressionType.LOGICAL

    def __init__(self, budget: Budget, *, whole: bool) -> None:
        self.budget = budget
        self.whole = whole

    def __call__(self, text: object, pattern: object) -> bool:
        if not isinstance(text, str) or not isinstance(pattern, str):
            return False
        engine = _i_regexp(pattern)
        return engine is not None and (
            find(engine, text, self.budget, whole=self.whole) is not None
        )


_LONGEST_PATTERN = 10_000
_MOST_GROUPS = 500


@lru_cache(256)
def _i_regexp(pattern: str) -> Compiled | None:
    """An I-Regexp (RFC 9485); None for anything else, which matches nothing.

    Raises `QueryFailed` for one that is too large for the library that knows what an I-Regexp is: it
    calls itself for each group, in native code, where too deep is the end of the program.
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise QueryFailed(f"a pattern has at most {_LONGEST_PATTERN:,} characters here")
    if pattern.count("(") > _MOST_GROUPS:
        raise QueryFailed(f"a pattern has at most {_MOST_GROUPS} groups here")
    try:
        if not check(pattern):
            return None
    except UnicodeEncodeError:  # half a character is none that could be matched
        return None
    # Its dot is anything but a line feed and a carriage return; Python's stops only at the former.
    dotted = re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\.",
        lambda found: r"[^\n\r]" if found.group() == "." else found.group(),
        pattern,
        flags=re.DOTALL,
    )
    try:
        return compiled(dotted)
    except BadText:
        return None


def _bad_text(text: str, wrong: JSONPathError) -> BadText:
    """The library's complaint in our words: where, what was found, and what would be right."""
    at = wrong.token.index if wrong.token is not None else 0
    at = at if 0 <= at < len(text) else len(text)
    if text.strip() != text:
        at = 0 if text[:1].isspace() else len(text.rstrip())
        return BadText(
            "not a JSONPath: white space stands around it", at, f"write `{text.strip()}`"
        )
    said = str(wrong.args[0]) if wrong.args else ""
    message = re.sub(r"(?: starting)? at index -?[0-9]+", "", said)
    if "expected" in message or "Token" in message or "bald" in message or not message:
        message = (
            f"`{text[at : at + 20]}` is not expected" if at < len(text) else "it ends too early"
        )
    return BadText(f"not a JSONPath: {message}", at, _hint(text[:at], text[at:], message))


_HINTS = (
    (r"", r"[A-Za-z_]", "a path starts with `$`"),
    (r"\$.*\[\(?", r"\(?@\.length", "count from the end with a negative index, as in `[-1]`"),
    (r"\$.*", r"\s*=~", "write `match(@.name, 'pattern')` or `search(@.name, 'pattern')`"),
    (r"\$.*", r"\s*=(?!=)", "equality is written `==`"),
    (r"\$.*\?.*", r"\s*(?:and|or|not)\b", "write `&&`, `||`, `!`"),
    (r"\$.*[=<>]\s*", r"(?:True|False|Null|None)\b", "write `true`, `false`, `null`"),
    (r"\$.*[=<>]\s*", r"[A-Za-z_]", "text is quoted, as in `'text'`"),
    (
        r"\$[^?]*",
        r"\s*(?:[=!<>]=|[<>]|&&|\|\|)",
        "a path selects; a comparison stands in a filter, as in `$[?@.name == 'x']`",
    ),
    (r"\$.*\w", r"-", "a name with a hyphen is quoted, as in `$['first-name']`"),
    (r"\$.*\.", r"[0-9]", "an index stands in brackets, as in `$.items[0]`"),
)


def _hint(before: str, rest: str, message: str) -> str:
    """What would be right, for the mistakes that documents are full of; else empty."""
    if "non-singular" in message:
        return "compare a path to a single node, or use `count()` or `value()`"
    for left, right, hint in _HINTS:
        if re.fullmatch(left, before, re.DOTALL) and re.match(right, rest):
            return hint
    return ""
