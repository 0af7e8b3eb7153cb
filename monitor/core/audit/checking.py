"""Whether a stored chain is still the one that was sealed, and which row is the first that is not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.audit.chain import AuditRow, Chain, Head, SealedRow, digest_of, hash_of
from monitor.core.errors import N_, Mistake

SHORTEST_HASH = 16


class FaultKind(StrEnum):
    """What is wrong with a row; each has a sentence in the documents."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut"
    REWRITTEN = "rewritten"
    UNKNOWN_HEAD = "unknown_head"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first bad row, and what stands there now.

    `other` is where the row stands that belongs there, the next row after a gap, the head that a cut chain no longer
    reaches, or the last head that a rewritten one still agrees with (0: none).
    """

    kind: FaultKind
    seq: int
    row: AuditRow | None = None
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """How far a chain was read and what was found; `head` is its last row."""

    head: Head
    fault: ChainFault | None = None


class BadHead(Mistake):
    """A text is no head of the audit log."""

    message = N_(
        "{text} is no head of the audit log. Copy it from the foot of a briefing: a number, a colon and 64 characters."
    )


def read_head(text: str) -> Head:
    """Return a head as it is printed in a briefing, with or without its number; spaces do not matter. Raise BadHead."""
    tight = "".join(text.split()).lower().replace("：", ":")
    number, colon, found = tight.rpartition(":")
    if (colon and not (number.isascii() and number.isdigit())) or not SHORTEST_HASH <= len(found) <= 64:
        raise BadHead(text=text)
    if set(found) - set("0123456789abcdef"):
        raise BadHead(text=text)
    return Head(int(number or 0), found)


def check(read: Callable[[int], Iterable[SealedRow]], heads: Collection[Head] = ()) -> Checked:
    """Check a chain from its first row on; `read` gives the rows from a number on, in order.

    `heads` were kept outside: a chain that is whole in itself, but was made anew or cut, does not lead to them.
    """
    chain = Chain()
    anchored = {head.seq: head.hash for head in heads if head.seq}
    floating = {head.hash for head in heads if not head.seq}
    for sealed in read(1):
        expected = chain.head.seq + 1
        if sealed.seq != expected:
            return Checked(chain.head, ChainFault(FaultKind.MISSING, expected, other=sealed.seq))
        before = chain.copy() if chain.link(sealed.row).hash != sealed.hash else None
        if before is not None:
            return Checked(before.head, _diagnosed(before, sealed, read))
        chain.take(sealed.seq, sealed.hash)
        if not sealed.hash.startswith(anchored.get(sealed.seq, "")):
            agreed = max((seq for seq in anchored if seq < sealed.seq), default=0)
            return Checked(chain.head, ChainFault(FaultKind.REWRITTEN, sealed.seq, sealed.row, agreed))
        floating -= {hash_ for hash_ in floating if sealed.hash.startswith(hash_)}
    lost = min((seq for seq in anchored if seq > chain.head.seq), default=None)
    if lost is not None:
        return Checked(chain.head, ChainFault(FaultKind.CUT, chain.head.seq + 1, other=lost))
    if floating:
        return Checked(chain.head, ChainFault(FaultKind.UNKNOWN_HEAD, chain.head.seq))
    return Checked(chain.head)


def _diagnosed(chain: Chain, bad: SealedRow, read: Callable[[int], Iterable[SealedRow]]) -> ChainFault:
    """Say what happened to a row that does not fit: look whether the row that belongs there stands further on."""
    here = chain.link(bad.row)
    for sealed in read(bad.seq + 1):
        if hash_of(here.seq, digest_of(sealed.row), here.before, here.earlier) == sealed.hash:
            mended = chain.copy()
            mended.take(bad.seq, sealed.hash)
            swapped = _fits(bad, sealed.seq, mended, read)
            kind = FaultKind.REORDERED if swapped else FaultKind.INSERTED
            return ChainFault(kind, bad.seq, bad.row, sealed.seq)
    return ChainFault(FaultKind.CHANGED, bad.seq, bad.row)


def _fits(bad: SealedRow, place: int, chain: Chain, read: Callable[[int], Iterable[SealedRow]]) -> bool:
    """Tell whether a row was sealed at `place`, to which the chain leads over the stored hashes."""
    for sealed in read(bad.seq + 1):
        if sealed.seq >= place:
            break
        if sealed.seq != chain.head.seq + 1:
            return False
        chain.take(sealed.seq, sealed.hash)
    return chain.link(bad.row).hash == bad.hash
