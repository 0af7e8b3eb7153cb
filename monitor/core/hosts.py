"""Whether a whole host fails: then all its sources wait together, one asks for them, and all come back with it. Pure.

    a source's fetch -> did its host answer?  yes -> the host is well; whoever waited for it is asked now
                                              no  -> few of its sources: their own affair; several, at least half of
                                                     them, with no answer between them: the host fails, and is asked by
                                                     one source at a time, those that were well first

A host that answers anything of its own, be it "not found", is there: what one source gets wrong slows down no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.fetched import Fetched, Outcome
from monitor.core.planner import LONGEST_UNREACHED, RECHECK, UNREACHED, Waiting
from monitor.core.sources import HARD, WEIGHTS, FailureKind

# What says nothing of the one address that was asked for.
OF_A_HOST = UNREACHED | {
    FailureKind.TLS,
    FailureKind.PROTOCOL,
    FailureKind.SERVER_ERROR,
    FailureKind.RATE_LIMITED,
}
# What says nothing of the host either way.
NOT_ASKED = frozenset({FailureKind.ROBOTS, FailureKind.BAD_URL, FailureKind.ADDRESS_REFUSED})
SEVERAL = 2
# An instance that serves thousands of feeds is there while most of them come, whatever a few of its routes answer.
PART = 0.5
# How long a failing host is left alone for each point of its score, and at most.
FOR_EACH_POINT = timedelta(minutes=4)
LONGEST_HELD = timedelta(minutes=30)
# So long nobody asks a host sooner than the configuration says, after it wanted to be asked less.
LIMITED = timedelta(days=7)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """How a host stands.

    `score` is the weight of its failures since it last answered, `failing` the sources that met them, `resume_at` when
    the next source may ask for all, None while it is not held back. `limited_at` is when it last asked us to come less.
    """

    host: str
    score: float = 0.0
    failing: frozenset[str] = frozenset()
    since: datetime | None = None
    resume_at: datetime | None = None
    reason: str = ""
    detail: str = ""
    limited_at: datetime | None = None

    @property
    def fails(self) -> bool:
        """Whether people are told that the host fails as a whole: its failures weigh as much as a lasting one."""
        return self.resume_at is not None and self.score >= HARD

    def is_limited(self, now: datetime) -> bool:
        """Tell whether the host asked of late to be asked less often."""
        return self.limited_at is not None and now - self.limited_at < LIMITED


def after(state: HostState, source_id: str, fetched: Fetched, now: datetime, source_ids: Collection[str]) -> HostState:
    """Return how a host stands after a fetch of one of its sources; `source_ids` are all that are watched there.

    It is held once at least half of them fail; so many failures then weigh as much as those of two sources elsewhere.
    """
    if fetched.reason in NOT_ASKED:
        return state
    limited_at = (
        now if fetched.reason is FailureKind.RATE_LIMITED else state.limited_at if state.is_limited(now) else None
    )
    if fetched.outcome is not Outcome.FAILED or fetched.reason not in OF_A_HOST:
        return HostState(host=state.host, limited_at=limited_at)
    failing = frozenset(one for one in state.failing if one in source_ids) | {source_id}
    enough = max(SEVERAL, PART * len(source_ids))
    score = state.score + WEIGHTS[fetched.reason] * (SEVERAL / enough if state.resume_at is None else 1)
    wait = min(FOR_EACH_POINT * score, LONGEST_UNREACHED if fetched.reason in UNREACHED else LONGEST_HELD)
    # What one source is told binds that source for as long as it says, the others no longer than any failure does.
    wait = max(wait, min(LONGEST_HELD, fetched.retry_after or timedelta(0)))
    return replace(
        state,
        score=score,
        failing=failing,
        since=state.since or now,
        resume_at=now + wait if len(failing) >= enough else None,
        reason=fetched.reason.value,
        detail=fetched.detail[:500],
        limited_at=limited_at,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """When a source was last fetched, and whether it was well then; one that never was may be."""

    at: datetime | None = None
    well: bool = True


@dataclass(frozen=True, slots=True)
class Queue:
    """Who may have a turn, those `asking` for a failing host among them, and who waits for one until when."""

    ready: tuple[Waiting, ...]
    asking: frozenset[str]
    held: tuple[tuple[Waiting, datetime], ...]


def queue(
    waiting: Iterable[Waiting], failing: Mapping[str, HostState], asked: Mapping[str, Asked], now: datetime
) -> Queue:
    """Hold back the sources of failing hosts but for one that asks, once it is time.

    It is one that was well when it was last asked, where there is one: its answer frees the others as well. Of several
    it is the one not asked for longest.
    """
    ready: list[Waiting] = []
    theirs: dict[str, list[Waiting]] = {}
    for one in waiting:
        state = failing.get(one.host)
        if state is None or state.resume_at is None:
            ready.append(one)
        else:
            theirs.setdefault(one.host, []).append(one)
    asking: list[Waiting] = []
    held: list[tuple[Waiting, datetime]] = []
    for host, behind in theirs.items():
        until = failing[host].resume_at or now
        if until <= now:
            asking.append(min(behind, key=lambda one: _rank(one.source_id, asked.get(one.source_id, Asked()))))
        held.extend((one, max(until, now + RECHECK)) for one in behind if one not in asking)
    return Queue((*ready, *asking), frozenset(one.source_id for one in asking), tuple(held))


def _rank(source_id: str, asked: Asked) -> tuple[bool, datetime, str]:
    return not asked.well, asked.at or LONG_AGO, source_id
