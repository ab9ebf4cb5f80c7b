"""What is masked in a line of a kept run, before it is written.

A `Redactor` knows the secrets; here it is known what a line is made of, so that a masked line is still
one that can be read and played again. Nothing is written here.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence

from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.secrets import MASK, Redactor
from arazzo_tui.language.values import Json

MASKED = "masked-when-kept"
"""What stands for a secret in a kept run: unlike the mask of the screen it can stand in a header field."""

_VALUES = frozenset({"inputs", "outputs", "value", "payload"})
"""Members that hold JSON of the document or the user, whose numbers may be secrets too."""

_OURS = frozenset(
    {"stage", "workflow", "step", "member", "action", "program", "digests", "source", "scheme",
     "origins", "phase", "type", "type_of_target", "closed", "charset", "mark", "http_version"}
)  # fmt: skip
"""Members that were there before any secret: words of ours, and names of the document."""


def masked(value: Mapping[str, Json], redactor: Redactor) -> Mapping[str, Json]:
    """The members of a line with every secret masked; the same when there are no secrets.

    Bodies stay what they are: JSON stays JSON, and base64 can still be decoded. Masking what is
    masked changes nothing.
    """
    if not redactor:
        return value
    return {name: _member(name, member, redactor) for name, member in value.items()}


def mentions(text: str, redactor: Redactor) -> bool:
    """Whether there is a secret in a text."""
    return bool(redactor) and redactor.text(text) != text


def _member(name: str, value: Json, redactor: Redactor) -> Json:
    match value:
        case None | bool() | int() | float():
            return _whole(value, redactor) if name in _VALUES else value
        case _ if name in _OURS:
            return value
        case _ if name in _VALUES:
            return _whole(value, redactor)
        case str() if name == "document" and not value.lower().startswith(("http:", "https:")):
            return value  # a path, known before any secret was
        case str() if name == "base64":
            return _base64(value, redactor)
        case str() if name == "json":
            return _json_text(value, redactor)
        case str():
            return _text(value, redactor)
        case Mapping():
            return masked(value, redactor)
        case Sequence():
            return [_member("", item, redactor) for item in value]


def _text(text: str, redactor: Redactor) -> str:
    if redactor.text(text) == text:
        return text
    # What was masked before may be made of the words of a secret, and is left alone.
    return MASKED.join(
        redactor.text(part).replace(MASK, MASKED) if part else "" for part in text.split(MASKED)
    )


def _whole(value: Json, redactor: Redactor) -> Json:
    """A JSON value, its numbers and the names of its members too."""
    before = write_json(value)
    known = read_json(before.replace(MASKED, MASK)) if MASKED in before else value
    after = write_json(redactor.value(known)).replace(MASK, MASKED)
    return value if after == before.replace(MASK, MASKED) else read_json(after)


def _json_text(text: str, redactor: Redactor) -> str:
    """The text of a JSON body: written anew only when there is a secret in it.

    A secret may hide behind escapes, which the redactor does not know all of; then the value tells.
    """
    if redactor.text(text) == text and "\\" not in text:
        return text
    try:
        value = read_json(text)
    except BadJson:
        return _text(text, redactor)
    hidden = _whole(value, redactor)
    if hidden is value and redactor.text(text) == text:
        return text
    # What is said twice, or in a number, is in the text and not in the value.
    return _text(write_json(hidden), redactor)


def _base64(text: str, redactor: Redactor) -> str:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return _text(text, redactor)
    plain = data.decode("utf-8", "surrogateescape")
    hidden = _text(plain, redactor)
    if hidden == plain:
        return text
    return base64.b64encode(hidden.encode("utf-8", "surrogateescape")).decode("ascii")
