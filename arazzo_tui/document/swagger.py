"""An operation of Swagger 2.0, told in the words of OpenAPI 3.

`schemes`, `host` and `basePath` become servers, `in: body` and `formData` a request body, and
`collectionFormat` a style. OpenAPI 3 itself is read in `openapi3`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from arazzo_tui.document.openapi3 import Entry, example_of, read_schemes, read_security
from arazzo_tui.document.operation import (
    ABSENT,
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
    Server,
    Style,
)
from arazzo_tui.document.refs import Part, Reading, flag, text, texts
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_PARTS_OF_A_SCHEMA = frozenset(
    {
        "type", "format", "items", "default", "enum", "maximum", "exclusiveMaximum", "minimum",
        "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
        "multipleOf", "description",
    }
)  # fmt: skip


def read_operation(source: str, entry: Entry, reading: Reading) -> Operation:
    """The operation of an entry with all it inherits from its path item and the root."""
    root = reading.references.root
    operation = reading.follow(entry.part) or entry.part
    parameters = _merged(operation, entry, reading)
    body = [part for (_, location), part in parameters.items() if location == "body"]
    fields = [part for (_, location), part in parameters.items() if location == "formData"]
    consumes = texts(operation.get("consumes") or root.get("consumes"))
    security = read_security(operation, root, reading)
    described = reading.members(root, "securityDefinitions") if security else ()
    return Operation(
        source=source,
        id=entry.id,
        method=entry.method,
        path=entry.path,
        servers=tuple(_servers(operation, root)),
        base=root.base,
        parameters=tuple(_parameters(parameters, reading)),
        body=tuple(_body(body, fields, consumes, reading)),
        body_required=any(flag(part, "required") is True for part in (*body, *fields)),
        responses=Answers(_answers(operation, root, reading)),
        security=security,
        schemes=read_schemes(security, dict(described), _scheme, reading),
        summary=text(operation, "summary"),
        description=text(operation, "description"),
        deprecated=flag(operation, "deprecated") is True,
        problems=tuple(reading.problems),
        mark=operation.mark,
    )


def _servers(operation: Part, root: Part) -> Iterator[Server]:
    """One server for each scheme; without any, the scheme the description itself came by (SRV-2)."""
    host, path = text(root, "host"), text(root, "basePath").rstrip("/")
    mark = (root.get("host") or root).mark
    if not host:
        yield Server(path or "/", mark=mark)
        return
    own = "http" if root.base.lower().startswith("http:") else "https"
    for scheme in texts(operation.get("schemes") or root.get("schemes")) or (own,):
        yield Server(f"{scheme}://{host}{path}", mark=mark)


# ------------------------------------------------------------------------------- parameters

_Parameters: TypeAlias = Mapping[tuple[str, str], Part]


def _merged(operation: Part, entry: Entry, reading: Reading) -> _Parameters:
    found: dict[tuple[str, str], Part] = {}
    for owner in (*reversed(entry.path_items), operation):
        for part in reading.items(owner, "parameters"):
            found[text(part, "name"), text(part, "in")] = part
    return found


def _parameters(parameters: _Parameters, reading: Reading) -> Iterator[ParameterSpec]:
    for (name, written), part in parameters.items():
        location: Location
        match written:
            case "path" | "query" | "header":
                location = written
            case "body" | "formData":
                continue
            case _:
                reading.warning(
                    "openapi-parameter",
                    f"the parameter {quoted_name(name)} has the `in` {quoted_name(written)}",
                    part.mark,
                    "it must be one of `path`, `query`, `header`, `body`, `formData`",
                )
                continue
        style, explode = _style(part, "form" if location == "query" else "simple")
        schema = _schema(part, reading)
        yield ParameterSpec(
            name=name,
            location=location,
            required=location == "path" or flag(part, "required") is True,
            style=style,
            explode=explode,
            schema=schema,
            default=schema.get("default", ABSENT),
            example=example_of(part, schema, reading),
            description=text(part, "description"),
            mark=part.mark,
        )


def _schema(part: Part, reading: Reading) -> Mapping[str, Json]:
    """The schema that a Parameter Object of Swagger 2.0 is itself."""
    whole = reading.references.inline(part)
    return {
        name: value
        for name, value in (whole.items() if isinstance(whole, Mapping) else ())
        if name in _PARTS_OF_A_SCHEMA
    }


def _style(part: Part, usual: Style) -> tuple[Style, bool]:
    """Style and explode of a `collectionFormat`; `csv` when nothing is said."""
    match text(part, "collectionFormat"):
        case "multi":
            return "form", True
        case "ssv":
            return "spaceDelimited", False
        case "tsv":
            return "tabDelimited", False
        case "pipes":
            return "pipeDelimited", False
        case _:
            return usual, False


# ------------------------------------------------------------------------------- bodies


def _body(
    body: Sequence[Part], fields: Sequence[Part], consumes: Sequence[str], reading: Reading
) -> Iterator[MediaType]:
    if body:
        schema = reading.schema(body[0])
        for name in consumes or ("application/json",):
            yield MediaType(name, schema, example=example_of(body[0], schema, reading))
    elif fields:
        schema, encoding = _form(fields, reading)
        for name in _form_types(fields, consumes):
            yield MediaType(name, schema, encoding)


def _form_types(fields: Sequence[Part], consumes: Sequence[str]) -> tuple[str, ...]:
    """The form types that are consumed; a file travels only as multipart."""
    if any(text(part, "type") == "file" for part in fields):
        return ("multipart/form-data",)
    return tuple(name for name in consumes if name.partition(";")[0] in _FORMS) or _FORMS[:1]


def _form(
    fields: Sequence[Part], reading: Reading
) -> tuple[Mapping[str, Json], Mapping[str, Encoding]]:
    properties: dict[str, Json] = {}
    encoding: dict[str, Encoding] = {}
    for part in fields:
        name, schema = text(part, "name"), _schema(part, reading)
        if schema.get("type") == "file":
            schema = {**schema, "type": "string", "format": "binary"}
        properties[name] = schema
        if schema.get("type") == "array":
            style, explode = _style(part, "form")
            encoding[name] = Encoding(style=style, explode=explode)
    required = [text(part, "name") for part in fields if flag(part, "required") is True]
    return {"type": "object", "properties": properties, "required": required}, encoding


def _answers(operation: Part, root: Part, reading: Reading) -> Mapping[str, "partial[Answer]"]:
    responses = reading.get(operation, "responses")
    produces = texts(operation.get("produces") or root.get("produces")) or ("application/json",)
    return {
        status: partial(_answer, part, produces, Reading(reading.references))
        for status, part in (responses.members() if responses else ())
        if not status.startswith("x-")
    }


def _answer(part: Part, produces: Sequence[str], reading: Reading) -> Answer:
    response = reading.follow(part)
    if response is None:
        return Answer()
    schema = reading.schema(response)
    by_type = response.get("examples")
    examples = {name: each.value for name, each in (by_type.members() if by_type else ())}
    described = schema is not None or bool(examples)
    content = tuple(
        AnswerContent(name, schema, {"example": examples[name]} if name in examples else {})
        for name in dict.fromkeys((*produces, *examples) if described else ())
    )
    headers = {name: _schema(each, reading) for name, each in reading.members(response, "headers")}
    return Answer(text(response, "description"), content, headers)


# ------------------------------------------------------------------------------- security

_FLOWS: Mapping[str, FlowKind] = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def _scheme(name: str, part: Part, reading: Reading) -> Scheme | None:
    described = partial(Scheme, name=name, description=text(part, "description"), mark=part.mark)
    match text(part, "type"):
        case "basic":
            return described(type="http", http_scheme="basic")
        case "apiKey":
            if text(part, "in") == "query":
                return described(type="apiKey", location="query", parameter=text(part, "name"))
            return described(type="apiKey", location="header", parameter=text(part, "name"))
        case "oauth2":
            kind = _FLOWS.get(text(part, "flow"))
            if kind is None:
                return described(type="oauth2")
            scopes = {key: str(scope.value) for key, scope in reading.members(part, "scopes")}
            flow = Flow(
                kind=kind,
                token_url=text(part, "tokenUrl"),
                authorization_url=text(part, "authorizationUrl"),
                scopes=scopes,
            )
            return described(type="oauth2", flows=(flow,))
        case _:
            return None
