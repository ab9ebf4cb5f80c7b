"""What both kinds of condition have in common: `||`, `&&`, `!` and parentheses, whatever they join.

What they join, a leaf, is `condition`'s or `path_condition`'s, and so is all that a leaf means.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from arazzo_tui.language.note import BadText

_DEEPEST = 50

Leaf = TypeVar("Leaf")


class Negation(Struct, Generic[Leaf], frozen=True):
    """`!` and what follows it."""

    inner: "Formula[Leaf]"

    @property
    def parts(self) -> tuple["Formula[Leaf]", ...]:
        """What is negated, as the only part."""
        return (self.inner,)

    def holds(self, parts: Sequence[bool]) -> bool:
        """Whether it holds, given whether its part does (SIM-7)."""
        return not parts[0]

    def spelled(self, parts: Sequence[str]) -> str:
        """Its words, given those of its part."""
        return f"!({parts[0]})"


class All(Struct, Generic[Leaf], frozen=True):
    """Parts joined by `&&`."""

    parts: tuple["Formula[Leaf]", ...]

    def holds(self, parts: Sequence[bool]) -> bool:
        """Whether it holds, given which of its parts do (SIM-8)."""
        return all(parts)

    def spelled(self, parts: Sequence[str]) -> str:
        """Its words, given those of its parts."""
        return " && ".join(f"({part})" for part in parts)


class Some(Struct, Generic[Leaf], frozen=True):
    """Parts joined by `||`."""

    parts: tuple["Formula[Leaf]", ...]

    def holds(self, parts: Sequence[bool]) -> bool:
        """Whether it holds, given which of its parts do (SIM-8)."""
        return any(parts)

    def spelled(self, parts: Sequence[str]) -> str:
        """Its words, given those of its parts."""
        return " || ".join(f"({part})" for part in parts)


Formula: TypeAlias = Leaf | Negation[Leaf] | All[Leaf] | Some[Leaf]


class Word(Protocol):
    """One word of a condition; those of kind `operator` and the one of kind `end` are read here."""

    @property
    def kind(self) -> str:
        """What sort of word it is."""

    @property
    def text(self) -> str:
        """The word as it is read."""

    @property
    def at(self) -> int:
        """Where it stands, in code points."""


AnyWord = TypeVar("AnyWord", bound=Word)


class Reader(ABC, Generic[AnyWord, Leaf]):
    """Recursive descent: or = and *("||" and); and = unary *("&&" unary); unary = 1*"!" primary / plain."""

    def __init__(self, words: Iterable[AnyWord]) -> None:
        self.words = list(words)
        self.at = 0
        self.depth = 0

    @abstractmethod
    def plain(self) -> Formula[Leaf]:
        """What stands between the operators; it begins at the current word."""

    @abstractmethod
    def primary(self) -> Formula[Leaf]:
        """What may follow a `!`."""

    @abstractmethod
    def instead(self, word: AnyWord) -> str:
        """A hint at what would be right in the place of a word; empty when nobody knows."""

    @abstractmethod
    def left_over(self, word: AnyWord) -> str:
        """The same for a word with which nothing can go on."""

    def whole(self) -> Formula[Leaf]:
        """All of the words; raises `BadText` with the offset where reading stopped."""
        if len(self.words) == 1:
            raise BadText("the condition is empty")
        formula = self.disjunction()
        if self.word.kind != "end":
            message = f"`{self.word.text}` is not expected here"
            raise BadText(message, self.word.at, self.left_over(self.word))
        return formula

    @property
    def word(self) -> AnyWord:
        """The word that is read next."""
        return self.words[self.at]

    def next(self) -> AnyWord:
        """The word that is read next, which is now read."""
        self.at += 1
        return self.words[self.at - 1]

    def take(self, operator: str) -> bool:
        """Whether this operator comes next; it is then read."""
        taken = self.word.kind == "operator" and self.word.text == operator
        self.at += taken
        return taken

    def disjunction(self) -> Formula[Leaf]:
        """What is joined by `||`, up to a word that joins nothing."""
        parts = [self._conjunction()]
        while self.take("||"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _conjunction(self) -> Formula[Leaf]:
        parts = [self._unary()]
        while self.take("&&"):
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _unary(self) -> Formula[Leaf]:
        bangs = 0
        while self.take("!"):
            bangs += 1
        if not bangs:
            return self.plain()
        formula = self.primary()
        for _ in range(2 - bangs % 2):  # three are one, however many there are
            formula = Negation(formula)
        return formula

    def group(self, opening: AnyWord) -> Formula[Leaf]:
        """What stands in parentheses, the first of which was read."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadText(f"parentheses are nested deeper than {_DEEPEST}", opening.at)
        formula = self.disjunction()
        if not self.take(")"):
            raise BadText("this `(` is never closed", opening.at)
        self.depth -= 1
        return formula

    def no_value(self, word: AnyWord) -> BadText:
        """What is wrong with a word that stands where a value should."""
        what = "the condition ends" if word.kind == "end" else f"`{word.text}` stands"
        return BadText(f"{what} where a value is expected", word.at, self.instead(word))
