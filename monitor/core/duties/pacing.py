"""How fast a channel may be used: from its limits and the attempts already begun to the moment of the next one.

The limits are data (`channels.yaml`), the attempts are rows that all processes share: nothing waits or remembers here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Minutes of every hour at which a provider is overrun: from `before` the full minute until `after` it."""

    minutes: tuple[int, ...]
    before: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many messages a channel takes; `reserve` of each minute are kept for pages.

    `per_second` is a mean, `burst` may begin at once. `penalty` is how long the provider refuses everything once more
    was sent. Where nothing is said, nothing is bounded.
    """

    per_second: int | None = None
    burst: int = 1
    per_minute: int | None = None
    reserve: int = 0
    penalty: timedelta | None = None
    crowd: Crowd | None = None

    @property
    def window(self) -> timedelta:
        """How far back the attempts count."""
        return max((span for _, span in _windows(self, page=True)), default=timedelta(0))

    @property
    def most(self) -> int:
        """How many attempts back can matter."""
        return max((most for most, _ in _windows(self, page=True)), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one kind of channel allows: its pace, and the greatest sizes by name; `source` says who states them."""

    kind: str
    pace: Pace
    sizes: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    verified: bool = False


def opens_at(pace: Pace, begun: Sequence[datetime], now: datetime, *, page: bool) -> datetime:
    """Return when the next attempt may begin: `now` where that is at once.

    `begun` are the moments at which the attempts of late began, in any order. What began later than a whole window from
    now was begun by a clock that had run ahead, and counts for nothing.
    """
    at = now
    for most, span in _windows(pace, page=page):
        counted = sorted((moment for moment in begun if moment <= now + span), reverse=True)
        if most <= len(counted):
            at = max(at, counted[most - 1] + span)
    return _after_the_crowd(pace.crowd, at)


def room(pace: Pace, begun: Sequence[datetime], now: datetime) -> int | None:
    """Return how many notices this minute still takes, None where that is not bounded."""
    if pace.per_minute is None:
        return None
    counted = sum(now - MINUTE < moment <= now + MINUTE for moment in begun)
    return max(0, pace.per_minute - pace.reserve - counted)


def _windows(pace: Pace, *, page: bool) -> Iterator[tuple[int, timedelta]]:
    """Yield each bound: so many within such a span. A notice leaves the reserve to the pages."""
    if pace.per_second is not None:
        yield pace.burst, timedelta(seconds=pace.burst / pace.per_second)
    if pace.per_minute is not None:
        yield pace.per_minute - (0 if page else pace.reserve), MINUTE


def _after_the_crowd(crowd: Crowd | None, at: datetime) -> datetime:
    """Return `at`, or the end of the crowded moment that it lies in."""
    if crowd is None:
        return at
    into = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    for minute in crowd.minutes:
        past = (into - timedelta(minutes=minute) + HOUR / 2) % HOUR - HOUR / 2
        if -crowd.before <= past < crowd.after:
            return at + (crowd.after - past)
    return at
