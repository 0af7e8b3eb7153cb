"""What people make of an incident afterwards: the review that was held, what was learnt, what of it is due. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.core.aftermath.courses import SETTLES_AFTER
from monitor.core.beijing import day_of

# So long after its duties have ended a major incident should have been reviewed.
REVIEW_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReview:
    """That the review of an incident was held, on which day, by whom, with what result; `signed_by` confirmed it."""

    matter_id: int
    held_on: date
    attendees: str
    conclusion: str
    by: str
    at: datetime
    account: int = 0
    signed_at: datetime | None = None
    signed_by: str = ""

    @property
    def changed_at(self) -> datetime:
        """When it was written down or signed last."""
        return self.at if self.signed_at is None else max(self.at, self.signed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What was learnt, or is to be done: by which office, until when, whether it is done and with what result."""

    id: int
    matter_id: int
    text: str
    office: str
    due_on: date | None
    by: str
    made_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
    result: str = ""

    def overdue(self, now: datetime) -> bool:
        """Tell whether its day has passed in Beijing and it is not done."""
        return self.done_at is None and self.due_on is not None and self.due_on < day_of(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A major incident as far as its review is concerned; `ended_at` is when the last of its duties ended, if all did.

    `held` tells whether the review was held.
    """

    matter_id: int
    title: str
    opened_at: datetime
    ended_at: datetime | None
    held: bool

    @property
    def closed_at(self) -> datetime:
        """When it can be looked back upon: after its duties, or a week after it was opened."""
        week = self.opened_at + SETTLES_AFTER
        return week if self.ended_at is None else min(self.ended_at, week)

    @property
    def due_at(self) -> datetime:
        """Until when the review should be held."""
        return self.closed_at + REVIEW_WITHIN


def reviews_due(cases: Iterable[Case], now: datetime) -> tuple[Case, ...]:
    """Return the incidents whose review should have been held by now and was not, the longest due first."""
    found = (case for case in cases if not case.held and case.due_at <= now)
    return tuple(sorted(found, key=lambda case: (case.due_at, case.matter_id)))
