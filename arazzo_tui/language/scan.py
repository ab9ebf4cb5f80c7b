"""Finding expressions in running text, where nothing but their own grammar tells where they end."""

import re
from collections.abc import Iterator
from functools import lru_cache

from arazzo_tui.language.expression import ROOTS, Expression, parse_expression
from arazzo_tui.language.note import BadText

_START = re.compile(r"\$(?:" + "|".join(ROOTS) + r")\b")
_BODY = re.compile(r"[A-Za-z0-9_.\-\[\]]*(?:#[A-Za-z0-9_.\-~/]*)?")


def bare_expressions(text: str) -> tuple[tuple[int, int, Expression], ...]:
    """`Bearer $inputs.token`: the bare expressions of a text with their start and end.

    Only characters that names commonly have belong to one; a full stop at its end does not.
    """
    return _kept(text) if len(text) <= _MOST_KEPT else _read(text)


def _read(text: str) -> tuple[tuple[int, int, Expression], ...]:
    return tuple(_found(text))


_kept = lru_cache(1024)(_read)
_MOST_KEPT = 200
"""The longest text that is remembered with what was found in it."""


def _found(text: str) -> Iterator[tuple[int, int, Expression]]:
    for found in _START.finditer(text):
        if found.start() and text[found.start() - 1] == "{":
            continue
        body = _BODY.match(text, found.end())
        end = found.end() + len(_without_loose(body.group() if body else ""))
        try:
            parsed = parse_expression(text[found.start() : end])
        except BadText:
            continue
        if parsed is not None:
            yield found.start(), end, parsed[0]


def _without_loose(body: str) -> str:
    """Without what at its end belongs to the text around: `$inputs.a.`, `[$inputs.a]`."""
    alone = body.count("]") - body.count("[")  # closed here, opened in the text around
    end = len(body)
    while end and (body[end - 1] in ".-/" or (body[end - 1] == "]" and alone > 0)):
        end -= 1
        alone -= body[end] == "]"
    return body[:end]
