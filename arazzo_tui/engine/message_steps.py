"""Steps over message brokers: recognised, described in a sentence, and refused before anything is sent.

A step is one when it names a channel, an operation of an AsyncAPI source, or says with `action` that it
sends or receives what no HTTP source has (ASY-1..5, ASY-9). Such a step is never taken for one of HTTP.
"""

from urllib.parse import unquote

from arazzo_tui.document.arazzo import (
    CallWorkflow,
    Channel,
    GraphQLOperation,
    OperationById,
    OperationByPath,
    Step,
)
from arazzo_tui.document.asyncapi import AsyncApi
from arazzo_tui.document.openapi import Api
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.engine.plan import Documents, GraphQLText, Unavailable
from arazzo_tui.engine.sources import named_source
from arazzo_tui.language.printable import quoted_name


def refused(step: Step, documents: Documents, report: Report) -> bool:
    """Whether a step goes over a message broker; if it does, that is an error with the reason (ASY-9)."""
    match step.target:
        case Channel(text):
            _refuse(step, f"the channel {_channel(text, step, documents, report)}", report)
            return True
        case OperationById(text) | OperationByPath(text):
            where = _operation(text, step, documents, report)
            if where:
                _refuse(step, where, report)
            return bool(where)
        case CallWorkflow() | GraphQLOperation() | None:
            return False


def _refuse(step: Step, where: str, report: Report) -> None:
    does = {"send": "sends to", "receive": "receives from"}.get(step.action, "speaks to")
    message = (
        f"step {quoted_name(step.step_id)} {does} {where}; "
        "steps over message brokers are shown, not executed"
    )
    needed = "" if step.action else "such a step says `action: send` or `action: receive` (ASY-2)"
    report.error("asyncapi-step", message, step.mark, needed)


# ------------------------------------------------------------------------------- channels


def _channel(text: str, step: Step, documents: Documents, report: Report) -> str:
    """The channel of a `channelPath` and its source in words; says what of it does not resolve (OPN-7)."""
    _, _, fragment = text.partition("#")
    name = named_source(text, documents)
    source = documents.sources.get(name) if name is not None else None
    wrong, hint = "", "write `{$sourceDescriptions.<name>.url}#/channels/<channel>` (OPN-7)"
    match source:
        case AsyncApi():
            key = source.channel_at(unquote(fragment))
            if key is not None:
                return _of(key, source)
            last = unquote(fragment).rpartition("/")[2]
            wrong = f"{quoted_name(source.name)} has no channel {quoted_name('#' + fragment)}"
            hint = did_you_mean(last, source.channels)
        case Unavailable():
            return quoted_name(text)
        case Api() | Documents() | GraphQLText():
            wrong = f"{quoted_name(name or '')} is no AsyncAPI description and has no channels"
        case None:
            wrong = f"{quoted_name(text)} names no source of this document"
            known = [each.name for each in documents.description.source_descriptions]
            hint = did_you_mean((name or text).partition(".")[0], known)
    report.error("unknown-channel", wrong, step.mark, hint)
    return quoted_name(text)


def _of(key: str, source: AsyncApi) -> str:
    words = source.channels[key]
    said = f"{quoted_name(key)} {words}".rstrip()
    return f"{said} of {quoted_name(source.name)} (AsyncAPI {source.version})"


# ------------------------------------------------------------------------------- operations


def _operation(text: str, step: Step, documents: Documents, report: Report) -> str:
    """The operation of a broker that a reference means, in words; empty for one of HTTP."""
    named = named_source(text, documents)
    if named is None:
        return _bare(text, step, documents, report)
    source = documents.sources.get(named)
    match source:
        case AsyncApi():
            rest = text.lstrip("{").removeprefix("$sourceDescriptions.").removeprefix(f"{named}.")
            if rest not in source.operations:
                message = f"the source {quoted_name(named)} has no operation {quoted_name(rest)}"
                hint = did_you_mean(rest, source.operations)
                report.error("unknown-operation", message, step.mark, hint)
                return f"{quoted_name(rest)} of {quoted_name(named)}"
            return _operation_words(rest, source)
        case Unavailable() if _is_said_to_be_async(named, documents):
            return f"{quoted_name(text)} of the AsyncAPI source {quoted_name(named)}"
        case Unavailable() | None if step.action:
            if source is None:
                known_names = [each.name for each in documents.description.source_descriptions]
                message = f"there is no source for {quoted_name(text)}"
                hint = did_you_mean(named.partition(".")[0], known_names)
                report.error("unknown-source", message, step.mark, hint)
            return quoted_name(text)
        case Unavailable() | Api() | Documents() | GraphQLText() | None:
            return ""


def _bare(text: str, step: Step, documents: Documents, report: Report) -> str:
    """An operationId without a source: among HTTP and message operations it has to be the only one."""
    found = [
        each
        for each in documents.sources.values()
        if isinstance(each, AsyncApi) and text in each.operations
    ]
    apis = [each for each in documents.sources.values() if isinstance(each, Api)]
    of_http = [each.name for each in apis if each.with_id(text)]
    if not found:
        return quoted_name(text) if step.action and not of_http else ""
    if of_http and not step.action:
        names = [*of_http, *(each.name for each in found)]
        write = " or ".join(f"`$sourceDescriptions.{name}.{text}`" for name in names)
        message = f"{quoted_name(text)} names operations of several sources"
        report.error("unknown-operation", message, step.mark, f"write {write}")
    return _operation_words(text, found[0])


def _operation_words(operation: str, source: AsyncApi) -> str:
    words = source.operations[operation]
    version = f"AsyncAPI {source.version}".rstrip()
    said = f"{quoted_name(operation)} of {quoted_name(source.name)} ({version})"
    return f"{said}: {words}" if words else said


def _is_said_to_be_async(name: str, documents: Documents) -> bool:
    return any(
        each.name == name and each.type == "asyncapi"
        for each in documents.description.source_descriptions
    )
