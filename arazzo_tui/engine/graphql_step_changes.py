"""From an edited body to changes of a step with `graphqlOperation` (proposed for Arazzo 1.2).

Such a step writes no body: its query stands in the operation, its variables are parameters. What stands
in another file is left.
"""

from collections.abc import Mapping

from arazzo_tui.document.arazzo import GraphQLOperation, Step
from arazzo_tui.document.marked import Node
from arazzo_tui.document.rewrite import SetValue
from arazzo_tui.engine.body_changes import (
    NOT_CHANGED,
    BodyChanges,
    Changes,
    brought_by,
    called,
    renamed,
    same,
    settled,
)
from arazzo_tui.engine.parameter_changes import ParameterChanges
from arazzo_tui.language.template import Constant
from arazzo_tui.language.values import Json


def graphql_step_changes(
    operation: GraphQLOperation, parameters: ParameterChanges, before: Json, after: Json
) -> None:
    """The changes that make the step send the edited query and variables."""
    found = parameters.found
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        found.keep((), f"the body is no longer that of GraphQL: {NOT_CHANGED}")
        return
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if same(old, new):
            continue
        place = (name,)
        if name == "query" and isinstance(old, str) and isinstance(new, str):
            _query(operation, parameters.node, old, new, found)
        elif name == "variables" and isinstance(old or {}, Mapping) and isinstance(new, Mapping):
            _variables(parameters, old if isinstance(old, Mapping) else {}, new)
        else:
            found.keep(place, f"{called(place)} is made of the operation: {NOT_CHANGED}")


def _query(operation: GraphQLOperation, node: Node, old: str, new: str, found: Changes) -> None:
    home = node.get("graphqlOperation")
    written = home.get("operation") if home is not None else None
    if operation.source or written is None or written.value != old:
        where = _place_of(operation)
        found.keep(("query",), f"`query` stands in {where}: {NOT_CHANGED}")
    else:
        found.todo.append((SetValue(written.path, new), ("query",)))


def _place_of(operation: GraphQLOperation) -> str:
    """Where the text of an operation stands, for a sentence."""
    return f"the source `{operation.source}`" if operation.source else "another place"


def _variables(
    parameters: ParameterChanges, before: Mapping[str, Json], after: Mapping[str, Json]
) -> None:
    found = parameters.found
    own = {each.name: each for each in parameters.step.parameters if each.location == "variable"}
    new = [name for name in after if name not in before]
    names = renamed({name: each.value for name, each in own.items()}, before, after, new)
    for name, old in before.items():
        now = names.get(name, name)
        place = ("variables", now)
        given = own.get(name)
        item = parameters.item(given) if given is not None else None
        value = item.get("value") if item is not None else None
        if now in after and now == name and same(old, after[name]):
            continue
        if given is None or item is None or value is None:
            found.keep(place, f"{called(place)} is not the step's own: {NOT_CHANGED}")
        elif now in after:
            BodyChanges(found, {}).value(given.value, value, old, after[now], place)
            title = item.get("name")
            if now != name and title is not None:
                found.todo.append((SetValue(title.path, now), place))
        elif isinstance(given.value, Constant):
            parameters.remove(item)
        else:
            said = f"{called(place)} comes from {brought_by(given.value)}"
            found.keep(place, f"{said}: not removed from the document")
    for name in new:
        if name not in names.values():
            parameters.add(name, "variable", after[name])


def graphql_step_settled(
    operation: GraphQLOperation, step: Step, after: Json, found: Changes
) -> bool:
    """Whether the step that was read again sends the edited query and variables."""
    if not isinstance(after, Mapping):
        return False
    query_kept = ("query",) in found.kept or operation.source != ""
    variables = after.get("variables")
    if not query_kept and operation.operation != after.get("query"):
        return False
    if not isinstance(variables, Mapping):
        return True
    return all(
        ("variables", each.name) in found.kept
        or (
            each.name in variables
            and settled(each.value, variables[each.name], ("variables", each.name), found, {})
        )
        for each in step.parameters
        if each.location == "variable"
    )
