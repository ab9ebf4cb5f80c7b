"""Where the errors of an answer stand in the request that caused them: query, variables, data, edits.

Servers say it in several ways: by a location, by a path, by the names they quote; some give nine errors
one location. All of it is taken together here. Nothing is sent or changed; `edits` carries out what is
proposed here, and the words themselves are read in `wording`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from arazzo_tui.graphql.edits import Edit, InQuery, KeyInVariables, Spot, ValueInVariables
from arazzo_tui.graphql.errors import GraphQLError, Location
from arazzo_tui.graphql.outline import Part, PartKind, field_at, outline
from arazzo_tui.graphql.request import Printed, Span, offset_of, pretty, read_operation
from arazzo_tui.graphql.syntax import Token
from arazzo_tui.graphql.wording import Subject, in_variables, of_value, subject, suggestions
from arazzo_tui.language.values import Json, Missing, Pointer, child, follow


@dataclass(frozen=True, slots=True)
class QueryPlace:
    """A stretch of the query: in the text as sent, and in the text laid out for reading.

    `printed` is None where the layouts cannot be compared.
    """

    sent: Span
    printed: Span | None


@dataclass(frozen=True, slots=True)
class ErrorPlaces:
    """Everything one error of an answer points at.

    `in_query` is what the error is about, as far as its words tell; else it is `said_at`, the places
    the server itself gave. `in_variables` points into the request's `variables`; the last token may
    name a member that is missing. `null_at` points into the answer: the null the error left there
    (GraphQL §6.4.4). `edits` are the server's suggestions, the likeliest first.
    """

    error: GraphQLError
    in_query: tuple[QueryPlace, ...] = ()
    said_at: tuple[QueryPlace, ...] = ()
    in_variables: tuple[Pointer, ...] = ()
    null_at: Pointer | None = None
    edits: tuple[Edit, ...] = ()


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
    sent = _Sent(
        pretty(operation.query),
        outline(operation.query),
        operation.operation_name,
        operation.sent,
    )
    placed = (_places(error, sent, data) for error in errors[:MOST_ERRORS])
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


class _Sent:
    """A request's query and variables, prepared to look things up in."""

    def __init__(
        self,
        printed: Printed,
        parts: tuple[Part, ...],
        operation: str | None,
        variables: Mapping[str, Json],
    ) -> None:
        self.parts = parts
        self.operation = operation
        self.variables = variables
        self.query = printed.sent
        self._tokens = [sent for sent, _ in printed.pairs]
        self._printed = [there for _, there in printed.pairs]
        self._by_start = {token.start: at for at, token in enumerate(self._tokens)}
        self._is_alike = max(self.query, default="") <= "\uffff"  # the same in both counts
        self._ends = [token.end for token in self._tokens]
        self._called: dict[str, list[Part]] = {}
        for part in parts:
            for name in {part.name, part.response_name or part.name}:
                self._called.setdefault(name, []).append(part)

    def offset(self, at: Location) -> int | None:
        """Where a location is in the query; columns are code points, or UTF-16 units as in JavaScript.

        Where both readings are possible, the one at which a token begins is meant.
        """
        plain = offset_of(self.query, at.line, at.column)
        if plain in self._by_start or self._is_alike:
            return plain
        start = offset_of(self.query, at.line, 1) or 0
        units = self.query[start:].encode("utf-16-le", "surrogatepass")[: 2 * (at.column - 1)]
        other = start + len(units.decode("utf-16-le", "replace"))
        return other if other in self._by_start else plain

    def token_at(self, start: int) -> int | None:
        """Which token begins at an offset."""
        return self._by_start.get(start)

    def token_from(self, offset: int) -> int | None:
        """Which token an offset is in; between two the next one, past what is GraphQL none."""
        found = bisect_right(self._ends, offset)
        last = len(self._tokens) - 1
        if found <= last:
            return found
        return last if self._tokens and self._tokens[last].kind == _END else None

    def called(self, name: str) -> Sequence[Part]:
        """The parts of a name, and the fields that are answered under it."""
        return self._called.get(name, ())

    def place(self, at: int) -> QueryPlace:
        """A token as a place; a variable or directive with its `$` or `@`."""
        first = at - 1 if at and self._tokens[at - 1].kind in ("$", "@") else at
        return QueryPlace(
            _span(self._tokens[first], self._tokens[at]),
            _span(self._printed[first], self._printed[at]),
        )

    def spelled(self, at: int) -> str:
        """A token as it is written in the query as sent."""
        token = self._tokens[at]
        return self.query[token.start : token.end]


_END = "<EOF>"


def _span(first: Token, last: Token) -> Span:
    """From one token to another of the same line; of a token over several lines the first mark."""
    if first.line != last.line:
        first = last
    length = 3 if last.kind == "BlockString" else last.end - first.start
    return Span(first.line, first.column, max(1, length))


def _places(error: GraphQLError, sent: _Sent, data: Json) -> ErrorPlaces:
    offsets = _offsets(error, sent)
    said_at = tuple(_said_at(error, sent))
    about = subject(error.message)
    parts = _best(about, offsets, sent) if about else ()
    found = {at: part for part in parts if (at := sent.token_at(part.start)) is not None}
    pointers = tuple(dict.fromkeys(_pointers(error, sent)))
    named = tuple(found) or tuple(_tokens_of(_by_path_or_variable(error, pointers, sent), sent))
    return ErrorPlaces(
        error,
        tuple(sent.place(at) for at in named)
        or said_at
        or tuple(sent.place(at) for at in _mentioned(error, sent)),
        said_at,
        pointers,
        null_left_by(error, data),
        tuple(_edits(error, about, found, pointers, sent)),
    )


def _offsets(error: GraphQLError, sent: _Sent) -> tuple[int, ...]:
    found = (sent.offset(at) for at in error.locations)
    return tuple(each for each in found if each is not None)


def _said_at(error: GraphQLError, sent: _Sent) -> Iterator[QueryPlace]:
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


def _best(about: Subject, offsets: Sequence[int], sent: _Sent) -> tuple[Part, ...]:
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


def _tokens_of(parts: Sequence[Part], sent: _Sent) -> Iterator[int]:
    for part in parts:
        at = sent.token_at(part.start)
        if at is not None:
            yield at


def _by_path_or_variable(
    error: GraphQLError, pointers: Sequence[Pointer], sent: _Sent
) -> tuple[Part, ...]:
    """The field an error's path leads to, or the definitions of the variables it speaks of."""
    if pointers:
        names = {pointer[0] for pointer in pointers if pointer}
        return tuple(
            part for part in sent.parts if part.kind is PartKind.DECLARATION and part.name in names
        )
    field = field_at(sent.parts, error.path, sent.operation) if error.path else None
    return (field,) if field else ()


def _mentioned(error: GraphQLError, sent: _Sent) -> tuple[int, ...]:
    """Where the first of the quoted names that the query has at all stands."""
    for quoted in error.mentioned:
        name = quoted.strip("$[]!").rpartition(".")[2]
        found = tuple(_tokens_of(sent.called(name)[:_MOST_MARKS], sent))
        if found:
            return found
    return ()


def _pointers(error: GraphQLError, sent: _Sent) -> Iterator[Pointer]:
    """The places in the variables an error speaks of: by gqlgen's path, or by the message."""
    if error.in_variables:
        yield tuple(str(step) for step in error.path[1:])
        return
    said = in_variables(error.message)
    if said is None or not _is_known(said.variable, sent):
        return
    pointer = (said.variable, *said.way)
    while len(pointer) > 1 and not _has(sent.variables, pointer):
        pointer = pointer[:-1]
    yield (*pointer, said.member) if said.member else pointer


def _is_known(variable: str, sent: _Sent) -> bool:
    return variable in sent.variables or any(
        part.kind is PartKind.DECLARATION for part in sent.called(variable)
    )


def _has(value: Json, pointer: Pointer) -> bool:
    try:
        follow(value, pointer)
    except Missing:
        return False
    return True


def _edits(
    error: GraphQLError,
    about: Subject | None,
    found: Mapping[int, Part],
    pointers: Sequence[Pointer],
    sent: _Sent,
) -> Iterator[Edit]:
    """The suggestions of a message, each at each place where the wrong name stands."""
    names = suggestions(error.message)
    wrong = about or (of_value(error.message) if pointers else None)
    if not names or wrong is None:
        return
    what = wrong.kinds[0].value
    if about is not None:
        for new in names:
            for at, part in found.items():
                old = sent.spelled(at)
                if old != new and old.strip('"') == about.name and not _is_taken(new, part, sent):
                    yield Edit(what, old, new, InQuery(at))
        return
    for new in names:
        for pointer in pointers:
            spot = _spot(wrong, new, pointer, sent.variables)
            if spot is not None:
                yield Edit(what, wrong.name, new, spot)


def _is_taken(new: str, part: Part, sent: _Sent) -> bool:
    """Whether an argument or input field of that name stands beside this one."""
    return part.kind in (PartKind.ARGUMENT, PartKind.INPUT_FIELD) and any(
        each.kind is part.kind and each.parent is part.parent for each in sent.called(new)
    )


def _spot(wrong: Subject, new: str, pointer: Pointer, variables: Mapping[str, Json]) -> Spot | None:
    """A wrong key or a wrong value in the variables; None when it is not there, or `new` is."""
    if not _has(variables, pointer):
        return None
    if PartKind.INPUT_FIELD in wrong.kinds:
        taken = _has(variables, (*pointer[:-1], new))
        return KeyInVariables(pointer) if pointer[-1] == wrong.name and not taken else None
    return ValueInVariables(pointer) if follow(variables, pointer) == wrong.name else None
