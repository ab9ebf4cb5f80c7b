"""The first request to a host beyond this machine is asked for, once for a folder and a host."""

from dataclasses import dataclass

from msgspec.structs import replace

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.tui.lazy_http import LazyHttp

ELSEWHERE = "http://api.elsewhere.test:8080"


@dataclass
class Resolved:
    """HTTP in a world in which that host is the test's own server."""

    http: LazyHttp
    here: str

    async def send(self, request: Request, within: float) -> Response | Failure:
        url = request.url.replace(ELSEWHERE, self.here.removesuffix("/"))
        return await self.http.send(replace(request, url=url), within)


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
