"""The difference of two texts as a unified diff, which `patch -p1` and `git apply` read.

Lines end where LF stands and nowhere else, so that every other character travels inside its line.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_AROUND = 3
"""Lines that are the same on both sides of a change."""

_NO_END = "\n\\ No newline at end of file\n"


def unified_diff(name: str, old: str, new: str) -> str:
    """What makes `new` of `old`, in a file of that name; empty where they are the same.

    A name is taken relative to where the patch is applied; one with control characters or quotes is
    written in quotes, as Git does.
    """
    if old == new:
        return ""
    before, after = _lines(old), _lines(new)
    parts = [f"--- {_header('a', name)}\n+++ {_header('b', name)}\n"]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(_AROUND):
        start, stop = group[0], group[-1]
        ranges = f"-{_range(start[1], stop[2])} +{_range(start[3], stop[4])}"
        parts.append(f"@@ {ranges} @@\n")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                parts += _marked(" ", before[i1:i2])
            else:
                parts += _marked("-", before[i1:i2])
                parts += _marked("+", after[j1:j2])
    return "".join(parts)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield mark + (line if line.endswith("\n") else line + _NO_END)


def _range(start: int, stop: int) -> str:
    """First line and number of lines; of no lines the one before (POSIX diff, "-u")."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + (1 if length else 0)},{length}"


def _header(side: str, name: str) -> str:
    path = f"{side}/{name.replace(chr(92), '/') if _is_windows(name) else name.lstrip('/')}"
    if re.search(r'[\x00-\x1f\x7f"\\]', path):
        return '"' + re.sub(r'[\x00-\x1f\x7f"\\]', _octal, path) + '"'
    return path + ("\t" if " " in path else "")


def _is_windows(name: str) -> bool:
    return re.match(r"[A-Za-z]:\\|\.{0,2}\\", name) is not None


def _octal(found: re.Match[str]) -> str:
    character = found.group()
    return "\\" + character if character in '"\\' else f"\\{ord(character):03o}"
