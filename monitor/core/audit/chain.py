"""How the rows of the audit log are chained: each hash covers the row, the row before it, and one row further back.

The link further back (`earlier`) makes the way from a head to any row short: some log² n hashes instead of all rows
between. With it a certificate proves its rows under a printed head, and one hash stays all that has to be kept outside.
Binary linking after Buldas, Laud, Lipmaa and Villemson (1998), in its plainest form: the lowest bit of the number is
taken away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FORM = b"huiying-audit-1"
BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """What one row of the log says: `text` is JSON exactly as it was written, `subject` what it is about."""

    at: datetime
    kind: str
    matter_id: int | None
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row with its place in the chain."""

    seq: int
    hash: str
    row: AuditRow


@dataclass(frozen=True, slots=True)
class Head:
    """The number and hash of one row: it stands for all rows up to it. `seq` is 0 where only the hash is known."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """Return it as it is printed and typed."""
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Link:
    """One row without what it says: enough to recompute its hash."""

    seq: int
    digest: str
    before: str
    earlier: str

    @property
    def hash(self) -> str:
        """The hash that the row must have."""
        return hash_of(self.seq, self.digest, self.before, self.earlier)


def digest_of(row: AuditRow) -> str:
    """Return the SHA-256 of what a row says, each field preceded by its length in eight bytes."""
    matter = "" if row.matter_id is None else str(row.matter_id)
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = hashlib.sha256()
    for field in (at, row.kind, matter, row.subject, row.text):
        written = field.encode("utf-8", "surrogatepass")
        told.update(len(written).to_bytes(8, "big") + written)
    return told.hexdigest()


def hash_of(seq: int, digest: str, before: str, earlier: str) -> str:
    """Return the hash of the row `seq`; every part has a fixed length."""
    parts = (FORM, seq.to_bytes(8, "big"), *map(bytes.fromhex, (digest, before, earlier)))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def earlier_of(seq: int) -> int:
    """Return the number of the earlier row that a row's hash covers besides the one before it; 0 is the beginning."""
    return seq & (seq - 1)


def ancestors(seq: int) -> Iterator[int]:
    """Yield the rows whose hashes are needed to go on after `seq`: itself and those that it leads back to."""
    while seq:
        yield seq
        seq = earlier_of(seq)


class Chain:
    """The end of a chain, to which rows are added. It keeps a handful of hashes, however long the chain is."""

    def __init__(self, hashes: Mapping[int, str] | None = None) -> None:
        """Begin a chain, or go on with one whose last row and its ancestors have these hashes."""
        self._kept = [(0, BEGINNING), *sorted((hashes or {}).items())]

    @property
    def head(self) -> Head:
        """The last row."""
        return Head(*self._kept[-1])

    def link(self, row: AuditRow) -> Link:
        """Return the link of the row that comes next; the chain stays as it is."""
        seq, before = self._kept[-1]
        earlier = next(found for number, found in reversed(self._kept) if number == earlier_of(seq + 1))
        return Link(seq + 1, digest_of(row), before, earlier)

    def take(self, seq: int, found: str) -> None:
        """Add a row whose hash is known."""
        while self._kept[-1][0] != earlier_of(seq):
            self._kept.pop()
        self._kept.append((seq, found))

    def add(self, row: AuditRow) -> Link:
        """Add a row and return its link."""
        link = self.link(row)
        self.take(link.seq, link.hash)
        return link

    def copy(self) -> Chain:
        """Return a chain that goes on from here by itself."""
        return Chain(dict(self._kept[1:]))


def way(head: int, seq: int) -> Iterator[int]:
    """Yield the rows on the shortest way back from `head` to `seq`, both included."""
    while head > seq:
        yield head
        head = earlier_of(head) if earlier_of(head) >= seq else head - 1
    if head == seq:
        yield seq


def proven(head: Head, links: Iterable[Link]) -> frozenset[int]:
    """Return the rows that links prove to stand under a head: those that it leads back to without a gap or mismatch."""
    wanted = {head.seq: {head.hash}}
    found: set[int] = set()
    for link in sorted(links, key=lambda link: -link.seq):
        if link.hash not in wanted.get(link.seq, ()):
            continue
        found.add(link.seq)
        wanted.setdefault(link.seq - 1, set()).add(link.before)
        wanted.setdefault(earlier_of(link.seq), set()).add(link.earlier)
    return frozenset(found)
