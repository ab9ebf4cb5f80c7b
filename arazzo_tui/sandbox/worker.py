"""What becomes of what Highlight's public graph has taken: its worker's part, as far as one can see it.

A caller never hears of it: whatever is lost here was answered as a success. So it ends in the state,
among the kept or the dropped, with the reason. Nothing here knows GraphQL or HTTP.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence

from arazzo_tui.graphql.verbose_id import verbose_id_of
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.values import Json, kind
from arazzo_tui.sandbox.data import State

PROJECT = 1
"""The one project there is; its verbose id is 1jdkoe52."""

MOST_UNPACKED = 4_194_304
"""Bytes; a compressed payload that is larger is lost."""

_CUSTOM_EVENT = 5
"""rrweb's type of the events an application adds itself; Highlight's `Track` is one of them."""


def work_off_session(state: State, project: int, environment: str, secure_id: str) -> None:
    """A session was asked for: it is opened, unless there is no such project."""
    if project == PROJECT:
        state.open(project, environment, secure_id)
        return
    there = f"the only one here is {PROJECT}, which is {verbose_id_of(PROJECT)}"
    why = f"there is no project {project}; {there}"
    state.drop("initializeSession", secure_id, {"project": project}, why)


def work_off_properties(
    state: State, mutation: str, secure_id: str, name: str, content: Mapping[str, Json]
) -> None:
    """Properties were handed over; only now is it seen that they are no object."""
    properties = content.get(name)
    if properties is None or isinstance(properties, Mapping):
        state.take(mutation, secure_id, content)
    else:
        why = f"`{name}` must be an object, and this is of type {kind(properties)}"
        state.drop(mutation, secure_id, content, why)


def work_off_compressed(
    state: State, mutation: str, secure_id: str, content: Mapping[str, Json]
) -> None:
    """A compressed payload was handed over; it is unpacked, and then like any other."""
    data = content.get("data")
    try:
        payload = _unpacked(data if isinstance(data, str) else "")
    except _NotUnpacked as why:
        state.drop(mutation, secure_id, content, str(why))
        return
    work_off_payload(state, mutation, secure_id, {**content, "data": payload}, payload)


def work_off_payload(
    state: State,
    mutation: str,
    secure_id: str,
    content: Mapping[str, Json],
    payload: Mapping[str, Json],
) -> None:
    """A payload was handed over: its events are looked at, and each Track event becomes a record."""
    events = _events(payload)
    wrong = _wrong_event(events)
    if wrong:
        state.drop(mutation, secure_id, content, f"{wrong}: all events of the payload are lost")
        return
    state.take(mutation, secure_id, content)
    if secure_id in state.sessions:
        for event in events:
            _track(state, secure_id, event)


class _NotUnpacked(Exception):
    """Data that is not base64 of gzip of a JSON object; the message says at which of them it ends."""


def _unpacked(data: str) -> Mapping[str, Json]:
    try:
        packed = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise _NotUnpacked("`data` is not base64") from None
    gunzip = zlib.decompressobj(zlib.MAX_WBITS + 16)
    try:
        text = gunzip.decompress(packed, MOST_UNPACKED)
    except zlib.error:
        raise _NotUnpacked("`data` is base64, but not of gzip") from None
    if gunzip.unconsumed_tail:
        raise _NotUnpacked(f"`data` unpacks to more than {MOST_UNPACKED:,} bytes")
    if not gunzip.eof:
        raise _NotUnpacked("`data` is base64 of gzip, but it ends too early")
    try:
        payload = read_json(text)
    except BadJson as bad:
        raise _NotUnpacked(f"`data` is base64 of gzip, but not of JSON: {bad}") from bad
    if not isinstance(payload, Mapping):
        raise _NotUnpacked(f"`data` holds JSON of type {kind(payload)}, and an object is meant")
    return payload


def _events(payload: Mapping[str, Json]) -> Sequence[Json]:
    """The events of a payload, which stand in an object of their own."""
    box = payload.get("events")
    events = box.get("events") if isinstance(box, Mapping) else None
    return events if isinstance(events, Sequence) and not isinstance(events, str) else ()


def _wrong_event(events: Sequence[Json]) -> str:
    """What is wrong with the first event that the worker fails on; empty when there is none."""
    for at, event in enumerate(events):
        if not isinstance(event, Mapping):
            return f"event {at} is of type {kind(event)}"
        data = event.get("data")
        if not isinstance(data, Mapping):
            return f"`data` of event {at} is of type {kind(data)}, and an object is meant"
    return ""


def _track(state: State, secure_id: str, event: Json) -> None:
    """Keep a Track event by itself; one whose payload is no string of JSON is lost by itself."""
    data = event.get("data") if isinstance(event, Mapping) else None
    if not isinstance(event, Mapping) or not isinstance(data, Mapping):
        return
    if event.get("type") != _CUSTOM_EVENT or data.get("tag") != "Track":
        return
    payload = data.get("payload")
    try:
        properties = read_json(payload) if isinstance(payload, str) else None
    except BadJson:
        properties = None
    if isinstance(properties, Mapping):
        named = {"event": "unknown_event", **properties}
        state.take("Track", secure_id, named)
    else:
        why = "the payload of a Track event must be a string that holds a JSON object"
        state.drop("Track", secure_id, payload, why)
