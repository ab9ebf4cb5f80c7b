"""What a step means by its `operationId` or `operationPath`: one operation, or a sentence why not.

The letter of the specification first (OPN-2..6), then the forms that real documents use; each of those
leaves a note with the text that would be right (A-12, A-15, A-47). Workflows are not looked up here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias
from urllib.parse import unquote

from msgspec import Struct

from arazzo_tui.document.openapi import METHODS, Api
from arazzo_tui.document.openapi3 import Entry
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.note import Note
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Pointer, read_pointer, write_pointer

OperationField: TypeAlias = Literal["operationId", "operationPath"]
Lookup: TypeAlias = tuple[Operation | None, tuple[Note, ...], str]
"""The operation, what was read with tolerance, and a sentence when there is no operation."""

_SOURCES = "$sourceDescriptions."


def find_operation(
    field: OperationField, text: str, apis: Mapping[str, Api], source_urls: Mapping[str, str]
) -> Lookup:
    """The operation that a step's `operationId` or `operationPath` names.

    `apis` are the sources that could be read, by name; `source_urls` the `url` of every source
    description as it is written. Exactly one of operation and sentence is given.
    """
    sources = _Sources(apis, source_urls)
    try:
        if field == "operationPath":
            return _by_path(text.strip(), sources)
        return _by_id(text.strip(), sources)
    except _NotFound as reason:
        return None, (), str(reason)


class _NotFound(ValueError):
    """Why there is no operation."""


class _Sources(Struct, frozen=True):
    apis: Mapping[str, Api]
    urls: Mapping[str, str]

    def split(self, text: str) -> tuple[str, str]:
        """`name.rest` split after the source name, which may itself hold dots (OPN-3)."""
        for name in sorted({*self.apis, *self.urls}, key=len, reverse=True):
            if text == name or text.startswith(name + "."):
                return name, text[len(name) + 1 :]
        name, _, rest = text.partition(".")
        return name, rest

    def api(self, name: str) -> Api:
        """The source of this name; raises `_NotFound` for one that is unknown or was not read."""
        if name in self.apis:
            return self.apis[name]
        if name in self.urls:
            raise _NotFound(f"the source {quoted_name(name)} is not loaded as an API description")
        hint = did_you_mean(name, {**self.apis, **self.urls})
        raise _NotFound(_sentence(f"there is no source {quoted_name(name)}", hint))

    def unread(self) -> str:
        """The end of a sentence: which sources could not be searched."""
        names = [quoted_name(name) for name in self.urls if name not in self.apis]
        return f"; not searched: {', '.join(names)}" if names else ""


# ------------------------------------------------------------------------------- operationId


def _by_id(text: str, sources: _Sources) -> Lookup:
    bare = _without_braces(text)
    if bare.startswith(_SOURCES):
        name, operation_id = sources.split(bare.removeprefix(_SOURCES))
        return _qualified(sources.api(name), operation_id, text, "")
    found = [(api, entry) for api in sources.apis.values() for entry in api.with_id(text)]
    if found:
        api, entry = _only(text, found)
        if len(sources.apis) == 1:
            return api.operation(entry), (), ""
        message = "among several sources an operationId is written after the name of its own"
        note = Note("operation-id-bare", message, 0, _id_text(api, entry))
        return api.operation(entry), (note,), ""
    return _loosely(text, sources)


def _qualified(api: Api, operation_id: str, written: str, why: str) -> Lookup:
    """An operationId of one known source; `why` says what is tolerated already."""
    found = [(api, entry) for entry in api.with_id(operation_id)]
    if not found:
        found = [(api, entry) for entry in api.operations() if _same_letters(entry, operation_id)]
        why = "operationIds are case-sensitive"
    if not found:
        hint = did_you_mean(operation_id, api.ids)
        said = f"the source {quoted_name(api.name)} has no operation {quoted_name(operation_id)}"
        raise _NotFound(_sentence(said, hint))
    _, entry = _only(operation_id, found)
    right = _id_text(api, entry)
    if right == written:
        return api.operation(entry), (), ""
    message = why or "an operationId is an expression without braces"
    return api.operation(entry), (Note("operation-id-form", message, 0, right),), ""


def _loosely(text: str, sources: _Sources) -> Lookup:
    """The last resorts: `source.id`, another case, a path where an id belongs."""
    name, rest = sources.split(text)
    if rest and name in sources.apis:
        why = "a source is named by `$sourceDescriptions.`"
        return _qualified(sources.apis[name], rest, text, why)
    every = [(api, entry) for api in sources.apis.values() for entry in api.operations()]
    found = [(api, entry) for api, entry in every if _same_letters(entry, text)]
    if found:
        api, entry = _only(text, found)
        right = _id_text(api, entry) if len(sources.apis) > 1 else entry.id or ""
        note = Note("operation-id-form", "operationIds are case-sensitive", 0, right)
        return api.operation(entry), (note,), ""
    if re.match(r"[A-Za-z]+\s+/|/", text) or "#/" in text:
        operation, notes, problem = _by_path(text, sources)
        right = notes[0].rewrite if notes else text
        note = Note("operation-id-form", f"this is a path; `operationPath: {right}` says so", 0, "")
        return operation, (note,), problem
    hint = did_you_mean(text, [entry.id for _, entry in every if entry.id])
    where = "the sources" if len(sources.apis) != 1 else f"the source {quoted_name(*sources.apis)}"
    said = f"there is no operation {quoted_name(text)} in {where}{sources.unread()}"
    raise _NotFound(_sentence(said, hint))


def _same_letters(entry: Entry, operation_id: str) -> bool:
    return entry.id is not None and entry.id.lower() == operation_id.lower()


def _id_text(api: Api, entry: Entry) -> str:
    return f"{_SOURCES}{api.name}.{entry.id}"


def _only(text: str, found: Sequence[tuple[Api, Entry]]) -> tuple[Api, Entry]:
    """The one operation that was found, be it described twice; raises `_NotFound` for several."""
    if len({_what_is_called(api, entry) for api, entry in found}) == 1:
        return found[0]
    rewrites = [
        _id_text(api, entry) if len(api.with_id(entry.id or "")) == 1 else _path_text(api, entry)
        for api, entry in found
    ]
    are = ", ".join(f"{entry} of {quoted_name(api.name)}" for api, entry in found[:5])
    write = " or ".join(f"`{one_line(each, 500)}`" for each in rewrites[:5])
    raise _NotFound(f"{quoted_name(text)} names {len(found)} operations: {are}; write {write}")


def _what_is_called(api: Api, entry: Entry) -> tuple[str, ...]:
    """Two descriptions of one API often tell of the same operation, at the same servers."""
    operation = api.operation(entry)
    servers = tuple(server.url for server in operation.servers)
    relative = any("://" not in url for url in servers)
    return (entry.method, entry.path, operation.base if relative else "", *servers)


# ------------------------------------------------------------------------------- operationPath

_METHOD_AND_PATH = re.compile(r"(?:([A-Za-z]+)\s+)?(?:\{([^{}$]+)\}\.?)?(/.*)", re.DOTALL)


def _by_path(text: str, sources: _Sources) -> Lookup:
    if "#" in text:
        before, _, fragment = text.partition("#")
        candidates = _sources_named(before, sources)
        attempts = [_pointed(api, fragment) for api in candidates]
    elif (written := _METHOD_AND_PATH.fullmatch(text)) is not None:
        method, name, path = written.groups()
        candidates = [sources.api(name)] if name else list(sources.apis.values())
        attempts = [_at(api, path, method) for api in candidates]
    else:
        raise _NotFound(
            f"{quoted_name(text)} is no operationPath; one is written "
            "`{$sourceDescriptions.<name>.url}#/paths/~1<path>/<method>`"
        )
    found = [
        (api, entry)
        for api, attempt in zip(candidates, attempts, strict=True)
        for entry in (attempt if not isinstance(attempt, str) else ())
    ]
    if not found:
        reasons = [each for each in attempts if isinstance(each, str)]
        if not reasons:
            raise _NotFound(f"no source is loaded that {quoted_name(text)} could name")
        raise _NotFound(reasons[0] if len(reasons) == 1 else f"no source has it: {reasons[0]}")
    if len({_what_is_called(api, entry) for api, entry in found}) > 1:
        are = " or ".join(f"`{one_line(_path_text(*each), 500)}`" for each in found[:5])
        raise _NotFound(f"{quoted_name(text)} names {len(found)} operations; write {are}")
    api, entry = found[0]
    if _is_the_letter(text, api, entry):
        return api.operation(entry), (), ""
    message = "an operationPath is the source's url as an expression and a JSON Pointer"
    note = Note("operation-path-form", message, 0, _path_text(api, entry))
    return api.operation(entry), (note,), ""


def _is_the_letter(text: str, api: Api, entry: Entry) -> bool:
    """Whether OPN-4 allows this text; a pointer in a fragment may be percent-encoded (RFC 6901 §6)."""
    before, _, fragment = text.partition("#")
    if before != f"{{{_SOURCES}{api.name}.url}}":
        return False
    pointer = _pointer(fragment)
    return pointer == entry.pointer or (
        pointer[:1] != ("paths",) and api.entry_at(pointer) == entry
    )


def _pointer(fragment: str) -> Pointer:
    """The tokens of a fragment, percent-encoded or not; `()` for what is no JSON Pointer."""
    try:
        return read_pointer(unquote(fragment))
    except ValueError:
        return ()


def _sources_named(text: str, sources: _Sources) -> list[Api]:
    """The source before the `#`: an expression, a name, or the address it is read from (A-15)."""
    bare = _without_braces(text)
    if not bare:
        return list(sources.apis.values())
    if bare.startswith(_SOURCES):
        name, field = sources.split(bare.removeprefix(_SOURCES))
        if field not in ("", "url"):
            raise _NotFound(
                f"{quoted_name(text)} is no source; write `{{{_SOURCES}{name}.url}}` before the `#`"
            )
        return [sources.api(name)]
    if bare in sources.apis or bare in sources.urls:
        return [sources.api(bare)]
    plain = bare.removeprefix("./")
    for name, api in sources.apis.items():
        if plain in (api.base.removeprefix("./"), sources.urls.get(name, "").removeprefix("./")):
            return [api]
    return [sources.api(bare)]


def _pointed(api: Api, fragment: str) -> Sequence[Entry] | str:
    """What a JSON Pointer names; slashes that were not escaped are understood."""
    pointer = _pointer(fragment)
    entry = api.entry_at(pointer)
    if entry is not None:
        return [entry]
    match pointer:
        case ("paths", *path, method) if path and method.lower() in METHODS:
            return _at(api, "/".join(path), method)
        case ("paths", *path) if path:
            return _at(api, "/".join(path), None)
        case _:
            said = f"{quoted_name('#' + fragment)} is no operation of {quoted_name(api.name)}"
            return f"{said}; one is at `#/paths/~1<path>/<method>`"


def _at(api: Api, path: str, method: str | None) -> Sequence[Entry] | str:
    """The operations of a path, or of the one that differs only in the names of its variables."""
    path = "/" + path.lstrip("/")
    entries = [entry for entry in api.operations() if entry.path == path]
    if not entries:
        alike = [entry for entry in api.operations() if _shape(entry.path) == _shape(path)]
        entries = alike if len({entry.path for entry in alike}) == 1 else []
    if not entries:
        hint = did_you_mean(path, (entry.path for entry in api.operations()))
        return _sentence(f"{quoted_name(api.name)} has no path {quoted_name(path)}", hint)
    chosen = [e for e in entries if method is None or e.method.upper() == method.upper()]
    if chosen:
        return chosen
    there = ", ".join(f"`{entry.method}`" for entry in entries)
    said = f"{quoted_name(entries[0].path)} has no operation {quoted_name(method or '')}"
    return f"{said}; there is {there}"


def _shape(path: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", path)


def _path_text(api: Api, entry: Entry) -> str:
    pointer = write_pointer(entry.pointer)
    return f"{{{_SOURCES}{api.name}.url}}#{pointer}"


# ------------------------------------------------------------------------------- texts


def _without_braces(text: str) -> str:
    return text[1:-1] if text.startswith("{$") and text.endswith("}") else text


def _sentence(said: str, hint: str) -> str:
    return f"{said}; {hint}" if hint else said
