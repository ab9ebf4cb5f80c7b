"""Where a URL leads, as far as its text tells."""

import pytest

from arazzo_tui.world.hosts import Reach, origin_of, reach_of


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("localhost", Reach.LOOPBACK),
        ("LOCALHOST.", Reach.LOOPBACK),
        ("api.localhost", Reach.LOOPBACK),
        ("127.0.0.1", Reach.LOOPBACK),
        ("127.8.8.8", Reach.LOOPBACK),
        ("[::1]", Reach.LOOPBACK),
        ("[::ffff:127.0.0.1]", Reach.LOOPBACK),
        ("0.0.0.0", Reach.LOOPBACK),
        ("10.0.0.7", Reach.PRIVATE),
        ("192.168.1.1", Reach.PRIVATE),
        ("172.16.0.1", Reach.PRIVATE),
        ("[fd12::1]", Reach.PRIVATE),
        ("intranet", Reach.PRIVATE),
        ("169.254.1.1", Reach.LINK_LOCAL),
        ("[fe80::1%25eth0]", Reach.LINK_LOCAL),
        ("169.254.169.254", Reach.METADATA),
        ("[::ffff:169.254.169.254]", Reach.METADATA),
        ("metadata.google.internal", Reach.METADATA),
        ("[fd00:ec2::254]", Reach.METADATA),
        ("api.example.com", Reach.PUBLIC),
        ("8.8.8.8", Reach.PUBLIC),
        ("localhost.example.com", Reach.PUBLIC),
        ("127.0.0.1.nip.io", Reach.PUBLIC),
    ],
)
def test_a_url_leads_somewhere(host: str, reach: Reach) -> None:
    assert reach_of(f"http://{host}/x") is reach
    assert reach_of(f"https://{host}:8443/x") is reach


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://API.example.com/x", "api.example.com:80"),
        ("https://api.example.com", "api.example.com:443"),
        ("https://api.example.com:8443/y?z", "api.example.com:8443"),
        ("http://[::1]:9/", "::1:9"),
    ],
)
def test_trust_is_given_to_a_host_and_a_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin
