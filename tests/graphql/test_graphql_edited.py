"""A request as text and back: what was not touched is as it was, to the byte; what was comes from a hand."""

import base64
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arazzo_tui.engine.exchange import Origin, Request
from arazzo_tui.graphql.edited import BadRequestText, as_text, from_text, with_payload
from arazzo_tui.language.jsontext import read_json
from arazzo_tui.language.values import Json

JSON = "application/json"
QUERY = "mutation push($id: String!, $data: String!) { push(id: $id, data: $data) }"


def sent(payload: Json, kind: str = JSON, **more) -> Request:
    """A request as it is built, with a JSON body."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (("Accept", "*/*"), ("Content-Type", kind), ("Content-Length", str(len(body))))
    return Request("POST", "http://localhost:8082/public", headers, body, payload, **more)


def graphql(**variables: Json) -> Request:
    places = [Origin(("body", "variables", name), f"$inputs.{name}") for name in variables]
    return sent({"query": QUERY, "variables": variables}, origins=tuple(places))


def text(body: bytes, kind: str, payload: Json = None) -> Request:
    headers = (("Content-Type", kind), ("Content-Length", str(len(body))))
    return Request("POST", "http://localhost/", headers, body, payload)


def edited(request: Request, **parts: str) -> Request:
    return from_text(replace(as_text(request), **parts), request)


def value(request: Request) -> Json:
    return read_json(request.body or b"")


def packed(value: Json) -> str:
    return base64.b64encode(gzip.compress(json.dumps(value).encode(), mtime=0)).decode()


def unpacked(text: str) -> Json:
    return json.loads(gzip.decompress(base64.b64decode(text)))


# What was not touched

NAMES = st.text("abcXY-", min_size=1, max_size=6)
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["{}", "[1, 2]", '{"a": "[1]"}', packed({"a": [1]}), "\ud800", "1"]),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=3),
    max_leaves=8,
)
BODIES = (
    st.none()
    | st.binary(max_size=30)
    | st.text(max_size=12).map(lambda t: t.encode("utf-8", "replace"))
)
REQUESTS = st.builds(
    lambda *parts: Request(*parts),  # noqa: PLW0108  # hypothesis cannot read its signature
    st.sampled_from(["GET", "POST", "M-SEARCH", "query"]),
    st.sampled_from(["http://h", "http://h/a%2Fb?q=%20&q=&x", "http://[::1]:1/€"]),
    st.lists(st.tuples(NAMES, LATIN), max_size=3).map(tuple),
    BODIES,
    VALUES,
) | st.builds(
    lambda kind, payload: sent({"query": QUERY, "variables": payload}, kind),
    st.sampled_from([JSON, "text/plain", "multipart/form-data; boundary=x", ""]),
    VALUES.filter(lambda value: "\\ud800" not in json.dumps(value)),
)


@given(REQUESTS)
def test_a_request_whose_text_nobody_touched_is_that_request(request: Request) -> None:
    assert from_text(as_text(request), request) == request


@given(REQUESTS, st.sampled_from(["line", "headers"]))
def test_an_edit_of_line_or_headers_leaves_the_body_to_the_byte(
    request: Request, part: str
) -> None:
    was = as_text(request)
    change = "PUT http://other/x" if part == "line" else f"{was.headers}\nX-More: yes"
    after = from_text(replace(was, **{part: change}), request)
    assert (after.body, after.payload) == (request.body, request.payload)
    if part == "headers":
        assert after.headers == (*request.headers, ("X-More", "yes"))
        assert after.url == request.url


def judged(request: Request, **parts: str) -> Request | BadRequestText:
    try:
        return edited(request, **parts)
    except BadRequestText as wrong:
        return wrong


@given(
    st.sampled_from(
        [graphql(id="[1]", data="x"), text(b"plain", "text/plain"), Request("GET", "/")]
    ),
    st.sampled_from(["line", "headers", "body"]),
    st.text(max_size=60)
    | st.sampled_from(["POST http://h/", "A: b", '{"id": ']).flatmap(
        lambda start: st.text(max_size=20).map(lambda end: start + end)
    ),
)
def test_hostile_text_is_a_request_or_a_sentence_about_its_part(
    request_: Request, part: str, typed: str
) -> None:
    match judged(request_, **{part: typed}):
        case BadRequestText() as wrong:
            assert (wrong.part, bool(str(wrong))) == (part, True)
        case Request() as after:
            assert after == request_ or part == "body" or after.body == request_.body
            assert after.url.startswith("http") or after.url == request_.url
            assert all("\n" not in value and "\r" not in value for _, value in after.headers)


# Line and headers


def test_method_and_url_are_edited_and_the_query_parameters_follow() -> None:
    before = Request("GET", "http://a/x?q=1&empty=", (), query={"q": "1"}, server="your answer")
    after = edited(before, line="put http://a/y?q=2&none=#part")
    assert (after.method, after.url) == ("PUT", "http://a/y?q=2&none=")
    assert after.query == {"q": "2", "none": ""}
    assert after.server == "your answer"
    assert edited(before, line="GET https://b/x?q=1&empty=").server == "edited by hand"
    assert edited(before, line="GET http://a/z?q=1&empty=").query == {"q": "1"}


def test_only_the_method_may_be_edited_of_a_url_that_nobody_would_write_so() -> None:
    before = Request("GET", "http://h/a%2fb?€=é")
    assert edited(before, line="DELETE http://h/a%2fb?€=é").url == before.url


def test_headers_are_added_changed_and_taken_away_and_say_so() -> None:
    origins = (
        Origin(("header", "accept"), "$inputs.accept"),
        Origin(("header", "x-id"), "$inputs.id"),
    )
    before = Request("GET", "http://h", (("Accept", "*/*"), ("X-Id", "7")), origins=origins)
    after = edited(before, headers="Accept: text/html\n\nX-New:  a: b ")
    assert after.headers == (("Accept", "text/html"), ("X-New", "a: b"))
    assert after.origins == (Origin(("header", "accept"), "edited by hand", by="user"),)


def test_content_length_and_host_follow_what_they_are_of() -> None:
    before = sent({"query": QUERY, "variables": {"id": "a"}})
    before = replace(before, headers=(("Host", "localhost:8082"), *before.headers))
    after = edited(before, line="POST http://other:9/", body='{"id": "longer"}')
    fields = dict(after.headers)
    assert fields["Host"] == "other:9"
    assert fields["Content-Length"] == str(len(after.body or b""))
    virtual = replace(before, headers=(("Host", "virtual"),))
    assert edited(virtual, line="POST http://other:9/").headers == (("Host", "virtual"),)


def test_a_body_that_is_new_gets_a_length() -> None:
    after = edited(Request("POST", "http://h"), body="a=1")
    assert (after.body, after.headers) == (b"a=1", (("Content-Length", "3"),))


@pytest.mark.parametrize(
    ("part", "wrong", "sentence"),
    [
        ("line", "http://h", "a method and a URL are expected"),
        ("line", "GET", "a method and a URL are expected"),
        ("line", "G\u00c9T http://h", "a method and a URL are expected"),
        ("line", "GET file:///etc/passwd", "not an absolute `http` or `https` URL"),
        ("line", "GET http://user:pw@h/", "holds a user name or password"),
        ("line", "GET http://h/a b", "holds a space"),
        ("headers", "Accept: a\nno colon", "line 2: `Name: value` is expected"),
        ("headers", "\nBad Name: x", "line 2: the header `Bad Name`"),
        ("headers", "X: \u20ac", "line 1: the header `X`"),
        ("headers", "Content-Length: 1", "belongs to the transport"),
        ("headers", "Transfer-Encoding: chunked", "belongs to the transport"),
        ("body", "{", "line 1, column 2"),
        ("body", "[1]", "variables are an object"),
    ],
)
def test_each_error_names_its_part(part: str, wrong: str, sentence: str) -> None:
    with pytest.raises(BadRequestText) as refused:
        edited(graphql(id="a"), **{part: wrong})
    assert refused.value.part == part
    assert sentence in str(refused.value)


# Query and variables


def test_an_edited_query_leaves_the_variables_to_the_letter_and_the_other_way_round() -> None:
    before = sent(
        {"operationName": "push", "query": QUERY, "variables": {"n": 1, "s": " [1 , 2] "}}
    )
    after = edited(before, query="{ a }")
    assert after.payload == {
        "operationName": "push",
        "query": "{ a }",
        "variables": {"n": 1, "s": " [1 , 2] "},
    }
    after = edited(before, body='{"n": 1.50, "s": [1, 2]}')
    assert after.body == (
        b'{"operationName":"push","query":"'
        + QUERY.encode()
        + b'","variables":{"n":1.50,"s":" [1 , 2] "}}'
    )


@pytest.mark.parametrize("body", ["", "null"])
def test_variables_can_be_emptied(body: str) -> None:
    assert value(edited(graphql(id="a"), body=body))["variables"] == ({} if body == "" else None)


def test_variables_that_were_not_there_can_be_given() -> None:
    assert value(edited(sent({"query": "{ a }"}), body='{"a": 1}')) == {
        "query": "{ a }",
        "variables": {"a": 1},
    }


def test_what_was_unfolded_is_folded_back_as_it_was_packed() -> None:
    before = graphql(id="x", data=packed({"events": [], "messages": '{"messages":[]}'}))
    shown = json.loads(as_text(before).body or "")
    assert shown["data"] == {"events": [], "messages": {"messages": []}}
    shown["data"]["messages"]["messages"].append("hello")
    after = edited(before, body=json.dumps(shown))
    data = value(after)["variables"]["data"]
    assert unpacked(data) == {"events": [], "messages": '{"messages":["hello"]}'}
    assert value(after)["variables"]["id"] == "x"


def test_what_was_edited_comes_from_a_hand_and_the_rest_from_where_it_came() -> None:
    before = graphql(id="x", data="[1]")
    after = edited(before, body='{"id": "x", "data": [2], "more": {"a": 1}}')
    assert after.origins == (
        Origin(("body", "variables", "id"), "$inputs.id"),
        Origin(("body", "variables", "data"), "edited by hand", by="user"),
        Origin(("body", "variables", "more"), "edited by hand", by="user"),
    )


@pytest.mark.parametrize("typed", ["true", "1.0", "1", '"1"', "null"])
def test_values_that_are_written_differently_are_different(typed: str) -> None:
    [origin] = edited(graphql(id=1), body=f'{{"id": {typed}}}').origins
    assert (origin.by == "user") == (typed != "1")


def test_a_value_that_was_taken_away_comes_from_nowhere() -> None:
    assert edited(graphql(id="x", data="y"), body='{"id": "x"}').origins == (
        Origin(("body", "variables", "id"), "$inputs.id"),
    )


# Strings with JSON in them, when items and names change

ITEM = '{"a": 1}'


@pytest.mark.parametrize(
    ("before", "after", "sent_as"),
    [
        ([ITEM, "x"], ["new", {"a": 1}, "x"], ["new", ITEM, "x"]),
        ([ITEM, "x"], [{"b": 2}, {"a": 1}], ['{"b":2}', ITEM]),
        ([ITEM, "[2]"], [[2], {"a": 1}], ["[2]", ITEM]),
        ([ITEM, "[2]"], [[2]], ["[2]"]),
        ([{"s": ITEM}], [{"s": [0]}, {"s": {"a": 1}}], [{"s": "[0]"}, {"s": ITEM}]),
        ({"old": ITEM}, {"new": {"a": 1}}, {"new": ITEM}),
        ({"o": {"s": ITEM}}, {"n": {"s": {"a": 1}}}, {"n": {"s": ITEM}}),
        ({"s": ITEM, "o": 1}, {"o": {"real": 1}}, None),
        ({"s": ITEM}, {"s": "plain"}, {"s": "plain"}),
        ({"s": ITEM}, {}, {}),
        ([ITEM, {"a": 1}], [{"a": 3}, {"a": 1}], ['{"a":3}', {"a": 1}]),
    ],
)
def test_strings_are_found_again_after_items_and_members_came_went_or_got_other_names(
    before: Json, after: Json, sent_as: Json
) -> None:
    got = value(edited(sent({"v": before}), body=json.dumps({"v": after})))
    assert got == {"v": sent_as if sent_as is not None else after}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([ITEM, {"a": 2}], [{"a": 2}]),
        ([ITEM, {"a": 2}], [{"n": 0}, {"a": 1}, {"a": 2}]),
        ([ITEM, {"a": 2}], [{"a": 2}, {"a": 1}]),
        ([ITEM, packed([1]), "x"], [{"a": 1}, [1], [2]]),
        ({"old": ITEM}, {"new": {"a": 2}}),
        ({"o": {"s": ITEM}}, {"n": {"s": {"a": 2}}}),
    ],
)
def test_nothing_is_sent_where_it_cannot_be_told_what_is_a_string(
    before: Json, after: Json
) -> None:
    with pytest.raises(BadRequestText) as refused:
        edited(sent({"v": before}), body=json.dumps({"v": after}))
    assert refused.value.part == "body"
    assert "cannot be told" in str(refused.value)


# Bodies that are no GraphQL


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x89PNG\x00", "image/png"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (
            b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n\x00\xff\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_bytes_are_sent_as_they_are_whatever_else_is_edited(body: bytes, kind: str) -> None:
    before = text(body, kind, {"f": "file"})
    assert as_text(before).body is None
    after = edited(before, line="PUT http://other/", headers=f"Content-Type: {kind}\nX: y")
    assert (after.body, after.payload) == (body, {"f": "file"})


def test_a_json_body_is_edited_as_a_whole_and_its_text_stays_one_when_it_was_the_payload() -> None:
    after = edited(sent({"a": "[1]", "b": 2}), body='{"a": [3], "b": 2}')
    assert (after.body, after.payload) == (b'{"a":"[3]","b":2}', {"a": "[3]", "b": 2})
    after = edited(text(b'{"a": 1}', JSON, '{"a": 1}'), body='{"a": 2}')
    assert (after.body, after.payload) == (b'{"a":2}', '{"a":2}')


def test_a_graphql_operation_that_is_sent_as_a_form_is_edited_as_the_form_it_is() -> None:
    before = text(b"query=%7Ba%7D", "application/x-www-form-urlencoded", {"query": "{a}"})
    assert (as_text(before).query, as_text(before).body) == (None, "query=%7Ba%7D")
    assert edited(before, body="query=%7Bb%7D").body == b"query=%7Bb%7D"
    with pytest.raises(BadRequestText):
        with_payload(before, {"query": "{b}"})


@pytest.mark.parametrize(
    ("body", "kind", "typed", "bytes_"),
    [
        (
            "größe".encode("latin-1"),
            "text/plain; charset=iso-8859-1",
            "maß",
            "maß".encode("latin-1"),
        ),
        ("größe".encode(), "text/plain", "maß", "maß".encode()),
        (b"\xef\xbb\xbfbom", "text/plain", "b", b"\xef\xbb\xbfb"),
    ],
)
def test_a_text_is_sent_in_the_charset_it_had(
    body: bytes, kind: str, typed: str, bytes_: bytes
) -> None:
    assert edited(text(body, kind), body=typed).body == bytes_


@pytest.mark.parametrize(
    ("body", "kind", "typed", "sentence"),
    [
        (
            b"gr\xf6\xdfe und mehr Text, der UTF-8 sein will",
            "text/plain; charset=utf-8",
            "x",
            "would be lost",
        ),
        (b"abc", "text/plain; charset=iso-8859-1", "5 €", "cannot write `€`"),
        (b"abc", "text/plain", "\ud800", "cannot write"),
    ],
)
def test_a_text_that_would_lose_bytes_is_refused(
    body: bytes, kind: str, typed: str, sentence: str
) -> None:
    with pytest.raises(BadRequestText) as refused:
        edited(text(body, kind), body=typed)
    assert (refused.value.part, sentence in str(refused.value)) == ("body", True)


def test_another_payload_brings_its_length_and_its_origins() -> None:
    before = graphql(id="x")
    payload: Json = {"query": QUERY, "variables": {"id": "x", "data": ""}}
    after = with_payload(before, payload)
    assert value(after) == payload == after.payload
    assert dict(after.headers)["Content-Length"] == str(len(after.body or b""))
    assert after.origins[1:] == (
        Origin(("body", "variables", "data"), "edited by hand", by="user"),
    )
