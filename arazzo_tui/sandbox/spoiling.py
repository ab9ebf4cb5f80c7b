"""What a fault makes of an answer: the right one goes in, if the operation runs at all, a bad one comes out.

Which fault is due, and how one is written, is not known here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import responses

from msgspec.structs import replace

from arazzo_tui.language.jsontext import read_json
from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.exchange import Answer, Headers, json_answer, text_answer
from arazzo_tui.sandbox.faults import (
    BadJson,
    ContentType,
    Drop,
    Errors,
    Fault,
    Huge,
    Partial,
    Quota,
    Redirect,
    Slow,
    Status,
)

_MEGABYTE = 1_000_000


def spoiled(fault: Fault, names: Sequence[str], right: Callable[[], Answer]) -> Answer:
    """The answer with a fault. `right` runs the operation; `names` are its names, its first field first."""
    match fault:
        case Status():
            return _page(fault)
        case Errors():
            return _failed("the sandbox was told to fail here", names[:1])
        case Redirect(url):
            return text_answer(302, f"moved to {url}", (("location", url),))
        case Quota():
            return _over_quota(right())
        case Partial(status):
            return _partial(right(), status)
        case Slow(seconds):
            return replace(right(), delay=seconds)
        case Drop():
            return replace(right(), sent=False)
        case Huge(megabytes):
            return _huge(right(), megabytes * _MEGABYTE)
        case BadJson():
            answer = right()
            return replace(answer, body=answer.body[: max(1, len(answer.body) // 2)])
        case ContentType(text):
            return replace(right(), media=text)


def _page(fault: Status) -> Answer:
    """The page of a proxy that stands before the server: nothing of GraphQL in it."""
    said = f"{fault.code} {responses.get(fault.code, '')}".rstrip()
    page = f"<html>\n<head><title>{said}</title></head>\n<body><h1>{said}</h1></body>\n</html>\n"
    headers: Headers = ()
    if fault.seconds is not None:
        headers = (("retry-after", _when(fault.seconds, as_date=fault.as_date)),)
    return Answer(fault.code, "text/html", page.encode(), headers)


def _when(seconds: int, *, as_date: bool) -> str:
    """Retry-After in either of its forms (RFC 9110 §10.2.3)."""
    if not as_date:
        return str(seconds)
    try:
        then = datetime.now(UTC) + timedelta(seconds=seconds)
    except OverflowError:
        then = datetime.max.replace(tzinfo=UTC)
    return format_datetime(then, usegmt=True)


def _failed(message: str, path: Sequence[Json]) -> Answer:
    error: dict[str, Json] = {"message": message}
    if path:
        error["path"] = path
    return json_answer(200, {"errors": [error], "data": None})


def _over_quota(answer: Answer) -> Answer:
    """Highlight finds out about the quota when it has taken the session; so the operation has run."""
    data = _data(answer)
    if not data:
        return answer
    first = next(iter(data))
    error: Json = {"message": "BillingQuotaExceeded", "path": [first]}
    return _with_body(answer, {"errors": [error], "data": None})


def _partial(answer: Answer, status: int) -> Answer:
    """The last value of the data is null, and an error says so."""
    data = _data(answer)
    if not data:
        return answer
    path: list[str] = []
    changed = _without_the_last(data, path)
    error: Json = {"message": "the sandbox was told to fail here", "path": path}
    return replace(_with_body(answer, {"errors": [error], "data": changed}), status=status)


def _without_the_last(data: Mapping[str, Json], path: list[str]) -> Mapping[str, Json]:
    name = list(data)[-1]
    path.append(name)
    value = data[name]
    inner = _without_the_last(value, path) if isinstance(value, Mapping) and value else None
    return {**data, name: inner}


def _huge(answer: Answer, size: int) -> Answer:
    """The answer with that many bytes of `extensions` besides."""
    start, end, _ = answer.body.rpartition(b"}")
    if not end:
        return replace(answer, body=answer.body + b" " * size)
    padding = b',"extensions":{"padding":"' + b"x" * size + b'"}}'
    return replace(answer, body=start + padding)


def _data(answer: Answer) -> Mapping[str, Json]:
    """The data of a GraphQL answer; empty when it is none, or has none."""
    body: Json = read_json(answer.body) if answer.status == 200 else None
    data = body.get("data") if isinstance(body, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _with_body(answer: Answer, value: Json) -> Answer:
    return replace(answer, body=json_answer(200, value).body)
