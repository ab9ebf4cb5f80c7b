"""One request and what came back: the values that travel between the engine and the world.

The engine builds a `Request` and is given a `Response` or a `Failure`; how the bytes travelled is not
known here. Time is part of an answer, so the engine needs no clock.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.engine.content import Content, read_content
from arazzo_tui.language.values import Json, Pointer

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Header fields in the order sent or received, repeats kept (RFC 9110 §5.3)."""


def header(headers: Headers, name: str) -> str | None:
    """The value of a field, whatever its case; repeats joined with `, `, of Set-Cookie the first (A-25)."""
    values = [value for field_name, value in headers if field_name.lower() == name.lower()]
    if not values:
        return None
    return values[0] if name.lower() == "set-cookie" else ", ".join(values)


class Origin(Struct, frozen=True):
    """Where a value in a request came from: the place it went to and what the document wrote there.

    `place` names a part of the request and a way inside it, such as `("body", "variables", "id")`,
    `("header", "accept")` or `("path", "petId")`. `text` is the expression or template as written;
    `by` says whose doing it was.
    """

    place: Pointer
    text: str
    by: Literal["document", "tool", "user", "description"] = "document"


class Request(Struct, frozen=True):
    """An HTTP request, complete, as it will be sent.

    `payload` is the body's value before it was encoded (what `$request.body` reads), `path` and
    `query` the parameters by name (what `$request.path` and `$request.query` read; EXP-6, EXP-7).
    `server` says in plain words where the base URL came from.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes | None = None
    payload: Json = None
    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    server: str = ""
    origins: tuple[Origin, ...] = ()

    @property
    def content(self) -> Content:
        """The body as its content type says it is to be read."""
        return read_content(header(self.headers, "content-type"), self.body or b"")


class Response(Struct, frozen=True):
    """An HTTP response.

    `elapsed` is seconds from sending to the last byte, `received` the time of its arrival in seconds
    since 1970, `size` the bytes of the body on the wire; `body` is without its content coding.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes
    elapsed: float
    size: int
    content: Content
    received: float = 0.0
    http_version: str = "HTTP/1.1"
    notes: tuple[str, ...] = ()
    """What the transport has to say: an undecoded coding, a proxy in between, a redirect not followed."""


Phase: TypeAlias = Literal[
    "resolve",
    "trust",
    "connect",
    "tls",
    "write",
    "read",
    "timeout",
    "protocol",
    "limit",
    "cancelled",
    "call",
]
"""Where an attempt broke off. `resolve` means nothing was sent."""


class Failure(Struct, frozen=True):
    """Why there is no response (A-45): the phase that failed and a sentence with the reason.

    `partial` is what had arrived of a body that broke off, with the status line it belongs to.
    """

    phase: Phase
    message: str
    elapsed: float = 0.0
    partial: Response | None = None
