"""Where a value goes: every place that used it, and every place of steps to come that will.

A value is carried by names: an answer's place by the outputs that read it, these by what reads them,
through called workflows and back. The run is followed in its order, so that a step that ran again carries
what it gave last. What a query looks at counts as read, whatever it selects.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.document.arazzo import Parameter
from arazzo_tui.engine.amend import SetInput, SetOutput, SkipStep
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Frame,
    Judging,
    Pausing,
    Ready,
    Returned,
    Sending,
    StepRecord,
)
from arazzo_tui.engine.plan import PlannedStep, PlannedWorkflow, RunWorkflow
from arazzo_tui.engine.run import Run
from arazzo_tui.insight.named import opened
from arazzo_tui.insight.readings import Carried, Reading, met, of_criterion, of_request, of_template
from arazzo_tui.insight.timeline import Timeline, Visit, timeline
from arazzo_tui.language.values import Json, Pointer

UseKind: TypeAlias = Literal[
    "request", "parameter", "criterion", "output", "action", "workflow output"
]
"""What uses a value: a place in a request; a parameter of a call; a criterion of a step; an output of one;
the criteria and parameters of an action; an output of a workflow."""


class Use(Struct, frozen=True):
    """One place that used a value, or will.

    `record` is the number of the attempt that did, the one after the last for that under way, None for a
    step to come and for outputs of a workflow. `place` is one of the request as `Origin.place` has it, or
    `("parameters", name)`, `("criterion", number)`, `("outputs", name, …)`, `("action", name, …)`,
    `("result", name, …)`. `written` is the expression that reads; `workflow` the key in the plan.
    """

    kind: UseKind
    workflow: str
    step: str
    record: int | None
    place: Pointer
    written: str
    will: bool = False


def uses(run: Run, place: Pointer, record: int | None = None) -> tuple[Use, ...]:
    """Every place that used a value or will, in the order of the run, each once.

    `place` is `("response", …)`, `("header", name)` or `("status",)` of the answer of an attempt in the
    trail; `("outputs", name, …)` of an attempt; or, without `record`, `("inputs", name, …)` of the workflow
    that the moment looked at is in. A place below or above a place that is read is used with it.
    """
    line = timeline(run)
    onward = _Onward(line, record)
    match place:
        case ("inputs", *_):
            visit = line.at[run.at][-1]
            onward.of(visit).add(place)
            onward.follow(line.visits[visit].began + 1)
        case ("outputs", *way) if record is not None:
            moment, visit = line.recorded[record]
            step = run.moments[moment].trail[record].step
            onward.of(visit).add(("steps", step, "outputs", *way))
            onward.follow(moment + 1)
        case (part, *way) if record is not None:
            path = {"response": ("response", "body"), "header": ("response", "header")}
            onward.source = (*path.get(part, ("statusCode",)), *way)
            onward.follow(line.recorded[record][0])
        case _:
            return ()
    onward.foresee()
    return tuple(dict.fromkeys(onward.found))


class _Step(Struct, frozen=True):
    """A step that reads, and how a `Use` names it; `record` is None for one that is still to come."""

    workflow: PlannedWorkflow
    planned: PlannedStep
    record: int | None

    def use(self, kind: UseKind, place: Pointer, written: str) -> Use:
        key, step = self.workflow.key, self.planned.step_id
        return Use(kind, key, step, self.record, place, written, self.record is None)


class _Onward(Struct):
    """The names that carry the value, as the run goes on: by visit, and of the workflows that came back."""

    line: Timeline
    record: int | None
    source: Pointer = ()
    carried: dict[int, Carried] = {}
    returned: Carried = set()
    found: list[Use] = []

    def of(self, visit: int) -> Carried:
        """The names of a visit that carry the value."""
        here = self.line.visits[visit]
        if here.entry == "helper":  # it shares the names of the step that is tried again
            return self.of(here.origin)
        return self.carried.setdefault(visit, set())

    # -------------------------------------------------------------------- what has been

    def follow(self, start: int) -> None:
        """Go through the moments of the run from one on."""
        recorded = {moment: record for record, (moment, _) in enumerate(self.line.recorded)}
        began = {each.began: each for each in self.line.visits}
        left = {each.moment: each for each in self.line.left}
        for moment in range(start, len(self.line.run.moments)):
            if moment in recorded:
                self._recorded(recorded[moment])
            if moment in began:
                self._entered(began[moment])
            if moment in left:
                visit = left[moment].visit
                workflow = self.line.frame(moment - 1, visit).workflow
                self._came_back(workflow, self.of(visit), left[moment].keys, will=False)
            self._set_by_hand(moment)
        end = self.line.run.now
        if end.ended is not None:
            self._results(end.frames[0].workflow, self.of(self.line.at[-1][0]), will=False)

    def _recorded(self, record: int) -> None:
        moment, visit = self.line.recorded[record]
        taken = self.line.run.moments[moment].trail[record]
        frame = self.line.frame(moment - 1, visit)
        at = frame.workflow.positions.get(taken.step)
        if at is None:
            return
        step = _Step(frame.workflow, frame.workflow.steps[at], record)
        payload = taken.request.payload if taken.request is not None else None
        carried = self.of(visit)
        exchange = self._sent(step, carried, payload)
        if record == self.record or self._is_source(taken):
            exchange.add(self.source)
        given: Carried = set()
        if not isinstance(taken.answer, Failure):
            given = self._judged(step, carried | exchange, passed=taken.passed)
        _replace(carried, ("steps", taken.step, "outputs"), given)
        for _, amendment in self.line.by_hand.get(record, ()):
            match amendment:
                case SetOutput(of, name) if of == taken.step:
                    _replace(carried, ("steps", taken.step, "outputs", name), set())
                case SkipStep():
                    _replace(carried, ("steps", taken.step, "outputs"), set())
                case _:
                    pass

    def _is_source(self, taken: StepRecord) -> bool:
        """Whether a call came back with the answer the value is in: it is read as the call's own."""
        if self.record is None or not isinstance(taken.answer, Returned):
            return False
        moment = self.line.recorded[self.record][0]
        answer = self.line.run.moments[moment].trail[self.record].answer
        return isinstance(answer, Response) and taken.answer.response is answer

    def _entered(self, visit: Visit) -> None:
        before = self.line.frame(visit.began - 1, visit.origin)
        caller = self.of(visit.origin)
        match visit.entry:
            case "helper":
                self.carried[visit.number] = caller  # they share their names
            case "call":
                self.carried[visit.number] = _handed(
                    before.step.parameters, caller, before.workflow
                )
            case "shared":
                self.carried[visit.number] = {each for each in caller if each[0] == "inputs"}
            case "action" | "handed on":
                trail = self.line.run.moments[visit.began - 1].trail
                actions = (*before.step.on_success, *before.step.on_failure)
                fired = [
                    each.action for each in actions if each.action.name == trail[-1].decision.name
                ]
                parameters = fired[0].parameters if fired else ()
                exchange = {self.source} if len(trail) - 1 == self.record else set()
                own = {each.name for each in parameters}
                same = {each for each in caller if each[0] == "inputs" and each[1] not in own}
                known = caller | self.returned | exchange
                handed = _handed(parameters, known, before.workflow)
                self.carried[visit.number] = same | handed
            case "begin" | "helper":
                pass

    def _set_by_hand(self, moment: int) -> None:
        visit = self.line.at[moment][-1]
        match self.line.run.causes[moment]:
            case SetInput(name):
                _replace(self.of(visit), ("inputs", name), set())
            case SetOutput(step, name):
                _replace(self.of(visit), ("steps", step, "outputs", name), set())
            case _:
                pass

    # -------------------------------------------------------------------- what will be

    def foresee(self) -> None:
        """Go through the steps that come after the newest moment, as they stand in their workflows."""
        now = self.line.run.now
        if now.ended is not None:
            return
        carried: Carried = set()
        for depth in range(now.depth, -1, -1):
            frame = now.frames[depth]
            helped = depth < now.depth and now.frames[depth + 1].only
            carried = carried if helped else set(self.of(self.line.at[-1][depth]))
            self._under_way(frame, carried)
            if not frame.only:
                for planned in frame.workflow.steps[frame.at + 1 :]:
                    self._to_come(_Step(frame.workflow, planned, None), carried, ())
                self._came_back(frame.workflow, carried, (frame.workflow.key,), will=True)

    def _under_way(self, frame: Frame, carried: Carried) -> None:
        """The step that a frame is at: what it used so far, and what it will."""
        number = len(self.line.run.now.trail)
        begun = _Step(frame.workflow, frame.step, number)
        will = _Step(frame.workflow, frame.step, None)
        match frame.stage:
            case Ready():
                self._to_come(will, carried, ())
            case Calling(_, retrying):
                self._to_come(will, carried, (), entered=not retrying)
            case Sending(request) | Judging(request, _):
                exchange = self._sent(begun, carried, request.payload if request else None)
                given = self._judged(will, carried | exchange, passed=None)
                _replace(carried, ("steps", frame.step.step_id, "outputs"), given)
            case Deciding(record):
                payload = record.request.payload if record.request else None
                exchange = self._sent(begun, carried, payload)
                given = self._judged(begun, carried | exchange, passed=record.passed)
                _replace(carried, ("steps", record.step, "outputs"), given)
            case Acting() | Pausing():
                pass

    def _to_come(
        self, step: _Step, carried: Carried, within: tuple[str, ...], *, entered: bool = False
    ) -> None:
        """A step that will be run; a workflow it calls is looked into, but none inside itself."""
        exchange = set() if entered else self._sent(step, carried, None)
        target = step.planned.target
        if isinstance(target, RunWorkflow):
            called = self.line.run.now.plan.workflows[target.key]
            if not entered and target.key not in within and len(within) < _DEEPEST:
                inside = _handed(step.planned.parameters, carried, step.workflow)
                if target.shared:
                    inside |= {each for each in carried if each[0] == "inputs"}
                for planned in called.steps:
                    self._to_come(_Step(called, planned, None), inside, (*within, target.key))
                self._came_back(called, inside, (called.key,), will=True)
            exchange |= self._outputs_of(called)
        given = self._judged(step, carried | exchange, passed=None)
        _replace(carried, ("steps", step.planned.step_id, "outputs"), given)

    # -------------------------------------------------------------------- one step

    def _sent(self, step: _Step, carried: Carried, payload: Json) -> Carried:
        """Say what a step's request uses; the names of its exchange that carry the value."""
        known = carried | self.returned
        exchange: Carried = set()
        calls = isinstance(step.planned.target, RunWorkflow)
        for reading in of_request(step.planned, step.workflow, opened(payload), calls=calls):
            for inner in met(reading.name, known):
                kind: UseKind = "parameter" if calls else "request"
                self.found.append(step.use(kind, reading.place, reading.written))
                if not calls:
                    rest = inner if reading.exact else ()
                    exchange |= {(*name, *rest) for name in _names_in_exchange(reading.place)}
        if isinstance(step.planned.target, RunWorkflow):
            plan = self.line.run.now.plan
            exchange |= self._outputs_of(plan.workflows[step.planned.target.key])
        return exchange

    def _outputs_of(self, called: PlannedWorkflow) -> Carried:
        head = ("workflows", called.workflow_id, "outputs")
        return {("outputs", *each[3:]) for each in self.returned if each[:3] == head}

    def _judged(self, step: _Step, carried: Carried, *, passed: bool | None) -> Carried:
        """Say what judging a step uses; the outputs of the step that carry the value on."""
        known = carried | self.returned
        for number, criterion in enumerate(step.planned.step.success_criteria):
            for reading in of_criterion(criterion, step.workflow):
                if met(reading.name, known):
                    self._use(step, "criterion", ("criterion", str(number)), reading)
        listed = {
            True: step.planned.on_success,
            False: step.planned.on_failure,
            None: (*step.planned.on_success, *step.planned.on_failure),
        }[passed]
        for action in (each.action for each in listed):
            read = [each for one in action.criteria for each in of_criterion(one, step.workflow)]
            for parameter in action.parameters:
                read += of_template(parameter.value, step.workflow)
            for reading in read:
                if met(reading.name, known):
                    self._use(step, "action", ("action", action.name), reading)
        given: Carried = set()
        for name, template in step.planned.step.outputs.items():
            for reading in of_template(template, step.workflow, (name,)):
                inners = met(reading.name, known)
                if inners:
                    self._use(step, "output", ("outputs", *reading.place), reading)
                head = ("steps", step.planned.step_id, "outputs", *reading.place)
                given |= {(*head, *(inner if reading.exact else ())) for inner in inners}
        return given

    def _use(self, step: _Step, kind: UseKind, place: Pointer, reading: Reading) -> None:
        self.found.append(step.use(kind, place, reading.written))

    def _came_back(
        self, workflow: PlannedWorkflow, carried: Carried, keys: tuple[str, ...], *, will: bool
    ) -> None:
        """The outputs and inputs of a workflow that came back are names of their own from then on.

        `keys` are the workflows it came back as: also the one that was called and handed on to it.
        """
        given = self._results(workflow, carried, will=will)
        given |= {each for each in carried if each[0] == "inputs"}
        workflows = self.line.run.now.plan.workflows
        for known_as in {workflows[key].workflow_id for key in keys if key in workflows}:
            head = ("workflows", known_as)
            _replace(self.returned, head, {(*head, *each) for each in given})

    def _results(self, workflow: PlannedWorkflow, carried: Carried, *, will: bool) -> Carried:
        known = carried | self.returned
        given: Carried = set()
        for name, template in workflow.workflow.outputs.items():
            for reading in of_template(template, workflow, (name,)):
                for inner in met(reading.name, known):
                    place = ("result", *reading.place)
                    use = Use(
                        "workflow output", workflow.key, "", None, place, reading.written, will
                    )
                    self.found.append(use)
                    given.add(("outputs", *reading.place, *(inner if reading.exact else ())))
        return given


_DEEPEST = 5


def _names_in_exchange(place: Pointer) -> Iterator[Pointer]:
    """The names that a place of a request can be read by after the call (EXP-6, EXP-7)."""
    yield ("request", *place)
    match place:
        case ("query", name, member, *_):  # an object is taken apart
            yield ("request", "query", member)
            yield ("request", "query", f"{name}[{member}]")
        case ("cookie", *_):
            yield ("request", "header", "cookie")
        case _:
            pass
    if place[0] in ("query", "path", "querystring"):
        yield ("url",)


def _handed(
    parameters: tuple[Parameter, ...], carried: Carried, workflow: PlannedWorkflow
) -> Carried:
    """The inputs of a called workflow that carry the value."""
    return {
        ("inputs", *reading.place, *(inner if reading.exact else ()))
        for each in parameters
        for reading in of_template(each.value, workflow, (each.name,))
        for inner in met(reading.name, carried)
    }


def _replace(carried: Carried, head: Pointer, by: Carried) -> None:
    """Forget the names below one, and carry these instead."""
    for each in [one for one in carried if one[: len(head)] == head]:
        carried.discard(each)
    carried |= by
