"""Parameter values on their way into a request: path, query, header and cookie (HTT-1).

OpenAPI's styles, RFC 3986's percent-encoding and RFC 9110's grammar of header fields. A value never
becomes more than the document gave it room for: in a path it stays one segment, in a header one field.
What cannot be sent so is a `CannotSend`, never a changed value. URLs are put together in `address`,
bodies in `body`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeAlias
from urllib.parse import quote, unquote

from arazzo_tui.document.operation import ParameterSpec
from arazzo_tui.engine.content import is_json_type
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, kind

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values in the order they are sent, both already encoded."""

_Encode: TypeAlias = Callable[[str], str]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_DOTS = re.compile(r"(?:\.|%(?:25)*2e){0,2}", re.IGNORECASE)
_UNRESERVED = "-._~"
_IN_SEGMENT = _UNRESERVED + ":@!$&'()*+,;="
_IN_QUERY = _UNRESERVED + "/?:@!$'()*,;="
"""What `allowReserved` may leave alone: not `&` and `+`, which mean something in a form."""
_IN_WHOLE_QUERY = _IN_QUERY + "&+%"
_IN_COOKIE = "!#$%&'()*+-./:<=>?@[]^_`{|}~"
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}


class CannotSend(ValueError):
    """A value that cannot be sent as the document asks; the sentence names its place and the cure."""


def path_text(spec: ParameterSpec, value: Json) -> str:
    """The text that takes the place of `{name}` in a path (OpenAPI § Style Values, PAR-6).

    Raises `CannotSend` for no value, an empty one, `.` and `..`, which would name another path.
    """
    if value is None:
        raise CannotSend(f"{_called(spec)} has no value")
    encode = partial(_encoded, spec=spec, safe=_IN_SEGMENT if spec.allow_reserved else _UNRESERVED)
    if spec.content_type is not None:
        text = encode(_content_text(spec, value))
    else:
        text = _in_path(spec, value, encode)
    if is_dot_segment(text):
        shown = "empty" if not text else quoted_name(unquote(text))
        raise CannotSend(f"{_called(spec)} is {shown}; the request would go to another path")
    return text


def is_dot_segment(text: str) -> bool:
    """Whether a path segment is nothing, `.` or `..`, however often it was percent-encoded."""
    return _DOTS.fullmatch(text) is not None


def query_pairs(spec: ParameterSpec, value: Json) -> Pairs:
    """The pairs that a query parameter becomes; none for null and for an empty array (A-8, PAR-7).

    Raises `CannotSend` when a required parameter has no value.
    """
    if not _is_given(spec, value):
        return ()
    name = _encoded(spec.name, spec, _UNRESERVED)
    encode = partial(_encoded, spec=spec, safe=_IN_QUERY if spec.allow_reserved else _UNRESERVED)
    if spec.content_type is not None:
        return ((name, encode(_content_text(spec, value))),)
    if spec.style == "deepObject":
        return tuple(_deep(name, value, encode))
    return tuple(_form(spec, name, value, encode, _DELIMITERS.get(spec.style, ",")))


def query_text(pairs: Iterable[tuple[str, str]]) -> str:
    """The query of a URL, without its question mark."""
    return "&".join(f"{name}={value}" for name, value in pairs)


def decoded(pairs: Pairs) -> Mapping[str, str]:
    """What `$request.query` reads: names and values before encoding, of repeats the first (A-25)."""
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(unquote(name), unquote(value))
    return first


def querystring_text(spec: ParameterSpec, value: Json) -> str:
    """The complete query that an `in: querystring` parameter gives (PAR-8).

    A string is taken as it is, but for characters no query may hold; an object is written as a form,
    or as its `content` says.
    """
    if not _is_given(spec, value):
        return ""
    match value:
        case str():
            return _encoded(value.removeprefix("?"), spec, _IN_WHOLE_QUERY)
        case Mapping() if spec.content_type in (None, "application/x-www-form-urlencoded"):
            return query_text(pair for name in value for pair in _member_pairs(name, value[name]))
        case _:
            return _encoded(_content_text(spec, value), spec, _UNRESERVED)


def _member_pairs(name: str, member: Json) -> Pairs:
    """A member of a form without a style of its own: arrays as repeated pairs, objects as JSON."""
    field = ParameterSpec(name, "query", style="form", explode=True)
    return query_pairs(field, write_json(member) if isinstance(member, Mapping) else member)


def header_text(spec: ParameterSpec, value: Json) -> str | None:
    """The value of a header parameter, style `simple`, not percent-encoded; None when not sent.

    The field it makes must still pass `header_field`.
    """
    if not _is_given(spec, value):
        return None
    if spec.content_type is not None:
        return _content_text(spec, value)
    return ",".join(_listed(value, str, explode=spec.explode))


def header_field(name: str, value: str) -> tuple[str, str]:
    """A header field of a document or a user, checked by RFC 9110 §5.1 and §5.5.

    White space round the value is dropped, as it is no part of it. Raises `CannotSend` for a bad name
    or value, and for the fields that frame the message, which are the transport's.
    """
    called = f"the header {quoted_name(name)}"
    if not _TOKEN.fullmatch(name):
        raise CannotSend(
            f"{called} cannot be sent: a name is letters, digits and `-_.!#$%&'*+^`|~`"
        )
    if name.lower() in FRAMING:
        raise CannotSend(f"{called} belongs to the transport and is never taken from a document")
    value = value.strip(" \t")
    if found := re.search("[\r\n]", value):
        where = (
            "ends with"
            if found.end() == len(value) or not value[found.start() :].strip()
            else "holds"
        )
        raise CannotSend(f"{called} {where} a line break; a field is one line")
    if found := re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", value):
        raise CannotSend(f"{called} holds the control character U+{ord(found.group()):04X}")
    if found := re.search("[^\x00-\xff]", value):
        raise CannotSend(
            f"{called} holds {quoted_name(found.group())}, which no header field can carry; "
            "percent-encode it or send it in the body"
        )
    return name, value


FRAMING = frozenset(
    {
        "connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Fields that say where a message goes and where it ends (RFC 9110 §7, RFC 9112 §6)."""


def cookie_pairs(spec: ParameterSpec, value: Json) -> Pairs:
    """The cookies that a cookie parameter becomes.

    Style `form` encodes only what no cookie can hold (RFC 6265 §4.1.1), so that a cookie goes back as
    the server sent it; style `cookie` encodes nothing. Raises `CannotSend` where a value would end
    the cookie early.
    """
    if not _is_given(spec, value):
        return ()
    encode = partial(_cookie_encoded, spec=spec)
    if spec.content_type is not None:
        pairs: Pairs = ((spec.name, encode(_content_text(spec, value))),)
    else:
        pairs = tuple(_form(spec, spec.name, value, encode, ","))
    for name, _ in pairs:
        if not _TOKEN.fullmatch(name):
            raise CannotSend(
                f"{_called(spec)} cannot be sent: {quoted_name(name)} is no cookie's name"
            )
    return pairs


def cookie_text(pairs: Pairs) -> str:
    """The value of the `Cookie` field."""
    return "; ".join(f"{name}={value}" for name, value in pairs)


def scalar_text(value: Json) -> str:
    """A value as the text that stands for it outside JSON: strings as they are, others as JSON."""
    return value if isinstance(value, str) else write_json(value)


# ------------------------------------------------------------------------------- styles


def _in_path(spec: ParameterSpec, value: Json, encode: _Encode) -> str:
    parts = _listed(value, encode, explode=spec.explode)
    match spec.style:
        case "label":
            return "." + ("." if spec.explode else ",").join(parts)
        case "matrix":
            return _matrix(spec, value, encode)
        case _:
            return _DELIMITERS.get(spec.style, ",").join(parts)


def _matrix(spec: ParameterSpec, value: Json, encode: _Encode) -> str:
    pairs = _form(spec, _encoded(spec.name, spec, _UNRESERVED), value, encode, ",")
    return "".join(f";{name}={text}" if text else f";{name}" for name, text in pairs)


def _form(
    spec: ParameterSpec, name: str, value: Json, encode: _Encode, delimiter: str
) -> Iterator[tuple[str, str]]:
    """Style `form` and its like; an empty array or object gives nothing (RFC 6570 §3.2.1)."""
    match value:
        case Mapping() if spec.explode:
            yield from _members(value, encode)
        case str() | bool() | int() | float() | None:
            yield name, encode(scalar_text(value))
        case _ if spec.explode:
            yield from ((name, part) for part in _listed(value, encode, explode=True))
        case _:
            if parts := _listed(value, encode, explode=False):
                yield name, delimiter.join(parts)


def _deep(name: str, value: Json, encode: _Encode) -> Iterator[tuple[str, str]]:
    """Style `deepObject`; below the first level, where OpenAPI is silent, more brackets follow."""
    waiting: list[tuple[str, Json]] = [(name, value)]
    while waiting:
        at, here = waiting.pop()
        match here:
            case None:
                continue
            case str() | bool() | int() | float():
                yield at, encode(scalar_text(here))
            case Mapping():
                inner = [(f"{at}%5B{encode(key)}%5D", here[key]) for key in here]
                waiting.extend(reversed(inner))
            case _:
                waiting.extend(
                    reversed([(f"{at}%5B{index}%5D", item) for index, item in enumerate(here)])
                )


def _listed(value: Json, encode: _Encode, *, explode: bool) -> list[str]:
    """The encoded parts of a value; members that are null are left out (RFC 6570 §2.3)."""
    match value:
        case Mapping() if explode:
            return [f"{name}={text}" for name, text in _members(value, encode)]
        case Mapping():
            return [part for pair in _members(value, encode) for part in pair]
        case str() | bool() | int() | float() | None:
            return [encode(scalar_text(value))]
        case _:
            return [encode(scalar_text(item)) for item in value if item is not None]


def _members(value: Mapping[str, Json], encode: _Encode) -> Iterator[tuple[str, str]]:
    for name, member in value.items():
        if member is not None:
            yield encode(name), encode(scalar_text(member))


def _content_text(spec: ParameterSpec, value: Json) -> str:
    """A value as the media type of its `content` writes it.

    A string that already is JSON is taken as the JSON text it is, as in a request body (BOD-6).
    """
    if not is_json_type(spec.content_type or "application/json"):
        if isinstance(value, str | bool | int | float):
            return scalar_text(value)
        raise CannotSend(
            f"{_called(spec)} is {_kind(value)}, which cannot be written as "
            f"{quoted_name(spec.content_type or '')}; a string can"
        )
    if isinstance(value, str) and _is_json(value):
        return value
    return write_json(value)


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except BadJson:
        return False
    return True


def _is_given(spec: ParameterSpec, value: Json) -> bool:
    if value is None and spec.required:
        raise CannotSend(f"{_called(spec)} is required and has no value")
    return value is not None


def _encoded(text: str, spec: ParameterSpec, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise CannotSend(
            f"{_called(spec)} holds half of a surrogate pair, which is no text"
        ) from None


def _cookie_encoded(text: str, spec: ParameterSpec) -> str:
    if spec.style != "cookie":
        return _encoded(text, spec, _IN_COOKIE)
    if found := re.search("[;\x00-\x1f\x7f-\x9f]|[^\x00-\xff]", text):
        raise CannotSend(
            f"{_called(spec)} holds {quoted_name(found.group())}, which no cookie can carry; "
            "percent-encode it"
        )
    return text


def _called(spec: ParameterSpec) -> str:
    return f"the {spec.location} parameter {quoted_name(spec.name)}"


def _kind(value: Json) -> str:
    name = kind(value)
    return f"an {name}" if name[0] in "aio" else f"a {name}"
