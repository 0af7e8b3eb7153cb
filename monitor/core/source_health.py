"""Whether a source is well: it is fetched, it answers, and it brings something new as often as it used to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from monitor.core.fetched import Outcome
from monitor.core.hosts import HostState
from monitor.core.rhythm import TIMES, Works, by_weekday, rhythm_of
from monitor.core.sources import HARD

OVERDUE_FETCH = timedelta(hours=1)
SHORTEST_SILENCE = timedelta(hours=3)
SHORTEST_FAILURE = timedelta(hours=3)
SHORTEST_FREEZE = timedelta(hours=24)
UNKNOWN_FAILURE = timedelta(hours=24)
UNKNOWN_RHYTHM = timedelta(hours=72)


class Trouble(StrEnum):
    """How a source is unwell, the plainest first."""

    HOST = "host"
    FAILING = "failing"
    NOT_FETCHED = "not_fetched"
    FROZEN = "frozen"
    SILENT = "silent"


RESTING = frozenset({Trouble.FROZEN, Trouble.SILENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What is known of a source.

    `failing_since` is the first failure after the last good fetch, `detail` what the last fetch said. `arrivals` are
    the moments of late at which something new came, `moves` those at which the answer was another than before, both
    oldest first; they are read only where the source has been quiet for hours. `host` is its host where that fails as a
    whole, `known_since` when the source was first heard of.
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
    arrivals: tuple[datetime, ...] = ()
    moves: tuple[datetime, ...] = ()
    host: HostState | None = None
    known_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """A source that is unwell since `since`; `reason` is the value of a FailureKind where it or its `host` fails."""

    source_id: str
    trouble: Trouble
    since: datetime
    reason: str = ""
    detail: str = ""
    host: str = ""


def trouble_of(source: SourceFacts, now: datetime, works: Works = by_weekday) -> SourceTrouble | None:
    """Return what is wrong with a source, or None; `works` tells which days are worked.

    Where its host fails as a whole, that is what is wrong with it, whatever came of its own last fetch. It is failing
    once its failures in a row weigh as much as one that does not mend itself (planner and WEIGHTS).
    """
    host = source.host
    if host is not None and host.fails and host.since is not None:
        return SourceTrouble(source.id, Trouble.HOST, host.since, host.reason, host.detail, host.host)
    if source.next_at < now - OVERDUE_FETCH:
        return SourceTrouble(source.id, Trouble.NOT_FETCHED, source.last_fetch_at or source.next_at)
    if source.outcome == Outcome.FAILED and source.failure_score >= HARD:
        since = source.failing_since or source.last_fetch_at or source.next_at
        return SourceTrouble(source.id, Trouble.FAILING, since, source.reason, source.detail)
    if (frozen := frozen_since(source, now, works)) is not None:
        return SourceTrouble(source.id, Trouble.FROZEN, frozen)
    since_silent = silent_since(source, now, works)
    return None if since_silent is None else SourceTrouble(source.id, Trouble.SILENT, since_silent)


def silent_since(source: SourceFacts, now: datetime, works: Works = by_weekday) -> datetime | None:
    """Return since when a source that answers has brought nothing new for unusually long, or None.

    Long is by its own rhythm, at least three hours. Of one that is known for less than a week, or brought something
    once or twice only, three days are long, or three times the longest pause that is known. So they are of one to which
    data is brought, and nothing ever was.
    """
    never = source.known_since if not source.outcome else None
    since = source.last_new_at or source.first_fetch_at or never
    if since is None or (source.last_good_at is None and never is None):
        return None
    return since if _long(source.arrivals, since, now, SHORTEST_SILENCE, works) else None


def frozen_since(source: SourceFacts, now: datetime, works: Works = by_weekday) -> datetime | None:
    """Return since when the answer has been the same byte for byte although it usually moves, at least a day; or None.

    Nothing is said before its rhythm is known: some pages stand still for weeks.
    """
    if source.last_good_at is None or rhythm_of(source.moves, works) is None:
        return None
    return source.moves[-1] if _long(source.moves, source.moves[-1], now, SHORTEST_FREEZE, works) else None


def is_blind(source: SourceFacts, trouble: SourceTrouble, now: datetime, works: Works = by_weekday) -> bool:
    """Tell whether a source that is unwell has been so for longer than it usually rests.

    A failure is plainer than silence: it counts after three hours, after a day where the rhythm is unknown.
    """
    if trouble.trouble in RESTING:
        return True
    waited = now - trouble.since
    if waited <= SHORTEST_FAILURE:
        return False
    known = rhythm_of(source.arrivals, works)
    if known is None:
        return waited > UNKNOWN_FAILURE
    return known.pause(trouble.since, now) > known.bearable


def _long(moments: Sequence[datetime], since: datetime, now: datetime, shortest: timedelta, works: Works) -> bool:
    waited = now - since
    if waited <= shortest:
        return False
    known = rhythm_of(moments, works)
    if known is not None:
        return known.pause(since, now) > known.limit
    return waited > max([UNKNOWN_RHYTHM, *(TIMES * (later - earlier) for earlier, later in pairwise(moments))])
