"""The words in which OpenAPI speaks of an operation: servers, parameters, bodies, security.

Frozen data, the same for OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0; where it was read from is not known
here. Field names are those of OpenAPI 3.2 unless a Python word stands in the way. The mark of a place
takes no part in comparisons.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Literal, TypeAlias
from urllib.parse import urljoin

from msgspec import Struct, field

from arazzo_tui.document.source import Mark, Problem
from arazzo_tui.language.alike import Alike
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json


class Absent(Enum):
    """The value that is not there, where null would be a value."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

Location: TypeAlias = Literal["path", "query", "header", "cookie", "querystring"]
"""The `in` of a parameter; `querystring` is OpenAPI 3.2's."""

Style: TypeAlias = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "tabDelimited",
    "deepObject", "cookie",
]  # fmt: skip
"""How a value becomes text. `tabDelimited` is Swagger 2.0's `tsv`, `cookie` OpenAPI 3.2's."""


class ServerVariable(Struct, frozen=True):
    """A variable of a server's URL template; an empty `enum` allows every value."""

    default: str | None
    enum: tuple[str, ...] = ()
    description: str = ""


class Server(Alike, frozen=True):
    """A Server Object. `url` is a template and may be relative to the description (SRV-2)."""

    ASIDE = frozenset({"mark"})

    url: str
    variables: Mapping[str, ServerVariable] = field(default_factory=dict)
    description: str = ""
    mark: Mark | None = None


class ParameterSpec(Alike, frozen=True):
    """A Parameter Object with its defaults filled in (`style`, `explode`, `required`).

    `content_type` is the media type of a parameter described by `content`, else None. `schema` has the
    references inside it put in place as far as `refs.inline` goes.
    """

    ASIDE = frozenset({"mark"})

    name: str
    location: Location
    required: bool = False
    style: Style = "simple"
    explode: bool = False
    allow_reserved: bool = False
    content_type: str | None = None
    schema: Json = None
    default: "Json | Absent" = ABSENT
    example: "Json | Absent" = ABSENT
    description: str = ""
    deprecated: bool = False
    declared: bool = True
    """False for a parameter that only the Arazzo document knows."""
    mark: Mark | None = None


class Encoding(Struct, frozen=True):
    """An Encoding Object: how one property of a form travels.

    `style`, `explode` and `allow_reserved` are None where the description is silent: then
    `content_type`, or its default, decides. `headers` are those that have a fixed or default value.
    """

    content_type: str = ""
    style: Style | None = None
    explode: bool | None = None
    allow_reserved: bool | None = None
    headers: Mapping[str, str] = {}


class MediaType(Struct, frozen=True):
    """What a request body may be; `name` can be a range such as `image/*`."""

    name: str
    schema: Json = None
    encoding: Mapping[str, Encoding] = {}
    example: "Json | Absent" = ABSENT


class AnswerContent(Struct, frozen=True):
    """One media type of a described answer, with the examples the description gives by name."""

    name: str
    schema: Json = None
    examples: Mapping[str, Json] = {}


class Answer(Struct, frozen=True):
    """A Response Object: what the description says a server answers."""

    description: str = ""
    content: tuple[AnswerContent, ...] = ()
    headers: Mapping[str, Json] = {}
    """The schema of each header."""


FlowKind: TypeAlias = Literal[
    "implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization"
]


class Flow(Struct, frozen=True):
    """One OAuth Flow Object; URLs are as written, and empty where the flow has none."""

    kind: Literal[
        "implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization"
    ]
    token_url: str = ""
    authorization_url: str = ""
    refresh_url: str = ""
    scopes: Mapping[str, str] = {}


class Scheme(Alike, frozen=True):
    """A Security Scheme Object (SEC-1).

    `location` and `parameter` say where an API key goes; `http_scheme` is `basic`, `bearer` and so
    on, in lower case; `openid_url` the discovery address.
    """

    ASIDE = frozenset({"mark"})

    name: str
    type: Literal["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"]
    location: Literal["header", "query", "cookie", ""] = ""
    parameter: str = ""
    http_scheme: str = ""
    flows: tuple[Flow, ...] = ()
    openid_url: str = ""
    bearer_format: str = ""
    description: str = ""
    mark: Mark | None = None


Security: TypeAlias = tuple[Mapping[str, tuple[str, ...]], ...]
"""Alternatives, of which one is enough; each maps every scheme it needs to its scopes.

`()` asks for nothing; an empty alternative says that a request without credentials is welcome too.
"""


class Operation(Alike, frozen=True):
    """One operation of an API with everything that a request needs.

    `source` is the name of its source description, `base` the address of the document that its
    servers are relative to. `responses` is computed when it is read. `problems` is what could not be
    read, such as a reference that leads nowhere.
    """

    ASIDE = frozenset({"responses", "problems", "mark"})

    source: str
    id: str | None
    method: str
    path: str
    servers: tuple[Server, ...] = (Server("/"),)
    base: str = ""
    parameters: tuple[ParameterSpec, ...] = ()
    body: tuple[MediaType, ...] = ()
    body_required: bool = False
    responses: Mapping[str, Answer] = field(default_factory=dict)
    security: Security = ()
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    summary: str = ""
    description: str = ""
    deprecated: bool = False
    problems: tuple[Problem, ...] = ()
    mark: Mark | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameter(self, name: str, location: str) -> ParameterSpec | None:
        """The declared parameter of this identity; header names ignore case (PAR-1, PAR-5)."""
        for each in self.parameters:
            same = each.name == name or (location == "header" and each.name.lower() == name.lower())
            if same and each.location == location:
                return each
        return None

    def media_type(self, name: str) -> MediaType | None:
        """What the description says of a content type: its own entry, else a range that covers it."""
        essence = name.partition(";")[0].strip().lower()
        by_name = {each.name.partition(";")[0].strip().lower(): each for each in self.body}
        wanted = (essence, essence.partition("/")[0] + "/*", "*/*")
        return next((by_name[each] for each in wanted if each in by_name), None)


def undeclared(name: str, location: Location) -> ParameterSpec:
    """A parameter that the description does not know, serialised by the location's default style.

    A cookie travels as it is: a session's cookie goes back as it came (OpenAPI 3.2, style `cookie`).
    """
    match location:
        case "path":
            return ParameterSpec(name, "path", required=True, declared=False)
        case "header":
            return ParameterSpec(name, "header", declared=False)
        case "cookie":
            return ParameterSpec(name, "cookie", style="cookie", explode=True, declared=False)
        case "query" | "querystring":
            return ParameterSpec(name, location, style="form", explode=True, declared=False)


class Answers(Mapping[str, Answer]):
    """Answers by status code (`200`, `4XX`, `default`), each read when it is first asked for."""

    __slots__ = ("_known", "_readers")

    def __init__(self, readers: Mapping[str, Callable[[], Answer]]) -> None:
        self._readers = readers
        self._known: dict[str, Answer] = {}

    def __getitem__(self, status: str) -> Answer:
        if status not in self._known:
            self._known[status] = self._readers[status]()
        return self._known[status]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


class BadServer(ValueError):
    """A server from which no URL can be made; the sentence says what is missing."""


_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.\-]+:\d+(/|$)")
_HOST_LIKE = re.compile(r"([A-Za-z0-9\-]+\.)+[A-Za-z][A-Za-z0-9\-]*(/|$)|localhost(/|$)")


def server_url(server: Server, values: Mapping[str, str], base: str) -> str:
    """The absolute URL of a server (SRV-2).

    `values` are the user's for the variables of the template, `base` is the URL or path of the
    description. Raises `BadServer` for a variable without a value or with one that its `enum` does
    not know, and for a relative server of a description that did not come over HTTP.
    """
    url = _VARIABLE.sub(lambda found: _variable(server, found.group(1), values), server.url)
    if _HOST_AND_PORT.match(url):
        raise BadServer(_no_scheme(url))
    if _SCHEME.match(url):
        return url
    if base.lower().startswith(("http://", "https://")):
        return urljoin(base, url)
    if _HOST_LIKE.match(url):
        raise BadServer(_no_scheme(url))
    raise BadServer(
        f"the server {quoted_name(server.url)} is relative to the place of the description, which "
        "was not read over HTTP; the source needs a base URL"
    )


def _no_scheme(url: str) -> str:
    return (
        f"the server {quoted_name(url)} has no scheme; {quoted_name('https://' + url)} may be meant"
    )


def _variable(server: Server, name: str, values: Mapping[str, str]) -> str:
    known = server.variables.get(name)
    value = values.get(name, known.default if known else None)
    if value is None:
        raise BadServer(
            f"the variable {quoted_name(name)} of the server {quoted_name(server.url)} has neither "
            "a value nor a default"
        )
    if known and known.enum and value not in known.enum:
        allowed = ", ".join(quoted_name(each) for each in known.enum[:8])
        raise BadServer(
            f"the variable {quoted_name(name)} of the server {quoted_name(server.url)} is "
            f"{quoted_name(value)}, but must be one of {allowed}"
        )
    return value
