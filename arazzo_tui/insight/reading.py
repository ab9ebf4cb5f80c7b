"""Where a name got its value at a moment: through outputs, answers, inputs and the workflows that called.

A `Reader` stands in a visit of a workflow at a moment and follows what a template of it says, link by link,
always to something earlier. Places in requests are `provenance`'s.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.arazzo import Parameter
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.engine.amend import AnswerWith, SetOutput, SkipStep, record_of, told
from arazzo_tui.engine.content import value_of
from arazzo_tui.engine.exchange import Failure, Response, header
from arazzo_tui.engine.inputs import with_defaults
from arazzo_tui.engine.moment import Deciding, Frame, Returned
from arazzo_tui.engine.plan import RunWorkflow
from arazzo_tui.engine.scope import scope_with
from arazzo_tui.insight.json_in_text import part_at
from arazzo_tui.insight.links import Chain, Link, constant, lacking, of_document
from arazzo_tui.insight.named import Named, found_at, named, selected, why_not, within
from arazzo_tui.insight.timeline import (
    Exchange,
    Left,
    Timeline,
    Visit,
    exchange_at,
    judged_at,
    of_record,
)
from arazzo_tui.language.compare import same
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.template import (
    Constant,
    Items,
    Members,
    Selected,
    Template,
    Text,
    to_text,
)
from arazzo_tui.language.values import (
    Json,
    Missing,
    Pointer,
    array_index,
    write_pointer,
)

MOST_CHAINS = 100
_LONGEST = 30
"""A value that a loop makes from its own last one goes back as far as the run; nobody reads that."""


class Reader(Struct, frozen=True):
    """Who reads a name: a visit of a workflow at a moment, and the exchange it can name, if any."""

    line: Timeline
    moment: int
    visit: int
    exchange: Exchange | None = None
    passed: int = 0
    """How many readers the chain went through so far."""

    @property
    def frame(self) -> Frame:
        """The frame of the visit at the moment."""
        return self.line.frame(self.moment, self.visit)

    def chains(self, template: Template, rest: Pointer = ()) -> tuple[Chain, ...]:
        """The chains of a template, at most `MOST_CHAINS`; `rest` is a place inside of what it gives."""
        if self.passed > _LONGEST:
            return ((Link("output", "… and further back"),),)
        return tuple(islice(self._of(template, rest), MOST_CHAINS))

    def _of(self, template: Template, rest: Pointer) -> Iterator[Chain]:
        match template:
            case Constant(value):
                yield (constant(value, rest),)
            case Expression():
                yield from self._named(self._name(template), template.text, rest)
            case Selected(context, selector):
                name = selected(template, self._name(context))
                yield from self._named(name, f"{context} → {selector}", rest)
            case Text():
                yield from self._text(template, rest)
            case Members(members):
                for key, member in members.items():
                    if not rest or rest[0] == key:
                        yield from self._of(member, rest[1:])
            case Items(items):
                at = array_index(rest[0]) if rest else None
                for index, item in enumerate(items):
                    if not rest or index == at:
                        yield from self._of(item, rest[1:])

    def _earlier(self, moment: int, visit: int, exchange: Exchange | None = None) -> "Reader":
        return Reader(self.line, moment, visit, exchange, self.passed + 1)

    # -------------------------------------------------------------------- texts

    def _text(self, template: Text, rest: Pointer) -> Iterator[Chain]:
        """Each expression in a text; of JSON text only those that a place inside it is made with."""
        parts = [
            to_text(self._value(each)) if isinstance(each, Expression) else each
            for each in template.parts
        ]
        found = False
        for at, part in enumerate(template.parts):
            inner = part_at(parts, at, rest) if isinstance(part, Expression) else None
            if isinstance(part, Expression) and inner is not None:
                found = True
                yield from self._named(self._name(part), part.text, inner)
        if not found:
            yield (constant("".join(parts), rest),)

    def _value(self, expression: Expression) -> Json:
        frames = self.line.run.moments[self.moment].frames
        depth = self.line.visits[self.visit].depth
        here = replace(self.line.run.moments[self.moment], frames=frames[: depth + 1])
        known = self.exchange
        names = scope_with(here, known.request, known.answer) if known else scope_with(here)
        try:
            return expression.evaluate(names)
        except Missing:
            return None

    # -------------------------------------------------------------------- names

    def _name(self, expression: Expression) -> Named:
        return named(expression, self._known(expression.path[:-1]))

    def _known(self, head: tuple[str, ...]) -> Sequence[str]:
        """The names below the head of an expression, as far as they may hold dots (A-6)."""
        match head:
            case ("inputs",):
                return tuple(self.frame.inputs)
            case ("steps", step, "outputs"):
                at = self.frame.workflow.positions.get(step)
                declared = self.frame.workflow.steps[at].step.outputs if at is not None else ()
                return (*declared, *self.frame.steps.get(step, {}).get("outputs", {}))
            case ("outputs",):
                answer = self.exchange.answer if self.exchange else None
                return tuple(answer.outputs) if isinstance(answer, Returned) else ()
            case ("workflows", workflow, "inputs" | "outputs" as side):
                left = self._came_back(workflow)
                return tuple(self._returned(left, side)) if left else ()
            case _:
                return ()

    def _named(self, name: Named, text: str, rest: Pointer) -> Iterator[Chain]:
        """The chains of a name, at a place inside of what it gives; `text` is how it is written."""
        name, rest = within(name, rest)
        match name.path:
            case ("inputs", key):
                yield from self._input(name, key, text, rest)
            case ("steps", step, "outputs", key):
                yield from self._output(name, (step, key), text, rest)
            case ("outputs", key):
                yield from self._output_of_call(name, key, text, rest)
            case ("workflows", workflow, "inputs", key) if (
                workflow == self.frame.workflow.workflow_id
            ):
                yield from self._input(name, key, text, rest)
            case ("workflows", workflow, "inputs" | "outputs" as side, key):
                left = self._came_back(workflow)
                if left is None:
                    why = f"the workflow {quoted_name(workflow)} has not come back yet"
                    yield (lacking("workflow output", text, why),)
                else:
                    yield from self._left(left, side, (name, key, text, rest))
            case ("response" | "statusCode", *_):
                yield from self._response(name, text, rest)
            case ("request" | "url" | "method", *_):
                yield (self._request(name, text, rest),)
            case ("inputs",) | ("outputs",) | ("steps" | "workflows", _, _):
                yield (self._whole_map(name, text),)
            case _:
                yield (of_document(self.frame.workflow.constants, name, text, rest),)

    def _whole_map(self, name: Named, text: str) -> Link:
        """All inputs or outputs at once, which is no way into any of them."""
        match name.path:
            case ("steps", step, _):
                events = self.line.given.get((self.visit, step), ())
                records = [each.record for each in events if each.moment <= self.moment]
                value: Json = self.frame.steps.get(step, {}).get("outputs")
                record = next((each for each in reversed(records) if each is not None), None)
                return Link("output", text, value, record, "outputs", written=text)
            case ("workflows", workflow, side):
                left = self._came_back(workflow)
                value = self._returned(left, side) if left else None
                return Link("workflow output", text, value, None, "outputs", written=text)
            case ("outputs",):
                answer = self.exchange.answer if self.exchange else None
                value = answer.outputs if isinstance(answer, Returned) else None
                return Link("workflow output", text, value, None, "outputs", written=text)
            case _:
                return Link("input", text, self.frame.inputs, None, "inputs", written=text)

    # -------------------------------------------------------------------- inputs

    def _input(self, name: Named, key: str, text: str, rest: Pointer) -> Iterator[Chain]:
        if key not in self.frame.inputs:
            why = f"no input {quoted_name(key)} was given"
            yield (lacking("input", text, why, side="inputs", place=(key,)),)
            return
        whole = self.frame.inputs[key]
        for place in name.places(whole, rest) or (name.way,):
            value, why = found_at(whole, place, name.exact)
            link = Link("input", text, value, None, "inputs", (key, *place), "", text, why)
            yield from ((link, *chain) for chain in self.input(key, place))

    def input(self, key: str, place: Pointer) -> Iterator[Chain]:
        """Where an input of the workflow that reads came from, at a place inside it."""
        if self.line.input_set(self.visit, key, self.moment):
            value = found_at(self.frame.inputs.get(key), place)[0]
            yield (Link("hand", f"input {quoted_name(key)} set by hand", value),)
            return
        visit = self.line.visits[self.visit]
        before = self._earlier(visit.began - 1, visit.origin)
        match visit.entry:
            case "begin":
                yield (self._given(key, place),)
            case "helper":
                yield from before.input(key, place)
            case "shared" if key in before.frame.inputs:
                yield from before.input(key, place)
            case "shared":
                yield (self._given(key, place),)
            case "call":
                caller = before.frame.step
                by = f"step {quoted_name(caller.step_id)}"
                yield from self._by_parameter(before, (caller.parameters, by), key, place)
            case "action" | "handed on":
                yield from self._by_action(visit, key, place)

    def _given(self, key: str, place: Pointer) -> Link:
        """An input nobody called with: the default of its schema, or given with the run."""
        whole = self.frame.inputs.get(key)
        value, why = found_at(whole, place)
        default = with_defaults(self.frame.workflow.workflow.inputs, {})
        if key in default and same(default[key], whole):
            text = f"the default of the input {quoted_name(key)}"
            return Link("default", text, value, None, "inputs", (key, *place), missing=why)
        text = f"the input {quoted_name(key)} as it was given"
        return Link("given", text, value, None, "inputs", (key, *place), missing=why)

    def _by_parameter(
        self, caller: "Reader", by: tuple[tuple[Parameter, ...], str], key: str, place: Pointer
    ) -> Iterator[Chain]:
        given = next((each for each in reversed(by[0]) if each.name == key), None)
        if given is None:
            yield (self._given(key, place),)
            return
        value, _ = found_at(self.frame.inputs.get(key), place)
        link = Link("parameter", f"parameter {quoted_name(key)} of {by[1]}", value, place=place)
        yield from ((link, *chain) for chain in caller.chains(given.value, place))

    def _by_action(self, visit: Visit, key: str, place: Pointer) -> Iterator[Chain]:
        """An input that an action hands on: its parameter, else the caller's of the same name (A-28)."""
        at = visit.began - 1
        before = self._earlier(at, visit.origin, exchange_at(self.line, at))
        record = record_of(self.line.run.moments[at].stage)
        step = before.frame.step
        fired = record.decision.name if record is not None else ""
        action = next(
            (
                each.action
                for each in (*step.on_success, *step.on_failure)
                if each.action.name == fired
            ),
            None,
        )
        parameters = action.parameters if action is not None else ()
        if record is not None and key not in record.decision.inputs:
            yield (self._given(key, place),)  # it could not be filled, and was left out
        elif any(each.name == key for each in parameters):
            by = f"action {quoted_name(fired)} of {quoted_name(step.step_id)}"
            yield from self._by_parameter(before, (parameters, by), key, place)
        elif key in before.frame.inputs:
            yield from before.input(key, place)
        else:
            yield (self._given(key, place),)

    # -------------------------------------------------------------------- outputs

    def _output(
        self, name: Named, key: tuple[str, str], text: str, rest: Pointer
    ) -> Iterator[Chain]:
        step, output = key
        outputs = self.frame.steps.get(step, {}).get("outputs", {})
        given = self.line.giver(self.visit, step, output, self.moment)
        if given is None or output not in outputs:
            record = given.record if given else None
            why = self._why_no_output(step, output, record)
            yield (lacking("output", text, why, record=record, side="outputs"),)
            return
        whole = outputs[output]
        for place in name.places(whole, rest) or (name.way,):
            value, why = found_at(whole, place, name.exact)
            head = Link("output", text, value, given.record, "outputs", (output, *place), "", text)
            if why and not found_at(whole, place)[1]:
                yield (replace(head, missing=why),)  # no expression looks into JSON text
            elif given.record is None:
                yield (head, Link("hand", "this output was set by hand", value))
            else:
                tails = tuple(self.output(given.record, output, place))
                yield from ((head, *tail) for tail in tails)
                if not tails:
                    yield (replace(head, missing=why_not(whole, place)),)

    def _why_no_output(self, step: str, output: str, record: int | None) -> str:
        positions = self.frame.workflow.positions
        if step not in positions:
            hint = did_you_mean(step, positions)
            return f"there is no step {quoted_name(step)}" + (f"; {hint}" if hint else "")
        if record is None:
            return f"step {quoted_name(step)} has given nothing yet"
        taken = self.line.run.moments[self.moment].trail[record]
        if isinstance(taken.answer, Failure):
            return f"step {quoted_name(step)} had no answer: {taken.answer.message}"
        hint = did_you_mean(output, taken.outputs)
        said = f"step {quoted_name(step)} gives no output {quoted_name(output)}"
        return said + (f"; {hint}" if hint else "")

    def output(self, record: int, output: str, place: Pointer) -> Iterator[Chain]:
        """Where an output of an attempt in the trail came from, at a place inside it."""
        moment, visit = self.line.recorded[record]
        taken = self.line.run.moments[moment].trail[record]
        for at_hand, amendment in self.line.by_hand.get(record, ()):
            before = self.line.run.moments[at_hand - 1].stage
            match amendment:
                case SetOutput(step, name, value) if (step, name) == (
                    taken.step,
                    output,
                ) and isinstance(before, Deciding):
                    yield (Link("hand", told(amendment), found_at(value, place)[0]),)
                    return
                case SkipStep(outputs):
                    value = found_at(outputs.get(output), place)[0]
                    why = taken.missing.get(output, "")
                    yield (Link("hand", told(amendment), value, missing=why),)
                    return
                case _:
                    pass
        there = self._earlier(*judged_at(self.line, record))
        frame = self.line.frame(moment - 1, visit)
        at = frame.workflow.positions.get(taken.step)
        template = frame.workflow.steps[at].step.outputs.get(output) if at is not None else None
        if template is not None:
            yield from replace(there, exchange=of_record(self.line, record)).chains(template, place)

    # -------------------------------------------------------------------- workflows

    def _output_of_call(self, name: Named, key: str, text: str, rest: Pointer) -> Iterator[Chain]:
        target = self.frame.step.target
        left = (
            self.line.came_back(target.key, self.moment)
            if isinstance(target, RunWorkflow)
            else None
        )
        if left is None:
            yield (lacking("workflow output", text, "no called workflow came back to this step"),)
        else:
            yield from self._left(left, "outputs", (name, key, text, rest))

    def _left(
        self, left: Left, side: str, read: tuple[Named, str, str, Pointer]
    ) -> Iterator[Chain]:
        """What a workflow that came back was given, or gave."""
        name, key, text, rest = read
        there = self._earlier(left.moment - 1, left.visit)
        values = self._returned(left, side)
        if key not in values:
            hint = did_you_mean(key, values)
            why = f"the workflow has no {side[:-1]} {quoted_name(key)}" + (
                f"; {hint}" if hint else ""
            )
            yield (lacking("workflow output", text, why),)
            return
        for place in name.places(values[key], rest) or (name.way,):
            value, why = found_at(values[key], place, name.exact)
            if side == "inputs":
                head = Link("input", text, value, None, "inputs", (key, *place), "", text)
                yield from ((head, *tail) for tail in there.input(key, place))
                continue
            head = Link("workflow output", text, value, None, "outputs", (key, *place), "", text)
            template = there.frame.workflow.workflow.outputs.get(key)
            tails = there.chains(template, place) if template is not None else ()
            yield from ((head, *tail) for tail in tails)
            if not tails:
                yield (replace(head, missing=why),)

    def _returned(self, left: Left, side: str) -> "dict[str, Json]":
        back = self.line.run.moments[left.moment].returned[left.keys[-1]]
        return dict(back.inputs if side == "inputs" else back.outputs)

    def _came_back(self, workflow: str) -> Left | None:
        """The newest visit of a workflow by its id; of several with one, that of this document."""
        plan = self.line.run.moments[self.moment].plan
        named_so = [each for each in plan.workflows.values() if each.workflow_id == workflow]
        home = self.frame.workflow.documents
        own = [each.key for each in named_so if each.documents is home]
        for keys in (own, [each.key for each in named_so]):
            found = [self.line.came_back(key, self.moment) for key in keys]
            newest = max((each for each in found if each), key=lambda one: one.moment, default=None)
            if newest is not None:
                return newest
        return None

    # -------------------------------------------------------------------- exchanges

    def _response(self, name: Named, text: str, rest: Pointer) -> Iterator[Chain]:
        known = self.exchange
        match known.answer if known else None:
            case Response() as response if known is not None:
                record = known.record
            case Returned(response=Response() as response):
                record = self._record_of(response)
            case Failure(message=message):
                yield (lacking("response", text, f"there is no answer: {message}"),)
                return
            case _:
                yield (lacking("response", text, "there is no answer yet"),)
                return
        amendments = (each for _, each in self.line.by_hand.get(record, ()))
        hand = next((each for each in amendments if isinstance(each, AnswerWith)), None)
        for link in _in_response(response, name, text, rest):
            full = replace(link, record=record, side="response", written=text)
            yield (full, Link("hand", told(hand), link.value)) if hand else (full,)

    def _record_of(self, response: Response) -> int:
        trail = self.line.run.moments[self.moment].trail
        at = len(trail) - 1
        while at > 0 and trail[at].answer is not response:
            at -= 1
        return at

    def _request(self, name: Named, text: str, rest: Pointer) -> Link:
        """A place in the request of the exchange; `provenance` goes on from there."""
        record = self.exchange.record if self.exchange else None
        place = name.path[1:] if name.path[0] == "request" else name.path
        if self.exchange is None or self.exchange.request is None:
            return lacking("request", text, "there is no request", record=record)
        whole = (*place, *name.way, *rest)
        return Link("request", text, record=record, side="request", place=whole, written=text)


def _in_response(response: Response, name: Named, text: str, rest: Pointer) -> Iterator[Link]:
    match name.path:
        case ("statusCode",):
            value, why = found_at(response.status, rest)
            yield Link("response", text, value, part="status", missing=why)
        case (_, "header", field):
            sent = header(response.headers, field)
            value, why = found_at(sent, rest)
            known = list(dict.fromkeys(each.lower() for each, _ in response.headers))
            hint = did_you_mean(field, known)
            if sent is None:
                why = f"the answer has no header {quoted_name(field)}" + (
                    f"; {hint}" if hint else ""
                )
            yield Link("response", text, value, place=(field,), part="header", missing=why)
        case _:
            body = value_of(response.content)
            places = name.places(body, rest)
            for place in places or ((*name.way,),):
                value, why = found_at(body, place, name.exact)
                if body is None:
                    why = "the answer has no body that can be read"
                elif not places:
                    why = f"{quoted_name(name.query)} selects nothing"
                said = f"#{write_pointer(place)}" if place else text
                yield Link("response", said, value, place=place, part="body", missing=why)
