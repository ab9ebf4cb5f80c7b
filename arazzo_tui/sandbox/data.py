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
from dataclasses import dataclass

from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json

MOST_SESSIONS = 500
MOST_RECORDS = 500
LONGEST_RECORD = 16_384
"""Characters of JSON; what is longer is remembered by its length alone."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: the id the sandbox minted, the project's number, where it runs."""

    secure_id: str
    project: int
    environment: str


@dataclass(frozen=True, slots=True)
class Record:
    """What one mutation handed over for a session; `size` is that of its JSON, in characters."""

    mutation: str
    secure_id: str
    content: Json
    size: int


@dataclass(frozen=True, slots=True)
class Dropped:
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
        """What was handed over for sessions that there are not; oldest first."""
        return tuple(self._dropped)

    def open(self, project: int, environment: str) -> Session:
        """A new session under a new secure id."""
        session = Session(self._mint(), project, environment)
        self._sessions[session.secure_id] = session
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def take(self, mutation: str, secure_id: str, content: Json) -> Record:
        """Remember what a mutation handed over, among the dropped if there is no such session.

        An empty `secure_id` is that of a mutation which needs no session.
        """
        text = write_json(content)
        shown = content if len(text) <= LONGEST_RECORD else None
        record = Record(mutation, secure_id, shown, len(text))
        if not secure_id or secure_id in self._sessions:
            self._kept.append(record)
        else:
            self._dropped.append(Dropped(record, "there is no session with this secure id"))
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


def _record(record: Record) -> dict[str, Json]:
    return {
        "mutation": record.mutation,
        "session_secure_id": record.secure_id,
        "content": record.content,
        "size": record.size,
    }
