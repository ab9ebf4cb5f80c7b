"""The inputs form: what it asks, what it takes, what it complains of, and how it looks at every size."""

from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Input

from arazzo_tui.tui.choice import Choice, ChoiceList
from arazzo_tui.tui.input_row import InputRow
from arazzo_tui.tui.inputs_form import InputsForm, Question
from arazzo_tui.tui.json_editor import JsonEditor, LinesEditor
from arazzo_tui.tui.safe import SafeFilter

HOSTILE = "[bold]x[/nope] \x1b]52;c;x\x07\u202e"
SHOWN = "[bold]x[/nope] ␛]52;c;x␇⟨U+202E⟩"

_WORKFLOWS = Path(__file__).parents[2] / "workflows" / "arazzo"
SEED = yaml.safe_load((_WORKFLOWS / "highlight-io-session-track-event-workflow.yml").read_text())[
    "workflows"
][0]["inputs"]

SEED_DEFAULTS = {
    "clientVersion": "9.0.0",
    "firstloadVersion": "9.0.0",
    "environment": "production",
    "clientId": "",
    "events": {},
    "messages": "[]",
}


class FormApp(App[None]):
    """The form in a corner of a screen, as big as the place it has beside the steps."""

    CSS = "Container { width: 51; height: 18; }"
    BINDINGS: ClassVar = [
        Binding(key, f"note('{key}')") for key in ("n", "q", "f5", "f10", "ctrl+s", "ctrl+f")
    ]

    def __init__(self, schema, values=(), **more):
        super().__init__()
        self.asked = {"schema": schema, "values": dict(values), **more}
        self.form = InputsForm()
        self.changes = []
        self.submitted = []
        self.noted = []

    def get_line_filters(self):
        return [*super().get_line_filters(), SafeFilter()]

    def compose(self):
        with Container():
            yield self.form

    async def on_mount(self):
        await self.form.show(**self.asked)
        self.form.focus()

    def action_note(self, key):
        self.noted.append(key)

    def on_inputs_form_changed(self, message):
        self.changes.append((message.ready, message.given, message.total))

    def on_inputs_form_submitted(self, message):
        self.submitted.append((dict(message.values), dict(message.answers)))

    def row(self, label):
        return next(row for row in self.query(InputRow) if row.entry.label == label)

    def editor(self, label):
        return self.row(label).editor

    def write(self, label, text):
        """As if the text of a field had just been edited."""
        match self.editor(label):
            case Input() as line:
                line.value = text
            case LinesEditor() as editor:
                editor.text = text

    def values(self):
        return dict(self.form.read()[0])

    def complaints(self):
        return [str(error) for error in self.form.read()[1]]


def schema(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def lines(app):
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def seen(app):
    return "\n".join(lines(app))


def folded(app):
    """What is seen, with the line breaks of wrapped sentences taken out."""
    return " ".join(seen(app).split())


async def until(pilot, holds):
    """Lets the app draw and scroll until something holds; what asks for it then fails if it never does."""
    for _ in range(60):
        if holds():
            return True
        await pilot.pause()
    return holds()


# What it asks


async def test_the_form_of_the_demo_shows_what_is_required_and_what_is_a_default():
    app = FormApp(SEED)
    async with app.run_test():
        shown = [" ".join(line.split()) for line in lines(app)]
        assert shown[:6] == [
            "❯ organizationVerboseId * ✗ required",
            "clientVersion 9.0.0 ✓ default",
            "firstloadVersion 9.0.0 ✓ default",
            "environment production ✓ default",
            "clientId empty text ✓ default",
            "trackProperties * ✗ required",
        ]
        assert "Which Highlight project the session belongs to:" in seen(app)
        assert app.values() == SEED_DEFAULTS
        assert app.complaints() == [
            "`organizationVerboseId`: is required",
            "`trackProperties`: is required",
        ]


async def test_the_form_of_the_demo_is_filled_and_submitted_with_the_keyboard():
    app = FormApp(SEED)
    async with app.run_test() as pilot:
        await pilot.press(*"1jd", *["enter"] * 5)
        assert app.focused is app.editor("trackProperties")
        await pilot.press(*'{"a": 1}', "tab", "tab")
        assert app.focused is app.editor("messages")
        await pilot.press("enter")
        values = SEED_DEFAULTS | {
            "organizationVerboseId": "1jd",
            "trackProperties": {"a": 1},
        }
        assert app.submitted == [(values, {})]
        assert app.changes[0] == (False, 6, 8)
        assert app.changes[-1] == (True, 8, 8)


async def test_submitting_what_is_not_complete_shows_every_error_and_goes_to_the_first():
    app = FormApp(SEED)
    async with app.run_test() as pilot:
        app.editor("messages").focus()
        await pilot.pause()
        assert "is required" not in seen(app)
        assert app.form.submit() is False
        assert await until(pilot, lambda: seen(app).count("✗ is required") == 2)
        assert app.focused is app.editor("organizationVerboseId")
        assert app.submitted == []


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"type": "string"}, Input),
        ({"type": "string", "format": "password"}, Input),
        ({"type": "number"}, Input),
        ({"type": "integer"}, Input),
        ({"type": ["integer", "null"]}, Input),
        ({"type": "boolean"}, Choice),
        ({"enum": ["a", "b", "c"]}, Choice),
        ({"type": "object"}, JsonEditor),
        ({"type": "array"}, JsonEditor),
        ({}, JsonEditor),
    ],
)
async def test_each_kind_of_value_has_its_field(field, kind):
    app = FormApp(schema(x=field))
    async with app.run_test():
        assert isinstance(app.editor("x"), kind)
        assert app.values() == {}
        assert app.form.ready


@pytest.mark.parametrize(
    ("field", "keys", "value"),
    [
        ({"type": "string"}, "5", "5"),
        ({"type": "string"}, "nq", "nq"),
        ({"type": "number"}, "1.5", 1.5),
        ({"type": "integer"}, "12", 12),
        ({"type": ["integer", "null"]}, "null", None),
        ({"type": "boolean"}, ["right"], True),
        ({"type": "boolean"}, ["left"], False),
        ({"type": "boolean"}, "f", False),
        ({"type": "boolean", "default": True}, ["space"], False),
        ({"enum": ["fast", "slow", "full"]}, "ff", "full"),
        ({"enum": [1, 2]}, ["right", "right"], 2),
        ({"type": "array"}, "[1,2]", [1, 2]),
        ({}, "words", "words"),
        ({}, "5", 5),
    ],
)
async def test_a_value_is_entered_with_a_few_keys(field, keys, value):
    app = FormApp(schema("x", x=field))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.values() == {"x": value}
        assert app.form.ready
        assert "✓ typed" in seen(app)
        assert app.noted == []


@pytest.mark.parametrize(
    ("field", "value", "after", "word"),
    [
        ({"type": "string"}, "given", {}, "· not given"),
        ({"type": "string", "default": "d"}, None, {"x": ""}, "✓ typed"),
        ({"type": "integer"}, 5, {}, "· not given"),
        ({"type": "integer", "default": 5}, None, {"x": 5}, "✓ default"),
        ({"type": "object", "default": {"a": 1}}, {"b": 2}, {"x": {"a": 1}}, "✓ default"),
    ],
)
async def test_a_field_that_was_emptied_means_what_the_form_says(field, value, after, word):
    app = FormApp(schema(x=field), {} if value is None else {"x": value})
    async with app.run_test() as pilot:
        app.write("x", "")
        assert await until(pilot, lambda: word in seen(app))
        assert app.values() == after


async def test_a_required_string_that_is_emptied_is_missing_and_says_so_at_once():
    app = FormApp(schema("x", x={"type": "string"}), {"x": "a"})
    async with app.run_test() as pilot:
        await pilot.press("backspace")
        assert "✗ required" in seen(app)
        assert "✗ is required" in seen(app)
        assert app.values() == {}


async def test_an_empty_string_that_was_given_is_a_value():
    app = FormApp(schema("x", x={"type": "string"}), {"x": ""}, origins={"x": "--input"})
    async with app.run_test():
        assert app.values() == {"x": ""}
        assert app.form.ready
        assert "✓ --input" in seen(app)


# What is wrong


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ({"type": "integer"}, "5x", "an integer is expected"),
        ({"type": "integer", "minimum": 3}, "2", "2 is less than the minimum of 3"),
        ({"type": "string", "minLength": 3}, "ab", "is shorter than 3 characters"),
        ({"type": "object"}, '{"a"}', "line 1, column 5"),
        ({"type": "object", "required": ["a"]}, "{}", "at /a: is required"),
        ({"type": "array", "items": {"type": "string"}}, "[1]", "at /0: 1 is not of type"),
        ({"type": "string", "format": "uuid"}, "a", "is not a"),
    ],
)
async def test_an_error_stands_at_its_field_as_it_is_typed_and_goes_when_it_is_put_right(
    field, text, sentence
):
    app = FormApp(schema(x=field))
    async with app.run_test() as pilot:
        app.write("x", text)
        assert await until(pilot, lambda: sentence in folded(app))
        assert "✗ wrong" in seen(app)
        assert not app.form.ready
        assert app.changes[-1] == (False, 0, 1)
        app.write("x", "")
        assert await until(pilot, lambda: "✗" not in seen(app))
        assert app.changes[-1] == (True, 0, 1)


async def test_values_that_came_wrong_say_so_before_anything_is_typed():
    app = FormApp(schema(x={"type": "integer"}), {"x": "five"}, origins={"x": "last run"})
    async with app.run_test():
        assert "✗ wrong" in seen(app)
        assert app.complaints() == ['`x`: "five" is not of type "integer"']


async def test_what_is_wrong_as_a_whole_is_said_beneath_the_fields():
    whole = {"properties": {"a": {"type": "string"}}, "minProperties": 2}
    app = FormApp(whole, {"a": "x"})
    async with app.run_test():
        assert "✗ " in seen(app)
        assert "2 properties" in folded(app)
        assert app.form.submit() is False


async def test_a_schema_that_cannot_be_used_says_so():
    app = FormApp({"properties": {"a": {"type": "nonsense"}}})
    async with app.run_test():
        assert "the inputs' schema cannot be used" in folded(app)
        assert not app.form.ready


async def test_broken_json_that_becomes_a_string_is_pointed_out():
    app = FormApp(schema(x={}))
    async with app.run_test() as pilot:
        app.write("x", '{"a"')
        assert await until(pilot, lambda: "→ taken as text, because it is not JSON" in seen(app))
        assert app.values() == {"x": '{"a"'}


async def test_a_name_given_twice_is_pointed_out():
    app = FormApp(schema(x={"type": "object"}))
    async with app.run_test() as pilot:
        app.write("x", '{"a":1,"a":2}')
        assert await until(pilot, lambda: "→ the name a stands twice in one object" in seen(app))
        assert app.values() == {"x": {"a": 2}}


# Names nobody declared, servers nobody knows


async def test_inputs_that_are_not_declared_are_asked_for_and_kept():
    app = FormApp(
        schema(a={"type": "string"}), {"given": [1]}, undeclared=["used"], origins={"given": "file"}
    )
    async with app.run_test() as pilot:
        assert "Inputs that the document does not declare" in seen(app)
        await pilot.press("tab", *"v")
        assert app.values() == {"used": "v", "given": [1]}
        assert "not declared by the document" in folded(app)
        assert "✓ file" in seen(app)


async def test_names_that_a_closed_schema_refuses_are_errors_at_their_fields():
    app = FormApp({**schema(), "additionalProperties": False}, {"extra": 1})
    async with app.run_test():
        assert "is not an input of this workflow" in folded(app)
        assert app.complaints() == ["`extra`: is not an input of this workflow"]


async def test_a_missing_server_is_asked_for_above_the_inputs():
    question = Question("api", "api", "the description was not found", "https://host/v1")
    app = FormApp(schema(api={"type": "string"}), questions=[question])
    async with app.run_test() as pilot:
        shown = [line.strip() for line in lines(app)]
        assert shown.index("Servers") < shown.index("Inputs")
        assert "the description was not found" in seen(app)
        assert "https://host" in seen(app)
        assert app.complaints() == ["api: is required"]
        await pilot.press(*"host")
        assert "an absolute http or https URL is expected" in seen(app)
        assert app.form.answers == {}
        await pilot.press(*["backspace"] * 4, *"http://a", "enter", "x", "enter")
        assert app.submitted == [({"api": "x"}, {"api": "http://a"})]


# Foreign text, and secrets


async def test_hostile_names_words_and_values_are_shown_as_they_are_and_stay_what_they_are():
    app = FormApp(
        {
            "properties": {
                HOSTILE: {"type": "string", "description": HOSTILE, "default": HOSTILE},
                "choice": {"enum": [HOSTILE, "b"], "default": HOSTILE, "description": "d"},
                "number": {"type": "integer", "default": HOSTILE, "format": HOSTILE},
            }
        },
        {"given": HOSTILE},
        origins={"given": HOSTILE},
        undeclared=[HOSTILE + "2"],
        questions=[Question(HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
    )
    async with app.run_test(size=(120, 40)) as pilot:
        app.form.parent.styles.width = 120
        app.form.parent.styles.height = 40
        for row in app.query(InputRow):
            row.editor.focus()
            await pilot.pause()
            assert not {"\x1b", "\x07", "\u202e"} & set(seen(app))
            assert "[bold]x[/nope]" in seen(app)
        assert SHOWN in seen(app)
        read = app.values()
        assert read[HOSTILE] == read["choice"] == read["given"] == HOSTILE
        assert all(row.id == f"input-{at}" for at, row in enumerate(app.query(InputRow)))


async def test_a_hostile_choice_can_be_opened():
    app = FormApp(schema(x={"enum": [HOSTILE, "b", "c"]}))
    async with app.run_test() as pilot:
        await pilot.press("space")
        assert isinstance(app.screen, ChoiceList)
        assert SHOWN in seen(app)
        await pilot.press("down", "enter")
        assert app.values() == {"x": HOSTILE}
        await pilot.press("space", "escape")
        assert app.values() == {"x": HOSTILE}


async def test_a_secret_is_neither_shown_nor_told_in_an_error():
    secret = {"type": "string", "format": "password", "minLength": 8, "default": "hush-hush"}
    app = FormApp({**schema(token=secret), "maxProperties": 0})
    async with app.run_test() as pilot:
        assert app.form.secret_names == {"token"}
        assert "•••••••••" in seen(app)
        assert "hush" not in seen(app)
        app.write("token", "hush")
        assert await until(pilot, lambda: "••• is shorter than 8 characters" in seen(app))
        assert app.values() == {"token": "hush"}
        assert not any("hush" in complaint for complaint in app.complaints())
        assert "hush" not in seen(app)


# Keys


async def test_letters_go_to_the_field_and_function_and_control_keys_to_the_screen():
    app = FormApp(schema(a={"type": "string"}, b={"type": "boolean"}, c={"type": "object"}))
    async with app.run_test() as pilot:
        for _ in range(3):
            await pilot.press("n", "q", "f5", "f10", "ctrl+s", "ctrl+f", "tab")
        assert app.noted == ["f5", "f10", "ctrl+s", "ctrl+f"] * 3
        assert app.editor("a").value == "nq"
        assert app.editor("c").text == "nq"


async def test_up_and_down_go_from_field_to_field_and_into_an_editor():
    app = FormApp(schema(a={"type": "string"}, b={"type": "boolean"}, c={"type": "object"}))
    async with app.run_test() as pilot:
        places = []
        for key in ("up", "down", "up", "down", "down", "down", "up"):
            await pilot.press(key)
            places.append(
                next(row.entry.key for row in app.query(InputRow) if row.editor.has_focus)
            )
        assert places == ["a", "b", "a", "b", "c", "c", "c"]
        await pilot.press("shift+tab")
        assert app.focused is app.editor("b")


async def test_enter_goes_on_from_a_choice_and_breaks_a_line_in_an_editor():
    app = FormApp(schema(b={"type": "boolean"}, c={"type": "object"}))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.focused is app.editor("c")
        await pilot.press("enter")
        assert app.editor("c").text == "\n"
        assert app.submitted == []


async def test_a_click_beside_a_field_means_the_field():
    app = FormApp(schema(a={"type": "string"}, b={"type": "boolean", "default": True}))
    async with app.run_test() as pilot:
        await pilot.click("#input-1", offset=(3, 0))
        assert app.focused is app.editor("b")
        await pilot.click(Choice)
        assert app.values() == {"b": False}


@pytest.mark.parametrize(
    ("field", "kind"), [({"type": "string"}, LinesEditor), ({"format": "password"}, Input)]
)
async def test_nothing_of_a_pasted_text_of_several_lines_is_lost(field, kind):
    app = FormApp(schema(x={"type": "string", **field}, y={"type": "string"}))
    async with app.run_test() as pilot:
        await pilot.press(*"ad", "left")
        app.post_message(events.Paste("b\nc"))
        assert await until(pilot, lambda: app.values() == {"x": "ab\ncd"})
        assert isinstance(app.editor("x"), kind)
        assert await until(pilot, lambda: app.editor("x").has_focus)
        assert await until(pilot, lambda: len(app.row("x").children) == 1)


async def test_a_pasted_line_is_pasted():
    app = FormApp(schema(x={"type": "string"}))
    async with app.run_test() as pilot:
        app.post_message(events.Paste("b\n"))
        await pilot.pause()
        assert app.values() == {"x": "b"}


# Sizes


@pytest.mark.parametrize(("width", "height"), [(51, 18), (80, 34), (20, 5)])
async def test_wherever_the_keys_are_the_field_and_its_label_are_in_sight(width, height):
    app = FormApp(SEED)
    async with app.run_test(size=(120, 40)) as pilot:
        app.form.parent.styles.width = width
        app.form.parent.styles.height = height
        await pilot.pause()
        for row in app.query(InputRow):
            row.editor.focus()
            here = f"❯ {row.entry.label[:2]}"
            assert await until(pilot, lambda here=here: f"\n{here}" in f"\n{seen(app)}")
            assert all(len(line) <= width for line in lines(app))


async def test_the_error_under_a_big_editor_is_in_sight_while_it_is_typed():
    app = FormApp(schema(x={"type": "object"}), {"x": {f"name{i}": i for i in range(20)}})
    async with app.run_test() as pilot:
        app.editor("x").move_cursor(app.editor("x").document.end)
        await pilot.press("x")
        assert await until(pilot, lambda: "line 22, column 2" in folded(app))
        assert await until(pilot, lambda: "▌ }x" in seen(app))


async def test_a_form_of_sixty_fields_scrolls_to_the_one_with_the_keys():
    kinds = [{"type": "string"}, {"type": "boolean"}, {"enum": [1, 2]}, {"type": "integer"}]
    app = FormApp(schema(**{f"field{at}": kinds[at % 4] for at in range(60)}))
    async with app.run_test() as pilot:
        assert "field59" not in seen(app)
        app.editor("field59").focus()
        assert await until(pilot, lambda: "❯ field59" in seen(app))
        await pilot.press("7", "enter")
        assert app.submitted == [({"field59": 7}, {})]


async def test_the_help_names_type_format_choices_and_origin():
    app = FormApp(
        schema(x={"enum": ["a", "b"], "type": "string", "description": "Which one."}),
        {"x": "a"},
        origins={"x": "a very long origin"},
    )
    async with app.run_test():
        assert "✓ a very l…" in seen(app)
        assert 'string, optional · one of "a", "b" · from a very long origin' in folded(app)
        assert "Which one." in seen(app)


async def test_a_long_description_is_cut_and_the_facts_stay():
    app = FormApp(schema(x={"type": "string", "description": "word " * 200}))
    async with app.run_test():
        assert "word …" in seen(app)
        assert "string, optional" in seen(app)


# Again


async def test_showing_another_workflow_forgets_the_one_before():
    app = FormApp(SEED)
    async with app.run_test() as pilot:
        await pilot.press("x")
        await app.form.show(schema=schema(a={"type": "string", "default": "b"}), values={})
        await pilot.pause()
        assert app.values() == {"a": "b"}
        assert app.changes[-1] == (True, 1, 1)
        assert "organizationVerboseId" not in seen(app)


@pytest.mark.parametrize("nothing", [None, True, {}, {"type": "object"}])
async def test_a_workflow_without_inputs_is_ready(nothing):
    app = FormApp(nothing)
    async with app.run_test() as pilot:
        assert "This workflow asks for no inputs." in seen(app)
        app.form.focus_first()
        assert app.form.submit() is True
        await pilot.pause()
        assert app.submitted == [({}, {})]


async def test_a_value_too_long_to_edit_is_sent_as_it_came():
    value = ["x" * 200_000]
    app = FormApp(schema("x", x={"type": "array"}), {"x": value}, origins={"x": "file"})
    async with app.run_test():
        assert "✓ file" in seen(app)
        assert app.values() == {"x": value}
