"""Decide what to make of the time of publication that a source states: an instant only where it can be trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.model import TimeNote, aware
from monitor.core.sources import TimeRule
from monitor.crawl.dates import Stated, read_date

AHEAD = timedelta(minutes=10)
# As far as one zone's clock may run before another's: what is stamped so far ahead is news with a wrong zone.
ZONE_MISTAKE = timedelta(hours=14)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MIDNIGHT = time(0, 0, 0)
LONGEST_RAW = 120
_DAY_IN_URL = re.compile(r"/(?:[A-Za-z]*)(20\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?=[/_.-]|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """When a piece was published: `at` only where trusted, `day` in the source's zone where at least that is known."""

    at: datetime | None
    day: date | None
    note: TimeNote
    raw: str = ""


def published(raw: str, *, now: datetime, zone: str, rule: TimeRule = TimeRule.AS_STATED) -> Published:
    """Judge the stated time `raw` at the moment `now` for a source that lives in `zone`.

    A time without a zone is the source's own. More than 10 minutes ahead of `now`, before 1990, or exactly midnight
    (which stands for "that day" far more often than for the hour) it is no instant that could start a deadline. Up to
    14 hours ahead, the size of a mistake about zones, it is at least of this day.
    """
    raw = raw.strip()[:LONGEST_RAW]
    if not raw:
        return Published(None, None, TimeNote.MISSING)
    home = ZoneInfo(zone)
    local_now = aware(now).astimezone(home)
    stated = read_date(raw, now=local_now)
    if stated is None:
        return Published(None, None, TimeNote.UNREADABLE, raw)
    if stated.day.year < EARLIEST.year:
        return Published(None, None, TimeNote.ABSURD, raw)
    if stated.day > local_now.date() + timedelta(days=1):
        return Published(None, None, TimeNote.FUTURE, raw)
    return _judged(stated, raw, local_now, home, rule)


def _judged(stated: Stated, raw: str, now: datetime, home: ZoneInfo, rule: TimeRule) -> Published:
    if stated.time is None:
        return _day_only(stated.day, raw, now)
    note, zone = TimeNote.STATED, stated.zone
    if zone is None:
        note, zone = TimeNote.ZONE_ASSUMED, home
    elif rule is TimeRule.LOCAL_LABELLED_GMT and zone is UTC:
        note, zone = TimeNote.ZONE_CORRECTED, home
    moment = datetime.combine(stated.day, stated.time, zone)
    local = moment.astimezone(home)
    if rule is TimeRule.DATE_ONLY or (not stated.relative and MIDNIGHT in (stated.time, local.time())):
        return _day_only(stated.day if stated.time == MIDNIGHT else local.date(), raw, now)
    if moment > now + AHEAD:
        return _ahead(moment, raw, now)
    return Published(moment.astimezone(UTC), local.date(), note, raw)


def _day_only(day: date, raw: str, now: datetime) -> Published:
    if day > now.date():
        return _ahead(datetime.combine(day, MIDNIGHT, now.tzinfo), raw, now)
    return Published(None, day, TimeNote.DATE_ONLY, raw)


def _ahead(moment: datetime, raw: str, now: datetime) -> Published:
    return Published(None, now.date() if moment <= now + ZONE_MISTAKE else None, TimeNote.FUTURE, raw)


def day_in_url(url: str, *, now: datetime) -> date | None:
    """Return the day that the path of an address names ("/202611/t20261120_1.html"), if it is not in the future."""
    for match in _DAY_IN_URL.finditer(url[:1000]):
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
        if day <= now.date() + timedelta(days=1):
            return day
    return None
