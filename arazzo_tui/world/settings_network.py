"""The network's part of the settings file: `tls` and `timeouts`, read with their places.

Files of certificates are named as they stand beside the settings file, inside its workspace; a file elsewhere
is named by an environment variable that holds its path, so that a file from a stranger reaches for nothing.
Every file is tried when it is read: what would fail while a run is under way is a problem before it begins.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from arazzo_tui.document.marked import Node
from arazzo_tui.document.shape import Report, is_object, known_fields
from arazzo_tui.document.source import Mark, Source
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.world.credentials import PREFIX
from arazzo_tui.world.network import (
    ClientCertificate,
    HostTrust,
    Network,
    Place,
    Timeouts,
    place_in,
)
from arazzo_tui.world.reading import expanded

FIELDS = frozenset({"tls", "timeouts"})
"""The members of the settings file that are read here."""

_CODE = "settings-network"
_LONGEST = 86400.0
_PHASES = ("connect", "tls", "write", "first-byte", "between-bytes", "whole")


class Around(Struct, frozen=True):
    """Where a settings file stands: what it names is beside it and nowhere outside of `root`."""

    folder: Path
    root: Path


def read_network(node: Node, around: Around, report: Report) -> Network:
    """What a settings file says of the network; what is wrong is reported, and then not in it."""
    authorities: tuple[Path, ...] = ()
    hosts: dict[Place, HostTrust] = {}
    tls = node.get("tls")
    if tls is not None and tls.value is not None and is_object(tls, "`tls`", report):
        known_fields(tls, frozenset({"authorities", "hosts"}), "`tls`", report)
        authorities = tuple(_authorities(tls, around, report))
        hosts = dict(_hosts(tls.get("hosts"), around, report))
    return Network(_timeouts(node.get("timeouts"), report), authorities, hosts)


def _hosts(node: Node | None, around: Around, report: Report) -> Iterator[tuple[Place, HostTrust]]:
    if node is None or node.value is None or not is_object(node, "`hosts` of `tls`", report):
        return
    fields = frozenset({"authorities", "certificate", "key", "passphrase"})
    for name, each in node.members():
        place = place_in(name)
        if place is None:
            said = f"a host is written HOST or HOST:PORT; this is {quoted_name(name)}"
            report.error(_CODE, said, node.key_mark(name))
        elif is_object(each, "what holds for a host", report):
            known_fields(each, fields, "what holds for a host", report)
            authorities = tuple(_authorities(each, around, report))
            yield place, HostTrust(authorities, _client(each, around, report))


# ------------------------------------------------------------------------------- files


def _authorities(node: Node, around: Around, report: Report) -> Iterator[Path]:
    from arazzo_tui.world.tls import wrong_with_authorities

    listed = node.get("authorities")
    if listed is None or listed.value is None:
        return
    for each in listed.items() if isinstance(listed.value, list) else (listed,):
        path = _path(each, "authorities", around, report)
        if path is None:
            continue
        if wrong := wrong_with_authorities(path):
            report.error(_CODE, wrong, each.mark, "name a file with certificates in PEM")
        else:
            yield path


def _client(node: Node, around: Around, report: Report) -> ClientCertificate | None:
    from arazzo_tui.world.tls import wrong_with_client

    named, key = node.get("certificate"), node.get("key")
    if named is None:
        for name in ("key", "passphrase"):
            if (alone := node.get(name)) is not None:
                said = f"`{name}` stands without a `certificate`"
                report.error(_CODE, said, alone.mark, "name the file of the `certificate` too")
        return None
    before = len(report.problems)
    certificate = _path(named, "certificate", around, report)
    own_key = _path(key, "key", around, report) if key is not None else None
    passphrase = _variable(node.get("passphrase"), "passphrase", report)
    if certificate is None or len(report.problems) > before:
        return None
    client = ClientCertificate(certificate, own_key, passphrase)
    if wrong := wrong_with_client(client):
        at = node.get(wrong.about) or named
        report.error(_CODE, str(wrong), at.mark, _CURES[wrong.about])
        return None
    return client


_CURES = {
    "certificate": "name a file in PEM; where its key is in another, name that as `key`",
    "key": f"name the key of the certificate, in PEM; its passphrase is `passphrase: {{env: {PREFIX}…}}`",
    "passphrase": "put the passphrase of this key into the variable",
}


def _path(node: Node, what: str, around: Around, report: Report) -> Path | None:
    """The file that is named, by a text or by a variable; None where nothing usable is, which is reported."""
    if isinstance(node.value, dict):
        name = _variable(node, what, report)
        path = os.environ.get(name, "")
        if name and not path:
            cure = f"set {name} to the path of the file"
            report.error(_CODE, f"{name} is not set", node.mark, cure)
        return expanded(path) if path else None
    if not isinstance(node.value, str) or not node.value:
        cure = f"{what}: FILE, or {what}: {{env: {PREFIX}…}}"
        report.error(_CODE, f"`{what}` names a file", node.mark, cure)
        return None
    found = around.folder / node.value
    real, root = (Path(os.path.realpath(each)) for each in (found, around.root))
    if root not in real.parents:
        said = f"{one_line(node.value)} leads out of {one_line(str(around.root))}; it is not read"
        cure = f"name it by a variable that holds its path: `{what}: {{env: {PREFIX}…}}`"
        report.error(_CODE, said, node.mark, cure)
        return None
    return found


def _variable(node: Node | None, what: str, report: Report) -> str:
    """The name of an environment variable; empty where none is named, which is reported if it is wrong."""
    if node is None:
        return ""
    env = node.get("env") if isinstance(node.value, dict) else None
    if env is None:
        # Whatever stands there may be the passphrase itself: it is not shown.
        cure = f"{what}: {{env: {PREFIX}…}}"
        report.error(_CODE, f"`{what}` names an environment variable", _hidden(node), cure)
        return ""
    known_fields(node, frozenset({"env"}), f"`{what}`", report)
    name = env.value if isinstance(env.value, str) else ""
    if name.startswith(PREFIX) and name.isascii() and name.isidentifier():
        return name
    said = f"`env` names an environment variable that begins with {PREFIX}"
    report.error(_CODE, said, _hidden(env), f"call it {PREFIX}…")
    return ""


def _hidden(node: Node) -> Mark:
    """The place of what may be a secret; its line is not shown."""
    return Mark(Source(node.source.name, ""), node.line, node.column)


# ------------------------------------------------------------------------------- time


def _timeouts(node: Node | None, report: Report) -> Timeouts:
    if node is None or node.value is None or not is_object(node, "`timeouts`", report):
        return Timeouts()
    known_fields(node, frozenset(_PHASES), "`timeouts`", report)
    found: dict[str, float] = {}
    for name in _PHASES:
        each = node.get(name)
        if each is None or each.value is None:
            continue
        value = each.value
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 < value <= _LONGEST
        ):
            said = f"`{name}` is a number of seconds, more than 0 and at most {_LONGEST:,.0f}"
            report.error(_CODE, said, each.mark, f"{name}: 30")
        else:
            found[name.replace("-", "_")] = float(value)
    usual = Timeouts()
    return Timeouts(
        connect=found.get("connect", usual.connect),
        tls=found.get("tls", usual.tls),
        write=found.get("write"),
        first_byte=found.get("first_byte"),
        between_bytes=found.get("between_bytes"),
        whole=found.get("whole"),
    )
