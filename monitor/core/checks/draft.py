"""The text of a release, read once: its sentences and clauses, the words found in it, what the reader makes of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.core.checks.rules import ReleaseRules, Span
from monitor.core.model import Assessment, Item
from monitor.core.reading.assess import Examined, Reader
from monitor.core.reading.place import Voiced
from monitor.core.reading.sentences import Sentence, sentences
from monitor.core.reading.suppose import Suppose
from monitor.core.text import fold, storable

LONGEST_TITLE = 60
# A line this short at the end of a text names who publishes it, and when.
SIGN_OFF = 40
_CLAUSE = re.compile(r"[^，,；;。！？!?\n：:]+")
_NO_TITLE_ENDS = "。；;！？!?，,"


@dataclass(frozen=True, slots=True)
class Draft:
    """A release as it is checked. `shown` is title + newline + text, `folded` the same with widths and case folded."""

    shown: str
    folded: str
    title_end: int
    parts: tuple[Sentence, ...]
    hits: Mapping[str, tuple[Span, ...]]
    examined: Examined
    places: tuple[Voiced, ...]
    starts: tuple[int, ...]
    # Each sentence as it was written; made once, as one may be as long as the text and be quoted at every word.
    quotes: tuple[str, ...]

    @property
    def assessment(self) -> Assessment:
        """What the reader thinks of it."""
        return self.examined.assessment

    def of(self, *lists: str) -> list[Span]:
        """Return where words of these lists stand, in order."""
        return sorted((span for name in lists for span in self.hits.get(name, ())), key=lambda s: s.start)

    def part(self, offset: int) -> Sentence:
        """Return the sentence in which an offset lies."""
        return self.parts[max(0, bisect_right(self.starts, offset) - 1)]

    def quote(self, offset: int) -> str:
        """Return the sentence around an offset as it was written."""
        return self.quotes[self.part(offset).index]

    def first(self, *lists: str) -> str:
        """Return the first sentence with a word of these lists, or nothing."""
        spans = self.of(*lists)
        return self.quote(spans[0].start) if spans else ""

    def clauses(self) -> Iterator[Span]:
        """Yield the clauses of the text in order."""
        for found in _CLAUSE.finditer(self.folded):
            if found[0].strip():
                yield Span(found.start(), found.end())

    def sentences_with(self, *lists: str) -> set[int]:
        """Return the sentences that hold words of these lists, by their place."""
        return {self.part(span.start).index for span in self.of(*lists)}

    def signs_off(self, part: Sentence) -> bool:
        """Tell whether a sentence is one of the short last lines that name the publisher and the day."""
        short = len(self.folded[part.start : part.end].strip()) <= SIGN_OFF
        return short and part.index >= len(self.parts) - 3 and not self.folded[: part.end].rstrip().endswith("。")


def drafted(text: str, rules: ReleaseRules, reader: Reader, item: Item) -> Draft:
    """Read a text; `item` says when and where it is published."""
    title, body = titled(text)
    shown = f"{title}\n{body}"
    folded = fold(shown)
    parts = sentences(folded, len(title)) or (Sentence(0, len(folded), 0, title=True),)
    whole = Item(
        title=title, text=body, region=item.region, published_at=item.published_at, first_seen_at=item.first_seen_at
    )
    return Draft(
        shown=shown,
        folded=folded,
        title_end=len(title),
        parts=parts,
        hits=rules.phrases.find(folded),
        examined=reader.examine(whole, Suppose(vouched=True)),
        places=reader.voices(whole),
        starts=tuple(part.start for part in parts),
        quotes=tuple(shown[part.start : part.end].strip() for part in parts),
    )


def titled(text: str) -> tuple[str, str]:
    """Return the title of a text, where its first line looks like one, and the rest."""
    first, _, rest = storable(text).strip().partition("\n")
    first = first.strip()
    if rest.strip() and len(first) <= LONGEST_TITLE and first[-1:] not in _NO_TITLE_ENDS:
        return first, rest.strip()
    return "", storable(text).strip()
