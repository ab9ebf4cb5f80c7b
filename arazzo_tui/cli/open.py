"""`arazzo-tui` and `arazzo-tui demo`: the terminal, from what the command line says."""

import asyncio
import os
import sys

from arazzo_tui.cli.apology import told_with
from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import say
from arazzo_tui.tui.start import Start, demo_start
from arazzo_tui.world.folders import documents_named
from arazzo_tui.world.given import BadUsage, read_folder, read_inputs
from arazzo_tui.world.network import Place, read_insecure
from arazzo_tui.world.session import Transport
from arazzo_tui.world.state import State, state_folder


def open_tui(given: Given) -> int:
    """Open the terminal; 2 when there is no terminal to open, or the arguments cannot be used."""
    if not (sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()) or os.environ.get(
        "TERM", ""
    ) in (
        "dumb",
        "",
    ):
        say("arazzo-tui needs a terminal; `arazzo-tui run DOC` runs a workflow without one")
        return 2
    try:
        demo = given.command == "demo"
        start = demo_start(schema=given.schema) if demo else _start(given)
    except BadUsage as wrong:
        say(str(wrong))
        return 2
    return asyncio.run(_run(start))


async def _run(start: Start) -> int:
    from arazzo_tui.tui.lazy_http import LazyHttp

    async with LazyHttp() as transport:
        return await shown(start, transport)


async def shown(start: Start, transport: Transport) -> int:
    """Show the program in the terminal until it is left; the exit code.

    128 and its number after a signal. Raises `Broken` after a bug of ours, when the terminal is usable.
    """
    from arazzo_tui.tui.app import ArazzoApp

    app = ArazzoApp(start, transport)
    with told_with(lambda: app.redactor):
        if sys.platform == "win32":
            await app.run_async()
        else:
            from arazzo_tui.tui.terminal import run_in_terminal

            await run_in_terminal(app)
        if app.bug is not None:
            raise app.bug
    return app.return_code or 0


def _start(given: Given) -> Start:
    return Start(
        documents=tuple(documents_named(given.documents)),
        workflow=given.workflow,
        inputs=read_inputs(given.inputs, given.inputs_file),
        servers=given.servers,
        state=State(state_folder()),
        graphql_steps=given.graphql_steps,
        present=given.present,
        insecure=_insecure(given),
        also=read_folder(given.workspace),
    )


def _insecure(given: Given) -> frozenset[Place]:
    try:
        return read_insecure(given.insecure)
    except ValueError as wrong:
        raise BadUsage(f"--insecure: {wrong}") from None
