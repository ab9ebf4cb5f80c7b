"""No screen, copy, notification, kept file or report holds a secret, in whatever form a server echoes it."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest

from arazzo_tui.cli.apology import report
from arazzo_tui.language.secrets import MASK, WEAK, Redactor
from arazzo_tui.tui.reveal import RevealDialog

pytestmark = pytest.mark.usefixtures("echo")

SECRET = 'hunter7/é+"x"&tail'
TOKEN = "sess-91ac/77?zz"
FORMS = {
    "raw": SECRET,
    "percent": quote(SECRET, safe=""),
    "plus": quote_plus(SECRET),
    "json": json.dumps(SECRET)[1:-1],
    "slashes": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "html": html.escape(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "basic": base64.b64encode(f"me:{SECRET}".encode()).decode(),
    "basic of two": base64.b64encode(f"me2:{SECRET}".encode()).decode(),
    "for urls": base64.urlsafe_b64encode(f"x:{SECRET}".encode()).decode(),
    "hex": SECRET.encode().hex(),
    "latin": SECRET.encode().decode("latin-1"),
}
CORES = (
    "hunter7",
    "68756e746572",
    "aHVudGVyN",
    "h1bnRlcj",
    "odW50ZXI3",
    "sess-91ac",
    "c2Vzcy05MWFj",
)
"""What of the secrets must stand nowhere: in each form their first letters."""

ASCII_FORMS = {name: form for name, form in FORMS.items() if form.isascii()}


OF_TOKEN = CORES[-2:]
"""Those of a value that is secret only where it is marked."""


def leaks(text: str) -> list[str]:
    """The cores that are in a text, also when its lines were wrapped inside a pane."""
    unwrapped = "".join(each for each in text if each not in "│║\n ")
    return [core for core in CORES if core in text or core in unwrapped]


def leaks_of_input(text: str) -> list[str]:
    """Those of the input alone."""
    return [core for core in leaks(text) if core not in OF_TOKEN]


@pytest.fixture
def document(folder, server) -> str:
    thing = {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}
    fine = {"responses": {"200": {"description": "fine"}}}
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    folder.write(
        "api.yml",
        {
            "openapi": "3.1.0",
            "info": {"title": "Things", "version": "1"},
            "servers": [{"url": server.url}],
            "paths": {
                "/graphql/{thing}": {
                    "post": {
                        "operationId": "ask",
                        "parameters": [thing],
                        "requestBody": body,
                        **fine,
                    }
                }
            },
        },
    )
    login = {
        "stepId": "login",
        "operationId": "ask",
        "parameters": [
            {"name": "thing", "in": "path", "value": "$inputs.apiKey"},
            {"name": "X-Echo", "in": "header", "value": "$inputs.session_secure_id"},
        ],
        "requestBody": {
            "contentType": "application/json",
            "payload": {"key": "$inputs.apiKey", "id": "$inputs.session_secure_id"},
        },
        "successCriteria": [{"condition": "$response.body#/raw == 'something else'"}],
        "outputs": {"token": "$response.body#/data/pin", "echo": "$response.body#/raw"},
        "onFailure": [{"name": "go on", "type": "goto", "stepId": "again"}],
    }
    again = {
        "stepId": "again",
        "operationId": "ask",
        "parameters": [{"name": "thing", "in": "path", "value": "$steps.login.outputs.token"}],
        "requestBody": {"contentType": "application/json", "payload": {"a": "$inputs.apiKey"}},
        "outputs": {"echo": "$response.body#/basic"},
    }
    return folder.flow(
        login,
        again,
        inputs={
            "type": "object",
            "required": ["apiKey"],
            "properties": {
                "apiKey": {"type": "string", "format": "password"},
                "session_secure_id": {"type": "string", "default": "sid-0123456789"},
            },
        },
    )


@pytest.fixture
def echo(server):
    """Answers with both secrets in every form, in the body, in header fields and in error messages."""
    body = {
        **FORMS,
        "data": {"pin": TOKEN, "session_secure_id": "sid-0123456789", SECRET: 1},
        "errors": [{"message": f"no access for {SECRET} or {TOKEN}", "path": ["a"]}],
        "inside": json.dumps(json.dumps({"k": SECRET})),
        "long": "x" * 150 + SECRET,
    }
    fields = {f"x_{at}": form for at, form in enumerate(ASCII_FORMS.values())}
    server.answers(
        server.answer(body, 403, location=f"http://else.test/?k={quote(SECRET)}", **fields)
    )
    return server


async def ran(terminal, *keys: str) -> None:
    """Fill the form by hand and go on with keys."""
    await terminal.paste(SECRET)
    assert leaks(terminal.text) == []
    await terminal.press("f10", *keys)


EVERY_SCREEN = {
    "request": ("2", "v", "v", "v"),
    "request before it leaves": ("left_square_bracket",) * 6 + ("2", "v"),
    "response": ("3", "l", "plus", "G"),
    "response's strings unfolded": ("3", "u", "plus"),
    "response's headers": ("3", "v"),
    "response as it came": ("3", "V"),
    "checks": ("4", "j", "j"),
    "log": ("5",),
    "flow": ("6",),
    "source": ("7",),
    "zoomed": ("3", "z", "plus"),
    "console": ("p", *"$inputs.apiKey"),
    "console, outputs": ("p", *"$steps.login.outputs.echo == 'x'"),
    "origin": ("4", "P"),
    "request to edit": ("e",),
    "answer": ("left_square_bracket",) * 4 + ("a",),
    "values to set": ("left_square_bracket", "S"),
    "value to set": ("left_square_bracket", "S", "enter"),
    "timeline": ("T",),
    "kept runs": ("H",),
    "attempts beside each other": ("equals_sign",),
    "form": ("i",),
    "variables": ("2", "v"),
    "patch": ("W",),
    "find": ("3", "slash", *"unter7"),
}


@pytest.mark.parametrize("size", [(120, 40), (60, 24)], ids=["large", "small"])
async def test_no_screen_shows_a_secret(opened, document, size) -> None:
    async with opened(document, size=size, toasts=True) as terminal:
        await ran(terminal, "c")
        assert MASK in terminal.told("checks")
        for name, keys in EVERY_SCREEN.items():
            for key in (*keys, "escape", "escape", *["right_square_bracket"] * 6):
                await terminal.press(key)
                if (name, key) == ("kept runs", "H"):
                    await terminal.until(lambda: "Kept runs" in terminal.text)
                assert leaks_of_input(terminal.text) == [], (name, key, terminal.text)
            assert terminal.app.screen is terminal.bench, name
        assert [said for said in terminal.said if leaks_of_input(said)] == []


async def test_a_marked_output_is_a_secret_from_then_on_and_in_what_was_kept_before(
    opened, document, state
) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "c", "4")
        assert TOKEN in terminal.told("checks") or TOKEN in terminal.text
        await terminal.press("slash", *"token", "enter", "M")
        assert terminal.said[-1].startswith("steps.login.outputs.token is secret in this document")
        for key in ("2", "v", "v", "3", "v", "V", "4", "5", "n", "n", "2", "v", "3"):
            await terminal.press(key)
            assert leaks(terminal.text) == [], key
    kept = [each.read_text("utf-8") for each in state.folder.rglob("*") if each.is_file()]
    assert any("steps.login.outputs.token" in each for each in kept)
    assert [leaks(each) for each in kept if leaks(each)] == []

    async with opened(document) as terminal:
        await ran(terminal, "c")
        assert leaks(terminal.text) == []
        await terminal.press("1", "M")
        assert "$steps.login.outputs.token" in terminal.text
        await terminal.press("x", "1", "M")
        assert terminal.said[-1].startswith("nothing is marked as secret")
        assert TOKEN in terminal.told("checks")


@pytest.mark.parametrize(
    "keys",
    [
        ("2", "y"), ("2", "v", "y"), ("2", "v", "v", "y"), ("3", "y"), ("3", "v", "y"), ("3", "V", "y"),
        ("4", "j", "y"), ("5", "G", "y"), ("C",), ("3", "j", "j", "y"), ("3", "j", "Y"),
    ],
)  # fmt: skip
async def test_nothing_that_is_copied_holds_a_secret(opened, document, keys) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "c", "left_curly_bracket", *keys)
        assert terminal.app.clipboard
        assert leaks_of_input(terminal.app.clipboard) == []
        assert [each for each in terminal.said if "hunter7" in each] == []


async def test_no_file_that_is_kept_holds_a_secret(opened, document, state) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "c", "p", *"$inputs.apiKey", "enter", "escape")
    kept = [each for each in state.folder.rglob("*") if each.is_file()]
    assert any(each.suffix == ".jsonl" or b"login" in each.read_bytes() for each in kept)
    for each in kept:
        text = each.read_text("utf-8", "replace")
        assert leaks_of_input(text) == [], each


async def test_a_report_of_a_bug_holds_no_secret(opened, document) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "c")
        bug = KeyError(" ".join(FORMS.values()))
        assert leaks(report(bug, terminal.app._secrets())) == []
        assert leaks(report(bug, Redactor())) != []


async def test_an_edited_request_leaves_with_the_secret_that_its_editor_does_not_show(
    opened, document, echo
) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "s", "e")
        assert "⟨secret 1⟩" in terminal.text
        field = terminal.app.screen.query_one("#body")
        field.text = field.text.replace("sid-0123456789", "sid-9")
        await terminal.settled()
        await terminal.press("ctrl+s", "n")
        assert echo.asked[-1].json == {"key": SECRET, "id": "sid-9"}
        assert quote(SECRET, safe="") in echo.asked[-1].target


async def test_a_value_set_by_hand_shows_no_secret_and_keeps_it(opened, document, echo) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "S", "enter")
        assert "⟨secret 1⟩" in terminal.text
        await terminal.press("enter", "n")
        assert echo.asked[-1].json["key"] == SECRET


async def test_a_name_that_only_looks_secret_hides_nothing(opened, document) -> None:
    async with opened(document) as terminal:
        await ran(terminal, "s")
        assert "sid-0123456789" in terminal.text
        await terminal.press("n", "3", "plus", "slash", *"session_secure", "enter")
        assert '"session_secure_id": "sid-0123456789"' in terminal.text


QUERY = "query hero($key: String, $id: ID) { hero(key: $key, id: $id) { name } }"


async def test_graphql_s_errors_variables_and_advice_show_no_secret(opened, folder, server) -> None:
    error = {
        "message": f'no `{SECRET}` in {quote(SECRET)}. Did you mean "{SECRET}s"?',
        "path": ["hero", SECRET],
        "extensions": {"code": SECRET, "token": f"Bearer {SECRET}"},
    }
    server.answers({"errors": [error], "data": {"hero": None}})
    folder.api(server.url)
    inputs = {
        "required": ["key"], "properties": {"key": {"type": "string", "format": "password"}},
    }  # fmt: skip
    variables = {"key": "$inputs.key", "id": "sid-0123456789"}
    fails = [{"condition": "$response.body#/errors == null"}]
    document = folder.flow(
        folder.ask("find", QUERY, variables, successCriteria=fails), inputs=inputs
    )
    async with opened(document, toasts=True) as terminal:
        await ran(terminal, "n")
        keys = ("2", "v", "v", "v", "v", "3", "plus", "v", "V", "4", "G", "5", "D", "escape", "X")
        for key in keys:
            await terminal.press(key)
            assert leaks(terminal.text) == [], key
        await terminal.press("escape", "2", "y")
        assert leaks(terminal.app.clipboard) == []
        assert [said for said in terminal.said if leaks(said)] == []


async def test_a_dump_of_bytes_shows_no_secret(opened, folder, server) -> None:
    folder.api(server.url)
    body = b"\x00\xff\xfe" + SECRET.encode() + b"\x00" + FORMS["basic"].encode()
    server.answers(server.answer(body, content_type="application/octet-stream"))
    inputs = {
        "required": ["key"], "properties": {"key": {"type": "string", "format": "password"}},
    }  # fmt: skip
    document = folder.flow(folder.look("a", "$inputs.key"), inputs=inputs)
    async with opened(document) as terminal:
        await ran(terminal, "n", "3")
        assert "00 ff fe 2a 2a" in terminal.text
        assert leaks(terminal.text) == []
        assert "68 75 6e 74 65 72" not in terminal.text


# Revealing and presenting


async def at_the_key(terminal) -> None:
    """Put the cursor on the secret in the body of the request."""
    await ran(terminal, "s", "2")
    await terminal.press("j")


async def test_m_reveals_the_value_at_the_cursor_and_any_key_masks_it(opened, document) -> None:
    async with opened(document) as terminal:
        await at_the_key(terminal)
        await terminal.press("m")
        assert SECRET in terminal.text
        assert "$steps.login.request.body#/key" in terminal.text
        assert re.search(r"revealed: masked again in \d+ s, or with any key", terminal.text)
        await terminal.press("y")
        assert leaks(terminal.text) == []
        assert terminal.app.clipboard == ""


async def test_what_is_revealed_is_masked_again_when_its_time_is_over(opened, document) -> None:
    now = [100.0]
    async with opened(document) as terminal:
        await at_the_key(terminal)
        dialog = RevealDialog("a value", SECRET, lambda: now[0])
        terminal.app.push_screen(dialog)
        await terminal.settled()
        assert "hunter7" in terminal.text
        now[0] += 7
        dialog.tick()
        await terminal.settled()
        assert "masked again in 3 s" in terminal.text
        now[0] += 3
        dialog.tick()
        await terminal.settled()
        assert leaks(terminal.text) == []
        assert terminal.app.screen is terminal.bench


async def test_what_is_revealed_is_masked_again_when_something_comes_in_front(
    opened, document
) -> None:
    async with opened(document) as terminal:
        await at_the_key(terminal)
        await terminal.press("m")
        terminal.bench.action_help()
        await terminal.settled()
        await terminal.press("escape")
        assert leaks(terminal.text) == []


async def test_only_masked_values_are_revealed(opened, document) -> None:
    async with opened(document) as terminal:
        await at_the_key(terminal)
        await terminal.press("j", "m")
        assert terminal.said[-1] == "nothing is masked here"
        await terminal.press("1", "m")
        assert terminal.said[-1].startswith("put the cursor on a value")


async def test_f7_reveals_what_is_typed_in_a_hidden_field(opened, document) -> None:
    async with opened(document) as terminal:
        await terminal.paste(SECRET)
        await terminal.press("f7")
        assert SECRET in terminal.text
        await terminal.press("escape")
        assert leaks(terminal.text) == []


async def test_while_presenting_nothing_is_revealed(opened, document) -> None:
    async with opened(document, present=True) as terminal:
        assert terminal.summary.startswith("PRESENTING")
        await at_the_key(terminal)
        await terminal.press("m")
        assert terminal.said[-1] == "PRESENTING: nothing is revealed; f4 leaves it"
        assert leaks(terminal.text) == []
        await terminal.press("f4")
        assert "Leave presentation mode?" in terminal.text
        await terminal.press("n", "m")
        assert leaks(terminal.text) == []
        await terminal.press("f4", "y", "m")
        assert SECRET in terminal.text
        await terminal.press("escape")
        assert not terminal.summary.startswith("PRESENTING")


async def test_an_input_that_is_marked_is_hidden_in_the_form_and_not_kept(
    opened, folder, server, state
) -> None:
    inputs = {"required": ["pin"], "properties": {"pin": {"type": "string"}}}
    document = folder.flow(folder.look("a", "$inputs.pin"), inputs=inputs)
    folder.api(server.url)
    server.answers({"pin": TOKEN})
    async with opened(document) as terminal:
        await terminal.paste(TOKEN)
        assert TOKEN in terminal.text
        await terminal.press("f8")
        assert leaks(terminal.text) == []
        await terminal.press("f10", "n")
        assert server.asked[0].target == "/things/" + quote(TOKEN, safe="")
        assert leaks(terminal.text) == []
    for each in state.folder.rglob("*"):
        assert not each.is_file() or leaks(each.read_text("utf-8", "replace")) == []


async def test_an_input_that_was_kept_before_it_was_marked_is_forgotten(
    opened, folder, server, state
) -> None:
    inputs = {"required": ["pin"], "properties": {"pin": {"type": "string"}}}
    document = folder.flow(folder.look("a", "$inputs.pin"), inputs=inputs)
    folder.api(server.url)
    server.answers({})

    def inputs_kept() -> str:
        files = (state.folder / "documents").rglob("*.json")
        return "".join(each.read_text("utf-8") for each in files)

    async with opened(document) as terminal:
        await terminal.paste(TOKEN)
        await terminal.press("f10")
        assert TOKEN in inputs_kept()
        await terminal.press("i", "f8")
        assert leaks(inputs_kept() + terminal.text) == []


async def test_a_short_secret_is_told(opened, folder, server) -> None:
    inputs = {"required": ["pin"], "properties": {"pin": {"type": "string", "format": "password"}}}
    document = folder.flow(folder.look("a", "$inputs.pin"), inputs=inputs)
    folder.api(server.url)
    async with opened(document) as terminal:
        await terminal.paste("abc")
        await terminal.press("f10")
        assert terminal.said[-1] == WEAK


async def test_places_of_the_settings_file_are_secret_and_taken_back_there(
    opened, document, folder
) -> None:
    folder.write("arazzo-tui.yaml", "secrets: [$steps.login.response.body#/data/pin]\n")
    async with opened(document) as terminal:
        await ran(terminal, "c")
        assert leaks(terminal.text) == []
        await terminal.press("1", "M", "x")
        assert terminal.said[-1].endswith("is marked in arazzo-tui.yaml: take it out there")
