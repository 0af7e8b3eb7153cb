"""Find out whether something happened, and of which kind it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.reading.lexicon import Hit, Lexicon, Role

OTHER = "other"
# A topic word tells of a happening only where a word that does stands this near.
NEAR = 24


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened: its kind and the word that says so. `sure` where the word needs no support."""

    kind: str
    word: Hit
    sure: bool


def happening(lexicon: Lexicon, hits: Sequence[Hit], *, counted: bool) -> Happening | None:
    """Return what `hits` say happened, or None; `counted` tells that figures of victims stand beside them."""
    events = [hit for hit in hits if hit.detail(Role.EVENT)]
    if events:
        kind, word = _most_specific(lexicon, events, Role.EVENT)
        return Happening(_within_setting(lexicon, kind, hits), word, sure=True)
    told = [hit for hit in hits if hit.detail(Role.HAPPENED) is not None or hit.detail(Role.FATE)]
    topics = [hit for hit in hits if hit.detail(Role.TOPIC)]
    beside = [topic for topic in topics if counted or any(abs(topic.start - hit.start) <= NEAR for hit in told if hit is not topic)]
    if beside:
        kind, word = _most_specific(lexicon, beside, Role.TOPIC)
        return Happening(_within_setting(lexicon, kind, hits), word, sure=counted)
    return None


def _most_specific(lexicon: Lexicon, hits: Sequence[Hit], role: Role) -> tuple[str, Hit]:
    best = min(hits, key=lambda hit: lexicon.kinds[hit.detail(role) or OTHER].rank)
    return best.detail(role) or OTHER, best


def _within_setting(lexicon: Lexicon, kind: str, hits: Sequence[Hit]) -> str:
    """Return the kind that a place or thing makes of a happening: an explosion in a coal mine is a mine accident."""
    settings = {detail for hit in hits if (detail := hit.detail(Role.SETTING))}
    fitting = [lexicon.kinds[name] for name in settings if kind in lexicon.kinds[name].takes]
    best = min(fitting, key=lambda found: found.rank, default=None)
    return best.id if best and best.rank < lexicon.kinds[kind].rank else kind
