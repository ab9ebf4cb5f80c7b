"""A JSON text as data with places (RFC 8259).

It scans what `language.jsontext` reads, and leaves it to that to say what is wrong with a text that is
no JSON. YAML that looks like JSON is not known here.
"""

import re
from json import JSONDecoder

from arazzo_tui.document.budget import Findings, Limits
from arazzo_tui.document.marked import Array, Node, Object, Place
from arazzo_tui.language.jsontext import exact_float, exact_integer
from arazzo_tui.language.values import Json


class NotJson(ValueError):
    """The text is no JSON; `language.jsontext.read_json` says why."""


def scan_json(findings: Findings, limits: Limits) -> Node:
    """The value of a JSON text; problems go to `findings`.

    Raises `NotJson` for text that is none, `Refused` beyond the limits, whichever comes first.
    """
    return _Scanner(findings, limits).document()


_SPACE = r"[ \t\n\r]*"
# Groups: 1 the name, 2 a string without escapes, 3 an integer, 4 another number, 5 a literal,
# 6 what begins a container or a string with escapes.
_NAME = rf'{_SPACE}"([^"\\\x00-\x1f]*)"{_SPACE}:'
_VALUE = (
    rf'{_SPACE}(?:"([^"\\\x00-\x1f]*)"|(-?(?:0|[1-9][0-9]*)(?![0-9.eE]))'
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)|(true|false|null)"
    rf'|(["{{\[])){_SPACE}'
)
_MEMBER = re.compile(_NAME + _VALUE)
_ITEM = re.compile("()" + _VALUE)
_BLANK = re.compile(_SPACE)
_STRING, _INTEGER, _NUMBER, _LITERAL, _OPENING = 2, 3, 4, 5, 6
_LITERALS = {"true": True, "false": False, "null": None}


class _Scanner:
    """One pass over a text. It calls itself once for each level, and levels are limited."""

    def __init__(self, findings: Findings, limits: Limits) -> None:
        self.findings = findings
        self.limits = limits
        self.text = findings.source.text + "\0"  # so that there is a character behind every token
        self.at = 0
        self.seen = 0  # lines are counted up to here
        self.line = 1
        self.line_break = -1  # the offset of the character before the line
        self.nodes = 0
        self.names: dict[str, str] = {}  # each name is kept once
        self.decode = JSONDecoder().raw_decode

    def document(self) -> Node:
        """The only value of the text."""
        found = _ITEM.match(self.text)
        if found is None:
            raise NotJson
        kind = found.lastindex or 0
        line, column = self._begin(found, kind)
        value = self._value(found, kind, 0)
        if self.at != len(self.text) - 1:
            raise NotJson
        return Node(self.findings.source, value, line, column)

    def _place(self, at: int) -> Place:
        """Line and column of an offset that is not before the last one asked for."""
        breaks = self.text.count("\n", self.seen, at)
        if breaks:
            self.line += breaks
            self.line_break = self.text.rfind("\n", self.seen, at)
        self.seen = at
        return self.line, at - self.line_break

    def _begin(self, found: re.Match[str], kind: int) -> Place:
        """Counts one value more and gives its place."""
        line, column = self._place(found.start(kind) - (kind == _STRING))
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise self.findings.too_many(self.limits.nodes, line, column)
        return line, column

    def _value(self, found: re.Match[str], kind: int, depth: int) -> Json:
        """The value that was matched; `at` stands behind it and the space that follows."""
        self.at = found.end()
        if kind == _STRING:
            return found[kind]
        if kind == _INTEGER:
            return exact_integer(found[kind])
        if kind == _NUMBER:
            return exact_float(found[kind])
        if kind == _LITERAL:
            return _LITERALS[found[kind]]
        start = found.start(kind)
        if found[kind] == '"':
            return self._string(start)
        line, column = self._place(start)
        if depth == self.limits.depth:
            raise self.findings.too_deep(self.limits, line, column)
        box = self._object(depth + 1) if found[kind] == "{" else self._array(depth + 1)
        box.line, box.column = line, column
        self._skip(self.at)
        return box

    def _skip(self, at: int) -> None:
        blank = _BLANK.match(self.text, at)
        self.at = blank.end() if blank else at

    def _string(self, start: int) -> str:
        """A string with escapes."""
        try:
            value, end = self.decode(self.text, start)
        except ValueError:
            raise NotJson from None
        self._skip(end)
        return str(value)

    def _object(self, depth: int) -> Object:
        found = Object()
        places = found.places = {}
        text, names = self.text, self.names
        if text[self.at] == "}":
            self.at += 1
            return found
        while True:
            member = _MEMBER.match(text, self.at)
            if member:
                name, name_at = member[1], member.start(1) - 1
            else:
                member, name, name_at = self._member_with_escapes()
            name_line, name_column = self._place(name_at)
            kind = member.lastindex or 0
            line, column = self._begin(member, kind)
            value = self._value(member, kind, depth)
            if name in found:
                self.findings.twice(name, places[name][0], name_line, name_column)
            else:
                name = names.setdefault(name, name)
                found[name] = value
                places[name] = (name_line, name_column, line, column)
            self.at += 1
            if text[self.at - 1] != ",":
                break
        if text[self.at - 1] != "}":
            raise NotJson
        return found

    def _array(self, depth: int) -> Array:
        found = Array()
        places = found.places = []
        text = self.text
        if text[self.at] == "]":
            self.at += 1
            return found
        while True:
            item = _ITEM.match(text, self.at)
            if item is None:
                raise NotJson
            kind = item.lastindex or 0
            places.append(self._begin(item, kind))
            found.append(self._value(item, kind, depth))
            self.at += 1
            if text[self.at - 1] != ",":
                break
        if text[self.at - 1] != "]":
            raise NotJson
        return found

    def _member_with_escapes(self) -> tuple[re.Match[str], str, int]:
        """The value, the name and the offset of the name, where that has escapes."""
        self._skip(self.at)
        start = self.at
        if self.text[start] != '"':
            raise NotJson
        name = self._string(start)
        value = _ITEM.match(self.text, self.at + 1)
        if self.text[self.at] != ":" or value is None:
            raise NotJson
        return value, name, start
