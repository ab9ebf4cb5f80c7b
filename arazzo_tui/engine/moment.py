"""The vocabulary of a run: what is known at one instant, and the seven stages a step goes through.

A `Moment` is the whole of a run, immutable. The stage of its top frame is at once what the machine goes
on from, what a breakpoint matches, what is kept and what is drawn; there is no second word for it.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field
from rpds import HashTrieMap

from arazzo_tui.engine.credentials import Credentials
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.past import Past
from arazzo_tui.engine.plan import Plan, PlannedStep, PlannedWorkflow
from arazzo_tui.language.check import Check
from arazzo_tui.language.values import Json

Values: TypeAlias = Mapping[str, Json]


class ServerChoice(Struct, frozen=True):
    """A base URL that replaces what a source's description says, and whose word it is."""

    url: str
    by: str


class Limits(Struct, frozen=True):
    """Where a run ends by itself: step executions, nesting, and the longest wait in seconds."""

    steps: int = 1000
    depth: int = 20
    wait: float = 300.0


class Settings(Struct, frozen=True):
    """What a run is given beside its inputs.

    `servers` are by source name, `credentials` by source and scheme; `timeout` is in seconds.
    """

    servers: Mapping[str, ServerChoice] = {}
    credentials: Credentials = {}
    timeout: float = 30.0
    limits: Limits = Limits()


class Returned(Struct, frozen=True):
    """A called workflow came back: whether it succeeded, and its outputs (SUB-2, SUB-3).

    `response` is the last one it got. The calling step has none of its own, but the specification's
    own examples ask for its `$statusCode`, and mean this one. `workflow` is empty where nobody was called:
    the step was skipped by hand, and `reason` says so.
    """

    workflow: str
    passed: bool
    inputs: Values
    outputs: Values
    reason: str = ""
    response: Response | None = None

    @property
    def words(self) -> str:
        """What came back, in a few words."""
        if not self.workflow:
            return self.reason
        how = "succeeded" if self.passed else f"failed: {self.reason}"
        return f"workflow {self.workflow} {how}"


Answer: TypeAlias = Response | Failure | Returned


class Decision(Struct, frozen=True):
    """What follows a step and why; `passed_over` says why earlier actions did not fire.

    `type` `next` is the default after success, `fail` the default after failure (FLW-3, FLW-4).
    `target` is a stepId or a workflow's key, `seconds` the wait before a retry.
    """

    type: Literal["next", "fail", "end", "goto", "retry"]
    name: str = ""
    target: str = ""
    target_kind: Literal["", "step", "workflow"] = ""
    why: str = ""
    seconds: float = 0.0
    inputs: Values = {}
    passed_over: tuple[tuple[str, str], ...] = ()


class StepRecord(Struct, frozen=True):
    """One finished attempt of a step: everything a pane, a report or a comparison needs.

    `missing` says for each output without a value why it has none.
    """

    workflow: str
    step: str
    attempt: int
    request: Request | None
    answer: Answer
    checks: tuple[Check, ...]
    outputs: Values
    missing: Mapping[str, str]
    passed: bool
    decision: Decision
    depth: int = 0


class Ready(Struct, frozen=True):
    """It is known which step comes; nothing was built yet."""


class Sending(Struct, frozen=True):
    """The request is built and not sent: the world owes an answer."""

    request: Request


class Calling(Struct, frozen=True):
    """The frame above runs a workflow, or a step before a retry; this one waits.

    `called` is the workflow's key, or the stepId of a `helper`.
    """

    called: str
    retrying: bool = False
    helper: bool = False


class Judging(Struct, frozen=True):
    """There is an answer, and nobody has judged it."""

    request: Request | None
    answer: Answer


class Deciding(Struct, frozen=True):
    """Criteria are judged, outputs taken, and the next move is known but not made."""

    record: StepRecord


class Acting(Struct, frozen=True):
    """The attempt stands in the trail; its decision is about to be carried out."""

    record: StepRecord


class Pausing(Struct, frozen=True):
    """A retry waits: the world owes the seconds."""

    record: StepRecord
    seconds: float


Stage: TypeAlias = Ready | Sending | Calling | Judging | Deciding | Acting | Pausing


class Send(Struct, frozen=True):
    """The world owes the answer to a request, within `timeout` seconds."""

    request: Request
    timeout: float


class Wait(Struct, frozen=True):
    """The world owes some seconds."""

    seconds: float


Effect: TypeAlias = Send | Wait


class Waited(Struct, frozen=True):
    """The seconds have passed, or somebody skipped them."""


Reply: TypeAlias = Response | Failure | Waited

StepScope: TypeAlias = "HashTrieMap[str, Mapping[str, Values]]"
"""What `$steps` names: by step id, `{"outputs": …}`; a new one shares its parts with the old."""


class Frame(Struct, frozen=True):
    """One workflow being run: its inputs, where it is, and what its steps gave.

    `used` counts the retries of this visit by action (A-26); `only` marks a frame that runs a single
    step before a retry and then gives its names back (FAC-7).
    """

    workflow: PlannedWorkflow
    inputs: Values
    at: int = 0
    stage: Stage = Ready()  # frozen, so it can be shared
    steps: StepScope = field(default_factory=HashTrieMap)
    used: Mapping[str, int] = {}
    attempt: int = 1
    only: bool = False

    @property
    def step(self) -> PlannedStep:
        """The step this frame is at; the last one when it is past its end."""
        return self.workflow.steps[min(self.at, len(self.workflow.steps) - 1)]


class Ended(Struct, frozen=True):
    """How a run ended; `chain` names the workflows it was handed on through (A-29)."""

    passed: bool
    outputs: Values
    missing: Mapping[str, str]
    reason: str
    chain: tuple[str, ...] = ()


class Moment(Struct, frozen=True):
    """The whole of a run at one instant. `returned` are the workflows that came back, by key."""

    plan: Plan
    settings: Settings
    frames: tuple[Frame, ...]
    trail: Past[StepRecord] = field(default_factory=Past)
    returned: Mapping[str, Returned] = {}
    chain: tuple[str, ...] = ()
    ended: Ended | None = None

    @property
    def top(self) -> Frame:
        """The frame that moves."""
        return self.frames[-1]

    @property
    def depth(self) -> int:
        """How deep calls are nested; 0 in the first workflow."""
        return len(self.frames) - 1

    @property
    def stage(self) -> Stage:
        """The stage of the frame that moves."""
        return self.top.stage

    @property
    def step(self) -> PlannedStep:
        """The step of the frame that moves."""
        return self.top.step
