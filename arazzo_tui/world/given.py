"""Inputs and base URLs as a person gives them: texts and a file, made into values by the schema."""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.marked import Node, plain
from arazzo_tui.document.source import Problem, Severity, did_you_mean
from arazzo_tui.engine.address import join_url
from arazzo_tui.engine.inputs import BadValue, Field, fields, parse_value
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.engine.serialize import CannotSend
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Json
from arazzo_tui.world.assume import MethodAndPath, read_method_and_path
from arazzo_tui.world.locate import is_inside, workspace_root
from arazzo_tui.world.reading import CannotRead, expanded, read_file
from arazzo_tui.world.state import replace_file


class BadUsage(Exception):
    """Something on the command line, or in a file it names, that cannot be used; exit code 2."""


class GivenInputs(Struct, frozen=True):
    """Inputs before their schema is known: a file's values, and texts by name.

    `file` is where the values are from, as it was named.
    """

    values: Mapping[str, Json]
    texts: tuple[tuple[str, str], ...]
    file: str = ""

    def for_schema(self, schema: Json) -> Mapping[str, Json]:
        """The values, texts parsed by the declared types; raises `BadUsage` with every mistake."""
        known: dict[str, Field] = {field.name: field for field in fields(schema)}
        values = dict(self.values)
        typed = {name for name, _ in self.texts}
        wrong = [_outside(each, self) for each in known.values() if each.name not in typed]
        wrong = [each for each in wrong if each]
        for name, text in self.texts:
            field = known.get(name, Field(name, "json", required=False, declared=False))
            try:
                values[name] = parse_value(field, text)
            except BadValue as bad:
                wrong.append(f"-i {one_line(name)}: {bad}")
        if wrong:
            raise BadUsage("\n".join(wrong))
        return values


def _outside(field: Field, given: GivenInputs) -> str:
    """Why a file is not taken that an inputs file names: it came with the document, or may have."""
    path = given.values.get(field.name)
    if field.format != "binary" or not isinstance(path, str) or not path:
        return ""
    root = workspace_root(expanded(given.file or "x").absolute().parent)
    if is_inside(expanded(path).absolute(), root):
        return ""
    name, shown = one_line(field.name), one_line(path, 200)
    return (
        f"{name}: {shown} is outside {one_line(str(root))}, where an inputs file may take files "
        f"from; where that is meant, give -i {name}={shown}"
    )


def read_inputs(texts: Iterable[str], file: str) -> GivenInputs:
    """What `-i` and `--inputs` give; raises `BadUsage`."""
    pairs: list[tuple[str, str]] = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise BadUsage(f"-i takes NAME=VALUE; this is {quoted_name(text)}")
        pairs.append((name, value))
    return GivenInputs(inputs_from_file(file) if file else {}, tuple(pairs), file)


def inputs_from_file(name: str) -> Mapping[str, Json]:
    """The object in a JSON or YAML file; raises `BadUsage` with place and reason."""
    try:
        data = read_file(expanded(name))
    except CannotRead as wrong:
        raise BadUsage(str(wrong)) from None
    node = read_node(name, data)
    value = plain(node.value)
    if not isinstance(value, dict):
        problem = Problem("wrong-type", "inputs are an object: names and their values", node.mark)
        raise BadUsage(str(problem))
    return value


def read_node(name: str, data: bytes) -> Node:
    """What the bytes of a JSON or YAML file hold; raises `BadUsage` with every mistake at its place."""
    source, problems = read_text(name, data)
    node, more = load(source) if source is not None else (None, ())
    errors = [each for each in (*problems, *more) if each.severity is Severity.ERROR]
    if node is None or errors:
        raise BadUsage("\n".join(str(each) for each in errors) or f"{one_line(name)} is empty")
    return node


def read_folder(name: str) -> str:
    """The folder that `--workspace` opens to documents, empty for none; raises `BadUsage`."""
    if not name:
        return ""
    folder = expanded(name).absolute()
    if not folder.is_dir():
        raise BadUsage(f"--workspace: {quoted_name(name)} is no folder")
    return str(folder)


def read_servers(texts: Iterable[str], known: Iterable[str]) -> Mapping[str, ServerChoice]:
    """What `--server` gives, by source name; raises `BadUsage` for a name or URL that cannot be."""
    names = tuple(known)
    found: dict[str, ServerChoice] = {}
    for text in texts:
        name, equals, url = text.partition("=")
        if not equals:
            raise BadUsage(f"--server takes NAME=URL; this is {quoted_name(text)}")
        if name not in names:
            hint = did_you_mean(name, names) or "it has none"
            raise BadUsage(
                f"--server: there is no source {quoted_name(name)} in the document; {hint}"
            )
        wrong = wrong_with_url(url)
        if wrong:
            raise BadUsage(f"--server {one_line(name)}: {wrong}")
        found[name] = ServerChoice(url, f"--server {name}")
    return found


def wrong_with_url(url: str) -> str:
    """What is wrong with a base URL; empty when it can be used."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as wrong:
        return f"{quoted_name(url)} is no URL: {wrong}"
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or not port_is_fine:
        return (
            f"{quoted_name(url)} is no absolute http(s) URL, such as http://localhost:8082/public"
        )
    try:
        join_url(url, "")
    except CannotSend as wrong:
        return str(wrong)
    return ""


def read_operations(texts: Iterable[str]) -> Mapping[str, MethodAndPath]:
    """What `--operation` gives, by the text a step names its operation with; raises `BadUsage`."""
    found: dict[str, MethodAndPath] = {}
    for text in texts:
        name, equals, said = text.partition("=")
        try:
            if not equals:
                raise ValueError(f"write ID='POST /path'; this is {quoted_name(text)}")
            found[name] = read_method_and_path(said)
        except ValueError as wrong:
            raise BadUsage(f"--operation: {wrong}") from None
    return found


def save_values(name: str, values: Mapping[str, Json], secret: Collection[str]) -> str:
    """Write inputs to a file as JSON, secrets left out; a sentence that says how it went."""
    kept = {key: value for key, value in values.items() if key not in secret}
    said = save_text(name, write_json(kept, indent=2) + "\n")
    left_out = secret and said.startswith("saved")
    return f"{said}, without {', '.join(sorted(secret))}" if left_out else said


def save_text(name: str, text: str) -> str:
    """Write a text to a file, whole or not at all; a sentence that says how it went."""
    path = expanded(name)
    try:
        replace_file(path, text)
    except OSError as wrong:
        return f"not saved: {one_line(str(path))}: {wrong.strerror or wrong}"
    return f"saved to {one_line(str(path))}"
