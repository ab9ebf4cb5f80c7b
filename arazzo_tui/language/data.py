"""The decorator of all values: `dataclass(frozen=True, slots=True)`, made in a fifth of the time.

The standard library writes and compiles six functions for each class, which for some three hundred of
them was a quarter of a second before the first screen. Here only `__init__` is written; the others are
plain functions over the fields. It also sets the fields at less cost. What is left out is what no value
of ours asks for: an order, `__post_init__`, fields that are no parameters. A type checker sees the
standard library's decorator. What is compiled is made of the names of fields and of nothing else.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")


def _dataclass(
    *, frozen: bool = False, slots: bool = False, eq: bool = True
) -> Callable[[type[T]], type[T]]:
    """Make a class one of values, as `dataclasses.dataclass` does; not frozen, or without slots, its way."""

    def made(named: type[T]) -> type[T]:
        if not (frozen and slots):
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq)(named)
        return _value(
            dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(named), eq
        )

    return made


def _value(made: type[T], eq: bool) -> type[T]:
    """The methods of a class whose fields and slots are known already; its own go before them."""
    fields = _fields(made)
    compared = _getter([each.name for each in fields if each.compare])

    def is_equal(self: object, other: object) -> bool:
        return (
            compared(self) == compared(other)
            if other.__class__ is self.__class__
            else NotImplemented
        )

    def hashed(self: object) -> int:
        return hash(compared(self))

    methods = {
        "__init__": _init(made, fields),
        "__repr__": _written,
        "__setattr__": _cannot_set,
        "__delattr__": _cannot_delete,
        "__getstate__": _state,
        "__setstate__": _set_state,
    }
    if eq:
        methods |= {"__eq__": is_equal, "__hash__": hashed}
    for name, method in methods.items():
        # A class that has its own `__eq__` has None for a hash unless it says one.
        if made.__dict__.get(name) is None:
            setattr(made, name, method)
    return made


def _fields(made: type) -> tuple[dataclasses.Field[object], ...]:
    return dataclasses.fields(made)


def _getter(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    """What is compared and hashed of a value."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda _: ()
    one = attrgetter(names[0])
    return lambda value: (one(value),)


def _init(made: type, fields: tuple[dataclasses.Field[object], ...]) -> Callable[..., None]:
    """The `__init__`: each field is put into its slot, past the `__setattr__` that refuses."""
    known: dict[str, object] = {"missing": dataclasses.MISSING}
    parameters, lines = ["self"], ["pass"]
    for field in fields:
        name = field.name
        parameter, value = name, name
        known[f"set_{name}"] = getattr(made, name).__set__
        if field.default is not dataclasses.MISSING:
            known[f"default_{name}"] = field.default
            parameter = f"{name}=default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"default_{name}"] = field.default_factory
            parameter = f"{name}=missing"
            value = f"default_{name}() if {name} is missing else {name}"
        parameters.append(parameter)
        lines.append(f"set_{name}(self, {value})")
    text = f"def __init__({', '.join(parameters)}):\n  " + "\n  ".join(lines)
    exec(text, known)  # noqa: S102  # the names of fields
    init = known["__init__"]
    assert callable(init)
    setattr(init, "__qualname__", f"{made.__qualname__}.__init__")  # noqa: B010  # callables have none to a type checker
    return init


def _written(self: object) -> str:
    told = (
        f"{each.name}={getattr(self, each.name)!r}" for each in _fields(type(self)) if each.repr
    )
    return f"{type(self).__qualname__}({', '.join(told)})"


def _cannot_set(self: object, name: str, _: object) -> None:
    raise dataclasses.FrozenInstanceError(
        f"cannot assign to field {name!r} of {type(self).__name__}"
    )


def _cannot_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r} of {type(self).__name__}")


def _state(self: object) -> list[object]:
    return [getattr(self, each.name) for each in _fields(type(self))]


def _set_state(self: object, state: list[object]) -> None:
    for field, value in zip(_fields(type(self)), state, strict=True):
        object.__setattr__(self, field.name, value)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass
