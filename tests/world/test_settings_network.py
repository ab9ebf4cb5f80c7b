"""What the settings file says of TLS and time: files that are tried, places of what is wrong, no secrets."""

import shutil
from pathlib import Path

import pytest

from arazzo_tui.document.source import Problem
from arazzo_tui.world.network import ClientCertificate, HostTrust, Timeouts
from arazzo_tui.world.settings import FILE_NAME, ProjectSettings, settings_of

CERTIFICATES = Path(__file__).parent / "certificates"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A folder with a document and certificates, in a repository."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    folder = tmp_path / "repo" / "flows"
    folder.mkdir()
    (folder / "a.yaml").touch()
    shutil.copytree(CERTIFICATES, folder / "tls")
    return folder


def settings(flows: Path, text: str) -> ProjectSettings:
    (flows / FILE_NAME).write_text(text, "utf-8")
    return settings_of(str(flows / "a.yaml"))


def wrong(flows: Path, text: str) -> Problem:
    """The one thing that is wrong."""
    found = settings(flows, text)
    (problem,) = found.wrong
    assert found.network.hosts == {}
    assert found.network.authorities == ()
    return problem


def place(problem: Problem) -> tuple[int, int]:
    assert problem.mark is not None
    return problem.mark.line, problem.mark.column


def test_without_a_word_of_it_the_network_is_as_usual(flows: Path) -> None:
    assert settings(flows, "servers:\n").network.timeouts == Timeouts()
    assert settings(flows, "tls:\ntimeouts:\n").problems == ()


def test_authorities_and_certificates_are_named_from_the_folder_of_the_file(
    flows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARAZZO_TUI_PASS", "passphrase")
    found = settings(
        flows,
        "tls:\n"
        "  authorities: tls/authority.pem\n"
        "  hosts:\n"
        "    API.test:8443: {authorities: [tls/other.pem, ../flows/tls/expired.pem]}\n"
        "    api.test:\n"
        "      certificate: tls/client-alone.pem\n"
        "      key: tls/client-key.pem\n"
        "      passphrase: {env: ARAZZO_TUI_PASS}\n",
    )
    assert found.problems == ()
    tls = flows / "tls"
    assert found.network.authorities == (tls / "authority.pem",)
    other, expired = tls / "other.pem", flows / ".." / "flows" / "tls" / "expired.pem"
    client = ClientCertificate(tls / "client-alone.pem", tls / "client-key.pem", "ARAZZO_TUI_PASS")
    assert found.network.hosts == {
        ("api.test", 8443): HostTrust((other, expired)),
        ("api.test", None): HostTrust((), client),
    }
    trust = found.network.trust("api.test", 8443)
    assert (trust.client, trust.authorities[1:]) == (client, (other, expired))


def test_a_variable_may_name_a_file_anywhere(
    flows: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outside = tmp_path / "client.pem"
    shutil.copy(CERTIFICATES / "client.pem", outside)
    monkeypatch.setenv("ARAZZO_TUI_CERT", str(outside))
    found = settings(flows, "tls: {hosts: {a.test: {certificate: {env: ARAZZO_TUI_CERT}}}}")
    assert found.problems == ()
    assert found.network.hosts == {("a.test", None): HostTrust((), ClientCertificate(outside))}


HOST = "tls:\n  hosts:\n    a.test:\n      "


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("tls: {authorities: tls/gone.pem}", (1, 20), "there is no such file"),
        ("tls: {authorities: [tls/authority.pem, tls/gone.pem]}", (1, 40), "there is no such file"),
        ("tls:\n  authorities: tls", (2, 16), "is a folder"),
        ("tls:\n  authorities: a.yaml", (2, 16), "holds no certificates in PEM"),
        ("tls:\n  authorities: tls/client-key.pem", (2, 16), "holds no certificates in PEM"),
        ("tls:\n  authorities: 5", (2, 16), "`authorities` names a file"),
        ("tls:\n  authorities: ../../outside.pem", (2, 16), "leads out of"),
        ("tls:\n  authorities: /etc/hosts", (2, 16), "leads out of"),
        ("tls:\n  authorities: link.pem", (2, 16), "leads out of"),
        ("tls:\n  authorities: {env: HOME}", (2, 22), "begins with ARAZZO_TUI_"),
        ("tls:\n  authorities: {env: ARAZZO_TUI_UNSET}", (2, 16), "ARAZZO_TUI_UNSET is not set"),
        ("tls: []", (1, 6), "`tls` is an object"),
        ("tls:\n  hosts:\n    https://a.test: {}", (3, 5), "a host is written HOST or HOST:PORT"),
        ("tls:\n  hosts:\n    '*': {}", (3, 5), "a host is written HOST or HOST:PORT"),
        ("tls:\n  hosts:\n    a.test: x", (3, 13), "is an object"),
        (HOST + "certificate: tls/gone.pem", (4, 20), "there is no such file"),
        (HOST + "certificate: tls/client-alone.pem", (4, 20), "holds no key in PEM"),
        (HOST + "{certificate: tls/client-alone.pem, key: tls/gone.pem}", (4, 48), "no such file"),
        (HOST + "{certificate: tls/client-alone.pem, key: tls/localhost.pem}", (4, 48),
         "is not that of the certificate"),
        (HOST + "{certificate: tls/client-alone.pem, key: a.yaml}", (4, 48), "holds no key in PEM"),
        (HOST + "{certificate: a.yaml, key: tls/client-key.pem}", (4, 21), "holds no certificate"),
        (HOST + "{certificate: tls/client-alone.pem, key: tls/client-key.pem}", (4, 48),
         "is encrypted; name a variable that holds its `passphrase`"),
        (HOST + "{certificate: tls/client-alone.pem, key: tls/client-key.pem,\n"
         "       passphrase: {env: ARAZZO_TUI_UNSET}}", (5, 20), "ARAZZO_TUI_UNSET is not set"),
        (HOST + "{certificate: tls/client-alone.pem, key: tls/client-key.pem,\n"
         "       passphrase: {env: ARAZZO_TUI_WRONG}}", (5, 20), "ARAZZO_TUI_WRONG does not open"),
        (HOST + "key: tls/client-key.pem", (4, 12), "stands without a `certificate`"),
        ("timeouts: {connect: 0}", (1, 21), "`connect` is a number of seconds"),
        ("timeouts: {first-byte: soon}", (1, 24), "`first-byte` is a number of seconds"),
        ("timeouts: {whole: true}", (1, 19), "`whole` is a number of seconds"),
        ("timeouts: {tls: 1e400}", (1, 17), "`tls` is a number of seconds"),
        ("timeouts: 5", (1, 11), "`timeouts` is an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_a_cure(
    flows: Path, monkeypatch: pytest.MonkeyPatch, text: str, at: tuple[int, int], words: str
) -> None:
    monkeypatch.setenv("ARAZZO_TUI_WRONG", "no passphrase of mine")
    shutil.copy(CERTIFICATES / "authority.pem", flows.parent.parent / "outside.pem")
    (flows / "link.pem").symlink_to(flows.parent.parent / "outside.pem")
    problem = wrong(flows, text)
    assert words in problem.message
    assert place(problem) == at
    assert problem.hint or "object" in problem.message or "HOST" in problem.message


def test_a_passphrase_in_the_file_is_refused_and_not_shown(flows: Path) -> None:
    problem = wrong(flows, HOST + "{certificate: tls/client.pem, passphrase: hunter2hunter2}")
    assert "hunter2" not in str(problem)
    assert place(problem) == (4, 49)
    assert problem.hint == "passphrase: {env: ARAZZO_TUI_…}"


def test_the_phases_have_the_times_that_are_given(flows: Path) -> None:
    text = "timeouts: {connect: 1, tls: 2.5, write: 3, first-byte: 4, between-bytes: 5, whole: 600}"
    found = settings(flows, text)
    assert found.problems == ()
    assert found.network.timeouts == Timeouts(1.0, 2.5, 3.0, 4.0, 5.0, 600.0)


def test_nothing_in_a_file_turns_verifying_off(flows: Path) -> None:
    for text in ("tls: {insecure: [a.test]}", HOST + "verify: false", "insecure: [a.test]"):
        found = settings(flows, text)
        assert found.network.insecure == frozenset()
        assert found.network.trust("a.test", 443).verified
        assert [each.code for each in found.problems] == ["unknown-field"]
