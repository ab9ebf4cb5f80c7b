"""The terminal over TLS: the settings' authorities hold for a document, and what is not verified is seen."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from arazzo_tui.world.network import read_insecure

CERTIFICATES = Path(__file__).parent.parent / "world" / "certificates"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
async def secured() -> AsyncIterator[str]:
    """Host and port of a server whose authority nobody knows."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "served.pem")
    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with listening:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def test_a_host_that_is_not_verified_stands_in_the_head_line(opened, folder, secured):
    document = folder.flow(folder.look("first"))
    async with opened(
        document, servers=(f"things=https://{secured}",), insecure=read_insecure([secured])
    ) as terminal:
        await terminal.press("n", "n")
        await terminal.until(lambda: "DONE" in terminal.summary)
        assert terminal.summary.startswith("INSECURE 127.0.0.1  DONE")
        assert "(--insecure)" in terminal.text


async def test_the_authorities_of_the_settings_are_trusted_for_its_documents(
    opened, folder, secured
):
    document = folder.flow(folder.look("first"))
    beside = Path(document).parent
    shutil.copy(CERTIFICATES / "authority.pem", beside)
    (beside / "arazzo-tui.yaml").write_text("tls: {authorities: authority.pem}")
    async with opened(document, servers=(f"things=https://{secured}",)) as terminal:
        await terminal.press("n", "n")
        await terminal.until(lambda: "DONE" in terminal.summary)
        assert terminal.summary.startswith("DONE")
        assert "INSECURE" not in terminal.text


async def test_without_either_nothing_is_sent(opened, folder, secured):
    async with opened(
        folder.flow(folder.look("first")), servers=(f"things=https://{secured}",)
    ) as terminal:
        await terminal.press("n", "n")
        await terminal.until(lambda: "FAILED" in terminal.summary)
        assert terminal.phases.strip().startswith("first  ✓ resolve  ✗ send tls")
        assert "trusted" in terminal.text
