"""An answer read as GraphQL over HTTP: whether the operation succeeded, whatever the status says.

The body alone decides (GraphQL over HTTP, "Processing a response"); the status is explained beside
the verdict and never changes it. Nothing here knows the request, the criteria of a step, or the
engine's types.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.graphql.errors import GraphQLError, has_a_message, read_errors
from arazzo_tui.graphql.status import status_meaning
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, child, kind


class Standing(Enum):
    """What became of a GraphQL operation, as far as one answer shows."""

    OK = "ok"
    NULL = "null"
    """No errors, and every field asked for is null: for some fields that is success."""
    PARTIAL = "partial"
    """Data and errors together (GraphQL §7.1: a partial response)."""
    FIELD_ERROR = "field-error"
    """An error while executing took all of `data` with it; what ran before may have had effects."""
    REQUEST_ERROR = "request-error"
    """The request was refused before anything was executed: syntax, validation, variables."""
    NOT_GRAPHQL = "not-graphql"
    NO_ANSWER = "no-answer"


class NotJson(Struct, frozen=True):
    """A body that is not JSON: its text, or the beginning of it."""

    text: str


Body: TypeAlias = "Json | NotJson"


class Verdict(Struct, frozen=True):
    """What GraphQL over HTTP says about one answer.

    `explanation` is one sentence about the body, `status` one about the status code. `data` is the
    answer's `data` as it came; None also when there is none.
    """

    standing: Standing
    explanation: str
    status: str = ""
    errors: tuple[GraphQLError, ...] = ()
    data: Json = None

    @property
    def succeeded(self) -> bool:
        """Whether GraphQL saw no error; `NULL` counts, because for some fields null is success."""
        return self.standing in (Standing.OK, Standing.NULL)


def judge(status: int, content_type: str, body: Body) -> Verdict:
    """The verdict on an answer that arrived; never raises, whatever JSON the body is.

    `content_type` is the header as it came, "" when there was none.
    """
    meaning = status_meaning(status, content_type)
    media = content_type.partition(";")[0].strip().lower()
    if media in _STREAMS:
        said = f"the answer is a stream (`{media}`), which cannot be read as one GraphQL answer"
        return Verdict(Standing.NOT_GRAPHQL, said, meaning)
    match body:
        case NotJson():
            return Verdict(Standing.NOT_GRAPHQL, _not_json(body.text, media), meaning)
        case Mapping():
            return _of_object(body, meaning)
        case _:
            return Verdict(Standing.NOT_GRAPHQL, _not_an_object(body), meaning)


def no_answer(why: str) -> Verdict:
    """The verdict when nothing came back at all; `why` is the reason the world gave."""
    return Verdict(Standing.NO_ANSWER, f"there was no answer: {one_line(why)}")


_STREAMS = frozenset({"text/event-stream", "multipart/mixed"})


def _not_json(text: str, media: str) -> str:
    start = text.lstrip()[:60]
    if not start:
        return "the answer has no body, so it says nothing about the operation"
    if media == "text/html" or start[:5].lower() in ("<html", "<!doc"):
        return "the answer is a web page: another server or a proxy answered, not GraphQL"
    return f"the answer is not JSON, so it is not GraphQL; it begins “{one_line(start)}”"


def _not_an_object(body: Json) -> str:
    if isinstance(body, Sequence) and not isinstance(body, str):
        return "the answer is an array; only a batch of GraphQL requests is answered with one"
    return f"the answer is JSON of type {kind(body)}; a GraphQL answer is an object"


def _of_object(body: Mapping[str, Json], meaning: str) -> Verdict:
    errors = read_errors(body.get("errors"))
    data = body.get("data")
    if data is not None and not isinstance(data, Mapping):
        said = f"`data` is of type {kind(data)}; in a GraphQL answer it is an object or null"
        return Verdict(Standing.NOT_GRAPHQL, said, meaning, errors, data)
    if "data" in body:
        standing = _standing(data, errors)
    elif has_a_message(body.get("errors")):
        standing = Standing.REQUEST_ERROR  # GraphQL §7.1: a request error leaves `data` out
    else:
        return Verdict(Standing.NOT_GRAPHQL, _neither(body), meaning, errors)
    return Verdict(standing, _explanation(standing, data, len(errors)), meaning, errors, data)


def _neither(body: Mapping[str, Json]) -> str:
    if "errors" in body:
        return "the answer has no `data`, and no error that has a `message`, so it is not GraphQL"
    return "the answer is a JSON object with neither `data` nor `errors`, so it is not GraphQL"


def _standing(data: Mapping[str, Json] | None, errors: Sequence[GraphQLError]) -> Standing:
    if data is None and errors:
        return Standing.REQUEST_ERROR if _refused(errors) else Standing.FIELD_ERROR
    if errors:
        return Standing.PARTIAL
    return Standing.NULL if data is None or _all_null(data) else Standing.OK


def _all_null(data: Mapping[str, Json]) -> bool:
    return bool(data) and all(value is None for value in data.values())


def _refused(errors: Sequence[GraphQLError]) -> bool:
    """Whether errors beside `data: null` mean that nothing was executed.

    Some servers write `data: null` even then, so three signs count: a code that only a refusal
    has, a path into the variables, or no error at all with the path a field error must have
    (GraphQL §7.1.2). Codes like BAD_USER_INPUT are not among them: resolvers use them as well, and
    then there is a path, and what ran before may have had effects.
    """
    return not any(error.path for error in errors) or any(
        error.code in _REFUSALS or error.in_variables for error in errors
    )


_REFUSALS = frozenset(
    {
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "OPERATION_RESOLUTION_FAILURE",
        "PERSISTED_QUERY_NOT_FOUND",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    }
)


def _explanation(standing: Standing, data: Mapping[str, Json] | None, count: int) -> str:
    errors = "1 error" if count == 1 else f"{count} errors"
    match standing:
        case Standing.OK:
            return "the answer has data and no errors"
        case Standing.NULL if data is None:
            return "`data` is null without any error, which GraphQL does not allow"
        case Standing.NULL:
            return f"no errors, and {_fields(data)} null; whether that is success, only the schema says"
        case Standing.PARTIAL if data is not None and _all_null(data):
            return f"{errors}, and in `data` {_fields(data)} null"
        case Standing.PARTIAL:
            return f"{errors} beside the data: a part of the operation failed"
        case Standing.FIELD_ERROR:
            return f"{errors} while the operation ran, and no data; what ran may have had effects"
        case Standing.REQUEST_ERROR:
            return f"{errors} before the operation ran: nothing was executed"
        case Standing.NOT_GRAPHQL | Standing.NO_ANSWER:
            return "there is no GraphQL answer"


def _fields(data: Mapping[str, Json] | None) -> str:
    names = [quoted_name(name) for name in data or ()]
    return f"{names[0]} is" if len(names) == 1 else f"all {len(names)} fields are"


def caused_by(verdict: Verdict, pointer: Pointer) -> GraphQLError | None:
    """The error because of which an answer has null, or nothing, at a place (GraphQL §6.4.4).

    `pointer` starts at the root of the body: `("data", "pushPayload")`. A null takes the blame of
    an error at its own place or below it, from where it came up. When nothing was executed, the
    first error is the cause of all that is missing. None where there is a value, and where no
    error explains the null.
    """
    if not verdict.errors or pointer[:1] != ("data",):
        return None
    asked = pointer[1:]
    null_at = _first_null(verdict.data, asked)
    if null_at is None:
        return None
    if verdict.standing is Standing.REQUEST_ERROR:
        return verdict.errors[0]
    below = [error for error in verdict.errors if _steps(error)[: len(null_at)] == null_at]
    with_path = [error for error in below if error.path]
    return max(with_path, key=lambda error: _shared(_steps(error), asked), default=None)


def _first_null(data: Json, asked: Pointer) -> Pointer | None:
    """The first place on the way to `asked` that is null or absent; None when `asked` has a value."""
    here = data
    for depth, token in enumerate(asked):
        if here is None:
            return asked[:depth]
        try:
            here = child(here, token, "data")
        except Missing:
            return asked[: depth + 1]
    return asked if here is None else None


def _steps(error: GraphQLError) -> Pointer:
    return tuple(str(step) for step in error.path)


def _shared(path: Pointer, asked: Pointer) -> int:
    """How many steps two places have in common from the start."""
    return next(
        (at for at, (one, other) in enumerate(zip(path, asked, strict=False)) if one != other),
        min(len(path), len(asked)),
    )
