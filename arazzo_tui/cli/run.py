"""`arazzo-tui run`: the engine without a terminal, told on stderr, its results on stdout."""

import asyncio
import signal
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

from arazzo_tui.cli.apology import told_with
from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.outcome import Narrator, Outcome, graphql_failed, printed
from arazzo_tui.cli.streams import say
from arazzo_tui.document.source import Problem, Severity, did_you_mean
from arazzo_tui.engine.credentials import Credentials, Wanted
from arazzo_tui.engine.moment import Moment, ServerChoice, Settings
from arazzo_tui.engine.plan import Plan
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.report import ending, tell_problems
from arazzo_tui.world.answers import answered_problems, choice
from arazzo_tui.world.assume import answered, read_method_and_path, unanswered
from arazzo_tui.world.credentials import bound, from_environment, told_missing, wanted
from arazzo_tui.world.fetch import fetcher
from arazzo_tui.world.given import BadUsage, read_inputs, read_operations, read_servers
from arazzo_tui.world.journal import Journal, WriteAhead
from arazzo_tui.world.prepare import (
    begun_with,
    missing_servers,
    planned,
    schema_of,
    secrets_of,
)
from arazzo_tui.world.record import header_of
from arazzo_tui.world.session import Session
from arazzo_tui.world.settings import ProjectSettings, settings_of
from arazzo_tui.world.state import state_folder
from arazzo_tui.world.store import Store
from arazzo_tui.world.tokens import Exchanged, Tokens
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import AllowedHosts, Gate, read_allowed_hosts
from arazzo_tui.world.workspace import Opened, Workspace, address_of


def run(given: Given) -> int:
    """Run a workflow to its end; the exit code says how it went."""
    outcome = Outcome(given.documents[0], given.workflow)
    with told_with(lambda: outcome.redactor):
        return _run(given, outcome)


def _run(given: Given, outcome: Outcome) -> int:
    try:
        moment = _first_moment(given, outcome)
    except BadUsage as wrong:
        for line in str(wrong).splitlines():
            say(printable(outcome.redactor.text(line)))
        problem = Problem("usage", str(wrong).replace("\n", "; "))
        outcome.problems = (*outcome.problems, problem)
        return printed(given, outcome)
    first = begun(moment)
    journal = _journal(given, outcome, first)
    asyncio.run(_driven(first, outcome, _allowed_hosts(given), journal))
    if outcome.status == "succeeded" and given.fail_on_graphql and graphql_failed(outcome.moment):
        say("✗ failed: GraphQL reported errors (--fail-on-graphql-errors)")
        outcome.status = "failed"
    if journal is not None:
        journal.close(outcome.exit_code)
        if journal.trouble:
            say(f"! {journal.trouble}")
    return printed(given, outcome)


def _journal(given: Given, outcome: Outcome, first: Run) -> Journal | None:
    """Where the run is kept, unless it is not to be."""
    if not given.keep:
        return None
    address = address_of(given.documents[0])
    header = header_of(first.now, address, outcome.workflow, time.time(), strict=given.strict)
    return Store(state_folder()).keep(header, first, outcome.redactor)


def _first_moment(given: Given, outcome: Outcome) -> Moment:
    """Everything that can be known before the first request; raises `BadUsage` when it is in the way."""
    inputs = read_inputs(given.inputs, given.inputs_file)
    hosts = _allowed_hosts(given)
    # Running a document is consent to read the sources that it names.
    workspace = Workspace(
        fetch=fetcher(hosts.allow),
        strict=given.strict,
        graphql_steps=given.graphql_steps,
    )
    said = read_operations(given.operations)
    opened = workspace.open(given.documents[0])
    project = _project_settings(given, outcome)
    known = {name: read_method_and_path(each.value) for name, each in project.operations.items()}
    plan = answered(_plan(given, opened, project, outcome), {**known, **said})
    servers = _servers(given, plan, project)
    unknown = unanswered(plan)
    if unknown:
        flags = " ".join(f"--operation {one_line(each.id or '')}='POST /path'" for each in unknown)
        raise BadUsage(f"no description tells method and path of these operations: give {flags}")
    values = inputs.for_schema(schema_of(plan))
    schemes = wanted(plan, servers)
    held = bound(plan, servers, from_environment(schemes, project.variables))
    outcome.redactor = secrets_of(plan, values, held)
    for sentence in told_missing(plan, held):
        say(printable(f"! {sentence}"))
    exchanged = asyncio.run(_exchanged(schemes, held, hosts))
    if exchanged.wrong:
        raise BadUsage("\n".join(exchanged.wrong))
    settings = Settings(servers, exchanged.credentials, given.timeout)
    moment, errors = begun_with(plan, values, settings)
    if moment is None:
        raise BadUsage("the inputs do not fit:\n" + "\n".join(f"  {error}" for error in errors))
    outcome.inputs = moment.top.inputs
    outcome.redactor = secrets_of(plan, moment.top.inputs, held, exchanged.credentials)
    return moment


def _project_settings(given: Given, outcome: Outcome) -> ProjectSettings:
    """What the settings file says of the document; raises `BadUsage` where it has mistakes."""
    project = settings_of(address_of(given.documents[0]))
    outcome.problems = project.problems
    tell_problems(project.problems, say)
    if project.wrong:
        raise BadUsage("the settings file has mistakes; nothing was sent")
    return project


def _servers(given: Given, plan: Plan, project: ProjectSettings) -> Mapping[str, ServerChoice]:
    """Base URLs: the command line's word before the settings file's, which is said."""
    declared = [each.name for each in plan.first.documents.description.source_descriptions]
    servers = {name: choice(each) for name, each in project.servers.items() if name in declared}
    told = read_servers(given.servers, declared)
    for name in servers.keys() - told.keys():
        url, by = servers[name].url, servers[name].by
        say(printable(f"· {one_line(name)} is at {one_line(url)}, from {one_line(by)}"))
    servers.update(told)
    without = missing_servers(plan, servers)
    if without:
        flags = " ".join(f"--server {one_line(name)}=URL" for name in without)
        raise BadUsage(f"no description and no base URL for {', '.join(without)}: give {flags}")
    return servers


async def _exchanged(
    schemes: Iterable[Wanted], held: Credentials, hosts: AllowedHosts
) -> Exchanged:
    """The credentials with client credentials exchanged for tokens, and what went wrong."""
    if not held:
        return Exchanged(held)
    async with Http() as transport:
        return await Tokens().exchanged(schemes, held, Gate(transport, hosts))


def _plan(given: Given, opened: Opened, project: ProjectSettings, outcome: Outcome) -> Plan:
    """The plan of the workflow that was asked for; its problems are told (A-53, check)."""
    if opened.description is None:
        outcome.problems = (*outcome.problems, *opened.problems)
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
    problems = tuple(answered_problems(result.problems, opened, project))
    outcome.problems = (*outcome.problems, *problems)
    tell_problems(problems, say)
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


async def _driven(
    first: Run, outcome: Outcome, hosts: AllowedHosts, journal: Journal | None
) -> None:
    """Drive the run to its end, narrating; a signal cancels it and is remembered."""
    told = Narrator(outcome.redactor)
    say(printable(f"▶ {one_line(outcome.workflow)}  ({one_line(outcome.document)})"))

    def changed(run: Run) -> None:
        try:
            told.hear(run)
        finally:
            outcome.redactor = told.redactor
        if journal is not None:
            journal.moved(run)

    async with Http() as http:
        transport = http if journal is None else WriteAhead(http, journal)
        session = Session(first, Gate(transport, hosts), changed)
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
