"""What a parser has to say beside its result: a text was read with tolerance, or is doubtful.

A note knows only its text; the document room gives it a place and makes it a problem.
"""

from msgspec import Struct


class Note(Struct, frozen=True):
    """One tolerated or doubtful reading, `offset` code points into the text that was parsed.

    `code` is stable and meant for machines, `rewrite` is the text that would be right.
    """

    code: str
    message: str
    offset: int = 0
    rewrite: str = ""


class BadText(ValueError):
    """A text that no reading of its grammar covers; `offset` is where reading stopped."""

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        self.message = message
        self.offset = offset
        self.hint = hint
        super().__init__(message)
