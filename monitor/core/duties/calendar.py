"""A calendar as a value: which days are worked, which are free, and which nobody has announced yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.core.model import BEIJING, aware

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The notice for a year also moves days of the December before it: 29 December at the earliest, with a weekend before.
OPEN_END = (12, 25)


class DayKind(StrEnum):
    """What a day is; unknown ones await the notice of their year."""

    WORKING = "working"
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not what its weekday says, and why."""

    kind: DayKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, as one version says it.

    `days` are the exceptions from Monday to Friday; `years` are those announced in full, None where none needs to be.
    `fixed` are month and day of holidays that hold without a notice. `version` grows with each change; 0 is as shipped.
    """

    name: str
    zone: str = BEIJING
    days: Mapping[date, Day] = field(default_factory=dict, hash=False, repr=False)
    years: frozenset[int] | None = field(default=None, repr=False)
    fixed: frozenset[tuple[int, int]] = frozenset()
    data: str = ""
    version: int = 0

    def kind(self, day: date) -> DayKind:
        """Tell what a day is; UNKNOWN where the notice of its year is still to come."""
        stated = self.days.get(day)
        if stated is not None:
            return stated.kind
        if self.years is not None and (day.year not in self.years or self._is_open_end(day)):
            return DayKind.UNKNOWN
        return _by_weekday(day)

    def is_working(self, day: date) -> bool:
        """Tell whether a day is worked, as far as can be told: an unannounced one goes by its weekday."""
        kind = self.kind(day)
        if kind is DayKind.UNKNOWN:
            return (day.month, day.day) not in self.fixed and _by_weekday(day) is DayKind.WORKING
        return kind is DayKind.WORKING

    def is_known(self, day: date) -> bool:
        """Tell whether a day has been announced."""
        return self.kind(day) is not DayKind.UNKNOWN

    def day_of(self, at: datetime) -> date:
        """Return the day of an instant in the calendar's zone."""
        return aware(at).astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """Return 24:00 of a day, the first instant that no longer belongs to it."""
        return self.instant(day + ONE_DAY, time(0))

    def instant(self, day: date, of_day: time) -> datetime:
        """Return the instant of a time of day in the calendar's zone; one that a change of clocks skips comes after."""
        return datetime.combine(day, of_day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def first_working(self, day: date) -> date:
        """Return the day itself where it is worked, else the next that is."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def exceptions(self, year: int) -> Iterator[tuple[date, Day]]:
        """Yield the days of a year that are not what their weekday says, and why, in order."""
        yield from sorted((day, stated) for day, stated in self.days.items() if day.year == year)

    def _is_open_end(self, day: date) -> bool:
        """Tell whether the notice for the next year may still change a day of this one."""
        assert self.years is not None
        return (day.month, day.day) >= OPEN_END and day.year + 1 not in self.years


def _by_weekday(day: date) -> DayKind:
    return DayKind.WORKING if day.weekday() < SATURDAY else DayKind.FREE


PLAIN = Calendar("plain", "UTC")
"""Monday to Friday, known for ever."""
