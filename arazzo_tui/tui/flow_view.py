"""The pane of the flow: the workflows of a run as pictures, which follow the run as it moves.

`flow_lines` says what stands in it; here is where the reader was in it, and the keys.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from arazzo_tui.engine.moment import Moment
from arazzo_tui.engine.plan import Plan
from arazzo_tui.engine.run import Run
from arazzo_tui.tui.exchange import StepKey
from arazzo_tui.tui.flow_lines import Drawn
from arazzo_tui.tui.lines_view import LinesView
from arazzo_tui.tui.pane import Pane

if TYPE_CHECKING:
    from arazzo_tui.insight.flow import Flow
    from arazzo_tui.tui.flow_entries import Shown


class FlowLines(LinesView):
    """The pictures, drawn anew for each width. The cursor stays at its step until the run is elsewhere."""

    class Chosen(Message):
        """The step the cursor is at was chosen with the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self._data = False
        self._drawn_lines = Drawn()
        self._place: StepKey | None = None

    def show_flow(self, shown: "Shown", *, data: bool) -> None:
        """Show the pictures; where the run has come to another step, the cursor goes there."""
        self._shown, self._data = shown, data
        here = _here(shown)
        follow = here if here != self._place else None
        self._place = here
        self._redraw(follow)

    @property
    def chosen(self) -> StepKey | None:
        """The step that the line at the cursor belongs to."""
        if not self.line_count or not self.is_showing:
            return None
        return self._drawn_lines.keys[self.line_at(self.cursor_row)]

    def clear(self, message: str = "") -> None:
        """Show no picture, but say why."""
        self._shown, self._drawn_lines, self._place = None, Drawn(), None
        super().clear(message)

    def on_resize(self) -> None:
        """Another width has other lines."""
        super().on_resize()
        self._redraw(None)

    def row_clicked(self, row: int, column: int, *, twice: bool) -> None:
        """The mouse brings the cursor; twice chooses."""
        super().row_clicked(row, column, twice=twice)
        if twice:
            self.post_message(self.Chosen())

    def _redraw(self, follow: StepKey | None) -> None:
        from arazzo_tui.tui.flow_lines import flow_lines

        if self._shown is None:
            return
        width = (self.scrollable_content_region.width or 80) - self.lead_width
        drawn = flow_lines(self._shown, width, data=self._data)
        at = self._line_after(drawn) if follow is None else drawn.line_of(follow)
        if drawn != self._drawn_lines:
            top = self.scroll_offset.y
            self._drawn_lines = drawn
            self.show(drawn.lines)
            self.scroll_to(y=top, animate=False)
        if at is not None:
            self.go_to(self.rows_of(at)[0], centred=True)

    def _line_after(self, drawn: Drawn) -> int | None:
        """The line of a new drawing that is what the cursor is at: the same step, as far below its first."""
        if not self.line_count or not self.is_showing:
            return None
        at = self.line_at(self.cursor_row)
        key = self._drawn_lines.keys[at]
        if key is None:
            return min(at, len(drawn.lines) - 1)
        first, now = self._drawn_lines.line_of(key), drawn.line_of(key)
        if first is None or now is None:
            return 0
        return min(now + at - first, now + drawn.keys.count(key) - 1)


def _here(shown: "Shown") -> StepKey | None:
    """The step that the run is at."""
    if not shown.traffic.here:
        return None
    key, at = shown.traffic.here[-1]
    flow = shown.flows.get(key)
    return (key, flow.nodes[at].step.step_id) if flow else None


class FlowPane(Pane):
    """The steps and the ways between them; on demand also what each step reads."""

    NUMBER: ClassVar[int] = 6
    NAME: ClassVar[str] = "Flow"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "step", show=False, id="flow.choose", tooltip="Show the step"),
        Binding("d", "data", "data", show=False, id="flow.data", tooltip="What each step reads"),
    ]

    class StepChosen(Message):
        """A step is to be looked at."""

        def __init__(self, key: StepKey) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(Pane.view, "steps")
        self._plan: Plan | None = None
        self._pictures: Mapping[str, Flow] = {}
        self._what: Moment | Plan | None = None
        self._run: Run | None = None
        self._stops: frozenset[StepKey] = frozenset()

    def compose(self) -> ComposeResult:
        """One view of lines."""
        yield FlowLines()

    @property
    def lines(self) -> FlowLines:
        """The view."""
        return self.query_one(FlowLines)

    def views(self) -> tuple[str, ...]:
        """The steps alone, or with what they read."""
        return ("steps", "data")

    def focus_target(self) -> Widget:
        """The view."""
        return self.lines

    def show(
        self,
        what: Moment | Plan | None,
        run: Run | None = None,
        *,
        data: bool | None = None,
        stops: frozenset[StepKey] = frozenset(),
    ) -> None:
        """Show a run at a moment, or a plan that has not begun; `run` tells what was done by hand in it.

        `data` brings the data edges or takes them away; without it they stay as the reader has them.
        `stops` are the steps with a breakpoint. What nobody sees is not drawn: a pane that is hidden
        draws when it comes back.
        """
        self._what, self._run, self._stops = what, run, stops
        if data is not None:
            self.set_reactive(Pane.view, "data" if data else "steps")
            self.retitle()
        if self.is_on_screen:
            self._draw()

    def on_show(self) -> None:
        """It came to be seen: draw what was to be shown in the meantime."""
        self._draw()

    def _draw(self) -> None:
        from arazzo_tui.tui.flow_entries import Shown, shown_at

        match self._what:
            case None:
                self.lines.clear("there is no workflow to show")
            case Moment() as moment:
                pictures = self._pictures_of(moment.plan)
                self._drawn(shown_at(pictures, moment, self._run))
            case Plan() as plan:
                self._drawn(Shown(self._pictures_of(plan)))

    def _drawn(self, shown: "Shown") -> None:
        shown = replace(shown, stops=self._stops)
        self.lines.show_flow(shown, data=self.view == "data")

    def _pictures_of(self, plan: Plan) -> "Mapping[str, Flow]":
        """The pictures of a plan, made once: it stays the same for nearly all of a run."""
        from arazzo_tui.insight.flow import flows

        if plan is not self._plan:
            self._plan, self._pictures = plan, flows(plan)
        return self._pictures

    def watch_view(self) -> None:
        """The data edges come or go."""
        super().watch_view()
        if self.is_on_screen:
            self._draw()

    def action_data(self) -> None:
        """Show what each step reads, or do not."""
        self.next_view()

    def action_choose(self) -> None:
        """Choose the step that the cursor is at."""
        key = self.lines.chosen
        if key is not None:
            self.post_message(self.StepChosen(key))

    def on_flow_lines_chosen(self) -> None:
        """A step was chosen with the mouse."""
        self.action_choose()

    def copied(self) -> tuple[str, str] | None:
        """The name or expression of the line, else its text."""
        here = self.lines.current
        if here is None:
            return None
        return (here.copy, "the name") if here.copy else (here.plain.strip(), "the line")

    def expression(self) -> str:
        """The expression of what the cursor is at: a step's, or that of an output that is read."""
        here = self.lines.current
        return here.expression if here else ""

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Go to the next line that has a text."""
        return self.lines.find(text, backwards=backwards)
