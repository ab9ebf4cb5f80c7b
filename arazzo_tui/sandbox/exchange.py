"""What is asked of the sandbox and what it answers, as plain values between the socket and the graph."""

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import parse_qsl

from msgspec import Struct

from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Names in lower case, values as they came; in order, and a name may come twice."""


class Asked(Struct, frozen=True):
    """A whole request: the target as it stands in the request line, and the body without framing."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target's path without a slash at its end; "" is the root."""
        path = self.target.partition("?")[0]
        if not path.startswith("/") and "://" in path:  # as a proxy is asked (RFC 9112 §3.2.2)
            path = "/" + path.partition("://")[2].partition("/")[2]
        return path.rstrip("/")

    @property
    def query(self) -> Mapping[str, str]:
        """The target's query parameters; of several with one name the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """A header's value by its name in lower case, several joined as RFC 9110 §5.3 has it."""
        values = [value for each, value in self.headers if each == name]
        return ", ".join(values) if values else None


class Answer(Struct, frozen=True):
    """A whole answer; the socket adds what framing needs.

    `delay` is how many seconds pass before anything of it is sent; one that is not `sent` ends the
    connection instead.
    """

    status: int
    media: str
    body: bytes
    headers: Headers = ()
    delay: float = 0.0
    sent: bool = True


def text_answer(status: int, text: str, headers: Headers = ()) -> Answer:
    """A plain sentence, for whoever asked for something that is not GraphQL."""
    return Answer(status, "text/plain; charset=utf-8", f"{text}\n".encode(), headers)


def json_answer(
    status: int, value: Json, media: str = "application/json", headers: Headers = ()
) -> Answer:
    """A JSON body in UTF-8."""
    return Answer(status, f"{media}; charset=utf-8", write_json(value).encode(), headers)
