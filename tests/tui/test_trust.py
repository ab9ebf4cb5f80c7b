"""The first request to a host beyond this machine is asked for, once for a folder and a host."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.tui.lazy_http import LazyHttp
from arazzo_tui.world.hosts import arrived

ELSEWHERE = "http://api.elsewhere.test:8080"


@dataclass
class Resolved:
    """HTTP in a world in which that host is the test's own server."""

    http: LazyHttp
    here: str

    async def send(self, request: Request, within: float) -> Response | Failure:
        url = request.url.replace(ELSEWHERE, self.here.removesuffix("/"))
        return await self.http.send(replace(request, url=url), within)


@dataclass
class Inside(Resolved):
    """The same world, in which that host is in a private network."""

    address: str = "10.1.2.3"

    async def send(self, request: Request, within: float) -> Response | Failure:
        arrived(self.address)
        return await Resolved.send(self, request, within)


async def test_nothing_leaves_before_somebody_agreed(opened, folder, server):
    document = folder.flow(folder.look("first"))
    async with LazyHttp() as http, opened(
        document, servers=(f"things={ELSEWHERE}",), transport=Resolved(http, server.url)
    ) as terminal:  # fmt: skip
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(lambda: "Send to api.elsewhere.test:8080?" in terminal.text)
        assert "a host on the network" in terminal.text
        await terminal.press("n")
        assert server.asked == []
        assert terminal.summary.startswith("PAUSED in first 1/1")
        assert terminal.phases.strip().startswith("first  ✓ resolve  ▶ send")


async def test_the_answer_is_kept_for_the_folder_and_the_host(opened, folder, server):
    document = folder.flow(folder.look("first"), folder.look("second"))
    for times in (1, 2):
        async with LazyHttp() as http, opened(
            document, servers=(f"things={ELSEWHERE}",), transport=Resolved(http, server.url)
        ) as terminal:  # fmt: skip
            await terminal.press("n")
            await terminal.start("f5")
            if times == 1:
                await terminal.until(lambda: "Send to" in terminal.text)
                await terminal.start("y")
            await terminal.until(lambda: terminal.summary.startswith("DONE 2 steps"))
            assert len(server.asked) == 2 * times


async def test_this_machine_is_never_asked_about(opened, folder, server):
    async with opened(folder.flow(folder.look("first"))) as terminal:
        await terminal.press("n", "n")
        assert terminal.summary.startswith("DONE")
        assert len(server.asked) == 1


@pytest.mark.parametrize("answer", ["y", "n"])
async def test_a_name_that_leads_into_a_private_network_is_asked_for_again(
    opened, folder, server, answer: str
):
    document = folder.flow(folder.look("first"), folder.look("second"))
    async with LazyHttp() as http, opened(
        document, servers=(f"things={ELSEWHERE}",), transport=Inside(http, server.url)
    ) as terminal:  # fmt: skip
        await terminal.press("n")
        await terminal.start("f5")
        await terminal.until(lambda: "Send to api.elsewhere.test:8080?" in terminal.text)
        await terminal.start("y")
        await terminal.until(lambda: "Send to 10.1.2.3:8080?" in terminal.text)
        assert server.asked == []
        assert "That is an address of a private network." in terminal.text
        assert "api.elsewhere.test, now at 10.1.2.3" in terminal.text
        await terminal.start(answer)
        if answer == "y":
            await terminal.until(lambda: terminal.summary.startswith("DONE 2 steps"))
        else:
            await terminal.until(lambda: terminal.summary.startswith("PAUSED in first 1/2"))
        assert len(server.asked) == (2 if answer == "y" else 0)


async def test_a_private_address_is_asked_for_with_a_reason(opened, folder, server):
    async with opened(
        folder.flow(folder.look("first")), servers=("things=http://169.254.169.254/latest",)
    ) as terminal:
        await terminal.press("n")
        await terminal.start("n")
        await terminal.until(lambda: "Send to 169.254.169.254:80?" in terminal.text)
        assert "the metadata service of a cloud" in terminal.text
        assert "Whoever can ask there can act as this machine." in terminal.text
        await terminal.press("n")
        assert terminal.summary.startswith("PAUSED in first 1/1")
        assert server.asked == []
