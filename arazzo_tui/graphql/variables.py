"""The variables of a GraphQL request as a table: what is declared, what is sent, what will not do.

Only what is certain without a schema is said: what the operation declares, and how the five built-in
scalars take their values (GraphQL §3.5). Custom scalars, enums and input types are left to `advice`.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from arazzo_tui.graphql.outline import Part, PartKind, outline
from arazzo_tui.graphql.request import Given, Operation, Variable, read_operation
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Pointer, brief, kind, write_pointer


class Sent(Enum):
    """What a request has for a variable; nothing, null and `""` are three different things."""

    MISSING = "missing"
    NULL = "null"
    EMPTY = "empty text"
    VALUE = "value"


class Concern(Enum):
    """What a remark about a variable is about."""

    REQUIRED_MISSING = "required-missing"
    NULL_FOR_NON_NULL = "null-for-non-null"
    UNUSED = "unused"
    UNDECLARED = "undeclared"
    COERCION = "coercion"


class Remark(Struct, frozen=True):
    """One thing to know about a variable before sending.

    `refused` says that a server which follows the specification refuses the request for it; else it is
    worth knowing, no more. `at` is the place in the variables, beginning with the variable's name.
    """

    concern: Concern
    sentence: str
    refused: bool
    at: Pointer


class Row(Struct, frozen=True):
    """One variable, declared or sent or both.

    `type` is the declared type as text, None for what is sent and not declared; `default` the text of
    the default value. `value` means something while `sent` is `VALUE` or `EMPTY`.
    """

    name: str
    type: str | None
    nullable: bool
    default: str | None
    sent: Sent
    value: Json
    remarks: tuple[Remark, ...]

    @property
    def has_default(self) -> bool:
        """Whether the operation itself provides a value."""
        return self.default is not None

    @property
    def refused(self) -> bool:
        """Whether a server which follows the specification refuses the request for this variable."""
        return any(remark.refused for remark in self.remarks)


def variables_table(body: Json) -> tuple[Row, ...]:
    """A row for each variable: those declared in their order, then those only sent.

    `body` is the request's JSON. Empty for what is no GraphQL request, and where the query does not
    parse or no operation can be chosen, the rows are what is sent, without remarks. Never raises.
    """
    operation = read_operation(body)
    if operation is None:
        return ()
    if operation.kind is None:
        return tuple(_only_sent(name, value) for name, value in operation.sent.items())
    used = _used(operation)
    declared = tuple(_declared(variable, used) for variable in operation.variables)
    undeclared = (_undeclared(name, operation.sent[name]) for name in operation.undeclared)
    return (*declared, *undeclared)


def _used(operation: Operation) -> frozenset[str]:
    """The variables that the operation which runs can use: its own, and those of any fragment."""
    return frozenset(
        part.name
        for part in outline(operation.query)
        if part.kind is PartKind.VARIABLE and _runs(part, operation.name)
    )


def _runs(part: Part, operation: str | None) -> bool:
    root = list(part.ancestors)[-1]
    return root.kind is PartKind.FRAGMENT or (root.name or None) == operation


def _only_sent(name: str, value: Json) -> Row:
    return Row(name, None, nullable=True, default=None, sent=_sent(value), value=value, remarks=())


def _undeclared(name: str, value: Json) -> Row:
    said = f"{quoted_name(name)} is sent, but the operation does not declare it: servers ignore it"
    remark = Remark(Concern.UNDECLARED, said, refused=False, at=(name,))
    return Row(name, None, True, None, _sent(value), value, (remark,))


def _declared(variable: Variable, used: frozenset[str]) -> Row:
    sent = Sent.MISSING if variable.state is Given.MISSING else _sent(variable.value)
    return Row(
        variable.name,
        variable.type,
        variable.nullable,
        variable.default,
        sent,
        variable.value,
        tuple(_remarks(variable, sent, used)),
    )


def _sent(value: Json) -> Sent:
    match value:
        case None:
            return Sent.NULL
        case "":
            return Sent.EMPTY
        case _:
            return Sent.VALUE


def _remarks(variable: Variable, sent: Sent, used: frozenset[str]) -> Iterator[Remark]:
    at = (variable.name,)
    if variable.name not in used:
        said = f"`${variable.name}` is declared, but the operation does not use it"
        yield Remark(Concern.UNUSED, said, refused=True, at=at)
    match sent:
        case Sent.MISSING:
            if variable.lacking:
                said = f"`{variable.type}` is required, has no default, and nothing is sent"
                yield Remark(Concern.REQUIRED_MISSING, said, refused=True, at=at)
        case Sent.NULL:
            if not variable.nullable:
                said = f"null is sent for `{variable.type}`, which is never null"
                yield Remark(Concern.NULL_FOR_NON_NULL, said, refused=True, at=at)
        case Sent.EMPTY | Sent.VALUE:
            yield from _coercion(variable.type, variable.value, at)


_MOST_ITEMS = 1_000
"""Items of a list that are looked at; the rest are as the first ones are."""


def _coercion(wanted: str, value: Json, at: Pointer) -> Iterator[Remark]:
    """How a value is taken for a type, as far as its text tells (GraphQL §3.5, §3.11)."""
    if value is None:
        if wanted.endswith("!"):
            said = f"`{write_pointer(at[1:])}` is null, and `{wanted}` is never null"
            yield Remark(Concern.NULL_FOR_NON_NULL, said, refused=True, at=at)
        return
    inner = wanted.removesuffix("!")
    if not inner.startswith("["):
        yield from _scalar(inner, value, at)
        return
    of = inner[1:-1]
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value[:_MOST_ITEMS]):
            yield from _coercion(of, item, (*at, str(index)))
        return
    said = f"a single {kind(value)} for `{wanted}`: it is taken as a list of one"
    yield Remark(Concern.COERCION, said, refused=False, at=at)
    yield from _coercion(of, value, at)


def _scalar(wanted: str, value: Json, at: Pointer) -> Iterator[Remark]:
    judged = _JUDGES[wanted](value) if wanted in _JUDGES else None
    if judged is not None:
        said, refused = judged
        where = f"`{write_pointer(at[1:])}`: " if len(at) > 1 else ""
        yield Remark(Concern.COERCION, f"{where}{said}", refused, at)


def _as_int(value: Json) -> tuple[str, bool] | None:
    match value:
        case bool() | str() | Mapping() | None:
            return _misfit(value, "Int")
        case int():
            if -(2**31) <= value < 2**31:
                return None
            return f"{brief(value)} does not fit into the 32 bits of `Int`", True
        case float():
            if not value.is_integer():
                return f"{brief(value)} has a fraction, and `Int` has none", True
            return f"{_digits(value)} for `Int`: some servers want it without a fraction", False
        case _:
            return _misfit(value, "Int")


def _as_float(value: Json) -> tuple[str, bool] | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if number else _misfit(value, "Float")


def _as_string(value: Json) -> tuple[str, bool] | None:
    return None if isinstance(value, str) else _misfit(value, "String")


def _as_boolean(value: Json) -> tuple[str, bool] | None:
    return None if isinstance(value, bool) else _misfit(value, "Boolean")


def _as_id(value: Json) -> tuple[str, bool] | None:
    match value:
        case str():
            return None
        case bool():
            return _misfit(value, "ID")
        case int():
            return f'{brief(value)} for `ID`: it is taken as the text "{brief(value)}"', False
        case _:
            return _misfit(value, "ID")


_JUDGES = {
    "Int": _as_int,
    "Float": _as_float,
    "String": _as_string,
    "Boolean": _as_boolean,
    "ID": _as_id,
}


def _digits(value: float) -> str:
    return value.text if isinstance(value, Float) else brief(value)


def _misfit(value: Json, wanted: str) -> tuple[str, bool]:
    lax = isinstance(value, str | int | float) and not isinstance(value, bool)
    also = "; a lax server may take it" if lax and wanted != "Boolean" else ""
    return (
        f"{brief(value, 30)} is of type {kind(value)}, and `{wanted}` does not take that{also}",
        True,
    )
