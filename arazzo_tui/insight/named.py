"""What an expression names: a value that the run keeps under a name, and the way that leads on into it.

`$steps.a.outputs.list[0].id#/x` is the output `list` of step `a` and the way `/0/id/x`. Where the way is a
query, only a value can tell the places it leads to. JSON text inside a string is entered as if it were JSON,
because people look at it so.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.language.descent import Descent, read_descent
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.note import BadText
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.query import QueryFailed, parse_jsonpath
from arazzo_tui.language.template import Selected
from arazzo_tui.language.values import Json, Missing, Pointer, child, kind, read_pointer
from arazzo_tui.language.values import write_pointer as written


class Named(Struct, frozen=True):
    """A name from its root down, such as `("steps", "a", "outputs", "id")`, and the way into its value.

    Where `query` is not empty, the way ends before it, and it is a JSONPath that leads on.
    """

    path: tuple[str, ...]
    way: Pointer = ()
    query: str = ""

    @property
    def exact(self) -> int:
        """How many tokens of its places are written, and so are no way into JSON text."""
        return 0 if self.query else len(self.way)

    def places(self, value: Json, rest: Pointer = ()) -> tuple[Pointer, ...]:
        """Where it leads in the named value; `rest` is a place inside of what it gives.

        Several places when a query selects several nodes; none when it selects nothing.
        """
        if not self.query:
            return (_counted(value, self.way) + rest,)
        try:
            found = parse_jsonpath(self.query).select(plain(walk(value, self.way)))
        except (Missing, BadText, QueryFailed):
            return ()
        nodes = [(*self.way, *each.pointer) for each in found if each.pointer is not None]
        if len(nodes) > 1 and rest:  # several nodes are a list
            return tuple((*nodes[at], *rest[1:]) for at in _index(rest[0], len(nodes)))
        return tuple((*each, *rest) for each in nodes)


def named(expression: Expression, known: Collection[str] = ()) -> Named:
    """The name in an expression and its way; `known` are the names there are below its last head (A-6)."""
    *head, last = expression.path
    way: Pointer = ()
    query = ""
    descents: list[Descent] = []
    if last not in known and head and expression.root not in ("request", "response"):
        cut = next((at for at in reversed(_cuts(last)) if last[:at] in known), 0)
        try:
            descents += [read_descent(last[cut:])] if cut else []
        except BadText:
            cut = 0
        last = last[:cut] if cut else last
    descents += [expression.descent] if expression.descent is not None else []
    if expression.pointer:
        way = expression.pointer
    for descent in descents:
        way, query = (*way, *descent.names), descent.query
    return _deepened(asked(Named((*head, last), way), query))


_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d{1,9})\]|\['([^'\\]*)'\]")


def asked(name: Named, query: str) -> Named:
    """A name with a JSONPath that leads on; its plain beginning is a way (RFC 9535 §2.3.5.1)."""
    way: list[str] = []
    end = 1
    while step := _STEP.match(query, end):
        way.append(next(each for each in step.groups() if each is not None))
        end = step.end()
    rest = query[end:].strip()
    return replace(name, way=(*name.way, *way), query=f"${rest}" if rest else "")


_WHOLE_MAPS = (("inputs",), ("outputs",))
"""Expressions that may name a whole map of names: the next token of the way is then the name."""


def _deepened(name: Named) -> Named:
    path = name.path
    whole = path in _WHOLE_MAPS or (
        len(path) == 3 and path[0] in ("steps", "workflows") and path[2] in ("inputs", "outputs")
    )
    return (
        replace(name, path=(*path, name.way[0]), way=name.way[1:]) if whole and name.way else name
    )


def within(name: Named, rest: Pointer) -> tuple[Named, Pointer]:
    """A name and a place inside of what it gives; of a whole map the one name that is meant."""
    if rest and not name.way and not name.query:
        deeper = _deepened(replace(name, way=rest[:1]))
        if deeper.path != name.path:
            return deeper, rest[1:]
    return name, rest


def selected(template: Selected, name: Named) -> Named:
    """What a Selector Object names: its context and the selector as a way or a query.

    A selector that is neither pointer nor JSONPath names all of its context.
    """
    if name.query:
        return name
    text = template.selector
    if text.startswith("$"):
        return asked(name, text)
    try:
        return replace(name, way=(*name.way, *read_pointer(text)))
    except ValueError:
        return name


def walk(value: Json, way: Pointer, exact: int = 0) -> Json:
    """The value at the end of a way; raises `Missing`.

    After the first `exact` tokens, which an expression writes, it goes through JSON text in strings too.
    """
    for at, token in enumerate(way):
        value = child(value if at < exact else opened(value), token, _at(way[:at]))
    return value


def opened(value: Json) -> Json:
    """A string that is the text of an object or array as what it means; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return read_json(value)
        except BadJson:
            return value
    return value


def found_at(value: Json, place: Pointer, exact: int = 0) -> tuple[Json, str]:
    """The value at a place as `walk` goes there, or null and why there is none."""
    try:
        return walk(value, place, exact), ""
    except Missing:
        return None, why_not(value, place, exact)


def targets(target: str, language: str, payload: Json) -> Iterator[Pointer]:
    """The places in a payload that the target of a replacement names (REP-2, REP-3)."""
    if language == "xpath":
        return
    if language == "jsonpath" or (not language and target.startswith(("$.", "$["))):
        try:
            found = parse_jsonpath(target).select(payload)
        except (BadText, QueryFailed):
            return
        yield from (each.pointer for each in found if each.pointer is not None)
        return
    try:
        yield read_pointer(target.removeprefix("#"))
    except ValueError:
        return


def plain(value: Json) -> Json:
    """A map as the dict that queries ask for."""
    return dict(value) if isinstance(value, Mapping) and not isinstance(value, dict) else value


def why_not(value: Json, way: Pointer, exact: int = 0) -> str:
    """Why a way leads to no value, with what is there instead; empty when there is one."""
    for depth, token in enumerate(way):
        here = value if depth < exact else opened(value)
        try:
            value = child(here, token, "")
        except Missing:
            return _lack(here, way, depth, token)
        if value is None and depth < len(way) - 1:
            others = _members(here, token)
            return f"{_at(way[: depth + 1])} is null" + (f"; there is {others}" if others else "")
    return ""


def _lack(value: Json, way: Pointer, depth: int, token: str) -> str:
    inside = f" in {_at(way[:depth])}" if depth else ""
    lacking = f"there is no {quoted_name(token)}"
    match value:
        case Mapping() as members:
            others = _members(members, token)
            return f"{lacking}{inside}; {f'there is {others}' if others else 'it is empty'}"
        case str() | bool() | int() | float() | None as scalar:
            where = _at(way[:depth]) if depth else "it"
            return f"{lacking}: {where} is {_article(kind(scalar))}"
        case items:
            return f"{lacking}{inside}, an array of {len(items)}"


def _at(way: Pointer) -> str:
    return quoted_name(f"#{written(way)}")


def _article(noun: str) -> str:
    return noun if noun == "null" else f"an {noun}" if noun[0] in "aio" else f"a {noun}"


def _members(value: Json, but: str) -> str:
    """The names of an object, arrays with their lengths: `errors[9]`."""
    if not isinstance(value, Mapping):
        return ""
    names = [name for name in value if name != but]
    shown = ", ".join(quoted_name(f"{name}{_length(value[name])}") for name in names[:6])
    return shown + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _length(value: Json) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ""
    return f"[{len(value)}]"


def _cuts(name: str) -> list[int]:
    return [at for at, character in enumerate(name) if character in ".[" and at]


def _counted(value: Json, way: Pointer) -> Pointer:
    """A way without the `.length` at its end, which is no place (SIM-11)."""
    if way[-1:] != ("length",):
        return way
    try:
        inside = walk(value, way[:-1])
    except Missing:
        return way
    return way if isinstance(inside, Mapping) or not isinstance(inside, Sequence) else way[:-1]


def _index(token: str, length: int) -> tuple[int, ...]:
    return (int(token),) if token.isdigit() and int(token) < length else ()
