"""Workflow inputs: the fields a schema asks for, defaults, parsing of typed text, and validation.

The schema is JSON Schema 2020-12 (WFL-3), already standing alone (`document.schema_refs`). The form, the
command line and the machine all use these functions, so that they cannot disagree.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.marked import plain
from arazzo_tui.document.names import local_definition
from arazzo_tui.engine.schema_cost import MOST_LOOKS, is_too_dear
from arazzo_tui.language.compare import same
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json, Pointer, brief, kind, write_pointer

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

FieldKind: TypeAlias = Literal["string", "number", "integer", "boolean", "enum", "json"]
"""How a value is entered: `json` is everything that needs an editor."""


class Field(Struct, frozen=True):
    """One input as a form shows it. `declared` is False for one the schema does not know.

    `types` are the JSON types it allows, empty for any; `has_default` tells a null default from none.
    """

    name: str
    kind: FieldKind
    required: bool
    description: str = ""
    types: tuple[str, ...] = ()
    choices: tuple[Json, ...] = ()
    format: str = ""
    has_default: bool = False
    default: Json = None
    examples: tuple[Json, ...] = ()
    declared: bool = True

    @property
    def secret(self) -> bool:
        """Whether its value is hidden wherever it is shown (DOC-13)."""
        return self.format == "password"


class InputError(Struct, frozen=True):
    """One thing that is wrong with a set of inputs; `at` leads from the whole into one of them."""

    at: Pointer
    message: str

    @property
    def name(self) -> str:
        """The input it belongs to; empty when it is about the whole."""
        return self.at[0] if self.at else ""

    def __str__(self) -> str:
        if not self.at:
            return self.message
        inner = f" at {write_pointer(self.at[1:])}" if len(self.at) > 1 else ""
        return f"`{self.at[0]}`{inner}: {self.message}"


def fields(schema: Json) -> tuple[Field, ...]:
    """The inputs a schema names, required ones marked, in the order of the document.

    Those that only an alternative (`oneOf`, `anyOf`) names come after the others.
    """
    required = {name for part in _parts(schema, schema) for name in _names(part.get("required"))}
    found: dict[str, Field] = {}
    for part in _parts(schema, schema):
        for name, inner in _mapping(part.get("properties")).items():
            if name not in found:
                found[name] = _field(name, inner, schema, required=name in required)
    either: dict[str, Field] = {}
    for part in _parts(schema, schema, ("allOf", "oneOf", "anyOf")):
        for name, inner in _mapping(part.get("properties")).items():
            if name not in found:
                field = _field(name, inner, schema, required=name in required)
                either[name] = _either(either[name], field) if name in either else field
    found.update(either)
    for name in sorted(required - found.keys()):
        found[name] = Field(name, "json", required=True, declared=False)
    return tuple(found.values())


def _either(one: Field, other: Field) -> Field:
    """An input that two alternatives describe: what both allow, entered as JSON where they differ."""
    if one.choices and other.choices:
        more = tuple(
            each for each in other.choices if not any(same(each, own) for own in one.choices)
        )
        return replace(one, choices=(*one.choices, *more), types=())
    if (one.kind, one.types, one.choices) == (other.kind, other.types, other.choices):
        return one
    types = tuple(dict.fromkeys((*one.types, *other.types))) if one.types and other.types else ()
    return replace(one, kind="json", types=types, choices=())


def _parts(
    schema: Json, whole: Json, combined: Sequence[str] = ("allOf",)
) -> Iterator[Mapping[str, Json]]:
    """A schema, and those that apply with it: through local `$ref`s and `allOf`."""
    waiting, seen = [schema], set[str]()
    while waiting:
        here = waiting.pop(0)
        if not isinstance(here, Mapping):
            continue
        yield here
        for key in combined:
            also = here.get(key)
            waiting.extend(also if isinstance(also, list) else [])
        reference = here.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            waiting.append(local_definition(whole, reference))


def _names(value: Json) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _field(name: str, schema: Json, whole: Json, *, required: bool) -> Field:
    parts = list(_parts(schema, whole))
    types = _types(parts)
    choices = _choices(parts)
    with_default = next((part for part in parts if "default" in part), {})
    examples = next((part["examples"] for part in parts if "examples" in part), None)
    example = next((part["example"] for part in parts if "example" in part), None)
    if not isinstance(examples, list):
        examples = [] if example is None else [example]
    return Field(
        name=name,
        kind=_kind(types, choices),
        required=required,
        description=str(next((p["description"] for p in parts if p.get("description")), "")),
        types=types,
        choices=choices,
        format=str(next((part["format"] for part in parts if "format" in part), "")),
        has_default="default" in with_default,
        default=with_default.get("default"),
        examples=tuple(examples),
    )


def _types(parts: list[Mapping[str, Json]]) -> tuple[str, ...]:
    for part in parts:
        match part.get("type"):
            case str() as one:
                return (one,)
            case list() as several:
                return tuple(each for each in several if isinstance(each, str))
            case _:
                continue
    if any("properties" in part for part in parts):
        return ("object",)
    return ("array",) if any("items" in part for part in parts) else ()


def _choices(parts: list[Mapping[str, Json]]) -> tuple[Json, ...]:
    for part in parts:
        listed = part.get("enum")
        if isinstance(listed, list) and listed:
            return tuple(listed)
        if "const" in part:
            return (part["const"],)
    return ()


def _kind(types: tuple[str, ...], choices: tuple[Json, ...]) -> FieldKind:
    if choices:
        return "enum"
    match types:
        case ("string",):
            return "string"
        case ("number",):
            return "number"
        case ("integer",):
            return "integer"
        case ("boolean",):
            return "boolean"
        case _:
            return "json"


class BadValue(ValueError):
    """A text that is no value of the declared type; the sentence says what would be."""


def parse_value(field: Field, text: str) -> Json:
    """A text typed by a person, by the declared type: a string takes it as it is, others JSON (A-5)."""
    if field.kind == "string":
        return text
    if field.kind == "enum":
        return _chosen(field.choices, text)
    try:
        value = read_json(text)
    except BadJson as wrong:
        if "string" in field.types or not field.types:
            return text
        wanted = " or ".join(field.types)
        cure = "write it as JSON" if field.kind == "json" else f"{brief(text)} is none"
        raise BadValue(f"{_an(wanted)} is expected; {cure} ({wrong})") from None
    if field.types == ("null",) or not field.types or kind(value) in field.types:
        return value
    if kind(value) == "integer" and "number" in field.types:
        return value
    if isinstance(value, float) and value.is_integer() and "integer" in field.types:
        return value  # JSON Schema counts 5.0 among the integers
    if "string" in field.types:
        return text
    raise BadValue(f"{_an(' or '.join(field.types))} is expected, this is {_an(kind(value))}")


def _chosen(choices: Sequence[Json], text: str) -> Json:
    """The choice that a text writes, as a string first; a text that is none of them as it is."""
    if text in (each for each in choices if isinstance(each, str)):
        return text
    try:
        value = read_json(text)
    except BadJson:
        return text
    return next((each for each in choices if same(each, value)), text)


def _an(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def write_value(value: Json) -> str:
    """The text a person would type for a value: strings as they are, others as JSON."""
    return value if isinstance(value, str) else write_json(value)


def with_defaults(schema: Json, values: Mapping[str, Json]) -> Mapping[str, Json]:
    """The values with the schema's defaults where nothing was given, at every object level (A-5)."""
    whole = dict(values)
    ours = {id(whole)}  # what may be written to: values and schemas belong to others
    waiting = deque([(schema, whole, 0)])
    seen: set[tuple[int, int]] = set()  # two definitions may both lead to a third
    left = _MOST_DEFAULTS
    while waiting:  # level by level, so that what is left out is what lies deepest
        described, here, depth = waiting.popleft()
        if (id(described), id(here)) in seen:
            continue
        seen.add((id(described), id(here)))
        for part in _parts(described, schema):
            for name, inner in _mapping(part.get("properties")).items():
                if name not in here and left and (given := _default(inner, schema)):
                    here[name] = given[0]
                    left -= 1
                value = here.get(name)
                if isinstance(value, Mapping) and depth < _DEEPEST:
                    copy = value if isinstance(value, dict) and id(value) in ours else dict(value)
                    ours.add(id(copy))
                    here[name] = copy
                    waiting.append((inner, copy, depth + 1))
    return whole


_MOST_DEFAULTS = 10_000
_DEEPEST = 50
"""Schemas may refer to themselves, and a default may ask for defaults."""


def _default(schema: Json, whole: Json) -> tuple[Json, ...]:
    """The default of a schema, alone in a tuple, for it may be null; empty when there is none."""
    return next(((part["default"],) for part in _parts(schema, whole) if "default" in part), ())


def secret_values(schema: Json, values: Json) -> Iterator[str]:
    """The texts of all values that a schema calls passwords, however deep they stand (DOC-13)."""
    waiting = [(schema, values)]
    seen: set[tuple[int, int]] = set()  # two definitions may both lead to a third
    while waiting:
        described, value = waiting.pop()
        if (id(described), id(value)) in seen:
            continue
        seen.add((id(described), id(value)))
        parts = list(_parts(described, schema))
        match value:
            case Mapping():
                for part in parts:
                    inner = _mapping(part.get("properties"))
                    waiting.extend((inner[name], value[name]) for name in inner if name in value)
            case list():
                waiting.extend(
                    (part["items"], each) for part in parts if "items" in part for each in value
                )
            case None | "":
                pass
            case str() | bool() | int() | float() if any(_is_password(part) for part in parts):
                yield write_value(value)
            case _:
                pass


def _is_password(schema: Mapping[str, Json]) -> bool:
    return schema.get("format") == "password"


def joined(schema: Json, others: Iterable[Json]) -> Json:
    """A schema that asks for the inputs of others as well; of the same name its own counts (A-42)."""
    if isinstance(schema, bool):
        return schema
    own = schema if isinstance(schema, Mapping) else {}
    properties: dict[str, Json] = {}
    required: dict[str, None] = {}
    definitions: dict[str, Json] = {}
    for each in (own, *others):
        for part in _parts(each, each):
            # First come, first placed, and first come counts.
            for name, inner in _mapping(part.get("properties")).items():
                properties.setdefault(name, inner)
            required.update(dict.fromkeys(_names(part.get("required"))))
            for name, inner in _mapping(part.get("$defs")).items():
                definitions.setdefault(name, inner)
    if not properties:
        return schema
    whole = {**own, "properties": properties, "required": list(required)}
    return {**whole, "$defs": definitions} if definitions else whole


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def validate(schema: Json, values: Mapping[str, Json]) -> tuple[InputError, ...]:
    """Everything that is wrong with a whole set of inputs (A-4); empty when they fit the schema.

    A schema that is itself wrong, or needs something from outside, gives one error that says so.
    """
    if schema is None:
        return ()
    if not isinstance(schema, bool | dict):
        return (InputError((), "the inputs' schema is neither an object nor a boolean"),)
    # Rust, and 6 ms to import: only who validates pays.
    from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError

    exact, given = _schema(schema), plain(dict(values), digits=False)
    if is_too_dear(exact, given):
        said = f"the inputs' schema cannot be used: it takes more than {MOST_LOOKS:,} steps"
        return (InputError((), said),)
    try:
        validator = Draft202012Validator(exact, validate_formats=True, retriever=_refuse)
        wrong = list(validator.iter_errors(given))
        if not wrong:
            return ()
        # The same once more without the values, for those that are secret or too long to be shown.
        quiet = Draft202012Validator(exact, validate_formats=True, retriever=_refuse, mask=_HIDDEN)
        hushed = list(quiet.iter_errors(given))
    except (ValidationError, ReferencingError, ValueError) as failed:
        said = str(failed).strip().partition("\n")[0]
        return (InputError((), f"the inputs' schema cannot be used: {one_line(said)}"),)
    secret = {field.name for field in fields(schema) if field.secret}
    found = [
        each for pair in zip(wrong, hushed, strict=True) for each in _errors(*pair, secret=secret)
    ]
    return tuple(dict.fromkeys(found))


def _schema(schema: bool | dict[str, Json]) -> bool | dict[str, Json]:
    exact = plain(schema, digits=False)
    assert isinstance(exact, bool | dict)  # as it was before
    if isinstance(exact, dict) and exact.get("additionalProperties") is False:
        exact.setdefault("properties", {})  # without it the validator names no property
    return exact


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"a schema outside the document is not fetched: {uri}")


def _errors(
    wrong: "ValidationError", hushed: "ValidationError", secret: set[str]
) -> Iterator[InputError]:
    """One error of the validator, at the member it is about; `hushed` says it without the value."""
    at = tuple(str(each) for each in wrong.instance_path)
    match wrong.kind.as_dict():
        case {"property": str() as name} if wrong.kind.name == "required":
            yield InputError((*at, name), "is required")
        case {"unexpected": [*names]}:  # of `additionalProperties` and `unevaluatedProperties`
            for name in names:
                yield InputError((*at, str(name)), "is not an input of this workflow")
        case _ if wrong.kind.name == "falseSchema" and at:
            yield InputError(at, "is not allowed")
        case _:
            message = wrong.message
            if secret & {at[0]} if at else secret:
                message = hushed.message
            elif len(message) > _LONGEST:
                message = hushed.message.replace(_HIDDEN, "this value")
            yield InputError(at, one_line(message, _LONGEST))


_HIDDEN = "•••"
_LONGEST = 200
