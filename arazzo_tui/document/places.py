"""Finding again where a part of a document stands, for a problem that knows only the object it is in.

The frozen model keeps the place of each object and not of each of its fields. The text is read once more,
and only when something is wrong with it.
"""

from msgspec import Struct

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Node
from arazzo_tui.document.source import Mark, Source

_LARGEST = 5_000_000
"""Past this many characters a text is not read twice: the object's own place has to do."""


class Places(Struct):
    """The objects of the documents whose marks are asked for, by where they begin."""

    _known: dict[int, tuple[Source, dict[tuple[int, int], Node]]] = {}

    def node(self, mark: Mark | None, *way: str | int) -> Node | None:
        """What stands at a mark, or what is found from there by names and positions."""
        if mark is None:
            return None
        if id(mark.source) not in self._known:
            self._known[id(mark.source)] = mark.source, _objects(mark.source)
        here = self._known[id(mark.source)][1].get((mark.line, mark.column))
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


def _objects(source: Source) -> dict[tuple[int, int], Node]:
    """Every object of a text by its place; of two at one place the outer one."""
    root = load(source)[0] if len(source.text) <= _LARGEST else None
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
