"""Reading the shape of a document: fields of the right type, nothing misspelt, nothing lost.

`Report` collects what is wrong; the functions take one field from a node and say so when it is not what
the specification asks for. They never raise: a document with mistakes still opens.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from arazzo_tui.document.marked import Node, Object
from arazzo_tui.document.source import Mark, Problem, Severity, did_you_mean, likeness_anew
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, brief, kind

_MOST_NOTES = 50


class Report(Struct):
    """Problems in the order they are found. `strict` refuses every tolerated dialect."""

    strict: bool = False
    problems: list[Problem] = []

    def __post_init__(self) -> None:
        likeness_anew()

    def error(self, code: str, message: str, mark: Mark | None, hint: str = "") -> None:
        """Something that cannot be run as it is written."""
        self.problems.append(Problem(code, message, mark, hint))

    def warning(self, code: str, message: str, mark: Mark | None, hint: str = "") -> None:
        """Something doubtful that is right by the letter, or does no harm."""
        self.problems.append(Problem(code, message, mark, hint, Severity.WARNING))

    def hint(self, code: str, message: str, mark: Mark | None, hint: str = "") -> None:
        """Something that may be meant as it is; it never makes a document unclean."""
        self.problems.append(Problem(code, message, mark, hint, Severity.HINT))

    def dialect(self, code: str, message: str, mark: Mark | None, hint: str = "") -> None:
        """Something that is not by the letter and was read as it was meant; `--strict` refuses it."""
        severity = Severity.ERROR if self.strict else Severity.WARNING
        self.problems.append(Problem(code, message, mark, hint, severity, dialect=True))

    def notes(self, notes: Iterable[Note], node: Node) -> None:
        """What a parser of the language room said about the string at `node`.

        Of very much the first only: each place is looked for from the beginning of the string.
        """
        for note in islice(notes, _MOST_NOTES):
            hint = f"write {note.rewrite}" if note.rewrite else ""
            self.dialect(note.code, note.message, node.inside(note.offset), hint)

    def bad_text(self, code: str, wrong: BadText, node: Node) -> None:
        """A string at `node` that its grammar does not cover."""
        self.error(code, wrong.message, node.inside(wrong.offset), wrong.hint)


def known_fields(node: Node, fields: frozenset[str], what: str, report: Report) -> None:
    """Say which members of an object the specification does not know; `x-…` ones are free (DOC-15)."""
    if not isinstance(node.value, Object) or node.value.keys() <= fields:
        return
    for name in node.value:
        if name not in fields and not name.startswith("x-"):
            report.dialect(
                "unknown-field",
                f"{what} has no field {quoted_name(name)}; it is ignored",
                node.key_mark(name),
                did_you_mean(name, sorted(fields)),
            )


def is_object(node: Node | None, what: str, report: Report) -> bool:
    """Whether a node is an object; says so when it is something else."""
    if node is None:
        return False
    if isinstance(node.value, dict):
        return True
    report.error("wrong-type", f"{what} is an object; this is {_a(node.value)}", node.mark)
    return False


def objects(node: Node | None, what: str, report: Report) -> Iterator[Node]:
    """The objects of an array; anything else is reported and left out."""
    for item in items(node, what, report):
        if is_object(item, f"each of {what}", report):
            yield item


def items(node: Node | None, what: str, report: Report) -> Iterator[Node]:
    """The items of an array; a node that is none is reported."""
    if node is None:
        return
    if isinstance(node.value, list):
        yield from node.items()
    elif node.value is not None:
        report.error("wrong-type", f"{what} is a list; this is {_a(node.value)}", node.mark)


def text(node: Node, name: str, what: str, report: Report, *, required: bool = False) -> str:
    """A string field; numbers and booleans are read as their text, with a word about it."""
    written = node.value.get(name) if isinstance(node.value, Object) else None
    if isinstance(written, str) and (written or not required):
        return written
    found = node.get(name)
    if found is None or found.value is None:
        if required:
            message = f"{what} needs `{name}`"
            report.error("missing-field", message, node.mark, f"add `{name}:`")
        return ""
    value = found.value
    if isinstance(value, str):
        if required and not value:
            report.error("missing-field", f"`{name}` of {what} is empty", found.mark)
        return value
    if isinstance(value, bool | int | float):
        said = brief(value)
        message = f"`{name}` of {what} is a string; this {kind(value)} is read as '{said}'"
        report.dialect("wrong-type", message, found.mark, f'write "{said}"')
        return said
    report.error("wrong-type", f"`{name}` of {what} is a string; this is {_a(value)}", found.mark)
    return ""


def filled(node: Node, name: str, report: Report) -> Node | None:
    """A field that is not required, or None; an empty string is as good as none, and is said."""
    if not isinstance(node.value, Object) or name not in node.value:
        return None
    found = node.get(name)
    if found is not None and found.value == "":
        message = f"`{name}` is empty, and is read as if it were not there"
        report.dialect("empty-field", message, node.key_mark(name), f"remove `{name}`")
        return None
    return found


def _a(value: Json) -> str:
    name = kind(value)
    if name == "null":
        return "null"
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
