"""One change of a document in its text: a value, a name, a member or an item, and nothing beside it.

Several ways to write a change are tried; taken is the first after which our own reader reads exactly the
data that were meant. What is not part of the change stays byte for byte. Which changes make sense is not
known here.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.document.load import load
from arazzo_tui.document.members_text import inserted, removed, renamed, replaced
from arazzo_tui.document.source import Severity, Source
from arazzo_tui.document.written import Written, written
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, array_index, follow


class SetValue(Struct, frozen=True):
    """Another value at a place that has one."""

    at: Pointer
    value: Json


class Rename(Struct, frozen=True):
    """Another name for the member at a place; its value and its position stay."""

    at: Pointer
    name: str


class Insert(Struct, frozen=True):
    """A new member or item at a place.

    A member stands behind the one that is called `after`, before all others where that is None; an
    item stands at the position that ends the place.
    """

    at: Pointer
    value: Json
    after: str | None = None


class Remove(Struct, frozen=True):
    """No member, or item, at a place any more."""

    at: Pointer


Change: TypeAlias = SetValue | Rename | Insert | Remove


class CannotRewrite(ValueError):
    """A change that no text of ours makes without changing something else; the message is a sentence."""


def rewritten(source: Source, change: Change) -> Source:
    """The document with one change in its text. Raises `CannotRewrite`.

    What is read from the new text differs from what was read before in this change alone, even where
    aliases bring one value to several places.
    """
    root, problems = load(source)
    tree = written(source)
    if root is None or tree is None:
        raise CannotRewrite("the document cannot be read")
    if not change.at:
        raise CannotRewrite("the whole of it would be another value")
    try:
        meant = write_json(changed(root.value, change))
        texts = _texts(source.text, tree, root.value, change)
        errors = sum(each.severity is Severity.ERROR for each in problems)
        for text in texts:
            again, wrong = load(Source(source.name, text))
            worse = sum(each.severity is Severity.ERROR for each in wrong) > errors
            if again is not None and not worse and write_json(again.value) == meant:
                return Source(source.name, text)
    except Missing as missing:
        raise CannotRewrite(str(missing)) from None
    place = quoted_name(".".join(change.at))
    raise CannotRewrite(f"{place} cannot be changed in the text without changing more than it")


def _texts(text: str, tree: Written, value: Json, change: Change) -> Iterator[str]:
    *way, last = change.at
    home = tree.at(tuple(way))
    if home is None:
        return
    match change:
        case SetValue(at, new):
            yield from replaced(text, home, last, follow(value, at), new)
        case Rename(_, name):
            yield from renamed(text, home, last, name)
        case Insert(_, new, after):
            yield from inserted(text, tree, home, last, new, after)
        case Remove():
            yield from removed(text, home, last)


def changed(value: Json, change: Change) -> Json:
    """The data that a change makes of data; raises `Missing` where there is no such place."""
    *way, last = change.at
    box = follow(value, tuple(way))
    new = _changed(box, last, change)
    for depth in reversed(range(len(way))):
        outer = follow(value, tuple(way[:depth]))
        new = _with(outer, way[depth], new)
    return new


def _changed(box: Json, last: str, change: Change) -> Json:
    match change:
        case SetValue(at, new):
            follow(box, at[-1:])
            return _with(box, last, new)
        case Rename(_, name) if isinstance(box, Mapping):
            return {name if each == last else each: member for each, member in box.items()}
        case Insert(_, new, after) if isinstance(box, Mapping):
            return dict(_with_member(box, last, new, after))
        case Insert(_, new) if isinstance(box, list):
            index = array_index(last) or 0
            return [*box[:index], new, *box[index:]]
        case Remove() if isinstance(box, Mapping):
            return {name: member for name, member in box.items() if name != last}
        case Remove() if isinstance(box, list):
            return [item for index, item in enumerate(box) if index != array_index(last)]
        case _:
            raise Missing(last, "the document")


def _with(box: Json, token: str, value: Json) -> Json:
    if isinstance(box, Mapping):
        return {name: value if name == token else old for name, old in box.items()}
    if isinstance(box, list):
        return [value if at == array_index(token) else old for at, old in enumerate(box)]
    raise Missing(token, "the document")


def _with_member(
    box: Mapping[str, Json], name: str, value: Json, after: str | None
) -> Iterator[tuple[str, Json]]:
    if after is None:
        yield name, value
    for other, member in box.items():
        yield other, member
        if other == after:
            yield name, value
