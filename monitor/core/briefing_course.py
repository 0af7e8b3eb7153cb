"""What a briefing's charts show: the incidents of two weeks by severity, the deadlines of thirty days by their end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from monitor.core.beijing import day_of
from monitor.core.model import DeadlineState, MatterState, Severity
from monitor.core.views import IncidentView

DAYS = 14
SPANS, SPAN_DAYS = 6, 5
A_DAY = timedelta(days=1)
JUDGED = (DeadlineState.MET, DeadlineState.MET_LATE, DeadlineState.MISSED)
GRADES = (Severity.EXTRAORDINARY, Severity.MAJOR, Severity.LARGER, Severity.GENERAL, None)
ASIDE = (MatterState.DISMISSED, MatterState.MERGED)


@dataclass(frozen=True, slots=True)
class Judged:
    """A deadline that was kept or not, when it fell due, and its incident where its matter is one."""

    incident: IncidentView | None
    due_at: datetime
    state: DeadlineState


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """The incidents opened and the deadlines that fell due since the charts begin."""

    opened: tuple[IncidentView, ...] = ()
    judged: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """The whole days before a briefing's: incidents opened on each, and deadlines that fell due in each span of days.

    An incident counts by the grade that its duties are counted by now, None where it has none.
    """

    days: tuple[date, ...] = ()
    opened: Mapping[Severity | None, tuple[int, ...]] = field(default_factory=dict)
    spans: tuple[tuple[date, date], ...] = ()
    ended: Mapping[DeadlineState, tuple[int, ...]] = field(default_factory=dict)


def begins(day: date) -> tuple[date, date]:
    """Return the first day of each chart of a day's briefing: of incidents, of deadlines."""
    return day - DAYS * A_DAY, day - SPANS * SPAN_DAYS * A_DAY


def course_of(day: date, facts: CourseFacts) -> Course:
    """Count what the charts show; incidents that were dismissed or merged are not counted."""
    first, earliest = begins(day)
    days = tuple(first + n * A_DAY for n in range(DAYS))
    spans = tuple(
        (earliest + n * SPAN_DAYS * A_DAY, earliest + ((n + 1) * SPAN_DAYS - 1) * A_DAY) for n in range(SPANS)
    )
    opened = [(i.presumed, day_of(i.opened_at)) for i in facts.opened if i.state not in ASIDE]
    ended = [(one.state, day_of(one.due_at)) for one in facts.judged]
    return Course(
        days=days,
        opened={
            grade: _counted((at for known, at in opened if known is grade), [(d, d) for d in days]) for grade in GRADES
        },
        spans=spans,
        ended={state: _counted((at for known, at in ended if known is state), spans) for state in JUDGED},
    )


def _counted(moments: Iterable[date], spans: Iterable[tuple[date, date]]) -> tuple[int, ...]:
    known = list(moments)
    return tuple(sum(first <= at <= last for at in known) for first, last in spans)
