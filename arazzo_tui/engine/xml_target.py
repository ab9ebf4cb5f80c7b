"""Replacements in an XML payload: the target found by path, the text changed at that place only.

Everything else of the text stays as it is written, prefixes, comments and white space included. The
paths are those of ElementTree, which cannot run away; full XPath is for criteria (`language.query`).
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element
from xml.parsers import expat

from msgspec import Struct, field

from arazzo_tui.engine.serialize import CannotSend, scalar_text
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json

_NAME = rb"[^\s/>=\"'<]+"
_ATTRIBUTE = re.compile(rb"\s+(" + _NAME + rb")\s*=\s*(\"[^\"]*\"|'[^']*')")
_START_TAG = re.compile(rb"<(" + _NAME + rb")((?:" + _ATTRIBUTE.pattern + rb")*)\s*(/?)>")
_Edit = tuple[int, int, bytes]


def replaced_in_xml(text: str, target: str, value: Json) -> str:
    """The XML text with `value` as the content of every element, or attribute, the target names.

    The value becomes text, never markup. Understood are location paths of `/`, `//`, names, `*`,
    `[n]`, `[@name='…']`, `[local-name()='…']` and a last `/@name` or `/text()`; where no element of an
    unprefixed name is found, one of any namespace will do. Raises `CannotSend` (REP-2, A-50).
    """
    called = f"the replacement target {quoted_name(target)}"
    new = _as_text(value, called)
    document = _parsed(text, called)
    path, attribute = _path(target, called)
    elements = _found(document, path, called)
    if not elements:
        raise CannotSend(f"{called} names nothing in the payload")
    if attribute:
        edits = [_in_attribute(document, each, attribute, new, called) for each in elements]
    else:
        edits = [_in_element(document, each, new) for each in elements]
    return _edited(document.data, edits).decode()


class _Document(Struct):
    """A parsed text: its elements below `root`, and where in `data` the content of each stands."""

    data: bytes
    root: Element = field(default_factory=lambda: Element("document"))
    spans: dict[Element, tuple[int, int]] = {}
    prefixes: dict[str, str] = {}


def _parsed(text: str, called: str) -> _Document:
    document = _Document(text.encode("utf-8", "replace"))
    open_elements = [document.root]
    parser = expat.ParserCreate("utf-8", " ")

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(_clark(name), {_clark(key): each for key, each in attributes.items()})
        open_elements[-1].append(element)
        open_elements.append(element)
        document.spans[element] = (parser.CurrentByteIndex, parser.CurrentByteIndex)

    def end(_name: str) -> None:
        element = open_elements.pop()
        document.spans[element] = (document.spans[element][0], parser.CurrentByteIndex)

    def characters(data: str) -> None:
        element = open_elements[-1]
        if len(element) == 0:
            element.text = (element.text or "") + data

    def doctype(*_: object) -> None:
        raise CannotSend(
            f"{called}: the payload has a document type declaration, which is not read"
        )

    def prefix(name: str | None, uri: str | None) -> None:
        document.prefixes.setdefault(name or "", uri or "")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    parser.StartNamespaceDeclHandler = prefix
    try:
        parser.Parse(document.data, True)
    except expat.ExpatError as error:
        raise CannotSend(f"{called}: the payload is no XML: {error}") from None
    return document


def _clark(name: str) -> str:
    uri, space, local = name.rpartition(" ")
    return f"{{{uri}}}{local}" if space else local


# ------------------------------------------------------------------------------- targets

_LOCAL_NAME = re.compile(r"""\*\[\s*local-name\(\)\s*=\s*(["'])([\w.\-]+)\1\s*\]""")
_MOST_DESCENTS = 2
_MOST_FOUND = 1000


def _path(target: str, called: str) -> tuple[str, str]:
    """ElementTree's path from the document, and the name of the attribute at its end, or none."""
    path = _LOCAL_NAME.sub(r"{*}\2", target.strip())
    attribute = ""
    if re.search(r"/@[\w.:\-]+$", path):
        path, _, attribute = path.rpartition("/@")
    path = path.removesuffix("/text()")
    if path.count("//") > _MOST_DESCENTS or len(path) > 1000:
        raise CannotSend(
            f"{called} is too long a search; name its place from the root, with one `//`"
        )
    return (f".{path}" if path.startswith("/") else f"./{path}"), attribute


def _found(document: _Document, path: str, called: str) -> Sequence[Element]:
    prefixes = {name: uri for name, uri in document.prefixes.items() if name}
    try:
        found = document.root.findall(path, prefixes)
        if not found:
            found = document.root.findall(
                re.sub(r"(?<=/)(?=[\w\-.]+(?:[/\[]|$))", "{*}", path), prefixes
            )
    except (SyntaxError, KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
        raise CannotSend(
            f"{called} is no path this tool can follow in XML ({error}); write a location path such as "
            "`//name`, `/root/*[local-name()='name']` or `//name/@attribute`"
        ) from None
    if len(found) > _MOST_FOUND:
        raise CannotSend(f"{called} names more than {_MOST_FOUND} places")
    return [each for each in dict.fromkeys(found) if each in document.spans]


# ------------------------------------------------------------------------------- edits


def _tag(document: _Document, element: Element) -> re.Match[bytes]:
    tag = _START_TAG.match(document.data, document.spans[element][0])
    assert tag is not None, "expat has read this start tag"
    return tag


def _in_element(document: _Document, element: Element, new: str) -> _Edit:
    tag = _tag(document, element)
    content = new.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
    if tag.group(5):
        opened = (
            document.data[tag.start() : tag.end()].removesuffix(b">").removesuffix(b"/").rstrip()
        )
        return tag.start(), tag.end(), opened + b">" + content + b"</" + tag.group(1) + b">"
    return tag.end(), document.spans[element][1], content


def _in_attribute(document: _Document, element: Element, name: str, new: str, called: str) -> _Edit:
    tag = _tag(document, element)
    for found in _ATTRIBUTE.finditer(document.data, tag.start(2), tag.end(2)):
        if found.group(1).decode() == name:
            escaped = new.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            return found.start(2), found.end(2), b'"' + escaped.encode() + b'"'
    raise CannotSend(f"{called} names nothing: the element has no attribute {quoted_name(name)}")


def _edited(data: bytes, edits: Sequence[_Edit]) -> bytes:
    return b"".join(_pieces(data, sorted(edits)))


def _pieces(data: bytes, edits: Sequence[_Edit]) -> Iterator[bytes]:
    """The text with every edit made; one inside another is lost with the text it stood in."""
    at = 0
    for start, end, new in edits:
        if start >= at:
            yield data[at:start]
            yield new
            at = end
    yield data[at:]


def _as_text(value: Json, called: str) -> str:
    if isinstance(value, (dict, list, tuple)):
        raise CannotSend(f"{called} is in XML, where an object or array has no form; a string has")
    text = "" if value is None else scalar_text(value)
    if found := re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", text):
        raise CannotSend(f"{called}: the value holds U+{ord(found.group()):04X}, which no XML can")
    return text
