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


def parts(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]]:
    """Return the values between two places as (tag, first byte, first byte of the content, end).

    Raise ValueError where they do not fill it.
    """
    found = []
    while start < end:
        content = start + 2
        size = data[start + 1] if content <= end else 0
        if size & 0x80:
            content += size & 0x7F
            size = int.from_bytes(data[start + 2 : content], "big")
        if content + size > end or content > end:
            raise ValueError("DER")
        found.append((data[start], start, content, content + size))
        start = content + size
    return found


def in_order(token: bytes) -> bytes:
    """Return a time stamp response with its certificates in the order that DER wants; others send them as they come.

    No signature covers that order. What cannot be taken apart is returned as it is.
    """
    try:
        [(_, _, at, end)] = parts(token, 0, len(token))
        _, _, at, end = parts(token, at, end)[1]
        _, _, at, end = parts(token, at, end)[1]
        [(_, _, at, end)] = parts(token, at, end)
        certificates = next(one for one in parts(token, at, end) if one[0] == 0xA0)
        inner = sorted(token[one[1] : one[3]] for one in parts(token, certificates[2], certificates[3]))
    except (ValueError, IndexError, StopIteration):
        return token
    return token[: certificates[2]] + b"".join(inner) + token[certificates[3] :]
