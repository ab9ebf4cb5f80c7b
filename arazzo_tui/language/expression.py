"""Runtime expressions: `$steps.login.outputs.token#/id` read once, evaluated often.

The grammar is that of Arazzo 1.1 (§ Runtime Expressions), widened to the looser one of 1.0 and to what
is found in real documents; every widening leaves a `Note` with the text that would be right. Templates
made of expressions live in `template`, conditions in `condition`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from arazzo_tui.language.descent import Descent, descend, read_descent
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.values import (
    Json,
    Missing,
    Pointer,
    Scope,
    array_index,
    child,
    follow,
    read_pointer,
    write_pointer,
)

ROOTS = (
    "url", "method", "statusCode", "request", "response", "message", "inputs", "outputs", "steps",
    "workflows", "sourceDescriptions", "components", "self",
)  # fmt: skip
"""The words that may follow `$` (EXP-2..20)."""

AFTER_THE_CALL = frozenset({"url", "method", "statusCode", "request", "response", "message"})
"""Roots that have a value only once a request was sent (EXP-29)."""

_WHOLE = frozenset({"url", "method", "statusCode", "self"})
_SOURCES = ("header", "query", "path", "body", "payload")
_WORD = re.compile(r"\$([A-Za-z][A-Za-z0-9_]*)")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._\-]+")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_\-]+")


class Expression(Struct, frozen=True):
    """One runtime expression.

    `path` are the names from the root of the scope down, the last one possibly holding dots (legal
    in input and output names); `pointer` is the JSON Pointer after `#`, None when there is none;
    `descent` what follows the value in dotted form, such as `.items[0].id`.
    """

    text: str
    path: tuple[str, ...]
    pointer: Pointer | None = None
    descent: Descent | None = None

    @property
    def root(self) -> str:
        """The word after the `$`."""
        return self.path[0]

    def evaluate(self, scope: Scope) -> Json:
        """The value that is named, with its JSON type (EXP-26); raises `Missing`."""
        value: Json = scope
        try:
            for name in self.path:
                value = value[name]  # type: ignore[index,call-overload]  # Any mishap means the slow way, which tells what is missing.
        except (LookupError, TypeError):
            value = _search(scope, self.path)
        if self.pointer:
            value = follow(value, self.pointer, self._value_text())
        if self.descent is not None:
            value = descend(value, self.descent, self._value_text())
        return value

    def _value_text(self) -> str:
        return "`$" + ".".join(self.path) + "`"

    def __str__(self) -> str:
        return self.text


def _search(scope: Scope, path: tuple[str, ...]) -> Json:
    """Walk name by name, the last by its longest known beginning (A-6); raises `Missing`."""
    value: Json = scope
    for depth, name in enumerate(path):
        inside = "`$" + ".".join(path[:depth]) + "`" if depth else "what can be named here"
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif depth == 0 and isinstance(value, Mapping):
            early = "what is known before the answer" if name in AFTER_THE_CALL else inside
            raise Missing(f"${name}", early, [f"${known}" for known in value])
        elif depth == len(path) - 1 and isinstance(value, Mapping):
            return _by_beginning(value, name, inside)
        else:
            value = child(value, name, inside)
    return value


def _by_beginning(names: Mapping[str, Json], name: str, inside: str) -> Json:
    beginnings = (each for each in names if name.startswith(each) and name[len(each) :][:1] in ".[")
    longest = max((each for each in beginnings if each != name), key=len, default=None)
    if longest is None:
        raise Missing(name, inside, tuple(names))
    try:
        descent = read_descent(name[len(longest) :])
    except BadText:  # no path, so it can only have been meant as a name
        raise Missing(name, inside, tuple(names)) from None
    return descend(names[longest], descent, f"{inside[:-1]}.{longest}`")


_HOW_MANY, _MOST_KEPT = 4096, 200
"""How many expressions are remembered with what they were read as, and the longest of them."""


def is_expression(text: str) -> bool:
    """Whether a whole string is a runtime expression, tolerated spellings included (EXP-1)."""
    if not text.startswith("$"):
        return False
    try:
        return parse_expression(text) is not None
    except BadText:
        return False


def parse_expression(text: str) -> tuple[Expression, tuple[Note, ...]] | None:
    """Read a whole string as one expression.

    None when the word after `$` is no root, so that the string is a literal (A-9); raises `BadText`
    when it is one and the rest does not follow its grammar.
    """
    return _kept(text) if len(text) <= _MOST_KEPT else _read(text)


def _read(text: str) -> tuple[Expression, tuple[Note, ...]] | None:
    word = _WORD.match(text)
    if word is None:
        return None
    if word.group(1) == "body" and text[word.end() : word.end() + 1] in (".", "#", "["):
        return _body_alone(text)
    if word.group(1) not in ROOTS:
        return None
    return _known(text, word.group(1), word.end())


_kept = lru_cache(_HOW_MANY)(_read)


def _body_alone(text: str) -> tuple[Expression, tuple[Note, ...]]:
    """`$body.id`, which is found in the wild, as what it means (in-the-wild row 16)."""
    before = len("$response.") - len("$")
    meant = "$response." + text[1:]
    try:
        expression, notes = _known(meant, "response", len("$response"))
    except BadText as wrong:
        raise BadText(wrong.message, max(0, wrong.offset - before), wrong.hint) from None
    note = Note("unknown-root", "`$body` is read as `$response.body`", 0, meant)
    moved = (
        Note(each.code, each.message, each.offset - before, each.rewrite or meant) for each in notes
    )
    whole = Expression(text, expression.path, expression.pointer, expression.descent)
    return whole, (note, *moved)


def _known(text: str, root: str, end: int) -> tuple[Expression, tuple[Note, ...]]:
    rest = text[end:]
    if root in _WHOLE:
        if rest:
            raise BadText(f"`${root}` stands alone; nothing may follow it", end)
        return Expression(text, (root,)), ()
    if not rest and root in ("inputs", "outputs"):
        note = Note("whole-map", f"`{text}` without a name is read as all of them")
        return Expression(text, (root,)), (note,)
    if not rest.startswith("."):
        raise BadText(f"after `${root}` a `.` and a name are expected", end)
    rest, at = rest[1:], end + 1
    match root:
        case "request" | "response" | "message":
            return _of_exchange(text, root, rest, at)
        case "inputs" | "outputs":
            return _named(text, (root,), rest, at)
        case "steps":
            return _of_step(text, rest, at)
        case "workflows":
            return _of_workflow(text, rest, at)
        case "sourceDescriptions":
            return _of_source(text, rest, at)
        case _:
            return _of_components(text, rest, at)


def _of_exchange(text: str, root: str, rest: str, at: int) -> tuple[Expression, tuple[Note, ...]]:
    source = re.match(r"[A-Za-z]*", rest)
    word = source.group() if source else ""
    notes: tuple[Note, ...] = ()
    if word == "headers":
        right = text[:at] + "header" + text[at + len("headers") :]
        notes = (Note("headers-for-header", "`headers` is read as `header`", at, right),)
        word, rest, after = "header", rest[len("headers") :], at + len("headers")
    else:
        rest, after = rest[len(word) :], at + len(word)
    if word not in _SOURCES:
        listed = ", ".join(f"`{name}`" for name in _SOURCES)
        raise BadText(f"after `${root}.` one of {listed} is expected", at)
    if word in ("body", "payload"):
        expression, more = _with_pointer(text, (root, word), rest, after)
        return expression, notes + more
    if not rest.startswith(".") or (len(rest) == 1 and word == "header"):
        raise BadText(f"after `${root}.{word}` a `.` and a name are expected", after)
    name = rest[1:]
    if word == "header":
        if not _TOKEN.fullmatch(name):
            raise BadText("a header's name is made of RFC 9110 token characters", after + 1)
        name = name.lower()  # EXP-24: header names are compared without case
    return Expression(text, (root, word, name)), notes


def _of_step(text: str, rest: str, at: int) -> tuple[Expression, tuple[Note, ...]]:
    step, dot, after = rest.partition(".")
    if not step:
        raise BadText("after `$steps.` a stepId is expected", at)
    if not dot or not after:
        raise BadText(
            "a step's outputs are named `$steps.<stepId>.outputs.<name>`", at + len(step),
            f"write `$steps.{step}.outputs.<name>`",
        )  # fmt: skip
    if after == "outputs":
        note = Note("whole-map", f"`{text}` without a name is read as all outputs of the step")
        return Expression(text, ("steps", step, "outputs")), (note,)
    if re.match(r"outputs[#\[]", after):
        raise BadText("after `outputs` a `.` and a name are expected", at + len(step + ".outputs"))
    if not after.startswith("outputs."):
        field, _, name = after.partition(".")
        meant = (
            name if name and field.lower() in ("output", "outputs", "ouputs", "outputes") else after
        )
        raise BadText(
            "only `outputs` of a step can be read", at + len(step) + 1,
            f"write `$steps.{step}.outputs.{meant}`",
        )  # fmt: skip
    skip = len(step) + 1 + len("outputs.")
    return _named(text, ("steps", step, "outputs"), rest[skip:], at + skip)


def _of_workflow(text: str, rest: str, at: int) -> tuple[Expression, tuple[Note, ...]]:
    found = re.match(r"([^.]+)\.(inputs|outputs)(?:\.|$)", rest)
    if not found:
        raise BadText(
            "a workflow is read as `$workflows.<workflowId>.inputs.<name>` or `.outputs.<name>`", at
        )
    head = ("workflows", found.group(1), found.group(2))
    if found.end() == len(rest):
        note = Note("whole-map", f"`{text}` without a name is read as all of them")
        return Expression(text, head), (note,)
    return _named(text, head, rest[found.end() :], at + found.end())


def _of_source(text: str, rest: str, at: int) -> tuple[Expression, tuple[Note, ...]]:
    source, dot, name = rest.partition(".")
    if not source or not dot or not name:
        raise BadText("a source is read as `$sourceDescriptions.<name>.<field or id>`", at)
    return Expression(text, ("sourceDescriptions", source, name)), ()


def _of_components(text: str, rest: str, at: int) -> tuple[Expression, tuple[Note, ...]]:
    group, dot, name = rest.partition(".")
    kinds = ("parameters", "successActions", "failureActions", "inputs")
    if group not in kinds or not dot or not name:
        listed = ", ".join(f"`{kind}`" for kind in kinds)
        raise BadText(f"a component is read as `$components.<one of {listed}>.<name>`", at)
    return Expression(text, ("components", group, name)), ()


def _named(
    text: str, head: tuple[str, ...], rest: str, at: int
) -> tuple[Expression, tuple[Note, ...]]:
    """`head` followed by an input's or output's name and, perhaps, a JSON Pointer."""
    name, sharp, _ = rest.partition("#")
    if not name:
        raise BadText(f"after `${'.'.join(head)}.` a name is expected", at)
    notes: tuple[Note, ...] = ()
    plain = _PLAIN_NAME.match(name)
    # A dot or a bracket may be part of a path into the value; only who knows the names can tell.
    if (plain is None or plain.end() != len(name)) and "[" not in name:
        notes = (Note("odd-name", f"`{name}` holds characters that a name may not (EXP-22)", at),)
    if not sharp:
        return Expression(text, (*head, name)), notes
    expression, more = _with_pointer(text, (*head, name), rest[len(name) :], at + len(name))
    return expression, notes + more


def _with_pointer(
    text: str, path: tuple[str, ...], rest: str, at: int
) -> tuple[Expression, tuple[Note, ...]]:
    """What may follow a value: nothing, `#` and a JSON Pointer, or a tolerated dotted path (A-7)."""
    if not rest:
        return Expression(text, path), ()
    if rest.startswith("#"):
        return _pointed(text, path, rest[1:], at + 1)
    if rest[0] not in ".[":
        raise BadText("here `#` and a JSON Pointer may follow, nothing else", at)
    descent = read_descent(rest, at)
    pointed = descent.names and descent.names[-1] != "length"  # no pointer counts items
    right = "$" + ".".join(path) + "#" + write_pointer(descent.names) if pointed else ""
    return Expression(text, path, None, descent), (
        Note("dotted-body", f"`{rest}` is read as a path into the value", at, right),
    )


def _pointed(
    text: str, path: tuple[str, ...], pointer: str, at: int
) -> tuple[Expression, tuple[Note, ...]]:
    head = text[: at - 1]
    if re.search(r"\[|(?:^|/)\*(?:/|$)", pointer):
        slashed = pointer if pointer[0] in "/[" else "/" + pointer
        dotted = re.sub(
            r"(\[[^\]]*\])|/([^/\[]*)", lambda part: part[1] or _dotted(part[2]), slashed
        )
        try:
            descent = read_descent(dotted)
        except BadText:
            raise BadText(f"`{pointer}` is no JSON Pointer, and no path either", at) from None
        right = head + "#" + write_pointer(descent.names) if descent.names else ""
        note = Note("pointer-brackets", "brackets and `*` are no part of a JSON Pointer", at, right)
        return Expression(text, path, None, descent), (note,)
    if pointer and not pointer.startswith("/"):
        right = f"{head}#/{pointer}"
        note = Note("pointer-slash", "a JSON Pointer starts with `/`", at, right)
        return Expression(text, path, _tokens("/" + pointer, at)), (note,)
    return Expression(text, path, _tokens(pointer, at)), ()


def _dotted(token: str) -> str:
    """One reference token in the notation of a descent."""
    if token == "*" or array_index(token) is not None:
        return f"[{token}]"
    if _IDENTIFIER.fullmatch(token) or not token:
        return f".{token}" if token else ""
    name = token.replace("~1", "/").replace("~0", "~").replace("\\", "\\\\")
    return "['" + name.replace("'", "\\'") + "']"


def _tokens(pointer: str, at: int) -> Pointer:
    try:
        return read_pointer(pointer)
    except ValueError as wrong:
        raise BadText(str(wrong), at) from None


def looks_like_identifier(text: str) -> bool:
    """Whether a step, workflow or source id is made of the recommended characters (WFL-1, STP-1)."""
    return _IDENTIFIER.fullmatch(text) is not None
