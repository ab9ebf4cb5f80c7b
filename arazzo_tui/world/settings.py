"""The settings file of a project, `arazzo-tui.yaml`: base URLs, operations, who holds which credential, TLS.

Answers of a person are kept in it and can be edited there. It is looked for beside a document and in the
folders above, up to the root of its workspace. Secrets never stand in it: it names environment variables.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.marked import Node
from arazzo_tui.document.shape import Report, is_object, known_fields
from arazzo_tui.document.source import Mark, Problem, Severity, Source
from arazzo_tui.engine.credentials import SchemeKey, origin_of
from arazzo_tui.engine.marked import BadPlace, read_place
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.world.assume import read_method_and_path
from arazzo_tui.world.bundled import DEMO_DOCUMENT
from arazzo_tui.world.credentials import PREFIX, Variable, variable_name
from arazzo_tui.world.given import wrong_with_url
from arazzo_tui.world.locate import workspace_root
from arazzo_tui.world.network import Network
from arazzo_tui.world.reading import CannotRead, read_file
from arazzo_tui.world.settings_network import FIELDS, Around, read_network
from arazzo_tui.world.settings_text import CannotEdit, with_entry
from arazzo_tui.world.state import Given, replace_file
from arazzo_tui.world.workspace import is_url

FILE_NAME = "arazzo-tui.yaml"

_LARGEST = 1024 * 1024
_HEADER = """\
# Settings of arazzo-tui for the documents in this folder and below. Edit them as you like.
# No secrets belong here: `credentials` name environment variables.
"""
_SECTION = frozenset({"servers", "operations", "credentials", "secrets"})


class ProjectSettings(Struct, frozen=True):
    """What the settings file says of one document.

    `path` is where the file is, or where it would be made; None for a document that has none, such as
    one at a URL. `document` is its name in the file. Everything is empty where `problems` hold an error.
    """

    path: Path | None = None
    document: str = ""
    servers: Mapping[str, Given] = {}
    operations: Mapping[str, Given] = {}
    variables: Mapping[SchemeKey, Variable] = {}
    secrets: tuple[str, ...] = ()
    network: Network = Network()
    problems: tuple[Problem, ...] = ()

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """The mistakes that keep it from being used."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)


def settings_of(address: str) -> ProjectSettings:
    """The settings of the document at an absolute path or URL; raises nothing."""
    if is_url(address) or _is_bundled(Path(address)):
        return ProjectSettings()
    document = Path(address)
    root = workspace_root(document.parent)
    path = _found(document.parent, root) or document.parent / FILE_NAME
    name = Path(os.path.relpath(document, path.parent)).as_posix()
    empty = ProjectSettings(path, name)
    if not os.path.lexists(path):
        return empty
    try:
        node, problems = _loaded(path, root)
    except CannotRead as wrong:
        return replace(empty, problems=(Problem("settings", str(wrong)),))
    report = Report(problems=list(problems))
    around = Around(path.parent, root)
    read = _read(node, name, around, report) if node is not None else empty
    found = replace(read, path=path, document=name, problems=tuple(report.problems))
    return replace(empty, problems=found.problems) if found.wrong else found


def _is_bundled(document: Path) -> bool:
    return DEMO_DOCUMENT.parent.parent in document.parents


def _found(folder: Path, root: Path) -> Path | None:
    """The nearest settings file, from a folder up to the root of its workspace."""
    for each in (folder, *folder.parents):
        if os.path.lexists(each / FILE_NAME):
            return each / FILE_NAME
        if each == root or root not in each.parents:
            return None
    return None


def _loaded(path: Path, root: Path) -> tuple[Node | None, tuple[Problem, ...]]:
    """The root of the file; None when it says nothing, or its problems say why not."""
    if Path(os.path.realpath(root)) not in Path(os.path.realpath(path)).parents:
        raise CannotRead(
            f"{one_line(str(path))} leads out of {one_line(str(root))}; it is not read"
        )
    data = read_file(path, _LARGEST)
    if all(not line.strip() or line.lstrip().startswith(b"#") for line in data.splitlines()):
        return None, ()
    source, problems = read_text(_shown(path), data)
    if source is None:
        return None, problems
    node, more = load(source)
    return node, (*problems, *more)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if here in path.parents else str(path)


# ------------------------------------------------------------------------------- reading


def _read(node: Node, document: str, around: Around, report: Report) -> ProjectSettings:
    """What the file says for every document, and over it what it says for this one."""
    if not is_object(node, "the settings file", report):
        return ProjectSettings()
    known_fields(node, _SECTION | FIELDS | {"documents"}, "the settings file", report)
    network = read_network(node, around, report)
    whole = replace(_section(node, report), network=network)
    documents = node.get("documents")
    if documents is None or documents.value is None:
        return whole
    if is_object(documents, "`documents`", report):
        for name, each in documents.members():
            same = os.path.normpath(name) == os.path.normpath(document)
            if same and each.value is not None and is_object(each, "a document's entry", report):
                known_fields(each, _SECTION, "a document's entry", report)
                whole = _over(whole, _section(each, report))
    return whole


def _over(whole: ProjectSettings, own: ProjectSettings) -> ProjectSettings:
    return replace(
        whole,
        servers={**whole.servers, **own.servers},
        operations={**whole.operations, **own.operations},
        variables={**whole.variables, **own.variables},
        secrets=tuple(dict.fromkeys((*whole.secrets, *own.secrets))),
    )


def _section(node: Node, report: Report) -> ProjectSettings:
    return ProjectSettings(
        servers=dict(_answers(node, "servers", "url", wrong_with_url, report)),
        operations=dict(_answers(node, "operations", "call", _wrong_with_call, report)),
        variables=dict(_variables(node.get("credentials"), report)),
        secrets=tuple(_secrets(node.get("secrets"), report)),
    )


def _wrong_with_call(text: str) -> str:
    try:
        read_method_and_path(text)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _members(node: Node | None, what: str, report: Report) -> Iterator[tuple[str, Node]]:
    """The members of an object that may be left empty; anything else is reported."""
    if node is not None and node.value is not None and is_object(node, what, report):
        yield from node.members()


def _answers(
    section: Node, name: str, field_name: str, wrong_with: Callable[[str], str], report: Report
) -> Iterator[tuple[str, Given]]:
    """Texts by name: `name: text`, or the text as a field beside the day it was answered."""
    for key, node in _members(section.get(name), f"`{name}`", report):
        text, when = node, ""
        if isinstance(node.value, dict):
            known_fields(node, frozenset({field_name, "answered"}), f"an entry of `{name}`", report)
            day = node.get("answered")
            when = day.value if day and isinstance(day.value, str) else ""
            text = node.get(field_name) or node
        if not isinstance(text.value, str):
            said = f"{quoted_name(key)} has no {field_name}: write `{field_name}` and a text"
            report.error("settings", said, node.mark)
        elif wrong := wrong_with(text.value):
            report.error("settings", wrong, text.mark)
        else:
            place = FILE_NAME if when else f"{FILE_NAME}, line {text.mark.line}"
            yield key, Given(text.value, one_line(when, 20), place)


def _variables(node: Node | None, report: Report) -> Iterator[tuple[SchemeKey, Variable]]:
    for source, schemes in _members(node, "`credentials`", report):
        for scheme, each in _members(schemes, f"the credentials of {quoted_name(source)}", report):
            if not isinstance(each.value, dict):
                # Whatever stands there may be a secret: its line is not shown.
                hidden = Mark(Source(each.source.name, ""), each.line, each.column)
                cure = f"name a variable that holds it: `{scheme}: {{env: {PREFIX}…}}`"
                report.error("settings-secret", "credentials are never written here", hidden, cure)
                continue
            known_fields(each, frozenset({"env", "keyring", "origins"}), "a credential", report)
            name, origins = _env(each, report), tuple(_origins(each, report))
            entry = _keyring(each, (source, scheme), report)
            if name or origins or entry:
                yield (source, scheme), Variable(name, origins, entry)


def _secrets(node: Node | None, report: Report) -> Iterator[str]:
    """The places of values that are secret: where they are, never what they are."""
    if node is None or node.value is None:
        return
    if not isinstance(node.value, list):
        report.error("settings", "`secrets` is a list of places", node.mark)
    for each in node.items():
        text = each.value if isinstance(each.value, str) else ""
        try:
            yield str(read_place(text))
        except BadPlace:
            # Whatever stands there may be a secret itself: neither it nor its line is shown.
            hidden = Mark(Source(each.source.name, ""), each.line, each.column)
            cure = "write `inputs.apiKey`, `steps.login.outputs.token` or "
            cure += "`steps.login.response.body#/data/token`"
            report.error("settings", "`secrets` lists places of values", hidden, cure)


def _env(node: Node, report: Report) -> str:
    return _name_of_ours(node, "env", "an environment variable", report)


def _keyring(node: Node, key: SchemeKey, report: Report) -> str:
    """The entry of the system's keyring; `true` stands for the one with the variable's name."""
    entry = node.get("keyring")
    if entry is None or entry.value is False:
        return ""
    if entry.value is True:
        return variable_name(key)
    return _name_of_ours(node, "keyring", "an entry", report)


def _name_of_ours(node: Node, field_name: str, what: str, report: Report) -> str:
    named = node.get(field_name)
    if named is None:
        return ""
    name = named.value if isinstance(named.value, str) else ""
    if name.startswith(PREFIX) and name.isascii() and name.isidentifier():
        return name
    # A file that came with a document must not reach for what is held there for others.
    said = f"`{field_name}` names {what} that begins with {PREFIX}"
    report.error("settings", said, Mark(Source(named.source.name, ""), named.line, named.column))
    return ""


def _origins(node: Node, report: Report) -> Iterator[str]:
    listed = node.get("origins")
    if listed is None:
        return
    if not isinstance(listed.value, list):
        report.error("settings", "`origins` is a list of URLs", listed.mark)
    for each in listed.items():
        if isinstance(each.value, str) and not wrong_with_url(each.value):
            yield origin_of(each.value)
        else:
            report.error("settings", "an origin is written https://api.example.com", each.mark)


# ------------------------------------------------------------------------------- writing


def keep(
    settings: ProjectSettings, servers: Mapping[str, Given], operations: Mapping[str, Given]
) -> str:
    """Put answers into the file; empty when they are there, else why it was left as it was.

    The file is read again just before, so that nothing somebody wrote since is lost, and replaced whole.
    """
    if settings.path is None:
        return "this document has no folder of its own"
    path = Path(os.path.realpath(settings.path))
    try:
        text = read_file(path, _LARGEST).decode("utf-8") if os.path.lexists(path) else _HEADER
        for kind, name_of_value, answers in (
            ("servers", "url", servers), ("operations", "call", operations),
        ):  # fmt: skip
            for name, given in answers.items():
                entry = ("documents", settings.document, kind, name)
                text = with_entry(text, (*entry, name_of_value), given.value)
                text = with_entry(text, (*entry, "answered"), given.when)
        replace_file(path, text, _mode(path))
    except (CannotRead, CannotEdit, UnicodeDecodeError) as wrong:
        return f"{FILE_NAME} was left alone: {wrong}"
    except OSError as wrong:
        return f"{FILE_NAME} cannot be written: {wrong.strerror or wrong}"
    return ""


def _mode(path: Path) -> int:
    """The rights of a file: as they are, and for a new one those of a file without secrets."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o644
