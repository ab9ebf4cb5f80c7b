"""Secrets that a run itself brings: tokens and cookies that were sent, or that a server handed out.

Nobody declared them, so they are known by their place: the fields that carry credentials (RFC 9110 §11,
RFC 6265) and the members that OAuth and its like put tokens in (RFC 6749 §5.1). Names that only hold such a
word, such as `next_page_token` or `session_secure_id`, are no secrets.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote_plus

from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Headers, Request, Response
from arazzo_tui.engine.marked import marked_at
from arazzo_tui.engine.moment import Answer, Judging, Moment, Sending
from arazzo_tui.language.values import Json

_SHORTEST = 8
_SHORTEST_COOKIE = 12
"""Shorter values are words, flags and counters; a cookie often holds no more than a language."""

_LARGEST = 256 * 1024
"""No answer that hands out a token has more bytes; larger ones are not searched."""

_LONGEST_URL = 64 * 1024

_FIELDS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "x-auth-token",
     "x-access-token"}
)  # fmt: skip
_MEMBERS = frozenset(
    {"token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken",
     "sessiontoken", "clientsecret", "jwt", "apikey", "apitoken", "apisecret", "secretkey",
     "privatekey", "secretaccesskey"}
)  # fmt: skip


def secrets_seen(request: Request | None, answer: Answer | None) -> frozenset[str]:
    """The secrets in a request and its answer that are known by their place (SEC-2)."""
    found: set[str] = set()
    if request is not None:
        found.update(_in_fields(request.headers))
        found.update(_in_query(request.url))
    if isinstance(answer, Response):
        found.update(_in_fields(answer.headers))
        if isinstance(answer.content, JsonContent) and len(answer.body) <= _LARGEST:
            found.update(_in_members(answer.content.value))
    return frozenset(found)


def seen_at(moment: Moment, places: Sequence[str] = ()) -> frozenset[str]:
    """The secrets that a moment brings: of the request about to leave, or of the answer to it.

    What stands at `places` is secret too: a person said so (`marked`).
    """
    marked = marked_at(moment, places)
    match moment.stage:
        case Sending(request):
            return marked | secrets_seen(request, None)
        case Judging(request, answer):
            return marked | secrets_seen(request, answer)
        case _:
            return marked


def _in_fields(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        match name.lower():
            case "set-cookie":
                yield from _cookies((value.partition(";")[0],))
            case "cookie":
                yield from _cookies(value.split(";"))
            case "location":
                yield from _in_query(value)
            case field if field in _FIELDS:
                yield from _of_authorization(value.strip())
            case _:
                pass


def _in_query(url: str) -> Iterator[str]:
    """Tokens in a query (RFC 6750 §2.3), or in the fragment a server redirects to (RFC 6749 §4.2)."""
    parts = re.split("[?#&]", url[:_LONGEST_URL])
    for name, equals, value in (each.partition("=") for each in parts[1:]):
        if equals and _is_named(name) and len(value) >= _SHORTEST:
            yield unquote_plus(value)


def _is_named(name: str) -> bool:
    return name.replace("_", "").replace("-", "").lower() in _MEMBERS


def _cookies(pairs: Sequence[str]) -> Iterator[str]:
    for pair in pairs:
        value = pair.partition("=")[2].strip().strip('"')
        if len(value) >= _SHORTEST_COOKIE:
            yield value


def _of_authorization(value: str) -> Iterator[str]:
    """What follows the name of the scheme; of HTTP basic also the password in it."""
    scheme, blank, rest = value.partition(" ")
    secret = rest.strip() if blank else scheme
    if scheme.lower() == "basic":
        try:
            password = base64.b64decode(secret, validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            password = ""
        if len(password) >= _SHORTEST:
            yield password
    if len(secret) >= _SHORTEST:
        yield secret


def _has_blank(text: str) -> bool:
    return any(map(str.isspace, text))


def _in_members(value: Json) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case Mapping() as members:
                for name, member in members.items():
                    if isinstance(member, str):
                        # A token has no blanks; a sentence about one has.
                        if _is_named(name) and len(member) >= _SHORTEST and not _has_blank(member):
                            yield member
                    else:
                        waiting.append(member)
            case str():
                pass
            case Sequence() as items:
                waiting += items
            case _:
                pass
