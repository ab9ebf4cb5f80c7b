"""What could be done about an error: a name changed, something added that is missing, something taken away.

An edit names its place by token, by the number of a field or by JSON Pointer and not by offset, so it still
fits after other edits of the same request. Nothing else of the query is touched, not even a space. Which
edits make sense is said in `places`, how a query's text changes in `query_edits`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.graphql.query_edits import (
    DoesNotFit,
    Holder,
    renamed,
    with_argument,
    without_argument,
    without_variable,
)
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, array_index, follow

__all__ = [
    "AddArgument", "AddValue", "DoesNotFit", "Edit", "InQuery", "KeyInVariables", "RemoveArgument",
    "RemoveValue", "RemoveVariable", "Rename", "ValueInVariables", "added", "apply", "apply_all",
    "empty_value", "fits",
]  # fmt: skip


class InQuery(Struct, frozen=True):
    """A token of the query as sent, counted from 0 (comments and commas are no tokens)."""

    token: int


class KeyInVariables(Struct, frozen=True):
    """A member of an object in the variables, by the pointer to it; its key is what changes."""

    pointer: Pointer


class ValueInVariables(Struct, frozen=True):
    """A value in the variables; it is replaced as a whole."""

    pointer: Pointer


Spot: TypeAlias = InQuery | KeyInVariables | ValueInVariables


class Rename(Struct, frozen=True):
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


class AddArgument(Struct, frozen=True):
    """A required argument, or input field of an object in the query, that is missing.

    It is given a variable of its own, declared with the type, whose value is empty.
    """

    holder: Holder
    name: str
    type: str

    @property
    def sentence(self) -> str:
        """What it does: “add argument `client_id` as a variable `String!`”."""
        return f"add {self.holder.holds} {quoted_name(self.name)} as a variable {quoted_name(self.type)}"


class AddValue(Struct, frozen=True):
    """A value that is missing in the variables: one of them, or a member in one. It begins empty.

    `type` is its type as far as it was told.
    """

    pointer: Pointer
    type: str | None = None

    @property
    def sentence(self) -> str:
        """What it does: “add `events.events` to the variables”."""
        return f"add {_dotted(self.pointer)} to the variables"


class RemoveArgument(Struct, frozen=True):
    """An argument, or input field in the query, that nobody knows; variables only it used go with it."""

    holder: Holder
    name: str

    @property
    def sentence(self) -> str:
        """What it does: “remove argument `colour` and its value”."""
        return f"remove {self.holder.holds} {quoted_name(self.name)} and its value"


class RemoveVariable(Struct, frozen=True):
    """A variable that the query does not use or not declare: its definition and its value go."""

    name: str

    @property
    def sentence(self) -> str:
        """What it does: “remove variable `$colour` and its value”."""
        return f"remove variable {quoted_name('$' + self.name)} and its value"


class RemoveValue(Struct, frozen=True):
    """A member inside a variable that nobody knows."""

    pointer: Pointer

    @property
    def sentence(self) -> str:
        """What it does: “remove `events.tpye` from the variables”."""
        return f"remove {_dotted(self.pointer)} from the variables"


Edit: TypeAlias = Rename | AddArgument | AddValue | RemoveArgument | RemoveVariable | RemoveValue


def apply(edit: Edit, body: Json) -> Json:
    """The body of a request with one edit made; everything else is as it was, order included.

    Raises `DoesNotFit` when what it would change is not at its place, or what it would add is there.
    """
    if not isinstance(body, Mapping):
        raise DoesNotFit("the body is no longer a GraphQL request")
    match edit:
        case Rename():
            return {**body, **_rename(edit, body)}
        case AddArgument(holder, name, type_):
            query, variable = with_argument(_query(body), holder, name, type_)
            before = _variables(body)
            there = before.get(variable, empty_value(type_))
            return {**body, "query": query, "variables": {**before, variable: there}}
        case AddValue(pointer, type_):
            return {**body, "variables": _with_new(_variables(body), pointer, empty_value(type_))}
        case RemoveArgument(holder, name):
            query, unused = without_argument(_query(body), holder, name)
            return {**body, "query": query, **_without(body, unused)}
        case RemoveVariable(name):
            query = without_variable(_query(body), name)
            if query == body.get("query") and name not in _variables(body):
                raise DoesNotFit(f"there is no variable {quoted_name(name)}")
            return {**body, "query": query, **_without(body, frozenset({name}))}
        case RemoveValue(pointer):
            return {**body, "variables": _changed(body.get("variables"), pointer, _Nothing())}


def _rename(edit: Rename, body: Mapping[str, Json]) -> Mapping[str, Json]:
    """The part of a body that a rename changes."""
    match edit.spot:
        case InQuery(token):
            return {"query": renamed(_query(body), token, edit.old, edit.new)}
        case KeyInVariables(pointer):
            key = _Key(edit.old, edit.new)
            return {"variables": _changed(body.get("variables"), pointer, key)}
        case ValueInVariables(pointer):
            value = _Value(edit.old, edit.new)
            return {"variables": _changed(body.get("variables"), pointer, value)}


def _with_new(variables: Mapping[str, Json], pointer: Pointer, value: Json) -> Json:
    """The variables with a value that was missing: one of them, or a member inside one."""
    if not pointer:
        raise DoesNotFit("there is nothing to add to the variables")
    *way, name = pointer
    if way:
        return _changed(variables, tuple(way), _New(name, value))
    if name in variables:
        raise DoesNotFit(f"there is a {quoted_name(name)} already")
    return {**variables, name: value}


def _without(body: Mapping[str, Json], names: frozenset[str]) -> Mapping[str, Json]:
    """The variables without some of them, where a body has variables at all."""
    if not isinstance(body.get("variables"), Mapping):
        return {}
    kept = {name: value for name, value in _variables(body).items() if name not in names}
    return {"variables": kept}


def apply_all(edits: Iterable[Edit], body: Json) -> tuple[Json, tuple[Edit, ...]]:
    """The body with all the edits that fit, and which those are, in the order they were made.

    Names are changed first: that can make needless what would be added. What is taken away goes last,
    from the end to the begin, so that it does not change what the others name.
    """
    done: list[Edit] = []
    for edit in sorted(dict.fromkeys(edits), key=_rank):
        try:
            body = apply(edit, body)
        except DoesNotFit:
            continue  # it was made already, or another one made it needless
        done.append(edit)
    return body, tuple(done)


def _rank(edit: Edit) -> tuple[int, int]:
    match edit:
        case Rename():
            return 0, 0
        case AddArgument() | AddValue():
            return 1, 0
        case RemoveArgument(holder):
            return 2, -holder.number
        case RemoveVariable() | RemoveValue():
            return 3, 0


def fits(edit: Edit, body: Json) -> bool:
    """Whether `apply` would do it."""
    try:
        apply(edit, body)
    except DoesNotFit:
        return False
    return True


def added(before: Json, after: Json) -> tuple[tuple[Pointer, Json], ...]:
    """The values that the variables of one body have and those of another have not."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ()
    return tuple(_added(before.get("variables"), after.get("variables"), ()))


def _added(before: Json, after: Json, at: Pointer) -> Iterator[tuple[Pointer, Json]]:
    if before is after or not isinstance(after, Mapping):
        return
    known = before if isinstance(before, Mapping) else {}
    for name, value in after.items():
        if name in known:
            yield from _added(known[name], value, (*at, name))
        else:
            yield (*at, name), value


def empty_value(type_: str | None) -> Json:
    """What a value of a type begins as: nothing is said with it, and a person fills it.

    An input type is known by its name only: where it does not end in `Input`, and where no type is
    known, the value is null.
    """
    name = (type_ or "").rstrip("!")
    match name:
        case "String" | "ID":
            return ""
        case "Boolean":
            return False
        case "Int" | "Float":
            return 0
        case _ if name.startswith("["):
            return []
        case _ if name.endswith("Input"):
            return {}
        case _:
            return None


def _dotted(pointer: Pointer) -> str:
    return quoted_name(".".join(pointer))


def _query(body: Mapping[str, Json]) -> str:
    query = body.get("query")
    return query if isinstance(query, str) else ""


def _variables(body: Mapping[str, Json]) -> Mapping[str, Json]:
    match body.get("variables"):
        case None:
            return {}
        case Mapping() as variables:
            return variables
        case _:
            raise DoesNotFit("the variables are no object")


# Values inside the variables


class _Key(Struct, frozen=True):
    """A member gets another name."""

    old: str
    new: str


class _Value(Struct, frozen=True):
    """A value that is this text becomes another text."""

    old: str
    new: str


class _New(Struct, frozen=True):
    """An object gets one more member."""

    name: str
    value: Json


class _Nothing(Struct, frozen=True):
    """A member goes."""


_Change: TypeAlias = _Key | _Value | _New | _Nothing


def _changed(value: Json, pointer: Pointer, change: _Change) -> Json:
    """A value changed at a pointer; only the containers on the way are new."""
    if not pointer:
        raise DoesNotFit("there is nothing to change in the variables")
    *way, last = pointer
    try:
        box = follow(value, tuple(way))
        there = follow(box, (last,))
    except Missing:
        raise DoesNotFit(f"the variables no longer have {quoted_name(last)} there") from None
    replaced = _box(box, last, there, change)
    for depth in reversed(range(len(way))):
        replaced = _with(follow(value, tuple(way[:depth])), way[depth], replaced)
    return replaced


def _box(box: Json, key: str, there: Json, change: _Change) -> Json:
    """The container of what is changed, with the change."""
    match change:
        case _Key(old, new):
            if not isinstance(box, Mapping) or key != old:
                raise DoesNotFit(f"{quoted_name(old)} is not the name of a member there")
            if new in box:
                raise DoesNotFit(f"there is a {quoted_name(new)} already")
            return {new if name == key else name: value for name, value in box.items()}
        case _Value(old, new):
            if there != old:
                found = "the variables have another value there"
                raise DoesNotFit(f"{found}, and not {quoted_name(old)}")
            return _with(box, key, new)
        case _New(name, value):
            if not isinstance(there, Mapping):
                raise DoesNotFit(f"{quoted_name(key)} is no object that could have a member")
            if name in there:
                raise DoesNotFit(f"there is a {quoted_name(name)} already")
            return _with(box, key, {**there, name: value})
        case _Nothing():
            if not isinstance(box, Mapping):
                raise DoesNotFit(f"{quoted_name(key)} is not the name of a member there")
            return {name: value for name, value in box.items() if name != key}


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
