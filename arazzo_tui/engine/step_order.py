"""The order of the steps of a workflow, where `dependsOn` of a step asks for another than the written one.

Steps run one after the other, so a step that others need has to stand before them (DEP-2, DEP-4, DEP-6).
What a step reads of another by its expressions is `references`' concern and moves nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from arazzo_tui.document.arazzo import Step, Workflow
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.printable import quoted_name


def in_order(workflow: Workflow, report: Report) -> Workflow:
    """The workflow with each step after those it depends on; otherwise as it is written.

    Reports a step that is none, and a circle, whose steps stay where they are.
    """
    if not any(step.depends_on for step in workflow.steps):
        return workflow
    needs = {step.step_id: _needed(step, workflow, report) for step in workflow.steps}
    waiting = list(workflow.steps)
    placed: dict[str, Step] = {}
    while waiting:
        ready = next(
            (step for step in waiting if all(n in placed for n in needs[step.step_id])), None
        )
        if ready is None:
            _say_circle(waiting, needs, report)
            return workflow
        waiting.remove(ready)
        placed[ready.step_id] = ready
    return replace(workflow, steps=tuple(placed.values()))


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
            hint = did_you_mean(step_id, [each.step_id for each in workflow.steps])
            report.error("unknown-step", f"{said}, which is no step here", step.mark, hint)
    return tuple(needed)


def _say_circle(waiting: Sequence[Step], needs: dict[str, tuple[str, ...]], report: Report) -> None:
    """Follow what the first waiting step needs until a step comes again: that is the circle."""
    left = {step.step_id: step for step in waiting}
    way = [waiting[0].step_id]
    while way[-1] not in way[:-1]:
        way.append(next(each for each in needs[way[-1]] if each in left))
    names = " → ".join(way[way.index(way[-1]) :])
    mark = left[way[-1]].mark
    report.error("dependency-cycle", f"`dependsOn` of steps goes in a circle: {names}", mark)
