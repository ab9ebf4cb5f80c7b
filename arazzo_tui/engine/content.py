"""Bytes of a body, read as their content type says: JSON, text, or neither (HTT-2, A-24).

Whatever a server sends has a reading here, and none of them raises: where the bytes are not what
their content type says, the reading carries a note. The bytes themselves stay with the caller.
"""

import codecs
import re
from collections.abc import Mapping
from json import JSONDecoder
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json


class JsonContent(Struct, frozen=True):
    """A body that is JSON; the notes say what is odd about it, such as a name given twice.

    With `replaced` a � stands in it for bytes that are no text.
    """

    value: Json
    notes: tuple[str, ...] = ()
    replaced: bool = False


class TextContent(Struct, frozen=True):
    """A body that is text. `language` is a Pygments alias, a guess for highlighting.

    With `replaced` a � stands in it for bytes that are no text.
    """

    text: str
    charset: str = "utf-8"
    language: str = "text"
    notes: tuple[str, ...] = ()
    replaced: bool = False


class BinaryContent(Struct, frozen=True):
    """A body that is no text."""

    notes: tuple[str, ...] = ()


class NoContent(Struct, frozen=True):
    """A body without a byte."""


Content: TypeAlias = JsonContent | TextContent | BinaryContent | NoContent


def read_content(content_type: str | None, body: bytes) -> Content:
    """A body as its `Content-Type` says it is to be read (HTT-2). Never raises.

    JSON under a missing or wrong content type is read as JSON, with a note; a body that is called
    JSON and is not stays text, and the note says where it breaks off and what it looks like.
    """
    if not body:
        return NoContent()
    media = read_media_type(content_type or "")
    if is_json_type(media.name):
        return _declared_json(media, body)
    if _may_be_json(media.name) and body.lstrip(_JSON_SPACE)[:1] in (b"{", b"["):
        found = _undeclared_json(content_type, media, body)
        if found is not None:
            return found
    return _other(media, body)


def is_replaced(content: Content) -> bool:
    """Whether � stands in a body for bytes: what is read from there is not what the server sent."""
    match content:
        case JsonContent(replaced=replaced) | TextContent(replaced=replaced):
            return replaced
        case BinaryContent() | NoContent():
            return False


def value_of(content: Content) -> Json:
    """What `$response.body` reads: a JSON value, a text, null for nothing (A-24).

    Bytes that are no text have no value either and read as null; their note says so.
    """
    match content:
        case JsonContent():
            return content.value
        case TextContent():
            return content.text
        case BinaryContent() | NoContent():
            return None


# ------------------------------------------------------------------------------- media types


class MediaTypeName(Struct, frozen=True):
    """A content type taken apart: `type/subtype` in lower case, parameters by lower-case name."""

    name: str
    parameters: Mapping[str, str]


_ESSENCE = re.compile(r"\s*([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)", re.ASCII)
_PARAMETER = re.compile(r';\s*([\w!#$&^.+*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))', re.ASCII)


def read_media_type(text: str) -> MediaTypeName:
    """A `Content-Type` value (RFC 9110 §8.3); what has not the shape of one has the name `""`."""
    essence = _ESSENCE.match(text)
    if essence is None:
        return MediaTypeName("", {})
    parameters: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(text[essence.end() :][:1000]):
        parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
    return MediaTypeName(essence.group(1).lower(), parameters)


def is_json_type(name: str) -> bool:
    """Whether a media type is written in JSON (RFC 8259 §11, RFC 6839 §3.1). Parameters are ignored."""
    essence = name.partition(";")[0].strip().lower()
    return essence.endswith("+json") or essence in (
        "application/json", "text/json", "application/x-json", "text/x-json",
    )  # fmt: skip


def is_xml_type(name: str) -> bool:
    """Whether a media type is written in XML (RFC 7303). Parameters are ignored."""
    essence = name.partition(";")[0].strip().lower()
    return essence.endswith("+xml") or essence in ("application/xml", "text/xml")


_OWN_SYNTAX = re.compile(
    r"(image|audio|video|font|multipart)/|.*(ndjson|jsonl|json-seq|json-lines|yaml|event-stream|csv"
    r"|zip|pdf)"
)


def _may_be_json(name: str) -> bool:
    """Types under which servers send JSON without saying so; not those that only begin like it."""
    return _OWN_SYNTAX.match(name) is None


# ------------------------------------------------------------------------------- JSON

_JSON_SPACE = b" \t\r\n\xef\xbb\xbf"
_DUPLICATES_UP_TO = 1_000_000


def _declared_json(media: MediaTypeName, body: bytes) -> JsonContent | TextContent:
    charset, text, notes, replaced = _decoded(media, body)
    try:
        value = read_json(text)
    except BadJson as error:
        looks = _looks_like(text)
        hint = f"; it looks like {looks}" if looks else ""
        note = f"this is called {quoted_name(media.name)} but is no JSON: {error}{hint}"
        return TextContent(text, charset, _guess("", text), (note, *notes), replaced)
    return JsonContent(value, (*notes, *_given_twice(text)), replaced)


def _undeclared_json(
    content_type: str | None, media: MediaTypeName, body: bytes
) -> JsonContent | None:
    _, text, notes, replaced = _decoded(media, body)
    try:
        value = read_json(text)
    except BadJson:
        return None
    called = f"called {quoted_name(content_type)}" if content_type else "without a content type"
    said = f"read as JSON, though it came {called}"
    return JsonContent(value, (said, *notes, *_given_twice(text)), replaced)


def _given_twice(text: str) -> tuple[str, ...]:
    """A note for each name that one object has twice (RFC 8259 §4), not looked for in big bodies."""
    if len(text) > _DUPLICATES_UP_TO:
        return ()
    twice: dict[str, None] = {}

    def look(pairs: list[tuple[str, Json]]) -> None:
        if len({name for name, _ in pairs}) == len(pairs):
            return
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                twice[name] = None
            seen.add(name)

    try:
        JSONDecoder(object_pairs_hook=look, parse_int=len, parse_float=len).decode(text)
    except (ValueError, RecursionError):
        return ()
    shown = [f"the name {quoted_name(name)} is given twice; the last one counts" for name in twice]
    more = (f"and {len(shown) - 5} more names are given twice",) if len(shown) > 5 else ()
    return (*shown[:5], *more)


# ------------------------------------------------------------------------------- text


_CHARSET = re.compile(
    r"utf[-_]?8|utf[-_]?(16|32)([-_]?[lb]e)?|us-ascii|ascii|latin-?1|iso[-_]?8859-\d{1,2}"
    r"|windows-\d{3,4}|cp\d{3,4}|koi8-[rut]|macintosh|mac-roman|tis-620|shift[-_]jis|sjis"
    r"|iso-2022-(jp|kr)|euc-(jp|kr)|gbk|gb2312|gb18030|big5(-hkscs)?|hz-gb-2312",
    re.IGNORECASE,
)
"""Charsets of text; Python's codecs know many other things by such names (`hex`, `idna`, `zip`)."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _decoded(media: MediaTypeName, body: bytes) -> tuple[str, str, tuple[str, ...], bool]:
    """The charset that was used, the text, notes, and whether bytes are replaced in it.

    A byte order mark outranks what is declared.
    """
    charset, notes = known_charset(media.parameters.get("charset", ""))
    for mark, marked in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            body, charset = body[len(mark) :], marked
            notes = (*notes, "it begins with a byte order mark")
            break
    else:
        if not media.parameters.get("charset"):
            charset = _undeclared_charset(media, body)
    try:
        return charset, body.decode(charset), notes, False
    except UnicodeDecodeError as error:
        note = f"the bytes at offset {error.start} are not {charset.upper()} and are shown as �"
        return charset, body.decode(charset, "replace"), (*notes, note), True


def known_charset(name: str) -> tuple[str, tuple[str, ...]]:
    """Python's codec for a declared charset; UTF-8 and a note for one that is unknown or no charset."""
    name = name.strip()
    if not name:
        return "utf-8", ()
    if _CHARSET.fullmatch(name):
        try:
            return codecs.lookup(name).name, ()
        except LookupError:
            pass
    return "utf-8", (f"the charset {quoted_name(name)} is unknown; it was read as UTF-8",)


_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,60}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def _undeclared_charset(media: MediaTypeName, body: bytes) -> str:
    """UTF-16 and UTF-32 by the zeros of their first characters, XML's own declaration, else UTF-8."""
    match [byte == 0 for byte in body[:4]]:
        case [False, True, True, True]:
            return "utf-32-le"
        case [True, True, True, False]:
            return "utf-32-be"
        case [False, True, False, True]:
            return "utf-16-le"
        case [True, False, True, False]:
            return "utf-16-be"
        case _:
            pass
    declared = _XML_ENCODING.match(body) if is_xml_type(media.name) else None
    return known_charset(declared.group(1).decode())[0] if declared else "utf-8"


_BINARY_TYPE = re.compile(r"(?!image/svg)(image|audio|video|font)/|application/(pdf|zip|gzip)$")
_NOT_IN_TEXT = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def _other(media: MediaTypeName, body: bytes) -> TextContent | BinaryContent:
    if _BINARY_TYPE.match(media.name):
        return _binary(body)
    charset, text, notes, replaced = _decoded(media, body)
    said_text = media.name.startswith("text/") or is_xml_type(media.name)
    beginning = text[:4096]
    odd = len(_NOT_IN_TEXT.findall(beginning)) + beginning.count("\ufffd") * replaced
    if "\x00" in beginning or odd * (10 if said_text else 100) > len(beginning):
        return _binary(body)
    return TextContent(text, charset, _guess(media.name, text), notes, replaced)


def _binary(body: bytes) -> BinaryContent:
    looks = next((what for magic, what in _MAGIC if body.startswith(magic)), "no text")
    return BinaryContent((f"the body is {looks}; expressions read it as null",))


_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an Office document)"),
    (b"\x1f\x8b", "compressed with gzip, without a Content-Encoding that says so"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd, without a Content-Encoding that says so"),
    (b"\x7fELF", "a program"),
    (b"\x00asm", "a WebAssembly module"),
)

_LANGUAGES = (
    (re.compile(r".*html"), "html"),
    (re.compile(r".*[/+]xml|image/svg"), "xml"),
    (re.compile(r".*yaml"), "yaml"),
    (re.compile(r".*(ndjson|jsonl|json-seq|json-lines)"), "json"),
    (re.compile(r"application/graphql"), "graphql"),
    (re.compile(r".*(javascript|ecmascript)"), "javascript"),
    (re.compile(r"text/css"), "css"),
    (re.compile(r"text/markdown"), "markdown"),
)


def _guess(name: str, text: str) -> str:
    """A Pygments alias by the media type, else by how the text begins."""
    for pattern, language in _LANGUAGES:
        if pattern.match(name):
            return language
    beginning = text[:200].lstrip().lower()
    if beginning.startswith(("<!doctype html", "<html")):
        return "html"
    return "xml" if re.match(r"<(\?xml|[a-z!])", beginning) else "text"


_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,200})", re.IGNORECASE)


def _looks_like(text: str) -> str:
    """What a text that is no JSON seems to be; empty when nothing is known."""
    beginning = text[:10_000].lstrip()
    lower = beginning[:200].lower()
    if lower.startswith(("<!doctype html", "<html")):
        title = _TITLE.search(beginning)
        return f"an HTML page, {quoted_name(title.group(1).strip())}" if title else "an HTML page"
    if lower.startswith("<"):
        return "XML"
    if lower.startswith(("data:", "event:", "id:", "retry:", ":")):
        return "a stream of server-sent events"
    lines = beginning.split("\n", 2)
    if len(lines) > 1 and lines[0].startswith("{") and lines[1].lstrip().startswith("{"):
        return "several JSON texts, one a line"
    return "" if lower[:1] in ("{", "[", '"') else quoted_name(beginning[:60])
