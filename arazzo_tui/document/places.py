"""Finding again where a part of a document stands, for a problem that knows only the object it is in.

The frozen model keeps the place of each object and not of each of its fields. The text is read once more,
and only when something is wrong with it.
"""

from msgspec import Struct

from arazzo_tui.document.load import Load, load
from arazzo_tui.document.marked import Node
from arazzo_tui.document.source import Mark, Source

_LARGEST = 5_000_000
"""Past this many characters a text is not read twice: the object's own place has to do."""


class Places(Struct):
    """The objects of the documents whose marks are asked for, by where they begin."""

    load: Load = load
    _roots: dict[int, tuple[Source, Node | None]] = {}
    _known: dict[int, dict[tuple[int, int], Node]] = {}

    def root(self, source: Source) -> Node | None:
        """The root of a text, which is read when somebody asks, and once."""
        if id(source) not in self._roots:
            self._roots[id(source)] = source, self.load(source)[0]
        return self._roots[id(source)][1]

    def node(self, mark: Mark | None, *way: str | int) -> Node | None:
        """What stands at a mark, or what is found from there by names and positions."""
        if mark is None:
            return None
        source = mark.source
        if id(source) not in self._known:
            root = self.root(source) if len(source.text) <= _LARGEST else None
            self._known[id(source)] = _objects(root)
        here = self._known[id(source)].get((mark.line, mark.column))
        for step in way:
            if here is None:
                return None
            if isinstance(step, str):
                here = here.get(step)
            else:
                listed = list(here.items())
                here = listed[step] if step < len(listed) else None
        return here

    def value(self, mark: Mark, *way: str | int) -> Mark:
        """Where a value inside the object at a mark stands; the mark itself where that is not known."""
        found = self.node(mark, *way)
        return found.mark if found is not None else mark

    def name(self, mark: Mark, *way: str) -> Mark:
        """Where the name of a member stands; the mark itself where that is not known."""
        home = self.node(mark, *way[:-1])
        return home.key_mark(way[-1]) if home is not None and home.get(way[-1]) else mark


def _objects(root: Node | None) -> dict[tuple[int, int], Node]:
    """Every object of a text by its place; of two at one place the outer one."""
    found: dict[tuple[int, int], Node] = {}
    waiting = [root] if root is not None else []
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node.value, dict | list) or id(node.value) in seen:
            continue
        seen.add(id(node.value))
        if isinstance(node.value, dict):
            found.setdefault((node.line, node.column), node)
            waiting += [member for _, member in node.members()]
        else:
            waiting += node.items()
    return found
