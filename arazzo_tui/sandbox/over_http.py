"""GraphQL over HTTP: a request becomes an operation, an outcome becomes a status and a body.

Where the draft leaves a choice or servers differ, it is made as Highlight's current backend makes it
(gqlgen): a request error is 422 in `application/json` and 400 in `application/graphql-response+json`,
`*/*` means the latter, `data` is written even when nothing was executed, and whatever was executed
is 200, errors or not. Method, media types and negotiation follow the draft: 405, 406, 415, where
gqlgen says 400 or 406; `over_gqlgen` says it. Nothing here knows sockets, paths, or what fields do.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from arazzo_tui.graphql.syntax import Kind, Unparsed, definitions
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.exchange import Answer, Asked, Headers, json_answer
from arazzo_tui.sandbox.graph import Outcome, Run

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class _Parameters(Struct, frozen=True):
    """The request parameters of GraphQL over HTTP, however they came."""

    query: str
    operation_name: str | None
    variables: Mapping[str, Json]


class _Unacceptable(Exception):
    """A request that never becomes an operation: status, message, headers."""

    def __init__(self, status: int, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def answer_graphql(asked: Asked, run: Run) -> Answer:
    """The answer of a GraphQL endpoint to a request of any method but OPTIONS."""
    media = JSON
    try:
        if asked.method not in METHODS:
            raise _not_allowed(f"{asked.method} is not used with GraphQL: send a POST", METHODS)
        media = _negotiated(asked.header("accept"))
        parameters = _posted(asked) if asked.method == "POST" else _in_the_url(asked)
    except _Unacceptable as refused:
        body: Json = {"errors": [{"message": refused.message}], "data": None}
        return json_answer(refused.status, body, media, refused.headers)
    outcome = run(parameters.query, parameters.operation_name, parameters.variables)
    return json_answer(status_of(outcome, media), body_of(outcome), media)


def status_of(outcome: Outcome, media: str) -> int:
    """200 for whatever was executed; a request error has the status of its media type."""
    if outcome.executed:
        return 200
    return 400 if media == RESPONSE else 422


def body_of(outcome: Outcome) -> Mapping[str, Json]:
    """Errors stand first, where a person sees them (GraphQL §7.1), and `data` is always there."""
    if outcome.errors:
        return {"errors": outcome.errors, "data": outcome.data}
    return {"data": outcome.data}


def _not_allowed(message: str, allowed: tuple[str, ...]) -> _Unacceptable:
    return _Unacceptable(405, message, (("allow", ", ".join(allowed)),))


def _negotiated(accept: str | None) -> str:
    """The media type of the answer: the one with the highest weight, then the one named first.

    Without an Accept it is `application/json`, which every client from before 2025 expects.
    """
    if accept is None:
        return JSON
    best, weight = "", 0.0
    for name, its_weight in _accepted(accept):
        media = _MEANT.get(name, "")
        if media and its_weight > weight:
            best, weight = media, its_weight
    if not best:
        message = f"this endpoint answers with {RESPONSE} or {JSON}, and Accept has neither"
        raise _Unacceptable(406, message)
    return best


_MEANT = {RESPONSE: RESPONSE, JSON: JSON, "*/*": RESPONSE, "application/*": RESPONSE}


def _accepted(accept: str) -> Iterator[tuple[str, float]]:
    for element in accept.split(","):
        name, *parameters = (part.strip().lower() for part in element.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        try:
            yield name, float(weight)
        except ValueError:
            yield name, 0.0


def _posted(asked: Asked) -> _Parameters:
    media, _, parameters = (asked.header("content-type") or "").partition(";")
    if media.strip().lower() != JSON:
        sent = f"not {media.strip()}" if media.strip() else "and the request has no Content-Type"
        raise _Unacceptable(415, f"a GraphQL request is sent as {JSON}, {sent}")
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
        raise _Unacceptable(415, "a GraphQL request is sent in UTF-8")
    try:
        body = read_json(asked.body)
    except BadJson as bad:
        raise _undecodable(str(bad), asked.body) from bad
    if body is None:
        return _Parameters("", None, {})
    if not isinstance(body, Mapping):
        raise _undecodable("it is not an object, and batches are not taken", asked.body)
    query, name, variables = (body.get(each) for each in ("query", "operationName", "variables"))
    if not isinstance(query, str | None) or not isinstance(name, str | None):
        raise _undecodable("`query` and `operationName` are strings", asked.body)
    if not isinstance(variables, Mapping | None):
        raise _undecodable("`variables` is an object", asked.body)
    return _Parameters(query or "", name, variables or {})


def _undecodable(why: str, body: bytes) -> _Unacceptable:
    """Like gqlgen, the message gives the whole body back: what was secret in it, is in the answer."""
    sent = body.decode("utf-8", "replace")
    return _Unacceptable(400, f"json request body could not be decoded: {why} body:{sent}")


def _in_the_url(asked: Asked) -> _Parameters:
    given = asked.query
    name = given.get("operationName") or None
    query = given.get("query", "")
    if kind_of_operation(query, name) not in (Kind.QUERY, None):
        raise _not_allowed("a GET can only run a query: send a POST", ("POST", "OPTIONS"))
    try:
        variables = read_json(given.get("variables") or "{}")
    except BadJson as bad:
        raise _Unacceptable(400, f"variables could not be decoded: {bad}") from bad
    if not isinstance(variables, Mapping | None):
        raise _Unacceptable(400, "variables could not be decoded: they are no object")
    return _Parameters(query, name, variables or {})


def kind_of_operation(query: str, name: str | None) -> Kind | None:
    """What the operation does that would run; None when there is no such operation."""
    written = definitions(query)
    if isinstance(written, Unparsed):
        return None
    return next((each.kind for each in written if name in (None, each.name)), None)
