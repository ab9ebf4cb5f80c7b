"""What the sandbox remembers between requests: sessions, what was handed over for them, what was lost.

It keeps the bargain of the real service: a mutation is taken and answered, and only afterwards does
it turn out whether there was such a session. So an unknown session is no error to the caller; what
came for it is found here among the `dropped`. Nothing here knows GraphQL or HTTP. One thread at a
time; everything is bounded.
"""

import secrets
import string
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping

from msgspec import Struct

from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json

MOST_SESSIONS = 500
MOST_RECORDS = 500
LONGEST_RECORD = 16_384
"""Characters of JSON; what is longer is remembered by its length alone."""


class Session(Struct, frozen=True):
    """An open session: its id, minted here or made by the client, the project's number, where it runs."""

    secure_id: str
    project: int
    environment: str


class Record(Struct, frozen=True):
    """What one mutation handed over for a session; `size` is that of its JSON, in characters."""

    mutation: str
    secure_id: str
    content: Json
    size: int


class Dropped(Struct, frozen=True):
    """A record that was taken, answered as a success, and then lost; and why."""

    record: Record
    why: str


def new_secure_id() -> str:
    """A session id of the form Highlight's clients make: 28 letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(28))


class State:
    """Everything the sandbox remembers, the oldest forgotten first."""

    def __init__(self, mint: Callable[[], str] = new_secure_id) -> None:
        self._mint = mint
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._kept: deque[Record] = deque(maxlen=MOST_RECORDS)
        self._dropped: deque[Dropped] = deque(maxlen=MOST_RECORDS)

    @property
    def sessions(self) -> Mapping[str, Session]:
        """The open sessions by their secure ids, oldest first."""
        return self._sessions

    @property
    def kept(self) -> tuple[Record, ...]:
        """What was handed over for sessions there are, and for projects; oldest first."""
        return tuple(self._kept)

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """What was taken and then lost, above all for sessions that there are not; oldest first."""
        return tuple(self._dropped)

    def open(self, project: int, environment: str, secure_id: str | None = None) -> Session:
        """A new session under a new secure id, or the session with the secure id that is given."""
        if secure_id is not None and secure_id in self._sessions:
            return self._sessions[secure_id]
        name = self._mint() if secure_id is None else secure_id
        session = Session(name, project, environment)
        self._sessions[session.secure_id] = session
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def take(self, mutation: str, secure_id: str, content: Json) -> Record:
        """Remember what a mutation handed over, among the dropped if there is no such session.

        An empty `secure_id` is that of a mutation which needs no session.
        """
        if secure_id and secure_id not in self._sessions:
            return self.drop(
                mutation, secure_id, content, "there is no session with this secure id"
            )
        record = _recorded(mutation, secure_id, content)
        self._kept.append(record)
        return record

    def drop(self, mutation: str, secure_id: str, content: Json, why: str) -> Record:
        """Remember what was taken, answered as a success, and lost for another reason."""
        record = _recorded(mutation, secure_id, content)
        self._dropped.append(Dropped(record, why))
        return record

    def as_json(self) -> Mapping[str, Json]:
        """The whole memory as plain JSON, for `/__log`."""
        return {
            "sessions": [
                {
                    "secure_id": session.secure_id,
                    "project": session.project,
                    "environment": session.environment,
                }
                for session in self._sessions.values()
            ],
            "kept": [_record(record) for record in self._kept],
            "dropped": [{**_record(lost.record), "why": lost.why} for lost in self._dropped],
        }


def _recorded(mutation: str, secure_id: str, content: Json) -> Record:
    text = write_json(content)
    shown = content if len(text) <= LONGEST_RECORD else None
    return Record(mutation, secure_id, shown, len(text))


def _record(record: Record) -> dict[str, Json]:
    return {
        "mutation": record.mutation,
        "session_secure_id": record.secure_id,
        "content": record.content,
        "size": record.size,
    }
