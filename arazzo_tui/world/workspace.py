"""Opening an Arazzo document: the file or URL somebody named, and the sources it refers to.

Opening sends nothing and never fails: what cannot be read becomes a problem or an unavailable source, and
the document opens with it. Every file is read and parsed once, and all of them before any reference is
looked up, because a document may be named by what it calls itself, its `$self` (DOC-8, DOC-9).
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui.document.arazzo import Description, SourceDescription
from arazzo_tui.document.asyncapi import is_async_api, read_async_api
from arazzo_tui.document.load import Load, load, read_text
from arazzo_tui.document.marked import Node
from arazzo_tui.document.openapi import read_api, what_it_is
from arazzo_tui.document.read import read_description
from arazzo_tui.document.refs import BadReference, is_absolute, resolve_reference
from arazzo_tui.document.source import Problem, Severity
from arazzo_tui.engine.plan import Documents, GraphQLText, ReadGraphQL, SourceContent, Unavailable
from arazzo_tui.language.jsontext import collector_paused
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.world.assume import assumed_operations
from arazzo_tui.world.locate import CURE, Located, NotLocated, is_inside, locate, workspace_root
from arazzo_tui.world.reading import CannotRead, NotFetched, expanded, read_file

_MOST_DOCUMENTS = 50

FetchBytes = Callable[[str], bytes]
"""The bytes at an http(s) URL; raises `CannotRead` with a sentence, also when that is not allowed."""

Refers = Callable[[str, str], None]
"""Told a URL before it is fetched, and the address of the document that refers to it."""


def not_fetched(url: str) -> bytes:
    """A `FetchBytes` for whoever may not use the network."""
    raise NotFetched(f"is at {one_line(url, 120)}, which is not fetched unasked")


def unheard(url: str, by: str) -> None:
    """A `Refers` for whoever needs no documents to know what may be fetched."""


def is_url(name: str) -> bool:
    """Whether a document is named by an http(s) URL and not by a path."""
    return name.lower().startswith(("http://", "https://"))


def address_of(name: str) -> str:
    """The URL or absolute path of a document that was named; what it is known by in all rooms."""
    return name if is_url(name) else os.path.normpath(expanded(name).absolute())


class Opened(Struct, frozen=True):
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


class Workspace(Struct):
    """Reads documents and their sources, each once.

    With `graphql_steps` steps with `graphqlOperation` can be planned, which Arazzo 1.2 may have.
    """

    fetch: FetchBytes = not_fetched
    strict: bool = False
    graphql_steps: bool = False
    refers: Refers = unheard
    also: str = ""
    """A folder that the user opened to all documents."""
    parse: Load = load
    _loaded: dict[str, tuple[Node | None, tuple[Problem, ...]]] = {}
    _opened: dict[str, Opened] = {}
    _named: dict[str, str] = {}
    """The addresses of the documents that have a `$self`, by what it makes of them (DOC-9)."""
    _most: int = 0
    """How many documents may be loaded: what is asked for is never too much, what it leads to may be."""
    _failed: dict[str, CannotRead] = {}
    _searched: dict[tuple[str, str], Located | NotLocated] = {}

    def open(self, name: str) -> Opened:
        """Open the document a user named; relative paths count from the current folder."""
        with collector_paused():
            self.know([name])
            return self._open(name, address_of(name))

    def give(self, name: str, data: bytes) -> None:
        """The bytes of a document that is nowhere to be read, such as what came on stdin.

        It stands in the current folder, under a name of its own.
        """
        source, problems = read_text(name, data)
        node, more = self.parse(source) if source is not None else (None, ())
        self._loaded[address_of(name)] = node, (*problems, *more)

    def know(self, names: Iterable[str]) -> None:
        """Read documents that are handed over together, and those they name by a relative URL (DOC-8).

        They can then be named by their `$self`, in whatever order. What is wrong with them is said when
        they are opened.
        """
        self._failed.clear()
        self._searched.clear()
        waiting = [(name, address_of(name), "") for name in names]
        self._most = len(self._loaded) + len(waiting) + _MOST_DOCUMENTS
        met: set[str] = set()
        for name, address, by in waiting:
            if address in met:
                continue
            met.add(address)
            try:
                node, _ = self._load(name, address, by)
            except CannotRead:
                continue
            waiting += self._beside(node, address) if node is not None else ()

    def files(self) -> tuple[str, ...]:
        """The paths of all that was read, for whoever watches whether it changes."""
        return tuple(address for address in self._loaded if not is_url(address))

    def _beside(self, node: Node, address: str) -> Iterator[tuple[str, str, str]]:
        """Names and addresses of the sources that a document names by a relative URL and that are there.

        Each with the address of the document.
        """
        if not isinstance(node.value, dict) or "arazzo" not in node.value:
            return
        own, listed = node.get("$self"), node.get("sourceDescriptions")
        written = own.value if own is not None and isinstance(own.value, str) else ""
        for each in listed.items() if listed is not None else ():
            members = each.value if isinstance(each.value, dict) else {}
            url = members.get("url")
            if not isinstance(url, str) or is_absolute(url) or members.get("type") == "graphql":
                continue
            place, _ = self._place(url, written, address)
            if isinstance(place, str) and is_url(place) == is_url(address):
                yield (place if is_url(place) else _shown(place)), place, address

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
        reader: ReadGraphQL | None = None
        if self.graphql_steps:
            from arazzo_tui.graphql.steps import read_definitions

            reader = read_definitions
        opened = Opened(name, Documents(description, sources, reader), (*problems, *more))
        self._opened[address] = opened
        found: list[Problem] = []
        for source in description.source_descriptions:
            sources[source.name] = self._source(source, description, address, found)
        whole = Opened(name, opened.documents, (*problems, *more, *found))
        self._opened[address] = whole
        return whole

    def _load(
        self, name: str, address: str, by: str = "", *, graphql: bool = False
    ) -> tuple[Node | None, tuple[Problem, ...]]:
        """The root of a document; that of a GraphQL text is the text.

        `by` is the address of the document that refers to it; empty for one that a person named.
        """
        if address in self._failed:
            raise self._failed[address]
        if address not in self._loaded:
            if len(self._loaded) >= self._most:
                raise CannotRead(f"is one document too many; the limit is {_MOST_DOCUMENTS}")
            if is_url(address) and not _has_host(address):
                raise CannotRead("is no URL that can be fetched")
            if by and is_url(address):
                self.refers(address, by)
            try:
                data = self.fetch(address) if is_url(address) else read_file(Path(address))
            except NotFetched:
                raise
            except CannotRead as wrong:
                self._failed[address] = wrong
                raise
            source, problems = read_text(name, data)
            if source is None:
                self._loaded[address] = None, problems
            elif graphql:
                self._loaded[address] = Node(source, source.text, 1, 1), problems
            else:
                node, more = self.parse(source)
                self._loaded[address] = node, (*problems, *more)
                self._name(node, address)
        return self._loaded[address]

    def _name(self, node: Node | None, address: str) -> None:
        """Keep what a document calls itself; of several with one name the first has it."""
        own = node.get("$self") if node is not None else None
        if own is not None and isinstance(own.value, str):
            self._named.setdefault(_base_of(own.value, address), address)

    def _source(
        self,
        source: SourceDescription,
        description: Description,
        address: str,
        found: list[Problem],
    ) -> SourceContent:
        place, tolerance = self._place(source.url, description.self_uri, address)
        if isinstance(place, NotLocated):
            return self._unavailable(source, description, place.reason, place.looked, found)
        graphql = source.type == "graphql"
        try:
            if not graphql:
                place, tolerance = self._mirrored(place, tolerance, source.url, address)
            name = place if is_url(place) else _shown(place)
            node, problems = self._load(name, place, address, graphql=graphql)
        except CannotRead as wrong:
            return self._unavailable(source, description, str(wrong), (), found)
        if tolerance:
            message = f"the source {quoted_name(source.name)} was {tolerance}"
            found.append(self._dialect("source-elsewhere", message, source))
        found.extend(each for each in problems if each not in found)
        if node is None:
            return self._unavailable(source, description, "cannot be read", (place,), found)
        if graphql:
            return GraphQLText(source.name, node.source)
        return self._read_source(source, description, node, place, found)

    def _place(self, url: str, own: str, address: str) -> tuple[str | NotLocated, str]:
        """The address that the `url` of a source means, and in words how, when not by the letter.

        `own` is the `$self` of the document, whose `address` is where it was read (DOC-7). A document of
        that name comes before all locations (DOC-9). What a file on disk calls itself at a URL, its
        neighbours are there too: those beside it are taken before any are fetched.
        """
        base = _base_of(own, address)
        whole = resolve_reference(base, url).partition("#")[0]
        if whole in self._named:
            return self._named[whole], ""
        if is_url(url):
            return url, ""
        if is_url(address):
            place = whole if is_url(whole) else resolve_reference(address, url)
            return (place if is_url(place) else NotLocated("names nothing at a URL")), ""
        if (url, address) not in self._searched:
            path = Path(base) if own and not is_absolute(base) else None
            self._searched[url, address] = locate(url, Path(address), path, self.also)
        located = self._searched[url, address]
        if isinstance(located, Located):
            return str(located.path), located.tolerance
        return (whole if is_url(whole) else located), ""

    def _mirrored(self, place: str, tolerance: str, url: str, address: str) -> tuple[str, str]:
        """The same place, or where the document was fetched from, when only there is such a source.

        A document is often read from a mirror, and its `$self` is where its neighbours were or will be.
        """
        near = resolve_reference(address, url) if is_url(address) else place
        if near == place or not is_url(near) or place in self._named.values():
            return place, tolerance
        try:
            self._load(place, place, address)
        except CannotRead as wrong:
            try:
                self._load(near, near, address)
            except CannotRead:
                raise wrong from None
            return near, f"found at {one_line(near, 120)}, not where the document's `$self` says"
        return place, tolerance

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
        if is_async_api(node):
            return read_async_api(source.name, node)
        api, problems = read_api(source.name, node, _base(place), self._fetch_part(place))
        found.extend(problems)
        if api is None:
            return self._unavailable(source, description, f"is {what_it_is(node)}", (place,), found)
        return api

    def _fetch_part(self, place: str) -> Callable[[str], Node | None]:
        """What reads another document that a `$ref` names; raises `BadReference` that says why not."""
        failed: dict[str, CannotRead] = {}

        def fetch(address: str) -> Node | None:
            if address not in failed:
                try:
                    return self._part(address, place)
                except CannotRead as wrong:
                    failed[address] = wrong
            named = f"the document {quoted_name(address)}, which a `$ref` names,"
            raise BadReference(f"{named} is not read: {failed[address]}")

        return fetch

    def _part(self, address: str, place: str) -> Node | None:
        """The root of a document that the one at `place` refers to: inside the workspace, or at a URL."""
        if address in self._named:
            return self._load(address, self._named[address])[0]
        if is_url(address):
            return self._load(address, address, place)[0]
        if is_url(place) or is_absolute(address):
            raise CannotRead("it is at no http(s) URL")
        path = Path(os.path.normpath(address))
        root = workspace_root(Path(place).parent)
        if not is_inside(path, root) and not (self.also and is_inside(path, Path(self.also))):
            raise CannotRead(f"it is outside the workspace {_shown(str(root))}{CURE}")
        return self._load(_shown(str(path)), str(path))[0]

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
        of_http = source.type not in ("arazzo", "asyncapi")  # only those have a base URL
        cure = f"give its base URL: --server {source.name}=URL" if of_http else ""
        message = f"the source {quoted_name(source.name)} ({one_line(source.url, 120)}) {reason}"
        hint = "; ".join(part for part in (cure, places) if part)
        found.append(Problem("source-unavailable", message, source.mark, hint, Severity.WARNING))
        workflows = description.workflows if of_http else ()
        operations = assumed_operations(source.name, workflows)
        return Unavailable(reason, looked, operations)


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _base_of(own: str, address: str) -> str:
    """The base URI of a document: its `$self`, seen from where it was read, or that (DOC-7)."""
    whole = own.partition("#")[0]
    return resolve_reference(_base(address), whole) if whole else _base(address)


def _base(place: str) -> str:
    return place if is_url(place) else place.replace(os.sep, "/")


def _shown(path: str) -> str:
    """A path as a person would write it here: relative when it is below the current folder."""
    here = Path.cwd()
    whole = Path(path)
    return str(whole.relative_to(here)) if here in whole.parents else path
