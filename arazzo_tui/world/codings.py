"""Content codings, undone with a limit: a small body can write a very large one (RFC 9110 §8.4.1).

Only what the standard library decodes is decoded; at most one coding, never more than the limit is held in
memory, and a body that does not end as its coding ends is not taken for a whole one.
"""

import zlib


class TooLarge(Exception):
    """A body passes the limit of so many bytes; `fits` is what of the last piece still does."""

    def __init__(self, limit: int, fits: bytes = b"") -> None:
        self.limit = limit
        self.fits = fits
        super().__init__(f"more than {limit} bytes")


class BadCoding(Exception):
    """The body is not what its coding says; the sentence tells how."""


class Decoder:
    """Undoes one content coding piece by piece. `limit` is the most bytes it gives in all."""

    def __init__(self, coding: str, limit: int) -> None:
        self.coding = coding
        self.decodes = coding in ("gzip", "x-gzip", "deflate")
        self._limit = limit
        self._given = 0
        self._held = b""
        self._inflate = zlib.decompressobj()
        self._inside = False
        self._ended = False

    def feed(self, data: bytes) -> bytes:
        """The next decoded bytes; raises `TooLarge` and `BadCoding`."""
        decoded = self._decoded(data) if self.decodes else data
        room = self._limit - self._given
        if len(decoded) > room:
            self._given = self._limit
            raise TooLarge(self._limit, decoded[:room])
        self._given += len(decoded)
        return decoded

    def finish(self) -> None:
        """Say that the body is over; raises `BadCoding` when its coding is not."""
        if self._inside or self._held:
            raise BadCoding(f"the {self.coding} body ends in the middle")

    def _decoded(self, data: bytes) -> bytes:
        most = self._limit - self._given + 1
        decoded = bytearray()
        data, self._held = self._held + data, b""
        while data and len(decoded) < most:
            if not self._inside and not self._begun(data):
                self._held = data
                break
            try:
                decoded += self._inflate.decompress(data, most - len(decoded))
            except zlib.error as wrong:
                raise BadCoding(self._not_so(wrong)) from None
            if not self._inflate.eof:
                break
            data = self._inflate.unused_data
            self._inside, self._ended = False, True
        return bytes(decoded)

    def _begun(self, data: bytes) -> bool:
        """Begin to undo a stream that starts so; False when it cannot be told yet what it is.

        gzip may be several members in a row (RFC 1952 §2.2), deflate is one stream. Some servers send
        it without the zlib wrapper that RFC 9110 asks for; two bytes tell (RFC 1950 §2.2).
        """
        if self.coding != "deflate":
            bits = zlib.MAX_WBITS | 16
        elif self._ended:
            raise BadCoding("something follows the end of the deflate body")
        elif len(data) < 2:
            return False
        else:
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            bits = zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
        self._inflate = zlib.decompressobj(bits)
        self._inside = True
        return True

    def _not_so(self, wrong: zlib.error) -> str:
        if self._ended:
            return f"something that is not {self.coding} follows the end of the {self.coding} body"
        return f"the body is not {self.coding}: {str(wrong).rpartition(': ')[2]}"
