"""What stands at which path of the sandbox: the graph twice, its health, the log of what arrived.

A function from a request to an answer, with a memory; it knows no sockets, and it runs in one
thread. The graph is made to run when it is first needed, or when it is warmed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from time import perf_counter

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.sandbox.arrivals import Arrivals
from arazzo_tui.sandbox.data import State
from arazzo_tui.sandbox.exchange import Answer, Asked, json_answer, text_answer
from arazzo_tui.sandbox.faults import Injection, Injections
from arazzo_tui.sandbox.graph import Graph, Manners, Run
from arazzo_tui.sandbox.over_gqlgen import Gqlgen, compressed
from arazzo_tui.sandbox.over_http import METHODS, answer_graphql
from arazzo_tui.sandbox.spoiling import spoiled

MOUNTS = ("", "/public")
"""Where the graph is: at the root for the hosted service, at `/public` for every self-hosted one."""

LOG = "/__log"


class Application:
    """One graph, one state, the faults that were ordered, and the requests that came."""

    def __init__(self, graph: Graph, state: State, faults: Sequence[Injection] = ()) -> None:
        self._graph = graph
        self._faults = Injections(faults)
        self._gqlgen = Gqlgen()
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
        fault = self._fault(asked)
        answer = self._answer(asked, fault)
        if asked.path != LOG:
            took = (perf_counter() - start) * 1000
            injected = fault.injection.text if fault else ""
            self.arrivals.note(at.isoformat(timespec="milliseconds"), asked, answer, took, injected)
        if self._graph.manners is Manners.GQLGEN:
            return compressed(answer, asked.header("accept-encoding") or "")
        return answer

    def _fault(self, asked: Asked) -> "_Due | None":
        """The fault that is due for a request, if it is one to the graph; it counts as happened."""
        if not self._faults or asked.path not in MOUNTS or asked.method == "OPTIONS":
            return None
        names = _names(asked)
        injection = self._faults.take(names)
        return _Due(injection, names) if injection else None

    def _answer(self, asked: Asked, fault: "_Due | None") -> Answer:
        if asked.path in MOUNTS:
            if fault is None:
                return _for_any_origin(self._graphql(asked))
            right = partial(self._graphql, asked)
            return _for_any_origin(spoiled(fault.injection.fault, fault.names, right))
        if asked.path == "/health":
            return _to_read(asked, lambda: text_answer(200, "ok"))
        if asked.path == LOG:
            return _to_read(asked, lambda: self._log(asked))
        return text_answer(404, "404 page not found")

    def _graphql(self, asked: Asked) -> Answer:
        if asked.method == "OPTIONS":
            return Answer(204, "", b"", (("allow", ", ".join(METHODS)), *_PREFLIGHT))
        match self._graph.manners:
            case Manners.DRAFT:
                return answer_graphql(asked, self.run)
            case Manners.GQLGEN:
                return self._gqlgen.answer(asked, self.run)

    def _log(self, asked: Asked) -> Answer:
        """The log is for people at this machine: no other site may read it through their browser."""
        if not _is_this_machine(asked.header("host") or ""):
            return text_answer(403, "the log is only for requests to 127.0.0.1 or localhost")
        return json_answer(200, {"requests": self.arrivals.as_json(), **self.state.as_json()})


class _Due(Struct, frozen=True):
    """A fault that is to happen now, and the names of the operation it happens to."""

    injection: Injection
    names: tuple[str, ...]


def _names(asked: Asked) -> tuple[str, ...]:
    """The names a request's operation goes by; none when there is no telling."""
    from arazzo_tui.sandbox.execution import called

    try:
        body = read_json(asked.body) if asked.method == "POST" else asked.query
    except BadJson:
        return ()
    if not isinstance(body, Mapping):
        return ()
    query, name = body.get("query"), body.get("operationName")
    names = called(query, name if isinstance(name, str) else None) if isinstance(query, str) else ()
    return names or ((name,) if isinstance(name, str) else ())


_PREFLIGHT = (
    ("access-control-allow-methods", ", ".join(METHODS)),
    ("access-control-allow-headers", "*, Authorization"),
    ("access-control-max-age", "600"),
)


def _for_any_origin(answer: Answer) -> Answer:
    """Browsers of any site send recordings, so any origin may read the answer (Fetch, CORS)."""
    headers = (("access-control-allow-origin", "*"), ("vary", "Accept"))
    return replace(answer, headers=(*answer.headers, *headers))


def _to_read(asked: Asked, answer: Callable[[], Answer]) -> Answer:
    if asked.method not in ("GET", "HEAD"):
        return text_answer(405, "this can only be read: send a GET", (("allow", "GET, HEAD"),))
    return answer()


def _is_this_machine(host: str) -> bool:
    name = host.lower()
    bare = name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
    return bare in ("127.0.0.1", "localhost", "[::1]")
