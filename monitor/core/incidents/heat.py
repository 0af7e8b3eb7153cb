"""How far the public talks of an incident, as facts over time: titles, sources, places on hot lists.

Which of it makes a wave of which grade stands in wave.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.model import Trust

HOUR = timedelta(hours=1)
# What counts as growing now: the titles of the last hours against those of as many hours before.
LATELY = timedelta(hours=6)
# By which share a list's own figure must grow to say something new; how many sightings of one item are kept at most.
GROWN = 0.2
MOST_SIGHTINGS = 200
# How long the stretches of a course over time may be.
STRETCHES = (HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 96 * HOUR)
MOST_STRETCHES = 24
PEOPLE = frozenset({Trust.PLATFORM, Trust.PERSONAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A title of an incident; `reports` is False where it only speaks of it. `at` is its trusted time, else `seen_at`.

    `rank` and `heat` are what its list gave when the title was first seen; `heat` is the list's own figure (reads,
    discussions or an index) and cannot be compared with another list's.
    """

    item_id: int
    title: str
    source: str
    trust: Trust
    at: datetime
    seen_at: datetime
    reports: bool = True
    rank: int | None = None
    heat: int | None = None

    @property
    def is_talk(self) -> bool:
        """Tell whether the public speaks here: people and hot lists, and whoever only speaks of it; no authority."""
        return self.trust in PEOPLE or (not self.reports and self.trust is not Trust.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A known item was listed again at `at`, and that said something new."""

    item_id: int
    at: datetime
    rank: int | None = None
    heat: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept of a listed item: its best rank, its highest heat, when it was last kept, how many sightings."""

    item_id: int
    matter_id: int
    last_at: datetime
    rank: int | None = None
    heat: int | None = None
    sightings: int = 0


@dataclass(frozen=True, slots=True)
class Talk:
    """All that was said of one incident, and how it was listed; unordered."""

    mentions: Sequence[Mention] = ()
    sightings: Sequence[Sighting] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A place on a hot list: which, on whose list, when, for which item."""

    rank: int
    at: datetime
    item_id: int
    source: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time: how many titles came, and the best place on any hot list."""

    at: datetime
    span: timedelta
    titles: int
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """How far an incident is talked of.

    `talk` are the titles in which the public speaks, `sources` those that are no authority, `hours` the different hours
    in which it stood on a hot list, `peaks` the highest figure of each list that gives one. `lately` counts the titles
    of the last hours, `before` those of as many hours before.
    """

    titles: int = 0
    talk: int = 0
    sources: int = 0
    best: Listed | None = None
    hours: int = 0
    peaks: Mapping[str, int] = field(default_factory=dict)
    lately: int = 0
    before: int = 0
    course: tuple[Stretch, ...] = ()


def says_more(kept: Standing, rank: int | None, heat: int | None, now: datetime) -> bool:
    """Tell whether an item's present place on its list is worth keeping: better, grown, or still there in a new hour.

    A list that is fetched every few minutes keeps about one sighting an hour, and never more than MOST_SIGHTINGS.
    """
    if kept.sightings >= MOST_SIGHTINGS or now <= kept.last_at:
        return False
    if rank is not None and (kept.rank is None or rank < kept.rank):
        return True
    if heat is not None and (kept.heat is None or heat > kept.heat * (1 + GROWN)):
        return True
    return rank is not None and hour_of(now) > hour_of(kept.last_at)


def hour_of(at: datetime) -> datetime:
    """Return the full hour in which a moment lies."""
    return at.replace(minute=0, second=0, microsecond=0)


def heat_of(talk: Talk, now: datetime) -> Heat:
    """Sum up how far an incident is talked of."""
    listed = sorted(_listed(talk), key=lambda place: (place.rank, place.at, place.item_id))
    ages = [now - mention.at for mention in talk.mentions]
    return Heat(
        titles=len(talk.mentions),
        talk=sum(mention.is_talk for mention in talk.mentions),
        sources=len({mention.source for mention in talk.mentions if mention.trust is not Trust.OFFICIAL}),
        best=listed[0] if listed else None,
        hours=len({hour_of(place.at) for place in listed}),
        peaks=_peaks(talk),
        lately=sum(age < LATELY for age in ages),
        before=sum(LATELY <= age < 2 * LATELY for age in ages),
        course=_course(talk, listed),
    )


def places(talk: Talk) -> Iterator[tuple[int, datetime, int]]:
    """Yield item, moment and rank of every place on a hot list; an old title may have come there only now."""
    for mention in talk.mentions:
        if mention.rank is not None:
            yield mention.item_id, mention.seen_at, mention.rank
    for sighting in talk.sightings:
        if sighting.rank is not None:
            yield sighting.item_id, sighting.at, sighting.rank


def _listed(talk: Talk) -> Iterator[Listed]:
    sources = _sources(talk)
    for item_id, at, rank in places(talk):
        yield Listed(rank, at, item_id, sources.get(item_id, ""))


def _peaks(talk: Talk) -> dict[str, int]:
    sources = _sources(talk)
    told = [(m.item_id, m.heat) for m in talk.mentions] + [(s.item_id, s.heat) for s in talk.sightings]
    peaks: dict[str, int] = {}
    for item_id, heat in told:
        if heat is not None and item_id in sources:
            source = sources[item_id]
            peaks[source] = max(heat, peaks.get(source, heat))
    return dict(sorted(peaks.items()))


def _sources(talk: Talk) -> dict[int, str]:
    return {mention.item_id: mention.source for mention in talk.mentions}


def _course(talk: Talk, listed: Sequence[Listed]) -> tuple[Stretch, ...]:
    """Cut the time from the first to the last word into stretches; the last MOST_STRETCHES are kept."""
    moments = [mention.at for mention in talk.mentions] + [place.at for place in listed]
    if not moments:
        return ()
    first, last = hour_of(min(moments)), max(moments)
    span = next((span for span in STRETCHES if first + span * MOST_STRETCHES > last), STRETCHES[-1])
    count = (last - first) // span + 1
    titles = [0] * count
    best: list[int | None] = [None] * count
    for mention in talk.mentions:
        titles[(mention.at - first) // span] += 1
    for place in listed:
        n = (place.at - first) // span
        before = best[n]
        best[n] = place.rank if before is None else min(before, place.rank)
    found = [Stretch(first + span * n, span, titles[n], best[n]) for n in range(count)]
    return tuple(found[-MOST_STRETCHES:])
