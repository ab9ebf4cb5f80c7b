"""A planned step and the names in scope become a request, or everything that keeps it from being one."""

from collections.abc import Mapping

import pytest

from arazzo_tui import __version__
from arazzo_tui.document.arazzo import Body, OperationById, Parameter, Replacement, Step
from arazzo_tui.document.operation import (
    Answer,
    AnswerContent,
    MediaType,
    Operation,
    ParameterSpec,
    Server,
    ServerVariable,
)
from arazzo_tui.document.source import Mark, Source
from arazzo_tui.engine.exchange import Headers, Origin, Request, header
from arazzo_tui.engine.moment import ServerChoice, Settings
from arazzo_tui.engine.plan import CallOperation, PlannedStep
from arazzo_tui.engine.request import CannotBuild, build, called_inputs
from arazzo_tui.language.template import Constant, Items, Members, Template, compile_text
from arazzo_tui.language.values import Json

MARK = Mark(Source("flow.yaml", ""), 1, 1)
NAMES = {"inputs": {"id": "a/b", "n": None, "list": [1, 2], "text": "x y"}, "steps": {}}
FORM = "application/x-www-form-urlencoded"
SERVERS = (Server("http://api.test/v1"),)


def template(value: Json) -> Template:
    match value:
        case str():
            return compile_text(value, lambda _: False)[0]
        case Mapping():
            return Members({name: template(member) for name, member in value.items()})
        case list():
            return Items(tuple(template(item) for item in value))
        case _:
            return Constant(value)


def given(name: str, location: str, value: Json) -> Parameter:
    return Parameter(name, location, template(value), MARK)


def body(payload: Json, content_type: str = "", *replacements: tuple[str, Json]) -> Body:
    listed = tuple(Replacement(to, "", template(value), MARK) for to, value in replacements)
    return Body(content_type, None if payload is None else template(payload), listed, MARK)


def built(
    operation: Operation, *parameters: Parameter, sent: Body | None = None, server: str = ""
) -> Request:
    step = Step("s", OperationById("op"), MARK, body=sent)
    settings = Settings({"api": ServerChoice(server, "me")} if server else {})
    return build(
        PlannedStep(step, CallOperation(operation), parameters), operation, NAMES, settings
    )


def faults(
    operation: Operation, *parameters: Parameter, sent: Body | None = None, server: str = ""
) -> list[str]:
    with pytest.raises(CannotBuild) as caught:
        built(operation, *parameters, sent=sent, server=server)
    assert str(caught.value) == "; ".join(caught.value.faults)
    return list(caught.value.faults)


def operation(method: str = "GET", path: str = "/x", **more: object) -> Operation:
    return Operation("api", "op", method, path, **{"servers": SERVERS, **more})  # type: ignore[arg-type]  # fields by name


def fields(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers}


# ------------------------------------------------------------------------------- what every one has


def test_a_request_is_shown_with_all_it_carries() -> None:
    assert built(operation()).headers == (
        ("Host", "api.test"),
        ("Accept", "application/json, */*;q=0.8"),
        ("Accept-Encoding", "gzip, deflate"),
        ("User-Agent", f"arazzo-tui/{__version__}"),
    )


def test_what_the_document_says_stands_for_what_we_would() -> None:
    request = built(
        operation(), given("accept", "header", "text/csv"), given("USER-AGENT", "header", "me")
    )
    assert (fields(request)["accept"], fields(request)["user-agent"]) == ("text/csv", "me")
    assert len(request.headers) == 4


def test_accept_follows_the_description() -> None:
    answers = {
        "200": Answer("", (AnswerContent("application/hal+json"), AnswerContent("text/csv"))),
        "404": Answer("", (AnswerContent("text/html"),)),
        "default": Answer("", (AnswerContent("application/problem+json"),)),
    }
    accept = fields(built(operation(responses=answers)))["accept"]
    assert accept == "application/hal+json, text/csv;q=0.9, application/problem+json;q=0.8"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_method_that_may_have_a_body_says_when_it_has_none(method: str) -> None:
    assert fields(built(operation(method)))["content-length"] == "0"


def test_a_cookie_header_and_cookies_go_together() -> None:
    request = built(operation(), given("Cookie", "header", "a=b"), given("c", "cookie", "d"))
    assert [value for name, value in request.headers if name.lower() == "cookie"] == ["a=b; c=d"]


# ------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("parameters", "sent", "content_type", "data"),
    [
        ((), body({"a": "$inputs.list"}), "application/json", b'{"a":[1,2]}'),
        ((), body(["$inputs.n", 0, False, ""]), "application/json", b'[null,0,false,""]'),
        ((), body({"a": "x y"}, FORM), FORM, b"a=x+y"),
        ((), body("{$inputs.text}!", "text/plain"), "text/plain", b"x y!"),
        (
            (given("Content-Type", "header", FORM),),
            body({"a": "x y"}), FORM, b"a=x+y",
        ),
        (
            (given("content-type", "header", "application/json; charset=utf-8"),),
            body({"a": 1}, "application/json"), "application/json; charset=utf-8", b'{"a":1}',
        ),
        (
            (given("content-type", "header", "text/plain"),),
            body({"a": 1}, "application/json"), "application/json", b'{"a":1}',
        ),
        ((), body({"a": 1}, "", ("/a", "$inputs.list")), "application/json", b'{"a":[1,2]}'),
    ],
)  # fmt: skip
def test_a_body_is_what_its_content_type_says(
    parameters: tuple[Parameter, ...], sent: Body, content_type: str, data: bytes
) -> None:
    request = built(operation("POST"), *parameters, sent=sent)
    assert [value for name, value in request.headers if name.lower() == "content-type"] == [
        content_type
    ]
    assert request.body == data
    assert fields(request)["content-length"] == str(len(data))


def test_a_multipart_body_names_its_own_boundary() -> None:
    request = built(
        operation("POST"),
        given("Content-Type", "header", "multipart/form-data"),
        sent=body({"a": "1"}, "multipart/form-data"),
    )
    boundary = fields(request)["content-type"].partition("boundary=")[2].strip('"')
    assert boundary
    assert boundary.encode() in (request.body or b"")


def test_the_described_type_is_used_when_none_is_given() -> None:
    described = operation("POST", body=(MediaType("application/vnd.api+json"),))
    assert (
        fields(built(described, sent=body({"a": 1})))["content-type"] == "application/vnd.api+json"
    )


# ------------------------------------------------------------------------------- what keeps it back


def test_everything_that_is_missing_is_told_at_once() -> None:
    needs = operation(
        "POST", "/x/{id}/{other}",
        parameters=(
            ParameterSpec("id", "path", required=True),
            ParameterSpec("q", "query", required=True, style="form"),
            ParameterSpec("X-Key", "header", required=True),
            ParameterSpec("Authorization", "header", required=True),
        ),
    )  # fmt: skip
    told = faults(
        needs,
        given("id", "path", "$inputs.nowhere"),
        given("t", "query", "{$steps.a.outputs.b} and {$inputs.gone}"),
        given("nowhere", "", 1),
        sent=body({"deep": ["$inputs.absent", {"x": "$inputs.n"}]}),
    )
    assert [each.partition(":")[0] for each in told] == [
        "path parameter `id` ← `$inputs.nowhere`",
        "query parameter `t` ← `$steps.a.outputs.b`",
        "query parameter `t` ← `$inputs.gone`",
        "parameter `nowhere` has no `in`",
        "the required query parameter `q` of POST /x/{id}/{other} is not given",
        "the required header parameter `X-Key` of POST /x/{id}/{other} is not given",
        "body `deep.0` ← `$inputs.absent`",
    ]


@pytest.mark.parametrize(
    ("path", "parameters", "server", "words"),
    [
        ("/x/{id}", [], "", "has no value for `id`"),
        ("/x/{id}", [given("id", "path", "..")], "", "another path"),
        ("/x/{id}", [given("id", "path", "")], "", "is empty"),
        ("/x", [given("X", "header", "a\r\nEvil: 1")], "", "line break"),
        ("/x", [given("Host", "header", "evil.test")], "", "belongs to the transport"),
        ("/x", [], "http://kim:secret@x.test", "user name or password"),
        ("/x", [], "http://a\\@b.test", "backslash"),
        ("/x", [], "ftp://x.test", "http"),
        ("/x", [], "http://x.test/a/../b", "a segment `.` or `..`"),
        ("/x", [], "http://x.test/a/%2E/b", "a segment `.` or `..`"),
        ("/x", [], "http://faß.test", "write its ASCII form"),
        ("/x", [], "http://ａｐｉ.test", "write its ASCII form"),
        ("/x", [], "http://a。b.test", "no valid host"),
        ("/x", [], "http://" + "ü" * 80 + ".test", "write its ASCII form"),
    ],
)  # fmt: skip
def test_what_would_go_astray_is_not_sent(
    path: str, parameters: list[Parameter], server: str, words: str
) -> None:
    (told,) = faults(operation(path=path), *parameters, server=server)
    assert words in told


@pytest.mark.parametrize(
    ("servers", "words"),
    [
        ((), "no base URL is known for the source `api`; give it with --server api=URL"),
        ((Server("/v1"),), "give a base URL with --server api=URL"),
        ((Server("https://{region}.test", {}),), "give a base URL with --server api=URL"),
    ],
)
def test_without_a_base_url_the_cure_is_told(servers: tuple[Server, ...], words: str) -> None:
    (told,) = faults(operation(servers=servers))
    assert told.endswith(words)
    assert built(operation(servers=servers), server="http://x.test").url == "http://x.test/x"


# ------------------------------------------------------------------------------- where things came from


def test_a_base_url_says_whose_word_it_is() -> None:
    assert built(operation(), server="http://x.test").server == "me"
    marked = Server("http://api.test", mark=Mark(Source("api.yaml", ""), 4, 5))
    assert built(operation(servers=(marked,))).server == "`servers` of api.yaml, line 4"
    variable = Server("http://{r}.test", {"r": ServerVariable("eu")})
    assert built(operation(servers=(variable,))).url == "http://eu.test/x"


def test_every_value_says_where_it_came_from() -> None:
    request = built(
        operation("POST", "/x/{id}"),
        given("id", "path", "$inputs.id"),
        given("X-A", "header", "is {$inputs.text}"),
        given("c", "query", "constant"),
        sent=body({"a": {"b": ["$inputs.list"]}}),
    )
    assert request.origins == (
        Origin(("path", "id"), "$inputs.id"),
        Origin(("header", "x-a"), "is {$inputs.text}"),
        Origin(("body", "a", "b", "0"), "$inputs.list"),
    )


def test_what_was_sent_can_be_named() -> None:
    request = built(
        operation("POST", "/x/{id}"),
        given("id", "path", "$inputs.id"),
        given("q", "query", "x y&z"),
        sent=body({"a": "$inputs.list"}),
    )
    assert request.url == "http://api.test/v1/x/a%2Fb?q=x%20y%26z"
    assert (request.path, request.query, request.payload) == (
        {"id": "a/b"}, {"q": "x y&z"}, {"a": [1, 2]},
    )  # fmt: skip


def test_building_leaves_the_names_alone() -> None:
    before = repr(NAMES)
    built(operation("POST"), sent=body("$inputs.list", "", ("/0", 9)))
    assert repr(NAMES) == before


# ------------------------------------------------------------------------------- calls, headers


def test_parameters_of_a_call_become_inputs() -> None:
    """SUB-1, A-43: by their names, whatever their `in`."""
    step = PlannedStep(
        Step("s", None, MARK),
        CallOperation(operation()),
        (
            given("a", "", "$inputs.list"),
            given("b", "query", None),
            given("c", "", "is {$inputs.n}"),
        ),
    )
    assert called_inputs(step, NAMES) == {"a": [1, 2], "b": None, "c": "is null"}


def test_inputs_of_a_call_that_name_nothing_are_all_told() -> None:
    parameters = (given("a", "", "$inputs.x"), given("b", "", {"deep": "$steps.y.outputs.z"}))
    step = PlannedStep(Step("s", None, MARK), CallOperation(operation()), parameters)
    with pytest.raises(CannotBuild) as caught:
        called_inputs(step, NAMES)
    assert [each.partition(":")[0] for each in caught.value.faults] == [
        "input `a` ← `$inputs.x`", "input `b` `deep` ← `$steps.y.outputs.z`",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "name", "expected"),
    [
        ((("A", "1"),), "a", "1"),
        ((("a", "1"), ("A", "2")), "A", "1, 2"),
        ((("Set-Cookie", "a=1"), ("set-cookie", "b=2")), "set-cookie", "a=1"),
        ((), "a", None),
        ((("a", ""),), "a", ""),
    ],
)
def test_a_header_is_read_whatever_its_case(
    headers: Headers, name: str, expected: str | None
) -> None:
    """EXP-24, EXP-27, A-25"""
    assert header(headers, name) == expected
