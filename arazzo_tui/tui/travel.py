"""Moments, branches and breakpoints as lists to choose from. Pure."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, TypeAlias

from msgspec.structs import replace

from arazzo_tui.engine.amend import told
from arazzo_tui.engine.debugger import Breakpoint, Debugger, Doubt, Place
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Decision,
    Judging,
    Moment,
    Pausing,
    Ready,
    Returned,
    Sending,
    StepRecord,
    Waited,
)
from arazzo_tui.engine.run import Branch, Cause, Run
from arazzo_tui.language.condition import parse_condition
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json
from arazzo_tui.tui.exchange import Exchange, StepKey
from arazzo_tui.tui.lines_view import Line, MadeLines, line
from arazzo_tui.tui.repeats import named

Target: TypeAlias = tuple[Literal["moment", "branch"], int]
BreakpointEntry: TypeAlias = tuple[Line, Breakpoint | Place | Literal["failure", "graphql"]]


_MADE_WHEN_SEEN = 2_000
"""In a longer list each line is made when it is seen, and is not wrapped."""


def timeline(run: Run) -> tuple[Line, ...] | MadeLines:
    """A line for each moment, the newest last, then one for each branch that was set aside."""
    count = len(run.moments) + len(run.aside)
    lines = MadeLines(count, partial(_timeline_line, run))
    return lines if count > _MADE_WHEN_SEEN else tuple(lines)


def timeline_target(run: Run, number: int) -> Target:
    """What a line of the timeline stands for, by its number from 0."""
    moments = len(run.moments)
    return ("moment", number) if number < moments else ("branch", number - moments)


def _timeline_line(run: Run, number: int) -> Line:
    match timeline_target(run, number):
        case "moment", at:
            return _moment_line(run, at)
        case _, at:
            return _branch_line(run.aside[at])


def _moment_line(run: Run, at: int) -> Line:
    width = len(str(len(run.moments)))
    moment = run.moments[at]
    here = "▶" if at == run.at else " "
    pieces: list[tuple[str, str]] = [
        (f"{here} {at + 1:>{width}}  ", "dim"),
        ("  " * moment.depth, ""),
        (f"{moment.step.step_id}  ", "name"),
        *_what(moment),
    ]
    hand = _hand(run.causes[at], run.moments[max(0, at - 1)])
    if hand:
        pieces.append((f"  ✎ {hand}", "warn"))
    return line(*pieces, hang=width + 6 + 2 * moment.depth)


def _branch_line(branch: Branch) -> Line:
    ended = branch.end.ended
    how = "not ended" if ended is None else "succeeded" if ended.passed else "failed"
    said = f"{len(branch.moments)} moments, left at moment {branch.fork}, {how}"
    return line(("⑂ ", "next"), (one_line(branch.name, 40), "strong"), (f"  {said}", "dim"))


def _what(moment: Moment) -> list[tuple[str, str]]:
    if moment.ended is not None:
        good = moment.ended.passed
        return [("the end: succeeded" if good else "the end: failed", "good" if good else "bad")]
    match moment.stage:
        case Ready():
            return [("comes next", "dim")]
        case Sending(request):
            return [(f"built: {named(request)}", "")]
        case Calling(workflow):
            return [(f"calls {one_line(workflow, 60)}", "")]
        case Judging(_, answer):
            return [_answer(answer)]
        case Deciding(record):
            return [("passed", "good") if record.passed else ("failed", "bad")]
        case Acting(record):
            return [(_next(record.decision), "next")]
        case Pausing(_, seconds):
            return [(f"waits {seconds:g} s", "warn")]


def _next(decision: Decision) -> str:
    match decision.type:
        case "goto" | "retry" | "next":
            words = {"goto": "goes to", "retry": "tries again", "next": "goes on with"}
            target = decision.target or ("" if decision.type == "retry" else "the next step")
            return f"{words[decision.type]} {one_line(target, 60)}".rstrip()
        case "end" | "fail":
            return "ends the workflow" + (" as failed" if decision.type == "fail" else "")


def _answer(answer: Response | Failure | Returned) -> tuple[str, str]:
    match answer:
        case Response():
            said = f"answered {answer.status} {one_line(answer.reason, 30)}".rstrip()
            return said, "good" if answer.status < 400 else "bad"
        case Failure(phase, message):
            return f"no answer ({phase}): {one_line(message, 80)}", "bad"
        case Returned() as back:
            return one_line(back.words, 80), "good" if back.passed else "bad"


def _hand(cause: Cause, before: Moment) -> str:
    match cause:
        case None | Response() | Failure() | Waited():
            return ""
        case _:
            return told(cause, before)


def attempts_like(run: Run, exchange: Exchange) -> list[tuple[Line, str, StepRecord]]:
    """The other attempts of the step that is shown, of this line and of branches, oldest first."""
    found: list[tuple[Line, str, StepRecord]] = []
    lines = [*((each.name, each.moments[-1]) for each in run.aside), (run.name, run.now)]
    known: list[StepRecord] = []
    for name, moment in lines:
        for record in moment.trail:
            same = (record.workflow, record.step) == exchange.key and record is not exchange.record
            if not same or any(record is each for each in known):
                continue
            known.append(record)
            branch = f", {name}" if run.aside else ""
            said = f"attempt {record.attempt}{branch}"
            how = ("passed", "good") if record.passed else ("failed", "bad")
            found.append((line((said, "strong"), "  ", how), said, record))
    return found


def breakpoint_entries(debugger: Debugger, key: StepKey | None) -> list[BreakpointEntry]:
    """The breakpoints with their hits, the two that stand everywhere, and what can be added here."""
    entries: list[BreakpointEntry] = []
    for each in debugger.breakpoints:
        hits = debugger.hits.get(each.key, 0)
        sign = ("● ", "bad") if each.enabled else ("○ ", "dim")
        entries.append((line(sign, str(each), (f"  {hits} hits" if hits else "", "dim")), each))
    failing = "on" if debugger.on_failure else "off"
    doubting = "on" if debugger.doubt else "off"
    entries.append(
        (line(("◆ ", "warn"), "at every failed attempt: ", (failing, "strong")), "failure")
    )
    entries.append((line(("◆ ", "warn"), "at GraphQL errors: ", (doubting, "strong")), "graphql"))
    if key is None:
        return entries
    added = [(line(("+ ", "next"), f"{key[1]} {each.value} …"), each) for each in Place]
    return [*entries, *added]


def condition_text(point: Breakpoint) -> str:
    """The condition of a breakpoint and the hits it lets pass, as they are typed."""
    when = point.when.text if point.when else ""
    return f"{point.after}: {when}".rstrip() if point.after else when


def kept_breakpoints(debugger: Debugger) -> Json:
    """What is kept of a debugger for the next time a document is opened."""
    points: list[Json] = [
        {
            "workflow": each.workflow,
            "step": each.step,
            "place": each.place.name,
            "when": each.when.text if each.when else "",
            "after": each.after,
            "enabled": each.enabled,
        }
        for each in debugger.breakpoints
    ]
    return {
        "points": points,
        "on_failure": debugger.on_failure,
        "on_graphql_errors": debugger.doubt is not None,
    }


def with_kept_breakpoints(debugger: Debugger, kept: Json, doubt: Doubt) -> Debugger:
    """A debugger with what was kept; what cannot be read of it is left out."""
    if not isinstance(kept, Mapping):
        return debugger
    points = kept.get("points")
    for each in points if isinstance(points, list) else ():
        point = _point(each)
        if point is not None:
            debugger = debugger.with_breakpoint(point)
    doubts = kept.get("on_graphql_errors") is True
    return replace(
        debugger, on_failure=kept.get("on_failure") is True, doubt=doubt if doubts else None
    )


def _point(kept: Json) -> Breakpoint | None:
    match kept:
        case {
            "workflow": str() as workflow,
            "step": str() as step,
            "place": str() as place,
            "when": str() as when,
            "after": int() as after,
            "enabled": bool() as enabled,
        }:
            try:
                condition = parse_condition(when)[0] if when else None
                return Breakpoint(workflow, step, Place[place], condition, after, enabled)
            except (BadText, KeyError):
                return None
        case _:
            return None
