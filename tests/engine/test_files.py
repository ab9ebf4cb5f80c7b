"""A file is the text of its name to everything but the body it is sent in (BOD-5)."""

import pytest

from arazzo_tui.document.operation import MediaType, Operation
from arazzo_tui.engine.body import FilePart, encode
from arazzo_tui.engine.files import File, parts_of
from arazzo_tui.engine.serialize import CannotSend
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.values import Json, brief, kind

PHOTO = File.of("cat.png", b"\x89PNG\r\n\x00\xff", "image/png")
NOTE = File.of("note.txt", b"hello", "text/plain")


def test_a_file_is_its_name_to_all_else() -> None:
    assert (PHOTO, kind(PHOTO), write_json(PHOTO)) == ("cat.png", "string", '"cat.png"')
    assert "cat.png" in brief(PHOTO)
    assert f"{PHOTO}" == "cat.png"


def part(name: str, file: File) -> FilePart:
    return FilePart(name, str(file), file.content_type, file.data)


@pytest.mark.parametrize(
    ("payload", "content_type", "parts"),
    [
        (PHOTO, "image/png", (part("", PHOTO),)),
        (PHOTO, "multipart/form-data", (part("", PHOTO),)),
        ({"photo": PHOTO, "text": "cat.png"}, "multipart/form-data", (part("photo", PHOTO),)),
        ({"all": [PHOTO, "x", NOTE]}, "Multipart/Form-Data; boundary=x",
         (part("all", PHOTO), part("all", NOTE))),
        ({"photo": PHOTO}, "application/json", ()),
        ({"deep": {"photo": PHOTO}}, "multipart/form-data", ()),
        ("cat.png", "image/png", ()),
        ([PHOTO], "multipart/form-data", ()),
        (None, "multipart/form-data", ()),
    ],
)  # fmt: skip
def test_files_are_the_whole_body_or_parts_of_a_form(
    payload: Json, content_type: str, parts: tuple[FilePart, ...]
) -> None:
    assert parts_of(payload, content_type) == parts


def test_the_bytes_of_a_file_arrive_as_they_are() -> None:
    whole = encode(PHOTO, "image/png", MediaType("image/png"), parts_of(PHOTO, "image/png"))
    assert whole.data == PHOTO.data
    payload: Json = {"photo": PHOTO, "title": "a cat"}
    form = encode(payload, "multipart/form-data", None, parts_of(payload, "multipart/form-data"))
    assert PHOTO.data in form.data
    assert b'name="photo"; filename="cat.png"\r\nContent-Type: image/png\r\n' in form.data
    assert b'name="title"' in form.data


def test_an_operation_without_a_body_has_no_media_type_for_one() -> None:
    assert Operation("api", "op", "PUT", "/x").media_type("image/png") is None


def test_a_file_cannot_put_a_header_into_a_form() -> None:
    evil = File.of('a"\r\nX-Evil: 1\r\n.png', b"data", "image/png")
    payload: Json = {"photo": evil}
    with pytest.raises(CannotSend, match="control character"):
        encode(payload, "multipart/form-data", None, parts_of(payload, "multipart/form-data"))
