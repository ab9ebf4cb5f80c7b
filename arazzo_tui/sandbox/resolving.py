"""What resolvers of every graph share: reading arguments, and taking over what they hand in.

Arguments have been coerced to the types of the schema before they come here; nothing here knows which
fields there are.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.graph import Resolver

Arguments: TypeAlias = Mapping[str, Json]

Field: TypeAlias = Callable[[State, Arguments], Json]
"""What a root field does with a state and its arguments; raises `Refused`."""


def bound(fields: Mapping[str, Field], state: State) -> Mapping[str, Resolver]:
    """The fields of a graph, each with the state it works on."""
    return {name: partial(field, state) for name, field in fields.items()}


def text_of(given: Arguments, name: str) -> str:
    """A string argument; empty where a nullable one was left out."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def items_of(given: Arguments, name: str) -> Sequence[Json]:
    """The items of a list argument; none where it was left out."""
    value = given.get(name)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def objects_of(given: Arguments, name: str) -> Sequence[Mapping[str, Json]]:
    """The objects of a list argument; the schema lets nulls among them."""
    return [each for each in items_of(given, name) if isinstance(each, Mapping)]


def session_of(given: Arguments) -> str:
    """The secure id an argument list names; empty when it names none."""
    return text_of(given, "session_secure_id")


def content_of(given: Arguments) -> Mapping[str, Json]:
    """What is handed over for a session: every argument but the one that names it."""
    return {name: given[name] for name in given if name != "session_secure_id"}


def take(state: State, mutation: str, given: Arguments) -> None:
    """Hand the arguments over to the state."""
    state.take(mutation, session_of(given), content_of(given))


def take_and_echo(mutation: str, state: State, given: Arguments) -> Json:
    """Hand over, and answer with the session's secure id."""
    take(state, mutation, given)
    return session_of(given)


def take_and_be_silent(mutation: str, state: State, given: Arguments) -> Json:
    """Hand over, and answer with null."""
    take(state, mutation, given)
    return None
