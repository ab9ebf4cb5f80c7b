"""A criterion: a condition, the kind of test it is, and the value it is applied to (§ Criterion Object).

Simple conditions are `condition`'s, JSONPath, regex and XPath `query`'s; here the four are one type with
one question. A criterion that cannot be read fails with its reason and never ends a run (CRI-6).
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from arazzo_tui.language.check import Check, Operand
from arazzo_tui.language.compare import compare
from arazzo_tui.language.condition import Condition, parse_condition
from arazzo_tui.language.expression import Expression
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.path_condition import PathCondition, parse_path_condition
from arazzo_tui.language.query import (
    JsonPath,
    JsonPathVersion,
    Pattern,
    QueryFailed,
    XPath,
    XPathVersion,
    parse_jsonpath,
    parse_pattern,
    parse_xpath,
)
from arazzo_tui.language.template import (
    Text,
    Unfilled,
    compile_text,
    fill,
    nothing_declared,
    to_text,
)
from arazzo_tui.language.values import Json, Missing, Scope, brief

CriterionType: TypeAlias = Literal["simple", "regex", "jsonpath", "xpath"]

TYPES: tuple[CriterionType, ...] = ("simple", "regex", "jsonpath", "xpath")


@dataclass(frozen=True, slots=True)
class Equals:
    """A condition that is no comparison but a value: the context must equal it (found in the wild)."""

    value: Json


@dataclass(frozen=True, slots=True)
class Broken:
    """A condition that cannot be read: it fails, and says why (CRI-6)."""

    reason: str
    offset: int = 0
    hint: str = ""


Query: TypeAlias = JsonPath | PathCondition | Pattern | XPath


@dataclass(frozen=True, slots=True)
class Embedded:
    """A query with `{expressions}` in it, which can be read only when their values are known (CRI-8)."""

    template: Text


Test: TypeAlias = Condition | Equals | Query | Embedded | Broken


@dataclass(frozen=True, slots=True)
class Criterion:
    """One Criterion Object. `version` is empty when the document names none."""

    condition: str
    type: CriterionType
    test: Test
    context: Expression | None = None
    version: str = ""
    strict: bool = False

    def judge(self, scope: Scope) -> Check:
        """Whether it holds at this moment, with the values it saw. Total."""
        match self.test:
            case Condition():
                return self.test.judge(scope)
            case Broken(reason, _, hint):
                return self._failed(f"{reason}; {hint}" if hint else reason)
            case Equals() | JsonPath() | PathCondition() | Pattern() | XPath() | Embedded():
                return self._on_context(self.test, scope)

    def _on_context(self, test: Equals | Query | Embedded, scope: Scope) -> Check:
        """Apply a test to the value of `context`; null and nothing fail (CRI-7, RGX-3)."""
        if self.context is None:
            return self._failed("a context is needed: the expression whose value is tested (CRI-3)")
        try:
            value = self.context.evaluate(scope)
        except Missing as missing:
            return self._failed(str(missing), Operand(self.context.text, None, str(missing)))
        operand = Operand(self.context.text, value)
        if value is None:
            return self._failed(f"`{self.context}` is null", operand)
        if isinstance(test, Embedded):
            try:
                test = self._with_values(test, scope)
            except (Unfilled, BadText) as wrong:
                return self._failed(str(wrong), operand)
        return self._tested(test, value, operand)

    def _with_values(self, embedded: Embedded, scope: Scope) -> Query:
        text = _substituted(embedded.template, self.type, scope)
        return _read_query(text, self.type, self.version, strict=self.strict)[0]

    def _tested(self, test: Equals | Query, value: Json, operand: Operand) -> Check:
        try:
            match test:
                case Equals(wanted):
                    passed = compare("==", value, wanted)
                    reason = f"{brief(value)} {'equals' if passed else 'is not'} {brief(wanted)}"
                    reading = "read as a value that the context must equal"
                    return Check(self.condition, self.type, passed, reason, (operand,), reading)
                case PathCondition():
                    return test.judge(value)
                case JsonPath():
                    return self._selected(test, value, operand)
                case Pattern():
                    text = to_text(value)
                    found = test.search(text)
                    reason = f"{brief(text)} {'matches' if found else 'does not match'}"
                    return Check(self.condition, self.type, found, reason, (operand,))
                case XPath():
                    held = isinstance(value, str) and test.truth(value)
                    reason = "is true" if held else "is false"
                    if not isinstance(value, str):
                        reason = "XPath needs XML text, this is JSON"
                    return Check(self.condition, self.type, held, reason, (operand,))
        except QueryFailed as wrong:
            return self._failed(str(wrong), operand)

    def _selected(self, test: JsonPath, value: Json, operand: Operand) -> Check:
        nodes = test.select(value)
        if nodes:
            first = brief(nodes[0].value)
            more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
            return Check(self.condition, self.type, True, f"selects {first}{more}", (operand,))
        reason = "selects nothing"
        if test.text.lstrip().startswith("$[?") and not isinstance(value, list):
            reason += "; `$[?…]` looks at the members of the object, not at the object (A-32)"
        return Check(self.condition, self.type, False, reason, (operand,))

    def _failed(self, reason: str, *operands: Operand) -> Check:
        return Check(self.condition, self.type, False, reason, operands)


def read_criterion(
    condition: str,
    type_: CriterionType = "simple",
    version: str = "",
    context: Expression | None = None,
    *,
    strict: bool = False,
) -> tuple[Criterion, tuple[Note, ...]]:
    """Read a criterion's condition. Never raises: one that cannot be read has a `Broken` test."""
    try:
        test, notes = _read_test(condition, type_, version, context, strict=strict)
    except BadText as wrong:
        test, notes = Broken(wrong.message, wrong.offset, wrong.hint), ()
    return Criterion(condition, type_, test, context, version, strict), notes


def _read_test(
    condition: str, type_: CriterionType, version: str, context: Expression | None, *, strict: bool
) -> tuple[Test, tuple[Note, ...]]:
    if type_ == "simple":
        return _read_simple(condition, context, strict=strict)
    template, _ = compile_text(condition, nothing_declared)
    if isinstance(template, Text):
        return Embedded(template), ()
    return _read_query(condition, type_, version, strict=strict)


def _read_simple(
    condition: str, context: Expression | None, *, strict: bool
) -> tuple[Test, tuple[Note, ...]]:
    """A simple condition; with a context and no expression, a value to equal (in-the-wild row 18)."""
    try:
        parsed, notes = parse_condition(condition)
    except BadText:
        if context is None or strict:
            raise
        parsed, notes = None, ()
    if context is None or strict or (parsed is not None and parsed.expressions):
        assert parsed is not None
        return parsed, notes
    message = "a condition without any expression is read as the value its context must equal"
    return Equals(_as_value(condition)), (Note("condition-is-value", message),)


def _as_value(text: str) -> Json:
    from arazzo_tui.language.jsontext import BadJson, read_json

    try:
        return read_json(text)
    except BadJson:
        return text.strip()


def _read_query(
    text: str, type_: CriterionType, version: str, *, strict: bool
) -> tuple[Query, tuple[Note, ...]]:
    match type_:
        case "regex":
            return parse_pattern(text)
        case "xpath":
            return parse_xpath(text, XPathVersion(version or "xpath-31")), ()
        case "jsonpath" | "simple":
            return _read_jsonpath(text, JsonPathVersion(version or "rfc9535"), strict=strict)


def _read_jsonpath(
    text: str, version: JsonPathVersion, *, strict: bool
) -> tuple[Query, tuple[Note, ...]]:
    """A JSONPath, or the tolerated comparison of what one selects (A-1)."""
    try:
        return parse_jsonpath(text, version), ()
    except BadText as not_a_path:
        if strict:
            raise
        try:
            comparison = parse_path_condition(text)
        except BadText:
            raise not_a_path from None
        message = "a comparison is no JSONPath; it is read as PATH operator LITERAL (A-1)"
        return comparison, (Note("jsonpath-comparison", message, not_a_path.offset),)


def _substituted(template: Text, type_: CriterionType, scope: Scope) -> str:
    """The text with values put in; in a JSONPath they stay values, whatever they hold."""
    if type_ != "jsonpath":
        filled = fill(template, scope)
        assert isinstance(filled, str)
        return filled
    text = ""
    for part in template.parts:
        if isinstance(part, str):
            text += part
        else:
            text += _as_jsonpath(fill(part, scope), text)
    return text


def _as_jsonpath(value: Json, before: str) -> str:
    """A value as it may stand at the end of `before`: escaped inside quotes, a literal outside."""
    from arazzo_tui.language.jsontext import write_json

    quote = _open_quote(before)
    if not quote:
        return write_json(value)
    inner = write_json(to_text(value))[1:-1]
    return inner if quote == '"' else inner.replace('\\"', '"').replace("'", "\\'")


def _open_quote(text: str) -> str:
    quote = ""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return quote


def known_version(type_: CriterionType, version: str) -> bool:
    """Whether a version of a criterion type is one we evaluate (JPA-5, XPA-4, A-39)."""
    versions: tuple[str, ...] = ()
    if type_ == "jsonpath":
        versions = tuple(each.value for each in JsonPathVersion)
    elif type_ == "xpath":
        versions = tuple(each.value for each in XPathVersion)
    return version in versions
