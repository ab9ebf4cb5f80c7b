"""The documents that travel with the program: the demo's workflow, its description, its inputs."""

from pathlib import Path

import arazzo_tui

_PACKAGE = Path(arazzo_tui.__file__).parent


def _folder() -> Path:
    """`workflows/` in the installed package, or at the root of a checkout."""
    installed = _PACKAGE / "workflows"
    return installed if installed.is_dir() else _PACKAGE.parent / "workflows"


DEMO_DOCUMENT = _folder() / "arazzo" / "highlight-io-session-track-event-workflow.yml"
DEMO_INPUTS = _folder() / "inputs" / "session-track-event.json"
