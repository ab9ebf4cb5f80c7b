"""What TLS trusts, made from files: authorities, certificates of one's own, and what is wrong with them.

Certificates are always verified, except with the hosts of `--insecure`. Trusted are the authorities that the
environment names, else those that come with the program, and beside them those of the settings.
"""

import os
import ssl
from pathlib import Path
from typing import Literal, TypeAlias

from arazzo_tui.language.printable import one_line
from arazzo_tui.world.network import ClientCertificate, Trust
from arazzo_tui.world.reading import CannotRead, read_file

_FILE, _FOLDER, _CUSTOM = "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"
"""The variables of OpenSSL, and that of many programs in Python, which counts where the others are unset."""

About: TypeAlias = Literal["certificate", "key", "passphrase"]

_LARGEST = 4 * 1024 * 1024


class BadTls(Exception):
    """A file or a variable that TLS cannot be spoken with; the sentence says which and why.

    `about` is what of a certificate of one's own is wrong.
    """

    def __init__(self, message: str, about: About = "certificate") -> None:
        self.about = about
        super().__init__(message)


def context_for(trust: Trust) -> ssl.SSLContext:
    """What a connection is secured with; raises `BadTls`. Reads files: some 30 ms for all authorities."""
    if trust.verified:
        context = _verifying()
        for path in trust.authorities:
            _trusts(context, path)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if trust.client is not None:
        _shows(context, trust.client)
    return context


def _verifying() -> ssl.SSLContext:
    if wrong := wrong_with_environment():
        raise BadTls(wrong)
    files, folders = _named_by_environment()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # whom somebody names is trusted itself
    if not files and not folders:
        import certifi

        files = [certifi.where()]
    for file in files:
        context.load_verify_locations(cafile=file)
    for folder in folders:
        context.load_verify_locations(capath=folder)
    return context


def _named_by_environment() -> tuple[list[str], list[str]]:
    """Files and folders of authorities."""
    files = [path for path in (os.environ.get(_FILE),) if path]
    folders = [path for path in os.environ.get(_FOLDER, "").split(os.pathsep) if path]
    custom = os.environ.get(_CUSTOM, "")
    if custom and not files and not folders:
        (folders if Path(custom).is_dir() else files).append(custom)
    return files, folders


def wrong_with_environment() -> str:
    """What is wrong with the authorities that the environment names; empty when nothing is."""
    files, folders = _named_by_environment()
    name = next((each for each in (_FILE, _FOLDER, _CUSTOM) if os.environ.get(each)), "")
    cure = f"correct or unset {name}"
    for folder in folders:
        if not Path(folder).is_dir():
            return f"{name} names {one_line(folder)}, and there is no such folder; {cure}"
    for file in files:
        if wrong := wrong_with_authorities(Path(file)):
            return f"{name}: {wrong}; {cure}"
    return ""


def wrong_with_authorities(path: Path) -> str:
    """Why the certificates of a file cannot be trusted as authorities; empty when they can."""
    try:
        _trusts(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)
    except BadTls as wrong:
        return str(wrong)
    return ""


def _trusts(context: ssl.SSLContext, path: Path) -> None:
    _read(path)
    try:
        context.load_verify_locations(cafile=path)
    except (ssl.SSLError, OSError):
        raise BadTls(
            f"{one_line(str(path))} holds no certificates in PEM, which begin with "
            "-----BEGIN CERTIFICATE-----"
        ) from None


def wrong_with_client(client: ClientCertificate) -> BadTls | None:
    """Why a certificate of one's own cannot be shown; None when it can."""
    try:
        _shows(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), client)
    except BadTls as wrong:
        return wrong
    return None


def _shows(context: ssl.SSLContext, client: ClientCertificate) -> None:
    asked: list[bool] = []

    def passphrase() -> str:
        """Without this function OpenSSL would ask on the terminal."""
        asked.append(True)
        return os.environ.get(client.passphrase, "")

    if b"CERTIFICATE-----" not in _read(client.certificate):
        raise BadTls(f"{one_line(str(client.certificate))} holds no certificate in PEM")
    if client.key is not None:
        _read(client.key, "key")
    try:
        context.load_cert_chain(client.certificate, client.key, password=passphrase)
    except (ssl.SSLError, OSError, ValueError) as wrong:
        raise _about_key(client, wrong, encrypted=bool(asked)) from None


def _about_key(client: ClientCertificate, wrong: Exception, *, encrypted: bool) -> BadTls:
    about: About = "key" if client.key else "certificate"
    key = f"the key in {one_line(str(client.key or client.certificate))}"
    if encrypted and not client.passphrase:
        return BadTls(f"{key} is encrypted; name a variable that holds its `passphrase`", about)
    if encrypted and not os.environ.get(client.passphrase):
        return BadTls(f"{key} is encrypted, and {client.passphrase} is not set", "passphrase")
    if encrypted:
        return BadTls(f"the passphrase in {client.passphrase} does not open {key}", "passphrase")
    if isinstance(wrong, ssl.SSLError) and wrong.reason == "KEY_VALUES_MISMATCH":
        whose = one_line(str(client.certificate))
        return BadTls(f"{key} is not that of the certificate in {whose}", about)
    return BadTls(f"{key.removeprefix('the key in ')} holds no key in PEM", about)


def _read(path: Path, about: About = "certificate") -> bytes:
    try:
        return read_file(path, _LARGEST)
    except CannotRead as wrong:
        raise BadTls(str(wrong), about) from None
