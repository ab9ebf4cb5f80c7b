"""What GraphQL adds to the panes, as lines: variables, advice, notes, hints, and words of a schema. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from arazzo_tui.engine.exchange import Response, header
from arazzo_tui.engine.inputs import write_value
from arazzo_tui.graphql.advice import Advice
from arazzo_tui.graphql.docs import Docs, Member
from arazzo_tui.graphql.notes import GraphNote
from arazzo_tui.graphql.status import status_meaning
from arazzo_tui.graphql.variables import Row, Sent, variables_table
from arazzo_tui.language.secrets import Redactor
from arazzo_tui.language.values import Json, brief
from arazzo_tui.tui.lines_view import Line, line


def variable_lines(
    payload: Json, origins: Iterable[tuple[str, str]], redactor: Redactor
) -> list[Line]:
    """The variables as a table: name, declared type, value, where it came from, and what will not do."""
    rows = variables_table(payload)
    if not rows:
        return [line(("the operation has no variables", "dim"))]
    came = dict(origins)
    name_width = min(28, max(len(row.name) for row in rows) + 1)
    type_width = min(24, max(len(row.type or "not declared") for row in rows) + 1)
    lines = [
        line(
            (f"  {'name':<{name_width}} {'type':<{type_width}} value", "dim"),
        )
    ]
    for row in rows:
        lines += _variable(row, came.get(row.name, ""), redactor, name_width, type_width)
    return lines


def _variable(
    row: Row, origin: str, redactor: Redactor, name_width: int, type_width: int
) -> Iterator[Line]:
    sign = ("✗ ", "bad") if row.refused else ("! ", "warn") if row.remarks else ("  ", "")
    type_ = (f"{row.type or 'not declared':<{type_width}} ", "dim" if row.type else "warn")
    value = redactor.value(row.value)
    shown: tuple[str, str]
    match row.sent:
        case Sent.MISSING:
            said = f"not sent (default {row.default})" if row.has_default else "not sent"
            shown = (said, "bad" if row.refused else "dim")
        case Sent.NULL:
            shown = ("null", "bad" if row.refused else "note")
        case Sent.EMPTY:
            shown = ('""  empty text', "warn")
        case Sent.VALUE:
            shown = (brief(value, 120), "value")
    came = (f"  ← {origin}", "note") if origin else ("", "")
    yield line(
        sign, (f"{row.name:<{name_width}} ", "name"), type_, shown, came,
        hang=6, copy=write_value(value), about=f"variable:{row.name}",
    )  # fmt: skip
    for remark in row.remarks:
        yield line(("      ", ""), (remark.sentence, "bad" if remark.refused else "warn"), hang=6)


def advice_lines(advice: Sequence[Advice], redactor: Redactor) -> Iterator[Line]:
    """Advice before sending: it is somebody's, and never keeps a request from being sent."""
    if not advice:
        return
    yield Line()
    by = advice[0].by.removeprefix("advice of ")
    yield line(("Advice  ", "title"), (f"by {by}; it can be sent all the same", "dim"))
    for number, each in enumerate(advice):
        said = redactor.text(each.message)
        yield line(("! ", "warn"), said, hang=2, copy=said, about=f"advice:{number}")
        for edit in each.places.edits[:1]:
            yield line("    ", (f"D makes it so: {edit.sentence}", "note"))


def no_advice_lines(length: int) -> list[Line]:
    """That a query is too long to be looked at while somebody waits for the screen."""
    said = f"none: a query of {length:,} characters is too long for it"
    return [Line(), line(("Advice  ", "title"), (said, "dim"))]


def answer_lines(response: Response, hints: Iterable[str], redactor: Redactor) -> Iterator[Line]:
    """What the status means in GraphQL over HTTP, and hints where the endpoint is the wrong one."""
    kind = header(response.headers, "content-type") or ""
    yield line((status_meaning(response.status, kind), "dim"), hang=0)
    for hint in hints:
        yield line(("→ ", "next"), redactor.text(hint), hang=2)


def note_lines(found: Sequence[GraphNote], redactor: Redactor) -> Iterator[Line]:
    """What is known of these operations beside what the answer says, each with the reason."""
    if not found:
        return
    yield Line()
    yield line((f"What is known of {found[0].product}", "title"))
    for note in found:
        sign = ("! ", "warn") if note.weight == "mistake" else ("· ", "dim")
        yield line(sign, redactor.text(note.sentence), hang=2)
        yield line("    ", (redactor.text(note.why), "dim"))


def docs_lines(docs: Docs) -> list[Line]:
    """What a schema says about a name."""
    lines = [
        line((docs.coordinate, "strong"), (f"  {docs.type}", "name")),
        line((f"in {docs.by}", "dim")),
    ]
    if docs.description:
        lines.append(line(docs.description, hang=0))
    if docs.deprecated:
        lines.append(line((f"deprecated: {docs.deprecated}", "warn"), hang=0))
    lines += [_member(each) for each in docs.members]
    if docs.inner:
        lines += [Line(), line(("of its type:", "title"))]
        lines += [_member(each) for each in docs.inner]
    return lines


def _member(member: Member) -> Line:
    must = ("  required", "warn") if member.required else ("", "")
    default = f" = {member.default}" if member.default is not None else ""
    about = (f"  {member.description}", "dim") if member.description else ("", "")
    return line(("  " + member.name, "name"), f"  {member.type}{default}", must, about, hang=6)
