"""JSONPath as it was before RFC 9535, version `draft-goessner-dispatch-jsonpath-00` (JPA-5, A-39).

The draft's paths on the library's parser. What the library adds of its own is refused by name: its
arithmetic can multiply a string by a billion, its `=~` cannot be stopped, its operators in backquotes
are nobody's standard. Imported only by `query`, and only when such a path is read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from jsonpath_ng import (
    Child,
    DatumInContext,
    Descendants,
    Fields,
    Index,
    JSONPath,
    Root,
    Slice,
    This,
)
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.arithmetic import Operation
from jsonpath_ng.ext.filter import And, Expression, Filter, Or
from jsonpath_ng.ext.parser import ExtendedJsonPathLexer, ExtendedJsonPathParser
from jsonpath_ng.jsonpath import Wildcard

from arazzo_tui.language.note import BadText
from arazzo_tui.language.query_limits import STEPS_MOST, Budget, QueryFailed
from arazzo_tui.language.values import Json, Pointer


def read_path(text: str) -> Callable[[Json], Iterator[tuple[Json, Pointer | None]]]:
    """What a path selects, with pointers; a `.length` has none.

    Raises `BadText`; the function raises `QueryFailed`.
    """
    budget = Budget(STEPS_MOST // 2)  # its steps are slower
    path = _parsed(text, budget)

    def select(value: Json) -> Iterator[tuple[Json, Pointer | None]]:
        budget.renew()
        try:
            nodes = path.find(value)
        except RecursionError:
            raise QueryFailed("the value or the path is nested too deeply") from None
        for node in nodes:
            found: Json = node.value
            pointer = _pointer(node)
            budget.spend(len(pointer or ()) // 4)
            yield found, pointer

    return select


def _parsed(text: str, budget: Budget) -> JSONPath:
    try:
        tokens = list(ExtendedJsonPathLexer().tokenize(_without_scripts(text)))
        _refuse_foreign(tokens, text)
        return _metered(ExtendedJsonPathParser().parse_token_stream(iter(tokens)), budget)
    except JSONPathError as wrong:
        raise _bad_text(text, str(wrong)) from None
    except RecursionError:
        raise BadText("this path is nested too deeply") from None
    except ValueError as wrong:
        if isinstance(wrong, BadText):
            raise
        raise BadText("a number in this path is too long") from None


_SCRIPT = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[\(\s*@\.length\s*-\s*(?P<back>[0-9]+)\s*\)\]""",
    re.DOTALL,
)


def _without_scripts(text: str) -> str:
    """The draft's only script in use, `[(@.length-1)]`, as the index that it computes: `[-1]`."""

    def plain(found: re.Match[str]) -> str:
        back = found["back"]
        if back is None or not back.strip("0"):
            return found.group()
        return f"[-{back}]".ljust(
            len(found.group())
        )  # as long as before, so that offsets stay right

    return _SCRIPT.sub(plain, text)


class _Token(Protocol):
    """A token of the library's lexer."""

    type: str
    value: float | str | None
    lexpos: int


_FOREIGN = {
    "NAMED_OPERATOR": ("an operator in backquotes is no part of the draft", "use `.length`"),
    "WHERE": ("`where` is no part of the draft", "use a filter: `[?(@.name)]`"),
    "WHERENOT": ("`wherenot` is no part of the draft", "use a filter: `[?(!@.name)]`"),
    "SORT_DIRECTION": ("`/` is no part of the draft", ""),
    "&": ("`&` alone joins nothing", "write `&&`"),
    "|": ("`|` alone joins nothing", "write `||`"),
    "~": ("`~` is no part of the draft", ""),
}


def _refuse_foreign(tokens: Sequence[_Token], text: str) -> None:
    if not tokens or tokens[0].type != "$":
        raise BadText("a path starts with `$`", 0, f"`$.{text}`" if text[:1].isalpha() else "")
    for before, token in pairwise(tokens):
        found = _FOREIGN.get(token.type)
        if found is not None:
            raise BadText(found[0], token.lexpos, found[1])
        if token.type == "FILTER_OP" and token.value in ("=~", "="):
            hint = "equality is written `==`" if token.value == "=" else "compare with `==`"
            raise BadText(f"`{token.value}` is no part of the draft", token.lexpos, hint)
        if (
            before.type == "FILTER_OP"
            and token.type == "ID"
            and not getattr(token, "quoted", False)
        ):
            raise BadText("text is quoted in a filter", token.lexpos, f"write '{token.value}'")


def _bad_text(text: str, message: str) -> BadText:
    place = re.search(r"(?:at \d+:|col )(\d+)", message)
    at = min(int(place[1]), len(text)) if place else len(text)
    found = f"`{text[at : at + 20]}` is not expected" if at < len(text) else "it ends too early"
    hint = ""
    if at < len(text) and not text[at].isascii():
        hint = "a name beyond ASCII is quoted, as in `$['prénom']`"
    elif text[at:].lstrip().startswith(("==", "!=", "<", ">", "&&", "||")) and "?" not in text[:at]:
        hint = "a path selects; a comparison stands in a filter, as in `$[?(@.name == 'x')]`"
    return BadText(f"not a JSONPath: {found}", at, hint)


def _metered(path: JSONPath, budget: Budget) -> JSONPath:
    """The same path, paying for what it looks at; raises `BadText` for what is not the draft's."""
    match path:
        case Root() | This():
            return path
        case Fields() | Index() | Slice() | Wildcard():
            return _Paid(path, budget)
        case Child(left=left, right=Fields(fields=("length",))):
            return Child(_metered(left, budget), _Length(budget))
        case Child(left=left, right=right) if not isinstance(right, Root | This):
            return Child(_metered(left, budget), _metered(right, budget))
        case Descendants(left=left, right=right) if not isinstance(right, Root | This):
            return Descendants(_metered(left, budget), _metered(right, budget))
        case Filter(expressions=expressions):
            return _Paid(Filter([_metered(each, budget) for each in expressions]), budget)
        case And(operands=operands):
            return And([_metered(each, budget) for each in operands])
        case Or(operands=operands):
            return Or([_metered(each, budget) for each in operands])
        case Expression(target=target, op=op, value=value):
            other = _metered(value, budget) if isinstance(value, JSONPath) else value
            return Expression(_metered(target, budget), op, other)
        case Operation():
            raise BadText("arithmetic is no part of the draft")
        case _:
            raise BadText(f"`{path}` is no part of the draft")


class _Paid(JSONPath):
    """A selector that pays for being asked and for what it finds."""

    def __init__(self, selector: JSONPath, budget: Budget) -> None:
        self.right = selector  # so named, the library looks inside for a `$`
        self.budget = budget

    def find(self, data: object) -> list[DatumInContext]:
        self.budget.spend()
        found = self.right.find(data)
        self.budget.spend(len(found))
        return found


class _Length(JSONPath):
    """`.length`: a member of that name, else the length of an array or a string."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget

    def find(self, data: object) -> list[DatumInContext]:
        self.budget.spend()
        datum = DatumInContext.wrap(data)
        match datum.value:
            case dict(members) if "length" in members:
                return [DatumInContext(members["length"], path=Fields("length"), context=datum)]
            case list() | str():
                return [DatumInContext(len(datum.value), path=self, context=datum)]
            case _:
                return []


def _pointer(node: DatumInContext) -> Pointer | None:
    """The place of a node; None for a length, which has none."""
    tokens: list[str] = []
    here: DatumInContext | None = node
    while here is not None and here.context is not None:
        match here.path:
            case Fields(fields=(name,)):
                tokens.append(str(name))
            case Index(indices=(index,)):
                items = here.context.value
                tokens.append(str(index + len(items) if index < 0 else index))
            case _:
                return None
        here = here.context
    return tuple(reversed(tokens))
