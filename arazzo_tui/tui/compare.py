"""Two attempts beside each other, line by line, with what differs marked. Pure, and a screen to show it."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from arazzo_tui.engine.content import JsonContent, TextContent
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.moment import Returned, StepRecord
from arazzo_tui.graphql.request import pretty, read_operation
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json
from arazzo_tui.tui.dialog import Dialog
from arazzo_tui.tui.lines_view import Line, LinesView, line

_MOST_LINES = 3_000
"""Lines of one side that are compared: finding what differs takes time with their product."""


def attempt_text(record: StepRecord, redactor: Redactor) -> list[str]:
    """An attempt as lines: request, answer, criteria, outputs, what followed."""
    lines = [f"attempt {record.attempt} of {record.step}", "", "REQUEST"]
    if record.request is None:
        lines.append("nothing was sent")
    else:
        lines += _request(record.request, redactor)
    lines += ["", "ANSWER", *_answer(record.answer, redactor), "", "CRITERIA"]
    for check in record.checks:
        lines.append(f"{'✓' if check.passed else '✗'} {check.condition}")
        lines.append(f"    {redactor.text(check.reason)}")
    lines += ["", "OUTPUTS", *_json(redactor.value(dict(record.outputs)))]
    lines += ["", "NEXT", f"{record.decision.type} {record.decision.target}".rstrip()]
    return lines


def _request(request: Request, redactor: Redactor) -> Iterator[str]:
    yield redactor.text(f"{request.method} {request.url}")
    for name, value in request.headers:
        yield f"{name}: {redactor.text(value)}"
    operation = read_operation(request.payload)
    yield ""
    if operation is not None:
        yield from pretty(operation.query).text.splitlines()
        yield "VARIABLES"
        yield from _json(redactor.value(dict(operation.sent)))
    else:
        yield from _body(request.content, request.body or b"", redactor)


def _answer(answer: Response | Failure | Returned, redactor: Redactor) -> Iterator[str]:
    match answer:
        case Response():
            yield f"{answer.status} {answer.reason}".rstrip()
            for name, value in answer.headers:
                yield f"{name}: {redactor.text(value)}"
            yield ""
            yield from _body(answer.content, answer.body, redactor)
        case Failure(phase, message):
            yield f"no answer ({phase})"
            yield redactor.text(message)
        case Returned() as back:
            yield redactor.text(back.words)
            yield from _json(redactor.value(dict(back.outputs)))


def _body(content: object, data: bytes, redactor: Redactor) -> list[str]:
    match content:
        case JsonContent(value) if len(data) < 4_000_000:
            return _json(redactor.value(value))
        case TextContent(text):
            return redactor.text(text).splitlines()[: _MOST_LINES + 1]
        case _:
            return [f"{len(data):,} bytes"] if data else ["no body"]


def _json(value: Json) -> list[str]:
    return write_json(value, indent=2).splitlines()[: _MOST_LINES + 1]


def side_by_side(left: Sequence[str], right: Sequence[str], width: int) -> list[Line]:
    """Two texts beside each other; what differs has a sign and a colour."""
    half = max(16, (width - 7) // 2)
    lines: list[Line] = []
    if max(len(left), len(right)) > _MOST_LINES:
        lines.append(line((f"only the first {_MOST_LINES:,} lines are compared", "warn")))
    left, right = left[:_MOST_LINES], right[:_MOST_LINES]
    matcher = SequenceMatcher(a=left, b=right, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        rows = max(end - start, other_end - other_start)
        for row in range(rows):
            mine = left[start + row] if start + row < end else ""
            theirs = right[other_start + row] if other_start + row < other_end else ""
            same = tag == "equal"
            heading = same and mine.isupper() and mine.isalpha()
            look = "title" if heading else "dim" if same else ""
            sign = "  " if same else "≠ "
            lines.append(
                line(
                    (sign, "warn"),
                    (_cell(mine, half), look or "bad"),
                    (" │ ", "dim"),
                    (one_line(theirs, half), look or "good"),
                    copy=theirs or mine,
                )
            )
    return lines


def _cell(text: str, width: int) -> str:
    from rich.cells import set_cell_size

    return set_cell_size(one_line(text, width), width)


class CompareScreen(Dialog[None]):
    """Two attempts beside each other over the whole screen."""

    DEFAULT_CSS = """
    CompareScreen {
        & > Vertical { border: round $primary; background: $surface; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="compare.back", tooltip="Back"),
        Binding("d", "next_difference", "Next difference", id="compare.next", tooltip="Next one"),
    ]

    def __init__(
        self, left: StepRecord, right: StepRecord, names: tuple[str, str], redactor: Redactor
    ) -> None:
        super().__init__()
        self._texts = (attempt_text(left, redactor), attempt_text(right, redactor))
        self._names = names

    def compose(self) -> ComposeResult:
        """The lines in their box."""
        with Vertical() as box:
            left, right = (one_line(each, 40) for each in self._names)
            box.border_title = Content(f"{left}  beside  {right}")
            box.border_subtitle = Content("d next difference · esc goes back")
            yield LinesView()

    def on_mount(self) -> None:
        """Compare."""
        self.query_one(LinesView).focus()
        self._show()

    def on_resize(self) -> None:
        """Another width has other columns."""
        self._show()

    def _show(self) -> None:
        view = self.query_one(LinesView)
        view.show(side_by_side(*self._texts, self.size.width - 6), keep=True)

    def action_next_difference(self) -> None:
        """Go to the next line that differs."""
        self.query_one(LinesView).find("≠")
