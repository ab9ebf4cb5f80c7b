"""Once a list of hosts is given, nothing else is called, whatever names it."""

import pytest

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import AllowedHosts, Gate, read_allowed_hosts


@pytest.mark.parametrize(
    ("listed", "url", "allowed"),
    [
        ([], "http://anything.test/x", True),
        (["api.test"], "http://api.test/x", True),
        (["api.test"], "https://api.test:8443/x", True),
        (["API.test"], "http://aPi.TEST", True),
        (["api.test"], "http://api.test.evil.test/", False),
        (["api.test"], "http://evil.test/api.test", False),
        (["api.test"], "http://api.test@evil.test/", False),
        (["api.test"], "http://evil.test#@api.test/", False),
        (["api.test:80"], "http://api.test/", True),
        (["api.test:443"], "http://api.test/", False),
        (["api.test:443"], "https://api.test/", True),
        (["127.0.0.1:8080"], "http://127.0.0.1:8081/", False),
        (["127.0.0.1"], "http://127.0.0.2/", False),
        (["[::1]:80"], "http://[::1]/", True),
        (["a.test", "b.test:1"], "http://b.test:1/", True),
        (["a.test"], "http://a.test:99999/", False),
        (["a.test"], "/no/host", False),
    ],
)
def test_a_host_is_allowed_by_its_name_and_port(listed: list[str], url: str, allowed: bool) -> None:
    assert read_allowed_hosts(listed).allow(url) is allowed


@pytest.mark.parametrize(
    "text", ["", ":80", "http://api.test", "api.test/x", "u@api.test", "api.test:x", "a:99999"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a host is written HOST or HOST:PORT"):
        read_allowed_hosts([text])


async def test_what_is_not_allowed_is_not_sent(serve, play) -> None:
    server = await serve(play(b"HTTP/1.1 204 No Content\r\n\r\n"))
    request = Request("GET", f"{server.url}/x", (("Host", f"127.0.0.1:{server.port}"),))
    async with Http() as http:
        refused = await Gate(http, read_allowed_hosts(["other.test"])).send(request, 5.0)
        assert isinstance(refused, Failure)
        assert refused.phase == "trust"
        assert f"127.0.0.1:{server.port} was not allowed" in refused.message
        assert server.requests == []
        answered = await Gate(http, AllowedHosts()).send(request, 5.0)
    assert isinstance(answered, Response)
    assert answered.status == 204
