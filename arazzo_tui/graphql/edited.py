"""A request as text that a person edits, and the request that the edited text is.

A GraphQL request is edited as its query and its variables, JSON inside strings unfolded; any other as its
body. What was not touched stays byte for byte as it was, and what was is known to come from a hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, TypeGuard
from urllib.parse import parse_qsl, urlsplit

from arazzo_tui.engine.address import join_url
from arazzo_tui.engine.content import BinaryContent, JsonContent, NoContent, TextContent
from arazzo_tui.engine.exchange import Headers, Origin, Request, header
from arazzo_tui.engine.serialize import CannotSend, header_field
from arazzo_tui.graphql.nested import Unfolded, fold, is_same, unfold
from arazzo_tui.graphql.request import read_operation
from arazzo_tui.language.data import dataclass
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json, Missing, Pointer, follow

Part: TypeAlias = Literal["line", "headers", "query", "body"]
"""The parts of a request that are edited each by itself: method and URL, headers, query, the rest."""

BY_HAND = "edited by hand"


@dataclass(frozen=True, slots=True)
class RequestText:
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
    operation = read_operation(request.payload)
    if operation is not None:
        return RequestText(line, headers, operation.query, _pretty(dict(operation.sent)), True)
    match request.content:
        case JsonContent(value):
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

    `Content-Length` follows the body, and `Host` the URL, unless it was edited itself.
    """
    was = as_text(before)
    method, url = _line(text.line) if text.line != was.line else (before.method, before.url)
    body, payload = _body(text, was, before)
    headers = _headers(text.headers) if text.headers != was.headers else before.headers
    headers = tuple(_followed(headers, before, url, body))
    query = before.query if url == before.url else dict(parse_qsl(urlsplit(url).query))
    edited = replace(
        before, method=method, url=url, headers=headers, body=body, payload=payload, query=query
    )
    server = before.server if _base(url) == _base(before.url) else BY_HAND
    return replace(edited, origins=tuple(_origins(before, edited)), server=server)


def with_payload(request: Request, payload: Json) -> Request:
    """The request with another JSON body, its length and the origins of its values following."""
    body = write_json(payload).encode()
    headers = tuple(_followed(request.headers, request, request.url, body))
    edited = replace(request, headers=headers, body=body, payload=payload)
    return replace(edited, origins=tuple(_origins(request, edited)))


def _base(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _line(line: str) -> tuple[str, str]:
    method, space, url = line.strip().partition(" ")
    if not space or not method.isalpha():
        raise BadRequestText("line", "a method and a URL are expected: `POST http://…`")
    base, _, query = url.strip().partition("?")
    try:
        return method.upper(), join_url(base, "", query)
    except CannotSend as wrong:
        raise BadRequestText("line", str(wrong)) from None


def _headers(text: str) -> Headers:
    fields: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
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
    """The headers with those that follow from URL and body, where nobody edited them."""
    length = str(len(body or b""))
    host = urlsplit(before.url).netloc
    for name, value in headers:
        if name.lower() == "content-length":
            yield name, length
        elif name.lower() == "host" and value == host:
            yield name, urlsplit(url).netloc
        else:
            yield name, value
    if body and header(headers, "content-length") is None:
        yield "Content-Length", length


def _body(text: RequestText, was: RequestText, before: Request) -> tuple[bytes | None, Json]:
    if (text.query, text.body) == (was.query, was.body) or text.body is None:
        return before.body, before.payload
    if not text.is_json:
        data = text.body.encode("utf-8", "surrogatepass")
        return (data or None if before.body is None else data), text.body
    graphql = text.query is not None
    payload = _graphql(text, was, before) if graphql else _folded(text.body, before.payload)
    return write_json(payload).encode(), payload


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
    return fold(Unfolded(value, unfold(before).folds))


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
