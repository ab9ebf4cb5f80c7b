"""What is remembered comes back, is nobody else's to read, and is never in the way."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.world.state import Given, Memory, State, replace_file, state_folder

MEMORY = (
    Memory()
    .with_inputs("flow", {"id": "1", "n": 12345678901234567890, "o": {"a": [None, True, 1.5]}})
    .with_server("api", "http://localhost:8082/public")
    .with_operation("createThing", "POST /things")
)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state" / "arazzo-tui")


def files(state: State) -> list[Path]:
    assert state.folder is not None
    return sorted(each for each in state.folder.rglob("*") if each.is_file())


def kept(state: State) -> Path:
    """The one file of the one document that was remembered."""
    (found,) = files(state)
    return found


# ------------------------------------------------------------------------------- it comes back


def test_what_is_remembered_of_a_document_comes_back(state: State) -> None:
    assert state.recall("/docs/a.yaml") == Memory()
    assert state.remember("/docs/a.yaml", MEMORY)
    assert state.recall("/docs/a.yaml") == MEMORY
    assert State(state.folder).recall("/docs/a.yaml") == MEMORY
    assert state.recall("/docs/b.yaml") == Memory()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.text(), inputs=st.dictionaries(st.text(), JSON, max_size=4), url=st.text())
def test_any_name_and_any_value_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, inputs: dict[str, object], url: str
) -> None:
    state = State(tmp_path_factory.getbasetemp() / "any")
    memory = Memory({name: inputs}, {name: Given(url, "2026-01-02")})
    assert state.remember(name, memory)
    assert state.recall(name) == memory


@pytest.mark.parametrize("name", ["../../etc/x", "/", "a\udcffb", "C:\\x", "x" * 5000, "\x1b]0;x"])
def test_a_name_of_a_document_is_never_a_name_of_a_file(state: State, name: str) -> None:
    assert state.remember(name, MEMORY)
    assert state.recall(name) == MEMORY
    assert kept(state).parent == (state.folder or Path()) / "documents"
    assert kept(state).name.removesuffix(".json").isalnum()


def test_documents_opened_last_come_first(state: State, tmp_path: Path) -> None:
    names = [str(tmp_path / f"{number}.yaml") for number in range(25)]
    for name in names:
        Path(name).touch()
        state.opened(name)
    state.opened(names[7])
    Path(names[20]).unlink()
    recent = state.recent()
    assert recent[:3] == (names[7], names[24], names[23])
    assert names[20] not in recent
    assert len(recent) == 19


def test_a_choice_is_kept(state: State) -> None:
    assert state.preference("theme") is None
    state.prefer("theme", "dusk")
    state.prefer("other", 1)
    state.prefer("theme", "dawn")
    assert (state.preference("theme"), state.preference("other")) == ("dawn", 1)


def test_an_answer_has_its_day(state: State) -> None:
    given_on = MEMORY.servers["api"].when
    assert [part.isdigit() for part in given_on.split("-")] == [True, True, True]
    assert state.remember("a", MEMORY)
    assert state.recall("a").servers["api"] == Given("http://localhost:8082/public", given_on)


def test_without_a_folder_nothing_is_kept() -> None:
    state = State(None)
    assert not state.remember("a", MEMORY)
    state.opened("a")
    state.prefer("theme", "dusk")
    assert (state.recall("a"), state.recent(), state.preference("theme")) == (Memory(), (), None)


# ------------------------------------------------------------------------------- what is found there


@pytest.mark.parametrize(
    "found",
    [
        b"", b"\0\xff\xfe", b"{", b"[]", b"42", b"null", b'{"version": 1', b"{}", b'"\\ud800"',
        b'{"version": "1"}', b'{"version": 0, "inputs": {"flow": {}}}', b"\xef\xbb\xbf{}",
        b'{"version": 1, "inputs": 3, "servers": [], "operations": {"a": 1, "b": {"value": 2}}}',
        b'{"version": 1, "inputs": {"flow": 3}, "servers": {"a": {"value": "x"}}}',
        b"[" * 100_000, b'{"version": NaN}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_as_none(state: State, found: bytes) -> None:
    assert state.remember("a", MEMORY)
    kept(state).write_bytes(found)
    assert state.recall("a") == Memory()
    assert state.remember("a", MEMORY)
    assert state.recall("a") == MEMORY


def test_a_damaged_list_of_documents_is_as_none(state: State, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    state.opened(str(tmp_path / "a.yaml"))
    for found in ("", "{}", '[1, null, {"a": 1}, "/no/such/file", "\\u0000"]', '"x"'):
        kept(state).write_text(found)
        assert state.recent() == ()
    state.opened(str(tmp_path / "a.yaml"))
    assert state.recent() == (str(tmp_path / "a.yaml"),)


def test_what_a_newer_version_kept_is_left_alone(state: State) -> None:
    assert state.remember("a", MEMORY)
    newer = '{"version": 2, "shape": "another"}'
    kept(state).write_text(newer)
    assert state.recall("a") == Memory()
    assert not state.remember("a", MEMORY)
    assert kept(state).read_text() == newer


def test_what_could_not_be_read_again_is_not_written(state: State) -> None:
    assert not state.remember("a", Memory().with_inputs("flow", {"x": "é" * (4 << 20)}))
    assert files(state) == []


# ------------------------------------------------------------------------------- who may see it


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_only_the_owner_can_look(state: State, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    assert state.remember("a", MEMORY)
    state.opened(str(tmp_path / "a.yaml"))
    state.prefer("theme", "dusk")
    assert state.folder is not None
    assert {mode(each) for each in files(state)} == {0o600}
    assert mode(state.folder) == 0o700
    assert mode(state.folder / "documents") == 0o700
    assert len(files(state)) == 3


def test_a_file_is_replaced_whole_and_never_through_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("theirs")
    link.symlink_to(target)
    replace_file(link, "ours")
    assert (target.read_text(), link.read_text(), link.is_symlink()) == ("theirs", "ours", False)
    assert mode(link) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "target"]


def test_a_folder_that_is_a_link_is_not_written_in(state: State, tmp_path: Path) -> None:
    assert state.remember("a", MEMORY)
    assert state.folder is not None
    for each in (state.folder / "documents").iterdir():
        each.unlink()
    (state.folder / "documents").rmdir()
    (tmp_path / "theirs").mkdir()
    (state.folder / "documents").symlink_to(tmp_path / "theirs")
    assert not state.remember("a", MEMORY)
    assert list((tmp_path / "theirs").iterdir()) == []


def make_folder_a_file(state: State) -> None:
    assert state.folder is not None
    state.folder.parent.mkdir(parents=True)
    state.folder.write_text("a file")


def make_files_folders(state: State) -> None:
    assert state.remember("a", MEMORY)
    path = kept(state)
    path.unlink()
    path.mkdir()
    (path / "inside").touch()


def make_folder_a_broken_link(state: State) -> None:
    assert state.folder is not None
    state.folder.parent.mkdir(parents=True)
    state.folder.symlink_to("/no/such/place")


@pytest.mark.parametrize(
    "spoil", [make_folder_a_file, make_files_folders, make_folder_a_broken_link]
)
def test_where_nothing_can_be_written_nothing_fails(
    state: State, spoil: Callable[[State], None]
) -> None:
    spoil(state)
    assert not state.remember("a", MEMORY)
    assert state.recall("a") == Memory()
    state.opened("a")
    assert state.folder is not None
    left = [each.name for each in state.folder.parent.rglob(".arazzo-tui-*")]
    assert left == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_keeps_nothing(state: State) -> None:
    assert state.folder is not None
    state.folder.mkdir(parents=True, mode=0o500)
    assert not state.remember("a", MEMORY)
    assert state.recall("a") == Memory()


def test_the_folder_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = state_folder()
    assert found is not None
    assert found.name == "arazzo-tui"
    assert not found.exists()
