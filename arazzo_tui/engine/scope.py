"""What can be named at a moment: the plain JSON that expressions, watches and breakpoints read."""

from collections.abc import Iterable, Iterator, Mapping

from arazzo_tui.engine.content import value_of
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response
from arazzo_tui.engine.moment import (
    Acting,
    Answer,
    Calling,
    Deciding,
    Judging,
    Moment,
    Pausing,
    Ready,
    Returned,
    Sending,
    StepScope,
)
from arazzo_tui.language.values import Json, Scope


def scope(moment: Moment) -> Scope:
    """Everything that can be named now (EXP-29): what the stage knows is in it, nothing more."""
    match moment.stage:
        case Ready() | Calling():
            return scope_with(moment)
        case Sending(request):
            return scope_with(moment, request)
        case Judging(request, answer):
            return scope_with(moment, request, answer)
        case Deciding(record) | Acting(record) | Pausing(record, _):
            return scope_with(moment, record.request, record.answer)


def scope_with(
    moment: Moment, request: Request | None = None, answer: Answer | None = None
) -> Scope:
    """The names of the top frame, with a request and an answer where there are some."""
    frame = moment.top
    names: dict[str, Json] = {
        **frame.workflow.constants,
        "inputs": frame.inputs,
        "steps": _InOrder(frame.steps, frame.workflow.positions),
        "workflows": _workflows(moment),
    }
    if request is not None:
        names["url"] = request.url
        names["method"] = request.method
        names["request"] = {
            "header": _by_name(request.headers),
            "query": request.query,
            "path": request.path,
            "body": request.payload,
        }
    match answer:
        case Response():
            names.update(_of_response(answer))
        case Returned(response=response):
            if response is not None:
                names.update(_of_response(response))
            names["outputs"] = answer.outputs  # EXP-14: the called workflow's
        case Failure() | None:
            pass
    return names


class _InOrder(Mapping[str, Json]):
    """The steps of a frame in the order of the document: the map they are kept in has none of its own."""

    __slots__ = ("order", "steps")

    def __init__(self, steps: StepScope, order: Iterable[str]) -> None:
        self.steps = steps
        self.order = order

    def __getitem__(self, step: str) -> Json:
        return self.steps[step]

    def __iter__(self) -> Iterator[str]:
        return (step for step in self.order if step in self.steps)

    def __len__(self) -> int:
        return len(self.steps)


def _of_response(response: Response) -> dict[str, Json]:
    """`$statusCode` and `$response` (EXP-4, EXP-9, EXP-10)."""
    body = value_of(response.content)
    return {
        "statusCode": response.status,
        "response": {"header": _by_name(response.headers), "body": body},
    }


def _workflows(moment: Moment) -> Mapping[str, Json]:
    """`$workflows`: those that came back, and this one's inputs (EXP-16, SUB-3).

    Of several with one id, the one in the document of this frame is meant.
    """
    here = moment.top.workflow
    known: dict[str, Json] = {}
    own: dict[str, Json] = {}
    for key, each in moment.returned.items():
        workflow = moment.plan.workflows[key]
        at_home = own if workflow.documents is here.documents else known
        at_home[workflow.workflow_id] = {"inputs": each.inputs, "outputs": each.outputs}
        known[key] = at_home[workflow.workflow_id]
    known |= own
    inputs: Mapping[str, Json] = {"inputs": moment.top.inputs}
    before = known.get(here.workflow_id)
    known[here.workflow_id] = {**before, **inputs} if isinstance(before, dict) else inputs
    return known


def _by_name(headers: Headers) -> Mapping[str, Json]:
    """Header values by lower-case name; repeats joined, of Set-Cookie the first (A-25, EXP-24)."""
    named: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key not in named:
            named[key] = value
        elif key != "set-cookie":
            named[key] += ", " + value
    return named
