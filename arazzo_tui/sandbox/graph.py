"""The words in which a graph is described to the sandbox: a schema file, resolvers, an outcome.

A second graph is a second file in `schema/` and a second table of resolvers. Nothing here knows
HTTP, and graphql-core is known to `execution` alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import State

Resolver: TypeAlias = Callable[[Mapping[str, Json]], Json]
"""What a root field does: its coerced arguments in, its value out; raises `Refused`."""


class Refused(Exception):
    """A field error; its message is for the caller."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A schema, by its file in `schema/`, and what its root fields do with a state."""

    schema: str
    resolvers: Callable[[State], Mapping[str, Resolver]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation came to. `executed` is false when it was refused before anything ran.

    `data` is null then, and also when a field error took everything with it.
    """

    executed: bool
    data: Json
    errors: tuple[Mapping[str, Json], ...] = ()


Run: TypeAlias = Callable[[str, str | None, Mapping[str, Json]], Outcome]
"""A graph ready to run: query, operation name and variables in."""
