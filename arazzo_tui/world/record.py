"""A kept run as values, and as the JSON that its lines are made of.

The first line says how the run began (`Header`); each further one is a `Move`: a moment with its cause, the
past taken up, a branch switched to. Files are not known here; `record_text` reads the JSON back.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from arazzo_tui import __version__
from arazzo_tui.document.asyncapi import AsyncApi
from arazzo_tui.document.openapi import Api
from arazzo_tui.document.source import Source
from arazzo_tui.engine.amend import (
    Amendment,
    AnswerWith,
    Choose,
    JumpTo,
    Loosen,
    Replan,
    SendInstead,
    SetInput,
    SetOutput,
    SkipStep,
)
from arazzo_tui.engine.content import JsonContent, TextContent
from arazzo_tui.engine.credentials import SchemeKey
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.files import File
from arazzo_tui.engine.moment import (
    Decision,
    Limits,
    Moment,
    ServerChoice,
    Values,
    Waited,
)
from arazzo_tui.engine.plan import Documents, GraphQLText, Unavailable
from arazzo_tui.engine.run import Cause
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json
from arazzo_tui.world.workspace import is_url

VERSION = 1
"""The version of the format; a program reads its own only."""


class Header(Struct, frozen=True):
    """How a run began: everything that it needs to begin again, but no secret.

    `document` is its address, `started` in seconds since 1970. `credentials` are the origins of each
    by source and scheme, `operations` the assumed ones as `POST /path`; `digests` are the SHA-256 of
    the document (under an empty name) and of its sources, `texts` those that were fetched, by URL.
    """

    document: str
    workflow: str
    started: float
    inputs: Values = {}
    servers: Mapping[str, ServerChoice] = {}
    credentials: Mapping[SchemeKey, tuple[str, ...]] = {}
    operations: Mapping[str, str] = {}
    timeout: float = 30.0
    limits: Limits = field(default_factory=Limits)
    strict: bool = False
    graphql_steps: bool = False
    digests: Mapping[str, str] = {}
    texts: Mapping[str, str] = {}
    program: str = __version__


class Stand(Struct, frozen=True):
    """Where a run stands: the stage, and the workflow's key and the step it is at."""

    stage: str
    workflow: str
    step: str


class Replanned(Struct, frozen=True):
    """It went on with a changed document; of that only the digests are kept."""

    digests: Mapping[str, str]


class Went(Struct, frozen=True):
    """One moment more, by its cause; `stand` is where that led, `passed` how the run ended there."""

    cause: Cause | Replanned
    stand: Stand
    passed: bool | None = None


class TookUp(Struct, frozen=True):
    """It was gone on from an earlier moment; `name` is that of the branch that began."""

    at: int
    name: str


class SwitchedTo(Struct, frozen=True):
    """A branch that was set aside goes on, by its number."""

    number: int


class Renamed(Struct, frozen=True):
    """The line of moments that goes on got another name."""

    name: str


class Sent(Struct, frozen=True):
    """The request that waits is about to leave. Without an answer after it nobody knows what became of it."""


class Closed(Struct, frozen=True):
    """The program was done with the run: how it stood, and the exit code where there was one."""

    status: str
    code: int | None = None


Move: TypeAlias = Went | TookUp | SwitchedTo | Renamed | Sent | Closed


def header_of(
    first: Moment, document: str, workflow: str, started: float, *, strict: bool = False
) -> Header:
    """The header of a run that begins at a moment; `document` is the address it was opened at."""
    settings = first.settings
    return Header(
        document=document,
        workflow=workflow,
        started=started,
        inputs=first.top.inputs,
        servers=settings.servers,
        credentials={key: each.origins for key, each in settings.credentials.items()},
        operations={
            each.id: f"{each.method} {each.path}".rstrip()
            for each in first.plan.assumed()
            if each.id is not None
        },
        timeout=settings.timeout,
        limits=settings.limits,
        strict=strict,
        graphql_steps=first.plan.first.documents.read_graphql is not None,
        digests=digests_of(first.plan.first.documents),
        texts=_texts(first.plan.first.documents),
    )


def digests_of(documents: Documents) -> Mapping[str, str]:
    """The SHA-256 of the texts that a run goes by: the document's under an empty name, its sources'."""
    return {name: _digest(source.text) for name, source in _sources(documents, "", set())}


def _texts(documents: Documents) -> Mapping[str, str]:
    """What was fetched, by its URL: without it the run could not be played without the network."""
    return {
        source.name: source.text
        for _, source in _sources(documents, "", set())
        if is_url(source.name)
    }


def _sources(documents: Documents, name: str, seen: set[str]) -> Iterator[tuple[str, Source]]:
    source = documents.description.source
    if source.name in seen:
        return
    seen.add(source.name)
    yield name, source
    for inner, content in documents.sources.items():
        whole = f"{name}.{inner}" if name else inner
        match content:
            case Documents():
                yield from _sources(content, whole, seen)
            case Api() | GraphQLText():
                yield whole, content.source
            case Unavailable() | AsyncApi():
                pass


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def stand_of(moment: Moment) -> Stand:
    """Where a run stands at a moment."""
    stage = "Ended" if moment.ended is not None else type(moment.stage).__name__
    return Stand(stage, moment.top.workflow.key, moment.step.step_id)


# ------------------------------------------------------------------------------- as JSON


def header_value(header: Header) -> Mapping[str, Json]:
    """The first line of a kept run."""
    files = {name: each for name, each in header.inputs.items() if isinstance(each, File)}
    return {
        "arazzo_tui_run": VERSION,
        "program": header.program,
        "started": header.started,
        "document": header.document,
        "digests": header.digests,
        "workflow": header.workflow,
        "strict": header.strict,
        "graphql_steps": header.graphql_steps,
        "inputs": header.inputs,
        "files": {
            name: {
                "name": str(file),
                "content_type": file.content_type,
                "base64": base64.b64encode(file.data).decode("ascii"),
            }
            for name, file in files.items()
        },
        "servers": {
            name: {"url": each.url, "by": each.by} for name, each in header.servers.items()
        },
        "operations": header.operations,
        "credentials": [
            {"source": source, "scheme": scheme, "origins": list(origins)}
            for (source, scheme), origins in header.credentials.items()
        ],
        "texts": header.texts,
        "timeout": header.timeout,
        "limits": {
            "steps": header.limits.steps,
            "depth": header.limits.depth,
            "wait": header.limits.wait,
        },
    }


def move_value(move: Move, number: int) -> Mapping[str, Json]:
    """A further line of a kept run; `number` counts the lines after the first, from 1."""
    match move:
        case Went(cause, stand, passed):
            ended: Mapping[str, Json] = {} if passed is None else {"passed": passed}
            where = {"stage": stand.stage, "workflow": stand.workflow, "step": stand.step}
            return {"n": number, **where, **ended, **_cause_value(cause)}
        case TookUp(at, name):
            return {"n": number, "took_up": at, "name": name}
        case SwitchedTo(branch):
            return {"n": number, "switched": branch}
        case Renamed(name):
            return {"n": number, "named": name}
        case Sent():
            return {"n": number, "sent": True}
        case Closed(status, code):
            return {"n": number, "closed": status, "code": code}


def _cause_value(cause: Cause | Replanned) -> Mapping[str, Json]:
    match cause:
        case Replanned(digests):
            return {"amended": {"type": "replan", "digests": digests}}
        case None:
            return {}
        case Response():
            return {"response": _response_value(cause)}
        case Failure():
            return {"failure": _failure_value(cause)}
        case Waited():
            return {"waited": True}
        case _:
            return {"amended": _amendment_value(cause)}


def _amendment_value(amendment: Amendment) -> Mapping[str, Json]:
    match amendment:
        case SendInstead(request):
            return {"type": "send", "request": _request_value(request)}
        case AnswerWith(Response() as answer):
            return {"type": "answer", "response": _response_value(answer)}
        case AnswerWith(Failure() as answer):
            return {"type": "answer", "failure": _failure_value(answer)}
        case SkipStep(outputs):
            return {"type": "skip", "outputs": outputs}
        case SetInput(name, value):
            return {"type": "input", "member": name, "value": value}
        case SetOutput(step, name, value):
            return {"type": "output", "step": step, "member": name, "value": value}
        case JumpTo(step):
            return {"type": "jump", "step": step}
        case Choose(decision):
            return {"type": "choose", "decision": _decision_value(decision)}
        case Loosen(number):
            return {"type": "loosen", "criterion": number}
        case Replan(plan):
            digests = digests_of(plan.first.documents)
            return {"type": "replan", "digests": digests}
        case AnswerWith():
            raise AssertionError  # an answer is one of the two above


def _decision_value(decision: Decision) -> Mapping[str, Json]:
    return {
        "type": decision.type,
        "action": decision.name,
        "step": decision.target,
        "type_of_target": decision.target_kind,
        "why": decision.why,
        "seconds": decision.seconds,
        "inputs": decision.inputs,
        "passed_over": [list(pair) for pair in decision.passed_over],
    }


def _request_value(request: Request) -> Mapping[str, Json]:
    return {
        "method": request.method,
        "url": request.url,
        "headers": [list(pair) for pair in request.headers],
        "body": None if request.body is None else _body_value(request.body),
        "payload": request.payload,
        "path": request.path,
        "query": request.query,
        "server": request.server,
        "origins_of": [
            {"place": list(each.place), "text": each.text, "by": each.by}
            for each in request.origins
        ],
    }


def _response_value(response: Response) -> Mapping[str, Json]:
    match response.content:
        case JsonContent(value):
            body = _json_value(response.body, value)
        case TextContent(text, charset):
            body = _text_value(response.body, text, charset)
        case _:
            body = _body_value(response.body)
    return {
        "status": response.status,
        "reason": response.reason,
        "headers": [list(pair) for pair in response.headers],
        "body": body,
        "elapsed": response.elapsed,
        "size": response.size,
        "received": response.received,
        "http_version": response.http_version,
        "notes": list(response.notes),
    }


def _failure_value(failure: Failure) -> Mapping[str, Json]:
    return {
        "phase": failure.phase,
        "message": failure.message,
        "elapsed": failure.elapsed,
        "partial": None if failure.partial is None else _response_value(failure.partial),
    }


def _json_value(body: bytes, value: Json) -> Mapping[str, Json]:
    """A body that is JSON, as text; where nothing gives the same bytes again, its value is kept."""
    for charset in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1"):
        try:
            text = body.decode(charset)
            if "\0" not in text and text.encode(charset) == body:
                return {"charset": charset, "json": text}
        except UnicodeError:
            continue
    return {"charset": "", "json": write_json(value)}


def _text_value(body: bytes, text: str, charset: str) -> Mapping[str, Json]:
    """A body that is text, as text where that gives the same bytes again after its byte order mark."""
    try:
        coded = text.encode(charset)
    except (LookupError, UnicodeError):
        return _body_value(body)
    mark = body[: len(body) - len(coded)]
    if len(mark) <= _LONGEST_MARK and mark + coded == body:
        return {"charset": charset, "mark": mark.hex(), "text": text}
    return _body_value(body)


_LONGEST_MARK = 4


def _body_value(body: bytes) -> Mapping[str, Json]:
    try:
        return {"charset": "utf-8", "text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}
