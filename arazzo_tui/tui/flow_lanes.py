"""The gutter of the flow view: jumps as arcs between rows, each in a lane of its own, nested. Pure.

A jump down the page is drawn with single lines, one back up with double ones, and an arrow stands at the row
it leads to. Jumps of one direction to the same row share a lane. It knows nothing of steps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

Pieces: TypeAlias = tuple[tuple[str, str], ...]
"""Pieces of text with the names of their looks."""

LOOKS = ("dim", "strong", "next")
"""The look of an arc by its weight: not taken, taken, about to be."""


class Arc(Struct, frozen=True):
    """A jump from a row to another. One that `returns` comes back; `weight` is 0 to 2, as in `LOOKS`."""

    start: int
    end: int
    weight: int = 0
    returns: bool = False


class Gutter(Struct, frozen=True):
    """What stands left of the rows: `width` cells before each, and before what a row goes on with below."""

    width: int
    rows: tuple[Pieces, ...]
    below: tuple[Pieces, ...]


def gutter(arcs: Sequence[Arc], rows: int, lanes: int, *, pitch: int = 1) -> Gutter:
    """The gutter of so many rows with at most so many lanes, each `pitch` cells wide.

    An arc for which no lane is left has `…` where it starts.
    """
    if not arcs:
        return Gutter(0, ((),) * rows, ((),) * rows)
    trunks = _placed(_trunks(arcs), lanes)
    grid = _Grid(trunks, rows, pitch)
    joints = _joints(trunks)
    drawn = tuple((*grid.row(at), joints.get(at, (" ", ""))) for at in range(rows))
    below = tuple((*grid.below(at), (" ", "")) for at in range(rows))
    return Gutter(grid.width + 1, tuple(map(_joined, drawn)), tuple(map(_joined, below)))


class _Trunk(Struct):
    """All arcs of one direction to a row. `lane` counts from the rows outwards; None: there was none left."""

    end: int
    arcs: list[Arc]
    lane: int | None = None
    low: int = 0
    high: int = 0

    def __post_init__(self) -> None:
        starts = [arc.start for arc in self.arcs]
        self.low, self.high = min(self.end, *starts), max(self.end, *starts)

    @property
    def is_back(self) -> bool:
        return self.high > self.end

    @property
    def weight(self) -> int:
        return max(arc.weight for arc in self.arcs)

    def weights(self) -> list[int]:
        """How heavy the lane is between each row and the next, from `low` on."""
        found = [0] * (self.high - self.low)
        for arc in self.arcs:
            first, last = sorted((arc.start, self.end))
            for at in range(first - self.low, last - self.low) if arc.weight else ():
                found[at] = max(found[at], arc.weight)
        return found


def _trunks(arcs: Iterable[Arc]) -> list[_Trunk]:
    found: dict[tuple[int, bool], list[Arc]] = {}
    for arc in arcs:
        found.setdefault((arc.end, arc.start > arc.end), []).append(arc)
    return [_Trunk(end, together) for (end, _), together in found.items()]


def _placed(trunks: list[_Trunk], lanes: int) -> list[_Trunk]:
    """Give each trunk a lane, the short ones first: what is around them stands further out."""
    done: list[_Trunk] = []
    for trunk in sorted(trunks, key=lambda each: (each.high - each.low, each.low)):
        beside = {
            each.lane
            for each in done
            if each.lane is not None and each.low <= trunk.high and trunk.low <= each.high
        }
        outer = max(beside, default=-1) + 1
        free = (lane for lane in (outer, *range(lanes)) if lane < lanes and lane not in beside)
        trunk.lane = next(free, None)
        done.append(trunk)
    return done


def _joints(trunks: Iterable[_Trunk]) -> Mapping[int, tuple[str, str]]:
    """The cell between the lanes and the text: an arrow where a jump comes in, a line where one leaves."""
    found: dict[int, tuple[str, str]] = {}
    weights: dict[int, int] = {}
    for trunk in trunks:
        plain = "═" if trunk.is_back else "─"
        for arc in trunk.arcs:
            sign = "◂" if arc.returns else plain
            found[arc.start] = (sign if trunk.lane is not None else "…", LOOKS[arc.weight])
        weights[trunk.end] = max(weights.get(trunk.end, 0), trunk.weight)
    return found | {row: ("▸", LOOKS[weight]) for row, weight in weights.items()}


class _Grid:
    """The lanes, cell by cell; only cells that something passes through are there."""

    def __init__(self, trunks: Iterable[_Trunk], rows: int, pitch: int) -> None:
        self._up: dict[tuple[int, int], tuple[int, int]] = {}
        self._down: dict[tuple[int, int], tuple[int, int]] = {}
        self._out: dict[int, dict[int, tuple[int, int]]] = {}
        self._pitch = pitch
        self._rows = rows
        used = 0
        for trunk in trunks:
            if trunk.lane is not None:
                used = max(used, trunk.lane + 1)
                self._lay(trunk, trunk.lane)
        self._lanes = used
        self.width = used * pitch

    def _lay(self, trunk: _Trunk, lane: int) -> None:
        lines = 2 if trunk.is_back else 1
        for at, weight in enumerate(trunk.weights(), trunk.low):
            self._down[at, lane] = self._up[at + 1, lane] = (lines, weight)
        for arc in trunk.arcs:
            self._reach(arc.start, lane, lines, arc.weight)
        self._reach(trunk.end, lane, lines, trunk.weight)

    def _reach(self, row: int, lane: int, lines: int, weight: int) -> None:
        """A line from a lane to the text."""
        there = self._out.setdefault(row, {})
        there[lane] = (lines, max(weight, there.get(lane, (0, 0))[1]))

    def row(self, at: int) -> Iterator[tuple[str, str]]:
        """The cells of a row, from the outermost lane inwards."""
        out = self._out.get(at, {})
        passing = (0, 0)
        for lane in reversed(range(self._lanes)):
            up, down = self._up.get((at, lane), (0, 0)), self._down.get((at, lane), (0, 0))
            own = out.get(lane, (0, 0))
            right = _heavier(passing, own)
            weight = max(up[1], down[1], right[1])
            upright = max(up[0], down[0])
            shape = _shape(bool(up[0]), bool(down[0]), bool(passing[0]), bool(right[0]))
            yield _sign(shape, upright, right[0]), LOOKS[weight]
            passing = right
            if self._pitch > 1:
                yield _sign("-", 0, right[0]) * (self._pitch - 1), LOOKS[right[1]]

    def below(self, at: int) -> Iterator[tuple[str, str]]:
        """The cells under a row that takes more than one."""
        for lane in reversed(range(self._lanes)):
            lines, weight = self._down.get((at, lane), (0, 0))
            yield _sign("|", lines, 0), LOOKS[weight]
            if self._pitch > 1:
                yield " " * (self._pitch - 1), ""


def _heavier(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one, other, key=lambda each: (each[1], each[0]))


def _shape(up: bool, down: bool, left: bool, right: bool) -> str:
    """The name of a crossing by the sides it has lines to."""
    upright = {(True, True): "|", (True, False): "^", (False, True): "v"}.get((up, down), "")
    return upright + ("-" if left and right else ">" if right else "")


# For each crossing: single and single, single upright and double level, the other way round, double.
_SIGNS = {
    "|-": "┼╪╫╬", "^-": "┴╧╨╩", "v-": "┬╤╥╦",
    "|>": "├╞╟╠", "^>": "╰╘╙╚", "v>": "╭╒╓╔",
}  # fmt: skip


def _sign(shape: str, upright: int, level: int) -> str:
    """The character of a crossing; `upright` and `level` are how many lines go through it, 0 to 2."""
    match shape:
        case "" | ">":
            return " "
        case "-":
            return " ─═"[level]
        case "|" | "^" | "v":
            return " │║"[upright]
        case _:
            return _SIGNS[shape][(upright - 1) * 2 + level - 1]


def _joined(cells: Iterable[tuple[str, str]]) -> Pieces:
    """Cells of the same look as one piece; blank ones have none."""
    found: list[tuple[str, str]] = []
    for text, own in cells:
        look = own if text.strip() else ""
        if found and found[-1][1] == look:
            found[-1] = (found[-1][0] + text, look)
        else:
            found.append((text, look))
    return tuple(found)
