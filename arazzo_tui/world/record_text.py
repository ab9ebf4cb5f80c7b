"""A kept run read back: from the JSON of its lines to the values of `record`.

A file may hold anything, so every member is looked at before it is believed; what is wrong raises
`BadRecord` with a sentence. Files are not known here.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, TypeVar, get_args

from arazzo_tui.engine.amend import (
    Amendment,
    AnswerWith,
    Choose,
    JumpTo,
    Loosen,
    SendInstead,
    SetInput,
    SetOutput,
    SkipStep,
)
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import (
    Failure,
    Headers,
    Origin,
    Phase,
    Request,
    Response,
    header,
)
from arazzo_tui.engine.files import File
from arazzo_tui.engine.moment import Decision, Limits, ServerChoice, Waited
from arazzo_tui.engine.run import Cause
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Json
from arazzo_tui.world.record import (
    VERSION,
    Closed,
    Header,
    Move,
    Renamed,
    Replanned,
    Sent,
    Stand,
    SwitchedTo,
    TookUp,
    Went,
)


class BadRecord(ValueError):
    """A line that is none of a kept run; the sentence says what is wrong with it."""


class OtherVersion(ValueError):
    """A kept run in the format of another version of this program; the sentence says which."""


_Members: TypeAlias = Mapping[str, Json]
_By = Literal["document", "tool", "user", "description"]
_Does = Literal["next", "fail", "end", "goto", "retry"]
_Target = Literal["", "step", "workflow"]
_Word = TypeVar("_Word", bound=str)


def read_header(line: Json) -> Header:
    """The first line of a kept run; raises `BadRecord`, or `OtherVersion` for what is not ours to read."""
    members = _mapping(line, "the first line")
    version = members.get("arazzo_tui_run")
    if not isinstance(version, int) or isinstance(version, bool):
        raise BadRecord("it does not begin as a kept run does")
    if version != VERSION:
        age = "a newer" if version > VERSION else "an older"
        by = one_line(str(members.get("program", "")), 20)
        raise OtherVersion(
            f"it was kept by {age} version of this program ({by})".replace(" ()", "")
        )
    limits = _mapping(members.get("limits"), "`limits`")
    files = _mapping(members.get("files"), "`files`")
    return Header(
        document=_text(members, "document"),
        workflow=_text(members, "workflow"),
        started=_time(members, "started"),
        inputs={
            **_mapping(members.get("inputs"), "`inputs`"),
            **{name: _file(each) for name, each in files.items()},
        },
        servers={
            name: ServerChoice(_text(each, "url"), _text(each, "by"))
            for name, each in _mappings(members, "servers")
        },
        credentials={
            (_text(each, "source"), _text(each, "scheme")): _texts(each, "origins")
            for each in _items(members, "credentials")
        },
        operations=_text_mapping(members, "operations"),
        timeout=_number(members, "timeout"),
        limits=Limits(_count(limits, "steps"), _count(limits, "depth"), _number(limits, "wait")),
        strict=members.get("strict") is True,
        graphql_steps=members.get("graphql_steps") is True,
        digests=_text_mapping(members, "digests"),
        texts=_text_mapping(members, "texts"),
        program=_text(members, "program"),
    )


def read_move(line: Json, number: int) -> Move:
    """A further line of a kept run, which must have this number; raises `BadRecord`."""
    match _mapping(line, "the line"):
        case {"n": int(found)} if found != number:
            raise BadRecord(f"the line says it is number {found} and stands at {number}")
        case {"n": int(), "stage": str(), **_extra} as members:
            stand = Stand(*(_text(members, name) for name in ("stage", "workflow", "step")))
            passed = members.get("passed")
            return Went(_cause(members), stand, passed if isinstance(passed, bool) else None)
        case {"n": int(), "took_up": int(at), "name": str(name)}:
            return TookUp(at, name)
        case {"n": int(), "switched": int(branch)}:
            return SwitchedTo(branch)
        case {"n": int(), "named": str(name)}:
            return Renamed(name)
        case {"n": int(), "sent": True}:
            return Sent()
        case {"n": int(), "closed": str(status), "code": None | int() as code}:
            return Closed(status, code)
        case _:
            raise BadRecord("the line is none of a kept run")


def _cause(members: _Members) -> Cause | Replanned:
    if "response" in members:
        return _response(_mapping(members["response"], "`response`"))
    if "failure" in members:
        return _failure(_mapping(members["failure"], "`failure`"))
    if "waited" in members:
        return Waited()
    if "amended" in members:
        told = _mapping(members["amended"], "`amended`")
        if told.get("type") == "replan":
            return Replanned(_text_mapping(told, "digests"))
        return _amendment(told)
    return None


def _amendment(told: _Members) -> Amendment:
    match told:
        case {"type": "send", "request": Mapping() as request}:
            return SendInstead(_request(request))
        case {"type": "answer", "response": Mapping() as response}:
            return AnswerWith(_response(response))
        case {"type": "answer", "failure": Mapping() as failure}:
            return AnswerWith(_failure(failure))
        case {"type": "skip", "outputs": Mapping() as outputs}:
            return SkipStep(outputs)
        case {"type": "input", "member": str(name), "value": value}:
            return SetInput(name, value)
        case {"type": "output", "step": str(step), "member": str(name), "value": value}:
            return SetOutput(step, name, value)
        case {"type": "jump", "step": str(step)}:
            return JumpTo(step)
        case {"type": "choose", "decision": Mapping() as decision}:
            return Choose(_decision(decision))
        case {"type": "loosen", "criterion": int(number)}:
            return Loosen(number)
        case _:
            raise BadRecord("a change by hand is not written as it should be")


def _decision(told: _Members) -> Decision:
    return Decision(
        type=_word(told, "type", get_args(_Does)),
        name=_text(told, "action"),
        target=_text(told, "step"),
        target_kind=_word(told, "type_of_target", get_args(_Target)),
        why=_text(told, "why"),
        seconds=_number(told, "seconds"),
        inputs=_mapping(told.get("inputs"), "`inputs`"),
        passed_over=_pairs(told, "passed_over"),
    )


# ------------------------------------------------------------------------------- exchanges


def _request(told: _Members) -> Request:
    return Request(
        method=_text(told, "method"),
        url=_text(told, "url"),
        headers=_pairs(told, "headers"),
        body=None if told.get("body") is None else _body(told),
        payload=told.get("payload"),
        path=_text_mapping(told, "path"),
        query=_text_mapping(told, "query"),
        server=_text(told, "server"),
        origins=tuple(
            Origin(_texts(each, "place"), _text(each, "text"), _word(each, "by", get_args(_By)))
            for each in _items(told, "origins_of")
        ),
    )


def _response(told: _Members) -> Response:
    headers, body = _pairs(told, "headers"), _body(told)
    return Response(
        status=_count(told, "status"),
        reason=_text(told, "reason"),
        headers=headers,
        body=body,
        elapsed=_number(told, "elapsed"),
        size=_count(told, "size"),
        content=read_content(header(headers, "content-type"), body),
        received=_number(told, "received"),
        http_version=_text(told, "http_version"),
        notes=_texts(told, "notes"),
    )


def _failure(told: _Members) -> Failure:
    partial = told.get("partial")
    return Failure(
        phase=_word(told, "phase", get_args(Phase)),
        message=_text(told, "message"),
        elapsed=_number(told, "elapsed"),
        partial=None if partial is None else _response(_mapping(partial, "`partial`")),
    )


def _body(told: _Members) -> bytes:
    match told.get("body"):
        case {"json": str(text), "charset": str(charset)}:
            return _coded(text, charset or "utf-8")
        case {"text": str(text), "charset": str(charset), "mark": str(mark)}:
            return _hexadecimal(mark) + _coded(text, charset)
        case {"text": str(text), "charset": str(charset)}:
            return _coded(text, charset)
        case {"base64": str(text)}:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                raise BadRecord("a body is no base64") from None
        case _:
            raise BadRecord("a body is not written as it should be")


def _coded(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "replace")
    except (LookupError, UnicodeError):
        raise BadRecord(f"a body is in an unknown coding, {quoted_name(charset)}") from None


def _hexadecimal(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadRecord("a byte order mark is not written as it should be") from None


def _file(told: Json) -> File:
    members = _mapping(told, "a file")
    data = _body({"body": {"base64": _text(members, "base64")}})
    return File.of(_text(members, "name"), data, _text(members, "content_type"))


# ------------------------------------------------------------------------------- members


def _mapping(value: Json, what: str) -> _Members:
    if not isinstance(value, Mapping):
        raise BadRecord(f"{what} should be an object")
    return value


def _text(members: _Members, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise BadRecord(f"`{name}` should be a text")
    return value


def _number(members: _Members, name: str) -> float:
    value = members.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadRecord(f"`{name}` should be a number")
    try:
        return float(value)
    except OverflowError:
        raise BadRecord(f"`{name}` is too large") from None


def _time(members: _Members, name: str) -> float:
    value = _number(members, name)
    if not 0 <= value < _YEAR_10000:
        raise BadRecord(f"`{name}` is no time")
    return value


_YEAR_10000 = 253402300800


def _count(members: _Members, name: str) -> int:
    value = members.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRecord(f"`{name}` should be a whole number")
    return value


def _word(members: _Members, name: str, words: tuple[_Word, ...]) -> _Word:
    value = members.get(name)
    for word in words:
        if value == word:
            return word
    raise BadRecord(f"`{name}` should be one of {', '.join(words)}")


def _list(members: _Members, name: str) -> Sequence[Json]:
    value = members.get(name)
    if not isinstance(value, list):
        raise BadRecord(f"`{name}` should be a list")
    return value


def _texts(members: _Members, name: str) -> tuple[str, ...]:
    found = tuple(each for each in _list(members, name) if isinstance(each, str))
    if len(found) != len(_list(members, name)):
        raise BadRecord(f"`{name}` should be a list of texts")
    return found


def _pairs(members: _Members, name: str) -> Headers:
    found: list[tuple[str, str]] = []
    for each in _list(members, name):
        match each:
            case [str(first), str(second)]:
                found.append((first, second))
            case _:
                raise BadRecord(f"`{name}` should be a list of pairs")
    return tuple(found)


def _items(members: _Members, name: str) -> tuple[_Members, ...]:
    return tuple(_mapping(each, f"an item of `{name}`") for each in _list(members, name))


def _mappings(members: _Members, name: str) -> tuple[tuple[str, _Members], ...]:
    whole = _mapping(members.get(name), f"`{name}`")
    return tuple((key, _mapping(each, f"`{name}`")) for key, each in whole.items())


def _text_mapping(members: _Members, name: str) -> Mapping[str, str]:
    whole = _mapping(members.get(name), f"`{name}`")
    return {key: _text(whole, key) for key in whole}
