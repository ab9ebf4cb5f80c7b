"""Opening documents: sources are found where people keep them, and nothing outside is ever read."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from arazzo_tui.document.asyncapi import AsyncApi
from arazzo_tui.document.openapi import Api
from arazzo_tui.document.source import Severity
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.engine.plan import CallOperation, Documents, Unavailable
from arazzo_tui.engine.planner import check, plan
from arazzo_tui.world.locate import Located, NotLocated, locate, workspace_root
from arazzo_tui.world.prepare import missing_servers, planned
from arazzo_tui.world.reading import CannotRead, read_file
from arazzo_tui.world.workspace import Opened, Workspace, address_of

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
paths:
  /one: {get: {operationId: one, responses: {}}}
"""
SECRET = "root-secret-9f2"


def arazzo(url: str, *steps: str, more: str = "", kind: str = "openapi") -> str:
    listed = "\n".join(f"      - {each}" for each in steps or ("{stepId: s, operationId: one}",))
    return f"""
arazzo: 1.0.1
info: {{title: t, version: "1"}}
sourceDescriptions:
  - {{name: api, url: {url!r}, type: {kind}}}
{more}
workflows:
  - workflowId: flow
    steps:
{listed}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A repository with `docs/arazzo/` in it, and a secret beside it."""
    (tmp_path / "secret.yaml").write_text(OPENAPI.replace("title: t", f"title: {SECRET}"))
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "docs" / "arazzo").mkdir(parents=True)
    return repository


def opened(home: Path, text: str, workspace: Workspace | None = None) -> Opened:
    path = home / "docs" / "arazzo" / "flow.arazzo.yaml"
    path.write_text(text)
    return (workspace or Workspace()).open(str(path))


def source(found: Opened, name: str = "api") -> object:
    assert found.documents is not None, found.problems
    return found.documents.sources[name]


def codes(found: Opened) -> list[str]:
    return [each.code for each in found.problems]


def written(found: Opened) -> str:
    return "\n".join(str(each) for each in found.problems)


# ------------------------------------------------------------------------------- where a source is


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("api.yaml", "docs/arazzo/api.yaml"),
        ("./api.yaml", "docs/arazzo/api.yaml"),
        ("../openapi/api.yaml", "docs/openapi/api.yaml"),
        ("my%20api.yaml", "docs/arazzo/my api.yaml"),
        ("../../api.yaml", "api.yaml"),
        ("api.yaml?raw=1", "docs/arazzo/api.yaml"),
    ],
)
def test_a_source_stands_where_its_url_says(home: Path, url: str, place: str) -> None:
    (home / place).parent.mkdir(exist_ok=True)
    (home / place).write_text(OPENAPI)
    found = opened(home, arazzo(url))
    assert isinstance(source(found), Api)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("url", "place", "words"),
    [
        ("openapi/api.yaml", "openapi/api.yaml", "found from"),
        ("docs/openapi/api.yaml", "docs/openapi/api.yaml", "found from"),
        ("/docs/../gone/api.yaml", None, "absolute address"),
        ("gone/api.yaml", "services/v2/api.yaml", "the file was moved"),
        ("../../../../../x/api.yaml", "services/v2/api.yaml", "the file was moved"),
    ],
)
def test_a_source_is_looked_for_in_the_repository(
    home: Path, url: str, place: str | None, words: str
) -> None:
    if place:
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text(OPENAPI)
    found = opened(home, arazzo(url))
    assert isinstance(source(found), Api if place else Unavailable)
    (problem,) = found.problems
    assert words in problem.message
    assert problem.severity is Severity.WARNING
    assert problem.mark is not None
    assert problem.mark.source.line(problem.mark.line).strip().startswith("- {name: api")


def test_strict_takes_a_source_by_the_letter_only(home: Path) -> None:
    (home / "api.yaml").write_text(OPENAPI)
    found = opened(home, arazzo("api.yaml"), Workspace(strict=True))
    assert [each.severity for each in found.problems] == [Severity.ERROR]


def test_several_files_of_a_name_are_named_and_none_is_taken(home: Path) -> None:
    for folder in ("a", "b"):
        (home / folder).mkdir()
        (home / folder / "api.yaml").write_text(OPENAPI)
    found = opened(home, arazzo("gone/api.yaml"))
    unavailable = source(found)
    assert isinstance(unavailable, Unavailable)
    assert unavailable.reason == "was not found, and several files have its name"
    assert {str(home / each / "api.yaml") for each in "ab"} <= set(unavailable.looked)


@pytest.mark.parametrize("folder", ["node_modules", ".hidden", "dist", "venv"])
def test_generated_and_hidden_folders_are_not_searched(home: Path, folder: str) -> None:
    (home / folder).mkdir()
    (home / folder / "api.yaml").write_text(OPENAPI)
    assert isinstance(source(opened(home, arazzo("gone/api.yaml"))), Unavailable)


def test_a_search_ends(home: Path) -> None:
    for number in range(60):
        (home / f"f{number:02}").mkdir()
        for each in range(100):
            (home / f"f{number:02}" / f"{each}.txt").touch()
    (home / "z").mkdir()
    (home / "z" / "api.yaml").write_text(OPENAPI)
    assert isinstance(locate("gone/api.yaml", home / "docs" / "a.yaml"), NotLocated)


# ------------------------------------------------------------------------------- nothing outside


@pytest.mark.parametrize(
    "url",
    [
        "secret.yaml", "../../../secret.yaml", "../../../../../../../../etc/passwd", "/etc/passwd",
        "file:///etc/passwd", "%2e%2e/%2e%2e/%2e%2e/secret.yaml", "..\\..\\..\\secret.yaml",
        "//evil.test/secret.yaml", "ftp://evil.test/x", "C:\\secret.yaml", "link.yaml",
        "linked/secret.yaml", "a\0b", "", "..", "~/secret.yaml", "https://evil.test/api.yaml",
    ],
)  # fmt: skip
def test_nothing_outside_the_workspace_is_read(home: Path, url: str) -> None:
    folder = home / "docs" / "arazzo"
    (folder / "link.yaml").symlink_to(home.parent / "secret.yaml")
    (folder / "linked").symlink_to(home.parent)
    escaped = url.replace("\\", "\\\\").replace("\0", "\\0")
    text = arazzo("URL").replace("'URL'", f'"{escaped}"')
    found = opened(home, text)
    content = source(found)
    assert isinstance(content, Unavailable)
    assert SECRET not in written(found)
    assert "root:" not in written(found)
    assert "source-unavailable" in codes(found)


def test_a_link_inside_the_workspace_is_followed(home: Path) -> None:
    (home / "real.yaml").write_text(OPENAPI)
    (home / "docs" / "arazzo" / "api.yaml").symlink_to(home / "real.yaml")
    assert isinstance(source(opened(home, arazzo("api.yaml"))), Api)


def test_a_reference_of_a_source_leads_nowhere_outside(home: Path) -> None:
    parts = """
  /two: {$ref: "../../../secret.yaml#/paths/~1one"}
  /three: {$ref: "parts.yaml#/three"}
  /four: {$ref: "file:///etc/passwd"}
  /five: {$ref: "http://evil.test/x.yaml#/a"}
"""
    folder = home / "docs" / "arazzo"
    (folder / "api.yaml").write_text(OPENAPI + parts)
    (folder / "parts.yaml").write_text("three: {get: {operationId: three, responses: {}}}")
    found = opened(home, arazzo("api.yaml"))
    api = source(found)
    assert isinstance(api, Api)
    assert {entry.id for entry in api.operations()} == {"one", "three"}
    assert SECRET not in written(found)


def test_a_url_is_asked_for_only_where_that_is_allowed(home: Path) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return OPENAPI.encode()

    text = arazzo("https://docs.test/api.yaml")
    assert isinstance(source(opened(home, text)), Unavailable)
    assert isinstance(source(opened(home, text, Workspace(fetch))), Api)
    assert asked == ["https://docs.test/api.yaml"]


def test_sources_of_a_document_at_a_url_count_from_it() -> None:
    served = {
        "https://docs.test/a/flow.yaml": arazzo("../api.yaml"),
        "https://docs.test/api.yaml": OPENAPI,
    }
    found = Workspace(lambda url: served[url].encode()).open("https://docs.test/a/flow.yaml")
    assert isinstance(source(found), Api)


# ------------------------------------------------------------------------------- what it is


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_big(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(33 * 1024 * 1024)


def make(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(text, "utf-8") and None


@pytest.mark.parametrize(
    ("create", "words"),
    [
        (make_fifo, "is no regular file"),
        (make_folder, "was not found"),
        (make_big, "has 33 MiB; the limit for a document is 32 MiB"),
        (make("<!DOCTYPE html><html><body>Please log in</body></html>"), "is "),
        (make(""), "cannot be read"),
        (make("openapi: [3"), "cannot be read"),
        (make("just: something"), "is "),
        (make("- 1\n- 2"), "is "),
        (make("arazzo: 9.9.9"), "Arazzo"),
    ],
)
def test_a_source_that_is_none_is_unavailable_with_a_reason(
    home: Path, create: Callable[[Path], None], words: str
) -> None:
    create(home / "docs" / "arazzo" / "api.yaml")
    found = opened(home, arazzo("api.yaml"))
    content = source(found)
    assert isinstance(content, Unavailable)
    assert words in content.reason
    made = planned(found, "flow")
    wrong = [each for each in made.problems if each.severity is Severity.ERROR]
    assert made.plan is not None or wrong, "a run either begins or says why not"


def test_a_description_of_messages_is_known_by_what_it_is(home: Path) -> None:
    """ASY-1, SRC-3: whatever type the document says it has."""
    make("asyncapi: 3.0.0\noperations: {one: {action: send}}")(
        home / "docs" / "arazzo" / "api.yaml"
    )
    for kind in ("asyncapi", "openapi"):
        found = opened(home, arazzo("api.yaml", kind=kind))
        content = source(found)
        assert isinstance(content, AsyncApi)
        assert content.operations == {"one": "`send`"}
        assert found.problems == ()
        made = planned(found, "flow")
        assert made.plan is None
        assert [each.code for each in made.problems] == ["asyncapi-step"]


def test_a_login_page_is_named(home: Path) -> None:
    page = "<!DOCTYPE html>\n<html><body>Please <b>log in</b></body></html>"
    make(page)(home / "docs" / "arazzo" / "api.yaml")
    content = source(opened(home, arazzo("api.yaml")))
    assert isinstance(content, Unavailable)
    assert "HTML" in content.reason


def test_what_is_wrong_in_a_source_is_told_at_its_place(home: Path) -> None:
    twice = OPENAPI + "servers: [{url: 'http://evil.test'}]\n"
    (home / "docs" / "arazzo" / "api.yaml").write_text(twice)
    found = opened(home, arazzo("api.yaml"))
    (problem,) = found.problems
    assert problem.code == "duplicate-key"
    assert problem.mark is not None
    assert problem.mark.source.name.endswith("api.yaml")
    assert planned(found, "flow").plan is None


@pytest.mark.parametrize(
    ("create", "words"),
    [
        (None, "there is no such file"),
        (make_fifo, "is no regular file"),
        (make_folder, "is a folder, not a document"),
        (make_big, "33 MiB"),
    ],
)
def test_a_document_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, create: Callable[[Path], None] | None, words: str
) -> None:
    path = tmp_path / "flow.yaml"
    if create:
        create(path)
    found = Workspace().open(str(path))
    assert found.unreadable
    assert found.documents is None
    assert words in written(found)
    assert "\n" not in written(found)


@pytest.mark.parametrize(
    "text", ["", "- 1", "42", "openapi: 3.0.3", "arazzo: 9.9.9", "{", "\x00", "a: b: c", "<html>"]
)
def test_a_document_that_is_none_opens_with_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "flow.yaml").write_text(text)
    found = Workspace().open(str(tmp_path / "flow.yaml"))
    assert found.documents is None
    assert not found.unreadable
    assert any(each.severity is Severity.ERROR for each in found.problems)
    assert planned(found, "flow").plan is None


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert read_file(path, 5) == b"12345"
    with pytest.raises(CannotRead, match="limit"):
        read_file(path, 4)
    with pytest.raises(CannotRead, match="no such file"):
        read_file(path / "below")


# ------------------------------------------------------------------------------- other documents


def test_documents_that_name_each_other_open_once(home: Path) -> None:
    other = '  - {name: first, url: "flow.arazzo.yaml", type: arazzo}'
    (home / "docs" / "arazzo" / "api.yaml").write_text(OPENAPI)
    (home / "docs" / "arazzo" / "other.yaml").write_text(arazzo("api.yaml", more=other))
    found = opened(home, arazzo("other.yaml", "{stepId: s, workflowId: flow}", kind="arazzo"))
    inner = source(found)
    assert isinstance(inner, Documents)
    assert inner.sources["first"] is found.documents
    assert found.problems == ()


def test_a_document_that_names_itself_opens(home: Path) -> None:
    found = opened(home, arazzo("flow.arazzo.yaml", "{stepId: s, workflowId: flow}", kind="arazzo"))
    assert source(found) is found.documents


def test_the_kind_of_a_source_is_what_it_turns_out_to_be(home: Path) -> None:
    (home / "docs" / "arazzo" / "api.yaml").write_text(OPENAPI)
    (home / "docs" / "arazzo" / "other.yaml").write_text(arazzo("api.yaml"))
    text = arazzo("other.yaml", "{stepId: s, workflowId: $sourceDescriptions.api.flow}")
    found = opened(home, text)
    assert isinstance(source(found), Documents)


def test_problems_of_a_named_document_are_told_once(home: Path) -> None:
    folder = home / "docs" / "arazzo"
    (folder / "other.yaml").write_text(arazzo("gone.yaml", kind="openapi"))
    more = "  - {name: again, url: ./other.yaml, type: arazzo}"
    found = opened(home, arazzo("other.yaml", more=more, kind="arazzo"))
    assert codes(found).count("source-unavailable") == 1


def test_a_chain_of_documents_is_cut(home: Path) -> None:
    folder = home / "docs" / "arazzo"
    for number in range(80):
        text = arazzo(f"d{number + 1}.yaml", kind="arazzo")
        (folder / f"d{number}.yaml").write_text(text)
    (folder / "d80.yaml").write_text(arazzo("gone.yaml"))
    found = opened(home, arazzo("d0.yaml", kind="arazzo"))
    assert "the limit is 50" in written(found)


def test_however_many_documents_are_asked_for_each_opens(home: Path) -> None:
    put(home, "docs/api.yaml", OPENAPI)
    names = [str(home / "docs" / f"{number}.yaml") for number in range(120)]
    for name in names:
        Path(name).write_text(arazzo("api.yaml"))
    workspace = Workspace()
    workspace.know(names)
    assert {workspace.open(name).problems for name in names} == {()}


def test_a_long_chain_of_calls_is_planned(home: Path) -> None:
    (home / "docs" / "arazzo" / "api.yaml").write_text(OPENAPI)
    calls = "".join(
        f"  - workflowId: w{number}\n    dependsOn: [w{number + 1}]\n"
        f"    steps: [{{stepId: s, workflowId: w{number + 1}}}]\n"
        for number in range(400)
    )
    last = "  - workflowId: w400\n    steps: [{stepId: s, operationId: one}]\n"
    found = opened(home, arazzo("api.yaml") + calls + last)
    assert found.documents is not None
    made, problems = plan(found.documents, "w300")
    assert made is not None, problems
    assert len(made.workflows) == 101 + 100
    assert not [each for each in check(found.documents) if each.severity is Severity.ERROR]


# ------------------------------------------------------------------------------- what it calls itself


def self_named(own: str, text: str) -> str:
    return text.replace("arazzo: 1.0.1", f"arazzo: 1.1.0\n$self: {own!r}")


TITLED = OPENAPI.replace("title: t", "title: TITLE")


def put(home: Path, place: str, text: str) -> None:
    (home / place).parent.mkdir(parents=True, exist_ok=True)
    (home / place).write_text(text)


def titles(found: Opened) -> dict[str, str]:
    """What each source turned out to be, by the title it has."""
    assert found.documents is not None, found.problems
    return {
        name: each.title if isinstance(each, Api)
        else each.description.info.title if isinstance(each, Documents)
        else f"{type(each).__name__} {getattr(each, 'reason', '')}"
        for name, each in found.documents.sources.items()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("own", "title"),
    [
        ("", "beside"),
        ("flow.arazzo.yaml", "beside"),
        ("../flows/flow.yaml", "flows"),
        ("other/flow.yaml#part", "other"),
        ("https://docs.test/arazzo/flow.yaml", "beside"),
        ("urn:docs:flow", "beside"),
        ("#part", "beside"),
    ],
)
def test_relative_urls_count_from_what_a_document_calls_itself(
    home: Path, own: str, title: str
) -> None:
    """DOC-6, DOC-7: a relative `$self` is seen from where the document is; a file may mirror a URL."""
    for folder, name in (("arazzo", "beside"), ("flows", "flows"), ("arazzo/other", "other")):
        put(home, f"docs/{folder}/api.yaml", TITLED.replace("TITLE", name))
    text = arazzo("api.yaml")
    found = opened(home, self_named(own, text) if own else text)
    assert titles(found) == {"api": title}
    assert codes(found) == (["self-fragment"] if "#" in own else [])


def test_what_is_beside_the_document_and_not_where_its_self_says_is_found_with_a_word(
    home: Path,
) -> None:
    """DOC-7"""
    put(home, "docs/arazzo/api.yaml", OPENAPI)
    found = opened(home, self_named("../flows/flow.yaml", arazzo("api.yaml")))
    (problem,) = found.problems
    assert problem.code == "source-elsewhere"
    assert "not where its `$self` says" in problem.message


@pytest.mark.parametrize("own", ["../../../x.yaml", "/etc/x.yaml", "../../../../../etc/x", "//a/b"])
def test_no_self_leads_out_of_the_workspace(home: Path, own: str) -> None:
    for url in ("secret.yaml", "passwd", "../secret.yaml"):
        found = opened(home, self_named(own, arazzo(url)))
        assert isinstance(source(found), Unavailable)
        assert SECRET not in written(found)
        assert "root:" not in written(found)


ODD = [
    "http://[", "//[", "http://[x]/", "a\0b", "", "#", ":", "http:", "urn:", "file:///", "%", "..", "/",
    "\\", "x" * 5000, "http://a b/", "//", "?", "http://x\u2100y/", "file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("own", ODD)
def test_whatever_stands_as_self_or_url_a_document_opens(home: Path, own: str) -> None:
    def fetch(url: str) -> bytes:
        if url != "https://docs.test/a/flow.yaml":
            raise CannotRead(f"is not at {url}")
        return text.encode()

    for url in ODD:
        text = self_named("OWN", arazzo("URL"))
        text = text.replace("'OWN'", json.dumps(own)).replace("'URL'", json.dumps(url))
        for found in (opened(home, text), Workspace(fetch).open("https://docs.test/a/flow.yaml")):
            assert not isinstance(source(found), Api)
            assert "root:" not in written(found)


def test_an_absolute_self_is_the_base_of_a_document_at_a_url() -> None:
    """DOC-7: and where that has nothing, its neighbours where it was read are taken, with a word."""
    flow = self_named("https://docs.test/flows/flow.yaml", arazzo("../api.yaml"))
    served = {"https://mirror.test/a/b/flow.yaml": flow, "https://docs.test/api.yaml": OPENAPI}

    def fetch(url: str) -> bytes:
        if url not in served:
            raise CannotRead(f"is not at {url}")
        return served[url].encode()

    found = Workspace(fetch).open("https://mirror.test/a/b/flow.yaml")
    assert isinstance(source(found), Api)
    assert source(found).base == "https://docs.test/api.yaml"
    assert found.problems == ()
    served["https://mirror.test/a/api.yaml"] = served.pop("https://docs.test/api.yaml")
    found = Workspace(fetch).open("https://mirror.test/a/b/flow.yaml")
    assert source(found).base == "https://mirror.test/a/api.yaml"
    assert codes(found) == ["source-elsewhere"]


BY_NAME = "https://docs.test/other"


def test_a_document_is_named_by_what_it_calls_itself_before_all_locations(home: Path) -> None:
    """DOC-8, DOC-9, DOC-12: nothing is fetched, in whatever order the documents are named."""
    other = self_named(BY_NAME, arazzo("api.yaml")).replace("title: t", "title: other")
    put(home, "docs/arazzo/api.yaml", TITLED.replace("TITLE", "api"))
    put(home, "docs/arazzo/elsewhere/other.yaml", other.replace("api.yaml", "../api.yaml"))
    for first, second in ((BY_NAME, "elsewhere/other.yaml"), ("elsewhere/other.yaml", BY_NAME)):
        more = f"  - {{name: again, url: '{second}', type: arazzo}}"
        step = "{stepId: s, workflowId: $sourceDescriptions.api.flow}"
        found = opened(home, arazzo(first, step, more=more, kind="arazzo"))
        assert titles(found) == {"api": "other", "again": "other"}
        assert source(found) is source(found, "again")
        assert found.problems == ()
        assert planned(found, "flow").plan is not None


def test_a_name_counts_among_all_that_is_reached_from_a_document(home: Path) -> None:
    """DOC-8: all documents are read before a reference of any of them is looked up."""
    put(
        home,
        "docs/arazzo/first.yaml",
        arazzo(BY_NAME, kind="arazzo").replace("title: t", "title: first"),
    )
    put(home, "docs/arazzo/second.yaml", arazzo("third.yaml", kind="arazzo"))
    third = self_named(BY_NAME, arazzo("api.yaml")).replace("title: t", "title: third")
    put(home, "docs/arazzo/third.yaml", third)
    put(home, "docs/arazzo/api.yaml", OPENAPI)
    more = "  - {name: next, url: second.yaml, type: arazzo}"
    found = opened(home, arazzo("first.yaml", more=more, kind="arazzo"))
    first = source(found)
    assert isinstance(first, Documents)
    assert isinstance(first.sources["api"], Documents)
    assert first.sources["api"].description.info.title == "third"
    assert found.problems == ()


def test_documents_that_are_handed_over_together_know_each_other(home: Path) -> None:
    """DOC-8, DOC-9"""
    put(home, "docs/api.yaml", OPENAPI)
    put(home, "docs/other.yaml", self_named(BY_NAME, arazzo("api.yaml")))
    text = arazzo(BY_NAME, kind="arazzo")
    assert isinstance(source(opened(home, text)), Unavailable)
    workspace = Workspace()
    workspace.know(
        [str(home / "docs" / "arazzo" / "flow.arazzo.yaml"), str(home / "docs" / "other.yaml")]
    )
    assert isinstance(source(opened(home, text, workspace)), Documents)


def test_a_name_that_is_a_urn_is_one(home: Path) -> None:
    """DOC-9"""
    put(home, "docs/arazzo/other.yaml", self_named("urn:docs:other", arazzo("api.yaml")))
    put(home, "docs/arazzo/api.yaml", OPENAPI)
    more = "  - {name: again, url: other.yaml, type: arazzo}"
    found = opened(home, arazzo("urn:docs:other", more=more, kind="arazzo"))
    assert source(found) is source(found, "again")


def test_of_two_with_one_name_the_first_has_it(home: Path) -> None:
    for name in ("one", "two"):
        text = self_named(BY_NAME, arazzo("api.yaml")).replace("title: t", f"title: {name}")
        put(home, f"docs/arazzo/{name}.yaml", text)
    put(home, "docs/arazzo/api.yaml", OPENAPI)
    more = "\n".join(f"  - {{name: {each}, url: {each}.yaml}}" for each in ("one", "two"))
    found = opened(home, arazzo(BY_NAME, more=more, kind="arazzo"))
    assert titles(found) == {"api": "one", "one": "one", "two": "two"}


def test_what_an_api_description_refers_to_counts_from_itself(home: Path) -> None:
    """DOC-11, SRV-1: never from the `$self` of an Arazzo document, and by OpenAPI 3.2's own `$self`."""
    paths = """
  /two: {$ref: "parts.yaml#/two"}
  /three: {$ref: "https://api.test/more#/three"}
"""
    api_text = OPENAPI.replace("http://api.test", "./v1") + paths
    put(home, "docs/openapi/api.yaml", api_text)
    put(home, "docs/openapi/parts.yaml", "two: {get: {operationId: two, responses: {}}}")
    put(home, "docs/arazzo/parts.yaml", "two: {get: {operationId: wrong, responses: {}}}")
    more = "openapi: 3.2.0\n$self: https://api.test/more\npaths: {}\nthree: {get: {operationId: three}}"
    put(home, "docs/openapi/more.yaml", more)
    text = self_named("https://docs.test/arazzo/flow.yaml", arazzo(
        "../openapi/api.yaml", more="  - {name: more, url: ../openapi/more.yaml}"
    ))  # fmt: skip
    api = source(opened(home, text))
    assert isinstance(api, Api)
    assert {entry.id for entry in api.operations()} == {"one", "two", "three"}
    one = api.by_id("one")
    assert one is not None
    assert one.base == (home / "docs" / "openapi" / "api.yaml").as_posix()


# ------------------------------------------------------------------------------- nothing there

HIGHLIGHT = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions:
  - {name: ingestion, url: ../openapi/gone-from-here.yml, type: openapi}
workflows:
  - workflowId: flow
    steps:
      - stepId: initializeSession
        operationId: initializeSession
        requestBody: {payload: {query: "mutation { a }", variables: {id: $inputs.id}}}
      - {stepId: look, operationPath: "{$sourceDescriptions.ingestion.url}#/paths/~1a~1{b}/delete"}
      - {stepId: short, operationPath: PUT /things}
      - {stepId: plain, operationId: listThings}
"""


def test_a_document_without_its_description_runs_with_a_base_url(home: Path) -> None:
    found = opened(home, HIGHLIGHT)
    assert codes(found) == ["source-unavailable"]
    assert "--server ingestion=URL" in found.problems[0].hint
    made = planned(found, "flow").plan
    assert made is not None
    assert missing_servers(made, {}) == ("ingestion",)
    assert missing_servers(made, {"ingestion": ServerChoice("http://x.test", "me")}) == ()
    targets = [step.target for step in made.first.steps]
    assert [
        (each.operation.method, each.operation.path, each.assumed)
        for each in targets
        if isinstance(each, CallOperation)
    ] == [
        ("POST", "", True),
        ("DELETE", "/a/{b}", True),
        ("PUT", "/things", True),
        ("GET", "", True),
    ]


@pytest.mark.parametrize(
    ("kind", "cure"), [("openapi", True), ("", True), ("arazzo", False), ("asyncapi", False)]
)
def test_a_base_url_is_asked_for_what_has_one(home: Path, kind: str, cure: bool) -> None:
    """A-53, ASY-9: and operations are assumed of nothing else."""
    found = opened(home, arazzo("gone.yaml", kind=kind or "''"))
    (problem,) = found.problems
    assert problem.hint.startswith("give its base URL" if cure else "looked at")
    content = source(found)
    assert isinstance(content, Unavailable)
    assert bool(content.operations) == cure
    assert (planned(found, "flow").plan is not None) == cure


def test_the_places_that_were_looked_at_are_told(home: Path) -> None:
    content = source(opened(home, HIGHLIGHT), "ingestion")
    assert isinstance(content, Unavailable)
    assert content.looked[0] == str(home / "docs" / "openapi" / "gone-from-here.yml")


SEED = Path(__file__).parents[3] / "shared" / "seed"
DOCUMENT = "highlight-io-session-track-event-workflow.yml"


@pytest.mark.skipif(not (SEED / DOCUMENT).is_file(), reason=f"no document at {SEED / DOCUMENT}")
def test_the_first_document_opens_and_runs_without_its_description(tmp_path: Path) -> None:
    folder = tmp_path / "somewhere" / "arazzo"
    folder.mkdir(parents=True)
    (folder / DOCUMENT).write_bytes((SEED / DOCUMENT).read_bytes())
    found = Workspace().open(str(folder / DOCUMENT))
    assert found.description is not None
    (workflow,) = found.description.workflows
    result = planned(found, workflow.workflow_id)
    assert result.plan is not None, result.problems
    assert len(missing_servers(result.plan, {})) == 1
    assert {
        (step.target.operation.method, step.target.operation.path, step.target.assumed)
        for step in result.plan.first.steps
        if isinstance(step.target, CallOperation)
    } == {("POST", "", True)}


# ------------------------------------------------------------------------------- the workspace


def test_the_workspace_is_the_repository(home: Path) -> None:
    assert workspace_root(home / "docs" / "arazzo") == home
    assert workspace_root(home) == home


def test_without_a_repository_it_is_the_folder_above(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    assert workspace_root(folder) == tmp_path / "a" / "b"
    (tmp_path / "a" / "b" / "x.yaml").touch()
    (tmp_path / "a" / "x.yaml").touch()
    assert locate("../x.yaml", folder / "d.yaml") == Located(tmp_path / "a" / "b" / "x.yaml")


@pytest.mark.parametrize("here", [".", "down"])
def test_what_holds_all_of_a_persons_files_is_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    """Neither as a repository, such as of settings, nor because one stands in it."""
    monkeypatch.setenv("HOME", str(tmp_path / "kim"))
    folder = tmp_path / "kim" / "down" / "load"
    folder.mkdir(parents=True)
    (tmp_path / "kim" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "kim" / here)
    assert workspace_root(folder) == tmp_path / "kim" / "down"
    assert workspace_root(folder.parent) == tmp_path / "kim" / "down"
    assert workspace_root(folder.parent.parent) == tmp_path / "kim"


def test_a_reference_that_is_not_read_says_why(home: Path) -> None:
    parts = """
  /two: {$ref: "../../../secret.yaml#/paths/~1one"}
  /four: {$ref: "file:///etc/passwd"}
  /five: {$ref: "http://evil.test/x.yaml#/a"}
  /six: {$ref: "gone.yaml#/a"}
  /seven: {$ref: "a\\0b.yaml#/a"}
"""
    (home / "docs" / "arazzo" / "api.yaml").write_text(OPENAPI + parts)
    said = written(opened(home, arazzo("api.yaml")))
    assert f"is not read: it is outside the workspace {home}" in said
    assert "is not read: it is at no http(s) URL" in said
    assert "is not read: is at http://evil.test/x.yaml, which is not fetched unasked" in said
    assert "there is no such file" in said


def test_a_document_is_known_by_one_address(tmp_path: Path) -> None:
    path = str(tmp_path / "a.yaml")
    assert address_of(str(tmp_path / "x" / ".." / "a.yaml")) == path
    assert address_of("HTTPS://docs.test/../a.yaml") == "HTTPS://docs.test/../a.yaml"
