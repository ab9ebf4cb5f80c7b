"""The form for a workflow's inputs, and for what else a run has to be told before it starts.

It is made from the workflow's schema and judges with the engine's own functions, so that the form
and the command line agree; what a blank field means stands in `input_entry`. It reads and writes no
files and starts nothing: the screen around it does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from arazzo_tui.engine.inputs import BadValue, InputError, validate, with_defaults
from arazzo_tui.engine.marked import SecretPlace
from arazzo_tui.language.jsontext import duplicate_keys
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json, write_pointer
from arazzo_tui.tui.choice import Choice
from arazzo_tui.tui.input_entry import (
    Control,
    Given,
    Question,
    asked,
    entries,
    without_secrets,
)
from arazzo_tui.tui.input_help import InputHelp
from arazzo_tui.tui.input_row import SIGN_WIDTH, InputRow, State
from arazzo_tui.tui.pointed import Pointed, pointed

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from arazzo_tui.tui.json_editor import JsonEditor


__all__ = ["InputsForm", "Question"]

_REQUIRED = "is required"
"""The engine's sentence about an input that is missing."""


class _Reading(Struct, frozen=True):
    """Everything that stands in the form: by row number, what was given and what is wrong with it."""

    given: Mapping[int, Given | None]
    wrong: Mapping[int, Sequence[str]]
    whole: tuple[str, ...]
    values: Mapping[str, Json]
    answers: Mapping[str, str]
    errors: tuple[InputError, ...]


class _Rows(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The rows; up and down belong to the form, not to the scrolling."""


class InputsForm(Vertical):
    """A field for each input. Call `show` once it is mounted, and again for another workflow."""

    DEFAULT_CSS = """
    InputsForm {
        height: 1fr;
        & > _Rows { height: auto; scrollbar-size-vertical: 1; }
        & Input, & Choice, & LinesEditor { background: $foreground 8%; }
        & .section { color: $foreground-muted; text-style: bold; height: auto; margin: 0 0 0 2; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, words, show=False, tooltip=tooltip, id=name)
        for name, key, action, words, tooltip in (
            ("form.previous", "up", "go(-1)", "Previous field", "To the field above"),
            ("form.next", "down", "go(1)", "Next field", "To the field below"),
            (
                "form.accept",
                "enter",
                "accept",
                "Next, or done",
                "To the next field; done in the last",
            ),
        )
    ]

    class Changed(Message):
        """What stands in the form changed.

        `ready` says whether a run can start with it, `given` how many of the `total` fields have a
        value that fits: typed, or from a default.
        """

        def __init__(self, form: "InputsForm", ready: bool, given: int, total: int) -> None:
            super().__init__()
            self.form = form
            self.ready = ready
            self.given = given
            self.total = total

        @property
        def control(self) -> "InputsForm":
            """The form that changed."""
            return self.form

    class Submitted(Message):
        """Somebody is done with the form, and nothing in it is wrong.

        `values` are the inputs with their defaults, `answers` the answers to the questions by key.
        """

        def __init__(
            self, form: "InputsForm", values: Mapping[str, Json], answers: Mapping[str, str]
        ) -> None:
            super().__init__()
            self.form = form
            self.values = values
            self.answers = answers

        @property
        def control(self) -> "InputsForm":
            """The form that was submitted."""
            return self.form

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._schema: Json = None
        self._rows: tuple[InputRow, ...] = ()
        self._here = 0
        self._is_loud = False
        self._will_judge = False
        self.stands: InputsForm.Changed | None = None
        """What it said last of itself."""
        self._scroll = _Rows()
        self._help = InputHelp()

    def compose(self) -> ComposeResult:
        """The rows, and beneath them the help."""
        yield self._scroll
        yield self._help

    async def show(
        self,
        *,
        schema: Json,
        values: Mapping[str, Json],
        origins: Mapping[str, str] | None = None,
        undeclared: Sequence[str] = (),
        questions: Sequence[Question] = (),
    ) -> None:
        """Ask for the inputs of a schema (WFL-3), and for the answers to some questions.

        `values` are those already known, `origins` says in a word where each of them came from;
        `undeclared` are names that the document uses and the schema does not know. Nothing that is
        given is dropped, whether it is declared or not (A-5).
        """
        self._schema = schema
        asking = [asked(question) for question in questions]
        inputs = entries(schema, values, origins or {}, undeclared)
        self._rows = tuple(InputRow(entry, at) for at, entry in enumerate((*asking, *inputs)))
        self._here = 0
        self._is_loud = False
        widgets: list[InputRow | Static] = []
        section = ""
        for row in self._rows:
            above, section = section, _section(row, has_questions=bool(asking))
            if section != above:
                widgets.append(Static(section, classes="section", markup=False))
            widgets.append(row)
        self._lay_out()
        with self.app.batch_update():
            await self._scroll.remove_children()
            await self._scroll.mount_all(widgets)
            self._scroll.scroll_home(animate=False)
        self._judge()

    # What stands in it

    def read(self) -> tuple[Mapping[str, Json], tuple[InputError, ...]]:
        """The inputs as they stand, with defaults (A-5), and everything that is wrong (A-4).

        A field whose text is no value of its type has an error and no value. An error about an
        answer to a question names the question in its sentence. No sentence tells a secret.
        """
        reading = self._read()
        return reading.values, reading.errors

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers to the questions, by key, without those that are wrong."""
        return self._read().answers

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong."""
        return not self._read().errors

    def pointed(self) -> Pointed | None:
        """What stands in the field that has the keys, and which input it is of."""
        if not self._rows:
            return None
        row = self._rows[self._here]
        if row.entry.is_question:
            return Pointed(row.entry.label, row.text)
        return pointed(SecretPlace("inputs", "", row.entry.key), row.text)

    @property
    def secret_names(self) -> frozenset[str]:
        """The inputs whose values are to be hidden (DOC-13)."""
        return frozenset(
            row.entry.key
            for row in self._rows
            if row.entry.field.secret and not row.entry.is_question
        )

    def _read(self) -> _Reading:
        given: dict[int, Given | None] = {}
        wrong: dict[int, list[str]] = {}
        errors: list[InputError] = []
        hide = self._hiding()
        for number, row in enumerate(self._rows):
            try:
                given[number] = row.read()
            except BadValue as bad:
                entry, said = row.entry, hide(str(bad))
                given[number], wrong[number] = None, [said]
                about = InputError((), f"{entry.label}: {said}")
                errors.append(about if entry.is_question else InputError((entry.key,), said))
        inputs, answers = self._by_key(given)
        by_name = {
            row.entry.key: at for at, row in enumerate(self._rows) if not row.entry.is_question
        }
        unread = {name for name, at in by_name.items() if at in wrong}
        filled = with_defaults(self._schema, inputs)
        values = {name: value for name, value in filled.items() if name not in unread}
        whole: list[str] = []
        for found in validate(self._schema, values):
            if found.name in unread:
                continue
            error = InputError(found.at, hide(found.message))
            errors.append(error)
            at = by_name.get(error.name) if error.at else None
            inner = f"at {write_pointer(error.at[1:])}: " if error.at[1:] else ""
            if at is None:
                whole.append(str(error))
            else:
                wrong.setdefault(at, []).append(inner + error.message)
        return _Reading(given, wrong, tuple(whole), values, answers, tuple(errors))

    def _by_key(
        self, given: Mapping[int, Given | None]
    ) -> tuple[Mapping[str, Json], Mapping[str, str]]:
        """The given values by name, those of inputs and the answers to questions."""
        inputs: dict[str, Json] = {}
        answers: dict[str, str] = {}
        for number, found in given.items():
            entry = self._rows[number].entry
            if found is not None and entry.is_question:
                answers[entry.key] = str(found.value)
            elif found is not None:
                inputs[entry.key] = found.value
        return inputs, answers

    def _hiding(self) -> Callable[[str], str]:
        """What takes the secrets out of a sentence."""
        secrets: list[Json] = []
        for row in self._rows:
            if row.entry.field.secret:
                opening = row.entry.opening
                secrets += [row.text] if opening is None else [row.text, opening.value]
        return lambda sentence: without_secrets(sentence, secrets) if secrets else sentence

    # How it stands

    def _judge(self) -> None:
        """Show at each field how it stands, and tell the screen."""
        self._will_judge = False
        reading = self._read()
        for number, row in enumerate(self._rows):
            wrong = [one_line(each, 300) for each in reading.wrong.get(number, ())]
            row.show_state(_state(row, reading.given[number], wrong, self._is_loud))
        if self._rows and self._rows[self._here].editor.has_focus:
            self.call_after_refresh(self._bring_into_sight)
        self._help.show_whole([one_line(each, 300) for each in reading.whole])
        self._explain()
        self.stands = self.Changed(
            self,
            not reading.errors,
            sum(row.state.fine for row in self._rows),
            len(self._rows),
        )
        self.post_message(self.stands)

    def _explain(self) -> None:
        if self._rows:
            row = self._rows[self._here]
            origin = "" if row.is_touched else row.entry.origin
            self._help.show(row.entry, "" if origin in ("default", "given") else origin)
        else:
            self._help.say("This workflow asks for no inputs.")

    def _changed(self, event: Message) -> None:
        """Judge once for all that happens in a moment."""
        event.stop()
        if not self._will_judge:
            self._will_judge = True
            self.call_later(self._judge)

    def on_input_changed(self, event: Input.Changed) -> None:
        """A line was edited."""
        self._changed(event)

    def on_text_area_changed(self, event: "TextArea.Changed") -> None:
        """An editor's text was edited."""
        self._changed(event)

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """Another value was chosen."""
        self._changed(event)

    def on_json_editor_judged(self, event: "JsonEditor.Judged") -> None:
        """The form judges itself."""
        event.stop()

    # Done

    def submit(self) -> bool:
        """Post `Submitted` if nothing is wrong; else show every error, go to the first, and say False."""
        reading = self._read()
        if not reading.errors:
            self.post_message(self.Submitted(self, reading.values, reading.answers))
            return True
        self._is_loud = True
        self._judge()
        self.focus_first()
        return False

    # Going around

    def focus_first(self) -> None:
        """Go to the first field with an error, or else to the first one."""
        wrong = self._read().wrong
        if self._rows:
            self._focus(min(wrong, default=0))

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: ARG002
        """Give the keys to the field that had them last; at first, that is the first one."""
        if self._rows:
            self._focus(self._here)
        return self

    def _focus(self, number: int) -> None:
        self._rows[number].editor.focus(scroll_visible=False)  # the whole row is brought into sight

    def action_go(self, steps: int) -> None:
        """To the field below, or above."""
        number = self._here + steps
        if 0 <= number < len(self._rows):
            self._focus(number)

    def action_accept(self) -> None:
        """To the next field; in the last one, done."""
        if self._here + 1 < len(self._rows):
            self._focus(self._here + 1)
        else:
            self.submit()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line."""
        event.stop()
        self.action_accept()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Explain the field that got the keys, and bring all of its row into sight."""
        for number, row in enumerate(self._rows):
            if row.editor is event.widget:
                self._here = number
                self._explain()
                self.call_after_refresh(self._bring_into_sight)
                return

    def _bring_into_sight(self) -> None:
        self._scroll.scroll_to_widget(self._rows[self._here], animate=False)

    # Layout

    def on_resize(self) -> None:
        """Share the room."""
        self._lay_out()

    def _lay_out(self) -> None:
        """A third for the help; the rows have what is left, with labels as wide as they need to be."""
        width, height = self.size
        if not width:
            return
        helping = max(4, min(height // 3, 10))
        left = max(3, height - helping)
        self._help.styles.height = helping
        self._scroll.styles.max_height = left
        wanted = max((row.wanted_label_width for row in self._rows if not row.is_tall), default=0)
        room = width - SIGN_WIDTH
        label = min(wanted, max(8, min(24, room * 3 // 5), room * 2 // 5))
        for row in self._rows:
            row.lay_out(label, left)


def _section(row: InputRow, *, has_questions: bool) -> str:
    """The heading a row stands under; none where there is only one kind of rows."""
    match row.entry.question:
        case "url" | "operation":
            return "Servers"
        case "secret":
            return "Credentials"
        case None:
            pass
    if not row.entry.field.declared:
        return "Inputs that the document does not declare"
    return "Inputs" if has_questions else ""


def _state(row: InputRow, given: Given | None, wrong: Sequence[str], loud: bool) -> State:
    """How a row stands. What is only missing is not complained about before somebody tried to go on."""
    is_missing = given is None and wrong == [_REQUIRED]
    if wrong:
        loud = loud or row.is_touched or not is_missing
        word = "required" if is_missing else "wrong"
        return State(word, wrong=True, sentences=tuple(wrong) if loud else ())
    if given is None:
        has_default = row.entry.field.has_default
        return State("default" if has_default else "not given", fine=has_default)
    word = "typed" if row.is_touched else one_line(row.entry.origin, SIGN_WIDTH - 2)
    return State(word, fine=True, sentences=_notes(row))


def _notes(row: InputRow) -> tuple[str, ...]:
    """What is not wrong, but may not be what somebody meant."""
    if row.entry.control is not Control.JSON:
        return ()
    if row.is_taken_as_text:
        return ("taken as text, because it is not JSON",)
    twice = duplicate_keys(row.text) if row.is_touched else ()
    return tuple(
        f"the name {one_line(name, 60)} stands twice in one object; the last one counts"
        for name in twice[:3]
    )
