"""The words in which a graph is described to the sandbox: a schema file, resolvers, an outcome.

A graph is a file in `schema/`, a table of resolvers, and the manners of the server it stands for.
Nothing here knows HTTP, and graphql-core is known to `execution` and `gqlgen` alone.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import State

Resolver: TypeAlias = Callable[[Mapping[str, Json]], Json]
"""What a root field does: its coerced arguments in, its value out; raises `Refused`."""


class Manners(Enum):
    """How a server behaves where GraphQL servers differ: words, places, statuses, strictness."""

    DRAFT = "draft"
    """As graphql-core and the draft of GraphQL over HTTP have it."""
    GQLGEN = "gqlgen"
    """As the Go server has it that Highlight is built with."""


class Refused(Exception):
    """A field error; its message is for the caller.

    `below` leads from the field to the argument, or the part of one, that could not be read.
    """

    def __init__(self, message: str, *below: str | int) -> None:
        self.below = below
        super().__init__(message)


class Graph(Struct, frozen=True):
    """A schema, by its file in `schema/`, and what its root fields do with a state."""

    schema: str
    resolvers: Callable[[State], Mapping[str, Resolver]]
    manners: Manners = Manners.DRAFT


class Outcome(Struct, frozen=True):
    """What an operation came to. `executed` is false when it was refused before anything ran.

    `data` is null then, and also when a field error took everything with it.
    """

    executed: bool
    data: Json
    errors: tuple[Mapping[str, Json], ...] = ()


Run: TypeAlias = Callable[[str, str | None, Mapping[str, Json]], Outcome]
"""A graph ready to run: query, operation name and variables in."""
