"""How long one waits for the first screen, and what the program holds in memory when it rests."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.measured import Figure, Terminal, cpu_to_end, median_of, memory_of, python

MINIMAL = python(str(Path(__file__).with_name("minimal_app.py")))
DEMO = python("-m", "arazzo_tui", "demo")
_MINIMAL_SAYS, _DEMO_SAYS = "smallest app", "reading"
_DEMO_SAYS_LAST = "8 of 8 filled"
_TIMES = 7
_UNTIL_WARM = 2.5
"""Seconds after which what is loaded in the background is loaded."""


def first_paint(command: Sequence[str], says: str) -> float:
    """CPU seconds until a text is painted."""
    with Terminal(command) as terminal:
        return terminal.paint(says)[1]


def settled(command: Sequence[str], says: str) -> float:
    """CPU seconds until nothing more is painted."""
    with Terminal(command) as terminal:
        terminal.paint(says)
        return terminal.settle()[1]


def idle_memory(command: Sequence[str], says: str) -> float:
    """Resident megabytes of a program that has long been at rest."""
    with Terminal(command) as terminal:
        terminal.paint(says)
        terminal.settle()
        until = time.perf_counter() + _UNTIL_WARM
        while time.perf_counter() < until:
            terminal.read(0.1)
        return memory_of(terminal.pid)


def figures() -> Iterator[Figure]:
    """The first paint, the settled screen, `--help`, and idle memory."""
    least = median_of(_TIMES, lambda: first_paint(MINIMAL, _MINIMAL_SAYS))
    ours = median_of(_TIMES, lambda: first_paint(DEMO, _DEMO_SAYS))
    yield Figure("first paint of the demo", ours, "s CPU", least, "a minimal Textual app", 2.0)
    least = median_of(_TIMES, lambda: settled(MINIMAL, _MINIMAL_SAYS))
    ours = median_of(_TIMES, lambda: settled(DEMO, _DEMO_SAYS_LAST))
    yield Figure("settled screen of the demo", ours, "s CPU", least, "a minimal Textual app", 2.5)
    bare = median_of(_TIMES, lambda: cpu_to_end(python("-c", "pass")))
    told = median_of(_TIMES, lambda: cpu_to_end(python("-m", "arazzo_tui", "--help")))
    yield Figure("--help", told, "s CPU", bare, "python -c pass", 4.0)
    least = median_of(3, lambda: idle_memory(MINIMAL, _MINIMAL_SAYS))
    yield Figure("idle memory of a minimal Textual app", least, "MB")
    ours = median_of(3, lambda: idle_memory(DEMO, _DEMO_SAYS_LAST))
    yield Figure("idle memory of the demo", ours, "MB", most=55.0)
