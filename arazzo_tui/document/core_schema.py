"""What an unquoted YAML word means: the core schema of YAML 1.2, in the types JSON has (DOC-3).

So `no`, `on`, `2024-01-01` and `12:30` are strings, `012` is twelve, and what has no place in JSON (an
infinity) stays a string, with a remark. Places are not known here.
"""

import re
from collections.abc import Mapping

from arazzo_tui.language.jsontext import exact_float, exact_integer
from arazzo_tui.language.values import Json, kind

STARTS = frozenset(["", *"+-.0123456789~nNtTfF"])
"""The first characters of words that may be something else than a string."""

NULLS = frozenset(["", "~", "null", "Null", "NULL"])
_BOOLEANS: Mapping[str, bool] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+")
# Python may refuse to write a longer one in decimal; such a word is a string.
_BASED_INTEGER = re.compile(r"0o[0-7]{1,500}|0x[0-9a-fA-F]{1,500}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_PADDED = re.compile(r"[-+]?0[0-9]+")

TAG = "tag:yaml.org,2002:"


def read_word(text: str) -> Json:
    """The value of an unquoted scalar; the text itself when it is a string (YAML 1.2.2 §10.3.2)."""
    if text in NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return exact_integer(_as_json(text))
    if _FLOAT.fullmatch(text):
        return exact_float(_as_json(text))
    if _BASED_INTEGER.fullmatch(text):
        return int(text, 0)
    return text


def _as_json(number: str) -> str:
    """The number as JSON spells it: no plus sign, no padding, digits on both sides of the point."""
    sign = "-" if number.startswith("-") else ""
    end = (number + "e").lower().index("e")
    whole, point, fraction = number[:end].lstrip("+-").partition(".")
    return sign + (whole.lstrip("0") or "0") + (point and f".{fraction or 0}") + number[end:]


def remark(text: str) -> tuple[str, str, str] | None:
    """Code, message and cure for an unquoted word that does not mean what it seems to; mostly None."""
    if _NO_JSON.fullmatch(text):
        message = f"JSON has no number for `{text}`; it is read as a string"
        return "not-json-value", message, f'write "{text}", or a number'
    if _PADDED.fullmatch(text):
        message = f"`{text}` is the number {_as_json(text)}, although older readers differ"
        return "leading-zero", message, f'write "{text}" to keep the zero'
    return None


_KINDS: Mapping[str, tuple[str, ...]] = {
    "null": ("null",),
    "bool": ("boolean",),
    "int": ("integer",),
    "float": ("integer", "number"),
}


def read_tagged(tag: str, text: str) -> Json:
    """The value of a scalar with one of the scalar tags of the core schema, or `!` (a string).

    Raises `KeyError` for any other tag, `ValueError` with a sentence when the text does not fit.
    """
    if tag in ("!", TAG + "str"):
        return text
    kinds = _KINDS[tag.removeprefix(TAG)]
    value = read_word(text)
    if kind(value) not in kinds:
        raise ValueError(f"`{text}` is no {' or '.join(kinds)}, but its tag says so")
    return value
