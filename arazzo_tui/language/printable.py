"""The one door for text from outside on its way to a person.

A document, a server, a file name or the environment can hold terminal control sequences, bidirectional
overrides and invisible characters. `printable` makes each of them visible; everything that draws or
prints passes foreign text through it, and nothing else does this job.
"""

import re

BAD_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_MANY_MARKS = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}"
)


def printable(text: str, *, lines: bool = False) -> str:
    """`text` with nothing in it that a terminal obeys or hides.

    C0 controls become their pictures (␛), the rest `⟨U+202E⟩`; more than three combining marks in a
    row are cut to three. With `lines`, line feeds and tabs stay. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text
    if lines:
        return "\n".join(
            "\t".join(printable(part) for part in line.split("\t")) for line in text.split("\n")
        )
    return _MANY_MARKS.sub(lambda run: run.group()[:3], BAD_CHARACTERS.sub(_visible, text))


def is_printable(text: str) -> bool:
    """Whether `printable` would leave the text as it is."""
    return BAD_CHARACTERS.search(text) is None and _MANY_MARKS.search(text) is None


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"⟨U+{code:04X}⟩"


def one_line(text: str, width: int = 200) -> str:
    """Foreign text for a label or a message: printable, white space folded, cut with an ellipsis."""
    folded = " ".join(text.split()) if not text.isprintable() else text
    shown = printable(folded)
    return shown if len(shown) <= width else shown[: width - 1] + "…"


def quoted_name(text: str) -> str:
    """A foreign name inside a sentence of ours."""
    return f"`{one_line(text, 80)}`"
