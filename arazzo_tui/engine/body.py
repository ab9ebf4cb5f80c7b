"""A filled payload and a content type on their way to the bytes of a body (BOD-1..7, REP-1..5).

JSON, forms, multipart and text. Files arrive here as bytes that somebody else has read; equal payloads
give equal bytes, boundaries included. Expressions are filled before, and not known here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.document.operation import Encoding, MediaType, Operation, ParameterSpec
from arazzo_tui.engine.content import is_json_type, is_xml_type, known_charset, read_media_type
from arazzo_tui.engine.serialize import (
    CannotSend,
    header_field,
    query_pairs,
    query_text,
    scalar_text,
)
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.query import JsonPathVersion, QueryFailed, parse_jsonpath
from arazzo_tui.language.values import Json, Missing, Pointer, child, kind, read_pointer

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class FilePart(Struct, frozen=True):
    """A file for a body: the property or part it is, the name and type the server is told, its bytes."""

    name: str
    filename: str
    content_type: str
    data: bytes


class Encoded(Struct, frozen=True):
    """A body as it is sent, and the content type that says how to read it."""

    content_type: str
    data: bytes


# ------------------------------------------------------------------------------- which type


def choose_media_type(operation: Operation | None, payload: Json, given: str) -> tuple[str, str]:
    """The content type of a body and in plain words why it is that one (BOD-1, A-23).

    `given` is the step's `contentType`, empty for none; `operation` is None when none is described. A
    range such as `image/*` becomes a type that can be sent.
    """
    if given:
        return _without_range(given, payload), "the step says so"
    names = [each.name for each in operation.body] if operation else []
    if not names:
        name = JSON if _has_structure(payload) or _is_json(payload) else "text/plain"
        return name, "no description names one"
    if len(names) == 1:
        return _without_range(names[0], payload), "the only one of the operation"
    if _has_structure(payload):
        json = next((name for name in names if is_json_type(name)), "")
        if json:
            return json, f"JSON, because the payload is an {kind(payload)}; {_offered(names)}"
    return _without_range(names[0], payload), f"the first of the operation's; {_offered(names)}"


def _offered(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
    return f"offered are {shown}"


def _without_range(name: str, payload: Json) -> str:
    kind_of, _, subtype = name.partition(";")[0].strip().partition("/")
    if subtype != "*":
        return name
    if kind_of in ("*", "application"):
        return JSON if _has_structure(payload) or _is_json(payload) else "text/plain"
    return "text/plain" if kind_of == "text" else "application/octet-stream"


def _has_structure(payload: Json) -> bool:
    return kind(payload) in ("object", "array")


def _is_json(payload: Json) -> bool:
    """Whether a payload is no string, or a string that is JSON text."""
    if not isinstance(payload, str):
        return True
    try:
        read_json(payload)
    except BadJson:
        return False
    return True


# ------------------------------------------------------------------------------- encoding


def encode(
    payload: Json, content_type: str, media: MediaType | None = None, files: Sequence[FilePart] = ()
) -> Encoded:
    """The bytes of a body.

    A string is the body's text itself, whatever the type (BOD-6); JSON text is checked (A-13). Objects
    become JSON, forms and multipart by the encoding of `media`. `files` take the place of the
    properties they are named after; one alone is the whole body where the type knows no parts. Raises
    `CannotSend`.
    """
    header_field("Content-Type", content_type)
    said = read_media_type(content_type)
    if said.name == MULTIPART:
        return _multipart(payload, content_type, media, files)
    if files:
        if len(files) == 1:
            return Encoded(content_type, files[0].data)
        raise CannotSend(
            f"a body of type {quoted_name(content_type)} is one file, not {len(files)}"
        )
    if is_json_type(said.name):
        return Encoded(content_type, _bytes(_json_text(payload, content_type), content_type))
    if said.name == FORM and not isinstance(payload, str):
        return Encoded(content_type, _form(payload, media).encode())
    return Encoded(content_type, _bytes(_other_text(payload, content_type), content_type))


def _json_text(payload: Json, content_type: str) -> str:
    if not isinstance(payload, str):
        return write_json(payload)
    try:
        read_json(payload)
    except BadJson as error:
        line = payload.split("\n")[error.line - 1]
        hint = "" if payload.lstrip()[:1] in ("{", "[") else "; a JSON string is written in quotes"
        raise CannotSend(
            f"the payload is sent as {quoted_name(content_type)} but is no JSON: {error}; "
            f"that line is `{one_line(line, 80)}`{hint}"
        ) from None
    return payload


def _other_text(payload: Json, content_type: str) -> str:
    """A string as it is, a number or boolean as JSON writes it; structures only where JSON may be."""
    match payload:
        case str():
            return payload
        case bool() | int() | float():
            return scalar_text(payload)
        case _:
            name = read_media_type(content_type).name
            if payload is not None and _may_hold_json(name):
                return write_json(payload)
            what = "null" if payload is None else f"an {kind(payload)}"
            raise CannotSend(
                f"the payload is {what}, which cannot be written as {quoted_name(content_type)}; "
                "a string can"
            )


def _may_hold_json(name: str) -> bool:
    """Vendors' own types, and YAML, which JSON is a part of."""
    if name.endswith("yaml"):
        return True
    return name.startswith("application/") and not (
        is_xml_type(name)
        or name in ("application/octet-stream", "application/pdf", "application/zip")
    )


_HALVES = re.compile("[\ud800-\udfff]")


def _bytes(text: str, content_type: str) -> bytes:
    """Text in the charset its type names, UTF-8 when it names none."""
    said = read_media_type(content_type)
    if is_json_type(said.name):
        text = _HALVES.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    charset, unknown = known_charset(said.parameters.get("charset", ""))
    if unknown:
        raise CannotSend(f"the charset of {quoted_name(content_type)} is unknown; UTF-8 is not")
    try:
        return text.encode(charset)
    except UnicodeEncodeError as error:
        bad = text[error.start]
        raise CannotSend(
            f"the payload holds {quoted_name(bad)}, which {charset.upper()} cannot write"
        ) from None


# ------------------------------------------------------------------------------- forms


def _form(payload: Json, media: MediaType | None) -> str:
    """`application/x-www-form-urlencoded`: by style where the description gives one (BOD-6)."""
    if not isinstance(payload, Mapping):
        raise CannotSend(f"a form is an object or a string, but the payload is {_a(payload)}")
    pairs: list[tuple[str, str]] = []
    for name, value in payload.items():
        encoding = media.encoding.get(name, Encoding()) if media else Encoding()
        spec = ParameterSpec(
            name,
            "query",
            style=encoding.style or "form",
            explode=encoding.explode
            if encoding.explode is not None
            else encoding.style in (None, "form"),
            allow_reserved=encoding.allow_reserved is True,
        )
        pairs.extend(query_pairs(spec, value if _is_styled(encoding) else _unstyled(value)))
    return query_text(pairs).replace("%20", "+")


def _is_styled(encoding: Encoding) -> bool:
    return (encoding.style, encoding.explode, encoding.allow_reserved) != (None, None, None)


def _unstyled(value: Json) -> Json:
    """A property without a style: objects travel as JSON, arrays as one pair an item."""
    return write_json(value) if isinstance(value, Mapping) else value


# ------------------------------------------------------------------------------- multipart


def _multipart(
    payload: Json, content_type: str, media: MediaType | None, files: Sequence[FilePart]
) -> Encoded:
    given = read_media_type(content_type).parameters.get("boundary", "")
    if isinstance(payload, str):
        written = re.match(
            r"\s*--([0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-])\r?\n", payload
        )
        boundary = given or (written.group(1) if written else "")
        if not boundary:
            raise CannotSend(
                "a multipart payload is an object, or a text whose first line is `--` and its boundary"
            )
        return Encoded(f'{MULTIPART}; boundary="{boundary}"', _bytes(payload, "text/plain"))
    if payload is not None and not isinstance(payload, Mapping):
        raise CannotSend(f"a multipart payload is an object, but this is {_a(payload)}")
    parts = list(_parts(payload or {}, media, files))
    boundary = _boundary(parts)
    line = b"--" + boundary.encode()
    data = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return Encoded(f"{MULTIPART}; boundary={boundary}", data)


def _boundary(parts: Sequence[bytes]) -> str:
    """A boundary that no part contains, made from the parts, so that equal bodies stay equal."""
    from hashlib import sha256

    seed = sha256(b"\n".join(parts)).hexdigest()
    while any(seed.encode() in part for part in parts):
        seed = sha256(seed.encode()).hexdigest()
    return f"form-{seed[:32]}"


def _parts(
    payload: Mapping[str, Json], media: MediaType | None, files: Sequence[FilePart]
) -> Iterator[bytes]:
    named = {file.name for file in files}
    for name, value in payload.items():
        if name in named:
            yield from (_file(file, media) for file in files if file.name == name)
        elif value is not None:
            items = (
                value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
            )
            yield from (_part(name, item, media) for item in items)
    yield from (_file(file, media) for file in files if file.name not in payload)


def _file(file: FilePart, media: MediaType | None) -> bytes:
    encoding = media.encoding.get(file.name, Encoding()) if media else Encoding()
    return _written(file.name, file.filename, file.content_type, encoding.headers, file.data)


def _part(name: str, value: Json, media: MediaType | None) -> bytes:
    encoding = media.encoding.get(name, Encoding()) if media else Encoding()
    content_type = encoding.content_type.partition(",")[0].strip()
    if "*" in content_type:
        content_type = ""
    filename = ""
    if isinstance(value, str):
        data = _bytes(value, content_type or "text/plain")
        if _is_binary(name, media):
            filename, content_type = name, content_type or "application/octet-stream"
    elif _has_structure(value):
        content_type = content_type or JSON
        data = _bytes(write_json(value), content_type)
    else:
        data = scalar_text(value).encode()
    return _written(name, filename, content_type, encoding.headers, data)


def _is_binary(name: str, media: MediaType | None) -> bool:
    """Whether a property is described as bytes: servers then expect a file of some name."""
    schema = media.schema if media else None
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    match properties.get(name) if isinstance(properties, Mapping) else None:
        case {"format": "binary"} | {"items": {"format": "binary"}}:
            return True
        case {"contentMediaType": str(), **rest}:
            return "contentEncoding" not in rest
        case _:
            return False


def _written(
    name: str, filename: str, content_type: str, headers: Mapping[str, str], data: bytes
) -> bytes:
    disposition = f'form-data; name="{_quoted(name)}"'
    if filename:
        disposition += f'; filename="{_quoted(filename)}"'
    lines = [f"Content-Disposition: {disposition}"]
    if content_type:
        lines.append(f"Content-Type: {header_field('Content-Type', content_type)[1]}")
    lines.extend(f"{field}: {value}" for field, value in _checked(headers))
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def _checked(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return (header_field(name, value) for name, value in headers.items())


def _quoted(name: str) -> str:
    """A name inside quotes as browsers write it; raises `CannotSend` for what would end its line."""
    if re.search("[\x00-\x1f\x7f\ud800-\udfff]", name):
        raise CannotSend(f"the part {quoted_name(name)} has a control character in its name")
    return name.replace("\\", "\\\\").replace('"', "%22")


def _a(value: Json) -> str:
    name = kind(value)
    return name if value is None else f"an {name}" if name[0] in "aio" else f"a {name}"


# ------------------------------------------------------------------------------- replacements

TargetLanguage: TypeAlias = Literal["jsonpointer", "jsonpath", "xpath", ""]
"""What a replacement's target is written in; empty when the document does not say (REP-2, REP-3)."""


def replaced(
    payload: Json,
    target: str,
    value: Json,
    language: str = "",
    content_type: str = "",
    version: str = "",
) -> Json:
    """The payload with `value` at `target`; the payload given is not changed (REP-1..5).

    Without a language the target is an XPath when the body is XML, else a JSON Pointer. A string that
    is JSON text is read first, and the result is then the value it means. A JSONPath is read by its
    `version` (SEL-2). Raises `CannotSend` when the target names nothing; only the last member of an
    object may be new (A-50).
    """
    from arazzo_tui.engine.xml_target import replaced_in_xml

    if not language:
        language = "xpath" if _is_xml(payload, content_type) else "jsonpointer"
        if language == "jsonpointer" and re.match(r"\$[.\[]", target):
            language = "jsonpath"
    if language == "xpath":
        if not isinstance(payload, str):
            raise CannotSend(
                f"the replacement target {quoted_name(target)} is an XPath, but the payload is no XML"
            )
        return replaced_in_xml(payload, target, value)
    body = _read(payload, target)
    if language == "jsonpath":
        path_version = JsonPathVersion(version or JsonPathVersion.RFC9535)
        return _replaced_by_jsonpath(body, target, value, path_version)
    try:
        pointer = read_pointer(target.removeprefix("#"))
    except ValueError as error:
        raise CannotSend(f"the replacement target {quoted_name(target)}: {error}") from None
    return replace_at(body, pointer, value)


def _is_xml(payload: Json, content_type: str) -> bool:
    if not isinstance(payload, str):
        return False
    return is_xml_type(content_type) or (not content_type and payload.lstrip()[:1] == "<")


def _read(payload: Json, target: str) -> Json:
    if not isinstance(payload, str):
        return payload
    try:
        return read_json(payload)
    except BadJson as error:
        raise CannotSend(
            f"the replacement target {quoted_name(target)} points into JSON, but the payload is none: "
            f"{error}"
        ) from None


def replace_at(payload: Json, pointer: Pointer, value: Json) -> Json:
    """A copy of the payload with `value` at a pointer; shares all that lies beside the way there.

    Raises `CannotSend` when the way ends early (A-50).
    """
    way: list[tuple[Json, str]] = []
    here = payload
    for depth, token in enumerate(pointer):
        way.append((here, token))
        if depth == len(pointer) - 1 and isinstance(here, Mapping):
            break
        try:
            here = child(here, token, "the payload")
        except Missing as missing:
            said = "/".join(("", *pointer))
            raise CannotSend(
                f"the replacement target {quoted_name(said)} names nothing: {missing}"
            ) from None
    for parent, token in reversed(way):
        if isinstance(parent, Mapping):
            value = {**parent, token: value}
        elif isinstance(parent, Sequence):
            at = int(token)
            value = [*parent[:at], value, *parent[at + 1 :]]
    return value


def _replaced_by_jsonpath(body: Json, target: str, value: Json, version: JsonPathVersion) -> Json:
    try:
        found = parse_jsonpath(target, version).select(body)
    except (BadText, QueryFailed) as error:
        raise CannotSend(f"the replacement target {quoted_name(target)}: {error}") from None
    if not found:
        raise CannotSend(f"the replacement target {quoted_name(target)} selects nothing")
    # Inner ones first, so that a target inside another does not lose its place.
    pointers = [each.pointer for each in found if each.pointer is not None]
    for pointer in sorted(pointers, key=len, reverse=True):
        body = replace_at(body, pointer, value)
    return body
