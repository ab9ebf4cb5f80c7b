"""A kept run, read and played again, comes out moment for moment the same, whatever was done to it."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.engine.amend import (
    Amendment,
    AnswerWith,
    CannotAmend,
    Choose,
    JumpTo,
    Loosen,
    Replan,
    SendInstead,
    SetInput,
    SetOutput,
    SkipStep,
    choices,
)
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Headers, Response
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import (
    Decision,
    Limits,
    Moment,
    Reply,
    Send,
    Sending,
    ServerChoice,
    Settings,
    Wait,
    Waited,
)
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.language.jsontext import read_json, write_json
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json, Pointer, places
from arazzo_tui.world.given import inputs_from_file
from arazzo_tui.world.moves import kept_cause
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.record import (
    Closed,
    Header,
    Renamed,
    Sent,
    SwitchedTo,
    TookUp,
    Went,
    header_of,
    header_value,
    move_value,
    stand_of,
)
from arazzo_tui.world.record_text import BadRecord, OtherVersion, read_header, read_move
from arazzo_tui.world.replay import CannotReplay, changes, first_moment, opened, replayed
from arazzo_tui.world.store import Kept, Store
from arazzo_tui.world.workspace import Workspace

CASES = Path(__file__).parents[1] / "cases"


def response(status: int, body: bytes, kind: str, **more: object) -> Response:
    headers: Headers = (("Content-Type", kind),)
    whole = Response(status, "", headers, body, 0.25, len(body), read_content(kind, body), 1.5)
    return replace(whole, **more)


def answer(told: Mapping[str, object]) -> Response | Failure:
    """An answer as `answers.yaml` has it."""
    if "failure" in told:
        return Failure(told["failure"], str(told.get("message", "it broke")))
    body = str(told.get("text", "")).encode()
    headers = tuple((name, str(value)) for name, value in told.get("headers", {}).items())
    if "body" in told:
        body = write_json(told["body"]).encode()
        headers = (("Content-Type", "application/json"), *headers)
    kind = next((value for name, value in headers if name.lower() == "content-type"), None)
    return Response(
        told["status"], "", headers, body, 0.0, len(body), read_content(kind, body),
        told.get("received", 0.0),
    )  # fmt: skip


def scenario(name: str) -> tuple[str, str, Moment, list[Reply]]:
    """Document, workflow, first moment and answers of a folder of cases."""
    folder = CASES / name
    told = inputs_from_file(str(folder / "answers.yaml"))
    document = str(next(folder.glob("case.arazzo.*")))
    found = Workspace(graphql_steps=told.get("graphql_steps", False)).open(document)
    assert found.description is not None
    workflow = told.get("workflow", found.description.workflows[0].workflow_id)
    made = planned(found, workflow).plan
    assert made is not None
    servers = {name: ServerChoice(url, "test") for name, url in told.get("servers", {}).items()}
    limits = Limits(**told.get("limits", {}))
    first, errors = begun_with(made, told.get("inputs", {}), Settings(servers, limits=limits))
    assert first is not None, errors
    return document, workflow, first, [answer(each) for each in told.get("answers", ())]


def runnable() -> Iterator[str]:
    for folder in sorted(each.parent for each in CASES.glob("*/expected.txt")):
        refused = "refused: " in (folder / "expected.txt").read_text("utf-8")
        if not refused and "strict: true" not in (folder / "answers.yaml").read_text("utf-8"):
            yield folder.name


def on(run: Run, replies: list[Reply]) -> Run:
    """One moment later, with what the world owes."""
    match pending(run.now):
        case Send():
            spare = response(200, b"{}", "application/json")
            return run.advance(replies.pop(0) if replies else spare)
        case Wait():
            return run.advance(Waited())
        case None:
            return run.advance()


class Keeper:
    """Keeps a run, and gives back what was kept."""

    def __init__(self, folder: Path, document: str, workflow: str, first: Moment) -> None:
        self.store = Store(folder)
        self.run = begun(first)
        header = header_of(first, document, workflow, time.time())
        self.journal = self.store.keep(header, self.run, Redactor())

    def now(self, run: Run) -> Run:
        self.run = run
        self.journal.moved(run)
        return run

    def kept(self) -> Kept:
        self.journal.close()
        assert self.journal.trouble == ""
        assert self.journal.path is not None
        return self.store.open(self.journal.path)


def state(run: Run) -> object:
    """Everything of a run but which of its moments is looked at."""
    branches = [(each.name, each.fork, each.moments, causes(each.causes)) for each in run.aside]
    return run.moments, causes(run.causes), branches, run.name


def causes(found: object) -> list[object]:
    """The causes; of a plan only that there was one, for it is made anew."""
    assert isinstance(found, object)
    return ["replan" if isinstance(each, Replan) else each for each in found]


@pytest.mark.parametrize("name", list(runnable()))
def test_every_case_comes_out_moment_for_moment_the_same(name: str, tmp_path: Path) -> None:
    document, workflow, first, replies = scenario(name)
    keeper = Keeper(tmp_path, document, workflow, first)
    while keeper.run.now.ended is None:
        keeper.now(on(keeper.run, replies))
    kept = keeper.kept()
    assert state(replayed(kept, first)) == state(keeper.run)
    assert kept.status == ("succeeded" if keeper.run.now.ended.passed else "failed")
    # From the files alone the same requests are made, and the same is said of them.
    anew = first_moment(kept.header, opened(kept.header))
    again = replayed(kept, anew)
    assert list(again.now.trail) == list(keeper.run.now.trail)
    assert again.now.ended == keeper.run.now.ended
    assert list(changes(kept.header, anew)) == []


EDITED = [
    SetInput("id", 12345678901234567890),
    SetInput("deep", {"a": [None, True, 1.5, {"é\u202e\x1b": "\x00\u2028"}]}),
    AnswerWith(Failure("timeout", "by hand", 1.25, response(200, b'{"a":', "application/json"))),
    AnswerWith(response(500, b"\xff\xfe\x00no text", "application/octet-stream")),
    AnswerWith(response(200, "é".encode("latin-1"), "text/plain; charset=latin-1")),
    AnswerWith(response(200, '{"é": 1}'.encode("utf-16"), "application/json; charset=utf-16")),
    AnswerWith(response(200, "é".encode("utf-16"), "text/plain")),
    AnswerWith(response(200, b'{"a": 1.10, "a": 1e400}\n', "application/json")),
    AnswerWith(response(200, b"x", "text/plain", notes=("a\nb",), http_version="HTTP/2")),
    SkipStep({"id": [1, {"x": None}]}),
    Loosen(0),
]


def amendments(run: Run) -> list[Amendment]:
    """What can be tried at the moment that is looked at."""
    moment = run.shown
    steps = tuple(moment.top.workflow.positions)
    more: list[Amendment] = [JumpTo(step) for step in steps[:2]]
    more += [SetOutput(step, "id", {"n": 1.10}) for step in steps[:2]]
    more += [Choose(each) for each in choices(moment)]
    more.append(Replan(moment.plan))
    if isinstance(moment.stage, Sending):
        request = moment.stage.request
        headers = (*request.headers, ("X-Hand", "é"))
        more.append(SendInstead(replace(request, url=request.url + "?x=1", headers=headers)))
        more.append(SendInstead(replace(request, body=b"\x00\xff", payload={"a": [1]})))
    return [*EDITED, *more]


FOLDERS = [
    "everything-at-once", "retry-through-a-step-shares-its-names", "a-step-calls-a-workflow",
    "goto-a-workflow-hands-on-parameters", "steps-run-in-order", "retry-waits-and-stops-at-its-limit",
]  # fmt: skip
READ = {name: scenario(name) for name in FOLDERS}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_run_with_branches_edits_and_resends_comes_out_the_same(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    document, workflow, first, replies = READ[data.draw(st.sampled_from(FOLDERS))]
    keeper = Keeper(tmp_path_factory.mktemp("kept"), document, workflow, first)
    replies = list(replies)
    for _ in range(data.draw(st.integers(0, 25))):
        run = keeper.run
        match data.draw(
            st.sampled_from(["on", "on", "on", "on", "back", "edit", "switch", "name"])
        ):
            case "on" if run.taken_up().now.ended is None:
                keeper.now(on(run.taken_up(), replies))
            case "back":
                keeper.now(run.look(data.draw(st.integers(0, len(run.moments)))))
            case "switch" if run.aside:
                keeper.now(run.switched(data.draw(st.integers(0, len(run.aside) - 1))))
            case "name":
                keeper.now(run.renamed("mine"))
            case "edit":
                try:
                    keeper.now(run.amend(data.draw(st.sampled_from(amendments(run)))))
                except CannotAmend:
                    continue
            case _:
                pass
    assert state(replayed(keeper.kept(), first)) == state(keeper.run)


def test_a_branch_an_edit_and_a_resend_are_played_again(tmp_path: Path) -> None:
    document, workflow, first, replies = READ["steps-run-in-order"]
    keeper = Keeper(tmp_path, document, workflow, first)
    replies = list(replies)
    for _ in range(6):
        keeper.now(on(keeper.run, replies))
    keeper.now(keeper.run.look(1))
    request = keeper.run.shown.stage.request
    keeper.now(keeper.run.amend(SendInstead(replace(request, url="https://api.test/else"))))
    while keeper.run.now.ended is None:
        keeper.now(on(keeper.run, replies))
    keeper.now(keeper.run.amend(SendInstead(request)))
    keeper.now(keeper.run.switched(0))
    again = replayed(keeper.kept(), first)
    assert state(again) == state(keeper.run)
    assert len(again.aside) == 1
    assert [each.by_hand() for each in (again.switched(0),)] == [
        {0: ("request edited by hand",), 3: ("request edited by hand",)}
    ]


# ------------------------------------------------------------------------------- what has changed


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[], Path]:
    """A case in a folder of its own, where it can be changed."""

    def copy() -> Path:
        folder = tmp_path / "documents"
        folder.mkdir()
        for name in ("case.arazzo.yaml", "case.openapi.yaml"):
            text = (CASES / "steps-run-in-order" / name).read_text("utf-8")
            (folder / name).write_text(text, "utf-8")
        return folder

    return copy


def kept_of(folder: Path, state_folder: Path) -> Kept:
    made = planned(Workspace().open(str(folder / "case.arazzo.yaml")), "flow").plan
    assert made is not None
    first, _ = begun_with(made, {}, Settings())
    assert first is not None
    keeper = Keeper(state_folder, str(folder / "case.arazzo.yaml"), "flow", first)
    while keeper.run.now.ended is None:
        keeper.now(on(keeper.run, []))
    return keeper.kept()


@pytest.mark.parametrize(
    ("file", "before", "after", "said", "stops_at"),
    [
        ("case.arazzo.yaml", "title: Case", "title: Other", ["has changed"], 0),
        ("case.openapi.yaml", "The API", "An API", ["`api` has changed"], 0),
        ("case.arazzo.yaml", "stepId: second", "stepId: other", ["has changed"], 6),
        ("case.openapi.yaml", "/three", "/four", ["`api` has changed"], 0),
    ],
)
def test_a_changed_document_is_told_and_played_as_far_as_it_goes(
    copied, tmp_path: Path, file: str, before: str, after: str, said: list[str], stops_at: int
) -> None:
    folder = copied()
    kept = kept_of(folder, tmp_path / "state")
    path = folder / file
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    first = first_moment(kept.header, Workspace().open(kept.header.document))
    found = list(changes(kept.header, first))
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))
    if stops_at:
        with pytest.raises(CannotReplay, match=f"moment {stops_at} cannot be played") as why:
            replayed(kept, first)
        assert why.value.run is not None
        assert len(why.value.run.moments) == stops_at - 1
    else:
        assert replayed(kept, first).now.ended is not None


def test_a_document_that_is_gone_or_broken_is_told(copied, tmp_path: Path) -> None:
    folder = copied()
    kept = kept_of(folder, tmp_path / "state")
    (folder / "case.arazzo.yaml").write_text("arazzo: 1.0.1\n", "utf-8")
    with pytest.raises(CannotReplay, match="cannot be run any more"):
        first_moment(kept.header, Workspace().open(kept.header.document))
    (folder / "case.arazzo.yaml").unlink()
    with pytest.raises(CannotReplay, match="no such file"):
        first_moment(kept.header, Workspace().open(kept.header.document))


def test_a_document_from_the_network_is_played_without_it(copied, tmp_path: Path) -> None:
    folder = copied()
    texts = {f"http://docs.test/{each.name}": each.read_bytes() for each in folder.iterdir()}
    address = "http://docs.test/case.arazzo.yaml"
    made = planned(Workspace(fetch=texts.__getitem__).open(address), "flow").plan
    assert made is not None
    first, _ = begun_with(made, {}, Settings())
    assert first is not None
    keeper = Keeper(tmp_path / "state", address, "flow", first)
    while keeper.run.now.ended is None:
        keeper.now(on(keeper.run, []))
    kept = keeper.kept()
    anew = first_moment(kept.header, opened(kept.header))
    assert list(changes(kept.header, anew)) == []
    assert list(replayed(kept, anew).now.trail) == list(keeper.run.now.trail)
    forgotten = replace(kept.header, texts={})
    with pytest.raises(CannotReplay, match="was not kept"):
        first_moment(forgotten, opened(forgotten))


# ------------------------------------------------------------------------------- what a line may say

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


def every_kind_of_line() -> list[Json]:
    """The lines of a kept run in which everything occurs that can."""
    _, _, first, _ = READ["steps-run-in-order"]
    request = begun(first).advance().now.stage.request
    told = [*EDITED, SendInstead(request), JumpTo("first"), SetOutput("first", "x", 1)]
    told += [Choose(Decision("goto", "a", "second", "step", "why", 1.5, {"x": 1}, (("b", "c"),)))]
    causes = [*told, Replan(first.plan), Failure("read", "broke"), Waited(), None]
    stand = stand_of(first)
    moves = [Went(kept_cause(each), stand) for each in causes]
    rest = [TookUp(1, "x"), SwitchedTo(0), Renamed("y"), Sent(), Closed("failed", 1)]
    header = header_value(header_of(first, "x.yaml", "flow", 1.5))
    return [header, *(move_value(each, 1) for each in (*moves, *rest))]


LINES = every_kind_of_line()


def places_of(value: Json) -> list[Pointer]:
    return [place for place, _ in places(value)]


def changed(value: Json, place: Pointer, new: Json) -> Json:
    if not place:
        return new
    if isinstance(value, Mapping):
        return {**value, place[0]: changed(value[place[0]], place[1:], new)}
    items = list(value)
    items[int(place[0])] = changed(items[int(place[0])], place[1:], new)
    return items


def test_every_kind_of_line_is_read_as_it_was_written() -> None:
    for line in LINES[1:]:
        read = read_move(read_json(write_json(line)), 1)
        assert move_value(read, 1) == read_json(write_json(line))
    assert header_value(read_header(read_json(write_json(LINES[0])))) == LINES[0]


@settings(max_examples=400)
@given(data=st.data())
def test_a_line_with_something_odd_in_it_is_read_or_refused(data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(LINES))
    odd = changed(line, data.draw(st.sampled_from(places_of(line))), data.draw(ODD))
    try:
        read = read_header(odd) if line is LINES[0] else read_move(odd, 1)
    except (BadRecord, OtherVersion):
        return
    assert header_value(read) if isinstance(read, Header) else move_value(read, 1)
