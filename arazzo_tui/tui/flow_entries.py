"""What the flow view says of each step, before it is known how much room there is. Pure.

A step is one entry, and each way out of it that is worth a line another; `flow_lines` lays them out.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from arazzo_tui.engine.moment import Ended, Moment
from arazzo_tui.engine.plan import CallOperation, PlannedTarget, RunWorkflow
from arazzo_tui.engine.run import Run
from arazzo_tui.insight.flow import Edge, Flow, Node, Reading
from arazzo_tui.insight.traffic import Traffic, traffic
from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.draw import seconds
from arazzo_tui.tui.exchange import State, StepKey, StepState, standings
from arazzo_tui.tui.flow_lanes import LOOKS, Pieces

_WAITING = StepState(State.NOT_RUN)

Given: TypeAlias = Mapping[tuple[str, str, str], bool]
"""By workflow, step (empty for the workflow's own) and output: whether there is a value for it."""


class Shown(Struct, frozen=True):
    """What is drawn: the pictures, the first one first, and how far a run has come in them.

    `stops` are the steps with a breakpoint.
    """

    flows: Mapping[str, Flow]
    traffic: Traffic = field(default_factory=Traffic)
    states: Mapping[StepKey, StepState] = {}
    given: Given = {}
    ended: Ended | None = None
    stops: frozenset[StepKey] = frozenset()


class Entry(Struct, frozen=True):
    """What is said at one place before it is known how much room there is.

    `head` is always said, in two rows if it `breaks` after its first piece; `extra` is said as far as
    there is room, and in further rows where it `wraps`. A step has a `sign`; what stands under one has
    none, but the line of the order, which is `spine` (empty: the order does not lead on here). `edge` is
    the way that is told, and `weight` its weight.
    """

    key: StepKey | None
    head: Pieces
    sign: tuple[str, str] | None = None
    extra: str = ""
    aside: str = ""
    wraps: bool = False
    breaks: bool = False
    spine: str = ""
    edge: Edge | None = None
    weight: int = 0
    copy: str = ""
    expression: str = ""


def shown_at(pictures: Mapping[str, Flow], moment: Moment, run: Run | None = None) -> Shown:
    """The pictures with the way a run took up to a moment; `run` tells what was done by hand."""
    return Shown(
        flows=pictures,
        traffic=traffic(pictures, moment, run),
        states=standings(moment),
        given=_given(moment),
        ended=moment.ended,
    )


def heading(flow: Flow, shown: Shown, *, data: bool) -> Iterator[Entry]:
    """The name of a workflow, what it runs after, and the actions that all of its steps have."""
    yield Entry(None, ((one_line(flow.key), "title"),), copy=flow.key)
    if flow.after:
        yield _note(f"after {', '.join(flow.after)}", None)
    if data:
        for reading in flow.reads_everywhere:
            yield _reading(flow, reading, shown, None)
    inherited = flow.inherited
    if inherited:
        yield _note("every step:", None)
    for edge in inherited:
        weight = max(_weight(each, shown) for each in _alike(flow, edge))
        times = sum(shown.traffic.taken.get(each, 0) for each in _alike(flow, edge))
        yield replace(_action(flow, edge, weight, times), edge=None)


def step_entries(flow: Flow, at: int, node: Node, shown: Shown, *, data: bool) -> Iterator[Entry]:
    """A step and what stands under it."""
    key = (flow.key, node.step.step_id)
    spine = _spine_look(node, shown)
    state = shown.states.get(key, _WAITING)
    sign, look = _state_sign(state)
    head = [(one_line(node.step.step_id), _id_look(state, (flow.key, at), shown))]
    if key in shown.stops:
        head.insert(0, ("● ", "bad"))
    if state.attempts > 1:
        head.append((f" ×{state.attempts}", "strong"))
    head += _mark((flow.key, at), shown)
    yield Entry(
        key=key,
        head=tuple(head),
        sign=(sign, look),
        extra=_target(node.step.target),
        aside=seconds(state.seconds) if state.seconds else "",
        copy=node.step.step_id,
        expression=f"$steps.{node.step.step_id}.outputs",
    )
    if node.after:
        names = ", ".join(flow.nodes[each].step.step_id for each in node.after)
        yield _note(f"after {names}", key, spine)
    if data:
        for reading in node.reads:
            yield _reading(flow, reading, shown, key, spine)
    for edge in (*_told(node, shown), *_by_hand(flow, at, shown)):
        times = shown.traffic.taken.get(edge, 0)
        yield replace(_action(flow, edge, _weight(edge, shown), times), key=key, spine=spine)


def end_entries(flow: Flow, shown: Shown, *, data: bool) -> Iterator[Entry]:
    """What is under the last step: the end, and what the outputs are made of."""
    sign, look, word = "■", "dim", "end"
    if shown.ended is not None and flow.key == next(iter(shown.flows)):
        passed = shown.ended.passed
        look, word = ("good", "end: succeeded") if passed else ("bad", "end: failed")
    yield Entry(None, ((word, look),), sign=(sign, look))
    if data:
        for reading in flow.reads:
            yield _reading(flow, reading, shown, None)


def _told(node: Node, shown: Shown) -> Iterator[Edge]:
    """The ways out of a step that are worth a line: its own actions, and whatever a run has taken.

    Where a step has actions for success, what follows without one is told as well.
    """
    branches = any(
        edge.outcome == "success" and edge.name and (edge.own or _weight(edge, shown))
        for edge in node.edges
    )
    for edge in node.edges:
        went = _weight(edge, shown) > 0
        if edge.kind == "next":
            told = branches and (edge.reachable or went)
        elif edge.kind == "fail":
            told = went
        else:
            told = edge.own or went
        if told:
            yield edge


def _by_hand(flow: Flow, at: int, shown: Shown) -> Iterator[Edge]:
    for edge in shown.traffic.taken:
        if edge.kind == "hand" and (edge.workflow, edge.at) == (flow.key, at):
            yield edge


def _alike(flow: Flow, inherited: Edge) -> Iterator[Edge]:
    """An inherited action in every step that has it."""
    for node in flow.nodes:
        for edge in node.edges:
            if not edge.own and (edge.outcome, edge.name) == (inherited.outcome, inherited.name):
                yield edge


def _weight(edge: Edge, shown: Shown) -> int:
    """How heavy a way is drawn: not taken, taken, about to be."""
    if edge == shown.traffic.chosen:
        return 2
    return 1 if shown.traffic.taken.get(edge) else 0


def _action(flow: Flow, edge: Edge, weight: int, times: int) -> Entry:
    """A way out of a step: when it is tried, where it leads, how often it was taken."""
    signs = {"success": ("✓ ", "good"), "failure": ("✗ ", "bad"), "": ("! ", "warn")}
    sign, look = signs[edge.outcome]
    head = [(sign, look if weight else "dim"), (_way(flow, edge), LOOKS[weight])]
    if times:
        head.append((f" ×{times}", LOOKS[max(1, weight)]))
    if weight > 1:
        head.append((" ◂ next", "next"))
    if not edge.reachable and not weight:
        head.append((" (never)", "dim"))
    wait = f"after {edge.wait:g} s " if edge.wait else ""
    criteria = f"if {' and '.join(map(one_line, edge.criteria))}" if edge.criteria else ""
    return Entry(
        key=None,
        head=tuple(head),
        extra=f"{wait}{criteria}".rstrip(),
        aside=f"({one_line(edge.name)})" if edge.name else "",
        wraps=True,
        edge=edge,
        weight=weight,
        copy=edge.name,
    )


def _way(flow: Flow, edge: Edge) -> str:
    """Where a way leads, in words."""
    to = "" if edge.to is None else one_line(flow.nodes[edge.to].step.step_id)
    match edge.kind:
        case "next":
            return f"↓ next {to}" if to else "■ end"
        case "fail":
            return "■ fail"
        case "end":
            return "■ end"
        case "goto":
            if edge.to is None:
                return f"→ goto workflow {one_line(edge.target)}"
            return f"{_direction(edge, edge.to)} goto {to}"
        case "retry":
            through = to or (f"→ {one_line(edge.target)}" if edge.target else "")
            return f"↻ retry {_limit(edge)}" + (f" via {through}" if through else "")
        case "hand":
            if edge.to is None or edge.to == edge.at:
                return "↻ sent again by hand"
            return f"{_direction(edge, edge.to)} by hand to {to}"


def _direction(edge: Edge, to: int) -> str:
    """Down or up the page; an action of every step leads down from some and up from others."""
    if not edge.own:
        return "→"
    return "↓" if to > edge.at else "↑"


def _limit(edge: Edge) -> str:
    if edge.limit == 1:
        return "once"
    return f"max {edge.limit}" if edge.limit else "never"


def _note(text: str, key: StepKey | None, spine: str = "") -> Entry:
    return Entry(key, (), extra=one_line(text), wraps=True, spine=spine)


def _reading(
    flow: Flow, reading: Reading, shown: Shown, key: StepKey | None, spine: str = ""
) -> Entry:
    """A data edge: whose output comes in here, and whether it is there."""
    there = shown.given.get(_owner(flow, reading, shown))
    look = {None: "dim", True: "value", False: "warn"}[there]
    missing = ((" is missing", "warn"),) if there is False else ()
    name = ((f"← {one_line(reading.source)}", look), (f".{one_line(reading.output)}", look))
    return Entry(
        key=key,
        head=(*name, *missing),
        breaks=True,
        spine=spine,
        copy=reading.expression,
        expression=reading.expression,
    )


def _owner(flow: Flow, reading: Reading, shown: Shown) -> tuple[str, str, str]:
    """What an output that is read is known by among those there are."""
    match reading.kind:
        case "step":
            return flow.key, reading.source, reading.output
        case "workflow":
            # A workflow of another document names those of its own without the prefix of its key.
            prefix = flow.key.removesuffix(flow.workflow_id)
            local = (prefix + reading.source, "", reading.output)
            return local if local in shown.given else (reading.source, "", reading.output)


def _target(target: PlannedTarget) -> str:
    """What a step calls."""
    match target:
        case CallOperation(operation):
            return one_line(str(operation).rstrip())
        case RunWorkflow(key):
            return f"→ {one_line(key)}"


def _state_sign(state: StepState) -> tuple[str, str]:
    """The sign of a step's state and its look; a loud one where GraphQL does not agree that it passed."""
    if state.state is State.PASSED and state.graphql_failed:
        return "!", "warn"
    looks = {
        State.NOT_RUN: "dim", State.HERE: "next", State.PASSED: "good",
        State.FAILED: "bad", State.SKIPPED: "dim",
    }  # fmt: skip
    return state.state.value, looks[state.state]


def _id_look(state: StepState, place: tuple[str, int], shown: Shown) -> str:
    if shown.traffic.here[-1:] == (place,):
        return "next"
    return "dim" if state.state is State.SKIPPED else ""


def _mark(place: tuple[str, int], shown: Shown) -> Pieces:
    """Where the run is, and who waits for a workflow that was called."""
    here = shown.traffic.here
    if here[-1:] == (place,):
        return ((" ◂ here", "next"),)
    return ((" ◂ waits", "next"),) if place in here else ()


def _given(moment: Moment) -> Given:
    """Which outputs there are values for: of the last visit, and what somebody set by hand."""
    found: dict[tuple[str, str, str], bool] = {}
    for record in moment.trail:
        for name in record.outputs:
            found[record.workflow, record.step, name] = name not in record.missing
    for frame in moment.frames:
        for step, given in frame.steps.items():
            for name, value in given.get("outputs", {}).items():
                if value is not None:
                    found[frame.workflow.key, step, name] = True
    for key, back in moment.returned.items():
        for name, value in back.outputs.items():
            found[key, "", name] = value is not None
    return found


def _spine_look(node: Node, shown: Shown) -> str:
    """The look of the line from a step to the next; empty where the order does not lead there."""
    following = next(edge for edge in node.edges if edge.kind == "next")
    weight = _weight(following, shown)
    return LOOKS[weight] if following.reachable or weight else ""
