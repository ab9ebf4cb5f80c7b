"""The JSON editor: what it colours, what it marks, how it indents, and which keys it leaves alone."""

from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import Binding
from textual.widgets import Input

from arazzo_tui.tui.json_editor import JsonEditor, LinesEditor


class EditorApp(App[None]):
    BINDINGS: ClassVar = [
        Binding(key, f"note('{key}')") for key in ("f6", "f7", "f10", "ctrl+f", "q")
    ]

    def __init__(self, text="", **options):
        super().__init__()
        self.editor = JsonEditor(text, **options)
        self.noted = []
        self.judged = []

    def compose(self):
        yield self.editor
        yield Input()

    def on_mount(self):
        self.editor.focus()

    def action_note(self, key):
        self.noted.append(key)

    def on_json_editor_judged(self, event):
        self.judged.append(event.problem)


def looks(editor, line):
    """The kinds of the coloured pieces of a line, in order."""
    by_look = {
        editor.get_component_rich_style(name, partial=True): name.removeprefix("json-editor--")
        for name in editor.COMPONENT_CLASSES
        if name.startswith("json-editor--")
    }
    drawn = editor.get_line(line)
    return [(drawn.plain[span.start : span.end], by_look[span.style]) for span in drawn.spans]


async def test_each_kind_of_token_has_its_colour():
    app = EditorApp('{"a" : "b:c",\n -1.5e3 true null ]')
    async with app.run_test():
        assert looks(app.editor, 0) == [
            ("{", "punctuation"),
            ('"a"', "key"),
            (":", "punctuation"),
            ('"b:c"', "string"),
            (",", "punctuation"),
        ]
        assert [kind for _, kind in looks(app.editor, 1) if kind != "wrong"] == [
            "number",
            "literal",
            "literal",
            "punctuation",
        ]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_the_colours_follow_the_theme(theme):
    app = EditorApp('{"a": "b"}')
    async with app.run_test() as pilot:
        app.theme = theme
        await pilot.pause()
        assert ('"a"', "key") in looks(app.editor, 0)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a" 1}', 1, 6),
        ('{"a": 1,\n}', 2, 1),
        ('{\n  "a": tru\n}', 2, 8),
        ('{"a": 1', 1, 8),
        ("[1,\n", 2, 1),
    ],
)
async def test_the_place_where_the_text_stops_being_json_is_marked(text, line, column):
    app = EditorApp(text)
    async with app.run_test():
        problem = app.editor.problem
        assert problem is not None
        assert (problem.line, problem.column) == (line, column)
        spans = app.editor.get_line(line - 1).spans
        wrong = app.editor.get_component_rich_style("json-editor--wrong", partial=True)
        assert [(span.start, span.end) for span in spans if span.style == wrong] == [
            (column - 1, column)
        ]


async def test_a_mark_behind_the_last_character_is_drawn():
    app = EditorApp("[1")
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        await pilot.pause()
        wrong = app.editor.get_component_rich_style("json-editor--wrong", partial=True)
        strip = app.editor.render_line(0)
        assert [
            text for text, style, _ in strip if style is not None and style.bgcolor == wrong.bgcolor
        ] == [" "]


@pytest.mark.parametrize("text", ["", " \n ", "{}", "5", '"words"', "[1, 2]"])
async def test_json_and_blank_text_have_no_problem(text):
    app = EditorApp(text)
    async with app.run_test():
        assert app.editor.problem is None


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [("words", False), ("tru", False), ("{", True), ('"a', True), ("[1", True)],
)
async def test_an_editor_that_takes_strings_complains_of_what_starts_like_json(text, is_wrong):
    app = EditorApp(text, strings=True)
    async with app.run_test():
        assert (app.editor.problem is not None) is is_wrong


async def test_the_text_is_judged_at_every_key():
    app = EditorApp()
    async with app.run_test() as pilot:
        await pilot.press("[", "1", "]")
        assert [None if each is None else each.column for each in app.judged] == [2, 3, None]


@pytest.mark.parametrize(
    ("text", "at", "keys", "result"),
    [
        ("", (0, 0), ["{", "enter", "x"], "{\n  x"),
        ("  5", (0, 3), ["enter", "6"], "  5\n  6"),
        ('{"a": [', (0, 7), ["enter", "1"], '{"a": [\n  1'),
        ("{}", (0, 1), ["enter", "x"], "{\n  x\n}"),
        ("  {}", (0, 3), ["enter", "x"], "  {\n    x\n  }"),
        ("{\n  ", (1, 2), ["}"], "{\n}"),
        ("[\n  [\n    ", (2, 4), ["]"], "[\n  [\n  ]"),
        ("[1", (0, 2), ["]"], "[1]"),
        ("{\n", (1, 0), ["}"], "{\n}"),
    ],
)
async def test_new_lines_and_closing_brackets_are_indented(text, at, keys, result):
    app = EditorApp(text)
    async with app.run_test() as pilot:
        app.editor.move_cursor(at)
        await pilot.press(*keys)
        assert app.editor.text == result


async def test_what_is_selected_is_replaced_by_a_new_line_and_undone_as_one():
    app = EditorApp("[123]")
    async with app.run_test() as pilot:
        app.editor.move_cursor((0, 1))
        app.editor.move_cursor((0, 4), select=True)
        await pilot.press("enter")
        assert app.editor.text == "[\n  \n]"
        await pilot.press("ctrl+z")
        assert app.editor.text == "[123]"


async def test_letters_stay_and_tab_function_and_control_keys_go_on():
    app = EditorApp()
    async with app.run_test() as pilot:
        await pilot.press("q", "f6", "f7", "f10", "ctrl+f")
        assert app.editor.text == "q"
        assert app.noted == ["f6", "f7", "f10", "ctrl+f"]
        await pilot.press("tab")
        assert isinstance(app.focused, Input)
        assert app.editor.text == "q"


@pytest.mark.parametrize(("lines", "height"), [(1, 3), (5, 5), (30, 12)])
async def test_it_grows_with_its_text(lines, height):
    app = EditorApp("\n".join(["1"] * lines))
    async with app.run_test(size=(80, 40)):
        assert app.editor.size.height == height


async def test_it_grows_while_somebody_types():
    app = EditorApp("[")
    async with app.run_test(size=(80, 40)) as pilot:
        app.editor.move_cursor((0, 1))
        await pilot.press(*["enter"] * 5)
        assert app.editor.size.height == 6


async def test_a_line_too_long_to_colour_is_still_shown():
    text = '"' + "x" * 30_000 + '"'
    app = EditorApp(text)
    async with app.run_test():
        assert app.editor.get_line(0).plain == text
        assert looks(app.editor, 0) == []


async def test_a_hostile_placeholder_is_only_text():
    app = EditorApp(placeholder="[bold]x[/nope]\x1b]52;c;x\x07")
    async with app.run_test():
        assert app.editor.render_line(0).text.rstrip() == "[bold]x[/nope]␛]52;c;x␇"


async def test_plain_lines_are_neither_coloured_nor_judged():
    class Plain(App[None]):
        def compose(self):
            yield LinesEditor('{"a"')

    app = Plain()
    async with app.run_test():
        assert app.query_one(LinesEditor).get_line(0).spans == []
