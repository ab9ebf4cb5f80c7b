"""Regular expressions from documents: Python's language, and an end to every search (RGX-1..6, A-31).

The engine is `regex`, because it can stop; what it reads beyond Python's `re` and would change a
pattern's meaning is taken back here. Nothing else in the project compiles a foreign pattern.
"""

import re
from functools import lru_cache
from typing import Protocol

from arazzo_tui.language.alike import Alike
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.query_limits import PATTERN_SECONDS, Budget, QueryFailed

_LARGEST = 50_000
_LONGEST = 100_000
_MOST_GROUPS = 5_000  # the engine compares each with all the others


class Match(Protocol):
    """What a search found, as `re.Match` has it."""

    def span(self, group: int = 0, /) -> tuple[int, int]:
        """Where it starts and ends."""

    def group(self, group: int = 0, /) -> str | None:
        """The text of a group; None when it took no part."""


class Compiled(Protocol):
    """A pattern of the `regex` library, as far as it is used."""

    groups: int

    def search(self, text: str, pos: int = 0, *, timeout: float) -> Match | None:
        """Look for it from `pos` on; raises `TimeoutError` after `timeout` seconds."""

    def fullmatch(self, text: str, pos: int = 0, *, timeout: float) -> Match | None:
        """As `search`, for the whole rest of the text."""


class Pattern(Alike, frozen=True):
    """A regular expression, found anywhere in a text as `re.search` would."""

    ASIDE = frozenset({"compiled"})

    text: str
    compiled: Compiled

    def search(self, text: str) -> bool:
        """Whether it is found in `text` (RGX-2); raises `QueryFailed` after `PATTERN_SECONDS`."""
        try:
            return self.compiled.search(text, timeout=PATTERN_SECONDS) is not None
        except TimeoutError:
            raise QueryFailed(_too_slow(PATTERN_SECONDS, text)) from None


# Possessive throughout: of `[]` there are two readings, and of many of them too many.
_SLASHED = re.compile(
    r"/(?P<inner>(?:[^/\\\[\n]|\\.|\[\^?+\]?+(?:[^\]\\\n]|\\.)*+\])++)/(?P<flags>[dgimsuvx]*)"
)
_WITHOUT_MEANING_HERE = "dguv"


def parse_pattern(text: str) -> tuple[Pattern, tuple[Note, ...]]:
    """Read a pattern of Python's `re`; raises `BadText` with the offset of what is wrong (RGX-4).

    `/pattern/flags` is accepted with a note of code `regex-slashes` (A-31): the flags i, m, s and x
    count, those that change no answer (d, g, u, v) are dropped. A slash that is part of the pattern,
    as in `/users/1`, is no such form.
    """
    slashed = _SLASHED.fullmatch(text)
    if slashed is None:
        return Pattern(text, compiled(text)), ()
    flags = "".join(sorted(set(slashed["flags"]) - set(_WITHOUT_MEANING_HERE)))
    inner = slashed["inner"].replace("\\/", "/")
    plain = f"(?{flags}){inner}" if flags else inner
    try:
        pattern = Pattern(text, compiled(plain))
    except BadText as wrong:
        at = min(len(text), wrong.offset + 1 - (len(plain) - len(inner)))
        raise BadText(wrong.message, max(0, at), wrong.hint) from None
    message = "the slashes are read as JavaScript's, not as part of the pattern"
    return pattern, (Note("regex-slashes", message, 0, plain),)


@lru_cache(256)
def compiled(pattern: str, flags: int = 0) -> Compiled:
    """A pattern ready to search; `flags` are those of `re`. Raises `BadText`."""
    import regex  # type: ignore[import-untyped]  # the library ships no types

    if len(pattern) > _LONGEST:
        raise BadText(f"a pattern has at most {_LONGEST:,} characters", _LONGEST)
    if pattern.count("(") > _MOST_GROUPS:
        message = f"this pattern has more than {_MOST_GROUPS:,} groups"
        raise BadText(message, 0, "take groups out where nothing is repeated")
    pattern, moved = _as_python_reads_it(pattern)
    try:
        result: Compiled = regex.compile(pattern, flags, cache_pattern=False)
    except regex.error as wrong:
        at = getattr(wrong, "pos", None)
        offset = at if isinstance(at, int) else 0
        message = str(wrong).partition(" at position ")[0]
        offset -= sum(place < offset for place in moved)
        raise BadText(f"not a regular expression: {message}", offset) from None
    except RecursionError:
        raise BadText("the groups of this pattern are nested too deeply") from None
    except (ValueError, OverflowError) as wrong:
        raise BadText(f"not a regular expression: {wrong}") from None
    return result


def find(
    pattern: Compiled, text: str, budget: Budget, at: int = 0, *, whole: bool = False
) -> Match | None:
    """One of many searches of a query; raises `QueryFailed` when it or they together take too long.

    A search is nearly always done in no time. The few that are not pay a twentieth of the budget.
    """
    search = pattern.fullmatch if whole else pattern.search
    budget.spend(10)
    try:
        found = search(text, at, timeout=_NO_TIME)
    except TimeoutError:
        budget.spend(budget.most // 20)
        try:
            found = search(text, at, timeout=_SOME_TIME)
        except TimeoutError:
            raise QueryFailed(_too_slow(_SOME_TIME, text)) from None
    budget.spend(((found.span()[1] if found else len(text)) - at) // 1_000)
    return found


_NO_TIME = 0.002
_SOME_TIME = 0.2


def _too_slow(seconds: float, text: str) -> str:
    where = f"a text of {len(text):,} characters"
    return f"the regular expression took longer than {seconds} s on {where} and was stopped"


_PIECE = re.compile(
    r"""(?P<escape>\\[pPxXN]\{[^{}]*\}|\\.)
    | (?P<set>\[\^?\]?(?:\[:[^\]]{0,60}:\]|\\.|[^\]\\])*\])
    | (?P<comment>\(\?\#[^)]*\))
    | (?P<open>\() | (?P<close>\))
    | (?P<count>\{(?P<least>[0-9]*)(?P<range>,[0-9]*)?\})
    | (?P<brace>\{)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def _as_python_reads_it(pattern: str) -> tuple[str, list[int]]:
    """The pattern with a backslash before braces that count nothing, and where those were put.

    To `regex`, `x{e}` is a search with errors; to Python it is text, and so is `/users/{id}`. On the
    way the size of the pattern is reckoned: the engine writes `{1000}` out, and `{1000}{1000}` would
    fill the memory. Raises `BadText` for one that is too large.
    """
    pieces: list[str] = []
    moved: list[int] = []
    sizes = [0]
    last = 0
    length = 0
    for piece in _PIECE.finditer(pattern):
        text = piece.group()
        if text == "[" or (piece["open"] and pattern.startswith("(?#", piece.start())):
            pieces.append(pattern[piece.start() :])  # never closed, and so is no other behind it
            break
        last, most = _sizes(piece, sizes, last)
        if most > _LARGEST:
            message = f"written out, this pattern has more than {_LARGEST:,} parts"
            raise BadText(message, piece.start(), "repeat less often")
        if piece["brace"] or (piece["count"] and text == "{}"):
            moved.append(length)
            text = "\\" + text
        pieces.append(text)
        length += len(text)
    return "".join(pieces), moved


def _sizes(piece: re.Match[str], sizes: list[int], last: int) -> tuple[int, int]:
    """The size of the part just read, and of the group that is open; `sizes` holds the open groups."""
    if piece["open"]:
        sizes.append(0)
        return 0, sizes[-1]
    if piece["close"]:
        last = sizes.pop() if len(sizes) > 1 else 0
    elif piece["count"]:
        more = last * (max(1, int(piece["least"][:9] or 0)) - 1)
        sizes[-1] += more
        return last + more, sizes[-1]
    elif piece["comment"]:
        return last, sizes[-1]
    else:
        last = 1
    sizes[-1] += last
    return last, sizes[-1]
