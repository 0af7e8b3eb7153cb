"""The few forms of DER that a time stamp is made of (X.690); what is read is read by libraries."""

from __future__ import annotations

from datetime import UTC, datetime


def tagged(tag: int, content: bytes) -> bytes:
    """Return one value with its tag and length."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE."""
    return tagged(0x30, b"".join(parts))


def a_set(*parts: bytes) -> bytes:
    """Return a SET OF, whose members DER wants in order."""
    return tagged(0x31, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    """Return an INTEGER that is not negative."""
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(content: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tagged(0x04, content)


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = b"".join(_base_128(number) for number in (first * 40 + second, *rest))
    return tagged(0x06, content)


def _base_128(number: int) -> bytes:
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(0x80 | (number & 0x7F))
    return bytes(reversed(found))


def time(at: datetime) -> bytes:
    """Return a GeneralizedTime in whole seconds."""
    return tagged(0x18, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def explicit(number: int, content: bytes) -> bytes:
    """Return a value under an explicit tag of the context; so are implicit ones of constructed values."""
    return tagged(0xA0 | number, content)
