"""Which incident an Item tells of: one already known, a new one, or none.

Place, time, kind, figures and wording are weighed together; a plain contradiction of place or kind outweighs the rest.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model import Assessment, Place, Scope

WINDOW = timedelta(days=21)
JOIN_AT = 3.0
FOLLOW_UP_AT = 2.2
UNLIKE = -0.3
TELLING = 4
OTHERWISE = -3.5
FAR_APART = 10
FAR_MORE = 5
# What is counted belongs to its number: it stands beside a figure in any report.
NOT_WORDING = re.compile(r"(?:\d+\w?|[\W_])+")


class Placing(StrEnum):
    """What becomes of an item; each has a label in the catalogues."""

    JOINED = "joined"
    OPENED = "opened"
    UNPLACED = "unplaced"
    BY_PERSON = "by_person"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recent incident, reduced to what an item is compared with."""

    matter_id: int
    kind: str
    scope: Scope
    place: Place
    figures: Mapping[str, int]
    items: int
    first_seen_at: datetime
    last_seen_at: datetime
    wording: frozenset[str]


@dataclass(frozen=True, slots=True)
class Placed:
    """The decision on one item: its incident where it joins one, and the grounds in words of the weights."""

    placing: Placing
    matter_id: int | None = None
    score: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lore:
    """What is known beforehand about kinds and words: which kinds exclude one another, which bigrams say nothing.

    `near` maps a kind to those that reports of the same happening may name instead; `broad` are kinds that spread over
    many places at once; `common` are the bigrams of the general vocabulary of incidents.
    """

    near: Mapping[str, frozenset[str]]
    broad: frozenset[str]
    common: frozenset[str]


def wording(title: str, place: str, common: frozenset[str]) -> frozenset[str]:
    """Return the character pairs of a title that are its own: not the general vocabulary's, a figure's or the place's.

    The place is weighed by itself; its name must not count twice, nor the pairs that its edges make with what follows.
    """
    rest = title.replace(place, " ") if place else title
    return frozenset(_pairs(rest) - _pairs(place) - common)


def weighed_name(place: Place) -> str:
    """Return the name of a place that is weighed by its code; one without a code speaks by its words alone."""
    return place.name if place.code is not None else ""


def _pairs(text: str) -> set[str]:
    return {run[n : n + 2] for run in NOT_WORDING.split(text) for n in range(len(run) - 1)}


class Surroundings:
    """The recent incidents, indexed for comparing items with them; grows as items open new ones."""

    def __init__(self, candidates: Iterable[Candidate], lore: Lore) -> None:
        self.lore = lore
        self._candidates = {candidate.matter_id: candidate for candidate in candidates}
        self._spread: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        for candidate in self._candidates.values():
            self._spread.update(candidate.wording)
            self._kinds[candidate.kind] += 1

    def put(self, candidate: Candidate) -> None:
        """Add an incident, or replace what was known of it."""
        before = self._candidates.get(candidate.matter_id)
        if before is not None:
            self._spread.subtract(before.wording)
            self._kinds[before.kind] -= 1
        self._candidates[candidate.matter_id] = candidate
        self._spread.update(candidate.wording)
        self._kinds[candidate.kind] += 1

    def wording_of(self, matter_id: int) -> frozenset[str]:
        """Return the wording gathered from an incident's titles so far."""
        candidate = self._candidates.get(matter_id)
        return candidate.wording if candidate else frozenset()

    def place(self, title: str, assessment: Assessment, seen_at: datetime) -> Placed:
        """Decide which incident the item belongs to."""
        words = wording(title, weighed_name(assessment.place), self.lore.common)
        best: tuple[float, str, int] | None = None
        for candidate in self._candidates.values():
            if seen_at - candidate.last_seen_at > WINDOW:
                continue
            score, detail = self._score(words, assessment, seen_at, candidate)
            if best is None or score > best[0]:
                best = (score, detail, candidate.matter_id)
        threshold = JOIN_AT if assessment.is_incident else FOLLOW_UP_AT
        if best is not None and best[0] >= threshold:
            return Placed(Placing.JOINED, best[2], best[0], best[1])
        if assessment.is_incident:
            return Placed(Placing.OPENED)
        return Placed(Placing.UNPLACED, None, best[0] if best else 0.0)

    def _score(
        self, words: frozenset[str], assessment: Assessment, seen_at: datetime, candidate: Candidate
    ) -> tuple[float, str]:
        grounds = {
            "place": self._place(assessment, candidate),
            "kind": self._kind(assessment.kind, candidate.kind),
            "figures": figures_score(assessment, candidate.figures, alike=self._alike(assessment.kind, candidate.kind)),
            "wording": self._wording(words, candidate),
            "time": time_score(seen_at - candidate.last_seen_at),
            "talk": talk_score(candidate, seen_at),
        }
        return sum(grounds.values()), " ".join(f"{name}={value:+.1f}" for name, value in grounds.items())

    def _place(self, assessment: Assessment, candidate: Candidate) -> float:
        if Scope.FOREIGN in (assessment.scope, candidate.scope) and assessment.scope is not candidate.scope:
            return -9.0 if Scope.UNKNOWN not in (assessment.scope, candidate.scope) else -1.0
        broad = candidate.kind in self.lore.broad or assessment.kind in self.lore.broad
        return place_score(assessment.place, candidate.place, broad=broad)

    def _alike(self, one: str, other: str) -> bool:
        return one == other or "other" in (one, other)

    def _kind(self, one: str, other: str) -> float:
        """Weigh two kinds: the same one speaks the more, the fewer incidents of that kind there are just now."""
        if "other" in (one, other):
            return 0.2
        if one == other:
            rarity = math.log((len(self._candidates) + 1) / self._kinds[other])
            return min(2.5, 0.8 + 0.5 * rarity)
        return 0.5 if other in self.lore.near.get(one, ()) else OTHERWISE

    def _wording(self, words: frozenset[str], candidate: Candidate) -> float:
        shared = words & candidate.wording
        if not shared:
            return UNLIKE if len(words) >= TELLING and len(candidate.wording) >= TELLING else 0.0
        total = len(self._candidates) + 1
        weight = sum(math.log(1 + total / self._spread[pair]) for pair in shared)
        whole = sum(math.log(1 + total / max(1, self._spread[pair])) for pair in words)
        return min(4.0, 5.0 * weight / whole) if whole else 0.0


def place_score(one: Place, other: Place, *, broad: bool) -> float:
    """Weigh two places: agreement by how fine it is, contradiction as a strong no."""
    if one.province is None or other.province is None:
        return 0.0
    if one.province != other.province:
        return -9.0
    if one.city is None or other.city is None:
        return 1.4
    if one.city != other.city:
        return 0.5 if broad else -4.0
    if one.county is None or other.county is None:
        return 2.6
    if one.county == other.county:
        return 3.2
    return 1.0 if broad else -1.5


def figures_score(assessment: Assessment, known: Mapping[str, int], *, alike: bool = True) -> float:
    """Weigh the dead: the same telling number speaks for, a growing one a little, a smaller one against.

    Where the dead are not told on both sides, far fewer injured speak against, and so do numbers far apart, either way,
    where the two are not `alike` in kind either.
    """
    deaths = assessment.casualties.value("deaths")
    before = known.get("deaths")
    if deaths is None or before is None:
        injured, hurt = assessment.casualties.value("injured"), known.get("injured")
        if injured is None or hurt is None:
            return 0.0
        if not alike and max(injured, hurt) >= max(FAR_APART, FAR_MORE * min(injured, hurt)):
            return -3.0
        return -1.0 if injured * 2 < hurt else 0.0
    if deaths == before:
        return 1.5 if deaths >= 3 else 0.5
    if deaths > before:
        return 0.6 if deaths <= 3 * max(before, 3) else -0.5
    return -1.0


def talk_score(candidate: Candidate, seen_at: datetime) -> float:
    """Weigh how much an incident is being talked about: what names no place is most likely about that."""
    if seen_at - candidate.last_seen_at > timedelta(days=2):
        return 0.0
    return min(1.5, 0.45 * math.log(candidate.items))


def time_score(gap: timedelta) -> float:
    """Weigh the time since the incident was last heard of."""
    days = gap / timedelta(days=1)
    if days <= 1:
        return 1.0
    return 0.5 - 0.15 * days


def wording_of_all(titles: Iterable[tuple[str, str]], common: frozenset[str], limit: int = 400) -> frozenset[str]:
    """Return the wording of many titles, each with its place's name; the most frequent pairs first, at most `limit`."""
    counts: Counter[str] = Counter()
    for title, place in titles:
        counts.update(wording(title, place, common))
    return frozenset(pair for pair, _ in counts.most_common(limit))
