"""The names a workflow declares: its inputs, its steps and their outputs.

Known before its expressions are read, because a bare `$inputs.x` inside a text is one only when there is
such an input (A-9).
"""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from msgspec import Struct

from arazzo_tui.document.marked import Node
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.values import Json, Missing, brief, follow, read_pointer


class Names(Struct, frozen=True):
    """What can be named in a workflow; `step_ids` in order, made up where the document gives none."""

    inputs: frozenset[str]
    step_ids: tuple[str, ...]
    outputs: Mapping[str, frozenset[str]]
    workflow_ids: frozenset[str]

    def declares(self, expression: Expression) -> bool:
        """Whether an expression names an input, an output of a step, or a workflow that exists."""
        match expression.path:
            case ("inputs", name):
                return begins(name, self.inputs)
            case ("steps", step, "outputs", name):
                return begins(name, self.outputs.get(step, frozenset()))
            case ("workflows", workflow, *_):
                return workflow in self.workflow_ids
            case _:
                return False


def begins(name: str, known: Iterable[str]) -> bool:
    """Whether a name is known, or starts with a known one and goes on into its value (A-6)."""
    return any(
        name == each or (name.startswith(each) and name[len(each)] in ".[") for each in known
    )


def names_of(workflow: Node, inputs: Json, workflow_ids: frozenset[str]) -> Names:
    """The names that a workflow's node declares; `inputs` is its schema with `$ref`s resolved."""
    ids: list[str] = []
    outputs: dict[str, frozenset[str]] = {}
    steps = workflow.get("steps")
    for step in steps.value if steps is not None and isinstance(steps.value, list) else ():
        if not isinstance(step, dict):
            continue
        given = step.get("stepId")
        step_id = id_text(given) or f"step-{len(ids) + 1}"
        ids.append(step_id)
        named = step.get("outputs")
        outputs[step_id] = frozenset(named) if isinstance(named, dict) else frozenset()
    return Names(frozenset(input_names(inputs)), tuple(ids), outputs, workflow_ids)


def id_text(value: Json) -> str:
    """An id as text, which YAML may have read as a number; empty for what is none."""
    if isinstance(value, str):
        return value
    return brief(value) if isinstance(value, int | float) else ""


def input_names(schema: Json) -> tuple[str, ...]:
    """The properties an inputs schema declares at its top, through `allOf` and local `$ref`s."""
    names: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [schema]
    while waiting:
        here = waiting.pop(0)
        if not isinstance(here, Mapping):
            continue
        properties = here.get("properties")
        if isinstance(properties, Mapping):
            names.update(dict.fromkeys(properties))
        for key in ("allOf", "anyOf", "oneOf"):
            parts = here.get(key)
            waiting.extend(parts if isinstance(parts, list) else [])
        reference = here.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            waiting.append(local_definition(schema, reference))
    return tuple(names)


def local_definition(schema: Json, reference: str) -> Json:
    """What a reference such as `#/$defs/<name>` names in a schema; None when that is nothing."""
    if not reference.startswith("#/"):
        return schema if reference == "#" else None
    try:
        return follow(schema, read_pointer(unquote(reference[1:])))
    except (Missing, ValueError):
        return None
