"""Every body has a reading, whatever its content type claims, and the oddities are said."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.content import (
    BinaryContent,
    Content,
    JsonContent,
    NoContent,
    TextContent,
    is_json_type,
    read_content,
    read_media_type,
    value_of,
)
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json


def notes_of(content: Content) -> str:
    return "" if isinstance(content, NoContent) else "\n".join(content.notes)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json", "Application/JSON; charset=UTF-8", "application/problem+json", "text/json",
        "application/graphql-response+json", "application/vnd.api+json;version=1", " application/json ",
        "application/json, text/html",
    ],
)  # fmt: skip
def test_json_types_are_read_as_json_without_a_note(content_type: str) -> None:
    assert read_content(content_type, b' {"a": [1, null]} ') == JsonContent({"a": [1, None]})


@pytest.mark.parametrize("body", [b"1", b'"text"', b"null", b"true", b"[]", b"-0.5"])
def test_a_json_body_may_be_any_value(body: bytes) -> None:
    assert read_content("application/json", body) == JsonContent(json.loads(body))


def test_digits_are_kept() -> None:
    content = read_content("application/json", b"[1.10, 1e400, 123456789012345678901234567890]")
    assert isinstance(content, JsonContent)
    assert isinstance(content.value, list)
    assert [str(each) for each in content.value] == [
        "1.10",
        "1e400",
        "123456789012345678901234567890",
    ]
    assert isinstance(content.value[0], Float)


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        (None, "read as JSON, though it came without a content type"),
        ("", "read as JSON, though it came without a content type"),
        ("text/plain", "read as JSON, though it came called `text/plain`"),
        ("text/html; charset=utf-8", "though it came called `text/html; charset=utf-8`"),
        ("application/octet-stream", "though it came called `application/octet-stream`"),
        ("bogus", "though it came called `bogus`"),
        ("///;;=,", "though it came called `///;;=,`"),
    ],
)
def test_json_under_another_name_is_read_with_a_note(content_type: str | None, said: str) -> None:
    content = read_content(content_type, b'\n{"a": 1}')
    assert value_of(content) == {"a": 1}
    assert said in notes_of(content)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-ndjson", b'{"a": 1}'),
        ("application/yaml", b'{"a": 1}'),
        ("text/csv", b"[1]"),
        ("text/event-stream", b'{"a": 1}'),
        ("text/plain", b"42"),
        ("text/plain", b'"quoted"'),
        ("text/plain", b"[draft] of a letter"),
        (None, b"{not json}"),
    ],
)
def test_what_only_begins_like_json_stays_text(content_type: str | None, body: bytes) -> None:
    assert value_of(read_content(content_type, body)) == body.decode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"<!DOCTYPE html><html><head><title> 502 Bad Gateway </title>",
            "an HTML page, `502 Bad Gateway`",
        ),
        (b"<html><p>", "it looks like an HTML page"),
        (b"<?xml version='1.0'?><a/>", "it looks like XML"),
        (b'{"a": 1}\n{"b": 2}', "several JSON texts, one a line"),
        (b'data: {"a": 1}\n\n', "a stream of server-sent events"),
        (b"Service Unavailable", "`Service Unavailable`"),
        (b'{"a": [1, 2', "line 1, column 12"),
        (b'{"a": 1}\n garbage', "line 2, column 2"),
        (b"[NaN]", "line 1, column 2"),
        (b"   ", "is no JSON"),
    ],
)
def test_a_body_called_json_that_is_none_stays_text_and_says_where_and_what(
    body: bytes, said: str
) -> None:
    content = read_content("application/json", body)
    assert isinstance(content, TextContent)
    assert content.text == body.decode()
    assert "this is called `application/json` but is no JSON: line" in content.notes[0]
    assert said in content.notes[0]


def test_nesting_that_is_only_deep_is_read_and_endless_nesting_is_text() -> None:
    assert isinstance(read_content("application/json", b"[" * 900 + b"]" * 900), JsonContent)
    assert isinstance(read_content("application/json", b"[" * 100_000), TextContent)


def test_an_integer_of_any_length_is_read() -> None:
    assert str(value_of(read_content("application/json", b"7" * 5000))) == "7" * 5000


@pytest.mark.parametrize(
    ("content_type", "body", "value", "said"),
    [
        ("application/json", b'\xef\xbb\xbf{"a":1}', {"a": 1}, "it begins with a byte order mark"),
        ("application/json", '{"a":"ü"}'.encode("utf-16"), {"a": "ü"}, "byte order mark"),
        ("application/json", '{"a":"ü"}'.encode("utf-16-le"), {"a": "ü"}, ""),
        ("application/json", '{"a":"ü"}'.encode("utf-16-be"), {"a": "ü"}, ""),
        ("application/json", '{"a":"ü"}'.encode("utf-32-be"), {"a": "ü"}, ""),
        ("application/json; charset=utf-16le", '"ü"'.encode("utf-16-le"), "ü", ""),
        ('application/json; charset="iso-8859-1"', '"ü"'.encode("latin-1"), "ü", ""),
        ("application/json", b'{"a":"\xff"}', {"a": "�"}, "the bytes at offset 6 are not UTF-8"),
        ("text/plain; charset=windows-1252", b"\x80 5", "€ 5", ""),
        ("text/plain; charset=shift_jis", "日本".encode("shift_jis"), "日本", ""),
        ("text/plain", b"caf\xe9 au lait, encore", "caf� au lait, encore", "offset 3 are not UTF-8"),
        ("text/xml", "<?xml version='1.0' encoding='iso-8859-1'?><a>ü</a>".encode("latin-1"),
         "<?xml version='1.0' encoding='iso-8859-1'?><a>ü</a>", ""),
    ],
)  # fmt: skip
def test_the_charset_is_the_one_that_is_marked_declared_or_seen(
    content_type: str, body: bytes, value: Json, said: str
) -> None:
    content = read_content(content_type, body)
    assert value_of(content) == value
    assert said in notes_of(content)
    assert bool(said) == bool(notes_of(content))


@pytest.mark.parametrize(
    "charset",
    [
        "hex",
        "rot13",
        "idna",
        "punycode",
        "zip",
        "bz2",
        "unicode_escape",
        "undefined",
        "utf-7",
        "x" * 999,
    ],
)
def test_a_charset_that_is_unknown_or_no_charset_reads_as_utf_8(charset: str) -> None:
    content = read_content(f"text/plain; charset={charset}", "grün".encode())
    assert value_of(content) == "grün"
    assert "is unknown; it was read as UTF-8" in notes_of(content)


@pytest.mark.parametrize(
    ("content_type", "text", "language"),
    [
        ("text/html", "<p>", "html"),
        ("application/xhtml+xml", "<html/>", "html"),
        ("application/soap+xml", "<a/>", "xml"),
        ("image/svg+xml", "<svg/>", "xml"),
        ("application/yaml", "a: 1", "yaml"),
        ("application/graphql", "{ a }", "graphql"),
        ("application/x-ndjson", '{"a":1}', "json"),
        ("text/css", "a {}", "css"),
        ("text/plain", "<!doctype html><p>", "html"),
        ("text/plain", "<?xml version='1.0'?>", "xml"),
        ("text/plain", "hello", "text"),
        (None, "a < b", "text"),
    ],
)
def test_the_language_of_a_text_is_guessed(
    content_type: str | None, text: str, language: str
) -> None:
    content = read_content(content_type, text.encode())
    assert isinstance(content, TextContent)
    assert content.language == language


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(40), "a PNG image"),
        ("application/octet-stream", b"%PDF-1.7\x00\x01\x02", "a PDF document"),
        (None, b"\x1f\x8b\x08\x00" + bytes(range(256)), "compressed with gzip"),
        ("text/plain", bytes(1_000_000), "no text"),
        ("audio/mpeg", b"ID3", "no text"),
        (None, bytes(range(256)), "no text"),
    ],
)
def test_bytes_that_are_no_text_read_as_null_and_say_what_they_are(
    content_type: str | None, body: bytes, said: str
) -> None:
    content = read_content(content_type, body)
    assert isinstance(content, BinaryContent)
    assert value_of(content) is None
    assert f"the body is {said}" in notes_of(content)
    assert "read it as null" in notes_of(content)


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "text/plain", "image/png", "bogus"]
)
def test_an_empty_body_is_null_whatever_its_type(content_type: str | None) -> None:
    """A-24"""
    assert read_content(content_type, b"") == NoContent()
    assert value_of(NoContent()) is None


def test_terminal_sequences_in_a_text_do_not_make_it_binary() -> None:
    body = b"\x1b[31mred\x1b[0m and \x1b]0;title\x07 done, " * 20
    assert value_of(read_content("text/plain", body)) == body.decode()


def test_a_name_given_twice_is_told_once_and_the_last_value_counts() -> None:
    content = read_content("application/json", b'{"a":1,"a":2,"b":[{"c":1,"c":2,"c":3}]}')
    assert value_of(content) == {"a": 2, "b": [{"c": 3}]}
    assert notes_of(content) == (
        "the name `c` is given twice; the last one counts\nthe name `a` is given twice; the last one counts"
    )


def test_many_names_given_twice_are_summed_up() -> None:
    body = "{" + ",".join(f'"k{i}":1,"k{i}":2' for i in range(50)) + "}"
    content = read_content("application/json", body.encode())
    assert len(notes_of(content).splitlines()) == 6
    assert notes_of(content).endswith("and 45 more names are given twice")


def test_duplicates_are_not_looked_for_in_big_bodies() -> None:
    body = b'{"a":1,"a":2,"pad":"' + b"x" * 1_000_001 + b'"}'
    assert notes_of(read_content("application/json", body)) == ""


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("text/HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        ('a/b; x="1;2\\"3"; x=4', "a/b", {"x": '1;2"3'}),
        ("multipart/form-data; boundary=abc", "multipart/form-data", {"boundary": "abc"}),
        ("nonsense", "", {}),
        ("", "", {}),
        ("a/b;;; =; c", "a/b", {}),
    ],
)
def test_a_content_type_is_taken_apart(text: str, name: str, parameters: dict[str, str]) -> None:
    media = read_media_type(text)
    assert (media.name, media.parameters) == (name, parameters)


def test_json_types_are_told_by_their_suffix_too() -> None:
    assert is_json_type("application/merge-patch+json; charset=utf-8")
    assert not is_json_type("application/x-ndjson")
    assert not is_json_type("application/jsonp")


NAMES = ["application/json", "text/html", "text/xml", "image/png", "application/octet-stream", ""]
CHARSETS = [
    "utf-8",
    "utf-16",
    "utf-32",
    "latin-1",
    "hex",
    "idna",
    "gbk",
    "hz",
    "iso-2022-jp",
    "cp037",
]
DECLARED = st.builds("{}; charset={}".format, st.sampled_from(NAMES), st.sampled_from(CHARSETS))
TYPES = st.none() | st.text(max_size=40) | DECLARED
BODIES = (
    st.binary()
    | st.builds(
        lambda mark, rest: mark + rest,
        st.sampled_from(
            [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"{", b"[", b"<?xml "]
        ),
        st.binary(),
    )
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda value: json.dumps(value).encode())
)


@given(TYPES, BODIES)
def test_no_bytes_make_the_reading_raise(content_type: str | None, body: bytes) -> None:
    content = read_content(content_type, body)
    assert isinstance(content, NoContent) == (not body)
    assert isinstance(value_of(content), str) == (
        isinstance(content, TextContent)
        or (isinstance(content, JsonContent) and isinstance(content.value, str))
    )


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10,
))  # fmt: skip
def test_what_is_sent_as_json_is_what_is_read(value: Json) -> None:
    assert read_content("application/json", json.dumps(value).encode()) == JsonContent(value)
