"""What each field of `schema/documented.graphql` does: one function a field, arguments in, JSON out.

The functions follow Highlight's resolvers where a caller can see it: which mistakes are field errors
and in what words, and what is answered. What a real worker does later is `data`'s concern. The
arguments have been coerced to the schema's types before they come here.
"""

from collections.abc import Mapping
from functools import partial

from arazzo_tui.graphql.verbose_id import BadVerboseId, project_number
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.go import Complaint, atoi
from arazzo_tui.sandbox.graph import Graph, Refused
from arazzo_tui.sandbox.resolving import (
    Arguments,
    Field,
    bound,
    objects_of,
    take,
    take_and_be_silent,
    take_and_echo,
    text_of,
)


def _initialize_session(state: State, given: Arguments) -> Json:
    try:
        project = project_number(text_of(given, "organization_verbose_id"))
    except BadVerboseId as bad:
        raise Refused(str(bad)) from bad
    session = state.open(project, text_of(given, "environment"))
    return {"secure_id": session.secure_id, "project_id": str(session.project)}


def _push_payload(state: State, given: Arguments) -> Json:
    _check_number(text_of(given, "payload_id"))
    try:
        read_json(text_of(given, "messages"))
    except BadJson as bad:
        raise Refused(f"error decoding message data: {bad}") from bad
    take(state, "pushPayload", given)
    return len(write_json(given.get("events")).encode())


def _push_compressed(state: State, given: Arguments) -> Json:
    _check_number(text_of(given, "payload_id"))
    take(state, "pushPayloadCompressed", given)
    return None


def _push_backend_payload(state: State, given: Arguments) -> Json:
    for error in objects_of(given, "errors"):
        take(state, "pushBackendPayload", error)
    return None


def _push_metrics(state: State, given: Arguments) -> Json:
    metrics = objects_of(given, "metrics")
    for metric in metrics:
        take(state, "pushMetrics", metric)
    return len(metrics)


def _ignore(_: State, __: Arguments) -> Json:
    return None


_FIELDS: Mapping[str, Field] = {
    "ignore": _ignore,
    "initializeSession": _initialize_session,
    "identifySession": partial(take_and_echo, "identifySession"),
    "addSessionProperties": partial(take_and_echo, "addSessionProperties"),
    "addTrackProperties": partial(take_and_echo, "addTrackProperties"),
    "addSessionFeedback": partial(take_and_echo, "addSessionFeedback"),
    "pushPayload": _push_payload,
    "pushPayloadCompressed": _push_compressed,
    "pushSessionEvents": partial(take_and_be_silent, "pushSessionEvents"),
    "pushBackendPayload": _push_backend_payload,
    "pushMetrics": _push_metrics,
    "markBackendSetup": partial(take_and_be_silent, "markBackendSetup"),
}

DOCUMENTED = Graph("documented.graphql", partial(bound, _FIELDS))
"""The graph of the published workflow documents."""


def _check_number(payload_id: str) -> None:
    """Payloads are counted; Highlight says so in Go's words. An absent number is fine."""
    try:
        if payload_id:
            atoi(payload_id)
    except Complaint as wrong:
        raise Refused(str(wrong)) from wrong
