"""Runs are kept line by line, by whatever end they come to, and what is secret is never in them."""

import asyncio
import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from arazzo_tui.engine.amend import SendInstead, SetInput
from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.credentials import Credential
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.files import File
from arazzo_tui.engine.machine import pending
from arazzo_tui.engine.moment import Moment, Send, ServerChoice, Settings, Wait, Waited
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.world.journal import Journal, WriteAhead
from arazzo_tui.world.prepare import begun_with, planned, secrets_of
from arazzo_tui.world.record import Sent, Went, header_of
from arazzo_tui.world.replay import first_moment, replayed
from arazzo_tui.world.session import Session
from arazzo_tui.world.store import CannotOpen, Kept, Store
from arazzo_tui.world.workspace import Workspace

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
components: {securitySchemes: {key: {type: http, scheme: bearer}}}
paths:
  /one/{id}:
    post:
      operationId: one
      security: [{key: []}]
      requestBody: {content: {application/json: {}}}
      responses: {}
  /two: {get: {operationId: two, responses: {}}}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: flow
    inputs:
      type: object
      properties:
        password: {type: string, format: password}
        deep: {type: object, properties: {pin: {type: integer, format: password}}}
        plain: {type: string}
        held: {type: string}
        file: {type: string, format: binary}
    steps:
      - stepId: first
        operationId: one
        parameters: [{name: id, in: path, value: $inputs.password}]
        requestBody: {payload: {secret: $inputs.password, pin: $inputs.deep.pin}}
        outputs: {token: $response.body#/access_token, all: $response.body}
      - stepId: second
        operationId: two
        parameters: [{name: X-Api-Key, in: header, value: $inputs.held}]
        outputs: {all: $response.body}
    outputs: {token: $steps.first.outputs.token}
"""
LOOP = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: flow
    steps:
      - stepId: again
        operationId: two
        onSuccess: [{name: on, type: goto, stepId: again}]
"""
INPUTS = {"password": "the-password", "deep": {"pin": 774411}, "held": "x"}


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "api.yaml").write_text(OPENAPI)
    (folder / "flow.arazzo.yaml").write_text(ARAZZO)
    (folder / "loop.arazzo.yaml").write_text(LOOP)
    return folder


def first_of(document: Path, inputs: dict[str, object] | None = None, **settings) -> Moment:
    made = planned(Workspace().open(str(document)), "flow").plan
    assert made is not None
    moment, errors = begun_with(made, INPUTS if inputs is None else inputs, Settings(**settings))
    assert moment is not None, errors
    return moment


def answered(body: bytes, kind: str = "application/json", **headers: str) -> Response:
    fields = (("Content-Type", kind), *((name, value) for name, value in headers.items()))
    return Response(200, "", fields, body, 0.0, len(body), read_content(kind, body))


def on(run: Run, *answers: Response | Failure) -> Run:
    """To the end, with these answers and then empty ones."""
    waiting = list(answers)
    while run.now.ended is None:
        run = one_on(run, waiting.pop(0) if waiting and owes(run) else answered(b"{}"))
    return run


def owes(run: Run) -> bool:
    return isinstance(pending(run.now), Send)


def one_on(run: Run, answer: Response | Failure) -> Run:
    match pending(run.now):
        case Send():
            return run.advance(answer)
        case Wait():
            return run.advance(Waited())
        case None:
            return run.advance()


def states(run: Run) -> Iterator[Run]:
    """The states a run went through, one a moment."""
    for length in range(1, len(run.moments) + 1):
        yield Run(run.moments.upto(length), run.causes.upto(length))


def keep(
    folder: Path | Store | None, document: Path, run: Run, redactor: Redactor | None = None
) -> Journal:
    """A journal of a run that was made already, told of each of its moments; not closed."""
    first = begun(run.moments[0])
    header = header_of(first.now, str(document), "flow", 1.5)
    store = folder if isinstance(folder, Store) else Store(folder)
    journal = store.keep(header, first, redactor or Redactor())
    for each in states(run):
        journal.moved(each)
    return journal


def kept_file(folder: Path | Store, document: Path) -> Path:
    """The file of a run that was kept to its end."""
    journal = keep(folder, document, on(begun(first_of(document))))
    journal.close(0)
    assert journal.trouble == ""
    assert journal.path is not None
    return journal.path


# ------------------------------------------------------------------------------- it comes back


def test_a_header_comes_back_whole(tmp_path: Path, documents: Path) -> None:
    document = documents / "flow.arazzo.yaml"
    file = File.of("a.bin", b"\x00\xff", "image/png")
    first = first_of(
        document, {"plain": "é\u202e", "n": 1.10, "file": file}, timeout=7.5,
        servers={"api": ServerChoice("http://else.test/é", "somebody's word")},
        credentials={("api", "key"): Credential("hidden-credential", "x", ("http://else.test",))},
    )  # fmt: skip
    header = header_of(first, str(document), "flow", 1.5, strict=True)
    assert set(header.digests) == {"", "api"}
    journal = Store(tmp_path).keep(header, begun(first), Redactor())
    journal.close()
    assert journal.path is not None
    found = Store(tmp_path).open(journal.path).header
    assert found == header
    again = found.inputs["file"]
    assert isinstance(again, File)
    assert (again, again.data, again.content_type) == ("a.bin", b"\x00\xff", "image/png")
    assert "hidden-credential" not in journal.path.read_text()


@pytest.mark.parametrize(
    ("moments", "answer", "code", "status"),
    [
        (99, answered(b"{}"), 0, "succeeded"),
        (99, answered(b"{}"), 1, "succeeded"),
        (99, Failure("connect", "refused"), 1, "failed"),
        (3, answered(b"{}"), 130, "cancelled"),
        (1, answered(b"{}"), None, "cancelled"),
    ],
)
def test_a_closed_run_tells_how_it_ended(
    tmp_path: Path,
    documents: Path,
    moments: int,
    answer: Response | Failure,
    code: int | None,
    status: str,
) -> None:
    document = documents / "flow.arazzo.yaml"
    whole = on(begun(first_of(document)), answered(b"{}"), answer)
    journal = keep(tmp_path, document, list(states(whole))[:moments][-1])
    journal.close(code)
    (listed,) = Store(tmp_path).runs()
    assert (listed.status, listed.code, listed.started) == (status, code, 1.5)
    kept = Store(tmp_path).open(listed.path)
    assert (kept.status, kept.code, kept.unanswered) == (status, code, False)


def test_a_run_that_is_under_way_is_running_and_one_that_broke_off_is_interrupted(
    tmp_path: Path, documents: Path
) -> None:
    document = documents / "flow.arazzo.yaml"
    journal = keep(tmp_path, document, begun(first_of(document)))
    journal.written().result(10)
    assert [each.status for each in Store(tmp_path).runs()] == ["running"]
    assert journal.path is not None
    copied = journal.path.with_name("20200101T000000.000Z-00000000.jsonl")
    copied.write_bytes(journal.path.read_bytes())
    assert [each.status for each in Store(tmp_path).runs()] == ["running", "interrupted"]
    journal.close()
    assert [each.status for each in Store(tmp_path).runs()] == ["cancelled", "interrupted"]
    assert Store(tmp_path).open(copied).status == "interrupted"


async def test_nothing_is_sent_before_it_is_kept_that_it_will_be(
    tmp_path: Path, documents: Path
) -> None:
    document = documents / "flow.arazzo.yaml"
    first = begun(first_of(document))
    store = Store(tmp_path)
    journal = store.keep(header_of(first.now, str(document), "flow", 1.5), first, Redactor())
    seen: list[Kept] = []

    class Looking:
        async def send(self, _: Request, within: float) -> Response | Failure:
            assert within > 0
            assert journal.path is not None
            seen.append(store.open(journal.path))
            return answered(b"{}")

    session = Session(first, WriteAhead(Looking(), journal), journal.moved)
    await session.go()
    journal.close()
    assert len(seen) == 2
    for kept in seen:
        assert (kept.unanswered, kept.status, kept.moves[-1]) == (True, "running", Sent())


async def test_a_journal_that_cannot_write_keeps_no_request_back(
    tmp_path: Path, documents: Path
) -> None:
    (tmp_path / "state").write_text("a file")
    document = documents / "flow.arazzo.yaml"
    first = begun(first_of(document))
    header = header_of(first.now, str(document), "flow", 1.5)
    journal = Store(tmp_path / "state").keep(header, first, Redactor())

    class Answering:
        async def send(self, _: Request, within: float) -> Response | Failure:
            assert within > 0
            return answered(b"{}")

    session = Session(first, WriteAhead(Answering(), journal), journal.moved)
    async with asyncio.timeout(60):
        await session.go()
    assert session.run.now.ended is not None
    journal.close()
    assert journal.trouble.startswith("this run is not kept: ")


def test_another_run_is_not_kept_as_this_one(tmp_path: Path, documents: Path) -> None:
    document = documents / "flow.arazzo.yaml"
    first = begun(first_of(document))
    journal = keep(tmp_path, document, first)
    journal.moved(begun(first_of(document)))
    journal.moved(on(first))
    journal.close()
    assert journal.trouble.startswith("this run is not kept any further: ")
    assert journal.path is not None
    assert Store(tmp_path).open(journal.path).moves == ()


# ------------------------------------------------------------------------------- kill -9


KILLED = """
import json, os, random, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_store import *  # the same helpers

folder, document = Path({folder!r}), Path({document!r})
first = first_of(document)
body = answered(b'{{"text": "' + b"x" * 100_000 + b'"}}')
dice = random.Random({seed})


def child(tell):
    run = begun(first)
    store = Store(folder / str(os.getpid()))
    journal = store.keep(header_of(first, str(document), "flow", 1.5), run, Redactor())
    while True:
        run = one_on(run, body)
        journal.moved(run)
        journal.written().result()
        os.write(tell, b".")


for _ in range({times}):
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        child(tell)
    os.close(tell)
    finished = len(os.read(told, 1 + dice.randrange(3)))
    for _ in range(dice.randrange(40)):
        finished += len(os.read(told, 1))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while more := os.read(told, 65536):
        finished += len(more)
    os.close(told)
    store = Store(folder / str(pid))
    (listed,) = store.runs()
    kept = store.open(listed.path)
    found = sum(isinstance(each, Went) for each in kept.moves)
    again = replayed(kept, first)
    print(json.dumps([finished, found, len(again.moments) - 1, listed.status, kept.torn]))
"""


def test_a_killed_program_loses_no_finished_moment(tmp_path: Path, documents: Path) -> None:
    code = KILLED.format(
        tests=str(Path(__file__).parent), folder=str(tmp_path / "state"),
        document=str(documents / "loop.arazzo.yaml"), seed=7, times=60,
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 60
    assert [row for row in rows if row[1] < row[0]] == []
    assert [row for row in rows if row[2] != row[1]] == []
    assert {row[3] for row in rows} == {"interrupted"}


def test_a_file_that_ends_anywhere_gives_every_whole_line(tmp_path: Path, documents: Path) -> None:
    path = kept_file(tmp_path, documents / "flow.arazzo.yaml")
    store, whole = Store(tmp_path), path.read_bytes()
    moves = store.open(path).moves
    header = whole.index(b"\n") + 1
    for end in range(header, len(whole)):
        path.write_bytes(whole[:end])
        kept = store.open(path)
        count = whole[:end].count(b"\n") - 1
        assert kept.moves == moves[:count]
        assert kept.torn == (whole[end - 1 : end] != b"\n")
    for end in (0, 1, header - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(CannotOpen, match="not one whole line"):
            store.open(path)


# ------------------------------------------------------------------------------- what is found there


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("number", "line", "said"),
    [
        (1, b"", "line 1 is damaged"),
        (1, b"\x00\xff", "line 1 is damaged"),
        (1, b"[]", "line 1 is damaged"),
        (1, b'{"arazzo_tui_run": true}', "line 1 is damaged: it does not begin as a kept run"),
        (1, b'{"arazzo_tui_run": 1}', "line 1 is damaged"),
        (
            1,
            b'{"arazzo_tui_run": 2, "program": "9.\\u001b[31m9"}',
            "a newer version of this program",
        ),
        (1, b'{"arazzo_tui_run": 0}', "an older version of this program"),
        (3, b"", "line 3 is damaged"),
        (3, b"null", "line 3 is damaged"),
        (3, b'{"n": 3, "sent": true}', "line 3 is damaged: the line says it is number 3"),
        (3, b'{"n": 2}', "line 3 is damaged: the line is none of a kept run"),
        (3, b'{"n": 2, "stage": "Judging"}', "line 3 is damaged: `workflow` should be a text"),
        (3, b'{"n": 2, "stage": "J", "workflow": "", "step": "", "response": 1}', "`response`"),
        (3, b'{"n": 2, "stage": "J", "workflow": "", "step": "", "response": {}}', "`headers`"),
        (3, b'{"n": 2, "stage": "J", "workflow": "", "step": "", "failure": {}}', "`phase`"),
        (3, b'{"n": 2, "stage": "J", "workflow": "", "step": "", "amended": {}}', "by hand"),
        (3, b"[" * 100_000, "line 3 is damaged"),
        (3, b'{"n": 2, "sent": NaN}', "line 3 is damaged"),
    ],
)
def test_a_damaged_line_is_told_by_its_number(
    tmp_path: Path, documents: Path, number: int, line: bytes, said: str
) -> None:
    path = kept_file(tmp_path, documents / "flow.arazzo.yaml")
    lines = lines_of(path)
    lines[number - 1] = line + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(CannotOpen) as why:
        Store(tmp_path).open(path)
    assert said in str(why.value)
    assert "\x1b" not in str(why.value)
    assert len(list(Store(tmp_path).runs())) == (0 if number == 1 else 1)


def test_any_byte_may_be_another_one(tmp_path: Path, documents: Path) -> None:
    """Read or refused, never an exception of another kind."""
    path = kept_file(tmp_path, documents / "flow.arazzo.yaml")
    whole = path.read_bytes()
    refused = 0
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        try:
            Store(tmp_path).open(path)
        except CannotOpen:
            refused += 1
        list(Store(tmp_path).runs())
    assert refused > 100


@pytest.mark.parametrize("name", ["", "nothing.jsonl"])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotOpen):
        Store(tmp_path).open(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(CannotOpen, match="no regular file"):
            Store(tmp_path).open(path)


# ------------------------------------------------------------------------------- many of them


def test_the_list_is_newest_first_and_follows_what_changes(tmp_path: Path, documents: Path) -> None:
    path = kept_file(tmp_path, documents / "flow.arazzo.yaml")
    names = [f"20260101T0000{number:02d}.000Z-0000abcd.jsonl" for number in range(60)]
    for name in names:
        path.with_name(name).write_bytes(path.read_bytes())
    path.with_name("index.jsonl").write_text("no run of ours")
    store = Store(tmp_path)
    expected = [path.name, *reversed(names)]
    assert [each.path.name for each in store.runs()] == expected
    assert (path.parent / "index-1.json").is_file()
    assert [each.path.name for each in store.runs()] == expected
    # One that grew is looked at again, one that is gone is gone, and a damaged index is none.
    path.with_name(names[0]).write_bytes(b"".join(lines_of(path)[:3]))
    path.with_name(names[1]).unlink()
    listed = list(store.runs())
    assert (listed[-1].status, listed[-1].path.name) == ("interrupted", names[0])
    assert len(listed) == 60
    for text in ("", "{", "[]", '{"version": 1, "runs": {"x": 1}}', "[" * 100_000, '"\\ud800"'):
        (path.parent / "index-1.json").write_text(text)
        assert list(store.runs()) == listed


def test_the_oldest_make_room_and_those_under_way_stay(tmp_path: Path, documents: Path) -> None:
    document = documents / "flow.arazzo.yaml"
    few = Store(tmp_path, most_runs=3)
    oldest = keep(few, document, begun(first_of(document)))
    oldest.written().result(10)
    paths = [oldest.path, *(kept_file(few, document) for _ in range(4))]
    listed = [each.path for each in few.runs()]
    assert sorted(listed) == sorted([paths[0], *paths[3:]])
    oldest.close()
    last = kept_file(Store(tmp_path, most_bytes=1), document)
    assert [each.path for each in few.runs()] == [last]


def test_who_keeps_many_need_not_make_room_for_each(tmp_path: Path, documents: Path) -> None:
    first = begun(first_of(documents / "flow.arazzo.yaml"))
    header = header_of(first.now, "flow.arazzo.yaml", "flow", 1.5)
    few = Store(tmp_path, most_runs=2)
    counts = []
    for make_room in (True, False, False, False, True):
        few.keep(header, first, Redactor(), make_room=make_room).close(0)
        counts.append(len(list(few.runs())))
    assert counts == [1, 2, 3, 4, 2]


def test_what_a_killed_program_left_half_written_is_removed(
    tmp_path: Path, documents: Path
) -> None:
    folder = kept_file(tmp_path, documents / "flow.arazzo.yaml").parent
    (folder / ".rewriting-abc").write_text("half")
    kept_file(tmp_path, documents / "flow.arazzo.yaml")
    assert len(list(folder.iterdir())) == 2
    assert not (folder / ".rewriting-abc").exists()


BESIDE = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_store import *
for _ in range(25):
    kept_file(Path({folder!r}), Path({document!r}))
    list(Store(Path({folder!r})).runs())
"""


def test_two_programs_keep_their_runs_side_by_side(tmp_path: Path, documents: Path) -> None:
    code = BESIDE.format(
        tests=str(Path(__file__).parent), folder=str(tmp_path / "state"),
        document=str(documents / "flow.arazzo.yaml"),
    )  # fmt: skip
    both = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    store = Store(tmp_path / "state")
    listed = list(store.runs())
    assert len(listed) == 50
    assert {store.open(each.path).status for each in listed} == {each.status for each in listed}


# ------------------------------------------------------------------------------- who may see it


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_only_the_owner_can_look_at_a_run(tmp_path: Path, documents: Path) -> None:
    path = kept_file(tmp_path / "state", documents / "flow.arazzo.yaml")
    for each, mode in ((path, 0o600), (path.parent, 0o700), (path.parent.parent, 0o700)):
        assert stat.S_IMODE(each.stat().st_mode) == mode


def test_a_link_that_waits_at_the_place_is_not_followed(tmp_path: Path, documents: Path) -> None:
    document = documents / "flow.arazzo.yaml"
    first = begun(first_of(document))
    theirs, link = tmp_path / "theirs", tmp_path / "runs" / "x.jsonl"
    theirs.write_text("theirs")
    link.parent.mkdir()
    for target in (theirs, tmp_path / "nowhere"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        header = header_of(first.now, str(document), "flow", 1.5)
        journal = Journal(link, header, first, Redactor())
        journal.close()
        assert journal.trouble.startswith("this run is not kept: ")
    assert theirs.read_text() == "theirs"
    assert not (tmp_path / "nowhere").exists()


def make_a_file(place: Path) -> None:
    place.write_text("a file")


def make_a_broken_link(place: Path) -> None:
    place.symlink_to("/no/such/place")


def make_runs_a_file(place: Path) -> None:
    place.mkdir()
    (place / "runs").write_text("a file")


def make_runs_a_link(place: Path) -> None:
    place.mkdir()
    (place.parent / "elsewhere").mkdir()
    (place / "runs").symlink_to(place.parent / "elsewhere")


@pytest.mark.parametrize(
    "spoil", [make_runs_a_link, make_a_file, make_a_broken_link, make_runs_a_file]
)
def test_where_nothing_can_be_kept_one_sentence_says_so(
    tmp_path: Path, documents: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "state")
    document = documents / "flow.arazzo.yaml"
    journal = keep(tmp_path / "state", document, on(begun(first_of(document))))
    journal.close()
    assert journal.trouble.startswith("this run is not kept: ")
    assert list(Store(tmp_path / "state").runs()) == []


def test_without_a_home_one_sentence_says_so(documents: Path) -> None:
    document = documents / "flow.arazzo.yaml"
    journal = keep(None, document, on(begun(first_of(document))))
    journal.sending()
    assert journal.written().done()
    journal.close()
    assert journal.trouble == "this run is not kept: there is no home"
    assert list(Store(None).runs()) == []


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_store import *
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
document = Path({document!r})
run = begun(first_of(document))
for _ in range(60):
    run = one_on(run, answered(b'{{"text": "' + b"x" * 5_000 + b'"}}'))
journal = keep(Path({folder!r}), document, run)
journal.close()
print(journal.trouble)
"""


def trouble_in(room: int, tmp_path: Path, documents: Path) -> str:
    """What is said where a file may have so many bytes."""
    code = FULL.format(
        tests=str(Path(__file__).parent), folder=str(tmp_path / "state"),
        document=str(documents / "loop.arazzo.yaml"), room=room,
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits there")
def test_a_full_disk_leaves_whole_lines_and_one_sentence(tmp_path: Path, documents: Path) -> None:
    said = trouble_in(30_000, tmp_path, documents)
    assert said.startswith("this run is not kept any further: ")
    (listed,) = Store(tmp_path / "state").runs()
    kept = Store(tmp_path / "state").open(listed.path)
    assert (kept.torn, kept.status) == (False, "interrupted")
    assert len(replayed(kept, first_of(documents / "loop.arazzo.yaml")).moments) > 10


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits there")
def test_a_disk_without_room_for_one_line_is_left_as_it_was(
    tmp_path: Path, documents: Path
) -> None:
    assert trouble_in(100, tmp_path, documents).startswith("this run is not kept: ")
    assert list((tmp_path / "state" / "runs").iterdir()) == []


# ------------------------------------------------------------------------------- secrets

PASSWORD = 'p4ß /"word'
HELD = "held-by-the-client-0123"
TOKEN = "handed-out-by-the-server"
KEY = "credential-of-the-user"
NEW = "another-password"


def forms(secret: str) -> list[str]:
    data = secret.encode()
    coded = [base64.b64encode(b"x" * pad + data).decode().rstrip("=")[4:-4] for pad in range(3)]
    return [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], *coded]


BODIES = {
    "json": (b'{"access_token": "%s", "echo": "%s", "n": 1.10}', "application/json"),
    "names": (b'{"%s": "%s"}', "application/json"),
    "twice": (b'{"a": "%s", "a": "%s"}', "application/json"),
    "broken": (b'{"a": "%s", "b": "%s"', "application/json"),
    "text": (b"token %s and %s", "text/plain"),
    "latin": (b"\xe9 %s and %s", "text/plain; charset=latin-1"),
    "bytes": (b"\x00\xff%s\x00%s\xfe", "application/octet-stream"),
}


def body_of(name: str, token: str, echo: str) -> Response:
    text, kind = BODIES[name]
    parts = (token, echo)
    if "json" in kind:
        parts = (json.dumps(token)[1:-1], json.dumps(echo)[1:-1])
    charset = "latin-1" if name == "latin" else "utf-8"
    return answered(text % tuple(each.encode(charset) for each in parts), kind)


@pytest.mark.parametrize("name", BODIES)
def test_no_secret_is_in_the_file_in_any_form(tmp_path: Path, documents: Path, name: str) -> None:
    document = documents / "flow.arazzo.yaml"
    inputs = {"password": PASSWORD, "deep": {"pin": 774411}, "plain": "shown", "held": HELD}
    first = first_of(document, inputs, credentials={("api", "key"): Credential(KEY, "test")})
    known = secrets_of(first.plan, first.top.inputs, first.settings.credentials)
    run = on(
        begun(first),
        body_of(name, TOKEN if name == "json" else HELD, quote(PASSWORD)),
        body_of(name, TOKEN if name == "json" else HELD, base64.b64encode(KEY.encode()).decode()),
    )
    request = run.moments[1].stage.request
    edited = replace(request, headers=(*request.headers, ("X-Key", KEY)))
    journal = keep(tmp_path, document, run, known)
    changes = (
        SendInstead(edited),
        SetInput("other", [PASSWORD, {PASSWORD: HELD}, NEW]),
        SetInput("password", NEW),
    )
    for change in changes:
        run = run.look(1).amend(change)
        journal.moved(run)
    journal.moved(run := on(run))
    journal.close()
    assert journal.trouble == ""
    assert journal.path is not None
    text = journal.path.read_text()
    decoded = text + " ".join(
        base64.b64decode(each["response"]["body"]["base64"]).decode("utf-8", "replace")
        for each in map(json.loads, text.splitlines())
        if "base64" in each.get("response", {}).get("body", {})
    )
    for secret in (PASSWORD, HELD, KEY, TOKEN, NEW):
        assert [form for form in forms(secret) if form in decoded] == []
    assert "774411" not in decoded
    assert "shown" in decoded
    # What is masked can still be played: everywhere stands the same.
    kept = Store(tmp_path).open(journal.path)
    again = replayed(kept, first_moment(kept.header, Workspace().open(str(document))))
    assert len(again.moments) == len(run.moments)


def test_without_secrets_what_was_kept_is_what_was_there(tmp_path: Path, documents: Path) -> None:
    document = documents / "flow.arazzo.yaml"
    body = b'{"session_secure_id": "abc",\r\n "n": 1.10, "same": 1, "same": 2}'
    journal = keep(tmp_path, document, on(begun(first_of(document)), answered(body)))
    journal.close()
    assert journal.path is not None
    answers = [
        each.cause
        for each in Store(tmp_path).open(journal.path).moves
        if isinstance(each, Went) and isinstance(each.cause, Response)
    ]
    assert answers == [answered(body), answered(b"{}")]
