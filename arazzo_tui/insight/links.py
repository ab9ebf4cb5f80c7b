"""What a value's way is told with: links, each one place where the value stood or somebody gave it.

Made by `reading` and `provenance`, drawn by whoever shows them.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from arazzo_tui.insight.named import Named, found_at
from arazzo_tui.language.printable import printable, quoted_name
from arazzo_tui.language.values import Json, Pointer, Scope, brief

LinkKind: TypeAlias = Literal[
    "request", "output", "response", "input", "workflow output", "parameter", "given", "default",
    "constant", "description", "server", "credential", "tool", "hand",
]  # fmt: skip
"""What a link is: a place in a request; an output of an attempt; a place in an answer; an input of a
workflow; an output of a workflow that came back; a parameter that a caller gives. And the ends of chains:
given with the run, a schema's default, written in the document, said by an API description, a server
setting, a credential, of this tool's own making, set by hand."""

Side: TypeAlias = Literal["request", "response", "inputs", "outputs", ""]


class Link(Struct, frozen=True):
    """One link of a chain, as people read it.

    `record` is the number of its attempt in the trail; the one after the last is that under way. `place` is
    the way inside its `side`: of a request as `Origin` has it, of a response a pointer into the body, or
    `("header", name)` and `("status",)` where `part` says so. `written` is what the document writes that
    leads here. `missing` says why there is no value, and stands at the link where it is missing first.
    """

    kind: LinkKind
    text: str
    value: Json = None
    record: int | None = None
    side: Side = ""
    place: Pointer = ()
    part: Literal["body", "header", "status", ""] = ""
    written: str = ""
    missing: str = ""


Chain: TypeAlias = tuple[Link, ...]
"""From a value back to where it came from."""


def sentence(chain: Chain) -> str:
    """A chain as one sentence, and at its end why the value is missing, if it is."""
    way = " ← ".join(_quoted(link) for link in chain)
    missing = next((link.missing for link in chain if link.missing), "")
    if not missing and chain and chain[-1].kind == "response" and chain[-1].value is None:
        missing = "it is null in the answer"
    return f"{way}: {printable(missing)}" if missing else way


def _quoted(link: Link) -> str:
    return quoted_name(link.text) if link.kind in _AS_WRITTEN else printable(link.text)


_AS_WRITTEN = ("request", "output", "response", "input", "workflow output")


def constant(value: Json, place: Pointer) -> Link:
    """What the document itself writes."""
    inner, why = found_at(value, place)
    return Link("constant", f"{brief(inner)}, written in the document", inner, missing=why)


def lacking(
    kind: LinkKind,
    text: str,
    why: str,
    *,
    record: int | None = None,
    side: Side = "",
    place: Pointer = (),
) -> Link:
    """A link at which the value is missing first, and why."""
    return Link(kind, text, None, record, side, place, "", text, why)


def of_document(constants: Scope, name: Named, text: str, rest: Pointer) -> Link:
    """What the document and its sources say themselves: `$components`, `$sourceDescriptions`, `$self`."""
    value, why = found_at(constants, (*name.path, *name.way, *rest))
    return Link("constant", text, value, written=text, missing=why)
