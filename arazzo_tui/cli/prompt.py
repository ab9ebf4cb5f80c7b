"""Asking for credentials that nobody gave, without an echo: only of a person who sits at the terminal.

A script is never asked: not without a terminal, not with `--json`, not for several runs.
"""

import sys
from collections.abc import Mapping
from getpass import getpass

from arazzo_tui.cli.arguments import Given
from arazzo_tui.engine.credentials import Credential, Credentials, SchemeKey
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.credentials import Variable, Variables, missing


def is_asked(given: Given) -> bool:
    """Whether a person can be asked: stdin and stderr are a terminal, and one run is told in words."""
    several = bool(given.each) or given.times > 1
    return sys.stdin.isatty() and sys.stderr.isatty() and not given.json and not several


def asked_for(
    plan: Plan, known: Credentials, variables: Variables
) -> Mapping[SchemeKey, Credential]:
    """What a person types for each scheme that misses its secret; an empty line leaves it out."""
    found: dict[SchemeKey, Credential] = {}
    for each in missing(plan, known):
        source, scheme = each.key
        words = f"{one_line(scheme, 60)} of {one_line(source, 60)} ({each.words})"
        try:
            secret = getpass(f"? {words}, empty leaves it out: ", stream=sys.stderr).strip()
        except EOFError:
            break
        if secret:
            origins = variables.get(each.key, Variable()).origins
            found[each.key] = Credential(secret, "your answer", origins)
    return found
