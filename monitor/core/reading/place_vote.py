"""Weigh the mentions of a text and count them for divisions and countries. Does not find mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.core.reading.place_mention import Mention, Sentence
from monitor.core.reading.place_name import FOREIGN, WHOLE_COUNTRY, Role, levels_of

IN_TITLE = 4.0
IN_TEXT = 3.0
WITHOUT_EVENT = 1.0
"""What a mention weighs in the title, in a sentence of the text that tells of an event, in any other sentence."""

TITLE_WITH_EVENT = 1.5
FIRST_EVENT = 2.0
AT_WORD = 1.5
EVENT_NEXT = 1.5
EVENT_WITHIN = 12
FADE = 0.35
"""Factors: an event in the title, the first sentence that tells of one, 在 or 位于 before the place, an event word
within so many characters after it; and how fast sentences lose weight (1, 1/1.35, 1/1.7 …)."""

LOOSE = 0.7
PLAIN = (Role.NONE, Role.AT)
FROM_AFAR = (Role.ORIGIN, Role.AWAY, Role.ROUTE, Role.AGENT)
"""Who comes from there or is on the way there need not be there: such a mention decides no other one."""

ROLE_WEIGHT = {
    Role.NONE: 1.0,
    Role.AT: 1.0,
    Role.CAUSE: 0.3,
    Role.OFFICE: 0.2,
    Role.AGENT: 0.2,
    Role.ORIGIN: 0.2,
    Role.AWAY: 0.2,
    Role.HOSPITAL: 0.2,
    Role.ROUTE: 0.15,
    Role.DATELINE: 0.1,
    Role.MEDIA: 0.05,
}
AUDIBLE = 0.3
LEAD = 1.3
"""A finer level is taken where plain mentions of it reach AUDIBLE and outweigh the next candidate LEAD times."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One mention in its sentence and what it weighs."""

    weight: float
    sentence: Sentence
    mention: Mention


def voices_of(sentences: Iterable[Sentence]) -> list[Voice]:
    """Weigh every mention: the title and the first sentence that tells of an event speak loudest."""
    voices: list[Voice] = []
    told = False
    ordinal = 0
    for sentence in sentences:
        if sentence.in_title:
            base = IN_TITLE * (TITLE_WITH_EVENT if sentence.events else 1.0)
        elif sentence.events and sentence.mentions and not told:
            told, base = True, IN_TEXT * FIRST_EVENT
            ordinal += 1
        else:
            base = (IN_TEXT if sentence.events else WITHOUT_EVENT) / (1 + FADE * ordinal)
            ordinal += 1
        voices += [Voice(base * _factor(mention, sentence), sentence, mention) for mention in sentence.mentions]
    return voices


def _factor(mention: Mention, sentence: Sentence) -> float:
    factor = ROLE_WEIGHT[mention.role]
    if mention.at:
        factor *= AT_WORD
    if any(0 <= event - mention.end <= EVENT_WITHIN for event in sentence.events):
        factor *= EVENT_NEXT
    return factor


class Tally:
    """The weight of every division and country, and the loudest voice for each; what stays `undecided` besides.

    `home` is the stem of the division that the publisher writes of.
    """

    def __init__(self, voices: Iterable[Voice], home: str = WHOLE_COUNTRY) -> None:
        self.undecided: list[Voice] = []
        self._home = home
        self.weight: defaultdict[str, float] = defaultdict(float)
        self.loudest: dict[str, Voice] = {}
        self._plain: defaultdict[str, float] = defaultdict(float)
        self._near: defaultdict[str, float] = defaultdict(float)
        self._count(list(voices))

    def _count(self, voices: list[Voice]) -> None:
        """Count what is certain first; mentions that may mean several places then follow the places so found."""
        unsure: list[Voice] = []
        for voice in voices:
            if voice.mention.loose or len(voice.mention.stems) > 1:
                unsure.append(voice)
            else:
                self._add(voice.mention.stems[0], voice, 1.0)
        for voice in unsure:
            stem = self._meant(voice.mention) or self._at_home(voice.mention)
            if stem is not None:
                self._add(stem, voice, LOOSE if voice.mention.loose else 1.0)
            elif not voice.mention.loose:
                self.undecided.append(voice)
        if not self.weight:
            for voice in self.undecided:
                self._add(_common(voice.mention.stems), voice, 1.0)

    def _add(self, stem: str, voice: Voice, factor: float) -> None:
        for level in levels_of(stem):
            self.weight[level] += voice.weight * factor
            if voice.mention.role in PLAIN:
                self._plain[level] += voice.weight * factor
            if voice.mention.role not in FROM_AFAR:
                self._near[level] += voice.weight * factor
            loudest = self.loudest.get(level)
            if loudest is None or voice.weight > loudest.weight:
                self.loudest[level] = voice

    def _meant(self, mention: Mention) -> str | None:
        """Return the meaning of an undecided mention that lies in a place already named, or None.

        Where two of its meanings lie in the same place (a city and a county both called 临夏), that place is meant.
        """
        inside = [stem for stem in mention.stems if len(levels_of(stem)) > 1 and levels_of(stem)[-2] in self._near]
        if inside:
            parent = max((levels_of(stem)[-2] for stem in inside), key=lambda level: self._near[level])
            children = [stem for stem in inside if levels_of(stem)[-2] == parent]
            return children[0] if len(children) == 1 else parent
        within = [stem for stem in mention.stems if levels_of(stem)[0] in self._near]
        if len(within) != 1 or (mention.loose and len(levels_of(within[0])) > 2):
            return None
        return within[0]

    def _at_home(self, mention: Mention) -> str | None:
        """Return the one meaning of a district's shared name that lies where the publisher writes of, or None.

        A motorway is no such name: the publisher may tell of a crash far down the road.
        """
        if not self._home or mention.loose or any(len(stem) < 6 for stem in mention.stems):
            return None
        near = [stem for stem in mention.stems if stem.startswith(self._home) or self._home.startswith(stem)]
        return near[0] if len(near) == 1 else None

    def part_of(self, parent: str, length: int) -> str | None:
        """Return the part of division `parent` that is clearly meant, by the length of its stem; None if open."""
        parts = [s for s in self.weight if len(s) == length and s.startswith(parent) and levels_of(s)[-2] == parent]
        if not parts:
            return None
        parts.sort(key=lambda stem: -self.weight[stem])
        if self._plain[parent] and self._plain[parts[0]] < AUDIBLE:
            return None
        if len(parts) > 1 and self.weight[parts[0]] < LEAD * self.weight[parts[1]]:
            return None
        return parts[0]


def _common(stems: tuple[str, ...]) -> str:
    """Return the finest division that holds all meanings, or the whole country; of several countries the first."""
    if all(stem.startswith(FOREIGN) for stem in stems):
        return min(stems)
    shared = [level for level in levels_of(stems[0]) if all(level in levels_of(stem) for stem in stems)]
    return shared[-1] if shared else WHOLE_COUNTRY
