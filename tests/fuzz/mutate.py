"""Make new inputs out of old ones: by their bytes, and by the pieces that they are made of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from tests.fuzz.seeds import WORDS

LONGEST = 100_000
MOST_STEPS = 6
_PIECES = re.compile(rb"<[^<>]{0,200}>|&[#\w]{1,12};|\"[^\"]{0,100}\"|[\[\]{},:]|\d+|[^<>&\"\[\]{},:\d]+|.", re.DOTALL)
Change = Callable[[bytes, random.Random], bytes]


def mutated(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Return `body` after one to six changes; `others` lend pieces."""
    for _ in range(rng.randint(1, MOST_STEPS)):
        change = rng.choice(CHANGES)
        body = _spliced(body, rng, others) if rng.random() < 0.1 else change(body, rng)
        if len(body) > LONGEST:
            return body[:LONGEST]
    return body


def _spliced(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    return body[: rng.randint(0, len(body))] + other[rng.randint(0, len(other)) :]


def _span(length: int, rng: random.Random) -> tuple[int, int]:
    start = rng.randint(0, length)
    return start, min(length, start + int(rng.expovariate(1 / 12)))


def _cut(body: bytes, rng: random.Random) -> bytes:
    start, end = _span(len(body), rng)
    return body[:start] + body[end:]


def _ended(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randint(0, len(body))]


def _worded(body: bytes, rng: random.Random) -> bytes:
    start, end = _span(len(body), rng)
    return body[:start] + rng.choice(WORDS) + body[end if rng.random() < 0.5 else start :]


def _flipped(body: bytes, rng: random.Random) -> bytes:
    if not body:
        return b"\x00"
    at = rng.randrange(len(body))
    return body[:at] + bytes([rng.randrange(256)]) + body[at + 1 :]


def _pieces(body: bytes) -> list[bytes]:
    return _PIECES.findall(body) or [body]


def _repeated(body: bytes, rng: random.Random) -> bytes:
    """Say one piece, or a run of them, over and over: what is quadratic shows."""
    pieces = _pieces(body)
    start = rng.randrange(len(pieces))
    run = b"".join(pieces[start : start + rng.randint(1, 6)])
    times = min(rng.choice((2, 10, 100, 1000, 20_000)), LONGEST // max(1, len(run)))
    return b"".join(pieces[:start]) + run * times + b"".join(pieces[start:])


def _swapped(body: bytes, rng: random.Random) -> bytes:
    pieces = _pieces(body)
    one, other = rng.randrange(len(pieces)), rng.randrange(len(pieces))
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return b"".join(pieces)


def _dropped(body: bytes, rng: random.Random) -> bytes:
    pieces = _pieces(body)
    del pieces[rng.randrange(len(pieces))]
    return b"".join(pieces)


def _nested(body: bytes, rng: random.Random) -> bytes:
    """Wrap a piece in many of the same element, bracket or quotation mark."""
    pieces = _pieces(body)
    at = rng.randrange(len(pieces))
    opening, closing = rng.choice(
        ((b"<div>", b"</div>"), (b"[", b"]"), (b'{"a":', b"}"), (b"<item>", b"</item>"), (b"<b>", b""))
    )
    depth = rng.choice((1, 5, 100, 3000))
    pieces[at] = opening * depth + pieces[at] + closing * rng.choice((0, depth))
    return b"".join(pieces)


def _recoded(body: bytes, rng: random.Random) -> bytes:
    text = body.decode(rng.choice(("utf-8", "gb18030")), "replace")
    return text.encode(rng.choice(("utf-16", "gb18030", "big5", "utf-8-sig", "cp1252", "utf-32")), "replace")


CHANGES: tuple[Change, ...] = (
    _cut, _ended, _worded, _worded, _worded, _flipped, _repeated, _repeated, _swapped, _dropped, _nested, _recoded,
)  # fmt: skip
