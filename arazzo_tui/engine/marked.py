"""Values that a person called secret, known by their place: `steps.login.outputs.token`, `inputs.apiKey`.

A place is written as a runtime expression names it (Arazzo 1.0, 5.7), its `$` left out or not, with the step
before what only a step has: `steps.login.response.body#/data/pin`. What stands there in a run is masked
wherever it is seen from then on; the place is kept, never the value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Headers, Request, Response
from arazzo_tui.engine.inputs import write_value
from arazzo_tui.engine.moment import Answer, Judging, Moment, Returned, Sending
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, follow, read_pointer, write_pointer

Part: TypeAlias = Literal[
    "inputs", "outputs", "request.header", "request.body", "response.header", "response.body"
]

_OF_STEP = re.compile(
    r"steps\.(?P<step>.+?)\.(?P<part>outputs|(?:request|response)\.(?:header|body))"
    r"(?:\.(?P<name>[^#]+))?(?P<pointer>#.*)?",
    re.DOTALL,
)
_OF_WORKFLOW = re.compile(r"(?P<part>inputs|outputs)\.(?P<name>[^#]+)(?P<pointer>#.*)?", re.DOTALL)


class SecretPlace(Struct, frozen=True):
    """A place of values: those of a step by its id, or those of the workflow.

    `name` is that of the input, output or header field, empty for a body; `inside` leads into the value.
    """

    part: Part
    step: str = ""
    name: str = ""
    inside: Pointer = ()

    def __str__(self) -> str:
        step = f"steps.{self.step}." if self.step else ""
        name = f".{self.name}" if self.name else ""
        pointer = f"#{write_pointer(self.inside)}" if self.inside else ""
        return f"{step}{self.part}{name}{pointer}"


class BadPlace(ValueError):
    """A text that names no place; says what would."""


@lru_cache(maxsize=256)
def read_place(text: str) -> SecretPlace:
    """The place that a text names; raises `BadPlace`."""
    plain = text.removeprefix("$")
    found = _OF_STEP.fullmatch(plain) or _OF_WORKFLOW.fullmatch(plain)
    said = f"{quoted_name(text)} is no place: write `inputs.apiKey`, `steps.login.outputs.token` "
    said += "or `steps.login.response.body#/data/token`"
    if found is None:
        raise BadPlace(said)
    groups = found.groupdict()
    part, name, pointer = groups["part"], groups["name"] or "", groups["pointer"] or "#"
    if part.endswith("body") == bool(name):
        raise BadPlace(said)
    try:
        inside = read_pointer(pointer[1:])
    except ValueError:
        raise BadPlace(said) from None
    return SecretPlace(_PARTS[part], groups.get("step") or "", name, inside)


def read_places(texts: Iterable[str]) -> tuple[SecretPlace, ...]:
    """The places of texts, those left out that name none."""
    found: list[SecretPlace] = []
    for text in texts:
        try:
            found.append(read_place(text))
        except BadPlace:
            continue
    return tuple(found)


# ------------------------------------------------------------------------------- what stands there


def marked_at(moment: Moment, places: Sequence[str]) -> frozenset[str]:
    """What stands at these places at a moment, and in the attempt that ended with it."""
    if not places:
        return frozenset()
    known = read_places(places)
    found = {text for frame in moment.frames for text in marked_inputs(frame.inputs, known)}
    match moment.stage:
        case Sending(request):
            found.update(_of_attempt(known, moment.step.step_id, request, None, {}))
        case Judging(request, answer):
            found.update(_of_attempt(known, moment.step.step_id, request, answer, {}))
        case _:
            pass
    found.update(_of_trail(moment, known, max(0, len(moment.trail) - 1)))
    if moment.ended is not None:
        found.update(_named(moment.ended.outputs, (_named_here(known, "outputs", ""))))
    return frozenset(found)


def marked_in(moment: Moment, places: Sequence[str]) -> frozenset[str]:
    """What stands at these places at a moment, and did in every attempt before it."""
    return marked_at(moment, places).union(_of_trail(moment, read_places(places), 0))


def marked_inputs(inputs: Mapping[str, Json], places: Iterable[SecretPlace]) -> Iterator[str]:
    """The texts of those inputs that are called secret."""
    return _named(inputs, _named_here(places, "inputs", ""))


def with_passwords(schema: Json, places: Iterable[str]) -> Json:
    """A schema of inputs in which those that are called secret as a whole are passwords (DOC-13)."""
    names = {each.name for each in read_places(places) if each.part == "inputs" and not each.inside}
    if not isinstance(schema, Mapping) or not names:
        return schema
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    hidden: dict[str, Json] = {
        name: {**described, "format": "password"}
        for name, described in known.items()
        if name in names and isinstance(described, Mapping)
    }
    return {**schema, "properties": {**known, **hidden}} if hidden else schema


def texts_in(value: Json) -> Iterator[str]:
    """The texts and numbers of a value: what of it can be told from other values."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case None | bool() | "":
                pass
            case str() | int() | float() as leaf:
                yield write_value(leaf)
            case Mapping() as members:
                waiting += members.values()
            case items:
                waiting += items


def _of_trail(moment: Moment, places: Sequence[SecretPlace], first: int) -> Iterator[str]:
    for at in range(first, len(moment.trail) if places else 0):
        record = moment.trail[at]
        yield from _of_attempt(places, record.step, record.request, record.answer, record.outputs)


def _of_attempt(
    places: Iterable[SecretPlace],
    step: str,
    request: Request | None,
    answer: Answer | None,
    outputs: Mapping[str, Json],
) -> Iterator[str]:
    here = [each for each in places if each.step == step]
    if not here:
        return
    yield from _named(outputs, _named_here(here, "outputs", step))
    if isinstance(answer, Returned):
        yield from _named(answer.outputs, _named_here(here, "outputs", step))
    if request is not None:
        yield from _in_fields(request.headers, _named_here(here, "request.header", step))
        if isinstance(request.content, JsonContent):
            yield from _inside(request.content.value, _named_here(here, "request.body", step))
    if isinstance(answer, Response):
        yield from _in_fields(answer.headers, _named_here(here, "response.header", step))
        if isinstance(answer.content, JsonContent):
            yield from _inside(answer.content.value, _named_here(here, "response.body", step))


def _named_here(places: Iterable[SecretPlace], part: Part, step: str) -> list[SecretPlace]:
    return [each for each in places if each.part == part and each.step == step]


def _named(values: Mapping[str, Json], places: Iterable[SecretPlace]) -> Iterator[str]:
    for each in places:
        if each.name in values:
            yield from _inside(values[each.name], [each])


def _in_fields(headers: Headers, places: Iterable[SecretPlace]) -> Iterator[str]:
    for each in places:
        yield from (value for name, value in headers if value and name.lower() == each.name.lower())


def _inside(value: Json, places: Iterable[SecretPlace]) -> Iterator[str]:
    for each in places:
        try:
            yield from texts_in(follow(value, each.inside))
        except Missing:
            continue


_PARTS: dict[str, Part] = {
    "inputs": "inputs", "outputs": "outputs", "request.header": "request.header",
    "request.body": "request.body", "response.header": "response.header",
    "response.body": "response.body",
}  # fmt: skip
