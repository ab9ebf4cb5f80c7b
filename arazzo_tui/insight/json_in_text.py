"""Texts with expressions that are JSON once they are filled: which place each expression makes.

GraphQL bodies are often written as one text. People look at them as JSON and ask for a place in it, so that
its expressions are found by putting marks where they stand and reading the JSON that comes of it.
"""

from collections.abc import Iterator, Sequence

from arazzo_tui.insight.named import opened, walk
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.template import (
    Constant,
    Items,
    Members,
    Selected,
    Template,
    Text,
    to_text,
)
from arazzo_tui.language.values import Missing, Pointer, places

_MARK = 8_642_097_531
"""Digits stand for themselves inside JSON strings and outside of them."""


def part_at(parts: Sequence[str], at: int, rest: Pointer) -> Pointer | None:
    """The place inside one part of a JSON text that a place in the whole is made with.

    Found by putting something else in its place; None when the place does not change with it.
    """
    if not rest:
        return ()
    try:
        marked = read_json("".join((*parts[:at], str(_MARK), *parts[at + 1 :])))
    except BadJson:
        return ()
    for depth, token in enumerate((*rest, "")):
        if marked == _MARK and not isinstance(marked, bool):
            return rest[depth:]
        if depth < len(rest):
            try:
                marked = walk(marked, (token,))
            except Missing:
                return ()  # what leads there is made with it
    return () if str(_MARK) in to_text(marked) else None


def made_places(template: Text) -> Iterator[tuple[int, Pointer, bool]]:
    """The number of each expression's part, a place it makes, and whether it is all of that place.

    Nothing for a text that is no JSON object or array.
    """
    marks = {
        f"{_MARK}{at:03}": at for at, each in enumerate(template.parts) if not isinstance(each, str)
    }
    names = {at: mark for mark, at in marks.items()}
    parts = [each if isinstance(each, str) else names[at] for at, each in enumerate(template.parts)]
    whole = opened("".join(parts))
    if isinstance(whole, str):
        return
    for place, value in places(whole):
        if isinstance(value, str | int) and not isinstance(value, bool):
            said = str(value)
            for mark, at in marks.items():
                if mark in said:
                    yield at, place, said == mark and isinstance(value, int)


def written_places(template: Template, at: Pointer = ()) -> Iterator[Pointer]:
    """The places of a template's expressions, in JSON text too; of other text its own place."""
    match template:
        case Constant():
            return
        case Expression() | Selected():
            yield at
        case Text():
            made = list(dict.fromkeys(place for _, place, _ in made_places(template)))
            yield from ((*at, *place) for place in made or ((),))
        case Members(members):
            for name, member in members.items():
                yield from written_places(member, (*at, name))
        case Items(items):
            for index, item in enumerate(items):
                yield from written_places(item, (*at, str(index)))
