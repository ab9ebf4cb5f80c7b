"""JSON text for bodies: exact numbers in, exact numbers out.

A number keeps the digits it was written with, so that what a server said is what a person sees and
what the next request sends. Places in documents are not known here (`document.json_text` has them),
nor who wrote the text.
"""

import gc
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from json import JSONDecodeError, JSONDecoder, dumps
from json.encoder import encode_basestring
from math import isfinite
from typing import NoReturn, Self

from arazzo_tui.language.values import Json

DEPTH = 5_000
"""How deeply arrays and objects may nest in a body."""


class Float(float):
    """A JSON number whose value alone would not give its digits back: `1.10`, `1e3`, `1e400`.

    It also holds integers of more digits than Python converts. It compares and computes as the
    nearest double, which is infinite for `1e400`; `text` is always a JSON number.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """A number from its JSON text, which nobody checks again."""
        self = float.__new__(cls, text)
        self.text = text
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Float({self.text!r})"


class BadJson(ValueError):
    """Text that is not JSON: what is wrong, where (line, column from 1; offset from 0), the cure."""

    def __init__(self, message: str, text: str, offset: int, cure: str = "") -> None:
        self.message = message
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        self.cure = cure
        ending = f"; {cure}" if cure else ""
        super().__init__(f"line {self.line}, column {self.column}: {message}{ending}")


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: building a million values triggers it again and again.

    What was made goes to the oldest generation at once, so that the next collection does not visit
    it: JSON has no cycles. Where a program has frozen what it loaded, this stays frozen with it:
    visiting 50 MB of values takes longer than a person waits for a key.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_count()[0] > _MANY:
                was_frozen = gc.get_freeze_count()
                gc.freeze()
                if not was_frozen:
                    gc.unfreeze()
            gc.enable()


_MANY = 20_000  # containers


def exact_float(text: str) -> float:
    """A JSON number with a fraction or an exponent, as a float that is written as `text` again."""
    value = float(text)
    return value if repr(value) == text else Float(text)


def exact_integer(text: str) -> int | Float:
    """A JSON integer; a `Float` keeps the sign of zero, and more digits than Python converts."""
    if text == "-0":
        return Float(text)
    try:
        return int(text)
    except ValueError:
        return Float(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_EXPLAINED = 1_000_000
"""Of a longer text only the place of a mistake is told: explaining reads it again, slowly."""

_FAST = JSONDecoder(parse_float=exact_float, parse_constant=_no_constant)


def _let_others_run(box: dict[str, Json]) -> dict[str, Json]:
    """Nothing, in Python: the C scanner holds the interpreter's lock except while it calls something."""
    return box


_BIG = 1_000_000
"""From so many characters on the lock is given away meanwhile; a tenth of the time is what that costs."""

_OBJECT_AT_LEAST = 5_000
"""Where objects are rarer than one in so many characters, integers are occasions to give it away."""

_BIG_OF_OBJECTS = JSONDecoder(
    parse_float=exact_float, parse_constant=_no_constant, object_hook=_let_others_run
)
_BIG_OF_NUMBERS = JSONDecoder(
    parse_float=exact_float, parse_constant=_no_constant, parse_int=exact_integer
)


def read_json(text: str | bytes) -> Json:
    """The value of a JSON text (RFC 8259); bytes are UTF-8. A leading byte order mark is skipped.

    Of a name given twice the last wins; lone surrogates are accepted. Raises `BadJson`, also for
    NaN and Infinity, for bytes that are not UTF-8 and beyond `DEPTH` levels.
    """
    text = (_decoded(text) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    with collector_paused():
        try:
            value: Json = _decoder_for(text).decode(text)
        except JSONDecodeError as error:
            if len(text) > _EXPLAINED:
                raise BadJson(error.msg.lower(), text, error.pos) from None
            return _Patient(text).read()
        except (ValueError, RecursionError):  # longer or deeper than the C scanner takes
            return _Patient(text).read()
        if not _STOPS_ITSELF and text.count("[") + text.count("{") > DEPTH:
            return _Patient(text).read() if _nests_deeper(value, DEPTH) else value
        return value


_STOPS_ITSELF = sys.hexversion < 0x030C0000 and sys.getrecursionlimit() <= DEPTH
"""Until Python 3.12 the C scanner raises where Python's own functions would recurse too deeply."""


_MINUS_ZERO = re.compile(r"-0(?![\w.])")
"""What may be an integer that is written back as another: few texts have it, and no date does."""


def _decoder_for(text: str) -> JSONDecoder:
    if "-0" in text and _MINUS_ZERO.search(text):
        return _BIG_OF_NUMBERS
    if len(text) < _BIG:
        return _FAST
    rare = text.count("{") * _OBJECT_AT_LEAST < len(text)
    return _BIG_OF_NUMBERS if rare else _BIG_OF_OBJECTS


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"the byte 0x{data[error.start]:02X} at offset {error.start} is not UTF-8"
        raise BadJson(message, before, len(before)) from None


def _nests_deeper(value: Json, depth: int) -> bool:
    level: list[Json] = [value]
    for _ in range(depth + 1):
        level = [each for box in level for each in _children(box) if type(each) in _BOXES]
        if not level:
            return False
    return True


_BOXES = frozenset((dict, list))


def _children(box: Json) -> Iterable[Json]:
    if isinstance(box, dict):
        return box.values()
    return box if isinstance(box, list) else ()


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"-?[\w$]+")
_LITERALS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_SHORT_ESCAPES = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_STRINGS = JSONDecoder()


class _Patient:
    """Reads what the C scanner gave up on: deep nesting, endless integers, mistakes to explain."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.names: list[str] = []  # of each open object, the name that waits for its value

    def read(self) -> Json:
        """The value; raises `BadJson` at the first character that is wrong."""
        boxes: list[tuple[dict[str, Json] | list[Json], int]] = []
        while True:
            self._skip()
            start = self.at
            value = self._value()
            if isinstance(value, (dict, list)) and len(boxes) == DEPTH:
                raise BadJson(f"nested deeper than {DEPTH:,} levels", self.text, start)
            if isinstance(value, (dict, list)) and not self._closes(value):
                boxes.append((value, start))
                if isinstance(value, dict):
                    self._name()
                continue
            while boxes and self._ends(value, *boxes[-1]):
                value, _ = boxes.pop()
            if not boxes:
                self._skip()
                if self.at < len(self.text):
                    raise self._unexpected("the end", "a JSON text is one value")
                return value

    def _skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def _here(self) -> str:
        return self.text[self.at : self.at + 1]

    def _value(self) -> Json:
        """The scalar that starts here, or an empty container whose bracket was just read."""
        if self._here() == '"':
            return self._string()
        if self._here() in ("{", "["):
            self.at += 1
            return {} if self.text[self.at - 1] == "{" else []
        word = _WORD.match(self.text, self.at)
        if word and word.group() in _LITERALS:
            self.at = word.end()
            return _LITERALS[word.group()]
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            raise self._unexpected("a value", self._cure_for_a_value())
        self.at = number.end()
        return (exact_float if number.lastindex else exact_integer)(number.group())

    def _string(self) -> str:
        start = self.at
        string = _STRING.match(self.text, start)
        assert string is not None  # the quote was seen
        self.at = string.end()
        stop = self._here()
        if stop == "":
            raise BadJson("this string is never closed", self.text, start, 'close it with `"`')
        if stop == "\\":
            cure = (
                r"a backslash is written `\\`; JSON knows \" \/ \b \f \n \r \t and \u0000 besides"
            )
            raise BadJson("this escape is unknown in JSON", self.text, self.at, cure)
        if stop != '"':
            cure = f"write `\\{_SHORT_ESCAPES.get(stop, f'u{ord(stop):04x}')}`, or close the string"
            message = f"a string cannot hold the control character U+{ord(stop):04X} as it is"
            raise BadJson(message, self.text, self.at, cure)
        self.at += 1
        value: str = _STRINGS.raw_decode(self.text, start)[0]
        return value

    def _name(self) -> None:
        self._skip()
        if self._here() != '"':
            word = _WORD.match(self.text, self.at)
            cure = f'write `"{word.group()}"`' if word else self._cure_for_a_value()
            raise self._unexpected("a name in double quotes", cure)
        self.names.append(self._string())
        self._skip()
        if self._here() != ":":
            raise self._unexpected("`:`")
        self.at += 1

    def _closes(self, box: dict[str, Json] | list[Json]) -> bool:
        """Whether a container that was just opened is empty; its closing bracket is read then."""
        self._skip()
        empty = self._here() == ("}" if isinstance(box, dict) else "]")
        self.at += empty
        return empty

    def _ends(self, value: Json, box: dict[str, Json] | list[Json], start: int) -> bool:
        """Puts a value into its container; says whether the bracket that ends it follows."""
        closing = "}" if isinstance(box, dict) else "]"
        if isinstance(box, dict):
            box[self.names.pop()] = value
        else:
            box.append(value)
        self._skip()
        here = self._here()
        if here not in (",", closing):
            raise self._unexpected(f"`,` or `{closing}`", self._cure_for_a_comma(start))
        self.at += 1
        if here == "," and isinstance(box, dict):
            self._name()
        return here == closing

    def _unexpected(self, expected: str, cure: str = "") -> BadJson:
        here = self._here()
        if here in ("/", "#"):
            cure = "JSON has no comments"
        found = f"this is `{here}`" if here else "the text ends"
        return BadJson(f"{expected} is expected here, but {found}", self.text, self.at, cure)

    def _cure_for_a_value(self) -> str:
        here = self._here()
        word = _WORD.match(self.text, self.at)
        if here == "'":
            return "strings and names are in double quotes"
        if here and here in "}]" and self.text[: self.at].rstrip().endswith(","):
            return "take out the comma before it"
        if word and word.group() in ("NaN", "Infinity", "-Infinity", "undefined"):
            return f"JSON has no {word.group().lstrip('-')}; write null, or a string"
        if word and word.group().lower() in _LITERALS:
            return f"write `{word.group().lower()}`"
        if word and not word.group().lstrip("-")[:1].isdigit():
            return "a string is in double quotes"
        return "a number starts with a digit or `-`" if here and here in "+.-" else ""

    def _cure_for_a_comma(self, start: int) -> str:
        here = self._here()
        if not here:
            line = self.text.count("\n", 0, start) + 1
            return f"the `{self.text[start]}` of line {line} is still open"
        if here.isdigit() and self.text[self.at - 1] == "0":
            return "a number has no leading zeros"
        return "is a comma missing before it?" if here in '"{[' or here.isalnum() else ""


def duplicate_keys(text: str) -> tuple[str, ...]:
    """The names that some object of a JSON text gives twice; none when the text is not readable.

    `read_json` does not look, because it costs. RFC 8259 §4 lets a reader do as it likes.
    """
    twice: dict[str, None] = {}

    def look(pairs: list[tuple[str, Json]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                twice[name] = None
            seen.add(name)

    try:
        JSONDecoder(object_pairs_hook=look, parse_int=len, parse_float=len).decode(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(twice)


_SURROGATES = re.compile("[\ud800-\udfff]")
_INDENTED = 50  # levels: what nests deeper stays in that column, or indentation would be a bomb
_LEAVES = frozenset((str, int, bool, float, type(None)))


def write_json(value: Json, *, indent: int | None = None, sort: bool = False) -> str:
    """A value as JSON text: on one line without spaces, or with `indent` spaces for each level.

    Numbers keep their digits; text stays as it is except for lone surrogates, so that the result
    can always be encoded as UTF-8. `sort` orders the names of objects by code point. Raises
    `ValueError` for a float that is no number of JSON (a plain infinity or NaN).
    """
    if isinstance(value, str):
        text = encode_basestring(value)
    elif indent is None and _is_plain(value):
        text = _written_fast(value, sort=sort)
    else:
        text = "".join(_pieces(value, indent, sort=sort))
    if text.isascii():
        return text
    return _SURROGATES.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _is_plain(value: Json) -> bool:
    """Whether the C encoder writes it as we do: builtin containers, and floats without a text."""
    if not isinstance(value, (dict, list)):
        return type(value) in _LEAVES
    waiting: list[dict[str, Json] | list[Json]] = [value]
    while waiting:
        box = waiting.pop()
        for child in box.values() if isinstance(box, dict) else box:
            if type(child) in _LEAVES:
                continue
            if not isinstance(child, (dict, list)):
                return False
            waiting.append(child)
    return True


def _written_fast(value: Json, *, sort: bool) -> str:
    try:
        return dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=sort
        )
    except RecursionError:
        return "".join(_pieces(value, None, sort=sort))


def _pieces(value: Json, indent: int | None, *, sort: bool) -> Iterator[str]:
    """The text in pieces; with a stack of its own, so that no depth is too deep."""
    waiting: list[tuple[Iterator[tuple[str, Json]], str]] = [(iter([("", value)]), "")]
    while waiting:
        members, closing = waiting[-1]
        for lead, child in members:
            if not isinstance(child, (Mapping, Sequence)) or isinstance(child, str):
                yield lead + _scalar(child)
                continue
            opening, end = "{}" if isinstance(child, Mapping) else "[]"
            if not child:
                yield lead + opening + end
                continue
            yield lead + opening
            outer = _line_start(indent, len(waiting) - 1)
            waiting.append(
                (_members(child, _line_start(indent, len(waiting)), indent, sort), outer + end)
            )
            break
        else:
            yield closing
            waiting.pop()


def _members(
    box: Mapping[str, Json] | Sequence[Json], line_start: str, indent: int | None, sort: bool
) -> Iterator[tuple[str, Json]]:
    """Each child with the text that leads to it: comma, line break, name."""
    lead = line_start
    if isinstance(box, Mapping):
        colon = ":" if indent is None else ": "
        for name in sorted(box) if sort else box:
            yield lead + encode_basestring(name) + colon, box[name]
            lead = "," + line_start
    else:
        for item in box:
            yield lead, item
            lead = "," + line_start


def _line_start(indent: int | None, depth: int) -> str:
    return "" if indent is None else "\n" + " " * (indent * min(depth, _INDENTED))


def _scalar(value: None | bool | float | str) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return encode_basestring(value)
        case Float():
            return value.text
        case float() if not isfinite(value):
            raise ValueError(f"JSON has no number for {value}")
        case _:
            return repr(value)
