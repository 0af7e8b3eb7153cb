"""What a text leaves open: the divisions it names side by side, or one of which its words may mean."""

from __future__ import annotations

from monitor.core.reading.place_mention import Mention
from monitor.core.reading.place_name import levels_of
from monitor.core.reading.place_vote import PLAIN, Tally, Voice

LINKS = ("、", "以及", "和", "与", "及")
AND_OTHERS = ("等", "多地", "多省", "多市", "一带", "周边", "附近", *LINKS)
ALOUD = 0.5
"""The share of the loudest mention's weight from which one that stays undecided is heard."""


def left_open(text: str, tally: Tally, finest: str, voice: Voice) -> tuple[str, ...]:
    """Return the stems that come into question beside or within `finest`, the place that is sure; none where it stands.

    `voice` is the loudest that speaks for it. A list that goes on (等地, or with what is no known place) says nothing.
    """
    row = listed(text, voice)
    if len(row) > 1:
        stems = {mention.stems[0] for mention in row}
        decided = any(finest != stem and stem in levels_of(finest) for stem in stems) if finest else False
        goes_on = text.startswith(AND_OTHERS, row[-1].end) or text[: row[0].start].endswith(LINKS)
        if not decided and not goes_on:
            return _apart(stems)
    asked = asked_of(tally)
    if asked is None or asked.weight < ALOUD * voice.weight:
        return ()
    within = {stem for stem in asked.mention.stems if stem.startswith(finest) and stem != finest}
    return _apart(within)


def asked_of(tally: Tally) -> Voice | None:
    """Return the loudest plain mention that may mean several divisions, of which nothing says the one; None without."""
    asked = [voice for voice in tally.undecided if voice.mention.role in PLAIN]
    return max(asked, key=lambda voice: voice.weight, default=None)


def listed(text: str, voice: Voice) -> list[Mention]:
    """Return the mentions that stand side by side with a voice's own (杭州、绍兴两市), in the order of the text."""
    mentions = voice.sentence.mentions
    here = next(n for n, mention in enumerate(mentions) if mention is voice.mention)
    first = last = here
    while first > 0 and _linked(text, mentions[first - 1], mentions[first]):
        first -= 1
    while last + 1 < len(mentions) and _linked(text, mentions[last], mentions[last + 1]):
        last += 1
    return mentions[first : last + 1]


def _linked(text: str, one: Mention, other: Mention) -> bool:
    sure = all(len(m.stems) == 1 and not m.loose and not m.foreign and m.role in PLAIN for m in (one, other))
    return sure and text[one.end : other.start] in LINKS


def _apart(stems: set[str]) -> tuple[str, ...]:
    """Return the stems without those that lie in another of them, or nothing where fewer than two are left."""
    left = sorted(stem for stem in stems if not any(level in stems for level in levels_of(stem)[:-1]))
    return tuple(left) if len(left) > 1 and "" not in left else ()
