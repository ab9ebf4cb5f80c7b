"""What each field of `schema/highlight.graphql` does: one function a field, arguments in, JSON out.

The functions follow the resolvers of a Highlight of today: which mistakes are field errors and in what
words, what is answered, and that a success only means "taken". What happens after is `worker`'s part.
"""

from collections.abc import Mapping
from functools import partial

from arazzo_tui.graphql.verbose_id import BadVerboseId, project_number
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.go import Complaint, GoStruct, atoi, check_time, json_kind, unmarshal
from arazzo_tui.sandbox.graph import Graph, Manners, Refused
from arazzo_tui.sandbox.resolving import (
    Arguments,
    Field,
    bound,
    content_of,
    items_of,
    objects_of,
    session_of,
    take,
    text_of,
)
from arazzo_tui.sandbox.worker import (
    work_off_compressed,
    work_off_payload,
    work_off_properties,
    work_off_session,
)

_MESSAGES = GoStruct("hlog.Messages", "messages", "hlog.Message", of_structs=True)
_RESOURCES = GoStruct("graph.PushPayloadResources", "resources", "*interface {}")
_SOCKETS = GoStruct("graph.PushPayloadWebSocketEvents", "webSocketEvents", "*interface {}")

_PANIC = "runtime error: invalid memory address or nil pointer dereference"
"""What Go says where a null of a list is used; the server goes on and gives it to the caller."""


def _initialize_session(state: State, given: Arguments) -> Json:
    try:
        project = project_number(text_of(given, "organization_verbose_id"))
    except BadVerboseId as bad:
        raise Refused(str(bad)) from bad
    secure_id = session_of(given)
    work_off_session(state, project, text_of(given, "environment"), secure_id)
    return {"secure_id": secure_id, "project_id": str(project), "sampling": None}


def _identify_session(state: State, given: Arguments) -> Json:
    content = content_of(given)
    work_off_properties(state, "identifySession", session_of(given), "user_object", content)
    return session_of(given)


def _add_properties(state: State, given: Arguments) -> Json:
    content, name = content_of(given), "properties_object"
    work_off_properties(state, "addSessionProperties", session_of(given), name, content)
    return session_of(given)


def _add_feedback(state: State, given: Arguments) -> Json:
    _check_time(given.get("timestamp"), "timestamp")
    take(state, "addSessionFeedback", given)
    return session_of(given)


def _push_payload(state: State, given: Arguments) -> Json:
    _check_number(given, "payload_id")
    _check_times(given, "errors")
    try:
        unmarshal(text_of(given, "messages"), _MESSAGES)
    except Complaint as wrong:
        raise Refused(f"error decoding message data: {wrong}") from wrong
    try:
        unmarshal(text_of(given, "resources"), _RESOURCES)
        if given.get("web_socket_events") is not None:
            unmarshal(text_of(given, "web_socket_events"), _SOCKETS)
    except Complaint as wrong:
        raise Refused(str(wrong)) from wrong
    content = content_of(given)
    work_off_payload(state, "pushPayload", session_of(given), content, given)
    return _size_in_memory(given.get("events"))


def _push_compressed(state: State, given: Arguments) -> Json:
    _check_number(given, "payload_id")
    work_off_compressed(state, "pushPayloadCompressed", session_of(given), content_of(given))
    return None


def _push_session_events(state: State, given: Arguments) -> Json:
    _check_int64(given.get("payload_id"), "payload_id")
    work_off_compressed(state, "pushSessionEvents", session_of(given), content_of(given))
    return None


def _push_backend_payload(state: State, given: Arguments) -> Json:
    _check_times(given, "errors")
    if None in items_of(given, "errors"):
        raise Refused(_PANIC)
    for error in objects_of(given, "errors"):
        take(state, "pushBackendPayload", error)
    return None


def _push_metrics(state: State, given: Arguments) -> Json:
    _check_times(given, "metrics")
    metrics = objects_of(given, "metrics")
    if not items_of(given, "metrics"):
        raise Refused("no metrics provided")
    if len(metrics) != len(items_of(given, "metrics")):
        raise Refused(_PANIC)
    for metric in metrics:
        take(state, "pushMetrics", metric)
    return len(metrics)


def _do_nothing(_: State, __: Arguments) -> Json:
    return None


def _ignore(_: State, given: Arguments) -> Json:
    _check_number(given, "id")
    return None


def _sampling(_: State, given: Arguments) -> Json:
    try:
        project_number(text_of(given, "organization_verbose_id"))
    except BadVerboseId as bad:
        raise Refused(str(bad)) from bad
    return {"spans": None, "logs": None}


_FIELDS: Mapping[str, Field] = {
    "ignore": _ignore,
    "sampling": _sampling,
    "initializeSession": _initialize_session,
    "identifySession": _identify_session,
    "addSessionProperties": _add_properties,
    "addSessionFeedback": _add_feedback,
    "pushPayload": _push_payload,
    "pushPayloadCompressed": _push_compressed,
    "pushSessionEvents": _push_session_events,
    "pushBackendPayload": _push_backend_payload,
    "pushMetrics": _push_metrics,
    "markBackendSetup": _do_nothing,
}

HIGHLIGHT = Graph("highlight.graphql", partial(bound, _FIELDS), Manners.GQLGEN)
"""The public graph of a self-hosted Highlight of today."""


def _check_number(given: Arguments, name: str) -> None:
    """Ids are integers in their database: so `"abc"`, an empty one and 1.0 are errors, absence is not."""
    value = given.get(name)
    try:
        if isinstance(value, str):
            atoi(value)
    except Complaint as wrong:
        raise Refused(str(wrong), name) from wrong


def _check_int64(value: Json, name: str) -> None:
    """An `Int64ID`, which is looked into only when the field runs."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        found = {"bool": "bool", "array": "[]interface {}"}.get(
            json_kind(value), "map[string]interface {}"
        )
        raise Refused(f"{found} is not an int", name)
    try:
        atoi(value if isinstance(value, str) else write_json(value), "ParseInt")
    except Complaint as wrong:
        raise Refused(str(wrong), name) from wrong


def _check_times(given: Arguments, name: str) -> None:
    """The timestamps of the objects in a list argument."""
    for at, item in enumerate(items_of(given, name)):
        if isinstance(item, Mapping):
            _check_time(item.get("timestamp"), name, at, "timestamp")


def _check_time(value: Json, *below: str | int) -> None:
    """A `Timestamp`, which is looked into only when the field runs."""
    if not isinstance(value, str):
        raise Refused("time should be RFC3339Nano formatted string", *below)
    try:
        check_time(value)
    except Complaint as wrong:
        raise Refused(str(wrong), *below) from wrong


_SLICE, _POINTER, _EVENT = 24, 8, 40
"""Bytes of a Go slice without its items, of a pointer, and of an event without what `data` holds."""


def _size_in_memory(events: Json) -> int:
    """What pushPayload answers: how much memory the events take in the server, and no count.

    Exact for no events; what `data` takes is guessed by its length as JSON.
    """
    box = events if isinstance(events, Mapping) else {}
    size = _SLICE
    for event in items_of(box, "events"):
        size += _POINTER
        if isinstance(event, Mapping):
            size += _EVENT + len(write_json(event.get("data")))
    return size
