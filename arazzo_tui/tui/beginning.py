"""What happens between a complete form and the first moment of a run: answers kept, tokens fetched.

No widget is known here. Nothing but the exchange of client credentials is sent, and that only when the
document asks for a token and a person gave the client's secret.
"""

import asyncio
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.engine.files import File
from arazzo_tui.engine.inputs import fields
from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.plan import Plan
from arazzo_tui.language.secrets import WEAK, Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.tui.subject import Subject
from arazzo_tui.world.answers import kept
from arazzo_tui.world.credentials import bound, wanted
from arazzo_tui.world.prepare import begun_with, secrets_of
from arazzo_tui.world.session import Transport
from arazzo_tui.world.state import State
from arazzo_tui.world.tokens import Tokens
from arazzo_tui.world.workspace import address_of


class Beginning(Struct, frozen=True):
    """A run that can begin, with its redactor; or, where `moment` is None, `said` tells why not.

    `subject` knows where its answers are kept now; `said` is what a person should hear of that.
    """

    subject: Subject
    moment: Moment | None
    redactor: Redactor
    said: str = ""


async def beginning(
    subject: Subject,
    plan: Plan,
    values: Mapping[str, Json],
    state: State,
    tokens: Tokens,
    transport: Transport,
    within: float,
) -> Beginning:
    """Prepare a run of a subject with the values of its form; `within` is its time for a step in seconds."""
    none = Redactor()
    moment, errors = begun_with(plan, values, subject.settings(within))
    if moment is None:
        return Beginning(subject, None, none, "; ".join(map(str, errors)))
    subject, said = await asyncio.to_thread(_remembered, subject, values, state)
    held = bound(plan, subject.servers, subject.credentials)
    exchanged = await tokens.exchanged(wanted(plan, subject.servers), held, transport)
    redactor = secrets_of(
        plan, moment.top.inputs, held, exchanged.credentials, places=subject.secrets
    )
    if exchanged.wrong:
        return Beginning(subject, None, redactor, redactor.text("; ".join(exchanged.wrong)))
    settings = replace(subject.settings(within), credentials=exchanged.credentials)
    if redactor.has_weak:
        said = "; ".join(each for each in (said, WEAK) if each)
    return Beginning(subject, replace(moment, settings=settings), redactor, said)


def _remembered(subject: Subject, values: Mapping[str, Json], state: State) -> tuple[Subject, str]:
    """Keep inputs, but for the secret ones, and answers for the next time. Blocks."""
    secret = {field.name for field in fields(subject.schema) if field.secret}
    earlier = subject.known.memory.inputs.get(subject.workflow_id, {})
    shown = {name: value for name, value in values.items() if name not in secret}
    # A run that begins again has files where paths were typed: the paths are what is kept.
    shown |= {name: earlier.get(name) for name in shown if isinstance(shown[name], File)}
    memory = subject.known.memory.with_inputs(subject.workflow_id, shown)
    known, said = kept(
        state, address_of(subject.opened.name), replace(subject.known, memory=memory)
    )
    return subject.placed(known), said
