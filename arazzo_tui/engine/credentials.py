"""Credentials on their way into a request: which scheme asks, and where its secret goes (SEC-1).

A credential is bound to the source and the origins it was given for. What the document itself sends under
the same name wins; a request whose scheme has no credential is built without one, and the server says what
it thinks. Where credentials come from is not known here.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.operation import BadServer, Operation, Scheme, server_url

SchemeKey: TypeAlias = tuple[str, str]
"""The name of a source and of a security scheme in its description."""

_PORTS = {"http": 80, "https": 443}
_CHALLENGED = frozenset(
    {"digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm", "oauth", "privatetoken",
     "scram-sha-1", "scram-sha-256", "vapid"}
)  # fmt: skip
"""HTTP schemes whose field is computed for a request, so that a secret alone makes none."""


class Credential(Struct, frozen=True):
    """A secret and whose word it is. For HTTP basic it is `user:password`, for all else the token.

    `origins` are those it may be sent to; without any it goes wherever its source is. Never shown:
    `repr` leaves the secret out.
    """

    secret: str
    by: str
    origins: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Credential(by={self.by!r})"


Credentials: TypeAlias = Mapping[SchemeKey, Credential]


class Placed(Struct, frozen=True):
    """A secret, the place it goes to and the origins it may go to; `scheme` names it for people."""

    location: Literal["header", "query", "cookie"]
    name: str
    value: str
    scheme: str
    origins: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Placed({self.location} {self.name!r}, scheme={self.scheme!r})"

    def may_go_to(self, url: str) -> bool:
        """Whether it was given for the origin of a URL."""
        return not self.origins or origin_of(url) in self.origins


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as one text (RFC 6454 §6.2); empty for what has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if not scheme or not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (f":{port}" if port not in (None, _PORTS.get(scheme)) else "")


# ------------------------------------------------------------------------------- what goes in


def placed(operation: Operation, credentials: Credentials) -> tuple[Placed, ...]:
    """What the first satisfiable alternative of an operation's security adds (alternatives OR, members AND).

    Empty when nothing is asked for. When no alternative has all its credentials, those there are of the
    first one are used, for the server to judge, unless the operation may be called without any.
    """
    best: tuple[Placed, ...] = ()
    for alternative in operation.security:
        found = tuple(_members(operation, alternative, credentials))
        if alternative and is_complete(operation, alternative, credentials):
            return found
        best = best or found
    return best if all(operation.security) else ()


def is_complete(operation: Operation, alternative: Iterable[str], known: Credentials) -> bool:
    """Whether every scheme of an alternative has its credential.

    A client certificate is a matter of the connection, and never misses here.
    """
    return all(_has(operation, name, known) for name in alternative)


def _has(operation: Operation, name: str, known: Credentials) -> bool:
    scheme = operation.schemes.get(name)
    if scheme is None:
        return False
    return scheme.type == "mutualTLS" or (
        is_placeable(scheme) and (operation.source, name) in known
    )


def is_placeable(scheme: Scheme) -> bool:
    """Whether a secret alone is all that a request needs for this scheme."""
    return _place(scheme, Credential("", "")) is not None


def _members(
    operation: Operation, alternative: Iterable[str], credentials: Credentials
) -> Iterator[Placed]:
    for name in alternative:
        scheme = operation.schemes.get(name)
        credential = credentials.get((operation.source, name))
        if scheme is not None and credential is not None:
            place = _place(scheme, credential)
            if place is not None:
                yield place


def _place(scheme: Scheme, credential: Credential) -> Placed | None:
    """Where a scheme wants its secret; None for schemes that a secret alone does not satisfy."""
    secret = credential.secret
    match scheme.type:
        case "apiKey" if scheme.location and scheme.parameter:
            name, origins = scheme.parameter, credential.origins
            return Placed(scheme.location, name, secret, scheme.name, origins)
        case "http" if scheme.http_scheme in _CHALLENGED:
            return None
        case "http" if scheme.http_scheme == "basic":
            whole = (
                secret if ":" in secret else f"{secret}:"
            )  # a user without a password (RFC 7617)
            coded = base64.b64encode(whole.encode("utf-8", "surrogateescape")).decode("ascii")
            return _authorization(scheme, "Basic", replace(credential, secret=coded))
        case "http":
            return _authorization(scheme, scheme.http_scheme.title() or "Bearer", credential)
        case "oauth2" | "openIdConnect":
            return _authorization(scheme, "Bearer", credential)
        case "apiKey" | "mutualTLS":
            return None


def _authorization(scheme: Scheme, kind: str, credential: Credential) -> Placed:
    text = f"{kind} {credential.secret}"
    return Placed("header", "Authorization", text, scheme.name, credential.origins)


# ------------------------------------------------------------------------------- what is asked for


class Wanted(Struct, frozen=True):
    """A scheme that some operation asks for: what it is called and what its secret is.

    `base` is the URL that a relative token URL counts from, the operation's server; empty when
    there is none yet.
    """

    source: str
    scheme: Scheme
    scopes: tuple[str, ...]
    base: str = ""

    @property
    def key(self) -> SchemeKey:
        """How its credential is found."""
        return self.source, self.scheme.name

    @property
    def words(self) -> str:
        """What a person has to give."""
        match self.scheme.type:
            case "apiKey":
                return f"API key for the {self.scheme.location} parameter {self.scheme.parameter}"
            case "http" if self.scheme.http_scheme == "basic":
                return "user:password"
            case "oauth2" if self.token_url:
                return "a token, or client_id:client_secret"
            case _:
                return "a token"

    @property
    def token_url(self) -> str:
        """Where client credentials are exchanged for a token; empty where they are not."""
        for flow in self.scheme.flows:
            if flow.kind == "clientCredentials":
                return flow.token_url
        return ""


def wanted_by(operation: Operation) -> Iterator[Wanted]:
    """The schemes an operation names whose secret can be given, in order."""
    for alternative in operation.security:
        for name, scopes in alternative.items():
            scheme = operation.schemes.get(name)
            if scheme is not None and is_placeable(scheme):
                yield Wanted(operation.source, scheme, tuple(scopes), base_of(operation))


def base_of(operation: Operation) -> str:
    """The URL of an operation's server as described, or else that of its description; may be empty."""
    described = operation.base if origin_of(operation.base) else ""
    if not operation.servers:
        return described
    try:
        return server_url(operation.servers[0], {}, operation.base)
    except BadServer:
        return described
