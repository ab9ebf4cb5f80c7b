"""A parameter's value is sent as its style says, and never becomes more than one value."""

from typing import get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.operation import Location, ParameterSpec, Style, undeclared
from arazzo_tui.engine.address import expand_path, join_url
from arazzo_tui.engine.serialize import (
    FRAMING,
    CannotSend,
    cookie_pairs,
    cookie_text,
    decoded,
    header_field,
    header_text,
    path_text,
    query_pairs,
    query_text,
    querystring_text,
)
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json

ARRAY = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


def spec(
    location: Location,
    style: Style,
    *,
    explode: bool = False,
    reserved: bool = False,
    name: str = "color",
) -> ParameterSpec:
    return ParameterSpec(
        name,
        location,
        required=location == "path",
        style=style,
        explode=explode,
        allow_reserved=reserved,
    )


# ------------------------------------------------------------------------------- the style table


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, "", ";color"),
        ("matrix", False, ARRAY, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, "blue", ";color=blue"),
        ("matrix", True, "", ";color"),
        ("matrix", True, ARRAY, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, ARRAY, ".blue,black,brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, ARRAY, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue"),
        ("simple", False, ARRAY, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, ARRAY, "blue,black,brown"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
    ],
)
def test_paths_follow_openapis_table_of_styles(
    style: Style, explode: bool, value: Json, text: str
) -> None:
    assert path_text(spec("path", style, explode=explode), value) == text


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("form", False, "", "color="),
        ("form", False, "blue", "color=blue"),
        ("form", False, ARRAY, "color=blue,black,brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, "", "color="),
        ("form", True, "blue", "color=blue"),
        ("form", True, ARRAY, "color=blue&color=black&color=brown"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, ARRAY, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, ARRAY, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("tabDelimited", False, ARRAY, "color=blue%09black%09brown"),
        ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("deepObject", False, {"a": {"b": [1, None, {"c": True}]}},
         "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B2%5D%5Bc%5D=true"),
        ("deepObject", True, "blue", "color=blue"),
    ],
)  # fmt: skip
def test_queries_follow_openapis_table_of_styles(
    style: Style, explode: bool, value: Json, text: str
) -> None:
    assert query_text(query_pairs(spec("query", style, explode=explode), value)) == text


@pytest.mark.parametrize(
    ("explode", "value", "text"),
    [
        (False, "a b/ü", "a b/ü"),
        (False, ARRAY, "blue,black,brown"),
        (False, OBJECT, "R,100,G,200,B,150"),
        (True, OBJECT, "R=100,G=200,B=150"),
    ],
)
def test_headers_are_simple_and_not_percent_encoded(explode: bool, value: Json, text: str) -> None:
    assert header_text(spec("header", "simple", explode=explode), value) == text


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("form", True, "blue", "color=blue"),
        ("form", True, ARRAY, "color=blue; color=black; color=brown"),
        ("form", False, ARRAY, "color=blue,black,brown"),
        ("form", True, OBJECT, "R=100; G=200; B=150"),
        ("form", True, "eyJhIjoxfQ==|%2B", "color=eyJhIjoxfQ==|%2B"),
        ("form", True, "a b;c,d\\é", "color=a%20b%3Bc%2Cd%5C%C3%A9"),
        ("cookie", True, 'a b,"c"é', 'color=a b,"c"é'),
    ],
)
def test_cookies_keep_what_a_cookie_can_hold(
    style: Style, explode: bool, value: Json, text: str
) -> None:
    assert cookie_text(cookie_pairs(spec("cookie", style, explode=explode), value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"), (False, "false"), (0, "0"), (1.5, "1.5"), (Float("1.10"), "1.10"),
        ([1, None, 2], "1,2"), ({"a": None, "b": 1}, "b,1"),
        ([[1, 2], {"a": 1}], "%5B1%2C2%5D,%7B%22a%22%3A1%7D"),
    ],
)  # fmt: skip
def test_values_that_are_no_strings_are_written_as_json_writes_them(value: Json, text: str) -> None:
    assert path_text(spec("path", "simple"), value) == text


@pytest.mark.parametrize(
    ("location", "reserved", "text"),
    [
        ("path", False, "a%2Fb%3Fc%23d%26e%3Af%25g%C3%BC%20~"),
        ("path", True, "a%2Fb%3Fc%23d&e:f%25g%C3%BC%20~"),
        ("query", False, "a%2Fb%3Fc%23d%26e%3Af%25g%C3%BC%20~"),
        ("query", True, "a/b?c%23d%26e:f%25g%C3%BC%20~"),
    ],
)
def test_allow_reserved_never_lets_a_value_leave_its_place(
    location: Location, reserved: bool, text: str
) -> None:
    value, parameter = "a/b?c#d&e:f%gü ~", spec(location, "form", reserved=reserved)
    if location == "path":
        assert path_text(parameter, value) == text
    else:
        assert query_text(query_pairs(parameter, value)) == f"color={text}"


# ------------------------------------------------------------------------------- content


@pytest.mark.parametrize(
    ("content_type", "value", "text"),
    [
        ("application/json", {"a": [1, "x"]}, '{"a":[1,"x"]}'),
        ("application/json", '{"a": 1}', '{"a": 1}'),
        ("application/json", "plain", '"plain"'),
        ("application/problem+json", None, ""),
        ("text/plain", "plain", "plain"),
        ("text/plain", 5, "5"),
    ],
)
def test_a_parameter_with_content_is_written_as_its_media_type(
    content_type: str, value: Json, text: str
) -> None:
    parameter = ParameterSpec("f", "query", style="form", content_type=content_type)
    assert decoded(query_pairs(parameter, value)) == ({"f": text} if text else {})


def test_an_object_has_no_form_in_a_text_parameter() -> None:
    with pytest.raises(CannotSend, match="the query parameter `f` is an object, which cannot"):
        query_pairs(ParameterSpec("f", "query", content_type="text/plain"), {"a": 1})


@pytest.mark.parametrize(
    ("content_type", "value", "text"),
    [
        (None, "a=1&b=x y", "a=1&b=x%20y"),
        (None, "?a=%20#frag", "a=%20%23frag"),
        ("application/x-www-form-urlencoded", {"a": 1, "b": ["x y", "&"]}, "a=1&b=x%20y&b=%26"),
        ("application/json", {"a": 1}, "%7B%22a%22%3A1%7D"),
        (None, None, ""),
    ],
)  # fmt: skip
def test_a_querystring_parameter_is_the_whole_query(
    content_type: str | None, value: Json, text: str
) -> None:
    parameter = ParameterSpec("q", "querystring", content_type=content_type)
    assert querystring_text(parameter, value) == text


# ------------------------------------------------------------------------------- nothing to send


def test_an_optional_parameter_without_a_value_is_left_out() -> None:
    assert query_pairs(spec("query", "form"), None) == ()
    assert cookie_pairs(spec("cookie", "form"), None) == ()
    assert header_text(spec("header", "simple"), None) is None
    assert query_pairs(spec("query", "form", explode=True), []) == ()
    assert query_pairs(spec("query", "form"), {}) == ()


def test_a_required_parameter_without_a_value_is_refused_by_name() -> None:
    with pytest.raises(CannotSend, match="the query parameter `q` is required and has no value"):
        query_pairs(ParameterSpec("q", "query", required=True), None)
    with pytest.raises(CannotSend, match="the path parameter `color` has no value"):
        path_text(spec("path", "simple"), None)


def test_of_repeated_names_the_first_value_is_read_back() -> None:
    pairs = query_pairs(spec("query", "form", explode=True, name="a b"), ["x y", "z"])
    assert decoded(pairs) == {"a b": "x y"}


# ------------------------------------------------------------------------------- one segment

HOSTILE = (
    st.text()
    | st.text(alphabet="./\\%2eEfF?#&;=@: \r\n\x00ü☃")
    | st.sampled_from(
        [
            "..",
            ".",
            "",
            "%2e%2E",
            "%252e",
            ".%2e",
            "../../x",
            "a/../b",
            "//evil.test",
            "?a=1#",
            "\ud800",
        ]
    )
)


@given(HOSTILE | st.lists(HOSTILE) | st.dictionaries(HOSTILE, HOSTILE), st.sampled_from(get_args(Style)),
       st.booleans(), st.booleans())  # fmt: skip
def test_a_value_stays_one_segment_of_the_path(
    value: Json, style: Style, explode: bool, reserved: bool
) -> None:
    parameter = spec("path", style, explode=explode, reserved=reserved)
    try:
        path = expand_path("/before/{color}/after", {"color": path_text(parameter, value)})
        url = join_url("https://shop.test/v1", path, "q=1")
    except CannotSend:
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == (
        "https",
        "shop.test",
        "q=1",
        "",
    )
    empty, version, before, segment, after = parts.path.split("/")
    assert (empty, version, before, after) == ("", "v1", "before", "after")
    assert unquote(segment) not in ("", ".", "..")
    if isinstance(value, str) and style == "simple":
        assert unquote(segment) == value


@given(HOSTILE, HOSTILE, st.booleans())
def test_a_value_stays_one_pair_of_the_query(name: str, value: str, reserved: bool) -> None:
    parameter = spec("query", "form", reserved=reserved, name=name)
    try:
        query = query_text((("a", "1"), *query_pairs(parameter, value), ("b", "2")))
    except CannotSend:
        return
    parts = urlsplit(join_url("https://shop.test", "/x", query))
    assert parse_qsl(parts.query, keep_blank_values=True) == [("a", "1"), (name, value), ("b", "2")]


@pytest.mark.parametrize(
    "value", ["", ".", "..", "%2e", "%2E%2e", ".%2e", "%252e%252e", [], ["."], {}]
)
def test_a_value_that_would_lead_to_another_path_is_refused(value: Json) -> None:
    with pytest.raises(CannotSend, match=r"the path parameter `color` is .*another path"):
        path_text(spec("path", "simple"), value)


def test_variables_that_together_would_lead_to_another_path_are_refused() -> None:
    with pytest.raises(CannotSend, match=r"would have the segment `\.\.`"):
        expand_path("/a/.{b}", {"b": "."})


# ------------------------------------------------------------------------------- paths and URLs


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/pets/{id}", "/pets/7"),
        ("/pets/{id}.json", "/pets/7.json"),
        ("/{id}/{Key+}", "/7/a%2Fb"),
        ("/pets/{id}/", "/pets/7/"),
        ("/pets?list-type=2", "/pets?list-type=2"),
        ("/pets?part={id}&x", "/pets?part=7&x"),
        ("/pets/{id}#tagging", "/pets/7"),
        ("/a b/ü/%41/{id}", "/a%20b/%C3%BC/%41/7"),
        ("", ""),
    ],
)
def test_a_path_template_is_filled_and_encoded_where_it_must_be(template: str, path: str) -> None:
    assert expand_path(template, {"id": "7", "Key": "a%2Fb"}) == path


def test_a_variable_without_a_value_is_named() -> None:
    with pytest.raises(CannotSend, match=r"the path `/a/{b}/{c}/{d}` has no value for `b`, `d`"):
        expand_path("/a/{b}/{c}/{d}", {"c": "1"})


@pytest.mark.parametrize(
    ("base", "path", "query", "url"),
    [
        ("https://a.test", "/x", "", "https://a.test/x"),
        ("https://a.test/", "/x", "q=1", "https://a.test/x?q=1"),
        ("https://a.test/v1/", "/x", "", "https://a.test/v1/x"),
        ("https://a.test/v1", "", "", "https://a.test/v1"),
        ("https://a.test/v1", "/", "", "https://a.test/v1/"),
        ("https://a.test/v1?key=k", "/x?y", "q=1", "https://a.test/v1/x?key=k&y&q=1"),
        ("https://a.test/v1#frag", "/x", "", "https://a.test/v1/x"),
        ("HTTP://[::1]:8080", "/x", "", "http://[::1]:8080/x"),
        ("https://bücher.test", "/x", "", "https://bücher.test/x"),
        ("https://a.test/ü{v}", "/x", "", "https://a.test/%C3%BC%7Bv%7D/x"),
    ],
)
def test_a_url_keeps_the_servers_own_path_and_query(
    base: str, path: str, query: str, url: str
) -> None:
    assert join_url(base, path, query) == url


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("http://a.test\\@b.test", "holds a backslash"),
        ("https://me:secret@a.test", "holds a user name or password"),
        ("https://a.test/a b", "holds a space"),
        ("https://a.test/\r\nX: y", "holds the character U+000D"),
        ("https://a.test/\u2028", "holds the character U+2028"),
        ("/v1", "is not an absolute `http` or `https` URL"),
        ("file:///etc/passwd", "is not an absolute `http` or `https` URL"),
        ("javascript:alert(1)", "is not an absolute `http` or `https` URL"),
        ("https://", "has no valid host"),
        ("https://a.test:99999", "is no URL"),
        ("https://[::1", "is no URL"),
        ("https://a.test%2eb", "has no valid host"),
        ("https://a<b>.test", "has no valid host"),
        ("https://{host}/v1", "has no valid host"),
    ],
)
def test_a_server_that_could_be_misread_is_refused(base: str, said: str) -> None:
    with pytest.raises(CannotSend) as caught:
        join_url(base, "/x")
    assert said in str(caught.value)


@given(st.text(), st.text(), st.text())
def test_no_text_makes_a_url_raise_anything_else(base: str, path: str, query: str) -> None:
    try:
        url = join_url("https://" + base, path, query)
    except CannotSend:
        return
    assert urlsplit(url).netloc == urlsplit("https://" + base).netloc


# ------------------------------------------------------------------------------- headers and cookies


@pytest.mark.parametrize("name", [*sorted(FRAMING), "HOST", "Transfer-Encoding"])
def test_fields_that_frame_the_message_are_not_taken_from_a_document(name: str) -> None:
    with pytest.raises(CannotSend, match="belongs to the transport"):
        header_field(name, "x")


@pytest.mark.parametrize("name", ["", "a b", "a:", ":path", "ä", "a\r\nb", "(x)"])
def test_a_field_name_is_a_token(name: str) -> None:
    with pytest.raises(CannotSend, match="a name is letters"):
        header_field(name, "x")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a\r\nX-Evil: 1", "holds a line break"),
        ("token\n", "ends with a line break"),
        ("a\x00", "holds the control character U+0000"),
        ("a\x7f", "holds the control character U+007F"),
        ("snow ☃", "holds `☃`, which no header field can carry; percent-encode it"),
    ],
)
def test_a_field_value_that_would_break_the_message_is_refused(value: str, said: str) -> None:
    with pytest.raises(CannotSend, match="the header `X-A`") as caught:
        header_field("X-A", value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("value", "sent"), [(" a\tb ", "a\tb"), ("", ""), ("café", "café"), ('"q"; p=1', '"q"; p=1')]
)
def test_a_field_value_is_sent_without_the_space_around_it(value: str, sent: str) -> None:
    assert header_field("X-A", value) == ("X-A", sent)


@given(st.text())
def test_a_field_that_passes_can_be_written_on_one_line(value: str) -> None:
    try:
        _, sent = header_field("X-A", value)
    except CannotSend:
        return
    assert not set(sent.encode("latin-1")) & {0, 10, 13}


@pytest.mark.parametrize("value", ["a;b", "a\nb", "☃"])
def test_a_raw_cookie_that_would_end_early_is_refused(value: str) -> None:
    with pytest.raises(CannotSend, match="the cookie parameter `sid` holds"):
        cookie_pairs(undeclared("sid", "cookie"), value)


def test_a_cookies_name_is_a_token() -> None:
    with pytest.raises(CannotSend, match="`a b` is no cookie's name"):
        cookie_pairs(undeclared("a b", "cookie"), "x")


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(CannotSend, match="half of a surrogate pair"):
        path_text(undeclared("id", "path"), "\ud83d")
