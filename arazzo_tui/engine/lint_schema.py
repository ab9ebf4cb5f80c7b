"""What a schema says for certain of a path into a value: that nothing can ever be there, and why.

A schema with choices or conditions in it says nothing for certain, and so nothing is said of it.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, array_index

_OPEN = frozenset(
    {
        "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "not", "patternProperties",
        "prefixItems", "unevaluatedProperties", "dependentSchemas", "discriminator", "x-nullable",
    }
)  # fmt: skip
_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})


def nothing_there(schema: Json, way: Sequence[str]) -> tuple[str, str] | None:
    """Why no value of a schema has anything at `way`, and the cure; None where there may be something."""
    here = schema
    for at, token in enumerate(way):
        if not isinstance(here, Mapping) or _OPEN & here.keys():
            return None
        before = f"`{'/'.join(way[:at])}`" if at else "the body"
        type_ = _type(here)
        if type_ in _SCALARS:
            return f"{before} is described as a {type_}", ""
        if type_ == "array":
            if array_index(token) is None:
                hint = f"an item of it is at `/{'/'.join((*way[:at], '0', *way[at:]))}`"
                return f"{before} is described as an array", hint
            here = here.get("items")
            continue
        properties = here.get("properties")
        if not isinstance(properties, Mapping):
            return None
        if token not in properties:
            return _unknown(token, before, here, properties)
        here = properties[token]
    return None


def _type(schema: Mapping[str, Json]) -> str:
    """The one type that a schema allows, null aside; empty for several and for none."""
    given = schema.get("type")
    listed = given if isinstance(given, list) else [given]
    types = [each for each in listed if isinstance(each, str) and each != "null"]
    return types[0] if len(types) == 1 else ""


def _unknown(
    token: str, before: str, schema: Mapping[str, Json], properties: Mapping[str, Json]
) -> tuple[str, str] | None:
    closed = schema.get("additionalProperties") is False
    near = get_close_matches(token, properties, n=1, cutoff=0.8) or [
        each for each in properties if each.casefold() == token.casefold()
    ]
    if not closed and not near:
        return None
    return f"{before} is described without {quoted_name(token)}", did_you_mean(token, properties)
