"""Credentials on their way into a request: which scheme asks, and where its secret goes (SEC-1).

A credential is bound to the source it was given for. What the document itself sends under the same name
wins; a request whose scheme has no credential is built without one, and the server says what it thinks.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from arazzo_tui.document.operation import Operation, Scheme

SchemeKey: TypeAlias = tuple[str, str]
"""The name of a source and of a security scheme in its description."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and whose word it is. For HTTP basic it is `user:password`, for all else the token.

    Never shown: `repr` leaves the secret out.
    """

    secret: str
    by: str

    def __repr__(self) -> str:
        return f"Credential(by={self.by!r})"


Credentials: TypeAlias = Mapping[SchemeKey, Credential]


@dataclass(frozen=True, slots=True)
class Placed:
    """A secret and the place it goes to; `scheme` names it for people."""

    location: Literal["header", "query", "cookie"]
    name: str
    value: str
    scheme: str


def placed(operation: Operation, credentials: Credentials) -> tuple[Placed, ...]:
    """What the first satisfiable alternative of an operation's security adds (alternatives OR, members AND).

    Empty when nothing is asked for, or when no alternative has all its credentials; then those there
    are of the first one are used, for the server to judge.
    """
    best: tuple[Placed, ...] = ()
    for alternative in operation.security:
        found = tuple(_members(operation, alternative, credentials))
        if alternative and len(found) == len(alternative):
            return found
        best = best or found
    return best


def _members(
    operation: Operation, alternative: Mapping[str, tuple[str, ...]], credentials: Credentials
) -> Iterator[Placed]:
    for name in alternative:
        scheme = operation.schemes.get(name)
        credential = credentials.get((operation.source, name))
        if scheme is not None and credential is not None:
            place = _place(scheme, credential.secret)
            if place is not None:
                yield place


def _place(scheme: Scheme, secret: str) -> Placed | None:
    """Where a scheme wants its secret; None for schemes that are no matter of a request."""
    match scheme.type:
        case "apiKey" if scheme.location:
            return Placed(scheme.location, scheme.parameter, secret, scheme.name)
        case "http" if scheme.http_scheme == "basic":
            coded = base64.b64encode(secret.encode("utf-8")).decode("ascii")
            return Placed("header", "Authorization", f"Basic {coded}", scheme.name)
        case "http":
            kind = scheme.http_scheme.title() if scheme.http_scheme else "Bearer"
            return Placed("header", "Authorization", f"{kind} {secret}", scheme.name)
        case "oauth2" | "openIdConnect":
            return Placed("header", "Authorization", f"Bearer {secret}", scheme.name)
        case "apiKey" | "mutualTLS":
            return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A scheme that some operation of a plan asks for: what it is called and what its secret is."""

    source: str
    scheme: Scheme
    scopes: tuple[str, ...]
    base: str
    """The address that a relative token URL counts from."""

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
    """The schemes an operation names, in order; `mutualTLS` is a matter of the connection."""
    for alternative in operation.security:
        for name, scopes in alternative.items():
            scheme = operation.schemes.get(name)
            if scheme is not None and scheme.type != "mutualTLS":
                yield Wanted(operation.source, scheme, tuple(scopes), operation.base)
