"""`arazzo-tui sandbox`: the demo's server by itself."""

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import say
from arazzo_tui.sandbox.faults import read_injection
from arazzo_tui.sandbox.server import PortTaken, run_forever


def sandbox(given: Given) -> int:
    """Serve until interrupted; 2 when the port cannot be had."""
    try:
        run_forever(given.port, given.schema, tuple(map(read_injection, given.faults)))
    except PortTaken as taken:
        say(str(taken))
        return 2
    return 0
