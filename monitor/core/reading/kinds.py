"""Find out whether something happened, and of which kind it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.reading.lexicon import Hit, Lexicon

OTHER = "other"
# A topic word tells of a happening only where a word that does stands this near.
NEAR = 24


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened: its kind and the word that says so; `setting` is the place or thing that makes it that kind."""

    kind: str
    word: Hit
    setting: str = ""


def happening(lexicon: Lexicon, hits: Sequence[Hit], *, counted: bool, many: bool) -> Happening | None:
    """Return what `hits` say happened, or None.

    `counted` tells that figures of victims stand beside them, `many` that these alone make a happening.
    """
    events = {hit: kind for hit in hits if (kind := hit.means.event)}
    if events:
        return named(lexicon, events, hits)
    told = [hit for hit in hits if hit.means.happened or hit.means.fate or hit.means.grave]
    topics = {
        hit: kind
        for hit in hits
        if (kind := hit.means.topic)
        and (counted or _beside(hit, told) or any(_belongs(lexicon, other, kind) for other in hits))
    }
    if topics:
        return named(lexicon, topics, hits)
    victims = next((hit for hit in hits if many and hit.means.fate), None)
    return _happening(lexicon, OTHER, victims, hits) if victims else None


def _beside(topic: Hit, told: Sequence[Hit]) -> bool:
    return any(abs(topic.start - other.start) <= NEAR for other in told if other is not topic)


def _belongs(lexicon: Lexicon, hit: Hit, kind: str) -> bool:
    """Tell whether the place or thing `hit` names belongs to `kind`: a train to a derailment."""
    setting = hit.means.setting
    return setting is not None and (setting == kind or kind in lexicon.kinds[setting].takes)


def named(lexicon: Lexicon, words: Mapping[Hit, str], hits: Sequence[Hit]) -> Happening:
    """Return the most specific of the kinds that `words` name, within its setting."""
    word, kind = min(words.items(), key=lambda entry: lexicon.kinds[entry[1]].rank)
    return _happening(lexicon, kind, word, hits)


def _happening(lexicon: Lexicon, kind: str, word: Hit, hits: Sequence[Hit]) -> Happening:
    """Return what a place or thing makes of a happening: an explosion in a coal mine is a mine accident."""
    fitting = [
        (lexicon.kinds[hit.means.setting], hit.word)
        for hit in hits
        if hit.means.setting and kind in lexicon.kinds[hit.means.setting].takes
    ]
    best, setting = min(fitting, key=lambda found: found[0].rank, default=(None, ""))
    if best is None or best.rank >= lexicon.kinds[kind].rank:
        return Happening(kind, word)
    return Happening(best.id, word, setting)
