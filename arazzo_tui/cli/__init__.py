"""The command line: which command is meant, and what it was given.

Nothing heavy is imported here: a command's module is loaded when the command runs, so that `--help` costs
little more than Python itself.
"""

import gc
import os
import sys
from collections.abc import Sequence

from arazzo_tui.cli.arguments import Given, parse
from arazzo_tui.cli.streams import hold_standard_streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; the exit code.

    70 is a bug of ours, which is told and kept for its authors, 130 an interruption.
    """
    hold_standard_streams()
    typed = _typed() if arguments is None else arguments
    try:
        return _done(parse(typed))
    except KeyboardInterrupt:
        return 130
    except Exception as bug:  # noqa: BLE001  # the one place where our own mistakes end
        from arazzo_tui.cli.apology import apologise

        return apologise(bug, typed)


def _done(given: Given) -> int:
    match given.command:
        case "run":
            gc.disable()  # until all is planned: what is made meanwhile stays
            from arazzo_tui.cli.run import run

            return run(given)
        case "replay":
            from arazzo_tui.cli.replay import replay

            return replay(given)
        case "runs":
            from arazzo_tui.cli.replay import runs

            return runs(given)
        case "check":
            from arazzo_tui.language.jsontext import collector_paused

            with collector_paused():
                from arazzo_tui.cli.check import check

                return check(given)
        case "sandbox":
            from arazzo_tui.cli.sandbox import sandbox

            return sandbox(given)
        case "demo" | "open":
            gc.disable()  # until all is loaded: what is made meanwhile stays
            from arazzo_tui.cli.open import open_tui

            return open_tui(given)


def _typed() -> list[str]:
    """The arguments as they were typed: UTF-8, also where the locale says something less."""
    return [os.fsencode(each).decode("utf-8", "surrogateescape") for each in sys.argv[1:]]
