"""From a planned step and the names in scope to a request that can be sent, or the reason why not.

Parameters, body, server and headers come together here. Nothing unresolved ever leaves: what a request
needs and what names nothing is a `CannotBuild` that lists all of it (A-8).
"""

from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui import __version__
from arazzo_tui.document.arazzo import Body, Parameter
from arazzo_tui.document.operation import (
    BadServer,
    Location,
    Operation,
    ParameterSpec,
    server_url,
    undeclared,
)
from arazzo_tui.engine.address import expand_path, join_url
from arazzo_tui.engine.body import MULTIPART, choose_media_type, encode, replaced
from arazzo_tui.engine.content import read_media_type
from arazzo_tui.engine.credentials import Placed, origin_of, placed
from arazzo_tui.engine.exchange import Origin, Request
from arazzo_tui.engine.files import parts_of
from arazzo_tui.engine.moment import ServerChoice, Settings, Values
from arazzo_tui.engine.plan import PlannedStep
from arazzo_tui.engine.serialize import (
    CannotSend,
    Pairs,
    cookie_pairs,
    cookie_text,
    decoded,
    header_field,
    header_text,
    path_text,
    query_pairs,
    query_text,
    querystring_text,
)
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import Template, Unfilled, fill, leaves
from arazzo_tui.language.values import Json, Pointer, Scope

_ACCEPT_ENCODING = "gzip, deflate"
"""What the transport decodes."""


class CannotBuild(ValueError):
    """Why a request cannot be made; nothing was sent. `faults` has a sentence for each reason."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def build(planned: PlannedStep, operation: Operation, names: Scope, settings: Settings) -> Request:
    """The request of a step, complete (FLW-2).

    A server of the settings replaces the description's (SRV-3), a credential goes where the operation's
    security wants it unless the document sends something there itself (SEC-1). Raises `CannotBuild`
    with everything that keeps it from being sent, not only the first.
    """
    draft = _Draft(operation, names)
    for parameter in planned.parameters:
        draft.place(parameter)
    base, said = draft.base(settings.servers.get(operation.source))
    for each in placed(operation, settings.credentials):
        draft.authenticate(each, base)
    for spec in operation.parameters:
        draft.require(spec)
    url = draft.url(base)
    content_type = draft.body(planned.step.body)
    if draft.faults:
        raise CannotBuild(tuple(draft.faults))
    return draft.request(url, said, content_type)


def called_inputs(planned: PlannedStep, names: Scope) -> Values:
    """The inputs of a workflow that a step calls: its parameters by name (SUB-1, A-43)."""
    inputs: dict[str, Json] = {}
    faults: list[str] = []
    for parameter in planned.parameters:
        try:
            inputs[parameter.name] = fill(parameter.value, names)
        except Unfilled as unfilled:
            faults += _sentences(f"input {quoted_name(parameter.name)}", unfilled)
    if faults:
        raise CannotBuild(tuple(faults))
    return inputs


def _sentences(what: str, unfilled: Unfilled) -> list[str]:
    """What names nothing, with the place it was meant for: `variables.id ← $steps.a.outputs.b: …`."""
    said: list[str] = []
    for fault in unfilled.faults:
        place = ".".join(fault.at)
        where = f"{what} {quoted_name(place)}" if place else what
        said.append(f"{where} ← `{fault.expression}`: {fault.missing}")
    return said


class _Draft(Struct):
    """A request as it comes together; what goes wrong is collected, not raised."""

    operation: Operation
    names: Scope
    faults: list[str] = []
    origins: list[Origin] = []
    path: dict[str, str] = {}
    pairs: Pairs = ()
    querystring: str = ""
    headers: dict[str, tuple[str, str]] = {}
    cookies: Pairs = ()
    payload: Json = None
    data: bytes | None = None
    given: set[tuple[str, str]] = set()

    def place(self, parameter: Parameter) -> None:
        """Put one parameter where it belongs (PAR-6, PAR-7, HTT-1)."""
        spec = self._spec(parameter)
        if spec is None:
            self.faults.append(f"parameter {quoted_name(parameter.name)} has no `in`")
            return
        name = spec.name.lower() if spec.location == "header" else spec.name
        self.given.add((name, spec.location))
        what = f"{spec.location} parameter {quoted_name(parameter.name)}"
        before = len(self.faults)
        value = self._filled(parameter.value, what, (spec.location, name))
        if len(self.faults) > before:
            return
        try:
            self._serialised(spec, value)
        except CannotSend as wrong:
            self.faults.append(str(wrong))

    def _spec(self, parameter: Parameter) -> ParameterSpec | None:
        location: Location
        match parameter.location:
            case "path" | "query" | "header" | "cookie" | "querystring":
                location = parameter.location
            case _:
                declared = [
                    each for each in self.operation.parameters if each.name == parameter.name
                ]
                return declared[0] if len(declared) == 1 else None
        return self.operation.parameter(parameter.name, location) or undeclared(
            parameter.name, location
        )

    def _filled(self, template: Template, what: str, place: Pointer) -> Json:
        """The value of a template, its origins noted, its faults collected."""
        self.origins += [Origin((*place, *at), text) for at, text in leaves(template)]
        try:
            return fill(template, self.names)
        except Unfilled as unfilled:
            self.faults += _sentences(what, unfilled)
            return None

    def _serialised(self, spec: ParameterSpec, value: Json) -> None:
        match spec.location:
            case "path":
                self.path[spec.name] = path_text(spec, value)
            case "query":
                self.pairs = (*self.pairs, *query_pairs(spec, value))
            case "querystring":
                self.querystring = querystring_text(spec, value)
            case "cookie":
                self.cookies = (*self.cookies, *cookie_pairs(spec, value))
            case "header":
                text = header_text(spec, value)
                if text is not None:
                    self.headers[spec.name.lower()] = header_field(spec.name, text)

    def authenticate(self, placed: Placed, base: str) -> None:
        """Put in a credential where the document sends nothing itself; a header's name has no case.

        It never leaves for another origin than those it was given for.
        """
        name = placed.name.lower() if placed.location == "header" else placed.name
        if (name, placed.location) in self.given or self._has_cookie(placed):
            return
        self.given.add((name, placed.location))
        origin = f"credential for {placed.scheme}"
        if base and not placed.may_go_to(base):
            meant = " or ".join(placed.origins)
            self.faults.append(
                f"the {origin} was given for {meant}, and this request goes to {origin_of(base)}; "
                "where that is meant, name both as its `origins` in arazzo-tui.yaml"
            )
            return
        self.origins.append(Origin((placed.location, name), origin, by="tool"))
        spec = undeclared(placed.name, placed.location)
        try:
            self._serialised(spec, placed.value)
        except CannotSend as wrong:
            self.faults.append(f"{origin}: {wrong}")

    def _has_cookie(self, placed: Placed) -> bool:
        """Whether the document's own Cookie field holds the cookie that a credential would be."""
        pairs = self.headers.get("cookie", ("", ""))[1].split(";")
        names = (pair.partition("=")[0].strip() for pair in pairs)
        return placed.location == "cookie" and placed.name in names

    def require(self, spec: ParameterSpec) -> None:
        """Say that a required parameter is missing, before anything is sent (STP-4)."""
        name = spec.name.lower() if spec.location == "header" else spec.name
        if spec.required and (name, spec.location) not in self.given:
            if spec.location == "header" and name in ("accept", "content-type", "authorization"):
                return  # OpenAPI: such parameters are ignored; they are described elsewhere
            what = f"{spec.location} parameter {quoted_name(spec.name)}"
            self.faults.append(f"the required {what} of {self.operation} is not given")

    def base(self, server: ServerChoice | None) -> tuple[str, str]:
        """The base URL and whose word it is (SRV-1..3, A-48)."""
        if server is not None:
            return server.url, server.by
        operation = self.operation
        if not operation.servers:
            cure = f"give it with --server {operation.source}=URL"
            self.faults.append(
                f"no base URL is known for the source {quoted_name(operation.source)}; {cure}"
            )
            return "", ""
        first = operation.servers[0]
        try:
            url = server_url(first, {}, operation.base)
        except BadServer as wrong:
            cure = f"give a base URL with --server {operation.source}=URL"
            self.faults.append(f"{wrong}; {cure}")
            return "", ""
        line = f", line {first.mark.line}" if first.mark else ""
        where = first.mark.source.name if first.mark else operation.base
        return url, f"`servers` of {where}{line}"

    def url(self, base: str) -> str:
        """The URL with path and query, or an empty one when something is missing."""
        if not base:
            return ""
        query = "&".join(part for part in (query_text(self.pairs), self.querystring) if part)
        try:
            return _in_ascii(join_url(base, expand_path(self.operation.path, self.path), query))
        except CannotSend as wrong:
            # A path parameter without a value was said already.
            if not self.faults:
                self.faults.append(str(wrong))
            return ""

    def body(self, body: Body | None) -> str:
        """Fill and encode the body; its content type, empty when there is none (BOD-1..7)."""
        if body is None or (body.payload is None and not body.replacements):
            return ""  # a payload that is not there is nothing, one that is null is `null`
        before = len(self.faults)
        if body.payload is not None:
            self.payload = self._filled(body.payload, "body", ("body",))
        values = [
            self._filled(each.value, f"replacement {quoted_name(each.target)}", ("replacements",))
            for each in body.replacements
        ]
        if len(self.faults) > before:
            return ""
        try:
            given = body.content_type or self.headers.get("content-type", ("", ""))[1]
            content_type, why = choose_media_type(self.operation, self.payload, given)
            if not given and len(self.operation.body) > 1:  # it was chosen, so it is said how
                self.origins.append(Origin(("header", "content-type"), why, by="tool"))
            for each, value in zip(body.replacements, values, strict=True):
                self.payload = replaced(
                    self.payload, each.target, value, each.selector_type, content_type, each.version
                )
            media = self.operation.media_type(content_type)
            encoded = encode(
                self.payload, content_type, media, parts_of(self.payload, content_type)
            )
        except CannotSend as wrong:
            self.faults.append(str(wrong))
            return ""
        self.data = encoded.data
        return encoded.content_type

    def request(self, url: str, server: str, content_type: str) -> Request:
        """The finished request, with the fields that every request of ours carries."""
        parts = urlsplit(url)
        fields = dict(self.headers)
        own: list[tuple[str, str]] = [
            ("Host", parts.netloc),
            ("Accept", _accept(self.operation)),
            ("Accept-Encoding", _ACCEPT_ENCODING),
            ("User-Agent", f"arazzo-tui/{__version__}"),
        ]
        if self.cookies:
            before = fields.pop("cookie", ("", ""))[1]
            own.append(("Cookie", "; ".join(filter(None, (before, cookie_text(self.cookies))))))
        if self.data is not None:
            if not _says_the_same(fields.get("content-type", ("", ""))[1], content_type):
                fields.pop("content-type", None)  # what was encoded is what is said
            own += [("Content-Type", content_type), ("Content-Length", str(len(self.data)))]
        elif self.operation.method in ("POST", "PUT", "PATCH"):
            own.append(("Content-Length", "0"))  # RFC 9110 §8.6
        for name, value in own:
            fields.setdefault(name.lower(), (name, value))
        return Request(
            method=self.operation.method,
            url=url,
            headers=tuple(fields.values()),
            body=self.data,
            payload=self.payload,
            path=decoded(tuple(self.path.items())),
            query=decoded(self.pairs),
            server=server,
            origins=tuple(self.origins),
        )


def _says_the_same(header: str, content_type: str) -> bool:
    """Whether a document's own Content-Type may stand for the one that was encoded."""
    name, encoded = read_media_type(header).name, read_media_type(content_type)
    return name == encoded.name and name != MULTIPART  # whose boundary is ours


def _in_ascii(url: str) -> str:
    """The URL with its host as DNS knows it, so that the host shown is the host called (RFC 5890).

    Raises `CannotSend` for a host whose ASCII form is not agreed on, or that only looks like another.
    """
    host = urlsplit(url).netloc
    if host.isascii():
        return url
    try:
        known = host.encode("idna").decode("ascii")
        same = known.encode("ascii").decode("idna") == host.lower()
    except UnicodeError:
        known, same = "", False
    if not same:
        raise CannotSend(
            f"the host {quoted_name(host)} is not clear; write its ASCII form, `xn--…`"
        )
    return url.replace(host, known, 1)


def _accept(operation: Operation) -> str:
    """What the description says the operation answers, in its order; else JSON before all else."""
    names: dict[str, None] = {}
    for status, answer in operation.responses.items():
        if status.startswith("2") or status == "default":
            names.update(dict.fromkeys(each.name for each in answer.content))
    if not names:
        return "application/json, */*;q=0.8"
    return ", ".join(
        name if at == 0 else f"{name};q={max(1, 10 - at) / 10:g}" for at, name in enumerate(names)
    )
