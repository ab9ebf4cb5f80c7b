"""The forms a secret travels in, as patterns: itself, percent-encoded, in JSON, HTML, hexadecimal and base64.

A form is a row of pieces, one for each character, and a piece lists the ways to write it: so a text that
escapes only some characters, or escapes them twice, is known too. What is done with a form is `secrets`'.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import TypeAlias

Piece: TypeAlias = tuple[tuple[str, str], ...]
"""The ways to write a character: the first character of each, and a pattern for what follows it."""

START = 4
"""So many characters of a form are looked for first; a form has no fewer."""

BREAK = "\0"
"""What is put between texts that are looked through together: each ends there."""

_CUT = "…"
"""What stands where our own sentences cut a long value."""

_HALF = 8
"""So many characters of a secret at the very end of a text are a secret that was cut there."""

_CHUNK = 24
"""So many characters of a secret are looked for at a time."""

_WIDEST = 16
"""Hardly a character takes more room than this, escaped."""

_ESCAPES = r"\\{0,6}"
"""Backslashes before an escape, after its first: JSON inside JSON doubles them."""

_PERCENT = "(?:25){0,3}"
_NAMED = {"<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


class Form:
    """One form of a secret: the parts it is made of, and how each may be written.

    Only the first few are looked at before a text has them: most secrets are in no text.
    """

    def __init__(self, parts: Sequence[str], piece: Callable[[str], Piece]) -> None:
        self._plain = "".join(parts)
        self._parts = tuple(parts)
        self._piece = piece
        self._compiled: dict[tuple[int, int], re.Pattern[str]] = {}

    def starts(self) -> Iterator[tuple[str, str]]:
        """The ways its first characters are written, for `joined`."""
        first, *more = map(self._piece, self._parts[:START])
        rest = "".join(map(_pattern, more))
        for character, after in first:
            yield character, after + rest

    @cached_property
    def _chunks(self) -> tuple[tuple[int, int], ...]:
        """Runs of parts that are looked for one after the other: secrets often begin alike.

        Each ends with a letter or digit, which is written in no way that another is the start of.
        """
        found, start = [], 0
        for at, part in enumerate(self._parts, 1):
            if at - start >= _CHUNK and part.isalnum():
                found.append((start, at))
                start = at
        return (*found, (start, len(self._parts)))

    def _of(self, start: int, end: int) -> re.Pattern[str]:
        """What matches some of its parts."""
        if (start, end) not in self._compiled:
            pieces = map(self._piece, self._parts[start:end])
            self._compiled[start, end] = re.compile("".join(map(_pattern, pieces)))
        return self._compiled[start, end]

    def end(self, text: str, start: int) -> int:
        """Where it ends in a text that has its first characters at a place; 0 where it is not there.

        It is there too when it is cut: by an ellipsis of ours, or by the end of the text.
        """
        if text.startswith(self._plain, start):
            return start + len(self._plain)
        at = start
        for first, last in self._chunks:
            found = self._of(first, last).match(text, at)
            if found is None:
                return self._end_of_part(text, start)
            at = found.end()
        return at

    def _end_of_part(self, text: str, start: int) -> int:
        near = start + _WIDEST * len(self._parts)
        may_be = len(text) <= near or any(text.find(end, start, near) >= 0 for end in (_CUT, BREAK))
        if not may_be or len(self._parts) <= START:
            return 0
        at, many = start, 0
        while many < len(self._parts):
            found = self._of(many, many + 1).match(text, at)
            if found is None:
                break
            at, many = found.end(), many + 1
        long = many >= _HALF and many * 2 >= len(self._parts)
        after = text[at : at + 1]
        return at if after == _CUT or (long and after in ("", BREAK)) else 0


def joined(starts: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """One pattern for many starts; each way begins with a plain character, which is found fast."""
    listed = sorted(set(starts))
    return re.compile(
        "|".join(
            f"{re.escape(first)}(?:{'|'.join(rest for _, rest in ways)})"
            for first, ways in groupby(listed, key=lambda way: way[0])
        )
    )


def spelled(secret: str) -> Form:
    """A secret as it is, with any of its characters escaped in any of the usual ways."""
    return Form(tuple(_runs(secret)), _piece)


def forms(secret: str) -> Iterator[Form]:
    """Every form of a secret of at least `START` characters."""
    yield spelled(secret)
    data = _octets(secret)
    yield Form(data.hex(), _either)
    for text in dict.fromkeys(_base64(data)):
        yield Form(text, _plain)


# ------------------------------------------------------------------------------- characters


def _pattern(piece: Piece) -> str:
    ways = [re.escape(first) + rest for first, rest in piece]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _runs(secret: str) -> Iterator[str]:
    """The characters, those together that may be folded into one or doubled."""
    for kind, run in groupby(secret, key=lambda each: "\\" if each == "\\" else each.isspace()):
        if kind:
            yield "".join(run)
        else:
            yield from run


def _piece(run: str) -> Piece:
    if run.isspace():
        return _white(run)
    if run[0] == "\\":
        ways = [("\\", rf"\\{{{len(run) - 1},{8 * len(run)}}}")]
        return (
            *ways,
            *((first, f"{rest}{_again(first, rest, run)}") for first, rest in _coded("\\")),
        )
    ways = [(run, "")]
    if run == "&":
        ways = [("&", "(?:amp;){0,3}")]
    elif not run.isalnum():
        ways.append(("\\", _ESCAPES + re.escape(run)))
    if run in _NAMED:
        ways.append(("&", f"(?:amp;){{0,3}}{_NAMED[run]};"))
    return (*ways, *_escaped(run))


def _again(first: str, rest: str, run: str) -> str:
    return f"(?:{re.escape(first)}{rest}){{{len(run) - 1}}}"


def _white(run: str) -> Piece:
    """White space, which our own lines fold and show as pictures."""
    ways = [r"\s", r"\+", "␉", "␊", "␍"]
    for each in dict.fromkeys(run):
        ways += [re.escape(first) + rest for first, rest in _escaped(each)]
        if each in _LETTERS:
            ways.append(rf"\\{_ESCAPES}{_LETTERS[each]}")
    more = f"(?:{'|'.join(ways)}){{0,{2 * len(run)}}}"
    return tuple((each, more) for each in (" ", "+", *dict.fromkeys(run))) + tuple(
        (first, rest + more) for first, rest in _escaped(run[0])
    ) + tuple(("\\", f"{_ESCAPES}{_LETTERS[each]}{more}") for each in run[:1] if each in _LETTERS) + (
        tuple((picture, more) for picture in "␉␊␍")
    )  # fmt: skip


def _escaped(character: str) -> Iterator[tuple[str, str]]:
    """A character as it is written where it cannot stand itself, or where others read its octets."""
    if not character.isascii():
        yield from _foreign(character)
    yield from _coded(character)


def _coded(character: str) -> Iterator[tuple[str, str]]:
    """A character by its number: in a URL, in JSON and JavaScript, in HTML."""
    octets = _octets(character)
    first, *others = (f"{_PERCENT}{_any_case(f'{octet:02x}')}" for octet in octets)
    yield "%", first + "".join(f"%{each}" for each in others)
    units = character.encode("utf-16-be", "surrogatepass").hex()
    codes = [_any_case(units[at : at + 4]) for at in range(0, len(units), 4)]
    yield "\\", _ESCAPES + f"u{codes[0]}" + "".join(f"\\\\{_ESCAPES}u{code}" for code in codes[1:])
    octal = [f"x{_any_case(f'{octet:02x}')}" for octet in octets]
    yield "\\", _ESCAPES + octal[0] + "".join(f"\\\\{_ESCAPES}{code}" for code in octal[1:])
    number = ord(character)
    yield "&", f"(?:amp;){{0,3}}#(?:0{{0,6}}{number}|[xX]0{{0,6}}{_any_case(f'{number:x}')});"


def _foreign(character: str) -> Iterator[tuple[str, str]]:
    """A character that is not of ASCII: its octets taken for Latin-1, as headers are, and its name."""
    from html.entities import codepoint2name

    mistaken = _octets(character).decode("latin-1")
    yield mistaken[0], re.escape(mistaken[1:])
    if ord(character) in codepoint2name:
        yield "&", f"(?:amp;){{0,3}}{codepoint2name[ord(character)]};"


def _any_case(digits: str) -> str:
    return "".join(each if each.isdigit() else f"[{each}{each.upper()}]" for each in digits)


def _either(letter: str) -> Piece:
    return ((letter, ""),) if letter.isdigit() else ((letter, ""), (letter.upper(), ""))


def _octets(text: str) -> bytes:
    """The octets of a text; what the environment held undecoded is as it was there."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


# ------------------------------------------------------------------------------- base64


def _base64(data: bytes) -> Iterator[str]:
    """A whole text in base64 (RFC 4648 §4, §5), and what is the same of it wherever it stands in one."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        for phase in range(3):
            # What is left when the neighbours' bits are cut off: the same whatever stands around it.
            whole = encode(b"\0" * phase + data).decode().rstrip("=")
            start = (phase * 8 + 5) // 6
            end = (phase + len(data)) * 8 // 6
            yield whole[start:end]


def _plain(character: str) -> Piece:
    return ((character, ""),) if character.isalnum() else _piece(character)
