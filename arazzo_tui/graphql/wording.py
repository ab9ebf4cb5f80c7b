"""What the message of a GraphQL error speaks of, read from the sentences that servers are known to write.

The sentences of graphql-js (and so of Apollo and Yoga), of gqlgen's parser, of graphql-core and some of
graphql-java are known here; any other message simply speaks of nothing. No query and no variables are
looked at.
"""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from arazzo_tui.graphql.outline import PartKind
from arazzo_tui.language.values import Pointer


class Subject(Struct, frozen=True):
    """The part of a query that a message is about; `owner` is the field or type it belongs to.

    `kinds` is what the part can be, the most telling first.
    """

    kinds: tuple[PartKind, ...]
    name: str
    owner: str = ""


class InVariables(Struct, frozen=True):
    """A place in the request's variables that a message names: the variable, and the way inside it.

    `member` is the name of a member there that is too many or missing, "" when it is the value.
    """

    variable: str
    way: Pointer = ()
    member: str = ""


class Lacking(Struct, frozen=True):
    """An argument or input field that a message says is required and missing; `type` if it tells."""

    name: str
    type: str | None


_Q = r"[\"'`“‘]"
_E = r"[\"'`”’]"
_NAME = r"[A-Za-z_]\w*"


@cache
def _compiled(sentence: str) -> re.Pattern[str]:
    """A pattern in which `<x>` is a quoted name called x; read when the first message is."""
    spelled = re.sub(
        r"(?<!P)<(\w+)>", lambda it: rf"{_Q}(?:\w+\.)?[$@]?(?P<{it[1]}>{_NAME}){_E}", sentence
    )
    return re.compile(spelled, re.ASCII | re.IGNORECASE)


_FIELD = (PartKind.FIELD,)
_SENTENCES: tuple[tuple[str, tuple[PartKind, ...]], ...] = (
    (r"Cannot query field <name> on type <owner>", _FIELD),
    (
        r"Unknown argument <name> on (?:field|directive|fragment) <owner>",
        (PartKind.ARGUMENT,),
    ),
    (r"Field <name> argument <owner> of type", _FIELD),
    (r"Directive <name> argument <owner> of type", (PartKind.DIRECTIVE,)),
    (
        rf"Argument {_Q}@(?P<name>{_NAME})\((?P<owner>{_NAME}):\){_E}",
        (PartKind.DIRECTIVE,),
    ),
    (
        rf"Argument {_Q}(?:\w+\.)?(?P<name>{_NAME})\((?P<owner>{_NAME}):\){_E}",
        _FIELD,
    ),
    (rf"\(MissingFieldArgument@\[(?:\w+/)*(?P<name>{_NAME})\]\)", _FIELD),
    (
        rf"\(UnknownArgument@\[(?:\w+/)*(?P<owner>{_NAME})\]\) : Unknown field argument <name>",
        (PartKind.ARGUMENT,),
    ),
    (r"\(FieldUndefined@\[[\w/]*\]\) : Field <name> in type <owner>", _FIELD),
    (r"Field <name> (?:of type .{1,200}? )?must (?:not )?have a", _FIELD),
    (r"Unknown type <name>", (PartKind.TYPE,)),
    (r"Unknown fragment <name>", (PartKind.SPREAD,)),
    (r"Fragment <name> is never used", (PartKind.FRAGMENT,)),
    (r"Fragment <name> cannot be spread", (PartKind.SPREAD,)),
    (r"Unknown directive <name>", (PartKind.DIRECTIVE,)),
    (r"Directive <name> may not be used", (PartKind.DIRECTIVE,)),
    (r"Variable <name> is not defined", (PartKind.VARIABLE,)),
    (r"Variable <name> is never used", (PartKind.DECLARATION,)),
    (r"Variable <name> of type .{1,200}? used in position", (PartKind.VARIABLE,)),
    (r"There can be only one argument named <name>", (PartKind.ARGUMENT,)),
    (r"There can be only one variable named <name>", (PartKind.DECLARATION,)),
    (r"There can be only one operation named <name>", (PartKind.OPERATION,)),
    (r"There can be only one fragment named <name>", (PartKind.FRAGMENT,)),
    (r"There can be only one input field named <name>", (PartKind.INPUT_FIELD,)),
)
_VALUE_SENTENCES: tuple[tuple[str, tuple[PartKind, ...]], ...] = (
    (
        r"Value <name> does not exist in <owner> enum",
        (PartKind.ENUM_VALUE, PartKind.VALUE),
    ),
    (
        rf"Enum <owner> cannot represent non-enum value: \"?(?P<name>{_NAME})",
        (PartKind.ENUM_VALUE, PartKind.VALUE),
    ),
    (r"Field <name> is not defined by type <owner>", (PartKind.INPUT_FIELD,)),
    (
        r"of type <owner> not to include unknown field <name>",
        (PartKind.INPUT_FIELD,),
    ),
)
"""What is wrong inside a value, whether it is written in the query or sent as a variable."""


def subject(message: str) -> Subject | None:
    """What part of the query a message is about; None when it is about a variable's value, or unknown."""
    if in_variables(message) is not None and not _USES.match(message):
        return None
    for sentence, kinds in (*_SENTENCES, *_VALUE_SENTENCES):
        found = _compiled(sentence).search(message[:_READ])
        if found:
            return Subject(kinds, found["name"], found.groupdict().get("owner") or "")
    return None


_READ = 4_000
"""Of a longer message only the beginning is read."""


def of_value(message: str) -> Subject | None:
    """The enum value or input field a message complains of, wherever it stands."""
    for sentence, kinds in _VALUE_SENTENCES:
        said = list(_compiled(sentence).finditer(message[:_READ]))
        if said:  # a value that is quoted before may hold such a sentence itself: the last counts
            return Subject(kinds, said[-1]["name"], said[-1]["owner"])
    return None


_TYPE = r"[\[\]!\w]{1,200}"
_LACKS_ARGUMENT = re.compile(
    rf"(?:argument {_Q}({_NAME}){_E}|Argument {_Q}[@\w.]{{1,200}}\(({_NAME}):\){_E})"
    rf" of type {_Q}({_TYPE}){_E} is required,? but (?:it was )?not provided",
    re.ASCII,
)
_LACKS_FIELD = re.compile(
    rf"Field {_Q}?(?:\w+\.)?({_NAME}){_E}? of required type {_Q}?({_TYPE}){_E}? was not provided",
    re.ASCII,
)
_LACKS_FIELD_OF_CORE = re.compile(rf"to include required field {_Q}({_NAME}){_E}", re.ASCII)


def lacking_argument(message: str) -> Lacking | None:
    """The argument that a message says is required and not there, of a field or a directive.

    Some servers name there the type that has the field: it is no type of an argument that must be
    given, and is not told.
    """
    said = _LACKS_ARGUMENT.search(message[:_READ])
    if said is None:
        return None
    return Lacking(said[1] or said[2], _required(said[3]))


def lacking_field(message: str) -> Lacking | None:
    """The input field that a message says is required and not there."""
    said = list(_LACKS_FIELD.finditer(message[:_READ]))
    if said:  # the value is quoted before, and may hold such a sentence itself
        return Lacking(said[-1][1], _required(said[-1][2]))
    core = _LACKS_FIELD_OF_CORE.search(message[:_READ])  # there it is quoted after
    return Lacking(core[1], None) if core else None


def _required(type_: str) -> str | None:
    return type_ if type_.endswith("!") else None


def surplus_variables(message: str) -> tuple[str, ...]:
    """The variables that a message says are sent without being declared, as Hasura has it."""
    said = re.match(
        r"unexpected variables in variableValues: ([\w, ]+)$", message[:_READ], re.ASCII
    )
    return tuple(said[1].split(", ")) if said else ()


_USES = re.compile(
    rf"Variable {_Q}\${_NAME}{_E} (?:is not defined|is never used|of type .{{1,200}}? used in)",
    re.ASCII,
)
_VARIABLE = re.compile(
    rf"Variable {_Q}?\$(?P<name>{_NAME})(?P<way>[.\[][^\"'`”’ ]*)?{_E}?", re.ASCII
)
_VARIABLE_OF_JAVA = re.compile(
    rf"(?:Variable {_Q}({_NAME}){_E} has an invalid value: )?"
    rf"Variable {_Q}({_NAME}){_E} has coerced Null value for NonNull type",
    re.ASCII,
)


def in_variables(message: str) -> InVariables | None:
    """The place in the variables that a message names, such as `Variable "$input" got invalid value`.

    The way inside is read from `"$input.items[0]"`, from `at "input.items[0]"`, and from
    `at .items[0]`, which are graphql-js old and new and graphql-core.
    """
    message = message[:_READ]
    named = _VARIABLE.match(message)
    if named is None:
        java = _VARIABLE_OF_JAVA.match(message)
        if java:
            return InVariables(java[1] or java[2])
        mentioned = re.search(rf"variable {_Q}\$({_NAME}){_E}", message, re.ASCII | re.IGNORECASE)
        return InVariables(mentioned[1]) if mentioned else None
    name = named["name"]
    ways = [named["way"] or "", *_ways(message, name)]
    way = next((each for each in reversed(ways) if each), "")
    unknown = of_value(message)
    missing = lacking_field(message[named.end() :])
    member = ""
    if unknown is not None and PartKind.INPUT_FIELD in unknown.kinds:
        member = unknown.name
    elif missing:
        member = missing.name
    return InVariables(name, _steps(way), member)


def _ways(message: str, name: str) -> Iterator[str]:
    yield from re.findall(rf" at {_Q}{name}([.\[][^\"'`”’;]*){_E};", message, re.ASCII)
    core = re.match(
        rf"Variable {_Q}\$\w+{_E} has invalid value at ([.\[]\S*?): ", message, re.ASCII
    )
    if core:
        yield core[1]


def _steps(way: str) -> Pointer:
    """`.items[0].name` as tokens."""
    found = re.findall(r"\.?([^.\[\]]+)|\[(\d+)\]", way)
    return tuple(name or index for name, index in found)


_SUGGESTION = re.compile(
    r"did you mean (?P<what>the enum value |the type |the field )?(?P<names>.{0,400})",
    re.IGNORECASE | re.DOTALL,
)
_LISTED = re.compile(rf"\s*(?:,|or|,\s*or)?\s*{_Q}[$@]?({_NAME}){_E}", re.ASCII)


def suggestions(message: str) -> tuple[str, ...]:
    """The names after the last “Did you mean”, without `$` or `@`: each could replace the wrong one.

    Suggestions of another kind, such as “to use an inline fragment on”, are none.
    """
    found = list(_SUGGESTION.finditer(message[:_READ]))
    if not found:
        return ()
    listed = found[-1]["names"]
    names: list[str] = []
    at = 0
    while item := _LISTED.match(listed, at):
        names.append(item[1])
        at = item.end()
    return tuple(dict.fromkeys(names))
