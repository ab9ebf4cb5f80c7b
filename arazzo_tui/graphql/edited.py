"""A request as text that a person edits, and the request that the edited text is.

A GraphQL request is edited as its query and its variables, JSON inside strings unfolded; any other as its
body. What was not touched stays byte for byte as it was, and what was is known to come from a hand.
"""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, TypeGuard
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.address import join_url
from arazzo_tui.engine.body import encode
from arazzo_tui.engine.content import (
    BinaryContent,
    JsonContent,
    NoContent,
    TextContent,
    is_json_type,
)
from arazzo_tui.engine.exchange import Headers, Origin, Request, header
from arazzo_tui.engine.serialize import CannotSend, header_field
from arazzo_tui.graphql.nested import is_same, unfold
from arazzo_tui.graphql.refold import CannotFold, refold
from arazzo_tui.graphql.request import read_operation
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, follow

Part: TypeAlias = Literal["line", "headers", "query", "body"]
"""The parts of a request that are edited each by itself: method and URL, headers, query, the rest."""

BY_HAND = "edited by hand"


class RequestText(Struct, frozen=True):
    """A request as it is edited. `query` is None where it is no GraphQL request.

    `body` is then the body, else the variables; None where there is none, or it is no text.
    """

    line: str
    headers: str
    query: str | None
    body: str | None
    is_json: bool


class BadRequestText(ValueError):
    """What is wrong with an edited request, and in which part of it."""

    def __init__(self, part: Part, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part


def as_text(request: Request) -> RequestText:
    """A request as the text that is edited."""
    line = f"{request.method} {request.url}"
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers)
    match request.content:
        case JsonContent(value):
            operation = read_operation(request.payload)
            if operation is not None:
                variables = _pretty(dict(operation.sent))
                return RequestText(line, headers, operation.query, variables, True)
            return RequestText(line, headers, None, _pretty(value), True)
        case TextContent(text):
            return RequestText(line, headers, None, text, False)
        case NoContent():
            return RequestText(line, headers, None, "", False)
        case BinaryContent():
            return RequestText(line, headers, None, None, False)


def _pretty(value: Json) -> str:
    return write_json(unfold(value).value, indent=2)


def from_text(text: RequestText, before: Request) -> Request:
    """The request that an edited text is. Raises `BadRequestText` with the part that cannot be read.

    What is as it was stays so, to the byte. `Content-Length` follows the body and `Host` the URL; neither
    is edited itself (what frames a message is the transport's).
    """
    was = as_text(before)
    if text == was:
        return before
    method, url = _line(text.line, before) if text.line != was.line else (before.method, before.url)
    headers = _headers(text.headers, before) if text.headers != was.headers else before.headers
    body, payload = _body(text, was, before, headers)
    edited = replace(
        before,
        method=method,
        url=url,
        headers=tuple(_followed(headers, before, url, body)),
        body=body,
        payload=payload,
        query=_query(url, before),
    )
    server = before.server if _base(url) == _base(before.url) else BY_HAND
    return replace(edited, origins=tuple(_origins(before, edited)), server=server)


def with_payload(request: Request, payload: Json) -> Request:
    """The request with another JSON body, its length and the origins of its values following.

    Raises `BadRequestText` where the body is not sent as JSON, or cannot be in its charset.
    """
    if not isinstance(request.content, JsonContent):
        raise BadRequestText("body", "the body is not sent as JSON: e edits it as it is")
    body = _encoded(payload, request.headers)
    headers = tuple(_followed(request.headers, request, request.url, body))
    edited = replace(request, headers=headers, body=body, payload=payload)
    return replace(edited, origins=tuple(_origins(request, edited)))


def _base(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _line(line: str, before: Request) -> tuple[str, str]:
    method, space, url = line.strip().partition(" ")
    if not space or not _METHOD.fullmatch(method):
        raise BadRequestText("line", "a method and a URL are expected: `POST http://…`")
    method = method if method == before.method else method.upper()
    if url.strip() == before.url:
        return method, before.url
    try:
        return method, join_url(url.strip().partition("#")[0], "")
    except CannotSend as wrong:
        raise BadRequestText("line", str(wrong)) from None


_METHOD = re.compile(r"[A-Za-z][A-Za-z0-9!#$%&'*+.^_|~-]*")


def _query(url: str, before: Request) -> Mapping[str, str]:
    """The query parameters by name: those that were, unless the query is another one."""
    query = urlsplit(url).query
    if query == urlsplit(before.url).query:
        return before.query
    return dict(parse_qsl(query, keep_blank_values=True))


def _headers(text: str, before: Request) -> Headers:
    """The fields of a text; a line that was there already stays the field that it was."""
    known = {f"{name}: {value}": (name, value) for name, value in before.headers}
    fields: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line in known:
            fields.append(known[line])
            continue
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequestText("headers", f"line {number}: `Name: value` is expected")
        try:
            fields.append(header_field(name.strip(), value.strip()))
        except CannotSend as wrong:
            raise BadRequestText("headers", f"line {number}: {wrong}") from None
    return tuple(fields)


def _followed(
    headers: Headers, before: Request, url: str, body: bytes | None
) -> Iterator[tuple[str, str]]:
    """The headers with those that follow from the URL and from a body that is another one."""
    length = str(len(body or b""))
    host = urlsplit(before.url).netloc
    for name, value in headers:
        if name.lower() == "content-length" and body != before.body:
            yield name, length
        elif name.lower() == "host" and value == host:
            yield name, urlsplit(url).netloc
        else:
            yield name, value
    if body and body != before.body and header(headers, "content-length") is None:
        yield "Content-Length", length


def _body(
    text: RequestText, was: RequestText, before: Request, headers: Headers
) -> tuple[bytes | None, Json]:
    if (text.query, text.body) == (was.query, was.body) or text.body is None:
        return before.body, before.payload
    match before.content:
        case JsonContent(value):
            if text.query is not None:
                payload = _graphql(text, was, before)
                return _encoded(payload, headers), payload
            payload = _folded(text.body, value)
            if isinstance(before.payload, str):  # the text itself was the payload
                payload = write_json(payload)
            return _encoded(payload, headers), payload
        case TextContent(charset=charset) if before.body is not None:
            mark = before.body.removesuffix(_as_bytes(was.body or "", charset))
            if mark not in _MARKS:
                raise BadRequestText(
                    "body",
                    f"it holds bytes that are not {charset.upper()}; edited, they would be lost",
                )
            return mark + _as_bytes(text.body, charset), text.body
        case _:
            return _as_bytes(text.body, "utf-8") or None, text.body or None


_MARKS = (b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What may stand before a text and is no part of it."""


def _as_bytes(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset)
    except UnicodeEncodeError as wrong:
        bad = quoted_name(text[wrong.start])
        raise BadRequestText("body", f"{charset.upper()} cannot write {bad}") from None


def _encoded(payload: Json, headers: Headers) -> bytes:
    """The bytes of a JSON body, in the charset that its content type names."""
    said = header(headers, "content-type") or ""
    kind = said if is_json_type(said) else "application/json"
    try:
        return encode(payload, kind).data
    except CannotSend as wrong:
        raise BadRequestText("body", str(wrong)) from None


def _graphql(text: RequestText, was: RequestText, before: Request) -> Json:
    payload = before.payload
    assert isinstance(payload, Mapping)  # it was read as GraphQL
    assert text.body is not None  # so was this
    changed: dict[str, Json] = dict(payload)
    if text.query != was.query:
        changed["query"] = text.query
    if text.body != was.body:
        variables = _folded(text.body or "{}", payload.get("variables"))
        if not isinstance(variables, Mapping | None):
            raise BadRequestText("body", "variables are an object: `{ … }`")
        changed["variables"] = variables
    return changed


def _folded(text: str, before: Json) -> Json:
    """An edited value, its strings folded again as they were."""
    try:
        value = read_json(text)
    except BadJson as wrong:
        raise BadRequestText("body", str(wrong)) from None
    try:
        return refold(unfold(before), value)
    except CannotFold as wrong:
        raise BadRequestText("body", str(wrong)) from None


def _origins(before: Request, after: Request) -> Iterator[Origin]:
    """Where values came from, as far as they are still those; what is new or another is of a hand."""
    known: set[Pointer] = set()
    for origin in before.origins:
        now = _value(after, origin.place)
        if now:
            known.add(origin.place)
            same = is_same(_value(before, origin.place), now)
            yield origin if same else Origin(origin.place, BY_HAND, by="user")
    for place in _changes(before.payload, after.payload, ("body",)):
        if not any(place[:depth] in known for depth in range(1, len(place) + 1)):
            yield Origin(place, BY_HAND, by="user")


def _value(request: Request, place: Pointer) -> tuple[Json, ...]:
    """What a request has at a place; nothing, where there is no such place."""
    where, *inside = place
    found: Json
    match where:
        case "body":
            try:
                return (follow(request.payload, tuple(inside)),)
            except Missing:
                return ()
        case "header":
            found = header(request.headers, inside[0])
        case "query":
            found = request.query.get(inside[0])
        case _:
            return (request.url,)
    return () if found is None else (found,)


def _changes(before: Json, after: Json, at: Pointer) -> Iterator[Pointer]:
    """The places of a value that are not in another one or differ there; of a new value only the whole."""
    waiting = [(before, after, at)]
    while waiting:
        one, other, place = waiting.pop()
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from ((*place, name) for name in other if name not in one)
            waiting += [(one[name], other[name], (*place, name)) for name in other if name in one]
        elif _is_list(one) and _is_list(other) and len(one) == len(other):
            pairs = enumerate(zip(one, other, strict=True))
            waiting += [(*both, (*place, str(number))) for number, both in pairs]
        elif not is_same(one, other):
            yield place


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
