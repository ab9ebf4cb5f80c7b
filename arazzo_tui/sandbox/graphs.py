"""The graphs of the sandbox by their names; a graph's resolvers are imported when it is asked for."""

from arazzo_tui.sandbox.graph import Graph
from arazzo_tui.sandbox.schemas import SchemaName


def graph_named(name: SchemaName) -> Graph:
    """The graph of a name."""
    match name:
        case "documented":
            from arazzo_tui.sandbox.documented import DOCUMENTED

            return DOCUMENTED
        case "highlight":
            from arazzo_tui.sandbox.highlight import HIGHLIGHT

            return HIGHLIGHT
