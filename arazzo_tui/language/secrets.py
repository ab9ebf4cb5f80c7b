"""The one redactor: values that must not be shown, known by value, in every form they travel in.

Whoever draws, prints, stores or copies passes what it has through a `Redactor`; nothing else hides things.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote, quote_plus

from arazzo_tui.language.values import Json

MASK = "••••••"
_SHORTEST = 4
"""Shorter secrets are masked only where they are a whole value: they are part of too many words."""


class Redactor:
    """Masks secrets in texts and values. With no secrets it gives back what it was given."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        given = [secret for secret in secrets if secret.strip()]
        self._whole = frozenset([*given, *(secret.strip() for secret in given)])
        forms = {
            form for secret in self._whole if len(secret) >= _SHORTEST for form in _forms(secret)
        }
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __bool__(self) -> bool:
        return bool(self._whole)

    def knowing(self, secrets: Iterable[str]) -> "Redactor":
        """One that knows more secrets too; the same when they are none, or known."""
        more = [each for each in secrets if each not in self._whole]
        return Redactor([*self._whole, *more]) if more else self

    def text(self, text: str) -> str:
        """The text with every secret masked."""
        if text in self._whole:
            return MASK
        return self._pattern.sub(MASK, text) if self._pattern is not None else text

    def value(self, value: Json) -> Json:
        """The value with every secret masked, in its strings and in the names of its members.

        Iterative: an answer may nest as deeply as it likes.
        """
        if not self._whole:
            return value
        waiting: list[_Copy] = []
        whole = self._begun(value, waiting)
        while waiting:
            match waiting.pop():
                case Mapping() as members, dict() as copy:
                    for name, member in members.items():
                        copy[self.text(name)] = self._begun(member, waiting)
                case items, list() as copy:
                    copy += [self._begun(item, waiting) for item in items]
                case _:
                    raise AssertionError  # a copy is of the kind of its original
        return whole

    def _begun(self, value: Json, waiting: "list[_Copy]") -> Json:
        """The masked value, or an empty container that waits to be filled."""
        match value:
            case str():
                return self.text(value)
            case None | bool():
                return value
            case int() | float():
                return MASK if str(value) in self._whole else value
            case Mapping():
                members: dict[str, Json] = {}
                waiting.append((value, members))
                return members
            case Sequence():
                items: list[Json] = []
                waiting.append((value, items))
                return items


_Copy: TypeAlias = tuple[Mapping[str, Json] | Sequence[Json], dict[str, Json] | list[Json]]


def _forms(secret: str) -> Iterable[str]:
    """A secret as it is, percent-encoded, inside JSON, and in base64 at each of its three phases."""
    yield secret
    data = secret.encode("utf-8", "surrogatepass")
    for url in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield url
        yield re.sub("%[0-9A-F]{2}", lambda octet: octet.group().lower(), url)
    for quoted in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        for text in (
            quoted,
            re.sub(r"u[0-9a-f]{4}", lambda code: "u" + code.group()[1:].upper(), quoted),
        ):
            yield text
            yield text.replace("/", "\\/")  # as some servers write it
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        for phase in range(3):
            # What is left when the neighbours' bits are cut off: the same whatever stands around it.
            whole = encode(b"\0" * phase + data).decode().rstrip("=")
            start = (phase * 8 + 5) // 6
            end = (phase + len(data)) * 8 // 6
            yield whole[start:end]
