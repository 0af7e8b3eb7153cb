"""The part of a text that says what it is about, and what it says of people by itself."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.core.reading.lexicon import Fate, Hit
from monitor.core.reading.mentions import Mention
from monitor.core.reading.sentences import Sentence

OPENING = 60
OPENING_AT_MOST = 400
_CAUSED = re.compile("(?<!曾)(?<!曾.)(?<!曾..)(?<!曾...)(致|造成|导致|酿成)[^，,。；;！!？?]{0,4}$")
CAUGHT = frozenset({Fate.TRAPPED, Fate.ADRIFT})
MANY = 3
HEAVY = 10


@dataclass(frozen=True)
class Opening:
    """The part of a text that says what it is about: title and first sentences, with their words and mentions.

    `shown` is the text as published, offset by offset the same as `folded`.
    """

    folded: str
    title_end: int
    end: int
    hits: Sequence[Hit]
    mentions: Sequence[Mention]
    shown: str
    titled: bool

    @cached_property
    def events(self) -> list[Hit]:
        """Words that tell of a happening by themselves."""
        return [hit for hit in self.hits if hit.means.event]

    @cached_property
    def topics(self) -> list[Hit]:
        """Words that name a kind of happening."""
        return [hit for hit in self.hits if hit.means.topic]

    @cached_property
    def many(self) -> bool:
        """Whether three or more are said to be dead or missing."""
        return any(m.fate in (Fate.DEATH, Fate.MISSING) and m.value >= MANY and not m.single for m in self.mentions)

    @cached_property
    def heavy(self) -> bool:
        """Whether ten or more are said to be dead or missing: nothing but a decoy word may outweigh that."""
        lost = {m.fate: m.value for m in self.mentions if m.fate in (Fate.DEATH, Fate.MISSING) and not m.single}
        return sum(lost.values()) >= HEAVY

    @cached_property
    def held(self) -> bool:
        """Whether three or more are said to be trapped or adrift where people live, work or travel."""
        caught = any(m.fate in CAUGHT and m.value >= MANY and not m.single for m in self.mentions)
        return caught and any(hit.means.site or hit.means.setting for hit in self.hits)

    @cached_property
    def caused(self) -> tuple[str, ...]:
        """The words that tell three or more dead or missing as what something led to, where none speaks against it."""
        if any(hit.means.decoy or hit.means.doubt for hit in self.hits):
            return ()
        lost = (m for m in self.mentions if m.fate in (Fate.DEATH, Fate.MISSING) and m.value >= MANY and not m.single)
        found = (_CAUSED.search(self.folded, m.sentence.start, m.start) for m in lost)
        return tuple(match[1] for match in found if match)

    @property
    def head(self) -> int:
        """Where the title ends, or the whole opening where there is no title."""
        return self.title_end if self.titled else self.end

    def told(self, fates: Container[Fate]) -> tuple[str, ...]:
        """Return the numbers of people that are said to have met one of `fates`."""
        return tuple(str(m.value) for m in self.mentions if m.fate in fates and m.value > 0 and not m.single)


def opening_end(parts: Sequence[Sentence], title_end: int) -> int:
    """Return where the opening of a text ends."""
    end = title_end
    for part in parts:
        if part.title:
            end = max(end, part.end)
        elif end - title_end >= OPENING:
            break
        else:
            end = part.end
    return min(end, title_end + OPENING_AT_MOST)
