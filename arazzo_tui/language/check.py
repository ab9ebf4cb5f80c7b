"""What judging a criterion answers: passed or not, why, and every operand with the value it had."""

from msgspec import Struct

from arazzo_tui.language.values import Json


class Operand(Struct, frozen=True):
    """One side of a comparison: its text, the value it had, and why it had none."""

    text: str
    value: Json
    missing: str = ""
    """Why there is no value; empty when there is one (which may be null)."""


class Check(Struct, frozen=True):
    """The answer to one criterion.

    `reason` is a sentence with the values that were compared, for a passed criterion too; `reading`
    says which tolerated reading was used, and is empty when the letter of the standard was followed.
    """

    condition: str
    type: str
    passed: bool
    reason: str
    operands: tuple[Operand, ...] = ()
    reading: str = ""
