"""Selector Objects: a JSON Pointer, JSONPath or XPath applied to a value (Arazzo 1.1, SEL-3, SEL-4)."""

from collections.abc import Callable

from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import (
    JsonPathVersion,
    QueryFailed,
    XPathVersion,
    parse_jsonpath,
    parse_xpath,
)
from arazzo_tui.language.values import Json, Missing, follow, read_pointer

SELECTOR_TYPES = ("jsonpointer", "jsonpath", "xpath")


def read_selector(text: str, type_: str, version: str = "") -> Callable[[Json], Json]:
    """A function that selects; many nodes become a list, none null (A-33). Raises `BadText`."""
    match type_:
        case "jsonpath":
            return _jsonpath(text, version)
        case "xpath":
            return _xpath(text, version)
        case _:
            return _pointer(text)


def _jsonpath(text: str, version: str) -> Callable[[Json], Json]:
    path = parse_jsonpath(text, JsonPathVersion(version or "rfc9535"))

    def select(value: Json) -> Json:
        try:
            found = path.select(value)
        except QueryFailed:
            return None
        if len(found) > 1:
            return [each.value for each in found]
        return found[0].value if found else None

    return select


def _xpath(text: str, version: str) -> Callable[[Json], Json]:
    path = parse_xpath(text, XPathVersion(version or "xpath-31"))

    def select(value: Json) -> Json:
        try:
            return path.select(value) if isinstance(value, str) else None
        except QueryFailed:
            return None

    return select


def _pointer(text: str) -> Callable[[Json], Json]:
    try:
        pointer = read_pointer(text)
    except ValueError as wrong:
        raise BadText(str(wrong)) from None

    def select(value: Json) -> Json:
        try:
            return follow(value, pointer)
        except Missing:
            return None

    return select
