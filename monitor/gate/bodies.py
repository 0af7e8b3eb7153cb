"""Reading a body within bounds: bytes on the wire, bytes unpacked, one packing at most.

The unpacking of HTTP libraries is not used: it hands over whole unpacked chunks, which a few kilobytes on the wire can
make as large as memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from monitor.core.sources import FailureKind
from monitor.gate.failure import GateFailure

STEP = 64 * 1024


def read_body(chunks: Iterable[bytes], *, packing: str, longest: int) -> tuple[bytes, bool]:
    """Return the unpacked body and whether it was cut at `longest` bytes, packed or unpacked.

    `packing` is the Content-Encoding header; raise GateFailure(BAD_ENCODING) for anything but identity, gzip, deflate.
    """
    body = bytearray()
    for part in _unpacked(_within(chunks, longest), packing):
        body += part
        if len(body) > longest:
            return bytes(body[:longest]), True
    return bytes(body), False


def _within(chunks: Iterable[bytes], longest: int) -> Iterator[bytes]:
    """Pass on chunks until more than `longest` bytes have come; the one byte more makes the caller cut."""
    left = longest + 1
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def _unpacked(chunks: Iterator[bytes], packing: str) -> Iterator[bytes]:
    codings = [coding.strip().lower() for coding in packing.split(",") if coding.strip()]
    codings = [coding for coding in codings if coding != "identity"]
    if not codings:
        return chunks
    if codings in (["gzip"], ["x-gzip"]):
        return _inflated(chunks, 31)
    if codings == ["deflate"]:
        return _deflated(chunks)
    raise GateFailure(FailureKind.BAD_ENCODING, f"Content-Encoding: {packing[:80]}")


def _deflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack "deflate", which is zlib by the book and raw deflate from some servers; the first byte tells."""
    first = next((chunk for chunk in chunks if chunk), b"")
    window = zlib.MAX_WBITS if first[:1] and first[0] & 0x0F == 8 and first[0] >> 4 <= 7 else -zlib.MAX_WBITS
    yield from _inflated(_chained(first, chunks), window)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _inflated(chunks: Iterator[bytes], window: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(window)
    for chunk in chunks:
        rest = chunk
        while rest and not unpacker.eof:
            try:
                part = unpacker.decompress(rest, STEP)
            except zlib.error as error:
                raise GateFailure(FailureKind.BAD_ENCODING, str(error)) from None
            rest = unpacker.unconsumed_tail
            yield part
        if unpacker.eof:
            return
    yield unpacker.flush()
