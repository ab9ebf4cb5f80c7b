"""Laws of the machine: they hold for every scenario, and for any answers a world can give."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.machine import OutOfTurn, advance, pending
from arazzo_tui.engine.moment import (
    Acting,
    Calling,
    Deciding,
    Judging,
    Limits,
    Moment,
    Pausing,
    Ready,
    Reply,
    Send,
    Sending,
    Settings,
    Wait,
    Waited,
)
from arazzo_tui.engine.run import begun
from arazzo_tui.engine.scope import scope
from arazzo_tui.language.jsontext import write_json

CASES = Path(__file__).parents[1] / "cases"
FOLDERS = sorted(each.parent for each in CASES.glob("*/answers.yaml"))
every_scenario = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def answered(status: int, body: object = None, **headers: str) -> Response:
    data = b"" if body is None else write_json(body).encode()
    fields = (("content-type", "application/json"), *headers.items())
    content = read_content("application/json", data)
    return Response(status, "", fields, data, 0.1, len(data), content)


def driven(first: Moment, replies: Sequence[Response | Failure]) -> list[Moment]:
    """The moments of a run; when the answers are used up, the world is silent."""
    moments, waiting = [first], iter(replies)
    while moments[-1].ended is None:
        reply: Reply | None = None
        match pending(moments[-1]):
            case Send():
                reply = next(waiting, Failure("read", "silence"))
            case Wait():
                reply = Waited()
            case None:
                pass
        moments.append(advance(moments[-1], reply))
    return moments


def sent_before(moments: list[Moment], at: int) -> int:
    """How many requests were answered on the way to a moment."""
    return sum(isinstance(each.stage, Sending) for each in moments[:at] if each.ended is None)


def picture(moment: Moment) -> str:
    """All of a moment but its plan, as a text that shares nothing with it."""
    frames = [
        (each.workflow.key, each.inputs, each.at, each.stage, sorted(each.steps.items()), each.used,
         each.attempt, each.only)
        for each in moment.frames
    ]  # fmt: skip
    return repr((frames, list(moment.trail), moment.returned, moment.chain, moment.ended))


# ------------------------------------------------------------------------------- every scenario


@every_scenario
def test_the_same_replies_give_the_same_moments(folder: Path, scenario) -> None:
    read = scenario(folder)
    if read.first is not None:
        assert driven(read.first, read.replies) == driven(read.first, read.replies)


@every_scenario
def test_a_moment_stays_what_it_was(folder: Path, scenario) -> None:
    read = scenario(folder)
    if read.first is None:
        return
    plan_before = repr(read.first.plan)
    moment, pictures, moments, replies = read.first, [], [], list(read.replies)
    while True:
        moments.append(moment)
        pictures.append(picture(moment))
        if moment.ended is not None:
            break
        match pending(moment):
            case Send():
                moment = advance(moment, replies.pop(0))
            case Wait():
                moment = advance(moment, Waited())
            case None:
                moment = advance(moment)
    assert [picture(each) for each in moments] == pictures
    assert repr(read.first.plan) == plan_before


@every_scenario
def test_a_past_moment_meets_the_same_end(folder: Path, scenario) -> None:
    read = scenario(folder)
    if read.first is None:
        return
    moments = driven(read.first, read.replies)
    for at, moment in enumerate(moments[:-1]):
        left = read.replies[sent_before(moments, at) :]
        again = driven(moment, left)
        assert picture(again[-1]) == picture(moments[-1])
        assert len(again) == len(moments) - at


@every_scenario
def test_everything_that_can_be_named_is_json(folder: Path, scenario, play) -> None:
    read = scenario(folder)
    for moment in play(read) if read.first is not None else ():
        assert write_json(scope(moment))


def test_steps_are_named_in_the_order_of_the_document(scenario, play) -> None:
    last = play(scenario(CASES / "used-up-retries-give-way-to-the-next-action"))[-1]
    assert list(scope(last)["steps"]) == ["first", "third"]
    assert len(scope(last)["steps"]) == 2


# ------------------------------------------------------------------------------- any answers

BODIES = st.fixed_dictionaries(
    {},
    optional={
        "token": st.text("ab", max_size=2) | st.none(),
        "n": st.integers(-1, 3) | st.just("x"),
        "m": st.integers(0, 1),
        "config": st.just("c"),
        "do": st.sampled_from(["again", "skip", "end", "other", None]),
    },
)
ANSWERS = st.one_of(
    st.builds(answered, st.sampled_from([200, 201, 200, 302, 401, 403, 409, 500, 503]), BODIES),
    st.builds(answered, st.just(200), BODIES),
    st.builds(answered, st.just(503), retry_after=st.sampled_from(["0", "3", "x", "9" * 30])),
    st.builds(Failure, st.sampled_from(["connect", "read", "timeout", "protocol"]), st.just("no")),
)
WORLDS = st.lists(ANSWERS, max_size=14)


@pytest.fixture(scope="module", name="run_with")
def runner(scenario) -> Callable[[Sequence[Response | Failure]], list[Moment]]:
    """Runs the scenario with all kinds of moves in it, with low ceilings."""
    read = scenario(CASES / "everything-at-once")
    first = replace(read.first, settings=Settings(limits=Limits(steps=25, depth=5, wait=10)))

    def run_with(replies: Sequence[Response | Failure]) -> list[Moment]:
        return driven(first, replies)

    return run_with


LAWS = settings(max_examples=60, deadline=None)


@given(replies=WORLDS)
@LAWS
def test_any_answers_lead_to_an_end_within_the_ceilings(run_with, replies) -> None:
    moments = run_with(replies)
    assert moments[-1].ended is not None
    assert len(moments[-1].trail) <= 25
    assert max(moment.depth for moment in moments) < 5
    assert all(m.stage.seconds <= 10 for m in moments if isinstance(m.stage, Pausing))


@given(replies=WORLDS)
@LAWS
def test_any_answers_can_be_met_again_from_any_moment(run_with, replies) -> None:
    moments = run_with(replies)
    pictures = [picture(each) for each in moments]
    for at in range(0, len(moments) - 1, 5):
        again = driven(moments[at], replies[sent_before(moments, at) :])
        assert [picture(each) for each in again] == pictures[at:]
    assert [picture(each) for each in moments] == pictures


FOLLOWS: dict[type, set[type]] = {
    Ready: {Sending, Ready, Judging},
    Sending: {Judging},
    Judging: {Deciding},
    Deciding: {Acting},
    Acting: {Ready, Pausing, Judging},
    Pausing: {Ready},
}
"""What may come after a stage, seen from the frame on top; entering a call shows a new `Ready`."""


@given(replies=WORLDS)
@LAWS
def test_every_chain_of_stages_is_legal(run_with, replies) -> None:
    """FLW-2"""
    moments = run_with(replies)
    for before, after in pairwise(moments):
        # A frame that waits is always under another one, and every one under another waits.
        assert all(isinstance(frame.stage, Calling) for frame in after.frames[:-1])
        assert not isinstance(after.stage, Calling)
        if after.ended is None:
            assert type(after.stage) in FOLLOWS[type(before.stage)]
            assert after.depth - before.depth in (-1, 0, 1)
        assert len(after.trail) - len(before.trail) == isinstance(before.stage, Deciding)
        assert list(after.trail[: len(before.trail)]) == list(before.trail)


def wrong_replies(moment: Moment) -> Iterator[Reply | None]:
    owed = pending(moment) if moment.ended is None else "the end"
    if owed is not None or moment.ended is not None:
        yield None
    if not isinstance(owed, Wait):
        yield Waited()
    if not isinstance(owed, Send):
        yield answered(200)
        yield Failure("read", "nobody asked")


@given(replies=WORLDS)
@LAWS
def test_a_reply_nobody_asked_for_is_out_of_turn(run_with, replies) -> None:
    for moment in run_with(replies):
        for reply in wrong_replies(moment):
            with pytest.raises(OutOfTurn):
                advance(moment, reply)


@given(replies=WORLDS)
@LAWS
def test_a_run_keeps_every_moment_and_its_cause(run_with, replies) -> None:
    run, waiting = begun(run_with(())[0]), iter(replies)
    states = [run]
    while run.now.ended is None:
        owed = pending(run.now)
        reply: Reply | None = None
        if owed is not None:
            reply = Waited() if isinstance(owed, Wait) else next(waiting, Failure("read", "-"))
        run = run.advance(reply)
        states.append(run)
    assert [len(each.moments) for each in states] == list(range(1, len(states) + 1))
    assert [each.now for each in states] == list(run.moments)
    assert run.causes[0] is None
    for at, cause in enumerate(run.causes):
        owed = pending(run.moments[at - 1]) if at else None
        assert (owed is None) == (cause is None)
