"""The pictures of workflows as lines: steps down the page, their actions under them, jumps in the gutter.

Pure: what a run has come to goes in, lines of a width come out, and for each the step it belongs to.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from rich.cells import set_cell_size

from arazzo_tui.insight.flow import Flow
from arazzo_tui.tui.exchange import StepKey
from arazzo_tui.tui.flow_entries import Entry, Shown, end_entries, heading, step_entries
from arazzo_tui.tui.flow_lanes import Arc, Gutter, Pieces, gutter
from arazzo_tui.tui.lines_view import Line, line
from arazzo_tui.tui.row_view import cells

_MOST_ROWS = 3
"""So many rows the criteria of an action take at most."""

_WIDE = 60
"""From this width on there is room for wider lanes, times, and the names of actions."""


class Drawn(Struct, frozen=True):
    """Lines, and for each the step that it belongs to; None for headings."""

    lines: tuple[Line, ...] = ()
    keys: tuple[StepKey | None, ...] = ()

    def line_of(self, key: StepKey) -> int | None:
        """The number of a step's first line."""
        return self.keys.index(key) if key in self.keys else None


def flow_lines(shown: Shown, width: int, *, data: bool = False) -> Drawn:
    """All pictures under each other in so many cells; with `data` also what each step reads."""
    lines: list[Line] = []
    keys: list[StepKey | None] = []
    for number, flow in enumerate(shown.flows.values()):
        if number:
            lines.append(Line())
            keys.append(None)
        for told, key in _flow(flow, shown, max(20, width), data=data):
            lines.append(told)
            keys.append(key)
    return Drawn(tuple(lines), tuple(keys))


def _flow(
    flow: Flow, shown: Shown, width: int, *, data: bool
) -> Iterator[tuple[Line, StepKey | None]]:
    """One picture under its heading."""
    for entry in heading(flow, shown, data=data):
        for row in _laid(entry, width, 0):
            yield line(*row, copy=entry.copy, expression=entry.expression), None
    entries: list[Entry] = []
    starts: list[int] = []
    for at, node in enumerate(flow.nodes):
        starts.append(len(entries))
        entries += step_entries(flow, at, node, shown, data=data)
    entries += end_entries(flow, shown, data=data)
    wide = width >= _WIDE
    lanes = max(2, min(12, width // 8))
    arcs = list(_arcs(entries, starts))
    left = gutter(arcs, len(entries), lanes, pitch=2 if wide else 1)
    yield from _drawn(entries, left, width)


def _drawn(entries: list[Entry], left: Gutter, width: int) -> Iterator[tuple[Line, StepKey | None]]:
    room = width - left.width - 2
    column = _column(entries, room)
    for at, entry in enumerate(entries):
        joint = left.rows[at][-1] if left.rows[at] else ("", "")
        for number, row in enumerate(_laid(entry, room, column)):
            beside = left.below[at] if number else left.rows[at]
            before = _spine(entry, joint) if number == 0 else _order(entry)
            told = line(
                *beside,
                before,
                " ",
                *row,
                hang=left.width + 2,
                copy=entry.copy,
                expression=entry.expression,
            )
            yield told, entry.key


def _column(entries: Iterable[Entry], room: int) -> int:
    """Where what a step calls begins: after the longest id, if that leaves a third of the room."""
    widths = [_width(entry.head) for entry in entries if entry.sign and entry.extra]
    return min(max(widths, default=0), room * 2 // 3)


def _arcs(entries: Iterable[Entry], starts: list[int]) -> Iterator[Arc]:
    """The jumps among the steps of a workflow, by the numbers of their entries."""
    for number, entry in enumerate(entries):
        edge = entry.edge
        if edge is not None and edge.to is not None and edge.kind != "next":
            returns = edge.kind == "retry"
            yield Arc(number, starts[edge.to], entry.weight, returns)


def _spine(entry: Entry, joint: tuple[str, str]) -> tuple[str, str]:
    """The cell before an entry's text: the sign of a step, else the order, joined to a jump that leaves."""
    if entry.sign is not None:
        return entry.sign
    sign, look = joint
    ending = sign[-1:]
    if ending == "═":
        return ("╡" if entry.spine else "═"), look
    if ending in ("─", "◂"):
        return ("┤" if entry.spine else "─"), look
    return _order(entry)


def _order(entry: Entry) -> tuple[str, str]:
    if entry.sign is not None:
        return " ", ""
    return ("│", entry.spine) if entry.spine else (" ", "")


def _laid(entry: Entry, room: int, column: int) -> list[Pieces]:
    """An entry in rows of at most so many cells: at least one."""
    if entry.breaks and _width(entry.head) > room:
        first, *others = entry.head
        return [_cut((first,), room), _cut((("  ", ""), *others), room)]
    head = _cut(entry.head, room)
    rest = room - _width(head)
    aside = f"  {entry.aside}" if entry.aside and room >= _WIDE - 10 else ""
    if not entry.wraps:
        gap = max(column - _width(head), 0) + 2 if head else 0
        space = rest - gap
        if not entry.extra or space < min(6, cells(entry.extra)):
            return [head]
        text = entry.extra + aside if cells(entry.extra + aside) <= space else entry.extra
        return [(*head, (" " * gap + _cut_text(text, space), "dim"))]
    gap = 1 if head else 0
    if cells(entry.extra) + gap <= rest:
        fits = cells(entry.extra + aside) + gap <= rest
        said = " " * gap * bool(entry.extra) + entry.extra + (aside if fits else "")
        return [(*head, (said, "dim"))] if said else [head]
    return [*([head] if head else ()), *_wrapped(entry.extra, room, 2 if head else 0)]


def _wrapped(text: str, room: int, indent: int) -> Iterator[Pieces]:
    """A text in rows, broken at its spaces where it has some; the last one is cut."""
    rows: list[str] = []
    rest = text
    while rest and len(rows) < _MOST_ROWS:
        last = len(rows) + 1 == _MOST_ROWS
        piece = _cut_text(rest, room - indent) if last else _first(rest, room - indent)
        rows.append(piece)
        rest = "" if last else rest[len(piece) :].lstrip(" ")
    for row in rows:
        yield ((" " * indent + row.rstrip(" "), "dim"),)


def _first(text: str, room: int) -> str:
    """The beginning of a text that fits: up to a space in its second half, else up to the edge."""
    if cells(text) <= room:
        return text
    edge = max(1, len(set_cell_size(text, room).rstrip("\0 ")))
    space = text.rfind(" ", edge // 2, edge + 1)
    return text[: space if space > 0 else edge]


def _cut(pieces: Pieces, room: int) -> Pieces:
    """Pieces in so many cells: where they are too long, it is the longest that is cut."""
    over = _width(pieces) - room
    if over <= 0:
        return pieces
    longest = max(range(len(pieces)), key=lambda at: cells(pieces[at][0]))
    text, look = pieces[longest]
    shorter = (_cut_text(text, max(1, cells(text) - over)), look)
    return (*pieces[:longest], shorter, *pieces[longest + 1 :])


def _cut_text(text: str, room: int) -> str:
    """A text in so many cells, with an ellipsis where something is missing."""
    if cells(text) <= room:
        return text
    return set_cell_size(text, max(0, room - 1)).rstrip(" ") + "…"


def _width(pieces: Pieces) -> int:
    return sum(cells(text) for text, _ in pieces)
