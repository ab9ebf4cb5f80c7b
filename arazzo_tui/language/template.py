"""Values with expressions in them: compiled when a document is read, filled when a step needs them.

A string that is exactly one expression takes the value with its type (BOD-4); any other string may
hold `{expression}` parts and stays a string (BOD-5, EMB-1..9). A value that was put in is never read
for expressions again (EMB-7).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.language.expression import ROOTS, Expression, parse_expression
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.scan import bare_expressions
from arazzo_tui.language.values import Json, Missing, Pointer, Scope


class Constant(Struct, frozen=True):
    """A value without any expression in it."""

    value: Json


class Text(Struct, frozen=True):
    """A string with expressions inside; `parts` are the literal pieces and the expressions."""

    text: str
    parts: tuple[str | Expression, ...]


class Selected(Struct, frozen=True):
    """A Selector Object (Arazzo 1.1, SEL-3): a part of a value, chosen by a query."""

    context: Expression
    selector: str
    select: Callable[[Json], Json]


class Members(Struct, frozen=True):
    """An object some of whose members hold expressions."""

    members: Mapping[str, "Template"]


class Items(Struct, frozen=True):
    """An array some of whose items hold expressions."""

    items: tuple["Template", ...]


Template: TypeAlias = Constant | Expression | Text | Selected | Members | Items

Declared: TypeAlias = Callable[[Expression], bool]
"""Whether an expression names something the workflow declares; bare ones inside text need it (A-9)."""


class Fault(Struct, frozen=True):
    """One place of a template that could not be filled, and why."""

    at: Pointer
    expression: Expression
    missing: Missing


class Unfilled(LookupError):
    """Some expressions of a template name nothing; nothing may be sent (A-8)."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"`{each.expression}`: {each.missing}" for each in faults))


def compile_text(text: str, declared: Declared) -> tuple[Template, tuple[Note, ...]]:
    """The template a string writes; raises `BadText` for a known root with a broken rest."""
    if text.startswith("$"):
        whole = _whole(text, declared)
        if whole is not None:
            return whole
    if "$" not in text:
        return Constant(text), ()
    parts, notes = _parts(text, declared)
    if any(isinstance(part, Expression) for part in parts):
        return Text(text, parts), notes
    return Constant(text), notes


def _whole(text: str, declared: Declared) -> tuple[Template, tuple[Note, ...]] | None:
    try:
        parsed = parse_expression(text)
    except BadText:
        if _inside(text, declared):  # `$inputs.a/$inputs.b` is text with two of them
            return None
        raise
    if parsed is None:
        return None
    expression, notes = parsed
    if _inside(text, declared, 1) or (not declared(expression) and _inside(text, declared)):
        return None  # `$inputs.first $inputs.last`: 1.0 would allow it as one odd name
    return expression, notes


def _inside(text: str, declared: Declared, after: int = 0) -> bool:
    if text.find("$", after) < 0:
        return False
    found = bare_expressions(text)
    return any(start >= after and declared(each) for start, _, each in found)


def compile_braced(text: str) -> tuple[Constant | Text, tuple[Note, ...]]:
    """A string in which nothing but `{expression}` counts, as in a regex condition (CRI-8, RGX-5)."""
    parts, notes = _parts(text, nothing_declared)
    embedded = any(isinstance(part, Expression) for part in parts)
    return Text(text, parts) if embedded else Constant(text), notes


def _parts(text: str, declared: Declared) -> tuple[tuple[str | Expression, ...], tuple[Note, ...]]:
    """Cut a string into literal pieces, `{expression}` and, when declared, bare expressions."""
    parts: list[str | Expression] = []
    notes: list[Note] = []
    done = 0
    for start, end, expression, braced in _found(text, declared, notes):
        parts.append(text[done:start])
        parts.append(expression)
        done = end
        if not braced:
            right = f"{text[:start]}{{{text[start:end]}}}{text[end:]}"
            message = f"`{text[start:end]}` inside a text is read as `{{{text[start:end]}}}`"
            notes.append(Note("bare-in-text", message, start, right))
    parts.append(text[done:])
    return tuple(part for part in parts if part != ""), tuple(notes)


def _found(
    text: str, declared: Declared, notes: list[Note]
) -> Iterator[tuple[int, int, Expression, bool]]:
    """Places of expressions in a string: braced ones always, bare ones only when declared."""
    taken = 0
    bare = {start: (end, each) for start, end, each in bare_expressions(text) if declared(each)}
    for at, character in enumerate(text):
        if at < taken:
            continue
        if character == "{" and text.startswith("$", at + 1):
            end = text.find("}", at)  # EMB-9: names and pointers hold no braces
            expression = _braced(text[at + 1 : end], at + 1, notes) if end > 0 else None
            if expression is not None:
                yield at, end + 1, expression, True
                taken = end + 1
        elif at in bare:
            end, expression = bare[at]
            yield at, end, expression, False
            taken = end


def _braced(inner: str, at: int, notes: list[Note]) -> Expression | None:
    try:
        parsed = parse_expression(inner)
    except BadText as wrong:
        message = f"{wrong.message}; `{{{inner}}}` stays as it is (EMB-5)"
        notes.append(Note("bad-expression", message, at + wrong.offset))
        return None
    if parsed is None:
        near = near_root(inner)
        if near:
            right = f"${near}{inner[len(_word(inner)) + 1 :]}"
            message = f"`{{{inner}}}` holds no runtime expression and stays as it is"
            notes.append(Note("unknown-root", message, at, f"{{{right}}}"))
        return None
    notes.extend(
        Note(note.code, note.message, at + note.offset, note.rewrite) for note in parsed[1]
    )
    return parsed[0]


def nothing_declared(_: Expression) -> bool:
    """A `Declared` for places where bare expressions inside text are never read."""
    return False


def fill(template: Template, scope: Scope) -> Json:
    """The value with every expression replaced by what it names; raises `Unfilled` with all faults."""
    faults: list[Fault] = []
    value = _filled(template, scope, (), faults)
    if faults:
        raise Unfilled(faults)
    return value


def _filled(template: Template, scope: Scope, at: Pointer, faults: list[Fault]) -> Json:
    match template:
        case Constant(value):
            return value
        case Expression():
            return _evaluated(template, scope, at, faults)
        case Text(_, parts):
            return "".join(
                part if isinstance(part, str) else to_text(_evaluated(part, scope, at, faults))
                for part in parts
            )
        case Selected(context, _, select):
            before = len(faults)
            value = _evaluated(context, scope, at, faults)
            return select(value) if len(faults) == before else None
        case Members(members):
            return {
                name: _filled(member, scope, (*at, name), faults)
                for name, member in members.items()
            }
        case Items(items):
            return [
                _filled(item, scope, (*at, str(index)), faults) for index, item in enumerate(items)
            ]


def _evaluated(expression: Expression, scope: Scope, at: Pointer, faults: list[Fault]) -> Json:
    try:
        return expression.evaluate(scope)
    except Missing as missing:
        faults.append(Fault(at, expression, missing))
        return None


def to_text(value: Json) -> str:
    """A value inside a text: strings as they are, everything else as JSON (EMB-2..4, A-11)."""
    from arazzo_tui.language.jsontext import write_json

    return value if isinstance(value, str) else write_json(value)


def references(template: Template, at: Pointer = ()) -> Iterator[tuple[Pointer, Expression]]:
    """Every expression of a template and the place its value goes to."""
    match template:
        case Constant():
            return
        case Expression():
            yield at, template
        case Text(_, parts):
            for part in parts:
                if isinstance(part, Expression):
                    yield at, part
        case Selected(context, _, _):
            yield at, context
        case Members() | Items():
            for name, inner in _moving(template):
                yield from references(inner, (*at, name))


def _moving(whole: Members | Items) -> list[tuple[str, Template]]:
    """The parts that are not constant, by their names or positions; most are, and are passed over."""
    if isinstance(whole, Members):
        return [each for each in whole.members.items() if not isinstance(each[1], Constant)]
    items = enumerate(whole.items)
    return [(str(index), item) for index, item in items if not isinstance(item, Constant)]


def leaves(template: Template, at: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Every part that is not constant: its place, and what the document writes there."""
    match template:
        case Constant():
            return
        case Expression() | Text():
            yield at, template.text
        case Selected(context, selector, _):
            yield at, f"{context} → {selector}"
        case Members(members):
            for name, member in members.items():
                yield from leaves(member, (*at, name))
        case Items(items):
            for index, item in enumerate(items):
                yield from leaves(item, (*at, str(index)))


def near_root(text: str) -> str:
    """The root that a literal such as `$input.x` was probably meant to start with; else empty."""
    from difflib import get_close_matches

    word = _word(text)
    same = [root for root in ROOTS if root.lower() == word.lower()]
    near = same or get_close_matches(word, ROOTS, n=1, cutoff=0.75)
    return near[0] if near and text.startswith("$") and near[0] != word else ""


def _word(text: str) -> str:
    return text[1:].partition(".")[0].partition("#")[0]
