"""The recent incidents, and which of them an item tells of.

Place, time, kind, figures and wording are weighed together; a plain contradiction of place or kind outweighs the rest.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from monitor.core.incidents.placing import (
    NEAREST,
    UNPLACED,
    WINDOW,
    Candidate,
    Compared,
    Lore,
    Placed,
    Placing,
    Told,
    silence,
)
from monitor.core.incidents.talk import Sought
from monitor.core.incidents.topics import Background, Topic, terms_of
from monitor.core.incidents.weighing import (
    TELLING_TOLL,
    detail_of,
    figures_score,
    hurt_score,
    late_score,
    lost_in,
    own_terms,
    place_score,
    talk_score,
    time_score,
)
from monitor.core.model import Assessment, Scope

JOIN_AT = 3.0
# How much the wording may weigh against and for, and kinds that differ or only lie near each other.
UNLIKE = -0.3
ALIKE = 4.0
OTHERWISE = -3.5
NEAR_ONLY = -1.5
# From which score on a denial denies a known incident: a wrong one would invite people to dismiss what is real.
DENIED_AT = 4.5
# Talk that reports nothing: how long after the last report, from which score, and from which one on an incident's item
# that adds nothing, or is a part of a disaster, opens none of its own.
TALKED_OF_FOR = timedelta(days=5)
RELATED_AT = -4.0
SURELY_RELATED = -1.5
PART_OF = 1.0
# What of the likeness must rest on reports; what a single report takes off; another place than the incident's; from how
# many reports and titles heard a place's name alone says enough; how many titles of half a day are quiet.
ROOTED_AT = 2.0
YOUNG = 4.0
YOUNG_FOR = timedelta(hours=6)
AWAY = -5.0
MUCH_REPORTED = 3
MUCH_HEARD = 500
CALM = 10.0


class Surroundings:
    """The recent incidents, indexed for comparing items with them; grows as items open new ones."""

    def __init__(
        self, candidates: Iterable[Candidate], told: Iterable[Told], lore: Lore, background: Background
    ) -> None:
        self.lore = lore
        self.background = background
        self._candidates: dict[int, Candidate] = {}
        self._topics: dict[int, Topic] = defaultdict(Topic)
        self._kinds: Counter[str] = Counter()
        self._rooted: dict[str, set[int]] = defaultdict(set)
        for candidate in candidates:
            self.put(candidate)
        for one in told:
            self.tell(one)

    def knows(self, matter_id: int) -> bool:
        """Tell whether an incident is known here."""
        return matter_id in self._candidates

    def put(self, candidate: Candidate) -> None:
        """Add an incident, or replace what was known of it."""
        before = self._candidates.get(candidate.matter_id)
        if before is not None:
            self._kinds[before.kind] -= 1
        self._candidates[candidate.matter_id] = candidate
        self._kinds[candidate.kind] += 1

    def tell(self, told: Told) -> None:
        """Add a title to what is said of an incident that is known here; of any other nothing can be compared."""
        if told.matter_id not in self._candidates:
            return
        terms = terms_of(told.title)
        topic = self._topics[told.matter_id]
        topic.hear(terms, told.at, reports=told.reports)
        for term in terms & topic.roots:
            self._rooted[term].add(told.matter_id)

    def forget(self, before: datetime) -> None:
        """Leave out the incidents that were last heard of before."""
        old = [number for number, candidate in self._candidates.items() if candidate.last_seen_at < before]
        for number in old:
            self._kinds[self._candidates.pop(number).kind] -= 1
            for term in self._topics.pop(number, Topic()).roots:
                self._rooted[term].discard(number)

    def place(self, title: str, assessment: Assessment, seen_at: datetime) -> Placed:
        """Decide which incident the item belongs to."""
        best = max(self.compare(title, assessment, seen_at), key=lambda compared: compared.score, default=None)
        if best is not None and best.score >= JOIN_AT:
            return Placed(Placing.JOINED, best.matter_id, best.score, detail_of(best.grounds))
        related = self.related(title, seen_at)
        if not assessment.is_incident:
            return related
        if related.matter_id is not None and related.score >= self._bar(assessment, related.matter_id):
            return related
        if best is None:
            return Placed(Placing.OPENED)
        return Placed(Placing.OPENED, None, best.score, f"{NEAREST}{best.matter_id} {detail_of(best.grounds)}")

    def compare(
        self, title: str, assessment: Assessment, seen_at: datetime, *, only: int | None = None
    ) -> Iterator[Compared]:
        """Weigh the item against each incident of late, or against the single one that `only` names."""
        shares = self._shares(title, assessment, seen_at)
        for candidate in self._candidates.values():
            if only not in (None, candidate.matter_id):
                continue
            if silence(candidate, seen_at) <= WINDOW:
                yield Compared(candidate.matter_id, self._grounds(shares, assessment, seen_at, candidate))

    def _shares(self, title: str, assessment: Assessment, seen_at: datetime) -> Mapping[str, float]:
        return self.background.shares(own_terms(title, assessment.place) - self.lore.tolls, seen_at)

    def _bar(self, assessment: Assessment, matter_id: int) -> float:
        """Return how surely an incident's item must speak of a known one to open none of its own.

        What tells no figure and no likely grade adds nothing; in a disaster over many places, what tells no more
        lost than the known dead is a part of it. However alike the words, what happened elsewhere is no part of it.
        """
        known = self._candidates[matter_id]
        if self._place(assessment, known) < 0:
            return math.inf
        lost = lost_in(assessment)
        hurt = sum(assessment.casualties.value(name) or 0 for name in ("injured", "serious"))
        if lost == hurt == 0 and assessment.likely is None:
            return SURELY_RELATED
        if known.kind in self.lore.broad and lost <= known.figures.get("deaths", 0):
            return PART_OF
        return math.inf

    def denied(self, title: str, assessment: Assessment, seen_at: datetime, *, only: int | None = None) -> Placed:
        """Decide which incident a text denies that denies a rumour; `only` names the single one to be asked about."""
        shares = self._shares(title, assessment, seen_at)
        best = UNPLACED
        for compared in self.compare(title, assessment, seen_at, only=only):
            number, score = compared.matter_id, compared.score
            foreign = self._candidates[number].scope is Scope.FOREIGN
            if foreign or self._topics[number].rooted(shares) < ROOTED_AT:
                continue
            if score >= DENIED_AT and score > best.score:
                best = Placed(Placing.DENIES, number, score, detail_of(compared.grounds))
        return best

    def related(self, title: str, seen_at: datetime, terms: frozenset[str] | None = None) -> Placed:
        """Decide which incident a title speaks of that reports nothing of its own; `terms` are its terms, if known."""
        terms = terms_of(title) if terms is None else terms
        near = self._talked_of(terms, seen_at)
        if not near:
            return UNPLACED
        shares = self.background.shares(terms, seen_at)
        # A place's name says little while it is not known how often it is named anyway.
        telling = self.background.titles(seen_at) >= MUCH_HEARD
        fitting: list[tuple[int, dict[str, float]]] = []
        for number in near:
            candidate, topic = self._candidates[number], self._topics[number]
            named = frozenset() if telling and topic.reports >= MUCH_REPORTED else terms_of(candidate.place.name)
            if topic.rooted(shares, without=named) < ROOTED_AT:
                continue
            grounds = {
                "wording": topic.likeness(shares),
                "talk": self._talk(topic, seen_at),
                "young": -YOUNG / topic.reports,
            }
            if sum(grounds.values()) >= RELATED_AT:
                fitting.append((number, grounds))
        return self._nearest(title, fitting)

    def is_young(self, matter_id: int, now: datetime) -> bool:
        """Tell whether an incident is known since so little that talk of it may have come before it."""
        candidate = self._candidates.get(matter_id)
        return candidate is not None and now - candidate.first_seen_at <= YOUNG_FOR

    def sought(self, matter_id: int, now: datetime) -> Sought:
        """Return what a title is like of which `related` may say that it surely speaks of this incident."""
        topic = self._topics[matter_id]
        worth = topic.worth(self.background.shares(topic.counts, now))
        least = SURELY_RELATED - self._talk(topic, now) + YOUNG / topic.reports
        return Sought(worth=worth, every=topic.strange, least=least, roots=frozenset(topic.roots))

    def _talk(self, topic: Topic, now: datetime) -> float:
        at_large = self.background.pulse.now(now) + CALM
        return math.log((topic.pulse.now(now) + 0.2) / at_large)

    def _talked_of(self, terms: frozenset[str], seen_at: datetime) -> list[int]:
        """Return the incidents reported of late in some of these terms."""
        near: set[int] = set()
        for term in self._rooted.keys() & terms:
            near |= self._rooted[term]
        since = seen_at - TALKED_OF_FOR
        known = self._candidates
        return [n for n in near if known[n].last_seen_at >= since and known[n].scope is not Scope.FOREIGN]

    def _nearest(self, title: str, fitting: Iterable[tuple[int, dict[str, float]]]) -> Placed:
        """Return the best of the incidents that a title may speak of; another place than its own speaks against one."""
        where = None
        best = UNPLACED
        for number, grounds in fitting:
            where = where or self.lore.where(title)
            candidate = self._candidates[number]
            at_place = place_score(where.place, candidate.place, broad=candidate.kind in self.lore.broad)
            grounds["place"] = AWAY if at_place < 0 or where.scope is Scope.FOREIGN else 0.0
            score = sum(grounds.values())
            if score >= RELATED_AT and (best.matter_id is None or score > best.score):
                best = Placed(Placing.RELATED, number, score, detail_of(grounds))
        return best

    def _grounds(
        self, shares: Mapping[str, float], assessment: Assessment, seen_at: datetime, candidate: Candidate
    ) -> dict[str, float]:
        topic = self._topics[candidate.matter_id]
        likeness = topic.likeness({term: share for term, share in shares.items() if term not in self.lore.common})
        borne_out = topic.rooted(shares) >= ROOTED_AT
        silent_for = silence(candidate, seen_at)
        return {
            "place": self._place(assessment, candidate),
            "kind": self._kind(assessment, candidate, borne_out=borne_out),
            "figures": figures_score(
                assessment, candidate.figures, alike=self._alike(assessment.kind, candidate.kind) or borne_out
            ),
            "injured": hurt_score(assessment, candidate.figures),
            "late": late_score(assessment, candidate.figures, silent_for),
            "wording": max(UNLIKE, min(ALIKE, likeness)),
            "time": time_score(silent_for),
            "talk": talk_score(candidate.items, silent_for),
        }

    def _place(self, assessment: Assessment, candidate: Candidate) -> float:
        if Scope.FOREIGN in (assessment.scope, candidate.scope) and assessment.scope is not candidate.scope:
            return -9.0 if Scope.UNKNOWN not in (assessment.scope, candidate.scope) else -1.0
        broad = candidate.kind in self.lore.broad or assessment.kind in self.lore.broad
        return place_score(assessment.place, candidate.place, broad=broad)

    def _alike(self, one: str, other: str) -> bool:
        return one == other or "other" in (one, other)

    def _kind(self, assessment: Assessment, candidate: Candidate, *, borne_out: bool) -> float:
        """Weigh two kinds: the same one speaks the more, the fewer incidents of that kind there are just now.

        Kinds that lie near each other may be one happening; where a toll is told, only if the wording bears it out.
        """
        one, other = assessment.kind, candidate.kind
        if "other" in (one, other):
            return 0.2
        if one == other:
            rarity = math.log((len(self._candidates) + 1) / self._kinds[other])
            return min(2.5, 0.8 + 0.5 * rarity)
        if other not in self.lore.near.get(one, ()):
            return OTHERWISE
        return 0.5 if borne_out or lost_in(assessment) < TELLING_TOLL else NEAR_ONLY
