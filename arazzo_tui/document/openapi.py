"""An API description: which operations it has, and any one of them in full when it is asked for.

OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0. The index is made once and holds names and places only; an
operation is read, with its references, the first time somebody wants it (`openapi3`, `swagger`). What
an Arazzo step means by a name is found out in `lookup`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from arazzo_tui.document import openapi3, swagger
from arazzo_tui.document.marked import Node
from arazzo_tui.document.openapi3 import Entry
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.refs import BadReference, Fetch, Part, Reading, References, text
from arazzo_tui.document.source import Problem, Source
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The members of a Path Item Object that are operations (OpenAPI 3.2)."""


class _ReadOperation(Protocol):
    def __call__(self, source: str, entry: Entry, reading: Reading) -> Operation: ...


class Api:
    """One API description; made by `read_api`.

    `name` is that of its source description, `version` that of the language it is written in, `base`
    its address. `ids` are its operationIds in the order of the document, each once.
    """

    __slots__ = (
        "_by_id", "_by_path", "_entries", "_known", "_read", "_references", "base", "ids", "name",
        "title", "version",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        version: str,
        references: References,
        entries: Iterable[Entry],
        read: _ReadOperation,
    ) -> None:
        self.name = name
        self.version = version
        self.base = references.root.base
        self.title = text(references.root.get("info"), "title")
        self._references = references
        self._read = read
        self._known: dict[Entry, Operation] = {}
        self._entries = tuple(entries)
        self._by_path = {(entry.path, entry.method): entry for entry in self._entries}
        self._by_id: dict[str, list[Entry]] = {}
        for entry in self._entries:
            if entry.id is not None:
                self._by_id.setdefault(entry.id, []).append(entry)
        self.ids = tuple(self._by_id)

    @property
    def source(self) -> Source:
        """The document it was read from; what that refers to elsewhere is not in it."""
        return self._references.root.node.source

    def operations(self) -> tuple[Entry, ...]:
        """Every operation in the order of the document: id, method and path, nothing read yet."""
        return self._entries

    def operation(self, entry: Entry) -> Operation:
        """An operation of the index in full. Read once, then kept."""
        if entry not in self._known:
            self._known[entry] = self._read(self.name, entry, Reading(self._references))
        return self._known[entry]

    def with_id(self, operation_id: str) -> tuple[Entry, ...]:
        """All operations of this operationId; more than one only when the description is wrong."""
        return tuple(self._by_id.get(operation_id, ()))

    def by_id(self, operation_id: str) -> Operation | None:
        """The operation with this operationId, the first when several have it (OPN-2)."""
        found = self.with_id(operation_id)
        return self.operation(found[0]) if found else None

    def at(self, path: str, method: str) -> Operation | None:
        """The operation of a path template and an HTTP method, whose case does not matter."""
        entry = self._by_path.get((path, method.upper())) or self._by_path.get((path, method))
        return self.operation(entry) if entry else None

    def entry_at(self, pointer: Pointer) -> Entry | None:
        """The operation that a JSON Pointer names, from the index (OPN-4).

        Its last token is the method; a path item may be named where `paths` refers to it or where it
        stands itself (OPN-6). What is not called by a client, such as a webhook, is not found.
        """
        match pointer:
            case ("paths", path, method) | ("paths", path, "additionalOperations", method):
                return self._by_path.get((path, method.upper())) or self._by_path.get(
                    (path, method)
                )
            case (*item, method):
                return self._standing_at(tuple(item), method.upper())
            case _:
                return None

    def by_pointer(self, pointer: Pointer) -> Operation | None:
        """The operation that a JSON Pointer names, in full; see `entry_at`."""
        entry = self.entry_at(pointer)
        return self.operation(entry) if entry else None

    def _standing_at(self, pointer: Pointer, method: str) -> Entry | None:
        for entry in self._entries:
            for part in entry.path_items:
                same = part.base == self.base and part.node.path == pointer
                if same and entry.method == method:
                    return entry
        return None


def read_api(
    name: str, node: Node, base: str, fetch: Fetch
) -> tuple[Api | None, tuple[Problem, ...]]:
    """The index of an API description.

    `name` is its source description's, `base` its address: a URI, or a path with forward slashes.
    `fetch` gives the root of another document that a reference names, by an absolute URI or a path
    resolved against `base`, or None. What is no API description is a problem that says what it is.
    """
    read: _ReadOperation
    version = _version(node, "openapi")
    if re.match(r"3(\.|$)", version):
        read = openapi3.read_operation
    elif _version(node, "swagger").startswith("2"):
        version, read = "2.0", swagger.read_operation
    else:
        message = f"the source {quoted_name(name)} is no OpenAPI description but {what_it_is(node)}"
        hint = "OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0 are read"
        return None, (Problem("not-openapi", message, node.mark, hint),)
    reading = Reading(References(node, base, fetch))
    if version[:3] not in ("3.0", "3.1", "3.2", "2.0"):
        message = f"OpenAPI {quoted_name(version)} is unknown; it is read as 3.2"
        reading.warning("openapi-version", message, node.mark)
    api = Api(name, version, reading.references, _index(reading), read)
    for operation_id in api.ids:
        first, *others = api.with_id(operation_id)
        for other in others:
            reading.warning(
                "openapi-duplicate-id",
                f"the operationId {quoted_name(operation_id)} of {other} is also that of {first}, "
                f"line {first.part.mark.line}",
                other.part.mark,
                "an operationId names one operation; an `operationPath` can tell them apart",
            )
    return api, tuple(reading.problems)


def _version(node: Node, name: str) -> str:
    """The version a document says it has; unquoted `3.1` is a number, and meant so."""
    member = node.get(name)
    return str(member.value) if member is not None and isinstance(member.value, str | float) else ""


def _index(reading: Reading) -> Iterator[Entry]:
    paths = reading.get(reading.references.root, "paths")
    for path, written in paths.members() if paths else ():
        if path.startswith("x-"):
            continue
        items = _path_items(written, reading)
        for method, part in _operations(items):
            yield Entry(_id_of(part, reading), method, path, part, items)


def _path_items(written: Part, reading: Reading) -> tuple[Part, ...]:
    """The path item as written and, where it refers to another, that one too."""
    if written.get("$ref") is None:
        return (written,)
    target = reading.follow(written)
    return (written,) if target is None else (written, target)


def _operations(items: tuple[Part, ...]) -> Iterator[tuple[str, Part]]:
    """Methods and operations of a path item, those written beside a `$ref` before those behind it."""
    seen: set[str] = set()
    for item in items:
        for name in item.value if isinstance(item.value, dict) else ():
            part = item.get(name) if name in METHODS and name not in seen else None
            if part is not None and isinstance(part.value, dict):
                seen.add(name)
                yield name.upper(), part
        further = item.get("additionalOperations")
        for name, part in further.members() if further else ():
            if name not in seen:
                seen.add(name)
                yield name, part


def _id_of(part: Part, reading: Reading) -> str | None:
    """The operationId, where the operation is written or where it refers to; empty counts as none."""
    if isinstance(part.value, dict) and "$ref" in part.value and "operationId" not in part.value:
        try:
            part = reading.references.follow(part)
        except BadReference:
            return None
    found = part.value.get("operationId") if isinstance(part.value, dict) else None
    return str(found) if isinstance(found, str) and found else None


_KINDS = (
    ("asyncapi", "an AsyncAPI {} description"),
    ("arazzo", "an Arazzo {} description"),
    ("overlay", "an OpenAPI Overlay"),
    ("openapi", "an OpenAPI {} description, whose version is not known here"),
    ("swagger", "a Swagger {} description, whose version is not known here"),
    ("swaggerVersion", "a Swagger {} description, whose version is not known here"),
    ("__schema", "a GraphQL introspection result"),
    ("openrpc", "an OpenRPC {} description"),
    ("discoveryVersion", "a Google API discovery document"),
    ("log", "an HTTP archive (HAR)"),
    ("$schema", "a JSON Schema"),
)


def what_it_is(node: Node) -> str:
    """What a document is that is no API description, in plain words."""
    match node.value:
        case dict() as root:
            return _kind_of_object(node, root)
        case list() as items:
            return f"an array of {len(items)}"
        case str() as written:
            return what_text_is(written)
        case None:
            return "an empty document"
        case _:
            return f"the single value {quoted_name(str(node.value))}"


def _kind_of_object(node: Node, root: Mapping[str, Json]) -> str:
    for member, what in _KINDS:
        if member in root:
            return what.format(_version(node, member)).replace("  ", " ")
    info, data = node.get("info"), node.get("data")
    if info is not None and info.get("_postman_id") is not None:
        return "a Postman collection"
    if data is not None and data.get("__schema") is not None:
        return "a GraphQL introspection result"
    if not root:
        return "an empty object"
    names = ", ".join(quoted_name(name) for name in list(root)[:5])
    return f"an object with {names}"


def what_text_is(written: str) -> str:
    """What a text is that is no YAML or JSON object, by how it begins."""
    beginning = written.lstrip()[:200]
    if re.match(r"<(!doctype\s+html|html|head|body)", beginning, re.IGNORECASE):
        return "an HTML page"
    if beginning.startswith("<"):
        return "an XML document"
    if re.match(r"(type|schema|extend|directive|scalar|enum|input|interface)\b", beginning):
        return "a GraphQL schema, it seems"
    return f"the text {quoted_name(beginning)}"
