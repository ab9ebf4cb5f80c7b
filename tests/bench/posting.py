"""The peer: what posting spends to show a body of 10 MB and to page in it, where it is installed.

It is found on the PATH or by BENCH_POSTING, and driven by its keys in a terminal as a person would. It
keeps its settings in folders of the run.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measured import Figure, Terminal, cpu_of, memory_of

_PATIENCE = 300.0
_PAGE_DOWN = "\x1b[6~"
_SETTINGS = "focus: {on_startup: url, on_response: body}\nheading: {visible: false}\n"


def figures(url: str, seen: str, megabytes: int) -> Iterator[Figure]:
    """CPU seconds and memory to show what a URL answers, in which `seen` is painted, and of a page key."""
    command = os.environ.get("BENCH_POSTING") or shutil.which("posting")
    if not command:
        return
    with (
        tempfile.TemporaryDirectory() as name,
        Terminal([command, "--collection", name], _environment(Path(name))) as terminal,
    ):
        _wait_for(terminal, "Enter a URL")
        terminal.settle()
        terminal.type(url)
        terminal.settle()
        spent, memory = cpu_of(terminal.pid), memory_of(terminal.pid)
        terminal.type("\r")
        _wait_for(terminal, seen)
        cpu = terminal.settle()[1] - spent
        yield Figure(f"posting: {megabytes} MB of JSON shown", cpu * 1000, "ms CPU")
        more = memory_of(terminal.pid) - memory
        yield Figure(
            f"posting: memory of {megabytes} MB of JSON", more, "MB", megabytes, "its size"
        )
        spent = cpu_of(terminal.pid)
        terminal.type(_PAGE_DOWN)
        _wait_for(terminal, seen)
        page = terminal.settle()[1] - spent
        yield Figure(f"posting: page down in {megabytes} MB of JSON", page * 1000, "ms CPU")


def _environment(folder: Path) -> dict[str, str]:
    told = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    settings = folder / "CONFIG" / "posting" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS, "utf-8")
    return {**told, "PYTHONPATH": ""}


def _wait_for(terminal: Terminal, text: str) -> None:
    until = time.perf_counter() + _PATIENCE
    while text.encode() not in terminal.painted:
        if time.perf_counter() > until:
            raise RuntimeError(f"{text!r} was never painted")
        terminal.read(1.0)
