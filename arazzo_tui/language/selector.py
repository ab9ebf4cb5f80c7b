"""Selector Objects: a JSON Pointer, JSONPath or XPath applied to a value (Arazzo 1.1, SEL-3, SEL-4)."""

from collections.abc import Callable

from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import quoted_name
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
    """A function that selects; many nodes become a list, none null (A-33).

    Raises `BadText`, also for a version that nobody here evaluates (SEL-2).
    """
    if version and version not in versions_of(type_):
        raise BadText(f"version {quoted_name(version)} of {type_} is not known here")
    match type_:
        case "jsonpath":
            return _jsonpath(text, version)
        case "xpath":
            return _xpath(text, version)
        case _:
            return _pointer(text)


def versions_of(type_: str) -> tuple[str, ...]:
    """The versions of a query language that are evaluated here (JPA-5, XPA-4, SEL-1, A-39)."""
    match type_:
        case "jsonpath":
            return tuple(each.value for each in JsonPathVersion)
        case "xpath":
            return tuple(each.value for each in XPathVersion)
        case "jsonpointer":
            return ("rfc6901",)
        case _:
            return ()


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
