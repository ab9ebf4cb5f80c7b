"""The text of a query with a name changed, an argument added or taken away, every other character as it was.

What is changed is found by the query's outline. What it is good for, and what becomes of the variables'
values, is said in `edits`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from arazzo_tui.graphql.outline import Part, PartKind, outline
from arazzo_tui.graphql.syntax import Token, tokens
from arazzo_tui.language.printable import quoted_name


class DoesNotFit(ValueError):
    """An edit whose place is no longer as it was; the message is a sentence."""


class Holder(Struct, frozen=True):
    """What holds arguments in a query: a field, a directive, or an object value with its input fields.

    `number` counts those of its kind in the query from 0: arguments that come or go elsewhere, and
    names that change, leave it as it is. `name` is the field's or directive's, "" for an object.
    """

    kind: PartKind
    number: int
    name: str

    @property
    def holds(self) -> str:
        """What it holds, in plain words."""
        return _held(self.kind).value


def holder_of(part: Part, query: str, parts: Sequence[Part]) -> Holder | None:
    """A field, directive or object of a query as a holder; None for any other part."""
    of_kind = _holders(part.kind, query, parts)
    numbers = (number for number, each in enumerate(of_kind) if each is part)
    number = next(numbers, None)
    return None if number is None else Holder(part.kind, number, part.name)


def _holders(kind: PartKind, query: str, parts: Iterable[Part]) -> list[Part]:
    match kind:
        case PartKind.FIELD | PartKind.DIRECTIVE:
            return [part for part in parts if part.kind is kind]
        case PartKind.VALUE:
            return [part for part in parts if is_object(part, query)]
        case _:
            return []


def is_object(part: Part, query: str) -> bool:
    """Whether a part is an object value, `{ … }`."""
    return part.kind is PartKind.VALUE and query.startswith("{", part.first)


def _held(kind: PartKind) -> PartKind:
    return PartKind.INPUT_FIELD if kind is PartKind.VALUE else PartKind.ARGUMENT


def renamed(query: str, at: int, old: str, new: str) -> str:
    """The query with another name in the place of a token; raises `DoesNotFit`."""
    read = tokens(query)
    if at >= len(read):
        raise DoesNotFit(f"the query no longer has {quoted_name(old)} there")
    token = read[at]
    there = query[token.start : token.end]
    if there != old:
        raise DoesNotFit(f"the query has {quoted_name(there)} there, and not {quoted_name(old)}")
    parts = outline(query)
    part = next((each for each in parts if each.start == token.start), None)
    if part is not None and part.kind in (PartKind.ARGUMENT, PartKind.INPUT_FIELD):
        _check_free(parts, part.parent, new)
    return query[: token.start] + new + query[token.end :]


def with_argument(query: str, holder: Holder, name: str, type_: str) -> tuple[str, str]:
    """The query with one more argument, and the variable it is given, declared with a type.

    The variable has the argument's name, with a number after it where the query has such a variable.
    Raises `DoesNotFit` when the holder is gone or has the argument.
    """
    parts = outline(query)
    held = _found(holder, query, parts)
    _check_free(parts, held, name)
    if any(part.kind is PartKind.DECLARATION for part in held.ancestors):
        raise DoesNotFit("no variable can stand in the definition of another one")
    roots = _running(held, parts)
    if not roots:
        raise DoesNotFit("no operation of the query uses the fragment it would be added to")
    variable = _fresh(name, parts)
    changes = [_argument(held, f"{name}: ${variable}", parts)]
    changes += [_definition(each, f"${variable}: {type_}", parts, query) for each in roots]
    for at, text in sorted(changes, reverse=True):
        query = query[:at] + text + query[at:]
    return query, variable


def without_argument(query: str, holder: Holder, name: str) -> tuple[str, frozenset[str]]:
    """The query without an argument, and the variables that only it used: they are gone as well.

    Raises `DoesNotFit` when the holder is gone or has no such argument.
    """
    parts = outline(query)
    held = _found(holder, query, parts)
    siblings = _inside(held, _held(held.kind), parts)
    gone = next((each for each in siblings if each.name == name), None)
    if gone is None:
        raise DoesNotFit(f"the query no longer has {quoted_name(name)} there")
    uses = [part for part in parts if part.kind is PartKind.VARIABLE]
    inside = {part.name for part in uses if gone in part.ancestors}
    unused = inside - {part.name for part in uses if gone not in part.ancestors}
    start, end = _extent(gone, siblings, query)
    query = query[:start] + query[end:]
    for each in sorted(unused):
        query = without_variable(query, each)
    return query, frozenset(unused)


def without_variable(query: str, name: str) -> str:
    """The query without the definitions of a variable; raises `DoesNotFit` while it is used."""
    parts = outline(query)
    if any(part.kind is PartKind.VARIABLE and part.name == name for part in parts):
        raise DoesNotFit(f"the query uses {quoted_name('$' + name)}")
    declared = [part for part in parts if part.kind is PartKind.DECLARATION and part.name == name]
    for part in reversed(declared):
        beside = [each for each in parts if each.kind is part.kind and each.parent is part.parent]
        start, end = _extent(part, beside, query)
        query = query[:start] + query[end:]
    return query


def is_type(text: str) -> bool:
    """Whether a text is a type as a variable is declared with it (GraphQL §2.12)."""
    inner = text.removesuffix("!")
    if inner.startswith("[") and inner.endswith("]"):
        return is_type(inner[1:-1])
    return re.fullmatch(r"[A-Za-z_]\w*", inner, re.ASCII) is not None


def _found(holder: Holder, query: str, parts: Sequence[Part]) -> Part:
    held = _holders(holder.kind, query, parts)
    if holder.number >= len(held) or held[holder.number].name != holder.name:
        raise DoesNotFit(f"the query no longer has {quoted_name(holder.name or '{ … }')} there")
    return held[holder.number]


def _inside(part: Part | None, kind: PartKind, parts: Iterable[Part]) -> list[Part]:
    return [each for each in parts if each.kind is kind and each.parent is part]


def _check_free(parts: Iterable[Part], held: Part | None, name: str) -> None:
    kinds = (PartKind.ARGUMENT, PartKind.INPUT_FIELD)
    if any(each.name == name and each.parent is held for each in parts if each.kind in kinds):
        raise DoesNotFit(f"there is a {quoted_name(name)} already")


def _fresh(name: str, parts: Iterable[Part]) -> str:
    """A name that no variable of the query has."""
    kinds = (PartKind.DECLARATION, PartKind.VARIABLE)
    taken = {part.name for part in parts if part.kind in kinds}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _running(part: Part, parts: Sequence[Part]) -> list[Part]:
    """The operations that a part belongs to: its own, or those that use its fragment."""
    root = [part, *part.ancestors][-1]
    if root.kind is PartKind.OPERATION:
        return [root]
    names = {root.name}
    while True:
        more = {
            top.name
            for each in parts
            if each.kind is PartKind.SPREAD and each.name in names
            for top in list(each.ancestors)[-1:]
            if top.kind is PartKind.FRAGMENT
        }
        if more <= names:
            break
        names |= more
    spreads = (part for part in parts if part.kind is PartKind.SPREAD and part.name in names)
    tops = {id(list(each.ancestors)[-1]) for each in spreads}
    return [each for each in parts if each.kind is PartKind.OPERATION and id(each) in tops]


def _argument(held: Part, text: str, parts: Sequence[Part]) -> tuple[int, str]:
    """Where a new argument goes, and with what around it."""
    there = _inside(held, _held(held.kind), parts)
    if there:
        return there[-1].last, f", {text}"
    if held.kind is PartKind.VALUE:
        return held.first + 1, text
    return held.end, f"({text})"


def _definition(operation: Part, text: str, parts: Sequence[Part], query: str) -> tuple[int, str]:
    """Where the definition of a new variable goes, and with what around it."""
    there = _inside(operation, PartKind.DECLARATION, parts)
    if there:
        return there[-1].last, f", {text}"
    if operation.name:
        return operation.end, f"({text})"
    if query.startswith("{", operation.first):
        return operation.first, f"query ({text}) "
    word = next(_words(query, operation), None)
    return (operation.first if word is None else word.end), f" ({text})"


def _words(query: str, operation: Part) -> Iterator[Token]:
    """The word an operation without a name begins with, past its description."""
    return (
        token for token in tokens(query) if token.start >= operation.first and token.kind == "Name"
    )


def _extent(part: Part, siblings: Sequence[Part], query: str) -> tuple[int, int]:
    """What goes with one of several parts: what parts it from the next, or the parentheses when alone."""
    at = next(number for number, each in enumerate(siblings) if each is part)
    if at + 1 < len(siblings):
        return part.first, siblings[at + 1].first
    if at:
        return siblings[at - 1].last, part.last
    if part.kind is PartKind.INPUT_FIELD:
        return part.first, part.last
    read = tokens(query)
    start = max(token.start for token in read if token.end <= part.first)
    end = min(token.end for token in read if token.start >= part.last)
    return start, end
