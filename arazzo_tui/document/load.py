"""The door to documents: bytes to text, text to data with places, and problems instead of exceptions.

What the data mean is not known here; whether it is an Arazzo document, an OpenAPI description or a
table of inputs is for the reader that asks.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from arazzo_tui.document.budget import Findings, Limits, Refused
from arazzo_tui.document.json_text import NotJson, scan_json
from arazzo_tui.document.marked import Node
from arazzo_tui.document.source import Mark, Problem, Severity, Source
from arazzo_tui.document.yaml_text import read_yaml
from arazzo_tui.language.jsontext import BadJson, collector_paused, read_json

Load: TypeAlias = Callable[[Source], tuple[Node | None, tuple[Problem, ...]]]
"""What reads a text: `load`, or what keeps what it gave."""

_LIMITS = Limits()
_MIB = 1024 * 1024
_LOOKED_AT = 8_000  # bytes that show whether a file is text


def read_text(
    name: str, data: bytes, limits: Limits = _LIMITS
) -> tuple[Source | None, tuple[Problem, ...]]:
    """A document's bytes as text: UTF-8, or UTF-16 with its byte order mark (YAML 1.2.2 §5.2).

    None, and the problem, for what is too large, binary, or neither of the two encodings.
    """
    if len(data) > limits.size:
        return None, (_too_large(name, f"{len(data):,} bytes", limits),)
    encoding = "utf-16" if data.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return None, (_undecodable(name, data, encoding, error.start),)
    if "\0" in text[:_LOOKED_AT]:
        return None, (_binary(name),)
    return _as_edited(Source(name, text)), ()


def load(source: Source, limits: Limits = _LIMITS) -> tuple[Node | None, tuple[Problem, ...]]:
    """The root value of a YAML or JSON document, and what is wrong with it; it raises nothing.

    JSON is tried first for what looks like it. None when the text could not be read to its end; data
    may come together with problems that are errors. Lines and columns are those of the node's own
    source, where a byte order mark is taken out and a lone CR is LF.
    """
    if len(source.text) > limits.size:
        return None, (_too_large(source.name, f"{len(source.text):,} characters", limits),)
    source = _as_edited(source)
    named_json = re.split(r"[?#]", source.name)[0].lower().endswith(".json")
    with collector_paused():
        if named_json or _LIKE_JSON.match(source.text):
            return _load_json(source, limits, named_json=named_json)
        return _load_yaml(source, limits)


_LIKE_JSON = re.compile(r"\s*[{\[]")


def _load_yaml(source: Source, limits: Limits) -> tuple[Node | None, tuple[Problem, ...]]:
    findings = Findings(source)
    try:
        return read_yaml(findings, limits), findings.listed()
    except Refused:
        return None, findings.listed()


def _load_json(
    source: Source, limits: Limits, *, named_json: bool
) -> tuple[Node | None, tuple[Problem, ...]]:
    """JSON, or else YAML in braces; a file whose name ends with .json is told what JSON misses."""
    findings = Findings(source)
    try:
        return scan_json(findings, limits), findings.listed()
    except Refused:
        return None, findings.listed()
    except NotJson:
        wrong = _why_not_json(source.text)
    mark = Mark(source, wrong.line, wrong.column)
    not_json = Problem("json-syntax", wrong.message, mark, wrong.cure)
    if source.text.startswith(("//", "/*"), wrong.offset):
        return None, (not_json,)  # for YAML it would be part of a name, which nobody means
    root, problems = _load_yaml(source, limits)
    if root is None:
        return None, (not_json,) if named_json else problems
    if named_json:
        message = f"this is no JSON, and read as YAML: {wrong.message}"
        as_yaml = replace(not_json, message=message, severity=Severity.WARNING, dialect=True)
        problems = (as_yaml, *problems)
    return root, problems


def _why_not_json(text: str) -> BadJson:
    try:
        read_json(text)
    except BadJson as wrong:
        return wrong
    return BadJson("this is no JSON", text, 0)


def _as_edited(source: Source) -> Source:
    """The text as an editor counts it: no byte order mark, and a lone CR is a line's end, too."""
    text = source.text.lstrip("\ufeff")
    if "\r" in text:
        text = _LONE_CR.sub("\n", text)
    return source if text == source.text else Source(source.name, text)


_LONE_CR = re.compile(r"\r(?!\n)")


def _too_large(name: str, size: str, limits: Limits) -> Problem:
    most = f"{limits.size // _MIB} MiB" if limits.size >= _MIB else f"{limits.size:,} bytes"
    message = f"the document is too large: it has {size}, and {most} is the limit"
    return Problem("document-too-large", message, _top(name))


def _undecodable(name: str, data: bytes, encoding: str, at: int) -> Problem:
    head = data[:_LOOKED_AT].decode(encoding, "replace")
    strange = sum(character == "\ufffd" or ord(character) < 9 for character in head)
    if "\0" in head or strange > len(head) / 10:
        return _binary(name)
    before = data[:at].decode(encoding)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    mark = Mark(Source(name, data.decode(encoding, "replace")), line, column)
    message = f"the byte 0x{data[at]:02X} at offset {at} is not {encoding.upper()}"
    meant = data[at : at + 1].decode("cp1252", "replace")
    hint = f"save the file as UTF-8; in Windows-1252 this byte is `{meant}`"
    return Problem("not-utf8", message, mark, hint if encoding == "utf-8" else "save it as UTF-8")


def _binary(name: str) -> Problem:
    return Problem("binary", "this is a binary file, and no YAML or JSON text", _top(name))


def _top(name: str) -> Mark:
    return Mark(Source(name, ""), 1, 1)
