"""The order of the steps of a workflow, where `dependsOn` of a step asks for another than the written one.

Steps run one after the other, so a step that others need has to stand before them, be it that they say so
or that they read its outputs (DEP-2..4, DEP-6). Whether there is such an output is `references`' concern.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from arazzo_tui.document.arazzo import Step, Workflow
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, did_you_mean
from arazzo_tui.engine.references import uses
from arazzo_tui.language.printable import quoted_name


def in_order(workflow: Workflow, report: Report) -> Workflow:
    """The workflow with each step after those it depends on; otherwise as it is written.

    What a step reads of another counts only where some step has a `dependsOn`: without any, the written
    order is meant (DEP-5). Reports a step that is none, and a circle. Of a circle that only reading
    closes, the reading gives way; steps of any other stay where they are.
    """
    if not any(step.depends_on for step in workflow.steps):
        return workflow
    needs = {step.step_id: _needed(step, workflow, report) for step in workflow.steps}
    read = _read(workflow)
    both = {step_id: (*needed, *read[step_id]) for step_id, needed in needs.items()}
    ordered, left = _sorted(workflow.steps, both)
    if left:
        circle = _circle(left, both)
        ordered, stuck = _sorted(workflow.steps, needs)
        if stuck:
            circle = _circle(stuck, needs)
            said = f"`dependsOn` of steps goes in a circle: {' → '.join(circle)}"
            report.error("dependency-cycle", said, _mark(workflow, circle))
            return workflow
        said = f"`dependsOn` and what steps read go in a circle: {' → '.join(circle)}"
        hint = "the order is that of `dependsOn`; take an expression or a `dependsOn` out (DEP-6)"
        report.dialect("dependency-cycle", said, _mark(workflow, circle), hint)
    return replace(workflow, steps=ordered)


def _sorted(
    steps: Sequence[Step], needs: Mapping[str, Sequence[str]]
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps in an order that has each after those it needs, and those for which there is none."""
    waiting = list(steps)
    placed: dict[str, Step] = {}
    while waiting:
        ready = next((s for s in waiting if all(n in placed for n in needs[s.step_id])), None)
        if ready is None:
            break
        waiting.remove(ready)
        placed[ready.step_id] = ready
    return tuple(placed.values()), tuple(waiting)


def _read(workflow: Workflow) -> Mapping[str, tuple[str, ...]]:
    """The other steps whose outputs each step reads (DEP-3)."""
    read: dict[str, dict[str, None]] = {step.step_id: {} for step in workflow.steps}
    for use in uses(workflow):
        match use.expression.path:
            case ("steps", other, *_) if other in read and 0 <= use.at < len(workflow.steps):
                reader = workflow.steps[use.at].step_id
                if reader != other:
                    read[reader][other] = None
            case _:
                pass
    return {step_id: tuple(others) for step_id, others in read.items()}


def _needed(step: Step, workflow: Workflow, report: Report) -> tuple[str, ...]:
    """The steps of this workflow that a step names in `dependsOn`."""
    needed: list[str] = []
    for text in step.depends_on:
        step_id = text.removeprefix(f"$workflows.{workflow.workflow_id}.steps.")
        step_id = step_id.removeprefix("$steps.")
        if workflow.step(step_id) is not None:
            needed.append(step_id)
        elif step_id.startswith(("$workflows.", "$sourceDescriptions.")):
            message = f"{quoted_name(text)} is a step of another workflow; it is not waited for"
            report.warning("foreign-step", message, step.mark, "steps run one after the other")
        else:
            said = f"step {quoted_name(step.step_id)} depends on {quoted_name(step_id)}"
            hint = did_you_mean(step_id, (each.step_id for each in workflow.steps))
            report.error("unknown-step", f"{said}, which is no step here", step.mark, hint)
    return tuple(needed)


def _circle(left: Sequence[Step], needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Follow what the first of these steps needs until a step comes again: that is the circle."""
    names = {step.step_id for step in left}
    way = [left[0].step_id]
    while way[-1] not in way[:-1]:
        way.append(next(each for each in needs[way[-1]] if each in names))
    return tuple(way[way.index(way[-1]) :])


def _mark(workflow: Workflow, circle: tuple[str, ...]) -> Mark:
    return next(step.mark for step in workflow.steps if step.step_id == circle[-1])
