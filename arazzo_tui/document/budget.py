"""How much of a document is read, and what was found while reading it.

The limits stand here, together with the list of problems that the YAML and the JSON reader fill. What
a document means is not known here.
"""

from msgspec import Struct

from arazzo_tui.document.source import Mark, Problem, Severity, Source
from arazzo_tui.language.printable import quoted_name


class Limits(Struct, frozen=True):
    """What one document may cost. Every refusal names the limit it met.

    `size` counts bytes of a file and characters of a text, `nodes` the values that are written,
    `expanded` the values there would be with every alias written out, `depth` the containers
    around a value.
    """

    size: int = 32 * 1024 * 1024
    nodes: int = 1_000_000
    expanded: int = 2_000_000
    depth: int = 100


class Refused(Exception):
    """A document that is read no further; the last of its problems says why."""


class Findings(Struct):
    """The problems of one source, in the order of reading; after `most` the rest is only counted."""

    source: Source
    problems: list[Problem] = []
    most: int = 100
    left_out: int = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is kept."""
        return len(self.problems) >= self.most

    def add(
        self,
        code: str,
        message: str,
        line: int,
        column: int,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Keep a problem at a place of the source."""
        if self.full:
            self.left_out += 1
            return
        mark = Mark(self.source, line, column)
        self.problems.append(Problem(code, message, mark, hint, severity))

    def warn(self, code: str, message: str, line: int, column: int, hint: str = "") -> None:
        """Keep a problem that stops nothing."""
        self.add(code, message, line, column, hint, Severity.WARNING)

    def twice(self, name: str, first_line: int, line: int, column: int) -> None:
        """A name that one object gives again; the value that was given first stays."""
        if self.full:
            self.left_out += 1
            return
        where = f"on line {first_line} and here" + f", on line {line}" * (line != first_line)
        message = f"{quoted_name(name)} is given twice in one object: {where}"
        self.add(
            "duplicate-key", message, line, column, "the first one is used; take one of them out"
        )

    def refuse(self, code: str, message: str, line: int, column: int, hint: str = "") -> Refused:
        """The exception that ends the reading; the problem is listed whatever was found before."""
        mark = Mark(self.source, line, column)
        self.problems.append(Problem(code, message, mark, hint))
        return Refused(code)

    def too_deep(self, limits: Limits, line: int, column: int) -> Refused:
        """A container beyond the limit of nesting."""
        message = f"this is nested deeper than {limits.depth:,} levels, the limit for a document"
        return self.refuse("too-deep", message, line, column)

    def too_many(self, most: int, line: int, column: int, *, expanded: bool = False) -> Refused:
        """One value more than the limit of values, written ones or those that aliases stand for."""
        what = "values once its aliases are written out" if expanded else "values"
        message = f"the document has more than {most:,} {what}, the limit for a document"
        return self.refuse("too-many-nodes", message, line, column)

    def listed(self) -> tuple[Problem, ...]:
        """The problems, and a word about those that were left out."""
        if not self.left_out:
            return tuple(self.problems)
        message = f"{self.left_out:,} more problems like these are not listed"
        last = Problem("more-problems", message, self.problems[-1].mark, "", Severity.HINT)
        return (*self.problems, last)
