"""Starting and stopping the sandbox."""

import asyncio
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from arazzo_tui.sandbox.server import PortTaken, serve


async def test_the_url_is_where_it_listens() -> None:
    async with serve() as sandbox:
        assert sandbox.url == f"http://127.0.0.1:{sandbox.port}/"
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:
            assert (await client.get(f"{sandbox.url}health")).text == "ok\n"


async def test_two_sandboxes_have_two_ports_and_two_memories() -> None:
    async with serve() as one, serve() as other:
        assert one.port != other.port
        assert one.state is not other.state


async def test_a_taken_port_is_named_with_a_way_out() -> None:
    async with serve() as sandbox:
        with pytest.raises(PortTaken) as taken:
            async with serve(sandbox.port):
                pass
    assert taken.value.port == sandbox.port
    assert str(taken.value) == (
        f"cannot listen on 127.0.0.1:{sandbox.port}: another program is using it;"
        " choose another port, or 0 for any free one"
    )


@pytest.mark.parametrize("port", [-1, 65_536, 10**12])
async def test_a_port_that_is_none_is_refused_in_words(port: int) -> None:
    with pytest.raises(PortTaken, match="ports are the numbers up to 65535"):
        async with serve(port):
            pass


async def test_a_port_is_free_again_when_the_sandbox_has_stopped() -> None:
    async with serve() as sandbox:
        pass
    async with serve(sandbox.port) as again:
        assert again.port == sandbox.port


async def test_it_stops_though_clients_are_still_connected() -> None:
    async with serve() as sandbox:
        silent, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        busy, other = await asyncio.open_connection("127.0.0.1", sandbox.port)
        other.write(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n")
        await busy.readuntil(b"ok\n")
    assert (await silent.read(), await busy.read()) == (b"", b"")
    writer.transport.abort()
    other.transport.abort()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", sandbox.port)


def _program(port: int) -> subprocess.Popen[str]:
    code = f"from arazzo_tui.sandbox.server import run_forever; run_forever({port})"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends a child no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_as_a_program_it_prints_its_url_and_stops_when_told(number: signal.Signals) -> None:
    with _program(0) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        answer = httpx.get(f"{url}health", trust_env=False).text
        program.send_signal(number)
        rest, complaints = program.communicate(timeout=20)
    assert answer == "ok\n"
    assert (program.returncode, rest, complaints) == (0, "", "")


def test_as_a_program_it_prints_nothing_when_the_port_is_taken() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        _program(listener.getsockname()[1]) as program,
    ):
        printed, complaints = program.communicate(timeout=20)
    assert printed == ""
    assert "PortTaken: cannot listen on 127.0.0.1:" in complaints


def test_graphql_core_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, arazzo_tui.sandbox.server, arazzo_tui.graphql.request,"
        " arazzo_tui.graphql.verdict; print('graphql' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
