"""What stands at which path of the sandbox: the graph twice, its health, the log of what arrived.

A function from a request to an answer, with a memory; it knows no sockets, and it runs in one
thread. The graph is made to run when it is first needed, or when it is warmed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from time import perf_counter

from arazzo_tui.sandbox.arrivals import Arrivals
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.exchange import Answer, Asked, json_answer, text_answer
from arazzo_tui.sandbox.graph import Graph, Run
from arazzo_tui.sandbox.over_http import METHODS, answer_graphql

MOUNTS = ("", "/public")
"""Where the graph is: at the root for the hosted service, at `/public` for every self-hosted one."""

LOG = "/__log"


class Application:
    """One graph, one state, and the requests that came."""

    def __init__(self, graph: Graph, state: State) -> None:
        self._graph = graph
        self.state = state
        self.arrivals = Arrivals()

    @cached_property
    def run(self) -> Run:
        """The graph, ready; the first use imports graphql-core and reads the schema."""
        from arazzo_tui.sandbox.execution import load

        return load(self._graph, self.state)

    def answer(self, asked: Asked) -> Answer:
        """The answer to any request. What asks for the log is not itself in it."""
        at, start = datetime.now(UTC), perf_counter()
        answer = self._answer(asked)
        if asked.path != LOG:
            took = (perf_counter() - start) * 1000
            self.arrivals.note(at.isoformat(timespec="milliseconds"), asked, answer, took)
        return answer

    def _answer(self, asked: Asked) -> Answer:
        if asked.path in MOUNTS:
            return _for_any_origin(self._graphql(asked))
        if asked.path == "/health":
            return _to_read(asked, lambda: text_answer(200, "ok"))
        if asked.path == LOG:
            return _to_read(asked, lambda: self._log(asked))
        return text_answer(404, "404 page not found")

    def _graphql(self, asked: Asked) -> Answer:
        if asked.method == "OPTIONS":
            return Answer(204, "", b"", (("allow", ", ".join(METHODS)), *_PREFLIGHT))
        return answer_graphql(asked, self.run)

    def _log(self, asked: Asked) -> Answer:
        """The log is for people at this machine: no other site may read it through their browser."""
        if not _is_this_machine(asked.header("host") or ""):
            return text_answer(403, "the log is only for requests to 127.0.0.1 or localhost")
        return json_answer(200, {"requests": self.arrivals.as_json(), **self.state.as_json()})


_PREFLIGHT = (
    ("access-control-allow-methods", ", ".join(METHODS)),
    ("access-control-allow-headers", "*, Authorization"),
    ("access-control-max-age", "600"),
)


def _for_any_origin(answer: Answer) -> Answer:
    """Browsers of any site send recordings, so any origin may read the answer (Fetch, CORS)."""
    headers = (("access-control-allow-origin", "*"), ("vary", "Accept"))
    return Answer(answer.status, answer.media, answer.body, (*answer.headers, *headers))


def _to_read(asked: Asked, answer: Callable[[], Answer]) -> Answer:
    if asked.method not in ("GET", "HEAD"):
        return text_answer(405, "this can only be read: send a GET", (("allow", "GET, HEAD"),))
    return answer()


def _is_this_machine(host: str) -> bool:
    name = host.lower()
    bare = name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
    return bare in ("127.0.0.1", "localhost", "[::1]")
