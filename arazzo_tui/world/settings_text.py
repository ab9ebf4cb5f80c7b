"""One entry set in the text of a settings file; every other line stays as somebody wrote it.

Only block YAML is edited, line by line, and only when the new text reads as what was meant; comments stay.
No file is touched here.
"""

import re
from collections.abc import Sequence

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Node, Object, plain
from arazzo_tui.document.source import Severity, Source
from arazzo_tui.language.values import Json

_PLAIN = re.compile(r"[A-Za-z_./][\w./:@%+~-]*(?<!:)|[A-Z]+ /[\w./%+~-]*|\d{4}-\d\d-\d\d", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "."})
_COMMENT = re.compile(r"\s+#[^\"'{}\[\]]*$")
_STEP = 2


class CannotEdit(ValueError):
    """A text whose shape is not that of a settings file, so that it is left as it is."""


def with_entry(text: str, path: Sequence[str], value: str) -> str:
    """The text with a string at a path of names, which are made where they are missing.

    Raises `CannotEdit` for a text that is no YAML in lines, or where something else stands in the way.
    """
    root = _root(text)
    expected = _expected(plain(root.value) if root else None, path, value)
    made = _edited(text, root, path, value)
    again = _root(made)
    if again is None or plain(again.value) != expected:
        raise CannotEdit("it is not written in the lines this program writes")
    return made


def _root(text: str) -> Node | None:
    """The root of a text; None when there is nothing in it but comments."""
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
        return None
    node, problems = load(Source("settings.yaml", text))
    if node is None or any(each.severity is Severity.ERROR for each in problems):
        raise CannotEdit("it has mistakes")
    return node


def _expected(root: Json, path: Sequence[str], value: str) -> Json:
    whole: dict[str, Json] = dict(root) if isinstance(root, dict) else {}
    at = whole
    for name in path[:-1]:
        inner = at.get(name)
        copy: dict[str, Json] = dict(inner) if isinstance(inner, dict) else {}
        at[name] = copy
        at = copy
    at[path[-1]] = value
    return whole


def _edited(text: str, root: Node | None, path: Sequence[str], value: str) -> str:
    """The text with the entry put in, not yet looked at again."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    parent, node, depth = None, root, 0
    while depth < len(path) and node is not None and (inner := node.get(path[depth])) is not None:
        parent, node, depth = node, inner, depth + 1
    if node is not None and isinstance(node.value, list):
        raise CannotEdit("there is a list where names are expected")
    if node is not None and isinstance(node.value, Object) and node.value:
        _insert(lines, node, _nested(path[depth:], value, _indent(lines, node)))
    elif parent is None:
        if node is not None and node.value not in (None, {}):
            raise CannotEdit("it holds no names")
        _append(lines, _nested(path, value, 0))
    else:
        _replace(lines, parent, path[depth - 1], path[depth:], value)
    return end.join(lines)


def _nested(path: Sequence[str], value: str, indent: int) -> list[str]:
    """The lines of an entry: a name a line, each further in, and the value after the last."""
    made = [f"{' ' * (indent + _STEP * at)}{_scalar(name)}:" for at, name in enumerate(path)]
    made[-1] += f" {_scalar(value)}"
    return made


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    """A character inside double quotes (YAML 1.2.2 §5.7), escaped where it could not be seen."""
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _indent(lines: Sequence[str], node: Node) -> int:
    """How far in the names of an object stand, which must be in lines of their own."""
    name, _ = next(iter(node.members()))
    mark = node.key_mark(name)
    if lines[mark.line - 1][: mark.column - 1].strip():
        raise CannotEdit("it has names in braces, in one line")
    return mark.column - 1


def _insert(lines: list[str], node: Node, entry: list[str]) -> None:
    """Put lines after the last one that belongs to an object."""
    name, _ = list(node.members())[-1]
    lines[_end(lines, node, name) : _end(lines, node, name)] = entry


def _append(lines: list[str], entry: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()
    lines += [*([""] if lines else []), *entry, ""]


def _replace(lines: list[str], parent: Node, name: str, rest: Sequence[str], value: str) -> None:
    """Put a value, or names below, in the place of what a name stood for."""
    indent = _indent(lines, parent)
    start, end = parent.key_mark(name).line - 1, _end(lines, parent, name)
    comment = _COMMENT.search(lines[start])
    entry = _nested((name, *rest), value, indent)
    entry[0] += comment.group() if comment else ""
    lines[start:end] = entry


def _end(lines: Sequence[str], parent: Node, name: str) -> int:
    """The number of the line after the last that belongs to a name; what is said below it stays below."""
    mark = parent.key_mark(name)
    last = mark.line
    for number in range(mark.line, len(lines)):
        text = lines[number].strip()
        if not text or text.startswith("#"):
            continue
        if len(lines[number]) - len(lines[number].lstrip()) < mark.column:
            break
        last = number + 1
    return last
