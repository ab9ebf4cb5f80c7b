"""Where credentials come from: the environment, a keyring, an answer; and where each may go.

`ARAZZO_TUI_<SOURCE>_<SCHEME>`, in capitals and with `_` for all else, holds the secret of a scheme. A
settings file may name another variable that begins so; a document cannot. Tokens are fetched in `tokens`.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.document.operation import Operation
from arazzo_tui.engine.credentials import (
    Credential,
    Credentials,
    SchemeKey,
    Wanted,
    base_of,
    is_complete,
    is_placeable,
    origin_of,
    wanted_by,
)
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.system_keyring import NoKeyring, from_keyring

PREFIX = "ARAZZO_TUI_"
"""How every variable begins that may hold a credential: no file can reach for another one."""

Servers = Mapping[str, ServerChoice]


class Variable(Struct, frozen=True):
    """What a settings file says of a scheme's secret: the environment variable that holds it, the entry of
    the system's keyring that does, and the origins it may go to.
    """

    name: str = ""
    origins: tuple[str, ...] = ()
    keyring: str = ""


Variables = Mapping[SchemeKey, Variable]


def wanted(plan: Plan, servers: Servers | None = None) -> tuple[Wanted, ...]:
    """The schemes that the operations of a plan ask for, each once, with all scopes asked for.

    A server of `servers` is what a relative token URL counts from, instead of the described one.
    """
    found: dict[SchemeKey, Wanted] = {}
    for operation in (call.operation for call in plan.calls()):
        for each in wanted_by(operation):
            known = found.setdefault(each.key, each)
            scopes = tuple(dict.fromkeys((*known.scopes, *each.scopes)))
            found[each.key] = replace(known, scopes=scopes)
    chosen = servers or {}
    return tuple(
        replace(each, base=chosen[each.source].url) if each.source in chosen else each
        for each in found.values()
    )


def variable_name(key: SchemeKey) -> str:
    """The environment variable that holds the secret of a scheme."""
    return PREFIX + "_".join(re.sub(r"[^A-Za-z0-9]+", "_", part).upper() for part in key)


def held(
    schemes: Iterable[Wanted],
    variables: Variables | None = None,
    environment: Mapping[str, str] | None = None,
) -> tuple[Credentials, tuple[str, ...]]:
    """The credentials that the environment or else the keyring holds, and why an entry could not be read.

    The keyring is asked only for schemes whose settings name an entry: asking may open a window. Blocks.
    """
    asked = tuple(schemes)
    found = dict(from_environment(asked, variables, environment))
    said: list[str] = []
    for each in asked:
        named = (variables or {}).get(each.key, Variable())
        if not named.keyring or each.key in found:
            continue
        try:
            secret = from_keyring(named.keyring)
        except NoKeyring as wrong:
            said.append(f"no credential for {one_line(each.scheme.name)}: {wrong}")
        else:
            by = f"keyring {named.keyring}"
            found[each.key] = Credential(secret, by, named.origins)
    return found, tuple(dict.fromkeys(said))


def from_environment(
    schemes: Iterable[Wanted],
    variables: Variables | None = None,
    environment: Mapping[str, str] | None = None,
) -> Credentials:
    """The credentials that the environment holds for these schemes.

    A variable that two schemes would read by its usual name is read by neither: it was given for one.
    """
    there = os.environ if environment is None else environment
    asked, named = tuple(schemes), variables or {}
    shared = Counter(variable_name(each.key) for each in asked)
    found: dict[SchemeKey, Credential] = {}
    for each in asked:
        said = named.get(each.key, Variable())
        name = said.name or variable_name(each.key)
        secret = there.get(name, "").strip()
        if secret and (said.name or shared[name] == 1):
            found[each.key] = Credential(secret, f"environment {name}", said.origins)
    return found


def bound(plan: Plan, servers: Servers, known: Credentials) -> Credentials:
    """The credentials, each for the origin of its source where it has no origins of its own.

    That is the origin of the chosen server, or else the one that most operations of the plan are
    described at: a server that a single operation names gets nothing that was not meant for it.
    """
    described: dict[str, Counter[str]] = {}
    for operation in (call.operation for call in plan.calls()):
        origin = origin_of(base_of(operation))
        if origin:
            described.setdefault(operation.source, Counter())[origin] += 1
    found: dict[SchemeKey, Credential] = {}
    for key, credential in known.items():
        source, _ = key
        origins = credential.origins
        if not origins and source in servers:
            origins = (origin_of(servers[source].url),)
        elif not origins and source in described:
            origins = (described[source].most_common(1)[0][0],)
        found[key] = replace(credential, origins=tuple(each for each in origins if each))
    return found


# ------------------------------------------------------------------------------- what is not there


def missing(plan: Plan, known: Credentials) -> tuple[Wanted, ...]:
    """The schemes that keep an operation from being called with all it asks for.

    An operation with one complete alternative, or one that asks for nothing, misses nothing.
    """
    found: dict[SchemeKey, Wanted] = {}
    for operation in (call.operation for call in plan.calls()):
        if _is_short_of(operation, known):
            found.update({each.key: each for each in wanted_by(operation) if each.key not in known})
    return tuple(found.values())


def told_missing(plan: Plan, known: Credentials) -> tuple[str, ...]:
    """A sentence for each scheme whose secret is not there, or is more than a secret."""
    short = missing(plan, known)
    shared = Counter(variable_name(each.key) for each in wanted(plan))
    said: list[str] = []
    for each in short:
        name = variable_name(each.key)
        cure = f"set {name}"
        if shared[name] > 1:
            cure = f"{name} would be that of two schemes: name another one in arazzo-tui.yaml"
        said.append(f"no credential for {one_line(each.scheme.name)} ({each.words}): {cure}")
    for operation in (call.operation for call in plan.calls()):
        for scheme in operation.schemes.values():
            if (
                scheme.type == "http"
                and not is_placeable(scheme)
                and _is_short_of(operation, known)
            ):
                kind = one_line(scheme.http_scheme)
                said.append(f"{one_line(scheme.name)} is HTTP {kind}, which is not built in")
    return tuple(dict.fromkeys(said))


def _is_short_of(operation: Operation, known: Credentials) -> bool:
    return bool(operation.security) and not any(
        is_complete(operation, alternative, known) for alternative in operation.security
    )
