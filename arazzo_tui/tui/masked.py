"""Lines and texts with their secrets masked, for the screens; and texts a person may edit all the same.

No widget is known here, and nothing is hidden in another way than by the redactor.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui.lines_view import Line, MadeLines

_HIDDEN = re.compile(r"⟨secret (\d+)⟩")


def masked_lines(lines: Iterable[Line], redactor: Redactor) -> list[Line]:
    """The lines with every secret masked, in what is seen and in what is copied."""
    return [masked_line(each, redactor) for each in lines]


def masked_made(lines: Sequence[Line] | MadeLines, redactor: Redactor) -> MadeLines:
    """Lines that are made when they are seen, and masked then."""
    return MadeLines(len(lines), lambda number: masked_line(lines[number], redactor))


def masked_line(told: Line, redactor: Redactor) -> Line:
    """A line with every secret masked; the same where there is none in it."""
    if not redactor:
        return told
    pieces = tuple((redactor.text(text), look) for text, look in told.pieces)
    copied, expression = redactor.text(told.copy), redactor.text(told.expression)
    if pieces == told.pieces and (copied, expression) == (told.copy, told.expression):
        return told
    return replace(told, pieces=pieces, copy=copied, expression=expression)


class HiddenText:
    """Texts to be edited, with `⟨secret 1⟩` where a secret stands: it comes back when they are taken."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        self._redactor = redactor or Redactor()
        self._known: list[str] = []

    def hide(self, text: str) -> str:
        """A text without its secrets."""
        parts, kept = [], 0
        whole = [(0, len(text))] if text in self._redactor.secrets else []
        for start, end in whole or self._redactor.spans(text):
            parts += [text[kept:start], self._name(text[start:end])]
            kept = end
        return "".join([*parts, text[kept:]])

    def back(self, text: str) -> str:
        """A text with the secrets that were hidden in it."""

        def secret(found: re.Match[str]) -> str:
            number = int(found[1]) - 1
            return self._known[number] if number < len(self._known) else found.group()

        return _HIDDEN.sub(secret, text)

    def _name(self, secret: str) -> str:
        if secret not in self._known:
            self._known.append(secret)
        return f"⟨secret {self._known.index(secret) + 1}⟩"
