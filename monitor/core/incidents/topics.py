"""How an incident is talked of: which terms its titles share with one another and with little else.

The likeness of a title to a topic is the logarithm of how much likelier its terms are in the topic than in titles at
large (a unigram language model with Dirichlet smoothing, as topic tracking has it).
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from string import ascii_lowercase

BACKGROUND_HALF_LIFE = timedelta(days=20)
TODAYS_TALK = timedelta(days=4)
LOT = timedelta(days=1)
PULSE_HALF_LIFE = timedelta(hours=12)
# What is counted belongs to its number: it stands beside a figure in any report.
RUN = re.compile(r"(?:(?<=\d)[\u3400-\u9fff])?([\u3400-\u9fff]+|[A-Za-z0-9]+)")
NUMBER_THAT_NAMES = 4
# The closed classes of English words. How common a word is, only thousands of titles tell; these are anywhere.
FUNCTION_WORDS = frozenset({
    "a", "about", "after", "again", "against", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "between", "both", "but", "by", "can", "could", "did", "do", "does", "down",
    "during", "each", "for", "from", "get", "gets", "go", "goes", "got", "had", "has", "have", "he", "her", "here",
    "hers", "him", "his", "how", "if", "in", "into", "is", "it", "its", "just", "like", "ll", "may", "me", "might",
    "more", "most", "must", "my", "new", "no", "nor", "not", "now", "of", "off", "on", "once", "one", "only", "or",
    "other", "our", "out", "over", "own", "per", "re", "said", "same", "say", "says", "shall", "she", "should", "so",
    "some", "still", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "through", "to", "too", "two", "under", "until", "up", "upon", "us", "ve", "very", "via", "was", "we", "were",
    "what", "when", "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with", "within",
    "without", "would", "yes", "yet", "you", "your", *ascii_lowercase,
})  # fmt: skip
SMOOTHING = 8.0
UNSEEN_TITLES = 300.0
UNSEEN_TERM = 0.3
DEPENDENCE = 0.6
LEAST = -0.4
RELATED_WEIGHT = 0.3
ROOTED_WITH = 1.0
RESCALE_AT = 2.0**60


@lru_cache(maxsize=1024)  # Whoever places an item asks for those of its title several times.
def terms_of(title: str) -> frozenset[str]:
    """Return what a title is compared by: its pairs of Chinese characters, telling Latin words, long numbers."""
    terms: set[str] = set()
    for run in RUN.findall(title):
        if run[0] >= "\u3400":
            terms.update(run[n : n + 2] for n in range(len(run) - 1))
        elif not run.isdigit() or len(run) >= NUMBER_THAT_NAMES:
            terms.add(run.lower())
    return frozenset(terms - FUNCTION_WORDS)


@dataclass(slots=True)
class Pulse:
    """A count in which what is older than a half-life counts half."""

    half_life: timedelta = PULSE_HALF_LIFE
    value: float = 0.0
    at: datetime | None = None

    def beat(self, at: datetime) -> None:
        """Count one more."""
        self.value, self.at = self.now(at) + 1.0, at

    def now(self, at: datetime) -> float:
        """Return the count as of `at`."""
        if self.at is None:
            return 0.0
        return float(self.value * 2.0 ** (-((at - self.at) / self.half_life)))


@dataclass(slots=True)
class Background:
    """How often each term stands in titles at large; instead of old titles fading, new ones weigh more and more."""

    pulse: Pulse = field(default_factory=Pulse)
    _counts: dict[str, float] = field(default_factory=dict)
    _total: float = 0.0
    _lot: Counter[str] = field(default_factory=Counter)
    _lot_at: datetime | None = None
    _waiting: deque[tuple[datetime, tuple[str, ...]]] = field(default_factory=deque)
    _origin: datetime | None = None

    def hear(self, terms: frozenset[str], at: datetime) -> None:
        """Count one title; its terms only count once they are no longer today's talk."""
        self.pulse.beat(at)
        # As a tuple: it stays for days, and takes a tenth of a set's memory.
        self._waiting.append((at, tuple(terms)))
        while self._waiting and at - self._waiting[0][0] > TODAYS_TALK:
            self._count(*self._waiting.popleft())

    def _count(self, at: datetime, terms: Iterable[str]) -> None:
        if self._lot_at is None or at - self._lot_at > LOT:
            self._weigh_lot()
            self._lot_at = at
        self._lot.update(terms)
        self._total += self._weight(self._lot_at)

    def _weigh_lot(self) -> None:
        """Add what was counted since the last lot; titles of one lot weigh the same, and so are counted fast."""
        if self._lot_at is None:
            return
        weight = self._weight(self._lot_at)
        counts = self._counts
        for term, times in self._lot.items():
            counts[term] = counts.get(term, 0.0) + times * weight
        self._lot.clear()
        if weight > RESCALE_AT:
            self._rescale(weight, self._lot_at)

    def shares(self, terms: Iterable[str], at: datetime) -> dict[str, float]:
        """Return the share of titles of late that hold each term; never nothing, as any term may come."""
        weight = self._weight(at)
        total = self._total + UNSEEN_TITLES * weight
        unseen = UNSEEN_TERM * weight
        counts, lot = self._counts, self._lot
        times = self._weight(self._lot_at) if self._lot_at is not None else 0.0
        return {term: (counts.get(term, 0.0) + lot[term] * times + unseen) / total for term in terms}

    def titles(self, at: datetime) -> float:
        """Return how many titles count, old ones less."""
        return self._total / self._weight(at)

    def _weight(self, at: datetime) -> float:
        if self._origin is None:
            self._origin = at
        return float(2.0 ** ((at - self._origin) / BACKGROUND_HALF_LIFE))

    def _rescale(self, weight: float, at: datetime) -> None:
        """Divide all by the weight of now, and forget what has faded away."""
        self._counts = {term: left for term, count in self._counts.items() if (left := count / weight) > 0.01}
        self._total /= weight
        self._origin = at


@dataclass(slots=True)
class Topic:
    """The terms of an incident's titles; `roots` are those of titles that report it, not only speak of it."""

    counts: dict[str, float] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    titles: float = 0.0
    reports: int = 0
    pulse: Pulse = field(default_factory=Pulse)

    def hear(self, terms: Iterable[str], at: datetime, *, reports: bool) -> None:
        """Count one title of the incident; `reports` tells that it reports it and does not only speak of it."""
        weight = 1.0 if reports else RELATED_WEIGHT
        for term in terms:
            count = self.counts[term] = self.counts.get(term, 0.0) + weight
            if reports and count >= ROOTED_WITH:
                self.roots.add(term)
        self.titles += weight
        if reports:
            self.reports += 1
            self.pulse.beat(at)

    def likeness(self, shares: Mapping[str, float]) -> float:
        """Return how much likelier the terms are here than at large, in natural logarithms; 0 says nothing."""
        return sum(max(LEAST, self.gain(term, share)) for term, share in shares.items()) * DEPENDENCE

    def worth(self, shares: Mapping[str, float]) -> dict[str, float]:
        """Return what each of these terms adds to the likeness, beyond what any term does that is not known here."""
        return {term: max(LEAST, self.gain(term, share)) * DEPENDENCE - self.strange for term, share in shares.items()}

    @property
    def strange(self) -> float:
        """What a term that is not known here adds to the likeness: however often it stands at large, the same."""
        return max(LEAST, math.log(SMOOTHING / (self.titles + SMOOTHING))) * DEPENDENCE

    def rooted(self, shares: Mapping[str, float], *, without: AbstractSet[str] = frozenset()) -> float:
        """Return what of the likeness rests on terms of reports."""
        terms = (shares.keys() & self.roots) - without
        return sum(max(0.0, self.gain(term, shares[term])) for term in terms)

    def gain(self, term: str, share: float) -> float:
        """Return the logarithm of how much likelier a term is here than at large."""
        return math.log((self.counts.get(term, 0.0) + SMOOTHING * share) / ((self.titles + SMOOTHING) * share))
