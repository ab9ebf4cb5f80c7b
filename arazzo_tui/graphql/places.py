"""Where the errors of an answer stand in the request that caused them: query, variables, data, edits.

Servers say it in several ways: by a location, by a path, by the names they quote; some give nine errors
one location. All of it is taken together here. Nothing is sent or changed: what could be done about an
error is said in `proposals`, `edits` carries it out, and the words themselves are read in `wording`.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.graphql.edits import AddArgument, AddValue, Edit, KeyInVariables, Rename
from arazzo_tui.graphql.errors import GraphQLError
from arazzo_tui.graphql.outline import Part, PartKind, field_at
from arazzo_tui.graphql.prepared import Prepared, QueryPlace, has
from arazzo_tui.graphql.proposals import Blamed, proposals, removals
from arazzo_tui.graphql.request import Span, read_operation
from arazzo_tui.graphql.wording import Subject, in_variables, subject
from arazzo_tui.language.values import Json, Missing, Pointer, child

__all__ = ["ErrorPlaces", "QueryPlace", "null_left_by", "places"]


class ErrorPlaces(Struct, frozen=True):
    """Everything one error of an answer points at.

    `in_query` is what the error is about, as far as its words tell; else it is `said_at`, the places
    the server itself gave. `in_variables` points into the request's `variables`; the last token may
    name a member that is missing. `null_at` points into the answer: the null the error left there
    (GraphQL §6.4.4). `edits` could mend it, the likeliest first, after the server's words;
    `removals` could, too, but what was written is lost with them.
    """

    error: GraphQLError
    in_query: tuple[QueryPlace, ...] = ()
    said_at: tuple[QueryPlace, ...] = ()
    in_variables: tuple[Pointer, ...] = ()
    null_at: Pointer | None = None
    edits: tuple[Edit, ...] = ()
    removals: tuple[Edit, ...] = ()


def places(
    errors: Sequence[GraphQLError], body: Json, data: Json = None
) -> tuple[ErrorPlaces, ...]:
    """The places of each error in the request whose body is given, in the order of the errors.

    `body` is the request's JSON (`Request.payload`), `data` the answer's. For a body that is no
    GraphQL request only `null_at` is found. Never raises.
    """
    operation = read_operation(body) if errors else None
    if operation is None:
        return tuple(ErrorPlaces(error, null_at=null_left_by(error, data)) for error in errors)
    sent = Prepared(operation)
    placed = _needed([_places(error, sent, data) for error in errors[:MOST_ERRORS]])
    rest = (ErrorPlaces(error, null_at=null_left_by(error, data)) for error in errors[MOST_ERRORS:])
    return (*placed, *rest)


MOST_ERRORS = 500
"""Errors of one answer whose places are looked for; of the others only the null is found."""


def null_left_by(error: GraphQLError, data: Json) -> Pointer | None:
    """The null in an answer that an error caused: on its path, or above it, where null came up to.

    The pointer starts at the body's root: `("data", "pushPayload")`, or `("data",)` when all of it
    is null. None without a path, and where there is a value in spite of the error.
    """
    if not error.path or error.in_variables:
        return None
    here = data
    for depth, step in enumerate(error.path):
        if here is None:
            return ("data", *map(str, error.path[:depth]))
        try:
            here = child(here, str(step), "data")
        except Missing:
            return None
    return ("data", *map(str, error.path)) if here is None else None


def _needed(found: Sequence[ErrorPlaces]) -> Iterator[ErrorPlaces]:
    """The same, but nothing is to be added that a wrong name beside it becomes when it is mended."""
    mended: set[tuple[str, ...]] = set()
    for each in found:
        about = subject(each.error.message)
        match each.edits[:1]:
            case (Rename(new=new, spot=KeyInVariables((*way, _))),):
                mended.add(("variables", *way, new))
            case (Rename(new=new),) if about is not None and PartKind.ARGUMENT in about.kinds:
                mended.add(("query", about.owner, new))
            case _:
                pass
    for each in found:
        needed = (edit for edit in each.edits if _added_by(edit) not in mended)
        yield replace(each, edits=tuple(needed))


def _added_by(edit: Edit) -> tuple[str, ...] | None:
    match edit:
        case AddArgument(holder, name):
            return ("query", holder.name, name)
        case AddValue(pointer):
            return ("variables", *pointer)
        case _:
            return None


def _places(error: GraphQLError, sent: Prepared, data: Json) -> ErrorPlaces:
    offsets = _offsets(error, sent)
    said_at = tuple(_said_at(error, sent))
    about = subject(error.message)
    parts = _best(about, offsets, sent) if about else ()
    found = {at: part for part in parts if (at := sent.token_at(part.start)) is not None}
    pointers = tuple(dict.fromkeys(_pointers(error, sent)))
    named = tuple(found) or tuple(_tokens_of(_by_path_or_variable(error, pointers, sent), sent))
    blamed = Blamed(error, about, found, offsets, pointers)
    return ErrorPlaces(
        error,
        tuple(sent.place(at) for at in named)
        or said_at
        or tuple(sent.place(at) for at in _mentioned(error, sent)),
        said_at,
        pointers,
        null_left_by(error, data),
        tuple(proposals(blamed, sent)),
        tuple(removals(blamed, sent)),
    )


def _offsets(error: GraphQLError, sent: Prepared) -> tuple[int, ...]:
    found = (sent.offset(at) for at in error.locations)
    return tuple(each for each in found if each is not None)


def _said_at(error: GraphQLError, sent: Prepared) -> Iterator[QueryPlace]:
    """The tokens at the locations of an error, of a `$` or `@` with the name after it.

    Where the text is no GraphQL there is no token: then one character is marked, in the text as sent,
    which is also the one that is shown.
    """
    seen: set[int] = set()
    for location in error.locations:
        offset = sent.offset(location)
        at = None if offset is None else sent.token_from(offset)
        if offset is not None and at is None:
            mark = Span(location.line, location.column, 1)
            yield QueryPlace(mark, mark if not sent.parts else None)
        elif offset is not None and at is not None:
            after = sent.token_from(offset + 1) if sent.spelled(at) in ("$", "@") else at
            at = at if after is None else after
            if at not in seen:
                seen.add(at)
                yield sent.place(at)


def _best(about: Subject, offsets: Sequence[int], sent: Prepared) -> tuple[Part, ...]:
    """The parts a message can mean: of its kind, of its name, and nearest to what a location says."""
    named = [part for part in sent.called(about.name) if part.kind in about.kinds]
    owned = [part for part in named if part.parent and part.parent.name == about.owner]
    candidates = owned if owned and about.owner else named
    near = {id(part): _distance(part, offsets) for part in candidates}
    least = min(near.values(), default=0)
    nearest = (part for part in candidates if near[id(part)] == least)
    return tuple(islice(nearest, _MOST_MARKS))


_MOST_MARKS = 50
"""Marks of one error that leaves it open which of many equal names it means."""


_FAR = 1_000_000


def _distance(part: Part, offsets: Sequence[int]) -> int:
    """How many parts up a location stands: 0 for the part itself, `_FAR` for elsewhere."""
    if part.first in offsets or part.start in offsets:
        return 0
    ways = (
        depth
        for depth, each in enumerate(part.ancestors, 1)
        if each.first in offsets or each.start in offsets
    )
    return next(ways, _FAR)


def _tokens_of(parts: Sequence[Part], sent: Prepared) -> Iterator[int]:
    for part in parts:
        at = sent.token_at(part.start)
        if at is not None:
            yield at


def _by_path_or_variable(
    error: GraphQLError, pointers: Sequence[Pointer], sent: Prepared
) -> tuple[Part, ...]:
    """The field an error's path leads to, or the definitions of the variables it speaks of."""
    if pointers:
        names = {pointer[0] for pointer in pointers if pointer}
        return tuple(
            part for part in sent.parts if part.kind is PartKind.DECLARATION and part.name in names
        )
    field = field_at(sent.parts, error.path, sent.operation) if error.path else None
    return (field,) if field else ()


def _mentioned(error: GraphQLError, sent: Prepared) -> tuple[int, ...]:
    """Where the first of the quoted names that the query has at all stands."""
    for quoted in error.mentioned:
        name = quoted.strip("$[]!").rpartition(".")[2]
        found = tuple(_tokens_of(sent.called(name)[:_MOST_MARKS], sent))
        if found:
            return found
    return ()


def _pointers(error: GraphQLError, sent: Prepared) -> Iterator[Pointer]:
    """The places in the variables an error speaks of: by gqlgen's path, or by the message."""
    if error.in_variables:
        yield tuple(str(step) for step in error.path[1:])
        return
    said = in_variables(error.message)
    if said is None or not _is_known(said.variable, sent):
        return
    pointer = (said.variable, *said.way)
    while len(pointer) > 1 and not has(sent.variables, pointer):
        pointer = pointer[:-1]
    yield (*pointer, said.member) if said.member else pointer


def _is_known(variable: str, sent: Prepared) -> bool:
    return variable in sent.variables or any(
        part.kind is PartKind.DECLARATION for part in sent.called(variable)
    )
