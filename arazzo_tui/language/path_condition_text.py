"""The words of a path condition with their offsets: where a path ends, and what a literal is worth."""

import json
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.note import BadText
from arazzo_tui.language.query import JsonPath, parse_jsonpath
from arazzo_tui.language.values import Json

Kind = Literal[
    "path", "length", "expression", "template", "literal", "comparison", "operator", "end"
]


class Word(NamedTuple):
    """One word: its kind, text and offset, and what it was read as."""

    kind: Kind
    text: str
    at: int
    end: int
    value: Json = None
    path: JsonPath | None = None
    parts: tuple[str, ...] = ()

    def hint(self) -> str:
        """What would be right in the place of this word, when it is a known mistake."""
        if self.text == "=":
            return "equality is written `==`"
        return _MISTAKES.get(self.text, "")


_MISTAKES = {
    "and": "write `&&`",
    "or": "write `||`",
    "not": "write `!`",
    "&": "write `&&`",
    "|": "write `||`",
    "in": "compare with `==` and join with `||`",
    "length": "write `$.items.length`",
    "count": "write `$.items.length`",
    "contains": "use a filter: `$.items[?@ == 'x']`",
}
_SPACE = re.compile(r"\s*")
_COMPARISON = re.compile(r"===|!==|==|!=|<=|>=|<|>")
_OPERATOR = re.compile(r"&&|\|\||[!()=&|,]")
_TWINS = {"===": "==", "!==": "!="}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"""[^\s()!=<>&|'",]+""")
_CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}
_PATH_START = re.compile(r"\$(?=[.\[]|[\s()!=<>&|,]|$)")
_SEGMENT = re.compile(r"""\.{1,2}(?:\*|(?=\[)|[^\s()!=<>&|'",.\[\]*]+)""")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*\"""", re.DOTALL)
_EXPRESSION = re.compile(r"\{(\$[A-Za-z][^{}]*)\}")
_BARE_EXPRESSION = re.compile(r"""\$[A-Za-z](?:\[[^\]\s]*\]|[^\s()!=<>&|'",\[])*""")


def words(text: str) -> Iterator[Word]:
    """The words of a condition and an `end`; raises `BadText` for what starts no word."""
    at = 0
    while True:
        at = _end_of(_SPACE, text, at)
        if at == len(text):
            yield Word("end", "", at, at)
            return
        word = _word(text, at)
        yield word
        at = word.end


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _word(text: str, at: int) -> Word:
    if text[at] == "$":
        return _path(text, at) if _PATH_START.match(text, at) else _bare(text, at)
    if text[at] in "'\"":
        return _quoted(text, at)
    expression = _EXPRESSION.match(text, at)
    if expression:
        return _found("expression", expression, parts=("", expression[1], ""))
    if text[at] in "{[":
        return _container(text, at)
    comparison = _COMPARISON.match(text, at)
    if comparison:
        operator = _TWINS.get(comparison.group(), comparison.group())
        return Word("comparison", operator, at, comparison.end())
    found = _OPERATOR.match(text, at)
    if found:
        return _found("operator", found)
    plain = _WORD.match(text, at)
    assert plain is not None  # whatever starts no other word starts this one
    word = plain.group()
    if word.startswith("@"):
        raise BadText("`@` has a meaning only in a filter", at, f"write `${word[1:]}`")
    if _NUMBER.fullmatch(word):
        return _found("literal", plain, value=read_json(word))
    return _found("literal", plain, value=_CONSTANTS.get(word, word))


def _found(
    kind: Kind, match: re.Match[str], value: Json = None, parts: tuple[str, ...] = ()
) -> Word:
    return Word(kind, match.group(), match.start(), match.end(), value, None, parts)


def _bare(text: str, at: int) -> Word:
    found = _BARE_EXPRESSION.match(text, at)
    if found is None:
        raise BadText("neither a path nor a runtime expression", at, "a path starts with `$.`")
    return _found("expression", found, parts=("", found.group(), ""))


def _path(text: str, at: int) -> Word:
    """A path up to the white space or the operator after it; `.length` at its end is its own."""
    end = at + 1
    while end < len(text):
        segment = _SEGMENT.match(text, end)
        if segment is None and text[end] != "[":
            break
        end = segment.end() if segment else _bracket_end(text, end)
    whole = text[at:end]
    length = whole.endswith(".length") and not whole.endswith("..length")
    if length:
        whole = whole.removesuffix(".length")
        end += 2 if text.startswith("()", end) else 0
    try:
        path = parse_jsonpath(whole)
    except BadText as wrong:
        raise BadText(wrong.message, at + wrong.offset, wrong.hint) from None
    return Word("length" if length else "path", text[at:end], at, end, path=path)


def _bracket_end(text: str, at: int) -> int:
    """The end of a bracket, whatever it holds: names in quotes, filters, brackets."""
    depth = 0
    here = at
    while here < len(text):
        character = text[here]
        if character in "'\"":
            quoted = _QUOTED.match(text, here)
            if quoted is None:
                raise BadText("this quote is never closed", here, f"close it with {character}")
            here = quoted.end()
            continue
        depth += (character == "[") - (character == "]")
        here += 1
        if not depth:
            return here
    raise BadText("this `[` is never closed", at, "close it with `]`")


def _quoted(text: str, at: int) -> Word:
    """A quoted text: JSON's escapes in it, the quote itself escaped or doubled (SIM-4)."""
    found = _QUOTED.match(text, at)
    quote = text[at]
    if found is None:
        raise BadText("this quote is never closed", at, f"close it with {quote}")
    pieces = _EXPRESSION.split(found.group()[1:-1])
    pieces[::2] = [_unescaped(piece, quote) for piece in pieces[::2]]
    if len(pieces) > 1:
        return _found("template", found, parts=tuple(pieces))
    return _found("literal", found, value=pieces[0])


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))|(''|\"\")", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _unescaped(text: str, quote: str) -> str:
    def plain(escape: re.Match[str]) -> str:
        code, character, doubled = escape.groups()
        if code:
            return chr(int(code, 16))
        if doubled:
            return quote if doubled[0] == quote else str(doubled)
        return _ESCAPED.get(character, character)

    joined = _ESCAPE.sub(plain, text)  # two escaped halves are one character
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _container(text: str, at: int) -> Word:
    """An object or an array written as JSON, as a substituted value may be."""
    try:
        _, end = json.JSONDecoder().raw_decode(text, at)
        value = read_json(text[at:end])
    except (ValueError, RecursionError, BadJson):
        raise BadText("neither a JSON value nor an expression in braces", at) from None
    return Word("literal", text[at:end], at, end, value)
