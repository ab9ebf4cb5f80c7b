"""`$ref` in API descriptions: from a reference to the part it names, in this document or another.

Other documents are asked for through a function; nothing is read or fetched here. What leads nowhere
or in a circle ends as a `BadReference`. How an Arazzo document refers to things is not known here.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias
from urllib.parse import unquote, urljoin

from msgspec import Struct

from arazzo_tui.document.marked import Node, plain
from arazzo_tui.document.source import Mark, Problem, Severity
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, array_index, places, read_pointer, write_pointer

Fetch: TypeAlias = Callable[[str], Node | None]
"""The root of another document by its absolute URI or path, without fragment; None when not there."""


class Part(Struct, frozen=True):
    """A node and the address of the document it stands in, against which its references resolve."""

    node: Node
    base: str

    @property
    def value(self) -> Json:
        """The value, references in it unresolved."""
        return self.node.value

    @property
    def mark(self) -> Mark:
        """Where it is written."""
        return self.node.mark

    def get(self, name: str) -> "Part | None":
        """The member of this name, as written; None when there is none or this is no object."""
        node = self.node.get(name)
        return None if node is None else Part(node, self.base)

    def members(self) -> "Iterator[tuple[str, Part]]":
        """The members of an object, in order; none for anything else."""
        return ((name, Part(node, self.base)) for name, node in self.node.members())

    def items(self) -> "Iterator[Part]":
        """The items of an array, in order; none for anything else."""
        return (Part(node, self.base) for node in self.node.items())


class BadReference(ValueError):
    """A reference that names nothing, or itself; the sentence says which and where it looked."""


class References:
    """The documents of one API description and what the references between them name."""

    __slots__ = ("_anchors", "_documents", "_fetch", "root")

    def __init__(self, root: Node, base: str, fetch: Fetch) -> None:
        self.root = Part(root, base)
        self._fetch = fetch
        self._documents: dict[str, Node | None] = {base: root}
        self._anchors: dict[str, Mapping[str, tuple[str, ...]]] = {}
        own = root.get("$self") if isinstance(root.value, dict) else None
        if own is not None and isinstance(own.value, str):
            self._documents[resolve_reference(base, own.value)] = root

    def follow(self, part: Part) -> Part:
        """The part itself, or what its `$ref` names, and so on; raises `BadReference`."""
        seen: set[str] = set()
        while (reference := _reference(part.value)) is not None:
            key = resolve_reference(part.base, reference)
            if key in seen:
                raise BadReference(f"{quoted_name(reference)} refers to itself")
            seen.add(key)
            part = self.locate(reference, part.base)
        return part

    def locate(self, reference: str, base: str, *, hops: int = 20) -> Part:
        """The part that a reference names, seen from the document at `base`; raises `BadReference`.

        The fragment is a JSON Pointer (RFC 6901 §6) or a plain-name `$anchor`. A pointer may lead
        through an object that is itself a reference (OPN-6).
        """
        address, _, fragment = reference.partition("#")
        target = resolve_reference(base, address) if address else base
        root = self._document(target)
        if root is None:
            raise BadReference(
                f"{quoted_name(reference)} names the document {quoted_name(target)}, which is not loaded"
            )
        part = Part(root, target)
        for token in self._tokens(unquote(fragment), reference, part):
            step = _step(part, token)
            if step is None and hops and (through := _reference(part.value)) is not None:
                part = self.locate(through, part.base, hops=hops - 1)
                step = _step(part, token)
            if step is None:
                raise BadReference(
                    f"{quoted_name(reference)} names nothing: there is no {quoted_name(token)}"
                    f" in {quoted_name('#' + write_pointer(part.node.path))} of {quoted_name(target)}"
                )
            part = step
        return part

    def inline(self, part: Part, most: int = 1000) -> Json:
        """The value of a part with what its references name put in their place.

        Nearest first: references that lead in a circle or nowhere stay as they are written, and so
        does what lies beyond `most` objects and arrays. A schema of any size stays small and finite.
        """
        return _Inliner(self, most).whole(part)

    def _document(self, address: str) -> Node | None:
        if address not in self._documents:
            self._documents[address] = self._fetch(address)
        return self._documents[address]

    def _tokens(self, fragment: str, reference: str, root: Part) -> tuple[str, ...]:
        if not fragment or fragment.startswith("/"):
            try:
                return read_pointer(fragment)
            except ValueError as error:
                raise BadReference(f"{quoted_name(reference)}: {error}") from None
        if root.base not in self._anchors:
            self._anchors[root.base] = _anchors_of(root.value)
        pointer = self._anchors[root.base].get(fragment)
        if pointer is None:
            raise BadReference(
                f"{quoted_name(reference)} names nothing: no schema has the `$anchor` "
                f"{quoted_name(fragment)}"
            )
        return pointer


class Reading:
    """Reading through references: what cannot be followed becomes a problem and reads as absent."""

    __slots__ = ("problems", "references")

    def __init__(self, references: References) -> None:
        self.references = references
        self.problems: list[Problem] = []

    def follow(self, part: Part) -> Part | None:
        """What the part is, behind its references; None, and a problem, when they lead nowhere."""
        try:
            return self.references.follow(part)
        except BadReference as error:
            self.warning("openapi-reference", str(error), part.mark)
            return None

    def get(self, part: Part, name: str) -> Part | None:
        """A member, behind its references."""
        member = part.get(name)
        return None if member is None else self.follow(member)

    def members(self, part: Part, name: str) -> Iterator[tuple[str, Part]]:
        """The members of the object `name`, each behind its references."""
        inner = self.get(part, name)
        for key, member in inner.members() if inner else ():
            followed = self.follow(member)
            if followed is not None:
                yield key, followed

    def items(self, part: Part, name: str) -> Iterator[Part]:
        """The items of the array `name`, each behind its references."""
        inner = self.get(part, name)
        for item in inner.items() if inner else ():
            followed = self.follow(item)
            if followed is not None:
                yield followed

    def schema(self, part: Part, name: str = "schema") -> Json:
        """A schema with its references put in place; null when there is none."""
        inner = part.get(name)
        return None if inner is None else self.references.inline(inner)

    def warning(self, code: str, message: str, mark: Mark | None, hint: str = "") -> None:
        """Keep a problem that does not stop anybody."""
        self.problems.append(Problem(code, message, mark, hint, Severity.WARNING))


def text(part: Part | None, name: str) -> str:
    """A member that is a string, else the empty string."""
    member = part.get(name) if part else None
    return str(member.value) if member is not None and isinstance(member.value, str) else ""


def flag(part: Part, name: str) -> bool | None:
    """A member that is a boolean, else None."""
    member = part.get(name)
    return member.value if member is not None and isinstance(member.value, bool) else None


def texts(part: Part | None) -> tuple[str, ...]:
    """The strings of an array."""
    values = part.value if part else ()
    return (
        tuple(str(each) for each in values if isinstance(each, str))
        if isinstance(values, list)
        else ()
    )


_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")


def is_absolute(reference: str) -> bool:
    """Whether a reference is a URI with a scheme, and no path."""
    return _ABSOLUTE.match(reference) is not None


def resolve_reference(base: str, reference: str) -> str:
    """A reference as seen from `base`, which is a URI or a path with forward slashes.

    Paths are resolved like URIs (RFC 3986 §5.2), but keep leading `..`, and escapes in the reference
    are undone, since a path has none. What is no URI-reference stays as it is, and names nothing.
    """
    if _ABSOLUTE.match(reference):
        return reference
    if _ABSOLUTE.match(base) and not base.startswith("urn:"):
        try:
            return urljoin(base, reference)
        except ValueError:
            return reference
    address, mark, fragment = reference.partition("#")
    if not address:
        return base.partition("#")[0] + mark + fragment
    address = unquote(address)
    parts = [] if address.startswith("/") else base.split("/")[:-1]
    for part in address.split("/"):
        if part == ".." and parts and parts[-1] not in ("", "."):
            parts.append(part) if parts[-1] == ".." else parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts) + mark + fragment


def _reference(value: Json) -> str | None:
    reference = value.get("$ref") if isinstance(value, dict) else None
    return reference if isinstance(reference, str) else None


def _step(part: Part, token: str) -> Part | None:
    index = array_index(token)
    if isinstance(part.value, list) and index is not None and index < len(part.value):
        return Part(part.node.item(index), part.base)
    return part.get(token)


def _anchors_of(root: Json) -> Mapping[str, tuple[str, ...]]:
    return {
        value["$anchor"]: pointer
        for pointer, value in places(root)
        if isinstance(value, dict) and isinstance(value.get("$anchor"), str)
    }


_DATA = frozenset({"example", "examples", "default", "enum", "const"})
"""Members of a schema that hold data, in which `$ref` means nothing."""


class _Inliner:
    """One copy of a schema; `left` is how many objects and arrays may still be added."""

    __slots__ = ("_left", "_references", "_waiting")

    def __init__(self, references: References, most: int) -> None:
        self._references = references
        self._left = most
        self._waiting: deque[Callable[[], None]] = deque()

    def whole(self, part: Part) -> Json:
        """The copy, made level by level."""
        result = self._begin(part.value, part.base, ())
        while self._waiting:
            self._waiting.popleft()()
        return result

    def _begin(self, value: Json, base: str, inside: tuple[str, ...]) -> Json:
        """A copy whose members follow later; `inside` are the references that led here."""
        if not isinstance(value, (dict, list)):
            return value
        self._left -= 1
        if self._left < 0:
            return plain(value)
        if isinstance(value, list):
            items: list[Json] = []
            self._waiting.append(partial(self._fill_array, items, value, base, inside))
            return items
        layers, inside = self._layers(value, base, inside)
        if layers is None:
            return plain(value)
        members: dict[str, Json] = {}
        self._waiting.append(partial(self._fill_object, members, layers, inside))
        return members

    def _layers(
        self, value: Mapping[str, Json], base: str, inside: tuple[str, ...]
    ) -> tuple[list[tuple[Mapping[str, Json], str]] | None, tuple[str, ...]]:
        """The object and what its reference names, farthest first; None where that leads nowhere."""
        layers = [(value, base)]
        while (reference := _reference(value)) is not None:
            key = resolve_reference(base, reference)
            if key in inside:
                return None, inside
            inside = (*inside, key)
            try:
                target = self._references.locate(reference, base)
            except BadReference:
                return None, inside
            if not isinstance(target.value, dict):
                return None, inside
            value, base = target.value, target.base
            layers.insert(0, (value, base))
        return layers, inside

    def _fill_array(
        self, items: list[Json], value: Sequence[Json], base: str, inside: tuple[str, ...]
    ) -> None:
        items.extend(self._begin(item, base, inside) for item in value)

    def _fill_object(
        self,
        members: dict[str, Json],
        layers: list[tuple[Mapping[str, Json], str]],
        inside: tuple[str, ...],
    ) -> None:
        for value, base in layers:
            for name, child in value.items():
                if len(layers) > 1 and name == "$ref":
                    continue
                members[name] = plain(child) if name in _DATA else self._begin(child, base, inside)
