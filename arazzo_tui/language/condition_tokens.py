"""The words of a simple condition, with their offsets."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from arazzo_tui.language.note import BadText
from arazzo_tui.language.values import Json

Kind = Literal["operator", "text", "number", "word", "expression", "end"]


class Token(NamedTuple):
    """One word: its kind, text and offset, and the value of a literal."""

    kind: Kind
    text: str
    at: int
    value: Json = None


_OPERATOR = re.compile(r"===|!==|==|!=|<=|>=|&&|\|\||[<>!()=&|]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.:/@-])")
_WORD = re.compile(r"""[^\s()!=<>&|'"]+""")
_ENDS = re.compile(r"""[\s()=<>&|,'"]|!=""")
_STRICT_TWINS = {"===": "==", "!==": "!="}
_CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}


def tokens(text: str) -> Iterator[Token]:
    """The words of a condition and an `end`; raises `BadText` for a quote that is never closed."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at)
        yield token
        at += _length(token, text)
    yield Token("end", "", len(text))


def _length(token: Token, text: str) -> int:
    """How much of the text a token covers: `===` is read as `==`, and is longer."""
    longer = token.kind == "operator" and text.startswith((*_STRICT_TWINS,), token.at)
    return 3 if longer else len(token.text)


def _token(text: str, at: int) -> Token:
    character = text[at]
    if character in "'\"":
        return _quoted(text, at)
    if character == "$" or text.startswith("{$", at):
        return Token("expression", text[at : _expression_end(text, at)], at)
    operator = _OPERATOR.match(text, at)
    if operator:
        return Token("operator", _STRICT_TWINS.get(operator.group(), operator.group()), at)
    number = _NUMBER.match(text, at)
    if number:
        return Token("number", number.group(), at, _number(number.group()))
    word = _WORD.match(text, at)
    assert word is not None  # every character starts a word, an operator or a string
    return Token("word", word.group(), at, _CONSTANTS.get(word.group(), word.group()))


def _number(text: str) -> Json:
    from arazzo_tui.language.jsontext import read_json

    return read_json(text)


def _quoted(text: str, at: int) -> Token:
    """A string: the quote inside is doubled (SIM-4); double quotes are tolerated."""
    quote = text[at]
    end = at + 1
    while True:
        end = text.find(quote, end)
        if end < 0:
            raise BadText("this quote is never closed", at, f"close it with {quote}")
        if text[end + 1 : end + 2] != quote:
            break
        end += 2
    value = text[at + 1 : end].replace(quote * 2, quote)
    return Token("text", text[at : end + 1], at, value)


def _expression_end(text: str, at: int) -> int:
    """Where an operand ends: at white space, an operator or `)`, but not inside brackets (SIM-18)."""
    if text[at] == "{":
        closing = text.find("}", at)
        return closing + 1 if closing > 0 else len(text)
    brackets = 0
    for end in range(at, len(text)):
        character = text[end]
        if character == "[":
            brackets += 1
        elif character == "]":
            brackets = max(0, brackets - 1)
        elif not brackets and (_ENDS.match(text, end)):
            return end
    return len(text)
