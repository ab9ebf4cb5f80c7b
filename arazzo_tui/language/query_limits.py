"""What a query may cost. A document and an answer can be written to make one explode; here is where
that ends, in numbers that each message names.

Steps are counted, not seconds: the same query on the same value fails the same way everywhere. Only a
regular expression has a clock, its engine's own.
"""

FOUND_MOST = 100_000
"""How many nodes a query may select."""

STEPS_MOST = 1_000_000
"""How many nodes and values a query may look at on its way."""

PATTERN_SECONDS = 0.5
"""How long one regular expression may search in one text."""


class QueryFailed(Exception):
    """A query that was read but came to no answer; `reason` is a sentence without its full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Budget:
    """The steps that one evaluation has left. What an evaluation starts, it pays for together."""

    __slots__ = ("left", "most")

    def __init__(self, most: int = STEPS_MOST) -> None:
        self.most = most
        self.left = most

    def renew(self) -> None:
        """The whole budget again, for the next evaluation."""
        self.left = self.most

    def spend(self, steps: int = 1) -> None:
        """Pay for `steps` more; raises `QueryFailed` when there are not so many left."""
        self.left -= steps
        if self.left < 0:
            raise QueryFailed(f"this query takes more than {self.most:,} steps on this value")
