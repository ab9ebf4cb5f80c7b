"""The `errors` of an answer, read leniently: whatever shape a server gave them, they become errors.

Nothing here decides what an error means for the whole answer; that is `verdict`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from msgspec import Struct

from arazzo_tui.language.values import Json


class Location(Struct, frozen=True):
    """A place in the query as sent; line and column counted from 1 (GraphQL §7.1.2)."""

    line: int
    column: int


class GraphQLError(Struct, frozen=True):
    """One error of an answer (GraphQL §7.1.2), as far as it has the form of one.

    `path` holds response names and list indices; `()` when there is none. `code` is the
    `extensions.code` most servers write, as text. What is missing or malformed is left empty.
    """

    message: str
    code: str | None = None
    path: tuple[str | int, ...] = ()
    locations: tuple[Location, ...] = ()
    extensions: Mapping[str, Json] = {}

    @property
    def in_variables(self) -> bool:
        """Whether the path leads into the request's variables, as gqlgen writes `["variable", …]`."""
        return len(self.path) > 1 and self.path[0] == "variable"

    @property
    def mentioned(self) -> tuple[str, ...]:
        """The names the message quotes, without those it only suggests; each once, in order."""
        return tuple(dict.fromkeys(_QUOTED.findall(_SUGGESTION.split(self.message)[0])))

    @property
    def suggested(self) -> tuple[str, ...]:
        """The names after “Did you mean”: the server's words, not advice of ours."""
        return tuple(dict.fromkeys(_QUOTED.findall("".join(_SUGGESTION.split(self.message)[1:]))))


_QUOTED = re.compile(r"[\"'`“‘]([$\[]*[A-Za-z_][\w.:()\[\]!]*)[\"'`”’]", re.ASCII)
_SUGGESTION = re.compile(r"did you mean", re.IGNORECASE)

NO_MESSAGE = "(an error without a message)"


def read_errors(value: Json) -> tuple[GraphQLError, ...]:
    """Every error in the `errors` member of an answer; absent, null and empty mean none."""
    return tuple(_error(item) for item in _items(value))


def has_a_message(value: Json) -> bool:
    """Whether an `errors` member holds at least one error as GraphQL writes it."""
    return any(
        isinstance(item, Mapping) and isinstance(item.get("message"), str) for item in _items(value)
    )


def _items(value: Json) -> Sequence[Json]:
    match value:
        case None | "":
            return ()
        case Mapping():
            return (value,) if value else ()
        case bool() | int() | float() | str():
            return (value,)
        case _:
            return value


def _error(item: Json) -> GraphQLError:
    match item:
        case Mapping():
            pass
        case str() if item:
            return GraphQLError(item)
        case _:
            return GraphQLError(NO_MESSAGE)
    message = item.get("message")
    extensions = item.get("extensions")
    details = extensions if isinstance(extensions, Mapping) else {}
    return GraphQLError(
        message if isinstance(message, str) and message else NO_MESSAGE,
        _code(details.get("code")),
        tuple(_path(item.get("path"))),
        tuple(_locations(item.get("locations"))),
        details,
    )


def _code(value: Json) -> str | None:
    match value:
        case bool():
            return None
        case str() if value:
            return value
        case int():
            return str(value)
        case _:
            return None


def _path(value: Json) -> Iterator[str | int]:
    """The steps of a path up to the first that is none; a path that is a string is one name."""
    match value:
        case None | bool() | int() | float() | Mapping():
            return
        case str():
            if value:
                yield value
            return
        case _:
            pass
    for step in value:
        match step:
            case bool():
                return
            case str() | int():
                yield step
            case _:
                return


def _locations(value: Json) -> Iterator[Location]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return
    for item in value:
        if isinstance(item, Mapping):
            line, column = item.get("line"), item.get("column")
            if _counts(line) and _counts(column):
                yield Location(line, column)


def _counts(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
