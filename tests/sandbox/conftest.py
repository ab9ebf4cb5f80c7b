"""A sandbox on a free port, and a client that has its address."""

from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest

from arazzo_tui.sandbox.server import Sandbox, serve


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A served sandbox whose sessions are called `session-1`, `session-2` and so on."""
    numbers = count(1)
    async with serve(mint=lambda: f"session-{next(numbers)}") as served:
        yield served


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """An httpx client for the sandbox; it sends no Accept of its own."""
    async with httpx.AsyncClient(base_url=sandbox.url, verify=False, trust_env=False) as client:
        del client.headers["accept"]
        yield client


@pytest.fixture
async def highlight() -> AsyncIterator[Sandbox]:
    """A served sandbox with the graph of a self-hosted Highlight."""
    async with serve(schema="highlight") as served:
        yield served


@pytest.fixture
async def highlight_client(highlight: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A client for it that asks for plain JSON, as its recording client gets it."""
    async with httpx.AsyncClient(
        base_url=highlight.url,
        verify=False,
        trust_env=False,
        headers={"accept": "application/json"},
    ) as client:
        yield client
