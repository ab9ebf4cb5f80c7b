"""What kind of place a URL leads to, as far as its text tells: this machine, a network of one's own, or out.

A name is not looked up: what it means can be another thing at every moment, and is told by nobody reliable.
"""

from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_METADATA = frozenset({"169.254.169.254", "fd00:ec2::254", "100.100.100.200"})
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog", "instance-data"})


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
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return Reach.PUBLIC
    if host in _METADATA or host in _METADATA_NAMES:
        return Reach.METADATA
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        return Reach.LOOPBACK
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return Reach.PRIVATE if "." not in host else Reach.PUBLIC
    return _reach(address)


def _reach(address: IPv4Address | IPv6Address) -> Reach:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return Reach.METADATA if str(mapped) in _METADATA else _reach(mapped)
    if address.is_loopback or address.is_unspecified:
        return Reach.LOOPBACK
    if address.is_link_local:
        return Reach.LINK_LOCAL
    return Reach.PRIVATE if address.is_private else Reach.PUBLIC


def origin_of(url: str) -> str:
    """Host and port of a URL, as trust is given to them; lower case, the port always named."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme.lower(), 0)
    except ValueError:
        return url
    return f"{(parts.hostname or '').lower()}:{port}"
