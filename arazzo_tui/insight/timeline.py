"""When each name of a run got its value: which visit of a workflow a moment is in, and what gave it what.

A workflow can be run many times in one run, and a step many times in one workflow; a name means the newest
value before its reader, in the same visit. Read off the moments of a `Run`; nothing here evaluates anything.
"""

from bisect import bisect_right
from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.engine.amend import (
    Amendment,
    AnswerWith,
    Choose,
    JumpTo,
    Loosen,
    Replan,
    SendInstead,
    SetInput,
    SetOutput,
    SkipStep,
    record_of,
)
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.moment import (
    Acting,
    Answer,
    Calling,
    Deciding,
    Frame,
    Judging,
    Moment,
    Waited,
)
from arazzo_tui.engine.plan import RunWorkflow
from arazzo_tui.engine.run import Run, attempt_at

Entry: TypeAlias = Literal["begin", "call", "shared", "action", "handed on", "helper"]
"""How a visit began: with the run; called by a step, or by one that shares its inputs; called by a retry's
action; in place of a workflow that a `goto` left; or as the one step that a retry runs first."""


class Visit(Struct, frozen=True):
    """One time a workflow was run: its depth, the moment it began, and the visit it came from."""

    number: int
    depth: int
    began: int
    entry: Entry
    origin: int


class Given(Struct, frozen=True):
    """What gave a step its outputs at a moment: an attempt of the trail, or a hand that set one of them."""

    moment: int
    record: int | None
    name: str = ""


class Left(Struct, frozen=True):
    """A visit that was over at a moment, and the keys its outputs are known by from then on."""

    moment: int
    visit: int
    keys: tuple[str, ...]


class Exchange(Struct, frozen=True):
    """What `$request` and `$response` mean to a reader: the attempt, what it sent, what came back."""

    record: int
    request: Request | None
    answer: Answer | None


class Timeline(Struct, frozen=True):
    """The visits of a run, and by number of the moment, visit and name what happened to them."""

    run: Run
    visits: list[Visit] = []
    at: list[tuple[int, ...]] = []
    """By moment the visits of its frames, outermost first."""
    given: dict[tuple[int, str], list[Given]] = {}
    """By visit and step, oldest first."""
    inputs_set: dict[tuple[int, str], list[int]] = {}
    """By visit and input the moments at which it was set by hand."""
    recorded: list[tuple[int, int]] = []
    """By attempt the moment at which it stood in the trail first, and its visit."""
    left: list[Left] = []
    by_hand: dict[int, list[tuple[int, Amendment]]] = {}
    """By attempt what was done to it by hand, each with the moment that came of it."""

    def frame(self, moment: int, visit: int) -> Frame:
        """The frame of a visit at a moment at which it is under way."""
        return self.run.moments[moment].frames[self.visits[visit].depth]

    def giver(self, visit: int, step: str, name: str, moment: int) -> Given | None:
        """What gave an output of a step the value it has in a visit at a moment; None when nothing did."""
        events = self.given.get((visit, step), [])
        for event in reversed(events[: bisect_right(events, moment, key=lambda one: one.moment)]):
            if not event.name or event.name == name:
                return event
        here = self.visits[visit]
        if here.entry == "helper":  # it shares the names of the step that is tried again
            return self.giver(here.origin, step, name, here.began - 1)
        return None

    def input_set(self, visit: int, name: str, moment: int) -> bool:
        """Whether an input of a visit was set by hand before or at a moment."""
        return any(at <= moment for at in self.inputs_set.get((visit, name), ()))

    def came_back(self, key: str, moment: int) -> Left | None:
        """The newest visit that gave a workflow's outputs before or at a moment."""
        known = (each for each in reversed(self.left) if each.moment <= moment)
        return next((each for each in known if key in each.keys), None)


def timeline(run: Run) -> Timeline:
    """The timeline of a run, read in one pass over its moments."""
    made = Timeline(run, [Visit(0, 0, 0, "begin", -1)], [(0,)])
    for number in range(1, len(run.moments)):
        _follow(made, number)
    return made


def _follow(made: Timeline, number: int) -> None:
    """Take in one moment: the visits it is in, and what it gave."""
    before, now = made.run.moments[number - 1], made.run.moments[number]
    here = made.at[-1]
    if len(now.frames) > len(before.frames):
        visit = Visit(len(made.visits), len(here), number, _entry(before, now), here[-1])
        made.visits.append(visit)
        made.at.append((*here, visit.number))
    elif len(now.frames) < len(before.frames) and now.ended is None:
        made.at.append(here[: len(now.frames)])
        _leave(made, number, before, now)
    elif _is_handed_on(made, number):
        visit = Visit(len(made.visits), len(here) - 1, number, "handed on", here[-1])
        made.visits.append(visit)
        made.at.append((*here[:-1], visit.number))
    else:
        made.at.append(here[: len(now.frames)])
    if len(now.trail) > len(before.trail):
        made.recorded.append((number, here[-1]))
        record = len(now.trail) - 1
        _give(made, here[-1], now.trail[record].step, Given(number, record))
    match made.run.causes[number]:
        case None | Response() | Failure() | Waited():
            pass
        case amendment:
            _amended(made, number, amendment)


def _entry(before: Moment, now: Moment) -> Entry:
    waiting = now.frames[-2].stage
    if isinstance(waiting, Calling) and waiting.retrying:
        return "helper" if waiting.helper else "action"
    target = before.step.target
    return "shared" if isinstance(target, RunWorkflow) and target.shared else "call"


def _is_handed_on(made: Timeline, number: int) -> bool:
    before, now = made.run.moments[number - 1], made.run.moments[number]
    if made.run.causes[number] is not None or now.ended is not None:
        return False
    match before.stage:
        case Acting(record):
            return record.decision.type == "goto" and record.decision.target_kind == "workflow"
        case _:
            return False


def _leave(made: Timeline, number: int, before: Moment, now: Moment) -> None:
    visit = made.at[number - 1][-1]
    if before.top.only:
        # A helper gives its names back to the step that is tried again (FAC-7).
        caller = made.at[number][-1]
        for of, step in [key for key in made.given if key[0] == visit]:
            newest = made.given[of, step][-1]
            _give(made, caller, step, Given(number, newest.record, newest.name))
        return
    waiting = before.frames[len(now.frames) - 1].stage
    called = (waiting.called,) if isinstance(waiting, Calling) else ()
    made.left.append(Left(number, visit, (*called, before.top.workflow.key)))


def _give(made: Timeline, visit: int, step: str, given: Given) -> None:
    made.given.setdefault((visit, step), []).append(given)


def _amended(made: Timeline, number: int, amendment: Amendment) -> None:
    before, now = made.run.moments[number - 1], made.run.moments[number]
    visit = made.at[number][-1]
    attempt = attempt_at(before)
    match amendment:
        case SendInstead():
            attempt = attempt_at(now)  # an edit after an answer belongs to the attempt it begins
        case SetInput(name):
            made.inputs_set.setdefault((visit, name), []).append(number)
        case SetOutput(step, name):
            own = isinstance(before.stage, Deciding) and before.stage.record.step == step
            if not own:
                _give(made, visit, step, Given(number, None, name))
        case AnswerWith() | SkipStep() | JumpTo() | Choose() | Loosen() | Replan():
            pass
    made.by_hand.setdefault(attempt, []).append((number, amendment))


def of_record(line: Timeline, record: int) -> Exchange:
    """The exchange of an attempt in the trail."""
    taken = line.run.moments[line.recorded[record][0]].trail[record]
    return Exchange(record, taken.request, taken.answer)


def exchange_at(line: Timeline, moment: int) -> Exchange | None:
    """The exchange that the stage of a moment knows of; None before there is an answer."""
    here = line.run.moments[moment]
    match here.stage:
        case Judging(request, answer):
            return Exchange(len(here.trail), request, answer)
        case Deciding(record):
            return Exchange(len(here.trail), record.request, record.answer)
        case stage:
            taken = record_of(stage)
            if taken is None:
                return None
            return Exchange(len(here.trail) - 1, taken.request, taken.answer)


def judged_at(line: Timeline, record: int) -> tuple[int, int]:
    """The moment at which an attempt was judged, with its visit."""
    kept, visit = line.recorded[record]
    for moment in range(kept - 1, max(kept - 20, -1), -1):
        stage = line.run.moments[moment].stage
        if line.at[moment][-1] == visit and isinstance(stage, Judging):
            return moment, visit
    return kept - 1, visit
