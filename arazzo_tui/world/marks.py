"""The places of a document that a person called secret: in its settings file, and in the user's own folder.

Marks made in the terminal go to the state folder; those of the settings file are everybody's who has the
document, and are taken back there. Values are never kept.
"""

from collections.abc import Iterable

from arazzo_tui.engine.marked import read_places
from arazzo_tui.world.settings import ProjectSettings
from arazzo_tui.world.state import State


def own_marks(state: State, address: str) -> tuple[str, ...]:
    """The places that were marked in the terminal for the document at an address."""
    kept = state.preference(_name(address))
    listed = [each for each in kept if isinstance(each, str)] if isinstance(kept, list) else []
    return tuple(dict.fromkeys(str(each) for each in read_places(listed)))


def all_marks(settings: ProjectSettings, own: Iterable[str]) -> tuple[str, ...]:
    """Those and the ones of the settings file."""
    return tuple(dict.fromkeys((*settings.secrets, *own)))


def keep_marks(state: State, address: str, own: Iterable[str]) -> None:
    """Keep what is marked in the terminal."""
    state.prefer(_name(address), list(own))


def _name(address: str) -> str:
    return f"secrets {address}"
