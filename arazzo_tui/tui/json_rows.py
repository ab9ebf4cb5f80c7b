"""A JSON document as foldable rows: which rows there are, what each says, where each stands.

Only what is unfolded has a cost: a container becomes a node when it is opened, and a node knows the
row at which each of its open children starts, so a row is found by bisection level by level. Nothing
here draws, recurses, or knows a terminal.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from arazzo_tui.language.alike import Alike
from arazzo_tui.language.values import Json, Pointer, array_index, child

FIRST_ROWS = 5_000
"""How many rows are unfolded at the start, breadth first."""

MORE_ROWS = 100
"""How many rows a container that is opened for the first time brings with it, breadth first."""

MOST_REMEMBERED = 20_000
"""How many open containers `folds` tells of; the deepest are left out."""

_SLICE = 4_096
"""After how many values `unfolding` lets others have a turn."""

_LEAVES = (str, int, float)

Container: TypeAlias = Mapping[str, Json] | Sequence[Json]


class Shape(Enum):
    """What a row shows of its value."""

    LEAF = "leaf"
    OPEN = "open"
    CLOSE = "close"
    FOLDED = "folded"


class _Node:
    """An open container. Row 0 of a node is the first row between its two brackets."""

    __slots__ = ("closed", "depth", "index", "inside", "kids", "names", "rows", "starts", "value")

    def __init__(self, value: Container, inside: "_Node | None", index: int) -> None:
        self.value = value
        self.inside = inside
        self.index = index
        self.depth: int = 0 if inside is None else inside.depth + 1
        self.kids: list[_Node] = []
        self.starts: list[int] = []
        self.rows = len(value) + 2
        self.names: list[str] | None = None
        self.closed: dict[int, _Node] | None = None

    def child(self, index: int) -> Json:
        if isinstance(self.value, Mapping):
            return self.value[self.name(index)]
        return self.value[index]

    def name(self, index: int) -> str:
        if self.names is None:
            self.names = list(self.value) if isinstance(self.value, Mapping) else []
        return self.names[index]

    def token(self, index: int) -> str:
        return self.name(index) if isinstance(self.value, Mapping) else str(index)

    def index_of(self, token: str) -> int | None:
        if not isinstance(self.value, Mapping):
            index = array_index(token)
            return index if index is not None and index < len(self.value) else None
        if token not in self.value:
            return None
        if self.names is None:
            self.names = list(self.value)
        return self.names.index(token)

    def start_of(self, index: int) -> int:
        """The row at which a child starts."""
        before = bisect_left(self.kids, index, key=_index) - 1
        if before < 0:
            return index
        kid = self.kids[before]
        return self.starts[before] + kid.rows + (index - kid.index - 1)

    def index_at(self, row: int) -> int:
        """The child whose only row this is."""
        before = bisect_right(self.starts, row) - 1
        if before < 0:
            return row
        kid = self.kids[before]
        return kid.index + 1 + row - self.starts[before] - kid.rows

    def kid(self, index: int) -> "_Node | None":
        """The child, if it is open."""
        at = bisect_left(self.kids, index, key=_index)
        return self.kids[at] if at < len(self.kids) and self.kids[at].index == index else None

    def settle(self) -> None:
        """Count again, from the kids' counts."""
        more = 0
        self.starts = []
        for kid in self.kids:
            self.starts.append(kid.index + more)
            more += kid.rows - 1
        self.rows = len(self.value) + 2 + more


def _index(node: _Node) -> int:
    return node.index


class Row(Alike, frozen=True):
    """One row. `key` is the member's name or the item's index, None for the whole document."""

    ASIDE = frozenset({"inside"})

    depth: int
    key: str | int | None
    shape: Shape
    value: Json
    comma: bool
    inside: _Node | None

    @property
    def pointer(self) -> Pointer:
        """Where the row's value stands; a closing row stands where its opening row does."""
        if self.key is None:
            return ()
        return (*_path(self.inside), str(self.key))


def _path(node: _Node | None) -> Pointer:
    tokens = []
    while node is not None and node.inside is not None:
        tokens.append(node.inside.token(node.index))
        node = node.inside
    return tuple(reversed(tokens))


class JsonRows:
    """The rows of one document, and what of it is unfolded.

    A document that is no container, or an empty one, is one row. Row numbers start at 0.
    """

    def __init__(self, document: Json, budget: int = FIRST_ROWS) -> None:
        self.document = document
        container = _container(document)
        self._root = None if container is None else _Node(container, None, 0)
        self._folded = False
        if self._root is not None:
            _unfold(self._root, budget)

    def __len__(self) -> int:
        return 1 if self._root is None or self._folded else self._root.rows

    def row(self, number: int) -> Row:
        """The row with this number; raises `IndexError`."""
        return self.window(number, 1)[0]

    def window(self, first: int, count: int) -> list[Row]:
        """At most `count` rows from `first` on: one search, then steps. Raises `IndexError`."""
        if not 0 <= first < len(self):
            raise IndexError(first)
        if self._root is None or self._folded:
            shape = Shape.LEAF if self._root is None else Shape.FOLDED
            return [Row(0, None, shape, self.document, comma=False, inside=None)][:count]
        node, at = _locate(self._root, first)
        rows: list[Row] = []
        while len(rows) < count:
            rows.append(_row(node, at))
            following = _next(node, at)
            if following is None:
                break
            node, at = following
        return rows

    def pointer_of(self, number: int) -> Pointer:
        """Where the value of a row stands in the document (RFC 6901); raises `IndexError`."""
        return self.row(number).pointer

    def row_of(self, pointer: Pointer) -> int:
        """The row of a place, with everything around it unfolded.

        Raises `Missing` where the document has no such place.
        """
        value = self.document
        for token in pointer:
            value = child(value, token, "the document")
        if self._root is None:
            return 0
        if self._folded and pointer:
            self._folded = False
        node = self._root
        for token in pointer[:-1]:
            index = node.index_of(token)
            assert index is not None
            node = node.kid(index) or self._open(node, index, MORE_ROWS)
        return self.row_near(pointer)

    def row_near(self, pointer: Pointer) -> int:
        """The row of a place, or of the nearest thing around it that has a row. Folds nothing."""
        if self._root is None or self._folded:
            return 0
        node, number = self._root, 0
        for token in pointer:
            index = node.index_of(token)
            if index is None:
                break
            number += 1 + node.start_of(index)
            kid = node.kid(index)
            if kid is None:
                break
            node = kid
        return number

    def end_of(self, number: int) -> int:
        """The closing row of the container that opens in this row; else the row itself."""
        if self._root is None or self._folded:
            return number
        node, at = _locate(self._root, number)
        return number + node.rows - 1 if at < 0 else number

    def fold(self, number: int) -> bool:
        """Fold the container that opens or closes in this row; False where none does."""
        if self._root is None or self._folded:
            return False
        node, at = _locate(self._root, number)
        if 0 <= at < node.rows - 2:
            return False
        if node.inside is None:
            self._folded = True
        else:
            _close(node.inside, node)
        return True

    def unfold(self, number: int, budget: int = MORE_ROWS) -> bool:
        """Open the container folded in this row, as it was when it was folded; False where none is."""
        if self._root is None:
            return False
        if self._folded:
            self._folded = False
            return True
        node, at = _locate(self._root, number)
        if not 0 <= at < node.rows - 2:
            return False
        index = node.index_at(at)
        if _container(node.child(index)) is None:
            return False
        self._open(node, index, budget)
        return True

    def _open(self, node: _Node, index: int, budget: int) -> _Node:
        kid = None if node.closed is None else node.closed.pop(index, None)
        if kid is None:
            container = _container(node.child(index))
            assert container is not None
            kid = _Node(container, node, index)
            _unfold(kid, budget)
        at = bisect_left(node.kids, index, key=_index)
        start = node.start_of(index)
        node.kids.insert(at, kid)
        node.starts.insert(at, start)
        _shift(node, at + 1, kid.rows - 1)
        return kid

    def fold_all(self) -> None:
        """Fold everything but the document itself."""
        if self._root is not None:
            self._root = _Node(self._root.value, None, 0)
            self._folded = False

    def unfold_all(self) -> None:
        """Unfold everything. A big document takes its time: see `unfolding`."""
        for _ in self.unfolding():
            pass

    def unfolding(self) -> Iterator[None]:
        """Unfold everything in small slices; the rows change at the end, all at once."""
        if self._root is None:
            return
        opened = [_Node(self._root.value, None, 0)]
        scanned = 0
        for node in opened:
            for index, value in enumerate(_values(node.value)):
                scanned += 1
                if scanned % _SLICE == 0:
                    yield
                container = _container(value)
                if container is not None:
                    kid = _Node(container, node, index)
                    node.kids.append(kid)
                    opened.append(kid)
        for node in reversed(opened):
            scanned += 1
            if scanned % _SLICE == 0:
                yield
            node.settle()
        self._root = opened[0]
        self._folded = False

    def folds(self) -> tuple[int, ...]:
        """What is open, for `restore`: for each open container how many in it are open, and which."""
        if self._root is None or self._folded:
            return ()
        told: list[int] = []
        waiting = [self._root]
        for node in waiting:
            kids = node.kids[: max(0, MOST_REMEMBERED - len(waiting))]
            told.append(len(kids))
            told.extend(kid.index for kid in kids)
            waiting.extend(kids)
        return tuple(told)

    def restore(self, folds: Sequence[int]) -> None:
        """Open what `folds` told, as far as this document has it."""
        if self._root is None:
            return
        root = _Node(self._root.value, None, 0)
        told = iter(folds)
        # What is no container here keeps its turn, so that those after it keep theirs.
        waiting: list[_Node | None] = [root]
        for node in waiting:
            for _ in range(next(told, 0)):
                index = next(told, -1)
                waiting.append(None if node is None else _reopen(node, index))
        for node in reversed(waiting):
            if node is not None:
                node.settle()
        self._root = root
        self._folded = not folds


def _reopen(node: _Node, index: int) -> _Node | None:
    after = node.kids[-1].index if node.kids else -1
    container = _container(node.child(index)) if after < index < len(node.value) else None
    if container is None:
        return None
    node.kids.append(_Node(container, node, index))
    return node.kids[-1]


def _container(value: Json) -> Container | None:
    """The value as a container with something in it; an empty one is drawn like a leaf."""
    if value is None or isinstance(value, _LEAVES):
        return None
    return value or None


def _values(container: Container) -> Iterable[Json]:
    # A parser gives dicts and lists; asking for those first is several times faster.
    if isinstance(container, dict):
        return container.values()
    if isinstance(container, list):
        return container
    return container.values() if isinstance(container, Mapping) else container


def _unfold(node: _Node, budget: int) -> None:
    """Open what is in a new node, breadth first, while it costs no more rows than the budget."""
    opened = [node]
    budget -= node.rows
    for here in opened:
        if budget <= 0:
            break
        for index, value in enumerate(_values(here.value)):
            container = _container(value)
            if container is not None and len(container) < budget:
                kid = _Node(container, here, index)
                here.kids.append(kid)
                opened.append(kid)
                budget -= len(container) + 1
    for here in reversed(opened):
        here.settle()


def _locate(root: _Node, number: int) -> tuple[_Node, int]:
    """The node a row belongs to, and its row in it: -1 opens the node, `rows - 2` closes it."""
    node, at = root, number - 1
    while 0 <= at < node.rows - 2:
        before = bisect_right(node.starts, at) - 1
        if before < 0 or at - node.starts[before] >= node.kids[before].rows:
            break
        node, at = node.kids[before], at - node.starts[before] - 1
    return node, at


def _next(node: _Node, at: int) -> tuple[_Node, int] | None:
    at += 1
    if at == node.rows - 1:
        if node.inside is None:
            return None
        at = node.inside.start_of(node.index) + node.rows
        node = node.inside
    kid = bisect_left(node.starts, at)
    if kid < len(node.starts) and node.starts[kid] == at:
        return node.kids[kid], -1
    return node, at


def _row(node: _Node, at: int) -> Row:
    if at < 0 or at == node.rows - 2:
        outer = node.inside
        shape = Shape.OPEN if at < 0 else Shape.CLOSE
        comma = at >= 0 and outer is not None and node.index < len(outer.value) - 1
        key = None if outer is None else _key(outer, node.index)
        return Row(node.depth, key, shape, node.value, comma, outer)
    index = node.index_at(at)
    value = node.child(index)
    shape = Shape.LEAF if _container(value) is None else Shape.FOLDED
    comma = index < len(node.value) - 1
    return Row(node.depth + 1, _key(node, index), shape, value, comma, node)


def _key(node: _Node, index: int) -> str | int:
    return node.name(index) if isinstance(node.value, Mapping) else index


def _close(node: _Node, kid: _Node) -> None:
    at = bisect_left(node.kids, kid.index, key=_index)
    del node.kids[at], node.starts[at]
    if node.closed is None:
        node.closed = {}
    node.closed[kid.index] = kid
    _shift(node, at, 1 - kid.rows)


def _shift(node: _Node | None, first: int, rows: int) -> None:
    """What stands after a change is `rows` further down: in the node, and in all around it."""
    while node is not None:
        node.starts[first:] = [start + rows for start in node.starts[first:]]
        node.rows += rows
        if node.inside is not None:
            first = bisect_right(node.inside.kids, node.index, key=_index)
        node = node.inside
