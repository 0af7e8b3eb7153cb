"""The federal holidays of the United States, computed: 5 U.S.C. 6103 with the days on which they are observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from monitor.core.duties.calendar import Calendar, Day, DayKind

NAME = "us-federal"
FIRST, LAST = 1987, 2100
JUNETEENTH_SINCE = 2021
FIXED = {
    (1, 1): "New Year's Day",
    (6, 19): "Juneteenth",
    (7, 4): "Independence Day",
    (11, 11): "Veterans Day",
    (12, 25): "Christmas Day",
}
# Month, weekday from Monday = 0, which one of the month.
FLOATING = {
    (1, 0, 3): "Birthday of Martin Luther King, Jr.",
    (2, 0, 3): "Washington's Birthday",
    (9, 0, 1): "Labor Day",
    (10, 0, 2): "Columbus Day",
    (11, 3, 4): "Thanksgiving Day",
}


def us_federal() -> Calendar:
    """Return the calendar of federal business days in New York's time, for the years 1987 to 2100."""
    years = range(FIRST, LAST + 1)
    days = {day: Day(DayKind.FREE, name) for year in years for day, name in _holidays(year)}
    return Calendar(NAME, "America/New_York", days, frozenset(years))


def _holidays(year: int) -> Iterator[tuple[date, str]]:
    """Yield the observed holidays that a year's list names; New Year's Day may be observed the day before."""
    for (month, day), name in FIXED.items():
        if (month, day) != (6, 19) or year >= JUNETEENTH_SINCE:
            yield _observed(date(year, month, day)), name
    for (month, weekday, nth), name in FLOATING.items():
        first = date(year, month, 1)
        yield first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1)), name
    last = date(year, 5, 31)
    yield last - timedelta(days=last.weekday()), "Memorial Day"


def _observed(day: date) -> date:
    """Move a holiday on a Saturday to the Friday before, one on a Sunday to the Monday after."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
