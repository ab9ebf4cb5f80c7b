"""From an edited body to changes of the document that writes it.

A value that is constant in the document can be changed, added, taken out and renamed. What an expression
brought is left as it is written, and a sentence says so. What the text of the document becomes is not
known here.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Node
from arazzo_tui.document.rewrite import (
    CannotRewrite,
    Change,
    Insert,
    Remove,
    Rename,
    SetValue,
    rewritten,
)
from arazzo_tui.document.source import Source
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.template import (
    Constant,
    Items,
    Members,
    Selected,
    Template,
    Text,
    leaves,
)
from arazzo_tui.language.values import Json, Pointer

NOT_CHANGED = "not changed in the document"


class Changes(Struct):
    """What is to be changed, each change with the place of the request it is for, and what is not.

    `left` has a sentence for each edit that the document will not have, `kept` their places.
    """

    todo: list[tuple[Change, Pointer]] = []
    left: list[str] = []
    kept: set[Pointer] = set()

    def keep(self, place: Pointer, sentence: str) -> None:
        """Leave one place as it is, and say why."""
        self.left.append(sentence)
        self.kept.add(place)

    def made(self, source: Source) -> Source:
        """The document with every change that its text can take; the others are left, with a reason."""
        for change, place in self.todo:
            try:
                source = rewritten(source, change)
            except CannotRewrite as wrong:
                self.keep(place, f"{called(place)}: {wrong}: {NOT_CHANGED}")
        return source


Replaced = Mapping[Pointer, tuple[Template, Node]]
"""The values that replacements put into a payload, by their places in it, and where they are written."""


def called(place: Pointer) -> str:
    """A place in the body as sentences name it."""
    return quoted_name(".".join(place)) if place else "the body"


def same(one: Json, other: Json) -> bool:
    """Whether two values are the same JSON, whatever the order of their members."""
    return write_json(one, sort=True) == write_json(other, sort=True)


def brought_by(template: Template) -> str:
    """The expressions of a template as a sentence names them."""
    texts = list(dict.fromkeys(one_line(text, 80) for _, text in leaves(template)))
    return " and ".join(f"`{text}`" for text in texts[:3])


class BodyChanges(Struct, frozen=True):
    """One comparison of a body as it was built with the same as it was edited."""

    found: Changes
    replaced: Replaced

    def value(
        self, template: Template, node: Node, before: Json, after: Json, place: Pointer
    ) -> None:
        """The changes for what stands at a place."""
        if place in self.replaced:
            template, node = self.replaced[place]
        if same(before, after):
            return
        match opened(template):
            case Members(members) if isinstance(before, Mapping) and isinstance(after, Mapping):
                self._members(members, node, before, after, place)
            case Items(items) if _is_array(before) and _is_array(after):
                self._items(items, node, list(_array(before)), list(_array(after)), place)
            case Constant() | Members() | Items():
                self._whole(template, node, before, after, place)
            case Expression() | Text() | Selected():
                self._brought(template, place, NOT_CHANGED)

    def _brought(self, template: Template, place: Pointer, what: str) -> None:
        self.found.keep(place, f"{called(place)} comes from {brought_by(template)}: {what}")

    def _whole(
        self, template: Template, node: Node, before: Json, after: Json, place: Pointer
    ) -> None:
        """A value that becomes another one altogether."""
        if not isinstance(template, Constant):
            self._brought(template, place, NOT_CHANGED)
        elif not same(template.value, before):
            said = "was not sent as it stands in the document"
            self.found.keep(place, f"{called(place)} {said}: {NOT_CHANGED}")
        else:
            self.found.todo.append((SetValue(node.path, after), place))

    def _members(
        self,
        members: Mapping[str, Template],
        node: Node,
        before: Mapping[str, Json],
        after: Mapping[str, Json],
        place: Pointer,
    ) -> None:
        new = [
            name for name in after if name not in members and (*place, name) not in self.replaced
        ]
        names = renamed(members, before, after, new)
        for name, member in members.items():
            here = node.get(name)
            now = names.get(name, name)
            at = (*place, now)
            if here is None:
                continue
            if now in after:
                self.value(member, here, before.get(name), after[now], at)
                if now != name:
                    self.found.todo.append((Rename(here.path, now), at))
            elif isinstance(member, Constant):
                self.found.todo.append((Remove(here.path), at))
            elif name in before:
                self._brought(member, at, "not removed from the document")
        for at in [each for each in self.replaced if each[:-1] == place and each[-1:] != ()]:
            if at[-1] not in members:
                self.value(Constant(None), node, before.get(at[-1]), after.get(at[-1]), at)
        last = None
        taken = set(names.values())
        for name in after:
            if name in new and name not in taken:
                change = Insert((*node.path, name), after[name], last)
                self.found.todo.append((change, (*place, name)))
            if name in new or name in members:
                last = name

    def _items(
        self,
        items: Sequence[Template],
        node: Node,
        before: list[Json],
        after: list[Json],
        place: Pointer,
    ) -> None:
        """Item by item; of a longer or shorter array first what is alike at both ends is taken off."""
        head, tail = (0, 0) if len(before) == len(after) else _alike(before, after)
        old, new = len(items) - tail, len(after) - tail
        both = min(old, new)
        for at in range(head, both):
            self.value(items[at], node.item(at), before[at], after[at], (*place, str(at)))
        for at in reversed(range(both, old)):
            if isinstance(items[at], Constant):
                self.found.todo.append((Remove((*node.path, str(at))), place))
            else:
                sentence = f"{called((*place, str(at)))} comes from {brought_by(items[at])}"
                self.found.keep(place, f"{sentence}: not removed from the document")
        for at in range(both, new):
            self.found.todo.append((Insert((*node.path, str(at)), after[at]), place))


def opened(template: Template) -> Template:
    """A constant container as one whose parts are constants; all else as it is."""
    match template:
        case Constant(Mapping() as value):
            return Members({name: Constant(member) for name, member in value.items()})
        case Constant(value) if _is_array(value):
            return Items(tuple(Constant(item) for item in _array(value)))
        case _:
            return template


def _is_array(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _array(value: Json) -> Sequence[Json]:
    assert isinstance(value, Sequence)  # `_is_array` said so
    return value


def renamed(
    members: Mapping[str, Template],
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    new: Sequence[str],
) -> dict[str, str]:
    """Which members have another name now, of the names that are new.

    Their value is the same; or it is constant, and the new name stands where the old one stood.
    """
    names: dict[str, str] = {}
    spots, now = list(before), list(after)
    for name in (each for each in members if each not in after and each in before):
        free = [each for each in new if each not in names.values()]
        alike = [each for each in free if same(before[name], after[each])]
        there = now[spots.index(name)] if spots.index(name) < len(now) else ""
        if there in alike or (there in free and isinstance(members[name], Constant)):
            names[name] = there
        elif alike:
            names[name] = alike[0]
    return names


def _alike(before: Sequence[Json], after: Sequence[Json]) -> tuple[int, int]:
    """How many items are the same at the beginning, and how many of the others at the end."""
    most = min(len(before), len(after))
    head = 0
    while head < most and same(before[head], after[head]):
        head += 1
    tail = 0
    while tail < most - head and same(before[-1 - tail], after[-1 - tail]):
        tail += 1
    return head, tail


# ------------------------------------------------------------------------------- JSON as a text


class JsonText(Struct, frozen=True):
    """A payload that is a JSON text: what is written in it, as if it were written in the document."""

    template: Template
    node: Node
    before: Json
    after: Json


def json_text(template: Template, before: Json, after: Json) -> JsonText | None:
    """The JSON in a payload that is a text; None where it is none, or was not sent as one.

    Its strings in which an expression stands come from that.
    """
    match template:
        case Constant(str() as text):
            names: tuple[str, ...] = ()
        case Text(text, parts):
            names = tuple(str(each) for each in parts if isinstance(each, Expression))
        case _:
            return None
    try:
        read_json(text)
        sent = read_json(before) if isinstance(before, str) else before
        edited = read_json(after) if isinstance(after, str) else after
    except BadJson:
        return None
    root, _ = load(Source("payload.json", text))
    if root is None or not isinstance(root.value, dict | list):
        return None
    return JsonText(_inside(root, names), root, sent, edited)


def _inside(node: Node, names: tuple[str, ...]) -> Template:
    match node.value:
        case dict():
            return Members({name: _inside(each, names) for name, each in node.members()})
        case list():
            return Items(tuple(_inside(each, names) for each in node.items()))
        case str() as text if any(name in text for name in names):
            return Text(text, (text,))
        case value:
            return Constant(value)


def payload_changes(
    template: Template,
    node: Node,
    before: Json,
    after: Json,
    replaced: Replaced,
    found: Changes,
) -> None:
    """The changes that make the payload a document writes the edited one."""
    inner = json_text(template, before, after)
    if inner is None:
        BodyChanges(found, replaced).value(template, node, before, after, ())
        return
    inside = Changes(left=found.left, kept=found.kept)
    BodyChanges(inside, replaced).value(inner.template, inner.node, inner.before, inner.after, ())
    outer = [each for each in inside.todo if _is_of(each[0], replaced)]
    inside.todo = [each for each in inside.todo if each not in outer]
    found.todo += outer
    text = inside.made(inner.node.source).text
    if text != inner.node.source.text:
        found.todo.append((SetValue(node.path, text), ()))


def _is_of(change: Change, replaced: Replaced) -> bool:
    """Whether a change is one of a replacement, which stands in the document and not in the text."""
    homes = [each.path for _, each in replaced.values()]
    return any(change.at[: len(home)] == home for home in homes)


def settled(template: Template, after: Json, place: Pointer, found: Changes, of: Replaced) -> bool:
    """Whether a document now writes the edited value, but for what was left."""
    if place in found.kept:
        return True
    if place in of:
        template = of[place][0]
    match opened(template):
        case Members(members):
            if not isinstance(after, Mapping):
                return False
            names = [*members, *(name for name in after if name not in members)]
            return all(_settled(members, name, after, place, found, of) for name in names)
        case Items(items):
            return (
                _is_array(after)
                and len(items) == len(_array(after))
                and all(
                    settled(item, now, (*place, str(at)), found, of)
                    for at, (item, now) in enumerate(zip(items, _array(after), strict=True))
                )
            )
        case Constant(value):
            return same(value, after)
        case Expression() | Text() | Selected():
            return True


def _settled(
    members: Mapping[str, Template],
    name: str,
    after: Mapping[str, Json],
    place: Pointer,
    found: Changes,
    of: Replaced,
) -> bool:
    at = (*place, name)
    if at in found.kept or (at in of and name not in members):
        return True
    if name not in members or name not in after:
        return False
    return settled(members[name], after[name], at, found, of)
