"""JSONPath, regular expressions and XPath behind small types: read once, asked often.

Each engine is a module of its own and is imported when its first query is read. What a query means is
theirs; that it ends, and that it fails with `QueryFailed` and nothing else, is promised here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from arazzo_tui.language.alike import Alike
from arazzo_tui.language.pattern import Pattern, parse_pattern
from arazzo_tui.language.query_limits import FOUND_MOST, QueryFailed
from arazzo_tui.language.values import Json, Pointer

__all__ = [
    "Found",
    "JsonPath",
    "JsonPathVersion",
    "Pattern",
    "QueryFailed",
    "XPath",
    "XPathVersion",
    "parse_jsonpath",
    "parse_pattern",
    "parse_xpath",
]


class JsonPathVersion(Enum):
    """The versions of JSONPath a document can name (JPA-5)."""

    RFC9535 = "rfc9535"
    GOESSNER = "draft-goessner-dispatch-jsonpath-00"


class Found(Struct, frozen=True):
    """One selected node and its place; a computed value, such as a length, has none."""

    value: Json
    pointer: Pointer | None


class JsonPath(Alike, frozen=True):
    """A JSONPath that was read."""

    ASIDE = frozenset({"steps", "_select"})

    text: str
    version: JsonPathVersion
    steps: tuple[str | int, ...] | None
    """The names and indices, when they are all there is; then it selects one node at most."""
    _select: Callable[[Json], Iterator[tuple[Json, Pointer | None]]]

    def select(self, value: Json) -> tuple[Found, ...]:
        """The nodes it selects, in order (JPA-2, JPA-3).

        Objects and arrays are dicts and lists. Raises `QueryFailed` beyond a limit, which it names.
        """
        if self.steps is not None:
            return _follow(value, self.steps)
        found: list[Found] = []
        for node in self._select(value):
            if len(found) == FOUND_MOST:
                raise QueryFailed(f"this path selects more than {FOUND_MOST:,} nodes")
            found.append(Found(*node))
        return tuple(found)


def parse_jsonpath(text: str, version: JsonPathVersion = JsonPathVersion.RFC9535) -> JsonPath:
    """Read a JSONPath to the letter of its version; raises `BadText` with offset and hint (JPA-4)."""
    match version:
        case JsonPathVersion.RFC9535:
            from arazzo_tui.language import rfc9535

            select, steps = rfc9535.read_path(text)
            return JsonPath(text, version, steps, select)
        case JsonPathVersion.GOESSNER:
            from arazzo_tui.language import goessner

            return JsonPath(text, version, None, goessner.read_path(text))


def _follow(value: Json, steps: tuple[str | int, ...]) -> tuple[Found, ...]:
    """A singular query, without the engine: one dictionary or list access a step."""
    tokens: list[str] = []
    for step in steps:
        if isinstance(step, str):
            if not isinstance(value, dict | Mapping) or step not in value:
                return ()
            value = value[step]
            tokens.append(step)
        else:
            if isinstance(value, str) or not isinstance(value, list | Sequence):
                return ()
            index = step + len(value) if step < 0 else step
            if not 0 <= index < len(value):
                return ()
            value = value[index]
            tokens.append(str(index))
    return (Found(value, tuple(tokens)),)


class XPathVersion(Enum):
    """The versions of XPath a document can name (XPA-4)."""

    XPATH_10 = "xpath-10"
    XPATH_20 = "xpath-20"
    XPATH_30 = "xpath-30"
    XPATH_31 = "xpath-31"


class XPath(Alike, frozen=True):
    """An XPath that was read. Its context is XML text, a whole document."""

    ASIDE = frozenset({"_truth", "_select"})

    text: str
    version: XPathVersion
    _truth: Callable[[str], bool]
    _select: Callable[[str], Json]

    def truth(self, xml: str) -> bool:
        """The effective boolean value (XPA-2); raises `QueryFailed`, also for text that is not XML."""
        return self._truth(xml)

    def select(self, xml: str) -> Json:
        """Its value: null for nothing, several as a list, a node as its text (A-33, SEL-4).

        Raises `QueryFailed`, also for text that is not XML.
        """
        return self._select(xml)


def parse_xpath(text: str, version: XPathVersion = XPathVersion.XPATH_31) -> XPath:
    """Read an XPath of a version; raises `BadText` with its offset (XPA-3).

    Names with a prefix are bound by the declarations in the XML it will be applied to: an Arazzo
    document has no place to declare one.
    """
    from arazzo_tui.language import xpath

    engine = xpath.Engine(text, version.value)
    return XPath(text, version, engine.truth, engine.select)
