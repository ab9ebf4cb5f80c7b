"""What is known of Highlight's session ingestion: what its answers prove, and what it loses in silence.

Its server takes a request when the arguments have the right form, and a worker looks at the contents
later; a caller never hears of that. Everything here follows from it. Nothing is sent or asked.
"""

from collections.abc import Iterator, Mapping, Sequence

from arazzo_tui.graphql.nested import NotUnfolded, opened
from arazzo_tui.graphql.notes import Product, Rule, Said, Seen
from arazzo_tui.graphql.verbose_id import BadVerboseId, project_number, verbose_id_of
from arazzo_tui.graphql.verdict import Standing
from arazzo_tui.language.jsontext import BadJson, Float, read_json
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Json, Pointer, brief, kind


def _project(seen: Seen) -> Iterator[Said]:
    """The project's number, decoded here."""
    for name in ("organization_verbose_id", "project_id"):
        given = seen.argument(name)
        if not isinstance(given, str):
            continue
        try:
            number = project_number(given)
        except BadVerboseId as bad:
            why = f"the server will answer “{one_line(str(bad), 80)}”, with status 200"
            said = f"{quoted_name(given)} stands for no project"
            yield Said("mistake", said, why, seen.place(name))
            continue
        why = "the server does not look whether that project exists; its worker does, in silence"
        also = verbose_id_of(number) if number >= 0 else given
        other = "" if also == given else f", which is also written {quoted_name(also)}"
        yield Said(
            "good", f"{quoted_name(given)} is project {number}{other}", why, seen.place(name)
        )


def _session(seen: Seen) -> Iterator[Said]:
    """A session id that names nothing; the server takes any text and gives it back."""
    name = "session_secure_id"
    given = seen.argument(name)
    if not isinstance(given, str):
        return
    why = "the server takes any text; the worker finds no such session and drops what came for it"
    if not given.strip():
        yield Said("mistake", "the session id is empty", why, seen.place(name))
    elif given.startswith(("$", "{$")):
        said = f"{quoted_name(given)} looks like an expression that nobody filled in"
        yield Said("mistake", said, why, seen.place(name))


def _taken(seen: Seen) -> Iterator[Said]:
    """What a success proves, and that is little."""
    if seen.verdict is None or not seen.verdict.succeeded:
        return
    why = "the answer comes when the request is queued; a worker reads it later and reports nothing back"
    yield Said("good", "accepted for processing; that is not yet recorded", why)


def _opened(seen: Seen) -> Iterator[Said]:
    """What `initializeSession` answers."""
    result = seen.result
    if seen.verdict is None or not seen.verdict.succeeded or not isinstance(result, Mapping):
        return
    if result.get("project_id", "1") in (None, "", "0", 0):
        why = "the browser client gives up here: “Failed to initialize Highlight”"
        yield Said("mistake", "the answer names no project", why)
    own = seen.argument("session_secure_id")
    if isinstance(own, str) and own and result.get("secure_id") == own:
        why = "the client makes it up, 28 letters and digits; the server gives it back unchanged"
        yield Said("good", "the session id is the one that was sent", why)


def _refused(seen: Seen) -> Iterator[Said]:
    """Errors with a meaning of their own."""
    if seen.verdict is None:
        return
    for error in seen.verdict.errors:
        for begin, said, why in _ERRORS:
            if error.message.startswith(begin):
                yield Said("mistake", said, why)
    if seen.verdict.standing is Standing.FIELD_ERROR and not seen.alone:
        why = "the server goes on with the next field, and takes all of `data` away at the end"
        yield Said("mistake", "the other fields may have been executed all the same", why)


_ERRORS = (
    (
        "BillingQuotaExceeded",
        "the project is over its quota",
        "the session was queued before this was looked at; the browser client stops for good here",
    ),
    (
        "error decoding message data",
        "`messages` is not what the server reads",
        'it must be JSON in a string, an object with a list: `{"messages":[]}`',
    ),
    (
        "introspection disabled",
        "this server gives no schema",
        "give a schema file of your own for advice and documentation",
    ),
    (
        "failed to decode ",
        "the project id stands for no number",
        "it is a number, or the short text that Highlight shows for one, such as `1jdkoe52`",
    ),
)


def _texts(seen: Seen) -> Iterator[Said]:
    """The arguments that hold JSON in a string."""
    for name, member in (
        ("messages", "messages"),
        ("resources", "resources"),
        ("web_socket_events", "webSocketEvents"),
    ):
        given = seen.argument(name)
        wrong = _wrong_text(given, member) if isinstance(given, str) else ""
        if wrong:
            why = f'the server reads it as JSON, an object with a list: `{{"{member}":[]}}`'
            yield Said("mistake", f"`{name}` {wrong}", why, seen.place(name))


def _wrong_text(text: str, member: str) -> str:
    try:
        value = read_json(text)
    except BadJson as bad:
        return f"is not JSON: {bad.message}" if text else "is empty, and that is no JSON"
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        return f"holds JSON of type {kind(value)}, and an object is meant"
    inner = value.get(member)
    listed = inner is None or (isinstance(inner, Sequence) and not isinstance(inner, str))
    return "" if listed else f"has no list in its `{member}`"


def _payload_id(seen: Seen) -> Iterator[Said]:
    """Counts from 1; the server reads it as an integer from its text."""
    given = seen.argument("payload_id")
    match given:
        case None | bool():
            return
        case str():
            whole = given.lstrip("+-").isdecimal()
        case Float() | float():
            whole = False
        case int():
            whole = True
        case _:
            return
    if not whole:
        said = f"`payload_id` is {brief(given, 30)}, and no integer"
        why = "the server refuses any text of it that is not all digits, 1.0 too; clients count from 1"
        yield Said("mistake", said, why, seen.place("payload_id"))


def _events(seen: Seen) -> Iterator[Said]:
    """The events of a payload as it is."""
    yield from _about_events(seen.argument("events"), seen.place("events"))


def _packed(seen: Seen) -> Iterator[Said]:
    """The data of a compressed payload: unpacked here, because a success says nothing about it."""
    data, at = seen.argument("data"), seen.place("data")
    if not isinstance(data, str):
        return
    why = "the answer is null either way; only the worker unpacks it, and drops it in silence"
    try:
        inside = opened(data)
    except NotUnfolded as wrong:
        yield Said("mistake", f"`data` {wrong}", why, at)
        return
    if not isinstance(inside.inner, Mapping):
        said = f"`data` holds JSON of type {kind(inside.inner)}, and an object is meant"
        yield Said("mistake", said, why, at)
        return
    layers = ", ".join(layer.value for layer in inside.layers)
    if "gzip" not in layers:
        yield Said("mistake", f"`data` is {layers}, and base64 of gzip is meant", why, at)
    else:
        said = f"`data` unpacks from {len(data):,} letters to {inside.size:,} bytes of JSON"
        yield Said("good", said, f"its layers are {layers}; they are unfolded for reading", at)
    yield from _about_events(inside.inner.get("events"), at and (*at, "events"))


def _about_events(box: Json, at: Pointer | None) -> Iterator[Said]:
    events = box.get("events") if isinstance(box, Mapping) else None
    if not isinstance(events, Sequence) or isinstance(events, str):
        return
    for index, event in enumerate(events[:_MOST_EVENTS]):
        wrong, why = _wrong_event(event)
        if wrong:
            place = None if at is None else (*at, "events", str(index))
            yield Said("mistake", f"event {index} {wrong}", why, place)
    if not any(_is_user(event) for event in events):
        many = "there are no events" if not events else "no event of a person"
        said = f"{many} in this payload, so the session stays hidden"
        why = (
            "a session without a mouse, scroll, input or touch event is excluded (NoUserEvents), and "
            "the feed does not show it; Track events alone do not count"
        )
        yield Said("good", said, why, at)


_MOST_EVENTS = 1_000
_INCREMENTAL, _CUSTOM = 3, 5
_OF_A_PERSON = frozenset({1, 2, 3, 5, 6, 12})
"""rrweb's sources of an incremental snapshot: mouse, clicks, scroll, input, touch, drag."""

_LOST = "the server takes it, its worker fails on it, and all events of the payload are lost"


def _is_user(event: Json) -> bool:
    data = event.get("data") if isinstance(event, Mapping) else None
    return (
        isinstance(event, Mapping)
        and event.get("type") == _INCREMENTAL
        and isinstance(data, Mapping)
        and data.get("source") in _OF_A_PERSON
    )


def _wrong_event(event: Json) -> tuple[str, str]:
    """What is wrong with an rrweb event, and what becomes of it; empty when it is fine."""
    if not isinstance(event, Mapping):
        return f"is of type {kind(event)}, and an object is meant", _LOST
    data = event.get("data")
    if not isinstance(data, Mapping):
        return f"has `data` of type {kind(data)}, and an object is meant", _LOST
    number = event.get("type")
    if isinstance(number, bool) or not isinstance(number, int):
        return f"has a `type` of type {kind(number)}, and an integer is meant", _STRICT
    return _wrong_track(data) if number == _CUSTOM and data.get("tag") == "Track" else ("", "")


_STRICT = "this server may take it, but others that follow the specification do not"


def _wrong_track(data: Mapping[str, Json]) -> tuple[str, str]:
    payload = data.get("payload")
    if not isinstance(payload, str):
        said = f"has a Track `payload` of type {kind(payload)}, and JSON in a string is meant"
        return said, "the server takes it, and its worker leaves the Track event out"
    try:
        value = read_json(payload)
    except BadJson:
        return "has a Track `payload` that is not JSON", "its worker leaves the Track event out"
    if not isinstance(value, Mapping) or "event" not in value:
        return "has a Track `payload` without `event`", "it is kept under the name `unknown_event`"
    return "", ""


def _misnamed(_: Seen) -> Iterator[Said]:
    """A mutation that Highlight does not have any more."""
    why = "since August 2022 a Track event is an event of type 5 with the tag `Track` inside `pushPayload`"
    yield Said("mistake", "`addTrackProperties` is gone from Highlight", why)


def _similar(seen: Seen) -> Iterator[Said]:
    """What an answer of `pushPayload` is not."""
    if isinstance(seen.result, int) and seen.call.name == "pushPayload":
        why = "it is the memory that the events took in the server"
        yield Said("good", f"the {seen.result} in the answer is no count of events", why)


_SESSION: tuple[Rule, ...] = (_session, _refused, _taken)

HIGHLIGHT = Product(
    "Highlight",
    {
        "initializeSession": (_project, *_SESSION, _opened),
        "identifySession": _SESSION,
        "addSessionProperties": _SESSION,
        "addSessionFeedback": _SESSION,
        "addTrackProperties": (_misnamed, *_SESSION),
        "pushPayload": (*_SESSION, _payload_id, _texts, _events, _similar),
        "pushPayloadCompressed": (*_SESSION, _payload_id, _packed),
        "pushSessionEvents": (*_SESSION, _payload_id, _packed),
        "pushBackendPayload": (_project, _refused, _taken),
        "markBackendSetup": (_project, *_SESSION),
    },
)
"""The mutations of Highlight's public graph, by name."""
