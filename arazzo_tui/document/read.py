"""An Arazzo document, read: a loaded node tree becomes a `Description`, with every problem of its shape.

What names refer to is `engine.plan`'s question; here a document is read for itself. Reading never stops
at the first mistake, and what can be understood is kept.
"""

import re
from collections.abc import Iterator

from arazzo_tui.document.arazzo import (
    Body,
    CallWorkflow,
    Channel,
    Description,
    GraphQLOperation,
    Info,
    Marks,
    OperationById,
    OperationByPath,
    Outputs,
    Parameter,
    SourceDescription,
    SourceType,
    Step,
    Target,
    Workflow,
)
from arazzo_tui.document.marked import Node, plain
from arazzo_tui.document.names import Names, id_text, names_of
from arazzo_tui.document.read_graphql import graphql_operation
from arazzo_tui.document.read_outputs import outputs
from arazzo_tui.document.read_rules import actions, criteria
from arazzo_tui.document.read_values import (
    Context,
    body,
    marks_in,
    parameters,
    template,
    with_body_parameters,
)
from arazzo_tui.document.schema_refs import self_contained
from arazzo_tui.document.schema_shape import check_schema
from arazzo_tui.document.shape import Report, is_object, items, known_fields, objects, text
from arazzo_tui.document.source import Mark, Problem, did_you_mean
from arazzo_tui.language.expression import looks_like_identifier
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.template import Members
from arazzo_tui.language.values import Json, brief

_ROOT = frozenset(
    {"arazzo", "$self", "info", "sourceDescriptions", "workflows", "components", "$schema"}
)
_INFO = frozenset({"title", "summary", "description", "version"})
_SOURCE = frozenset({"name", "url", "type"})
_COMPONENTS = frozenset({"inputs", "parameters", "successActions", "failureActions"})
_WORKFLOW = frozenset(
    {
        "workflowId", "summary", "description", "inputs", "dependsOn", "steps", "successActions",
        "failureActions", "outputs", "parameters",
    }
)  # fmt: skip
_TARGETS = ("operationId", "operationPath", "workflowId", "channelPath", "graphqlOperation")
_STEP = frozenset(
    {
        *_TARGETS, "stepId", "description", "parameters", "requestBody", "successCriteria",
        "onSuccess", "onFailure", "outputs", "dependsOn", "timeout", "action", "correlationId",
    }
)  # fmt: skip
_NEWER = ("dependsOn", "timeout", "channelPath", "action", "correlationId")
_SOURCE_TYPES = ("openapi", "arazzo", "asyncapi")
_ACTIONS = ("send", "receive")
_OUTPUT_NAME = re.compile(r"[A-Za-z0-9._\-]+")


def read_description(
    root: Node, *, strict: bool = False
) -> tuple[Description | None, tuple[Problem, ...]]:
    """The Arazzo description a tree writes, and all that is wrong with its shape.

    None when it is no Arazzo document, or one of a version nobody here knows (DOC-4, A-52).
    """
    report = Report(strict)
    if not _is_arazzo(root, report):
        return None, tuple(report.problems)
    known_fields(root, _ROOT, "an Arazzo document", report)
    version = text(root, "arazzo", "the document", report)
    if version.startswith("1.0"):
        _newer_fields(root, report)
    components = root.get("components")
    if components is not None and is_object(components, "`components`", report):
        known_fields(components, _COMPONENTS, "`components`", report)
    description = Description(
        source=root.source,
        version=version,
        info=_info(root, report),
        mark=root.mark,
        self_uri=_self(root, report),
        source_descriptions=tuple(_sources(root, report)),
        workflows=tuple(_workflows(root, report)),
        components=plain(components.value) if components is not None else None,
    )
    return description, tuple(report.problems)


def _is_arazzo(root: Node, report: Report) -> bool:
    """Whether this is an Arazzo document we can read; if not, what it is instead."""
    if not isinstance(root.value, dict):
        report.error("not-arazzo", "an Arazzo document is an object; this is none", root.mark)
        return False
    version = root.get("arazzo")
    if version is None:
        report.error(
            "not-arazzo", _what_instead(root), root.mark, "it would start with `arazzo: 1.0.1`"
        )
        return False
    said = version.value if isinstance(version.value, str) else brief(version.value)
    minor = re.match(r"([0-9]+)\.([0-9]{1,4})(?:\.|$|-)", said)
    if minor is None or minor.group(1) != "1" or int(minor.group(2)) > 2:
        message = f"Arazzo version {quoted_name(said)} is not known here"
        report.error("unknown-version", message, version.mark, "1.0.x and 1.1.x are known")
        return False
    if minor.group(2) == "2":
        message = f"Arazzo {quoted_name(said)} is a draft; it is read as 1.1"
        report.warning("draft-version", message, version.mark)
    return True


def _self(root: Node, report: Report) -> str:
    """`$self`: a URI-reference that names the whole document, so without a fragment (DOC-6)."""
    written = text(root, "$self", "the document", report)
    whole, sharp, _ = written.partition("#")
    if sharp:
        message = "`$self` names a whole document; its fragment is left out (DOC-6)"
        hint = f"write {whole}" if whole else "remove it"
        report.dialect("self-fragment", message, _place(root, "$self"), hint)
    return whole


def _newer_fields(root: Node, report: Report) -> None:
    """Fields of 1.1 in a document of 1.0: they are read, whatever the version (in-the-wild row 23)."""
    places: list[tuple[Node, tuple[str, ...]]] = [(root, ("$self",))]
    workflows = root.get("workflows")
    for workflow in workflows.items() if workflows is not None else ():
        steps = workflow.get("steps")
        places += [(step, _NEWER) for step in (steps.items() if steps is not None else ())]
    for node, names in places:
        written = node.value if isinstance(node.value, dict) else {}
        for name in names:
            if name in written:
                message = f"`{name}` is a field of Arazzo 1.1; it is read all the same"
                report.dialect("newer-field", message, node.key_mark(name), "write `arazzo: 1.1.0`")


def _what_instead(root: Node) -> str:
    for name, what in (
        ("openapi", "an OpenAPI description"), ("swagger", "a Swagger 2.0 description"),
        ("asyncapi", "an AsyncAPI description"), ("$schema", "a JSON Schema"),
    ):  # fmt: skip
        found = root.get(name)
        if found is not None:
            said = found.value if isinstance(found.value, str) else brief(found.value)
            version = f" ({one_line(said, 40)})" if name in ("openapi", "asyncapi") else ""
            return f"this is {what}{version}, no Arazzo document"
    present = ", ".join(quoted_name(name) for name, _ in list(root.members())[:5])
    return f"this is no Arazzo document: it has no `arazzo` field, but {present or 'nothing'}"


def _info(root: Node, report: Report) -> Info:
    node = root.get("info")
    if node is None or not is_object(node, "`info`", report):
        if node is None:
            report.dialect("missing-field", "the document needs `info` (INF-1)", root.mark)
        return Info("", "")
    known_fields(node, _INFO, "`info`", report)
    for name in ("title", "version"):
        if node.get(name) is None:
            report.dialect("missing-field", f"`info` needs `{name}` (INF-1)", node.mark)
    title, version, summary, description = (
        text(node, name, "`info`", report)
        for name in ("title", "version", "summary", "description")
    )
    return Info(title, version, summary, description)


_MOST_SOURCES = 200


def _sources(root: Node, report: Report) -> Iterator[SourceDescription]:
    listed = root.get("sourceDescriptions")
    if listed is None or listed.value in ([], None):
        report.dialect(
            "missing-field", "the document needs `sourceDescriptions` (DOC-5)", root.mark
        )
    seen: dict[str, int] = {}
    for node in objects(listed, "`sourceDescriptions`", report):
        known_fields(node, _SOURCE, "a source description", report)
        name = text(node, "name", "a source description", report, required=True)
        if name and name in seen:
            message = (
                f"source {quoted_name(name)} is given twice; the first is at line {seen[name]}"
            )
            report.error("duplicate-id", message, node.mark)
            continue
        if len(seen) == _MOST_SOURCES:
            message = f"there are more than {_MOST_SOURCES:,} sources, the limit for a document"
            report.error("too-many-sources", message, node.mark)
            return
        seen[name] = node.mark.line
        _usual_name(name, "name", "source name", node, report)
        url = text(node, "url", "a source description", report, required=True)
        extensions = {field: each.value for field, each in node.members() if field.startswith("x-")}
        yield SourceDescription(name, url, _source_type(node, report), node.mark, extensions)


def _usual_name(name: str, field: str, what: str, node: Node, report: Report) -> None:
    """An id should be made of characters that expressions can name it with (SRC-1, WFL-1, STP-1)."""
    found = node.get(field) if name and not looks_like_identifier(name) else None
    if found is not None:
        message = f"{what} {quoted_name(name)} should be letters, digits, `_`, `-`"
        report.dialect("odd-name", message, found.mark)


def _source_type(node: Node, report: Report) -> SourceType:
    type_ = text(node, "type", "a source description", report)
    match type_:
        case "openapi" | "arazzo" | "asyncapi" | "graphql" | "":
            return type_
        case _:
            found = node.get("type")
            report.dialect(
                "bad-type", f"{quoted_name(type_)} is no type of source; it is looked at instead",
                found.mark if found else node.mark, did_you_mean(type_, _SOURCE_TYPES),
            )  # fmt: skip
            return ""


def _workflows(root: Node, report: Report) -> Iterator[Workflow]:
    listed = root.get("workflows")
    if listed is None or listed.value in ([], None):
        report.error("missing-field", "the document needs at least one workflow (DOC-5)", root.mark)
    seen: dict[str, int] = {}
    ids = frozenset(
        id_text(each.value.get("workflowId"))
        for each in (listed.items() if listed and isinstance(listed.value, list) else ())
        if isinstance(each.value, dict)
    )
    for index, node in enumerate(objects(listed, "`workflows`", report)):
        given = text(node, "workflowId", "a workflow", report, required=True)
        _usual_name(given, "workflowId", "workflowId", node, report)
        workflow_id = given or f"workflow-{index + 1}"
        if workflow_id in seen:
            line = seen[workflow_id]
            message = (
                f"workflow {quoted_name(workflow_id)} is given twice; the first is at line {line}"
            )
            report.error("duplicate-id", message, node.mark)
            continue
        seen[workflow_id] = node.mark.line
        yield _workflow(node, workflow_id, root, ids, report)


def _workflow(
    node: Node, workflow_id: str, root: Node, ids: frozenset[str], report: Report
) -> Workflow:
    known_fields(node, _WORKFLOW, "a workflow", report)
    schema = node.get("inputs")
    inputs = _inputs(schema, root, report)
    names = names_of(node, inputs, ids)
    context = Context(report, names.declares, root.get("components"))
    taken = outputs(node.get("outputs"), "a workflow's `outputs`", context, _valid_output)
    return Workflow(
        workflow_id=workflow_id,
        mark=node.mark,
        summary=text(node, "summary", "a workflow", report),
        description=text(node, "description", "a workflow", report),
        inputs=inputs,
        inputs_mark=schema.mark if schema is not None else None,
        steps=tuple(_steps(node, names, context)),
        success_actions=actions(
            node.get("successActions"), "successActions", "`successActions`", context
        ),
        failure_actions=actions(
            node.get("failureActions"), "failureActions", "`failureActions`", context
        ),
        parameters=parameters(
            node.get("parameters"), "a workflow's `parameters`", context, variables=True
        ),
        outputs=taken,
        depends_on=_ids(node, report),
        output_marks=_marks_of_outputs(node.get("outputs"), taken),
    )


def _marks_of_outputs(written: Node | None, taken: Outputs) -> Marks:
    if written is None or not isinstance(written.value, dict):
        return {}
    return marks_in(written, Members(taken))


def _inputs(schema: Node | None, root: Node, report: Report) -> Json:
    """The schema of the inputs, standing alone; None when there is none (WFL-3)."""
    if schema is None or schema.value is None:
        return None
    if not isinstance(schema.value, bool | dict):
        said = f"`inputs` is a JSON Schema, an object; this is {brief(schema.value)}"
        report.error("wrong-type", said, schema.mark)
        return None
    check_schema(schema, report)
    return self_contained(schema, root, report)


def _valid_output(name: str) -> bool:
    return _OUTPUT_NAME.fullmatch(name) is not None


def _ids(node: Node, report: Report) -> tuple[str, ...]:
    """`dependsOn`: a list of ids; a single one is read as a list of it."""
    found = node.get("dependsOn")
    if found is not None and isinstance(found.value, str):
        report.dialect("wrong-type", "`dependsOn` is a list", found.mark, f"write [{found.value}]")
        return (found.value,)
    ids: list[str] = []
    for item in items(found, "`dependsOn`", report):
        if isinstance(item.value, str):
            ids.append(item.value)
        else:
            message = f"each of `dependsOn` is an id, a string; this is {brief(item.value)}"
            report.error("wrong-type", message, item.mark)
    return tuple(ids)


def _steps(workflow: Node, names: Names, context: Context) -> Iterator[Step]:
    report = context.report
    listed = workflow.get("steps")
    if listed is None or listed.value in ([], None):
        report.error("missing-field", "a workflow needs at least one step (WFL-6)", workflow.mark)
    seen: dict[str, int] = {}
    for node, step_id in zip(objects(listed, "`steps`", report), names.step_ids, strict=False):
        if not text(node, "stepId", "a step", report):
            message = f"a step needs `stepId`; this one is called {quoted_name(step_id)}"
            report.dialect("missing-field", message, node.mark, "add `stepId:` (STP-1)")
        _usual_name(step_id, "stepId", "stepId", node, report)
        if step_id in seen:
            message = (
                f"step {quoted_name(step_id)} is given twice; the first is at line {seen[step_id]}"
            )
            report.error("duplicate-id", message, node.mark)
            continue
        seen[step_id] = node.mark.line
        yield _step(node, step_id, context)


def _step(node: Node, step_id: str, context: Context) -> Step:
    report = context.report
    known_fields(node, _STEP, "a step", report)
    target = _target(node, context)
    correlation = node.get("correlationId")
    correlation_id = template(correlation, context) if correlation is not None else None
    listed = node.get("successCriteria")
    if listed is not None and listed.value == []:
        report.dialect(
            "empty-criteria", "`successCriteria` is given but empty (STP-6)", listed.mark
        )
    written = node.get("outputs")
    taken = outputs(written, "a step's `outputs`", context, _valid_output)
    given, payload = _given(node, target, context)
    return Step(
        step_id=step_id,
        target=target,
        mark=node.mark,
        description=text(node, "description", "a step", report),
        parameters=given,
        body=payload,
        success_criteria=criteria(listed, "`successCriteria`", context),
        on_success=actions(node.get("onSuccess"), "successActions", "`onSuccess`", context),
        on_failure=actions(node.get("onFailure"), "failureActions", "`onFailure`", context),
        outputs=taken,
        depends_on=_ids(node, report),
        timeout=_timeout(node, report),
        action=_action(node, target, report),
        correlation_id=correlation_id,
        criteria_marks=listed.item_marks() if listed is not None else (),
        output_marks=_marks_of_outputs(written, taken),
        correlation_marks=marks_in(correlation, correlation_id)
        if correlation is not None and correlation_id is not None
        else {},
    )


def _given(
    node: Node, target: Target | None, context: Context
) -> tuple[tuple[Parameter, ...], Body | None]:
    """What a step gives to what it calls: its parameters and its body."""
    calls, graphql = isinstance(target, CallWorkflow), isinstance(target, GraphQLOperation)
    listed, what = node.get("parameters"), "a step's `parameters`"
    given = parameters(listed, what, context, of_workflow=calls, variables=graphql)
    payload = body(node.get("requestBody"), context)
    if not calls:
        payload, given = with_body_parameters(payload, given, context.report)
    if graphql and payload is not None:
        message = (
            "the body of a GraphQL operation is made from its parameters; this one is left out"
        )
        hint = "write variables as parameters with `in: variable`"
        context.report.dialect("misplaced-field", message, payload.mark, hint)
        payload = None
    return given, payload


def _target(node: Node, context: Context) -> Target | None:
    """The one thing a step calls (OPN-1, STP-3)."""
    report = context.report
    given = [name for name in _TARGETS if isinstance(node.value, dict) and name in node.value]
    if len(given) != 1:
        listed = ", ".join(f"`{name}`" for name in _TARGETS[:3])
        message = (
            f"a step names one of {listed}; this one names {' and '.join(given)}"
            if given
            else f"a step names what it calls: one of {listed}"
        )
        report.error("two-targets" if given else "missing-field", message, node.mark)
        if not given:
            return None
    graphql = node.get("graphqlOperation")
    if given[0] == "graphqlOperation" and graphql is not None:
        return graphql_operation(graphql, context)
    value = text(node, given[0], "a step", report, required=True)
    match given[0]:
        case "channelPath":
            action = node.get("action")
            said = action.value if action is not None else ""
            return Channel(value, said if isinstance(said, str) else "")
        case "operationId":
            return OperationById(value)
        case "operationPath":
            return OperationByPath(value)
        case _:
            return CallWorkflow(value)


def _action(node: Node, target: Target | None, report: Report) -> str:
    """`action`: `send` or `receive`, in a step over a message broker and in no other (ASY-2, STP-12).

    Whether an operation is such a step is known only when it is looked up.
    """
    action = text(node, "action", "a step", report)
    if action and action not in _ACTIONS:
        message = f"`action` is `send` or `receive` (ASY-2), not {quoted_name(action)}"
        report.error("bad-action", message, _place(node, "action"), did_you_mean(action, _ACTIONS))
    if isinstance(target, Channel) and not action:
        message = (
            "a step with `channelPath` says with `action` whether it sends or receives (ASY-2)"
        )
        report.error("missing-field", message, node.mark, "add `action:`")
    called = isinstance(target, CallWorkflow)
    for name in ("action", "correlationId"):
        found = node.get(name)
        if found is None or found.value is None:
            continue
        if called:
            message = f"`{name}` means nothing where a workflow is called (STP-12)"
        elif name == "correlationId" and action != "receive":
            message = "`correlationId` belongs to a step with `action: receive` (ASY-5)"
        else:
            continue
        report.dialect("misplaced-field", message, node.key_mark(name), f"remove `{name}`")
    return action


def _place(node: Node, name: str) -> Mark:
    found = node.get(name)
    return found.mark if found is not None else node.mark


def _timeout(node: Node, report: Report) -> float | None:
    """`timeout` in seconds; the document writes whole milliseconds (STP-10)."""
    found = node.get("timeout")
    if found is None:
        return None
    value = found.value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LONGEST:
        message = f"`timeout` is a whole number of milliseconds, from 1 to {_LONGEST:,} (STP-10)"
        report.error("wrong-type", message, found.mark)
        return None
    return value / 1000


_LONGEST = 1_000_000_000_000
