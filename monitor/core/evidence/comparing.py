"""Compare what a page says now with what it said when it was kept: by sentences, not by bytes.

Advertisements, counters and menus change at every look; the main text of a release does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.evidence.captures import Seen
from monitor.core.reading.sentences import sentences

MOST_TOLD = 50
LONGEST_TOLD = 300
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Difference:
    """Which sentences went and which came; `whole` where bytes that nobody can read were exchanged."""

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    whole: bool = False

    @property
    def any(self) -> bool:
        """Tell whether there is a difference."""
        return bool(self.removed or self.added or self.whole)


def difference(before: Seen, after: Seen) -> Difference:
    """Return what differs between two looks at the same page; order and spacing do not count."""
    if not before.text or not after.text:
        return Difference(whole=before.payload != after.payload)
    old, new = ([one.title, *said(one.text)] for one in (before, after))
    left, come = Counter(map(_folded, old)), Counter(map(_folded, new))
    return Difference(_only(old, left - come), _only(new, come - left))


def said(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for one in sentences(text, 0) if (part := text[one.start : one.end].strip())]


def _folded(sentence: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", sentence)).casefold()


def _only(whole: Sequence[str], wanted: Counter[str]) -> tuple[str, ...]:
    """Return the sentences whose folded form is wanted, in their order and as often as they are."""
    left, found = Counter(wanted), []
    for sentence in whole:
        key = _folded(sentence)
        if key and left[key] > 0:
            left[key] -= 1
            found.append(sentence[:LONGEST_TOLD])
    return tuple(found[:MOST_TOLD])
