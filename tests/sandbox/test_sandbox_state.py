"""What the sandbox remembers between requests."""

import pytest

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.data import (
    LONGEST_RECORD,
    MOST_RECORDS,
    MOST_SESSIONS,
    State,
    new_secure_id,
)


def test_a_secure_id_is_28_letters_and_digits_and_never_the_same() -> None:
    ids = {new_secure_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) == 28 and each.isascii() and each.isalnum() for each in ids)


def test_what_comes_for_a_session_is_kept() -> None:
    state = State()
    session = state.open(1, "production")
    record = state.take("addTrackProperties", session.secure_id, {"event": "signup"})
    assert state.sessions == {session.secure_id: session}
    assert (state.kept, state.dropped) == ((record,), ())
    assert (record.content, record.size) == ({"event": "signup"}, 18)


def test_what_comes_for_no_session_is_dropped() -> None:
    state = State()
    record = state.take("pushPayload", "nobody", {})
    assert state.kept == ()
    assert [(lost.record, lost.why) for lost in state.dropped] == [
        (record, "there is no session with this secure id")
    ]


def test_what_needs_no_session_is_kept() -> None:
    state = State()
    assert state.kept == ()
    assert state.take("markBackendSetup", "", {"type": "go"}) in state.kept


def test_the_oldest_is_forgotten_first() -> None:
    state = State()
    first, second = state.open(1, "a"), state.open(2, "b")
    for _ in range(MOST_SESSIONS - 1):
        state.open(3, "c")
    assert first.secure_id not in state.sessions
    assert second.secure_id in state.sessions
    for number in range(MOST_RECORDS + 1):
        state.take("pushPayload", "nobody", number)
    assert (len(state.dropped), state.dropped[0].record.content) == (MOST_RECORDS, 1)


@pytest.mark.parametrize(("extra", "kept"), [(0, True), (1, False)])
def test_something_very_long_is_remembered_by_its_size(extra: int, kept: bool) -> None:
    content: Json = "x" * (LONGEST_RECORD - 2 + extra)
    record = State().take("pushPayload", "", content)
    assert (record.content, record.size) == (content if kept else None, LONGEST_RECORD + extra)
