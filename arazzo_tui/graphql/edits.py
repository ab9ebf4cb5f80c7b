"""One name changed in a request: what “Did you mean” becomes, and what it makes of a body.

An edit names its place by token or by JSON Pointer and not by offset, so it still fits after other names
of the same request were changed. Nothing else of the query is touched, not even a space. Which edits
make sense is said in `places`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from arazzo_tui.graphql.syntax import tokens
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, array_index, follow


@dataclass(frozen=True, slots=True)
class InQuery:
    """A token of the query as sent, counted from 0 (comments and commas are no tokens)."""

    token: int


@dataclass(frozen=True, slots=True)
class KeyInVariables:
    """A member of an object in the variables, by the pointer to it; its key is what changes."""

    pointer: Pointer


@dataclass(frozen=True, slots=True)
class ValueInVariables:
    """A value in the variables; it is replaced as a whole."""

    pointer: Pointer


Spot: TypeAlias = InQuery | KeyInVariables | ValueInVariables


@dataclass(frozen=True, slots=True)
class Edit:
    """A name to change: `old` as it is written there, `new` in its stead.

    `what` is the kind of thing in plain words: `field`, `argument`, `enum value`, `type`, `variable`,
    `input field`, `directive`. The suggestion is the server's; nobody here vouches for it.
    """

    what: str
    old: str
    new: str
    spot: Spot

    @property
    def sentence(self) -> str:
        """What it does, in plain words for a menu: “argument `clientId` → `client_id`”."""
        where = "" if isinstance(self.spot, InQuery) else " in the variables"
        return f"{self.what} {quoted_name(self.old)} → {quoted_name(self.new)}{where}"


class DoesNotFit(ValueError):
    """An edit whose place no longer holds the name it would change; the message is a sentence."""


def apply(edit: Edit, body: Json) -> Json:
    """The body of a request with one name changed; everything else is as it was, order included.

    Raises `DoesNotFit` when the name is not at its place, or the new one is there already.
    """
    if not isinstance(body, Mapping):
        raise DoesNotFit("the body is no longer a GraphQL request")
    match edit.spot:
        case InQuery(token):
            return {**body, "query": _query(body.get("query"), token, edit)}
        case KeyInVariables(pointer):
            return {
                **body,
                "variables": _changed(body.get("variables"), pointer, edit, as_key=True),
            }
        case ValueInVariables(pointer):
            changed = _changed(body.get("variables"), pointer, edit, as_key=False)
            return {**body, "variables": changed}


def fits(edit: Edit, body: Json) -> bool:
    """Whether `apply` would do it."""
    try:
        apply(edit, body)
    except DoesNotFit:
        return False
    return True


def _query(query: Json, at: int, edit: Edit) -> str:
    read = tokens(query) if isinstance(query, str) else ()
    if not isinstance(query, str) or at >= len(read):
        raise DoesNotFit(f"the query no longer has {quoted_name(edit.old)} there")
    token = read[at]
    there = query[token.start : token.end]
    if there != edit.old:
        found = quoted_name(there)
        raise DoesNotFit(f"the query has {found} there, and not {quoted_name(edit.old)}")
    return query[: token.start] + edit.new + query[token.end :]


def _changed(value: Json, pointer: Pointer, edit: Edit, *, as_key: bool) -> Json:
    """A value with a key or a value changed at a pointer; only the containers on the way are new."""
    if not pointer:
        raise DoesNotFit("there is nothing to rename in the variables")
    *way, last = pointer
    try:
        box = follow(value, tuple(way))
        there = follow(box, (last,))
    except Missing:
        raise DoesNotFit(f"the variables no longer have {quoted_name(last)} there") from None
    replaced = _renamed(box, last, edit) if as_key else _replaced(box, last, there, edit)
    for depth in reversed(range(len(way))):
        replaced = _with(follow(value, tuple(way[:depth])), way[depth], replaced)
    return replaced


def _renamed(box: Json, key: str, edit: Edit) -> Json:
    if not isinstance(box, Mapping) or key != edit.old:
        raise DoesNotFit(f"{quoted_name(edit.old)} is not the name of a member there")
    if edit.new in box:
        raise DoesNotFit(f"there is a {quoted_name(edit.new)} already")
    return {edit.new if name == key else name: value for name, value in box.items()}


def _replaced(box: Json, token: str, there: Json, edit: Edit) -> Json:
    if there != edit.old:
        raise DoesNotFit(f"the variables have another value there, and not {quoted_name(edit.old)}")
    return _with(box, token, edit.new)


def _with(box: Json, token: str, value: Json) -> Json:
    """A container that is known to have such a member or item, with another value for it."""
    match box:
        case Mapping():
            return {name: value if name == token else old for name, old in box.items()}
        case Sequence() if not isinstance(box, str):
            at = array_index(token)
            return [value if index == at else old for index, old in enumerate(box)]
        case _:
            return box
