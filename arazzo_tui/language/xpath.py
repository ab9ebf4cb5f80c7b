"""XPath on XML text: read the text safely, evaluate, and bring the result to JSON (XPA-1..5, A-33).

Nothing is fetched and no entity is defined: a document type declaration with entities is refused, and
the library has no files, no environment and no network. Imported only by `query`, and only when an
XPath is read: importing the library takes a while.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from xml.etree import ElementTree as ET

from elementpath import ElementPathError, XPathContext, XPathFunction, XPathNode, XPathToken
from msgspec import Struct

from arazzo_tui.language.jsontext import exact_float
from arazzo_tui.language.note import BadText
from arazzo_tui.language.query_limits import QueryFailed
from arazzo_tui.language.values import Json
from arazzo_tui.language.xpath_metering import NOT_EVALUATED, Meter, new_parser

XML_MOST = 4 * 1024 * 1024
"""How many characters an XML text may have."""

ELEMENTS_MOST = 100_000
"""How many elements an XML text may have."""

DEPTH_MOST = 200
"""How deep its elements may stand in each other."""

_MOST_COMMENTS = 100  # one that is not closed is looked for to the end of the text

_FAILURES = (
    ElementPathError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the library raises for what a query or a document did: its own errors, and Python's."""


class Engine:
    """One XPath, read once; read again only when XML binds its prefixes to other namespaces."""

    def __init__(self, text: str, version: str) -> None:
        """Read `text` as `xpath-10` … `xpath-31`; raises `BadText`."""
        if text.count("(:") > _MOST_COMMENTS:
            at = text.find("(:")
            raise BadText(f"an XPath has at most {_MOST_COMMENTS} comments here", at)
        self._text = text
        self._version = f"{version[-2]}.{version[-1]}"
        self._prefixes = _prefixes(text)
        self._bound: dict[str, str] = {}
        # Any namespace does to see whether the grammar is right; the XML will tell the real ones.
        self._token, self._meter = self._read({name: f"urn:{name}" for name in self._prefixes})

    def truth(self, xml: str) -> bool:
        """The effective boolean value (XPA-2); raises `QueryFailed`."""
        document = read_xml(xml)
        token, meter = self._for(document)
        try:
            return bool(token.boolean_value(token.select(_context(document, meter))))
        except _FAILURES as wrong:
            raise _failed(wrong) from None

    def select(self, xml: str) -> Json:
        """Null, one value or a list of them (A-33); raises `QueryFailed`."""
        document = read_xml(xml)
        token, meter = self._for(document)
        try:
            items = [_json(token, item) for item in token.select(_context(document, meter))]
        except _FAILURES as wrong:
            raise _failed(wrong) from None
        if len(items) > 1:
            return items
        return items[0] if items else None

    def _for(self, document: "Document") -> tuple[XPathToken, Meter]:
        """The parsed query with its prefixes bound as the XML binds them."""
        if not self._prefixes:
            return self._token, self._meter
        bound = {name: document.namespaces.get(name, "") for name in self._prefixes}
        for name, namespace in bound.items():
            if not namespace:
                raise QueryFailed(f"the XML declares no namespace for the prefix `{name}`")
        if bound != self._bound:
            try:
                self._token, self._meter = self._read(bound)
            except BadText as wrong:
                raise QueryFailed(wrong.message) from None
            self._bound = bound
        return self._token, self._meter

    def _read(self, namespaces: dict[str, str]) -> tuple[XPathToken, Meter]:
        parser, meter = new_parser(self._version, namespaces)
        try:
            return parser.parse(self._text), meter
        except QueryFailed as wrong:  # constant parts are evaluated already now
            raise BadText(wrong.reason) from None
        except _FAILURES as wrong:
            raise self._bad_text(wrong) from None

    def _bad_text(self, wrong: Exception) -> BadText:
        token = getattr(wrong, "token", None)
        offset = len(self._text)
        if isinstance(token, XPathToken) and token.symbol != "(end)":
            offset = min(token.span[0], offset)
        hint = ""
        for name in NOT_EVALUATED:
            if name in self._text:
                hint = f"`{name}()` is not evaluated here"
        return BadText(f"not an XPath {self._version}: {_said(wrong)}", offset, hint)


_NAME = r"[A-Za-z_][\w.-]*"
_PREFIX = re.compile(
    rf"""'[^']*'|"[^"]*"|\(:.*?:\)|(?<![\w.$-])(?P<prefix>{_NAME}):(?={_NAME}|\*)(?!:)""", re.DOTALL
)
_KNOWN = frozenset(("xml", "xs", "fn", "err", "math", "map", "array"))


def _prefixes(text: str) -> frozenset[str]:
    """The prefixes that an XPath uses and does not know by itself."""
    found = {match["prefix"] for match in _PREFIX.finditer(text) if match["prefix"]}
    return frozenset(found - _KNOWN)


class Document(Struct, frozen=True):
    """XML that was read: its tree, the first namespace of each prefix, and each element's size."""

    tree: "ET.ElementTree[ET.Element]"
    namespaces: Mapping[str, str]
    sizes: Mapping[object, int]


def read_xml(text: str) -> Document:
    """Read XML text; raises `QueryFailed` for what is not well-formed, defines entities, or is too large."""
    if len(text) > XML_MOST:
        raise QueryFailed(f"the XML has more than {XML_MOST:,} characters")
    if "<!ENTITY" in text and "<!DOCTYPE" in text:
        raise QueryFailed("the XML defines entities, which are refused")
    if text.count("<!--") + text.count("<?") > ELEMENTS_MOST:
        raise QueryFailed(f"the XML has more than {ELEMENTS_MOST:,} comments")
    builder = _Builder()
    parser = ET.XMLParser(target=builder)  # noqa: S314  # limited above and below
    try:
        parser.feed(text)
        parser.close()
    except ET.ParseError as wrong:
        line, column = wrong.position
        problem = str(wrong).partition(":")[0]
        raise QueryFailed(f"this is not XML: {problem}, line {line}, column {column + 1}") from None
    except ValueError:
        raise QueryFailed("this is not XML: it has characters that XML cannot have") from None
    return Document(ET.ElementTree(builder.root), builder.namespaces, builder.sizes)


class _Builder(ET.TreeBuilder):
    """Builds the tree, counts on the way and stops early."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True, insert_pis=True)
        self.namespaces: dict[str, str] = {}
        self.sizes: dict[object, int] = {}
        self.root: ET.Element | None = None
        self._counts: list[int] = []
        self._begun = 0

    def start_ns(self, prefix: str, uri: str) -> None:
        """A declared prefix: the outermost of a name counts."""
        self.namespaces.setdefault(prefix, uri)

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        """A start tag."""
        self._begun += 1
        self._counts.append(1 + len(attrs))
        if self._begun > ELEMENTS_MOST:
            raise QueryFailed(f"the XML has more than {ELEMENTS_MOST:,} elements")
        if len(self._counts) > DEPTH_MOST:
            raise QueryFailed(f"the XML is nested deeper than {DEPTH_MOST} elements")
        element = super().start(tag, attrs)
        self.root = element if self.root is None else self.root
        return element

    def end(self, tag: str, /) -> ET.Element:
        """An end tag."""
        element = super().end(tag)
        self.sizes[element] = size = self._counts.pop()
        if self._counts:
            self._counts[-1] += size
        return element


def _context(document: Document, meter: Meter) -> XPathContext:
    meter.begin(document.sizes)
    return XPathContext(document.tree)


def _json(token: XPathToken, item: object) -> Json:
    """One item of a result: numbers and booleans as they are, everything else as its text."""
    match item:
        case bool() | str():
            return item
        case int():
            return int(item)
        case Decimal():
            text = format(item, "f")
            return int(item) if item == item.to_integral_value() else exact_float(text)
        case float() if isfinite(item):
            return int(item) if item.is_integer() and abs(item) < 2**53 else float(item)
        case XPathFunction() if not isinstance(item, XPathNode):
            raise QueryFailed("the result is a map, an array or a function; select a value in it")
        case _:
            return token.string_value(item)


def _failed(wrong: Exception) -> QueryFailed:
    return QueryFailed(f"the XPath has no value: {_said(wrong)}")


def _said(wrong: Exception) -> str:
    """A library's message as the middle of a sentence of ours."""
    if isinstance(wrong, RecursionError):
        return "it is nested too deeply"
    message = wrong.message if isinstance(wrong, ElementPathError) else str(wrong)
    return message.strip().rstrip(".")[:200] or type(wrong).__name__
