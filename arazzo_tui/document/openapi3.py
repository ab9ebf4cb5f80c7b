"""An operation of OpenAPI 3.0, 3.1 or 3.2, read when it is asked for.

What is common to all versions is read alike: a member of a later version is understood in an earlier
one too. Which operations there are is known to `openapi`; Swagger 2.0 is read in `swagger`.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import get_args

from msgspec import Struct

from arazzo_tui.document.operation import (
    ABSENT,
    Absent,
    Answer,
    AnswerContent,
    Answers,
    Encoding,
    Flow,
    FlowKind,
    Location,
    MediaType,
    Operation,
    ParameterSpec,
    Scheme,
    Security,
    Server,
    ServerVariable,
    Style,
)
from arazzo_tui.document.refs import Part, Reading, flag, text, texts
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Pointer


class Entry(Struct, frozen=True):
    """An operation in the index: enough to list it, and the parts from which to read it.

    `path_items` are the Path Item Object as written and, where that is a reference, what it names.
    """

    id: str | None
    method: str
    path: str
    part: Part
    path_items: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def pointer(self) -> Pointer:
        """The JSON Pointer that names the operation by its path (OPN-4)."""
        if self.part.node.path[-2:-1] == ("additionalOperations",):
            return ("paths", self.path, "additionalOperations", self.method)
        return ("paths", self.path, self.method.lower())


def read_operation(source: str, entry: Entry, reading: Reading) -> Operation:
    """The operation of an entry with all it inherits from its path item and the root."""
    root = reading.references.root
    operation = reading.follow(entry.part) or entry.part
    base, servers = _servers((operation, *entry.path_items, root), reading)
    body = reading.get(operation, "requestBody")
    security = read_security(operation, root, reading)
    components = root.get("components")
    described = reading.members(components, "securitySchemes") if security and components else ()
    return Operation(
        source=source,
        id=entry.id,
        method=entry.method,
        path=entry.path,
        servers=servers,
        base=base,
        parameters=_parameters(operation, entry, reading),
        body=tuple(_media_types(body, reading)) if body else (),
        body_required=bool(body and flag(body, "required")),
        responses=Answers(_answers(operation, reading)),
        security=security,
        schemes=read_schemes(security, dict(described), _scheme, reading),
        summary=text(operation, "summary"),
        description=text(operation, "description"),
        deprecated=flag(operation, "deprecated") is True,
        problems=tuple(reading.problems),
        mark=operation.mark,
    )


# ------------------------------------------------------------------------------- servers


def _servers(owners: tuple[Part, ...], reading: Reading) -> tuple[str, tuple[Server, ...]]:
    """The first list of servers that is not empty, and the document it stands in (SRV-1)."""
    for owner in owners:
        servers = tuple(_server(part, reading) for part in reading.items(owner, "servers"))
        if servers:
            return owner.base, servers
    return reading.references.root.base, (Server("/"),)


def _server(part: Part, reading: Reading) -> Server:
    variables = {
        name: ServerVariable(
            default=_as_text(variable.get("default")),
            enum=tuple(_plain_text(each) for each in _list(variable.get("enum"))),
            description=text(variable, "description"),
        )
        for name, variable in reading.members(part, "variables")
    }
    return Server(text(part, "url") or "/", variables, text(part, "description"), part.mark)


def _as_text(part: Part | None) -> str | None:
    """A scalar as text: defaults are strings, but ports are often written as numbers."""
    if part is None or isinstance(part.value, (dict, list)) or part.value is None:
        return None
    return _plain_text(part.value)


def _plain_text(value: Json) -> str:
    return value if isinstance(value, str) else write_json(value)


def _list(part: Part | None) -> list[Json]:
    return part.value if part is not None and isinstance(part.value, list) else []


# ------------------------------------------------------------------------------- parameters

_LOCATIONS: tuple[Location, ...] = get_args(Location)
_STYLES: tuple[Style, ...] = get_args(Style)
_TOLD_ELSEWHERE = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that a description may not ask for (OpenAPI § Parameter Object): never required."""


def _parameters(operation: Part, entry: Entry, reading: Reading) -> tuple[ParameterSpec, ...]:
    """The path item's parameters, then the operation's, which replace those of the same identity."""
    found: dict[tuple[str, str], ParameterSpec] = {}
    for owner in (*reversed(entry.path_items), operation):
        for part in reading.items(owner, "parameters"):
            parameter = _parameter(part, reading)
            if parameter is not None:
                found[parameter.name, parameter.location] = parameter
    return tuple(found.values())


def _parameter(part: Part, reading: Reading) -> ParameterSpec | None:
    name = text(part, "name")
    location = next((each for each in _LOCATIONS if each == text(part, "in")), None)
    if location is None:
        reading.warning(
            "openapi-parameter",
            f"the parameter {quoted_name(name)} has the `in` {quoted_name(text(part, 'in'))}",
            part.mark,
            "it must be one of " + ", ".join(f"`{each}`" for each in _LOCATIONS),
        )
        return None
    told_elsewhere = location == "header" and name.lower() in _TOLD_ELSEWHERE
    media, content = next(reading.members(part, "content"), ("", None))
    schema = reading.schema(content or part)
    style = _style(part, location, reading)
    explode = flag(part, "explode")
    return ParameterSpec(
        name=name,
        location=location,
        required=location == "path" or (flag(part, "required") is True and not told_elsewhere),
        style=style,
        explode=style in ("form", "cookie") if explode is None else explode,
        allow_reserved=flag(part, "allowReserved") is True,
        content_type=media or None,
        schema=schema,
        default=schema["default"]
        if isinstance(schema, Mapping) and "default" in schema
        else ABSENT,
        example=example_of(part, schema, reading),
        description=text(part, "description"),
        deprecated=flag(part, "deprecated") is True,
        mark=part.mark,
    )


def _style(part: Part, location: Location, reading: Reading) -> Style:
    written = text(part, "style")
    default: Style = "simple" if location in ("path", "header") else "form"
    style = next((each for each in _STYLES if each == written), None)
    if written and style is None:
        reading.warning(
            "openapi-style",
            f"there is no style {quoted_name(written)}; `{default}` is used",
            part.mark,
        )
    return style or default


def example_of(part: Part, schema: Json, reading: Reading) -> "Json | Absent":
    """The example nearest at hand: of the object itself, the first of its `examples`, its schema's."""
    for value in examples_of(part, reading).values():
        return value
    match schema:
        case {"example": value}:
            return value
        case {"examples": [value, *_]}:
            return value
        case _:
            return ABSENT


def examples_of(part: Part, reading: Reading) -> Mapping[str, Json]:
    """The examples of a Parameter or Media Type Object by name; a lone one is called `example`."""
    found: dict[str, Json] = {}
    lone = part.get("example")
    if lone is not None:
        found["example"] = lone.value
    for name, example in reading.members(part, "examples"):
        value = example.get("value") or example.get("dataValue") or example.get("serializedValue")
        if value is not None:
            found[name] = value.value
    return found


# ------------------------------------------------------------------------------- bodies


def _media_types(owner: Part, reading: Reading) -> Iterator[MediaType]:
    for name, part in reading.members(owner, "content"):
        schema = reading.schema(part)
        encoding = {
            key: _encoding(each, reading) for key, each in reading.members(part, "encoding")
        }
        yield MediaType(name, schema, encoding, example_of(part, schema, reading))


def _encoding(part: Part, reading: Reading) -> Encoding:
    written = text(part, "style")
    return Encoding(
        content_type=text(part, "contentType"),
        style=next((each for each in _STYLES if each == written), None),
        explode=flag(part, "explode"),
        allow_reserved=flag(part, "allowReserved"),
        headers=dict(_fixed_headers(part, reading)),
    )


def _fixed_headers(part: Part, reading: Reading) -> Iterator[tuple[str, str]]:
    for name, header in reading.members(part, "headers"):
        schema = reading.schema(header)
        if not isinstance(schema, dict) or name.lower() == "content-type":
            continue
        for member in ("const", "default"):
            value = schema.get(member)
            if isinstance(value, (str, int, float)):
                yield name, _plain_text(value)
                break


def _answers(operation: Part, reading: Reading) -> Mapping[str, "partial[Answer]"]:
    responses = reading.get(operation, "responses")
    return {
        status: partial(_answer, part, Reading(reading.references))
        for status, part in (responses.members() if responses else ())
        if not status.startswith("x-")
    }


def _answer(part: Part, reading: Reading) -> Answer:
    response = reading.follow(part)
    if response is None:
        return Answer()
    content = tuple(
        AnswerContent(name, reading.schema(media), examples_of(media, reading))
        for name, media in reading.members(response, "content")
    )
    headers = {
        name: reading.schema(header) for name, header in reading.members(response, "headers")
    }
    return Answer(text(response, "description"), content, headers)


# ------------------------------------------------------------------------------- security


def read_security(operation: Part, root: Part, reading: Reading) -> Security:
    """The operation's own alternatives, an empty list included, else the root's (SEC-1)."""
    owner = operation if operation.get("security") is not None else root
    return tuple(
        {name: texts(scopes) for name, scopes in alternative.members()}
        for alternative in reading.items(owner, "security")
    )


def read_schemes(
    security: Security,
    described: Mapping[str, Part],
    read: Callable[[str, Part, Reading], Scheme | None],
    reading: Reading,
) -> Mapping[str, Scheme]:
    """The schemes that the alternatives name; one that is not described is a problem."""
    found: dict[str, Scheme] = {}
    for name in dict.fromkeys(name for alternative in security for name in alternative):
        scheme = read(name, described[name], reading) if name in described else None
        if scheme is not None:
            found[name] = scheme
        else:
            what = "of an unknown type" if name in described else "not described"
            mark = described[name].mark if name in described else None
            reading.warning(
                "openapi-security", f"the security scheme {quoted_name(name)} is {what}", mark
            )
    return found


def _scheme(name: str, part: Part, reading: Reading) -> Scheme | None:
    described = partial(Scheme, name=name, description=text(part, "description"), mark=part.mark)
    match text(part, "type"):
        case "apiKey":
            location = text(part, "in")
            if location == "query":
                return described(type="apiKey", location="query", parameter=text(part, "name"))
            if location == "cookie":
                return described(type="apiKey", location="cookie", parameter=text(part, "name"))
            return described(type="apiKey", location="header", parameter=text(part, "name"))
        case "http":
            return described(
                type="http",
                http_scheme=text(part, "scheme").lower(),
                bearer_format=text(part, "bearerFormat"),
            )
        case "oauth2":
            return described(type="oauth2", flows=tuple(_flows(part, reading)))
        case "openIdConnect":
            return described(type="openIdConnect", openid_url=text(part, "openIdConnectUrl"))
        case "mutualTLS":
            return described(type="mutualTLS")
        case _:
            return None


def _flows(scheme: Part, reading: Reading) -> Iterator[Flow]:
    kinds: tuple[FlowKind, ...] = get_args(FlowKind)
    flows = dict(reading.members(scheme, "flows"))
    for kind in kinds:
        if kind in flows:
            part = flows[kind]
            yield Flow(
                kind=kind,
                token_url=text(part, "tokenUrl"),
                authorization_url=text(part, "authorizationUrl"),
                refresh_url=text(part, "refreshUrl"),
                scopes={
                    name: _as_text(scope) or "" for name, scope in reading.members(part, "scopes")
                },
            )
