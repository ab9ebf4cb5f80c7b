"""Members and items put into a text, taken out of it and renamed, as those beside them are written.

As in `scalar_text`, each function offers texts, the likeliest first, and the reader has the last word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from arazzo_tui.document.scalar_text import (
    hides_something,
    in_double_quotes,
    is_safe_plain,
    line_end,
    one_line,
    scalar_texts,
)
from arazzo_tui.document.written import Written
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json, array_index

_SMALL = 60
"""A container of no more characters is written on one line."""


def replaced(text: str, home: Written, token: str, old: Json, new: Json) -> Iterator[str]:
    """The text with another value for a member or an item."""
    member = home.member(token)
    here = home.at((token,))
    if here is None:
        return
    is_scalar = isinstance(new, None | bool | int | float | str)
    if isinstance(new, None | bool | int | float | str) and not isinstance(old, dict | list):
        yield from scalar_texts(text, here, old, new)
        return
    layout = _Layout.of(text)
    if member is not None and (here.style in ("block", "|", ">") or here.start == here.end):
        start = text.index(":", member.end) + 1
    else:
        start = here.start
    lead = " " if text[start - 1] == ":" and here.style != "json" else ""
    if here.style == "json" and "\n" in text[home.start : home.end]:
        yield text[:start] + lead + layout.json(new, _margin(text, start)) + text[here.end :]
    elif member is not None and home.style == "block" and not is_scalar and not _is_small(new):
        line = text.find("\n", here.end)
        stop = line if line >= 0 else len(text)
        rest = text[here.end : stop]
        head = text[:start].rstrip(" ") if start == here.start else text[:start]
        depth = _column(text, member.start) + layout.step
        block = layout.end.join(_shifted(layout.block(new), depth))
        after = "\r" if rest.endswith("\r") else ""
        yield head + rest.rstrip("\r") + layout.end + block + after + text[stop:]
    yield text[:start] + lead + _flow(new) + text[here.end :]


def renamed(text: str, home: Written, token: str, name: str) -> Iterator[str]:
    """The text with another name for a member."""
    member = home.member(token)
    if member is not None:
        for written in one_line(name, member.style):
            yield text[: member.start] + written + text[member.end :]


# ------------------------------------------------------------------------------- something new


def inserted(
    text: str, tree: Written, home: Written, token: str, new: Json, after: str | None
) -> Iterator[str]:
    """The text with a member more, behind the one called `after`, or with an item more."""
    index = array_index(token) if not home.members else None
    before: Written | None = None
    if after is not None and (known := home.member(after)) is not None:
        before = known.value
    elif index and index <= len(home.items):
        before = home.items[index - 1]
    if home.style == "block":
        yield from _into_block(text, tree, home, token, new, before)
    else:
        yield from _into_flow(text, home, token, new, before)


def _into_flow(
    text: str, home: Written, token: str, new: Json, before: Written | None
) -> Iterator[str]:
    """In braces or brackets, with the same space round commas and colons as there is."""
    is_item = text[home.start] == "["
    comma, colon = _commas(text, home), _colon(text, home)
    for name in [""] if is_item else _names(home, token):
        value = _flow(new)
        if "\n" in comma and home.style == "json":
            value = _Layout.of(text).json(new, comma[comma.rindex("\n") + 1 :])
        if home.style != "json" and isinstance(new, str) and is_safe_plain(new):
            value = new
        piece = value if is_item else name + colon + value
        if before is not None:
            yield text[: before.end] + comma + piece + text[before.end :]
        elif not home.members and not home.items:
            yield text[: home.start + 1] + piece + text[home.end - 1 :]
        else:
            first = home.items[0].start if is_item else home.members[0].start
            yield text[:first] + piece + comma + text[first:]


def _names(home: Written, name: str) -> Iterator[str]:
    """A new name as the names beside it are written."""
    plain = home.style != "json" and all(each.style == "plain" for each in home.members)
    style = home.members[-1].style if home.members else ("plain" if plain else "json")
    yield from one_line(name, style)


def _commas(text: str, home: Written) -> str:
    """What stands between two members or items; with only one, what its place makes likely."""
    starts = [each.start for each in home.members or home.items]
    ends = [each.value.end for each in home.members] or [each.end for each in home.items]
    for end, start in reversed(list(zip(ends, starts[1:], strict=False))):
        if re.fullmatch(r"\s*,\s*", text[end:start]):
            return text[end:start]
    lead = text[home.start + 1 : starts[0]] if starts else ""
    return "," + lead if "\n" in lead and not lead.strip() else ", "


def _colon(text: str, home: Written) -> str:
    for each in reversed(home.members):
        if re.fullmatch(r"\s*:[ \t]*", between := text[each.end : each.value.start]):
            return between
    return ": "


def _into_block(
    text: str, tree: Written, home: Written, token: str, new: Json, before: Written | None
) -> Iterator[str]:
    """On lines of its own, as deep as the lines beside it."""
    layout = _Layout.of(text, tree)
    depth = _column(text, home.start)
    margin = " " * depth
    for lines in _new_lines(text, layout, home, token, new):
        first, *rest = lines
        block = layout.end.join([first, *_shifted(rest, depth)])
        if before is None:
            yield text[: home.start] + block + layout.end + margin + text[home.start :]
            continue
        for end in dict.fromkeys((before.end, max(before.end, before.tail - 1))):
            stop = _line_stop(text, end)
            yield text[:stop] + layout.end + margin + block + text[stop:]


def _new_lines(
    text: str, layout: "_Layout", home: Written, token: str, new: Json
) -> Iterator[list[str]]:
    """The lines of a new member or item, and the same as one line."""
    if home.items:
        gap = text[home.start + 1 : home.items[0].start]
        lead = "-" + (gap if gap and not gap.strip(" ") else " ")
        yield layout.item(lead, new)
        yield [lead + _flow(new)]
    else:
        name = next(_names(home, token))
        yield list(layout.member(name, new, home))
        yield [f"{name}: {_flow(new)}"]


# ------------------------------------------------------------------------------- something less


def removed(text: str, home: Written, token: str) -> Iterator[str]:
    """The text without a member or an item; the comma or the lines that were its own go with it."""
    index = _position(home, token)
    if index is None:
        return
    if home.style == "block":
        yield from _out_of_block(text, home, index)
        return
    starts = [each.start for each in home.members or home.items]
    ends = [each.value.end for each in home.members] or [each.end for each in home.items]
    if index + 1 < len(starts):
        yield text[: starts[index]] + text[starts[index + 1] :]
    elif index:
        yield text[: ends[index - 1]] + text[ends[index] :]
    else:
        yield text[: home.start + 1] + text[home.end - 1 :]


def _position(home: Written, token: str) -> int | None:
    if home.members:
        names = [each.name for each in home.members]
        return names.index(token) if token in names else None
    index = array_index(token)
    return index if index is not None and index < len(home.items) else None


def _out_of_block(text: str, home: Written, index: int) -> Iterator[str]:
    starts = [each.start for each in home.members] or list(_dashes(text, home))
    ends = [each.value.end for each in home.members] or [each.end for each in home.items]
    start, end = starts[index], ends[index]
    begin = text.rfind("\n", 0, start) + 1
    if len(starts) == 1:
        nothing = "{}" if home.members else "[]"
        before = text[:start].rstrip()
        if before.endswith(":"):
            yield before + " " + nothing + text[end:]
        yield text[:start] + nothing + text[end:]
    elif not text[begin:start].strip():
        stop = text.find("\n", end)
        if stop >= 0:
            yield text[:begin] + text[stop + 1 :]
        else:
            yield text[: begin - 1].removesuffix("\r")
    elif index + 1 < len(starts):
        yield text[:start] + text[starts[index + 1] :]


def _dashes(text: str, home: Written) -> Iterator[int]:
    """Where the dash of each item of a block stands: all in one column."""
    column = _column(text, home.start)
    yield home.start
    for before, item in zip(home.items, home.items[1:], strict=False):
        begin = text.find("\n", before.end) + 1
        while begin + column < item.start:
            line = text[begin : begin + column + 1]
            if line.endswith("-") and not line[:-1].strip(" -"):
                break
            begin = text.find("\n", begin) + 1
            if not begin:
                break
        yield begin + column


# ------------------------------------------------------------------------------- new values


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1


def _margin(text: str, at: int) -> str:
    """The white space that the line of an offset begins with."""
    found = re.compile(r"[ \t]*").match(text, text.rfind("\n", 0, at) + 1)
    return found.group() if found else ""


def _shifted(lines: Iterable[str], depth: int) -> Iterator[str]:
    """Lines further to the right; empty ones stay empty."""
    return (" " * depth + line if line else "" for line in lines)


def _line_stop(text: str, at: int) -> int:
    """Where the line that holds an offset ends, before its line end."""
    found = re.compile(r"\r?\n|\Z").search(text, at)
    return found.start() if found else len(text)


def _flow(value: Json) -> str:
    """A value on one line, as JSON with a space behind each comma and colon."""
    match value:
        case str():
            return in_double_quotes(value)
        case Mapping():
            inner = (f"{in_double_quotes(name)}: {_flow(each)}" for name, each in value.items())
            return "{" + ", ".join(inner) + "}"
        case Sequence():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case _:
            return write_json(value)


def _is_small(value: Json) -> bool:
    return len(_flow(value)) <= _SMALL or not value


class _Layout(Struct, frozen=True):
    """How a document is laid out: line end, spaces for a level, whether lists stand in by one."""

    end: str
    step: int
    indented: bool

    @classmethod
    def of(cls, text: str, tree: Written | None = None) -> "_Layout":
        """The layout of a text by its first lines that show it."""
        found = re.search(r"^( +)\S", text, re.MULTILINE)
        step = min(len(found[1]), 8) if found else 2
        lists = (
            [
                each.value
                for each in tree.members
                if each.value.items and each.value.style == "block"
            ]
            if tree
            else []
        )
        indented = not lists or _column(text, lists[0].start) > 0
        return cls(line_end(text), step, indented)

    def json(self, value: Json, margin: str) -> str:
        """JSON over lines, the later ones behind a margin; on one line what is small."""
        if _is_small(value):
            return _flow(value)
        return write_json(value, indent=self.step).replace("\n", self.end + margin)

    def member(self, name: str, value: Json, home: Written) -> Iterator[str]:
        """The lines of a member of a block."""
        match value:
            case Mapping() | Sequence() if not isinstance(value, str) and value:
                is_list = not isinstance(value, Mapping)
                yield f"{name}:"
                depth = self.step if self.indented or not is_list else 0
                yield from _shifted(self.block(value), depth)
            case str() if _is_text(value):
                yield f"{name}: |" + ("" if value.endswith("\n") else "-")
                yield from _shifted(value.removesuffix("\n").split("\n"), self.step)
            case _:
                yield f"{name}: {_scalar(value, home)}"

    def item(self, lead: str, value: Json) -> list[str]:
        """The lines of an item of a block, the first behind its dash."""
        if isinstance(value, Mapping | Sequence) and not isinstance(value, str) and value:
            first, *rest = self.block(value)
        else:
            first, rest = _scalar(value, None), []
        return [lead + first, *_shifted(rest, len(lead))]

    def block(self, value: Json) -> Iterator[str]:
        """The lines of a container that is not empty."""
        if isinstance(value, Mapping):
            for name, each in value.items():
                yield from self.member(next(one_line(name, "plain")), each, _NOWHERE)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for each in value:
                yield from self.item("- ", each)


_NOWHERE = Written(0, 0, "block")


def _is_text(value: str) -> bool:
    """Whether a string reads best as a literal block, and can be one."""
    lines = value.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and lines[0][:1].strip() != ""
        and lines[-1] != ""
        and not hides_something(value)
    )


def _scalar(value: Json, home: Written | None) -> str:
    """A scalar in a block, or an empty container, quoted as the values beside it if it must be."""
    if not isinstance(value, str):
        return _flow(value)
    styles = {each.value.style for each in home.members} if home else set()
    quoted = "'" if "'" in styles and '"' not in styles else "plain"
    if quoted == "'" and not is_safe_plain(value) and "\n" not in value:
        return next(one_line(value, "'"))
    return next(one_line(value, "plain"))
