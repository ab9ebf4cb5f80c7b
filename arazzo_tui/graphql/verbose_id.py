"""Highlight's verbose project ids: the short public text that stands for a project's number.

They are Hashids with no salt, so the way back is arithmetic and needs no server. Only one number is
ever in an id here; what a project is, or whether there is one, is not known in this module.
"""

import re
from itertools import count

_LETTERS = "abcdefghijklmnopqrstuvwxyz1234567890"
_SHORTEST = 8
_SEPARATORS = "cfhistuab"
"""Hashids would part several numbers with these: seven letters of English curses, and two more to
keep the share of separators that it wants."""
_REST = "".join(letter for letter in _LETTERS if letter not in _SEPARATORS)
_GUARDS, _ALPHABET = _REST[:3], _REST[3:]
"""One guard for each twelve letters of the rest; guards wrap an id that would be too short."""

_LARGEST = 2**63 - 1


class BadVerboseId(ValueError):
    """A project id that stands for no number; the message is the one Highlight gives."""


def project_number(verbose_id: str) -> int:
    """The number of the project a verbose id names, as Highlight reads it.

    A decimal number is taken as it is, sign and all. Raises `BadVerboseId`.
    """
    if re.fullmatch(r"[+-]?[0-9]{1,100}", verbose_id) and abs(int(verbose_id)) <= _LARGEST:
        return int(verbose_id)
    if not verbose_id:
        raise BadVerboseId("An unsupported verboseID was used: ")
    number = _decoded(verbose_id)
    if number is None or verbose_id_of(number) != verbose_id:
        raise BadVerboseId(f"failed to decode {verbose_id}")
    return number


def verbose_id_of(project: int) -> str:
    """The verbose id of a project's number, which is not negative."""
    lottery = _ALPHABET[project % 100 % len(_ALPHABET)]
    alphabet = _shuffled(_ALPHABET, lottery + _ALPHABET)
    text = lottery + _digits(project, alphabet)
    return _lengthened(text, project % 100, alphabet)


def _decoded(text: str) -> int | None:
    """The one number in an id, or None; whether the id is its canonical form is not asked here."""
    parts = re.split(f"[{_GUARDS}]", text)
    core = parts[1] if len(parts) in (2, 3) else parts[0]
    lottery, digits = core[:1], core[1:]
    if not digits:
        return None
    alphabet = _shuffled(_ALPHABET, lottery + _ALPHABET)
    number = 0
    for digit in digits:
        value = alphabet.find(digit)
        if value < 0:
            return None
        number = number * len(alphabet) + value
    return number if number <= _LARGEST else None


def _digits(number: int, alphabet: str) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
        if not number:
            return digits


def _lengthened(text: str, seed: int, alphabet: str) -> str:
    """An id of at least eight letters: a guard before, a guard behind, then halves of the alphabet."""
    if len(text) < _SHORTEST:
        text = _GUARDS[(seed + ord(text[0])) % len(_GUARDS)] + text
    if len(text) < _SHORTEST:
        text += _GUARDS[(seed + ord(text[2])) % len(_GUARDS)]
    half = len(alphabet) // 2
    while len(text) < _SHORTEST:
        alphabet = _shuffled(alphabet, alphabet)
        text = alphabet[half:] + text + alphabet[:half]
        excess = len(text) - _SHORTEST
        if excess > 0:
            text = text[excess // 2 : excess // 2 + _SHORTEST]
    return text


def _shuffled(alphabet: str, salt: str) -> str:
    """Hashids' shuffle: swaps from the end, steered by the salt's letters and their running sum."""
    letters = list(alphabet)
    total = 0
    for at, turn in zip(range(len(letters) - 1, 0, -1), count()):
        place = turn % min(len(salt), len(alphabet))
        code = ord(salt[place])
        total += code
        other = (code + place + total) % at
        letters[at], letters[other] = letters[other], letters[at]
    return "".join(letters)
