"""A GraphQL schema that the user gave: text in, a schema that is known to be sound out, or why not.

Where the text came from is known only as a name. Reading a large schema takes seconds and is the
caller's to do beside the screen. Nothing is fetched here; what a schema is good for is in `advice`.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from arazzo_tui.language.jsontext import BadJson, collector_paused, read_json
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json, kind

if TYPE_CHECKING:
    import graphql

LARGEST = 16 * 1024 * 1024
"""The most bytes of a schema's text; the largest public ones have five million."""

MOST_TOKENS = 2_000_000


class Schema(Struct, frozen=True):
    """A sound schema and what it is called, such as `schema.graphql`."""

    name: str
    built: "graphql.GraphQLSchema"


class BadSchema(Struct, frozen=True):
    """Why a text is no schema: a sentence, and the place in an SDL text counted from 1, else 0."""

    name: str
    message: str
    line: int = 0
    column: int = 0

    @property
    def sentence(self) -> str:
        """Name, place and reason on one line."""
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{one_line(self.name, 80)}{place}: {one_line(self.message, 400)}"


def read_schema(text: str, name: str) -> Schema | BadSchema:
    """A schema from SDL or from the JSON of an introspection, told apart by the first character."""
    if len(text) > LARGEST:
        return BadSchema(
            name, f"a schema has {LARGEST:,} characters at most; this has {len(text):,}"
        )
    if text.lstrip("\ufeff \t\r\n")[:1] != "{":
        return read_sdl(text, name)
    try:
        return read_introspection(read_json(text), name)
    except BadJson as wrong:
        message = f"it begins like the JSON of an introspection, and is not JSON: {wrong.message}"
        return BadSchema(name, message, wrong.line, wrong.column)


def read_sdl(text: str, name: str) -> Schema | BadSchema:
    """A schema from SDL (GraphQL §3); every mistake, also of meaning, is a `BadSchema`."""
    from graphql import GraphQLError, Source, build_ast_schema, parse
    from graphql.validation.validate import validate_sdl

    try:
        with collector_paused():
            document = parse(Source(text.removeprefix("\ufeff")), max_tokens=MOST_TOKENS)
        strays = [each for each in document.definitions if each.kind in _NOT_OF_A_SCHEMA]
        if strays:
            return _bad(
                name, GraphQLError("this is a query, and no part of a schema", strays[0]), 1
            )
        mistakes = validate_sdl(document)
        if mistakes:
            return _bad(name, mistakes[0], len(mistakes))
        return _sound(build_ast_schema(document, assume_valid_sdl=True), name)
    except GraphQLError as error:
        return _bad(name, error, 1)
    except (TypeError, ValueError, RecursionError) as wrong:
        return BadSchema(name, f"it is no schema: {_said(wrong)}")


_NOT_OF_A_SCHEMA = frozenset({"operation_definition", "fragment_definition"})


def read_introspection(value: Json, name: str) -> Schema | BadSchema:
    """A schema from the answer to an introspection, `{"data": {"__schema": …}}` or what is in it."""
    from graphql import GraphQLError

    inner = value.get("data", value) if isinstance(value, Mapping) else value
    if not isinstance(inner, Mapping):
        return BadSchema(name, _no_introspection(value))
    described = inner.get("__schema")
    if not isinstance(described, Mapping):
        return BadSchema(name, _no_introspection(value))
    try:
        return _sound(_from_introspection(described), name)
    except GraphQLError as error:
        return _bad(name, error, 1)
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as wrong:
        return BadSchema(name, f"the introspection is not complete: {_said(wrong)}")


def _from_introspection(described: Mapping[str, Json]) -> "graphql.GraphQLSchema":
    from graphql import build_client_schema
    from graphql.utilities.get_introspection_query import IntrospectionQuery, IntrospectionSchema

    # graphql-core checks the members itself and raises for each that is missing or of another type.
    schema: IntrospectionSchema = described  # type: ignore[assignment]
    return build_client_schema(IntrospectionQuery(__schema=schema))


def _no_introspection(value: Json) -> str:
    """What an answer without a schema is; servers often say why."""
    if not isinstance(value, Mapping):
        return f"an introspection is an object with `__schema`; this is of type {kind(value)}"
    errors = value.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    said = first.get("message") if isinstance(first, Mapping) else None
    if isinstance(said, str):
        return f"the server gives no introspection: “{one_line(said)}”"
    return "there is no `__schema` in it, so it is no introspection"


def _sound(built: "graphql.GraphQLSchema", name: str) -> Schema | BadSchema:
    from graphql import validate_schema

    mistakes = validate_schema(built)
    return _bad(name, mistakes[0], len(mistakes)) if mistakes else Schema(name, built)


def _bad(name: str, error: "graphql.GraphQLError", count: int) -> BadSchema:
    at = error.locations[0] if error.locations else None
    more = f" (and {count - 1} more)" if count > 1 else ""
    message = error.message.removeprefix("Syntax Error: ") + more
    return BadSchema(name, message, at.line if at else 0, at.column if at else 0)


def _said(wrong: Exception) -> str:
    match wrong:
        case RecursionError():
            return "it is nested too deeply"
        case LookupError():
            return f"there is no {one_line(str(wrong), 80)}"
        case _:
            return one_line(str(wrong)) or type(wrong).__name__


@cache
def introspection_query() -> str:
    """The query whose answer `read_introspection` reads (GraphQL §4)."""
    from graphql import get_introspection_query

    return get_introspection_query(descriptions=True)
