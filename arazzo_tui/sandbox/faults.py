"""Faults to order: what the sandbox shall do wrong, for which operation and how often, and how to say it.

One fault is written `OPERATION=FAULT[:ARGUMENT][*COUNT]`:

    pushPayload=429:1*2             twice 429 with Retry-After: 1
    *=503:date+2                    503 for everything, Retry-After as a date in two seconds
    initializeSession=quota*1       once the answer of a project over its quota

OPERATION is the operation's name or that of a field it begins with; `*` is any. Without COUNT it is for
ever. Of several that match, the first one written that is not used up is taken. What a fault makes of an
answer is not known here; that is `spoiling`.
"""

import re
from collections.abc import Collection, Sequence
from typing import TypeAlias

from msgspec import Struct

GRAMMAR = "OPERATION=FAULT[:ARGUMENT][*COUNT]"
ANY = "*"
MOST_MEGABYTES = 1_000
MOST_SECONDS = 86_400


class BadFault(ValueError):
    """A fault that is not written as one is; the message says what would be right."""


class Status(Struct, frozen=True):
    """An HTTP status and the page of a proxy; with Retry-After in seconds, or as a date so far ahead."""

    code: int
    seconds: int | None = None
    as_date: bool = False


class Errors(Struct, frozen=True):
    """A GraphQL error in a 200, and no data. Nothing runs."""


class Partial(Struct, frozen=True):
    """The operation runs; the last thing it answers is null, with an error, and the status is this."""

    status: int


class Quota(Struct, frozen=True):
    """The operation runs, and the answer is that the project's quota is used up."""


class Slow(Struct, frozen=True):
    """The operation runs, and the answer waits for so many seconds."""

    seconds: float


class Drop(Struct, frozen=True):
    """The operation runs, and the connection is closed without an answer."""


class Huge(Struct, frozen=True):
    """The operation runs, and its answer has so many megabytes besides."""

    megabytes: int


class BadJson(Struct, frozen=True):
    """The operation runs, and its answer ends in the middle."""


class ContentType(Struct, frozen=True):
    """The operation runs, and its answer is called something else."""

    text: str


class Redirect(Struct, frozen=True):
    """302 to a URL. Nothing runs."""

    url: str


Fault: TypeAlias = (
    Status | Errors | Partial | Quota | Slow | Drop | Huge | BadJson | ContentType | Redirect
)


class Injection(Struct, frozen=True):
    """A fault for an operation, so many times; `count` None is for ever. `text` is how it was written."""

    text: str
    operation: str
    fault: Fault
    count: int | None = None


def read_injection(text: str) -> Injection:
    """What somebody wrote as a fault; raises `BadFault`."""
    operation, equals, rest = text.partition("=")
    if not equals or not (operation == ANY or _NAME.fullmatch(operation)):
        raise BadFault(f"a fault is written {GRAMMAR}, with `{ANY}` for any operation")
    counted = _COUNT.search(rest)
    what = rest[: counted.start()] if counted else rest
    count = int(counted[1]) if counted else None
    if count == 0:
        raise BadFault("a fault that happens no times is none; COUNT starts at 1")
    name, colon, argument = what.partition(":")
    return Injection(text, operation, _fault(name, argument if colon else None), count)


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COUNT = re.compile(r"\*([0-9]{1,6})\Z")

FAULTS = """\
  400 … 599               that status, with a proxy's page; `429:5` with Retry-After: 5,
                          `503:date+5` with Retry-After as a date in 5 seconds
  errors                  a GraphQL error in a 200, data null; nothing runs
  partial, 294            data and an error in a 200, or with the status 294
  quota                   it runs, and says BillingQuotaExceeded
  slow:SECONDS            it runs, the answer comes later
  drop                    it runs, the connection closes without an answer
  huge:MB                 it runs, the answer is larger by so many megabytes
  bad-json                it runs, the answer ends in the middle
  content-type:TEXT       it runs, the answer is called TEXT
  redirect:URL            302 to URL; nothing runs
"""
"""Every fault with a line for a person."""


def _fault(name: str, argument: str | None) -> Fault:
    simple = _SIMPLE.get(name)
    if simple is not None:
        if argument is not None:
            raise BadFault(f"`{name}` takes no argument, and `{argument}` was given")
        return simple
    if re.fullmatch(r"[45][0-9]{2}", name):
        return _status(int(name), argument)
    if name not in ("slow", "huge", "content-type", "redirect"):
        known = ", ".join(
            ("a status from 400 to 599", *_SIMPLE, *(f"{each}:…" for each in _WITH_ARGUMENT))
        )
        raise BadFault(f"there is no fault `{name}`; there is {known}")
    if not argument:
        raise BadFault(f"`{name}` needs {_WITH_ARGUMENT[name]} after a colon")
    match name:
        case "slow":
            return Slow(_seconds(argument))
        case "huge":
            return Huge(_megabytes(argument))
        case "content-type":
            return ContentType(_header(name, argument))
        case _:
            return Redirect(_header(name, argument))


_SIMPLE: dict[str, Fault] = {
    "errors": Errors(),
    "partial": Partial(200),
    "294": Partial(294),
    "quota": Quota(),
    "drop": Drop(),
    "bad-json": BadJson(),
}
_WITH_ARGUMENT = {
    "slow": "a number of seconds",
    "huge": "a number of megabytes",
    "content-type": "a media type",
    "redirect": "a URL",
}


def _status(code: int, argument: str | None) -> Status:
    if argument is None:
        return Status(code)
    match = re.fullmatch(r"(date\+)?([0-9]{1,9})", argument)
    if match is None:
        raise BadFault(f"after `{code}:` stand seconds or `date+SECONDS`, and not `{argument}`")
    return Status(code, int(match[2]), as_date=match[1] is not None)


def _seconds(argument: str) -> float:
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", argument) and float(argument) <= MOST_SECONDS:
        return float(argument)
    raise BadFault(f"`slow` takes seconds up to {MOST_SECONDS:,}, and not `{argument}`")


def _megabytes(argument: str) -> int:
    if re.fullmatch(r"[0-9]{1,6}", argument) and 1 <= int(argument) <= MOST_MEGABYTES:
        return int(argument)
    raise BadFault(f"`huge` takes megabytes from 1 to {MOST_MEGABYTES:,}, and not `{argument}`")


def _header(name: str, argument: str) -> str:
    if re.fullmatch(r"[!-~]([ -~]*[!-~])?", argument):
        return argument
    raise BadFault(f"what stands after `{name}:` becomes a header: printable ASCII only")


class Injections:
    """The faults that are still to happen; each one that is taken is counted."""

    def __init__(self, injections: Sequence[Injection] = ()) -> None:
        self._left: list[tuple[Injection, int | None]] = [(each, each.count) for each in injections]

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self, names: Collection[str]) -> Injection | None:
        """The fault for an operation of these names, if one is left for it."""
        for at, (injection, left) in enumerate(self._left):
            if injection.operation == ANY or injection.operation in names:
                if left == 1:
                    del self._left[at]
                elif left is not None:
                    self._left[at] = injection, left - 1
                return injection
        return None
