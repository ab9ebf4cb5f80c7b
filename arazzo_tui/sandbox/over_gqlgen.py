"""GraphQL over HTTP as gqlgen serves it for Highlight: what it takes, and how it says no.

Of gqlgen's transports GET and POST are here, and persisted queries; uploads are not. Accept is read
without weights, the first media type it knows counts, and an unknown one is no mistake. Nothing here
knows sockets, paths, or what the fields do.
"""

import gzip
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256

from msgspec.structs import replace

from arazzo_tui.graphql.syntax import Kind
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.exchange import Answer, Asked, json_answer
from arazzo_tui.sandbox.go import Complaint, json_kind, read
from arazzo_tui.sandbox.graph import Run
from arazzo_tui.sandbox.over_http import JSON, RESPONSE, body_of, kind_of_operation, status_of

MOST_PERSISTED = 100
"""Queries that are remembered by their hash."""


class _Refusal(Exception):
    """An answer that is given before there is an operation to run: its status and its one error."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        said: dict[str, Json] = {"message": message}
        if code:
            said["extensions"] = {"code": code}
        self.body: Json = {"errors": [said], "data": None}


_NO_TRANSPORT: Json = {"errors": [{"message": "transport not supported"}], "data": None}


def _json(status: int, value: Json, media: str) -> Answer:
    """A JSON body; gqlgen names no charset beside the media type."""
    return replace(json_answer(status, value), media=media)


class Gqlgen:
    """The endpoint, and the queries it remembers."""

    def __init__(self) -> None:
        self._persisted: OrderedDict[str, str] = OrderedDict()

    def answer(self, asked: Asked, run: Run) -> Answer:
        """The answer to a request of any method but OPTIONS."""
        media = _first_known(asked.header("accept") or "")
        content = (asked.header("content-type") or "").partition(";")[0].strip().lower()
        try:
            if asked.method == "POST" and content == JSON:
                return self._ran(_body_parameters(asked.body), media, run)
            if asked.method == "GET":
                return self._ran(_url_parameters(asked), media, run, only_queries=True)
        except _Refusal as refusal:
            return _json(refusal.status, refusal.body, media)
        return _json(400, _NO_TRANSPORT, "text/plain; charset=utf-8")

    def _ran(
        self, parameters: Mapping[str, Json], media: str, run: Run, *, only_queries: bool = False
    ) -> Answer:
        query = self._query(_text(parameters.get("query")), parameters.get("extensions"))
        name = _text(parameters.get("operationName")) or None
        variables = parameters.get("variables")
        if only_queries and kind_of_operation(query, name) is Kind.MUTATION:
            raise _Refusal(406, "GET requests only allow query operations")
        outcome = run(query, name, variables if isinstance(variables, Mapping) else {})
        return _json(status_of(outcome, media), body_of(outcome), media)

    def _query(self, query: str, extensions: Json) -> str:
        """The query that is meant: the one that came, or the one a hash stands for (APQ)."""
        persisted = extensions.get("persistedQuery") if isinstance(extensions, Mapping) else None
        if not isinstance(persisted, Mapping):
            return query
        if persisted.get("version") != 1:
            raise _Refusal(200, "unsupported APQ version")
        told = _text(persisted.get("sha256Hash"))
        if not query:
            if told not in self._persisted:
                raise _Refusal(200, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
            return self._persisted[told]
        if sha256(query.encode("utf-8", "replace")).hexdigest() != told:
            raise _Refusal(200, "provided APQ hash does not match query")
        self._persisted[told] = query
        while len(self._persisted) > MOST_PERSISTED:
            self._persisted.popitem(last=False)
        return query


_MOST_PACKED = 1_000_000


def compressed(answer: Answer, accept_encoding: str) -> Answer:
    """The answer as it goes over the wire: what stands before Highlight packs JSON and plain text.

    The media type of GraphQL is not on its list. What is huge stays as it is: it was ordered so.
    """
    packs = answer.media.partition(";")[0] in (JSON, "text/plain")
    packs = packs and 0 < len(answer.body) <= _MOST_PACKED
    codings = {each.partition(";")[0].strip().lower() for each in accept_encoding.split(",")}
    if not packs or "gzip" not in codings:
        return answer
    headers = (*answer.headers, ("content-encoding", "gzip"), ("vary", "Accept-Encoding"))
    return replace(answer, body=gzip.compress(answer.body, 5, mtime=0), headers=headers)


def _first_known(accept: str) -> str:
    """The first media type that is known, weights unread; none asked for means JSON."""
    if not accept:
        return JSON
    for element in accept.split(","):
        name = element.partition(";")[0].strip().lower()
        if name in (JSON, RESPONSE):
            return name
        if name in ("*/*", "application/*"):
            return RESPONSE
    return RESPONSE


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


_STRING, _MAP = "string", "map[string]interface {}"
_MEMBERS = {"query": _STRING, "operationName": _STRING, "variables": _MAP, "extensions": _MAP}
"""The members of a request and their Go types."""


def _body_parameters(body: bytes) -> Mapping[str, Json]:
    try:
        if not body.strip():
            raise Complaint("EOF")
        return _decoded(read(body))
    except Complaint as wrong:
        # The message gives the whole body back: what was secret in it, is in the answer.
        said = str(wrong).replace("unexpected end of JSON input", "unexpected EOF")
        sent = body.decode("utf-8", "replace")
        message = f"json request body could not be decoded: {said} body:{sent}"
        raise _Refusal(400, message) from wrong


def _decoded(value: Json) -> Mapping[str, Json]:
    """A request's members; raises `Complaint` for those of a wrong type, `_Refusal` for null."""
    if value is None:
        raise _Refusal(422, "runtime error: invalid memory address or nil pointer dereference")
    if not isinstance(value, Mapping):
        found = json_kind(value)
        raise Complaint(f"json: cannot unmarshal {found} into Go value of type graphql.RawParams")
    for name, wanted in _MEMBERS.items():
        given = value.get(name)
        fits = isinstance(given, str) if wanted == _STRING else isinstance(given, Mapping)
        if given is not None and not fits:
            field = f"Go struct field RawParams.{name} of type {wanted}"
            raise Complaint(f"json: cannot unmarshal {json_kind(given)} into {field}")
    return value


def _url_parameters(asked: Asked) -> Mapping[str, Json]:
    given = asked.query
    parameters: dict[str, Json] = {
        name: given[name] for name in ("query", "operationName") if name in given
    }
    for name in ("variables", "extensions"):
        try:
            value = read(given.get(name) or "null")
        except Complaint as wrong:
            raise _Refusal(400, f"{name} could not be decoded") from wrong
        if not isinstance(value, Mapping | None):
            raise _Refusal(400, f"{name} could not be decoded")
        parameters[name] = value
    return parameters
