"""The workflow browser: documents, their workflows, their steps, and how each stands in the run.

Documents are shown at once by name and read when they are opened; a folder of thousands costs what is
looked at. Ids are foreign text: nodes are found by their data, never by a name made of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import ClassVar, TypeAlias

from msgspec import Struct
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from arazzo_tui.document.arazzo import (
    CallWorkflow,
    Channel,
    GraphQLOperation,
    OperationById,
    OperationByPath,
    Step,
    Target,
    Workflow,
)
from arazzo_tui.document.source import Mark, Problem, Severity
from arazzo_tui.engine.plan import CallOperation, PlannedWorkflow
from arazzo_tui.language.printable import one_line
from arazzo_tui.tui.draw import seconds
from arazzo_tui.tui.exchange import State, StepKey, StepState
from arazzo_tui.tui.pane import Pane
from arazzo_tui.world.prepare import home_of
from arazzo_tui.world.workspace import Opened

_WAITING = StepState(State.NOT_RUN)


class DocumentNode(Struct, frozen=True):
    """A document, by the name it was given with."""

    name: str


class WorkflowNode(Struct, frozen=True):
    """A workflow of a document."""

    document: str
    workflow: Workflow


class StepNode(Struct, frozen=True):
    """A step of a workflow; `key` names it in a run."""

    document: str
    workflow_id: str
    step: Step
    key: StepKey


class ProblemNode(Struct, frozen=True):
    """A problem, at what it is about."""

    document: str
    problem: Problem


NodeData: TypeAlias = DocumentNode | WorkflowNode | StepNode | ProblemNode


_FIRST = 200
"""So many documents are listed before anything is painted: more than a screen shows."""


class BrowserTree(Tree[NodeData]):
    """The tree of documents. Enter opens and closes, or chooses a workflow or a step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False, id="tree.up", tooltip="One line up"),
        Binding("j", "cursor_down", "Down", show=False, id="tree.down", tooltip="One line down"),
        Binding("l,right", "open_node", "Open", show=False, id="tree.open", tooltip="Unfold"),
        Binding("h,left", "close_node", "Close", show=False, id="tree.close", tooltip="Fold"),
    ]

    def __init__(self) -> None:
        super().__init__(Text("documents"))
        self.show_root = False
        self.guide_depth = 2
        self.auto_expand = False
        self.states: Mapping[StepKey, StepState] = {}
        self.planned: Mapping[str, PlannedWorkflow] = {}
        self.running: tuple[str, str] = ("", "")
        self.errors: dict[int, bool] = {}
        self.stops: frozenset[StepKey] = frozenset()

    def render_label(
        self,
        node: TreeNode[NodeData],
        base_style: Style,  # noqa: ARG002  # Textual gives it
        style: Style,
    ) -> Text:
        """A node's line: signs first, so that they are seen when the line is cut."""
        text = Text(end="", no_wrap=True)
        match node.data:
            case DocumentNode(name):
                mark = "▾ " if node.is_expanded else "▸ "
                text.append(mark + one_line(PurePath(name).name or name))
            case WorkflowNode(document, workflow):
                mark = "▾ " if node.is_expanded else "▸ "
                here = self.running == (document, workflow.workflow_id)
                text.append(mark + one_line(workflow.workflow_id), "bold" if here else "")
            case StepNode(document, workflow_id, step, key):
                self._step(text, step, key, live=self.running == (document, workflow_id))
            case ProblemNode(_, problem):
                bad = problem.severity is Severity.ERROR
                place = f"{problem.mark.line}: " if problem.mark else ""
                text.append("✗ " if bad else "! ", self._look("error" if bad else "warning"))
                text.append(one_line(place + problem.message), "italic")
            case None:
                text.append(str(node.label))
        text.stylize_before(style)
        if isinstance(node.data, DocumentNode | WorkflowNode | StepNode) and node.id in self.errors:
            bad = self.errors[node.id]
            text.append(" ✗" if bad else " !", self._look("error" if bad else "warning"))
        return text

    def _step(self, text: Text, step: Step, key: StepKey, *, live: bool) -> None:
        state = self.states.get(key, _WAITING) if live else _WAITING
        looks = {
            State.NOT_RUN: "", State.HERE: "primary", State.PASSED: "success",
            State.FAILED: "error", State.SKIPPED: "",
        }  # fmt: skip
        sign, look = state.state.value, looks[state.state]
        if state.state is State.PASSED and state.graphql_failed:
            sign, look = "!", "warning"
        if key in self.stops and live:
            text.append("● ", self._look("error"))
        text.append(f"{sign} ", self._look(look) if look else "dim")
        text.append(one_line(step.step_id), "bold" if state.state is State.HERE else "")
        if state.attempts:
            text.append(f"  {seconds(state.seconds)}", "dim")
        if state.attempts > 1:
            text.append(f" ×{state.attempts}", "dim")
        if not state.attempts:
            text.append(f"  {self._target(step, key)}", "dim")

    def _target(self, step: Step, key: StepKey) -> str:
        """What a step calls: method and path when they are known, else as the document writes it."""
        workflow = self.planned.get(key[0])
        at = workflow.positions.get(key[1]) if workflow else None
        if workflow is not None and at is not None:
            target = workflow.steps[at].target
            if isinstance(target, CallOperation) and isinstance(step.target, GraphQLOperation):
                return f"GraphQL {one_line(target.operation.id or '', 60)}".rstrip()
            if isinstance(target, CallOperation):
                return one_line(str(target.operation).rstrip(), 60)  # an assumed one has no path
        return target_words(step.target)

    def _look(self, name: str) -> str:
        return f"bold {self.app.theme_variables.get(f'text-{name}', '')}".strip()

    def action_open_node(self) -> None:
        """Unfold the node, or go to its first child."""
        node = self.cursor_node
        if node is not None and node.allow_expand and not node.is_expanded:
            node.expand()
        else:
            self.action_cursor_down()

    def action_close_node(self) -> None:
        """Fold the node, or go to its parent."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)


def target_words(target: Target | None) -> str:
    """What a step calls, as the document writes it."""
    match target:
        case OperationById(text) | OperationByPath(text):
            return one_line(text, 60)
        case CallWorkflow(text):
            return f"→ {one_line(text, 60)}"
        case Channel(text):
            return f"channel {one_line(text, 60)}"
        case GraphQLOperation(schema, operation, source=source):
            return f"{one_line(operation, 60)} of {source}" if source else f"GraphQL of {schema}"
        case None:
            return "calls nothing"


class BrowserPane(Pane):
    """The pane of the tree."""

    NUMBER: ClassVar[int] = 1
    NAME: ClassVar[str] = "Workflows"

    class DocumentOpened(Message):
        """A document is unfolded for the first time and has to be read."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class WorkflowChosen(Message):
        """A workflow is to be looked at."""

        def __init__(self, document: str, workflow_id: str) -> None:
            super().__init__()
            self.document = document
            self.workflow_id = workflow_id

    class StepChosen(Message):
        """A step is to be looked at."""

        def __init__(self, document: str, workflow_id: str, key: StepKey) -> None:
            super().__init__()
            self.document = document
            self.workflow_id = workflow_id
            self.key = key

    class ProblemChosen(Message):
        """A problem is to be looked at."""

        def __init__(self, document: str, problem: Problem) -> None:
            super().__init__()
            self.document = document
            self.problem = problem

    def compose(self) -> ComposeResult:
        """The tree."""
        yield BrowserTree()

    @property
    def tree_view(self) -> BrowserTree:
        """The tree."""
        return self.query_one(BrowserTree)

    def focus_target(self) -> Widget:
        """The tree."""
        return self.tree_view

    def copied(self) -> tuple[str, str] | None:
        """The id, or the problem, that the cursor is at."""
        node = self.tree_view.cursor_node
        match node.data if node else None:
            case DocumentNode(name):
                return name, "the name"
            case WorkflowNode(_, workflow):
                return workflow.workflow_id, "the workflowId"
            case StepNode(_, _, step, _):
                return step.step_id, "the stepId"
            case ProblemNode(_, problem):
                return str(problem), "the problem"
            case None:
                return None

    @property
    def step_at_cursor(self) -> StepKey | None:
        """The step the cursor is at, of the workflow that runs."""
        node = self.tree_view.cursor_node
        match node.data if node else None:
            case StepNode(document, workflow_id, _, key):
                return key if self.tree_view.running == (document, workflow_id) else None
            case _:
                return None

    def list_documents(self, names: Sequence[str]) -> None:
        """Show documents by name; they are read when they are unfolded."""
        self.tree_view.clear()
        for name in names[:_FIRST]:
            self.add_document(name)
        if len(names) > _FIRST:  # the others once the first are painted
            self.call_after_refresh(self._add_documents, names[_FIRST:])

    def _add_documents(self, names: Sequence[str]) -> None:
        for name in names:
            self.add_document(name)

    def add_document(self, name: str) -> None:
        """Show one more document."""
        self.tree_view.root.add(Text("document"), DocumentNode(name))

    def fill(self, opened: Opened, problems: Iterable[Problem]) -> None:
        """Show what is in a document that was read, problems at the node they belong to."""
        node = self._document(opened.name)
        if node is None:
            return
        node.remove_children()
        placed = _placed(opened, problems)
        self._add_problems(node, opened.name, placed.get(("", ""), ()))
        for workflow in opened.description.workflows if opened.description else ():
            self._add_workflow(node, opened.name, workflow, placed)
        node.expand()

    def add_problems(self, opened: Opened, problems: Iterable[Problem]) -> None:
        """Show more problems of a document that is shown already; what is unfolded stays so."""
        home = self._document(opened.name)
        if home is None:
            return
        placed = _placed(opened, problems)
        self._add_problems(home, opened.name, placed.get(("", ""), ()))
        for node in _inside(home):
            match node.data:
                case WorkflowNode(document, workflow):
                    key = (workflow.workflow_id, "")
                case StepNode(document, _, _, key):
                    pass
                case _:
                    continue
            self._add_problems(node, document, placed.get(key, ()))

    def _add_workflow(
        self,
        parent: TreeNode[NodeData],
        document: str,
        workflow: Workflow,
        placed: Mapping[tuple[str, str], Sequence[Problem]],
    ) -> None:
        node = parent.add(Text("workflow"), WorkflowNode(document, workflow))
        self._add_problems(node, document, placed.get((workflow.workflow_id, ""), ()))
        for step in workflow.steps:
            key = (workflow.workflow_id, step.step_id)
            problems = placed.get(key, ())
            data = StepNode(document, workflow.workflow_id, step, key)
            child = node.add_leaf(Text("step"), data)
            if problems:
                self._add_problems(child, document, problems)

    def _add_problems(
        self, node: TreeNode[NodeData], document: str, problems: Sequence[Problem]
    ) -> None:
        worst = any(problem.severity is Severity.ERROR for problem in problems)
        here: TreeNode[NodeData] | None = node if problems else None
        while here is not None and here is not self.tree_view.root:
            errors = self.tree_view.errors
            errors[here.id] = errors.get(here.id, False) or worst
            here = here.parent
        for at, problem in enumerate(problems):
            node.allow_expand = True
            node.add_leaf(Text("problem"), ProblemNode(document, problem), before=at)

    def show_workflow(self, document: str, workflow_id: str) -> None:
        """Unfold a workflow and put the cursor on it."""
        node = self._workflow(document, workflow_id)
        if node is not None:
            node.expand()
            self.call_after_refresh(self.tree_view.move_cursor, node)

    def show_states(
        self,
        running: tuple[str, str],
        planned: Mapping[str, PlannedWorkflow],
        states: Mapping[StepKey, StepState],
        stops: frozenset[StepKey] = frozenset(),
    ) -> None:
        """Show how the steps of the run stand; `stops` are those with a breakpoint."""
        tree = self.tree_view
        before = (tree.running, tree.planned, tree.states, tree.stops)
        if before == (running, planned, states, stops):
            return
        tree.running, tree.planned, tree.states, tree.stops = running, planned, states, stops
        self._refresh_labels()
        done = sum(state.state in (State.PASSED, State.FAILED) for state in states.values())
        time = sum(state.seconds for state in states.values())
        self.subtitle(f"{done} run · {seconds(time)}" if done else "")

    def _refresh_labels(self) -> None:
        tree = self.tree_view
        # The labels are drawn from the data; the tree only has to be told that they changed.
        tree._invalidate()  # noqa: SLF001  # Textual has no public way to redraw every label at once.
        tree.refresh()

    def _document(self, name: str) -> TreeNode[NodeData] | None:
        wanted = DocumentNode(name)
        return next((node for node in self.tree_view.root.children if node.data == wanted), None)

    def _workflow(self, document: str, workflow_id: str) -> TreeNode[NodeData] | None:
        home = self._document(document)
        for node in home.children if home else ():
            match node.data:
                case WorkflowNode(_, workflow) if workflow.workflow_id == workflow_id:
                    return node
                case _:
                    pass
        return None

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[NodeData]) -> None:
        """A document that is unfolded is read."""
        match event.node.data:
            case DocumentNode(name) if not event.node.children:
                self.post_message(self.DocumentOpened(name))
            case _:
                pass

    def on_tree_node_selected(self, event: Tree.NodeSelected[NodeData]) -> None:
        """Enter or a click: unfold, fold, or choose."""
        match event.node.data:
            case DocumentNode():
                event.node.toggle()
            case WorkflowNode(document, workflow):
                if not event.node.is_expanded:
                    event.node.expand()
                self.post_message(self.WorkflowChosen(document, workflow.workflow_id))
            case StepNode(document, workflow_id, _, key):
                self.post_message(self.StepChosen(document, workflow_id, key))
            case ProblemNode(document, problem):
                self.post_message(self.ProblemChosen(document, problem))
            case None:
                pass

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[NodeData]) -> None:
        """The cursor on a step shows it; no key is needed."""
        if not self.tree_view.has_focus:
            return
        match event.node.data:
            case StepNode(document, workflow_id, _, key):
                if self.tree_view.running == (document, workflow_id):
                    self.post_message(self.StepChosen(document, workflow_id, key))
            case ProblemNode(document, problem):
                self.post_message(self.ProblemChosen(document, problem))
            case DocumentNode() | WorkflowNode() | None:
                pass


def _inside(home: TreeNode[NodeData]) -> list[TreeNode[NodeData]]:
    """The nodes of the workflows of a document, and of their steps."""
    return [node for child in home.children for node in (child, *child.children)]


def _placed(
    opened: Opened, problems: Iterable[Problem]
) -> Mapping[tuple[str, str], Sequence[Problem]]:
    """Problems by the workflow and step they stand in; those of the document under two empty names."""
    found: dict[tuple[str, str], list[Problem]] = {}
    description = opened.description
    for problem in problems:
        key = ("", "")
        mark = problem.mark
        if (
            description is not None
            and mark is not None
            and mark.source.name == description.source.name
        ):
            key = _home(mark, description.workflows)
        found.setdefault(key, []).append(problem)
    return found


def _home(mark: Mark, workflows: Sequence[Workflow]) -> tuple[str, str]:
    workflow_id = home_of(mark, ((each.workflow_id, each.mark) for each in workflows))
    workflow = next((each for each in workflows if each.workflow_id == workflow_id), None)
    if workflow is None:
        return "", ""
    return workflow_id, home_of(mark, ((each.step_id, each.mark) for each in workflow.steps))
