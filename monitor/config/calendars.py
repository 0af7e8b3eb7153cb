"""The calendars that rules may name: the shipped ones, and what a bureau enters of its own.

The days of `cn` are the State Council's notices as the package chinesecalendar carries them.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from chinese_calendar.constants import Holiday, holidays, workdays

from monitor.config.wording import Rejected
from monitor.core.duties.calendar import PLAIN, Calendar, Day, DayKind
from monitor.core.duties.us_federal import NAME as US_FEDERAL
from monitor.core.duties.us_federal import us_federal
from monitor.core.errors import N_

CN = "cn"
ZONED = "plain@"
# 全国年节及纪念日放假办法 (2024) art. 2: those that hold on a day of the month, whatever the notice of the year says.
FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def known_calendar(value: Any) -> str:
    """Read the name of a calendar."""
    name = str(value)
    if name not in (CN, US_FEDERAL, PLAIN.name) and not _is_zoned(name):
        message = N_(
            "{key} cannot be {got}. Write cn, us-federal, plain, or plain@ with a zone: plain@Europe/Brussels."
        )
        raise Rejected(message)
    return name


def _is_zoned(name: str) -> bool:
    return name.startswith(ZONED) and name.removeprefix(ZONED) in available_timezones()


@cache
def shipped_calendar(name: str) -> Calendar:
    """Return a calendar as it is shipped, without a bureau's own days."""
    if name == CN:
        return _china()
    if name == US_FEDERAL:
        return us_federal()
    return PLAIN if name == PLAIN.name else Calendar(name, ZoneInfo(name.removeprefix(ZONED)).key)


def _china() -> Calendar:
    """Return the notices of all years that the package knows."""
    names = {holiday.value: holiday.chinese for holiday in Holiday}
    free = {day: Day(DayKind.FREE, names.get(name, name)) for day, name in holidays.items()}
    made_up = {day: Day(DayKind.WORKING, names.get(name, name)) for day, name in workdays.items()}
    # A holiday that falls on a weekend, or a notice that names an ordinary working day, is kept: it is what was said.
    years = frozenset(range(min(free).year, max(free).year + 1))
    return Calendar(CN, days={**free, **made_up}, years=years, fixed=FIXED, data=version("chinesecalendar"))
