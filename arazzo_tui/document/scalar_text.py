"""How a scalar can be written anew in a text: near to what is there first, anything that is right last.

Each function offers texts; none of them promises that a reader reads the value from it. Who asks reads
the text again and takes the first that is right.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TypeAlias

from arazzo_tui.document.scalar_places import place_inside
from arazzo_tui.document.written import Style, Written
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import BAD_CHARACTERS

Scalar: TypeAlias = None | bool | int | float | str

_LONGEST = 4_000
"""Words that are compared at most; what differs in more of them is written anew as one piece."""


def scalar_texts(text: str, here: Written, old: object, new: Scalar) -> Iterator[str]:
    """The whole text with another value in a scalar's place, the likeliest first."""
    same_kind = isinstance(old, str) and isinstance(new, str)
    if isinstance(old, str) and isinstance(new, str) and here.style != "alias":
        yield from _spliced(text, here, old, new)
    if same_kind and isinstance(new, str) and here.style in ("|", ">"):
        yield from _blocks(text, here, new)
    start = _behind_properties(text, here)
    for written in one_line(new, here.style):
        space = " " if start == here.end and text[start - 1 : start] == ":" else ""
        yield text[:start] + space + written + text[here.end :]


def one_line(value: Scalar, style: Style) -> Iterator[str]:
    """Texts of a scalar on one line: in the style it has if that can be, then in quotes."""
    if style == "json":
        yield in_double_quotes(value) if isinstance(value, str) else write_json(value)
    elif isinstance(value, str):
        if style == "'" and not _ESCAPED.search(value):
            yield in_single_quotes(value)
        if style != '"' and is_safe_plain(value):
            yield value
        yield in_double_quotes(value)
    else:
        yield write_json(value)


def in_single_quotes(value: str) -> str:
    """A text of one line in YAML's single quotes, where only the quote itself is written twice."""
    return "'" + value.replace("'", "''") + "'"


def in_double_quotes(value: str) -> str:
    """A text in double quotes that YAML and JSON read alike, what cannot be seen escaped."""
    return _ESCAPED.sub(_escaped, write_json(value))


_ESCAPED = re.compile(BAD_CHARACTERS.pattern + "|[\ufffe\uffff]")
"""What a person cannot see, and what YAML reads in no text (YAML 1.2.2 §5.1)."""


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\u{code:04x}" if code < 0x10000 else found.group()  # beyond, the two part


_PLAIN = re.compile(r"[A-Za-z_/](?:[\w ./@+()*!=;<>^|~$-]*[\w./@+()*!=;<>^|~$-])?", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def is_safe_plain(value: str) -> bool:
    """Whether a text without quotes is this string for YAML 1.1 and 1.2 alike, also inside braces."""
    return _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS


# --------------------------------------------------------------------------- only what differs


def _spliced(text: str, here: Written, old: str, new: str) -> Iterator[str]:
    """The text with nothing changed but the characters that differ, in the style that is there."""
    if here.style == "plain" and (new.lower() in _WORDS or not new[:1].isalpha()):
        return
    if here.style in ("plain", "'") and hides_something(new):
        return
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    line = bisect_right(starts, here.start)
    column = here.start - starts[line - 1] + 1

    def offset(at: int) -> int:
        found_line, found_column = place_inside(text, line, column, old, at)
        return starts[found_line - 1] + found_column - 1

    indent = _indent(text, here, old)
    changed = text
    for start, end, piece in reversed(list(_differences(old, new))):
        begin, stop = offset(start), offset(end)
        middle = _in_style(piece, here.style, indent, text, begin, stop)
        changed = changed[:begin] + middle + changed[stop:]
    yield changed


def hides_something(value: str) -> bool:
    """Whether there are characters that only double quotes can show."""
    return any(found.group() != "\n" for found in _ESCAPED.finditer(value))


def _differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of the old text and what stands in their place: words, not letters."""
    before, after = (re.findall(r"\w+|\s|[^\w\s]", each) for each in (old, new))
    if len(before) + len(after) > _LONGEST:
        yield _outer_difference(old, new)
        return
    starts = [0]
    for word in before:
        starts.append(starts[-1] + len(word))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield starts[i1], starts[i2], "".join(after[j1:j2])


def _outer_difference(old: str, new: str) -> tuple[int, int, str]:
    """The one stretch between what both texts begin with and what both end with."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    rest = most - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return head, len(old) - tail, new[head : len(new) - tail]


def _in_style(piece: str, style: Style, indent: str, text: str, begin: int, stop: int) -> str:
    """Characters as they are written inside a scalar of a style."""
    match style:
        case "json" | '"':
            return in_double_quotes(piece)[1:-1]
        case "'":
            return piece.replace("'", "''")
        case "|":
            first, *more = piece.split("\n")
            if first and begin == text.rfind("\n", 0, begin) + 1:
                first = indent + first  # an empty line has no indentation
            ends_line = text[stop : stop + 1] in ("\r", "\n", "")
            lines = [
                indent + line if line or (at == len(more) - 1 and not ends_line) else ""
                for at, line in enumerate(more)
            ]
            return line_end(text).join([first, *lines])
        case _:
            return piece


def line_end(text: str) -> str:
    """The line end that a text is written with."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


# ------------------------------------------------------------------------------- block scalars


def _indent(text: str, here: Written, value: str) -> str:
    """The white space before each line of a block scalar; that of its line and two more for none."""
    for line in text[here.start : here.end].split("\n")[1:]:
        if line.strip():
            depth = len(line) - len(line.lstrip(" "))
            first = next((each for each in value.split("\n") if each.strip()), "")
            return " " * (depth - (len(first) - len(first.lstrip(" "))))
    begin = text.rfind("\n", 0, here.start) + 1
    line = text[begin : here.start]
    return " " * (len(line) - len(line.lstrip(" -")) + 2)


_HEADER = re.compile(r"[|>]([0-9]?)[+-]?([0-9]?)([^\n]*?)\r?(?:\n|\Z)")


def _blocks(text: str, here: Written, value: str) -> Iterator[str]:
    """The whole block written anew: folded if it was, else literal; only its chomping may change."""
    start = _behind_properties(text, here)
    header = _HEADER.match(text, start)
    if header is None or not value.strip():
        return
    indent, end = _indent(text, here, ""), line_end(text)
    depth = header[1] or header[2]
    body = value.rstrip("\n")
    count = len(value) - len(body)
    chomp = "-" if count == 0 else "" if count == 1 else "+"
    ways = [("|", body)] if here.style == "|" else [(">", _folded(body)), ("|", body)]
    for kind, written in ways:
        lines = [indent + line if line else "" for line in written.split("\n")]
        block = end.join([f"{kind}{depth}{chomp}{header[3]}", *lines])
        if count > 1:  # now the blank lines behind it are its own
            yield text[:start] + block + end * count + text[here.tail :]
        else:
            yield text[:start] + block + text[here.end :]


def _folded(value: str) -> str:
    """A text for a folded block: one line end more between two lines that would be joined."""
    return re.sub(r"(?<=[^\s])(\n+)(?=[^\s])", r"\1\n", value)


_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)*")


def _behind_properties(text: str, here: Written) -> int:
    found = _PROPERTIES.match(text, here.start, here.end)
    return found.end() if found and here.style != "json" else here.start
