"""What a server sends goes through outputs into the next request as it came, or not at all, and that is said.

A real server answers with bytes; a workflow takes them as outputs and sends them on; the bytes that arrive
are compared with those that were sent.
"""

import json
from pathlib import Path

import pytest

from arazzo_tui.engine.content import value_of
from arazzo_tui.engine.exchange import Failure, Response
from arazzo_tui.engine.moment import Moment, ServerChoice, Settings
from arazzo_tui.engine.run import begun
from arazzo_tui.language.printable import printable
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.report import as_json, narrate, step_object
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.session import Session
from arazzo_tui.world.transport import Http
from arazzo_tui.world.workspace import Workspace

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
paths:
  /get: {get: {operationId: get, responses: {}}}
  /put: {post: {operationId: put, requestBody: {content: {TYPE: {}}}, responses: {}}}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: flow
    steps:
      - stepId: first
        operationId: get
        outputs: {v: EXPRESSION}
      - stepId: second
        operationId: put
        requestBody: {contentType: TYPE, payload: PAYLOAD}
"""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def answer(body: bytes, content_type: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


async def run(
    folder: Path, url: str, expression: str, payload: str = '{"v": $steps.first.outputs.v}',
    content_type: str = "application/json",
) -> Moment:  # fmt: skip
    """The end of a run that sends an output of its first answer on."""

    def filled(text: str) -> str:
        text = text.replace("EXPRESSION", expression).replace("PAYLOAD", payload)
        return text.replace("TYPE", content_type)

    (folder / "api.yaml").write_text(filled(OPENAPI))
    (folder / "flow.arazzo.yaml").write_text(filled(ARAZZO))
    opened = Workspace().open(str(folder / "flow.arazzo.yaml"))
    plan = planned(opened, "flow").plan
    assert plan is not None, opened.problems
    first, _ = begun_with(plan, {}, Settings({"api": ServerChoice(url, "test")}))
    assert first is not None
    async with Http() as http:
        session = Session(begun(first), http, lambda _: None)
        return await session.go()


def sent_on(requests: list[bytes]) -> bytes:
    """The body of the second request."""
    return requests[1].partition(b"\r\n\r\n")[2]


EXACT = {
    "digits beyond 64 bits": "12345678901234567890123456789012345678901234567890",
    "negative digits": "-9007199254740993",
    "5000 digits": "7" * 5000,
    "zero at the end": "1.10",
    "an integer as a decimal": "1.0",
    "minus zero": "-0.0",
    "minus zero as an integer": "-0",
    "too large for a float": "1e400",
    "too small for a float": "1E-400",
    "an exponent as it is written": "1.5E+03",
    "more digits than a float has": "0.30000000000000004441",
    "many digits and an exponent": "123456789.123456789123456789e-300",
    "a lone high surrogate": '"\\ud800"',
    "a lone low surrogate": '"x\\udc80y"',
    "NUL": '"a\\u0000b"',
    "control characters": '"\\u001b[31m\\u0007"',
    "bidi and zero width": '"\u202e\u200b\ufeff"',
    "line separators": '"\u2028\u2029\x85"',
    "a replacement character that was sent": '"\ufffd"',
    "noncharacters": '"\uffff\U0010ffff"',
    "an emoji": '"😀"',
    "composed and decomposed": '"é\u00e9e\u0301"',
    "an expression": '"$inputs.a {$inputs.b} {{c}}"',
    "markup": '"[bold]x[/] <b> %s {0}"',
    "empty names": '{"":{"":""}}',
    "names in their order": '{"z":1,"a":2,"10":3,"9":4,"__proto__":5}',
    "null": "null",
    "true": "true",
    "empty array": "[]",
    "a string of digits": '"0123"',
    "a date": '"2020-01-01"',
    "what YAML would change": '["NO","on","0777","1_000","12:30:45","~","=","<<"]',
}  # fmt: skip


@pytest.mark.parametrize("text", EXACT.values(), ids=EXACT.keys())
async def test_a_json_value_is_sent_on_digit_for_digit(
    serve, play, tmp_path: Path, text: str
) -> None:
    body = f'{{"v":{text}}}'.encode()
    server = await serve(play(answer(body, "application/json")), play(OK))
    ended = await run(tmp_path, server.url, "$response.body#/v")
    assert sent_on(server.requests) == body
    assert ended.ended is not None
    assert ended.ended.passed


@pytest.mark.parametrize("depth", [900, 2_400])
async def test_a_deep_value_is_sent_on_whole(serve, play, tmp_path: Path, depth: int) -> None:
    deep = b'{"v":' + b'[{"a":' * depth + b"1.10" + b"}]" * depth + b"}"
    server = await serve(play(answer(deep, "application/json")), play(OK))
    await run(tmp_path, server.url, "$response.body#/v")
    assert sent_on(server.requests) == deep


ENCODED = {
    "UTF-8 with a mark": ("application/json", b"\xef\xbb\xbf", "utf-8"),
    "UTF-16, little end first": ("application/json", b"\xff\xfe", "utf-16-le"),
    "UTF-16, big end first": ("application/json", b"\xfe\xff", "utf-16-be"),
    "UTF-32, little end first": ("application/json", b"\xff\xfe\x00\x00", "utf-32-le"),
    "UTF-32, big end first": ("application/json", b"\x00\x00\xfe\xff", "utf-32-be"),
    "UTF-16 without a mark": ("application/json", b"", "utf-16-le"),
    "UTF-16, declared": ("application/json; charset=utf-16be", b"", "utf-16-be"),
    "Latin-1, declared": ("application/json; charset=iso-8859-1", b"", "latin-1"),
    "quoted, in capitals": ('APPLICATION/JSON; Charset="UTF-8"', b"", "utf-8"),
    "an unknown charset": ("application/json; charset=klingon", b"", "utf-8"),
    "a codec of Python that is none": ("application/json; charset=hex", b"", "utf-8"),
    "as text": ("text/plain", b"", "utf-8"),
    "as HTML": ("text/html; charset=utf-8", b"", "utf-8"),
    "as nothing there is": ("; ;;=, \x7f/json", b"", "utf-8"),
    "as two types": ("application/json, text/html", b"", "utf-8"),
    "as a million parameters": ("application/json" + ";a=b" * 20_000, b"", "utf-8"),
}


@pytest.mark.parametrize(("kind", "mark", "charset"), ENCODED.values(), ids=ENCODED.keys())
async def test_json_in_any_coding_is_sent_on_as_the_same_text(
    serve, play, tmp_path: Path, kind: str, mark: bytes, charset: str
) -> None:
    text = '{"v":"é 1.10 \\ud800"}'
    server = await serve(play(answer(mark + text.encode(charset), kind)), play(OK))
    await run(tmp_path, server.url, "$response.body#/v")
    assert sent_on(server.requests) == text.encode()


# ------------------------------------------------------------------------------- as text and elsewhere


@pytest.mark.parametrize(
    "text",
    [
        "12345678901234567890123",
        "1e400",
        "1.10",
        "-0.0",
        "true",
        "null",
        "0.1000000000000000055511151231257827",
    ],
)
async def test_a_number_inside_a_text_keeps_its_digits(
    serve, play, tmp_path: Path, text: str
) -> None:
    server = await serve(play(answer(f'{{"v":{text}}}'.encode(), "application/json")), play(OK))
    await run(
        tmp_path, server.url, "$response.body#/v",
        '"n={$steps.first.outputs.v};"', "text/plain",
    )  # fmt: skip
    assert sent_on(server.requests) == f"n={text};".encode()


@pytest.mark.parametrize(
    "body",
    [b"plain", b"a\r\nb\nc\r", b"  spaces \t", "é \u2028 \ufffd 例 😀".encode(), b"x" * 300_000],
)
async def test_a_text_is_sent_on_byte_for_byte(serve, play, tmp_path: Path, body: bytes) -> None:
    server = await serve(play(answer(body, "text/plain; charset=utf-8")), play(OK))
    await run(tmp_path, server.url, "$response.body", "$steps.first.outputs.v", "text/plain")
    assert sent_on(server.requests) == body


async def test_a_whole_body_is_sent_on(serve, play, tmp_path: Path) -> None:
    body = b'{"z":1.10,"a":[1e400,12345678901234567890],"":null}'
    server = await serve(play(answer(body, "application/json")), play(OK))
    await run(tmp_path, server.url, "$response.body", "$steps.first.outputs.v")
    assert sent_on(server.requests) == body


# ------------------------------------------------------------------------------- what cannot be sent on

NEVER = {
    "bytes that are no UTF-8": (b'{"v":"caf\xe9"}', "application/json"),
    "a surrogate coded as UTF-8": (b'{"v":"\xed\xa0\x80"}', "application/json"),
    "a text with such bytes": (b"caf\xe9, and more of it to be a text", "text/plain; charset=utf-8"),
    "half a character of UTF-16": ("é".encode("utf-16-le") * 9 + b"\x41", "text/plain; charset=utf-16le"),
    "what is no ASCII": (b"caf\xe9, and more of it to be a text", "text/plain; charset=us-ascii"),
    "bytes of no text at all": (bytes(range(256)), "application/octet-stream"),
    "an image": (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
    "NUL alone": (b"\0" * 100, "text/plain"),
    "nothing": (b"", "application/json"),
    "white space": (b" \r\n", "application/json"),
    "half a JSON text": (b'{"v": "x', "application/json"),
    "JSON and more": (b'{"v": 1} x', "application/json"),
    "NaN": (b'{"v": NaN}', "application/json"),
    "Infinity": (b'{"v": -Infinity}', "application/json"),
    "deeper than any reader goes": (b'{"v":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "application/json"),
    "a page instead of JSON": (b"<!doctype html><title>Log in</title>", "application/json"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), NEVER.values(), ids=NEVER.keys())
async def test_what_would_go_on_changed_does_not_go_on_and_it_is_said_why(
    serve, play, tmp_path: Path, body: bytes, kind: str
) -> None:
    expression = "$response.body" if "text" in kind else "$response.body#/v"
    server = await serve(play(answer(body, kind)), play(OK))
    ended = await run(tmp_path, server.url, expression)
    record = ended.trail[0]
    assert isinstance(record.answer, Response)
    assert record.answer.body == body
    if len(server.requests) > 1:  # null is what an output is that is not there
        assert sent_on(server.requests) == b'{"v":null}'
    else:
        failed = ended.trail[-1].answer
        assert isinstance(failed, Failure)
        assert failed.phase == "resolve"
    if expression.endswith("/v"):
        assert record.missing["v"]
    else:
        assert record.missing.get("v") or value_of(record.answer.content) is None


async def test_a_replaced_byte_elsewhere_in_a_body_keeps_nothing_back(
    serve, play, tmp_path: Path
) -> None:
    body = b'{"bad":"caf\xe9","v":1.10}'
    server = await serve(play(answer(body, "application/json")), play(OK))
    ended = await run(tmp_path, server.url, "$response.body#/v")
    assert sent_on(server.requests) == b'{"v":1.10}'
    assert ended.trail[0].missing == {}


async def test_a_name_that_is_given_twice_is_said_and_its_last_value_goes_on(
    serve, play, tmp_path: Path
) -> None:
    server = await serve(play(answer(b'{"v":1,"v":2}', "application/json")), play(OK))
    ended = await run(tmp_path, server.url, "$response.body#/v")
    assert sent_on(server.requests) == b'{"v":2}'
    told = "\n".join(narrate(ended.trail[0], 1, Redactor()))
    assert "the name `v` is given twice; the last one counts" in told


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *NEVER.values(),
        *((f'{{"v":{text}}}'.encode(), "application/json") for text in EXACT.values()),
        *((mark + b"", kind) for kind, mark, _ in ENCODED.values()),
    ],
)
async def test_every_answer_can_be_told_and_written_down(
    serve, play, tmp_path: Path, body: bytes, kind: str
) -> None:
    server = await serve(play(answer(body, kind)), play(OK))
    ended = await run(tmp_path, server.url, "$response.body")
    for record in ended.trail:
        for line in narrate(record, 1, Redactor()):
            assert printable(line) == line
            line.encode()
        written = as_json(Redactor().value(step_object(record)))
        json.loads(written, parse_int=len)
        written.encode()
