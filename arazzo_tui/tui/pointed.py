"""What the cursor is at, unmasked, with the place that names it: for revealing it and for marking it secret.

Panes say what they know of themselves; what the lines of the checks speak of is worked out here.
"""

from msgspec import Struct

from arazzo_tui.engine.marked import Part, SecretPlace
from arazzo_tui.engine.moment import Moment
from arazzo_tui.language.values import Json, Missing, Pointer, follow
from arazzo_tui.tui.exchange import Exchange
from arazzo_tui.tui.lines_view import Line


class Pointed(Struct, frozen=True):
    """A value, how it is called, and its place; None for what has no place in a document."""

    name: str
    value: Json
    place: SecretPlace | None = None


def pointed(place: SecretPlace, value: Json) -> Pointed:
    """A value at a place."""
    return Pointed(f"${place}", value, place)


def in_body(exchange: Exchange, part: Part, value: Json, inside: Pointer) -> Pointed | None:
    """A value inside a body; None where a masked name hides which one."""
    try:
        return pointed(SecretPlace(part, exchange.key[1], "", inside), follow(value, inside))
    except Missing:
        return None


def in_fields(
    exchange: Exchange, part: Part, headers: tuple[tuple[str, str], ...], number: int
) -> Pointed | None:
    """The value of a header field by its number from 0."""
    if not 0 <= number < len(headers):
        return None
    name, value = headers[number]
    return pointed(SecretPlace(part, exchange.key[1], name), value)


def in_checks(
    here: Line | None, exchange: Exchange | None, moment: Moment | None
) -> Pointed | None:
    """The output, the result or the input that a line speaks of."""
    if here is None or moment is None:
        return None
    kind, _, name = here.about.partition(":")
    record = exchange.record if exchange else None
    if kind == "output" and record is not None and name in record.outputs:
        return pointed(SecretPlace("outputs", record.step, name), record.outputs[name])
    if kind == "result" and moment.ended is not None and name in moment.ended.outputs:
        return pointed(SecretPlace("outputs", "", name), moment.ended.outputs[name])
    name = here.expression.removeprefix("$inputs.")
    if name != here.expression and name in moment.top.inputs:
        return pointed(SecretPlace("inputs", "", name), moment.top.inputs[name])
    return None
