"""Credentials from the system's keyring: asked only where the settings say so, and told why where none is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arazzo_tui.document.operation import Scheme
from arazzo_tui.engine.credentials import Credential, Wanted
from arazzo_tui.world.credentials import Variable, held
from arazzo_tui.world.settings import FILE_NAME, settings_of
from arazzo_tui.world.system_keyring import SERVICE, NoKeyring, from_keyring

KEY = ("shop", "login")
ENTRY = "ARAZZO_TUI_SHOP_LOGIN"
WANTED = Wanted("shop", Scheme("login", "http", http_scheme="bearer"), ())


class Fake:
    """What the backend of these tests holds, and what it was asked."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_locked = False


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A backend of the library's own kind, in the place of the system's."""
    keyring = pytest.importorskip("keyring")
    from keyring.backend import KeyringBackend
    from keyring.backends.fail import Keyring as NoBackend
    from keyring.errors import KeyringLocked

    known = Fake()

    class OfThisTest(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            known.asked.append((service, username))
            if known.is_locked:
                raise KeyringLocked("it holds s3cret-of-the-user")
            return known.entries.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            known.entries[service, username] = password

    keyring.set_keyring(OfThisTest())
    yield known
    keyring.set_keyring(NoBackend())


def test_an_entry_is_read_and_goes_where_the_settings_say(fake: Fake) -> None:
    fake.entries[SERVICE, ENTRY] = " s3cret-token\n"
    found, said = held([WANTED], {KEY: Variable("", ("https://api.test",), ENTRY)}, {})
    assert found == {KEY: Credential("s3cret-token", f"keyring {ENTRY}", ("https://api.test",))}
    assert said == ()
    assert fake.asked == [(SERVICE, ENTRY)]


def test_the_environment_is_asked_first_and_the_keyring_only_where_it_is_named(fake: Fake) -> None:
    fake.entries[SERVICE, ENTRY] = "s3cret-token"
    found, _ = held([WANTED], {KEY: Variable(keyring=ENTRY)}, {ENTRY: "from-environment"})
    assert found[KEY].secret == "from-environment"
    assert held([WANTED], {}, {}) == ({}, ())
    assert fake.asked == []


@pytest.mark.usefixtures("fake")
def test_an_entry_that_is_not_there_is_told_with_its_cure() -> None:
    found, (said,) = held([WANTED], {KEY: Variable(keyring=ENTRY)}, {})
    assert found == {}
    assert said == (
        "no credential for login: the keyring has no entry ARAZZO_TUI_SHOP_LOGIN: "
        "keyring set arazzo-tui ARAZZO_TUI_SHOP_LOGIN puts it there"
    )


def test_a_keyring_that_fails_is_told_without_what_it_says(fake: Fake) -> None:
    fake.is_locked = True
    with pytest.raises(NoKeyring, match=r"cannot be read \(KeyringLocked\)") as wrong:
        from_keyring(ENTRY)
    assert "s3cret" not in str(wrong.value)


def test_without_the_library_it_is_told_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['keyring'] = None\n"
        "from arazzo_tui.world.system_keyring import NoKeyring, from_keyring\n"
        "try: from_keyring('ARAZZO_TUI_X')\n"
        "except NoKeyring as wrong: print(wrong)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'arazzo-tui[keyring]'" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("text", "entry"),
    [("true", ENTRY), ("ARAZZO_TUI_MINE", "ARAZZO_TUI_MINE"), ("false", "")],
)
def test_the_settings_name_an_entry_of_ours(tmp_path: Path, text: str, entry: str) -> None:
    credential = f"{{keyring: {text}, origins: [https://api.test]}}"
    (tmp_path / FILE_NAME).write_text(f"credentials: {{shop: {{login: {credential}}}}}")
    found = settings_of(str(tmp_path / "a.yaml"))
    assert found.variables == {KEY: Variable("", ("https://api.test",), entry)}


@pytest.mark.parametrize("text", ["github-token", "5", "[a]", "'ARAZZO_TUI_a b'"])
def test_the_settings_cannot_name_what_others_keep_there(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(f"credentials: {{shop: {{login: {{keyring: {text}}}}}}}")
    (problem,) = settings_of(str(tmp_path / "a.yaml")).wrong
    assert problem.message == "`keyring` names an entry that begins with ARAZZO_TUI_"
