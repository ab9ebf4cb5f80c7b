"""The app as a person meets it: a terminal of some size, documents in a folder, a server that answers.

Nothing of the app is replaced. What is sent goes over HTTP to a server on loopback, keys go through the
driver, and what is asserted is what stands on the screen.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widget import Widget

from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.sandbox.server import Sandbox, serve
from arazzo_tui.tui.app import ArazzoApp
from arazzo_tui.tui.browser import BrowserPane
from arazzo_tui.tui.lazy_http import LazyHttp
from arazzo_tui.tui.lines_view import LinesView
from arazzo_tui.tui.start import Start
from arazzo_tui.tui.workbench import Workbench
from arazzo_tui.world.bundled import DEMO_DOCUMENT
from arazzo_tui.world.given import GivenInputs
from arazzo_tui.world.session import Transport
from arazzo_tui.world.state import State

PATIENCE = 30.0
"""Seconds after which something that is waited for will not come; never a part of a test."""


async def settled(pilot: Pilot[None], *, at_rest: bool = True) -> None:
    """Wait until every message was handled and what came of it is drawn; `at_rest`: and no run moves.

    The event loop is asked whether anything is left to do, so nothing depends on how fast that was.
    """
    ready = asyncio.get_running_loop()._ready
    async with asyncio.timeout(PATIENCE):
        while True:
            await asyncio.sleep(0)
            if ready:
                continue
            if at_rest and _is_under_way(pilot.app):
                await asyncio.sleep(0.002)
                continue
            if pilot.app.is_running:
                pilot.app.screen._on_timer_update()  # draws what waits for the next frame
            if not ready:
                return


def _is_under_way(app) -> bool:
    if app._exception is not None:
        return False  # it is raised when the app is left
    benches = [screen for screen in app.screen_stack if isinstance(screen, Workbench)]
    moving = any(each.group in ("run", "open") and not each.is_finished for each in app.workers)
    return moving or not all(bench.is_at_rest for bench in benches)


class Terminal:
    """The app in a terminal, and the hands that press its keys."""

    def __init__(self, app: ArazzoApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def bench(self) -> Workbench:
        return next(each for each in self.app.screen_stack if isinstance(each, Workbench))

    # Keys

    def press_at_once(self, *keys: str) -> None:
        """Press keys faster than the app can follow: each arrives as from a terminal's driver."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self.app._driver.send_message(Key(name, key if len(key) == 1 else None))

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before has had its effect."""
        for key in keys:
            self.press_at_once(key)
            await self.settled()

    async def start(self, *keys: str) -> None:
        """Press keys that begin what has not ended when this returns: a request is held."""
        for key in keys:
            self.press_at_once(key)
            await settled(self.pilot, at_rest=False)

    async def paste(self, text: str) -> None:
        """Paste a text where the focus is."""
        self.app._driver.send_message(Paste(text))
        await self.settled()

    async def settled(self) -> None:
        await settled(self.pilot)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that will come."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.002)
                await settled(self.pilot, at_rest=False)

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settled()

    # What is seen

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def summary(self) -> str:
        return self.lines[0].strip()

    @property
    def phases(self) -> str:
        return self.lines[1].strip()

    def part(self, widget: Widget) -> str:
        """What is seen of a widget, borders and titles included."""
        x, y, width, height = widget.region
        strips = self.app.screen._compositor.render_strips()[y : y + height]
        return "\n".join(strip.crop(x, x + width).text.rstrip() for strip in strips)

    def sentences(self, name: str) -> str:
        """What is seen of a pane with its line breaks and borders taken out."""
        seen = "".join(" " if each in "│║" else each for each in self.pane(name))
        return " ".join(seen.split())

    def pane(self, name: str) -> str:
        """What is seen of a pane; empty where it is not on the screen."""
        pane = self.bench.query_one(f"#{name}")
        return self.part(pane) if pane.is_on_screen else ""

    def told(self, name: str) -> str:
        """All lines of a pane of lines, also those that are scrolled away, unwrapped."""
        view = self.bench.query_one(f"#{name}").query_one(LinesView)
        return "\n".join(line.plain for line in view.lines)

    @property
    def tree(self) -> list[str]:
        """The lines of the browser, without what draws the tree."""
        drawn = self.part(self.bench.query_one(BrowserPane).tree_view).splitlines()
        return [line.strip("│║├└ ") for line in drawn if line.strip("│║├└ ")]

    @property
    def said(self) -> list[str]:
        """What was said in passing, oldest first."""
        return [each.message for each in self.app._notifications]

    @property
    def title_of_focus(self) -> str:
        """The title of the pane that has the focus."""
        pane = self.bench.focused_pane()
        return str(pane.border_title) if pane else ""

    def drawn(self) -> list:
        """Every segment of the screen as it goes to the terminal."""
        return [each for strip in self.app.screen._compositor.render_strips() for each in strip]


Opened = Callable[..., AbstractAsyncContextManager[Terminal]]


@pytest.fixture
def state(tmp_path) -> State:
    """What is remembered, in a folder of the test's own."""
    return State(tmp_path / "state")


@pytest.fixture
def opened(state: State, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens the app: documents, the size of the terminal, and what the command line may say."""
    for name in ("NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")  # no program that writes the clipboard of whoever runs the tests

    @asynccontextmanager
    async def open_app(
        *documents: str,
        size: tuple[int, int] = (120, 40),
        inputs: dict | None = None,
        toasts: bool = False,
        transport: Transport | None = None,
        start: Start | None = None,
        **more,
    ) -> AsyncIterator[Terminal]:
        given = GivenInputs(inputs or {}, ())
        start = start or Start(documents=documents, inputs=given, **{"state": state, **more})
        async with AsyncExitStack() as alive:
            transport = transport or await alive.enter_async_context(LazyHttp())
            app = ArazzoApp(start, transport)
            app.animation_level = "none"
            pilot = await alive.enter_async_context(app.run_test(size=size, notifications=toasts))
            await settled(pilot)
            yield Terminal(app, pilot)

    return open_app


# Servers


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """Answers with what it was given, the last one again and again; remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self._answers: list[bytes] = [self.answer(b"")]
        self._open = asyncio.Event()
        self._open.set()

    @staticmethod
    def answer(body, status: int = 200, **headers: str) -> bytes:
        """The bytes of an answer; what is not bytes travels as JSON."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if not isinstance(body, bytes):
            fields.setdefault("content-type", "application/json")
            body = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        fields |= {"content-length": str(len(body)), "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 {status} Fine\r\n{head}\r\n".encode("utf-8", "surrogatepass") + body

    def answers(self, *answers) -> None:
        """What is answered from now on: bytes as they are, other values as JSON with 200."""
        self._answers = [each if isinstance(each, bytes) else self.answer(each) for each in answers]

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *fields = head.strip().split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            method, target, _ = first.split(" ")
            self.asked.append(Asked(method, target, headers, body))
            await self._open.wait()
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever asked has gone
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server on a free port of loopback."""
    served = Server()
    listener = await asyncio.start_server(served.converse, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield served
        served.release()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The demo's server; its sessions are called `session-1`, `session-2` and so on."""
    numbers = count(1)
    async with serve(mint=lambda: f"session-{next(numbers)}") as served:
        yield served


class SteadyHttp:
    """HTTP to a real server under an address that is always the same, and in always the same time."""

    URL = "http://localhost:8082/"
    ELAPSED = 0.012

    def __init__(self, http: Transport, real_url: str) -> None:
        self._http = http
        self._real_url = real_url

    async def send(self, request: Request, within: float) -> Response | Failure:
        sent = replace(request, url=request.url.replace(self.URL, self._real_url))
        return replace(await self._http.send(sent, within), elapsed=self.ELAPSED)


@pytest.fixture
async def steady(sandbox: Sandbox) -> AsyncIterator[SteadyHttp]:
    """A transport to the sandbox whose answers look the same each time."""
    async with LazyHttp() as http:
        yield SteadyHttp(http, sandbox.url)


# Documents


class Folder:
    """A folder with documents in it, written as the test says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, content) -> str:
        """Write a text, or a value as YAML; the path of the file."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else _as_yaml(content)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def api(self, url: str) -> None:
        """An OpenAPI description with `ask` (POST /graphql) and `look` (GET /things/{thing})."""
        thing = {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}
        fine = {"responses": {"200": {"description": "fine"}}}
        body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
        paths = {
            "/graphql": {"post": {"operationId": "ask", "requestBody": body, **fine}},
            "/things/{thing}": {"get": {"operationId": "look", "parameters": [thing], **fine}},
        }
        info = {"title": "Things", "version": "1"}
        described = {"openapi": "3.1.0", "info": info, "servers": [{"url": url}], "paths": paths}
        self.write("api.yml", described)

    def flow(self, *steps: dict, name: str = "flow.yml", **workflow) -> str:
        """An Arazzo document with one workflow of these steps; `workflow` are its other fields."""
        workflow = {"workflowId": "flow", **workflow, "steps": list(steps)}
        return self.flows(workflow, name=name)

    def flows(self, *workflows: dict, name: str = "flow.yml") -> str:
        """An Arazzo document of these workflows; its source is `api.yml` beside it."""
        source = {"name": "things", "url": "./api.yml", "type": "openapi"}
        return self.write(
            name,
            {
                "arazzo": "1.0.1",
                "info": {"title": "Test", "version": "1"},
                "sourceDescriptions": [source],
                "workflows": list(workflows),
            },
        )

    @staticmethod
    def look(step_id: str, thing: str = "one", **more) -> dict:
        """A step that gets a thing."""
        parameter = {"name": "thing", "in": "path", "value": thing}
        return {"stepId": step_id, "operationId": "look", "parameters": [parameter], **more}

    @staticmethod
    def ask(step_id: str, query: str = "{ hero { name } }", variables=None, **more) -> dict:
        """A step that asks a GraphQL question."""
        payload = {"query": query} | ({"variables": variables} if variables is not None else {})
        body = {"contentType": "application/json", "payload": payload}
        return {"stepId": step_id, "operationId": "ask", "requestBody": body, **more}

    def seed(self) -> str:
        """The track-event document, from a folder where its OpenAPI description is not."""
        return self.write("given/arazzo/track-event.yml", DEMO_DOCUMENT.read_text("utf-8"))


def _as_yaml(value) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1000)


@pytest.fixture
def folder(tmp_path, server: Server) -> Folder:
    """A folder with the OpenAPI description of the test's own server in it."""
    made = Folder(tmp_path / "documents")
    made.api(server.url)
    return made
