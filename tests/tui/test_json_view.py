import json

import pytest
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from arazzo_tui.language.printable import is_printable
from arazzo_tui.language.values import Json, Missing, Pointer, follow
from arazzo_tui.tui.json_view import JsonView

HOSTILE = "\x1b]52;c;cm0gLXJm\x1b\\ \x9b31m \u202eexe.gpj\u200b\x00\x7f\u2066 e" + "\u0301" * 9
BODY: Json = {
    "data": {"initializeSession": {"secure_id": "abc", "project_id": 12, "tags": ["x", "y"]}},
    "errors": [{"message": "no", "path": ["initializeSession", 0]}],
    "a/b~c": {"d e": True},
}


class Shown(App[None]):
    """One view, and what it said of its cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, Json]] = []

    def compose(self) -> ComposeResult:
        yield JsonView()

    @property
    def view(self) -> JsonView:
        return self.query_one(JsonView)

    def on_json_view_cursor_moved(self, event: JsonView.CursorMoved) -> None:
        self.heard.append((event.expression, event.value))

    def lines(self) -> list[str]:
        view = self.view
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]

    def drawn(self) -> list[str]:
        """Every text that goes to the terminal."""
        strips = self.screen._compositor.render_strips(self.size)
        return [segment.text for strip in strips for segment in strip]


async def show(app: Shown, pilot: Pilot[None], value: Json, root: str = "$response.body") -> None:
    app.view.show(value, root=root)
    app.view.focus()
    await pilot.pause()


async def test_a_document_is_drawn_with_the_signs_of_cursor_and_folds() -> None:
    app = Shown()
    async with app.run_test(size=(60, 20)) as pilot:
        await show(app, pilot, BODY)
        await pilot.press("down", "down", "down", "down", "down", "space")
        assert app.lines()[:9] == [
            "  ▾ {",
            '  ▾   "data": {',
            '  ▾     "initializeSession": {',
            '          "secure_id": "abc",',
            '          "project_id": 12,',
            '❯ ▸       "tags": [ … 2 items ]',
            "        }",
            "      },",
            '  ▾   "errors": [',
        ]


@pytest.mark.parametrize(
    ("keys", "expression"),
    [
        ("", "$response.body"),
        ("down", "$response.body#/data"),
        ("j j j", "$response.body#/data/initializeSession/secure_id"),
        ("j j j k", "$response.body#/data/initializeSession"),
        ("end", "$response.body"),
        ("G k k", "$response.body#/a~1b~0c/d e"),
        ("end home", "$response.body"),
        ("G g j", "$response.body#/data"),
        ("pagedown", "$response.body#/data/initializeSession/tags"),
        ("pagedown pageup", "$response.body"),
        ("ctrl+d", "$response.body#/data/initializeSession/project_id"),
        ("ctrl+d ctrl+u", "$response.body"),
        ("j j j h", "$response.body#/data/initializeSession"),
        ("j j j h h h", "$response.body#/data"),
        ("j h l l", "$response.body#/data/initializeSession"),
        ("j l", "$response.body#/data/initializeSession"),
        ("j space l", "$response.body#/data"),
        ("minus end k", "$response.body#/a~1b~0c"),
        ("minus plus j j j", "$response.body#/data/initializeSession/secure_id"),
        ("j j j minus", "$response.body#/data"),
        ("k", "$response.body"),
        ("G j", "$response.body"),
    ],
)
async def test_keys_move_the_cursor_and_its_expression(keys: str, expression: str) -> None:
    app = Shown()
    async with app.run_test(size=(60, 9)) as pilot:
        await show(app, pilot, BODY)
        await pilot.press(*keys.split())
        assert app.view.cursor_expression == expression
        assert follow(BODY, app.view.cursor_pointer) == app.view.cursor_value


async def test_every_place_is_told_once_with_its_value() -> None:
    app = Shown()
    async with app.run_test(size=(60, 20)) as pilot:
        await show(app, pilot, {"a": [1]}, root="$steps.first.outputs.all")
        await pilot.press("down", "down", "down", "down", "down")
        await pilot.pause()
        assert app.heard == [
            ("$steps.first.outputs.all", {"a": [1]}),
            ("$steps.first.outputs.all#/a", [1]),
            ("$steps.first.outputs.all#/a/0", 1),
            ("$steps.first.outputs.all#/a", [1]),
            ("$steps.first.outputs.all", {"a": [1]}),
        ]


@pytest.mark.parametrize("value", ["text", 12, None, True, {}, []])
async def test_a_document_that_is_no_container_is_one_row(value: Json) -> None:
    app = Shown()
    async with app.run_test(size=(60, 9)) as pilot:
        await show(app, pilot, value)
        await pilot.press("down", "space", "h", "l", "plus", "minus")
        assert app.lines()[:2] == [f"❯   {json.dumps(value)}", ""]
        assert (app.view.cursor_expression, app.view.cursor_value) == ("$response.body", value)


async def test_no_foreign_text_reaches_the_terminal_as_it_is() -> None:
    app = Shown()
    async with app.run_test(size=(60, 20)) as pilot:
        await show(app, pilot, {HOSTILE: HOSTILE, "deep": [HOSTILE, {HOSTILE: None}]})
        app.view.mark({(HOSTILE,): HOSTILE})
        assert app.view.find("gpj")
        await pilot.pause()
        for _ in range(20):
            assert all(is_printable(text) for text in app.drawn())
            await pilot.press("right")
        app.view.clear(HOSTILE)
        await pilot.pause()
        assert any("␛]52" in text for text in app.drawn())
        assert all(is_printable(text) for text in app.drawn())


async def test_wide_characters_never_make_a_line_wider_than_the_view() -> None:
    app = Shown()
    async with app.run_test(size=(60, 6)) as pilot:
        await show(app, pilot, {"日本": "語" * 60 + "👍🏽é" * 9, "x": "a" + "👨‍👩‍👧" * 40})
        for width in range(12, 40):
            app.view.styles.width = width
            app.view.scroll_to(width % 5, animate=False)
            await pilot.pause()
            lines = [app.view.render_line(y) for y in range(6)]
            assert [sum(cell_len(part.text) for part in line) for line in lines] == [width] * 6


async def test_the_text_scrolls_sideways_while_the_signs_stay() -> None:
    app = Shown()
    async with app.run_test(size=(20, 4)) as pilot:
        await show(app, pilot, ["0123456789abcdefghij"])
        await pilot.press("down", "right")
        assert app.lines()[1] == '❯   56789abcdefghij"'
        await pilot.press("shift+right", "shift+right", "shift+right")
        assert app.lines()[1] == '❯   6789abcdefghij"'
        await pilot.press("left", "shift+left", "left")
        assert app.lines()[1] == '❯     "0123456789abc'


async def test_a_long_string_is_cut_and_its_length_is_told() -> None:
    app = Shown()
    async with app.run_test(size=(40, 4)) as pilot:
        await show(app, pilot, ["x" * 1_000_000, "語" * 1_500])
        long, wide = (app.view.row_strip(row) for row in (1, 2))
        assert long.text.endswith("x…,  1,000,000 characters")
        assert 2_000 < long.cell_length < 2_100
        assert wide.text.endswith("語…")
        assert wide.cell_length <= 2_002


async def test_a_minified_megabyte_opens_folded_to_a_useful_depth_and_is_searched() -> None:
    edges = [{"node": {"id": number, "email": f"user{number}@x.org"}} for number in range(20_000)]
    body = json.loads(json.dumps({"data": {"edges": edges}}))
    app = Shown()
    async with app.run_test(size=(60, 9)) as pilot:
        await show(app, pilot, body)
        assert app.lines()[2] == '  ▸     "edges": [ … 20,000 items ]'
        assert app.view.find("user19999@")
        await pilot.pause()
        assert app.view.cursor_expression == "$response.body#/data/edges/19999/node/email"
        assert any(line.startswith("❯") and "user19999" in line for line in app.lines())
        await pilot.press("plus")
        while app.view.row_count() < 120_000:
            await pilot.pause(0.01)
        assert app.view.cursor_expression == "$response.body#/data/edges/19999/node/email"


async def test_a_search_goes_on_around_the_end_in_both_directions() -> None:
    app = Shown()
    async with app.run_test(size=(60, 30)) as pilot:
        await show(app, pilot, BODY)
        seen = []
        for backwards in (False, False, False, True, True, True):
            assert app.view.find("initialize", backwards)
            seen.append("/".join(app.view.cursor_pointer))
        key, path = "data/initializeSession", "errors/0/path/0"
        assert seen == [key, path, key, path, key, path]
        assert not app.view.find("nowhere")
        assert not app.view.find("")


async def test_a_new_search_begins_where_the_cursor_is() -> None:
    app = Shown()
    async with app.run_test(size=(60, 30)) as pilot:
        await show(app, pilot, BODY)
        app.view.reveal(("errors", "0", "message"))
        for text in ("m", "me", "mes"):
            assert app.view.find(text)
            assert app.view.cursor_pointer == ("errors", "0", "message")
        await pilot.pause()


async def test_what_was_found_is_scrolled_into_sight_and_shown() -> None:
    app = Shown()
    async with app.run_test(size=(40, 6)) as pilot:
        await show(app, pilot, ["x" * 300 + "Needle"])
        assert app.view.find("needle")
        await pilot.pause()
        line = app.view.render_line(1)
        found = [segment for segment in line if segment.text == "Needle"]
        assert len(found) == 1
        assert found[0].style is not None
        assert found[0].style.reverse


async def test_a_place_is_revealed_however_deep_it_is_folded_away() -> None:
    app = Shown()
    async with app.run_test(size=(60, 9)) as pilot:
        await show(app, pilot, BODY)
        await pilot.press("minus", "space")
        app.view.reveal(("data", "initializeSession", "tags", "1"))
        await pilot.pause()
        assert any(line.startswith("❯") and '"y"' in line for line in app.lines())
        with pytest.raises(Missing):
            app.view.reveal(("data", "nothing"))


async def test_marked_places_have_a_sign_and_a_note_also_when_folded_away() -> None:
    app = Shown()
    async with app.run_test(size=(60, 12)) as pilot:
        await show(app, pilot, BODY)
        app.view.mark(
            {("data", "initializeSession", "secure_id"): "output sessionId", ("errors",): ""}
        )
        await pilot.pause()
        lines = app.lines()
        assert lines[3] == ' ●        "secure_id": "abc",  ◂ output sessionId'
        assert [line[1] for line in lines if '"errors"' in line] == ["●"]
        await pilot.press("down", "space")
        assert app.lines()[1] == '❯○▸   "data": { … 1 key },'


async def test_the_note_of_a_mark_never_hides_a_long_value_and_is_told_at_the_cursor() -> None:
    app = Shown()
    async with app.run_test(size=(40, 4)) as pilot:
        await show(app, pilot, ["x" * 500, "short"])
        app.view.mark({("0",): "output token", ("1",): "output name"})
        await pilot.press("down")
        assert app.lines()[1] == '❯●    "' + "x" * 33
        assert app.lines()[2] == ' ●    "short"  ◂ output name'
        assert app.view.cursor_note == "output token"
        await pilot.press("up")
        assert app.view.cursor_note == ""


async def test_what_is_shown_can_be_kept_and_restored() -> None:
    app = Shown()
    body: Json = {"a": [{"n": [number]} for number in range(50)], "b": {"c": {"d": "x" * 99}}}
    async with app.run_test(size=(30, 8)) as pilot:
        await show(app, pilot, body)
        app.view.reveal(("a", "20", "n", "0"))
        await pilot.press("h", "h", "down", "right")
        state, lines = app.view.state(), app.lines()
        await show(app, pilot, "something else")
        await show(app, pilot, json.loads(json.dumps(body)))
        app.view.restore(state)
        await pilot.pause()
        assert app.lines() == lines
        assert app.view.state() == state


async def test_a_kept_state_fits_a_document_that_has_become_another() -> None:
    app = Shown()
    async with app.run_test(size=(30, 8)) as pilot:
        await show(app, pilot, BODY)
        await pilot.press("end")
        state = app.view.state()
        await show(app, pilot, {"data": None})
        app.view.restore(state)
        await pilot.pause()
        assert app.lines()[:3] == ["  ▾ {", '      "data": null', "❯   }"]


@pytest.mark.parametrize(
    ("offset", "times", "row", "line"),
    [
        ((10, 2), 1, 2, '❯ ▾     "initializeSession": {'),
        ((10, 2), 2, 2, '❯ ▸     "initializeSession": { … 3 keys }'),
        ((2, 2), 1, 2, '❯ ▸     "initializeSession": { … 3 keys }'),
        ((2, 3), 1, 3, '❯         "secure_id": "abc",'),
    ],
)
async def test_the_mouse_moves_the_cursor_and_folds(
    offset: tuple[int, int], times: int, row: int, line: str
) -> None:
    app = Shown()
    async with app.run_test(size=(60, 20)) as pilot:
        await show(app, pilot, BODY)
        await pilot.click(JsonView, offset=offset, times=times)
        assert (app.view.cursor_row, app.lines()[row]) == (row, line)
        assert app.screen.get_selected_text() is None


async def test_the_wheel_scrolls_and_the_next_key_brings_the_cursor_back() -> None:
    app = Shown()
    async with app.run_test(size=(60, 5)) as pilot:
        await show(app, pilot, list(range(100)))
        for _ in range(4):
            await pilot._post_mouse_events([events.MouseScrollDown], JsonView)
        assert app.view.scroll_offset.y > 0
        await pilot.press("down")
        assert any(line.startswith("❯") for line in app.lines())


async def test_text_is_selected_with_the_mouse_and_copied_as_it_is_seen() -> None:
    app = Shown()
    async with app.run_test(size=(60, 20)) as pilot:
        await show(app, pilot, {"日本": "x", "b": HOSTILE, "c": 3})
        await pilot.mouse_down(JsonView, offset=(6, 1))
        await pilot.hover(JsonView, offset=(9, 3))
        await pilot.mouse_up(JsonView, offset=(9, 3))
        text = app.screen.get_selected_text()
        assert text is not None
        assert text.splitlines()[0] == '"日本": "x",'
        assert text.splitlines()[-1] == '  "c":'
        assert all(is_printable(line) for line in text.splitlines())


async def test_a_message_stands_where_there_is_no_document() -> None:
    app = Shown()
    async with app.run_test(size=(20, 5)) as pilot:
        await show(app, pilot, BODY)
        app.view.clear("Not run yet. Press n for the first step.")
        await pilot.press("down", "space", "plus", "minus", "h", "l", "end")
        assert not app.view.find("data")
        assert app.lines()[:4] == [" Not run yet. Press", " n for the first", " step.", ""]


async def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    app = Shown()
    async with app.run_test(size=(60, 30)) as pilot:
        await show(app, pilot, list(range(100)))
        app.view.reveal(("25",))
        await pilot.resize_terminal(40, 6)
        await pilot.pause()
        assert any(line.startswith("❯") for line in app.lines())


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "dracula"])
async def test_the_cursor_is_seen_with_any_colours(theme: str) -> None:
    app = Shown()
    async with app.run_test(size=(60, 9)) as pilot:
        app.theme = theme
        await show(app, pilot, BODY)
        assert [line[0] for line in app.lines()[:3]] == ["❯", " ", " "]
        app.set_focus(None)
        await pilot.pause()
        assert [line[0] for line in app.lines()[:3]] == ["›", " ", " "]


async def test_ten_thousand_levels_are_walked_through() -> None:
    document: Json = "bottom"
    for _ in range(10_000):
        document = [document]
    app = Shown()
    async with app.run_test(size=(60, 9)) as pilot:
        await show(app, pilot, document)
        assert app.view.find("bottom")
        await pilot.pause()
        pointer: Pointer = ("0",) * 10_000
        assert app.view.cursor_pointer == pointer
        assert any(line.startswith("❯") and '"bottom"' in line for line in app.lines())
        await pilot.press("h", "h", "l", "minus")
        assert app.view.cursor_pointer == ("0",)
