"""From facts to what a person is told: what only some had, what came late, what was left out or set aside too soon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.missed.estimate import Estimate, Seen, estimate
from monitor.core.missed.facts import FROM_AN_ARCHIVE, DropTally, Happening, LeftOut, MissedFacts, Telling
from monitor.core.missed.usual import Habit, Habits
from monitor.core.model import MatterState, Severity


class WhyLate(StrEnum):
    """Why a publication reached us late; each has a label in the catalogues."""

    WAITED = "waited"
    NOT_WATCHED = "not_watched"
    FAILING = "failing"
    SLOW = "slow"
    BACKDATED = "backdated"
    BROUGHT = "brought"


@dataclass(frozen=True, slots=True)
class Silent:
    """An incident that some groups did not carry although they usually do."""

    happening: Happening
    habits: tuple[Habit, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """An incident that was out for `lag` before it was opened: by the report that was published first, and why."""

    happening: Happening
    telling: Telling
    lag: timedelta
    why: WhyLate


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """A dismissed incident that further sources told of since, by group."""

    happening: Happening
    since: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What was missed in the span, each list with the gravest first.

    `happenings` are the incidents of the span; `carried` counts them by group, `alone` those that only one group had.
    `far` are those elsewhere that are not major, which are counted and not listed. `measured` is on how many incidents
    the habits and the estimate rest, `first` when the first of them became known.
    """

    since: datetime
    until: datetime
    now: datetime
    happenings: tuple[Happening, ...]
    groups: Mapping[str, int]
    carried: Mapping[str, int]
    alone: Mapping[str, int]
    silent: tuple[Silent, ...]
    social_only: tuple[Happening, ...]
    late: tuple[Late, ...]
    carried_on: tuple[CarriedOn, ...]
    left_out: tuple[LeftOut, ...]
    drops: DropTally
    estimate: Estimate
    far: int
    measured: int
    first: datetime | None
    late_after: timedelta

    @property
    def nothing(self) -> bool:
        """Tell whether nothing of the span needs a look."""
        return not (self.silent or self.social_only or self.late or self.carried_on or self.left_out)


def missed_of(facts: MissedFacts) -> Missed:
    """Compare the groups of sources over a span."""
    known = [one for one in facts.happenings if one.state is MatterState.OPEN and not one.foreign and one.carried]
    fresh = sorted((one for one in known if one.opened_at >= facts.since), key=_gravity)
    before = [one for one in known if one.opened_at < facts.since]
    habits = Habits(before)
    near = [one for one in fresh if one.concerns_us]
    silent = ((one, tuple(habits.silent(one, facts.groups, facts.now))) for one in near)
    return Missed(
        since=facts.since,
        until=facts.until,
        now=facts.now,
        happenings=tuple(fresh),
        groups=facts.groups,
        carried=Counter(group for one in fresh for group in one.carried),
        alone=Counter(next(iter(one.carried)) for one in fresh if len(one.carried) == 1),
        silent=tuple(Silent(one, found) for one, found in silent if found),
        social_only=tuple(one for one in near if one.social and not one.press) if _has_press(known) else (),
        late=tuple(late for one in near if (late := late_of(one, facts.late_after)) is not None),
        carried_on=tuple(_carried_on(facts)),
        left_out=tuple(sorted(facts.left_out, key=lambda one: (-(one.severity or 0), one.at, one.title))),
        drops=facts.drops,
        estimate=estimate(_seen(known)),
        far=len(fresh) - len(near),
        measured=len(before),
        first=min((one.opened_at for one in before), default=None),
        late_after=facts.late_after,
    )


def late_of(happening: Happening, after: timedelta) -> Late | None:
    """Return why an incident came late, None where it did not; without a trusted time nothing can be said."""
    dated = [t for t in happening.tellings if t.published_at is not None and t.lag < FROM_AN_ARCHIVE]
    first = min(dated, key=lambda t: (t.published_at or t.first_seen_at, t.first_seen_at, t.item_id), default=None)
    if first is None or first.published_at is None:
        return None
    # Whoever had it first, we know of it since then.
    known_at = min(t.first_seen_at for t in happening.tellings)
    waited = happening.opened_at - known_at
    if waited > after:
        return Late(happening, first, happening.opened_at - first.published_at, WhyLate.WAITED)
    lag = known_at - first.published_at
    return Late(happening, first, lag, why_late(first)) if lag > after else None


def why_late(telling: Telling) -> WhyLate:
    """Say why a report reached us so long after its publication, by how its source was asked meanwhile."""
    between = telling.between
    if between is None or (between.watched_since is None and not between.good and not between.failed):
        return WhyLate.BROUGHT
    if telling.published_at is not None and (between.watched_since or telling.published_at) > telling.published_at:
        return WhyLate.NOT_WATCHED
    if between.good:
        return WhyLate.BACKDATED
    return WhyLate.FAILING if between.failed else WhyLate.SLOW


def _carried_on(facts: MissedFacts) -> Iterator[CarriedOn]:
    """Yield the dismissed incidents that a source told of in the span which had not told of them before."""
    for one in sorted(facts.dismissed, key=_gravity):
        if one.state is not MatterState.DISMISSED or one.dismissed_at is None:
            continue
        before = {t.source for t in one.tellings if t.first_seen_at <= one.dismissed_at}
        after = [t for t in one.tellings if t.first_seen_at > one.dismissed_at and t.source not in before]
        fresh = {t.source: t.member.group for t in after}
        if any(facts.since <= t.first_seen_at < facts.until for t in after):
            yield CarriedOn(one, Counter(fresh.values()))


def _has_press(known: Iterable[Happening]) -> bool:
    """Tell whether anything but what the public writes was read at all; else its absence says nothing."""
    return any(one.press for one in known)


def _seen(known: Iterable[Happening]) -> Seen:
    told = [(one.press, one.social) for one in known]
    return Seen(sum(p for p, _ in told), sum(s for _, s in told), sum(p and s for p, s in told))


def _gravity(one: Happening) -> tuple[bool, int, datetime, int]:
    return not one.ours, -(one.severity or Severity.GENERAL.value - 1), one.opened_at, one.id
