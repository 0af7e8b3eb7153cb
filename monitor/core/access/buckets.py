"""Token buckets: how often something may be tried, remembered as a level and a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` tries at once, then one each `every`."""

    burst: int
    every: timedelta

    @property
    def forgotten_after(self) -> timedelta:
        """After how long an untouched bucket is full again, so that it need not be kept."""
        return self.burst * self.every


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many tries were left at a moment."""

    level: float
    at: datetime


def filled(bucket: Bucket | None, pace: Pace, now: datetime) -> Bucket:
    """Return a bucket as it stands at `now`; one that nobody touched is full. A clock that went back fills nothing."""
    if bucket is None:
        return Bucket(float(pace.burst), now)
    gained = max(now - bucket.at, timedelta(0)) / pace.every
    return Bucket(min(float(pace.burst), bucket.level + gained), now)


def wait_for(bucket: Bucket, pace: Pace) -> timedelta:
    """Return how long to wait for the next try; zero where there is one."""
    return timedelta(0) if bucket.level >= 1 else (1 - bucket.level) * pace.every
