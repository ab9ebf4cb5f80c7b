"""What is known of a product's operations beyond GraphQL, said in plain words beside a request and answer.

This module knows no product; each has a module of its own with one table. To add another product, say
`acme`:

1. write `notes_acme.py` with functions from `Seen` to `GraphNote`s, each note with its reason;
2. list them by operation name in a table, `RULES: Mapping[str, tuple[Rule, ...]]`;
3. make `ACME = Product("Acme", RULES)` of it, and add that to `_PRODUCTS` below;
4. test it as `tests/graphql/test_graphql_notes.py` does: a request, an answer, the sentences.

An operation is recognised by the name of a root field alone, so names that many products have, such as
`login`, do not belong into a table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.engine.exchange import Request, Response
from arazzo_tui.graphql.calls import Call, root_calls
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.graphql.verdict import Verdict
from arazzo_tui.language.values import Json, Pointer


class GraphNote(Struct, frozen=True):
    """One plain sentence about an operation, and the reason for it.

    `weight` is `good` to know, or a likely `mistake`. `at` is a place in the request's variables that
    it speaks of, None when it is about the whole. `product` says whose habits these are.
    """

    product: str
    weight: Literal["good", "mistake"]
    sentence: str
    why: str
    at: Pointer | None = None


class Seen(Struct, frozen=True):
    """One root field of a request, and what came back: what a rule judges.

    `verdict` is None before there is an answer. `alone` says that the operation has no other field.
    """

    call: Call
    verdict: Verdict | None
    alone: bool

    def argument(self, name: str) -> Json:
        """The value of an argument, null when it is not given."""
        found = self.call.arguments.get(name)
        return None if found is None else found.value

    def place(self, name: str, *below: str) -> Pointer | None:
        """The place of an argument in the variables, and of what is below it."""
        found = self.call.arguments.get(name)
        return None if found is None or found.at is None else (*found.at, *below)

    @property
    def result(self) -> Json:
        """What the field was answered with, null when there is nothing."""
        data = self.verdict.data if self.verdict else None
        return data.get(self.call.response_name) if isinstance(data, Mapping) else None


Rule: TypeAlias = Callable[[Seen], Iterable["Said"]]


class Said(Struct, frozen=True):
    """What a rule has to say; the product is added to it."""

    weight: Literal["good", "mistake"]
    sentence: str
    why: str
    at: Pointer | None = None


class Product(Struct, frozen=True):
    """A product and its rules by the name of the root field they are for."""

    name: str
    rules: Mapping[str, tuple[Rule, ...]]


def notes(request: Request | None, response: Response | None = None) -> tuple[GraphNote, ...]:
    """What is known of the operations in a request, and of its answer when there is one.

    Each sentence once, mistakes first. Empty for what is no GraphQL, or of no known product. Never
    raises.
    """
    if request is None:
        return ()
    calls = root_calls(request.payload)
    verdict = None if response is None else second_opinion(request, response)
    found = dict.fromkeys(
        note
        for call in calls
        for product in _products()
        for note in _of(product, Seen(call, verdict, alone=len(calls) == 1))
    )
    return tuple(sorted(found, key=lambda note: note.weight != "mistake"))


def _of(product: Product, seen: Seen) -> Iterator[GraphNote]:
    for rule in product.rules.get(seen.call.name, ()):
        for said in rule(seen):
            yield GraphNote(product.name, said.weight, said.sentence, said.why, said.at)


def _products() -> tuple[Product, ...]:
    from arazzo_tui.graphql.notes_highlight import HIGHLIGHT

    return (HIGHLIGHT,)
