r"""What an error of the YAML parser means to the person who wrote the line, and the cure for it.

The parser (libyaml, or PyYAML's own) says what it expected; here the common slips behind that are
recognised by looking at the line. Nothing here decides whether a text is YAML.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

import yaml
from msgspec import Struct

from arazzo_tui.document.budget import Findings, Refused
from arazzo_tui.document.source import Source
from arazzo_tui.language.printable import one_line, quoted_name


class _Spot(Struct, frozen=True):
    """Where the parser stopped: the line, what stands before and at the column, what it was doing."""

    source: Source
    line: int
    column: int
    doing: str
    since: int

    @property
    def before(self) -> str:
        return self.source.line(self.line)[: self.column - 1]

    @property
    def rest(self) -> str:
        return self.source.line(self.line)[self.column - 1 :]

    @property
    def ended(self) -> bool:
        """Whether nothing more follows in the whole text."""
        last = self.source.text.rstrip().count("\n") + 1
        return self.line > last or (self.line == last and not self.rest.strip())


_Diagnosis: TypeAlias = tuple[str, str]  # what is wrong, and the cure


def refused_by_parser(error: Exception, findings: Findings) -> Refused:
    """The exception that ends the reading, with the problem listed in `findings`."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return _refused_character(error, findings)
    problem = error.problem or error.context or "this is not YAML"
    begin = error.context_mark or error.problem_mark
    mark = error.problem_mark or begin
    if mark is None or begin is None:
        return findings.refuse("yaml-syntax", one_line(problem), 1, 1)
    doing = (error.context or "").removeprefix("while ")
    spot = _Spot(findings.source, mark.line + 1, mark.column + 1, doing, begin.line + 1)
    if _BLAMES_ITS_BEGIN.search(problem) or spot.ended:
        spot = _Spot(findings.source, begin.line + 1, begin.column + 1, doing, begin.line + 1)
    message, cure = next(
        (diagnose(spot) for words, diagnose in _DIAGNOSES if words.search(problem)),
        (one_line(problem), ""),
    )
    if spot.doing and spot.since != spot.line:
        begun = next((thing for word, thing in _THINGS if word in spot.doing), "what is read here")
        cure = f"{cure}; " * bool(cure) + f"{begun} begins on line {spot.since}"
    return findings.refuse("yaml-syntax", message, spot.line, spot.column, cure)


_THINGS = (
    ("mapping", "the object"),
    ("collection", "the list"),
    ("sequence", "the list"),
    ("scalar", "the text"),
)
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _refused_character(error: Exception, findings: Findings) -> Refused:
    """The parser read the text no further than to a character that YAML does not allow."""
    text = findings.source.text
    found = _NOT_YAML.search(text)
    if found is None:
        return findings.refuse("yaml-syntax", one_line(f"this is not YAML: {error}"), 1, 1)
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    code = ord(found.group())
    message = f"YAML does not allow the character U+{code:04X} in a text"
    escape = f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}"
    hint = f'take it out; in double quotes it can be written "{escape}"'
    hint = "take it out" if 0xD800 <= code < 0xE000 else hint
    return findings.refuse("yaml-syntax", message, line, column, hint)


def _bad_start(spot: _Spot) -> _Diagnosis:
    if spot.rest.startswith("\t"):
        return _tab(spot)
    message = f"a value cannot begin with {quoted_name(spot.rest[:1])} unless it is in quotes"
    return message, f"write {_in_quotes(spot.rest)}"


def _tab(_: _Spot) -> _Diagnosis:
    return "a tab stands where YAML indents with spaces", "replace the tab by spaces"


def _second_colon(spot: _Spot) -> _Diagnosis:
    name, colon, value = spot.before.partition(": ")
    if colon and value.strip():
        message = "a value without quotes cannot hold `: `"
        return message, f"write {name.strip()}: {_in_quotes(value + spot.rest)}"
    message = "this line continues the value of the line above, where no `: ` can stand"
    above = next(
        (text for n in range(spot.line - 1, 0, -1) if (text := spot.source.line(n)).strip()), ""
    )
    if re.match(r"\s*(?:- +)?[\w$.-]+:[^\s]", above):
        return message, "put a space behind the `:` of the line above"
    return message, "indent it like its neighbours, or end the line above with `:`"


def _open_quote(_: _Spot) -> _Diagnosis:
    return (
        "this quote is never closed",
        "close it; inside \"…\" a quote is \\\", inside '…' it is ''",
    )


def _unknown_escape(spot: _Spot) -> _Diagnosis:
    escape = re.match(r"\\?(.)", spot.rest)
    shown = "\\" + escape[1] if escape else "\\"
    message = f"{quoted_name(shown)} means nothing inside double quotes"
    return message, f"write it as `\\{shown}`, or put the value in single quotes"


def _bad_code_point(spot: _Spot) -> _Diagnosis:
    message = "YAML knows no escape in two halves (`\\ud83d\\ude00`), only whole characters"
    start = spot.before.rfind("\\u") if not spot.rest.startswith("\\u") else spot.column - 1
    pair = re.match(
        r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})",
        (spot.before + spot.rest)[max(start, 0) :],
    )
    if pair is None:
        return "this escape is no character", "write the character itself"
    high, low = (int(half, 16) for half in pair.groups())
    whole = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    return message, f'write "\\U{whole:08X}", or the character itself'


def _misfit(spot: _Spot) -> _Diagnosis:
    before = spot.before.rstrip()
    if not before.strip("- "):
        message = "the indentation of this line fits nothing above it"
        if spot.rest.startswith(":"):
            return "there is no name before this `:`", "write one, or put the text in quotes"
        if spot.rest.startswith("-"):
            message = "a list item (`-`) stands where a name is expected"
        return message, "indent it like its neighbours"
    ending = before[-1]
    value = (spot.before + spot.rest).partition(": ")[2] or spot.before + spot.rest
    if ending in "\"'" and before.count(ending) % 2:
        message = f"a string that began on an earlier line ends here, with {quoted_name(ending)}"
        return message, "close the quotes of the lines above"
    if ending in "\"'":
        message = f"text follows the quote {quoted_name(ending)} that ends the value"
        return message, "put the whole value in one pair of quotes"
    if ending in "}]":
        message = f"text follows the {quoted_name(ending)} that ends the value"
        return message, f"a text that begins so needs quotes: {_in_quotes(value)}"
    return "this does not belong to the line it stands on", "put the value in quotes"


def _open_bracket(spot: _Spot) -> _Diagnosis:
    if spot.rest[:1] in ("{", "[") and spot.line == spot.since:
        closing = "}" if spot.rest.startswith("{") else "]"
        hint = f"add `{closing}`, or put the value in quotes"
        return f"this {quoted_name(spot.rest[:1])} is never closed", hint
    closing = "}" if "mapping" in spot.doing else "]"
    return f"`,` or `{closing}` is expected here", "one of the two is missing before this place"


def _no_colon(_: _Spot) -> _Diagnosis:
    return "this line has no `:`, although a name is expected here", "add `: ` and a value"


def _star(spot: _Spot) -> _Diagnosis:
    sign = "*" if "alias" in spot.doing else "&"
    value = spot.before[spot.before.rfind(sign) :] + spot.rest
    return f"a text that begins with `{sign}` needs quotes", f"write {_in_quotes(value)}"


def _block_sign(spot: _Spot) -> _Diagnosis:
    message = "behind `|` or `>` the line ends, and the text stands on the lines below"
    start = max(spot.before.rfind("|"), spot.before.rfind(">"))
    return (
        message,
        f"a text that begins so needs quotes: {_in_quotes(spot.before[start:] + spot.rest)}",
    )


def _no_value(spot: _Spot) -> _Diagnosis:
    return f"a value is expected before {quoted_name(spot.rest[:1])}", "put text in quotes"


def _more_text(_: _Spot) -> _Diagnosis:
    message = "the document has ended, but more text follows"
    return message, "a document is one value; `---` begins another"


def _version(_: _Spot) -> _Diagnosis:
    return "this version of YAML is not known", "take the line out, or write `%YAML 1.2`"


def _tag_handle(spot: _Spot) -> _Diagnosis:
    return "a text that begins with `!` needs quotes", f"write {_in_quotes(spot.rest)}"


def _list_on_the_line(_: _Spot) -> _Diagnosis:
    message = "a list cannot begin behind `name:` on the same line"
    return message, "put each `- ` on a line of its own, or the text in quotes"


def _directive(_: _Spot) -> _Diagnosis:
    return "a line that begins with `%` is an instruction to the reader", "put the text in quotes"


_DIAGNOSES: tuple[tuple[re.Pattern[str], Callable[[_Spot], _Diagnosis]], ...] = tuple(
    (re.compile(words), diagnose)
    for words, diagnose in (
        ("cannot start any token", _bad_start),
        ("tab character", _tab),
        ("mapping values are not allowed", _second_colon),
        ("unexpected end of stream|document separator|document indicator", _open_quote),
        ("unknown escape", _unknown_escape),
        ("escape code", _bad_code_point),
        ("expected ',' or", _open_bracket),
        ("expected key|<block end>|'-' indicator", _misfit),
        ("find expected ':'", _no_colon),
        ("alphabetic or numeric", _star),
        ("comment or line break|chomping or indentation|comment or a line break", _block_sign),
        ("node content", _no_value),
        ("document start>", _more_text),
        ("incompatible YAML|version", _version),
        ("undefined tag handle", _tag_handle),
        ("sequence entries are not allowed", _list_on_the_line),
        ("directive", _directive),
    )
)
_BLAMES_ITS_BEGIN = re.compile(
    "unexpected end of stream|document separator|document indicator|find expected ':'"
)


def _in_quotes(text: str) -> str:
    """A value as it would be written in quotes."""
    shown = one_line(text.strip(), 60)
    if '"' in shown or "\\" in shown:
        return "'" + shown.replace("'", "''") + "'"
    return f'"{shown}"'
