"""The decorator of values behaves as the standard library's, which a type checker takes it for."""

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace

import pytest

from arazzo_tui.language.data import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Two numbers and what is noted of them."""

    x: int
    y: int = 7
    notes: list[str] = field(default_factory=list, compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same, as the standard library makes it."""

    x: int
    y: int = 7
    notes: list[str] = field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    """A value with the fields of another."""

    x: int
    y: int = 7


@dataclass(frozen=True, slots=True)
class Nothing:
    """A value without fields."""


@dataclass(frozen=True, slots=True)
class Named:
    """A value that says itself when it is equal, and how it is told."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and other.name.lower() == self.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """A value that is equal to nothing but itself."""

    x: int


@dataclass(slots=True)
class Changing:
    """No value: it can be changed."""

    x: int = 1


def test_fields_are_given_by_place_by_name_or_by_default() -> None:
    assert (Point(1).x, Point(1).y, Point(y=2, x=1).y) == (1, 7, 2)
    assert Point(1).notes == []
    assert Point(1).notes is not Point(1).notes


@pytest.mark.parametrize("arguments", [(), (1, 2, [], 4)])
def test_too_few_and_too_many_arguments_are_refused(arguments: tuple[object, ...]) -> None:
    make: Callable[..., object] = Point
    with pytest.raises(TypeError, match="__init__"):
        make(*arguments)


def test_values_are_equal_by_their_compared_fields_and_their_class() -> None:
    assert Point(1, 2, ["a"]) == Point(1, 2, ["b"])
    assert hash(Point(1, 2, ["a"])) == hash(Point(1, 2, ["b"]))
    assert Point(1) != Point(2)
    assert Point(1).__eq__(Other(1)) is NotImplemented
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing(), Other(1), Other(1, 7)}) == 2


def test_a_value_is_hashed_and_told_as_the_standard_library_does() -> None:
    assert hash(Point(1, 2)) == hash(Standard(1, 2))
    assert repr(Point(1, 2)) == repr(Standard(1, 2)).replace("Standard", "Point")
    assert Point.__match_args__ == Standard.__match_args__
    assert dataclasses.asdict(Point(1)) == dataclasses.asdict(Standard(1))


def test_a_value_can_be_neither_changed_nor_given_more() -> None:
    point = Point(1)
    for name in ("x", "z"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(point, name, 2)
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert not hasattr(point, "__dict__")
    assert replace(point, y=1) == Point(1, 1)


def test_methods_that_a_class_has_stay_its_own() -> None:
    assert Named("A") == Named("a")
    assert len({Named("A"), Named("a")}) == 1
    assert repr(Named("A")) == "<A>"
    assert Same(1) != Same(1)
    assert len({Same(1), Same(1)}) == 2


def test_a_value_can_be_copied() -> None:
    point = Point(1, 2, ["a"])
    assert copy.copy(point) == point
    assert copy.deepcopy(point).notes == ["a"]
    assert copy.deepcopy(point).notes is not point.notes


def test_what_is_not_frozen_can_be_changed() -> None:
    changing = Changing()
    changing.x = 2
    assert changing == Changing(2)
