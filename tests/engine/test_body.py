"""A payload becomes the bytes its content type promises, or it is not sent."""

from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.document.operation import Encoding, MediaType, Operation
from arazzo_tui.engine.body import (
    FilePart,
    choose_media_type,
    encode,
)
from arazzo_tui.engine.serialize import CannotSend
from arazzo_tui.language.jsontext import Float, read_json
from arazzo_tui.language.values import Json

JSON, FORM, MULTIPART = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)


def offering(*names: str) -> Operation:
    return Operation("shop", "it", "POST", "/", body=tuple(MediaType(name) for name in names))


# ------------------------------------------------------------------------------- which type


@pytest.mark.parametrize(
    ("offered", "payload", "given", "chosen"),
    [
        ((JSON, FORM), {}, "text/csv", "text/csv"),
        ((FORM,), {}, "", FORM),
        (("application/xml", JSON), {"a": 1}, "", JSON),
        (("application/xml", "application/vnd.x+json"), [1], "", "application/vnd.x+json"),
        (("application/xml", JSON), "<a/>", "", "application/xml"),
        ((FORM, MULTIPART), {"a": 1}, "", FORM),
        ((), {"a": 1}, "", JSON),
        ((), '{"a": 1}', "", JSON),
        ((), "hello", "", "text/plain"),
        ((), 5, "", JSON),
        (("*/*",), {"a": 1}, "", JSON),
        (("*/*",), "hello", "", "text/plain"),
        (("text/*",), "hello", "", "text/plain"),
        (("image/*",), "bytes", "", "application/octet-stream"),
    ],
)
def test_the_content_type_is_the_steps_else_the_operations(
    offered: tuple[str, ...], payload: Json, given: str, chosen: str
) -> None:
    assert choose_media_type(offering(*offered), payload, given)[0] == chosen


@pytest.mark.parametrize(
    ("operation", "payload", "given", "why"),
    [
        (offering(JSON), {}, "text/csv", "the step says so"),
        (offering(FORM), {}, "", "the only one of the operation"),
        (
            offering(FORM, JSON),
            {},
            "",
            f"JSON, because the payload is an object; offered are {FORM}, {JSON}",
        ),
        (
            offering(FORM, JSON),
            "a=1",
            "",
            f"the first of the operation's; offered are {FORM}, {JSON}",
        ),
        (None, {}, "", "no description names one"),
    ],
)
def test_the_choice_says_why(
    operation: Operation | None, payload: Json, given: str, why: str
) -> None:
    """A-23"""
    assert choose_media_type(operation, payload, given)[1] == why


# ------------------------------------------------------------------------------- JSON and text


@pytest.mark.parametrize(
    ("payload", "content_type", "data"),
    [
        ({"a": [1, None, "ü"]}, JSON, '{"a":[1,null,"ü"]}'.encode()),
        ([Float("1.10")], "application/problem+json", b"[1.10]"),
        (None, JSON, b"null"),
        (False, JSON, b"false"),
        ('{"query": "{ a }",\n "x": 1}', JSON, b'{"query": "{ a }",\n "x": 1}'),
        ('"quoted"', JSON, b'"quoted"'),
        ({"half": "\ud83d"}, JSON, b'{"half":"\\ud83d"}'),
        ("<a>ü</a>", "application/xml", "<a>ü</a>".encode()),
        ("<a>ü</a>", "text/xml; charset=iso-8859-1", "<a>ü</a>".encode("latin-1")),
        ("a,b\n1,2", "text/csv", b"a,b\n1,2"),
        (5, "text/plain", b"5"),
        (True, "text/plain", b"true"),
        ("raw ü", "application/octet-stream", "raw ü".encode()),
        ("a=1&b=%20", FORM, b"a=1&b=%20"),
        ({"a": 1}, "application/vnd.company", b'{"a":1}'),
        ([1], "application/yaml", b"[1]"),
        ({"a": "b"}, "application/graphql", b'{"a":"b"}'),
    ],
)
def test_a_payload_is_written_as_its_type_says(
    payload: Json, content_type: str, data: bytes
) -> None:
    body = encode(payload, content_type)
    assert (body.data, body.content_type) == (data, content_type)


@pytest.mark.parametrize(
    ("payload", "content_type", "said"),
    [
        ('{"a": 1,\n "b": oops}', JSON, "line 2, column 7"),
        ('{"a": 1,\n "b": oops}', JSON, 'that line is ` "b": oops}`'),
        ("hello", JSON, "a JSON string is written in quotes"),
        ("", JSON, "is no JSON"),
        (
            {"a": 1},
            "text/plain",
            "the payload is an object, which cannot be written as `text/plain`",
        ),
        ([1], "application/xml", "the payload is an array"),
        ({}, "application/octet-stream", "a string can"),
        (None, "text/plain", "the payload is null"),
        ("☃", "text/plain; charset=latin-1", "holds `☃`, which ISO8859-1 cannot write"),
        ("x", "text/plain; charset=hex", "is unknown"),
        ("x", "text/plain\r\nX-Evil: 1", "holds a line break"),
    ],
)
def test_a_payload_that_its_type_cannot_hold_is_not_sent(
    payload: Json, content_type: str, said: str
) -> None:
    with pytest.raises(CannotSend) as caught:
        encode(payload, content_type)
    assert said in str(caught.value)


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_as_json_reads_as_the_payload(payload: Json) -> None:
    if not isinstance(payload, str):
        assert read_json(encode(payload, JSON).data) == payload


# ------------------------------------------------------------------------------- forms


def form(encoding: dict[str, Encoding]) -> MediaType:
    return MediaType(FORM, encoding=encoding)


@pytest.mark.parametrize(
    ("payload", "encoding", "data"),
    [
        ({"a": "x y", "b": 1, "c": True, "d": None}, {}, "a=x+y&b=1&c=true"),
        ({"ü&": "=+ü"}, {}, "%C3%BC%26=%3D%2B%C3%BC"),
        ({"a": [1, 2]}, {}, "a=1&a=2"),
        ({"a": {"b": 1}}, {}, "a=%7B%22b%22%3A1%7D"),
        ({"a": [1, 2]}, {"a": Encoding(explode=False)}, "a=1,2"),
        ({"a": [1, 2]}, {"a": Encoding(style="pipeDelimited")}, "a=1%7C2"),
        ({"a": ["x", "y"]}, {"a": Encoding(style="spaceDelimited")}, "a=x+y"),
        ({"a": {"b": 1}}, {"a": Encoding(style="deepObject", explode=True)}, "a%5Bb%5D=1"),
        ({"a": {"b": 1}}, {"a": Encoding(style="form")}, "b=1"),
        ({"a": "x/y"}, {"a": Encoding(allow_reserved=True)}, "a=x/y"),
        ({"a": {"b": 1}}, {"a": Encoding(content_type=JSON)}, "a=%7B%22b%22%3A1%7D"),
        ({}, {}, ""),
    ],
)
def test_a_form_is_written_by_the_encoding_of_its_properties(
    payload: Json, encoding: dict[str, Encoding], data: str
) -> None:
    assert encode(payload, FORM, form(encoding)).data == data.encode()


@pytest.mark.parametrize("payload", [[1], 5, None, True])
def test_a_form_is_an_object(payload: Json) -> None:
    with pytest.raises(CannotSend, match="a form is an object or a string"):
        encode(payload, FORM)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXT, TEXT))
def test_a_form_reads_back_as_its_properties(payload: dict[str, str]) -> None:
    data = encode(payload, FORM).data.decode()
    assert parse_qsl(data, keep_blank_values=True) == list(payload.items())


# ------------------------------------------------------------------------------- multipart


def parts(content_type: str, data: bytes) -> list[Message]:
    """The parts as the standard library's reader of multipart sees them."""
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + data)
    assert message.defects == []
    inner = message.get_payload()
    assert isinstance(inner, list)
    return [each for each in inner if isinstance(each, Message)]


def shown(part: Message) -> tuple[object, object, object, bytes]:
    def parameter(name: str) -> object:
        return part.get_param(name, header="content-disposition")

    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return parameter("name"), parameter("filename"), part.get("content-type"), payload


def test_an_object_becomes_a_part_for_each_property() -> None:
    body = encode({"a": "x", "b": 2, "c": {"d": 1}, "e": [True, "y"], "f": None}, MULTIPART)
    assert [shown(each) for each in parts(body.content_type, body.data)] == [
        ("a", None, None, b"x"),
        ("b", None, None, b"2"),
        ("c", None, "application/json", b'{"d":1}'),
        ("e", None, None, b"true"),
        ("e", None, None, b"y"),
    ]


def test_a_file_takes_the_place_of_the_property_it_is_named_after() -> None:
    photo = FilePart("photo", "cat.png", "image/png", b"\x89PNG\r\n--\x00")
    extra = FilePart("more", "b.txt", "text/plain", b"b")
    body = encode({"a": "1", "photo": "file:cat.png", "z": "2"}, MULTIPART, None, (photo, extra))
    assert [shown(each) for each in parts(body.content_type, body.data)] == [
        ("a", None, None, b"1"),
        ("photo", "cat.png", "image/png", b"\x89PNG\r\n--\x00"),
        ("z", None, None, b"2"),
        ("more", "b.txt", "text/plain", b"b"),
    ]


def test_the_encoding_gives_a_part_its_type_and_headers() -> None:
    encoding = {
        "a": Encoding("text/csv, text/plain", headers={"X-Kind": "k"}),
        "b": Encoding("image/*"),
    }
    body = encode({"a": "1,2", "b": "x"}, MULTIPART, MediaType(MULTIPART, encoding=encoding))
    first, second = parts(body.content_type, body.data)
    assert (first["content-type"], first["x-kind"], second["content-type"]) == (
        "text/csv",
        "k",
        None,
    )


@pytest.mark.parametrize(
    ("described", "is_file"),
    [
        ({"type": "string", "format": "binary"}, True),
        ({"type": "array", "items": {"type": "string", "format": "binary"}}, True),
        ({"contentMediaType": "image/png"}, True),
        ({"contentMediaType": "image/png", "contentEncoding": "base64"}, False),
        ({"type": "string"}, False),
    ],
)
def test_text_for_a_binary_property_is_sent_as_a_file_of_its_name(
    described: Json, is_file: bool
) -> None:
    media = MediaType(MULTIPART, {"type": "object", "properties": {"doc": described}})
    body = encode({"doc": "content"}, MULTIPART, media)
    (part,) = parts(body.content_type, body.data)
    expected = ("doc", "application/octet-stream") if is_file else (None, None)
    assert shown(part)[1:3] == expected


def test_equal_payloads_give_equal_bytes_and_others_do_not() -> None:
    assert encode({"a": "x"}, MULTIPART) == encode({"a": "x"}, MULTIPART)
    assert encode({"a": "x"}, MULTIPART).content_type != encode({"a": "y"}, MULTIPART).content_type


def test_a_part_may_hold_what_would_have_been_the_boundary() -> None:
    boundary = encode({"a": "x"}, MULTIPART).content_type.partition("=")[2]
    body = encode({"a": "x", "b": f"\r\n--{boundary}--\r\n"}, MULTIPART)
    assert [shown(each)[3] for each in parts(body.content_type, body.data)] == [
        b"x", f"\r\n--{boundary}--\r\n".encode(),
    ]  # fmt: skip


@given(st.dictionaries(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1), TEXT,
                       min_size=1))  # fmt: skip
def test_no_name_or_value_breaks_out_of_its_part(payload: dict[str, str]) -> None:
    body = encode(payload, MULTIPART)
    boundary = body.content_type.partition("=")[2].encode()
    pieces = body.data.split(b"--" + boundary)
    assert (pieces[0], pieces[-1], len(pieces)) == (b"", b"--\r\n", len(payload) + 2)
    for piece, value in zip(pieces[1:-1], payload.values(), strict=True):
        head, _, rest = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        assert head.count(b"\r\n") == 0
        assert rest == value.encode() + b"\r\n"


@pytest.mark.parametrize("name", ["a\r\nX: y", "a\nb", "a\x00"])
def test_a_name_that_would_end_its_line_is_refused(name: str) -> None:
    with pytest.raises(CannotSend, match="has a control character in its name"):
        encode({name: "x"}, MULTIPART)
    with pytest.raises(CannotSend, match="has a control character in its name"):
        encode({}, MULTIPART, None, (FilePart("f", name, "text/plain", b""),))


def test_the_type_of_a_file_cannot_carry_headers() -> None:
    with pytest.raises(CannotSend, match="holds a line break"):
        encode({}, MULTIPART, None, (FilePart("f", "a", "text/plain\r\nX-Evil: 1", b""),))


@pytest.mark.parametrize(
    ("content_type", "payload", "sent"),
    [
        (
            "multipart/form-data; boundary=xyz",
            "--xyz\r\n\r\na\r\n--xyz--",
            'multipart/form-data; boundary="xyz"',
        ),
        ("multipart/form-data", "--abc\r\n\r\na\r\n--abc--", 'multipart/form-data; boundary="abc"'),
    ],
)
def test_a_multipart_text_is_sent_as_it_is(content_type: str, payload: str, sent: str) -> None:
    body = encode(payload, content_type)
    assert (body.data, body.content_type) == (payload.encode(), sent)


@pytest.mark.parametrize(
    ("payload", "said"), [("no boundary", "whose first line is `--`"), ([1], "this is an array")]
)
def test_a_multipart_payload_is_an_object_or_a_text_with_a_boundary(
    payload: Json, said: str
) -> None:
    with pytest.raises(CannotSend) as caught:
        encode(payload, MULTIPART)
    assert said in str(caught.value)


def test_one_file_can_be_the_whole_body_and_two_cannot() -> None:
    cat = FilePart("", "cat.png", "image/png", b"\x89PNG")
    assert encode(None, "image/png", None, (cat,)).data == b"\x89PNG"
    with pytest.raises(CannotSend, match="is one file, not 2"):
        encode(None, "image/png", None, (cat, cat))
