"""What is asked of press conferences, as data: the rank for each grade, what to prepare when, how many in a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from monitor.core.checks.rules import Rank
from monitor.core.duties.law import LegalSource
from monitor.core.model import Severity


class Period(StrEnum):
    """A part of a year that is counted by itself."""

    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


PARTS: Mapping[Period, int] = {Period.QUARTER: 4, Period.HALF_YEAR: 2, Period.YEAR: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to prepare: due `lead` before the conference, or after it where that is negative.

    People are woken for one that is open where it `wakes`.
    """

    id: str
    zh: str
    en: str
    lead: timedelta
    wakes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At least so many conferences in each part of a year at which somebody of this rank or a higher one speaks."""

    id: str
    zh: str
    en: str
    period: Period
    least: int
    rank: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceRules:
    """All of it. `needed` is the least height of a speaker by grade.

    `grace` is how long whoever has just made a plan is not told of what was overdue when he made it. Those held for an
    incident count for a quota only where `incidents_count`.
    """

    ranks: tuple[Rank, ...] = ()
    needed: Mapping[Severity, int] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    quotas: tuple[Quota, ...] = ()
    grace: timedelta = timedelta(minutes=15)
    incidents_count: bool = False
    source: LegalSource | None = None
    verified: bool = False

    def rank(self, name: str) -> Rank | None:
        """Return the rank of that name."""
        return next((rank for rank in self.ranks if rank.id == name), None)

    def asked(self, grade: Severity | None) -> Rank | None:
        """Return the lowest rank that may speak of an incident of a grade; None where none is asked."""
        height = self.needed.get(grade or Severity.GENERAL, 0)
        fitting = (rank for rank in sorted(self.ranks, key=lambda one: one.height) if rank.height >= height)
        return next(fitting, None)

    def task(self, name: str) -> Task | None:
        """Return the task of that name."""
        return next((task for task in self.tasks if task.id == name), None)
