"""How dear it is to validate a value by a JSON Schema, found out before native code begins to.

Thirty definitions that each name the next one twice make a validator look a billion times, and nothing
can stop it. Here each schema is looked at once for each part of the value it applies to; what they all
come to is counted, never done. The validation itself stands in `inputs`.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from arazzo_tui.document.names import local_definition
from arazzo_tui.language.values import Json

MOST_LOOKS = 1_000_000
"""How often a validator may look at a schema for one set of inputs."""

_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("if", "then", "else", "not")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_FOR_EACH_MEMBER = ("additionalProperties", "unevaluatedProperties")
_FOR_EACH_ITEM = ("items", "additionalItems", "unevaluatedItems", "contains")

_Pair: TypeAlias = tuple[int, int]
"""A schema and a part of the value by their ids; both live as long as the whole does."""


def is_too_dear(schema: Json, value: Json) -> bool:
    """Whether validating looks at schemas more than `MOST_LOOKS` times (JSON Schema 2020-12 §10).

    Without references there are not more looks than schemas and values. What a reference names that
    cannot be found here is no concern: the validator refuses it.
    """
    named = _Named(schema)
    if named.references < 2:
        return False
    looks: dict[_Pair, int] = {}
    begun: dict[_Pair, tuple[Iterator[tuple[Json, Json]], list[_Pair]]] = {}
    first = (id(schema), id(value))
    begun[first] = (named.applied(schema, value), [])
    while begun:
        here, (parts, needed) = next(reversed(begun.items()))
        part = next(parts, None)
        if part is None:
            del begun[here]
            looks[here] = 1 + sum(looks.get(each, 0) for each in needed)
            if looks[here] > MOST_LOOKS or len(looks) > MOST_LOOKS:
                return True
            continue
        pair = (id(part[0]), id(part[1]))
        needed.append(pair)
        if len(needed) > MOST_LOOKS:
            return True
        if pair not in looks and pair not in begun:
            begun[pair] = (named.applied(*part), [])
    return False


class _Named:
    """The parts of a schema that a reference can name, and how many references there are."""

    def __init__(self, whole: Json) -> None:
        self.whole = whole
        self.references = 0
        self.by_name: dict[str, Json] = {}
        self.found: dict[str, Json] = {}
        waiting = [whole]
        while waiting:
            match waiting.pop():
                case Mapping() as here:
                    self.references += sum(key in here for key in _REFERENCES)
                    for key, lead in (("$anchor", "#"), ("$dynamicAnchor", "#"), ("$id", "")):
                        if isinstance(name := here.get(key), str):
                            self.by_name.setdefault(lead + name, here)
                    waiting.extend(here.values())
                case list() as here:
                    waiting.extend(here)
                case _:
                    pass

    def target(self, reference: Json) -> Json:
        """What a reference names; None when that is not in the schema."""
        if not isinstance(reference, str):
            return None
        if reference not in self.found:
            found = self.by_name.get(reference)
            self.found[reference] = (
                local_definition(self.whole, reference) if found is None else found
            )
        return self.found[reference]

    def applied(self, schema: Json, value: Json) -> Iterator[tuple[Json, Json]]:
        """The schemas that a schema applies, each with the part of the value that it applies it to."""
        if not isinstance(schema, Mapping):
            return
        for key in _LISTS:
            listed = schema.get(key)
            yield from ((each, value) for each in (listed if isinstance(listed, list) else ()))
        for key in _SINGLE:
            if key in schema:
                yield schema[key], value
        for key in _REFERENCES:
            if key in schema:
                yield self.target(schema[key]), value
        yield from ((each, value) for each in _members(schema, "dependentSchemas").values())
        match value:
            case Mapping():
                yield from _to_members(schema, value)
            case list():
                yield from _to_items(schema, value)
            case _:
                pass


def _to_members(
    schema: Mapping[str, Json], value: Mapping[str, Json]
) -> Iterator[tuple[Json, Json]]:
    properties = _members(schema, "properties")
    for name, part in value.items():
        if name in properties:
            yield properties[name], part
        yield from ((each, part) for each in _members(schema, "patternProperties").values())
        yield from ((schema[key], part) for key in _FOR_EACH_MEMBER if key in schema)
        if "propertyNames" in schema:
            yield schema["propertyNames"], name


def _to_items(schema: Mapping[str, Json], value: list[Json]) -> Iterator[tuple[Json, Json]]:
    prefix = schema.get("prefixItems")
    yield from zip(prefix if isinstance(prefix, list) else (), value, strict=False)
    for part in value:
        yield from ((schema[key], part) for key in _FOR_EACH_ITEM if key in schema)


def _members(schema: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    found = schema.get(key)
    return found if isinstance(found, Mapping) else {}
