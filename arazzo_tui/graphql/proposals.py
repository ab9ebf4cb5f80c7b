"""What an error's words make of a request: names to change, what to add, what could be taken away.

The words are the server's, and so are the suggestions; nobody here vouches for them. Where an error
stands is found in `places`, an edit is made in `edits`.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from arazzo_tui.graphql.edits import (
    AddArgument,
    AddValue,
    Edit,
    InQuery,
    KeyInVariables,
    RemoveArgument,
    RemoveValue,
    RemoveVariable,
    Rename,
    Spot,
    ValueInVariables,
)
from arazzo_tui.graphql.errors import GraphQLError
from arazzo_tui.graphql.outline import Part, PartKind
from arazzo_tui.graphql.prepared import Prepared, has
from arazzo_tui.graphql.query_edits import holder_of, is_object, is_type
from arazzo_tui.graphql.wording import (
    Lacking,
    Subject,
    lacking_argument,
    lacking_field,
    of_value,
    suggestions,
    surplus_variables,
)
from arazzo_tui.language.values import Json, Pointer, follow


class Blamed(Struct, frozen=True):
    """An error and what it was found to speak of.

    `about` is the part of the query that its words name, `found` the tokens where that stands,
    `offsets` the places in the query the server gave, `pointers` those in the variables.
    """

    error: GraphQLError
    about: Subject | None
    found: Mapping[int, Part]
    offsets: Sequence[int]
    pointers: Sequence[Pointer]


def proposals(blamed: Blamed, sent: Prepared) -> Iterator[Edit]:
    """The edits that could mend an error and lose nothing, the likeliest first."""
    yield from _renames(blamed, sent)
    yield from _additions(blamed, sent)


def removals(blamed: Blamed, sent: Prepared) -> Iterator[Edit]:
    """The edits that take away what an error complains of: what was written there is lost."""
    message, about = blamed.error.message, blamed.about
    if about is None:
        yield from _surplus_values(blamed, sent)
    elif about.owner or PartKind.INPUT_FIELD in about.kinds:
        for part in blamed.found.values():
            if part.kind in (PartKind.ARGUMENT, PartKind.INPUT_FIELD) and part.parent is not None:
                holder = holder_of(part.parent, sent.query, sent.parts)
                if holder is not None:
                    yield RemoveArgument(holder, part.name)
    elif PartKind.DECLARATION in about.kinds and "is never used" in message:
        uses = (part.kind is PartKind.VARIABLE for part in sent.called(about.name))
        if blamed.found and not any(uses):
            yield RemoveVariable(about.name)


def _renames(blamed: Blamed, sent: Prepared) -> Iterator[Edit]:
    """The suggestions of a message, each at each place where the wrong name stands."""
    message, about = blamed.error.message, blamed.about
    names = suggestions(message)
    wrong = about or (of_value(message) if blamed.pointers else None)
    if not names or wrong is None:
        return
    what = wrong.kinds[0].value
    if about is not None:
        for new in names:
            for at, part in blamed.found.items():
                old = sent.spelled(at)
                if old != new and old.strip('"') == about.name and not _is_taken(new, part, sent):
                    yield Rename(what, old, new, InQuery(at))
        return
    for new in names:
        for pointer in blamed.pointers:
            spot = _spot(wrong, new, pointer, sent.variables)
            if spot is not None:
                yield Rename(what, wrong.name, new, spot)


def _is_taken(new: str, part: Part, sent: Prepared) -> bool:
    """Whether an argument or input field of that name stands beside this one."""
    return part.kind in (PartKind.ARGUMENT, PartKind.INPUT_FIELD) and any(
        each.kind is part.kind and each.parent is part.parent for each in sent.called(new)
    )


def _spot(wrong: Subject, new: str, pointer: Pointer, variables: Mapping[str, Json]) -> Spot | None:
    """A wrong key or a wrong value in the variables; None when it is not there, or `new` is."""
    if not has(variables, pointer):
        return None
    if PartKind.INPUT_FIELD in wrong.kinds:
        taken = has(variables, (*pointer[:-1], new))
        return KeyInVariables(pointer) if pointer[-1] == wrong.name and not taken else None
    return ValueInVariables(pointer) if follow(variables, pointer) == wrong.name else None


# What is missing


def _additions(blamed: Blamed, sent: Prepared) -> Iterator[Edit]:
    message = blamed.error.message
    if blamed.about is not None:
        lacking = lacking_argument(message)
        if lacking is not None:
            yield from _arguments(lacking, tuple(blamed.found.values()), sent)
        return
    lacking = lacking_field(message)
    if blamed.pointers:
        for pointer in blamed.pointers:
            yield from _values(pointer, lacking, blamed.error, sent)
    elif lacking is not None:
        objects = tuple(_objects_at(blamed.offsets, sent))
        yield from _arguments(lacking, objects[:1] if len(objects) == 1 else (), sent)


def _arguments(lacking: Lacking, holders: Sequence[Part], sent: Prepared) -> Iterator[Edit]:
    """A missing argument for each place that can be meant; without a type no variable can be declared."""
    if lacking.type is None or not is_type(lacking.type):
        return
    for part in holders:
        holder = holder_of(part, sent.query, sent.parts)
        there = any(each.parent is part for each in sent.called(lacking.name))
        if holder is not None and not there:
            yield AddArgument(holder, lacking.name, lacking.type)


def _objects_at(offsets: Sequence[int], sent: Prepared) -> Iterator[Part]:
    """The objects written in the query at the given places; else those inside what stands there."""
    objects = [part for part in sent.parts if is_object(part, sent.query)]
    right_there = [part for part in objects if part.first in offsets]
    for part in right_there or objects:
        inside = any(each.start in offsets or each.first in offsets for each in part.ancestors)
        if right_there or inside:
            yield part


def _values(
    pointer: Pointer, lacking: Lacking | None, error: GraphQLError, sent: Prepared
) -> Iterator[Edit]:
    """A variable, or a member in one, that is missing at a place of the variables."""
    if not pointer or has(sent.variables, pointer):
        return
    if len(pointer) == 1:
        if pointer[0] in sent.declared:
            yield AddValue(pointer, sent.declared[pointer[0]])
        return
    is_missing = lacking is not None or (error.in_variables and error.message == "must be defined")
    if is_missing and has(sent.variables, pointer[:-1]):
        box = follow(sent.variables, pointer[:-1])
        if isinstance(box, Mapping):
            yield AddValue(pointer, lacking.type if lacking else None)


# What is too much


def _surplus_values(blamed: Blamed, sent: Prepared) -> Iterator[Edit]:
    message = blamed.error.message
    for name in surplus_variables(message):
        if name in sent.variables and name not in sent.declared:
            yield RemoveVariable(name)
    wrong = of_value(message)
    is_unknown = wrong is not None and PartKind.INPUT_FIELD in wrong.kinds
    if is_unknown or (blamed.error.in_variables and message == "unknown field"):
        for pointer in blamed.pointers:
            if len(pointer) > 1 and has(sent.variables, pointer):
                yield RemoveValue(pointer)
