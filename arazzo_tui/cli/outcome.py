"""What a run came to, however it was driven: told on stderr, printed on stdout, said by the exit code."""

from collections.abc import Mapping

from msgspec import Struct, field

from arazzo_tui.cli.arguments import Given
from arazzo_tui.cli.streams import Output, say
from arazzo_tui.document.source import Problem
from arazzo_tui.engine.moment import Moment, Values
from arazzo_tui.engine.run import Run
from arazzo_tui.engine.seen import seen_at
from arazzo_tui.graphql.second_opinion import second_opinion
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.report import Status, as_json, narrate, run_object

_STATUS_CODES: dict[Status, int] = {"succeeded": 0, "failed": 1, "invalid": 2, "cancelled": 130}


class Outcome(Struct):
    """What a run came to, filled in as it becomes known."""

    document: str
    workflow: str = ""
    status: Status = "invalid"
    inputs: Values = {}
    moment: Moment | None = None
    problems: tuple[Problem, ...] = ()
    redactor: Redactor = field(default_factory=Redactor)
    code: int | None = None
    by_hand: Mapping[int, tuple[str, ...]] = {}

    @property
    def exit_code(self) -> int:
        """What the program leaves with."""
        return _STATUS_CODES[self.status] if self.code is None else self.code


class Narrator:
    """Tells each finished attempt once, and each wait; what it says is masked with all seen so far."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self._told = 0

    def hear(self, run: Run) -> None:
        """Tell what is new in a run."""
        self.redactor = self.redactor.knowing(seen_at(run.now, self.redactor.places))
        trail = run.now.trail
        while self._told < len(trail):
            self._told += 1
            for line in narrate(trail[self._told - 1], self._told, self.redactor):
                say(line)


def graphql_failed(moment: Moment | None) -> bool:
    """Whether GraphQL reports an error in any answer of a run."""
    opinions = (
        second_opinion(each.request, each.answer) for each in (moment.trail if moment else ())
    )
    return any(opinion is not None and not opinion.succeeded for opinion in opinions)


def printed(given: Given, outcome: Outcome) -> int:
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
                by_hand=outcome.by_hand,
            )
            output.write(as_json(report))
        elif outcome.moment is not None and outcome.moment.ended is not None:
            output.write(as_json(outcome.redactor.value(outcome.moment.ended.outputs)))
    code = outcome.exit_code
    return 74 if output.failed and code == 0 else code
