"""Many sets of inputs in one file: a list in JSON or YAML, JSON Lines, or CSV with a header row.

Each record becomes the inputs of a run; what is given for all runs stands behind it. Nothing here runs.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import PurePath
from typing import TypeVar

from msgspec import Struct

from arazzo_tui.document.marked import plain
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.values import Json
from arazzo_tui.world.given import BadUsage, GivenInputs, read_node
from arazzo_tui.world.reading import CannotRead, expanded, read_file

_MOST_BYTES = 256 * 1024 * 1024
_MOST_TOLD = 5


class Record(Struct, frozen=True):
    """One set of inputs; `where` names its file and its number, from 1."""

    where: str
    inputs: GivenInputs


_Result = TypeVar("_Result")


def each_fit(records: Sequence[Record], use: Callable[[GivenInputs], _Result]) -> list[_Result]:
    """What `use` makes of each record; raises `BadUsage` with the first few that it refuses."""
    made: list[_Result] = []
    wrong: list[str] = []
    for record in records:
        try:
            made.append(use(record.inputs))
        except BadUsage as why:
            wrong += [f"{record.where}: {line.strip()}" for line in str(why).splitlines()]
            if len(wrong) >= _MOST_TOLD:
                break
    if wrong:
        raise BadUsage("\n".join((*wrong, "nothing was sent")))
    return made


def read_records(name: str, common: GivenInputs) -> list[Record]:
    """The sets of inputs in a file, each before what is given for all; raises `BadUsage`."""
    try:
        data = read_file(expanded(name), _MOST_BYTES)
    except CannotRead as wrong:
        raise BadUsage(str(wrong)) from None
    shown = one_line(name)
    match PurePath(name).suffix.lower():
        case ".csv":
            found = [_with_texts(common, row) for row in _rows(shown, _text(shown, data))]
        case ".jsonl" | ".ndjson":
            found = [_with_values(common, each) for each in _lines(shown, _text(shown, data))]
        case _:
            found = [_with_values(common, each) for each in _listed(name, data)]
    if not found:
        raise BadUsage(f"{shown} has no record; nothing was sent")
    return [Record(f"{shown}: record {at}", each) for at, each in enumerate(found, 1)]


def _with_values(common: GivenInputs, values: dict[str, Json]) -> GivenInputs:
    texts = tuple(each for each in common.texts if each[0] not in values)
    return GivenInputs({**common.values, **values}, texts)


def _with_texts(common: GivenInputs, texts: dict[str, str]) -> GivenInputs:
    kept = tuple(each for each in common.texts if each[0] not in texts)
    return GivenInputs(common.values, (*kept, *texts.items()))


def _text(shown: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise BadUsage(f"{shown}: line {line} is not UTF-8; nothing was sent") from None


def _listed(name: str, data: bytes) -> Iterator[dict[str, Json]]:
    """The objects of a list, by the reader of all documents."""
    value = plain(read_node(name, data).value)
    if not isinstance(value, list):
        raise BadUsage(
            f"{one_line(name)}: --each takes a list of objects, one for each run; JSON Lines end in "
            ".jsonl, CSV in .csv; nothing was sent"
        )
    for number, each in enumerate(value, 1):
        yield _object(f"{one_line(name)}: record {number}", each)


def _lines(shown: str, text: str) -> Iterator[dict[str, Json]]:
    number = 0
    for at, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        number += 1
        where = f"{shown}: record {number} (line {at})"
        try:
            value = read_json(line)
        except BadJson as wrong:
            raise BadUsage(f"{where} is no JSON: {wrong}; nothing was sent") from None
        yield _object(where, value)


def _object(where: str, value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise BadUsage(f"{where} is no object of names and values; nothing was sent")
    return value


def _rows(shown: str, text: str) -> Iterator[dict[str, str]]:
    """The rows after the first, by the names in it (RFC 4180); an empty cell gives no input."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    names: list[str] | None = None
    number = 0
    try:
        for row in reader:
            if not row:
                continue
            if names is None:
                names = _header(shown, row)
                continue
            number += 1
            if len(row) != len(names):
                raise BadUsage(
                    f"{shown}: record {number} (line {reader.line_num}) has {len(row)} cells, the "
                    f"header names {len(names)}; nothing was sent"
                )
            yield {name: cell for name, cell in zip(names, row, strict=True) if cell}
    except csv.Error as wrong:
        where = f"{shown}: record {number + 1} (line {reader.line_num})"
        raise BadUsage(f"{where} is no CSV: {one_line(str(wrong))}; nothing was sent") from None


def _header(shown: str, row: list[str]) -> list[str]:
    names = [each.strip() for each in row]
    for at, name in enumerate(names):
        if not name or name in names[:at]:
            said = (
                f"names {quoted_name(name)} twice" if name else f"has no name for column {at + 1}"
            )
            raise BadUsage(f"{shown}: the header {said}; nothing was sent")
    return names
