"""Opening an Arazzo document: the file or URL somebody named, and the sources it refers to.

Opening sends nothing and never fails: what cannot be read becomes a problem or an unavailable source, and
the document opens with it. Every file is read and parsed once.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from arazzo_tui.document.arazzo import Description, SourceDescription
from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.marked import Node
from arazzo_tui.document.openapi import read_api, what_it_is
from arazzo_tui.document.read import read_description
from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.plan import Documents, SourceContent, Unavailable
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.world.assume import assumed_operations
from arazzo_tui.world.locate import NotLocated, locate, workspace_root
from arazzo_tui.world.reading import CannotRead, expanded, read_file

_MOST_DOCUMENTS = 50

FetchBytes = Callable[[str], bytes]
"""The bytes at an http(s) URL; raises `CannotRead` with a sentence, also when that is not allowed."""


def not_fetched(url: str) -> bytes:
    """A `FetchBytes` for whoever may not use the network."""
    raise CannotRead(f"is at {one_line(url, 120)}, which is not fetched unasked")


def is_url(name: str) -> bool:
    """Whether a document is named by an http(s) URL and not by a path."""
    return name.lower().startswith(("http://", "https://"))


def address_of(name: str) -> str:
    """The URL or absolute path of a document that was named; what it is known by in all rooms."""
    return name if is_url(name) else os.path.normpath(expanded(name).absolute())


@dataclass(frozen=True, slots=True)
class Opened:
    """A document as it was found: `documents` is None when it is no Arazzo document we can read.

    `unreadable` is set when there was nothing to look at, not even text with mistakes in it.
    """

    name: str
    documents: Documents | None
    problems: tuple[Problem, ...] = ()
    unreadable: bool = False

    @property
    def description(self) -> Description | None:
        """The Arazzo description, when there is one."""
        return self.documents.description if self.documents else None


@dataclass(slots=True)
class Workspace:
    """Reads documents and their sources, each once."""

    fetch: FetchBytes = not_fetched
    strict: bool = False
    _loaded: dict[str, tuple[Node | None, tuple[Problem, ...]]] = field(default_factory=dict)
    _opened: dict[str, Opened] = field(default_factory=dict)

    def open(self, name: str) -> Opened:
        """Open the document a user named; relative paths count from the current folder."""
        return self._open(name, address_of(name))

    def _open(self, name: str, address: str) -> Opened:
        if address in self._opened:
            return self._opened[address]
        try:
            node, problems = self._load(name, address)
        except CannotRead as wrong:
            said = f"{one_line(name)} {wrong}" if is_url(address) else str(wrong)
            return Opened(name, None, (Problem("unreadable", said),), unreadable=True)
        if node is None:
            return Opened(name, None, problems)
        description, more = read_description(node, strict=self.strict)
        if description is None:
            return Opened(name, None, (*problems, *more))
        # Known before its sources are read, so that documents that name each other end here.
        sources: dict[str, SourceContent] = {}
        opened = Opened(name, Documents(description, sources), (*problems, *more))
        self._opened[address] = opened
        found: list[Problem] = []
        for source in description.source_descriptions:
            sources[source.name] = self._source(source, description, address, found)
        whole = Opened(name, opened.documents, (*problems, *more, *found))
        self._opened[address] = whole
        return whole

    def _load(self, name: str, address: str) -> tuple[Node | None, tuple[Problem, ...]]:
        if address not in self._loaded:
            if len(self._loaded) >= _MOST_DOCUMENTS:
                raise CannotRead(f"is one document too many; the limit is {_MOST_DOCUMENTS}")
            data = self.fetch(address) if is_url(address) else read_file(Path(address))
            source, problems = read_text(name, data)
            if source is None:
                self._loaded[address] = None, problems
            else:
                node, more = load(source)
                self._loaded[address] = node, (*problems, *more)
        return self._loaded[address]

    def _source(
        self,
        source: SourceDescription,
        description: Description,
        address: str,
        found: list[Problem],
    ) -> SourceContent:
        try:
            place = self._place(source, address, found)
            name = place if is_url(place) else _shown(place)
            node, problems = self._load(name, place)
        except CannotRead as wrong:
            return self._unavailable(source, description, str(wrong), (), found)
        except _NotThere as wrong:
            return self._unavailable(source, description, wrong.reason, wrong.looked, found)
        found.extend(each for each in problems if each not in found)
        if node is None:
            return self._unavailable(source, description, "cannot be read", (place,), found)
        return self._read_source(source, description, node, place, found)

    def _place(self, source: SourceDescription, address: str, found: list[Problem]) -> str:
        """The address of a source: a URL, or the path of a file; raises `_NotThere`."""
        if is_url(source.url):
            return source.url
        if is_url(address):
            return urljoin(address, source.url)
        located = locate(source.url, Path(address))
        if isinstance(located, NotLocated):
            raise _NotThere(located.reason, located.looked)
        if located.tolerance:
            message = f"the source {quoted_name(source.name)} was {located.tolerance}"
            found.append(self._dialect("source-elsewhere", message, source))
        return str(located.path)

    def _dialect(self, code: str, message: str, source: SourceDescription) -> Problem:
        severity = Severity.ERROR if self.strict else Severity.WARNING
        return Problem(code, message, source.mark, severity=severity, dialect=True)

    def _read_source(
        self,
        source: SourceDescription,
        description: Description,
        node: Node,
        place: str,
        found: list[Problem],
    ) -> SourceContent:
        root = node.value
        if isinstance(root, dict) and "arazzo" in root:
            opened = self._open(node.source.name, place)
            found.extend(each for each in opened.problems if each not in found)
            if opened.documents is not None:
                return opened.documents
            return self._unavailable(
                source, description, "is not readable as Arazzo", (place,), found
            )
        if source.type == "asyncapi" or (isinstance(root, dict) and "asyncapi" in root):
            return Unavailable("is an AsyncAPI description, whose steps are not executed", (place,))
        api, problems = read_api(source.name, node, _base(place), self._fetch_part(place))
        found.extend(problems)
        if api is None:
            return self._unavailable(source, description, f"is {what_it_is(node)}", (place,), found)
        return api

    def _fetch_part(self, place: str) -> Callable[[str], Node | None]:
        """What reads another document that a `$ref` names: one inside the workspace, or nothing."""

        def fetch(address: str) -> Node | None:
            try:
                if is_url(address):
                    return self._load(address, address)[0]
                if is_url(place) or "://" in address:
                    return None
                path = Path(os.path.normpath(address))
                root = workspace_root(Path(place).parent)
                if Path(os.path.realpath(root)) not in Path(os.path.realpath(path)).parents:
                    return None
                return self._load(_shown(str(path)), str(path))[0]
            except CannotRead:
                return None

        return fetch

    def _unavailable(
        self,
        source: SourceDescription,
        description: Description,
        reason: str,
        looked: tuple[str, ...],
        found: list[Problem],
    ) -> Unavailable:
        """A source that is not there: a warning with the cure, and operations assumed (A-53)."""
        places = "looked at " + ", ".join(_shown(each) for each in looked) if looked else ""
        cure = f"give its base URL: --server {source.name}=URL"
        message = f"the source {quoted_name(source.name)} ({one_line(source.url, 120)}) {reason}"
        hint = f"{cure}; {places}" if places else cure
        found.append(Problem("source-unavailable", message, source.mark, hint, Severity.WARNING))
        workflows = () if source.type in ("arazzo", "asyncapi") else description.workflows
        operations = assumed_operations(source.name, workflows)
        return Unavailable(reason, looked, operations)


class _NotThere(Exception):
    def __init__(self, reason: str, looked: tuple[str, ...]) -> None:
        self.reason = reason
        self.looked = looked
        super().__init__(reason)


def _base(place: str) -> str:
    return place if is_url(place) else place.replace(os.sep, "/")


def _shown(path: str) -> str:
    """A path as a person would write it here: relative when it is below the current folder."""
    here = Path.cwd()
    whole = Path(path)
    return str(whole.relative_to(here)) if here in whole.parents else path
