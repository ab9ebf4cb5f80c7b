"""Which source a reference to an operation means, and the operation assumed where that is not there.

Readable HTTP descriptions are searched in `document.lookup`, steps over message brokers are told apart in
`message_steps`.
"""

from arazzo_tui.document.operation import Operation
from arazzo_tui.engine.plan import Documents, Unavailable


def named_source(text: str, documents: Documents) -> str | None:
    """The source that a reference to an operation or a channel names; None for one that names none."""
    expression = text.lstrip("{")
    rest = expression.removeprefix("$sourceDescriptions.")
    written_out = rest != expression
    ends = ("", ".", "#", "}") if written_out else (".", "#")
    sources = documents.description.source_descriptions
    for source in sorted(sources, key=lambda each: len(each.name), reverse=True):
        after = rest[len(source.name) : len(source.name) + 1]
        if rest.startswith(source.name) and after in ends:
            return source.name
        if text.startswith(source.url + "#"):
            return source.name
    return rest if written_out else None


def assumed_operation(text: str, documents: Documents) -> Operation | None:
    """The operation assumed for a reference: of the source it names, else of the first that is not there.

    A source is assumed to be of HTTP only where nothing says otherwise (A-53).
    """
    named = named_source(text, documents)
    for name, source in documents.sources.items():
        asked = named is None or named == name
        if asked and isinstance(source, Unavailable) and text in source.operations:
            return source.operations[text]
    return None
