"""A sequence that only grows, where every earlier state of it stays what it was.

A run of ten thousand steps has ten thousand trails, each one longer than the last. `Past` shares their
items: a longer one is made in constant time, and an earlier one that is gone on from copies itself.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)

_SHOWN = 5


class Past(Sequence[T_co], Generic[T_co]):
    """An immutable sequence with a cheap `plus`. Equal to another one with equal items."""

    __slots__ = ("_items", "_length")

    def __init__(self, items: Iterable[T_co] = ()) -> None:
        self._items: list[T_co] = list(items)
        self._length = len(self._items)

    def plus(self, item: T_co) -> "Past[T_co]":  # type: ignore[misc]  # The receiver does not change, so it may be covariant.
        """The sequence with one more item at its end; this one stays as it is."""
        longer: Past[T_co] = Past.__new__(Past)
        # Whoever grows the newest state may write behind it; an older one takes its own copy.
        shared = self._length == len(self._items)
        longer._items = self._items if shared else self._items[: self._length]
        longer._items.append(item)
        longer._length = self._length + 1
        return longer

    def upto(self, length: int) -> "Past[T_co]":
        """The first `length` items."""
        shorter: Past[T_co] = Past.__new__(Past)
        shorter._items = self._items
        shorter._length = min(max(length, 0), self._length)
        return shorter

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...
    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        if isinstance(index, slice):
            return tuple(self._items[: self._length][index])
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._items[index if index >= 0 else self._length + index]

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Past):
            return NotImplemented
        return self._length == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        return hash(self._length)

    def __repr__(self) -> str:
        # The first few: whoever prints a run would write out all of it for every moment.
        shown = repr(self._items[: min(self._length, _SHOWN)])
        more = self._length - _SHOWN
        return f"Past({shown[:-1]}, and {more} more])" if more > 0 else f"Past({shown})"
