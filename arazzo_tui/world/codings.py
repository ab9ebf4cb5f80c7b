"""Content codings, undone with a limit: a small body can write a very large one (RFC 9110 §8.4.1).

Only what the standard library decodes is asked for and decoded; at most one coding, and never more than
the limit is held in memory.
"""

import zlib

ACCEPTED = ("gzip", "deflate")
"""What `Accept-Encoding` asks for."""


class TooLarge(Exception):
    """The decoded body passes the limit."""


class BadCoding(Exception):
    """The body is not what its coding says; the sentence tells how."""


class Decoder:
    """Undoes one content coding piece by piece. `limit` is the most bytes it gives in all."""

    def __init__(self, coding: str, limit: int) -> None:
        self.coding = coding
        self.decodes = coding in ("gzip", "x-gzip", "deflate")
        self._limit = limit
        self._given = 0
        self._raw = False
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | (16 if "gzip" in coding else 0))

    def feed(self, data: bytes) -> bytes:
        """The next decoded bytes; raises `TooLarge` and `BadCoding`."""
        decoded = self._decoded(data) if self.decodes else data
        self._given += len(decoded)
        if self._given > self._limit:
            raise TooLarge
        return decoded

    def finish(self) -> None:
        """Say that the body is over; raises `BadCoding` when its coding is not."""
        if self.decodes and not self._inflate.eof and self._given:
            raise BadCoding(f"the {self.coding} body ends in the middle")

    def _decoded(self, data: bytes) -> bytes:
        most = self._limit - self._given + 1
        try:
            return self._inflate.decompress(data, most)
        except zlib.error as wrong:
            if self.coding == "deflate" and not self._given and not self._raw:
                # Some servers send deflate without the zlib wrapper.
                self._raw = True
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
                return self._decoded(data)
            raise BadCoding(f"the body is not {self.coding}: {wrong}") from None
