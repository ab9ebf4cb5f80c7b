"""The system's keyring, where somebody has installed the library that knows it: one entry read at a time.

All entries are those of the service `arazzo-tui`, so that no settings file can reach for what another
program keeps there. Nothing is ever written.
"""

from collections.abc import Callable
from importlib import import_module

from arazzo_tui.language.printable import one_line

SERVICE = "arazzo-tui"
"""The service whose entries are read."""


class NoKeyring(LookupError):
    """An entry that cannot be read; says why, and how it can be put there."""


def from_keyring(entry: str) -> str:
    """The secret of an entry; raises `NoKeyring`. Blocks, and the system may ask a person first."""
    try:
        get: Callable[[str, str], str | None] = import_module("keyring").get_password
        error: type[Exception] = import_module("keyring.errors").KeyringError
    except ImportError:
        raise NoKeyring(
            "the settings name an entry of the keyring, and the library for it is not installed: "
            "pip install 'arazzo-tui[keyring]'"
        ) from None
    try:
        secret = get(SERVICE, entry)
    except (error, OSError, RuntimeError, ValueError) as wrong:
        # What a library says may quote what it was given; its kind is enough.
        raise NoKeyring(f"the keyring cannot be read ({one_line(type(wrong).__name__)})") from None
    if secret is None or not secret.strip():
        raise NoKeyring(
            f"the keyring has no entry {entry}: keyring set {SERVICE} {entry} puts it there"
        )
    return secret.strip()
