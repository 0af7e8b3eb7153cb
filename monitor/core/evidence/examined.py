"""What an examination of exported evidence found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a bundle; each has a sentence in the documents."""

    SUM = "sum"
    UNLISTED = "unlisted"
    ABSENT = "absent"
    MANIFEST = "manifest"
    WARC = "warc"
    PAYLOAD = "payload"
    CHAIN = "chain"
    STAMP = "stamp"
    NO_STAMP = "no_stamp"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault and the file or look that shows it."""

    fault: Fault
    what: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination found: flaws, how many looks, and the stamps as (look, authority, time, is examined)."""

    flaws: tuple[Flaw, ...]
    looks: int = 0
    stamps: tuple[tuple[str, str, str, bool], ...] = ()

    @property
    def good(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.flaws
