"""`arazzo-tui run`: the engine without a terminal, told on stderr, its results on stdout."""

import asyncio
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import Output, say
from arazzo_tui.document.source import Problem, Severity, did_you_mean
from arazzo_tui.engine.credentials import Credentials, Wanted
from arazzo_tui.engine.moment import Moment, Settings, Values
from arazzo_tui.engine.plan import Plan
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.report import Status, as_json, ending, narrate, run_object, tell_problems
from arazzo_tui.world.assume import answered, unanswered
from arazzo_tui.world.credentials import (
    from_environment,
    missing,
    variable_name,
    wanted,
    with_tokens,
)
from arazzo_tui.world.fetch import fetcher
from arazzo_tui.world.given import BadUsage, read_inputs, read_operations, read_servers
from arazzo_tui.world.prepare import (
    begun_with,
    missing_servers,
    planned,
    schema_of,
    secrets_of,
)
from arazzo_tui.world.session import Session
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import AllowedHosts, Gate, read_allowed_hosts
from arazzo_tui.world.workspace import Opened, Workspace

_STATUS_CODES: dict[Status, int] = {"succeeded": 0, "failed": 1, "invalid": 2, "cancelled": 130}


@dataclass(slots=True)
class Outcome:
    """What a run came to, filled in as it becomes known."""

    document: str
    workflow: str = ""
    status: Status = "invalid"
    inputs: Values = field(default_factory=dict)
    moment: Moment | None = None
    problems: tuple[Problem, ...] = ()
    redactor: Redactor = field(default_factory=Redactor)
    code: int | None = None


def run(given: Given) -> int:
    """Run a workflow to its end; the exit code says how it went."""
    outcome = Outcome(given.documents[0], given.workflow)
    try:
        moment = _first_moment(given, outcome)
    except BadUsage as wrong:
        for line in str(wrong).splitlines():
            say(printable(outcome.redactor.text(line)))
        problem = Problem("usage", str(wrong).replace("\n", "; "))
        outcome.problems = (*outcome.problems, problem)
        return _printed(given, outcome)
    asyncio.run(_driven(moment, outcome, _allowed_hosts(given)))
    if outcome.status == "succeeded" and given.fail_on_graphql and _graphql_failed(outcome.moment):
        say("✗ failed: GraphQL reported errors (--fail-on-graphql-errors)")
        outcome.status = "failed"
    return _printed(given, outcome)


def _first_moment(given: Given, outcome: Outcome) -> Moment:
    """Everything that can be known before the first request; raises `BadUsage` when it is in the way."""
    inputs = read_inputs(given.inputs, given.inputs_file)
    hosts = _allowed_hosts(given)
    # Running a document is consent to read the sources that it names.
    workspace = Workspace(
        fetch=fetcher(hosts.allow),
        strict=given.strict,
    )
    operations = read_operations(given.operations)
    opened = workspace.open(given.documents[0])
    plan = answered(_plan(given, opened, outcome), operations)
    declared = [each.name for each in plan.first.documents.description.source_descriptions]
    servers = read_servers(given.servers, declared)
    without = missing_servers(plan, servers)
    if without:
        flags = " ".join(f"--server {one_line(name)}=URL" for name in without)
        raise BadUsage(f"no description and no base URL for {', '.join(without)}: give {flags}")
    unknown = unanswered(plan)
    if unknown:
        flags = " ".join(f"--operation {one_line(each.id or '')}='POST /path'" for each in unknown)
        raise BadUsage(f"no description tells method and path of these operations: give {flags}")
    values = inputs.for_schema(schema_of(plan))
    schemes = wanted(plan)
    credentials = from_environment(schemes)
    outcome.redactor = secrets_of(plan, values, credentials)
    for each in missing(plan, credentials):
        name = variable_name(each.key)
        say(f"! no credential for {one_line(each.scheme.name)} ({each.words}): set {name}")
    credentials, wrong = asyncio.run(_tokens(schemes, credentials, hosts))
    if wrong:
        raise BadUsage("\n".join(wrong))
    settings = Settings(servers, credentials, given.timeout)
    moment, errors = begun_with(plan, values, settings)
    if moment is None:
        raise BadUsage("the inputs do not fit:\n" + "\n".join(f"  {error}" for error in errors))
    outcome.inputs = moment.top.inputs
    outcome.redactor = secrets_of(plan, moment.top.inputs, credentials)
    return moment


async def _tokens(
    schemes: Iterable[Wanted], known: Credentials, hosts: AllowedHosts
) -> tuple[Credentials, tuple[str, ...]]:
    """The credentials with client credentials exchanged for tokens, and what went wrong."""
    if not known:
        return known, ()
    async with Http() as transport:
        return await with_tokens(schemes, known, Gate(transport, hosts))


def _plan(given: Given, opened: Opened, outcome: Outcome) -> Plan:
    """The plan of the workflow that was asked for; its problems are told (A-53, check)."""
    if opened.description is None:
        outcome.problems = opened.problems
        tell_problems(opened.problems, say)
        raise BadUsage(f"{one_line(opened.name)} cannot be run; nothing was sent")
    known = [each.workflow_id for each in opened.description.workflows]
    if not outcome.workflow:
        if len(known) != 1:
            listed = ", ".join(one_line(each) for each in known) or "none"
            raise BadUsage(f"the document has {len(known)} workflows, name one of them: {listed}")
        outcome.workflow = known[0]
    if outcome.workflow not in known:
        hint = did_you_mean(outcome.workflow, known)
        raise BadUsage(f"there is no workflow `{one_line(outcome.workflow)}`; {hint}")
    result = planned(opened, outcome.workflow, strict=given.strict)
    outcome.problems = result.problems
    tell_problems(result.problems, say)
    if result.plan is None:
        count = sum(each.severity is Severity.ERROR for each in result.problems)
        raise BadUsage(
            f"{count} error{'' if count == 1 else 's'} in the document; nothing was sent"
        )
    return result.plan


def _allowed_hosts(given: Given) -> AllowedHosts:
    try:
        return read_allowed_hosts(given.allow_hosts)
    except ValueError as wrong:
        raise BadUsage(f"--allow-host: {wrong}") from None


async def _driven(moment: Moment, outcome: Outcome, hosts: AllowedHosts) -> None:
    """Drive the run to its end, narrating; a signal cancels it and is remembered."""
    told = _Narrator(outcome.redactor)
    say(printable(f"▶ {one_line(outcome.workflow)}  ({one_line(outcome.document)})"))
    async with Http() as transport:
        session = Session(begun(moment), Gate(transport, hosts), told.hear)
        task = asyncio.ensure_future(session.go())
        caught = _cancelled_by_signals(task)
        with suppress(asyncio.CancelledError):
            await task
    outcome.moment = session.run.now
    ended = outcome.moment.ended
    if ended is not None:
        outcome.status = "succeeded" if ended.passed else "failed"
    else:
        outcome.status = "cancelled"
        outcome.code = 128 + caught[0] if caught else None
    say(ending(outcome.moment, outcome.status))


def _cancelled_by_signals(task: "asyncio.Future[Moment]") -> list[int]:
    """Let SIGINT, SIGTERM and SIGHUP cancel the run; the list holds the signal that came."""
    caught: list[int] = []

    def stop(number: int) -> None:
        caught.append(number)
        task.cancel()

    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, stop, number)
    return caught


class _Narrator:
    """Tells each finished attempt once, and each wait."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._told = 0

    def hear(self, run: Run) -> None:
        trail = run.now.trail
        while self._told < len(trail):
            self._told += 1
            for line in narrate(trail[self._told - 1], self._told, self._redactor):
                say(line)


def _graphql_failed(moment: Moment | None) -> bool:
    opinions = (
        second_opinion(each.request, each.answer) for each in (moment.trail if moment else ())
    )
    return any(opinion is not None and not opinion.succeeded for opinion in opinions)


def _printed(given: Given, outcome: Outcome) -> int:
    """Print the results; the exit code, which tells also when they could not be written."""
    with Output() as output:
        if given.json:
            report = run_object(
                document=outcome.document,
                workflow=outcome.workflow,
                status=outcome.status,
                inputs=outcome.inputs,
                moment=outcome.moment,
                problems=outcome.problems,
                redactor=outcome.redactor,
            )
            output.write(as_json(report))
        elif outcome.moment is not None and outcome.moment.ended is not None:
            output.write(as_json(outcome.redactor.value(outcome.moment.ended.outputs)))
    code = _STATUS_CODES[outcome.status] if outcome.code is None else outcome.code
    return 74 if output.failed and code == 0 else code
