"""Values in an Arazzo document: templates, parameters, bodies, outputs, and what they refer to.

`read` reads documents, workflows and steps with these, `read_rules` criteria and actions. All of them
take what is there, say what is wrong with it, and give back frozen data.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.arazzo import Body, Marks, Parameter, Replacement
from arazzo_tui.document.marked import Array, Node, Object, plain
from arazzo_tui.document.shape import Report, filled, known_fields, objects, text
from arazzo_tui.document.source import Mark, did_you_mean
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.selector import SELECTOR_TYPES, read_selector, versions_of
from arazzo_tui.language.template import (
    Constant,
    Declared,
    Items,
    Members,
    Selected,
    Template,
    Text,
    compile_text,
    near_root,
)
from arazzo_tui.language.values import Json, Pointer, brief

_PARAMETER = frozenset({"name", "in", "value", "reference"})
_VARIABLE = _PARAMETER | {"valueMode"}
_BODY = frozenset({"contentType", "payload", "replacements"})
_REPLACEMENT = frozenset({"target", "targetSelectorType", "value"})
_LOCATIONS = ("path", "query", "querystring", "header", "cookie")
_FOREIGN_ROOTS = {
    "env": "a runner's environment", "faker": "Speakeasy", "file": "Postman-like tools",
    "datetime": "Redocly", "util": "a template language", "forEach": "a loop extension",
    "workflow": "older drafts (`$workflows.<id>`)",
}  # fmt: skip


class Context(Struct, frozen=True):
    """What reading a part needs to know of its surroundings."""

    report: Report
    declared: Declared
    components: Node | None


def template(node: Node, context: Context, *, selectors: bool = True) -> Template:
    """A value with the expressions in it (PAR-4, BOD-2..5, and Selector Objects, SEL-5).

    Without `selectors` an object that looks like a Selector Object is one like any other.
    """
    value = node.value
    if isinstance(value, str):
        return _text_template(node, value, context)
    if isinstance(value, Object):
        if selectors and _is_selector(value):
            return _selector(node, context)
        members = {
            name: Constant(member)
            if _is_still(member)
            else template(node.member(name), context, selectors=selectors)
            for name, member in value.items()
        }
        return Members(members) if _moves(members.values()) else Constant(plain(value))
    if isinstance(value, Array):
        if all(map(_is_still, value)):
            return Constant(plain(value))
        parts = tuple(
            Constant(item)
            if _is_still(item)
            else template(node.item(at), context, selectors=selectors)
            for at, item in enumerate(value)
        )
        return Items(parts) if _moves(parts) else Constant(plain(value))
    return Constant(plain(value))


def _is_still(value: Json) -> bool:
    """Whether a value without parts has no expression either: nothing has to be looked at."""
    return "$" not in value if isinstance(value, str) else not isinstance(value, _WITH_PARTS)


_WITH_PARTS = (dict, list)  # as a tuple: `dict | list` is made anew each time, and that shows here


def selector_object(node: Node, what: str, context: Context) -> Template:
    """A Selector Object and nothing else (SEL-1..3); what is none is an error."""
    if isinstance(node.value, dict) and _is_selector(node.value):
        return _selector(node, context)
    message = (
        f"{what} is a Selector Object: `context`, which is an expression, `selector` and `type`"
    )
    context.report.error("bad-selector", message, node.mark)
    return Constant(plain(node.value))


def marks_in(node: Node, read: Template) -> Marks:
    """Where the parts of a value stand that are not constant."""
    marks: dict[Pointer, Mark] = {}
    if not isinstance(read, Constant):
        _add_marks(marks, (), node, read)
    return marks


def _add_marks(marks: dict[Pointer, Mark], at: Pointer, node: Node, read: Template) -> None:
    """The marks of one part, which stands at a node, and of the parts inside it."""
    match read:
        case Members(members):
            for name, member in members.items():
                if not isinstance(member, Constant):
                    _add_marks(marks, (*at, name), node.get(name) or node, member)
        case Items(items):
            for index, item in enumerate(items):
                if not isinstance(item, Constant):
                    _add_marks(marks, (*at, str(index)), node.item(index), item)
        case Constant() | Expression() | Text() | Selected():
            marks[at] = node.mark


def _moves(parts: Iterable[Template]) -> bool:
    return any(not isinstance(part, Constant) for part in parts)


def _text_template(node: Node, value: str, context: Context) -> Template:
    try:
        compiled, notes = compile_text(value, context.declared)
    except BadText as wrong:
        context.report.bad_text("bad-expression", wrong, node)
        return Constant(value)
    if notes:
        context.report.notes(notes, node)
    if isinstance(compiled, Constant) and value.startswith("$"):
        _literal_dollar(node, value, context.report)
    return compiled


def _literal_dollar(node: Node, value: str, report: Report) -> None:
    """A whole string that starts with `$` and is none of our roots stays as it is (A-9, A-51)."""
    near = near_root(value)
    word = value[1:].partition(".")[0].partition("(")[0]
    if near:
        message = f"{quoted_name(value)} is no runtime expression and is sent as it stands"
        report.dialect("unknown-root", message, node.mark, f"did you mean `${near}`?")
    elif word in _FOREIGN_ROOTS:
        message = f"`${word}` is an invention of {_FOREIGN_ROOTS[word]}, and is sent as it stands"
        report.dialect("foreign-root", message, node.mark)
    elif re.match(r"\$[A-Za-z][A-Za-z0-9_]*(?:[./\[]\S*)?$", value):
        message = f"`${word}` is no root of a runtime expression; the text is sent as it stands"
        report.hint("foreign-root", message, node.mark)


def _is_selector(value: dict[str, Json]) -> bool:
    context = value.get("context")
    return {"context", "selector", "type"} == value.keys() and str(context).startswith("$")


def _selector(node: Node, context: Context) -> Template:
    parsed = expression(node.get("context"), "`context`", context.report)
    chosen, given = node.get("selector"), node.get("type")
    type_, version = expression_type(given, SELECTOR_TYPES, context.report)
    if given is not None and given.value is None:
        context.report.error("missing-field", "a Selector Object needs `type`", given.mark)
    if chosen is not None and not isinstance(chosen.value, str):
        context.report.error("wrong-type", "a `selector` is a string", chosen.mark)
    if parsed is None or not type_ or chosen is None or not isinstance(chosen.value, str):
        return Constant(plain(node.value))
    try:
        select = read_selector(chosen.value, type_, version)
    except BadText as wrong:
        context.report.bad_text("bad-selector", wrong, chosen)
        return Constant(plain(node.value))
    return Selected(parsed, chosen.value, select)


def expression(node: Node | None, what: str, report: Report) -> Expression | None:
    """A field that holds one runtime expression, such as a criterion's `context` (CRI-4)."""
    if node is None or node.value is None:
        return None
    if not isinstance(node.value, str):
        report.error("wrong-type", f"{what} is a runtime expression, a string", node.mark)
        return None
    try:
        parsed = parse_expression(node.value)
    except BadText as wrong:
        report.bad_text("bad-expression", wrong, node)
        return None
    if parsed is None:
        message = f"{quoted_name(node.value)} is no runtime expression"
        near = near_root(node.value)
        report.error(
            "bad-expression", message, node.mark, f"did you mean `${near}`?" if near else ""
        )
        return None
    report.notes(parsed[1], node)
    return parsed[0]


def expression_type(node: Node | None, types: tuple[str, ...], report: Report) -> tuple[str, str]:
    """`type` as a word or as an Expression Type Object (SEL-1, SEL-2): the type and its version."""
    if node is None or node.value is None:
        return "", ""
    type_node, version = node, ""
    if isinstance(node.value, dict):
        inner = node.get("type")
        if inner is None:
            report.error("missing-field", "an Expression Type Object needs `type`", node.mark)
            return "", ""
        type_node, version = inner, text(node, "version", "the type", report, required=True)
    name = type_node.value if isinstance(type_node.value, str) else ""
    if name not in types:
        message = f"{quoted_name(name or brief(type_node.value))} is no type here"
        report.error("bad-type", message, type_node.mark, did_you_mean(name, types))
        return "", ""
    return name, version


def reusable(node: Node, group: str, context: Context) -> Node | None:
    """The component that a Reusable Object names, or the node itself (RUS-1, CMP-3)."""
    reference = filled(node, "reference", context.report)
    if reference is None:
        return node
    name = reference.value if isinstance(reference.value, str) else ""
    prefix = f"$components.{group}."
    home = context.components.get(group) if context.components else None
    key = name.removeprefix(prefix) if name.startswith(prefix) else ""
    found = home.get(key) if home is not None and key else None
    if found is None:
        known = [each for each, _ in home.members()] if home is not None else []
        hint = did_you_mean(key, known) if key else ""
        hint = hint or f"a reference here is written `{prefix}<name>`"
        message = f"{quoted_name(name)} names no component of `{group}`"
        context.report.error("unknown-component", message, reference.mark, hint)
    return found


def parameters(
    node: Node | None,
    what: str,
    context: Context,
    *,
    of_workflow: bool = False,
    variables: bool = False,
) -> tuple[Parameter, ...]:
    """A list of Parameter or Reusable Objects (PAR-1..5, RUS-2).

    With `variables` they may be those of a GraphQL operation, `in: variable` (proposed for 1.2).
    """
    read: list[Parameter] = []
    first: dict[tuple[str, str], Parameter] = {}
    for item in objects(node, what, context.report):
        component = reusable(item, "parameters", context)
        if component is None:
            continue
        parameter = _parameter(component, context, of_workflow=of_workflow, variables=variables)
        own = item.get("value")
        if component is not item and own is not None:  # presence decides, not truth (RUS-2)
            read_here = _value(own, component, parameter, context)
            parameter = replace(parameter, value=read_here, marks=marks_in(own, read_here))
        same = first.setdefault(_identity(parameter), parameter)
        if same is not parameter and parameter.name:
            where = f"in {parameter.location}" if parameter.location else "here"
            message = f"parameter {quoted_name(parameter.name)} is given twice {where}"
            hint = f"the first is at line {same.mark.line}"
            context.report.error("duplicate-parameter", message, item.mark, hint)
        read.append(parameter)
    return tuple(read)


def _identity(parameter: Parameter) -> tuple[str, str]:
    name = parameter.name.lower() if parameter.location == "header" else parameter.name
    return name, parameter.location


def _parameter(node: Node, context: Context, *, of_workflow: bool, variables: bool) -> Parameter:
    report = context.report
    location = text(node, "in", "a parameter", report)
    variable = location == "variable"
    known_fields(node, _VARIABLE if variable else _PARAMETER, "a parameter", report)
    name = text(node, "name", "a parameter", report, required=True)
    if location and location not in _LOCATIONS and location != "body" and not variable:
        place = node.get("in")
        message = f"`in: {one_line(location, 80)}` is no place for a parameter"
        report.error(
            "bad-location", message, place.mark if place else node.mark,
            did_you_mean(location, _LOCATIONS),
        )  # fmt: skip
    if variable and not variables and not of_workflow:
        message = f"{quoted_name(name)} is `in: variable`, and this step calls no GraphQL operation"
        report.error("bad-location", message, node.mark, did_you_mean("", _LOCATIONS))
    if location and of_workflow:
        message = f"parameter {quoted_name(name)} becomes an input by its name; `in` is ignored"
        report.dialect("location-for-workflow", message, node.mark, "remove `in` (PAR-3)")
    value = node.get("value")
    if value is None:
        report.error("missing-field", f"parameter {quoted_name(name)} needs `value`", node.mark)
        return Parameter(name, location, Constant(None), node.mark)
    unread = Parameter(name, location, Constant(None), node.mark)
    read = _value(value, node, unread, context)
    return replace(unread, value=read, marks=marks_in(value, read))


def _value(value: Node, home: Node, parameter: Parameter, context: Context) -> Template:
    """The value of a parameter; of a GraphQL variable by the `valueMode` of its Parameter Object.

    An object that is to be sent as it is says `valueMode: literal`; otherwise it is a Selector Object.
    """
    if parameter.location != "variable":
        return template(value, context)
    mode = text(home, "valueMode", "a parameter", context.report)
    if mode not in ("", *_VALUE_MODES):
        place = home.get("valueMode") or home
        message = f"`valueMode` is `literal` or `selector`, not {quoted_name(mode)}"
        context.report.error(
            "bad-value-mode", message, place.mark, did_you_mean(mode, _VALUE_MODES)
        )
        return Constant(plain(value.value))
    if mode == "literal":
        return template(value, context, selectors=False)
    if mode == "selector":
        return selector_object(value, f"the value of {quoted_name(parameter.name)}", context)
    if isinstance(value.value, dict) and not _is_selector(value.value):
        message = f"the value of {quoted_name(parameter.name)} is an object, and no Selector Object"
        hint = "add `valueMode: literal` to send it as it is"
        context.report.error("missing-value-mode", message, value.mark, hint)
    return template(value, context)


_VALUE_MODES = ("literal", "selector")


def body(node: Node | None, context: Context) -> Body | None:
    """A Request Body Object (BOD-1, BOD-2, REP-1..5)."""
    if node is None or node.value is None:
        return None
    if not isinstance(node.value, dict):
        context.report.error("wrong-type", "`requestBody` is an object", node.mark)
        return None
    known_fields(node, _BODY, "a request body", context.report)
    payload = node.get("payload")
    read = template(payload, context) if payload is not None else None
    return Body(
        content_type=text(node, "contentType", "a request body", context.report),
        payload=read,
        marks=marks_in(payload, read) if payload is not None and read is not None else {},
        replacements=tuple(_replacements(node.get("replacements"), context)),
        mark=node.mark,
    )


def with_body_parameters(
    given: Body | None, listed: tuple[Parameter, ...], report: Report
) -> tuple[Body | None, tuple[Parameter, ...]]:
    """The body and the parameters of a step, those of `in: body` in the body, by their names (PAR-2).

    Arazzo 1.0.0 had that place, and did not say what a name means there; found are members of an object.
    """
    inside = [each for each in listed if each.location == "body"]
    others = tuple(each for each in listed if each.location != "body")
    for each in inside:
        if given is not None:
            message = (
                f"parameter {quoted_name(each.name)} is `in: body`, and there is a `requestBody`"
            )
            report.error("body-parameter", message, each.mark, "write it in the `requestBody`")
            continue
        message = f"parameter {quoted_name(each.name)} is read as a member of the request body"
        hint = "write it in a `requestBody`; `in: body` is no place since Arazzo 1.0.1"
        report.dialect("body-parameter", message, each.mark, hint)
    if given is not None or not inside:
        return given, others
    payload = Members({each.name: each.value for each in inside})
    marks = {(each.name, *at): mark for each in inside for at, mark in each.marks.items()}
    return Body("", payload, (), inside[0].mark, marks), others


def _replacements(node: Node | None, context: Context) -> Iterator[Replacement]:
    report = context.report
    for item in objects(node, "`replacements`", report):
        known_fields(item, _REPLACEMENT, "a replacement", report)
        target = text(item, "target", "a replacement", report, required=True)
        kind = item.get("targetSelectorType")
        type_, version = expression_type(kind, SELECTOR_TYPES, report)
        if version and version not in versions_of(type_):
            message = f"version {quoted_name(version)} of {type_} is not known here"
            report.error("unknown-version", message, kind.mark if kind else item.mark)
        value = item.get("value")
        if value is None:
            report.error("missing-field", "a replacement needs `value`", item.mark)
            continue
        _readable_target(item, target, type_, version, report)
        if not type_ and re.match(r"[A-Za-z_]", target):
            message = (
                f"{quoted_name(target)} is no JSON Pointer and no path: nothing is found at it"
            )
            right = "/" + target.replace("[", ".").replace("]", "").replace(".", "/")
            place = item.get("target")
            mark = place.mark if place is not None else item.mark
            report.dialect("replacement-target", message, mark, f"write {right}")
        read = template(value, context)
        yield Replacement(target, type_, read, item.mark, marks_in(value, read), version)


def _readable_target(item: Node, target: str, type_: str, version: str, report: Report) -> None:
    """A target that its language does not cover will never name anything (REP-2, REP-3)."""
    place = item.get("target")
    pointer = not type_ and re.search(r"^/.*~(?![01])", target)  # in no XPath stands a `~`
    if place is None or (not type_ and not pointer) or version not in ("", *versions_of(type_)):
        return
    try:
        read_selector(target, type_ or "jsonpointer", version)
    except BadText as wrong:
        report.bad_text("bad-target", wrong, place)
