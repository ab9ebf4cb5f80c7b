"""The one redactor: values that must not be shown, known by value, in every form they travel in.

Whoever draws, prints, stores or copies passes what it has through a `Redactor`; nothing else hides things.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, quote_plus

from arazzo_tui.language.values import Json

MASK = "••••••"
_SHORTEST = 4
"""Shorter secrets are masked only where they are a whole value: they are part of too many words."""


class Redactor:
    """Masks secrets in texts and values. With no secrets it gives back what it was given."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._whole = frozenset(secret for secret in secrets if secret)
        forms = {
            form for secret in self._whole if len(secret) >= _SHORTEST for form in _forms(secret)
        }
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __bool__(self) -> bool:
        return bool(self._whole)

    def text(self, text: str) -> str:
        """The text with every secret masked."""
        if text in self._whole:
            return MASK
        return self._pattern.sub(MASK, text) if self._pattern is not None else text

    def value(self, value: Json) -> Json:
        """The value with every secret masked, in its strings and in the names of its members."""
        if not self._whole:
            return value
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {self.text(name): self.value(member) for name, member in value.items()}
            case None | bool() | int() | float():
                return MASK if str(value) in self._whole and not isinstance(value, bool) else value
            case Sequence():
                return [self.value(item) for item in value]


def _forms(secret: str) -> Iterable[str]:
    """A secret as it is, percent-encoded, inside JSON, and in base64 at each of its three phases."""
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    data = secret.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        for phase in range(3):
            # What is left when the neighbours' bits are cut off: the same whatever stands around it.
            whole = encode(b"\0" * phase + data).decode().rstrip("=")
            start = (phase * 8 + 5) // 6
            end = (phase + len(data)) * 8 // 6
            if end - start >= 6:
                yield whole[start:end]
