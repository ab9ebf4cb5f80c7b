"""The way a run went through the pictures of its workflows: which edges it took how often, and where it is.

Everything is read from the moments of the run, as they are kept; nothing is counted while it runs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from arazzo_tui.engine.amend import JumpTo, SendInstead, record_of
from arazzo_tui.engine.moment import (
    Acting,
    Deciding,
    Decision,
    Frame,
    Judging,
    Moment,
    Pausing,
    StepRecord,
)
from arazzo_tui.engine.run import Run, attempt_at
from arazzo_tui.insight.flow import Edge, Flow

Place: TypeAlias = tuple[str, int]
"""A step by the key of its workflow and its position."""


class Traffic(Struct, frozen=True):
    """Where a run is and how it came there.

    `chosen` is the edge that is decided and not taken yet. `here` are the steps of the call stack, the one
    that moves last; empty before a run and after it.
    """

    taken: Mapping[Edge, int] = {}
    chosen: Edge | None = None
    here: tuple[Place, ...] = ()


def traffic(flows: Mapping[str, Flow], moment: Moment, run: Run | None = None) -> Traffic:
    """The traffic at a moment; with its run, also the jumps that were made by hand before it.

    An attempt that was sent again by hand, or jumped away from, did not take the edge it had decided on.
    """
    jumps = dict(_jumps(run)) if run else {}
    taken = Counter(_taken(flows, moment, jumps))
    taken.update(edge for edges in jumps.values() for edge in edges)
    if moment.ended is not None:
        return Traffic(taken)
    here = tuple((frame.workflow.key, _position(frame)) for frame in moment.frames)
    return Traffic(taken, _chosen(flows, moment), here)


def _position(frame: Frame) -> int:
    return min(frame.at, len(frame.workflow.steps) - 1)


def _taken(
    flows: Mapping[str, Flow], moment: Moment, jumps: Mapping[int, tuple[Edge, ...]]
) -> Iterator[Edge]:
    """The edge of every attempt whose decision was carried out, in order."""
    waits = moment.ended is None and isinstance(moment.stage, Acting | Pausing)
    helping: set[int] = set()
    for number in range(len(moment.trail) - waits):
        record = moment.trail[number]
        if number in jumps:
            continue
        edge = edge_of(flows, record, helps=record.depth in helping)
        if edge is not None:
            yield edge
        _follow(helping, record)


def _follow(helping: set[int], record: StepRecord) -> None:
    """Keep the depths at which a single step runs before a retry, after which it goes back (FAC-7)."""
    decision = record.decision
    match decision.type:
        case "retry" if decision.target_kind == "step":
            helping.add(record.depth + 1)
        case "next" | "fail" | "end":
            helping.discard(record.depth)
        case "goto" if decision.target_kind == "workflow":
            helping.discard(record.depth)
        case "goto" | "retry":
            pass


def _chosen(flows: Mapping[str, Flow], moment: Moment) -> Edge | None:
    record = record_of(moment.stage)
    return edge_of(flows, record, helps=moment.top.only) if record else None


def edge_of(flows: Mapping[str, Flow], record: StepRecord, *, helps: bool = False) -> Edge | None:
    """The edge that an attempt decided on; None when its step is in no picture.

    One that `helps` another before its retry goes back to it, which is no edge of its own.
    """
    flow = flows.get(record.workflow)
    decision = record.decision
    if flow is None or (helps and decision.type in ("next", "fail")):
        return None
    at = flow.positions.get(record.step)
    if at is None:
        return None
    fitting = [edge for edge in flow.nodes[at].edges if _fits(edge, decision)]
    outcome = "success" if record.passed else "failure"
    # Somebody may have chosen by hand what belongs to the other outcome.
    return next((edge for edge in fitting if edge.outcome == outcome), next(iter(fitting), None))


def _fits(edge: Edge, decision: Decision) -> bool:
    return edge.kind == decision.type and edge.name == decision.name


def _jumps(run: Run) -> Iterator[tuple[int, tuple[Edge, ...]]]:
    """What was done by hand instead of an edge, by the number of the attempt it came after.

    A jump away from a step that was not sent comes after no attempt: its number is below zero.
    """
    unsent: list[Edge] = []
    instead: dict[int, list[Edge]] = {}
    for at in range(1, run.at + 1):
        cause = run.causes[at]
        if not isinstance(cause, JumpTo | SendInstead):
            continue
        before = run.moments[at - 1]
        answered = isinstance(before.stage, Judging | Deciding | Acting | Pausing)
        edge = _by_hand(before, run.moments[at])
        if answered:
            instead.setdefault(attempt_at(before), []).append(edge)
        elif isinstance(cause, JumpTo):
            unsent.append(edge)
    yield -1, tuple(unsent)
    yield from ((number, tuple(edges)) for number, edges in instead.items())


def _by_hand(before: Moment, after: Moment) -> Edge:
    start, end = _position(before.top), _position(after.top)
    return Edge(before.top.workflow.key, start, "hand", to=end)
