"""Decide when a source is fetched next and whose turn it is now. Pure: `now` and the random fraction are passed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import aware
from monitor.core.sources import WEIGHTS, FailureKind

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(seconds=30)
# No server was reached, so none is spared by waiting: the fault is often ours, and over for all sources at once.
UNREACHED = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT})
LONGEST_UNREACHED = timedelta(minutes=15)
# Nothing was asked of the site, and a permission that is entered is to hold soon.
LONGEST_REFUSED = timedelta(hours=1)
JITTER = 0.1
MOST_OF_FLOOR = 2
PER_HOST = 2
SPACING = timedelta(seconds=2)
RECHECK = timedelta(seconds=1)


class PlanReason(StrEnum):
    """Why the next fetch stands where it stands."""

    INTERVAL = "interval"
    BACK_OFF = "back_off"
    RETRY_AFTER = "retry_after"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Plan:
    """When to fetch next. `score` is the sum of the weights of the failures in a row and goes into the next plan."""

    next_at: datetime
    score: float
    reason: PlanReason


def plan(
    fetched: Fetched, *, interval: timedelta, score: float, now: datetime, fraction: float, tempo: float = 1.0
) -> Plan:
    """Plan the fetch after `fetched`.

    After a success it comes after `tempo` times the interval (see monitor.core.tempo). The interval grows by its own
    length for every hard failure in a row, by half for a soft and a quarter for a temporary one, never beyond 24 h; one
    success sets it back. Where no server was reached it at most doubles, and grows to no more than 15 min. `fraction`
    in [0, 1) spreads the sources by ±10 %. The Retry-After of a failure is obeyed up to 24 h; with an answer that is
    there it means nothing (RFC 9110, 10.2.3). Where the answer is said to stay as it is for longer than the interval,
    that is waited for, up to twice the interval: what a proxy may keep for a week must not make us miss a day.
    """
    failed = fetched.outcome is Outcome.FAILED
    score = score + WEIGHTS[fetched.reason] if failed and fetched.reason else 0.0
    usual = max(SHORTEST, interval)
    wait = min(LONGEST, usual * (1 + score) if failed else usual * tempo)
    if failed and fetched.reason in UNREACHED:
        wait = min(wait, usual * 2, max(usual, LONGEST_UNREACHED))
    if failed and fetched.reason is FailureKind.ROBOTS:
        wait = min(wait, max(usual, LONGEST_REFUSED))
    wait = min(LONGEST, wait * (1 - JITTER + 2 * JITTER * fraction))
    reason = PlanReason.BACK_OFF if failed else PlanReason.INTERVAL
    asked = min(LONGEST, fetched.retry_after or timedelta(0))
    if failed and asked > wait:
        return Plan(aware(now) + asked, score, PlanReason.RETRY_AFTER)
    floor = min(fetched.floor, usual * MOST_OF_FLOOR)
    if floor > wait and not failed:
        return Plan(aware(now) + floor, score, PlanReason.FLOOR)
    return Plan(aware(now) + wait, score, reason)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A source whose time has come."""

    source_id: str
    host: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class HostUse:
    """How one host is being used: fetches under way, when the last one began, what it wants between two of them."""

    running: int = 0
    last_started_at: datetime | None = None
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Turns:
    """Who starts now, and when the others may be looked at again."""

    start: tuple[Waiting, ...]
    later: tuple[tuple[Waiting, datetime], ...]


def turns(
    waiting: Iterable[Waiting],
    *,
    hosts: Mapping[str, HostUse],
    now: datetime,
    slots: int,
    per_host: int = PER_HOST,
    spacing: timedelta = SPACING,
) -> Turns:
    """Choose up to `slots` sources to start, longest due first; a host gets `per_host` at once, one a `spacing`.

    Those whose host is free but for which no slot is left stay as they are; the others are put off until it may be.
    """
    use = dict(hosts)
    start: list[Waiting] = []
    later: list[tuple[Waiting, datetime]] = []
    for candidate in sorted(waiting, key=lambda w: (w.due_at, w.source_id)):
        host = use.get(candidate.host, HostUse())
        free_at = now if host.last_started_at is None else host.last_started_at + max(spacing, host.delay)
        if host.running < per_host and free_at <= now:
            if len(start) >= slots:
                continue
            start.append(candidate)
            use[candidate.host] = HostUse(host.running + 1, now, host.delay)
        else:
            later.append((candidate, max(free_at, now + RECHECK)))
    return Turns(tuple(start), tuple(later))
