"""The one redactor: values that must not be shown, known by value, in every form they travel in.

Whoever draws, prints, stores or copies passes what it has through a `Redactor`; nothing else hides things.
What the forms are is `secret_forms`' business.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TypeAlias

from arazzo_tui.language.secret_forms import (
    BREAK,
    START,
    Form,
    forms,
    joined,
    spelled,
)
from arazzo_tui.language.values import Json

MASK = "••••••"

_COMMON = frozenset(
    {"admin", "anonymous", "bearer", "changeme", "default", "demo", "example", "false", "guest",
     "hello", "http", "https", "localhost", "login", "name", "none", "null", "pass", "passwd",
     "password", "post", "qwerty", "root", "secret", "string", "test", "testing", "token", "true",
     "undefined", "user", "username", "value", "welcome", "1234", "12345", "123456", "0000", "1111"}
)  # fmt: skip
"""Words that texts are full of: a server's sentences would be riddled with masks."""


WEAK = "a secret is short or a common word: it is masked only where it is a value by itself"
"""What is said of secrets that are masked only there."""


def is_weak(secret: str) -> bool:
    """Whether a secret is too short or too common to be masked wherever its characters stand.

    Such a one is masked only where it is a value by itself: a string or number of JSON, a quoted text,
    what follows `name=` or `name: `. Whoever takes secrets from a person tells so.
    """
    return len(secret) < START or secret.lower() in _COMMON


class Redactor:
    """Masks secrets in texts and values. With no secrets it gives back what it was given."""

    def __init__(self, secrets: Iterable[str] = (), places: Iterable[str] = ()) -> None:
        self.places = tuple(dict.fromkeys(places))
        """The places whose values are secret whatever they will be; whoever sees such a value tells it."""
        given = [secret for secret in secrets if secret.strip()]
        self._whole = frozenset([*given, *(secret.strip() for secret in given)])
        stripped = tuple(dict.fromkeys(secret.strip() for secret in given))
        self._weak = frozenset(filter(is_weak, stripped))
        self._groups: tuple[_Group, ...] = (_Group(stripped),) if stripped else ()

    def __bool__(self) -> bool:
        return bool(self._whole)

    @property
    def secrets(self) -> frozenset[str]:
        """All it knows, for another redactor that is to know them too."""
        return self._whole

    @property
    def has_weak(self) -> bool:
        """Whether it knows a secret that is masked only where it is a value by itself."""
        return bool(self._weak)

    def knowing(self, secrets: Iterable[str]) -> "Redactor":
        """One that knows more secrets too; the same when they are none, or known."""
        more = Redactor(each for each in secrets if each not in self._whole)
        if not more:
            return self
        more.places = self.places
        more._whole |= self._whole
        more._weak |= self._weak
        more._groups = _merged([*self._groups, *more._groups])
        return more

    def watching(self, places: Iterable[str]) -> "Redactor":
        """One that knows the same secrets, and these places and no others."""
        other = Redactor(places=places)
        other._whole, other._weak, other._groups = self._whole, self._weak, self._groups
        return other

    def text(self, text: str) -> str:
        """The text with every secret masked."""
        if text in self._whole:
            return MASK
        spans = self.spans(text)
        if not spans:
            return text
        parts, kept = [], 0
        for start, end in spans:
            parts += [text[kept:start], MASK]
            kept = end
        return "".join([*parts, text[kept:]])

    def octets(self, data: bytes) -> bytes:
        """Bytes that are no text, with an asterisk for each byte of a secret in them."""
        spans = self.spans(data.decode("latin-1"))
        if not spans:
            return data
        masked = bytearray(data)
        for start, end in spans:
            masked[start:end] = b"*" * (end - start)
        return bytes(masked)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the secrets stand in a text, in order; those that overlap as one."""
        found = [span for group in self._groups for span in group.spans(text)]
        if len(found) < 2:
            return found
        found.sort()
        whole = [found[0]]
        for start, end in found[1:]:
            if start < whole[-1][1]:
                whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
            else:
                whole.append((start, end))
        return whole

    def value(self, value: Json) -> Json:
        """The value with every secret masked, in its strings and in the names of its members.

        The same object where there is none in it. Iterative: an answer may nest as deeply as it likes.
        """
        if not self._whole:
            return value
        if isinstance(value, str):
            return self.text(value)
        names, texts, numbers = _read(value)
        found = self._in_any({*names, *texts})
        values = {each: self.text(each) for each in found}
        values |= dict.fromkeys(self._whole & texts, MASK)
        hidden = self._whole & set(map(_written, numbers)) if self._numbers else frozenset()
        renamed = {each: shown for each in found & names if (shown := self._name(each)) != each}
        if not (values.keys() & texts or hidden or renamed):
            return value
        return _Masked(values, renamed, hidden).of(value)

    @cached_property
    def _numbers(self) -> bool:
        return any(_NUMBER.fullmatch(each) for each in self._whole)

    def _name(self, name: str) -> str:
        """A member's name: a weak secret says nothing there."""
        return name if name in self._weak else self.text(name)

    def _in_any(self, texts: set[str]) -> set[str]:
        """Those texts that have a secret in them, all looked through in one go."""
        listed = list(texts)
        spans = self.spans(BREAK.join(listed))
        if not spans:
            return set()
        ends = list(accumulate(len(each) + len(BREAK) for each in listed))
        return {listed[bisect_right(ends, start)] for start, _ in spans}


class _Group:
    """Secrets that are looked for together."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.secrets = secrets

    @cached_property
    def _forms(self) -> Mapping[str, Sequence[tuple[Form, bool]]]:
        """The forms by the characters they begin with, and whether each is of a weak secret."""
        found: dict[str, list[tuple[Form, bool]]] = {}
        for secret in self.secrets:
            weak = is_weak(secret)
            for form in (spelled(secret),) if weak else forms(secret):
                for first in {first for first, _ in form.starts()}:
                    found.setdefault(first, []).append((form, weak))
        return found

    @cached_property
    def _starts(self) -> re.Pattern[str]:
        known = (form for forms in self._forms.values() for form, _ in forms)
        return joined(start for form in known for start in form.starts())

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where a secret stands, each place with the longest that begins there."""
        found: list[tuple[int, int]] = []
        search, at, alone = self._starts.search, 0, len(self.secrets) == 1
        while (start := search(text, at)) is not None:
            at = start.start()
            end = 0
            for form, weak in self._forms[text[at]]:
                here = form.end(text, at)
                if here > end and not (weak and not _is_alone(text, at, here)):
                    end = here
            if end:
                found.append((at, end))
            # Where another secret may begin inside this one, its end must not stay.
            at = end if end and alone else at + 1
        return found


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether what stands there is a value by itself, and no word of a sentence or name of a member."""
    before, after = text[max(0, start - 2) : start], text[end : end + 8].lstrip(" ")
    if before[-1:] in _QUOTES:
        return text[end : end + 1] == before[-1] and after[1:].lstrip()[:1] != ":"
    if before[-1:] == "=":
        return text[end : end + 1] in _ENDS_OF_PAIRS
    return before == ": " and after[:1] in _ENDS_OF_FIELDS


def _merged(groups: list[_Group]) -> tuple[_Group, ...]:
    """The groups, those that have become as large as the one before put together: they stay few."""
    while len(groups) > 1 and len(groups[-1].secrets) >= len(groups[-2].secrets):
        last = groups.pop()
        groups[-1] = _Group((*groups[-1].secrets, *last.secrets))
    return tuple(groups)


def _read(value: Json) -> tuple[set[str], set[str], set[int | float]]:
    """The names, texts and numbers in a value."""
    names: set[str] = set()
    texts: set[str] = set()
    numbers: set[int | float] = set()
    waiting: list[Json] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            texts.add(each)
        elif isinstance(each, dict | Mapping):  # a dict is told fast
            names.update(each)
            for member in each.values():
                if isinstance(member, str):
                    texts.add(member)
                elif member is not None:
                    waiting.append(member)
        elif isinstance(each, list | Sequence):
            waiting += each
        elif each is not None and not isinstance(each, bool):
            numbers.add(each)
    return names, texts, numbers


def _written(number: float) -> str:
    """A number as JSON writes it; nothing for one that Python may refuse to write."""
    long = isinstance(number, int) and number.bit_length() > _LONGEST
    return "" if long else str(number)


class _Masked:
    """Makes a value anew with some of its texts, names and numbers masked."""

    def __init__(
        self, texts: Mapping[str, str], names: Mapping[str, str], numbers: frozenset[str]
    ) -> None:
        self._texts = texts
        self._names = names
        self._numbers = numbers

    def of(self, value: Json) -> Json:
        """The whole value."""
        waiting: list[_Copy] = []
        whole, texts, names = self._begun(value, waiting), self._texts, self._names
        while waiting:
            match waiting.pop():
                case dict() as copy, members if isinstance(members, Mapping):
                    for name, member in members.items():  # strings are most of what there is
                        copy[names.get(name, name) if names else name] = (
                            texts.get(member, member)
                            if isinstance(member, str)
                            else self._begun(member, waiting)
                        )
                case list() as copy, items if isinstance(items, Sequence):
                    copy += [self._begun(item, waiting) for item in items]
                case _:
                    raise AssertionError  # a copy is of the kind of its original
        return whole

    def _begun(self, value: Json, waiting: "list[_Copy]") -> Json:
        """The masked value, or an empty container that waits to be filled."""
        if isinstance(value, str):
            return self._texts.get(value, value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return MASK if self._numbers and _written(value) in self._numbers else value
        if isinstance(value, Mapping):
            members: dict[str, Json] = {}
            waiting.append((members, value))
            return members
        items: list[Json] = []
        waiting.append((items, value))
        return items


_Copy: TypeAlias = tuple[dict[str, Json] | list[Json], Mapping[str, Json] | Sequence[Json]]

_QUOTES = frozenset("\"'")
_ENDS_OF_PAIRS = frozenset(("", BREAK, *"&;# \n\r\t"))
_ENDS_OF_FIELDS = frozenset(("", BREAK, *",;}]\n\r"))
_LONGEST = 4000
"""The bits of the longest number that is looked at."""

_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
