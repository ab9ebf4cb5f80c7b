"""A coded body is undone whole, or it is said why not; and it never takes more than its limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.world.codings import BadCoding, Decoder, TooLarge


def bare_deflate(data: bytes) -> bytes:
    """Deflate as some servers send it, without the zlib wrapper."""
    squeezed = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezed.compress(data) + squeezed.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip in members": (
        "gzip",
        lambda data: gzip.compress(data[:5], mtime=0) + gzip.compress(data[5:], mtime=0),
    ),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
}
every_coding = pytest.mark.parametrize("name", CODINGS)
STREAMS = ("gzip", "deflate", "bare deflate")


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def decoded(coding: str, data: bytes, size: int, limit: int = 1 << 20) -> bytes:
    decoder = Decoder(coding, limit)
    whole = b"".join(decoder.feed(piece) for piece in pieces(data, size))
    decoder.finish()
    return whole


@every_coding
@given(data=st.binary(max_size=300), size=st.integers(1, 40))
def test_what_was_coded_comes_back(name: str, data: bytes, size: int) -> None:
    coding, code = CODINGS[name]
    assert decoded(coding, code(data), size) == data


@pytest.mark.parametrize("name", STREAMS)
@given(data=st.binary(min_size=1, max_size=80), size=st.integers(1, 40), at=st.integers(1, 500))
def test_a_body_that_ends_early_is_never_taken_for_a_whole_one(
    name: str, data: bytes, size: int, at: int
) -> None:
    coding, code = CODINGS[name]
    whole = code(data)
    with pytest.raises(BadCoding):
        decoded(coding, whole[: min(at, len(whole) - 1)], size)


@every_coding
def test_a_body_that_never_began_is_an_empty_one(name: str) -> None:
    assert decoded(CODINGS[name][0], b"", 1) == b""


@every_coding
@given(data=st.binary(max_size=300), size=st.integers(1, 300), limit=st.integers(0, 300))
def test_never_more_than_the_limit_and_never_less(
    name: str, data: bytes, size: int, limit: int
) -> None:
    coding, code = CODINGS[name]
    decoder, got, cut_at = Decoder(coding, limit), b"", None
    try:
        for piece in pieces(code(data), size):
            got += decoder.feed(piece)
    except TooLarge as too_large:
        got += too_large.fits
        cut_at = too_large.limit
    assert cut_at == (limit if len(data) > limit else None)
    assert got == data[:limit]


@pytest.mark.parametrize(
    ("coding", "data", "words"),
    [
        ("gzip", b"plain text", "not gzip"),
        ("gzip", zlib.compress(b"abc"), "not gzip"),
        ("gzip", gzip.compress(b"abc", mtime=0)[:-8] + bytes(8), "not gzip"),
        ("gzip", gzip.compress(b"abc", mtime=0) + b"<html>", "follows the end"),
        ("deflate", b"plain text", "not deflate"),
        ("deflate", zlib.compress(b"abc") + b"more", "follows the end"),
        ("deflate", b"x", "ends in the middle"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100])
def test_what_is_wrong_with_a_coding_is_said(
    coding: str, data: bytes, words: str, size: int
) -> None:
    with pytest.raises(BadCoding, match=words):
        decoded(coding, data, size)


@pytest.mark.parametrize("coding", ["", "identity", "br", "zstd", "compress", "gzip, gzip"])
def test_other_codings_pass_as_they_are(coding: str) -> None:
    decoder = Decoder(coding, 100)
    assert not decoder.decodes
    assert decoder.feed(b"\x1f\x8bas it is") == b"\x1f\x8bas it is"
    decoder.finish()


def bomb(size: int) -> bytes:
    squeezed = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    block = bytes(1 << 20)
    return b"".join(squeezed.compress(block) for _ in range(size >> 20)) + squeezed.flush()


def test_a_bomb_is_cut_without_taking_memory() -> None:
    data = bomb(64 << 20)
    assert len(data) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge) as caught:
            Decoder("gzip", 1 << 20).feed(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(caught.value.fits) == 1 << 20
    assert most < 8 << 20
