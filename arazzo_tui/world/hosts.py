"""What kind of place a URL leads to: this machine, a network of one's own, or out.

The text of a URL tells some of it. What a name means can be another thing at every moment, so the address
that a connection has reached is judged too, by whoever sends and before anything is sent.
"""

import socket
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_METADATA = frozenset(
    {"169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"}
)
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog", "instance-data"})
_IPV4_BEHIND = IPv6Network("64:ff9b::/96")
"""The addresses a translator turns into those of IPv4, their last 32 bits (RFC 6052 §2.1)."""


class Reach(Enum):
    """Where a host is, in words for a person."""

    LOOPBACK = "this machine"
    PRIVATE = "an address of a private network"
    LINK_LOCAL = "an address of the link this machine is on"
    METADATA = "the metadata service of a cloud, which hands out credentials"
    PUBLIC = "a host on the network"


def reach_of(url: str) -> Reach:
    """Where a URL leads, by its host as it is written."""
    try:
        written = urlsplit(url).hostname or ""
    except ValueError:
        return Reach.PUBLIC
    # Digits and dots of other scripts mean the same (UTS 46 §2.3).
    host = unicodedata.normalize("NFKC", written).replace("\u3002", ".").lower().rstrip(".")
    if host in _METADATA_NAMES:
        return Reach.METADATA
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        return Reach.LOOPBACK
    address = _address(host)
    if address is not None:
        return _reach(address)
    return Reach.PRIVATE if "." not in host else Reach.PUBLIC


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as, the old ways with fewer or other numbers included."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if not host or not set(host) <= set("0123456789abcdefx."):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _reach(address: IPv4Address | IPv6Address) -> Reach:
    if str(address) in _METADATA:
        return Reach.METADATA
    inner = _behind(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return _reach(inner)
    if address.is_loopback or address.is_unspecified:
        return Reach.LOOPBACK
    if address.is_link_local:
        return Reach.LINK_LOCAL
    return Reach.PUBLIC if address.is_global and not address.is_private else Reach.PRIVATE


def _behind(address: IPv6Address) -> IPv4Address | None:
    """The address of IPv4 that one of IPv6 stands for, if it does."""
    if address in _IPV4_BEHIND:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def origin_of(url: str) -> str:
    """Host and port of a URL, as trust is given to them; lower case, the port always named."""
    place = place_of(url)
    return url if place is None else f"{place[0]}:{place[1]}"


def place_of(url: str) -> tuple[str, int] | None:
    """Host, in lower case, and port of a URL; None for what has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return (parts.hostname or "").lower(), port or _PORTS.get(parts.scheme.lower(), 0)


def url_of(address: str, port: int) -> str:
    """A URL of an address and a port."""
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


# ------------------------------------------------------------------------------- on arrival

Judge = Callable[[str], str]
"""Why nothing may be sent to an address; empty where it may be."""

_judging: ContextVar[Judge | None] = ContextVar("_judging", default=None)


class NotAgreed(Exception):
    """A connection reached an address that nobody agreed to; the sentence says which. Nothing was sent."""


@contextmanager
def judged_by(judge: Judge) -> Iterator[None]:
    """Have the addresses judged that connections reach meanwhile, in this task."""
    token = _judging.set(judge)
    try:
        yield
    finally:
        _judging.reset(token)


def arrived(address: str) -> None:
    """Called with the address that a connection has reached, before anything is sent; raises `NotAgreed`."""
    judge = _judging.get()
    if judge is not None and (refusal := judge(address)):
        raise NotAgreed(refusal)
