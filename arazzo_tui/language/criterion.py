"""A criterion: a condition, the kind of test it is, and the value it is applied to (§ Criterion Object).

Simple conditions are `condition`'s, JSONPath, regex and XPath `query`'s; here the four are one type with
one question. A criterion that cannot be read fails with its reason and never ends a run (CRI-6).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal as OneOf
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from arazzo_tui.language.check import Check, Operand
from arazzo_tui.language.compare import compare
from arazzo_tui.language.condition import Condition, Literal, parse_condition
from arazzo_tui.language.expression import Expression, parse_expression
from arazzo_tui.language.note import BadText, Note
from arazzo_tui.language.path_condition import PathCondition, parse_path_condition
from arazzo_tui.language.printable import quoted_name
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
from arazzo_tui.language.scan import bare_expressions
from arazzo_tui.language.selector import versions_of
from arazzo_tui.language.template import Constant, Text, Unfilled, compile_braced, fill, to_text
from arazzo_tui.language.values import Json, Missing, Scope, brief

CriterionType: TypeAlias = OneOf["simple", "regex", "jsonpath", "xpath"]

TYPES: tuple[CriterionType, ...] = ("simple", "regex", "jsonpath", "xpath")


class Equals(Struct, frozen=True):
    """A condition that is no comparison but a value: the context must equal it (found in the wild)."""

    value: Json


class Broken(Struct, frozen=True):
    """A condition that cannot be read: it fails, and says why (CRI-6)."""

    reason: str
    offset: int = 0
    hint: str = ""


Query: TypeAlias = JsonPath | PathCondition | Pattern | XPath


class Embedded(Struct, frozen=True):
    """A query with `{expressions}` in it, which can be read only when their values are known (CRI-8)."""

    template: Text


Test: TypeAlias = Condition | Equals | Query | Embedded | Broken


class Criterion(Struct, frozen=True):
    """One Criterion Object. `version` is empty when the document names none.

    One that is `loosened` passes whatever it says: somebody wanted to see how it goes on.
    """

    condition: str
    type: CriterionType
    test: Test
    context: Expression | None = None
    version: str = ""
    strict: bool = False
    loosened: bool = False

    def judge(self, scope: Scope) -> Check:
        """Whether it holds at this moment, with the values it saw. Total."""
        check = self._judged(scope)
        if self.loosened and not check.passed:
            return replace(check, passed=True, reading="loosened by hand for this run")
        return check

    def _judged(self, scope: Scope) -> Check:
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
        if value is None and not isinstance(test, Equals):
            return self._failed(f"`{self.context}` is null", operand)
        if not isinstance(test, Embedded):
            return self._tested(_bound(test, scope), value, operand)
        try:
            text = _substituted(test.template, self.type, self.version, scope)
            query = _read_query(text, self.type, self.version, self.context, strict=self.strict)[0]
        except (Unfilled, BadText) as wrong:
            return self._failed(str(wrong), operand)
        check = self._tested(_bound(query, scope), value, operand)
        return replace(check, reason=f"{check.reason}; with its values it is {brief(text, 200)}")

    def _tested(self, test: Equals | Query, value: Json, operand: Operand) -> Check:
        try:
            match test:
                case Equals(wanted):
                    passed = compare("==", value, wanted)
                    reason = f"{brief(value)} {'equals' if passed else 'is not'} {brief(wanted)}"
                    reading = "read as a value that the context must equal"
                    return Check(self.condition, self.type, passed, reason, (operand,), reading)
                case PathCondition():
                    return replace(test.judge(value), condition=self.condition)
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
    missing_type: tuple[Note, ...] = ()
    if type_ == "simple" and context and not strict and condition.startswith(("$.", "$[")):
        message = (
            "a condition that starts with `$.` or `$[` is read as a JSONPath; it needs a `type`"
        )
        type_, missing_type = "jsonpath", (Note("missing-type", message),)
    test: Test
    try:
        test, notes = _read_test(condition, type_, version, context, strict=strict)
    except BadText as wrong:
        test, notes = Broken(wrong.message, wrong.offset, wrong.hint), ()
    return Criterion(condition, type_, test, context, version, strict), (*missing_type, *notes)


def _read_test(
    condition: str, type_: CriterionType, version: str, context: Expression | None, *, strict: bool
) -> tuple[Test, tuple[Note, ...]]:
    if version and not known_version(type_, version):
        raise BadText(f"version {quoted_name(version)} of {type_} is not known here")
    if type_ == "simple":
        return _read_simple(condition, context, strict=strict)
    template, notes = compile_braced(condition)
    if isinstance(template, Constant):
        query, more = _read_query(condition, type_, version, context, strict=strict)
        return query, (*notes, *more)
    if type_ == "jsonpath" and not strict:
        compared = _compared_as_written(template, context)
        if compared is not None:
            return compared
    return Embedded(template), notes


def _compared_as_written(
    template: Text, context: Expression | None
) -> tuple[PathCondition, tuple[Note, ...]] | None:
    """`$.id == {$inputs.id}`: a comparison all of whose expressions are operands keeps their types."""
    try:
        comparison, notes = _read_comparison(template.text, context)
    except BadText:
        return None
    embedded = Counter(part.text for part in template.parts if isinstance(part, Expression))
    return None if embedded - Counter(comparison.expressions) else (comparison, notes)


def _read_simple(
    condition: str, context: Expression | None, *, strict: bool
) -> tuple[Test, tuple[Note, ...]]:
    """A simple condition; with a context and no expression, a value to equal (in-the-wild row 18)."""
    parsed: Condition | None = None
    notes: tuple[Note, ...] = ()
    try:
        parsed, notes = parse_condition(condition)
    except BadText:
        if context is None or strict or _means_a_condition(condition):
            raise
    if parsed is not None and (context is None or strict or parsed.expressions):
        return parsed, notes
    message = "a condition without any expression is read as the value its context must equal"
    value = _as_value(condition)
    if isinstance(value, str) and parsed is not None and isinstance(parsed.root, Literal):
        value = parsed.root.value  # `'a'` is no JSON, but a string
    return Equals(value), (Note("condition-is-value", message),)


def _means_a_condition(text: str) -> bool:
    """Whether a text that is no condition was meant as one: it has expressions, or an operator first."""
    if not isinstance(_as_value(text), str):
        return False  # it is JSON
    return text.lstrip()[:1] in tuple("=!<>&|(") or bool(bare_expressions(text))


def _as_value(text: str) -> Json:
    from arazzo_tui.language.jsontext import BadJson, read_json

    try:
        return read_json(text)
    except BadJson:
        return text.strip()


def _read_query(
    text: str, type_: CriterionType, version: str, context: Expression | None, *, strict: bool
) -> tuple[Query, tuple[Note, ...]]:
    match type_:
        case "regex":
            return parse_pattern(text)
        case "xpath":
            return parse_xpath(text, XPathVersion(version or "xpath-31")), ()
        case "jsonpath" | "simple":
            return _read_jsonpath(text, JsonPathVersion(version or "rfc9535"), context, strict)


def _read_jsonpath(
    text: str, version: JsonPathVersion, context: Expression | None, strict: bool
) -> tuple[Query, tuple[Note, ...]]:
    """A JSONPath, or the tolerated comparison of what one selects (A-1)."""
    try:
        return parse_jsonpath(text, version), ()
    except BadText as not_a_path:
        if strict:
            raise
        try:
            comparison, (note,) = _read_comparison(text, context)
        except BadText:
            raise not_a_path from None
        return comparison, (replace(note, offset=not_a_path.offset),)


def _read_comparison(
    text: str, context: Expression | None
) -> tuple[PathCondition, tuple[Note, ...]]:
    """The tolerated comparison, with the standard forms of the same; raises `BadText`."""
    comparison = parse_path_condition(text)
    for written in comparison.expressions:
        if parse_expression(written) is None:
            raise BadText(f"{quoted_name(written)} starts with no known name", text.find(written))
    rewrites = comparison.rewrites(context.text) if context else ()
    forms = [f"{each}" if each.startswith("$[?") else f"{each} (simple)" for each in rewrites]
    message = "a comparison is no JSONPath; it is read as PATH operator LITERAL (A-1)"
    return comparison, (Note("jsonpath-comparison", message, 0, " or ".join(forms)),)


def _bound(test: Equals | Query, scope: Scope) -> Equals | Query:
    """A comparison with the values that its runtime expressions have now."""
    if not isinstance(test, PathCondition):
        return test

    def value_of(text: str) -> Json:
        parsed = parse_expression(text)
        if parsed is None:
            raise Missing(text, "what can be named here")
        return parsed[0].evaluate(scope)

    return replace(test, value_of=value_of)


def _substituted(template: Text, type_: CriterionType, version: str, scope: Scope) -> str:
    """The text with values put in (CRI-8). In a JSONPath, and between the quotes of an XPath, they
    stay values whatever they hold; raises `BadText` where that cannot be.
    """
    fill(template, scope)  # says of all of them at once what they do not name
    text = ""
    for part in template.parts:
        if isinstance(part, str):
            text += part
            continue
        value = part.evaluate(scope)
        match type_:
            case "jsonpath":
                text += _as_jsonpath(value, text)
            case "xpath":
                text += _as_xpath(value, text, version)
            case "regex" | "simple":
                text += to_text(value)
    return text


def _as_jsonpath(value: Json, before: str) -> str:
    """A value as it may stand at the end of `before`: escaped inside quotes, a literal outside."""
    from arazzo_tui.language.jsontext import write_json

    quote = _open_quote(before, escapes=True)
    if quote:
        inner = write_json(to_text(value))[1:-1]
        return inner if quote == '"' else inner.replace('\\"', '"').replace("'", "\\'")
    if isinstance(value, str) and before.endswith("."):
        if not _SHORT_NAME.fullmatch(value):
            raise BadText(f"{brief(value)} cannot stand after a dot; write `['{{$…}}']`")
        return value
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return write_json(value)
    raise BadText(f"{brief(value)} cannot stand inside a JSONPath")


_SHORT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _as_xpath(value: Json, before: str, version: str) -> str:
    """A value as text; between quotes the same quote is doubled, which XPath 1.0 cannot read."""
    text = to_text(value)
    quote = _open_quote(before, escapes=False)
    if quote and quote in text:
        if version == "xpath-10":
            raise BadText(f"{brief(value)} holds the quote around it, which XPath 1.0 cannot write")
        text = text.replace(quote, quote * 2)
    return text


def _open_quote(text: str, *, escapes: bool) -> str:
    """The quote that is open at the end of a text; with `escapes` a backslash protects what follows."""
    quote = ""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif escapes and character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return quote


def known_version(type_: CriterionType, version: str) -> bool:
    """Whether a version of a criterion type is one we evaluate (JPA-5, XPA-4, A-39)."""
    return version in versions_of(type_)
