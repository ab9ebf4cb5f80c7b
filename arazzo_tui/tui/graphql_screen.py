"""The screen's half that knows GraphQL: errors at their places, edits they suggest, advice, docs, a probe.

What is GraphQL is `graphql`'s, what is drawn `graphql_lines`'; a schema is the user's own and remembered
for each source.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from textual import work

from arazzo_tui.engine.amend import SendInstead
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.plan import CallOperation, GraphQLText
from arazzo_tui.graphql.request import is_graphql
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.graphql.verdict import Verdict
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.tui import draw
from arazzo_tui.tui.debug_screen import DebugScreen
from arazzo_tui.tui.exchange import Exchange, Phase, error_places
from arazzo_tui.tui.exchange_pane import ExchangePane
from arazzo_tui.tui.lines_view import Line, LinesView, line
from arazzo_tui.tui.repeats import repeat_lines, unsafe
from arazzo_tui.tui.request_pane import RequestPane
from arazzo_tui.tui.response_pane import ResponsePane
from arazzo_tui.tui.runner import Runner
from arazzo_tui.tui.start import Start
from arazzo_tui.world.session import Transport
from arazzo_tui.world.workspace import address_of, is_url

if TYPE_CHECKING:
    from arazzo_tui.graphql.advice import Advice
    from arazzo_tui.graphql.edits import Edit
    from arazzo_tui.graphql.notes import GraphNote
    from arazzo_tui.graphql.schema import BadSchema, Schema


_PROBE_WITHIN = 10.0
"""Seconds a probe waits for its answer."""


class Advised(Struct):
    """The advice on one request by one schema: it is asked for at every draw, and costs to make."""

    request: Request | None = None
    schema: "Schema | None" = None
    advice: "tuple[Advice, ...]" = ()

    def on(self, request: Request, schema: "Schema | None") -> "tuple[Advice, ...]":
        """The advice, made anew only when one of the two is another."""
        from arazzo_tui.graphql.advice import advise

        if self.request is not request or self.schema is not schema:
            self.request, self.schema = request, schema
            self.advice = advise(request.payload, schema)
        return self.advice


class Known(Struct):
    """What is known of one request and its answer: asked for at every draw, and unpacked for each."""

    request: Request | None = None
    response: Response | None = None
    notes: "tuple[GraphNote, ...]" = ()
    hints: tuple[str, ...] = ()

    def of(self, request: Request, response: Response | None) -> "Known":
        """The same for these two, made anew only when one of them is another."""
        from arazzo_tui.graphql.endpoint import endpoint_hints
        from arazzo_tui.graphql.notes import notes

        if self.request is request and self.response is response:
            return self
        hints = () if response is None else tuple(endpoint_hints(request, response))
        return Known(request, response, notes(request, response), hints)


_LONG_QUERY = 20_000
"""Characters past which a query gets no advice: it would take seconds, and the screen waits."""


class GraphQLScreen(DebugScreen):
    """Errors, advice and edits of GraphQL requests."""

    def __init__(
        self,
        start: Start,
        transport: Transport,
        start_server: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        super().__init__(start, transport, start_server)
        self._schemas: dict[str, Schema] = {}
        self._looked_for: set[str] = set()
        self._advised = Advised()
        self._known = Known()

    # Errors and edits

    def on_lines_view_pointed(self, message: LinesView.Pointed) -> None:
        """The cursor is at an error or an advice: show where it points."""
        kind, _, number = message.line.about.partition(":")
        exchange = self.exchange()
        if exchange is None or not message.view.has_focus:
            return
        found = error_places(exchange) if kind == "error" else ()
        if kind == "advice":
            found = tuple(each.places for each in self.advice(exchange))
        if found and int(number) < len(found):
            here = found[int(number)]
            self.query_one(RequestPane).point_out(here)
            if here.null_at is not None:
                self.query_one(ResponsePane).point_out(here.null_at)

    @work
    async def action_did_you_mean(self) -> None:
        """Mend what errors complain of, in an edited copy; what would lose something is asked first."""
        from arazzo_tui.graphql.edited import BadRequestText
        from arazzo_tui.tui import hands

        runner, exchange = self.at_rest(), self.exchange()
        if runner is None or exchange is None or exchange.request is None:
            return
        found = hands.complaints(exchange) or tuple(each.places for each in self.advice(exchange))
        try:
            request, done = _edited(exchange.request, hands.likeliest(found))
            if not done:
                request, done = await self._lossy(exchange.request, hands.removals(found))
        except BadRequestText as wrong:
            self.notify(str(wrong), severity="error", markup=False)
            return
        if not done:
            self.notify("no error here says what could be done about it", markup=False)
            return
        said = hands.edits_told(done, exchange.request.payload, request.payload)
        await self.send_instead(runner, exchange, request, ask=False, said=said)

    async def _lossy(
        self, request: Request, removals: "tuple[Edit, ...]"
    ) -> "tuple[Request, tuple[Edit, ...]]":
        """The request without what errors complain of, if a person wants that."""
        from arazzo_tui.tui.question_dialog import QuestionDialog

        without, done = _edited(request, removals)
        lines = [self.redactor.text(each.sentence) for each in done]
        title = "Nothing better is suggested. In an edited copy:"
        question = QuestionDialog(title, lines, yes="Remove it")
        if not done or await self.app.push_screen_wait(question) is not True:
            return request, ()
        return without, done

    async def send_instead(
        self,
        runner: Runner,
        exchange: Exchange,
        request: Request,
        *,
        ask: bool,
        said: str = "ready to be sent: s sends it, n runs the step",
    ) -> None:
        """Put a request in the place of one that was not sent, or after one that was answered.

        With `ask`, it is asked before one that was sent may be sent once more; `said` is what is told.
        """
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.question_dialog import QuestionDialog

        at = hands.moment_to_resend(runner.run, exchange)
        if at is None:
            self.notify("this step has not come yet: J jumps to it", markup=False)
            return
        looked = runner.run.look(at)
        repeated = [each for each in looked.repeated() if unsafe(each)]
        if ask and hands.was_sent(exchange) and unsafe(request):
            repeated = [request, *repeated]
        if repeated:
            lines = repeat_lines(repeated, self.redactor)
            question = QuestionDialog("Send again? It may be done twice:", lines, yes="Ready it")
            if await self.app.push_screen_wait(question) is not True:
                return
        runner.look(at)
        self.amend(runner, SendInstead(request), said)

    # Advice and docs

    def _schema(self, exchange: Exchange) -> "Schema | None":
        """The schema of the step's source; a file that was given the last time is read when it is first
        wanted, or the source where that is GraphQL itself; a server is not asked again unasked.
        """
        match exchange.step.target:
            case CallOperation(operation):
                source = operation.source
            case _:
                return None
        if source not in self._looked_for and self.subject is not None:
            self._looked_for.add(source)
            where = self.start.state.preference(self._schema_name(source))
            if isinstance(where, str) and not is_url(where):
                self.run_worker(self._load_schema(source, where), group="schema")
            elif where is None:
                self.run_worker(self._read_schema(source), group="schema")
        return self._schemas.get(source)

    def _schema_name(self, source: str) -> str:
        name = self.subject.opened.name if self.subject else ""
        return f"schema {address_of(name)} {source}"

    async def _load_schema(self, source: str, where: str) -> None:
        """Read a schema and advise by it from now on, and the next time."""
        from arazzo_tui.graphql.schema import Schema
        from arazzo_tui.world.schemas import load_schema

        schema = await load_schema(where, self.transport)
        if isinstance(schema, Schema):
            self.start.state.prefer(self._schema_name(source), where)
        self._advise_by(source, schema)

    async def _read_schema(self, source: str) -> None:
        """Advise by the schema that the document itself names, if it names one."""
        from arazzo_tui.graphql.schema import read_schema

        documents = self.subject.opened.documents if self.subject else None
        found = documents.sources.get(source) if documents else None
        if isinstance(found, GraphQLText):
            text = found.source.text
            self._advise_by(source, await asyncio.to_thread(read_schema, text, source))

    def _advise_by(self, source: str, schema: "Schema | BadSchema") -> None:
        """Advise by a schema from now on; say why where it is none."""
        from arazzo_tui.graphql.schema import Schema

        if isinstance(schema, Schema):
            self._schemas[source] = schema
            self.notify(f"advice of {schema.name} from now on", markup=False)
        else:
            self.notify(schema.sentence, severity="error", timeout=12, markup=False)
        self.draw()

    def advice(self, exchange: Exchange) -> "tuple[Advice, ...]":
        """What is to be said before a GraphQL request is sent; nothing of one that is too long."""
        length = _unsent_query(exchange)
        if exchange.request is None or not 0 < length <= _LONG_QUERY:
            return ()
        return self._advised.on(exchange.request, self._schema(exchange))

    def check_lines(self, exchange: Exchange | None) -> list[Line]:
        """The checks, with advice before a request leaves and what is known of its answer after."""
        lines = super().check_lines(exchange)
        if exchange is None or exchange.request is None:
            return lines
        from arazzo_tui.tui import graphql_lines

        request, response = exchange.request, exchange.response
        lines += graphql_lines.advice_lines(self.advice(exchange), self.redactor)
        if (length := _unsent_query(exchange)) > _LONG_QUERY:
            lines += graphql_lines.no_advice_lines(length)
        known = self._known = self._known.of(request, response)
        if response is not None and _is_to_be_explained(exchange.verdict, response):
            lines.append(Line())
            lines += graphql_lines.answer_lines(response, known.hints, self.redactor)
        lines += graphql_lines.note_lines(known.notes, self.redactor)
        return lines

    @work
    async def action_schema(self) -> None:
        """Ask for the schema of this step's source: a file, or the URL of a server to ask."""
        from arazzo_tui.tui.line_dialog import LineDialog

        exchange, subject = self.exchange(), self.subject
        if exchange is None or subject is None or exchange.request is None:
            self.notify("a schema is given for a GraphQL step: F10 shows one first", markup=False)
            return
        match exchange.step.target:
            case CallOperation(operation):
                source = operation.source
            case _:
                return
        before = self.start.state.preference(self._schema_name(source))
        where = await self.app.push_screen_wait(
            LineDialog(
                f"Schema of {source}",
                "an SDL file, the JSON of an introspection, or a URL that answers introspection; "
                "it gives advice and never keeps a request from being sent",
                before if isinstance(before, str) else exchange.request.url,
                placeholder="schema.graphql",
            )
        )
        if where:
            self._looked_for.add(source)
            await self._load_schema(source, where)

    @work
    async def action_docs(self) -> None:
        """What the schema says about the names in the line of the query the cursor is at."""
        from arazzo_tui.graphql.docs import docs_at
        from arazzo_tui.graphql.request import pretty, read_operation
        from arazzo_tui.tui import graphql_lines
        from arazzo_tui.tui.list_dialog import ListDialog

        exchange = self.exchange()
        schema = self._schema(exchange) if exchange else None
        operation = (
            read_operation(exchange.request.payload) if exchange and exchange.request else None
        )
        if exchange is None or operation is None or schema is None:
            self.notify("docs need a schema: F3 gives one", markup=False)
            return
        text = pretty(operation.query).text
        rows = text.split("\n")
        at = min(self.query_one(RequestPane).text_view.cursor_line, len(rows)) - 1
        start = sum(len(each) + 1 for each in rows[:at])
        indent = len(rows[at]) - len(rows[at].lstrip())
        docs = docs_at(schema, text, start + indent)
        if docs is None:
            self.notify("the schema says nothing about this line", markup=False)
            return
        await self.app.push_screen_wait(
            ListDialog("Docs", graphql_lines.docs_lines(docs), chooses=False)
        )

    # JSON in strings, and a probe

    def action_unfold_strings(self) -> None:
        """Show what strings hold as JSON, through base64 and gzip, or no longer."""
        pane = self.focused_pane()
        pane = pane if isinstance(pane, ExchangePane) else self.query_one(RequestPane)
        on = pane.toggle_unfolded()
        said = (
            "JSON in strings is unfolded; it is sent and named as it was" if on else "folded again"
        )
        self.notify(said, timeout=3, markup=False)

    @work
    async def action_probe(self) -> None:
        """Ask the endpoint of the step for `{ __typename }`, which changes nothing."""
        from arazzo_tui.graphql.endpoint import endpoint_hints, probe
        from arazzo_tui.tui import graphql_lines
        from arazzo_tui.tui.list_dialog import ListDialog

        exchange = self.exchange()
        if exchange is None or exchange.request is None:
            self.notify("a probe needs a request to take the URL from", markup=False)
            return
        asked = probe(exchange.request)
        answer = await self.transport.send(asked, _PROBE_WITHIN)
        lines = [line(("POST ", "dim"), (self.redactor.text(asked.url), "strong"))]
        lines += _probed(asked, answer, self.redactor)
        if isinstance(answer, Response):
            hints = endpoint_hints(asked, answer)
            lines += graphql_lines.answer_lines(answer, hints, self.redactor)
        await self.app.push_screen_wait(ListDialog("Probe { __typename }", lines, chooses=False))


def _unsent_query(exchange: Exchange) -> int:
    """The length of a query that was not sent yet; 0 for what was, or is no GraphQL."""
    request = exchange.request
    before = exchange.phase in (Phase.NOT_RUN, Phase.UNSENT)
    if request is None or not before or not is_graphql(request.payload):
        return 0
    query = request.payload.get("query") if isinstance(request.payload, Mapping) else None
    return len(query) if isinstance(query, str) else 0


def _is_to_be_explained(verdict: Verdict | None, response: Response) -> bool:
    """Whether a status is worth a sentence: not that of a plain success."""
    return verdict is not None and (not verdict.succeeded or response.status != 200)


def _edited(request: Request, edits: "tuple[Edit, ...]") -> "tuple[Request, tuple[Edit, ...]]":
    """The request with each edit that fits, and which these were. Raises `BadRequestText`."""
    from arazzo_tui.graphql.edited import with_payload
    from arazzo_tui.graphql.edits import apply_all

    payload, done = apply_all(edits, request.payload)
    return (with_payload(request, payload) if done else request), done


def _probed(asked: Request, answer: Response | Failure, redactor: Redactor) -> list[Line]:
    match answer:
        case Failure(message=message):
            return [line(("✗ ", "bad"), redactor.text(message))]
        case Response():
            verdict = second_opinion(asked, answer)
            status = f"{answer.status} {answer.reason} · {draw.milliseconds(answer)}"
            if verdict is None:
                return [line(status)]
            sign = ("✓ ", "good") if verdict.succeeded else ("✗ ", "bad")
            said = [redactor.text(each.message) for each in verdict.errors]
            return [
                line(sign, status, f"  GraphQL {verdict.standing.value}"),
                line((verdict.explanation, "dim")),
                *(line(("· ", "bad"), each) for each in said),
            ]
