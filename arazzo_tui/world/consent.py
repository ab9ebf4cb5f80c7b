"""What a run without questions agrees to: the hosts that the user and documents on this machine name.

A document that was fetched brings in no host but the one it was fetched from. Private, link-local and
metadata addresses are nobody's to declare but the user's, whether a name is written so or leads there.
Where the user lists hosts, the list is all there is.
"""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urljoin

from arazzo_tui.document.operation import BadServer, server_url
from arazzo_tui.document.source import Mark
from arazzo_tui.engine.credentials import Credentials, Wanted
from arazzo_tui.engine.moment import ServerChoice
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.hosts import Reach, place_of, reach_of, url_of
from arazzo_tui.world.tokens import is_exchanged
from arazzo_tui.world.trust import NEAR, AllowedHosts, flag_for, refused_at
from arazzo_tui.world.workspace import is_url

_DECLARED = frozenset({Reach.PUBLIC, Reach.LOOPBACK})
_FETCHED = frozenset({Reach.PUBLIC})


class Consent:
    """The hosts agreed to, each with the places it may turn out to be at. Grows as documents are read."""

    def __init__(self, listed: AllowedHosts | None = None) -> None:
        self._listed = listed or AllowedHosts()
        self._agreed: dict[tuple[str, int], frozenset[Reach]] = {}

    def named(self, url: str) -> None:
        """Take the user's own word for a URL to be called."""
        self._agree(url, NEAR | {reach_of(url)})

    def opened(self, url: str) -> None:
        """Take the user's own word for the URL of a document, whose host does not become another."""
        self._agree(url, _FETCHED | {reach_of(url)})

    def declared(self, url: str, by: str) -> None:
        """Take the word of the document at the address `by` for a host, when it is on this machine."""
        if not is_url(by):
            self._agree(url, _DECLARED)

    def flags(self) -> tuple[str, ...]:
        """What on a command line allows all that is agreed to."""
        return tuple(flag_for(url_of(*place)) for place in self._agreed)

    def _agree(self, url: str, reaches: frozenset[Reach]) -> None:
        place = place_of(url)
        if place is not None and place[0]:
            self._agreed[place] = self._agreed.get(place, frozenset()) | reaches

    def refusal(self, url: str) -> str:
        """Why a URL may not be called, and how to allow it; empty where it may be."""
        if self._listed.entries:
            return self._listed.refusal(url)
        place, reach = place_of(url), reach_of(url)
        agreed = self._agreed.get(place, frozenset()) if place else frozenset()
        if reach in agreed:
            return ""
        host = one_line(url_of(*place).removeprefix("http://") if place else url, 80)
        why = f"is {reach.value}" if agreed or reach not in _DECLARED else _ONLY_FETCHED
        return f"{host} {why}: allow it with {flag_for(url)}; nothing was sent"

    def refusal_at(self, url: str, address: str) -> str:
        """Why the host of a URL may not be called at an address; empty where it may be."""
        if self._listed.entries:
            return self._listed.refusal_at(url, address)
        place = place_of(url)
        here = reach_of(url_of(address, 0))
        known = here in self._agreed.get(place, frozenset()) if place else False
        return "" if known else refused_at(url, address)


_ONLY_FETCHED = "is named by no document on this machine"


def consent_of(listed: AllowedHosts, document: str, servers: Iterable[str]) -> Consent:
    """What the words of a command line agree to: the document they name, and each `NAME=URL`."""
    consent = Consent(listed)
    if is_url(document):
        consent.opened(document)
    for each in servers:
        consent.named(each.partition("=")[2])
    return consent


def planned_hosts(
    consent: Consent,
    plan: Plan,
    servers: Mapping[str, ServerChoice],
    schemes: Iterable[Wanted],
    known: Credentials,
) -> tuple[str, ...]:
    """Take the word of the local documents of a plan; a sentence for each host that stays refused.

    `servers` are the user's and those of the settings file, which is on this machine.
    """
    called = [*_servers(plan, servers), *_token_urls(schemes, known)]
    for _, url, by in called:
        consent.declared(url, by)
    said: dict[str, str] = {}
    for what, url, _ in called:
        if refusal := consent.refusal(url):
            said.setdefault(refusal, f"{what}: {refusal}")
    flags = dict.fromkeys((*consent.flags(), *(flag_for(url) for _, url, _ in called)))
    if not said or len(flags) == 1:
        return tuple(said.values())
    return (*said.values(), f"once given, only these are called; all are: {' '.join(flags)}")


def _servers(plan: Plan, servers: Mapping[str, ServerChoice]) -> Iterator[tuple[str, str, str]]:
    """What calls, the URL it calls, and the address of the document that says so."""
    for operation in (call.operation for call in plan.calls()):
        what = f"the source {one_line(operation.source, 60)}"
        if operation.source in servers:
            yield what, servers[operation.source].url, ""
        elif operation.servers:
            first = operation.servers[0]
            try:
                url = server_url(first, {}, operation.base)
            except BadServer:
                continue  # its step will say so
            yield what, url, _home(first.mark or operation.mark, operation.base)


def _token_urls(schemes: Iterable[Wanted], known: Credentials) -> Iterator[tuple[str, str, str]]:
    for each in schemes:
        credential = known.get(each.key)
        if credential is not None and is_exchanged(each, credential):
            url = urljoin(each.base, each.token_url)
            if is_url(url):
                what = f"tokens for {one_line(each.scheme.name, 60)}"
                yield what, url, _home(each.scheme.mark, each.base)


def _home(mark: Mark | None, base: str) -> str:
    """The document that a mark stands in."""
    return mark.source.name if mark is not None else base
