"""Unquoted YAML words that other readers take for something else: `yes`, dates, `12:30`, a lone `=`.

Here they are strings, as YAML 1.2 has it (DOC-3). Who wrote them may have meant a boolean or a number, and
who reads them with an older reader gets one.
"""

import re
from collections.abc import Iterator

from arazzo_tui.document.marked import Node
from arazzo_tui.document.places import Places
from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Source

_WORDS = {
    "boolean": r"(?i:yes|no|on|off)",
    "date": r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9:.]+(?:Z|[+-][0-9:]+)?)?",
    "number of base sixty": r"[0-9]{1,3}(?::[0-5]?[0-9]){1,2}",
    "token of its own": r"=",
}
_WORD = re.compile("|".join(f"(?P<k{at}>{each})" for at, each in enumerate(_WORDS.values())))
_MAYBE = re.compile(
    rf"(?m)[:\-,\[](?:\s++|(?<=\[))(?=[yYnNoO=0-9])(?:{_WORD.pattern})\s*(?:$|[#,\]}}])"
)
_TALK = frozenset({"description", "summary", "title", "version", "arazzo"})


def check_words(source: Source, report: Report, places: Places) -> None:
    """Report as hints the unquoted words of a YAML text that YAML 1.1 would not read as strings."""
    if source.text.lstrip("\ufeff \r\n\t").startswith("{") or _MAYBE.search(source.text) is None:
        return
    root = places.root(source)
    for node in _strings(root) if root is not None else ():
        word = str(node.value)
        found = _WORD.fullmatch(word)
        if found is None or not source.line(node.line)[node.column - 1 :].startswith(word):
            continue
        kind = list(_WORDS)[int((found.lastgroup or "k0")[1:])]
        message = f"`{word}` is a string in YAML 1.2; older readers take it for a {kind}"
        hint = f'write "{word}"'
        if kind == "boolean":
            hint += " or true" if word.lower() in ("yes", "on") else " or false"
        report.hint("yaml-word", message, node.mark, hint)


def _strings(root: Node) -> Iterator[Node]:
    """The string values that are no talk, in the order of the document."""
    waiting = [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, str):
            yield node
        elif isinstance(node.value, dict | list) and id(node.value) not in seen:
            seen.add(id(node.value))
            members = [
                each
                for name, each in node.members()
                if name not in _TALK and not name.startswith("x-")
            ]
            waiting += reversed([*members, *node.items()])
