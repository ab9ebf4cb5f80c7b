"""OAuth 2 client credentials: exchanged for a token at the scheme's token URL, and used until it expires.

RFC 6749 §4.4. Tokens are kept in memory, as long as the program runs, and nowhere else.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from urllib.parse import quote_plus, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.body import FORM
from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.credentials import Credential, Credentials, SchemeKey, Wanted
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Json
from arazzo_tui.world.given import wrong_with_url
from arazzo_tui.world.session import Transport

_WITHIN = 20.0
_EARLY = 10.0
"""A token is renewed this many seconds before it expires: it has to arrive while it is good."""


class Exchanged(Struct, frozen=True):
    """Credentials with tokens in the place of client credentials; `wrong` says what got none, and why."""

    credentials: Credentials
    wrong: tuple[str, ...] = ()


class Tokens:
    """The tokens fetched so far, each for the client, the scopes and the address it was fetched with."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._known: dict[tuple[str, str, tuple[str, ...]], tuple[str, float]] = {}

    async def exchanged(
        self, schemes: Iterable[Wanted], known: Credentials, transport: Transport
    ) -> Exchanged:
        """`client_id:client_secret` exchanged where the scheme has that flow; anything else is a token."""
        found: dict[SchemeKey, Credential] = dict(known)
        wrong: list[str] = []
        for each in schemes:
            credential = known.get(each.key)
            if credential is None or not is_exchanged(each, credential):
                continue
            try:
                token = await self._token(each, credential.secret, transport)
            except _NoToken as why:
                name = quoted_name(each.scheme.name)
                wrong.append(f"no token for {name} with the {credential.by}: {why}")
            else:
                found[each.key] = replace(credential, secret=token, by=f"token for {credential.by}")
        return Exchanged(found, tuple(wrong))

    async def _token(self, scheme: Wanted, client: str, transport: Transport) -> str:
        url = urljoin(scheme.base, scheme.token_url)
        if wrong_with_url(url):
            raise _NoToken(
                f"its token URL {quoted_name(scheme.token_url)} is relative, and no server of "
                f"{quoted_name(scheme.source)} is known: give --server {one_line(scheme.source)}=URL"
            )
        key = (url, client, scheme.scopes)
        token, until = self._known.get(key, ("", 0.0))
        if not token or self._now() >= until:
            asked = self._now()
            answer = await _answer(url, client, scheme.scopes, transport)
            token, lasting = _read(answer, url)
            self._known[key] = token, asked + lasting - _EARLY
        return token


def is_exchanged(scheme: Wanted, credential: Credential) -> bool:
    """Whether a credential is no token yet: a client and its secret, for a scheme with that flow."""
    return bool(scheme.token_url) and ":" in credential.secret


class _NoToken(Exception):
    """Why there is no token, in words."""


async def _answer(
    url: str, client: str, scopes: tuple[str, ...], transport: Transport
) -> Response | Failure:
    """The answer to the client's credentials in the header, or else in the body (§2.3.1).

    Servers must take the first and some take only the second, which they say with 400 or 401.
    """
    name, _, secret = client.partition(":")
    fields = {"grant_type": "client_credentials"}
    if scopes:
        fields["scope"] = " ".join(scopes)
    coded = base64.b64encode(f"{quote_plus(name)}:{quote_plus(secret)}".encode()).decode("ascii")
    basic = ("Authorization", f"Basic {coded}")
    answer = await transport.send(_request(url, fields, basic), _WITHIN)
    if not _is_refusal_of_the_client(answer):
        return answer
    with_client = {**fields, "client_id": name, "client_secret": secret}
    second = await transport.send(_request(url, with_client), _WITHIN)
    return second if isinstance(second, Response) and second.status == 200 else answer


def _is_refusal_of_the_client(answer: Response | Failure) -> bool:
    if not isinstance(answer, Response) or answer.status not in (400, 401):
        return False
    return answer.status == 401 or _member(answer, "error") in ("invalid_client", "invalid_request")


def _request(url: str, fields: Mapping[str, str], *more: tuple[str, str]) -> Request:
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items()).encode("ascii")
    headers = (
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        *more,
        ("Content-Type", FORM),
        ("Content-Length", str(len(body))),
    )
    return Request("POST", url, headers, body)


def _read(answer: Response | Failure, url: str) -> tuple[str, float]:
    """The token in an answer and the seconds it is good for; raises `_NoToken`."""
    where = one_line(url, 100)
    if isinstance(answer, Failure):
        raise _NoToken(f"{where}: {answer.message}")
    token = _member(answer, "access_token")
    if answer.status != 200 or not isinstance(token, str) or not token:
        raise _NoToken(f"{where} answers {answer.status}{_said(answer)}")
    kind = _member(answer, "token_type")
    if isinstance(kind, str) and kind.lower() not in ("bearer", ""):
        raise _NoToken(
            f"{where} gives one of the type {quoted_name(kind)}, and only Bearer is known"
        )
    return token, _seconds(_member(answer, "expires_in"))


def _seconds(value: Json) -> float:
    """How long a token lasts; one of which nothing is said is good as long as the program runs."""
    try:
        return float(value) if isinstance(value, (int, float, str)) else float("inf")
    except (ValueError, OverflowError):
        return float("inf")


def _said(answer: Response) -> str:
    """What the server says went wrong (§5.2), or that it says no such thing."""
    error, description = _member(answer, "error"), _member(answer, "error_description")
    if isinstance(error, str):
        more = f" ({one_line(description, 160)})" if isinstance(description, str) else ""
        return f": {one_line(error, 60)}{more}"
    if answer.status == 200:
        return " without an access_token"
    return " and no reason" if 400 <= answer.status < 500 else ""


def _member(answer: Response, name: str) -> Json:
    value = answer.content.value if isinstance(answer.content, JsonContent) else None
    return value.get(name) if isinstance(value, Mapping) else None
