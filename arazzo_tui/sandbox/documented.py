"""What each field of `schema/documented.graphql` does: one function a field, arguments in, JSON out.

The functions follow Highlight's resolvers where a caller can see it: which mistakes are field errors
and in what words, and what is answered. What a real worker does later is `data`'s concern. The
arguments have been coerced to the schema's types before they come here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from arazzo_tui.graphql.verbose_id import BadVerboseId, project_number
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.graph import Graph, Refused, Resolver

Arguments: TypeAlias = Mapping[str, Json]


def _initialize_session(state: State, given: Arguments) -> Json:
    try:
        project = project_number(_text(given, "organization_verbose_id"))
    except BadVerboseId as bad:
        raise Refused(str(bad)) from bad
    session = state.open(project, _text(given, "environment"))
    return {"secure_id": session.secure_id, "project_id": str(session.project)}


def _push_payload(state: State, given: Arguments) -> Json:
    _check_number(_text(given, "payload_id"))
    try:
        read_json(_text(given, "messages"))
    except BadJson as bad:
        raise Refused(f"error decoding message data: {bad}") from bad
    _take(state, "pushPayload", given)
    return len(write_json(given.get("events")).encode())


def _push_compressed(state: State, given: Arguments) -> Json:
    _check_number(_text(given, "payload_id"))
    _take(state, "pushPayloadCompressed", given)
    return None


def _push_backend_payload(state: State, given: Arguments) -> Json:
    for error in _objects(given, "errors"):
        _take(state, "pushBackendPayload", error)
    return None


def _push_metrics(state: State, given: Arguments) -> Json:
    metrics = _objects(given, "metrics")
    for metric in metrics:
        _take(state, "pushMetrics", metric)
    return len(metrics)


def _take_and_echo(mutation: str, state: State, given: Arguments) -> Json:
    _take(state, mutation, given)
    return _session(given)


def _take_and_be_silent(mutation: str, state: State, given: Arguments) -> Json:
    _take(state, mutation, given)
    return None


def _ignore(_: State, __: Arguments) -> Json:
    return None


_FIELDS: Mapping[str, Callable[[State, Arguments], Json]] = {
    "ignore": _ignore,
    "initializeSession": _initialize_session,
    "identifySession": partial(_take_and_echo, "identifySession"),
    "addSessionProperties": partial(_take_and_echo, "addSessionProperties"),
    "addTrackProperties": partial(_take_and_echo, "addTrackProperties"),
    "addSessionFeedback": partial(_take_and_echo, "addSessionFeedback"),
    "pushPayload": _push_payload,
    "pushPayloadCompressed": _push_compressed,
    "pushSessionEvents": partial(_take_and_be_silent, "pushSessionEvents"),
    "pushBackendPayload": _push_backend_payload,
    "pushMetrics": _push_metrics,
    "markBackendSetup": partial(_take_and_be_silent, "markBackendSetup"),
}


def _resolvers(state: State) -> Mapping[str, Resolver]:
    return {name: partial(field, state) for name, field in _FIELDS.items()}


DOCUMENTED = Graph("documented.graphql", _resolvers)
"""The graph of the published workflow documents."""


def _take(state: State, mutation: str, given: Arguments) -> None:
    content = {name: given[name] for name in given if name != "session_secure_id"}
    state.take(mutation, _session(given), content)


def _session(given: Arguments) -> str:
    return _text(given, "session_secure_id")


def _text(given: Arguments, name: str) -> str:
    """A string argument; empty where a nullable one was left out."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _objects(given: Arguments, name: str) -> Sequence[Mapping[str, Json]]:
    """The objects of a list argument; the schema lets nulls among them."""
    value = given.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return [each for each in value if isinstance(each, Mapping)]


def _check_number(payload_id: str) -> None:
    """Payloads are counted; Highlight says so in Go's words. An absent number is fine."""
    if payload_id and not re.fullmatch(r"[+-]?[0-9]{1,19}", payload_id):
        raise Refused(f"strconv.Atoi: parsing {write_json(payload_id)}: invalid syntax")
