"""Values that are alike when they say the same, wherever it was written and however it was compiled."""

from typing import ClassVar

from msgspec import Struct


class Alike(Struct, frozen=True):
    """A value with fields that take no part in comparing: each kind names them in `ASIDE`.

    A plain `Struct` compares all its fields.
    """

    ASIDE: ClassVar[frozenset[str]] = frozenset()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name)
            for name in self.__struct_fields__
            if name not in self.ASIDE
        )

    def __hash__(self) -> int:
        compared = (name for name in self.__struct_fields__ if name not in self.ASIDE)
        return hash(tuple(getattr(self, name) for name in compared))
