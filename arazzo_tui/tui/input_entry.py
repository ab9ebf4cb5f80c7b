"""One question of the inputs form, without a screen: how it is asked, and what an answer means.

No widget lives here. A blank answer is where a form and a command line differ, so this is the rule:

- Text that was not touched stands for exactly the value it was made from.
- A *string* field: any text is the value. A blank one is the empty string where the field has a
  default (somebody emptied it) or was opened with an empty string; everywhere else it is no value.
- Every other field: a blank one is no value, so a default applies again.
- No value for a required input without a default is the error "is required" (`engine.inputs.validate`).
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui.engine.inputs import BadValue, Field, fields, parse_value, write_value
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import is_printable, one_line
from arazzo_tui.language.values import Json, brief
from arazzo_tui.world.assume import read_method_and_path

LONGEST_LINE = 64_000
"""Characters of a string that can still be edited in one line."""

LONGEST_EDITED = 100_000
"""Characters of JSON that can still be edited: longer texts make an editor slow at every key."""

_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})


QuestionKind: TypeAlias = Literal["url", "operation", "secret"]
"""An absolute URL, a method and a path, or a credential."""

_FORMATS: dict[QuestionKind, str] = {"url": "uri", "operation": "", "secret": "password"}


class Control(Enum):
    """How a value is entered: in a line, from a list, as JSON, or as several lines of text."""

    LINE = "line"
    CHOICE = "choice"
    JSON = "json"
    LINES = "lines"


class Given(Struct, frozen=True):
    """A value that is there; a null is one too."""

    value: Json


class Question(Struct, frozen=True):
    """Something the run needs that is no input, such as the base URL of a source without description.

    `key` names the answer, `label` is what the form shows, `why` says what the answer is for and
    `kind` what may be answered. Secrets may be left out, the others may not.
    """

    key: str
    label: str
    why: str
    placeholder: str
    value: str = ""
    kind: QuestionKind = "url"


class Entry(Struct, frozen=True):
    """One row of the form as it opens.

    `opening` is the value it opens with, `text` how that is written; of a choice, `options` are the
    values to choose from (None is none at all) and `chosen` is the number of the first one.
    """

    key: str
    label: str
    field: Field
    control: Control
    opening: Given | None = None
    text: str = ""
    origin: str = ""
    options: tuple[Given | None, ...] = ()
    chosen: int = 0
    placeholder: str = ""
    question: QuestionKind | None = None

    @property
    def is_question(self) -> bool:
        """Whether it asks for something that is no input."""
        return self.question is not None

    @property
    def takes_strings(self) -> bool:
        """Whether a string is a value of it."""
        return not self.field.types or "string" in self.field.types


def entries(
    schema: Json,
    values: Mapping[str, Json],
    origins: Mapping[str, str],
    undeclared: Sequence[str] = (),
) -> tuple[Entry, ...]:
    """The rows for a workflow's inputs: the declared ones, then names only used, then names only given."""
    declared = fields(schema)
    names = {field.name for field in declared}
    others = dict.fromkeys((*undeclared, *values))
    more = [
        Field(name, "json", required=False, declared=False) for name in others if name not in names
    ]
    return tuple(_entry(field, values, origins) for field in (*declared, *more))


def _entry(field: Field, values: Mapping[str, Json], origins: Mapping[str, str]) -> Entry:
    name = field.name
    opening = None
    origin = ""
    if name in values:
        opening = Given(values[name])
        is_default = field.has_default and values[name] == field.default
        origin = origins.get(name) or ("default" if is_default else "given")
    elif field.has_default:
        opening, origin = Given(field.default), "default"
    label = one_line(name, 80) or '""'
    options = _options(field, opening)
    if options:
        chosen = next(at for at, each in enumerate(options) if each is opening)
        return Entry(name, label, field, Control.CHOICE, opening, "", origin, options, chosen)
    control, text = _text(field, opening)
    if len(text) > (LONGEST_LINE if control is Control.LINE else LONGEST_EDITED):
        kept = (opening,) if field.required else (opening, None)
        return Entry(name, label, field, Control.CHOICE, opening, "", origin, kept)
    hint = _hint(field, opening)
    return Entry(name, label, field, control, opening, text, origin, placeholder=hint)


def _options(field: Field, opening: Given | None) -> tuple[Given | None, ...]:
    """What a field can be chosen from; empty where it is typed. What it opens with is always one."""
    if field.kind == "enum":
        options = [Given(each) for each in field.choices]
    elif field.types and set(field.types) <= {"boolean", "null"}:
        options = [Given(value) for value in (True, False)]
        options += [Given(None)] if "null" in field.types else []
    else:
        return ()
    if opening is None:
        return (None, *options)
    if not any(_same(opening, each) for each in options):
        options.append(opening)
    options = [opening if _same(opening, each) else each for each in options]
    return tuple(options) if field.required or field.has_default else (None, *options)


def _same(one: Given, other: Given) -> bool:
    """Equal as JSON: `True` is not `1`."""
    return one.value == other.value and isinstance(one.value, bool) == isinstance(other.value, bool)


def _text(field: Field, opening: Given | None) -> tuple[Control, str]:
    """The control for a typed value, and the text it opens with."""
    if field.kind != "json" or (field.types and set(field.types) <= _SCALARS):
        text = "" if opening is None else _written(field, opening.value)
        return (Control.LINES if _has_lines(text) and not field.secret else Control.LINE), text
    return Control.JSON, "" if opening is None else _written(field, opening.value)


def _hint(field: Field, opening: Given | None) -> str:
    """What a blank field says: what it means to leave it so, or an example."""
    if field.kind == "string" and (field.has_default or opening == Given("")):
        return "empty text"
    if field.has_default:
        return "default" if field.secret else f"default {one_line(write_value(field.default), 40)}"
    if field.examples and not field.secret:
        return f"such as {one_line(write_value(field.examples[0]), 40)}"
    return "" if field.required else "not given"


def _has_lines(text: str) -> bool:
    return "\n" in text or "\r" in text


def _written(field: Field, value: Json) -> str:
    """The text that is read as this value again: JSON, and for strings mostly the string itself."""
    if isinstance(value, str):
        try:
            if field.kind == "string" or parse_value(field, value) == value:
                return value
        except BadValue:
            pass
    return escaped(write_json(value, indent=2 if field.kind == "json" else None))


def escaped(text: str) -> str:
    """A JSON text with nothing hidden in it: invisible characters in its strings become escapes."""
    if all(is_printable(line) for line in text.split("\n")):
        return text
    return "".join(each if each == "\n" or is_printable(each) else _escape(each) for each in text)


def _escape(character: str) -> str:
    data = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2))


def asked(question: Question) -> Entry:
    """The row for a question."""
    field = Field(
        name=question.label,
        kind="string",
        required=question.kind != "secret",
        description=question.why,
        format=_FORMATS[question.kind],
    )
    return Entry(
        key=question.key,
        label=one_line(question.label, 80) or '""',
        field=field,
        control=Control.LINE,
        opening=Given(question.value) if question.value else None,
        text=question.value,
        origin="given" if question.value else "",
        placeholder=one_line(question.placeholder, 80),
        question=question.kind,
    )


def option_labels(entry: Entry) -> list[str]:
    """How the values that can be chosen are called, printable."""
    values = [each.value for each in entry.options if each is not None]
    are_strings = all(isinstance(value, str) for value in values)
    return [_option_label(each, entry, are_strings) for each in entry.options]


def _option_label(option: Given | None, entry: Entry, are_strings: bool) -> str:
    if option is None:
        return "not given"
    text = write_value(option.value)
    if len(text) > LONGEST_LINE:
        start = "•••" if entry.field.secret else one_line(brief(option.value, 20))
        return f"{start} ({len(text):,} characters, too long to edit)"
    return one_line(text if text and are_strings else brief(option.value))


def answer(entry: Entry, text: str) -> Given | None:
    """What a typed text means; None for no value. Raises `BadValue` where it is no such value (A-5)."""
    match entry.question:
        case "url":
            return Given(_checked_url(text.strip()))
        case "operation":
            return Given(_checked_operation(text))
        case "secret" | None:
            pass
    if text == entry.text:
        return entry.opening
    field = entry.field
    if field.kind == "string":
        return Given(text) if text or field.has_default else None
    return Given(parse_value(field, text)) if text.strip() else None


def _checked_url(text: str) -> str:
    """An absolute http(s) URL; raises `BadValue` for anything else."""
    example = "write it like https://api.example.com/v1"
    if not text:
        raise BadValue("is required")
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname)
        _ = parts.port
    except ValueError as wrong:
        raise BadValue(f"this is no URL: {wrong}; {example}") from None
    if parts.scheme not in ("http", "https") or not has_host:
        raise BadValue(f"an absolute http or https URL is expected; {example}")
    if any(each.isspace() or not is_printable(each) for each in text):
        raise BadValue("a URL has no spaces and no invisible characters")
    return text


def _checked_operation(text: str) -> str:
    """A method and a path; raises `BadValue` for anything else."""
    if not text.strip():
        raise BadValue("is required")
    try:
        read_method_and_path(text)
    except ValueError as wrong:
        raise BadValue(str(wrong)) from None
    return text.strip()


def is_taken_as_text(entry: Entry, text: str) -> bool:
    """Whether a text that starts like JSON is none, and becomes a string because one is allowed."""
    if entry.control is not Control.JSON or text.lstrip()[:1] not in ("{", "[", '"'):
        return False
    try:
        found = answer(entry, text)
    except BadValue:
        return False
    return found is not None and found.value == text


def without_secrets(message: str, secrets: Sequence[Json]) -> str:
    """A message about values with the secret ones hidden in it: validators quote what they reject."""
    for secret in sorted((each for each in secrets if each), key=lambda each: -len(str(each))):
        for text in (write_json(secret), write_json(secret)[1:-1], write_value(secret)):
            if len(text) > 2:
                message = message.replace(text, "•••")
    return message
