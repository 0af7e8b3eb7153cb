"""The grade of a wave of public talk, over time and with its grounds.

A wave is graded by what it reached: it does not fall again when the talk dies down. It says nothing of how grave the
accident is. Everything is folded anew from what was said and listed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from monitor.core.incidents.heat import Mention, Talk, hour_of, places
from monitor.core.model import Trust, Wave


class Measure(StrEnum):
    """What a wave is measured by; each has a label in the catalogues. Only of `rank` a lower number says more."""

    RANK = "rank"
    HOURS = "hours"
    TALK = "talk"
    SOURCES = "sources"
    RUSH = "rush"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveTable:
    """From which number each measure makes a wave of which grade; the highest grade that any measure reaches counts.

    Titles and sources count together `within` a span, a rush within a shorter one. People are told at once from the
    grade `tell_from` on. `except_provinces` are two-digit prefixes outside the regime.
    """

    limits: Mapping[Measure, Mapping[Wave, int]]
    within: timedelta
    rush: timedelta
    tell_from: Wave = Wave.MAJOR
    except_provinces: tuple[str, ...] = ()
    document: str = ""
    article: str = ""
    quote: str = ""
    verified: bool = False
    note: str = ""

    @property
    def highest(self) -> Wave | None:
        """The highest grade that any measure can reach."""
        return max((wave for limits in self.limits.values() for wave in limits), default=None)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a wave has its grade: a measure, what it was, from which number the grade holds, within how many minutes."""

    measure: Measure
    value: int
    limit: int
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveStep:
    """The wave reached a higher grade at `at`, known since `known_at`, with the item that brought it there."""

    wave: Wave
    at: datetime
    known_at: datetime
    item_id: int
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    """A moment that may raise a wave: a title comes, or an item is listed again."""

    at: datetime
    known_at: datetime
    item_id: int
    rank: int | None
    mention: Mention | None


def wave_steps(talk: Talk, table: WaveTable | None) -> tuple[WaveStep, ...]:
    """Return when the wave reached which grade, and by what; without a table it has none."""
    if table is None:
        return ()
    gauge = _Gauge(table)
    steps: list[WaveStep] = []
    known_at: datetime | None = None
    for at, together in groupby(_events(talk), key=lambda event: event.at):
        for event in together:
            known_at = event.known_at if known_at is None else max(known_at, event.known_at)
            gauge.add(event)
        wave = gauge.wave(above=steps[-1].wave if steps else None)
        if wave is not None and known_at is not None:
            grounds = tuple(gauge.grounds(wave))
            steps.append(WaveStep(wave=wave, at=at, known_at=known_at, item_id=gauge.bringer(grounds), grounds=grounds))
    return tuple(steps)


def _events(talk: Talk) -> list[_Event]:
    """Return what happened in the order of its own time, whatever order it became known in."""
    told = [_Event(m.at, m.seen_at, m.item_id, None, m) for m in talk.mentions]
    listed = [_Event(at, at, item_id, rank, None) for item_id, at, rank in places(talk)]
    return sorted((*told, *listed), key=lambda e: (e.at, e.known_at, e.mention is None, e.item_id, e.rank or 0))


def reaches(measure: Measure, value: int, limit: int) -> bool:
    """Tell whether a measured value reaches a limit."""
    return value <= limit if measure is Measure.RANK else value >= limit


class _Gauge:
    """Measures what was said up to the latest event; events come in the order of time."""

    def __init__(self, table: WaveTable) -> None:
        self._table = table
        self._rank: int | None = None
        self._ranked = self._latest = 0
        self._hours: set[datetime] = set()
        self._talk: deque[datetime] = deque()
        self._within = _Sources(table.within)
        self._rush = _Sources(table.rush)

    def add(self, event: _Event) -> None:
        """Take in an event."""
        if event.rank is not None:
            if self._rank is None or event.rank < self._rank:
                self._rank, self._ranked = event.rank, event.item_id
            self._hours.add(hour_of(event.at))
        self._latest = event.item_id
        mention = event.mention
        if mention is not None and mention.is_talk:
            self._talk.append(event.at)
        while self._talk and event.at - self._talk[0] >= self._table.within:
            self._talk.popleft()
        # What an authority publishes is an answer, not public concern.
        source = None if mention is None or mention.trust is Trust.OFFICIAL else mention.source
        self._within.add(event.at, source)
        self._rush.add(event.at, source)

    def wave(self, *, above: Wave | None) -> Wave | None:
        """Return the highest grade that any measure reaches, where it is above one that was reached before."""
        higher = [wave for wave in sorted(Wave, reverse=True) if above is None or wave > above]
        return next((wave for wave in higher if any(self.grounds(wave))), None)

    def grounds(self, wave: Wave) -> Iterator[Ground]:
        """Yield every measure that reaches a grade."""
        for measured in self._values():
            limit = self._table.limits.get(measured.measure, {}).get(wave)
            if limit is not None and reaches(measured.measure, measured.value, limit):
                yield replace(measured, limit=limit)

    def bringer(self, grounds: Sequence[Ground]) -> int:
        """Return the item that brought the wave to a grade: the one in its place on a list, else the latest."""
        return self._ranked if any(ground.measure is Measure.RANK for ground in grounds) else self._latest

    def _values(self) -> Iterator[Ground]:
        within, rush = (int(span.total_seconds()) // 60 for span in (self._table.within, self._table.rush))
        if self._rank is not None:
            yield Ground(Measure.RANK, self._rank, 0)
        yield Ground(Measure.HOURS, len(self._hours), 0)
        yield Ground(Measure.TALK, len(self._talk), 0, within)
        yield Ground(Measure.SOURCES, self._within.count, 0, within)
        yield Ground(Measure.RUSH, self._rush.count, 0, rush)


class _Sources:
    """Counts the different sources that spoke within a span before the latest event."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._told: deque[tuple[datetime, str]] = deque()
        self._counts: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._counts)

    def add(self, at: datetime, source: str | None) -> None:
        """Take in that a source spoke, or only that time has passed."""
        if source is not None:
            self._told.append((at, source))
            self._counts[source] += 1
        while self._told and at - self._told[0][0] >= self._span:
            old = self._told.popleft()[1]
            self._counts[old] -= 1
            if not self._counts[old]:
                del self._counts[old]
