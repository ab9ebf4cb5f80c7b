"""What arrived at the sandbox lately: a ring of the last requests, for `/__log` and for tests.

Values of headers that carry credentials are never kept.
"""

import re
from collections import deque
from collections.abc import Mapping

from msgspec import Struct

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.exchange import Answer, Asked, Headers

MOST_ARRIVALS = 100
LONGEST_BODY = 16_384
"""Bytes of a body that are kept, of requests and answers alike."""


class Arrival(Struct, frozen=True):
    """One request, when it came (UTC, RFC 3339), what was answered, and how long that took.

    `injected` is the fault the answer has, as it was ordered; empty for a right answer.
    """

    number: int
    at: str
    method: str
    target: str
    headers: Headers
    body: str
    size: int
    status: int
    answer: str
    milliseconds: float
    injected: str = ""


class Arrivals:
    """The last requests, oldest first; numbers count from 1 and go on when old ones are forgotten."""

    def __init__(self) -> None:
        self._ring: deque[Arrival] = deque(maxlen=MOST_ARRIVALS)
        self._count = 0

    def note(
        self, at: str, asked: Asked, answer: Answer, milliseconds: float, injected: str = ""
    ) -> None:
        """Remember a request and its answer."""
        self._count += 1
        self._ring.append(
            Arrival(
                number=self._count,
                at=at,
                method=asked.method,
                target=asked.target,
                headers=tuple((name, _shown(name, value)) for name, value in asked.headers),
                body=_beginning(asked.body),
                size=len(asked.body),
                status=answer.status,
                answer=_beginning(answer.body),
                milliseconds=round(milliseconds, 3),
                injected=injected,
            )
        )

    @property
    def latest(self) -> tuple[Arrival, ...]:
        """The requests still remembered, oldest first."""
        return tuple(self._ring)

    def as_json(self) -> list[Json]:
        """The requests as plain JSON."""
        return [_as_json(arrival) for arrival in self._ring]


_SECRET = re.compile(r"auth|cookie|token|secret|key|password|credential|session", re.IGNORECASE)


def _shown(name: str, value: str) -> str:
    return "(not kept)" if _SECRET.search(name) else value


def _beginning(body: bytes) -> str:
    return body[:LONGEST_BODY].decode("utf-8", "replace")


def _as_json(arrival: Arrival) -> Mapping[str, Json]:
    return {
        "number": arrival.number,
        "at": arrival.at,
        "method": arrival.method,
        "target": arrival.target,
        "headers": [[name, value] for name, value in arrival.headers],
        "body": arrival.body,
        "size": arrival.size,
        "status": arrival.status,
        "answer": arrival.answer,
        "milliseconds": arrival.milliseconds,
        "injected": arrival.injected,
    }
