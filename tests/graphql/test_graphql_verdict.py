"""The verdict on an answer: by its body, beside whatever its status says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_tui.graphql.errors import NO_MESSAGE, GraphQLError, Location
from arazzo_tui.graphql.status import status_meaning
from arazzo_tui.graphql.verdict import Body, NotJson, Standing, caused_by, judge, no_answer
from arazzo_tui.language.values import Json

GRAPHQL = "application/graphql-response+json; charset=utf-8"


def error(message: str = "no", **more: Json) -> dict[str, Json]:
    return {"message": message, **more}


def coded(code: str, **more: Json) -> dict[str, Json]:
    return {"message": "no", "extensions": {"code": code}, **more}


def test_the_standings_have_the_names_that_reports_use() -> None:
    assert [standing.value for standing in Standing] == [
        "ok",
        "null",
        "partial",
        "field-error",
        "request-error",
        "not-graphql",
        "no-answer",
    ]


@pytest.mark.parametrize(
    ("body", "standing"),
    [
        ({"data": {"a": 1}}, "ok"),
        ({"data": {"a": None, "b": 0}}, "ok"),
        ({"data": {}}, "ok"),
        ({"data": {"a": False}, "errors": []}, "ok"),
        ({"data": {"a": ""}, "errors": None, "extensions": {}, "more": 1}, "ok"),
        ({"data": {"pushPayloadCompressed": None}}, "null"),
        ({"data": {"a": None, "b": None}, "errors": []}, "null"),
        ({"data": None}, "null"),
        ({"data": {"a": 1, "b": None}, "errors": [error(path=["b"])]}, "partial"),
        ({"data": {"a": None}, "errors": [error(path=["a"])]}, "partial"),
        ({"data": {}, "errors": [error()]}, "partial"),
        ({"data": None, "errors": [error(path=["pushPayload"])]}, "field-error"),
        ({"data": None, "errors": [error(path=["a", 0]), error()]}, "field-error"),
        ({"data": None, "errors": [coded("INTERNAL", path=["a"])]}, "field-error"),
        ({"errors": [error()]}, "request-error"),
        ({"errors": [error(path=["a"])]}, "request-error"),
        ({"errors": [error()], "data": None}, "request-error"),
        ({"errors": [error(path=[])], "data": None}, "request-error"),
        ({"errors": [coded("GRAPHQL_VALIDATION_FAILED")], "data": None}, "request-error"),
        ({"errors": [coded("GRAPHQL_PARSE_FAILED", path=["a"])], "data": None}, "request-error"),
        ({"errors": [coded("BAD_USER_INPUT")], "data": None}, "request-error"),
        ({"errors": [coded("BAD_REQUEST")], "data": None}, "request-error"),
        ({"errors": [error(path=["variable", "events", "type"])], "data": None}, "request-error"),
        # a field may be called so, and a resolver may find its input bad: those have run
        ({"errors": [error(path=["variable"])], "data": None}, "field-error"),
        ({"errors": [coded("BAD_USER_INPUT", path=["signup"])], "data": None}, "field-error"),
        ({}, "not-graphql"),
        ({"message": "Too many requests"}, "not-graphql"),
        ({"errors": []}, "not-graphql"),
        ({"errors": [{"title": "Bad", "status": "400"}]}, "not-graphql"),
        ({"data": [1]}, "not-graphql"),
        ({"data": "text", "errors": [error()]}, "not-graphql"),
        ([{"data": {}}], "not-graphql"),
        ("ok", "not-graphql"),
        (None, "not-graphql"),
        (3, "not-graphql"),
        (NotJson("404 page not found\n"), "not-graphql"),
        (NotJson("<!doctype html>"), "not-graphql"),
        (NotJson(""), "not-graphql"),
    ],
)
@pytest.mark.parametrize("status", [200, 294, 400, 422, 500])
def test_the_body_decides_whatever_the_status(body: Body, standing: str, status: int) -> None:
    assert judge(status, GRAPHQL, body).standing.value == standing


@pytest.mark.parametrize("media", ["text/event-stream", 'multipart/mixed; boundary="-"'])
def test_a_streamed_answer_is_not_read(media: str) -> None:
    verdict = judge(200, media, {"data": {"a": 1}})
    assert (verdict.standing, verdict.succeeded) == (Standing.NOT_GRAPHQL, False)
    assert media.partition(";")[0] in verdict.explanation


@pytest.mark.parametrize(
    ("body", "explanation"),
    [
        ({"data": {"a": 1}}, "the answer has data and no errors"),
        (
            {"data": {"a": None}},
            "no errors, and `a` is null; whether that is success, only the schema says",
        ),
        (
            {"data": {"a": None, "b": None}, "errors": [error()]},
            "1 error, and in `data` all 2 fields are null",
        ),
        ({"errors": [error(), error()]}, "2 errors before the operation ran: nothing was executed"),
        (
            {"data": None, "errors": [error(path=["a"])]},
            "1 error while the operation ran, and no data; what ran may have had effects",
        ),
        (NotJson(""), "the answer has no body, so it says nothing about the operation"),
        (
            NotJson("404 page\x1b[2J"),
            "the answer is not JSON, so it is not GraphQL; it begins “404 page␛[2J”",
        ),
        (
            NotJson("<HTML>"),
            "the answer is a web page: another server or a proxy answered, not GraphQL",
        ),
        ([], "the answer is an array; only a batch of GraphQL requests is answered with one"),
    ],
)
def test_a_verdict_explains_itself(body: Body, explanation: str) -> None:
    assert judge(200, "", body).explanation == explanation


def test_no_answer_is_a_verdict_too() -> None:
    verdict = no_answer("connection\nrefused")
    assert verdict.standing is Standing.NO_ANSWER
    assert verdict.explanation == "there was no answer: connection refused"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            {
                "message": "no",
                "path": ["a", 0, "b"],
                "locations": [{"line": 1, "column": 2}],
                "extensions": {"code": "X", "more": 1},
            },
            GraphQLError("no", "X", ("a", 0, "b"), (Location(1, 2),), {"code": "X", "more": 1}),
        ),
        ({"message": ""}, GraphQLError(NO_MESSAGE)),
        ({"path": "a"}, GraphQLError(NO_MESSAGE, path=("a",))),
        ({"message": 4, "path": ["a", True, "b"]}, GraphQLError(NO_MESSAGE, path=("a",))),
        ({"message": "m", "path": {"a": 1}, "locations": {}}, GraphQLError("m")),
        (
            {"message": "m", "locations": [1, {"line": "1"}, {"line": 0, "column": 1}]},
            GraphQLError("m"),
        ),
        ({"message": "m", "extensions": []}, GraphQLError("m")),
        (
            {"message": "m", "extensions": {"code": 7}},
            GraphQLError("m", "7", extensions={"code": 7}),
        ),
        ("text", GraphQLError("text")),
        (None, GraphQLError(NO_MESSAGE)),
        (["x"], GraphQLError(NO_MESSAGE)),
    ],
)
def test_an_error_of_any_shape_is_read(written: Json, read: GraphQLError) -> None:
    assert judge(200, GRAPHQL, {"data": {}, "errors": [written]}).errors == (read,)


@pytest.mark.parametrize("errors", ["boom", {"message": "boom"}, ["boom"]])
def test_errors_that_are_no_list_are_errors(errors: Json) -> None:
    verdict = judge(200, GRAPHQL, {"data": {"a": 1}, "errors": errors})
    assert (verdict.standing, verdict.errors) == (Standing.PARTIAL, (GraphQLError("boom"),))


@pytest.mark.parametrize(
    ("message", "mentioned", "suggested"),
    [
        (
            'Unknown argument "client_version" on field "T.init". Did you mean "cliVer" or "id"?',
            ("client_version", "T.init"),
            ("cliVer", "id"),
        ),
        (
            "Argument 'Mutation.push(resources:)' of type 'String!' is required",
            ("Mutation.push(resources:)", "String!"),
            (),
        ),
        ('Variable "$id" of type "[E!]!", not "a b"', ("$id", "[E!]!"), ()),
        ('it said "" and "x" and "x"', ("x",), ()),
        ("it isn't, and wasn't", (), ()),
        ("", (), ()),
    ],
)
def test_a_message_gives_the_names_it_quotes_apart_from_those_it_suggests(
    message: str, mentioned: tuple[str, ...], suggested: tuple[str, ...]
) -> None:
    found = GraphQLError(message)
    assert (found.mentioned, found.suggested) == (mentioned, suggested)


INIT, PUSH = error("init", path=["init"]), error("push", path=["push", 1, "id"])


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({"data": None, "errors": [INIT, PUSH]}, "data", "init"),
        ({"data": None, "errors": [INIT, PUSH]}, "data push", "push"),
        ({"data": None, "errors": [INIT, PUSH]}, "data push 1 id", "push"),
        ({"data": None, "errors": [INIT, PUSH]}, "data init secure_id", "init"),
        ({"data": None, "errors": [error("all")]}, "data init", "all"),
        ({"errors": [error("all")]}, "data init secure_id", "all"),
        ({"data": {"push": [{}, None]}, "errors": [INIT, PUSH]}, "data push 1", "push"),
        ({"data": {"push": [{}, None]}, "errors": [INIT, PUSH]}, "data push 1 id", "push"),
        ({"data": {"push": [{}, {"id": None}]}, "errors": [PUSH]}, "data push 1 id", "push"),
        ({"data": {"push": None}, "errors": [error(), PUSH]}, "data push 0", "push"),
        # no error of the answer explains these
        ({"data": {"push": [None, None]}, "errors": [PUSH]}, "data push 0", None),
        ({"data": {"push": None}, "errors": [INIT]}, "data push", None),
        ({"data": {"push": 3}, "errors": [PUSH]}, "data push", None),
        ({"data": {"push": 3}, "errors": [PUSH]}, "", None),
        ({"data": {"push": 3}, "errors": [PUSH]}, "errors 0 path", None),
        ({"data": {"push": None}}, "data push", None),
        (NotJson("x"), "data push", None),
    ],
)
def test_a_null_is_traced_to_its_error(body: Body, pointer: str, message: str | None) -> None:
    cause = caused_by(judge(200, GRAPHQL, body), tuple(pointer.split()))
    assert (cause.message if cause else None) == message


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, "does not say that the operation succeeded"),
        (204, "No Content"),
        (207, "a success to HTTP"),
        (294, "Partial Success"),
        (301, "sends the request elsewhere"),
        (400, "Bad Request"),
        (405, "GET only for queries"),
        (406, "`Accept`"),
        (413, "over a limit"),
        (415, "`application/json`"),
        (422, "does not fit the schema"),
        (418, "blames the request"),
        (599, "blames the server"),
        (-1, "no meaning"),
        (999, "no meaning"),
    ],
)
def test_a_status_is_explained(status: int, words: str) -> None:
    said = status_meaning(status)
    assert said.startswith(str(status))
    assert words in said


def test_a_failure_in_the_media_type_of_graphql_is_the_servers_own() -> None:
    assert "proxy on the way" in status_meaning(422, "application/json")
    assert "proxy on the way" not in status_meaning(422, GRAPHQL)


_JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "errors",
                    "message",
                    "path",
                    "locations",
                    "line",
                    "column",
                    "extensions",
                    "code",
                    "a",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)
_ANSWERS = _JSON | st.fixed_dictionaries(
    {}, optional={"data": _JSON, "errors": _JSON, "extensions": _JSON}
)


@settings(deadline=None)
@given(st.integers(), st.text(max_size=30), _ANSWERS, st.lists(st.text(max_size=3)))
def test_no_json_is_too_odd_to_be_judged(
    status: int, media: str, body: Json, pointer: list[str]
) -> None:
    verdict = judge(status, media, body)
    assert verdict.standing is not Standing.NO_ANSWER
    assert verdict.explanation
    cause = caused_by(verdict, ("data", *pointer))
    assert cause is None or cause in verdict.errors
    assert all(each.mentioned is not None and each.message for each in verdict.errors)


@settings(deadline=None)
@given(_JSON)
def test_with_the_data_alone_there_is_never_an_error(data: Json) -> None:
    assert judge(200, GRAPHQL, {"data": data}).errors == ()
