"""Files as values: the name of a file with its bytes, on the way from an input into a body.

To everything else a `File` is the text of its name, so expressions, records and reports need not know it.
The engine reads no files; whoever begins a run has read them.
"""

from collections.abc import Iterator, Mapping, Sequence

from arazzo_tui.engine.body import MULTIPART, FilePart
from arazzo_tui.engine.content import read_media_type
from arazzo_tui.language.values import Json


class File(str):
    """The name of a file that a user gave, with its bytes and its media type."""

    __slots__ = ("content_type", "data")
    data: bytes
    content_type: str

    @classmethod
    def of(cls, name: str, data: bytes, content_type: str) -> "File":
        """A file of that name."""
        file = cls(name)
        file.data = data
        file.content_type = content_type
        return file


def parts_of(payload: Json, content_type: str) -> tuple[FilePart, ...]:
    """The files in a payload: the whole of it, or members of an object where the type has parts."""
    if isinstance(payload, File):
        return (_part("", payload),)
    multipart = read_media_type(content_type).name == MULTIPART
    return tuple(_members(payload)) if multipart else ()


def _members(payload: Json) -> Iterator[FilePart]:
    match payload:
        case Mapping():
            for name, member in payload.items():
                items = (
                    member
                    if isinstance(member, Sequence) and not isinstance(member, str)
                    else [member]
                )
                for item in items:
                    if isinstance(item, File):
                        yield _part(name, item)
        case _:
            return


def _part(name: str, file: File) -> FilePart:
    return FilePart(name, str(file), file.content_type, file.data)
