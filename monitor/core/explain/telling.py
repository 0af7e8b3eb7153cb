"""Why somebody was told of a deadline, or was not: every moment that it plans, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.law import LegalSource
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.duties.points import Point, points
from monitor.core.explain.duties import DutyExplained
from monitor.core.model import DeadlineState
from monitor.core.people.escalation import Act, pages
from monitor.core.views import AlertView, DeadlineView, IncidentView, LogView

# Within this a leg that looks every second is on time.
ON_TIME = timedelta(seconds=10)
ENDED = frozenset(DeadlineState) - {DeadlineState.OPEN, DeadlineState.MISSED}


class Fate(StrEnum):
    """What became of a planned moment; each has a sentence in the documents."""

    TOLD = "told"
    WAITS = "waits"
    NOT_TOLD = "not_told"
    TO_COME = "to_come"
    RESTS = "rests"
    ACTED = "acted"
    BEFORE_OPENING = "before_opening"
    ENDED_BEFORE = "ended_before"
    ENDED = "ended"
    NOT_LOOKED_AT = "not_looked_at"


@dataclass(frozen=True, slots=True)
class PointExplained:
    """A planned moment and its alert, where there is one; `since` is what the fate rests on: an end, an act, a look."""

    name: str
    at: datetime
    fate: Fate
    alert: AlertView | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAnswer:
    """Why one alert was made, to whom it went, and why it was late or not sent.

    `started_at` is when the service was started between the planned moment and the alert: that is why it was late.
    `acted` is what a person did last before it was silenced. `moment` is what the deadline had planned.
    """

    alert: AlertView
    incident: IncidentView | None = None
    deadline: DeadlineView | None = None
    name: str = ""
    moment: datetime | None = None
    started_at: datetime | None = None
    acted: LogView | None = None

    @property
    def late(self) -> timedelta:
        """How long after its moment it was made; zero where that is on time."""
        late = self.alert.created_at - self.alert.at
        return late if late > ON_TIME else timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineAnswer:
    """Why a deadline stands as it does: its rule, its changes, and all moments at which people are told.

    `law` is the source of the rule that it goes by; `left` says that the packs in use have none of that name any more.
    `others` are the alerts that belong to no planned moment: opened, moved, settled, or planned for a due moment that
    has since moved.
    """

    deadline: DeadlineView
    incident: IncidentView | None
    duty: DutyExplained | None
    law: LegalSource | None = None
    left: bool = False
    changes: tuple[LogView, ...] = ()
    decisions: tuple[LogView, ...] = ()
    points: tuple[PointExplained, ...] = ()
    others: tuple[AlertView, ...] = ()


def explain_points(
    deadline: Deadline,
    obligation: Obligation,
    alerts: Iterable[AlertView],
    changes: Iterable[LogView],
    facts: MatterFacts,
    now: datetime,
) -> tuple[tuple[PointExplained, ...], tuple[AlertView, ...]]:
    """Return every planned moment in order with what became of it, and the alerts that belong to none.

    The pages of its policy that are still to come, as things stand, are among the moments.
    """
    made = {(alert.point, alert.at): alert for alert in alerts}
    ended_at = _ended_at(changes)
    found = [_point(point, made, deadline, ended_at, facts.acted_at, now) for point in points(deadline, obligation)]
    found += _pages_to_come(deadline, facts.acts, facts.handed_back_at, now)
    found.sort(key=lambda point: (point.at, point.name))
    told = {(point.name, point.at) for point in found}
    return tuple(found), tuple(alert for key, alert in made.items() if key not in told)


def _pages_to_come(
    deadline: Deadline, acts: Sequence[Act], handed_back_at: datetime | None, now: datetime
) -> Iterator[PointExplained]:
    """Yield the pages that follow if nobody acts from now on; those made stand among the other alerts."""
    if deadline.policy is None or not deadline.live or deadline.paused_since is not None:
        return
    for page in pages(deadline.policy, deadline.opened_at, deadline.due_at, acts, handed_back_at, since=now):
        if page.at > now and not page.silenced(now):
            yield PointExplained(page.name, page.at, Fate.TO_COME)


def _ended_at(changes: Iterable[LogView]) -> datetime | None:
    """Return when a deadline ended for good, or None while a response would still settle it."""
    ended: datetime | None = None
    for change in changes:
        over = DeadlineState(change.what) in ENDED
        ended = (ended or change.at) if over else None
    return ended


def _point(
    point: Point,
    made: Mapping[tuple[str, datetime], AlertView],
    deadline: Deadline,
    ended_at: datetime | None,
    acted_at: datetime | None,
    now: datetime,
) -> PointExplained:
    alert = made.get((point.name, point.at))
    if alert is not None:
        return PointExplained(point.name, point.at, _fate_of(alert), alert, alert.created_at)
    if ended_at is not None:
        fate = Fate.ENDED_BEFORE if ended_at <= point.at else Fate.ENDED
        return PointExplained(point.name, point.at, fate, since=ended_at)
    if point.at > now:
        rests = point.silenced(acted_at)
        return PointExplained(point.name, point.at, Fate.RESTS if rests else Fate.TO_COME, since=acted_at)
    if point.at <= deadline.opened_at:
        return PointExplained(point.name, point.at, Fate.BEFORE_OPENING, since=deadline.opened_at)
    if point.silenced(acted_at):
        return PointExplained(point.name, point.at, Fate.ACTED, since=acted_at)
    return PointExplained(point.name, point.at, Fate.NOT_LOOKED_AT, since=deadline.watched_until)


def _fate_of(alert: AlertView) -> Fate:
    if alert.silence and not any(d.ended_at for d in alert.deliveries):
        return Fate.NOT_TOLD
    return Fate.TOLD if alert.deliveries else Fate.WAITS


def of_deadline(alerts: Iterable[AlertView], obligation_id: str, ordinal: int) -> Iterator[AlertView]:
    """Yield the alerts about one deadline of a matter."""
    yield from (alert for alert in alerts if (alert.obligation_id, alert.ordinal) == (obligation_id, ordinal))
