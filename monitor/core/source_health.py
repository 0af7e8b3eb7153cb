"""Whether a source is well: it is fetched, it answers, and it brings something new as often as it used to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.fetched import Outcome
from monitor.core.sources import HARD

OVERDUE_FETCH = timedelta(hours=1)
SHORTEST_SILENCE = timedelta(hours=24)
SHORTEST_FAILURE = timedelta(hours=3)
UNKNOWN_RHYTHM = timedelta(hours=72)
ENOUGH_ARRIVALS = 3


class Trouble(StrEnum):
    """How a source is unwell, the plainest first."""

    FAILING = "failing"
    NOT_FETCHED = "not_fetched"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What is known of a source.

    `failing_since` is the first failure after the last good fetch, `detail` what the last fetch said. `arrivals` counts
    the fetches of late that brought something new, `longest_pause` is the longest time between two of them.
    """

    id: str
    next_at: datetime
    outcome: str = ""
    reason: str = ""
    detail: str = ""
    failure_score: float = 0.0
    failing_since: datetime | None = None
    first_fetch_at: datetime | None = None
    last_fetch_at: datetime | None = None
    last_good_at: datetime | None = None
    last_new_at: datetime | None = None
    arrivals: int = 0
    longest_pause: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """A source that is unwell since `since`; `reason` is the value of a FailureKind where it fails."""

    source_id: str
    trouble: Trouble
    since: datetime
    reason: str = ""
    detail: str = ""


def trouble_of(source: SourceFacts, now: datetime) -> SourceTrouble | None:
    """Return what is wrong with a source, or None.

    It is failing once its failures in a row weigh as much as one that does not mend itself (planner and WEIGHTS).
    """
    if source.next_at < now - OVERDUE_FETCH:
        return SourceTrouble(source.id, Trouble.NOT_FETCHED, source.last_fetch_at or source.next_at)
    if source.outcome == Outcome.FAILED and source.failure_score >= HARD:
        since = source.failing_since or source.last_fetch_at or source.next_at
        return SourceTrouble(source.id, Trouble.FAILING, since, source.reason, source.detail)
    since_silent = silent_since(source, now)
    return None if since_silent is None else SourceTrouble(source.id, Trouble.SILENT, since_silent)


def silent_since(source: SourceFacts, now: datetime) -> datetime | None:
    """Return since when a source that answers has brought nothing new for unusually long, or None.

    Long is half as long again as its longest pause of late, at least a day; three days where its rhythm is unknown.
    """
    since = source.last_new_at or source.first_fetch_at
    if since is None or source.last_good_at is None:
        return None
    return since if now - since > _bearable(source, SHORTEST_SILENCE, UNKNOWN_RHYTHM) else None


def is_blind(source: SourceFacts, trouble: SourceTrouble, now: datetime) -> bool:
    """Tell whether a source that is unwell has been so for longer than it usually rests.

    A failure is plainer than silence: it counts after three hours, after a day where the rhythm is unknown.
    """
    if trouble.trouble is Trouble.SILENT:
        return True
    return now - trouble.since > _bearable(source, SHORTEST_FAILURE, SHORTEST_SILENCE)


def _bearable(source: SourceFacts, shortest: timedelta, unknown: timedelta) -> timedelta:
    return max(shortest, source.longest_pause * 1.5) if source.arrivals >= ENOUGH_ARRIVALS else unknown
