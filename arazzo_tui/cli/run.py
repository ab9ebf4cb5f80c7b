"""`arazzo-tui run`: the engine without a terminal, told on stderr, its results on stdout."""

import asyncio
import atexit
import gc
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.cli.apology import told_with
from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.outcome import Narrator, Outcome, graphql_failed, printed
from arazzo_tui.cli.prompt import asked_for, is_asked
from arazzo_tui.cli.streams import say
from arazzo_tui.document.source import Problem, Severity, did_you_mean
from arazzo_tui.engine.credentials import Credentials, Wanted
from arazzo_tui.engine.moment import Moment, ServerChoice, Settings
from arazzo_tui.engine.plan import Plan
from arazzo_tui.engine.run import Run, begun
from arazzo_tui.language.printable import one_line, printable
from arazzo_tui.language.secrets import WEAK, Redactor
from arazzo_tui.report import ending, tell_problems
from arazzo_tui.world.answers import answered_problems, choice
from arazzo_tui.world.assume import answered, read_method_and_path, unanswered
from arazzo_tui.world.consent import Consent, consent_of, planned_hosts
from arazzo_tui.world.credentials import bound, told_missing, wanted
from arazzo_tui.world.credentials import held as held_by
from arazzo_tui.world.fetch import fetcher
from arazzo_tui.world.given import (
    BadUsage,
    GivenInputs,
    read_folder,
    read_inputs,
    read_operations,
    read_servers,
)
from arazzo_tui.world.journal import Journal, WriteAhead
from arazzo_tui.world.marks import all_marks, own_marks
from arazzo_tui.world.network import WHOLE, Network, Over, read_insecure, told_insecure
from arazzo_tui.world.parsed import Parsed, cache_folder
from arazzo_tui.world.prepare import (
    begun_with,
    missing_servers,
    planned,
    schema_of,
    secrets_of,
)
from arazzo_tui.world.record import Header, header_of
from arazzo_tui.world.session import Session, Transport
from arazzo_tui.world.settings import ProjectSettings, settings_of
from arazzo_tui.world.state import State, state_folder
from arazzo_tui.world.store import Store
from arazzo_tui.world.tls import wrong_with_environment
from arazzo_tui.world.tokens import Exchanged, Tokens
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import Gate, read_allowed_hosts
from arazzo_tui.world.workspace import Opened, Workspace, address_of


def run(given: Given) -> int:
    """Run a workflow to its end, once or several times; the exit code says how it went."""
    outcome = Outcome(given.documents[0], given.workflow)
    with told_with(lambda: outcome.redactor):
        if given.each or given.times > 1:
            from arazzo_tui.cli.batch import run_all

            return run_all(given, outcome)
        return _run(given, outcome)


def _run(given: Given, outcome: Outcome) -> int:
    try:
        inputs = read_inputs(given.inputs, given.inputs_file)
        ready = prepared(given, outcome)
        moment = first_moment(ready, inputs, outcome)
        moment = with_credentials(moment, ready, outcome)
    except BadUsage as wrong:
        return refused(given, outcome, wrong)
    if outcome.redactor.has_weak:
        say(f"! {WEAK}")
    first = begun(moment)
    journal = None
    if given.keep:
        header = header_for(given, outcome, moment)
        journal = Store(state_folder()).keep(header, first, outcome.redactor)
    collect_again()
    asyncio.run(_driven(first, outcome, ready, journal))
    if outcome.status == "succeeded" and given.fail_on_graphql and graphql_failed(outcome.moment):
        say("✗ failed: GraphQL reported errors (--fail-on-graphql-errors)")
        outcome.status = "failed"
    if journal is not None:
        journal.close(outcome.exit_code)
        if journal.trouble:
            say(f"! {journal.trouble}")
    return printed(given, outcome)


def collect_again() -> None:
    """What was loaded and planned is never visited again by the collector, not at the end either."""
    gc.freeze()
    gc.enable()
    atexit.register(gc.freeze)


def refused(given: Given, outcome: Outcome, wrong: BadUsage) -> int:
    """Say why nothing was sent; the exit code."""
    for line in str(wrong).splitlines():
        say(printable(outcome.redactor.text(line)))
    problem = Problem("usage", str(wrong).replace("\n", "; "))
    outcome.problems = (*outcome.problems, problem)
    return printed(given, outcome)


def header_for(given: Given, outcome: Outcome, first: Moment) -> Header:
    """How a run begins, as it is kept."""
    address = address_of(given.documents[0])
    return header_of(first, address, outcome.workflow, time.time(), strict=given.strict)


class Prepared(Struct, frozen=True):
    """A workflow that can run once it has inputs: what all its runs share.

    `held` are the credentials as they were given, before any was exchanged for a token; `secrets` are
    the places whose values are secret too.
    """

    plan: Plan
    servers: Mapping[str, ServerChoice]
    schemes: tuple[Wanted, ...]
    held: Credentials
    hosts: Consent
    network: Network
    timeout: float
    secrets: tuple[str, ...] = ()

    def reached(self, transport: Transport) -> Transport:
        """A transport that calls only hosts that are agreed to, as the settings say."""
        return Over(Gate(transport, self.hosts), lambda: self.network)


def prepared(given: Given, outcome: Outcome) -> Prepared:
    """Everything that can be known before inputs; raises `BadUsage` when something is in the way."""
    hosts = _consent(given)
    project = _project_settings(given, outcome)
    network = _network(given, project)
    # Running a document is consent to read the sources that it names.
    workspace = Workspace(
        fetch=fetcher(hosts, network),
        refers=hosts.declared,
        also=read_folder(given.workspace),
        strict=given.strict,
        graphql_steps=given.graphql_steps,
        parse=Parsed(cache_folder()).load,
    )
    said = read_operations(given.operations)
    opened = workspace.open(given.documents[0])
    known = {name: read_method_and_path(each.value) for name, each in project.operations.items()}
    plan = answered(_plan(given, opened, project, outcome), {**known, **said})
    servers = _servers(given, plan, project)
    unknown = unanswered(plan)
    if unknown:
        flags = " ".join(f"--operation {one_line(each.id or '')}='POST /path'" for each in unknown)
        raise BadUsage(f"no description tells method and path of these operations: give {flags}")
    schemes = tuple(wanted(plan, servers))
    held = _held(given, plan, servers, schemes, project) if schemes else {}
    outcome.redactor = secrets_of(plan, {}, held)
    if refusals := planned_hosts(hosts, plan, servers, schemes, held):
        raise BadUsage("\n".join(refusals))
    for sentence in told_missing(plan, held):
        say(printable(f"! {sentence}"))
    timeout = given.timeout or network.timeouts.whole or WHOLE
    own = own_marks(State(state_folder()), address_of(given.documents[0]))
    secrets = all_marks(project, own)
    return Prepared(plan, servers, schemes, held, hosts, network, timeout, secrets)


def _held(
    given: Given,
    plan: Plan,
    servers: Mapping[str, ServerChoice],
    schemes: tuple[Wanted, ...],
    project: ProjectSettings,
) -> Credentials:
    """The credentials there are, each with the origins it may go to; a person may be asked for the rest."""
    found, unread = held_by(schemes, project.variables)
    for sentence in unread:
        say(printable(f"! {sentence}"))
    known = bound(plan, servers, found)
    if is_asked(given):
        known = bound(plan, servers, {**known, **asked_for(plan, known, project.variables)})
    return known


def first_moment(ready: Prepared, inputs: GivenInputs, outcome: Outcome) -> Moment:
    """The first moment of a run, without credentials; raises `BadUsage` when its inputs do not fit."""
    values = inputs.for_schema(schema_of(ready.plan))
    outcome.redactor = secrets_of(ready.plan, values, ready.held, places=ready.secrets)
    moment, errors = begun_with(ready.plan, values, Settings(ready.servers, {}, ready.timeout))
    if moment is None:
        raise BadUsage("the inputs do not fit:\n" + "\n".join(f"  {error}" for error in errors))
    outcome.inputs = moment.top.inputs
    outcome.redactor = _secrets(ready, moment)
    return moment


def with_credentials(moment: Moment, ready: Prepared, outcome: Outcome) -> Moment:
    """A first moment with the credentials, some exchanged for tokens; raises `BadUsage` where that fails."""
    if not ready.held:
        return moment
    got = asyncio.run(_exchanged(ready))
    if got.wrong:
        raise BadUsage("\n".join(got.wrong))
    outcome.redactor = _secrets(ready, moment, got.credentials)
    return replace(moment, settings=replace(moment.settings, credentials=got.credentials))


def _secrets(ready: Prepared, moment: Moment, got: Credentials | None = None) -> Redactor:
    inputs, given = moment.top.inputs, (ready.held, got or {})
    return secrets_of(ready.plan, inputs, *given, places=ready.secrets)


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


async def _exchanged(ready: Prepared) -> Exchanged:
    """The credentials with client credentials exchanged for tokens, and what went wrong."""
    async with Http() as transport:
        return await Tokens().exchanged(ready.schemes, ready.held, ready.reached(transport))


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


def _network(given: Given, project: ProjectSettings) -> Network:
    """How servers are reached; says which are not verified. Raises `BadUsage` for bad authorities."""
    try:
        insecure = read_insecure(given.insecure)
    except ValueError as wrong:
        raise BadUsage(f"--insecure: {wrong}") from None
    if bad := wrong_with_environment():
        raise BadUsage(f"{bad}; nothing was sent")
    for sentence in told_insecure(insecure):
        say(printable(f"! {sentence}"))
    return replace(project.network, insecure=insecure)


def _consent(given: Given) -> Consent:
    try:
        listed = read_allowed_hosts(given.allow_hosts)
    except ValueError as wrong:
        raise BadUsage(f"--allow-host: {wrong}") from None
    return consent_of(listed, given.documents[0], given.servers)


async def _driven(first: Run, outcome: Outcome, ready: Prepared, journal: Journal | None) -> None:
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
        session = Session(first, ready.reached(transport), changed)
        task = asyncio.ensure_future(session.go())
        caught = cancelled_by_signals(task.cancel)
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


def cancelled_by_signals(cancel: Callable[[], object]) -> list[int]:
    """Let SIGINT, SIGTERM and SIGHUP cancel what goes on; the list holds the signals that came.

    A signal that whoever started the program has ignored, as nohup does, goes on being ignored.
    """
    caught: list[int] = []

    def stop(number: int) -> None:
        caught.append(number)
        cancel()

    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            with suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, stop, number)
    return caught
