"""How long one has: hours through nights and holidays, calendar days, working days, months and years.

Everything is half-open: what happens at the very end came in time, and the next term begins there.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from monitor.core.duties.calendar import ONE_DAY, Calendar
from monitor.core.model import aware


class Unit(StrEnum):
    """What a term is counted in; the value is how a pack writes it."""

    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WORKING_DAY = "wd"
    MONTH = "mo"
    YEAR = "y"


CLOCKED = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}
MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
# The least that one of a unit can be.
LEAST = {**CLOCKED, Unit.DAY: ONE_DAY, Unit.WORKING_DAY: ONE_DAY, Unit.MONTH: 28 * ONE_DAY, Unit.YEAR: 365 * ONE_DAY}


@dataclass(frozen=True, slots=True)
class Term:
    """So many of a unit. With `roll` an end on a free day moves to the next working day (Civil Code art. 203)."""

    count: int
    unit: Unit
    roll: bool = False

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @property
    def clocked(self) -> bool:
        """Whether it is counted in hours or minutes, which run through nights and holidays."""
        return self.unit in CLOCKED

    @property
    def at_least(self) -> timedelta:
        """The shortest that the term can be from any start, leaving out the rest of the day on which it starts."""
        return self.count * LEAST[self.unit]

    def end(self, start: datetime, calendar: Calendar) -> End:
        """Return when the term ends that starts at `start`."""
        if self.clocked:
            return End(aware(start).astimezone(UTC) + self.count * CLOCKED[self.unit])
        day, estimated = self._last_day(calendar.day_of(start), calendar)
        if not self.roll:
            return End(calendar.end_of(day), estimated)
        rolled = calendar.first_working(day)
        guessed = any(not calendar.is_known(d) for d in _days(day, rolled))
        unrolled = calendar.end_of(day) if rolled != day else None
        return End(calendar.end_of(rolled), estimated or guessed, unrolled)

    def _last_day(self, zero: date, calendar: Calendar) -> tuple[date, bool]:
        """Return the last day of the term, day 0 not counted, and whether days were counted that nobody announced."""
        if self.unit in MONTHS:
            return months_after(zero, self.count * MONTHS[self.unit]), False
        if self.unit is Unit.DAY:
            return zero + self.count * ONE_DAY, False
        day, left, estimated = zero, self.count, False
        while left:
            day += ONE_DAY
            left -= calendar.is_working(day)
            estimated = estimated or not calendar.is_known(day)
        return day, estimated


@dataclass(frozen=True, slots=True)
class End:
    """When a term ends. `estimated` where days count that nobody announced; `unrolled_at` before it moved on."""

    at: datetime
    estimated: bool = False
    unrolled_at: datetime | None = None


def hours(count: int) -> Term:
    """Return a term of so many hours."""
    return Term(count, Unit.HOUR)


def months_after(day: date, months: int) -> date:
    """Return the same day number so many months later, or the last day of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]
